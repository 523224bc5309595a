"""The papers are true: commands work as written, examples are accepted, names and links exist."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.samples import PAPERS, README, ROOT, example, examples
from tracker.cli import main
from tracker.config import corrections, declarations, settings, sources, topics

GUIDE = {path: text for path, text in PAPERS.items() if path.parent.name == "guide"}
ALL = "\n".join(PAPERS.values())
#: The lines a reader is told to type.
LINES = sorted(set(re.findall(r"^\$ (tracker .*?)(?:\s+#.*)?$", ALL, re.MULTILINE)))
#: Commands in a sentence, which may be split over two lines.
MENTIONED = sorted({" ".join(m.split()) for m in re.findall(r"`(tracker [^`]+)`", ALL)})
#: Lines that need a network, the operator's data, or never end: they are parsed only.
PARSED = r"tracker (import|fetch|run|restore|serve|notify|timestamp|evidence --check)\b|--scheduler"


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ── commands ──────────────────────────────────────────────────────────────────────


def test_the_demo_ends_by_saying_where_to_look(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--root", str(tmp_path), "demo"], catch_exceptions=False)
    told = re.findall(r"demo/feeds/[\w./-]+\.\w+", README)
    assert told
    for named in told:
        assert (tmp_path / named).is_file(), named
        assert str(tmp_path / named) in done.output


@pytest.mark.parametrize("line", [line for line in LINES if not re.search(PARSED, line)])
def test_every_reading_command_works_as_written(
    sample: Path, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["--root", str(sample), *shlex.split(line)[1:]])
    assert done.exit_code == 0, (line, done.output)
    assert done.stdout.strip()


@pytest.mark.parametrize("line", [line for line in LINES if re.search(PARSED, line)])
def test_every_other_command_is_accepted_by_its_parser(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)[1:]
    for file in words[1:]:
        if "/" not in file:
            (tmp_path / file).touch()  # those that are to be read
    _parsed(main, click.Context(main), words)


def _parsed(command: click.Command, above: click.Context, words: list[str]) -> None:
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(above, name)
        assert found, name
        above, command = click.Context(command, above, info_name=name), found
    command.make_context(command.name, words, parent=above)


@pytest.mark.parametrize("mention", MENTIONED)
def test_every_command_in_a_sentence_exists_with_its_options(mention: str) -> None:
    command: click.Command = main
    known = {"--help", *(option for part in main.params for option in part.opts)}
    for word in mention.split()[1:]:
        if isinstance(command, click.Group) and re.fullmatch("[a-z][a-z-]*", word):
            found = command.get_command(click.Context(command), word)
            if word in known_values(command):
                continue
            assert found, (mention, word)
            if not found:
                return
            command = found
            known |= {option for part in command.params for option in part.opts}
        elif word.startswith("--"):
            assert word in known, (mention, word)


def known_values(command: click.Command) -> set[str]:
    """Values that options take from a list, as in `--log json`."""
    lists = [part.type.choices for part in command.params if isinstance(part.type, click.Choice)]
    return {str(value) for choices in lists for value in choices}


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_command_explains_itself_and_is_in_the_papers(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) > 4
    assert re.search(rf"tracker\s{name}\b", ALL), name


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m\s+(tests\.\w+)", ALL))))
def test_every_program_exists(module: str) -> None:
    assert find_spec(module), module


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert len(re.findall(r"^\$ .*python -m pytest$", README, re.MULTILINE)) == 1


# ── examples ──────────────────────────────────────────────────────────────────────


def test_the_declared_documents_are_those_listed() -> None:
    declared = declarations.load(ROOT / "data" / "declarations").documents
    listed = re.findall(r"^\| `(\w+/[\w-]+@\w+)` \|", README, re.MULTILINE)
    assert sorted(listed) == [d.id for d in declared]


@pytest.mark.parametrize("text", examples("json"))
def test_every_declaration_is_accepted(text: str) -> None:
    found = declarations.parse("Harbour.json", text, edition="global")
    assert [d.id for d in found.documents] == ["harbour/terms-of-service@global"]
    assert not found.refusals


@pytest.mark.parametrize("text", examples("toml"))
def test_every_table_is_accepted(text: str) -> None:
    if "[[correction]]" in text:
        (correction,) = corrections.parse("corrections.toml", text).corrections
        assert correction.document == "linkedin/privacy-policy@eu"
    elif text.startswith("correction = "):
        assert corrections.parse("corrections.toml", text) != corrections.parse("c.toml", "")
    elif "words = " in text:
        (topic,) = topics.parse("topics.toml", text)
        assert topic.id in {"arbitration", "children"}
    elif "[collections." in text:
        assert sources.parse("sources.toml", text).documents
    else:
        assert settings.parse("settings.toml", text) != settings.parse("settings.toml", "")


def test_notifications_have_three_kinds_of_feed() -> None:
    assert len(settings.parse("settings.toml", example("toml", "[notify]")).notify) == 3


@pytest.mark.parametrize("text", examples("python"))
def test_every_program_runs(
    text: str, sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sample)
    exec(compile(text, "guide", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out.strip()


# ── names and links ───────────────────────────────────────────────────────────────


def test_what_is_said_to_be_published_is(sample: Path) -> None:
    (page,) = [text for path, text in GUIDE.items() if path.name == "publish.md"]
    told = re.findall(r"`([\w./-]+\.(?:xml|html|json|opml))`", page.split("## ")[0])
    assert len(told) > 5
    for name in told:
        assert (sample / "feeds" / name).is_file(), name


@pytest.mark.parametrize("path", PAPERS, ids=names)
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)]*)\)", PAPERS[path]):
        assert (path.parent / target).exists(), target


def test_the_readme_leads_to_every_page_of_the_guide_and_is_short() -> None:
    linked = re.findall(r"\]\(tracker/guide/(\w+\.md)\)", README)
    assert set(linked) == {path.name for path in GUIDE}
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("path", GUIDE, ids=names)
def test_every_page_begins_with_its_title(path: Path) -> None:
    assert re.match(r"# \w", GUIDE[path])


def test_every_file_of_the_repository_that_is_named_exists() -> None:
    named = re.findall(r"(?<![\w/])(?:tests|tracker|\.ci|\.github)/[\w./*-]*\w", ALL)
    assert len(named) > 10
    for name in named:
        assert list(ROOT.glob(name)), name


def test_every_module_that_the_architecture_names_exists() -> None:
    text = PAPERS[ROOT / "tracker" / "guide" / "architecture.md"]
    rooms = [path.name for path in (ROOT / "tracker").iterdir() if path.is_dir()]
    named = [n for n in re.findall(r"`([\w/]+(?:\.py|/))`", text) if n.split("/")[0] in rooms]
    assert len(named) > 10
    for name in named:
        assert (ROOT / "tracker" / name).exists(), name
