"""Repositories of others: whatever they hold, nothing is run, followed or taken on trust."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from dulwich.object_format import OBJECT_FORMATS
from dulwich.objects import parse_tree
from dulwich.pack import write_pack_index_v2
from hypothesis import given
from hypothesis import strategies as st

from tests.repositories import NAME, TEXT, Handmade, commit, git, number, pack, start
from tracker.app.ingest import import_records
from tracker.archive.store import Archive
from tracker.cli import main
from tracker.errors import ImportFailed
from tracker.importer import Entry, Refusal, opened
from tracker.importer.git.commits import differing
from tracker.importer.git.objects import Objects, TooLarge

Rows = list[tuple[bytes, int, bytes]]


def entries(place: Path | str) -> tuple[Entry, ...]:
    with opened(str(place)) as found:
        assert [body for _, body in found.bodies(found.entries)]
        return found.entries


def problem(place: Path | str) -> str:
    with pytest.raises(ImportFailed) as caught:
        entries(place)
    return str(caught.value)


# ── nothing is run ────────────────────────────────────────────────────────────────


def test_no_command_of_a_repository_is_run(plain: Path, tmp_path: Path) -> None:
    program, trace = tmp_path / "program", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n")
    program.chmod(0o755)
    (tmp_path / "more").write_text(f'[core]\n\tfsmonitor = "{program}"\n')
    for key, value in (
        ("log.showSignature", "true"),
        ("gpg.program", str(program)),
        ("core.fsmonitor", str(program)),
        ("core.sshCommand", str(program)),
        ("core.pager", str(program)),
        ("core.editor", str(program)),
        ("core.hooksPath", str(tmp_path)),
        ("core.alternateRefsCommand", str(program)),
        ("core.worktree", "/"),
        ("diff.external", str(program)),
        ("diff.x.textconv", str(program)),
        ("filter.x.smudge", str(program)),
        ("filter.x.process", str(program)),
        ("credential.helper", f"!{program}"),
        ("include.path", str(tmp_path / "more")),
        ("remote.origin.uploadpack", str(program)),
        ("remote.origin.url", f"ext::{program}"),
        ("remote.origin.promisor", "true"),
        ("extensions.partialClone", "origin"),
        ("core.repositoryFormatVersion", "1"),
        ("url.ext::x.insteadOf", "/"),
    ):
        git(plain, "config", key, value)
    seal = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n\n"
    bare = git(plain, "cat-file", "commit", "HEAD").replace("\n\n", f"\n{seal}", 1)
    signed = git(plain, "hash-object", "-t", "commit", "-w", "--stdin", said=bare.encode())
    git(plain, "update-ref", "refs/heads/main", signed)
    (plain / ".git" / "info" / "attributes").write_text("* diff=x filter=x\n")
    for name in ("post-checkout", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(program, plain / ".git" / "hooks" / name)
    trace.unlink(missing_ok=True)  # git itself heeded some of it while it was set
    found = entries(plain)
    assert (len(found), trace.exists()) == (3, False)
    blob = plain / ".git" / "objects" / found[0].blob[:2] / found[0].blob[2:]
    blob.unlink()  # which a promisor is to be asked for
    assert "has to be made whole first" in problem(plain)
    assert not trace.exists()


@pytest.mark.usefixtures("monkeypatch")
def test_no_git_is_needed(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(plain, "bundle", "create", str(tmp_path / "v.bundle"), "--all")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert entries(plain) == entries(tmp_path / "v.bundle")


@pytest.mark.parametrize(
    "place",
    [
        *("ext::sh -c x", "fd::17/://", "FD::17", "foo::bar", "transport+x::y", "ext::"),
        *("ssh://127.0.0.1/x", "git://127.0.0.1/x", "git+ssh://127.0.0.1/x", "ftp://127.0.0.1/x"),
        *("--upload-pack=x", "-u x", "host:path", "user@host:path", "file:///nowhere"),
        *("https://127.0.0.1/x", "http://u:secret@127.0.0.1/x"),  # nobody here may ask
    ],
)
def test_what_is_not_read_is_refused_at_once(place: str) -> None:
    said = problem(place)
    assert "give a folder, a bundle file or" in said
    assert "secret" not in said


def test_a_file_address_is_the_folder(plain: Path) -> None:
    assert entries(plain.as_uri()) == entries(plain)


# ── nothing elsewhere is read ─────────────────────────────────────────────────────


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A repository beside the foreign one, whose texts are nobody's business."""
    folder = start(tmp_path / "secret")
    commit(folder, {NAME: "Secret " + TEXT}, "2025-02-01T06:00:00Z")
    return folder


