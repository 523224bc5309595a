"""The entries of the logs are a frozen format: what was hashed once is hashed alike for ever."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.archive.test_store import capture
from tests.samples import alter, tracker
from tracker.archive import schema, store
from tracker.archive.integrity import head_of
from tracker.archive.log_entries import ENTRY_FIELDS, LOGS, VERSION, entry
from tracker.archive.rows import to_row
from tracker.archive.store import Archive
from tracker.errors import ArchiveError
from tracker.evidence import checkpoint_body, note_problems, parse_note, verify
from tracker.model import Capture, Document

FIXTURES = Path(__file__).parents[1] / "fixtures"
#: The roots over the captures of each fixture, as the program that made it computed them.
ROOTS = {
    "1": "nW2GJ+2MZp9u1zoIxP+cEHac1rDPeenjBvCLnga3Amo=",
    "2": "hgWYKVgBDG925mUf6MRSw35dbd7VRGrkcscJrCuH/Uw=",
}
NOTE = (FIXTURES / "checkpoint-of-schema-2.txt").read_text(encoding="utf-8")
SIZES = {"1": 5, "2": 3}


def made_by(number: str, root: Path) -> Path:
    """An archive as the program left it whose schema was `number`."""
    path = root / "data" / "archive.db"
    path.parent.mkdir(parents=True)
    script = (FIXTURES / f"archive-of-schema-{number}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


@pytest.fixture(params=["1", "2"])
def old(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(old: str, tmp_path: Path) -> Path:
    return made_by(old, tmp_path)


def root_of(archive: Archive, size: int) -> str:
    return base64.b64encode(head_of("captures", archive.rows("captures", size)).root).decode()


def holds(path: Path, old: str) -> None:
    """Nothing is amiss, and what was recorded by the old program has the root it had then."""
    with Archive(path) as archive:
        assert list(archive.problems()) == []
        assert root_of(archive, SIZES[old]) == ROOTS[old]


# ── the format ────────────────────────────────────────────────────────────────────

ROW = to_row(capture()) | {"chain": "0", "id": 1}


def test_an_entry_of_version_1_is_these_bytes() -> None:
    row = {"id": "a/b@c", "service": "Å", "type": "T", "edition": "c", "chain": "0"}
    said = b'{"edition":"c","id":"a/b@c","service":"\\u00c5","type":"T"}'
    assert entry("documents", row) == said
    assert entry("documents", row | {"entry": None, "facts": None, "note": "x"}) == said


def test_an_entry_of_version_2_is_these_bytes() -> None:
    row = {"id": 7, "host": "h", "time": "t", "allowed": 1, "reason": "", "chain": "0"}
    assert entry("robots", row | {"entry": 2, "facts": '{"a":"b"}', "note": 1}) == (
        b'{"allowed":1,"entry":2,"facts":"{\\"a\\":\\"b\\"}","host":"h","reason":"","time":"t"}'
    )


def test_no_entry_of_one_version_passes_for_one_of_another() -> None:
    for versions in ENTRY_FIELDS.values():
        assert set(versions) == set(range(1, VERSION + 1))
        assert len({frozenset(mine) for mine in versions.values()}) == len(versions)
        assert all("entry" in mine for number, mine in versions.items() if number > 1)


@pytest.mark.parametrize("said", [0, 1, 3, -2, 99, "2", 2.0, b"2", True])
def test_a_version_that_is_none_is_refused(said: object) -> None:
    with pytest.raises(ArchiveError, match="no version that is known"):
        entry("captures", ROW | {"entry": said})


def test_what_the_entry_of_a_row_would_not_cover_is_refused() -> None:
    with pytest.raises(ArchiveError, match="no version that is known"):
        entry("captures", ROW | {"entry": None, "facts": "{}"})


def test_facts_come_back_as_they_were_recorded(tmp_path: Path) -> None:
    facts = (("program", "0.1.0"), ("é", "\u202e\ud800"))
    taken = replace(capture(), facts=facts)
    with Archive(tmp_path / "archive.db", write=True) as archive:
        archive.add(taken, b"<p>one")
        assert archive.captures() == [taken]
        (said,) = (json.loads(said) for _, said in archive.entries())
    assert json.loads(said["facts"]) == dict(facts)
    assert said["entry"] == VERSION


# ── archives of before ────────────────────────────────────────────────────────────


def test_an_archive_of_any_schema_verifies_as_it_was_recorded(path: Path, old: str) -> None:
    before = path.read_bytes()
    holds(path, old)
    assert path.read_bytes() == before


def test_it_does_so_after_today_s_program_has_gone_on_with_it(path: Path, old: str) -> None:
    with Archive(path) as archive:
        entries = [said for _, said in archive.entries()]
    with Archive(path, write=True) as archive:
        archive.add(capture(b"new", "t9", 40), b"new")
    holds(path, old)
    with Archive(path) as archive:
        assert [said for _, said in archive.entries()][:-1] == entries
        versions = [row["entry"] for row in archive.rows("captures")]
    assert versions == [None] * SIZES[old] + [VERSION]


def test_a_checkpoint_that_was_signed_by_the_old_program_still_fits(tmp_path: Path) -> None:
    with Archive(made_by("2", tmp_path), write=True) as archive:
        archive.add(capture(b"new", "t9", 40), b"new")
    note = parse_note(NOTE)
    with Archive(tmp_path / "data" / "archive.db") as archive:
        heads = {log: head_of(log, archive.rows(log, size)) for log, size in note.sizes}
    assert list(note_problems(note, None, heads)) == []
    assert checkpoint_body(note.origin, heads) == note.body


def test_a_new_column_harms_no_archive(
    path: Path, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Add a column as somebody would who has never heard of entries."""
    with Archive(path, write=True) as archive:
        archive.add(capture(b"new", "t9", 40), b"new")

    def add_column(database: Any) -> None:
        for log in LOGS:
            database.execute(f"alter table {log} add column note text")

    def with_note(taken: Capture) -> dict[str, Any]:
        return to_row(taken) | {"note": "of the newcomer"}

    monkeypatch.setitem(schema._STEPS, schema.SCHEMA, add_column)
    monkeypatch.setattr(schema, "SCHEMA", schema.SCHEMA + 1)
    monkeypatch.setattr(store, "to_row", with_note)
    holds(path, old)
    with Archive(path, write=True) as archive:
        archive.add(capture(b"newer", "t10", 41), b"newer")
        assert [row["note"] for row in archive.rows("captures")][-2:] == [None, "of the newcomer"]
    holds(path, old)


