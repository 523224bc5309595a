"""Captures as rows of the archive, and back.

The names here are columns. The bytes that are hashed for a row are defined separately, in
`tracker.archive.log_entries`: a new column does not change them, so nothing would prove it. A new
fact about a capture belongs into its `facts`, which are proved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tracker.archive.log_entries import packed_facts, unpacked_facts
from tracker.model import Capture, Outcome, Range, Selector, Source


def to_row(capture: Capture) -> dict[str, Any]:
    """Return the row of a capture, without the columns that its place in the log gives."""
    return {
        "document": capture.document,
        "source": _source_json(capture.source),
        "source_key": capture.page_key,
        "asked_url": capture.asked_url,
        "final_url": capture.final_url,
        "time": time_text(capture.time),
        "status": capture.status,
        "headers": json.dumps(capture.headers, ensure_ascii=True),
        "outcome": capture.outcome.value,
        "reason": capture.reason,
        "body": capture.body,
        "text": capture.text,
        "length": capture.length,
        "language": capture.language,
        "media": capture.media,
        "via": capture.via,
        "archive_url": capture.archive_url,
        "facts": packed_facts(capture.facts),
    }


def from_row(row: Mapping[str, Any]) -> Capture:
    """Return the capture of a row; the inverse of `to_row`."""
    return Capture(
        document=row["document"],
        source=_source(row["source"]),
        asked_url=row["asked_url"],
        final_url=row["final_url"],
        time=datetime.fromisoformat(row["time"]),
        status=row["status"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"])),
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        body=row["body"],
        text=row["text"],
        length=row["length"],
        language=row["language"],
        media=row["media"],
        via=row["via"],
        archive_url=row["archive_url"],
        facts=unpacked_facts(row["facts"]),
        number=row["id"],
    )


def time_text(time: datetime) -> str:
    """Format a time in UTC, always with microseconds, so that text order is time order."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _source_json(source: Source | None) -> str | None:
    if source is None:
        return None
    facts = {
        "url": source.url,
        "select": [_selector_json(s) for s in source.select],
        "remove": [_selector_json(s) for s in source.remove],
    }
    return json.dumps(facts, ensure_ascii=True, sort_keys=True)


def _selector_json(selector: Selector) -> object:
    if isinstance(selector, str):
        return selector
    return {
        "start": selector.start,
        "end": selector.end,
        "start_included": selector.start_included,
        "end_included": selector.end_included,
    }


@lru_cache(maxsize=4096)  # many captures are of one page
def _source(text: str | None) -> Source | None:
    if text is None:
        return None
    facts = json.loads(text)
    select, remove = (
        tuple(s if isinstance(s, str) else Range(**s) for s in facts[key])
        for key in ("select", "remove")
    )
    return Source(facts["url"], select, remove)
