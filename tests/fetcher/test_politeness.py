"""An honest name, and time between requests."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import __version__
from tracker.fetcher import user_agent
from tracker.fetcher.politeness import HostThrottle, delay


def test_the_name_carries_the_contact() -> None:
    assert user_agent("https://me.example/bot") == (
        f"TermsTracker/{__version__} (+https://me.example/bot)"
    )
    assert user_agent(" me@example.org ") == f"TermsTracker/{__version__} (+me@example.org)"


@pytest.mark.parametrize("contact", ["", "  ", "ü", "()"])
def test_without_a_contact_it_says_so(contact: str) -> None:
    assert "no contact" in user_agent(contact)


@given(st.text())
def test_any_contact_makes_a_header_that_can_be_sent(contact: str) -> None:
    agent = user_agent(contact)
    assert httpx.Headers({"User-Agent": agent})["user-agent"] == agent
    assert agent.isascii()
    assert agent.isprintable()
    assert agent.count("(") == agent.count(")") == 1


def test_delays() -> None:
    assert delay("a.example", 2.0, None) == 2.0
    assert delay("a.example", 2.0, 1.0) == 2.0
    assert delay("a.example", 2.0, 10.0) == 10.0
    assert delay("a.example", 2.0, 86_400.0) == 30.0
    assert delay("127.0.0.1", 2.0, None) == 0.0
    assert delay("localhost", 2.0, 5.0) == 5.0


def test_each_host_has_its_own_turns() -> None:
    time = [100.0]
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        time[0] += seconds

    turns = HostThrottle(pause, lambda: time[0])
    assert turns.take("https://a.example/1", 2.0) == 0.0
    assert turns.take("https://b.example/1", 2.0) == 0.0
    time[0] += 0.5
    assert turns.take("https://a.example:8443/2", 2.0) == 1.5
    time[0] += 60
    assert turns.take("https://a.example/3", 2.0) == 0.0
    assert pauses == [1.5]
