"""The options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])

documents = click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people."
)
allow_host = click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Let this loopback or private host be fetched (repeatable).",
)
accept_fork = click.option(
    "--accept-fork",
    is_flag=True,
    help="Go on although the log contradicts what was published: recorded, and shown to readers.",
)


def formats(command: _Command) -> _Command:
    """Add `--format`, and `--json` as its short form."""
    short = click.option("--json", "form", flag_value="json", help="The same as --format json.")
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "html"]),
        default="text",
        show_default=True,
        help="Text for people, JSON for programs, or HTML that needs no other file.",
    )
    return form(short(command))


def visiting(command: _Command) -> _Command:
    """Add the arguments that fetch and run share."""
    for option in (
        allow_host,
        click.option(
            "--force", is_flag=True, help="Visit a document although it was visited lately."
        ),
        documents,
    ):
        command = option(command)
    return command


def working(command: _Command) -> _Command:
    """Add `--workers` and `--scheduler`."""
    number = click.option(
        "--workers",
        "number",
        type=click.IntRange(1),
        default=1,
        metavar="N",
        help="Work in so many processes of this machine.",
    )
    scheduler = click.option(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="Work on the Dask cluster at tcp://HOST:PORT; the answers are the same.",
    )
    return number(scheduler(command))
