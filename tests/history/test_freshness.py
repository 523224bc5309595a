"""A document is as fresh as the freshest of its sources; only what is late is alarming."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import START, capture
from tracker.history.freshness import standing
from tracker.history.outages import outages
from tracker.model import CLOSED, RECORDED, SOURCE, Capture, Outcome, State

NAME = "heron/terms@uk"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ARCHIVE = "internet-archive"


def at(hours: float) -> datetime:
    return START + hours * HOUR


def visited(hours: float, outcome: Outcome = Outcome.GOOD, reason: str = "No.") -> Capture:
    why = "" if outcome is Outcome.GOOD else reason
    return replace(capture(NAME, 0, "x"), time=at(hours), via="live", outcome=outcome, reason=why)


def closed(hours: float) -> Capture:
    return replace(visited(hours, Outcome.REFUSED), facts=((CLOSED, "heron.example"),))


def archived(hours: float, known: float) -> Capture:
    """A good capture of the archive, which became known later."""
    facts = ((SOURCE, ARCHIVE), (RECORDED, at(known).isoformat()))
    url = f"https://archive.example/web/{hours}"
    return replace(
        capture(NAME, 0, "x"), time=at(hours), via="Wayback", archive_url=url, facts=facts
    )


def asked(hours: float, outcome: Outcome = Outcome.ANSWERED) -> Capture:
    """A question to the archive's index."""
    reason = "" if outcome is Outcome.ANSWERED else "It did not answer."
    facts = ((SOURCE, ARCHIVE), (RECORDED, at(hours).isoformat()))
    row = replace(capture(NAME, 0, "x"), time=at(hours), via="Wayback", text=None, body=None)
    return replace(row, outcome=outcome, reason=reason, facts=facts, archive_url=None)


def by_archive(days: int) -> list[Capture]:
    """A closed page that is read through the archive twice a day, three hours late."""
    rows = [closed(24 * n) for n in range(days)]
    for n in range(2 * days):
        rows += [archived(12 * n - 3, 12 * n), asked(12 * n)]
    return rows


def test_a_closed_page_that_the_archive_shows_is_in_order() -> None:
    found = standing(by_archive(10))
    assert found.state is State.OK
    assert not found.is_alarming
    assert (found.through, found.last_seen) == (ARCHIVE, at(12 * 19 - 3))
    assert found.copy.startswith("https://archive.example/")
    page = next(s for s in found.sources if s.name == "page")
    assert page.is_closed
    assert not list(outages(by_archive(10)))


def test_an_archive_that_is_silent_is_shown_at_once_and_alarming_after_days() -> None:
    rows = by_archive(10)
    rows += [asked(240, Outcome.UNREACHABLE)]
    found = standing(rows)
    assert found.state is State.OK
    silent = next(s for s in found.sources if s.name == ARCHIVE)
    assert (silent.since, silent.outcome) == (at(240), Outcome.UNREACHABLE)
    assert silent.answered == at(12 * 19)
    rows += [asked(240 + 12 * n, Outcome.UNREACHABLE) for n in range(1, 7)]
    assert standing(rows).state is State.FAILING
    (outage,) = outages(rows)
    assert (outage.began, outage.ended) == (at(240 + 72), None)
    rows += [asked(340), archived(339, 340)]
    assert standing(rows).state is State.OK
    assert [o.ended for o in outages(rows)] == [at(340)]


def test_an_archive_that_answers_without_captures_is_late_after_the_usual_gap() -> None:
    rows = by_archive(20)
    rows += [asked(480 + 12 * n) for n in range(10)]
    assert standing(rows).state is State.OVERDUE
    assert standing(rows[:-5]).state is State.OK
    assert standing(rows, expect=30 * DAY).state is State.OK
    assert standing(rows[:-9], expect=6 * HOUR).state is State.OVERDUE


def test_what_turns_up_later_takes_back_no_outage() -> None:
    rows = by_archive(20) + [asked(480 + 12 * n) for n in range(10)]
    known = list(outages(rows))
    rows += [archived(500, 600), archived(560, 600), asked(600)]
    assert [o.began for o in outages(rows)] == [o.began for o in known]
    assert [o.ended for o in outages(rows)] == [at(600)]


def test_a_page_that_is_read_directly_may_fail_once_by_itself() -> None:
    rows = [visited(12 * n) for n in range(6)]
    assert standing([*rows, visited(72, Outcome.SERVER_ERROR)]).state is State.OK
    late = [*rows, *(visited(72 + 12 * n, Outcome.SERVER_ERROR) for n in range(2))]
    assert standing(late).state is State.FAILING
    assert [o.began for o in outages(late)] == [at(72)]
    assert standing([*rows, visited(72, Outcome.MISSING)]).state is State.FAILING


def test_a_closed_page_without_another_source_is_late() -> None:
    rows = [visited(0), closed(24), closed(48)]
    assert standing(rows).state is State.OVERDUE
    assert standing([closed(0)]).state is State.NEVER_SEEN
    assert standing([closed(0)]).is_alarming


def test_a_wording_that_waits_is_told_of_behind_a_closed_page() -> None:
    found = standing(by_archive(10), "It waits.")
    assert (found.state, found.outcome, found.reason) == (State.HELD, Outcome.GOOD, "It waits.")
    assert not found.is_alarming


def test_imported_never_read_and_ok_are_told_apart() -> None:
    by_hand = replace(archived(0, 0), facts=())
    assert standing([]).state is State.NEVER_SEEN
    assert not standing([]).is_alarming
    assert standing([by_hand]).state is State.IMPORTED
    assert standing([by_hand, visited(12)]).state is State.OK


@given(st.lists(st.sampled_from("gscank"), max_size=25))
def test_outages_never_overlap_and_the_last_is_the_state(looks: str) -> None:
    kinds: dict[str, Callable[[float], Capture]] = {
        "g": visited,
        "s": lambda t: visited(t, Outcome.SERVER_ERROR),
        "c": closed,
        "a": lambda t: archived(t - 2, t),
        "n": lambda t: asked(t, Outcome.UNREACHABLE),
        "k": asked,
    }
    rows = [kinds[kind](20.0 * n) for n, kind in enumerate(looks)]
    found = list(outages(rows))
    for before, after in pairwise(found):
        assert before.ended is not None
        assert before.ended <= after.began or before.ended > before.began
    watched = [row for row in rows if row.text is None or row.via == "live" or row.facts]
    if watched:
        assert standing(rows).is_alarming == bool(found and found[-1].ended is None)
