"""Writing feeds/ from data/: what no new capture touches is neither derived nor written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from tracker._support.atomic_folder import Fingerprint, StagingTree, exchanged
from tracker._support.cache import BUNDLES, PAGES, DerivedCache, key_of
from tracker._support.containment import Failed, tried
from tracker._support.lock import held_folder
from tracker.app import faults
from tracker.app.app import App
from tracker.app.bundles import Prover
from tracker.app.checkpoints import (
    Sealed,
    heads_of,
    keep,
    new_checkpoint,
    newest_stamp,
    one_past,
    public_key,
)
from tracker.app.derive import Derived, Job, RemoteJob, derive, derive_remote, picture, remote_job
from tracker.app.last_publication import (
    Short,
    as_it_stands,
    history_of_failed,
    last_known,
    remember_unpublished,
    shape_of,
)
from tracker.app.session import Case, Session, opened
from tracker.app.workers import Workers, lost_worker
from tracker.app.workspace import Workspace
from tracker.archive.published import add_published, add_verdicts
from tracker.archive.store import Archive
from tracker.errors import TrackerError
from tracker.evidence import Fork
from tracker.history import completed, identified
from tracker.model import Document, History, PublishedVersion, Settings
from tracker.publisher import (
    DocumentSummary,
    FileGroup,
    GivenUp,
    Lent,
    Timestamp,
    orphaned_corrections,
    site_files,
    status_files,
    urls,
)
from tracker.publisher.data.sqlite import sqlite_file
from tracker.publisher.feeds.digest import newest_week
from tracker.publisher.template_cache import keep_compiled

#: Where the newest timestamp is published.
STAMPED = "status/checkpoint-stamped.tsr"
#: What says how documents stand, which may have been published before one of them failed.
_STANDING = ("status/index.", "status.", "archive/status/")


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome of a publication: how many of its `files` have `changed` in `folder`.

    `hindrance` says why they were not all exchanged at once, empty where they were.
    """

    folder: Path
    changed: int
    files: int
    hindrance: str = ""


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
    counters: str = ""


def publish(
    app: App,
    *,
    others: Workers | None = None,
    accept_fork: bool = False,
    fails: bool = True,
) -> Published:
    """Write feeds/ from data/.

    Documents are derived by `others`, or else here. All that cannot be accepted or derived is
    named; `fails` says whether the former, too, counts as a failure. Raises Forked where the log
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
        proof = Proof(new_checkpoint(app, heads), stamped, past.forks)
        with exchanged(workspace.feeds) as fresh:
            publication = _Publication(app, session, fresh, proof)
            publication.write(others)
            add_published(workspace.published, publication.news)
            add_verdicts(workspace.published, workspace.corrections, app.now)
            keep(app, proof.checkpoint, heads, past)
        workspace.remember(session.cache)
    found = Published(workspace.feeds, fresh.changed, len(fresh.names), fresh.hindrance)
    app.progress.event(
        "published", folder=str(found.folder), changed=found.changed, files=found.files
    )
    return found


class Rederived:
    """All files of feeds/ as they follow from data/, with nothing that was derived before.

    Of a document that cannot be derived there is none. It has `failed`, and is in the files of the
    whole site as it is remembered in `cache`; without that, those are `unsure`. So many versions
    are `unlisted` in the ledger of what was published.
    """

    def __init__(
        self, session: Session, proof: Proof, cache: DerivedCache, prover: Prover | None = None
    ) -> None:
        self._session = session
        self._proof = proof
        self._cache = cache
        self._prover = prover
        self.failed: dict[str, Failed] = {}
        self.unsure = False
        self.unlisted = 0

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the files with their paths; afterwards it is known what has `failed`."""
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
                derived, bundles, history = found
                yield from derived.part.files.items()
                yield from bundles.items()
                abstracts.append(derived.part.abstract)
                histories.append(history)
        for lot in _lots(given, abstracts, self._proof, newest_week(histories)):
            yield from lot.make()
        yield from _status(session, histories, self._proof, self.failed)

    def _derived(self, document: Document) -> tuple[Derived, Mapping[str, bytes], History]:
        session = self._session
        case = session.case(document)
        job = _job(session, case)
        found = derive(job, session.bodies, session.reader)
        bundles = _bundles(self._prover, job, found)
        self.unlisted += len(found.news)
        texts, history = found.texts, found.part.abstract.history
        return found, bundles, as_it_stands(history, case, texts.waiting, texts.counters)

    def leaves_open(self, path: str) -> bool:
        """Return whether a file cannot be judged, since it follows from what has failed."""
        if not self.failed:
            return False
        if path.startswith(_STANDING):
            return True
        whose = urls.document_of(path)
        return whose in self.failed if whose else self.unsure


