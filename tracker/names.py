"""The names of feeds: topics, editions and documents share them, and each must mean one thing."""

from __future__ import annotations

from collections.abc import Sequence

from tracker import settings, topics
from tracker.declarations import Declared
from tracker.errors import DeclarationError
from tracker.inputs import quoted
from tracker.model import Settings, Topic


def check(declared: Declared, watched: Sequence[Topic], wanted: Settings) -> None:
    """Raises DeclarationError where a name means two things, or nothing at all."""
    _refuse_shared(declared, watched)
    _refuse_unknown(declared, watched, wanted)


def _refuse_shared(declared: Declared, watched: Sequence[Topic]) -> None:
    editions = {d.edition for d in declared.documents}
    services = {d.id.partition("/")[0] for d in declared.documents}
    for edition in sorted(editions & topics.RESERVED):
        problem = "cannot name an edition: another feed or file is called so; rename it"
        raise DeclarationError(f"declarations/{edition}", problem)
    for topic in watched:
        if topic.id in editions | services:
            what = "an edition" if topic.id in editions else "a service"
            raise DeclarationError(
                "topics.toml", f'"{topic.id}" is also the name of {what}; choose another one'
            )


def _refuse_unknown(declared: Declared, watched: Sequence[Topic], wanted: Settings) -> None:
    """A notification for a feed that is not there would never come, and nobody would know."""
    known = {"all", "upcoming", "status", *(topic.id for topic in watched)}
    known |= {name for d in declared.documents for name in (d.id, d.edition)}
    for name, _ in wanted.notify:
        if name not in known:
            problem = f"{quoted(name)} is no feed; use all, a topic, an edition or a document"
            raise DeclarationError(settings.FILE, f'"notify" › {problem}')
