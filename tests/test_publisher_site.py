"""The changelog site: every page of it, its links, its headings, and what it never becomes."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from posixpath import join, normpath
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree, html

from tests.factories import (
    SITE,
    START,
    TOPICS,
    every_kind,
    everything,
    failing,
    heron,
    history,
    hostile,
    wide_revision,
)
from tracker.model import History, Settings
from tracker.publisher import publish
from tracker.publisher.redlines import changed, whole

FILES = publish(everything(), TOPICS, SITE)
PAGES = {name: html.fromstring(data.decode()) for name, data in FILES.items() if ".html" in name}
each_page = pytest.mark.parametrize("name", sorted(PAGES))

ELEMENTS = set(
    """a article body br code dd del details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6
    head header html ins li line link main meta nav ol p rect script section span strong summary
    svg table tbody td text th thead time title tr ul""".split()
)
ATTRIBUTES = set(
    """aria-hidden aria-label aria-labelledby charset class content data-root data-seen datetime
    defer height href http-equiv id lang name open rel role scope src tabindex title type viewbox
    width x x1 x2 y y1 y2""".split()
)
VOID = {"meta", "link", "br"}
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


def elements(page: html.HtmlElement) -> list[html.HtmlElement]:
    return [e for e in page.iter() if isinstance(e.tag, str)]


def text_of(name: str, where: str = "main") -> str:
    (found,) = PAGES[name].iter(where)
    return " ".join(" ".join(found.itertext()).split())


REVISION = "changes/heron/privacy-policy@global/20250311T083000Z/index.html"
HOSTILE = "changes/heron/hostile@global/20250311T083000Z/index.html"


# ── every page ────────────────────────────────────────────────────────────────────


def test_there_is_a_page_for_everything() -> None:
    assert {"index.html", "changes/index.html", "status/index.html", "404.html"} <= set(PAGES)
    for given in everything():
        name = given.document.id
        assert f"documents/{name}/index.html" in PAGES
        for version in given.versions:
            assert f"documents/{name}/{version.first_seen:%Y%m%dT%H%M%SZ}/index.html" in PAGES
        for revision in given.revisions:
            assert f"changes/{name}/{revision.first_seen:%Y%m%dT%H%M%SZ}/index.html" in PAGES
    assert {f"topics/{t.id}/index.html" for t in TOPICS} <= set(PAGES)


@each_page
def test_every_tag_that_is_opened_is_closed_in_its_place(name: str) -> None:
    stack: list[str] = []
    tags = r"<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>/]+(?:=\"[^\"]*\")?)*)\s*(/?)>"
    for match in re.finditer(tags, FILES[name].decode(), re.DOTALL):
        close, tag, _, empty = match.groups()
        assert tag, "a comment"
        if close:
            assert stack.pop() == tag
        elif not empty and tag not in VOID:
            stack.append(tag)
    assert not stack
    rest = re.sub(tags, "", FILES[name].decode().removeprefix("<!DOCTYPE html>"), flags=re.DOTALL)
    assert not set(rest) & set("<>"), "nothing else looks like a tag"


@each_page
def test_nothing_but_known_elements_and_attributes(name: str) -> None:
    assert {e.tag for e in elements(PAGES[name])} <= ELEMENTS
    attributes = {str(a).lower() for e in elements(PAGES[name]) for a in e.attrib}
    assert attributes <= ATTRIBUTES, "no on*, no style"


@each_page
def test_the_only_script_and_style_are_our_own_files_and_the_policy_says_so(name: str) -> None:
    page = PAGES[name]
    (script,) = page.iter("script")
    assert script.get("src").endswith("assets/site.js")
    assert not (script.text or "").strip()
    assert not list(page.iter("style", "img", "iframe", "object", "embed", "form", "base"))
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']")
    assert policy.get("content") == CSP
    head = FILES[name].decode().partition("</head>")[0]
    assert head.index("Content-Security-Policy") < head.index("<link"), "before what it governs"


@each_page
def test_every_address_is_relative_or_on_the_web(name: str) -> None:
    for element in elements(PAGES[name]):
        for attribute in ("href", "src"):
            address = element.get(attribute)
            if address is None or address == "data:,":
                continue
            parts = urlsplit(address)
            assert parts.scheme in {"", "http", "https", "mailto", "tel"}, address
            assert bool(parts.netloc) == (parts.scheme in {"http", "https"}), address


@each_page
def test_headings_are_one_of_the_first_level_and_skip_none(name: str) -> None:
    levels = [int(e.tag[1]) for e in elements(PAGES[name]) if re.fullmatch("h[1-6]", e.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels)), levels


@each_page
def test_a_page_has_language_title_and_unique_ids(name: str) -> None:
    page = PAGES[name]
    assert page.get("lang") == "en"
    assert page.findtext("head/title").strip()
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for labelled in page.xpath("//@aria-labelledby"):
        assert labelled in ids


def test_titles_tell_the_pages_apart() -> None:
    titles = [page.findtext("head/title") for page in PAGES.values()]
    assert len(set(titles)) == len(titles)


@each_page
def test_every_internal_link_and_fragment_leads_somewhere(name: str) -> None:
    for element in PAGES[name].iter("a", "link", "script"):
        address = element.get("href") or element.get("src") or ""
        ours = address.startswith(SITE.site_url)
        if not ours and (urlsplit(address).scheme or not address):
            continue
        path, _, fragment = address.removeprefix(SITE.site_url).partition("#")
        base = "" if ours else name.rpartition("/")[0]
        target = normpath(join(base, unquote(path))) if path or ours else name
        target = "index.html" if target == "." else target
        target = target if target in FILES else f"{target}/index.html"
        assert target in FILES, f"{name} links to {address}"
        if fragment:
            assert fragment in PAGES[target].xpath("//@id"), address


@each_page
def test_no_character_of_a_page_acts_on_its_reader(name: str) -> None:
    text = FILES[name].decode()
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", text
    )


@each_page
def test_feeds_are_found_from_every_page(name: str) -> None:
    kind = "application/rss+xml"
    found = [e for e in PAGES[name].iter("link") if e.get("rel") == "alternate"]
    assert {e.get("type") for e in found} == {kind}
    assert len({e.get("title") for e in found}) == len(found) >= 1


# ── hostile text ──────────────────────────────────────────────────────────────────


def test_hostile_text_is_shown_as_it_is() -> None:
    text = text_of(HOSTILE)
    assert "<script>alert('heron')</script>" in text
    assert "&lt;img src=x onerror=alert(2)&gt;" in text, "not decoded twice"
    assert "{{ 7 * 7 }} {% raw %}" in text, "not run as a template"
    assert "\ufffd" in text


def test_links_of_a_page_are_shown_and_never_made() -> None:
    text = text_of(HOSTILE)
    for target in ("javascript:alert(5)", "data:text/html,<script>", "javascript:alert(8)"):
        assert target in text
    hrefs = [a.get("href") for page in PAGES.values() for a in page.iter("a")]
    assert not [h for h in hrefs if "alert" in h and not h.startswith("https://archive.example/")]


def test_hostile_text_in_the_status_is_data() -> None:
    rows = {row["document"]: row for row in json.loads(FILES["status.json"])}
    assert rows["heron/hostile@global"]["reason"] == hostile().standing.reason
    assert FILES["status.json"].isascii()


# ── what stands on the pages ──────────────────────────────────────────────────────


def test_the_front_page_lists_news_newest_first_and_every_document() -> None:
    text = text_of("index.html")
    entries = PAGES["index.html"].find_class("entry")
    times = [e.xpath(".//time/@datetime")[0] for e in entries]
    assert times == sorted(times, reverse=True)
    assert "editorial changes only" not in text
    for given in everything():
        assert f"documents/{given.document.id}/index.html" in FILES["index.html"].decode()
    assert "What terms of service say about generative AI and targeted advertising" in text


def test_an_entry_names_the_clauses_about_watched_topics() -> None:
    (entry,) = (
        e
        for e in PAGES["index.html"].find_class("entry")
        if "Heron Privacy Policy" in e.text_content()
    )
    (teaser,) = entry.find_class("teaser")
    assert teaser.text_content() == "2. What we do with it · 3. Generative AI"
    headline = entry.find(".//h3").text_content()
    assert entry.find_class("remark")[0].text_content() not in headline


def test_what_is_still_to_come_stands_first() -> None:
    given = history("# T\nWe walk.", "# T\nEffective 1 June 2025\nWe run.")
    page = html.fromstring(publish([given], TOPICS, SITE)["index.html"].decode())
    assert next(page.iter("h2")).text_content() == "Coming"
    assert not PAGES["index.html"].xpath("//h2[@id='coming']"), "12 March is past on the 20th"


def test_a_revision_says_what_happened_to_each_clause_and_why_it_counts() -> None:
    page, text = PAGES[REVISION], text_of(REVISION)
    assert len(page.find_class("change")) == 6
    assert "5 clauses changed, 3 about generative AI and 1 about targeted advertising." in text
    assert "In force from 12 March 2025" in text
    assert "Targeted advertising “advertising”" in text
    deleted = [e.text_content() for e in page.xpath("//article//del")]
    assert " deleted: nobody else end of deletion " in deleted
    digests = [c.body for v in heron().versions[:2] for c in v.captures]
    assert all(d in text for d in digests if d)


def test_changes_of_form_are_folded_away_behind_the_news() -> None:
    (details,) = (d for d in PAGES[REVISION].iter("details") if "whole" not in d.classes)
    assert details.get("open") is None
    assert "1 change of form, place, number or link only" in details.text_content()
    quiet = "changes/heron/privacy-policy@global/20250321T083000Z/index.html"
    assert PAGES[quiet].xpath("//details[1]")[0].get("open") is not None, "nothing else to see"


def test_the_whole_text_is_shown_with_its_changes_in_place() -> None:
    (found,) = PAGES[REVISION].find_class("whole")
    for mark in found.find_class("sr"):
        mark.drop_tree()
    for deleted in list(found.iter("del")):
        deleted.drop_tree()
    text = " ".join(found.text_content().replace("§", "").split())
    for clause in heron().versions[1].clauses:
        assert clause.text in text


def test_every_kind_of_change_has_its_words_and_place() -> None:
    name = "changes/heron/rules@global/20250311T083000Z/index.html"
    text = text_of(name)
    for said in (
        "Moved here from “1. Boats”, same wording",
        "Moved here from: 1. Boats",
        "Split into several",
        "Merged into one",
        "Number (a) → (b)",
        "link added: list of landings → https://heron.example/all-landings",
        "moved: the same words in another place",
    ):
        assert said in text
    assert "the same words in another place" not in text_of(REVISION)


def test_anchors_come_from_the_words_and_not_from_the_place() -> None:
    (revision,) = every_kind().revisions
    rows = changed(revision)
    fewer = replace(revision, changes=revision.changes[3:])
    kept = {id(r.change): r.anchor for r in changed(fewer)}
    assert kept.items() <= {id(r.change): r.anchor for r in rows}.items()


def test_the_same_change_made_twice_has_two_anchors() -> None:
    anchors = [row.anchor for row in changed(wide_revision(100).revisions[0])]
    assert len(set(anchors)) == 100
    assert anchors[20] == f"{anchors[0]}-2"


def test_every_change_stands_once_in_the_whole_text() -> None:
    for given in everything()[:3]:
        for revision in given.revisions:
            rows = [r.anchor for r in whole(revision) if r.change]
            assert sorted(rows) == sorted(r.anchor for r in changed(revision))


def test_a_version_is_the_text_to_the_letter() -> None:
    name = "documents/heron/privacy-policy@global/20250311T083000Z/index.html"
    (law,) = PAGES[name].find_class("law")
    shown = [" ".join(e.text_content().split()) for e in law]
    expected = [f"{c.number} {c.text}".strip() for c in heron().versions[1].clauses]
    assert shown == expected


def test_a_heading_far_below_its_title_skips_no_level() -> None:
    given = history("# T\n### Deep\n##### Deeper\n## Up\n###### Down\nWords.")
    page = publish([given], TOPICS, SITE)[
        f"documents/{given.document.id}/20250301T083000Z/index.html"
    ]
    levels = re.findall(r"<h(\d)", page.decode())
    assert all(int(b) - int(a) <= 1 for a, b in pairwise(levels))


def test_a_document_has_a_picture_with_words_and_a_list_that_says_the_same() -> None:
    page = PAGES["documents/heron/privacy-policy@global/index.html"]
    (picture,) = page.iter("svg")
    labels = [t.text for t in picture.findall("rect/title")]
    headlines = [h.text_content() for h in page.xpath("//ol[@class='entries']//h3")]
    assert [label.partition(": ")[2] for label in labels] == headlines[::-1]
    assert picture.get("role") == "img"
    assert not list(PAGES["documents/heron/terms@uk/index.html"].iter("svg"))


def test_a_topic_page_shows_the_words_it_looks_for() -> None:
    text = text_of("topics/generative-ai/index.html")
    for words in ("generative AI", "train training", "user generated"):
        assert words in text
    assert "Heron Privacy Policy" in text
    assert "Heron European Notice" not in text


def test_the_status_page_says_what_stands_in_the_way() -> None:
    text = text_of("status/index.html")
    assert "It answered 999 instead of the page." in text
    assert "heron/cookies@us never seen It has not been visited yet. never never 0" in text


# ── the same from the same ────────────────────────────────────────────────────────


def test_histories_in_any_order_give_the_same_bytes() -> None:
    given = list(everything())
    for seed in range(3):
        random.Random(seed).shuffle(given)
        assert publish(given, TOPICS, SITE) == FILES


def later(given: History) -> History:
    """The same after another good look, a day on."""
    day = timedelta(days=1)
    *before, last = given.versions or (None,)
    if last is None:
        return given
    seen = replace(last, last_seen=last.last_seen + day)
    standing = replace(
        given.standing,
        last_seen=(given.standing.last_seen or START) + day,
        last_visit=(given.standing.last_visit or START) + 2 * day,
    )
    return replace(given, versions=(*before, seen), standing=standing)


def test_a_look_that_found_nothing_new_changes_the_status_and_nothing_else() -> None:
    again = publish([later(h) for h in everything()], TOPICS, SITE)
    different = {name for name in FILES | again if FILES.get(name) != again.get(name)}
    assert different == {"status.json", "status/index.html"}


def test_a_refusal_changes_the_status_and_nothing_else() -> None:
    well = replace(failing(), standing=heron().standing)
    one, two = (publish([h], TOPICS, SITE) for h in (well, failing()))
    assert {n for n in one if one[n] != two[n]} == {"status.json", "status/index.html"}


# ── the rest of the folder ────────────────────────────────────────────────────────


def test_a_public_site_has_a_map_of_its_pages() -> None:
    root = etree.fromstring(FILES["sitemap.xml"])
    found = [e.text for e in root.iter("{*}loc")]
    assert len(found) == len(set(found))
    for address in found:
        assert f"{address.removeprefix(SITE.site_url)}index.html" in FILES
    assert b"Sitemap: https://terms.example/watch/sitemap.xml" in FILES["robots.txt"]
    assert SITE.site_url + "status/" not in found, "its bytes change with every visit"
    (canonical,) = PAGES[REVISION].xpath("//link[@rel='canonical']/@href")
    assert canonical in found


def test_a_site_without_an_address_names_none() -> None:
    found = publish(everything(), TOPICS, Settings())
    assert "sitemap.xml" not in found
    assert not [n for n in found if ".html" in n and b"canonical" in found[n]]


def test_an_empty_site_is_a_site() -> None:
    found = publish((), (), Settings())
    assert "Nothing has changed" in found["index.html"].decode()
    assert {"all.xml", "status.json", "assets/style.css", "changes.schema.json"} <= set(found)


def test_a_page_of_two_thousand_changes_stays_below_two_megabytes() -> None:
    found = publish([wide_revision(2000)], TOPICS, SITE)
    assert max(map(len, found.values())) < 2_000_000


def test_paths_stay_inside_the_folder() -> None:
    for name in FILES:
        assert normpath(name) == name
        assert not name.startswith(("/", "."))
        assert re.fullmatch(r"[A-Za-z0-9@./_-]+", name)
