"""Sockets: the checked address is the connected one, and no wait outlasts the deadline."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpcore
import pytest

from tests.servers import Server, answer, page, say
from tracker.fetcher import Fetcher, Limits
from tracker.fetcher.transport import Deadline
from tracker.model import Outcome, Source

NOW = datetime(2025, 9, 1, tzinfo=UTC)
ONCE = Limits(attempts=1, polite_seconds=0)


class Names:
    """A name server of our own: each look-up of a host takes the next of its answers."""

    real = staticmethod(socket.getaddrinfo)

    def __init__(self, **hosts: list[str]) -> None:
        self.hosts = {name.replace("_", "."): answers for name, answers in hosts.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, *details: Any, **more: Any) -> list[Any]:
        if host[0].isdigit():
            return self.real(host, port, *details, **more)
        self.asked.append(host)
        if host not in self.hosts:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = self.hosts[host]
        addresses = (answers.pop(0) if len(answers) > 1 else answers[0]).split()
        return [(2, 1, 6, "", (address, port)) for address in addresses]


def fetch(url: str, *allow: str) -> tuple[Outcome, str]:
    with Fetcher(user_agent="t", allow_hosts=allow, limits=ONCE) as fetcher:
        seen = fetcher.fetch(Source(url), now=NOW)
    return seen.outcome, seen.reason


def test_deadlines_nest_and_stretch() -> None:
    time = [0.0]
    outer = Deadline(60, lambda: time[0])
    inner = Deadline(100, lambda: time[0], outer)
    time[0] = 50.0
    assert inner.left() == 10.0
    inner.extend(5.0)
    assert outer.left() == inner.left() == 15.0
    assert inner.cap(3.0) == 3.0
    time[0] = 65.0
    with pytest.raises(httpcore.ReadTimeout):
        inner.cap()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0.0.0.0",
     "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "169.254.169.254", "10.0.0.1",
     "192.168.0.1", "100.64.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]",
     "224.0.0.1", "LOCALHOST."],
)  # fmt: skip
def test_no_spelling_of_an_inner_address_is_contacted(host: str) -> None:
    outcome, reason = fetch(f"http://{host}:9/terms")
    assert outcome is Outcome.UNREACHABLE
    assert any(said in reason for said in ("--allow-host", "no web address", "not be resolved"))


def test_the_allowed_host_is_named_with_its_port() -> None:
    assert "`--allow-host [::1]:9`" in fetch("http://[::1]:9/x")[1]
    assert "`--allow-host localhost:80`" in fetch("http://localhost/x")[1]


def test_a_public_name_with_an_inner_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(terms_example=["10.1.2.3"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    outcome, reason = fetch("https://terms.example/x")
    assert outcome is Outcome.UNREACHABLE
    assert "terms.example is at 10.1.2.3" in reason


def test_a_name_that_changes_its_address_cannot_get_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: every answer is checked, and no second look-up stands between check and use."""
    connected: list[str] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError("nobody there")

    names = Names(terms_example=["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(socket, "create_connection", connect)
    with Fetcher(user_agent="t", limits=ONCE, obey_robots=False) as fetcher:
        assert fetcher.fetch(Source("http://terms.example/x"), now=NOW).outcome is (
            Outcome.UNREACHABLE
        )
    assert connected == ["93.184.215.14"]
    assert names.asked == ["terms.example"] * 2  # once for robots.txt, once for the page


def test_inner_addresses_among_public_ones_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected: list[str] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", Names(a_example=["127.0.0.1 8.8.8.8 1.1.1.1"]))
    monkeypatch.setattr(socket, "create_connection", connect)
    outcome, reason = fetch("http://a.example/")
    assert outcome is Outcome.UNREACHABLE
    assert "could not be reached" in reason
    assert connected == ["8.8.8.8", "1.1.1.1"]


def test_an_allowed_name_reaches_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(terms_example=["127.0.0.1"]))
    with Server({"/terms": page()}) as server:
        url = f"http://terms.example:{server.port}/terms"
        assert fetch(url, f"TERMS.example:{server.port}")[0] is Outcome.GOOD
        assert f"Host: terms.example:{server.port}" in server.requests[-1]


def test_ipv6_loopback_when_allowed() -> None:
    try:
        server = Server({"/terms": page()}, socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        assert fetch(server.url(), server.entry)[0] is Outcome.GOOD


def test_names_that_do_not_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names())
    outcome, reason = fetch("https://nowhere.example/x")
    assert outcome is Outcome.UNREACHABLE
    assert "nowhere.example could not be resolved" in reason


@pytest.mark.parametrize("url", ["http://a..b/", f"http://{'a' * 300}.example/", "http://a:99999/"])
def test_hosts_that_no_resolver_accepts(url: str) -> None:
    assert fetch(url)[0] is Outcome.UNREACHABLE


def test_each_request_has_a_connection_of_its_own() -> None:
    """So each is checked afresh; on a kept one the second request would meet silence."""
    limits = Limits(attempts=1, total_seconds=4)
    with (
        Server({"/terms": say(page())}) as server,
        Fetcher(user_agent="t", allow_hosts=[server.entry], limits=limits) as fetcher,
    ):
        for _ in range(2):
            assert fetcher.fetch(Source(server.url()), now=NOW).outcome is Outcome.GOOD


def test_a_closed_port() -> None:
    with Server({}) as server:
        pass
    outcome, reason = fetch(server.url(), server.entry)
    assert outcome is Outcome.UNREACHABLE
    assert "could not be reached" in reason


def test_https_to_a_server_that_speaks_plain_http() -> None:
    with Server({"/terms": page(), "/robots.txt": answer(404)}) as server:
        assert fetch(f"https://{server.entry}/terms", server.entry)[0] is Outcome.UNREACHABLE


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl command")
def test_certificates_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Server({"/terms": page()}, tls=context) as server:
        url, entry = f"https://localhost:{server.port}/terms", f"localhost:{server.port}"
        outcome, reason = fetch(url, entry)
        assert outcome is Outcome.UNREACHABLE
        assert "certificate of localhost is not valid" in reason
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetch(url, entry) == (Outcome.GOOD, "")
