"""What every foreign archive comes down to: one page, as it was served at one time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

LONGEST = 8 * 1024 * 1024  # bytes of a page


@dataclass(frozen=True, slots=True)
class Record:
    """A page others kept. `url` is where it was served from, None where nobody says.

    `headers` are those it was served with, names in lower case; `media` is its Content-Type.
    `via` says in words who kept it, `archive_url` where their copy can be looked at.
    """

    url: str | None
    time: datetime
    body: bytes
    media: str
    via: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    archive_url: str | None = None


def same_page(one: str, other: str) -> bool:
    """Whether two addresses name one page: scheme, port, fragment and a last slash do not count."""
    return _identity(one) == _identity(other)


def _identity(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.path.rstrip("/"), parts.query
    except ValueError:
        return "", url, ""
