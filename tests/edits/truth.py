"""What an engine claims, what is true, and how far the one is from the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from tests.edits.blocks import Block, Piece
from tests.edits.operators import Draft, Move
from tracker.differ.redline import words_of

#: Clauses belong together when so many of the smaller one's words are the same words.
_SHARE = 0.2
_FOUND = 0.8  # share of a moved section's clauses that must be called moved


@dataclass(frozen=True, slots=True)
class Claim:
    """A reading of an edit. `gone` and `new` count changed words of old and of new clauses.

    `noted` are those of the new ones that only follow a renumbering ("see Section 4.2"); each
    has a counterpart among the old ones.
    """

    pairs: frozenset[tuple[int, int]]
    moved: frozenset[int]
    gone: Counter[int]
    new: Counter[int]
    noted: Counter[int]
    hunks: int = 0
    stranded: int = 0
    cut_words: int = 0
    exact: bool = True

    @property
    def words(self) -> int:
        return self.gone.total() + self.new.total()


@dataclass(frozen=True, slots=True)
class Truth:
    """The right reading, and what the edits were about."""

    claim: Claim
    old_touched: frozenset[int]
    new_touched: frozenset[int]
    moves: tuple[Move, ...]


def truth_of(before: Sequence[Block], draft: Draft) -> Truth:
    """Read off the pieces of an edited draft."""
    after, left = draft.blocks, {p.origin for b in draft.blocks for p in b.pieces}
    pairs = {(i, j) for j, b in enumerate(after) for i in b.homes if _belong(before[i], b, i)}
    gone = {i: _count(p for p in b.pieces if p.origin not in left) for i, b in enumerate(before)}
    new = {j: _count(p for p in b.pieces if not p.origin) for j, b in enumerate(after)}
    noted: Counter[int] = Counter()
    for j, b in enumerate(after):
        for p in b.pieces:
            if p.reference and p.origin:
                words = _differing(before[p.origin[0]].pieces[p.origin[1]].text, p.text)
                noted[j] += words
                gone[p.origin[0]] += words
                new[j] += words
    touched = frozenset(j for j, b in enumerate(after) if b.homes & draft.touched or not b.homes)
    claim = Claim(frozenset(pairs), frozenset(), Counter(gone), Counter(new), noted)
    return Truth(claim, frozenset(draft.touched), touched, tuple(draft.moves))


def _belong(old: Block, new: Block, i: int) -> bool:
    shared = sum(p.origin is not None and p.origin[0] == i for p in new.pieces)
    return shared >= max(1, _SHARE * min(len(old.pieces), len(new.pieces)))


def _count(found: Iterable[Piece]) -> int:
    return sum(len(words_of(p.text)) for p in found)


def _differing(old: str, new: str) -> int:
    return (Counter(words_of(old)) - Counter(words_of(new))).total()


@dataclass(slots=True)
class Score:
    """Counts that add up over cases; the shares are taken at the end."""

    cases: int = 0
    exact: int = 0
    pairs: int = 0  # true pairs of touched clauses
    pairs_claimed: int = 0
    pairs_right: int = 0
    clauses: int = 0  # clauses whose wording truly changed
    clauses_claimed: int = 0
    clauses_right: int = 0
    moves: int = 0
    moves_found: int = 0
    moved_claimed: int = 0
    moved_right: int = 0
    words: int = 0
    words_claimed: int = 0
    hunks: int = 0
    stranded: int = 0
    cut_words: int = 0

    def __iadd__(self, other: Score) -> Score:
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))
        return self

    @property
    def pair_f1(self) -> float:
        return _share(2 * self.pairs_right, self.pairs + self.pairs_claimed)

    @property
    def clause_precision(self) -> float:
        return _share(self.clauses_right, self.clauses_claimed)

    @property
    def clause_recall(self) -> float:
        return _share(self.clauses_right, self.clauses)

    @property
    def move_recall(self) -> float:
        return _share(self.moves_found, self.moves)

    @property
    def move_precision(self) -> float:
        return _share(self.moved_right, self.moved_claimed)

    @property
    def inflation(self) -> float:
        return _share(self.words_claimed, self.words)

    @property
    def chaff(self) -> float:
        return self.stranded / self.hunks if self.hunks else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float(part == 0)


def score(truth: Truth, claim: Claim) -> Score:
    """How far a claim is right."""
    real, claimed = _touched(truth, truth.claim), _touched(truth, claim)
    changed, reported = set(_changed(truth, truth.claim)), set(_changed(truth, claim))
    readings = [_reading(m, truth, claim) for m in truth.moves]
    right = claim.moved & frozenset(i for clauses, _ in readings for i in clauses)
    return Score(
        cases=1,
        exact=claim.exact,
        pairs=len(real),
        pairs_claimed=len(claimed),
        pairs_right=len(real & claimed),
        clauses=len(changed),
        clauses_claimed=len(reported),
        clauses_right=len(changed & reported),
        moves=len(readings),
        moves_found=sum(found for _, found in readings),
        moved_claimed=len(claim.moved),
        moved_right=len(right),
        words=truth.claim.words,
        words_claimed=claim.words,
        hunks=claim.hunks,
        stranded=claim.stranded,
        cut_words=claim.cut_words,
    )


def _touched(truth: Truth, claim: Claim) -> set[tuple[int, int]]:
    return {(i, j) for i, j in claim.pairs if i in truth.old_touched or j in truth.new_touched}


def _changed(truth: Truth, claim: Claim) -> Iterator[tuple[int, int]]:
    """Clauses with changed wording; an old and a new one that belong together are one."""
    home = dict(sorted(truth.claim.pairs, reverse=True))
    kept = claim.noted
    for j, count in claim.new.items():
        if count > kept[j]:
            yield 1, j
    for i, count in claim.gone.items():
        if count > (kept[home[i]] if i in home else 0):
            yield (1, home[i]) if i in home else (0, i)


def _reading(move: Move, truth: Truth, claim: Claim) -> tuple[frozenset[int], bool]:
    """A move and whether it was found: what moved, or else all that it jumped over."""
    stands = {i for i, _ in truth.claim.pairs}
    for clauses in (move.moved & stands, move.jumped & stands):
        if clauses and len(clauses & claim.moved) >= _FOUND * len(clauses):
            return clauses, True
    return move.moved, False
