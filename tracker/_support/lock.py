"""Locks between processes: one writer of an archive, one publisher of a folder, and readers.

A lock is the kernel's (flock), so it ends with its process, however that ends. The process id in
the file is for people only.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracker.errors import ArchiveError, Busy

#: How long a publication waits for another one, in seconds.
_PATIENCE = 60.0
_PAUSE = 0.1


def hold(path: Path) -> int:
    """Take the lock at `path`, making the file if need be; closing the handle releases it.

    Raises:
        Busy: Another process, which is named, holds it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror}).") from error
    if not taken(handle, fcntl.LOCK_EX):
        process = _named_in(handle)
        os.close(handle)
        who = f" (process {process})" if process else ""
        raise Busy(f"Another tracker is writing to {path.parent}{who}; wait until it has finished.")
    with suppress(OSError):  # only for people: on a full disk the lock holds all the same
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def holder(path: Path) -> str | None:
    """Return the process that holds the lock at `path`; "unknown" if unnamed, None if free."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        return None if taken(handle, fcntl.LOCK_SH) else _named_in(handle) or "unknown"
    finally:
        os.close(handle)


@contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Hold a folder for the block. Waits for another holder, then raises Busy."""
    handle = _held(folder, time.monotonic() + _PATIENCE)
    try:
        yield
    finally:
        os.close(handle)


def _held(folder: Path, end: float) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ArchiveError(f"{folder}: cannot be opened ({error.strerror}).") from error
    while not taken(handle, fcntl.LOCK_EX):
        if time.monotonic() > end:
            os.close(handle)
            raise Busy(f"Another tracker is publishing in {folder}; try again later.")
        time.sleep(_PAUSE)
    # Its last holder may have exchanged it for another folder.
    if folder.exists() and os.path.samestat(os.fstat(handle), folder.stat()):
        return handle
    os.close(handle)
    return _held(folder, end)


def share(folder: Path) -> int | None:
    """Keep the writer beside `folder` from deleting bodies from a store; see `unread`.

    Closing the handle ends it. Returns None if there is no folder.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


@contextmanager
def unread(folder: Path) -> Iterator[bool]:
    """Yield whether nobody shares a folder; if so, nobody can begin to during the block."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield taken(handle, fcntl.LOCK_EX)
    finally:
        os.close(handle)


def taken(handle: int, kind: int) -> bool:
    """Return whether an open file could be locked at once; `kind` is fcntl's LOCK_EX or LOCK_SH."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _named_in(handle: int) -> str:
    said = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
    return said if said.isdigit() else ""
