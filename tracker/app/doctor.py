"""What is wrong with an installation, and how to mend it. Looks at everything, changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from tracker._support import lock
from tracker._support.atomic_folder import WAITING
from tracker._support.web_root import hindrance, web_root
from tracker.app import delivery
from tracker.app.checkpoints import heads_of
from tracker.app.renames import renames
from tracker.app.workspace import Workspace, bodies_by, open_workspace, starter
from tracker.archive import schema
from tracker.archive.object_store import ObjectStore
from tracker.archive.store import Archive
from tracker.config import corrections, settings, sources, topics
from tracker.errors import ArchiveError, TrackerError, Unreachable, UsageError, without_advice
from tracker.evidence import can_stamp, compared, load_stamps, named, parse_note
from tracker.extractor import examine as impression
from tracker.fetcher import browser
from tracker.history import in_order, judged, standing_of
from tracker.model import LIVE, Document, Outcome

#: Below so many free bytes, or twice the archive, a run may end in the middle.
_ROOM = 200 * 1024 * 1024
_OURS = {
    *{"archive.db", "archive.db-journal", "declarations", "lock", "signing.key", topics.FILE},
    *{"README.md", corrections.FILE, delivery.FILE, settings.FILE, sources.FILE},
    *{"timestamps", "timestamp-ca.pem", "checkpoint", "forks.jsonl", "published.jsonl"},
}
_STALE = timedelta(days=3)  # a log that grew and was not stamped for so long
_MISSED = (Outcome.EMPTY, Outcome.SELECTOR)  # what a look at a frame without its text finds
_MOST = 5  # problems of one kind that are listed


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an installation. `mend` says what to do; empty where nothing need be."""

    what: str
    mend: str = ""

    @property
    def is_wrong(self) -> bool:
        return bool(self.mend)


def examine(root: Path, now: datetime) -> list[Finding]:
    """Return every finding about the folder `root`, at `now`."""
    data, workspace = root / "data", open_workspace(root)
    found = [*_program(), *_declared(workspace, now), *_files(data), *_key(data), *_writing(root)]
    archive = workspace.archive
    if not archive.exists():
        nothing = Finding(f"{archive}: nothing has been recorded yet")
        return [*found, nothing, *contradictions(root)]
    found += _archive(archive, bodies_by(workspace.settings), workspace.feeds, now)
    found += [*_renames(workspace), *_late(workspace)]
    return [*found, *contradictions(root), *_room(archive)]


def contradictions(root: Path) -> Iterator[Finding]:
    """Find where the log under `root` contradicts what others hold of it, and what was given up."""
    try:
        with Archive(root / "data" / "archive.db") as archive:
            heads = heads_of(archive)
            found = compared(root, archive, heads, anew=True)
    except ArchiveError as error:
        what, _, mend = str(error).partition("; ")
        yield Finding(what, mend.rstrip(".") or "tracker verify")
        return
    for remark in found.remarks:
        yield Finding(remark)
    if found.contradicted:
        size, given = heads["captures"].size, named(found.contradicted)
        yield Finding(
            f"the log ({size} captures) does not go on from {given}",
            "run and publish refuse until `tracker restore BACKUP` brings back what was there, or "
            "`tracker publish --accept-fork` gives it up, which is recorded and shown to readers",
        )
    for fork in found.forks:
        when = f"{fork.accepted:%Y-%m-%d %H:%M} UTC"
        yield Finding(f"{named([fork.given])} was given up on {when} (--accept-fork)")


def _program() -> Iterator[Finding]:
    for name in ("declarations", topics.FILE):
        if not starter(name).exists():
            yield Finding(
                f"the {name} that ship with the program are missing", "install it again with pip"
            )
    if find_spec("cryptography") is None:
        yield Finding("checkpoints are not signed: pip install 'terms-tracker[sign]' allows it")


