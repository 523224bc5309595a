"""The archive's backup and its way back, each verified before anything is replaced.

With it goes the ledger of what was published, by which news keeps its names.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape
from pathlib import Path

from tracker._support.fsync import sync
from tracker._support.lock import hold
from tracker.archive import published
from tracker.archive.object_store import ObjectStore
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, UsageError
from tracker.publisher.words import stamp

#: How a disk refuses what is written, by itself or through SQLite.
_FAULTS = (OSError, sqlite3.OperationalError)
_LONG = 24 * 3600.0  # seconds
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Copy:
    """What was copied, and where the archive and the ledger that it replaced were kept, if any."""

    captures: int
    bodies: int
    former: Path | None = None
    former_ledger: Path | None = None


def backup(archive: Path, target: Path, outside: ObjectStore | None = None) -> Copy:
    """Copy an archive, which may be in use, to `target`; an older backup there is replaced.

    Bodies that the archive keeps `outside` are put inside the copy.
    The copy is verified first: one that is not whole replaces nothing (ArchiveError).
    """
    if not archive.exists():
        raise UsageError(f"{archive}: there is no archive yet to back up; run: tracker fetch")
    if target.exists() and not _is_database(target):
        raise UsageError(f"{target} is no backup of an archive; name another file.")
    _clear_away(target)
    # A name of its own: somebody else may be making a backup to the same file.
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    # The ledger first: it must not know more than the log beside it.
    lines = published.whole_lines(archive.with_name(published.FILE))
    _copy(archive, fresh, outside)
    try:
        found = _whole(fresh, f"a copy of {archive}", "what was backed up before stands")
        published.put_in(fresh, lines)
        _settle(fresh, target)
    except _FAULTS as error:
        raise _unwritten(target, error) from error
    finally:
        _remove(fresh)
    return found


def restore(source: Path, archive: Path, now: datetime, outside: ObjectStore | None = None) -> Copy:
    """Put a backup in the place of an archive, whatever state that is in.

    All bodies are inside what is restored; only of an archive set aside before are some `outside`.
    The backup is verified first, and what was there is kept beside it. No writer may be at work
    (Busy).
    """
    if not source.is_file():
        raise UsageError(f"{source}: there is no such backup.")
    lock = hold(archive.with_name("lock"))
    try:
        fresh = archive.with_name(f".{archive.name}.new")
        _copy(source, fresh, outside)
        try:
            lines = published.take_out(fresh)
            found = _whole(fresh, str(source), "nothing was replaced")
            ledger = _ledger(lines, archive.with_name(published.FILE))
            former = _set_aside(archive, now)
            _settle(fresh, archive)
            former_ledger = _replaced(ledger, now) if ledger else None
        finally:
            _remove(fresh)
    except _FAULTS as error:
        raise _unwritten(archive, error) from error
    finally:
        os.close(lock)
    return replace(found, former=former, former_ledger=former_ledger)


def _ledger(lines: bytes | None, ledger: Path) -> Path | None:
    """Return a checked copy of a backup's ledger; None where the one here is to stay.

    It stays where it goes on from that of the backup: news that was told since keeps its names,
    and is not told again.
    """
    with suppress(ArchiveError):
        if lines is None or published.whole_lines(ledger).startswith(lines):
            return None
    fresh = ledger.with_name(f".{ledger.name}.new")
    fresh.write_bytes(lines or b"")
    published.whole_lines(fresh)
    return fresh


def _replaced(fresh: Path, now: datetime) -> Path | None:
    """Put a ledger in its place; return where the one that was there is kept."""
    ledger = fresh.with_name(published.FILE)
    former = ledger.with_name(f"{ledger.stem}-before-{stamp(now)}{ledger.suffix}")
    if ledger.exists():
        ledger.replace(former)
    _settle(fresh, ledger)
    return former if former.exists() else None


def _clear_away(target: Path) -> None:
    """Remove what backups to `target` left that were killed; none takes a day."""
    for left in target.parent.glob(f".{escape(target.name)}.*.new"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LONG:
                _remove(left)


def _copy(source: Path, fresh: Path, outside: ObjectStore | None) -> None:
    """Make a copy of a database by SQLite, so that it is of one moment."""
    _remove(fresh)
    try:
        with Archive(source, outside) as opened:
            opened.copy_to(fresh)
    except BaseException:
        _remove(fresh)
        raise


def _whole(path: Path, name: str, consequence: str) -> Copy:
    with Archive(path) as copy:
        problems = list(copy.problems())
        if problems:
            raise ArchiveError(f"{name} is not whole ({problems[0]}); {consequence}.")
        return Copy(*copy.counts())


def _set_aside(archive: Path, now: datetime) -> Path | None:
    """Keep what is to be replaced under another name; the archive itself stays in its place."""
    if not archive.exists():
        return None
    with suppress(ArchiveError), Archive(archive):  # a write that was cut short is rolled back
        pass
    former = archive.with_name(f"{archive.stem}-before-{stamp(now)}{archive.suffix}")
    if former.exists():
        raise UsageError(f"{former} exists; move it away and run again.")
    former.hardlink_to(archive)
    # A journal belongs to the file beside it: left there it would be played into the new one.
    journal = archive.with_name(f"{archive.name}-journal")
    if journal.exists():
        journal.rename(former.with_name(f"{former.name}-journal"))
    return former


def _settle(fresh: Path, target: Path) -> None:
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(target)
    sync(target.parent)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _unwritten(path: Path, error: OSError | sqlite3.Error) -> ArchiveError:
    said = error.strerror if isinstance(error, OSError) else error
    return ArchiveError(f"{path}: cannot be written ({said}); what was there is untouched.")
