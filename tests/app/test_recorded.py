"""Group commit: told in order, never before it is on disk, and never long after."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.test_store import capture
from tests.cluster import wait_for
from tracker.app.recorded import LONGEST, MOST, Recorded
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


def test_each_is_told_once_in_order_and_only_when_it_is_on_disk(archive: Archive) -> None:
    told: list[int] = []

    def tell(hour: int) -> None:
        assert on_disk(archive)[hour] == seen(hour)[0]
        told.append(hour)

    with Recorded(archive, tell) as recorded:
        for hour in range(2 * MOST + 5):
            archive.add(*seen(hour))
            recorded.add(hour)
    assert told == list(range(2 * MOST + 5))
    assert list(archive.problems()) == []


def test_a_group_is_bounded_in_number(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.app.recorded.LONGEST", 60)
    told: list[int] = []
    with Recorded(archive, told.append) as recorded:
        for hour in range(MOST + 1):
            archive.add(*seen(hour))
            recorded.add(hour)
        assert told == list(range(MOST))


def test_nothing_waits_for_what_is_slow_after_it(archive: Archive) -> None:
    told: list[int] = []
    with Recorded(archive, told.append) as recorded:
        archive.add(*seen(0))
        recorded.add(0)
        wait_for(lambda: bool(told), 50 * LONGEST)  # a network that does not answer
        assert told == [0]
        assert len(on_disk(archive)) == 1


def test_a_run_that_is_stopped_records_and_tells_what_is_done(archive: Archive) -> None:
    told: list[int] = []

    def stopped() -> None:
        with Recorded(archive, told.append) as recorded:
            archive.add(*seen(0))
            recorded.add(0)
            archive.add(*seen(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert told == [0]
    assert len(on_disk(archive)) == 2


def test_what_goes_wrong_with_the_clock_is_raised_by_the_run(archive: Archive) -> None:
    def tell(_: int) -> None:
        raise BrokenPipeError

    def run() -> None:
        with Recorded(archive, tell) as recorded:
            recorded.add(0)
            time.sleep(3 * LONGEST)
            recorded.add(1)

    with pytest.raises(BrokenPipeError):
        run()


def test_an_addition_that_fails_takes_nothing_else_with_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def run() -> None:
        with Recorded(archive, told.append) as recorded:
            archive.add(*seen(0))
            recorded.add(0)
            monkeypatch.setattr(Archive, "_thin", lambda *_: 1 / 0)
            archive.add(*seen(1))

    with pytest.raises(ZeroDivisionError):
        run()
    assert told == [0]
    assert on_disk(archive) == [seen(0)[0]]
    assert list(archive.problems()) == []


def test_what_sqlite_gave_up_is_not_told(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a full disk SQLite may roll the whole transaction back by itself."""
    told: list[int] = []

    def run() -> None:
        with Recorded(archive, told.append) as recorded:
            archive.add(*seen(0))
            recorded.add(0)
            monkeypatch.setattr(Archive, "_thin", lambda self, _: self._db.rollback() or 1 / 0)
            archive.add(*seen(1))

    with pytest.raises(ArchiveError, match="was lost"):
        run()
    assert told == []
    assert on_disk(archive) == []


def test_what_sqlite_gave_up_when_it_only_read_is_not_told(archive: Archive) -> None:
    """It does after an error of input or output, and whoever reads may think nothing of it."""
    told: list[int] = []

    def run() -> None:
        with Recorded(archive, told.append) as recorded:
            archive.add(*seen(0))
            recorded.add(0)
            archive._db.rollback()
            archive.add(*seen(1))

    with pytest.raises(ArchiveError, match="was lost"):
        run()
    assert told == []
    assert on_disk(archive) == []


class Full(sqlite3.Connection):
    """A connection to a disk that is full for one commit."""

    is_full = True

    def commit(self) -> None:
        if self.is_full:
            self.is_full = False
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


def test_an_addition_of_its_own_that_fails_leaves_room_for_the_next() -> None:
    connection = sqlite3.connect(":memory:", factory=Full)
    connection.execute("create table t (n)")
    transactions = Transactions(connection)
    with pytest.raises(sqlite3.OperationalError), transactions.addition():
        connection.execute("insert into t values (1)")
    with transactions.addition():
        connection.execute("insert into t values (2)")
    assert connection.execute("select n from t").fetchall() == [(2,)]


def test_a_visit_of_several_pages_does_not_wait_for_the_last(archive: Archive) -> None:
    with Recorded(archive, print):
        archive.add(*seen(0))
        wait_for(lambda: bool(on_disk(archive)), 50 * LONGEST)  # the second page is slow
        assert len(on_disk(archive)) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=10))
def test_a_group_leaves_the_archive_that_single_additions_leave(
    looks: list[tuple[str, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name / "archive.db" for name in ("single", "group")]
        with Archive(paths[0], write=True) as single, Archive(paths[1], write=True) as grouped:
            for hour, (text, _) in enumerate(looks):
                single.add(*seen(hour, text))
            with grouped.group():
                for hour, (text, ends) in enumerate(looks):
                    grouped.add(*seen(hour, text))
                    if ends:
                        grouped.commit()
            one, other = (list(a._db.iterdump()) for a in (single, grouped))
            assert one == other


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=4), st.integers(0, 5))
def test_a_kill_loses_only_what_was_not_told(groups: list[int], left: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        heard, tell = os.pipe()
        child = os.fork()
        if child == 0:
            _be_killed(path, groups, left, tell)
        os.close(tell)
        os.waitpid(child, 0)
        with os.fdopen(heard, "rb") as pipe:
            told = list(pipe.read())
        with Archive(path) as archive:
            assert archive.captures() == [seen(hour)[0] for hour in told]
            assert list(archive.problems()) == []
    assert told == list(range(sum(groups)))


def _be_killed(path: Path, groups: list[int], left: int, tell: int) -> None:
    """Add so many captures by the group, then some that are never committed."""
    hours = count()
    with Archive(path, write=True) as archive, archive.group():
        for number in groups:
            told = list(islice(hours, number))
            for hour in told:
                archive.add(*seen(hour))
            archive.commit()
            os.write(tell, bytes(told))
        for hour in islice(hours, left):
            archive.add(*seen(hour))
        os._exit(0)
