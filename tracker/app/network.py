"""The fetcher of every use case that asks the network, and the client for repositories."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from tracker.app.app import App
from tracker.fetcher import Fetcher, HostMemory, Limits, talk, user_agent

if TYPE_CHECKING:
    import httpx


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


def asking(
    app: App, url: str, total_seconds: float = 3600.0
) -> AbstractContextManager[httpx.Client]:
    """Ask an address that the operator wrote; GitHub answers only what calls itself git."""
    agent = f"git/{user_agent(app.workspace.settings.contact)}"
    return talk(url, user_agent=agent, total_seconds=total_seconds)
