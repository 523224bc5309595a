"""Times that cannot be: refused where they come in, and no hindrance where they are recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.factories import publish
from tests.importer.test_files import warc
from tests.importer.test_wayback import captures
from tests.importer.test_wayback import declare as declare_archived
from tests.public_archive import Kept, PublicArchive
from tests.repositories import commit, start
from tests.samples import DOCUMENT, bytes_of, declare, terms, tracker
from tests.servers import Server, answer
from tests.strategies import PAGE, capture, page
from tracker.archive.store import Archive
from tracker.extractor import text_digest
from tracker.history import history
from tracker.history.outages import outages
from tracker.importer import doubt
from tracker.model import (
    PREVIEW,
    Capture,
    Correction,
    Document,
    Outcome,
    Settings,
    Source,
    Topic,
    digest,
)
from tracker.publisher.site.timeline import _since

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
URL = "https://harbour.example/terms"


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (NOW + timedelta(hours=24), ""),
        (NOW + timedelta(hours=24, seconds=1), "yet to come"),
        (LAST, "31 December 9999, which is yet to come"),
        (datetime(1990, 1, 1, tzinfo=UTC), ""),
        (datetime(1989, 12, 31, tzinfo=UTC), "no web"),
        (FIRST, "1 January 1, when there was no web"),
    ],
)
def test_a_time_is_doubted_that_cannot_be(time: datetime, said: str) -> None:
    assert said in doubt(time, NOW)
    assert bool(said) == bool(doubt(time, NOW))


@pytest.mark.parametrize("now", [FIRST, LAST])
def test_a_time_is_judged_whatever_the_clock_says(now: datetime) -> None:
    assert bool(doubt(NOW, now)) == (now == FIRST)


# ── the importers ─────────────────────────────────────────────────────────────────


def test_a_warc_record_of_such_a_time_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    declare(tmp_path, {"Terms": URL})
    strange = ["9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "2999-01-01T00:00:00.5Z", "soon"]
    strange += [f"{year}-01-01T00:00:00Z" for year in range(3000, 3010)]
    seen = [(URL, time, terms(nonce=time), "200 OK") for time in strange]
    seen.insert(3, (URL, "2020-01-01T00:00:00Z", terms(), "200 OK"))
    file = warc(tmp_path / "a.warc.gz", *seen)
    done = tracker(tmp_path, "import", "warc", str(file))
    assert done.exit_code == 1
    assert "1 capture imported" in done.stdout
    assert "31 December 9999, which is yet to come" in done.stderr
    assert "record <urn:uuid:" in done.stderr
    assert "14 refused, as named above" in done.stderr
    assert len(done.stderr.splitlines()) == 7
    assert [c.time.year for c in captures(tmp_path)] == [2020]
    narrow = tracker(tmp_path, "import", "warc", str(file), "--until", "2026-01-01")
    assert "1 were there" in narrow.stdout


def test_a_commit_of_such_a_time_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    folder = start(tmp_path / "versions")
    text = "# Terms\n\n" + "Boats keep to their side.\n\n" * 9
    for n, at in enumerate(("2020-01-01T00:00:00Z", "@32503680000 +0000", "@86400 +0000")):
        commit(folder, {"Harbour/Terms.md": f"{text}Rule {n}.\n"}, at)
    done = tracker(tmp_path, "import", "versions", str(folder))
    assert done.exit_code == 1
    assert "1 capture imported" in done.stdout
    assert "of Harbour Terms is dated 1 January 3000, which is yet to come" in done.stderr
    assert "is dated 2 January 1970, when there was no web" in done.stderr
    assert [c.time.year for c in captures(tmp_path)] == [2020]


def test_a_saved_page_of_such_a_time_is_refused(tmp_path: Path) -> None:
    declare(tmp_path, {"Terms": URL})
    (tmp_path / "page.html").write_bytes(terms())
    for at in ("9999-12-31T23:59:59Z", "1066-10-14T09:00:00Z"):
        done = tracker(
            tmp_path, "import", "file", str(tmp_path / "page.html"), "harbour", "--at", at
        )
        assert done.exit_code in {1, 2}
        assert isinstance(done.exception, SystemExit)
    assert captures(tmp_path) == []


def test_an_index_line_of_such_a_time_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    stamps = ("20200101000000", "29990101000000", "99991231235959", "00010101000000")
    kept = [Kept(stamp, URL, terms(nonce=stamp)) for stamp in stamps]
    with PublicArchive(kept) as archive:
        root = declare_archived(tmp_path, archive.url, url=URL)
        done = tracker(root, "import", "wayback", "harbour", "--allow-host", archive.entry)
        assert archive.replays == ["20200101000000"]
    assert done.exit_code == 1
    assert "/web/29990101000000/" in done.stderr
    assert "3 refused" in done.stderr
    assert [c.time.year for c in captures(root)] == [2020]


@pytest.mark.parametrize("stamp", ["29990101000000", "99991231235959", "19700101000000"])
def test_a_capture_of_such_a_time_stands_in_for_nothing(tmp_path: Path, stamp: str) -> None:
    with Server({"/terms": answer(403)}) as server, PublicArchive([]) as archive:
        archive.kept = [Kept(stamp, server.url(), terms())]
        root = declare_archived(tmp_path, archive.url, url=server.url())
        hosts = ("--allow-host", server.entry, "--allow-host", archive.entry)
        done = tracker(root, "run", *hosts)
        assert not archive.replays
    assert done.exit_code == 1
    assert f"/web/{stamp}/" in done.output
    assert "refused: " in done.output
    (row,) = json.loads(tracker(root, "status", "--json").stdout)
    assert (row["state"], row["last_seen"]) == ("failing", None)


def test_the_newest_of_a_possible_time_stands_in_for_one_of_the_future(tmp_path: Path) -> None:
    stamps = ("20200101000000", "20210101000000", "29990101000000", "29990101000001")
    with Server({"/terms": answer(403)}) as server, PublicArchive([]) as archive:
        archive.kept = [Kept(stamp, server.url(), terms(nonce=stamp)) for stamp in stamps]
        root = declare_archived(tmp_path, archive.url, url=server.url())
        hosts = ("--allow-host", server.entry, "--allow-host", archive.entry)
        done = tracker(root, "run", *hosts)
        assert archive.replays == ["20210101000000"]
    assert "/web/29990101000001/" in done.output
    (row,) = json.loads(tracker(root, "status", "--json").stdout)
    assert row["last_seen"].startswith("2021-01-01")


# ── what is recorded already ──────────────────────────────────────────────────────

_DAY = timedelta(days=1)
TEXTS = [
    f"<h1>Terms</h1><p>Boats of rank {n} may stay.</p>{'<p>Be kind to others.</p>' * 5}"
    for n in range(4)
]
READINGS = {digest(text.encode()): page(text) for text in TEXTS}
PREVIEWED = Source(f"{PAGE}/coming")
TOPIC = Topic("rank", "Rank", "", ("rank",), (), ())
edges = st.sampled_from([FIRST, LAST, FIRST + _DAY, LAST - _DAY, NOW, NOW])
times = st.one_of(edges, st.datetimes(timezones=st.just(UTC)))


def _seen(time: datetime, n: int, kind: str) -> Capture:
    source = PREVIEWED if kind == PREVIEW else Source(PAGE)
    text = text_digest(page(TEXTS[n]).clauses)
    found = capture(0, TEXTS[n], source=source, text=text, via=kind if kind != "bad" else "live")
    if kind == "bad":
        found = replace(found, outcome=Outcome.REFUSED, reason="no", body=None, text=None)
    return replace(found, time=time)


kinds = st.sampled_from(["live", "archive", "archive", PREVIEW, "bad"])
looks = st.lists(st.builds(_seen, times, st.integers(0, 3), kinds), min_size=1, max_size=6)


@settings(max_examples=60)
@given(looks)
def test_whatever_times_were_recorded_all_is_published(seen: list[Capture]) -> None:
    logged = [replace(c, number=n) for n, c in enumerate(seen, 1)]
    document = Document("harbour/terms@global", "Harbour", "Terms", "global", (Source(PAGE),))
    found = history(document, logged, lambda c: READINGS[c.body or ""], (TOPIC,))
    found = replace(found, outages=tuple(outages(logged)))
    corrections = {
        Correction(document.id, r.first_seen.replace(microsecond=0), NOW.date(), "No.", r.after.nth)
        for r in found.revisions
    }
    files = publish([found], (TOPIC,), Settings(site_url="https://x.example/"), [*corrections])
    for name in ("all.xml", "all.atom", "status.xml", "sitemap.xml"):
        etree.fromstring(files[name])
    items = json.loads(files["all.json"])["items"]
    assert len({item["id"] for item in items}) == len(items)
    pages = [name for name in files if name.startswith("changes/") and name.endswith("bib")]
    assert len(pages) == len(found.revisions)
    versions = [
        name for name in files if name.startswith("documents/") and name.endswith("text.txt")
    ]
    shown = [r for r in found.revisions if r.after.is_preview]
    assert len(versions) == len(found.versions) + len(shown)


@pytest.mark.parametrize("year", [1, 4, 1900, 1999, 2000, 2001, 2024, 9998, 9999])
def test_years_begin_when_the_calendar_says(year: int) -> None:
    start = datetime(1, 1, 1, tzinfo=UTC)
    assert _since(start, year) == datetime(year, 1, 1, tzinfo=UTC) - start
    assert _since(start, 10_000) == datetime(9999, 12, 31, tzinfo=UTC) - start + _DAY


COMMANDS = [
    ("publish",), ("log",), ("log", "--json"), ("status",), ("status", "--json"), ("verify",),
    ("changes",), ("show", "harbour"), ("diff", "harbour"), ("evidence", "harbour"), ("notify",),
    ("log", "--format", "html"),
]  # fmt: skip


@pytest.mark.parametrize(
    "recorded",
    [
        (FIRST, LAST),
        (LAST - timedelta(days=400), LAST),
        (LAST, LAST),
        (FIRST, FIRST),
        (FIRST, NOW, LAST),
        (LAST, FIRST),
    ],
)
@pytest.mark.parametrize("now", ["2026-03-01T12:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00Z"])
def test_no_command_ends_with_a_traceback(
    tmp_path: Path, recorded: tuple[datetime, ...], now: str
) -> None:
    """As an older version of the program, which asked nobody for the time, recorded it."""
    declare(tmp_path, {"Terms": URL})
    source, texts = Source(URL), [terms(f"<p>Boats of rank {n}.</p>") for n in range(3)]
    with Archive(tmp_path / "data" / "archive.db", write=True) as archive:
        archive.introduce(Document(DOCUMENT, "Harbour", "Terms", "global", (source,)))
        for time, body in zip(recorded, texts, strict=False):
            text = text_digest(page(body.decode()).clauses)
            found = capture(0, body.decode(), source=source, text=text, via="WARC file x")
            archive.add(replace(found, document=DOCUMENT, time=time), body)
    for command in COMMANDS:
        done = tracker(tmp_path, "--now", now, *command)
        assert isinstance(done.exception, SystemExit | None), (command, done.exception)
        if command[0] not in {"diff", "evidence", "notify"}:
            assert done.exit_code == 0, (command, done.output)
    for bundle in tmp_path.glob("evidence-*.zip"):
        assert bundle.stat().st_size


def test_a_time_that_is_yet_to_come_is_said_to_be(tmp_path: Path) -> None:
    declare(tmp_path, {"Terms": URL})
    file = warc(tmp_path / "a.warc", (URL, "2999-01-01T00:00:00Z", terms(), "200 OK"))
    done = tracker(tmp_path, "--now", "2999-01-01T00:00Z", "import", "warc", str(file))
    assert done.exit_code == 0, done.output
    assert "SEEN IN THE FUTURE" in tracker(tmp_path, "status").output
    assert "set the clock right" in tracker(tmp_path, "doctor").output


@pytest.mark.parametrize("now", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_run_at_the_ends_of_time_ends_with_a_sentence(tmp_path: Path, now: str) -> None:
    slow = answer(429, b"", "Retry-After: 9999")
    with Server({"/terms": [slow, slow, slow, answer(200, terms())]}) as server:
        declare(tmp_path, {"Terms": server.url()})
        for _ in range(2):
            done = tracker(tmp_path, "--now", now, "run", "--force", "--allow-host", server.entry)
            assert isinstance(done.exception, SystemExit | None), done.exception
    assert bytes_of(tmp_path / "feeds")
