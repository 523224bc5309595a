"""Captures over time → versions → revisions. Pure: `reader` gives the text of a capture.

observations   a document as it was captured at one time
runs           captures that decide what a document said, and captures that may be left out
previews       texts that a preview page shows before they are in force
confirmation   candidates that are believed at once, and those that wait
outages        times in which a document could not be read
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tracker.differ import kept_share, revise
from tracker.extractor import text_digest
from tracker.history.confirmation import Candidate, confirm, waiting
from tracker.history.observations import (
    Observation,
    Reader,
    clauses,
    groups,
    in_order,
    nths,
    observations,
    version,
)
from tracker.history.previews import told_once, upcoming
from tracker.history.runs import decisive, without_repeats
from tracker.model import (
    PREVIEW,
    Capture,
    Document,
    History,
    Outcome,
    Revision,
    Significance,
    Standing,
    State,
    Texts,
    Topic,
    Version,
)

#: What came back so many times comes and goes, and that it does is no news any more.
_RESTLESS = 2

__all__ = [
    "Reader",
    "completed",
    "decisive",
    "history",
    "in_order",
    "standing",
    "texts",
    "without_repeats",
]


def history(
    document: Document, captures: Iterable[Capture], reader: Reader, topics: Sequence[Topic]
) -> History:
    """Everything that follows from the captures of `document`, in whatever order they come."""
    ordered = in_order(captures, document)
    return completed(document, ordered, texts(document, ordered, reader, topics))


def texts(
    document: Document,
    ordered: Sequence[Capture],
    reader: Reader,
    topics: Sequence[Topic],
    earlier: Texts | None = None,
) -> Texts:
    """What the captures of `document`, in order, show it to have said.

    It is the same for all captures with the same `decisive` runs, but for when the newest
    version was last seen. `earlier` is what followed, by the same code and topics, from other
    captures: as far as the versions are the same, its revisions need not be found again.
    """
    usual = [c for c in ordered if c.via != PREVIEW]
    shown = [c for c in ordered if c.via == PREVIEW]

    def alike(one: Observation, other: Observation) -> float:
        return kept_share(clauses(one.parts, reader), clauses(other.parts, reader))

    agreed = confirm(observations(usual, reader), alike)
    places = nths(s.first.parts for s in agreed.believed)
    found = tuple(
        _version(document.id, s, s.shown, reader, nth)
        for s, nth in zip(agreed.believed, places, strict=True)
    )
    # A text became what it is on the page where it was first seen, with that as its evidence.
    first = tuple(
        last if s.first == s.shown else _version(document.id, s, s.first, reader, last.nth)
        for s, last in zip(agreed.believed, found, strict=True)
    )
    coming = upcoming(found, observations(shown, reader), reader, topics)
    known = {r.after.key: r for r in earlier.revisions} if earlier else {}
    revisions = told_once(tuple(_revisions(found, first, topics, known)), coming)
    title = found[-1].title if found and found[-1].title else document.type
    return Texts(title, found, revisions, waiting(agreed.held) if agreed.held else "")


def completed(document: Document, ordered: Sequence[Capture], found: Texts) -> History:
    """The history of `document` with how it stands after these captures, which are in order."""
    usual = [c for c in ordered if c.via != PREVIEW]
    seen = [parts[-1].time for parts in groups(usual)][-1:]
    if seen and not found.waiting and found.versions[-1].last_seen != seen[0]:
        found = _seen_until(found, seen[0])
    return History(
        document, found.title, found.versions, found.revisions, standing(ordered, found.waiting)
    )


def _seen_until(found: Texts, time: datetime) -> Texts:
    """The same where the newest version was last seen at `time`."""
    newest = found.versions[-1].key

    def seen(version: Version) -> Version:
        return replace(version, last_seen=time) if version.key == newest else version

    return replace(
        found,
        versions=tuple(map(seen, found.versions)),
        revisions=tuple(
            replace(r, before=seen(r.before), after=seen(r.after)) for r in found.revisions
        ),
    )


def _version(
    document: str, sight: Candidate, look: Observation, reader: Reader, nth: int
) -> Version:
    first, last = sight.first.time, sight.last_seen
    return replace(version(document, look, reader), first_seen=first, last_seen=last, nth=nth)


# ── revisions ─────────────────────────────────────────────────────────────────────


def _revisions(
    found: Sequence[Version],
    first: Sequence[Version],
    topics: Sequence[Topic],
    earlier: Mapping[tuple[datetime, int, bool], Revision],
) -> Iterator[Revision]:
    """Each step from a text as it was last read to the next as it was first seen.

    What was found `earlier` holds as long as all versions before are the same.
    """
    before_it: set[str] = set()
    known: frozenset[str] = frozenset()
    back: Counter[str] = Counter()
    text = text_digest(found[0].clauses) if found else ""
    for before, after, last in zip(found, first[1:], found[1:], strict=False):
        new = text_digest(after.clauses)
        again = _again(earlier.get(after.key), before, after)
        if again is None:
            earlier = {}
            restless = frozenset(key for key, times in back.items() if times >= _RESTLESS)
            revision = revise(before, after, topics, known, restless)
            again = _reverted(revision) if new in before_it else revision
        yield again
        before_it.add(text)
        text = new if after is last else text_digest(last.clauses)
        stood = {clause.key for clause in before.clauses}
        known |= stood
        back.update({c.key for c in last.clauses if c.key in known and c.key not in stood})


def _again(found: Revision | None, before: Version, after: Version) -> Revision | None:
    """The same revision once more, if it was between the same versions."""
    if found is None or not (_is_same(found.before, before) and _is_same(found.after, after)):
        return None
    # Its changes hold the very clauses of its own versions.
    return replace(
        found,
        before=replace(found.before, last_seen=before.last_seen),
        after=replace(found.after, last_seen=after.last_seen),
        announced=None,
    )


def _is_same(one: Version, other: Version) -> bool:
    return replace(one, last_seen=other.last_seen) == other


def _reverted(revision: Revision) -> Revision:
    """An earlier wording came back: news where the change itself would be."""
    if not revision.significance.is_news:
        return revision
    return replace(
        revision, significance=Significance.REVERTED, reason="an earlier wording came back"
    )


# ── standing ──────────────────────────────────────────────────────────────────────


def standing(ordered: Sequence[Capture], waits: str) -> Standing:
    """How a document stands after its last look; its captures in order of time.

    `waits` says of a new wording that it waits for agreement.
    """
    captures = [c for c in ordered if c.via != PREVIEW]
    if not captures:
        return Standing(State.NEVER_SEEN, None, None, None, "It has not been visited yet.")
    last_visit = captures[-1].time
    good = [c for c in captures if c.outcome is Outcome.GOOD]
    last_seen = good[-1].time if good else None
    failed = [c for c in captures if c.time == last_visit and c.outcome is not Outcome.GOOD]
    if failed:
        worst = failed[0]
        state = State.HELD if worst.outcome is Outcome.COLLAPSED else State.FAILING
        return Standing(state, last_seen, last_visit, worst.outcome, worst.reason)
    if waits:
        return Standing(State.HELD, last_seen, last_visit, Outcome.GOOD, waits)
    return Standing(State.OK, last_seen, last_visit, Outcome.GOOD, captures[-1].reason)
