"""A page that a person saved from a browser → a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

from tracker.errors import UsageError
from tracker.importer.record import LONGEST, Record

# What browsers write at the top of a saved page, and what pages say of themselves. Each part of
# these patterns ends where the next one begins, so that none of them can be tried in two ways.
_SAVED_FROM = re.compile(rb"<!--\s*+saved from url=\(\d++\)(https?://[^\s>]++)", re.IGNORECASE)
_LINK = re.compile(rb"<link\s([^<>]++)", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"(?<![^\s\"'/])(rel|href)\s*+=\s*+(?:\"([^\"]*+)|'([^']*+)|([^\s\"']++))", re.IGNORECASE
)
_WEB = re.compile(rb"https?://[^\s\"'<>]++", re.IGNORECASE)


def saved_page(path: Path, time: datetime) -> Record:
    """Return the page in a file, as it was at `time`, with its address if the page gives it.

    HTML, alone or as a part of MHTML, a PDF, or Markdown where the name ends in `.md`.
    Raises UsageError for a file that cannot be a page.
    """
    try:
        with path.open("rb") as file:
            body = file.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    if not body.strip() or len(body) > LONGEST:
        raise UsageError(f"{path}: is empty or larger than any page of terms.")
    via = f"saved page {path.name}"
    if body.lstrip()[:5] == b"%PDF-":
        return Record(None, time, body, "application/pdf", via)
    if (part := _html_part(body)) is not None:
        page, media, address = part
        return Record(address or _address(page), time, page, media, via)
    media = "text/markdown; charset=utf-8" if path.suffix == ".md" else "text/html"
    return Record(_address(body), time, body, media, via)


def _html_part(message: bytes) -> tuple[bytes, str, str | None] | None:
    """Return the page in a message of several parts, as Chrome and Edge save them; else None.

    With it come its media type and the address that the message gives.
    """
    if message.lstrip()[:1] == b"<":
        return None
    try:
        found = message_from_bytes(message)
        parts = [*found.walk()] if found.is_multipart() else []
    except RecursionError:  # parts in parts in parts
        return None
    page = next((part for part in parts if part.get_content_type() in _PAGES), None)
    body = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(body, bytes):
        return None
    address = str(found["Snapshot-Content-Location"] or page["Content-Location"] or "")
    is_web = _WEB.fullmatch(address.encode("ascii", "replace")) is not None
    charset = page.get_content_charset()
    media = f"{page.get_content_type()}; charset={charset}" if charset else page.get_content_type()
    return body, media, address if is_web else None


_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def _address(body: bytes) -> str | None:
    saved = _SAVED_FROM.search(body)
    found = saved[1] if saved else next(_canonical(body), None)
    return found.decode("ascii", "replace") if found else None


def _canonical(body: bytes) -> Iterator[bytes]:
    """Yield the addresses that a page gives as its own, in its order."""
    for link in _LINK.finditer(body):
        marks = {m[1].lower(): m[2] or m[3] or m[4] or b"" for m in _ATTRIBUTE.finditer(link[1])}
        address = _WEB.match(marks.get(b"href", b"").strip())
        if address and b"canonical" in marks.get(b"rel", b"").lower().split():
            yield address[0]
