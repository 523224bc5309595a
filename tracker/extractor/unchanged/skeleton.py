"""Are two pages one page but for what no reading looks at? Seen in their characters, unparsed.

A nonce in every attribute, another script, another comment: most pages that did not change differ
by nothing else. A yes is never wrong: the whole page has to be written so plainly that every
parser finds the same tags in it, and the tags that differ may do so only in the value of an
attribute that neither a selector nor the reading asks for. A no means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from tracker.extractor.boilerplate import CONSENT
from tracker.extractor.normalise import differ_in_tracking
from tracker.extractor.page_rules import has_rules
from tracker.model import Selector, Source

_BLANK = r"[ \t\n\r\f]"
# Spelt out: to ignore case altogether takes twice the time.
_NAME = r"[A-Za-z_:@][A-Za-z0-9_:.@-]*+"
_ELEMENT, _END = "[A-Za-z][A-Za-z0-9:-]*+", "(?![A-Za-z0-9:-])"
_VALUE = r"(?:\"[^\"<]*+\"|'[^'<]*+'|[^\s\"'<>=`]++)"
_MARKS = rf"(?:{_BLANK}++{_NAME}(?:={_VALUE})?+)*+{_BLANK}*+/?+>"
# What stands in one of these is text to one parser and markup to another: no tag may be in it.
_TEXTUAL = "title textarea iframe noembed noframes".split()
_LONGEST = 4_000_000  # characters; a parser has limits of its own beyond
#: Put before the name of a script whose inside was taken out.
_EMPTIED = "\0"
# Told by their first letters: to ignore case in these too takes half of the time.
_SPECIAL = (
    "(?:[tT](?i:itle|extarea)|[iI](?i:frame)|[nN](?i:oembed|oframes|oscript)|[sS](?i:cript|tyle)"
    f"|[xX](?i:mp)|[pP](?i:laintext)){_END}"
)
_PLAIN_PAGE = re.compile(
    rf"[^<]*+(?:<(?:/{_ELEMENT}{_BLANK}*+>|!>"
    rf"|(?!{_SPECIAL})"
    rf"{_EMPTIED}?+{_ELEMENT}{_MARKS}|(?i:!doctype)[^<>]*+>"
    rf"|(?:{'|'.join(rf'(?i:{n}){_END}{_MARKS}[^<]*+</(?i:{n})' for n in _TEXTUAL)}){_BLANK}*+>"
    r")[^<]*+)*"
)
# As `extract` finds them, which takes each `<noscript>` out of the characters.
_OPENED = re.compile(r"<(?=[sSnN!])(?:((?i:script|style|noscript))\b|!--)")
_NOSCRIPT_END = re.compile(r"</(?i:noscript)\b[^<>]*>")
_MARKED = re.compile(_MARKS)
_CLOSED = {name: re.compile(rf"</(?i:{name})({_BLANK}*>)?") for name in ("script", "style")}
# Tags without their ends, written in the one way that is taken apart here.
_TAG = rf"<{_EMPTIED}?{_ELEMENT}"
_TAGS = re.compile(rf"(?:{_TAG}(?:{_BLANK}++{_NAME}(?:=\"[^\"<>]*+\")?)*{_BLANK}*+/?+)*")
# Values that no reading looks at; of the last two it asks whether they are there.
# A style may hide or strike out what it is on, make a block of it, raise or turn its letters, keep
# its lines or number its items.
_READ_STYLE = (
    "(?:[dD](?i:isplay|irection)|[vV](?i:isibility|ertical-align)|[tT](?i:ext-decoration)"
    "|[uU](?i:nicode-bidi)|[wW](?i:hite-space)|[lL](?i:ist-style)|[&\\\\/])"
)
_UNREAD = (
    rf'nonce|style(?=="(?![^"]*?{_READ_STYLE})[^"]*")|src|'
    "srcset|integrity|alt|title|aria-label|aria-labelledby|aria-describedby"
    "|data-(?!cfemail=)[a-z0-9_-]+|aria-expanded|aria-controls"
)
_LINKS = {"<a", "<A"}
_WORD = re.compile(r"[A-Za-z0-9]+")
_PLAIN_SELECTOR = re.compile(r"[A-Za-z0-9_\s>+~,.#-]*")


class _Reader(NamedTuple):
    """What is read of tags as `_TAGS` has them; names and classes of elements only if known."""

    tokens: re.Pattern[str]
    knows_names: bool


def same_but_for_nonces(one: str, other: str, source: Source | None) -> bool:
    """Return whether two pages, as characters of HTML, surely have the same reading."""
    reader = _reader(source.select, source.remove) if source else _reader((), ())
    ours, theirs = (_skeleton(text) if reader else None for text in (one, other))
    if reader is None or ours is None or theirs is None or not _PLAIN_PAGE.fullmatch(ours):
        return False
    nonce = _nonce(ours, theirs)
    return ours == theirs or (
        _is_unread(nonce, ours, reader) if nonce else _same_pieces(ours, theirs, reader)
    )


def _nonce(ours: str, theirs: str) -> tuple[str, str] | None:
    """Return the words of which one has to be put for the other to make one page the other, if
    any.
    """
    place, step = 0, 1 << len(ours).bit_length()
    while step:  # halving: where they begin to differ
        if ours.startswith(theirs[place : place + step], place):
            place += step
        step >>= 1
    one, other = _WORD.match(ours, place), _WORD.match(theirs, place)
    if one is None or other is None or ours.replace(one[0], other[0]) != theirs:
        return None
    return one[0], other[0]


def _is_unread(nonce: tuple[str, str], page: str, reader: _Reader) -> bool:
    """Return whether a nonce stands in unread values and in what tracks of links alone.

    All other characters are those of the page it becomes a part of, so one is enough to look at.
    """
    one, other = nonce
    first, *pieces = page.split("<")
    tags = "<".join(["", *[piece.partition(">")[0] for piece in pieces if one in piece]])
    if tags.count(one) != page.count(one) or one in first or not _TAGS.fullmatch(tags):
        return False
    read = reader.tokens.findall(tags)
    if reader.knows_names:  # the other might be one of them
        others = reader.tokens.findall(tags.replace(one, other))
        return bool(read == others or _same_links(read, others))
    places = [n for n, token in enumerate(read) if one in token]
    paths, questions = _targets(read, places)
    asked = {(question, question.replace(one, other)) for question in set(questions)}
    return one not in paths and _are_links(read, places, paths) and _differ_in_tracking(asked)


def _same_pieces(ours: str, theirs: str, reader: _Reader) -> bool:
    mine, yours = ours.split("<"), theirs.split("<")
    # What stands before the first tag is text, although it may be written like one.
    if len(mine) != len(yours) or mine[0] != yours[0]:
        return False
    return _same_tags([(a, b) for a, b in zip(mine, yours, strict=True) if a != b], reader)


def _same_tags(changed: Sequence[tuple[str, str]], reader: _Reader) -> bool:
    """Return whether pairs of a tag and the text behind it differ in unread values alone."""
    sides = []
    for side in zip(*changed, strict=True):
        parts = [piece.partition(">") for piece in side]
        tags = "<".join(["", *[tag for tag, _, _ in parts]])
        if not _TAGS.fullmatch(tags):
            return False
        # Only one of the pages is known to be plain: in the other a tag may lack its end.
        sides.append((reader.tokens.findall(tags), [(end, text) for _, end, text in parts]))
    (ours, texts), (theirs, others) = sides
    return texts == others and (ours == theirs or _same_links(ours, theirs))


def _same_links(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether what is read of tags differs only in the targets of links, and those in
    tracking.
    """
    changed = [n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b]
    if len(ours) != len(theirs):
        return False
    (mine, questions), (yours, others) = (_targets(side, changed) for side in (ours, theirs))
    # A nonce stands in the same question of every link, so few of them are unlike.
    asked = set(zip(questions, others, strict=True))
    return mine == yours and _are_links(ours, changed, mine) and _differ_in_tracking(asked)


