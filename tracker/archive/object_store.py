"""Bodies in object storage: packed, each under its digest, reached through fsspec.

An object is written before the row that names it is committed, and deleted only after the commit
that dropped the row; a run that is stopped in between leaves at most an object that no row names.
Only the holder of the writer's lock writes or deletes. Credentials come from the environment.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from tracker._support.fsync import sync, write_synced
from tracker.errors import ArchiveError, Unreachable, UsageError
from tracker.model import digest

#: The number of objects requested at once.
BATCH = 32
_NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\.z")
#: Bodies are small: s3fs need not ask for the size before it asks for the body.
_OPTIONS: Mapping[str, Mapping[str, Any]] = {"s3": {"max_concurrency": 1}}
_LONGEST = 200  # characters of a library's message


class ObjectStore:
    """The store at `url`, a folder that belongs to one archive alone.

    `options` are those for fsspec, by the protocol of an address. Nothing is loaded or asked before
    the first use, which raises UsageError if a library is missing.
    """

    def __init__(self, url: str, options: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.url = url
        kind = url.partition("://")[0]
        self._options = {**_OPTIONS.get(kind, {}), **(options or {}).get(kind, {})}

    def put(self, packed: Mapping[str, bytes]) -> None:
        """Store bodies under their digests; on return they are durable. Raises Unreachable."""
        with self._asking("written"):
            if self.url.startswith("file://"):
                for name, data in packed.items():
                    _write(Path(self._path(name)), data)
            else:
                self._files.pipe({self._path(name): data for name, data in packed.items()})

    def get(self, names: Sequence[str]) -> Iterator[tuple[str, bytes | ArchiveError]]:
        """Yield each packed body after checking its digest, or the fault. Raises Unreachable."""
        for start in range(0, len(names), BATCH):
            paths = {name: self._path(name) for name in names[start : start + BATCH]}
            with self._asking("read"):
                found = self._files.cat(list(paths.values()), on_error="return")
            for name, path in paths.items():
                yield name, self._answer(name, found[path])

    def _answer(self, name: str, found: bytes | Exception) -> bytes | ArchiveError:
        if isinstance(found, FileNotFoundError):
            return ArchiveError(
                f"{self.url}: body {name[:12]}… is missing there; `tracker restore` brings a "
                "backup back, `tracker move-bodies --from URL` what is kept elsewhere."
            )
        if isinstance(found, Exception):
            raise self._unreachable("read", found) from found
        try:
            unpacked(self.url, name, found)
        except ArchiveError as error:
            return error
        return found

    def discard(self, names: Collection[str]) -> None:
        """Delete bodies, some of which may be gone already. Raises Unreachable."""
        paths = [self._path(name) for name in names]
        with self._asking("deleted"):
            try:
                self._files.rm(paths)
            except FileNotFoundError:  # not every store ignores missing objects
                for path in paths:
                    with suppress(FileNotFoundError):
                        self._files.rm_file(path)

    def listed(self) -> tuple[set[str], list[str]]:
        """Return the digests of the bodies there, and other names. Raises Unreachable."""
        with self._asking("listed"):
            self._files.invalidate_cache()
            paths = [p.removeprefix(f"{self._prefix}/") for p in self._files.find(self._prefix)]
        ours = {match[1] for path in paths if (match := _NAME.fullmatch(path))}
        return ours, [path for path in paths if not _NAME.fullmatch(path)]

    @property
    def _files(self) -> Any:
        return self._opened[0]

    @property
    def _prefix(self) -> str:
        return self._opened[1].rstrip("/")

    def _path(self, name: str) -> str:
        return f"{self._prefix}/{name[:2]}/{name}.z"

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise UsageError(
                f"Bodies in {self.url} need fsspec; run: pip install 'terms-tracker[storage]'"
            ) from error
        try:
            found: tuple[Any, str] = url_to_fs(self.url, **self._options)
        except (ImportError, ValueError, TypeError) as error:
            raise UsageError(
                f"Bodies in {self.url} cannot be kept ({_said(error)}); correct data/settings.toml "
                "or run: pip install 'terms-tracker[storage]'"
            ) from error
        return found

    @contextmanager
    def _asking(self, done: str) -> Iterator[None]:
        try:
            yield
        except (ArchiveError, UsageError):
            raise
        except Exception as error:  # each kind of store has errors of its own
            raise self._unreachable(done, error) from error

    def _unreachable(self, done: str, error: Exception) -> Unreachable:
        return Unreachable(
            f"{self.url}: bodies cannot be {done} there ({_said(error)}); nothing recorded before "
            "is lost, run again once the store answers and the credentials for it are right."
        )


def unpacked(where: str, name: str, packed: bytes) -> bytes:
    """Unpack a body. Raises ArchiveError if it does not have this digest."""
    try:
        body = zlib.decompress(packed)
    except zlib.error:
        body = b""
    if digest(body) != name:
        raise ArchiveError(
            f"{where}: body {name[:12]}… is damaged; `tracker restore` brings a backup back."
        )
    return body


def _write(path: Path, data: bytes) -> None:
    """Write a file to a disk of this machine; on return it and its name are synced."""
    missing = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_synced(path, data)  # no row names it yet if it is cut short
    for folder in (path.parent, *(folder.parent for folder in missing)):
        sync(folder)


def _said(error: Exception) -> str:
    """Return the message of a library on one line, shortened."""
    return " ".join(f"{error or type(error).__name__}".split())[:_LONGEST].rstrip(".")
