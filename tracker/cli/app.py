"""What every command works on, and how it speaks."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import click

from tracker.app.workspace import Workspace, open_workspace
from tracker.cli import logs
from tracker.config.declarations import find
from tracker.config.validation import Refusal
from tracker.model import Document, utc
from tracker.publisher.terminal import harmless

__all__ = [
    "App",
    "chosen",
    "colour",
    "harmless",
    "parse_time",
    "print_json",
    "say",
    "show",
    "watched",
    "width",
]

_WIDEST = 100


@dataclass
class App:
    """A root and a time, both fixed for the whole run of a command.

    `failed` is whether something was named that could not be done while all else was: exit 1.
    """

    root: Path
    now: datetime
    failed: bool = False
    _named: set[str] = field(default_factory=set)

    @cached_property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def complain(self, sentence: str, *, fails: bool = True, **facts: object) -> None:
        """Name something that could not be done, once, and go on."""
        self.failed |= fails
        if sentence in self._named:
            return
        self._named.add(sentence)
        logs.event("failed", level=logging.ERROR, error=sentence, **facts)
        show("")
        click.echo(f"Error: {harmless(sentence)}", err=True)

    def name_refusals(self, refusals: Iterable[Refusal], *, fails: bool = True) -> None:
        """Name everything in the operator's files that cannot be accepted."""
        for refusal in refusals:
            for reason in refusal.reasons:
                self.complain(f"{refusal.file}: {reason}", fails=fails)


def watched(app: App, wanted: Sequence[str] = ()) -> list[Document]:
    """The declared documents that are meant, all where none is named.

    What is refused of those is named; of others nothing is said.
    """
    workspace = app.workspace
    declared, refusals = workspace.declared.documents, workspace.declared.refusals
    if not wanted:
        app.name_refusals(refusals)
        return list(declared)
    refused = {name: _refused(name, declared, refusals) for name in wanted}
    app.name_refusals(refusal for found in refused.values() for refusal in found)
    names = [name for name in wanted if not refused[name]]
    return chosen(declared, names) if names else []


def _refused(name: str, declared: Sequence[Document], refusals: Sequence[Refusal]) -> list[Refusal]:
    """The refusals of what is meant by a name; none where it is a name of what is accepted."""
    part = name.strip().casefold()
    if any(part in document.id for document in declared):
        return []
    return [r for r in refusals if part in r.document.id or r.concerns(part)]


def chosen(documents: Sequence[Document], wanted: Sequence[str]) -> list[Document]:
    """The documents named by any unambiguous part of their names; all where none is named."""
    if not wanted:
        return list(documents)
    return list({d.id: d for d in (find(documents, name) for name in wanted)}.values())


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


def show(text: str) -> None:
    """What is being done, on a line of the terminal that the next one replaces; "" clears it."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)


def print_json(value: object) -> None:
    """Data for programs, on standard output."""
    click.echo(json.dumps(value, ensure_ascii=True, indent=2))


def colour() -> bool:
    """Whether to colour: only on a terminal, and not where NO_COLOR asks not to."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width(widest: int = _WIDEST) -> int:
    """How wide a line may be; lines of law are hard to read when wider than a page."""
    return min(shutil.get_terminal_size((widest, 24)).columns, widest)
