"""The edge to foreign archives: their records become captures."""

from tracker.importer.repository import Entry, Repository, opened

__all__ = ["Entry", "Repository", "opened"]
