"""Elements → clauses: one walk over the page in reading order, without recursion.

A clause ends where a block begins or ends, and at an empty line made of `<br><br>`. List
items are containers (LinkedIn's whole User Agreement stands inside `ol > li`). A cell's
row label and column header are the innermost part of its heading path. A short paragraph
all in bold, and the button of an expandable section, are headings of lowest rank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, takewhile

from tracker.extractor.direction import END, LEFT_TO_RIGHT, RIGHT_TO_LEFT, displayed, is_turned
from tracker.extractor.list_numbers import ListNumbers
from tracker.extractor.nodes import Node, Run
from tracker.extractor.normalise import clean_target, display, enumerator, fold
from tracker.extractor.styles import is_block, is_hidden, is_row, style_of
from tracker.model import Clause, Link, Unit

_BLOCKS = frozenset(
    """
    address article aside blockquote body button caption center dd details dialog div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre
    section summary table tbody td textarea tfoot th thead tr ul
    """.split()
)
_HEADING_LEVELS = {f"h{n}": n for n in range(1, 7)}
_LOWEST = 7
_LONGEST_BOLD_HEADING = 120
_LONGEST_LABEL = 100
_MOST_COLUMNS = 1000  # as in a browser
_LONGEST_HEADING = 500  # characters of one, above each clause that stands under it
_MOST_CELLS = 200_000  # of a table with labels; with spans a few bytes can ask for a thousand
_BOLD = {"strong", "b"}
_UNITS = {
    "td": Unit.CELL,
    "th": Unit.CELL,
    "li": Unit.ITEM,
    "dt": Unit.DEFINITION,
    "dd": Unit.DEFINITION,
}
#: In these the lines are the page's own.
_PREFORMATTED = {"pre", "textarea", "listing", "xmp"}
_LINES = re.compile(
    r"(?<![ \t\r])[ \t\r]*+\n(?:[ \t\r]*+\n)++"
    r"|\n(?=[ \t]*+(?:\(?\w{1,3}[.)]|\d{1,3}(?:\.\d{1,3})+\.?|[-•*])[ \t])"
)
#: Figures that are raised or lowered, as letters that are: "10⁶" is not "106".
_FIGURES = re.compile(r"\s*[0-9+=()−-]{1,6}\s*")
_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SHIFTED = {"sup": _RAISED, "sub": _LOWERED}
_RAISES = {"super": "sup", "text-top": "sup", "sub": "sub"}
_TURNS = frozenset({"isolate-override", "bidi-override"})
_SENTENCE_END = re.compile(r"[.;,:!?।。]$")
_BREAK = "\x00"  # cannot occur in parsed text, so it can stand for a line break
_PARAGRAPH_BREAK = re.compile(rf"{_BREAK}(?:\s*{_BREAK})+|{_BREAK}\s*(?=[-•·▪◦*]\s)")
#: What a button may open, and the words of a sentence in it.
_PARTS = {"div", "section", "article", "dd", "ul", "ol", "p", "dl", "table"}
_SENTENCE = 6
#: A bold line, a button or a summary heads no more than the part of the page it stands in.
_ENCLOSING = {"td", "th", "li", "details"}


def segment(runs: Sequence[Run], base: str) -> tuple[Clause, ...]:
    """Return the clauses of `runs` in reading order; relative links are resolved against `base`."""
    walk = _Walk(base, _containers(runs), _openers(runs))
    for run in runs:
        for root in run:
            walk.run(root)
        walk.flush()
    return tuple(walk.clauses)


@dataclass(slots=True)
class _Piece:
    """A run of text with what it stands in."""

    text: str
    link: str
    bold: bool


@dataclass(slots=True)
class _Frame:
    """An element being read, and what holds for the text in it."""

    element: Node
    children: Iterator[Node | str]
    link: str
    bold: bool
    headings: int  # how many headings stood above it
    unit: Unit  # by the nearest element around it, or itself, that says so
    level: int
    is_block: bool  # whether a block stands in the element that says so
    shift: str  # "sup" or "sub" around it
    has_lines: bool
    ends: bool  # whether a clause ends where it does
    turned: bool  # whether it makes its letters run the other way
    is_row: bool  # whether what is in it stands side by side


@dataclass(slots=True)
class _Walk:
    """The walk's own notes; they live only as long as one page is read."""

    base: str
    containers: set[int]
    openers: set[int]
    clauses: list[Clause] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    pieces: list[_Piece] = field(default_factory=list)
    labels: dict[int, tuple[str, ...]] = field(default_factory=dict)
    stack: list[_Frame] = field(default_factory=list)
    lists: ListNumbers = field(default_factory=ListNumbers)
    number: tuple[Node, str] | None = None  # of a list's item, before its first clause

    def run(self, root: Node | str) -> None:
        """Read `root`; text that ends in no block waits for what follows it, or for a flush."""
        self._visit(root)
        while self.stack:
            child = next(self.stack[-1].children, None)
            if child is None:
                self._leave()
            else:
                self._visit(child)

    def _visit(self, node: Node | str) -> None:
        if isinstance(node, str):
            self._text(node.replace(_BREAK, ""))
        else:
            is_block = self._is_block(node)
            if is_block:
                self.flush()
            elif self.stack and self.stack[-1].is_row:
                self._text(" ")
            self._enter(node, ends=is_block)

    def _is_block(self, element: Node) -> bool:
        if element.name == "button" and self.stack and self.stack[-1].level:
            return False
        said = is_block(element.attributes)
        return element.name in _BLOCKS if said is None or element.name in _UNITS else said

    def _enter(self, element: Node, *, ends: bool) -> None:
        if _is_noise(element) and not self._is_opener(element):
            return
        if element.name == "br":
            self._text(_BREAK)
        elif element.name == "table":
            self.labels.update(_table_labels(element))
        above = self.stack[-1] if self.stack else None
        link, bold = (above.link, above.bold) if above else ("", False)
        if element.name == "a" and element.attributes.get("href"):
            link = clean_target(element.attributes["href"], self.base)
        bold = bold or element.name in _BOLD
        children, headings = iter(element.children), len(self.headings)
        unit, level, is_block = self._nature(element, above)
        style = style_of(element.attributes)
        shift = _shift(element, style) or (above.shift if above else "")
        has_lines = _has_lines(element, style) or (above is not None and above.has_lines)
        direction = _direction(element, style)
        row = bool(style) and is_row(element.attributes)
        nature = (unit, level, is_block, shift, has_lines, ends, bool(direction), row)
        self.stack.append(_Frame(element, children, link, bold, headings, *nature))
        if direction:
            self._text(direction)
        if element.name == "li":
            self.number = element, self.lists.of(element)

    def _is_opener(self, element: Node) -> bool:
        """Return whether a button is a heading of what it opens, although it does not say so."""
        is_all = bool(self.stack) and _is_all(element, self.stack[-1])
        return is_all or id(element) in self.openers

    def _nature(self, element: Node, above: _Frame | None) -> tuple[Unit, int, bool]:
        """Return what text in `element` is: its unit, a heading's level, whether it may be a bold
        one.
        """
        name = element.name
        level = _heading_level(element)
        if level and not (name == "button" and above is not None and above.level):
            return Unit.HEADING, level, False
        if name in _UNITS:
            is_container = name == "li" and id(element) in self.containers
            return Unit.PARAGRAPH if is_container else _UNITS[name], 0, False
        if above is None:
            return Unit.PARAGRAPH, 0, name in _BLOCKS
        return above.unit, above.level, above.is_block or name in _BLOCKS

    def _leave(self) -> None:
        frame = self.stack[-1]
        if frame.turned:
            self._text(END)
        if frame.ends:
            self.flush()
        if self.number and self.number[0] is frame.element:
            self.number = None
        if frame.element.name in _ENCLOSING:
            while len(self.headings) > frame.headings and self.headings[-1][0] == _LOWEST:
                self.headings.pop()
        self.stack.pop()

    def _text(self, text: str) -> None:
        if not self.stack:
            self.pieces.append(_Piece(text, "", False))
            return
        frame = self.stack[-1]
        if frame.shift and _FIGURES.fullmatch(text):
            text = text.translate(_SHIFTED[frame.shift])
        if frame.has_lines and text != _BREAK:
            text = _LINES.sub(_BREAK * 2, text)
        self.pieces.append(_Piece(text, frame.link, frame.bold))

    def flush(self) -> None:
        """What has gathered since the last block began or ended becomes clauses."""
        if not self.pieces:
            return
        pieces, self.pieces = self.pieces, []
        if not any(map(_is_visible, pieces)):
            return
        for part in map(_in_order, _paragraphs(pieces)):
            text = display("".join(p.text for p in part).replace(_BREAK, " "))
            # Signs alone are residue of markup, or a rule: nothing that could be quoted.
            if any(c.isalnum() for c in text):
                self._emit(text, part)

    def _emit(self, text: str, part: list[_Piece]) -> None:
        unit, level = self._unit(text, part)
        number, rest = enumerator(text)
        if self.number:
            number, self.number = number or self.number[1], None
        if unit is Unit.HEADING:
            self.headings = [(n, t) for n, t in self.headings if n < level]
        path = tuple(t for _, t in self.headings) + self._labels()
        self.clauses.append(Clause(unit, rest, fold(rest), path, number, _links(part), level))
        if unit is Unit.HEADING:
            self.headings.append((level, _short(text)))

    def _labels(self) -> tuple[str, ...]:
        found = (self.labels.get(id(frame.element)) for frame in reversed(self.stack))
        return next((labels for labels in found if labels is not None), ()) if self.labels else ()

    def _unit(self, text: str, part: list[_Piece]) -> tuple[Unit, int]:
        """Return what a clause is, and a heading's level."""
        if not self.stack:
            return Unit.PARAGRAPH, 0
        frame = self.stack[-1]
        if frame.is_block and _is_bold_heading(text, part):
            return Unit.HEADING, _LOWEST
        return frame.unit, frame.level


