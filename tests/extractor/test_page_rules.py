"""What the rules of a page itself hide, strike out, cut or number is read as a browser shows it."""

from __future__ import annotations

import pytest

from tests.strategies import page
from tracker.extractor import reads_alike
from tracker.extractor.bs4_reader import parts as by_reference
from tracker.extractor.lxml_reader import parts as by_lxml

SEEN, UNSEEN = "We keep what you write for a year.", "We never hand it on to anyone."
AROUND = "<p>These terms are between you and whoever runs this place of ours, all of it.</p>"


def texts(rules: str, html: str) -> list[str]:
    clauses = page(f"<style>{rules}</style><main>{AROUND}{html}{AROUND}</main>").clauses
    return [f"{c.number} {c.text}".strip() for c in clauses][1:-1]


@pytest.mark.parametrize(
    "rules",
    [
        ".x{display:none}",
        "#y {visibility : hidden ;}",
        "em{color:red}p.x{display:none}",
        "main > .x{content-visibility:hidden}",
        "/* of the **/ .x{display:none} /**/",
        ".a, .x , .b{DISPLAY:NONE}",
        ".x{display:none !important} #y{display:block}",
        ".x{display:block}.x{display:none}",
        "@media screen{.x{display:none}}",
        "@media only screen and (min-width: 40em){.x{display:none}}",
        "@supports (display:grid){.x{display:none}}",
        "@charset 'utf-8'; .x{display:none}",
        ".q:before{content:'}'} .x{display:none}",
        ".x{display:none}@media(max-width:600px){.x{display:block}}",
        "<!-- .x{display:none} -->",
        "p:nth-child(2){display:none}",
        ":is(.x,.w){display:none}",
        "[data-z]{text-decoration:line-through}",
    ],
)
def test_what_a_rule_hides_is_no_text(rules: str) -> None:
    assert texts(rules, f"<p class='w x' id=y data-z>{UNSEEN}</p><p>{SEEN}</p>") == [SEEN]


@pytest.mark.parametrize(
    "rules",
    [
        ".xy{display:none}",
        ".x{display:none}.x{display:block}",
        ".x{display:none}#y{display:block}",
        "@media print{.x{display:none}}",
        "@media (max-width:600px){.x{display:none}}",
        "/* .x{display:none} */",
        ".x{display:none}.x.open{display:block}",
        ".x{display:none}.w:hover .x{display:block}",
        ".x[aria-hidden=true]{display:none}",
        ".x:not(:target){display:none}",
        "@keyframes x{.x{display:none}}",
        ".x{opacity:0}",
        ".x::before{display:none}",
        ".gone .x{display:none}",
        "main{display:none}",
        "}{;.x{display:",
    ],
)
def test_what_is_shown_at_times_or_to_all_is_text(rules: str) -> None:
    assert texts(rules, f"<p class=x id=y aria-hidden=true>{SEEN}</p>") == [SEEN]


def test_an_element_s_own_style_outweighs_a_rule() -> None:
    assert texts(".x{display:none}", f"<p class=x style='display:block'>{SEEN}</p>") == [SEEN]
    assert texts(".x{display:none!important}", f"<p class=x style='display:block'>{UNSEEN}") == []


@pytest.mark.parametrize(
    ("rules", "html", "shown"),
    [
        (".l{display:block}", "<p><b class=l>First.</b><span class=l>Second.</span>",
         ["First.", "Second."]),
        (".i{display:inline}", "<div class=i>We ne</div><div class=i>ver sell.</div>",
         ["We never sell."]),
        (".f{display:flex}", "<div class=f><span>Mail</span><span>a year</span></div>",
         ["Mail a year"]),
        (".t{white-space:pre-line}", "<div class=t>First.\n\nSecond.</div>", ["First.", "Second."]),
        ("ol{list-style-type:lower-alpha}", "<ol><li>One<li>Two</ol>", ["a. One", "b. Two"]),
        (".up{vertical-align:super}", "<p>In 30<i class=up>1</i> days.", ["In 30¹ days."]),
    ],
)  # fmt: skip
def test_rules_shape_what_is_read(rules: str, html: str, shown: list[str]) -> None:
    assert texts(rules, html) == shown


def test_the_rules_of_a_shadow_root_are_for_itself() -> None:
    inside = f"<style>.x{{display:none}}</style><p class=x>{UNSEEN}</p>"
    html = f"<a-b><template shadowrootmode=open>{inside}</template></a-b><p class=x>{SEEN}</p>"
    assert texts("", html) == [SEEN]


def test_both_readings_follow_the_same_rules() -> None:
    rules = ".x{display:none}.l{display:block}p+p{display:flex}.x>.l{white-space:pre}"
    html = f"<style>{rules}</style><main><p class=x>a<p class='l x'>b<p id=x class=l>c</main>"
    found = by_lxml(html, (), ())
    assert found is not None
    styles = [
        [n.attributes.get("style") for run in one.runs for e in run for n in e.elements()]  # type: ignore[union-attr]
        for one in (found, by_reference(html, (), ()))
    ]
    assert (
        styles[0] == styles[1] == ["display:none;", "display:none;display:block;", "display:block;"]
    )


def test_another_rule_is_another_reading() -> None:
    html = "<style>.{}{{display:none}}</style><main><p class=x>One.<p class=y>Two.</main>"
    one, other = (html.format(name).encode() for name in "xy")
    media = ("text/html; charset=utf-8",) * 2
    assert reads_alike(one, one, media, None)
    assert not reads_alike(one, other, media, None)
