"""Every kind of page in a real Chromium: for everybody, on every screen, and on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browsing import BROWSER, POLICY, REVISION, UNFOLD, opened, violations
from tests.factories import heron
from tracker.publisher.site.clause_history import clause_histories

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog

pytestmark = BROWSER

_HOSTILE = "changes/heron/hostile@global/20250311T083000Z/"
_LIFE = next(x.id for x in clause_histories(heron()).lives.values() if x.has_changed)
_COMPARED = "heron/privacy-policy@global/20250301T083000Z"
_WITH = "heron/privacy-policy@eu/20250314T083000Z"
PAGES = {
    "front": "",
    "revision": REVISION,
    "every kind": "changes/heron/rules@global/20250311T083000Z/",
    "hostile": _HOSTILE,
    "document": POLICY,
    "version": f"{POLICY}20250311T083000Z/",
    "hostile version": "documents/heron/hostile@global/20250311T083000Z/",
    "status": "status/",
    "topic": "topics/generative-ai/",
    "all revisions": "changes/",
    "clause": f"{POLICY}clauses/{_LIFE}/",
    "preview": "documents/heron/walks@global/20250311T083000Z-preview/",
    "upcoming": "changes/heron/walks@global/20250311T083000Z-preview/",
    "opt out": "opt-out/",
    "compare": "compare/",
    "comparison": f"compare/?from={_COMPARED}&to={_WITH}",
    "hostile comparison": "compare/?from=heron/hostile@global/20250301T083000Z"
    "&to=heron/hostile@global/20250311T083000Z",
    "data": "data/",
    "corrections": "corrections/",
    "card": REVISION.replace("changes/", "embed/", 1),
    "hostile card": _HOSTILE.replace("changes/", "embed/", 1),
    "about": "about/",
    "subscribe": "subscribe/",
    "missing": "404.html",
}
#: Pages whose kind is measured elsewhere already.
_SEEN = {"missing", "hostile version", "hostile card", "hostile comparison"}
AXE = [path for name, path in PAGES.items() if name not in _SEEN]
_EXTRAS = ".copy, .sieve, #said, noscript, .keys"
each_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


@pytest.mark.parametrize("path", AXE, ids=[name for name in PAGES if PAGES[name] in AXE])
def test_axe_finds_nothing_in_light_and_dark_narrow_and_wide(
    context: BrowserContext, site: str, path: str
) -> None:
    page = opened(context, site + path).page
    page.wait_for_load_state("networkidle")
    page.evaluate(UNFOLD)
    for scheme in ("light", "dark"):
        for width in (360, 1280):
            assert violations(page, scheme, width) == ""


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
