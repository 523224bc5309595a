"""The one line that says what changed, from the words of the texts.

In the order in which a reader asks: an answer that changed, a turn of meaning, somebody who is
named where data is shared, a choice that went, and otherwise the sentence that matters most. A
count is the last resort.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.differ.legal_effects import speaks
from tracker.differ.significance import REPLACED
from tracker.differ.topic_matching import sentences
from tracker.model import (
    Change,
    Clause,
    History,
    Kind,
    Note,
    Op,
    Revision,
    Significance,
    Span,
    Tag,
    Topic,
    Turn,
    Unit,
)
from tracker.publisher import words
from tracker.publisher.answers import told
from tracker.publisher.selection import is_about

_MOST = 160  # characters of a quotation
_HEAD = 50  # characters of the beginning of a sentence that is cut to its end
_LONG = 400  # characters of a sentence that is given in full
_SHORT = 50  # characters of words that gave way to others
_FEW = 6  # words; a name, a label
_LARGE = 30  # words that changed; more matter no more
_WORD = re.compile(r"[^\W_]+")
# The rest of a word in which an edit begins, and of one in which it ends.
_TAIL, _HEADS = re.compile(r"(?<!\S)(?=[^\w\s]*\w)\S++\Z"), re.compile(r"\S*\w")
_QUIET = {
    Significance.TECHNICAL: "read from another place; not a change of the terms",
    Significance.LINKS: "link targets changed",
    Significance.EDITORIAL: "editorial changes only",
}
_TURNS = (Turn.DUTY, Turn.BASIS, Turn.RECIPIENT)


def headline(history: History, revision: Revision, topics: Sequence[Topic]) -> str:
    """Say in one line which text changed, about what, how, and from when."""
    answers = told(revision, topics)
    dated = revision.effective if revision.significance.is_news else None
    verb = "from" if revision.after.is_preview else "in force"
    when = f", {verb} {words.day(dated)}" if dated else ""
    before = f", as announced on {words.day(revision.announced)}" if revision.announced else ""
    return f"{words.document_name(history)}: {_event(revision, topics, answers)}{when}{before}"


def leads(revision: Revision, topic: str = "") -> list[str]:
    """Say in whole sentences of the text what matters most: about `topic`, or each that changed.

    Where no topic changed it is what matters most of all; nothing where no word came or went.
    """
    news = words.news(revision)
    groups = [
        [c for c in news if is_about(c, one)] for one in ([topic] if topic else revision.topics)
    ]
    best = [
        max((p for c in group for p in _pieces(c)), key=lambda piece: piece.weight, default=None)
        for group in (groups or [news])
    ]
    return list(dict.fromkeys(_whole(piece) for piece in best if piece))


def _whole(piece: _Piece) -> str:
    """Return a sentence in full, and where it is."""
    heading = words.own_heading(piece.change)
    under = f"“{words.unforged(words.line(heading, _SHORT))}” " if heading else ""
    if piece.is_whole:
        said = "has a new sentence" if piece.came else "no longer has the sentence"
    else:
        said = "now says" if piece.came else "no longer says"
    text = words.unforged(words.line(piece.text, _LONG)).strip(' “”"')
    return f"{under or 'The text '}{said}: “{text}”{'' if text[-1:] in '.!?…' else '.'}"


def _event(revision: Revision, topics: Sequence[Topic], answers: Sequence[str]) -> str:
    named = [words.lower(t.title) for t in topics if t.id in revision.topics]
    subject = f"{' and '.join(named)}: " if named else ""
    match revision.significance:
        case Significance.UPCOMING:
            return f"coming: {subject}{_told(revision, answers)}"
        case Significance.ANNOUNCEMENT:
            return _announcement(revision, topics, answers)
        case Significance.REVERTED:
            return f"an earlier wording is back: {subject}{_told(revision, answers)}"
        case Significance.SUBSTANTIVE:
            whole = f"{REPLACED}: " if revision.reason == REPLACED else ""
            return f"{whole}{subject}{_told(revision, answers)}"
        case other:
            return _QUIET[other]


def _announcement(revision: Revision, topics: Sequence[Topic], answers: Sequence[str]) -> str:
    if revision.is_translation:
        return f"now in another language ({', '.join(revision.after.languages)})"
    news = words.news(revision)
    if all(not change.after for change in news):
        return "took down its notice of changes"
    # A notice that it replaces may have been about something else.
    came = {tag.topic for change in news for tag in change.tags if _is_said(tag, change.after)}
    named = [words.lower(t.title) for t in topics if t.id in came and t.id in revision.topics]
    said = " about ".join(filter(None, ("announces changes", " and ".join(named))))
    found = next(filter(None, (*answers, *_ways(news))), "")
    return f"{said}: {found}" if found else said


def _is_said(tag: Tag, clauses: Sequence[Clause]) -> bool:
    """Return whether clauses, or the headings above them, have the words that gave a tag."""
    said = " ".join(text for c in clauses for text in (c.text, *c.path)).casefold()
    return any(word.casefold() in said for word in tag.words)


def _told(revision: Revision, answers: Sequence[str]) -> str:
    """Return what happened, in words of the text where there are any, and how much there is
    besides.
    """
    changes = words.news(revision)
    number = words.count(len(changes), "clause")
    what = next(filter(None, (*answers, *_ways(changes))), "")
    if not what:
        return number if revision.after.is_preview else f"{number} changed"
    more = len(changes) - 1
    return f"{what} (and {words.count(more, 'more change')})" if more else what


def _ways(changes: Sequence[Change]) -> Iterator[str]:
    """Yield what a headline may say, the best first: what is about a topic goes before all else."""
    about = [change for change in changes if change.tags]
    for group in filter(None, (about, [change for change in changes if not change.tags])):
        found = [piece for change in group for piece in _pieces(change)]
        best = max(found, key=lambda piece: piece.weight, default=None)
        yield from (
            _gone(note)
            for c in group
            for note in c.notes
            if _is_lost(note) and not (best and best.turn)
        )
        yield (_turned(best) or _swapped(best.change) or _said(best)) if best else ""
        yield from map(_moved, group)


def _is_lost(note: Note) -> bool:
    return note.turn is Turn.CHOICE and bool(note.before)


def _gone(note: Note) -> str:
    """Return a link to settings or an objection that went."""
    return f"the choice “{words.line(note.before.rpartition(' (')[0], _SHORT)}” is gone"


# ── the sentence that matters most ────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence with words that came or went: from `start` to `end` of it they did."""

    change: Change
    came: bool
    text: str
    start: int
    end: int

    @property
    def size(self) -> int:
        """How many words came or went."""
        return len(_WORD.findall(self.text[self.start : self.end]))

    @property
    def is_whole(self) -> bool:
        return 3 * self.size >= 2 * len(_WORD.findall(self.text))

    def holds(self, words_: str) -> bool:
        """Return whether words stand in the sentence, and where it changed."""
        place = self.text.casefold().find(words_.casefold())
        return place >= 0 and place < self.end and place + len(words_) > self.start

    def around(self, words_: str = "") -> str:
        """Return the sentence, cut to what is near these words, or near what changed."""
        said = self.text.casefold()
        places = [said.find(words_.casefold())] if words_ else [self.start]
        if self.is_whole and not words_:
            about = (said.find(w.casefold()) for tag in self.change.tags for w in tag.words)
            places = [place for place in about if place >= 0]
        return _window(self.text, min(places, default=0))

    @property
    def turn(self) -> Note | None:
        """What the sentence turns: where words gave way to others first."""
        found = (
            note
            for note in self.change.notes
            if note.turn in _TURNS
            and self.came is bool(note.after)
            and (bool(note.before and note.after) or not self.is_whole)
            and self.holds(note.after or note.before)
        )
        return max(found, key=lambda note: bool(note.before and note.after), default=None)

    @property
    def weight(self) -> float:
        """How much it says to a reader who sees nothing else."""
        said = self.text.casefold()
        about = any(w.casefold() in said for tag in self.change.tags for w in tag.words)
        note = self.turn
        turned = bool(note and note.before and note.after)
        return (
            40 * about
            + 25 * (note is not None)
            + 40 * turned
            + 12 * min(len(speaks(self.text)), 2)
            + min(self.size, _LARGE)
            + 4 * self.came
            - 60 * (self.change.clause.unit is Unit.HEADING)
            - 20 * (len(_WORD.findall(self.text)) < _FEW)
        )


