"""Counting: precision, recall and F1 with their counts and intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

_Z = 1.959964  # 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Score:
    """Right positives, false alarms and misses; what is right and negative is not of interest."""

    right: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return share(self.right, self.right + self.false)

    @property
    def recall(self) -> float:
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        return share(2 * self.right, 2 * self.right + self.false + self.missed)

    def __str__(self) -> str:
        said, wanted = self.right + self.false, self.right + self.missed
        return (
            f"precision {self.precision:.3f} ({self.right}/{said}, {interval(self.right, said)})  "
            f"recall {self.recall:.3f} ({self.right}/{wanted}, {interval(self.right, wanted)})  "
            f"F1 {self.f1:.3f}"
        )


def share(part: int, whole: int) -> float:
    """`part` of `whole`; nothing of nothing is all of it."""
    return part / whole if whole else 1.0


def interval(part: int, whole: int) -> str:
    """The Wilson score interval of a share, 95 %, as text."""
    low, high = wilson(part, whole)
    return f"{low:.2f}–{high:.2f}"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The Wilson score interval (Wilson 1927), which holds for few and for extreme counts too."""
    if not whole:
        return 0.0, 1.0
    p, z2 = part / whole, _Z * _Z / whole
    middle, reach = p + z2 / 2, _Z * sqrt(p * (1 - p) / whole + z2 / (4 * whole))
    return max(0.0, (middle - reach) / (1 + z2)), min(1.0, (middle + reach) / (1 + z2))


def judged(pairs: Iterable[tuple[bool, bool]]) -> Score:
    """The score of pairs of (what was said, what is so)."""
    return sum((_one(said, so) for said, so in pairs), Score())


def _one(said: bool, so: bool) -> Score:
    return Score(int(said and so), int(said and not so), int(so and not said))
