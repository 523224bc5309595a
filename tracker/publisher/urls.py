"""Where everything stands in the published folder. An address, once published, never changes."""

from __future__ import annotations

import re
from datetime import datetime

from tracker.model import PublishedVersion, Revision, Topic, Version, utc
from tracker.publisher.words import nth, stamp

#: What proves a revision, beside its page.
BUNDLE = "evidence.zip"

_OF_ONE = re.compile(
    r"(?:(?:archive|changes|documents|embed|search)/)?"
    r"([a-z0-9-]+/[a-z0-9-]+@[a-z0-9-]+)(?:/.*|\.[a-z]+)"
)


def document_page(document: str) -> str:
    return f"documents/{document}/"


def version_name(version: Version) -> str:
    """Name a version as the addresses of comparisons do."""
    return f"{version.document}/{version_stamp(version)}"


def version_page(version: Version) -> str:
    return f"documents/{version_name(version)}/"


def revision_page(revision: Revision) -> str:
    return f"changes/{revision.document}/{version_stamp(revision.after)}/"


def version_stamp(version: Version) -> str:
    """Name a version within its document as addresses do."""
    # A preview is often first seen together with the banner that announces it.
    shown = "-preview" if version.is_preview else ""
    seen, number = version.named
    return f"{stamp(seen)}{shown}{nth(number)}"


def published_stamp(published: PublishedVersion) -> str:
    """Name a version that was published as addresses do."""
    shown = "-preview" if published.is_preview else ""
    return f"{stamp(published.seen)}{shown}{nth(published.nth)}"


def withdrawn_page(published: PublishedVersion) -> str:
    """Return where a version that was published and is none any more was shown as a change."""
    return f"changes/{published.document}/{published_stamp(published)}/"


def withdrawn_pages(published: PublishedVersion) -> tuple[str, ...]:
    """Return the addresses that a version had which was published and is none any more."""
    own = f"documents/{published.document}/{published_stamp(published)}/"
    return (own, withdrawn_page(published)) if published.before else (own,)


def as_stamp(name: str) -> str:
    """Return the stamp of the version that an ISO time, a stamp or the end of an item's id names.

    It is empty if that names none: a day, or an hour of it, is not enough.
    """
    found = _NAME.fullmatch(name)
    try:
        time = utc(datetime.fromisoformat(found["time"])) if found else None
    except ValueError:
        return ""
    if found is None or time is None:
        return ""
    shown = "-preview" if found["preview"] else ""
    return f"{stamp(time)}{shown}{found['nth'] or ''}".removesuffix("-1")


_NAME = re.compile(
    r"(?P<time>\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)"
    r"(?P<preview>[-/]preview)?(?P<nth>-[1-9]\d{0,5})?",
    re.ASCII,
)


def embed_page(revision: Revision) -> str:
    return f"embed/{revision.document}/{version_stamp(revision.after)}/"


def clause_page(document: str, life: str) -> str:
    return f"documents/{document}/clauses/{life}/"


def topic_page(topic: Topic) -> str:
    return f"topics/{topic.id}/"


def service_page(service: str) -> str:
    return f"services/{service}/"


def edition_page(edition: str) -> str:
    """Return the page of what the texts say now to readers of an edition."""
    return f"now/{edition}/"


def document_of(path: str) -> str:
    """Return the document that a file is of alone, as a page or as its feed; empty where there is
    none.
    """
    found = _OF_ONE.fullmatch(path)
    return found[1] if found else ""


def feed_file(name: str, suffix: str) -> str:
    """Return the file of a feed in a format: `.xml` (RSS), `.atom` or `.json` (JSON Feed)."""
    # status.json was there first: it tells programs how every document stands.
    return "status.feed.json" if (name, suffix) == ("status", ".json") else name + suffix


def up(path: str) -> str:
    """Return the relative way from a page back to the published root."""
    return "../" * path.count("/")
