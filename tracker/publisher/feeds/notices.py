"""Items that are no revision, in plain sentences: corrections, outages and their ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracker.errors import without_advice
from tracker.model import (
    Correction,
    History,
    Outage,
    Outcome,
    PublishedVersion,
    Revision,
    digest,
)
from tracker.publisher import words
from tracker.publisher.feeds.catalogue import STATUS
from tracker.publisher.feeds.channel import Content, Item
from tracker.publisher.templating import ENVIRONMENT
from tracker.publisher.urls import document_page, revision_page, withdrawn_page

_STATUS = frozenset({STATUS})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notice leads, and under which words."""

    history: History
    link: str
    label: str


def correction_item(
    history: History,
    revision: Revision | None,
    correction: Correction,
    base: str,
    feeds: frozenset[str],
) -> Item:
    """Return a correction as an item of its own: readers do not show an item again that they know.

    `revision` is None where today's reading of the pages does not find it any more.
    """
    if correction.verdict:
        return _verdict_item(history, correction, base, feeds)
    name = words.document_name(history)
    seen = f"{words.iso(correction.first_seen)}{words.nth(correction.nth)}"
    about = f"It is about the revision first seen {words.moment(correction.first_seen)}."
    gone = "" if revision else "Read by today's rules, there was none."
    page = revision_page(revision) if revision else document_page(correction.document)
    key = digest(correction.sentence.encode("utf-8", "replace"))[:8]
    said = [s for s in (words.safe(correction.sentence), about, gone) if s]
    return sentences_item(
        f"correction/{correction.document}/{seen}/{correction.date}-{key}",
        f"{name}: correction of what was published {words.day(correction.first_seen)}",
        said,
        ("correction", "Correction"),
        corrected_at(correction),
        Place(history, base + page, "What was published"),
        feeds,
    )


def _verdict_item(
    history: History, correction: Correction, base: str, feeds: frozenset[str]
) -> Item:
    seen, said = words.iso(correction.first_seen), correction.verdict
    what = f"the capture of {words.moment(correction.first_seen)} was {said}"
    about = f"In the log it stays as it was recorded; from now on {_COUNTS[str(said)]}."
    key = digest(correction.sentence.encode("utf-8", "replace"))[:8]
    return sentences_item(
        f"{said}/{correction.document}/{seen}/{correction.date}-{key}",
        f"{words.document_name(history)}: {what}",
        [words.safe(correction.sentence), about],
        ("correction", "Correction"),
        corrected_at(correction),
        Place(history, base + document_page(correction.document), "What is known"),
        feeds,
    )


_COUNTS = {
    "revoked": "it is not taken for the document",
    "accepted": "it is taken for the document, and so is every capture of the same text",
}


def withdrawal_item(
    history: History, published: PublishedVersion, base: str, feeds: frozenset[str]
) -> Item:
    """Return the item of news that is none any more, under the id by which it was told."""
    name, key = words.document_name(history), words.name_key(published)
    return sentences_item(
        f"{published.document}/{key}",
        f"{name}: withdrawn, what was told on {words.day(published.told)}",
        [words.withdrawal(published)],
        ("withdrawn", "Withdrawn"),
        published.told,
        Place(history, base + withdrawn_page(published), "What is known"),
        feeds,
    )


def corrected_at(correction: Correction) -> datetime:
    """When a correction was made: its day is all that is known, and it never comes first."""
    day = datetime.combine(correction.date, datetime.min.time(), UTC)
    last = datetime.max.replace(tzinfo=UTC) - timedelta(seconds=1)
    return max(day, min(correction.first_seen, last) + timedelta(seconds=1))


def renamed_item(history: History, time: datetime, base: str) -> Item:
    """Return an item for readers of the feed of an earlier name: where the document goes on.

    `time` is when it was last seen under this name.
    """
    document, became = history.document.id, history.document.became
    place = Place(history, f"{base}{document_page(became)}", "Its changes from now on")
    said = [f"This text is followed as {became} now, whose feed tells what changes in it."]
    name, kind = words.document_name(history), ("renamed", "Renamed")
    return sentences_item(
        f"renamed/{document}/{became}",
        f"{name}: goes on as {became}",
        said,
        kind,
        time,
        place,
        frozenset({document}),
    )


def outage_items(history: History, outage: Outage, base: str) -> Iterator[Item]:
    """Yield an item for the beginning of an outage and, once it is over, another for its end."""
    document, name = history.document.id, words.document_name(history)
    place = Place(history, f"{base}status/", "How every text stands")
    since = f"since {words.day(outage.last_seen or outage.began)}"
    why = f": {outage.outcome.value}" if outage.outcome is not Outcome.ANSWERED else ""
    before = (
        f"It was last seen {words.moment(outage.last_seen)}; what is shown is the text of then."
        if outage.last_seen
        else "It has not been seen before."
    )
    said = [s for s in (words.line(without_advice(outage.reason), 1000), before) if s]
    key, kind = f"outage/{document}/{words.iso(outage.began)}", ("outage", "Outage")
    yield sentences_item(
        key, f"{name}: not seen {since}{why}", said, kind, outage.began, place, _STATUS
    )
    if outage.ended:
        well = f"All is as expected again since {words.moment(outage.ended)}."
        said = [f"It had not been seen {since}. {well}"]
        key, kind = f"recovery/{document}/{words.iso(outage.ended)}", ("recovery", "Recovery")
        yield sentences_item(key, f"{name}: seen again", said, kind, outage.ended, place, _STATUS)


def sentences_item(
    key: str,
    title: str,
    said: Sequence[str],
    kind: tuple[str, str],
    time: datetime,
    place: Place,
    feeds: frozenset[str],
) -> Item:
    """Return an item of plain sentences."""
    document = place.history.document.id
    html = ENVIRONMENT.get_template("notice.html").render(sentences=said, place=place)
    text = "\n\n".join([*said, f"{place.label}: {place.link}"]) + "\n"
    return Item(
        id=f"tag:terms-tracker.invalid,2025:{key}",
        title=title,
        link=place.link,
        summary=" ".join(said),
        content=Content.of(html, text, {"document": document, "event": kind[0]}),
        published=time,
        categories=((document, words.document_name(place.history)), kind),
        feeds=feeds,
    )
