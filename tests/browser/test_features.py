"""What a reader does with a page, in a real Chromium: by keyboard, on paper, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browsing import BROWSER, POLICY, REVISION, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = BROWSER


def test_the_script_fills_in_when_each_text_was_last_seen(
    context: BrowserContext, site: str
) -> None:
    context.clock.set_fixed_time("2025-04-02T08:00:00Z")
    page = opened(context, site).page
    page.wait_for_selector("[data-seen] time")
    seen = page.inner_text("[data-seen='heron/privacy-policy@global']")
    assert seen == "2025-03-30 08:30 UTC"
    assert page.inner_text("[data-seen='heron/terms@uk']").partition(",")[0].endswith("(failing)")
    assert page.inner_text("[data-seen='heron/cookies@us']") == "never read"
    page = opened(context, site + POLICY).page
    page.wait_for_selector("[data-seen] time")
    assert page.inner_text("[data-seen]") == "Last seen 2025-03-30 08:30 UTC"
    stood = page.inner_text("[data-stood]")
    assert stood == ", 2025-03-30"


def test_the_script_says_what_was_not_visited_for_days(context: BrowserContext, site: str) -> None:
    context.clock.set_fixed_time("2025-04-05T09:00:00Z")
    page = opened(context, site).page
    page.wait_for_selector("[data-seen] time")
    seen = page.inner_text("[data-seen='heron/privacy-policy@global']")
    assert seen == "2025-03-30 08:30 UTC, not visited for 6 days"
    page = opened(context, f"{site}status/").page
    page.wait_for_selector("[data-visited] br", state="attached")
    visited = page.inner_text("[data-visited='heron/privacy-policy@global']")
    assert visited.split("\n") == ["2025-03-30 08:30", "not visited for 6 days"]
    assert page.inner_text("[data-visited='heron/cookies@us']") == "never"


def test_without_javascript_a_link_leads_to_when_a_text_was_seen(
    scriptless: Page, site: str
) -> None:
    scriptless.goto(site)
    scriptless.click("[data-seen='heron/privacy-policy@global'] a")
    assert "2025-03-30 08:30" in scriptless.inner_text("main")


def test_the_keyboard_skips_to_the_content(context: BrowserContext, site: str) -> None:
    page = opened(context, site).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0"), "seen now"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_rest_of_a_text_is_shown_by_keyboard(context: BrowserContext, site: str) -> None:
    page = opened(context, site + REVISION).page
    assert not page.is_visible("text=Renumbered")
    assert not page.is_visible("text=We keep the walks that you record")
    page.focus("#show-topics")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert page.is_visible("text=Renumbered")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("text=We keep the walks that you record")


def test_what_is_shown_of_a_revision_is_in_its_address(context: BrowserContext, site: str) -> None:
    page = opened(context, site + REVISION).page
    assert len(page.query_selector_all("article.change:visible")) == 4
    page.click("label[for=show-topic-1]")
    assert page.url.endswith("?show=targeted-advertising")
    assert len(page.query_selector_all("article.change:visible")) == 1
    page.click("label[for=as-two]")
    page.reload()
    assert page.is_checked("#show-topic-1")
    assert page.is_checked("#as-two")
    page.click("label[for=show-topics]")
    assert page.url.endswith("?as=two"), "what is usual need not be said"


def test_keys_lead_from_change_to_change(context: BrowserContext, site: str) -> None:
    page = opened(context, site + REVISION).page
    shown = [a.get_attribute("id") for a in page.query_selector_all("article.change:visible")]
    current = "document.querySelector('.current').id"
    page.keyboard.press("j")
    assert page.evaluate(current) == shown[0]
    page.keyboard.press("j")
    assert page.evaluate(current) == shown[1]
    page.keyboard.press("k")
    assert page.evaluate(current) == shown[0]
    page.keyboard.press("k")
    assert page.evaluate(current) == shown[0], "there is nothing before the first"


def test_a_revision_is_shown_side_by_side_where_there_is_room(scriptless: Page, site: str) -> None:
    """By style alone: without JavaScript, and as one text on a narrow screen."""
    page = scriptless
    page.goto(site + REVISION)
    assert not page.is_visible("article.news .pair")
    page.click("label[for=as-two]")
    assert page.is_visible("article.news .pair")
    assert not page.is_visible("article.news .inline")
    page.set_viewport_size({"width": 360, "height": 800})
    assert not page.is_visible("article.news .pair")
    assert page.is_visible("article.news .inline")


def test_a_link_to_one_clause_leads_to_it(context: BrowserContext, site: str) -> None:
    page = opened(context, site + REVISION).page
    anchors = page.query_selector_all("article.change .anchor")
    last = anchors[2].get_attribute("href")
    page = opened(context, site + REVISION + (last or "")).page
    assert page.evaluate(f"document.querySelector('{last}').getBoundingClientRect().top") < 700


def test_a_link_to_what_is_not_shown_by_default_shows_it(
    context: BrowserContext, site: str
) -> None:
    page = opened(context, site + REVISION).page
    for hidden in ("article.quiet", ".line.same"):
        anchor = page.evaluate(f"document.querySelector('{hidden}').id")
        assert not page.is_visible(f"#{anchor}")
        there = opened(context, f"{site}{REVISION}#{anchor}").page
        assert there.is_visible(f"#{anchor}")


def copied(page: Page, button: str) -> str:
    page.click(button)
    page.wait_for_selector("text=copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_clause_is_copied_as_a_quotation_with_its_source(browser: Browser, site: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site + REVISION)
    change = "article.change:has-text('members of your club')"
    anchor = page.get_attribute(change, "data-now")
    quote = copied(page, f"{change} .copy").split("\n")
    assert quote[0] == (
        "“We show your walks to the members of your club, and to our advertising partners.”"
    )
    assert quote[1].startswith("(2. What we do with it) “Heron Privacy Policy”, version first seen")
    assert quote[2] == f"{site}{POLICY}20250311T083000Z/#{anchor}"
    citation = copied(page, "#citation + .copy")
    assert citation == page.inner_text("#citation")
    context.close()


def test_the_list_of_changes_is_filtered_and_the_address_says_how(
    context: BrowserContext, site: str
) -> None:
    page = opened(context, f"{site}changes/").page
    shown = "[...document.querySelectorAll('.entry')].filter(e => !e.hidden).length"
    everything_ = page.evaluate(shown)
    page.select_option("[name=topics]", "generative-ai")
    few = page.evaluate(shown)
    assert 0 < few < everything_
    assert page.inner_text(".found") == f"{few} of {everything_} revisions"
    page.fill("[name=words]", "heron PRIVACY")
    assert page.evaluate(shown) == 1
    again = opened(context, page.url).page
    assert again.evaluate(shown) == 1
    assert again.input_value("[name=topics]") == "generative-ai"
    lost = opened(context, f"{site}changes/?topics=none-such&significance=").page
    assert lost.evaluate(shown) == everything_


def test_words_that_the_list_does_not_have_are_looked_for_in_the_texts(
    context: BrowserContext, site: str
) -> None:
    page = opened(context, f"{site}changes/?words=PENNY+passenger").page
    assert page.inner_text(".found").startswith("0 of")
    page.click("#deeper")
    page.wait_for_selector("#results mark")
    assert page.input_value("[name=q]") == "PENNY passenger"


def test_on_a_small_screen_the_freshness_and_the_latest_years_are_seen(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700})
    page = opened(context, site).page
    page.wait_for_selector("[data-seen] time")
    cell = page.locator("td[data-seen] time").first
    box = cell.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 360
    page = opened(context, site + POLICY).page
    year = page.locator(".timeline .year").last.bounding_box()
    assert year
    assert 0 <= year["x"] <= 360
    context.close()


def test_the_text_of_a_day_is_found_by_the_day(context: BrowserContext, site: str) -> None:
    page = opened(context, site + POLICY).page
    assert page.inner_text("#calendar a") == "the text first seen 21 March 2025"
    page.fill("[name=day]", "2025-03-20")
    assert page.inner_text("#calendar a") == "the text first seen 11 March 2025"
    page.click("#calendar a")
    assert "as it stood from 11 March 2025 to 21 March 2025" in page.inner_text("main")
    page.goto(site + POLICY)
    page.fill("[name=day]", "2024-01-01")
    assert page.inner_text("#calendar a") == "no text had been seen yet"


def test_on_paper_the_marks_are_text(context: BrowserContext, site: str) -> None:
    page = opened(context, site + REVISION).page
    page.emulate_media(media="print")
    marks = "['::before', '::after'].map(p => getComputedStyle(e, p).content)"
    for tag, expected in (("ins", ['"[+"', '"+]"']), ("del", ['"[−"', '"−]"'])):
        assert page.evaluate(f"(e => {marks})(document.querySelector('article {tag}'))") == expected
    assert not page.is_visible(".masthead nav")


def test_on_a_small_screen_tables_are_cards_and_the_picture_says_what_its_lanes_are(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700})
    page = opened(context, site + POLICY).page
    lanes = page.locator(".lanes li")
    assert "Generative AI" in lanes.all_inner_texts()
    assert lanes.first.is_visible()
    for cell in page.locator("table.versions td, table.versions tbody th").all():
        box = cell.bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= 360
    label = "getComputedStyle(document.querySelector('td[data-label]'), '::before').content"
    assert page.evaluate(label) == '"to: "'
    wide = browser.new_context(viewport={"width": 1280, "height": 700})
    assert not opened(wide, site + POLICY).page.locator(".lanes").is_visible()
    wide.close()
    context.close()


def test_on_paper_a_digest_is_whole(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 720, "height": 1000})
    page = opened(context, site + REVISION).page
    page.emulate_media(media="print")
    for digest in page.locator("table .digest").all():
        box = digest.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 720
    copies = page.locator("table td[data-label='archived copy']").last.bounding_box()
    assert copies
    assert copies["x"] + copies["width"] <= 720
    context.close()


def test_buttons_that_copy_have_names_of_their_own(browser: Browser, site: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = opened(context, site + REVISION).page
    page.wait_for_selector(".acts .copy", state="attached")
    names = page.eval_on_selector_all(".acts .copy", "all => all.map((one) => one.ariaLabel)")
    assert len(names) == len(set(names)) > 2
    assert all(name.startswith(("copy as quote: “", "copy former wording")) for name in names)
    context.close()
