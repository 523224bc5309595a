"""What a text says on the questions of the topics: its own sentences, and since when it has them.

A sentence answers a question where it has the words of the question, and where it, the sentence
before it, or a heading above it is about the topic. An item of a list is read together with the
sentence that introduces the list. Nothing is concluded beyond the words: an answer is a quotation.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tracker.differ.effective_dates import effective
from tracker.differ.topic_matching import Interval, Mention, above, has_any, mentions
from tracker.extractor.normalise import enumerator, fold
from tracker.model import (
    AnswerChange,
    Clause,
    DatedStatement,
    Link,
    Question,
    Statement,
    TermsAnswer,
    Topic,
    Unit,
    Version,
)

#: A sentence ends where the next begins with a capital, a digit or an opening mark.
_END = re.compile(r"(?<=[.!?])[\"”’)]{0,2}\s+(?=[\"“‘(\[]?[^\W_a-z])|\n+")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|etc|vs|No|Art|Inc|Ltd|Co|U\.S|U\.K|St|Mr|Ms|Dr)\.$")
_REFUSING = re.compile(
    r"\b(?:not|never|no|cannot|nor|neither|nicht|kein\w{0,2}|jamais|aucune?|prohibit\w*|forbid\w*)\b"
    r"|n['’]t\b|\b(?:restrict|prevent|bar)\w*\b(?=[^.;:]{1,80}\bfrom\b)",
    re.IGNORECASE,
)
#: A refusal is so near to the words that answer, and nothing turns it before them.
_NEAR = 25  # words
_TURN = re.compile(
    r"[;:]|\b(?:but|unless|except|however)\b|,\s(?:we|you|they|it|our|your)\b", re.IGNORECASE
)
#: What holds only under a condition comes after all that holds without one.
_CONDITIONAL = re.compile(r"\W{0,3}+(?:if|where|when|unless|should)\b", re.IGNORECASE)
_CONDITION = 100
_WORD = re.compile(r"\w+")
_LONGEST = 10_000  # characters; more without a stop is no sentence, and dear to read
_LISTED = {Unit.ITEM, Unit.CELL, Unit.DEFINITION}

_MOST_KNOWN = 10_000  # passages

#: A question by the names of its topic and its own.
Asked = tuple[str, str]
#: The statements of a text by what they answer; a question without an answer is not there.
Statements = Mapping[Asked, tuple[Statement, ...]]


@dataclass(frozen=True, slots=True)
class _Heard:
    """A sentence of a passage that answers; see `Statement`."""

    asked: Asked
    within: Interval
    refuses: bool
    start: int
    weight: int


@dataclass(frozen=True, slots=True)
class _Passage:
    """A clause as it is asked: its text, the sentence that introduces it, the headings above."""

    text: str
    lead: str
    path: tuple[str, ...]


class Asker:
    """The questions of some topics, put to any number of texts.

    Most clauses are in many versions, and are asked only once.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = tuple(topics)
        self._known: dict[_Passage, tuple[tuple[_Heard, ...], tuple[str, ...]]] = {}

    def statements(self, version: Version) -> Statements:
        """Find every statement of a version, in the order of the topics and of the text."""
        found: dict[Asked, list[Statement]] = {
            (topic.id, question.id): [] for topic in self._topics for question in topic.questions
        }
        for place, passage in _passages(version) if self._topics else ():
            for heard in self._asked(passage)[0]:
                found[heard.asked].append(_statement(version, place, passage.lead, heard))
        return {asked: _distinct(said) for asked, said in found.items() if said}

    def topics(self, version: Version) -> Mapping[int, tuple[str, ...]]:
        """Find what the clauses of a version are about, by their places; most about nothing."""
        found = ((place, self._asked(passage)[1]) for place, passage in _passages(version))
        return {place: topics for place, topics in found if topics}

    def _asked(self, passage: _Passage) -> tuple[tuple[_Heard, ...], tuple[str, ...]]:
        found = self._known.get(passage)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[passage] = _asked(self._topics, passage)
        return found


