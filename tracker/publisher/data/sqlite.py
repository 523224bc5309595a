"""Tables → the bytes of a SQLite file: the same for the same rows.

The file is made in memory in one transaction, with a fixed page size, and vacuumed, so its pages
do not depend on how it came about. The four bytes in which SQLite notes its own version number
are set to zero (file format, offset 96), as SQLite itself allows: it writes them again at
the next change. Another release of SQLite might still lay pages out differently.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from tracker.publisher import Table

_VERSION = slice(96, 100)


def sqlite_file(tables: Sequence[Table]) -> bytes:
    """Make a SQLite database of these tables; its table `columns` says what each column means."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("pragma page_size = 4096")
        connection.execute("pragma encoding = 'UTF-8'")
        with connection:
            connection.execute('create table "columns" ("table" text, "name" text, "about" text)')
            for table in tables:
                _fill(connection, table)
        connection.execute("vacuum")
        found = bytearray(connection.serialize())
    found[_VERSION] = bytes(4)
    return bytes(found)


def _fill(connection: sqlite3.Connection, table: Table) -> None:
    names = ", ".join(f'"{name}"{_type(name)}' for name, _ in table.columns)
    places = ", ".join("?" for _ in table.columns)
    connection.execute(f'create table "{table.name}" ({names})')
    about = [(table.name, name, text) for name, text in table.columns]
    connection.executemany('insert into "columns" values (?, ?, ?)', about)
    connection.executemany(f'insert into "{table.name}" values ({places})', table.rows)  # noqa: S608


def _type(name: str) -> str:
    return " integer primary key" if name == "id" else ""
