"""Which clause of the old version is which clause of the new one.

Exact matches first (unique ones anywhere, then their neighbours, then repeated ones inside a
gap), then the most similar inside each gap between anchors without crossing, then rewritten
clauses that also moved, then parts of splits and mergers. What stands off the heaviest
increasing subsequence of pairs has moved. Thresholds were set on real terms of many services.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import Indel, LCSseq

from tracker.differ.redline import words_of
from tracker.model import Clause, Pair, Unit

_IN_GAP = 0.5  # the same place: half of the words suffice
_ELSEWHERE = 0.6  # another place: more is asked for, and enough words to mean something
_FEWEST_WORDS_TO_MOVE = 6
_SHORT = 12  # a short line that alone was replaced at its place ("Effective …") is the same line
_SHORT_IN_GAP = 0.2
_PART = 0.8  # share of a part's words that must stand in the whole it was split from
_WHOLE = 0.7  # share of the whole that its parts must give back
_LARGEST_TABLE = 250_000  # cells of a similarity table; beyond it only rare words propose pairs

Words = tuple[str, ...]
Match = dict[int, int]
Group = tuple[tuple[int, ...], tuple[int, ...]]


def align(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[Pair, ...]:
    """Pair every clause of both versions exactly once, in the order of the newer version."""
    old, new = _Side(before), _Side(after)
    match = _exact(old.keys, new.keys)
    for gap in _gaps(_in_order(match, old.weights), len(before), len(after)):
        match |= _similar_in_gap(old, new, match, *gap)
    match |= _similar_elsewhere(old, new, match)
    groups = _groups(old, new, match)
    return _ordered(groups, old.weights, len(before), len(after))


class _Side:
    """One version's clauses as the aligner sees them."""

    __slots__ = ("headings", "keys", "weights", "words")

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.keys = [c.key for c in clauses]
        self.words: list[Words] = [words_of(c.key.casefold()) for c in clauses]
        self.weights = [len(c.key) + 1 for c in clauses]
        self.headings = [c.unit is Unit.HEADING for c in clauses]


# ── exact ─────────────────────────────────────────────────────────────────────────


def _exact(old: Sequence[str], new: Sequence[str]) -> Match:
    """Unique equal keys, extended to equal neighbours (Heckel), then equal keys inside gaps."""
    old_count, new_count = Counter(old), Counter(new)
    place = {key: j for j, key in enumerate(new)}
    match = {
        i: place[key] for i, key in enumerate(old) if old_count[key] == 1 and new_count[key] == 1
    }
    _extend(match, old, new, +1)
    _extend(match, old, new, -1)
    weights = [len(key) + 1 for key in old]
    for gap in _gaps(_in_order(match, weights), len(old), len(new)):
        match |= _repeated_in_gap(old, new, match, *gap)
    return match


def _extend(match: Match, old: Sequence[str], new: Sequence[str], step: int) -> None:
    taken = set(match.values())
    for i in sorted(match, reverse=step < 0):
        j = match[i]
        while True:
            i, j = i + step, j + step
            inside = 0 <= i < len(old) and 0 <= j < len(new)
            if not inside or i in match or j in taken or old[i] != new[j]:
                break
            match[i] = j
            taken.add(j)


def _repeated_in_gap(
    old: Sequence[str], new: Sequence[str], match: Match, rows: range, columns: range
) -> Match:
    """Equal keys in their order: the longest common subsequence of what is free in the gap."""
    taken = set(match.values())
    free_old = [i for i in rows if i not in match]
    free_new = [j for j in columns if j not in taken]
    common = set(map(old.__getitem__, free_old)) & set(map(new.__getitem__, free_new))
    free_old = [i for i in free_old if old[i] in common]
    free_new = [j for j in free_new if new[j] in common]
    if not common:
        return {}
    blocks = LCSseq.opcodes([old[i] for i in free_old], [new[j] for j in free_new])
    return {
        free_old[r]: free_new[c]
        for step in blocks
        if step.tag == "equal"
        for r, c in zip(
            range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True
        )
    }


# ── similar ───────────────────────────────────────────────────────────────────────


