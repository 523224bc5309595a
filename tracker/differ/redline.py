"""Two texts → an exact redline, word by word.

diff-match-patch compares tokens (each mapped to one character of plane 15) without a clock:
`Diff_Timeout = 0` gives the same answer on every machine. Cleaning happens on tokens too, so
that no word is ever cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel, LCSseq

from tracker.differ.order import shared_ends
from tracker.extractor.combining_marks import ATTACHED, ATTACHED_ONE
from tracker.extractor.normalise import APOSTROPHES, fold
from tracker.model import Op, Span

# Scripts written without spaces (Thai to Lao, Burmese, Khmer, Kana, Han): each character is a word.
_ALONE = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TAIL = f"(?:{ATTACHED_ONE})*"
_NUMBER = rf"\d[\d{ATTACHED}]*(?:[.,]\d[\d{ATTACHED}]*)+(?!\w)"
_LETTERS = rf"[^\W{_ALONE}]+(?:{ATTACHED_ONE}[^\W{_ALONE}]*)*"
# A character that stands alone, a number with its points (1,000 or 3.2), a word with inner
# apostrophes, white space, or a single sign.
_TOKEN = re.compile(
    rf"[{_ALONE}]{_TAIL}|{_NUMBER}|{_LETTERS}(?:[{APOSTROPHES}]{_LETTERS})*|\s+{_TAIL}|[^\w\s]{_TAIL}"
)
_FIRST = 0xF0000  # private use: no text of ours is compared by these characters
_ROOM = 0x10FFFF - _FIRST
# Beyond this the quadratic worst case would hold a run; no real clause comes near it.
_LARGEST = 4_000_000
_DEAREST = 2_000_000  # tokens times distance; a quarter of a second
_ALL_EFFORT = 12_000_000  # the same for all clauses of a revision; no real one comes near it
_MOST_SENTENCES = 100_000_000
_SENTENCE_ENDS = ".;!?。！？"
_LEAST_COMMON = 0.2
_FARTHEST = 200  # tokens an edit is shifted, at most, to where a sentence begins
_STOP = frozenset(
    """
    a an and any are as at be by for from has have if in is it its may not of on or our that the
    their this to us was we which will with you your
    """.split()
)


def tokens(text: str) -> list[str]:
    """Return the words, signs and runs of white space of `text`; joined they give it back."""
    return _TOKEN.findall(text)


# From one version to the next most clauses stand, so most words were asked for before.
@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text`, as compared."""
    return tuple(token for token in tokens(fold(text)) if token[0].isalnum())


class Effort:
    """What may be spent on the redlines of one revision, in tokens times distance."""

    __slots__ = ("left",)

    def __init__(self, left: int = _ALL_EFFORT) -> None:
        self.left = left

    def affords(self, cost: int) -> bool:
        """Return whether so much may be spent, which then is."""
        if cost > min(self.left, _DEAREST):
            return False
        self.left -= cost
        return True


def redline(before: str, after: str, effort: Effort | None = None) -> tuple[Span, ...]:
    """Return the spans that turn `before` into `after`; see `model.Span` for the law they keep.

    `effort` is what all redlines of a revision share.
    """
    effort = effort or Effort()
    if before == after:  # as where only a link changed
        return (Span(Op.SAME, before, after),) if before else ()
    old, new = tokens(before), tokens(after)
    replaced = [_Run(Op.DELETE, old, []), _Run(Op.INSERT, [], new)]
    # Where nearly no word is in both, as in a text that was put in capitals, comparing is dearest.
    runs = _compare(old, new, effort) if _known_words(old, new) >= _LEAST_COMMON else replaced
    if _common_words(runs) < _LEAST_COMMON:
        runs = replaced
    runs = _slide(_tidy(runs))
    return tuple(Span(run.op, "".join(run.before), "".join(run.after)) for run in runs)


def read_back(spans: Iterable[Span]) -> tuple[str, str]:
    """Return the old and the new text of a redline, to the letter."""
    spans = tuple(spans)
    return "".join(s.before for s in spans), "".join(s.after for s in spans)


@dataclass(frozen=True, slots=True)
class _Run:
    op: Op
    before: list[str]
    after: list[str]


def _compare(old: Sequence[str], new: Sequence[str], effort: Effort) -> list[_Run]:
    keys = {token: _key(token) for token in dict.fromkeys([*old, *new])}
    codes = {key: n for n, key in enumerate(dict.fromkeys(keys.values()), _FIRST)}
    if len(codes) > _ROOM or len(old) * len(new) > _LARGEST:
        return _by_sentences(old, new, effort)
    signs = {token: chr(codes[key]) for token, key in keys.items()}
    one, other = ("".join([signs[t] for t in side]) for side in (old, new))
    return _decode(_edits(one, other, effort), old, new)


