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


NAMED = ["Do not train on me", "No ads", "Export"]
CHOICES = "<ul>" + "".join(f"<li><a href=/{n[:2]}>{n}</a>" for n in NAMED) + "</ul>"
ROWS = "".join(f"<tr><td><a href=/{n}>Mill {n}</a><td>Here</tr>" for n in range(4))


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        (f"<h2>Your choices</h2>{CHOICES}", ["Your choices", *NAMED]),
        (f"<section><h2>Rest</h2><p>{RULES[0]}</p></section><section><h2>Choices</h2>{CHOICES}"
         "</section>", ["Rest", RULES[0], "Choices", *NAMED]),
        (f"<p>You may choose here:</p>{CHOICES}", ["You may choose here:", *NAMED]),
        (f"<div role=heading>Your choices</div><div>{CHOICES}</div>", ["Your choices", *NAMED]),
        (f"<h3>Partners</h3><table>{ROWS}</table>",
         ["Partners", *[x for n in range(4) for x in (f"Mill {n}", "Here")]]),
        (f"<aside><p>{RULES[0]}</p></aside>", [RULES[0]]),
        (f"<section id=cookie-notice><h2>Cookie Notice</h2><p>{RULES[0]}</p></section>",
         ["Cookie Notice", RULES[0]]),
        (f"<div class=cookie-law-info><p>{RULES[0]}</p></div>", [RULES[0]]),
        (f"<p class=cookie-banner>{RULES[0]}</p>", [RULES[0]]),
    ],
)  # fmt: skip
def test_lists_and_sections_of_the_text_stay(inside: str, read: list[str]) -> None:
    assert texts(f"<main>{TEXT}{inside}</main>") == [*WHOLE, *read]


@pytest.mark.parametrize(
    "inside",
    [
        f"<section class=cookie-notice><h2>Cookies</h2><p>{RULES[0]}</p><button>Yes</button>"
        "<button>No</button></section>",
        f"<div class=cookie-law role=dialog><h2>Cookies</h2><p>{RULES[0]}</p></div>",
        f"<aside><h2>Letter</h2><p>{RULES[0]}</p><form><button>Send</button></form></aside>",
        f"<div><div><h2>More of our pages</h2>{CHOICES}</div></div>",
    ],
)
def test_dialogues_and_menus_within_the_text_go(inside: str) -> None:
    assert texts(f"<main><div>{TEXT}</div>{inside}</main>") == WHOLE


def test_a_consent_dialogue_beside_the_text_goes() -> None:
    box = f"<div id=cookie-notice><p>{RULES[0]}</p><a href=/ok>Agree</a></div>"
    assert texts(f"<body><div>{TEXT}</div>{box}</body>") == WHOLE


def test_a_header_with_the_only_title_is_the_head_of_the_text() -> None:
    rest = "".join(f"<p>{rule}</p>" for rule in RULES)
    head = "<header><h1>House rules</h1><p>They apply from 1 May 2025.</p></header>"
    expected = ["House rules", "They apply from 1 May 2025.", *RULES]
    assert texts(f"<body>{head}{rest}</body>") == expected


def test_many_asides_do_not_go_one_by_one() -> None:
    each = "".join(f"<p>{rule}</p><aside><p>In short: {rule}</p></aside>" for rule in RULES)
    assert len(texts(f"<body><h1>Rules</h1>{each}</body>")) > len(RULES) + 1 + len(RULES) // 2


def test_a_document_that_stands_in_a_nav_is_read() -> None:
    assert texts(f"<body><nav>{TEXT}</nav></body>") == WHOLE


def test_what_is_declared_is_read_as_declared() -> None:
    page = f"<body><div id=t>{TEXT}<nav><a href=/a>Home</a></nav></div></body>"
    assert texts(page, "#t") == [*WHOLE, "Home"]


@given(st.lists(sentences, min_size=1, max_size=12))
def test_plain_paragraphs_are_never_chrome(lines: list[str]) -> None:
    body = "".join(f"<p>{line}</p>" for line in lines)
    assert texts(f"<main>{body}</main>") == texts(f"<main id=m>{body}</main>", "#m")
