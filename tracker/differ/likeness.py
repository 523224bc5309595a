"""How much two clauses have in common, and the best way to pair clauses by it.

Thresholds were set on real terms of many services: there unrelated clauses share at most 0.48
of their words in order, those rewritten by half about 0.5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import Indel

from tracker.differ.order import heaviest_increasing, shared_ends

Words = tuple[str, ...]
Scored = tuple[int, int, float]

_FEWEST_WORDS = 6  # with fewer a resemblance across the text means nothing
_KEPT = 0.8  # share of the shorter one's words, at the ends of the longer: it grew or shrank
_GROWN = 0.5  # what such a pair counts as, at least
_RARE = 8  # so many of a clause's rarest words may propose a pair
#: Cells of a score table; in a larger gap only clauses with a rare word in common are compared.
LARGEST_TABLE = 100_000


def similarity(a: Words, b: Words) -> float:
    """Share of words that stay, in order, of both texts (0 to 1)."""
    return float(Indel.normalized_similarity(a, b))


def in_place(a: Words, b: Words, least: float) -> float:
    """The likeness of two clauses at the same place, 0 where it is below `least`."""
    score = float(Indel.normalized_similarity(a, b, score_cutoff=least))
    if score < least and least <= _GROWN and _grew(a, b):
        return _GROWN
    return score if score >= least else 0.0


def _grew(a: Words, b: Words) -> bool:
    """Whether the longer begins and ends as the shorter does, which is nearly all of that."""
    shortest = min(len(a), len(b))
    if shortest < _FEWEST_WORDS:
        return False
    return sum(shared_ends(a, b)) >= _KEPT * shortest


def best_path(old: Sequence[Words], new: Sequence[Words], least: float) -> list[tuple[int, int]]:
    """Pairs of like clauses that do not cross, of greatest likeness in all (places in both)."""
    if len(old) * len(new) <= LARGEST_TABLE:
        return _through([[in_place(a, b, least) for b in new] for a in old])
    scored = sorted(
        (r, -c, score)
        for r, c in sharing_rare_words(old, new)
        if (score := in_place(old[r], new[c], least))
    )
    # Equal rows stand with their columns falling, so that no row is taken twice.
    kept = heaviest_increasing([-c for _, c, _ in scored], [score for *_, score in scored])
    return [(scored[k][0], -scored[k][1]) for k in kept]


def _through(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The heaviest path through a score table (Needleman-Wunsch without penalties)."""
    height, width = len(scores), len(scores[0])
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    for r in range(height - 1, -1, -1):
        for c in range(width - 1, -1, -1):
            paired = scores[r][c] + best[r + 1][c + 1] if scores[r][c] else 0.0
            best[r][c] = max(paired, best[r + 1][c], best[r][c + 1])
    path, r, c = [], 0, 0
    while r < height and c < width:
        if scores[r][c] and best[r][c] == scores[r][c] + best[r + 1][c + 1]:
            path.append((r, c))
            r, c = r + 1, c + 1
        elif best[r][c] == best[r + 1][c]:
            r += 1
        else:
            c += 1
    return path


def sharing_rare_words(old: Sequence[Words], new: Sequence[Words]) -> Iterator[tuple[int, int]]:
    """Pairs (places in both) of clauses that have one of the older one's rarest words in common."""
    holders: dict[str, list[int]] = defaultdict(list)
    for c, words in enumerate(new):
        if len(words) >= _FEWEST_WORDS:
            for word in set(words):
                holders[word].append(c)
    for r, words in enumerate(old):
        if len(words) >= _FEWEST_WORDS:
            yield from ((r, c) for c in _holding_rare(words, holders))


def _holding_rare(words: Words, holders: Mapping[str, Sequence[int]]) -> Iterable[int]:
    known = (w for w in dict.fromkeys(words) if w in holders)
    rare = sorted(known, key=lambda w: (len(holders[w]), w))[:_RARE]
    # However large the text, a clause is compared with no more than a table's side of others.
    return sorted({c for w in rare for c in holders[w][:_MOST_HOLDERS]})


_MOST_HOLDERS = 64


def best_elsewhere(
    old: Sequence[Words], new: Sequence[Words], least: float
) -> list[tuple[int, int]]:
    """Pairs of like clauses wherever they stand, the likest first, then the nearest."""
    scored = sorted(
        (-score, abs(r - c), r, c)
        for r, c in sharing_rare_words(old, new)
        if (score := similarity(old[r], new[c])) >= _asked(old[r], new[c], least)
    )
    rows: dict[int, int] = {}
    columns: set[int] = set()
    for *_, r, c in scored:
        if r not in rows and c not in columns:
            rows[r] = c
            columns.add(c)
    return list(rows.items())


_LONG = 20
_ASKED_OF_SHORT = 0.6


def _asked(a: Words, b: Words, least: float) -> float:
    """Of a short clause more is asked: chance gives it more words in common with others."""
    return least if min(len(a), len(b)) >= _LONG else max(least, _ASKED_OF_SHORT)
