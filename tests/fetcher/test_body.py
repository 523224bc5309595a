"""Bodies are read whole or not at all, and never grow beyond the cap."""

from __future__ import annotations

import gzip
import os
import tracemalloc
import zlib
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.fetcher.body import read_body
from tracker.fetcher.response_check import ResponseHead, Stopped
from tracker.model import Outcome

TEXT = b"<main>" + b"These are the terms. " * 200 + b"</main>"


def head(*headers: tuple[str, str]) -> ResponseHead:
    return ResponseHead("https://a.example/terms", 200, (("content-length", "9"), *headers))


PLAIN = head()
GZIP = head(("content-encoding", "gzip"))


def outcome(of: ResponseHead, chunks: list[bytes], longest: int = 1 << 20) -> Outcome:
    with pytest.raises(Stopped) as stopped:
        read_body(of, chunks, longest)
    assert stopped.value.verdict.reason.startswith("a.example")
    return stopped.value.verdict.outcome


def sliced(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(c % (len(data) + 1) for c in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(st.lists(st.binary(min_size=1), min_size=1), st.lists(st.integers(0, 5000)))
def test_gzip_members_come_back_however_they_are_cut(members: list[bytes], cuts: list[int]) -> None:
    whole = b"x".join(members) + b"x"
    packed = b"".join(gzip.compress(part) for part in (*members[:-1], members[-1]))
    assert read_body(GZIP, sliced(packed + gzip.compress(b"x"), cuts), 1 << 20).endswith(b"x")
    assert read_body(GZIP, sliced(gzip.compress(whole), cuts), 1 << 20) == whole


def test_every_member_counts() -> None:
    packed = gzip.compress(b"<p>a</p>") + gzip.compress(b"") + gzip.compress(b"<p>b</p>")
    assert read_body(GZIP, [packed], 100) == b"<p>a</p><p>b</p>"


def test_plain_bodies_pass_untouched() -> None:
    assert read_body(PLAIN, [TEXT[:7], TEXT[7:]], len(TEXT)) == TEXT
    assert read_body(head(("content-encoding", "identity")), [TEXT], len(TEXT)) == TEXT


@given(st.integers(1, len(gzip.compress(TEXT)) - 1))
def test_a_cut_gzip_stream_is_never_taken_for_complete(end: int) -> None:
    assert outcome(GZIP, [gzip.compress(TEXT)[:end]]) is Outcome.TRUNCATED


@given(st.binary(min_size=1), st.lists(st.integers(0, 1000)))
def test_junk_that_claims_to_be_gzip_ends_in_a_verdict(junk: bytes, cuts: list[int]) -> None:
    assert outcome(GZIP, sliced(b"\0" + junk, cuts)) in (Outcome.NOT_TEXT, Outcome.TRUNCATED)


def test_garbage_after_gzip_and_flipped_bits_are_noticed() -> None:
    packed = bytearray(gzip.compress(TEXT))
    assert outcome(GZIP, [bytes(packed) + b"GARBAGE-GARBAGE"]) is Outcome.NOT_TEXT
    packed[-6] ^= 1  # in the checksum
    assert outcome(GZIP, [bytes(packed)]) is Outcome.NOT_TEXT


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip", "\x1b[31m"])
def test_codings_that_were_not_asked_for(coding: str) -> None:
    assert outcome(head(("content-encoding", coding)), [TEXT]) is Outcome.NOT_TEXT


def test_the_cap_is_exact() -> None:
    assert read_body(PLAIN, [b"x" * 50, b"x" * 50], 100) == b"x" * 100
    assert outcome(PLAIN, [b"x" * 50, b"x" * 51], 100) is Outcome.TOO_LARGE
    assert read_body(GZIP, [gzip.compress(b"x" * 100)], 100) == b"x" * 100
    assert outcome(GZIP, [gzip.compress(b"x" * 101)], 100) is Outcome.TOO_LARGE


def test_a_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    bomb = b"".join(packer.compress(zeros) for _ in range(200)) + packer.flush()
    tracemalloc.start()
    try:
        assert outcome(GZIP, [bomb], 4 << 20) is Outcome.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_an_endless_body_is_left() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield os.urandom(1000)

    with pytest.raises(Stopped) as stopped:
        read_body(PLAIN, endless(), 10_000)
    assert stopped.value.verdict.outcome is Outcome.TOO_LARGE


@pytest.mark.parametrize("body", [[], [b""], [b" \r\n\t "]])
def test_nothing_is_empty(body: list[bytes]) -> None:
    assert outcome(PLAIN, body) is Outcome.EMPTY
    assert outcome(GZIP, [gzip.compress(b"".join(body))]) is Outcome.EMPTY


def test_where_only_the_connection_ends_a_page_its_end_tag_must_be_there() -> None:
    openly = ResponseHead("https://a.example/", 200, (("content-type", "text/html"),))
    assert outcome(openly, [b"<html><p>half a page"]) is Outcome.TRUNCATED
    assert read_body(openly, [b"<html><p>a page</HTML >\n"], 100)
    as_text = ResponseHead("https://a.example/", 200, (("content-type", "text/plain"),))
    assert read_body(as_text, [b"no such sign in plain text"], 100)
    chunked = ResponseHead(openly.url, 200, (*openly.headers, ("transfer-encoding", "chunked")))
    assert read_body(chunked, [b"<p>whole"], 100)
