"""A redline as one HTML file that needs no other. Pure."""

from __future__ import annotations

from html import escape

from tracker.model import Change, Op, Revision, Span
from tracker.publisher import words

_STYLE = (
    "body{font:16px/1.5 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "h2{font-size:1em;margin:2em 0 .3em}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3em 0}"
    "del{background:#fde3c8}ins{background:#cfe3fb}"
)
_TAG = {Op.DELETE: "del", Op.INSERT: "ins"}


def redline_page(revision: Revision) -> str:
    """Every change of a revision in whole: what went struck out, what came underlined."""
    title = escape(words.line(f"{revision.document}: {revision.after.title}"))
    times = " → ".join(words.iso(v.first_seen) for v in (revision.before, revision.after))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        f"<p>First seen {times}. {escape(words.safe(revision.reason))}.</p>",
        *map(_change, revision.changes),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _change(change: Change) -> str:
    heading = escape(words.heading(change.path))
    kind = escape(words.kind(change))
    return f"<h2>{heading}</h2>\n<p><b>{kind}</b></p>\n<p>{''.join(map(_span, change.redline))}</p>"


def _span(span: Span) -> str:
    text = escape(words.safe(span.before if span.op is Op.DELETE else span.after))
    tag = _TAG.get(span.op)
    return f"<{tag}>{text}</{tag}>" if tag else text
