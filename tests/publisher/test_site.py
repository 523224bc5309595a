"""The changelog site: every page of it, its links, its headings, and what it never becomes."""

from __future__ import annotations

import json
import random
import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from lxml import etree, html

from tests.factories import (
    BODIES,
    SITE,
    START,
    TOPICS,
    corrections,
    every_kind,
    failing,
    heron,
    history,
    hostile,
    publish,
    samples,
    wide_revision,
)
from tracker import __version__
from tracker._support.cache import READERS
from tracker.model import History, Settings
from tracker.publisher import Lent
from tracker.publisher.data.sqlite import sqlite_file
from tracker.publisher.redlines import changed, whole

LENT = Lent(
    lambda capture: BODIES[capture.body or ""], sqlite_file, lambda lines: " ".join(lines).encode()
)
FILES = publish(samples(), TOPICS, SITE, corrections(), LENT)
PAGES = {
    name: html.fromstring(data.decode()) for name, data in FILES.items() if name.endswith(".html")
}
EMBEDDED = {name for name in PAGES if name.startswith("embed/")}
each_page = pytest.mark.parametrize("name", sorted(PAGES))

ELEMENTS = set(
    """a article blockquote body br button code dd del details div dl dt em fieldset figcaption
    figure footer form
    h1 h2 h3 h4 h5 h6 head header html input ins label legend li line link main meta nav
    noscript ol optgroup option p rect script section select span strong summary svg table tbody
    td text th thead time title tr ul""".split()
)
ATTRIBUTES = set(
    """aria-hidden aria-label aria-labelledby autocomplete charset checked class content data-copy
    data-after data-before data-document data-label data-now data-removed data-reworded data-root
    data-seen data-stood data-text data-topics data-under data-visited data-was data-significance
    datetime defer download for height
    hidden href http-equiv id label lang min name open property rel role scope src tabindex
    target title type value viewbox width x x1 x2 y y1 y2""".split()
)
VOID = {"meta", "link", "br", "input"}
CSP = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
CARD_CSP = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
SCRIPTS = {
    "compare/index.html": ["redline.js", "compare.js", "site.js"],
    "search/index.html": ["search.js", "site.js"],
}


def elements(page: html.HtmlElement) -> list[html.HtmlElement]:
    return [e for e in page.iter() if isinstance(e.tag, str)]


def text_of(name: str, where: str = "main") -> str:
    (found,) = PAGES[name].iter(where)
    return " ".join(" ".join(found.itertext()).split())


REVISION = "changes/heron/privacy-policy@global/20250311T083000Z/index.html"
HOSTILE = "changes/heron/hostile@global/20250311T083000Z/index.html"


# ── every page ────────────────────────────────────────────────────────────────────


def test_there_is_a_page_for_samples() -> None:
    assert {"index.html", "changes/index.html", "status/index.html", "404.html"} <= set(PAGES)
    for given in samples():
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
    scripts = [script.get("src").rpartition("assets/")[2] for script in page.iter("script")]
    assert scripts == ([] if name in EMBEDDED else SCRIPTS.get(name, ["site.js"]))
    assert not "".join(script.text or "" for script in page.iter("script")).strip()
    assert not list(page.iter("style", "img", "iframe", "object", "embed", "base"))
    assert not page.xpath("//form[@action or @method]"), "a form is a script's, and sends nothing"
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']")
    assert policy.get("content") == (CARD_CSP if name in EMBEDDED else CSP)
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
        address, _, query = address.partition("?")
        path, _, fragment = address.removeprefix(SITE.site_url).partition("#")
        base = "" if ours else name.rpartition("/")[0]
        target = normpath(join(base, unquote(path))) if path or ours else name
        target = "index.html" if target == "." else target
        target = target if target in FILES else f"{target}/index.html"
        assert target in FILES, f"{name} links to {address}"
        if fragment:
            assert fragment in PAGES[target].xpath("//@id"), address
        for _, version in parse_qsl(query):
            assert f"documents/{version}/clauses.json" in FILES, query


@each_page
def test_no_character_of_a_page_acts_on_its_reader(name: str) -> None:
    text = FILES[name].decode()
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", text
    )


