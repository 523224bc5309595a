"""The same words under another heading are another rule."""

from __future__ import annotations

import pytest

from tests.strategies import version
from tracker.differ import read_back, revise
from tracker.model import Change, Kind, Revision, Significance, Topic

AI = Topic("ai", "AI", "", ("train*",), (), ())
LIST = """<h1>Notice</h1>
<h2>What we use to train our models</h2><ul><li>Your posts and the comments under them</li>{}</ul>
<h2>What we never use for that</h2><ul>{}<li>Your payment details and your card</li></ul>"""
ITEM = "<li>Your private messages to other members</li>"


def between(before: str, after: str) -> Revision:
    return revise(version(before), version(after, 1), [AI])


def only(revision: Revision) -> Change:
    """The one change that is news; the heading the clause passed may count as moved."""
    (change,) = (c for c in revision.changes if c.significance.is_news)
    return change


def test_an_item_that_came_under_the_opposite_heading_is_substantive_and_about_both() -> None:
    revision = between(LIST.format("", ITEM), LIST.format(ITEM, ""))
    change = only(revision)
    assert change.kind is Kind.MOVED
    assert change.significance is revision.significance is Significance.SUBSTANTIVE
    assert revision.topics == ("ai",)
    assert change.tags[0].words == ("train",)


def test_a_heading_that_moved_past_a_clause_makes_it_another_rule() -> None:
    page = """<h1>Terms</h1><h2>If you live in the EU</h2><p>You have the rights of the law.</p>{}
    <p>You can ask us at any time not to train models with your posts.</p>{}
    <h2>Contact</h2><p>Write to the address below.</p>"""
    other = "<h2>If you live in the US</h2>"
    revision = between(
        page.format("", f"{other}<p>Fees apply.</p>"), page.format(other, "<p>Fees apply.</p>")
    )
    told = [c.after[0].text for c in revision.changes if c.significance.is_news]
    assert "You can ask us at any time not to train models with your posts." in told
    assert revision.topics == ("ai",)


def test_a_paragraph_that_says_it_all_itself_may_stand_anywhere() -> None:
    text = "<p>You end this licence when you delete the content or close your account with us.</p>"
    page = """<h1>Terms</h1><h2>Your licence</h2><p>You give us a licence to show it.</p>{}
    <h2>Ending this contract</h2>{}<p>Both of us can end it on any day.</p>"""
    revision = between(page.format(text, ""), page.format("", text))
    assert not revision.significance.is_news
    contact = page.replace("Ending this contract", "Contact us")
    assert not between(contact.format(text, ""), contact.format("", text)).significance.is_news
    limited = page.replace("Ending this contract", "If you live in the EU")
    assert between(limited.format(text, ""), limited.format("", text)).significance.is_news
    topical = page.replace("Ending this contract", "How we train")
    assert between(topical.format(text, ""), topical.format("", text)).topics == ("ai",)


TABLE = """<h1>Notice</h1><table><tr><th>Purpose</th><th>Data</th></tr>
<tr><td>To check who you are</td><td>{}<p>Passport</p></td></tr>
<tr><td>To train models</td><td><p>Posts</p>{}</td></tr></table>"""


def test_a_few_words_do_not_move_between_rows_but_go_and_come() -> None:
    name = "<p>Name</p>"
    revision = between(TABLE.format(name, ""), TABLE.format("", name))
    assert [(c.kind, c.path[-2:]) for c in revision.changes] == [
        (Kind.REMOVED, ("To check who you are", "Data")),
        (Kind.ADDED, ("To train models", "Data")),
    ]
    assert revision.significance.is_news
    assert revision.topics == (), "a name in a cell says nothing by itself"
    paired = [i for p in revision.pairs for i in p.before]
    assert sorted(paired) == list(range(len(revision.before.clauses)))
    assert len(paired) == len(set(paired))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<h2>1. Rights</h2>", "<h2>2. Rights</h2>"),
        ("<h2>Your rights</h2>", "<h2>Your rights here</h2>"),
        ("<h2>Rights</h2>", "<p><strong>Rights</strong></p>"),
        ("<h2>Rights</h2>", "<h2>Rights</h2><h3>In short</h3>"),
    ],
)
def test_a_heading_renamed_renumbered_flattened_or_new_takes_nothing_anywhere(
    old: str, new: str
) -> None:
    page = "<h1>T</h1>{}<p>You may object to it at any time you like.</p><h2>End</h2><p>Bye.</p>"
    revision = between(page.format(old), page.format(new))
    assert all(not c.moved for c in revision.changes)
    assert "object" not in " ".join(c.after[0].text for c in revision.changes)


def test_a_page_laid_out_anew_is_not_a_hundred_rules() -> None:
    parts = [
        (f"<h2>Section {n} of it</h2>", f"<p>In short, rule number {n} holds for all.</p>")
        for n in range(30)
    ]
    below = "".join(heading + text for heading, text in parts)
    above = "".join(text + heading for heading, text in parts)
    assert not between(f"<h1>T</h1>{below}", f"<h1>T</h1>{above}").significance.is_news


def test_what_strayed_is_still_read_back_to_the_letter() -> None:
    change = only(between(LIST.format("", ITEM), LIST.format(ITEM, "")))
    assert read_back(change.redline) == (change.before[0].text, change.after[0].text)
