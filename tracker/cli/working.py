"""The options of commands that can be done by many workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def working(command: _Command) -> _Command:
    """`--workers` and `--scheduler`."""
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