@each_page
def test_feeds_are_found_from_every_page(name: str) -> None:
    if name in EMBEDDED:
        return
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
    for given in samples():
        assert f"documents/{given.document.id}/index.html" in FILES["index.html"].decode()
    assert "say about generative AI and targeted advertising" in text


def test_an_entry_names_the_clauses_about_watched_topics() -> None:
    (entry,) = (
        e
        for e in PAGES["index.html"].find_class("entry")
        if "heron/privacy-policy@global/" in e.find(".//h3/a").get("href")
    )
    (teaser,) = entry.find_class("teaser")
    assert teaser.text_content() == "2. What we do with it · 3. Generative AI"
    headline = entry.find(".//h3").text_content()
    assert entry.find_class("remark")[0].text_content() not in headline


def test_what_has_no_letter_names_no_change() -> None:
    given = history("# T\n## Walks\nOld.", "# T\n## Walks\n### **\nOur advertisers walk too.\nOld.")
    page = html.fromstring(publish([given], TOPICS, SITE)["index.html"].decode())
    (teaser,) = page.find_class("teaser")
    assert teaser.text_content() == "Walks"


def test_the_lede_names_the_services() -> None:
    page = html.fromstring(publish([heron()], TOPICS, SITE)["index.html"].decode())
    (lede,) = page.find_class("lede")
    assert "What the terms of Heron say about generative AI" in lede.text_content()


def test_headings_alike_are_told_apart_by_the_one_above() -> None:
    before = "# T\n## Boats\n### Use\nA boat.\n## Pictures\n### Use\nA picture.\n## Fees\nA fee."
    after = before
    for kind in ("boat", "picture", "fee"):
        after = after.replace(f"A {kind}.", f"A {kind}.\nEvery {kind} is shown to advertisers.")
    files = publish([history(before, after)], TOPICS, SITE)
    page = html.fromstring(files["changes/heron/privacy-policy@global/20250311T083000Z/index.html"])
    (matters,) = page.find_class("matters")
    named = [a.text_content() for a in matters.iter("a")]
    assert named == ["Targeted advertising", "Boats › Use", "Pictures › Use", "Fees"]


def test_what_is_still_to_come_stands_on_the_front() -> None:
    given = history("# T\nWe walk.", "# T\nEffective 1 June 2025\nWe run.")
    page = html.fromstring(publish([given], TOPICS, SITE)["index.html"].decode())
    (coming,) = page.find_class("coming")
    assert coming.text_content().split() == "Coming 1 June 2025: Heron Privacy Policy".split()
    (coming,) = PAGES["index.html"].find_class("coming")
    assert "1 December 2025: Heron Walks" in " ".join(coming.text_content().split())
    assert "12 March 2025" not in coming.text_content(), "it is past"
    without = html.fromstring(publish([heron()], TOPICS, SITE)["index.html"].decode())
    assert "names a day still to come" in without.find_class("coming")[0].text_content()


def test_the_front_page_leads_with_the_questions_and_what_changed_about_them() -> None:
    page = html.fromstring(publish([heron()], TOPICS, SITE)["index.html"].decode())
    (board,) = page.find_class("board")
    found = [" ".join(div.text_content().split()) for div in board.iter("div")]
    assert found[0] == (
        "Generative AI May it train AI on what walkers record? 11 March 2025: "
        "Heron Privacy Policy now says it may train AI on walks Who answers for its AI? "
        "11 March 2025: Heron Privacy Policy now says “What you write to our assistant is kept, "
        "so that generative AI can answer better.”"
    )


def test_a_list_shows_a_glimpse_of_what_changed() -> None:
    (glimpse,) = (
        e.find_class("glimpse")[0]
        for e in PAGES["index.html"].find_class("entry")
        if "heron/privacy-policy@global/" in e.find(".//h3/a").get("href")
    )
    assert [e.text_content() for e in glimpse.iter("ins")] == [
        " added: we use them to train models end of addition "
    ] or "What you write to our assistant" in glimpse.text_content()


