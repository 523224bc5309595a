"""What no text of terms is: an outcome with a sentence, at little cost, and never a version."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.samples import declare, terms, tracker
from tests.servers import Server, page
from tracker.extractor import classify, limits, read, reads_alike
from tracker.fetcher import Limits
from tracker.model import Outcome, Source

SOURCE = Source("https://harbour.example/terms")
NOW = datetime(2025, 9, 1, tzinfo=UTC)
HTML, MARKDOWN = "text/html; charset=utf-8", "text/markdown"
LARGEST = Limits().decoded_bytes

REFUSED = {
    "a hundred thousand deep": (terms("<div>" * 100_000), HTML, "deep"),
    "deeper than any text": (terms("<div>" * limits.DEPTH), HTML, "deep"),
    "a million list items": (terms("<li>x" * 1_000_000), HTML, "tags"),
    "as many items as tags allow": (terms("<li>x" * 49_000), HTML, "clauses"),
    "a paragraph without a space": (terms(f"<p>{'x' * (LARGEST - 2000)}"), HTML, "text"),
    "a clause without end": (terms(f"<p>{'word ' * 110_000}"), HTML, "a clause of"),
    "Markdown": (b"a " * 1_500_000, MARKDOWN, "Markdown"),
    "brackets": (b"[" * 20_000, MARKDOWN, "brackets"),
}  # fmt: skip


def test_a_long_text_in_markdown_is_none_of_them() -> None:
    """As long as the longest privacy statement there is, with a few hundred links."""
    clause = f"You may moor [here](https://harbour.example/) {'for a night or two, ' * 40}at most."
    text = "\n\n".join(f"{n}. {clause}" for n in range(400))
    assert 340_000 < len(text) < 400_000
    assert classify(text.encode(), MARKDOWN, SOURCE, (), NOW).outcome is Outcome.GOOD


@pytest.mark.parametrize(("body", "media", "what"), REFUSED.values(), ids=REFUSED)
def test_more_than_any_text_has_is_an_outcome(body: bytes, media: str, what: str) -> None:
    start = time.process_time()
    found = classify(body, media, SOURCE, (), NOW)
    assert found.outcome is Outcome.TOO_LARGE
    assert what in found.reason
    assert found.reason.endswith("declare a smaller page.")
    assert found.text is None
    assert time.process_time() - start < 20


def test_a_paragraph_of_ten_megabytes_is_more_than_is_fetched(tmp_path: Path) -> None:
    assert LARGEST < 10_000_000
    with Server({"/terms": page(terms(f"<p>{'x' * 10_000_000}"))}) as server:
        declare(tmp_path, {"Terms": server.url()})
        done = tracker(tmp_path, "fetch", "--allow-host", server.entry)
    assert done.exit_code == 1
    assert "sent more than 8,192 KiB" in done.stdout


@pytest.mark.parametrize(
    "body",
    [
        terms("<p>x" * 39_900),
        terms("<div>" * 95 + "<p>x"),
        terms("<br>" * 240_000),
        terms(f"<p>{'word ' * 95_000}" * 4),
    ],
    ids=["clauses", "depth", "tags", "letters"],
)
def test_what_is_within_the_bounds_is_read(body: bytes) -> None:
    assert classify(body, HTML, SOURCE, (), NOW).outcome is Outcome.GOOD


def test_what_was_recorded_before_is_read_as_it_stands() -> None:
    body = terms("<p>x" * 40_100)
    assert len(read(body, HTML, SOURCE).clauses) > limits.CLAUSES
    # Other links, so that it would have to be parsed to tell.
    one, other = (terms(f'<a href="/{n}">x</a>' + "<b>" * 260_000) for n in (1, 2))
    assert not reads_alike(one, other, (HTML, HTML), SOURCE)


def test_a_page_that_grew_beyond_the_bounds_changes_no_feed(tmp_path: Path) -> None:
    replies = [page(terms()), page(terms("<div>" * 260_000))]
    with Server({"/terms": replies}) as server:
        declare(tmp_path, {"Terms": server.url()})
        for day in (1, 3):
            now = f"2025-09-0{day}T12:00Z"
            done = tracker(tmp_path, "--now", now, "run", "--allow-host", server.entry)
    assert done.exit_code == 1
    assert "The page has 260,0" in done.stdout
    assert "more than the 250,000 of any text of terms" in done.stdout
    assert tracker(tmp_path, "verify").exit_code == 0
