"""The archive on a real SQLite file: nothing is lost, nothing can be altered unseen."""

from __future__ import annotations

import multiprocessing
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import alter
from tracker.archive.integrity import bodies_to_keep
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, Busy
from tracker.model import Capture, Document, Outcome, Range, Source, digest

NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)
SOURCE = Source(
    "https://harbour.example/terms",
    select=("main", Range("#a", "#b", start_included=True, end_included=False)),
    remove=("nav",),
)


def capture(body: bytes | None = b"<p>one", text: str | None = "t1", hour: int = 0) -> Capture:
    return Capture(
        document="harbour/terms@global",
        source=SOURCE,
        asked_url=SOURCE.url,
        final_url=SOURCE.url,
        time=NOON + timedelta(hours=hour),
        status=200,
        headers=(("content-type", "text/html"), ("etag", '"é\u202e"')),
        outcome=Outcome.GOOD,
        reason="",
        body=digest(body) if body is not None else None,
        text=text,
        length=3,
        language="en",
        media="text/html",
        via="live",
        archive_url=None,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path, write=True) as opened:
        yield opened


def test_what_goes_in_comes_out(archive: Archive) -> None:
    first, second = capture(), replace(capture(None, None, 1), source=None, outcome=Outcome.REFUSED)
    archive.add(first, b"<p>one")
    archive.add(second, None)
    assert archive.captures() == [first, second]
    assert archive.readable(first) == (b"<p>one", "text/html")
    assert list(archive.problems()) == []


def test_a_capture_is_on_disk_when_add_returns(archive: Archive, path: Path) -> None:
    archive.add(capture(), b"<p>one")
    with Archive(path) as reader:
        assert reader.captures() == [capture()]


def test_reading_where_nothing_was_recorded_yet_makes_no_file(path: Path) -> None:
    with Archive(path) as archive:
        assert archive.captures() == []
    assert not path.exists()


def test_of_each_text_the_first_and_the_latest_body_are_kept(archive: Archive) -> None:
    for hour in range(5):
        body = f"<p>one<!--{hour}-->".encode()
        archive.add(capture(body, "t1", hour), body)
    assert archive.counts() == (5, 2)
    # A look in between still shows its text, by a body that has the same one.
    assert archive.readable(capture(b"<p>one<!--2-->", "t1", 2))[0] == b"<p>one<!--0-->"
    assert archive.readable(capture(b"<p>one<!--4-->", "t1", 4))[0] == b"<p>one<!--4-->"


def test_thinning_goes_by_time_not_by_order_of_import(archive: Archive) -> None:
    for hour in (5, 9, 1, 7):
        body = f"{hour}".encode()
        archive.add(capture(body, "t1", hour), body)
    assert {archive.readable(capture(b"", "t1", 3))[0]} == {b"1"}
    assert archive.counts() == (4, 2)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=12))
def test_every_text_ever_seen_can_be_read_again(texts: list[str]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive(Path(folder) / "archive.db", write=True) as archive,
    ):
        for hour, text in enumerate(texts):
            body = f"{text}{hour}".encode()
            archive.add(capture(body, text, hour), body)
        for seen in archive.captures():
            assert archive.readable(seen)[0].decode()[0] == seen.text
        assert list(archive.problems()) == []
        assert archive.counts()[1] == sum(min(texts.count(t), 2) for t in set(texts))


LOOKS = st.tuples(
    st.sampled_from("aab"),
    st.sampled_from("xyz"),
    st.integers(0, 9),
    st.sampled_from([200] * 4 + [304]),
)


