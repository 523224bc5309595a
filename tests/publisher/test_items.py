"""What a subscriber reads: exact, complete, harmless, in the few tags that every reader keeps."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import urlsplit

import feedparser
import pytest

from tests.factories import (
    NASTY,
    TOPICS,
    every_kind,
    everything,
    feeds_of,
    heron,
    history,
    hostile,
)
from tests.markup import ATOM, TAGS, Body, bodies, items
from tracker.model import Clause

ALL = feeds_of(*everything())
each_feed = pytest.mark.parametrize("name", sorted(n for n in ALL if n.endswith(".xml")))


# ── what a subscriber reads ───────────────────────────────────────────────────────


@each_feed
def test_bodies_use_only_what_every_reader_keeps(name: str) -> None:
    for html in bodies(ALL[name]):
        body = Body(html)
        assert body.tags <= TAGS
        assert {(tag, attribute) for tag, attribute, _ in body.attributes} <= {("a", "href")}


def test_before_and_after_are_whole_sentences_with_marks_in_the_text_itself() -> None:
    found = feeds_of(heron())["all.xml"]
    text = " ".join(Body(bodies(found)[0]).text.split())
    without = re.sub(r"</?(del|ins|strong)>", "", bodies(found)[0])
    assert Body(without).text.split() == text.split(), "no mark is lost with its tags"
    before = "We show your walks to the members of your club, and to [−nobody else−]."
    after = "We show your walks to the members of your club, and to [+our advertising partners+]."
    assert f"Before: {before} After: {after}" in text
    assert "Key: [−removed−] [+added+] […] unchanged text left out." in text


def test_an_item_begins_with_what_matters() -> None:
    text = Body(bodies(feeds_of(heron())["all.xml"])[0]).text
    first = text.split("\n")[0]
    assert first.startswith("“")
    assert "our advertising partners" in first
    assert first.endswith(
        " 4 clauses changed, 3 about generative AI and 1 about targeted advertising."
    )


def test_a_topic_begins_with_the_sentence_that_matters_about_it() -> None:
    found = feeds_of(heron())
    ads, ai = (found[f"{name}.xml"] for name in ("targeted-advertising", "generative-ai"))
    for feed, said in ((ads, "our advertising partners"), (ai, "generative AI")):
        first = Body(bodies(feed)[0]).text.split("\n")[0]
        sentence = first.partition("”. ")[0].partition("“")[2]
        assert said in sentence
        (item,) = items(feed)
        assert item.findtext("description") == first


def test_an_item_says_when_it_applies() -> None:
    text = Body(bodies(feeds_of(heron())["all.xml"])[0]).text
    assert "In force from: 12 March 2025" in text
    assert "First seen: 11 March 2025, 08:30 UTC" in text
    assert "2. What we do with it" in text
    assert "Effective" not in text, "a new date alone is no news"


def test_an_item_leads_to_the_redline_the_source_the_copy_and_the_digests() -> None:
    revision = heron().revisions[0]
    body = Body(bodies(feeds_of(heron())["all.xml"])[0])
    page = "https://terms.example/watch/changes/heron/privacy-policy@global/20250311T083000Z/"
    copy = revision.after.captures[0].archive_url
    assert [value for _, _, value in body.attributes] == [page, revision.after.urls[0], copy]
    for version in (revision.before, revision.after):
        assert version.captures[0].body
        assert version.captures[0].body in body.text


def test_an_item_says_what_a_change_turns() -> None:
    before = "# Rules\nWe will not lend your boat to anybody else."
    given = history(before, before.replace("will not", "may"))
    html = bodies(feeds_of(given)["all.xml"])[0]
    assert "Reworded · Duty: “will not” became “may”" in Body(html).text
    (item,) = json.loads(feeds_of(given)["all.json"])["items"]
    assert "Duty: “will not” became “may”\nWe [-will not-]{+may+} lend" in item["content_text"]


def test_an_addition_has_no_before_and_a_removal_no_after() -> None:
    before, after = "# Rules\nWe walk. And sit.", "# Rules\nWe walk. And sit.\nAdded words here."
    grown, shrunk = history(before, after, before).revisions
    given = history(before)
    one, two = (
        Body(bodies(feeds_of(replace(given, revisions=(r,)))["all.xml"])[0]).text
        for r in (grown, shrunk)
    )
    assert "After:" in one
    assert "Before:" not in one
    assert "Before:" in two
    assert "After:" not in two


def test_a_heading_stands_once_over_all_that_changed_below_it() -> None:
    before = "# Rules\n## 1. Boats\nWe row them.\nWe mend them.\n## 2. Nets\nWe dry them."
    (html,) = bodies(feeds_of(history(before, before.replace("them", "them twice")))["all.xml"])
    assert html.count("<strong>1. Boats</strong>") == html.count("<strong>2. Nets</strong>") == 1
    assert html.count("Reworded") == 3


def test_changes_of_form_only_are_not_told() -> None:
    text = Body(bodies(feeds_of(every_kind())["all.xml"])[0]).text
    assert "Reworded" in text
    assert "Renumbered" not in text
    assert "link" not in text.split("Key:")[0], "links are on the page"


def test_what_came_under_another_heading_says_from_where_and_is_shown_once() -> None:
    text = Body(bodies(feeds_of(every_kind())["all.xml"])[0]).text
    assert "Moved here from “1. Boats”, same wording" in text
    assert text.count("The lamp at the landing") == 1


# ── text that wants to be more than text ──────────────────────────────────────────


def test_hostile_text_is_shown_and_is_nothing_but_text() -> None:
    (html,) = bodies(feeds_of(hostile())["all.xml"])
    body = Body(html)
    assert body.tags <= TAGS
    assert "<script>alert('heron')</script>" in body.text
    assert "&lt;img src=x onerror=alert(2)&gt;" in body.text, "not decoded twice"
    assert "{{ 7 * 7 }}" in body.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ufffe\ud800]", body.text)
    schemes = {urlsplit(value or "").scheme for _, _, value in body.attributes}
    assert schemes == {"https"}


def test_forged_marks_are_doubled() -> None:
    text = Body(bodies(feeds_of(hostile())["all.xml"])[0]).text
    assert "[[+forged+]] [[−forged−]]" in text
    assert "+]] not ours+]" in text, "an insertion cannot be made to end early"
    opened = re.findall(r"(?<!\[)\[[+−]", text)
    closed = re.findall(r"[+−]\](?!\])", text)
    assert len(opened) == len(closed)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_readers_that_sanitize_and_readers_that_do_not_see_the_same_words(text: str) -> None:
    found = feeds_of(history("# Rules\nWe walk.", ["# Rules", "We walk.", f"{text} is ours"]))[
        "all.xml"
    ]
    entry = feedparser.parse(found).entries[0]
    assert Body(entry.content[0].value).text.split() == Body(bodies(found)[0]).text.split()


def test_a_page_elsewhere_than_on_the_web_is_never_linked() -> None:
    found = feeds_of(hostile())["all.xml"]
    assert b"javascript:" not in re.sub(rb"(?s)<content:encoded>.*?</content:encoded>", b"", found)
    (item,) = items(found)
    assert not item.findall(ATOM)


def test_a_topic_with_markup_in_its_title_stays_a_title() -> None:
    topic = replace(TOPICS[0], title="AI <b>&amp;</b>", about="")
    data = feeds_of(heron(), topics=[topic])["generative-ai.xml"]
    assert feedparser.parse(data).feed.title == "Terms Tracker: AI ‹b›＆amp;‹/b›"
    assert Body(bodies(data)[0]).tags <= TAGS


def test_clauses_of_the_samples_are_what_the_differ_reads() -> None:
    """The builders of these tests make clauses as the reader of pages does."""
    read = heron().versions[0].clauses[3]
    assert isinstance(read, Clause)
    assert (read.number, read.text, read.path) == (
        "",
        "We keep the walks that you record, and the pictures that you add to them.",
        ("Privacy Policy", "1. What we keep"),
    )
