"""Messages to people and programs through apprise, each once, and the record of what was sent.

A message is sent first and recorded then: a crash between the two sends it again (at least once,
never not at all). The record is `data/notified.jsonl`, one line a message, only ever added to.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker._support.lock import taken
from tracker.errors import ArchiveError, Busy, UsageError
from tracker.policy import LONGEST_MESSAGE, NEWS_FOR

FILE = "notified.jsonl"

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the items of a feed go: the `number`th address the settings give for its name."""

    feed: str
    number: int
    url: str

    @property
    def name(self) -> str:
        """How it is called in the record and in messages; an address itself may hold secrets."""
        return f"{self.feed} {self.number}"


def addresses(
    wanted: Sequence[tuple[str, tuple[str, ...]]], environment: Mapping[str, str]
) -> list[Address]:
    """Return the addresses of the settings, `${NAME}` in them replaced from the environment.

    Raises UsageError for a variable that is not set, without ever showing an address.
    """
    return [
        Address(feed, number, _expanded(feed, url, environment))
        for feed, urls in wanted
        for number, url in enumerate(urls, 1)
    ]


def _expanded(feed: str, url: str, environment: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if not environment.get(match[1]):
            raise UsageError(
                f'settings.toml: "notify" › "{feed}" needs {match[1]} in the environment.'
            )
        return environment[match[1]]

    return _VARIABLE.sub(value, url)


class Sender:
    """Sends through apprise. Raises UsageError where it is absent or does not know an address."""

    def __init__(self, known: Sequence[Address]) -> None:
        self._services: dict[str, Any] = {}
        if not known:  # all there is may be a hub
            return
        try:
            import apprise
        except ImportError as error:
            raise UsageError(
                "Notifications need apprise; run: pip install 'terms-tracker[notify]'"
            ) from error
        # What it logs may hold the address, and that may hold a secret.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        for address in known:
            service = self._services[address.name] = apprise.Apprise()
            if not service.add(address.url):
                raise UsageError(
                    f'settings.toml: address {address.number} of "notify" › "{address.feed}" is '
                    "none that apprise knows; see https://github.com/caronc/apprise."
                )

    def room(self, address: Address) -> int:
        """Return how many characters a message may have there, its title among them."""
        servers = self._services[address.name]
        return min(LONGEST_MESSAGE, *(int(server.body_maxlen) for server in servers))

    def send(self, address: Address, title: str, body: str) -> bool:
        """Send a message; return whether the service took it."""
        return bool(self._services[address.name].notify(title=title, body=body, body_format="text"))


class Ledger:
    """What was sent, to which address, and since when each address is served."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._since: dict[str, datetime] = {}
        self._had: set[tuple[str, str]] = set()

    def __enter__(self) -> Ledger:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab+")
        except OSError as error:
            raise self._unwritable(error) from error
        if not taken(self._file.fileno(), fcntl.LOCK_EX):
            self._file.close()
            raise Busy("Another tracker is sending notifications; try again later.")
        self._read()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read(self) -> None:
        self._file.seek(0)
        lines = self._file.read().split(b"\n")
        for number, line in enumerate(lines, 1):
            # A line without its end was cut by a crash: what it told of is sent again.
            if line.endswith(b"}"):
                self._take(line, number)
        if lines[-1]:
            self._file.write(b"\n")

    def _take(self, line: bytes, number: int) -> None:
        try:
            row = json.loads(line)
            if "since" in row:
                self._since[row["to"]] = datetime.fromisoformat(row["since"])
            self._had |= {(row["to"], item) for item in row["items"]}
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{self._path}: line {number} cannot be read.") from error

    def begin(self, address: Address, past: Sequence[str], now: datetime) -> None:
        """Serve an address from `now` on, unless it is served already: it gets nothing `past`."""
        if address.name not in self._since:
            self._since[address.name] = now
            self._add(address, past, since=now)

    def has(self, address: Address, item: str, time: datetime) -> bool:
        """Return whether the item of this id and time went to an address, or is of its past."""
        # What is recorded late (an import, say) is no news; what was only held back is.
        known = (address.name, item) in self._had
        since = self._since[address.name]
        return known or (time < since and since - time > NEWS_FOR)

    def record(self, address: Address, item: str, now: datetime) -> None:
        """Remember, on disk when this returns, that an item went to an address."""
        self._add(address, [item], at=now)

    def _add(self, address: Address, items: Sequence[str], **times: datetime) -> None:
        row: dict[str, object] = {"to": address.name, "items": sorted(items)}
        row |= {name: time.isoformat() for name, time in times.items()}
        try:
            self._file.write(json.dumps(row, ensure_ascii=True).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from error
        self._had |= {(address.name, item) for item in items}

    def _unwritable(self, error: OSError) -> ArchiveError:
        return ArchiveError(f"{self._path}: cannot be written ({error.strerror}).")
