"""What was seen, on disk: an append-only table of captures, and their bodies by digest.

SQLite in rollback-journal mode with full sync, one writer at a time (a lock file), every capture
in a transaction of its own that begins IMMEDIATE: a capture is acknowledged when it is on disk.
Each row carries a hash over itself and the row before it, so that nothing can be altered,
removed, inserted or reordered unseen. Of each readable text the first and the latest body are
kept, of those in between only the digest.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from tracker.errors import ArchiveError, Busy
from tracker.model import Capture, Document, Source, digest
from tracker.rows import COLUMNS, GENESIS, from_row, link, stamp, to_row

SCHEMA = 1


class Archive:
    """The archive at `path`. `write=True` takes the writer's lock and may create the file."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        self._lock = _lock(path.with_name("lock")) if write else None
        try:
            self._db = _open(path, write)
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
            last = next(self._db.query("select chain from captures order by id desc limit 1"), None)
            row["chain"] = link(last["chain"] if last else GENESIS, row)
            self._table("captures").insert(row)
            self._thin(row)

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
                self._table("documents").insert(row)

    def note_robots(self, host: str, time: datetime, *, allowed: bool, reason: str) -> None:
        """Remember what a host's robots.txt said to us at a time, once."""
        query = "select 1 from robots where host = ? and time = ? and reason = ?"
        if self._rows(query, [host, stamp(time), reason]):
            return
        row = {"host": host, "time": stamp(time), "allowed": int(allowed), "reason": reason}
        with self._transaction():
            self._table("robots").insert(row)

    def _keep(self, name: str, body: bytes) -> None:
        known = next(self._db.query("select 1 from bodies where digest = ?", [name]), None)
        if known is None:
            packed = zlib.compress(body, 6)
            self._table("bodies").insert({"digest": name, "size": len(body), "data": packed})

    def _thin(self, row: dict[str, Any]) -> None:
        """Drop the bodies between the first and the latest of the text `row` shows."""
        same = list(
            self._db.query(
                "select c.body from captures c join bodies b on b.digest = c.body "
                "where c.document = ? and c.source_key is ? and c.text is ? and c.outcome = ? "
                "order by c.time, c.id",
                [row["document"], row["source_key"], row["text"], row["outcome"]],
            )
        )
        ends = {same[0]["body"], same[-1]["body"]} if same else set()
        for name in dict.fromkeys(r["body"] for r in same[1:-1]):
            if name not in ends and not self._is_needed_elsewhere(name, row):
                self._db.execute("delete from bodies where digest = ?", [name])

    def _is_needed_elsewhere(self, name: str, row: dict[str, Any]) -> bool:
        query = (
            "select 1 from captures where body = ? and not "
            "(document = ? and source_key is ? and text is ? and outcome = ?) limit 1"
        )
        where = [name, row["document"], row["source_key"], row["text"], row["outcome"]]
        return next(self._db.query(query, where), None) is not None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()
        except sqlite3.Error as error:
            raise ArchiveError(
                f"{self.path}: could not be written ({error}); nothing recorded before is lost, "
                "run again once there is room and permission to write."
            ) from error

    def _table(self, name: str) -> Any:
        return self._db.table(name)

    # ── reading ───────────────────────────────────────────────────────────────────

    def captures(self, document: str | None = None) -> list[Capture]:
        """All captures, or those of one document, in the order they were recorded."""
        query = "select * from captures where document = coalesce(?, document) order by id"
        return [from_row(r) for r in self._rows(query, [document])]

    def documents(self) -> list[Document]:
        """All documents ever asked for or imported, as they were first called, without sources."""
        rows = self._rows("select * from documents order by id", [])
        return [Document(r["id"], r["service"], r["type"], r["edition"], ()) for r in rows]

    def earlier(self, document: str, source: Source | None, before: datetime) -> list[Capture]:
        """The captures of one page of a document up to a time, oldest first."""
        rows = self._rows(
            "select * from captures where document = ? and source_key is ? and time <= ? "
            "order by time, id",
            [document, source.key if source else None, stamp(before)],
        )
        return [from_row(r) for r in rows]

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
                capture.source.key if capture.source else None,
                capture.text,
            ],
        )
        if not rows:
            raise ArchiveError(
                f"{self.path}: no body is kept for {capture.document} as seen at "
                f"{stamp(capture.time)}; restore the archive from a backup."
            )
        return self._unpack(rows[0]["body"], rows[0]["data"]), rows[0]["media"]

    def _unpack(self, name: str, packed: bytes) -> bytes:
        try:
            body = zlib.decompress(packed)
        except zlib.error:
            body = b""
        if digest(body) != name:
            raise ArchiveError(
                f"{self.path}: body {name[:12]}… is damaged; restore the archive from a backup."
            )
        return body

    def problems(self) -> Iterator[str]:
        """Every way in which the archive is not what was recorded, in words; nothing if whole."""
        chain = GENESIS
        for row in self._rows("select * from captures order by id", []):
            chain = link(chain, row)
            if chain != row["chain"]:
                name = f"capture {row['id']} ({row['document']}, {row['time']})"
                yield f"{name} is not as it was recorded"
                chain = row["chain"]
        for row in self._rows("select digest, data from bodies order by digest", []):
            try:
                self._unpack(row["digest"], row["data"])
            except ArchiveError as error:
                yield str(error)

    def counts(self) -> tuple[int, int]:
        """How many captures and bodies there are."""
        rows = self._rows(
            "select (select count(*) from captures) as captures, "
            "(select count(*) from bodies) as bodies",
            [],
        )
        return rows[0]["captures"], rows[0]["bodies"]

    def _rows(self, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
        try:
            return list(self._db.query(query, list(values)))
        except sqlite3.Error as error:
            raise ArchiveError(
                f"{self.path}: cannot be read ({error}); restore it from a backup."
            ) from error


def _open(path: Path, write: bool) -> Database:
    try:
        if not write and not path.exists():
            return _prepare(Database(memory=True))
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        uri = f"{path.absolute().as_uri()}?mode={'rwc' if write else 'ro'}"
        database = Database(sqlite3.connect(uri, uri=True, timeout=10))
        return _checked(path, _prepare(database) if write else database)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"{path}: cannot be opened as an archive ({error}).") from error


def _checked(path: Path, database: Database) -> Database:
    version = next(iter(database.query("pragma user_version")))["user_version"]
    if version > SCHEMA:
        raise ArchiveError(
            f"{path}: was written by a newer version of this program; upgrade to read it."
        )
    return database


def _prepare(database: Database) -> Database:
    database.execute("pragma synchronous = full")
    if "captures" in database.table_names():
        return database
    database.table("captures").create(
        COLUMNS, pk="id", not_null={"document", "time", "outcome", "via", "chain"}
    )
    database.table("captures").create_index(["document", "source_key", "time"])
    database.table("captures").create_index(["body"])
    names = {"id": str, "service": str, "type": str, "edition": str}
    database.table("documents").create(names, pk="id")
    database.table("bodies").create({"digest": str, "size": int, "data": bytes}, pk="digest")
    database.table("robots").create(
        {"id": int, "host": str, "time": str, "allowed": int, "reason": str}, pk="id"
    )
    database.execute(f"pragma user_version = {SCHEMA}")
    return database


def _lock(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror}).") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise Busy(
            f"Another tracker is writing to {path.parent}; wait until it has finished."
        ) from error
    return handle
