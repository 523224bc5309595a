"""What a text says about a topic, with the words that say so.

A topic belongs to what changed: the words that came or went, the sentence around them, and the
headings above them (the document's own title left out). It never belongs to a whole page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.differ.normalise import fold
from tracker.model import Change, Op, Span, Tag, Topic

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")

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
    """`text` with the phrases of `never` blanked out, position for position."""
    return _pattern(never).sub(lambda m: " " * len(m[0]), text) if never else text


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
    return r"[\s\-\u00a0\u2010\u2011]+".join(_word(w) for w in re.findall(r"[^\s-]+", phrase))


def _word(word: str) -> str:
    """Capitals match as capitals, other words in any case; `*` is any ending."""
    body = r"\w*".join(re.escape(part) for part in word.split("*"))
    exact = word.isupper() and len(word) > 1
    return body if exact else f"(?i:{body})"


# ── tagging ───────────────────────────────────────────────────────────────────────


def tags(topics: Iterable[Topic], redline: Sequence[Span], path: Sequence[str]) -> tuple[Tag, ...]:
    """The topics of one change, each with the words that gave it; `path` without the page title."""
    found = ((topic.id, _evidence(topic, redline, path)) for topic in topics)
    return tuple(Tag(topic, words) for topic, words in found if words)


def _evidence(topic: Topic, redline: Sequence[Span], path: Sequence[str]) -> tuple[str, ...]:
    words = [*_on_side(topic, redline, Op.DELETE), *_on_side(topic, redline, Op.INSERT)]
    if not words and not any(_has_words(s) for s in redline if s.op is not Op.SAME):
        return ()
    words += [m.words for title in path for m in mentions(topic, title)]
    return tuple(dict.fromkeys(fold(w) for w in words))


def _has_words(span: Span) -> bool:
    return any(c.isalnum() for c in span.before + span.after)


def _on_side(topic: Topic, redline: Sequence[Span], op: Op) -> Iterator[str]:
    """The mentions in a sentence whose words changed, on one side."""
    text, changed = _side(redline, op)
    for mention in mentions(topic, text):
        if any(_overlap(mention.sentence, c) for c in changed):
            yield mention.words


def _side(redline: Sequence[Span], op: Op) -> tuple[str, list[Interval]]:
    """The text of one side, and the intervals of it that carry changed words."""
    text, changed = "", []
    for span in redline:
        part = span.before if op is Op.DELETE else span.after
        if span.op is op and _has_words(span):
            changed.append((len(text), len(text) + len(part)))
        text += part
    return text, changed


def _overlap(a: Interval, b: Interval) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def union(changes: Iterable[Change], topics: Iterable[Topic]) -> tuple[str, ...]:
    """The topics of the news among `changes`, in the order of `topics`."""
    named = {tag.topic for change in changes if change.significance.is_news for tag in change.tags}
    return tuple(topic.id for topic in topics if topic.id in named)
