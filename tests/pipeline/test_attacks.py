"""Hostile pages through the whole pipeline into every output: text stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from lxml import etree

from tests.attacks.corpus import PAYLOADS, page, written
from tests.browsing import CHROMIUM, UNFOLD, served
from tests.samples import declare, tracker
from tests.servers import Reply, Server, answer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

#: What no output may hold: controls, bidirectional overrides, and what XML forbids.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f‪-‮⁦-⁩\ud800-\udfff￾￿]")
FOREIGN = set("iframe object embed svg math base template form img video input textarea".split())
OURS = {"svg", "img", "form", "input"}
# What is live markup comes last: some of it swallows the rest of a page.
_ALL_LINES = [written(payload)[how] for how in (2, 1, 0) for payload in PAYLOADS]
HOSTILE_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    'ETag: "\x1b[31m<script>window.pwned=1</script>"',
    "X-Terms: <img src=x onerror=window.pwned=1>",
    "Last-Modified: Thu, 99 Foo 9999 99:99:99 GMT",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that watched a page turn hostile, until the looks agreed, and then refuse."""
    root = tmp_path_factory.mktemp("attacks")
    states = [page([]), *[page(_ALL_LINES)] * 3]
    replies: list[Reply] = [answer(200, body, *HOSTILE_HEADERS) for body in states]
    replies.append(answer("403 <script>\x1b[31m", page(_ALL_LINES), *HOSTILE_HEADERS))
    with Server({"/terms": replies}) as server:
        declare(root, {"Terms": server.url()})
        for day in range(1, len(replies) + 1):
            now = f"2025-09-{day:02}T12:00Z"
            tracker(root, "--now", now, "fetch", "--force", "--allow-host", server.entry)
    assert tracker(root, "publish").exit_code == 0
    return root


@pytest.fixture(scope="module")
def bundle(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "bundle"
    assert tracker(root, "evidence", "terms", "--output", str(path)).exit_code == 0
    return path


def published(root: Path, suffix: str) -> list[Path]:
    return sorted((root / "feeds").rglob(f"*{suffix}"))


def live(markup: str | bytes, *, page_of_ours: bool) -> Iterator[str]:
    """Everything in a piece of HTML that is more than text and links."""
    for element in BeautifulSoup(markup, "lxml").find_all(True):
        assert isinstance(element, Tag)
        if element.name in FOREIGN - (OURS if page_of_ours else set()) or _runs(element):
            yield str(element)[:120]
        for name, value in element.attrs.items():
            if name.startswith("on") or name in {"srcdoc", "formaction", "action"}:
                yield f"{name} in {str(element)[:120]}"
            if name in {"href", "src", "xlink:href"} and _leads_astray(str(value)):
                yield f"{value!r} in {str(element)[:120]}"


def _runs(element: Tag) -> bool:
    source = str(element.get("src", ""))
    return element.name == "script" and (bool(element.string) or "assets/" not in source)


def _leads_astray(address: str) -> bool:
    scheme = urlsplit(re.sub(r"[\x00-\x20]", "", address)).scheme.lower()
    return scheme not in {"", "http", "https", "mailto", "tel"} and address != "data:,"


def test_the_attack_arrived(root: Path) -> None:
    """The payloads are on the pages, as text: otherwise all else here would prove nothing."""
    (newest,) = {r["document"] for r in json.loads(tracker(root, "log", "--json").stdout)}
    text = tracker(root, "show", newest).stdout
    for payload in ("window.pwned=1", "onerror", "=HYPERLINK", "{{constructor", "etc/passwd"):
        assert payload in text
    assert json.loads(tracker(root, "status", "--json").stdout)[0]["state"] == "failing"
    assert tracker(root, "verify").exit_code == 0


def test_nothing_of_a_page_is_alive_in_the_site(root: Path) -> None:
    files = published(root, ".html")
    assert len(files) > 10
    for file in files:
        data = file.read_bytes()
        assert list(live(data, page_of_ours=True)) == [], file
        assert not ACTIVE.search(data.decode()), file


def test_feeds_are_whole_and_what_readers_show_is_dead(root: Path) -> None:
    feedparser = pytest.importorskip("feedparser", reason="feedparser is not installed")
    files = published(root, ".xml")
    assert len(files) >= 3
    shown = 0
    for file in files:
        etree.fromstring(file.read_bytes(), etree.XMLParser(resolve_entities=False))
        assert not ACTIVE.search(file.read_text()), file
        # Without the parser's own sanitizer: what is there must be harmless by itself.
        feed = feedparser.parse(file.read_bytes(), sanitize_html=False)
        assert not feed.bozo, (file, feed.get("bozo_exception"))
        for entry in feed.entries:
            for html in (entry.title, entry.summary, *(c.value for c in entry.content)):
                shown += 1
                assert list(live(html, page_of_ours=False)) == [], file
    assert shown


def test_json_is_json(root: Path) -> None:
    files = published(root, ".json")
    assert files
    for file in files:
        json.loads(file.read_bytes())
        assert not ACTIVE.search(file.read_text()), file


@pytest.mark.parametrize(
    "command", ["log", "status", "status --json", "diff terms", "show terms", "changes", "verify"]
)
def test_nothing_acts_on_a_terminal(root: Path, command: str) -> None:
    done = tracker(root, *command.split())
    assert done.exit_code == 0, done.output
    assert not ACTIVE.search(done.stdout)
    assert not ACTIVE.search(done.stderr)


def test_a_bundle_is_as_harmless(bundle: Path) -> None:
    assert list(live((bundle / "redline.html").read_bytes(), page_of_ours=False)) == []
    for name in ("redline.html", "redline.txt", "VERIFY.txt", "checkpoint.txt"):
        assert not ACTIVE.search((bundle / name).read_text()), name
    assert not ACTIVE.search((bundle / "after" / "1" / "headers.txt").read_text())
    # A page of others is in it as text, so that opening it runs nothing.
    assert {p.suffix for p in bundle.rglob("*") if p.is_file() and "body" in p.name} == {".txt"}


def test_nothing_was_written_elsewhere(root: Path) -> None:
    assert {p.name for p in root.iterdir()} <= {"data", "feeds", ".cache"}
    assert not (root.parent / "etc").exists()
    for path in (root / "feeds").rglob("*"):
        assert not path.is_symlink()
        assert re.fullmatch(r"[\w.@/-]+", str(path.relative_to(root))), path


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}")
def test_nothing_runs_in_a_real_browser(context: BrowserContext, root: Path, bundle: Path) -> None:
    alarms: list[str] = []
    asked: list[str] = []

    def opened(dialog: Any) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    tab = context.new_page()
    tab.on("dialog", opened)
    tab.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    with served(root / "feeds") as base:
        pages = [base + str(p.relative_to(root / "feeds")) for p in published(root, ".html")]
        pages += [(bundle / name).as_uri() for name in ("redline.html", "VERIFY.txt")]
        for address in pages:
            tab.goto(address)
            tab.evaluate(UNFOLD)
            tab.evaluate(
                "[...document.querySelectorAll('main *')].slice(0, 400).forEach("
                "e => e.dispatchEvent(new Event('mouseover', {bubbles: true})))"
            )
            assert tab.evaluate("window.pwned === undefined"), address
    assert alarms == []
    assert set(asked) <= {urlsplit(base).netloc, ""}
