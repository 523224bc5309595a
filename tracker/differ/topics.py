"""What a text says about a topic, with the words that say so.

A topic belongs to what changed: the words that came or went, the sentence around them, and the
headings above them (the document's own title left out). It never belongs to a whole page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, groupby

from tracker.differ.normalise import enumerator, fold
from tracker.model import Change, Kind, Op, Span, Tag, Topic, Unit

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
#: A web or mail address says nothing about its subject: ads.example, character.ai.
_ADDRESS = re.compile(
    r"https?://\S{1,2000}|(?<![\w@.-])[\w-]{1,63}(?:[@.][\w-]{1,63}){0,9}"
    r"\.(?:ai|AI|app|co|com|de|dev|edu|eu|fr|gov|info|io|net|org|uk|us)(?![\w-])"
)
#: What may stand between two words of a phrase, and how many words "..." may stand for.
_GAP = r"[\s\-\u2010\u2011]+"
_MOST_BETWEEN = 3
_WORDS = re.compile(r"[^\s-]+")

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
    topic: Topic, text: str, among: Sequence[Interval] | None = None
) -> tuple[Mention, ...]:
    """Every mention of `topic` in `text`, in order; positions are into `text`.

    With `among` only those in sentences that overlap one of these intervals.
    """
    words = topic.words if _may_have(topic.words, text) else ()
    near = [groups for groups in topic.near if all(_may_have(group, text) for group in groups)]
    if not words and not near:
        return ()
    asked = [s for s in sentences(text) if among is None or any(_overlap(s, c) for c in among)]
    plain = _mask(topic.never, text) if asked else text
    return tuple(
        sorted(
            (
                Mention(text[start:end], start, end, sentence)
                for sentence in asked
                for start, end in _in_sentence(words, near, plain, sentence)
            ),
            key=lambda m: (m.start, m.end),
        )
    )


def sentences(text: str) -> Iterator[Interval]:
    """The sentences of `text` as intervals that cover everything but the space between them."""
    start = 0
    for gap in _SENTENCE.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _mask(never: tuple[str, ...], text: str) -> str:
    """`text` with addresses and the phrases of `never` blanked out, position for position."""
    plain = _without_addresses(text)
    return _pattern(never).sub(_blank, plain) if _may_have(never, plain) else plain


@lru_cache(maxsize=8)  # each topic asks for the same text
def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _in_sentence(
    words: tuple[str, ...],
    near: Iterable[Sequence[tuple[str, ...]]],
    text: str,
    sentence: Interval,
) -> Iterator[Interval]:
    yield from _found(words, text, sentence)
    for groups in near:
        hits = [list(_found(group, text, sentence)) for group in groups]
        if all(hits):
            yield from (hit for group in hits for hit in group)


def _found(words: tuple[str, ...], text: str, sentence: Interval) -> Iterator[Interval]:
    if words:
        yield from (m.span() for m in _pattern(words).finditer(text, *sentence))


def _may_have(words: tuple[str, ...], text: str) -> bool:
    """False where surely none of `words` is in `text`: seen without a pattern, which is dear."""
    as_written, in_any_case = _pieces(words)
    if any(piece in text for piece in as_written):
        return True
    # These are the one case or the other of i, s and k, though from other alphabets.
    if any(letter in text for letter in "İıſK"):
        return True
    lowered = text.lower()
    return any(piece in lowered for piece in in_any_case)


@lru_cache(maxsize=256)
def _pieces(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of each of `words` a piece that every match has: as it is written, and in small letters."""
    exact, others = set(), set()
    for phrase in words:
        pieces = [
            (len(piece), piece, phrase.startswith("=") or _is_exact(word))
            for word in _words(phrase)
            for piece in word.split("*")
        ]
        _, piece, is_exact = max(pieces, default=(0, "", False))
        if is_exact:
            exact.add(piece)
        else:
            others.add(piece.lower() if piece.isascii() else "")
    return tuple(exact), tuple(others)


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # Longest first, so that the evidence is "AI models" and not "AI".
    ordered = sorted(words, key=lambda w: (-len(w), w))
    # A flag for many phrases together is compiled in half the time of one for each word.
    groups = (
        (alike, "|".join(_phrase(phrase, is_flagged=alike) for phrase in phrases))
        for alike, phrases in groupby(ordered, key=_has_no_case)
    )
    whole = "|".join(f"(?i:{group})" if alike else group for alike, group in groups)
    return re.compile(rf"(?<!\w)(?:{whole})(?!\w)")


def _has_no_case(phrase: str) -> bool:
    """Whether all words of a phrase count in any case."""
    return not phrase.startswith("=") and not any(map(_is_exact, _words(phrase)))


