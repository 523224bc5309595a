"""The archive's tables, and migrations from older ones.

`pragma user_version` is the number of a database's schema. Making the tables and every step of a
migration is one transaction: a run that is stopped in it leaves the database as it was.

1  captures, bodies, documents, robots; captures in a chain
2  documents and robots in chains too; `heads`: how long each log is, and its Merkle frontier
3  `entry`: the version of a row's entry (see `log_entries`), and `facts`; NULL in older rows
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any

from tracker._support.merkle import frontier_of, frontier_text, leaf_hash
from tracker.archive.log_entries import GENESIS, LOGS, entry, link
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from sqlite_utils import Database

SCHEMA = 3
#: Errors of reading a damaged file; the names in SQLite's own messages may be damaged too.
DAMAGE = (sqlite3.Error, UnicodeDecodeError)
#: How long a writer waits for readers, in seconds: a backup of a large archive is slow.
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
_THIRD = "".join(
    f"alter table {log} add column entry integer; alter table {log} add column facts text;"
    for log in LOGS
)


def prepare(connection: Connection) -> None:
    """Bring a database, empty or of an older schema, to today's schema."""
    if version(connection) == SCHEMA:
        return
    database = _database(connection)
    database.execute("begin immediate")
    try:
        for number in range(version(connection), SCHEMA):
            _STEPS[number](database)
        database.execute(f"pragma user_version = {SCHEMA}")
        database.commit()
    except BaseException:
        database.rollback()
        raise


def version(connection: Connection) -> int:
    """Return the number of a database's schema; 0 if it is empty."""
    return int(connection.execute("pragma user_version").fetchone()[0])


def shape(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Describe each table, index, view and trigger of a database, with its columns."""
    database = _database(connection)
    names = database.query("select type, name from sqlite_master where name not like 'sqlite_%'")
    return {f"{r['type']} {r['name']}": _columns(database, r["name"]) for r in list(names)}


def expected_shape() -> dict[str, tuple[str, ...]]:
    """Return the shape of an archive of today's schema."""
    with closing(_in_memory(None)) as connection:
        return shape(connection)


def order(log: str) -> str:
    """Return the column that orders the rows of a log as they were added."""
    return "rowid" if log == "documents" else "id"


def _database(connection: Connection) -> Database:
    # Needed only to make or examine tables, and its import takes longer than a visit.
    from sqlite_utils import Database

    # Plugins that others installed have no business here, and looking for them is slow.
    return Database(connection, execute_plugins=False)


def _columns(database: Database, name: str) -> tuple[str, ...]:
    # In alphabetical order: a column added by a migration would be last.
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
        values = (log, len(rows), chain, frontier_text(frontier))
        database.execute("insert into heads values (?, ?, ?, ?)", values)


def _to_3(database: Database) -> None:
    _run(database, _THIRD)


def _chained(database: Database, log: str, rows: list[dict[str, Any]]) -> str:
    """Return the last chain value of a log; logs other than captures are chained first."""
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


_STEPS: dict[int, Callable[[Database], None]] = {0: _to_1, 1: _to_2, 2: _to_3}


# ── opening ───────────────────────────────────────────────────────────────────────


def open_database(path: Path, *, write: bool) -> Connection:
    """Open the archive at `path`; with `write` it is made or migrated if need be."""
    try:
        if not write and not path.exists():
            return _in_memory(None)
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        # Not `ro` for reading: a killed writer's half-done transaction has to be rolled back.
        return _ready(path, connected(path, "rwc" if write else "rw"), write)
    except (*DAMAGE, OSError) as error:
        raise ArchiveError(
            f"{path}: cannot be opened as an archive ({error}); "
            "`tracker doctor` says what is wrong with it."
        ) from error


def _ready(path: Path, connection: Connection, write: bool) -> Connection:
    try:
        _refuse_newer(path, connection)
        if write:
            prepare(connection)
        elif version(connection) < SCHEMA:
            return _in_memory(connection)
        else:
            connection.execute("pragma query_only = on")
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_newer(path: Path, connection: Connection) -> None:
    if version(connection) > SCHEMA:
        raise ArchiveError(
            f"{path}: was written by a newer version of this program; upgrade to read it."
        )


def _in_memory(old: Connection | None) -> Connection:
    """Return a migrated copy in memory of an archive that is missing, or of an older schema.

    Only a command that records may change the file.
    """
    connection = sqlite3.connect(":memory:")
    if old is not None:
        old.backup(connection)
        old.close()
    prepare(connection)
    return connection


def connected(path: Path, mode: str = "rwc") -> Connection:
    """Connect with the settings that all our connections share, whatever the file holds."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE)
    connection.execute("pragma synchronous = full")
    # A database from elsewhere may contain functions and triggers that are not ours.
    connection.execute("pragma trusted_schema = off")
    connection.execute("pragma cell_size_check = on")
    return connection
