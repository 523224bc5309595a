"""When a document could not be had: looks that failed, put together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from tracker.model import LIVE, Capture, Outage, Outcome


def outages(captures: Iterable[Capture]) -> Iterator[Outage]:
    """The outages of one document, oldest first, from its captures in any order.

    Only our own visits count: that another archive once met an error page is nothing a
    subscriber could act on.
    """
    live = sorted((c for c in captures if c.via == LIVE), key=lambda c: c.time)
    lasting: Outage | None = None
    seen: datetime | None = None
    for time, look in groupby(live, key=lambda c: c.time):
        bad = min(
            (c for c in look if c.outcome is not Outcome.GOOD),
            key=lambda c: (c.asked_url or "", c.outcome, c.reason),
            default=None,
        )
        if bad and lasting is None:
            lasting = Outage(time, None, bad.outcome, bad.reason, seen)
        elif bad is None:
            seen = time
            if lasting is not None:
                yield replace(lasting, ended=time)
            lasting = None
    if lasting is not None:
        yield lasting
