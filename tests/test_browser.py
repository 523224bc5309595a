"""The published site in a real Chromium: for everybody, on every screen, and on its own."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.factories import SITE, TOPICS, everything
from tracker.publisher import publish

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
    "about": "about/",
    "subscribe": "subscribe/",
    "missing": "404.html",
}
AXE = [path for name, path in PAGES.items() if name not in {"missing", "hostile version"}]
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
each_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the samples as published, served on loopback under their own root."""
    root = tmp_path_factory.mktemp("site")
    # Served where it says it lives, so that the page for missing pages finds its parts.
    for name, data in publish(everything(), TOPICS, SITE).items():
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


def test_hostile_text_runs_nothing(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.goto(site + _HOSTILE, wait_until="networkidle")
    assert "<script>alert('heron')</script>" in page.inner_text("main")
    for link in page.query_selector_all("main a"):
        assert (link.get_attribute("href") or "").startswith(("#", "../", "https://"))
    assert dialogs == []


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
        page.goto(site + path)
        # What the script fills in is a link to the same without it.
        text = page.inner_text("main")
        texts.append([x for x in text.split("\n") if "seen" not in x and "\t" not in x])
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


def test_folded_changes_open_by_keyboard(context: BrowserContext, site: str) -> None:
    page = opened(context, site + _REVISION).page
    assert not page.is_visible("text=Renumbered")
    page.focus("details > summary")
    page.keyboard.press("Enter")
    assert page.is_visible("text=Renumbered")


def test_a_link_to_one_clause_leads_to_it(context: BrowserContext, site: str) -> None:
    page = opened(context, site + _REVISION).page
    anchors = page.query_selector_all("article.change .anchor")
    last = anchors[2].get_attribute("href")
    page = opened(context, site + _REVISION + (last or "")).page
    assert page.evaluate(f"document.querySelector('{last}').getBoundingClientRect().top") < 700


def test_on_paper_the_marks_are_text(context: BrowserContext, site: str) -> None:
    page = opened(context, site + _REVISION).page
    page.emulate_media(media="print")
    marks = "['::before', '::after'].map(p => getComputedStyle(e, p).content)"
    for tag, expected in (("ins", ['"[+"', '"+]"']), ("del", ['"[−"', '"−]"'])):
        assert page.evaluate(f"(e => {marks})(document.querySelector('article {tag}'))") == expected
    assert not page.is_visible(".masthead nav")
