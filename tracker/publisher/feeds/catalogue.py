"""Which feeds there are: their names, and what each is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.config.topics import RESERVED
from tracker.model import History, Topic, service_of
from tracker.publisher import words
from tracker.publisher.urls import document_page, topic_page

ALL, UPCOMING, WEEKLY, STATUS = "all", "upcoming", "weekly", "status"
_MOST_ALTERNATES = 3  # of a page; readers show them all and people must choose


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its files are `name` with a suffix, `page` is the page for people it belongs to."""

    name: str
    title: str
    about: str
    page: str


@dataclass(frozen=True, slots=True)
class Group:
    """Feeds of one kind, under a title."""

    title: str
    feeds: tuple[Feed, ...]


def catalogue(histories: Sequence[History], topics: Sequence[Topic]) -> tuple[Group, ...]:
    """Return every feed in its group, in an order that does not depend on that of the histories."""
    ordered = sorted(histories, key=lambda h: h.document.id)
    groups = (
        Group("Everything", _GENERAL),
        Group("Topics", tuple(_topic(topic) for topic in topics)),
        Group("Services", tuple(_services(ordered, topics))),
        Group("Editions", tuple(_edition(name) for name in sorted(editions(ordered, topics)))),
        Group("Documents", tuple(_document(history) for history in ordered)),
    )
    return tuple(group for group in groups if group.feeds)


def editions(histories: Sequence[History], topics: Sequence[Topic]) -> set[str]:
    """Return the editions that have a feed: all but those whose name means something else already.

    What is declared cannot be named so, but what was recorded once may be.
    """
    return {h.document.edition for h in histories} - {t.id for t in topics} - RESERVED


def services(histories: Sequence[History], topics: Sequence[Topic]) -> dict[str, str]:
    """Return the names, as feeds and for people, of the services that have a feed.

    These are all but those whose name means something else already.
    """
    taken = {t.id for t in topics} | RESERVED | {h.document.edition for h in histories}
    ordered = sorted(histories, key=lambda h: h.document.id)
    found = {service_of(h.document.id): h.document.service for h in reversed(ordered)}
    return {name: found[name] for name in sorted(found) if name not in taken}


def of_service(service: str, topic: str) -> str:
    """Return the name of the feed of a topic in the texts of one service."""
    return f"{service}/{topic}"


_GENERAL = (
    Feed(
        ALL,
        "Terms Tracker: all changes",
        "Every substantive change, announcement and reversion in the texts that are watched.",
        "",
    ),
    Feed(
        UPCOMING,
        "Terms Tracker: upcoming changes",
        "Changes that are announced and do not apply yet, by the dates the texts give.",
        "",
    ),
    Feed(
        WEEKLY,
        "Terms Tracker: week by week",
        "One item for each week in which something changed, with a sentence on each change.",
        "changes/",
    ),
    Feed(
        STATUS,
        "Terms Tracker: status",
        "When a text could not be read, and when it was read again. For those who rely on us.",
        "status/",
    ),
)


def _topic(topic: Topic) -> Feed:
    title = f"Terms Tracker: {topic.title}"
    return Feed(topic.id, title, topic.about or title, topic_page(topic))


def _services(histories: Sequence[History], topics: Sequence[Topic]) -> Iterator[Feed]:
    """Yield the feed of each service, and those of the topics in its texts."""
    for name, shown in services(histories, topics).items():
        service = words.line(shown)
        about = f"Every change in the texts of {service}."
        yield Feed(name, f"Terms Tracker: {service}", about, "changes/")
        for topic in topics:
            title = f"Terms Tracker: {service}, {topic.title}"
            about = f"Changes about {words.lower(topic.title)} in the texts of {service}."
            yield Feed(of_service(name, topic.id), title, about, topic_page(topic))


def _edition(name: str) -> Feed:
    shown = words.edition(name) or name.title()
    about = f"Every change in the texts written for the {shown} edition."
    return Feed(name, f"Terms Tracker: {shown} edition", about, "changes/")


def _document(history: History) -> Feed:
    name = words.document_name(history)
    about = f"Every change in this text alone: {name}."
    own = history.document.id
    return Feed(own, f"Terms Tracker: {name}", about, document_page(own))


def alternates(path: str, groups: Sequence[Group]) -> list[Feed]:
    """Return the feeds a page names for readers to find, its own first."""
    named = {feed.name: feed for group in groups for feed in group.feeds}
    topics = [feed.name for feed in named.values() if feed.page.startswith("topics/")]
    wanted = [*_near(path), *([] if path else topics)]
    return [named[name] for name in dict.fromkeys(wanted) if name in named][:_MOST_ALTERNATES]


def _near(path: str) -> Iterator[str]:
    """Yield the names of feeds that may belong to a page, the closest first; not all need exist."""
    top, _, rest = path.partition("/")
    if top in {"topics", "services", "now"}:
        yield rest.partition("/")[0]
    elif top in {"documents", "changes"} and "@" in rest:
        document = "/".join(rest.split("/")[:2])
        yield from (document, document.partition("@")[2])
    elif top == "status":
        yield STATUS
    yield ALL
