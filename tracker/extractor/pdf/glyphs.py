"""Letters on a page → lines, by pdfium; runs in a child (see `__main__`).

The letters come in the order in which the file draws them, which is the order of reading in what
word processors, browsers and typesetters write. What runs on along one baseline is a line; a cell
of a table, or a bullet, is a line of its own.
"""

from __future__ import annotations

import ctypes
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from unicodedata import bidirectional

import pypdfium2.raw as pdfium

PAGES = 2000
LETTERS = 2_500_000  # blanks and those that are not shown included
_LINKS = 2000  # of a page
_OBJECTS = 20_000  # of a page, looked at for bullets
_BAND = 20.0  # points
_LONGEST_ADDRESS = 2000
#: In ems: where a line ends and another thing begins beside it (without a blank, with one, and
#: within what is drawn at once), and how far type may step back, as
#: the letters of a ligature do.
_GAP, _BLANK_GAP, _SAME_GAP = 0.62, 0.9, 8.0
_BACK = 1.2
#: Ems between two letters where pdfium may have missed a blank, and the sign for one.
_APART, _OPEN = 0.16, "\0"
#: What is smaller than this, and off the baseline by no more than that, is raised or lowered.
_SMALL, _SHIFT = 0.85, 0.65
_LIGATURES = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "ft",
    "ﬆ": "st",
    # How pdfium marks a hyphen at the end of a line.
    "\x02": "-",
    "\ufffe": "-",
    "\u00a0": " ",
}
_LEFTWARD = ("R", "AL", "AN", "NSM")
_BOLD_NAMES = ("bold", "black", "heavy", "demi")
_BOLD_WEIGHT = 600
_INVISIBLE = 3  # the mode in which recognised letters lie under a picture


@dataclass(frozen=True, slots=True)
class _Style:
    """What holds for all letters of one object of a page."""

    number: int  # of the object
    size: float
    bold: bool
    turn: int  # quarters of a circle; -1 for anything between
    shown: bool


@dataclass(slots=True)
class _Line:
    """A line as it grows."""

    left: float
    right: float
    y: float
    size: float
    spans: list[list[Any]] = field(default_factory=list)
    letters: Counter[tuple[float, float]] = field(default_factory=Counter)
    gaps: list[float] = field(default_factory=list)
    leftward: bool = False
    blank: bool = False
    made: int = 0  # the object of its last letter
    room: float = _GAP  # up to where the next letter is still of it

    def add(self, letter: str, style: _Style, left: float, y: float, link: str) -> None:
        """Put a letter at its end."""
        how = [style.bold, link, style.size, y]
        gap = 0.0 if self.leftward else (left - self.right) / style.size
        self.gaps.append(gap)
        between = " " if self.blank else _OPEN if gap > _APART else ""
        text = f"{between}{letter}" if self.made else letter
        self.blank, self.made, self.room = False, style.number, _GAP
        if self.spans and self.spans[-1][1:] == how:
            self.spans[-1][0] += text
        else:
            self.spans.append([text, *how])
        self.letters[style.size, y] += 1

    def packed(self) -> list[Any]:
        """Return what is told of it; of its size and height are most of its letters."""
        size, y = max(self.letters, key=lambda one: (self.letters[one], one[0]))
        spans: list[list[Any]] = []
        # Between letters that are all set apart no blank was left out.
        blank = " " if median(self.gaps) < _APART / 2 else ""
        for text, bold, link, mine, height in self.spans:
            is_raised = mine < _SMALL * size and abs(height - y) > 0.1 * size
            if spans and spans[-1][1:] == [bold, link, is_raised]:
                spans[-1][0] += text.replace(_OPEN, blank)
            else:
                spans.append([text.replace(_OPEN, blank), bold, link, is_raised])
        return [*(round(n, 2) for n in (self.left, self.right, y, size)), spans]


def lines_of(body: bytes) -> bytes:
    """Return the lines of a PDF's pages as JSON, or why there are none (`wrong`)."""
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(body, len(body), None)
    if not document:
        locked = pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        return json.dumps({"wrong": "locked" if locked else "broken"}).encode()
    number = pdfium.FPDF_GetPageCount(document)
    if number > PAGES:
        return json.dumps({"wrong": "large"}).encode()
    pages: list[dict[str, Any]] = []
    left = LETTERS
    for index in range(number):
        page = pdfium.FPDF_LoadPage(document, index)
        if page:
            pages.append(_page(document, page))
            pdfium.FPDF_ClosePage(page)
            left -= pages[-1]["letters"]
        else:
            pages.append({"lines": [], "letters": 0, "unknown": 0, "picture": False, "lost": True})
        if left < 0:
            return json.dumps({"wrong": "large"}).encode()
    return json.dumps({"pages": pages}).encode()


