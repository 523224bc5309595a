"""The published site in a real Chromium: for everybody, on every screen, and on its own."""

from __future__ import annotations

import functools
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.factories import BODIES, SITE, TOPICS, corrections, everything, heron
from tracker.database import database
from tracker.differ import read_back
from tracker.model import Op, Span
from tracker.publisher import Rim, publish
from tracker.publisher.biographies import lives

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
]

FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync""".split()
_POLICY = "documents/heron/privacy-policy@global/"
_REVISION = "changes/heron/privacy-policy@global/20250311T083000Z/"
_HOSTILE = "changes/heron/hostile@global/20250311T083000Z/"
_LIFE = next(x.id for x in lives(heron()).lives.values() if x.has_changed)
_COMPARED = "heron/privacy-policy@global/20250301T083000Z"
_WITH = "heron/privacy-policy@eu/20250314T083000Z"
PAGES = {
    "front": "",
    "revision": _REVISION,
    "every kind": "changes/heron/rules@global/20250311T083000Z/",
    "hostile": _HOSTILE,
    "document": _POLICY,
    "version": f"{_POLICY}20250311T083000Z/",
    "hostile version": "documents/heron/hostile@global/20250311T083000Z/",
    "status": "status/",
    "topic": "topics/generative-ai/",
    "all revisions": "changes/",
    "clause": f"{_POLICY}clauses/{_LIFE}/",
    "opt out": "opt-out/",
    "compare": "compare/",
    "comparison": f"compare/?from={_COMPARED}&to={_WITH}",
    "hostile comparison": "compare/?from=heron/hostile@global/20250301T083000Z"
    "&to=heron/hostile@global/20250311T083000Z",
    "data": "data/",
    "corrections": "corrections/",
    "card": _REVISION.replace("changes/", "embed/", 1),
    "hostile card": _HOSTILE.replace("changes/", "embed/", 1),
    "about": "about/",
    "subscribe": "subscribe/",
    "missing": "404.html",
}
#: Pages whose kind is measured elsewhere already.
_SEEN = {"missing", "hostile version", "hostile card", "hostile comparison"}
AXE = [path for name, path in PAGES.items() if name not in _SEEN]
_EXTRAS = ".copy, .sieve, #said, noscript"
UNFOLD = """document.querySelectorAll('details').forEach(d => d.open = true);
    document.querySelector('#show-whole')?.click()"""
each_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the samples as published, served on loopback under their own root."""
    root = tmp_path_factory.mktemp("site")
    # Served where it says it lives, so that the page for missing pages finds its parts.
    rim = Rim(lambda capture: BODIES[capture.body or ""], database)
    for name, data in publish(everything(), TOPICS, SITE, corrections(), rim).items():
        file = root / "watch" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.replace(SITE.site_url.encode(), b"/watch/"))
    handler = functools.partial(_Silent, directory=str(root))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/watch/"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@dataclass
class Witness:
    """A page, and what went on behind it."""

    page: Page
    said: list[str]
    asked: list[str]


def opened(context: BrowserContext, address: str) -> Witness:
    page = context.new_page()
    found = Witness(page, [], [])
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("request", lambda request: found.asked.append(request.url))
    page.goto(address)
    return found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context()
    yield found
    found.close()


@pytest.mark.parametrize("path", AXE, ids=[name for name in PAGES if PAGES[name] in AXE])
def test_axe_finds_nothing_in_light_and_dark_narrow_and_wide(
    context: BrowserContext, site: str, path: str
) -> None:
    page = opened(context, site + path).page
    page.wait_for_load_state("networkidle")
    page.evaluate(UNFOLD)
    for scheme in ("light", "dark"):
        for width in (360, 1280):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            found = axe.Axe().run(page)
            assert found.violations_count == 0, (scheme, width, found.generate_report())


