"""What takes long to make and is made once: sites, the roots behind them, and a browser.

The tests that drive a browser skip without one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from click.testing import CliRunner

from tests.browsing import CHROMIUM, FLAGS, served
from tests.corpus import CORPUS
from tests.factories import BODIES, SITE, TOPICS, corrections, publish, samples
from tests.samples import ADS, followed, terms
from tracker.cli import main
from tracker.differ.topic_matching import tags_of_text
from tracker.extractor.folds import folds
from tracker.publisher import Lent
from tracker.publisher.data.sqlite import sqlite_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# A machine may be busy: how long an example takes is for the benchmarks. Every run tries the same
# examples, so that what fails has a change to blame; `--hypothesis-profile explore` tries others.
hypothesis.settings.register_profile("ours", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("ours")


def _done(root: Path, *arguments: str) -> None:
    done = CliRunner().invoke(main, ["--root", str(root), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="session")
def pristine_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `tracker demo` leaves behind; nothing may be written to it."""
    folder = tmp_path_factory.mktemp("pristine")
    _done(folder, "demo")
    return folder / "demo"


@pytest.fixture(scope="module")
def sample(pristine_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `tracker demo` leaves behind, a module's own."""
    return Path(shutil.copytree(pristine_demo, tmp_path_factory.mktemp("sample") / "demo"))


@pytest.fixture(scope="session")
def followed_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four captures of three bodies that are kept, published; nothing may be written to it."""
    root = tmp_path_factory.mktemp("followed")
    followed(root, *(terms(nonce=n) for n in range(3)), terms(ADS))
    return root


@pytest.fixture(scope="session")
def linkedin_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LinkedIn's real history, imported and published; nothing may be written to it."""
    folder = tmp_path_factory.mktemp("linkedin")
    bundle = str(CORPUS / "linkedin-versions.bundle")
    _done(folder, "import", "versions", bundle, "--service", "LinkedIn")
    _done(folder, "publish")
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the samples as published, served on loopback under their own root."""
    root = tmp_path_factory.mktemp("site")
    # Served where it says it lives, so that the page for missing pages finds its parts.
    lent = Lent(
        lambda capture: BODIES[capture.body or ""], sqlite_file, tagger=tags_of_text, folds=folds
    )
    for name, data in publish(samples(), TOPICS, SITE, corrections(), lent).items():
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


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    """A page in a browser that runs no JavaScript."""
    found = browser.new_context(java_script_enabled=False)
    yield found.new_page()
    found.close()