def _alternates(own: Path, other: Path) -> None:
    (own / "objects" / "info").mkdir(exist_ok=True)
    (own / "objects" / "info" / "alternates").write_text(f"{other}/objects\n")


def _linked_objects(own: Path, other: Path) -> None:
    shutil.rmtree(own / "objects")
    (own / "objects").symlink_to(other / "objects")


def _linked_folders(own: Path, other: Path) -> None:
    for folder in (other / "objects").iterdir():
        if not (own / "objects" / folder.name).exists():
            (own / "objects" / folder.name).symlink_to(folder)


def _linked_files(own: Path, other: Path) -> None:
    for file in (other / "objects").rglob("*"):
        mine = own / "objects" / file.relative_to(other / "objects")
        if file.is_file() and not mine.exists():
            mine.parent.mkdir(exist_ok=True)
            mine.symlink_to(file)


def _common(own: Path, other: Path) -> None:
    (own / "commondir").write_text(f"{other}\n")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "borrow", [_alternates, _linked_objects, _linked_folders, _linked_files, _common]
)
def test_objects_are_borrowed_from_nowhere(
    plain: Path, secret: Path, borrow: Callable[[Path, Path], None], packed: bool
) -> None:
    if packed:
        git(secret, "repack", "-adq")
    wanted = git(secret, "rev-parse", "HEAD")
    borrow(plain / ".git", secret / ".git")
    (plain / ".git" / "refs" / "heads" / "main").write_text(f"{wanted}\n")
    assert "Secret" not in problem(plain)


def _file(own: Path, other: Path) -> None:
    (own / ".git").write_text(f"gitdir: {other / '.git'}\n")


def _link(own: Path, other: Path) -> None:
    (own / ".git").symlink_to(other / ".git")


@pytest.mark.parametrize("point", [_file, _link])
def test_a_git_folder_elsewhere_is_not_followed(
    plain: Path, secret: Path, point: Callable[[Path, Path], None]
) -> None:
    shutil.rmtree(plain / ".git")
    point(plain, secret)
    assert "give the repository itself" in problem(plain)


