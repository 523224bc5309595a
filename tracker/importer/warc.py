"""WARC files (ISO 28500), as crawlers and browsers' recorders keep them → records.

warcio reads them; digests are checked here by asking it to, since its own `check` command
lets a damaged record pass. A `revisit` record has the body that it refers to.

A file of a few kilobytes can become gigabytes, so all of it is read in pieces: warcio takes a
header of any length and unpacks a body whole, which is why both are done here within limits.
"""

from __future__ import annotations

import pickle
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser

from tracker.errors import ImportFailed
from tracker.importer.record import LONGEST, Record, Refusal
from tracker.model import digest, utc

_LONGEST_HEADER = 32 * 1024  # bytes of all lines; servers take and send less
_MOST_BLANK = 1000  # lines between two records
#: What a whole file may become: so many bytes, and so many for each byte of it.
_ROOM, _MOST_GROWTH = 64 * 2**20, 100
_PIECE = 64 * 1024
#: Bytes that a coding of a body may unpack: what becomes a small page may be huge in between.
_LONGEST_CODED = 4 * LONGEST
_MOST_CODINGS = 4
_MOST_CHUNKS = 200_000
_LONGEST_NAME = 200


def warc_records(path: Path, is_wanted: Callable[[str], bool]) -> Iterator[Record | Refusal]:
    """Yield the pages in a WARC file whose address `is_wanted`, in the order of the file.

    Only responses with status 200; one that cannot be read is refused, and the rest is read.

    Raises:
        ImportFailed: The file cannot be read, or a record does not have its digest.
    """
    try:
        with path.open("rb") as file, tempfile.TemporaryFile() as kept:
            known = _Known(kept)
            for found in _archive(file):
                record = _record(path.name, found, is_wanted, known)
                if record is not None:
                    yield record
    except _BROKEN as error:
        said = str(error).strip()[:_LONGEST_NAME] or type(error).__name__
        raise ImportFailed(f"{path.name}: is not whole or no WARC file ({said}).") from error


# warcio stumbles over a record without an address or a length instead of refusing it.
_BROKEN = (ArchiveLoadFailed, OSError, EOFError, ValueError, zlib.error, AttributeError, TypeError)


class _Known:
    """The responses of a file by digest of payload, on disk: there may be thousands."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[str, tuple[int, int]] = {}

    def keep(self, payload: str, record: Record) -> None:
        packed = zlib.compress(pickle.dumps(record), 1)
        self._places[digest(payload.encode())] = self._file.seek(0, 2), len(packed)
        self._file.write(packed)

    def find(self, payload: str) -> Record | None:
        place = self._places.get(digest(payload.encode()))
        if place is None:
            return None
        self._file.seek(place[0])
        record = pickle.loads(zlib.decompress(self._file.read(place[1])))  # noqa: S301 - our own
        return record if isinstance(record, Record) else None


def _record(
    name: str, found: Any, is_wanted: Callable[[str], bool], known: _Known
) -> Record | Refusal | None:
    headers = found.rec_headers
    url = headers.get_header("WARC-Target-URI") or ""
    if found.rec_type not in {"response", "revisit"} or not is_wanted(url):
        return None
    id_ = str(headers.get_header("WARC-Record-ID"))[:_LONGEST_NAME]
    via = f"WARC file {name}, record {id_}"
    payload = headers.get_header("WARC-Payload-Digest") or ""
    try:
        time = _time(headers.get_header("WARC-Date"))
        if found.rec_type == "revisit":
            first = known.find(payload)
            return replace(first, time=time, url=url, via=via) if first else None
        record = _answer(found, url, time, via)
    except _Unreadable as error:
        return Refusal(via, str(error))
    if record is not None and payload:
        known.keep(payload, record)
    return record


def _answer(found: Any, url: str, time: datetime, via: str) -> Record | None:
    if found.http_headers is None or found.http_headers.get_statuscode() != "200":
        return None
    served = tuple((n.lower(), v) for n, v in found.http_headers.headers)
    body = _body(found.raw_stream, dict(served))
    if found.raw_stream.limit > 0 and not found.raw_stream.read(1):
        raise _Unreadable("is not whole: it ends before its length")
    if not body:
        return None
    media = dict(served).get("content-type", "text/html")
    return Record(url, time, body, media, via, 200, served)


def _time(text: str | None) -> datetime:
    try:
        return utc(datetime.fromisoformat(text or ""))
    except ValueError as error:
        raise _Unreadable("has no date that can be read") from error


# ── within limits ─────────────────────────────────────────────────────────────────


class _Unreadable(Exception):
    """A record that cannot be read, with the reason in words that follow its name."""


def _archive(file: IO[bytes]) -> Iterator[Any]:
    """Yield the records of a file as warcio reads them, with headers of limited length."""
    found = ArchiveIterator(file, check_digests="raise")
    found.reader = _Reader(found.fh)
    loader = found.loader
    loader.warc_parser = _Parser(loader.WARC_TYPES)
    loader.http_parser = _Parser(loader.HTTP_TYPES, verify=False)
    loader.http_req_parser = _Parser(loader.HTTP_VERBS, verify=False)
    return iter(found)


class _Reader(DecompressingBufferedReader):  # type: ignore[misc]
    """Reader that limits the length of lines, and of everything else."""

    _blank = 0

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(_LONGEST_HEADER + 1 if length is None else length)
        if length is None and len(line) > _LONGEST_HEADER:
            raise _too_long()
        self._blank = 0 if line.strip() else self._blank + 1
        if self._blank > _MOST_BLANK:
            raise ArchiveLoadFailed("nothing but blank lines")
        return line

    def _process_read(self, data: bytes) -> None:
        super()._process_read(data)
        if self.num_read > _ROOM + _MOST_GROWTH * self.stream.tell():
            raise ArchiveLoadFailed("packed tighter than any pages are")


class _Parser(StatusAndHeadersParser):  # type: ignore[misc]
    """Parser that limits the length of a header, over all its lines."""

    def parse(self, stream: Any, full_statusline: bytes | None = None) -> Any:
        return super().parse(_Lines(stream), full_statusline)


class _Lines:
    """The lines of a header."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._room = _LONGEST_HEADER

    def readline(self) -> bytes:
        line: bytes = self._stream.readline(self._room + 1)
        self._room -= len(line)
        if self._room < 0:
            raise _too_long()
        return line


