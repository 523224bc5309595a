"""Writing feeds/ from data/: what no new capture touches is neither derived nor written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import click

from tracker.cli import logs
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
from tracker.compiled import keep_compiled
from tracker.database import database
from tracker.deriving import Derived, Job, derive, derive_sent, picture, sent
from tracker.evidence import Fork
from tracker.folder import Fresh, Mark, exchanged
from tracker.history import standing
from tracker.lock import held_folder
from tracker.model import Correction, Document, History, Settings
from tracker.outages import outages
from tracker.publisher import Abstract, GivenUp, Lot, Rim, Timestamp, status, strays, whole
from tracker.remembered import PAGES, key_of
from tracker.workers import Workers
from tracker.workspace import Workspace

#: Where the newest timestamp is published.
STAMPED = "status/checkpoint-stamped.tsr"
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

    marks: Mapping[str, Mark]
    history: History | None = None
    waiting: str = ""


def publish_all(
    app: App, *, note: bool = True, others: Workers | None = None, accept_fork: bool = False
) -> None:
    """Write feeds/ from data/ and say how much of it changed; `note` what is not set yet.

    Documents are derived by `others`, or else here. Raises Forked where the log contradicts what
    was given out before, unless that is accepted.
    """
    workspace = app.workspace
    keep_compiled()
    with held_folder(app.root), opened(app, write=True) as session:
        heads = heads_of(session.archive)
        # What is recorded meanwhile is for the next publication.
        session.sizes = {log: head.size for log, head in heads.items()}
        past = one_past(app, session.archive, heads, accept=accept_fork)
        stamped = newest_stamp(app, heads["captures"].size)
        proof = Proof(new_checkpoint(workspace, heads), stamped, past.forks)
        with exchanged(workspace.feeds) as fresh:
            _Publication(session, fresh, proof).write(others)
            keep(app, proof.checkpoint, heads, past)
    if not workspace.settings.site_url and note:
        click.echo(_UNPUBLISHED)
    changed, files = fresh.changed, len(fresh.names)
    logs.event("published", folder=str(workspace.feeds), changed=changed, files=files)
    how = f", one by one, because {fresh.hindrance}" if fresh.hindrance and changed else ""
    click.echo(f"{workspace.feeds}: {changed} of {files} files changed{how}")


def derived_anew(session: Session, proof: Proof) -> Iterator[tuple[str, bytes]]:
    """All files of feeds/ as they follow from data/, with nothing that was derived before."""
    given, abstracts, histories = session.workspace, [], []
    for case in session.cases():
        found = derive(_job(session, case), session.bodies, session.reader)
        yield from found.part.files.items()
        abstracts.append(found.part.abstract)
        history, waiting = found.part.abstract.history, found.texts.waiting
        histories.append(_as_it_stands(history, case, waiting))
    rim = _rim(proof)
    for lot in whole(abstracts, given.topics, given.settings, given.corrections, rim):
        yield from lot.make()
    yield from _status(session, histories, proof)


@dataclass(frozen=True, slots=True)
class _Work:
    """A document that has to be derived; its part will be known again by `key`."""

    case: Case
    key: str
    job: Job


class _Publication:
    """One publication on its way into a fresh folder."""

    def __init__(self, session: Session, fresh: Fresh, proof: Proof) -> None:
        self._session = session
        self._fresh = fresh
        self._proof = proof
        self._keys: dict[str, str] = {}
        self._derived: dict[str, Abstract] = {}
        self._histories: list[History] = []

    def write(self, others: Workers | None) -> None:
        for work, found in _derived(self._session, self._work(), others):
            self._put(work, found)
        show("")
        _name_strays(self._session.workspace.corrections, self._histories)
        self._whole()
        for name, data in _status(self._session, self._histories, self._proof):
            self._fresh.write(name, data)

    def _work(self) -> Iterator[_Work]:
        """What has to be derived; all else is kept as it stands."""
        documents = self._session.documents()
        for n, document in enumerate(documents, 1):
            show(f"[{n}/{len(documents)}] deriving {document.id} …")
            case = self._session.case(document)
            job = _job(self._session, case)
            key = key_of(PAGES, case.key, job.settings, job.corrections, job.pictures)
            self._keys[document.id] = key
            kept = self._session.cache.get(f"part {document.id}", key, Kept)
            if kept and kept.history and self._fresh.keep(kept.marks):
                self._histories.append(_as_it_stands(kept.history, case, kept.waiting))
            else:
                known = self._session.known(case)
                earlier = None if known else self._session.earlier(case)
                yield _Work(case, key, replace(job, texts=known, earlier=earlier))

    def _put(self, work: _Work, found: Derived) -> None:
        marks = {name: self._fresh.write(name, data) for name, data in found.part.files.items()}
        abstract, waiting, name = found.part.abstract, found.texts.waiting, work.case.document.id
        self._session.remember(work.case, found.texts)
        kept = Kept(marks, abstract.history, waiting)
        self._session.cache.put(f"part {name}", work.key, kept)
        self._session.cache.put(f"abstract {name}", work.key, abstract)
        self._derived[name] = abstract
        self._histories.append(_as_it_stands(abstract.history, work.case, waiting))

    def _abstract(self, document: Document) -> Abstract:
        """That of a document, which is needed only where the whole is made."""
        name, cache = document.id, self._session.cache
        found = self._derived.get(name) or cache.get(f"abstract {name}", self._keys[name], Abstract)
        if found is None:
            job = _job(self._session, self._session.case(document))
            found = derive(job, self._session.bodies, self._session.reader).part.abstract
        return found

    def _whole(self) -> None:
        """What is of no single document: of it too, only what follows from something new."""
        given, rim = self._session.workspace, _rim(self._proof)
        site = _site(given)
        everything = (sorted(self._keys.items()), given.topics, site, given.corrections)

        def made() -> dict[str, Mark]:
            abstracts = list(map(self._abstract, self._session.documents()))
            lots = whole(abstracts, given.topics, site, given.corrections, rim)
            return {n: m for lot in lots for n, m in self._lot(lot, everything).items()}

        self._kept("whole", everything, made)

    def _lot(self, lot: Lot, everything: object) -> Mapping[str, Mark]:
        def made() -> dict[str, Mark]:
            return {name: self._fresh.write(name, data) for name, data in lot.make()}

        follows = everything if lot.follows is None else lot.follows
        return self._kept(f"lot {lot.name}", follows, made)

    def _kept(
        self, name: str, follows: object, made: Callable[[], Mapping[str, Mark]]
    ) -> Mapping[str, Mark]:
        """The files that were made of this before, kept; or else as they are `made` now."""
        key = key_of(PAGES, follows)
        kept = self._session.cache.get(name, key, Kept)
        if kept and self._fresh.keep(kept.marks):
            return kept.marks
        marks = made()
        self._session.cache.put(name, key, Kept(marks))
        return marks


def _derived(
    session: Session, work: Iterable[_Work], others: Workers | None
) -> Iterator[tuple[_Work, Derived]]:
    """All work done, by others where there are any."""
    if others is None:
        return ((one, derive(one.job, session.bodies, session.reader)) for one in work)
    return others.each(derive_sent, work, lambda one: sent(one.job, one.case.kept, session.bodies))


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


def _rim(proof: Proof) -> Rim:
    stamped = proof.stamped
    told = stamped and Timestamp(stamped.stamp.note.size, stamped.seal.time, stamped.seal.authority)
    return Rim(
        database=database,
        picture=picture(),
        checkpoint=proof.checkpoint,
        timestamp=told or None,
        given_up=tuple(_given_up(fork) for fork in proof.forks),
    )


def _given_up(fork: Fork) -> GivenUp:
    note = fork.given.note
    return GivenUp(fork.accepted, note.size, note.body.splitlines()[2])


def _status(
    session: Session, histories: Sequence[History], proof: Proof
) -> Iterator[tuple[str, bytes]]:
    """What every publication writes: how all documents stand, and what the log held."""
    given = session.workspace
    yield from status(histories, given.topics, given.settings, _rim(proof))
    if proof.checkpoint:
        yield "status/checkpoint", proof.checkpoint.encode()
    if key := proof.checkpoint and public_key(given):
        yield "status/key", f"{key}\n".encode()
    if proof.stamped:
        yield "status/checkpoint-stamped.txt", proof.stamped.stamp.text.encode()
        yield STAMPED, proof.stamped.stamp.token


def _name_strays(corrections: Sequence[Correction], histories: Sequence[History]) -> None:
    for stray in strays(corrections, histories):
        seen = stray.first_seen.isoformat()
        problem = f"there is no revision of {stray.document} first seen at {seen}"
        click.echo(f"corrections.toml: {problem}; `tracker log --json` has them all", err=True)
