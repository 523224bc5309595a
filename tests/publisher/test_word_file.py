"""The Word file: accepting every change gives the newer text, rejecting every change the older."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.factories import TOPICS, everything, history, hostile, samples
from tests.samples import tracker
from tracker.differ import revise
from tracker.model import Revision, Version
from tracker.publisher.word_file import word_file
from tracker.publisher.words import safe

docx = pytest.importorskip("docx", reason="python-docx is not installed")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
REVISIONS = [r for h in samples() for r in h.revisions]


def read(data: bytes, kept: str, dropped: str) -> list[str]:
    """The paragraphs as Word has them once all changes are accepted (kept ins) or rejected."""
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))[0]
    found, open_ = [], ""
    for paragraph in body.iter(f"{W}p"):
        for gone in paragraph.findall(f"{W}{dropped}"):
            paragraph.remove(gone)
        open_ += "".join(t.text or "" for t in paragraph.iter(f"{W}t", f"{W}delText"))
        if paragraph.find(f"{W}pPr/{W}rPr/{W}{dropped}") is None:
            found.append(open_)
            open_ = ""
    assert not open_
    return found


def texts(version: Version) -> list[str]:
    shown = (f"{c.number} {c.text}" if c.number else c.text for c in version.clauses)
    return [safe(text) for text in shown]


def assert_both(revision: Revision) -> None:
    data = word_file(revision, "Heron")
    assert read(data, "ins", "del") == texts(revision.after)
    assert read(data, "del", "ins") == texts(revision.before)


@pytest.mark.parametrize("revision", REVISIONS, ids=lambda r: r.document)
def test_both_texts_come_back_to_the_letter(revision: Revision) -> None:
    assert_both(revision)


words_ = st.sampled_from("we may share your data with partners (a) 1. and never sell it".split())
clauses = st.lists(words_, min_size=1, max_size=6).map(" ".join)
text = st.lists(clauses, min_size=1, max_size=9, unique=True).map("\n".join)


@given(text, text)
def test_whatever_changed_both_texts_come_back(before: str, after: str) -> None:
    found = history(f"# T\n{before}", f"# T\n{after}\nEnd.")
    assert_both(revise(found.versions[0], found.versions[-1], TOPICS))


def test_another_program_reads_it_and_its_headings() -> None:
    for revision in REVISIONS:
        found = docx.Document(io.BytesIO(word_file(revision, "Heron")))
        shown = [p.text for p in found.paragraphs if p.style.name.lower().startswith("heading")]
        assert shown


def test_a_change_says_who_made_it_and_when_and_has_a_number_of_its_own() -> None:
    data = word_file(REVISIONS[0], 'Heron & "Co" <b>')
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    made = [*body.iter(f"{W}ins", f"{W}del")]
    assert {e.get(f"{W}author") for e in made} == {'Heron & "Co" <b>'}
    assert all(e.get(f"{W}date").endswith("Z") for e in made)
    assert len({e.get(f"{W}id") for e in made}) == len(made) > 0


def test_the_same_revision_gives_the_same_bytes_and_hostile_text_is_only_text() -> None:
    (revision, *_) = hostile().revisions
    assert word_file(revision, "x") == word_file(replace(revision), "x")
    assert everything()


def test_it_is_written_once_by_diff_and_compare(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "redline.docx"
    done = tracker(sample, "diff", "eu", "--word", str(file))
    assert (done.exit_code, file.stat().st_size > 1000) == (0, True)
    assert "to accept or reject" in done.stdout
    again = tracker(sample, "diff", "eu", "--word", str(file))
    assert again.exit_code == 2
    assert "exists" in again.stderr
    both = tmp_path / "editions.docx"
    names = ("privacy-policy@global", "privacy-policy@eu")
    assert tracker(sample, "compare", *names, "--word", str(both)).exit_code == 0
    assert docx.Document(str(both)).paragraphs
