"""Visits over real HTTP: every answer is recorded, manners are kept, nothing bad is a version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import declare
from tests.servers import HTML, Server, answer, page
from tracker.app.app import App
from tracker.app.fetch import fetch
from tracker.app.visits import Visit, interleaved, reason_to_skip, visit, with_preview
from tracker.archive.store import Archive
from tracker.fetcher import Fetcher, Limits
from tracker.model import Capture, Document, Outcome, Source

NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = "".join(
    f"<p>Rule {n}: every boat has a name and keeps to its own side.</p>" for n in range(20)
)
TERMS = f"<html lang=en><main id=terms><h1>Terms</h1>{RULES}</main></html>".encode()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", write=True) as opened:
        yield opened


def document(server: Server, *paths: str) -> Document:
    sources = tuple(Source(server.url(path), select=("#terms",)) for path in paths or ("/terms",))
    return Document("harbour/terms@global", "Harbour", "Terms", "global", sources)


def look(server: Server, archive: Archive, at: datetime, *paths: str, force: bool = False) -> Visit:
    hosts = [server.entry]
    limits = Limits(total_seconds=5, attempts=1)
    with Fetcher(user_agent="Test", allow_hosts=hosts, limits=limits) as fetcher:
        return visit(document(server, *paths), fetcher, archive, at, force=force)


def test_a_good_page_is_recorded_with_all_that_was_served(archive: Archive) -> None:
    with Server({"/terms": page(TERMS)}) as server:
        visited = look(server, archive, NOON)
    (capture,) = archive.captures()
    assert visited.captures == (capture,)
    assert not visited.failed
    assert (capture.outcome, capture.status, capture.time) == (Outcome.GOOD, 200, NOON)
    assert capture.language == "en"
    assert ("content-type", "text/html; charset=utf-8") in capture.headers
    assert archive.readable(capture) == (TERMS, "text/html; charset=utf-8")
    assert [d.id for d in archive.documents()] == ["harbour/terms@global"]


BAD = {
    "999": (answer(999, b"<p>denied"), Outcome.REFUSED),
    "403": (answer(403), Outcome.REFUSED),
    "404": (answer(404), Outcome.MISSING),
    "503": (answer(503), Outcome.SERVER_ERROR),
    "empty": (page(b""), Outcome.EMPTY),
    "selector": (page(TERMS.replace(b"id=terms", b"id=other")), Outcome.SELECTOR),
    "wall": (
        page(b"<title>Sign in</title><main id=terms><h1>Sign in to continue</h1></main>"),
        Outcome.WALL,
    ),
    "challenge": (
        page(b"<main id=terms><p>Please verify you are human.</main>"),
        Outcome.CHALLENGE,
    ),
    "collapse": (page(b"<main id=terms><p>The terms are being revised.</main>"), Outcome.COLLAPSED),
    "language": (
        page(
            b"<main id=terms>"
            + b"<p>Les regles du port sont pour tous les bateaux et nous les gardons dans "
            b"notre livre avec les noms des marins qui sont dans le port.</p>" * 12
        ),
        Outcome.LANGUAGE,
    ),
    "charset": (answer(200, TERMS + b"\xff\xfe", HTML), Outcome.NOT_TEXT),
    "short": (answer(200, TERMS, HTML, length=len(TERMS) + 9), Outcome.TRUNCATED),
}


@pytest.mark.parametrize(("bad", "outcome"), BAD.values(), ids=BAD)
def test_what_is_not_the_document_is_an_outcome_with_its_reason(
    archive: Archive, bad: bytes, outcome: Outcome
) -> None:
    with Server({"/terms": [page(TERMS), bad, page(TERMS)]}) as server:
        look(server, archive, NOON)
        visited = look(server, archive, NOON + 24 * HOUR)
        assert visited.failed
        assert visited.captures[0].outcome is outcome
        assert visited.captures[0].reason.endswith(".")
        assert not look(server, archive, NOON + 72 * HOUR).failed
    assert [c.outcome for c in archive.captures()] == [Outcome.GOOD, outcome, Outcome.GOOD]


def test_the_pages_of_a_combined_document_share_one_time(archive: Archive) -> None:
    with Server({"/terms": page(TERMS), "/more": page(TERMS)}) as server:
        look(server, archive, NOON, "/terms", "/more")
    assert [c.time for c in archive.captures()] == [NOON, NOON]
    assert len({c.source.key for c in archive.captures() if c.source}) == 2


def test_a_visit_is_one_transaction(archive: Archive) -> None:
    statements: list[str] = []
    archive._db.set_trace_callback(statements.append)
    with Server({"/terms": page(TERMS), "/more": page(TERMS)}) as server:
        look(server, archive, NOON, "/terms", "/more")
    assert statements.count("COMMIT") == 1
    with Archive(archive.path) as reader:
        assert len(reader.captures()) == 2


def test_each_visit_is_told_once_it_is_on_disk(tmp_path: Path) -> None:
    with Server({"/1": page(TERMS), "/2": page(TERMS)}) as server:
        declare(tmp_path, {name: server.url(f"/{name}") for name in "12"})
        told = 0
        for visited in fetch(App(tmp_path, NOON), hosts=[server.entry]):
            told += 1
            with Archive(tmp_path / "data" / "archive.db") as reader:
                assert len(reader.captures()) == told
                assert visited.captures == (reader.captures()[-1],)
    assert told == 2


def test_a_page_that_says_it_is_unchanged_keeps_its_text(archive: Archive) -> None:
    with Server({"/terms": [page(TERMS, 'ETag: "1"'), answer(304), answer(304)]}) as server:
        for hours in (0, 12, 24):
            look(server, archive, NOON + hours * HOUR)
        asked = [head for head in server.requests if "GET /terms" in head]
    assert '"1"' not in asked[0]
    assert '"1"' in asked[1]
    assert '"1"' in asked[2]
    captures = archive.captures()
    assert [c.status for c in captures] == [200, 304, 304]
    assert len({(c.text, c.body, c.length) for c in captures}) == 1
    assert archive.readable(captures[2])[0] == TERMS


def test_robots_txt_is_obeyed_and_recorded(archive: Archive) -> None:
    closed = answer(200, b"User-agent: *\nDisallow: /terms\n", "Content-Type: text/plain")
    with Server({"/robots.txt": closed, "/terms": page(TERMS)}) as server:
        visited = look(server, archive, NOON)
        assert "/terms" not in server.paths
    assert visited.captures[0].outcome is Outcome.REFUSED
    assert 'robots = "note"' in visited.captures[0].reason
    assert "tracker import" in visited.captures[0].reason


def test_an_operator_may_read_regardless_and_the_record_says_so(archive: Archive) -> None:
    closed = answer(200, b"User-agent: *\nDisallow: /terms\n", "Content-Type: text/plain")
    with Server({"/robots.txt": closed, "/terms": page(TERMS)}) as server:
        hosts = [server.entry]
        with Fetcher(user_agent="Test", allow_hosts=hosts, obey_robots=False) as fetcher:
            visited = visit(document(server), fetcher, archive, NOON, force=False)
    assert not visited.failed
    assert "robots.txt" in visited.captures[0].reason


# ── manners ───────────────────────────────────────────────────────────────────────


def seen(hours_ago: float, outcome: Outcome = Outcome.GOOD) -> Capture:
    time = NOON - hours_ago * HOUR
    return Capture(
        "d", None, None, None, time, 200, (), outcome, "", None, None, 0, None, "", "live", None
    )


@pytest.mark.parametrize(
    ("looks", "reason"),
    [
        ([], ""),
        ([seen(1)], "twice a day"),
        ([seen(12)], ""),
        ([seen(23), seen(12)], "within a day"),
        ([seen(25), seen(12)], ""),
        ([seen(23.7), seen(11.8)], ""),  # a timer with a random delay means two a day
        ([seen(1, Outcome.SERVER_ERROR)], ""),
        ([seen(2, Outcome.SERVER_ERROR), seen(1, Outcome.SERVER_ERROR)], "within a day"),
        ([seen(12, Outcome.REFUSED)], "turned away"),
        ([seen(25, Outcome.REFUSED)], ""),
        ([seen(1), seen(1, Outcome.CHALLENGE)], "turned away"),
    ],
)
def test_manners(looks: list[Capture], reason: str) -> None:
    found = reason_to_skip(looks, NOON)
    assert reason in found
    assert bool(found) == bool(reason)


def test_a_visit_too_soon_asks_nothing_and_is_no_failure(archive: Archive) -> None:
    with Server({"/terms": page(TERMS)}) as server:
        look(server, archive, NOON)
        asked = len(server.requests)
        visited = look(server, archive, NOON + HOUR)
        assert len(server.requests) == asked
    assert visited.skipped
    assert not visited.failed
    assert len(archive.captures()) == 1


def test_after_a_refusal_the_document_is_left_alone_for_a_day(archive: Archive) -> None:
    with Server({"/terms": [answer(403), page(TERMS)]}) as server:
        look(server, archive, NOON)
        visited = look(server, archive, NOON + 12 * HOUR)
        assert "turned away" in visited.skipped
        assert visited.failed
        assert not look(server, archive, NOON + 25 * HOUR).failed


def test_force_visits_all_the_same(archive: Archive) -> None:
    with Server({"/terms": page(TERMS)}) as server:
        look(server, archive, NOON)
        assert not look(server, archive, NOON + HOUR, force=True).skipped
    assert len(archive.captures()) == 2


def test_imported_captures_are_no_visits(archive: Archive) -> None:
    with Server({"/terms": page(TERMS)}) as server:
        look(server, archive, NOON)
        (live,) = archive.captures()
        archive.add(replace(live, time=NOON + 20 * HOUR, via="elsewhere"), TERMS)
        assert not look(server, archive, NOON + 21 * HOUR).skipped


# ── previews ──────────────────────────────────────────────────────────────────────


def look_ahead(server: Server, archive: Archive, at: datetime) -> Visit:
    shown = {"harbour/terms@global": server.url("/preview")}
    limits = Limits(total_seconds=5, attempts=1)
    with Fetcher(user_agent="Test", allow_hosts=[server.entry], limits=limits) as fetcher:
        return visit(with_preview(document(server), shown), fetcher, archive, at, force=True)


def test_a_preview_is_recorded_as_one(archive: Archive) -> None:
    pages = {"/terms": page(TERMS), "/preview": page(TERMS.replace(b"boat", b"ship"))}
    with Server(pages) as server:
        visited = look_ahead(server, archive, NOON)
    assert [c.via for c in visited.captures] == ["live", "preview"]
    assert [c.outcome for c in archive.captures()] == [Outcome.GOOD, Outcome.GOOD]


def test_that_there_is_no_preview_is_no_failure(archive: Archive) -> None:
    with Server({"/terms": page(TERMS), "/preview": answer(404)}) as server:
        visited = look_ahead(server, archive, NOON)
    assert visited.captures[-1].outcome is Outcome.MISSING
    assert not visited.failed


def test_no_preview_is_asked_for_where_the_document_itself_was_refused(archive: Archive) -> None:
    with Server({"/terms": answer(403), "/preview": page(TERMS)}) as server:
        visited = look_ahead(server, archive, NOON)
    assert [c.via for c in visited.captures] == ["live"]
    assert visited.failed


def test_a_preview_on_another_host_is_none() -> None:
    alone = Document("d", "S", "T", "global", (Source("https://a.example/terms", ("main",)),))
    assert with_preview(alone, {}) is alone
    assert with_preview(alone, {"d": "https://b.example/preview"}) is alone
    found = with_preview(alone, {"d": "https://a.example/preview"})
    assert found.preview == Source("https://a.example/preview", ("main",))


# ── whose turn it is ──────────────────────────────────────────────────────────────


def of_hosts(names: str) -> list[Document]:
    return [
        Document(f"d{n}", "S", "T", "global", (Source(f"https://{name}.example/{n}"),))
        for n, name in enumerate(names)
    ]


def hosts(documents: list[Document]) -> str:
    return "".join(d.sources[0].url[8] for d in documents)


def test_documents_of_one_host_are_visited_in_turns() -> None:
    assert hosts(interleaved(of_hosts("aaaabbc"))) == "abcabaa"
    assert interleaved(of_hosts("aaa")) == of_hosts("aaa")
    assert interleaved([]) == []


@given(st.text("abcd", max_size=40))
def test_taking_turns_leaves_nobody_out_and_lets_nobody_in_twice(names: str) -> None:
    """And while a host waits for its next turn, every other one that is left has had one."""
    found = interleaved(of_hosts(names))
    assert sorted(found, key=lambda d: d.id) == sorted(of_hosts(names), key=lambda d: d.id)
    order = hosts(found)
    for place, name in enumerate(order):
        if (again := order.find(name, place + 1)) > 0:
            assert set(order[again:]) <= set(order[place:again])
