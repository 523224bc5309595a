"""A network that lies, through the ordinary `fetch`: every answer is an outcome, none a version.

Answers that keep silent until the deadline are tried in test_fetcher_client, with its own clock.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import subprocess
import sys
import threading
import zlib
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.samples import declare, terms, tracker
from tests.servers import HTML, Reply, Server, answer, page, redirect
from tracker.app import network
from tracker.archive.store import Archive
from tracker.fetcher import Fetcher
from tracker.model import Outcome

BODY = terms()
PACKED = "Content-Encoding: gzip"


def _reset(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(answer(200, BODY[:200], HTML, length=len(BODY)))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _bomb(layers: int) -> bytes:
    """Pack half a gigabyte of nothing once or twice, without its last bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, again = (
        packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    data = first + again * 511  # a block that looks back to no other can be repeated
    return gzip.compress(data) if layers == 2 else data


def _endless(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(answer(200, b"", HTML, "Transfer-Encoding: chunked", length=-1))
    while not over.is_set():
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


CHAOS: dict[str, tuple[Reply, set[Outcome]]] = {
    "cut short": (answer(200, BODY[:200], HTML, length=len(BODY)), {Outcome.TRUNCATED}),
    "reset": (_reset, {Outcome.TRUNCATED, Outcome.UNREACHABLE}),
    "cut gzip": (answer(200, gzip.compress(BODY)[:80], HTML, PACKED), {Outcome.TRUNCATED}),
    "no gzip": (answer(200, b"not gzip", HTML, PACKED), {Outcome.NOT_TEXT}),
    "gzip and garbage": (
        answer(200, gzip.compress(BODY) + b"GARBAGE", HTML, PACKED),
        {Outcome.NOT_TEXT, Outcome.TRUNCATED},
    ),
    "open end, no end tag": (answer(200, BODY[:200], HTML, length=-1), {Outcome.TRUNCATED}),
    "bomb": (answer(200, _bomb(1), HTML, PACKED), {Outcome.TOO_LARGE}),
    "bomb in a bomb": (
        answer(200, _bomb(2), HTML, "Content-Encoding: gzip, gzip"),
        {Outcome.NOT_TEXT, Outcome.TOO_LARGE},
    ),
    "brotli unasked": (answer(200, b"x", HTML, "Content-Encoding: br"), {Outcome.NOT_TEXT}),
    "endless": (_endless, {Outcome.TOO_LARGE}),
    "circle": (redirect("/circle"), {Outcome.REDIRECTED}),
    "to a file": (redirect("file:///etc/passwd"), {Outcome.REDIRECTED}),
    "to the metadata": (redirect("http://169.254.169.254/latest/"), {Outcome.REDIRECTED}),
    "to loopback": (redirect("http://127.0.0.1:1/"), {Outcome.REDIRECTED}),
    "to loopback, spelt out": (redirect("http://2130706433:1/"), {Outcome.REDIRECTED}),
    "to loopback in IPv6": (redirect("http://[::ffff:127.0.0.1]:1/"), {Outcome.REDIRECTED}),
    "to nowhere": (redirect("http://[::1"), {Outcome.REDIRECTED, Outcome.UNREACHABLE}),
    "to a script": (
        redirect("javascript:alert(1)"),
        {Outcome.REDIRECTED, Outcome.UNREACHABLE},
    ),
    "wall": (redirect("/authwall"), {Outcome.WALL, Outcome.MISSING}),
    "999": (answer(999, BODY, HTML), {Outcome.REFUSED}),
    "403": (answer(403, BODY, HTML), {Outcome.REFUSED}),
    "429, seconds": (answer(429, BODY, HTML, "Retry-After: 7200"), {Outcome.REFUSED}),
    "429, a date": (
        answer(429, BODY, HTML, "Retry-After: Wed, 05 Nov 2031 07:28:00 GMT"),
        {Outcome.REFUSED},
    ),
    "429, junk": (answer(429, BODY, HTML, "Retry-After: \x1b[31msoon"), {Outcome.REFUSED}),
    "503": (answer(503, BODY, HTML), {Outcome.SERVER_ERROR}),
    "600": (answer(600, BODY, HTML), {Outcome.SERVER_ERROR, Outcome.UNREACHABLE}),
    "304 unasked": (answer(304), {Outcome.SERVER_ERROR}),
    "404": (answer(404, BODY, HTML), {Outcome.MISSING}),
    "204": (answer(204), {Outcome.SERVER_ERROR}),
    "empty": (answer(200, b"", HTML), {Outcome.EMPTY}),
    "blank": (answer(200, b" \n " * 50, HTML), {Outcome.EMPTY}),
    "an image": (answer(200, b"\x89PNG", "Content-Type: image/png"), {Outcome.NOT_TEXT}),
    "not the charset it says": (answer(200, b"<p>caf\xe9" + BODY, HTML), {Outcome.NOT_TEXT}),
    "not HTTP": (b"\x16\x03\x01 not http\r\n\r\n", {Outcome.UNREACHABLE}),
    "HTTP 0.9": (b"<p>the terms", {Outcome.UNREACHABLE}),
    "nothing": (b"", {Outcome.UNREACHABLE}),
    "a NUL in a header": (
        b"HTTP/1.1 200 OK\r\nX\0: y\r\nContent-Length: 2\r\n\r\nok",
        {Outcome.UNREACHABLE},
    ),
    "a negative length": (answer(200, BODY, HTML, length=-5), {Outcome.UNREACHABLE}),
    "headers without end": (
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n",
        {Outcome.UNREACHABLE},
    ),
    "an error page": (
        page(b"<main>Application error: a client-side exception has occurred</main>"),
        {Outcome.SERVER_ERROR},
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between attempts nobody sleeps; all else is the ordinary fetcher."""
    monkeypatch.setattr(network, "Fetcher", partial(Fetcher, pause=lambda _: None))


def _allow(server: Server) -> tuple[str, str]:
    return "--allow-host", server.entry


def test_no_answer_stops_the_others_or_becomes_a_version(tmp_path: Path) -> None:
    kinds = {f"Kind {n}": name for n, name in enumerate(CHAOS)}
    path = "/kind-{}".format
    pages: dict[str, Reply] = {path(n): CHAOS[name][0] for n, name in enumerate(CHAOS)}
    circle = list(CHAOS).index("circle")
    pages[path(circle)] = redirect(path(circle))
    with ExitStack() as stack:
        server = stack.enter_context(Server({**pages, "/zz": page(BODY), "/aa": page(BODY)}))
        addresses = {kind: server.url(path(n)) for n, kind in enumerate(kinds)}
        # A host that asks for patience gets it for all of its pages.
        busy = [n for n, name in enumerate(CHAOS) if name.startswith("429")]
        apart = {n: stack.enter_context(Server({path(n): pages[path(n)]})) for n in busy}
        addresses |= {f"Kind {n}": other.url(path(n)) for n, other in apart.items()}
        declare(tmp_path, {"AA": server.url("/aa"), **addresses, "ZZ": server.url("/zz")})
        allowed = [option for one in (server, *apart.values()) for option in _allow(one)]
        done = tracker(tmp_path, "run", *allowed)
    assert done.exit_code == 1, done.output
    assert "\x1b" not in done.output
    with Archive(tmp_path / "data" / "archive.db") as archive:
        found = {c.document: c for c in archive.captures()}
        assert list(archive.problems()) == []
    assert found.pop("harbour/aa@global").outcome is Outcome.GOOD
    assert found.pop("harbour/zz@global").outcome is Outcome.GOOD
    wrong = {}
    for n, name in enumerate(CHAOS):
        seen = found[f"harbour/kind-{n}@global"]
        if seen.outcome not in CHAOS[name][1] or not seen.reason:
            wrong[name] = (seen.outcome, seen.reason)
    assert wrong == {}
    assert len(found) == len(CHAOS)
    rows = json.loads((tmp_path / "feeds" / "status.json").read_bytes())
    assert sum(row["versions"] for row in rows) == 2
    assert tracker(tmp_path, "verify").exit_code == 0


@pytest.mark.parametrize("first", ["2025-09-10T12:00Z", "9998-12-31T23:59Z"])
def test_a_clock_that_jumps_loses_nothing(tmp_path: Path, first: str) -> None:
    """The log keeps the order of recording; time orders what is published."""
    replies: list[Reply] = [page(terms(nonce=n)) for n in range(4)]
    times = [first, "2025-09-01T12:00Z", "2025-09-20T12:00Z", "2024-02-29T23:59:59Z"]
    with Server({"/terms": replies}) as server:
        declare(tmp_path, {"Terms": server.url()})
        for now in times:
            done = tracker(tmp_path, "--now", now, "run", "--force", "--allow-host", server.entry)
            assert done.exit_code == 0, done.output
            assert tracker(tmp_path, "verify").exit_code == 0
    with Archive(tmp_path / "data" / "archive.db") as archive:
        recorded = [f"{c.time:%Y-%m-%dT%H:%M}" for c in archive.captures()]
    assert recorded == [time[:16] for time in times]


def test_two_publications_at_once_take_turns(tmp_path: Path) -> None:
    with Server({"/terms": page(BODY)}) as server:
        declare(tmp_path, {"Terms": server.url()})
        tracker(tmp_path, "fetch", "--allow-host", server.entry)
    command = [sys.executable, "-m", "tracker", "--root", str(tmp_path), "publish"]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for run in runs:
        _, said = run.communicate()
        assert run.returncode == 0, said
    assert tracker(tmp_path, "verify").exit_code == 0
    assert {p.name for p in tmp_path.iterdir()} == {"data", "feeds", ".cache"}
