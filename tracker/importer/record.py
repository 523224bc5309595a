"""The common form of all foreign archives: one page, as served at one time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

LONGEST = 8 * 1024 * 1024  # bytes of a page


@dataclass(frozen=True, slots=True)
class Record:
    """A page that others kept. `url` is the address it was served from, None if unknown.

    `headers` are those it was served with, names in lower case; `media` is its Content-Type. `via`
    names in words who kept it; `archive_url` is the address of their copy, `facts` are others by
    name.
    """

    url: str | None
    time: datetime
    body: bytes
    media: str
    via: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    archive_url: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is refused: its name, and the reason."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} {self.reason}"


#: Before this there was no web; what claims to be older was dated by a clock that was never set.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def doubt(time: datetime, now: datetime) -> str:
    """Return why a page cannot have been seen at a time; empty if it can. A day is tolerated.

    A record of the future would remain the latest after everything seen from now on.
    """
    if time < _EARLIEST:
        return f"is dated {time.day} {time:%B} {time.year}, when there was no web"
    if time > now and time - now > _DAY:
        return f"is dated {time.day} {time:%B} {time.year}, which is yet to come"
    return ""


def same_page(one: str, other: str) -> bool:
    """Return whether two addresses are one page: scheme, port, fragment, last slash ignored."""
    return _identity(one) == _identity(other)


def _identity(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.path.rstrip("/"), parts.query
    except ValueError:
        return "", url, ""
