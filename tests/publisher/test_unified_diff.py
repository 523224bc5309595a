"""The unified diff that is published: right, and at a cost that no text drives up."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.publisher import unified_diff as module
from tracker.publisher.unified_diff import unified

NAMES = ("old", "new")
lines = st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=30)
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def _equal(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    for block in difflib.SequenceMatcher(None, old, new).get_matching_blocks():
        yield from ((block.a + n, block.b + n) for n in range(block.size))


def _patched(old: Sequence[str], diff: Sequence[str]) -> list[str]:
    """The text that `patch` makes of `old`; each line that stays or goes has to be there."""
    found: list[str] = []
    place = 0
    for line in diff[2:]:
        if hunk := _HUNK.fullmatch(line):
            start = int(hunk[1]) - (hunk[2] != "0")
            found += old[place:start]
            place = start
            assert len(found) == int(hunk[3]) - (hunk[4] != "0")
            continue
        if line[0] in " -":
            assert old[place] == line[1:]
            place += 1
        if line[0] in " +":
            found.append(line[1:])
    return [*found, *old[place:]]


@given(lines, lines)
def test_what_is_known_to_be_equal_makes_a_right_diff(old: list[str], new: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_DEAREST", -1)
        assert _patched(old, list(unified(old, new, NAMES, _equal(old, new)))) == new


def test_an_ordinary_text_is_compared_by_difflib() -> None:
    old, new = ["a", "b", "c"], ["a", "x", "c"]
    expected = list(difflib.unified_diff(old, new, *NAMES, lineterm=""))
    assert list(unified(old, new, NAMES, ())) == expected


def test_many_lines_with_edits_between_are_not_left_to_difflib(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "unified_diff", None)
    old = [f"{n} old" if n % 2 else f"{n}" for n in range(20_000)]
    new = [f"{n} new" if n % 2 else f"{n}" for n in range(20_000)]
    equal = [(n, n) for n in range(0, 20_000, 2)]
    assert _patched(old, list(unified(old, new, NAMES, equal))) == new
