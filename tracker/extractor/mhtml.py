"""A page saved with all its parts in one message (MHTML, RFC 2557) → the page."""

from __future__ import annotations

import re
from functools import lru_cache

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*+:|[ \t]")
_MULTIPART = re.compile(rb"^content-type:[ \t]*+multipart/", re.IGNORECASE | re.MULTILINE)
_BLANK = b" \t\r\n\f\xef\xbb\xbf"
_HEAD = 8192  # bytes


def is_mhtml(body: bytes) -> bool:
    """Return whether a body is a message with parts, as browsers save whole pages."""
    head = body[:_HEAD].lstrip(_BLANK).replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return (
        _MULTIPART.search(head) is not None
        and b"boundary=" in head.lower()
        and all(_HEADER_LINE.match(line) for line in head.split(b"\n"))
    )


@lru_cache(maxsize=2)
def page_in(body: bytes, media: str) -> tuple[bytes, str]:
    """Return the page in a message and its media type; a body that is no message as it is."""
    if not is_mhtml(body):
        return body, media
    from email import message_from_bytes  # most pages are none

    try:
        parts = list(message_from_bytes(body.lstrip(_BLANK)).walk())
    except RecursionError:
        return body, media
    for part in parts:
        page = part.get_payload(decode=True) if part.get_content_type() in _PAGES else None
        if isinstance(page, bytes) and page.strip():
            charset = part.get_content_charset()
            kind = part.get_content_type()
            return page, f"{kind}; charset={charset}" if charset else kind
    return body, media