def _shift(element: Node, style: Mapping[str, str]) -> str:
    """Return whether an element raises or lowers its text: "sup", "sub", or neither."""
    if element.name in _SHIFTED:
        return element.name
    return _RAISES.get(style.get("vertical-align", ""), "")


def _has_lines(element: Node, style: Mapping[str, str]) -> bool:
    spaces = style.get("white-space", "")
    return element.name in _PREFORMATTED or spaces.startswith(("pre", "break-spaces"))


def _direction(element: Node, style: Mapping[str, str]) -> str:
    """Return the mark of the direction that an element forces upon its letters, if it does."""
    marks = element.attributes
    if element.name != "bdo" and style.get("unicode-bidi") not in _TURNS:
        return ""
    is_left = (marks.get("dir") or "").lower() == "rtl" or style.get("direction") == "rtl"
    return RIGHT_TO_LEFT if is_left else LEFT_TO_RIGHT


def _in_order(part: list[_Piece]) -> list[_Piece]:
    """Return the pieces as displayed, where some are made to run the other way."""
    texts = [piece.text for piece in part]
    if not is_turned(texts):
        return part
    return [_Piece(text, part[n].link, part[n].bold) for text, n in displayed(texts)]


def _short(heading: str) -> str:
    """Return a heading as it stands above clauses; above thousands of them a long one would be
    dear.
    """
    if len(heading) <= _LONGEST_HEADING:
        return heading
    return f"{heading[:_LONGEST_HEADING].rsplit(None, 1)[0]} …"


