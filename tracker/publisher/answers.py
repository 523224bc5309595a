"""The answers of a document to the questions, as pages, the terminal and programs show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.differ.answers import answers
from tracker.model import (
    AnswerChange,
    History,
    Link,
    Question,
    Revision,
    Statement,
    TermsAnswer,
    Topic,
    Version,
)
from tracker.publisher import urls, words
from tracker.publisher.continuity import present
from tracker.publisher.site.clause_history import ClauseHistories, clause_histories

ENGLISH_ONLY = "Questions are read in English texts only"
_GLANCE = 120  # characters in a table


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that answers, where it is, and since when.

    `seen` is when these words were first seen without a break since; `was_always` tells that this
    was when the text was first read, else `brought` is the page of the revision that brought them.
    `page` is the permalink to the clause in its version, `life` the name of the clause's history.
    `glance` is the sentence cut to what answers; `refuses` tells that it says no.
    """

    text: str
    glance: str
    lead: str
    path: tuple[str, ...]
    seen: datetime
    was_always: bool
    in_force: date | None
    brought: str
    page: str
    life: str
    links: tuple[Link, ...]
    refuses: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What one document says on one question; `is_read` tells that its language is understood.

    `seen` is the time of the newest version and `last_seen` the last look; `read_since` is the
    time since which the text has been read, where another page was read before. `since` is the time
    since which it has answered without a break; `changed` the page of the revision that last
    changed the answer, at `changed_at`, and `before` the sentences that it took away.
    `was_answered` tells that the text before that had an answer, too.
    """

    history: History
    topic: str
    question: str
    quotes: tuple[Quote, ...]
    is_read: bool
    seen: datetime
    last_seen: datetime
    read_since: datetime | None
    since: datetime | None
    was_always: bool
    changed: str
    changed_at: datetime | None
    before: tuple[str, ...]
    was_answered: bool


def replies(
    history: History, topics: Sequence[Topic], lives: ClauseHistories | None = None
) -> tuple[Reply, ...]:
    """Answer every question of the topics from the text in force; nothing of one never read."""
    asked = any(topic.questions for topic in topics)
    if not history.versions or not asked:
        return ()
    found = answers(present(history), topics)
    known = lives or clause_histories(history)
    brought = {revision.after.key: revision for revision in history.revisions}
    return tuple(_reply(history, answer, known, brought) for answer in found)


_Brought = Mapping[tuple[datetime, int, bool], Revision]


def _reply(
    history: History, answer: TermsAnswer, lives: ClauseHistories, brought: _Brought
) -> Reply:
    newest = history.versions[-1]
    changed = brought.get(answer.changed.key) if answer.changed else None
    return Reply(
        history=history,
        topic=answer.topic,
        question=answer.question,
        quotes=tuple(
            _quote(dated.statement, dated.since, answer.first, newest, lives, brought)
            for dated in sorted(answer.statements, key=lambda dated: _rank(dated.statement))
        ),
        is_read=is_understood(newest),
        seen=newest.first_seen,
        last_seen=newest.last_seen,
        read_since=answer.first.first_seen if answer.first != history.versions[0] else None,
        since=answer.since.first_seen if answer.since else None,
        was_always=bool(answer.since) and answer.since == answer.first,
        changed=urls.revision_page(changed) if changed else "",
        changed_at=answer.changed.first_seen if answer.changed else None,
        before=tuple(statement.text for statement in answer.before),
        was_answered=answer.was_answered,
    )


def is_understood(version: Version) -> bool:
    """Return whether a text is in the language in which questions are put."""
    return {capture.language for capture in version.captures} <= {None, "en"}


def _rank(said: Statement) -> tuple[bool, int]:
    """Order what a text permits before what it refuses: a "not" is mostly an exception."""
    return said.refuses, -said.weight


def _quote(
    said: Statement,
    since: Version,
    first: Version,
    newest: Version,
    lives: ClauseHistories,
    brought: _Brought,
) -> Quote:
    anchor = lives.anchor(newest, said.place)
    revision = brought.get(since.key) if since.key != first.key else None
    return Quote(
        text=said.text,
        glance=glance(said),
        lead=said.lead,
        path=said.path[1:] or said.path,
        seen=since.first_seen,
        was_always=since.key == first.key,
        in_force=said.effective or (revision.effective if revision else None),
        brought=urls.revision_page(revision) if revision else "",
        page=f"{urls.version_page(newest)}index.html#{anchor}",
        life=anchor,
        links=tuple(link for link in said.links if words.is_web(link.target)),
        refuses=said.refuses,
    )


def glance(said: Statement) -> str:
    """Cut a sentence to the words that answer, and what is around them."""
    text = words.safe(said.text)
    if len(text) <= _GLANCE:
        return text
    start = max(0, min(said.start - _GLANCE // 3, len(text) - _GLANCE))
    start = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", start, start + _GLANCE) if start + _GLANCE < len(text) else len(text)
    end = end if end > start else start + _GLANCE
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def since(quote: Quote) -> str:
    """Say since when a text has these words."""
    if quote.was_always:
        return f"already there when first read on {words.day(quote.seen)}"
    force = f", in force {words.day(quote.in_force)}" if quote.in_force else ""
    return f"in these words since {words.day(quote.seen)}{force}"


def silence(found: Sequence[Reply]) -> str:
    """Say what there is to say of texts that do not answer."""
    read = [words.document_name(reply.history) for reply in found if reply.is_read]
    unread = [words.document_name(reply.history) for reply in found if not reply.is_read]
    parts = [f"No clause about this was found in {_listed(read)}."] if read else []
    if unread:
        parts.append(f"{ENGLISH_ONLY}, not in {_listed(unread)}.")
    return " ".join(parts)


def silence_in_short(found: Sequence[Reply]) -> str:
    """Say the same in a table, where the texts are named beside it."""
    read = "no clause about it found" if any(reply.is_read for reply in found) else ""
    unread = "" if all(reply.is_read for reply in found) else words.lower(ENGLISH_ONLY)
    return "; ".join(filter(None, (read, unread)))


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


# ── what a revision does to answers ───────────────────────────────────────────────


def told(revision: Revision, topics: Sequence[Topic]) -> tuple[str, ...]:
    """Say which answers a revision changes, in the order of the questions: "now says …".

    An answer that is put in other words and says as much as before is not told.
    """
    asked_ = {(topic.id, question.id): question for topic, question in questions(topics)}
    found = (
        _turn(change, asked_[change.topic, change.question])
        for change in revision.answers
        if (change.topic, change.question) in asked_
    )
    return tuple(filter(None, found))


def changed_answers(
    revision: Revision, topics: Sequence[Topic]
) -> Iterator[tuple[Topic, Question, AnswerChange]]:
    """Yield each answer that a revision changes, in the order of the questions."""
    changes = {(change.topic, change.question): change for change in revision.answers}
    for topic, question in questions(topics):
        if change := changes.get((topic.id, question.id)):
            yield topic, question, change


def said_of(change: AnswerChange, question: Question) -> str:
    """Say what a revision does to one answer, be it only to its words."""
    verb = "now says" if change.came else "no longer says"
    turn = _turn(change, question) if question.says else ""
    return turn or f"{verb} “{glance(strongest(change))}”"


def strongest(change: AnswerChange) -> Statement:
    """Return the sentence that came with a change of an answer, or went, and says most."""
    return min(change.came or change.gone, key=_rank)


def _turn(change: AnswerChange, question: Question) -> str:
    """Return what an answer says now and did not, or said and does not any more.

    What is announced for a day to come is not said yet.
    """
    before, after = (*change.gone, *change.kept), (*change.came, *change.kept)
    (affirmed, promised), (affirms, promises) = map(_affirmed, (before, after))
    said = words.line(question.says) or f"something on “{words.line(question.ask)}”"
    if affirms != affirmed:
        return f"{'now says' if affirms else 'no longer says'} {said}"
    if promises and not (affirmed or promised):
        return f"will say {said}"
    if change.is_new or change.is_over:
        side, verb = (change.came, "now says") if change.is_new else (change.gone, "no longer says")
        return f"{verb} “{glance(side[0])}”"
    return ""


def affirms(side: Iterable[Statement]) -> bool:
    """Return whether some statements say yes, for now."""
    return _affirmed(side)[0]


def _affirmed(side: Iterable[Statement]) -> tuple[bool, bool]:
    """Return whether some statements say yes, and whether some will."""
    found = [statement for statement in side if not statement.refuses]
    return any(not s.effective for s in found), any(s.effective for s in found)


# ── put to many texts ─────────────────────────────────────────────────────────────


def questions(topics: Sequence[Topic]) -> Iterator[tuple[Topic, Question]]:
    """Return every question with its topic, in order."""
    return ((topic, question) for topic in topics for question in topic.questions)


def asked(found: Sequence[Reply], topic: Topic, question: Question) -> list[Reply]:
    """Return the replies to one question."""
    return [one for one in found if (one.topic, one.question) == (topic.id, question.id)]
