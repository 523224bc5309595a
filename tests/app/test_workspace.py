"""The root folder: what is declared is read, what is published replaces what was, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.app.workspace import open_workspace


def test_a_bare_folder_starts_from_what_ships(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    names = {d.id for d in workspace.declared.documents}
    assert "linkedin/privacy-policy@eu" in names
    assert [t.id for t in workspace.topics] == ["generative-ai", "targeted-advertising"]
    assert workspace.sources.of("linkedin/privacy-policy@eu").files
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


def test_all_wrong_files_are_named_at_once_and_nothing_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "topics.toml").write_text("[a]\nwordz = []\n[all]\nwords = ['x']\n")
    (data / "settings.toml").write_text("robots = 7\n")
    (data / "sources.toml").write_text("read = 7\n")
    (data / "corrections.toml").write_text("[[corrections]]\n")
    workspace = open_workspace(tmp_path)
    assert [(r.file, len(r.reasons)) for r in workspace.refusals] == [
        ("topics.toml", 2),
        ("settings.toml", 1),
        ("corrections.toml", 1),
        ("sources.toml", 1),
    ]
    assert "topics.toml" in workspace.unknown
    assert workspace.declared.documents
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "corrections.toml",
        "settings.toml",
        "sources.toml",
        "topics.toml",
    ]


def test_a_folder_of_declarations_that_is_none_is_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "declarations").symlink_to("nowhere")
    workspace = open_workspace(tmp_path)
    assert not workspace.declared.documents
    assert "declarations: is not a folder that can be read" in workspace.refusals[0].sentence


@pytest.mark.parametrize("name", ["eu", "harbour"])
def test_a_topic_cannot_be_called_as_an_edition_or_a_service(tmp_path: Path, name: str) -> None:
    file = tmp_path / "data" / "declarations" / "eu" / "Harbour.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"name": "Harbour", "terms": {"Terms": {"fetch": "https://h.example"}}}')
    topics = tmp_path / "data" / "topics.toml"
    topics.write_text('[arbitration]\nwords = ["court"]\n')
    assert open_workspace(tmp_path).topics
    topics.write_text(f'[{name}]\nwords = ["court"]\n')
    workspace = open_workspace(tmp_path)
    assert f'topics.toml: "{name}" is also the name of' in workspace.refusals[0].sentence
    assert workspace.declared.documents


@pytest.mark.parametrize("edition", ["all", "status", "sitemap"])
def test_an_edition_cannot_be_called_as_another_feed(tmp_path: Path, edition: str) -> None:
    file = tmp_path / "data" / "declarations" / edition / "Harbour.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"name": "Harbour", "terms": {"Terms": {"fetch": "https://h.example"}}}')
    workspace = open_workspace(tmp_path)
    assert "cannot name an edition" in workspace.refusals[0].sentence
    assert not workspace.declared.documents