def similarity(a: Words, b: Words) -> float:
    """1.0 for equal word sequences, 0.0 for nothing in common (normalised Indel similarity)."""
    return float(Indel.normalized_similarity(a, b))


def _similar_in_gap(old: _Side, new: _Side, match: Match, rows: range, columns: range) -> Match:
    """The pairing of a gap's leftovers that keeps order and has the greatest total similarity."""
    taken = set(match.values())
    free_old = [i for i in rows if i not in match]
    free_new = [j for j in columns if j not in taken]
    if not free_old or not free_new:
        return {}
    if len(free_old) * len(free_new) > _LARGEST_TABLE:
        return {}
    least = _IN_GAP
    if len(free_old) == len(free_new) == 1 and len(old.words[free_old[0]]) <= _SHORT:
        least = _SHORT_IN_GAP
    scores = [[_score(old, new, i, j, least) for j in free_new] for i in free_old]
    return {free_old[r]: free_new[c] for r, c in _best_path(scores)}


def _score(old: _Side, new: _Side, i: int, j: int, least: float) -> float:
    if old.headings[i] != new.headings[j]:
        return 0.0
    score = float(Indel.normalized_similarity(old.words[i], new.words[j], score_cutoff=least))
    return score if score >= least else 0.0


def _best_path(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Maximum-weight non-crossing pairs of a score table (Needleman-Wunsch without penalties)."""
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


def _similar_elsewhere(old: _Side, new: _Side, match: Match) -> Match:
    """Clauses that moved and were edited, best first; candidates share a rare word."""
    taken = set(match.values())
    lost = [i for i in range(len(old.keys)) if i not in match]
    found = [j for j in range(len(new.keys)) if j not in taken]
    scored = sorted(
        ((-score, abs(i - j), i, j) for i, j, score in _candidates(old, new, lost, found)),
    )
    extra: Match = {}
    for _, _, i, j in scored:
        if i not in extra and j not in taken:
            extra[i] = j
            taken.add(j)
    return extra


def _candidates(
    old: _Side, new: _Side, lost: Sequence[int], found: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for j in found:
        if len(new.words[j]) >= _FEWEST_WORDS_TO_MOVE:
            for word in set(new.words[j]):
                holders[word].append(j)
    for i in lost:
        if len(old.words[i]) < _FEWEST_WORDS_TO_MOVE:
            continue
        for j in _sharing_rare_words(old.words[i], holders):
            score = _score(old, new, i, j, _ELSEWHERE)
            if score:
                yield i, j, score


def _sharing_rare_words(words: Words, holders: Mapping[str, Sequence[int]]) -> list[int]:
    """Clauses that hold one of the eight rarest of `words`."""
    rare = sorted(
        (w for w in dict.fromkeys(words) if w in holders), key=lambda w: (len(holders[w]), w)
    )
    return sorted({j for w in rare[:8] for j in holders[w]})


# ── splits and mergers ────────────────────────────────────────────────────────────


def _groups(old: _Side, new: _Side, match: Match) -> list[Group]:
    """Pairs, grown to splits (one old, several new) and mergers (several old, one new)."""
    back = {j: i for i, j in match.items()}
    splits = _parts(old.words, new.words, match, back, old.headings, new.headings)
    taken = {j for parts in splits.values() for j in parts}
    flat_match = {i: j for i, j in match.items() if i not in splits}
    flat_back = {j: i for i, j in flat_match.items()} | dict.fromkeys(taken, -1)
    free_match = flat_match | dict.fromkeys(splits, -1)
    mergers = _parts(new.words, old.words, flat_back, free_match, new.headings, old.headings)
    merged = {i for parts in mergers.values() for i in parts}
    groups: list[Group] = [((i,), tuple(parts)) for i, parts in splits.items()]
    groups += [(tuple(parts), (j,)) for j, parts in mergers.items()]
    groups += [((i,), (j,)) for i, j in flat_match.items() if i not in merged and j not in mergers]
    return groups


def _parts(
    wholes: Sequence[Words],
    pieces: Sequence[Words],
    match: Mapping[int, int],
    back: Mapping[int, int],
    whole_headings: Sequence[bool],
    piece_headings: Sequence[bool],
) -> dict[int, list[int]]:
    """For each whole that was cut up: its pieces, which stand side by side."""
    found: dict[int, list[int]] = {}
    taken: set[int] = set()
    for whole, words in enumerate(wholes):
        home = match.get(whole, None)
        if home == -1 or whole_headings[whole] or len(words) < _FEWEST_WORDS_TO_MOVE:
            continue
        if home is not None and pieces[home] == words:
            continue
        for run in _runs(words, pieces, home, back, taken, piece_headings):
            if _is_cut(words, pieces, run, home):
                found[whole] = run
                taken.update(run)
                break
    return found


def _runs(
    words: Words,
    pieces: Sequence[Words],
    home: int | None,
    back: Mapping[int, int],
    taken: set[int],
    headings: Sequence[bool],
) -> Iterator[list[int]]:
    """Runs of neighbouring pieces that all stand in `words`, around `home` where there is one."""

    def is_part(j: int) -> bool:
        free = 0 <= j < len(pieces) and j not in taken and not headings[j]
        return free and (j == home or j not in back) and _contained(pieces[j], words) >= _PART

    starts = [home] if home is not None else [j for j in range(len(pieces)) if is_part(j)]
    for start in starts:
        if not is_part(start):
            continue
        first, last = start, start
        while is_part(first - 1):
            first -= 1
        while is_part(last + 1):
            last += 1
        if last > first:
            yield list(range(first, last + 1))


def _contained(part: Words, whole: Words) -> float:
    """Share of the words of `part` that stand in `whole`, counted with repetition."""
    common = Counter(part) & Counter(whole)
    return sum(common.values()) / len(part) if part else 0.0


def _is_cut(words: Words, pieces: Sequence[Words], run: Sequence[int], home: int | None) -> bool:
    joined = tuple(w for j in run for w in pieces[j])
    alone = similarity(words, pieces[home]) if home is not None else 0.0
    together = similarity(words, joined)
    return together >= _WHOLE and together > alone


# ── order ─────────────────────────────────────────────────────────────────────────


def _in_order(match: Match, weights: Sequence[int]) -> list[tuple[int, int]]:
    """The heaviest subset of pairs that keeps its order (weighted LIS, O(n log n))."""
    pairs = sorted(match.items())
    kept = _heaviest_increasing([j for _, j in pairs], [weights[i] for i, _ in pairs])
    return [pairs[k] for k in kept]


def _heaviest_increasing(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Indices of the increasing subsequence of `values` with the greatest total weight."""
    ends: list[int] = []  # values, increasing, of the best chains
    chains: list[tuple[int, int]] = []  # (total weight, index), weight increasing with value
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


def _gaps(
    anchors: Iterable[tuple[int, int]], height: int, width: int
) -> Iterator[tuple[range, range]]:
    row = column = 0
    for i, j in [*anchors, (height, width)]:
        if i > row or j > column:
            yield range(row, i), range(column, j)
        row, column = i + 1, j + 1


def _ordered(
    groups: Sequence[Group],
    weights: Sequence[int],
    height: int,
    width: int,
) -> tuple[Pair, ...]:
    """All clauses in the newer order; a removed one follows its old predecessor."""
    groups = sorted(groups)
    kept = set(
        _heaviest_increasing(
            [g[1][0] for g in groups], [sum(weights[i] for i in g[0]) for g in groups]
        )
    )
    paired = {i for g in groups for i in g[0]}, {j for g in groups for j in g[1]}
    rows = [(b[0], Pair(a, b, moved=k not in kept)) for k, (a, b) in enumerate(groups)]
    rows += [(j, Pair((), (j,))) for j in range(width) if j not in paired[1]]
    stay = {i: b[-1] for k, (a, b) in enumerate(groups) if k in kept for i in a}
    place, removed = -1, []
    for i in range(height):
        place = stay.get(i, place)
        if i not in paired[0]:
            removed.append((place, Pair((i,), ())))
    # A removed clause sorts after the new clause it followed, before whatever came next.
    keyed = [(j, 0, n, p) for n, (j, p) in enumerate(rows)]
    keyed += [(j, 1, n, p) for n, (j, p) in enumerate(removed)]
    return tuple(p for *_, p in sorted(keyed, key=lambda row: row[:3]))
