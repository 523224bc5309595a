"""What is coming is told once: when the preview shows it, not again when it is in force."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies import DAY, PAGE, START, capture, page
from tracker.extractor import text_digest
from tracker.history import history
from tracker.model import (
    Capture,
    Document,
    History,
    Revision,
    Significance,
    Source,
    State,
    Topic,
    digest,
)

TERMS, SHOWN = Source(PAGE), Source(f"{PAGE}/preview")
SALE = Topic("sale", "Sale", "", ("sell*", "sale"), (), ())
RULES = "".join(f"<p>Rule {n} holds for everybody who takes part in it.</p>" for n in range(9))
BANNER = "<p>On 3 February 2025, we are making some changes to our terms.</p>"
DONE = "<p>On 3 February 2025, we updated our terms.</p>"


def text(*, date: str = "1 May 2020", banner: str = "", rule: str = "We keep it.") -> str:
    return f"<h1>Terms</h1>{banner}<p>Effective {date}</p>{RULES}<p>{rule}</p>"


OLD = text()
TOLD = text(banner=BANNER)
NEW = text(date="3 February 2025", rule="We sell it.")
OTHER = text(date="3 February 2025", rule="We sell it and more.")
LIVE_NEW = text(date="3 February 2025", rule="We sell it.", banner=DONE)


def look(html: str, day: float, *, preview: bool = False) -> Capture:
    source = SHOWN if preview else TERMS
    made = capture(day, html, source=source, text=text_digest(page(html).clauses))
    return replace(made, via="preview" if preview else "live")


def told(*captures: Capture) -> History:
    pages = {digest(h.encode()): page(h) for h in (OLD, TOLD, NEW, OTHER, LIVE_NEW)}
    document = Document("d", "Harbour", "Terms", "global", (TERMS,), SHOWN)
    return history(document, captures, lambda c: pages[c.body or ""], (SALE,))


def lines(found: History) -> list[tuple[int, Significance, bool]]:
    return [((r.first_seen - START) // DAY, r.significance, r.is_news) for r in found.revisions]


AUTUMN = (
    look(OLD, 0),
    look(TOLD, 9),
    look(NEW, 9, preview=True),
    look(TOLD, 10),
    look(NEW, 10, preview=True),
)


def upcoming(found: History) -> Revision:
    (only,) = (r for r in found.revisions if r.significance is Significance.UPCOMING)
    return only


def test_banner_and_preview_are_one_piece_of_news() -> None:
    found = told(*AUTUMN)
    assert lines(found) == [
        (9, Significance.ANNOUNCEMENT, False),
        (9, Significance.UPCOMING, True),
    ]
    revision = upcoming(found)
    assert revision.topics == ("sale",)
    assert str(revision.effective) == "2025-02-03"
    assert revision.before is found.versions[-1]
    assert (revision.after.is_preview, revision.after.urls) == (True, (SHOWN.url,))
    assert found.standing.state is State.OK


def test_what_then_is_in_force_is_linked_and_not_told_again() -> None:
    found = told(*AUTUMN, look(LIVE_NEW, 40))
    assert lines(found)[-1] == (40, Significance.SUBSTANTIVE, False)
    assert found.revisions[-1].announced == upcoming(found).first_seen
    assert found.revisions[-1].topics == ("sale",)


def test_what_is_in_force_but_was_announced_otherwise_is_news() -> None:
    found = told(*AUTUMN, look(OTHER, 40))
    assert lines(found)[-1] == (40, Significance.SUBSTANTIVE, True)


def test_a_preview_that_changes_is_news_again_and_one_that_returns_is_not() -> None:
    shown = [look(h, day, preview=True) for day, h in ((11, OTHER), (12, NEW))]
    found = told(*AUTUMN, *shown)
    days = [day for day, worth, _ in lines(found) if worth is Significance.UPCOMING]
    assert days == [9, 11]


def test_a_preview_of_the_text_in_force_and_one_before_any_text_are_nothing() -> None:
    assert told(look(OLD, 0), look(OLD, 1, preview=True)).revisions == ()
    assert told(look(NEW, 0, preview=True)).revisions == ()


def test_a_preview_is_no_version_and_no_look() -> None:
    found = told(*AUTUMN)
    assert [v.is_preview for v in found.versions] == [False, False]
    assert found.standing.last_visit == START + 10 * DAY


def test_a_notice_before_the_preview_is_news_of_its_own() -> None:
    found = told(look(OLD, 0), look(TOLD, 5), look(NEW, 9, preview=True))
    assert lines(found) == [
        (5, Significance.ANNOUNCEMENT, True),
        (9, Significance.UPCOMING, True),
    ]


def test_a_notice_after_the_preview_with_its_date_says_nothing_more() -> None:
    found = told(look(OLD, 0), look(OLD, 5), look(NEW, 5, preview=True), look(TOLD, 6))
    assert lines(found) == [
        (5, Significance.UPCOMING, True),
        (6, Significance.ANNOUNCEMENT, False),
    ]
