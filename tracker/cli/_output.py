"""Words to a terminal: text for people, JSON for programs, and how a use case goes."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click

from tracker.app.progress import Progress
from tracker.cli import _logging
from tracker.errors import UsageError
from tracker.model import Revision
from tracker.publisher.terminal import harmless
from tracker.publisher.words import count

_Item = TypeVar("_Item")
_WIDEST = 100  # columns


def say(text: str) -> None:
    """Print text for people; on a terminal, through a pager where it is long.

    Colours go through only where they are wanted.
    """
    if sys.stdout.isatty() and text.count("\n") + 2 > shutil.get_terminal_size().lines:
        click.echo_via_pager(f"{text}\n", color=colour())
    else:
        click.echo(text, color=colour())


def show(text: str) -> None:
    """Show on a terminal what is being done, on a line that the next one replaces or "" clears."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)


def note(text: str) -> None:
    """Print a remark for people on standard error."""
    click.echo(f"Note: {harmless(text)}", err=True)


def warn(text: str) -> None:
    """Print on standard error that something could not be done."""
    show("")
    click.echo(f"Error: {harmless(text)}", err=True)


def tell(text: str) -> None:
    """Print a result that may hold any characters."""
    click.echo(harmless(text))


TERMINAL = Progress(
    doing=show, say=tell, failed=tell, note=note, problem=warn, event=_logging.event
)
#: For timers: nothing is said unless something went wrong.
QUIET = Progress(failed=warn, problem=warn, event=_logging.event)


def write_word(revision: Revision, service: str, file: Path) -> None:
    """Write a revision as a Word file. Raises UsageError where a file is there or cannot be."""
    from tracker.publisher.word_file import word_file

    try:
        with file.open("xb") as fresh:
            fresh.write(word_file(revision, service))
    except FileExistsError as error:
        raise UsageError(f"{file} exists; move it away or name another file.") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}).") from error
    tell(f"{file}: {count(len(revision.changes), 'change')} to accept or reject.")


def print_json(value: object) -> None:
    """Print data for programs on standard output."""
    click.echo(json.dumps(value, ensure_ascii=True, indent=2))


def colour() -> bool:
    """Decide whether to colour: only on a terminal, and not where NO_COLOR asks not to."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width(widest: int = _WIDEST) -> int:
    """Return how many columns a line may have; long lines of law are hard to read."""
    return min(shutil.get_terminal_size((widest, 24)).columns, widest)


def with_bar(
    items: Iterable[_Item], length: int | None, label: str = "importing"
) -> Iterator[_Item]:
    """Pass on items as they come, with a bar on standard error where that is a terminal."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        items, length=length, label=label, file=sys.stderr, hidden=hidden
    ) as bar:
        yield from bar
