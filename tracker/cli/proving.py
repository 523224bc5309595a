"""The commands that prove: verify, evidence."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tracker import evidence
from tracker._support.atomic_folder import MANIFEST, content, file_names, manifest, published_names
from tracker._support.cache import DerivedCache
from tracker._support.merkle import frontier_of, inclusion, leaf_hash
from tracker._support.web_root import web_root
from tracker.archive.integrity import head_of
from tracker.archive.store import Archive
from tracker.cli.app import App, harmless
from tracker.cli.checkpoints import (
    Sealed,
    authorities_of,
    examined,
    heads_of,
    keep,
    key_of,
    new_checkpoint,
    newest_stamp,
    one_past,
    sealed,
    stamps_of,
    standing_stamps,
)
from tracker.cli.publishing import STAMPED, Proof, Rederived
from tracker.cli.session import histories_of, opened
from tracker.errors import ArchiveError, TrackerError, Unreachable, UsageError
from tracker.evidence import Bundle, Exhibit, Note
from tracker.evidence.verify import is_known
from tracker.extractor import read
from tracker.model import Capture, Revision, digest
from tracker.publisher import urls as places
from tracker.publisher.text import count, moment, stamp

_app = click.make_pass_decorator(App)
_REVISION = re.compile(
    r"(?P<document>.+?)(?:/(?P<time>\d{4}-?\d\d-?\d\d[\dTZ:.+-]*(?:[-/]preview[\d-]*)?))?"
)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_LARGEST = 1 << 30  # bytes of a bundle that is unpacked
_VERIFIER = files("tracker.evidence") / "verify.py"
_UNPUBLISHED = "nothing published yet"


# ── verify ────────────────────────────────────────────────────────────────────────


@click.command()
@_app
def verify(app: App) -> None:
    """Check everything that was recorded and published; exit status 1 if anything is amiss.

    \b
    data/   every row against the log, every body against its digest, every timestamp against both
    feeds/  the signed checkpoint against the log, every file against what follows from data/

    Whatever was altered, removed, put in or reordered is named. One line says what holds.
    """
    app.name_refusals(app.workspace.refusals)
    with app.workspace.open_archive() as archive:
        findings = _recorded(archive)
        captures, bodies = archive.counts()
        if findings.problems:
            findings += _despite(findings, app, archive, captures)
        else:
            findings += _kept(app, archive) + _published(app, archive, captures)
            findings += _stamped(app, archive)
    for line in (*findings.problems, *findings.remarks):
        click.echo(harmless(line))
    if findings.problems:
        number = count(len(findings.problems), "thing")
        raise ArchiveError(
            f"{app.root}: {number} above {'is' if len(findings.problems) == 1 else 'are'} not as "
            "recorded and published; `tracker doctor` says what to do."
        )
    held = f"{count(captures, 'capture')} in one unbroken log, {bodies} bodies as their digests say"
    click.echo(f"{held}, {findings.holds}.")


@dataclass(frozen=True, slots=True)
class _Findings:
    """What is amiss, what is only worth saying, and what holds in feeds/."""

    problems: list[str]
    remarks: list[str]
    holds: str = ""

    def __add__(self, other: _Findings) -> _Findings:
        return _Findings(
            self.problems + other.problems, self.remarks + other.remarks, self.holds + other.holds
        )


def _recorded(archive: Archive) -> _Findings:
    """What is amiss with the archive, also where a store of bodies gives out in between."""
    found = _Findings([], [])
    try:
        found.problems.extend(archive.problems())
        found.remarks.extend(archive.shelf.strays())
    except Unreachable as error:
        found.problems.append(str(error))
    return found


def _kept(app: App, archive: Archive) -> _Findings:
    """The log against the checkpoint that was kept last; those given up are said to be."""
    try:
        found = evidence.compared(app.root, archive, heads_of(archive), anew=True)
    except ArchiveError as error:
        return _Findings([str(error)], [])
    given_up = [
        f"{evidence.named([fork.given])} was given up on {moment(fork.accepted)} (--accept-fork)"
        for fork in found.forks
    ]
    problems = [
        f"{app.root / one.where} is of another log of {count(one.note.size, 'capture')}: what was "
        "recorded by then was altered or removed"
        for one in found.contradicted
        if one.where == evidence.KEPT  # the others are looked at closer, each with its signature
    ]
    return _Findings(problems, given_up)


def _despite(found: _Findings, app: App, archive: Archive, captures: int) -> _Findings:
    """What is published of all that is not damaged, beside what was `found` to be."""
    try:
        return _published(app, archive, captures)
    except TrackerError as error:
        return _Findings([] if str(error) in found.problems else [str(error)], [])


def _published(app: App, archive: Archive, captures: int) -> _Findings:
    """What stands in feeds/ against the log at the size it was published from.

    `captures` is the size of the log now.
    """
    folder = app.workspace.feeds
    if app.workspace.unknown:
        return _Findings([app.workspace.unknown], [])
    try:
        web_root(folder)
    except ArchiveError as error:
        return _Findings([str(error)], [], _UNPUBLISHED)
    names, ours = set(file_names(folder)), published_names(folder)
    if not names:  # to derive all of it for nothing takes its time
        return _Findings([], [], _UNPUBLISHED)
    kept = content(folder, "status/checkpoint")
    note, problems = _checkpoint(app, archive, kept)
    sizes = dict(note.sizes) if note else {}
    text = (kept or b"").decode("utf-8", "replace") if note else ""
    stamped, forks = _shown(app, sizes, content(folder, STAMPED)), evidence.load_forks(app.root)
    proof = Proof(text, stamped, forks)
    with (
        opened(app, anew=True, sizes=sizes) as session,
        DerivedCache(app.workspace.cache) as cache,
    ):
        rederived = Rederived(session, proof, cache)
        derived = _with_manifest(rederived, ours)
        found = evidence.compare(derived, names, partial(content, folder), ours)
        comparison = found.but_for(rederived.leaves_open)
    if not names & comparison.derived:
        return _Findings([], [], _UNPUBLISHED)
    problems += [failed.reason for failed in rederived.failed.values()]
    problems += list(_named(folder, comparison))
    open_too = "(the files of the whole site, which follow from it too, were not compared)"
    newer = captures - sizes.get("captures", captures)
    remarks = [f"{folder / path} is not ours" for path in comparison.foreign]
    if rederived.unsure:
        remarks.append(open_too)
    if not comparison.is_whole:
        remarks.append(
            "(unless the declarations, topics, settings or the program changed since feeds/ was "
            "published: then `tracker publish` writes it anew)"
        )
    if newer:
        remarks.append(f"{count(newer, 'capture')} came after the last publication")
    holds = f"{count(len(comparison.derived), 'file')} in feeds/ re-derived{_signed(app, note)}"
    return _Findings(problems, remarks, holds)


def _with_manifest(rederived: Rederived, ours: Set[str]) -> Iterator[tuple[str, bytes]]:
    """All files and the list of them, which has also those of `ours` that are left open."""
    names = []
    for name, data in rederived.files():
        names.append(name)
        yield name, data
    yield MANIFEST, manifest([*names, *filter(rederived.leaves_open, ours)])


def _checkpoint(
    app: App, archive: Archive, published_note: bytes | None
) -> tuple[Note | None, list[str]]:
    """The published checkpoint and what is wrong with it."""
    if published_note is None:
        missing = ["feeds/status/checkpoint is missing"] if archive.counts()[0] else []
        return None, missing
    try:
        note = evidence.parse_note(published_note.decode())
    except ValueError as error:
        return None, [f"feeds/status/checkpoint {error}"]
    now = heads_of(archive)
    if {log for log, _ in note.sizes} != now.keys():
        return None, ["feeds/status/checkpoint is not a checkpoint of this program"]
    if any(size > now[log].size for log, size in note.sizes):
        return None, ["feeds/status/checkpoint names more rows than the log has"]
    heads = {log: head_of(log, archive.rows(log, size)) for log, size in note.sizes}
    return note, list(evidence.note_problems(note, key_of(app.workspace), heads))


def _shown(app: App, sizes: Mapping[str, int], token: bytes | None) -> Sealed | None:
    """The kept timestamp that was published; the newest where what is published is none of ours."""
    if token is None:
        return None
    same = (one for one in stamps_of(app.workspace).kept if one.token == token)
    return next(sealed(app.workspace, same), None) or newest_stamp(app, sizes.get("captures", 0))


def _named(folder: Path, comparison: evidence.Comparison) -> Iterator[str]:
    for path in comparison.missing:
        yield f"{folder / path} is missing"
    for path in comparison.altered:
        yield f"{folder / path} is not what follows from data/"


def _signed(app: App, note: Note | None) -> str:
    if note is None or not note.signatures:
        return ", checkpoint not signed"
    if key_of(app.workspace) is None:
        return ", checkpoint signed, but there is nothing here to check the signature with"
    return f", checkpoint {note.size} signed by {note.origin}"


def _stamped(app: App, archive: Archive) -> _Findings:
    """The timestamps, against themselves, their authority and the log."""
    folder, found = app.workspace.timestamps, stamps_of(app.workspace)
    if found == evidence.KeptTimestamps((), ()):
        return _Findings([], [])
    problems = [*found.problems, *_unsound(app, found.kept)]
    problems += [
        f"{folder / one.name} is of another log: what was recorded by then was altered or removed"
        for one in evidence.mismatched(archive, standing_stamps(app))
    ]
    number = count(len(found.kept), "timestamp")
    if not evidence.can_stamp():
        how = "pip install 'terms-tracker[timestamp]'"
        return _Findings(problems, [f"{number} could not be checked with their authority: {how}"])
    by = "data/timestamp-ca.pem" if authorities_of(app.workspace) else "the certificates in them"
    return _Findings(problems, [], f", {number} by {by}")


def _unsound(app: App, stamps: Sequence[evidence.KeptTimestamp]) -> Iterator[str]:
    for one, found in examined(app.workspace, stamps):
        if isinstance(found, evidence.Unsound):
            yield f"{app.workspace.timestamps / one.name}/token.tsr {found}"


# ── evidence ──────────────────────────────────────────────────────────────────────


@click.command("evidence")
@click.argument("revision")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A .zip file, or a folder to make (default: evidence-….zip in the root folder).",
)
@click.option("--check", is_flag=True, help="Check a bundle of anybody's instead: REVISION is it.")
@_app
def write_evidence(app: App, revision: str, output: Path | None, check: bool) -> None:
    """Write everything that proves REVISION into one bundle.

    \b
    REVISION is the address of its page, the id of its feed item, or
    tracker evidence eu                the last revision of the document named ...@eu
    tracker evidence eu/2025-11-05     the revision first seen that day
    tracker evidence --check FILE.zip  checks a bundle with this program's own verifier

    The bundle holds both captures (also as WARC) and their texts, their places in the log, the
    signed checkpoint, the redline, and VERIFY.txt, which says how anyone checks it all without
    this program.
    """
    if check:
        _check(Path(revision))
        return
    with app.workspace.open_archive() as archive:
        past = one_past(app, archive, heads_of(archive))
        chosen = _revision(app, revision)
        found = evidence.make_bundle(_bundle(app, archive, chosen, past))
    document = chosen.document.replace("/", "-").replace("@", "-")
    name = f"{document}-{places.version_stamp(chosen.after)}"
    path = output or app.root / f"evidence-{name}.zip"
    _write(path, found)
    click.echo(f"{path}: {len(found)} files; VERIFY.txt says how to check them.")


def _check(path: Path) -> None:
    """Run our own copy of the verifier over a bundle, since one inside it may be forged."""
    with TemporaryDirectory() as scratch, as_file(_VERIFIER) as script:
        folder = path if path.is_dir() else _unpacked(path, Path(scratch))
        done = subprocess.run(
            [sys.executable, "-I", str(script.resolve())], cwd=folder, check=False
        )
        page = folder / "VERIFY.txt"
        own = script.read_bytes()
        if done.returncode == 0 and own not in page.read_bytes():
            click.echo("VERIFY.txt has another script than this program; it was not used.")
    if done.returncode:
        click.get_current_context().exit(1)


def _unpacked(path: Path, folder: Path) -> Path:
    """The files of a bundle in a .zip, each a plain one, once, and under a name of a bundle's."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            if sum(entry.file_size for entry in entries) > _LARGEST:
                raise UsageError(f"{path}: holds more than {_LARGEST >> 20} MiB; unpack it first.")
            for name, times in Counter(packed.namelist()).items():
                if times > 1:
                    raise UsageError(f"{path}: has {harmless(name)} {times} times.")
            for entry in entries:
                is_plain = entry.external_attr >> 28 in {0, 8}  # and no link, say
                if not is_plain or not is_known(entry.filename):
                    raise UsageError(f"{path}: {harmless(entry.filename)} is no part of a bundle.")
                packed.extract(entry, folder)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise UsageError(f"{path}: cannot be read as a bundle ({error}).") from error
    return folder


