"""The Internet Archive is caught up with: as early as it can show, as gently as can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.public_archive import Kept, PublicArchive
from tracker.app.catching_up import ArchiveRun, Caught
from tracker.app.internet_archive import PublicArchive as Public
from tracker.app.readings import read_anew, reader_of
from tracker.archive.store import Archive
from tracker.fetcher import Fetcher, Limits
from tracker.history import history
from tracker.model import PREVIEW, Capture, Document, Outcome, Source

PAGE, COMING = "https://harbour.example/terms", "https://harbour.example/preview"
NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = "".join(f"<p>Rule {n}: every boat keeps to its own side of the pier.</p>" for n in range(9))
DOCUMENT = Document("harbour/terms@global", "Harbour", "Terms", "global", (Source(PAGE),))
WALL = b"<html lang=en><title>Sign in</title><main><h1>Sign in to continue</h1></main></html>"


def terms(price: int, nonce: object = "") -> bytes:
    text = f"<h1>Harbour terms</h1><p>A berth costs {price} shells a night.</p>{RULES}"
    return f"<html lang=en><!-- {nonce} --><main>{text}</main></html>".encode()


def kept(hours: float, body: bytes, url: str = PAGE, status: str = "200") -> Kept:
    return Kept(f"{NOON + hours * HOUR:%Y%m%d%H%M%S}", url, body, status)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", write=True) as opened:
        yield opened


def catch_up(
    archive: PublicArchive,
    store: Archive,
    now: datetime,
    page: str = PAGE,
    *,
    is_preview: bool = False,
    document: Document = DOCUMENT,
) -> Caught | None:
    limits = Limits(total_seconds=5, attempts=1)
    with Fetcher(user_agent="Test", allow_hosts=[archive.entry], limits=limits) as fetcher:
        run = ArchiveRun(Public(fetcher, archive.url, now), store)
        return run.catch_up(document, Source(page), is_preview=is_preview)


def good(store: Archive) -> list[Capture]:
    return sorted((c for c in store.captures() if c.outcome is Outcome.GOOD), key=lambda c: c.time)


def hours(captures: list[Capture]) -> list[float]:
    return [(c.time - NOON) / HOUR for c in captures]


def test_of_a_page_that_is_new_the_newest_good_capture_is_taken(store: Archive) -> None:
    rows = [kept(-9, terms(3)), kept(-8, terms(3, 1)), kept(-3, WALL), kept(-2, WALL)]
    with PublicArchive(rows) as archive:
        found = catch_up(archive, store, NOON)
        assert len(archive.index_requests) == 1
    assert found is not None
    assert [c.outcome.value for c in found.captures] == ["sign-up wall", "sign-up wall", "good"]
    assert found.look.outcome is Outcome.ANSWERED
    assert hours(good(store)) == [-8]
    assert good(store)[0].recorded == NOON


def test_the_quiet_state_costs_one_question_and_no_replay(store: Archive) -> None:
    with PublicArchive([kept(-9, terms(3)), kept(-8, terms(3, 1))]) as archive:
        catch_up(archive, store, NOON)
        asked = len(archive.index_requests), len(archive.replays)
        assert catch_up(archive, store, NOON + 12 * HOUR) is not None
        assert (len(archive.index_requests), len(archive.replays)) == (asked[0] + 1, asked[1])
        assert archive.index_requests[-1]["from"] == f"{NOON - 8 * HOUR - 7 * DAY:%Y%m%d}"
        assert catch_up(archive, store, NOON + 14 * HOUR) is None, "twice a day is enough"


def test_the_first_sight_is_as_early_as_the_archive_can_show(store: Archive) -> None:
    before = [kept(n, terms(3, n)) for n in range(-100, -50)]
    after = [kept(n, terms(4, n)) for n in range(-50, 0)]
    with PublicArchive(before[:1]) as archive:
        catch_up(archive, store, NOON - 99 * HOUR)
    with PublicArchive([*before, *after], rows=500) as archive:
        catch_up(archive, store, NOON)
        assert len(archive.replays) <= 12
    texts = [c.text for c in good(store)]
    first = good(store)[texts.index(texts[-1])]
    assert hours([first]) == [-50]


def test_what_is_left_is_narrowed_down_in_the_next_run(store: Archive) -> None:
    """Every other capture is a wall, so that one run cannot find the first sight."""

    def body(n: int) -> bytes:
        return terms(3 if n < -350 else 4, n) if n % 2 else WALL

    rows = [kept(n / 2, body(n)) for n in range(-601, 0)]
    with PublicArchive(rows[:1]) as archive:
        catch_up(archive, store, NOON - 300 * HOUR)
    with PublicArchive(rows, rows=1000) as archive:
        for run in range(4):
            asked = len(archive.replays)
            catch_up(archive, store, NOON + run * 12 * HOUR)
            assert len(archive.replays) - asked <= 12
    texts = [c.text for c in good(store)]
    assert hours([good(store)[texts.index(texts[-1])]]) == [-349 / 2]


def test_a_capture_that_turns_up_late_is_taken_for_an_earlier_sight(store: Archive) -> None:
    late = kept(-20, terms(4))
    with PublicArchive([kept(-40, terms(3))]) as archive:
        catch_up(archive, store, NOON - 39 * HOUR)
    with PublicArchive([kept(-40, terms(3)), kept(-4, terms(4, 1))]) as archive:
        catch_up(archive, store, NOON)
    with PublicArchive([kept(-40, terms(3)), late, kept(-4, terms(4, 1))]) as archive:
        catch_up(archive, store, NOON + 12 * HOUR)
    assert hours(good(store)) == [-40, -20, -4]


def test_a_lost_capture_is_passed_over_and_not_asked_for_again(store: Archive) -> None:
    rows = [kept(-9, terms(3)), kept(-2, terms(3, 1))]
    with PublicArchive(rows) as archive:
        archive.lost = {rows[1].stamp}
        catch_up(archive, store, NOON)
        assert hours(good(store)) == [-9]
        catch_up(archive, store, NOON + 12 * HOUR)
        assert archive.replays.count(rows[1].stamp) == 1


def test_an_archived_999_is_the_captures_not_the_archives(store: Archive) -> None:
    with PublicArchive([kept(-9, terms(3)), kept(-2, terms(3, 1))]) as archive:
        archive.faults = [(999, {})]
        found = catch_up(archive, store, NOON)
    assert found is not None
    assert [c.status for c in found.captures] == [999, 200]
    assert found.look.outcome is Outcome.ANSWERED
    assert hours(good(store)) == [-9]


@pytest.mark.parametrize("status", [429, 503])
def test_an_archive_that_gives_out_is_asked_no_more_in_this_run(
    store: Archive, status: int
) -> None:
    limits = Limits(total_seconds=5, attempts=1)
    with PublicArchive([kept(-9, terms(3)), kept(-2, terms(4))]) as archive:
        archive.faults = [(status, {"Retry-After": "3600"})] * 9
        with Fetcher(user_agent="Test", allow_hosts=[archive.entry], limits=limits) as fetcher:
            run = ArchiveRun(Public(fetcher, archive.url, NOON), store)
            looks = [run.catch_up(DOCUMENT, Source(PAGE + str(n)[:n])) for n in range(4)]
        assert len(archive.replays) + len(archive.index_requests) <= 3
    assert all(one and one.look.outcome is not Outcome.ANSWERED for one in looks[:1])
    reason = looks[0].look.reason if looks[0] else ""
    assert str(status) in reason
    assert "`" not in reason


def test_an_index_that_forgot_what_it_listed_is_no_quiet_state(store: Archive) -> None:
    with PublicArchive([kept(-9, terms(3))]) as archive:
        catch_up(archive, store, NOON)
        archive.kept = []
        found = catch_up(archive, store, NOON + 12 * HOUR)
    assert found is not None
    assert found.look.outcome is Outcome.EMPTY
    assert "lists no capture" in found.look.reason


def test_a_page_that_nobody_captured_since_is_no_silence(store: Archive) -> None:
    """Where we read the page ourselves for a month, older captures are not asked for."""
    with PublicArchive([kept(-9, terms(3))]) as archive:
        catch_up(archive, store, NOON)
        (own,) = good(store)
        later = NOON + 30 * DAY
        store.add(replace(own, time=later, via="live", archive_url=None, facts=()), None)
        found = catch_up(archive, store, later + 12 * HOUR)
    assert found is not None
    assert found.look.outcome is Outcome.ANSWERED


def test_a_preview_is_dated_by_its_first_capture(store: Archive) -> None:
    rows = [kept(n, terms(5, n), COMING) for n in range(-40, -1, 3)]
    with PublicArchive(rows) as archive:
        catch_up(archive, store, NOON, COMING, is_preview=True)
    assert all(c.is_preview and c.via != PREVIEW for c in good(store))
    assert hours(good(store))[0] == -40


def test_a_document_of_several_pages_is_read_from_captures_of_each(store: Archive) -> None:
    more = "https://harbour.example/fees"
    both = replace(DOCUMENT, sources=(Source(PAGE), Source(more)))

    def fees(price: int) -> bytes:
        return terms(price).replace(b"berth", b"crane")

    with PublicArchive([kept(-9, terms(3)), kept(-30, fees(7), more)]) as archive:
        catch_up(archive, store, NOON, document=both)
        catch_up(archive, store, NOON, more, document=both)
        seen = history(both, store.captures(), reader_of(store.readable, read_anew), ())
        assert [v.first_seen for v in seen.versions] == [NOON - 9 * HOUR]
        assert [c.asked_url for c in seen.versions[0].captures] == [PAGE, more]
        assert seen.standing.last_seen == NOON - 30 * HOUR, "as old as what was seen longest ago"
        archive.kept.append(kept(5, fees(8), more))
        catch_up(archive, store, NOON + 12 * HOUR, document=both)
        catch_up(archive, store, NOON + 12 * HOUR, more, document=both)
    seen = history(both, store.captures(), reader_of(store.readable, read_anew), ())
    (revision,) = seen.revisions
    assert revision.first_seen == NOON + 5 * HOUR
    assert [c.after[0].text for c in revision.changes] == ["A crane costs 8 shells a night."]
    assert seen.standing.last_seen == NOON - 9 * HOUR


def test_a_page_of_this_machine_is_not_looked_for_elsewhere(store: Archive) -> None:
    with Fetcher(user_agent="Test") as fetcher:
        run = ArchiveRun(Public(fetcher, "https://archive.example", NOON), store)
        assert run.catch_up(DOCUMENT, Source("http://127.0.0.1/terms")) is None
