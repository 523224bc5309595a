"""What was probably meant: near misses are found, and nothing is guessed from nothing."""

from __future__ import annotations

import pytest

from tracker._support.nearest import nearest

COMMANDS = ["log", "status", "diff", "publish", "restore"]
DOCUMENTS = [
    "harbour/privacy-policy@eu",
    "harbour/privacy-policy@us",
    "harbour/terms-of-service@global",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("staus", ["status"]),
        ("Publsh", ["publish"]),
        ("lgo", ["log"]),
        ("olg", []),
        ("whatever", []),
        ("", []),
        ("--", []),
    ],
)
def test_commands(typed: str, meant: list[str]) -> None:
    assert nearest(typed, COMMANDS) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("privcy", DOCUMENTS[:2]),
        ("privacy-polcy@eu", DOCUMENTS[:2]),
        ("harbor/terms-of-service@global", DOCUMENTS[2:]),
        ("servise", DOCUMENTS[2:]),
        ("brazil", []),
    ],
)
def test_documents_are_found_by_a_misspelled_part(typed: str, meant: list[str]) -> None:
    assert nearest(typed, DOCUMENTS) == meant
