"""Structured logs on request: one JSON object a line on standard error."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from tracker.publisher.terminal import harmless

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
    """Send this process's events to standard error from now on, or nowhere."""
    handler = logging.StreamHandler(sys.stderr) if wanted else logging.NullHandler()
    handler.setFormatter(_Json())
    _LOGGER.handlers = [handler]
    _LOGGER.disabled = not wanted
    _LOGGER.setLevel(logging.INFO)


def event(name: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Log something that happened, with the known facts."""
    _LOGGER.log(level, name, extra={"facts": facts})
