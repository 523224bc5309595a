"""Lines of a page that are new at every look: a reference, the day, a token in a link.

A clause that was never the same twice says nothing about the terms. It is known for a counter when
it has changed into something new at several looks in a row, a few letters of it each time; at once
where it names the day of each look. A value that stays long enough to be believed ends that: a line
that stopped counting is a line of the text again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import takewhile

from tracker.differ import names_day
from tracker.extractor import without_counters
from tracker.history.observations import Observation
from tracker.model import Clause
from tracker.policy import has_agreed

Clauses = Callable[[Observation], Sequence[Clause]]

#: Changes in a row that make a counter: four prices on four days are prices.
_CHANGES = 5
#: So near to each other the looks must be: a line that changes once a month is edited, and what an
#: archive recorded is what changed.
_LATELY, _LATELY_OF_ARCHIVES = timedelta(days=8), timedelta(hours=36)
_LONGEST = 100  # characters of a clause that may differ
_MOST = 20  # lines of a page that count
_COMPARED = 2000  # clauses in which what changed is looked for
_SHOWN = 80

_Ident = tuple[str, str, tuple[str, ...]]
_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A clause that changed of late: how often in a row, its values, and the first look at this.

    `until` is when the look before that was.
    """

    changes: int
    values: frozenset[_Ident]
    first: Observation
    until: datetime
    looks: int = 1

    @property
    def counts(self) -> bool:
        return self.changes >= _CHANGES

    def again(self) -> _Slot:
        return replace(self, looks=self.looks + 1)

    def is_stable(self, time: datetime) -> bool:
        """Return whether its value was seen for long enough to be believed."""
        return has_agreed(self.looks, self.first.time, time)


class Counters:
    """The counters of a page as of the last look that was heard.

    `stopped` is the first look at the value of a line that counted and does no more, and when the
    look before that was.
    """

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses
        self._last: Observation | None = None
        self._slots: dict[int, _Slot] = {}
        self.stopped: tuple[Observation, datetime] | None = None

    def hear(self, look: Observation) -> None:
        """Note what changed since the look before."""
        before, self._last = self._last, look
        self.stopped = None
        if before is None:
            return
        if before.text == look.text:
            self._slots = dict(self._stayed(look, None))
            return
        old, new = self._clauses(before), self._clauses(look)
        steps = _changed(old, new)
        if steps is None:
            self._slots = {}
            return
        changed, place = steps
        slots = dict(self._stayed(look, place))
        for i, j in changed:
            if slot := self._renewed(before, look, (old[i], new[j]), self._slots.get(i)):
                slots[j] = slot
        self._slots = slots

    def _stayed(
        self, look: Observation, place: Callable[[int], int | None] | None
    ) -> Iterator[tuple[int, _Slot]]:
        for i, slot in sorted(self._slots.items()):
            j, slot = place(i) if place else i, slot.again()
            if j is not None and not slot.is_stable(look.time):
                yield j, slot
            elif j is not None and slot.counts:
                self.stopped = self.stopped or (slot.first, slot.until)

    @staticmethod
    def _renewed(
        before: Observation, look: Observation, pair: tuple[Clause, Clause], slot: _Slot | None
    ) -> _Slot | None:
        """Return the slot of a clause that has changed; None where it is nothing that could be a
        counter.

        What names the day of the look is a counter at once.
        """
        one, other = map(_ident, pair)
        known = slot.values if slot else frozenset({one})
        lately = _LATELY_OF_ARCHIVES if look.is_import else _LATELY
        if other in known or look.time - before.time > lately:
            return None
        days = before.time.date(), look.time.date()
        is_day = days[0] != days[1] and all(map(names_day, (c.key for c in pair), days))
        changes = _CHANGES if is_day else slot.changes + 1 if slot else 1
        return _Slot(changes, known | {other}, look, before.time)

    def alone(self, before: Observation, look: Observation) -> bool:
        """Return whether the last look differs from `before` by nothing but counters."""
        if not self._counting():
            return False
        steps = _changed(self._clauses(before), self._clauses(look), whole=True)
        return steps is not None and self._counting().issuperset(j for _, j in steps[0])

    def _counting(self) -> set[int]:
        return {j for j, slot in self._slots.items() if slot.counts}

    def varies(self, one: Observation, other: Observation) -> bool:
        """Return whether two looks differ by some letters in a few lines, and by nothing else."""
        old, new = self._clauses(one), self._clauses(other)
        return bool(old) and _changed(old, new, whole=True) is not None

    def said(self) -> str:
        """Return a sentence about the lines that count, empty if there is none."""
        if self._last is None or not (places := sorted(self._counting())):
            return ""
        clauses = self._clauses(self._last)
        lines = ", ".join(f"“{_short(clauses[j].text)}”" for j in places[:3])
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        return f"New at every look, a counter and no news: {lines}{more}."


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"


