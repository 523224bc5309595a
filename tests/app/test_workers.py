"""The same feeds wherever they were derived: here, in a pool, on a cluster that loses a worker."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import Result
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.benchmarks.pages import page
from tests.cluster import Cluster
from tests.samples import bytes_of, declare, tracker
from tests.servers import Server
from tracker._support.cache import DerivedCache
from tracker.app import workers as workers_
from tracker.app.derive import Job, derive, derive_remote, remote_job
from tracker.app.ingest import import_pages
from tracker.app.session import Session
from tracker.app.workers import Workers, workers
from tracker.app.workspace import open_workspace
from tracker.archive.store import Archive
from tracker.errors import ArchiveError
from tracker.importer import Record

DOCUMENTS, VERSIONS = 6, 3


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some documents of some versions each, published by one process."""
    root = tmp_path_factory.mktemp("recorded")
    declare(root, {f"Terms {n}": f"https://harbour.example/{n}" for n in range(DOCUMENTS)})
    documents = open_workspace(root).declared.documents
    start = datetime(2025, 1, 1, 12, tzinfo=UTC)
    records = (
        Record(
            url=f"https://harbour.example/{n}",
            time=start + timedelta(days=30 * edition + n),
            body=page(n, edition, paragraphs=40),
            media="text/html",
            via="test",
        )
        for n in range(DOCUMENTS)
        for edition in range(VERSIONS)
    )
    with Archive(root / "data" / "archive.db", write=True) as archive:
        assert all(import_pages(records, documents, archive))
    done = tracker(root, "publish")
    assert done.exit_code == 0, done.output
    return root


@pytest.fixture
def unpublished(recorded: Path, tmp_path: Path) -> Path:
    """The same, neither published nor derived yet."""
    return Path(shutil.copytree(recorded / "data", tmp_path / "root" / "data")).parent


def test_a_pool_publishes_the_same(recorded: Path, unpublished: Path) -> None:
    done = tracker(unpublished, "publish", "--workers", "2")
    assert done.exit_code == 0, done.output
    assert bytes_of(unpublished / "feeds") == bytes_of(recorded / "feeds")
    assert ": 0 of " in tracker(unpublished, "publish").stdout


def test_what_is_sent_holds_all_that_a_job_needs(recorded: Path) -> None:
    workspace = open_workspace(recorded)
    with workspace.open_archive() as archive:
        session = Session(workspace, archive, DerivedCache(None))
        for case in map(session.case, session.documents()):
            job = Job(case.document, case.captures, workspace.topics, workspace.settings, (), False)
            given = remote_job(job, case.kept, session.bodies)
            assert derive_remote(given) == derive(job, session.bodies, session.reader)
            assert all(given.bodies(c) == session.bodies(c) for c in case.captures)


