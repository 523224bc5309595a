"""What every command works on, and how it speaks."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import click

from tracker.declarations import find
from tracker.model import Document, utc
from tracker.publisher.terminal import harmless
from tracker.workspace import Workspace, open_workspace

__all__ = [
    "App",
    "chosen",
    "colour",
    "harmless",
    "parse_time",
    "print_json",
    "say",
    "show",
    "width",
]

_WIDEST = 100


@dataclass
class App:
    """A root and a time, both fixed for the whole run of a command."""

    root: Path
    now: datetime

    @cached_property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)


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
