"""Collections that are followed: a mirror is kept of each, and only what is new in it is read.

Of an address the mirror holds commits and folders, and of the files only those asked for, where the
server can leave out the rest. A folder is read where it is. As everywhere, nothing is run.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.errors import ImportFailed
from tracker.importer.git.bundle import bundled_refs, unbundle
from tracker.importer.git.commits import Changed, changed_files, commits_since, newest
from tracker.importer.git.entries import entries, moment
from tracker.importer.git.objects import Objects
from tracker.importer.git.refs import Refs, is_object_name, object_format, shown, tips
from tracker.importer.git.remote import Asking, fetch, fetch_files
from tracker.importer.git.repository import Repository, in_place, located

#: Each fetch adds a pack or two; before there are too many to keep open, all is fetched once more.
_MOST_PACKS = 100
_LONGEST_NOTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mirror:
    """A repository as it was when last asked: where its objects are, and its branches."""

    place: str
    objects: Path
    refs: Refs
    asking: Asking
    told: Callable[[int], None]

    @property
    def tips(self) -> tuple[str, ...]:
        return tips(self.refs)


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a collection; and its last commit, with the time, None if that is none."""

    repository: Repository
    commit: str = ""
    time: datetime | None = None


def mirrored(
    place: str, room: Path, asking: Asking, told: Callable[[int], None] = lambda _: None
) -> Mirror:
    """Bring the mirror of a repository, kept in the folder `room`, up to date.

    Raises:
        ImportFailed: It is out of reach, or no repository; the mirror is as it was.
    """
    kept = located(place)
    if isinstance(kept, str):
        objects, refs = _fetched(place, room, asking, told)
    elif kept.is_dir():
        objects, refs = in_place(kept)
    else:
        objects, refs = _unbundled(kept, room)
    if not tips(refs):
        raise ImportFailed(f"{shown(place)}: has no commits.")
    return Mirror(place, objects, refs, asking, told)


def _fetched(
    place: str, room: Path, asking: Asking, told: Callable[[int], None]
) -> tuple[Path, Refs]:
    objects = room / "objects"
    known = _noted(room)
    if not known or len(list(objects.glob("pack/*.pack"))) > _MOST_PACKS:
        shutil.rmtree(room, ignore_errors=True)
        known = {}
    refs = fetch(place, objects, asking, tips(known), told, files=False)
    if refs != known:
        _note(room, refs)
    return objects, refs


def _unbundled(file: Path, room: Path) -> tuple[Path, Refs]:
    refs = bundled_refs(file)
    if refs != _noted(room):
        shutil.rmtree(room, ignore_errors=True)
        unbundle(file, room / "objects")
        _note(room, refs)
    return room / "objects", refs


def _noted(room: Path) -> Refs:
    """Return the refs of a mirror; none where it is not whole."""
    try:
        with (room / "refs.json").open("rb") as file:
            found = json.loads(file.read(_LONGEST_NOTE))
        return {str(name): ref for name, ref in found.items() if is_object_name(ref)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _note(room: Path, refs: Refs) -> None:
    note = room / "refs.json.new"
    note.write_text(json.dumps(dict(refs)))
    note.replace(room / "refs.json")


# ── what is new ───────────────────────────────────────────────────────────────────


@contextmanager
def news(mirror: Mirror, files: Collection[str], read: Collection[str] = ()) -> Iterator[News]:
    """Give the records of `files` in all commits that are not among `read` or before these.

    `files` are paths such as `SERVICE/TYPE.md`; the bytes of all that is given can be read.

    Raises:
        ImportFailed: The repository is damaged, or its files are out of reach.
    """
    wanted = {path.encode() for path in files}
    folders = {path.partition(b"/")[0] for path in wanted}
    with _opened(mirror) as objects:
        last = newest(objects, mirror.tips)
        commits = commits_since(objects, mirror.tips, read)
        changed = changed_files(objects, commits[::-1], folders)
        found, undated = entries(file for file in changed if _path(file) in wanted)
        missing = sorted({entry.blob for entry in found if not objects.has(entry.blob)})
    if missing and isinstance(located(mirror.place), str):
        fetch_files(mirror.place, mirror.objects, mirror.asking, missing, mirror.told)
    with _opened(mirror) as objects:
        repository = Repository(objects, found, undated)
        yield News(repository, last.name, moment(last.seconds)) if last else News(repository)


def _opened(mirror: Mirror) -> Objects:
    return Objects(mirror.objects, object_format(mirror.refs), shown(mirror.place))


def _path(file: Changed) -> bytes:
    """Return the path of a file; a page of a combined text has that of the whole."""
    stem, dot, suffix = file.file.rpartition(b".")
    return file.folder + b"/" + stem.partition(b" #")[0] + dot + suffix
