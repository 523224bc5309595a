"""The archive's tables: made whole or not at all, and older ones brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.archive.test_store import capture
from tests.samples import alter
from tracker.archive import schema
from tracker.archive.store import Archive
from tracker.errors import ArchiveError

FIXTURES = Path(__file__).parents[1] / "fixtures"
OLD = (FIXTURES / "archive-of-schema-1.sql").read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive as version 0.1.0 left it."""
    file = tmp_path / "data" / "archive.db"
    file.parent.mkdir()
    connection = sqlite3.connect(file)
    connection.executescript(OLD)
    connection.close()
    return file


def version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("pragma user_version").fetchone()[0])
    finally:
        connection.close()


def test_an_older_archive_is_read_as_it_stands(path: Path) -> None:
    before = path.read_bytes()
    with Archive(path) as archive:
        assert len(archive.captures()) == 5
        assert [d.id for d in archive.documents()] == [
            "harbour/privacy@global",
            "harbour/terms@global",
        ]
        assert list(archive.problems()) == []
    assert path.read_bytes() == before


def test_the_next_writer_brings_it_up_to_date_and_goes_on(path: Path) -> None:
    with Archive(path) as archive:
        old = archive.captures()
    with Archive(path, write=True) as archive:
        archive.add(capture(b"new", "t9", 40), b"new")
        assert archive.captures()[:-1] == old
        assert list(archive.problems()) == []
        head = archive.head("captures")
        assert head is not None and head.size == 6
        documents = archive.head("documents")
        assert documents is not None and documents.size == 2
    assert version_of(path) == schema.SCHEMA
    with Archive(path) as archive:
        assert list(archive.problems()) == []


def test_a_migrated_archive_has_the_shape_of_a_new_one(path: Path) -> None:
    with Archive(path, write=True):
        pass
    found = schema.shape(schema.open_database(path, write=False))
    assert found == schema.expected_shape()


def test_what_was_altered_before_the_migration_is_still_named_after_it(path: Path) -> None:
    alter(path, "update captures set reason = 'x' where id = 2")
    with Archive(path, write=True) as archive:
        assert [p for p in archive.problems() if p.startswith("capture 2 ")]


@pytest.mark.parametrize("start", ["empty", "old"])
def test_a_migration_that_fails_leaves_what_was_there(
    path: Path, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if start == "empty":
        path.unlink()
    before = path.read_bytes() if path.exists() else b""

    def done_but_for_the_end(database: Database) -> None:
        schema._to_2(database)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setitem(schema._STEPS, 1, done_but_for_the_end)
    with pytest.raises(ArchiveError, match="disk I/O error"):
        Archive(path, write=True)
    monkeypatch.undo()
    assert version_of(path) == (0 if start == "empty" else 1)
    if before:
        assert path.read_bytes() == before
    with Archive(path, write=True) as archive:
        assert list(archive.problems()) == []


def test_two_openings_at_once_make_one_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path, write=True):
        connection = schema.open_database(path, write=True)
        assert schema.version(connection) == schema.SCHEMA
        connection.close()
