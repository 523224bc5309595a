"""The check that stands in VERIFY.txt: a bundle in the current folder, with the standard library.

Kept apart from the program, so that one page shows all of what is checked; it is run by people who
have nothing of ours. `main` prints what it found and exits with a sentence where a thing is wrong.
"""

# ruff: noqa: T201, UP017 - it speaks for itself, and to Pythons older than ours
from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

Facts = dict[str, Any]
Clauses = list[dict[str, Any]]
Shown = Sequence[dict[str, Any]]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def need(holds: object, sentence: str) -> None:
    if not holds:
        sys.exit(f"NOT VERIFIED: {printable(sentence)}.")


def content(path: Path) -> bytes:
    need(path.is_file(), f"{path} is missing")
    return path.read_bytes()


def lines(values: Iterable[object]) -> bytes:
    """Return a list in JSON, one value a line."""
    return ("[\n" + ",\n".join(map(json.dumps, values)) + "\n]\n").encode()


# --- the log and its signature ---


def checkpoint() -> tuple[str, int, str, str]:
    """Origin, size, root and key of the log, from the text that the signature covers."""
    names = ("signed.txt", "signature.bin", "public-key.pem")
    note, key = content(Path("checkpoint.txt")), ""
    text = note
    if any(Path(name).exists() for name in names) or b"\n\n" in note:
        text, signature, pem = (content(Path(name)) for name in names)
        der = base64.b64decode(b"".join(pem.splitlines()[1:2]))
        start = bytes.fromhex("302a300506032b6570032100")  # an Ed25519 key, RFC 8410
        packed = base64.b64encode(start + der[12:])
        alone = b"-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % packed
        # To the byte, so that no other key in it can be the one that another program reads.
        need(len(der) == 44 and pem == alone, "public-key.pem is not one Ed25519 key alone")
        origin, packed = text.split(b"\n")[0], b"\1" + der[12:]
        name = sha(origin + b"\n" + packed)[:4]
        line = b" ".join(["—".encode(), origin, base64.b64encode(name + signature)])
        same = note == text + b"\n" + line + b"\n"
        need(same, "checkpoint.txt is not signed.txt with the signature of this key")
        key = f"{origin.decode()}+{name.hex()}+{base64.b64encode(packed).decode()}"
    rows = text.decode().split("\n")
    heads = all(re.fullmatch("[a-z]+ [0-9]+ [0-9a-f]{64}", row) for row in rows[3:-1])
    formed = len(rows) > 3 and rows[-1] == "" and re.fullmatch("[1-9][0-9]*", rows[1])
    need(formed and heads, "the checkpoint has not the form of one")
    return rows[0], int(rows[1]), rows[2], key


