"""Only the public internet, or what the operator named."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import UsageError
from tracker.fetcher.ssrf_guard import allowed_hosts, is_allowed, is_loopback, is_public

CLOSED = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "this host": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1"],
    "link-local": ["169.254.169.254", "fe80::1", "fe80::1%lo", "fec0::1"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "100::1", "4000::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarking": ["198.18.0.1", "2001:2::1"],
    "protocol assignments": ["192.0.0.8", "192.0.0.170", "192.88.99.1"],
    "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
    "IPv4-compatible": ["::127.0.0.1", "::7f00:1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
    "6to4": ["2002:7f00:1::1", "2002:a9fe:a9fe::1"],
    "Teredo": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
}


@pytest.mark.parametrize(
    "address", [pytest.param(a, id=f"{kind} {a}") for kind, all_ in CLOSED.items() for a in all_]
)
def test_addresses_that_are_not_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1",
     "2606:4700::6810:84e5", "2a00:1450:4001::200e", "2620:109:c002::6cae:a0a",
     "::ffff:8.8.8.8"],
)  # fmt: skip
def test_public_addresses(address: str) -> None:
    assert is_public(address)


PRIVATE_NETS = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "100.64.0.0/10"]


@given(st.sampled_from(PRIVATE_NETS).flatmap(lambda net: st.ip_addresses(network=net)))
def test_no_private_address_passes_however_it_is_wrapped(address: ipaddress.IPv4Address) -> None:
    embedded = f"{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"
    for spelling in (
        f"{address}",
        f"::ffff:{address}",
        f"64:ff9b::{embedded}",
        f"2002:{embedded}::",
    ):
        assert not is_public(spelling)


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        ("127.0.0.1:8911", "127.0.0.1", 8911),
        ("127.0.0.1", "127.0.0.1", 1),
        ("LocalHost:80", "localhost", 80),
        ("intranet.example", "INTRANET.example.", 443),
        ("[::1]:8080", "::1", 8080),
        ("[0:0::1]", "::1", 5),
        ("::1", "::1", 5),
    ],
)
def test_the_operator_names_hosts(entry: str, host: str, port: int) -> None:
    assert is_allowed(host, port, allowed_hosts([entry]))


def test_nothing_else_is_meant() -> None:
    allowed = allowed_hosts(["127.0.0.1:8911", "intranet.example"])
    assert not is_allowed("127.0.0.1", 8912, allowed)
    assert not is_allowed("127.0.0.2", 8911, allowed)
    assert not is_allowed("evil.intranet.example", 80, allowed)
    assert not is_allowed("localhost", 8911, allowed)


@pytest.mark.parametrize(
    "entry", ["", "http://a/", "a:b", "a:", ":80", "[::1", "a b", "user@host", "[::1]x", "a:123456"]
)
def test_an_entry_that_is_no_host_is_the_operators_mistake(entry: str) -> None:
    with pytest.raises(UsageError, match="HOST or HOST:PORT"):
        allowed_hosts([entry])


def test_loopback_by_name() -> None:
    assert all(map(is_loopback, ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1"]))
    assert not any(map(is_loopback, ["", "localhost.example", "10.0.0.1", "example.org"]))
