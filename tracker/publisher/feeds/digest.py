"""One item for each week in which something changed, for people who want to hear of it seldom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from tracker.model import History, Topic
from tracker.publisher import words
from tracker.publisher.feeds.catalogue import ALL, WEEKLY
from tracker.publisher.feeds.channel import Content, Item
from tracker.publisher.templating import ENVIRONMENT

_WEEK = timedelta(days=7)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def newest_week(histories: Iterable[History]) -> date:
    """Return the Monday of the week in which any page was last visited, or any text last seen.

    No clock is asked: a week is over once something was looked at in a later one.
    """
    looks = (t for h in histories for t in (h.standing.last_visit, h.standing.last_seen) if t)
    return max((week_of(look.date()) for look in looks), default=date.min)


def digests(items: Iterable[Item], topics: Sequence[Topic], until: date, base: str) -> list[Item]:
    """Return an item for each week before `until` (a Monday), of the `items` in the feed of all.

    `items` are oldest first, as the weeks are.
    """
    told = (item for item in items if ALL in item.feeds and item.published.date() < until)
    weeks = groupby(told, key=lambda item: week_of(item.published.date()))
    return [_digest(monday, list(found), topics, base) for monday, found in weeks]


def _digest(monday: date, items: Sequence[Item], topics: Sequence[Topic], base: str) -> Item:
    items = sorted(items, key=lambda item: not _topics(item, topics))
    number = words.count(len(items), "change")
    named = Counter(topic for item in items for topic in _topics(item, topics))
    about = [f"{named[t.title]} about {words.lower(t.title)}" for t in topics if named[t.title]]
    title = f"{_span(monday)}: {', '.join([number, *about])}"
    html = ENVIRONMENT.get_template("digest.html").render(items=items)
    text = "\n\n".join(f"{item.title}\n{item.summary}\n{item.link}" for item in items)
    return Item(
        id=f"tag:terms-tracker.invalid,2025:week/{monday}",
        title=title,
        link=f"{base}changes/",
        summary=" ".join(f"{item.title}." for item in items),
        content=Content.of(html, f"{text}\n", {"event": "week", "from": monday.isoformat()}),
        published=datetime.combine(monday + _WEEK, time.min, UTC),
        categories=(("week", "Week"),),
        feeds=frozenset({WEEKLY}),
    )


def _topics(item: Item, topics: Sequence[Topic]) -> list[str]:
    terms = {term for term, _ in item.categories}
    return [topic.title for topic in topics if topic.id in terms]


def _span(monday: date) -> str:
    """ "15–21 September 2025", with both months where there are two."""
    sunday = monday + _WEEK - timedelta(days=1)
    first = str(monday.day) if monday.month == sunday.month else f"{monday.day} {monday:%B}"
    return f"{first}–{words.day(sunday)}"