@given(st.lists(LOOKS, max_size=14))
def test_just_the_ends_of_each_text_are_kept(looks: list[tuple[str, str, int, int]]) -> None:
    """In whatever order they come, and where the same bytes come again or were not sent again."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive(Path(folder) / "archive.db", write=True) as archive,
    ):
        for text, name, hour, status in looks:
            body = f"{text}{name}".encode()
            seen = replace(capture(body, text, hour), status=status)
            archive.add(seen, body if status == 200 else None)
        ends = bodies_to_keep(archive.rows("captures"))
        assert archive.kept(digest(f"{t}{n}".encode()) for t in "ab" for n in "xyz") == ends


TAMPERINGS = {
    "altered": "update captures set reason = 'x' where id = 2",
    "altered time": "update captures set time = '2020-01-01T00:00:00.000000+00:00' where id = 1",
    "removed": "delete from captures where id = 2",
    "inserted": "create table twin as select * from captures where id = 1;"
    "update twin set id = 99; insert into captures select * from twin",
    "reordered": "update captures set id = -id where id < 3;"
    "update captures set id = id + 3 where id < 0",
    "body": "update bodies set data = x'789c' where rowid = 1",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_found(path: Path, statement: str) -> None:
    with Archive(path, write=True) as archive:
        for hour in range(3):
            body = f"{hour}".encode()
            archive.add(capture(body, f"t{hour}", hour), body)
    alter(path, statement)
    with Archive(path) as archive:
        assert list(archive.problems())


def test_a_damaged_body_is_never_handed_out(path: Path) -> None:
    with Archive(path, write=True) as archive:
        archive.add(capture(), b"<p>one")
    alter(path, "update bodies set data = x'00'")
    with Archive(path) as archive, pytest.raises(ArchiveError, match="damaged"):
        archive.readable(capture())


def test_a_second_writer_is_turned_away_with_a_sentence(path: Path, archive: Archive) -> None:
    with pytest.raises(Busy, match="Another tracker is writing"):
        Archive(path, write=True)
    with Archive(path) as reader:  # readers are welcome
        assert reader.captures() == []


def _add_one(path: Path, hour: int) -> None:
    while True:
        try:
            with Archive(path, write=True) as archive:
                body = f"{hour}".encode()
                archive.add(capture(body, f"t{hour}", hour), body)
                return
        except Busy:
            pass


def test_writers_in_turn_make_one_chain(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_add_one, args=(path, hour)) for hour in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with Archive(path) as archive:
        assert len(archive.captures()) == 4
        assert list(archive.problems()) == []


def test_a_file_that_is_no_archive_is_refused_by_name(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ArchiveError, match=r"archive\.db"), Archive(path) as archive:
        archive.captures()


def test_an_archive_of_a_newer_program_is_left_alone(path: Path) -> None:
    with Archive(path, write=True):
        pass
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(ArchiveError, match="newer"):
        Archive(path)
    with pytest.raises(ArchiveError, match="newer"):
        Archive(path, write=True)


def test_documents_keep_their_names(archive: Archive) -> None:
    document = Document("harbour/terms@global", "Harbour", "Terms", "global", (SOURCE,))
    archive.introduce(document)
    archive.introduce(replace(document, service="Other"))
    assert archive.documents() == [replace(document, sources=())]


def test_an_import_is_recognised(archive: Archive) -> None:
    archive.add(capture(), b"<p>one")
    assert archive.has("harbour/terms@global", NOON, digest(b"<p>one"))
    assert not archive.has("harbour/terms@global", NOON, digest(b"<p>two"))
    assert not archive.has("harbour/terms@eu", NOON, digest(b"<p>one"))


@given(st.lists(st.integers(0, 30), max_size=25), st.integers(0, 30))
def test_earlier_captures_are_in_order_whichever_is_asked_for(hours: list[int], until: int) -> None:
    with tempfile.TemporaryDirectory() as place, Archive(Path(place) / "a", write=True) as archive:
        for number, hour in enumerate(hours):
            archive.add(capture(None, f"t{number}", hour), None)
        found = archive.earlier("harbour/terms@global", SOURCE, NOON + timedelta(hours=until))
        archive.add(capture(None, "later", 0), None)  # is none of them
        texts = [f"t{n}" for n, h in sorted(enumerate(hours), key=lambda x: x[1]) if h <= until]
        assert [c.text for c in reversed(found)] == texts[::-1]
        assert [c.text for c in found] == [c.text for c in found[:]] == texts
        assert len(found) == len(texts)
        assert not texts or (found[-1].text, found[0].text) == (texts[-1], texts[0])
        with pytest.raises(IndexError):
            found[len(texts)]


def test_a_body_that_the_next_visit_writes_anew_is_packed_lightly(tmp_path: Path) -> None:
    page = [b"<p>" + b"We keep it. We may share it. " * 99 + b"%d" % n for n in range(3)]
    with Archive(tmp_path / "a", write=True) as archive:
        for hour, body in enumerate(page):
            archive.add(capture(body, "t1", hour), body)
        archive.add(capture(b"<p>two", "t2", 4), b"<p>two")
        assert [archive.body(digest(body)) for body in page] == [page[0], None, page[2]]
    with sqlite3.connect(tmp_path / "a") as database:
        heads = dict(database.execute("select digest, hex(substr(data, 1, 2)) from bodies"))
    full, light = "789C", "7801"  # RFC 1950: how hard it was packed
    assert heads == {digest(page[0]): full, digest(page[2]): light, digest(b"<p>two"): full}
