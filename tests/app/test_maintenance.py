"""Operators: what is wrong is said with a way to mend it, and copies are whole or not made."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive.test_store import capture
from tests.samples import ADS, alter, declare, followed, terms, tracker
from tests.servers import Server, answer, page
from tracker._support.atomic_folder import WAITING
from tracker.app import backup
from tracker.archive.store import Archive
from tracker.model import Outcome

NOW = "2025-12-01T12:00Z"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("keeping")
    followed(root, terms(), terms(ADS))
    return root


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "root"))


def archive_of(root: Path) -> Path:
    return root / "data" / "archive.db"


def ledger_of(root: Path) -> Path:
    return root / "data" / "published.jsonl"


def contents(path: Path) -> list[str]:
    """All that an archive holds, also in a backup beside the ledger."""
    connection = sqlite3.connect(path)
    try:
        return [row for row in connection.iterdump() if "published" not in row]
    finally:
        connection.close()


# ── doctor ────────────────────────────────────────────────────────────────────────


def test_a_sound_installation_needs_no_mending(root: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
    result = tracker(root, "--now", NOW, "doctor")
    assert result.exit_code == 0, result.output
    assert "Nothing to mend." in result.stdout
    assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before


def test_only_what_no_command_reads_or_writes_is_a_stranger(root: Path) -> None:
    for name in (
        "corrections.toml",
        "notified.jsonl",
        "published.jsonl",
        "settings.toml",
        "notes.txt",
    ):
        (root / "data" / name).touch()
    said = tracker(root, "--now", NOW, "doctor").stdout
    assert said.count("is no file of this program") == 1
    assert "notes.txt: is no file of this program" in said


def test_an_empty_folder_is_no_fault(tmp_path: Path) -> None:
    result = tracker(tmp_path, "doctor")
    assert result.exit_code == 0, result.output
    assert "nothing has been recorded yet" in result.stdout
    assert list(tmp_path.iterdir()) == []


def cut(root: Path) -> None:
    archive_of(root).write_bytes(archive_of(root).read_bytes()[:9000])


def overwritten(root: Path) -> None:
    archive_of(root).write_bytes(b"<html>" * 2000)


ILLS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "truncated archive": (cut, "archive.db", "tracker restore"),
    "another file in its place": (overwritten, "archive.db", "tracker restore"),
    "altered row": (
        lambda r: alter(archive_of(r), "update captures set reason = 'x' where id = 1"),
        "capture 1 ",
        "tracker restore",
    ),
    "newer schema": (
        lambda r: alter(archive_of(r), "pragma user_version = 99"),
        "newer version",
        "restore",
    ),
    "WAL": (lambda r: alter(archive_of(r), "pragma journal_mode = wal"), "WAL mode", "sqlite3"),
    "wrong declaration": (
        lambda r: (r / "data" / "declarations" / "global" / "Harbour.json").write_text("{"),
        "Harbour.json",
        "correct the file",
    ),
    "wrong topics": (
        lambda r: (r / "data" / "topics.toml").write_text("[a]\nwordz = []"),
        "wordz",
        "correct the file",
    ),
    "open key": (
        lambda r: (r / "data" / "signing.key").chmod(0o644),
        "others can read the key",
        "chmod 600",
    ),
    "feeds behind": (
        lambda r: shutil.rmtree(r / "feeds"),
        "older than data/, by 2 rows",
        "tracker publish",
    ),
    "damaged checkpoint": (
        lambda r: (r / "feeds" / "status" / "checkpoint").write_text("?"),
        "is not a checkpoint",
        "tracker publish",
    ),
}


@pytest.mark.parametrize(("harm", "what", "mend"), ILLS.values(), ids=ILLS)
def test_each_ill_is_named_with_its_cure(
    root: Path, harm: Callable[[Path], object], what: str, mend: str
) -> None:
    harm(root)
    result = tracker(root, "--now", NOW, "doctor")
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert what in result.stdout
    rows = json.loads(tracker(root, "--now", NOW, "doctor", "--json").stdout)
    assert any(what in row["what"] and mend in row["mend"] for row in rows), rows


REMARKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "foreign file": (
        lambda r: (r / "data" / "notes\x1b[31m.txt").write_text(""),
        "is no file of this program",
    ),
    "left journal": (
        lambda r: (r / "data" / "archive.db-journal").write_bytes(b""),
        "a run was stopped while it wrote",
    ),
    "left checkpoint": (
        lambda r: (r / "data" / ".checkpoint.17").write_bytes(b"{"),
        "left by a run that was stopped",
    ),
    "left publication": (
        lambda r: (r / "feeds" / WAITING).mkdir(parents=True),
        "left by a run that was stopped",
    ),
}


@pytest.mark.parametrize(("harm", "what"), REMARKS.values(), ids=REMARKS)
def test_what_need_not_be_mended_is_said(
    root: Path, harm: Callable[[Path], object], what: str
) -> None:
    harm(root)
    result = tracker(root, "--now", NOW, "doctor")
    assert result.exit_code == 0, result.output
    assert what in result.stdout
    assert "\x1b" not in result.stdout


def test_a_text_that_is_late_is_named_with_a_way_out(root: Path) -> None:
    with Archive(archive_of(root), write=True) as archive:
        last = archive.captures()[-1]
        later = last.time + timedelta(days=3)
        gone = replace(last, time=later, outcome=Outcome.MISSING, reason="No page; `do` it.")
        archive.add(replace(gone, body=None, text=None), None)
    rows = json.loads(tracker(root, "--now", NOW, "doctor", "--json").stdout)
    found = [row for row in rows if "is failing: No page." in row["what"]]
    assert [("sources.toml" in row["mend"]) for row in found] == [True]


def test_a_clock_that_went_back_is_noticed(root: Path) -> None:
    result = tracker(root, "--now", "2025-08-01T00:00Z", "doctor")
    assert result.exit_code == 1
    assert "set the clock right" in result.stdout


def test_a_full_disk_is_noticed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    assert "make room" in tracker(root, "--now", NOW, "doctor").stdout


def test_whoever_holds_the_lock_is_named(root: Path) -> None:
    with Archive(archive_of(root), write=True):
        assert f"process {os.getpid()} is writing" in tracker(root, "doctor").stdout
        busy = tracker(root, "fetch")
    assert busy.exit_code == 75
    assert f"process {os.getpid()}" in busy.stderr
    assert "is writing" not in tracker(root, "doctor").stdout


def without_rights(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command run by somebody to whom permissions apply; to root, as in a container, none do."""
    rights = "-dac_override,-dac_read_search"
    drop = ["setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}"]
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root cannot give up its rights here: there is no setpriv")
    command = [sys.executable, "-m", "tracker", "--root", str(root), *arguments]
    prefix = drop if os.geteuid() == 0 else []
    return subprocess.run([*prefix, *command], capture_output=True, text=True, check=False)


