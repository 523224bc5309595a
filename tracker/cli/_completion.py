"""Completion of names in a shell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from tracker.errors import TrackerError


class _Bash(BashComplete):
    """Completion for bash, with the @ of a document's name as a letter like any other."""

    source_template = "COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}\n" + BashComplete.source_template


add_completion_class(_Bash, "bash")


def documents(
    ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of documents that begin with what was typed, else those that have it."""
    return _fitting(_documents(_root(ctx)), incomplete)


def topics(
    ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of topics that begin with what was typed, else those that have it."""
    from tracker.app.workspace import open_workspace

    return _fitting([topic.id for topic in open_workspace(_root(ctx)).topics], incomplete)


def _root(ctx: click.Context) -> Path:
    given = ctx.find_root().params.get("root")
    return given if isinstance(given, Path) else Path()


def _documents(root: Path) -> list[str]:
    """Name what is declared under a root, and what was recorded before."""
    from tracker.app.workspace import open_workspace

    workspace = open_workspace(root)
    known = {document.id for document in workspace.declared.documents}
    with suppress(TrackerError), workspace.open_archive() as archive:
        known |= {document.id for document in archive.documents()}
    return sorted(known)


def _fitting(names: list[str], typed: str) -> list[CompletionItem]:
    wanted = typed.casefold()
    found = [n for n in names if n.startswith(wanted)] or [n for n in names if wanted in n]
    return [CompletionItem(name) for name in found]
