"""The archive and what was derived from it before, opened together by one command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial

from tracker._support.cache import TEXTS, DerivedCache, key_of
from tracker._support.containment import Failed, tried
from tracker.app.app import App, chosen
from tracker.app.readings import place_of, read_anew, reader_of
from tracker.app.workspace import Workspace
from tracker.archive.published import by_document, load_published
from tracker.archive.store import Archive
from tracker.config.topics import FILE as TOPICS
from tracker.errors import TrackerError
from tracker.history import (
    Reader,
    completed,
    decisive,
    identified,
    in_order,
    judged,
    texts,
    without_repeats,
)
from tracker.history.observations import groups
from tracker.importer import same_page
from tracker.model import (
    LIVE,
    MOVED,
    Capture,
    Document,
    History,
    PublishedVersion,
    Reading,
    Source,
    Texts,
)

#: After so many new captures of a document, those that remain of all are remembered again.
_MANY = 40


@dataclass(frozen=True, slots=True)
class Case:
    """A document with its captures in order; those from which nothing follows may be left out.

    `kept` are the bodies that are kept of those that decide. `key` stands for all that its texts
    follow from, `code` for that without the captures. `expect` is how long the text may go unseen,
    where that is declared.
    """

    document: Document
    captures: tuple[Capture, ...]
    kept: frozenset[str]
    key: str
    code: str
    expect: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """Texts as they are remembered, with the `code` of their case."""

    texts: Texts
    code: str


@dataclass(frozen=True, slots=True)
class Looked:
    """The captures of a document, thinned, of the first `size` of the log; `chain` is its head."""

    size: int
    chain: str
    captures: tuple[Capture, ...]


_NOTHING = Looked(0, "", ())


class Session:
    """The archive of a workspace, read only, with what was derived from it before.

    Of each log only so many first rows are read as `sizes` say (which may be set later), all of
    those it does not name. `anew` takes every capture, also those from which nothing follows.
    """

    def __init__(
        self,
        workspace: Workspace,
        archive: Archive,
        cache: DerivedCache,
        sizes: Mapping[str, int] | None = None,
        *,
        anew: bool = False,
    ) -> None:
        self._anew = anew
        self.workspace = workspace
        self.archive = archive
        self.cache = cache
        self.sizes = sizes or {}

    def documents(self) -> list[Document]:
        """Return what is declared, and what was recorded before without being declared now."""
        recorded = self.archive.documents(self.sizes.get("documents"))
        known = {d.id: d for d in recorded}
        declared = {d.id: d for d in self.workspace.declared.documents}
        for name in known.keys() - declared.keys():
            if any(refusal.concerns(name) for refusal in self.workspace.refusals):
                known[name] = replace(known[name], sources=self._last_asked(name))
            elif self.archive.was_visited(name):
                known[name] = replace(known[name], ended=True)
        for name, became in self._gone_on().items():
            if name in known:
                known[name] = replace(known[name], became=became)
        known |= declared
        return [known[name] for name in sorted(known)]

    def _gone_on(self) -> dict[str, str]:
        """Return what documents are called now that had other names, by their earlier ones."""
        declared = self.workspace.declared.documents
        return {name: document.id for document in declared for name in document.was}

    def _last_asked(self, name: str) -> tuple[Source, ...]:
        """Return a document's pages at the last visit: as it was declared before it was refused."""
        captures = tried(name, lambda: self.archive.captures(name, self.sizes.get("captures")))
        live = [] if isinstance(captures, Failed) else [c for c in captures if c.via == LIVE]
        last = (c.source for c in live if c.time == live[-1].time and c.source)
        return tuple(dict.fromkeys(last))

    def case(self, document: Document) -> Case:
        """Return a document with what was captured of it."""
        captures = tuple(judged(self._captures(document), document))
        runs = decisive(captures)
        # A text is read from its own body while that is kept, and else from one that reads alike.
        kept = self.archive.kept(c.body for run in runs for c in run.first if c.body)
        code = key_of(TEXTS, document, self.workspace.topics)
        expect = self.workspace.sources.of(document.id).expect
        return Case(document, captures, kept, key_of((), code, runs, sorted(kept)), code, expect)

    def _captures(self, document: Document) -> tuple[Capture, ...]:
        """Return what was captured of a document, as far as anything follows from it.

        It goes on from the last look under an earlier name; all before that stays under that name.
        """
        own = self._own_captures(document)
        earlier = [look for name in document.was for look in self._last_look(name)]
        before = in_order((c for c in earlier if not own or c.time < own[0].time), document)
        is_old = partial(_is_at, document.moved)
        return tuple(_moved(c) if c in before or is_old(c) else c for c in (*before, *own))

    def _last_look(self, name: str) -> tuple[Capture, ...]:
        """Return the last good look at a document that is called otherwise now."""
        captures = self.archive.captures(name, self.sizes.get("captures"))
        usual = in_order((c for c in captures if not c.is_preview), Document(name, "", "", "", ()))
        return ([*groups(usual)] or [()])[-1]

    def _own_captures(self, document: Document) -> tuple[Capture, ...]:
        """Return what was captured of a document under its own name.

        A page that is looked at every hour has as many captures as there are hours, so from time to
        time those that remain are remembered. A proof takes all of them.
        """
        size = self.sizes.get("captures")
        if self._anew or self.archive.verdicts.concern(document.id):
            every = self.archive.verdicts.applied(self.archive.captures(document.id, size))
            return tuple(in_order(every, document))
        name, key = f"looks {document.id}", key_of(TEXTS, document)
        known = self._looked(name, key)
        more = self.archive.captures(document.id, size, known.size)
        if known.captures and any(c.time <= known.captures[-1].time for c in more):
            # Something of the past was imported.
            known, more = _NOTHING, self.archive.captures(document.id, size)
        found = tuple(without_repeats([*known.captures, *in_order(more, document)]))
        if size and len(more) >= _MANY:
            self.cache.put(name, key, Looked(size, self.archive.chain(size), found))
        return found

    def _looked(self, name: str, key: str) -> Looked:
        """Return what is remembered, if this very log begins with it and is to be read so far."""
        found, size = self.cache.get(name, key, Looked), self.sizes.get("captures")
        if found is None or (size is not None and size < found.size):
            return _NOTHING
        return found if self.archive.chain(found.size) == found.chain else _NOTHING

    def texts(self, case: Case) -> Texts:
        """Return what a document is found to have said, derived only as far as need be."""
        found = self.known(case)
        if found is None:
            topics, earlier = self.workspace.topics, self.earlier(case)
            found = texts(case.document, case.captures, self.reader, topics, earlier)
            self.remember(case, found)
        return found

    def known(self, case: Case) -> Texts | None:
        """Return the texts of a document if they were derived before."""
        found = self.cache.get(case.document.id, case.key, _Told)
        return found.texts if found else None

    def earlier(self, case: Case) -> Texts | None:
        """Return what the same code derived of a document from other captures."""
        found = self.cache.last(case.document.id, _Told)
        return found.texts if found and found.code == case.code else None

    def remember(self, case: Case, found: Texts) -> None:
        self.cache.put(case.document.id, case.key, _Told(found, case.code))

    @cached_property
    def _published(self) -> Mapping[str, tuple[PublishedVersion, ...]]:
        size = self.sizes.get("captures", self.archive.counts()[0])
        return by_document(p for p in load_published(self.workspace.published) if p.size <= size)

    def published(self, document: Document) -> tuple[PublishedVersion, ...]:
        """Return what was published of a document, as far as the log is read."""
        return self._published.get(document.id, ())

    def history(self, case: Case) -> History:
        """Return all that follows from the captures of a document."""
        found = completed(case.document, case.captures, self.texts(case), case.expect)
        return identified(found, self.published(case.document), self.workspace.topics)

    def found(self, document: Document) -> History:
        """Return all that follows from what was captured of a document."""
        return self.history(self.case(document))

    def bodies(self, capture: Capture) -> tuple[bytes, str]:
        return self.archive.readable(capture)

    @cached_property
    def reader(self) -> Reader:
        return reader_of(self.bodies, self._read)

    def _read(self, capture: Capture, body: bytes, media: str) -> Reading:
        name, key = place_of(capture, body, media)
        found = self.cache.get(name, key, Reading)
        if found is None:
            found = read_anew(capture, body, media)
            self.cache.put(name, key, found)
        return found


