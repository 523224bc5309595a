"""Checkpoints: the state of the log at a moment, as a text that can be signed and passed on.

The forms are C2SP's tlog-checkpoint (origin, size, root, then lines of our own) and signed-note
(a text, an empty line, lines of signatures), as transparency logs and their witnesses use them.
Pure, but for the arithmetic of `cryptography`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from tracker.archive.integrity import Head
from tracker.evidence.keys import Key, is_signed_by

_ED25519 = b"\x01"  # the signature type of signed-note
_SIGNATURE = re.compile(r"— (?P<name>\S+) (?P<data>[A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint as published: its text, its log's name and size, and its signatures by name."""

    body: str
    origin: str
    size: int
    sizes: tuple[tuple[str, int], ...]
    signatures: tuple[tuple[str, bytes], ...]


def origin_of(site_url: str) -> str:
    """Return the log's name: the address of the site without its scheme."""
    return re.sub("^https?://", "", site_url).rstrip("/") or "terms-tracker.invalid"


def checkpoint_body(origin: str, heads: Mapping[str, Head]) -> str:
    """Return the text of a checkpoint: the tree of the captures, then the other logs of `heads`."""
    captures = heads["captures"]
    lines = [origin, str(captures.size), base64.b64encode(captures.root).decode()]
    others = [log for log in ("documents", "robots") if log in heads]
    lines += [f"{log} {heads[log].size} {heads[log].chain}" for log in others]
    return "\n".join(lines) + "\n"


def signed(body: str, key: Key) -> str:
    """Sign `body` as a signed note; the name of the key is the first line of the text."""
    name = body.split("\n", 1)[0]
    data = key_id(name, key.public) + key.sign(body.encode())
    return f"{body}\n— {name} {base64.b64encode(data).decode()}\n"


def verifier(origin: str, public: bytes) -> str:
    """Return a public key in the form of signed-note: name, id and key, joined by plus signs."""
    packed = base64.b64encode(_ED25519 + public).decode()
    return f"{origin}+{key_id(origin, public).hex()}+{packed}"


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes that identify a key in a signature."""
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def parse_note(text: str) -> Note:
    """Parse a published checkpoint, signed or not. Raises ValueError for anything else."""
    body, empty, rest = text.partition("\n\n")
    if empty:
        body += "\n"
    match body.splitlines():
        case [origin, size, _, *others] if size.isdecimal() and body.endswith("\n"):
            sizes = tuple(_size(line) for line in others)
        case _:
            raise ValueError("is not a checkpoint")
    signatures = tuple(_signature(line) for line in rest.splitlines())
    return Note(body, origin, int(size), (("captures", int(size)), *sizes), signatures)


def note_problems(note: Note, key: Key | None, heads: Mapping[str, Head]) -> Iterator[str]:
    """Name the faults of a published checkpoint; `heads` are the log's at its sizes."""
    if note.body != checkpoint_body(note.origin, heads):
        yield "the published checkpoint is not one of this log: what it signed was rewritten"
    if key is None:
        return
    if not has_signed(key, note):
        yield "the published checkpoint is not signed by this archive's key"


def has_signed(key: Key, note: Note) -> bool:
    """Return whether one of the signatures of a checkpoint was made with `key`."""
    own = [data[4:] for name, data in note.signatures if data[:4] == key_id(name, key.public)]
    return any(is_signed_by(key.public, one, note.body.encode()) for one in own)


def _size(line: str) -> tuple[str, int]:
    log, _, rest = line.partition(" ")
    size = rest.split(" ")[0]
    if not size.isdecimal():
        raise ValueError("is not a checkpoint of this program")
    return log, int(size)


def _signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise ValueError("has a line that is no signature")
    try:
        return found["name"], base64.b64decode(found["data"], validate=True)
    except binascii.Error as error:
        raise ValueError("has a signature that is no base64") from error
