"""`tracker init`: a new instance anywhere."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.app.workspace import starter
from tracker.cli.app import App
from tracker.config import settings
from tracker.errors import UsageError


@click.command()
@click.argument(
    "directory", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]"
)
@click.make_pass_decorator(App)
def init(app: App, directory: Path | None) -> None:
    """Start a new instance in DIR (default: here).

    Writes DIR/data/ with the declarations and topics that ship with the program, for you to
    change, and a settings.toml that explains every setting. Nothing that is there is touched.
    """
    root = app.root / directory if directory else app.root
    for path in create(root):
        click.echo(path)
    elsewhere = "" if root == Path() else f" --root {root}"
    click.echo(f"\nEdit what is watched there, then run: tracker{elsewhere} run")


def create(root: Path) -> list[Path]:
    """Write a new instance into `root`; the files it has then.

    Raises UsageError, having done nothing, where `root` has a `data/` with anything in it.
    """
    data = root / "data"
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise UsageError(f"{data} is there already; nothing was written.")
    files = {data / name: content for name, content in _files().items()}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise UsageError(f"{root} cannot be written ({error.strerror}).") from error
    return list(files)


def _files() -> dict[str, bytes]:
    """What a new instance starts from, by path under `data/`."""
    folder = starter("declarations")
    found = {f"declarations/{p.relative_to(folder).as_posix()}": p for p in folder.rglob("*.json")}
    found |= {name: starter(name) for name in ("topics.toml", settings.FILE)}
    return {name: path.read_bytes() for name, path in sorted(found.items())}


COMMANDS = (init,)
