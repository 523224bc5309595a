"""Captures in another language than the document: what follows from them, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import TOPICS, clauses
from tracker.history import history, in_order, judged, without_repeats
from tracker.model import (
    LIVE,
    PREVIEW,
    Capture,
    Document,
    History,
    Outcome,
    Reading,
    Significance,
    Source,
    State,
)
from tracker.publisher.headlines import headline
from tracker.publisher.words import summary

PAGE = Source("https://heron.example/terms")
DOCUMENT = Document("heron/terms@global", "Heron", "Terms", "global", (PAGE,))
START = datetime(2025, 9, 1, 5, tzinfo=UTC)
TEXTS = {
    "en": "# Terms\nBe kind to the birds.\nWalk slowly.",
    "en2": "# Terms\nBe kind to the birds.\nWalk very slowly by the water.",
    "fr": "# Conditions\nSoyez doux avec les oiseaux.\nMarchez lentement.",
    "hi": "# नियम\nपक्षियों पर दया करें।",
}


def look(name: str, hours: float, outcome: Outcome = Outcome.GOOD, via: str = LIVE) -> Capture:
    return Capture(
        document=DOCUMENT.id,
        source=PAGE,
        asked_url=PAGE.url,
        final_url=PAGE.url,
        time=START + timedelta(hours=hours),
        status=200,
        headers=(),
        outcome=outcome,
        reason="" if outcome is Outcome.GOOD else "As it seemed then.",
        body=name,
        text=name,
        length=100,
        language=name[:2],
        media="text/html",
        via=via,
        archive_url=None,
    )


def looks(names: str, every: float = 12) -> list[Capture]:
    return [look(name, n * every) for n, name in enumerate(names.split())]


def read(capture: Capture) -> Reading:
    return Reading("Terms", None, clauses(TEXTS[capture.body or ""]))


def told(captures: Sequence[Capture], document: Document = DOCUMENT) -> History:
    return history(document, captures, read, TOPICS)


def shown(found: History) -> list[str]:
    return [version.captures[0].body or "" for version in found.versions]


def test_a_first_capture_in_another_language_does_not_decide() -> None:
    found = told(looks("fr en en en en2 hi en2 en2"))
    assert shown(found) == ["en", "en2"]
    assert [r.significance for r in found.revisions] == [Significance.SUBSTANTIVE]


def test_what_was_recorded_as_another_language_counts_once_it_is_the_documents_own() -> None:
    recorded = [look("fr", 0), *(look("en", n * 12, Outcome.LANGUAGE) for n in (1, 2, 3, 4))]
    found = told(recorded)
    assert shown(found) == ["en"]
    assert found.standing.state is State.OK


def test_a_document_that_changed_its_language_for_good_goes_on_and_says_so() -> None:
    found = told(looks("en en en fr fr fr"))
    assert shown(found) == ["en", "fr"]
    (revision,) = found.revisions
    assert revision.is_translation
    assert revision.is_news
    assert (revision.changes, revision.topics) == ((), ())
    assert "another language now (fr) than before (en)" in summary(revision, TOPICS)
    assert headline(found, revision, TOPICS).endswith("now in another language (fr)")


def test_until_looks_agree_another_language_stands_in_the_way_and_says_the_way_out() -> None:
    found = told(looks("en en en fr fr"))
    assert shown(found) == ["en"]
    assert found.standing.outcome is Outcome.LANGUAGE
    assert "once later looks agree on it" in found.standing.reason


def test_a_declared_language_is_held_to() -> None:
    document = replace(DOCUMENT, language="en")
    assert shown(told(looks("fr fr fr fr en"), document)) == ["en"]


def test_a_preview_is_judged_by_the_language_of_the_text_in_force() -> None:
    seen = [*looks("en en en"), look("fr", 30, via=PREVIEW), look("en2", 31, via=PREVIEW)]
    found = told(seen)
    assert [r.after.captures[0].body for r in found.revisions] == ["en2"]


def archived(names: str, every: float) -> list[Capture]:
    return [look(name, n * every, via="an archive") for n, name in enumerate(names.split())]


def test_a_language_that_others_showed_at_first_by_chance_is_no_change_of_language() -> None:
    found = told(archived("hi hi hi hi hi en en en en2 en2", 24))
    assert shown(found) == ["en", "en2"]
    assert [r.significance for r in found.revisions] == [Significance.SUBSTANTIVE]


def test_what_a_look_told_in_its_day_is_no_outage_in_hindsight() -> None:
    for taken in (archived("hi hi hi en en en", 24), looks("fr fr en en en")):
        found = told(taken)
        assert shown(found) == ["en"]
        assert not found.outages


def test_a_settled_language_is_not_left_for_a_few_captures_of_others() -> None:
    settled, by_chance = "en " * 40, "hi hi hi "
    assert shown(told(archived(settled + by_chance + "en en2 en2", 24))) == ["en", "en2"]


def test_a_settled_language_is_left_once_captures_of_others_agree_for_a_week() -> None:
    found = told(archived("en " * 40 + "fr " * 9, 24))
    assert shown(found) == ["en", "fr"]
    assert found.revisions[0].is_translation


names = st.lists(st.sampled_from(["en", "en2", "fr", "hi"]), max_size=25).map(" ".join)


@given(names, st.sampled_from([6, 12, 30, 120]), st.sampled_from([looks, archived]))
def test_looks_that_may_be_left_out_decide_nothing_about_languages(
    said: str, every: int, taken: Callable[[str, float], list[Capture]]
) -> None:
    every_look = in_order(taken(said, every), DOCUMENT)
    outcome = {c.time: c.outcome for c in judged(every_look, DOCUMENT)}
    left = judged(without_repeats(every_look), DOCUMENT)
    assert [c.outcome for c in left] == [outcome[c.time] for c in left]


@given(names)
def test_judging_again_changes_nothing(said: str) -> None:
    once = judged(looks(said), DOCUMENT)
    assert [c.outcome for c in judged(once, DOCUMENT)] == [c.outcome for c in once]
