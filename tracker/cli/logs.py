"""Structured logs on request: one JSON object a line on standard error."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker.model import Outcome
from tracker.publisher.terminal import harmless

if TYPE_CHECKING:
    from tracker.app.visits import Visit

_LOGGER = logging.getLogger("tracker")
_LOGGER.propagate = False


class _Json(logging.Formatter):
    """A record as one line of ASCII; what a page wrote cannot begin another one."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        facts |= getattr(record, "facts", {})
        safe = {name: harmless(v) if isinstance(v, str) else v for name, v in facts.items()}
        return json.dumps(safe, ensure_ascii=True, default=str)


def listen(wanted: bool) -> None:
    """From now on this process's events go to standard error, or nowhere."""
    handler = logging.StreamHandler(sys.stderr) if wanted else logging.NullHandler()
    handler.setFormatter(_Json())
    _LOGGER.handlers = [handler]
    _LOGGER.disabled = not wanted
    _LOGGER.setLevel(logging.INFO)


def visited(visit: Visit) -> None:
    """A visit to a document: what came of it page by page, or why it was not made."""
    if visit.skipped:
        event("skipped", document=visit.document.id, reason=visit.skipped)
        return
    for capture in visit.captures:
        event(
            "visited",
            level=logging.INFO if capture.outcome is Outcome.GOOD else logging.WARNING,
            document=capture.document,
            url=capture.asked_url,
            status=capture.status,
            outcome=capture.outcome.value,
            reason=capture.reason,
            body=capture.body,
        )


def event(name: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Something that happened, with what is known of it."""
    _LOGGER.log(level, name, extra={"facts": facts})
