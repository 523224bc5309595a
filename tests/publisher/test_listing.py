"""Long lists: pages that are filled from the oldest entry on, and stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import SITE, TOPICS, everything, heron, publish
from tracker.model import History
from tracker.publisher import DocumentSummary, document_output, site_files
from tracker.publisher.site import listing
from tracker.publisher.site.listing import (
    Event,
    ListEntry,
    ListPage,
    entries,
    events,
    list_pages,
    newest_first,
)

(NEWEST, *_) = entries(heron(), TOPICS, ())


def many(count: int) -> list[ListEntry]:
    return [replace(NEWEST, page=f"changes/{n}/") for n in range(count, 0, -1)]


def together(found: Sequence[ListPage]) -> list[ListEntry]:
    return [entry for leaf in found for entry in leaf.entries]


@given(st.integers(0, 1000))
def test_every_entry_stands_on_one_page_in_its_order(count: int) -> None:
    found = list_pages("changes/", many(count))
    assert together(found) == many(count)
    assert found[0].path == "changes/"
    assert len(found[0].entries) <= 200
    assert {len(leaf.entries) for leaf in found[1:]} <= {100}


@given(st.integers(0, 1000), st.integers(0, 300))
def test_full_pages_stay_as_they_are(before: int, more: int) -> None:
    """But for where the newest of them leads on to."""
    old, new = (list_pages("changes/", many(n)) for n in (before, before + more))
    known = {leaf.path: leaf for leaf in new}
    for n, leaf in enumerate(old[1:]):
        assert known[leaf.path].entries == leaf.entries
        assert n == 0 or known[leaf.path] == leaf


@given(st.integers(0, 1000))
def test_pages_lead_from_one_to_the_next(count: int) -> None:
    found = list_pages("changes/", many(count))
    paths = [leaf.path for leaf in found]
    assert [leaf.older for leaf in found] == [*paths[1:], ""]
    assert [leaf.newer for leaf in found] == ["", *paths[:-1]]


def abstracts(histories: Sequence[History]) -> list[DocumentSummary]:
    return [document_output(history, TOPICS, SITE).abstract for history in histories]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_ON_A_PAGE", 1)


@pytest.mark.usefixtures("short")
def test_a_long_list_has_pages_that_link_to_each_other() -> None:
    files = publish(everything(), TOPICS, SITE)
    names = {name for name in files if name.startswith("changes/older/")}
    assert names == {f"changes/older/{n}/index.html" for n in range(1, len(names) + 1)}
    assert len(names) == sum(len(h.revisions) for h in everything()) - 1 > 3
    paths = ["changes/", *(f"changes/older/{n}/" for n in range(len(names), 0, -1))]
    pages = [files[f"{path}index.html"].decode() for path in paths]
    assert [page.count('<li class="entry') for page in pages] == [1] * len(pages)
    for page, number in zip(pages, range(len(names), 0, -1), strict=False):
        assert f'older/{number}/index.html">Older revisions</a>' in page
    assert "The newest 1 of" in pages[0]


@pytest.mark.usefixtures("short")
def test_an_older_page_does_not_follow_from_what_came_later() -> None:
    first, *rest = everything()
    last = first.revisions[-1]
    after = replace(last.after, first_seen=last.first_seen + timedelta(days=900))
    more = replace(last, before=last.after, after=after)
    later = replace(first, revisions=(*first.revisions, more), versions=(*first.versions, after))
    lots = [
        {lot.name: repr(lot.follows) for lot in site_files(abstracts(found), TOPICS, SITE)}
        for found in ([first, *rest], [later, *rest])
    ]
    olds = [name for name in lots[0] if name.startswith("list changes/older/")]
    assert len(olds) > 3
    assert all(lots[0][name] == lots[1][name] for name in olds[1:])


def test_what_happened_to_the_texts_of_a_service_on_a_day_is_one_event() -> None:
    mine = entries(heron(), TOPICS, ())
    others = [replace(e, page=f"{e.page}eu/", revision=replace(e.revision)) for e in mine]
    found = events(newest_first([*mine, *others]))
    assert [len(event.others) for event in found] == [1, 1]
    assert {e.page for e in together_of(found)} == {e.page for e in [*mine, *others]}


def together_of(found: Sequence[Event]) -> list[ListEntry]:
    return [entry for event in found for entry in (event.entry, *event.others)]


def test_what_answers_a_question_leads_an_event() -> None:
    quiet, telling = sorted(entries(heron(), TOPICS, ()), key=lambda e: len(e.revision.answers))
    day = replace(quiet.revision.after, first_seen=telling.revision.first_seen)
    same_day = replace(quiet, revision=replace(quiet.revision, after=day))
    (event,) = events([same_day, telling])
    assert event.entry == telling


def test_texts_of_two_services_are_two_events() -> None:
    mine = entries(heron(), TOPICS, ())
    others = [replace(entry, service="Crane") for entry in mine]
    assert len(events(newest_first([*mine, *others]))) == 4
