"""A published folder, exchanged in one step for the one before it.

The new tree is made beside the old one. Files that did not change are hard links, so they keep
bytes and modification time; then the two are exchanged, so that no reader ever finds half of a
publication, and one that fails leaves the one before as it was. What was exchanged stays as the
*spare*, from which the next tree is made: few of half a million links differ. Whatever stands in
the spare, nothing of it is believed that is not the very file of the old tree.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from tracker.disk import sync, sync_all
from tracker.errors import ArchiveError

#: What we published, so that what others put into feeds/ (a CNAME, say) is carried along.
MANIFEST = "published.json"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
#: Seconds after which nobody is still reading in the publication before.
_REST = 60.0

#: What is in a folder, by name.
_Entries = dict[str, os.DirEntry[str]]
#: By which a file is known to be the one that was written: its size in bytes, and when.
Mark = tuple[int, int]


class Fresh:
    """The tree that is to be; `changed` of our files are not as they were.

    Nothing but what is new is written at once: where nothing is, no tree need be made.
    """

    def __init__(self, old: Path, new: Path) -> None:
        self._old, self._new = str(old), str(new)
        self._folders: set[str] = set()
        self._kept: set[str] = set()
        self._before = published_names(old)
        self.names: set[str] = set()
        self.changed = 0

    def write(self, name: str, data: bytes) -> Mark:
        """Put a file there; one of the very same bytes stays the file it was."""
        self.names.add(name)
        before = f"{self._old}/{name}"
        mark = _mark(before) if _read(before) == data else None
        if mark is None:
            self.changed += 1
            return self._put(name, data)
        self._kept.add(name)
        return mark

    def keep(self, marks: Mapping[str, Mark]) -> bool:
        """Keep the files of the old tree that have these marks; all of them, or none."""
        if any(_mark(f"{self._old}/{name}") != mark for name, mark in marks.items()):
            return False
        # Not by |=: with the keys of a table, that would copy the whole set.
        self._kept.update(marks)
        self.names.update(marks)
        return True

    def keep_published(self, belongs: Callable[[str], bool]) -> None:
        """Keep those files of the last publication, as they stand, whose names `belong`."""
        marks = {name: _mark(f"{self._old}/{name}") for name in self._before if belongs(name)}
        self.keep({name: mark for name, mark in marks.items() if mark})

    def finish(self) -> bool:
        """Complete the tree, also by what others put there; False where it would be as it was."""
        self.changed += len(self._before - self.names - {MANIFEST})
        listed = manifest(self.names)
        if not self.changed and _read(f"{self._old}/{MANIFEST}") == listed:
            return False
        self._put(MANIFEST, listed)
        if self._complete() < len(self._kept):
            raise FileNotFoundError(errno.ENOENT, "a published file vanished")
        sync_all(self._new)
        return True

    def _complete(self) -> int:
        """Make the new tree what it is to be; how many files are kept.

        Both trees are walked together, once: of most of half a million files there is no more to
        do than to see that the old tree and the spare have the same.
        """
        kept, walked, waiting = 0, list[str](), [""]
        while waiting:
            folder = waiting.pop()
            walked.append(folder)
            old, new = _entries(f"{self._old}/{folder}"), _entries(f"{self._new}/{folder}")
            kept += self._complete_folder(folder, old, new)
            below = {n for some in (old, new) for n, e in some.items() if _is_folder(e)}
            waiting += [f"{folder}{name}/" for name in below]
        for folder in walked[:0:-1]:  # what is in a folder before it
            _remove_empty(f"{self._new}/{folder}")
        return kept

    def _complete_folder(self, folder: str, old: _Entries, new: _Entries) -> int:
        names = {n for n, e in old.items() if not _is_folder(e) and self._is_to_stay(folder + n)}
        for name in names:
            if not _is_one(old[name], new.get(name)):
                self._take_over(folder + name)
        for name, entry in new.items():
            is_ours = name in names or f"{folder}{name}" in self.names
            if not (is_ours or _is_folder(entry) or folder + name == MANIFEST):
                os.unlink(entry.path)  # noqa: PTH108
        return sum(folder + name in self._kept for name in names)

    def _is_to_stay(self, name: str) -> bool:
        """Whether a file of the old tree is kept, or was put there by others."""
        if name in self._kept:
            return True
        if name in self._before or name in self.names or name == MANIFEST:
            return False
        if name in self._above or any(folder in self.names for folder in _above(name)):
            raise ArchiveError(
                f"{self._old}/{name}: stands where something published belongs; move it elsewhere."
            )
        return True

    @cached_property
    def _above(self) -> set[str]:
        """All folders that what is published needs."""
        return {folder for name in self.names for folder in _above(name)}

    def _take_over(self, name: str) -> None:
        """Put the very file of the old tree into the new one."""
        _clear(f"{self._new}/{name}")
        _link(f"{self._old}/{name}", self._place(name))

    def _put(self, name: str, data: bytes) -> Mark:
        path = self._place(name)
        _clear(path)  # not written over: it is a link to what readers see
        with open(path, "xb") as file:  # noqa: PTH123 (half a million of them)
            file.write(data)
            file.flush()
            return _mark_of(os.fstat(file.fileno()))

    def _place(self, name: str) -> str:
        path = f"{self._new}/{name}"
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            _clear_way(self._new, name)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            self._folders.add(folder)
        return path


@contextmanager
def exchanged(directory: Path) -> Iterator[Fresh]:
    """Make `directory` anew: what the block writes or keeps, and what others put there.

    One publication at a time: see `tracker.lock.held_folder`. Raises ArchiveError where it
    cannot be written; whatever the block raises, the old tree stands.
    """
    spare = spare_of(directory)
    try:
        _recover(directory)
        if not _is_left(spare):
            shutil.rmtree(spare, ignore_errors=True)
        fresh = Fresh(directory, spare)
        yield fresh
        if fresh.finish():
            _exchange(spare, directory)
    except OSError as error:
        shutil.rmtree(spare, ignore_errors=True)
        raise ArchiveError(
            f"{directory}: could not be written ({error.strerror}); "
            "what was published before stands."
        ) from error
    except BaseException:
        shutil.rmtree(spare, ignore_errors=True)
        raise


def _is_left(spare: Path) -> bool:
    """Whether nobody reads any more in what stood until it was exchanged.

    Whoever does must not find it half another one; gone, it is at least looked for again.
    """
    try:
        return time.time() - spare.stat().st_ctime >= _REST
    except OSError:
        return False


def spare_of(directory: Path) -> Path:
    """Where the publication before is kept; it may be thrown away at will."""
    return directory.with_name(f".{directory.name}.spare")


def put(directory: Path, files: Mapping[str, bytes]) -> int:
    """Make `directory` hold exactly `files` (and what others put there); how many changed."""
    with exchanged(directory) as fresh:
        for name, data in files.items():
            fresh.write(name, data)
    return fresh.changed


# ── what stands there ─────────────────────────────────────────────────────────────


def manifest(names: Iterable[str]) -> bytes:
    """The file that says what was published."""
    return json.dumps(sorted({*names, MANIFEST}), indent=0).encode() + b"\n"


def published_names(directory: Path) -> set[str]:
    """What the last publication says it wrote."""
    try:
        return set(json.loads((directory / MANIFEST).read_bytes()))
    except (OSError, ValueError, TypeError):
        return set()


def file_names(directory: Path | str) -> list[str]:
    """Every file and link below a folder, in order."""
    found = []
    for folder, folders, files in os.walk(directory):
        inside = os.path.relpath(folder, directory)
        prefix = "" if inside == "." else f"{inside}/"
        links = [name for name in folders if os.path.islink(f"{folder}/{name}")]  # noqa: PTH114
        found += [f"{prefix}{name}" for name in (*files, *links)]
    return sorted(found)


def content(directory: Path, name: str) -> bytes | None:
    """The bytes of a file in a published folder; None for what is a link or cannot be read."""
    return _read(f"{directory}/{name}")


def _read(path: str) -> bytes | None:
    if _mark(path) is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with open(handle, "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return None


def _mark(path: str) -> Mark | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return _mark_of(found) if stat.S_ISREG(found.st_mode) else None


def _mark_of(found: os.stat_result) -> Mark:
    return found.st_size, found.st_mtime_ns


# ── the file system ───────────────────────────────────────────────────────────────


def _above(name: str) -> Iterator[str]:
    """The folders above a file, the nearest first."""
    while name := name.rpartition("/")[0]:
        yield name


def _entries(folder: str) -> _Entries:
    """What is in a folder, by name; nothing where there is none."""
    try:
        with os.scandir(folder) as found:  # not through a link: what is none was removed
            return {entry.name: entry for entry in found}
    except (FileNotFoundError, NotADirectoryError):
        return {}


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_one(one: os.DirEntry[str], other: os.DirEntry[str] | None) -> bool:
    """Whether two names are of one file."""
    if other is None:
        return False
    a, b = (entry.stat(follow_symlinks=False) for entry in (one, other))
    return (a.st_ino, a.st_dev) == (b.st_ino, b.st_dev)


def _clear(path: str) -> None:
    """Make room for a file of this name."""
    try:
        os.unlink(path)  # noqa: PTH108
    except FileNotFoundError:
        return
    except OSError:
        shutil.rmtree(path)


def _clear_way(root: str, name: str) -> None:
    """Make room for the folders above a file: what is none goes."""
    path = root
    for part in name.split("/")[:-1]:
        path = f"{path}/{part}"
        if os.path.islink(path) or os.path.isfile(path):  # noqa: PTH113, PTH114
            os.unlink(path)  # noqa: PTH108


def _remove_empty(folder: str) -> None:
    """Remove a folder in which nothing is."""
    with suppress(OSError):
        os.rmdir(folder)  # noqa: PTH106


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target, follow_symlinks=False)


def _exchange(fresh: Path, directory: Path) -> None:
    """Swap two folders so that a reader finds either the old or the new one, never none."""
    if not directory.exists():
        fresh.rename(directory)
    elif not _exchange_at_once(fresh, directory):
        aside = _aside(directory)
        shutil.rmtree(aside, ignore_errors=True)
        directory.rename(aside)
        fresh.rename(directory)
        aside.rename(fresh)
    sync(directory.parent)


def _aside(directory: Path) -> Path:
    return directory.with_name(f".{directory.name}.old")


def _recover(directory: Path) -> None:
    """Where no exchange at once is possible, a run may have been stopped between two renames."""
    aside = _aside(directory)
    if aside.exists() and not directory.exists():
        aside.rename(directory)


def _exchange_at_once(a: Path, b: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(a), os.fsencode(b)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
