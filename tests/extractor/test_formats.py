"""The first bytes decide what a body is."""

from __future__ import annotations

import json

import pytest

from tests.strategies import START
from tracker.extractor import classify, read, reads_alike
from tracker.extractor.formats import foreign_format
from tracker.model import Outcome

MHTML = (
    b"From: x\r\nSubject: =?utf-8?Q?T?=\r\n\tmore\r\n"
    b"Content-Type: multipart/related;\r\n boundary=c\r\n\r\n--c"
)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (rb"{\rtf1\ansi Terms}", "an RTF document"),
        (b"PK\x03\x04...word/document.xml", "a Word document (DOCX)"),
        (b"PK\x03\x04...mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file"),
        (b"PK\x03\x04...", "a ZIP file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..", "an old Office document"),
        (json.dumps({"html": "<p>We keep it.</p>"}).encode(), "JSON"),
        (b' [{"text": "Terms"}]\n', "JSON"),
        (MHTML, "a saved page in MHTML"),
        (b"bplist00\xd1", "a web archive of Safari"),
        (b"\x89PNG\r\n", "a picture"),
        (b"ab\0\1\2", "a binary file"),
    ],
)
@pytest.mark.parametrize("media", ["text/html", "text/plain", "text/markdown; charset=utf-8"])
def test_what_is_no_page_is_named_whatever_it_is_called(body: bytes, name: str, media: str) -> None:
    assert foreign_format(body) == name
    found = classify(body, media, None, (), START)
    assert (found.outcome, found.text) == (Outcome.NOT_TEXT, None)
    assert f"It is {name}, by its first bytes" in found.reason


@pytest.mark.parametrize(
    "body",
    [
        b"<p>A copy begins with %PDF and ends with endobj.</p>",
        b"[Terms](https://example.org) of use",
        b"{{ title }} We keep your data. {{ end }}",
        b"Note: we keep it.\nContent-Type: multipart/mixed is no matter of ours.",
        "<p>Größe</p>".encode("utf-16"),
        "<p>Größe</p>".encode("utf-16-le"),
        b"",
    ],
)
def test_text_is_text(body: bytes) -> None:
    assert foreign_format(body) == ""


PARTED = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=cut\r\n\r\n--cut\r\n"
    b"Content-Type: image/png\r\n\r\nx\r\n--cut\r\nContent-Type: text/html; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<main><h1>Terms</h1><p>We keep =\r\n"
    b"your caf=E9 bills for ever, as the law asks.</p></main>\r\n--cut--\r\n"
)


@pytest.mark.parametrize("media", ["multipart/related", "text/html; charset=utf-8"])
def test_the_page_in_mhtml_is_read(media: str) -> None:
    found = classify(PARTED, media, None, (), START)
    assert (found.outcome, found.reason) == (Outcome.GOOD, "")
    clauses = read(PARTED, media, None).clauses
    assert [c.text for c in clauses] == [
        "Terms",
        "We keep your café bills for ever, as the law asks.",
    ]
    assert not reads_alike(PARTED, PARTED.replace(b"bills", b"books"), (media, media), None)


def test_messages_in_messages_without_end_are_no_page() -> None:
    nest = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    )
    assert classify(nest, "text/html", None, (), START).outcome is Outcome.NOT_TEXT
