"""Whole visits, over real sockets to a real server."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.servers import HTML, Reply, Server, answer, page, redirect, say
from tracker.errors import UsageError
from tracker.fetcher import Fetcher, Limits, user_agent
from tracker.model import Answer, Outcome, Source

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
BODY = b"<main>These are the terms.</main>"
Pages = Mapping[str, Reply | Sequence[Reply]]


@dataclass
class Site:
    """A server, a fetcher that may visit it, and the waits it took."""

    server: Server
    fetcher: Fetcher
    waits: list[float] = field(default_factory=list)

    def fetch(self, path: str = "/terms", **validators: str) -> Answer:
        return self.fetcher.fetch(Source(self.server.url(path)), now=NOW, **validators)


@contextmanager
def site(
    pages: Pages,
    limits: Limits = Limits(),  # noqa: B008
    obey: bool = True,
    **more: Any,
) -> Iterator[Site]:
    waits: list[float] = []
    more.setdefault("pause", waits.append)
    with (
        Server(pages) as server,
        Fetcher(
            user_agent=user_agent("https://me.example"),
            allow_hosts=[server.entry],
            obey_robots=obey,
            limits=limits,
            **more,
        ) as fetcher,
    ):
        yield Site(server, fetcher, waits)


def visit(reply: Reply, limits: Limits = Limits(attempts=1)) -> Answer:  # noqa: B008
    with site({"/terms": reply}, limits) as there:
        return there.fetch()


def test_a_good_answer_is_complete_and_says_where_from() -> None:
    reply = page(BODY, "Date: today", "X-Odd: caf\xe9", "Set-Cookie: id=1")
    with site({"/terms": reply}) as there:
        seen = there.fetch()
        assert seen == Answer(
            source=Source(there.server.url()),
            requested_at=NOW,
            final_url=there.server.url(),
            status=200,
            headers=(
                ("content-type", "text/html; charset=utf-8"),
                ("date", "today"),
                ("x-odd", "caf\xe9"),
                ("content-length", str(len(BODY))),
            ),
            body=BODY,
            outcome=Outcome.GOOD,
            reason="",
        )
        assert there.server.paths == ["/robots.txt", "/terms"]


def test_requests_are_honest_and_plain() -> None:
    with site({"/terms": page()}) as there:
        there.fetch()
        for request in there.server.requests:
            assert f"\r\nUser-Agent: {user_agent('https://me.example')}\r\n" in request
            assert "\r\nAccept-Encoding: gzip, identity\r\n" in request
            assert "Cookie" not in request
            assert "If-None-Match" not in request


def test_cookies_are_forgotten() -> None:
    with site({"/terms": page(BODY, "Set-Cookie: id=1; Path=/")}) as there:
        there.fetch()
        there.fetch()
        assert not [r for r in there.server.requests if "cookie" in r.lower()]


def test_passwords_of_the_machine_and_of_urls_are_not_sent(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with site({"/terms": page()}) as there:
        url = there.server.url().replace("http://", "http://me:secret@")
        seen = there.fetcher.fetch(Source(url), now=NOW)
        assert seen.outcome is Outcome.GOOD
        assert "secret" not in seen.final_url
        assert not [r for r in there.server.requests if "authorization" in r.lower()]


@pytest.mark.parametrize(
    ("reply", "status", "outcome"),
    [
        (answer(401), 401, Outcome.REFUSED),
        (answer(403, b"x", HTML), 403, Outcome.REFUSED),
        (answer(403, b"x", HTML, "CF-Mitigated: challenge"), 403, Outcome.CHALLENGE),
        (answer(404), 404, Outcome.MISSING),
        (answer(429), 429, Outcome.REFUSED),
        (answer(500), 500, Outcome.SERVER_ERROR),
        (answer(999, b"x", HTML), 999, Outcome.REFUSED),
        (answer(304), 304, Outcome.SERVER_ERROR),
        (page(b""), 200, Outcome.EMPTY),
        (answer(200, b"PK", "Content-Type: application/zip"), 200, Outcome.NOT_TEXT),
        (page(b"x", "Content-Encoding: br"), 200, Outcome.NOT_TEXT),
        (page(b"not gzip", "Content-Encoding: gzip"), 200, Outcome.NOT_TEXT),
        (page(gzip.compress(BODY)[:-4], "Content-Encoding: gzip"), 200, Outcome.TRUNCATED),
        (answer(200, BODY, HTML, length=1000), 200, Outcome.TRUNCATED),
        (answer(200, BODY, HTML, length=-1), 200, Outcome.TRUNCATED),
        (answer(200, b"5\r\nhel", HTML, "Transfer-Encoding: chunked", length=-1), 200,
         Outcome.TRUNCATED),
        (redirect("/terms"), 302, Outcome.REDIRECTED),
        (redirect("file:///etc/hostname"), 302, Outcome.REDIRECTED),
        (redirect("http://169.254.169.254/latest/"), 302, Outcome.REDIRECTED),
        (redirect("http://localhost:1/"), 302, Outcome.REDIRECTED),
        (redirect("http://[bad"), None, Outcome.UNREACHABLE),
        (answer(302), 302, Outcome.SERVER_ERROR),
        (b"", None, Outcome.UNREACHABLE),
        (b"<p>no HTTP at all", None, Outcome.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\nX-Bad\x00: y\r\n\r\nok", None, Outcome.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok", None, Outcome.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"y" * 200_000, None, Outcome.UNREACHABLE),
        (answer(200, b"ok", "X-Odd: \x1b]0;x\x07"), 200, Outcome.GOOD),
        (answer(200, b"no media type"), 200, Outcome.GOOD),
        (answer(200, b"plain", "Content-Type: text/plain"), 200, Outcome.GOOD),
    ],
)  # fmt: skip
def test_outcomes(reply: bytes, status: int | None, outcome: Outcome) -> None:
    seen = visit(reply)
    assert (seen.status, seen.outcome) == (status, outcome)
    assert bool(seen.body) == (outcome is Outcome.GOOD)
    if outcome is not Outcome.GOOD:
        assert seen.reason.endswith(".")
        assert seen.reason.isprintable()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_of_a_server_make_it_fail(noise: bytes, after_a_head: bool) -> None:
    noisy = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + noise if after_a_head else noise
    assert visit(noisy).requested_at == NOW


def test_gzip_is_unpacked() -> None:
    seen = visit(page(gzip.compress(BODY), "Content-Encoding: gzip"))
    assert seen.body == BODY


def test_too_large() -> None:
    bomb = page(gzip.compress(bytes(1 << 20)), "Content-Encoding: gzip")
    for reply in (bomb, page(b"x" * 5000)):
        seen = visit(reply, Limits(decoded_bytes=4096))
        assert seen.outcome is Outcome.TOO_LARGE


def test_an_unchanged_page_costs_nothing() -> None:
    with site({"/terms": answer(304)}) as there:
        seen = there.fetch(etag='"v1"', modified="Mon, 01 Sep 2025 00:00:00 GMT")
        assert (seen.status, seen.outcome, seen.body, seen.reason) == (304, Outcome.GOOD, b"", "")
        request = there.server.requests[-1]
        assert 'If-None-Match: "v1"\r\n' in request
        assert "If-Modified-Since: Mon, 01 Sep 2025 00:00:00 GMT\r\n" in request
        assert "If-None-Match" not in there.server.requests[0]


@pytest.mark.parametrize("etag", ['"\x1b[31m"', '"a\r\nX-Evil: 1"', '"é"', "", "  "])
def test_validators_that_cannot_be_sent_are_left_out(etag: str) -> None:
    with site({"/terms": answer(304)}) as there:
        assert there.fetch(etag=etag).outcome is Outcome.SERVER_ERROR
        assert "If-None-Match" not in there.server.requests[-1]


# ── redirects ─────────────────────────────────────────────────────────────────────


def test_redirects_are_followed_to_the_page() -> None:
    pages: Pages = {"/terms": redirect("/a", 301), "/a": redirect("/b#top", 307), "/b": page()}
    with site(pages) as there:
        seen = there.fetch()
        assert (seen.outcome, seen.final_url) == (Outcome.GOOD, there.server.url("/b"))
        assert there.server.paths == ["/robots.txt", "/terms", "/a", "/b"]


def test_a_page_that_sends_on_by_itself_is_followed_like_a_redirect() -> None:
    sent = page(b"<meta http-equiv=refresh content='0; url=/b'>Moved.")
    with site({"/terms": sent, "/b": page()}) as there:
        seen = there.fetch()
        assert (seen.outcome, seen.final_url) == (Outcome.GOOD, there.server.url("/b"))
    back = page(b"<meta http-equiv=refresh content='0; url=/terms'>")
    with site({"/terms": sent, "/b": back}) as there:
        seen = there.fetch()
        assert (seen.outcome, seen.body) == (Outcome.REDIRECTED, b"")


def test_five_redirects_and_no_more() -> None:
    pages = {f"/{n}": redirect(f"/{n - 1}") for n in range(1, 7)} | {"/0": page()}
    with site(pages) as there:
        assert there.fetch("/5").outcome is Outcome.GOOD
        seen = there.fetch("/6")
        assert (seen.outcome, seen.final_url) == (Outcome.REDIRECTED, there.server.url("/1"))


@pytest.mark.parametrize(
    ("target", "outcome"),
    [("/authwall", Outcome.WALL), ("/uas/login", Outcome.WALL), ("/", Outcome.REDIRECTED)],
)
def test_redirects_to_something_else(target: str, outcome: Outcome) -> None:
    with site({"/terms": redirect(target), target: page()}) as there:
        seen = there.fetch()
        assert (seen.outcome, seen.body) == (outcome, b"")
        assert seen.final_url == there.server.url(target)


def test_a_redirect_inwards_is_not_contacted_even_for_robots() -> None:
    with (
        Server({"/inside": page()}) as inner,
        site({"/terms": redirect(inner.url("/inside"))}) as there,
    ):
        seen = there.fetch()
        assert seen.outcome is Outcome.REDIRECTED
        assert seen.final_url == there.server.url()
        assert inner.entry in seen.reason
        assert inner.requests == []


# ── robots.txt ────────────────────────────────────────────────────────────────────

CLOSED = answer(200, b"User-agent: *\nDisallow: /terms\n")


def test_a_closed_page_is_not_asked_for() -> None:
    with site({"/robots.txt": CLOSED, "/terms": page()}) as there:
        seen = there.fetch()
        assert (seen.outcome, seen.status, seen.body) == (Outcome.REFUSED, None, b"")
        assert '`robots = "note"`' in seen.reason
        assert "`tracker import versions REPOSITORY`" in seen.reason
        assert there.server.paths == ["/robots.txt"]


def test_an_operator_may_only_take_note() -> None:
    with site({"/robots.txt": CLOSED, "/terms": page()}, obey=False) as there:
        assert there.fetch().outcome is Outcome.GOOD
        assert not there.fetcher.robots(there.server.url()).allowed
        assert there.server.paths == ["/robots.txt", "/terms"]


def test_redirects_do_not_lead_around_robots() -> None:
    pages: Pages = {"/robots.txt": CLOSED, "/old": redirect("/terms"), "/terms": page()}
    with site(pages) as there:
        assert there.fetch("/old").outcome is Outcome.REFUSED
        assert there.server.paths == ["/robots.txt", "/old"]


# ── retries and manners ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault", [b"", answer(503), answer(429), answer(200, BODY, HTML, length=1000)]
)
def test_what_passes_is_asked_again(fault: bytes) -> None:
    with site({"/terms": [fault, fault, page()]}) as there:
        seen = there.fetch()
        assert (seen.outcome, seen.reason) == (Outcome.GOOD, "")
        assert there.waits == [1.0, 2.0]


@pytest.mark.parametrize("fault", [answer(403), answer(404), answer(999), redirect("/terms")])
def test_what_lasts_is_asked_once(fault: bytes) -> None:
    with site({"/terms": [fault, page()]}) as there:
        assert there.fetch().outcome is not Outcome.GOOD
        assert there.server.paths.count("/terms") == 1


def test_three_attempts_and_no_more() -> None:
    with site({"/terms": answer(503)}) as there:
        seen = there.fetch()
        assert ", asked 3 times" in seen.reason
        assert there.server.paths.count("/terms") == 3


def test_retry_after_is_honoured() -> None:
    soon = format_datetime(NOW.replace(minute=0, second=20), usegmt=True)
    for wish, waits in (("7", [7.0]), (soon, [20.0]), ("junk", [1.0])):
        with site({"/terms": [answer(429, b"", f"Retry-After: {wish}"), page()]}) as there:
            assert there.fetch().outcome is Outcome.GOOD
            assert there.waits == waits


@pytest.mark.parametrize("wish", ["3600", "Mon, 01 Sep 2025 13:00:00 GMT"])
def test_a_long_retry_after_is_told_and_not_sat_out(wish: str) -> None:
    with site({"/terms": answer(429, b"", f"Retry-After: {wish}")}) as there:
        seen = there.fetch()
        assert seen.outcome is Outcome.REFUSED
        assert "not to come back before 2025-09-01 13:00 UTC" in seen.reason
        assert (there.waits, there.server.paths.count("/terms")) == ([], 1)


def test_hosts_are_left_in_peace_between_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback needs no pauses, so the server gets a public-looking name."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *a, **k: real("127.0.0.1", *a, **k))
    clock = Clock()
    with (
        Server({"/terms": page(), "/more": page()}) as server,
        Fetcher(
            user_agent="t", allow_hosts=["terms.example"], pause=clock.pause, monotonic=clock
        ) as fetcher,
    ):
        for path in ("/terms", "/more"):
            source = Source(f"http://terms.example:{server.port}{path}")
            assert fetcher.fetch(source, now=NOW).outcome is Outcome.GOOD
    assert clock.waits == [2.0, 2.0]


def test_a_crawl_delay_is_kept_and_is_nobodys_lateness() -> None:
    clock = Clock()
    robots = answer(200, b"User-agent: *\nCrawl-delay: 600\n")
    pages: Pages = {
        "/robots.txt": robots,
        "/terms": redirect("/a"),
        "/a": redirect("/b"),
        "/b": page(),
    }
    with site(pages, Limits(total_seconds=60), pause=clock.pause, monotonic=clock) as there:
        assert there.fetch().outcome is Outcome.GOOD
    assert clock.waits == [30.0, 30.0, 30.0]


# ── deadlines ─────────────────────────────────────────────────────────────────────


class Clock:
    """Time that passes only when told to, for deadlines without waiting."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.time

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", 200),
    ],
    ids=["in the head", "in the body"],
)
def test_a_drip_ends_with_the_deadline(start: bytes, status: int | None) -> None:
    clock = Clock()

    def drip(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(0.01):
            connection.sendall(b"x: y\r\n")
            clock.time += 10  # each drop comes well within any timeout for a single read

    with site({"/terms": drip}, monotonic=clock) as there:
        seen = there.fetch()
        assert (seen.outcome, seen.status) == (Outcome.TOO_SLOW, status)
        assert there.server.paths.count("/terms") == 1


@pytest.mark.parametrize("reply", [say(), say(b"HTTP/1.1 200 OK\r\n\r\nhalf")])
def test_silence_ends_with_the_deadline(reply: Reply) -> None:
    seen = visit(reply, Limits(total_seconds=0.5))
    assert seen.outcome is Outcome.TOO_SLOW
    assert seen.reason


def test_a_robots_file_that_hangs_leaves_time_for_the_page() -> None:
    pages: Pages = {"/robots.txt": say(), "/terms": page()}
    with site(pages, Limits(total_seconds=4), obey=False) as there:
        assert there.fetch().outcome is Outcome.GOOD


def test_retries_end_with_the_deadline() -> None:
    clock = Clock()
    limits = Limits(attempts=100, total_seconds=20)
    with site({"/terms": answer(503)}, limits, pause=clock.pause, monotonic=clock) as there:
        seen = there.fetch()
        assert seen.outcome is Outcome.SERVER_ERROR
        assert clock.waits == [1.0, 2.0, 4.0, 8.0]


# ── declarations gone wrong ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url", ["", "terms", "ftp://a.example/", "file:///etc/hostname", "http://"]
)
def test_what_is_no_web_address(url: str) -> None:
    with Fetcher(user_agent="t") as fetcher:
        seen = fetcher.fetch(Source(url), now=NOW)
    assert (seen.outcome, seen.status, seen.final_url) == (Outcome.UNREACHABLE, None, url)
    assert "correct it in the declaration" in seen.reason


def test_an_inner_address_must_be_named() -> None:
    with Server({"/terms": page()}) as server, Fetcher(user_agent="t") as fetcher:
        seen = fetcher.fetch(Source(server.url()), now=NOW)
        assert seen.outcome is Outcome.UNREACHABLE
        assert f"`--allow-host {server.entry}`" in seen.reason
        assert server.requests == []


def test_a_bad_allow_host_is_said_at_once() -> None:
    with pytest.raises(UsageError):
        Fetcher(user_agent="t", allow_hosts=["http://a/"])
