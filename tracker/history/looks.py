"""Captures → looks: all that was captured of a document at one time, in order, with its text.

A document combined from several pages was seen only when each of them came well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from tracker.differ import text_digest, words_digest
from tracker.model import LIVE, Capture, Clause, Document, Outcome, Reading, Version

Reader = Callable[[Capture], Reading]


@dataclass(frozen=True, slots=True)
class Look:
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
    def is_transcript(self) -> bool:
        """Whether it is a text as Markdown rather than the page itself."""
        return all(c.media.startswith("text/markdown") for c in self.parts)


def in_order(captures: Iterable[Capture], document: Document) -> list[Capture]:
    """By time and, within a look, as the document names its pages; whatever order they came in."""
    pages = {source.key: place for place, source in enumerate(document.sources)}

    def order(capture: Capture) -> tuple[object, ...]:
        key = capture.page_key or ""
        look = (capture.time, capture.via, pages.get(key, len(pages)), capture.asked_url or "", key)
        return (*look, capture.body or "", capture.text or "", capture.outcome, capture.reason)

    return sorted(captures, key=order)


def looks(captures: Iterable[Capture], reader: Reader) -> Sequence[Look]:
    """The good looks of `captures`, which are in order; each text is read once."""
    return _merged(tuple(_looks(captures, reader)), reader)


def _merged(seen: Sequence[Look], reader: Reader) -> Sequence[Look]:
    """The looks, with a transcript and a page of the same words as one text.

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


def _as_page(look: Look, pages: Sequence[Look]) -> Look:
    before = [page for page in pages if page.time <= look.time]
    nearest = (before[-1:] or pages[:1] or [look])[0]
    return replace(look, text=nearest.text)


def _looks(captures: Iterable[Capture], reader: Reader) -> Iterator[Look]:
    known: dict[tuple[object, ...], str] = {}
    for parts in groups(captures):
        key = tuple((c.page_key, c.text) for c in parts)
        if key not in known:
            known[key] = text_digest(clauses(parts, reader))
        yield Look(parts, max(c.time for c in parts), known[key])


def groups(captures: Iterable[Capture]) -> Iterator[tuple[Capture, ...]]:
    """The captures of each good look; `captures` are in order."""
    for _, group in groupby(captures, key=lambda c: (c.time, c.via)):
        parts = tuple(group)
        if all(c.outcome is Outcome.GOOD and c.text for c in parts):
            yield parts


def version(document: str, look: Look, reader: Reader) -> Version:
    """What a look showed, as a version of `document` that was seen just then."""
    return Version(
        document=document,
        title=reader(look.parts[0]).title,
        first_seen=look.time,
        last_seen=look.time,
        clauses=clauses(look.parts, reader),
        captures=look.parts,
        urls=tuple(c.source.url for c in look.parts if c.source and c.source.url),
    )


def clauses(parts: Sequence[Capture], reader: Reader) -> tuple[Clause, ...]:
    """The text of a look, page after page."""
    return tuple(clause for capture in parts for clause in reader(capture).clauses)
