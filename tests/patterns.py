"""Every pattern of the package, and texts that are made to keep each of them busy."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import inf
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from time import process_time
from types import ModuleType
from typing import Any

import tracker
from tracker._support import budget
from tracker._support.budget import limited
from tracker.errors import TooCostly

Found = re.Pattern[Any]

# ── every pattern of the package ──────────────────────────────────────────────────

_USES = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
#: How a pattern is used where it can begin at one place only.
_ANCHORED = {"match", "fullmatch"}


@dataclass(frozen=True, slots=True)
class Site:
    """A pattern, where it is written, and whether it is only ever tried at one place of a text."""

    where: str
    pattern: Found
    is_anchored: bool


def modules() -> Iterator[str]:
    """The names of all modules of the package that are not programs."""
    package = Path(tracker.__path__[0])
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            yield ".".join(parts).removesuffix(".__init__")


def sites(name: str) -> Iterator[Site]:
    """The patterns that a module holds, and those written where they are used."""
    module, tree = importlib.import_module(name), _tree(name)
    own, known, held = _uses(tree), _known(tree, module), set()
    for holder, value in list(vars(module).items()):  # one that loads late may add to itself
        uses = own.get(holder, set()) if holder.startswith("_") else _uses_anywhere()[holder]
        for n, pattern in enumerate(_patterns(value)):
            held.add(pattern)
            yield Site(f"{name}.{holder}[{n}]", pattern, bool(uses) and uses <= _ANCHORED)
    for call in _calls(tree):
        written = _written(call, known)
        if written is not None and written not in held:
            yield Site(f"{name}:{call.lineno}", written, _method(call) in _ANCHORED)


def _tree(name: str) -> ast.Module:
    return ast.parse(Path(str(importlib.import_module(name).__file__)).read_text("utf-8"))


@cache
def _uses_anywhere() -> defaultdict[str, set[str]]:
    """The methods that any module calls on each name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in modules():
        for holder, uses in _uses(_tree(name)).items():
            found[holder] |= uses
    return found


def of_scripts() -> Iterator[Site]:
    """The patterns that are written in the scripts of the site, as far as Python has their like."""
    for path in sorted((Path(tracker.__path__[0]) / "publisher" / "assets").glob("*.js")):
        for found in _LITERAL.finditer(path.read_text("utf-8")):
            source = re.sub(r"\\p\{\w+\}", r"\\w", found[1]).replace("[^]", r"[\s\S]")
            yield Site(f"{path.name}: {found[1]}", re.compile(source), is_anchored=False)


_CLASS = r"\\.|\[(?:[^\]\\\n]|\\.)*\]"
_LITERAL = re.compile(
    rf"(?:[(=:,] ?)/((?:[^/\\\n*[]|{_CLASS})(?:[^/\\\n[]|{_CLASS})*)/[gimsuy]*[.,);]"
)


def made_at_run_time() -> set[str]:
    """The functions that make a pattern of what they are given, as module.function."""
    found = set()
    for name in modules():
        tree = _tree(name)
        known = _known(tree, importlib.import_module(name))
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            if any(_written(call, known) is None for call in _calls(function)):
                found.add(f"{name}.{function.name}")
    return found


