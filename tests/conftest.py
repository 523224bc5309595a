"""Fixtures of the tests that drive a browser; without one they skip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browsing import CHROMIUM, FLAGS, served
from tests.factories import BODIES, SITE, TOPICS, corrections, samples
from tracker.database import database
from tracker.differ.topics import whole
from tracker.publisher import Rim, publish

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the samples as published, served on loopback under their own root."""
    root = tmp_path_factory.mktemp("site")
    # Served where it says it lives, so that the page for missing pages finds its parts.
    rim = Rim(lambda capture: BODIES[capture.body or ""], database, tagger=whole)
    for name, data in publish(samples(), TOPICS, SITE, corrections(), rim).items():
        file = root / "watch" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.replace(SITE.site_url.encode(), b"/watch/"))
    with served(root) as address:
        yield f"{address}watch/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context()
    yield found
    found.close()
