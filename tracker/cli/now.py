"""`tracker now`: what the texts in force say."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.questions import asked
from tracker.cli._app import pass_app
from tracker.cli._options import as_json, nothing_to_show
from tracker.cli._output import colour, print_json, say, width
from tracker.publisher import terminal
from tracker.publisher.answers import replies
from tracker.publisher.data import records


@click.command()
@click.argument("names", nargs=-1, metavar="[TOPIC] [DOCUMENT]...")
@as_json
@pass_app
def now(app: App, names: tuple[str, ...], as_json: bool) -> None:
    """Show what the texts in force say: the questions of a topic, and the sentences that answer.

    \b
    tracker now                            every question, every text
    tracker now generative-ai              the questions of a topic
    tracker now ads                        the same by a word of it
    tracker now generative-ai eu           only the texts of an edition, a service, or one document

    Since when a text has a sentence is told with it. A text without one is said to have none.
    Nothing is concluded beyond the words.
    """
    topics, histories = asked(app, names)
    if not any(history.versions for history in histories) and not as_json:
        say(nothing_to_show(app, histories))
        return
    found = [reply for history in histories for reply in replies(history, topics)]
    if as_json:
        print_json(records.in_force(found, topics, app.workspace.settings.site_url))
    else:
        say(terminal.now(found, topics, colour=colour(), width=width()))
