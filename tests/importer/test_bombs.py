"""WARC files that would fill the memory: each is read within the limits of a page."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importer.test_wayback import captures
from tests.public_archive import Kept, PublicArchive
from tests.samples import declare, terms, tracker
from tracker.app import internet_archive
from tracker.importer.record import LONGEST
from tracker.importer.warc import _body, _Unreadable

URL = "https://harbour.example/terms"
_MIB = 2**20
#: An import of one small page takes about 75 MiB.
_MOST_MEMORY, _MOST_SECONDS = 320, 90
_MEASURED = """
import resource, subprocess, sys
command = [sys.executable, "-m", "tracker", *sys.argv[1:]]
done = subprocess.run(command, capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_maxrss // 1024, round(used.ru_utime + used.ru_stime))
print(done.stdout, done.stderr)
"""


def record(served: bytes, number: int = 0, at: str = "2020-01-01T00:00:00Z") -> bytes:
    """A response record with what was `served`: HTTP headers and body."""
    payload = base64.b32encode(hashlib.sha1(served.partition(b"\r\n\r\n")[2]).digest())
    said = (
        b"WARC/1.0",
        b"WARC-Type: response",
        b"WARC-Target-URI: " + URL.encode(),
        b"WARC-Date: " + at.encode(),
        b"WARC-Record-ID: <urn:uuid:%d>" % number,
        *([b"WARC-Payload-Digest: sha1:" + payload] if served else []),
        b"Content-Length: %d" % len(served),
    )
    return b"\r\n".join([*said, b"", served, b"", b""])


def http(body: bytes, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n" + body


WHOLE = gzip.compress(record(http(terms())))
BIG = 400 * _MIB


def packed(*parts: bytes, times: int = 1) -> bytes:
    """The gzip member of parts, the last of them so many times, without ever having it whole."""
    out, packer = io.BytesIO(), zlib.compressobj(9, zlib.DEFLATED, 31)
    *head, last = parts
    for part in head:
        out.write(packer.compress(part))
    for _ in range(times):
        out.write(packer.compress(last))
    out.write(packer.flush())
    return out.getvalue()


def _head(size: int) -> bytes:
    """The header of a record that is to be so long."""
    return record(b"", 1).replace(
        b"Content-Length: 0\r\n\r\n\r\n\r\n", b"Content-Length: %d\r\n\r\n" % size
    )


def _record_of(body: bytes, headers: bytes) -> bytes:
    """A record packed again, whose body is packed already."""
    return gzip.compress(record(http(body, headers), number=1))


def _started() -> bytes:
    return b"WARC/1.0\r\nWARC-Type: response\r\n"


ZEROS = b"a" * _MIB
LINES = b"x: y\r\n" * (_MIB // 6)


@cache
def bomb() -> bytes:
    """400 MiB in a gzip member."""
    return packed(b"a", ZEROS, times=400)


BOMBS: dict[str, Callable[[], bytes]] = {
    "a line without an end": lambda: packed(b"", ZEROS, times=400),
    "a header line": lambda: packed(_started() + b"X: ", ZEROS, times=400),
    "a continued header": lambda: packed(_started() + b"X: ", b" more\r\n" * 150_000, times=400),
    "header lines": lambda: packed(_started(), LINES, times=400),
    "served header lines": lambda: packed(
        _head(BIG) + b"HTTP/1.1 200 OK\r\n", LINES, times=400
    ),
    "a served header line": lambda: packed(
        _head(BIG) + b"HTTP/1.1 200 OK\r\nX: ", ZEROS, times=400
    ),
    "blank lines": lambda: packed(record(http(b"")), b"\n" * _MIB, times=400),
    "a body": lambda: packed(_head(BIG) + http(b""), ZEROS, times=400),
    "a body without a length": lambda: packed(
        _head(0).replace(b"Content-Length: 0\r\n", b"") + http(b""), ZEROS, times=400
    ),
    "one chunk": lambda: packed(
        _head(BIG) + http(b"17D78400\r\n", b"Transfer-Encoding: chunked\r\n"), ZEROS, times=400
    ),
    "tiny chunks": lambda: packed(
        _head(BIG) + http(b"", b"Transfer-Encoding: chunked\r\n"), b"1\r\na\r\n" * 170_000,
        times=400,
    ),
    "a packed body": lambda: _record_of(bomb(), b"Content-Encoding: gzip\r\n"),
    "a deflated body": lambda: _record_of(
        zlib.compress(ZEROS * 64), b"Content-Encoding: deflate\r\n"
    ),
    "a body packed twice": lambda: _record_of(
        gzip.compress(bomb()), b"Content-Encoding: gzip, gzip\r\n"
    ),
    "a packed body in a chunk": lambda: _record_of(
        b"%x\r\n" % len(bomb()) + bomb() + b"\r\n0\r\n\r\n",
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    ),
    "empty members": lambda: packed(
        _head(BIG) + http(b"", b"Content-Encoding: gzip\r\n"), gzip.compress(b"") * 50_000,
        times=400,
    ),
    "many large pages": lambda: b"".join(_many_pages()),
}  # fmt: skip


def _many_pages() -> Iterator[bytes]:
    """Each of them no larger than a page may be, and packed no tighter than pages are."""
    for n in range(100):
        body = terms(f"<!--{Random(n).randbytes(60_000).hex()}-->" + "<p>Boats.</p>" * 450_000, n)
        yield gzip.compress(record(http(body), n, f"2020-01-01T{n // 60:02}:{n % 60:02}:00Z"))


@pytest.mark.parametrize("length", [10**20, 10**6, "all but"])
def test_a_record_that_ends_before_its_length_is_refused(tmp_path: Path, length: int | str) -> None:
    declare(tmp_path, {"Terms": URL})
    served = http(terms())
    said = len(served) + 1 if isinstance(length, str) else length
    whole = f"Content-Length: {len(served)}".encode()
    made = record(served).replace(whole, f"Content-Length: {said}".encode(), 1)
    file = tmp_path / "cut.warc"
    file.write_bytes(made.removesuffix(b"\r\n\r\n"))
    done = tracker(tmp_path, "import", "warc", str(file))
    assert "is not whole" in done.output
    assert captures(tmp_path) == []


@pytest.mark.parametrize("name", BOMBS)
def test_no_file_fills_the_memory(tmp_path: Path, name: str) -> None:
    declare(tmp_path, {"Terms": URL})
    bomb, whole = tmp_path / "bomb.warc.gz", tmp_path / "whole.warc.gz"
    bomb.write_bytes(BOMBS[name]())
    whole.write_bytes(WHOLE)
    files = [str(bomb), str(whole)]
    command = [sys.executable, "-c", _MEASURED, "--root", str(tmp_path), "import", "warc", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    status, memory, seconds = map(int, done.stdout.splitlines()[0].split())
    assert memory < _MOST_MEMORY, done.stdout
    assert seconds < _MOST_SECONDS, done.stdout
    assert status in {0, 1}, done.stdout
    assert "Traceback" not in done.stdout
    assert "bomb.warc.gz" in done.stdout or status == 0
    # Whatever becomes of it, the other file is imported.
    assert any("whole.warc.gz" in c.via for c in captures(tmp_path)), done.stdout


# ── bodies ────────────────────────────────────────────────────────────────────────

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:7]) + gzip.compress(body[7:]),
    "deflate": zlib.compress,
    "Deflate": lambda body: zlib.compress(body)[2:-4],
    "identity": bytes,
    "": bytes,
}


def chunked(body: bytes, sizes: list[int]) -> bytes:
    """A body in chunks of these sizes and one of the rest."""
    stream, out = io.BytesIO(body), b""
    for size in sizes:
        part = stream.read(size)
        out += b"%X;x=y\r\n%b\r\n" % (len(part), part) if part else b""
    part = stream.read()
    return out + (b"%x\r\n%b\r\n" % (len(part), part) if part else b"") + b"0\r\n\r\n"


@given(
    st.binary(max_size=300),
    st.lists(st.sampled_from(sorted(CODINGS)), max_size=3),
    st.lists(st.integers(1, 90), max_size=4),
    st.booleans(),
)
def test_a_body_comes_out_as_it_went_in(
    body: bytes, codings: list[str], sizes: list[int], is_chunked: bool
) -> None:
    sent = body
    for coding in codings:
        sent = CODINGS[coding](sent)
    headers = {"content-encoding": ", ".join(codings)}
    if is_chunked:
        sent, headers["transfer-encoding"] = chunked(sent, sizes), "chunked"
    assert _body(io.BytesIO(sent), headers) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_its_keeper_unpacked_already_is_taken_as_it_is(coding: str) -> None:
    headers = {"content-encoding": coding, "transfer-encoding": "chunked"}
    assert _body(io.BytesIO(terms()), headers) == terms()


_PACKED = gzip.compress(b"".join(b"%d" % n for n in range(99_999)))


@pytest.mark.parametrize(
    ("sent", "headers", "said"),
    [
        (_PACKED[:-9], {"content-encoding": "gzip"}, "breaks off"),
        (_PACKED + _PACKED[:-9], {"content-encoding": "gzip"}, "breaks off"),
        (_PACKED[:-4] + b"boat", {"content-encoding": "gzip"}, "cannot be unpacked"),
        (b"5\r\nboats\r\n9\r\nboa", {"transfer-encoding": "chunked"}, "within a chunk"),
        (b"5\r\nboats\r\nboa", {"transfer-encoding": "chunked"}, "chunk of its body"),
        (b"1\r\na\r\n" * 200_001, {"transfer-encoding": "chunked"}, "more chunks"),
        (b"a" * (LONGEST + 1), {}, "too large"),
        (gzip.compress(b"a" * (LONGEST + 1)), {"content-encoding": "gzip"}, "too large"),
        (b"%x\r\n" % 2**40 + b"a" * (LONGEST + 1), {"transfer-encoding": "chunked"}, "too large"),
        (gzip.compress(b"") * 2_000_000, {"content-encoding": "gzip"}, "too large"),
        (b"", {"content-encoding": "gzip," * 9}, "packed more often"),
    ],
)
def test_what_is_not_whole_or_too_large_is_refused(
    sent: bytes, headers: dict[str, str], said: str
) -> None:
    with pytest.raises(_Unreadable, match=said):
        _body(io.BytesIO(sent), headers)


def test_a_page_that_is_too_large_keeps_no_other_out(tmp_path: Path) -> None:
    declare(tmp_path, {"Terms": URL})
    large = terms(Random(1).randbytes(LONGEST // 2).hex())
    file = tmp_path / "a.warc"
    file.write_bytes(record(http(large), 7) + record(http(terms()), 8))
    done = tracker(tmp_path, "import", "warc", str(file))
    assert done.exit_code == 1
    assert "record <urn:uuid:7> is too large for a text of terms" in done.stderr
    assert [c.via for c in captures(tmp_path)] == ["WARC file a.warc, record <urn:uuid:8>"]


# ── the index of a public archive ─────────────────────────────────────────────────


@pytest.mark.parametrize("limit", ["_LONGEST_PAGE", "_LONGEST_INDEX"])
def test_an_index_is_no_longer_than_it_may_be(
    tmp_path: Path, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [Kept(f"2020010100{n // 60:02}{n % 60:02}", URL, terms(nonce=n)) for n in range(120)]
    with PublicArchive(kept) as archive:
        declare(tmp_path, {"Terms": URL})
        (tmp_path / "data" / "settings.toml").write_text(f'wayback_url = "{archive.url}"\n')
        # A page of fifty lines is some 6,000 bytes.
        monkeypatch.setattr(internet_archive, limit, 9_000 if limit == "_LONGEST_INDEX" else 900)
        done = tracker(tmp_path, "import", "wayback", "harbour", "--allow-host", archive.entry)
        assert (done.exit_code, archive.replays) == (1, [])
        asked = len(archive.index_requests)
    assert ("more captures" if limit == "_LONGEST_INDEX" else "more lines") in done.output
    assert asked == (2 if limit == "_LONGEST_INDEX" else 1)
