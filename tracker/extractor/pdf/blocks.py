"""Lines → blocks: which lines of a PDF are one paragraph, across lines, columns and pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise

from tracker.extractor.normalise import enumerator
from tracker.extractor.pdf.lines import Line, Run, rounded

BULLET = re.compile(r"\s*+([•◦▪●○■□▸►‣⁃∙·✓✔➢➤\uf0b7\uf0a7]|[-–—*o](?=\s))\s*+")
_ENDS = re.compile(r"[.;:!?。；：！？।][\"'”’»)\]]*+$")
_GOES_ON = re.compile(
    r"(?:[,–—-]|\b(?:and|or|of|the|a|to|in|by|und|oder|der|die|et|ou|de|la|y|o))$"
)
_MARK = re.compile(
    r"\(?(?:[ivxIVX]{1,5}|[A-Za-z]|\d{1,3}(?:\.\d{1,3}){0,4})[.)]|\d{1,3}(?:\.\d{1,3}){0,4}"
)
_LOOSE = 1.45  # ems from line to line, where too few lines tell
_STRETCH = 1.22  # times the usual distance
_INDENT = 0.7  # ems
_NARROW = 8  # ems of a column that text goes over from or to
_ABOUT = 0.2
_EVEN, _WIDE, _MANY = 0.15, 3, 3  # ems between words, and words
_SHORT = 0.6  # of the width of its column


@dataclass(slots=True)
class Block:
    """Lines that belong together, as they gather."""

    lines: list[Line] = field(default_factory=list)

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def size(self) -> float:
        return max(line.size for line in self.lines)

    @property
    def text(self) -> str:
        return " ".join(line.text.strip() for line in self.lines)

    @property
    def is_bold(self) -> bool:
        return all(line.is_bold for line in self.lines)


def blocks(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """Return the blocks of a document in order of reading."""
    setting = _Setting([line for page in pages for line in page])
    found: list[Block] = []
    for page in pages:
        mine = _of_page(_whole(page), setting)
        for block in mine:
            before = _interrupted(found, block, setting)
            if before is not None:
                before.lines += block.lines
            else:
                found.append(block)
    return found


def _whole(page: Sequence[Line]) -> list[Line]:
    """Lines, those put together that are parts of one: a mark and its point, a stretched line."""
    widths = Counter((round(line.left), round(line.right)) for line in page)
    found: list[Line] = []
    rows = _rows(page)
    for place, row in enumerate(rows):
        around = [*found[-1:], *rows[place + 1][:1]] if place + 1 < len(rows) else found[-1:]
        if len(row) > 1 and _is_stretched(row, around, widths):
            found.append(reduce(_together, row))
        else:
            found += _marked(_even(row))
    return found


def _even(row: Sequence[Line]) -> list[Line]:
    """Return a row in which words with the same wide blanks between them are put together."""
    runs: list[list[Line]] = [[row[0]]]
    gap = 0.0
    for one, next_ in pairwise(row):
        before, gap = gap, next_.left - one.right
        is_even = len(runs[-1]) == 1 or abs(gap - before) < _EVEN * one.size
        if gap < _WIDE * one.size and is_even:
            runs[-1].append(next_)
        else:
            runs.append([next_])
    parts = ([reduce(_together, run)] if len(run) >= _MANY else run for run in runs)
    return [line for part in parts for line in part]


def _rows(page: Sequence[Line]) -> list[list[Line]]:
    """Lines drawn one after another on one height, from left to right."""
    rows: list[list[Line]] = []
    for line in page:
        last = rows[-1][-1] if rows else None
        if last and abs(last.y - line.y) < 0.4 * line.size and line.left > last.right:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _is_stretched(
    row: Sequence[Line], around: Sequence[Line], widths: Counter[tuple[int, int]]
) -> bool:
    """Return whether a row is a line of a justified paragraph: as wide as those around, or as
    many.
    """
    left, right, size = row[0].left, row[-1].right, row[0].size
    is_near = all(two.left - one.right < 4 * size for one, two in pairwise(row))
    if is_near and widths[round(left), round(right)] >= 3:
        return True
    return any(_is_next(one, row[0]) and _is_as_wide(one, left, right) for one in around)


def _marked(row: Sequence[Line]) -> list[Line]:
    """Return a row in which a bullet or number is of what is beside it."""
    text = row[0].text.strip()
    if len(row) > 1 and (_MARK.fullmatch(text) or BULLET.fullmatch(f"{text} ")):
        return [_together(row[0], row[1]), *row[2:]]
    return list(row)


def _is_next(line: Line, other: Line) -> bool:
    return 0 < abs(line.y - other.y) < 2 * other.size


def _is_as_wide(line: Line, left: float, right: float) -> bool:
    return abs(line.left - left) < 1 and abs(line.right - right) < 1


def _together(one: Line, other: Line) -> Line:
    runs = (*one.runs, Run(" ", bold=False, link="", raised=False), *other.runs)
    return Line(other.page, one.left, other.right, other.y, other.size, runs)


def _of_page(page: Sequence[Line], setting: _Setting) -> list[Block]:
    found: list[Block] = []
    for line in page:
        if found and setting.goes_on(found[-1], line):
            found[-1].lines.append(line)
        else:
            found.append(Block([line]))
    return found


class _Setting:
    """How a document is set: from line to line, and where its columns end."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._leading = _leadings(lines)
        self._columns: dict[tuple[int, float], list[Line]] = defaultdict(list)
        self._lowest: dict[int, float] = {}
        for line in lines:
            self._columns[line.page, rounded(line.size)].append(line)
            self._lowest[line.page] = min(line.y, self._lowest.get(line.page, line.y))

    def goes_on(self, block: Block, line: Line) -> bool:
        """Return whether a line is of the block that the line drawn before it belongs to."""
        last = block.last
        if not self._is_below(last, line) or not last.overlaps(line):
            return False
        if last.is_bold != line.is_bold and (last.is_bold or self.is_cut_short(last, line)):
            return False
        if _begins_point(line):
            return not (self._is_point(block, line))
        ended = _ENDS.search(last.text.rstrip()) is not None
        if self.is_cut_short(last, line):
            return not ended and not self._is_by_itself(last, line)
        # The first line of a paragraph is set in, and the one before it says no more.
        is_set_in = line.left > block.lines[-1].left + _INDENT * line.size
        return not (ended and is_set_in and len(block.lines) > 1)

    def _is_below(self, last: Line, line: Line) -> bool:
        step = last.y - line.y
        usual = self._leading.get(rounded(line.size), line.size * _LOOSE / _STRETCH)
        is_like = abs(last.size - line.size) <= 0.12 * max(last.size, line.size)
        if not is_like or step < 0.4 * line.size:
            return False
        return step <= usual * _STRETCH or self._is_in_cell(last, line)

    def _is_in_cell(self, last: Line, line: Line) -> bool:
        """Return whether two lines far apart, drawn one after the other, are of one cell all the
        same.
        """
        step = last.y - line.y
        if step > 2.5 * line.size or abs(last.left - line.left) > 1:
            return False
        if _ENDS.search(last.text.rstrip()) or self.is_cut_short(last, line):
            return False
        if line.text.lstrip()[:1].islower():
            return True
        beside = (
            o for o in self._columns[line.page, rounded(line.size)]
            if line.y - 1 < o.y < last.y + 1 and not o.overlaps(line)
        )  # fmt: skip
        return any(True for _ in beside)

    def _is_point(self, block: Block, line: Line) -> bool:
        """Return whether a line that begins like a point is one, and no "section / 2. of" by
        chance.
        """
        last = block.last
        if BULLET.match(line.text) or _ENDS.search(last.text.rstrip()):
            return True
        is_elsewhere = abs(line.left - last.left) > _INDENT * line.size
        return is_elsewhere or self.is_cut_short(last, line) or _begins_point(block.first)

    def is_cut_short(self, last: Line, line: Line) -> bool:
        """Return whether the first word of the next line would have had room on the one before."""
        word = line.text.strip().partition(" ")[0]
        width = (line.right - line.left) * len(word) / max(len(line.text.strip()), 1)
        return last.right + 0.3 * last.size + width * 1.15 < self.edge(last)

    def _is_by_itself(self, last: Line, line: Line) -> bool:
        """Return whether a line that could have gone on, and did not, ends there all the same."""
        if _GOES_ON.search(last.text.rstrip()) or line.text.lstrip()[:1].islower():
            return False
        width = self.edge(last) - last.left
        return last.right - last.left < _SHORT * width and not last.is_bold

    def edge(self, line: Line) -> float:
        """Return the right edge of the column that a line is in."""
        near = 4 * line.size
        return max(
            (o.right for o in self._columns[line.page, rounded(line.size)]
             if abs(o.left - line.left) <= near),
            default=line.right,
        )  # fmt: skip

    def is_same_column(self, last: Line, line: Line) -> bool:
        """Return whether text can go over from one line to the other, which is in another place."""
        mine, other = self.edge(last) - last.left, self.edge(line) - line.left
        is_wide = min(mine, other) > _NARROW * line.size
        return is_wide and abs(mine - other) < _ABOUT * max(mine, other)

    def is_at_the_top(self, line: Line) -> bool:
        """Return whether nothing of the same size is above it."""
        mine = self._columns[line.page, rounded(line.size)]
        return not any(o.y > line.y + 1 and o.overlaps(line) for o in mine)

    def is_at_the_end(self, line: Line) -> bool:
        """Return whether nothing of the text is below it on its page."""
        return line.y - self._lowest[line.page] < 2 * line.size


