"""Public collections that are followed: what is new in them is recorded, and when they last looked.

A collection records a text only when it changed. So where it is the newest source of a text, the
text counts as seen, as it is, at the collection's last commit.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from tracker.app.app import App, watched
from tracker.app.ingest import Found, Unfit, body_of, kept, owners
from tracker.app.looks import facts_of, look
from tracker.app.network import asking
from tracker.app.outcomes import FACTS
from tracker.app.readings import read_anew
from tracker.archive.store import Archive
from tracker.config.sources import COLLECTIONS, FILE, CollectedFile, Collection, Sources
from tracker.config.validation import quoted
from tracker.errors import ImportFailed, TrackerError
from tracker.extractor import words_digest
from tracker.importer import Record, Refusal, mirrored, news
from tracker.model import Capture, Document, Outcome, Source, digest
from tracker.policy import APART

if TYPE_CHECKING:
    from tracker.importer import Entry, Mirror, News

#: Where sites that host repositories show a file as of a commit.
_SHOWN_AT = {
    "github.com": "/blob/",
    "gitlab.com": "/-/blob/",
    "codeberg.org": "/src/commit/",
}
_PATIENCE = 1200.0  # seconds; others are waiting
_LONGEST_MARK = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CollectionVisit:
    """What came of following a collection once.

    `captures` are those of new texts, `looks` those of texts that it saw again; `last` is the time
    of its last commit, if it is known. `problem` says what is in the way, empty if nothing.
    """

    collection: Collection
    captures: tuple[Capture, ...] = ()
    looks: tuple[Capture, ...] = ()
    refused: tuple[Refusal, ...] = ()
    last: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A collection with the documents that are read from its files."""

    collection: Collection
    files: tuple[tuple[Document, CollectedFile], ...]

    @property
    def key(self) -> str:
        """Identify all that decides what is recorded of it."""
        return digest(repr((self.collection, self.files)).encode())


def follow(app: App, wanted: Sequence[str] = ()) -> Iterator[CollectionVisit]:
    """Follow every collection that one of the `wanted` documents is read from (all by default).

    Yields what came of each once it is on disk. A collection that is out of reach is named, and
    the others are followed.
    """
    workspace = app.workspace
    plans = tuple(_plans(workspace.sources, workspace.declared.documents))
    meant = {document.id for document in watched(app, wanted)}
    plans = tuple(plan for plan in plans if any(d.id in meant for d, _ in plan.files))
    if not plans:
        return
    with workspace.open_archive(write=True) as archive:
        for plan in plans:
            app.progress.doing(f"following {plan.collection.title} …")
            done = _followed(app, archive, plan)
            _note_answer(archive, plan, done, app.now)
            app.progress.doing("")
            _tell(app, done)
            yield done


def _note_answer(archive: Archive, plan: _Plan, done: CollectionVisit, now: datetime) -> None:
    """Record, for each of its documents, how the collection answered.

    That it still cannot be reached is recorded as seldom as a page is visited.
    """
    one = plan.collection
    reason = "" if done.last else done.problem.removeprefix(f"{one.title} cannot be reached: ")
    outcome = Outcome.UNREACHABLE if reason else Outcome.ANSWERED
    facts = facts_of(one.name, now)
    with archive.together():
        for document in dict.fromkeys(document for document, _ in plan.files):
            archive.introduce(document)
            row = look(document, None, one.title, one.url, now, facts, outcome, reason)
            if not (reason and _is_known(archive, row)):
                archive.add(row, None)


def _is_known(archive: Archive, row: Capture) -> bool:
    """Return whether the last answer of the same source was the same, and not long ago."""
    rows = archive.captures(row.document)
    last = next((c for c in reversed(rows) if c.asked_url == row.asked_url), None)
    if last is None or (last.outcome, last.reason) != (row.outcome, row.reason):
        return False
    return row.time - last.time < APART


def _tell(app: App, done: CollectionVisit) -> None:
    app.progress.event(
        "followed",
        level=logging.WARNING if done.problem else logging.INFO,
        collection=done.collection.name,
        captures=len(done.captures),
        looks=len(done.looks),
        problem=done.problem,
    )
    if done.problem and done.last:
        app.complain(done.problem, fails=False, collection=done.collection.name)
    elif done.problem:
        app.progress.note(done.problem)


def _plans(sources: Sources, documents: Sequence[Document]) -> Iterator[_Plan]:
    for collection in sources.collections:
        files = tuple(
            (document, file)
            for document in documents
            if sources.of(document.id).reads(COLLECTIONS)
            for file in sources.of(document.id).files
            if file.collection == collection.name
        )
        if files:
            yield _Plan(collection, files)


