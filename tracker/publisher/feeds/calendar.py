"""The days from which changes apply, as a calendar (RFC 5545) to subscribe to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby

from icalendar import Calendar, Event

from tracker.model import service_of
from tracker.publisher import words
from tracker.publisher.site.listing import ListEntry

FILE = "upcoming.ics"
_NAME = "Terms Tracker: days of effect"


def calendar(entries: Iterable[ListEntry], base: str) -> bytes:
    """Return one event for each day on which changes of a service take effect, oldest first.

    What is past stays: a calendar shows only what its file holds.
    """
    found = Calendar()
    found.add("prodid", "-//Terms Tracker//EN")
    found.add("version", "2.0")
    found.add("name", _NAME)
    found.add("x-wr-calname", _NAME)
    dated = [e for e in entries if e.revision.is_news and e.revision.effective]
    dated.sort(key=_key)
    for (day, service), group in groupby(dated, key=lambda e: _key(e)[:2]):
        found.add_component(_event(day, service, list(group), base))
    return bytes(found.to_ical())


def _key(entry: ListEntry) -> tuple[date, str, str, str]:
    revision = entry.revision
    service = service_of(revision.document)
    return revision.effective or date.max, service, revision.document, entry.page


def _event(day: date, service: str, entries: Sequence[ListEntry], base: str) -> Event:
    event = Event()
    named = list(dict.fromkeys(words.line(entry.name) for entry in entries))
    more = f" and {words.count(len(named) - 1, 'other text')}" if named[1:] else ""
    seen = max(entry.revision.first_seen for entry in entries)
    event.add("uid", f"{service}/{day}@terms-tracker.invalid")
    event.add("dtstamp", seen.replace(microsecond=0))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{named[0]}{more}: changes take effect")
    event.add("description", "\n\n".join(_told(entry, day, base) for entry in entries))
    event.add("url", base + entries[0].page)
    event.add("transp", "TRANSPARENT")  # nobody is busy on that day
    return event


def _told(entry: ListEntry, day: date, base: str) -> str:
    """Return what is known of one text: what changes, and how long before that day it was shown."""
    return f"{words.safe(entry.headline)}\n{notice(entry, day)}\n{base}{entry.page}"


def notice(entry: ListEntry, day: date) -> str:
    """Say how many days before the `day` of effect a change was first seen."""
    days = (day - entry.revision.first_seen.date()).days
    if days > 0:
        return f"First seen {words.count(days, 'day')} before that."
    return f"First seen {words.count(-days, 'day')} after that." if days else "First seen that day."
