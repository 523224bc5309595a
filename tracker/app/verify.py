"""Verification: everything that was recorded and published against what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tracker import evidence
from tracker._support.atomic_folder import MANIFEST, content, file_names, manifest, published_names
from tracker._support.cache import DerivedCache
from tracker._support.web_root import web_root
from tracker.app.app import App
from tracker.app.checkpoints import (
    Sealed,
    authorities_of,
    examined,
    heads_of,
    key_of,
    newest_stamp,
    sealed,
    stamps_of,
    standing_stamps,
)
from tracker.app.publish import STAMPED, Proof, Rederived, prover_of
from tracker.app.session import opened
from tracker.archive.integrity import head_of
from tracker.archive.published import load_published
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, TrackerError, Unreachable
from tracker.evidence import Note
from tracker.publisher.words import count, moment

_UNPUBLISHED = "nothing published yet"


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of a verification, in sentences for people.

    `problems` are what is amiss, `remarks` what is only worth saying, `holds` what was found to be
    right.
    """

    problems: list[str]
    remarks: list[str]
    holds: str = ""

    def __add__(self, other: Findings) -> Findings:
        return Findings(
            self.problems + other.problems, self.remarks + other.remarks, self.holds + other.holds
        )


def verify(app: App) -> Findings:
    """Check the archive, its checkpoints and timestamps, and everything that is published."""
    app.name_refusals(app.workspace.refusals)
    with app.workspace.open_archive() as archive:
        findings = _recorded(archive)
        captures, bodies = archive.counts()
        held = (
            f"{count(captures, 'capture')} in one unbroken log, {bodies} bodies as their digests "
            "say, "
        )
        findings += Findings([], [], held)
        if findings.problems:
            return findings + _despite(findings, app, archive, captures)
        findings += _kept(app, archive) + _listed(app)
        findings += _published(app, archive, captures)
        return findings + _stamped(app, archive)


def _recorded(archive: Archive) -> Findings:
    """Find what is amiss with the archive, also where a store of bodies gives out in between."""
    found = Findings([], [])
    try:
        found.problems.extend(archive.problems())
        found.remarks.extend(archive.shelf.strays())
    except Unreachable as error:
        found.problems.append(str(error))
    return found


def _kept(app: App, archive: Archive) -> Findings:
    """Check the log against the checkpoint kept last; name those that were given up."""
    try:
        found = evidence.compared(app.root, archive, heads_of(archive), anew=True)
    except ArchiveError as error:
        return Findings([str(error)], [])
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
    return Findings(problems, given_up)


def _listed(app: App) -> Findings:
    """Check the ledger of what was published against its own chain."""
    try:
        listed = load_published(app.workspace.published)
    except ArchiveError as error:
        return Findings([str(error)], [])
    return Findings([], [], f"{count(len(listed), 'published version')} in the ledger, ")


def _despite(found: Findings, app: App, archive: Archive, captures: int) -> Findings:
    """Check what is published of all that is not damaged, beside what was `found` to be."""
    try:
        return _published(app, archive, captures)
    except TrackerError as error:
        return Findings([] if str(error) in found.problems else [str(error)], [])


def _published(app: App, archive: Archive, captures: int) -> Findings:
    """Check feeds/ against the log at the size it was published from.

    `captures` is the size of the log now.
    """
    folder = app.workspace.feeds
    if app.workspace.unknown:
        return Findings([app.workspace.unknown], [])
    try:
        web_root(folder)
    except ArchiveError as error:
        return Findings([str(error)], [], _UNPUBLISHED)
    names, ours = set(file_names(folder)), published_names(folder)
    if not names:  # to derive all of it for nothing takes its time
        return Findings([], [], _UNPUBLISHED)
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
        prover = prover_of(app, session.archive, proof)
        rederived = Rederived(session, proof, cache, prover)
        derived = _with_manifest(rederived, ours)
        found = evidence.compare(derived, names, partial(content, folder), ours)
        comparison = found.but_for(rederived.leaves_open)
    if not names & comparison.derived:
        return Findings([], [], _UNPUBLISHED)
    problems += [failed.reason for failed in rederived.failed.values()]
    problems += list(_named(folder, comparison))
    problems += list(_unlisted(app, rederived.unlisted))
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
    return Findings(problems, remarks, holds)


def _with_manifest(rederived: Rederived, ours: Set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield all files and the list of them, which has also those of `ours` that are left open."""
    names = []
    for name, data in rederived.files():
        names.append(name)
        yield name, data
    yield MANIFEST, manifest([*names, *filter(rederived.leaves_open, ours)])


def _checkpoint(
    app: App, archive: Archive, published_note: bytes | None
) -> tuple[Note | None, list[str]]:
    """Return the published checkpoint and what is wrong with it."""
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
    """Find the kept timestamp that was published; the newest where that one is not ours."""
    if token is None:
        return None
    same = (one for one in stamps_of(app.workspace).kept if one.token == token)
    return next(sealed(app.workspace, same), None) or newest_stamp(app, sizes.get("captures", 0))


def _unlisted(app: App, number: int) -> Iterator[str]:
    """Say that versions are published that the ledger lacks; without a ledger nothing is said."""
    ledger = app.workspace.published
    if number and ledger.exists():
        yield (
            f"{ledger}: lacks {count(number, 'version')} of those that are published; bring the "
            "file back from a backup or from git, or run `tracker publish`"
        )


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


def _stamped(app: App, archive: Archive) -> Findings:
    """Check the timestamps against themselves, their authority and the log."""
    folder, found = app.workspace.timestamps, stamps_of(app.workspace)
    if found == evidence.KeptTimestamps((), ()):
        return Findings([], [])
    problems = [*found.problems, *_unsound(app, found.kept)]
    problems += [
        f"{folder / one.name} is of another log: what was recorded by then was altered or removed"
        for one in evidence.mismatched(archive, standing_stamps(app))
    ]
    number = count(len(found.kept), "timestamp")
    if not evidence.can_stamp():
        how = "pip install 'terms-tracker[timestamp]'"
        return Findings(problems, [f"{number} could not be checked with their authority: {how}"])
    by = "data/timestamp-ca.pem" if authorities_of(app.workspace) else "the certificates in them"
    return Findings(problems, [], f", {number} by {by}")


def _unsound(app: App, stamps: Sequence[evidence.KeptTimestamp]) -> Iterator[str]:
    for one, found in examined(app.workspace, stamps):
        if isinstance(found, evidence.Unsound):
            yield f"{app.workspace.timestamps / one.name}/token.tsr {found}"