@each_page
def test_nothing_is_wider_than_the_narrowest_screen(
    context: BrowserContext, site: str, path: str
) -> None:
    page = opened(context, site + path).page
    page.set_viewport_size({"width": 320, "height": 800})
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@each_page
def test_nothing_is_said_and_nobody_else_is_asked(
    context: BrowserContext, site: str, path: str
) -> None:
    """No error, no breach of the policy, no request that leaves the server or fails."""
    found = opened(context, site + path)
    found.page.wait_for_load_state("networkidle")
    assert found.said == []
    hosts = {urlsplit(url).netloc for url in found.asked if not url.startswith("data:")}
    assert hosts == {urlsplit(site).netloc}


@pytest.mark.parametrize("path", [PAGES[name] for name in PAGES if "hostile" in name])
def test_hostile_text_runs_nothing(context: BrowserContext, site: str, path: str) -> None:
    page = context.new_page()
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.goto(site + path, wait_until="networkidle")
    page.evaluate(UNFOLD)
    assert "<script>alert('heron')</script>" in page.inner_text("main")
    for link in page.query_selector_all("main a"):
        address = link.get_attribute("href") or ""
        assert ":" not in address.partition("/")[0] or address.startswith("https://"), address
    assert page.evaluate("document.querySelectorAll('main script, main img').length") == 0
    assert dialogs == []


def test_what_was_served_is_shown_as_text_and_never_run(context: BrowserContext, site: str) -> None:
    found = opened(
        context, f"{site}documents/heron/hostile@global/20250311T083000Z/capture.html.txt"
    )
    assert found.page.evaluate("document.contentType") == "text/plain"
    assert "<script>alert('heron')</script>" in found.page.inner_text("body")
    assert found.page.evaluate("document.scripts.length") == 0


def test_the_script_fills_in_when_each_text_was_last_seen(
    context: BrowserContext, site: str
) -> None:
    page = opened(context, site).page
    page.wait_for_selector("[data-seen] time")
    seen = page.inner_text("[data-seen='heron/privacy-policy@global']")
    assert seen == "2025-03-30 08:30 UTC"
    assert page.inner_text("[data-seen='heron/terms@uk']").endswith("(failing)")
    assert page.inner_text("[data-seen='heron/cookies@us']") == "see status"
    page = opened(context, site + _POLICY).page
    page.wait_for_selector("[data-seen] time")
    assert page.inner_text("[data-seen]") == "Last seen 2025-03-30 08:30 UTC"


@each_page
def test_everything_can_be_read_without_javascript(browser: Browser, site: str, path: str) -> None:
    texts = []
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        page.goto(site + path.partition("?")[0])
        # What the script fills in is a link to the same without it; what it adds is an extra.
        page.evaluate(f"document.querySelectorAll('{_EXTRAS}').forEach(e => e.remove())")
        text = page.inner_text("main")
        texts.append([x for x in text.split("\n") if x and "seen" not in x and "\t" not in x])
        context.close()
    assert texts[0] == texts[1]
    assert texts[0]


