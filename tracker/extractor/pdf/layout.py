"""Blocks → elements, so that a PDF is cut into clauses by the rules that HTML is cut by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tracker.extractor.nodes import Node
from tracker.extractor.pdf.blocks import BULLET, Block
from tracker.extractor.pdf.hyphens import Words
from tracker.extractor.pdf.lines import Line, Run, body_size, rounded

_LARGER = 1.1  # times the size of the text
_LONGEST_HEADING = 250
_MOST_HEADINGS = 0.3  # of all letters; what is set large beyond that is text
_LEVELS = 6


def elements(blocks: Sequence[Block], words: Words) -> list[Node]:
    """Return the elements that a page of HTML with the same text would have."""
    levels = _levels(blocks)
    found: list[Node] = []
    for row in _rows(blocks):
        if len(row) > 1:
            _add_row(_table(found), _row(row, words))
        else:
            found.append(_element(row[0], levels, words))
    return found


def _levels(blocks: Sequence[Block]) -> dict[float, int]:
    """Return the level of a heading by its size."""
    size = body_size(line for block in blocks for line in block.lines)
    letters: Counter[float] = Counter()
    for block in blocks:
        letters[rounded(block.size)] += len(block.text)
    large = sorted((s for s in letters if s > size * _LARGER), reverse=True)
    total = letters.total()
    kept = [s for s in large if letters[s] <= _MOST_HEADINGS * total]
    return {s: min(n, _LEVELS) for n, s in enumerate(kept, 1)}


# ── tables ────────────────────────────────────────────────────────────────────────


def _rows(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks beside each other, drawn one after another, as rows; others by themselves."""
    row: list[Block] = []
    for block in blocks:
        if row and not _is_beside(row[-1], block):
            yield row
            row = []
        row.append(block)
    if row:
        yield row


def _is_beside(cell: Block, next_: Block) -> bool:
    if cell.last.page != next_.first.page or cell.first.page != next_.last.page:
        return False
    if min(line.left for line in next_.lines) < max(line.right for line in cell.lines):
        return False
    top = min(cell.first.y, next_.first.y)
    bottom = max(cell.last.y, next_.last.y)
    return top >= bottom - 0.3 * cell.size


def _table(found: list[Node]) -> Node:
    """Return the table that was begun, or a new one."""
    if not found or found[-1].name != "table":
        found.append(Node("table", {}, None))
    return found[-1]


def _add_row(table: Node, row: Node) -> None:
    """Add a row, unless it is the table's first again, at the top of the next page."""
    if not table.children or _texts(row) != _texts(table.children[0]):
        table.children.append(row)


def _texts(row: Node | str) -> list[str]:
    parts = row.descendants() if isinstance(row, Node) else [row]
    return [part for part in parts if isinstance(part, str)]


def _row(cells: Sequence[Block], words: Words) -> Node:
    name = "th" if all(cell.is_bold for cell in cells) else "td"
    row = Node("tr", {}, None)
    row.children += [_filled(Node(name, {}, row), cell, words) for cell in cells]
    return row


# ── text ──────────────────────────────────────────────────────────────────────────


def _element(block: Block, levels: dict[float, int], words: Words) -> Node:
    level = levels.get(rounded(block.size), 0)
    if level and len(block.text) <= _LONGEST_HEADING:
        return _filled(Node(f"h{level}", {}, None), block, words)
    if BULLET.match(block.text):
        return _filled(Node("li", {}, None), block, words, is_point=True)
    return _filled(Node("p", {}, None), block, words)


def _filled(node: Node, block: Block, words: Words, *, is_point: bool = False) -> Node:
    """Put the text of a block into an element, without the bullet of a point."""
    for run in _runs(block.lines, words, is_point):
        _put(node, run)
    return node


def _put(node: Node, run: Run) -> None:
    marks: list[tuple[str, dict[str, str]]] = [("sup", {})] if run.raised else []
    marks += [("b", {})] if run.bold else []
    marks += [("a", {"href": run.link})] if run.link else []
    for name, attributes in reversed(marks):
        inner = Node(name, attributes, node)
        node.children.append(inner)
        node = inner
    node.children.append(run.text)


def _runs(lines: Sequence[Line], words: Words, is_point: bool) -> Iterator[Run]:
    """Yield the runs of lines that are read as one."""
    runs: list[Run] = []
    for line in lines:
        if runs and (text := line.text.lstrip()):
            last = runs[-1]
            # A word may be set in several runs; only its end matters here.
            kept, between = words.joined("".join(r.text for r in runs[-3:]).rstrip(), text)
            cut = "".join(r.text for r in runs[-3:]).rstrip() != kept
            text = last.text.rstrip()
            runs[-1] = Run(text[:-1] if cut else text, last.bold, last.link, last.raised)
            if between:
                same = last.link if last.link == line.runs[0].link else ""
                runs.append(Run(between, last.bold and line.runs[0].bold, same, False))
        runs += line.runs
    if is_point and runs:
        first = runs[0]
        bullet = BULLET.match(first.text)
        rest = first.text[bullet.end() :] if bullet else first.text
        runs[0] = Run(rest, first.bold, first.link, first.raised)
    yield from runs
