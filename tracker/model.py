"""The nouns, as frozen values. Knows nobody else of ours; no I/O, no clock.

Times are timezone-aware UTC datetimes. Digests are lowercase hex SHA-256.
A *document* is named `service/type@edition` in kebab case.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any


def digest(data: bytes) -> str:
    """The SHA-256 of `data`, lowercase hex."""
    return hashlib.sha256(data).hexdigest()


def utc(time: datetime) -> datetime:
    """`time` in UTC; without an offset it is taken for UTC. ValueError where it is out of range."""
    try:
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{time} is out of range") from error


# ── what to look for ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Range:
    """Everything between two elements in document order (Open Terms Archive's range selector)."""

    start: str
    end: str
    start_included: bool
    end_included: bool


Selector = str | Range


@dataclass(frozen=True, slots=True)
class Source:
    """One page and how to read it. Empty `select` means: by its structure."""

    url: str
    select: tuple[Selector, ...] = ()
    remove: tuple[Selector, ...] = ()

    @property
    def key(self) -> str:
        """Identifies URL and selectors; captures with other keys are never compared blindly."""
        return _key(self)


@lru_cache(maxsize=16384)  # asked of every capture, and there are few pages
def _key(source: Source) -> str:
    parts = [source.url, [_plain(s) for s in source.select], [_plain(s) for s in source.remove]]
    return digest(json.dumps(parts, ensure_ascii=False).encode())[:16]


def _plain(selector: Selector) -> object:
    if isinstance(selector, str):
        return selector
    return [selector.start, selector.end, selector.start_included, selector.end_included]


@dataclass(frozen=True, slots=True)
class Document:
    """A text of one service for one audience, read from one page or several combined.

    `preview` is the page that shows the coming text while one is announced; mostly there is none.
    """

    id: str
    service: str
    type: str
    edition: str
    sources: tuple[Source, ...]
    preview: Source | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject to watch for, in the words of `topics.toml`.

    A text is about the topic when it has one of `words`, or one word of each group of a
    `near` rule in the same sentence; nothing counts inside a match of `never`. `headings` are
    words that make everything under a heading with them a matter of the topic.
    """

    id: str
    title: str
    about: str
    words: tuple[str, ...]
    near: tuple[tuple[tuple[str, ...], ...], ...]
    never: tuple[str, ...]
    headings: tuple[str, ...] = ()


# ── what was seen ─────────────────────────────────────────────────────────────────


class Outcome(StrEnum):
    """What came of one visit. Only `GOOD` can become a version."""

    GOOD = "good"
    REFUSED = "refused"  # 401, 403, 429, 451, 999, or robots.txt
    WALL = "sign-up wall"
    CHALLENGE = "challenge"
    MISSING = "missing"  # 404, 410
    SERVER_ERROR = "server error"  # any other status that is not 200
    UNREACHABLE = "unreachable"  # no answer, or a broken one
    TOO_SLOW = "too slow"  # total deadline passed
    TOO_LARGE = "too large"
    REDIRECTED = "redirected"  # in circles, too often, or to where we do not go
    NOT_TEXT = "not text"  # neither HTML nor text, or not decodable
    EMPTY = "empty"
    TRUNCATED = "truncated"
    SELECTOR = "selector"  # a declared selector matches nothing
    COLLAPSED = "collapsed"  # much shorter than the last good one
    LANGUAGE = "language"  # not the language of the last good one


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network gave for one source, before anyone has read it.

    `outcome` is `GOOD` when a complete 200 (or a 304, then `status` is 304 and `body` empty)
    came back; `reason` is a sentence for people, empty when good. `headers` are the answer's,
    names in lower case. `requested_at` is the command's clock.
    """

    source: Source
    requested_at: datetime
    final_url: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    outcome: Outcome
    reason: str


#: What `via` says of a visit to the site itself: to a page, and to the preview of a new wording.
LIVE, PREVIEW = "live", "preview"


@dataclass(frozen=True, slots=True)
class Capture:
    """One row of the archive: what was served, and how it was asked for.

    `body` and `text` are digests, or None where there was nothing to digest. `via` is `LIVE` or
    `PREVIEW`, or says which archive it came from; `archive_url` is the address of that archive's
    own record. `source` is None where an import does not know the page. `media` is `text/html`
    or `text/markdown`. `length` is the number of characters of the readable text. `facts` are what
    else was recorded of it, by name: `program` is the version of this program that took it.
    `number` is its place in the log, from 1: what was captured at one moment is in the order of
    the log.
    """

    document: str
    source: Source | None
    asked_url: str | None
    final_url: str | None
    time: datetime
    status: int | None
    headers: tuple[tuple[str, str], ...]
    outcome: Outcome
    reason: str
    body: str | None
    text: str | None
    length: int
    language: str | None
    media: str
    via: str
    archive_url: str | None
    facts: tuple[tuple[str, str], ...] = ()
    number: int = field(default=0, compare=False)

    @property
    def page_key(self) -> str | None:
        """Identifies the page and how it was read, where that is known."""
        return self.source.key if self.source else None


# ── what it says ──────────────────────────────────────────────────────────────────


class Unit(StrEnum):
    """What a clause is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CELL = "cell"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere: `target` is absolute and free of tracking parameters."""

    words: str
    target: str


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest quotable part of a text.

    `text` is as displayed, without its leading enumerator, which is `number`; `path` is the
    titles above it, outermost first; `key` is the text as compared (see `differ.normalise`);
    `level` is the heading's depth, 0 for anything else.
    """

    unit: Unit
    text: str
    key: str
    path: tuple[str, ...]
    number: str
    links: tuple[Link, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A body as read by today's code. `missing` are the declared selectors that matched nothing."""

    title: str
    language: str | None
    clauses: tuple[Clause, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """What a reader would call the text, from `first_seen` to `last_seen`.

    `captures` are the first captures of each source that showed it; `urls` the set of pages
    it was read from, empty where an import did not know. A preview is not in force yet. `nth`
    tells versions that were first seen in the same second apart, by the order of the log.
    """

    document: str
    title: str
    first_seen: datetime
    last_seen: datetime
    clauses: tuple[Clause, ...]
    captures: tuple[Capture, ...]
    urls: tuple[str, ...]
    is_preview: bool = False
    nth: int = 1

    @property
    def key(self) -> tuple[datetime, int, bool]:
        """Tells the versions of one document apart."""
        return self.first_seen, self.nth, self.is_preview


# ── what changed ──────────────────────────────────────────────────────────────────


class Op(StrEnum):
    SAME = "same"
    DELETE = "delete"
    INSERT = "insert"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a redline: all `before`s joined are the old text to the letter, `after`s the new.

    `DELETE` has an empty `after`, `INSERT` an empty `before`; in `SAME` they may differ in
    what no reader sees (a no-break space, the shape of a quotation mark).
    """

    op: Op
    before: str
    after: str


class Kind(StrEnum):
    """What happened to a clause."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"  # wording unchanged
    SPLIT = "split"
    MERGED = "merged"
    RENUMBERED = "renumbered"
    LINKS = "links"  # wording unchanged, targets not


class Significance(StrEnum):
    """What a revision is worth to a reader."""

    SUBSTANTIVE = "substantive"
    ANNOUNCEMENT = "announcement"
    EDITORIAL = "editorial"
    LINKS = "links"
    TECHNICAL = "technical"
    REVERTED = "reverted"
    UPCOMING = "upcoming"  # what a preview page shows, not in force yet

    @property
    def is_news(self) -> bool:
        """Whether it belongs in the feeds."""
        return self in _NEWS


_NEWS = {
    Significance.SUBSTANTIVE,
    Significance.ANNOUNCEMENT,
    Significance.REVERTED,
    Significance.UPCOMING,
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A topic a change is about, and the words that say so."""

    topic: str
    words: tuple[str, ...]


class Turn(StrEnum):
    """What a change may turn."""

    DUTY = "duty"  # "will not" → "may"
    BASIS = "legal basis"  # "consent" → "legitimate interests"
    RECIPIENT = "recipient"  # who gets data, or no longer does
    CHOICE = "choice"  # a link to settings or an objection


@dataclass(frozen=True, slots=True)
class Note:
    """What a change turns, in the words of both texts; "" where one has none."""

    turn: Turn
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One step of an alignment: indices into the clauses of both versions.

    One to one, or none to one (added), one to none (removed), one to many (split), many to one
    (merged). `moved` says the order changed.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one clause (or to the clauses of one split or merger).

    `before` and `after` hold the clauses, empty for an addition or a removal; `redline` is
    between their texts, joined by a line break; `moved` is set also where the wording changed.
    `significance` is this change's alone; `notes` say what it turns.
    """

    kind: Kind
    before: tuple[Clause, ...]
    after: tuple[Clause, ...]
    redline: tuple[Span, ...]
    moved: bool
    significance: Significance
    tags: tuple[Tag, ...]
    effective: date | None
    links_added: tuple[Link, ...]
    links_removed: tuple[Link, ...]
    notes: tuple[Note, ...] = ()

    @property
    def clause(self) -> Clause:
        """The first clause it is about, in the newer version where it stands there."""
        return (self.after or self.before)[0]

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above it."""
        return self.clause.path


@dataclass(frozen=True, slots=True)
class Revision:
    """The step from one version to the next.

    `pairs` aligns both versions in whole, in the order of the newer one, so that the document
    can be shown around its changes; `changes` are in the same order. `reason` says in words why
    it has its `significance`. `effective` is the date from which the text says it applies.
    `announced` is when an upcoming revision told of it already.
    """

    document: str
    before: Version
    after: Version
    significance: Significance
    reason: str
    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    topics: tuple[str, ...]
    effective: date | None
    announced: datetime | None = None

    @property
    def first_seen(self) -> datetime:
        return self.after.first_seen

    @property
    def order(self) -> tuple[datetime, str, int]:
        """Its place among the revisions of all documents, oldest first."""
        return self.first_seen, self.document, self.after.nth

    @property
    def is_news(self) -> bool:
        """Whether it belongs in the feeds: of some weight, and not told of before."""
        return self.significance.is_news and self.announced is None


class State(StrEnum):
    """How a document stands with us."""

    OK = "ok"
    HELD = "held"
    FAILING = "failing"
    NEVER_SEEN = "never seen"


@dataclass(frozen=True, slots=True)
class Standing:
    """When a document was last seen, and what stands in the way.

    `last_seen` is the last good look, `last_visit` the last attempt; `reason` is empty when ok.
    """

    state: State
    last_seen: datetime | None
    last_visit: datetime | None
    outcome: Outcome | None
    reason: str


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a document could not be had, from the first look that failed.

    `ended` is the look that saw it again, None while it lasts. `outcome` and `reason` are the
    first failure's; `last_seen` is the last good look before it.
    """

    began: datetime
    ended: datetime | None
    outcome: Outcome
    reason: str
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Texts:
    """What a document is found to have said, oldest first.

    `waiting` says of a new wording that it waits for agreement, empty where none does.
    """

    title: str
    versions: tuple[Version, ...]
    revisions: tuple[Revision, ...]
    waiting: str


@dataclass(frozen=True, slots=True)
class History:
    """Everything that follows from the captures of one document, oldest first."""

    document: Document
    title: str
    versions: tuple[Version, ...]
    revisions: tuple[Revision, ...]
    standing: Standing
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """What the operator takes back or sets right about a published revision, in one sentence.

    The revision is the one of `document` first seen at `first_seen` (whole seconds, UTC), the
    `nth` of that second.
    """

    document: str
    first_seen: datetime
    date: date
    sentence: str
    nth: int = 1

    def is_of(self, revision: Revision) -> bool:
        """Whether it is about a revision."""
        seen = revision.first_seen.replace(microsecond=0)
        mine = (self.document, self.first_seen, self.nth)
        return mine == (revision.document, seen, revision.after.nth)


@dataclass(frozen=True, slots=True)
class Settings:
    """`data/settings.toml`. Empty `site_url` means: not published anywhere yet.

    `notify` is, for the name of a feed, where its items are sent; `${NAME}` stands for a variable.
    `bodies` is where bodies are kept, empty for inside the archive; `bodies_options` is, for the
    protocol of such an address, what fsspec is told about its stores.
    """

    site_url: str = ""
    contact: str = ""
    obey_robots: bool = True
    allow_hosts: tuple[str, ...] = ()
    wayback_url: str = "https://web.archive.org"
    stand_in: bool = True  # a public archive's newest capture for a page that was refused
    timestamp_url: str = ""  # the authority that stamps the log's checkpoints, if any
    previews: tuple[tuple[str, str], ...] = ()
    notify: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bodies: str = ""
    bodies_options: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
