"""The check that stands in VERIFY.txt: a bundle in the current folder, with the standard library.

Kept apart from the program, so that one page shows all of what is checked; it is run by people who
have nothing of ours. `main` prints what it found and exits with a sentence where a thing is wrong.
"""

# ruff: noqa: T201, UP017 - it speaks for itself, and to Pythons older than ours
from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

Facts = dict[str, Any]
Clauses = list[dict[str, Any]]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def need(holds: object, sentence: str) -> None:
    if not holds:
        sys.exit(f"NOT VERIFIED: {printable(sentence)}.")


def content(path: Path) -> bytes:
    need(path.is_file(), f"{path} is missing")
    return path.read_bytes()


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
    lines = text.decode().split("\n")
    shaped = len(lines) > 3 and lines[-1] == "" and re.fullmatch("[1-9][0-9]*", lines[1])
    need(shaped, "the checkpoint has not the form of one")
    return lines[0], int(lines[1]), lines[2], key


def root_of(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to, by RFC 9162, section 2.1.3.2; None where it cannot."""
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
    *("SHA256SUMS", "VERIFY.txt", "captures.warc", "checkpoint.txt", "public-key.pem"),
    *("redline.html", "redline.json", "redline.txt", "signature.bin", "signed.txt"),
    *("timestamp-ca.pem", "timestamp.tsr"),
}
PART = re.compile(
    r"(before|after)/[1-9][0-9]*(/(capture\.json|proof\.json|headers\.txt|text\.json"
    r"|text-read-anew\.json|body\.(html|md|bin)\.txt|body-not-kept\.txt"
    r"|another-body-with-the-same-text\.(html|md|bin)\.txt))?"
)


def only_these() -> None:
    """Nothing that is no part of a bundle: it would be shown around as if it were proved."""
    for path in sorted(Path().rglob("*")):
        name = path.as_posix()
        known = name in FILES or name in {"before", "after"} or PART.fullmatch(name)
        need(known and not path.is_symlink(), f"{name} is no part of such a bundle")


# --- one capture ---


def exchange(facts: Facts) -> str:
    """What headers.txt has to say for a capture."""
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
    """A sentence where the server's clock and the recorded time are more than 5 minutes apart."""
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


def capture(folder: Path, size: int, root: str) -> tuple[Facts, bytes, bytes | None, int]:
    """The facts, entry, body and place of the capture in a folder, checked against the log."""
    entry, proof = content(folder / "capture.json"), json.loads(content(folder / "proof.json"))
    facts, index = json.loads(entry), proof["index"]
    need(proof["size"] == size, f"{folder}/proof.json is for a log of another size")
    need(type(index) is int and 0 <= index < size, f"{folder}/proof.json: no entry of this log")
    found = root_of(entry, index, size, [bytes.fromhex(node) for node in proof["path"]])
    stands = found is not None and base64.b64encode(found).decode() == root
    need(stands, f"{folder}/capture.json is not in the log")
    same = content(folder / "headers.txt").decode() == exchange(facts)
    need(same, f"{folder}/headers.txt does not say what capture.json says")
    bodies = sorted(folder.glob("body.*"))
    missing = (folder / "body-not-kept.txt").exists()
    need(len(bodies) == (0 if missing else 1), f"{folder} must hold one body, or say it has none")
    body = bodies[0].read_bytes() if bodies else None
    same = body is None or sha(body).hex() == facts["body"]
    need(same, f"{folder}: the body is not the one that was recorded")
    held = f"body SHA-256 {facts['body']}" + ("" if bodies else ", NOT in this bundle")
    page = facts["final_url"] or facts["asked_url"] or facts["archive_url"] or "a page not known"
    print(printable(f"{folder}: {facts['document']}, {facts['time']}, {facts['via']}"))
    print(f"  {printable(page)}\n  {printable(held)}\n  entry {index + 1} of {size}")
    if clock(facts):
        print(f"  NOTE: {clock(facts)}")
    return facts, entry, body, index


# --- the texts and the redline between them ---

TAGS = {"same": "", "delete": "del", "insert": "ins"}
MARKS = {"same": " ", "delete": "-", "insert": "+"}
STYLE = (
    "body{font:16px/1.5 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "h2{font-size:1em;margin:2em 0 .3em}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3em 0}"
    "del{background:#fde3c8}ins{background:#cfe3fb}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
#: All that redline.html may be: a page of this style, with nothing but this around the wordings.
PAGE = re.compile(
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
    f'<meta http-equiv="Content-Security-Policy" content="{re.escape(POLICY)}">\n'
    f"<title>[^<]*</title><style>{re.escape(STYLE)}</style></head><body>\n<h1>[^<]*</h1>\n"
    r"(?:<p>[^<]*</p>\n){3,5}"
    r"(?:<h2>[^<]*</h2>\n<p><b>[^<]*</b></p>\n(?:<p>[^<]* → [^<]*</p>\n)?"
    r'<p class="wording">(?:[^<]|<del>[^<]*</del>|<ins>[^<]*</ins>)*</p>\n'
    r"(?:<p>[-+] link [^<]*</p>\n)*)*</body></html>\n"
)
SHAPES = str.maketrans(
    {
        **dict.fromkeys("'‘’‚‛′ʼ`´\u1fef\u1ffd", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys([0xAD, 0x34F, 0x61C, 0x17B4, 0x17B5, 0xFEFF, *range(0x180B, 0x1810)], ""),
        **dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F)], ""),
        **dict.fromkeys([*range(0x2060, 0x2070), *range(0xFE00, 0xFE10)], ""),
        **dict.fromkeys([*range(0xFFF0, 0xFFFC), *range(0x1BCA0, 0x1BCA4)], ""),
        **dict.fromkeys([*range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)], ""),
    }
)
COUNTER = re.compile(
    r"(^|\b(?:updated|modified|revised|edited|posted|published|changed|reviewed)\b\W*)"
    r"(?:(?:\d+|an?|one|few|several)\s+(?:second|minute|hour|day|week|month|year)s?\s+ago"
    r"|yesterday|today)\b",
    re.IGNORECASE,
)


