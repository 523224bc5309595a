"""What was given out of a log is never contradicted in silence: refused, or given up on record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.archive.test_store import capture
from tests.samples import ADS, alter, bytes_of, followed, rewrite_log, terms, tracker
from tests.servers import Server, page
from tracker import evidence
from tracker.app.checkpoints import heads_of
from tracker.archive.store import Archive
from tracker.errors import ArchiveError
from tracker.evidence import forks

NOW = "2025-10-01T12:00Z"
OTHER = "<p>We never said so.</p>"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three looks, published after each; `1.db` and so on are backups of the days."""
    root = tmp_path_factory.mktemp("forks") / "root"
    with Server({"/terms": [page(terms()), page(terms(ADS)), page(terms())]}) as server:
        file = root / "data" / "declarations" / "global" / "Harbour.json"
        file.parent.mkdir(parents=True)
        declared = {"name": "Harbour", "terms": {"Terms": {"fetch": server.url()}}}
        file.write_text(json.dumps(declared))
        for day in (1, 2, 3):
            done = tracker(
                root, "--now", f"2025-09-0{day}T12:00Z", "run", "--allow-host", server.entry
            )
            assert done.exit_code == 0, done.output
            assert tracker(root, "backup", str(root / f"{day}.db")).exit_code == 0
    return root


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another past: of four looks, the first of which was like the first there."""
    root = tmp_path_factory.mktemp("another")
    followed(root, *(terms(OTHER, n) for n in range(4)))
    return root


@pytest.fixture
def root(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "root"))


@pytest.fixture(params=[True, False], ids=["signed", "unsigned"])
def signing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(evidence, "can_sign", lambda: False)


def db(root: Path) -> Path:
    return root / "data" / "archive.db"


def sizes_of(root: Path) -> int:
    with Archive(db(root)) as archive:
        return archive.counts()[0]


def grow(path: Path, number: int) -> None:
    with Archive(path, write=True) as archive:
        for n in range(number):
            archive.add(capture(f"{n}".encode(), f"o{n}", 2000 + n), f"{n}".encode())


# ── every way to another past ─────────────────────────────────────────────────────


def rewritten(root: Path, another: Path) -> None:
    """One row is altered, and everything that follows from it inside the archive."""
    rewrite_log(db(root), "captures", "update captures set reason = 'forged' where id = 1")


def renamed(root: Path, another: Path) -> None:
    """As `rewritten`, of the log of documents, which the Merkle root does not cover."""
    rewrite_log(db(root), "documents", "update documents set service = 'Haven'")


def cut(root: Path, another: Path) -> None:
    shutil.copy(root / "2.db", db(root))


def cut_and_grown(root: Path, another: Path) -> None:
    cut(root, another)
    grow(db(root), 1)


def cut_and_outgrown(root: Path, another: Path) -> None:
    cut(root, another)
    grow(db(root), 5)


def replaced(root: Path, another: Path) -> None:
    shutil.copy(db(another), db(root))


def emptied(root: Path, another: Path) -> None:
    db(root).write_bytes(b"")


def cleared(root: Path, another: Path) -> None:
    db(root).unlink()
    with Archive(db(root), write=True):
        pass


def deleted(root: Path, another: Path) -> None:
    db(root).unlink()


def begun_anew(root: Path, another: Path) -> None:
    db(root).unlink()
    grow(db(root), 2)


WAYS = (
    *(rewritten, renamed, cut, cut_and_grown, cut_and_outgrown, replaced, emptied, cleared),
    *(deleted, begun_anew),
)


def nothing(root: Path) -> None:
    pass


def without_feeds(root: Path) -> None:
    shutil.rmtree(root / "feeds")


def without_kept(root: Path) -> None:
    (root / "data" / "checkpoint").unlink()


def refused(root: Path, *command: str) -> Result:
    """A command says in one sentence what is contradicted, and leaves everything as it was."""
    before = bytes_of(root)
    done = tracker(root, "--now", NOW, *command)
    assert done.exit_code == 65, done.output
    assert isinstance(done.exception, SystemExit)
    said = done.stderr.splitlines()[-1]
    assert said.startswith("Error: ")
    assert "does not go on from the checkpoint of 3 captures in " in said
    assert "tracker restore BACKUP" in said
    assert "--accept-fork" in said
    after = bytes_of(root)
    assert {n: b for n, b in after.items() if not n.startswith((".cache", "data/lock"))} == {
        n: b for n, b in before.items() if not n.startswith((".cache", "data/lock"))
    }
    return done


@pytest.mark.usefixtures("signing")
@pytest.mark.parametrize("left", [nothing, without_feeds, without_kept])
@pytest.mark.parametrize("way", WAYS)
def test_another_past_is_refused_until_it_is_accepted_on_record(
    root: Path, another: Path, way: Callable[[Path, Path], None], left: Callable[[Path], None]
) -> None:
    left(root)
    way(root, another)
    held = "data/checkpoint" if left is not without_kept else "feeds/status/checkpoint"
    for command in ("publish", "run"):
        assert held in refused(root, *command.split()).stderr
    told = tracker(root, "--now", "2026-10-01T12:00Z", "doctor")
    assert told.exit_code == 1
    assert "does not go on from the checkpoint of 3 captures" in told.stdout
    assert tracker(root, "verify").exit_code == 1
    done = tracker(root, "--now", NOW, "publish", "--accept-fork")
    assert done.exit_code == 0, done.output
    assert "Given up, and recorded in data/forks.jsonl: the checkpoint of 3 captures" in done.stdout
    for command in ("publish", "verify"):
        assert tracker(root, command).exit_code == 0, tracker(root, command).output
    said = tracker(root, "verify").stdout
    assert "was given up on 1 October 2025" in said
    shown = (root / "feeds" / "status" / "index.html").read_text()
    assert "Logs that were given up" in shown
    assert "2025-10-01T12:00:00Z" in shown
    assert (root / "data" / "forks.jsonl").read_text().count("\n") == 1


def test_what_was_given_up_is_in_the_status_for_programs(root: Path, another: Path) -> None:
    replaced(root, another)
    kept = evidence.parse_note((root / "feeds" / "status" / "checkpoint").read_text())
    assert tracker(root, "--now", NOW, "publish", "--accept-fork").exit_code == 0
    (row, *_) = json.loads((root / "feeds" / "status.json").read_text())
    (fork,) = row["forks"]
    assert fork == {
        "accepted": "2025-10-01T12:00:00Z",
        "captures": 3,
        "root": kept.body.splitlines()[2],
    }
    line = json.loads((root / "data" / "forks.jsonl").read_text().splitlines()[0])
    assert line["given_up"].startswith(kept.body)
    assert line["found"] == ["data/checkpoint", "feeds/status/checkpoint"]
    assert line["instead"] == (root / "feeds" / "status" / "checkpoint").read_text()


def test_a_run_that_accepts_goes_on_and_the_next_needs_not(root: Path, another: Path) -> None:
    replaced(root, another)
    with Server({"/terms": page(terms(OTHER))}) as server:
        file = root / "data" / "declarations" / "global" / "Harbour.json"
        file.write_text(
            json.dumps({"name": "Harbour", "terms": {"Terms": {"fetch": server.url()}}})
        )
        hosts = ("--allow-host", server.entry, "--force")
        assert tracker(root, "--now", NOW, "run", *hosts).exit_code == 65
        assert sizes_of(root) == 4
        done = tracker(root, "--now", NOW, "run", "--accept-fork", *hosts)
        assert done.exit_code == 0, done.output
        assert sizes_of(root) == 5
        assert tracker(root, "--now", "2025-10-02T12:00Z", "run", *hosts).exit_code == 0
    assert (root / "data" / "forks.jsonl").read_text().count('"found"') == 1
    # The archive that was given up comes back: what took its place is contradicted now.
    shutil.copy(root / "3.db", db(root))
    done = tracker(root, "publish")
    assert done.exit_code == 65
    assert "the checkpoint of 6 captures" in done.stderr
    assert tracker(root, "publish", "--accept-fork").exit_code == 0
    assert tracker(root, "verify").exit_code == 0


@pytest.mark.parametrize("log", ["captures", "documents", "robots"])
def test_rows_that_are_gone_are_not_published_around(root: Path, log: str) -> None:
    alter(db(root), f"delete from {log} where rowid = (select max(rowid) from {log})")
    for command in ("publish", "run", "publish --accept-fork"):
        before = bytes_of(root / "feeds")
        done = tracker(root, *command.split())
        assert done.exit_code == 1
        assert "is not whole" in done.stderr
        assert "tracker restore" in done.stderr
        assert bytes_of(root / "feeds") == before


@pytest.mark.usefixtures("signing")
def test_a_bundle_is_given_out_only_of_the_log_that_was_published(
    root: Path, another: Path
) -> None:
    replaced(root, another)
    refused(root, "evidence", "terms", "--output", str(root.parent / "bundle"))
    assert not (root.parent / "bundle").exists()


def test_a_bundle_counts_as_given_out(root: Path) -> None:
    grow(db(root), 2)
    path = root.parent / "bundle"
    done = tracker(root, "evidence", "harbour/terms/2025-09-02", "--output", str(path))
    assert done.exit_code == 0, done.output
    shutil.copy(root / "3.db", db(root))
    done = tracker(root, "publish")
    assert done.exit_code == 65
    assert "the checkpoint of 5 captures in data/checkpoint" in done.stderr


# ── what is no fork ───────────────────────────────────────────────────────────────


def test_a_log_that_grows_goes_on(root: Path) -> None:
    for left in (nothing, without_kept, without_feeds):
        left(root)
        grow(db(root), 1)
        assert tracker(root, "publish").exit_code == 0
        assert tracker(root, "verify").exit_code == 0
    assert not (root / "data" / "forks.jsonl").exists()


def test_the_backup_of_what_was_published_needs_no_acceptance(root: Path) -> None:
    db(root).unlink()
    refused(root, "publish")
    done = tracker(root, "--now", NOW, "restore", str(root / "3.db"))
    assert done.exit_code == 0
    assert "accept-fork" not in done.stdout
    assert tracker(root, "publish").exit_code == 0
    assert tracker(root, "verify").exit_code == 0


def test_an_older_backup_says_in_advance_what_will_be_refused(root: Path) -> None:
    done = tracker(root, "--now", NOW, "restore", str(root / "2.db"))
    assert done.exit_code == 0
    (note,) = [line for line in done.stdout.splitlines() if line.startswith("Note: ")]
    assert "does not go on from the checkpoint of 3 captures in data/checkpoint" in note
    assert "tracker publish --accept-fork" in note
    refused(root, "publish")


def test_another_name_or_key_is_no_other_log(root: Path) -> None:
    (root / "data" / "settings.toml").write_text('site_url = "https://terms.example/"\n')
    (root / "data" / "signing.key").unlink(missing_ok=True)
    assert tracker(root, "publish").exit_code == 0
    assert tracker(root, "verify").exit_code == 0


def test_nothing_is_accepted_where_nothing_is_contradicted(root: Path) -> None:
    assert tracker(root, "publish", "--accept-fork").exit_code == 0
    assert not (root / "data" / "forks.jsonl").exists()


def test_an_archive_of_before_is_published_and_then_kept(root: Path) -> None:
    without_kept(root)
    before = bytes_of(root / "feeds")
    assert tracker(root, "publish").exit_code == 0
    assert bytes_of(root / "feeds") == before
    assert (root / "data" / "checkpoint").is_file()


# ── files that are not as they should be ──────────────────────────────────────────

GARBAGE = {
    "nothing": b"",
    "bytes": b"\xff\x00\xfe",
    "words": b"hello\n",
    "a page": b"<html>" * 99,
    "sizes": b"x\n99999999999999999999999999\nroot\n",
    "another kind": b"other.example/log\n3\nAAAA\n",
    "other logs": b"x\n3\nAAAA\nsqlite_master 1 0\nrobots 1 0\n",
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("left", [nothing, without_kept])
def test_what_is_no_checkpoint_is_said_and_replaced(
    root: Path, left: Callable[[Path], None], data: bytes
) -> None:
    left(root)
    (root / "feeds" / "status" / "checkpoint").write_bytes(data)
    done = tracker(root, "publish")
    assert done.exit_code == 0, done.output
    assert "the log could not be compared with it" in done.stderr
    assert tracker(root, "publish").stderr.count("compared") == 0
    assert tracker(root, "verify").exit_code == 0


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_garbage_in_feeds_does_not_hide_what_was_kept(
    root: Path, another: Path, data: bytes
) -> None:
    replaced(root, another)
    (root / "feeds" / "status" / "checkpoint").write_bytes(data)
    refused(root, "publish")


def test_a_checkpoint_of_somebody_else_is_refused(root: Path, another: Path) -> None:
    shutil.copy(
        another / "feeds" / "status" / "checkpoint", root / "feeds" / "status" / "checkpoint"
    )
    done = tracker(root, "publish")
    assert done.exit_code == 65
    assert "the checkpoint of 4 captures in feeds/status/checkpoint," in done.stderr
    (root / "feeds" / "status" / "checkpoint").unlink()
    assert tracker(root, "publish").exit_code == 0


@pytest.mark.parametrize("name", ["checkpoint", "forks.jsonl"])
@pytest.mark.parametrize("data", [*GARBAGE.values(), b"{}", b"[]", b"null\n", b'{"heads": 1}'])
def test_a_damaged_record_of_ours_is_named_with_the_way_out(
    root: Path, another: Path, name: str, data: bytes
) -> None:
    if name == "forks.jsonl" and not data:
        return  # nothing was given up
    (root / "data" / name).write_bytes(data)
    for command in ("publish", "run", "verify", "doctor"):
        done = tracker(root, command)
        assert done.exit_code == 1, (command, done.output)
        assert isinstance(done.exception, SystemExit)
        assert f"data/{name}" in done.output
    (root / "data" / name).unlink()
    assert tracker(root, "publish").exit_code == 0


def test_every_bit_that_is_flipped_in_what_was_kept_is_seen(root: Path) -> None:
    """Or else it changes nothing of what is compared."""
    path = root / "data" / "checkpoint"
    whole = path.read_bytes()
    first = forks.load_kept(root)
    assert first is not None
    with Archive(db(root)) as archive:
        heads = heads_of(archive)
        for place in range(0, len(whole) * 8, 7):
            damaged = bytearray(whole)
            damaged[place // 8] ^= 1 << place % 8
            path.write_bytes(damaged)
            try:
                found = evidence.compared(root, archive, heads)
            except ArchiveError:
                continue
            kept = forks.load_kept(root)
            assert kept is not None
            assert found.contradicted or kept.given.claim == first.given.claim


# ── what it costs ─────────────────────────────────────────────────────────────────


def test_only_what_came_since_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    rows = Archive.rows

    def counted(archive: Archive, log: str, first: int | None = None, after: int = 0) -> object:
        found = rows(archive, log, first, after)
        read.append(len(found))
        return found

    grow(db(root), 50)
    assert tracker(root, "publish").exit_code == 0
    grow(db(root), 2)
    monkeypatch.setattr(Archive, "rows", counted)
    assert tracker(root, "publish").exit_code == 0
    assert sum(read) == 2
