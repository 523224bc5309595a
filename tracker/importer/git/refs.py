"""The folder of a git repository, and the commits of its refs. No configuration is read.

Only what lies in the repository's own folder counts: a `.git` that is a file or a link, a
worktree's `commondir`, links among the refs and whatever else points elsewhere is not followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dulwich.object_format import SHA1, SHA256, ObjectFormat

from tracker.errors import ImportFailed
from tracker.importer.git.objects import is_file, is_folder

Refs = Mapping[str, str]  # from a ref's name to an object's, in hexadecimal

_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST = 64 * 1024 * 1024  # bytes of packed-refs
_BRANCHES = "refs/heads/"
_MOST_LINKS = 5  # from HEAD to a branch is one


def git_folder(place: Path) -> Path:
    """Return the folder with HEAD and objects: `place` if it is bare, or `.git` in it."""
    inner = place / ".git"
    if is_folder(inner):
        found = inner
    elif os.path.lexists(inner):
        raise ImportFailed(
            f"{place}: its .git points to another place, which is not followed; give the "
            "repository itself."
        )
    else:
        found = place
    if (found / "commondir").exists():
        raise ImportFailed(f"{place}: is a worktree of a repository; give the repository itself.")
    if not is_file(found / "HEAD") or not is_folder(found / "objects"):
        raise ImportFailed(f"{place}: is no git repository whose objects are its own.")
    return found


def read_refs(folder: Path) -> Refs:
    """Return the objects of the refs in a git folder, including HEAD if it names one."""
    if is_folder(folder / "reftable"):
        raise ImportFailed(
            f"{folder}: keeps its refs as a reftable, which is not read; give a bundle of it."
        )
    said = dict(_packed(folder / "packed-refs"))
    said |= {name: _text(path, 4096).strip() for name, path in _loose(folder)}
    said["HEAD"] = _text(folder / "HEAD", 4096).strip()
    named = {name: _followed(said, name) for name in said}
    return {name: found for name, found in named.items() if found}


def tips(refs: Refs) -> tuple[str, ...]:
    """Return the commits to begin at: HEAD's, or else those of all branches, or of any ref."""
    if "HEAD" in refs:
        return (refs["HEAD"],)
    branches = {found for name, found in refs.items() if name.startswith(_BRANCHES)}
    return tuple(sorted(branches or set(refs.values())))


def object_format(refs: Refs) -> ObjectFormat:
    """Return the format of object names, from their length in the refs."""
    return SHA256 if any(len(found) == SHA256.hex_length for found in refs.values()) else SHA1


def is_object_name(text: str) -> bool:
    """Return whether a text is the name of an object, in hexadecimal."""
    return _OBJECT.fullmatch(text) is not None


def _loose(folder: Path) -> Iterator[tuple[str, Path]]:
    for parent, _, files in os.walk(folder / "refs"):  # which follows no links
        for file in files:
            path = Path(parent, file)
            yield path.relative_to(folder).as_posix(), path


def _packed(path: Path) -> Iterator[tuple[str, str]]:
    for line in _text(path, _LONGEST).splitlines():
        found, _, name = line.partition(" ")
        if is_object_name(found) and name:
            yield name, found


def _text(path: Path, longest: int) -> str:
    if not is_file(path):
        return ""
    with path.open("rb") as file:
        return file.read(longest).decode("utf-8", "replace")


def _followed(said: Mapping[str, str], name: str) -> str:
    """Return the object of a ref, through refs to refs; empty if there is none."""
    for _ in range(_MOST_LINKS):
        found = said.get(name, "")
        if is_object_name(found):
            return found
        name = found.removeprefix("ref:").strip()
    return ""


def shown(place: str) -> str:
    """Return a place that is safe to show: without the name and password of an address."""
    scheme, mark, rest = place.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else place
