"""The target of feeds/: a folder of its own, or by a link one that a web server shows.

A published folder is exchanged as a whole with one made beside it. That needs a parent that can be
written and a folder that is not mounted; otherwise files are replaced one by one.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path

from tracker.errors import ArchiveError

_MOUNTS = Path("/proc/self/mountinfo")
#: How that file writes what would end a field of it.
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
#: The folders of a root that are not for readers.
_INNER = ("data", ".cache")


def web_root(feeds: Path) -> Path:
    """Return the folder that `feeds` leads to, with every link followed.

    Raises:
        ArchiveError: Nothing can be published there; the text says the way out.
    """
    home = feeds.parent.resolve()
    if not feeds.is_symlink():
        if feeds.exists() and not feeds.is_dir():
            raise ArchiveError(f"{feeds}: is a file and not a folder; move it elsewhere.")
        return home / feeds.name
    try:
        target = Path(os.path.realpath(feeds, strict=True))
    except OSError as error:
        raise ArchiveError(f"{feeds}: {_astray(feeds, error)}.") from error
    if not target.is_dir():
        raise ArchiveError(f"{feeds}: leads to {target}, which is no folder; make it lead to one.")
    inner = [(home / name).resolve() for name in _INNER]
    if home.is_relative_to(target) or any(_overlap(target, one) for one in inner):
        raise ArchiveError(
            f"{feeds}: leads to {target}, where the tracker keeps its own files; make it lead to a "
            "folder for readers alone."
        )
    if (target / "data" / "archive.db").exists():
        raise ArchiveError(
            f"{feeds}: leads to {target}, which holds the archive of another tracker; make it lead "
            "to a folder for readers alone."
        )
    return target


def hindrance(target: Path) -> str:
    """Return why a folder cannot be exchanged with one beside it; empty if no reason is known.

    The system may still refuse the exchange.
    """
    if not target.exists():
        return ""
    if not sys.platform.startswith("linux"):
        return "this system exchanges no folders"
    if not os.access(target.parent, os.W_OK | os.X_OK):
        return f"{target.parent} cannot be written"
    if os.geteuid() not in {0, target.stat().st_uid}:
        return "it belongs to another user"  # and a new one would not
    mounts = _mount_points()
    if str(target) in mounts:
        return "it is a mount point"
    if any(one.startswith(f"{target}/") for one in mounts):
        return "another file system is mounted in it"
    return ""


def _astray(feeds: Path, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "is a link that leads to itself; make it lead to a folder"
    if error.errno == errno.ENOENT:
        missing = os.path.realpath(feeds)
        return f"leads to {missing}, which is not there; make that folder, or mount its disk"
    return f"is a link that cannot be followed ({error.strerror})"


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _mount_points() -> frozenset[str]:
    """Return every mount point of this process; none if the system does not tell."""
    try:
        lines = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return frozenset()
    return frozenset(os.fsdecode(_OCTAL.sub(_byte, line.split(b" ")[4])) for line in lines)


def _byte(octal: re.Match[bytes]) -> bytes:
    return bytes([int(octal[1], 8)])
