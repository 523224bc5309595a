"""Labelled changes of twelve services, through the ordinary commands.

The labels stand with the corpus, and with them the program that finds the change a label is of.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tests.corpus import CORPUS
from tests.evaluation.scores import Score, judged
from tracker.cli import main

LABELS = CORPUS / "gold" / "services"
#: A labelled change or revision: whether it is told, whether it should be, and what it is.
Judged = tuple[bool, bool, str]


def judgements(root: Path, topics: Iterable[str]) -> Iterator[tuple[str, tuple[Judged, ...]]]:
    """Yield the names of the figures, each with what was judged; borderline labels left out."""
    program = _program()
    seen = program.Seen(
        [_told(root, bundle) for bundle in sorted(CORPUS.glob("services-*.bundle"))]
    )
    for topic in topics:
        yield f"services/{topic}", tuple(_tags(program, seen, topic))
    yield "services/news", tuple(_news(program, seen))


def score(found: Iterable[Judged]) -> Score:
    """Count what was judged."""
    return judged((told, so) for told, so, _ in found)


def wrong(found: Iterable[Judged]) -> Iterator[str]:
    """Yield every miss and false alarm, in words."""
    return (f"{'false alarm' if told else 'missed'} | {of}" for told, so, of in found if told != so)


def _program() -> Any:
    spec = importlib.util.spec_from_file_location("score", CORPUS / "gold" / "score_services.py")
    assert spec and spec.loader
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def _told(root: Path, bundle: Path) -> str:
    """Import a bundle, and write what the commands say of it; return where, without the ending."""
    folder = root / bundle.stem
    _run(folder, "import", "versions", str(bundle))
    for name, form in (("changes", "jsonl"), ("log", "json")):
        (root / f"{bundle.stem}.{name}.{form}").write_text(_run(folder, name, "--json"), "utf-8")
    return str(folder)


def _run(root: Path, *command: str) -> str:
    done = CliRunner().invoke(main, ["--root", str(root), *command], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def _tags(program: Any, seen: Any, topic: str) -> Iterator[Judged]:
    for row in program.rows(LABELS, "precision"):
        if row["topic"] == topic and row["verdict"] != "borderline":
            told = any(topic in c["topics"] and c["told"] for c in seen.of(row))
            yield told, row["verdict"] == "right", _named(row)
    for row in program.rows(LABELS, "recall"):
        if row["topic"] == topic and row["verdict"] != "borderline":
            side, said = int(row["side"] != "rem"), program.signature(row["sentence"])
            told = any(
                topic in c["topics"] and c["told"] and program._holds(c, side, said, row)
                for c in seen.on(row["document"], row["to"][:10])
            )
            yield told, row["verdict"] == "missed", _named(row)


def _news(program: Any, seen: Any) -> Iterator[Judged]:
    for name, so in (("noise", "right"), ("not-news", "")):
        for row in program.rows(LABELS, name):
            told = seen.news.get((row["document"], program.second(row["to"])), False)
            if row["verdict"] in {"right", "noise"}:
                yield told, row["verdict"] == so, _named(row)


def _named(row: dict[str, str]) -> str:
    said = row.get("sentence") or row.get("after") or row.get("before") or ""
    return f"{row['document']} {row['to'][:10]} | {row.get('reason', '')} | {said[:120]}"
