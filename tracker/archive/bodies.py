"""The place of an archive's bodies: inside, as the data of their row, or outside in a store.

This module reads the table of bodies; only the archive writes to it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tracker.archive.object_store import ObjectStore, unpacked
from tracker.errors import ArchiveError, Unreachable

Rows = Callable[[str, Sequence[object]], list[dict[str, Any]]]
_Packed = tuple[str, bytes]


class BodyStore:
    """The bodies of the archive at `path`, whose rows `rows` gives for a query and its values.

    New ones go to the store `outside` if there is one.

    Raises:
        ArchiveError: A body does not have its digest (all methods).
        Unreachable: The store does not answer (all methods).
    """

    def __init__(self, path: Path, rows: Rows, outside: ObjectStore | None) -> None:
        self.outside = outside
        self._path = path
        self._rows = rows

    def put(self, packed: dict[str, bytes]) -> dict[str, bytes | None]:
        """Store bodies outside if there is a store; return the data of their rows."""
        if self.outside is None:
            return dict(packed)
        self.outside.put(packed)
        return dict.fromkeys(packed)

    def names(self, *, outside: bool) -> list[str]:
        """Return the digests of the bodies outside, or of those inside."""
        query = f"select digest from bodies where data is {'' if outside else 'not'} null"  # noqa: S608
        return sorted(str(row["digest"]) for row in self._rows(query, []))

    def body(self, name: str) -> bytes | None:
        """Return the body with this digest; None if it is not kept."""
        rows = self._rows("select data from bodies where digest = ?", [name])
        return self.unpack(name, rows[0]["data"]) if rows else None

    def unpack(self, name: str, data: bytes | None) -> bytes:
        """Return the body of a row with this data."""
        if data is None:
            ((_, data),) = self.fetched([name])
        return unpacked(str(self._path), name, data)

    def fetched(self, names: Sequence[str], store: ObjectStore | None = None) -> Iterator[_Packed]:
        """Yield packed bodies from another `store`, or from outside."""
        for name, found in self._answers(names, store or self.outside):
            if isinstance(found, ArchiveError):
                raise found
            yield name, found

    def inner(self, names: Sequence[str]) -> Iterator[_Packed]:
        """Yield packed bodies from inside."""
        for name in names:
            (row,) = self._rows("select data from bodies where digest = ?", [name])
            self.unpack(name, row["data"])
            yield name, row["data"]

    def each(self) -> Iterator[tuple[str, bytes | ArchiveError]]:
        """Yield every body, or the fault in it; those outside come last."""
        for name in self.names(outside=False):
            try:
                yield name, self.body(name) or b""
            except ArchiveError as error:
                yield name, error
        for name, found in self._answers(self.names(outside=True), self.outside):
            yield name, found if isinstance(found, ArchiveError) else zlib.decompress(found)

    def strays(self) -> Iterator[str]:
        """Describe objects in the store that belong to no body; they do no harm."""
        if self.outside is None:
            return
        ours, others = self.outside.listed()
        if left := ours.difference(self.names(outside=True)):
            yield (
                f"{self.outside.url}: {len(left)} of what lies there belongs to no capture, "
                f"{min(left)[:12]}… say; `tracker move-bodies --clear` deletes it"
            )
        if others:
            yield f"{self.outside.url}: {min(others)} is no object of ours"

    def _answers(
        self, names: Sequence[str], store: ObjectStore | None
    ) -> Iterator[tuple[str, bytes | ArchiveError]]:
        if store is None and names:
            raise Unreachable(
                f"{self._path}: some of its bodies are kept outside, and `bodies` in "
                "data/settings.toml does not say where; set it there again."
            )
        return store.get(names) if store else iter(())
