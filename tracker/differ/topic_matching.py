"""What a text says about a topic, with the words that say so.

A topic belongs to what changed: the words that came or went, the sentence around them, and the
headings above them (the document's own title left out). It never belongs to a whole page.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from itertools import chain, groupby, takewhile
from typing import Any

from tracker.differ.redline import read_back
from tracker.differ.sense import is_alike, is_light
from tracker.extractor.normalise import enumerator, fold
from tracker.model import Change, Kind, Op, Question, Span, Tag, Topic, Unit

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
#: A web or mail address says nothing about its subject: ads.example, character.ai.
_ADDRESS = re.compile(
    r"https?://\S{1,2000}|(?<![\w@.-])[\w-]{1,63}(?:[@.][\w-]{1,63}){0,9}"
    r"\.(?:ai|AI|app|co|com|de|dev|edu|eu|fr|gov|info|io|net|org|uk|us)(?![\w-])"
)
#: What may stand between two words of a phrase, and how many words "..." may stand for.
_GAP = r"[\s\-\u2010\u2011]"
_MOST_BETWEEN = 3
_WORDS = re.compile(_GAP.replace("[", "[^", 1) + "+")
#: Words as "..." counts them: between white space, without the hyphens in front.
_BETWEEN = re.compile(rf"{_WORDS.pattern}(?:\S*{_WORDS.pattern})?")
_WORD = re.compile(r"\w+")
_STARRED = re.compile(r"[\w*]+")
_CERTAIN = re.compile(r"[^*\x80-\U0010ffff]+")

# A word whose beginning is known, and its end where a space follows.
_WHOLE = re.compile(r"(?<= )[^ ]+ ?")
_BEGIN, _SURE = 3, 5  # letters

_SAYING = re.compile(r"[^\W\d_]+")
#: Words a clause must have for a heading to hand it its topic.
_PROSE = 4
# A heading that says no more than that a text is another now.
_IS_NEW = re.compile(
    r"\b(?:updated?|updates|changes|changed|revised|what['’]s new|mise à jour|modifi|aktualisier"
    r"|änderung|actualiza|cambios|aggiorna|modifiche|atualiza|alterações|bijgewerkt|gewijzigd|wijzigingen)",
    re.IGNORECASE,
)
#: A change is about a mention up to `_NEAR` words away; one of `_LARGE` words or more is about
#: every mention in its sentence.
_NEAR = 6
_LARGE = 5
#: Headings above a clause that say what it is about; what is farther up is of the chapter.
_NEAREST = 2

Interval = tuple[int, int]


# ── matching ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that are about a topic, and where they stand."""

    words: str
    start: int
    end: int
    sentence: Interval


def mentions(
    topic: Topic | Question, text: str, among: Sequence[Interval] | None = None
) -> tuple[Mention, ...]:
    """Return every mention of `topic` in `text`, in order; positions are into `text`.

    With `among` only those in sentences that overlap one of these intervals.
    """
    if among is not None and not among:
        return ()
    words, near = _possible(topic.words, text), list(_possible_rules(topic, text))
    if not words and not near:
        return ()
    asked = _asked(sentences(text), among)
    if not asked:
        return ()
    hits = _hits(words, near, _mask(topic.never, text), asked)
    return tuple(
        sorted(
            (Mention(text[start:end], start, end, within) for (start, end), within in hits),
            key=lambda m: (m.start, m.end),
        )
    )


def has_any(phrases: tuple[str, ...], text: str) -> bool:
    """Return whether any of some phrases is in a text."""
    return any(_found(_possible(phrases, text), text, [(0, len(text))]))


def sentences(text: str) -> Iterator[Interval]:
    """Yield the sentences of `text` as intervals that cover everything but the space between
    them.
    """
    start = 0
    for gap in _SENTENCE.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _asked(every: Iterable[Interval], among: Sequence[Interval] | None) -> list[Interval]:
    """Those of the intervals that overlap one of `among`; both come in order."""
    if among is None:
        return list(every)
    found, n = [], 0
    for sentence in every:
        while n < len(among) and among[n][1] <= sentence[0]:
            n += 1
        if n < len(among) and _overlap(sentence, among[n]):
            found.append(sentence)
    return found


