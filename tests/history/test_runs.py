"""Looks that only saw it again decide nothing: the texts are the same with and without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.history.test_history import ONE, PAGES, SALE, TWO, failed, look
from tests.strategies import DAY
from tracker.history import completed, decisive, history, in_order, texts, without_repeats
from tracker.history.outages import outages
from tracker.model import PREVIEW, Capture, Document, Reading, Source

DOCUMENT = Document("d", "Harbour", "Terms of Service", "global", (ONE,), TWO)
NAMES = st.sampled_from("AABBCa")
VIAS = st.sampled_from(["live", "live", "live", "Archive, commit 1"])


def reader(capture: Capture) -> Reading:
    return PAGES[capture.body or ""]


def preview(name: str, day: float) -> Capture:
    return replace(look(name, day, TWO), via=PREVIEW)


def ordered(*captures: Capture) -> list[Capture]:
    return in_order(captures, DOCUMENT)


@st.composite
def stories(draw: st.DrawFn) -> list[Capture]:
    """Looks half a day to some weeks apart; some fail, some come with a preview."""
    found, day = list[Capture](), 0.0
    for _ in range(draw(st.integers(1, 9))):
        day += draw(st.sampled_from([0.5, 0.5, 1, 3, 40]))
        match draw(st.integers(0, 9)):
            case 0:
                found.append(failed(day))
            case 1:
                found.append(preview(draw(NAMES), day))
            case _:
                found.append(look(draw(NAMES), day, draw(st.sampled_from([ONE, ONE, TWO]))))
                found[-1] = replace(found[-1], via=draw(VIAS))
    return [*found, *again(found[-1], draw(st.lists(st.sampled_from([0.5, 3]), max_size=3)))]


def again(last: Capture, gaps: Sequence[float]) -> list[Capture]:
    """More looks that saw the same."""
    days = accumulate(gaps)
    return [replace(last, time=last.time + day * DAY) for day in days]


@given(stories(), st.lists(st.sampled_from([0.5, 1, 20, 100]), max_size=4), st.booleans())
def test_equal_runs_give_equal_histories(
    before: list[Capture], gaps: list[float], fails: bool
) -> None:
    """Whatever was seen, and then the last of it again and again."""
    after = [*before, *again(before[-1], gaps), *([failed(900, source=ONE)] if fails else [])]
    assume(decisive(ordered(*before)) == decisive(ordered(*after)))
    event("with more looks" if len(after) > len(before) else "as it was")
    found = texts(DOCUMENT, ordered(*before), reader, (SALE,))
    told = completed(DOCUMENT, ordered(*after), found)
    assert told == history(DOCUMENT, after, reader, (SALE,))


def test_a_page_that_is_looked_at_for_years_has_few_runs() -> None:
    years = [look("A" if n < 500 else "B", n / 2) for n in range(1000)]
    runs = decisive(ordered(*years))
    assert [(r.first[0].body, r.looks) for r in runs] == [
        (look("A", 0).body, 500),
        (look("B", 0).body, 0),
    ]
    assert decisive(ordered(*years, look("B", 501))) == runs


def test_what_may_still_wait_is_counted() -> None:
    story = [look("A", n) for n in range(4)]
    once, twice, thrice = ([*story, *(look("B", 5 + n) for n in range(k))] for k in (1, 2, 3))
    found = [decisive(ordered(*s)) for s in (once, twice, thrice)]
    assert len(set(found)) == 3
    assert found[2] == decisive(ordered(*thrice, look("B", 9), failed(10)))


def test_what_is_shown_of_a_preview_counts_from_the_first_text_on() -> None:
    terms = [look("A", n) for n in (3, 4, 5)]
    early = [preview("B", n) for n in (1, 2)]
    assert decisive(ordered(*early, *terms)) == decisive(ordered(*terms))
    shown = decisive(ordered(*early, *terms, preview("B", 5)))
    assert shown != decisive(ordered(*terms))
    assert shown == decisive(ordered(*terms, preview("B", 5), preview("B", 6)))


def test_another_page_is_another_run() -> None:
    moved = Source("https://harbour.example/new")
    pages = [look("A", 0), look("A", 1, moved), look("A", 2)]
    assert len(decisive(ordered(*pages))) == 3


@given(stories(), stories())
def test_what_was_found_before_makes_no_difference(
    before: list[Capture], after: list[Capture]
) -> None:
    for later in (after, [*before, *(c for c in after if c.time > before[-1].time)]):
        earlier = texts(DOCUMENT, ordered(*before), reader, (SALE,))
        anew = texts(DOCUMENT, ordered(*later), reader, (SALE,))
        assert texts(DOCUMENT, ordered(*later), reader, (SALE,), earlier) == anew


# ── what need not be at hand ──────────────────────────────────────────────────────


@st.composite
def long_stories(draw: st.DrawFn) -> list[Capture]:
    """Stories whose looks are repeated, hour by hour or day by day."""
    told = ordered(*draw(stories()))
    counts = draw(st.lists(st.sampled_from([0, 0, 1, 2, 5, 30]), min_size=9, max_size=9))
    gap = draw(st.sampled_from([1 / 24, 1 / 24, 0.5, 1]))
    found = list[Capture]()
    for capture, count in zip(told, [*counts, *counts], strict=False):
        since = max([capture.time, *(c.time + DAY / 48 for c in found[-1:])])
        found.append(replace(capture, time=since))
        found += again(found[-1], [gap] * count)
    return found


@given(long_stories())
def test_all_that_follows_follows_from_what_is_left(story: list[Capture]) -> None:
    left = without_repeats(ordered(*story))
    event(f"{10 * len(left) // len(story)} tenths left")
    assert history(DOCUMENT, left, reader, (SALE,)) == history(DOCUMENT, story, reader, (SALE,))
    assert list(outages(left)) == list(outages(story))


@given(long_stories(), st.integers(0, 200))
def test_what_is_left_can_be_gone_on_with(story: list[Capture], place: int) -> None:
    before, after = story[:place], story[place:]
    assert without_repeats([*without_repeats(ordered(*before)), *after]) == without_repeats(
        ordered(*story)
    )


def test_hours_of_years_are_few_looks() -> None:
    hours = [look("A" if n < 9000 else "B", n / 24) for n in range(20_000)]
    assert [c.time for c in without_repeats(ordered(*hours))] == [
        hours[n].time for n in (0, 1, 8999, 9000, 9001, 19_999)
    ]
