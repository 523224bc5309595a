"""Captures over time → versions → revisions. Pure: `reader` gives the text of a capture.

A *look* is all that one command captured of a document at one time. Looks with the same text
make one version; a version of a document combined from several pages needs each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby, pairwise

from tracker.differ import revise, text_digest, words_digest
from tracker.model import (
    Capture,
    Document,
    History,
    Outcome,
    Reading,
    Revision,
    Significance,
    Standing,
    State,
    Topic,
    Version,
)

Reader = Callable[[Capture], Reading]
_STRAGGLING = timedelta(hours=24)


def history(
    document: Document, captures: Iterable[Capture], reader: Reader, topics: Sequence[Topic]
) -> History:
    """Everything that follows from the captures of `document`, in whatever order they come."""
    pages = {source.key: place for place, source in enumerate(document.sources)}
    ordered = sorted(captures, key=lambda c: _order(c, pages))
    read = without_stragglers(versions(document.id, ordered, reader))
    found = tuple(last for _, last in read)
    revisions = tuple(_revisions(read, topics))
    title = found[-1].title if found and found[-1].title else document.type
    return History(document, title, found, revisions, standing(ordered))


def _order(capture: Capture, pages: Mapping[str, int]) -> tuple[object, ...]:
    """By time and, within a look, as the document names its pages; whatever order they came in."""
    key = _page(capture) or ""
    look = (capture.time, capture.via, pages.get(key, len(pages)), capture.asked_url or "", key)
    return (*look, capture.body or "", capture.text or "", capture.outcome, capture.reason)


# ── versions ──────────────────────────────────────────────────────────────────────


def versions(
    document: str, captures: Iterable[Capture], reader: Reader
) -> Iterator[tuple[Version, Version]]:
    """The versions of a document, oldest first, each as first seen and as last read.

    The two differ in the pages it was read from where those changed and the text did not:
    it became what it is on the first, and what follows is compared with the last. `captures`
    are in order of time.
    """
    first: Version | None = None
    current: Version | None = None
    shown: tuple[str | None, ...] = ()
    for parts in _looks(captures):
        seen = tuple(c.text for c in parts)
        time = max(c.time for c in parts)
        if current is not None and seen == shown and _pages(parts) == _pages(current.captures):
            current = replace(current, last_seen=time)
            continue
        shown = seen
        candidate = _version(document, parts, reader)
        if current is not None and _same_text(current, candidate):
            current = _seen_again(current, candidate)
            continue
        if first is not None and current is not None:
            yield first, current
        first = current = candidate
    if first is not None and current is not None:
        yield first, current


def without_stragglers(
    read: Iterable[tuple[Version, Version]],
) -> tuple[tuple[Version, Version], ...]:
    """The versions but for an old text that one archive still showed when another had the new.

    A site does not change everywhere at once, and two archives ask it hours apart. What came
    back within a day, in another archive than had seen it go, and went again is no return.
    """
    kept: list[tuple[Version, Version]] = []
    for first, last in read:
        kept.append((first, last))
        if len(kept) >= 4 and _is_straggler(*(version for _, version in kept[-4:])):
            new_first, new_last = kept[-3]
            kept[-3:] = [(new_first, replace(new_last, last_seen=last.last_seen))]
    return tuple(kept)


def _is_straggler(old: Version, new: Version, late: Version, again: Version) -> bool:
    return (
        late.last_seen - new.first_seen <= _STRAGGLING
        and _archives(late).isdisjoint(_archives(new))
        and _same_text(late, old)
        and _same_text(again, new)
    )


def _archives(version: Version) -> set[str]:
    return {c.via.partition(",")[0] for c in version.captures}


def _looks(captures: Iterable[Capture]) -> Iterator[tuple[Capture, ...]]:
    """The looks in which every page of the document came well."""
    for _, group in groupby(captures, key=lambda c: (c.time, c.via)):
        look = tuple(group)
        if all(c.outcome is Outcome.GOOD and c.text for c in look):
            yield look


def _page(capture: Capture) -> str | None:
    return capture.source.key if capture.source else None


def _pages(captures: Sequence[Capture]) -> list[str | None]:
    return [_page(c) for c in captures]


def _version(document: str, parts: tuple[Capture, ...], reader: Reader) -> Version:
    readings = [reader(capture) for capture in parts]
    time = max(c.time for c in parts)
    return Version(
        document=document,
        title=readings[0].title,
        first_seen=time,
        last_seen=time,
        clauses=tuple(clause for reading in readings for clause in reading.clauses),
        captures=parts,
        urls=tuple(c.source.url for c in parts if c.source and c.source.url),
    )


def _seen_again(version: Version, look: Version) -> Version:
    """The same text once more. Where other pages show it now, what comes next is compared with
    those: the move itself is no change, and must not make the next change look like one."""
    read = look if version.urls and look.urls and _moved(version, look) else version
    return replace(version, last_seen=look.last_seen, captures=read.captures, urls=read.urls)


def _moved(a: Version, b: Version) -> bool:
    return _pages(a.captures) != _pages(b.captures)


def _same_text(a: Version, b: Version) -> bool:
    if text_digest(a.clauses) == text_digest(b.clauses):
        return True
    # One archive kept the page, the other a transcript: markup and links are never quite alike.
    return _media(a) != _media(b) and words_digest(a.clauses) == words_digest(b.clauses)


def _media(version: Version) -> set[str]:
    return {c.media.partition(";")[0] for c in version.captures}


# ── revisions ─────────────────────────────────────────────────────────────────────


def _revisions(
    read: Sequence[tuple[Version, Version]], topics: Sequence[Topic]
) -> Iterator[Revision]:
    earlier: set[str] = set()
    for (_, before), (first, last) in pairwise(read):
        # Its evidence is what was captured when it was first seen.
        after = replace(first, last_seen=last.last_seen) if _moved(first, last) else last
        revision = revise(before, after, topics)
        yield _reverted(revision) if text_digest(after.clauses) in earlier else revision
        earlier.add(text_digest(before.clauses))


def _reverted(revision: Revision) -> Revision:
    """An earlier wording came back: news where the change itself would be."""
    if not revision.significance.is_news:
        return revision
    return replace(
        revision, significance=Significance.REVERTED, reason="an earlier wording came back"
    )


# ── standing ──────────────────────────────────────────────────────────────────────


def standing(captures: Sequence[Capture]) -> Standing:
    """How the document stands after its last look; `captures` in order of time."""
    if not captures:
        return Standing(State.NEVER_SEEN, None, None, None, "It has not been visited yet.")
    last_visit = captures[-1].time
    good = [c for c in captures if c.outcome is Outcome.GOOD]
    last_seen = good[-1].time if good else None
    failed = [c for c in captures if c.time == last_visit and c.outcome is not Outcome.GOOD]
    if not failed:
        return Standing(State.OK, last_seen, last_visit, Outcome.GOOD, captures[-1].reason)
    worst = failed[0]
    state = State.HELD if worst.outcome is Outcome.COLLAPSED else State.FAILING
    return Standing(state, last_seen, last_visit, worst.outcome, worst.reason)
