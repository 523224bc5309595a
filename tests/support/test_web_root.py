"""feeds/ may lead elsewhere; what others keep there stays, and readers find whole files."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import tracker
from tracker._support import atomic_folder as folder
from tracker._support import web_root as webroot
from tracker._support.atomic_folder import (
    WAITING,
    exchanged,
    file_names,
    spare_of,
    write_atomically,
)
from tracker._support.fsync import sync_all
from tracker._support.lock import held_folder
from tracker._support.web_root import hindrance, web_root
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, Busy


def tree(folder: Path) -> dict[str, bytes]:
    names = (name for name in file_names(folder) if name != "published.json")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A web root in which somebody keeps files."""
    web = tmp_path / "srv" / "html"
    (web / ".well-known" / "acme").mkdir(parents=True)
    (web / ".well-known" / "theirs").write_bytes(b"theirs")
    (web / "robots.txt").write_bytes(b"theirs")
    return web


THEIRS = {".well-known/theirs": b"theirs", "robots.txt": b"theirs"}


@pytest.fixture
def feeds(tmp_path: Path, web: Path) -> Path:
    """A link to it, in a root."""
    root = tmp_path / "root"
    (root / "data").mkdir(parents=True)
    (root / "feeds").symlink_to("../srv/html")
    return root / "feeds"


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the folder is mounted."""
    monkeypatch.setattr(folder, "hindrance", lambda _: "it is a mount point")


# ── where it leads ────────────────────────────────────────────────────────────────


def test_the_folder_that_a_link_leads_to_is_exchanged_and_the_link_stays(
    feeds: Path, web: Path
) -> None:
    for n in range(4):
        write_atomically(feeds, {"a.xml": b"%d" % n, "x/b.html": b"1"})
        assert os.readlink(feeds) == "../srv/html"  # noqa: PTH115
        assert tree(web) == {"a.xml": b"%d" % n, "x/b.html": b"1", **THEIRS}
    assert (web / ".well-known" / "acme").is_dir()
    assert spare_of(web).is_dir()
    assert not spare_of(feeds).exists()


def test_links_lead_on(feeds: Path, web: Path, tmp_path: Path) -> None:
    (tmp_path / "second").symlink_to(feeds)
    (tmp_path / "third").symlink_to("second")
    write_atomically(tmp_path / "third", {"a.xml": b"1"})
    assert tree(web)["a.xml"] == b"1"


def test_owner_and_rights_of_a_web_root_stay(feeds: Path, web: Path) -> None:
    web.chmod(0o2750)
    (web / ".well-known").chmod(0o711)
    write_atomically(feeds, {"a.xml": b"1"})
    assert stat.S_IMODE(web.stat().st_mode) == 0o2750
    assert stat.S_IMODE((web / ".well-known").stat().st_mode) == 0o711


def a_file(feeds: Path) -> None:
    feeds.write_text("theirs")


def to(target: str) -> Callable[[Path], None]:
    return lambda feeds: feeds.symlink_to(target)


def to_another_root(feeds: Path) -> None:
    (feeds.parent.parent / "other" / "data").mkdir(parents=True)
    (feeds.parent.parent / "other" / "data" / "archive.db").touch()
    feeds.symlink_to("../other")


ASTRAY: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "a file": (a_file, "is a file"),
    "dangling": (to("../nowhere"), "which is not there; make that folder"),
    "loop": (to("feeds"), "leads to itself"),
    "to a file": (to("../srv/html/robots.txt"), "is no folder"),
    "the root": (to("."), "keeps its own files"),
    "above the root": (to("/"), "keeps its own files"),
    "data": (to("data"), "keeps its own files"),
    "below data": (to("data/in"), "keeps its own files"),
    "another root": (to_another_root, "the archive of another tracker"),
}


@pytest.mark.parametrize(("make", "what"), ASTRAY.values(), ids=ASTRAY)
def test_where_nothing_can_be_published_it_is_said_and_nothing_is_touched(
    feeds: Path, make: Callable[[Path], None], what: str
) -> None:
    feeds.unlink()
    (feeds.parent / "data" / "in").mkdir()
    make(feeds)
    before = sorted(feeds.parent.parent.rglob("*"))
    with pytest.raises(ArchiveError, match=what):
        write_atomically(feeds, {"a.xml": b"1"})
    assert sorted(feeds.parent.parent.rglob("*")) == before
    with Archive(feeds.parent / "data" / "archive.db", write=True):
        pass
    for command in ("doctor", "verify", "serve"):
        done = tracker(feeds.parent, command)
        assert done.exit_code == 1, command
        assert what in " ".join(done.output.split()), command


def test_two_do_not_publish_in_one_web_root_at_once(
    feeds: Path, web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker._support.lock._PATIENCE", 0.0)
    write_atomically(feeds, {"a.xml": b"1"})
    with held_folder(web), pytest.raises(Busy, match="html"):
        write_atomically(feeds, {"a.xml": b"2"})
    assert tree(web)["a.xml"] == b"1"


def test_a_folder_that_was_exchanged_is_not_held_in_place_of_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited for the old folder would write together with a third into the new one."""
    held, spare, waits = tmp_path / "held", tmp_path / "spare", iter([False, True, True])

    def taken(_handle: int, _kind: int) -> bool:
        if not (got := next(waits)):
            held.rename(spare)
            held.mkdir()
        return got

    monkeypatch.setattr("tracker._support.lock.taken", taken)
    with held_folder(held):
        assert list(waits) == []


