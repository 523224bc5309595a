"""Which topics and documents a question is about."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.app.app import App
from tracker.app.session import histories_of, opened
from tracker.model import Document, History, Topic


def asked(app: App, names: Sequence[str]) -> tuple[tuple[Topic, ...], list[History]]:
    """Find the topics and the histories that names mean; all where there are none.

    A name is that of a topic, of a service, of an edition, or any unambiguous part of a document's.
    """
    topics = app.workspace.topics
    named = tuple(topic for topic in topics if topic.id in names)
    others = [name for name in names if name not in {topic.id for topic in named}]
    return named or topics, histories_of(app, _documents(app, others))


def _documents(app: App, names: Sequence[str]) -> list[str]:
    """Put the documents of a service or an edition in the place of its name."""
    if not names:
        return []
    with opened(app) as session:
        documents = session.documents()
    return [found for name in names for found in _meant(documents, name)]


def _meant(documents: Sequence[Document], name: str) -> list[str]:
    wanted = name.strip().casefold()
    return [
        document.id
        for document in documents
        if wanted in {document.id.partition("/")[0], document.edition}
    ] or [name]
