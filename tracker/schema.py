"""The archive's tables, and the way from older ones to these.

`pragma user_version` says which schema a database has. Making the tables and every step of a
migration is one transaction: a run that is stopped in it leaves what was there before.

1  captures, bodies, documents, robots; captures in a chain
2  documents and robots in chains too; `heads`: how long each log is, and its Merkle frontier
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from tracker.errors import ArchiveError
from tracker.merkle import frontier_of, leaf_hash
from tracker.rows import GENESIS, LOGS, entry, link

SCHEMA = 2
#: What reading a damaged file raises; the names in SQLite's own messages may be damaged too.
DAMAGE = (sqlite3.Error, UnicodeDecodeError)
#: How long a writer waits for readers, in seconds: a backup of a large archive takes its time.
_PATIENCE = 60.0

_FIRST = """
create table captures (
    id integer primary key, document text not null, source text, source_key text,
    asked_url text, final_url text, time text not null, status integer, headers text,
    outcome text not null, reason text, body text, text text, length integer, language text,
    media text, via text not null, archive_url text, chain text not null
);
create index idx_captures_document_source_key_time on captures (document, source_key, time);
create index idx_captures_body on captures (body);
create table documents (id text primary key, service text, type text, edition text);
create table bodies (digest text primary key, size integer, data blob);
create table robots (id integer primary key, host text, time text, allowed integer, reason text);
"""
_SECOND = """
alter table documents add column chain text;
alter table robots add column chain text;
create table heads (log text primary key, size integer, chain text, frontier text);
"""


def prepare(database: Database) -> None:
    """Bring a database, empty or of an older schema, to the schema of today."""
    if version(database) == SCHEMA:
        return
    database.execute("begin immediate")
    try:
        for number in range(version(database), SCHEMA):
            _STEPS[number](database)
        database.execute(f"pragma user_version = {SCHEMA}")
        database.commit()
    except BaseException:
        database.rollback()
        raise


def version(database: Database) -> int:
    """The schema a database has; 0 for an empty one."""
    found: int = next(iter(database.query("pragma user_version")))["user_version"]
    return found


def shape(database: Database) -> dict[str, tuple[str, ...]]:
    """What a database is made of: each table, index, view and trigger with its columns."""
    names = database.query("select type, name from sqlite_master where name not like 'sqlite_%'")
    return {f"{r['type']} {r['name']}": _columns(database, r["name"]) for r in list(names)}


def expected_shape() -> dict[str, tuple[str, ...]]:
    """The shape of an archive of today's schema."""
    database = Database(memory=True, execute_plugins=False)
    try:
        prepare(database)
        return shape(database)
    finally:
        database.close()


def order(log: str) -> str:
    """The column by which the rows of a log stand in the order in which they were added."""
    return "rowid" if log == "documents" else "id"


def _columns(database: Database, name: str) -> tuple[str, ...]:
    # In alphabetical order: a column that a migration added stands last.
    rows = database.query("select name from pragma_table_info(?)", [name])
    return tuple(sorted(r["name"] for r in rows))


def _to_1(database: Database) -> None:
    _run(database, _FIRST)


def _to_2(database: Database) -> None:
    _run(database, _SECOND)
    for log in LOGS:
        rows = list(database.query(f"select rowid as place, * from {log} order by {order(log)}"))  # noqa: S608
        chain = _chained(database, log, rows)
        frontier = frontier_of(leaf_hash(entry(log, row)) for row in rows)
        joined = b"".join(frontier).hex()
        values = (log, len(rows), chain, joined)
        database.execute("insert into heads values (?, ?, ?, ?)", values)


def _chained(database: Database, log: str, rows: list[dict[str, Any]]) -> str:
    """The last chain value of a log; captures have theirs, the others are given it."""
    if log == "captures":
        return str(rows[-1]["chain"]) if rows else GENESIS
    chain = GENESIS
    for row in rows:
        chain = link(chain, entry(log, row))
        database.execute(f"update {log} set chain = ? where rowid = ?", [chain, row["place"]])  # noqa: S608
    return chain


def _run(database: Database, script: str) -> None:
    # Not executescript: that commits first.
    for statement in filter(str.strip, script.split(";")):
        database.execute(statement)


_STEPS: dict[int, Callable[[Database], None]] = {0: _to_1, 1: _to_2}


# ── opening ───────────────────────────────────────────────────────────────────────


def open_database(path: Path, *, write: bool) -> Database:
    """The archive at `path`, of today's schema; for `write` it is made or brought up to date."""
    try:
        if not write and not path.exists():
            return _in_memory(None)
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        # Not `ro` for reading: what a killed writer left half done has to be rolled back.
        database = connected(path, "rwc" if write else "rw")
        return _ready(path, database, write)
    except (*DAMAGE, OSError) as error:
        raise ArchiveError(
            f"{path}: cannot be opened as an archive ({error}); "
            "`tracker doctor` says what is wrong with it."
        ) from error


def _ready(path: Path, database: Database, write: bool) -> Database:
    try:
        _refuse_newer(path, database)
        if write:
            prepare(database)
        elif version(database) < SCHEMA:
            return _in_memory(database)
        else:
            database.execute("pragma query_only = on")
    except BaseException:
        database.close()
        raise
    return database


def _refuse_newer(path: Path, database: Database) -> None:
    if version(database) > SCHEMA:
        raise ArchiveError(
            f"{path}: was written by a newer version of this program; upgrade to read it."
        )


def _in_memory(old: Database | None) -> Database:
    """What is read where nothing was recorded yet, or where the tables are of an older

    Only a command that records may change the file, so it is brought up to date in memory.
    """
    database = Database(memory=True, execute_plugins=False)
    if old is not None:
        old.conn.backup(database.conn)
        old.close()
    prepare(database)
    return database


def connected(path: Path, mode: str = "rwc") -> Database:
    """A connection with the settings every connection of ours has, whatever the file holds."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    # Of any thread: one at a time uses it, see `tracker.transactions`.
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE, check_same_thread=False)
    # Plugins of whoever else uses the library have no business here, and take long to look for.
    database = Database(connection, execute_plugins=False)
    database.execute("pragma synchronous = full")
    # A database from elsewhere may hold functions and triggers that are not ours.
    database.execute("pragma trusted_schema = off")
    database.execute("pragma cell_size_check = on")
    return database
