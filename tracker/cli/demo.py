"""`tracker demo`: the whole job on the bundled sample, by the ordinary commands."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.demo import conclusions, declare, make_room
from tracker.app.session import histories_of
from tracker.cli._app import pass_app
from tracker.cli._output import TERMINAL, say, width
from tracker.cli.fetch import fetch_all
from tracker.cli.publish import publish_all
from tracker.demo import STATES
from tracker.demo.server import DemoService
from tracker.publisher import terminal


@click.command()
@pass_app
def demo(app: App) -> None:
    """Do the whole job on a bundled sample service, into ./demo/.

    Serves the legal pages of a fictional network on this machine as they stood on three days,
    visits them on each, and publishes a feed and a changelog. Nothing leaves this machine.
    """
    root = app.root / "demo"
    make_room(root)
    with DemoService() as service:
        declare(root, service.url)
        host = service.url.removeprefix("http://")
        for state in STATES:
            service.state = state
            click.echo(f"\n{state:%-d %B %Y}")
            day = App(root, state, TERMINAL)
            fetch_all(day, (), force=False, hosts=(host,))
            publish_all(day, note=False)
    _conclude(App(root, STATES[-1], TERMINAL))


def _conclude(app: App) -> None:
    """Say what was found, and where to look."""
    topics, histories = app.workspace.topics, histories_of(app)
    click.echo("\nWhat changed, newest first:\n")
    say(terminal.log(histories, topics, colour=False, width=width()))
    click.echo("\nIn a sentence each:\n")
    for sentence in conclusions(histories, topics):
        say(terminal.sentence(sentence, width()))
    feeds = ", ".join(f"{topic.id}.xml" for topic in topics)
    click.echo(
        f"\nLook at    {app.workspace.feeds / 'index.html'}"
        f"\nSubscribe  {app.workspace.feeds / 'all.xml'}  (or only {feeds})"
        f"\nAsk        tracker --root {app.root} now generative-ai"
        f"\nCompare    tracker --root {app.root} diff eu"
    )
