"""Captures → looks: all that was captured of a document at one time, in order, with its text.

A document combined from several pages was seen only when each of them came well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tracker.differ import text_digest
from tracker.model import Capture, Clause, Outcome, Reading

Reader = Callable[[Capture], Reading]
LIVE = "live"


@dataclass(frozen=True, slots=True)
class Look:
    """A document as it was seen once. `text` identifies what a reader would have read."""

    parts: tuple[Capture, ...]
    time: datetime
    text: str

    @property
    def pages(self) -> tuple[str | None, ...]:
        """Which pages it was read from, and how."""
        return tuple(page_key(c) for c in self.parts)

    @property
    def is_import(self) -> bool:
        """Whether an archive saw it, which records nothing while a page stays as it is."""
        return self.parts[0].via != LIVE


def page_key(capture: Capture) -> str | None:
    return capture.source.key if capture.source else None


def in_order(captures: Iterable[Capture], pages: Mapping[str, int]) -> list[Capture]:
    """By time and, within a look, as the document names its pages; whatever order they came in."""

    def order(capture: Capture) -> tuple[object, ...]:
        key = page_key(capture) or ""
        look = (capture.time, capture.via, pages.get(key, len(pages)), capture.asked_url or "", key)
        return (*look, capture.body or "", capture.text or "", capture.outcome, capture.reason)

    return sorted(captures, key=order)


def looks(captures: Iterable[Capture], reader: Reader) -> Iterator[Look]:
    """The good looks of `captures`, which are in order; each text is read once."""
    known: dict[tuple[object, ...], str] = {}
    for _, group in groupby(captures, key=lambda c: (c.time, c.via)):
        parts = tuple(group)
        if all(c.outcome is Outcome.GOOD and c.text for c in parts):
            key = tuple((page_key(c), c.text) for c in parts)
            if key not in known:
                known[key] = text_digest(clauses(parts, reader))
            yield Look(parts, max(c.time for c in parts), known[key])


def clauses(parts: Sequence[Capture], reader: Reader) -> tuple[Clause, ...]:
    """The text of a look, page after page."""
    return tuple(clause for capture in parts for clause in reader(capture).clauses)
