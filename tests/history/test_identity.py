"""Names of versions that were published: they stay, whatever turns up later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import SITE, TOPICS, clauses
from tracker.history import history, identified, unpublished
from tracker.model import (
    LIVE,
    Capture,
    Document,
    History,
    Outcome,
    PublishedVersion,
    Reading,
    Source,
)
from tracker.publisher.feeds.channels import feed_items
from tracker.publisher.urls import revision_page, version_page, withdrawn_pages
from tracker.publisher.words import since_before

PAGE = Source("https://heron.example/terms")
DOCUMENT = Document("heron/terms@global", "Heron", "Terms", "global", (PAGE,))
START = datetime(2025, 11, 1, tzinfo=UTC)
ARCHIVE = "Wayback Machine, web.archive.org"
_COMMON = "\n".join(f"Rule {n} is about bird number {n}." for n in range(12))
TEXTS = {
    "a": f"# Terms\n{_COMMON}\nBe kind to the birds.",
    "b": f"# Terms\n{_COMMON}\nBe kind to the birds and to the fish.",
    "c": f"# Terms\n{_COMMON}\nBe kind to the birds and to the fish.\nWalk by the water at night.",
}


def look(name: str, hour: float, via: str = LIVE) -> Capture:
    return Capture(
        document=DOCUMENT.id,
        source=PAGE,
        asked_url=PAGE.url,
        final_url=PAGE.url,
        time=START + timedelta(hours=hour),
        status=200,
        headers=(),
        outcome=Outcome.GOOD,
        reason="",
        body=name,
        text=name,
        length=100,
        language="en",
        media="text/html",
        via=via,
        archive_url=None,
    )


@cache
def _reading(name: str) -> Reading:
    return Reading("Terms", None, clauses(TEXTS[name]))


def read(capture: Capture) -> Reading:
    return _reading(capture.body or "")


class Instance:
    """A document that is published again and again, with the ledger that remembers it."""

    def __init__(self) -> None:
        self.captures: list[Capture] = []
        self.ledger: dict[tuple[bool, tuple[datetime, int]], PublishedVersion] = {}

    def publish(self, hour: float, *captures: Capture, without: Sequence[Capture] = ()) -> History:
        known = [c for c in (*self.captures, *captures) if c not in without]
        self.captures = [replace(c, number=n) for n, c in enumerate(known, 1)]
        found = history(DOCUMENT, self.captures, read, TOPICS)
        now = START + timedelta(hours=hour)
        found = identified(found, tuple(self.ledger.values()), TOPICS, now)
        for one in unpublished(found, self.ledger.values(), len(self.captures)):
            self.ledger[one.is_preview, one.name] = one
        return found

    def again(self) -> History:
        found = history(DOCUMENT, self.captures, read, TOPICS)
        return identified(found, tuple(self.ledger.values()), TOPICS)


def told(found: History) -> dict[str, datetime]:
    """The ids of the news in the feeds, and their dates."""
    return {i.id: i.published for i in feed_items([found], TOPICS, SITE) if "all" in i.feeds}


def test_news_has_the_date_of_its_publication() -> None:
    site = Instance()
    site.publish(1, look("a", 0))
    found = site.publish(50, look("b", 48))
    assert list(told(found).values()) == [START + timedelta(hours=50)]
    assert found.revisions[0].first_seen == START + timedelta(hours=48)


def test_what_was_seen_long_ago_has_the_date_of_its_first_sight() -> None:
    found = Instance().publish(24 * 30, look("a", 0), look("b", 48))
    assert list(told(found).values()) == [START + timedelta(hours=48)]


def test_publishing_again_later_changes_nothing() -> None:
    site = Instance()
    found = site.publish(50, look("a", 0), look("b", 48))
    assert site.publish(99) == found == site.again()


def test_an_earlier_sight_keeps_id_address_and_date_and_is_told() -> None:
    site = Instance()
    before = site.publish(50, look("a", 0), look("b", 48), look("b", 60))
    after = site.publish(90, look("b", 30, ARCHIVE))
    assert told(after) == told(before)
    assert [revision_page(r) for r in after.revisions] == [
        revision_page(r) for r in before.revisions
    ]
    assert list(map(version_page, after.versions)) == list(map(version_page, before.versions))
    assert after.revisions[0].first_seen == START + timedelta(hours=30)
    assert since_before(after.revisions[0].after) == (
        f"Shown by {ARCHIVE} since 2 November 2025, 06:00 UTC; "
        "known here since 3 November 2025, 00:00 UTC"
    )
    assert after.withdrawn == ()


def test_steps_found_within_one_that_was_told_are_shown_and_not_told_again() -> None:
    site = Instance()
    before = site.publish(97, look("a", 0), look("c", 96))
    after = site.publish(120, look("b", 48, ARCHIVE))
    assert len(after.revisions) == 2
    assert told(after) == told(before)
    assert [r.is_news for r in after.revisions] == [False, True]
    (whole,) = after.retold
    assert whole.changes == before.revisions[0].changes  # the feeds go on with what they said
    assert site.again() == after


def test_a_version_that_is_none_any_more_is_withdrawn_and_its_name_is_not_used_again() -> None:
    site = Instance()
    wrong = look("b", 48)
    before = site.publish(50, look("a", 0), wrong)
    after = site.publish(60, look("c", 48), without=site.captures[1:])
    assert [p.seen for p in after.withdrawn] == []  # the same second: another text of that time
    gone = site.publish(70, without=site.captures[1:])
    assert {p.seen for p in gone.withdrawn} == {wrong.time}
    assert set(told(gone)) == set(told(before))
    back = site.publish(80, look("c", 48.0001), look("c", 72))
    assert {revision_page(r) for r in back.revisions}.isdisjoint(
        revision_page(r) for r in before.revisions
    )


def test_a_text_whose_first_look_was_revoked_keeps_its_name_where_others_saw_it() -> None:
    site = Instance()
    first = look("b", 48)
    before = site.publish(80, look("a", 0), first, look("b", 60), look("b", 72))
    after = site.publish(90, without=[c for c in site.captures if c.time == first.time])
    assert told(after) == told(before)
    assert after.withdrawn == ()


sights = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 200), st.sampled_from([LIVE, ARCHIVE])),
    min_size=1,
    max_size=12,
    unique_by=lambda sight: sight[1],
)


@settings(max_examples=300)
@given(sights, st.integers(1, 4))
def test_names_and_dates_stay_whatever_turns_up(
    seen: list[tuple[str, int, str]], every: int
) -> None:
    site, known = Instance(), dict[str, datetime]()
    addresses = set[str]()
    for n in range(0, len(seen), every):
        found = site.publish(300 + n, *(look(*sight) for sight in seen[n : n + every]))
        news = told(found)
        assert len({version_page(v) for v in found.versions}) == len(found.versions)
        shown = {version_page(v) for v in found.versions}
        shown |= {revision_page(r) for r in found.revisions}
        shown |= {page for p in found.withdrawn for page in withdrawn_pages(p)}
        assert addresses <= shown
        addresses |= shown
        assert known.items() <= news.items()
        known |= news
        assert site.again() == found