def test_what_may_not_be_read_or_written_is_named_and_nothing_is_lost(root: Path) -> None:
    whole = {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != "lock"}
    (root / "data" / "notes").write_text("")
    closed = [root / "data" / "notes", archive_of(root), root / "data", root]
    for path, mode in zip(closed, (0o000, 0o400, 0o500, 0o500), strict=True):
        path.chmod(mode)
    try:
        said = without_rights(root, "doctor")
        assert said.returncode == 1
        assert "notes: cannot be read" in said.stdout
        assert "archive.db: cannot be written" in said.stdout
        assert "chmod u+w" in said.stdout
        for command in ("fetch", "import versions .", "restore pyproject.toml"):
            failed = without_rights(root, *command.split())
            assert failed.returncode in {1, 2}, (command, failed.stdout)
            assert failed.stderr.startswith("Error: "), (command, failed.stderr)
            assert "Traceback" not in failed.stderr
        for command in ("status", "log", "verify", "changes", "publish"):
            assert without_rights(root, command).returncode == 0, command
    finally:
        for path in reversed(closed):
            path.chmod(0o700)
    assert {p: p.read_bytes() for p in whole} == whole


def test_a_publication_that_may_not_be_written_is_named(root: Path) -> None:
    (root / "feeds" / "index.html").write_text("altered")
    closed = (root, root / "feeds")
    for path in closed:
        path.chmod(0o500)
    try:
        failed = without_rights(root, "publish")
    finally:
        for path in closed:
            path.chmod(0o700)
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"Error: {root}/feeds: could not be written (Permission denied")
    assert (root / "feeds" / "index.html").read_text() == "altered"


def test_where_only_the_parent_may_not_be_written_files_are_replaced(root: Path) -> None:
    right = (root / "feeds" / "index.html").read_bytes()
    (root / "feeds" / "index.html").write_text("altered")
    root.chmod(0o500)
    try:
        done = without_rights(root, "publish")
    finally:
        root.chmod(0o700)
    assert done.returncode == 0, done.stderr
    assert "one by one, because" in done.stdout
    assert (root / "feeds" / "index.html").read_bytes() == right


# ── backup, restore ───────────────────────────────────────────────────────────────


