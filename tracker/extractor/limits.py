"""What no text of terms is, so that a page made to cost time cannot hold a run.

Of 1,157 real pages none has more than 19,382 tags or stands more than 20 deep; of 2,055 texts none
has more than 944,081 characters. Of 1,021 texts kept as Markdown none has more than 392 brackets,
each of which is looked up to the end of its paragraph. What is within these bounds costs at most
what the guide says (its page on quality): with complex selectors the cost of reading is tags times
depth. Only what is new is judged by them; what was recorded before is read as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from tracker.model import Clause

TAGS = 250_000
DEPTH = 100
MARKDOWN = 2_500_000
BRACKETS = 10_000
CLAUSES = 40_000
LETTERS = 2_000_000
#: Of one clause, which is compared word by word.
LONGEST = 500_000


class TooLarge(ValueError):
    """A page beyond the bounds; the text is one sentence without its end."""


def check_markup(text: str) -> None:
    """Raise TooLarge for more markup than a page of terms has; costs far less than reading it."""
    tags = text.count("<")
    if tags > TAGS:
        raise _too_large(f"has {tags:,} tags", TAGS)
    if tags > DEPTH:
        depth = _depth(text)
        if depth > DEPTH:
            raise _too_large(f"is nested {depth:,} deep", DEPTH)


def check_markdown(text: str) -> None:
    """Raise TooLarge for more Markdown than is worth rendering."""
    if len(text) > MARKDOWN:
        raise _too_large(f"has {len(text):,} characters of Markdown", MARKDOWN)
    brackets = text.count("[")
    if brackets > BRACKETS:
        raise _too_large(f"has {brackets:,} brackets", BRACKETS)


def check_text(clauses: Sequence[Clause]) -> None:
    """Raise TooLarge for more text than can be compared with another in a few seconds."""
    if len(clauses) > CLAUSES:
        raise _too_large(f"has {len(clauses):,} clauses", CLAUSES)
    letters = sum(len(clause.text) for clause in clauses)
    if letters > LETTERS:
        raise _too_large(f"has {letters:,} characters of text", LETTERS)
    longest = max((len(clause.text) for clause in clauses), default=0)
    if longest > LONGEST:
        raise _too_large(f"has a clause of {longest:,} characters", LONGEST)


def _too_large(what: str, most: int) -> TooLarge:
    return TooLarge(
        f"The page {what}, more than the {most:,} of any text of terms; declare a smaller page"
    )


class _Depth:
    """A target for the parser that builds nothing."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def start(self, _name: object, _attributes: object) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def end(self, _name: object) -> None:
        self.now -= 1

    def close(self) -> int:
        return self.most


def _depth(text: str) -> int:
    from lxml import etree  # not needed to know what is too large

    target = _Depth()
    parser = etree.HTMLParser(target=target)
    with suppress(etree.LxmlError, ValueError):  # an empty page, or what no parser takes
        parser.feed(text)
        parser.close()
    return target.most