def _edits(old: str, new: str, effort: Effort) -> Iterable[tuple[int, str]]:
    """Return the edits between two texts, a character a token, as diff-match-patch writes them.

    Its cost grows with length times distance; where that is dear rapidfuzz gives the longest
    common subsequence in place of it, as right and hardly less readable.
    """
    if not effort.affords(Indel.distance(old, new) * (len(old) + len(new))):
        return _subsequence(old, new)
    engine = diff_match_patch()
    engine.Diff_Timeout = 0
    found: Iterable[tuple[int, str]] = engine.diff_main(old, new, False)
    return found


def _subsequence(old: str, new: str) -> Iterator[tuple[int, str]]:
    for step in LCSseq.opcodes(old, new):
        if step.tag == "equal":
            yield 0, old[step.src_start : step.src_end]
            continue
        if step.src_start < step.src_end:
            yield -1, old[step.src_start : step.src_end]
        if step.dest_start < step.dest_end:
            yield 1, new[step.dest_start : step.dest_end]


def _key(token: str) -> str:
    return fold(token) or " "


def _decode(edits: Iterable[tuple[int, str]], old: Sequence[str], new: Sequence[str]) -> list[_Run]:
    runs, i, j = [], 0, 0
    for sign, text in edits:
        op = (Op.SAME, Op.INSERT, Op.DELETE)[sign]
        rows, columns = (len(text) if sign <= 0 else 0), (len(text) if sign >= 0 else 0)
        runs.append(_Run(op, list(old[i : i + rows]), list(new[j : j + columns])))
        i, j = i + rows, j + columns
    return runs


def _by_sentences(old: Sequence[str], new: Sequence[str], effort: Effort) -> list[_Run]:
    """For texts too large to compare word by word: what changed between equal sentences.

    Where even that is too much, what both ends share stays and the middle is replaced.
    """
    parts = _sentences(old), _sentences(new)
    if min(map(len, parts)) < 2 or len(parts[0]) * len(parts[1]) > _MOST_SENTENCES:
        return _by_the_ends(old, new)
    keys = [["".join(map(_key, part)) for part in side] for side in parts]
    equal = [step for step in LCSseq.opcodes(*keys) if step.tag == "equal"]
    ends = [(s.src_start, s.src_end, s.dest_start, s.dest_end) for s in equal]
    runs: list[_Run] = []
    i = j = 0
    for first, last, start, end in [
        *ends,
        (len(keys[0]), len(keys[0]), len(keys[1]), len(keys[1])),
    ]:
        runs += _between(_joined(parts[0][i:first]), _joined(parts[1][j:start]), effort)
        runs.append(_Run(Op.SAME, _joined(parts[0][first:last]), _joined(parts[1][start:end])))
        i, j = last, end
    return runs


def _between(old: list[str], new: list[str], effort: Effort) -> list[_Run]:
    return _compare(old, new, effort) if len(old) * len(new) <= _LARGEST else _by_the_ends(old, new)


def _joined(parts: Iterable[Sequence[str]]) -> list[str]:
    return [token for part in parts for token in part]


