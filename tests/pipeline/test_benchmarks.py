"""The benchmarks can be asked for by name, and measure what they say."""

from __future__ import annotations

import importlib
import sys

import pytest

from tests.benchmarks.__main__ import NAMES, main
from tests.benchmarks.measure import cost
from tests.benchmarks.pages import Site, page
from tracker.extractor import read, reads_alike


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_is_there(name: str) -> None:
    assert callable(importlib.import_module(f"tests.benchmarks.{name}").main)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(SystemExit, match="known: unchanged"):
        main(["speed"])


def test_a_cost_is_that_of_the_process() -> None:
    spent = cost([sys.executable, "-c", "x = bytearray(80_000_000); sum(range(3_000_000))"])
    assert spent.seconds > 0
    assert spent.megabytes > 70
    big = bytearray(200_000_000)
    assert cost([sys.executable, "-c", "pass"]).megabytes < 60 < len(big)
    with pytest.raises(RuntimeError, match="trouble"):
        cost([sys.executable, "-c", "raise SystemExit('trouble')"])


def test_the_pages_differ_in_bytes_and_only_where_changed_in_what_they_say() -> None:
    site = Site()
    site.changed = site.edition = 1
    media = ("text/html", "text/html")
    one, other = site.body(1), site.body(1)
    assert one != other
    assert reads_alike(one, other, media, None)
    changed = zip(read(page(0), *media[:1], None).clauses,
                  read(site.body(0), *media[:1], None).clauses, strict=True)  # fmt: skip
    assert 1 <= sum(a.key != b.key for a, b in changed) <= 3
