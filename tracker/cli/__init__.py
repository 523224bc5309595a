"""The command line: arguments, the clock, exit codes. Nothing is decided here."""

from __future__ import annotations

import errno
import gc
import io
import logging
import sys
import traceback
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from tracker import __version__
from tracker._support.containment import unexpected
from tracker._support.nearest import nearest
from tracker.app.app import App
from tracker.cli import _completion, _logging  # noqa: F401 (completion is registered)
from tracker.cli._app import parse_time
from tracker.cli._output import QUIET, TERMINAL
from tracker.errors import TrackerError
from tracker.publisher.terminal import harmless

#: Each command is in a module of its name, and only that of the one that is asked for is imported.
COMMANDS = (
    "backup changes compare demo diff doctor evidence fetch guide import init log move-bodies "
    "notify now publish restore run serve show status timestamp verify"
).split()


def module_of(name: str) -> str:
    """Name the module of a command; `import` is a word of Python's."""
    return "import_" if name == "import" else name.replace("-", "_")


class _Commands(click.Group):
    """Turns our errors into one sentence on standard error and the exit code they stand for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        # What is imported stays: to look for garbage in it costs as much as a third of the import.
        gc.disable()
        module = module_of(name)
        command: click.Command = getattr(import_module(f"tracker.cli.{module}"), module)
        gc.freeze()
        gc.enable()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            meant = nearest(args[0], COMMANDS)
            if not meant:
                raise
            way_out = f"{error.message} Did you mean {' or '.join(meant)}?"
            raise click.UsageError(way_out, ctx) from error

    def main(self, *arguments: Any, **more: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # what it cannot show is shown by its number
                stream.reconfigure(errors="backslashreplace")
        return super().main(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        _logging.event("begun", arguments=sys.argv[1:])
        try:
            done = super().invoke(ctx)
        except TrackerError as error:
            _logging.event("failed", level=logging.ERROR, error=str(error), status=error.exit_code)
            click.echo(f"Error: {harmless(str(error))}", err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            if error.errno == errno.EPIPE:  # a pager that was left
                raise
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {harmless(where)}{error.strerror or error}.", err=True)
            ctx.exit(1)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, it is told in one sentence)
            trace = "".join(traceback.format_exception(error))
            _logging.event("failed", level=logging.ERROR, error=str(error), trace=trace)
            sentence = f"{ctx.invoked_subcommand}: {unexpected(error)}; nothing recorded is lost."
            click.echo(f"Error: {harmless(sentence)}", err=True)
            ctx.exit(1)
        if isinstance(ctx.obj, App) and ctx.obj.failed:
            ctx.exit(1)
        return done


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tracker")
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The folder that holds data/ and feeds/ (default: here).",
)
@click.option(
    "--now", metavar="TIME", help="Take this ISO time for the present, as in 2025-11-05T12:00Z."
)
@click.option(
    "--log",
    type=click.Choice(["json"]),
    is_eager=True,
    expose_value=False,
    callback=lambda _context, _option, kind: _logging.listen(bool(kind)),
    help="Write what happens to standard error, one JSON object a line.",
)
@click.option(
    "--quiet",
    is_flag=True,
    help="Say only what went wrong, on standard error: for timers that mail what is said.",
)
@click.pass_context
def main(ctx: click.Context, root: Path, now: str | None, quiet: bool) -> None:
    """Track what terms of service say about generative AI and targeted advertising.

    \b
    Try it:          tracker demo            the whole job on a bundled sample, into ./demo/
    Track LinkedIn:  tracker run             fetch every declared document, then publish
    Read:            tracker now             what the texts say now, question by question
                     tracker log             what changed, newest first
                     tracker diff eu         the last change of the document named ...@eu
                     tracker status          what was last seen, and what stands in the way

    What is watched is declared in data/declarations/ and data/topics.toml; a folder without them
    starts from those that ship with the program. What was seen is kept in data/archive.db. What
    follows from it is written to feeds/: open feeds/index.html, or subscribe to feeds/all.xml.
    """
    time = parse_time(now, "--now") if now else datetime.now(UTC)
    ctx.obj = App(root, time, QUIET if quiet else TERMINAL)
