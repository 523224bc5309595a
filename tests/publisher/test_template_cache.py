"""Compiled templates are kept, and never outlive what they follow from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

from tracker.publisher import template_cache, templating


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder where compiled templates are kept, with none in it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(
        template_cache, "cache_from_source", lambda _: str(tmp_path / "compiled.pyc")
    )
    monkeypatch.setattr(templating.ENVIRONMENT, "bytecode_cache", None)
    template_cache.keep_compiled()
    yield tmp_path
    monkeypatch.undo()


def shown(text: str) -> str:
    """What a template says in a process that never compiled it."""
    environment = jinja2.Environment(
        loader=jinja2.DictLoader({"page": text}),
        bytecode_cache=templating.ENVIRONMENT.bytecode_cache,
        autoescape=True,
    )
    return environment.get_template("page").render(name="<x>")


def test_a_template_is_compiled_once(kept: Path) -> None:
    assert shown("a {{ name }}") == "a &lt;x&gt;"
    (file,) = kept.iterdir()
    before = file.stat().st_ino
    assert shown("a {{ name }}") == "a &lt;x&gt;"
    assert file.stat().st_ino == before


def test_one_that_changed_is_compiled_again(kept: Path) -> None:
    assert shown("a {{ name }}") == "a &lt;x&gt;"
    assert shown("b {{ name }}") == "b &lt;x&gt;"


def test_so_is_one_by_another_jinja(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown("a {{ name }}")
    (file,) = kept.iterdir()
    before = file.read_bytes()
    monkeypatch.setattr(template_cache, "version", lambda _: "99")
    shown("a {{ name }}")
    assert file.read_bytes() != before


def test_so_is_one_that_is_set_up_otherwise(
    kept: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown("a {{ name }}")
    (file,) = kept.iterdir()
    before = file.read_bytes()
    other = tmp_path_factory.mktemp("other") / "render.py"
    other.touch()
    monkeypatch.setattr(templating, "__file__", str(other))
    shown("a {{ name }}")
    assert file.read_bytes() != before


def test_nothing_is_kept_where_python_may_keep_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(templating.ENVIRONMENT, "bytecode_cache", None)
    template_cache.keep_compiled()
    assert templating.ENVIRONMENT.bytecode_cache is None
