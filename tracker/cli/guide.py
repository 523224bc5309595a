"""`tracker guide`: the manual, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from tracker.cli._output import say
from tracker.errors import UsageError

#: The folder of the manual's pages, each a Markdown file that begins with its heading.
PAGES = Path(__file__).parent.parent / "guide"


@click.command()
@click.argument("page", required=False, default="", metavar="[PAGE]")
def guide(page: str) -> None:
    """List the pages of the manual, or show PAGE."""
    pages = {path.stem: path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.md"))}
    if not pages:
        raise UsageError("The manual is missing; install the program again with pip.")
    if page and page not in pages:
        raise UsageError(f"The manual has no page {page!r}; its pages are: {', '.join(pages)}.")
    say(pages[page].strip() if page else _listed(pages))


def _listed(pages: Mapping[str, str]) -> str:
    """List pages by name, each with its heading."""
    widest = max(map(len, pages))
    lines = [f"{name:{widest}}  {_heading(text)}" for name, text in pages.items()]
    return "\n".join([*lines, "", "tracker guide PAGE shows one of them."])


def _heading(text: str) -> str:
    """Return the first line of a page without its mark-up."""
    return text.lstrip().partition("\n")[0].lstrip("# ")
