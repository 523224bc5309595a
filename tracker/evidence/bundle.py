"""Everything that proves a revision, as files that are verified without this program. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from tracker import __version__
from tracker.evidence import verify
from tracker.evidence.note import Note, verifier
from tracker.evidence.page import redline_page
from tracker.evidence.stamp import Seal
from tracker.evidence.warc import warc
from tracker.model import Capture, Clause, Range, Revision, Selector, Topic, digest
from tracker.publisher import words

_SUFFIX = {"text/html": "html", "text/markdown": "md"}
# An Ed25519 public key as SubjectPublicKeyInfo (RFC 8410) begins with these bytes.
_SPKI = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A capture with its proof: its entry, place and audit path in the log.

    `body` is what was served, None where it is not kept; then `stand_in` is a kept body with the
    same text. `clauses` are those of the text.
    """

    capture: Capture
    entry: bytes
    index: int
    path: tuple[bytes, ...]
    clauses: tuple[Clause, ...]
    body: bytes | None
    stand_in: bytes | None = None


@dataclass(frozen=True, slots=True)
class Stamped:
    """That an authority stamped the checkpoint: its token, what it says, and the operator's CA."""

    token: bytes
    seal: Seal
    authorities: bytes | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes into a bundle. `public` is the key that signed the checkpoint, if one did.

    `stamped` is its timestamp, if it has one. `redline` is the revision as text; `site_url` is
    where the log is published, "" for nowhere.
    """

    revision: Revision
    before: tuple[Exhibit, ...]
    after: tuple[Exhibit, ...]
    redline: str
    note: Note
    note_text: str
    public: bytes | None
    topics: tuple[Topic, ...]
    site_url: str
    stamped: Stamped | None = None


def bundle(given: Bundle) -> dict[str, bytes]:
    """The files of a bundle by name; the same revision and log give the same bytes."""
    found = dict(_files(given))
    found["VERIFY.txt"] = _explanation(given).encode()
    sums = (f"{digest(found[name])}  {name}\n" for name in sorted(found))
    return found | {"SHA256SUMS": "".join(sums).encode()}


def _files(given: Bundle) -> Iterator[tuple[str, bytes]]:
    yield from redlines(given.revision, given.redline, given.topics)
    exhibits = [*given.before, *given.after]
    records = [(e.capture, e.entry, e.body) for e in exhibits]
    yield "captures.warc", warc(records, f"Terms Tracker {__version__}")
    yield from _checkpoint(given)
    for side, shown in (("before", given.before), ("after", given.after)):
        for number, exhibit in enumerate(shown, 1):
            yield from _exhibit(f"{side}/{number}", exhibit, given.note.size)


def redlines(revision: Revision, text: str, topics: Sequence[Topic]) -> Iterator[tuple[str, bytes]]:
    """A revision as a page, as the `text` given, and as data for programs."""
    yield "redline.html", redline_page(revision, topics).encode("utf-8", "replace")
    yield "redline.txt", f"{text}\n".encode("utf-8", "replace")
    yield "redline.json", _lines(_changes(revision))


def _checkpoint(given: Bundle) -> Iterator[tuple[str, bytes]]:
    yield "checkpoint.txt", given.note_text.encode()
    if given.public is not None:
        packed = base64.b64encode(_SPKI + given.public).decode()
        pem = f"-----BEGIN PUBLIC KEY-----\n{packed}\n-----END PUBLIC KEY-----\n"
        yield "public-key.pem", pem.encode()
        yield "signed.txt", given.note.body.encode()
        yield "signature.bin", given.note.signatures[0][1][4:]
    if given.stamped is not None:
        yield "timestamp.tsr", given.stamped.token
        yield "timestamp-ca.pem", given.stamped.authorities or given.stamped.seal.certificate


def _exhibit(folder: str, exhibit: Exhibit, size: int) -> Iterator[tuple[str, bytes]]:
    proof = {"index": exhibit.index, "size": size, "path": [n.hex() for n in exhibit.path]}
    yield f"{folder}/capture.json", exhibit.entry
    yield f"{folder}/proof.json", f"{json.dumps(proof, indent=1)}\n".encode()
    yield f"{folder}/headers.txt", verify.exchange(json.loads(exhibit.entry)).encode()
    clauses = [_clause(clause) for clause in exhibit.clauses]
    yield f"{folder}/{'text' if _is_recorded(exhibit) else 'text-read-anew'}.json", _lines(clauses)
    # As text: a page of others must not run when somebody opens it to look at it.
    kind = _SUFFIX.get(exhibit.capture.media.partition(";")[0].strip(), "bin")
    if exhibit.body is not None:
        yield f"{folder}/body.{kind}.txt", exhibit.body
        return
    yield f"{folder}/body-not-kept.txt", f"SHA-256 {exhibit.capture.body}\n".encode()
    if exhibit.stand_in is not None:
        yield f"{folder}/another-body-with-the-same-text.{kind}.txt", exhibit.stand_in


def _clause(clause: Clause) -> Mapping[str, object]:
    links = [link.target for link in clause.links]
    return {"number": clause.number, "text": clause.text, "links": links}


def _is_recorded(exhibit: Exhibit) -> bool:
    """Whether today's reading is the one whose digest the log has."""
    clauses = [dict(_clause(clause)) for clause in exhibit.clauses]
    return verify.text_digest(clauses) == exhibit.capture.text


