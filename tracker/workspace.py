"""The root folder: where everything stands in it, and what its operator declared.

A root without declarations, topics or settings of its own starts from those that ship with the
program.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracker import corrections, declarations, names, settings, topics
from tracker.archive import Archive
from tracker.bodies import Bodies
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

    @property
    def timestamps(self) -> Path:
        return self.root / "data" / "timestamps"

    @property
    def timestamp_ca(self) -> Path:
        """The certificates that timestamps have to lead to, where the operator put some."""
        return self.root / "data" / "timestamp-ca.pem"

    def open_archive(self, *, write: bool = False) -> Archive:
        """The archive, with the store in which its bodies are kept; `write` as `Archive` has it."""
        return Archive(self.archive, bodies_by(self.settings), write=write)


def open_workspace(root: Path) -> Workspace:
    """Read what was declared under `root`. Raises DeclarationError, having done nothing."""
    data = root / "data"
    folder = data / "declarations"
    declared = declarations.load(folder if folder.is_dir() else starter("declarations"))
    file = data / "topics.toml"
    watched = topics.load(file if file.is_file() else starter("topics.toml"))
    said = settings_of(root)
    names.check(declared, watched, said)
    return Workspace(root, declared, watched, said, corrections.load(data))


def settings_of(root: Path) -> Settings:
    """Only the settings of `root`; DeclarationError where they are wrong."""
    data = root / "data"
    own = (data / settings.FILE).is_file()
    return settings.load(data if own else starter(""))


def bodies_by(said: Settings, url: str = "") -> Bodies | None:
    """The store at `url`, else the one the settings name; None where bodies are kept inside."""
    address = url or said.bodies
    options = {protocol: dict(given) for protocol, given in said.bodies_options}
    return Bodies(address, options) if address else None


def starter(name: str) -> Path:
    """What a root without its own starts from: in the wheel, or where a checkout keeps it."""
    shipped = _PACKAGE / "starter" / name
    return shipped if shipped.exists() else _PACKAGE.parent / "data" / name