def _containers(runs: Sequence[Run]) -> set[int]:
    """Return what has headings in it (by identity): such a list item holds sections, it is no
    point.
    """
    found: set[int] = set()
    for root in (root for run in runs for root in run if isinstance(root, Node)):
        for heading in root.find_all(_HEADING_LEVELS):
            element = heading.parent
            while element is not None and id(element) not in found:
                found.add(id(element))
                element = element.parent
    return found


def _openers(runs: Sequence[Run]) -> set[int]:
    """Return the buttons (by identity) each of which has a part with a sentence right behind it.

    One alone may be anything; where there are more of them, each opens what is behind it.
    """
    roots = [root for run in runs for root in run if isinstance(root, Node)]
    buttons = [button for root in roots for button in root.find_all({"button"})]
    opened = {id(button): part for button in buttons if (part := _opened(button))}
    return {
        button for button, part in opened.items() if len(opened) > 1 or is_hidden(part.attributes)
    }


def _opened(button: Node) -> Node | None:
    """Return the part with a sentence that stands right behind a button, or what has nothing
    else.
    """
    letters = _letters(button)
    around: Node | None = button if letters else None
    while around is not None and around.parent is not None and _letters(around) == letters:
        behind = _behind(around)
        if behind is not None:
            return behind if behind.name in _PARTS and _has_sentence(behind) else None
        around = around.parent
    return None


def _behind(element: Node) -> Node | None:
    """Return the element right behind another, if no text is between them."""
    siblings = element.parent.children if element.parent else []
    place = next(n for n, child in enumerate(siblings) if child is element)
    rest = (c for c in siblings[place + 1 :] if isinstance(c, Node) or c.strip())
    following = next(rest, None)
    return following if isinstance(following, Node) else None


def _has_sentence(element: Node) -> bool:
    texts = (part for part in element.descendants() if isinstance(part, str))
    return any(len(text.split()) >= _SENTENCE for text in texts)


def _is_visible(piece: _Piece) -> bool:
    return piece.text != _BREAK and not piece.text.isspace() and piece.text != ""


def _is_noise(element: Node) -> bool:
    """Icons, and buttons that do not open a part of the text (a menu is none)."""
    if element.name == "button":
        marks = element.attributes
        opens = "aria-expanded" in marks or "aria-controls" in marks
        return not opens or marks.get("aria-haspopup", "false") != "false"
    return element.name in {"img", "li-icon", "icon"}


def _is_all(button: Node, around: _Frame) -> bool:
    """Return whether a button in a heading has all of its words, as where it opens what stands
    below.
    """
    if button.name != "button" or not (around.level or around.unit is Unit.DEFINITION):
        return False
    return _letters(around.element) == _letters(button)


def _letters(element: Node) -> int:
    return sum(c.isalpha() for part in element.descendants() if isinstance(part, str) for c in part)


