"""Bundles that prove a revision to others: made, written, and checked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker.app.app import App
from tracker.app.bundles import Prover, zipped
from tracker.app.checkpoints import heads_of, keep, new_checkpoint, one_past
from tracker.app.session import histories_of
from tracker.errors import UsageError
from tracker.evidence.verify import is_known
from tracker.model import Revision
from tracker.publisher import urls
from tracker.publisher.words import stamp

_REVISION = re.compile(
    r"(?P<document>.+?)(?:/(?P<time>\d{4}-?\d\d-?\d\d[\dTZ:.+-]*(?:[-/]preview[\d-]*)?))?"
)
_LARGEST = 1 << 30  # bytes of a bundle that is unpacked
_VERIFIER = files("tracker.evidence") / "verify.py"


def write_evidence(app: App, revision: str, output: Path | None = None) -> tuple[Path, int]:
    """Write everything that proves a revision; return the path and the number of files in it.

    `revision` is as `tracker evidence` takes it; `output` is a .zip file or a folder to make, by
    default a .zip in the root folder. Raises UsageError where no single revision is meant.
    """
    with app.workspace.open_archive() as archive:
        heads = heads_of(archive)
        past = one_past(app, archive, heads)
        chosen, prover = _revision(app, revision), Prover(app, archive)
        stamped = prover.covering(prover.size_for(chosen))
        text = stamped.stamp.text if stamped else new_checkpoint(app, heads)
        found = prover.files(chosen, text, stamped)
        if stamped is None:
            keep(app, text, heads, past)
    path = output or app.root / urls.bundle_name(chosen)
    _write(path, found)
    return path, len(found)


def check_bundle(app: App, path: Path) -> bool:
    """Run our own copy of the verifier over a bundle, since one inside it may be forged.

    The verifier itself writes what it finds to standard output; return whether the bundle holds.
    """
    with TemporaryDirectory() as scratch, as_file(_VERIFIER) as script:
        folder = path if path.is_dir() else _unpacked(path, Path(scratch))
        done = subprocess.run(
            [sys.executable, "-I", str(script.resolve())], cwd=folder, check=False
        )
        page = folder / "VERIFY.txt"
        own = script.read_bytes()
        if done.returncode == 0 and own not in page.read_bytes():
            app.progress.say("VERIFY.txt has another script than this program; it was not used.")
    return done.returncode == 0


def _unpacked(path: Path, folder: Path) -> Path:
    """Unpack a bundle in a .zip: plain files, each once and under a name of a bundle's."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            if sum(entry.file_size for entry in entries) > _LARGEST:
                raise UsageError(f"{path}: holds more than {_LARGEST >> 20} MiB; unpack it first.")
            for name, times in Counter(packed.namelist()).items():
                if times > 1:
                    raise UsageError(f"{path}: has {name} {times} times.")
            for entry in entries:
                is_plain = entry.external_attr >> 28 in {0, 8}  # and no link, say
                if not is_plain or not is_known(entry.filename):
                    raise UsageError(f"{path}: {entry.filename} is no part of a bundle.")
                packed.extract(entry, folder)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file or folder.") from error
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise UsageError(
            f"{path}: cannot be read as a bundle ({error}); it is the .zip that `tracker evidence` "
            "wrote, or a folder with what was in it."
        ) from error
    return folder


def _revision(app: App, wanted: str) -> Revision:
    """Find the revision that is meant. Raises UsageError where none or several are."""
    path = re.sub(r"^.*?(?:/|^)changes/|^tag:[^:]*:|/(?:index\.html)?(?:#.*)?$", "", wanted.strip())
    found = _REVISION.fullmatch(path)
    if found is None:
        raise UsageError(f"{wanted!r} names no revision; `tracker log` lists them.")
    (history,) = histories_of(app, [found["document"]], anew=True)
    named = urls.as_stamp(found["time"] or "")
    for revision in history.revisions:
        if urls.version_stamp(revision.after) == named:
            return revision
    digits = re.sub(r"\D", "", found["time"] or "")[:14]
    times = [re.sub(r"\D", "", stamp(r.first_seen)) for r in history.revisions]
    matching = [
        r for r, time in zip(history.revisions, times, strict=True) if time.startswith(digits)
    ]
    if not matching or named.count("-"):
        when = f" first seen {found['time']}" if digits else ""
        raise UsageError(f"{history.document.id} has no revision{when}; `tracker log` lists them.")
    if digits and len(matching) > 1:
        stamps = ", ".join(urls.version_stamp(r.after) for r in matching)
        raise UsageError(f"{wanted} could be any of {stamps}; name one.")
    return matching[-1]


def _write(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle whole or not at all; what is there already is not touched."""
    if path.exists():
        raise UsageError(f"{path} exists; move it away or name another place with --output.")
    fresh = path.with_name(f".{path.name}.new")
    try:
        if path.suffix == ".zip":
            fresh.write_bytes(zipped(files))
        else:
            shutil.rmtree(fresh, ignore_errors=True)
            for name, data in files.items():
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                (fresh / name).write_bytes(data)
        fresh.rename(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from error
