"""Where the bodies of an archive are: inside, as the data of their row, or outside in a store.

Reads the table of bodies; the archive alone writes to it.
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

    New ones go to the store `outside` where there is one. All methods raise ArchiveError for a
    body that is not what its digest says, Unreachable where a store is not to be had.
    """

    def __init__(self, path: Path, rows: Rows, outside: ObjectStore | None) -> None:
        self.outside = outside
        self._path = path
        self._rows = rows

    def put(self, packed: dict[str, bytes]) -> dict[str, bytes | None]:
        """Keep bodies outside, if anywhere; what their rows have as data."""
        if self.outside is None:
            return dict(packed)
        self.outside.put(packed)
        return dict.fromkeys(packed)

    def names(self, *, outside: bool) -> list[str]:
        """The digests of the bodies that are outside, or of those that are inside."""
        query = f"select digest from bodies where data is {'' if outside else 'not'} null"  # noqa: S608
        return sorted(str(row["digest"]) for row in self._rows(query, []))

    def body(self, name: str) -> bytes | None:
        """The body of this digest; None where it is not kept."""
        rows = self._rows("select data from bodies where digest = ?", [name])
        return self.unpack(name, rows[0]["data"]) if rows else None

    def unpack(self, name: str, data: bytes | None) -> bytes:
        """The body of a row that has this data."""
        if data is None:
            ((_, data),) = self.fetched([name])
        return unpacked(str(self._path), name, data)

    def fetched(self, names: Sequence[str], store: ObjectStore | None = None) -> Iterator[_Packed]:
        """Bodies, packed, from another `store` or from outside."""
        for name, found in self._answers(names, store or self.outside):
            if isinstance(found, ArchiveError):
                raise found
            yield name, found

    def inner(self, names: Sequence[str]) -> Iterator[_Packed]:
        """Bodies, packed, from inside."""
        for name in names:
            (row,) = self._rows("select data from bodies where digest = ?", [name])
            self.unpack(name, row["data"])
            yield name, row["data"]

    def each(self) -> Iterator[tuple[str, bytes | ArchiveError]]:
        """Every body, or what is wrong with it; those outside come last."""
        for name in self.names(outside=False):
            try:
                yield name, self.body(name) or b""
            except ArchiveError as error:
                yield name, error
        for name, found in self._answers(self.names(outside=True), self.outside):
            yield name, found if isinstance(found, ArchiveError) else zlib.decompress(found)

    def strays(self) -> Iterator[str]:
        """What lies in the store and belongs to no body, in words; it does no harm."""
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
