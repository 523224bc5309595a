"""Git bundles (refs and a pack in one file), unpacked to the layout of a git folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO

from dulwich.object_format import OBJECT_FORMATS

from tracker.errors import ImportFailed
from tracker.importer.git.objects import index_pack
from tracker.importer.git.refs import Refs, is_object_name, object_format

_FIRST = (b"# v2 git bundle\n", b"# v3 git bundle\n")
_LINE = 4096  # bytes of the longest line of its head
_LINES = 100_000


def unbundle(file: Path, objects: Path) -> Refs:
    """Put the objects of a bundle into the folder `objects`; return its refs.

    Raises:
        ImportFailed: The file is not a bundle, or is incomplete without another repository.
    """
    pack = objects / "pack" / "pack-bundle.pack"
    pack.parent.mkdir(parents=True)
    try:
        with file.open("rb") as bundle:
            refs = _head(bundle, file)
            with pack.open("wb") as kept:
                shutil.copyfileobj(bundle, kept, 1024 * 1024)
    except OSError as error:
        raise ImportFailed(f"{file}: cannot be read ({error.strerror}).") from error
    index_pack(pack, object_format(refs), str(file))
    return refs


def bundled_refs(file: Path) -> Refs:
    """Return the refs of a bundle. Raises ImportFailed where it is none."""
    try:
        with file.open("rb") as bundle:
            return _head(bundle, file)
    except OSError as error:
        raise ImportFailed(f"{file}: cannot be read ({error.strerror}).") from error


def _head(bundle: BinaryIO, file: Path) -> Refs:
    if bundle.readline(_LINE) not in _FIRST:
        raise ImportFailed(f"{file}: is neither a folder nor a git bundle.")
    refs: dict[str, str] = {}
    for _ in range(_LINES):
        line = bundle.readline(_LINE).decode("utf-8", "replace")
        if line == "\n":
            return refs
        if line.startswith("-"):
            raise ImportFailed(f"{file}: needs commits that are not in it; bundle all of them.")
        name, _, ref = line.strip().partition(" ")
        if line.startswith("@"):
            _check(name.removeprefix("@"), file)
        elif not is_object_name(name):
            break
        else:
            refs[ref] = name
    raise ImportFailed(f"{file}: is a git bundle that is damaged.")


def _check(capability: str, file: Path) -> None:
    """Refuse a bundle that requires a capability unknown here."""
    key, _, value = capability.partition("=")
    if not (key == "filter" or (key == "object-format" and value in OBJECT_FORMATS)):
        raise ImportFailed(f"{file}: asks its readers for {key[:40]!r}, which is not known here.")
