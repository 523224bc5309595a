"""Editions of one text that begin to differ in what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tests.factories import SITE, TOPICS, history
from tracker.model import History
from tracker.publisher.answers import replies
from tracker.publisher.feeds.channel import Item
from tracker.publisher.feeds.channels import feed_items
from tracker.publisher.feeds.drift import PATIENCE, drifts, said_by, said_in

QUIET = "# Rules\n## AI models\nBe kind."
TRAINS = "# Rules\n## AI models\nBe kind. We train models."
LATE = date(2030, 1, 7)


def edition(name: str, *texts: str, first_day: float = 0) -> History:
    found = f"heron/privacy-policy@{name}"
    return history(*texts, name=found, every=30, first_day=first_day)


def told(histories: Sequence[History], until: date = LATE) -> list[Item]:
    said = said_by(histories, TOPICS)
    for history_ in histories[1:]:
        own = said_in(replies(history_, TOPICS))
        assert own.items() <= said.items()
    return list(drifts(histories, said, TOPICS, until, SITE.site_url))


def test_what_only_one_edition_says_from_some_day_on_is_an_event() -> None:
    eu, us = edition("eu", QUIET, TRAINS), edition("us", QUIET, QUIET + "\nBe calm.")
    (item,) = told([eu, us])
    assert (
        item.title == "Heron Privacy Policy: only the text for EU now says it may train AI on walks"
    )
    assert "In the text for US no clause says so" in item.content.text
    assert item.published == eu.revisions[0].first_seen + PATIENCE
    assert {"all", "heron", "generative-ai", "heron/generative-ai", "eu", "us"} <= item.feeds
    assert "compare/?from=heron/privacy-policy@us/" in item.link


def test_what_only_one_edition_still_says_is_one_too() -> None:
    (item,) = told([edition("eu", TRAINS, QUIET), edition("us", TRAINS)])
    assert item.title.endswith("only the text for US still says it may train AI on walks")
    assert "(EU) no longer says so" in item.summary


def test_an_edition_that_follows_soon_has_not_drifted() -> None:
    eu, us = edition("eu", QUIET, TRAINS), edition("us", QUIET, TRAINS, first_day=9)
    assert told([eu, us]) == []
    slow = edition("us", QUIET, TRAINS, first_day=20)
    assert len(told([eu, slow])) == 1


def test_it_is_told_only_once_the_others_had_time_to_follow() -> None:
    eu, us = edition("eu", QUIET, TRAINS), edition("us", QUIET)
    over = (eu.revisions[0].first_seen + PATIENCE).date()
    assert told([eu, us], over) == []
    assert len(told([eu, us], over + timedelta(days=1))) == 1


def test_editions_that_differed_when_they_were_first_read_have_not_drifted() -> None:
    assert told([edition("eu", QUIET, TRAINS), edition("us", TRAINS, first_day=60)]) == []
    assert told([edition("eu", TRAINS), edition("us", QUIET)]) == []
    assert told([edition("eu", QUIET, TRAINS)]) == []


def test_the_feeds_have_it_in_its_place() -> None:
    histories = [edition("eu", QUIET, TRAINS), edition("us", QUIET)]
    items = feed_items(histories, TOPICS, SITE, until=LATE)
    (item,) = told(histories)
    assert item.id in {one.id for one in items}
    assert [i.published for i in items] == sorted(i.published for i in items)