def _changes(revision: Revision) -> Iterator[Mapping[str, object]]:
    """The changes with the places of their clauses in both texts, counted from 0."""
    # The changes hold the very clauses of the versions, so identity finds their places; a page
    # that did not change may have given the same clauses to both.
    before, after = (
        {id(clause): n for n, clause in enumerate(version.clauses)}
        for version in (revision.before, revision.after)
    )
    for change in revision.changes:
        yield {
            "kind": change.kind,
            "before": [before[id(clause)] for clause in change.before],
            "after": [after[id(clause)] for clause in change.after],
            "redline": [[span.op, span.before, span.after] for span in change.redline],
        }


def _lines(values: Iterable[object]) -> bytes:
    """A list in JSON, one value a line."""
    return ("[\n" + ",\n".join(map(json.dumps, values)) + "\n]\n").encode()


def _explanation(given: Bundle) -> str:
    text, script = (_shipped(name) for name in ("VERIFY.txt", "verify.py"))
    environment = Environment(  # noqa: S701 - plain text, and every value went through `words`
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    key = verifier(given.note.origin, given.public) if given.public is not None else ""
    return environment.from_string(text).render(
        title=words.line(given.revision.after.title),
        document=given.revision.document,
        exhibits=_listed(given),
        origin=given.note.origin,
        size=given.note.size,
        root=given.note.body.splitlines()[2],
        verifier=key,
        **_timestamp(given.stamped),
        script=script,
        site=words.line(given.site_url, 1000).rstrip("/"),
        version=__version__,
    )


def _timestamp(stamped: Stamped | None) -> Mapping[str, object]:
    if stamped is None:
        return {"stamped": ""}
    seal = stamped.seal
    return {
        "stamped": words.iso(seal.time),
        "epoch": int(seal.time.timestamp()),
        "authority": words.line(seal.authority, 300),
        "has_ca": stamped.authorities is not None,
    }


def _shipped(name: str) -> str:
    return files("tracker.evidence").joinpath(name).read_text(encoding="utf-8")


def _listed(given: Bundle) -> list[Mapping[str, object]]:
    return [
        {
            "folder": f"{side}/{number}",
            "recorded": words.iso(exhibit.capture.time),
            "page": words.line(_page(exhibit.capture), 300),
            "via": words.line(exhibit.capture.via),
            "digest": exhibit.capture.body,
            "clock": verify.clock(json.loads(exhibit.entry)),
            "selectors": _selectors(exhibit.capture),
            "is_recorded": _is_recorded(exhibit),
            "kept": exhibit.body is not None,
            "is_served": exhibit.capture.status is not None,
            "stands_in": exhibit.stand_in is not None,
        }
        for side, shown in (("before", given.before), ("after", given.after))
        for number, exhibit in enumerate(shown, 1)
    ]


def _page(capture: Capture) -> str:
    return capture.final_url or capture.asked_url or capture.archive_url or "a page not known"


def _selectors(capture: Capture) -> str:
    """Which parts of the page were read as the text, and which were left out."""
    source = capture.source
    read, without = (source.select, source.remove) if source else ((), ())
    said = ", ".join(map(_selector, read)) or "by the structure of the page (no selector declared)"
    return words.line(f"{said}; removed: {', '.join(map(_selector, without)) or 'nothing'}", 2000)


def _selector(selector: Selector) -> str:
    if not isinstance(selector, Range):
        return selector
    return f"everything between {selector.start} and {selector.end}"
