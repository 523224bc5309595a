"""Open Terms Archive git repositories → entries, oldest first, and their bytes.

A *versions* repository holds the extracted texts as Markdown, a *snapshots* repository the pages
as served. Both keep one file a document, `SERVICE/TYPE.md` or `SERVICE/TYPE[ #PAGE].html`, and
one commit a recorded version, whose own date is when it was seen. The repository may be a
folder, a bundle file or a URL. It is foreign: only its objects and refs are read; its configuration
and hooks are ignored, and nothing is run. No `git` is needed.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tracker.errors import ImportFailed
from tracker.importer.git.bundle import unbundle
from tracker.importer.git.commits import changed_files, commits_since
from tracker.importer.git.entries import Entry, Undated, entries
from tracker.importer.git.objects import BLOB, Objects, TooLarge
from tracker.importer.git.refs import Refs, git_folder, object_format, read_refs, shown, tips
from tracker.importer.record import LONGEST

if TYPE_CHECKING:
    from tracker.importer.git.remote import Asking

_HELPER = re.compile(r"[A-Za-z0-9+.-]+::")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True, slots=True)
class Repository:
    """An opened repository: `entries` in order of time, `undated` those without a possible time."""

    objects: Objects
    entries: tuple[Entry, ...]
    undated: tuple[Undated, ...] = ()

    def bodies(self, wanted: Sequence[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """Yield the entries with their bytes. Raises as `body` does."""
        return ((entry, self.body(entry)) for entry in wanted)

    def body(self, entry: Entry) -> bytes:
        """Return the bytes of an entry. Raises ImportFailed: TooLarge if no page has so many."""
        found = self.objects.read(entry.blob.encode(), BLOB)
        if len(found) > LONGEST:
            raise TooLarge(f"{len(found):,} bytes are more than any page of terms has.")
        return found


@contextmanager
def opened(
    place: str, asking: Asking | None = None, told: Callable[[int], None] = lambda _: None
) -> Iterator[Repository]:
    """Open the repository at `place`; a bundle or URL is unpacked for the duration of the block.

    `asking` makes the client for an address; without it, addresses are refused. `told` is called
    with the number of bytes received.

    Raises:
        ImportFailed: It cannot be opened.
    """
    with tempfile.TemporaryDirectory(prefix="tracker-import-") as folder:
        objects, refs = _found(place, Path(folder), asking, told)
        with Objects(objects, object_format(refs), shown(place)) as read:
            commits = commits_since(read, tips(refs))
            yield Repository(read, *entries(changed_files(read, commits[::-1])))


def _found(
    place: str, room: Path, asking: Asking | None, told: Callable[[int], None]
) -> tuple[Path, Refs]:
    """Locate the objects and refs of a repository; a bundle or URL is unpacked into `room`."""
    kept = located(place)
    if isinstance(kept, Path):
        return in_place(kept) if kept.is_dir() else (room, unbundle(kept, room))
    if asking is None:
        raise ImportFailed(f"{shown(place)}: is an address, which is not asked here; {_WAYS}.")
    from tracker.importer.git.remote import fetch  # which takes its time to load

    return room, fetch(kept, room, asking, told=told)


def located(place: str) -> Path | str:
    """Return where a repository is: a folder, a bundle file, or an address to ask over HTTP.

    Raises:
        ImportFailed: It is nowhere that is read.
    """
    if _HELPER.match(place):
        raise ImportFailed(f"{shown(place)}: helpers of git are not run; {_WAYS}.")
    scheme = _SCHEME.match(place)
    kind = scheme[1].lower() if scheme else "file"
    if kind in {"http", "https"}:
        return place
    if kind != "file":
        raise ImportFailed(f"{shown(place)}: {kind}:// is not read; {_WAYS}.")
    path = Path(unquote(urlsplit(place).path) if scheme else place)
    if not path.is_dir() and not path.is_file():
        raise ImportFailed(f"{shown(place)}: no such repository; {_WAYS}.")
    return path


def in_place(path: Path) -> tuple[Path, Refs]:
    """Return the objects of a repository in a folder, and its refs."""
    folder = git_folder(path)
    return folder / "objects", read_refs(folder)


_WAYS = "give a folder, a bundle file or an address that begins with https://"
