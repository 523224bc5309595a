"""Addresses of the published folder, and whose they are."""

from __future__ import annotations

import pytest

from tracker.publisher import urls
from tracker.publisher.feeds.formats import FORMATS

DOCUMENT = "harbour/terms@eu"


@pytest.mark.parametrize("suffix", [one.suffix for one in FORMATS])
def test_a_feed_of_a_document_is_its_own_in_every_format(suffix: str) -> None:
    assert urls.document_of(f"{DOCUMENT}{suffix}") == DOCUMENT


@pytest.mark.parametrize(
    "path",
    [f"documents/{DOCUMENT}/index.html", f"changes/{DOCUMENT}/x/", f"embed/{DOCUMENT}/a.html"],
)
def test_pages_below_a_document_are_its_own(path: str) -> None:
    assert urls.document_of(path) == DOCUMENT


@pytest.mark.parametrize(
    "path", ["all.xml", "harbour/generative-ai.xml", "data/changes.csv", "eu.xml"]
)
def test_files_for_several_documents_are_nobodys(path: str) -> None:
    assert urls.document_of(path) == ""
