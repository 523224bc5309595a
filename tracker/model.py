"""The nouns, as frozen values. Imports nothing else of ours; no I/O, no clock.

These words are binding for code, pages, feeds, messages and the manual: one word for one thing.

service       a company or site that has terms, as `linkedin`
edition       the audience that a text is for: `global`, `eu`, `us`, or any name of the operator's
document      one legal text of one service in one edition, named `service/type@edition`
declaration   the file of the operator that says which documents to track, and where they are
source        one page, and how to read it: its address, and which parts of it are the text;
              of a document also whoever shows its text: the page itself, the Internet Archive, a
              collection
collection    a git repository in which others keep texts or pages up to date
preview       a page that shows the coming text of a document while a change is announced
visit         one attempt to fetch the sources of a document
answer        of a site: the response to one request, before anybody has read it;
              of a question: the sentences of the text in force, with the day since when
outcome       the result of judging an answer: good, or the reason why it is not the document
look          one question put to a source: a visit to a page, a question to the index of an
              archive, a fetch from a collection
body          the bytes that were served
capture       one row of the archive: what was served, when, and how it was asked for
log           the captures in the order in which they were recorded, each chained to the one before
checkpoint    the size of the log and one hash over all of it, signed where there is a key
timestamp     the proof of an authority that a checkpoint existed at a time
reading       a body as read by today's code: title, language and clauses
clause        the smallest part of a text that can be quoted: a heading, paragraph, item or cell
key           of a clause: its text as it is compared, without differences that no reader sees
observation   one look at a document: the good captures of all its sources at one time
version       one wording of a document, from when it was first seen to when it was last seen
held          said of a new wording that is suspicious, until later observations agree
alignment     the pairing of the clauses of two versions
redline       the difference between two wordings, exact on both sides
change        one difference between two versions: of a clause, a split or a merger
revision      the step from one version of a document to the next, with all its changes
significance  the weight of a change or a revision for a reader: substantive, editorial …
news          revisions that go into the feeds
topic         a subject to watch for, defined by words and phrases
question      one thing to know about a topic, as "May it train AI on what members post?"
statement     a sentence of a text that answers a question
tag           a topic that a change is about, with the words that gave it
standing      how fresh a document is, through which source, and what stands in the way
outage        a time in which a document was not as fresh as expected
history       everything that follows from the captures of one document
correction    a sentence of the operator that puts a published revision right

Times are timezone-aware UTC datetimes. Digests are SHA-256 in lowercase hex.
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
    """Return the SHA-256 of `data` in lowercase hex."""
    return hashlib.sha256(data).hexdigest()


def service_of(document: str) -> str:
    """Return the name of a document's service in addresses."""
    return document.partition("/")[0]


def utc(time: datetime) -> datetime:
    """Convert `time` to UTC; a time without an offset is taken to be in UTC.

    Raises:
        ValueError: It is out of range.
    """
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
    """One page, and how to read it. With an empty `select` it is read by its structure.

    `scripts` says that its text is there only after its scripts have run, for which it takes a
    browser; that makes it no other source.
    """

    url: str
    select: tuple[Selector, ...] = ()
    remove: tuple[Selector, ...] = ()
    scripts: bool = field(default=False, compare=False)

    @property
    def key(self) -> str:
        """Identify URL and selectors; captures with different keys are never compared blindly."""
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
    """A text of one service for one audience, read from one page or from several combined.

    `preview` is the page that shows the coming text while a change is announced; most have none.
    `language` is the declared one, an ISO 639-1 code; "" for the one that most looks are in. `was`
    are ids it had before, and `moved` addresses at which it was before. `became` is the id of the
    declared document that this one goes on as, empty if there is none. `ended` says that it was
    visited, and is no longer declared.
    """

    id: str
    service: str
    type: str
    edition: str
    sources: tuple[Source, ...]
    preview: Source | None = None
    language: str = ""
    was: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    became: str = ""
    ended: bool = False

    @property
    def pages(self) -> tuple[str, ...]:
        """The keys of the pages that it is read from."""
        return tuple(dict.fromkeys(source.key for source in self.sources))


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know about a topic, in the words of `topics.toml`.

    A sentence about the topic answers it if it has one of `words`, or one word of each group of a
    `near` rule; nothing inside a match of `never` counts, and a sentence with one of `unless` is
    no answer. `says` is what a headline reports of a text that begins to answer, as "it may train
    AI on members' data"; empty where nothing can be.
    """

    id: str
    ask: str
    says: str
    words: tuple[str, ...]
    near: tuple[tuple[tuple[str, ...], ...], ...]
    never: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject to watch for, in the words of `topics.toml`.

    A text is about the topic if it has one of `words`, or one word of each group of a `near` rule
    in the same sentence; nothing inside a match of `never` counts. A heading with one of `headings`
    makes everything under it about the topic.
    """

    id: str
    title: str
    about: str
    words: tuple[str, ...]
    near: tuple[tuple[tuple[str, ...], ...], ...]
    never: tuple[str, ...]
    headings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


