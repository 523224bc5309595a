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
from itertools import chain

from tracker.differ.normalise import enumerator, fold
from tracker.model import Change, Kind, Op, Span, Tag, Topic, Unit

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
#: A web or mail address says nothing about its subject: ads.example, character.ai.
_ADDRESS = re.compile(
    r"https?://\S{1,2000}|(?<![\w@.-])[\w-]{1,63}(?:[@.][\w-]{1,63}){0,9}"
    r"\.(?:ai|AI|app|co|com|de|dev|edu|eu|fr|gov|info|io|net|org|uk|us)(?![\w-])"
)
#: What may stand between two words of a phrase, and how many words "..." may stand for.
_GAP = r"[\s\-\u00a0\u2010\u2011]+"
_MOST_BETWEEN = 3

Interval = tuple[int, int]


# ── matching ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that are about a topic, and where they stand."""

    words: str
    start: int
    end: int
    sentence: Interval


def mentions(topic: Topic, text: str) -> tuple[Mention, ...]:
    """Every mention of `topic` in `text`, in order; positions are into `text`."""
    plain = _mask(topic.never, text)
    return tuple(
        sorted(
            (
                Mention(text[start:end], start, end, sentence)
                for sentence in sentences(text)
                for start, end in _in_sentence(topic, plain, sentence)
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
    plain = _ADDRESS.sub(_blank, text)
    return _pattern(never).sub(_blank, plain) if never else plain


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _in_sentence(topic: Topic, text: str, sentence: Interval) -> Iterator[Interval]:
    yield from _found(topic.words, text, sentence)
    for groups in topic.near:
        hits = [list(_found(group, text, sentence)) for group in groups]
        if all(hits):
            yield from (hit for group in hits for hit in group)


def _found(words: tuple[str, ...], text: str, sentence: Interval) -> Iterator[Interval]:
    if words:
        yield from (m.span() for m in _pattern(words).finditer(text, *sentence))


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # Longest first, so that the evidence is "AI models" and not "AI".
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_phrase, ordered))})(?!\w)")


def _phrase(phrase: str) -> str:
    """A phrase of `topics.toml` as a pattern; what its signs mean is written there."""
    exact = phrase.startswith("=")
    parts = (_run(part, exact) for part in phrase.removeprefix("=").split("..."))
    return f"(?:{_GAP}\\S+){{0,{_MOST_BETWEEN}}}{_GAP}".join(part for part in parts if part)


def _run(phrase: str, exact: bool) -> str:
    return _GAP.join(_word(word, exact) for word in re.findall(r"[^\s-]+", phrase))


def _word(word: str, exact: bool) -> str:
    """Capitals match as capitals, other words in any case; `*` is any ending."""
    body = r"\w*".join(re.escape(part) for part in word.split("*"))
    exact = exact or (word.isupper() and len(word) > 1)
    return body if exact else f"(?i:{body})"


# ── tagging ───────────────────────────────────────────────────────────────────────


def about(topic: Topic, text: str, path: Sequence[str]) -> tuple[str, ...]:
    """The words that make a clause under the headings `path` a matter of the topic."""
    return _distinct([*(m.words for m in mentions(topic, text)), *_above(topic, path)])


def tags(topics: Iterable[Topic], redline: Sequence[Span], path: Sequence[str]) -> tuple[Tag, ...]:
    """The topics of one change, each with the words that gave it; `path` without the page title."""
    if all(span.op is Op.SAME for span in redline):
        return ()
    found = ((topic.id, _evidence(topic, redline, path)) for topic in topics)
    return tuple(Tag(topic, words) for topic, words in found if words)


def whole(topics: Iterable[Topic], text: str, path: Iterable[str]) -> tuple[Tag, ...]:
    """The topics of a whole clause under the headings `path`."""
    above = tuple(path)
    found = ((topic.id, about(topic, text, above)) for topic in topics)
    return tuple(Tag(topic, words) for topic, words in found if words)


def _evidence(topic: Topic, redline: Sequence[Span], path: Sequence[str]) -> tuple[str, ...]:
    sides = (*_on_side(topic, redline, Op.DELETE), *_on_side(topic, redline, Op.INSERT))
    return _distinct([*sides, *_above(topic, path)])


def _above(topic: Topic, path: Sequence[str]) -> Iterator[str]:
    """The words of the headings that make what stands under them a matter of the topic."""
    heading = replace(topic, words=(*topic.words, *topic.headings))
    for title in path:
        yield from (m.words for m in mentions(heading, title))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(w) for w in words))


def _on_side(topic: Topic, redline: Sequence[Span], op: Op) -> Iterator[str]:
    """The mentions in a sentence that changed, on one side."""
    text, changed = _side(redline, op)
    for mention in mentions(topic, text):
        if any(_overlap(mention.sentence, c) for c in changed):
            yield mention.words


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
