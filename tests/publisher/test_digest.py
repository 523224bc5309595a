"""Week by week: one item for each week that is over, and none that changes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import SITE, TOPICS, everything
from tests.markup import Body
from tracker.publisher.feeds.catalogue import ALL, WEEKLY
from tracker.publisher.feeds.channels import feed_items
from tracker.publisher.feeds.digest import digests, newest_week, week_of

HISTORIES = everything()
ITEMS = feed_items(HISTORIES, TOPICS, SITE)
NEWS = [item for item in ITEMS if ALL in item.feeds]
LAST = week_of(max(item.published for item in NEWS).date())
days = st.dates(date(2025, 1, 1), date(2026, 1, 1))


@given(days)
def test_a_week_begins_on_its_monday(day: date) -> None:
    monday = week_of(day)
    assert monday.weekday() == 0
    assert timedelta() <= day - monday < timedelta(days=7)


@given(days)
def test_every_change_is_in_the_one_week_in_which_it_was_published(day: date) -> None:
    until = week_of(day)
    found = digests(ITEMS, TOPICS, until, SITE.site_url)
    attributes = [a for item in found for a in Body(item.content.html).attributes]
    links = [str(value) for _, _, value in attributes]
    assert sorted(links) == sorted(i.link for i in NEWS if i.published.date() < until)
    for item in found:
        assert item.feeds == {WEEKLY}
        assert item.published.date() <= until
        assert item.published.weekday() == 0


def test_a_week_once_told_is_never_told_otherwise() -> None:
    after = LAST + timedelta(days=7)
    every = digests(ITEMS, TOPICS, after, SITE.site_url)
    weeks = [week_of(i.published.date()) for i in NEWS]
    for until in {*weeks, after}:
        told = digests(ITEMS, TOPICS, until, SITE.site_url)
        assert told == every[: len(told)]
    assert len(every) == len(set(weeks))


def test_a_week_says_how_much_changed_about_what_and_names_each_change() -> None:
    (first, *_) = digests(ITEMS, TOPICS, LAST + timedelta(days=7), SITE.site_url)
    mine = [i for i in NEWS if week_of(i.published.date()) == week_of(NEWS[0].published.date())]
    assert first.title.startswith("10–16 March 2025: ")
    assert f"{len(mine)} change" in first.title
    assert "about generative AI" in first.title
    for item in mine:
        assert item.title in first.summary
        assert item.title in first.content.text


def test_a_week_is_over_once_a_page_was_visited_in_a_later_one() -> None:
    last = max(h.standing.last_visit for h in HISTORIES if h.standing.last_visit)
    assert newest_week(HISTORIES) == week_of(last.date())
    assert newest_week([]) == date.min


def test_texts_that_were_imported_have_weeks_too() -> None:
    """Nothing visited them, but their last sight says that an earlier week is over."""
    (found,) = [replace(h, standing=replace(h.standing, last_visit=None)) for h in HISTORIES[:1]]
    seen = found.standing.last_seen
    assert seen
    assert newest_week([found]) == week_of(seen.date())
    assert datetime.combine(date.min, datetime.min.time(), UTC)
