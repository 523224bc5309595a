"""The feeds as programs and people read them: valid, bounded, exact, permanent and harmless."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from tests.factories import (
    NASTY,
    SITE,
    TOPICS,
    again,
    every_kind,
    everything,
    heron,
    heron_eu,
    history,
    hostile,
    long_history,
    never_seen,
    wide_revision,
)
from tests.servers import Server, answer
from tracker.model import Clause, History, Settings, Significance
from tracker.publisher.feeds import UNPUBLISHED, feeds
from tracker.publisher.words import tag_uri

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}link"
TAGS = {"p", "strong", "em", "del", "ins", "blockquote", "ul", "li", "a", "code", "br"}


def made(*histories: History, settings: Settings = SITE) -> dict[str, bytes]:
    return dict(feeds(histories, TOPICS, settings))


ALL = made(*everything())
each_feed = pytest.mark.parametrize("name", sorted(ALL))


def items(data: bytes) -> list[etree._Element]:
    return list(etree.fromstring(data).findall("channel/item"))


def bodies(data: bytes) -> list[str]:
    return [i.findtext(CONTENT) for i in items(data)]


class Body(HTMLParser):
    """The tags, attributes and text of an item as a reader without a sanitizer has them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


# ── valid ─────────────────────────────────────────────────────────────────────────


@each_feed
def test_readers_parse_it_without_complaint(name: str) -> None:
    found = feedparser.parse(ALL[name])
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "rss20"
    assert len(found.entries) == len(items(ALL[name])) > 0


@each_feed
def test_it_keeps_the_rules_of_the_w3c_validator(name: str) -> None:
    root = etree.fromstring(ALL[name])
    assert root.get("version") == "2.0"
    (channel,) = root
    for required in ("title", "link", "description"):
        (found,) = channel.findall(required)
        assert found.text.strip()
    (own,) = (e for e in channel.findall(ATOM) if e.get("rel") == "self")
    assert own.get("href") == SITE.site_url + name
    for item in channel.findall("item"):
        (guid,) = item.findall("guid")
        assert guid.get("isPermaLink") == "false"
        assert re.fullmatch(r"tag:[a-z.-]+,2025:[a-z0-9/@-]+/[0-9TZ:-]+", guid.text)
        for one in ("title", "link", "description", "pubDate"):
            assert len(item.findall(one)) == 1, one
        assert item.findtext("title")
    guids = [e.text for e in root.iter("guid")]
    assert len(guids) == len(set(guids))


@each_feed
def test_every_date_is_of_rfc_822_and_the_newest_item_dates_the_feed(name: str) -> None:
    channel = etree.fromstring(ALL[name])[0]
    dates = [e.text for e in channel.iter("pubDate", "lastBuildDate")]
    pattern = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000"
    assert all(re.fullmatch(pattern, date) for date in dates)
    published = [parsedate_to_datetime(e.text) for e in channel.findall("item/pubDate")]
    assert published == sorted(published, reverse=True)
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == published[0]


@each_feed
def test_every_address_is_absolute(name: str) -> None:
    root = etree.fromstring(ALL[name])
    found = [e.text for e in root.iter("link")] + [e.get("href") for e in root.iter(ATOM)]
    found += [value for b in bodies(ALL[name]) for _, _, value in Body(b).attributes]
    parts = [urlsplit(address) for address in found]
    assert parts
    assert all(p.scheme in {"http", "https"} and p.netloc for p in parts)


@pytest.mark.parametrize("histories", [(), (never_seen(),)], ids=["none", "never seen"])
def test_a_feed_with_nothing_to_say_is_valid_and_constant(histories: tuple[History]) -> None:
    found = made(*histories)
    assert sorted(found) == ["all.xml", "generative-ai.xml", "targeted-advertising.xml"]
    for data in found.values():
        assert not feedparser.parse(data).bozo
        assert not items(data)
    assert found == made()


# ── which revisions stand where ───────────────────────────────────────────────────


def titles(data: bytes) -> list[str]:
    return [i.findtext("title") for i in items(data)]