# ── what others keep there ────────────────────────────────────────────────────────


@pytest.mark.parametrize("hindered", [False, True])
def test_what_others_put_where_something_of_ours_belongs_is_not_written_over(
    feeds: Path, web: Path, hindered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "hindrance", lambda _: "mounted" if hindered else "")
    for name in ("index.html", "topics", "a.xml/b"):
        (web / name).parent.mkdir(exist_ok=True)
        (web / name).write_bytes(b"theirs")
    before = tree(web)
    files = {"index.html": b"1", "topics/ads.html": b"1", "a.xml": b"1", "b.xml": b"1"}
    with pytest.raises(ArchiveError, match=r"\(and 2 more\): stands where .*; move it elsewhere"):
        write_atomically(feeds, files)
    assert tree(web) == before


@pytest.mark.parametrize("place", ["", "x/", "new/er/", "y/", "y/z/"])
def test_what_is_put_there_while_it_is_published_stays(
    feeds: Path, web: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomically(feeds, {"x/a.xml": b"1"})
    sync = sync_all

    def meanwhile(path: str) -> None:
        (web / place).mkdir(parents=True, exist_ok=True)
        (web / place / "late").write_bytes(b"theirs")
        sync(path)

    monkeypatch.setattr(folder, "sync_all", meanwhile)
    write_atomically(feeds, {"x/a.xml": b"2", "y/z/b": b"1"})
    assert tree(web) == {"x/a.xml": b"2", "y/z/b": b"1", f"{place}late": b"theirs", **THEIRS}


@pytest.mark.parametrize("hindered", [False, True])
@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_stands_at_the_place_of_the_spare_is_not_followed(
    feeds: Path, web: Path, tmp_path: Path, hindered: bool, kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(folder, "hindrance", lambda _: "mounted" if hindered else "")
    monkeypatch.setattr(folder, "_REST", 0.0)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "kept").write_bytes(b"precious")
    place = web / WAITING if hindered else spare_of(web)
    for n in range(3):
        _discarded(place)
        place.symlink_to(precious) if kind == "link" else place.write_text("")
        write_atomically(feeds, {"a.xml": b"%d" % n})
        assert tree(web) == {"a.xml": b"%d" % n, **THEIRS}
        assert tree(precious) == {"kept": b"precious"}
        assert not web.is_symlink()


def _discarded(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("hindered", [False, True])
@pytest.mark.parametrize(
    "said", ['["../precious", "/etc/x", 3, null, "gone"]', '{"a": 1}', "[", '"a"']
)
def test_a_record_that_is_none_of_ours_costs_nobody_a_file(
    feeds: Path, web: Path, hindered: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "hindrance", lambda _: "mounted" if hindered else "")
    (web.parent / "precious").write_bytes(b"precious")
    (web / "published.json").write_text(said)
    (web / "a").write_bytes(b"theirs")
    write_atomically(feeds, {"b.xml": b"1"})
    assert tree(web) == {"b.xml": b"1", "a": b"theirs", **THEIRS}
    assert (web.parent / "precious").read_bytes() == b"precious"


def test_what_cannot_be_carried_along_is_not_thrown_away(
    feeds: Path, web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomically(feeds, {"a.xml": b"1"})

    def meanwhile(path: str) -> None:
        (web / "late").write_bytes(b"theirs")
        sync_all(path)

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(folder, "sync_all", meanwhile)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(ArchiveError):
        write_atomically(feeds, {"a.xml": b"2"})
    assert (spare_of(web) / "late").read_bytes() == b"theirs"


# ── one by one ────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("one_by_one")
def test_where_nothing_can_be_exchanged_files_are_replaced(feeds: Path, web: Path) -> None:
    number = web.stat().st_ino
    write_atomically(feeds, {"a.xml": b"1", "x/b.html": b"1", "gone/c": b"1"})
    kept = (web / "x/b.html").stat()
    assert write_atomically(feeds, {"a.xml": b"2", "x/b.html": b"1", "x/d": b"1"}) == 3
    assert tree(web) == {"a.xml": b"2", "x/b.html": b"1", "x/d": b"1", **THEIRS}
    now = (web / "x/b.html").stat()
    assert (now.st_ino, now.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)
    assert web.stat().st_ino == number
    assert not (web / "gone").exists()
    assert (web / ".well-known" / "acme").is_dir()
    assert sorted(os.listdir(web.parent)) == ["html"]  # noqa: PTH208


@contextmanager
def each_step(then: Callable[[int], None]) -> Iterator[list[int]]:
    """Call `then` before every file that is moved or removed."""
    steps, move, unlink = [0], os.replace, os.unlink

    def stepping(do: Callable[..., None]) -> Callable[..., None]:
        def step(*arguments: str, **more: object) -> None:
            then(steps[0])
            steps[0] += 1
            do(*arguments, **more)

        return step

    with mock.patch("os.replace", stepping(move)), mock.patch("os.unlink", stepping(unlink)):
        yield steps


def site(number: int) -> dict[str, bytes]:
    """A site whose every file names the files it leads to, as ours do: those below it."""
    pages = {f"documents/{n}/index.html": b"" for n in range(number, number + 3)}
    below = "\n".join(pages).encode()
    return {**pages, "documents/index.html": below, "all.xml": below, "index.html": b"all.xml"}


@pytest.mark.usefixtures("one_by_one")
def test_links_lead_to_what_is_there_at_any_time(feeds: Path, web: Path) -> None:
    broken: list[tuple[int, str]] = []

    def follow(step: int) -> None:
        for name, data in tree(web).items():
            if name.endswith((".html", ".xml")) and WAITING not in name:
                links = data.decode().split()
                broken.extend((step, link) for link in links if not (web / link).exists())

    write_atomically(feeds, site(0))
    with each_step(follow) as steps:
        write_atomically(feeds, site(2))
    assert steps[0] >= 8
    assert broken == []


class Killed(BaseException):
    pass


FILES = st.dictionaries(
    st.sampled_from(["a", "b/c", "b/d/e", "f", "b/g"]), st.binary(max_size=2), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(FILES, FILES, FILES, st.integers(0, 12), st.booleans())
def test_one_that_was_killed_is_completed_by_the_next(
    before: dict[str, bytes], cut: dict[str, bytes], after: dict[str, bytes], at: int, late: bool
) -> None:
    """Every file is whole, of either publication; nobody else's is lost."""

    def kill(step: int) -> None:
        if step == at:
            raise Killed

    def refuse(_one: str, _other: str) -> None:
        raise OSError(errno.EINVAL, "no exchange here")

    with tempfile.TemporaryDirectory() as path, mock.patch.object(
        folder, "hindrance", lambda _: "" if late else "mounted"
    ), mock.patch.object(folder, "_exchange_at_once", refuse):  # fmt: skip
        web = Path(path) / "web"
        web.mkdir()
        (web / "theirs").write_bytes(b"theirs")
        write_atomically(web, before)
        with mock.patch.object(shutil, "rmtree"), each_step(kill), suppress(Killed):
            write_atomically(web, cut)
        found = {n: d for n, d in tree(web).items() if not n.startswith(WAITING)}
        assert found.pop("theirs") == b"theirs"
        assert all(d in (before.get(n), cut.get(n)) for n, d in found.items())
        write_atomically(web, after)
        assert tree(web) == {**after, "theirs": b"theirs"}
        assert write_atomically(web, after) == 0


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV, errno.EINVAL, errno.ENOSYS])
def test_a_system_that_exchanges_nothing_is_no_failure(
    feeds: Path, web: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_one: str, _other: str) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(folder, "_exchange_at_once", refuse)
    for n in range(3):
        with exchanged(feeds) as fresh:
            fresh.write("a.xml", b"%d" % n)
            fresh.write("b.xml", b"1")
        assert os.strerror(code) in fresh.hindrance
        assert tree(web) == {"a.xml": b"%d" % n, "b.xml": b"1", **THEIRS}


def test_what_belongs_to_others_and_cannot_be_linked_is_no_failure(
    feeds: Path, web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert write_atomically(feeds, {"a.xml": b"1"}) == 1
    assert tree(web) == {"a.xml": b"1", **THEIRS}


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_broken_disk_is_no_reason_to_replace_files(
    feeds: Path, web: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomically(feeds, {"a.xml": b"1"})

    def refuse(_one: str, _other: str) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(folder, "_exchange_at_once", refuse)
    with pytest.raises(ArchiveError, match="what was published before stands"):
        write_atomically(feeds, {"a.xml": b"2"})
    assert tree(web) == {"a.xml": b"1", **THEIRS}


# ── mounts ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("28 1 0:9 / {}/a\\040\\134b rw - tmpfs t rw", "it is a mount point"),
        ("28 1 0:9 / {}/a\\040\\134b/in/it rw - t t rw", "another file system is mounted in it"),
        ("28 1 0:9 / {}/a\\040\\134bc rw - tmpfs t rw", ""),
    ],
)
def test_mount_points_are_known_by_their_names(
    tmp_path: Path, line: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a \\b").mkdir()
    (tmp_path / "mounts").write_text(line.format(tmp_path))
    monkeypatch.setattr(webroot, "_MOUNTS", tmp_path / "mounts")
    assert hindrance(tmp_path / "a \\b") == why


MOUNTED = """
set -e
mount -t tmpfs none "$1/web" 2>/dev/null || exit 77
mkdir "$1/web/big" "$1/inner"
echo theirs > "$1/web/CNAME"
for n in 1 2 3; do
  "$2" -c 'import sys; from pathlib import Path
from tracker._support.atomic_folder import write_atomically
files = {"index.html": sys.argv[2].encode(), "x/y": b"1"}
write_atomically(Path(sys.argv[1]), files)' "$1/feeds" "$n"
  test "$(cat "$1/web/index.html")" = "$n"
  test "$(cat "$1/web/CNAME")" = theirs
done
test ! -e "$1/web/.published.new"
umount "$1/web"
mount --bind "$1/inner" "$1/web/big" 2>/dev/null || exit 77
echo theirs > "$1/inner/theirs"
for n in 1 2 3; do
  "$2" -c 'import sys; from pathlib import Path
from tracker._support.atomic_folder import write_atomically
write_atomically(Path(sys.argv[1]), {"index.html": sys.argv[2].encode()})' "$1/feeds" "$n"
  test "$(cat "$1/web/index.html")" = "$n"
  test "$(cat "$1/inner/theirs")" = theirs
done
"""


def test_publishing_at_and_around_real_mount_points(tmp_path: Path) -> None:
    if not shutil.which("unshare"):
        pytest.skip("there is no unshare")
    for name in ("web", "web/big"):
        (tmp_path / name).mkdir()
    (tmp_path / "feeds").symlink_to("web")
    script = ["bash", "-c", MOUNTED, "mounted", str(tmp_path), sys.executable]
    done = subprocess.run(
        ["unshare", "-rm", *script], capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("nothing can be mounted here")
    assert done.returncode == 0, done.stderr


def test_doctor_says_how_to_have_all_exchanged_at_once(
    feeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webroot, "_mount_points", lambda: frozenset([str(web_root(feeds))]))
    done = tracker(feeds.parent, "doctor")
    assert done.exit_code == 0, done.stdout
    assert "replaced one by one" in " ".join(done.stdout.split())
