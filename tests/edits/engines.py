"""What finds edits: ours, and two plain ways for comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from diff_match_patch import diff_match_patch

from tests.edits.truth import Claim
from tracker.differ.align import align
from tracker.differ.redline import read_back, redline, tokens, words_of
from tracker.differ.renumber import following, renumbering
from tracker.extractor.normalise import fold
from tracker.model import Clause, Op, Span

_BELONG = 0.2


def ours(before: Sequence[Clause], after: Sequence[Clause]) -> Claim:
    """Aligned clauses, and a redline inside each pair."""
    pairs = align(before, after)
    numbers = renumbering(before, after, pairs)
    gone: Counter[int] = Counter()
    new: Counter[int] = Counter()
    noted: Counter[int] = Counter()
    hunks = stranded = cut = 0
    exact = True
    for pair in pairs:
        old_texts = [before[i].text for i in pair.before]
        new_texts = [after[j].text for j in pair.after]
        spans = redline("\n".join(old_texts), "\n".join(new_texts))
        exact &= read_back(spans) == ("\n".join(old_texts), "\n".join(new_texts))
        follows = following(spans, numbers)
        references = [s if n in follows else _unchanged(s) for n, s in enumerate(spans)]
        _spread(spans, Op.DELETE, pair.before, old_texts, gone)
        _spread(spans, Op.INSERT, pair.after, new_texts, new)
        _spread(references, Op.INSERT, pair.after, new_texts, noted)
        hunks += sum(
            s.op is not Op.SAME and (n == 0 or spans[n - 1].op is Op.SAME)
            for n, s in enumerate(spans)
        )
        stranded += sum(_is_stranded(spans, n) for n in range(1, len(spans) - 1))
        cut += _cut_words(spans)
    return Claim(
        pairs=frozenset((i, j) for p in pairs for i in p.before for j in p.after),
        moved=frozenset(i for p in pairs if p.moved for i in p.before),
        gone=gone,
        new=new,
        noted=noted,
        hunks=hunks,
        stranded=stranded,
        cut_words=cut,
        exact=exact,
    )


def _unchanged(span: Span) -> Span:
    return Span(Op.SAME, span.before, span.after)


def _spread(
    spans: Sequence[Span], op: Op, places: Sequence[int], texts: Sequence[str], count: Counter[int]
) -> None:
    """Count the words of `op` by the clause they stand in."""
    ends = list(accumulate(len(t) + 1 for t in texts))
    offset = 0
    for span in spans:
        text = span.before if op is Op.DELETE else span.after
        if span.op is op:
            at = offset
            for token in tokens(text):
                clause = next(places[n] for n, end in enumerate(ends) if at < end)
                count[clause] += len(words_of(token))
                at += len(token)
        offset += len(text)


def _is_stranded(spans: Sequence[Span], n: int) -> bool:
    """Fewer than three words that stayed, between two edits, in one line."""
    span = spans[n]
    return span.op is Op.SAME and len(words_of(span.after)) < 3 and "\n" not in span.after


def _cut_words(spans: Sequence[Span]) -> int:
    """Boundaries of spans that stand inside a word."""
    sides = ([s.before for s in spans if s.before], [s.after for s in spans if s.after])
    return sum(
        a[-1].isalnum() and b[0].isalnum() and len(words_of(a[-1] + b[0])) == 1
        for side in sides
        for a, b in pairwise(side)
    )


def shown(clauses: Sequence[Clause]) -> list[str]:
    return [f"{c.number} {c.text}".strip() for c in clauses]


def paragraphs(before: Sequence[Clause], after: Sequence[Clause]) -> Claim:
    """difflib on paragraphs; what stands in a replaced run is paired in order."""
    old, new = shown(before), shown(after)
    pairs: set[tuple[int, int]] = set()
    gone: Counter[int] = Counter()
    came: Counter[int] = Counter()
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        pairs |= set(zip(range(a, b), range(c, d), strict=False))
        if tag != "equal":
            gone.update({i: len(words_of(old[i])) for i in range(a, b)})
            came.update({j: len(words_of(new[j])) for j in range(c, d)})
    return Claim(frozenset(pairs), frozenset(), gone, came, Counter())


def whole_words(before: Sequence[Clause], after: Sequence[Clause]) -> Claim:
    """diff-match-patch on the words of the whole text; clauses belong together by what stayed."""
    old, new = _stream(before), _stream(after)
    codes = {w: chr(0xF0000 + n) for n, w in enumerate(dict.fromkeys(w for w, _ in old + new))}
    engine = diff_match_patch()
    engine.Diff_Timeout = 0
    edits = engine.diff_main(
        "".join(codes[w] for w, _ in old), "".join(codes[w] for w, _ in new), False
    )
    same: Counter[tuple[int, int]] = Counter()
    gone: Counter[int] = Counter()
    came: Counter[int] = Counter()
    i = j = 0
    for sign, text in edits:
        for _ in text:
            if sign == 0:
                same[old[i][1], new[j][1]] += _is_word(old[i][0])
            elif sign < 0:
                gone[old[i][1]] += _is_word(old[i][0])
            else:
                came[new[j][1]] += _is_word(new[j][0])
            i, j = i + (sign <= 0), j + (sign >= 0)
    sizes = [len(words_of(t)) for t in shown(before)], [len(words_of(t)) for t in shown(after)]
    pairs = {(a, b) for (a, b), n in same.items() if n > _BELONG * min(sizes[0][a], sizes[1][b])}
    return Claim(frozenset(pairs), frozenset(), gone, came, Counter())


def _stream(clauses: Sequence[Clause]) -> list[tuple[str, int]]:
    return [(w, n) for n, text in enumerate(shown(clauses)) for w in tokens(text + "\n")]


def _is_word(token: str) -> bool:
    return bool(fold(token)) and token[0].isalnum()


ENGINES = {
    "tracker": ours,
    "difflib, paragraphs": paragraphs,
    "diff-match-patch, words": whole_words,
}
