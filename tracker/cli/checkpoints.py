"""Checkpoints: what the log holds, signed and stamped where that is possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import click

from tracker import evidence
from tracker.archive import Archive
from tracker.audit import Head
from tracker.entries import GENESIS, LOGS
from tracker.errors import ArchiveError
from tracker.publisher.terminal import harmless
from tracker.workspace import Workspace


def heads_of(archive: Archive) -> dict[str, Head]:
    """The heads of all logs, as they were last written; of a log that is empty too."""
    return {log: archive.head(log) or Head(0, GENESIS, ()) for log in LOGS}


def key_of(workspace: Workspace) -> evidence.Key | None:
    """The key of this archive, None where there is none or nothing to use it with."""
    return evidence.load_key(workspace.key) if evidence.can_sign() else None


def public_key(workspace: Workspace) -> str:
    """The public key as published, empty where there is none."""
    key = key_of(workspace)
    return evidence.verifier(_origin(workspace), key.public) if key else ""


def new_checkpoint(workspace: Workspace, heads: Mapping[str, Head]) -> str:
    """The checkpoint of these heads, empty for an archive without captures.

    The key is made on first use; where it cannot be, the checkpoint stays unsigned and a
    sentence says so.
    """
    if not heads["captures"].size:
        return ""
    body = evidence.checkpoint_body(_origin(workspace), heads)
    if not evidence.can_sign():
        return body
    key = key_of(workspace)
    if key is None:
        try:
            key = evidence.make_key(workspace.key)
        except ArchiveError as error:
            click.echo(f"Note: the checkpoint is not signed: {harmless(str(error))}", err=True)
            return body
    return evidence.signed(body, key)


# ── timestamps ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sealed:
    """A kept timestamp that was found to be sound, and what it says."""

    stamp: evidence.Stamp
    seal: evidence.Seal


def stamps_of(workspace: Workspace) -> evidence.Stamps:
    """The timestamps that are kept."""
    return evidence.load_stamps(workspace.timestamps)


def authorities_of(workspace: Workspace) -> bytes | None:
    """The certificates that timestamps have to lead to; None where the operator put none."""
    try:
        return workspace.timestamp_ca.read_bytes()
    except FileNotFoundError:
        return None


def sealed(workspace: Workspace, stamps: Iterable[evidence.Stamp]) -> Iterator[Sealed]:
    """Those that are sound, as far as that can be told here; none without the means to tell."""
    for stamp, found in examined(workspace, stamps):
        if isinstance(found, evidence.Seal):
            yield Sealed(stamp, found)


def examined(
    workspace: Workspace, stamps: Iterable[evidence.Stamp]
) -> Iterator[tuple[evidence.Stamp, evidence.Seal | evidence.Unsound]]:
    """What each says, or what is wrong with it; nothing without the means to tell."""
    if not evidence.can_stamp():
        return
    authorities = authorities_of(workspace)
    for stamp in stamps:
        try:
            yield stamp, evidence.sealed(stamp.text.encode(), stamp.token, authorities)
        except evidence.Unsound as error:
            yield stamp, error


def newest_stamp(workspace: Workspace, size: int) -> Sealed | None:
    """The newest timestamp of a log that has `size` captures now."""
    fitting = [s for s in stamps_of(workspace).kept if s.note.size <= size]
    return next(sealed(workspace, reversed(fitting)), None)


def _origin(workspace: Workspace) -> str:
    return evidence.origin_of(workspace.settings.site_url)