def test_only_news_is_told_and_topics_hold_only_their_own() -> None:
    found = made(heron(), heron_eu())
    assert [t.split(":")[0] for t in titles(found["all.xml"])] == [
        "Heron European Notice (EU)",
        "Heron Privacy Policy",
    ]
    assert len(items(found["generative-ai.xml"])) == 1
    assert items(found["generative-ai.xml"])[0].findtext("guid") == tag_uri(heron().revisions[0])


@pytest.mark.parametrize("worth", Significance)
def test_what_is_of_no_substance_never_reaches_a_subscriber(worth: Significance) -> None:
    given = heron()
    revisions = tuple(replace(r, significance=worth) for r in given.revisions[:1])
    found = made(replace(given, revisions=revisions))
    assert bool(items(found["all.xml"])) is worth.is_news


# ── permanent ─────────────────────────────────────────────────────────────────────


def guids(data: bytes) -> list[str]:
    return [i.findtext("guid") for i in items(data)]


def test_an_identity_survives_a_new_address_and_a_new_title() -> None:
    given = heron()
    renamed = replace(given, title="Notice on Data")
    after = replace(given.revisions[0].after, title="Notice on Data")
    retitled = replace(
        renamed, revisions=(replace(given.revisions[0], after=after), *given.revisions[1:])
    )
    before = made(given)["all.xml"]
    moved = made(retitled, settings=Settings(site_url="https://elsewhere.example/"))["all.xml"]
    assert guids(before) == guids(moved)
    assert titles(before) != titles(moved)
    assert b"https://terms.example" not in moved


def test_an_identity_is_the_same_in_every_feed() -> None:
    everywhere = guids(ALL["all.xml"])
    assert set(guids(ALL["generative-ai.xml"])) <= set(everywhere)


def test_until_there_is_an_address_links_lead_to_this_machine() -> None:
    found = made(heron(), settings=Settings())["all.xml"]
    assert items(found)[0].findtext("link").startswith(UNPUBLISHED)


def test_the_same_histories_in_any_order_give_the_same_bytes() -> None:
    given = list(everything())
    for seed in range(3):
        random.Random(seed).shuffle(given)
        assert made(*given) == ALL


# ── bounded ───────────────────────────────────────────────────────────────────────


def test_a_rewrite_of_two_thousand_clauses_is_told_in_part_and_counted() -> None:
    found = made(wide_revision(2000))["all.xml"]
    assert len(found) < 500_000
    (body,) = bodies(found)
    shown = body.count("Before:")
    assert 20 < shown < 2000
    assert f"Not shown here: {2000 - shown:,} more changes, on the <a href=" in body


def test_three_hundred_revisions_leave_the_newest_hundred() -> None:
    found = made(long_history(300))["all.xml"]
    assert len(found) < 500_000
    assert len(items(found)) == 100
    assert items(found)[0].findtext("pubDate").startswith("Fri, 26 Dec 2025")


def test_many_long_items_leave_a_feed_that_every_reader_takes() -> None:
    line = "Our advertising partners may read the log of each walk in full. "
    found = made(again(history("# Rules", ["# Rules", line * 500]), 90))["all.xml"]
    assert 400_000 < len(found) < 600_000
    assert 10 < len(items(found)) < 80


def test_one_clause_of_endless_length_is_cut_and_still_told() -> None:
    found = made(history("# Rules\nBe kind.", ["# Rules", "Be kind.", "walk " * 50_000]))
    (body,) = bodies(found["all.xml"])
    assert 12_000 < len(body) < 20_000
    assert "[+walk walk" in body


def test_an_endless_heading_or_title_is_cut() -> None:
    name = "Advertising " * 20_000
    found = made(
        history(["# Rules", f"## {name}", "We walk."], ["# Rules", f"## {name}", "We ran."]),
        history("# T\nWe walk.", "# T\nWe ran.", title=name, name="heron/t@eu"),
    )
    assert len(found["all.xml"]) < 10_000


# ── what a subscriber reads ───────────────────────────────────────────────────────


