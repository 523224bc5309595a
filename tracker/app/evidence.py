"""Bundles that prove a revision to others: made, written, and checked."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker import evidence
from tracker._support.merkle import frontier_of, inclusion, leaf_hash
from tracker.app.app import App
from tracker.app.checkpoints import (
    Sealed,
    authorities_of,
    heads_of,
    keep,
    key_of,
    new_checkpoint,
    one_past,
    sealed,
    stamps_of,
)
from tracker.app.session import histories_of
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, UsageError
from tracker.evidence import Bundle, Exhibit
from tracker.evidence.verify import is_known
from tracker.extractor import read
from tracker.model import Capture, Revision, digest
from tracker.publisher import urls
from tracker.publisher.words import stamp

_REVISION = re.compile(
    r"(?P<document>.+?)(?:/(?P<time>\d{4}-?\d\d-?\d\d[\dTZ:.+-]*(?:[-/]preview[\d-]*)?))?"
)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_LARGEST = 1 << 30  # bytes of a bundle that is unpacked
_VERIFIER = files("tracker.evidence") / "verify.py"


def write_evidence(app: App, revision: str, output: Path | None = None) -> tuple[Path, int]:
    """Write everything that proves a revision; return the path and the number of files in it.

    `revision` is as `tracker evidence` takes it; `output` is a .zip file or a folder to make, by
    default a .zip in the root folder. Raises UsageError where no single revision is meant.
    """
    with app.workspace.open_archive() as archive:
        past = one_past(app, archive, heads_of(archive))
        chosen = _revision(app, revision)
        found = evidence.make_bundle(_bundle(app, archive, chosen, past))
    document = chosen.document.replace("/", "-").replace("@", "-")
    name = f"{document}-{urls.version_stamp(chosen.after)}"
    path = output or app.root / f"evidence-{name}.zip"
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
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise UsageError(f"{path}: cannot be read as a bundle ({error}).") from error
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


def _bundle(app: App, archive: Archive, revision: Revision, past: evidence.LogComparison) -> Bundle:
    heads = heads_of(archive)
    log = _Log(archive.entries())
    if frontier_of(log.leaves) != heads["captures"].frontier:
        raise ArchiveError(
            f"{archive.path}: is not whole, and a proof takes the whole log; `tracker verify` says "
            "more, `tracker restore` brings a backup back."
        )
    sides = tuple(log.recorded(v.captures) for v in (revision.before, revision.after))
    stamped = _covering(app, archive, max(log.places[c] for side in sides for c in side))
    text = stamped.stamp.text if stamped else new_checkpoint(app, heads)
    note, key = evidence.parse_note(text), key_of(app.workspace)
    if stamped is None:
        keep(app, text, heads, past)
    log.leaves = log.leaves[: note.size]
    before, after = (tuple(_exhibits(archive, log, side)) for side in sides)
    return Bundle(
        revision=revision,
        before=before,
        after=after,
        note=note,
        note_text=text,
        public=key.public if key and note.signatures else None,
        site_url=app.workspace.settings.site_url,
        stamped=_shown_to_others(app, stamped) if stamped else None,
        verdicts=tuple(
            c for c in app.workspace.corrections if c.verdict and c.document == revision.document
        ),
    )


def _covering(app: App, archive: Archive, last: int) -> Sealed | None:
    """Find the earliest timestamp of this log that covers its entry `last`, if one does.

    Its checkpoint then is the bundle's, so it must be signed as one of today would be.
    """
    key = key_of(app.workspace)
    covering = [
        one
        for one in stamps_of(app.workspace).kept
        if one.note.size > last
        and (evidence.has_signed(key, one.note) if key else not one.note.signatures)
    ]
    strange = evidence.mismatched(archive, covering)
    return next(sealed(app.workspace, (one for one in covering if one not in strange)), None)


def _shown_to_others(app: App, stamped: Sealed) -> evidence.Stamped:
    return evidence.Stamped(stamped.stamp.token, stamped.seal, authorities_of(app.workspace))


class _Log:
    """The log of captures: its entries, their leaves, and where each capture stands first."""

    def __init__(self, entries: Sequence[tuple[Capture, bytes]]) -> None:
        self.entries = [entry for _, entry in entries]
        self.leaves = [leaf_hash(entry) for entry in self.entries]
        self.places: dict[Capture, int] = {}
        for index, (capture, _) in enumerate(entries):
            self.places.setdefault(capture, index)
        self._recorded = {capture.number: capture for capture, _ in entries}

    def recorded(self, captures: Sequence[Capture]) -> tuple[Capture, ...]:
        """Return captures as they were recorded, with the outcome of their day."""
        return tuple(self._recorded[capture.number] for capture in captures)

    def exhibit(self, capture: Capture) -> Exhibit:
        """Return a capture with its proof, as yet without its text and body."""
        index = self.places[capture]
        path = inclusion(self.leaves, index)
        return Exhibit(capture, self.entries[index], index, path, (), None)

    def with_body(self, like: Capture, body: bytes) -> Exhibit | None:
        """Find the first capture of this body with the text of another, if the log shows one."""
        same = (like.document, like.text, digest(body))
        for capture, index in self.places.items():
            found = (capture.document, capture.text, capture.body)
            if found == same and index < len(self.leaves):
                return replace(self.exhibit(capture), body=body)
        return None


def _exhibits(archive: Archive, log: _Log, captures: Sequence[Capture]) -> Iterator[Exhibit]:
    for capture in captures:
        body = archive.body(capture.body) if capture.body else None
        kept, media = archive.readable(capture)
        found = replace(log.exhibit(capture), body=body)
        clauses = read(kept, media, capture.source).clauses
        other = log.with_body(capture, kept) if body is None else None
        yield replace(found, clauses=clauses, stand_in=other)


def _write(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle whole or not at all; what is there already is not touched."""
    if path.exists():
        raise UsageError(f"{path} exists; move it away or name another place with --output.")
    fresh = path.with_name(f".{path.name}.new")
    try:
        if path.suffix == ".zip":
            fresh.write_bytes(_zipped(files))
        else:
            shutil.rmtree(fresh, ignore_errors=True)
            for name, data in files.items():
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                (fresh / name).write_bytes(data)
        fresh.rename(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from error


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return packed.getvalue()