def _targets(tokens: Sequence[str], places: Sequence[int]) -> tuple[str, list[str]]:
    """Return the targets at some places of what is read: all up to their questions, and these."""
    parts = [tokens[n][:-1].partition("?") for n in places]
    return "\n".join([path for path, _, _ in parts]), [question for _, _, question in parts]


def _differ_in_tracking(asked: Collection[tuple[str, str]]) -> bool:
    """Return whether the questions of links, two by two, surely differ in nothing but tracking."""
    return all(
        _is_plain(one) and differ_in_tracking(f"?{_decoded(one)}", f"?{_decoded(other)}")
        for one, other in asked
    )


def _are_links(tokens: Sequence[str], places: Sequence[int], paths: str) -> bool:
    """Return whether the tokens at some places are targets of links, and plain up to their
    questions.
    """
    if f"\n{paths}".count('\nhref="') != len(places) or not _is_plain(paths):
        return False
    # Mostly it is the first attribute of its tag.
    return all(_owner(tokens, n) in _LINKS for n in places if tokens[n - 1] not in _LINKS)


def _owner(tokens: Sequence[str], place: int) -> str:
    """Return the tag that an attribute belongs to."""
    while tokens[place][0] != "<":
        place -= 1
    return tokens[place]


def _is_plain(address: str) -> bool:
    """Return whether nothing in an address may stand for something else, nor ends its question."""
    return "#" not in address and ";" not in _decoded(address)


