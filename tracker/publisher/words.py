"""The sentences that feeds, pages and terminal share, and the guard on every word of a page.

Text from a page is data: before it is shown anywhere, characters that act on a reader's machine
(controls) or that XML forbids are replaced by U+FFFD, and those that nobody sees are named, unless
the script is written with them. What is recorded and compared stays as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import quote

from tracker.errors import without_advice
from tracker.model import (
    LIVE,
    PREVIEW,
    SOURCE,
    Capture,
    Change,
    Document,
    History,
    Kind,
    Note,
    PublishedVersion,
    Revision,
    Significance,
    Standing,
    State,
    Topic,
    Unit,
    Version,
)
from tracker.publisher.unseen import shown

_SPACE = re.compile(r"\s+")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_BRACKET = re.compile(r"[\[{](?=[-−+])|(?<=[-−+])[\]}]")
_WORD = re.compile(r"[^\W_]")
_EDGE = re.compile(r"^(?=[\]}])|(?<=[\[{])\Z")
_LONGEST_TITLE = 160  # characters; a page may call anything a heading
_SMALL = {"global": "", "eu": "EU", "us": "US", "uk": "UK"}
_KINDS = {
    Kind.ADDED: "Added",
    Kind.REMOVED: "Removed",
    Kind.REWORDED: "Reworded",
    Kind.MOVED: "Moved, wording unchanged",
    Kind.SPLIT: "Split into several",
    Kind.MERGED: "Merged into one",
    Kind.RENUMBERED: "Renumbered",
    Kind.LINKS: "Link targets changed",
}
_WORTH = {
    Significance.SUBSTANTIVE: "Substantive",
    Significance.ANNOUNCEMENT: "Announcement",
    Significance.EDITORIAL: "Editorial",
    Significance.LINKS: "Links only",
    Significance.TECHNICAL: "Technical",
    Significance.REVERTED: "Reverted",
    Significance.UPCOMING: "Upcoming",
}


def safe(text: str) -> str:
    """Return `text` without anything that acts unseen on its reader or the reader's machine."""
    return text if text.isascii() and text.isprintable() else shown(text)


@lru_cache(maxsize=1024)  # few headings stand above many changes
def line(text: str, most: int = _LONGEST_TITLE) -> str:
    """`text` made safe and put on one line of at most `most` characters."""
    found = _SPACE.sub(" ", safe(text)).strip()
    return found if len(found) <= most else found[: most - 2].rsplit(" ", 1)[0] + " …"


def plain(text: str) -> str:
    """Text for the places where some feed readers expect plain text and others HTML.

    Both show the same: what only HTML would take for markup is written with a likeness of it.
    """
    found = _SPACE.sub(" ", safe(text)).strip()
    return _REFERENCE.sub("＆", found).replace("<", "‹").replace(">", "›")


def without_controls(text: str) -> str:
    """Text for a message in a chat: no markup, no hidden link, nobody called by it."""
    calm = re.sub(r"@(?=everyone|here|channel|all\b)", "＠", safe(text))
    return calm.replace("<", "‹").replace(">", "›").replace("](", "] (")


def unforged(text: str) -> str:
    """Return a piece of a redline that no reader can take for one of our marks of a change.

    What looks like one has its bracket doubled; a bracket that would touch ours stands off.
    """
    return _EDGE.sub(" ", _BRACKET.sub(r"\g<0>\g<0>", text))


def is_web(address: str) -> bool:
    """Return whether an address may be a link of ours: nothing but the web is."""
    return address.lower().startswith(("https://", "http://"))


def source(version: Version) -> str:
    """Return the page a version was read from, empty where it is not known or not on the web."""
    return next(filter(is_web, version.urls), "")


def provenance(capture: Capture) -> str:
    """Return where a capture came from: who keeps it and, of a collection, the commit and the
    licence.
    """
    commit, licence = capture.fact("commit"), capture.fact("licence")
    said = [capture.via, f"commit {commit}" if commit else "", licence and f"licence {licence}"]
    return line(", ".join(filter(None, said)), 500)


def origins(version: Version) -> list[str]:
    """Return where a version came from that others had seen, each once."""
    others = (c for c in version.captures if c.via not in {LIVE, PREVIEW})
    return list(dict.fromkeys(map(provenance, others)))