def test_a_revision_says_what_happened_to_each_clause_and_why_it_counts() -> None:
    page, text = PAGES[REVISION], text_of(REVISION)
    assert len(page.find_class("change")) == 6
    assert "4 clauses changed, 3 about generative AI and 1 about targeted advertising." in text
    assert "In force from 12 March 2025" in text
    assert "Targeted advertising “advertising”" in text
    deleted = [e.text_content() for e in page.xpath("//article//del")]
    assert " deleted: nobody else end of deletion " in deleted
    digests = [c.body for v in heron().versions[:2] for c in v.captures]
    assert all(d in text for d in digests if d)


def test_changes_of_form_stand_behind_the_news() -> None:
    page = PAGES[REVISION]
    assert page.xpath("//input[@checked]/@id") == ["show-topics", "as-one"]
    labels = [e.text_content() for e in page.iter("label")]
    about = ["4 on these topics", "3 on generative AI", "1 on targeted advertising"]
    assert labels[:6] == [*about, "4 of substance", "all 6 changes", "the whole text"]
    quiet = "changes/heron/privacy-policy@global/20250321T083000Z/index.html"
    assert PAGES[quiet].xpath("//input[@checked]/@id")[0] == "show-all", "nothing else to see"


def marks_removed(element: html.HtmlElement, *tags: str) -> str:
    inside = [e for e in element.iter() if e.tag in tags or "sr" in e.classes]
    for mark in inside:
        if mark.getparent() is not None:
            mark.drop_tree()
    return str(element.text_content())


def test_the_whole_text_is_there_with_its_changes_in_place() -> None:
    page = html.fromstring(FILES[REVISION].decode())
    shown = [
        p
        for p in page.find_class("law")
        if "inline" in p.classes or "same" in p.getparent().classes
    ]
    text = [" ".join(marks_removed(p, "del").split()) for p in shown]
    expected = [f"{c.number} {c.text}".strip() for c in heron().versions[1].clauses]
    assert [t for t in text if t] == expected


def test_side_by_side_gives_either_text_to_the_letter() -> None:
    for given in (heron(), every_kind()):
        revision = given.revisions[0]
        name = f"changes/{given.document.id}/20250311T083000Z/index.html"
        page = html.fromstring(FILES[name].decode())
        for anchor, change in ((r.anchor, r.change) for r in changed(revision)):
            assert change
            sides = page.xpath(f"//article[@id='{anchor}']//div[@class='pair']/div")
            for side, clauses in zip(sides, (change.before, change.after), strict=True):
                laws = side.find_class("law")
                shown = marks_removed(laws[0]) if laws else ""
                number = f"{clauses[0].number} " if clauses and clauses[0].number else ""
                assert shown == number + "\n".join(c.text for c in clauses)


def test_a_correction_stands_above_what_was_said_and_in_every_list() -> None:
    (box,) = PAGES[REVISION].find_class("corrected")
    assert "Corrected on 2 April 2025: The pictures were never sold." in box.text_content()
    assert len(PAGES[REVISION].find_class("change")) == 6, "what was said stays"
    embedded = REVISION.replace("changes/", "embed/", 1)
    for name in ("index.html", "changes/index.html", "corrections/index.html", embedded):
        assert "The pictures were never sold." in text_of(name)
    without = publish(samples(), TOPICS, SITE)
    assert "None so far." in without["corrections/index.html"].decode()


def test_a_revision_can_be_cited_in_two_formats() -> None:
    (item,) = json.loads(FILES[REVISION.replace("index.html", "citation.json")])
    assert item["title"] == "Heron Privacy Policy"
    assert item["issued"] == {"date-parts": [[2025, 3, 11]]}
    assert item["URL"] == "https://heron.example/legal/privacy"
    bibtex = FILES[REVISION.replace("index.html", "citation.bib")].decode()
    assert bibtex.startswith("@misc{heron-privacy-policy-global-20250311T083000Z,\n")
    assert (heron().versions[1].captures[0].body or "none") in bibtex


@pytest.mark.parametrize("name", sorted(n for n in FILES if n.endswith(".bib")))
def test_bibtex_is_balanced_whatever_a_page_calls_itself(name: str) -> None:
    text = FILES[name].decode()
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert text.count("\n") == len(re.findall(r"^(?:@misc|  \w+ = |\})", text, re.MULTILINE))


