"""What every command works on, and how it speaks."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import click

from tracker.archive import Archive
from tracker.cli import logs
from tracker.cli.checkpoints import heads_of, new_checkpoint, public_key
from tracker.declarations import find
from tracker.differ import Undecodable, read
from tracker.errors import ArchiveError
from tracker.history import history
from tracker.lock import held_folder
from tracker.model import Capture, Document, History, Reading, Source
from tracker.publisher import publish
from tracker.publisher.terminal import harmless
from tracker.workspace import Workspace, open_workspace, put

__all__ = ["App", "chosen", "colour", "harmless", "parse_time", "print_json", "say", "width"]

_WIDEST = 100


@dataclass
class App:
    """A root and a time, both fixed for the whole run of a command."""

    root: Path
    now: datetime

    @cached_property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def histories(self, wanted: Sequence[str] = ()) -> list[History]:
        """The histories of the documents `wanted` (all if none is named)."""
        with Archive(self.workspace.archive) as archive:
            return self._histories(archive, wanted, {})

    def _histories(
        self, archive: Archive, wanted: Sequence[str], sizes: Mapping[str, int]
    ) -> list[History]:
        """As `histories`; of each log only so many first rows, all of those not in `sizes`."""
        topics, reader = self.workspace.topics, _reader(archive)
        documents = chosen(self._documents(archive, sizes.get("documents")), wanted)
        first = sizes.get("captures")
        return [history(d, archive.captures(d.id, first), reader, topics) for d in documents]

    def _documents(self, archive: Archive, first: int | None) -> list[Document]:
        """What is declared, and what was recorded before without being declared now."""
        declared = self.workspace.declared.documents
        known = {d.id: d for d in (*archive.documents(first), *declared)}
        return [known[name] for name in sorted(known)]

    def publication(
        self, archive: Archive, sizes: Mapping[str, int], checkpoint: str
    ) -> dict[str, bytes]:
        """All files of feeds/ as they follow from so many first rows of the logs."""
        workspace = self.workspace
        histories = self._histories(archive, (), sizes)
        files = publish(histories, workspace.topics, workspace.settings, checkpoint)
        if checkpoint:
            files["status/checkpoint"] = checkpoint.encode()
        if key := checkpoint and public_key(workspace):
            files["status/key"] = f"{key}\n".encode()
        return files

    def publish(self) -> None:
        """Write feeds/ from data/ and say how much of it changed."""
        workspace = self.workspace
        with held_folder(self.root), Archive(workspace.archive) as archive:
            heads = heads_of(archive)
            sizes = {log: head.size for log, head in heads.items()}
            files = self.publication(archive, sizes, new_checkpoint(workspace, heads))
            changed = put(workspace.feeds, files)
        logs.event("published", folder=str(workspace.feeds), changed=changed, files=len(files))
        click.echo(f"{workspace.feeds}: {changed} of {len(files)} files changed")


def chosen(documents: Sequence[Document], wanted: Sequence[str]) -> list[Document]:
    """The documents named by any unambiguous part of their names; all where none is named."""
    if not wanted:
        return list(documents)
    return list({d.id: d for d in (find(documents, name) for name in wanted)}.values())


def _reader(archive: Archive) -> Callable[[Capture], Reading]:
    """Reads captures, each text once: pages that flap come back many times."""
    known: dict[tuple[str, Source | None, str | None], Reading] = {}

    def reader(capture: Capture) -> Reading:
        key = (capture.document, capture.source, capture.text)
        if key not in known:
            known[key] = fresh(capture)
        return known[key]

    def fresh(capture: Capture) -> Reading:
        body, media = archive.readable(capture)
        try:
            return read(body, media, capture.source)
        except Undecodable as error:
            problem = f"{capture.document}: a kept page cannot be read any more: {error}."
            raise ArchiveError(problem) from error

    return reader


def parse_time(text: str, name: str) -> datetime:
    """An ISO time as UTC; without an offset it is taken for UTC. Exit status 2 otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        problem = f"{text!r} is not an ISO time such as 2025-11-05T12:00Z."
        raise click.BadParameter(problem, param_hint=name) from error
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def say(text: str) -> None:
    """Text for people, on standard output; colours go through only where they are wanted."""
    click.echo(text, color=colour())


def print_json(value: object) -> None:
    """Data for programs, on standard output."""
    click.echo(json.dumps(value, ensure_ascii=True, indent=2))


def colour() -> bool:
    """Whether to colour: only on a terminal, and not where NO_COLOR asks not to."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width() -> int:
    """How wide a line may be; lines of law are hard to read when wider than a page."""
    return min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
