"""The root folder: where everything stands in it, and what its operator declared.

A root without declarations, topics or settings of its own starts from those that ship with the
program.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracker import corrections, declarations, names, settings, topics
from tracker.declarations import Declared
from tracker.model import Correction, Settings, Topic

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Workspace:
    """A root folder and what its operator wrote into it."""

    root: Path
    declared: Declared
    topics: tuple[Topic, ...]
    settings: Settings
    corrections: tuple[Correction, ...] = ()

    @property
    def archive(self) -> Path:
        return self.root / "data" / "archive.db"

    @property
    def cache(self) -> Path:
        """What may be thrown away at will."""
        return self.root / ".cache" / "derived.db"

    @property
    def feeds(self) -> Path:
        return self.root / "feeds"

    @property
    def key(self) -> Path:
        return self.root / "data" / "signing.key"


def open_workspace(root: Path) -> Workspace:
    """Read what was declared under `root`. Raises DeclarationError, having done nothing."""
    data = root / "data"
    folder = data / "declarations"
    declared = declarations.load(folder if folder.is_dir() else starter("declarations"))
    file = data / "topics.toml"
    watched = topics.load(file if file.is_file() else starter("topics.toml"))
    own = (data / settings.FILE).is_file()
    said = settings.load(data if own else starter(""))
    names.check(declared, watched, said)
    return Workspace(root, declared, watched, said, corrections.load(data))


def starter(name: str) -> Path:
    """What a root without its own starts from: in the wheel, or where a checkout keeps it."""
    shipped = _PACKAGE / "starter" / name
    return shipped if shipped.exists() else _PACKAGE.parent / "data" / name