# ── what was seen ─────────────────────────────────────────────────────────────────


class Outcome(StrEnum):
    """The result of one visit. Only `GOOD` can become a version."""

    GOOD = "good"
    REFUSED = "refused"  # 401, 403, 429, 451, 999, or robots.txt
    WALL = "sign-up wall"
    CHALLENGE = "challenge"
    MISSING = "missing"  # 404, 410
    SERVER_ERROR = "server error"  # any other status that is not 200
    UNREACHABLE = "unreachable"  # no answer, or a broken one
    TOO_SLOW = "too slow"  # the total deadline passed
    TOO_LARGE = "too large"
    REDIRECTED = "redirected"  # in circles, too often, or to where we do not go
    NOT_TEXT = "not text"  # neither HTML nor text nor PDF, or not readable
    EMPTY = "empty"
    TRUNCATED = "truncated"
    SELECTOR = "selector"  # a declared selector matches nothing
    COLLAPSED = "collapsed"  # much shorter than the last good text
    LANGUAGE = "language"  # in another language than the document
    ANSWERED = "answered"  # a source that lists what it has answered; what was new has its own rows


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to one request for one source, before anybody has read it.

    `outcome` is `GOOD` for a complete 200, or a 304 (`status` is then 304 and `body` empty).
    `reason` is a sentence for people, empty when good. `headers` are the response's, with names in
    lower case. `requested_at` is the time by the command's clock. `facts` are those that the
    capture of it records besides.
    """

    source: Source
    requested_at: datetime
    final_url: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    outcome: Outcome
    reason: str
    facts: tuple[tuple[str, str], ...] = ()


#: Values of `via` for visits to the site itself: to a page, and to the preview of a new wording.
LIVE, PREVIEW = "live", "preview"
#: Names of facts: the watched source that gave a capture, when it was recorded here if that is not
#: its time, whether it is of the preview page, and that robots.txt closes the page.
SOURCE, RECORDED, SHOWS, CLOSED = "source", "recorded", "shows", "closed"
#: The name of a fact that no log holds: the declaration says that the text has moved since.
MOVED = "moved"
#: Another such: the look was good in its day, and in hindsight it is in another language.
COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Capture:
    """One row of the archive: what was served, and how it was asked for.

    `body` and `text` are digests, or None if there was nothing to digest. `via` is `LIVE`,
    `PREVIEW`, or the archive it came from; `archive_url` is the address of that archive's own
    record. `source` is None if an import does not know the page. `media` is the body's media type,
    `length` the number of characters of the readable text. `facts` holds anything else that was
    recorded, by name: `program` is the version of this program that took the capture. `number` is
    the place in the log, from 1; captures of one moment are in this order.
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
        """Identify the page and how it was read, or None if that is not known."""
        return self.source.key if self.source else None

    @property
    def is_preview(self) -> bool:
        """Return whether it shows a text that is not in force yet."""
        return self.via == PREVIEW or self.fact(SHOWS) == PREVIEW

    @property
    def is_transcript(self) -> bool:
        """Return whether it is the text that an archive made of the page, in Markdown."""
        return self.media.startswith("text/markdown")

    @property
    def recorded(self) -> datetime:
        """The time at which it was known here, which for foreign records is later than theirs."""
        told = self.fact(RECORDED)
        return datetime.fromisoformat(told) if told else self.time

    def fact(self, name: str) -> str:
        """Return a further fact that was recorded, empty if it was not."""
        return next((value for key, value in self.facts if key == name), "")


