"""The names of feeds: topics, editions and documents share them, and each must mean one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.config import topics
from tracker.config.declarations import Declared
from tracker.config.validation import Refusal, quoted
from tracker.errors import DeclarationError
from tracker.model import Document, Settings, Topic, service_of


def admitted(declared: Declared, watched: Sequence[Topic] = ()) -> Declared:
    """Refuse documents whose feeds would have the name of another feed.

    Other feeds are those that every site has, and those of the topics `watched`.
    """
    refusals = tuple(r for d in declared.documents if (r := _clash(d, watched)))
    out = {refusal.document.id for refusal in refusals}
    kept = tuple(document for document in declared.documents if document.id not in out)
    return replace(declared, documents=kept, refusals=(*declared.refusals, *refusals))


def _clash(document: Document, watched: Sequence[Topic]) -> Refusal | None:
    file = f"declarations/{document.edition}"
    named = replace(document, sources=())
    if document.edition in topics.RESERVED:
        problem = "cannot name an edition: another feed or file has this name; rename it"
        return Refusal(file, (problem,), named)
    for topic in watched:
        if topic.id in _feeds(document):
            problem = f"{document.id} has the name of the topic {quoted(topic.id)}; rename it"
            return Refusal(file, (problem,), named)
    return None


def _feeds(document: Document) -> tuple[str, str]:
    return document.edition, service_of(document.id)


def check_topics(declared: Declared, watched: Sequence[Topic]) -> None:
    """Raise DeclarationError naming every topic that has the name of a document's feed."""
    editions = {d.edition for d in declared.documents}
    taken = {name for d in declared.documents for name in _feeds(d)}
    clashes = [topic.id for topic in watched if topic.id in taken]
    whose = {name: "an edition" if name in editions else "a service" for name in clashes}
    problems = [f'"{n}" is also the name of {whose[n]}; choose another one' for n in clashes]
    if problems:
        raise DeclarationError(topics.FILE, *problems)


def no_feeds(declared: Declared, watched: Sequence[Topic], wanted: Settings) -> tuple[str, ...]:
    """Return names under [notify] that no feed has: such a notification would never come."""
    named = [*declared.documents, *(refusal.document for refusal in declared.refusals)]
    known = {"all", "upcoming", "status", "weekly", *(topic.id for topic in watched)}
    known |= {name for d in named for name in (d.id, *_feeds(d))}
    known |= {f"{_feeds(d)[1]}/{topic.id}" for d in named for topic in watched}
    return tuple(
        name
        for name, _ in wanted.notify
        if name not in known and not any(r.concerns(name) for r in declared.refusals)
    )
