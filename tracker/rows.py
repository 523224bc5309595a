"""What is recorded, as rows: captures and back, and what a row counts for in the log.

Three tables are logs: rows are only ever added, and each carries the SHA-256 of the row before it
and of itself, so that an altered row can be named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tracker.model import Capture, Outcome, Range, Selector, Source, digest

GENESIS = "0" * 64
COLUMNS = {
    "id": int,
    "document": str,
    "source": str,  # canonical JSON, NULL where an import does not know the page
    "source_key": str,
    "asked_url": str,
    "final_url": str,
    "time": str,
    "status": int,
    "headers": str,
    "outcome": str,
    "reason": str,
    "body": str,
    "text": str,
    "length": int,
    "language": str,
    "media": str,
    "via": str,
    "archive_url": str,
    "chain": str,
}
#: The tables that are logs, and what of each row is recorded in it.
LOGS = {
    "captures": tuple(name for name in COLUMNS if name not in {"id", "chain"}),
    "documents": ("id", "service", "type", "edition"),
    "robots": ("host", "time", "allowed", "reason"),
}


def entry(log: str, row: Mapping[str, Any]) -> bytes:
    """What a row says, as the canonical JSON that is hashed: the log's entry."""
    facts = {name: row[name] for name in LOGS[log]}
    # `repr` is for what only damage can put into a row: bytes in place of text.
    text = json.dumps(facts, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=repr)
    return text.encode()


def link(previous: str, entry: bytes) -> str:
    """The chain value of an entry that follows the one with the chain value `previous`."""
    return digest(previous.encode() + b"\n" + entry)


def to_row(capture: Capture) -> dict[str, Any]:
    """The row of a capture, without `id` and `chain`."""
    return {
        "document": capture.document,
        "source": _source_json(capture.source),
        "source_key": capture.page_key,
        "asked_url": capture.asked_url,
        "final_url": capture.final_url,
        "time": stamp(capture.time),
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
    }


def from_row(row: Mapping[str, Any]) -> Capture:
    """The capture of a row; undoes `to_row`."""
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
        number=row["id"],
    )


def stamp(time: datetime) -> str:
    """UTC with microseconds always written out, so that text order is time order."""
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
