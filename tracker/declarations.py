"""What to look for: declarations in Open Terms Archive's format, as `Document`s.

A declaration is one JSON file per service, in a folder named after the edition it is about:
`EDITION/SERVICE.json`. The format is that of
https://docs.opentermsarchive.org/terms/reference/declaration/ with one freedom (`select` may be
left out: the page is then read by its structure) and two limits: no script is run, neither the
page's (`executeClientScripts`) nor the declaration's (`filter`).

A declaration is accepted in whole or refused in whole, with one `DeclarationError` that says
where and what to do; a typing error must never become a document that is quietly not watched.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import DeclarationError, UsageError
from tracker.inputs import (
    NAME,
    Place,
    kind,
    printable,
    quoted,
    read_bool,
    read_file,
    read_json,
    read_table,
    read_text,
    read_url,
)
from tracker.model import Document, Range, Selector, Source, digest

_TOP = ("name", "terms", "documents", "importedFrom")
_LONGEST = 64  # letters of a part of an id
_SHARED = ("select", "remove", "filter", "executeClientScripts")
_TERMS = ("fetch", "combine", *_SHARED)
# Open Terms Archive's built-in filters; what each is for, our comparison does for every page.
_BUILT_IN = {
    "removeQueryParams": "tracking parameters are dropped from every link",
    "convertSpacesToStandard": "spaces of every kind are compared as one",
}
#: A selector that needs no checking: names, ids and classes, one within another.
_PLAIN = r"[.#]?[A-Za-z][A-Za-z0-9_-]*(?:[.#][A-Za-z][A-Za-z0-9_-]*)*"
_SURE = re.compile(rf"{_PLAIN}(?: {_PLAIN})*")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the files say. `remarks` are sentences about what was accepted but has no effect."""

    documents: tuple[Document, ...]
    remarks: tuple[str, ...] = ()


def load(directory: Path) -> Declared:
    """Every declaration under `directory` (EDITION/SERVICE.json), documents sorted by id.

    Nothing there is nothing declared. Open Terms Archive's `SERVICE.history.json` files, which
    hold superseded declarations, are passed over. Raises `DeclarationError`.
    """
    declared: list[Declared] = []
    sighted: dict[str, str] = {}
    for shown, path in _files(directory):
        one = parse(shown, read_file(path, shown), edition=path.parent.name)
        for document in one.documents:
            first = sighted.setdefault(document.id, shown)
            if first != shown:
                raise DeclarationError(shown, f"declares {document.id}, as {first} does; keep one")
        declared.append(one)
    documents = sorted((d for one in declared for d in one.documents), key=lambda d: d.id)
    return Declared(tuple(documents), tuple(r for one in declared for r in one.remarks))


def parse(file: str, text: str, *, edition: str) -> Declared:
    """The documents of one declaration, in its order. `file` is only for messages.

    Raises `DeclarationError` for anything that is not a declaration we can follow.
    """
    top = Place(file)
    declaration = read_table(top, read_json(top, text), _TOP)
    if "name" not in declaration:
        raise top.wrong('has no "name"; add the name of the service')
    service = _name(top.at("name"), declaration["name"])
    documents: dict[str, Document] = {}
    remarks: list[str] = []
    for key, value in _terms(top, declaration).items():
        place = top.at(key)
        document = _document(place, service, value, edition)
        twin = documents.setdefault(document.id, document)
        if twin is not document:
            raise place.wrong(f"has the same id as {quoted(twin.type)}, {twin.id}; rename one")
        remarks += _remarks(place, read_table(place, value, _TERMS))
    return Declared(tuple(documents.values()), tuple(remarks))


def find(documents: Sequence[Document], name: str) -> Document:
    """The document with this id, or the only one whose id has `name` in it, in any case.

    Raises `UsageError` naming the candidates when there is none or more than one.
    """
    wanted = name.strip().casefold()
    matches = [d for d in documents if d.id == wanted] or [d for d in documents if wanted in d.id]
    if len(matches) == 1:
        return matches[0]
    if not documents:
        raise UsageError(f"No document is called {quoted(name)}: none is declared.")
    if not matches:
        raise UsageError(f"No document is called {quoted(name)}; there are {_list(documents)}.")
    raise UsageError(f"{quoted(name)} could be any of {_list(matches)}; give more of the name.")


def _list(documents: Sequence[Document]) -> str:
    shown = [document.id for document in documents[:20]]
    rest = len(documents) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def document_id(service: str, type_: str, edition: str) -> str:
    """`service/type@edition` in kebab case. Raises ValueError naming a part without such a form."""
    return f"{_kebab(service)}/{_kebab(type_)}@{_kebab(edition)}"


def imported_id(service: str, type_: str, edition: str) -> str:
    """As `document_id`, of names that others chose: a part that is too long is cut.

    A digest of the whole part is put behind what is left of it, so that two which begin alike
    stay two.
    """
    return f"{_cut(service)}/{_cut(type_)}@{_kebab(edition)}"


# ── files ─────────────────────────────────────────────────────────────────────────


