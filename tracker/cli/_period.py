"""Days, months and years as options take them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from tracker.model import utc

_DATE = re.compile(r"(?a:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?)")
_SHOWN = "a day such as 2025-11-05, a month such as 2025-11, a year, or an ISO time"


class Period(click.ParamType[datetime]):
    """A day, a month, a year or a moment, in UTC: its begin, or (with `end`) what follows it.

    What is bounded by the end of a month includes all of the month.
    """

    name = "time"

    def __init__(self, *, end: bool = False) -> None:
        self._end = end

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Convert what was typed. Exit status 2 where it is no such time."""
        if isinstance(value, datetime):
            return value
        try:
            return bounds(str(value).strip())[self._end]
        except (ValueError, OverflowError):
            self.fail(f"{str(value)!r} is not {_SHOWN}.", param, ctx)


def bounds(text: str) -> tuple[datetime, datetime]:
    """Return when a period begins, and when what follows it begins. Raises ValueError."""
    found = _DATE.fullmatch(text)
    if not found:
        time = utc(datetime.fromisoformat(text))
        return time, time + timedelta(microseconds=1)
    year, month, day = (int(part) if part else 0 for part in found.groups())
    begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if day:
        return begin, begin + timedelta(days=1)
    months = 12 * year + (month or 12)  # from the year 0 to the end of the period
    return begin, datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
