"""A published folder that is replaced in one step.

The new tree is made beside the old one. Files that did not change are hard links, so they keep
bytes and modification time; then the two are exchanged, so that no reader ever finds half of a
publication, and one that fails leaves the one before as it was. The old tree stays as the *spare*,
from which the next tree is made: few of half a million links differ. A file of the spare is only
used if it is the very file (the same inode) of the published tree.

Where folders cannot be exchanged (a mount point, a parent that cannot be written), files are
replaced one by one, in an order in which links lead to what is there: what is new comes first,
the front page late, and deletions last. A reader finds every file whole, but for that moment files
of two publications; a run that is killed then leaves them so until the next one. Files that others
put there are never touched: `MANIFEST` names ours.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from tracker._support.fsync import sync, sync_all
from tracker._support.lock import held_folder
from tracker._support.web_root import hindrance, web_root
from tracker.errors import ArchiveError

#: The list of our files, so that those of others in feeds/ (a CNAME, say) are carried along.
MANIFEST = "published.json"
#: Where files wait to be moved to their places one by one, inside the published folder.
WAITING = ".published.new"
#: The list of our files while they are moved: those published before and those to come.
_BOTH = f"{MANIFEST}.both"
#: Errors by which a sound system refuses to carry files along or to exchange folders.
_IMPOSSIBLE = {
    *{errno.EACCES, errno.EBUSY, errno.EINVAL, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP},
    *{errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV},
}
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
#: Seconds after which nobody is still reading the publication before.
_REST = 60.0

#: The entries of a folder, by name.
_Entries = dict[str, os.DirEntry[str]]
#: Identifies a file as the one that was written: its size in bytes, and its time.
Fingerprint = tuple[int, int]


class StagingTree:
    """The tree to be published; `changed` is the number of our files that differ from before.

    Only new files are written at once; without any, no tree need be made. `hindrance` is the reason
    why files are replaced one by one, empty if folders are exchanged.
    """

    def __init__(self, old: Path, new: Path, hindrance: str = "") -> None:
        self._old, self._new = str(old), str(new)
        self._folders: set[str] = set()
        self._kept: set[str] = set()
        self._written: list[str] = []
        self._before = published_names(old)
        self._seen: dict[str, int] = {}
        self._sound: set[str] = set()  # folders of ours whose path is free
        self.names: set[str] = set()
        self.changed = 0
        self.hindrance = hindrance
        self.is_finished = False
        self.outcome = "what was published before stands"  # where it fails

    @property
    def has_published(self) -> bool:
        """Return whether anything was published before."""
        return bool(self._before)

    def write(self, name: str, data: bytes) -> Fingerprint:
        """Add a file; if its bytes are as they were, the old file is kept."""
        self.names.add(name)
        before = f"{self._old}/{name}"
        mark = _mark(before) if _read(before) == data else None
        if mark is None:
            self.changed += 1
            self._written.append(name)
            return self._put(name, data)
        self._kept.add(name)
        return mark

    def keep(self, marks: Mapping[str, Fingerprint]) -> bool:
        """Keep the files of the old tree that have these marks: all of them, or none."""
        if any(_mark(f"{self._old}/{name}") != mark for name, mark in marks.items()):
            return False
        # Not by |=: with the keys of a table, that would copy the whole set.
        self._kept.update(marks)
        self.names.update(marks)
        return True

    def keep_published(self, belongs: Callable[[str], bool]) -> None:
        """Keep those files of the last publication, as they are, whose names `belong`."""
        marks = {name: _mark(f"{self._old}/{name}") for name in self._before if belongs(name)}
        self.keep({name: mark for name, mark in marks.items() if mark})

    def finish(self) -> None:
        """Publish the tree if it differs from before; files of others stay.

        Raises:
            ArchiveError: A file of others is in the way of ours; nothing was altered.
        """
        self.changed += len(self._before - self.names - {MANIFEST})
        listed = manifest(self.names)
        if not self.changed and _read(f"{self._old}/{MANIFEST}") == listed:
            self.is_finished = True
            return
        if in_the_way := [theirs for name in self._written if (theirs := self._theirs(name))]:
            more = f" (and {len(in_the_way) - 1} more)" if in_the_way[1:] else ""
            raise ArchiveError(
                f"{self._old}/{in_the_way[0]}{more}: stands where something published belongs; "
                "move it elsewhere."
            )
        self._put(MANIFEST, listed)
        self.hindrance = self.hindrance or self._exchange()
        if self.hindrance:
            self._replace()

    def _theirs(self, name: str) -> str:
        """Return what others put where a file of ours belongs; empty if nothing."""
        for folder in _above(name):
            if folder not in self._sound:
                path = f"{self._old}/{folder}"
                if os.path.lexists(path) and not _is_real_folder(path):
                    return "" if folder in self._before else folder
                self._sound.add(folder)
        path = f"{self._old}/{name}"
        if _is_real_folder(path):
            below = [f"{name}/{inside}" for inside in file_names(path)] or [name]
            return next((one for one in below if one not in self._before), "")
        return name if name not in self._before and os.path.lexists(path) else ""

    # ── all at once ───────────────────────────────────────────────────────────────

    def _exchange(self) -> str:
        """Exchange the trees; return why the system does not allow it, if it does not."""
        try:
            if self._complete() < len(self._kept):
                raise FileNotFoundError(errno.ENOENT, "a published file vanished")
            sync_all(self._new)
            _exchange(self._new, self._old)
        except OSError as error:
            if error.errno not in _IMPOSSIBLE:
                raise
            return f"the system says: {error.strerror}"
        self.is_finished, self.outcome = True, "all but that is published"
        self._carry_late_ones()
        with suppress(PermissionError):  # a folder that may be written need not be readable
            sync(Path(self._old).parent)
        return ""

    def _complete(self) -> int:
        """Complete the new tree; return how many files are kept.

        Both trees are walked together, once: for most of half a million files it is enough to see
        that the old tree and the spare have the same one.
        """
        kept, walked, waiting, empty = 0, list[str](), [""], set[str]()
        while waiting:
            folder = waiting.pop()
            walked.append(folder)
            if (changed := _changed(f"{self._old}/{folder}")) is not None:
                self._seen[folder] = changed
            old, new = _entries(f"{self._old}/{folder}"), _entries(f"{self._new}/{folder}")
            kept += self._complete_folder(folder, old, new)
            if folder in self._seen and not old:
                empty.add(folder)
            below = {n for some in (old, new) for n, e in some.items() if _is_folder(e)}
            waiting += [f"{folder}{name}/" for name in below]
        for folder in walked[::-1]:  # what is in a folder before it
            if folder in empty:  # by others: none of ours is
                os.makedirs(f"{self._new}/{folder}", exist_ok=True)  # noqa: PTH103
            elif folder:
                _remove_empty(f"{self._new}/{folder}")
            if folder in self._seen:
                _make_like(f"{self._old}/{folder}", f"{self._new}/{folder}")
        return kept

    def _carry_late_ones(self) -> None:
        """Bring along files that others added to the old tree after it was walked."""
        waiting = [f for f, seen in self._seen.items() if _changed(f"{self._new}/{f}") != seen]
        while waiting:
            folder = waiting.pop()
            after = f"{self._old}/{folder}"
            there = _entries(after)
            for name, entry in _entries(f"{self._new}/{folder}").items():
                if name in there and _is_folder(entry):
                    waiting += [below] if (below := f"{folder}{name}/") not in self._seen else []
                elif not self._is_ours(folder + name) and not _is_one(entry, there.get(name)):
                    os.makedirs(after, exist_ok=True)  # noqa: PTH103
                    os.rename(entry.path, f"{after}{name}")  # noqa: PTH104

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
        """Return whether a file of the old tree is kept, or was put there by others."""
        return name in self._kept or not self._is_ours(name)

    def _is_ours(self, name: str) -> bool:
        return name in self._before or name in self.names or name == MANIFEST

    def _take_over(self, name: str) -> None:
        """Put the very file of the old tree into the new one."""
        _clear(f"{self._new}/{name}")
        os.link(f"{self._old}/{name}", self._place(name), follow_symlinks=False)

    def _put(self, name: str, data: bytes) -> Fingerprint:
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
            # What waits inside the published folder is for nobody to read.
            os.makedirs(self._new, 0o700 if self.hindrance else 0o777, exist_ok=True)  # noqa: PTH103
            _clear_way(self._new, name)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            self._folders.add(folder)
        return path

    # ── one by one ────────────────────────────────────────────────────────────────

    def _replace(self) -> None:
        """Move every new file to its place, then remove the files that are gone."""
        self._put(_BOTH, manifest(self.names | self._before))
        sync_all(self._new)
        self.outcome = "until the next publication, files of two stand there"
        self._move(_BOTH, MANIFEST)
        for name in sorted(self._written, key=self._turn):
            self._move(name, name)
        if gone := self._before - self.names - {MANIFEST}:
            for name in gone.intersection(file_names(self._old)):
                _remove(self._old, name)
        self._move(MANIFEST, MANIFEST)
        sync_all(self._old)
        shutil.rmtree(self._new, ignore_errors=True)

    def _turn(self, name: str) -> tuple[bool, int, bool, str]:
        """Return the turn of a file: after the files that it links to."""
        is_front = name.rpartition("/")[2] == "index.html"
        return name in self._before, -name.count("/"), is_front, name

    def _move(self, name: str, to: str) -> None:
        path = f"{self._old}/{to}"
        _clear_way(self._old, to)  # of files of ours: see `_theirs`
        os.makedirs(path.rpartition("/")[0], exist_ok=True)  # noqa: PTH103
        if _is_real_folder(path):
            for inside in file_names(path):
                _remove(self._old, f"{to}/{inside}")
        os.replace(f"{self._new}/{name}", path)  # noqa: PTH105


@contextmanager
def exchanged(directory: Path) -> Iterator[StagingTree]:
    """Replace `directory` by the files that the block writes or keeps, and those of others.

    If it is a link, the folder that it leads to is replaced, and held so that nobody else publishes
    there meanwhile; see also `tracker._support.lock.held_folder`. If the block raises, the old tree
    remains.

    Raises:
        ArchiveError: The folder cannot be written.
    """
    target = web_root(directory)
    with held_folder(target) if target.exists() else nullcontext():
        why = hindrance(target)
        spare = target / WAITING if why else spare_of(target)
        fresh = StagingTree(target, spare, why)
        try:
            _discard(target / WAITING)
            if not _is_left(spare):
                _discard(spare)
            yield fresh
            fresh.finish()
        except OSError as error:
            raise ArchiveError(
                f"{target}: could not be written ({error.strerror}); {fresh.outcome}."
            ) from error
        finally:
            if not fresh.is_finished:
                with suppress(OSError):
                    _discard(spare)


def _is_left(spare: Path) -> bool:
    """Return whether no reader can still be in the tree before.

    A reader must not find it half another one; if it is gone, the file is looked for again.
    """
    try:
        return _is_real_folder(str(spare)) and time.time() - spare.stat().st_ctime >= _REST
    except OSError:
        return False


def spare_of(directory: Path) -> Path:
    """Return where the publication before is kept; it may be deleted at will."""
    return directory.with_name(f".{directory.name}.spare")


def write_atomically(directory: Path, files: Mapping[str, bytes]) -> int:
    """Make `directory` hold `files` and those of others only; return how many changed."""
    with exchanged(directory) as fresh:
        for name, data in files.items():
            fresh.write(name, data)
    return fresh.changed


# ── what stands there ─────────────────────────────────────────────────────────────


def manifest(names: Iterable[str]) -> bytes:
    """Return the file that lists the published files."""
    return json.dumps(sorted({*names, MANIFEST}), indent=0).encode() + b"\n"


def published_names(directory: Path) -> set[str]:
    """Return the names that the last publication listed."""
    try:
        found = json.loads((directory / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return set()
    return {name for name in found if isinstance(name, str)} if isinstance(found, list) else set()


def file_names(directory: Path | str) -> list[str]:
    """Return every file and link below a folder, in order."""
    found = []
    for folder, folders, files in os.walk(directory):
        inside = os.path.relpath(folder, directory)
        prefix = "" if inside == "." else f"{inside}/"
        links = [name for name in folders if os.path.islink(f"{folder}/{name}")]  # noqa: PTH114
        found += [f"{prefix}{name}" for name in (*files, *links)]
    return sorted(found)


def content(directory: Path, name: str) -> bytes | None:
    """Return the bytes of a published file; None for a link or a file that cannot be read."""
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


def _mark(path: str) -> Fingerprint | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return _mark_of(found) if stat.S_ISREG(found.st_mode) else None


def _mark_of(found: os.stat_result) -> Fingerprint:
    return found.st_size, found.st_mtime_ns


# ── the file system ───────────────────────────────────────────────────────────────


def _above(name: str) -> Iterator[str]:
    """Yield the folders above a file, the nearest first."""
    while name := name.rpartition("/")[0]:
        yield name


def _entries(folder: str) -> _Entries:
    """Return the entries of a folder by name; none if there is no such folder."""
    try:
        with os.scandir(folder) as found:  # not through a link: what is none was removed
            return {entry.name: entry for entry in found}
    except (FileNotFoundError, NotADirectoryError):
        return {}


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_one(one: os.DirEntry[str], other: os.DirEntry[str] | None) -> bool:
    """Return whether two names are of one file."""
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
    """Remove anything that is not a folder from the path above a file."""
    path = root
    for part in name.split("/")[:-1]:
        path = f"{path}/{part}"
        if os.path.islink(path) or os.path.isfile(path):  # noqa: PTH113, PTH114
            os.unlink(path)  # noqa: PTH108


def _remove_empty(folder: str) -> None:
    """Remove a folder if it is empty."""
    with suppress(OSError):
        os.rmdir(folder)  # noqa: PTH106


def _remove(root: str, name: str) -> None:
    """Remove a file, and the folders above it that are then empty."""
    os.unlink(f"{root}/{name}")  # noqa: PTH108
    for folder in _above(name):
        _remove_empty(f"{root}/{folder}")


def _discard(spare: Path) -> None:
    """Remove the file or folder at a place of ours; of a link, only the link."""
    if _is_real_folder(str(spare)):
        shutil.rmtree(spare, ignore_errors=True)
    else:
        spare.unlink(missing_ok=True)


def _is_real_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114


def _changed(folder: str) -> int | None:
    """Return when the entries of a folder last changed; None if there is no folder."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None


def _make_like(one: str, other: str) -> None:
    """Give a folder, if it exists, the owner and the rights of another."""
    try:
        is_like, is_to_be = (_rights(folder) for folder in (other, one))
    except FileNotFoundError:
        return
    if is_like != is_to_be:
        os.chown(other, *is_to_be[1:])
        shutil.copystat(one, other)


def _rights(folder: str) -> tuple[int, int, int]:
    found = os.stat(folder)  # noqa: PTH116
    return found.st_mode, found.st_uid, found.st_gid


def _exchange(fresh: str, directory: str) -> None:
    """Swap two folders; a reader finds either the old or the new one, never neither."""
    if os.path.exists(directory):  # noqa: PTH110
        _exchange_at_once(fresh, directory)
    else:
        os.rename(fresh, directory)  # noqa: PTH104


def _exchange_at_once(a: str, b: str) -> None:
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    names = os.fsencode(a), os.fsencode(b)
    if rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
