"""Captures → looks: all that was captured of a document at one time, in order, with its text.

A document combined from several pages was seen only when each of them came well. An archive takes
each page at times of its own: a capture of one is completed by the newest of the others. A collapse
is no good look; if later looks agree, it counts from the first look that showed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from tracker.extractor import text_digest, words_digest
from tracker.model import LIVE, Capture, Clause, Document, Outcome, Reading, Version

Reader = Callable[[Capture], Reading]
_GOOD = frozenset({Outcome.GOOD})
_SEEN = _GOOD | {Outcome.COLLAPSED}
#: Of their text, what looks at a collapse have in common.
NEARLY = 0.75


@dataclass(frozen=True, slots=True)
class Observation:
    """A document as it was seen once. `text` identifies what a reader would have read."""

    parts: tuple[Capture, ...]
    time: datetime
    text: str

    @property
    def pages(self) -> tuple[str | None, ...]:
        """Which pages it was read from, and how."""
        return tuple(c.page_key for c in self.parts)

    @property
    def is_import(self) -> bool:
        """Whether an archive saw it, which records nothing while a page stays as it is."""
        return self.parts[0].via != LIVE

    @property
    def is_collapse(self) -> bool:
        """Whether it was too short to be believed when it was seen."""
        return any(c.outcome is Outcome.COLLAPSED for c in self.parts)

    @property
    def is_transcript(self) -> bool:
        """Whether it is a text as Markdown rather than the page itself."""
        return all(c.is_transcript for c in self.parts)


Alike = Callable[[Observation, Observation], float]


def in_order(captures: Iterable[Capture], document: Document) -> list[Capture]:
    """By time, in one moment by the log and, within a look, as the document names its pages.

    Whatever order they come in; captures that are in no log are told apart by what they hold.
    """
    pages = {source.key: place for place, source in enumerate(document.sources)}

    def page(capture: Capture) -> tuple[object, ...]:
        key = capture.page_key or ""
        return pages.get(key, len(pages)), capture.asked_url or "", key

    def order(capture: Capture) -> tuple[object, ...]:
        logged = (capture.time, capture.number, capture.via, *page(capture))
        return (*logged, capture.body or "", capture.text or "", capture.outcome, capture.reason)

    parts = each_look(sorted(captures, key=order))
    return [capture for look in parts for capture in sorted(look, key=page)]


def each_look(captures: Iterable[Capture]) -> Iterator[tuple[Capture, ...]]:
    """Yield the captures of each look, good or not; `captures` are by time and the log.

    A look sees a page once: where the same page comes again, it was looked at again.
    """
    for _, moment in groupby(captures, key=lambda c: c.time):
        observations: list[list[Capture]] = []
        latest: dict[str, list[Capture]] = {}
        for capture in moment:
            look = latest.get(capture.via)
            if look is None or any(c.page_key == capture.page_key for c in look):
                look = latest[capture.via] = []
                observations.append(look)
            look.append(capture)
        yield from map(tuple, observations)


def observations(
    captures: Iterable[Capture], reader: Reader, alike: Alike, pages: Sequence[str] = ()
) -> Sequence[Observation]:
    """Return the good looks of `captures`, which are in order; each text is read once.

    `pages` are the keys of those that the document is read from.

    With them those collapses that agree with the good look after them; `alike` is the share of
    their texts that both have.
    """
    seen: list[Observation] = []
    for look in reversed(tuple(_looks(captures, reader, pages))):
        if not look.is_collapse or (seen and _is_nearly(look, seen[-1], alike)):
            seen.append(look)
    return _merged(seen[::-1], reader)


def _is_nearly(one: Observation, other: Observation, alike: Alike) -> bool:
    return one.text == other.text or alike(one, other) >= NEARLY


def _merged(seen: Sequence[Observation], reader: Reader) -> Sequence[Observation]:
    """Return the looks, with a transcript and a page of the same words as one text.

    One archive keeps pages, another transcribes them to Markdown; markup and links of the two
    are never quite alike. A transcript takes the identity of the page nearest before it.
    """
    pages = [look for look in seen if not look.is_transcript]
    if not pages or len(pages) == len(seen):
        return seen
    texts = {look.text: look for look in seen}
    words = {text: words_digest(clauses(look.parts, reader)) for text, look in texts.items()}
    return tuple(
        _as_page(look, [page for page in pages if words[page.text] == words[look.text]])
        if look.is_transcript
        else look
        for look in seen
    )


def _as_page(look: Observation, pages: Sequence[Observation]) -> Observation:
    before = [page for page in pages if page.time <= look.time]
    nearest = (before[-1:] or pages[:1] or [look])[0]
    return replace(look, text=nearest.text)


def _looks(
    captures: Iterable[Capture], reader: Reader, pages: Sequence[str]
) -> Iterator[Observation]:
    known: dict[tuple[object, ...], str] = {}
    for parts in wholes(groups(captures, collapsed=True), pages):
        key = tuple((c.page_key, c.text) for c in parts)
        if key not in known:
            known[key] = text_digest(clauses(parts, reader))
        yield Observation(parts, max(c.time for c in parts), known[key])


def groups(
    captures: Iterable[Capture], *, collapsed: bool = False
) -> Iterator[tuple[Capture, ...]]:
    """Yield the captures of each good look, or also of those `collapsed`; `captures` are in
    order.
    """
    outcomes = _SEEN if collapsed else _GOOD
    for parts in each_look(captures):
        if all(c.outcome in outcomes and c.text for c in parts):
            yield parts


def wholes(
    looks: Iterable[tuple[Capture, ...]], pages: Sequence[str]
) -> Iterator[tuple[Capture, ...]]:
    """Yield good looks, those of others at one of several `pages` with the newest of the rest.

    Until each of the pages was seen, there is no whole. What was seen elsewhere is one by itself.
    """
    newest: dict[str, Capture] = {}
    for look in looks:
        met = {c.page_key: c for c in look if c.page_key and c.page_key in pages}
        newest |= met
        if look[0].via == LIVE or len(pages) < 2 or not met:
            yield look
        elif len(newest) == len(pages):
            yield tuple(newest[page] for page in pages)


def nths(observations: Iterable[Sequence[Capture]]) -> list[int]:
    """Return which of its second each look is, from 1, by their captures.

    They are counted by the order of the log, so that whatever is recorded later leaves the names
    of those before as they are.
    """
    seen = [(max(c.time for c in parts), min(c.number for c in parts)) for parts in observations]
    counts: Counter[datetime] = Counter()
    places = [0] * len(seen)
    for n in sorted(range(len(seen)), key=lambda n: seen[n][1]):
        second = seen[n][0].replace(microsecond=0)
        counts[second] += 1
        places[n] = counts[second]
    return places


def version(document: str, look: Observation, reader: Reader) -> Version:
    """Return what a look showed, as a version of `document` that was seen just then."""
    return Version(
        document=document,
        title=reader(look.parts[0]).title,
        first_seen=look.time,
        last_seen=look.time,
        clauses=clauses(look.parts, reader),
        captures=look.parts,
        urls=tuple(c.source.url for c in look.parts if c.source and c.source.url),
        languages=tuple(sorted({c.language for c in look.parts if c.language})),
    )


def clauses(parts: Sequence[Capture], reader: Reader) -> tuple[Clause, ...]:
    """Return the text of a look, page after page."""
    return tuple(clause for capture in parts for clause in reader(capture).clauses)
