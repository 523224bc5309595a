"""Which clause of the old version is which clause of the new one.

What is certain comes first and bounds what is less so: equal clauses (unique ones anywhere, then
their neighbours, then repeated ones in their order), like ones in the same place, like ones
elsewhere, the parts of splits and mergers, and last what alone was left over in a place. What
stands off the heaviest sequence that kept its order has moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import Indel, LCSseq

from tracker.differ.order import Group, gaps, in_order, kept, ordered
from tracker.differ.redline import words_of
from tracker.differ.similarity import (
    LARGEST_TABLE,
    MOST_CELLS,
    MOST_WITHOUT_TABLE,
    Words,
    as_letters,
    best_elsewhere,
    best_path,
    in_place,
    table_cells,
)
from tracker.differ.splits import Side, splits_and_merges
from tracker.model import Clause, Pair, Unit

#: Likeness asked for, first of the sure ones, then of the rest: so a clause that moved nearly
#: unchanged is not given to a neighbour that merely resembles it.
_STAGES = (0.75, 0.5)
_LEFT_OVER = 0.3  # of few clauses that alone are left on both sides of a place
_LEFT_OVER_SHORT = 0.2
_SHORT = 12  # words, in such a line as "Effective 3 March 2025"
_LONGEST_LINE = 1000  # letters
_LETTERS = 0.5  # of a short line that shares no word: so many letters in order
_MOST_LEFT_OVER = 3

Match = dict[int, int]


def align(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[Pair, ...]:
    """Pair every clause of both versions exactly once, in the order of the newer version."""
    return _aligned(tuple(before), tuple(after))


@lru_cache(maxsize=1)  # whether a text is to be believed is asked first, then what changed in it
def _aligned(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> tuple[Pair, ...]:
    text = _Text(before, after)
    text.pair_equal()
    text.spell()
    for least in _STAGES:
        if text.is_exhausted():
            break
        text.pair_in_place(least)
        text.pair_elsewhere(least)
    groups = splits_and_merges(text.old, text.new, text.match)
    groups += _left_over(text, groups)
    return ordered(groups, text.weights, len(before), len(after))


def aligned_share(
    before: Sequence[Clause], after: Sequence[Clause], pairs: Iterable[Pair]
) -> tuple[float, float]:
    """Share of each version's words that stand in clauses the other version has too.

    1.0 for a version without words. A low share on either side says that the two are hardly
    two wordings of one text; low on one side only, that a page showed two texts at once.
    """
    both = [p for p in pairs if p.before and p.after]
    return (
        _share(before, {i for p in both for i in p.before}),
        _share(after, {j for p in both for j in p.after}),
    )


def _share(clauses: Sequence[Clause], paired: set[int]) -> float:
    sizes = [len(words_of(c.key)) for c in clauses]
    return sum(sizes[n] for n in paired) / sum(sizes) if any(sizes) else 1.0


class _Text:
    """Both versions as the aligner sees them, and what is paired so far."""

    __slots__ = (
        "back",
        "each",
        "keys",
        "letters",
        "match",
        "new",
        "numbers",
        "old",
        "room",
        "weights",
    )

    def __init__(self, before: Sequence[Clause], after: Sequence[Clause]) -> None:
        self.keys = [c.key for c in before], [c.key for c in after]
        self.numbers = [c.number for c in before], [c.number for c in after]
        self.old, self.new = _side(before), _side(after)
        self.weights = [len(c.key) + 1 for c in before]
        self.match: Match = {}
        self.back: Match = {}
        self.letters: tuple[dict[int, str], dict[int, str]] = ({}, {})
        #: Cells left for the tables of a pass, and those for each clause where there is no table.
        self.room = self.each = 0

    def is_exhausted(self) -> bool:
        """Return whether nothing is left to pair on one of the sides, as in most revisions."""
        return len(self.match) == len(self.keys[0]) or len(self.back) == len(self.keys[1])

    def pair(self, pairs: Iterable[tuple[int, int]]) -> None:
        for i, j in pairs:
            self.match[i] = j
            self.back[j] = i

    # ── equal ─────────────────────────────────────────────────────────────────────

    def pair_equal(self) -> None:
        """Unique equal keys, then equal neighbours (Heckel), then repeated keys in order."""
        old, new = self.keys
        often = Counter(old), Counter(new)
        place = {key: j for j, key in enumerate(new)}
        self.pair(
            (i, place[key])
            for i, key in enumerate(old)
            if often[0][key] == 1 and often[1][key] == 1
        )
        self.pair_equal_neighbours()
        for rows, columns in self.free_gaps():
            self.pair(_common(old, new, rows, columns))

    def pair_equal_neighbours(self) -> None:
        """What stands beside a pair and is equal is a pair, as far as that goes."""
        old, new = self.keys
        for step in (1, -1):
            for i in sorted(self.match, reverse=step < 0):
                j = self.match[i] + step
                i += step
                if i in self.match:  # as after most of them
                    continue
                while self.is_free(i, j) and old[i] == new[j]:
                    self.pair([(i, j)])
                    i, j = i + step, j + step

    def is_free(self, i: int, j: int) -> bool:
        inside = 0 <= i < len(self.keys[0]) and 0 <= j < len(self.keys[1])
        return inside and i not in self.match and j not in self.back

    # ── like ──────────────────────────────────────────────────────────────────────

    def spell(self) -> None:
        """Write what is not paired as letters, which stand for its words."""
        free = (
            [i for i in range(len(self.keys[0])) if i not in self.match],
            [j for j in range(len(self.keys[1])) if j not in self.back],
        )
        words = (
            [side.words[n] for n in f] for side, f in zip((self.old, self.new), free, strict=True)
        )
        self.each = MOST_WITHOUT_TABLE // max(1, *map(len, free))
        old, new = as_letters(*words)
        self.letters = dict(zip(free[0], old, strict=True)), dict(zip(free[1], new, strict=True))

    def pair_in_place(self, least: float) -> None:
        """The likest of each gap without crossing; beside clauses that moved, too."""
        self.room = MOST_CELLS
        for rows, columns in self.free_gaps():
            self.pair_like(rows, columns, least)
        for behind, beside in list(self.beside_moved()):
            still_old = [i for i in behind if i not in self.match]
            self.pair_like(still_old, [j for j in beside if j not in self.back], least)

    def pair_like(self, rows: Sequence[int], columns: Sequence[int], least: float) -> None:
        for heading in (True, False):
            some_old = [i for i in rows if self.old.headings[i] is heading]
            some_new = [j for j in columns if self.new.headings[j] is heading]
            if some_old and some_new:
                old = [self.letters[0][i] for i in some_old]
                new = [self.letters[1][j] for j in some_new]
                found = best_path(old, new, least, self.spent(old, new))
                self.pair((some_old[r], some_new[c]) for r, c in found)

    def spent(self, old: Sequence[Words], new: Sequence[Words]) -> int | None:
        """Return the cells to be spent on each of these clauses; None where there is room for a
        table.
        """
        cost = table_cells(old, new)
        if len(old) * len(new) > LARGEST_TABLE or cost > self.room:
            return self.each
        self.room -= cost
        return None

    def pair_elsewhere(self, least: float) -> None:
        """The likest of all that is left, wherever it stands, and what equals its neighbours."""
        for heading in (True, False):
            lost = [
                i for i, h in enumerate(self.old.headings) if h is heading and i not in self.match
            ]
            found = [
                j for j, h in enumerate(self.new.headings) if h is heading and j not in self.back
            ]
            words = [self.letters[0][i] for i in lost], [self.letters[1][j] for j in found]
            pairs = best_elsewhere(*words, least, self.each)
            self.pair((lost[r], found[c]) for r, c in pairs)
        self.pair_equal_neighbours()

    def is_rewritten(self, i: int, j: int) -> bool:
        """Return whether two clauses that alone are left at a place are one, by the little they
        share.
        """
        a, b = self.old.words[i], self.new.words[j]
        if len(a) > _SHORT or len(b) > _SHORT:
            return in_place(a, b, _LEFT_OVER) > 0
        # "1.3 Change" and "1.3 Changes", "1 May 2024" and "3 June 2025" have no word in common.
        same_number = self.old.headings[i] and self.numbers[0][i] == self.numbers[1][j] != ""
        keys = self.keys[0][i], self.keys[1][j]
        # A "word" may have a million letters, and comparing them is quadratic.
        is_line = max(map(len, keys)) <= _LONGEST_LINE
        letters = Indel.normalized_similarity(*keys) if is_line else 0.0
        return same_number or in_place(a, b, _LEFT_OVER_SHORT) > 0 or letters >= _LETTERS

    # ── places ────────────────────────────────────────────────────────────────────

    def free_gaps(self) -> list[tuple[list[int], list[int]]]:
        """Return what is not paired between what is and kept its order, where both sides have
        some.
        """
        anchors = in_order(self.match, self.weights)
        found = gaps(anchors, len(self.keys[0]), len(self.keys[1]))
        free = (
            ([i for i in rows if i not in self.match], [j for j in columns if j not in self.back])
            for rows, columns in found
        )
        return [(rows, columns) for rows, columns in free if rows and columns]

    def beside_moved(self) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
        """Yield what is not paired right behind, and right before, a pair that moved."""
        stays = set(in_order(self.match, self.weights))
        for i, j in sorted(self.match.items() - stays):
            for step in (1, -1):
                yield self.free_run(i, j, step)

    def free_run(self, i: int, j: int, step: int) -> tuple[Sequence[int], Sequence[int]]:
        first, last = i + step, j + step
        i, j = first, last
        while 0 <= i < len(self.keys[0]) and i not in self.match:
            i += step
        while 0 <= j < len(self.keys[1]) and j not in self.back:
            j += step
        return sorted(range(first, i, step)), sorted(range(last, j, step))


def _side(clauses: Sequence[Clause]) -> Side:
    keys = [c.key for c in clauses]
    return Side(keys, _WordsOf(keys), [c.unit is Unit.HEADING for c in clauses])


class _WordsOf(dict[int, Words]):
    """The words of keys by their places, found when they are asked for: of most clauses, never."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self._keys = keys

    def __missing__(self, place: int) -> Words:
        found = self[place] = words_of(self._keys[place].casefold())
        return found


