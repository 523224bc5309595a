"""A browser in a process of its own: under a deadline, within memory, and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

#: Seconds by the clock that showing a page may take, with all that it asks for.
DEADLINE = 90.0
#: Bytes that the browser's processes may hold together.
MEMORY = 1536 * 2**20
_LOOK = 0.25  # seconds


class Ended(Exception):
    """A browser that was stopped, or stopped by itself; the text says why."""


def run(order: bytes, deadline: float = DEADLINE, memory: int = MEMORY) -> bytes:
    """Return what the child says of a page.

    Raises:
        Ended: It took too long or too much memory, or crashed.
    """
    places = os.pathsep.join(p for p in sys.path if p)
    with (
        tempfile.TemporaryDirectory(prefix="tracker-browser-") as home,
        Path(home, "order").open("w+b") as given,
        Path(home, "told").open("w+b") as told,
    ):
        given.write(order)
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "tracker.fetcher.browser"],
            stdin=given, stdout=told, stderr=subprocess.DEVNULL, start_new_session=True,
            env=_environment(home) | {"PYTHONPATH": places, "PYTHONSAFEPATH": "1"},
        )  # fmt: skip
        try:
            _watch(child, time.monotonic() + deadline, memory)
        finally:
            _end(child)
        told.seek(0)
        return told.read()


def _environment(home: str) -> dict[str, str]:
    """Return what a browser may know of us: nothing that could be a credential or a proxy."""
    kept = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "PLAYWRIGHT_BROWSERS_PATH")
    browsers = {} if os.environ.get("PLAYWRIGHT_BROWSERS_PATH") else _browsers()
    return {n: os.environ[n] for n in kept if n in os.environ} | browsers | {"HOME": home}


def _browsers() -> dict[str, str]:
    """Return where Playwright keeps its browsers, which is in the real home."""
    place = Path.home() / ".cache" / "ms-playwright"
    return {"PLAYWRIGHT_BROWSERS_PATH": str(place)} if place.is_dir() else {}


def _watch(child: subprocess.Popen[bytes], end: float, memory: int) -> None:
    while True:
        with suppress(subprocess.TimeoutExpired):
            if child.wait(_LOOK):
                raise Ended("it stopped by itself")
            return
        if time.monotonic() > end:
            raise Ended("it took too long")
        if sum(map(_held, _family(child.pid))) > memory:
            raise Ended("it took too much memory")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all that it started."""
    for pid in _family(child.pid):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    child.kill()
    child.wait()


def _family(pid: int) -> list[int]:
    """Return the processes that descend from one, and itself; only it where /proc is not."""
    children: dict[int, list[int]] = {}
    for one, parent in _parents():
        children.setdefault(parent, []).append(one)
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], ())
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            yield int(place.parent.name), int(place.read_text().rpartition(")")[2].split()[1])


def _held(pid: int) -> int:
    """Return the bytes that a process holds for itself."""
    with suppress(OSError, ValueError, IndexError):
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    return 0
