"""`data/sources.toml`: where the texts are read from, in which order, and how fresh they should be.

A document has several sources. Its own page; the Internet Archive's captures of that page; files
of public collections, which are git repositories of Open Terms Archive's kind. Files and WARCs
come by `tracker import` and need no line here. A source is asked where those ranked before it did
not give the text; what is out of reach is named, and the others are asked all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tracker.config.validation import (
    DOCUMENT,
    NAME,
    Gathered,
    Place,
    Refusal,
    check_keys,
    is_there,
    kind,
    mapping,
    quoted,
    read_file,
    read_table,
    read_text,
    read_toml,
    read_url,
    refused,
)
from tracker.errors import DeclarationError
from tracker.model import utc

FILE = "sources.toml"

#: The kinds of sources that can be ranked.
PAGE, INTERNET_ARCHIVE, COLLECTIONS = "page", "internet-archive", "collections"
KINDS = (PAGE, INTERNET_ARCHIVE, COLLECTIONS)

_SPAN = re.compile(r"([1-9][0-9]{0,3}) (hour|day|week)s?")
_REMOTE = ("https", "http")


@dataclass(frozen=True, slots=True)
class Collection:
    """A git repository of texts or pages that others keep, as Open Terms Archive's are.

    `name` is what this file calls it, `title` what readers are told, `url` an address or a local
    repository, `licence` the terms under which its records may be shown, empty if not given.
    """

    name: str
    url: str
    title: str
    licence: str = ""


@dataclass(frozen=True, slots=True)
class CollectedFile:
    """One file of a collection that holds a document from `since` to `until`, both included.

    A collection may go on under the same name with another text, so each period has its own entry.
    """

    collection: str
    file: str
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Return whether what the file held at this time is of the document."""
        begun = self.since is None or self.since <= moment
        return begun and (self.until is None or moment <= self.until)


@dataclass(frozen=True, slots=True)
class DocumentSources:
    """Sources of one document: their kinds by rank, its preview page, its files elsewhere.

    `preview` is empty where there is no such page. `expect` is the longest that its text may go
    without having been seen; None where that is learned from what usually passes between two
    looks.
    """

    read: tuple[str, ...] = KINDS
    preview: str = ""
    files: tuple[CollectedFile, ...] = ()
    expect: timedelta | None = None

    def reads(self, kind: str) -> bool:
        """Return whether a kind of source is used at all."""
        return kind in self.read


@dataclass(frozen=True, slots=True)
class Sources:
    """Content of `data/sources.toml`; `usual` are the sources of documents it does not name."""

    usual: DocumentSources = field(default_factory=DocumentSources)
    documents: tuple[tuple[str, DocumentSources], ...] = ()
    collections: tuple[Collection, ...] = ()

    def of(self, document: str) -> DocumentSources:
        """Return the sources of the document with this id."""
        return dict(self.documents).get(document, self.usual)

    def collection(self, name: str) -> Collection:
        """Return the collection of this name, which an entry of a document gave."""
        return next(one for one in self.collections if one.name == name)


@dataclass(frozen=True, slots=True)
class Given:
    """Sources in force, and the refusal of what cannot be accepted of the file."""

    sources: Sources = field(default_factory=Sources)
    refusal: Refusal | None = None


def load(directory: Path, earlier: Sources | None = None) -> Given:
    """Read `directory`/sources.toml; without a file, the defaults. See `read` for `earlier`."""
    path = directory / FILE
    if not is_there(path):
        return Given()
    try:
        return read(FILE, read_file(path, FILE), earlier or Sources())
    except DeclarationError as error:
        return Given(earlier or Sources(), refused(error))


def parse(file: str, text: str) -> Sources:
    """Parse the sources of a TOML text. `file` is only for messages.

    Raises:
        DeclarationError: Something cannot be accepted; the text names every fault.
    """
    found = read(file, text, Sources())
    if found.refusal:
        raise DeclarationError(file, *found.refusal.reasons)
    return found.sources


def read(file: str, text: str, earlier: Sources) -> Given:
    """Read the sources of a TOML text; what cannot be accepted stays as it was `earlier`.

    A faulty document keeps no other from being read. Raises DeclarationError where the text is no
    TOML.
    """
    top, wrong = Place(file), Gathered()
    given = read_toml(top, text)
    with wrong:
        check_keys(top, given, (*_USUAL, "collections", "documents"))
    usual = earlier.usual
    with wrong:
        told = {key: given[key] for key in _USUAL if key in given}
        usual = _document(top, told, DocumentSources(), frozenset())
    found = {one.name: one for one in earlier.collections}
    collections = dict[str, Collection]()
    with wrong:
        for name, value in _table(top, given, "collections"):
            collections |= {name: found[name]} if name in found else {}
            with wrong:
                collections[name] = _collection(top.at("collections").at(name), name, value)
    before, documents = dict(earlier.documents), dict[str, DocumentSources]()
    with wrong:
        for name, value in _table(top, given, "documents"):
            documents |= {name: before[name]} if name in before else {}
            with wrong:
                place = top.at("documents").at(name)
                documents[name] = _named(place, name, value, usual, frozenset(collections))
    kept = tuple(collections[name] for name in sorted(collections))
    sources = Sources(usual, tuple(sorted(documents.items(), key=lambda d: d[0])), kept)
    return Given(_without_strangers(sources), wrong.refusal())


def _without_strangers(sources: Sources) -> Sources:
    """Leave out files of collections that are not there, as an earlier entry may have them."""
    known = {one.name for one in sources.collections}
    return Sources(
        sources.usual,
        tuple((name, _among(one, known)) for name, one in sources.documents),
        sources.collections,
    )


