"""What is published replaces what was, whole; what did not change stays the file it was."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker._support import atomic_folder as folder
from tracker._support.atomic_folder import (
    Fingerprint,
    content,
    exchanged,
    file_names,
    spare_of,
    write_atomically,
)
from tracker.errors import ArchiveError


def tree(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file())
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}
    found.pop("published.json", None)
    return found


def test_put_makes_exactly_what_it_is_given(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    assert write_atomically(feeds, {"a.xml": b"1", "x/y.html": b"2"}) == 2
    assert tree(feeds) == {"a.xml": b"1", "x/y.html": b"2"}
    write_atomically(feeds, {"a.xml": b"1", "z.html": b"3"})
    assert tree(feeds) == {"a.xml": b"1", "z.html": b"3"}
    assert {p.name for p in tmp_path.iterdir()} == {"feeds", ".feeds.spare"}
    assert tree(spare_of(feeds)) == {"a.xml": b"1", "x/y.html": b"2"}


def test_nothing_changed_touches_nothing(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    write_atomically(feeds, {"a.xml": b"1"})
    before = (feeds / "a.xml").stat(), feeds.stat().st_ino
    assert write_atomically(feeds, {"a.xml": b"1"}) == 0
    assert ((feeds / "a.xml").stat(), feeds.stat().st_ino) == before


def test_files_that_did_not_change_keep_their_modification_time(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    write_atomically(feeds, {"a.xml": b"1", "b.xml": b"1"})
    before = (feeds / "a.xml").stat().st_mtime_ns
    assert write_atomically(feeds, {"a.xml": b"1", "b.xml": b"2"}) == 1
    assert (feeds / "a.xml").stat().st_mtime_ns == before


def test_what_others_put_there_is_carried_along(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    write_atomically(feeds, {"a.xml": b"1"})
    (feeds / "CNAME").write_text("terms.example")
    write_atomically(feeds, {"a.xml": b"2"})
    assert tree(feeds) == {"a.xml": b"2", "CNAME": b"terms.example"}


def test_a_link_planted_in_feeds_is_not_followed(tmp_path: Path) -> None:
    feeds, secret = tmp_path / "feeds", tmp_path / "secret"
    secret.write_bytes(b"precious")
    write_atomically(feeds, {"a.xml": b"1"})
    (feeds / "a.xml").unlink()
    (feeds / "a.xml").symlink_to(secret)
    write_atomically(feeds, {"a.xml": b"2"})
    assert secret.read_bytes() == b"precious"
    assert tree(feeds) == {"a.xml": b"2"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "not-a-folder").write_text("")
    with pytest.raises(ArchiveError, match="not-a-folder"):
        write_atomically(tmp_path / "not-a-folder" / "feeds", {"a.xml": b"1"})


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["a", "b/c", "b/d", "e"]), st.binary(max_size=3)),
        min_size=1,
        max_size=5,
    )
)
def test_any_sequence_of_publications_ends_at_the_last(
    publications: list[Mapping[str, bytes]],
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        feeds = Path(folder) / "feeds"
        for files in publications:
            write_atomically(feeds, files)
            assert tree(feeds) == files


def test_a_reader_never_sees_half_a_publication(tmp_path: Path) -> None:
    """While publications follow each other, both files are always of the same one."""
    feeds, mixed, stop = tmp_path / "feeds", [], threading.Event()
    write_atomically(feeds, {"a": b"0", "b": b"0"})

    def watch() -> None:
        while not stop.is_set():
            # One open folder is one publication: names are looked up inside it.
            import os

            try:
                folder = os.open(feeds, os.O_RDONLY)
            except FileNotFoundError:
                mixed.append("none")
                continue
            try:
                seen = []
                for name in ("a", "b"):
                    handle = os.open(name, os.O_RDONLY, dir_fd=folder)
                    seen.append(os.read(handle, 10))
                    os.close(handle)
                if seen[0] != seen[1]:
                    mixed.append(str(seen))
            except FileNotFoundError:
                pass  # the folder was removed while it was read: begin again
            finally:
                os.close(folder)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(1, 60):
        write_atomically(feeds, {"a": b"%d" % number, "b": b"%d" % number})
    stop.set()
    watcher.join()
    assert mixed == []


# ── keeping what was written before ───────────────────────────────────────────────


def written(feeds: Path, files: Mapping[str, bytes]) -> dict[str, Fingerprint]:
    with exchanged(feeds) as fresh:
        return {name: fresh.write(name, data) for name, data in files.items()}


def test_files_are_kept_by_their_marks(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    marks = written(feeds, {"a": b"1", "x/b": b"2", "c": b"3"})
    del marks["c"]
    before = (feeds / "x/b").stat()
    with exchanged(feeds) as fresh:
        assert fresh.keep(marks)
    assert fresh.changed == 1
    assert tree(feeds) == {"a": b"1", "x/b": b"2"}
    assert (feeds / "x/b").stat().st_mtime_ns == before.st_mtime_ns


def altered(path: Path) -> None:
    path.write_bytes(b"9")


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("a")


@pytest.mark.parametrize("do", [altered, linked, Path.unlink, os.utime])
def test_of_a_part_that_was_touched_nothing_is_kept(
    tmp_path: Path, do: Callable[[Path], object]
) -> None:
    feeds = tmp_path / "feeds"
    marks = written(feeds, {"a": b"1", "b": b"2"})
    do(feeds / "b")
    with exchanged(feeds) as fresh:
        assert not fresh.keep(marks)
    assert tree(feeds) == {}


def test_what_fails_in_the_middle_leaves_what_was(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    write_atomically(feeds, {"a": b"1"})
    with pytest.raises(KeyError), exchanged(feeds) as fresh:
        fresh.write("b", b"2")
        raise KeyError
    assert tree(feeds) == {"a": b"1"}
    assert [p.name for p in tmp_path.iterdir()] == ["feeds"]


def test_files_and_links_are_named_in_order_and_links_not_followed(tmp_path: Path) -> None:
    for name in ("b/c", "b/a", "a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "folder").symlink_to("b")
    assert file_names(tmp_path) == ["a", "b/a", "b/c", "folder", "link"]
    assert content(tmp_path, "b/a") == b"b/a"
    assert [content(tmp_path, n) for n in ("link", "folder", "b", "none")] == [None] * 4


# ── the spare ─────────────────────────────────────────────────────────────────────


def test_what_is_in_the_spare_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_REST", 0.0)
    feeds, spare, secret = tmp_path / "feeds", spare_of(tmp_path / "feeds"), tmp_path / "secret"
    secret.write_bytes(b"precious")
    write_atomically(feeds, {"a": b"1", "x/b": b"2", "y/c": b"3", "d": b"4"})
    write_atomically(feeds, {"a": b"2", "x/b": b"2", "y/c": b"3", "d": b"4"})
    for path in (spare / "a", spare / "d", spare / "x/b"):
        path.unlink()
    (spare / "a").mkdir()
    (spare / "a" / "in the way").write_bytes(b"")
    (spare / "d").symlink_to(secret)
    (spare / "x" / "b").write_bytes(b"2")
    (spare / "y" / "c").unlink()
    (spare / "y").rmdir()
    (spare / "y").symlink_to(tmp_path)
    (spare / "junk").symlink_to(secret)
    files = {"a": b"3", "x/b": b"2", "y/c": b"3", "d": b"4"}
    mark = (feeds / "x" / "b").stat().st_mtime_ns
    assert write_atomically(feeds, files) == 1
    assert tree(feeds) == files
    assert not [p for p in feeds.rglob("*") if p.is_symlink()]
    assert (feeds / "x" / "b").stat().st_mtime_ns == mark
    assert secret.read_bytes() == b"precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".feeds.spare", "feeds", "secret"]


def test_what_somebody_may_still_read_is_not_altered(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    for n in range(2):
        write_atomically(feeds, {"a": b"%d" % n})
    reading = os.open(spare_of(feeds), os.O_RDONLY)
    write_atomically(feeds, {"a": b"2"})
    with pytest.raises(FileNotFoundError):
        os.open("a", os.O_RDONLY, dir_fd=reading)
    os.close(reading)


def test_files_that_did_not_change_are_one_with_those_of_the_spare(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    for n in range(4):
        write_atomically(feeds, {"a": b"%d" % n, "x/b": b"2"})
    assert (feeds / "x/b").stat().st_ino == (spare_of(feeds) / "x/b").stat().st_ino
    assert (feeds / "x/b").stat().st_nlink == 2


def test_a_file_that_vanishes_meanwhile_is_no_publication(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    write_atomically(feeds, {"a.xml": b"1", "b.xml": b"1"})
    with pytest.raises(ArchiveError, match="could not be written"), exchanged(feeds) as fresh:
        fresh.write("a.xml", b"1")
        fresh.write("b.xml", b"2")
        (feeds / "a.xml").unlink()
    assert tree(feeds) == {"b.xml": b"1"}


@pytest.mark.parametrize("foreign", ["topics", "a.xml/x/y"])
def test_what_stands_in_the_way_is_named_and_nothing_is_lost(tmp_path: Path, foreign: str) -> None:
    feeds = tmp_path / "feeds"
    write_atomically(feeds, {"b.xml": b"1"})
    (feeds / foreign).parent.mkdir(parents=True, exist_ok=True)
    (feeds / foreign).write_text("theirs")
    with pytest.raises(ArchiveError, match=f"{foreign}: stands where something published belongs"):
        write_atomically(feeds, {"a.xml": b"1", "topics/ads/index.html": b"1"})
    assert tree(feeds) == {"b.xml": b"1", foreign: b"theirs"}


def test_a_deep_folder_of_others_is_carried_along(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    write_atomically(feeds, {"b.xml": b"1"})
    deep = feeds.joinpath(*["d"] * 460)
    deep.mkdir(parents=True)
    (deep / "theirs").touch()
    write_atomically(feeds, {"b.xml": b"2"})
    assert file_names(feeds) == ["b.xml", "d/" * 460 + "theirs", "published.json"]
