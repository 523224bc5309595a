"""The letters of a text that carry its meaning: two wordings of one sense differ in nothing else.

Left out are markup that a transcript shows, numbering, accents, capitals, spaces, the scheme of an
address, words that only carry a link, and the spelling of one English or the other.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tracker.differ.effective_dates import with_iso_dates, without_dates
from tracker.extractor.combining_marks import ATTACHED_ONE
from tracker.extractor.normalise import fold, without_counters

# A sum keeps its currency and its decimal point: 1.5 % is neither 15 % nor $1.5.
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[%‰$€£¥₹]")
_LETTERS = re.compile(rf"(?:[^\W_]+|{ATTACHED_ONE})+|\x1f[^\x1f]+\x1f")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\([^()\[\]]{0,800}\)")
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}")
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?|\bmailto:", re.IGNORECASE)
#: Words that only carry a link.
_LINK_WORDS = re.compile(
    r"\b(?:(?:by )?click(?:ing)? )?(?:on )?here\b|\b(?:cliquez )?ici\b"
    r"|\b(?:learn|read|find out) more\b",
    re.IGNORECASE,
)
#: Numbering where a line or a sentence begins.
_NUMBERING = re.compile(
    r"(?:^|(?<=[.!?:;|]\s)|(?<=\n)|(?<=[.;,])(?=\())(?:\([ivxlc]{1,6}\)|\([a-z]\)|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=\s*[A-ZÀ-Þ])"
    r"|\d{1,2}[.)](?=\s*[A-ZÀ-Þ])|[a-z]\)(?=\s))\s*"
)
# The same word in the spelling of either English; what both sides have alike does no harm. The
# letters come first in a pattern, and what stands before them is looked back for: so no place is
# tried but where they stand.
_SPELLINGS = tuple(
    (spelt.partition("[")[0], re.compile(rf"{spelt}(?<={before}{spelt}){after}"), plain)
    for before, spelt, after, plain in (
        (r"\w{3}", "is", r"(?=(?:e|es|ed|er|ers|ing|ation|ations|ational)\b)", "iz"),
        (r"\w{3}", "ys", r"(?=(?:e|es|ed|ing)\b)", "yz"),
        (r"\w{3}", "our", r"(?=(?:s|ed|ing|ite|ites|able|al|er|ers|hood|less|ful)?\b)", "or"),
        (r"\w{3}", "ll", r"(?=(?:ed|ing|er|ers|ation|ations)\b)", "l"),
        (r"\w{3}", "tre", r"(?=s?\b)", "ter"),
        (r"\w{3}", "ogue", r"(?=s?\b)", "og"),
        (r"\w{2}", "en[cs]e", r"(?=s?\b)", "ens"),
        (r"\b", "licenc", "", "licens"),
        (r"\b", "programme", "", "program"),
        (r"\b", "judgement", "", "judgment"),
        (r"\b", "acknowledgement", "", "acknowledgment"),
    )
)
#: Words that alone say nothing: articles, pronouns that point back, and ways to send a reader on.
_LIGHT = frozenset(
    """a an the its their this that these those which such and also as of to for in on at by
    is are was were been please here there go visit see click s d
    le la les l un une des de du en à au aux ce cette ces son sa ses leur leurs et aussi ici
    der die das den dem ein eine einen einem einer und auch bitte hier zu zum zur
    el los las del una y e también aquí il lo gli i di della del dei delle anche qui
    o os as um uma do da dos das também aqui het een ook en van te""".split()
)
_WORD = re.compile(r"[^\W_]+")
_DATED = re.compile(
    r"updat|effective|revis|modif|version|publish|posted|dated|as\s{1,9}of|in\s{1,9}force|amended|issued"
    r"|mise?s?\s{1,9}à\s{1,9}jour|vigueur|modifi|stand\b|gültig|aktualisiert|geändert|vigor|actualiz|aggiorna"
    r"|bijgewerkt|gewijzigd|ingang|atualiza",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    r"\b(?:effective|dates?d?|as of|posted|last|(?:was |were )?updated?|on|published|revised"
    r"|version|since|from)\b",
    re.IGNORECASE,
)
_MOST_LEFT_OUT = 40  # letters
_LONGEST_DATED = 40  # words


def letters(text: str) -> str:
    """`text` without punctuation, spaces and capitals."""
    # An address whose "mailto:" is shown is a slip of the page.
    shown = text.replace("mailto:", "")
    return "".join(_LETTERS.findall(_NUMBER.sub("\x1f\\g<0>\x1f", shown))).casefold()


@lru_cache(maxsize=1024)  # asked for a change alone, and with its neighbours
def sense(text: str) -> str:
    """Return the letters of `text` that carry its meaning."""
    lines = (without_counters(fold(line)) for line in text.splitlines())
    plain = _LINK.sub(r"\1", "\n".join(lines))
    plain = _EMPHASIS.sub("", plain).strip()
    plain = _NUMBERING.sub("", _LINK_WORDS.sub("", _SCHEME.sub("", plain)))
    return letters(_in_one_spelling(with_iso_dates(_without_accents(plain))))


def _in_one_spelling(text: str) -> str:
    plain = text.casefold()
    for letters_, pattern, one in _SPELLINGS:
        if letters_ in plain:  # a pattern that is not met is dearer than asking for its letters
            plain = pattern.sub(one, plain)
    return plain


def _without_accents(text: str) -> str:
    """Latin letters without their accents; in other scripts a mark may be half the word."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKD", c)[0] if "\u00c0" <= c <= "\u024f" else c for c in text
    )


def is_light(text: str) -> bool:
    """Return whether a piece of a sentence has no word that says something by itself."""
    return not _weighty(text)


def is_alike(before: str, after: str) -> bool:
    """Return whether two pieces differ in nothing but light words and in one or many."""
    return sorted(_weighty(before)) == sorted(_weighty(after))


def _weighty(text: str) -> list[str]:
    found = (w for w in _WORD.findall(text.casefold()) if w not in _LIGHT)
    return [w.removesuffix("s") for w in found]


def is_same(before: str, after: str) -> bool:
    """Return whether two texts differ in no letter and number that carries meaning."""
    old, new = letters(before), letters(after)
    if old == new:
        return True
    # What is left out is never much of a text, unless addresses are shown in it.
    apart = abs(len(old) - len(new))
    if not (old and new) or (apart > _MOST_LEFT_OUT + len(old) // 5 and "](" not in before + after):
        return False
    return sense(before) == sense(after)


def _undated(text: str) -> str:
    """Return what a text without its dates says but that it is dated: nothing, of most date
    lines.
    """
    return sense(_DATE_WORDS.sub(" ", text))


def is_redated(before: str, after: str) -> bool:
    """Return whether two texts say the same of themselves but for the day: "Last updated: May
    2025".
    """
    if max(len(before.split()), len(after.split())) > _LONGEST_DATED:
        return False
    old, new = without_dates(fold(before)), without_dates(fold(after))
    if old == fold(before) or new == fold(after) or _undated(old) != _undated(new):
        return False
    return bool(_DATED.search(new)) or not letters(new)