def root_of(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path leads to, by RFC 9162, section 2.1.3.2; None where it
    cannot.
    """
    node, last = sha(b"\0" + entry), size - 1
    for other in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            node = sha(b"\1" + other + node)
            while index and index % 2 == 0:
                index, last = index // 2, last // 2
        else:
            node = sha(b"\1" + node + other)
        index, last = index // 2, last // 2
    return node if last == 0 else None


# --- the files ---

FILES = {
    *("SHA256SUMS", "VERIFY.txt", "captures.warc", "captures.wacz", "checkpoint.txt"),
    "public-key.pem",
    *("redline.html", "redline.json", "redline.txt", "signature.bin", "signed.txt"),
    *("timestamp-ca.pem", "timestamp.tsr", "verdicts.json"),
}
FOLDER = re.compile("(before|after)(/[1-9][0-9]*)?")
PART = re.compile(
    r"(before|after)/[1-9][0-9]*/(capture\.json|proof\.json|capture\.tlog-proof|headers\.txt"
    r"|text\.json"
    r"|text-read-anew\.json|body\.(html|md|bin)\.txt|body-not-kept\.txt"
    r"|another-body-with-the-same-text\.(html|md|bin)\.txt"
    r"|another-capture\.json|another-proof\.json)"
)
SUFFIX = {"text/html": "html", "text/markdown": "md"}


def is_known(name: str) -> bool:
    return name in FILES or PART.fullmatch(name) is not None


def only_these() -> None:
    """Nothing that is no part of a bundle: it would be shown around as if it were proved."""
    names = []
    for path in sorted(Path().rglob("*")):
        name = path.as_posix()
        known = FOLDER.fullmatch(name) if path.is_dir() else is_known(name)
        need(known and not path.is_symlink(), f"{name} is no part of such a bundle")
        need(path.is_dir() or path.is_file(), f"{name} is no plain file")
        names += [] if path.is_dir() else [name]
    names = sorted(name for name in names if name != "SHA256SUMS")
    sums = "".join(f"{sha(Path(name).read_bytes()).hex()}  {name}\n" for name in names)
    need(content(Path("SHA256SUMS")) == sums.encode(), "SHA256SUMS is not that of these files")


def stamp() -> None:
    """The two files of a timestamp and nothing behind or between them; step 5 checks it itself."""
    token, authority = Path("timestamp.tsr"), Path("timestamp-ca.pem")
    if not token.exists() and not authority.exists():
        return
    data, pem = content(token), content(authority)
    width = data[1] & 127 if data[1] & 128 else 0
    size = int.from_bytes(data[2 : 2 + width], "big") if width else data[1]
    whole = data[0] == 0x30 and len(data) == 2 + width + size
    need(whole, "timestamp.tsr is not one timestamp alone")
    found = re.findall(
        rb"-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n", pem
    )
    same = pem == b"".join(certificate(base64.b64decode(block)) for block in found)
    need(found and same, "timestamp-ca.pem is not certificates alone")


def certificate(der: bytes) -> bytes:
    """Return a certificate as PEM in its one form."""
    packed = base64.b64encode(der)
    rows = b"".join(packed[n : n + 64] + b"\n" for n in range(0, len(packed), 64))
    return b"-----BEGIN CERTIFICATE-----\n" + rows + b"-----END CERTIFICATE-----\n"


# --- one capture ---


def exchange(facts: Facts) -> str:
    """Return what headers.txt has to say for a capture."""
    asked = (("asked for", "asked_url"), ("answered by", "final_url"))
    lines = [f"{label}: {facts[name]}" for label, name in asked if facts[name]]
    lines.append(f"recorded: {facts['time'][:19]}Z, {facts['via']}")
    kept = (("copy", "archive_url"), ("status", "status"))
    lines += [f"{label}: {facts[name]}" for label, name in kept if facts[name] is not None]
    lines += [f"{name}: {value}" for name, value in json.loads(facts["headers"])]
    return "".join(printable(line) + "\n" for line in lines)


def printable(text: object) -> str:
    return re.sub("[^ -~]", lambda found: f"\\u{ord(found[0]):04x}", str(text))


def clock(facts: Facts) -> str:
    """Return a sentence where the server's clock and the recorded time are more than 5 minutes
    apart.
    """
    dates = [value for name, value in json.loads(facts["headers"]) if name.lower() == "date"]
    recorded = datetime.fromisoformat(facts["time"])
    for date in dates:
        try:
            served = parsedate_to_datetime(date)
        except (ValueError, TypeError, IndexError, OverflowError):
            return f"the Date header that was served cannot be read: {printable(date)[:60]}"
        served = served if served.tzinfo else served.replace(tzinfo=timezone.utc)
        seconds = abs((served - recorded).total_seconds())
        if seconds > 300:
            late = "later" if served > recorded else "earlier"
            days, minutes = f"{seconds / 86400:.1f} days", f"{seconds / 60:.0f} minutes"
            size = days if seconds > 86400 else minutes
            at = f"{served:%Y-%m-%d %H:%M:%S %z}"
            return (
                f"the Date header that was served says {at}, {size} {late} than the recorded "
                f"time {recorded:%Y-%m-%d %H:%M:%S %z}; the two clocks do not agree"
            )
    return ""


def logged(folder: Path, name: str, size: int, root: str) -> tuple[Facts, bytes, int]:
    """Return the facts, entry and place of a capture, checked against the log."""
    entry, packed = content(folder / f"{name}capture.json"), content(folder / f"{name}proof.json")
    facts, given = json.loads(entry), json.loads(packed)
    index, path = given["index"], [bytes.fromhex(node) for node in given["path"]]
    need(given["size"] == size, f"{folder}/{name}proof.json is for a log of another size")
    there = type(index) is int and 0 <= index < size
    need(there, f"{folder}/{name}proof.json: no entry of this log")
    need(packed == proof(index, size, path), f"{folder}/{name}proof.json has not its form")
    found = root_of(entry, index, size, path)
    stands = found is not None and base64.b64encode(found).decode() == root
    need(stands, f"{folder}/{name}capture.json is not in the log")
    told = folder / "capture.tlog-proof"
    if not name and told.exists():
        same = content(told) == tlog_proof(index, path, content(Path("checkpoint.txt")))
        need(same, f"{told} does not say what proof.json says")
    return facts, entry, index


def proof(index: int, size: int, path: Iterable[bytes]) -> bytes:
    """Return what proof.json has to say."""
    facts = {"index": index, "size": size, "path": [node.hex() for node in path]}
    return f"{json.dumps(facts, indent=1)}\n".encode()


def tlog_proof(index: int, path: Iterable[bytes], note: bytes) -> bytes:
    """Return the same as other programs for such logs read it: https://c2sp.org/tlog-proof."""
    rows = ["c2sp.org/tlog-proof@v1", f"index {index}"]
    rows += [base64.b64encode(node).decode() for node in path]
    return "".join(f"{row}\n" for row in [*rows, ""]).encode() + note


def suffix(facts: Facts) -> str:
    """Return how the name of a body ends: as text, so that a page of others runs nowhere."""
    return SUFFIX.get(facts["media"].partition(";")[0].strip(), "bin") + ".txt"


def body_of(folder: Path, facts: Facts, size: int, root: str) -> bytes | None:
    """Return the body of a capture, None where the folder says that it is not kept."""
    kept, missing = f"body.{suffix(facts)}", folder / "body-not-kept.txt"
    bodies = [path.name for path in folder.glob("*body*") if path != missing]
    others = sorted(path.name for path in folder.glob("another-*"))
    if not missing.exists():
        need(bodies == [kept] and not others, f"{folder} must hold {kept} and no other body")
        body = content(folder / kept)
        same = sha(body).hex() == facts["body"]
        need(same, f"{folder}: the body is not the one that was recorded")
        return body
    said = f"SHA-256 {facts['body']}\n".encode()
    need(
        content(missing) == said, f"{folder}/body-not-kept.txt does not say what capture.json says"
    )
    need(not bodies or others, f"{folder} must hold no body, or no word that it has none")
    if others:
        other, _, _ = logged(folder, "another-", size, root)
        alike = all(other[name] == facts[name] for name in ("document", "text"))
        name = f"another-body-with-the-same-text.{suffix(other)}"
        need(alike and bodies == [name], f"{folder}: the other body is not one of the same text")
        same = sha(content(folder / name)).hex() == other["body"]
        need(same, f"{folder}: the other body is not the one that was recorded")
    return None


def capture(folder: Path, size: int, root: str) -> tuple[Facts, bytes, bytes | None, int]:
    """Return the facts, entry, body and place of the capture in a folder, checked against the
    log.
    """
    facts, entry, index = logged(folder, "", size, root)
    same = content(folder / "headers.txt") == exchange(facts).encode()
    need(same, f"{folder}/headers.txt does not say what capture.json says")
    body = body_of(folder, facts, size, root)
    held = f"body SHA-256 {facts['body']}" + (", NOT in this bundle" if body is None else "")
    print(printable(f"{folder}: {facts['document']}, {facts['time']}, {facts['via']}"))
    print(f"  {printable(page_of(facts))}\n  {printable(held)}\n  entry {index + 1} of {size}")
    if clock(facts):
        print(f"  NOTE: {clock(facts)}")
    return facts, entry, body, index


def page_of(facts: Facts) -> str:
    found = facts["final_url"] or facts["asked_url"] or facts["archive_url"]
    return str(found or "a page not known")


# --- the texts and the redline between them ---

TAGS = {"same": "{}", "delete": "<del>{}</del>", "insert": "<ins>{}</ins>"}
MARKS = {"same": " ", "delete": "-", "insert": "+"}
STYLE = (
    "body{font:16px/1.5 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "h2{font-size:1em;margin:2em 0 .3em}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3em 0}"
    "del{background:#fde3c8}ins{background:#cfe3fb}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
#: What acts on a screen or cannot be seen on it, but for what joins letters in many scripts.
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


def shaped(clauses: Clauses) -> bool:
    """Return whether no clause can pass for several: U+001E and U+001F part them in the digest."""
    parts = [part for c in clauses for part in (c["number"], c["text"], *c["links"])]
    listed = all(type(c["links"]) is list for c in clauses)
    texts = all(type(part) is str for part in parts)
    return listed and texts and not re.search("[\x1e\x1f]", "".join(parts))


def identity(clause: dict[str, Any]) -> str:
    return "\x1f".join([clause["number"], clause["text"], *clause["links"]])


def text_digest(clauses: Clauses) -> str:
    joined = "\x1e".join(identity(clause) for clause in clauses)
    return sha(joined.encode("utf-8", "surrogatepass")).hex()


def text_of(folder: Path, facts: Facts) -> tuple[Clauses, bool]:
    """Return the clauses of a capture, and whether their digest is the one in the log."""
    anew, recorded = folder / "text-read-anew.json", folder / "text.json"
    need(not (anew.exists() and recorded.exists()), f"{folder} must hold one text")
    file = anew if anew.exists() else recorded
    packed = content(file)
    clauses = json.loads(packed)
    need(shaped(clauses), f"{folder}: its text has not the form of one")
    names = ("number", "text", "links")
    same = packed == lines({name: clause[name] for name in names} for clause in clauses)
    need(same, f"{file} has not the form of a text")
    same = text_digest(clauses) == facts["text"]
    need(same or anew.exists(), f"{folder}/text.json is not the text that was recorded")
    return clauses, same


def kind(old: Clauses, new: Clauses) -> str:
    """Return what happened to the clauses of a change, by what both texts say of them."""
    if not old or not new:
        return "added" if new else "removed"
    if len(old) != len(new):
        return "split" if len(new) > 1 else "merged"
    if [c["text"] for c in old] != [c["text"] for c in new]:
        return "reworded"
    if [c["number"] for c in old] != [c["number"] for c in new]:
        return "renumbered"
    return "links" if [c["links"] for c in old] != [c["links"] for c in new] else "moved"


def change(given: Facts, number: int, before: Clauses, after: Clauses) -> Facts:
    """Return a change as these two texts have it; nothing else that it says counts."""
    sides = []
    for side, place, clauses in (("before", 1, before), ("after", 2, after)):
        wording = "".join(span[place] for span in given["redline"])
        there = all(type(n) is int and 0 <= n < len(clauses) for n in given[side])
        sides.append([clauses[n] for n in given[side]] if there else [])
        stands = there and wording == "\n".join(clause["text"] for clause in sides[-1])
        need(stands, f"redline.json: change {number} is not the wording in {side}/")
    need(sides[0] or sides[1], f"redline.json: change {number} is of no clause")
    spans = []
    for op, old, new in given["redline"]:
        whole = old == new if op == "same" else not (new if op == "delete" else old)
        need(whole and op in TAGS, f"redline.json: change {number} hides a difference")
        need(old or new, f"redline.json: change {number} has a part without words")
        spans.append([op, old, new])
    return {
        "kind": kind(*sides),
        "before": list(given["before"]),
        "after": list(given["after"]),
        "redline": spans,
    }


def redline(sides: Mapping[str, Shown], before: Clauses, after: Clauses) -> int:
    """Return how many changes; each is between these texts, all are named, and shown to the
    byte.
    """
    packed = content(Path("redline.json"))
    given = enumerate(json.loads(packed), 1)
    changes = [change(one, number, before, after) for number, one in given]
    need(packed == lines(changes), "redline.json says more or other than follows from the texts")
    rest = []
    for side, clauses in (("before", before), ("after", after)):
        named = [n for change in changes for n in change[side]]
        need(len(named) == len(set(named)), f"redline.json names a clause of {side}/ twice")
        left = (identity(c) for n, c in enumerate(clauses) if n not in set(named))
        rest.append(Counter(left))
    need(rest[0] == rest[1], "redline.json leaves out a difference between the texts")
    for name, made in readable(sides, changes, before, after):
        same = content(Path(name)) == made
        need(same, f"{name} is not to the byte what follows from redline.json and the captures")
    tell(changes)
    return len(changes)


# --- the redline for people: all that it says follows from the captures and redline.json ---


def shown(text: object) -> str:
    """Return a text as it can be looked at: what cannot be seen, or acts on a screen, by its
    number.
    """
    return UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", str(text))


def line(text: object) -> str:
    return shown(text).replace("\n", "<U+000A>")


def readable(
    sides: Mapping[str, Shown], changes: Sequence[Facts], before: Clauses, after: Clauses
) -> Iterator[tuple[str, bytes]]:
    """redline.html and redline.txt."""
    title, *head = heading(sides, len(changes))
    text = [title, *head]
    page = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{html.escape(title)}</h1>",
        *(f"<p>{html.escape(one)}</p>" for one in head),
    ]
    for number, one in enumerate(changes, 1):
        label = f"Change {number} of {len(changes)}: {named(one)}"
        about = [line(fact) for fact in beside(one, before, after)]
        wording = "".join(
            TAGS[op].format(html.escape(shown(new or old))) for op, old, new in one["redline"]
        )
        page += [f"<h2>{html.escape(label)}</h2>", *(f"<p>{html.escape(a)}</p>" for a in about)]
        page += [f'<p class="wording">{wording}</p>']
        text += ["", label, *(f"  {fact}" for fact in about)]
        for op, old, new in one["redline"]:
            text += [f"  {MARKS[op]} {part}" for part in shown(new or old).split("\n")]
    yield "redline.html", ("\n".join([*page, "</body></html>"]) + "\n").encode()
    yield "redline.txt", ("\n".join(text) + "\n").encode()