@dataclass(frozen=True, slots=True)
class _Work:
    """A document that has to be derived; `key` names all that its part depends on."""

    case: Case
    key: str
    job: Job


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a publication came to for one document.

    `key` stands for what the files of the whole site follow from of it; `history` is how it is
    shown to stand. Its abstract is here where it was derived now, or where the document has
    `failed` and it is known from before. Of one that has failed perhaps no page was ever published.
    """

    key: str
    history: History
    abstract: DocumentSummary | None = None
    failed: Failed | None = None
    has_page: bool = True


class _Publication:
    """One publication on its way into a fresh folder."""

    def __init__(self, app: App, session: Session, fresh: StagingTree, proof: Proof) -> None:
        self._app = app
        self._session = session
        self._fresh = fresh
        self._proof = proof
        # What older versions of this program published had the date of its first sight.
        is_first = fresh.has_published and not app.workspace.published.exists()
        self._time = None if is_first else app.now
        self._outcomes: dict[str, _Outcome] = {}
        self._prover = prover_of(app, session.archive, proof)
        self.news: list[PublishedVersion] = []

    def write(self, others: Workers | None) -> None:
        for work, found in _derived(self._session, self._work(), others):
            name = work.case.document.id
            if isinstance(found, Derived):
                bundles = tried(name, partial(_bundles, self._prover, work.job, found))
                if not isinstance(bundles, Failed):
                    self._put(work, found, bundles)
                    continue
                found = bundles
            self._keep(work.case.document, found)
        self._app.progress.doing("")
        self._name_strays()
        self._whole()
        outcomes, failed = self._outcomes.values(), self._failed()
        shown = [one.history for one in outcomes if one.has_page]
        without = [one.history for one in outcomes if not one.has_page]
        for name, data in _status(self._session, shown, self._proof, failed, without):
            self._fresh.write(name, data)
        remember_unpublished(self._session.cache, failed)

    def _failed(self) -> dict[str, Failed]:
        """Return what has failed so far; making the whole may find more."""
        return {name: one.failed for name, one in self._outcomes.items() if one.failed}

    def _work(self) -> Iterator[_Work]:
        """Yield what has to be derived; all else is kept as it stands."""
        documents = self._session.documents()
        for n, document in enumerate(documents, 1):
            self._app.progress.doing(f"[{n}/{len(documents)}] deriving {document.id} …")
            found = tried(document.id, partial(self._work_on, document))
            if isinstance(found, Failed):
                self._keep(document, found)
            elif found:
                yield found

    def _work_on(self, document: Document) -> _Work | None:
        """Find what is to be done for a document; None where all is kept as it stands."""
        case = self._session.case(document)
        job = _job(self._session, case, self._time)
        key = self._key_of(case, job)
        kept = self._session.cache.get(f"part {document.id}", key, Kept)
        if kept and kept.history and self._fresh.keep(kept.marks):
            stands = as_it_stands(kept.history, case, kept.waiting, kept.counters)
            self._outcomes[document.id] = _Outcome(key, stands)
            return None
        known = self._session.known(case)
        earlier = None if known else self._session.earlier(case)
        return _Work(case, key, replace(job, texts=known, earlier=earlier))

    def _keep(self, document: Document, failed: Failed) -> None:
        """Keep what was published of a document that cannot be derived, and name it."""
        self._complain(document, failed)
        self._fresh.keep_published(lambda name: urls.document_of(name) == document.id)
        known = last_known(self._session.cache, document, self._session.workspace)
        shown = history_of_failed(self._session, document, known)
        has_page = f"{urls.document_page(document.id)}index.html" in self._fresh.names
        key = "failed, known" if known else "failed"
        self._outcomes[document.id] = _Outcome(key, shown, known, failed, has_page)

    def _complain(self, document: Document, failed: Failed) -> None:
        self._app.complain(failed.reason, document=document.id, trace=failed.trace)

    def _key_of(self, case: Case, job: Job) -> str:
        """Return the key of all that is published of a document alone."""
        said = sorted(job.published, key=lambda p: (p.seen, p.nth, p.is_preview, p.is_news))
        key = key_of(PAGES, case.key, job.settings, job.corrections, job.pictures, said)
        return key_of(BUNDLES, key, self._prover.follows(said)) if self._prover else key

    def _put(self, work: _Work, found: Derived, bundles: Mapping[str, bytes]) -> None:
        self.news += found.news
        told = {(p.is_preview, p.name): p for p in (*work.job.published, *found.news)}
        key = self._key_of(work.case, replace(work.job, published=tuple(told.values())))
        files = {**found.part.files, **bundles}
        marks = {name: self._fresh.write(name, data) for name, data in files.items()}
        abstract, texts, name = found.part.abstract, found.texts, work.case.document.id
        self._session.remember(work.case, found.texts)
        kept = Kept(marks, abstract.history, texts.waiting, texts.counters)
        self._session.cache.put(f"part {name}", key, kept)
        short = Short(abstract, shape_of(self._session.workspace))
        self._session.cache.put(f"abstract {name}", key, short)
        stands = as_it_stands(abstract.history, work.case, texts.waiting, texts.counters)
        self._outcomes[name] = _Outcome(key, stands, abstract)

    def _abstract(self, document: Document) -> DocumentSummary | None:
        """Return the abstract of a document, which is needed only where the whole site is made."""
        name, outcome = document.id, self._outcomes[document.id]
        if outcome.abstract or outcome.failed:
            return outcome.abstract
        if short := self._session.cache.get(f"abstract {name}", outcome.key, Short):
            return short.abstract
        found = tried(name, partial(self._derived_again, document))
        if isinstance(found, Failed):
            self._complain(document, found)
            self._outcomes[name] = replace(outcome, key="failed", failed=found)
            return None
        return found

    def _derived_again(self, document: Document) -> DocumentSummary:
        return _derived_here(self._session, self._session.case(document)).part.abstract

    def _name_strays(self) -> None:
        """Name the corrections of revisions that are not there."""
        histories, failed = [one.history for one in self._outcomes.values()], self._failed()
        for stray in orphaned_corrections(self._session.workspace.corrections, histories):
            if stray.document not in failed:
                seen = stray.first_seen.isoformat()
                self._app.progress.note(
                    f"corrections.toml: there is no revision of {stray.document} first seen at "
                    f"{seen}; `tracker log --json` has them all"
                )

        for verdict in self._session.workspace.corrections:
            if verdict.verdict and not self._session.archive.at(
                verdict.document, verdict.first_seen
            ):
                seen = verdict.first_seen.isoformat()
                self._app.progress.note(
                    f"corrections.toml: there is no capture of {verdict.document} of {seen}"
                )

    def _whole(self) -> None:
        """Write the files of the whole site, and of these only those that may have changed."""

        def made() -> dict[str, Fingerprint]:
            found = map(self._abstract, self._session.documents())
            abstracts = [abstract for abstract in found if abstract]
            lots = _lots(self._session.workspace, abstracts, self._proof, self._week())
            return {n: m for lot in lots for n, m in self._lot(lot).items()}

        self._kept("whole", lambda: (self._everything(), self._week()), made)

    def _week(self) -> date:
        return newest_week(one.history for one in self._outcomes.values())

    def _everything(self) -> object:
        """Return all that the whole site follows from, the failures of documents among it."""
        given = self._session.workspace
        keys = sorted((name, one.key) for name, one in self._outcomes.items())
        return keys, given.topics, _site(given), given.corrections

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
        """Keep the files that were made of this before; or else have them `made` now."""
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
    """Do all work, by others where there are any; a failure stops only its document."""

    def done(one: _Work) -> Derived | Failed:
        do = partial(derive, one.job, session.bodies, session.reader)
        return tried(one.case.document.id, do)

    def packed(one: _Work) -> RemoteJob | Failed:
        do = partial(remote_job, one.job, one.case.kept, session.bodies)
        return tried(one.case.document.id, do)

    if others is None:
        return ((one, done(one)) for one in work)
    return others.each(derive_remote, work, packed, lambda one: lost_worker(one.case.document.id))


def _derived_here(session: Session, case: Case) -> Derived:
    """Derive a document in this process, with nothing of its texts that was derived before."""
    return derive(_job(session, case), session.bodies, session.reader)


def _lots(
    given: Workspace, abstracts: Sequence[DocumentSummary], proof: Proof, week: date
) -> Iterator[FileGroup]:
    """Make the files that are of no single document, but for how documents stand.

    `week` is the Monday of the last look.
    """
    lent = _lent(proof)
    return site_files(abstracts, given.topics, _site(given), given.corrections, lent, week)


def prover_of(app: App, archive: Archive, proof: Proof) -> Prover | None:
    """Return what makes the bundles that are published, where the settings want them.

    A timestamp that came later than the one that is published is for the next publication.
    """
    if not app.workspace.settings.publish_evidence or not proof.checkpoint:
        return None
    return Prover(app, archive, proof.stamped.stamp.name if proof.stamped else "")


def _bundles(prover: Prover | None, job: Job, found: Derived) -> dict[str, bytes]:
    """Return the bundles of a document by their paths; empty where they are not wanted."""
    if prover is None:
        return {}
    known = (*job.published, *found.news)
    history = identified(completed(job.document, job.captures, found.texts), known, job.topics)
    return dict(prover.published(history, known))


def _job(session: Session, case: Case, now: datetime | None = None) -> Job:
    given = session.workspace
    mine = tuple(c for c in given.corrections if c.document == case.document.id)
    return Job(
        document=case.document,
        captures=case.captures,
        topics=given.topics,
        settings=_site(given),
        corrections=mine,
        pictures=picture() is not None,
        published=session.published(case.document),
        now=now,
        size=session.sizes.get("captures", 0),
    )


def _site(given: Workspace) -> Settings:
    """Return only the settings that pages follow from: no other is a reason to write them again."""
    said = given.settings
    return Settings(
        site_url=said.site_url, websub_hub=said.websub_hub, publish_evidence=said.publish_evidence
    )


def _lent(proof: Proof) -> Lent:
    stamped = proof.stamped
    told = stamped and Timestamp(stamped.stamp.note.size, stamped.seal.time, stamped.seal.authority)
    return Lent(
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
    """Make what every publication writes: how all documents stand, and what the log held.

    Those that have `failed` are marked; `without` are those that have no page.
    """
    given = session.workspace
    shown, others = (
        list(faults.marked(some, given, failed, public=True)) for some in (histories, without)
    )
    known = [history.document for history in (*histories, *without)]
    others += faults.unseen(known, given, public=True)
    yield from status_files(shown, given.topics, given.settings, _lent(proof), others)
    if proof.checkpoint:
        yield "status/checkpoint", proof.checkpoint.encode()
    if key := proof.checkpoint and public_key(given):
        yield "status/key", f"{key}\n".encode()
    if proof.stamped:
        yield "status/checkpoint-stamped.txt", proof.stamped.stamp.text.encode()
        yield STAMPED, proof.stamped.stamp.token
