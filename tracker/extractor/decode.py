"""Bytes → text, decided by us alone, so that every installation reads the same characters.

Order, after the WHATWG encoding standard: byte order mark, then the charset of the
Content-Type header, then the page's own `<meta>`, then UTF-8, then windows-1252.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*+=\s*+[\"']?\s*+([a-z0-9_:.-]{1,40})", re.IGNORECASE
)
_HEADER = re.compile(r"charset\s*+=\s*+[\"']?\s*+([a-z0-9_:.-]{1,40})", re.IGNORECASE)
# Python names of the encodings a browser accepts; anything else a server may claim is ignored.
_ALLOWED = {
    *"utf-8 utf-16-le utf-16-be cp866 cp874 koi8-r koi8-u gbk gb18030 big5 big5hkscs".split(),
    *"euc_jp cp932 cp949 iso2022_jp".split(),
    *(f"cp125{n}" for n in range(9)),
    *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
}
# What the standard reads as another encoding (most often a larger one), whatever the page says.
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gbk",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
}


class Undecodable(ValueError):
    """The bytes are not what the page says they are; the text is one sentence."""


def decode(body: bytes, content_type: str) -> str:
    """The characters of `body`. Raises Undecodable when they contradict the declared charset."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _strict(body[len(bom) :], name)
    declared = _declared(body, content_type)
    if declared:
        return _strict(body, declared)
    try:
        return body.decode()
    except UnicodeDecodeError:  # `is_guessed` says so
        return body.decode("cp1252", "replace")


def is_guessed(body: bytes, content_type: str) -> bool:
    """Whether nothing says how `body` is encoded, so that windows-1252 is only an assumption."""
    if any(body.startswith(bom) for bom, _ in _BOMS) or _declared(body, content_type):
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _strict(body: bytes, name: str) -> str:
    try:
        return body.decode(name)
    except UnicodeDecodeError as error:
        raise Undecodable(f"the page says it is {name}, but byte {error.start} is not") from error


def _declared(body: bytes, content_type: str) -> str:
    header = _HEADER.search(content_type)
    meta = _META.search(body[:4096])
    names = [_python_name(header[1])] if header else []
    if meta:
        # A page whose <meta> can be read as ASCII is not UTF-16, even if it says so.
        name = _python_name(meta[1].decode("ascii"))
        names.append("utf-8" if name.startswith("utf-16") else name)
    return next(filter(None, names), "")


def _python_name(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return ""
    name = _READ_AS.get(name, name)
    return name if name in _ALLOWED else ""
