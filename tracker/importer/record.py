"""What every foreign archive comes down to: one page, as it was served at one time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not taken: what it is called, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} {self.reason}"


#: Before this there was no web; what claims to be older was dated by a clock that was never set.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def doubt(time: datetime, now: datetime) -> str:
    """Why a page cannot have been seen at a time, empty where it can: clocks may differ by a day.

    What is yet to come would stand after everything that is seen from now on, for good.
    """
    if time < _EARLIEST:
        return f"is dated {time.day} {time:%B} {time.year}, when there was no web"
    if time > now and time - now > _DAY:
        return f"is dated {time.day} {time:%B} {time.year}, which is yet to come"
    return ""


def same_page(one: str, other: str) -> bool:
    """Whether two addresses name one page: scheme, port, fragment and a last slash do not count."""
    return _identity(one) == _identity(other)


def _identity(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.path.rstrip("/"), parts.query
    except ValueError:
        return "", url, ""
