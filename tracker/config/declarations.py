"""Declarations in Open Terms Archive's format, parsed to `Document`s.

A declaration is one JSON file per service, in a folder named after the edition it is about:
`EDITION/SERVICE.json`. The format is that of
https://docs.opentermsarchive.org/terms/reference/declaration/ with one freedom (`select` may be
left out: the page is then read by its structure), two additions (`was`: an earlier name of the
service or the document, or an earlier address, whose history goes on; `language`: the code of the
language that the document is in) and one limit: code of a declaration (`filter`) is never run,
which a remark says of each that does more than is done anyway.

A document is accepted as a whole or refused as a whole, with a `Refusal` that names every fault,
its place and the way out. A typing error must neither become a document that is quietly not
tracked, nor keep the others from being tracked.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tracker._support.nearest import nearest
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
    printable,
    quoted,
    read_bool,
    read_file,
    read_json,
    read_table,
    read_text,
    read_url,
    refused,
)
from tracker.errors import DeclarationError, UsageError
from tracker.model import Document, Range, Selector, Source, digest

_TOP = ("name", "was", "terms", "documents", "importedFrom")
_LONGEST = 64  # letters of a part of an id
_SHARED = ("select", "remove", "filter", "executeClientScripts")
_TERMS = ("fetch", "combine", "was", "language", *_SHARED)
_LANGUAGE = re.compile(r"[a-z]{2}")
# Open Terms Archive's built-in filters; our comparison does the work of each for every page.
_BUILT_IN = {
    "removeQueryParams": "tracking parameters are dropped from every link",
    "convertSpacesToStandard": "spaces of every kind are compared as one",
}
#: A selector that needs no checking: names, ids and classes, one within another.
_PLAIN = r"[.#]?[A-Za-z][A-Za-z0-9_-]*(?:[.#][A-Za-z][A-Za-z0-9_-]*)*"
_SURE = re.compile(rf"{_PLAIN}(?: {_PLAIN})*")


@dataclass(frozen=True, slots=True)
class Declared:
    """The content of the files. `remarks` are sentences about keys that have no effect."""

    documents: tuple[Document, ...]
    remarks: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def load(directory: Path) -> Declared:
    """Read every declaration under `directory` (EDITION/SERVICE.json), documents sorted by id.

    A missing folder declares nothing. Open Terms Archive's `SERVICE.history.json` files, which hold
    superseded declarations, are skipped.
    """
    found = _gone_on(_once([(file.shown, _read(file)) for file in _files(directory)]))
    return Declared(
        tuple(sorted((d for one in found for d in one.documents), key=lambda d: d.id)),
        tuple(remark for one in found for remark in one.remarks),
        tuple(refusal for one in found for refusal in one.refusals),
    )


def parse(file: str, text: str, *, edition: str) -> Declared:
    """Parse the documents of one declaration, in its order. `file` is only for messages.

    A faulty document is refused alone; the whole file is refused if its service is not clear.
    """
    top = Place(file)
    try:
        declaration = mapping(top, read_json(top, text))
        service, terms = _top(top, declaration)
        former = _former(top.at("was"), declaration.get("was", []))
    except DeclarationError as error:
        return Declared((), (), (refused(error, _any_of(file, edition)),))
    documents: dict[str, Document] = {}
    remarks = [] if terms else [f"{file}: declares no document."]
    refusals: list[Refusal] = []
    for key, value in terms.items():
        place = top.at(key)
        try:
            document, told = _document(place, service, value, edition, former)
            twin = documents.setdefault(document.id, document)
            if twin is not document:
                problem = f"has the same id as {quoted(twin.type)}, {twin.id}; rename one"
                raise place.wrong(problem)
            remarks += told
        except DeclarationError as error:
            refusals.append(refused(error, _named(place, service, edition)))
    remarks += _scripted(file, tuple(documents.values()))
    return Declared(tuple(documents.values()), tuple(remarks), tuple(refusals))


def _scripted(file: str, documents: Sequence[Document]) -> Iterator[str]:
    """Say of which documents the pages are filled by scripts."""
    types = [quoted(d.type) for d in documents if any(s.scripts for s in d.sources)]
    if types:
        what = "asks for a browser (executeClientScripts); without the extra `browser`, pages are"
        yield f"{file}: {', '.join(types)} {what} read as served, or by an archive or a collection."


def find(documents: Sequence[Document], name: str) -> Document:
    """Find the document with this id, or the only one whose id contains `name`, in any case.

    Raises:
        UsageError: There is none, or more than one; the text names the candidates.
    """
    wanted = name.strip().casefold()
    matches = [d for d in documents if d.id == wanted] or [d for d in documents if wanted in d.id]
    matches = matches or [d for d in documents if wanted in f"{d.service} {d.type}".casefold()]
    if len(matches) == 1:
        return matches[0]
    if not documents:
        raise UsageError(f"No document is called {quoted(name)}: none is declared.")
    if not matches:
        meant = nearest(name, [document.id for document in documents])
        there = f"there are {_list(documents)}."
        way_out = f"did you mean {' or '.join(meant)}?" if meant else there
        raise UsageError(f"No document is called {quoted(name)}; {way_out}")
    raise UsageError(f"{quoted(name)} could be any of {_list(matches)}; give more of the name.")


def _list(documents: Sequence[Document]) -> str:
    shown = [document.id for document in documents[:20]]
    rest = len(documents) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def document_id(service: str, type_: str, edition: str) -> str:
    """Return `service/type@edition` in kebab case, the same for the same names for ever.

    A name in another script than Latin, and one that is too long, is told apart by a digest.
    Raises ValueError for a name without letters and digits, and for an edition that is too long.
    """
    return f"{_cut(service)}/{_cut(type_)}@{_kebab(edition)}"


# ── files ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _File:
    """A file with its name in messages; `problem` is a fault of its name or place."""

    shown: str
    path: Path
    problem: str = ""


def _files(directory: Path) -> list[_File]:
    closed = list(_closed(directory))
    nowhere = "is not in an edition; move it into a folder such as global/"
    loose = (path for path in sorted(directory.glob("*.json")) if not _is_past(path))
    files = [_File(printable(f"{directory.name}/{path.name}"), path, nowhere) for path in loose]
    files += closed
    folded: dict[str, str] = {}
    for path in sorted(directory.glob("*/*.json")):
        if path.name.startswith(".") or _is_past(path):
            continue
        shown = printable(f"{directory.name}/{path.parent.name}/{path.name}")
        # Two such files become one on a file system that ignores case or normalises names.
        twin = folded.setdefault(unicodedata.normalize("NFC", shown).casefold(), shown)
        problem = f"differs from {twin} in case only; rename one" if twin != shown else ""
        files.append(_File(shown, path, problem))
    return files


def _is_past(path: Path) -> bool:
    """Return whether a file holds superseded declarations, as Open Terms Archive keeps them."""
    return path.name.endswith(".history.json")


def _closed(directory: Path) -> Iterator[_File]:
    """Yield unreadable folders: documents declared there must not seem to be gone."""
    if not is_there(directory):
        return
    try:
        for folder in sorted(path for path in directory.iterdir() if path.is_dir()):
            try:
                any(folder.iterdir())
            except OSError as error:
                yield _cannot(folder, f"{directory.name}/{folder.name}", error)
    except OSError as error:
        yield _cannot(directory, directory.name, error)


def _cannot(folder: Path, name: str, error: OSError) -> _File:
    problem = f"is not a folder that can be read ({error.strerror}); put one there, or unlock it"
    return _File(printable(name), folder, problem)


def _read(file: _File) -> Declared:
    edition = file.path.parent.name
    problem = DeclarationError(file.shown, file.problem) if file.problem else None
    try:
        text = "" if problem else read_file(file.path, file.shown)
    except DeclarationError as error:
        problem = error
    if problem:
        return Declared((), (), (refused(problem, _any_of(file.shown, edition)),))
    return parse(file.shown, text, edition=edition)


def _once(found: Sequence[tuple[str, Declared]]) -> list[Declared]:
    """Keep only the first declaration of each document; refuse the others."""
    sighted: dict[str, str] = {}
    return [_but_for(sighted, file, one) for file, one in found]


def _but_for(sighted: dict[str, str], file: str, one: Declared) -> Declared:
    again = [d for d in one.documents if sighted.setdefault(d.id, file) != file]
    refusals = (
        Refusal(file, (f"declares {d.id}, as {sighted[d.id]} does; keep one",), d) for d in again
    )
    mine = tuple(d for d in one.documents if d not in again)
    return Declared(mine, one.remarks, (*one.refusals, *refusals))


def _gone_on(found: Sequence[Declared]) -> list[Declared]:
    """Leave out earlier names that are declared themselves, or that two documents claim."""
    every = {d.id for one in found for d in one.documents}
    claimed = Counter(name for one in found for d in one.documents for name in d.was)
    return [
        replace(
            one,
            documents=tuple(
                replace(d, was=tuple(n for n in d.was if n not in every and claimed[n] == 1))
                for d in one.documents
            ),
            remarks=(
                *one.remarks,
                *(
                    f"{d.id} was not {name}, which is declared itself."
                    if name in every
                    else f"{d.id} was not {name}, which another document claims to have been too."
                    for d in one.documents
                    for name in d.was
                    if name in every or claimed[name] > 1
                ),
            ),
        )
        for one in found
    ]


def _any_of(file: str, edition: str) -> Document | None:
    """Return a placeholder for all documents of an unreadable file, from its name."""
    name = file.rpartition("/")[2].removesuffix(".json")
    try:
        service, region = _kebab(name), _kebab(edition)
    except ValueError:
        return None
    return Document(f"{service}/*@{region}", name, "", edition, ())


def _named(place: Place, service: str, edition: str) -> Document:
    """Return a refused document: its name alone."""
    type_ = place.steps[-1]
    try:
        identity = document_id(service, type_, edition)
    except ValueError:
        identity = f"{place.file} {place.path}"
    return Document(identity, service, type_, edition, ())


# ── the parts of a declaration ────────────────────────────────────────────────────


def _top(top: Place, declaration: dict[str, object]) -> tuple[str, dict[str, object]]:
    """Read the name of the service, and its terms."""
    wrong, service, terms = Gathered(), "", dict[str, object]()
    with wrong:
        check_keys(top, declaration, _TOP)
    with wrong:
        if "name" not in declaration:
            raise top.wrong('has no "name"; add the name of the service')
        service = _name(top.at("name"), declaration["name"])
    with wrong:
        terms = _terms(top, declaration)
    wrong.check()
    return service, terms


def _terms(top: Place, declaration: dict[str, object]) -> dict[str, object]:
    names = [key for key in ("terms", "documents") if key in declaration]
    if len(names) != 1:
        raise top.wrong('must have either "terms" or, as older declarations do, "documents"')
    return mapping(top.at(names[0]), declaration[names[0]])


def _name(place: Place, value: object) -> str:
    name = read_text(place, value)
    if re.search(r"[/\\\t\n\r]|\.\.", name):
        raise place.wrong('cannot have a slash, ".." or a line break in its name; rename it')
    return name


def _document(
    place: Place, service: str, value: object, edition: str, former: Sequence[str]
) -> tuple[Document, list[str]]:
    """Read a document, and remarks about it."""
    wrong, identity, sources, remarks = Gathered(), "", tuple[Source, ...](), list[str]()
    with wrong:
        identity = _identity(place, service, edition)
    terms = dict[str, object]()
    with wrong:
        terms = mapping(place, value)
        check_keys(place, terms, _TERMS)
    with wrong:
        sources = _sources(place, terms)
    with wrong:
        remarks = _remarks(place, terms)
    said = tuple[str, ...]()
    with wrong:
        said = _former(place.at("was"), terms.get("was", []))
    language = ""
    with wrong:
        language = _language(place.at("language"), terms.get("language", ""))
    wrong.check()
    type_ = _name(place, place.steps[-1])
    moved = tuple(one for one in said if _is_address(one))
    was = _was(place.at("was"), (service, type_, edition), former, said)
    document = Document(identity, service, type_, identity.rpartition("@")[2], sources)
    return replace(document, was=was, moved=moved, language=language), remarks


def _language(place: Place, value: object) -> str:
    if value == "" or (isinstance(value, str) and _LANGUAGE.fullmatch(value)):
        return value if isinstance(value, str) else ""
    raise place.wrong('must be a code of two letters (ISO 639-1), such as "en"')


def _former(place: Place, value: object) -> tuple[str, ...]:
    """Read one earlier name, or a list of them."""
    listed = value if isinstance(value, list) else [value]
    wrong, names = Gathered(), list[str]()
    for one in listed:
        with wrong:
            text = read_text(place, one)
            is_whole = _is_address(text) or DOCUMENT.fullmatch(text)
            names.append(text if is_whole else _name(place, text))
    wrong.check()
    return tuple(names)


def _is_address(name: str) -> bool:
    return name.startswith(("https://", "http://"))


def _was(
    place: Place, now: tuple[str, str, str], former: Sequence[str], said: Sequence[str]
) -> tuple[str, ...]:
    """Return the ids a document had, by earlier names of its service and its own."""
    service, type_, edition = now
    whole = [one for one in said if DOCUMENT.fullmatch(one)]
    types = [one for one in said if one not in whole and not _is_address(one)]
    try:
        named = (document_id(s, t, edition) for s in (*former, service) for t in (*types, type_))
        mine = document_id(service, type_, edition)
        return tuple(dict.fromkeys(one for one in (*whole, *named) if one != mine))
    except ValueError as error:
        raise place.wrong(f"cannot be a name: {error}") from error


def _identity(place: Place, service: str, edition: str) -> str:
    type_ = _name(place, place.steps[-1])
    try:
        return document_id(service, type_, _name(place.at("edition"), edition))
    except ValueError as error:
        raise place.wrong(f"cannot be named: {error}") from error


def _cut(name: str) -> str:
    part = _hyphened(name)
    if len(part) > _LONGEST:
        return f"{part[: _LONGEST - 9].rstrip('-')}-{digest(part.encode())[:8]}"
    return _kebab(name)


def _kebab(name: str) -> str:
    part = _hyphened(name) or _of_another_script(name)
    if not NAME.fullmatch(part):
        raise ValueError(f"{quoted(name)} needs letters or digits, and at most 64 of them")
    return part


def _hyphened(name: str) -> str:
    bare = (c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", "".join(bare).casefold()).strip("-")


def _of_another_script(name: str) -> str:
    """Name a text without Latin letters by its script and a digest; empty without any letters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    letter = next((c for c in folded if c.isalnum()), "")
    script = _hyphened(unicodedata.name(letter, "").partition(" ")[0]) if letter else ""
    return f"{script}-{digest(folded.strip().encode('utf-8', 'replace'))[:8]}" if script else ""


