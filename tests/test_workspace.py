"""The root folder: what is declared is read, what is published replaces what was, whole."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import ArchiveError, DeclarationError
from tracker.workspace import open_workspace, put


def tree(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file())
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}
    found.pop("published.json", None)
    return found


def test_a_bare_folder_starts_from_what_ships(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    names = {d.id for d in workspace.declared.documents}
    assert "linkedin/privacy-policy@eu" in names
    assert [t.id for t in workspace.topics] == ["generative-ai", "targeted-advertising"]
    assert list(tmp_path.iterdir()) == []


def test_what_the_operator_declares_takes_the_place_of_what_ships(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "declarations" / "global"
    folder.mkdir(parents=True)
    (folder / "Harbour.json").write_text(
        '{"name": "Harbour", "terms": {"Terms of Service": {"fetch": "https://harbour.example/t"}}}'
    )
    (tmp_path / "data" / "topics.toml").write_text('[arbitration]\nwords = ["arbitration"]\n')
    workspace = open_workspace(tmp_path)
    assert [d.id for d in workspace.declared.documents] == ["harbour/terms-of-service@global"]
    assert [t.id for t in workspace.topics] == ["arbitration"]


def test_a_wrong_file_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "topics.toml").write_text("[a]\nwordz = []\n")
    with pytest.raises(DeclarationError, match=r"topics\.toml.*wordz"):
        open_workspace(tmp_path)
    assert not (tmp_path / "data" / "archive.db").exists()


def test_put_makes_exactly_what_it_is_given(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    assert put(feeds, {"a.xml": b"1", "x/y.html": b"2"}) == 2
    assert tree(feeds) == {"a.xml": b"1", "x/y.html": b"2"}
    put(feeds, {"a.xml": b"1", "z.html": b"3"})
    assert tree(feeds) == {"a.xml": b"1", "z.html": b"3"}
    assert [p.name for p in tmp_path.iterdir()] == ["feeds"]


def test_nothing_changed_touches_nothing(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    put(feeds, {"a.xml": b"1"})
    before = (feeds / "a.xml").stat(), feeds.stat().st_ino
    assert put(feeds, {"a.xml": b"1"}) == 0
    assert ((feeds / "a.xml").stat(), feeds.stat().st_ino) == before


def test_files_that_did_not_change_keep_their_modification_time(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    put(feeds, {"a.xml": b"1", "b.xml": b"1"})
    before = (feeds / "a.xml").stat().st_mtime_ns
    assert put(feeds, {"a.xml": b"1", "b.xml": b"2"}) == 1
    assert (feeds / "a.xml").stat().st_mtime_ns == before


def test_what_others_put_there_is_carried_along(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds"
    put(feeds, {"a.xml": b"1"})
    (feeds / "CNAME").write_text("terms.example")
    put(feeds, {"a.xml": b"2"})
    assert tree(feeds) == {"a.xml": b"2", "CNAME": b"terms.example"}


def test_a_link_planted_in_feeds_is_not_followed(tmp_path: Path) -> None:
    feeds, secret = tmp_path / "feeds", tmp_path / "secret"
    secret.write_bytes(b"precious")
    put(feeds, {"a.xml": b"1"})
    (feeds / "a.xml").unlink()
    (feeds / "a.xml").symlink_to(secret)
    put(feeds, {"a.xml": b"2"})
    assert secret.read_bytes() == b"precious"
    assert tree(feeds) == {"a.xml": b"2"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "not-a-folder").write_text("")
    with pytest.raises(ArchiveError, match="not-a-folder"):
        put(tmp_path / "not-a-folder" / "feeds", {"a.xml": b"1"})


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
            put(feeds, files)
            assert tree(feeds) == files


def test_a_reader_never_sees_half_a_publication(tmp_path: Path) -> None:
    """While publications follow each other, both files are always of the same one."""
    feeds, mixed, stop = tmp_path / "feeds", [], threading.Event()
    put(feeds, {"a": b"0", "b": b"0"})

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
        put(feeds, {"a": b"%d" % number, "b": b"%d" % number})
    stop.set()
    watcher.join()
    assert mixed == []


@pytest.mark.parametrize("name", ["eu", "harbour"])
def test_a_topic_cannot_be_called_as_an_edition_or_a_service(tmp_path: Path, name: str) -> None:
    file = tmp_path / "data" / "declarations" / "eu" / "Harbour.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"name": "Harbour", "terms": {"Terms": {"fetch": "https://h.example"}}}')
    topics = tmp_path / "data" / "topics.toml"
    topics.write_text('[arbitration]\nwords = ["court"]\n')
    assert open_workspace(tmp_path).topics
    topics.write_text(f'[{name}]\nwords = ["court"]\n')
    with pytest.raises(DeclarationError, match=f'topics.toml: "{name}" is also the name of'):
        open_workspace(tmp_path)


@pytest.mark.parametrize("edition", ["all", "status", "sitemap"])
def test_an_edition_cannot_be_called_as_another_feed(tmp_path: Path, edition: str) -> None:
    file = tmp_path / "data" / "declarations" / edition / "Harbour.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"name": "Harbour", "terms": {"Terms": {"fetch": "https://h.example"}}}')
    with pytest.raises(DeclarationError, match="cannot name an edition"):
        open_workspace(tmp_path)
