"""Texts of several pages, which a collection keeps apart, and names that are too long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.repositories import commit, start
from tracker.app.ingest import import_records
from tracker.archive.store import Archive
from tracker.cli import main
from tracker.config.declarations import document_id
from tracker.history import in_order
from tracker.history.observations import groups
from tracker.importer import opened
from tracker.model import Capture, Document, Source

SITE = "https://harbour.example"


def page(words: str) -> str:
    return f"<body><h1>{words}</h1>" + f"<p>{words}: we log every mooring of every boat.</p>" * 9


def record(folder: Path, part: str, words: str, at: str) -> None:
    name = f"Harbour/Rules{' #' if part else ''}{part}.html"
    message = f"Record\n\nX-source-document-location: {SITE}/{part}"
    commit(folder, {name: page(words)}, at, message)


@pytest.fixture
def snapshots(tmp_path: Path) -> Path:
    folder = start(tmp_path / "snapshots")
    record(folder, "", "Once one page", "2025-01-01T06:00:00Z")
    record(folder, "boats", "Boats", "2025-01-02T06:00:00Z")
    record(folder, "anchors", "Anchors", "2025-01-02T06:00:03Z")
    record(folder, "boats", "New boats", "2025-01-03T06:00:00Z")
    record(folder, "boats", "Newer boats", "2025-01-04T06:00:00Z")
    record(folder, "anchors", "Newer anchors", "2025-01-04T06:00:04Z")
    return folder


def looks(folder: Path, store: Path, document: Document) -> list[tuple[Capture, ...]]:
    with opened(str(folder)) as found, Archive(store, write=True) as archive:
        list(import_records(found, found.entries, "global", archive, [document]))
        assert [d.id for d in archive.documents()] == ["harbour/rules@global"]
        return list(groups(in_order(archive.captures(document.id), document)))


BOATS, ANCHORS = Source(f"{SITE}/boats"), Source(f"{SITE}/anchors")
SHOWN = [["Once one page"], ["Boats", "Anchors"], ["New boats", "Anchors"]]


def titles(look: tuple[Capture, ...], folder: Path, store: Path) -> list[str]:
    with Archive(store) as archive:
        bodies = [(archive.body(capture.body or "") or b"").decode() for capture in look]
    return [body.partition("</h1>")[0].rpartition(">")[2] for body in bodies]


@pytest.mark.parametrize("sources", [(BOATS, ANCHORS), (ANCHORS, BOATS), ()])
def test_pages_of_one_text_are_one_document(
    snapshots: Path, tmp_path: Path, sources: tuple[Source, ...]
) -> None:
    document = Document("harbour/rules@global", "Harbour", "Rules", "global", sources)
    store = tmp_path / "a.db"
    found = [titles(look, snapshots, store) for look in looks(snapshots, store, document)]
    expected = [*SHOWN, ["Newer boats", "Newer anchors"]]
    is_first = sources[:1] == (BOATS,)  # undeclared pages are in order of their addresses
    assert found == (expected if is_first else [look[::-1] for look in expected])


def test_a_page_that_is_declared_no_more_is_left_out(snapshots: Path, tmp_path: Path) -> None:
    document = Document("harbour/rules@global", "Harbour", "Rules", "global", (BOATS,))
    store = tmp_path / "a.db"
    found = [titles(look, snapshots, store) for look in looks(snapshots, store, document)]
    assert found == [["Once one page"], ["Boats"], ["New boats"], ["Newer boats"]]


def test_an_import_by_days_has_whole_texts(snapshots: Path, tmp_path: Path) -> None:
    declared = tmp_path / "data" / "declarations" / "global"
    declared.mkdir(parents=True)
    pages = [{"fetch": BOATS.url}, {"fetch": ANCHORS.url}]
    text = json.dumps({"name": "Harbour", "terms": {"Rules": {"combine": pages}}})
    (declared / "harbour.json").write_text(text)
    command = ["--root", str(tmp_path), "import", "snapshots", str(snapshots)]
    for _ in range(2):
        done = CliRunner().invoke(main, [*command, "--since", "2025-01-03"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    assert "0 captures imported, 4 were there" in done.output
    shown = CliRunner().invoke(main, ["--root", str(tmp_path), "show", "harbour/rules"])
    assert shown.output.index("Newer boats") < shown.output.index("Newer anchors")


# ── names ─────────────────────────────────────────────────────────────────────────


def test_a_long_name_stops_nothing(tmp_path: Path) -> None:
    folder = start(tmp_path / "snapshots")
    long = "A name of a policy about very many things and some others, too " * 2
    for kind in ("one", "two", "Short"):
        name = f"Harbour/{long if kind != 'Short' else ''}{kind}.html"
        commit(folder, {name: page(kind)}, "2025-01-01T06:00:00Z")
    with opened(str(folder)) as found, Archive(tmp_path / "a.db", write=True) as archive:
        list(import_records(found, found.entries, "global", archive))
        names = [d.id.partition("/")[2].partition("@")[0] for d in archive.documents()]
    assert len(set(names)) == 3
    assert sorted(map(len, names)) == [5, 64, 64]


def test_a_name_without_letters_is_named_last(tmp_path: Path) -> None:
    folder = start(tmp_path / "snapshots")
    commit(folder, {"!/?.html": page("x")}, "2025-01-01T06:00:00Z")
    commit(folder, {"港/条約.html": page("x")}, "2025-01-01T06:00:00Z")
    commit(folder, {"Harbour/Rules.html": page("y")}, "2025-01-02T06:00:00Z")
    command = ["--root", str(tmp_path), "import", "snapshots", str(folder)]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, "2 captures imported" in done.output) == (1, True)
    assert "! ? cannot be a document" in done.output


@given(st.text(alphabet="abc", min_size=60))
def test_names_that_begin_alike_stay_apart(long: str) -> None:
    found, longer = (document_id(name, "x", "y") for name in (long, f"{long}d"))
    assert found != longer
    assert document_id(*found.replace("@", "/").split("/")) == found
