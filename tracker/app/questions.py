"""Which topics and documents names mean, where several may be meant by one."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.app.app import App
from tracker.app.session import histories_of, opened
from tracker.config.declarations import find as find_document
from tracker.config.topics import find as find_topic
from tracker.errors import UsageError
from tracker.model import Document, History, Topic, service_of


def asked(app: App, names: Sequence[str]) -> tuple[tuple[Topic, ...], list[History]]:
    """Find the topics and the histories that names mean; all where there are none.

    A name is that of a service, of an edition, any unambiguous part of a document's, or it means
    a topic. Raises UsageError for a name that is nothing of the kind.
    """
    topics, documents = app.workspace.topics, _known(app)
    named, wanted = list[Topic](), list[str]()
    for name in names:
        if topic := _topic(topics, documents, name):
            named.append(topic)
        else:
            wanted += _meant(documents, name)
    found = tuple(topic for topic in topics if topic in named)
    return found or topics, histories_of(app, wanted)


def histories_meant(app: App, names: Sequence[str]) -> list[History]:
    """Find the histories that names of documents, services and editions mean; all where there are
    no names.
    """
    documents = _known(app) if names else []
    return histories_of(app, [found for name in names for found in _meant(documents, name)])


def _known(app: App) -> list[Document]:
    with opened(app) as session:
        return session.documents()


def _topic(topics: Sequence[Topic], documents: Sequence[Document], name: str) -> Topic | None:
    """Return the topic that a name means, unless it means documents."""
    if name in {topic.id for topic in topics}:
        return find_topic(topics, name)
    if _of_one_kind(documents, name):
        return None
    try:
        find_document(documents, name)
    except UsageError as no_document:
        try:
            return find_topic(topics, name)
        except UsageError:
            if not any(name.strip().casefold() in document.id for document in documents):
                ids = " or ".join(topic.id for topic in topics)
                said = str(no_document).replace("No document", "No document or topic", 1)
                raise UsageError(f"{said} Topics are {ids}.") from no_document
    return None


def _meant(documents: Sequence[Document], name: str) -> list[str]:
    return [document.id for document in _of_one_kind(documents, name)] or [name]


def _of_one_kind(documents: Sequence[Document], name: str) -> list[Document]:
    """Return the documents of a service or an edition."""
    wanted = name.strip().casefold()
    return [d for d in documents if wanted in {service_of(d.id), d.edition}]
