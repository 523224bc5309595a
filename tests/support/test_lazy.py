"""What a command does not use is not imported, and every name is where it is said to be."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from tracker._support.lazy import lazy_names
from tracker.cli import _HOMES

#: What takes long to import, and no visit to a page that was seen before has a use for.
HEAVY = (
    "apprise bs4 dateparser feedgen jinja2 lxml markdown_it multiprocessing rapidfuzz soupsieve "
    "sqlite_utils warcio"
).split()


def test_a_visit_imports_nothing_it_does_not_use() -> None:
    program = "import sys, tracker.cli.seeing; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "tracker.fetcher.client" in loaded
    assert not loaded & {*HEAVY, "tracker.publisher.site.pages", "tracker.differ.revision"}


@pytest.mark.parametrize("room", ["differ", "importer", "publisher"])
def test_every_name_of_a_room_is_found(room: str) -> None:
    module = import_module(f"tracker.{room}")
    for name in module.__all__:
        assert getattr(module, name) is getattr(module, name)


def test_a_name_that_is_none_is_refused_as_python_does_it() -> None:
    with pytest.raises(AttributeError, match=r"'tracker.differ' has no attribute 'revize'"):
        lazy_names("tracker.differ", {"revise": "revision"})("revize")


@pytest.mark.parametrize("module", _HOMES)
def test_every_command_is_in_the_module_that_is_imported_for_it(module: str) -> None:
    found = import_module(f"tracker.cli.{module}").COMMANDS
    assert sorted(command.name for command in found) == sorted(_HOMES[module])
