"""`tracker verify`: whatever was altered, removed, put in or reordered is found and named."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import ADS, alter, bytes_of, declare, rewrite_log, terms, tracker
from tests.servers import Server, page
from tracker import evidence
from tracker.app.checkpoints import heads_of
from tracker.archive.store import Archive
from tracker.evidence.checkpoint import key_id

HOLDS = "4 captures in one unbroken log"
FLIPS = int(os.environ.get("TRACKER_FLIPS", "120"))


@pytest.fixture
def root(followed_root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(followed_root, tmp_path / "root"))


def amiss(root: Path, *names: str) -> Result:
    """Verification fails without a traceback and says each of `names`."""
    result = tracker(root, "verify")
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    for name in names:
        assert name in result.output, result.output
    return result


def test_what_is_whole_is_said_to_be_in_one_line(root: Path) -> None:
    result = tracker(root, "verify")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert line.startswith(HOLDS)
    assert "3 bodies" in line
    assert "re-derived" in line
    assert "signed by" in line


# ── rows ──────────────────────────────────────────────────────────────────────────

ROWS = {
    "altered": ("update captures set reason = 'x' where id = 2", "capture 2 "),
    "altered, time": (
        "update captures set time = '2020-01-01T00:00:00.000000+00:00' where id = 1",
        "capture 1 ",
    ),
    "altered, headers": ("update captures set headers = '[]' where id = 4", "capture 4 "),
    "altered, chain": ("update captures set chain = '00' where id = 3", "capture 3 "),
    "removed first": ("delete from captures where id = 1", "capture 2 "),
    "removed": ("delete from captures where id = 2", "capture 3 "),
    "removed last": ("delete from captures where id = 4", "1 rows are missing"),
    "removed all": ("delete from captures", "4 rows are missing"),
    "inserted last": (
        "insert into captures select 5, document, source, source_key, asked_url, final_url, time,"
        "status, headers, outcome, reason, body, text, length, language, media, via, archive_url,"
        "chain, entry, facts from captures where id = 1",
        "capture 5 ",
    ),
    "inserted between": (
        "update captures set id = id * 10; insert into captures select 15, document, source,"
        "source_key, asked_url, final_url, time, status, headers, outcome, reason, body, text,"
        "length, language, media, via, archive_url, chain, entry, facts "
        "from captures where id = 10",
        "capture 15 ",
    ),
    "reordered": (
        "update captures set id = -id where id in (2, 3); update captures set id = 5 + id "
        "where id < 0",
        "capture 2 ",
    ),
    "document renamed": ("update documents set service = 'Haven'", "the name of harbour/terms"),
    "document removed": ("delete from documents", "1 rows are missing from the log of documents"),
    "document inserted": (
        "insert into documents values ('a/b@c', 'A', 'B', 'c', '00', 2, '{}')",
        "the name of a/b@c",
    ),
    "robots altered": ("update robots set allowed = 0 where id = 2", "robots.txt of 127.0.0.1"),
    "robots removed": (
        "delete from robots where id = 4",
        "1 rows are missing from the log of robots",
    ),
    "head removed": ("delete from heads where log = 'robots'", "the head of the log of robots"),
    "head damaged": ("update heads set frontier = 'x'", "the head of the log of captures"),
    "head altered": ("update heads set chain = '00' where log = 'robots'", "the log of robots"),
    "trigger": (
        "create trigger t after insert on captures begin delete from robots; end",
        "the trigger t is none of ours",
    ),
    "table": ("create table notes (x)", "the table notes is none of ours"),
    "index": ("drop index idx_captures_body", "the index idx_captures_body is missing"),
    "column": ("alter table robots add column x", "the table robots has other columns"),
}


@pytest.mark.parametrize(("script", "name"), ROWS.values(), ids=ROWS)
def test_rows(root: Path, script: str, name: str) -> None:
    alter(root / "data" / "archive.db", script)
    amiss(root, name)


BODIES = {
    "altered": ("update bodies set data = x'789c' where rowid = 3", "is damaged"),
    "exchanged": (
        "update bodies set data = (select data from bodies where rowid = 1) where rowid = 3",
        "is damaged",
    ),
    "removed first": ("delete from bodies where rowid = 1", "of capture 1 "),
    "removed last": ("delete from bodies where digest in (select body from captures where id = 4)",
                     "of capture 4 "),
    "inserted": ("insert into bodies values ('ab', 1, x'00')", "body ab… belongs to no capture"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "name"), BODIES.values(), ids=BODIES)
def test_bodies(root: Path, script: str, name: str) -> None:
    alter(root / "data" / "archive.db", script)
    amiss(root, name)


def test_a_log_that_was_rewritten_as_a_whole_contradicts_what_was_signed(root: Path) -> None:
    """Somebody who alters a row and recomputes chain and heads still cannot forge the note."""
    forged = "update captures set reason = 'forged' where id = 2"
    rewrite_log(root / "data" / "archive.db", "captures", forged)
    with Archive(root / "data" / "archive.db") as archive:
        assert list(archive.problems()) == []
    amiss(root, "what it signed was rewritten")


# ── feeds ─────────────────────────────────────────────────────────────────────────


def test_any_file_of_feeds_that_is_altered_or_removed_is_named(root: Path) -> None:
    files = sorted(p for p in (root / "feeds").rglob("*") if p.is_file())
    assert len(files) > 15
    for file in files:
        kept = file.read_bytes()
        file.write_bytes(kept.replace(b"e", b"3", 1) + b" ")
        amiss(root, str(file)) if file.name != "checkpoint" else amiss(root, "checkpoint")
        file.unlink()
        amiss(root, file.name)
        file.symlink_to("/etc/hostname")
        amiss(root, file.name)
        file.unlink()
        file.write_bytes(kept)
    assert tracker(root, "verify").exit_code == 0


def test_files_exchanged_with_each_other_are_named(root: Path) -> None:
    feeds = root / "feeds"
    (feeds / "all.xml").rename(feeds / "x")
    (feeds / "generative-ai.xml").rename(feeds / "all.xml")
    (feeds / "x").rename(feeds / "generative-ai.xml")
    amiss(root, "feeds/all.xml", "feeds/generative-ai.xml")


def test_a_file_of_others_is_named_and_fails_nothing(root: Path) -> None:
    (root / "feeds" / "CNAME").write_text("terms.example")
    result = tracker(root, "verify")
    assert result.exit_code == 0
    assert "feeds/CNAME is not ours" in result.stdout


def test_a_page_put_in_as_if_it_were_ours_is_named(root: Path) -> None:
    (root / "feeds" / "changes" / "false.html").write_text("<p>They sell your children.")
    file = root / "feeds" / "published.json"
    file.write_text(json.dumps([*json.loads(file.read_text()), "changes/false.html"]))
    amiss(root, "changes/false.html", "published.json")


def test_a_checkpoint_signed_by_another_key_is_named(root: Path, tmp_path: Path) -> None:
    file = root / "feeds" / "status" / "checkpoint"
    note = evidence.parse_note(file.read_text())
    file.write_text(evidence.signed(note.body, evidence.make_key(tmp_path / "other.key")))
    amiss(root, "not signed by this archive's key")


@pytest.mark.parametrize(
    "change",
    [
        ("4\n", "5\n"),
        ("4\n", f"{10**40}\n"),
        ("documents 1", "documents 99999999999999999999"),
        ("documents 1", "sqlite_master 1"),
        ("documents 1", "captures;drop 1"),
        ("robots", "documents"),
        ("\n\n", "\n"),
        ("—", "-"),
    ],
)
def test_a_checkpoint_that_was_written_by_hand_is_named(
    root: Path, change: tuple[str, str]
) -> None:
    file = root / "feeds" / "status" / "checkpoint"
    text = file.read_text()
    assert change[0] in text
    file.write_text(text.replace(*change, 1))
    amiss(root, "heckpoint")


def test_what_came_after_the_publication_is_said(root: Path) -> None:
    before = bytes_of(root / "feeds")
    declaration = root / "data" / "declarations" / "global" / "Harbour.json"
    declared = declaration.read_bytes()
    with Server({"/terms": page(terms(ADS, "later"))}) as server:
        declare(root, {"Terms": server.url()})
        tracker(root, "--now", "2025-10-01T12:00Z", "fetch", "--allow-host", server.entry)
    declaration.write_bytes(declared)
    result = tracker(root, "verify")
    assert result.exit_code == 0, result.output
    assert "1 capture came after the last publication" in result.stdout
    assert bytes_of(root / "feeds") == before


def test_nothing_published_yet_is_no_fault(root: Path) -> None:
    shutil.rmtree(root / "feeds")
    result = tracker(root, "verify")
    assert result.exit_code == 0
    assert "nothing published yet" in result.stdout


def test_an_archive_that_was_never_written_is_whole(tmp_path: Path) -> None:
    assert tracker(tmp_path, "verify").exit_code == 0
    assert list(tmp_path.iterdir()) == []


# ── bits ──────────────────────────────────────────────────────────────────────────


def facts(path: Path) -> object:
    """All that a reader of the archive can learn, or None where it cannot be read."""
    connection = sqlite3.connect(path)
    try:
        tables = ("captures", "bodies", "documents", "robots", "heads")
        return [connection.execute(f"select * from {t} order by rowid").fetchall() for t in tables]
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    finally:
        connection.close()


def test_no_flipped_bit_of_the_archive_stays_unseen(root: Path) -> None:
    """Flips that SQLite never reads (free space, unused header fields) change no fact."""
    path = root / "data" / "archive.db"
    whole, known = path.read_bytes(), facts(path)
    chance = random.Random(20251103)
    found = harmless = 0
    used = [n for n, byte in enumerate(whole) if byte]
    for _ in range(FLIPS):
        place = chance.choice(used) * 8 + chance.randrange(8)
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            with Archive(path) as archive:
                seen = bool(list(archive.problems()))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be one of ours
            assert type(error).__module__ == "tracker.errors", (place, error)
            seen = True
        assert seen or facts(path) == known, f"bit {place} was flipped unseen"
        found, harmless = found + seen, harmless + (not seen)
    assert found > FLIPS * 0.9, f"{found} flips found, {harmless} without consequence"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_flipped_bit_of_a_checkpoint_stays_unseen(
    followed_root: Path, data: st.DataObject
) -> None:
    with Archive(followed_root / "data" / "archive.db") as archive:
        heads = heads_of(archive)
    key = evidence.load_key(followed_root / "data" / "signing.key")
    text = (followed_root / "feeds" / "status" / "checkpoint").read_bytes()
    place = data.draw(st.integers(0, len(text) * 8 - 1))
    damaged = bytearray(text)
    damaged[place // 8] ^= 1 << place % 8
    try:
        note = evidence.parse_note(damaged.decode())
    except ValueError:
        return
    assert list(evidence.note_problems(note, key, heads)) or note == evidence.parse_note(
        text.decode()
    )


def test_a_note_is_signed_as_the_standard_says() -> None:
    """The example of signed-note (golang.org/x/mod/sumdb/note)."""
    body = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    private = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    key = evidence.Key(private[1:], public[1:])
    assert key_id("PeterNeumann", key.public).hex() == "c74f20a3"
    assert evidence.verifier("PeterNeumann", key.public) == (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    )
    signature = key_id("PeterNeumann", key.public) + key.sign(body.encode())
    assert base64.b64encode(signature).decode() == (
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