def _patterns(value: object) -> Iterator[Found]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _patterns(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from _patterns(part)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _method(node) in _USES and node.args:
            yield node


def _method(call: ast.Call) -> str:
    """The function of `re` that is called, empty for any other."""
    of = call.func
    is_re = isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and of.value.id == "re"
    return of.attr if is_re else ""  # type: ignore[attr-defined]


def _known(tree: ast.AST, module: ModuleType) -> dict[str, Any]:
    """What names stand for: those of the module, and those that are given a text in a function."""
    given = (n for n in ast.walk(tree) if isinstance(n, ast.Assign))
    texts = ((n.targets[0], n.value) for n in given if isinstance(n.value, ast.Constant))
    own = {name.id: value.value for name, value in texts if isinstance(name, ast.Name)}
    return {**own, **vars(module)}


def _written(call: ast.Call, known: dict[str, Any]) -> Found | None:
    """The pattern of a call of `re`, None where it is made of what only a run knows."""
    flags = next((k.value for k in call.keywords if k.arg == "flags"), None)
    place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(_method(call), 2)
    flags = call.args[place] if flags is None and len(call.args) > place else flags
    try:
        source, given = (_value(node, known) for node in (call.args[0], flags))
    except NameError:
        return None
    return re.compile(source, given or 0)


def _value(node: ast.expr | None, known: dict[str, Any]) -> Any:
    code = ast.Expression(node if node is not None else ast.Constant(0))
    return eval(compile(ast.fix_missing_locations(code), "pattern", "eval"), known)


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """The methods that are called on each name of a module."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


# ── texts that keep a pattern busy ────────────────────────────────────────────────

#: Characters that stand for all others, beside those that a pattern has itself.
_USUAL = " a0-.,é\nZ_\"'<=/>&;:7"
#: What may follow to no avail.
_ENDS = ("\x01", "", "a", "\n")
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text that grows: one beginning, one part again and again, one end."""

    start: str
    again: str
    end: str

    def of(self, size: int) -> str:
        """About so many characters of it."""
        return f"{self.start}{self.again * max(1, size // len(self.again))}{self.end}"


def hostile(pattern: Found) -> Iterator[Hostile]:
    """Texts that make `pattern` try again and again, found in its own repeats."""
    source = pattern.pattern.decode("latin-1") if _is_bytes(pattern) else pattern.pattern
    tree = parser.parse(source, pattern.flags)
    guess = _Guess(tree, is_ascii=_is_bytes(pattern) or bool(pattern.flags & re.ASCII))
    found = dict.fromkeys(
        (start, again) for n in range(3) for start, again in guess.pumps(tree, "", n)
    )
    parts = list(dict.fromkeys(again for _, again in found if again))[:24]
    starts = list(dict.fromkeys(start for start, _ in found))
    again = dict.fromkeys(
        [
            *((start, part) for start, part in found if part),
            *(("", start + part) for start, part in found if start + part),
            *((start, one + two) for start in starts[:6] for one in parts[:8] for two in parts[:8]),
            *(("", char) for char in guess.alphabet),
        ]
    )
    for start, part in again:
        for end in _ENDS:
            yield Hostile(start, part, end)


def _is_bytes(pattern: Found) -> bool:
    return isinstance(pattern.pattern, bytes)


class _Guess:
    """Texts that parts of a pattern match, of characters that many of its parts match."""

    def __init__(self, tree: Iterable[Any], *, is_ascii: bool) -> None:
        atoms = list(_atoms(tree))
        own = {chr(value) for op, value in atoms if op is ops.LITERAL}
        chars = dict.fromkeys([*_USUAL, *sorted(own)[:60]])
        chars = {c: None for c in chars if not is_ascii or c.isascii()}
        weight = {c: sum(_takes(atom, c) for atom in atoms) for c in chars}
        self.alphabet = sorted(chars, key=lambda c: -weight[c])

    def text(self, tree: Iterable[Any], n: int) -> str:
        """What a pattern matches, each class by the `n`th of its best characters."""
        return "".join(self._one(op, value, n) for op, value in tree)

    def _one(self, op: Any, value: Any, n: int) -> str:
        if op is ops.LITERAL:
            return chr(value)
        if op in (ops.IN, ops.ANY, ops.NOT_LITERAL):
            fitting = [c for c in self.alphabet if _takes((op, value), c)] or _first(value)
            return fitting[n % len(fitting)] if fitting else ""
        if op in _REPEATS:
            return self.text(value[2], n) * (value[0] or n % 2)
        if op is ops.BRANCH:
            return self.text(value[1][n % len(value[1])], n)
        if op is ops.SUBPATTERN:
            return self.text(value[-1], n)
        if op is ops.ATOMIC_GROUP:
            return self.text(value, n)
        return ""

    def pumps(self, tree: Iterable[Any], before: str, n: int) -> Iterator[tuple[str, str]]:
        """For each repeat within: what leads to it, and what it repeats."""
        yield before, self.text(tree, n)
        for op, value in tree:
            if op in _REPEATS and value[1] > 1:
                yield before, self.text(value[2], n)
            for inner in _inner(op, value):
                yield from self.pumps(inner, before, n)
            before += self._one(op, value, n)


def _inner(op: Any, value: Any) -> list[Any]:
    if op in _REPEATS:
        return [value[2]]
    if op is ops.BRANCH:
        return list(value[1])
    if op in (ops.SUBPATTERN, ops.ASSERT, ops.ASSERT_NOT):
        return [value[-1]]
    return [value] if op is ops.ATOMIC_GROUP else []


def _atoms(tree: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for op, value in tree:
        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY):
            yield op, value
        for inner in _inner(op, value):
            yield from _atoms(inner)


def _takes(atom: tuple[Any, Any], char: str) -> bool:
    op, value = atom
    if op is ops.LITERAL:
        return bool(ord(char) == value)
    if op is ops.NOT_LITERAL:
        return bool(ord(char) != value)
    return bool(op is ops.ANY or _is_in(value, char))


def _is_in(items: Sequence[Any], char: str) -> bool:
    is_not = bool(items) and items[0][0] is ops.NEGATE
    hit = any(_has(op, value, char) for op, value in items if op is not ops.NEGATE)
    return hit is not is_not


def _has(op: Any, value: Any, char: str) -> bool:
    if op is ops.LITERAL:
        return bool(ord(char) == value)
    if op is ops.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    return bool(re.match(_CATEGORIES[str(value)], char))


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S", "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
}  # fmt: skip


