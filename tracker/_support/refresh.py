"""Where a page sends its readers by itself, without a click: `<meta http-equiv=refresh>`.

A page of terms may well reload itself, or leave after half an hour; one that goes on at once is
no document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_AT_ONCE = 10  # seconds; nobody has read a text of terms by then
#: What hides a tag from a browser that runs scripts, up to its end, and the tags looked for.
_MARKUP = re.compile(
    r"<(?:(?P<comment>!--)|(?P<raw>noscript|script|style|template)\b|meta\s(?P<meta>[^>]{0,2000}+))",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"(http-equiv|content)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.IGNORECASE
)
_REFRESH = re.compile(
    r"\s*+(\d{0,6})(?:\.\d*+)?\s*+[;,\s]\s*+(?:url\s*+=\s*+)?[\"']?([^\"'\s]++)", re.IGNORECASE
)
_HEAD = 50_000  # characters of a page in which it is looked for


def sent_on(page: str) -> str:
    """Return the address that an HTML page goes on to almost at once, as written; else empty."""
    if "refresh" not in page[:_HEAD].lower():
        return ""
    for tag in _metas(page[:_HEAD]):
        marks = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(tag)}
        if marks.get("http-equiv", "").strip().lower() == "refresh":
            return refresh_address(unescape(marks.get("content", "")))
    return ""


def _metas(head: str) -> Iterator[str]:
    """Yield the attributes of each `<meta>` that counts, as they are written."""
    lowered, place = head.lower(), 0
    while found := _MARKUP.search(head, place):
        place = found.end()
        if found["meta"] is not None:
            yield found["meta"]
            continue
        end = lowered.find("-->" if found["comment"] else f"</{found['raw'].lower()}", place)
        if end < 0:
            return
        place = end


def refresh_address(value: str) -> str:
    """Return the address in a Refresh header if it takes effect almost at once; else empty."""
    found = _REFRESH.match(value)
    if found is None or int(found[1] or 0) > _AT_ONCE:
        return ""
    return found[2]
