"""Any two versions compared in a real Chromium, and the law that its redlines keep."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsing import BROWSER, opened
from tests.factories import heron
from tracker.differ import read_back
from tracker.model import Op, Span

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = BROWSER

_COMPARED = "heron/privacy-policy@global/20250301T083000Z"
_WITH = "heron/privacy-policy@eu/20250314T083000Z"

# ── any two versions ──────────────────────────────────────────────────────────────

_MARKS_REMOVED = """(tag) => [...document.querySelectorAll('#comparison .line')].map(line => {
    const law = line.querySelector('.law').cloneNode(true);
    law.querySelectorAll('.sr, ' + tag).forEach(e => e.remove());
    return law.textContent;
}).filter(text => text)"""


def worded(history: Any, version: int) -> list[str]:
    clauses = history.versions[version].clauses
    return [f"{c.number} {c.text}".strip() for c in clauses]


def test_two_versions_are_compared_and_the_address_names_both(
    context: BrowserContext, site: str
) -> None:
    found = opened(context, f"{site}compare/")
    page = found.page
    page.select_option("[name=from-text]", "heron/privacy-policy@global")
    page.select_option("[name=from]", _COMPARED)
    page.select_option("[name=to-text]", "heron/privacy-policy@global")
    page.select_option("[name=to]", "heron/privacy-policy@global/20250321T083000Z")
    page.wait_for_selector("#comparison article")
    assert page.url.endswith(f"?from={_COMPARED}&to=heron/privacy-policy@global/20250321T083000Z")
    there = opened(context, page.url).page
    there.wait_for_selector("#comparison article")
    assert there.inner_text("#said") == page.inner_text("#said")
    assert sorted(there.evaluate(_MARKS_REMOVED, "del")) == sorted(worded(heron(), 2))
    assert sorted(there.evaluate(_MARKS_REMOVED, "ins")) == sorted(worded(heron(), 0))
    there.click("[name=swap]")
    there.wait_for_function("location.search.endsWith('20250301T083000Z')")
    assert found.said == []


def test_a_comparison_shows_where_links_lead_now(context: BrowserContext, site: str) -> None:
    rules = "heron/rules@global"
    page = opened(
        context, f"{site}compare/?from={rules}/20250301T083000Z&to={rules}/20250311T083000Z"
    ).page
    page.wait_for_selector("#comparison article")
    line = page.inner_text("article:has-text('Link targets changed') .links")
    assert "list of landings → https://heron.example/all-landings" in line


def test_a_page_of_a_revision_leads_to_its_comparison_with_any_other(
    context: BrowserContext, site: str
) -> None:
    path = "changes/heron/privacy-policy@global/20250321T083000Z/"
    page = opened(context, f"{site}{path}").page
    page.click("text=with another version or edition")
    page.wait_for_selector("#said:has-text('Choose the version to compare it with')")
    assert page.input_value("[name=to]") == "heron/privacy-policy@global/20250321T083000Z"
    assert page.input_value("[name=from]") == "heron/privacy-policy@global/20250311T083000Z"
    page.select_option("[name=from-text]", "heron/privacy-policy@eu")
    page.wait_for_selector("#comparison article")
    page.wait_for_function("decodeURIComponent(location.search).includes('privacy-policy@eu/')")


def test_two_editions_are_compared(context: BrowserContext, site: str) -> None:
    page = opened(context, f"{site}compare/?from={_COMPARED}&to={_WITH}").page
    page.wait_for_selector("#comparison article")
    assert "Heron Privacy Policy, 2025-03-01 → Heron Privacy Policy (EU)" in page.inner_text(
        "#said"
    )
    assert page.title().startswith(
        "Heron Privacy Policy, 2025-03-01 beside Heron Privacy Policy (EU)"
    )
    shown = page.inner_text("#comparison")
    assert "Only in the first" in shown
    assert "Only in the second" in shown
    assert "Removed" not in shown
    page.click("label[for=as-two]")
    assert page.is_visible("#comparison .pair")
    page.click("label[for=show-whole]")


def test_only_what_is_about_a_topic_is_shown_when_that_is_wanted(
    context: BrowserContext, site: str
) -> None:
    address = "heron/privacy-policy@global"
    page = opened(
        context, f"{site}compare/?from={address}/20250301T083000Z&to={address}/20250311T083000Z"
    ).page
    page.wait_for_selector("#comparison article")
    every = page.locator("#comparison article:visible").count()
    page.click("label[for=show-targeted-advertising]")
    (tagged,) = page.locator("#comparison article:visible").all_inner_texts()
    assert "our advertising partners" in tagged
    page.click("label[for=show-all]")
    assert page.locator("#comparison article:visible").count() == every > 1
    assert "only in the text of 2025-03-11" in page.inner_text(".legend")


def test_a_difference_is_quoted_with_its_own_version_and_address(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = opened(context, f"{site}compare/?from={_COMPARED}&to={_WITH}").page
    page.wait_for_selector("#comparison article")
    page.locator("article:has-text('Only in the first') >> text=copy as quote").first.click()
    page.wait_for_selector("text=copied")
    quoted = page.evaluate("navigator.clipboard.readText()")
    words, address = quoted.split("\n")[0], quoted.split("\n")[-1]
    assert f"documents/{_COMPARED}/#" in address
    assert "version first seen 2025-03-01" in quoted
    there = opened(context, address).page
    assert words.strip("“”") in there.inner_text(".line:target").replace("\n", " ")
    context.close()


def test_two_that_say_the_same_say_so(context: BrowserContext, site: str) -> None:
    page = opened(context, f"{site}compare/?from={_COMPARED}&to={_COMPARED}").page
    page.wait_for_function("() => document.querySelector('#said').textContent.endsWith('same.')")
    assert not page.query_selector("#comparison article")


def test_a_text_is_chosen_first_and_then_one_of_its_dates(
    context: BrowserContext, site: str
) -> None:
    page = opened(context, f"{site}compare/").page
    page.select_option("[name=from-text]", "heron/rules@global")
    dates = page.locator("[name=from] option")
    values = dates.evaluate_all("options => options.map((option) => option.value)")
    assert values
    assert all(value.startswith("heron/rules@global/") for value in values)
    first = page.locator("[name=to-text] option").first.get_attribute("value")
    assert first == "heron/privacy-policy@global", "the text with most to tell about topics"


def test_an_address_that_names_no_version_is_told_so(context: BrowserContext, site: str) -> None:
    page = opened(context, f"{site}compare/?from=../../x&to={_WITH}").page
    assert page.inner_text("#said") == "The address names a version that is not here."
    assert not page.query_selector("#comparison article")


def test_without_javascript_the_comparison_leads_to_what_there_is(
    scriptless: Page, site: str
) -> None:
    page = scriptless
    page.goto(f"{site}compare/")
    assert not page.is_visible("#chooser")
    assert "Neighbouring versions are compared on the pages of their revisions" in page.inner_text(
        "main"
    )
    page.click("#texts + ul a")
    assert page.is_visible("table.versions")


def spans(found: list[dict[str, str]]) -> list[Span]:
    return [Span(Op(s["op"]), s["before"], s["after"]) for s in found]


@pytest.fixture(scope="module")
def redlines(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}compare/")
    yield page
    context.close()


def sentence(chance: random.Random, size: int) -> str:
    words = [chance.choice(_WORDS) for _ in range(size)]
    return "".join(w + chance.choice([" ", " ", " ", ", ", ". ", "\u00a0", "  "]) for w in words)


_WORDS = """the a of and boat heron landing keeper member's don’t “water” walk-in 2.1 (a) AI data
    naïve cafe\u0301 船着場 ไทย 🚣 👩‍👩‍👧 \ud800 \u202e zero\u200bwidth <b> &amp; ﬁsh ½ É
    x_y""".split()


def edited(chance: random.Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(1 + chance.randrange(1 + len(words) // 4)):
        place = chance.randrange(len(words))
        words[place : place + chance.randrange(3)] = [chance.choice(_WORDS)] * chance.randrange(3)
    return " ".join(words)


@pytest.mark.parametrize("size", [1, 12, 90, 900])
def test_a_redline_in_the_browser_is_exact(redlines: Page, size: int) -> None:
    chance = random.Random(size)
    texts = [sentence(chance, size) for _ in range(max(8, 400 // size))]
    pairs = [[text, edited(chance, text)] for text in texts]
    pairs += [[texts[0], texts[1]], ["", texts[0]], [texts[0], ""], ["", ""], [texts[0]] * 2]
    found = redlines.evaluate("pairs => pairs.map(([a, b]) => Redline.redline(a, b))", pairs)
    for pair, redline in zip(pairs, found, strict=True):
        assert read_back(spans(redline)) == tuple(pair)


def test_a_text_too_different_to_compare_is_still_exact(redlines: Page) -> None:
    chance = random.Random(7)
    pair = [sentence(chance, 9000), sentence(chance, 9000)]
    found = redlines.evaluate("([a, b]) => Redline.redline(a, b)", pair)
    assert read_back(spans(found)) == tuple(pair)


def test_a_redline_in_the_browser_marks_little_where_little_changed(redlines: Page) -> None:
    before = "We may use your data to train models, and we may share it with partners in the EU."
    after = "We will use your data to train models, and we may share it with partners."
    found = spans(redlines.evaluate("([a, b]) => Redline.redline(a, b)", [before, after]))
    changed = [(s.op.value, s.before or s.after) for s in found if s.op is not Op.SAME]
    assert changed == [("delete", "may"), ("insert", "will"), ("delete", " in the EU")]


def test_every_clause_of_two_real_size_texts_is_paired_once(redlines: Page) -> None:
    chance = random.Random(1)
    old = [
        {"unit": "paragraph", "text": sentence(chance, chance.randrange(3, 60))} for _ in range(460)
    ]
    now = [
        {**c, "text": edited(chance, c["text"]) if chance.random() < 0.3 else c["text"]}
        for c in old
    ]
    for _ in range(40):
        now.insert(chance.randrange(len(now)), now.pop(chance.randrange(len(now))))
        now.insert(chance.randrange(len(now)), {"unit": "paragraph", "text": sentence(chance, 20)})
        now.pop(chance.randrange(len(now)))
    pairs = redlines.evaluate("([a, b]) => Redline.align(a, b)", [old, now])
    assert sorted(i for i, _, _ in pairs if i >= 0) == list(range(len(old)))
    assert [j for _, j, _ in pairs if j >= 0] == list(range(len(now)))
    assert any(moved for _, _, moved in pairs)
    both = sum(i >= 0 and j >= 0 for i, j, _ in pairs)
    assert both > 400, "most clauses stand, reworded or moved"
