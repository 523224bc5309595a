"""The search in a real Chromium: phrases, what is in force first, and what it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browsing import BROWSER, opened
from tests.factories import SITE, TOPICS, publish, samples

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

pytestmark = BROWSER


def searched(context: BrowserContext, site: str, query: str) -> Page:
    page = opened(context, f"{site}search/?q={quote(query)}").page
    page.wait_for_function(
        "() => /[.?]$/.test(document.querySelector('#search .found').textContent)"
    )
    return page


def test_a_phrase_is_found_in_what_is_in_force_and_in_what_was(
    context: BrowserContext, site: str
) -> None:
    page = searched(context, site, '"members of your club"')
    shown = page.locator("#results li")
    assert shown.count() == 2
    assert "in force since 2025-03-11" in shown.nth(0).inner_text()
    assert "stood from 2025-03-01 until before 2025-03-11" in shown.nth(1).inner_text()
    assert shown.nth(0).locator("mark").all_inner_texts() == ["members of your club"]
    assert searched(context, site, '"club of your members"').locator("#results li").count() == 0
    assert searched(context, site, "club your members").locator("#results li").count() == 2


def test_a_result_leads_to_the_clause_in_its_version(context: BrowserContext, site: str) -> None:
    page = searched(context, site, '"nobody else"')
    page.click("#results a")
    page.wait_for_url("**/20250301T083000Z/#*")
    assert "nobody else" in page.inner_text(".line:target")


def test_words_that_begin_so_are_found_and_slips_are_met_with_what_was_meant(
    context: BrowserContext, site: str
) -> None:
    assert searched(context, site, "advertis").locator("#results mark").first.inner_text()
    page = searched(context, site, "advertisign partnres")
    assert "Did you mean “advertising”?" in page.inner_text(".found")
    assert "No text ever had" in searched(context, site, "zzzz").inner_text(".found")


def test_only_what_is_in_force_when_that_is_wanted(context: BrowserContext, site: str) -> None:
    page = searched(context, site, '"members of your club"')
    page.check("[name=now]")
    page.wait_for_function("() => document.querySelectorAll('#results li').length === 1")
    again = opened(context, page.url).page
    again.wait_for_function("() => document.querySelectorAll('#results li').length === 1")
    assert again.is_checked("[name=now]")


@pytest.mark.parametrize("query", ["club", '"members of your club"', "we show your walks"])
def test_little_is_loaded(context: BrowserContext, site: str, query: str) -> None:
    sizes: list[int] = []
    page = context.new_page()
    page.on("response", lambda r: sizes.append(len(r.body())) if "/search" in r.url else None)
    page.goto(f"{site}search/?q={quote(query)}")
    page.wait_for_selector("#results li")
    assert sum(sizes) < 100_000


def test_opened_as_a_file_it_says_that_it_works_only_where_it_is_served(
    context: BrowserContext, tmp_path: Path
) -> None:
    for name, data in publish(samples(), TOPICS, SITE).items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    page = context.new_page()
    page.goto((tmp_path / "search" / "index.html").as_uri())
    assert "tracker serve" in page.inner_text("#search .found")