def excerpt(text: str, follows: bool, goes_on: bool, context: int) -> str:
    """Return the ends of an unchanged run that touch a change, `context` characters each.

    `follows` a change, `goes_on` to another one; […] stands for what is left out. What touches
    no change is shown from its beginning.
    """
    if len(text) <= 2 * context + 20:
        return text
    if not follows and not goes_on:
        return text[: 2 * context].rsplit(" ", 1)[0] + " […]"
    head = text[:context].rsplit(" ", 1)[0] + " " if follows else ""
    tail = " " + text[-context:].split(" ", 1)[-1] if goes_on else ""
    return f"{head}[…]{tail}"


# ── times ─────────────────────────────────────────────────────────────────────────


def day(time: date) -> str:
    """ "3 November 2025", of a date or a UTC time."""
    return f"{time.day} {time:%B %Y}"


def moment(time: datetime) -> str:
    """ "3 November 2025, 14:05 UTC"."""
    return f"{day(time)}, {time:%H:%M} UTC"


def minute(time: datetime) -> str:
    """ "2025-11-03 14:05 UTC", in lists."""
    return f"{time.date()} {time:%H:%M} UTC"


def iso(time: datetime) -> str:
    """ "2025-11-03T14:05:00Z", for machines and in citations."""
    # `strftime` writes years before 1000 with fewer digits.
    return f"{time.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def stamp(time: datetime) -> str:
    """ "20251103T140500Z", for file names."""
    return iso(time).replace("-", "").replace(":", "")


def nth(number: int) -> str:
    """ "-2" behind the time of the second version that was first seen in one second."""
    return f"-{number}" if number > 1 else ""


def sight(version: Version) -> str:
    """Say when a version was first seen, and which of that second it is if there are several."""
    more = f", no. {version.nth} of that second" if version.nth > 1 else ""
    by = f", by {witness(version)}" if witness(version) else ""
    return f"{moment(version.first_seen)}{more}{by}"


# ── sources ──────────────────────────────────────────────────────────────────────


def witness(version: Version) -> str:
    """Say who else saw a version first: "the Internet Archive"; empty where we did ourselves."""
    return next((keeper(c) for c in version.captures if keeper(c)), "")


def keeper(capture: Capture) -> str:
    """Name the public archive that a capture came from; empty where it came from none."""
    if capture.via.startswith("Wayback Machine"):
        return "the Internet Archive"
    if capture.via.startswith("Open Terms Archive") or capture.fact(SOURCE):
        return line(capture.via.partition(", commit ")[0])
    return ""


def source_name(name: str, title: str = "") -> str:
    """Name a source of a document as people do, a collection by its title."""
    names = {"page": "the page itself", "internet-archive": "the Internet Archive"}
    return names.get(name, line(title) or f"the collection {line(name)}")


def through(standing: Standing) -> str:
    """Say through whom a text was read: "through the Internet Archive"; empty if directly."""
    if standing.through in ("", "page"):
        return ""
    titles = {source.name: source.title for source in standing.sources}
    return f"through {source_name(standing.through, titles.get(standing.through, ''))}"


def hindrances(standing: Standing, *, advice: bool = False) -> list[str]:
    """Say in sentences what stands in the way of each source, and what is late.

    Readers get no `advice`: what only an operator can do.
    """

    def told(reason: str) -> str:
        return reason if advice else without_advice(reason)

    found = []
    if standing.state is State.OVERDUE and standing.expected:
        found.append(f"It was expected to be seen again by {moment(standing.expected)}.")
    for source in standing.sources:
        if source.is_closed:
            found.append(told(source.reason))
        elif source.since:
            name = source_name(source.name, source.title)
            since = f"has failed since {moment(source.since)}"
            found.append(f"{name[0].upper()}{name[1:]} {since}: {told(source.reason)}")
    rest = standing.reason and not any(s.reason == standing.reason for s in standing.sources)
    return [*found, told(standing.reason)] if rest else found


# ── names ─────────────────────────────────────────────────────────────────────────


def edition(name: str) -> str:
    """Return the edition as people write it; the one for everybody needs no name."""
    return _SMALL.get(name, name.replace("-", " ").title())


