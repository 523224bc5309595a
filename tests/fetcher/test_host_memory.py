"""What a host asked of us holds for all of its pages, and from one run to the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers import HTML, Server, answer, page
from tracker.fetcher import Fetcher, HostMemory, Limits
from tracker.model import Outcome, Source

NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)
TERMS = b"<html lang=en><p>Every boat has a name."
LATER = answer(429, b"not now", "Retry-After: 3600")


def fetcher(server: Server, memory: HostMemory, **limits: float) -> Fetcher:
    given = Limits(total_seconds=5, attempts=2, **limits)  # type: ignore[arg-type]
    return Fetcher(user_agent="Test", allow_hosts=[server.entry], limits=given, memory=memory)


def test_a_host_that_asks_to_be_left_alone_is_left_alone_by_all_pages(tmp_path: Path) -> None:
    memory = HostMemory(tmp_path / "hosts.json")
    with Server({"/a": LATER, "/b": page(TERMS)}) as server:
        with fetcher(server, memory) as asking:
            first = asking.fetch(Source(server.url("/a")), now=NOON)
            second = asking.fetch(Source(server.url("/b")), now=NOON)
        assert first.outcome is Outcome.REFUSED
        assert second.outcome is Outcome.REFUSED
        assert "asks not to come back before 2025-09-01 13:00 UTC" in second.reason
        assert "/b" not in server.paths
        memory.save(NOON)
        half, after = NOON + timedelta(minutes=30), NOON + timedelta(hours=2)
        with fetcher(server, HostMemory(tmp_path / "hosts.json")) as asking:
            assert asking.fetch(Source(server.url("/b")), now=half).outcome is Outcome.REFUSED
            assert "/b" not in server.paths
        with fetcher(server, HostMemory(tmp_path / "hosts.json")) as asking:
            assert asking.fetch(Source(server.url("/b")), now=after).outcome is Outcome.GOOD


def test_a_robots_txt_is_asked_for_once_a_day(tmp_path: Path) -> None:
    closed = answer(200, b"User-agent: *\nDisallow: /\n", "Content-Type: text/plain")
    with Server({"/robots.txt": closed, "/a": page(TERMS)}) as server:
        for hours in (0, 12, 25):
            memory = HostMemory(tmp_path / "hosts.json")
            now = NOON + timedelta(hours=hours)
            with fetcher(server, memory) as asking:
                found = asking.fetch(Source(server.url("/a")), now=now)
            memory.save(now)
            assert found.outcome is Outcome.REFUSED
        assert server.paths == ["/robots.txt", "/robots.txt"]


def test_a_robots_txt_that_failed_is_asked_for_again(tmp_path: Path) -> None:
    answers = [answer(503), answer(503), answer(200, b"", HTML)]
    with Server({"/robots.txt": answers, "/a": page(TERMS)}) as server:
        memory = HostMemory(tmp_path / "hosts.json")
        with fetcher(server, memory) as asking:
            assert asking.fetch(Source(server.url("/a")), now=NOON).outcome is not Outcome.GOOD
        with fetcher(server, memory) as asking:
            assert asking.fetch(Source(server.url("/a")), now=NOON).outcome is Outcome.GOOD


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"free": 1}', '{"free": {}, "robots": {"a": []}}']
)
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "hosts.json").write_text(text)
    memory = HostMemory(tmp_path / "hosts.json")
    assert memory.free_from("a", NOON) is None
    assert memory.robots("https://a/robots.txt", NOON) is None