def _turned(piece: _Piece) -> str:
    """Return what a sentence turns, in its words; "" where it turns nothing."""
    note = piece.turn
    if note is None:
        return ""
    before, after = (words.line(words.unforged(side), _SHORT) for side in (note.before, note.after))
    quoted = _quoted(piece.around(note.after or note.before))
    if not note.before:
        return f"“{after}” is new in {quoted}"
    return (
        f"“{before}” became “{after}” in {quoted}" if after else f"“{before}” is gone from {quoted}"
    )


def _said(piece: _Piece) -> str:
    quoted = _quoted(piece.around())
    heading = words.own_heading(piece.change)
    is_name = len(_WORD.findall(piece.text)) < _FEW and piece.change.clause.unit is not Unit.HEADING
    place = f" under “{words.line(heading, _SHORT)}”" if is_name and heading else ""
    if piece.is_whole:
        return f"{'new' if piece.came else 'gone'}{place}: {quoted}"
    verb = "now says" if piece.came else "no longer says"
    return f"{verb}{place} {quoted}"


def _moved(change: Change) -> str:
    """Return the same words in another place, or a link that went."""
    if change.kind is Kind.MOVED:
        heading = words.line(words.own_heading(change) or "the top", _SHORT)
        return f"{_quoted(_window(change.clause.text, 0))} is now under “{heading}”"
    is_link = change.kind is Kind.LINKS
    return f"links changed in {_quoted(_window(change.clause.text, 0))}" if is_link else ""


