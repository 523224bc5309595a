"""Looks that failed, put together: when a document could not be read."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import START, capture
from tracker.history.outages import outages
from tracker.model import Capture, Outage, Outcome

NAME = "heron/terms@uk"


def looks(*outcomes: Outcome, via: str = "live") -> list[Capture]:
    """One look a day, with these outcomes."""
    return [
        replace(
            capture(NAME, day, "x"),
            outcome=outcome,
            reason="" if outcome is Outcome.GOOD else f"It said {outcome}.",
            via=via,
        )
        for day, outcome in enumerate(outcomes)
    ]


GOOD, NO, GONE = Outcome.GOOD, Outcome.REFUSED, Outcome.MISSING


def test_an_outage_lasts_from_the_first_failure_to_the_next_good_look() -> None:
    assert list(outages(looks(GOOD, NO, GONE, GOOD, GOOD))) == [
        Outage(
            START + timedelta(days=1),
            START + timedelta(days=3),
            NO,
            "It said refused.",
            START,
        )
    ]


def test_one_that_lasts_has_no_end_and_one_from_the_beginning_no_last_sight() -> None:
    assert list(outages(looks(NO, NO))) == [Outage(START, None, NO, "It said refused.", None)]
    assert list(outages(looks(GOOD))) == list(outages([])) == []


def test_a_look_fails_when_one_of_its_pages_does() -> None:
    (good,), (bad,) = looks(GOOD), looks(NO)
    assert [o.began for o in outages([good, replace(bad, asked_url="https://h.example/2")])]


def test_what_another_archive_met_is_no_outage_of_ours() -> None:
    assert list(outages(looks(GOOD, NO, via="a repository"))) == []


@given(st.lists(st.sampled_from([GOOD, NO, GONE])), st.randoms())
def test_any_order_gives_the_same_and_outages_never_overlap(
    outcomes: list[Outcome], chance: random.Random
) -> None:
    captures = looks(*outcomes)
    found = list(outages(captures))
    chance.shuffle(captures)
    assert list(outages(captures)) == found
    for before, after in pairwise(found):
        assert before.ended is not None
        assert before.began < before.ended < after.began
    covered = {
        c.time
        for c in captures
        for o in found
        if o.began <= c.time < (o.ended or c.time + START.resolution)
    }
    assert covered == {c.time for c in captures if c.outcome is not GOOD}
