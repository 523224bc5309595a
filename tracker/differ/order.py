"""What kept its order, what stands between, and the newer text's own sequence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import lt

from tracker.model import Pair

#: Old clauses and the new ones they became: one and one, one and several, several and one.
Group = tuple[tuple[int, ...], tuple[int, ...]]


def shared_ends(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """Return how many items both begin with, and how many of the rest both end with."""
    shortest = min(len(a), len(b))
    head = next((n for n in range(shortest) if a[n] != b[n]), shortest)
    rest = shortest - head
    return head, next((n for n in range(rest) if a[-1 - n] != b[-1 - n]), rest)


def in_order(match: Mapping[int, int], weights: Sequence[int]) -> list[tuple[int, int]]:
    """Return the heaviest subset of pairs that keeps its order; `weights` are the old clauses'."""
    pairs = sorted(match.items())
    kept = heaviest_increasing([j for _, j in pairs], [weights[i] for i, _ in pairs])
    return [pairs[k] for k in kept]


def heaviest_increasing(values: Sequence[int], weights: Sequence[float]) -> list[int]:
    """Indices of the increasing subsequence of `values` of greatest weight, in O(n log n)."""
    if all(map(lt, values, values[1:])) and min(weights, default=1) > 0:
        return list(range(len(values)))  # as in most texts: nothing moved
    ends: list[int] = []  # values, increasing, of the best chains
    chains: list[tuple[float, int]] = []  # (total weight, index), weight increasing with value
    previous: list[int] = []
    for index, (value, weight) in enumerate(zip(values, weights, strict=True)):
        at = bisect_left(ends, value)
        total = weight + (chains[at - 1][0] if at else 0)
        previous.append(chains[at - 1][1] if at else -1)
        cut = at
        while cut < len(chains) and chains[cut][0] <= total:
            cut += 1
        if at < cut or at == len(chains) or chains[at][0] > total:
            ends[at:cut] = [value]
            chains[at:cut] = [(total, index)]
    result, index = [], chains[-1][1] if chains else -1
    while index >= 0:
        result.append(index)
        index = previous[index]
    return result[::-1]


def gaps(
    anchors: Iterable[tuple[int, int]], height: int, width: int
) -> Iterator[tuple[range, range]]:
    """Yield the old and new clauses between anchors that are in order, where there are any."""
    row = column = 0
    for i, j in [*anchors, (height, width)]:
        if i > row or j > column:
            yield range(row, i), range(column, j)
        row, column = i + 1, j + 1


def kept(groups: Sequence[Group], weights: Sequence[int]) -> list[Group]:
    """Return the heaviest subset of sorted groups that keeps its order; the others have moved."""
    weight_of = weights.__getitem__
    places = heaviest_increasing(
        [new[0] for _, new in groups], [sum(map(weight_of, old)) for old, _ in groups]
    )
    return [groups[k] for k in places]


def ordered(
    groups: Iterable[Group], weights: Sequence[int], height: int, width: int
) -> tuple[Pair, ...]:
    """Return all clauses in the newer order; a removed one follows its old predecessor."""
    groups = sorted(groups)
    stays = set(kept(groups, weights))
    gone = set(range(height)) - {i for old, _ in groups for i in old}
    came = set(range(width)) - {j for _, new in groups for j in new}
    rows = [(g[1][0], 0, g[0][0], Pair(*g, moved=g not in stays)) for g in groups]
    rows += [(j, 0, -1, Pair((), (j,))) for j in came]
    follows = {i: new[-1] for old, new in stays for i in old}
    place = -1
    for i in range(height):
        place = follows.get(i, place)
        if i in gone:
            # After the new clause that it followed, before whatever came next.
            rows.append((place, 1, i, Pair((i,), ())))
    return tuple(pair for *_, pair in sorted(rows, key=lambda row: row[:3]))
