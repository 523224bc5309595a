"""Timestamps as kept in `data/timestamps/`: a folder each, never changed.

    20250905T120000Z-12-0123456789abcdef/    requested then, for a log of 12 captures
        checkpoint.txt                       the stamped text
        token.tsr                            the authority's response (a TimeStampResp)

The end of the name is a digest of all the rest, so that not a bit can change unseen.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from tracker._support.fsync import sync, write_synced
from tracker.archive.integrity import EMPTY, Head, heads
from tracker.archive.log_entries import LOGS
from tracker.archive.store import Archive
from tracker.errors import NotStamped
from tracker.evidence.checkpoint import Note, checkpoint_body, parse_note
from tracker.model import digest
from tracker.publisher import words

_NAME = re.compile(r"(\d{8}T\d{6}Z)-\d+-[0-9a-f]{16}")
_TIME = "%Y%m%dT%H%M%SZ"
_CHECKPOINT, _TOKEN = "checkpoint.txt", "token.tsr"


@dataclass(frozen=True, slots=True)
class KeptTimestamp:
    """A kept timestamp: the time of the request by our clock, the stamped text, the response."""

    asked: datetime
    note: Note
    text: str
    token: bytes

    @property
    def name(self) -> str:
        asked = words.stamp(self.asked)
        whole = b"\0".join([asked.encode(), self.text.encode(), self.token])
        return f"{asked}-{self.note.size}-{digest(whole)[:16]}"


@dataclass(frozen=True, slots=True)
class KeptTimestamps:
    """All kept timestamps, oldest first, and descriptions of anything else among them."""

    kept: tuple[KeptTimestamp, ...]
    problems: tuple[str, ...]


def load_stamps(folder: Path) -> KeptTimestamps:
    """Read the timestamps in `folder`; none if it does not exist."""
    kept, problems = [], []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):  # a run was stopped while it wrote; the next clears it away
            continue
        try:
            kept.append(_loaded(path))
        except (OSError, ValueError) as error:
            problems.append(f"{path} is not the timestamp that was kept ({_said(error)})")
    return KeptTimestamps(tuple(kept), tuple(problems))


def keep_stamp(folder: Path, stamp: KeptTimestamp) -> Path:
    """Keep a timestamp in `folder`; on return it is on disk. Raises NotStamped if it cannot be."""
    path, fresh = folder / stamp.name, folder / f".{stamp.name}"
    try:
        for left in folder.glob(".*"):
            shutil.rmtree(left)
        fresh.mkdir(parents=True)
        write_synced(fresh / _CHECKPOINT, stamp.text.encode())
        write_synced(fresh / _TOKEN, stamp.token)
        sync(fresh)
        fresh.rename(path)
        sync(folder)
    except OSError as error:
        raise NotStamped(f"{path} cannot be written ({error.strerror})") from error
    return path


class Noted(Protocol):
    """Anything that has a checkpoint."""

    @property
    def note(self) -> Note: ...


_Noted = TypeVar("_Noted", bound=Noted)


def mismatched(
    archive: Archive, given: Collection[_Noted], start: Mapping[str, Head] | None = None
) -> list[_Noted]:
    """Return those of `given` whose checkpoint is not one of the log in `archive`.

    `start` are heads that the log is known to have had: only later rows are read, and no checkpoint
    of a smaller log fits.
    """
    wanted = {pair for one in given for pair in one.note.sizes}
    found = {}
    for log in LOGS:
        begin = start[log] if start else EMPTY
        for head in heads(log, archive.rows(log, after=begin.size), begin):
            if (log, head.size) in wanted:
                found[log, head.size] = head
    return [one for one in given if not _fits(one.note, found)]


def _fits(note: Note, found: Mapping[tuple[str, int], Head]) -> bool:
    there = {pair[0]: found[pair] for pair in note.sizes if pair in found}
    return there.keys() == set(LOGS) and note.body == checkpoint_body(note.origin, there)


def _loaded(path: Path) -> KeptTimestamp:
    found = _NAME.fullmatch(path.name)
    names = sorted(p.name for p in path.iterdir())
    if found is None or names != [_CHECKPOINT, _TOKEN]:
        raise ValueError(f"it must hold {_CHECKPOINT} and {_TOKEN}, and nothing else")
    asked = datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
    text, token = (path / _CHECKPOINT).read_bytes().decode(), (path / _TOKEN).read_bytes()
    try:
        stamp = KeptTimestamp(asked, parse_note(text), text, token)
    except ValueError as error:
        raise ValueError(f"{_CHECKPOINT} {error}") from error
    if stamp.name != path.name:
        raise ValueError(f"{_CHECKPOINT}, {_TOKEN} or the name was altered")
    return stamp


def _said(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"{_CHECKPOINT} was altered"
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