@lru_cache(maxsize=2)  # there is one set of topics, and documents come one after the other
def asker(topics: tuple[Topic, ...]) -> Asker:
    """Return the one that asks the questions of these topics."""
    return Asker(topics)


# ── one text ──────────────────────────────────────────────────────────────────────


def _passages(version: Version) -> Iterator[tuple[int, _Passage]]:
    """Yield the clauses that can say something, with their places."""
    lead, at = "", tuple[str, ...]()
    for place, clause in enumerate(version.clauses):
        if clause.unit is Unit.HEADING:
            continue
        if clause.unit not in _LISTED or clause.path != at:
            lead, at = "", clause.path
        yield place, _Passage(clause.text, lead, _below_title(clause, version))
        if clause.text.rstrip().endswith(":"):
            start, end = sentences(clause.text)[-1]
            lead, at = clause.text[start:end], clause.path


def _below_title(clause: Clause, version: Version) -> tuple[str, ...]:
    """Return the headings above a clause but for the text's own title, which is about the whole of
    it.
    """
    path = clause.path
    titled = bool(path) and fold(enumerator(path[0])[1]) == fold(version.title)
    return path[1:] if titled else path


def sentences(text: str) -> list[Interval]:
    """Find the sentences of a clause as a reader would quote them."""
    found = (match.span() for match in _END.finditer(text))
    gaps = [(at, end) for at, end in found if not _SHORT.search(text[max(0, at - 8) : at])]
    # A closing mark belongs to the sentence that it closes.
    ends = [(end - len(text[start:end].lstrip('"”’)')), end) for start, end in gaps]
    edges = [(0, 0), *ends, (len(text), len(text))]
    said = [(start, end) for (_, start), (end, _) in pairwise(edges) if text[start:end].strip()]
    return said or [(0, len(text))]


def _asked(
    topics: Sequence[Topic], passage: _Passage
) -> tuple[tuple[_Heard, ...], tuple[str, ...]]:
    """Return what the sentences of a passage answer, and what topics it is about."""
    every = sentences(passage.text)
    about = [(topic, _about(topic, passage, every)) for topic in topics]
    heard = (
        _heard(topic, question, passage, within)
        for topic, said in about
        for question in topic.questions
        for within in said
    )
    return tuple(filter(None, heard)), tuple(topic.id for topic, said in about if said)


def _about(topic: Topic, passage: _Passage, every: Sequence[Interval]) -> Sequence[Interval]:
    """Return the sentences of a passage that are about a topic, or follow one that is."""
    if any(above(topic, passage.path)) or (passage.lead and mentions(topic, passage.lead)):
        return every
    said = [mention.start for mention in mentions(topic, passage.text)]
    if not said:
        return ()
    named = [bisect_left(said, start) < bisect_left(said, end) for start, end in every]
    followed = [False, *named]
    return [s for s, own, before in zip(every, named, followed, strict=False) if own or before]


def _heard(topic: Topic, question: Question, passage: _Passage, within: Interval) -> _Heard | None:
    """Return what a sentence answers, read after its lead: by some words of its own, or not at
    all.
    """
    start, end = within
    if passage.text[start:end].rstrip(' ”"’)').endswith("?"):
        return None  # a question answers nothing
    if end - start > _LONGEST:
        return None
    lead = f"{passage.lead} " if passage.lead else ""
    text = f"{lead}{passage.text[start:end]}"
    found = mentions(question, text, [(len(lead), len(text))])
    own = [mention for mention in found if mention.end > len(lead)]
    if not own or has_any(question.unless, text):
        return None
    return _Heard(
        asked=(topic.id, question.id),
        within=within,
        refuses=any(_is_refused(text, mention, len(lead)) for mention in found),
        start=max(own[0].start - len(lead), 0),
        weight=len(own)
        + len(mentions(topic, text[len(lead) :]))
        - _CONDITION * bool(_CONDITIONAL.match(text[len(lead) :])),
    )


