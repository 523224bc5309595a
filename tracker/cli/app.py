"""What every command works on, and how it speaks."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

import click

from tracker.archive import Archive
from tracker.cli import logs
from tracker.cli.checkpoints import Sealed, heads_of, new_checkpoint, newest_stamp, public_key
from tracker.database import database
from tracker.declarations import find
from tracker.differ import Undecodable, read
from tracker.differ.topics import whole
from tracker.errors import ArchiveError
from tracker.history import Reader, history
from tracker.lock import held_folder
from tracker.model import Capture, Document, History, Reading, Source, utc
from tracker.outages import outages
from tracker.publisher import Rim, Timestamp, publish, strays
from tracker.publisher.terminal import harmless
from tracker.remembered import Remembered
from tracker.workspace import Workspace, open_workspace, put

__all__ = ["App", "chosen", "colour", "harmless", "parse_time", "print_json", "say", "width"]

#: Where the newest timestamp is published.
STAMPED = "status/checkpoint-stamped.tsr"
_WIDEST = 100
_UNPUBLISHED = (
    "Note: links in feeds and citations lead to http://localhost:8000/ (`tracker serve`) until "
    "data/settings.toml says in site_url where feeds/ is published."
)


@dataclass
class App:
    """A root and a time, both fixed for the whole run of a command."""

    root: Path
    now: datetime

    @cached_property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def histories(self, wanted: Sequence[str] = (), *, anew: bool = False) -> list[History]:
        """The histories of the documents `wanted` (all if none is named).

        `anew` uses nothing that was derived before: for what has to be proved.
        """
        with Archive(self.workspace.archive) as archive, self._cache() as cache:
            return self._histories(archive, None if anew else cache, wanted, {})

    def _cache(self, *, write: bool = False) -> Remembered:
        """What was derived before; with `write`, what is derived now is put there."""
        return Remembered(self.workspace.cache, write=write)

    def _histories(
        self,
        archive: Archive,
        cache: Remembered | None,
        wanted: Sequence[str],
        sizes: Mapping[str, int],
    ) -> list[History]:
        """As `histories`; of each log only so many first rows, all of those not in `sizes`.

        Without a cache everything is derived anew.
        """
        reader = _reader(archive, cache)
        documents = chosen(self._documents(archive, sizes.get("documents")), wanted)
        first = sizes.get("captures")
        return [self._history(d, archive.captures(d.id, first), reader, cache) for d in documents]

    def _history(
        self,
        document: Document,
        captures: list[Capture],
        reader: Reader,
        cache: Remembered | None,
    ) -> History:
        topics = self.workspace.topics
        derive = partial(history, document, captures, reader, topics)
        found = cache.history(document, captures, topics, derive) if cache else derive()
        return replace(found, outages=tuple(outages(captures)))

    def _documents(self, archive: Archive, first: int | None) -> list[Document]:
        """What is declared, and what was recorded before without being declared now."""
        declared = self.workspace.declared.documents
        known = {d.id: d for d in (*archive.documents(first), *declared)}
        return [known[name] for name in sorted(known)]

    def publication(
        self,
        archive: Archive,
        sizes: Mapping[str, int],
        checkpoint: str,
        stamped: Sealed | None,
        cache: Remembered | None = None,
    ) -> dict[str, bytes]:
        """All files of feeds/ as they follow from so many first rows of the logs."""
        given = self.workspace
        histories = self._histories(archive, cache, (), sizes)
        for stray in strays(given.corrections, histories):
            seen = stray.first_seen.isoformat()
            problem = f"there is no revision of {stray.document} first seen at {seen}"
            click.echo(f"corrections.toml: {problem}; `tracker log --json` has them all", err=True)
        rim = Rim(
            body=lambda c: archive.readable(c)[0],
            database=database,
            picture=_picture(),
            checkpoint=checkpoint,
            tagger=whole,
            timestamp=_told(stamped) if stamped else None,
        )
        files = publish(histories, given.topics, given.settings, given.corrections, rim)
        if checkpoint:
            files["status/checkpoint"] = checkpoint.encode()
        if key := checkpoint and public_key(given):
            files["status/key"] = f"{key}\n".encode()
        if stamped:
            files["status/checkpoint-stamped.txt"] = stamped.stamp.text.encode()
            files[STAMPED] = stamped.stamp.token
        return files

    def publish(self, *, note: bool = True) -> None:
        """Write feeds/ from data/ and say how much of it changed; `note` what is not set yet."""
        workspace = self.workspace
        with (
            held_folder(self.root),
            Archive(workspace.archive) as archive,
            self._cache(write=True) as cache,
        ):
            heads = heads_of(archive)
            sizes = {log: head.size for log, head in heads.items()}
            checkpoint = new_checkpoint(workspace, heads)
            stamped = newest_stamp(workspace, sizes["captures"])
            files = self.publication(archive, sizes, checkpoint, stamped, cache)
            changed = put(workspace.feeds, files)
        if not workspace.settings.site_url and note:
            click.echo(_UNPUBLISHED)
        logs.event("published", folder=str(workspace.feeds), changed=changed, files=len(files))
        click.echo(f"{workspace.feeds}: {changed} of {len(files)} files changed")


def _told(stamped: Sealed) -> Timestamp:
    return Timestamp(stamped.stamp.note.size, stamped.seal.time, stamped.seal.authority)


def _picture() -> Callable[[Sequence[str]], bytes] | None:
    """What draws the picture of a revision; None without the extra `pictures`."""
    try:
        from tracker.publisher.cards import draw
    except ImportError:
        return None
    return draw


def chosen(documents: Sequence[Document], wanted: Sequence[str]) -> list[Document]:
    """The documents named by any unambiguous part of their names; all where none is named."""
    if not wanted:
        return list(documents)
    return list({d.id: d for d in (find(documents, name) for name in wanted)}.values())


def _reader(archive: Archive, cache: Remembered | None) -> Reader:
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
            derive = partial(read, body, media, capture.source)
            return cache.reading(capture, body, media, derive) if cache else derive()
        except Undecodable as error:
            problem = f"{capture.document}: a kept page cannot be read any more: {error}."
            raise ArchiveError(problem) from error

    return reader


def parse_time(text: str, name: str) -> datetime:
    """An ISO time as UTC; without an offset it is taken for UTC. Exit status 2 otherwise."""
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError as error:
        problem = f"{text!r} is not an ISO time such as 2025-11-05T12:00Z."
        raise click.BadParameter(problem, param_hint=name) from error


def say(text: str) -> None:
    """Text for people, on standard output; on a terminal, through a pager where it is long.

    Colours go through only where they are wanted.
    """
    if sys.stdout.isatty() and text.count("\n") + 2 > shutil.get_terminal_size().lines:
        click.echo_via_pager(f"{text}\n", color=colour())
    else:
        click.echo(text, color=colour())


def print_json(value: object) -> None:
    """Data for programs, on standard output."""
    click.echo(json.dumps(value, ensure_ascii=True, indent=2))


def colour() -> bool:
    """Whether to colour: only on a terminal, and not where NO_COLOR asks not to."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width(widest: int = _WIDEST) -> int:
    """How wide a line may be; lines of law are hard to read when wider than a page."""
    return min(shutil.get_terminal_size((widest, 24)).columns, widest)
