"""Readers of the operator's files in `data/`, which check each value and know its place.

Every refusal is a `DeclarationError` that names the file, the place in it and the way out; every
quotation in it is safe for a terminal.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

from tracker.errors import DeclarationError
from tracker.model import Document

MAX_BYTES = 256 * 1024
MAX_TEXT = 2_000  # characters of one name, selector or address

#: A whole id of a document; and a name of an edition, a topic or a part of an id.
DOCUMENT = re.compile(r"[a-z0-9-]+/[a-z0-9-]+@[a-z0-9-]+")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: the file, and the keys that lead there."""

    file: str
    steps: tuple[str, ...] = ()

    def at(self, step: str) -> Place:
        """Return the place one key further in."""
        return Place(self.file, (*self.steps, step))

    def wrong(self, problem: str) -> DeclarationError:
        """Return the error to raise; `problem` continues a sentence that begins with the place."""
        return DeclarationError(self.file, f"{self.path} {problem}".lstrip())

    @property
    def path(self) -> str:
        return " › ".join(quoted(step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file of the operator's, or a document in it, that cannot be accepted, with every reason.

    `document` is the one it would have declared, without pages. Its id may contain a * if the whole
    file cannot be read; it is no document's if the file declares none.
    """

    file: str
    reasons: tuple[str, ...]
    document: Document

    @property
    def sentence(self) -> str:
        """The file and all reasons, on one line."""
        return f"{self.file}: {'; '.join(self.reasons)}"

    def concerns(self, name: str) -> bool:
        """Return whether it concerns the document with this id."""
        return fnmatchcase(name, self.document.id)


def refused(error: DeclarationError, document: Document | None = None) -> Refusal:
    """Return the refusal of a file, or of a document in it."""
    named = document or Document(error.file, "", error.file, "", ())
    return Refusal(error.file, tuple(dict.fromkeys(error.reasons)), named)


class Gathered:
    """Collector of the faults of a file, each part of which is read in a block of its own.

    An error in one block does not keep the next from being read; `check` raises them all as one.
    """

    def __init__(self) -> None:
        self._errors: list[DeclarationError] = []

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, DeclarationError):
            self._errors.append(error)
            return True
        return False

    def check(self) -> None:
        """Raise DeclarationError with every reason that was found, if any."""
        if self._errors:
            reasons = (reason for error in self._errors for reason in error.reasons)
            raise DeclarationError(self._errors[0].file, *dict.fromkeys(reasons))

    def refusal(self) -> Refusal | None:
        """Return the refusal of the file with every reason that was found, if any."""
        try:
            self.check()
        except DeclarationError as error:
            return refused(error)
        return None


def is_there(path: Path) -> bool:
    """Return whether a name is taken, be it by a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def read_file(path: Path, shown: str) -> str:
    """Read the UTF-8 text of a file of at most `MAX_BYTES`, called `shown` in messages."""
    if not path.is_file():
        raise DeclarationError(shown, "is not a file that can be read; put one there")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DeclarationError(shown, f"cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise too_large(shown)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationError(shown, "is not UTF-8 text; save it as UTF-8") from error


def too_large(shown: str) -> DeclarationError:
    """Return the error for a file that is too large for a person to have written."""
    return DeclarationError(shown, f"is larger than {MAX_BYTES // 1024} KiB; split it")


def read_json(place: Place, content: str) -> object:
    """Parse JSON of at most `MAX_BYTES` with no key twice in one object."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                raise place.wrong(f"has the key {quoted(key)} twice in one place; keep one")
            found[key] = value
        return found

    return _parsed(place, content, partial(json.loads, object_pairs_hook=once), "JSON")


def read_toml(place: Place, text: str) -> dict[str, object]:
    """Parse TOML of at most `MAX_BYTES`."""
    return _parsed(place, text, tomllib.loads, "TOML")


def _parsed(place: Place, text: str, parse: Callable[[str], _Parsed], form: str) -> _Parsed:
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise too_large(place.file)
    try:
        return parse(text)
    except RecursionError as error:
        raise place.wrong("is nested too deeply; make it flatter") from error
    except ValueError as error:
        raise place.wrong(f"is not {form}: {error}; correct it there") from error


def read_table(place: Place, value: object, known: Sequence[str]) -> dict[str, object]:
    """Return `value` as a mapping that has `known` keys only."""
    table = mapping(place, value)
    check_keys(place, table, known)
    return table


def mapping(place: Place, value: object) -> dict[str, object]:
    """Return `value` as a mapping, whatever its keys."""
    if not isinstance(value, dict):
        raise place.wrong(f"must hold keys and values, not {kind(value)}")
    return value


def check_keys(place: Place, table: dict[str, object], known: Sequence[str]) -> None:
    """Raise DeclarationError naming every key that is not `known`, if any."""
    wrong = Gathered()
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key[:80], known, n=1)
            meant = f"perhaps {close[0]} is meant; " if close else ""
            with wrong:
                raise place.at(key).wrong(f"is not known here; {meant}known are {', '.join(known)}")
    wrong.check()


def read_bool(place: Place, value: object) -> bool:
    """Return `value` as true or false."""
    if not isinstance(value, bool):
        raise place.wrong(f"must be true or false, not {kind(value)}")
    return value


def read_text(place: Place, value: object) -> str:
    """Return `value` as text with some visible character, without the blanks around it."""
    if not isinstance(value, str):
        raise place.wrong(f"must be text in quotation marks, not {kind(value)}")
    if not value.strip() or len(value) > MAX_TEXT:
        raise place.wrong(f"must have between 1 and {MAX_TEXT} characters")
    if _has_hidden(value.translate({9: " ", 10: " ", 13: " "})):
        raise place.wrong("has control or invisible characters in it; remove them")
    return value.strip()


def read_url(place: Place, value: object) -> str:
    """Return `value` as an absolute http(s) address without credentials, as given."""
    address = read_text(place, value)
    if re.search(r"\s", address):
        raise place.wrong("has blanks in its address; write them as %20")
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        _ = parts.port
    except ValueError as error:
        raise place.wrong(f"has an address that cannot be read ({error}); correct it") from error
    if "@" in parts.netloc:
        raise place.wrong("has a user name or password in its address; leave it out")
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise place.wrong("must be an address that begins with https:// or http:// and a host")
    return address


def quoted(words: str) -> str:
    """Quote `words`, shortened and safe for a terminal."""
    return f'"{printable(words if len(words) <= 80 else words[:79] + "…")}"'


def printable(words: str) -> str:
    """Escape everything in `words` that a terminal would act on or could not show."""
    # ascii() would hide é; repr() escapes control characters, overrides and lone surrogates.
    return repr(words)[1:-1]


def kind(value: object) -> str:
    """Name the type of a value in a message."""
    names = {dict: "a table of keys", list: "a list", str: "text", bool: "true or false"}
    return "nothing" if value is None else names.get(type(value), "a number")


def _has_hidden(words: str) -> bool:
    if words.isprintable():  # the common case, and quick
        return False
    # Cc control, Cf format (bidirectional overrides among them), Cs half of a surrogate pair
    return any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in words)