def _is_refused(text: str, mention: Mention, led: int) -> bool:
    """Return whether an answer, or the last words before it, turn it into a refusal.

    What leads to a list, the first `led` characters, refuses each of its items: "You may not:".
    """
    lead = text[:led].rstrip(" :")
    before = text[led : mention.end] if mention.end > led else text[: mention.end]
    last = _TURN.split(before)[-1].split()[-_NEAR - len(mention.words.split()) :]
    return bool(_REFUSING.search(f"{_TURN.split(lead)[-1]} {' '.join(last)}"))


def _statement(version: Version, place: int, lead: str, heard: _Heard) -> Statement:
    clause, (start, end) = version.clauses[place], heard.within
    text = clause.text[start:end]
    day = effective(clause.text)
    return Statement(
        text=text,
        key=" ".join(_WORD.findall(fold(text).casefold())) or fold(text),
        lead=lead,
        path=clause.path,
        place=place,
        links=tuple(_links(clause, start, end)),
        effective=day if day and day > version.first_seen.date() else None,
        refuses=heard.refuses,
        start=heard.start,
        weight=heard.weight,
    )


def _links(clause: Clause, start: int, end: int) -> Iterator[Link]:
    """Yield the links in a part of a clause."""
    place = 0
    for link in clause.links:
        # Links come in the order of their words, so "here" is each time the next one.
        found = clause.text.find(link.words, place)
        if found >= 0:
            place = found + len(link.words)
            if start <= found < end:
                yield link


def _distinct(found: Sequence[Statement]) -> tuple[Statement, ...]:
    """Statements without those that say the same words again."""
    first: dict[str, Statement] = {}
    for statement in found:
        first.setdefault(statement.key, statement)
    return tuple(first.values())


# ── two texts ─────────────────────────────────────────────────────────────────────


def changed_answers(
    before: Version, after: Version, topics: Sequence[Topic]
) -> tuple[AnswerChange, ...]:
    """Return the questions that two versions do not answer with the same sentences."""
    shared = asker(tuple(topics))
    old, new = shared.statements(before), shared.statements(after)
    asked = [(topic.id, question.id) for topic in topics for question in topic.questions]
    found = (_changed(one, old.get(one, ()), new.get(one, ())) for one in asked)
    return tuple(change for change in found if change.gone or change.came)


def _changed(asked: Asked, old: Sequence[Statement], new: Sequence[Statement]) -> AnswerChange:
    gone, came = _without(old, new), _without(new, old)
    return AnswerChange(*asked, gone=gone, came=came, kept=_without(new, came))


def _without(these: Sequence[Statement], those: Sequence[Statement]) -> tuple[Statement, ...]:
    known = {statement.key for statement in those}
    return tuple(statement for statement in these if statement.key not in known)


# ── over time ─────────────────────────────────────────────────────────────────────


def answers(versions: Sequence[Version], topics: Sequence[Topic]) -> tuple[TermsAnswer, ...]:
    """Return what the newest of some versions of one text answers, to every question, and since
    when.

    The versions are those from the first reading of the text to the newest, without a break.
    """
    if not versions:
        return ()
    shared = asker(tuple(topics))
    told = [shared.statements(version) for version in versions]
    return tuple(
        _answer((topic.id, question.id), versions, told)
        for topic in topics
        for question in topic.questions
    )


def _answer(asked: Asked, versions: Sequence[Version], told: Sequence[Statements]) -> TermsAnswer:
    said = [statements.get(asked, ()) for statements in told]
    keys = [{statement.key for statement in now} for now in said]
    last = len(versions) - 1
    start = _start([bool(known) for known in keys])
    turn = _start([known == keys[last] for known in keys])
    return TermsAnswer(
        document=versions[last].document,
        topic=asked[0],
        question=asked[1],
        statements=tuple(
            DatedStatement(one, versions[_start([one.key in known for known in keys])])
            for one in said[last]
        ),
        first=versions[0],
        since=versions[start] if keys[last] else None,
        changed=versions[turn] if turn else None,
        before=_without(said[turn - 1], said[last]) if turn else (),
        was_answered=bool(turn and said[turn - 1]),
    )


def _start(holds: Sequence[bool]) -> int:
    """Return the first of the versions since which something holds without a break."""
    n = len(holds) - 1
    while n and holds[n - 1]:
        n -= 1
    return n
