"""The package as another Python program uses it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

import tracker
from tests.samples import bytes_of
from tracker.demo import STATES
from tracker.demo.server import DemoService
from tracker.errors import UsageError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def examples() -> list[str]:
    """The Python programs in the docstring of the package and in the guide."""
    page = files("tracker").joinpath("guide", "data.md")
    texts = [tracker.__doc__ or "", page.read_text(encoding="utf-8") if page.is_file() else ""]
    return [code for text in texts for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("code", examples(), ids=["docstring", "guide"][: len(examples())])
def test_the_examples_run(code: str, sample: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(sample, tmp_path / "root"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "harbour/privacy-policy@eu" in done.stdout


def test_a_workspace_is_fetched_and_published(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample / "data" / "declarations", tmp_path / "data" / "declarations")
    with DemoService() as service:
        for file in (tmp_path / "data" / "declarations").rglob("*.json"):
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(r"http://127\.0\.0\.1:\d+", service.url, text), encoding="utf-8")
        for state in STATES:
            service.state = state
            workspace = tracker.open_workspace(tmp_path, now=state)
            visits = tracker.fetch(workspace, allow_hosts=[service.url.removeprefix("http://")])
            assert visits
            assert {v.document.id for v in visits} == {d.id for d in workspace.documents}
            published = tracker.publish(workspace)
            assert 0 < published.changed <= published.files
            assert workspace.problems == []
    found = tracker.histories(workspace)
    assert {h.document.id for h in found} == {d.id for d in workspace.documents}
    assert any(history.revisions for history in found)
    before = bytes_of(tmp_path / "feeds")
    assert tracker.publish(workspace).changed == 0
    assert bytes_of(tmp_path / "feeds") == before


def test_two_versions_are_compared_by_topic(sample: Path) -> None:
    workspace = tracker.open_workspace(str(sample), now=NOW)
    history = next(h for h in tracker.histories(workspace) if len(h.versions) > 1)
    revision = tracker.compare(history.versions[0], history.versions[-1], workspace.topics)
    assert (revision.before, revision.after) == (history.versions[0], history.versions[-1])
    assert revision.changes
    with pytest.raises(FrozenInstanceError):
        history.document.id = "another"  # type: ignore[misc]


def test_the_topics_of_a_text_are_found_with_their_words(sample: Path) -> None:
    topics = tracker.open_workspace(sample).topics
    (tag,) = tracker.topics_of("We train generative AI models on your posts.", topics)
    assert tag.topic == "generative-ai"
    assert tag.words
    assert tracker.topics_of("You may end this agreement at any time.", topics) == ()


def test_a_name_that_means_no_document_is_refused(sample: Path) -> None:
    workspace = tracker.open_workspace(sample)
    with pytest.raises(UsageError, match="nowhere"):
        tracker.histories(workspace, ["nowhere"])


def test_progress_is_told_what_is_done(sample: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(sample / "data", tmp_path / "data")).parent
    said, events = list[str](), list[str]()
    progress = tracker.Progress(doing=said.append, event=lambda name, **_facts: events.append(name))
    tracker.publish(tracker.open_workspace(root, progress=progress))
    assert any("deriving" in line for line in said)
    assert said[-1] == ""
    assert events == ["published"]


def test_nothing_is_printed_by_a_use_case(
    sample: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = Path(shutil.copytree(sample / "data", tmp_path / "data")).parent
    tracker.publish(tracker.open_workspace(root))
    assert capfd.readouterr() == ("", "")


def test_importing_the_package_imports_none_of_its_rooms() -> None:
    program = "import sys, tracker; print(*(m for m in sys.modules if m.startswith('tracker')))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {"tracker", "tracker._support", "tracker._support.lazy"}


def test_every_name_of_the_interface_is_found() -> None:
    for name in tracker.__all__:
        assert getattr(tracker, name)
