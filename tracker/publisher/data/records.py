"""Histories as data for programs: changes, revisions, status. Every value is plain JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from tracker.errors import without_advice
from tracker.model import (
    Change,
    Clause,
    History,
    Link,
    Question,
    Revision,
    SourceState,
    Topic,
    Version,
)
from tracker.publisher import answers
from tracker.publisher.answers import Quote, Reply
from tracker.publisher.words import (
    document_name,
    hindrances,
    is_web,
    iso,
    news,
    origins,
    source,
    source_name,
    through,
)

Record = dict[str, Any]


def changes(histories: Iterable[History]) -> Iterator[Record]:
    """Yield one record a clause change, as `changes.schema.json` describes it, oldest revision
    first.
    """
    for revision in ordered(histories):
        yield from of(revision)


def of(revision: Revision) -> Iterator[Record]:
    """Return one record a clause change of a revision."""
    return (_change(revision, change) for change in revision.changes)


def ordered(histories: Iterable[History]) -> list[Revision]:
    """Return all revisions, oldest first."""
    revisions = (r for history in histories for r in history.revisions)
    return sorted(revisions, key=lambda r: r.order)


def _change(revision: Revision, change: Change) -> Record:
    # A topic is news or nothing: a page swap is about no topic, whatever its words.
    tags = change.tags if revision.significance.is_news else ()
    effective = change.effective or revision.effective
    return {
        "document": revision.document,
        "source_url": source(revision.after) or None,
        "from": iso(revision.before.first_seen),
        "to": iso(revision.after.first_seen),
        **_nth("from_nth", revision.before),
        **_nth("to_nth", revision.after),
        "revision": revision.significance.value,
        "significance": change.significance.value,
        "kind": change.kind.value,
        "path": list(change.path),
        "before": _text(change.before),
        "after": _text(change.after),
        "topics": [tag.topic for tag in tags],
        "evidence": {tag.topic: list(tag.words) for tag in tags},
        "questions": list(change.questions),
        "effective": effective.isoformat() if effective else None,
        "links_added": _links(change.links_added),
        "links_removed": _links(change.links_removed),
    }


def _nth(name: str, version: Version) -> Record:
    """Record which version of its second it is, unless it is the first."""
    return {name: version.nth} if version.nth > 1 else {}


def _text(clauses: Sequence[Clause]) -> str | None:
    return "\n".join(c.text for c in clauses) if clauses else None


def _links(links: Iterable[Link]) -> list[Record]:
    return [{"words": link.words, "target": link.target} for link in links]


def log(histories: Iterable[History]) -> list[Record]:
    """Return one record a revision, newest first."""
    revisions = [r for history in histories for r in history.revisions]
    ordered = sorted(revisions, key=lambda r: r.order, reverse=True)
    return [_revision(revision) for revision in ordered]


def _revision(revision: Revision) -> Record:
    return {
        "document": revision.document,
        "title": revision.after.title,
        "from": iso(revision.before.first_seen),
        **_nth("from_nth", revision.before),
        "first_seen": iso(revision.first_seen),
        **_nth("nth", revision.after),
        "significance": revision.significance.value,
        "reason": revision.reason,
        "topics": list(revision.topics),
        "effective": revision.effective.isoformat() if revision.effective else None,
        "changes": len(revision.changes),
        "of_substance": len(news(revision)),
    }


def diff(revision: Revision) -> Record:
    """Return a revision with its changes, each as `changes.schema.json` describes it."""
    return {**_revision(revision), "changes": [_change(revision, c) for c in revision.changes]}


def comparison(revision: Revision) -> Record:
    """Return how one document differs from another: a revision between two names."""
    return {"documents": [revision.before.document, revision.after.document], **diff(revision)}


def in_force(found: Iterable[Reply], topics: Sequence[Topic], base: str) -> list[Record]:
    """Return one record a question and document, in that order; `base` is the address of the
    site.
    """
    by_question = (
        (topic, question, reply)
        for topic, question in answers.questions(topics)
        for reply in answers.asked(tuple(found), topic, question)
    )
    return [_reply(*row, base) for row in by_question]


def _reply(topic: Topic, question: Question, reply: Reply, base: str) -> Record:
    return {
        "topic": topic.id,
        "question": question.id,
        "ask": question.ask,
        "document": reply.history.document.id,
        "name": document_name(reply.history),
        "title": reply.history.title,
        "answered": bool(reply.quotes) if reply.is_read else None,
        "since": _time(reply.since),
        "since_first_read": reply.was_always,
        "changed": _time(reply.changed_at),
        "before": list(reply.before),
        "version": iso(reply.seen),
        "last_seen": iso(reply.last_seen),
        "statements": [_quote(quote, base) for quote in reply.quotes],
    }


def _quote(quote: Quote, base: str) -> Record:
    return {
        "text": quote.text,
        "lead": quote.lead or None,
        "path": list(quote.path),
        "since": iso(quote.seen),
        "since_first_read": quote.was_always,
        "effective": quote.in_force.isoformat() if quote.in_force else None,
        "page": f"{base}{quote.page}",
        "links": _links(quote.links),
    }


def text(version: Version) -> Record:
    """Return a text as it stood, clause by clause."""
    return {
        "document": version.document,
        "title": version.title,
        "first_seen": iso(version.first_seen),
        **_nth("nth", version),
        "last_seen": iso(version.last_seen),
        "source_urls": list(version.urls),
        "through": origins(version),
        "sha256": [c.body for c in version.captures if c.body],
        "clauses": [_clause(clause) for clause in version.clauses],
    }


def _clause(clause: Clause) -> Record:
    return {
        "unit": clause.unit.value,
        "path": list(clause.path),
        "number": clause.number,
        "text": clause.text,
        "links": _links(clause.links),
    }


def status(histories: Iterable[History]) -> list[Record]:
    """Return one record a document: how it stands, in the order of their names."""
    ordered = sorted(histories, key=lambda h: h.document.id)
    return [_standing(history) for history in ordered]


def _standing(history: History) -> Record:
    standing = history.standing
    return {
        "document": history.document.id,
        "name": document_name(history),
        "title": history.title,
        "state": standing.state.value,
        "last_seen": _time(standing.last_seen),
        "through": standing.through or None,
        "read": through(standing) or None,
        "copy": standing.copy if is_web(standing.copy) else None,
        "expected": _time(standing.expected),
        "last_visit": _time(standing.last_visit),
        "outcome": standing.outcome.value if standing.outcome else None,
        "reason": " ".join(hindrances(standing)) or None,
        "sources": [_source(source) for source in standing.sources],
        "versions": len(history.versions),
        "last_change": _time(history.revisions[-1].first_seen if history.revisions else None),
    }


def _source(source: SourceState) -> Record:
    return {
        "name": source.name,
        "asked": _time(source.asked),
        "answered": _time(source.answered),
        "seen": _time(source.seen),
        "closed": source.is_closed,
        "title": source_name(source.name, source.title),
        "since": _time(source.since),
        "outcome": source.outcome.value if source.outcome else None,
        "reason": without_advice(source.reason) or None,
    }


def _time(time: datetime | None) -> str | None:
    return iso(time) if time else None
