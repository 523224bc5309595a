"""The edge to foreign archives: their records become captures.

repository   Open Terms Archive's git repositories      records   what all of them come down to
wayback      the Wayback Machine's index and replay     warc, saved   files
"""

from tracker.importer.records import Record, same_page
from tracker.importer.repository import Entry, Repository, opened
from tracker.importer.saved import saved_page
from tracker.importer.warc import warc_records

__all__ = ["Entry", "Record", "Repository", "opened", "same_page", "saved_page", "warc_records"]
