"""The installation a command works on, made by the terminal's options."""

from __future__ import annotations

from datetime import datetime

import click

from tracker.app.app import App
from tracker.model import utc

#: Hands the installation to a command as its first argument.
pass_app = click.make_pass_decorator(App)


def parse_time(text: str, name: str) -> datetime:
    """Parse an ISO time as UTC; without an offset it is taken for UTC. Exit status 2 otherwise."""
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError as error:
        problem = f"{text!r} is not an ISO time such as 2025-11-05T12:00Z."
        raise click.BadParameter(problem, param_hint=name) from error


def failing(failed: bool) -> None:
    """End the command with exit status 1 where something `failed`."""
    if failed:
        click.get_current_context().exit(1)
