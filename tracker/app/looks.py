"""Rows that say how a source answered which lists what it has: an archive's index, a collection.

What was new has captures of its own. By these rows it is known how fresh each source is, and they
are in the log like every other look.
"""

from __future__ import annotations

from datetime import datetime

from tracker.app.outcomes import FACTS
from tracker.model import (
    PREVIEW,
    RECORDED,
    SHOWS,
    SOURCE,
    Capture,
    Document,
    Outcome,
    Source,
)

Facts = tuple[tuple[str, str], ...]


def facts_of(source: str, now: datetime, *, is_preview: bool = False) -> Facts:
    """Return the facts of what the watched `source` gave and was recorded `now`."""
    shown = ((SHOWS, PREVIEW),) if is_preview else ()
    return (*shown, (SOURCE, source), (RECORDED, now.isoformat()))


def look(
    document: Document,
    page: Source | None,
    via: str,
    url: str,
    now: datetime,
    facts: Facts,
    outcome: Outcome = Outcome.ANSWERED,
    reason: str = "",
) -> Capture:
    """Return the row of a look at the source `via`, at `url`, for a page of a document.

    `outcome` is answered, or what went wrong, with the reason.
    """
    return Capture(
        document=document.id,
        source=page,
        asked_url=url,
        final_url=None,
        time=now,
        status=None,
        headers=(),
        outcome=outcome,
        reason=reason,
        body=None,
        text=None,
        length=0,
        language=None,
        media="",
        via=via,
        archive_url=None,
        facts=tuple(sorted({*FACTS, *facts})),
    )