@each_feed
def test_bodies_use_only_what_every_reader_keeps(name: str) -> None:
    for html in bodies(ALL[name]):
        body = Body(html)
        assert body.tags <= TAGS
        assert {(tag, attribute) for tag, attribute, _ in body.attributes} <= {("a", "href")}


def test_before_and_after_are_whole_sentences_with_marks_in_the_text_itself() -> None:
    found = made(heron())["all.xml"]
    text = " ".join(Body(bodies(found)[0]).text.split())
    without = re.sub(r"</?(del|ins|strong)>", "", bodies(found)[0])
    assert Body(without).text.split() == text.split(), "no mark is lost with its tags"
    before = "We show your walks to the members of your club, and to [−nobody else−]."
    after = "We show your walks to the members of your club, and to [+our advertising partners+]."
    assert f"Before: {before} After: {after}" in text
    assert "Key: [−removed−] [+added+] […] unchanged text left out." in text


def test_an_item_begins_with_what_matters() -> None:
    text = Body(bodies(made(heron())["all.xml"])[0]).text
    assert text.split("\n")[0] == (
        "5 clauses changed, 3 about generative AI and 1 about targeted advertising."
    )
    assert "In force from: 12 March 2025" in text
    assert "First seen: 11 March 2025, 08:30 UTC" in text
    first = text.index("2. What we do with it")
    assert first < text.index("Effective"), "watched topics come first"


def test_an_item_leads_to_the_redline_the_source_the_copy_and_the_digests() -> None:
    revision = heron().revisions[0]
    body = Body(bodies(made(heron())["all.xml"])[0])
    page = "https://terms.example/watch/changes/heron/privacy-policy@global/20250311T083000Z/"
    copy = revision.after.captures[0].archive_url
    assert [value for _, _, value in body.attributes] == [page, revision.after.urls[0], copy]
    for version in (revision.before, revision.after):
        assert version.captures[0].body
        assert version.captures[0].body in body.text


def test_an_addition_has_no_before_and_a_removal_no_after() -> None:
    before, after = "# Rules\nWe walk. And sit.", "# Rules\nWe walk. And sit.\nAdded words here."
    grown, shrunk = history(before, after, before).revisions
    given = history(before)
    one, two = (
        Body(bodies(made(replace(given, revisions=(r,)))["all.xml"])[0]).text
        for r in (grown, shrunk)
    )
    assert "After:" in one
    assert "Before:" not in one
    assert "Before:" in two
    assert "After:" not in two


def test_a_heading_stands_once_over_all_that_changed_below_it() -> None:
    before = "# Rules\n## 1. Boats\nWe row them.\nWe mend them.\n## 2. Nets\nWe dry them."
    (html,) = bodies(made(history(before, before.replace("them", "them twice")))["all.xml"])
    assert html.count("<strong>1. Boats</strong>") == html.count("<strong>2. Nets</strong>") == 1
    assert html.count("Reworded") == 3


def test_changes_of_form_only_are_not_told() -> None:
    text = Body(bodies(made(every_kind())["all.xml"])[0]).text
    assert "Reworded" in text
    assert "Renumbered" not in text
    assert "link" not in text.split("Key:")[0], "links are on the page"


def test_what_came_under_another_heading_says_from_where() -> None:
    text = Body(bodies(made(every_kind())["all.xml"])[0]).text
    assert "lamp at the landing" in text
    assert "Moved here from “1. Boats”, same wording" in text


# ── text that wants to be more than text ──────────────────────────────────────────


def test_hostile_text_is_shown_and_is_nothing_but_text() -> None:
    (html,) = bodies(made(hostile())["all.xml"])
    body = Body(html)
    assert body.tags <= TAGS
    assert "<script>alert('heron')</script>" in body.text
    assert "&lt;img src=x onerror=alert(2)&gt;" in body.text, "not decoded twice"
    assert "{{ 7 * 7 }}" in body.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ufffe\ud800]", body.text)
    schemes = {urlsplit(value or "").scheme for _, _, value in body.attributes}
    assert schemes == {"https"}


