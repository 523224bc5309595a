"""What stands on a page beside its text is no news when it comes and goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies import version
from tracker.differ import revise
from tracker.model import Revision, Significance, Topic

RULES = "<h2>Rules</h2><p>We keep the letters that you write for a year.</p>"
PAGE = f"<h1>Terms</h1>{{}}{RULES}<p>You may ask for a copy of each of them.</p>{{}}"


def between(before: str, after: str) -> Revision:
    old, new = (
        replace(version(body, day), document="heron/terms@global")
        for day, body in enumerate((before, after))
    )
    return revise(old, new, ())


def worth(before: str, after: str) -> Significance:
    return between(before, after).significance


@pytest.mark.parametrize(
    "piece",
    [
        "<p>summer hats for dogs</p>",
        "<p>(Expand All)</p>",
        "<p>Support</p><p>English</p>",
        "<h2>Was this article helpful?</h2>",
        "<h2>Need more help?</h2><p>Visit the forum to hear from other gardeners!</p>",
        "<h2>Sign in / Register</h2>",
    ],
)
def test_labels_and_widgets_are_no_news(piece: str) -> None:
    with_it, without = PAGE.format("", piece), PAGE.format("", "")
    assert worth(without, with_it) is worth(with_it, without) is Significance.EDITORIAL


@pytest.mark.parametrize(
    "piece",
    [
        "<p>We sell them</p>",
        "<p>Kept 30 days</p>",
        "<p>Fees apply.</p>",
        "<p>हमारे साथी</p>",
        "<p>We share them with:</p><p>Harbour Pilots</p>",
        "<h2>Sign in with a badge</h2><p>We read the badge that you show at the door.</p>",
    ],
)
def test_what_says_something_is_news_however_short(piece: str) -> None:
    with_it, without = PAGE.format("", piece), PAGE.format("", "")
    assert worth(without, with_it) is worth(with_it, without) is Significance.SUBSTANTIVE


def test_a_name_that_joins_a_list_is_news() -> None:
    page = "<h1>T</h1><h2>Partners</h2><p>We share it with:</p><p>Harbour Pilots</p>{}"
    assert worth(page.format(""), page.format("<p>Quay Watch</p>")) is Significance.SUBSTANTIVE
    listed = "<h1>T</h1><h2>Partners</h2><ul><li>Harbour Pilots</li>{}</ul>"
    assert worth(listed.format(""), listed.format("<li>Quay Watch</li>")).is_news


def test_headings_that_come_and_go_alone_are_no_news() -> None:
    prose = "<p>We keep the letters that you write for a year.</p>"
    before, after = f"<h1>T</h1><h2>Letters</h2>{prose}", f"<h1>T</h1>{prose}"
    assert worth(before, after) is worth(after, before) is Significance.EDITORIAL
    gone = f"<h1>T</h1>{prose}"
    section = "<h2>Parcels</h2><p>We open every parcel that you send.</p>"
    revision = between(gone, gone + section)
    assert [c.significance for c in revision.changes] == [Significance.SUBSTANTIVE] * 2


def test_cells_cut_in_another_way_say_the_same() -> None:
    page = "<h1>T</h1><h2>Data</h2><table>{}</table>"
    before = "<tr><td>Know/Access your letters</td></tr>"
    after = "<tr><td>Know/</td><td>Access your letters</td></tr>"
    assert not worth(page.format(before), page.format(after)).is_news
    other = "<tr><td>Know/</td><td>Sell your letters</td></tr>"
    assert worth(page.format(before), page.format(other)).is_news


def test_a_change_of_no_weight_is_about_no_topic() -> None:
    topic = Topic("t", "T", "", ("sale",), (), ())
    before = version("<h1>T</h1><p>The Sale of data is ours.</p><p>We keep all of it.</p>")
    after = version("<h1>T</h1><p>The sale of data, is ours.</p><p>We keep none of it.</p>", 1)
    slip, other = revise(before, after, [topic]).changes
    assert (slip.significance, slip.tags) == (Significance.EDITORIAL, ())
    assert other.significance is Significance.SUBSTANTIVE


BANNER = "<p>We recently updated our Privacy Notice.</p><p>It says more about the sale of data.</p>"


def test_a_banner_about_another_text_is_no_news_of_this_one() -> None:
    page = "{}<h1>{}</h1><p>We keep the letters that you write for a year.</p>"
    terms = page.format("", "Harbour Terms"), page.format(BANNER, "Harbour Terms")
    assert worth(*terms) is Significance.EDITORIAL
    own = page.format("", "Privacy Notice"), page.format(BANNER, "Privacy Notice")
    assert worth(*own).is_news


def test_links_that_are_lost_by_the_dozen_are_lost_by_the_capture() -> None:
    line = "<p>You find choice number {0} {1} at the desk of the keeper.</p>"

    def page(linked: int) -> str:
        there = "<a href='https://h.test/opt-out/{0}'>opt out</a>"
        words = ["opt out"] * (8 - linked)
        links = [there.format(n) for n in range(linked)]
        return "<h1>T</h1>" + "".join(line.format(n, w) for n, w in enumerate([*links, *words]))

    assert worth(page(8), page(7)) is Significance.SUBSTANTIVE
    assert worth(page(8), page(1)) is Significance.LINKS


@pytest.mark.parametrize(
    "piece",
    [
        "<p>© 2019–2026 Heron Boats Ltd. All rights reserved. Sitemap</p>",
        "<p>See prior versions of these rules here.</p>",
        "<p>Pour consulter la version précédente de ce texte, cliquez ici.</p>",
        "<p>Frühere Fassungen können Sie hier einsehen</p>",
        "<p>Puede consultar la versión anterior aquí.</p>",
    ],
)
def test_where_earlier_versions_are_and_whose_the_page_is_are_no_news(piece: str) -> None:
    with_it, without = PAGE.format(piece, ""), PAGE.format("", "")
    assert worth(without, with_it) is worth(with_it, without) is Significance.EDITORIAL


@pytest.mark.parametrize(
    "piece",
    [
        "<p>We may replace an earlier version of the app. It is no longer available here.</p>",
        "<p>Posts from an archived version of your boat are shown to everybody.</p>",
    ],
)
def test_what_is_said_about_other_versions_is_news(piece: str) -> None:
    assert worth(PAGE.format("", ""), PAGE.format(piece, "")) is Significance.SUBSTANTIVE


def test_a_dialogue_with_a_title_of_its_own_before_the_text_is_no_news() -> None:
    text = "<h1>Heron Terms</h1><p>We keep the letters that you write for a year.</p>"
    dialogue = "<h1>Welcome back</h1><p>Please give us the address that you use to sign in.</p>"
    assert worth(text, dialogue + text) is worth(dialogue + text, text) is Significance.EDITORIAL
    chapter = dialogue.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    assert worth(text, text + dialogue) is Significance.SUBSTANTIVE
    assert worth(text, chapter + text) is Significance.SUBSTANTIVE


def test_a_service_whose_name_was_lost_in_a_sentence_is_no_news() -> None:
    text = "<h1>Terms</h1><p>This says what {}Boats Ltd. does with the letters you write.</p>"
    with_it, without = (text.format(name) for name in ("Heron ", ""))
    assert worth(with_it, without) is worth(without, with_it) is Significance.EDITORIAL
    assert worth(without, text.format("Stork ")) is Significance.SUBSTANTIVE


def test_numerals_that_a_page_lost_between_its_sentences_are_no_news() -> None:
    text = "<h1>Terms</h1><p>You pay us for a boat.{} You bring it back.{} You clean it.</p>"
    assert worth(text.format("(i)", "(ii)"), text.format("", "")) is Significance.EDITORIAL