def compared(text: str) -> str:
    """A wording without what no reader sees, and without counters such as "2 days ago"."""
    folded = unicodedata.normalize("NFC", text.translate(SHAPES))
    return COUNTER.sub(r"\1", " ".join(folded.split()))


def shaped(clauses: Clauses) -> bool:
    """Whether no clause can pass for several: U+001E and U+001F part them in the digest."""
    parts = [part for c in clauses for part in (c["number"], *c["links"])]
    texts = [*parts, *(c["text"] for c in clauses)]
    listed = all(type(c["links"]) is list for c in clauses)
    return (
        listed
        and all(type(t) is str for t in texts)
        and not re.search("[\x1e\x1f]", "".join(parts))
    )


def identity(clause: dict[str, Any]) -> str:
    return "\x1f".join([clause["number"], compared(clause["text"]), *clause["links"]])


def text_digest(clauses: Clauses) -> str:
    joined = "\x1e".join(identity(clause) for clause in clauses)
    return sha(joined.encode("utf-8", "surrogatepass")).hex()


def text_of(folder: Path, facts: Facts) -> tuple[Clauses, bool]:
    """The clauses of a capture, and whether their digest is the one in the log."""
    anew = folder / "text-read-anew.json"
    clauses = json.loads(content(anew if anew.exists() else folder / "text.json"))
    need(shaped(clauses), f"{folder}: its text has not the form of one")
    same = text_digest(clauses) == facts["text"]
    need(same or anew.exists(), f"{folder}/text.json is not the text that was recorded")
    return clauses, same


def letters(text: str) -> str:
    """The letters of a wording; what nobody sees may be named in it, as ‹U+200E›."""
    return "".join(filter(str.isalnum, re.sub("‹U\\+[0-9A-F]{4,6}›", "", text)))