def test_a_worktree_is_refused_and_its_repository_read(plain: Path, tmp_path: Path) -> None:
    git(plain, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert "give the repository itself" in problem(tmp_path / "tree")
    assert len(entries(plain)) == 3


@pytest.mark.parametrize("said", ["ref: ../../secret/.git/refs/heads/main", "ref: HEAD", "ref: x"])
def test_a_ref_names_only_what_is_among_its_own(plain: Path, secret: Path, said: str) -> None:
    expected = entries(plain)
    (plain / ".git" / "HEAD").write_text(f"{said}\n")
    assert entries(plain) == expected  # by its branches


def test_an_object_with_the_name_of_a_path_is_none(tmp_path: Path) -> None:
    made = Handmade(tmp_path / "odd")
    made.commit("../../../../../../../../etc/passwd")
    assert "has no name of an object" in problem(made.folder)


def test_pipes_are_not_waited_for(plain: Path) -> None:
    os.mkfifo(plain / ".git" / "refs" / "heads" / "pipe")
    os.mkfifo(plain / ".git" / "packed-refs")
    os.mkfifo(plain / ".git" / "objects" / "pack" / "pack-0.idx")
    assert len(entries(plain)) == 3


# ── nothing is taken on trust ─────────────────────────────────────────────────────


def test_replacements_and_grafts_are_not_heeded(plain: Path) -> None:
    expected = entries(plain)
    newest, oldest = git(plain, "rev-parse", "HEAD"), git(plain, "rev-parse", "HEAD~2")
    git(plain, "replace", newest, oldest)
    (plain / ".git" / "info" / "grafts").write_text(f"{newest}\n")
    (plain / ".git" / "shallow").write_text(f"{newest}\n")
    assert entries(plain) == expected


def test_an_object_under_a_false_name_is_named(tmp_path: Path) -> None:
    made = Handmade(tmp_path / "false")
    made.version(b"The one text.")
    blob = made.add("blob", b"The one text.")
    made.add("blob", b"Another text.", blob)
    assert f"blob {blob} is not what its name says" in problem(made.folder)


def test_shallow_and_partial_clones_are_named(plain: Path, tmp_path: Path) -> None:
    git(plain, "config", "uploadpack.allowFilter", "true")
    for option in ("--depth=1", "--filter=blob:none"):
        clone = tmp_path / option.strip("-")
        git(tmp_path, "clone", "-q", "--bare", option, plain.as_uri(), str(clone))
        assert "has to be made whole first" in problem(clone)


@pytest.mark.parametrize("suffix", ["pack", "idx"])
def test_any_damage_to_a_pack_is_a_sentence(plain: Path, suffix: str) -> None:
    git(plain, "repack", "-adq")
    (file,) = (plain / ".git" / "objects" / "pack").glob(f"*.{suffix}")
    whole = file.read_bytes()
    file.chmod(0o600)
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        for changed in (whole[:at], whole[:at] + b"\xff" * 9 + whole[at + 9 :]):
            file.write_bytes(changed)
            try:
                entries(plain)
            except ImportFailed as error:
                assert "plain" in str(error)


def test_any_damage_to_a_bundle_is_a_sentence(plain: Path, tmp_path: Path) -> None:
    file = tmp_path / "v.bundle"
    git(plain, "bundle", "create", str(file), "--all")
    whole = file.read_bytes()
    for at in range(0, len(whole), len(whole) // 60):
        for changed in (whole[:at], whole[:at] + b"\xff" * 9 + whole[at + 9 :]):
            file.write_bytes(changed)
            try:
                entries(file)
            except ImportFailed as error:
                assert "v.bundle" in str(error)


def test_a_bundle_that_needs_more_is_refused(plain: Path, tmp_path: Path) -> None:
    git(plain, "bundle", "create", str(tmp_path / "v.bundle"), "HEAD~1..main")
    assert "needs commits that are not in it" in problem(tmp_path / "v.bundle")


# ── nothing takes all of the memory ───────────────────────────────────────────────

HUGE = 1 << 40
COPY = b"\x80" * 5000  # each copies 64 KiB of the base
BASE = b"x" * 65536


@pytest.mark.parametrize(
    "objects",
    [
        [(3, HUGE, b"", b"x")],
        [(3, 300 << 20, b"", b"\0" * (300 << 20))],
        [(3, len(BASE), b"", BASE), (6, len(COPY) + 8, b"\x00", b"")],
        [
            (3, len(BASE), b"", BASE),
            (7, len(COPY) + 7, bytes(20), number(65536) + number(65536 * 5000) + COPY),
        ],
        [(3, HUGE << 70, b"", b"x")],
        [(6, 5, b"\xff" * 100_000 + b"\x01", b"x")],
        [(7, 5, bytes(20), number(1) + number(1) + b"\x01x")],
    ],
    ids=["claimed", "swollen", "of itself", "copied", "endless", "far base", "no base"],
)
def test_a_pack_is_read_within_bounds(
    tmp_path: Path, objects: list[tuple[int, int, bytes, bytes]]
) -> None:
    if objects[-1][0] == 7 and len(objects) > 1:  # a delta of the first, by its name
        name = _blob_name(BASE)
        objects = [objects[0], (*objects[1][:2], name, objects[1][3])]
        objects[1] = (7, len(objects[1][3]), name, objects[1][3])
    head = b"# v2 git bundle\n" + b"1" * 40 + b" refs/heads/main\n\n"
    (tmp_path / "v.bundle").write_bytes(head + pack(*objects))
    del objects
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert problem(tmp_path / "v.bundle")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_reading_a_repository_takes_time_in_proportion_to_what_is_stored(tmp_path: Path) -> None:
    """One small object that is a large page, under a hundred names."""
    made = Handmade(tmp_path / "small")
    blob = made.add("blob", b"a" * (7 << 20))
    first = made.tree(*(("100644", b"Terms %d.md" % n, blob) for n in range(100)))
    made.commit(made.tree(("40000", b"Harbour", first)))
    with opened(str(made.folder)) as found, Archive(tmp_path / "a.db", write=True) as archive:
        read, said = 0, ""
        for entry in found.entries:
            try:
                read += len(found.body(entry)) > 0
            except TooLarge as error:
                said = str(error)
        assert len(found.entries) == 100
        assert 5 < read < 60
        assert "far more work to read" in said
        refused = [*import_records(found, found.entries[:2], "global", archive)]
    assert all(isinstance(one, Refusal) for one in refused)


def test_few_bytes_do_not_name_millions_of_files(tmp_path: Path) -> None:
    made = Handmade(tmp_path / "small")
    blob = made.add("blob", b"text")
    inner = made.tree(*(("100644", b"T%06d.md" % n, blob) for n in range(500)))
    made.commit(made.tree(*(("40000", b"S%06d" % n, inner) for n in range(500))))
    assert "far more work to read" in problem(made.folder)


def test_deltas_upon_deltas_take_time_in_proportion_to_what_is_stored(tmp_path: Path) -> None:
    base = b"a" * (7 << 20)
    names, objects, places = [_blob_name(base)], [(3, len(base), b"", base)], [12]
    for n in range(60):
        size = number(len(base) + (n > 0)) + number(len(base) + 1)
        delta = size + b"\x80" * (len(base) >> 16) + b"\x01" + bytes([n + 1])
        places.append(len(pack(*objects)) - 20)
        objects.append((7, len(delta), names[-1], delta))
        names.append(_blob_name(base + bytes([n + 1])))
    folder = tmp_path / "pack"
    folder.mkdir()
    whole = pack(*objects)
    (folder / "pack-a.pack").write_bytes(whole)
    rows = sorted((name, at, 0) for name, at in zip(names, places, strict=True))
    with (folder / "pack-a.idx").open("wb") as file:
        write_pack_index_v2(file, rows, whole[-20:])
    sha1 = OBJECT_FORMATS["sha1"]
    with Objects(tmp_path, sha1, "it") as found:
        assert found.look(names[9].hex().encode())[1][-1] == 9
    with Objects(tmp_path, sha1, "it") as found, pytest.raises(TooLarge, match="far more work"):
        found.look(names[60].hex().encode())


def _blob_name(data: bytes) -> bytes:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).digest()


def test_a_text_that_is_too_large_is_refused_and_others_go_on(tmp_path: Path) -> None:
    made = Handmade(tmp_path / "large")
    first = made.version(TEXT.encode())
    second = made.version(b"x" * (9 << 20), [first], when="1735797600 +0000")
    third = made.version(b"y" * (70 << 20), [second], when="1735884000 +0000")
    made.version(TEXT.encode() + b"More.", [third], when="1735970400 +0000")
    with opened(str(made.folder)) as found, Archive(tmp_path / "a.db", write=True) as archive:
        brought = list(import_records(found, found.entries, "global", archive))
    refused = [one for one in brought if isinstance(one, Refusal)]
    assert len(brought) - len(refused) == 2
    assert [second in refused[0].name, third in refused[1].name] == [True, True]


# ── what a repository may look like ───────────────────────────────────────────────


def test_all_ways_to_keep_a_repository_read_the_same(plain: Path, tmp_path: Path) -> None:
    expected = entries(plain)
    git(tmp_path, "clone", "-q", "--bare", str(plain), "bare.git")
    assert entries(tmp_path / "bare.git") == expected
    git(plain, "repack", "-adq")
    git(plain, "pack-refs", "--all")
    assert entries(plain) == expected
    git(plain, "checkout", "-q", "--detach")
    git(plain, "branch", "-qD", "main")
    assert entries(plain) == expected
    git(plain, "checkout", "-q", "-b", "trunk")
    git(plain, "symbolic-ref", "HEAD", "refs/heads/nothing")
    assert entries(plain) == expected
    git(plain, "bundle", "create", str(tmp_path / "v.bundle"), "trunk")
    assert entries(tmp_path / "v.bundle") == expected


def test_names_of_sha256_are_read(tmp_path: Path) -> None:
    folder = start(tmp_path / "long", "--object-format=sha256")
    commit(folder, {NAME: TEXT}, "2025-01-01T06:00:00Z")
    commit(folder, {NAME: TEXT + "2"}, "2025-01-02T06:00:00Z")
    found = entries(folder)
    assert [len(e.commit) for e in found] == [64, 64]
    git(folder, "repack", "-adq")
    assert entries(folder) == found
    git(folder, "bundle", "create", str(tmp_path / "v.bundle"), "main")
    assert entries(tmp_path / "v.bundle") == found


def test_merges_renames_and_what_is_no_file(plain: Path) -> None:
    git(plain, "checkout", "-q", "-b", "side", "HEAD~1")
    commit(plain, {"Pier/Rules.md": TEXT}, "2025-01-04T06:00:00Z")
    git(plain, "checkout", "-q", "main")
    git(plain, "merge", "-q", "--no-ff", "-m", "Merge", "side", at="2025-01-05T06:00:00Z")
    (plain / "Pier" / "Link.md").symlink_to("Rules.md")
    (plain / "Deep" / "Deeper").mkdir(parents=True)
    commit(plain, {"Deep/Deeper/Terms.md": TEXT, "Top.md": TEXT}, "2025-01-06T06:00:00Z")
    git(plain, "mv", NAME, "Harbour/Conditions.md")
    commit(plain, {}, "2025-01-07T06:00:00Z")
    git(plain, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},Pier/Module.md")
    git(plain, "commit", "-qm", "Module", at="2025-01-08T06:00:00Z")
    assert [(e.service, e.type) for e in entries(plain)] == [
        *[("Harbour", "Terms")] * 3,
        ("Pier", "Rules"),
        ("Harbour", "Conditions"),
    ]


def test_an_order_as_git_has_it(plain: Path) -> None:
    """Commits of one second keep the order of `git log`, and files that of their names."""
    files = {f"Harbour/{name}.md": TEXT for name in ("Zebra", "Ant", "Émail")}
    commit(plain, files, "2025-01-04T06:00:00Z")
    commit(plain, {NAME: TEXT}, "2025-01-04T06:00:00Z")
    commit(plain, {NAME: TEXT + "2"}, "2025-01-04T06:00:00Z")
    log = git(
        plain, "-c", "core.quotePath=false", "log", "--reverse", "--raw", "--no-abbrev", "--format="
    )
    rows = [line.split() for line in log.splitlines() if line]
    assert [e.blob for e in entries(plain)] == [row[3] for row in rows]


@pytest.mark.parametrize("name", [b"..", b".", b"..\\x", b"\xff\xfe", b"\x1b[31m", b".git", b"-u"])
def test_hostile_names_stop_nothing(tmp_path: Path, name: bytes) -> None:
    made = Handmade(tmp_path / "odd")
    text = made.add("blob", TEXT.encode())
    inner = made.tree(("100644", b"Terms.md", text), ("100644", name + b".md", text))
    made.commit(made.tree(("40000", b"Harbour", inner), ("40000", name, inner)))
    done = CliRunner().invoke(
        main, ["--root", str(tmp_path), "import", "versions", str(made.folder)]
    )
    assert done.exit_code in {0, 1, 2}
    assert not done.exception or isinstance(done.exception, SystemExit)
    with Archive(tmp_path / "data" / "archive.db") as archive:
        assert "harbour/terms@global" in {d.id for d in archive.documents()}


def rows(begin: bytes) -> st.SearchStrategy[Rows]:
    """Rows of a tree, none twice, whose names begin so."""
    names = st.binary(max_size=2).filter(lambda name: b"\0" not in name).map(begin.__add__)
    modes, objects = st.sampled_from([0o100644, 0o40000]), st.binary(min_size=20, max_size=20)
    return st.lists(st.tuples(names, modes, objects), max_size=4, unique_by=lambda row: row[0])


@given(rows(b"a"), rows(b"b"), rows(b"b"), rows(b"c"))
def test_trees_differ_by_their_rows(first: Rows, old: Rows, new: Rows, last: Rows) -> None:
    before, after = (
        b"".join(b"%o %s\0%s" % (mode, name, found) for name, mode, found in (*first, *rows, *last))
        for rows in (old, new)
    )
    whole_old, whole_new = set(parse_tree(before, 20)), set(parse_tree(after, 20))
    assert differing(before, after, 20) == (whole_old - whole_new, whole_new - whole_old)


# ── dates ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "when",
    [
        *("99999999999999 +0000", "253402300800 +0000", "9223372036854775808 +0000"),
        *(f"{'9' * 5000} +0000", "-1 +0000", "-62135596801 +0000", "soon", "", "0x10 +0000"),
    ],
)
def test_a_date_that_cannot_be_is_refused_and_others_go_on(tmp_path: Path, when: str) -> None:
    made = Handmade(tmp_path / "dated")
    first = made.version(TEXT.encode())
    odd = made.version(TEXT.encode() + b"Odd.", [first], when=when)
    made.version(TEXT.encode() + b"New.", [odd], when="1735797600 +0000")
    command = ["--root", str(tmp_path), "import", "versions", str(made.folder)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert "2 captures imported" in done.output
    assert f"Commit {odd} of Harbour Terms" in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