def _sources(place: Place, terms: dict[str, object]) -> tuple[Source, ...]:
    if "combine" not in terms:
        return (_source(place, terms),)
    wrong, sources = Gathered(), list[Source]()
    with wrong:
        if "fetch" in terms:
            raise place.wrong('has both "fetch" and "combine"; keep one')
    shared = {key: terms[key] for key in _SHARED if key in terms}
    with wrong:
        for spot, page in _pages(place, terms):
            with wrong:
                check_keys(spot, page, ("fetch", *_SHARED))
            with wrong:
                sources.append(_source(spot, shared | page))
    wrong.check()
    return tuple(sources)


def _pages(place: Place, terms: dict[str, object]) -> list[tuple[Place, dict[str, object]]]:
    if "combine" not in terms:
        return []
    combine = place.at("combine")
    pages = terms["combine"]
    if not isinstance(pages, list) or not pages:
        raise combine.wrong("must be a list of at least one page")
    spots = [combine.at(str(number)) for number in range(1, len(pages) + 1)]
    return [(spot, mapping(spot, page)) for spot, page in zip(spots, pages, strict=True)]


def _source(place: Place, page: dict[str, object]) -> Source:
    wrong, url = Gathered(), ""
    select, remove = tuple[Selector, ...](), tuple[Selector, ...]()
    with wrong:
        if "fetch" not in page:
            raise place.wrong('has no "fetch"; add the address of the page')
        url = _address(place.at("fetch"), page["fetch"])
    scripts = False
    with wrong:
        key = "executeClientScripts"
        scripts = read_bool(place.at(key), page.get(key, False))
    with wrong:
        select = _selectors(place.at("select"), page.get("select", []))
    with wrong:
        remove = _selectors(place.at("remove"), page.get("remove", []))
    wrong.check()
    return Source(url, select, remove, scripts)