def _page(document: Any, page: Any) -> dict[str, Any]:
    text = pdfium.FPDFText_LoadPage(page)
    number = pdfium.FPDFText_CountChars(text) if text else 0
    if number > LETTERS:
        return {"lines": [], "letters": number}
    reader = _Reader(text, _Links(document, page), _bounds(page))
    letters = list(reader.letters(number))
    pdfium.FPDFText_ClosePage(text)
    shown = [one for one in letters if one[0] is None or one[1].shown]
    is_recognised = bool(letters) and not any(one[0] for one in shown)
    lines = _lines(letters if is_recognised else shown)
    return {
        "lines": _marked(lines, _dots(page)),
        "letters": number,
        "unknown": reader.unknown,
        "recognised": is_recognised and bool(lines),
        "picture": not lines and pdfium.FPDFPage_CountObjects(page) > 0,
    }


#: A letter (None for a blank), its style, left, right, baseline, and address if it is in a link.
_Letter = tuple[str | None, _Style, float, float, float, str]
_BLANK = _Style(0, 1.0, False, 0, True)
_MADE_BLANK = _Style(-1, 1.0, False, 0, True)


class _Reader:
    """The letters of one page with their places."""

    def __init__(self, text: Any, links: _Links, bounds: tuple[float, ...]) -> None:
        self._text = text
        self._links = links
        self._bounds = bounds
        self._styles: dict[int, _Style] = {}
        self.unknown = 0

    def letters(self, number: int) -> Iterator[_Letter]:
        """Yield all letters within the page that run in the direction of most."""
        found = [self._letter(index) for index in range(number)]
        turns = Counter(one[1].turn for one in found if one and one[0])
        turn = max((t for t in turns if t >= 0), key=lambda t: turns[t], default=0)
        for one in found:
            if one and (one[0] is None or one[1].turn == turn):
                yield one

    def _letter(self, index: int) -> _Letter | None:
        code = pdfium.FPDFText_GetUnicode(self._text, index)
        if code in (0x20, 0xA0):
            made = pdfium.FPDFText_IsGenerated(self._text, index) == 1
            return None, _MADE_BLANK if made else _BLANK, 0.0, 0.0, 0.0, ""
        if code in (0x0D, 0x0A):
            return None
        if code == 0 or code == 0xFFFD or 0xE000 <= code < 0xF900:
            self.unknown += 1
            return None
        if code < 0x20 and code != 2:
            return None
        style = self._style(index)
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._text, index, x, y)
        left, bottom, right, top = self._bounds
        if not (left <= x.value <= right and bottom <= y.value <= top):
            return None
        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._text, index, box)
        link = self._links.at((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        start, end, base = _turned(style.turn, box, x.value, y.value)
        return chr(code), style, start, end, base, link

    def _style(self, index: int) -> _Style:
        made = pdfium.FPDFText_GetTextObject(self._text, index)
        key = ctypes.cast(made, ctypes.c_void_p).value or 0
        if key not in self._styles:
            self._styles[key] = self._style_of(made, index)
        return self._styles[key]

    def _style_of(self, made: Any, index: int) -> _Style:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text, index, matrix)
        size = pdfium.FPDFText_GetFontSize(self._text, index)
        size *= math.hypot(matrix.c, matrix.d) or 1.0
        angle = math.degrees(math.atan2(matrix.b, matrix.a))
        quarter = round(angle / 90)
        turn = quarter % 4 if abs(angle - 90 * quarter) < 5 else -1
        mode = pdfium.FPDFTextObj_GetTextRenderMode(made) if made else 0
        number = len(self._styles) + 1
        return _Style(number, max(size, 1.0), self._is_bold(index), turn, mode != _INVISIBLE)

    def _is_bold(self, index: int) -> bool:
        name = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self._text, index, name, 128, flags)
        said = name.value.decode("latin-1").lower()
        if any(word in said for word in _BOLD_NAMES):
            return True
        return bool(pdfium.FPDFText_GetFontWeight(self._text, index) >= _BOLD_WEIGHT)


def _turned(turn: int, box: Any, x: float, y: float) -> tuple[float, float, float]:
    """Left, right and baseline of a letter as somebody sees it who turns the page to read it."""
    if turn == 1:
        return box.bottom, box.top, -x
    if turn == 2:
        return -box.right, -box.left, -y
    if turn == 3:
        return -box.top, -box.bottom, x
    return box.left, box.right, y


def _bounds(page: Any) -> tuple[float, ...]:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, box):
        return -math.inf, -math.inf, math.inf, math.inf
    return box.left, box.bottom, box.right, box.top


# ── lines ─────────────────────────────────────────────────────────────────────────