# ── imports ───────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A root with declarations, and a WARC of their pages: good ones, walls, and the same twice."""
    root = tmp_path_factory.mktemp("crawl")
    pages = [f"https://harbour.example/{n}" for n in range(3)]
    declare(root, {f"Terms {n}": url for n, url in enumerate(pages)})
    wall = b"<html lang=en><title>Join</title><body><h1>Sign up to continue</h1></body></html>"
    file = root / "crawl.warc.gz"
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for day in range(8):
            for n, url in enumerate(pages):
                body = wall if (day, n) == (4, 1) else page(n, day // 3, 30, nonce=str(day % 3))
                head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
                told = {"WARC-Date": f"2025-0{day + 1}-01T12:00:00Z"}
                record = writer.create_warc_record(
                    url, "response", BytesIO(body), http_headers=head, warc_headers_dict=told
                )
                writer.write_record(record)
    return root, file


def imported(root: Path, file: Path, to: Path, *more: str) -> str:
    """The whole archive after an import, as SQL."""
    shutil.copytree(root / "data", to / "data")
    done = tracker(to, "import", "warc", str(file), *more)
    assert done.exit_code == 0, done.output
    assert "24 captures imported" in done.stdout
    assert tracker(to, "verify").exit_code == 0
    with closing(sqlite3.connect(to / "data" / "archive.db")) as database:
        return "\n".join(database.iterdump())


def test_an_import_by_others_records_the_same(
    crawl: tuple[Path, Path], tmp_path: Path, cluster: Cluster
) -> None:
    here = imported(*crawl, tmp_path / "here")
    assert "sign-up wall" in here
    assert imported(*crawl, tmp_path / "pool", "--workers", "2") == here
    assert imported(*crawl, tmp_path / "cluster", "--scheduler", cluster.address) == here
    again = tracker(tmp_path / "pool", "import", "warc", str(crawl[1]), "--workers", "2")
    assert "0 captures imported, 24 were there" in again.stdout


# ── workers ───────────────────────────────────────────────────────────────────────


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    raise ValueError(number)


def end(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with workers(2, "") as found:
        assert found
        yield found


def test_answers_come_in_the_order_of_the_work(pool: Workers) -> None:
    assert list(pool.each(double, range(30), lambda n: n + 1)) == [
        (n, 2 * n + 2) for n in range(30)
    ]


def test_work_is_asked_for_only_as_it_is_done(pool: Workers) -> None:
    asked = []

    def given() -> Iterator[int]:
        for n in range(1000):
            asked.append(n)
            yield n

    answers = pool.each(double, given(), lambda n: n)
    for n in range(3):
        assert next(answers) == (n, 2 * n)
    assert len(asked) < 10


def test_an_error_of_the_work_is_the_error_of_the_whole(pool: Workers) -> None:
    with pytest.raises(ValueError, match="3"):
        list(pool.each(fail, [3], lambda n: n))


def test_a_process_that_is_killed_is_one_sentence() -> None:
    with workers(2, "") as found, pytest.raises(ArchiveError, match="fewer --workers"):
        assert found
        list(found.each(end, [1, 2], lambda n: n))


def end_at_seven(number: int) -> str:
    if number % 7 == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{number} done"


def test_work_that_ends_its_process_is_named_and_all_else_goes_on() -> None:
    with workers(2, "") as found:
        assert found
        done = list(found.each(end_at_seven, range(1, 17), lambda n: n, lambda n: f"{n} lost"))
        assert done == [(n, f"{n} {'lost' if n % 7 == 0 else 'done'}") for n in range(1, 17)]
        assert list(found.each(double, [4], lambda n: n)) == [(4, 8)]


def end_once(file: Path) -> str:
    if not file.exists():
        file.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def test_what_was_ended_once_from_outside_is_done_again(tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    with workers(2, "") as found:
        assert found
        done = list(found.each(end_once, files[:1], lambda one: one, lambda _: "lost"))
    assert done == [(files[0], "done")]


def test_one_process_needs_no_workers() -> None:
    with workers(1, "") as found:
        assert found is None


# ── a cluster ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="distributed is not installed")
    found = Cluster(tmp_path)
    yield found
    found.close()


def test_a_cluster_that_loses_a_worker_publishes_the_same(
    recorded: Path, unpublished: Path, cluster: Cluster
) -> None:
    told: list[Result] = []
    arguments = ("publish", "--scheduler", cluster.address)
    publishing = threading.Thread(target=lambda: told.append(tracker(unpublished, *arguments)))
    publishing.start()
    cluster.kill_one_at_work()
    publishing.join()
    (done,) = told
    assert done.exit_code == 0, done.output
    assert bytes_of(unpublished / "feeds") == bytes_of(recorded / "feeds")


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def elsewhere() -> Iterator[int]:
    """The port of a web server."""
    with Server({}) as server:
        yield int(server.entry.rpartition(":")[2])


@pytest.mark.parametrize("where", ["mute", "elsewhere"])
def test_where_no_scheduler_answers_it_is_said(
    recorded: Path, where: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed")
    monkeypatch.setattr(workers_, "_PATIENCE", 0.5)
    address = f"tcp://127.0.0.1:{request.getfixturevalue(where)}"
    done = tracker(recorded, "publish", "--scheduler", address)
    assert done.exit_code == 2
    assert done.stderr == f"Error: --scheduler: no Dask scheduler answers at {address!r}.\n"