def heading(sides: Mapping[str, Shown], count: int) -> Iterator[str]:
    """Yield the lines above the changes, the title first."""
    yield line(next(iter(sides["after"]))["document"])
    for side, captures in sides.items():
        for facts in captures:
            taken = f"recorded {facts['time'][:19]}Z, {facts['via']}, from {page_of(facts)}"
            yield line(f"{side.title()}: {taken}")
    yield f"{count} change{'' if count == 1 else 's'}" if count else "Nothing changed."


def named(one: Facts) -> str:
    """ "Split (before: clause 3; after: clauses 4, 5)", counted from 1."""
    where = []
    for side in ("before", "after"):
        places = ", ".join(str(n + 1) for n in one[side])
        noun = "clause" if len(one[side]) == 1 else "clauses"
        where += [f"{side}: {noun} {places}"] if places else []
    what = {"links": "other links", "moved": "the same words in another place"}
    return f"{what.get(one['kind'], one['kind'])} ({'; '.join(where)})"


def beside(one: Facts, before: Clauses, after: Clauses) -> Iterator[str]:
    """Yield what a change says besides its wording: the numbers of its clauses, and their links."""
    old, new = [before[n] for n in one["before"]], [after[n] for n in one["after"]]
    numbers = [" ".join(c["number"] for c in side if c["number"]) for side in (old, new)]
    if numbers[0] != numbers[1] and old and new:
        yield f"number: {numbers[0] or 'none'} → {numbers[1] or 'none'}"
    elif any(numbers):
        yield f"number: {numbers[1] or numbers[0]}"
    sides = [[target for c in side for target in c["links"]] for side in (old, new)]
    yield from (f"- link {target}" for target in sides[0] if target not in sides[1])
    yield from (f"+ link {target}" for target in sides[1] if target not in sides[0])


