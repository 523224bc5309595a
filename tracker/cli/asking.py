"""Who asks the network, for every command that does."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tracker.cli.app import App
from tracker.fetcher import Fetcher, Limits, user_agent

allow_host = click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Let this loopback or private host be fetched (repeatable).",
)


def fetcher(app: App, hosts: Sequence[str], limits: Limits | None = None) -> Fetcher:
    """Who asks, as the operator's settings and `--allow-host` have it."""
    settings = app.workspace.settings
    return Fetcher(
        user_agent=user_agent(settings.contact),
        allow_hosts=(*settings.allow_hosts, *hosts),
        obey_robots=settings.obey_robots,
        limits=limits or Limits(),
    )
