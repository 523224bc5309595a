"""`data/settings.toml`: the operator's settings. Every key is optional."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tracker.config.validation import (
    DOCUMENT,
    Gathered,
    Place,
    Refusal,
    check_keys,
    is_there,
    kind,
    quoted,
    read_bool,
    read_file,
    read_text,
    read_toml,
    read_url,
    refused,
)
from tracker.errors import DeclarationError
from tracker.model import Settings

FILE = "settings.toml"

_VARIABLE = re.compile(r"\$\{\w+\}")
_STORE = re.compile(
    r"(?:file:///|(?!file:|https?:)[a-z][a-z0-9+.-]*://)[^\s/@*?\[\]#][^\s@*?\[\]#]*"
)
_SECRET = re.compile(
    r"key|.*(?:(?:access|account)_?key|secret|token|passw|credential|connection_string).*",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(r"[^\s@()<>,;]++@[^\s@()<>,;.]++(?:\.[^\s@()<>,;.]++)++")
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class Given:
    """The settings in force, the refusal of the file, and the settings that could not be read."""

    settings: Settings = field(default_factory=Settings)
    refusal: Refusal | None = None
    unread: frozenset[str] = frozenset()


def load(directory: Path, earlier: Settings | None = None) -> Given:
    """Read the settings in `directory`/settings.toml; without a file, the defaults.

    `earlier` are the settings of before; see `read`.
    """
    path = directory / FILE
    if not is_there(path):
        return Given()
    try:
        return read(FILE, read_file(path, FILE), earlier or Settings())
    except DeclarationError as error:
        return Given(earlier or Settings(), refused(error), frozenset(_FIELDS))


def parse(file: str, text: str) -> Settings:
    """Parse the settings of a TOML text. `file` is only for messages.

    Raises:
        DeclarationError: A key or a value is unknown; the text names every fault.
    """
    found = read(file, text, Settings())
    if found.refusal:
        raise DeclarationError(file, *found.refusal.reasons)
    return found.settings


def read(file: str, text: str, earlier: Settings) -> Given:
    """Read the settings of a TOML text; one that cannot be accepted stays as it was `earlier`.

    A setting that is quietly ignored is worse than none, so each of these is named. Raises
    DeclarationError where the text is no TOML.
    """
    top, wrong, found = Place(file), Gathered(), dict[str, Any]()
    given = read_toml(top, text)
    with wrong:
        check_keys(top, given, tuple(_READERS))
    unread = set()
    for key in (key for key in _READERS if key in given):
        name = _NAMES.get(key, key)
        found[name] = getattr(earlier, name)
        unread.add(name)
        with wrong:
            found[name] = _READERS[key](top.at(key), given[key])
            unread.remove(name)
    return Given(Settings(**found), wrong.refusal(), frozenset(unread))


def _site(place: Place, value: object) -> str:
    # The template has an empty string for "not yet".
    return f"{_base(place, value)}/" if value != "" else ""


def _base(place: Place, value: object) -> str:
    """Read an address that paths are appended to, without the slash at its end."""
    address = read_url(place, value)
    parts = urlsplit(address)
    if parts.query or parts.fragment:
        raise place.wrong("must end before any ? or #, since paths are put after it")
    return address.rstrip("/")


def _address(place: Place, value: object) -> str:
    return read_url(place, value) if value != "" else ""


def _contact(place: Place, value: object) -> str:
    if value == "":
        return ""
    contact = read_text(place, value)
    if _MAIL.fullmatch(contact) and contact.isascii():
        return contact
    address = read_url(place, value) if contact.startswith(("http://", "https://")) else ""
    # It is sent in the User-Agent, as a comment in brackets.
    if not address.isascii() or not address or set("()") & set(address):
        raise place.wrong("must be a mail address or an https:// address, in plain ASCII")
    return address


def _robots(place: Place, value: object) -> bool:
    if value not in ("obey", "note"):
        raise place.wrong('must be "obey", or "note" to read a document regardless and say so')
    return value == "obey"


def _hosts(place: Place, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise place.wrong(f"must be a list of hosts, not {kind(value)}")
    return tuple(_host(place, one) for one in value)


def _host(place: Place, value: object) -> str:
    host = read_text(place, value).lower()
    match = _HOST.fullmatch(host)
    if not match or not 0 < int(match["port"] or 1) < 65536:
        raise place.wrong(f"has {quoted(host)}; write a HOST or a HOST:PORT, without https://")
    return host


def _notify(place: Place, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise place.wrong(f"must be a table from feed to addresses, not {kind(value)}")
    return tuple((name, _addresses(place.at(name), value[name])) for name in sorted(value))


def _addresses(place: Place, value: object) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    found = tuple(read_text(place, one) for one in given)
    if not all("://" in address or _VARIABLE.fullmatch(address) for address in found):
        # Not quoted in the message: it may contain a password.
        raise place.wrong('must hold addresses such as "mailto://…", or "${NAME}" for one')
    return found


def read_store(place: Place, value: object) -> str:
    """Read the address of a folder in a store, without the slash at its end; empty for none."""
    if value == "":
        return ""
    address = read_text(place, value)
    if not _STORE.fullmatch(address):
        raise place.wrong(
            'must be a folder of a store, such as "s3://bucket/folder" or "file:///srv/bodies", '
            "without a user name, blanks or any of * ? [ ] #"
        )
    return address.rstrip("/")


def _options(place: Place, value: object) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
    if not isinstance(value, dict):
        raise place.wrong(f"must be a table for each kind of store, not {kind(value)}")
    return tuple((name, _told(place.at(name), value[name])) for name in sorted(value))


def _told(place: Place, value: object) -> tuple[tuple[str, Any], ...]:
    if not isinstance(value, dict):
        raise place.wrong("belongs in the table of a kind of store: [bodies_options.s3]")
    for name in value:
        if _SECRET.fullmatch(name):
            raise place.at(name).wrong("does not belong in a file; set it in the environment")
        if isinstance(value[name], dict):
            _told(place.at(name), value[name])
    return tuple((name, value[name]) for name in sorted(value))


def _previews(place: Place, value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise place.wrong(f"must be a table from document to address, not {kind(value)}")
    for name in value:
        if not DOCUMENT.fullmatch(name):
            way_out = "write its whole id, such as linkedin/privacy-policy@eu"
            raise place.at(name).wrong(f"is not a document; {way_out}")
    return tuple((name, read_url(place.at(name), value[name])) for name in sorted(value))


_READERS: dict[str, Callable[[Place, object], object]] = {
    "site_url": _site,
    "contact": _contact,
    "robots": _robots,
    "allow_hosts": _hosts,
    "wayback_url": _base,
    "stand_in": read_bool,
    "timestamp_url": _address,
    "websub_hub": _address,
    "publish_evidence": read_bool,
    "previews": _previews,
    "notify": _notify,
    "bodies": read_store,
    "bodies_options": _options,
}
#: Settings that have another name in the file.
_NAMES = {"robots": "obey_robots"}
_FIELDS = [_NAMES.get(key, key) for key in _READERS]
