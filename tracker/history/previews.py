"""What is coming: a preview page shows the announced text before it is in force.

Each text that such a page shows makes one *upcoming* revision, against the text then in force.
What was told in it is not told again: neither by the banner that came with it, nor by the text
itself on the day it is in force, unless that is another one than was announced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tracker.differ import revise
from tracker.history.observations import Observation, Reader, nths, version
from tracker.model import Revision, Significance, Topic, Version


def upcoming(
    versions: Sequence[Version],
    looks: Iterable[Observation],
    reader: Reader,
    topics: Sequence[Topic],
) -> tuple[Revision, ...]:
    """Return the upcoming revisions that `looks` at the preview page gave, oldest first."""
    found = tuple(_upcoming(versions, looks, reader, topics))
    places = nths(revision.after.captures for revision in found)
    return tuple(
        replace(revision, after=replace(revision.after, nth=nth))
        for revision, nth in zip(found, places, strict=True)
    )


def _upcoming(
    versions: Sequence[Version],
    looks: Iterable[Observation],
    reader: Reader,
    topics: Sequence[Topic],
) -> Iterator[Revision]:
    shown: set[str] = set()
    for look in looks:
        in_force = [v for v in versions if v.first_seen <= look.time]
        if look.text in shown or not in_force:
            continue
        shown.add(look.text)
        preview = replace(version(in_force[-1].document, look, reader), is_preview=True)
        revision = revise(in_force[-1], preview, topics)
        if revision.significance.is_news:
            yield replace(
                revision,
                significance=Significance.UPCOMING,
                reason="a preview page shows the text that is to come",
            )


def told_once(revisions: Sequence[Revision], coming: Sequence[Revision]) -> tuple[Revision, ...]:
    """Return all revisions in order of first sight, each that a preview told of before saying
    when.
    """
    told = [_announced(revision, coming) for revision in revisions]
    return tuple(sorted([*told, *coming], key=lambda r: (r.first_seen, r.after.is_preview)))


def _announced(revision: Revision, coming: Sequence[Revision]) -> Revision:
    for preview in reversed(coming):
        known = preview.first_seen <= revision.first_seen
        if known and (_is_its_banner(revision, preview) or _is_same(preview.after, revision.after)):
            return replace(revision, announced=preview.first_seen)
    return revision


def _is_its_banner(revision: Revision, preview: Revision) -> bool:
    """Return whether a notice says no more than the preview: it came with it, or names the same
    date.
    """
    return revision.significance is Significance.ANNOUNCEMENT and (
        revision.first_seen == preview.first_seen
        or (revision.effective is not None and revision.effective == preview.effective)
    )


def _is_same(announced: Version, in_force: Version) -> bool:
    """Return whether the text in force is the one announced, but for banners and what is no
    wording.
    """
    changes = revise(announced, in_force, ()).changes
    return all(change.significance is not Significance.SUBSTANTIVE for change in changes)
