"""The commits of a git repository: their order, and the files that each changed."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush

from dulwich.errors import ObjectFormatException
from dulwich.objects import parse_tree

from tracker.errors import ImportFailed
from tracker.importer.git.objects import COMMIT, TAG, TREE, Objects

_COMMITTED = re.compile(rb"committer [^\n]*?> ?(-?\d{1,30}) [+-]\d+")
_TAGGED = re.compile(rb"object ([0-9a-f]+)\ntype (\w+)\n")
_TREES = 256  # of the newest commits looked at, kept for those before

_Row = tuple[bytes, int, bytes]  # name, mode and object


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit. `seconds` is its time, counted from 1970; None if it has none."""

    name: str
    tree: bytes
    parents: tuple[str, ...]
    seconds: int | None
    message: str


def commits_since(
    objects: Objects, tips: Iterable[str], known: Collection[str] = ()
) -> tuple[Commit, ...]:
    """Return the commits that lead to `tips`, newest first, in the order of `git log`.

    Those in `known`, and commits that lead only to these, are left out.
    """
    seen = set(known)
    heap: list[tuple[int, int, Commit]] = []

    def push(names: Iterable[str]) -> None:
        for name in names:
            if name not in seen:
                seen.add(name)
                commit = _commit(objects, name)
                heappush(heap, (-(commit.seconds or 0), len(seen), commit))

    push(found for tip in tips if (found := _peeled(objects, tip)))
    listed = []
    while heap:
        listed.append(heappop(heap)[2])
        push(listed[-1].parents)
    return tuple(listed)


def newest(objects: Objects, tips: Iterable[str]) -> Commit | None:
    """Return the latest of the commits at `tips`; None if they name no commits."""
    commits = [_commit(objects, found) for tip in tips if (found := _peeled(objects, tip))]
    return max(commits, key=lambda commit: commit.seconds or 0, default=None)


@dataclass(frozen=True, slots=True)
class Changed:
    """A file as a commit left it, in a folder of the root; `blob` names its bytes."""

    commit: Commit
    folder: bytes
    file: bytes
    blob: str


def changed_files(
    objects: Objects, commits: Sequence[Commit], folders: Collection[bytes] | None = None
) -> Iterator[Changed]:
    """Yield the files in `folders` of the root (all by default) that each commit added or altered.

    They are in the given order of commits (best that of `commits_since`), then by name. A merge
    changes nothing of its own. Links and submodules are not files.
    """
    tree = lru_cache(_TREES)(lambda name: objects.read(name, TREE))
    roots = {commit.name: commit.tree for commit in commits}
    for commit in commits:
        if len(commit.parents) > 1:
            continue
        before = b""
        for parent in commit.parents:
            before = tree(roots.get(parent) or _commit(objects, parent).tree)
        for folder, old, new in _altered(objects, before, tree(commit.tree), stat.S_ISDIR):
            if folders is not None and folder not in folders:
                continue
            there = tree(old) if old else b""
            for file, _, blob in _altered(objects, there, tree(new), stat.S_ISREG):
                yield Changed(commit, folder, file, blob.decode())


def _altered(
    objects: Objects, before: bytes, after: bytes, is_kind: Callable[[int], bool]
) -> Iterator[tuple[bytes, bytes | None, bytes]]:
    """Yield entries of one kind that a tree changed: name, object before, object now."""
    try:
        old, new = differing(before, after, objects.format.oid_length)
    except (ObjectFormatException, ValueError, TypeError) as error:
        raise ImportFailed(f"{objects.shown}: a tree in it cannot be read.") from error
    objects.weigh(len(old) + len(new))
    known = {name: found for name, mode, found in old if is_kind(mode)}
    for name, mode, found in sorted(new):
        if is_kind(mode):
            yield name, known.get(name), found


def differing(before: bytes, after: bytes, length: int) -> tuple[set[_Row], set[_Row]]:
    """Return the rows that only one of two trees has; object names have `length` bytes."""
    start, end = 0, len(after)
    if len(before) == end and before != after:
        # Mostly one row has another object: the rows before it need not be looked at.
        apart = int.from_bytes(before, "big") ^ int.from_bytes(after, "big")
        first = end - (apart.bit_length() + 7) // 8
        while (row := after.index(0, start) + 1 + length) <= first:
            start = row
        if before.find(0, start) + 1 + length == row and before[row:] == after[row:]:
            end = row
    old = set(parse_tree(before[start : end if end < len(after) else None], length))
    new = set(parse_tree(after[start:end], length))
    return old - new, new - old


def _commit(objects: Objects, name: str) -> Commit:
    head, _, message = objects.read(name.encode(), COMMIT).partition(b"\n\n")
    first, *rest = head.split(b"\n")
    parents = []
    for line in rest:
        if not line.startswith(b"parent "):
            break
        parents.append(line[7:].decode("ascii", "replace"))
    made = next((m for line in rest if (m := _COMMITTED.fullmatch(line))), None)
    return Commit(
        name=name,
        tree=first.removeprefix(b"tree "),
        parents=tuple(parents),
        seconds=int(made[1]) if made else None,
        message=message.decode("utf-8", "replace"),
    )


def _peeled(objects: Objects, name: str) -> str:
    """Return the commit of a ref, through tags; empty if it names something else."""
    for _ in range(5):
        kind, data = objects.look(name.encode())
        if kind == COMMIT:
            return name
        tagged = _TAGGED.match(data) if kind == TAG else None
        if tagged is None:
            return ""
        name = tagged[1].decode()
    return ""
