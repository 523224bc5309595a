"""Times in which a document was not as fresh as expected. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from tracker.history.freshness import Telling, by_record
from tracker.model import Capture, Outage


def outages(
    captures: Iterable[Capture], expect: timedelta | None = None, pages: Sequence[str] = ()
) -> Iterator[Outage]:
    """Yield the outages of one document of these `pages`, oldest first, from captures in any order.

    What others recorded counts from when it became known here: what turns up later takes back
    nothing that was told.
    """
    told = Telling(expect, pages)
    lasting: Outage | None = None
    for look in by_record(c for c in captures if not c.is_preview):
        told.hear(look)
        began = told.alarmed_since()
        if began and lasting is None:
            lasting = Outage(began, None, *told.grounds(), told.last_seen)
        elif began is None and lasting is not None:
            yield replace(lasting, ended=told.time)
            lasting = None
    if lasting is not None:
        yield lasting
