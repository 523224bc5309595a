"""The checkpoint of a publication: what the log holds, signed where that is possible."""

from __future__ import annotations

from collections.abc import Mapping

import click

from tracker import evidence
from tracker.archive import Archive
from tracker.audit import Head
from tracker.errors import ArchiveError
from tracker.publisher.terminal import harmless
from tracker.rows import GENESIS, LOGS
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


def _origin(workspace: Workspace) -> str:
    return evidence.origin_of(workspace.settings.site_url)
