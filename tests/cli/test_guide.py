"""The manual on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracker.cli import main
from tracker.cli.guide import PAGES

SHIPPED = sorted(path.stem for path in PAGES.glob("*.md"))


def guide(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["guide", *arguments])


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tracker.cli.guide.PAGES", tmp_path)
    (tmp_path / "sail.md").write_text("# Setting sail\n\nHoist the anchor – at dawn.\n")
    (tmp_path / "anchor.md").write_text("# At anchor\n\nWait.\n")
    return tmp_path


@pytest.mark.usefixtures("pages")
def test_the_pages_are_listed_with_their_headings() -> None:
    done = guide()
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "anchor  At anchor",
        "sail    Setting sail",
        "",
        "tracker guide PAGE shows one of them.",
    ]


@pytest.mark.usefixtures("pages")
def test_a_page_is_shown_as_it_is_written() -> None:
    done = guide("sail")
    assert done.exit_code == 0
    assert done.stdout == "# Setting sail\n\nHoist the anchor – at dawn.\n"


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("name", ["reef", "../sail", "sail.md", "*"])
def test_a_page_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    done = guide(name)
    assert done.exit_code == 2
    assert done.stderr == f"Error: The manual has no page {name!r}; its pages are: anchor, sail.\n"


def test_a_manual_that_is_missing_is_said_to_be(pages: Path) -> None:
    for page in pages.iterdir():
        page.unlink()
    done = guide()
    assert done.exit_code == 2
    assert "install the program again" in done.stderr


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_page_is_listed_and_shown(name: str) -> None:
    assert any(line.startswith(f"{name} ") for line in guide().stdout.splitlines())
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert guide(name).stdout == f"{text.strip()}\n"