# ── what it says ──────────────────────────────────────────────────────────────────


class Unit(StrEnum):
    """The role of a clause on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CELL = "cell"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere. `target` is absolute, without tracking parameters."""

    words: str
    target: str


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest quotable part of a text.

    `text` is the text as displayed, without its leading enumerator, which is `number`. `path` holds
    the headings above it, outermost first. `key` is the text as compared (see
    `tracker.extractor.normalise`). `level` is the depth of a heading, 0 for anything else.
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
    """A body as read by today's code. `missing` holds declared selectors that matched nothing."""

    title: str
    language: str | None
    clauses: tuple[Clause, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a document, from `first_seen` to `last_seen`.

    `captures` are the first captures of each source that showed it. `urls` are the pages it was
    read from, without repetition, empty if an import did not know them. A preview is not in force
    yet. `nth` distinguishes versions that were first seen in the same second, in the order of the
    log, from 1. `languages` are those of its pages, as far as they are known. `name` is the
    time and the number by which it was first published, where it has them not from its first sight.
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
    languages: tuple[str, ...] = ()
    name: tuple[datetime, int] | None = None

    @property
    def named(self) -> tuple[datetime, int]:
        """The time and the number by which its addresses and ids name it, which never change."""
        return self.name or (self.first_seen, self.nth)

    @property
    def key(self) -> tuple[datetime, int, bool]:
        """Identify the version among those of its document."""
        return self.first_seen, self.nth, self.is_preview


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a text that answers a question, to the letter.

    `key` is the same for the same words, whatever stands between them and however they are set.
    `lead` is the sentence that introduces the list it is in, empty where none does; `path` holds
    the headings above it; `place` is the place of its clause in the version. `effective` is the
    day from which it says it applies, if that was still to come when it was first seen. `refuses`
    tells that a word such as "not" is before words that answer, of which the first are at `start`;
    `weight` is how many words speak to the question and its topic.
    """

    text: str
    key: str
    lead: str
    path: tuple[str, ...]
    place: int
    links: tuple[Link, ...]
    effective: date | None
    refuses: bool
    start: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class DatedStatement:
    """A statement with the version since which the text has these words without a break."""

    statement: Statement
    since: Version


@dataclass(frozen=True, slots=True)
class TermsAnswer:
    """The answer of a text in force to a question; without statements, nothing about it was found.

    `first` is the version from which the text was read, `since` the one since which it has
    answered without a break, `changed` the one that brought the last change of the answer, None
    where it has always been this; `before` holds the statements that went then, and `was_answered`
    tells whether there were any.
    """

    document: str
    topic: str
    question: str
    statements: tuple[DatedStatement, ...]
    first: Version
    since: Version | None
    changed: Version | None
    before: tuple[Statement, ...]
    was_answered: bool


# ── what changed ──────────────────────────────────────────────────────────────────


class Op(StrEnum):
    """The kind of a span of a redline."""

    SAME = "same"
    DELETE = "delete"
    INSERT = "insert"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a redline. All `before` joined are the old text to the letter, all `after` the new.

    `DELETE` has an empty `after`, `INSERT` an empty `before`. In `SAME` the two may differ in
    characters that look alike to a reader (a no-break space, the shape of a quotation mark).
    """

    op: Op
    before: str
    after: str


class Kind(StrEnum):
    """The way in which a clause changed."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"  # wording unchanged
    SPLIT = "split"
    MERGED = "merged"
    RENUMBERED = "renumbered"
    LINKS = "links"  # wording unchanged, targets of links changed


class Significance(StrEnum):
    """The weight of a revision or a change for a reader."""

    SUBSTANTIVE = "substantive"
    ANNOUNCEMENT = "announcement"
    EDITORIAL = "editorial"
    LINKS = "links"
    TECHNICAL = "technical"
    REVERTED = "reverted"
    UPCOMING = "upcoming"  # shown by a preview page, not in force yet

    @property
    def is_news(self) -> bool:
        """Return whether revisions of this significance go into the feeds."""
        return self in _NEWS


_NEWS = {
    Significance.SUBSTANTIVE,
    Significance.ANNOUNCEMENT,
    Significance.REVERTED,
    Significance.UPCOMING,
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A topic that a change is about, and the words that gave it."""

    topic: str
    words: tuple[str, ...]


class Turn(StrEnum):
    """The kind of legal effect that a change may have."""

    DUTY = "duty"  # "will not" → "may"
    BASIS = "legal basis"  # "consent" → "legitimate interests"
    RECIPIENT = "recipient"  # somebody gets data, or no longer does
    CHOICE = "choice"  # a link to settings or an objection


@dataclass(frozen=True, slots=True)
class Note:
    """A legal effect of a change, in the words of both texts; "" if a text has none."""

    turn: Turn
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One step of an alignment: indices into the clauses of both versions.

    One to one, zero to one (added), one to zero (removed), one to many (split), or many to one
    (merged). `moved` is set if the order changed.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question that a revision answers in other words: what went, what came, what both have."""

    topic: str
    question: str
    gone: tuple[Statement, ...]
    came: tuple[Statement, ...]
    kept: tuple[Statement, ...]

    @property
    def is_new(self) -> bool:
        """Return whether the older text had no answer."""
        return not self.gone and not self.kept

    @property
    def is_over(self) -> bool:
        """Return whether the newer text has no answer any more."""
        return not self.came and not self.kept


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions: of a clause, or of the clauses of a split or merger.

    `before` and `after` hold the clauses; the one is empty for an addition, the other for a
    removal. `redline` compares their texts, joined by line breaks. `moved` is also set if the
    wording changed too. `significance` is that of this change alone; `notes` are its legal effects;
    `questions` names those it answers in other words, as `topic/question`.
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
    questions: tuple[str, ...] = ()

    @property
    def clause(self) -> Clause:
        """The first clause concerned, in the newer version if it is there."""
        return (self.after or self.before)[0]

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above the clause, outermost first."""
        return self.clause.path


@dataclass(frozen=True, slots=True)
class Revision:
    """The step from one version to the next.

    `pairs` aligns both versions completely, in the order of the newer one, so that the document can
    be shown around its changes; `changes` are in the same order. `reason` explains the
    `significance` in words. `effective` is the date from which the text says it applies.
    `announced` is the time at which an upcoming revision had already announced it, if one had.
    `answers` are the questions it answers in other words, in the order of the topics. `told` is
    when it was published here, None where that is not known; `told_in` is the name of a later
    revision that had told of it before it was found.
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
    answers: tuple[AnswerChange, ...] = ()
    told: datetime | None = None
    told_in: tuple[datetime, int] | None = None

    @property
    def first_seen(self) -> datetime:
        """The time at which the newer version was first seen."""
        return self.after.first_seen

    @property
    def order(self) -> tuple[datetime, str, int]:
        """The sort key among the revisions of all documents, oldest first."""
        return self.first_seen, self.document, self.after.nth

    @property
    def is_translation(self) -> bool:
        """Return whether the text is in another language than before: no change can be told."""
        old, new = self.before.languages, self.after.languages
        return bool(old and new) and old != new

    @property
    def is_news(self) -> bool:
        """Return whether it goes into the feeds: it has weight, and was not told before."""
        return self.significance.is_news and self.announced is None and self.told_in is None


class State(StrEnum):
    """The state of a document, as the status page shows it."""

    OK = "ok"
    HELD = "held"
    OVERDUE = "overdue"  # not seen for longer than expected
    FAILING = "failing"
    IMPORTED = "imported, not watched"
    NEVER_SEEN = "never read"


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of one source of a document after its last look.

    `name` is `page`, `internet-archive`, or that of a collection, whose title is `title`.
    `answered` is when it last answered, `seen` when the newest text that it gave was seen there.
    `since` is when `outcome` and `reason` began to stand in the way, None if nothing does. A source
    `is_closed` where robots.txt closes the page to us.
    """

    name: str
    asked: datetime | None
    answered: datetime | None
    seen: datetime | None
    since: datetime | None = None
    outcome: Outcome | None = None
    reason: str = ""
    is_closed: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a document: how fresh it is, through whom, and what stands in the way.

    `last_seen` is the time of the last good observation, `through` the source that gave it (empty
    for an import by hand) and `copy` the address of an archive's own record; `last_visit` is the
    time of the last attempt, `expected` that until which the text should be seen again. `reason` is
    a sentence, empty when all is well.
    """

    state: State
    last_seen: datetime | None
    last_visit: datetime | None
    outcome: Outcome | None
    reason: str
    sources: tuple[SourceState, ...] = ()
    through: str = ""
    copy: str = ""
    expected: datetime | None = None

    @property
    def is_alarming(self) -> bool:
        """Return whether the text is not as fresh as it should be, or a source failed for long."""
        if self.state is State.NEVER_SEEN:
            return self.last_visit is not None
        is_short = self.state is State.HELD and self.outcome is Outcome.COLLAPSED
        return is_short or self.state in (State.OVERDUE, State.FAILING)


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a document could not be read, from the first visit that failed.

    `ended` is the time of the observation that saw it again, None while it lasts. `outcome` and
    `reason` are those of the first failure; `last_seen` is the last good observation before it.
    """

    began: datetime
    ended: datetime | None
    outcome: Outcome
    reason: str
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version as it was first published, with the news of how it came about, if that was news.

    `seen` and `nth` name it for good. `before` is the name of the version it was compared with,
    None for the first of all. `text` identifies the wording. `told` is the date of the news: when
    it was published, or its first sight where that was long ago. `size` is how much of the log was
    known then.
    """

    document: str
    seen: datetime
    nth: int
    is_preview: bool
    before: tuple[datetime, int] | None
    text: str
    told: datetime
    is_news: bool
    size: int

    @property
    def name(self) -> tuple[datetime, int]:
        """The time and the number by which it is named."""
        return self.seen, self.nth


@dataclass(frozen=True, slots=True)
class Texts:
    """The wordings of a document and the steps between them, oldest first.

    `waiting` is a sentence about a new wording that is held, `counters` one about lines that are
    new at every look; both empty if there is none.
    """

    title: str
    versions: tuple[Version, ...]
    revisions: tuple[Revision, ...]
    waiting: str
    counters: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Everything that follows from the captures of one document, oldest first.

    `retold` are revisions as they were published, in place of those of the same names, between
    which others were found since. `withdrawn` are versions that were published and are none.
    """

    document: Document
    title: str
    versions: tuple[Version, ...]
    revisions: tuple[Revision, ...]
    standing: Standing
    outages: tuple[Outage, ...] = ()
    retold: tuple[Revision, ...] = ()
    withdrawn: tuple[PublishedVersion, ...] = ()


class Verdict(StrEnum):
    """The judgement of the operator on a capture."""

    REVOKED = "revoked"  # it is not the document, whatever it seems
    ACCEPTED = "accepted"  # it is the document, and so is every capture of the same text


@dataclass(frozen=True, slots=True)
class Correction:
    """A sentence of the operator that puts right what was published or judged.

    It is about the revision of `document` first seen at `first_seen` (whole seconds, UTC), and
    among several of that second the `nth`, from 1; or, as a `verdict`, about the captures of that
    second.
    """

    document: str
    first_seen: datetime
    date: date
    sentence: str
    nth: int = 1
    verdict: Verdict | None = None

    def is_of(self, revision: Revision) -> bool:
        """Return whether it is about `revision`."""
        if self.verdict:
            return False
        after = revision.after
        names = (
            (t.replace(microsecond=0), n) for t, n in (after.named, (after.first_seen, after.nth))
        )
        return self.document == revision.document and (self.first_seen, self.nth) in names


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of `data/settings.toml`. `site_url` is empty until the site has an address.

    `websub_hub` is where readers can ask to be told at once of what is new, empty for nowhere.
    `publish_evidence` puts a bundle beside the page of each revision that is news.
    `notify` maps the name of a feed to the addresses that its items are sent to, in which `${NAME}`
    stands for a variable of the environment. `bodies` is the address of the store of bodies, empty
    for inside the archive; `bodies_options` maps the protocol of such an address to options for
    fsspec.
    """

    site_url: str = ""
    websub_hub: str = ""
    publish_evidence: bool = False
    contact: str = ""
    obey_robots: bool = True
    allow_hosts: tuple[str, ...] = ()
    wayback_url: str = "https://web.archive.org"
    stand_in: bool = True  # a public archive's newest capture for a page that was refused
    timestamp_url: str = ""  # the authority that timestamps the log's checkpoints, if any
    previews: tuple[tuple[str, str], ...] = ()
    notify: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bodies: str = ""
    bodies_options: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
