"""The cache of what was derived: the same bytes with it, without it, and with a damaged one."""

from __future__ import annotations

import pickle
import sqlite3
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.history.test_history import ONE, SALE, look, told
from tests.importer.test_wayback import declare, terms, tracker
from tests.samples import bytes_of
from tests.test_architecture import PACKAGE, imported_modules, modules
from tracker._support.cache import PAGES, READINGS, TEXTS, DerivedCache, key_of, program
from tracker.history import decisive
from tracker.model import Document, History, digest

DOCUMENT = Document("d", "Harbour", "Terms of Service", "global", (ONE,))
CAPTURES = [look("A", 0), look("B", 1)]
FOUND = told(*CAPTURES)


def test_what_was_put_there_is_got_by_its_key_alone(tmp_path: Path) -> None:
    with DerivedCache(tmp_path / "c" / "h.db", write=True) as cache:
        cache.put("d", "key", FOUND)
    with DerivedCache(tmp_path / "c" / "h.db") as cache:
        assert cache.get("d", "key", History) == cache.last("d", History) == FOUND
        assert cache.get("d", "other", History) is None
        assert cache.get("e", "key", History) is None
        assert cache.get("d", "key", Document) is None


def test_a_key_stands_for_all_that_is_given_and_for_the_code() -> None:
    given = (DOCUMENT, CAPTURES, (SALE,))
    others = [
        key_of(TEXTS, DOCUMENT, CAPTURES[:1], (SALE,)),
        key_of(TEXTS, DOCUMENT, [CAPTURES[0], replace(CAPTURES[1], reason="x")], (SALE,)),
        key_of(TEXTS, DOCUMENT, CAPTURES, ()),
        key_of(TEXTS, replace(DOCUMENT, service="Pier"), CAPTURES, (SALE,)),
        key_of(PAGES, *given),
        key_of((), *given),
    ]
    assert len({key_of(TEXTS, *given), *others}) == 7
    assert key_of(TEXTS, *given) == key_of(TEXTS, *given)


#: What everything imports and nothing that is published follows from.
GROUND = ("errors.py", "__init__.py", "_support", "config/validation.py", "config/__init__.py")


def is_in(path: Path, places: tuple[str, ...]) -> bool:
    inside = path.relative_to(PACKAGE).as_posix()
    return any(inside == place or inside.startswith(f"{place}/") for place in places)


@pytest.mark.parametrize("places", [READINGS, TEXTS, PAGES])
def test_a_key_stands_for_all_the_code_that_is_used(places: tuple[str, ...]) -> None:
    used = {m for path in modules() if is_in(path, places) for m in imported_modules(path)}
    assert not [path for path in used if not is_in(path, (*places, *GROUND))]


def test_only_a_writer_adds_to_it(tmp_path: Path) -> None:
    with DerivedCache(tmp_path / "h.db") as cache:
        cache.put("d", "key", FOUND)
    assert not list(tmp_path.iterdir())


def test_without_a_place_nothing_is_remembered() -> None:
    with DerivedCache(None, write=True) as cache:
        cache.put("d", "key", FOUND)
        assert cache.get("d", "key", History) is None


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, ("ran",)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A dataclass that is none of ours."""

    text: str = ""


def packed(value: object) -> bytes:
    data = zlib.compress(pickle.dumps(value))
    return digest(data).encode() + data


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"junk",
        pickle.dumps(Evil()),
        packed(Evil()),
        packed(Foreign()),
        packed(Path.touch),
        packed(decisive),
        packed({"a": 1}),
    ],
)
def test_what_is_damaged_or_foreign_is_not_there(tmp_path: Path, value: bytes) -> None:
    file = tmp_path / "h.db"
    with DerivedCache(file, write=True) as cache:
        cache.put("d", "key", FOUND)
    with sqlite3.connect(file) as database:
        database.execute("update derived set value = ?", [value])
    with DerivedCache(file) as cache:
        assert cache.get("d", "key", History) is None
        assert cache.get("d", "key", object) in (None, {"a": 1})


def test_a_file_that_is_no_cache_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "h.db").write_bytes(b"no database at all, but text" * 99)
    with DerivedCache(tmp_path / "h.db", write=True) as cache:
        cache.put("d", "key", FOUND)
        assert cache.get("d", "key", History) is None


def test_what_is_published_is_the_same_with_and_without_it(tmp_path: Path) -> None:
    root = declare(tmp_path / "root", "https://archive.example")
    for day in (1, 2, 3):
        file = tmp_path / f"{day}.html"
        file.write_bytes(terms(day))
        assert (
            tracker(
                root, "import", "file", str(file), "harbour", "--at", f"2020-01-0{day}"
            ).exit_code
            == 0
        )
        assert tracker(root, "publish").exit_code == 0
    assert tracker(root, "publish").output.count(" 0 of ") == 1
    with_cache = bytes_of(root / "feeds")
    for path in (root / ".cache").iterdir():
        path.unlink()
    assert tracker(root, "publish").exit_code == 0
    assert bytes_of(root / "feeds") == with_cache
    assert len(with_cache) > 20


def test_what_is_compiled_changes_no_key() -> None:
    place = PACKAGE / "publisher" / "__pycache__"
    place.mkdir(exist_ok=True)
    program.cache_clear()
    before = program(PAGES)
    kept = place / "a-template-that-was-compiled.jinja"
    kept.write_bytes(b"compiled")
    try:
        program.cache_clear()
        assert program(PAGES) == before
    finally:
        kept.unlink()
