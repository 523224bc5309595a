"""The command line: exit codes, one sentence for what is wrong, and nothing done by a refusal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from tests.samples import ADS, said_on, terms, tracker
from tests.servers import Server, answer, page
from tracker.archive.store import Archive


def declare(root: Path, terms: object, edition: str = "global") -> None:
    file = root / "data" / "declarations" / edition / "Harbour.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"name": "Harbour", "terms": terms}))


def said(result: Result) -> str:
    """The one sentence on standard error."""
    lines = result.stderr.strip().splitlines()
    assert lines[-1].startswith("Error: "), result.stderr
    assert "Traceback" not in result.output
    return lines[-1]


BAD_DECLARATIONS = {
    "unknown key": {"Terms": {"fetch": "https://h.example", "selekt": "main"}},
    "selector": {"Terms": {"fetch": "https://h.example", "select": "main[["}},
    "scheme": {"Terms": {"fetch": "file:///etc/passwd", "select": "main"}},
    "script": {"Terms": {"fetch": "https://h.example", "executeClientScripts": "yes"}},
    "filter": {"Terms": {"fetch": "https://h.example", "filter": "rewriteEverything"}},
    "path-like": {"../../escape": {"fetch": "https://h.example"}},
}


@pytest.mark.parametrize("command", ["run", "fetch", "publish", "verify"])
@pytest.mark.parametrize("terms", BAD_DECLARATIONS.values(), ids=BAD_DECLARATIONS)
def test_a_wrong_declaration_is_one_sentence_and_exit_1(
    tmp_path: Path, terms: object, command: str
) -> None:
    declare(tmp_path, terms)
    result = tracker(tmp_path, command)
    assert result.exit_code == 1
    assert "Harbour.json" in said(result)
    told = tracker(tmp_path, "status")
    assert told.exit_code == 0
    assert "FAILING" in told.stdout
    assert "Harbour.json" in told.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["diff"],
        ["diff", "nothing-of-that-name"],
        ["show", "linkedin"],
        ["show", "eu"],
        ["diff", "eu", "yesterday"],
        ["--now", "soon", "status"],
        ["--now", "0001-01-01T00:00:00+05:00", "status"],
        ["fetch", "--no-such-option"],
        ["import", "versions", "--since", "soon", "x"],
        ["no-such-command"],
    ],
)
def test_wrong_use_exits_2(tmp_path: Path, arguments: list[str]) -> None:
    result = tracker(tmp_path, *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_imported_is_named(tmp_path: Path) -> None:
    result = tracker(tmp_path, "import", "versions", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "nowhere" in said(result)


def test_one_document_that_fails_stops_no_other_and_is_published(tmp_path: Path) -> None:
    with Server({"/good": page(terms()), "/bad": answer(403)}) as server:
        declare(
            tmp_path,
            {"Bad Terms": {"fetch": server.url("/bad")}, "Terms": {"fetch": server.url("/good")}},
        )
        result = tracker(tmp_path, "run", "--allow-host", server.entry)
    assert result.exit_code == 1
    assert "harbour/bad-terms@global  REFUSED: " in result.stdout
    assert "harbour/terms@global  good" in result.stdout
    rows = json.loads((tmp_path / "feeds" / "status.json").read_text())
    assert [row["state"] for row in rows] == ["failing", "ok"]
    assert "403" in tracker(tmp_path, "status").stdout


def test_a_first_run_without_a_network_says_one_thing_once_and_what_to_do(tmp_path: Path) -> None:
    with Server({"/terms": page(terms())}) as server:
        entry = server.entry
        addresses = [server.url(f"/{name}") for name in "abc"]
    declare(
        tmp_path, {f"{n} Terms": {"fetch": url} for n, url in zip("abc", addresses, strict=True)}
    )
    first = tracker(tmp_path, "run", "--allow-host", entry)
    assert first.exit_code == 1
    assert "harbour" not in first.output.replace("tracker demo", "")
    (sentence,) = [line for line in first.stderr.splitlines() if line.startswith("Error: ")]
    assert sentence.startswith(f"Error: Nothing can be reached ({entry} could not")
    assert "none of these texts has been read yet" in sentence
    assert "tracker demo" in sentence
    assert "robots" not in first.output
    quiet = tracker(tmp_path, "--quiet", "run", "--force", "--allow-host", entry)
    assert quiet.output.splitlines() == [sentence]
    with Server({f"/{n}": page(terms()) for n in "abc"}) as server:
        declare(tmp_path, {f"{n} Terms": {"fetch": server.url(f"/{n}")} for n in "ab"})
        later = tracker(tmp_path, "run", "--force", "--allow-host", server.entry)
    assert later.stdout.count("  good") == 2
    declare(tmp_path, {"a Terms": {"fetch": addresses[0]}})
    cut = tracker(tmp_path, "run", "--force", "--allow-host", entry)
    assert "harbour/a-terms@global" in cut.stdout, "it was read once"
    declare(
        tmp_path, {f"{n} Terms": {"fetch": url} for n, url in zip("xyz", addresses, strict=True)}
    )
    asked = tracker(tmp_path, "diff", "x-terms")
    assert "never been seen" in said(asked)


def test_a_timer_is_told_nothing_but_what_went_wrong(tmp_path: Path) -> None:
    with Server({"/good": page(terms()), "/bad": [page(terms()), answer(403)]}) as server:
        declare(tmp_path, {n: {"fetch": server.url(f"/{n}")} for n in ("good", "bad")})
        hosts = ("run", "--force", "--allow-host", server.entry)
        fine = tracker(tmp_path, "--quiet", *hosts)
        assert (fine.exit_code, fine.output) == (0, "")
        bad = tracker(tmp_path, "--quiet", *hosts)
    assert bad.exit_code == 1
    assert bad.stdout == ""
    assert said(bad).startswith("Error: harbour/bad@global  REFUSED: ")
    assert bad.stderr.count("\n") == 1
    assert tracker(tmp_path, "--quiet", "log", "--json").stdout


def test_a_private_address_is_refused_unless_allowed(tmp_path: Path) -> None:
    with Server({"/terms": page(terms())}) as server:
        declare(tmp_path, {"Terms": {"fetch": server.url()}})
        refused = tracker(tmp_path, "fetch")
        assert refused.exit_code == 1
        assert "--allow-host" in refused.stdout
        assert server.requests == []
        (tmp_path / "data" / "settings.toml").write_text(f'allow_hosts = ["{server.entry}"]\n')
        assert tracker(tmp_path, "fetch").exit_code == 0


def test_a_change_goes_all_the_way(tmp_path: Path) -> None:
    with Server({"/terms": [page(terms()), page(terms(ADS))]}) as server:
        declare(tmp_path, {"Terms": {"fetch": server.url()}})
        for day in ("2025-09-01", "2025-09-02"):
            result = tracker(
                tmp_path, "--now", f"{day}T12:00Z", "run", "--allow-host", server.entry
            )
            assert result.exit_code == 0, result.output
    (row,) = json.loads(tracker(tmp_path, "log", "--json").stdout)
    assert row["topics"] == ["targeted-advertising"]
    assert "{+We share what you like" in tracker(tmp_path, "diff", "terms").stdout
    assert "personalised ads" in tracker(tmp_path, "show", "terms").stdout
    assert "personalised ads" not in tracker(tmp_path, "show", "terms", "2025-09-01").stdout
    (change,) = map(json.loads, tracker(tmp_path, "changes", "--json").stdout.splitlines())
    assert change["kind"] == "added"
    assert "personalised ads" in (tmp_path / "feeds" / "targeted-advertising.xml").read_text()
    assert "personalised ads" not in (tmp_path / "feeds" / "generative-ai.xml").read_text()
    assert tracker(tmp_path, "verify").exit_code == 0


def test_a_damaged_archive_is_named_and_fails_verification(tmp_path: Path) -> None:
    with Server({"/terms": page(terms())}) as server:
        declare(tmp_path, {"Terms": {"fetch": server.url()}})
        tracker(tmp_path, "run", "--allow-host", server.entry)
    file = tmp_path / "data" / "archive.db"
    file.write_bytes(file.read_bytes()[:2000])
    for command in ("verify", "status", "publish"):
        result = tracker(tmp_path, command)
        assert result.exit_code == 1
        assert "archive.db" in said(result)


def test_a_second_run_at_once_leaves_with_a_sentence(tmp_path: Path) -> None:
    declare(tmp_path, {"Terms": {"fetch": "https://harbour.example/"}})
    with Archive(tmp_path / "data" / "archive.db", write=True):
        result = tracker(tmp_path, "fetch")
    assert result.exit_code == 75
    assert "Another tracker" in said(result)


def test_an_accepted_filter_is_remarked_on(tmp_path: Path) -> None:
    with Server({"/terms": page(terms())}) as server:
        declare(
            tmp_path,
            {"Terms": {"fetch": server.url(), "filter": [{"removeQueryParams": ["utm_source"]}]}},
        )
        result = tracker(tmp_path, "fetch", "--allow-host", server.entry)
    assert result.exit_code == 0
    assert "removeQueryParams" in result.stderr


def test_demo_never_removes_a_folder_of_yours(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.txt").write_text("years of work")
    result = tracker(tmp_path, "demo")
    assert result.exit_code == 2
    assert (tmp_path / "demo" / "thesis.txt").exists()


def test_demo_can_be_run_again(tmp_path: Path) -> None:
    for _ in range(2):
        assert tracker(tmp_path, "demo").exit_code == 0
    found = json.loads(tracker(tmp_path / "demo", "log", "--json").stdout)
    news = [(r["document"], r["topics"]) for r in found if r["significance"] != "editorial"]
    assert ("harbour/terms-of-service@global", []) in news
    assert all("harbour/terms" not in d for d, topics in news if topics)


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_only_on_a_terminal_that_wants_it(
    sample: Path, no_color: str, coloured: bool
) -> None:
    ours, theirs = pty.openpty()
    environment = os.environ | {"NO_COLOR": no_color, "TERM": "xterm", "COLUMNS": "90"}
    command = [sys.executable, "-m", "tracker", "--root", str(sample), "diff", "eu"]
    done = subprocess.Popen(command, stdout=theirs, env=environment)
    os.close(theirs)
    output = said_on(ours)
    assert done.wait() == 0
    assert (b"\x1b[" in output) == coloured
    piped = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert b"\x1b" not in piped.stdout


# ── what a terminal cannot show ───────────────────────────────────────────────────


COMMANDS = """show terms|diff terms|log|now|status|changes|compare terms terms|--help|run --help
publish|doctor|verify|show nõne|--now ünknown status|nö""".replace("\n", "|").split("|")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-16"])
def test_every_command_prints_whatever_the_encoding_can_show(japanese: Path, encoding: str) -> None:
    around = {**os.environ, "PYTHONIOENCODING": encoding, "PAGER": "cat"}
    for line in COMMANDS:
        command = [sys.executable, "-m", "tracker", "--root", str(japanese), *line.split()]
        done = subprocess.run(command, env=around, capture_output=True, check=False)
        said = (done.stdout + done.stderr).decode(encoding, "replace")
        assert "Traceback" not in said, (line, said)
        assert said.strip(), line
        assert done.returncode == (2 if {"nõne", "ünknown", "nö"} & set(line.split()) else 0), said
        if line in ("show terms", "diff terms"):
            assert "Example" in said, said


@pytest.fixture(scope="module")
def japanese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("japanese")
    text = "<main><h1>利用規約</h1><p>十六歳以上の人が使えます。Example {n} 円。</p></main>"
    with Server({"/terms": [page(text.format(n=n).encode()) for n in (10, 20)]}) as server:
        declare(root, {"Terms": {"fetch": server.url()}})
        for day in (1, 2):
            looked = ("--now", f"2026-01-0{day}T12:00Z", "run", "--force", "--allow-host")
            assert tracker(root, *looked, server.entry).exit_code == 0
    return root
