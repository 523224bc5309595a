"""The standing of every document, also of those with which something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tracker._support.containment import Failed, tried
from tracker.app import faults
from tracker.app.app import App, chosen
from tracker.app.last_publication import history_of_failed, last_known, last_unpublished
from tracker.app.session import Session, opened
from tracker.model import History
from tracker.publisher.without_texts import without_texts


def status(app: App, wanted: Sequence[str] = ()) -> list[History]:
    """Return the histories of documents without their texts; faults are in their standing."""
    with opened(app) as session:
        return _standing(session, wanted)


def _standing(session: Session, wanted: Sequence[str]) -> list[History]:
    given, failed = session.workspace, dict(last_unpublished(session.cache).failed)
    there = session.documents()
    refused = faults.unseen(there, given, public=False)
    others = {history.document.id: history for history in refused}
    meant = chosen([*there, *(other.document for other in others.values())], wanted)
    histories = []
    for document in (document for document in meant if document.id not in others):
        found = tried(document.id, partial(session.found, document))
        if isinstance(found, Failed):
            failed[document.id] = found
            known = last_known(session.cache, document, given)
            found = history_of_failed(session, document, known)
        # Without its texts, which would fill the memory where there are thousands.
        histories.append(without_texts(found))
    marked = faults.marked(histories, given, failed, public=False)
    return [*marked, *(others[document.id] for document in meant if document.id in others)]
