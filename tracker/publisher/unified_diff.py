"""The unified diff of two texts, at a cost that no text can drive up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher, unified_diff
from typing import Literal

_DEAREST = 10_000_000  # steps that difflib may take; a second
_POPULAR = 200  # lines from which difflib does not look for those that stand there often

_Step = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


def unified(
    old: Sequence[str],
    new: Sequence[str],
    names: tuple[str, str],
    equal: Iterable[tuple[int, int]],
) -> Iterator[str]:
    """Yield the lines of the diff, as `patch` takes them.

    difflib finds it. If that could be dear, the lines known to be `equal` (their places in both
    texts, in order) are kept, and everything between them is replaced.
    """
    if _steps(old, new) <= _DEAREST:
        yield from unified_diff(old, new, *names, lineterm="")
        return
    yield from (f"--- {names[0]}", f"+++ {names[1]}")
    for group in _Known(_opcodes(equal, len(old), len(new))).get_grouped_opcodes():
        (_, i, _, j, _), (_, _, i_end, _, j_end) = group[0], group[-1]
        yield f"@@ -{_range(i, i_end)} +{_range(j, j_end)} @@"
        for step in group:
            yield from _shown(step, old, new)


def _steps(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the steps difflib takes at most: each line it keeps may make it look at all again."""
    often = Counter(new)
    most = len(new) // 100 + 1 if len(new) >= _POPULAR else len(new)
    meetings = sum(n for line in old if (n := often[line]) <= most)
    return (len(old) + meetings) * min(len(old), len(new))


class _Known(SequenceMatcher[str]):
    """Steps that are known, for difflib to group."""

    def __init__(self, steps: Iterable[_Step]) -> None:
        super().__init__(None, "", "", autojunk=False)
        self._steps = list(steps)

    def get_opcodes(self) -> list[_Step]:
        return self._steps


def _opcodes(equal: Iterable[tuple[int, int]], height: int, width: int) -> Iterator[_Step]:
    i = j = 0
    first = (0, 0)
    for row, column in [*equal, (height, width)]:
        if (row, column) == (i, j) and row < height:
            i, j = row + 1, column + 1
            continue
        if first != (i, j):
            yield "equal", first[0], i, first[1], j
        if (i, j) != (row, column):
            yield "replace", i, row, j, column
        first, (i, j) = (row, column), (row + 1, column + 1)


def _range(start: int, end: int) -> str:
    if end - start == 1:
        return str(start + 1)
    return f"{start + (end > start)},{end - start}"


def _shown(
    step: tuple[str, int, int, int, int], old: Sequence[str], new: Sequence[str]
) -> Iterator[str]:
    what, i, i_end, j, j_end = step
    if what == "equal":
        yield from (f" {line}" for line in old[i:i_end])
        return
    yield from (f"-{line}" for line in old[i:i_end])
    yield from (f"+{line}" for line in new[j:j_end])
