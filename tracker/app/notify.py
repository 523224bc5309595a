"""Notifications: new items go to the addresses that the settings name."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tracker.app.app import App
from tracker.app.delivery import FILE, Address, Ledger, Sender, addresses
from tracker.app.session import histories_of
from tracker.config.settings import FILE as SETTINGS
from tracker.errors import TrackerError, UsageError
from tracker.publisher.feeds.channel import Item
from tracker.publisher.feeds.channels import feed_items
from tracker.publisher.feeds.digest import week_of
from tracker.publisher.feeds.items import brief


def prepared(app: App) -> tuple[Sender, list[Address]]:
    """Get ready to send, before anything is done. Raises UsageError where that cannot be."""
    wanted = app.workspace.settings.notify
    if not wanted:
        if refusals := app.workspace.refusals_of(SETTINGS):
            raise UsageError(refusals[0].sentence)
        raise UsageError("settings.toml has no [notify] table that says where to send what.")
    known = addresses(wanted, os.environ)
    return Sender(known), known


def prepared_if_can_be(app: App) -> tuple[Sender, list[Address]] | None:
    """Get ready as one step of several: give None, and say why, where settings are refused."""
    try:
        return prepared(app)
    except UsageError as error:
        if not app.workspace.refusals_of(SETTINGS):
            raise
        app.complain(str(error))
        return None


def notify(app: App, sender: Sender, known: Iterable[Address]) -> bool:
    """Send every item that is due, saying how it went; return whether any could not be sent."""
    workspace = app.workspace
    app.name_refusals(workspace.refusals_of(SETTINGS))
    if workspace.unknown:
        raise TrackerError(workspace.unknown)
    items = feed_items(
        histories_of(app),
        workspace.topics,
        workspace.settings,
        workspace.corrections,
        until=week_of(app.now.date()),
    )
    with Ledger(workspace.root / "data" / FILE) as ledger:
        for address in known:
            mine = [item for item in items if address.feed in item.feeds]
            ledger.begin(address, [i.id for i in mine if i.published < app.now], app.now)
        refused = [a for a in known if not _served(app, a, items, sender, ledger)]
    return bool(refused)


def _served(
    app: App, address: Address, items: Iterable[Item], sender: Sender, ledger: Ledger
) -> bool:
    """Send one address what is due, oldest first; return whether it took everything.

    It stops at the first that is not taken, so that what comes later does not overtake it.
    """
    linked = bool(app.workspace.settings.site_url)
    for item in items:
        if address.feed not in item.feeds or ledger.has(address, item.id, item.published):
            continue
        shown = item.about(address.feed.rpartition("/")[2])
        done = sender.send(address, *brief(shown, linked=linked, room=sender.room(address)))
        if not done:
            app.progress.failed(f"{address.name}  NOT SENT: {item.title}")
            return False
        app.progress.say(f"{address.name}  sent: {item.title}")
        ledger.record(address, item.id, app.now)
    return True
