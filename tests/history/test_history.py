"""Looks over time become versions, revisions and a standing, in whatever order they are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import DAY, PAGE, START, capture, page
from tracker.extractor import text_digest
from tracker.history import history
from tracker.model import (
    Capture,
    Document,
    History,
    Outcome,
    Significance,
    Source,
    State,
    Topic,
    digest,
)

ONE, TWO, EU = Source(PAGE), Source("https://example.org/a-second-page"), Source(f"{PAGE}/eu")
SALE = Topic("sale", "Sale", "", ("sell*", "sale"), (), ())

BODIES = {
    "A": "<h1>Terms</h1><p>We keep your data.</p><p>Be kind to others.</p>",
    "B": "<h1>Terms</h1><p>We sell your data.</p><p>Be kind to others.</p>",
    "C": "<h1>Terms</h1><p>We sell your data.</p><p>Be kind to all.</p>",
    # The same text in other bytes.
    "a": "<div id=x><h1>Terms</h1><p>We keep&nbsp;your data.</p><p>Be kind to others.</p></div>",
    "2": "<h1>Second page</h1><p>More words.</p>",
}
RULES = "".join(f"<p>Rule {n}: keep to your own side of the water.</p>" for n in range(12))
# One text on its page, with what a transcript leaves out, before and after a change.
BODIES |= {
    f"{name}{way}": f"<h1>Terms</h1><p>{said}</p>{RULES}{more}"
    for name, said in (("A", "We keep your data."), ("B", "We sell your data."))
    for way, more in (("-page", "<p>On this page: Rules.</p>"), ("-transcript", ""))
}
PAGES = {digest(body.encode()): page(body) for body in BODIES.values()}


def look(name: str, day: float, source: Source | None = ONE, *, via: str = "live") -> Capture:
    """What was captured on a day."""
    body = BODIES[name]
    return capture(day, body, source=source, text=text_digest(page(body).clauses), via=via)


def failed(day: float, outcome: Outcome = Outcome.WALL, source: Source | None = ONE) -> Capture:
    return capture(day, "wall", source=source, outcome=outcome)


def told(*captures: Capture, sources: tuple[Source, ...] = (ONE,)) -> History:
    document = Document("d", "Harbour", "Terms of Service", "global", sources)
    return history(document, captures, lambda c: PAGES[c.body or ""], (SALE,))


def story(*captures: Capture, sources: tuple[Source, ...] = (ONE,)) -> list[str]:
    """The text of each version, by its second clause."""
    return [v.clauses[1].text for v in told(*captures, sources=sources).versions]


# ── versions ──────────────────────────────────────────────────────────────────────


def test_nothing_seen_is_an_empty_history() -> None:
    found = told()
    assert (found.versions, found.revisions, found.title) == ((), (), "Terms of Service")
    assert found.standing.state is State.NEVER_SEEN
    assert found.standing.last_visit is None


def test_looks_at_the_same_text_are_one_version() -> None:
    (version,) = told(look("A", 0), look("a", 1), look("A", 2)).versions
    assert (version.first_seen, version.last_seen) == (START, START + 2 * DAY)
    assert (version.title, version.urls) == ("Terms", (PAGE,))
    assert version.captures == (look("A", 0),)


def test_each_new_text_is_a_version_and_a_revision() -> None:
    found = told(look("A", 0), look("B", 1), look("B", 2), look("C", 3))
    assert [v.first_seen for v in found.versions] == [START, START + DAY, START + 3 * DAY]
    assert [v.last_seen for v in found.versions] == [START, START + 2 * DAY, START + 3 * DAY]
    assert [(r.significance, r.topics) for r in found.revisions] == [
        (Significance.SUBSTANTIVE, ("sale",)),
        (Significance.SUBSTANTIVE, ()),
    ]
    assert found.revisions[0].after is found.versions[1]


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.GOOD])
def test_a_failed_look_is_never_a_version(outcome: Outcome) -> None:
    bad = replace(look("B", 1), outcome=outcome, reason="Not now.")
    found = told(look("A", 0), bad, look("A", 2))
    assert len(found.versions) == 1
    assert found.revisions == ()
    assert told(bad).versions == ()


def test_an_earlier_wording_that_came_back_and_stayed_is_reverted() -> None:
    found = told(look("A", 0), look("B", 1), look("a", 2), look("A", 2.5), look("a", 3))
    assert [r.significance for r in found.revisions] == [
        Significance.SUBSTANTIVE,
        Significance.REVERTED,
    ]
    assert found.revisions[1].first_seen == START + 2 * DAY
    assert found.revisions[1].topics == ("sale",)
    assert found.revisions[1].reason == "an earlier wording came back"


def test_an_earlier_wording_that_came_for_a_look_is_nothing() -> None:
    found = told(look("A", 0), look("B", 1), look("a", 2), look("B", 3))
    assert [r.significance for r in found.revisions] == [Significance.SUBSTANTIVE]
    assert found.standing.state is State.OK
    held = told(look("A", 0), look("B", 1), look("a", 2)).standing
    assert (held.state, held.outcome) == (State.HELD, Outcome.GOOD)
    assert "waits for agreement (1 of 3 looks" in held.reason
    assert held.last_seen == START + 2 * DAY


def test_an_earlier_slip_that_came_back_is_no_news() -> None:
    body = BODIES["A"].replace("We keep your data.", "We keep your data")
    slip = capture(1, body, source=ONE, text="other")
    pages = PAGES | {digest(body.encode()): page(body)}
    document = Document("d", "Harbour", "Terms", "global", (ONE,))
    captures = [look("A", 0), slip, *(look("A", day) for day in (2, 3, 4))]
    found = history(document, captures, lambda c: pages[c.body or ""], ())
    assert [r.significance for r in found.revisions] == [Significance.EDITORIAL] * 2


def test_a_wording_that_comes_and_goes_is_news_until_it_came_back_twice() -> None:
    days = [(name, 4 * n + more) for n, name in enumerate("ABABABA") for more in (0, 1, 2)]
    found = told(*(look(name, day) for name, day in days))
    worths = [r.significance for r in found.revisions]
    assert worths[:3] == [Significance.SUBSTANTIVE, *[Significance.REVERTED] * 2]
    assert worths[-1] is Significance.EDITORIAL


# ── several pages ─────────────────────────────────────────────────────────────────


def test_pages_are_combined_in_the_order_of_the_document() -> None:
    both = (look("A", 0, ONE), look("2", 0, TWO))
    (version,) = told(*both, sources=(ONE, TWO)).versions
    assert [c.text for c in version.clauses][::3] == ["Terms", "Second page"]
    assert (version.title, version.urls) == ("Terms", (ONE.url, TWO.url))
    (version,) = told(*both, sources=(TWO, ONE)).versions
    assert version.title == "Second page"


def test_a_look_with_a_page_missing_is_no_version() -> None:
    whole = (look("A", 0, ONE), look("2", 0, TWO))
    broken = (look("B", 1, ONE), failed(1, source=TWO))
    found = told(*whole, *broken, sources=(ONE, TWO))
    assert len(found.versions) == 1
    assert found.standing.state is State.FAILING


def test_two_archives_that_looked_at_the_same_time_are_two_looks() -> None:
    at_once = (look("A", 0, via="Archive, commit 1"), look("A", 0, via="Archive, commit 2"))
    (version,) = told(*at_once).versions
    assert len(version.clauses) == 3


def test_an_archive_that_is_some_hours_behind_is_no_return() -> None:
    late = look("A", 1.3, via="One, commit 2")
    seen = (look("A", 0, via="One, commit 1"), look("B", 1, via="Other, host"))
    told_once = told(*seen, late, look("B", 2, via="One, commit 3"))
    assert [v.captures[0].text for v in told_once.versions] == [c.text for c in seen]
    assert len(told_once.revisions) == 1


def test_one_page_read_by_two_selections_has_a_fixed_order() -> None:
    first, second = Source(PAGE, ("h1",)), Source(PAGE, ("p",))
    looks = [look("A", 0, first), look("A", 0, second)]
    assert told(*looks, sources=(first, second)) == told(*looks[::-1], sources=(first, second))


def test_another_page_is_technical_and_what_it_then_changes_is_news() -> None:
    found = told(look("A", 0, ONE), look("B", 1, EU), look("C", 2, EU))
    assert [r.significance for r in found.revisions] == [
        Significance.TECHNICAL,
        Significance.SUBSTANTIVE,
    ]


def test_a_page_that_moved_with_its_text_does_not_hide_the_next_change() -> None:
    found = told(look("A", 0, ONE), look("a", 1, EU), look("B", 2, EU))
    assert [v.first_seen for v in found.versions] == [START, START + 2 * DAY]
    assert found.versions[0].urls == (EU.url,)
    (revision,) = found.revisions
    assert (revision.significance, revision.topics) == (Significance.SUBSTANTIVE, ("sale",))


def test_a_change_is_news_although_its_text_is_later_read_from_another_page() -> None:
    found = told(look("A", 0, ONE), look("B", 1, ONE), look("B", 2, EU), look("C", 3, EU))
    assert [r.significance for r in found.revisions] == [Significance.SUBSTANTIVE] * 2
    assert [r.after.urls for r in found.revisions] == [(ONE.url,), (EU.url,)]
    assert [r.before.urls for r in found.revisions] == [(ONE.url,), (EU.url,)]


def ways(*names: str) -> list[Capture]:
    """Looks at the page (selected) and at its transcript, one a day."""
    selected = Source(PAGE, ("main",))
    return [
        look(name, day, selected)
        if name.endswith("-page")
        else replace(look(name, day, via="archive"), media="text/markdown")
        for day, name in enumerate(names)
    ]


@pytest.mark.parametrize("first", ["page", "transcript"])
@pytest.mark.parametrize("then", ["page", "transcript"])
def test_a_page_and_its_transcript_are_one_text(first: str, then: str) -> None:
    """They are never quite alike; a change that one shows is told once."""
    turns = ("page", "transcript") if first == "page" else ("transcript", "page")
    later = ("page", "transcript") if then == "page" else ("transcript", "page")
    before = [f"A-{way}" for way in (*turns, *turns)]
    after = [f"B-{way}" for way in (*later, *later)]
    (revision,) = told(*ways(*before, *after)).revisions
    assert revision.significance is Significance.SUBSTANTIVE
    assert revision.changes[0].clause.text == "We sell your data."


@given(st.lists(st.sampled_from(["A-page", "A-transcript", "B-page", "B-transcript"]), max_size=9))
def test_each_step_begins_where_the_one_before_ended(names: list[str]) -> None:
    found = told(*ways(*names))
    for version, revision in zip(found.versions, found.revisions, strict=False):
        assert revision.before.clauses == version.clauses
    for version, revision in zip(found.versions[1:], found.revisions, strict=False):
        assert len(revision.after.clauses) == len(version.clauses)


def test_what_only_one_of_two_ways_shows_is_told() -> None:
    (revision,) = told(*ways("A-transcript", "A-page", "A-transcript", "B-page")).revisions
    assert revision.changes[0].clause.text == "We sell your data."


def test_an_import_that_names_no_page_gives_way_to_nothing() -> None:
    found = told(look("A", 0, None, via="archive"), look("a", 1, ONE), look("B", 2, ONE))
    assert found.versions[0].urls == ()
    assert found.versions[0].captures[0].via == "archive"
    assert found.revisions[0].significance is Significance.SUBSTANTIVE


# ── order ─────────────────────────────────────────────────────────────────────────

looks = st.builds(
    look,
    st.sampled_from("ABCa"),
    st.integers(0, 6),
    st.sampled_from([ONE, EU, None]),
    via=st.sampled_from(["live", "archive"]),
)
visits = st.one_of(looks, looks, st.builds(failed, st.integers(0, 6), st.sampled_from(Outcome)))


@given(st.lists(visits, max_size=8), st.randoms())
def test_a_history_does_not_hang_on_the_order_of_its_captures(
    captures: list[Capture], random: Callable[[], float]
) -> None:
    captures = [c for c in captures if c.body in PAGES or c.outcome is not Outcome.GOOD]
    shuffled = sorted(captures, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert told(*captures) == told(*shuffled)


@given(st.lists(looks, min_size=1, max_size=8, unique_by=lambda c: (c.time, c.via)))
def test_versions_follow_each_other_and_cover_all_looks(captures: Sequence[Capture]) -> None:
    found = told(*captures)
    digests = [text_digest(v.clauses) for v in found.versions]
    assert all(a != b for a, b in pairwise(digests))
    assert len(found.revisions) == len(found.versions) - 1
    assert found.versions[0].first_seen == min(c.time for c in captures)
    is_held = found.standing.state is State.HELD
    assert is_held or found.versions[-1].last_seen == max(c.time for c in captures)
    assert all(v.first_seen <= v.last_seen for v in found.versions)


# ── standing ──────────────────────────────────────────────────────────────────────


def test_a_document_stands_as_its_last_look_went() -> None:
    good = told(failed(0), look("A", 1)).standing
    assert (good.state, good.outcome, good.reason) == (State.OK, Outcome.GOOD, "")
    assert good.last_seen == good.last_visit == START + DAY
    bad = told(look("A", 0), failed(1)).standing
    assert (bad.state, bad.outcome) == (State.FAILING, Outcome.WALL)
    assert (bad.last_seen, bad.last_visit) == (START, START + DAY)
    assert bad.reason == "It came as sign-up wall."
    assert told(failed(0)).standing.last_seen is None


def test_a_collapse_is_held() -> None:
    assert told(look("A", 0), failed(1, Outcome.COLLAPSED)).standing.state is State.HELD


def test_one_page_that_failed_is_enough() -> None:
    captures = (look("A", 0, ONE), failed(0, Outcome.MISSING, TWO))
    standing = told(*captures, sources=(ONE, TWO)).standing
    assert (standing.state, standing.outcome) == (State.FAILING, Outcome.MISSING)