def _leadings(lines: Sequence[Line]) -> dict[float, float]:
    """Return how far apart lines of each size are: the smallest distance that is frequent."""
    steps: dict[float, Counter[float]] = defaultdict(Counter)
    for one, next_ in pairwise(lines):
        step = one.y - next_.y
        is_like = one.page == next_.page and rounded(one.size) == rounded(next_.size)
        if is_like and one.overlaps(next_) and 0.4 * one.size < step < 3 * one.size:
            steps[rounded(one.size)][round(step * 2) / 2] += 1
    found = {}
    for size, counted in steps.items():
        most = max(counted.values())
        if most >= 3:
            found[size] = min(s for s, n in counted.items() if n >= most / 4)
    return found


def _begins_point(line: Line) -> bool:
    text = line.text.strip()
    return BULLET.match(text) is not None or bool(enumerator(text)[0])


# ── across columns and pages ──────────────────────────────────────────────────────


def _interrupted(found: Sequence[Block], block: Block, setting: _Setting) -> Block | None:
    """Return the block that the end of a column or page interrupted, and that goes on with this
    one.
    """
    line = block.first
    if BULLET.match(line.text):
        return None
    for before in reversed(found[-4:]):
        last = before.last
        if before.size < 0.95 * block.size and last.page != line.page:
            continue  # notes at the foot of the page
        return before if _goes_over(before, line, setting) else None
    return None


def _goes_over(before: Block, line: Line, setting: _Setting) -> bool:
    last = before.last
    if abs(last.size - line.size) > 0.06 * line.size or last.is_bold != line.is_bold:
        return False
    is_next_page = line.page == last.page + 1
    is_next_column = line.page == last.page and line.left > last.right and line.y > last.y
    if not is_next_page and not (is_next_column and setting.is_at_the_end(last)):
        return False
    if not setting.is_at_the_top(line) or not setting.is_same_column(last, line):
        return False
    ended = _ENDS.search(last.text.rstrip()) is not None
    if ended and _begins_point(line):
        return False
    if line.text.lstrip()[:1].islower() and not ended:
        return True
    return not setting.is_cut_short(last, line)
