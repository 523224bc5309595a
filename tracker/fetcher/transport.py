"""Sockets that connect to checked addresses only, and never outlast a deadline.

httpx has timeouts for single reads but not for the whole: a server that sends a byte a second would
hold it for ever. Here every wait on a socket is limited to the rest of one deadline. Only name
resolution cannot be cut short; the system's resolver has its own limits.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import httpcore
import httpx

from tracker.fetcher.response_check import Stopped, Verdict, plain
from tracker.fetcher.ssrf_guard import Allowed, Refused, is_allowed, is_public
from tracker.model import Outcome

# A dead first address (often IPv6) must leave time for the second.
_CONNECT_SECONDS = 10.0


class Deadline:
    """A moment by which something must be done, never later than its `outer` one."""

    def __init__(
        self, seconds: float, monotonic: Callable[[], float], outer: Deadline | None = None
    ) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds
        self._outer = outer

    def left(self) -> float:
        """Return the seconds left; zero or less if it has passed."""
        own = self._end - self._monotonic()
        return own if self._outer is None else min(own, self._outer.left())

    def extend(self, seconds: float) -> None:
        """Extend it by time that was nobody's fault."""
        self._end += seconds
        if self._outer is not None:
            self._outer.extend(seconds)

    def cap(self, timeout: float | None = None) -> float:
        """Return the seconds left, at most `timeout`. Raises httpcore.ReadTimeout if none."""
        left = self.left()
        if left <= 0:
            raise httpcore.ReadTimeout("the total deadline has passed")
        return left if timeout is None else min(left, timeout)


class Trust:
    """The trusted authorities, read once, when a connection first needs them."""

    @cached_property
    def context(self) -> ssl.SSLContext:
        found = httpx.create_ssl_context()
        found.set_alpn_protocols(["http/1.1"])
        return found


class Stream(httpcore.NetworkStream):
    """A socket stream whose every wait ends with the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline, trust: Trust) -> None:
        self._inner = inner
        self._deadline = deadline
        self._trust = trust

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.cap(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.cap(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> Stream:
        try:
            del ssl_context  # the pool's own, which trusts nobody
            trusting = self._trust.context
            inner = self._inner.start_tls(trusting, server_hostname, self._deadline.cap(timeout))
        except httpcore.ConnectError as error:
            cause = error.args[0] if error.args else None
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise Stopped(_bad_certificate(server_hostname or "", cause)) from error
            raise
        return Stream(inner, self._deadline, self._trust)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Network backend that resolves, checks, and connects to the checked address."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._inner = httpcore.SyncBackend()
        self._trust = Trust()
        self.deadline: Deadline | None = None

    @contextmanager
    def until(self, deadline: Deadline) -> Iterator[Deadline]:
        """Apply `deadline` to everything inside the block."""
        before, self.deadline = self.deadline, deadline
        try:
            yield deadline
        finally:
            self.deadline = before

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        if self.deadline is None:
            raise RuntimeError("connected outside a visit")
        problem: Exception | None = None
        for address in self._checked(host, port):
            try:
                seconds = self.deadline.cap(_CONNECT_SECONDS if timeout is None else timeout)
                inner = self._inner.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
                return Stream(inner, self.deadline, self._trust)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore.ConnectError(f"{host} has no address")

    def _checked(self, host: str, port: int) -> list[str]:
        addresses = resolve(host, port)
        if is_allowed(host, port, self._allowed):
            return addresses
        public = [address for address in addresses if is_public(address)]
        if not public:
            raise Refused(host, port, addresses[0])
        return public


class GuardedTransport(httpx.HTTPTransport):
    """Transport of httpx over guarded sockets, with one connection per request."""

    def __init__(self, backend: GuardedBackend) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        super().__init__(verify=context)
        # httpx 0.28 has no way to hand a network backend to its pool; this is the one place
        # where we reach into it. Connections are not kept, so each request is checked afresh.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_keepalive_connections=0,
            network_backend=backend,
        )


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host in the system's order. Raises Stopped if none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        passing = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        reason = (
            f"the name {plain(host)} could not be resolved; "
            "check the network and the address in the declaration."
        )
        raise Stopped(Verdict(Outcome.UNREACHABLE, reason, again=passing)) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _bad_certificate(host: str, cause: ssl.SSLCertVerificationError) -> Verdict:
    reason = (
        f"the certificate of {plain(host)} is not valid ({plain(cause.verify_message)}), so "
        "nothing was read; if you trust its authority, name it in SSL_CERT_FILE."
    )
    return Verdict(Outcome.UNREACHABLE, reason)
