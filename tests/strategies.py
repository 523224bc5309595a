"""Hypothesis strategies and small builders shared by the tests of the differ and the history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from tracker.extractor import read
from tracker.extractor.normalise import enumerator, fold
from tracker.model import Capture, Clause, Outcome, Reading, Source, Unit, Version, digest

# How long an example takes depends on the machine, and says nothing about the code.
settings.register_profile("tracker", deadline=None)
settings.load_profile("tracker")

DAY = timedelta(days=1)
START = datetime(2025, 1, 1, 8, tzinfo=UTC)
PAGE = "https://example.org/legal/terms"

# Letters of many scripts, accents on their own, controls, what is invisible, and astral planes.
HARD = (
    "aé中かबिกि\u0301\u3099\u200b\u00ad\u00a0\u202f\ufeff‘’“”`´—\x00\x1f\x85\n\U0001f600\U00020000"
)
characters = st.one_of(st.characters(codec="utf-8"), st.sampled_from(HARD + " .,'-0123456789"))
texts = st.text(characters, max_size=60)

WORDS = (
    "we share your data with partners and affiliates when you use the service to train models "
    "under this agreement section 2.1 30 days don’t opt-out café विज्ञापन 広告 the of to"
).split()
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
#: Text as it comes from pages: words mostly, with now and then anything at all.
prose = st.lists(st.one_of(sentences, sentences, texts), max_size=4).map(" ".join)


def clause(
    text: str, unit: Unit = Unit.PARAGRAPH, path: tuple[str, ...] = (), level: int = 0
) -> Clause:
    """A clause as the reader would make it of a line of text."""
    number, rest = enumerator(text)
    return Clause(unit, rest, fold(rest), path, number, (), level)


units = st.sampled_from((Unit.PARAGRAPH, Unit.ITEM, Unit.HEADING))
clauses = st.lists(st.builds(clause, sentences, units), max_size=12).map(tuple)


@st.composite
def edited(draw: st.DrawFn) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
    """Two versions of a text, the second made from the first by a few edits."""
    before = draw(clauses)
    after = list(before)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(after)))
        moves = draw(st.booleans())
        if after and moves:
            moved = after.pop(min(place, len(after) - 1))
            after.insert(draw(st.integers(0, len(after))), moved)
        else:
            after.insert(place, draw(st.builds(clause, sentences, units)))
    return before, tuple(after[draw(st.integers(0, 2)) :])


def page(html: str, source: Source | None = None) -> Reading:
    """A page as read today."""
    return read(html.encode(), "text/html", source or Source(PAGE))


def markdown(text: str) -> Reading:
    return read(text.encode(), "text/markdown", None)


def version(
    html: str,
    day: int = 0,
    *,
    title: str | None = None,
    urls: tuple[str, ...] = (),
    captures: tuple[Capture, ...] = (),
) -> Version:
    """A version of a document as first seen on a day."""
    reading, time = page(html), START + day * DAY
    return Version("d", title or reading.title, time, time, reading.clauses, captures, urls)


def capture(
    day: float = 0,
    body: str = "",
    *,
    outcome: Outcome = Outcome.GOOD,
    source: Source | None = None,
    text: str | None = None,
    length: int = 0,
    language: str | None = None,
    via: str = "live",
    media: str = "text/html",
) -> Capture:
    """A row of the archive; `text` stands for the digest of the readable text."""
    url = source.url if source else None
    return Capture(
        document="d",
        source=source,
        asked_url=url,
        final_url=url,
        time=START + day * DAY,
        status=200,
        headers=(),
        outcome=outcome,
        reason="" if outcome is Outcome.GOOD else f"It came as {outcome}.",
        body=digest(body.encode()),
        text=text,
        length=length,
        language=language,
        media=media,
        via=via,
        archive_url=None,
    )
