"""`tracker demo`: the whole job on the bundled sample, by the ordinary commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from tracker.cli.app import App, say, width
from tracker.cli.publishing import publish_all
from tracker.cli.seeing import fetch_all
from tracker.cli.session import histories_of
from tracker.demo import STATES, declarations
from tracker.demo.server import DemoService
from tracker.errors import UsageError
from tracker.publisher import terminal

_MARK = "made-by-tracker-demo.txt"
_MARK_TEXT = "Made by `tracker demo`, which removes and remakes this folder. Keep nothing here.\n"


@click.command()
@click.make_pass_decorator(App)
def demo(app: App) -> None:
    """Do the whole job on a bundled sample service, into ./demo/.

    Serves the legal pages of a fictional network on this machine as they stood on three days,
    visits them on each, and publishes a feed and a changelog. Nothing leaves this machine.
    """
    root = app.root / "demo"
    _make_room(root)
    with DemoService() as service:
        _declare(root, service.url)
        host = service.url.removeprefix("http://")
        for state in STATES:
            service.state = state
            click.echo(f"\n{state:%-d %B %Y}")
            day = App(root, state)
            fetch_all(day, (), force=False, hosts=(host,))
            publish_all(day, note=False)
    _conclude(App(root, STATES[-1]))


def _make_room(root: Path) -> None:
    if root.exists() and not (root / _MARK).is_file():
        raise UsageError(f"{root} exists and was not made by this command; move it out of the way.")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / _MARK).write_text(_MARK_TEXT, encoding="utf-8")


def _declare(root: Path, url: str) -> None:
    for name, text in declarations(url).items():
        file = root / "data" / "declarations" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _conclude(app: App) -> None:
    """What was found, and where to look."""
    topics = app.workspace.topics
    click.echo("\nWhat changed, newest first:\n")
    say(terminal.log(histories_of(app), topics, colour=False, width=width()))
    feeds = ", ".join(f"{topic.id}.xml" for topic in topics)
    click.echo(
        f"\nLook at    {app.workspace.feeds / 'index.html'}"
        f"\nSubscribe  {app.workspace.feeds / 'all.xml'}  (or only {feeds})"
        f"\nAsk        tracker --root {app.root} diff eu"
    )


COMMANDS = (demo,)