def _first(items: Any) -> list[str]:
    """A character of a class that has none of the usual ones."""
    ranges = (v for op, v in items if op in (ops.RANGE, ops.LITERAL)) if items else ()
    return [chr(v[0] if isinstance(v, tuple) else v) for v in islice(ranges, 1)]


# ── what they cost ────────────────────────────────────────────────────────────────

#: Characters of a text at first; four times as many where it looks as if it grew, and again.
_SIZE = 2_000
#: Processor seconds: below it grows with nothing, and below it a clock tells nothing.
_LITTLE, _UNSURE = 0.0002, 0.004
#: How much more four times the text may cost: it is four times as much for what keeps proportion,
#: and sixteen times as much for what grows with the square.
_SUSPECT, _MOST = 6, 8
#: Seconds that nobody would wait for a text of this size.
_PATIENCE = 2.0
_ENOUGH = 3_000  # texts for one pattern
#: How often a suspect is timed at each size, the sizes in turn.
_TRIES = 4


def worst(pattern: Found, texts: Iterable[Hostile], *, is_anchored: bool = False) -> Hostile | None:
    """A text that costs more than in proportion to its length, if one of these does."""

    def search(text: str) -> None:
        given: Any = text.encode("latin-1", "replace") if _is_bytes(pattern) else text
        if is_anchored:
            pattern.match(given)
            pattern.fullmatch(given)
        else:
            for _ in pattern.finditer(given):
                pass

    every = tuple(texts)
    some = every[:: 1 + len(every) // _ENOUGH]
    return next((text for text in some if outgrows(search, text)), None)


def outgrows(do: Callable[[str], object], text: Hostile) -> bool:
    """Whether what is done with a text costs more than in proportion to its length."""
    first = _cost(do, text.of(_SIZE))
    if first < _LITTLE or _cost(do, text.of(4 * _SIZE)) <= _SUSPECT * first < inf:
        return False
    # A clock may be wrong, and a machine busy with others; at every size and every time it is not.
    return all(_grows(do, text, n) for n in (1, 4, 1, 4))


def _grows(do: Callable[[str], object], text: Hostile, n: int) -> bool:
    """Whether 16n times the size costs far more than four times 4n, each at its best of some."""
    pairs = [[_cost(do, text.of(size * n * _SIZE)) for size in (4, 16)] for _ in range(_TRIES)]
    few, many = (min(costs) for costs in zip(*pairs, strict=True))
    return bool(many == inf or many > _MOST * max(few, _UNSURE))


def _cost(do: Callable[[str], object], text: str) -> float:
    """Processor seconds, or without end where it takes longer than anybody would wait."""
    began = process_time()
    try:
        with limited("This", _PATIENCE - budget.SECONDS):
            do(text)
    except TooCostly:
        return inf
    return process_time() - began
