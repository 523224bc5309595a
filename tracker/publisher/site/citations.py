"""A revision in the formats of reference managers: BibTeX and CSL-JSON."""

from __future__ import annotations

import json

from tracker.model import Document, Revision
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


def bibtex(entry: ListEntry, document: Document, address: str) -> bytes:
    """Return one `@misc` entry; `address` is the page of the revision."""
    revision = entry.revision
    fields = {
        "title": f"{{{_tex(entry.name)}}}",
        "author": f"{{{_tex(entry.service)}}}",
        "date": revision.first_seen.date().isoformat(),
        "year": str(revision.first_seen.year),
        "url": _address(words.source(revision.after) or address),
        "urldate": revision.first_seen.date().isoformat(),
        "note": _tex(_note(revision, document, address)),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{_key(revision)},\n{lines}}}\n".encode("utf-8", "replace")


def csl(entry: ListEntry, document: Document, address: str) -> bytes:
    """Return a CSL-JSON list of one `webpage`: whose text it is, who archived it, and who tells of
    it.
    """
    revision = entry.revision
    seen = revision.first_seen
    copies = [(c.via, words.copy_of(c, document)) for c in revision.after.captures]
    archive, copy = next((c for c in copies if c[1]), ("Terms Tracker", address))
    service = words.line(entry.service)
    item = {
        "id": _key(revision),
        "type": "webpage",
        "title": words.line(entry.name),
        "author": [{"literal": service}],
        "publisher": service,
        "container-title": service,
        "issued": {"date-parts": [[seen.year, seen.month, seen.day]]},
        "accessed": {"date-parts": [[seen.year, seen.month, seen.day]]},
        "URL": words.source(revision.after) or address,
        "archive": words.line(archive),
        "archive_location": words.line(copy, 2000),
        "version": f"first seen {words.iso(seen)}{words.nth(revision.after.nth)}",
        "note": _note(revision, document, address),
    }
    return f"{json.dumps([item], ensure_ascii=True, indent=1)}\n".encode()


def _key(revision: Revision) -> str:
    name = revision.document.replace("/", "-").replace("@", "-")
    return f"{name}-{urls.version_stamp(revision.after)}"


def _note(revision: Revision, document: Document, address: str) -> str:
    copies = (words.copy_of(c, document) for c in revision.after.captures)
    parts = [
        f"Version first seen {words.iso(revision.first_seen)}{words.nth(revision.after.nth)}",
        *(f"SHA-256 {c.body}" for c in revision.after.captures if c.body),
        *(f"archived at {words.line(copy, 2000)}" for copy in copies if copy),
        f"change recorded by Terms Tracker at {address}",
    ]
    return "; ".join(parts)


def _tex(text: str) -> str:
    return words.line(text, 1000).translate(_TEX)


def _address(url: str) -> str:
    """Return an address as a TeX field can hold it: what would end the field is percent-encoded."""
    escaped = words.line(url, 2000).replace("{", "%7B").replace("}", "%7D")
    return escaped.replace("\\", "%5C").replace(" ", "%20")