def document_name(history: History, title: str = "") -> str:
    """ "LinkedIn Privacy Policy (EU)": service, declared name (or a page's own title), edition."""
    title = line(title or history.document.type or history.title)
    service = line(history.document.service)
    full = title if service.casefold() in title.casefold() else f"{service} {title}"
    region = edition(history.document.edition)
    return f"{full} ({region})" if region else full


def kind(change: Change) -> str:
    """Return what happened to a clause, in words."""
    if change.kind is Kind.MOVED and change.significance.is_news:
        # The same words under another heading are another rule.
        return f"Moved here from “{heading(change.before[0].path[-1:]) or 'the top'}”, same wording"
    moved = change.moved and change.kind is not Kind.MOVED
    return _KINDS[change.kind] + (" and moved" if moved else "")


def turn(note: Note) -> str:
    """Return what a change turns: "Legal basis: “consent” became “legitimate interests”"."""
    before, after = (f"“{unforged(line(words))}”" for words in (note.before, note.after))
    what = note.turn.value.capitalize()
    if not note.before:
        return f"{what}: {after} is new"
    return f"{what}: {before} is gone" if not note.after else f"{what}: {before} became {after}"


def compared(change: Change) -> str:
    """Return what sets two texts apart that stand side by side, of which neither is the later
    one.
    """
    here = {Kind.REMOVED: "Only in the first", Kind.ADDED: "Only in the second"}
    return here.get(change.kind) or kind(change).replace("Reworded", "Worded differently")


def significance_label(significance: Significance) -> str:
    """Return a significance as a label."""
    return _WORTH[significance]


def heading(path: Iterable[str]) -> str:
    """Return the way to a clause: "2. How we use data › 2.4 Advertising"."""
    return " › ".join(line(title) for title in path)


def clause_path(change: Change) -> str:
    """Return the headings above a change, without the page's own title where there are others."""
    return heading(change.path[1:] or change.path)


# ── sentences ─────────────────────────────────────────────────────────────────────