def _swapped(change: Change) -> str:
    """Return a few words that gave way to a few others, where nothing else in the clause
    changed.
    """
    edits = [(a, b) for a, b in pairwise(change.redline) if a.op is Op.DELETE and b.op is Op.INSERT]
    changed = [
        s for s in change.redline if s.op is not Op.SAME and _WORD.search(s.before + s.after)
    ]
    if len(edits) != 1 or len(changed) != 2 or change.kind is not Kind.REWORDED:
        return ""
    before, after = (side.strip(" ,;.") for side in _as_words(change.redline, *edits[0]))
    if not (before and after) or max(len(before), len(after)) > _SHORT:
        return ""
    around = next((p for p in _pieces(change) if p.came), None)
    if around is None or around.is_whole:
        return ""
    before, after = (words.line(words.unforged(side)) for side in (before, after))
    return f"“{before}” became “{after}” in {_quoted(around.around())}"


def _as_words(redline: Sequence[Span], gone: Span, came: Span) -> tuple[str, str]:
    """Return an edit with the rest of the words it is in: an address, a compound."""
    place = next(n for n, span in enumerate(redline) if span is gone)
    head = _TAIL.search(redline[place - 1].after) if place else None
    tail = _HEADS.match(redline[place + 2].after) if place + 2 < len(redline) else None
    around = (head[0] if head else "", tail[0] if tail else "")
    return gone.before.join(around), came.after.join(around)


def _pieces(change: Change) -> Iterator[_Piece]:
    """Yield the sentences of a change in which words came, then those in which words went."""
    for op in (Op.INSERT, Op.DELETE):
        text, changed = _side(change, op)
        for start, end in sentences(text):
            low = bisect_right(changed, start, key=lambda piece: piece[1])
            near = changed[low : bisect_left(changed, end, low, key=lambda piece: piece[0])]
            pieces = ((max(a, start), min(b, end)) for a, b in near)
            inside = [(a - start, b - start) for a, b in pieces if _WORD.search(text[a:b])]
            if inside:
                first, last = inside[0][0], inside[-1][1]
                yield _Piece(change, op is Op.INSERT, text[start:end], first, last)


def _side(change: Change, op: Op) -> tuple[str, list[tuple[int, int]]]:
    text, changed = "", []
    for span in change.redline:
        part = span.before if op is Op.DELETE else span.after
        if span.op is op:
            changed.append((len(text), len(text) + len(part)))
        text += part
    return text, changed


# ── quoting ───────────────────────────────────────────────────────────────────────


def _window(text: str, place: int) -> str:
    """At most `_MOST` characters of a sentence: who it is about, and what is at `place`."""
    if len(text) <= _MOST:
        return text
    if place <= _MOST // 2:
        return f"{text[:_MOST].rpartition(' ')[0] or text[:_MOST]} …"
    head = text[:_HEAD].rpartition(" ")[0] or text[:_HEAD]
    start = min(place - _HEAD // 2, len(text) - _MOST + _HEAD)
    tail = text[start : start + _MOST - _HEAD]
    tail = tail.partition(" ")[2] or tail
    end = "" if start + _MOST - _HEAD >= len(text) else " …"
    return f"{head} … {tail.rpartition(' ')[0] if end else tail}{end}"


def _quoted(text: str) -> str:
    shown = words.unforged(words.line(text)).strip(' “”"')
    return f"“{shown}”"
