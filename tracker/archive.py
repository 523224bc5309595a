"""What was seen, on disk: an append-only table of captures, and their bodies by digest.

SQLite in rollback-journal mode with full sync, one writer at a time (a lock file), every capture
in a transaction of its own that begins IMMEDIATE: a capture is acknowledged when it is on disk.
Captures, names of documents and looks at robots.txt are logs: each row is chained to the one
before it, and the head of each log is written with it, so that nothing can be altered, removed,
inserted or reordered unseen (`tracker.audit`). Of each readable text the first and the latest
body are kept, of those in between only the digest. A body without data in its row is outside.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tracker import schema
from tracker.audit import Head, body_problems, kept, log_problems, shape_problems
from tracker.bodies import Bodies
from tracker.errors import ArchiveError, Unreachable
from tracker.lock import hold, share, unread
from tracker.merkle import grown, leaf_hash
from tracker.model import Capture, Document, Source, digest
from tracker.rows import GENESIS, LOGS, entry, from_row, link, stamp, to_row
from tracker.shelf import Shelf


class Archive:
    """The archive at `path`. `write=True` takes the writer's lock and may create the file.

    Bodies go to the store `outside` where one is given; those that are inside stay there.
    """

    def __init__(self, path: Path, outside: Bodies | None = None, *, write: bool = False) -> None:
        self.path = path
        self.shelf = Shelf(path, self._rows, outside)
        self._lock = hold(path.with_name("lock")) if write else None
        if outside and not write:
            self._lock = share(path.parent)
        try:
            self._db = schema.open_database(path, write=write)
        except BaseException:
            self._unlock()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # ── adding ────────────────────────────────────────────────────────────────────

    def add(self, capture: Capture, body: bytes | None) -> None:
        """Append `capture` and keep its body; on return both are on disk."""
        row = to_row(capture)
        with self._transaction():
            if body is not None:
                self._keep(capture.body or digest(body), body)
            self._append("captures", row)
            dropped = self._thin(row)
        self.discard(dropped)

    def introduce(self, document: Document) -> None:
        """Remember what a document is called, so that it can be shown without its declaration."""
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
        """Remember what a host's robots.txt said to us at a time, once."""
        query = "select 1 from robots where host = ? and time = ? and reason = ?"
        if self._rows(query, [host, stamp(time), reason]):
            return
        row = {"host": host, "time": stamp(time), "allowed": int(allowed), "reason": reason}
        with self._transaction():
            self._append("robots", row)

    def _append(self, log: str, row: Mapping[str, Any]) -> None:
        """Add a row to a log, and bring the log's head up to it."""
        head, said = self._own_head(log), entry(log, row)
        chain = link(head.chain, said)
        frontier = grown(head.frontier, head.size, leaf_hash(said))
        self._table(log).insert({**row, "chain": chain})
        self._db.execute(
            "replace into heads (log, size, chain, frontier) values (?, ?, ?, ?)",
            [log, head.size + 1, chain, b"".join(frontier).hex()],
        )

    def _own_head(self, log: str) -> Head:
        """The head that a new row follows; a log without one must not be gone on with."""
        head = self.head(log)
        if head is None and self._rows(f"select 1 from {log} limit 1", []):  # noqa: S608
            raise ArchiveError(
                f"{self.path}: the head of the log of {log} is missing or damaged; "
                "`tracker verify` says more, `tracker restore` brings a backup back."
            )
        return head or Head(0, GENESIS, ())

    def _keep(self, name: str, body: bytes) -> None:
        known = next(self._db.query("select 1 from bodies where digest = ?", [name]), None)
        if known is None:
            data = self.shelf.put({name: zlib.compress(body, 6)})[name]
            self._table("bodies").insert({"digest": name, "size": len(body), "data": data})

    def _thin(self, row: dict[str, Any]) -> list[str]:
        """Drop the bodies between the first and the latest of the text `row` shows; which."""
        same = list(
            self._db.query(
                "select c.* from captures c join bodies b on b.digest = c.body "
                "where c.document = ? and c.source_key is ? and c.text is ? and c.outcome = ?",
                [row["document"], row["source_key"], row["text"], row["outcome"]],
            )
        )
        between = sorted({r["body"] for r in same} - kept(same))
        dropped = [name for name in between if not self._is_needed_elsewhere(name, row)]
        for name in dropped:
            self._db.execute("delete from bodies where digest = ?", [name])
        return dropped

    def discard(self, names: Collection[str], store: Bodies | None = None) -> bool:
        """Delete bodies that no row needs any more from a store; whether that could be done.

        What is left, because somebody reads or the store does not answer, does no harm.
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
        query = (
            "select 1 from captures where body = ? and not "
            "(document = ? and source_key is ? and text is ? and outcome = ?) limit 1"
        )
        where = [name, row["document"], row["source_key"], row["text"], row["outcome"]]
        return next(self._db.query(query, where), None) is not None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._writing():
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except schema.DAMAGE as error:
            raise ArchiveError(
                f"{self.path}: could not be written ({error}); nothing recorded before is lost, "
                "run again once there is room and permission to write."
            ) from error

    def _table(self, name: str) -> Any:
        return self._db.table(name)

    # ── reading ───────────────────────────────────────────────────────────────────

    def captures(self, document: str | None = None, first: int | None = None) -> list[Capture]:
        """All captures, or those of one document, in the order they were recorded.

        `first` asks only for those among so many first ones of the whole archive.
        """
        # Only without an "or not given" in it does SQLite use the index on documents; a capture
        # has the number of its row in the log.
        limits = [("document = ?", document), ("id <= ?", first)]
        given = [(limit, value) for limit, value in limits if value is not None]
        where = " and ".join(["true", *(limit for limit, _ in given)])
        query = f"select * from captures where {where} order by id"  # noqa: S608
        rows = self._rows(query, [value for _, value in given])
        return [self._capture(r) for r in rows]

    def documents(self, first: int | None = None) -> list[Document]:
        """All documents ever asked for or imported, as they were first called, without sources.

        `first` asks only for so many first ones.
        """
        rows = self._rows("select * from documents order by rowid limit ?", [_limit(first)])
        rows.sort(key=lambda r: r["id"])
        return [Document(r["id"], r["service"], r["type"], r["edition"], ()) for r in rows]

    def earlier(self, document: str, source: Source | None, before: datetime) -> list[Capture]:
        """The captures of one page of a document up to a time, oldest first."""
        rows = self._rows(
            "select * from captures where document = ? and source_key is ? and time <= ? "
            "order by time, id",
            [document, source.key if source else None, stamp(before)],
        )
        return [self._capture(r) for r in rows]

    def has(self, document: str, time: datetime, body: str) -> bool:
        """Whether this very capture was imported before."""
        rows = self._rows(
            "select 1 as one from captures where document = ? and time = ? and body = ? limit 1",
            [document, stamp(time), body],
        )
        return bool(rows)

    def readable(self, capture: Capture) -> tuple[bytes, str]:
        """A kept body with the text of `capture`, and its media type; its digest is checked."""
        rows = self._rows(
            "select c.body, c.media, b.data, b.digest = ? as own from captures c "
            "join bodies b on b.digest = c.body where c.document = ? and c.source_key is ? "
            "and c.text is ? order by own desc, c.time, c.id limit 1",
            [
                capture.body,
                capture.document,
                capture.page_key,
                capture.text,
            ],
        )
        if not rows:
            raise ArchiveError(
                f"{self.path}: no body is kept for {capture.document} as seen at "
                f"{stamp(capture.time)}; `tracker restore` brings a backup back."
            )
        return self.shelf.unpack(rows[0]["body"], rows[0]["data"]), rows[0]["media"]

    def entries(self) -> list[tuple[Capture, bytes]]:
        """Every capture with its entry in the log, in the order of the log."""
        rows = self._rows("select * from captures order by id", [])
        return [(self._capture(r), entry("captures", r)) for r in rows]

    def body(self, name: str) -> bytes | None:
        """The body of this digest, checked; None where it is not kept."""
        return self.shelf.body(name)

    def kept_bodies(self, document: str) -> set[str]:
        """The digests of all bodies that are kept of a document."""
        query = (
            "select distinct c.body from captures c join bodies b on b.digest = c.body "
            "where c.document = ?"
        )
        return {row["body"] for row in self._rows(query, [document])}

    def rows(self, log: str, first: int | None = None) -> list[dict[str, Any]]:
        """The rows of a log in the order they were added, or so many first ones of them."""
        query = f"select * from {log} order by {schema.order(log)} limit ?"  # noqa: S608
        return self._rows(query, [_limit(first)])

    def head(self, log: str) -> Head | None:
        """The head of a log as it was last written; None where it is gone or damaged."""
        try:
            found = self._rows("select * from heads where log = ?", [log])[0]
            joined = bytes.fromhex(found["frontier"])
            if joined.hex() != found["frontier"] or len(joined) % 32:
                return None
        except (ArchiveError, IndexError, ValueError, TypeError):
            return None
        frontier = tuple(joined[n : n + 32] for n in range(0, len(joined), 32))
        return Head(found["size"], found["chain"], frontier)

    def problems(self) -> Iterator[str]:
        """Every way in which the archive is not what was recorded, in words; nothing if whole.

        Raises Unreachable at the end where the bodies that are outside cannot be looked at.
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
        """What SQLite itself finds wrong with the file."""
        for row in self._rows("pragma integrity_check(20)", []):
            if row["integrity_check"] != "ok":
                yield f"{self.path}: {row['integrity_check']}"

    def copy_to(self, path: Path) -> None:
        """Copy the whole archive, as it is at one moment, into a new database at `path`.

        Bodies that are outside are put inside the copy.
        """
        try:
            with closing(schema.connected(path)) as target:
                self._db.conn.backup(target.conn)
                rows = target.query("select digest from bodies where data is null")
                outer = [str(row["digest"]) for row in rows]
                for name, packed in self.shelf.fetched(outer):
                    _place(target, name, packed)
                target.commit()
        except schema.DAMAGE as error:
            raise ArchiveError(
                f"{self.path} could not be copied to {path.parent} ({error}); "
                "what was there stands."
            ) from error

    def settle(self, names: Sequence[str], origin: Bodies | None = None) -> None:
        """Keep some bodies where this archive keeps them now: in the store, or else inside.

        They are read from `origin`, or from inside. A body is never nowhere: it is deleted there
        by whoever calls `discard` afterwards.
        """
        found = self.shelf.fetched(names, origin) if origin else self.shelf.inner(names)
        data = self.shelf.put(dict(found))
        with self._transaction():
            for name in data:
                _place(self._db, name, data[name])

    def shrink(self) -> None:
        """Give back to the disk what the file no longer needs, where that is most of it."""
        (free, pages) = (self._pragma(f"{name}_count") for name in ("freelist", "page"))
        if 2 * free > pages:
            with self._writing():
                self._db.execute("vacuum")

    def _pragma(self, name: str) -> int:
        return int(next(iter(self._rows(f"pragma {name}", [])[0].values())))

    def counts(self) -> tuple[int, int]:
        """How many captures and bodies there are."""
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
            return list(self._db.query(query, list(values)))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except schema.DAMAGE as error:
            raise ArchiveError(
                f"{self.path}: cannot be read ({error}); `tracker restore` brings a backup back."
            ) from error


def _place(database: Any, name: str, packed: bytes | None) -> None:
    database.execute("update bodies set data = ? where digest = ?", [packed, name])


def _limit(first: int | None) -> int:
    return -1 if first is None else first
