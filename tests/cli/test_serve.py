"""`tracker serve` over real HTTP, and `tracker init` in real folders."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.factories import SITE, TOPICS, everything, publish
from tracker._support.atomic_folder import write_atomically
from tracker.app.site_server import site_server
from tracker.app.workspace import open_workspace, starter
from tracker.cli import main
from tracker.cli._output import note
from tracker.config import settings


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("instance")
    write_atomically(folder / "feeds", publish(everything(), TOPICS, SITE))
    (folder / "secret.txt").write_text("not published")
    return folder


@pytest.fixture(scope="module")
def port(root: Path) -> Iterator[int]:
    server = site_server(root / "feeds", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(5)


def asked(
    port: int, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/all.xml", "application/xml; charset=utf-8"),
        ("/all.atom", "application/xml; charset=utf-8"),
        ("/all.json", "application/feed+json"),
        ("/heron/privacy-policy@eu.xml", "application/xml; charset=utf-8"),
        ("/heron/privacy-policy%40eu.json", "application/feed+json"),
        ("/status.feed.json", "application/feed+json"),
        ("/status.json", "application/json"),
        ("/changes.schema.json", "application/json"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/upcoming.ics", "text/calendar; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/site.js", "text/javascript; charset=utf-8"),
        ("/documents/heron/privacy-policy@eu/", "text/html; charset=utf-8"),
    ],
)
def test_every_file_has_its_type(port: int, path: str, kind: str) -> None:
    status, headers, body = asked(port, path)
    assert (status, headers["content-type"]) == (200, kind)
    assert headers["x-content-type-options"] == "nosniff"
    assert int(headers["content-length"]) == len(body) > 0


def test_what_is_missing_is_the_page_for_it_and_a_folder_is_not_listed(port: int) -> None:
    for path in ("/nothing", "/assets/", "/heron/"):
        status, headers, body = asked(port, path)
        assert status == 404
        assert b"<!DOCTYPE html>" in body
        assert headers["content-type"] == "text/html; charset=utf-8"
    assert asked(port, "/nothing", "HEAD")[2] == b""


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "//secret.txt"]
)
def test_nothing_outside_of_the_published_folder_is_shown(port: int, path: str) -> None:
    status, _, body = asked(port, path)
    assert status == 404
    assert b"not published" not in body


def test_an_unchanged_feed_is_304_and_nothing_can_be_written(port: int) -> None:
    _, headers, _ = asked(port, "/all.xml")
    again, _, body = asked(port, "/all.xml", If_Modified_Since=headers["last-modified"])
    assert (again, body) == (304, b"")
    assert asked(port, "/all.xml", "PUT")[0] == 501


def test_the_command_says_where_and_ends_when_interrupted(root: Path) -> None:
    command = [sys.executable, "-u", "-m", "tracker", "--root", str(root), "serve", "--port", "0"]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, interrupts are ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert address, line
        assert asked(int(address[1]), "/all.xml")[0] == 200
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.communicate()


def test_a_port_that_is_taken_and_a_site_that_is_not_there_are_one_sentence(
    root: Path, port: int, tmp_path: Path
) -> None:
    taken = CliRunner().invoke(main, ["--root", str(root), "serve", "--port", str(port)])
    assert taken.exit_code == 2
    assert f"Port {port} cannot be used" in taken.stderr
    missing = CliRunner().invoke(main, ["--root", str(tmp_path), "serve"])
    assert missing.exit_code == 2
    assert "tracker publish" in missing.stderr


# ── init ──────────────────────────────────────────────────────────────────────────


def init(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, [*arguments])
    return done.exit_code, done.output


def test_a_new_instance_holds_what_ships_and_is_accepted(tmp_path: Path) -> None:
    code, said = init("init", str(tmp_path / "new" / "instance"))
    assert code == 0
    root = tmp_path / "new" / "instance"
    assert f"tracker --root {root} run" in said
    workspace = open_workspace(root)
    assert "linkedin/privacy-policy@eu" in {d.id for d in workspace.declared.documents}
    nothing = settings.parse("settings.toml", "")
    assert workspace.settings == nothing, "all is explained, nothing is set"
    assert workspace.sources.of("linkedin/terms-of-service@global").preview
    for file in (p for p in root.rglob("*") if p.is_file()):
        assert str(file) in said
    code, said = init("--root", str(root), "status")
    assert code == 0
    assert "never seen" in said


def test_nothing_that_is_there_is_touched(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert init("--root", str(tmp_path), "init")[0] == 0, "an empty folder is none"
    (data / "topics.toml").write_text('[mine]\nwords = ["mine"]\n')
    before = {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    code, said = init("--root", str(tmp_path), "init")
    assert code == 2
    assert "is there already; nothing was written" in said
    assert {p: p.read_bytes() for p in data.rglob("*") if p.is_file()} == before


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, said = init("--root", str(tmp_path / "file"), "init", "below")
    assert code == 2
    assert "Traceback" not in said


def test_the_settings_of_a_new_instance_name_every_key_and_can_be_uncommented() -> None:
    given = starter(settings.FILE).read_text()
    text = re.sub(r"^# (?=[a-z-_]+ = |\[notify\]$)", "", given, flags=re.MULTILINE)
    found = settings.parse("settings.toml", text)
    assert found.site_url == "https://terms.example/"
    assert found.contact and found.allow_hosts and found.notify
    for key in settings._READERS:
        assert key in given


# ── who asks, and for what ────────────────────────────────────────────────────────


def told(port: int, request: bytes) -> bytes:
    """What a server answers to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


