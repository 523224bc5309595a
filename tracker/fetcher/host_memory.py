"""What hosts asked of us, remembered from one run to the next: robots.txt, and to be left alone.

RFC 9309 lets a robots.txt hold for a day; a Retry-After holds for all pages of its host. The file
is no record: where it is lost, a host is asked once more than need be.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from tracker.fetcher.response_check import GOOD, Verdict
from tracker.fetcher.robots import RobotsFile
from tracker.model import Outcome

_DAY = timedelta(days=1)
_MISSING = {404, 410}


class HostMemory:
    """Memory of hosts, kept in the file at `path`; without one, for as long as the object lives."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._free: dict[str, datetime] = {}
        self._robots: dict[str, tuple[datetime, RobotsFile]] = {}
        if path is not None:
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                self._load(json.loads(path.read_text("utf-8")))

    def robots(self, address: str, now: datetime) -> RobotsFile | None:
        """Return the robots.txt at an address, if it was read within the last day."""
        read, file = self._robots.get(address, (None, None))
        return file if read and timedelta() <= now - read < _DAY else None

    def forget_robots(self) -> None:
        """Have each robots.txt asked for once more."""
        self._robots.clear()

    def keep_robots(self, address: str, file: RobotsFile, now: datetime) -> None:
        """Remember a robots.txt that was read, or found missing; no failure is remembered."""
        if file.verdict == GOOD or file.status in _MISSING:
            self._robots[address] = now, file

    def leave_alone(self, host: str, until: datetime) -> None:
        """Remember that a host asks not to be asked again before a time."""
        self._free[host] = max(until, self._free.get(host, until))

    def free_from(self, host: str, now: datetime) -> datetime | None:
        """Return the time before which a host is to be left alone; None if it may be asked."""
        until = self._free.get(host)
        return until if until and now < until else None

    def save(self, now: datetime) -> None:
        """Write to the file what still holds."""
        if self._path is None:
            return
        said = {
            "free": {h: t.isoformat() for h, t in sorted(self._free.items()) if now < t},
            "robots": {
                address: [read.isoformat(), file.host, file.status, file.text]
                for address, (read, file) in sorted(self._robots.items())
                if now - read < _DAY
            },
        }
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(said), "utf-8")
            fresh.replace(self._path)

    def _load(self, said: dict[str, dict[str, object]]) -> None:
        for host, until in said["free"].items():
            self._free[host] = datetime.fromisoformat(str(until))
        for address, kept in said["robots"].items():
            read, host, status, text = kept if isinstance(kept, list) else ("", "", 0, "")
            verdict = GOOD if status == 200 else Verdict(Outcome.MISSING, "")
            file = RobotsFile(str(host), int(status), verdict, str(text))
            self._robots[address] = datetime.fromisoformat(str(read)), file
