"""A page that a person saved from a browser → a record."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from tracker.errors import UsageError
from tracker.importer.records import LONGEST, Record

# What browsers write at the top of a saved page, and what pages say of themselves.
_ADDRESSES = (
    re.compile(rb"<!--\s*saved from url=\(\d+\)(https?://[^\s>]+)", re.IGNORECASE),
    re.compile(
        rb"<link[^>]+rel=[\"']?canonical[\"']?[^>]*?href=[\"'](https?://[^\"'>\s]+)", re.IGNORECASE
    ),
    re.compile(
        rb"<link[^>]+href=[\"'](https?://[^\"'>\s]+)[\"'][^>]*?rel=[\"']?canonical", re.IGNORECASE
    ),
)


def saved_page(path: Path, time: datetime) -> Record:
    """The page in a file, as it was at `time`; its address if it says so itself.

    HTML, or Markdown where the name ends in `.md`. Raises UsageError for a file that cannot be
    one.
    """
    try:
        with path.open("rb") as file:
            body = file.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    if not body.strip() or len(body) > LONGEST:
        raise UsageError(f"{path}: is empty or larger than any page of terms.")
    media = "text/markdown; charset=utf-8" if path.suffix == ".md" else "text/html"
    return Record(_address(body), time, body, media, f"saved page {path.name}")


def _address(body: bytes) -> str | None:
    found = (pattern.search(body) for pattern in _ADDRESSES)
    match = next((m for m in found if m), None)
    return match[1].decode("ascii", "replace") if match else None
