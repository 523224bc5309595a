"""Notifications: new items go to the addresses that the settings name, and a hub hears of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from tracker.app.app import App
from tracker.app.delivery import FILE, Address, Ledger, Sender, addresses
from tracker.app.network import fetcher
from tracker.app.session import histories_of
from tracker.config.settings import FILE as SETTINGS
from tracker.errors import TrackerError, UsageError
from tracker.model import Outcome
from tracker.publisher.feeds.channel import Item
from tracker.publisher.feeds.channels import feed_items
from tracker.publisher.feeds.digest import week_of
from tracker.publisher.feeds.formats import FORMATS
from tracker.publisher.feeds.items import brief
from tracker.publisher.urls import feed_file
from tracker.publisher.words import count

_HUB = "WebSub hub"
_FORM = "application/x-www-form-urlencoded"


def prepared(app: App) -> tuple[Sender, list[Address]]:
    """Get ready to send, before anything is done. Raises UsageError where that cannot be."""
    wanted = app.workspace.settings.notify
    if not wanted and not app.workspace.settings.websub_hub:
        if refusals := app.workspace.refusals_of(SETTINGS):
            raise UsageError(refusals[0].sentence)
        raise UsageError(
            "settings.toml has no [notify] table that says where to send what, and no websub_hub; "
            "`tracker guide operate` shows both."
        )
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


def notify(app: App, sender: Sender, known: Iterable[Address], hosts: Sequence[str] = ()) -> bool:
    """Send every item that is due, saying how it went; return whether any could not be sent.

    Private `hosts` may be asked, which is of use for a hub.
    """
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
        is_heard = _told_hub(app, items, ledger, hosts)
    return bool(refused) or not is_heard


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


def _told_hub(app: App, items: Iterable[Item], ledger: Ledger, hosts: Sequence[str]) -> bool:
    """Tell the hub of the settings which feeds have new items; return whether it took that.

    It fetches them then, and tells their readers (WebSub).
    """
    settings = app.workspace.settings
    if not settings.websub_hub:
        return True
    if not settings.site_url:
        app.progress.note("The hub was told nothing: settings.toml has no site_url.")
        return True
    hub = Address(_HUB, 1, settings.websub_hub)
    ledger.begin(hub, [item.id for item in items if item.published < app.now], app.now)
    due = [item for item in items if not ledger.has(hub, item.id, item.published)]
    names = sorted({name for item in due for name in item.feeds})
    if not names:
        return True
    feeds = [settings.site_url + feed_file(name, form.suffix) for name in names for form in FORMATS]
    asked = urlencode([("hub.mode", "publish"), *(("hub.url", feed) for feed in feeds)])
    with fetcher(app, hosts) as asking:
        answer = asking.post(hub.url, asked.encode(), _FORM, now=app.now)
    if answer.outcome is not Outcome.GOOD:
        app.progress.failed(f"{_HUB}  NOT TOLD: {answer.reason}")
        return False
    app.progress.say(f"{_HUB}  told of {count(len(names), 'feed')}")
    for item in due:
        ledger.record(hub, item.id, app.now)
    return True
