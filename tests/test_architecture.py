"""The shape of the house, read from the imports: arrows go down only, and the core is pure.

Order, from the ground up; a module may import what stands in a lower row, and inside its room.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tracker"
ROWS = (
    {"disk", "errors", "later", "merkle", "model"},
    {"bodies", "budget", "contained", "entries", "inputs", "lock", "transactions", "webroot"},
    {"audit", "corrections", "declarations", "rows", "schema", "settings", "shelf", "topics"},
    {
        "differ",
        "fetcher",
        "publisher",
        "importer",
        "archive",
        "demo",
        "folder",
        "outages",
        "names",
        "notifier",
        "remembered",
    },
    {"compiled", "database", "evidence", "history", "intake", "workspace"},
    {"deriving", "keeping", "workers"},
    {"cli"},
    {"__main__"},
)
PURE = {"audit", "corrections", "declarations", "differ", "entries", "history", "merkle"} | {
    *{"model", "outages", "publisher", "settings", "topics"}
}
# What a pure module must not touch; declarations and settings have one thin `load` each.
CLOCKS_AND_CHANCE = {"time", "random", "secrets", "uuid", "locale"}
OUTSIDE = {"os", "subprocess", "socket", "httpx", "httpcore", "sqlite3", "sqlite_utils", "shutil"}
CALLS = {"open", "input", "print", "now", "utcnow", "today", "getenv"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The name by which a file counts: its room, or its own name where it stands alone."""
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported_rooms(path: Path) -> set[str]:
    """Which of our rooms a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tracker":
            parts = (node.module or "").split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("tracker.")}
    return found - {"__version__"}


def row(name: str) -> int:
    return next(n for n, names in enumerate(ROWS) if name in names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_go_down_only(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for name in imported_rooms(path) - {here}:
        assert row(name) < row(here), (
            f"tracker/{path.relative_to(PACKAGE)} imports {name}: "
            f"{here} may only import what stands below it, and no neighbour of its own row"
        )


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_pure_rooms_have_no_clock_no_chance_and_no_reach(path: Path) -> None:
    if room(path) not in PURE:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names
    }
    names |= {
        (n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)
    }
    forbidden = names & (CLOCKS_AND_CHANCE | OUTSIDE)
    assert not forbidden, f"{path.name} is pure and may not import {', '.join(sorted(forbidden))}"
    called = {_called(n) for n in ast.walk(tree) if isinstance(n, ast.Call)} & CALLS
    assert not called, f"{path.name} is pure and may not call {', '.join(sorted(called))}"


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def test_every_module_has_its_place() -> None:
    known = set().union(*ROWS) | {"__init__", "starter"}
    assert {room(p) for p in modules()} <= known