def _address(place: Place, value: object) -> str:
    """Read an address; blanks in it are escaped, as browsers do."""
    return read_url(place, value.strip().replace(" ", "%20") if isinstance(value, str) else value)


def _selectors(place: Place, value: object) -> tuple[Selector, ...]:
    if not isinstance(value, list):
        return (_selector(place, value),)
    wrong, found = Gathered(), list[Selector]()
    for n, one in enumerate(value, 1):
        with wrong:
            found.append(_selector(place.at(str(n)), one))
    wrong.check()
    return tuple(found)


def _selector(place: Place, value: object) -> Selector:
    if not isinstance(value, dict):
        return _css(place, value)
    ends = read_table(place, value, ("startBefore", "startAfter", "endBefore", "endAfter"))
    start = _one(place, ends, "startBefore", "startAfter")
    end = _one(place, ends, "endBefore", "endAfter")
    return Range(
        _css(place.at(start), ends[start]),
        _css(place.at(end), ends[end]),
        start_included=start == "startBefore",
        end_included=end == "endAfter",
    )


def _one(place: Place, ends: dict[str, object], *choice: str) -> str:
    given = [key for key in choice if key in ends]
    if len(given) != 1:
        raise place.wrong(f"must have exactly one of {' and '.join(choice)}")
    return given[0]