def _among(one: DocumentSources, known: set[str]) -> DocumentSources:
    files = tuple(file for file in one.files if file.collection in known)
    return DocumentSources(one.read, one.preview, files, one.expect)


def _table(top: Place, given: dict[str, object], key: str) -> list[tuple[str, object]]:
    return list(mapping(top.at(key), given.get(key, {})).items())


# ── collections ───────────────────────────────────────────────────────────────────


def _collection(place: Place, name: str, value: object) -> Collection:
    if not NAME.fullmatch(name):
        raise place.wrong("is no name; use small letters, figures and hyphens")
    told = read_table(place, value, ("url", "title", "licence"))
    wrong, url, title, licence = Gathered(), "", name, ""
    with wrong:
        if "url" not in told:
            raise place.wrong('has no "url"; add the address of its git repository')
        url = _repository(place.at("url"), told["url"])
    with wrong:
        title = read_text(place.at("title"), told.get("title", name))
    with wrong:
        licence = read_text(place.at("licence"), told["licence"]) if "licence" in told else ""
    wrong.check()
    return Collection(name, url, title, licence)


def _repository(place: Place, value: object) -> str:
    """Read an address of a git repository: https://, http://, file://, or a folder."""
    address = read_text(place, value)
    scheme = urlsplit(address).scheme
    if scheme in _REMOTE:
        return read_url(place, address)
    if scheme not in ("", "file") or address.startswith("-"):
        raise place.wrong("must be an https://, http:// or file:// address, or a folder")
    return address


# ── documents ─────────────────────────────────────────────────────────────────────


def _named(
    place: Place, name: str, value: object, usual: DocumentSources, collections: frozenset[str]
) -> DocumentSources:
    if not DOCUMENT.fullmatch(name):
        way_out = "write its whole id, such as linkedin/privacy-policy@eu"
        raise place.wrong(f"is not a document; {way_out}")
    return _document(place, read_table(place, value, _KEYS), usual, collections)


def _document(
    place: Place, told: dict[str, object], usual: DocumentSources, collections: frozenset[str]
) -> DocumentSources:
    wrong, ranked, preview = Gathered(), usual.read, ""
    files, expect = tuple[CollectedFile, ...](), usual.expect
    with wrong:
        ranked = _ranked(place.at("read"), told["read"]) if "read" in told else ranked
    with wrong:
        preview = read_url(place.at("preview"), told["preview"]) if "preview" in told else ""
    with wrong:
        expect = _span(place.at("expect"), told["expect"]) if "expect" in told else expect
    with wrong:
        files = _files(place.at("files"), told.get("files", []), collections)
    wrong.check()
    return DocumentSources(ranked, preview, files, expect)


def _ranked(place: Place, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise place.wrong(f"must be a list of kinds of sources, not {kind(value)}")
    for one in value:
        if one not in KINDS:
            raise place.wrong(f"has {quoted(str(one))}; known are {', '.join(KINDS)}")
    if len(set(value)) < len(value):
        raise place.wrong("names a kind of source twice; keep one")
    return tuple(value)


def _span(place: Place, value: object) -> timedelta:
    """Read a span of time, such as "4 days"."""
    match = _SPAN.fullmatch(read_text(place, value))
    if not match:
        raise place.wrong('must be a number of hours, days or weeks, such as "4 days"')
    return timedelta(**{f"{match[2]}s": int(match[1])})


def _files(place: Place, value: object, collections: frozenset[str]) -> tuple[CollectedFile, ...]:
    if not isinstance(value, list):
        raise place.wrong(f"must be a list of files of collections, not {kind(value)}")
    wrong, found = Gathered(), list[CollectedFile]()
    for number, one in enumerate(value, 1):
        with wrong:
            found.append(_file(place.at(str(number)), one, collections))
    wrong.check()
    return tuple(found)


def _file(place: Place, value: object, collections: frozenset[str]) -> CollectedFile:
    told = read_table(place, value, ("collection", "file", "since", "until"))
    wrong, collection, file = Gathered(), "", ""
    since: datetime | None = None
    until: datetime | None = None
    with wrong:
        collection = read_text(place.at("collection"), told.get("collection"))
        if collection not in collections:
            known = ", ".join(sorted(collections)) or "none"
            raise place.at("collection").wrong(f"is not declared here; declared are: {known}")
    with wrong:
        file = _path(place.at("file"), told.get("file"))
    with wrong:
        since = _moment(place.at("since"), told["since"], time.min) if "since" in told else None
    with wrong:
        until = _moment(place.at("until"), told["until"], time.max) if "until" in told else None
    wrong.check()
    if since and until and until < since:
        raise place.wrong("ends before it begins; put the earlier time into since")
    return CollectedFile(collection, file, since, until)


def _path(place: Place, value: object) -> str:
    path = read_text(place, value)
    if path.startswith("/") or ".." in path.split("/") or "\\" in path:
        raise place.wrong(
            "must be a path inside the collection, such as LinkedIn/Privacy Policy.md"
        )
    return path


def _moment(place: Place, value: object, of_day: time) -> datetime:
    """Read a time, or a day: its beginning or its end."""
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date):
        return datetime.combine(value, of_day, UTC)
    raise place.wrong("must be a day such as 2025-06-10, without quotation marks")


#: What holds for all documents, and what may be said of one.
_USUAL = ("read", "expect")
_KEYS = (*_USUAL, "preview", "files")