def _mask(never: tuple[str, ...], text: str) -> str:
    """`text` with addresses and the phrases of `never` blanked out, position for position."""
    plain, kept, place = _without_addresses(text), list[str](), 0
    for start, end in _found(_possible(never, plain), plain, [(0, len(plain))]):
        kept += plain[place:start], " " * (end - start)
        place = end
    return "".join([*kept, plain[place:]])


@lru_cache(maxsize=8)  # each topic asks for the same text
def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(lambda m: " " * len(m[0]), text)


def _hits(
    words: Sequence[str],
    near: Iterable[Sequence[Sequence[str]]],
    text: str,
    asked: Sequence[Interval],
) -> Iterator[tuple[Interval, Interval]]:
    """Yield where words stand that are about a topic, each with its sentence among those
    `asked`.
    """

    def hits(of: Sequence[str]) -> list[tuple[Interval, Interval]]:
        return [(hit, _sentence(asked, hit[0])) for hit in _found(of, text, asked)]

    yield from hits(words)
    for groups in near:
        found = [hits(group) for group in groups]
        met = set.intersection(*({sentence for _, sentence in one} for one in found))
        yield from (hit for one in found for hit in one if hit[1] in met)


def _found(words: Sequence[str], text: str, asked: Sequence[Interval]) -> Iterator[Interval]:
    """Yield where any of `words` stands in one of the sentences `asked`, none over another; of
    those that begin at one place the first.
    """
    every = ((start, n, end) for n, w in enumerate(words) for start, end in _spans(w, text, asked))
    place = 0
    for start, _, end in sorted(every):
        if start >= place:
            yield start, end
            place = end


def _spans(phrase: str, text: str, asked: Sequence[Interval]) -> Iterable[Interval]:
    """Return where a phrase may begin, each with its one end; all in the sentences `asked`."""
    first, *others = (_ends(part, text, asked) for part in _parts(phrase))
    return (_joined([first, *others], text, asked) if others else first).items()


def _ends(part: re.Pattern[str], text: str, asked: Sequence[Interval]) -> dict[int, int]:
    """Return the end for each place in the sentences `asked` where a part of a phrase stands."""
    found = (m.span(1) for m in part.finditer(text, asked[0][0], asked[-1][1]))
    return {start: end for start, end in found if end <= _sentence(asked, start)[1]}


def _joined(
    parts: Sequence[dict[int, int]], text: str, asked: Sequence[Interval]
) -> dict[int, int]:
    """Return the end for each place where the parts of a phrase with "..." follow each other.

    Of the places where a part goes on it is the farthest. From the last part to the first, so
    that none is asked twice: a pattern of all parts would try every way to choose between them.
    """
    *before, whole = parts
    for part in reversed(before):
        starts = sorted(whole)
        reached = ((start, end, _within_reach(end, text)) for start, end in part.items())
        found = (
            (start, end, bisect_right(starts, min(reach, _sentence(asked, start)[1])) - 1)
            for start, end, reach in reached
        )
        whole = {start: whole[starts[n]] for start, end, n in found if n >= 0 and starts[n] > end}
    return whole


def _within_reach(end: int, text: str) -> int:
    """Return the last place where a phrase with "..." may go on whose part has this `end`."""
    firsts, ends = _between(text)
    n = bisect_left(firsts, end)
    is_cut = n > 0 and ends[n - 1] > end  # "train" in "train-set" leaves one word
    n += _MOST_BETWEEN - is_cut
    return firsts[n] if n < len(firsts) else len(text)


