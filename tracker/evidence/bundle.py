"""Everything that proves a revision, as files that are verified without this program. Pure."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from tracker import __version__
from tracker.differ.redline import redline
from tracker.evidence import verify
from tracker.evidence.checkpoint import Note, verifier
from tracker.evidence.timestamp import VerifiedTimestamp
from tracker.extractor.normalise import without_counters
from tracker.model import Capture, Clause, Correction, Op, Range, Revision, Selector, digest
from tracker.publisher import words

# An Ed25519 public key as SubjectPublicKeyInfo (RFC 8410) begins with these bytes.
_SPKI = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A capture with its proof: its entry, place and audit path in the log.

    `body` is the body as served, None if it is not kept; `stand_in` is then a capture with the same
    text whose body is kept. `clauses` are those of the text.
    """

    capture: Capture
    entry: bytes
    index: int
    path: tuple[bytes, ...]
    clauses: tuple[Clause, ...]
    body: bytes | None
    stand_in: Exhibit | None = None


@dataclass(frozen=True, slots=True)
class Stamped:
    """A timestamp of the checkpoint: its token, the content of that, and the operator's CA."""

    token: bytes
    seal: VerifiedTimestamp
    authorities: bytes | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """The content of a bundle. `public` is the key that signed the checkpoint, if one did.

    `stamped` is its timestamp, if it has one; `site_url` is the address at which the log is
    published, "" if it is not.
    """

    revision: Revision
    before: tuple[Exhibit, ...]
    after: tuple[Exhibit, ...]
    note: Note
    note_text: str
    public: bytes | None
    site_url: str
    stamped: Stamped | None = None
    #: Those of the operator on captures of the document.
    verdicts: tuple[Correction, ...] = ()


def make_bundle(given: Bundle) -> dict[str, bytes]:
    """Return the files of a bundle by name; the same revision and log give the same bytes."""
    found = dict(_files(given))
    found["VERIFY.txt"] = _explanation(given).encode()
    sums = (f"{digest(found[name])}  {name}\n" for name in sorted(found))
    return found | {"SHA256SUMS": "".join(sums).encode()}


def _files(given: Bundle) -> Iterator[tuple[str, bytes]]:
    exhibits = [*given.before, *given.after]
    sides = {"before": given.before, "after": given.after}
    facts = {side: [_facts(e) for e in shown] for side, shown in sides.items()}
    yield from redlines(given.revision, facts)
    captures = [(_facts(e), e.entry, e.body) for e in exhibits]
    yield "captures.warc", verify.warc(captures)
    yield "captures.wacz", verify.wacz(captures)
    yield from _checkpoint(given)
    if given.verdicts:
        yield "verdicts.json", verify.lines([_verdict(one) for one in given.verdicts])
    for side, shown in sides.items():
        for number, exhibit in enumerate(shown, 1):
            folder = f"{side}/{number}"
            yield from _exhibit(folder, exhibit, given.note.size)
            if given.note.signatures:
                told = verify.tlog_proof(exhibit.index, exhibit.path, given.note_text.encode())
                yield f"{folder}/capture.tlog-proof", told


def _verdict(correction: Correction) -> Mapping[str, object]:
    return {
        "captured": words.iso(correction.first_seen),
        "verdict": str(correction.verdict),
        "date": correction.date.isoformat(),
        "sentence": correction.sentence,
    }


def _facts(exhibit: Exhibit) -> verify.Facts:
    found: verify.Facts = json.loads(exhibit.entry)
    return found


def redlines(revision: Revision, facts: Mapping[str, verify.Shown]) -> Iterator[tuple[str, bytes]]:
    """Yield a revision as data, and for people, with the `facts` of each side."""
    before, after = (
        [_clause(c) for c in version.clauses] for version in (revision.before, revision.after)
    )
    changes = list(_changes(revision, before, after))
    yield "redline.json", verify.lines(changes)
    yield from verify.readable(facts, changes, before, after)


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
        yield "timestamp-ca.pem", _certificates(given.stamped)


def _certificates(stamped: Stamped) -> bytes:
    """Return the certificates alone: anything else in the operator's file proves nothing."""
    pem = stamped.authorities or stamped.seal.certificate
    found = re.findall(rb"-BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-", pem)
    return b"".join(verify.certificate(base64.b64decode(block)) for block in found)


