"""Where everything stands in the published folder. An address, once published, never changes."""

from __future__ import annotations

from tracker.model import Document, Revision, Topic, Version
from tracker.publisher.words import stamp


def document_page(document: str) -> str:
    return f"documents/{document}/"


def version_page(version: Version) -> str:
    return f"documents/{version.document}/{_stamp(version)}/"


def revision_page(revision: Revision) -> str:
    return f"changes/{revision.document}/{_stamp(revision.after)}/"


def _stamp(version: Version) -> str:
    # A preview is often first seen together with the banner that announces it.
    return stamp(version.first_seen) + ("-preview" if version.is_preview else "")


def topic_page(topic: Topic) -> str:
    return f"topics/{topic.id}/"


def home_of(document: Document) -> str:
    return document_page(document.id)


def up(path: str) -> str:
    """The relative way from a page back to the published root."""
    return "../" * path.count("/")
