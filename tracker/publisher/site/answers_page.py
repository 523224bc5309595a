"""What the texts in force say: the questions beside the audiences of each service, and the quotes.

A page of a topic has one topic and every audience, a page of a service every topic and its own
audiences, a page of an edition every topic and what its readers have agreed to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracker.model import AnswerChange, Document, Question, Topic, service_of
from tracker.publisher import answers, words
from tracker.publisher.answers import Quote, Reply
from tracker.publisher.site.listing import ListEntry
from tracker.publisher.site.opt_out import OptOut

#: Beside each other so many audiences can be read; of more, a page leads to those of the services.
_MOST = 12
#: The texts that everybody agrees to, as Open Terms Archive calls them.
_KINDS = ("privacy-policy", "terms-of-service", "trackers-policy", "community-guidelines")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that answers, the reply that it belongs to, and since when it is there."""

    reply: Reply
    quote: Quote
    since: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What the texts of one audience say on one question.

    `anchor` is its place on the page. `glanced` are the best of a text and, where that is a yes,
    its best no. `silence` says which texts say nothing, empty where any answers, and `in_short`
    the same in a table; `changed` are replies that were others once.
    """

    audience: str
    anchor: str
    said: tuple[Said, ...]
    glanced: tuple[Said, ...]
    silence: str
    in_short: str
    changed: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the answers of every audience."""

    question: Question
    anchor: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the last revision that changed an answer to it, and what that did."""

    topic: Topic
    question: Question
    anchor: str
    last: ListEntry | None
    what: str


@dataclass(frozen=True, slots=True)
class Board:
    """Questions by audiences; `left_out` is true where there are too many to show."""

    audiences: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its texts, its audiences, and the ways out that its texts name today."""

    name: str
    slug: str
    replies: tuple[Reply, ...]
    ways: tuple[OptOut, ...]


def board(
    found: Iterable[Reply],
    topics: Sequence[Topic],
    *,
    of_one: bool = False,
) -> Board:
    """Set out replies by questions and audiences.

    Where they are `of_one` service, that need not be named with each.
    """
    groups = list(_audiences(found, of_one=of_one))
    if len(groups) > _MOST:
        return Board((), (), left_out=True)
    rows = (
        Row(
            question,
            f"{topic.id}-{question.id}",
            tuple(
                _cell(name, f"{topic.id}-{question.id}-{key}", answers.asked(mine, topic, question))
                for name, key, mine in groups
            ),
        )
        for topic, question in answers.questions(topics)
    )
    return Board(tuple(name for name, _, _ in groups), tuple(rows))


def _audiences(found: Iterable[Reply], *, of_one: bool) -> Iterator[tuple[str, str, list[Reply]]]:
    """Yield each audience of each service: its name, a key for addresses, and what its texts
    reply.
    """
    groups: dict[str, list[Reply]] = {}
    for reply in found:
        groups.setdefault(service_of(reply.history.document.id), []).append(reply)
    for service, mine in sorted(groups.items()):
        known = editions(mine)
        name = words.line(mine[0].history.document.service)
        for edition in known:
            parts = [] if of_one and known[1:] else [name]
            parts += [edition_title(edition)] if known != ["global"] else []
            yield ", ".join(parts), f"{service}-{edition}", list(for_edition(mine, edition))


def _cell(name: str, anchor: str, found: Sequence[Reply]) -> Cell:
    ordered = sorted(found, key=lambda reply: _order(reply.history.document))
    said = tuple(
        Said(reply, quote, answers.since(quote)) for reply in ordered for quote in reply.quotes
    )
    return Cell(
        audience=name,
        anchor=anchor,
        said=said,
        glanced=tuple(_glanced(said)),
        silence="" if said else answers.silence(found),
        in_short="" if said else answers.silence_in_short(found),
        changed=tuple(reply for reply in found if reply.changed),
    )


def _glanced(said: Sequence[Said]) -> Iterator[Said]:
    yield from said[:1]
    if said and not said[0].quote.refuses:
        yield from [s for s in said if s.quote.refuses and s.reply is said[0].reply][:1]


def _order(document: Document) -> tuple[int, str]:
    """Return a key that orders texts for everybody before texts for business."""
    kind = document.id.partition("/")[2].partition("@")[0]
    return (_KINDS.index(kind) if kind in _KINDS else len(_KINDS)), document.id


def latest(entries: Sequence[ListEntry], topics: Sequence[Topic]) -> Iterator[Asked]:
    """Yield every question with the newest revision that changed an answer; entries come newest
    first.
    """
    for topic, question in answers.questions(topics):
        anchor = f"{topic.id}-{question.id}"
        found = ((entry, _change(entry, topic, question)) for entry in entries)
        entry, change = next(((e, c) for e, c in found if c), (None, None))
        what = answers.said_of(change, question) if change else ""
        yield Asked(topic, question, anchor, entry, what)


def _change(entry: ListEntry, topic: Topic, question: Question) -> AnswerChange | None:
    asked = (topic.id, question.id)
    return next((a for a in entry.revision.answers if (a.topic, a.question) == asked), None)


# ── whose terms ───────────────────────────────────────────────────────────────────


def services(replies: Sequence[Reply], ways: Iterable[OptOut]) -> list[Service]:
    """Return every service with a text that was read, in the order of their names."""
    named: dict[str, list[OptOut]] = {}
    for way in ways:
        if not way.gone:
            named.setdefault(service_of(way.history.document.id), []).append(way)
    groups: dict[str, list[Reply]] = {}
    for reply in replies:
        groups.setdefault(service_of(reply.history.document.id), []).append(reply)
    return [
        Service(
            words.line(groups[name][0].history.document.service),
            name,
            tuple(groups[name]),
            tuple(named.get(name, ())),
        )
        for name in sorted(groups)
    ]


def editions(replies: Sequence[Reply]) -> list[str]:
    """Return the editions that a reader may be in, the one for everybody else last."""
    found = {reply.history.document.edition for reply in replies}
    return sorted(found, key=lambda edition: (edition == "global", edition))


def for_edition(replies: Sequence[Reply], edition: str) -> Iterator[Reply]:
    """Yield what readers of an edition have agreed to: its texts, and those for everybody of which
    it has none of its own.
    """
    own = {_kind(reply) for reply in replies if reply.history.document.edition == edition}
    for reply in replies:
        theirs = reply.history.document.edition
        if theirs == edition or (theirs == "global" and _kind(reply) not in own):
            yield reply


def _kind(reply: Reply) -> str:
    """Return the service and the type of a text."""
    return reply.history.document.id.partition("@")[0]


def edition_title(edition: str) -> str:
    """Name an edition for those who are in it."""
    return words.edition(edition) or "everywhere else"
