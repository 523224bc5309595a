"""The feeds before outside judges: validators, and the programs that people read feeds with."""

from __future__ import annotations

import json
import mailbox
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest
from lxml import etree

from tests.factories import SITE, announced, everything, feeds_of, heron, long_history
from tests.markup import CONTENT, Body, bodies, guids, items, titles
from tests.servers import Server, answer
from tracker.publisher.words import tag_uri

RESOURCES = Path(__file__).parents[1] / "resources"
ALL = feeds_of(*everything(), announced())
PAGED = {
    name: data
    for name, data in feeds_of(long_history(160)).items()
    if name.startswith(("all.", "archive/all/"))
}
KINDS = {
    ".xml": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".json": "application/feed+json",
    ".opml": "text/x-opml",
}
#: How a redline reads in every program below, whatever it makes of markup.
BEFORE = "We show your walks to the members of your club, and to [−nobody else−]."
AFTER = "We show your walks to the members of your club, and to [+our advertising partners+]."


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(*command: object, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        timeout=120,
        capture_output=True,
        encoding="utf-8",
        check=False,
        **more,
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feeds")
    for top, found in (("some", ALL), ("many", PAGED)):
        for name, data in found.items():
            file = folder / top / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    return folder


@pytest.fixture
def served() -> Iterator[Server]:
    def kind(name: str) -> str:
        return f"Content-Type: {KINDS[Path(name).suffix]}"

    with Server(
        {f"/{name}": answer(200, data, kind(name)) for name, data in ALL.items()}
    ) as server:
        yield server


# ── validators ────────────────────────────────────────────────────────────────────


@needs("xmllint")
def test_xmllint_finds_every_feed_well_formed(published: Path) -> None:
    files = [p for p in published.rglob("*") if p.suffix in {".xml", ".atom", ".opml"}]
    assert len(files) > 30
    done = run("xmllint", "--noout", *files)
    assert done.returncode == 0, done.stderr


@needs("jing")
def test_jing_finds_every_atom_feed_valid_by_rfc_4287(published: Path, tmp_path: Path) -> None:
    files = sorted(published.rglob("*.atom"))
    assert len(files) > 15
    done = run("jing", "-c", RESOURCES / "atom.rnc", *files)
    assert done.returncode == 0, done.stdout
    # The judge must be able to say no.
    for n, (good, bad) in enumerate(
        [('type="html"', 'type="CDATA"'), ("<updated>", "<updated>on "), ("<id>", "<id/><id>")]
    ):
        wrong = tmp_path / f"{n}.atom"
        wrong.write_text(ALL["all.atom"].decode().replace(good, bad))
        assert run("jing", "-c", RESOURCES / "atom.rnc", wrong).returncode == 1, bad


@pytest.mark.parametrize("name", [n for n in (*ALL, *PAGED) if n.endswith((".xml", ".atom"))])
def test_feedparser_has_no_complaint_and_finds_the_same_in_both_formats(name: str) -> None:
    data = ALL.get(name) or PAGED[name]
    found = feedparser.parse(data)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == ("rss20" if name.endswith(".xml") else "atom10")
    for entry in found.entries:
        assert entry.id and entry.title and entry.link and entry.summary and entry.content
    twin = Path(name).with_suffix(".atom").as_posix()
    other = feedparser.parse(ALL.get(twin) or PAGED[twin])
    for ours, theirs in zip(found.entries, other.entries, strict=True):
        for field in ("id", "title", "link", "summary", "published_parsed"):
            assert ours[field] == theirs[field]
        assert ours.content[0].value == theirs.content[0].value


@pytest.mark.parametrize("name", [n for n in (*ALL, *PAGED) if n.endswith(".json")])
def test_json_feeds_keep_the_rules_of_version_1_1(name: str) -> None:
    schema = json.loads((RESOURCES / "jsonfeed-1.1.schema.json").read_bytes())
    feed = json.loads(ALL.get(name) or PAGED[name])
    jsonschema.validate(feed, schema)
    assert feed["feed_url"] == SITE.site_url + name
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    for item in feed["items"]:
        assert item["content_html"] and item["content_text"]


def test_a_json_feed_has_the_redline_in_the_marks_of_wdiff_and_the_facts() -> None:
    (item,) = json.loads(ALL["heron/privacy-policy@global.json"])["items"]
    text = item["content_text"]
    assert "club, and to [-nobody else-]{+our advertising partners+}." in text
    assert "<" not in text
    assert text.startswith(item["summary"])
    assert item["external_url"] == "https://heron.example/legal/privacy"
    facts = item["_tracker"]
    assert facts["effective"] == "2025-03-12"
    assert facts["topics"] == ["generative-ai", "targeted-advertising"]
    assert facts["sha256_after"][0] in text
    (quiet,) = (i for i in json.loads(ALL["eu.json"])["items"] if "privacy-policy" in i["id"])
    assert quiet["_tracker"]["topics_unchanged"] == ["generative-ai", "targeted-advertising"]


def test_the_list_of_feeds_names_each_once_with_all_that_readers_ask_for() -> None:
    root = etree.fromstring(ALL["feeds.opml"])
    assert root.get("version") == "2.0"
    assert [o.get("title") for o in root.findall("body/outline")] == [
        "Everything",
        "Topics",
        "Services",
        "Editions",
        "Documents",
    ]
    listed = root.findall("body/outline/outline")
    for outline in listed:
        for name in ("text", "title", "type", "xmlUrl", "htmlUrl", "description"):
            assert outline.get(name)
        assert not set("<>") & set(outline.get("title"))
    addresses = [o.get("xmlUrl").removeprefix(SITE.site_url) for o in listed]
    assert sorted(addresses) == sorted(n for n in ALL if n.endswith(".xml"))


# ── newsboat ──────────────────────────────────────────────────────────────────────

NEWSBOAT = "select title, url, guid, pubDate, content from rss_item order by pubDate desc, guid"


def newsboat(home: Path, *more: object) -> subprocess.CompletedProcess[str]:
    (home / "config").touch()
    files = ["-u", home / "urls", "-c", home / "cache.db", "-C", home / "config"]
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    done = run("newsboat", *files, *more, env=environment)
    assert done.returncode == 0, done.stderr
    return done


@needs("newsboat")
@pytest.mark.parametrize("name", ["all.xml", "all.atom"])
def test_newsboat_keeps_every_item_under_its_identity_with_its_marks(
    served: Server, tmp_path: Path, name: str
) -> None:
    (tmp_path / "urls").write_text(served.url(f"/{name}") + "\n")
    newsboat(tmp_path, "-x", "reload")
    cache = sqlite3.connect(tmp_path / "cache.db")
    kept = {row[2]: row for row in cache.execute(NEWSBOAT)}
    cache.close()
    given = {i.findtext("guid"): i for i in items(ALL["all.xml"])}
    assert set(kept) == set(given)
    for guid, (title, url, _, time, content) in kept.items():
        item = given[guid]
        assert (title, url) == (item.findtext("title"), item.findtext("link"))
        assert time == int(parsedate_to_datetime(item.findtext("pubDate")).timestamp())
        assert len(content) >= 0.99 * len(item.findtext(CONTENT))
        assert "[−removed−]" in content
    assert "[+our advertising partners+]" in kept[tag_uri(heron().revisions[0])][4]


@needs("newsboat")
def test_newsboat_imports_the_list_of_all_feeds(published: Path, tmp_path: Path) -> None:
    (tmp_path / "urls").touch()
    newsboat(tmp_path, "-i", published / "some" / "feeds.opml")
    urls = (tmp_path / "urls").read_text()
    for name in (n for n in ALL if n.endswith(".xml")):
        assert SITE.site_url + name in urls


# ── reader ────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def library() -> Any:
    pytest.importorskip("sgmllib", reason="sgmllib3k, which reader needs, is not installed")
    return pytest.importorskip("reader", reason="the reader library is not installed")


@pytest.mark.filterwarnings("ignore:No parser was explicitly specified")
@pytest.mark.parametrize("name", ["all.xml", "all.atom", "all.json"])
def test_the_reader_library_keeps_and_finds_every_item(
    served: Server, library: Any, name: str
) -> None:
    with library.make_reader(":memory:") as reader:
        reader.add_feed(served.url(f"/{name}"))
        reader.update_feeds()
        feed = reader.get_feed(served.url(f"/{name}"))
        assert feed.last_exception is None
        assert feed.title == "Terms Tracker: all changes"
        kept = {entry.id: entry for entry in reader.get_entries()}
        assert set(kept) == set(guids(ALL["all.xml"]))
        entry = kept[tag_uri(heron().revisions[0])]
        html = next(c.value for c in entry.content if c.type == "text/html")
        said = " ".join(Body(html).text.split())
        assert f"Before: {BEFORE} After: {AFTER}" in said
        assert entry.published is not None
        reader.enable_search()
        reader.update_search()
        found = reader.search_entries("advertising partners")
        assert next(iter(found)).id == entry.id


# ── rss2email ─────────────────────────────────────────────────────────────────────

R2E = """[DEFAULT]
from = tracker@terms.example
to = reader@terms.example
email-protocol = maildir
maildir-path = {mail}
maildir-mailbox =
html-mail = {html}
"""


def mailed(home: Path, address: str, html: bool) -> list[EmailMessage]:
    """What rss2email sends of a feed."""
    mail = home / "mail"
    for folder in ("new", "cur", "tmp"):
        (mail / folder).mkdir(parents=True)
    config = home / "r2e.cfg"
    config.write_text(R2E.format(mail=mail, html=html))
    files = ["r2e", "-c", config, "-d", home / "r2e.json"]
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    for command in (["add", "terms", address], ["run"]):
        done = run(*files, *command, env=environment)
        assert done.returncode == 0, done.stderr
    box = mailbox.Maildir(mail, factory=None, create=False)
    return [message_from_bytes(bytes(message), policy=default) for message in box]


@needs("r2e")
@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize("name", ["all.xml", "all.atom"])
def test_rss2email_sends_every_item_with_its_marks(
    served: Server, tmp_path: Path, name: str, html: bool
) -> None:
    found = mailed(tmp_path, served.url(f"/{name}"), html)
    subjects = {" ".join(m["Subject"].split()) for m in found}
    assert len(found) == len(items(ALL["all.xml"]))
    policy = next(m for m in found if "Heron Privacy Policy:" in m["Subject"])
    text = " ".join(policy.get_content().replace("\n> ", " ").split())
    assert "[−nobody else−]" in text
    assert "[+our advertising partners+]" in text
    assert "https://heron.example/legal/privacy" in text
    assert "Terms Tracker" in policy["From"]
    assert "<author>" not in policy["From"]
    shown = {" ".join(t.split()) for t in titles(ALL["all.xml"])}
    assert len(subjects & shown) >= len(shown) - 1, "all but the hostile title, to the letter"


def test_the_samples_are_real_enough() -> None:
    assert BEFORE in " ".join(Body(bodies(ALL["heron/privacy-policy@global.xml"])[0]).text.split())
