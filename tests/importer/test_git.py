"""Open Terms Archive repositories, made here with git: what is in them comes out, dated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.repositories import TEXT, commit, git, start
from tracker.app.ingest import Wanted, import_records
from tracker.archive.store import Archive
from tracker.errors import ImportFailed
from tracker.importer import Refusal, opened
from tracker.model import Capture, Document, Outcome, Source

TERMS = "Harbour/Terms of Service"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = start(tmp_path / "versions")
    snapshot = "https://archive.example/snapshots/commit/0123456789abcdef"
    commit(folder, {"README.md": "About"}, "2024-12-31T00:00:00Z")
    commit(folder, {f"{TERMS}.md": TEXT}, "2025-01-01T06:00:00Z", f"First\n\nfrom {snapshot}")
    commit(folder, {"Pier/Café rules.md": TEXT}, "2025-01-02T06:00:00Z")
    commit(folder, {f"{TERMS}.md": TEXT + "A new rule.\n"}, "2025-02-01T06:00:00+02:00")
    (folder / f"{TERMS}.md").unlink()
    git(folder, "commit", "-am", "Gone", at="2025-03-01T00:00:00Z")
    return folder


def test_entries_come_in_order_of_time_with_their_provenance(repository: Path) -> None:
    with opened(str(repository)) as found:
        first, other, second = found.entries
    assert (first.service, first.type) == ("Harbour", "Terms of Service")
    assert first.time == datetime(2025, 1, 1, 6, tzinfo=UTC)
    assert first.archive_url == "https://archive.example/snapshots/commit/0123456789abcdef"
    assert (other.service, other.type) == ("Pier", "Café rules")
    assert second.time == datetime(2025, 2, 1, 4, tzinfo=UTC)
    assert second.archive_url is None


def test_bodies_are_those_of_their_commits(repository: Path) -> None:
    with opened(str(repository)) as found:
        bodies = [body.decode() for _, body in found.bodies(found.entries)]
    assert bodies == [TEXT, TEXT, TEXT + "A new rule.\n"]


def test_a_bundle_is_read_like_a_folder(repository: Path, tmp_path: Path) -> None:
    git(repository, "bundle", "create", str(tmp_path / "v.bundle"), "main")
    with opened(str(tmp_path / "v.bundle")) as found, opened(str(repository)) as original:
        assert found.entries == original.entries


@pytest.mark.parametrize("place", ["nowhere", "-v", "file:///nowhere/at/all"])
def test_what_is_no_repository_is_refused_with_a_sentence(place: str) -> None:
    with pytest.raises(ImportFailed), opened(place):
        pass


def test_wanted_narrows_by_kind_service_and_day(repository: Path) -> None:
    with opened(str(repository)) as found:
        entries = found.entries
    assert [Wanted("text/markdown").includes(e) for e in entries] == [True, True, True]
    assert [Wanted("text/markdown", "harbour").includes(e) for e in entries] == [True, False, True]
    day = Wanted("text/markdown", since=date(2025, 1, 2), until=date(2025, 1, 31))
    assert [day.includes(e) for e in entries] == [False, True, False]
    assert not any(Wanted("text/html").includes(e) for e in entries)


def test_an_import_records_each_version_once(repository: Path, tmp_path: Path) -> None:
    wanted = Wanted("text/markdown", "Harbour")
    counts = []
    for _ in range(2):
        with opened(str(repository)) as found, Archive(tmp_path / "a.db", write=True) as archive:
            entries = [e for e in found.entries if wanted.includes(e)]
            counts.append(
                sum(c is not None for c in import_records(found, entries, "global", archive))
            )
            captures = archive.captures()
            documents = archive.documents()
    assert counts == [2, 0]
    assert [c.outcome for c in captures] == [Outcome.GOOD, Outcome.GOOD]
    assert captures[0].via.startswith("Open Terms Archive, commit ")
    assert [(d.id, d.service) for d in documents] == [
        ("harbour/terms-of-service@global", "Harbour")
    ]


def test_an_import_that_was_stopped_goes_on_where_it_was(repository: Path, tmp_path: Path) -> None:
    with opened(str(repository)) as found, Archive(tmp_path / "a.db", write=True) as archive:
        next(import_records(found, found.entries, "global", archive))
    with opened(str(repository)) as found, Archive(tmp_path / "a.db", write=True) as archive:
        again = list(import_records(found, found.entries, "global", archive))
        assert [c is None for c in again] == [True, False, False]
        assert len(archive.captures()) == 3


def test_a_name_that_cannot_be_a_document_is_refused_once(tmp_path: Path) -> None:
    folder = start(tmp_path / "odd")
    for day in ("01", "02"):
        commit(folder, {"🙂/🙂.md": f"{TEXT}{day}"}, f"2025-01-{day}T00:00:00Z")
    with opened(str(folder)) as found, Archive(tmp_path / "a.db", write=True) as archive:
        (refused,) = import_records(found, found.entries, "global", archive)
    assert isinstance(refused, Refusal)
    assert "🙂" in str(refused)


def test_no_hook_of_the_repository_is_run(repository: Path, tmp_path: Path) -> None:
    hook = repository / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    with opened(str(repository)) as found:
        list(found.bodies(found.entries))
    assert not (tmp_path / "ran").exists()


# ── pages as served ───────────────────────────────────────────────────────────────

PLACE = "https://harbour.example/terms"
MENU = "<p>Here is a line of a menu that is no part of the terms at all.</p>"
LAID_OUT = f"<body>{MENU}<div id=terms><h1>Terms</h1>{'<p>We log every mooring.</p>' * 9}</div>"


@pytest.fixture
def snapshots(tmp_path: Path) -> Path:
    folder = start(tmp_path / "snapshots")
    pages = {1: LAID_OUT.replace("id=terms", "id=old"), 2: LAID_OUT, 3: f"<body>{MENU * 9}"}
    for day, body in pages.items():
        message = f"Record\n\nX-source-document-location: {PLACE}"
        commit(folder, {f"{TERMS}.html": body}, f"2025-01-0{day}T06:00:00Z", message)
    return folder


def test_a_page_is_read_as_its_address_is_declared(snapshots: Path, tmp_path: Path) -> None:
    name, declared = "harbour/terms@global", Source(PLACE, ("#terms",))
    document = Document(name, "Harbour", "Terms", "global", (declared,))
    with opened(str(snapshots)) as found, Archive(tmp_path / "a.db", write=True) as archive:
        old, new, without = import_records(found, found.entries, "global", archive, [document])
    assert isinstance(old, Capture)
    assert isinstance(new, Capture)
    assert isinstance(without, Capture)
    # An older layout, to which the selectors did not apply yet, is read by its structure.
    assert (old.source, old.outcome) == (Source(PLACE), Outcome.GOOD)
    assert "older layout" in old.reason
    assert (new.source, new.outcome) == (declared, Outcome.GOOD)
    assert new.length < old.length
    # Once they did, a page without them is another one.
    assert (without.source, without.outcome) == (declared, Outcome.SELECTOR)
