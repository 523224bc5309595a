"""The architecture, read from the imports: arrows go down only, and the core is pure."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tracker"
#: From the ground up. A package may import what is on a lower floor, and nothing of its own.
FLOORS = (
    {"errors"},
    {"model", "policy"},
    {"_support"},
    {"archive", "config", "demo", "extractor", "fetcher", "importer"},
    {"differ"},
    {"history", "publisher"},
    {"evidence"},
    {"app"},
    {"cli"},
    {"__main__"},
)
PURE = {"config", "differ", "extractor", "history", "model", "publisher"}
#: What a pure module must not touch. Parsers of the operator's files have one thin `load` each.
CLOCKS_AND_CHANCE = {"time", "random", "secrets", "uuid", "locale"}
OUTSIDE = {"os", "subprocess", "socket", "httpx", "httpcore", "sqlite3", "sqlite_utils", "shutil"}
CALLS = {"open", "input", "print", "now", "utcnow", "today", "getenv"}
#: Reading a file, a database in memory, and compiled templates that are kept beside the code.
AT_THE_EDGE = {"config/validation.py", "publisher/data/sqlite.py", "publisher/template_cache.py"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def package(path: Path) -> str:
    """The name of the package that a file is in, or its own where it is in none."""
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported_packages(path: Path) -> set[str]:
    """Which of our packages a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tracker":
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("tracker.")}
    return found - {"__version__"}


def imported_modules(path: Path) -> set[Path]:
    """Which of our files a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tracker":
            below = PACKAGE.joinpath(*(node.module or "").split(".")[1:])
            names = [below / alias.name for alias in node.names]
            found |= {_file(name) or _file(below) for name in names}
    return {file for file in found if file}


def _file(place: Path) -> Path | None:
    files = (place.with_name(f"{place.name}.py"), place / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def floor(name: str) -> int:
    return next(n for n, names in enumerate(FLOORS) if name in names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_go_down_only(path: Path) -> None:
    here = package(path)
    if here == "__init__":
        return
    for name in imported_packages(path) - {here}:
        assert floor(name) < floor(here), (
            f"tracker/{path.relative_to(PACKAGE)} imports {name}: "
            f"{here} may only import what is on a lower floor"
        )


def test_the_guide_draws_these_floors() -> None:
    text = (PACKAGE / "guide" / "architecture.md").read_text(encoding="utf-8")
    drawing = text.split("Arrows go down only:")[1].split("```")[1]
    drawn = [set(line.split()) for line in drawing.splitlines() if line.strip()]
    assert [{"__main__"}, *drawn] == list(reversed(FLOORS))


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_pure_packages_have_no_clock_no_chance_and_no_reach(path: Path) -> None:
    if package(path) not in PURE or str(path.relative_to(PACKAGE)) in AT_THE_EDGE:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    forbidden = _imports(path) & (CLOCKS_AND_CHANCE | OUTSIDE)
    assert not forbidden, f"{path.name} is pure and may not import {', '.join(sorted(forbidden))}"
    called = {_called(n) for n in ast.walk(tree) if isinstance(n, ast.Call)} & CALLS
    assert not called, f"{path.name} is pure and may not call {', '.join(sorted(called))}"


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def test_every_module_is_in_a_known_package() -> None:
    known = set().union(*FLOORS) | {"__init__", "starter", "guide"}
    assert {package(p) for p in modules()} <= known


def test_only_the_command_line_speaks_to_a_terminal() -> None:
    speaking = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if package(path) != "cli" and "click" in _imports(path)
    ]
    assert not speaking, f"{', '.join(speaking)}: only tracker/cli/ may import click"


def _imports(path: Path) -> set[str]:
    """The first names of all that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}