def _exhibit(folder: str, exhibit: Exhibit, size: int) -> Iterator[tuple[str, bytes]]:
    facts = _facts(exhibit)
    yield f"{folder}/capture.json", exhibit.entry
    yield f"{folder}/proof.json", verify.proof(exhibit.index, size, exhibit.path)
    yield f"{folder}/headers.txt", verify.exchange(facts).encode()
    clauses = [_clause(clause) for clause in exhibit.clauses]
    name = "text" if _is_recorded(exhibit) else "text-read-anew"
    yield f"{folder}/{name}.json", verify.lines(clauses)
    if exhibit.body is not None:
        yield f"{folder}/body.{verify.suffix(facts)}", exhibit.body
        return
    yield f"{folder}/body-not-kept.txt", f"SHA-256 {exhibit.capture.body}\n".encode()
    if (other := exhibit.stand_in) and other.body is not None:
        name = f"another-body-with-the-same-text.{verify.suffix(_facts(other))}"
        yield f"{folder}/{name}", other.body
        yield f"{folder}/another-capture.json", other.entry
        yield f"{folder}/another-proof.json", verify.proof(other.index, size, other.path)


def _clause(clause: Clause) -> dict[str, Any]:
    """Return a clause exactly as it is hashed in the log: its words as they are compared."""
    links = [link.target for link in clause.links]
    return {"number": clause.number, "text": without_counters(clause.key), "links": links}


def _is_recorded(exhibit: Exhibit) -> bool:
    """Return whether today's reading has the digest that is in the log."""
    clauses = [_clause(clause) for clause in exhibit.clauses]
    return verify.text_digest(clauses) == exhibit.capture.text


def _changes(
    revision: Revision, old: verify.Clauses, new: verify.Clauses
) -> Iterator[verify.Facts]:
    """Yield the changes, with the places of their clauses in both texts, from 0."""
    # The changes hold the very clauses of the versions, so identity finds their places; a page
    # that did not change may have given the same clauses to both.
    before, after = (
        {id(clause): n for n, clause in enumerate(version.clauses)}
        for version in (revision.before, revision.after)
    )
    for change in revision.changes:
        places = [before[id(clause)] for clause in change.before]
        there = [after[id(clause)] for clause in change.after]
        sides = [old[n] for n in places], [new[n] for n in there]
        if sides[0] == sides[1] and not change.moved:  # but for a counter, say
            continue
        wordings = ("\n".join(clause["text"] for clause in side) for side in sides)
        yield {
            "kind": verify.kind(*sides),
            "before": places,
            "after": there,
            "redline": [list(span) for span in _spans(*wordings)],
        }


def _spans(before: str, after: str) -> Iterator[tuple[str, str, str]]:
    for span in redline(before, after):
        if span.op is not Op.SAME or span.before == span.after:
            yield span.op.value, span.before, span.after
        else:  # two blanks where a counter was left out
            yield from (("delete", span.before, ""), ("insert", "", span.after))


def _explanation(given: Bundle) -> str:
    text, script = (_shipped(name) for name in ("VERIFY.txt", "verify.py"))
    environment = Environment(  # noqa: S701 - plain text, and every value went through `words`
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    key = verifier(given.note.origin, given.public) if given.public is not None else ""
    return environment.from_string(text).render(
        document=given.revision.document,
        exhibits=_listed(given),
        verdicts=len(given.verdicts),
        origin=given.note.origin,
        size=given.note.size,
        root=given.note.body.splitlines()[2],
        verifier=key,
        **_timestamp(given.stamped),
        script=script,
        script_digest=digest(script.encode()),
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
            "page": words.line(verify.page_of(_facts(exhibit)), 300),
            "via": words.line(exhibit.capture.via),
            "digest": exhibit.capture.body,
            "clock": verify.clock(_facts(exhibit)),
            "selectors": _selectors(exhibit.capture),
            "is_recorded": _is_recorded(exhibit),
            "kept": exhibit.body is not None,
            "is_served": exhibit.capture.status is not None,
            "stands_in": exhibit.stand_in is not None,
        }
        for side, shown in (("before", given.before), ("after", given.after))
        for number, exhibit in enumerate(shown, 1)
    ]


def _selectors(capture: Capture) -> str:
    """Return the parts of the page that were read as the text, and those left out."""
    source = capture.source
    read, without = (source.select, source.remove) if source else ((), ())
    said = ", ".join(map(_selector, read)) or "by the structure of the page (no selector declared)"
    return words.line(f"{said}; removed: {', '.join(map(_selector, without)) or 'nothing'}", 2000)


def _selector(selector: Selector) -> str:
    if not isinstance(selector, Range):
        return selector
    return f"everything between {selector.start} and {selector.end}"
