"""Citations as reference managers read them: whose text, who archived it, who tells of it."""

from __future__ import annotations

import json
import warnings

import pytest

from tests.factories import SITE, TOPICS, heron, hostile, publish
from tracker.model import History

citeproc = pytest.importorskip("citeproc", reason="citeproc-py is not installed")
sources = pytest.importorskip("citeproc.source.json", reason="citeproc-py is not installed")


def rendered(history: History) -> str:
    """What a reference manager writes of the citation of the first revision."""
    files = publish([history], TOPICS, SITE)
    name = next(n for n in sorted(files) if n.endswith("/citation.json"))
    (item,) = json.loads(files[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # variables that its parser does not know yet
        source = sources.CiteProcJSON([item])
        style = citeproc.CitationStylesStyle("harvard-cite-them-right", validate=False)
        made = citeproc.CitationStylesBibliography(style, source, citeproc.formatter.plain)
        made.register(citeproc.Citation([citeproc.CitationItem(item["id"])]))
        return str(made.bibliography()[0])


def test_a_rendered_citation_names_service_title_day_and_address() -> None:
    found = rendered(heron())
    assert found.startswith("Heron")
    for part in ("Privacy Policy", "2025", "https://heron.example/legal/privacy"):
        assert part in found


def test_a_citation_names_the_service_the_archive_and_the_tracker() -> None:
    files = publish([heron()], TOPICS, SITE)
    name = "changes/heron/privacy-policy@global/20250311T083000Z/citation"
    (item,) = json.loads(files[f"{name}.json"])
    (capture,) = heron().revisions[0].after.captures
    assert item["publisher"] == item["author"][0]["literal"] == "Heron"
    assert item["archive"] == capture.via
    assert item["archive_location"] == capture.archive_url
    assert "recorded by Terms Tracker at https://terms.example/watch/changes/" in item["note"]
    assert "Terms Tracker" in files[f"{name}.bib"].decode()
    assert str(capture.archive_url) in files[f"{name}.bib"].decode().replace("\\", "")


def test_a_hostile_title_renders_as_text() -> None:
    assert rendered(hostile())
