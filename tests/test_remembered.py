"""The cache of what was derived: the same bytes with it, without it, and with a damaged one."""

from __future__ import annotations

import pickle
import sqlite3
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.samples import bytes_of
from tests.strategies import page
from tests.test_history import EU, ONE, SALE, look, told
from tests.test_importer_wayback import declare, terms, tracker
from tracker.model import Document, History, Reading, digest
from tracker.remembered import Remembered

DOCUMENT = Document("d", "Harbour", "Terms of Service", "global", (ONE,))
CAPTURES = [look("A", 0), look("B", 1)]
FOUND = told(*CAPTURES)


class Derived:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> History:
        self.times += 1
        return FOUND


def test_a_history_is_derived_once(tmp_path: Path) -> None:
    derive = Derived()
    for _ in range(3):
        with Remembered(tmp_path / "c" / "h.db", write=True) as cache:
            assert cache.history(DOCUMENT, CAPTURES, (SALE,), derive) == FOUND
    assert derive.times == 1


def test_whatever_it_follows_from_is_told_apart(tmp_path: Path) -> None:
    derive = Derived()
    with Remembered(tmp_path / "h.db", write=True) as cache:
        cache.history(DOCUMENT, CAPTURES, (SALE,), derive)
        for document, captures, topics in (
            (DOCUMENT, CAPTURES[:1], (SALE,)),
            (DOCUMENT, [CAPTURES[0], replace(CAPTURES[1], reason="x")], (SALE,)),
            (DOCUMENT, CAPTURES, ()),
            (replace(DOCUMENT, service="Pier"), CAPTURES, (SALE,)),
        ):
            cache.history(document, captures, topics, derive)
    assert derive.times == 5


def test_a_reading_is_derived_once_for_each_body_and_way_of_reading(tmp_path: Path) -> None:
    derived: list[Reading] = []

    def derive() -> Reading:
        derived.append(page("<h1>Terms</h1><p>We keep your data.</p>"))
        return derived[-1]

    one, other = look("A", 0, ONE), look("A", 0, EU)
    for _ in range(2):
        with Remembered(tmp_path / "h.db", write=True) as cache:
            for seen, body in ((one, b"x"), (other, b"x"), (other, b"x")):
                assert cache.reading(seen, body, "text/html", derive) == derived[0]
    assert len(derived) == 2
    with Remembered(tmp_path / "h.db") as cache:
        cache.reading(one, b"y", "text/html", derive)
        cache.reading(one, b"x", "text/markdown", derive)
    assert len(derived) == 4


def test_only_a_writer_adds_to_it(tmp_path: Path) -> None:
    derive = Derived()
    for _ in range(2):
        with Remembered(tmp_path / "h.db") as cache:
            cache.history(DOCUMENT, CAPTURES, (), derive)
    assert derive.times == 2
    assert not list(tmp_path.iterdir())


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, ("ran",)


@pytest.mark.parametrize("value", [b"", b"junk", pickle.dumps(Evil()), pickle.dumps({"a": 1})])
def test_what_is_damaged_or_foreign_is_derived_again(tmp_path: Path, value: bytes) -> None:
    file, derive = tmp_path / "h.db", Derived()
    with Remembered(file, write=True) as cache:
        cache.history(DOCUMENT, CAPTURES, (), derive)
    with sqlite3.connect(file) as database:
        database.execute("update derived set value = ?", [value])
    with Remembered(file) as cache:
        assert cache.history(DOCUMENT, CAPTURES, (), derive) == FOUND
    assert derive.times == 2


def test_a_pickle_of_anything_but_our_nouns_is_refused(tmp_path: Path) -> None:
    file, derive = tmp_path / "h.db", Derived()
    with Remembered(file, write=True) as cache:
        cache.history(DOCUMENT, CAPTURES, (), derive)
    data = zlib.compress(pickle.dumps(Evil()))
    with sqlite3.connect(file) as database:
        database.execute("update derived set value = ?", [digest(data).encode() + data])
    with Remembered(file) as cache:
        cache.history(DOCUMENT, CAPTURES, (), derive)
    assert derive.times == 2


def test_a_file_that_is_no_cache_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "h.db").write_bytes(b"no database at all, but text" * 99)
    derive = Derived()
    with Remembered(tmp_path / "h.db", write=True) as cache:
        assert cache.history(DOCUMENT, CAPTURES, (), derive) == FOUND


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
