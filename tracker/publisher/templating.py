"""The templates, with everything of a page escaped, and redlines as runs a template can walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tracker.model import Op, Span
from tracker.publisher import urls, words

_CONTEXT = 240  # characters of unchanged text kept on either side of a change in a feed
_LONGEST_RUN = 12_000  # characters of one insertion or deletion that a feed shows


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a redline: `op` is same, delete or insert."""

    op: str
    text: str


def runs(redline: Sequence[Span]) -> list[Run]:
    """Return a whole redline, as the newer version has it where nothing changed."""
    return [Run(s.op.value, s.after or s.before) for s in redline]


def half(redline: Sequence[Span], op: str) -> list[Run]:
    """Return one side of a redline in full: the older for `delete`, the newer for `insert`."""
    kept = [s for s in redline if s.op in (Op.SAME, Op(op))]
    return [Run(s.op.value, s.before if op == "delete" else s.after) for s in kept]


def side(redline: Sequence[Span], op: Op) -> list[Run]:
    """Return one side of a redline (what was before: `DELETE`), long unchanged runs shortened."""
    spans = [s for s in redline if s.op in {Op.SAME, op}]
    return list(_side(spans, op))


def marked(redline: Sequence[Span]) -> list[Run]:
    """Return a whole redline for a place where marks stand in the text: none of it can pass for
    one.
    """
    return [Run(run.op, words.unforged(words.safe(run.text))) for run in runs(redline)]


def both(redline: Sequence[Span]) -> list[Run]:
    """Return a redline in one piece, both sides in it, long unchanged runs shortened."""
    return list(_side(redline, Op.INSERT))


def _side(spans: Sequence[Span], op: Op) -> Iterator[Run]:
    for n, span in enumerate(spans):
        text = words.safe(span.before if Op.DELETE in {op, span.op} else span.after)
        if span.op is Op.SAME:
            text = words.excerpt(text, n > 0, n < len(spans) - 1, _CONTEXT)
        elif len(text) > _LONGEST_RUN:
            text = f"{text[:_LONGEST_RUN]} […]"
        # A page that itself writes our marks must not be able to forge a change.
        yield Run(span.op.value, words.unforged(text))


def _harmless(value: object) -> object:
    """Make every value that is put into a page safe; markup already is."""
    return words.safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def environment() -> Environment:
    """Jinja2 that escapes and disarms whatever is shown; a misspelt name is an error."""
    found = Environment(
        loader=PackageLoader("tracker.publisher", "templates"),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # asking whether a template changed is dear beside a small page
    )
    found.filters |= {
        "day": words.day,
        "moment": words.moment,
        "iso": words.iso,
        "sight": words.sight,
        "source_name": words.source_name,
        "since_before": words.since_before,
        "withdrawal": words.withdrawal,
        "provenance": words.provenance,
        "origins": words.origins,
        "significance": words.significance_label,
        "kind": words.kind,
        "compared": words.compared,
        "turn": words.turn,
        "clause_path": words.clause_path,
        "heading": words.heading,
        "line": words.line,
        "lower_title": words.lower,
        "runs": runs,
        "half": half,
        "marked": marked,
        "count": words.count,
        "copy_of": words.copy_of,
        "version_name": urls.version_name,
        "feed_file": urls.feed_file,
    }
    found.tests["web"] = words.is_web
    return found


ENVIRONMENT = environment()
