"""Histories as data: what programs read, checked against the published schema."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from tests.factories import (
    NASTY,
    SITE,
    TOPICS,
    every_kind,
    everything,
    failing,
    heron,
    heron_eu,
    hostile,
    publish,
)
from tests.factories import never_seen as unseen
from tracker.model import Kind, Significance
from tracker.publisher.answers import replies
from tracker.publisher.data import records

SCHEMA = json.loads(files("tracker.publisher.data").joinpath("changes.schema.json").read_bytes())
VALID = Draft202012Validator(SCHEMA)
CHANGES = list(records.changes(everything()))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("kind", Kind)
def test_records_of_every_kind_are_as_the_schema_says(kind: Kind) -> None:
    found = [r for r in records.changes([every_kind()]) if r["kind"] == kind]
    assert found
    for record in found:
        VALID.validate(record)


def test_the_schema_refuses_what_is_no_record() -> None:
    (first, *_) = records.changes([heron()])
    wrong = [
        {**first, "kind": "added"},
        {**first, "significance": "technical"},
        {**first, "from": "yesterday"},
        {**first, "document": "Heron"},
        {**first, "evidence": {"generative-ai": []}},
        {**first, "more": 1},
        {k: v for k, v in first.items() if k != "path"},
    ]
    assert VALID.is_valid(first)
    assert not [record for record in wrong if VALID.is_valid(record)]


def test_a_record_holds_the_words_to_the_letter() -> None:
    found = [r for r in records.changes([heron()]) if "club" in (r["before"] or "")]
    assert found[0] == {
        "document": "heron/privacy-policy@global",
        "source_url": "https://heron.example/legal/privacy",
        "from": "2025-03-01T08:30:00Z",
        "to": "2025-03-11T08:30:00Z",
        "revision": "substantive",
        "significance": "substantive",
        "kind": "reworded",
        "path": ["Privacy Policy", "2. What we do with it"],
        "before": "We show your walks to the members of your club, and to nobody else.",
        "after": "We show your walks to the members of your club, and to our advertising partners.",
        "topics": ["targeted-advertising"],
        "evidence": {"targeted-advertising": ["advertising"]},
        "questions": ["targeted-advertising/sharing"],
        "effective": "2025-03-12",
        "links_added": [],
        "links_removed": [],
    }


def test_changed_targets_are_named() -> None:
    (found,) = (r for r in records.changes([every_kind()]) if r["kind"] == "links")
    words = "list of landings"
    target = "https://heron.example/all-landings"
    assert found["links_added"] == [{"words": words, "target": target}]
    assert found["links_removed"][0]["target"] == "https://heron.example/landings"


def test_what_is_no_news_is_about_no_topic() -> None:
    given = heron()
    swapped = replace(given.revisions[0], significance=Significance.TECHNICAL)
    found = list(records.changes([replace(given, revisions=(swapped,))]))
    assert [c for c in swapped.changes if c.tags], "though its words would be"
    assert not [r for r in found if r["topics"] or r["evidence"]]


def test_the_oldest_come_first_whatever_the_order_of_the_documents() -> None:
    assert [r["to"] for r in CHANGES] == sorted(r["to"] for r in CHANGES)
    assert list(records.changes(reversed(everything()))) == CHANGES


@pytest.mark.parametrize("ascii_only", [True, False])
def test_hostile_text_stays_a_string(ascii_only: bool) -> None:
    found = [r for r in CHANGES if r["document"] == "heron/hostile@global"]
    text = json.dumps(found, ensure_ascii=ascii_only)
    assert json.loads(text) == found
    assert {NASTY[0], NASTY[4], NASTY[5]} <= {r["after"] for r in found}
    assert not set(json.dumps(found)) & set("\x1b\x00\u202e\n")


def test_a_page_that_is_no_page_on_the_web_is_named_as_none() -> None:
    assert {r["source_url"] for r in records.changes([hostile()])} == {None}
    assert all(VALID.is_valid(r) for r in records.changes([hostile()]))


def test_the_log_lists_revisions_newest_first() -> None:
    found = records.log([heron(), heron_eu()])
    assert [r["first_seen"] for r in found] == [
        "2025-03-21T08:30:00Z",
        "2025-03-14T08:30:00Z",
        "2025-03-11T08:30:00Z",
    ]
    assert found[2]["topics"] == ["generative-ai", "targeted-advertising"]
    assert found[2]["changes"] == 6
    assert found[0]["significance"] == "editorial"
    json.dumps(found)


def test_the_status_of_a_text_that_changed() -> None:
    (found,) = records.status([heron()])
    assert found == {
        "document": "heron/privacy-policy@global",
        "name": "Heron Privacy Policy",
        "title": "Privacy Policy",
        "state": "ok",
        "last_seen": "2025-03-30T08:30:00Z",
        "through": None,
        "read": None,
        "copy": None,
        "expected": None,
        "last_visit": "2025-03-30T08:30:00Z",
        "outcome": "good",
        "sources": [],
        "reason": None,
        "versions": 3,
        "last_change": "2025-03-21T08:30:00Z",
    }


def test_the_status_of_texts_that_cannot_be_had() -> None:
    refused, missing = records.status([failing(), unseen()])[::-1]
    assert (refused["state"], refused["outcome"]) == ("failing", "refused")
    assert refused["last_visit"] > refused["last_seen"]
    assert "999" in refused["reason"]
    assert (missing["state"], missing["last_seen"], missing["versions"]) == ("never read", None, 0)


def test_every_question_is_put_to_every_text() -> None:
    found = [reply for history in (heron(), unseen()) for reply in replies(history, TOPICS)]
    rows = records.in_force(found, TOPICS, SITE.site_url)
    assert [row["question"] for row in rows] == ["training", "output", "sharing"]
    training, _, sharing = rows
    assert training["name"] == "Heron Privacy Policy"
    assert training["title"] == "Privacy Policy"
    assert (training["since"], training["since_first_read"]) == ("2025-03-01T08:30:00Z", True)
    assert training["changed"] == sharing["since"] == "2025-03-11T08:30:00Z"
    assert ["do not use them to train" in text for text in training["before"]] == [True]
    (statement,) = sharing["statements"]
    said = "We show your walks to the members of your club, and to our advertising partners."
    assert statement["text"] == said
    assert statement["effective"] == "2025-03-12"
    assert statement["path"] == ["2. What we do with it"]
    page, _, anchor = statement["page"].removeprefix(SITE.site_url).partition("#")
    assert f'id="{anchor}"'.encode() in publish([heron()], TOPICS, SITE)[page]


def test_a_text_in_another_language_is_not_said_to_be_silent() -> None:
    given = heron()
    newest = given.versions[-1]
    spoken = tuple(replace(c, language="fr") for c in newest.captures)
    french = replace(given, versions=(*given.versions[:-1], replace(newest, captures=spoken)))
    rows = records.in_force(replies(french, TOPICS), TOPICS, "")
    assert {row["answered"] for row in rows} == {None}