def _sentences(side: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for token in side:
        found[-1].append(token)
        if token[0] in _SENTENCE_ENDS:
            found.append([])
    return [part for part in found if part]


def _by_the_ends(old: Sequence[str], new: Sequence[str]) -> list[_Run]:
    head, tail = shared_ends([_key(t) for t in old], [_key(t) for t in new])
    end_old, end_new = len(old) - tail, len(new) - tail
    return [
        _Run(Op.SAME, list(old[:head]), list(new[:head])),
        _Run(Op.DELETE, list(old[head:end_old]), []),
        _Run(Op.INSERT, [], list(new[head:end_new])),
        _Run(Op.SAME, list(old[end_old:]), list(new[end_new:])),
    ]


def _common_words(runs: Sequence[_Run]) -> float:
    """Share of the shorter side's words that stayed; 1.0 where a side has none."""
    before = [(r.op, _words(r.before)) for r in runs]
    same = sum(size for op, size in before if op is Op.SAME)
    least = min(sum(size for _, size in before), sum(_words(r.after) for r in runs))
    return same / least if least else 1.0


def _known_words(old: Sequence[str], new: Sequence[str]) -> float:
    """Return what `_common_words` can give at most: as if every word that both sides have had
    stayed.
    """
    known = {_key(t) for t in set(new)}
    same = sum([_key(t) in known for t in old if t[0].isalnum()])
    least = min(_words(old), _words(new))
    return same / least if least else 1.0


def _words(side: Sequence[str]) -> int:
    return sum([t[0].isalnum() for t in side])


def _tidy(runs: Sequence[_Run]) -> list[_Run]:
    """Dissolve chaff, then let every edit be one deletion followed by one insertion."""
    runs = _merge(runs)
    while True:
        chaff = [n for n in range(1, len(runs) - 1) if _is_chaff(runs, n)]
        if not chaff:
            return runs
        loose = set(chaff)
        runs = _merge(
            part
            for n, run in enumerate(runs)
            for part in (
                [_Run(Op.DELETE, run.before, []), _Run(Op.INSERT, [], run.after)]
                if n in loose
                else [run]
            )
        )


def _is_chaff(runs: Sequence[_Run], n: int) -> bool:
    """Return an unchanged run so short between two edits that it hinders reading.

    Two words at most, and either stop words or fewer than changed on both sides of it.
    """
    run = runs[n]
    if run.op is not Op.SAME or Op.SAME in (runs[n - 1].op, runs[n + 1].op):
        return False
    words = [t.casefold() for t in run.before if t[0].isalnum()]
    if len(words) > 2:
        return False
    return all(w in _STOP for w in words) or len(words) < min(
        _changed(runs[max(0, n - 2) : n]), _changed(runs[n + 1 : n + 3])
    )


def _changed(runs: Sequence[_Run]) -> int:
    """Words of an edit, on the side that has more of them."""
    edits = [run for run in runs if run.op is not Op.SAME]
    return max(max(_words(r.before), _words(r.after)) for r in edits)


def _merge(runs: Iterable[_Run]) -> list[_Run]:
    merged: list[_Run] = []
    deleted: list[str] = []
    inserted: list[str] = []

    def close() -> None:
        if deleted:
            merged.append(_Run(Op.DELETE, deleted.copy(), []))
        if inserted:
            merged.append(_Run(Op.INSERT, [], inserted.copy()))
        deleted.clear()
        inserted.clear()

    for run in runs:
        if run.op is not Op.SAME:
            deleted.extend(run.before)
            inserted.extend(run.after)
        elif run.before or run.after:
            close()
            if merged and merged[-1].op is Op.SAME:
                last = merged.pop()
                run = _Run(Op.SAME, last.before + run.before, last.after + run.after)
            merged.append(run)
    close()
    return merged


def _slide(runs: Sequence[_Run]) -> list[_Run]:
    """Shift what was only added, or only taken out, to where a sentence or clause begins.

    "We may read it. [We may keep it. ]We may sell it." is one of many equal answers, and the one
    a person would give.
    """
    result = list(runs)
    for n, run in enumerate(result):
        around = result[max(0, n - 1) : n + 2]
        is_alone = run.op is not Op.SAME and [r.op for r in around if r is not run] in (
            [Op.SAME],
            [Op.SAME, Op.SAME],
        )
        if is_alone and n > 0:
            following = result[n + 1] if n + 1 < len(result) else _Run(Op.SAME, [], [])
            result[n - 1 : n + 2] = _shifted(result[n - 1], run, following)
    return [run for run in result if run.before or run.after]


def _shifted(left: _Run, edit: _Run, right: _Run) -> list[_Run]:
    tokens_of = [run.after if edit.op is Op.INSERT else run.before for run in (left, edit, right)]
    before, own, behind = tokens_of
    line, size = [*before, *own, *behind], len(own)
    first = max(0, len(before) - _FARTHEST)
    last = min(len(line), first + size + 2 * _FARTHEST)

    def is_again(k: int) -> bool:
        return line[k] == line[k + size] or _key(line[k]) == _key(line[k + size])

    low = high = here = len(before)
    while low > first and is_again(low - 1):
        low -= 1
    while high + size < last and is_again(high):
        high += 1
    best = max(
        range(low, high + 1),
        key=lambda k: (
            _boundary(line, k) + _boundary(line, k + size),
            -abs(k - here),
            k,
        ),
    )
    return _cut_at(left, edit, right, best - here)


def _cut_at(left: _Run, edit: _Run, right: _Run, by: int) -> list[_Run]:
    """Return the same three runs with the edit `by` tokens further on."""
    if edit.op is Op.INSERT:
        stays, line = left.before + right.before, left.after + edit.after + right.after
    else:
        stays, line = left.after + right.after, left.before + edit.before + right.before
    start = len(left.before) + by
    end = start + max(len(edit.before), len(edit.after))
    if edit.op is Op.INSERT:
        return [
            _Run(Op.SAME, stays[:start], line[:start]),
            _Run(Op.INSERT, [], line[start:end]),
            _Run(Op.SAME, stays[start:], line[end:]),
        ]
    return [
        _Run(Op.SAME, line[:start], stays[:start]),
        _Run(Op.DELETE, line[start:end], []),
        _Run(Op.SAME, line[end:], stays[start:]),
    ]


def _boundary(line: Sequence[str], k: int) -> int:
    """Return how natural a cut before token `k` is."""
    if k in (0, len(line)):
        return 4
    last, following = line[k - 1], line[k]
    if last.isspace():
        return 4 if k > 1 and line[k - 2][0] in _SENTENCE_ENDS else 2
    if following.isspace():
        return 3 if last[0] in _SENTENCE_ENDS else 1
    return 0
