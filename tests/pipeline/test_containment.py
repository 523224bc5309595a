"""One fault never stops the others: it is named, marked and told by the exit status, and all else
is fetched, published and verified as if it were not there.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

import pytest
from click.testing import Result

from tests.importer.test_files import warc
from tests.public_archive import Kept, PublicArchive
from tests.samples import ADS, alter, bytes_of, declare, terms, tracker
from tests.servers import Server, page
from tracker._support.containment import Failed
from tracker.app import derive, import_, ingest, publish, session, visits
from tracker.app.derive import Derived, RemoteJob, derive_remote
from tracker.app.outcomes import classified
from tracker.archive.store import Archive
from tracker.publisher import urls

KINDS = {"Terms": "harbour/terms@global", "Privacy": "harbour/privacy@global"}
BROKEN = "heron/rules@eu"
OTHERS = tuple(KINDS.values())


class World:
    """Three documents of two services that are followed day by day."""

    def __init__(self, root: Path, server: Server) -> None:
        self.root = root
        self.server = server
        self.day = 0

    def declare(self) -> None:
        pages = {kind: {"fetch": self.server.url(f"/{kind}")} for kind in KINDS}
        self.write("declarations/global/Harbour.json", {"name": "Harbour", "terms": pages})
        rules = {"Rules": {"fetch": self.server.url("/Rules")}}
        self.write("declarations/eu/Heron.json", {"name": "Heron", "terms": rules})

    def write(self, name: str, content: object) -> None:
        file = self.root / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))

    def run(self, *names: str) -> Result:
        """What the next day's run says."""
        self.day += 1
        now = f"2025-09-{self.day:02}T12:00Z"
        return self.tracker("--now", now, "run", "--allow-host", self.server.entry, *names)

    def tracker(self, *arguments: str) -> Result:
        done = tracker(self.root, *arguments)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def files(self, *documents: str) -> dict[str, bytes]:
        """What is published of some documents alone."""
        found = bytes_of(self.root / "feeds")
        return {n: d for n, d in found.items() if urls.document_of(n) in documents}

    def rows(self) -> dict[str, dict[str, Any]]:
        """status.json by document, which is what `tracker status --json` prints but for reasons."""
        published = json.loads((self.root / "feeds" / "status.json").read_bytes())
        printed = json.loads(self.tracker("status", "--json").stdout)
        bare = [
            [(*(row[name] for name in ("document", "state", "outcome")), bool(row["reason"]))
             for row in rows]
            for rows in (published, printed)
        ]  # fmt: skip
        assert bare[0] == bare[1]
        return {row["document"]: row for row in printed}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """After two days, with a change at the second and another one to come."""
    days = ("", ADS, f"{ADS}<p>Every boat is moored at night.</p>")
    replies = {f"/{k}": [page(terms(d, nonce=k)) for d in days] for k in (*KINDS, "Rules")}
    with Server(replies) as server:
        world = World(tmp_path / "root", server)
        world.declare()
        for _ in range(2):
            done = world.run()
            assert done.exit_code == 0, done.output
        yield world


def without_it(world: World, tmp_path: Path) -> dict[str, bytes]:
    """What is published of the others where the broken document never was."""
    other = World(tmp_path / "other", world.server)
    known = world.root / "data"
    shutil.copytree(known / "declarations" / "global", other.root / "data/declarations/global")
    with (
        Archive(known / "archive.db") as whole,
        Archive(other.root / "data" / "archive.db", write=True) as archive,
    ):
        for document in (d for d in whole.documents() if d.id != BROKEN):
            archive.introduce(document)
            for capture in whole.captures(document.id):
                archive.add(capture, whole.body(capture.body) if capture.body else None)
    assert tracker(other.root, "publish").exit_code == 0
    return other.files(*OTHERS)


# ── a document that cannot be derived ─────────────────────────────────────────────


OWN = (
    f"(select body from captures where document = '{BROKEN}' "
    f"except select body from captures where document <> '{BROKEN}')"
)


def damage_body(world: World, _: pytest.MonkeyPatch) -> None:
    damaged = f"update bodies set data = x'00' where digest in {OWN}"
    alter(world.root / "data" / "archive.db", damaged)


def lose_body(world: World, _: pytest.MonkeyPatch) -> None:
    alter(world.root / "data" / "archive.db", f"delete from bodies where digest in {OWN}")


def damage_row(world: World, _: pytest.MonkeyPatch) -> None:
    alter(
        world.root / "data" / "archive.db",
        f"update captures set headers = '{{' where document = '{BROKEN}'",
    )