def _declared(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    for refusal in workspace.refusals:
        for reason in refusal.reasons:
            yield Finding(f"{refusal.file}: {reason}", "correct the file as it says")
    if workspace.unknown:
        yield Finding(workspace.unknown, "correct the file")
    if not (workspace.declared.documents or workspace.declared.refusals):
        yield Finding("no document is declared", "put declarations into data/declarations/")
    if not workspace.settings.site_url:
        yield Finding("site_url is not set: links in the feeds lead to localhost")
    yield from _browsers(workspace, now)
    if workspace.settings.timestamp_url or workspace.timestamps.exists():
        yield from _stamps(workspace, now)


def _browsers(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """Find documents whose text is not in what is served, and whether a browser can show them."""
    declared = [d for d in workspace.declared.documents if any(s.scripts for s in d.sources)]
    if declared and not browser.is_installed():
        yield Finding(
            f"{_some(declared)}: a browser is asked for (executeClientScripts), and none is there",
            f"pip install '{browser.EXTRA}', and have Chromium installed",
        )
    try:
        with Archive(workspace.archive) as archive:
            others = [d for d in workspace.declared.documents if d not in declared]
            frames = [d for d in others if _is_frame(archive, d, now)]
    except TrackerError:
        return  # what is wrong is said by whoever opens it next
    if frames:
        yield Finding(
            f"{_some(frames)}: the text is not in what is served",
            'declare `"executeClientScripts": true` beside "fetch", or another source',
        )


def _is_frame(archive: Archive, document: Document, now: datetime) -> bool:
    """Return whether the last look at a document found a page that a script is to fill."""
    looks = (archive.earlier(document.id, source, now)[-1:] for source in document.sources)
    live = (c for seen in looks for c in seen if c.via == LIVE and c.body)
    missed = (archive.readable(c) for c in live if c.outcome in _MISSED)
    return any(impression(body, media, None).is_shell for body, media in missed)


def _some(documents: Sequence[Document]) -> str:
    names = ", ".join(d.id for d in documents[:_MOST])
    return names if len(documents) <= _MOST else f"{names} and {len(documents) - _MOST} more"


def _renames(workspace: Workspace) -> Iterator[Finding]:
    try:
        with workspace.open_archive() as archive:
            for one in renames(archive, workspace.declared.documents):
                yield Finding(one.sentence)
    except ArchiveError:
        return  # what is wrong with it is said already


def _late(workspace: Workspace) -> Iterator[Finding]:
    """Find texts that are not as fresh as they should be, and pages that are not ours to ask."""
    hosts = set[str]()
    for document in workspace.declared.documents:
        try:
            with workspace.open_archive() as archive:
                seen = archive.verdicts.applied(archive.captures(document.id))
                captures = judged(in_order(seen, document), document)
        except ArchiveError:
            return  # what is wrong with it is said already
        expect = workspace.sources.of(document.id).expect
        found = standing_of(document, captures, "", expect)
        closed = next((s for s in found.sources if s.is_closed), None)
        host = urlsplit(document.sources[0].url).netloc if document.sources else ""
        if closed and host not in hosts:
            hosts.add(host)
            yield Finding(closed.reason)
        if found.is_alarming:
            what = f"{document.id} is {found.state.value}: {without_advice(found.reason)}"
            yield Finding(what, _WAY_OUT)


_WAY_OUT = (
    "see tracker status; where a source is gone for good, leave it out of `read` in "
    "data/sources.toml, or set `expect` there"
)


def _stamps(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    wanted, found = bool(workspace.settings.timestamp_url), load_stamps(workspace.timestamps)
    for problem in found.problems:
        yield Finding(problem, "put it back from a copy; it cannot be made again")
    if not can_stamp():
        what = "timestamp_url is set, but nothing is stamped" if wanted else "no timestamp is shown"
        yield Finding(f"{what} without an extra", "pip install 'terms-tracker[timestamp]'")
        return
    try:
        with Archive(workspace.archive) as archive:
            captures, _ = archive.counts()
    except TrackerError:
        return  # what is wrong is said by whoever opens it next
    last = found.kept[-1] if found.kept else None
    newer = captures - (last.note.size if last else 0)
    if wanted and newer > 0 and (last is None or now - last.asked > _STALE):
        since = f"the last timestamp is of {last.asked:%Y-%m-%d %H:%M} UTC" if last else "none yet"
        yield Finding(
            f"timestamp_url is set, but {newer} captures are not stamped ({since})",
            "tracker timestamp",
        )


def _files(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        return
    for path in sorted(data.rglob("*")):
        if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
            yield Finding(f"{path}: cannot be read", f"chmod u+rX {path}, or chown it to yourself")
    for path in sorted(data.iterdir()):
        if path.name.endswith("-journal"):
            yield Finding(f"{path}: a run was stopped while it wrote; the next one rolls it back")
        elif path.name.startswith((".checkpoint.", ".forks.jsonl.")):
            yield Finding(f"{path}: left by a run that was stopped; it may be deleted")
        elif path.name not in _OURS and "-before-" not in path.name:
            yield Finding(f"{path}: is no file of this program")


def _key(data: Path) -> Iterator[Finding]:
    key = data / "signing.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding(f"{key}: others can read the key", f"chmod 600 {key}")


def _writing(root: Path) -> Iterator[Finding]:
    paths = [root, root / "data", root / "data" / "archive.db"]
    try:
        target = web_root(root / "feeds")
    except ArchiveError as error:
        yield Finding(str(error), "then run: tracker publish")
    else:
        yield from _web_root(target)
        paths.append(target)
    for path in paths:
        if path.exists() and not os.access(path, os.W_OK):
            yield Finding(f"{path}: cannot be written", f"chmod u+w {path}, or chown it")
    holder = lock.holder(root / "data" / "lock")
    if holder:
        yield Finding(f"process {holder} is writing to the archive now")


def _web_root(target: Path) -> Iterator[Finding]:
    if why := hindrance(target):
        yield Finding(
            f"{target}: files are replaced one by one, and for that moment readers find some of "
            f"two publications ({why}); all are exchanged at once in a folder that belongs to this "
            "user, in a parent that it can write, with nothing mounted there or in it"
        )
    if (waiting := target / WAITING).exists():
        yield Finding(
            f"{waiting}: left by a run that was stopped; the next publication clears it away"
        )


def _archive(
    path: Path, outside: ObjectStore | None, feeds: Path, now: datetime
) -> Iterator[Finding]:
    restore = "tracker restore BACKUP; without a backup, import again what public archives have"
    checks: tuple[Callable[[Archive], Iterator[Finding]], ...] = (
        lambda archive: _health(archive, restore),
        lambda archive: _clock(archive, now),
        lambda archive: _published(archive, feeds),
    )
    try:
        yield from _version(path)
        with Archive(path, outside) as archive:
            for check in checks:
                yield from check(archive)
    except TrackerError as error:
        yield Finding(str(error), restore)


def _version(path: Path) -> Iterator[Finding]:
    try:
        with closing(schema.connected(path, "rw")) as connection:
            version = schema.version(connection)
            (mode,) = connection.execute("pragma journal_mode").fetchone()
    except schema.DAMAGE:
        return  # what is wrong is said by whoever opens it next
    if version < schema.SCHEMA:
        yield Finding(
            f"{path}: is of schema {version}; the next fetch or import brings it to "
            f"{schema.SCHEMA} (make a backup before)"
        )
    if mode == "wal":
        yield Finding(
            f"{path}: was put into WAL mode, in which SQLite before 3.51.3 can lose data",
            f"sqlite3 {path} 'pragma journal_mode = delete'",
        )


def _health(archive: Archive, restore: str) -> Iterator[Finding]:
    problems: list[str] = []
    remarks: list[str] = []
    try:
        problems.extend(archive.problems())
        remarks.extend(archive.shelf.strays())
    except (Unreachable, UsageError) as error:
        yield Finding(str(error), "set `bodies` right in data/settings.toml, or reach the store")
    for remark in remarks:
        yield Finding(remark)
    for problem in problems[:_MOST]:
        yield Finding(problem, restore)
    if len(problems) > _MOST:
        yield Finding(f"and {len(problems) - _MOST} more", "tracker verify")


def _clock(archive: Archive, now: datetime) -> Iterator[Finding]:
    newest = archive.latest()
    if newest and newest > now:
        yield Finding(
            f"it is {now:%Y-%m-%d %H:%M} UTC here, but a capture was recorded at "
            f"{newest:%Y-%m-%d %H:%M} UTC",
            "set the clock right: until then new looks stand before that one",
        )


def _published(archive: Archive, feeds: Path) -> Iterator[Finding]:
    captures, _ = archive.counts()
    try:
        size = parse_note((feeds / "status" / "checkpoint").read_text(encoding="utf-8")).size
    except OSError:
        size = 0
    except ValueError as error:
        yield Finding(f"{feeds}/status/checkpoint: {error}", "tracker publish")
        return
    if size < captures:
        yield Finding(f"{feeds}: is older than data/, by {captures - size} rows", "tracker publish")


def _room(archive: Path) -> Iterator[Finding]:
    free, needed = shutil.disk_usage(archive).free, max(_ROOM, 2 * archive.stat().st_size)
    if free < needed:
        yield Finding(
            f"{archive.parent}: {free // 2**20:,} MiB are free, {needed // 2**20:,} are wanted",
            "make room: a run that finds none stops, and loses nothing it recorded",
        )
