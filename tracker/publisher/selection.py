"""Part of what changed: that about a topic, of some days, or the newest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.model import Change, History, Revision


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted: about a topic (by id), first seen from `since` to before `until`, so many.

    The `limit` leaves the newest. By default everything is wanted.
    """

    topic: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None


def is_about(change: Change, topic: str) -> bool:
    """Return whether a change is about a topic; every change is about the topic ""."""
    return not topic or any(tag.topic == topic for tag in change.tags)


def of_revisions(histories: Iterable[History], wanted: Selection) -> list[History]:
    """Leave in `histories` only the revisions that are `wanted`, each with all its changes."""

    def chosen(revision: Revision) -> Revision | None:
        is_wanted = _is_in_time(revision, wanted) and _is_on_topic(revision, wanted)
        return revision if is_wanted else None

    found = _each(histories, chosen)
    newest = sorted((r.order for h in found for r in h.revisions), reverse=True)[: wanted.limit]
    kept = set(newest)
    return _each(found, lambda revision: revision if revision.order in kept else None)


def of_changes(histories: Iterable[History], wanted: Selection) -> list[History]:
    """Leave in `histories` only the changes that are `wanted`, and the revisions they are in."""
    found = _each(
        of_revisions(histories, replace(wanted, limit=None)),
        lambda revision: _with_changes(revision, wanted.topic),
    )
    if wanted.limit is None:
        return found
    left = wanted.limit
    kept: dict[tuple[datetime, str, int], int] = {}
    for revision in sorted((r for h in found for r in h.revisions), key=_order, reverse=True):
        kept[revision.order] = min(left, len(revision.changes))
        left -= kept[revision.order]
    return _each(found, lambda revision: _last(revision, kept[revision.order]))


def is_empty(histories: Iterable[History]) -> bool:
    """Return whether no revision is left in `histories`."""
    return not any(history.revisions for history in histories)


def on_topic(revision: Revision, topic: str) -> Revision:
    """Leave in a revision only the changes about `topic`; they may be none."""
    return replace(revision, changes=tuple(c for c in revision.changes if is_about(c, topic)))


def _each(
    histories: Iterable[History], chosen: Callable[[Revision], Revision | None]
) -> list[History]:
    return [
        replace(history, revisions=tuple(r for one in history.revisions if (r := chosen(one))))
        for history in histories
    ]


def _is_in_time(revision: Revision, wanted: Selection) -> bool:
    seen = revision.first_seen
    return not (wanted.since and seen < wanted.since) and not (
        wanted.until and seen >= wanted.until
    )


def _is_on_topic(revision: Revision, wanted: Selection) -> bool:
    return not wanted.topic or wanted.topic in revision.topics


def _with_changes(revision: Revision, topic: str) -> Revision | None:
    found = on_topic(revision, topic)
    return found if found.changes else None


def _last(revision: Revision, number: int) -> Revision | None:
    kept = revision.changes[len(revision.changes) - number :]
    return replace(revision, changes=kept) if kept else None


def _order(revision: Revision) -> tuple[datetime, str, int]:
    return revision.order