def _is_at(addresses: Sequence[str], capture: Capture) -> bool:
    return any(same_page(capture.asked_url or "", address) for address in addresses)


def _moved(capture: Capture) -> Capture:
    """Return a capture that says that its text has moved, by the operator's word."""
    return replace(capture, facts=(*capture.facts, (MOVED, "yes")))


@contextmanager
def opened(
    app: App, *, write: bool = False, anew: bool = False, sizes: Mapping[str, int] | None = None
) -> Iterator[Session]:
    """Open a session for as long as the block lasts.

    What is derived is remembered only with `write`; `anew` leaves aside what was derived before.
    """
    cache = None if anew else app.workspace.cache
    with app.workspace.open_archive() as archive, DerivedCache(cache, write=write) as remembered:
        yield Session(app.workspace, archive, remembered, sizes, anew=anew)


def histories_of(app: App, wanted: Sequence[str] = (), *, anew: bool = False) -> list[History]:
    """Return the histories of the documents `wanted` (all if none is named).

    `anew` uses nothing that was derived before: for what has to be proved. One that cannot be
    derived is named and left out; TrackerError is raised where it was `wanted`.
    """
    given, histories = app.workspace, list[History]()
    app.name_refusals(given.refusals_of(TOPICS), fails=bool(given.unknown))
    with opened(app, anew=anew) as session:
        for document in chosen(session.documents(), wanted):
            found = tried(document.id, partial(session.found, document))
            if isinstance(found, History):
                histories.append(found)
            elif wanted:
                raise TrackerError(found.reason)
            else:
                app.complain(found.reason, trace=found.trace)
    return histories
