"""Bytes → text, decided by us alone, so that every installation reads the same characters.

Order, after the WHATWG's standards: byte order mark, the charset of the Content-Type header, the
page's own `<meta>`, its XML declaration (of XHTML that one first), UTF-8, windows-1252. A browser
begins to read anew where it meets a `<meta>` late, so that it counts wherever it stands.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tracker.extractor.encodings import REPLACEMENT, encoding, letters

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
#: How an XML declaration begins in UTF-16.
_XML_UTF16 = ((b"<\0?\0x\0", "utf-16le"), (b"\0<\0?\0x", "utf-16be"))
_HEADER = re.compile(r"charset\s*+=\s*+[\"']?\s*+([^\s\"';,]{1,60})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*+=\s*+[\"']([^\"'>]{1,60})")
# What is no tag although it is written like one, and the tags asked for.
_MARKUP = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<raw>script|style|title)(?=[\s/>])"
    rb"|meta[\s/](?P<meta>(?:[^>\"']{1,500}+|\"[^\"]{0,500}+\"|'[^']{0,500}+'|[\"']){0,100}+))",
    re.IGNORECASE,
)
_ENDS = {n: re.compile(b"</" + n + rb"(?=[\s/>])", re.IGNORECASE)
         for n in (b"script", b"style", b"title")}  # fmt: skip
_ATTRIBUTE = re.compile(
    rb"([^\s\"'>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s\"'>]++)))?"
)
#: In a long text so few bytes may be broken; more of them are another encoding than it says.
_FEW = 3
_LONG = 1000  # characters of text for each of them
_SOUND = 20  # letters beyond ASCII for each of them


class Undecodable(ValueError):
    """The bytes are not what the page says they are; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters of a page, and in what they were written."""

    text: str
    encoding: str
    is_guessed: bool = False  # since nothing says it and it is not UTF-8
    broken: int = 0  # places that are no letter of it

    @property
    def note(self) -> str:
        """A sentence about what is shown in place of letters; empty where all could be read."""
        if not self.broken:
            return ""
        places = "One place is" if self.broken == 1 else f"{self.broken} places are"
        return f"{places} no letter of {self.encoding} and shown as “{REPLACEMENT}”."


def decode(body: bytes, content_type: str) -> str:
    """Return the characters of `body`. Raises Undecodable when they contradict the declared
    charset.
    """
    return decoded(body, content_type).text


@lru_cache(maxsize=2)
def decoded(body: bytes, content_type: str) -> Decoded:
    """Return the characters of `body` and how they were found.

    Raises Undecodable where they contradict the encoding that is declared, or where nobody knows
    the declared one.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _read(body[len(bom) :], name)
    known, unknown = _declared(body, content_type)
    if known:
        return _read(body, known)
    try:
        return Decoded(body.decode(), "utf-8")
    except UnicodeDecodeError as error:
        if unknown:
            problem = f"the page says it is {unknown}, which no browser knows, and it is not UTF-8"
            raise Undecodable(problem) from error
    almost = body.decode("utf-8", "replace")
    if _is_nearly_whole(almost, body):
        return Decoded(almost, "utf-8", broken=_broken(almost, body))
    return Decoded(letters(body, "windows-1252"), "windows-1252", is_guessed=True)


def is_guessed(body: bytes, content_type: str) -> bool:
    """Return whether nothing says how `body` is encoded, so that windows-1252 is only an
    assumption.
    """
    try:
        return decoded(body, content_type).is_guessed
    except Undecodable:
        return False


def _read(body: bytes, name: str) -> Decoded:
    if name == "replacement":
        raise Undecodable("the page is in an encoding that no browser reads any more")
    text = letters(body, name)
    broken = _broken(text, body) if REPLACEMENT in text else 0
    few = max(_FEW, sum(c > "\x7f" for c in text) // _SOUND) if broken else 0
    if broken > min(few, len(text) // _LONG):
        raise Undecodable(f"the page says it is {name}, but {_where(body, name)} is not")
    return Decoded(text, name, broken=broken)


def _is_nearly_whole(text: str, body: bytes) -> bool:
    """Return whether what nobody named is UTF-8 all the same, but for a broken place here and
    there.
    """
    broken = _broken(text, body)
    sound = sum(c > "\x7f" for c in text) - broken
    return broken * _SOUND <= sound and broken <= len(text) // _LONG


def _broken(text: str, body: bytes) -> int:
    """Return how many places are no letters; a page may show U+FFFD of its own accord."""
    return max(0, text.count(REPLACEMENT) - body.count(REPLACEMENT.encode()))


def _where(body: bytes, name: str) -> str:
    try:
        body.decode("utf-8" if name == "utf-8" else "ascii")
    except UnicodeDecodeError as error:
        return f"byte {error.start}" if name == "utf-8" else "some of it"
    return "some of it"


# ── what the page says ────────────────────────────────────────────────────────────


def _declared(body: bytes, content_type: str) -> tuple[str, str]:
    """Return the encoding that is named first and known, and the first name that nobody knows."""
    unknown = ""
    for label, is_inside in _labels(body, content_type):
        name = encoding(label)
        if name is None:
            unknown = unknown or label
        elif not is_inside:
            return name, ""
        elif name == "x-user-defined":
            return "windows-1252", ""
        else:
            # A page whose <meta> can be read as ASCII is not UTF-16, even if it says so.
            return "utf-8" if name.startswith("utf-16") else name, ""
    return "", unknown


def _labels(body: bytes, content_type: str) -> Iterator[tuple[str, bool]]:
    """Yield the names that are given, the weightiest first, and whether they stand in the page."""
    if header := _HEADER.search(content_type):
        yield header[1], False
    for beginning, name in _XML_UTF16:
        if body.startswith(beginning):
            yield name, False
    declared = _XML.match(body)
    xml = [declared[1].decode("latin-1")] if declared else []
    is_xml = "xml" in content_type
    metas = map(_meta_label, _metas(body))
    inside = [*xml, *metas] if is_xml else [*metas, *xml]
    yield from ((label, True) for label in inside if label)


def _metas(body: bytes) -> Iterator[dict[bytes, bytes]]:
    """Yield the attributes of each `<meta>`, wherever it stands."""
    place = 0
    while found := _MARKUP.search(body, place):
        place = found.end()
        if found["comment"]:
            place = max(body.find(b"-->", found.end() - 2), 0) or len(body)
        elif found["raw"]:
            end = _ENDS[found["raw"].lower()].search(body, place)
            place = end.end() if end else len(body)
        else:
            yield {m[1].lower(): m[2] or m[3] or m[4] or b""
                   for m in reversed([*_ATTRIBUTE.finditer(found["meta"])])}  # fmt: skip


def _meta_label(marks: dict[bytes, bytes]) -> str:
    if b"charset" in marks:
        return marks[b"charset"].decode("latin-1")
    if marks.get(b"http-equiv", b"").strip().lower() != b"content-type":
        return ""
    found = _HEADER.search(marks.get(b"content", b"").decode("latin-1"))
    return found[1] if found else ""
