"""`tracker notify`: send what is new."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.notify import notify as sent
from tracker.app.notify import prepared
from tracker.cli._app import failing, pass_app


@click.command()
@pass_app
def notify(app: App) -> None:
    """Send what is new to the addresses under [notify] in data/settings.toml.

    \b
    [notify]
    generative-ai = ["mailto://me:${MAIL_PASSWORD}@example.org"]
    all = ["slack://${SLACK_TOKENS}", "jsons://hooks.example/terms"]
    status = ["ntfy://my-tracker"]

    Each name is a feed: all, upcoming, status, a topic, an edition or a document. An address is
    one of apprise (mail, chat, webhook); ${NAME} in it comes from the environment. Each item goes
    to each address once; after a crash it may go twice. An address gets what is first seen after
    it was first used, never the past. The order of the addresses under a name counts.

    Where data/settings.toml names a websub_hub, it is told which feeds have something new: run this
    once feeds/ is where readers find it.

    Exit status: 0 all sent, 1 something could not be sent (it is tried again next time), 2 wrong
    use.
    """
    failing(sent(app, *prepared(app)))
