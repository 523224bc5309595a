"""A text as the edits see it, and as the reader of pages sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from tracker.extractor import read
from tracker.model import Clause, Unit


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with its punctuation. `origin` is its place in the old text (block, piece).

    A `reference` is the number of a section ("3.2"): it follows a renumbering.
    """

    text: str
    origin: tuple[int, int] | None = None
    reference: bool = False
    gap: str = " "  # what stands between it and the next one


@dataclass(frozen=True, slots=True)
class Block:
    """What becomes one clause. Cells of one table row share `row`; `link` covers the last piece."""

    unit: Unit
    pieces: tuple[Piece, ...]
    number: str = ""
    level: int = 0
    row: int = 0
    link: str = ""

    @property
    def text(self) -> str:
        return "".join(p.text + p.gap for p in self.pieces)[: -len(self.pieces[-1].gap)]

    @property
    def homes(self) -> set[int]:
        """The clauses of the old text it has words of."""
        return {p.origin[0] for p in self.pieces if p.origin}


def block(unit: Unit, text: str, number: str = "", level: int = 0, row: int = 0) -> Block:
    return Block(unit, pieces(text), number, level, row)


def pieces(text: str) -> tuple[Piece, ...]:
    words = text.split(" ")
    return tuple(
        Piece(word, reference=bool(n) and words[n - 1] == "Section" and word[:1].isdigit())
        for n, word in enumerate(words)
        if word
    )


def original(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks as an old text: every piece is its own origin."""
    return tuple(
        replace(b, pieces=tuple(replace(p, origin=(i, k)) for k, p in enumerate(b.pieces)))
        for i, b in enumerate(blocks)
    )


def clauses(blocks: Sequence[Block], *, wrapped: bool = False) -> tuple[Clause, ...]:
    """The blocks as a page that today's reader reads; one block gives one clause, or it fails."""
    found = read(html(blocks, wrapped=wrapped).encode(), "text/html", None).clauses
    if len(found) != len(blocks):
        raise ValueError(f"{len(blocks)} blocks were read as {len(found)} clauses")
    return found


def html(blocks: Sequence[Block], *, wrapped: bool = False) -> str:
    """A page of the blocks; `wrapped` breaks its lines as a template with another indent does."""
    parts = []
    for tag, run in groupby(blocks, key=_container):
        group = list(run)
        inner = "".join(_rows(group) if tag == "table" else map(_element, group))
        parts.append(f"<{tag}>{inner}</{tag}>" if tag else inner)
    body = "".join(parts)
    return "<main>" + (body.replace(" ", "\n        ") if wrapped else body) + "</main>"


def _container(b: Block) -> str:
    return {Unit.ITEM: "ul", Unit.CELL: "table"}.get(b.unit, "")


def _rows(cells: list[Block]) -> Iterable[str]:
    for _, row in groupby(cells, key=lambda b: b.row):
        yield f"<tr>{''.join(map(_element, row))}</tr>"


def _element(b: Block) -> str:
    tag = {Unit.ITEM: "li", Unit.CELL: "td", Unit.HEADING: f"h{b.level}"}.get(b.unit, "p")
    number = f"{escape(b.number)} " if b.number else ""
    text = escape(b.text)
    if b.link:
        last = escape(b.pieces[-1].text)
        text = f"{text.removesuffix(last)}<a\thref='{escape(b.link)}'>{last}</a>"
    return f"<{tag}>{number}{text}</{tag}>"
