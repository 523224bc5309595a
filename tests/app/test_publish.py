"""`tracker publish` on what the demo recorded: what only the edge can lend is in the site."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import SITE, TOPICS, everything
from tests.samples import bytes_of, tracker
from tracker._support.cache import DerivedCache
from tracker.app.session import Looked
from tracker.archive.store import Archive
from tracker.model import Outcome, digest
from tracker.publisher import document_output, site_files
from tracker.publisher.site import listing

AT = "2025-11-04T08:00:00Z"
PAGE = "harbour/privacy-policy@eu/20251104T080000Z"


@pytest.fixture
def demo(pristine_demo: Path, tmp_path: Path) -> Path:
    """A copy that a test may write to."""
    return Path(shutil.copytree(pristine_demo, tmp_path / "demo"))


def correct(root: Path, time: str) -> None:
    text = f"""[[correction]]
document = "harbour/privacy-policy@eu"
first_seen = {time}
date = 2025-12-01
sentence = "The clause about legal basis had been there before."
"""
    (root / "data" / "corrections.toml").write_text(text, encoding="utf-8")


def test_what_was_served_has_the_digest_that_its_page_names(sample: Path) -> None:
    captures = sorted((sample / "feeds").rglob("capture.html.txt"))
    assert len(captures) >= 5
    for capture in captures:
        page = (capture.parent / "index.html").read_text(encoding="utf-8")
        assert digest(capture.read_bytes()) in page


def test_the_database_holds_what_the_command_prints(sample: Path) -> None:
    printed = tracker(sample, "changes", "--json").stdout.splitlines()
    with closing(sqlite3.connect(sample / "feeds" / "data" / "changes.sqlite")) as data:
        rows = data.execute("select document, kind from changes order by id").fetchall()
    assert rows == [(r["document"], r["kind"]) for r in map(json.loads, printed)]


def test_publishing_again_changes_nothing(demo: Path) -> None:
    assert ": 0 of " in tracker(demo, "publish").stdout


def test_a_correction_is_published_above_what_it_corrects(demo: Path) -> None:
    correct(demo, AT)
    done = tracker(demo, "publish")
    assert done.exit_code == 0
    assert done.stderr == ""
    for name in (f"changes/{PAGE}", f"embed/{PAGE}", "corrections"):
        page = (demo / "feeds" / name / "index.html").read_text(encoding="utf-8")
        assert "The clause about legal basis had been there before." in page


def test_a_correction_of_nothing_we_know_is_said_and_stays_listed(demo: Path) -> None:
    correct(demo, "2024-01-01T00:00:00Z")
    done = tracker(demo, "publish")
    assert done.exit_code == 0
    assert (
        "there is no revision of harbour/privacy-policy@eu first seen at 2024-01-01" in done.stderr
    )
    page = (demo / "feeds" / "corrections" / "index.html").read_text(encoding="utf-8")
    assert "a revision that is not derived any more" in page


def test_a_wrong_correction_is_one_sentence_and_exit_1(demo: Path) -> None:
    correct(demo, '"never"')
    done = tracker(demo, "publish")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: corrections.toml: ")


def test_the_site_is_whole_without_what_draws_pictures(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tracker.publisher.site.cards", None)
    assert tracker(demo, "publish").exit_code == 0
    assert not list((demo / "feeds").rglob("card.png"))
    page = (demo / "feeds" / "changes" / PAGE / "index.html").read_text(encoding="utf-8")
    assert "card.png" not in page


def test_what_a_lot_follows_from_is_written_the_same_in_every_process() -> None:
    """A set has another order with every seed of hashes: nothing would be known again by it."""
    parts = [document_output(history, TOPICS, SITE) for history in everything()]
    lots = list(site_files([p.abstract for p in parts], TOPICS, SITE))
    assert len(lots) > 4
    assert not [lot.name for lot in lots if "frozenset({" in repr(lot.follows)]


def test_only_what_follows_from_something_new_is_written_again(demo: Path) -> None:
    """Another process, with another seed, after one document got a new version."""
    page = (demo / "feeds" / "documents" / PAGE / "capture.html.txt").read_text()
    file = demo / "new.html"
    file.write_text(page.replace("<p><em>", "<p>We moor every boat at night.</p><p><em>", 1))
    marks = {p: p.stat().st_ino for p in (demo / "feeds").rglob("*") if p.is_file()}
    command = [sys.executable, "-m", "tracker", "--root", str(demo)]
    imported = ["import", "file", str(file), "privacy-policy@eu", "--at", "2026-01-01"]
    for arguments in (imported, ["publish"]):
        subprocess.run([*command, *arguments], check=True, capture_output=True)
    kept = {p for p, inode in marks.items() if p.exists() and p.stat().st_ino == inode}
    other = demo / "feeds" / "documents" / "harbour" / "terms-of-service@global"
    assert kept >= {p for p in other.rglob("*") if p.is_file()}
    assert demo / "feeds" / "all.xml" not in kept
    found = bytes_of(demo / "feeds")
    assert found == bytes_of(published_anew(demo))


def test_a_lost_abstract_is_derived_again(demo: Path) -> None:
    """One that is lost while the files of its document are kept."""
    assert tracker(demo, "publish").exit_code == 0
    correct(demo, AT)  # so that the whole is made again, and the other documents are not
    with closing(sqlite3.connect(demo / ".cache" / "derived.db")) as cache, cache:
        cache.execute("delete from derived where id like 'abstract %'")
    assert tracker(demo, "publish").exit_code == 0
    found = bytes_of(demo / "feeds")
    assert found == bytes_of(published_anew(demo))


def test_older_pages_that_are_kept_are_those_that_would_be_made(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_ON_A_PAGE", 1)
    assert tracker(demo, "publish").exit_code == 0
    correct(demo, AT)
    assert tracker(demo, "publish").exit_code == 0
    found = bytes_of(demo / "feeds")
    assert len([name for name in found if name.startswith("changes/older/")]) > 2
    assert found == bytes_of(published_anew(demo))


def looked_again(root: Path, hours: Iterable[int]) -> None:
    """As many looks as `hours`, so long after the last, that saw the same; one that failed."""
    with Archive(root / "data" / "archive.db", write=True) as archive:
        last = archive.captures("harbour/privacy-policy@eu")[-1]
        for hour in hours:
            archive.add(replace(last, time=last.time + timedelta(hours=hour)), None)
        failed = replace(last, outcome=Outcome.WALL, reason="a wall", body=None, text=None)
        archive.add(replace(failed, time=last.time + timedelta(hours=hour, minutes=30)), None)


def test_what_is_left_of_many_looks_is_gone_on_with(demo: Path) -> None:
    """Later looks, fewer and more, and earlier ones, which change what comes after them."""
    for hours in (range(1, 60), range(1, 9), range(1, 60), [-4000], range(4001, 4003)):
        looked_again(demo, hours)
        assert tracker(demo, "publish").exit_code == 0
        found = bytes_of(demo / "feeds")
        other = demo.with_name("other")
        shutil.copytree(demo, other)
        assert found == bytes_of(published_anew(other))
        shutil.rmtree(other)
    assert tracker(demo, "verify").exit_code == 0  # which takes all of them
    with DerivedCache(demo / ".cache" / "derived.db") as cache:
        left = cache.last("looks harbour/privacy-policy@eu", Looked)
    assert left
    assert len(left.captures) < 30


def test_looks_of_another_archive_are_not_gone_on_with(demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo, tmp_path / "other")
    looked_again(demo, range(1, 60))
    assert tracker(demo, "publish").exit_code == 0
    looked_again(tmp_path / "other", range(7, 90))
    shutil.copy2(tmp_path / "other" / "data" / "archive.db", demo / "data" / "archive.db")
    assert tracker(demo, "publish", "--accept-fork").exit_code == 0
    found = bytes_of(demo / "feeds")
    assert found == bytes_of(published_anew(demo))


def published_anew(root: Path) -> Path:
    """What is published where nothing was derived or written before."""
    shutil.rmtree(root / "feeds")
    shutil.rmtree(root / ".cache")
    assert tracker(root, "publish").exit_code == 0
    return root / "feeds"
