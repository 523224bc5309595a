"""A client for longer exchanges than a visit: guarded like a visit, with its own deadlines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tracker.errors import ImportFailed, UsageError
from tracker.fetcher.response_check import Stopped, host_of, plain
from tracker.fetcher.ssrf_guard import Allowed, Refused, allowed_hosts, host_entry
from tracker.fetcher.transport import Deadline, GuardedBackend, GuardedTransport

_CONNECTING = 10.0  # seconds, to each address of a host


@contextmanager
def talk(
    url: str, *, user_agent: str, total_seconds: float = 3600.0, silent_seconds: float = 60.0
) -> Iterator[httpx.Client]:
    """Yield a client for `url`, which the operator typed and whose host may be anywhere.

    Its redirects must lead to the public internet.

    Raises:
        ImportFailed: The network failed: no answer, `silent_seconds` without a byte, or more than
            `total_seconds` in all.
    """
    deadline = Deadline(total_seconds, time.monotonic)
    allowed, host = _host(url)
    try:
        backend = GuardedBackend(allowed)
        timeout = httpx.Timeout(silent_seconds, connect=_CONNECTING)
        with (
            backend.until(deadline),
            httpx.Client(
                transport=GuardedTransport(backend),
                timeout=timeout,
                headers={"User-Agent": user_agent},
                trust_env=False,
            ) as client,
        ):
            yield client
    except Stopped as stopped:
        raise ImportFailed(_named(host, str(stopped))) from stopped
    except Refused as refused:
        what = f"leads to {plain(refused.entry)} ({refused.address})"
        raise ImportFailed(f"{host}: {what}, which is not on the public internet.") from refused
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        said = _said(error, deadline, silent_seconds)
        raise ImportFailed(f"{_named(host, said)}.") from error


def _host(url: str) -> tuple[Allowed, str]:
    """Return the host and port of an address as the ones allowed, and safe to show."""
    try:
        found = httpx.URL(url)
        port = found.port or (443 if found.scheme == "https" else 80)
        return allowed_hosts([host_entry(found.host, port)]), host_of(url)
    except (httpx.InvalidURL, UsageError, ValueError) as error:
        raise ImportFailed("This is no address of a repository; correct it.") from error


def _named(host: str, said: str) -> str:
    return said if host in said else f"{host}: {said}"


def _said(error: Exception, deadline: Deadline, silent_seconds: float) -> str:
    if deadline.left() <= 0:
        return "had not sent all when the time for it was over; try again, or fetch it another way"
    if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout):
        return f"was silent for {silent_seconds:g} seconds; try again later"
    return f"could not be read from ({plain(str(error)) or type(error).__name__}); try again later"