def test_a_backup_is_the_archive_and_comes_back(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    made = tracker(root, "backup", str(file))
    assert made.exit_code == 0, made.output
    assert "2 captures, 2 bodies, verified" in made.stdout
    kept = contents(archive_of(root))
    assert contents(file) == kept
    cut(root)
    assert tracker(root, "status").exit_code == 1
    back = tracker(root, "--now", NOW, "restore", str(file))
    assert back.exit_code == 0, back.output
    assert contents(archive_of(root)) == kept
    assert tracker(root, "verify").exit_code == 0
    damaged = root / "data" / "archive-before-20251201T120000Z.db"
    assert damaged.stat().st_size == 9000
    assert str(damaged) in back.stdout


def test_an_empty_root_is_restored_from_a_backup(root: Path, tmp_path: Path) -> None:
    tracker(root, "backup", str(tmp_path / "b.db"))
    new = tmp_path / "new"
    assert tracker(new, "restore", str(tmp_path / "b.db")).exit_code == 0
    assert ledger_of(new).read_bytes() == ledger_of(root).read_bytes()
    assert tracker(new, "publish").exit_code == 0
    assert tracker(new, "verify").exit_code == 0


def test_a_ledger_that_goes_on_from_that_of_a_backup_stays(root: Path, tmp_path: Path) -> None:
    ledger = ledger_of(root)
    told = ledger.read_bytes()
    assert tracker(root, "backup", str(tmp_path / "now.db")).exit_code == 0
    first, *_ = told.splitlines(keepends=True)
    ledger.write_bytes(first)
    assert tracker(root, "backup", str(tmp_path / "before.db")).exit_code == 0
    ledger.write_bytes(told)
    assert tracker(root, "--now", NOW, "restore", str(tmp_path / "before.db")).exit_code == 0
    assert ledger.read_bytes() == told
    ledger.write_bytes(b'{"chain": "altered"}\n')
    back = tracker(root, "--now", "2025-12-02T12:00Z", "restore", str(tmp_path / "now.db"))
    assert "published-before-20251202T120000Z.jsonl" in back.stdout
    assert ledger.read_bytes() == told
    assert tracker(root, "verify").exit_code == 0


def test_a_backup_whose_ledger_is_not_what_was_written_replaces_nothing(
    root: Path, tmp_path: Path
) -> None:
    file, told = tmp_path / "backup.db", ledger_of(root).read_bytes()
    assert tracker(root, "backup", str(file)).exit_code == 0
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("update published set lines = ?", [told.replace(b"true", b"false", 1)])
    ledger_of(root).unlink()
    before = archive_of(root).read_bytes()
    refused = tracker(root, "--now", NOW, "restore", str(file))
    assert (refused.exit_code, "is not what was written" in refused.output) == (1, True)
    assert archive_of(root).read_bytes() == before


def test_a_backup_of_a_live_archive_is_of_one_moment(root: Path, tmp_path: Path) -> None:
    """While captures are added without a pause, every backup is whole, and no capture is lost."""
    over = threading.Event()
    added = 0

    def write() -> None:
        nonlocal added
        with Archive(archive_of(root), write=True) as archive:
            while not over.is_set():
                body = f"{added}".encode() * 900
                archive.add(capture(body, f"t{added}", added), body)
                added += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        sizes = []
        for n in range(4):
            file = tmp_path / f"{n}.db"
            result = tracker(root, "backup", str(file))
            assert result.exit_code == 0, result.output
            with Archive(file) as copy:
                assert list(copy.problems()) == []
                sizes.append(copy.counts()[0])
    finally:
        over.set()
        writer.join()
    assert sizes == sorted(sizes)
    assert sizes[-1] > 2
    with Archive(archive_of(root)) as archive:
        assert archive.counts()[0] == 2 + added
        assert list(archive.problems()) == []


def test_two_backups_to_one_file_do_not_meet(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each makes a copy of its own; the second begins and ends while the first is at work."""
    file, check = tmp_path / "backup.db", backup._whole
    done: list[Path] = []

    def meanwhile(path: Path, name: str, consequence: str) -> backup.Copy:
        if not done:
            done.append(path)
            assert tracker(root, "backup", str(file)).exit_code == 0
        return check(path, name, consequence)

    monkeypatch.setattr(backup, "_whole", meanwhile)
    result = tracker(root, "backup", str(file))
    assert result.exit_code == 0, result.output
    assert contents(file) == contents(archive_of(root))
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["backup.db"]


def test_what_a_killed_backup_left_is_cleared_away_after_a_day(root: Path, tmp_path: Path) -> None:
    old, new = (tmp_path / f".b.db.{n}.new" for n in ("1f", "2e"))
    for path in (old, new):
        path.touch()
    os.utime(old, (1, 1))
    assert tracker(root, "backup", str(tmp_path / "b.db")).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [".b.db.2e.new", "b.db"]


def test_a_damaged_archive_replaces_no_backup(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    tracker(root, "backup", str(file))
    kept = file.read_bytes()
    alter(archive_of(root), "update captures set reason = 'x' where id = 1")
    result = tracker(root, "backup", str(file))
    assert result.exit_code == 1
    assert "capture 1 " in result.stderr
    assert "stands" in result.stderr
    assert file.read_bytes() == kept
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["backup.db"]


def test_a_damaged_backup_replaces_no_archive(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    tracker(root, "backup", str(file))
    alter(file, "delete from captures where id = 2")
    kept = archive_of(root).read_bytes()
    result = tracker(root, "restore", str(file))
    assert result.exit_code == 1
    assert "nothing was replaced" in result.stderr
    assert archive_of(root).read_bytes() == kept
    assert "archive-before" not in " ".join(p.name for p in (root / "data").iterdir())


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_is_no_archive_is_left_alone(root: Path, tmp_path: Path, command: str) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    result = tracker(root, command, str(thesis))
    assert result.exit_code in {1, 2}
    assert "thesis.txt" in result.stderr
    assert thesis.read_text() == "years of work"


def test_wrong_use_of_copies(root: Path, tmp_path: Path) -> None:
    assert tracker(tmp_path / "none", "backup", str(tmp_path / "b.db")).exit_code == 2
    assert tracker(root, "restore", str(tmp_path / "nothing.db")).exit_code == 2
    nowhere = tracker(root, "backup", str(tmp_path / "no" / "such" / "folder.db"))
    assert nowhere.exit_code == 1
    assert "no/such" in nowhere.stderr


def test_no_restoration_while_another_run_writes(root: Path, tmp_path: Path) -> None:
    tracker(root, "backup", str(tmp_path / "b.db"))
    with Archive(archive_of(root), write=True):
        assert tracker(root, "restore", str(tmp_path / "b.db")).exit_code == 75


def test_a_journal_of_the_old_archive_is_not_played_into_the_new_one(
    root: Path, tmp_path: Path
) -> None:
    tracker(root, "backup", str(tmp_path / "b.db"))
    overwritten(root)
    journal = root / "data" / "archive.db-journal"
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + b"\xff" * 1000)
    assert tracker(root, "--now", NOW, "restore", str(tmp_path / "b.db")).exit_code == 0
    assert not journal.exists()
    assert tracker(root, "verify").exit_code == 0


def test_a_restoration_stopped_before_its_last_step_changes_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker(root, "backup", str(tmp_path / "b.db"))
    kept = contents(archive_of(root))

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_settle", fails)
    result = tracker(root, "--now", NOW, "restore", str(tmp_path / "b.db"))
    assert result.exit_code == 1
    assert "No space left" in result.stderr
    assert contents(archive_of(root)) == kept


# ── logs ──────────────────────────────────────────────────────────────────────────


def test_logs_are_one_json_object_a_line_and_harmless(tmp_path: Path) -> None:
    evil = "<title>\x1b]0;x\x07\u202e</title><main>\n{}</main>".encode()
    pages = {"/good": page(terms()), "/bad": answer(403), "/evil": page(evil)}
    with Server(pages) as server:
        declare(tmp_path, {p.strip("/").title(): server.url(p) for p in pages})
        result = tracker(tmp_path, "--log", "json", "run", "--allow-host", server.entry)
    rows = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert len(rows) == len(result.stderr.splitlines())
    assert [r["event"] for r in rows] == ["begun", "visited", "visited", "visited", "published"]
    assert {(r["document"], r["outcome"], r["level"]) for r in rows[1:4]} == {
        ("harbour/good@global", "good", "info"),
        ("harbour/bad@global", "refused", "warning"),
        ("harbour/evil@global", "empty", "warning"),
    }
    assert "\x1b" not in result.stderr
    assert result.stderr.isascii()
    quiet = tracker(tmp_path, "status")
    assert quiet.stderr == ""


def test_an_error_is_logged_too(tmp_path: Path) -> None:
    result = tracker(tmp_path, "--log", "json", "diff", "nothing\x1b[31m")
    row = json.loads(result.stderr.splitlines()[1])
    assert (row["event"], row["level"], row["status"]) == ("failed", "error", 2)
    assert "\x1b" not in result.stderr
