"""A root folder for the demonstration, made and removed by it alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from tracker.demo import declarations
from tracker.errors import UsageError

_MARK = "made-by-tracker-demo.txt"
_MARK_TEXT = "Made by `tracker demo`, which removes and remakes this folder. Keep nothing here.\n"


def make_room(root: Path) -> None:
    """Empty a folder that the demonstration made before. Raises UsageError for any other."""
    if root.exists() and not (root / _MARK).is_file():
        raise UsageError(f"{root} exists and was not made by this command; move it out of the way.")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / _MARK).write_text(_MARK_TEXT, encoding="utf-8")


def declare(root: Path, url: str) -> None:
    """Write the declarations of the sample service at `url`."""
    for name, text in declarations(url).items():
        file = root / "data" / "declarations" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
