"""One transaction a visit: told when it is on disk, and never before."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.test_store import capture
from tracker.archive.store import Archive
from tracker.archive.transactions import Transactions
from tracker.errors import ArchiveError
from tracker.model import Capture


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", write=True) as opened:
        yield opened


def seen(hour: int, text: str = "t") -> tuple[Capture, bytes]:
    body = f"{text}{hour}".encode()
    return capture(body, text, hour), body


def on_disk(archive: Archive) -> list[Capture]:
    with Archive(archive.path) as reader:
        return reader.captures()


def test_a_visit_is_on_disk_when_it_has_ended_and_not_before(archive: Archive) -> None:
    for hour in (0, 2, 4):
        with archive.together():
            archive.add(*seen(hour))
            archive.add(*seen(hour + 1))
            assert on_disk(archive) == [seen(n)[0] for n in range(hour)]
        assert on_disk(archive) == [seen(n)[0] for n in range(hour + 2)]
    assert list(archive.problems()) == []


def test_a_visit_is_one_transaction(archive: Archive) -> None:
    statements: list[str] = []
    archive._db.set_trace_callback(statements.append)
    with archive.together():
        archive.add(*seen(0))
        archive.note_robots("harbour.example", seen(0)[0].time, allowed=True, reason="")
        archive.add(*seen(1))
    assert [s for s in statements if s.casefold().startswith(("begin", "commit"))] == [
        "begin immediate",
        "COMMIT",
    ]


def test_a_visit_without_anything_to_record_writes_nothing(archive: Archive) -> None:
    with archive.together():
        pass
    assert on_disk(archive) == []


def test_an_error_in_a_visit_leaves_what_was_added_before_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError), archive.together():
        archive.add(*seen(0))
        patch.setattr(Archive, "_thin", lambda *_: 1 / 0)
        archive.add(*seen(1))
    assert on_disk(archive) == [seen(0)[0]]
    archive.add(*seen(1))
    assert list(archive.problems()) == []


def test_an_error_of_a_page_is_not_taken_for_one_of_the_archive(archive: Archive) -> None:
    with pytest.raises(UnicodeDecodeError), archive.together():
        archive.add(*seen(0))
        b"\xff".decode()
    assert on_disk(archive) == [seen(0)[0]]


def test_what_sqlite_gave_up_ends_in_an_error(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a full disk SQLite may roll the whole transaction back by itself."""
    with pytest.raises(ArchiveError, match="was lost"), archive.together():
        archive.add(*seen(0))
        monkeypatch.setattr(Archive, "_thin", lambda self, _: self._db.rollback() or 1 / 0)
        archive.add(*seen(1))
    assert on_disk(archive) == []


def test_what_sqlite_gave_up_when_it_only_read_ends_in_an_error(archive: Archive) -> None:
    """It does after an error of input or output, and whoever reads may think nothing of it."""
    with pytest.raises(ArchiveError, match="was lost"), archive.together():
        archive.add(*seen(0))
        archive._db.rollback()
        archive.add(*seen(1))
    assert on_disk(archive) == []
    with archive.together():
        archive.add(*seen(0))
    assert on_disk(archive) == [seen(0)[0]]


class Full(sqlite3.Connection):
    """A connection to a disk that is full for one commit."""

    is_full = True

    def commit(self) -> None:
        if self.is_full:
            self.is_full = False
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


def test_an_addition_that_fails_leaves_room_for_the_next() -> None:
    connection = sqlite3.connect(":memory:", factory=Full)
    connection.execute("create table t (n)")
    transactions = Transactions(connection)
    with pytest.raises(sqlite3.OperationalError), transactions.addition():
        connection.execute("insert into t values (1)")
    with transactions.addition():
        connection.execute("insert into t values (2)")
    assert connection.execute("select n from t").fetchall() == [(2,)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=4))
def test_visits_leave_the_archive_that_single_additions_leave(visits: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name / "archive.db" for name in ("single", "together")]
        with Archive(paths[0], write=True) as single, Archive(paths[1], write=True) as grouped:
            hours, others = count(), count()
            for texts in visits:
                for text in texts:
                    single.add(*seen(next(hours), text))
                with grouped.together():
                    for text in texts:
                        grouped.add(*seen(next(others), text))
            one, other = (list(a._db.iterdump()) for a in (single, grouped))
            assert one == other


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=4), st.integers(0, 3))
def test_a_kill_loses_only_what_was_not_told(visits: list[int], left: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        heard, tell = os.pipe()
        child = os.fork()
        if child == 0:
            _be_killed(path, visits, left, tell)
        os.close(tell)
        os.waitpid(child, 0)
        with os.fdopen(heard, "rb") as pipe:
            told = list(pipe.read())
        with Archive(path) as archive:
            assert archive.captures() == [seen(hour)[0] for hour in told]
            assert list(archive.problems()) == []
    assert told == list(range(sum(visits)))


def _be_killed(path: Path, visits: list[int], left: int, tell: int) -> None:
    """Record visits of so many pages, and end within one more."""
    hours = count()
    with Archive(path, write=True) as archive:
        for number in visits:
            told = list(islice(hours, number))
            with archive.together():
                for hour in told:
                    archive.add(*seen(hour))
            os.write(tell, bytes(told))
        with archive.together():
            for hour in islice(hours, left):
                archive.add(*seen(hour))
            os._exit(0)
