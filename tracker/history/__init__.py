"""Captures over time → versions → revisions. Pure: `reader` gives the text of a capture.

observations   a document as it was captured at one time
identity       names by which versions were published, which they keep
judged         captures as all that was captured of their document shows them
runs           captures that decide what a document said, and captures that may be left out
previews       texts that a preview page shows before they are in force
confirmation   candidates that are believed at once, and those that wait
counters       lines that are new at every look
freshness      how fresh a document is, and through which source
outages        times in which it was not as fresh as expected
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.differ import kept_share, revise
from tracker.extractor import text_digest
from tracker.history.confirmation import Candidate, confirm, waiting
from tracker.history.freshness import standing, standing_of
from tracker.history.identity import identified, unpublished
from tracker.history.judged import judged
from tracker.history.observations import (
    NEARLY,
    Observation,
    Reader,
    clauses,
    groups,
    in_order,
    nths,
    observations,
    version,
    wholes,
)
from tracker.history.outages import outages
from tracker.history.previews import told_once, upcoming
from tracker.history.runs import decisive, without_repeats
from tracker.model import (
    Capture,
    Document,
    History,
    Revision,
    Significance,
    Texts,
    Topic,
    Version,
)

#: What came back so many times comes and goes, and that it does is no news any more.
_RESTLESS = 2

__all__ = [
    "NEARLY",
    "Reader",
    "completed",
    "decisive",
    "history",
    "identified",
    "in_order",
    "judged",
    "outages",
    "standing",
    "standing_of",
    "texts",
    "unpublished",
    "without_repeats",
]


def history(
    document: Document, captures: Iterable[Capture], reader: Reader, topics: Sequence[Topic]
) -> History:
    """Everything that follows from the captures of `document`, in whatever order they come."""
    ordered = judged(in_order(captures, document), document)
    return completed(document, ordered, texts(document, ordered, reader, topics))


def texts(
    document: Document,
    ordered: Sequence[Capture],
    reader: Reader,
    topics: Sequence[Topic],
    earlier: Texts | None = None,
) -> Texts:
    """Return what the captures of `document`, in order, show it to have said.

    It is the same for all captures with the same `decisive` runs, but for when the newest
    version was last seen. `earlier` is what followed, by the same code and topics, from other
    captures: as far as the versions are the same, its revisions need not be found again.
    """
    usual = [c for c in ordered if not c.is_preview]
    shown = [c for c in ordered if c.is_preview]

    def alike(one: Observation, other: Observation) -> float:
        return kept_share(clauses(one.parts, reader), clauses(other.parts, reader))

    looks = observations(usual, reader, alike, document.pages)
    agreed = confirm(looks, alike, lambda look: clauses(look.parts, reader))
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
    coming = upcoming(found, observations(shown, reader, alike), reader, topics)
    known = {r.after.key: r for r in earlier.revisions} if earlier else {}
    revisions = told_once(tuple(_revisions(found, first, topics, known)), coming)
    title = found[-1].title if found and found[-1].title else document.type
    waits = waiting(agreed.held) if agreed.held else ""
    return Texts(title, found, revisions, waits, agreed.counters)


def completed(
    document: Document,
    ordered: Sequence[Capture],
    found: Texts,
    expect: timedelta | None = None,
) -> History:
    """Return the history of `document` with how it stands after these captures, which are in order.

    `expect` is how long its text may go unseen, where that is declared.
    """
    usual = [c for c in ordered if not c.is_preview]
    seen = [max(c.time for c in look) for look in wholes(groups(usual), document.pages)][-1:]
    if seen and not found.waiting and found.versions[-1].last_seen != seen[0]:
        found = _seen_until(found, seen[0])
    return History(
        document,
        found.title,
        found.versions,
        found.revisions,
        standing_of(document, usual, found.waiting, expect, found.counters),
        tuple(outages(usual, expect, document.pages)),
    )


def _seen_until(found: Texts, time: datetime) -> Texts:
    """Return the same where the newest version was last seen at `time`."""
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
    """Yield each step from a text as it was last read to the next as it was first seen.

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
            again = _told(revision, is_back=new in before_it)
        yield again
        before_it.add(text)
        text = new if after is last else text_digest(last.clauses)
        stood = {clause.key for clause in before.clauses}
        known |= stood
        back.update({c.key for c in last.clauses if c.key in known and c.key not in stood})


def _again(found: Revision | None, before: Version, after: Version) -> Revision | None:
    """Return the same revision once more, if it was between the same versions."""
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


def _told(revision: Revision, *, is_back: bool) -> Revision:
    """Return a revision as it is told: of another language nothing more, of what is back that it
    is.

    An earlier wording that came back is news where the change itself would be.
    """
    if revision.is_translation:
        return _translated(revision)
    if not is_back or not revision.significance.is_news:
        return revision
    return replace(
        revision, significance=Significance.REVERTED, reason="an earlier wording came back"
    )


def _translated(revision: Revision) -> Revision:
    old, new = (", ".join(version.languages) for version in (revision.before, revision.after))
    return replace(
        revision,
        significance=Significance.ANNOUNCEMENT,
        reason=f"the text is in another language now ({new}) than before ({old})",
        changes=(),
        pairs=(),
        topics=(),
        effective=None,
    )
