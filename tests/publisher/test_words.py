"""The sentences that feeds, pages and terminal share, and the guard on the words of a page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.factories import ADS, AI, NASTY, TOPICS, every_kind, heron, heron_eu, history
from tests.publisher.test_unseen import IGNORABLE
from tracker.model import Kind, Note, Significance, Turn
from tracker.publisher import words

CHANGED, EDITED = heron().revisions


# ── the guard ─────────────────────────────────────────────────────────────────────


@given(st.text(st.characters(codec=None)))
def test_safe_text_is_text_that_xml_allows_and_no_terminal_obeys(text: str) -> None:
    found = words.safe(text)
    assert len(re.sub(r"‹U\+[0-9A-F]{4,6}›", "x", found)) <= len(text)
    etree.Element("x").text = found
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", found)


SEEN = st.characters(
    codec="utf-8",
    categories=["L", "N", "P", "Zs", "M", "S"],
    exclude_characters=[chr(n) for n in IGNORABLE],
)


@given(st.text(SEEN))
def test_ordinary_text_is_left_to_the_letter(text: str) -> None:
    assert words.safe(f"{text}\t\n") == f"{text}\t\n"


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_plain_text_holds_nothing_that_html_would_take_for_markup(text: str) -> None:
    found = words.plain(text)
    assert not re.search(r"[<>]|&#?\w+;|\s\s|\n", found)


def test_plain_text_keeps_an_ampersand_that_is_only_one() -> None:
    assert words.plain("Terms & Conditions, R&D; AT&T") == "Terms & Conditions, R＆D; AT&T"
    assert words.plain("Terms & Conditions") == "Terms & Conditions"


@given(st.text("[]{}+-−ab "))
def test_no_mark_of_ours_stands_alone_in_unforged_text(text: str) -> None:
    found = words.unforged(text)
    assert not re.search(r"(?<!\[)\[[+−-]|(?<!\{)\{[+-]", found)
    assert not re.search(r"[+−-]\](?!\])|[+-]\}(?!\})", found)
    assert re.sub(r"[\[\]{} ]", "", found) == re.sub(r"[\[\]{} ]", "", text)
    between = f"[+{found}+][−{found}−]{found}[+"
    assert len(re.findall(r"(?<!\[)\[[+−]", between)) == 3
    assert len(re.findall(r"[+−]\](?!\])", between)) == 2


def test_a_line_is_one_line_and_no_longer_than_a_title() -> None:
    assert words.line(" Privacy\n\t Policy\u00a0(EU) ") == "Privacy Policy (EU)"
    assert words.line("a" * 160) == "a" * 160
    assert len(words.line("word " * 1000)) <= 160
    assert words.line("word " * 1000).endswith("word …")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://heron.example/", True),
        ("HTTP://heron.example/", True),
        ("javascript:alert(1)", False),
        (" https://heron.example/", False),
        ("data:text/html,x", False),
        ("//heron.example/", False),
        ("", False),
    ],
)
def test_only_the_web_is_linked(address: str, expected: bool) -> None:
    assert words.is_web(address) is expected


LONG = " ".join(f"word{n}" for n in range(200))


@pytest.mark.parametrize(("follows", "goes_on"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_an_excerpt_keeps_the_ends_that_touch_a_change(follows: int, goes_on: int) -> None:
    found = words.excerpt(LONG, bool(follows), bool(goes_on), 100)
    assert len(found) < 230
    assert "[…]" in found
    assert found.startswith("word0 ") is bool(follows or not goes_on)
    assert found.endswith(" word199") is bool(goes_on)
    kept = set(found.split()) - {"[…]"}
    assert kept <= set(LONG.split()), "no word is cut in two"


def test_a_short_text_is_no_excerpt() -> None:
    assert words.excerpt("A short one.", True, True, 100) == "A short one."


# ── times and names ───────────────────────────────────────────────────────────────


def test_times() -> None:
    time = datetime(2025, 11, 3, 23, 5, 9, tzinfo=timezone(timedelta(hours=2)))
    utc = time.astimezone(UTC)
    assert words.day(date(2025, 11, 3)) == "3 November 2025"
    assert words.moment(utc) == "3 November 2025, 21:05 UTC"
    assert words.iso(time) == "2025-11-03T21:05:09Z"
    assert words.stamp(time) == "20251103T210509Z"


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("heron/p@global", "Privacy Policy", "Heron Privacy Policy"),
        ("heron/p@global", "The HERON rules", "The HERON rules"),
        ("heron/p@eu", "Privacy Policy", "Heron Privacy Policy (EU)"),
        ("heron/p@new-zealand", "Rules", "Heron Rules (New Zealand)"),
    ],
)
def test_a_document_has_service_title_and_edition(name: str, title: str, expected: str) -> None:
    given = history(name=name, title="Another title")
    declared = replace(given, document=replace(given.document, type=title))
    assert words.document_name(declared) == words.document_name(given, title) == expected


def test_a_change_says_what_happened_and_whether_it_moved() -> None:
    kinds = {c.kind: c for c in every_kind().revisions[0].changes}
    assert set(kinds) == set(Kind), "the sample has every kind"
    assert words.kind(kinds[Kind.MOVED]) == "Moved here from “1. Boats”, same wording"
    within = replace(kinds[Kind.MOVED], significance=Significance.EDITORIAL)
    assert words.kind(within) == "Moved, wording unchanged"
    assert words.kind(replace(kinds[Kind.REWORDED], moved=True)) == "Reworded and moved"
    assert len({words.kind(c) for c in kinds.values()}) == len(Kind)


def test_the_path_of_a_clause_leaves_out_the_title_of_the_page() -> None:
    paths = [words.clause_path(c) for c in CHANGED.changes]
    assert paths[0] == "Privacy Policy"
    assert "2. What we do with it" in paths


# ── sentences ─────────────────────────────────────────────────────────────────────


def test_a_summary_says_also_what_did_not_change() -> None:
    assert words.summary(CHANGED, TOPICS) == (
        "4 clauses changed, 3 about generative AI and 1 about targeted advertising."
    )
    assert words.summary(heron_eu().revisions[0], TOPICS) == (
        "1 clause changed. No change about generative AI or targeted advertising was found."
    )
    assert words.summary(EDITED, TOPICS) == f"O{EDITED.reason[1:]}."


def test_news_puts_the_watched_topics_first_and_leaves_out_what_is_none() -> None:
    found = words.news(CHANGED)
    assert [bool(c.tags) for c in found] == sorted((bool(c.tags) for c in found), reverse=True)
    assert len(found) == len(CHANGED.changes) - 2, "the date and the renumbered heading are none"


def test_a_teaser_names_the_headings_of_the_watched_topics_once_each() -> None:
    assert words.teaser(CHANGED) == "2. What we do with it · 3. Generative AI"
    assert words.teaser(heron_eu().revisions[0]) == ""
    sections = [f"## {n}. Part {n}\nWe like water." for n in range(5)]
    before = "\n".join(["# Rules", *sections])
    after = before.replace("water", "water and advertising")
    (revision,) = history(before, after).revisions
    assert words.teaser(revision) == "0. Part 0 · 1. Part 1 · 2. Part 2 and 2 more"


def test_a_remark_does_not_say_what_the_headline_says() -> None:
    assert words.remark(CHANGED, TOPICS) == (
        "Of 4 clauses, 3 on generative AI and 1 on targeted advertising."
    )
    only = replace(heron_eu().revisions[0], topics=("generative-ai",))
    assert words.remark(only, TOPICS) == "No change about targeted advertising was found."
    assert words.remark(EDITED, TOPICS) == words.summary(EDITED, TOPICS)


def test_a_title_inside_a_sentence_keeps_its_capitals_where_they_mean_something() -> None:
    assert [words.lower(t) for t in (AI.title, ADS.title, "AI rules", "")] == [
        "generative AI",
        "targeted advertising",
        "AI rules",
        "",
    ]


# ── identity and evidence ─────────────────────────────────────────────────────────


def test_an_identity_is_a_tag_uri_of_document_and_first_sight() -> None:
    assert words.tag_uri(CHANGED) == (
        "tag:terms-tracker.invalid,2025:heron/privacy-policy@global/2025-03-11T08:30:00Z"
    )


def test_a_citation_names_text_time_source_digest_and_address() -> None:
    found = words.citation(heron(), CHANGED, "https://terms.example/watch/x/")
    (capture,) = CHANGED.after.captures
    assert found == (
        "“Heron Privacy Policy”, version first seen 2025-03-11T08:30:00Z, "
        "published by Heron at https://heron.example/legal/privacy, "
        f"archived at {capture.archive_url}, "
        f"SHA-256 {capture.body}, "
        "change recorded by Terms Tracker at https://terms.example/watch/x/."
    )


def test_an_archived_copy_is_the_page_and_not_the_commit_that_recorded_it() -> None:
    (capture,) = CHANGED.after.captures
    document = replace(heron().document, service="Heron & Co", type="Privacy Policy")
    commit = f"https://github.com/OpenTermsArchive/pga-snapshots/commit/{'a1' * 20}"
    assert words.copy_of(replace(capture, archive_url=commit), document) == (
        f"https://github.com/OpenTermsArchive/pga-snapshots/blob/{'a1' * 20}/"
        "Heron%20%26%20Co/Privacy%20Policy.html"
    )
    for url in ("https://web.archive.org/web/2025/https://x.example/", commit[:-1]):
        assert words.copy_of(replace(capture, archive_url=url), document) == url
    for none in (None, "javascript:alert(1)"):
        assert words.copy_of(replace(capture, archive_url=none), document) == ""


def test_a_citation_leaves_out_what_is_not_known() -> None:
    after = replace(CHANGED.after, urls=(), captures=())
    found = words.citation(heron(), replace(CHANGED, after=after), "https://terms.example/x/")
    assert ", ," not in found
    assert "SHA" not in found


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("consent", "legitimate interests", "“consent” became “legitimate interests”"),
        ("", "never", "“never” is new"),
        ("only", "", "“only” is gone"),
        ("[-will-]", "\x1b[31mmay\nnot", "“[[-will-]]” became “\ufffd[31mmay not”"),
    ],
)
def test_a_turn_is_said_in_the_words_of_both_texts(before: str, after: str, said: str) -> None:
    assert words.turn(Note(Turn.BASIS, before, after)) == f"Legal basis: {said}"