# ── what changed ──────────────────────────────────────────────────────────────────


def _ident(clause: Clause) -> _Ident:
    """Return what a reader would read of a clause, as it is digested."""
    return clause.number, without_counters(clause.key), tuple(x.target for x in clause.links)


def _changed(
    old: Sequence[Clause], new: Sequence[Clause], *, whole: bool = False
) -> tuple[list[_Pair], Callable[[int], int | None]] | None:
    """Return the clauses that changed by a few letters, and where each other one is now.

    None where they are too many to be counters; where `whole`, also where anything else differs.
    """
    ours, theirs = list(map(_ident, old)), list(map(_ident, new))
    pairs: list[_Pair] = []
    kept: list[tuple[int, int, int]] = []
    for tag, i, end, j, close in _steps(ours, theirs):
        if tag == "equal":
            kept.append((i, end, j - i))
            continue
        found = _paired(old, new, (i, end, j, close))
        if len(pairs := pairs + found) > _MOST or (
            whole and not len(found) == end - i == close - j
        ):
            return None

    def place(n: int) -> int | None:
        return next((n + by for start, end, by in kept if start <= n < end), None)

    return pairs, place


def _steps(
    ours: Sequence[_Ident], theirs: Sequence[_Ident]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what is equal and what is not, in order, as `difflib` says it."""
    if len(ours) == len(theirs):
        differ = [n for n, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
        if len(differ) <= _MOST:
            yield from _in_place(differ, len(ours))
            return
    start = _common(ours, theirs)
    end = _common(ours[start:][::-1], theirs[start:][::-1])
    inner = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    yield "equal", 0, start, 0, start
    if max(map(len, inner)) > _COMPARED:
        yield "replace", start, len(ours) - end, start, len(theirs) - end
    else:
        for tag, i, i2, j, j2 in SequenceMatcher(None, *inner, autojunk=False).get_opcodes():
            yield tag, start + i, start + i2, start + j, start + j2
    yield "equal", len(ours) - end, len(ours), len(theirs) - end, len(theirs)


def _in_place(differ: Sequence[int], length: int) -> Iterator[tuple[str, int, int, int, int]]:
    start = 0
    for n in differ:
        yield "equal", start, n, start, n
        yield "replace", n, n + 1, n, n + 1
        start = n + 1
    yield "equal", start, length, start, length


def _paired(
    old: Sequence[Clause], new: Sequence[Clause], span: tuple[int, int, int, int]
) -> list[_Pair]:
    """Return the clauses of two differing parts that are one clause with a few other letters.

    From the start on, and from the end back, as far as they are.
    """
    i, end, j, close = span
    pairs = []
    while i < end and j < close and _is_variation(old[i], new[j]):
        pairs.append((i, j))
        i, j = i + 1, j + 1
    while i < end and j < close and _is_variation(old[end - 1], new[close - 1]):
        end, close = end - 1, close - 1
        pairs.append((end, close))
    return pairs


def _is_variation(one: Clause, other: Clause) -> bool:
    """Return whether two clauses are alike but for a few letters in one place, or for their
    links.
    """
    if one.unit != other.unit or len(one.links) != len(other.links):
        return False
    start = _common(one.key, other.key)
    rest = one.key[start:], other.key[start:]
    return max(map(len, rest)) - _common(rest[0][::-1], rest[1][::-1]) <= _LONGEST


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """Return how many of the first ones of both are alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
