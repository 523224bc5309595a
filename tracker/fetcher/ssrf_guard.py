"""Guard against connections to private addresses. Pure.

Terms are on the public internet. Whatever a declaration, a redirect or a name server says, an
address inside our own network is refused unless the operator named its host. The check is made on
the resolved address that is then connected to, so neither the spelling of a host nor a second
look-up can get round it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from tracker.errors import UsageError

Allowed = frozenset[tuple[str, int | None]]

_GLOBAL_UNICAST = ip_network("2000::/3")  # RFC 4291: all of IPv6 that is in use for the public
# `is_global` alone says yes to these on some Pythons (IANA special-purpose registries).
_SPECIAL = tuple(
    ip_network(net)
    for net in (
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "2001::/23",  # Teredo and others that embed addresses, RFC 2928
        "2001:db8::/32",  # documentation, RFC 3849
        "2002::/16",  # 6to4, RFC 3056: embeds an IPv4 address
        "3fff::/20",  # documentation, RFC 9637
    )
)
_ENTRY = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<name>[^\[\]:/@\s]+))(?::(?P<port>\d{1,5}))?")


class Refused(Exception):
    """A host without a public address that is not on the list."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(f"{host} is at {address}")
        self.host = host
        self.port = port
        self.address = address

    @property
    def entry(self) -> str:
        """Return the value of `--allow-host` that would allow it."""
        return host_entry(self.host, self.port)


def is_public(address: str) -> bool:
    """Return whether an IP address (as spelled by `getaddrinfo`) is public."""
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        # Also rules out NAT64 (64:ff9b::/96), which hides an IPv4 address.
        if ip not in _GLOBAL_UNICAST:
            return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    return not any(ip in net for net in _SPECIAL)


@lru_cache(maxsize=256)  # asked for each request, and there are few hosts
def is_loopback(host: str) -> bool:
    """Return whether a host, as written in a URL, is this machine by its very name."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def host_entry(host: str, port: int) -> str:
    """Return a host and port in the form of `--allow-host`, which `allowed_hosts` parses."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def allowed_hosts(entries: Collection[str]) -> Allowed:
    """Parse `HOST` and `HOST:PORT` entries, IPv6 in brackets. Raises UsageError for others."""
    return frozenset(_entry(entry) for entry in entries)


def is_allowed(host: str, port: int, allowed: Allowed) -> bool:
    """Return whether the operator named this host, with this port or with none."""
    name = _canonical(host)
    return (name, None) in allowed or (name, port) in allowed


def _entry(entry: str) -> tuple[str, int | None]:
    bare_six = entry.count(":") > 1 and "[" not in entry
    found = _ENTRY.fullmatch(f"[{entry}]" if bare_six else entry.strip())
    if not found:
        raise UsageError(
            f"--allow-host {entry!r}: give HOST or HOST:PORT, an IPv6 address in brackets."
        )
    port = found["port"]
    return _canonical(found["six"] or found["name"]), int(port) if port else None


@lru_cache(maxsize=256)
def _canonical(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return host.lower().rstrip(".")