def _followed(app: App, archive: Archive, plan: _Plan) -> CollectionVisit:
    room = app.workspace.collections / digest(plan.collection.url.encode())[:16]
    try:
        ask = partial(asking, app, total_seconds=_PATIENCE)
        mirror = mirrored(plan.collection.url, room / "mirror", ask, partial(_show_size, app, plan))
    except ImportFailed as error:
        return CollectionVisit(plan.collection, problem=_unreached(plan.collection, error))
    mark = _marked(room, plan, archive)
    if mark.tips == mirror.tips:
        return CollectionVisit(plan.collection, last=mark.last)
    try:
        return _read(app, archive, plan, mirror, mark, room)
    except ImportFailed as error:
        shutil.rmtree(room, ignore_errors=True)  # it may be the mirror that is damaged
        return CollectionVisit(plan.collection, problem=f"{plan.collection.title}: {error}")


def _show_size(app: App, plan: _Plan, size: int) -> None:
    app.progress.doing(f"following {plan.collection.title}: {size / 1e6:,.1f} MB …")


def _read(
    app: App, archive: Archive, plan: _Plan, mirror: Mirror, mark: _Mark, room: Path
) -> CollectionVisit:
    files = {file.file for _, file in plan.files}
    with news(mirror, files, mark.tips) as found, archive.together():
        reading = _Reading(plan, found, app.now, dict(mark.bodies))
        brought = tuple(kept(reading.found(), archive, None))
        looks = tuple(_looks(archive, plan, found, reading)) if found.time else ()
    missing = () if reading.is_early else sorted(files - reading.bodies.keys())
    if not reading.is_early:
        _mark(room, plan, archive, _Mark(mirror.tips, found.time, reading.bodies))
    return CollectionVisit(
        plan.collection,
        tuple(one for one in brought if isinstance(one, Capture)),
        looks,
        (*reading.refused, *(one for one in brought if isinstance(one, Refusal))),
        found.time,
        _absent(plan.collection, missing) if missing else "",
    )


def _unreached(collection: Collection, error: ImportFailed) -> str:
    reason = str(error).partition("; ")[0].rstrip(".")
    return f"{collection.title} cannot be reached: {reason}."


def _absent(collection: Collection, files: Sequence[str]) -> str:
    listed = ", ".join(quoted(file) for file in files)
    return f"{collection.title}: has no {listed}; correct it in data/{FILE}."


# ── what was read already ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a collection was read: to which commits, of when, with which bytes in each file."""

    tips: tuple[str, ...] = ()
    last: datetime | None = None
    bodies: Mapping[str, str] = field(default_factory=dict)


def _marked(room: Path, plan: _Plan, archive: Archive) -> _Mark:
    """Return how far it was read into this very archive; nothing where that is not known."""
    try:
        with (room / "read.json").open("rb") as file:
            found = json.loads(file.read(_LONGEST_MARK))
        if found["plan"] != plan.key or found["chain"] != archive.chain(found["size"]):
            return _Mark()
        last = datetime.fromisoformat(found["last"]) if found["last"] else None
        return _Mark(tuple(found["tips"]), last, dict(found["bodies"]))
    except (OSError, ValueError, LookupError, TypeError):
        return _Mark()


def _mark(room: Path, plan: _Plan, archive: Archive, mark: _Mark) -> None:
    size = archive.size("captures")
    said = {
        "plan": plan.key,
        "size": size,
        "chain": archive.chain(size),
        "tips": mark.tips,
        "last": mark.last.isoformat() if mark.last else None,
        "bodies": dict(mark.bodies),
    }
    room.mkdir(parents=True, exist_ok=True)
    note = room / "read.json.new"
    note.write_text(json.dumps(said))
    note.replace(room / "read.json")


