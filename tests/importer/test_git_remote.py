"""Repositories behind an address: fetched by git's protocol, with deadlines and no detours."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from tests.repositories import NAME, TEXT, commit, git
from tests.servers import Loopback, Server, answer, redirect, say, send
from tracker.archive.store import Archive
from tracker.cli import main
from tracker.errors import ImportFailed
from tracker.fetcher import talk
from tracker.importer import Entry, opened
from tracker.importer.git.commits import commits_since
from tracker.importer.git.objects import Objects
from tracker.importer.git.refs import object_format, tips
from tracker.importer.git.remote import fetch

REFS = "/x/info/refs?service=git-upload-pack"


def asking(
    url: str, total_seconds: float = 60.0, silent_seconds: float = 60.0
) -> AbstractContextManager[httpx.Client]:
    return talk(url, user_agent="test", total_seconds=total_seconds, silent_seconds=silent_seconds)


def entries(place: str, total: float = 60.0, silent: float = 60.0) -> tuple[Entry, ...]:
    with opened(place, partial(asking, total_seconds=total, silent_seconds=silent)) as found:
        assert [body for _, body in found.bodies(found.entries)]
        return found.entries


def problem(place: str, total: float = 60.0, silent: float = 60.0) -> str:
    with pytest.raises(ImportFailed) as caught:
        entries(place, total, silent)
    return str(caught.value)


class Backend(Loopback):
    """git's own server of the folder `root`; what is under /old has moved."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._command = [shutil.which("git") or "git", "http-backend"]
        self._env = os.environ | {"GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1"}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path, _, query = handler.path.partition("?")
        if path.startswith("/old"):
            place = handler.path.replace("/old", "/plain", 1)
            return send(handler, 301, {"Location": place}, b"")
        sent = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        env = self._env | {
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": handler.command,
            "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(sent)),
            "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(self._command, input=sent, env=env, check=True, capture_output=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        return send(handler, int(headers.pop("Status", "200").split()[0]), headers, body)


@pytest.fixture
def served(plain: Path) -> Iterator[str]:
    """The address of `plain`, served by git's protocol."""
    git(plain, "config", "uploadpack.allowFilter", "true")
    with Backend(plain.parent) as server:
        yield f"http://{server.entry}/plain"


def test_an_address_is_read_like_its_folder(served: str, plain: Path) -> None:
    assert entries(served) == entries(str(plain))


def test_it_is_imported_without_git(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    root = ["--root", str(tmp_path / "root")]
    done = CliRunner().invoke(main, [*root, "import", "versions", served], catch_exceptions=False)
    assert (done.exit_code, "3 captures imported" in done.output) == (0, True)
    with Archive(tmp_path / "root" / "data" / "archive.db") as archive:
        assert len(archive.captures()) == 3


def test_only_what_is_new_is_fetched_again(served: str, plain: Path, tmp_path: Path) -> None:
    folder, said = tmp_path / "mirror", list[int]()
    known = tips(fetch(served, folder, asking, told=said.append))
    assert said
    assert tips(fetch(served, folder, asking, known)) == known  # nothing new, and no pack
    assert len(list(folder.rglob("*.pack"))) == 1
    newest = commit(plain, {NAME: TEXT + "4"}, "2025-01-04T06:00:00Z")
    refs = fetch(served, folder, asking, known)
    assert len(list(folder.rglob("*.pack"))) == 2
    with Objects(folder, object_format(refs), "mirror") as objects:
        assert [c.name for c in commits_since(objects, tips(refs), known)] == [newest]
        assert len(commits_since(objects, tips(refs))) == 4


# ── servers that are not as they should be ────────────────────────────────────────

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n"
    b"Content-Length: 100000000\r\n\r\n"
)


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n", HEAD, HEAD + b"001e# service="])
def test_silence_has_an_end(begun: bytes) -> None:
    with Server({REFS: say(begun)}) as server:
        assert "was silent for 0.3 seconds" in problem(server.url("/x"), silent=0.3)


def test_a_trickle_has_an_end() -> None:
    def trickle(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(HEAD)
        while not over.wait(0.05):
            connection.sendall(b"f")

    with Server({REFS: trickle}) as server:
        assert "when the time for it was over" in problem(server.url("/x"), total=0.5)


def test_nobody_there_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        said = problem(f"http://127.0.0.1:{taken.getsockname()[1]}/x")
    assert said.startswith("127.0.0.1")


@pytest.mark.parametrize(
    "place",
    [
        "http://",
        "https:///x",
        "http://[",
        "http://[::1",
        "http://x:y/",
        "http://a b/",
        "http://\x00/",
    ],
)
def test_what_is_no_address_is_a_sentence(place: str) -> None:
    assert "no address of a repository" in problem(place) or "could not be resolved" in problem(
        place
    )


KIND = "Content-Type: application/x-git-upload-pack-advertisement"


@pytest.mark.parametrize(
    "reply",
    [
        *(answer(status, b"no") for status in (204, 401, 403, 404, 500)),
        answer(200, b"<html>", "Content-Type: text/html"),
        answer(200, b"0123456789abcdef refs/heads/main", "Content-Type: text/plain"),
        *(
            answer(200, said, KIND)
            for said in (b"", b"zzzz", b"0000", b"0003", b"fff0x", b"\xff" * 9)
        ),
        answer(200, b"001e# service=git-upload-pack\n00000008zzzz0000", KIND),
        answer(200, b"000eversion 2\n000dls-refs\x000000", KIND),
        b"nothing like HTTP\r\n\r\n",
    ],
)
def test_nonsense_is_a_sentence(reply: bytes) -> None:
    with Server({REFS: reply, "/x/git-upload-pack": answer(404)}) as server:
        said = problem(server.url("/x").replace("://", "://me:secret@"))
    assert "127.0.0.1" in said
    assert "secret" not in said


def test_a_redirect_is_followed_where_it_may_be(served: str) -> None:
    with Server({REFS: redirect(f"{served}/info/refs?service=git-upload-pack")}) as server:
        # Another host of this machine, which nobody typed.
        assert "not on the public internet" in problem(server.url("/x"))


def test_a_renamed_repository_is_found(served: str, plain: Path) -> None:
    assert entries(served.replace("/plain", "/old")) == entries(str(plain))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/x", "http://["])
def test_other_redirects_are_a_sentence(target: str) -> None:
    with Server({REFS: redirect(target), "/x": redirect(target)}) as server:
        assert problem(server.url("/x"))


def test_a_pack_that_breaks_off_is_a_sentence(plain: Path) -> None:
    name = git(plain, "rev-parse", "HEAD").encode()
    row = name + b" refs/heads/main\0side-band-64k ofs-delta agent=x\n"
    refs = b"001e# service=git-upload-pack\n0000" + b"%04x" % (len(row) + 4) + row + b"0000"
    broken = b"0008NAK\n" + b"0011\x01PACK\0\0\0\x02\0\0\0\x09" + b"0000"
    result = "Content-Type: application/x-git-upload-pack-result"
    pages = {REFS: answer(200, refs, KIND), "/x/git-upload-pack": answer(200, broken, result)}
    with Server(pages) as server:
        assert "damaged or not whole" in problem(server.url("/x"))
