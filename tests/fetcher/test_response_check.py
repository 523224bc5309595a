"""Heads become outcomes, and outcomes come with a sentence and a way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetcher.response_check import GOOD, ResponseHead, judge_page, plain, public_headers
from tracker.model import Outcome

ASKED = "https://a.example/legal/terms"


def head(status: int, url: str = ASKED, **headers: str) -> ResponseHead:
    return ResponseHead(url, status, tuple((k.replace("_", "-"), v) for k, v in headers.items()))


@pytest.mark.parametrize(
    ("status", "outcome", "again"),
    [
        (401, Outcome.REFUSED, False),
        (403, Outcome.REFUSED, False),
        (429, Outcome.REFUSED, True),
        (451, Outcome.REFUSED, False),
        (999, Outcome.REFUSED, False),
        (404, Outcome.MISSING, False),
        (410, Outcome.MISSING, False),
        (204, Outcome.SERVER_ERROR, False),
        (206, Outcome.SERVER_ERROR, False),
        (302, Outcome.SERVER_ERROR, False),
        (304, Outcome.SERVER_ERROR, False),
        (400, Outcome.SERVER_ERROR, False),
        (418, Outcome.SERVER_ERROR, False),
        (500, Outcome.SERVER_ERROR, True),
        (503, Outcome.SERVER_ERROR, True),
        (600, Outcome.SERVER_ERROR, False),
    ],
)
def test_statuses(status: int, outcome: Outcome, again: bool) -> None:
    verdict = judge_page(head(status), ASKED, conditional=False)
    assert verdict is not None
    assert (verdict.outcome, verdict.again) == (outcome, again)
    assert str(status) in verdict.reason
    assert "a.example" in verdict.reason


@given(st.integers(100, 999))
def test_only_200_is_read_and_every_other_status_has_one_sentence(status: int) -> None:
    verdict = judge_page(head(status), ASKED, conditional=False)
    assert (verdict is None) == (status == 200)
    if verdict is not None:
        assert verdict.outcome is not Outcome.GOOD
        assert verdict.reason.endswith(".")
        assert "\n" not in verdict.reason
        assert ";" in verdict.reason  # the way out


def test_a_304_is_believed_only_when_asked_for() -> None:
    assert judge_page(head(304), ASKED, conditional=True) == GOOD


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_challenge_says_so_in_a_header(status: int) -> None:
    verdict = judge_page(head(status, cf_mitigated="challenge"), ASKED, conditional=False)
    assert verdict is not None
    assert verdict.outcome is Outcome.CHALLENGE


@pytest.mark.parametrize(
    ("media", "read"),
    [
        ("text/html; charset=utf-8", True),
        ("TEXT/HTML", True),
        ("application/xhtml+xml", True),
        ("text/plain", True),
        ("text/html, text/html", True),
        ("", True),
        ("application/pdf", True),
        ("application/json", False),
        ("image/png", False),
        ("\x1b]0;x\x07", False),
    ],
)
def test_media_types(media: str, read: bool) -> None:
    verdict = judge_page(head(200, content_type=media), ASKED, conditional=False)
    assert (verdict is None) == read
    if verdict is not None:
        assert verdict.outcome is Outcome.NOT_TEXT
        assert verdict.reason.isprintable()


@pytest.mark.parametrize(
    "path",
    ["/login", "/authwall?trk=x", "/uas/login", "/checkpoint/lg/sign-in", "/signup",
     "/en/Sign-Up", "/login.php"],
)  # fmt: skip
def test_redirects_to_a_wall(path: str) -> None:
    verdict = judge_page(head(200, f"https://a.example{path}"), ASKED, conditional=False)
    assert verdict is not None
    assert verdict.outcome is Outcome.WALL
    assert "tracker import versions" in verdict.reason


def test_redirects_to_the_front_page() -> None:
    for there in ("https://a.example/", "https://b.example", "https://a.example/?from=terms"):
        verdict = judge_page(head(200, there), ASKED, conditional=False)
        assert verdict is not None
        assert verdict.outcome is Outcome.REDIRECTED


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("https://a.example/", "https://a.example/"),
        ("https://a.example/login", "https://a.example/login"),
        ("https://a.example/legal/signup-terms", ASKED),
        ("https://a.example/legal/new-terms", ASKED),
    ],
)
def test_other_places_are_pages(there: str, asked: str) -> None:
    assert judge_page(head(200, there), asked, conditional=False) is None


def test_headers_are_kept_without_credentials() -> None:
    kept = public_headers(
        [
            ("Date", "today"),
            ("ETag", '"1"'),
            ("Set-Cookie", "id=1"),
            ("SET-COOKIE", "id=2"),
            ("Authorization", "Basic x"),
            ("WWW-Authenticate", "Digest nonce=x"),
            ("X-CSRF-Token", "x"),
            ("X-Session-Id", "x"),
            ("X-Api-Key", "x"),
        ]
    )
    assert kept == (("date", "today"), ("etag", '"1"'))


@given(st.text(max_size=500))
def test_a_servers_words_are_made_safe(words: str) -> None:
    safe = plain(words)
    assert safe.isprintable()
    assert len(safe) <= 101
