"""Git repositories for tests: made with git, or byte for byte where git would not make them."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

#: A page of terms in a repository, and what it says.
NAME = "Harbour/Terms.md"
TEXT = "# Harbour Terms\n\nYou may moor here.\n\n" + "We keep a log of every mooring.\n\n" * 5


def git(folder: Path, *arguments: str, at: str = "2025-01-01T00:00:00Z", said: bytes = b"") -> str:
    """Run git as nobody in particular, and return what it printed."""
    env = os.environ | {
        "GIT_COMMITTER_DATE": at,
        "GIT_AUTHOR_DATE": at,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    who = ["-c", "user.name=Keeper", "-c", "user.email=keeper@harbour.example"]
    command = ["git", *who, *arguments]
    done = subprocess.run(command, cwd=folder, env=env, input=said, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace").strip()


def start(folder: Path, *options: str) -> Path:
    """Make an empty repository."""
    folder.mkdir()
    git(folder, "init", "-q", "--initial-branch=main", *options)
    return folder


def commit(folder: Path, files: Mapping[str, str | bytes], at: str, message: str = "Record") -> str:
    """Commit files as they are given, and return the name of the commit."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    git(folder, "add", "-A", at=at)
    git(folder, "commit", "-q", "-m", message, at=at)
    return git(folder, "rev-parse", "HEAD")


class Handmade:
    """A bare repository of loose objects, written without git and without its scruples."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "objects").mkdir(parents=True)
        (folder / "HEAD").write_text("ref: refs/heads/main\n")

    def add(self, kind: str, data: bytes, name: str = "") -> str:
        """Write an object, under its name or under a false one."""
        whole = b"%s %d\0" % (kind.encode(), len(data)) + data
        name = name or hashlib.sha1(whole).hexdigest()
        file = self.folder / "objects" / name[:2] / name[2:]
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(zlib.compress(whole))
        return name

    def tree(self, *entries: tuple[str, bytes, str]) -> str:
        """Write a tree of modes, names and objects."""
        rows = (b"%s %s\0" % (mode.encode(), n) + bytes.fromhex(o) for mode, n, o in entries)
        return self.add("tree", b"".join(rows))

    def commit(self, tree: str, parents: Sequence[str] = (), when: str = "1735711200 +0000") -> str:
        """Write a commit of these words, and have `main` name it."""
        lines = [f"tree {tree}", *(f"parent {p}" for p in parents)]
        lines += [f"author A <a@site.example> {when}", f"committer A <a@site.example> {when}"]
        name = self.add("commit", "\n".join([*lines, "", "Record"]).encode())
        branch = self.folder / "refs" / "heads" / "main"
        branch.parent.mkdir(parents=True, exist_ok=True)
        branch.write_text(f"{name}\n")
        return name

    def version(self, text: bytes, parents: Sequence[str] = (), **when: str) -> str:
        """Write a commit with one document, Harbour's Terms."""
        kept = self.tree(("100644", b"Terms.md", self.add("blob", text)))
        return self.commit(self.tree(("40000", b"Harbour", kept)), parents, **when)


def pack(*objects: tuple[int, int, bytes, bytes]) -> bytes:
    """Make a pack of objects: kind, stated size, what precedes the data (a delta's base), data."""
    whole = b"PACK" + struct.pack(">II", 2, len(objects))
    for kind, size, before, data in objects:
        whole += _head(kind, size) + before + zlib.compress(data)
    return whole + hashlib.sha1(whole).digest()


def _head(kind: int, size: int) -> bytes:
    found, size = [(kind << 4) | (size & 15)], size >> 4
    while size:
        found[-1] |= 128
        found.append(size & 127)
        size >>= 7
    return bytes(found)


def number(size: int) -> bytes:
    """Write a number as deltas do."""
    found = [size & 127]
    while size := size >> 7:
        found[-1] |= 128
        found.append(size & 127)
    return bytes(found)