def _files(directory: Path) -> list[tuple[str, Path]]:
    loose = sorted(path.name for path in directory.glob("*.json"))
    if loose:
        problem = "is in no edition; move it into a folder such as global/"
        raise DeclarationError(printable(f"{directory.name}/{loose[0]}"), problem)
    files = []
    folded: dict[str, str] = {}
    for path in sorted(directory.glob("*/*.json")):
        if path.name.startswith(".") or path.name.endswith(".history.json"):
            continue
        shown = printable(f"{directory.name}/{path.parent.name}/{path.name}")
        # Two such files become one on a file system that ignores case or normalises names.
        twin = folded.setdefault(unicodedata.normalize("NFC", shown).casefold(), shown)
        if twin != shown:
            raise DeclarationError(shown, f"is named like {twin} but for case; rename one")
        files.append((shown, path))
    return files


# ── the parts of a declaration ────────────────────────────────────────────────────


def _terms(top: Place, declaration: dict[str, object]) -> dict[str, object]:
    names = [key for key in ("terms", "documents") if key in declaration]
    if len(names) != 1:
        raise top.wrong('must have either "terms" or, as older declarations do, "documents"')
    terms = declaration[names[0]]
    if not isinstance(terms, dict) or not terms:
        raise top.at(names[0]).wrong("must be an object that names at least one document")
    return terms


def _name(place: Place, value: object) -> str:
    name = read_text(place, value)
    if re.search(r"[/\\\t\n\r]|\.\.", name):
        raise place.wrong('cannot have a slash, ".." or a line break in its name; rename it')
    return name


def _document(place: Place, service: str, value: object, edition: str) -> Document:
    type_ = _name(place, place.steps[-1])
    try:
        identity = document_id(service, type_, _name(place.at("edition"), edition))
    except ValueError as error:
        raise place.wrong(f"cannot be named: {error}") from error
    sources = _sources(place, read_table(place, value, _TERMS))
    return Document(identity, service, type_, identity.rpartition("@")[2], sources)


def _cut(name: str) -> str:
    part = _hyphened(name)
    if len(part) > _LONGEST:
        return f"{part[: _LONGEST - 9].rstrip('-')}-{digest(part.encode())[:8]}"
    return _kebab(name)


def _hyphened(name: str) -> str:
    bare = (c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", "".join(bare).casefold()).strip("-")


def _kebab(name: str) -> str:
    part = _hyphened(name)
    if not NAME.fullmatch(part):
        raise ValueError(f"{quoted(name)} needs between 1 and 64 Latin letters or digits")
    return part


def _sources(place: Place, terms: dict[str, object]) -> tuple[Source, ...]:
    if "combine" not in terms:
        return (_source(place, terms),)
    if "fetch" in terms:
        raise place.wrong('has both "fetch" and "combine"; keep one')
    shared = {key: terms[key] for key in _SHARED if key in terms}
    return tuple(_source(spot, shared | page) for spot, page in _pages(place, terms))


def _pages(place: Place, terms: dict[str, object]) -> list[tuple[Place, dict[str, object]]]:
    if "combine" not in terms:
        return []
    combine = place.at("combine")
    pages = terms["combine"]
    if not isinstance(pages, list) or not pages:
        raise combine.wrong("must be a list of at least one page")
    spots = [combine.at(str(number)) for number in range(1, len(pages) + 1)]
    known = ("fetch", *_SHARED)
    return [(spot, read_table(spot, page, known)) for spot, page in zip(spots, pages, strict=True)]


def _source(place: Place, page: dict[str, object]) -> Source:
    if "fetch" not in page:
        raise place.wrong('has no "fetch"; add the address of the page')
    _refuse_scripts(place, page)
    return Source(
        read_url(place.at("fetch"), page["fetch"]),
        _selectors(place.at("select"), page.get("select", [])),
        _selectors(place.at("remove"), page.get("remove", [])),
    )


def _refuse_scripts(place: Place, page: dict[str, object]) -> None:
    spot = place.at("executeClientScripts")
    if read_bool(spot, page.get("executeClientScripts", False)):
        raise spot.wrong("cannot be followed: pages are read as served; set it to false, or import")


def _selectors(place: Place, value: object) -> tuple[Selector, ...]:
    if isinstance(value, list):
        return tuple(_selector(place.at(str(n)), one) for n, one in enumerate(value, 1))
    return (_selector(place, value),)


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
    import soupsieve  # which takes its time to load; most selectors are simple

    unreadable = (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, FutureWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # soupsieve warns of selectors it will not read for long
        try:
            soupsieve.compile(selector)
        except RecursionError as error:
            raise place.wrong("is nested too deeply; write a simpler CSS selector") from error
        except unreadable as error:
            reason = printable(str(error).splitlines()[0])
            raise place.wrong(f"is no CSS selector we can read: {reason}; correct it") from error


def _remarks(place: Place, terms: dict[str, object]) -> list[str]:
    spots = [(place, terms), *_pages(place, terms)]
    return [
        remark
        for spot, page in spots
        if "filter" in page
        for remark in _filters(spot.at("filter"), page["filter"])
    ]


def _filters(place: Place, value: object) -> list[str]:
    if not isinstance(value, list):
        raise place.wrong(f"must be a list of names, not {kind(value)}")
    return [_filter(place, one) for one in value]


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
    if asked not in _BUILT_IN:
        raise place.wrong(
            f"asks for {quoted(asked)}, but code in a declaration is not run; "
            'delete it, and if need be name the elements to leave out in "remove"'
        )
    return f"{place.file}: {place.path} {asked} is not needed: {_BUILT_IN[asked]}."
