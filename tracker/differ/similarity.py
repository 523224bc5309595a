"""How much two clauses have in common, and the best way to pair clauses by it.

Thresholds were set on real terms of many services: there unrelated clauses share at most 0.48
of their words in order, those rewritten by half about 0.5.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz.distance import Indel

from tracker.differ.order import heaviest_increasing, shared_ends

#: A tuple of words, or a string with one character for each word (see `as_letters`).
Words = Sequence[str]

_FEWEST_WORDS = 6  # with fewer a resemblance across the text means nothing
_KEPT = 0.8  # share of the shorter one's words, at the ends of the longer: it grew or shrank
_GROWN = 0.5  # what such a pair counts as, at least
_RARE = 8  # so many of a clause's rarest words may propose a pair
_MOST_HOLDERS = 64  # so many clauses with a rare word may be proposed by it, the nearest
#: Cells of a score table; in a larger gap only clauses with a rare word in common are compared.
LARGEST_TABLE = 100_000
#: Cells that one pass over a text may cost, however it is made.
MOST_CELLS = 200_000
#: The same where there is no table: of a thousand clauses each is compared with a hundred.
MOST_WITHOUT_TABLE = 100_000
_CELL = 32_000  # pairs of words that are compared in the time that two short clauses take
_ROUNDING = 1e-6
_LARGEST = 100_000_000  # pairs of words; of larger clauses only the words count, not their order


def as_letters(*sides: Sequence[Words]) -> list[list[str]]:
    """Return each text with a character for each word, in the order of the words: compared much
    faster.
    """
    known = sorted({word for side in sides for words in side for word in words})
    # Where there are more words than characters some share one, and look alike.
    signs = {word: chr(n % 0x110000) for n, word in enumerate(known)}
    return [["".join([signs[word] for word in words]) for words in side] for side in sides]


def cells(a: int, b: int) -> int:
    """Return what it costs to compare texts of so many words, beside two short clauses."""
    return 1 + a * b // _CELL


def similarity(a: Words, b: Words, least: float = 0.0) -> float:
    """Share of words that stay, in order, of both texts (0 to 1); 0 where it is below `least`."""
    both = len(a) + len(b)
    if 2 * min(len(a), len(b)) < (least - _ROUNDING) * both:
        return 0.0
    if len(a) * len(b) > _LARGEST:
        score = 2 * (Counter(a) & Counter(b)).total() / both
    else:
        # A little less, since 0.6 of 10 words is below 0.6 to the comparer.
        cutoff = max(0.0, least - _ROUNDING)
        score = float(Indel.normalized_similarity(a, b, score_cutoff=cutoff))
    return score if score >= least else 0.0


def in_place(a: Words, b: Words, least: float) -> float:
    """Return the likeness of two clauses at the same place, 0 where it is below `least`."""
    score = similarity(a, b, least)
    if score < least and least <= _GROWN and _grew(a, b):
        return _GROWN
    return score


def _grew(a: Words, b: Words) -> bool:
    """Return whether the longer begins and ends as the shorter does, which is nearly all of
    that.
    """
    shortest = min(len(a), len(b))
    if shortest < _FEWEST_WORDS:
        return False
    return sum(shared_ends(a, b)) >= _KEPT * shortest


def table_cells(old: Sequence[Words], new: Sequence[Words]) -> int:
    """Return what a score table of all these clauses costs."""
    return len(old) * len(new) + sum(map(len, old)) * sum(map(len, new)) // _CELL


def best_path(
    old: Sequence[Words], new: Sequence[Words], least: float, each: int | None = None
) -> list[tuple[int, int]]:
    """Pairs of like clauses that do not cross, of greatest likeness in all (places in both).

    Where the cells that may be spent on `each` clause are given, only likely pairs are compared.
    """
    if each is None:
        return _through([[in_place(a, b, least) for b in new] for a in old])
    scored = sorted(
        (r, -c, score)
        for r, c in sharing_rare_words(old, new, each)
        if (score := in_place(old[r], new[c], least))
    )
    # Equal rows stand with their columns falling, so that no row is taken twice.
    kept = heaviest_increasing([-c for _, c, _ in scored], [score for *_, score in scored])
    return [(scored[k][0], -scored[k][1]) for k in kept]


def _through(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the heaviest path through a score table (Needleman-Wunsch without penalties)."""
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


def sharing_rare_words(
    old: Sequence[Words], new: Sequence[Words], each: int
) -> Iterator[tuple[int, int]]:
    """Pairs (places in both) of clauses that have one of the older one's rarest words in common.

    For each of the older ones as many as can be compared at the cost of `each` cells, at least
    one: those with the rarest words first.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    for c, words in enumerate(new):
        if len(words) >= _FEWEST_WORDS:
            for word in set(words):
                holders[word].append(c)
    sizes = [len(words) for words in new]
    for r, words in enumerate(old):
        if len(words) >= _FEWEST_WORDS:
            room, size = each, len(words)
            for c in _holding_rare(words, holders, r * len(new) // len(old)):
                yield r, c
                room -= cells(size, sizes[c])
                if room <= 0:
                    break


def _holding_rare(words: Words, holders: Mapping[str, Sequence[int]], here: int) -> Iterator[int]:
    """Yield the places of clauses with one of the rarest of `words`, each once; found as asked
    for.
    """
    known = (w for w in dict.fromkeys(words) if w in holders)
    rare = sorted(known, key=lambda w: (len(holders[w]), w))[:_RARE]
    seen: set[int] = set()
    for word in rare:
        for place in _nearest(holders[word], here):
            if place not in seen:
                seen.add(place)
                yield place


def _nearest(places: Sequence[int], here: int) -> Sequence[int]:
    """Of many places those around `here`."""
    if len(places) <= _MOST_HOLDERS:
        return places
    first = bisect_left(places, here) - _MOST_HOLDERS // 2
    first = min(max(0, first), len(places) - _MOST_HOLDERS)
    return places[first : first + _MOST_HOLDERS]


def best_elsewhere(
    old: Sequence[Words], new: Sequence[Words], least: float, each: int
) -> list[tuple[int, int]]:
    """Pairs of like clauses wherever they stand, the likest first, then the nearest.

    `each` says how many cells may be spent on a clause.
    """
    scored = sorted(
        (-score, abs(r - c), r, c)
        for r, c in sharing_rare_words(old, new, each)
        if (score := similarity(old[r], new[c], asked := _asked(old[r], new[c], least))) >= asked
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