def raise_in(place: str, error: Exception) -> Callable[[World, pytest.MonkeyPatch], None]:
    """A fault of the program in a part of the work on the broken document."""

    def broken(_: World, monkeypatch: pytest.MonkeyPatch) -> None:
        real = getattr(derive, place)

        def does(*given: Any, **more: Any) -> Any:
            named = getattr(given[0], "document", given[0])
            if BROKEN in (named, getattr(named, "id", "")):
                raise error
            return real(*given, **more)

        for module in (derive, session):
            if hasattr(module, place):
                monkeypatch.setattr(module, place, does)

    return broken


FAULTS = {
    "an error while deriving": raise_in("texts", IndexError("list index out of range")),
    "an error while rendering": raise_in("document_output", ZeroDivisionError()),
    "too deep": raise_in("completed", RecursionError("maximum recursion depth exceeded")),
    "no memory": raise_in("texts", MemoryError()),
    "a body that is damaged": damage_body,
    "a body that is missing": lose_body,
    "a row that is damaged": damage_row,
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("is_remembered", [True, False])
def test_a_document_that_cannot_be_derived_keeps_what_was_published_and_stops_no_other(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_remembered: bool,
) -> None:
    before = world.files(BROKEN)
    assert before
    is_recorded = name == "a row that is damaged"  # it cannot be visited either
    is_lost = is_recorded or "a body" in name
    with monkeypatch.context() as patch:
        if not is_remembered:
            shutil.rmtree(world.root / ".cache")
        FAULTS[name](world, patch)
        done = world.run()
        assert done.exit_code == 1
        assert done.stderr.count(BROKEN) == (2 if is_recorded else 1)
        assert "Traceback" not in done.output
        assert world.files(BROKEN) == before
        feed = (world.root / "feeds" / "all.xml").read_text()
        assert feed.count(BROKEN) > 0 or not is_remembered
        rows = world.rows()
        assert (rows[BROKEN]["state"], rows[OTHERS[0]]["state"]) == ("failing", "ok")
        assert world.tracker("publish").exit_code == 1
        verified = world.tracker("verify")
        assert verified.exit_code == 1
        assert BROKEN in verified.output
        assert not [one for one in OTHERS if one in verified.output]
        tells = name == "an error while rendering"  # what need not be rendered
        for command in ("log", "changes") if not tells else ():
            told = world.tracker(command)
            assert told.exit_code == 1
            assert OTHERS[0] in told.stdout
            assert told.stderr.count(BROKEN) == 1
        for command in ("diff", "show") if not tells else ():
            assert world.tracker(command, OTHERS[1]).exit_code == 0
            asked = world.tracker(command, BROKEN)
            assert asked.exit_code == 1
            assert len(asked.stderr.splitlines()) == 1
        if not is_recorded:
            assert len(world.files(*OTHERS)) > len(before)
            assert world.files(*OTHERS) == without_it(world, tmp_path)
    if not is_lost:
        healed = world.tracker("publish")
        assert healed.exit_code == 0, healed.output
        assert len(world.files(BROKEN)) > len(before)
        assert world.rows()[BROKEN]["state"] == "ok"
        published = bytes_of(world.root / "feeds")
        shutil.rmtree(world.root / "feeds")
        shutil.rmtree(world.root / ".cache")
        assert world.tracker("publish").exit_code == 0
        assert bytes_of(world.root / "feeds") == published


def test_a_fault_of_the_program_is_asked_to_be_reported_and_its_traceback_goes_into_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS["an error while deriving"](world, monkeypatch)
    shutil.rmtree(world.root / ".cache")
    done = world.tracker("--log", "json", "publish")
    assert "please report it (IndexError: list index out of range)" in done.stderr
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    (failed,) = [event for event in events if event["event"] == "failed"]
    assert failed["document"] == BROKEN
    assert "Traceback" in failed["trace"]
    assert "test_containment.py" in failed["trace"]


def test_what_is_made_without_a_document_is_made_again_when_it_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are kept, its abstract is lost, and that cannot be derived again."""
    world.write("corrections.toml", correction(OTHERS[0]))  # so that the whole is made again
    alter(world.root / ".cache" / "derived.db", "delete from derived where id like 'abstract %'")
    before = world.files(BROKEN)
    with monkeypatch.context() as patch:
        FAULTS["an error while rendering"](world, patch)
        assert world.tracker("publish").exit_code == 1
        assert world.files(BROKEN) == before
        assert world.rows()[BROKEN]["state"] == "failing"
        assert BROKEN not in (world.root / "feeds" / "all.xml").read_text()
    assert world.tracker("publish").exit_code == 0
    assert BROKEN in (world.root / "feeds" / "all.xml").read_text()
    assert world.tracker("verify").exit_code == 0


def test_in_other_processes_a_document_that_fails_stops_no_other(world: World) -> None:
    damage_body_and_row = f"update bodies set data = x'00' where digest in {OWN}"
    alter(world.root / "data" / "archive.db", damage_body_and_row)
    before = world.files(BROKEN)
    shutil.rmtree(world.root / ".cache")
    done = world.tracker("publish", "--workers", "2")
    assert done.exit_code == 1
    assert done.stderr.count(BROKEN) == 1
    assert world.files(BROKEN) == before


def deadly(given: RemoteJob | Failed) -> Derived | Failed:
    """Stand in for a document that fills the memory of whatever process derives it."""
    if isinstance(given, RemoteJob) and given.job.document.id == BROKEN:
        os.kill(os.getpid(), signal.SIGKILL)
    return derive_remote(given)


def test_a_document_that_ends_its_process_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.files(BROKEN)
    shutil.rmtree(world.root / ".cache")
    monkeypatch.setattr(publish, "derive_remote", deadly)
    done = world.tracker("publish", "--workers", "2")
    assert done.exit_code == 1
    assert done.stderr.count(BROKEN) == 1
    assert "memory" in done.stderr
    assert world.files(BROKEN) == before
    assert world.rows()[BROKEN]["state"] == "failing"


@pytest.mark.parametrize("place", ["site_files", "status_files"])
@pytest.mark.parametrize("error", [IndexError("x"), RecursionError("deep"), MemoryError()])
def test_a_fault_in_what_is_of_all_documents_is_one_sentence_and_all_stands(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    def broken(*_: Any) -> None:
        raise error

    world.write("corrections.toml", correction(OTHERS[0]))  # so that all of it is made anew
    before = bytes_of(world.root / "feeds")
    with monkeypatch.context() as patch:
        patch.setattr(publish, place, broken)
        done = world.tracker("publish")
    assert done.exit_code == 1
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert said.startswith("Error: publish: a fault of this program, please report it (")
    assert type(error).__name__ in said
    assert "Traceback" not in done.output
    assert bytes_of(world.root / "feeds") == before
    assert world.tracker("publish").exit_code == 0


# ── a record that cannot be judged ────────────────────────────────────────────────


@pytest.mark.parametrize("others", [(), ("--workers", "2")])
def test_a_record_that_cannot_be_judged_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: tuple[str, ...]
) -> None:
    url = "https://harbour.example/terms"
    declare(tmp_path, {"Terms": url})
    texts = [
        terms(f"<p>{'Sunk' if day == 2 else 'Afloat'} on day {day}.</p>") for day in range(1, 5)
    ]
    pages = [(url, f"2020-01-0{n}T00:00:00Z", text, "200 OK") for n, text in enumerate(texts, 1)]
    file = warc(tmp_path / "a.warc", *pages)
    monkeypatch.setattr(import_, "look", sinking)
    monkeypatch.setattr(ingest, "classified", partial(unjudged, classified))
    done = tracker(tmp_path, "import", "warc", str(file), *others)
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "3 captures imported" in done.stdout
    assert "a.warc, record " in done.stderr
    assert "cannot be judged: harbour/terms@global: " in done.stderr
    with Archive(tmp_path / "data" / "archive.db") as archive:
        assert [c.time.day for c in archive.captures()] == [1, 3, 4]
    assert tracker(tmp_path, "verify").exit_code == 0


def test_a_capture_of_a_public_archive_that_cannot_be_judged_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://harbour.example/terms"
    kept = [Kept(f"2020010{n}000000", url, terms("<p>Sunk.</p>" if n == 2 else "", nonce=n))
            for n in range(1, 5)]  # fmt: skip
    declare(tmp_path, {"Terms": url})
    monkeypatch.setattr(ingest, "classified", partial(unjudged, classified))
    with PublicArchive(kept) as archive:
        (tmp_path / "data" / "settings.toml").write_text(f'wayback_url = "{archive.url}"\n')
        done = tracker(tmp_path, "import", "wayback", "harbour", "--allow-host", archive.entry)
    assert done.exit_code == 1
    assert "3 captures imported" in done.stdout
    assert "2020-01-02 00:00:00 cannot be judged: harbour/terms@global: " in done.stderr


def sinking(work: Any) -> Any:
    if work and b"Sunk" in work[1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return ingest.look(work)


def unjudged(real: Callable[..., Any], archive: Archive, body: bytes, *more: Any) -> Any:
    if b"Sunk" in body:
        raise KeyError("colour")
    return real(archive, body, *more)


# ── a visit that fails ────────────────────────────────────────────────────────────


def test_a_visit_that_ends_in_an_unexpected_error_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = classified

    def does(*given: Any) -> Any:
        if "/Rules" in given[3].url:
            raise KeyError("colour")
        return real(*given)

    monkeypatch.setattr(visits, "classified", does)
    done = world.run()
    assert done.exit_code == 1
    assert all(f"{name}  good" in done.stdout for name in OTHERS)
    assert f"{BROKEN}  NOT TEXT: It could not be read" in done.stdout
    assert "KeyError" in done.stdout
    row = world.rows()[BROKEN]
    assert (row["state"], row["outcome"], row["versions"]) == ("failing", "not text", 2)


# ── files that cannot be accepted ─────────────────────────────────────────────────


def test_one_refused_declaration_stops_no_other_document(world: World, tmp_path: Path) -> None:
    before = world.files(BROKEN)
    rules = {"fetch": world.server.url("/Rules"), "executeClientScripts": "no", "filter": "own"}
    strange = {"Notice": {"fetch": "/here"}, "Rules": rules}
    world.write("declarations/eu/Heron.json", {"name": "Heron", "terms": strange})
    world.write("declarations/eu/Swan.json", "{")
    done = world.run()
    assert done.exit_code == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(said) == 4, "a notice, scripts, a filter, and a file"
    assert all(f"{name}  good" in done.stdout for name in OTHERS)
    assert BROKEN not in done.stdout
    assert world.files(BROKEN) == before
    rows = world.rows()
    assert [rows[one]["state"] for one in OTHERS] == ["ok", "ok"]
    assert {BROKEN, "heron/notice@eu", "swan/*@eu"} <= rows.keys()
    assert rows[BROKEN]["reason"].startswith("Its declaration is refused, so it is not visited: ")
    assert rows["swan/*@eu"]["reason"].startswith("declarations/eu/Swan.json: is not JSON")
    assert rows[BROKEN]["versions"] == 2
    page_ = (world.root / "feeds" / "status" / "index.html").read_text()
    assert "Its declaration cannot be accepted" in page_
    assert "documents/heron/notice@eu" not in page_
    assert "executeClientScripts" not in page_
    verified = world.tracker("verify")
    assert verified.exit_code == 1
    assert "in one unbroken log" in verified.stdout
    assert world.files(*OTHERS) == without_it(world, tmp_path)
    world.declare()
    (world.root / "data" / "declarations" / "eu" / "Swan.json").unlink()
    healed = world.run("rules")
    assert healed.exit_code == 0, healed.output
    assert world.tracker("verify").exit_code == 0


def test_what_was_not_asked_for_is_not_complained_of(world: World) -> None:
    world.write("declarations/eu/Heron.json", "[]")
    asked = world.run("harbour/terms")
    assert asked.exit_code == 0, asked.output
    assert "harbour/terms@global  good" in asked.stdout
    now = ("--now", "2025-09-09T12:00Z", "fetch", "--allow-host", world.server.entry)
    assert world.tracker(*now, "privacy").stderr == ""
    for name in ("heron", BROKEN):
        refused = world.tracker(*now, name)
        assert refused.exit_code == 1
        assert "Heron.json: must hold keys and values" in refused.stderr
    assert world.tracker(*now, "swan").exit_code == 2


def test_where_no_declaration_is_accepted_all_are_named_and_what_is_known_is_published(
    world: World,
) -> None:
    world.write("declarations/global/Harbour.json", "")
    world.write("declarations/eu/Heron.json", b"\xff".decode("latin-1"))
    before = world.files(BROKEN, *OTHERS)
    done = world.run()
    assert done.exit_code == 1
    assert "Harbour.json: is not JSON" in done.stderr
    assert "Heron.json: is not JSON" in done.stderr
    assert world.files(BROKEN, *OTHERS) == before


def correction(document: str, sentence: str = "That was no change.") -> str:
    return (
        f'[[correction]]\ndocument = "{document}"\nfirst_seen = 2025-09-02T12:00:00Z\n'
        f'date = 2025-09-03\nsentence = "{sentence}"\n'
    )


@pytest.mark.parametrize("broken", ["[[correction]]\ndocument = 7\n", "]["])
def test_a_correction_that_cannot_be_read_takes_back_none_that_was_published(
    world: World, tmp_path: Path, broken: str
) -> None:
    first = correction(OTHERS[0])
    world.write("corrections.toml", first)
    assert world.tracker("publish").exit_code == 0
    published = world.files(*OTHERS)
    assert any(b"That was no change." in data for data in published.values())
    world.write("corrections.toml", broken if broken == "][" else first + broken)
    done = world.tracker("publish")
    assert done.exit_code == 1
    assert "corrections.toml: " in done.stderr
    assert world.files(*OTHERS) == published
    assert world.rows()["corrections.toml"]["state"] == "failing"
    assert world.tracker("verify").exit_code == 1
    world.write("corrections.toml", "")
    assert world.tracker("publish").exit_code == 0
    assert not any(b"That was no change." in data for data in world.files(*OTHERS).values())


@pytest.mark.parametrize("name", ["topics.toml", "settings.toml"])
def test_a_wrong_file_goes_on_as_it_was_at_the_last_publication(
    world: World, tmp_path: Path, name: str
) -> None:
    world.write("settings.toml", 'site_url = "https://watch.example"')
    world.write("topics.toml", '[boats]\nwords = ["boat"]\n')
    assert world.tracker("publish").exit_code == 0
    twin = World(tmp_path / "twin", world.server)
    shutil.copytree(world.root, twin.root)
    world.write(name, "contact = 7\nsite_url = 7\n")
    done = world.run()
    assert done.exit_code == 1
    assert len([line for line in done.stderr.splitlines() if name in line]) == 2
    archive = "data/archive.db"
    shutil.copy2(world.root / archive, twin.root / archive)
    assert twin.tracker("publish").exit_code == 0
    assert world.files(BROKEN, *OTHERS) == twin.files(BROKEN, *OTHERS)
    assert "All boats" not in done.output
    assert world.rows()[name]["state"] == "failing"
    verified = world.tracker("verify")
    assert verified.exit_code == 1
    assert "re-derived" in verified.stdout
    shutil.rmtree(world.root / ".cache")
    stands = bytes_of(world.root / "feeds")
    refused = world.tracker("publish")
    assert refused.exit_code == 1
    assert "what was published stands" in refused.stderr
    assert bytes_of(world.root / "feeds") == stands


def test_a_wrong_setting_keeps_nothing_from_being_published_for_the_first_time(
    world: World,
) -> None:
    shutil.rmtree(world.root / "feeds")
    shutil.rmtree(world.root / ".cache")
    world.write("settings.toml", 'site_url = 7\nnotify = 8\nrobot = "note"\n')
    done = world.run()
    assert done.exit_code == 1
    assert len([line for line in done.stderr.splitlines() if "settings.toml" in line]) == 3
    assert world.files(BROKEN)


def test_a_new_topic_that_cannot_be_read_is_published_by_nobody_and_all_is_fetched(
    tmp_path: Path,
) -> None:
    with Server({"/Terms": [page(terms())], "/Privacy": [page(terms())]}) as server:
        world = World(tmp_path, server)
        world.declare()
        world.write("topics.toml", "[a]\nwordz = []\n[b]\nnear = 7\n")
        done = world.run()
        assert done.exit_code == 1
        assert all(f"{name}  good" in done.stdout for name in OTHERS)
        assert len([line for line in done.stderr.splitlines() if "topics.toml" in line]) == 3
        assert not (tmp_path / "feeds").exists()
        for command in ("status", "log", "verify", "notify"):
            assert "Traceback" not in world.tracker(command).output
        assert world.tracker("log").exit_code == 1
        (tmp_path / "data" / "topics.toml").unlink()
        assert world.run("harbour/terms").exit_code == 0


def test_a_run_that_is_to_notify_does_all_else_where_the_settings_are_wrong(world: World) -> None:
    world.write("settings.toml", "notify = 7")
    done = world.run("--notify")
    assert done.exit_code == 1
    assert all(f"{name}  good" in done.stdout for name in (*OTHERS, BROKEN))
    assert "files changed" in done.stdout


def test_a_disk_that_takes_nothing_is_nobodys_fault_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others must not be asked for what could not be kept."""
    asked = len(world.server.requests)

    def full(*_: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Archive, "_insert", full)
    done = world.run()
    assert done.exit_code == 1
    assert done.stderr.count("disk is full") == 1
    assert len([r for r in world.server.requests[asked:] if "robots" not in str(r)]) == 1