def tell(changes: list[Facts]) -> None:
    """The redline itself, as it was checked: each piece a line, in the form of JSON."""
    for number, change in enumerate(changes, 1):
        print(f"change {number}")
        for kind, old, new in change["redline"]:
            print(f"  {MARKS[kind]} {json.dumps(new or old)}")


# --- the same captures as a WARC file ---


TRANSFER = {"content-encoding", "content-length", "transfer-encoding", "connection"}
TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)  # RFC 9110, section 5.6.2
RESERVED = ":/?#[]@!$&'()*+,;=%~"


Captures = Sequence[tuple[Facts, bytes, "bytes | None"]]


def warc(captures: Captures) -> bytes:
    """Return a WARC file of captures, each with its entry in the log and its body where it is kept.

    The archive keeps a page as it was after decompression, and the answer's headers without those
    that speak of nobody but us; so headers about the form of transfer stand here under another
    name (`x-archive-orig-…`, as web archives do).
    """
    return b"".join(data for data, _ in records(captures))


def records(captures: Captures) -> Iterator[tuple[bytes, Facts | None]]:
    """Yield the records of a WARC file, each that holds a page with what an index says of it."""
    text = b"software: Terms Tracker\r\nformat: WARC File Format 1.1\r\n"
    fields = {"WARC-Type": "warcinfo", "Content-Type": "application/warc-fields"}
    yield record(fields, latest(captures), text), None
    for facts, entry, body in captures:
        time, about = datetime.fromisoformat(facts["time"]), {}
        url = facts["final_url"] or facts["asked_url"] or facts["archive_url"]
        url = quote(
            url or f"urn:terms-tracker:{facts['document']}", safe=RESERVED, errors="replace"
        )
        about["WARC-Target-URI"] = url
        if body is not None:
            fields, block = served(facts, body)
            whole = {**fields, **about, "WARC-Payload-Digest": b32(body)}
            status = facts["status"] if fields["WARC-Type"] == "response" else 200
            media = one_line(facts["media"]).partition(";")[0].strip()
            told = {"url": url, "mime": media, "status": str(status), "digest": b32(body)}
            yield record(whole, time, block), {"time": time, **told}
            about["WARC-Refers-To"] = record_name(fields["WARC-Type"], time, block)
        fields = {"WARC-Type": "metadata", "Content-Type": "application/json"}
        yield record({**fields, **about}, time, entry), None


