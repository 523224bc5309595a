"""Where redirects may lead."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.fetcher.redirects import by_itself, next_stop, redirects, web_address
from tracker.fetcher.response_check import ResponseHead, Verdict
from tracker.model import Outcome

HERE = "https://a.example/legal/terms"


def sent_to(location: str, *visited: str) -> httpx.URL | Verdict:
    return next_stop(ResponseHead(HERE, 302, (("location", location),)), (*visited, HERE), 5)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/legal/new", "https://a.example/legal/new"),
        ("new", "https://a.example/legal/new"),
        ("//b.example/x", "https://b.example/x"),
        ("http://b.example", "http://b.example"),
        ("?lang=en#top", "https://a.example/legal/terms?lang=en"),
        ("https://user:secret@b.example/", "https://b.example/"),
        ("http://127.0.0.1\\@b.example/", "http://b.example/"),
    ],
)
def test_places_to_go(location: str, target: str) -> None:
    assert str(sent_to(location)) == target


@pytest.mark.parametrize(
    "location",
    ["file:///etc/hostname", "ftp://a.example/", "javascript:alert(1)", "data:text/html,x",
     "gopher://a.example/", "http://", "http:///x", "https://a.example/\x00", "http://[::1",
     HERE, "#here"],
)  # fmt: skip
def test_places_not_to_go(location: str) -> None:
    verdict = sent_to(location)
    assert isinstance(verdict, Verdict)
    assert verdict.outcome is Outcome.REDIRECTED
    assert verdict.reason.startswith("a.example redirects")
    assert not verdict.again


def test_circles_and_long_ways_end() -> None:
    back = sent_to("/start", "https://a.example/start")
    assert isinstance(back, Verdict)
    assert "circle" in back.reason
    far = sent_to("/6", *(f"https://a.example/{n}" for n in range(5)))
    assert isinstance(far, Verdict)
    assert "more than 5 times" in far.reason
    assert isinstance(sent_to("/5", *(f"https://a.example/{n}" for n in range(4))), httpx.URL)


@given(st.text(min_size=1))
@example("http://[")
@example("https://\u2100.example/")
@example("//\\")
def test_any_location_ends_in_a_web_address_or_a_verdict(location: str) -> None:
    step = sent_to(location)
    if isinstance(step, httpx.URL):
        assert step.scheme in ("http", "https")
        assert step.host
        assert not step.userinfo
    else:
        assert step.reason.isprintable()


def test_what_counts_as_a_redirect() -> None:
    assert redirects(ResponseHead(HERE, 308, (("location", "/x"),)))
    assert not redirects(ResponseHead(HERE, 302))
    assert not redirects(ResponseHead(HERE, 200, (("location", "/x"),)))
    assert not redirects(ResponseHead(HERE, 304, (("location", "/x"),)))


def test_web_addresses() -> None:
    assert str(web_address("https://b\u00fccher.example/x")) == "https://xn--bcher-kva.example/x"
    for bad in ("", "terms", "mailto:a@b.example", "https://", "//a.example"):
        assert web_address(bad) is None, bad


def test_a_page_that_sends_on_at_once_is_a_redirect() -> None:
    page = b"<meta http-equiv=refresh content='%s'>"
    head = ResponseHead(HERE, 200)
    sent = by_itself(head, page % b"0;URL=&quot;/new?a=1&amp;b=2&quot;")
    assert sent is not None
    assert str(next_stop(sent, (HERE,), 5)).endswith("/new?a=1&b=2")
    by_header = by_itself(ResponseHead(HERE, 200, (("refresh", "1; url=/new"),)), b"")
    assert by_header is not None and by_header.get("location") == "/new"
    for value in (b"900", b"900; url=/new", f"3; url={HERE}".encode()):
        assert by_itself(head, page % value) is None
    assert by_itself(head, b"<noscript>" + page % b"0; url=/x" + b"</noscript>") is None