@lru_cache(maxsize=8)  # each phrase asks for the same text
def _between(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the words that "..." may stand for, where each begins and where it ends."""
    found = [m.span() for m in _BETWEEN.finditer(text)]
    return tuple(start for start, _ in found), tuple(end for _, end in found)


def _sentence(asked: Sequence[Interval], place: int) -> Interval:
    """Return the last of the sentences `asked` that begins at `place` or before."""
    return asked[bisect_right(asked, place, key=lambda s: s[0]) - 1]


# ── what surely is not there ──────────────────────────────────────────────────────


def _possible_rules(topic: Topic | Question, text: str) -> Iterator[list[list[str]]]:
    """Yield the rules of `topic` that `text` may meet, of each group what it may have."""
    for rule in topic.near:
        groups = list(takewhile(bool, (_possible(group, text) for group in rule)))
        if len(groups) == len(rule):
            yield groups


def _possible(words: tuple[str, ...], text: str) -> list[str]:
    """Those of `words` that may be in `text`, the longest first, so that the evidence is "AI
    models" and not "AI"; for what surely is not no pattern is asked, which is dear.
    """
    beginnings, index = _index(words)
    met = beginnings & _begun(text)
    if not met:
        return []
    said = _said(text)
    found = [one for start in met for one in index[start] if all(p in said for p in one[2])]
    return [phrase for _, phrase, _ in sorted(found)]


@lru_cache(maxsize=8)  # each topic asks for the same text
def _said(text: str) -> str:
    """Return the words of `text` in small letters, and nothing but a space around each."""
    # A pattern takes these for i or s, and `lower` does not.
    plain = text.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s")
    return f" {' '.join(_WORD.findall(plain))} ".lower()


@lru_cache(maxsize=8)
def _begun(text: str) -> frozenset[str]:
    """Return the letters with which the words of `text` begin, and none."""
    said = _said(text).split()
    return frozenset(chain({word[:_SURE] for word in said}, {word[:_BEGIN] for word in said}, [""]))


#: Phrases with their rank and pieces, by letters with which a word of each surely begins.
_Index = tuple[frozenset[str], dict[str, list[tuple[int, str, tuple[str, ...]]]]]
# To hash a topic for each text would be dear, so both are known by which object they are of.
_indexes: dict[int, tuple[tuple[str, ...], _Index]] = {}
_headings: dict[int, tuple[Topic, Callable[[str], tuple[str, ...]]]] = {}
_MOST_KNOWN = 1000


def _clear(known: dict[int, Any]) -> None:
    """Make room for one more."""
    if len(known) >= _MOST_KNOWN:
        known.clear()


def _index(words: tuple[str, ...]) -> _Index:
    """Return the index of some words, made once."""
    known = _indexes.get(id(words))
    if known is None or known[0] is not words:
        _clear(_indexes)
        known = _indexes[id(words)] = words, _indexed(words)
    return known[1]


def _indexed(words: tuple[str, ...]) -> _Index:
    found: dict[str, list[tuple[int, str, tuple[str, ...]]]] = defaultdict(list)
    for rank, phrase in enumerate(sorted(words, key=lambda w: (-len(w), w))):
        pieces = tuple(sorted(_pieces(phrase), key=len, reverse=True))
        found[_beginning(pieces)].append((rank, phrase, pieces))
    return frozenset(found), dict(found)


def _beginning(pieces: Iterable[str]) -> str:
    """Return the first letters of the longest word whose beginning is certain; "" of none."""
    begun = [word for piece in pieces for word in _WHOLE.findall(piece)]
    sure = [word.strip() for word in begun if len(word) >= _SURE or word.endswith(" ")]
    likely = [word for word in begun if len(word) >= _BEGIN]
    return max(sure, key=len, default="")[:_SURE] or max(likely, key=len, default="")[:_BEGIN]


def _pieces(phrase: str) -> tuple[str, ...]:
    """Return what `_said` has of every text that has a match of `phrase`."""
    runs = (f" {' '.join(_STARRED.findall(run))} " for run in phrase.split("..."))
    # The other case of a letter with an accent may be none that `lower` gives.
    pieces = (piece for run in runs for piece in _CERTAIN.findall(run))
    return tuple(piece.lower() for piece in pieces if not piece.isspace())


# ── patterns ──────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4096)
def _parts(phrase: str) -> tuple[re.Pattern[str], ...]:
    """Return what stands around the "..." of a phrase of `topics.toml`, whose signs are explained
    there.

    Each matches nothing but the place where it begins; group 1 is what stands there. None of them
    can backtrack by more than a word, whatever the text is.
    """
    has_no_case = not phrase.startswith("=") and not any(map(_is_exact, _words(phrase)))
    plain = has_no_case or phrase.startswith("=")
    runs = [run for part in phrase.removeprefix("=").split("...") if (run := _run(part, plain))]
    before = [r"(?<!\w)", *[rf"(?<={_GAP})"] * (len(runs) - 1)]
    after = [*[_GAP] * (len(runs) - 1), r"(?!\w)"]
    # A flag for the whole is compiled in half the time of one for each word.
    flag = re.IGNORECASE if has_no_case else re.NOFLAG
    around = zip(before, runs, after, strict=True)
    return tuple(re.compile(rf"{start}(?=({run}){end})", flag) for start, run, end in around)


def _words(phrase: str) -> list[str]:
    return _WORDS.findall(phrase.removeprefix("=").replace("...", " "))


def _run(phrase: str, plain: bool) -> str:
    return f"{_GAP}++".join(_word(word, plain) for word in _WORDS.findall(phrase))


def _word(word: str, plain: bool) -> str:
    """Capitals match as capitals, other words in any case; `*` is any ending.

    `plain` leaves that to what stands around it.
    """
    first, *others = map(re.escape, word.split("*"))
    # The nearest place is always good enough for what stands between two stars.
    body = "".join([first, *[rf"(?>\w*?{other})" for other in others[:-1]]])
    body += rf"\w*{others[-1]}" if others else ""
    return body if plain or _is_exact(word) else f"(?i:{body})"


def _is_exact(word: str) -> bool:
    return word.isupper() and len(word) > 1


# ── tagging ───────────────────────────────────────────────────────────────────────


def about(topic: Topic, text: str, path: Sequence[str]) -> tuple[str, ...]:
    """Return the words that make a clause under the headings `path` a matter of the topic."""
    return _distinct([*(m.words for m in mentions(topic, text)), *above(topic, path)])


def tags(
    topics: Iterable[Topic],
    redline: Sequence[Span],
    path: Sequence[str],
    *,
    is_item: bool = False,
    is_notice: bool = False,
) -> tuple[Tag, ...]:
    """Return the topics of one change, each with the words that gave it; `path` without the page
    title.

    `is_item` says that what changed is an item of a list, which may be a name and no more,
    `is_notice` that it announces something, which is all about what it says anywhere.
    """
    if all(span.op is Op.SAME for span in redline):
        return ()
    sides = [_side(redline, op) for op in (Op.DELETE, Op.INSERT)]
    above = path if is_item or _has_prose(sides) else ()
    near = math.inf if is_notice else _NEAR
    found = ((topic.id, _evidence(topic, sides, above, near)) for topic in topics)
    return tuple(Tag(topic, words) for topic, words in found if words)


def _has_prose(sides: Iterable[tuple[str, Sequence[Interval]]]) -> bool:
    """Return whether what changed says something under a heading: no label, number or name."""
    return any(changed and len(_SAYING.findall(text)) >= _PROSE for text, changed in sides)


def tags_of_text(topics: Iterable[Topic], text: str, path: Iterable[str]) -> tuple[Tag, ...]:
    """Return the topics of a whole clause under the headings `path`."""
    above = tuple(path)
    found = ((topic.id, about(topic, text, above)) for topic in topics)
    return tuple(Tag(topic, words) for topic, words in found if words)


def _evidence(
    topic: Topic, sides: Iterable[tuple[str, Sequence[Interval]]], path: Sequence[str], near: float
) -> tuple[str, ...]:
    """Return the mentions in a sentence that changed, on both sides, and in the headings."""
    said = (
        m.words
        for text, changed in sides
        for m in mentions(topic, text, changed)
        if _is_touched(m, text, changed, near)
    )
    return _distinct([*said, *above(topic, path)])


def _is_touched(mention: Mention, text: str, changed: Sequence[Interval], near: float) -> bool:
    """Return whether a change is near a mention, or so large that it is of the whole sentence.

    The intervals `changed` come in order, none over another.
    """
    first, last = mention.sentence
    low = bisect_right(changed, first, key=lambda piece: piece[1])
    inside = changed[low : bisect_left(changed, last, low, key=lambda piece: piece[0])]
    if not inside or near == math.inf:
        return bool(inside)
    beside = bisect_left(inside, mention.start, key=lambda piece: piece[1])
    nearest = (text[mention.end : start] for start, _ in inside[beside : beside + 1])
    before = (text[end : mention.start] for _, end in inside[max(0, beside - 1) : beside])
    most = int(near)
    if any(len(between.split(None, most)) <= most for between in chain(nearest, before)):
        return True
    return _are_words(_LARGE, (text[max(a, first) : min(b, last)] for a, b in inside))


def _are_words(number: int, parts: Iterable[str]) -> bool:
    """Return whether so many words are in some parts of a text; no more are counted."""
    found = 0
    for part in parts:
        found += len(part.split(None, number))
        if found >= number:
            return True
    return False


def above(topic: Topic, path: Sequence[str]) -> Iterator[str]:
    """Yield the words of headings that give a topic to the clauses below them."""
    for title in path[-_NEAREST:]:
        yield from _in_heading(topic, title)


def _in_heading(topic: Topic, title: str) -> tuple[str, ...]:
    """Return what a heading has of the topic; asked once, as few headings stand above many
    clauses.
    """
    known = _headings.get(id(topic))
    if known is None or known[0] is not topic:
        _clear(_headings)
        heading = replace(topic, words=(*topic.words, *topic.headings))
        known = _headings[id(topic)] = topic, lru_cache(maxsize=4096)(partial(_named, heading))
    return known[1](title)


def _named(heading: Topic, title: str) -> tuple[str, ...]:
    return tuple(m.words for m in mentions(heading, title))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(w) for w in words))


def _side(redline: Sequence[Span], op: Op) -> tuple[str, list[Interval]]:
    """Return the text of one side, and the intervals of it whose change says something."""
    text, changed = "", []
    for is_same, spans in groupby(redline, key=lambda span: span.op is Op.SAME):
        run = list(spans)
        weighs = not is_same and not is_alike(*read_back(run))
        for span in run:
            part = span.before if op is Op.DELETE else span.after
            if weighs and span.op is op and not is_light(part):
                changed.append((len(text), len(text) + len(part)))
            text += part
    return text, changed


def _overlap(a: Interval, b: Interval) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def with_sections(changes: Sequence[Change]) -> tuple[Change, ...]:
    """`changes`, where a heading that came or went is about what came or went under it.

    "5.1 General" says nothing by itself; it is about a topic when most of its section is.
    """
    sections: dict[object, list[Change]] = defaultdict(list)
    for change in changes:
        path = change.path
        for depth, title in enumerate(path):
            sections[change.kind, path[:depth], enumerator(title)[1]].append(change)

    @cache  # headings of one name have one section
    def shared(section: object) -> tuple[Tag, ...]:
        return _shared(sections.get(section, ()))

    return tuple(_with_section(change, shared) for change in changes)


def _with_section(change: Change, shared: Callable[[object], tuple[Tag, ...]]) -> Change:
    clause = change.clause
    is_heading = change.kind in {Kind.ADDED, Kind.REMOVED} and clause.unit is Unit.HEADING
    if change.tags or not is_heading or _IS_NEW.search(clause.text):
        return change
    return replace(change, tags=shared((change.kind, clause.path, clause.text)))


def _shared(section: Sequence[Change]) -> tuple[Tag, ...]:
    """Return the topics of more than half of the clauses of a section, with all their words."""
    words: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for tag in (tag for change in section for tag in change.tags):
        words[tag.topic].append(tag.words)
    return tuple(
        Tag(topic, tuple(dict.fromkeys(chain.from_iterable(found))))
        for topic, found in words.items()
        if 2 * len(found) > len(section)
    )


def union(changes: Iterable[Change], topics: Iterable[Topic]) -> tuple[str, ...]:
    """Return the topics of the news among `changes`, in the order of `topics`."""
    named = {tag.topic for change in changes if change.significance.is_news for tag in change.tags}
    return tuple(topic.id for topic in topics if topic.id in named)
