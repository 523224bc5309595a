"""Versions of a document named by a day or a time, and the revision between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tracker.differ import revise
from tracker.errors import UsageError
from tracker.model import History, Revision, Topic, Version
from tracker.publisher import urls


def revision_between(
    found: History, since: str | None, until: str | None, topics: Sequence[Topic]
) -> Revision:
    """Compare the versions of two days; without `since`, return the last revision.

    Raises UsageError where there is no such version or revision.
    """
    if since is not None:
        return revise(version_at(found, since), version_at(found, until), topics)
    if not found.revisions:
        version_at(found)  # one that was never seen says so
        raise UsageError(f"{found.document.id} has not changed since it was first seen.")
    return found.revisions[-1]


def version_at(found: History, day: str | None = None) -> Version:
    """Return the version that was seen last by the end of `day` (or at an ISO time), or the latest.

    A time of first sight, as it is in an address or the id of an item, names that version.
    Raises UsageError where nothing was seen by then.
    """
    if not found.versions:
        raise UsageError(f"{found.document.id} has never been seen; run: tracker fetch")
    if day is None:
        return found.versions[-1]
    previews = (r.after for r in found.revisions if r.after.is_preview)
    for version in (*found.versions, *previews):
        if urls.version_stamp(version) == urls.as_stamp(day):
            return version
    standing = [v for v in found.versions if v.first_seen <= _end_of(day)]
    if not standing:
        first = f"{found.versions[0].first_seen:%Y-%m-%d}"
        raise UsageError(
            f"{found.document.id} was first seen on {first}; nothing is known of {day} before that."
        )
    return standing[-1]


def _end_of(day: str) -> datetime:
    try:
        time = datetime.fromisoformat(f"{day}T23:59:59.999999" if len(day) == 10 else day)
    except ValueError as error:
        raise UsageError(f"{day!r} is not a day such as 2025-11-05, nor an ISO time.") from error
    return time.replace(tzinfo=time.tzinfo or UTC)
