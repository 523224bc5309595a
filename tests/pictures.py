"""The pictures of the README, taken anew: `.venv/bin/python -m tests.pictures`.

Runs `tracker demo` and photographs what it made with Debian's Chromium. No test.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from tests.browsing import CHROMIUM, FLAGS
from tracker.cli import main

_FLAGS = [*FLAGS, "--allow-file-access-from-files"]
FOLDER = Path(__file__).parent.parent / ".github" / "pictures"
PAGES = {
    "front": "index.html",
    "topic": "topics/generative-ai/index.html",
    "revision": "changes/harbour/privacy-policy@eu/20251104T080000Z/index.html",
}


def take() -> None:
    """Writes one PNG for each of `PAGES`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        done = CliRunner().invoke(main, ["--root", folder, "demo"], catch_exceptions=False)
        if done.exit_code:
            raise SystemExit(done.output)
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        page = browser.new_page(viewport={"width": 1180, "height": 900}, color_scheme="light")
        for name, path in PAGES.items():
            page.goto((Path(folder) / "demo" / "feeds" / path).as_uri())
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    take()
