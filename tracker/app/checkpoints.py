"""Checkpoints: what the log holds, signed and stamped where that is possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tracker import evidence
from tracker.app.app import App
from tracker.app.workspace import Workspace
from tracker.archive.integrity import EMPTY, Head
from tracker.archive.log_entries import LOGS
from tracker.archive.store import Archive
from tracker.errors import ArchiveError


def heads_of(archive: Archive) -> dict[str, Head]:
    """Return the heads of all logs as they were last written, also of a log that is empty."""
    return {log: archive.head(log) or EMPTY for log in LOGS}


def key_of(workspace: Workspace) -> evidence.Key | None:
    """Return the key of this archive, None where there is none or nothing to use it with."""
    return evidence.load_key(workspace.key) if evidence.can_sign() else None


def public_key(workspace: Workspace) -> str:
    """Return the public key as published, empty where there is none."""
    key = key_of(workspace)
    return evidence.verifier(_origin(workspace), key.public) if key else ""


def new_checkpoint(app: App, heads: Mapping[str, Head]) -> str:
    """Return the checkpoint of these heads, empty for an archive without captures.

    The key is made on first use; where it cannot be, the checkpoint stays unsigned and a
    sentence says so.
    """
    if not heads["captures"].size:
        return ""
    body = evidence.checkpoint_body(_origin(app.workspace), heads)
    if not evidence.can_sign():
        return body
    key = key_of(app.workspace)
    if key is None:
        try:
            key = evidence.make_key(app.workspace.key)
        except ArchiveError as error:
            app.progress.note(f"the checkpoint is not signed: {error}")
            return body
    return evidence.signed(body, key)


def checkpoint_of(workspace: Workspace, heads: Mapping[str, Head]) -> str:
    """Return the checkpoint of these heads, signed where there is a key."""
    body, key = evidence.checkpoint_body(_origin(workspace), heads), key_of(workspace)
    return evidence.signed(body, key) if key else body


# ── one past ──────────────────────────────────────────────────────────────────────


def one_past(
    app: App, archive: Archive, heads: Mapping[str, Head], *, accept: bool = False
) -> evidence.LogComparison:
    """Compare the log with every checkpoint that others may hold, before it gives out another one.

    Raises Forked where it contradicts one; with `accept` that one is given up, for good and on
    record.
    """
    found = evidence.compared(app.root, archive, heads)
    for remark in found.remarks:
        app.progress.note(remark)
    if not found.contradicted:
        return found
    if not accept:
        raise evidence.forked(archive.path, heads, found.contradicted)
    instead = new_checkpoint(app, heads)
    evidence.give_up(app.root, found.contradicted, instead, app.now)
    app.progress.say(
        f"Given up, and recorded in {evidence.FORKS}: {evidence.named(found.contradicted)}."
    )
    return evidence.compared(app.root, archive, heads)


def keep(app: App, text: str, heads: Mapping[str, Head], found: evidence.LogComparison) -> None:
    """Keep the checkpoint that is about to be given out, or say why that cannot be."""
    if not text:
        return
    try:
        evidence.keep(app.root, text, heads, found.stamps)
    except ArchiveError as error:
        app.progress.note(f"the checkpoint is not kept: {error}")


def standing_stamps(app: App) -> tuple[evidence.KeptTimestamp, ...]:
    """Return the timestamps that are kept, without those of a log that was given up."""
    given_up = {fork.given.claim for fork in evidence.load_forks(app.root)}
    kept = stamps_of(app.workspace).kept
    return tuple(s for s in kept if s.note.body.partition("\n")[2] not in given_up)


# ── timestamps ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sealed:
    """A kept timestamp that was found to be sound, and what it says."""

    stamp: evidence.KeptTimestamp
    seal: evidence.VerifiedTimestamp


def stamps_of(workspace: Workspace) -> evidence.KeptTimestamps:
    """Return the timestamps that are kept."""
    return evidence.load_stamps(workspace.timestamps)


def authorities_of(workspace: Workspace) -> bytes | None:
    """Return the certificates that timestamps have to lead to; None where the operator put none."""
    try:
        return workspace.timestamp_ca.read_bytes()
    except FileNotFoundError:
        return None


def sealed(workspace: Workspace, stamps: Iterable[evidence.KeptTimestamp]) -> Iterator[Sealed]:
    """Yield those that are sound, as far as can be told here; none without the means to tell."""
    for stamp, found in examined(workspace, stamps):
        if isinstance(found, evidence.VerifiedTimestamp):
            yield Sealed(stamp, found)


def examined(
    workspace: Workspace, stamps: Iterable[evidence.KeptTimestamp]
) -> Iterator[tuple[evidence.KeptTimestamp, evidence.VerifiedTimestamp | evidence.Unsound]]:
    """Yield each with its content, or its fault; nothing without the means to tell."""
    if not evidence.can_stamp():
        return
    authorities = authorities_of(workspace)
    for stamp in stamps:
        try:
            yield stamp, evidence.sealed(stamp.text.encode(), stamp.token, authorities)
        except evidence.Unsound as error:
            yield stamp, error


def newest_stamp(app: App, size: int) -> Sealed | None:
    """Return the newest timestamp of a log that has `size` captures now."""
    fitting = [s for s in standing_stamps(app) if s.note.size <= size]
    return next(sealed(app.workspace, reversed(fitting)), None)


def _origin(workspace: Workspace) -> str:
    return evidence.origin_of(workspace.settings.site_url)
