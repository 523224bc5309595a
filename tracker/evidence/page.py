"""A redline as one HTML file that needs no other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from tracker.evidence import verify
from tracker.model import Change, Kind, Op, Revision, Span, Topic
from tracker.publisher import words

_TAG = {Op.DELETE: "del", Op.INSERT: "ins"}


def redline_page(revision: Revision, topics: Sequence[Topic]) -> str:
    """Every change of a revision in whole: what went struck out, what came underlined.

    It says what `terminal.diff` says of the same revision.
    """
    title = escape(words.line(f"{revision.document}: {revision.after.title}"))
    titles = {topic.id: topic.title for topic in topics}
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{verify.POLICY}">',
        f"<title>{title}</title><style>{verify.STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        *(f"<p>{escape(line)}</p>" for line in _said(revision)),
        *(_change(change, titles) for change in revision.changes),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _said(revision: Revision) -> Iterator[str]:
    """The lines above the changes."""
    for label, version in (("Before", revision.before), ("After", revision.after)):
        yield f"{label}: {words.sight(version)} {words.line(version.title)}"
    yield f"{words.worth(revision.significance)}: {words.safe(revision.reason)}."
    if revision.effective:
        yield f"In force from {words.day(revision.effective)}."
    if not revision.changes:
        yield "Nothing changed."


def _change(change: Change, titles: Mapping[str, str]) -> str:
    heading = words.clause_path(change) or "top of the page"
    wording = "".join(map(_span, change.redline))
    parts = [
        f"<h2>{escape(heading)}</h2>",
        f"<p><b>{escape(' · '.join(_labels(change, titles)))}</b></p>",
        *_numbers(change),
        f'<p class="wording">{wording}</p>',
        *(f"<p>{escape(line)}</p>" for line in _links(change)),
    ]
    return "\n".join(parts)


def _labels(change: Change, titles: Mapping[str, str]) -> Iterator[str]:
    yield words.kind(change)
    for tag in change.tags:
        yield f"{titles.get(tag.topic, tag.topic)} ({', '.join(map(words.safe, tag.words))})"
    yield from map(words.turn, change.notes)


def _numbers(change: Change) -> Iterator[str]:
    if change.kind is Kind.RENUMBERED:
        old, new = (side[0].number or "(none)" for side in (change.before, change.after))
        yield f"<p>{escape(words.safe(f'{old} → {new}'))}</p>"


def _links(change: Change) -> Iterator[str]:
    yield from (f"- link {words.line(link.target, 1000)}" for link in change.links_removed)
    yield from (f"+ link {words.line(link.target, 1000)}" for link in change.links_added)


def _span(span: Span) -> str:
    text = escape(words.safe(span.before if span.op is Op.DELETE else span.after))
    tag = _TAG.get(span.op)
    return f"<{tag}>{text}</{tag}>" if tag else text
