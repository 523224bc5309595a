"""A new instance, written into a folder anywhere."""

from __future__ import annotations

from pathlib import Path

from tracker.app.workspace import starter
from tracker.config import settings, sources, topics
from tracker.errors import UsageError


def create(root: Path) -> list[Path]:
    """Write a new instance into `root`; return its files.

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
    """Return the files that a new instance starts from, by path under `data/`."""
    folder = starter("declarations")
    found = {f"declarations/{p.relative_to(folder).as_posix()}": p for p in folder.rglob("*.json")}
    found |= {name: starter(name) for name in (topics.FILE, settings.FILE, sources.FILE)}
    return {name: path.read_bytes() for name, path in sorted(found.items())}