def _paragraphs(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Cut at empty lines, and at a single line break before a bullet."""
    text = "".join([p.text for p in pieces])
    if _BREAK not in text:
        yield pieces
        return
    ends = [m.start() for m in _PARAGRAPH_BREAK.finditer(text)]
    part: list[_Piece] = []
    offset = cut = 0
    for piece in pieces:
        start, end = offset, offset + len(piece.text)
        while cut < len(ends) and ends[cut] < end:
            part.append(_Piece(text[start : ends[cut]], piece.link, piece.bold))
            yield part
            part, start, cut = [], ends[cut], cut + 1
        part.append(_Piece(text[start:end], piece.link, piece.bold))
        offset = end
    yield part


def _heading_level(element: Node) -> int:
    if element.name in _HEADING_LEVELS:
        return _HEADING_LEVELS[element.name]
    if element.name in {"summary", "button"}:
        return _LOWEST
    if element.attributes.get("role") == "heading":
        return min(_number(element.attributes.get("aria-level")) or 2, 6)
    return 0


def _number(value: object) -> int:
    """Return a small number from an attribute, 0 for anything else."""
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,3}", value) else 0


def _is_bold_heading(text: str, part: list[_Piece]) -> bool:
    all_bold = all(p.bold for p in part if p.text.replace(_BREAK, " ").strip())
    return all_bold and len(text) <= _LONGEST_BOLD_HEADING and not _SENTENCE_END.search(text)


def _links(part: list[_Piece]) -> tuple[Link, ...]:
    """Return the links of a clause; the pieces of one link are joined, a link without words is no
    link.
    """
    runs = ((link, "".join(p.text for p in run)) for link, run in groupby(part, lambda p: p.link))
    tidy = (Link(display(words.replace(_BREAK, " ")), link) for link, words in runs if link)
    return tuple(link for link in tidy if link.words)


# ── tables ────────────────────────────────────────────────────────────────────────


def _table_labels(table: Node) -> dict[int, tuple[str, ...]]:
    """For each cell of a data table (by identity) its row label and column header."""
    if table.find_all({"table", *_HEADING_LEVELS}):
        return {}
    cells = [_cells(row) for row in table.find_all({"tr"})]
    if max(map(len, cells), default=0) < 2:
        return {}
    widest = max(sum(_span(cell, "colspan") for cell in row) for row in cells)
    if len(cells) * min(widest, _MOST_COLUMNS) > _MOST_CELLS:
        return {}
    grid = _grid(cells)
    number = len(list(takewhile(_is_header, cells)))
    headers, body = (grid[:number], grid[number:]) if number < len(grid) else (grid[:1], grid[1:])
    if not number:
        headers, body = [], grid
    titles = {id(cell): _label(cell) for header in headers for cell in header.values()}
    labels: dict[int, tuple[str, ...]] = {}
    for row in body:
        first = row.get(0)
        beside = _label(first) if first is not None else ""
        for column, cell in row.items():
            if id(cell) not in labels and id(cell) not in titles:
                above = [titles[id(h[column])] for h in headers if column in h]
                parts = (beside if cell is not first else "", *above)
                labels[id(cell)] = tuple(dict.fromkeys(part for part in parts if part))
    return labels


def _cells(row: Node) -> list[Node]:
    return [c for c in row.children if isinstance(c, Node) and c.name in {"td", "th"}]


def _is_header(cells: Sequence[Node]) -> bool:
    """Return whether a first row holds column headers; its corner may be empty."""
    return all(
        cell.name == "th" or (n == 0 and len(cells) > 1 and not cell.has_text())
        for n, cell in enumerate(cells)
    )


def _grid(rows: Sequence[Sequence[Node]]) -> list[dict[int, Node]]:
    """For each row the cell that covers each column, with `rowspan` and `colspan` counted."""
    grid: list[dict[int, Node]] = []
    reach: dict[int, tuple[Node, int]] = {}  # the last row each column's cell reaches down to
    for n, cells in enumerate(rows):
        reach = {column: (cell, last) for column, (cell, last) in reach.items() if last >= n}
        column = 0
        for cell in cells:
            while column in reach:
                column += 1
            end = min(column + _span(cell, "colspan"), _MOST_COLUMNS)
            # A cell never covers a column that one from above already does.
            covered = [c for c in range(column, end) if c not in reach]
            reach |= dict.fromkeys(covered, (cell, n + _span(cell, "rowspan") - 1))
        grid.append({column: reach[column][0] for column in sorted(reach)})
    return grid


def _span(cell: Node, name: str) -> int:
    return _number(cell.attributes.get(name)) or 1


def _label(cell: Node) -> str:
    """Return what a cell says, short enough to be a heading."""
    text = " ".join(f"{c.number} {c.text}".lstrip() for c in segment([[cell]], ""))
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1].rstrip() + "…"
