"""The fetcher of every use case that asks the network."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.app.app import App
from tracker.fetcher import Fetcher, HostMemory, Limits, user_agent


def fetcher(
    app: App,
    hosts: Sequence[str],
    limits: Limits | None = None,
    memory: HostMemory | None = None,
) -> Fetcher:
    """Make a fetcher by the operator's settings; private `hosts` are allowed besides."""
    settings = app.workspace.settings
    return Fetcher(
        user_agent=user_agent(settings.contact),
        allow_hosts=(*settings.allow_hosts, *hosts),
        obey_robots=settings.obey_robots,
        limits=limits or Limits(),
        memory=memory,
    )
