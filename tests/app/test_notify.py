"""`tracker notify` against a real webhook on loopback: each item once, no secret told, no past."""

from __future__ import annotations

import builtins
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import SITE, TOPICS, heron, hostile
from tests.samples import ADS, declare, terms
from tests.servers import Server, page
from tracker.app.delivery import Address, Ledger, Sender, addresses
from tracker.cli import main
from tracker.config import settings
from tracker.errors import ArchiveError, Busy, DeclarationError, UsageError
from tracker.publisher.feeds.channel import Content
from tracker.publisher.feeds.channels import feed_items
from tracker.publisher.feeds.items import brief

pytest.importorskip("apprise", reason="apprise, the optional extra [notify], is not installed")

# apprise imports a module that Python is about to drop, and says so itself.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TOLD = "Harbour Terms: targeted advertising: now says it may choose ads by members' data"
AI = "<p>We use what you write to us to train generative AI models from now on.</p>"


def harbour(extra: str = "") -> bytes:
    return page(terms(extra))


class Webhook:
    """Takes POSTs and keeps them; `on_post` decides on the status, and may do worse."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.on_post: Callable[[], int] = lambda: 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posts.append((self.path, json.loads(body)))
                self.send_response(hook.on_post())
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def titles(self) -> list[str]:
        return [post["title"] for _, post in self.posts]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    found = Webhook()
    yield found
    found.close()


@pytest.fixture
def service() -> Iterator[Server]:
    """The same terms twice, then with advertising, then with generative AI as well."""
    states = [harbour(), harbour(), harbour(ADS), harbour(ADS + AI)]
    with Server({"/terms": states}) as server:
        yield server


@pytest.fixture
def root(tmp_path: Path, service: Server, hook: Webhook) -> Path:
    declare(tmp_path, {"Terms": service.url("/terms")})
    configure(tmp_path, service, f'targeted-advertising = ["json://{hook.host}/ads"]')
    return tmp_path


def configure(root: Path, service: Server, notify: str) -> None:
    text = f'allow_hosts = ["{service.entry}"]\n[notify]\n{notify}\n'
    (root / "data" / "settings.toml").write_text(text)


def tracker(root: Path, day: int, *arguments: str) -> Result:
    now = f"2025-09-{day:02}T12:00Z"
    return CliRunner().invoke(main, ["--root", str(root), "--now", now, *arguments])


def test_each_revision_goes_to_its_topic_once(root: Path, hook: Webhook) -> None:
    for day in (1, 2, 3, 4):
        done = tracker(root, day, "run", "--notify")
        assert done.exit_code == 0, done.output
    assert tracker(root, 5, "notify").exit_code == 0
    ((path, post),) = hook.posts
    assert path == "/ads"
    assert post["title"] == TOLD
    assert "{+We share what you like with advertisers" in post["message"]
    assert "No change about generative AI was found." in post["message"]


def test_an_address_that_is_new_gets_nothing_of_the_past(
    root: Path, service: Server, hook: Webhook
) -> None:
    for day in (1, 2, 3):
        tracker(root, day, "run")
    configure(root, service, f'all = "json://{hook.host}/all"')
    assert tracker(root, 3, "notify").exit_code == 0
    assert hook.titles == [TOLD], "of this day"
    hook.posts.clear()
    configure(root, service, f'all = ["json://{hook.host}/all", "json://{hook.host}/new"]')
    tracker(root, 4, "notify")
    assert hook.posts == []
    tracker(root, 5, "run", "--notify")
    assert sorted(path for path, _ in hook.posts) == ["/all", "/new"]


def test_what_could_not_be_sent_is_tried_again_and_nothing_overtakes_it(
    root: Path, service: Server, hook: Webhook
) -> None:
    configure(root, service, f'all = ["json://{hook.host}/all"]')
    for day in (1, 2):
        tracker(root, day, "run", "--notify")
    hook.on_post = lambda: 500
    for day in (3, 4):
        done = tracker(root, day, "run", "--notify")
        assert done.exit_code == 1
        assert "all 1  NOT SENT: Harbour Terms: targeted advertising" in done.stdout
        assert (root / "feeds" / "all.xml").exists(), "it is published all the same"
    hook.posts.clear()
    hook.on_post = lambda: 200
    assert tracker(root, 5, "notify").exit_code == 0
    assert [title.split(":")[1].split(",")[0] for title in hook.titles] == [
        " targeted advertising",
        " generative AI",
    ]


def test_killed_between_sending_and_recording_it_is_sent_again(root: Path, hook: Webhook) -> None:
    """At least once: a message may come twice, and never not at all."""
    for day in (1, 2):
        tracker(root, day, "run", "--notify")
    tracker(root, 3, "run")
    command = [sys.executable, "-m", "tracker", "--root", str(root)]
    running: list[subprocess.Popen[bytes]] = []
    born = threading.Event()

    def die() -> int:
        born.wait(30)
        running[0].send_signal(signal.SIGKILL)
        running[0].wait(30)
        return 200

    hook.on_post = die
    with subprocess.Popen([*command, "--now", "2025-09-03T13:00Z", "notify"]) as process:
        running.append(process)
        born.set()
        assert process.wait(60) == -signal.SIGKILL
    hook.on_post = lambda: 200
    assert tracker(root, 4, "notify").exit_code == 0
    assert tracker(root, 5, "notify").exit_code == 0
    assert len(hook.posts) == 2
    assert hook.titles[0] == hook.titles[1]


def test_an_outage_can_be_sent_too(root: Path, service: Server, hook: Webhook) -> None:
    configure(root, service, f'status = "json://{hook.host}/status"')
    tracker(root, 1, "run", "--notify")
    service.pages["/terms"] = [b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"]
    assert tracker(root, 2, "run", "--notify").exit_code == 1
    assert hook.titles == ["Harbour Terms: not seen since 1 September 2025: server error"]


# ── secrets and mistakes ──────────────────────────────────────────────────────────


def test_secrets_come_from_the_environment_and_are_told_to_nobody(
    root: Path, service: Server, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(root, service, f'all = ["json://{hook.host}/${{TERMS_SECRET}}", "${{WHOLE}}"]')
    done = tracker(root, 1, "run", "--notify")
    assert done.exit_code == 2
    assert "TERMS_SECRET" in done.stderr
    assert service.requests == [], "found out before anything is done"
    monkeypatch.setenv("TERMS_SECRET", "hunter2")
    monkeypatch.setenv("WHOLE", f"json://{hook.host}/hunter3")
    said = "".join(tracker(root, day, "run", "--notify").output for day in (1, 2, 3))
    assert sorted(path for path, _ in hook.posts) == ["/hunter2", "/hunter3"]
    hook.on_post = lambda: 500
    said += tracker(root, 4, "run", "--notify").output
    monkeypatch.setenv("WHOLE", "no-such-service://hunter3")
    said += tracker(root, 5, "notify").output
    assert "none that apprise knows" in said
    assert "hunter" not in said
    for file in (p for p in root.rglob("*") if p.is_file()):
        assert b"hunter" not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("notify = 3", "must be a table from feed to addresses"),
        ("[notify]\nall = [3]", "must be text"),
        ('[notify]\nall = "someone@example.org"', "must hold addresses such as"),
    ],
)
def test_wrong_settings_are_one_sentence(text: str, problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem):
        settings.parse("settings.toml", text)


def test_a_feed_that_is_not_there_is_named_by_every_run_and_all_else_is_done(
    root: Path, service: Server
) -> None:
    configure(root, service, 'generative-al = "json://127.0.0.1/"')
    done = tracker(root, 1, "fetch")
    assert done.exit_code == 1
    assert '"generative-al" is no feed' in done.stderr
    assert service.requests
    done = tracker(root, 1, "notify")
    assert done.exit_code == 2
    assert '"generative-al" is no feed' in done.stderr


def test_without_a_table_or_without_apprise_it_says_what_to_do(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def absent(name: str, *more: Any, **others: Any) -> Any:
        if name == "apprise":
            raise ImportError(name)
        return real(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", absent)
    done = tracker(root, 1, "notify")
    assert done.exit_code == 2
    assert "pip install 'terms-tracker[notify]'" in done.stderr
    (root / "data" / "settings.toml").write_text("")
    done = tracker(root, 1, "notify")
    assert done.exit_code == 2
    assert "[notify]" in done.stderr


# ── the record ────────────────────────────────────────────────────────────────────

NOW = datetime(2025, 9, 20, tzinfo=UTC)
HERE = Address("all", 1, "json://localhost")


def test_the_record_is_only_added_to_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "notified.jsonl"
    with Ledger(path) as ledger:
        ledger.begin(HERE, ["old"], NOW)
        ledger.record(HERE, "new", NOW)
    before = path.read_bytes()
    with Ledger(path) as ledger:
        ledger.begin(HERE, ["never mind"], NOW + timedelta(days=9))
        assert ledger.has(HERE, "old", NOW)
        assert ledger.has(HERE, "new", NOW)
        assert not ledger.has(HERE, "next", NOW)
        assert not ledger.has(HERE, "held back for a while", NOW - timedelta(days=3))
        assert ledger.has(HERE, "imported from long ago", NOW - timedelta(days=300))
        ledger.record(HERE, "next", NOW)
    assert path.read_bytes().startswith(before)


def test_a_line_cut_by_a_crash_is_passed_over_at_any_length(tmp_path: Path) -> None:
    path = tmp_path / "notified.jsonl"
    with Ledger(path) as ledger:
        ledger.begin(HERE, [], NOW)
        whole = path.read_bytes()
        ledger.record(HERE, "new", NOW)
    full = path.read_bytes()
    for cut in range(len(whole), len(full)):
        path.write_bytes(full[:cut])
        with Ledger(path) as ledger:
            assert ledger.has(HERE, "new", NOW) is (cut == len(full) - 1)
            ledger.record(HERE, "other", NOW)
        with Ledger(path) as ledger:
            assert ledger.has(HERE, "other", NOW)


def test_a_damaged_record_and_a_second_sender_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "notified.jsonl"
    path.write_text('{"to": "all 1"}\n')
    with pytest.raises(ArchiveError, match="line 1 cannot be read"), Ledger(path):
        pass
    path.write_text("")
    with Ledger(path), pytest.raises(Busy), Ledger(path):
        pass


def test_a_variable_stands_for_part_or_all_of_an_address() -> None:
    given = (("all", ("${A}", "json://h/${B}?x=${A}")),)
    found = addresses(given, {"A": "one", "B": "two"})
    assert [(a.name, a.url) for a in found] == [("all 1", "one"), ("all 2", "json://h/two?x=one")]
    with pytest.raises(UsageError, match="needs B in the environment"):
        addresses(given, {"A": "one", "B": ""})


# ── what is said ──────────────────────────────────────────────────────────────────


def test_a_message_is_short_and_leads_to_the_whole() -> None:
    (item,) = feed_items([heron()], TOPICS, SITE)
    title, body = brief(item, linked=True)
    assert title == item.title
    assert body.startswith(item.summary)
    assert body.endswith(item.link)
    assert "{+our advertising partners+}" in body
    assert len(body) < 2000
    assert brief(item, linked=False)[1].endswith("https://heron.example/legal/privacy")


def test_a_message_of_a_hostile_text_calls_nobody_and_hides_no_link() -> None:
    (item,) = feed_items([hostile()], TOPICS, SITE)
    assert len(brief(item, linked=True)[1]) <= 1500
    nasty = "<!channel> @everyone @here [a](https://evil.example) <b>x</b>"
    body = brief(replace(item, content=Content.of("", nasty, {})), linked=True)[1]
    assert not set("<>") & set(body)
    assert "@everyone" not in body
    assert "](" not in body


@given(st.integers(100, 2000))
def test_a_post_fits_where_it_goes_and_keeps_its_title_and_its_address(room: int) -> None:
    (item,) = [i for i in feed_items([heron()], TOPICS, SITE) if "all" in i.feeds]
    title, body = brief(item, linked=True, room=room)
    assert len(title) + 2 + len(body) <= room
    assert body.endswith(item.link)
    whole = brief(item, linked=True, room=5000)[1]
    assert whole.startswith(body.removesuffix(item.link).strip().removesuffix("[…]").strip())


@pytest.mark.parametrize(
    ("address", "room"),
    [
        ("bsky://user@app-password", 300),
        ("mastodon://token@social.example", 500),
        ("jsons://hooks.example/terms", 1500),
    ],
)
def test_apprise_knows_how_long_a_post_may_be(address: str, room: int) -> None:
    known = Address("all", 1, address)
    assert 200 < Sender([known]).room(known) <= room


def test_a_topic_is_told_its_own_clauses_and_a_week_what_changed_in_it(
    root: Path, service: Server, hook: Webhook
) -> None:
    """The week of Monday 1 September is over on the 8th."""
    tracker(root, 1, "run")
    names = ("harbour", "harbour/targeted-advertising", "weekly")
    configure(root, service, "\n".join(f'"{n}" = "json://{hook.host}/{n}"' for n in names))
    for day in (2, 3, 7):
        assert tracker(root, day, "run", "--notify").exit_code == 0
    paths = [path for path, _ in hook.posts]
    assert sorted(paths) == ["/harbour", "/harbour", "/harbour/targeted-advertising"]
    hook.posts.clear()
    assert tracker(root, 8, "run", "--notify").exit_code == 0
    ((path, post),) = hook.posts
    assert path == "/weekly"
    assert post["title"].startswith("1–7 September 2025: 2 changes")
    assert TOLD in post["message"]


# ── a hub ─────────────────────────────────────────────────────────────────────────


class Hub:
    """Takes what a publisher tells a WebSub hub; `status` is its answer."""

    def __init__(self) -> None:
        self.told: list[dict[str, list[str]]] = []
        self.status = 204
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.told.append(parse_qs(body))
                self.send_response(hub.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"


@pytest.fixture
def hub() -> Iterator[Hub]:
    found = Hub()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join(5)


def with_hub(root: Path, service: Server, hub: Hub, more: str = "") -> None:
    (root / "data" / "settings.toml").write_text(
        f'allow_hosts = ["{service.entry}", "{hub.host}"]\n'
        f'websub_hub = "http://{hub.host}/"\nsite_url = "https://terms.example"\n{more}'
    )


def test_a_hub_hears_once_which_feeds_have_something_new(
    root: Path, service: Server, hub: Hub
) -> None:
    with_hub(root, service, hub)
    for day in (1, 2):
        assert tracker(root, day, "run", "--notify").exit_code == 0
    assert hub.told == [], "a first sight is no change"
    done = tracker(root, 3, "run", "--notify")
    assert done.exit_code == 0, done.output
    assert "WebSub hub  told of" in done.stdout
    (told,) = hub.told
    assert told["hub.mode"] == ["publish"]
    assert "https://terms.example/targeted-advertising.atom" in told["hub.url"]
    assert "https://terms.example/all.xml" in told["hub.url"]
    assert not [url for url in told["hub.url"] if "generative" in url]
    assert all((root / "feeds" / url.partition("example/")[2]).exists() for url in told["hub.url"])
    assert tracker(root, 3, "notify").exit_code == 0
    assert len(hub.told) == 1


def test_a_hub_that_does_not_answer_is_told_the_next_time(
    root: Path, service: Server, hub: Hub
) -> None:
    with_hub(root, service, hub)
    for day in (1, 2):
        tracker(root, day, "run", "--notify")
    hub.status = 403
    done = tracker(root, 3, "run", "--notify")
    assert done.exit_code == 1
    assert f"WebSub hub  NOT TOLD: {hub.host} answered 403" in done.output
    hub.status = 202
    assert tracker(root, 3, "notify").exit_code == 0
    assert len(hub.told) == 2
