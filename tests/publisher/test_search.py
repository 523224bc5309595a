"""The search: every wording there ever was is found by its words, and little is loaded for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import SITE, TOPICS, everything, heron, history, long_history, publish
from tracker.model import History
from tracker.publisher.site.clause_history import clause_histories
from tracker.publisher.site.search import INDEX, index_files, search_files, words_of
from tracker.publisher.words import safe

HISTORIES = everything()
FILES = publish(HISTORIES, TOPICS, SITE)


def parts_of(index: Any, word: str, files: dict[str, bytes]) -> list[int]:
    """Look a word up as the browser does."""
    leaf = max((n for n, start in enumerate(index["leaves"]) if start <= word), default=0)
    steps = json.loads(files[f"search/words/{leaf}.json"])[word]
    total = sum(parts for _, _, parts, _ in index["documents"])
    at, found = 0, []
    for step in steps:
        at += step
        found.append(at)
    return found or list(range(total))


def rows(index: Any, number: int, files: dict[str, bytes]) -> list[Any]:
    for document, _, parts, _ in index["documents"]:
        if number < parts:
            return list(json.loads(files[f"search/{document}/{number}.json"])["rows"])
        number -= parts
    raise AssertionError(number)


def test_every_wording_of_every_version_is_found_by_each_of_its_words() -> None:
    index = json.loads(FILES[INDEX])
    for version in (v for h in HISTORIES for v in h.versions):
        for clause in version.clauses:
            for word in words_of(safe(clause.text)):
                texts = [r[0] for n in parts_of(index, word, FILES) for r in rows(index, n, FILES)]
                assert any(safe(clause.text) in text for text in texts), (word, clause.text)


def test_every_place_is_a_clause_on_the_page_of_a_version() -> None:
    index = json.loads(FILES[INDEX])
    for document, _, parts, _ in index["documents"]:
        for number in range(parts):
            for row in json.loads(FILES[f"search/{document}/{number}.json"])["rows"]:
                stamp, _, anchor = row[2].partition("/#")
                page = FILES[f"documents/{document}/{stamp}/index.html"].decode()
                assert f'id="{anchor}"' in page


def test_what_is_in_force_comes_before_what_was_and_says_since_when() -> None:
    index = json.loads(FILES[INDEX])
    (standing,) = [s for d, _, _, s in index["documents"] if d == heron().document.id]
    assert standing == 1
    first = json.loads(FILES[f"search/{heron().document.id}/0.json"])["rows"]
    assert {row[4] for row in first} == {""}
    assert any("our advertising partners" in row[0] and row[3] == "2025-03-11" for row in first)
    then = json.loads(FILES[f"search/{heron().document.id}/1.json"])["rows"]
    assert any("nobody else" in row[0] and row[4] == "2025-03-11" for row in then)
    assert all(row[4] for row in then)


def test_a_wording_that_came_back_is_told_twice() -> None:
    found = history("# T\nWe walk.", "# T\nWe ran.", "# T\nWe walk.")
    _, files = search_files(found, clause_histories(found))
    told = [row for _, data in files for row in json.loads(data)["rows"] if "walk" in row[0]]
    assert sorted(row[4] == "" for row in told) == [False, True]


@pytest.mark.parametrize("given_", [long_history(60), heron()])
def test_no_file_is_large_and_few_are_needed(given_: History) -> None:
    index, files = search_files(given_, clause_histories(given_))
    shared = dict(index_files([index]))
    longest = max(len(c.text) for v in given_.versions for c in v.clauses)
    assert max(len(data) for _, data in files) < 20_000 + 2 * longest
    assert max(map(len, shared.values())) < 20_000


def test_an_empty_site_has_an_empty_index() -> None:
    files = dict(index_files([]))
    assert json.loads(files[INDEX]) == {"documents": [], "leaves": []}
    assert list(files) == [INDEX]


def test_the_order_of_documents_changes_nothing() -> None:
    found = [search_files(h, clause_histories(h))[0] for h in HISTORIES]
    assert dict(index_files(found)) == dict(index_files(reversed(found)))


@given(st.text(max_size=80))
def test_words_are_small_letters_and_figures_without_marks(text: str) -> None:
    for word in words_of(text):
        assert word
        assert word == word.lower() or word.lower() != word.lower().lower()
        assert len(word) <= 40
        assert not set(word) & set(" _-.,;:\n")


def test_scripts_without_blanks_are_looked_up_by_character() -> None:
    assert list(words_of("利用規約 terms 3a")) == [*"利用規約", "terms", "3a"]
