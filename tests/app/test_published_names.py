"""What was published keeps its id, its address and its date when earlier evidence is imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.markup import guids, items
from tests.samples import ADS, DOCUMENT, declare, imported, terms, tracker

NIGHT = "<p>Nobody may walk by the water at night.</p>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    declare(tmp_path, {"Terms": "https://harbour.example/terms"})
    return tmp_path


def published(root: Path, day: int) -> list[tuple[str, str]]:
    """Publish on a day, check it, and return the ids and dates of the document's feed."""
    now = f"2025-09-{day:02}T13:00:00Z"
    done = tracker(root, "--now", now, "publish")
    assert done.exit_code == 0, done.output
    checked = tracker(root, "--now", now, "verify")
    assert checked.exit_code == 0, checked.output
    data = (root / "feeds" / f"{DOCUMENT}.xml").read_bytes()
    dates = (item.findtext("pubDate") or "" for item in items(data))
    return list(zip(guids(data), dates, strict=True))


def page(root: Path, day: int) -> str:
    name = f"changes/{DOCUMENT}/202509{day:02}T120000Z/index.html"
    return (root / "feeds" / name).read_text(encoding="utf-8")


def test_an_earlier_sight_is_told_beside_what_was_published(root: Path) -> None:
    imported(root, 1, terms())
    imported(root, 8, terms(ADS))
    before = published(root, 9)
    assert [date[:16] for _, date in before] == ["Tue, 09 Sep 2025"]
    imported(root, 5, terms(ADS))
    assert published(root, 10) == before
    assert "Shown by " in page(root, 8)
    (revision,) = json.loads(tracker(root, "log", "--json").output)
    assert revision["first_seen"] == "2025-09-05T12:00:00Z"


def test_a_step_found_within_one_that_was_told_is_shown_and_not_told_again(root: Path) -> None:
    imported(root, 1, terms())
    imported(root, 8, terms(ADS + NIGHT))
    before = published(root, 9)
    imported(root, 5, terms(ADS))
    assert published(root, 10) == before
    assert "as part of one step" in page(root, 5)
    assert "by the water at night" in page(root, 8)
    assert len(json.loads(tracker(root, "log", "--json").output)) == 2


def test_a_ledger_that_lacks_lines_is_found(root: Path) -> None:
    imported(root, 1, terms())
    imported(root, 8, terms(ADS))
    published(root, 9)
    ledger = root / "data" / "published.jsonl"
    first, _ = ledger.read_text(encoding="utf-8").splitlines()
    ledger.write_text(f"{first}\n", encoding="utf-8")
    assert "lacks 1 version of those that are published" in tracker(root, "verify").output
    ledger.write_text("{}\n", encoding="utf-8")
    assert "line 1 is not what was written" in tracker(root, "verify").output


def test_what_an_older_program_published_keeps_its_dates(root: Path) -> None:
    imported(root, 1, terms())
    imported(root, 8, terms(ADS))
    published(root, 9)
    (root / "data" / "published.jsonl").unlink()
    assert [date[:16] for _, date in published(root, 10)] == ["Mon, 08 Sep 2025"]
