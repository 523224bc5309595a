"""Decisions on asking again. Pure.

Not by stamina: here an attempt ends in a value, not an exception; a wait has to fit into the
visit's deadline *before* it begins; and stamina always sleeps by itself, so a test could not
replace it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tracker.fetcher.limits import Limits
from tracker.fetcher.response_check import Verdict

_FIRST_WAIT = 1.0  # seconds, doubled each time
_AGES = 100 * 365 * 86_400.0  # nobody means more; keeps the date arithmetic in range


def retry_after(value: str, now: datetime | None) -> float | None:
    """Return the seconds from `now` in a Retry-After header (RFC 9110 section 10.2.3).

    The header holds seconds or an HTTP date. Returns None for anything else, or for a date without
    `now`, and 0 for a date in the past.
    """
    text = value.strip()
    if re.fullmatch(r"[0-9]+", text):
        return _AGES if len(text) > 10 else min(float(text), _AGES)
    if now is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), _AGES)


def next_wait(
    verdict: Verdict, attempt: int, asked_for: float | None, left: float, limits: Limits
) -> float | None:
    """Return the seconds to wait before the next attempt, or None after the last.

    `attempt` counts from 1, `asked_for` are the seconds of the server's Retry-After, `left` those
    until the deadline.
    """
    if not verdict.again or attempt >= limits.attempts:
        return None
    wait = max(_FIRST_WAIT * 2.0 ** (attempt - 1), asked_for or 0.0)
    if wait >= left or (asked_for or 0.0) > limits.longest_wait:
        return None
    return wait


def explained(
    verdict: Verdict, attempts: int, asked_for: float | None, now: datetime | None, limits: Limits
) -> Verdict:
    """Add to a verdict how often we asked, and when the server wants us back."""
    if not verdict.again:
        return verdict
    times = f", asked {attempts} times" if attempts > 1 else ""
    reason = verdict.reason.removesuffix(".") + times
    if now is not None and asked_for is not None and asked_for > limits.longest_wait:
        back = now + min(timedelta(seconds=asked_for), datetime.max.replace(tzinfo=UTC) - now)
        reason += f"; it asks not to come back before {back:%Y-%m-%d %H:%M} UTC"
    return replace(verdict, reason=reason + ".")
