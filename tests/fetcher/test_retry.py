"""When to ask again, and when to leave it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.fetcher.limits import Limits
from tracker.fetcher.response_check import Verdict
from tracker.fetcher.retry import explained, next_wait, retry_after
from tracker.model import Outcome

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
LIMITS = Limits()
PASSING = Verdict(Outcome.SERVER_ERROR, "a.example answered 503.", again=True)
LASTING = Verdict(Outcome.REFUSED, "a.example answered 403.")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Mon, 01 Sep 2025 12:00:30 GMT", 30),
        ("Monday, 01-Sep-25 12:00:30 GMT", 30),
        ("Mon Sep  1 12:00:30 2025", 30),
        ("Fri, 01 Aug 2025 12:00:00 GMT", 0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("1e9", None),
        ("٣", None),
        ("soon", None),
        ("Mon, 99 Foo 9999 99:99:99 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(
    st.one_of(st.text(), st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ ?\S*"))
)
@example("9" * 5000)
@example("Mon, 01 Jan 99999999999999999999 00:00:00 GMT")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
def test_no_junk_makes_it_fail(value: str) -> None:
    seconds = retry_after(value, NOW)
    if seconds is not None:
        assert seconds >= 0
        assert explained(PASSING, 1, seconds, NOW, LIMITS).reason.endswith(".")


@given(st.integers(0, 10**7))
def test_a_date_says_the_same_as_seconds(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(date, NOW) == retry_after(str(seconds), NOW) == seconds
    assert retry_after(date, None) is None


def test_waits_grow_and_end() -> None:
    waits = [next_wait(PASSING, attempt, None, 60, LIMITS) for attempt in (1, 2, 3)]
    assert waits == [1.0, 2.0, None]


def test_what_lasts_is_not_asked_again() -> None:
    assert next_wait(LASTING, 1, None, 60, LIMITS) is None
    assert next_wait(LASTING, 1, 5.0, 60, LIMITS) is None


def test_a_servers_wish_is_heeded_up_to_a_point() -> None:
    assert next_wait(PASSING, 1, 20.0, 60, LIMITS) == 20.0
    assert next_wait(PASSING, 1, 0.0, 60, LIMITS) == 1.0
    assert next_wait(PASSING, 1, 30.5, 60, LIMITS) is None


def test_no_wait_outlasts_the_deadline() -> None:
    assert next_wait(PASSING, 1, 20.0, 19.0, LIMITS) is None
    assert next_wait(PASSING, 1, None, 0.5, LIMITS) is None


def test_the_reason_says_how_often_and_when() -> None:
    assert explained(PASSING, 1, None, NOW, LIMITS) == PASSING
    assert explained(LASTING, 1, 7200.0, NOW, LIMITS) == LASTING
    assert explained(PASSING, 3, None, NOW, LIMITS).reason.endswith(", asked 3 times.")
    late = explained(PASSING, 1, 7200.0, NOW, LIMITS).reason
    assert late == "a.example answered 503; it asks not to come back before 2025-09-01 14:00 UTC."