def test_a_picture_is_made_of_the_lines_of_its_card() -> None:
    card = FILES[REVISION.replace("index.html", "card.png")].decode()
    assert card.startswith(
        "Heron Privacy Policy generative AI and targeted advertising: now says it may train AI"
    )
    (image,) = PAGES[REVISION].xpath("//meta[@property='og:image']/@content")
    assert image == SITE.site_url + REVISION.replace("index.html", "card.png")
    without = publish(samples(), TOPICS, SITE)
    assert b"og:image" not in without[REVISION]


def test_every_kind_of_change_has_its_words_and_place() -> None:
    name = "changes/heron/rules@global/20250311T083000Z/index.html"
    text = text_of(name)
    for said in (
        "Moved here from “1. Boats”, same wording",
        "Split into several",
        "Merged into one",
        "number deleted: (a) number added: (b)",
        "link added: list of landings → https://heron.example/all-landings",
        "moved: the same words in another place",
    ):
        assert said in text, said
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
    for given in samples()[:3]:
        for revision in given.revisions:
            rows = [r.anchor for r in whole(revision) if r.change]
            assert sorted(rows) == sorted(r.anchor for r in changed(revision))


def test_a_preview_is_a_text_of_its_own_that_was_never_in_force() -> None:
    name = "heron/walks@global/20250311T083000Z"
    assert "Upcoming: a preview page shows" in text_of(f"changes/{name}-preview/index.html")
    version = f"documents/{name}-preview/index.html"
    assert "A text that is to come, as a preview page showed it" in text_of(version)
    assert "as it stood from 11 March 2025" in text_of(f"documents/{name}/index.html")
    assert f"changes/{name}-preview/text.diff" in FILES
    page = PAGES["documents/heron/walks@global/index.html"]
    assert len(page.xpath("//table[@id='table']/tbody/tr")) == 2, "the preview never stood"


VERSION = "documents/heron/privacy-policy@global/20250311T083000Z/"


def test_a_version_is_the_text_to_the_letter() -> None:
    (law,) = html.fromstring(FILES[f"{VERSION}index.html"].decode()).find_class("law")
    shown = [" ".join(line[-1].text_content().split()) for line in law.find_class("line")]
    expected = [f"{c.number} {c.text}".strip() for c in heron().versions[1].clauses]
    assert shown == expected


def test_a_clause_has_the_same_address_in_every_version_that_has_it() -> None:
    def named(stamp: str) -> dict[str, str]:
        page = PAGES[f"documents/heron/privacy-policy@global/{stamp}/index.html"]
        return {e[-1].text_content(): str(e.get("id")) for e in page.find_class("line")}

    one, two = named("20250301T083000Z"), named("20250311T083000Z")
    questions = "Write to the keeper of the register, who answers within ten days."
    assert one[questions] == two[questions]
    added = next(text for text in two if "assistant" in text)
    assert two[added] not in one.values()


def test_what_was_served_is_published_to_the_byte_as_text() -> None:
    for given in (heron(), hostile()):
        for version in given.versions:
            stamp = f"{version.first_seen:%Y%m%dT%H%M%SZ}"
            name = f"documents/{given.document.id}/{stamp}/capture.html.txt"
            assert FILES[name] == BODIES[version.captures[0].body or ""]
    kept = publish([heron()], TOPICS, SITE, (), Lent(body=lambda capture: None))
    assert not [n for n in kept if "capture" in n]
    wrong = publish([heron()], TOPICS, SITE, (), Lent(body=lambda capture: b"another"))
    assert not [n for n in wrong if "capture" in n], "its digest is not the one we name"


def test_only_pages_and_data_of_ours_can_be_taken_for_pages() -> None:
    """Nothing a service served, and no text of it, has a name that a browser would run."""
    kinds = {"html", "json", "jsonl", "xml", "css", "js", "txt", "woff2", "csv", "sqlite"}
    kinds |= {"atom", "bib", "diff", "ics", "opml", "png"}
    assert {name.rpartition(".")[2] for name in FILES} <= kinds
    pages = {name for name in FILES if name.endswith(".html")}
    assert {name.rpartition("/")[2] for name in pages} == {"index.html", "404.html"}