def count(number: int, noun: str, rest: str = "") -> str:
    """ "1 clause", "2 clauses"; `rest` goes behind the noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}{rest}"


def news(revision: Revision) -> list[Change]:
    """Return the changes that matter: those on a watched topic first, each group in reading
    order.
    """
    found = [c for c in revision.changes if c.significance.is_news]
    return sorted(found, key=lambda c: not c.tags)


def about(revision: Revision, topic: str) -> int:
    """Return how many of the news of a revision are about a topic."""
    return sum(any(t.topic == topic for t in c.tags) for c in news(revision))


def topic_changes(history: History) -> int:
    """Return how much a document has to tell: how many changes were about a topic."""
    return sum(bool(c.tags) for r in history.revisions if r.topics for c in r.changes)


def summary(revision: Revision, topics: Sequence[Topic]) -> str:
    """Plain sentences: how much changed on each topic, and on which nothing did."""
    if not revision.significance.is_news or revision.is_translation:
        return f"{revision.reason[:1].upper()}{revision.reason[1:]}."
    total = len(news(revision))
    parts = [
        f"{about(revision, t.id)} about {lower(t.title)}" for t in topics if t.id in revision.topics
    ]
    is_notice = all(c.significance is Significance.ANNOUNCEMENT for c in news(revision))
    of_it = " of its notice" if is_notice else ""
    verb = "would change" if revision.after.is_preview else "changed"
    first = f"{count(total, 'clause', of_it)} {verb}"
    said = f"{first}, {' and '.join(parts)}." if parts else f"{first}."
    return f"{said} {unchanged(revision, topics)}".strip()


def remark(revision: Revision, topics: Sequence[Topic]) -> str:
    """Return what a list says under a headline: only what the headline does not say already."""
    if not revision.significance.is_news or revision.is_translation:
        return summary(revision, topics)
    total = len(news(revision))
    counts = [
        f"{about(revision, t.id)} on {lower(t.title)}" for t in topics if t.id in revision.topics
    ]
    said = f"Of {total} clauses, {' and '.join(counts)}." if counts and total > 1 else ""
    return f"{said} {unchanged(revision, topics)}".strip()


def teaser(revision: Revision) -> str:
    """Return the headings over the first three changes that are about a watched topic, as one
    line.
    """
    found = dict.fromkeys(own_heading(c) for c in news(revision) if c.tags)
    named = [name for name in found if name]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"{' · '.join(named[:3])}{more}"


def own_heading(change: Change) -> str:
    """Return the heading over a change, or the change itself where it is one; not the page's title.

    What has no letter (a page's stray "**") says nothing; the heading above it does.
    """
    clause = change.clause
    own = [f"{clause.number} {clause.text}"] if clause.unit is Unit.HEADING else []
    return next((line(t) for t in [*own, *change.path[:0:-1]] if _WORD.search(t)), "")


def unchanged(revision: Revision, topics: Sequence[Topic]) -> str:
    """Return which watched topics did not change, as a sentence; empty when all did.

    Nothing is said of a text whose language the watched words are not in.
    """
    rest = [lower(t.title) for t in topics if t.id not in revision.topics]
    spoken = {c.language for c in revision.after.captures} <= {None, "en"}
    return f"No change about {' or '.join(rest)} was found." if rest and spoken else ""


def lower(title: str) -> str:
    """Return a title inside a sentence: "Generative AI" → "generative AI", but "AI rules" stays."""
    first = title.split(" ")[0]
    return title if first.isupper() else title[:1].lower() + title[1:]


def tag_uri(revision: Revision) -> str:
    """Return the permanent identity of a revision (RFC 4151): the document and when it was first
    seen.
    """
    # An authority that is nobody's: the identity must not move with the site's address.
    shown = "/preview" if revision.after.is_preview else ""
    seen, number = revision.after.named
    name = f"{iso(seen)}{shown}{nth(number)}"
    return f"tag:terms-tracker.invalid,2025:{revision.document}/{name}"


def name_key(published: PublishedVersion) -> str:
    """Return the name of a version that was published, as ids of items have it."""
    shown = "/preview" if published.is_preview else ""
    return f"{iso(published.seen)}{shown}{nth(published.nth)}"


def withdrawal(published: PublishedVersion) -> str:
    """Return why a version that was published is none any more."""
    return (
        f"A text first seen {moment(published.seen)} was published here as a version of this "
        "document. What is known by now shows that it was none: its captures were revoked or are "
        "in another language than the document, or others show another course of events."
    )


def since_before(version: Version) -> str:
    """Say who turned out to have seen a version before it was published here, and when."""
    if version.named[0] <= version.first_seen:
        return ""
    by = line(version.captures[0].via) if version.captures else ""
    who = f" by {by}" if by and by != LIVE else ""
    known = moment(version.named[0])
    return f"Shown{who} since {moment(version.first_seen)}; known here since {known}"


_COMMIT = re.compile(r"(https://github\.com/[\w.-]{1,100}/[\w.-]{1,100})/commit/([0-9a-f]{40})")


def copy_of(capture: Capture, document: Document) -> str:
    """Return where an archive shows its copy of what was captured; empty where none is known.

    Open Terms Archive names the commit that recorded a page; the page is a file in that, called
    after the service and the type of its document.
    """
    url = capture.archive_url or ""
    commit = _COMMIT.fullmatch(url)
    if commit and not any("/" in name for name in (document.service, document.type)):
        file = quote(f"{document.service}/{document.type}.html")
        return f"{commit[1]}/blob/{commit[2]}/{file}"
    return url if is_web(url) else ""


def citation(history: History, revision: Revision, address: str) -> str:
    """Return one line that says what was seen, when and where to check it."""
    return _cited(history, revision.after, _recorded(address))


def former_citation(history: History, revision: Revision, address: str, told: str) -> str:
    """Cite the older version, in one line, for words that only it has.

    `told` says what became of them.
    """
    return _cited(history, revision.before, told, _recorded(address))


def _recorded(address: str) -> str:
    return f"change recorded by Terms Tracker at {address}"


def _cited(history: History, version: Version, *told: str) -> str:
    copy = next(filter(None, (copy_of(c, history.document) for c in version.captures)), "")
    page = source(version)
    parts = [
        f"“{document_name(history, version.title)}”",
        f"version first seen {iso(version.first_seen)}{nth(version.nth)}",
        f"published by {line(history.document.service)}{f' at {page}' if page else ''}",
        f"archived at {safe(copy)}" if copy else "",
        *(f"SHA-256 {digest}" for digest in _digests(version.captures)),
        *told,
    ]
    return ", ".join(part for part in parts if part) + "."


def _digests(captures: Iterable[Capture]) -> list[str]:
    return [c.body for c in captures if c.body]
