"""Documents that took another name: a new one is declared where an undeclared one was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tracker._support.containment import Failed, tried
from tracker.app.app import App
from tracker.archive.store import Archive
from tracker.importer import same_page
from tracker.model import LIVE, Document


@dataclass(frozen=True, slots=True)
class Rename:
    """A declared document that is read where another one was, which is no longer declared."""

    document: Document
    before: Document

    @property
    def sentence(self) -> str:
        """What is odd about the two, and what joins them."""
        old, new = self.before.id, self.document.id
        return (
            f"{new} is read where {old} was, which is no longer declared; if they are one text, "
            f'write "was": "{old}" into the declaration of {new}, and its history goes on'
        )


def say_renames(app: App) -> None:
    """Say, before their first visit, which documents may be others under another name."""
    with app.workspace.open_archive() as archive:
        for one in renames(archive, app.workspace.declared.documents):
            if not archive.captures(one.document.id):
                app.progress.note(f"{one.sentence}.")


def renames(archive: Archive, declared: Sequence[Document]) -> Iterator[Rename]:
    """Yield the documents that may be others under another name, and do not say so."""
    known = {name for document in declared for name in (document.id, *document.was)}
    for before in archive.documents():
        if before.id in known:
            continue
        pages = tried(before.id, partial(_pages, archive, before.id))
        if isinstance(pages, Failed):
            continue
        for document in declared:
            if any(same_page(page, source.url) for page in pages for source in document.sources):
                yield Rename(document, before)


def _pages(archive: Archive, document: str) -> list[str]:
    """Return the addresses of the last visit to a document."""
    live = [c for c in archive.captures(document) if c.via == LIVE and c.asked_url]
    return [c.asked_url or "" for c in live if c.time == live[-1].time]
