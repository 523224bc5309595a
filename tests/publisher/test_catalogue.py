"""Which feeds there are, and which of them a page names."""

from __future__ import annotations

import re

import pytest

from tests.factories import SITE, TOPICS, everything, heron, publish
from tracker.publisher.feeds.catalogue import alternates, catalogue

GROUPS = catalogue(everything(), TOPICS)
POLICY = "heron/privacy-policy@eu"
PUBLISHED = publish(everything(), TOPICS, SITE)
LINK = re.compile(
    r'<link rel="alternate" type="application/rss\+xml" title="([^"]*)" href="([^"]*)">'
)


def test_every_feed_explains_itself_under_a_title_of_its_own() -> None:
    every = [feed for group in GROUPS for feed in group.feeds]
    assert len({feed.title for feed in every}) == len({feed.name for feed in every}) == len(every)
    assert all(feed.about.endswith((".", "…")) for feed in every)
    assert [group.title for group in catalogue([], [])] == ["Everything"]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("", ["all", "generative-ai", "targeted-advertising"]),
        ("about/", ["all"]),
        ("404.html", ["all"]),
        ("changes/", ["all"]),
        ("status/", ["status", "all"]),
        ("topics/generative-ai/", ["generative-ai", "all"]),
        ("topics/no-such/", ["all"]),
        (f"documents/{POLICY}/", [POLICY, "eu", "all"]),
        (f"documents/{POLICY}/20250311T083000Z/", [POLICY, "eu", "all"]),
        (f"changes/{POLICY}/20250311T083000Z/", [POLICY, "eu", "all"]),
    ],
)
def test_a_page_names_its_own_feed_first_and_three_at_most(path: str, names: list[str]) -> None:
    assert [feed.name for feed in alternates(path, GROUPS)] == names


PAGES = [p for p in PUBLISHED if p.endswith(".html") and not p.startswith("embed/")]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_feeds_that_are_there(path: str) -> None:
    found = LINK.findall(PUBLISHED[path].decode())
    assert 1 <= len(found) <= 3
    assert len({title for title, _ in found}) == len(found)
    for _, href in found:
        assert href.removeprefix(SITE.site_url).replace("../", "") in PUBLISHED


def test_the_subscribe_page_lists_and_explains_every_feed_in_every_format() -> None:
    page = PUBLISHED["subscribe/index.html"].decode()
    linked = set(re.findall(r'href="\.\./([^"]+\.(?:xml|atom|json|opml))"', page))
    feeds = {p for p in PUBLISHED if p.endswith((".xml", ".atom", ".opml"))} - {"sitemap.xml"}
    feeds |= {f"{p.removesuffix('.xml')}.json" for p in feeds if p.endswith(".xml")}
    assert linked == feeds - {"status.json"} | {"status.feed.json"}
    assert "Every change in this text alone: Heron Privacy Policy." in page


def test_the_order_of_the_histories_does_not_matter() -> None:
    assert catalogue(tuple(reversed(everything())), TOPICS) == GROUPS
    assert catalogue([heron()], TOPICS)[3].feeds[0].title == "Terms Tracker: Global edition"
