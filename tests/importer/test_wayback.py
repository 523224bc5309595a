"""A public archive's captures, from a server on loopback that speaks as the real one does."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.public_archive import HEADER, Kept, PublicArchive
from tests.samples import published_alike
from tests.servers import Server, answer, page
from tracker.app.internet_archive import PublicArchive as Public
from tracker.app.internet_archive import import_captures
from tracker.archive.store import Archive
from tracker.cli import main
from tracker.errors import ImportFailed
from tracker.fetcher import Fetcher, Limits
from tracker.importer.wayback import (
    IndexEntry,
    collapsed,
    is_replay_of,
    parse_index,
    replay_address,
)
from tracker.model import Capture, Document, Outcome, Source

PAGE = "https://harbour.example/legal/terms"
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
START = datetime(2015, 1, 1, 6, 30, tzinfo=UTC)
RULES = "".join(f"<p>Rule {n}: every boat keeps to its own side of the pier.</p>" for n in range(9))


def terms(edition: int, nonce: object = "", layout: str = "main id=terms") -> bytes:
    text = f"<h1>Harbour terms</h1><p>A berth costs {edition + 3} shells a night.</p>{RULES}"
    return f"<html lang=en><!-- {nonce} --><{layout}>{text}</main></html>".encode()


def kept(number: int, body: bytes, url: str = PAGE, digest: str = "") -> Kept:
    stamp = f"{START + number * timedelta(days=12):%Y%m%d%H%M%S}"
    return Kept(stamp, url, body, digest=digest)


def many(count: int) -> list[Kept]:
    """Captures whose bytes all differ; the text changes now and then, once to another layout."""
    return [kept(n, terms(n // 40, nonce=n, layout="main" if n < 60 else "main id=terms"))
            for n in range(count)]  # fmt: skip


def declare(root: Path, base: str, url: str = PAGE, more: str = "") -> Path:
    file = root / "data" / "declarations" / "global" / "Harbour.json"
    file.parent.mkdir(parents=True)
    terms = {"Terms of Service": {"fetch": url, "select": "#terms"}}
    file.write_text(json.dumps({"name": "Harbour", "terms": terms}))
    (root / "data" / "settings.toml").write_text(f'wayback_url = "{base}"\n{more}')
    return root


def tracker(root: Path, *arguments: str) -> Result:
    before = ("--root", str(root), "--now", NOW.isoformat())
    return CliRunner().invoke(main, [*before, *arguments], catch_exceptions=False)


def bring(root: Path, archive: PublicArchive, *more: str) -> Result:
    return tracker(root, "import", "wayback", "harbour", "--allow-host", archive.entry, *more)


def captures(root: Path) -> list[Capture]:
    with Archive(root / "data" / "archive.db") as archive:
        return archive.captures()


# ── the index, pure ───────────────────────────────────────────────────────────────


def mark(day: int, digest: str) -> IndexEntry:
    return IndexEntry(f"202001{day:02}000000", PAGE, digest)


def test_of_neighbours_with_one_digest_the_first_and_the_last_are_taken() -> None:
    marks = [mark(day, name) for day, name in enumerate("AAAABAB", 1)]
    assert [m.stamp[6:8] for m in collapsed(reversed(marks), daily=False)] == [
        "01", "04", "05", "06", "07",
    ]  # fmt: skip


def test_daily_takes_the_first_of_each_day() -> None:
    marks = [IndexEntry(f"202001{n // 3 + 1:02}{n % 3:02}0000", PAGE, str(n)) for n in range(7)]
    assert [m.stamp[6:10] for m in collapsed(marks, daily=True)] == ["0100", "0200", "0300"]


BAD_ROWS = [
    ["20200101000000", "javascript:alert(1)", "200", "A", "text/html"],
    ["20200101000000", "https://a.example/ <script>", "200", "A", "text/html"],
    ["20201301000000", PAGE, "200", "A", "text/html"],
    ["2020", PAGE, "200", "A", "text/html"],
    ["20200101000000", PAGE, "302", "A", "text/html"],
    [],
    ["20200101000000"],
]


def test_lines_of_the_index_that_are_not_as_documented_are_passed_over() -> None:
    good = ["20200101000000", PAGE, "200", "A", "text/html"]
    rows = [list(HEADER), *BAD_ROWS, good, [], ["next key"]]
    assert parse_index(json.dumps(rows).encode()) == ((IndexEntry(good[0], PAGE, "A"),), "next key")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("timestamp"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(values | st.lists(st.lists(st.text(max_size=16), max_size=6), max_size=6))
def test_no_answer_of_an_archive_is_more_than_a_refusal(answered: object) -> None:
    try:
        marks, _ = parse_index(json.dumps(answered).encode())
    except ImportFailed:
        return
    assert all(m.time.tzinfo for m in marks)


@pytest.mark.parametrize("body", [b"", b"<html>busy", b"[[1", b'{"a": 1}', b"[" * 9000])
def test_what_is_no_index_is_refused(body: bytes) -> None:
    with pytest.raises(ImportFailed):
        parse_index(body)


def test_a_replay_of_another_time_is_noticed() -> None:
    base, one = "https://archive.example", mark(1, "A")
    assert is_replay_of(one, replay_address(base, one))
    assert not is_replay_of(one, replay_address(base, mark(2, "A")))


# ── the command ───────────────────────────────────────────────────────────────────


def test_a_history_comes_with_its_own_times_and_provenance(tmp_path: Path) -> None:
    with PublicArchive(many(90), rows=7) as archive:
        root = declare(tmp_path, archive.url)
        done = bring(root, archive)
    assert done.exit_code == 0, done.output
    assert "90 captures imported, 0 were there." in done.output
    assert len(archive.index_requests) == 13
    found = captures(root)
    assert [c.time for c in found] == [k_time(k) for k in archive.kept]
    assert {c.outcome for c in found} == {Outcome.GOOD}
    first = found[0]
    assert first.via == f"Wayback Machine, {archive.entry}"
    assert first.archive_url == f"{archive.url}/web/20150101063000/{PAGE}"
    assert dict(first.headers)["etag"] == '"20150101063000"'
    assert "secret" not in str(found)
    assert first.media == "text/html; charset=utf-8"


def k_time(one: Kept) -> datetime:
    return datetime.strptime(one.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def test_an_old_layout_is_read_by_its_structure_and_says_so(tmp_path: Path) -> None:
    with PublicArchive(many(90)) as archive:
        root = declare(tmp_path, archive.url)
        bring(root, archive)
    found = captures(root)
    assert ["by its structure" in c.reason for c in found] == [True] * 60 + [False] * 30
    assert [c.source.select for c in found if c.source] == [()] * 60 + [("#terms",)] * 30
    log = json.loads(tracker(root, "log", "--json").stdout)
    # At capture 40 the price changes, at 80 again; that the selectors match from 60 on is no news.
    assert [(row["significance"], row["first_seen"][:10]) for row in log if
            row["significance"] == "substantive"] == [
        ("substantive", "2017-08-18"), ("substantive", "2016-04-25"),
    ]  # fmt: skip


def test_the_archive_link_is_published(tmp_path: Path) -> None:
    with PublicArchive(many(90)) as archive:
        root = declare(tmp_path, archive.url)
        bring(root, archive)
    assert tracker(root, "publish").exit_code == 0
    site = "".join(p.read_text() for p in (root / "feeds").rglob("*.html"))
    assert f"{archive.url}/web/20160425063000/{PAGE}" in site
    assert f"Wayback Machine, {archive.entry}" in site


def test_days_narrow_what_the_archive_is_asked_for(tmp_path: Path) -> None:
    with PublicArchive(many(40)) as archive:
        root = declare(tmp_path, archive.url)
        done = bring(root, archive, "--since", "2015-02-06", "--until", "2015-03-02")
        assert [c.time.day for c in captures(root)] == [6, 18, 2], done.output
        assert archive.index_requests[0]["from"] == "20150206"


def test_an_earlier_address_is_another_page_of_the_same_document(tmp_path: Path) -> None:
    old = "http://harbour.example:80/terms.html"
    with PublicArchive([kept(0, terms(0), url=old), kept(9, terms(0, "x"))]) as archive:
        root = declare(tmp_path, archive.url)
        assert bring(root, archive, "--url", old).exit_code == 0
        assert bring(root, archive).exit_code == 0
    assert [c.source.url for c in captures(root) if c.source] == [old, PAGE]
    assert json.loads(tracker(root, "log", "--json").stdout) == []


def test_neighbours_with_one_digest_are_not_all_asked_for(tmp_path: Path) -> None:
    same = [kept(n, terms(0), digest="SAME") for n in range(20)]
    with PublicArchive([*same, kept(20, terms(1))]) as archive:
        root = declare(tmp_path, archive.url)
        assert "21 captures of" in bring(root, archive).output
        assert len(archive.replays) == 3


def test_a_private_archive_is_not_asked_unless_allowed(tmp_path: Path) -> None:
    with PublicArchive(many(1)) as archive:
        root = declare(tmp_path, archive.url)
        done = tracker(root, "import", "wayback", "harbour")
        assert done.exit_code == 1
        assert "--allow-host" in done.output
        assert not archive.index_requests


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with PublicArchive([]) as archive:
        done = bring(declare(tmp_path, archive.url), archive)
    assert (done.exit_code, "has no capture of" in done.output) == (1, True)


@pytest.mark.parametrize("broken", ["lost", "missing"])
def test_what_the_archive_cannot_give_is_told_and_not_recorded(tmp_path: Path, broken: str) -> None:
    with PublicArchive(many(5)) as archive:
        root = declare(tmp_path, archive.url)
        archive.lost = {archive.kept[2].stamp} if broken == "lost" else set()
        archive.on_replay = lambda n: (
            archive.faults.append((404, {})) if broken == "missing" and n == 3 else None
        )
        done = bring(root, archive)
        assert (done.exit_code, len(captures(root))) == (0, 4)
        assert "Note: not imported, 2015-01-25" in done.output
        archive.lost, archive.on_replay = set(), lambda _: None
        assert "1 capture imported, 4 were there." in bring(root, archive).output


def test_an_archive_that_gives_out_ends_the_import_with_a_sentence(tmp_path: Path) -> None:
    with PublicArchive(many(9)) as archive:
        root = declare(tmp_path, archive.url)
        archive.on_replay = lambda n: archive.faults.append((500, {})) if n > 4 else None
        done = bring(root, archive)
    assert (done.exit_code, len(captures(root))) == (1, 4)
    assert "4 captures imported" in done.output
    assert "answers no more" in done.output


def test_a_document_of_several_pages_is_imported_published_and_proved(tmp_path: Path) -> None:
    more = "https://harbour.example/legal/fees"
    fees = [kept(n, terms(n).replace(b"berth", b"crane"), more) for n in (1, 4)]
    with PublicArchive([*many(3), *fees]) as archive:
        root = declare(tmp_path, archive.url)
        file = root / "data" / "declarations" / "global" / "Harbour.json"
        pages = [{"fetch": url, "select": "main"} for url in (PAGE, more)]
        terms_of = {"Terms of Service": {"combine": pages}}
        file.write_text(json.dumps({"name": "Harbour", "terms": terms_of}))
        done = bring(root, archive)
    assert "5 captures imported" in done.output
    (row,) = json.loads(tracker(root, "log", "--json").stdout)
    assert row["first_seen"].startswith(f"{START + 4 * timedelta(days=12):%Y-%m-%dT%H:%M}")
    for command in ("publish", "verify", "doctor"):
        done = tracker(root, command)
        assert done.exit_code == 0, done.output
    assert tracker(root, "evidence", "harbour", "--output", str(tmp_path / "e.zip")).exit_code == 0
    checked = tracker(root, "evidence", "--check", str(tmp_path / "e.zip"))
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("status", [404, 999])
def test_captures_of_pages_that_refused_do_not_end_the_import(tmp_path: Path, status: int) -> None:
    with PublicArchive(many(9)) as archive:
        root = declare(tmp_path, archive.url)
        archive.on_replay = lambda n: archive.faults.append((status, {})) if 2 < n < 8 else None
        done = bring(root, archive)
    assert (done.exit_code, len(captures(root))) == (0, 4)
    assert f"The page answered {status} when it was captured." in done.output


# ── manners and interruptions ─────────────────────────────────────────────────────


def test_the_archive_is_given_the_time_it_asks_for(tmp_path: Path) -> None:
    waits: list[float] = []
    source = Source(PAGE, ("#terms",))
    document = Document("harbour/terms@global", "Harbour", "Terms", "global", (source,))
    with PublicArchive(many(3)) as kept, Archive(tmp_path / "a.db", write=True) as archive:
        kept.faults = [(429, {"Retry-After": "90"}), (503, {}), (503, {})]
        limits = Limits(total_seconds=900, attempts=6, longest_wait=300)
        with Fetcher(
            user_agent="Test", allow_hosts=[kept.entry], limits=limits, pause=waits.append
        ) as fetcher:
            public = Public(fetcher, kept.url, NOW)
            marks = tuple(public.index(PAGE, None, date(2020, 1, 1)))
            brought = list(import_captures(marks, document, source, public, archive))
    assert waits == [90.0, 2.0, 4.0]
    assert len(brought) == 3


def dump(root: Path) -> list[str]:
    """Everything an archive holds: captures, bodies, names, heads of the logs."""
    with closing(sqlite3.connect(root / "data" / "archive.db")) as database:
        return list(database.iterdump())


def test_an_import_killed_twice_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """Nothing that was recorded is asked for again, only the capture that was on its way."""
    with PublicArchive(many(300)) as archive:
        whole = declare(tmp_path / "whole", archive.url)
        assert bring(whole, archive).exit_code == 0
        broken = declare(tmp_path / "broken", archive.url)
        asked: list[int] = []
        for deadly in (100, 70, None):
            archive.replays.clear()
            status = _killed_at(deadly, broken, archive)
            assert status == (-signal.SIGKILL if deadly else 0)
            asked.append(len(archive.replays))
    assert asked == [100, 70, 300 - 99 - 69]
    assert len(captures(whole)) == 300
    assert dump(broken) == dump(whole)
    assert published_alike(whole, broken)


def _killed_at(replay: int | None, root: Path, archive: PublicArchive) -> int:
    """Run the command and kill it when it asks for a replay of this number; its status."""
    command = [sys.executable, "-m", "tracker", "--root", str(root), "--now", NOW.isoformat()]
    arguments = ["import", "wayback", "harbour", "--allow-host", archive.entry]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL) as process:
        archive.on_replay = lambda n: os.kill(process.pid, signal.SIGKILL) if n == replay else None
        try:
            return process.wait(120)
        finally:
            archive.on_replay = lambda _: None


# ── a public capture in place of a refused page ───────────────────────────────────


Site = Callable[[bytes], Server]
CLOSED = answer(200, b"User-agent: *\nDisallow: /\n", "Content-Type: text/plain")


@pytest.fixture(params=["403", "robots.txt"])
def refusing(request: pytest.FixtureRequest) -> Iterator[Server]:
    pages = {"403": {"/terms": answer(403)}, "robots.txt": {"/robots.txt": CLOSED}}
    with Server(pages[request.param]) as server:
        yield server


def run(root: Path, server: Server, archive: PublicArchive) -> Result:
    hosts = [word for entry in (server.entry, archive.entry) for word in ("--allow-host", entry)]
    return tracker(root, "run", "--force", *hosts)


def test_the_newest_public_capture_stands_in_for_a_refused_page(
    tmp_path: Path, refusing: Server
) -> None:
    url = refusing.url()
    with PublicArchive([kept(n, terms(n), url=url) for n in range(3)]) as archive:
        root = declare(tmp_path, archive.url, url=url)
        done = run(root, refusing, archive)
        assert done.exit_code == 1  # it was not seen where it is published
        assert "Wayback Machine" in done.output
        assert "stands in" in done.output
        again = run(root, refusing, archive)
        assert "stands in" not in again.output
        assert archive.replays == [archive.kept[2].stamp]
    via = f"Wayback Machine, {archive.entry}"
    assert [(c.outcome, c.via) for c in captures(root)] == [
        (Outcome.REFUSED, "live"),
        (Outcome.GOOD, via),
        (Outcome.ANSWERED, via),
        (Outcome.REFUSED, "live"),
        (Outcome.ANSWERED, via),
    ]
    shown = tracker(root, "show", "harbour").output
    assert "A berth costs 5 shells" in shown


def test_a_setting_turns_it_off(tmp_path: Path, refusing: Server) -> None:
    url = refusing.url()
    with PublicArchive([kept(0, terms(0), url=url)]) as archive:
        root = declare(tmp_path, archive.url, url=url, more="stand_in = false\n")
        assert run(root, refusing, archive).exit_code == 1
        assert not archive.index_requests
    assert [c.via for c in captures(root)] == ["live"]


def test_what_is_older_than_our_own_look_does_not_stand_in(tmp_path: Path) -> None:
    with Server({"/terms": [page(terms(5)), answer(403)]}) as server:
        url = server.url()
        with PublicArchive([kept(0, terms(0), url=url)]) as archive:
            root = declare(tmp_path, archive.url, url=url)
            assert run(root, server, archive).exit_code == 0
            assert run(root, server, archive).exit_code == 1
            assert not archive.replays


def test_an_archive_that_is_down_is_recorded_and_named(tmp_path: Path, refusing: Server) -> None:
    root = declare(tmp_path, "http://127.0.0.1:9", url=refusing.url())
    hosts = ("--allow-host", refusing.entry)
    done = tracker(root, "run", *hosts)
    found = [c.outcome for c in captures(root)]
    assert (done.exit_code, found) == (1, [Outcome.REFUSED, Outcome.UNREACHABLE])
    assert "The Internet Archive did not answer as it should: 127.0.0.1" in done.output


def test_a_page_of_this_machine_is_not_looked_for_in_a_public_archive(
    tmp_path: Path, refusing: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = declare(tmp_path, "https://archive.example", url=refusing.url())
    asked: list[str] = []
    monkeypatch.setattr(Fetcher, "ask", lambda self, url, *, now: asked.append(url))
    assert tracker(root, "run", "--allow-host", refusing.entry).exit_code == 1
    assert not asked
