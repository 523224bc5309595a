"""`tracker serve`: show the published site on this machine."""

from __future__ import annotations

import click

from tracker._support.web_root import web_root
from tracker.app.app import App
from tracker.app.site_server import HOST, site_server, site_url_of
from tracker.cli._app import pass_app
from tracker.cli._output import note
from tracker.errors import UsageError


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port on this machine; 0 takes any that is free.",
)
@pass_app
def serve(app: App, port: int) -> None:
    """Show the published site on this machine alone, until interrupted.

    It is what was last published that is shown; nothing is fetched. Links inside the feeds lead
    here, to port 8000, until site_url says where the site lives.
    """
    feeds = app.root / "feeds"
    target = web_root(feeds)
    if not (feeds / "index.html").is_file():
        raise UsageError(f"{feeds} holds no site yet; run: tracker publish")
    try:
        server = site_server(target, port, site_url_of(app.root), note)
    except OSError as error:
        problem = f"Port {port} cannot be used ({error.strerror}); choose another with --port."
        raise UsageError(problem) from error
    with server:
        click.echo(f"{feeds} is shown at http://{HOST}:{server.server_port}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo()
