"""What stands on a page beside its text is no news when it comes and goes."""

from __future__ import annotations

import pytest

from tests.strategies import version
from tracker.differ import revise
from tracker.model import Revision, Significance, Topic

RULES = "<h2>Rules</h2><p>We keep the letters that you write for a year.</p>"
PAGE = f"<h1>Terms</h1>{{}}{RULES}<p>You may ask for a copy of each of them.</p>{{}}"


def between(before: str, after: str) -> Revision:
    return revise(version(before), version(after, 1), ())


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
