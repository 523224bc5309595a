"""The edge to foreign archives: their records become captures.

repository   Open Terms Archive's git repositories      records   what all of them come down to
wayback      the Wayback Machine's index and replay     warc, saved   files
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.importer.records import Record, Refusal, doubt, same_page
from tracker.later import later

if TYPE_CHECKING:
    from tracker.importer.repository import Entry, Repository, opened
    from tracker.importer.saved import saved_page
    from tracker.importer.warc import warc_records
else:
    __getattr__ = later(
        __name__,
        {
            "Entry": "repository",
            "Repository": "repository",
            "opened": "repository",
            "saved_page": "saved",
            "warc_records": "warc",
        },
    )

__all__ = [
    "Entry",
    "Record",
    "Refusal",
    "Repository",
    "doubt",
    "opened",
    "same_page",
    "saved_page",
    "warc_records",
]
