"""A revision as lists show it, with a glimpse of the one change a reader would ask for first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.model import Change, Correction, History, Op, Revision, Span, Topic
from tracker.publisher import places, words
from tracker.publisher.render import Run

_GLIMPSE = 300  # characters of a change that a list shows
_HEADING = 70  # characters of a heading in a list
_AROUND = 70  # of them unchanged, on either side of what changed


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision, where it stands, and the sentences that lists and pages share."""

    revision: Revision
    history: History
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


def entries(
    histories: Sequence[History], topics: Sequence[Topic], corrections: Sequence[Correction]
) -> list[Entry]:
    """Every revision of every document, newest first."""
    rows = [(r, h) for h in histories for r in h.revisions]
    rows.sort(key=lambda row: (row[0].first_seen, row[0].document), reverse=True)
    return [_entry(r, h, topics, of(r, corrections)) for r, h in rows]


def of(revision: Revision, corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """The corrections of a revision, oldest first."""
    key = (revision.document, revision.first_seen.replace(microsecond=0))
    return tuple(c for c in corrections if (c.document, c.first_seen) == key)


def strays(
    corrections: Sequence[Correction], histories: Sequence[History]
) -> tuple[Correction, ...]:
    """Corrections of revisions that are not (or not any more) among those we derive."""
    known = [r for h in histories for r in h.revisions]
    found = {c for r in known for c in of(r, corrections)}
    return tuple(c for c in corrections if c not in found)


def _entry(
    revision: Revision,
    history: History,
    topics: Sequence[Topic],
    corrections: tuple[Correction, ...],
) -> Entry:
    return Entry(
        revision=revision,
        history=history,
        page=places.revision_page(revision),
        name=words.document_name(history, revision.after.title),
        headline=words.headline(history, revision, topics),
        summary=words.summary(revision, topics),
        teaser=words.teaser(revision),
        where=where(revision),
        remark=words.remark(revision, topics),
        glimpse=glimpse(revision),
        corrections=corrections,
    )


def where(revision: Revision) -> str:
    """The headings over the first three changes of substance, as one line."""
    named = [name for name in dict.fromkeys(map(words.own_heading, words.news(revision))) if name]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"{' · '.join(words.line(name, _HEADING) for name in named[:3])}{more}"


def glimpse(revision: Revision) -> tuple[Run, ...]:
    """The first change on a watched topic, cut to a few lines; nothing where there is none.

    What came is told before what went: a notice that was taken down says little.
    """
    tagged = sorted((c for c in words.news(revision) if c.tags), key=lambda c: not c.after)
    told = next((c for c in tagged if _tells(c)), None)
    return tuple(_cut(told.redline)) if told else ()


def _tells(change: Change) -> bool:
    """Whether a few lines of it say something: a sentence rather than a date or a heading."""
    changed = [s for s in change.redline if s.op is not Op.SAME]
    return sum(len(s.before) + len(s.after) for s in changed) >= 40


def _cut(redline: Sequence[Span]) -> Iterator[Run]:
    room = _GLIMPSE
    for n, span in enumerate(redline):
        text = span.after or span.before
        if span.op is Op.SAME:
            text = words.excerpt(text, n > 0, n < len(redline) - 1, _AROUND)
        if len(text) > room:
            yield Run(span.op.value, text[:room].rsplit(" ", 1)[0] + " […]")
            return
        room -= len(text)
        yield Run(span.op.value, text)
