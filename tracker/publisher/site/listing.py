"""A revision as lists show it, with a glimpse of the one change a reader would ask for first.

A long list has several pages. They are filled from the oldest entry on and only full ones leave
the newest page, so what stands on one stays there, and a publication makes only the newest anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from tracker.model import Correction, History, Revision, Topic
from tracker.publisher import urls, words
from tracker.publisher.headlines import headline
from tracker.publisher.site.snippets import snippet
from tracker.publisher.templating import Run

_HEADING = 70  # characters of a heading in a list
_ON_A_PAGE = 100  # entries; the newest page of a list has up to twice as many


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A revision, where it stands, and the sentences that lists and pages share."""

    revision: Revision
    service: str
    page: str
    name: str
    headline: str
    summary: str
    teaser: str
    where: str
    remark: str
    glimpse: tuple[Run, ...]
    corrections: tuple[Correction, ...]

    @property
    def event(self) -> str:
        """The headline where the name of the text stands already."""
        return self.headline.removeprefix(f"{self.name}: ")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to the texts of a service on one day: the one that matters most, and others."""

    entry: ListEntry
    others: tuple[ListEntry, ...]


def events(found: Sequence[ListEntry]) -> list[Event]:
    """Group neighbouring entries of one service and day as one event."""
    groups = groupby(found, key=lambda e: (e.service, e.revision.first_seen.date()))
    return [_event(list(group)) for _, group in groups]


def _event(group: Sequence[ListEntry]) -> Event:
    ordered = sorted(group, key=lambda e: (-len(e.revision.answers), -len(e.revision.topics)))
    return Event(ordered[0], tuple(ordered[1:]))


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list, newest entry first: `newer` and `older` are the paths of its neighbours.

    They are empty where it has none; `total` is how many entries the newest page and all older
    ones have, 0 on those, which must not change with it.
    """

    path: str
    entries: tuple[ListEntry, ...]
    newer: str = ""
    older: str = ""
    total: int = 0


def list_pages(path: str, found: Sequence[ListEntry]) -> tuple[ListPage, ...]:
    """Return the pages of a list whose newest page is at `path`, that one first."""
    number = max(0, len(found) // _ON_A_PAGE - 1)
    start = len(found) - number * _ON_A_PAGE
    places = ["", *(f"{path}older/{n}/" for n in range(1, number + 1)), path]
    newest = ListPage(path, tuple(found[:start]), "", places[number], len(found))
    rest = (
        ListPage(places[n], tuple(found[at : at + _ON_A_PAGE]), places[n + 1], places[n - 1])
        for n, at in zip(range(number, 0, -1), range(start, len(found), _ON_A_PAGE), strict=True)
    )
    return (newest, *rest)


def entries(
    history: History, topics: Sequence[Topic], corrections: Sequence[Correction]
) -> list[ListEntry]:
    """Return every revision of a document, newest first."""
    found = (_entry(r, history, topics, of(r, corrections)) for r in history.revisions)
    return newest_first(found)


def newest_first(found: Iterable[ListEntry]) -> list[ListEntry]:
    """Entries of any documents in the order in which lists have them."""
    return sorted(found, key=lambda e: e.revision.order, reverse=True)


def of(revision: Revision, corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """Return the corrections of a revision, oldest first."""
    return tuple(c for c in corrections if c.is_of(revision))


def orphaned_corrections(
    corrections: Sequence[Correction], histories: Sequence[History]
) -> tuple[Correction, ...]:
    """Corrections of revisions that are not (or not any more) among those we derive."""
    known = [r for h in histories for r in h.revisions]
    found = {c for r in known for c in of(r, corrections)}
    return tuple(c for c in corrections if c not in found and not c.verdict)


def _entry(
    revision: Revision,
    history: History,
    topics: Sequence[Topic],
    corrections: tuple[Correction, ...],
) -> ListEntry:
    return ListEntry(
        revision=revision,
        service=history.document.service,
        page=urls.revision_page(revision),
        name=words.document_name(history),
        headline=headline(history, revision, topics),
        summary=words.summary(revision, topics),
        teaser=words.teaser(revision),
        where=where(revision),
        remark=words.remark(revision, topics),
        glimpse=snippet(revision),
        corrections=corrections,
    )


def where(revision: Revision) -> str:
    """Return the headings over the first three changes of substance, as one line."""
    named = [name for name in dict.fromkeys(map(words.own_heading, words.news(revision))) if name]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"{' · '.join(words.line(name, _HEADING) for name in named[:3])}{more}"