def _too_long() -> ArchiveLoadFailed:
    return ArchiveLoadFailed(f"a header of more than {_LONGEST_HEADER // 1024} KiB")


def _body(stream: Any, headers: dict[str, str]) -> bytes:
    """Return the body as a browser has it. Raises _Unreadable if too large or incomplete."""
    chunked = headers.get("transfer-encoding", "").strip().lower() == "chunked"
    pieces = _limited(_unchunked(stream) if chunked else _pieces(stream), _LONGEST_CODED)
    codings = [c.strip().lower() for c in headers.get("content-encoding", "").split(",")]
    codings = [c for c in codings if c not in {"", "identity"}]
    if len(codings) > _MOST_CODINGS:
        raise _Unreadable("is packed more often than any page")
    # What is packed in a way that we do not know stays as it is, and is no text.
    for coding in reversed(codings if _CODINGS.keys() >= {*codings} else []):
        pieces = _limited(_unpacked(pieces, _CODINGS[coding]), _LONGEST_CODED)
    return b"".join(_limited(pieces, LONGEST))


def _pieces(stream: Any) -> Iterator[bytes]:
    return iter(lambda: stream.read(_PIECE), b"")


_CODINGS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def _limited(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    for piece in pieces:
        most -= len(piece)
        if most < 0:
            raise _Unreadable("is too large for a text of terms")
        yield piece


def _unchunked(stream: Any) -> Iterator[bytes]:
    """Remove the chunk marks of a body, which may have been removed before it was kept."""
    for number in range(_MOST_CHUNKS):
        line = stream.readline(_LONGEST_NAME)
        size = _chunk(line)
        if size is None and number == 0:
            yield line
            yield from _pieces(stream)
            return
        if size is None:
            raise _Unreadable("is not whole: a chunk of its body is missing")
        if size == 0:
            return
        while size > 0:
            piece = stream.read(min(size, _PIECE))
            if not piece:
                raise _Unreadable("is not whole: its body ends within a chunk")
            yield piece
            size -= len(piece)
        stream.readline(2)
    raise _Unreadable("is in more chunks than any page")


def _chunk(line: bytes) -> int | None:
    """Return the size of the chunk that a line announces; None if it announces none."""
    size = line.partition(b";")[0].strip()
    is_size = line.endswith(b"\n") and 0 < len(size) < 16 and size.isalnum()
    try:
        return int(size, 16) if is_size else None
    except ValueError:
        return None


def _unpacked(pieces: Iterator[bytes], window: int) -> Iterator[bytes]:
    """Decompress a body, which may have been decompressed before it was kept."""
    first = b""
    while len(first) < _TELLING and (piece := next(pieces, b"")):
        first += piece
    rest = chain([first], pieces)
    fitting = [w for w in (window, _BARE.get(window)) if w and _fits(first, w)]
    # Bare data may begin as if it had a header, but a short body ends as one of the two only.
    fitting.sort(key=lambda w: not _ends(first, w))
    return _members(rest, fitting[0]) if fitting else rest


#: By fewer bytes, as a small chunk has, one packing cannot be told from another.
_TELLING = 4096
#: Some send deflate without its header.
_BARE = {zlib.MAX_WBITS: -zlib.MAX_WBITS}


def _fits(data: bytes, window: int) -> bool:
    try:
        zlib.decompressobj(window).decompress(data, _PIECE)
    except zlib.error:
        return False
    return True


def _ends(data: bytes, window: int) -> bool:
    unpacking = zlib.decompressobj(window)
    unpacking.decompress(data, _PIECE)
    return unpacking.eof


def _members(pieces: Iterable[bytes], window: int) -> Iterator[bytes]:
    """Decompress member after member; other bytes after a whole member are ignored."""
    member, whole, cut, unpacked = zlib.decompressobj(window), False, False, b""
    for data in pieces:
        while data or (cut and len(unpacked) == _PIECE):
            try:
                unpacked = member.decompress(data, _PIECE)
            except zlib.error as error:
                if whole and not cut:
                    return
                raise _Unreadable("is not whole: its body cannot be unpacked") from error
            yield unpacked
            data = member.unused_data if member.eof else member.unconsumed_tail
            cut = not member.eof
            if member.eof:
                member, whole = zlib.decompressobj(window), True
    if cut:
        raise _Unreadable("is not whole: its body breaks off")