def redline(before: Clauses, after: Clauses) -> int:
    """How many changes; each is between these texts, all are named, and shown as they are."""
    changes = json.loads(content(Path("redline.json")))
    page, marks = content(Path("redline.html")), []
    for number, change in enumerate(changes, 1):
        for side, place, clauses in (("before", 1, before), ("after", 2, after)):
            wording = "".join(span[place] for span in change["redline"])
            there = all(0 <= n < len(clauses) for n in change[side])
            stands = there and wording == "\n".join(clauses[n]["text"] for n in change[side])
            need(stands, f"redline.json: change {number} is not the wording in {side}/")
        for kind, old, new in change["redline"]:
            same = compared(f"x{old}x") == compared(f"x{new}x")  # the blanks at the ends too
            whole = same if kind == "same" else not (new if kind == "delete" else old)
            need(whole, f"redline.json: change {number} hides a difference")
            marks.append((TAGS[kind], letters(new or old)))
    sides = (("before", before), ("after", after))
    for side, _ in sides:
        named = [n for change in changes for n in change[side]]
        need(len(named) == len(set(named)), f"redline.json names a clause of {side}/ twice")
    touched = {side: {n for change in changes for n in change[side]} for side, _ in sides}
    rest = [
        Counter(identity(c) for n, c in enumerate(clauses) if n not in touched[side])
        for side, clauses in sides
    ]
    need(rest[0] == rest[1], "redline.json leaves out a difference between the texts")
    need(PAGE.fullmatch(page.decode()), "redline.html is not such a page and nothing else")
    shown = [
        (tag, letters(html.unescape(words or rest)))
        for wording in re.findall('<p class="wording">(.*?)</p>', page.decode(), re.DOTALL)
        for tag, words, rest in re.findall(r"<(del|ins)>([^<]*)</\1>|([^<]+)", wording)
    ]
    need(shown == marks, "redline.html does not show what redline.json says")
    head, _, text = content(Path("redline.txt")).decode().partition("\n\n")
    need(not re.search(r"\[-|\{\+", head), "redline.txt has marks where no change is")
    text = re.sub(r"(?m)^  [-+] link .*$", "", text)
    form = r"(?<!\[)\[-(.*?)-\](?!\])|(?<!\{)\{\+(.*?)\+\}(?!\})"
    shown = [
        ("del" if found[2] is None else "ins", letters(found[1] or found[2] or ""))
        for found in re.finditer(form, text, re.DOTALL)
    ]
    same = shown == [mark for mark in marks if mark[0]]
    need(same, "redline.txt does not show what redline.json says")
    tell(changes)
    return len(changes)


def tell(changes: list[Facts]) -> None:
    """The redline itself, as it was checked: each piece a line, in the form of JSON."""
    for number, change in enumerate(changes, 1):
        print(f"change {number}")
        for kind, old, new in change["redline"]:
            print(f"  {MARKS[kind]} {json.dumps(new or old)}")


# --- the same captures as a WARC file ---


def records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The head and the block of each record of a WARC file."""
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        named = [re.fullmatch(rb"([A-Za-z-]+): ([^\r\n]*)", line) for line in lines]
        names = [found[1].lower() for found in named if found]
        # Each once and in one form, so that no other program reads another length out of it.
        sound = first == b"WARC/1.1" and len(names) == len(lines) == len(set(names))
        length = re.search(rb"(?m)^Content-Length: (\d+)\r?$", head)
        need(sound and length, "captures.warc cannot be read")
        end = int(length[1]) if length else 0
        block, data = rest[:end], rest[end:]
        need(data[:4] == b"\r\n\r\n", "captures.warc cannot be read")
        data = data[4:]
        yield head, block


def warc(seen: Iterable[tuple[Facts, bytes, bytes | None]]) -> None:
    """Whether captures.warc holds the same entries, bodies and times, in the same order."""
    found: list[tuple[bytes, bytes]] = []
    wanted: list[tuple[bytes, bytes]] = []
    (about, _), *rest = records(content(Path("captures.warc")))
    need(b"\nWARC-Type: warcinfo\r\n" in about, "captures.warc does not begin as it should")
    for head, block in rest:
        kind = re.search(rb"(?m)^WARC-Type: (\w+)\r?$", head)
        date = re.search(rb"(?m)^WARC-Date: (\S+)\r?$", head)
        if kind and kind[1] == b"response":
            block = block.partition(b"\r\n\r\n")[2]
        found.append((block, date[1] if date else b""))
    for facts, entry, body in seen:
        time = f"{facts['time'][:26]}Z".encode()
        wanted += [(block, time) for block in (body, entry) if block is not None]
    need(found == wanted, "captures.warc does not hold these captures")


def main() -> None:
    only_these()
    origin, size, root, key = checkpoint()
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
    warc([shown[1:4] for shown in both])
    texts: dict[str, Clauses] = {"before": [], "after": []}
    recorded = True
    for side, shown in sides.items():
        for folder, facts, *_ in shown:
            clauses, same = text_of(folder, facts)
            texts[side] += clauses
            recorded = recorded and same
    count = redline(texts["before"], texts["after"])
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


if __name__ == "__main__":
    try:
        main()
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        need(False, f"a file has not the form it should have ({type(error).__name__}: {error})")
