"""Following a collection: its history becomes the document's, and its last commit a look."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import pdfs
from tests.repositories import commit, git, start
from tests.samples import declare, tracker
from tests.servers import Server, answer
from tracker.app.app import App
from tracker.app.following import CollectionVisit, follow
from tracker.archive.store import Archive
from tracker.model import Capture, Outcome

TERMS, OTHER = "Harbour/Terms.md", "Pier/Rules.md"
DOCUMENT = "harbour/terms@global"
RULES = "\n\n".join(f"Rule {n}: each boat has a name and keeps to its side." for n in range(9))


def text(extra: str = "") -> str:
    return f"# Terms\n\n{RULES}\n\n{extra}\n"


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = start(tmp_path / "collection")
    commit(folder, {TERMS: text()}, "2025-01-01T06:00:00Z")
    commit(folder, {TERMS: text("You may moor for a week.")}, "2025-02-01T06:00:00Z")
    commit(folder, {OTHER: text("pier")}, "2025-02-03T06:00:00Z")
    return folder


@pytest.fixture
def root(tmp_path: Path, collection: Path) -> Path:
    root = tmp_path / "root"
    declare(root, {"Terms": "https://harbour.example/terms"})
    sources(root, collection)
    return root


def sources(root: Path, place: Path | str, file: str = f'file = "{TERMS}"') -> None:
    (root / "data" / "sources.toml").write_text(
        'read = ["collections"]\n'
        f'[collections.harbours]\nurl = "{place}"\n'
        'title = "The harbours\' archive"\nlicence = "ODbL-1.0"\n'
        f'[documents."{DOCUMENT}"]\nfiles = [{{ collection = "harbours", {file} }}]\n'
    )


def run(root: Path, now: str = "2025-03-01T00:00:00Z") -> CollectionVisit:
    app = App(root, datetime.fromisoformat(now))
    (done,) = follow(app)
    return done


def captures(root: Path) -> list[Capture]:
    with Archive(root / "data" / "archive.db") as archive:
        return [c for c in archive.captures(DOCUMENT) if c.outcome is Outcome.GOOD]


def answers(root: Path) -> list[Outcome]:
    """Return how the collection answered, each time."""
    with Archive(root / "data" / "archive.db") as archive:
        return [c.outcome for c in archive.captures(DOCUMENT) if c.outcome is not Outcome.GOOD]


def days(found: tuple[Capture, ...]) -> list[str]:
    return [f"{capture.time:%m-%d}" for capture in found]


def test_its_history_comes_with_where_it_is_from(root: Path, collection: Path) -> None:
    done = run(root)
    assert (days(done.captures), days(done.looks)) == (["01-01", "02-01"], ["02-03"])
    first, second, look = captures(root)
    assert {c.via for c in (first, second, look)} == {"The harbours' archive"}
    assert {c.outcome for c in (first, second, look)} == {Outcome.GOOD}
    said = dict(second.facts)
    assert said["collection"] == str(collection)
    assert said["commit"] == git(collection, "rev-parse", "HEAD~1")
    assert (said["file"], said["licence"]) == (TERMS, "ODbL-1.0")
    assert dict(look.facts)["unchanged_since"] == said["commit"]
    assert dict(look.facts)["commit"] == git(collection, "rev-parse", "HEAD")
    assert look.text == second.text


def test_commit_and_licence_are_shown_wherever_the_text_is(root: Path, collection: Path) -> None:
    commit(collection, {TERMS: text("You may moor for a day.")}, "2025-02-06T06:00:00Z")
    run(root)
    assert tracker(root, "publish").exit_code == 0
    name = git(collection, "rev-parse", "HEAD")
    said = f"The harbours' archive, commit {name}, licence ODbL-1.0"
    shown = " ".join(tracker(root, "show", DOCUMENT).stdout.split())
    assert f"Read through {said}" in shown
    feeds = root / "feeds"
    assert tracker(root, "verify").exit_code == 0
    assert "built-in" not in (feeds / "status" / "index.html").read_text()
    place = f"{DOCUMENT}/20250206T060000Z/index.html"
    for file in (f"documents/{place}", f"changes/{place}", f"{DOCUMENT}.json", "all.xml"):
        assert said in html.unescape((feeds / file).read_text())


def test_nothing_new_is_nothing(root: Path) -> None:
    run(root)
    before = captures(root)
    done = run(root)
    assert (done.captures, done.looks) == ((), ())
    assert answers(root) == [Outcome.ANSWERED] * 2
    assert done.last == datetime(2025, 2, 3, 6, tzinfo=UTC)
    assert captures(root) == before


def test_what_is_new_comes_and_what_is_not_was_seen_again(root: Path, collection: Path) -> None:
    run(root)
    commit(collection, {OTHER: text("another")}, "2025-02-05T06:00:00Z")
    done = run(root)
    assert (days(done.captures), days(done.looks)) == ([], ["02-05"])
    commit(collection, {TERMS: text("You may moor for a day.")}, "2025-02-06T06:00:00Z")
    done = run(root)
    assert (days(done.captures), days(done.looks)) == (["02-06"], [])
    assert tracker(root, "publish").exit_code == 0
    (state,) = json.loads(tracker(root, "status", "--json").stdout)
    assert state["last_seen"].startswith("2025-02-06")


def test_a_lost_cache_and_a_lost_archive_only_cost_time(root: Path) -> None:
    first = run(root)
    known = captures(root)
    for note in (root / ".cache").rglob("read.json"):
        note.unlink()
    done = run(root)
    assert (done.captures, done.looks, captures(root)) == ((), (), known)
    (root / "data" / "archive.db").unlink()
    assert days(run(root).captures) == days(first.captures)


def test_a_period_of_a_file_is_one_text(root: Path, collection: Path) -> None:
    sources(root, collection, f'file = "{TERMS}", until = 2025-01-20')
    done = run(root)
    assert (days(done.captures), days(done.looks)) == (["01-01"], [])
    sources(root, collection, f'file = "{TERMS}", since = 2025-01-20')
    assert days(run(root).captures) == ["02-01"]


def test_a_pdf_of_a_collection_is_read(root: Path, collection: Path) -> None:
    file = "Harbour/Terms.pdf"
    commit(collection, {file: pdfs.fpdf(pdfs.text(1))}, "2025-02-04T06:00:00Z")
    sources(root, collection, f'file = "{file}"')
    assert days(run(root).captures) == ["02-04"]
    assert "Heron" in tracker(root, "show", DOCUMENT).stdout


def test_commits_of_times_to_come_are_left_for_then(root: Path) -> None:
    assert days(run(root, "2025-01-15T00:00:00Z").captures) == ["01-01"]
    done = run(root, "2025-02-02T00:00:00Z")
    assert (days(done.captures), days(done.looks)) == (["02-01"], [])
    assert days(run(root).looks) == ["02-03"]


def test_an_older_text_of_a_collection_does_not_come_back(root: Path, collection: Path) -> None:
    """Another source has seen new words; that a collection has not yet is no return."""
    run(root)
    page = f"<main><h1>Terms</h1><p>{RULES}</p><p>You may moor for an hour.</p></main>"
    saved = root / "saved.html"
    saved.write_text(page)
    done = tracker(root, "import", "file", str(saved), DOCUMENT, "--at", "2025-02-04T00:00Z")
    assert done.exit_code == 0, done.output
    commit(collection, {OTHER: text("another")}, "2025-02-05T06:00:00Z")
    assert run(root).looks == ()


def test_out_of_reach_it_is_named_and_all_else_goes_on(root: Path, collection: Path) -> None:
    run(root)
    collection.rename(collection.with_name("away"))
    done = run(root)
    assert done.problem.startswith("The harbours' archive cannot be reached")
    assert answers(root) == [Outcome.ANSWERED, Outcome.UNREACHABLE]
    said = tracker(root, "--now", "2025-03-01T00:00Z", "run")
    assert "The harbours' archive cannot be reached" in said.output
    assert "Traceback" not in said.output
    assert (root / "feeds" / "index.html").exists()


def test_an_address_that_answers_with_an_error_is_named(root: Path) -> None:
    pages = {"/x/info/refs?service=git-upload-pack": answer(503)}
    with Server(pages) as server:
        sources(root, server.url("/x"))
        assert "answer 503" in run(root).problem


def test_bytes_that_are_no_page_are_refused_and_the_others_taken(
    root: Path, collection: Path
) -> None:
    commit(collection, {TERMS: "x" * 9_000_000}, "2025-02-05T06:00:00Z")
    done = run(root)
    assert [str(r) for r in done.refused if "more than any page" in str(r)]
    assert days(done.captures) == ["01-01", "02-01"]
    assert run(root).refused == ()


def test_a_file_that_is_not_there_is_named(root: Path, collection: Path) -> None:
    sources(root, collection, 'file = "Harbour/Tems.md"')
    assert "Harbour/Tems.md" in run(root).problem


def test_a_damaged_mirror_is_made_again(root: Path, collection: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "harbours.bundle"
    git(collection, "bundle", "create", "-q", str(bundle), "--all")
    sources(root, bundle)
    run(root)
    for note in (root / ".cache").rglob("read.json"):
        note.unlink()
    for pack in (root / ".cache").rglob("*.pack"):
        pack.write_bytes(pack.read_bytes()[:40])
    assert run(root).problem
    assert not run(root).problem
