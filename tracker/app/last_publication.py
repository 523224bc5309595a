"""Knowledge of the last publication, for documents that cannot be derived now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker._support.cache import ABSTRACTS, DerivedCache, key_of
from tracker._support.containment import Failed, tried
from tracker.app import faults
from tracker.app.session import Case, Session
from tracker.app.workspace import Workspace
from tracker.history import outages, standing_of
from tracker.model import Document, History

if TYPE_CHECKING:
    from tracker.publisher import DocumentSummary

_UNPUBLISHED = "unpublished"
_READ_BY = ("_support/containment.py", "app/last_publication.py")


@dataclass(frozen=True, slots=True)
class Short:
    """An abstract as it is remembered; `shape` stands for what it can be read by."""

    abstract: DocumentSummary
    shape: str


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The failures of the last publication, by document."""

    failed: tuple[tuple[str, Failed], ...] = ()


def remember_unpublished(cache: DerivedCache, failed: Mapping[str, Failed]) -> None:
    """Remember which documents could not be derived for the publication."""
    unpublished = Unpublished(tuple(failed.items()))
    if last_unpublished(cache) != unpublished:
        cache.put(_UNPUBLISHED, key_of(_READ_BY), unpublished)


def last_unpublished(cache: DerivedCache) -> Unpublished:
    """Return the failures of the last publication, as far as they are remembered."""
    return cache.get(_UNPUBLISHED, key_of(_READ_BY), Unpublished) or Unpublished()


def last_known(cache: DerivedCache, document: Document, given: Workspace) -> DocumentSummary | None:
    """Return a document's abstract as it was last derived, if today's code can read it."""
    short = cache.last(f"abstract {document.id}", Short)
    return short.abstract if short and short.shape == shape_of(given) else None


def history_of_failed(
    session: Session, document: Document, known: DocumentSummary | None
) -> History:
    """Return the history of a document that cannot be derived: as last `known`, standing as now."""
    history = known.history if known else faults.unknown(document)
    stands = tried(document.id, lambda: as_it_stands(history, session.case(document), "", ""))
    return history if isinstance(stands, Failed) else stands


def shape_of(given: Workspace) -> str:
    """Return the key of what abstracts can be read by."""
    return key_of(ABSTRACTS, [topic.id for topic in given.topics])


def as_it_stands(history: History, case: Case, waiting: str, counters: str) -> History:
    """Return the history of a document as it stands after its last look."""
    usual = [c for c in case.captures if not c.is_preview]
    stands = standing_of(case.document, usual, waiting, case.expect, counters)
    return replace(
        history, standing=stands, outages=tuple(outages(usual, case.expect, case.document.pages))
    )
