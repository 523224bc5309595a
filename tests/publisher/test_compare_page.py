"""What the page of comparisons offers to choose from."""

from __future__ import annotations

from dataclasses import replace

from lxml import html

from tests.factories import SITE, TOPICS, heron, heron_eu, history, never_seen, publish, samples
from tracker.model import Significance
from tracker.publisher.site.compare_page import document_versions as shelf_of
from tracker.publisher.site.compare_page import editions, ends, most_told_first

RULES = [f"# Rules\nA boat has {n} oars." for n in range(4)]


def test_every_version_can_be_chosen_newest_first() -> None:
    document_versions, none = shelf_of(heron()), shelf_of(never_seen())
    assert none.choices == ()
    assert document_versions.name == "Heron Privacy Policy"
    assert [c.label for c in document_versions.choices] == [
        "21 March 2025",
        "11 March 2025",
        "1 March 2025",
    ]
    assert document_versions.choices[0].value == "heron/privacy-policy@global/20250321T083000Z"


def test_versions_of_one_day_are_told_apart_by_the_hour() -> None:
    document_versions = shelf_of(history(*RULES[:3], every=0.5))
    assert [c.label for c in document_versions.choices] == [
        "2 March 2025",
        "1 March 2025, 20:30 UTC",
        "1 March 2025, 08:30 UTC",
    ]


def test_versions_on_either_side_of_another_page_are_of_two_texts() -> None:
    given = heron()
    swapped = replace(given.revisions[1], significance=Significance.TECHNICAL)
    found = shelf_of(replace(given, revisions=(given.revisions[0], swapped)))
    assert [choice.text for choice in found.choices] == [2, 1, 1]
    assert {choice.text for choice in shelf_of(given).choices} == {1}
    page = publish([given], TOPICS, SITE)["compare/index.html"].decode()
    assert 'data-text="1"' in page


def test_what_has_most_to_tell_about_topics_is_offered_first() -> None:
    quiet = history(*RULES, name="gull/rules@global")
    shelves = most_told_first([shelf_of(quiet), shelf_of(never_seen()), shelf_of(heron())])
    assert [shelf.document for shelf in shelves] == [heron().document.id, quiet.document.id]


def test_editions_of_one_text_are_suggested_with_the_one_for_everybody_on_the_left() -> None:
    (first,) = editions([heron_eu(), heron(), never_seen()])
    assert first.label == "Heron Privacy Policy beside Heron Privacy Policy (EU)"
    assert first.older == "heron/privacy-policy@global/20250321T083000Z"
    assert first.newer == "heron/privacy-policy@eu/20250314T083000Z"


def test_the_first_version_of_a_text_is_suggested_beside_its_last() -> None:
    (suggested,) = ends(heron())
    assert suggested.label == "Heron Privacy Policy: 1 March 2025 and 21 March 2025"
    assert list(ends(heron_eu())) == []


def test_every_choice_leads_to_clauses_that_are_published() -> None:
    files = publish(samples(), TOPICS, SITE)
    page = html.fromstring(files["compare/index.html"].decode())
    values = page.xpath("//select[@name='from']//option/@value")
    assert len(values) == len(set(values)) == sum(len(h.versions) for h in samples()) + 1
    assert "heron/walks@global/20250311T083000Z-preview" in values
    assert values == page.xpath("//select[@name='to']//option/@value")
    assert all(f"documents/{value}/clauses.json" in files for value in values)


def test_an_empty_site_has_a_page_that_offers_nothing() -> None:
    page = publish((), (), SITE)["compare/index.html"].decode()
    assert "<option" not in page