@pytest.mark.parametrize("version", ["old", "new"])
@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize(
    "change",
    ["entry = 99", "entry = 'x'", "entry = 1", "entry = 0", 'facts = \'{"a":"b"}\'', "facts = 0"],
)
def test_a_version_or_facts_that_were_altered_are_named(
    tmp_path: Path, log: str, change: str, version: str
) -> None:
    path = made_by("2", tmp_path) if version == "old" else tmp_path / "data" / "archive.db"
    with Archive(path, write=True) as archive:
        if version == "new":
            archive.add(capture(), b"<p>one")
            archive.introduce(Document("a/b@c", "A", "B", "c", ()))
            archive.note_robots("h", capture().time, allowed=True, reason="")
    alter(path, f"update {log} set {change} where rowid = 1")
    with Archive(path) as archive:
        (problem,) = list(archive.problems())
    assert "not as it was recorded" in problem


# ── through the commands ──────────────────────────────────────────────────────────


def test_what_the_old_program_recorded_is_published_and_verified(path: Path, old: str) -> None:
    root = path.parent.parent
    for command in ("verify", "publish", "verify"):
        done = tracker(root, command)
        assert done.exit_code == 0, done.output
    with Archive(path, write=True):
        pass
    for command in ("verify", "publish", "verify"):
        done = tracker(root, command)
        assert done.exit_code == 0, done.output


def test_a_bundle_of_old_entries_is_checked_without_the_program(tmp_path: Path) -> None:
    made_by("2", tmp_path)
    path = tmp_path / "bundle"
    done = tracker(tmp_path, "evidence", "harbour/terms", "--output", str(path))
    assert done.exit_code == 0, done.output
    for name in ("before/1", "after/1"):
        assert "entry" not in json.loads((path / name / "capture.json").read_bytes())
    command = [sys.executable, "-I", str(verify.__file__)]
    checked = subprocess.run(command, cwd=path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "VERIFIED: 2 captures" in checked.stdout
