"""The archive on disk: an append-only table of captures, and their bodies by digest.

SQLite in rollback-journal mode with full sync, one writer at a time (a lock file), every capture
in a transaction that begins IMMEDIATE, its own or that of a visit: a capture is acknowledged when
it is on disk.
Captures, names of documents and looks at robots.txt are logs: each row is chained to the one
before it, and the head of each log is written with it, so that nothing can be altered, removed,
inserted or reordered unseen (`integrity`). Of each readable text the first and the latest body are
kept, of those in between only the digest. A body without data in its row is outside.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Self, overload

from tracker._support.lock import hold, share, unread
from tracker._support.merkle import frontier_from, frontier_text
from tracker.archive import schema
from tracker.archive.bodies import BodyStore
from tracker.archive.integrity import (
    EMPTY,
    Head,
    bodies_to_keep,
    body_problems,
    log_problems,
    shape_problems,
)
from tracker.archive.log_entries import LOGS, VERSION, entry, packed_facts
from tracker.archive.object_store import ObjectStore
from tracker.archive.rows import from_row, time_text, to_row
from tracker.archive.transactions import Transactions
from tracker.archive.verdicts import Verdicts
from tracker.errors import ArchiveError, Unreachable, Unwritten
from tracker.model import LIVE, Capture, Correction, Document, Source, Verdict, digest

#: Compression levels: a body whose text is known will be replaced at the next visit.
#: It is a quarter larger for a third of the time.
_PACKED, _LIGHTLY = 6, 1
#: The columns that captures with the same text share.
_TEXT = ("document", "source_key", "text", "outcome")
_SAME_TEXT = " and ".join(f"{column} is ?" for column in _TEXT)
#: How many captures of a page are read at once: those of a few days.
_FEW = 6


class Archive:
    """The archive at `path`. `write=True` takes the writer's lock and may create the file.

    Bodies go to the store `outside` where one is given; those that are inside stay there. The
    `verdicts` of the operator say which captures count for nothing, or are good whatever they seem.
    """

    def __init__(
        self,
        path: Path,
        outside: ObjectStore | None = None,
        *,
        write: bool = False,
        verdicts: Sequence[Correction] = (),
    ) -> None:
        self.path = path
        self.verdicts = Verdicts(verdicts)
        self.shelf = BodyStore(path, self._rows, outside)
        self._lock = hold(path.with_name("lock")) if write else None
        if outside and not write:
            self._lock = share(path.parent)
        try:
            self._db = schema.open_database(path, write=write)
        except BaseException:
            self._unlock()
            raise
        self._transactions = Transactions(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # ── adding ────────────────────────────────────────────────────────────────────

    def add(self, capture: Capture, body: bytes | None) -> None:
        """Append `capture` and keep its body; on return both are on disk, except in `together`."""
        row = to_row(capture)
        with self._transaction():
            if body is not None:
                self._keep(row, capture.body or digest(body), body)
            self._append("captures", row)
            dropped = self._thin(row)
        self.discard(dropped)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Put all that is added in the block on disk at once, when it ends, even by an error.

        With an outside store, each addition is committed at once: a body may be dropped from there
        only after its row.
        """
        if self.shelf.outside is not None:
            yield
            return
        self._transactions.begin()
        try:
            yield
        finally:
            with self._writing():
                self._transactions.end()

    def introduce(self, document: Document) -> None:
        """Record the names of a document, so that it can be shown without its declaration."""
        row = {
            "id": document.id,
            "service": document.service,
            "type": document.type,
            "edition": document.edition,
        }
        if not self._rows("select 1 from documents where id = ?", [document.id]):
            with self._transaction():
                self._append("documents", row)

    def note_robots(self, host: str, time: datetime, *, allowed: bool, reason: str) -> None:
        """Record the robots.txt of a host at a time, once."""
        query = "select 1 from robots where host = ? and time = ? and reason = ?"
        if self._rows(query, [host, time_text(time), reason]):
            return
        row = {"host": host, "time": time_text(time), "allowed": int(allowed), "reason": reason}
        with self._transaction():
            self._append("robots", row)

    def _append(self, log: str, row: Mapping[str, Any]) -> None:
        """Append a row to a log, and update the log's head."""
        row = {"facts": packed_facts(()), **row, "entry": VERSION}
        head = self._own_head(log).after(entry(log, row))
        self._insert(log, {**row, "chain": head.chain})
        self._db.execute(
            "replace into heads (log, size, chain, frontier) values (?, ?, ?, ?)",
            [log, head.size, head.chain, frontier_text(head.frontier)],
        )

    def _own_head(self, log: str) -> Head:
        """Return the head that a new row follows; nothing may be added to a log without one."""
        head = self.head(log)
        if head is None and self._rows(f"select 1 from {log} limit 1", []):  # noqa: S608
            raise ArchiveError(
                f"{self.path}: the head of the log of {log} is missing or damaged; "
                "`tracker verify` says more, `tracker restore` brings a backup back."
            )
        return head or EMPTY

    def _keep(self, row: Mapping[str, Any], name: str, body: bytes) -> None:
        if not self._found("select 1 from bodies where digest = ?", [name]):
            packed = zlib.compress(body, _LIGHTLY if self._is_known(row) else _PACKED)
            data = self.shelf.put({name: packed})[name]
            self._insert("bodies", {"digest": name, "size": len(body), "data": data})

    def _is_known(self, row: Mapping[str, Any]) -> bool:
        """Return whether the page last showed the text of `row`."""
        query = (
            "select text is ? as same from captures where document = ? and source_key is ? "
            "order by time desc, id desc limit 1"
        )
        found = self._found(query, [row["text"], row["document"], row["source_key"]])
        return bool(found and found[0]["same"])

    def _thin(self, row: dict[str, Any]) -> list[str]:
        """Drop the bodies between the first and the latest with the text of `row`; return them.

        `row` is the last one of the log.
        """
        dropped = self._plainly_between(row)
        if dropped is None:
            dropped = self._between(row)
        for name in dropped:
            self._db.execute("delete from bodies where digest = ?", [name])
        return dropped

    def _plainly_between(self, row: dict[str, Any]) -> list[str] | None:
        """Return the superseded bodies if they are obvious; None if all captures must be searched.

        If a text was just seen once more, all but the two newest of its bodies were dealt with
        before, so years of observations do not make the next one slower.
        """
        newest = self._same_text("id, body, status", row, "order by time desc, id desc limit 3")
        added = self._found("select max(id) as id from captures", [])[0]["id"]
        is_late = newest[0]["id"] == added
        if not is_late or any(r["body"] is None or r["status"] == 304 for r in newest):
            return None
        if len(newest) < 3 or newest[1]["body"] == row["body"]:
            return []
        name = newest[1]["body"]
        times = self._found("select 1 from captures where body = ? limit 2", [name])
        return [name] if len(times) == 1 else None

    def _between(self, row: dict[str, Any]) -> list[str]:
        is_there = "and exists (select 1 from bodies where digest = body)"
        same = self._same_text("*", row, is_there)
        between = sorted({r["body"] for r in same} - bodies_to_keep(same))
        return [name for name in between if not self._is_needed_elsewhere(name, row)]

    def _same_text(self, what: str, row: dict[str, Any], more: str) -> list[dict[str, Any]]:
        """Return captures with the text of `row`."""
        query = f"select {what} from captures where {_SAME_TEXT} {more}"  # noqa: S608
        return self._found(query, [row[name] for name in _TEXT])

    def discard(self, names: Collection[str], store: ObjectStore | None = None) -> bool:
        """Delete unreferenced bodies from a store; return whether it succeeded.

        Bodies that are left, because somebody reads or the store is silent, do no harm.
        """
        store = store or self.shelf.outside
        if not names or store is None:
            return True
        with unread(self.path.parent) as is_free, suppress(Unreachable):
            if is_free:
                store.discard(names)
            return is_free
        return False

    def _is_needed_elsewhere(self, name: str, row: dict[str, Any]) -> bool:
        query = f"select 1 from captures where body = ? and not ({_SAME_TEXT}) limit 1"  # noqa: S608
        return bool(self._found(query, [name, *(row[column] for column in _TEXT)]))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._writing(), self._transactions.addition():
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except schema.DAMAGE as error:
            raise Unwritten(
                f"{self.path}: could not be written ({error}); nothing recorded before is lost, "
                "run again once there is room and permission to write."
            ) from error

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        places = ", ".join("?" for _ in row)
        statement = f"insert into {table} ({', '.join(row)}) values ({places})"  # noqa: S608
        self._db.execute(statement, list(row.values()))

    # ── reading ───────────────────────────────────────────────────────────────────

    def captures(
        self, document: str | None = None, first: int | None = None, after: int = 0
    ) -> list[Capture]:
        """Return all captures, or those of one document, in the order of the log.

        Only those among the `first` so many of the whole archive are returned, without the first
        `after` of these.
        """
        # Only without an "or not given" in it does SQLite use the index on documents; a capture
        # has the number of its row in the log.
        limits = [("document = ?", document), ("id <= ?", first), ("id > ?", after or None)]
        given = [(limit, value) for limit, value in limits if value is not None]
        where = " and ".join(["true", *(limit for limit, _ in given)])
        query = f"select * from captures where {where} order by id"  # noqa: S608
        rows = self._rows(query, [value for _, value in given])
        return [self._capture(r) for r in rows]

    def latest(self) -> datetime | None:
        """Return the time of the latest capture; None if there is none."""
        time = self._rows("select max(time) as time from captures", [])[0]["time"]
        return datetime.fromisoformat(time) if time else None

    def documents(self, first: int | None = None) -> list[Document]:
        """Return all documents ever visited or imported, by their first names, without sources.

        With `first`, only so many of them, in the order of the log.
        """
        rows = self._rows("select * from documents order by rowid limit ?", [_limit(first)])
        rows.sort(key=lambda r: r["id"])
        return [Document(r["id"], r["service"], r["type"], r["edition"], ()) for r in rows]

    def earlier(self, document: str, source: Source | None, before: datetime) -> Sequence[Capture]:
        """Return the captures of one page of a document up to a time, oldest first.

        Those that were revoked are left out. Mostly only the newest are used, so the others are
        read on demand.
        """
        where = [document, source.key if source else None, time_text(before)]
        among = "from captures where document = ? and source_key is ? and time <= ?"
        for second in self.verdicts.revoked(document):
            among += " and not (time >= ? and time < ?)"
            where += [time_text(second), time_text(second + timedelta(seconds=1))]
        count = f"select count(*) as number, max(id) as last {among}"
        # Captures recorded from now on are excluded.
        newest = f"select * {among} and id <= ? order by time desc, id desc limit ? offset ?"
        there = self._rows(count, where)[0]

        def read(first: int, number: int) -> list[Capture]:
            rows = self._rows(newest, [*where, there["last"], number, first])
            return [self._capture(row) for row in rows]

        return _NewestFirst(there["number"], read)

    def accepted(self, document: str) -> set[str]:
        """Return the texts of a document that the operator accepted, by their digests."""
        found = set[str]()
        for second in self.verdicts.of(document, Verdict.ACCEPTED):
            found |= {c.text for c in self.at(document, second) if c.text}
        return found

    def at(self, document: str, second: datetime) -> list[Capture]:
        """Return the captures of a document in one second, in the order of the log."""
        rows = self._rows(
            "select * from captures where document = ? and time >= ? and time < ? order by id",
            [document, time_text(second), time_text(second + timedelta(seconds=1))],
        )
        return [self._capture(row) for row in rows]

    def has(self, document: str, time: datetime, body: str) -> bool:
        """Return whether this very capture was imported before."""
        rows = self._rows(
            "select 1 as one from captures where document = ? and time = ? and body = ? limit 1",
            [document, time_text(time), body],
        )
        return bool(rows)

    def was_visited(self, document: str) -> bool:
        """Return whether the pages of a document were ever visited themselves."""
        query = "select 1 from captures where document = ? and via = ? limit 1"
        return bool(self._rows(query, [document, LIVE]))

    def readable(self, capture: Capture) -> tuple[bytes, str]:
        """Return a kept body with the text of `capture`, checked, and its media type."""
        same = [capture.document, capture.page_key, capture.text]
        query = (
            "select c.body, c.media, b.data from captures c join bodies b on b.digest = c.body "
            "where {}c.document = ? and c.source_key is ? and c.text is ? "
            "order by c.time, c.id limit 1"
        )
        # Its own body, which is found quickly, or else another with the same text.
        own = self._rows(query.format("c.body = ? and "), [capture.body, *same])
        rows = own or self._rows(query.format(""), same)
        if not rows:
            raise ArchiveError(
                f"{self.path}: no body is kept for {capture.document} as seen at "
                f"{time_text(capture.time)}; `tracker restore` brings a backup back."
            )
        return self.shelf.unpack(rows[0]["body"], rows[0]["data"]), rows[0]["media"]

    def entries(self) -> list[tuple[Capture, bytes]]:
        """Return every capture with its entry, in the order of the log."""
        rows = self._rows("select * from captures order by id", [])
        return [(self._capture(r), entry("captures", r)) for r in rows]

    def body(self, name: str) -> bytes | None:
        """Return the body with this digest, checked; None if it is not kept."""
        return self.shelf.body(name)

    def kept(self, names: Iterable[str]) -> frozenset[str]:
        """Return which of these digests have a body that is kept."""
        query = "select digest from bodies where digest in (select value from json_each(?))"
        return frozenset(r["digest"] for r in self._rows(query, [json.dumps(list(names))]))

    def chain(self, number: int) -> str:
        """Return the chain value of the capture at a place in the log, from 1; empty if none."""
        rows = self._rows("select chain from captures where id = ?", [number])
        return str(rows[0]["chain"]) if rows else ""

    def rows(self, log: str, first: int | None = None, after: int = 0) -> list[dict[str, Any]]:
        """Return the rows of a log in the order in which they were added.

        With `first`, only so many; with `after`, without the first so many.
        """
        limit = -1 if first is None else max(0, first - after)
        where = "where rowid > ?" if after else "where ? = 0"
        query = f"select * from {log} {where} order by {schema.order(log)} limit ?"  # noqa: S608
        return self._rows(query, [after, limit])

    def size(self, log: str) -> int:
        """Count the rows of a log, whatever its head says."""
        return int(self._rows(f"select count(*) as size from {log}", [])[0]["size"])  # noqa: S608

    def head(self, log: str) -> Head | None:
        """Return the head of a log as last written; None if it is missing or damaged."""
        try:
            found = self._rows("select * from heads where log = ?", [log])[0]
            frontier = frontier_from(found["frontier"])
        except (ArchiveError, IndexError, ValueError, TypeError):
            return None
        if frontier_text(frontier) != found["frontier"]:
            return None
        return Head(found["size"], found["chain"], frontier)

    def problems(self) -> Iterator[str]:
        """Name every way in which the archive is not as it was recorded.

        Raises:
            Unreachable: Bodies outside could not be checked (raised at the end).
        """
        yield from self._damage()
        with self._reading():
            shape = schema.shape(self._db)
        misshapen = list(shape_problems(shape, schema.expected_shape()))
        yield from misshapen
        if misshapen:
            return
        captures: list[dict[str, Any]] = []
        for log in LOGS:
            rows = self.rows(log)
            yield from log_problems(log, rows, self.head(log))
            if log == "captures":
                captures = rows
        sizes = {
            str(r["digest"]): r["size"] for r in self._rows("select digest, size from bodies", [])
        }
        yield from body_problems(captures, sizes)
        for name, found in self.shelf.each():
            if isinstance(found, ArchiveError):
                yield str(found)
            elif len(found) != sizes.get(name, len(found)):
                yield f"body {name[:12]}… is not of the size that was recorded"

    def _damage(self) -> Iterator[str]:
        """Yield the faults that SQLite itself finds in the file."""
        for row in self._rows("pragma integrity_check(20)", []):
            if row["integrity_check"] != "ok":
                yield f"{self.path}: {row['integrity_check']}"

    def copy_to(self, path: Path) -> None:
        """Copy the whole archive, as it is at one moment, into a new database at `path`.

        Bodies outside are put inside the copy.
        """
        try:
            with closing(schema.connected(path)) as target:
                self._db.backup(target)
                rows = target.execute("select digest from bodies where data is null")
                outer = [str(name) for (name,) in rows]
                for name, packed in self.shelf.fetched(outer):
                    _place(target, name, packed)
                target.commit()
        except schema.DAMAGE as error:
            raise ArchiveError(
                f"{self.path} could not be copied to {path.parent} ({error}); "
                "what was there stands."
            ) from error

    def settle(self, names: Sequence[str], origin: ObjectStore | None = None) -> None:
        """Move some bodies to where this archive keeps new ones: in the store, or else inside.

        They are read from `origin`, or from inside. The caller deletes them there afterwards, with
        `discard`, so a body is always somewhere.
        """
        found = self.shelf.fetched(names, origin) if origin else self.shelf.inner(names)
        data = self.shelf.put(dict(found))
        with self._transaction():
            for name in data:
                _place(self._db, name, data[name])

    def shrink(self) -> None:
        """Shrink the file if most of it is unused."""
        (free, pages) = (self._pragma(f"{name}_count") for name in ("freelist", "page"))
        if 2 * free > pages:
            with self._writing():
                self._db.execute("vacuum")

    def _pragma(self, name: str) -> int:
        return int(next(iter(self._rows(f"pragma {name}", [])[0].values())))

    def counts(self) -> tuple[int, int]:
        """Count the captures and the bodies."""
        rows = self._rows(
            "select (select count(*) from captures) as captures, "
            "(select count(*) from bodies) as bodies",
            [],
        )
        return rows[0]["captures"], rows[0]["bodies"]

    def _capture(self, row: Mapping[str, Any]) -> Capture:
        try:
            return from_row(row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArchiveError(
                f"{self.path}: capture {row['id']} is damaged; `tracker verify` says more, "
                "`tracker restore` brings a backup back."
            ) from error

    def _rows(self, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
        with self._reading():
            return self._found(query, values)

    def _found(self, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
        found = self._db.execute(query, list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except schema.DAMAGE as error:
            raise ArchiveError(
                f"{self.path}: cannot be read ({error}); `tracker restore` brings a backup back."
            ) from error


def _place(connection: Connection, name: str, packed: bytes | None) -> None:
    connection.execute("update bodies set data = ? where digest = ?", [packed, name])


def _limit(first: int | None) -> int:
    return -1 if first is None else first


class _NewestFirst(Sequence[Capture]):
    """Captures in order of time, read from the newest backwards, a few at a time."""

    def __init__(self, length: int, read: Callable[[int, int], list[Capture]]) -> None:
        self._length = length
        self._read = read
        self._known: list[Capture] = []  # newest first

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Capture: ...
    @overload
    def __getitem__(self, place: slice) -> list[Capture]: ...
    def __getitem__(self, place: int | slice) -> Capture | list[Capture]:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(self._length))]
        from_end = -1 - place if place < 0 else self._length - 1 - place
        if not 0 <= from_end < self._length:
            raise IndexError(place)
        if from_end >= len(self._known):
            more = max(_FEW, 1 + from_end - len(self._known))
            self._known += self._read(len(self._known), more)
        return self._known[from_end]
