"""The one change of a revision that a reader would ask for first, cut to a few lines around the
words that make it a matter of a watched topic.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.model import Change, Op, Revision
from tracker.publisher import words
from tracker.publisher.templating import Run

_LONGEST = 300  # characters of a change that a list shows
_AROUND = 70  # of them unchanged, on either side of what changed
_ENOUGH = 200  # words of evidence that are looked for: no real change has as many
_LEFT_OUT = "[…]"
_GAP = re.compile(r"(?<=[.!?])\s+|\n")
_BLANK = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\s-]+")

_Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where words of evidence stand in a redline read as one text, and how much they weigh.

    0 they came, 1 they stand in a sentence that came or changed, 2 they went, 3 they stood in a
    sentence that went or changed.
    """

    place: _Interval
    weight: int


@dataclass(frozen=True, slots=True)
class _Told:
    change: Change
    spots: tuple[_Spot, ...]

    @property
    def rank(self) -> tuple[int, bool, int]:
        """The strongest first: own words before those of headings, new ones before old."""
        best = min((spot.weight for spot in self.spots), default=4)
        many = sum(spot.weight == best for spot in self.spots)
        return best, not self.change.after, -many


def snippet(revision: Revision) -> tuple[Run, ...]:
    """Return a few lines of the change with the strongest evidence; nothing where none is on a
    topic.
    """
    tagged = [_Told(c, tuple(_spots(c))) for c in words.news(revision) if c.tags and _tells(c)]
    told = min(tagged, key=lambda t: t.rank, default=None)
    return tuple(_cut(told)) if told else ()


def _tells(change: Change) -> bool:
    """Return whether a few lines of it say something: a sentence rather than a date or a
    heading.
    """
    changed = [s for s in change.redline if s.op is not Op.SAME]
    return sum(len(s.before) + len(s.after) for s in changed) >= 40


# ── evidence ──────────────────────────────────────────────────────────────────────


def _spots(change: Change) -> Iterator[_Spot]:
    """Yield where the evidence stands in sentences that changed, on either side."""
    evidence = _pattern({word for tag in change.tags for word in tag.words})
    for op, weight in ((Op.INSERT, 0), (Op.DELETE, 2)):
        text, shown, changed = _side(change, op)
        ends = [gap.end() for gap in _GAP.finditer(text)]
        for match in evidence.finditer(text):
            came = _is_in(changed, match.span())
            if came or _is_in(changed, _sentence(text, ends, match.start())):
                place = shown[match.start()], shown[match.end() - 1] + 1
                yield _Spot(place, weight if came else weight + 1)


def _pattern(evidence: set[str]) -> re.Pattern[str]:
    # Longest first, so that it is "AI models" and not "AI".
    ordered = sorted({w.strip(" -") for w in evidence} - {""}, key=lambda w: (-len(w), w))
    phrases = (r"[\s-]++".join(map(re.escape, _BETWEEN.split(w))) for w in ordered[:_ENOUGH])
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases) or '(?!)'})(?!\w)", re.IGNORECASE)


def _side(change: Change, op: Op) -> tuple[str, list[int], list[_Interval]]:
    """Return the text of one side, the place of each character in the redline, and what changed."""
    text, shown, changed, start = "", list[int](), list[_Interval](), 0
    for span in change.redline:
        whole = span.after or span.before
        if span.op in {Op.SAME, op}:
            if span.op is op:
                changed.append((len(text), len(text) + len(whole)))
            text += whole
            shown.extend(range(start, start + len(whole)))
        start += len(whole)
    return text, shown, changed


def _sentence(text: str, ends: Sequence[int], place: int) -> _Interval:
    n = bisect_right(ends, place)
    return ends[n - 1] if n else 0, ends[n] if n < len(ends) else len(text)


def _is_in(changed: Sequence[_Interval], place: _Interval) -> bool:
    """Return whether anything that changed overlaps a place."""
    return any(place[0] < c[1] and c[0] < place[1] for c in _beside(changed, place))


def _beside(changed: Sequence[_Interval], place: _Interval) -> Sequence[_Interval]:
    """Return the last that begins before a place and the first that does not: none is nearer."""
    n = bisect_left(changed, place)
    return changed[max(0, n - 1) : n + 1]


# ── cutting ───────────────────────────────────────────────────────────────────────


def _cut(told: _Told) -> Iterator[Run]:
    """Yield the redline around the strongest evidence, or from its first change where there is
    none.
    """
    pieces = [(span.op, span.after or span.before) for span in told.change.redline]
    start, end = _window("".join(text for _, text in pieces), _focus(told), told.spots)
    place, shown = 0, []
    for op, text in pieces:
        here = text[max(0, start - place) : max(0, end - place)]
        place += len(text)
        if here:
            shown.append((op, here))
    for n, (op, text) in enumerate(shown):
        before = f"{_LEFT_OUT} " if n == 0 and start else ""
        after = f" {_LEFT_OUT}" if n == len(shown) - 1 and end < place else ""
        yield Run(op.value, f"{before}{text}{after}")


def _focus(told: _Told) -> _Interval:
    changed, place = list[_Interval](), 0
    for span in told.change.redline:
        size = len(span.after or span.before)
        if span.op is not Op.SAME:
            changed.append((place, place + size))
        place += size
    if not told.spots:
        return changed[0][0], changed[0][0]

    def away(spot: _Spot) -> int:
        near = _beside(changed, spot.place)
        return min(max(0, c[0] - spot.place[1], spot.place[0] - c[1]) for c in near)

    return min(told.spots, key=lambda s: (s.weight, away(s), s.place)).place


def _window(text: str, focus: _Interval, spots: Sequence[_Spot]) -> _Interval:
    """Return what is shown of a long text: whole words around the focus, no evidence cut in two."""
    if len(text) <= _LONGEST:
        return 0, len(text)
    room = max(0, _LONGEST - (focus[1] - focus[0]))
    start = max(0, focus[0] - (room // 2 if spots else _AROUND))
    end = min(len(text), max(start + _LONGEST, focus[1]))
    start = max(0, min(start, end - _LONGEST))
    if start:
        gap = _BLANK.search(text, start, focus[0])
        start = gap.end() if gap else start
    if end < len(text):
        gaps = [gap.start() for gap in _BLANK.finditer(text, focus[1], end)]
        end = gaps[-1] if gaps else end
    for spot in sorted(spots, key=lambda s: s.place):
        if spot.place[0] < start < spot.place[1]:
            start = spot.place[0]
    for spot in sorted(spots, key=lambda s: s.place, reverse=True):
        if spot.place[0] < end < spot.place[1]:
            end = spot.place[1]
    return start, end
