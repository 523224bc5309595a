"""What a body is by its first bytes, whatever its name and its media type say."""

from __future__ import annotations

import codecs
import json

from tracker.extractor.mhtml import is_mhtml

_WAY_OUT = "declare a page of HTML, a PDF or Markdown that has the same text, or import one"
#: How a body begins that is no text, and what it is called.
_BEGINNINGS = (
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"bplist00", "a web archive of Safari"),
    (b"%!PS", "a PostScript document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"Rar!\x1a\x07", "a RAR file"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"RIFF", "a picture or a film"),
    (b"wOF", "a font"),
    (codecs.BOM_UTF32_LE, "text in UTF-32"),
    (codecs.BOM_UTF32_BE, "text in UTF-32"),
)
#: What is in a ZIP file tells whose document it is.
_PACKED = (
    (b"word/", "a Word document (DOCX)"),
    (b"xl/", "an Excel document (XLSX)"),
    (b"ppt/", "a PowerPoint document (PPTX)"),
    (b"mimetypeapplication/vnd.oasis", "an OpenDocument file"),
    (b"mimetypeapplication/epub", "an e-book (EPUB)"),
)
_BLANK = b" \t\r\n\f\xef\xbb\xbf"
_SNIFFED = 1024  # bytes
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def is_pdf(body: bytes) -> bool:
    """Return whether a body is a PDF, the one format besides text that is read."""
    return body[:_SNIFFED].lstrip(_BLANK).startswith(b"%PDF-")


def foreign_format(body: bytes) -> str:
    """Return what a body is, in words, where it can be read as no text; else empty."""
    if is_pdf(body):
        return ""
    start = body[:_SNIFFED].lstrip(_BLANK)
    for beginning, name in _BEGINNINGS:
        if start.startswith(beginning):
            return name
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((name for mark, name in _PACKED if mark in body), "a ZIP file")
    if is_mhtml(body):
        return "a saved page in MHTML"
    if _is_json(body):
        return "JSON"
    is_binary = b"\0" in start and not body.startswith(_UTF16)
    return "a binary file" if is_binary else ""


def _is_json(body: bytes) -> bool:
    text = body.strip(_BLANK)
    if not text.startswith((b"{", b"[")) or not text.endswith((b"}", b"]")):
        return False
    try:
        return bool(json.loads(text))
    except (ValueError, RecursionError):
        return False


def way_out(name: str) -> str:
    """Return a sentence about a body that is of this format."""
    return f"It is {name}, by its first bytes, and no page that can be read: {_WAY_OUT}."