def test_without_javascript_a_link_leads_to_when_a_text_was_seen(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.click("[data-seen='heron/privacy-policy@global'] a")
    assert "2025-03-30 08:30" in page.inner_text("main")
    context.close()


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
    page = opened(context, site + _REVISION).page
    assert not page.is_visible("text=Renumbered")
    assert not page.is_visible("text=We keep the walks that you record")
    page.focus("#show-news")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("text=Renumbered")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("text=We keep the walks that you record")


def test_a_revision_is_shown_side_by_side_where_there_is_room(browser: Browser, site: str) -> None:
    """By style alone: without JavaScript, and as one text on a narrow screen."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + _REVISION)
    assert not page.is_visible(".pair")
    page.click("label[for=as-two]")
    assert page.is_visible(".pair")
    assert not page.is_visible("article .inline")
    page.set_viewport_size({"width": 360, "height": 800})
    assert not page.is_visible(".pair")
    assert page.is_visible("article .inline")
    context.close()


def test_a_link_to_one_clause_leads_to_it(context: BrowserContext, site: str) -> None:
    page = opened(context, site + _REVISION).page
    anchors = page.query_selector_all("article.change .anchor")
    last = anchors[2].get_attribute("href")
    page = opened(context, site + _REVISION + (last or "")).page
    assert page.evaluate(f"document.querySelector('{last}').getBoundingClientRect().top") < 700


def test_a_link_to_what_is_not_shown_by_default_shows_it(
    context: BrowserContext, site: str
) -> None:
    page = opened(context, site + _REVISION).page
    for hidden in ("article.quiet", ".line.same"):
        anchor = page.evaluate(f"document.querySelector('{hidden}').id")
        assert not page.is_visible(f"#{anchor}")
        there = opened(context, f"{site}{_REVISION}#{anchor}").page
        assert there.is_visible(f"#{anchor}")


def copied(page: Page, button: str) -> str:
    page.click(button)
    page.wait_for_selector("text=copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_clause_is_copied_as_a_quotation_with_its_source(browser: Browser, site: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site + _REVISION)
    change = "article.change:has-text('members of your club')"
    anchor = page.get_attribute(change, "id")
    quote = copied(page, f"{change} .copy").split("\n")
    assert quote[0] == (
        "“We show your walks to the members of your club, and to our advertising partners.”"
    )
    assert quote[1].startswith("(2. What we do with it) “Heron Privacy Policy”, version first seen")
    assert quote[2] == f"{site}{_REVISION}#{anchor}"
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
    lost = opened(context, f"{site}changes/?topics=none-such&worth=").page
    assert lost.evaluate(shown) == everything_


def test_words_are_found_in_every_wording_that_came_or_went(
    context: BrowserContext, site: str
) -> None:
    page = opened(context, f"{site}changes/?words=PENNY+passenger").page
    page.wait_for_function("document.querySelector('.found').textContent.startsWith('1 of')")
    assert page.is_visible("text=Heron Rules: 3 clauses changed"), "it was removed there"


def test_the_text_of_a_day_is_found_by_the_day(context: BrowserContext, site: str) -> None:
    page = opened(context, site + _POLICY).page
    assert page.inner_text("#calendar a") == "the text first seen 21 March 2025"
    page.fill("[name=day]", "2025-03-20")
    assert page.inner_text("#calendar a") == "the text first seen 11 March 2025"
    page.click("#calendar a")
    assert "as it stood from 11 March 2025 to 21 March 2025" in page.inner_text("main")
    page.goto(site + _POLICY)
    page.fill("[name=day]", "2024-01-01")
    assert page.inner_text("#calendar a") == "no text had been seen yet"


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
    page.select_option("[name=from]", _COMPARED)
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


def test_two_editions_are_compared(context: BrowserContext, site: str) -> None:
    page = opened(context, site + PAGES["comparison"]).page
    page.wait_for_selector("#comparison article")
    assert "Heron Privacy Policy, 2025-03-01 → Heron European Notice" in page.inner_text("#said")
    page.click("label[for=as-two]")
    assert page.is_visible("#comparison .pair")
    page.click("label[for=show-whole]")


def test_an_address_that_names_no_version_is_told_so(context: BrowserContext, site: str) -> None:
    page = opened(context, f"{site}compare/?from=../../x&to={_WITH}").page
    assert page.inner_text("#said") == "The address names a version that is not here."
    assert not page.query_selector("#comparison article")


def test_without_javascript_the_comparison_leads_to_what_there_is(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}compare/")
    assert not page.is_visible("#chooser")
    assert "Neighbouring versions are compared on the pages of their revisions" in page.inner_text(
        "main"
    )
    page.click("#texts + ul a")
    assert page.is_visible("table.versions")
    context.close()


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


def test_on_paper_the_marks_are_text(context: BrowserContext, site: str) -> None:
    page = opened(context, site + _REVISION).page
    page.emulate_media(media="print")
    marks = "['::before', '::after'].map(p => getComputedStyle(e, p).content)"
    for tag, expected in (("ins", ['"[+"', '"+]"']), ("del", ['"[−"', '"−]"'])):
        assert page.evaluate(f"(e => {marks})(document.querySelector('article {tag}'))") == expected
    assert not page.is_visible(".masthead nav")
