"""Captures as WARC/1.1 (ISO 28500:2017), the format web archives exchange. Pure.

The archive keeps a page as it was after decompression, and the answer's headers without those
that speak of nobody but us; so headers about the form of transfer stand here under another name
(`x-archive-orig-…`, as web archives do), and the record says so in its metadata.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from tracker.model import Capture, utc

_TRANSFER = {"content-encoding", "content-length", "transfer-encoding", "connection"}
_TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)  # RFC 9110, section 5.6.2
_RESERVED = ":/?#[]@!$&'()*+,;=%~"


def warc(records: Sequence[tuple[Capture, bytes, bytes | None]], software: str) -> bytes:
    """A WARC file of captures, each with its entry in the log and its body where it is kept."""
    found = [_information(software, max(c.time for c, _, _ in records))]
    for capture, entry, body in records:
        found += _capture(capture, entry, body)
    return b"".join(found)


def _information(software: str, time: datetime) -> bytes:
    text = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    fields = {"WARC-Type": "warcinfo", "Content-Type": "application/warc-fields"}
    return _record(fields, time, text)


def _capture(capture: Capture, entry: bytes, body: bytes | None) -> Iterator[bytes]:
    address = _address(capture)
    about: dict[str, str] = {}
    if body is not None:
        fields, block = _content(capture, body)
        fields |= {"WARC-Target-URI": address, "WARC-Payload-Digest": _digest(body)}
        yield _record(fields, capture.time, block)
        about = {"WARC-Refers-To": _name(fields["WARC-Type"], capture.time, block)}
    fields = {"WARC-Type": "metadata", "Content-Type": "application/json"}
    yield _record(fields | {"WARC-Target-URI": address} | about, capture.time, entry)


def _content(capture: Capture, body: bytes) -> tuple[dict[str, str], bytes]:
    """A response where an answer is known, a resource where only its content was handed down."""
    if capture.status is None or capture.status == 304:
        media = _one_line(capture.media)
        return {"WARC-Type": "resource", "Content-Type": media}, body
    known = [pair for pair in capture.headers if _TOKEN.fullmatch(pair[0])]
    lines = [f"HTTP/1.1 {capture.status} ", *map(_header, known)]
    lines.append(f"content-length: {len(body)}")
    head = "\r\n".join(lines) + "\r\n\r\n"
    fields = {"WARC-Type": "response", "Content-Type": "application/http;msgtype=response"}
    return fields, head.encode("latin-1", "replace") + body


def _header(pair: tuple[str, str]) -> str:
    name, value = pair
    return f"{'x-archive-orig-' if name.lower() in _TRANSFER else ''}{name}: {_one_line(value)}"


def _record(fields: dict[str, str], time: datetime, block: bytes) -> bytes:
    written = {
        **fields,
        "WARC-Record-ID": _name(fields["WARC-Type"], time, block),
        "WARC-Date": f"{utc(time).isoformat(timespec='microseconds')[:26]}Z",
        "WARC-Block-Digest": _digest(block),
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in written.items())
    return b"WARC/1.1\r\n" + head.encode("ascii", "replace") + b"\r\n" + block + b"\r\n\r\n"


def _name(kind: str, time: datetime, block: bytes) -> str:
    # Made from the content: the same captures always give the same file.
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {time} {sha256(block).hexdigest()}')}>"


def _digest(data: bytes) -> str:
    return f"sha256:{base64.b32encode(sha256(data).digest()).decode()}"


def _address(capture: Capture) -> str:
    url = capture.final_url or capture.asked_url or capture.archive_url
    return quote(url or f"urn:terms-tracker:{capture.document}", safe=_RESERVED, errors="replace")


def _one_line(text: str) -> str:
    """Nothing of a page can begin a header of its own."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text).strip()