def _common(
    old: Sequence[str], new: Sequence[str], rows: Sequence[int], columns: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Equal keys in their order: the longest common subsequence of what stands in a gap."""
    both = {old[i] for i in rows} & {new[j] for j in columns}
    free_old = [i for i in rows if old[i] in both]
    free_new = [j for j in columns if new[j] in both]
    for step in LCSseq.opcodes([old[i] for i in free_old], [new[j] for j in free_new]):
        if step.tag == "equal":
            for n in range(step.src_end - step.src_start):
                yield free_old[step.src_start + n], free_new[step.dest_start + n]


def _left_over(text: _Text, groups: Sequence[Group]) -> list[Group]:
    """Few clauses that alone are left, as many on both sides of a place: rewritten there."""
    used = {i for old, _ in groups for i in old}, {j for _, new in groups for j in new}
    if len(used[0]) == len(text.keys[0]) or len(used[1]) == len(text.keys[1]):
        return []
    anchors = [p for old, new in kept(sorted(groups), text.weights) for p in _ends(old, new)]
    found: list[Group] = []
    for rows, columns in gaps(anchors, len(text.keys[0]), len(text.keys[1])):
        for heading in (True, False):
            left = (
                [i for i in rows if i not in used[0] and text.old.headings[i] is heading],
                [j for j in columns if j not in used[1] and text.new.headings[j] is heading],
            )
            if len(left[0]) == len(left[1]) <= _MOST_LEFT_OVER:
                pairs = zip(*left, strict=True)
                found += [((i,), (j,)) for i, j in pairs if text.is_rewritten(i, j)]
    return found


def _ends(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    return sorted({(old[0], new[0]), (old[-1], new[-1])})
