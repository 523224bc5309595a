"""Pages that their scripts fill, in a real Chromium that has no network of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.browsing import BROWSER
from tests.samples import tracker
from tests.servers import HTML, Server, answer
from tracker.archive.store import Archive
from tracker.extractor import read
from tracker.fetcher import Fetcher, Limits, browser
from tracker.fetcher.browser import process
from tracker.model import Answer, Outcome, Source

NOW = datetime(2025, 9, 1, tzinfo=UTC)
NAME = "terms-tracker/9 (+https://tracker.example)"
RULES = "".join(f"<p>Rule {n}: every boat keeps to its own side of the pier.</p>" for n in range(9))
#: What the page says, from `told`, into `app`.
FILLED = "app.innerHTML = `<main><h1>Terms</h1>${told.rules}</main>`;"
SHADOW = """
const host = document.createElement('x-terms');
host.attachShadow({mode: 'open'}).innerHTML = '<section><x-inner></x-inner></section>';
host.shadowRoot.querySelector('x-inner').attachShadow({mode: 'open'}).innerHTML =
  `<main><h1>Terms</h1>${told.rules}</main>`;
app.append(host);
"""
MORE = """
app.innerHTML = '<main><h1>Terms</h1></main><button>Load more</button>';
const rules = told.rules.split('</p>').slice(0, -1);
document.querySelector('button').onclick = event => setTimeout(() => {
  app.firstChild.insertAdjacentHTML('beforeend', rules.splice(0, 3).join('</p>'));
  const again = document.createElement('button');
  again.textContent = 'Show more…';
  again.onclick = event.target.onclick;
  event.target.remove();
  if (rules.length) { app.append(again); }
}, 100);
"""


def shell(script: str) -> bytes:
    return (
        "<!doctype html><html lang=en><title>T</title><div id=app></div><script type=module>"
        "const app = document.getElementById('app');"
        "const told = await (await fetch('/api')).json();"
        f"{script}</script></html>"
    ).encode()


def site(script: str, **more: bytes) -> Server:
    told = answer(200, json.dumps({"rules": RULES}).encode(), "Content-Type: application/json")
    robots = answer(200, b"User-agent: *\nDisallow: /closed", "Content-Type: text/plain")
    first = answer(200, shell(script), HTML, "Set-Cookie: id=1", 'ETag: "x"')
    pages = {"/terms": first, "/api": told, "/robots.txt": robots}
    return Server(pages | {f"/{name}": one for name, one in more.items()})


def seen(server: Server, select: tuple[str, ...] = ("main",), **limits: int) -> Answer:
    source = Source(server.url(), select, scripts=True)
    hosts = [server.entry]
    with Fetcher(user_agent=NAME, allow_hosts=hosts, limits=Limits(**limits)) as fetcher:
        return fetcher.fetch(source, now=NOW, etag='"x"')


def said(found: Answer) -> list[str]:
    clauses = read(found.body, "text/html; charset=utf-8", Source("http://a/", ("main",))).clauses
    return [clause.text for clause in clauses]


@pytest.mark.browser
@pytest.mark.skipif(BROWSER[1].args[0], reason="there is no Chromium")
class TestShown:
    """What a browser shows, and what it may do."""

    @pytest.mark.parametrize("script", [FILLED, SHADOW, MORE], ids=["script", "shadow", "more"])
    def test_the_text_is_what_the_page_shows(self, script: str) -> None:
        with site(script) as server:
            found = seen(server, () if script == SHADOW else ("main",))
        assert (found.outcome, found.reason) == (Outcome.GOOD, "")
        assert len(said(found)) == 10
        assert said(found)[-1].startswith("Rule 8")
        facts = dict(found.facts)
        assert facts["rendered"].startswith("Chromium 1")
        assert dict(found.headers)["content-type"] == "text/html; charset=utf-8"
        assert "etag" not in dict(found.headers)

    def test_nothing_that_the_page_asks_for_goes_round_the_guard(self) -> None:
        with site(FILLED) as other:
            script = (
                f"for (const one of ['http://{other.entry}/api', 'http://169.254.169.254/',"
                "'/closed/x', 'file:///etc/passwd']) { try { await fetch(one) } catch {} }"
                f"try {{ new WebSocket('ws://{other.entry}/ws') }} catch {{}}"
                f"new Image().src = 'http://{other.entry}/pixel'; document.cookie = 'a=1';"
                f"const frame = document.createElement('iframe'); frame.src = 'http://{other.entry}/';"
                "document.body.append(frame); await fetch('/api');" + FILLED
            )
            with site(script) as server:
                found = seen(server)
                requests = server.requests
            assert other.requests == []
        assert len(said(found)) == 10
        refused = dict(found.facts)["rendered parts"]
        for part in (other.entry, "169.254.169.254", "/closed/x"):
            assert part in refused
        assert "/closed/x" not in server.paths
        assert all(f"User-Agent: {NAME}" in one for one in requests)
        assert not any("cookie:" in one.lower() for one in requests)

    def test_a_page_cannot_lead_elsewhere(self) -> None:
        with site("location.href = '/elsewhere';" + FILLED) as server:
            found = seen(server)
        assert "/elsewhere" not in server.paths
        assert found.outcome in (Outcome.GOOD, Outcome.UNREACHABLE)

    @pytest.mark.parametrize(
        ("script", "why"),
        [
            ("while (true) {}", "too long"),
            ("const a = []; while (1) a.push('x'.repeat(2**22) + a)", ""),
        ],
    )
    def test_a_page_without_end_is_ended(
        self, monkeypatch: pytest.MonkeyPatch, script: str, why: str
    ) -> None:
        run = process.run
        monkeypatch.setattr(process, "run", lambda order: run(order, 20, 700 * 2**20))
        with site(script) as server:
            found = seen(server)
        assert found.outcome in (Outcome.TOO_SLOW, Outcome.UNREACHABLE)
        assert found.reason.startswith("A browser could not show the page of 127.0.0.1")
        assert why in found.reason
        assert found.body == b""

    def test_a_page_that_becomes_too_large_is_refused(self) -> None:
        with site("app.textContent = 'x'.repeat(3_000_000)") as server:
            found = seen(server, (), decoded_bytes=2_000_000)
        assert found.outcome is Outcome.TOO_LARGE

    def test_a_visit_records_that_the_page_was_shown(self, tmp_path: Path) -> None:
        with site(FILLED) as server:
            declared(tmp_path, server.url())
            done = tracker(tmp_path, "fetch", "--allow-host", server.entry)
        assert done.exit_code == 0, done.output
        with Archive(tmp_path / "data" / "archive.db") as archive:
            (capture,) = archive.captures()
        assert capture.outcome is Outcome.GOOD
        assert dict(capture.facts)["rendered"].startswith("Chromium")
        assert "Rule 8" in tracker(tmp_path, "show", "harbour").stdout


def declared(root: Path, url: str) -> None:
    file = root / "data" / "declarations" / "global" / "Harbour.json"
    file.parent.mkdir(parents=True)
    page = {"fetch": url, "select": "main", "executeClientScripts": True}
    file.write_text(json.dumps({"name": "Harbour", "terms": {"Terms of Service": page}}))


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(browser, "is_installed", lambda: False)
    return lambda: None


@pytest.mark.usefixtures("without")
def test_without_the_extra_a_sentence_names_it(tmp_path: Path) -> None:
    with site(FILLED) as server:
        declared(tmp_path, server.url())
        done = tracker(tmp_path, "fetch", "--allow-host", server.entry)
    assert done.exit_code == 1
    assert "pip install 'terms-tracker[browser]'" in done.output
    looked = tracker(tmp_path, "doctor")
    assert "terms-tracker[browser]" in looked.output


def test_the_doctor_finds_pages_whose_text_is_not_in_what_is_served(tmp_path: Path) -> None:
    with site(FILLED) as server:
        declared(tmp_path, server.url())
        file = tmp_path / "data" / "declarations" / "global" / "Harbour.json"
        file.write_text(file.read_text().replace(', "executeClientScripts": true', ""))
        tracker(tmp_path, "fetch", "--allow-host", server.entry)
    looked = tracker(tmp_path, "doctor")
    assert "the text is not in what is served" in looked.output
    assert "executeClientScripts" in looked.output
