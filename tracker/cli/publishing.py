"""Writing feeds/ from data/: what no new capture touches is neither derived nor written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import click

from tracker._support.atomic_folder import Fingerprint, StagingTree, exchanged
from tracker._support.cache import ABSTRACTS, PAGES, DerivedCache, key_of
from tracker._support.containment import Failed, tried
from tracker._support.lock import held_folder
from tracker.app.derive import Derived, Job, RemoteJob, derive, derive_remote, picture, remote_job
from tracker.app.workers import Workers, lost_worker
from tracker.app.workspace import Workspace
from tracker.cli import faults, logs
from tracker.cli.app import App, show
from tracker.cli.checkpoints import (
    Sealed,
    heads_of,
    keep,
    new_checkpoint,
    newest_stamp,
    one_past,
    public_key,
)
from tracker.cli.session import Case, Session, opened
from tracker.errors import TrackerError
from tracker.evidence import Fork
from tracker.history import standing
from tracker.history.outages import outages
from tracker.model import Correction, Document, History, Settings
from tracker.publisher import (
    DocumentSummary,
    FileGroup,
    GivenUp,
    Services,
    Timestamp,
    orphaned_corrections,
    site_files,
    status_files,
)
from tracker.publisher import (
    urls as places,
)
from tracker.publisher.data.sqlite import sqlite_file
from tracker.publisher.template_cache import keep_compiled

#: Where the newest timestamp is published.
STAMPED = "status/checkpoint-stamped.tsr"
#: What says how documents stand, which may have been published before one of them failed.
_STANDING = ("status/index.", "status.", "archive/status/")
_UNPUBLISHED_LAST, _READ_BY = "unpublished", ("contained.py",)
_UNPUBLISHED = (
    "Note: links in feeds and citations lead to http://localhost:8000/ (`tracker serve`) until "
    "data/settings.toml says in site_url where feeds/ is published."
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the log held when it was published, its newest timestamp, and what was given up."""

    checkpoint: str
    stamped: Sealed | None = None
    forks: tuple[Fork, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of files that were made together, the `marks` of all of them.

    Of a document also what its status follows from; its abstract is remembered by itself.
    """

    marks: Mapping[str, Fingerprint]
    history: History | None = None
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Short:
    """An abstract as it is remembered; `shape` stands for what it can be read by."""

    abstract: DocumentSummary
    shape: str


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What could not be published anew the last time, by document."""

    failed: tuple[tuple[str, Failed], ...] = ()


def publish_all(
    app: App,
    *,
    note: bool = True,
    others: Workers | None = None,
    accept_fork: bool = False,
    fails: bool = True,
) -> None:
    """Write feeds/ from data/ and say how much of it changed; `note` what is not set yet.

    Documents are derived by `others`, or else here. All that cannot be accepted or derived is
    named; with `fails` the former, too, is told by the exit status. Raises Forked where the log
    contradicts what was given out before, unless that is accepted.
    """
    workspace = app.workspace
    app.name_refusals(workspace.refusals, fails=fails)
    if workspace.unknown:
        raise TrackerError(workspace.unknown)
    keep_compiled()
    with held_folder(app.root), opened(app, write=True) as session:
        heads = heads_of(session.archive)
        # What is recorded meanwhile is for the next publication.
        session.sizes = {log: head.size for log, head in heads.items()}
        past = one_past(app, session.archive, heads, accept=accept_fork)
        stamped = newest_stamp(app, heads["captures"].size)
        proof = Proof(new_checkpoint(workspace, heads), stamped, past.forks)
        with exchanged(workspace.feeds) as fresh:
            _Publication(app, session, fresh, proof).write(others)
            keep(app, proof.checkpoint, heads, past)
        workspace.remember(session.cache)
    if not workspace.settings.site_url and note:
        click.echo(_UNPUBLISHED)
    changed, files = fresh.changed, len(fresh.names)
    logs.event("published", folder=str(workspace.feeds), changed=changed, files=files)
    how = f", one by one, because {fresh.hindrance}" if fresh.hindrance and changed else ""
    click.echo(f"{workspace.feeds}: {changed} of {files} files changed{how}")


class Rederived:
    """All files of feeds/ as they follow from data/, with nothing that was derived before.

    Of a document that cannot be derived there is none. It has `failed`, and is in the files of the
    whole site as it is remembered in `cache`; without that, those are `unsure`.
    """

    def __init__(self, session: Session, proof: Proof, cache: DerivedCache) -> None:
        self._session = session
        self._proof = proof
        self._cache = cache
        self.failed: dict[str, Failed] = {}
        self.unsure = False

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The files by their paths; afterwards it is known what has `failed`."""
        session, given = self._session, self._session.workspace
        abstracts, histories = [], []
        for document in session.documents():
            found = tried(document.id, partial(self._derived, document))
            if isinstance(found, Failed):
                self.failed[document.id] = found
                known = last_known(self._cache, document, given)
                self.unsure |= known is None
                abstracts += [known] if known else []
            else:
                derived, history = found
                yield from derived.part.files.items()
                abstracts.append(derived.part.abstract)
                histories.append(history)
        rim = _rim(self._proof)
        for lot in site_files(abstracts, given.topics, given.settings, given.corrections, rim):
            yield from lot.make()
        yield from _status(session, histories, self._proof, self.failed)

    def _derived(self, document: Document) -> tuple[Derived, History]:
        session = self._session
        case = session.case(document)
        found = derive(_job(session, case), session.bodies, session.reader)
        return found, _as_it_stands(found.part.abstract.history, case, found.texts.waiting)

    def leaves_open(self, path: str) -> bool:
        """Whether it is not known how a file should be: one that follows from what has failed."""
        if not self.failed:
            return False
        if path.startswith(_STANDING):
            return True
        whose = places.document_of(path)
        return whose in self.failed if whose else self.unsure


@dataclass(frozen=True, slots=True)
class _Work:
    """A document that has to be derived; its part will be known again by `key`."""

    case: Case
    key: str
    job: Job


class _Publication:
    """One publication on its way into a fresh folder."""

    def __init__(self, app: App, session: Session, fresh: StagingTree, proof: Proof) -> None:
        self._app = app
        self._session = session
        self._fresh = fresh
        self._proof = proof
        self._keys: dict[str, str] = {}
        self._derived: dict[str, DocumentSummary] = {}
        self._histories: list[History] = []
        self._failed: dict[str, Failed] = {}
        self._without: list[History] = []  # of these no page was ever published

    def write(self, others: Workers | None) -> None:
        for work, found in _derived(self._session, self._work(), others):
            if isinstance(found, Failed):
                self._keep(work.case.document, found)
            else:
                self._put(work, found)
        show("")
        _name_strays(self._session.workspace.corrections, self._histories, self._failed)
        self._whole()
        found_now = _status(
            self._session, self._histories, self._proof, self._failed, self._without
        )
        for name, data in found_now:
            self._fresh.write(name, data)
        unpublished = Unpublished(tuple(self._failed.items()))
        if last_unpublished(self._session.cache) != unpublished:
            self._session.cache.put(_UNPUBLISHED_LAST, key_of(_READ_BY), unpublished)

    def _work(self) -> Iterator[_Work]:
        """What has to be derived; all else is kept as it stands."""
        documents = self._session.documents()
        for n, document in enumerate(documents, 1):
            show(f"[{n}/{len(documents)}] deriving {document.id} …")
            found = tried(document.id, partial(self._work_on, document))
            if isinstance(found, Failed):
                self._keep(document, found)
            elif found:
                yield found

    def _work_on(self, document: Document) -> _Work | None:
        """What is to be done for a document; None where all is kept as it stands."""
        case = self._session.case(document)
        job = _job(self._session, case)
        key = key_of(PAGES, case.key, job.settings, job.corrections, job.pictures)
        self._keys[document.id] = key
        kept = self._session.cache.get(f"part {document.id}", key, Kept)
        if kept and kept.history and self._fresh.keep(kept.marks):
            self._histories.append(_as_it_stands(kept.history, case, kept.waiting))
            return None
        known = self._session.known(case)
        earlier = None if known else self._session.earlier(case)
        return _Work(case, key, replace(job, texts=known, earlier=earlier))

    def _keep(self, document: Document, failed: Failed) -> None:
        """Keep what was published of a document that cannot be derived, and name it."""
        self._blame(document, failed)
        self._fresh.keep_published(lambda name: places.document_of(name) == document.id)
        known = last_known(self._session.cache, document, self._session.workspace)
        shown = history_of_failed(self._session, document, known)
        has_page = f"{places.document_page(document.id)}index.html" in self._fresh.names
        (self._histories if has_page else self._without).append(shown)
        self._keys[document.id] = "failed, known" if known else "failed"
        if known:
            self._derived[document.id] = known

    def _blame(self, document: Document, failed: Failed) -> None:
        self._failed[document.id] = failed
        self._keys[document.id] = "failed"
        self._app.complain(failed.reason, document=document.id, trace=failed.trace)

    def _put(self, work: _Work, found: Derived) -> None:
        marks = {name: self._fresh.write(name, data) for name, data in found.part.files.items()}
        abstract, waiting, name = found.part.abstract, found.texts.waiting, work.case.document.id
        self._session.remember(work.case, found.texts)
        kept = Kept(marks, abstract.history, waiting)
        self._session.cache.put(f"part {name}", work.key, kept)
        short = Short(abstract, _shape(self._session.workspace))
        self._session.cache.put(f"abstract {name}", work.key, short)
        self._derived[name] = abstract
        self._histories.append(_as_it_stands(abstract.history, work.case, waiting))

    def _abstract(self, document: Document) -> DocumentSummary | None:
        """That of a document, which is needed only where the whole is made."""
        name, cache = document.id, self._session.cache
        if name in self._derived or name in self._failed:
            return self._derived.get(name)
        if short := cache.get(f"abstract {name}", self._keys[name], Short):
            return short.abstract
        found = tried(name, partial(self._derived_again, document))
        if isinstance(found, Failed):
            self._blame(document, found)
            return None
        return found

    def _derived_again(self, document: Document) -> DocumentSummary:
        job = _job(self._session, self._session.case(document))
        return derive(job, self._session.bodies, self._session.reader).part.abstract

    def _whole(self) -> None:
        """What is of no single document: of it too, only what follows from something new."""
        given, rim = self._session.workspace, _rim(self._proof)

        def made() -> dict[str, Fingerprint]:
            found = map(self._abstract, self._session.documents())
            abstracts = [abstract for abstract in found if abstract]
            lots = site_files(abstracts, given.topics, _site(given), given.corrections, rim)
            return {n: m for lot in lots for n, m in self._lot(lot).items()}

        self._kept("whole", self._everything, made)

    def _everything(self) -> object:
        """All that the whole follows from; that a document is found to fail is part of it."""
        given = self._session.workspace
        return sorted(self._keys.items()), given.topics, _site(given), given.corrections

    def _lot(self, lot: FileGroup) -> Mapping[str, Fingerprint]:
        def follows() -> object:
            return self._everything() if lot.follows is None else lot.follows

        def made() -> dict[str, Fingerprint]:
            return {name: self._fresh.write(name, data) for name, data in lot.make()}

        return self._kept(f"lot {lot.name}", follows, made)

    def _kept(
        self,
        name: str,
        follows: Callable[[], object],
        made: Callable[[], Mapping[str, Fingerprint]],
    ) -> Mapping[str, Fingerprint]:
        """The files that were made of this before, kept; or else as they are `made` now."""
        kept = self._session.cache.get(name, key_of(PAGES, follows()), Kept)
        if kept and self._fresh.keep(kept.marks):
            return kept.marks
        marks = made()
        # Not by the key from before: a document may have failed only now.
        self._session.cache.put(name, key_of(PAGES, follows()), Kept(marks))
        return marks


def _derived(
    session: Session, work: Iterable[_Work], others: Workers | None
) -> Iterator[tuple[_Work, Derived | Failed]]:
    """All work done, by others where there are any; what fails fails alone."""

    def done(one: _Work) -> Derived | Failed:
        do = partial(derive, one.job, session.bodies, session.reader)
        return tried(one.case.document.id, do)

    def packed(one: _Work) -> RemoteJob | Failed:
        do = partial(remote_job, one.job, one.case.kept, session.bodies)
        return tried(one.case.document.id, do)

    if others is None:
        return ((one, done(one)) for one in work)
    return others.each(derive_remote, work, packed, lambda one: lost_worker(one.case.document.id))


def last_unpublished(cache: DerivedCache) -> Unpublished:
    """What could not be published anew the last time, as far as that is remembered."""
    return cache.get(_UNPUBLISHED_LAST, key_of(_READ_BY), Unpublished) or Unpublished()


def last_known(cache: DerivedCache, document: Document, given: Workspace) -> DocumentSummary | None:
    """The abstract of a document as it was last derived, if today's code can read it."""
    short = cache.last(f"abstract {document.id}", Short)
    return short.abstract if short and short.shape == _shape(given) else None


def history_of_failed(
    session: Session, document: Document, known: DocumentSummary | None
) -> History:
    """What can be told of a document that cannot be derived: as last `known`, as it stands now."""
    history = known.history if known else faults.unknown(document)
    stands = tried(document.id, lambda: _as_it_stands(history, session.case(document), ""))
    return history if isinstance(stands, Failed) else stands


def _shape(given: Workspace) -> str:
    return key_of(ABSTRACTS, [topic.id for topic in given.topics])


def _job(session: Session, case: Case) -> Job:
    given = session.workspace
    mine = tuple(c for c in given.corrections if c.document == case.document.id)
    return Job(
        document=case.document,
        captures=case.captures,
        topics=given.topics,
        settings=_site(given),
        corrections=mine,
        pictures=picture() is not None,
    )


def _site(given: Workspace) -> Settings:
    """Of the settings only what pages follow from: no other is a reason to make them anew."""
    return Settings(site_url=given.settings.site_url)


def _as_it_stands(history: History, case: Case, waiting: str) -> History:
    """The history of a document as it stands after its last look."""
    stands = standing(case.captures, waiting)
    return replace(history, standing=stands, outages=tuple(outages(case.captures)))


def _rim(proof: Proof) -> Services:
    stamped = proof.stamped
    told = stamped and Timestamp(stamped.stamp.note.size, stamped.seal.time, stamped.seal.authority)
    return Services(
        database=sqlite_file,
        picture=picture(),
        checkpoint=proof.checkpoint,
        timestamp=told or None,
        given_up=tuple(_given_up(fork) for fork in proof.forks),
    )


def _given_up(fork: Fork) -> GivenUp:
    note = fork.given.note
    return GivenUp(fork.accepted, note.size, note.body.splitlines()[2])


def _status(
    session: Session,
    histories: Sequence[History],
    proof: Proof,
    failed: Mapping[str, Failed],
    without: Sequence[History] = (),
) -> Iterator[tuple[str, bytes]]:
    """What every publication writes: how all documents stand, and what the log held.

    Those that have `failed` are marked; `without` are those that have no page.
    """
    given = session.workspace
    declared, refusals = given.declared.documents, given.refusals
    shown, others = (
        list(faults.marked(some, declared, refusals, failed, public=True))
        for some in (histories, without)
    )
    others += faults.unseen([*histories, *without], declared, refusals, public=True)
    yield from status_files(shown, given.topics, given.settings, _rim(proof), others)
    if proof.checkpoint:
        yield "status/checkpoint", proof.checkpoint.encode()
    if key := proof.checkpoint and public_key(given):
        yield "status/key", f"{key}\n".encode()
    if proof.stamped:
        yield "status/checkpoint-stamped.txt", proof.stamped.stamp.text.encode()
        yield STAMPED, proof.stamped.stamp.token


def _name_strays(
    corrections: Sequence[Correction], histories: Sequence[History], failed: Mapping[str, Failed]
) -> None:
    for stray in orphaned_corrections(corrections, histories):
        if stray.document in failed:
            continue
        seen = stray.first_seen.isoformat()
        problem = f"there is no revision of {stray.document} first seen at {seen}"
        click.echo(f"corrections.toml: {problem}; `tracker log --json` has them all", err=True)