def test_a_diff_patches_the_one_text_into_the_other(tmp_path: Path) -> None:
    for given in (heron(), every_kind(), hostile()):
        for revision in given.revisions:
            old, new = (
                f"documents/{given.document.id}/{v.first_seen:%Y%m%dT%H%M%SZ}/text.txt"
                for v in (revision.before, revision.after)
            )
            diff = f"changes/{given.document.id}/{revision.first_seen:%Y%m%dT%H%M%SZ}/text.diff"
            (tmp_path / "text.txt").write_bytes(FILES[old])
            subprocess.run(
                ["git", "apply", "--unidiff-zero", "-p1", "-"],
                input=FILES[diff],
                cwd=tmp_path,
                check=True,
            )
            assert (tmp_path / "text.txt").read_bytes() == FILES[new]


def test_the_clauses_of_a_version_are_data_too() -> None:
    record = json.loads(FILES[f"{VERSION}clauses.json"])
    assert record["title"] == "Heron Privacy Policy"
    assert [c["text"] for c in record["clauses"]] == [c.text for c in heron().versions[1].clauses]
    ids = [c["id"] for c in record["clauses"]]
    assert ids == PAGES[f"{VERSION}index.html"].xpath("//div[@class='line']/@id")


def test_a_heading_far_below_its_title_skips_no_level() -> None:
    given = history("# T\n### Deep\n##### Deeper\n## Up\n###### Down\nWords.")
    page = publish([given], TOPICS, SITE)[
        f"documents/{given.document.id}/20250301T083000Z/index.html"
    ]
    levels = re.findall(r"<h(\d)", page.decode())
    assert all(int(b) - int(a) <= 1 for a, b in pairwise(levels))


def test_a_document_has_a_picture_and_a_table_that_says_the_same() -> None:
    page = PAGES["documents/heron/privacy-policy@global/index.html"]
    (picture,) = page.iter("svg")
    assert picture.get("aria-hidden") == "true", "the table is for everybody"
    lanes = [e.text for e in picture.find_class("lane")]
    assert lanes == ["Generative AI", "Targeted advertising", "Other news", "Form only"]
    labels = [t.text for t in picture.findall(".//rect/title")]
    assert labels == [
        "11 March 2025: 3 clauses",
        "11 March 2025: 1 clause",
        "11 March 2025: 2 clauses",
        "21 March 2025: 1 clause",
    ]
    rows = [" ".join(r.text_content().split()) for r in page.xpath("//tbody/tr")]
    assert (
        rows[0] == "21 March 2025 stood when last seen editorial changes only text as served diff"
    )
    assert rows[2] == "1 March 2025 11 March 2025 first seen text as served"
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
    assert "heron/cookies@us never read never read It has not been visited yet. never 0" in text


def test_the_status_page_names_the_libraries_that_read_pages() -> None:
    text = text_of("status/index.html")
    said = re.search(r"Read by Terms Tracker (\S+) with ([^<]*?)\.(?: |$)", text)
    assert said
    assert said[1] == __version__
    assert [name.split()[0] for name in said[2].split(", ")] == list(READERS)
    assert f"lxml {metadata.version('lxml')}" in said[2]


# ── the same from the same ────────────────────────────────────────────────────────


def test_histories_in_any_order_give_the_same_bytes() -> None:
    given = list(samples())
    for seed in range(3):
        random.Random(seed).shuffle(given)
        assert publish(given, TOPICS, SITE, corrections(), LENT) == FILES


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
    again = publish([later(h) for h in samples()], TOPICS, SITE, corrections(), LENT)
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
    found = publish(samples(), TOPICS, Settings())
    assert "sitemap.xml" not in found
    assert not [n for n in found if ".html" in n and b"canonical" in found[n]]


def test_an_empty_site_is_a_site() -> None:
    found = publish((), (), Settings())
    assert "None of these texts has been read yet" in found["index.html"].decode()
    assert {"all.xml", "status.json", "assets/style.css", "changes.schema.json"} <= set(found)


def test_a_page_of_two_thousand_changes_stays_below_three_megabytes() -> None:
    found = publish([wide_revision(2000)], TOPICS, SITE)
    assert max(map(len, found.values())) < 3_000_000


def test_paths_stay_inside_the_folder() -> None:
    for name in FILES:
        assert normpath(name) == name
        assert not name.startswith(("/", "."))
        assert re.fullmatch(r"[A-Za-z0-9@./_-]+", name)