def _decoded(address: str) -> str:
    return address.replace("&amp;", "&")


def _skeleton(text: str) -> str | None:
    """`text` without the inside of scripts, styles and comments; None where that is not plain."""
    if _EMPTIED in text or len(text) > _LONGEST:
        return None
    kept, start = [], 0
    while opened := _OPENED.search(text, start):
        kept.append(text[start : opened.start()])
        name = (opened[1] or "").lower()
        if name == "noscript":
            closed = _NOSCRIPT_END.search(text, opened.end())
            if closed is None:
                return None
            start = closed.end()
            continue
        taken = _script(text, opened.end(), name) if name else _comment(text, opened.end())
        if taken is None:
            return None
        inside, start = taken
        kept.append(f"<{_EMPTIED}{text[opened.start() + 1 : inside]}" if name else "<!>")
        if name == "style" and has_rules(text[inside:start]):
            return None  # what they say of each element is seen where elements are compared
    return "".join([*kept, text[start:]])


def _script(text: str, place: int, name: str) -> tuple[int, int] | None:
    """Return where the inside of a script begins and where it ends; its tag was opened at
    `place`.
    """
    marks = _MARKED.match(text, place)
    closed = _CLOSED[name].search(text, marks.end()) if marks else None
    if marks is None or closed is None or not closed[1]:
        return None
    # Within it, this could put off the end for one parser and not for another.
    is_plain = text.find("<!--", marks.end(), closed.start()) < 0
    return (marks.end(), closed.start()) if is_plain else None


def _comment(text: str, inside: int) -> tuple[int, int] | None:
    """Return where the inside of a comment begins, and where the text goes on behind it."""
    end = text.find("--", inside)
    if end < 0 or not text.startswith(">", end + 2):
        return None
    # "<!-->" and "<!--->" are ends to some; "<!---->" has nothing in it to anyone.
    return None if end > inside and text[inside] in "->" else (inside, end + 3)


@lru_cache(maxsize=64)
def _reader(select: tuple[Selector, ...], remove: tuple[Selector, ...]) -> _Reader | None:
    """Finds, of tags as `_TAGS` has them, each name and each attribute: of it what is read.

    None where a selector might look at any attribute. A name or a class is read where it might be
    one that a selector has or, on a page without selectors, that of a consent dialogue.
    """
    names = []
    for selector in (*select, *remove):
        if not isinstance(selector, str) or not _PLAIN_SELECTOR.fullmatch(selector):
            return None
        names += re.findall(r"[.#]([A-Za-z0-9_-]+)", selector)
    read = "|".join([*map(re.escape, names), *([] if select else [CONSENT.pattern])])
    plain = rf'(?![^"]*?(?i:{read}))[^"&]*' if read else '[^"]*'
    tokens = re.compile(
        rf'({_TAG}|(?:id|class)=(?="{plain}")|(?:{_UNREAD})=(?=")|{_NAME}(?:="[^"]*")?|/)'
        '(?:"[^"]*")?'
    )
    return _Reader(tokens, bool(read))