def latest(captures: Captures) -> datetime:
    return max(datetime.fromisoformat(facts["time"]) for facts, _, _ in captures)


def served(facts: Facts, body: bytes) -> tuple[dict[str, str], bytes]:
    """Return a response where an answer is known, a resource where only its content was handed
    down.
    """
    if facts["status"] is None or facts["status"] == 304:
        return {"WARC-Type": "resource", "Content-Type": one_line(facts["media"])}, body
    known = [pair for pair in json.loads(facts["headers"]) if TOKEN.fullmatch(pair[0])]
    rows = [f"HTTP/1.1 {facts['status']} "]
    for name, value in known:
        again = "x-archive-orig-" if name.lower() in TRANSFER else ""
        rows.append(f"{again}{name}: {one_line(value)}")
    head = "\r\n".join([*rows, f"content-length: {len(body)}"]) + "\r\n\r\n"
    fields = {"WARC-Type": "response", "Content-Type": "application/http;msgtype=response"}
    return fields, head.encode("latin-1", "replace") + body


def record(fields: dict[str, str], time: datetime, block: bytes) -> bytes:
    written = {
        **fields,
        "WARC-Record-ID": record_name(fields["WARC-Type"], time, block),
        "WARC-Date": f"{time.astimezone(timezone.utc).isoformat(timespec='microseconds')[:26]}Z",
        "WARC-Block-Digest": b32(block),
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in written.items())
    return b"WARC/1.1\r\n" + head.encode("ascii", "replace") + b"\r\n" + block + b"\r\n\r\n"


