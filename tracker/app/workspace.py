"""The root folder: where everything stands in it, and what its operator declared.

A root without declarations, topics or settings of its own starts from those that ship with the
program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tracker._support.atomic_folder import published_names
from tracker._support.cache import DerivedCache, key_of
from tracker.archive import published
from tracker.archive.object_store import ObjectStore
from tracker.archive.store import Archive
from tracker.config import corrections, declarations, feed_names, settings, sources, topics
from tracker.config.declarations import Declared
from tracker.config.sources import Sources
from tracker.config.validation import Refusal, is_there, quoted, refused
from tracker.errors import DeclarationError
from tracker.model import Correction, Settings, Topic

_PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Followed:
    """What the last publication followed from, of what an operator writes; without addresses.

    It goes on while a file cannot be accepted, so that a typing error takes nothing back.
    """

    topics: tuple[Topic, ...]
    settings: Settings
    corrections: tuple[Correction, ...]
    sources: Sources = field(default_factory=Sources)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A root folder and what its operator wrote into it.

    `refusals` are all files, and documents, that cannot be accepted. `unknown` says why nothing
    can be published, empty where it can.
    """

    root: Path
    declared: Declared
    topics: tuple[Topic, ...]
    settings: Settings
    corrections: tuple[Correction, ...] = ()
    sources: Sources = field(default_factory=Sources)
    refusals: tuple[Refusal, ...] = ()
    unknown: str = ""

    @property
    def archive(self) -> Path:
        return self.root / "data" / "archive.db"

    @property
    def cache(self) -> Path:
        """What may be thrown away at will."""
        return self.root / ".cache" / "derived.db"

    @property
    def hosts(self) -> Path:
        """What hosts asked of us lately; may be thrown away, too."""
        return self.root / ".cache" / "hosts.json"

    @property
    def collections(self) -> Path:
        """The mirrors of collections that are followed; they may be thrown away at will."""
        return self.root / ".cache" / "collections"

    @property
    def feeds(self) -> Path:
        return self.root / "feeds"

    @property
    def published(self) -> Path:
        """The ledger of what was published, and by which names."""
        return self.root / "data" / published.FILE

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

    def refusals_of(self, file: str) -> tuple[Refusal, ...]:
        """Return the refusals of one of the operator's files, by its name."""
        return tuple(refusal for refusal in self.refusals if refusal.file == file)

    def open_archive(self, *, write: bool = False) -> Archive:
        """Open the archive with the store of its bodies; `write` is as `Archive` has it."""
        store = bodies_by(self.settings)
        return Archive(self.archive, store, write=write, verdicts=self.corrections)

    def remember(self, cache: DerivedCache) -> None:
        """Keep in mind what is published now, for when a file cannot be accepted."""
        said = replace(self.settings, notify=())  # addresses may hold secrets
        now = Followed(self.topics, said, self.corrections, self.sources)
        if _followed(cache) != now:
            cache.put(_FOLLOWED, key_of(_READ_BY), now)


_FOLLOWED, _READ_BY = "followed", ("model.py", "config/sources.py")


def _followed(cache: DerivedCache) -> Followed | None:
    return cache.get(_FOLLOWED, key_of(_READ_BY), Followed)


def open_workspace(root: Path) -> Workspace:
    """Read what was declared under `root`.

    What cannot be accepted of it is among the `refusals`; what a file said at the last
    publication goes on in its place, as far as that is remembered.
    """
    found = _read(root, None)
    if len(found.refusals) == len(found.declared.refusals):
        return found
    with DerivedCache(found.cache) as cache:
        followed = _followed(cache)
    return _read(root, followed) if followed else found


def _read(root: Path, followed: Followed | None) -> Workspace:
    data = root / "data"
    declared = feed_names.admitted(declarations.load(_own(data / "declarations")))
    watched, refusals = _topics(data / topics.FILE, declared)
    if watched is None and followed:
        watched = followed.topics
        declared = feed_names.admitted(declared, watched)
    said = _settings(root, followed)
    wanted, wrong = _notified(said.settings, declared, watched or ())
    corrected = corrections.load(data)
    ranked = _sources(root, followed)
    refusals += _merged(said.refusal, wrong) + _merged(corrected.refusal) + _merged(ranked.refusal)
    return Workspace(
        root,
        declared,
        watched or (),
        wanted,
        corrections.with_earlier(corrected, followed.corrections if followed else ()),
        ranked.sources,
        (*declared.refusals, *refusals),
        _unknown(root, watched, said, followed),
    )


def _topics(file: Path, declared: Declared) -> tuple[tuple[Topic, ...] | None, tuple[Refusal, ...]]:
    try:
        watched = topics.load(_own(file))
        feed_names.check_topics(declared, watched)
    except DeclarationError as error:
        return None, (refused(error),)
    return watched, ()


def _notified(
    said: Settings, declared: Declared, watched: Sequence[Topic]
) -> tuple[Settings, Refusal | None]:
    """Leave out the addresses of feeds that are not there; return also what is wrong with those."""
    unknown = feed_names.no_feeds(declared, watched, said)
    if not unknown:
        return said, None
    way_out = "is no feed; use all, weekly, a topic, an edition, a service or a document"
    problems = (f'"notify" › {quoted(name)} {way_out}' for name in unknown)
    kept = tuple(one for one in said.notify if one[0] not in unknown)
    return replace(said, notify=kept), refused(DeclarationError(settings.FILE, *problems))


def _merged(*found: Refusal | None) -> tuple[Refusal, ...]:
    """Join the refusals of one file."""
    given = [refusal for refusal in found if refusal]
    reasons = tuple(reason for refusal in given for reason in refusal.reasons)
    return (replace(given[0], reasons=reasons),) if given else ()


def _unknown(
    root: Path,
    watched: Sequence[Topic] | None,
    said: settings.Given,
    followed: Followed | None,
) -> str:
    """Say why nothing can be published; empty where it can.

    Every page follows from the topics, every address from the site_url: a typing error must take
    back nothing that stands.
    """
    wrong = [topics.FILE] if watched is None else []
    if "site_url" in said.unread and followed is None and published_names(root / "feeds"):
        wrong.append(settings.FILE)
    if not wrong:
        return ""
    return (
        f"{root / 'feeds'}: nothing is published before {' and '.join(wrong)} can be accepted, "
        "since it is not known what stood there before; what was published stands."
    )


def _settings(root: Path, followed: Followed | None) -> settings.Given:
    folder = _own(root / "data" / settings.FILE).parent
    return settings.load(folder, followed.settings if followed else None)


def _sources(root: Path, followed: Followed | None) -> sources.Given:
    folder = _own(root / "data" / sources.FILE).parent
    return sources.load(folder, followed.sources if followed else None)


def settings_of(root: Path) -> Settings:
    """Read only the settings of `root`, as `open_workspace` finds them."""
    found = _settings(root, None)
    return open_workspace(root).settings if found.refusal else found.settings


def bodies_by(said: Settings, url: str = "") -> ObjectStore | None:
    """Return the store at `url`, else that of the settings; None where bodies are kept inside."""
    address = url or said.bodies
    options = {protocol: dict(given) for protocol, given in said.bodies_options}
    return ObjectStore(address, options) if address else None


def _own(path: Path) -> Path:
    """Return the operator's own file or folder, or what a root without it starts from."""
    return path if is_there(path) else starter(path.name)


def starter(name: str) -> Path:
    """Find what a root without its own starts from: in the wheel, or where a checkout keeps it."""
    shipped = _PACKAGE / "starter" / name
    return shipped if shipped.exists() else _PACKAGE.parent / "data" / name
