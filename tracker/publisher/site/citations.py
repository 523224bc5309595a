"""A revision in the formats of reference managers: BibTeX and CSL-JSON."""

from __future__ import annotations

import json

from tracker.model import Capture, Revision
from tracker.publisher import urls, words
from tracker.publisher.site.listing import ListEntry

# What TeX acts on; a page title may hold any of it. Braces and the backslash go to words, since
# an unbalanced brace would end the field for every parser.
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash ",
        "{": r"\textbraceleft ",
        "}": r"\textbraceright ",
        "~": r"\textasciitilde ",
        "^": r"\textasciicircum ",
        **{sign: f"\\{sign}" for sign in "#$%&_"},
    }
)


def bibtex(entry: ListEntry, address: str) -> bytes:
    """One `@misc` entry; `address` is the page of the revision."""
    revision = entry.revision
    fields = {
        "title": f"{{{_tex(entry.name)}}}",
        "author": f"{{{_tex(entry.service)}}}",
        "date": revision.first_seen.date().isoformat(),
        "year": str(revision.first_seen.year),
        "url": _address(words.source(revision.after) or address),
        "urldate": revision.first_seen.date().isoformat(),
        "note": _tex(_note(revision, address)),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{_key(revision)},\n{lines}}}\n".encode("utf-8", "replace")


def csl(entry: ListEntry, address: str) -> bytes:
    """A CSL-JSON list of one `webpage`; `address` is the page of the revision."""
    revision = entry.revision
    seen = revision.first_seen
    archive = next((c.archive_url for c in revision.after.captures if _is_web(c)), None)
    item = {
        "id": _key(revision),
        "type": "webpage",
        "title": words.line(entry.name),
        "author": [{"literal": words.line(entry.service)}],
        "issued": {"date-parts": [[seen.year, seen.month, seen.day]]},
        "accessed": {"date-parts": [[seen.year, seen.month, seen.day]]},
        "URL": words.source(revision.after) or address,
        "archive_location": archive or address,
        "note": _note(revision, address),
    }
    return f"{json.dumps([item], ensure_ascii=True, indent=1)}\n".encode()


def _key(revision: Revision) -> str:
    name = revision.document.replace("/", "-").replace("@", "-")
    return f"{name}-{urls.version_stamp(revision.after)}"


def _note(revision: Revision, address: str) -> str:
    parts = [
        f"Version first seen {words.iso(revision.first_seen)}{words.nth(revision.after.nth)}",
        *(f"SHA-256 {c.body}" for c in revision.after.captures if c.body),
        f"change recorded at {address}",
    ]
    return "; ".join(parts)


def _is_web(capture: Capture) -> bool:
    return bool(capture.archive_url and words.is_web(capture.archive_url))


def _tex(text: str) -> str:
    return words.line(text, 1000).translate(_TEX)


def _address(url: str) -> str:
    """An address as a TeX field can hold it: what would end the field is percent-encoded."""
    escaped = words.line(url, 2000).replace("{", "%7B").replace("}", "%7D")
    return escaped.replace("\\", "%5C").replace(" ", "%20")
