"""Lines of a PDF, as its child process tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import bidirectional


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line in one style. `link` is an address or empty."""

    text: str
    bold: bool
    link: str
    raised: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What runs on along one baseline; in points, upwards from the bottom of page `page`."""

    page: int
    left: float
    right: float
    y: float
    size: float
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def is_bold(self) -> bool:
        return all(run.bold for run in self.runs if run.text.strip())

    def overlaps(self, other: Line) -> bool:
        """Return whether the two have anything above each other."""
        return self.left < other.right and other.left < self.right


def lines(pages: Sequence[Mapping[str, Any]]) -> tuple[tuple[Line, ...], ...]:
    """Return the lines of each page, in the order in which they are drawn."""
    found = tuple(tuple(_lines(number, page["lines"])) for number, page in enumerate(pages))
    leftward = sum(_letters(line) for page in found for line in page)
    return found if leftward <= 0 else tuple(tuple(map(_mirrored, page)) for page in found)


def _letters(line: Line) -> int:
    """Return how many more letters run to the left than to the right."""
    ways = [bidirectional(letter) for letter in line.text]
    return sum(way in ("R", "AL") for way in ways) - ways.count("L")


def _mirrored(line: Line) -> Line:
    """Return a line as if it ran to the right, so that one rule will do for both."""
    return replace(line, left=-line.right, right=-line.left)


def _lines(page: int, packed: Iterable[Sequence[Any]]) -> Iterator[Line]:
    for left, right, y, size, runs in packed:
        line = Line(page, left, right, y, size, tuple(Run(*run) for run in runs))
        if line.text.strip():
            yield line


def body_size(found: Iterable[Line]) -> float:
    """Return the size in which most letters are set."""
    sizes: Counter[float] = Counter()
    for line in found:
        sizes[rounded(line.size)] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=1.0)


def rounded(size: float) -> float:
    """Return a size as people set it: in half points."""
    return round(size * 2) / 2
