"""The root folder: `data/` read, `feeds/` written.

A root without declarations, topics or settings of its own starts from those that ship with the
program.
A publication replaces `feeds/` in one step: the new tree is made beside it (files that did not
change are hard links, so they keep bytes and modification time) and the two are exchanged.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker import corrections, declarations, names, settings, topics
from tracker.declarations import Declared
from tracker.errors import ArchiveError
from tracker.model import Correction, Settings, Topic

_PACKAGE = Path(__file__).parent
#: What we published, so that what others put into feeds/ (a CNAME, say) is carried along.
MANIFEST = "published.json"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@dataclass(frozen=True, slots=True)
class Workspace:
    """A root folder and what its operator wrote into it."""

    root: Path
    declared: Declared
    topics: tuple[Topic, ...]
    settings: Settings
    corrections: tuple[Correction, ...] = ()

    @property
    def archive(self) -> Path:
        return self.root / "data" / "archive.db"

    @property
    def cache(self) -> Path:
        """What may be thrown away at will."""
        return self.root / ".cache" / "derived.db"

    @property
    def feeds(self) -> Path:
        return self.root / "feeds"

    @property
    def key(self) -> Path:
        return self.root / "data" / "signing.key"

    @property
    def timestamps(self) -> Path:
        return self.root / "data" / "timestamps"

    @property
    def timestamp_ca(self) -> Path:
        """The certificates that timestamps have to lead to, where the operator put some."""
        return self.root / "data" / "timestamp-ca.pem"


def open_workspace(root: Path) -> Workspace:
    """Read what was declared under `root`. Raises DeclarationError, having done nothing."""
    data = root / "data"
    folder = data / "declarations"
    declared = declarations.load(folder if folder.is_dir() else starter("declarations"))
    file = data / "topics.toml"
    watched = topics.load(file if file.is_file() else starter("topics.toml"))
    own = (data / settings.FILE).is_file()
    said = settings.load(data if own else starter(""))
    names.check(declared, watched, said)
    return Workspace(root, declared, watched, said, corrections.load(data))


def starter(name: str) -> Path:
    """What a root without its own starts from: in the wheel, or where a checkout keeps it."""
    shipped = _PACKAGE / "starter" / name
    return shipped if shipped.exists() else _PACKAGE.parent / "data" / name


# ── publishing ────────────────────────────────────────────────────────────────────


def put(directory: Path, files: Mapping[str, bytes]) -> int:
    """Make `directory` hold exactly `files` (and what others put there); how many changed.

    One publication at a time: see `tracker.lock.held_folder`.
    """
    fresh = directory.with_name(f".{directory.name}.new")
    try:
        _recover(directory)
        shutil.rmtree(fresh, ignore_errors=True)
        changed = _build(fresh, directory, files)
        if changed:
            _exchange(fresh, directory)
        shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise ArchiveError(
            f"{directory}: could not be written ({error.strerror}); "
            "what was published before stands."
        ) from error
    return changed


def _build(fresh: Path, old: Path, files: Mapping[str, bytes]) -> int:
    ours = published_names(old)
    changed = sum(_place(fresh, old, name, data) for name, data in files.items())
    _place(fresh, old, MANIFEST, manifest(files))
    for path in _files(old):
        name = path.relative_to(old).as_posix()
        if name not in ours and name not in files:
            _link(path, fresh / name)
    for folder in sorted({path.parent for path in _files(fresh)} | {fresh}):
        sync(folder)
    return changed + len(ours - set(files) - {MANIFEST})


def manifest(names: Iterable[str]) -> bytes:
    """The file that says what was published."""
    return json.dumps(sorted([*names, MANIFEST]), indent=0).encode() + b"\n"


def published(directory: Path) -> dict[str, bytes | None]:
    """Every file that stands in a published folder; None for what is a link or cannot be read."""
    return {path.relative_to(directory).as_posix(): _content(path) for path in _files(directory)}


def published_names(directory: Path) -> set[str]:
    """What the last publication says it wrote."""
    try:
        return set(json.loads((directory / MANIFEST).read_bytes()))
    except (OSError, ValueError, TypeError):
        return set()


def _files(directory: Path) -> list[Path]:
    return sorted(p for p in directory.rglob("*") if p.is_file() or p.is_symlink())


def _content(path: Path) -> bytes | None:
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


def _place(fresh: Path, old: Path, name: str, data: bytes) -> bool:
    """Put one file into the new tree; whether it differs from the old one."""
    target, before = fresh / name, old / name
    if before.is_file() and not before.is_symlink() and before.read_bytes() == data:
        _link(before, target)
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return True


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
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


def sync(folder: Path) -> None:
    """See to it that what was renamed in a folder stands, whatever comes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange_at_once(a: Path, b: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(a), os.fsencode(b)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
