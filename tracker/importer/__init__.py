"""The edge to foreign archives: their records become captures.

repository   Open Terms Archive's git repositories      records   what all of them come down to
entries      what their files and commits say           commits, refs, objects, bundle, remote   git
wayback      the Wayback Machine's index and replay     warc, saved   files
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.importer.records import Record, Refusal, doubt, same_page
from tracker.later import later

if TYPE_CHECKING:
    from tracker.importer.entries import Entry, Undated
    from tracker.importer.objects import TooLarge
    from tracker.importer.refs import shown
    from tracker.importer.repository import Repository, opened
    from tracker.importer.saved import saved_page
    from tracker.importer.warc import warc_records
else:
    __getattr__ = later(
        __name__,
        {
            "Entry": "entries",
            "Repository": "repository",
            "TooLarge": "objects",
            "Undated": "entries",
            "opened": "repository",
            "saved_page": "saved",
            "shown": "refs",
            "warc_records": "warc",
        },
    )

__all__ = [
    "Entry",
    "Record",
    "Refusal",
    "Repository",
    "TooLarge",
    "Undated",
    "doubt",
    "opened",
    "same_page",
    "saved_page",
    "shown",
    "warc_records",
]
