"""Clauses that were cut up, and clauses that were joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.differ.order import Group
from tracker.differ.similarity import Words, similarity

_FEWEST_WORDS = 6  # a shorter clause has no parts
_PART = 0.8  # share of a part's words that must stand in the whole it was split from
_WHOLE = 0.7  # share of the whole that its parts must give back
#: Times the words of the whole that its parts can have together and still be that alike.
_LONGEST = 2 / _WHOLE - 1
#: Each part gets a page that shows the whole; thousands of them would fill a disk.
_MOST_PARTS = 100
_MOST_STARTS = 16  # parts that begin or end like the whole; where more do, none is telling
_ALL_STARTS = 20_000  # and fewer where there are very many wholes


@dataclass(frozen=True, slots=True)
class Side:
    """The clauses of one version that may be parts or wholes: headings never are."""

    keys: Sequence[str]
    words: Mapping[int, Words]
    headings: Sequence[bool]


def splits_and_merges(old: Side, new: Side, match: Mapping[int, int]) -> list[Group]:
    """Pairs, grown to splits (one old, several new) and mergers (several old, one new)."""
    splits = _cut(old, new, dict(match), set())
    taken = {j for parts in splits.values() for j in parts}
    rest = {i: j for i, j in match.items() if i not in splits}
    mergers = _cut(new, old, {j: i for i, j in rest.items()}, set(splits), taken)
    merged = {i for parts in mergers.values() for i in parts}
    groups: list[Group] = [((i,), tuple(parts)) for i, parts in splits.items()]
    groups += [(tuple(parts), (j,)) for j, parts in mergers.items()]
    groups += [((i,), (j,)) for i, j in rest.items() if i not in merged and j not in mergers]
    return groups


def _cut(
    wholes: Side,
    parts: Side,
    homes: Mapping[int, int],
    used_parts: set[int],
    used_wholes: set[int] | frozenset[int] = frozenset(),
) -> dict[int, list[int]]:
    """For each whole that was cut up: its parts, which stand side by side.

    `homes` says which part each whole is paired with so far; parts of others are not free.
    """
    found: dict[int, list[int]] = {}
    free = set(range(len(parts.keys))) - set(homes.values()) - used_parts
    free -= {j for j in free if parts.headings[j] or not parts.words[j]}
    if not free:
        return found
    holders = _holders(parts.words, free)
    most = min(_MOST_STARTS, 1 + _ALL_STARTS // len(wholes.keys)) if wholes.keys else 0
    for whole, key in enumerate(wholes.keys):
        home = homes.get(whole)
        if whole in used_wholes or wholes.headings[whole]:
            continue
        if home is not None and (parts.keys[home] == key or parts.headings[home]):
            continue
        words = wholes.words[whole]
        if len(words) < _FEWEST_WORDS or (home is not None and parts.words[home] == words):
            continue
        for run in _runs(words, parts.words, home, free, holders, most):
            if _is_cut(words, parts.words, run, home):
                found[whole] = run
                free.difference_update(run)
                break
    return found


def _holders(words: Mapping[int, Words], free: set[int]) -> dict[Words, list[int]]:
    """Free parts by their first two words and by their last two."""
    holders: dict[Words, list[int]] = {}
    for j in sorted(free):
        for ends in {words[j][:2], words[j][-2:]}:
            holders.setdefault(ends, []).append(j)
    return holders


def _runs(
    words: Words,
    parts: Mapping[int, Words],
    home: int | None,
    free: set[int],
    holders: Mapping[Words, list[int]],
    most: int,
) -> Iterator[list[int]]:
    """Runs of neighbouring parts that all stand in `words`, around `home` where there is one."""
    bag = Counter(words)

    def is_part(j: int) -> bool:
        return (j in free or j == home) and _contained(parts[j], bag) >= _PART

    starts = [home] if home is not None else _starts(words, free, holders)[:most]
    seen: set[int] = set()
    for start in starts:
        if start in seen or not is_part(start):
            continue
        first, last, room = start, start, _LONGEST * len(words) - len(parts[start])
        while room >= 0 and is_part(first - 1):
            first -= 1
            room -= len(parts[first])
        while room >= 0 and is_part(last + 1):
            last += 1
            room -= len(parts[last])
        seen.update(range(first, last + 1))
        if first < last < first + _MOST_PARTS and room >= 0:
            yield list(range(first, last + 1))


def _starts(words: Words, free: set[int], holders: Mapping[Words, list[int]]) -> list[int]:
    """Parts that begin as the whole does, or end as it does."""
    ends = {*holders.get(words[:2], ()), *holders.get(words[-2:], ())}
    return sorted(ends & free)


def _contained(part: Words, whole: Counter[str]) -> float:
    """Share of the words of `part` that stand in `whole`, counted with repetition."""
    return (Counter(part) & whole).total() / len(part) if part else 0.0


def _is_cut(words: Words, parts: Mapping[int, Words], run: Sequence[int], home: int | None) -> bool:
    joined = tuple(w for j in run for w in parts[j])
    alone = similarity(words, parts[home]) if home is not None else 0.0
    together = similarity(words, joined)
    return together >= _WHOLE and together > alone
