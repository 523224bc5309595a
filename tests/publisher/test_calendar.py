"""The calendar: one event for each day of effect, read back by a parser that is not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from tests.factories import SITE, TOPICS, announced, heron, publish
from tracker.model import History
from tracker.publisher.feeds.calendar import calendar
from tracker.publisher.site.listing import entries


def read(*histories: History) -> list[dict[str, object]]:
    found = [entry for h in histories for entry in entries(h, TOPICS, ())]
    data = calendar(found, SITE.site_url)
    assert data == calendar(list(reversed(found)), SITE.site_url), "the order does not matter"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    events: list[Any] = list(Calendar.from_ical(data).walk("VEVENT"))
    return [
        {
            "begin": event["dtstart"].dt,
            "end": event["dtend"].dt,
            **{name: str(event[name]) for name in ("summary", "description", "url")},
        }
        for event in events
    ]


def test_a_change_with_a_day_of_effect_is_an_event_of_that_whole_day() -> None:
    (event,) = read(heron())
    assert event["begin"] == date(2025, 3, 12)
    assert event["end"] == date(2025, 3, 13)
    assert "Heron" in str(event["summary"])
    assert "First seen 1 day before that." in str(event["description"])
    assert event["url"] == (
        "https://terms.example/watch/changes/heron/privacy-policy@global/20250311T083000Z/"
    )


@pytest.mark.parametrize(
    ("days", "told"), [(40, "First seen 40 days before"), (0, "that day"), (-3, "3 days after")]
)
def test_it_says_how_many_days_of_notice_there_were(days: int, told: str) -> None:
    given = heron()
    day = given.revisions[0].first_seen.date() + timedelta(days=days)
    moved = replace(given, revisions=(replace(given.revisions[0], effective=day),))
    assert told in str(read(moved)[0]["description"])


def test_texts_of_a_service_that_change_on_a_day_are_one_event() -> None:
    given, other = heron(), announced()
    day = given.revisions[0].effective
    renamed = replace(other.revisions[0], effective=day)
    service = given.document.id.partition("/")[0]
    assert other.document.id.startswith(f"{service}/")
    (event,) = read(given, replace(other, revisions=(renamed,)))
    assert "and 1 other text" in str(event["summary"])
    assert str(event["description"]).count("https://terms.example/watch/changes/") == 2


def test_it_is_published_also_when_nothing_is_to_come() -> None:
    files = publish([heron()], TOPICS, SITE)
    assert b"BEGIN:VEVENT" in files["upcoming.ics"]
    nothing = Calendar.from_ical(publish([], TOPICS, SITE)["upcoming.ics"])
    assert not nothing.walk("VEVENT")
    assert '"../upcoming.ics"' in files["subscribe/index.html"].decode()
