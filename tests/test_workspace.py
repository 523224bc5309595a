"""The root folder: what is declared is read, what is published replaces what was, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.errors import DeclarationError
from tracker.workspace import open_workspace


def test_a_bare_folder_starts_from_what_ships(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    names = {d.id for d in workspace.declared.documents}
    assert "linkedin/privacy-policy@eu" in names
    assert [t.id for t in workspace.topics] == ["generative-ai", "targeted-advertising"]
    assert list(tmp_path.iterdir()) == []


def test_what_the_operator_declares_takes_the_place_of_what_ships(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "declarations" / "global"
    folder.mkdir(parents=True)
    (folder / "Harbour.json").write_text(
        '{"name": "Harbour", "terms": {"Terms of Service": {"fetch": "https://harbour.example/t"}}}'
    )
    (tmp_path / "data" / "topics.toml").write_text('[arbitration]\nwords = ["arbitration"]\n')
    workspace = open_workspace(tmp_path)
    assert [d.id for d in workspace.declared.documents] == ["harbour/terms-of-service@global"]
    assert [t.id for t in workspace.topics] == ["arbitration"]


def test_a_wrong_file_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "topics.toml").write_text("[a]\nwordz = []\n")
    with pytest.raises(DeclarationError, match=r"topics\.toml.*wordz"):
        open_workspace(tmp_path)
    assert not (tmp_path / "data" / "archive.db").exists()


@pytest.mark.parametrize("name", ["eu", "harbour"])
def test_a_topic_cannot_be_called_as_an_edition_or_a_service(tmp_path: Path, name: str) -> None:
    file = tmp_path / "data" / "declarations" / "eu" / "Harbour.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"name": "Harbour", "terms": {"Terms": {"fetch": "https://h.example"}}}')
    topics = tmp_path / "data" / "topics.toml"
    topics.write_text('[arbitration]\nwords = ["court"]\n')
    assert open_workspace(tmp_path).topics
    topics.write_text(f'[{name}]\nwords = ["court"]\n')
    with pytest.raises(DeclarationError, match=f'topics.toml: "{name}" is also the name of'):
        open_workspace(tmp_path)


@pytest.mark.parametrize("edition", ["all", "status", "sitemap"])
def test_an_edition_cannot_be_called_as_another_feed(tmp_path: Path, edition: str) -> None:
    file = tmp_path / "data" / "declarations" / edition / "Harbour.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"name": "Harbour", "terms": {"Terms": {"fetch": "https://h.example"}}}')
    with pytest.raises(DeclarationError, match="cannot name an edition"):
        open_workspace(tmp_path)