def _words(phrase: str) -> list[str]:
    return _WORDS.findall(phrase.removeprefix("=").replace("...", " "))


def _phrase(phrase: str, *, is_flagged: bool) -> str:
    """A phrase of `topics.toml` as a pattern; what its signs mean is written there."""
    plain = is_flagged or phrase.startswith("=")
    parts = (_run(part, plain) for part in phrase.removeprefix("=").split("..."))
    return f"(?:{_GAP}\\S+){{0,{_MOST_BETWEEN}}}{_GAP}".join(part for part in parts if part)


def _run(phrase: str, plain: bool) -> str:
    return _GAP.join(_word(word, plain) for word in _WORDS.findall(phrase))


def _word(word: str, plain: bool) -> str:
    """Capitals match as capitals, other words in any case; `*` is any ending.

    `plain` leaves that to what stands around it.
    """
    body = r"\w*".join(re.escape(part) for part in word.split("*"))
    return body if plain or _is_exact(word) else f"(?i:{body})"


def _is_exact(word: str) -> bool:
    return word.isupper() and len(word) > 1


# ── tagging ───────────────────────────────────────────────────────────────────────


def about(topic: Topic, text: str, path: Sequence[str]) -> tuple[str, ...]:
    """The words that make a clause under the headings `path` a matter of the topic."""
    return _distinct([*(m.words for m in mentions(topic, text)), *_above(topic, path)])


def tags(topics: Iterable[Topic], redline: Sequence[Span], path: Sequence[str]) -> tuple[Tag, ...]:
    """The topics of one change, each with the words that gave it; `path` without the page title."""
    if all(span.op is Op.SAME for span in redline):
        return ()
    sides = [_side(redline, op) for op in (Op.DELETE, Op.INSERT)]
    found = ((topic.id, _evidence(topic, sides, path)) for topic in topics)
    return tuple(Tag(topic, words) for topic, words in found if words)


def whole(topics: Iterable[Topic], text: str, path: Iterable[str]) -> tuple[Tag, ...]:
    """The topics of a whole clause under the headings `path`."""
    above = tuple(path)
    found = ((topic.id, about(topic, text, above)) for topic in topics)
    return tuple(Tag(topic, words) for topic, words in found if words)


def _evidence(
    topic: Topic, sides: Iterable[tuple[str, Sequence[Interval]]], path: Sequence[str]
) -> tuple[str, ...]:
    """The mentions in a sentence that changed, on both sides, and in the headings."""
    said = (m.words for text, changed in sides for m in mentions(topic, text, changed))
    return _distinct([*said, *_above(topic, path)])


def _above(topic: Topic, path: Sequence[str]) -> Iterator[str]:
    """The words of the headings that make what stands under them a matter of the topic."""
    for title in path:
        yield from _in_heading(topic, title)


@lru_cache(maxsize=4096)  # few headings stand above many clauses
def _in_heading(topic: Topic, title: str) -> tuple[str, ...]:
    heading = replace(topic, words=(*topic.words, *topic.headings))
    return tuple(m.words for m in mentions(heading, title))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(w) for w in words))


def _side(redline: Sequence[Span], op: Op) -> tuple[str, list[Interval]]:
    """The text of one side, and the intervals of it that changed."""
    text, changed = "", []
    for span in redline:
        part = span.before if op is Op.DELETE else span.after
        if span.op is op:
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
    return tuple(_with_section(change, sections) for change in changes)


def _with_section(change: Change, sections: Mapping[object, Sequence[Change]]) -> Change:
    clause = change.clause
    is_heading = change.kind in {Kind.ADDED, Kind.REMOVED} and clause.unit is Unit.HEADING
    if change.tags or not is_heading:
        return change
    return replace(change, tags=_shared(sections.get((change.kind, clause.path, clause.text), ())))


def _shared(section: Sequence[Change]) -> tuple[Tag, ...]:
    """The topics of more than half of the clauses of a section, with all their words."""
    words: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for tag in (tag for change in section for tag in change.tags):
        words[tag.topic].append(tag.words)
    return tuple(
        Tag(topic, tuple(dict.fromkeys(chain.from_iterable(found))))
        for topic, found in words.items()
        if 2 * len(found) > len(section)
    )


def union(changes: Iterable[Change], topics: Iterable[Topic]) -> tuple[str, ...]:
    """The topics of the news among `changes`, in the order of `topics`."""
    named = {tag.topic for change in changes if change.significance.is_news for tag in change.tags}
    return tuple(topic.id for topic in topics if topic.id in named)
