"""The feeds: which there are, what stands in each, valid, bounded and permanent."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from tests.factories import (
    SITE,
    TOPICS,
    again,
    announced,
    everything,
    failing,
    feeds_of,
    heron,
    heron_eu,
    history,
    long_history,
    never_seen,
    publish,
    wide_revision,
)
from tests.markup import ATOM, A, Body, bodies, guids, items, titles
from tracker.model import Correction, History, Outage, Outcome, Settings, Significance
from tracker.publisher.feeds.channel import EPOCH
from tracker.publisher.feeds.channels import UNPUBLISHED
from tracker.publisher.feeds.formats import FORMATS
from tracker.publisher.urls import feed_file
from tracker.publisher.words import tag_uri

SAMPLES = (*everything(), announced())
ALL = feeds_of(*SAMPLES)
each_feed = pytest.mark.parametrize("name", sorted(n for n in ALL if n.endswith(".xml")))


# ── valid ─────────────────────────────────────────────────────────────────────────


@each_feed
def test_readers_parse_it_without_complaint(name: str) -> None:
    found = feedparser.parse(ALL[name])
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "rss20"
    assert len(found.entries) == len(items(ALL[name]))


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
    newest = published[0] if published else EPOCH
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == newest


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
    found = feeds_of(*histories)
    assert {"all.xml", "upcoming.atom", "status.feed.json", "generative-ai.json"} <= set(found)
    for name, data in found.items():
        if name.endswith((".xml", ".atom")):
            assert not feedparser.parse(data).bozo
            assert not feedparser.parse(data).entries
    shared = set(found) & set(feeds_of()) - {"feeds.opml"}
    assert {n: found[n] for n in shared} == {n: feeds_of()[n] for n in shared}


# ── which revisions stand where ───────────────────────────────────────────────────


def test_there_is_a_feed_for_all_each_topic_edition_and_document_in_three_formats() -> None:
    topics = ["generative-ai", "targeted-advertising"]
    names = ["all", "upcoming", "weekly", "status", *topics, "eu", "global", "us", "uk"]
    names += [h.document.id for h in SAMPLES]
    services = {h.document.id.split("/")[0] for h in SAMPLES}
    names += [*services, *(f"{service}/{topic}" for service in services for topic in topics)]
    expected = {f"{name}{form.suffix}" for name in names for form in FORMATS} - {"status.json"}
    assert set(ALL) == expected | {"status.feed.json", "feeds.opml"}


def test_an_edition_or_document_has_its_own_news_and_no_other() -> None:
    assert {g.split(":")[2].rpartition("/")[0] for g in guids(ALL["eu.xml"])} == {
        "heron/privacy-policy@eu",
        "heron/hire@eu",
    }
    assert guids(ALL["heron/privacy-policy@global.xml"]) == [tag_uri(heron().revisions[0])]


def test_a_service_has_its_own_news_and_a_feed_for_each_topic_in_it() -> None:
    other = history("# T\nWe walk.", "# T\nWe ran.", name="gull/terms@global")
    found = feeds_of(heron(), heron_eu(), other)
    assert guids(found["gull.xml"]) == [tag_uri(other.revisions[0])]
    assert set(guids(found["heron.xml"])) == set(guids(found["all.xml"])) - {
        tag_uri(other.revisions[0])
    }
    assert guids(found["gull/generative-ai.xml"]) == []
    assert guids(found["heron/generative-ai.xml"]) == guids(found["generative-ai.xml"])


def test_a_service_called_as_an_edition_leaves_the_feed_to_the_edition() -> None:
    clash = history("# T\nWe walk.", "# T\nWe ran.", name="eu/terms@global")
    found = feeds_of(clash, heron_eu())
    assert tag_uri(clash.revisions[0]) not in guids(found["eu.xml"])
    assert set(guids(found["eu.xml"])) == {tag_uri(r) for r in heron_eu().revisions if r.is_news}


def test_a_topic_holds_its_own_clauses_and_says_how_many_others_there_are() -> None:
    everything_, ads = (feeds_of(heron())[f"{n}.xml"] for n in ("all", "targeted-advertising"))
    whole, part = (Body(bodies(feed)[0]).text for feed in (everything_, ads))
    assert "generative AI" in whole.split("Key:")[0].split("\n", 1)[1]
    assert "What you write to our assistant" in whole
    assert "What you write to our assistant" not in part
    assert "our advertising partners" in part
    assert "3 other clauses changed, on the page of this revision" in part
    assert "other clause" not in whole
    assert guids(ads) == guids(everything_)[-1:]


def test_a_hub_is_named_in_every_format_where_one_is_set() -> None:
    hub = "https://hub.example/push"
    settings = replace(SITE, websub_hub=hub)
    files = publish([heron()], TOPICS, settings)
    names = ("all", "heron/privacy-policy@global", "status", "weekly")
    for name in names:
        found = feedparser.parse(files[f"{name}.xml"])
        assert [x.href for x in found.feed.links if x.rel == "hub"] == [hub]
        assert f'rel="hub" href="{hub}"' in files[f"{name}.atom"].decode()
        told = json.loads(files[feed_file(name, ".json")])
        assert told["hubs"] == [{"type": "WebSub", "url": hub}]
    assert "hub" not in publish([heron()], TOPICS, SITE)["all.xml"].decode()


def test_upcoming_holds_what_applies_after_the_newest_text_known() -> None:
    assert guids(ALL["upcoming.xml"]) == [tag_uri(announced().revisions[0])]
    # Once a text is known that was first seen after the day, it is over, whatever the hour is.
    later = history("# T\nWe walk.", "# T\nWe ran.", name="heron/t@eu", first_day=900)
    assert guids(feeds_of(*SAMPLES, later)["upcoming.xml"]) == []
    assert guids(feeds_of()["upcoming.xml"]) == []


def test_a_preview_is_upcoming_without_a_day_until_a_newer_text_is_known() -> None:
    given = history("# T\nWe walk.", "# T\nWe ran.", "# T\nWe sat.", name="heron/t@eu")
    shown = replace(given.revisions[1].after, is_preview=True)
    preview = replace(given.revisions[1], after=shown, significance=Significance.UPCOMING)
    coming = replace(given, versions=given.versions[:2], revisions=(given.revisions[0], preview))
    assert guids(feeds_of(coming)["upcoming.xml"]) == [tag_uri(preview)]
    assert tag_uri(preview).endswith("/preview")
    newer = replace(given.versions[2], first_seen=shown.first_seen + timedelta(days=1))
    over = replace(coming, versions=(*given.versions[:2], newer))
    assert guids(feeds_of(over)["upcoming.xml"]) == []


def test_what_a_preview_told_is_not_told_again() -> None:
    given = heron()
    told = replace(given.revisions[0], announced=given.versions[0].first_seen)
    assert guids(feeds_of(replace(given, revisions=(told,)))["all.xml"]) == []


def test_an_edition_that_is_called_as_something_else_already_has_no_feed() -> None:
    given = [history("# T\nWe walk.", "# T\nWe ran.", name=f"heron/t@{e}") for e in EDITIONS]
    found = feeds_of(*given)
    assert set(guids(found["generative-ai.xml"])) == set(), (
        "the topic's, and nothing of the edition"
    )
    assert not {"sitemap.xml", "published.json"} & set(found)
    assert {f"heron/t@{e}.xml" for e in EDITIONS} <= set(found)


EDITIONS = ("generative-ai", "sitemap", "published", "all")


# ── the tracker itself ────────────────────────────────────────────────────────────


def test_an_outage_is_an_item_and_its_end_is_another() -> None:
    found = feeds_of(failing())["status.xml"]
    assert titles(found) == [
        "Heron Terms (UK): not seen since 10 March 2025: refused",
        "Heron Terms (UK): seen again",
        "Heron Terms (UK): not seen since 1 March 2025: server error",
    ]
    last = Body(bodies(found)[0]).text
    assert "It answered 999 instead of the page." in last
    assert "It was last seen 10 March 2025, 08:30 UTC; what is shown is the text of then." in last
    assert guids(found)[0].endswith(":outage/heron/terms@uk/2025-03-12T08:30:00Z")


def test_a_source_that_fails_beside_others_is_not_said_to_hide_the_text() -> None:
    given = failing()
    beside = tuple(replace(o, last_seen=o.began) for o in given.outages)
    found = titles(feeds_of(replace(given, outages=beside))["status.xml"])
    assert found == [
        "Heron Terms (UK): a source has failed for days: refused",
        "Heron Terms (UK): all sources answer",
        "Heron Terms (UK): a source has failed for days: server error",
    ]


def test_the_end_of_an_outage_changes_nothing_of_its_beginning() -> None:
    given = failing()
    *_, lasting = given.outages
    ended = replace(lasting, ended=lasting.began + timedelta(hours=12))
    before, after = (feeds_of(replace(given, outages=(o,)))["status.xml"] for o in (lasting, ended))
    assert etree.tostring(items(before)[0]).split() == etree.tostring(items(after)[1]).split()


def test_an_outage_stands_in_no_other_feed_and_moves_none() -> None:
    calm = feeds_of(*SAMPLES[:-2], replace(failing(), outages=()), announced())
    stirred = feeds_of(*SAMPLES[:-2], failing(), announced())
    moved = {name for name in stirred if stirred[name] != calm.get(name)}
    assert moved == {"status.xml", "status.atom", "status.feed.json"}


def test_a_text_that_was_never_seen_has_an_outage_too() -> None:
    outage = Outage(datetime(2025, 5, 1, tzinfo=UTC), None, Outcome.REFUSED, "<b>no</b>", None)
    (html,) = bodies(feeds_of(replace(never_seen(), outages=(outage,)))["status.xml"])
    assert "It has not been seen before." in html
    assert "<b>no</b>" in Body(html).text


# ── news and noise ────────────────────────────────────────────────────────────────


def test_only_news_is_told_and_topics_hold_only_their_own() -> None:
    found = feeds_of(heron(), heron_eu())
    assert [t.split(":")[0] for t in titles(found["all.xml"])] == [
        "Heron Privacy Policy (EU)",
        "Heron Privacy Policy",
    ]
    assert len(items(found["generative-ai.xml"])) == 1
    assert items(found["generative-ai.xml"])[0].findtext("guid") == tag_uri(heron().revisions[0])


@pytest.mark.parametrize("worth", Significance)
def test_what_is_of_no_substance_never_reaches_a_subscriber(worth: Significance) -> None:
    given = heron()
    revisions = tuple(replace(r, significance=worth) for r in given.revisions[:1])
    found = feeds_of(replace(given, revisions=revisions))
    assert bool(items(found["all.xml"])) is worth.is_news


# ── permanent ─────────────────────────────────────────────────────────────────────


def test_an_identity_survives_a_new_address_and_a_new_title() -> None:
    given = heron()
    renamed = replace(given, title="Notice on Data")
    after = replace(given.revisions[0].after, title="Notice on Data")
    retitled = replace(
        renamed, revisions=(replace(given.revisions[0], after=after), *given.revisions[1:])
    )
    before = feeds_of(given)["all.xml"]
    moved = feeds_of(retitled, settings=Settings(site_url="https://elsewhere.example/"))["all.xml"]
    assert guids(before) == guids(moved)
    assert titles(before) == titles(moved), "a document is called what it is declared"
    assert b"https://terms.example" not in moved


def test_an_identity_is_the_same_in_every_feed_and_format() -> None:
    everywhere = guids(ALL["all.xml"])
    assert set(guids(ALL["generative-ai.xml"])) <= set(everywhere)
    for name in (n.removesuffix(".xml") for n in ALL if n.endswith(".xml")):
        atom = etree.fromstring(ALL[f"{name}.atom"])
        assert [e.text for e in atom.findall(f"{A}entry/{A}id")] == guids(ALL[f"{name}.xml"])
        feed = json.loads(ALL[feed_file(name, ".json")])
        assert [item["id"] for item in feed["items"]] == guids(ALL[f"{name}.xml"])


def test_until_there_is_an_address_links_lead_to_this_machine() -> None:
    found = feeds_of(heron(), settings=Settings())["all.xml"]
    assert items(found)[0].findtext("link").startswith(UNPUBLISHED)


def test_the_same_histories_in_any_order_give_the_same_bytes() -> None:
    given = list(SAMPLES)
    for seed in range(3):
        random.Random(seed).shuffle(given)
        assert feeds_of(*given) == ALL


# ── bounded ───────────────────────────────────────────────────────────────────────


def test_a_rewrite_of_two_thousand_clauses_is_told_in_part_and_counted() -> None:
    found = feeds_of(wide_revision(2000))["all.xml"]
    assert len(found) < 500_000
    (body,) = bodies(found)
    shown = body.count("Before:")
    assert 20 < shown < 2000
    assert f"Not shown here: {2000 - shown:,} more changes, on the <a href=" in body


def walked(found: dict[str, bytes], name: str = "all") -> list[str]:
    """The identities a program finds that follows `prev-archive` to the end."""
    seen: list[str] = []
    address = f"{SITE.site_url}{name}.xml"
    while address:
        data = found[address.removeprefix(SITE.site_url)]
        seen += guids(data)
        links = {e.get("rel"): e.get("href") for e in etree.fromstring(data)[0].findall(ATOM)}
        address = links.get("prev-archive", "")
    return seen


def test_three_hundred_revisions_leave_the_newest_and_lead_to_the_rest() -> None:
    given = long_history(290)
    found = feeds_of(given)
    assert len(found["all.xml"]) < 500_000
    assert len(items(found["all.xml"])) == 90
    assert items(found["all.xml"])[0].findtext("pubDate").startswith("Tue, 16 Dec 2025")
    assert walked(found) == [tag_uri(r) for r in reversed(given.revisions)]
    feed = json.loads(found["all.json"])
    assert feed["next_url"] == f"{SITE.site_url}archive/all/4.json"
    assert "next_url" not in json.loads(found["archive/all/1.json"])


def test_an_archive_page_never_changes_by_what_comes_later() -> None:
    given = long_history(260)
    before = feeds_of(replace(given, revisions=given.revisions[:210]))
    after = feeds_of(given)
    archived = [name for name in before if name.startswith("archive/all/")]
    assert len(archived) == 9
    for name in archived:
        assert before[name] == after[name]


def test_archive_pages_are_valid() -> None:
    for name, data in feeds_of(long_history(160)).items():
        if name.startswith("archive/") and not name.endswith(".json"):
            assert not feedparser.parse(data).bozo, name


def test_many_long_items_leave_a_feed_that_every_reader_takes() -> None:
    line = "Our advertising partners may read the log of each walk in full. "
    given = again(history("# Rules", ["# Rules", line * 500]), 90)
    found = feeds_of(given)
    assert 200_000 < len(found["all.xml"]) < 500_000
    assert len(found["all.atom"]) < 600_000
    assert 10 < len(items(found["all.xml"])) < 80
    assert walked(found) == [tag_uri(r) for r in reversed(given.revisions)]


def test_one_clause_of_endless_length_is_cut_and_still_told() -> None:
    found = feeds_of(history("# Rules\nBe kind.", ["# Rules", "Be kind.", "walk " * 50_000]))
    (body,) = bodies(found["all.xml"])
    assert 12_000 < len(body) < 20_000
    assert "[+walk walk" in body


def test_an_endless_heading_or_title_is_cut() -> None:
    name = "Advertising " * 20_000
    found = feeds_of(
        history(["# Rules", f"## {name}", "We walk."], ["# Rules", f"## {name}", "We ran."]),
        history("# T\nWe walk.", "# T\nWe ran.", title=name, name="heron/t@eu"),
    )
    assert len(found["all.xml"]) < 10_000


# ── corrections ───────────────────────────────────────────────────────────────────

SAID = Correction(
    "heron/privacy-policy@global",
    heron().revisions[0].first_seen,
    date(2025, 4, 2),
    "The pictures were <b>never</b> sold.",
)


def corrected(*corrections: Correction, given: History | None = None) -> dict[str, bytes]:
    return feeds_of(given or heron(), heron_eu(), corrections=corrections)


def test_a_correction_is_an_item_of_its_own_where_the_alarm_stood() -> None:
    found = corrected(SAID)
    for name in ("all", "global", "generative-ai", "heron/privacy-policy@global"):
        newest, *_ = guids(found[f"{name}.xml"])
        assert ":correction/heron/privacy-policy@global/2025-03-11T08:30:00Z/2025-04-02-" in newest
    assert found["eu.xml"] == corrected()["eu.xml"]
    assert found["upcoming.xml"] == corrected()["upcoming.xml"]
    title, html = titles(found["all.xml"])[0], bodies(found["all.xml"])[0]
    assert title == "Heron Privacy Policy: correction of what was published 11 March 2025"
    assert "The pictures were <b>never</b> sold." in Body(html).text
    page = "https://terms.example/watch/changes/heron/privacy-policy@global/20250311T083000Z/"
    assert [value for _, _, value in Body(html).attributes] == [page]


def test_the_alarm_itself_says_that_it_was_corrected_and_keeps_its_identity() -> None:
    before, after = corrected()["all.xml"], corrected(SAID)["all.xml"]
    assert guids(after)[1:] == guids(before)
    text = Body(bodies(after)[-1]).text
    assert text.startswith("Correction of 2 April 2025: The pictures were <b>never</b> sold.")
    (entry,) = etree.fromstring(corrected(SAID)["heron/privacy-policy@global.atom"]).xpath(
        "//*[local-name()='entry'][contains(*[local-name()='id'], '2025:heron/')]"
    )
    assert entry.findtext(f"{A}published") == "2025-03-11T08:30:00+00:00"
    assert entry.findtext(f"{A}updated") == "2025-04-02T00:00:00+00:00"
    feed = json.loads(corrected(SAID)["heron/privacy-policy@global.json"])
    assert feed["items"][1]["date_modified"] == "2025-04-02T00:00:00Z"
    assert "date_modified" not in feed["items"][0]


def test_an_alarm_that_is_not_even_found_any_more_is_corrected_all_the_same() -> None:
    found = corrected(SAID, given=replace(heron(), revisions=()))
    (html,) = bodies(found["heron/privacy-policy@global.xml"])
    assert "Read by today's rules, there was none." in Body(html).text
    assert titles(found["generative-ai.xml"]) == []


def test_a_correction_never_comes_before_what_it_corrects_and_two_are_two() -> None:
    same_day = replace(SAID, date=SAID.first_seen.date())
    found = corrected(same_day, replace(same_day, sentence="And never lent."))["all.xml"]
    assert len(set(guids(found))) == 4
    mine = [g for g in guids(found) if "privacy-policy@global" in g]
    assert mine[-1] == tag_uri(heron().revisions[0]), "what was corrected is the older"
    times = [parsedate_to_datetime(i.findtext("pubDate")) for i in items(found)]
    assert times == sorted(times, reverse=True)
