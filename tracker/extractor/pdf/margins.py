"""Headers, footers and page numbers: lines at the edge of pages that are no part of the text.

What says the same at the same height of several pages is one of them, and so is what counts the
pages. Only what is outermost on its page can be; a title is set larger than the text and the rows
of a table are aligned with those below.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.extractor.pdf.lines import Line, body_size

_ROWS = 4  # of a page's edge that may be of its margin
_TALL = 8  # rows of lines that a row of a table may have
_SAME_HEIGHT = 4.0  # points
_NUMBER = re.compile(r"\d{1,5}")
_PAGE = (
    "page|p|pg|seite|s|página|pagina|pág|pag|strana|strona|str|sida|side|sivu|oldal|sayfa|лист|"
    "страница|сторінка|стр|σελίδα|halaman|trang|第"
)
_OF = "of|von|de|di|sur|van|av|af|z|ze|из|з"
#: All there is of a page number.
_COUNTS = re.compile(
    rf"[^\w]{{0,3}}(?:(?:{_PAGE})\b\.?)?[^\w]{{0,3}}\d{{1,4}}"
    rf"(?:\s?(?:\W|\b(?:{_OF})\b)\s?\d{{1,4}})?\s?[页頁ページ]{{0,3}}[^\w]{{0,3}}",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"[^\w]{0,3}[ivxl]{1,7}[^\w]{0,3}")
_LEAST = 0.6  # of all letters are text, or pages that repeat their text were taken for margins
_CLOSE, _LONG = 1.6, 60  # ems to the next line, and letters, of a line of text
_APART = 1.8  # ems between a margin and the text, on a page by itself


@dataclass(frozen=True, slots=True)
class _Row:
    """Lines on one height, from the left."""

    lines: tuple[Line, ...]

    @property
    def y(self) -> float:
        return self.lines[0].y

    @property
    def text(self) -> str:
        return " ".join(" ".join(line.text.split()) for line in self.lines)

    @property
    def form(self) -> str:
        """What remains of it when the pages are counted."""
        return _NUMBER.sub("#", self.text)

    @property
    def size(self) -> float:
        return max(line.size for line in self.lines)


def without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the lines of each page that are of its text."""
    size = body_size(line for page in pages for line in page)
    gone: set[int] = set()
    for is_top in (True, False):
        edges = [_edge(page, is_top) for page in pages]
        repeated = _repeated(edges, size)
        for page, edge in enumerate(edges):
            gone |= set(_margin(page, edge, repeated, size, alone=len(pages) == 1))
    kept = [[line for line in page if id(line) not in gone] for page in pages]
    return kept if _letters(kept) > _LEAST * _letters(pages) else [list(page) for page in pages]


def _letters(pages: Sequence[Sequence[Line]]) -> int:
    return sum(len(line.text) for page in pages for line in page)


def _edge(page: Sequence[Line], is_top: bool) -> list[_Row]:
    """Return the outermost rows, from the edge inwards, and one more to see where the text
    begins.
    """
    rows: list[list[Line]] = []
    for line in sorted(page, key=lambda one: -one.y if is_top else one.y):
        if rows and abs(rows[-1][0].y - line.y) < line.size * 0.4:
            rows[-1].append(line)
        elif len(rows) > _ROWS + _TALL:
            break
        else:
            rows.append([line])
    return [_Row(tuple(sorted(row, key=lambda one: one.left))) for row in rows]


def _repeated(edges: Sequence[Sequence[_Row]], size: float) -> set[tuple[str, int]]:
    """Return the rows (by form, and page) that say the same on several pages, but for counting
    them.
    """
    places: dict[str, list[tuple[int, _Row]]] = defaultdict(list)
    for page, edge in enumerate(edges):
        for row in edge[:_ROWS]:
            places[row.form].append((page, row))
    found: set[tuple[str, int]] = set()
    for form, rows in places.items():
        for page, row in rows:
            alike = [o for p, o in rows if p != page and abs(o.y - row.y) < _SAME_HEIGHT]
            if alike and _is_same(form, page, row, rows, size):
                found.add((form, page))
    return found


def _is_same(
    form: str, page: int, row: _Row, rows: Sequence[tuple[int, _Row]], size: float
) -> bool:
    """Return whether a row says on other pages what it says here, or counts the pages."""
    if any(other.text == row.text for n, other in rows if n != page):
        return True
    if "#" not in form or row.size > size * 1.05 or any(line.is_bold for line in row.lines):
        # "Article 1" and "Article 2", each at the top of a page, are headings.
        return form.strip(" #/|-–—") == "" and row.size <= size * 1.05
    mine = _offsets(page, row)
    return any(mine & _offsets(n, other) for n, other in rows if n != page)


def _offsets(page: int, row: _Row) -> set[tuple[int, int]]:
    """By how much each number in a row is ahead of the page that it is on."""
    return {(place, int(m[0]) - page) for place, m in enumerate(_NUMBER.finditer(row.text))}


def _margin(
    page: int, edge: Sequence[_Row], repeated: set[tuple[str, int]], size: float, *, alone: bool
) -> Iterator[int]:
    """Yield the lines (by identity) of the outermost rows that are of the margin."""
    for place, row in enumerate(edge[:_ROWS]):
        inner = edge[place + 1] if place + 1 < len(edge) else None
        is_text = _is_aligned(row, edge[place + 1 : place + 1 + _TALL]) or (
            inner is not None and _is_of_text(row, inner, size)
        )
        if is_text or not ((row.form, page) in repeated or _is_apart(row, inner, size, alone)):
            return
        yield from map(id, row.lines)


def _is_aligned(row: _Row, inner: Sequence[_Row]) -> bool:
    """Return whether a row is of the table whose next lines are below (or above) it."""
    near = [o for o in inner if abs(row.y - o.y) < 2 * _TALL * row.size]
    lefts = [line.left for other in near for line in other.lines]
    return len(row.lines) > 1 and all(
        any(abs(line.left - left) < 1 for left in lefts) for line in row.lines
    )


def _is_of_text(row: _Row, inner: _Row, size: float) -> bool:
    """Return whether a row looks like a line of the paragraph that it is close to."""
    is_close = abs(row.y - inner.y) < _CLOSE * size
    return is_close and row.size > 0.95 * size and len(row.text) > _LONG


def _is_apart(row: _Row, inner: _Row | None, size: float, alone: bool) -> bool:
    """Return whether a row counts pages, or is small print at the edge of the only page."""
    if inner is None or abs(row.y - inner.y) < _APART * size or row.size > size * 1.05:
        return False
    is_small = alone and row.size < 0.92 * size and len(row.text) < 120
    counts = _COUNTS.fullmatch(row.text) or _ROMAN.fullmatch(row.text)
    return bool(counts) or is_small
