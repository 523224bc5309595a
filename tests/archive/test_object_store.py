"""Bodies in object storage: the same archive to whoever reads it, and nothing lost on the way."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.archive.test_store import capture
from tests.object_store import BUCKET, s3_server, say_store, store_of
from tests.samples import ADS, bytes_of, declare, published_alike, terms, tracker
from tests.servers import Server, page
from tracker.archive.object_store import ObjectStore
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, Unreachable

pytest.importorskip("fsspec", reason="fsspec is not installed")


@dataclass(frozen=True)
class Store:
    """Where a test keeps bodies: `url` and, for S3, the server's address."""

    url: str
    endpoint: str = ""


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(params=["file", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    name = tmp_path.name
    if request.param == "s3":
        return Store(f"s3://{BUCKET}/{name}", request.getfixturevalue("s3"))
    return Store(f"memory://{name}" if request.param == "memory" else f"file://{tmp_path}/bodies")


@pytest.fixture
def root(followed_root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(followed_root, tmp_path / "root"))


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """The folder in which the bodies of `root` are kept."""
    say_store(root, f"file://{tmp_path}/bodies")
    done(root, "move-bodies")
    return tmp_path / "bodies"


def done(root: Path, *arguments: str) -> str:
    """What a command says that has to succeed."""
    result = tracker(root, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def dump(root: Path) -> list[str]:
    """Everything an archive holds."""
    with closing(sqlite3.connect(root / "data" / "archive.db")) as connection:
        return list(connection.iterdump())


def inside(root: Path) -> int:
    with closing(sqlite3.connect(root / "data" / "archive.db")) as connection:
        query = "select count(*) from bodies where data is not null"
        return int(connection.execute(query).fetchone()[0])


# ── every command, on every kind of store ─────────────────────────────────────────


def test_all_commands_do_the_same_with_bodies_outside(tmp_path: Path, store: Store) -> None:
    plain, kept = tmp_path / "plain", tmp_path / "kept"
    saved = tmp_path / "saved.html"
    saved.write_bytes(terms("<p>An older rule, on anchors.</p>"))
    say_store(plain, "")
    say_store(kept, store.url, store.endpoint)
    with Server({}) as server:
        for root in (plain, kept):
            declare(root, {"Terms": server.url()})
        for day in range(1, 6):
            server.pages["/terms"] = [page(terms(ADS if day == 5 else "", nonce=day))]
            for root in (plain, kept):
                at = f"2025-09-{day:02}T12:00Z"
                done(root, "--now", at, "fetch", "--allow-host", server.entry)
    for root in (plain, kept):
        done(root, "import", "file", str(saved), "harbour", "--at", "2025-08-01T12:00Z")
    assert published_alike(plain, kept)
    assert inside(kept) == 0
    assert len(store_of(kept).listed()[0]) == 4  # of 6 captures
    said = done(kept, "verify")
    assert said == done(plain, "verify")
    assert "6 captures in one unbroken log, 4 bodies" in said
    for root in (plain, kept):
        done(root, "evidence", "harbour", "--output", str(root / "bundle"))
    assert bytes_of(kept / "bundle") == bytes_of(plain / "bundle")
    # There and back, by way of a backup that needs no store.
    backup = tmp_path / "backup.db"
    done(kept, "backup", str(backup))
    done(kept, "--now", "2025-10-01T12:00Z", "restore", str(backup))
    assert dump(kept) == dump(plain)
    assert "4 bodies came" in done(kept, "move-bodies")
    assert inside(kept) == 0
    assert done(kept, "verify") == said
    assert "0 bodies came" in done(kept, "move-bodies")
    say_store(kept, "", store.endpoint)
    assert "4 objects" in done(kept, "move-bodies", "--from", store.url)
    assert dump(kept) == dump(plain)
    say_store(kept, store.url, store.endpoint)
    assert store_of(kept).listed() == (set(), [])


def test_a_setting_made_later_leaves_inside_what_is_there(root: Path, tmp_path: Path) -> None:
    say_store(root, f"file://{tmp_path}/bodies")
    with Archive(root / "data" / "archive.db", store_of(root), write=True) as archive:
        archive.add(capture(), b"<p>one")
    assert inside(root) == 3
    assert len(bytes_of(tmp_path / "bodies")) == 1
    done(root, "verify")


def test_from_one_store_to_another(root: Path, folder: Path, tmp_path: Path) -> None:
    kept = bytes_of(folder)
    say_store(root, f"file://{tmp_path}/other")
    assert "move-bodies --from" in tracker(root, "verify").output
    done(root, "move-bodies", "--from", f"file://{folder}")
    assert bytes_of(tmp_path / "other") == kept
    assert bytes_of(folder) == {}
    done(root, "verify")


@pytest.mark.parametrize("alias", ["bodies", "link"])
def test_a_store_is_not_moved_onto_itself(
    root: Path, folder: Path, tmp_path: Path, alias: str
) -> None:
    (tmp_path / "link").symlink_to(folder)
    kept = bytes_of(folder)
    refused = tracker(root, "move-bodies", "--from", f"file://{tmp_path}/{alias}")
    assert (refused.exit_code, "already" in refused.stderr) == (2, True)
    assert bytes_of(folder) == kept


def test_an_object_is_a_packed_body_under_its_digest(root: Path, folder: Path) -> None:
    with Archive(root / "data" / "archive.db", store_of(root)) as archive:
        for name in archive.shelf.names(outside=True):
            packed = (folder / name[:2] / f"{name}.z").read_bytes()
            assert zlib.decompress(packed) == archive.body(name)


def test_no_library_is_needed_where_bodies_are_inside(root: Path) -> None:
    script = (
        "import sys; sys.modules['fsspec'] = sys.modules['s3fs'] = None\n"
        "from tracker.cli import main\n"
        f"main(['--root', {str(root)!r}, 'verify'], standalone_mode=False)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# ── stopped at any point ──────────────────────────────────────────────────────────

#: Kills the process when a function of the store is called for the n-th time, before or after it.
_DEADLY = """
import os, signal, sys
from tracker import cli
from tracker.app import move_bodies as moving
from tracker.archive import object_store as bodies
function, moment, number, *arguments = sys.argv[1:]
moving.BATCH, calls, before = 1, [], getattr(bodies.ObjectStore, function)
def deadly(self, *given):
    calls.append(given)
    last = len(calls) == int(number)
    if last and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = before(self, *given)
    if last:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
setattr(bodies.ObjectStore, function, deadly)
cli.main(arguments)
"""


def killed(function: str, moment: str, number: int, root: Path, *arguments: str) -> bool:
    """Whether a command was killed at a call of the store; else it has to succeed."""
    command = [sys.executable, "-c", _DEADLY, function, moment, str(number), "--root", str(root)]
    ended = subprocess.run([*command, *arguments], check=False, capture_output=True).returncode
    assert ended in {0, -signal.SIGKILL}
    return ended != 0


@pytest.mark.parametrize(
    ("function", "moment", "visits", "left"),
    [("put", "before", 2, 0), ("put", "after", 2, 1), ("discard", "before", 3, 1)],
)
def test_a_visit_killed_between_store_and_archive_loses_nothing(
    root: Path, folder: Path, function: str, moment: str, visits: int, left: int
) -> None:
    """Two visits of three with one text have a body to put, the third one to delete."""
    with Server({"/terms": [page(terms(ADS, nonce=n)) for n in range(4)]}) as server:
        declare(root, {"Terms": server.url()})
        for day in range(1, 4):
            visit = ("--now", f"2025-10-0{day}T12:00Z", "fetch", "--allow-host", server.entry)
            if day < visits:
                done(root, *visit)
            elif day == visits:
                assert killed(function, moment, 1, root, *visit)
        acknowledged = 4 + visits - (function == "put")
        with Archive(root / "data" / "archive.db", store_of(root)) as archive:
            assert (archive.counts()[0], list(archive.problems())) == (acknowledged, [])
            assert len(list(archive.shelf.strays())) == left
        done(root, "--now", "2025-10-05T12:00Z", "fetch", "--allow-host", server.entry)
    done(root, "publish")
    done(root, "move-bodies", "--clear")
    assert "belongs to no capture" not in done(root, "verify")


PLACES = [
    *(("put", "before", 2), ("put", "after", 2), ("get", "after", 2)),
    *(("listed", "after", 1), ("discard", "before", 1), ("discard", "after", 1)),
]


@pytest.mark.parametrize(("function", "moment", "number"), PLACES)
def test_a_move_killed_anywhere_is_simply_run_again(
    root: Path, tmp_path: Path, function: str, moment: str, number: int
) -> None:
    kept, url, stopped = dump(root), f"file://{tmp_path}/bodies", 0
    for there, arguments in ((url, ()), ("", ("--from", url))):
        say_store(root, there)
        stopped += killed(function, moment, number, root, "move-bodies", *arguments)
        with Archive(root / "data" / "archive.db", ObjectStore(url)) as archive:
            assert list(archive.problems()) == []
        done(root, "move-bodies", *arguments)
        assert inside(root) == (0 if there else 3)
        done(root, "verify")
    assert stopped
    assert dump(root) == kept
    assert bytes_of(tmp_path / "bodies") == {}


def test_what_cannot_be_put_is_not_recorded(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(root)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tracker.archive.object_store._write", full)
    with Server({"/terms": page(terms("<p>New.</p>"))}) as server:
        declare(root, {"Terms": server.url()})
        failed = tracker(root, "--now", "2025-09-08T12:00Z", "fetch", "--allow-host", server.entry)
    assert failed.exit_code == 75
    assert failed.stderr.startswith(f"Error: file://{folder}: bodies cannot be written")
    assert "No space left" in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert [line for line in dump(root) if "robots" not in line] == [
        line for line in before if "robots" not in line
    ]


def test_nothing_is_deleted_under_a_reader(root: Path, folder: Path) -> None:
    with Archive(root / "data" / "archive.db", store_of(root), write=True) as archive:
        for hour in range(2):
            body = b"<p>%d" % hour
            archive.add(capture(body, "t", hour), body)
        with Archive(root / "data" / "archive.db", store_of(root)):
            archive.add(capture(b"<p>2", "t", 2), b"<p>2")
        assert len(list(archive.shelf.strays())) == 1
        archive.add(capture(b"<p>3", "t", 3), b"<p>3")
        assert len(list(archive.shelf.strays())) == 1
    assert "deleted" in done(root, "move-bodies", "--clear")
    with Archive(root / "data" / "archive.db", store_of(root)) as archive:
        assert list(archive.shelf.strays()) == []


# ── what is wrong is named ────────────────────────────────────────────────────────


def first_of(folder: Path) -> Path:
    return min(folder.rglob("*.z"))


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "altered": (lambda f: f.write_bytes(f.read_bytes()[:-1]), "is damaged"),
    "another body": (lambda f: f.write_bytes(zlib.compress(b"<p>else")), "is damaged"),
    "removed": (lambda f: f.unlink(), "is missing there"),
}


@pytest.mark.parametrize(("harm", "said"), HARMS.values(), ids=HARMS)
def test_tampering_with_an_object_is_found_and_named(
    root: Path, folder: Path, tmp_path: Path, harm: Callable[[Path], object], said: str
) -> None:
    harmed = first_of(folder)
    harm(harmed)
    found = tracker(root, "verify")
    assert found.exit_code == 1
    assert f"file://{folder}: body {harmed.stem[:12]}… {said}" in found.output
    assert f"body {harmed.stem[:12]}… {said}" in tracker(root, "doctor").stdout
    backup = tracker(root, "backup", str(tmp_path / "backup.db"))
    assert (backup.exit_code, (tmp_path / "backup.db").exists()) == (1, False)
    say_store(root, "")
    assert tracker(root, "move-bodies", "--from", f"file://{folder}").exit_code == 1


def test_a_size_that_was_altered_is_found(root: Path, folder: Path) -> None:
    with closing(sqlite3.connect(root / "data" / "archive.db")) as connection:
        connection.execute("update bodies set size = size + 1 where rowid = 1")
        connection.commit()
    assert "not of the size" in tracker(root, "verify").output


def test_what_does_not_belong_there_is_said(root: Path, folder: Path) -> None:
    stray = folder / "ab" / f"{'ab' * 32}.z"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"")
    (folder / "notes.txt").write_text("mine")
    for command in ("verify", "doctor"):
        said = done(root, command)
        assert "abababababab… say; `tracker move-bodies --clear` deletes it" in said
        assert "notes.txt is no object of ours" in said
    assert "1 object" in done(root, "move-bodies", "--clear")
    assert (stray.exists(), (folder / "notes.txt").exists()) == (False, True)


def test_bodies_that_are_nobody_knows_where_are_said(root: Path, folder: Path) -> None:
    say_store(root, "")
    for command in ("verify", "doctor"):
        found = tracker(root, command)
        assert found.exit_code == 1
        assert "does not say where" in found.output
    assert tracker(root, "move-bodies").exit_code == 2
    assert "--from" in tracker(root, "move-bodies").stderr
    assert tracker(root, "move-bodies", "--from", "nowhere").exit_code == 2


def test_a_store_that_does_not_answer_is_one_sentence(root: Path, s3: str) -> None:
    say_store(root, f"s3://{BUCKET}/away", s3)
    done(root, "move-bodies")
    say_store(root, f"s3://{BUCKET}/away", "http://127.0.0.1:9")
    before = dump(root)
    with Server({"/terms": page(terms("<p>New.</p>"))}) as server:
        declare(root, {"Terms": server.url()})
        visit = ("--now", "2025-09-08T12:00Z", "fetch", "--allow-host", server.entry)
        for command in (visit, ("move-bodies", "--clear"), ("backup", str(root / "b.db"))):
            failed = tracker(root, *command)
            assert failed.exit_code == 75, failed.output
            assert failed.stderr.startswith(f"Error: s3://{BUCKET}/away: bodies cannot be ")
            assert failed.stderr.count("\n") == 1
    assert [r for r in dump(root) if "captures" in r] == [r for r in before if "captures" in r]
    assert "cannot be read there" in tracker(root, "verify").output
    assert "reach the store" in tracker(root, "doctor").stdout


def test_a_bucket_that_is_not_there_is_said(root: Path, s3: str) -> None:
    say_store(root, "s3://nobody/terms", s3)
    failed = tracker(root, "move-bodies")
    assert failed.exit_code == 75
    assert "bucket does not exist" in failed.stderr
    assert inside(root) == 3


def test_a_missing_extra_is_named(
    root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    for command in ("verify", "doctor", "move-bodies --clear"):
        said = tracker(root, *command.split())
        assert said.exit_code in {1, 2}
        assert "pip install 'terms-tracker[storage]'" in said.output


def test_a_store_of_an_unknown_kind_is_refused(root: Path) -> None:
    say_store(root, "s9://bucket/terms")
    failed = tracker(root, "move-bodies")
    assert (failed.exit_code, "s9" in failed.stderr) == (2, True)


def test_a_body_is_never_handed_out_unchecked(tmp_path: Path) -> None:
    store = ObjectStore(f"file://{tmp_path}/bodies")
    store.put({"ab" * 32: zlib.compress(b"<p>one")})
    ((_, found),) = store.get(["ab" * 32])
    assert isinstance(found, ArchiveError)
    assert not isinstance(found, Unreachable)