def _css(place: Place, value: object) -> str:
    selector = read_text(place, value)
    if not _SURE.fullmatch(selector):
        _check(place, selector)
    return selector


def _check(place: Place, selector: str) -> None:
    import soupsieve  # slow to load, and most selectors are simple

    unreadable = (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, FutureWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # soupsieve warns of deprecated selectors
        try:
            soupsieve.compile(selector)
        except RecursionError as error:
            raise place.wrong("is nested too deeply; write a simpler CSS selector") from error
        except unreadable as error:
            reason = printable(str(error).splitlines()[0])
            raise place.wrong(f"is not a CSS selector we can read: {reason}; correct it") from error


def _remarks(place: Place, terms: dict[str, object]) -> list[str]:
    """Check the filters that are asked for, and return what is to be said of them."""
    wrong, asked = Gathered(), dict[str, None]()
    for spot, page in [(place, terms), *_pages(place, terms)]:
        if "filter" in page:
            with wrong:
                asked |= dict.fromkeys(_filters(spot.at("filter"), page["filter"]))
    wrong.check()
    code = [quoted(name) for name in asked if name not in _BUILT_IN]
    remarks = [f"{n} is not needed: {_BUILT_IN[n]}" for n in asked if n in _BUILT_IN]
    if code:
        names = f"filter{'s' * (len(code) > 1)} {', '.join(code)}"
        remarks.append(f"is read without its {names}, as code of a declaration is not run")
    return [f"{place.file}: {place.path} {remark}." for remark in remarks]


def _filters(place: Place, value: object) -> list[str]:
    """Read the names of filters."""
    if not isinstance(value, list):
        raise place.wrong(f"must be a list of names, not {kind(value)}")
    wrong, names = Gathered(), list[str]()
    for one in value:
        with wrong:
            names.append(_filter(place, one))
    wrong.check()
    return names


def _filter(place: Place, value: object) -> str:
    asked: object = value
    if isinstance(value, dict) and len(value) == 1:
        asked = next(iter(value))
        parameters = value[asked]
        listed = parameters if isinstance(parameters, list) else [parameters]
        if asked == "removeQueryParams" and not all(isinstance(one, str) for one in listed):
            raise place.at(asked).wrong("must be a list of parameter names")
    if not isinstance(asked, str):
        raise place.wrong("must list names, or objects of one name and its parameters")
    return asked
