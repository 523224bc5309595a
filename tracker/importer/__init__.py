"""The edge to foreign archives: their records become captures.

git          Open Terms Archive's git repositories
wayback      the Wayback Machine's index and replay
warc         WARC files
saved_page   pages saved from a browser
record       the common form of them all
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker._support.lazy import lazy_names
from tracker.importer.record import Record, Refusal, doubt, same_page

if TYPE_CHECKING:
    from tracker.importer.git.entries import Entry, Undated
    from tracker.importer.git.mirror import Mirror, News, mirrored, news
    from tracker.importer.git.objects import TooLarge
    from tracker.importer.git.refs import shown
    from tracker.importer.git.repository import Repository, opened
    from tracker.importer.saved_page import saved_page
    from tracker.importer.warc import warc_records
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "Entry": "git.entries",
            "Mirror": "git.mirror",
            "News": "git.mirror",
            "Repository": "git.repository",
            "TooLarge": "git.objects",
            "Undated": "git.entries",
            "mirrored": "git.mirror",
            "news": "git.mirror",
            "opened": "git.repository",
            "saved_page": "saved_page",
            "shown": "git.refs",
            "warc_records": "warc",
        },
    )

__all__ = [
    "Entry",
    "Mirror",
    "News",
    "Record",
    "Refusal",
    "Repository",
    "TooLarge",
    "Undated",
    "doubt",
    "mirrored",
    "news",
    "opened",
    "same_page",
    "saved_page",
    "shown",
    "warc_records",
]
