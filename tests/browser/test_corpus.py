"""The whole site of LinkedIn's real history, driven in a real Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browsing import BROWSER, UNFOLD, opened, served, violations
from tests.corpus import needs_corpus
from tracker.differ import read_back
from tracker.model import Op, Span

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [*BROWSER, pytest.mark.corpus, needs_corpus]

POLICY = "linkedin/privacy-policy@global"


@pytest.fixture(scope="module")
def folder(linkedin_root: Path) -> Path:
    return linkedin_root / "feeds"


@pytest.fixture(scope="module")
def linkedin(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield address


def stamps(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "documents" / POLICY).iterdir() if p.name.endswith("Z"))


def kinds(folder: Path) -> list[str]:
    """One address of each kind of page, the longest text among them."""
    first, *_, last = stamps(folder)
    life = min(p.name for p in (folder / "documents" / POLICY / "clauses").iterdir())
    return [
        "",
        "changes/",
        "search/?q=train",
        "opt-out/",
        "data/",
        "topics/generative-ai/",
        f"documents/{POLICY}/",
        f"documents/{POLICY}/{last}/",
        f"documents/{POLICY}/clauses/{life}/",
        f"changes/{POLICY}/{last}/",
        f"compare/?from={POLICY}/{first}&to={POLICY}/{last}",
    ]


def test_every_kind_of_page_is_accessible_quiet_and_on_its_own(
    context: BrowserContext, linkedin: str, folder: Path
) -> None:
    for path in kinds(folder):
        found = opened(context, linkedin + path)
        found.page.wait_for_load_state("networkidle")
        found.page.evaluate(UNFOLD)
        for scheme, width in (("light", 1280), ("dark", 360)):
            assert violations(found.page, scheme, width) == "", path
        found.page.set_viewport_size({"width": 320, "height": 800})
        assert found.page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert found.said == []
        asked = {urlsplit(url).netloc for url in found.asked if not url.startswith("data:")}
        assert asked == {urlsplit(linkedin).netloc}
        found.page.close()


def clauses(folder: Path, stamp: str) -> list[dict[str, Any]]:
    file = folder / "documents" / POLICY / stamp / "clauses.json"
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["clauses"]
    return found


_COMPARE = """([a, b]) => Redline.align(a, b).map(([i, j]) =>
    [i, j, Redline.redline(i < 0 ? "" : a[i].text, j < 0 ? "" : b[j].text)])"""


def test_redlines_of_the_real_texts_are_exact_in_the_browser(
    context: BrowserContext, linkedin: str, folder: Path
) -> None:
    page = opened(context, f"{linkedin}compare/").page
    names = stamps(folder)
    for one, two in [*pairwise(names), (names[0], names[-1])]:
        old, new = clauses(folder, one), clauses(folder, two)
        rows = page.evaluate(_COMPARE, [old, new])
        assert sorted(i for i, _, _ in rows if i >= 0) == list(range(len(old)))
        assert [j for _, j, _ in rows if j >= 0] == list(range(len(new)))
        for i, j, runs in rows:
            spans = [Span(Op(s["op"]), s["before"], s["after"]) for s in runs]
            before, after = old[i]["text"] if i >= 0 else "", new[j]["text"] if j >= 0 else ""
            assert read_back(spans) == (before, after)


def test_a_reader_without_javascript_finds_how_to_opt_out_and_since_when(
    scriptless: Page, linkedin: str
) -> None:
    page = scriptless
    page.goto(linkedin)
    page.click("nav >> text=Opt out")
    way = page.locator(".way:has(a[href*='data-for-ai-improvement'])").first
    assert "named since 18 September 2025" in way.inner_text().replace("\n", " ")
    way.locator(".remark a").click()
    assert page.url.split("#")[1].startswith("p")
    target = page.locator(":target").inner_text()
    assert "opt out" in target


@pytest.mark.parametrize("query", ["train", '"generative AI"', "microsoft affiliates", "the"])
def test_the_search_loads_little_before_its_first_result(
    context: BrowserContext, linkedin: str, query: str
) -> None:
    page = context.new_page()
    page.add_init_script(_AT_FIRST)
    page.goto(f"{linkedin}search/?q={query}")
    page.wait_for_selector("#results li")
    assert page.evaluate("loadedAtFirst") < 100_000


#: Adds up what of the search was loaded when its first result appeared.
_AT_FIRST = """
    new MutationObserver((_, observer) => {
      if (!document.querySelector("#results li")) return;
      observer.disconnect();
      const all = performance.getEntriesByType("resource");
      const loaded = all.filter((one) => one.name.includes("/search"));
      globalThis.loadedAtFirst = loaded.reduce((sum, one) => sum + one.decodedBodySize, 0);
    }).observe(document, { subtree: true, childList: true });
"""
