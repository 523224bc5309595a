"""Without a selector, what stands around the text is left out, and nothing of the text is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import sentences
from tracker.extractor import read
from tracker.model import Source

RULES = [
    f"Rule {n} of this house holds for everybody who comes in, at all hours." for n in range(12)
]
TEXT = "<h1>House rules</h1>" + "".join(f"<p>{rule}</p>" for rule in RULES)
LINKS = "<a href=/a>Home</a> <a href=/b>Shop</a> <a href=/c>News</a>"


def texts(html: str, *select: str) -> list[str]:
    source = Source("https://house.test/rules", select)
    return [c.text for c in read(html.encode(), "text/html", source).clauses]


WHOLE = ["House rules", *RULES]


@pytest.mark.parametrize(
    "around",
    [
        f"<nav>{LINKS}</nav>",
        f"<header><p>House</p>{LINKS}</header>",
        f"<footer>{LINKS}<p>© 2025 House Ltd</p></footer>",
        f"<aside><p>Read this too</p>{LINKS}</aside>",
        f"<div role=navigation>{LINKS}</div>",
        "<div role=dialog><p>We use cookies to remember who you are and what you like.</p></div>",
        "<div aria-modal=true><p>Sign up for our letter about all that is new here.</p></div>",
        "<div id=onetrust-consent-sdk><p>We use cookies to remember what you like.</p></div>",
        "<div class='x cookie-banner y'><p>We use cookies to remember what you like.</p></div>",
        f"<div><div>{LINKS}</div><div>More</div></div>",
        "<section><ul><li><a href=/a>A</a><li><a href=/b>B</a><li><a href=/c>C</a></ul></section>",
        "<button aria-expanded=false aria-haspopup=listbox>English</button>",
        "",
    ],
)
def test_what_stands_around_the_text_is_left_out(around: str) -> None:
    assert texts(f"<body>{around}<div>{TEXT}</div></body>") == WHOLE
    assert texts(f"<body><div>{TEXT}</div>{around}</body>") == WHOLE


def test_a_table_of_contents_is_left_out_with_links_and_without() -> None:
    parts = [(f"Part {n}", rule) for n, rule in enumerate(RULES)]
    body = "".join(
        f"<h2 id=p{n}>{title}</h2><p>{rule}</p>" for n, (title, rule) in enumerate(parts)
    )
    linked = "".join(f"<li><a href=#p{n}>{title}</a>" for n, (title, _) in enumerate(parts))
    plain = "".join(f"<div>{title}</div>" for title, _ in parts)
    expected = [text for part in parts for text in part]
    assert texts(f"<main><ul>{linked}</ul>{body}</main>") == expected
    assert texts(f"<main><div>{plain}</div>{body}</main>") == expected


@pytest.mark.parametrize(
    "inside",
    [
        "<header><h1>Terms</h1><p>Effective 3 November 2025</p></header>",
        "<ul><li>Your name</li><li>Your post</li><li>Your age</li></ul>",
        "<p>See <a href=/a>this</a>, <a href=/b>that</a> and <a href=/c>more</a>.</p>",
        f"<nav>{'<p>These are the very terms, in a place where none belong.</p>' * 40}</nav>",
        "<p class=cookies>Cookies are small files that we put on your device and read again.</p>",
        "<details><summary>More</summary><p>It can be folded.</p></details>",
    ],
)
def test_what_belongs_to_the_text_stays(inside: str) -> None:
    page = f"<main><article>{TEXT}{inside}{TEXT}</article></main>"
    plain = texts(f"<main id=m>{TEXT}{inside}{TEXT}</main>", "#m")
    assert texts(page) == plain


def test_a_document_that_stands_in_a_nav_is_read() -> None:
    assert texts(f"<body><nav>{TEXT}</nav></body>") == WHOLE


def test_what_is_declared_is_read_as_declared() -> None:
    page = f"<body><div id=t>{TEXT}<nav><a href=/a>Home</a></nav></div></body>"
    assert texts(page, "#t") == [*WHOLE, "Home"]


@given(st.lists(sentences, min_size=1, max_size=12))
def test_plain_paragraphs_are_never_chrome(lines: list[str]) -> None:
    body = "".join(f"<p>{line}</p>" for line in lines)
    assert texts(f"<main>{body}</main>") == texts(f"<main id=m>{body}</main>", "#m")