def _lines(letters: list[_Letter]) -> list[_Line]:
    lines: list[_Line] = []
    for letter, style, left, right, y, link in letters:
        line = lines[-1] if lines else None
        if letter is None:
            if line:
                line.blank = True
                line.room = line.room if style is _MADE_BLANK else _BLANK_GAP
            continue
        if line is None or not _goes_on(line, style, left, right, y, letter):
            line = _Line(left, right, y, style.size)
            lines.append(line)
        if style.size > line.size * 1.1:  # it began with a raised figure
            line.size, line.y = style.size, y
        line.add(_LIGATURES.get(letter, letter), style, left, y, link)
        line.left, line.right = min(line.left, left), max(line.right, right)
    return lines


def _marked(lines: list[_Line], dots: list[tuple[float, float]]) -> list[list[Any]]:
    """Return the lines as they are told; a dot that is drawn before one is its bullet."""
    told = [line.packed() for line in lines]
    places: dict[int, list[tuple[float, float]]] = {}
    for x, y in dots:
        places.setdefault(int(y // _BAND), []).append((x, y))
    for line in told if dots else ():
        left, _, base, size, spans = line
        near = (dot for n in (-1, 0, 1) for dot in places.get(int(base // _BAND) + n, ()))
        if any(0 < left - x < 2.5 * size and -0.2 * size < y - base < 0.8 * size for x, y in near):
            spans.insert(0, ["• ", False, "", False])
    return told


def _dots(page: Any) -> list[tuple[float, float]]:
    """Return the middles of small shapes as high as wide, as which browsers draw the marks of
    points.
    """
    found = []
    number = min(pdfium.FPDFPage_CountObjects(page), _OBJECTS)
    sides = [ctypes.c_float() for _ in range(4)]
    for index in range(number):
        made = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(made) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if pdfium.FPDFPageObj_GetBounds(made, *sides):
            left, bottom, right, top = (side.value for side in sides)
            wide, high = right - left, top - bottom
            if 1.5 < wide < 8 and abs(wide - high) < 0.25 * wide:
                found.append(((left + right) / 2, (bottom + top) / 2))
    return found


def _goes_on(line: _Line, style: _Style, left: float, right: float, y: float, letter: str) -> bool:
    em = max(style.size, line.size)
    is_small = min(style.size, line.size) < _SMALL * em
    if abs(y - line.y) > (_SHIFT if is_small else 0.25) * em:
        return False
    room = _SAME_GAP if style.number == line.made else line.room
    if -_BACK * em < left - line.right < room * em:
        return True
    # From right to left: the next letter is before, or a number's that runs the other way within.
    if line.leftward or bidirectional(letter) in _LEFTWARD:
        line.leftward = True
        return line.left - right < room * em and left < line.right + room * em
    return False


# ── links ─────────────────────────────────────────────────────────────────────────


class _Links:
    """Where on a page are links to addresses of the web."""

    def __init__(self, document: Any, page: Any) -> None:
        self._bands: dict[int, list[tuple[float, float, float, float, str]]] = {}
        place, link = ctypes.c_int(0), pdfium.FPDF_LINK()
        for _ in range(_LINKS):
            if not pdfium.FPDFLink_Enumerate(page, place, link):
                break
            if address := _address(document, link):
                for box in _boxes(link):
                    self._put(*box, address)

    def _put(self, left: float, bottom: float, right: float, top: float, address: str) -> None:
        first, last = int(bottom // _BAND), int(top // _BAND)
        for band in range(first, min(last, first + 100) + 1):
            self._bands.setdefault(band, []).append((left, bottom, right, top, address))

    def at(self, x: float, y: float) -> str:
        """Return the address that a click there leads to; empty if to none."""
        for left, bottom, right, top, address in self._bands.get(int(y // _BAND), ()):
            if left <= x <= right and bottom <= y <= top:
                return address
        return ""


def _address(document: Any, link: Any) -> str:
    action = pdfium.FPDFLink_GetAction(link)
    if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
        return ""
    said = ctypes.create_string_buffer(_LONGEST_ADDRESS)
    length = pdfium.FPDFAction_GetURIPath(document, action, said, _LONGEST_ADDRESS)
    return said.value.decode("utf-8", "replace") if length <= _LONGEST_ADDRESS else ""


def _boxes(link: Any) -> Iterator[tuple[float, float, float, float]]:
    number = min(pdfium.FPDFLink_CountQuadPoints(link), 100)
    for index in range(number):
        quad = pdfium.FS_QUADPOINTSF()
        if pdfium.FPDFLink_GetQuadPoints(link, index, quad):
            xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
            yield min(xs), min(ys), max(xs), max(ys)
    box = pdfium.FS_RECTF()
    if not number and pdfium.FPDFLink_GetAnnotRect(link, box):
        yield box.left, box.bottom, box.right, box.top