def test_forged_marks_are_doubled() -> None:
    text = Body(bodies(made(hostile())["all.xml"])[0]).text
    assert "[[+forged+]] [[−forged−]]" in text
    assert "+]] not ours+]" in text, "an insertion cannot be made to end early"
    opened = re.findall(r"(?<!\[)\[[+−]", text)
    closed = re.findall(r"[+−]\](?!\])", text)
    assert len(opened) == len(closed)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_readers_that_sanitize_and_readers_that_do_not_see_the_same_words(text: str) -> None:
    found = made(history("# Rules\nWe walk.", ["# Rules", "We walk.", text]))["all.xml"]
    entry = feedparser.parse(found).entries[0]
    assert Body(entry.content[0].value).text.split() == Body(bodies(found)[0]).text.split()


def test_a_page_elsewhere_than_on_the_web_is_never_linked() -> None:
    found = made(hostile())["all.xml"]
    assert b"javascript:" not in re.sub(rb"(?s)<content:encoded>.*?</content:encoded>", b"", found)
    (item,) = items(found)
    assert not item.findall(ATOM)


def test_a_topic_with_markup_in_its_title_stays_a_title() -> None:
    topic = replace(TOPICS[0], title="AI <b>&amp;</b>", about="")
    data = dict(feeds([heron()], [topic], SITE))["generative-ai.xml"]
    assert feedparser.parse(data).feed.title == "Terms Tracker: AI ‹b›＆amp;‹/b›"
    assert Body(bodies(data)[0]).tags <= TAGS


# ── a real reader ─────────────────────────────────────────────────────────────────

needs_newsboat = pytest.mark.skipif(
    shutil.which("newsboat") is None, reason="newsboat is not installed"
)


@pytest.fixture
def subscribed(tmp_path: Path) -> Iterator[list[tuple[str, str, str, int, str]]]:
    """What newsboat keeps of all.xml: title, url, guid, time and body of each item."""
    kind = "Content-Type: application/rss+xml"
    with Server({"/all.xml": answer(200, ALL["all.xml"], kind)}) as server:
        (tmp_path / "urls").write_text(server.url("/all.xml") + "\n")
        (tmp_path / "config").touch()
        files = ["-u", tmp_path / "urls", "-c", tmp_path / "cache.db", "-C", tmp_path / "config"]
        command = ["newsboat", *map(str, files), "-x", "reload"]
        home = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        subprocess.run(command, check=True, timeout=60, env=home, capture_output=True)
    cache = sqlite3.connect(tmp_path / "cache.db")
    query = "select title, url, guid, pubDate, content from rss_item order by pubDate desc, guid"
    yield cache.execute(query).fetchall()
    cache.close()


@needs_newsboat
def test_newsboat_keeps_every_item_under_its_identity(
    subscribed: list[tuple[str, str, str, int, str]],
) -> None:
    given = items(ALL["all.xml"])
    expected = {
        i.findtext("guid"): (
            i.findtext("link"),
            int(parsedate_to_datetime(i.findtext("pubDate")).timestamp()),
        )
        for i in given
    }
    assert {guid: (url, time) for _, url, guid, time, _ in subscribed} == expected
    shown = {guid: title for title, _, guid, _, _ in subscribed}
    for item in given:
        assert shown[item.findtext("guid")] == item.findtext("title")


@needs_newsboat
def test_newsboat_keeps_the_marks(subscribed: list[tuple[str, str, str, int, str]]) -> None:
    given = {i.findtext("guid"): i.findtext(CONTENT) for i in items(ALL["all.xml"])}
    for _, _, guid, _, content in subscribed:
        assert len(content) >= 0.99 * len(given[guid])
        assert "[−removed−]" in content
    policy = next(c for *_, guid, _, c in subscribed if "privacy-policy@global" in guid)
    assert "[−nobody else−]" in policy
    assert "[+our advertising partners+]" in policy


def test_clauses_of_the_samples_are_what_the_differ_reads() -> None:
    """The builders of these tests make clauses as the reader of pages does."""
    read = heron().versions[0].clauses[3]
    assert isinstance(read, Clause)
    assert (read.number, read.text, read.path) == (
        "",
        "We keep the walks that you record, and the pictures that you add to them.",
        ("Privacy Policy", "1. What we keep"),
    )
