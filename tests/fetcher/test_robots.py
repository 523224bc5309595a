"""robots.txt, read as RFC 9309 says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import Server, answer, page, redirect, say
from tracker.fetcher import Fetcher, Limits
from tracker.fetcher.response_check import GOOD, Verdict
from tracker.fetcher.robots import RobotsFile, address_of, permission
from tracker.model import Outcome

PAGE = "https://a.example/legal/terms"


def rules(text: str) -> RobotsFile:
    return RobotsFile("a.example", 200, GOOD, text)


def test_it_lies_at_the_root_of_the_host() -> None:
    assert address_of("https://a.example:8443/legal/x?y") == "https://a.example:8443/robots.txt"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /search", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /legal\nAllow: /legal/terms", True),
        ("User-agent: *\nDisallow: /*/terms$", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: TermsTracker\nAllow: /", True),
        ("User-agent: termstracker\nDisallow: /", False),
        ("User-agent: OtherBot\nDisallow: /", True),
        ("<!doctype html><p>Not found", True),
    ],
)
def test_rules(text: str, allowed: bool) -> None:
    verdict = permission(rules(text), PAGE)
    assert verdict.allowed is allowed
    assert verdict.outcome is (Outcome.GOOD if allowed else Outcome.REFUSED)
    assert verdict.text == text


def test_a_no_names_both_ways_on() -> None:
    reason = permission(rules("User-agent: *\nDisallow: /"), PAGE).reason
    assert '`robots = "note"` in data/settings.toml' in reason
    assert "`tracker import versions REPOSITORY`" in reason


@pytest.mark.parametrize(
    ("delay", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-1", None), ("nan", None), ("x", None)]
)
def test_crawl_delay(delay: str, seconds: float | None) -> None:
    file = rules(f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /x")
    assert permission(file, PAGE).crawl_delay == seconds


@given(st.text())
def test_any_file_gives_a_verdict(text: str) -> None:
    assert permission(rules("User-agent: *\n" + text), PAGE).reason.endswith(".")


def fetcher(server: Server, **settings: object) -> Fetcher:
    return Fetcher(
        user_agent="TermsTracker/test",
        allow_hosts=[server.entry],
        limits=Limits(attempts=1),
        **settings,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("reply", "allowed", "outcome"),
    [
        (answer(200, b"User-agent: *\nDisallow: /"), False, Outcome.REFUSED),
        (answer(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), False, Outcome.REFUSED),
        (answer(200), True, Outcome.GOOD),
        (answer(404), True, Outcome.GOOD),
        (answer(403), True, Outcome.GOOD),
        (redirect("/robots.txt"), True, Outcome.GOOD),
        (redirect("file:///etc/hostname"), True, Outcome.GOOD),
        (answer(500), False, Outcome.REFUSED),
        (answer(503), False, Outcome.REFUSED),
        (answer(999), False, Outcome.REFUSED),
        (b"this is not HTTP", False, Outcome.UNREACHABLE),
        (answer(200, b"User-agent: *", length=100), False, Outcome.TRUNCATED),
        (answer(200, b"x", "Content-Encoding: br"), False, Outcome.NOT_TEXT),
    ],
)
def test_answers(reply: bytes, allowed: bool, outcome: Outcome) -> None:
    with Server({"/robots.txt": reply}) as server, fetcher(server) as asker:
        verdict = asker.robots(server.url())
        assert (verdict.allowed, verdict.outcome) == (allowed, outcome)
        assert server.entry in verdict.reason


def test_a_redirected_file_is_read() -> None:
    elsewhere = answer(200, b"User-agent: *\nDisallow: /terms")
    pages = {"/robots.txt": redirect("/r"), "/r": elsewhere}
    with Server(pages) as server, fetcher(server) as asker:
        assert not asker.robots(server.url()).allowed


def test_a_huge_file_is_read_as_far_as_it_must_be() -> None:
    first = b"User-agent: *\nDisallow: /terms\n"
    huge = first + b"# padding\n" * 100_000
    with Server({"/robots.txt": answer(200, huge)}) as server, fetcher(server) as asker:
        verdict = asker.robots(server.url())
        assert not verdict.allowed
        assert len(verdict.text) == 512 * 1024


def test_one_that_hangs_counts_as_a_no() -> None:
    limits = Limits(total_seconds=1.0)
    with (
        Server({"/robots.txt": say(b"HTTP/1.1 200 OK\r\n")}) as server,
        Fetcher(user_agent="t", allow_hosts=[server.entry], limits=limits) as asker,
    ):
        verdict = asker.robots(server.url())
        assert (verdict.allowed, verdict.outcome) == (False, Outcome.TOO_SLOW)


def test_it_is_read_once_per_host() -> None:
    with Server({"/robots.txt": answer(404), "/terms": page()}) as server:
        with fetcher(server) as asker:
            asker.robots(server.url("/a"))
            asker.robots(server.url("/b"))
        assert server.paths == ["/robots.txt"]


def test_what_is_no_web_address_or_not_public_is_not_asked() -> None:
    with Fetcher(user_agent="t") as asker:
        assert "no web address" in asker.robots("ftp://a.example/").reason
        assert "--allow-host 127.0.0.1:9" in asker.robots("http://127.0.0.1:9/x").reason


def test_verdicts_of_absent_files_say_what_they_rest_on() -> None:
    gone = RobotsFile("a.example", 404, Verdict(Outcome.MISSING, "a.example answered 404."), "")
    assert permission(gone, PAGE).status == 404
