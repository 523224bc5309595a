"""Collections that are followed: a mirror is kept, and each time only what is new is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importer.test_git_remote import Backend, asking
from tests.repositories import NAME, TEXT, commit, git, start, three_days
from tests.servers import Server, answer
from tracker.errors import ImportFailed
from tracker.importer.git.mirror import Mirror, mirrored, news

OTHER = "Pier/Rules.md"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    folder = three_days(tmp_path / "plain")
    commit(folder, {OTHER: TEXT + "pier"}, "2025-01-04T06:00:00Z")
    return folder


@pytest.fixture
def served(plain: Path) -> Iterator[str]:
    git(plain, "config", "uploadpack.allowFilter", "true")
    with Backend(plain.parent) as server:
        yield f"http://{server.entry}/plain"


def said(mirror: Mirror, *files: str, read: tuple[str, ...] = ()) -> list[bytes]:
    """Return the bytes of what is new in files."""
    with news(mirror, files, read) as found:
        return [body for _, body in found.repository.bodies(found.repository.entries)]


def texts(*ends: str) -> list[bytes]:
    return [(TEXT + end).encode() for end in ends]


@pytest.mark.parametrize("kind", ["folder", "bundle", "address"])
def test_only_what_is_new_is_read(kind: str, plain: Path, served: str, tmp_path: Path) -> None:
    bundle = tmp_path / "plain.bundle"
    place = {"folder": str(plain), "bundle": f"file://{bundle}", "address": served}[kind]
    git(plain, "bundle", "create", "-q", str(bundle), "--all")
    room = tmp_path / "room"
    first = mirrored(place, room, asking)
    assert said(first, NAME) == texts("1", "2", "3")
    assert said(first, NAME, read=first.tips) == []
    assert mirrored(place, room, asking).tips == first.tips
    commit(plain, {NAME: TEXT + "5", OTHER: TEXT + "6"}, "2025-01-05T06:00:00Z")
    git(plain, "bundle", "create", "-q", str(bundle), "--all")
    second = mirrored(place, room, asking)
    assert said(second, NAME, read=first.tips) == texts("5")
    assert said(second, NAME, OTHER) == texts("1", "2", "3", "pier", "5", "6")
    with news(second, [NAME], second.tips) as found:
        assert found.commit == second.tips[0]
        assert found.time
        assert found.time.day == 5


def test_only_files_that_are_read_are_fetched(served: str, tmp_path: Path) -> None:
    heard = list[int]()
    mirror = mirrored(served, tmp_path / "room", asking, heard.append)
    assert said(mirror, NAME) == texts("1", "2", "3")
    with pytest.raises(ImportFailed, match="not in it"):
        whole = Mirror(str(mirror.objects), mirror.objects, mirror.refs, asking, heard.append)
        said(whole, OTHER)
    assert said(mirror, OTHER) == texts("pier")


def test_a_server_that_leaves_nothing_out_is_read_alike(
    served: str, plain: Path, tmp_path: Path
) -> None:
    git(plain, "config", "uploadpack.allowFilter", "false")
    mirror = mirrored(served, tmp_path / "room", asking)
    assert said(mirror, NAME) == texts("1", "2", "3")
    assert len(list(mirror.objects.rglob("*.pack"))) == 1


def test_a_history_that_was_rewritten_is_read_from_its_beginning(
    plain: Path, served: str, tmp_path: Path
) -> None:
    room = tmp_path / "room"
    first = mirrored(served, room, asking)
    git(plain, "checkout", "-q", "--orphan", "again")
    commit(plain, {NAME: TEXT + "anew"}, "2025-02-01T06:00:00Z")
    git(plain, "branch", "-q", "-M", "again", "main")
    second = mirrored(served, room, asking)
    assert said(second, NAME, read=first.tips) == texts("anew")


def test_out_of_reach_the_mirror_is_as_it_was(served: str, plain: Path, tmp_path: Path) -> None:
    room = tmp_path / "room"
    first = mirrored(served, room, asking)
    plain.rename(tmp_path / "away")
    with pytest.raises(ImportFailed):
        mirrored(served, room, asking)
    (tmp_path / "away").rename(plain)
    assert mirrored(served, room, asking) == first


def test_a_mirror_that_broke_off_is_fetched_again(served: str, tmp_path: Path) -> None:
    room = tmp_path / "room"
    first = mirrored(served, room, asking)
    (room / "refs.json").unlink()
    for pack in first.objects.rglob("*.idx"):
        pack.unlink()
    assert said(mirrored(served, room, asking), NAME) == texts("1", "2", "3")


def test_many_packs_become_one(
    served: str, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.importer.git.mirror._MOST_PACKS", 3)
    room = tmp_path / "room"
    for day in range(5, 10):
        commit(plain, {NAME: f"{TEXT}{day}"}, f"2025-01-0{day}T06:00:00Z")
        mirror = mirrored(served, room, asking)
    assert len(list(mirror.objects.rglob("*.pack"))) <= 4
    assert len(said(mirror, NAME)) == 8


@pytest.mark.parametrize("place", ["ext::sh -c 'touch hacked'", "ssh://host/x", "/nowhere/at/all"])
def test_what_is_no_repository_is_a_sentence(place: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed):
        mirrored(place, tmp_path / "room", asking)
    assert not (tmp_path / "hacked").exists()


def test_an_empty_repository_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="no commits"):
        mirrored(str(start(tmp_path / "empty")), tmp_path / "room", asking)


def test_a_note_that_was_tampered_with_only_costs_a_fetch(served: str, tmp_path: Path) -> None:
    room = tmp_path / "room"
    mirrored(served, room, asking)
    for note in ("[]", "{", '{"HEAD": "../../x"}', '{"HEAD": 1}'):
        (room / "refs.json").write_text(note)
        assert said(mirrored(served, room, asking), NAME) == texts("1", "2", "3")


def test_a_site_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    pages = {"/x/info/refs?service=git-upload-pack": answer(404)}
    with Server(pages) as server, pytest.raises(ImportFailed, match="no git repository"):
        mirrored(server.url("/x"), tmp_path / "room", asking)