def record_name(kind: str, time: datetime, block: bytes) -> str:
    # Made from the content: the same captures always give the same file.
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {time} {sha(block).hex()}')}>"


def b32(data: bytes) -> str:
    return f"sha256:{base64.b32encode(sha(data)).decode()}"


def one_line(text: str) -> str:
    """Nothing of a page can begin a header of its own."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text).strip()


# --- and as a WACZ file, which replays them in a browser ---


def wacz(captures: Captures) -> bytes:
    """Return a WACZ file (version 1.1.1) of the same WARC file, as programs for web archives read
    it.
    """
    cdx, pages, at = [], [], 0
    for data, told in records(captures):
        if told:
            place = {"length": str(len(data)), "offset": str(at), "filename": "captures.warc"}
            time, about = told["time"].astimezone(timezone.utc), dict(told)
            del about["time"]
            key = f"{surt(told['url'])} {time:%Y%m%d%H%M%S}"
            cdx.append(f"{key} {json.dumps({**about, **place})}\n")
            page = {"id": sha(key.encode()).hex()[:16], "url": told["url"], "title": told["url"]}
            pages.append({**page, "ts": f"{time:%Y-%m-%dT%H:%M:%SZ}"})
        at += len(data)
    index = stored_gzip("".join(sorted(cdx)).encode())
    head = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    block = {"offset": 0, "length": len(index), "filename": "index.cdx.gz"}
    first = " ".join(min(cdx, default="").split(" ")[:2])
    titles = [{"format": "json-pages-1.0", "id": "pages", "title": "Captures"}, *pages]
    found = {
        "archive/captures.warc": warc(captures),
        "indexes/index.cdx.gz": index,
        "indexes/index.idx": f"!meta 0 {json.dumps(head)}\n{first} {json.dumps(block)}\n".encode(),
        "pages/pages.jsonl": "".join(f"{json.dumps(page)}\n" for page in titles).encode(),
    }
    listed = [
        {"name": Path(name).name, "path": name, "hash": hashed(data), "bytes": len(data)}
        for name, data in found.items()
    ]
    made = f"{latest(captures).astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    package = {"profile": "data-package", "resources": listed, "wacz_version": "1.1.1"}
    package.update(title="Terms Tracker", created=made, software="Terms Tracker")
    found["datapackage.json"] = f"{json.dumps(package, indent=1)}\n".encode()
    sum_ = {"path": "datapackage.json", "hash": hashed(found["datapackage.json"])}
    found["datapackage-digest.json"] = f"{json.dumps(sum_)}\n".encode()
    return zipped(found)


def hashed(data: bytes) -> str:
    return f"sha256:{sha(data).hex()}"


def surt(url: str) -> str:
    """Return the key of an address in an index: its host from the end, then its path, in small
    letters.
    """
    parts = urlsplit(url.lower())
    host = ",".join(reversed((parts.hostname or "").split(".")))
    return f"{host}){parts.path or '/'}{'?' + parts.query if parts.query else ''}".replace(
        " ", "%20"
    )


def stored_gzip(data: bytes) -> bytes:
    """Return a gzip file that compresses nothing, so that it is the same whoever makes it."""
    pieces = [data[n : n + 65535] for n in range(0, len(data), 65535)] or [b""]
    packed = b"".join(
        bytes([n == len(pieces) - 1]) + struct.pack("<HH", len(piece), len(piece) ^ 65535) + piece
        for n, piece in enumerate(pieces)
    )
    end = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed + end


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def main() -> None:
    only_these()
    origin, size, root, key = checkpoint()
    stamp()
    sides = {}
    for side in ("before", "after"):
        folders = sorted(Path(side).glob("*/"), key=lambda path: (len(path.name), path.name))
        names = [str(n) for n in range(1, len(folders) + 1)]
        need(names and [f.name for f in folders] == names, f"{side}/ is missing, or a part of it")
        sides[side] = [(folder, *capture(folder, size, root)) for folder in folders]
    both = [*sides["before"], *sides["after"]]
    need(len({shown[4] for shown in both}) == len(both), "one capture stands for two")
    alone = len({facts["document"] for _, facts, *_ in both}) == 1
    need(alone, "the captures are not of one document")
    # What was captured at one moment is in the order of the log.
    last = max((datetime.fromisoformat(s[1]["time"]), s[4]) for s in sides["before"])
    first = min((datetime.fromisoformat(s[1]["time"]), s[4]) for s in sides["after"])
    need(last < first, "before/ is not earlier than after/")
    shown_ = [shown[1:4] for shown in both]
    for name, made in (("captures.warc", warc), ("captures.wacz", wacz)):
        if name == "captures.warc" or Path(name).exists():  # older bundles have no WACZ file
            same = content(Path(name)) == made(shown_)
            need(same, f"{name} is not to the byte what follows from these captures")
    texts: dict[str, Clauses] = {"before": [], "after": []}
    recorded = True
    for side, shown in sides.items():
        for folder, facts, *_ in shown:
            clauses, same = text_of(folder, facts)
            texts[side] += clauses
            recorded = recorded and same
    facts_of = {side: [facts for _, facts, *_ in shown] for side, shown in sides.items()}
    count = redline(facts_of, texts["before"], texts["after"])
    print(f"changes in the redline: {count}, found word for word in both texts, and none left out")
    print(f"log   {printable(origin)}\nsize  {size}\nroot  {printable(root)}")
    print(f"key   {printable(key or 'none: NOTHING IS SIGNED')}")
    rest = "now check the signature (3)," if key else "nothing is signed;"
    bare = sum(body is None for _, _, _, body, _ in both)
    held = f"{len(both)} captures stand in this log"
    held += f", {bare} WITHOUT the body" if bare else ""
    held += "" if recorded else ", but NOT the text that was read anew from them"
    whole = "VERIFIED" if recorded and not bare else "VERIFIED IN PART"
    print(f"{whole}: {held}; {rest} compare the root and key (4).")


def checked() -> None:
    """Run `main`; whatever a file that has not its form raises means one thing."""
    wrong = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError)
    try:
        main()
    except (*wrong, ValueError) as error:
        need(False, f"a file has not the form it should have ({type(error).__name__}: {error})")


if __name__ == "__main__":
    checked()