ODD = ["/%00", "/a%00b", "/%2e%2e/secret.txt", "/../secret.txt", "/%2e%2e%2fsecret.txt", "/%ff%fe",
       "/..%5csecret.txt", "/index.html.", "/index.html%20", "/" + "a/" * 9000, "/" + "b" * 9000,
       "/%0d%0aX:1", "/index.html/", "/documents/%00/"]  # fmt: skip


@pytest.mark.parametrize("path", ODD, ids=lambda path: path[:30])
def test_odd_paths_are_not_there(port: int, path: str, capfd: pytest.CaptureFixture[str]) -> None:
    for method in ("GET", "HEAD"):
        answer = told(port, f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert answer.split(b" ", 2)[1] == b"404", answer[:200]
        assert b"not published" not in answer
    assert capfd.readouterr() == ("", "")


def test_many_slashes_lead_nowhere_else(port: int) -> None:
    answer = told(port, b"GET //foreign.example/.. HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.split(b" ", 2)[1] == b"404"
    answer = told(port, b"GET //documents HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"Location: /documents/\r\n" in answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Host: 127.0.0.1", 200),
        (b"Host: LOCALHOST:8000", 200),
        (b"Host: localhost.", 200),
        (b"Host: [::1]:8000", 200),
        (b"Host: terms.example:443", 200),
        (b"Host: foreign.example", 421),
        (b"Host: 127.0.0.1.foreign.example", 421),
        (b"Host: localhost@foreign.example", 421),
        (b"Host: ", 421),
        (b"Host: [", 421),
        (b"Host: localhost\r\nHost: foreign.example", 400),
        (b"X: y", 400),
    ],
)
def test_only_who_was_not_led_here_by_a_foreign_name_is_answered(
    root: Path, head: bytes, status: int
) -> None:
    with site_server(root / "feeds", 0, "https://terms.example/x/") as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        answer = told(server.server_port, b"GET / HTTP/1.1\r\n" + head + b"\r\n\r\n")
        server.shutdown()
        thread.join(5)
    assert answer.split(b" ", 2)[1] == b"%d" % status
    if status == 421:
        assert b"asked by these names: 127.0.0.1, ::1, localhost, terms.example." in answer
    assert (b"<title>" in answer.lower()) or status == 400


def test_an_address_of_another_server_is_not_answered(port: int) -> None:
    answer = told(port, b"GET http://foreign.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.split(b" ", 2)[1] == b"400"
    assert told(port, b"GET / HTTP/1.0\r\n\r\n").split(b" ", 2)[1] == b"200"


def test_nothing_is_said_of_readers_who_leave(
    root: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(*_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    def fail(*_: object) -> None:
        raise ValueError("what nobody thought of")

    with site_server(root / "feeds", 0, note=note) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for failure in (leave, fail):
            monkeypatch.setattr("tracker.app.site_server.SiteHandler.copyfile", failure)
            told(server.server_port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        server.shutdown()
    said = capfd.readouterr()
    assert said.err == "Note: a request could not be answered (what nobody thought of).\n"
