"""What the terms say now: the pages of topics, services and editions, and the sentences on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from tests.factories import SITE, TOPICS, heron, heron_eu, history, moved, publish
from tracker.model import Document, History, Statement
from tracker.publisher.answers import glance, replies, since, told
from tracker.publisher.site.answers_page import board, editions, for_edition

Element = Any
TEXT = "# Terms\n## Models\nWe train models. We walk."


def of(service: str, edition: str = "global", text: str = TEXT, kind: str = "terms") -> History:
    name = f"{service.lower()}/{kind}@{edition}"
    found = history(text, name=name, title="Terms")
    return replace(found, document=Document(name, service, kind.title(), edition, ()))


def read(pages: dict[str, bytes], page: str) -> Element:
    return html.fromstring(pages[page].decode())


def words(element: Element) -> str:
    return " ".join(element.text_content().split())


# ── whose terms ───────────────────────────────────────────────────────────────────


def test_readers_of_an_edition_have_its_texts_and_those_for_all_that_it_does_not_replace() -> None:
    texts = [of("Heron"), of("Heron", "eu"), of("Heron", kind="cookies"), of("Crane")]
    found = [reply for text in texts for reply in replies(text, TOPICS)]
    assert editions(found) == ["eu", "global"]
    assert {r.history.document.id for r in for_edition(found, "eu")} == {
        "heron/terms@eu",
        "heron/cookies@global",
        "crane/terms@global",
    }


def test_a_board_has_a_column_for_each_audience() -> None:
    texts = [of("Heron"), of("Heron", "us"), of("Crane")]
    found = [reply for text in texts for reply in replies(text, TOPICS)]
    assert board(found, TOPICS).audiences == ("Crane", "Heron, US", "Heron, everywhere else")
    mine = [r for r in found if r.history.document.service == "Heron"]
    assert board(mine, TOPICS, of_one=True).audiences == ("US", "everywhere else")


def test_too_many_audiences_are_not_set_side_by_side() -> None:
    found = [r for n in range(13) for r in replies(of(f"S{n}"), TOPICS)]
    assert board(found, TOPICS).left_out
    pages = publish([of(f"S{n}") for n in range(13)], TOPICS, SITE)
    topic = read(pages, "topics/generative-ai/index.html")
    assert "Each service has a page" in words(topic)
    assert topic.xpath("//a[contains(@href, 'services/s12/')]")


# ── the pages ─────────────────────────────────────────────────────────────────────


def test_the_page_of_a_topic_opens_with_what_the_terms_say_now() -> None:
    pages = publish([heron(), heron_eu()], TOPICS, SITE)
    page = read(pages, "topics/targeted-advertising/index.html")
    titles = [words(h) for h in page.xpath("//h2")]
    assert titles[:3] == ["What the terms say now", "The sentences", "Changes about it"]
    (glanced,) = page.find_class("glance")
    assert "May it show data to advertisers?" in words(glanced)
    assert "no clause about it found" in words(glanced)
    (quote,) = page.xpath("//blockquote[not(.//del)]")
    said = "We show your walks to the members of your club, and to our advertising partners."
    assert words(quote) == said
    assert "in these words since 11 March 2025, in force 12 March 2025" in words(page)


@pytest.mark.parametrize(
    "page",
    [
        "topics/targeted-advertising/index.html",
        "services/heron/index.html",
        "now/global/index.html",
    ],
)
def test_a_sentence_leads_to_its_place_its_history_and_what_brought_it(page: str) -> None:
    pages = publish([heron()], TOPICS, SITE)
    ways = [str(way) for way in read(pages, page).xpath("//*[@class='question']//a/@href")]
    version = "documents/heron/privacy-policy@global/20250321T083000Z/index.html"
    assert any(f"{version}#p" in way for way in ways)
    assert any("/clauses/p" in way for way in ways)
    assert any("changes/heron/privacy-policy@global/20250311T083000Z/" in way for way in ways)


def test_texts_for_everybody_are_quoted_before_others() -> None:
    texts = [of("Heron", kind="developer-terms"), of("Heron", kind="privacy-policy")]
    found = [reply for text in texts for reply in replies(text, TOPICS)]
    (cell,) = board(found, TOPICS).rows[0].cells
    assert [said.reply.history.document.type for said in cell.said] == [
        "Privacy-Policy",
        "Developer-Terms",
    ]


def test_what_was_said_before_is_told() -> None:
    page = read(publish([heron()], TOPICS, SITE), "topics/generative-ai/index.html")
    before = [words(one) for one in page.xpath("//details[starts-with(., 'What it said')]")]
    assert any("we do not use them to train models." in text for text in before)


def test_a_text_that_says_nothing_is_named() -> None:
    page = read(publish([heron_eu()], TOPICS, SITE), "topics/generative-ai/index.html")
    assert "No clause about this was found in Heron Privacy Policy (EU)." in words(page)


def test_a_clause_that_never_changed_has_a_history() -> None:
    pages = publish([of("Heron")], TOPICS, SITE)
    found = [words(read(pages, name)) for name in pages if "/clauses/" in name]
    (page,) = [page for page in found if "We train models. We walk." in page]
    assert "never since it was first read" in page
    assert "In this text when it was first read, in the same words." in page


def test_the_page_of_a_service_has_its_texts_by_their_declared_names() -> None:
    page = read(publish([heron(), heron_eu()], TOPICS, SITE), "services/heron/index.html")
    assert "Heron Privacy Policy (EU)" in words(page)
    assert "European Notice" in words(page), "what the page calls itself"


def test_a_text_that_became_another_page_says_so_loudly() -> None:
    given = moved(history("# Old\nWe row.", "# New\nA long text, with nothing of the old."), [1])
    pages = publish([given], TOPICS, SITE)
    text = words(read(pages, "documents/heron/privacy-policy@global/index.html"))
    assert "Another page since 11 March 2025" in text
    revision = "changes/heron/privacy-policy@global/20250311T083000Z/index.html"
    page = read(pages, revision)
    assert "Another page was read" in words(page)
    assert not page.xpath("//article[not(ancestor::details)]"), "no list of changes"
    assert "Another page since 11 March 2025." in words(read(pages, "services/heron/index.html"))


def test_topics_without_questions_make_no_page_of_answers() -> None:
    asked = [replace(topic, questions=()) for topic in TOPICS]
    pages = publish([heron()], asked, SITE)
    assert not [name for name in pages if name.startswith(("services/", "now/"))]
    assert "What the terms say now" not in words(read(pages, "topics/generative-ai/index.html"))


# ── sentences ─────────────────────────────────────────────────────────────────────


def test_the_sentence_that_says_most_comes_first() -> None:
    text = "# Terms\nWe train models.\nWith generative AI we train models of AI models."
    (training, *_) = replies(of("Heron", text=text), TOPICS)
    assert training.quotes[0].text.startswith("With generative AI")
    text = text.replace("With", "If you use")
    (training, *_) = replies(of("Heron", text=text), TOPICS)
    assert training.quotes[0].text == "We train models.", "not under a condition"


def test_what_is_permitted_comes_before_what_is_refused() -> None:
    no = "With generative AI models, we do not train models."
    found = [*replies(of("Heron", text=f"# Terms\n{no}\nWe train models."), TOPICS)]
    training = next(reply for reply in found if reply.question == "training")
    assert [quote.refuses for quote in training.quotes] == [False, True]
    (row,) = [row for row in board(found, TOPICS).rows if row.question.id == "training"]
    assert [one.quote.text for one in row.cells[0].glanced] == ["We train models.", no]


def french(found: History) -> History:
    """The same text, taken to be French."""
    return replace(
        found,
        versions=tuple(
            replace(v, captures=tuple(replace(c, language="fr") for c in v.captures))
            for v in found.versions
        ),
    )


def test_of_a_text_in_another_language_it_is_not_said_that_nothing_was_found() -> None:
    text = french(of("Heron", text="# Terms\nNous entraînons des modèles."))
    page = read(publish([text], TOPICS, SITE), "topics/generative-ai/index.html")
    assert "no clause about" not in words(page).casefold()
    assert "questions are read in English texts only" in words(page.find_class("glance")[0])
    assert "Questions are read in English texts only, not in Heron Terms." in words(page)


def statement(text: str, start: int) -> Statement:
    return Statement(text, text, "", (), 0, (), None, refuses=False, start=start)


def test_a_glance_holds_the_words_that_answer() -> None:
    text = f"{'word ' * 60}train models {'word ' * 60}end."
    found = glance(statement(text, text.index("train")))
    assert "train models" in found
    assert found.startswith("… word") and found.endswith("word …")
    assert len(found) < 130
    assert glance(statement("We train models.", 3)) == "We train models."
    assert glance(statement("x" * 500, 0)).startswith("xxx")


def test_since_when_is_told_with_the_day_of_effect() -> None:
    quotes = [q for reply in replies(heron(), TOPICS) for q in reply.quotes]
    assert {since(q) for q in quotes} == {
        "in these words since 11 March 2025, in force 12 March 2025"
    }


def test_a_revision_tells_only_what_is_asked_today() -> None:
    changed = heron().revisions[0]
    assert told(changed, TOPICS)[0] == "now says it may train AI on walks"
    assert told(changed, [replace(topic, questions=()) for topic in TOPICS]) == ()


def test_a_revision_says_first_which_answers_it_changes() -> None:
    name = "changes/heron/privacy-policy@global/20250311T083000Z/index.html"
    page = read(publish([heron()], TOPICS, SITE), name)
    (facts,) = page.find_class("facts")
    assert "Now says it may show data to advertisers" in words(facts)
    ways = facts.xpath(".//a/@href")
    assert "../../../../topics/generative-ai/index.html#generative-ai-training" in ways
    said, *_ = facts.xpath(".//a[starts-with(@href, '#c')]/@href")
    assert page.xpath(f"//*[@id='{said[1:]}']"), "the sentence has a place on the page"


def test_the_front_page_leads_to_every_service() -> None:
    page = read(publish([of("Heron"), of("Crane")], TOPICS, SITE), "index.html")
    (lede,) = page.find_class("lede")
    assert [a.get("href") for a in lede.xpath(".//a")][:2] == [
        "services/crane/index.html",
        "services/heron/index.html",
    ]
