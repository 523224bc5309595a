"""Reading of bodies, decompressed here so that the cap applies to the decompressed size.

httpx decompresses whole chunks before anybody can count (a kilobyte can become gigabytes), takes a
truncated gzip stream for complete and drops all members but the first. Only gzip is requested.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from tracker.fetcher.response_check import ResponseHead, Stopped, Verdict, plain
from tracker.model import Outcome

_PIECE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def read_body(head: ResponseHead, chunks: Iterable[bytes], longest: int) -> bytes:
    """Return the decoded body. Raises Stopped if it is too large, cut, undecodable or empty."""
    pieces, whole = take(decoded(head, chunks), longest)
    if not whole:
        reason = (
            f"{head.host} sent more than {longest // 1024:,} KiB, more than any text of terms "
            "needs; declare a smaller page."
        )
        raise Stopped(Verdict(Outcome.TOO_LARGE, reason))
    body = b"".join(pieces)
    if not body.strip():
        reason = f"{head.host} answered 200 with an empty page; the next run tries again."
        raise Stopped(Verdict(Outcome.EMPTY, reason))
    if _ends_openly(head) and not re.search(rb"</html\s*>", body, re.IGNORECASE):
        raise cut(head)
    return body


def take(pieces: Iterable[bytes], longest: int) -> tuple[list[bytes], bool]:
    """Return pieces of at most `longest` bytes in total, and whether those were all."""
    kept: list[bytes] = []
    room = longest
    for piece in pieces:
        kept.append(piece[:room])
        room -= len(piece)
        if room < 0:
            return kept, False
    return kept, True


def decoded(head: ResponseHead, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the body in pieces of bounded size, however it was compressed."""
    coding = head.get("content-encoding").strip().lower()
    if coding in ("", "identity"):
        return iter(chunks)
    if coding in ("gzip", "x-gzip"):
        return _gunzip(head, chunks)
    reason = (
        f"{head.host} sent a body packed as {plain(coding)} although only gzip was asked for, "
        "so it cannot be read; the next run tries again."
    )
    raise Stopped(Verdict(Outcome.NOT_TEXT, reason))


def cut(head: ResponseHead) -> Stopped:
    """Return the end of an exchange whose body broke off."""
    reason = f"{head.host} broke off in the middle of the page; the next run tries again."
    return Stopped(Verdict(Outcome.TRUNCATED, reason, again=True))


def _gunzip(head: ResponseHead, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress any number of gzip members in a row (RFC 1952 section 2.2)."""
    member = None
    for chunk in chunks:
        data = chunk
        while data:
            member = member or zlib.decompressobj(_GZIP)
            try:
                piece = member.decompress(data, _PIECE)
            except zlib.error as error:
                raise Stopped(_not_gzip(head)) from error
            if piece:
                yield piece
            data = member.unused_data if member.eof else member.unconsumed_tail
            member = None if member.eof else member
    if member is not None:
        raise cut(head)


def _not_gzip(head: ResponseHead) -> Verdict:
    reason = f"{head.host} sent a body that is not the gzip it claims; the next run tries again."
    return Verdict(Outcome.NOT_TEXT, reason)


def _ends_openly(head: ResponseHead) -> bool:
    """Return whether only the end of the connection marks the end of the page.

    A page that was cut short then looks complete, except that `</html>` is missing.
    """
    framed = head.get("content-length") or head.get("transfer-encoding")
    packed = head.get("content-encoding").strip().lower() not in ("", "identity")
    return not framed and not packed and "html" in head.get("content-type").lower()