def _revision(app: App, wanted: str) -> Revision:
    """The revision that is meant; UsageError where none or several are."""
    path = re.sub(r"^.*?(?:/|^)changes/|^tag:[^:]*:|/(?:index\.html)?(?:#.*)?$", "", wanted.strip())
    found = _REVISION.fullmatch(path)
    if found is None:
        raise UsageError(f"{wanted!r} names no revision; `tracker log` lists them.")
    (history,) = histories_of(app, [found["document"]], anew=True)
    named = places.as_stamp(found["time"] or "")
    for revision in history.revisions:
        if places.version_stamp(revision.after) == named:
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
        stamps = ", ".join(places.version_stamp(r.after) for r in matching)
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
    sides = (revision.before.captures, revision.after.captures)
    stamped = _covering(app, archive, max(log.places[c] for side in sides for c in side))
    text = stamped.stamp.text if stamped else new_checkpoint(app.workspace, heads)
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
    )


def _covering(app: App, archive: Archive, last: int) -> Sealed | None:
    """The earliest timestamp of this log that covers its entry `last`, if one does.

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

    def exhibit(self, capture: Capture) -> Exhibit:
        """A capture with its proof, as yet without its text and body."""
        index = self.places[capture]
        path = inclusion(self.leaves, index)
        return Exhibit(capture, self.entries[index], index, path, (), None)

    def with_body(self, like: Capture, body: bytes) -> Exhibit | None:
        """The first capture of this body with the same text as another, if the log shows one."""
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


COMMANDS = (verify, write_evidence)
