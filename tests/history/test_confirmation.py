"""What flaps is not news; what stays is, and a page that never flapped does not wait."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import DAY, PAGE, START, capture
from tracker.history.confirmation import FLAPS, RETURN, UPHEAVAL, Confirmed, confirm, waiting
from tracker.history.observations import Observation
from tracker.model import Source

HALF = timedelta(hours=12)


def look(text: str, day: float, via: str = "live", url: str = PAGE) -> Observation:
    return Observation((capture(day, text, source=Source(url), via=via),), START + day * DAY, text)


def live(story: str, every: float = 0.5) -> list[Observation]:
    """One look for each letter."""
    return [look(text, n * every) for n, text in enumerate(story)]


def archive(*records: tuple[str, float]) -> list[Observation]:
    return [look(text, day, "Archive, commit 1") for text, day in records]


def alike(one: Observation, other: Observation) -> float:
    """A capital letter is another text altogether than a small one."""
    return 0.9 if one.text.isupper() == other.text.isupper() else 0.1


def believed(looks: list[Observation]) -> str:
    return "".join(s.text for s in confirm(looks, alike).believed)


# ── live looks ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("", ""),
        ("aaaa", "a"),
        ("aab", "ab"),  # a page that never flapped does not wait
        ("abcd", "abcd"),
        ("aabaabaabaa", "ab"),  # the first sight only; then it comes and goes
        ("ababababab", "ab"),
        ("abaaa", "aba"),  # a reversion that stays is news
        ("abaab", "ab"),
        ("abacccc", "abc"),  # a flapper changes for good: it waits, and then counts
        ("abcacbacc", "abc"),
        ("aaXaa", "a"),  # another page for a look
        ("aaXXa", "a"),
        ("aaXXX", "aX"),  # a rewrite
        ("aaXYX", "a"),
        ("aaXXXaaa", "aXa"),
    ],
)
def test_what_is_believed(story: str, expected: str) -> None:
    assert believed(live(story)) == expected


def test_agreement_takes_three_looks_and_a_day() -> None:
    close = [look("a", 0), *(look("X", 1 + n / 24) for n in range(8))]
    assert believed(close) == "a"
    assert believed([*close, look("X", 2)]) == "aX"
    assert believed([look("a", 0), look("X", 1), look("X", 9)]) == "a"


def test_a_wording_is_forgotten_after_a_month() -> None:
    assert believed([look("a", 0), look("b", 1), look("a", 32)]) == "aba"
    assert believed([look("a", 0), look("b", 1), look("a", 30)]) == "ab"


def test_a_flapper_is_trusted_again_after_three_months() -> None:
    flapped = [look("a", 0), look("b", 1), look("a", 2), look("b", 3)]
    assert confirm([*flapped, look("c", 50)], alike).held is not None
    assert believed([*flapped, look("b", 60), look("c", 99)]) == "abc"


def test_another_page_set_starts_anew_and_does_not_wait() -> None:
    assert believed([look("a", 0), look("X", 1, url=f"{PAGE}/eu")]) == "aX"


def test_a_sight_counts_from_its_first_look() -> None:
    (_, seen) = confirm(live("aaXXXX"), alike).believed
    assert seen.first.time == START + 2 * HALF
    assert seen.last_seen == START + 5 * HALF
    assert seen.looks == 4


@pytest.mark.parametrize(
    ("story", "reason"), [("aaX", UPHEAVAL), ("aba", RETURN), ("ababc", FLAPS)]
)
def test_what_waits_says_why(story: str, reason: str) -> None:
    held = confirm(live(story), alike).held
    assert held is not None
    assert held.reason == reason
    assert reason in waiting(held)
    assert "1 of 3 looks" in waiting(held)


# ── archives ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([("a", 0), ("b", 9), ("c", 20)], "abc"),
        ([("a", 0), ("X", 9), ("Y", 20)], "aXY"),  # each stood, by the archive's word
        ([("a", 0), ("b", 9), ("a", 9.4), ("c", 20)], "ac"),  # came and went in hours
        ([("a", 0), ("X", 9), ("a", 9.4), ("c", 20)], "ac"),
        ([("a", 0), ("b", 9), ("a", 12), ("b", 13), ("a", 16)], "aba"),
        ([("a", 0), ("b", 9), ("a", 12), ("c", 30)], "abac"),  # it was back for weeks
        ([("a", 0), ("X", 9)], "aX"),  # its last word
    ],
)
def test_an_archive_is_believed_for_what_stood(
    records: list[tuple[str, float]], expected: str
) -> None:
    assert believed(archive(*records)) == expected


def test_an_archive_that_records_every_look_is_heard_like_one() -> None:
    dense = [(text, n / 2) for n, text in enumerate("aaaaaX")]
    assert confirm(archive(*dense), alike).held is not None
    more = [("X", 3.0), ("X", 3.5), ("X", 4.0)]
    assert believed(archive(*dense, *more)) == "aX"


def test_what_lives_on_after_an_archive_is_heard_with_it() -> None:
    assert believed([*archive(("a", 0), ("b", 9)), look("b", 10), look("c", 11)]) == "abc"


# ── laws ──────────────────────────────────────────────────────────────────────────

stories = st.lists(
    st.tuples(
        st.sampled_from("abcXY"), st.integers(0, 400), st.sampled_from(["live", "Archive, 1"])
    ),
    max_size=20,
    unique_by=lambda row: row[1],
)


def of(rows: list[tuple[str, int, str]]) -> Confirmed:
    rows = sorted(rows, key=lambda row: row[1])
    return confirm([look(text, hours / 24, via) for text, hours, via in rows], alike)


@given(stories)
def test_the_first_look_is_believed_and_no_text_twice_running(
    rows: list[tuple[str, int, str]],
) -> None:
    found = of(rows)
    texts = [s.text for s in found.believed]
    assert bool(texts) == bool(rows)
    assert all(a != b for a, b in pairwise(texts))
    assert all(a.last_seen < b.first.time for a, b in pairwise(found.believed))


@given(stories)
def test_what_was_seen_three_times_over_a_day_to_the_end_is_believed(
    rows: list[tuple[str, int, str]],
) -> None:
    last = max((hours for _, hours, _ in rows), default=0)
    found = of([*rows, *(("z", last + 1 + 12 * n, "live") for n in range(3))])
    assert found.believed[-1].text == "z"
    assert found.held is None


@given(stories)
def test_what_is_believed_of_live_looks_stays_believed(rows: list[tuple[str, int, str]]) -> None:
    rows = sorted((text, hours, "live") for text, hours, _ in rows)
    rows.sort(key=lambda row: row[1])
    told: list[tuple[str, object]] = []
    for n in range(len(rows) + 1):
        now = [(s.text, s.first.time) for s in of(rows[:n]).believed]
        assert now[: len(told)] == told
        told = list(now)
