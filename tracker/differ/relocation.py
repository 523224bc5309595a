"""Where a clause stands: the same words under another heading may say the opposite.

"Your private messages" under "What we never use" and under "What we use to train our models" is
one wording and two rules. A clause has *strayed* when the nearest label above it (its heading, or
the row and column of its cell) is another one, though both labels stand in both versions: a
heading that was only renamed, or that is new, takes nothing anywhere and is reported itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

from tracker.extractor.normalise import enumerator, fold
from tracker.model import Clause, Pair, Unit

_LIMITS = re.compile(
    r"n't\b|\b(?:not|never|no|without|except|unless|only|if|when|where|outside|eu|eea|uk|usa"
    r"|europe\w*|california\w*|residents?|opt|consent|prohibited|forbidden|dos|don'?ts?|u\.s"
    # "Contact us" is no limit, and "if you are in the US" is one.
    r"|(?:the|in|for|non) us|us (?:only|users?|residents?|members?|customers?|states?|law))\b"
)
_TOO_SHORT = 6  # words; a "Name" that left one row of a table and came to another did not move
_WHOLESALE = 10  # clauses under another label that nobody moved one by one


class Lineage:
    """The labels of both versions, and which of the new ones took the place of which old one."""

    def __init__(
        self, before: Sequence[Clause], after: Sequence[Clause], pairs: Iterable[Pair]
    ) -> None:
        self._before, self._after, self._pairs = before, after, tuple(pairs)

    # Found when they are asked for: from one version to the next most clauses stay where they are.

    @cached_property
    def _old(self) -> set[str]:
        return _labels(self._before)

    @cached_property
    def _new(self) -> set[str]:
        return _labels(self._after)

    @cached_property
    def _renamed(self) -> dict[str, str]:
        longest = max(map(len, self._old), default=0)
        single = (p for p in self._pairs if len(p.before) == len(p.after) == 1)
        both = ((self._before[p.before[0]], self._after[p.after[0]]) for p in single)
        # What is longer than every label is none, and folding case makes nothing shorter.
        return {_title(old): _title(new) for old, new in both if len(old.key) <= longest}

    def strayed(self, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Return the pairs whose clauses stand under another label than before; none where so many
        do that the page was laid out anew (each summary before its heading, and now behind it).
        """
        found = frozenset(pair for pair in pairs if self._has_strayed(pair))
        return found if len(found) <= _WHOLESALE else frozenset()

    def _has_strayed(self, pair: Pair) -> bool:
        if not pair.before or not pair.after:
            return False
        old, new = self._before[pair.before[0]], self._after[pair.after[0]]
        if old.path == new.path:
            return False
        return any(self._is_other(a, b) for a, b in zip(_nearest(old), _nearest(new), strict=False))

    def _is_other(self, old: str, new: str) -> bool:
        if old == new or self._renamed.get(old) == new:
            return False
        return old in self._new and new in self._old


def _labels(clauses: Iterable[Clause]) -> set[str]:
    return {_plain(label) for label in {label for clause in clauses for label in clause.path}}


def is_telling(old: Clause, new: Clause) -> bool:
    """Return whether a clause gets its meaning from the labels above it, which are others now.

    An item or a cell does ("Your messages"); a paragraph says what it says wherever it stands,
    unless a label limits it ("If you live in the US", "What we never do").
    """
    if old.unit in {Unit.ITEM, Unit.CELL}:
        return True
    return any(_LIMITS.search(label) for clause in (old, new) for label in _nearest(clause))


def _nearest(clause: Clause) -> list[str]:
    """Return the labels next above a clause, the nearest first."""
    depth = 2 if clause.unit is Unit.CELL else 1
    return [_plain(label) for label in clause.path[: -depth - 1 : -1]]


@lru_cache(maxsize=4096)  # few labels stand above many clauses
def _plain(label: str) -> str:
    return fold(enumerator(label)[1]).casefold()


def _title(clause: Clause) -> str:
    return clause.key.casefold()


def relocated(
    pairs: tuple[Pair, ...], before: Sequence[Clause], after: Sequence[Clause]
) -> tuple[tuple[Pair, ...], frozenset[Pair]]:
    """`pairs`, but that a few words which strayed are gone there and new here; those that strayed
    of what is then paired."""
    strayed = Lineage(before, after, pairs).strayed(pairs)
    apart = {p.before[0] for p in strayed if _is_short(p, before)}
    if not apart:
        return pairs, strayed
    pairs = tuple(_parted(pairs, apart))
    return pairs, Lineage(before, after, pairs).strayed(pairs)


def _is_short(pair: Pair, before: Sequence[Clause]) -> bool:
    if len(pair.before) != 1 or len(pair.after) != 1:
        return False
    clause = before[pair.before[0]]
    return clause.unit is not Unit.HEADING and len(clause.key.split()) < _TOO_SHORT


def _parted(pairs: Sequence[Pair], apart: set[int]) -> Iterator[Pair]:
    """Yield each removal follows the clause it stood after, as everywhere in an alignment."""
    waiting = sorted(apart)
    place = {i - 1 for i in waiting}
    if 0 in apart:
        yield Pair((0,), ())
    for pair in pairs:
        yield Pair((), pair.after) if apart.intersection(pair.before) else pair
        for i in pair.before:
            # What stood behind a clause that itself went apart follows that one's old place.
            while i in place and i + 1 in apart:
                yield Pair((i + 1,), ())
                i += 1
