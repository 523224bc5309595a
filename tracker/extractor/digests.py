"""Digests of clauses, by which texts that read alike are known; no parser is needed for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracker.extractor.combining_marks import ATTACHED_ONE
from tracker.extractor.normalise import without_counters
from tracker.model import Clause, digest

_WORD = re.compile(rf"(?:\w+|{ATTACHED_ONE})+")


def text_digest(clauses: Iterable[Clause]) -> str:
    """Identify what a reader would read: the words, numbers and link targets, in order.

    A counter ("updated 3 days ago") is no part of it: by it a page would never be the same.
    """
    lines = (
        "\x1f".join([c.number, without_counters(c.key), *(link.target for link in c.links)])
        for c in clauses
    )
    return digest("\x1e".join(lines).encode("utf-8", "surrogatepass"))


def words_digest(clauses: Iterable[Clause]) -> str:
    """Identify the words and numbers of a text in their order, however they were marked up."""
    words = (w for c in clauses for w in _WORD.findall(f"{c.number} {c.key}".casefold()))
    return digest("\x1f".join(words).encode("utf-8", "surrogatepass"))