# ── what is new ───────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Reading:
    """One reading of what is new; `bodies` are the bytes last seen in each file, as digests.

    Records from after `now` are left for later: `is_early` says that there are some.
    """

    plan: _Plan
    news: News
    now: datetime
    bodies: dict[str, str]
    refused: list[Refusal] = field(default_factory=list)
    is_early: bool = False

    def found(self) -> Iterator[Found]:
        """Yield each new record with its document."""
        self.is_early = bool(self.news.time and self.news.time > self.now)
        for undated in self.news.repository.undated:
            name = f"Commit {undated.commit} of {undated.service} {undated.type}"
            reason = f"is dated {undated.said}, which is no time that a page can be of"
            self.refused.append(Refusal(name, reason))
        for entry in self.news.repository.entries:
            if entry.time > self.now:
                self.is_early = True
                continue
            yield from self._of(entry)

    def _of(self, entry: Entry) -> Iterator[Found]:
        path = entry.path
        mine = [d for d, f in self.plan.files if f.file == path and f.covers(entry.time)]
        try:
            body = body_of(self.news.repository, entry, self.now)
        except Unfit as error:
            name = f"Commit {entry.commit} of {entry.service} {entry.type}"
            self.refused.append(Refusal(name, str(error)))
            return
        self.bodies[path] = digest(body)
        for document in mine:
            yield Found(
                document, _source(entry, document), _record(self.plan, entry, body, self.now)
            )


def _source(entry: Entry, document: Document) -> Source | None:
    """Find how to read a record; a text has been read already, and only has an address."""
    page = next((source for _, source in owners([document], entry.location or "")), None)
    if page is None and len(document.sources) == 1:
        page = document.sources[0]
    is_text = entry.media.startswith("text/markdown")
    if is_text or page is None:
        url = entry.location or (page.url if page else "")
        return Source(url) if url else None
    return page


def _record(plan: _Plan, entry: Entry, body: bytes, now: datetime) -> Record:
    shown = _copy(plan.collection.url, entry.commit, entry.path) or entry.archive_url
    return Record(
        entry.location,
        entry.time,
        body,
        entry.media,
        plan.collection.title,
        archive_url=shown,
        facts=(
            *facts_of(plan.collection.name, now),
            *_facts(plan.collection, entry.commit, entry.path, entry.archive_url or ""),
        ),
    )


def _facts(
    collection: Collection, commit: str, file: str, snapshot: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return where a text came from: what is shown of it wherever the text is."""
    given = {
        "collection": collection.url,
        "commit": commit,
        "file": file,
        "licence": collection.licence,
        "snapshot": snapshot,
    }
    return tuple((name, value) for name, value in given.items() if value)


def _copy(url: str, commit: str, file: str) -> str | None:
    """Return the address of a file as of a commit, where its host is known to have one."""
    parts = urlsplit(url)
    between = _SHOWN_AT.get(parts.hostname or "")
    if between is None or parts.scheme != "https":
        return None
    return f"{url.removesuffix('/').removesuffix('.git')}{between}{commit}/{quote(file)}"


# ── what was seen again ───────────────────────────────────────────────────────────


def _looks(archive: Archive, plan: _Plan, found: News, reading: _Reading) -> Iterator[Capture]:
    """Record each text that did not change as seen at the collection's last commit."""
    assert found.time is not None  # noqa: S101 - as the caller has seen
    if found.time > reading.now:
        return
    for document, file in plan.files:
        body = reading.bodies.get(file.file, "")
        if not file.covers(found.time) or not body:
            continue
        last = _seen_again(archive, document, body, found.time)
        if last:
            facts = dict(FACTS) | dict(facts_of(plan.collection.name, reading.now))
            facts |= dict(_facts(plan.collection, found.commit, file.file))
            facts["unchanged_since"] = last.fact("commit") or last.time.isoformat()
            seen = replace(
                last,
                time=found.time,
                via=plan.collection.title,
                archive_url=_copy(plan.collection.url, found.commit, file.file) or last.archive_url,
                facts=tuple(sorted(facts.items())),
            )
            archive.add(seen, None)
            yield seen


def _seen_again(archive: Archive, document: Document, body: str, time: datetime) -> Capture | None:
    """Return the capture of a text that was seen again; None where that would be no news.

    Where another source shows other words since, that the collection still has the older ones is
    no sign that they came back.
    """
    good = [
        c for c in archive.captures(document.id) if c.outcome is Outcome.GOOD and not c.is_preview
    ]
    mine = [c for c in good if c.body == body and c.time <= time]
    if not mine:
        return None
    last, latest = max(mine, key=_time), max(good, key=_time)
    if latest.time >= time:
        return None
    return last if _is_alike(archive, last, latest) else None


def _time(capture: Capture) -> datetime:
    return capture.time


def _is_alike(archive: Archive, one: Capture, other: Capture) -> bool:
    if (one.text, one.source) == (other.text, other.source):
        return True
    try:
        return _words(archive, one) == _words(archive, other)
    except TrackerError:  # what cannot be read is no sign of anything
        return False


def _words(archive: Archive, capture: Capture) -> str:
    return words_digest(read_anew(capture, *archive.readable(capture)).clauses)
