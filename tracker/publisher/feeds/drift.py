"""Editions of one text that drift apart: from some day on only some of them say a thing.

What one edition alone says is told some time after it changed, when the others had time to follow:
texts of one service are seldom all read on the day on which all of them change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from tracker.differ.answers import answers
from tracker.model import History, Question, Revision, Topic, service_of
from tracker.publisher import words
from tracker.publisher.answers import Reply, affirms, is_understood, questions
from tracker.publisher.continuity import present
from tracker.publisher.feeds.catalogue import ALL, of_service
from tracker.publisher.feeds.channel import Item
from tracker.publisher.feeds.notices import Place, sentences_item
from tracker.publisher.urls import revision_page, version_name

#: So long the other editions have to follow; the slowest archive took a week.
PATIENCE = timedelta(days=14)

#: Whether a text in force says yes, by its document, topic and question; what is not there is
#: not known.
Said = Mapping[tuple[str, str, str], bool]


def said_in(replies: Iterable[Reply]) -> Said:
    """Return what replies say."""
    return {
        (one.history.document.id, one.topic, one.question): any(not q.refuses for q in one.quotes)
        for one in replies
        if one.is_read
    }


def said_by(histories: Iterable[History], topics: Sequence[Topic]) -> Said:
    """Return what the texts in force say, as far as there are several editions of them."""
    return {
        (history.document.id, answer.topic, answer.question): any(
            not dated.statement.refuses for dated in answer.statements
        )
        for group in in_editions(histories)
        for history in group
        if is_understood(history.versions[-1])
        for answer in answers(present(history), topics)
    }


@dataclass(frozen=True, slots=True)
class _Turn:
    """A revision that changed whether a text says a thing."""

    revision: Revision
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class _Course:
    """Whether one edition of a text said a thing, from its first sight on."""

    history: History
    turns: tuple[_Turn, ...]
    now: bool

    def at(self, time: datetime) -> bool | None:
        """Return whether it said so at a time; None before it was first seen."""
        if time < self.history.versions[0].first_seen:
            return None
        past = [turn for turn in self.turns if turn.revision.first_seen <= time]
        if past:
            return past[-1].after
        return self.turns[0].before if self.turns else self.now


def drifts(
    histories: Iterable[History],
    said: Said,
    topics: Sequence[Topic],
    until: date,
    base: str,
) -> Iterator[Item]:
    """Yield an item for each time at which the editions of a text began to differ in an answer.

    `said` is what the texts in force say; what is told is over before the day `until`.
    """
    for group in in_editions(histories):
        for topic, question in questions(topics):
            found = [
                _course(history, topic, question, said[key])
                for history in group
                if (key := (history.document.id, topic.id, question.id)) in said
            ]
            yield from _apart(found, topic, question, until, base)


def in_editions(histories: Iterable[History]) -> Iterator[list[History]]:
    """Yield texts of one service and type that are there for several audiences."""

    def kind(history: History) -> str:
        return history.document.id.partition("@")[0]

    followed = [h for h in histories if h.versions and not h.document.became]
    for _, group in groupby(sorted(followed, key=lambda h: h.document.id), key=kind):
        if (found := list(group))[1:]:
            yield found


def _course(history: History, topic: Topic, question: Question, now: bool) -> _Course:
    turns = []
    for revision in history.revisions:
        for change in revision.answers:
            if (change.topic, change.question) == (topic.id, question.id):
                before = affirms((*change.gone, *change.kept))
                after = affirms((*change.came, *change.kept))
                turns += [_Turn(revision, before, after)] if before != after else []
    return _Course(history, tuple(turns), now)


def _apart(
    courses: Sequence[_Course], topic: Topic, question: Question, until: date, base: str
) -> Iterator[Item]:
    for course in courses:
        for turn in (turn for turn in course.turns if turn.revision.is_news):
            told = turn.revision.first_seen + PATIENCE
            there = [one for one in courses if one.at(turn.revision.first_seen) is not None]
            were = {
                turn.before if one is course else one.at(turn.revision.first_seen) for one in there
            }
            having = [one.history for one in there if one.at(told)]
            lacking = [one.history for one in there if not one.at(told)]
            has_lasted = told.date() < until and course.at(told) is turn.after
            if has_lasted and len(were) == 1 and having and lacking:
                yield _item(course, turn, (topic, question), (having, lacking), base)


def _item(
    course: _Course,
    turn: _Turn,
    about: tuple[Topic, Question],
    sides: tuple[Sequence[History], Sequence[History]],
    base: str,
) -> Item:
    (topic, question), (having, lacking) = about, sides
    document, revision = course.history.document, turn.revision
    said = words.line(question.says) or f"something on “{words.line(question.ask)}”"
    text = words.document_name(course.history).removesuffix(_shown(course.history))
    verb = "now says" if turn.after else "still says"
    only = f"only the text for {_named(having)} {verb} {said}"
    change = "says so" if turn.after else "no longer says so"
    sentences = [
        f"Since {words.day(revision.first_seen)}, {words.document_name(course.history)} {change}.",
        f"In the text for {_named(lacking)} no clause says so, as it was last read.",
    ]
    other = next(h for h in (lacking if turn.after else having) if h is not course.history)
    compared = f"from={version_name(other.versions[-1])}&to={version_name(revision.after)}"
    place = Place(course.history, f"{base}compare/?{compared}", "The two texts side by side")
    service = service_of(document.id)
    names = {ALL, topic.id, service, of_service(service, topic.id)}
    key = f"{document.id}/{topic.id}/{question.id}/{words.iso(revision.first_seen)}"
    return sentences_item(
        f"drift/{key}",
        f"{text}: {only}",
        [*sentences, f"The change: {base}{revision_page(revision)}"],
        ("drift", "Editions differ"),
        revision.first_seen + PATIENCE,
        place,
        frozenset(names | {one.document.edition for one in (*having, *lacking)}),
    )


def _shown(history: History) -> str:
    region = words.edition(history.document.edition)
    return f" ({region})" if region else ""


def _named(histories: Sequence[History]) -> str:
    *others, last = [words.edition(h.document.edition) or "everybody else" for h in histories]
    return f"{', '.join(others)} and {last}" if others else last
