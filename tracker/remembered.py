"""What was derived before, kept so that nothing is derived twice from the same.

A cache and no record: it is thrown away at will, what is lost or damaged is derived again, and
what is published is the same without it. A value is known again by everything it follows from: a
history by its captures, document and topics, a reading by its body and source, both by the
program itself. Values are pickles that may hold our nouns and dates and nothing else, each with
its digest.
"""

from __future__ import annotations

import io
import pickle
import sqlite3
import sys
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from functools import cache
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tracker.model import Capture, Document, History, Reading, Topic, digest

_PACKAGE = Path(__file__).parent
_LIBRARIES = ("beautifulsoup4", "lxml", "soupsieve", "markdown-it-py", "diff-match-patch",
              "rapidfuzz", "dateparser")  # fmt: skip
_TABLE = "create table if not exists derived (id text primary key, key text, value blob)"

_Value = TypeVar("_Value", History, Reading)


class Remembered:
    """The cache at `path`; only with `write` is anything added to it. Never raises for its own."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self._db: sqlite3.Connection | None = None
        self._write = write
        with suppress(sqlite3.Error, OSError):
            if write:
                path.parent.mkdir(parents=True, exist_ok=True)
            mode = "rwc" if write else "ro"
            uri = f"{path.absolute().as_uri()}?mode={mode}"
            self._db = sqlite3.connect(uri, uri=True, timeout=1)
            if write:
                self._db.execute(_TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.commit()
            self._db.close()

    def history(
        self,
        document: Document,
        captures: Sequence[Capture],
        topics: Sequence[Topic],
        derive: Callable[[], History],
    ) -> History:
        """The history that `derive` would give for these captures, derived only if need be."""
        follows = (_program(), document, captures, topics)
        return self._value(document.id, follows, derive, History)

    def reading(
        self, capture: Capture, body: bytes, media: str, derive: Callable[[], Reading]
    ) -> Reading:
        """The reading that `derive` would give of the body of a capture, likewise."""
        name = f"{capture.document} {capture.source and capture.source.key} {capture.text}"
        follows = (_program(), digest(body), media, capture.source)
        return self._value(name, follows, derive, Reading)

    def _value(
        self, name: str, follows: object, derive: Callable[[], _Value], kind: type[_Value]
    ) -> _Value:
        key = digest(repr(follows).encode("utf-8", "replace"))
        known = self._get(name, key)
        if isinstance(known, kind):
            return known
        found = derive()
        self._put(name, key, found)
        return found

    def _get(self, name: str, key: str) -> object:
        if self._db is None:
            return None
        query = "select value from derived where id = ? and key = ?"
        try:
            row = self._db.execute(query, [name, key]).fetchone()
            return _unpacked(row[0]) if row else None
        except _UNUSABLE:
            return None

    def _put(self, name: str, key: str, found: object) -> None:
        if self._db is not None and self._write:
            with suppress(sqlite3.Error):
                query = "insert or replace into derived values (?, ?, ?)"
                self._db.execute(query, [name, key, _packed(found)])


_UNUSABLE = (
    sqlite3.Error, pickle.UnpicklingError, zlib.error, EOFError,
    ValueError, TypeError, AttributeError, IndexError,
)  # fmt: skip


@cache
def _program() -> str:
    """Identifies the code a history follows from."""
    files = sorted((_PACKAGE / "differ").glob("*.py")) + sorted((_PACKAGE / "history").glob("*.py"))
    code = [path.read_bytes() for path in [*files, _PACKAGE / "model.py"]]
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return digest(b"\0".join([*code, *map(str.encode, [sys.version, *versions])]))


def _packed(found: object) -> bytes:
    stream = io.BytesIO()
    _ByValue(stream, protocol=5).dump(found)
    data = zlib.compress(stream.getvalue(), 1)
    return digest(data).encode() + data


class _ByValue(pickle.Pickler):
    """Writes members of an enum by value: Python 3.11 asks for `getattr`, which is not let in."""

    def reducer_override(self, member: object) -> Any:
        return (type(member), (member.value,)) if isinstance(member, Enum) else NotImplemented


def _unpacked(packed: bytes) -> object:
    name, data = packed[:64], packed[64:]
    if digest(data).encode() != name:
        raise ValueError("damaged")
    return _OursOnly(io.BytesIO(zlib.decompress(data))).load()


class _OursOnly(pickle.Unpickler):
    """Nothing but our nouns and dates: whoever writes to the file must not run code here."""

    def find_class(self, module: str, name: str) -> Any:
        dates = module == "datetime" and name in {"datetime", "date", "timezone", "timedelta"}
        if dates or (module == "tracker.model" and name[:1].isupper()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place here")
