"""Visits to the declared documents, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from tracker._support.containment import Failed, tried
from tracker.app.app import App, watched
from tracker.app.catching_up import ArchiveRun
from tracker.app.internet_archive import PublicArchive
from tracker.app.network import fetcher
from tracker.app.visits import Visit, interleaved, visit, with_preview
from tracker.archive.store import Archive
from tracker.config.settings import FILE as SETTINGS
from tracker.config.sources import FILE as SOURCES
from tracker.fetcher import HostMemory
from tracker.history import in_order, judged, standing_of
from tracker.model import Document, Outcome, Standing

_FINE = {Outcome.GOOD, Outcome.ANSWERED}


def fetch(
    app: App, wanted: Sequence[str] = (), *, force: bool = False, hosts: Sequence[str] = ()
) -> Iterator[Visit]:
    """Visit the `wanted` documents, all where there are no names; yield each visit once on disk.

    `force` visits also what was visited lately; private `hosts` are allowed to be fetched. A
    document with which anything else goes wrong is named, and the others are visited.
    """
    documents = _documents(app, wanted)
    settings = app.workspace.settings
    memory = HostMemory(app.workspace.hosts)
    if force:
        memory.forget_robots()
    with (
        app.workspace.open_archive(write=True) as archive,
        fetcher(app, hosts, memory=memory) as asking,
    ):
        found = PublicArchive(asking, settings.wayback_url, app.now)
        public = ArchiveRun(found, archive, force) if settings.stand_in else None
        for number, document in enumerate(documents, 1):
            app.progress.doing(f"[{number}/{len(documents)}] fetching {document.id} …")
            ranks = app.workspace.sources.of(document.id).read
            do = partial(visit, document, asking, archive, app.now, force=force)
            visited = tried(document.id, partial(do, public=public, ranks=ranks))
            if isinstance(visited, Visit) and not visited.is_read:
                visited = replace(visited, standing=_standing(app, archive, document))
            memory.save(app.now)
            app.progress.doing("")
            if isinstance(visited, Failed):
                app.complain(visited.reason, document=document.id, trace=visited.trace)
            else:
                _log(app, visited)
                yield visited
        if public and public.trouble:
            app.progress.note(f"The Internet Archive did not answer as it should: {public.trouble}")


def _standing(app: App, archive: Archive, document: Document) -> Standing:
    """Return how a document stands after what was just recorded of it."""
    seen = archive.verdicts.applied(archive.captures(document.id))
    expect = app.workspace.sources.of(document.id).expect
    return standing_of(document, judged(in_order(seen, document), document), "", expect)


def is_cut_off(app: App, visits: Sequence[Visit]) -> bool:
    """Return whether no page could be reached in several `visits`, nor ever was before."""
    looked = [capture for visited in visits for capture in visited.captures]
    if len(visits) < 2 or any(c.outcome is not Outcome.UNREACHABLE for c in looked):
        return False
    with app.workspace.open_archive() as archive:
        known = (archive.captures(visited.document.id) for visited in visits)
        return not any(c.outcome is Outcome.GOOD for captures in known for c in captures)


def _documents(app: App, wanted: Sequence[str]) -> list[Document]:
    """Return the documents to visit in their order, and say what is odd about declarations."""
    workspace = app.workspace
    for remark in workspace.declared.remarks:
        app.progress.note(remark)
    app.name_refusals(workspace.refusals_of(SETTINGS))
    app.name_refusals(workspace.refusals_of(SOURCES))
    declared = interleaved(watched(app, wanted))
    if not (workspace.declared.documents or workspace.declared.refusals):
        app.progress.note("data/declarations declares no document; nothing is visited.")
    previews = {name: one.preview for name, one in workspace.sources.documents if one.preview}
    previews |= dict(workspace.settings.previews)
    return [with_preview(document, previews) for document in declared]


def _log(app: App, visited: Visit) -> None:
    """Log the outcome of a visit page by page, or why it was not made."""
    event = app.progress.event
    if visited.skipped:
        event("skipped", document=visited.document.id, reason=visited.skipped)
    own = () if visited.skipped else visited.captures
    for capture in (*own, *(c for one in visited.caught for c in (*one.captures, one.look))):
        event(
            "visited",
            level=logging.INFO if capture.outcome in _FINE else logging.WARNING,
            document=capture.document,
            url=capture.asked_url,
            status=capture.status,
            outcome=capture.outcome.value,
            reason=capture.reason,
            body=capture.body,
            via=capture.via,
        )
