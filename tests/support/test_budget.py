"""What takes too long ends in a sentence, and everything else goes on."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest

from tests.servers import Server, page
from tests.strategies import PAGE, START, capture, version
from tracker._support import budget
from tracker._support.budget import limited
from tracker.app.readings import read_anew
from tracker.app.visits import visit
from tracker.archive.store import Archive
from tracker.differ import revise
from tracker.errors import TooCostly
from tracker.extractor import classify, read
from tracker.extractor.nodes import Run
from tracker.extractor.segment import segment
from tracker.fetcher import Fetcher
from tracker.model import Clause, Document, Outcome, Source

#: Long enough that a whole second of processor time goes by.
_HARD = re.compile(r"(?:a|a)*b")


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "SECONDS", 0.3)


def _for_ever(*_given: object, **_named: object) -> NoReturn:
    while True:
        _HARD.match("a" * 24)


def test_what_takes_too_long_is_stopped_in_the_middle_of_a_pattern() -> None:
    said = r"^Reading takes more than \d+ seconds of processor time"
    with pytest.raises(TooCostly, match=said), limited("Reading"):
        _HARD.match("a" * 60)


def test_what_does_not_is_left_alone_and_nothing_is_left_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with limited("It"):
        pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_a_block_within_another_gives_the_other_its_time_back() -> None:
    with limited("It", more=100):
        with limited("A part of it"):
            pass
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 50
        with pytest.raises(TooCostly, match="A part of it"), limited("A part of it"):
            _for_ever()


def test_an_error_that_is_held_back_is_raised_again() -> None:
    with pytest.raises(TooCostly), limited("It"):
        try:
            _for_ever()
        except TooCostly:
            _for_ever()


def test_in_another_thread_it_may_take_its_time() -> None:
    done = []

    def work() -> None:
        with limited("It"):
            done.append(sum(range(1000)))

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert done


# ── in reading, judging and comparing ─────────────────────────────────────────────


def test_a_page_that_takes_too_long_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.extractor.extract.segment", _for_ever)
    found = classify(
        b"<p>Terms of use.</p>", "text/html", Source(PAGE), (), START + timedelta(days=1)
    )
    assert found.outcome is Outcome.TOO_LARGE
    assert found.reason.startswith("Reading the page takes more than")
    with pytest.raises(TooCostly):
        read(b"<p>Terms of use.</p>", "text/html", None)


def test_two_versions_that_take_too_long_are_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.differ.revision.align", _for_ever)
    with pytest.raises(TooCostly, match=r"^Comparing two versions takes more than"):
        revise(version("<p>One</p>"), version("<p>Two</p>"), ())


def test_a_run_goes_on_after_a_page_that_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def segmented(runs: Sequence[Run], base: str) -> tuple[Clause, ...]:
        found = segment(runs, base)
        return found if not any("endless" in c.text for c in found) else _for_ever()

    monkeypatch.setattr("tracker.extractor.extract.segment", segmented)
    text = "<main>" + "<p>Every boat keeps to its own side of the harbour.</p>" * 20 + "</main>"
    pages = {
        "/bad": page(text.replace("<main>", "<main><p>endless</p>").encode()),
        "/good": page(text.encode()),
    }
    with (
        Server(pages) as server,
        Archive(tmp_path / "archive.db", write=True) as archive,
        Fetcher(user_agent="Test", allow_hosts=[server.entry]) as fetcher,
    ):
        bad, good = (
            visit(
                Document(f"harbour/{n}@global", "Harbour", n, "global", (Source(server.url(n)),)),
                fetcher, archive, START, force=False,
            )
            for n in ("/bad", "/good")
        )  # fmt: skip
    assert bad.failed
    assert bad.captures[0].outcome is Outcome.TOO_LARGE
    assert "of processor time; select a smaller part of the page" in bad.captures[0].reason
    assert good.captures[0].outcome is Outcome.GOOD


def test_a_kept_page_that_takes_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.extractor.extract.segment", _for_ever)
    kept = capture(0)
    with pytest.raises(TooCostly, match=rf"^{kept.document}: Reading the page takes more than"):
        read_anew(kept, b"<p>Terms of use.</p>", "text/html")
