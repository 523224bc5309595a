"""Of an article the text is read, of a text of terms all."""

from __future__ import annotations

import pytest

from tests.strategies import page

STORY = [
    f"On day {n} of the fair the baker from the hill, who was older than the mill, told the smith "
    "and the two carters a story about a goose that had swum up the river, and they laughed."
    for n in range(8)
]
TERMS = [
    f"In case {n} you agree that we may keep your data for thirty days, and share it where the "
    "law obliges us, under the terms and conditions of this agreement."
    for n in range(8)
]
SIDE = "".join(
    f"<li><a href=/{n}>Another story</a> of the fair, in which {n} geese swim away.</li>"
    for n in range(9)
)
COMMENTS = "".join(
    f"<li><div><b>Miller {n}</b><p>I was there on that day, and it was a duck. {n}</p></div></li>"
    for n in range(12)
)
TEASERS = "".join(
    f"<div><h3><a href=/t{n}>The goose, part {n}</a></h3><p>More of it, soon.</p></div>"
    for n in range(6)
)


def texts(html: str) -> list[str]:
    return [clause.text for clause in page(html).clauses]


def around(title: str, body: str, page_title: str = "The fair | The Valley Post") -> str:
    return f"""<html><head><title>{page_title}</title></head><body>
    <div><a href=/>Home</a> <a href=/b>Sport</a> <a href=/c>Weather</a></div>
    <div><div><h1>{title}</h1><div>By <a href=/m>a miller</a>, on Monday</div>
    <div>{body}</div><div><a href=/s>Share</a> <a href=/l>Like</a></div>
    <ol>{COMMENTS}</ol></div><div><h2>More</h2><ul>{SIDE}</ul>{TEASERS}</div></div>
    <div>All that is printed here belongs to the Valley Post and to nobody else at all.</div>
    </body></html>"""


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def test_of_an_article_the_text_is_read_with_its_title() -> None:
    assert texts(around("A goose at the fair", paragraphs(STORY))) == [
        "A goose at the fair",
        *STORY,
    ]


@pytest.mark.parametrize("size", [2, 3])
def test_an_article_in_chunks_is_read_whole(size: int) -> None:
    chunks = [STORY[n : n + size] for n in range(0, len(STORY), size)]
    body = "<div><a href=/ad>Buy</a></div>".join(f"<div>{paragraphs(one)}</div>" for one in chunks)
    assert texts(around("A goose at the fair", body))[1:] == STORY


def test_what_stands_between_its_paragraphs_stays() -> None:
    body = f"{paragraphs(STORY[:4])}<h2>Then</h2><ul><li>Quack.</li></ul>{paragraphs(STORY[4:])}"
    found = texts(around("A goose at the fair", body))
    assert found[1:] == [*STORY[:4], "Then", "Quack.", *STORY[4:]]


@pytest.mark.parametrize(
    ("title", "lines"),
    [("What holds here", TERMS), ("Terms of the fair", STORY), ("Privacy", STORY)],
)
def test_a_page_of_terms_is_read_as_a_whole(title: str, lines: list[str]) -> None:
    found = texts(around(title, paragraphs(lines)))
    assert set(lines) < set(found)
    assert "I was there on that day, and it was a duck. 3" in found or lines is TERMS


def test_a_title_may_name_the_text() -> None:
    found = texts(around("The fair", paragraphs(STORY), "Cookie Policy | The Valley Post"))
    assert "I was there on that day, and it was a duck. 3" in found


def test_a_language_whose_terms_are_not_known_is_read_as_a_whole() -> None:
    lines = ["हम आपके डेटा को तीस दिनों तक रखते हैं, और फिर उसे हटा देते हैं, जब तक कानून अन्यथा न कहे।"] * 3
    body = "".join(f"<div><div><p>{line} {n}</p></div></div>" for n, line in enumerate(lines))
    assert len(texts(f"<body>{body}<div><p>और कुछ भी नहीं, बस इतना ही।</p></div></body>")) == 4
