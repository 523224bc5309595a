"""From when a text says that it applies.

A date counts only beside words that make it an effective date, and only when it is written out
in full; day, month and year are never guessed (03/11/2025 stays unknown).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import cache, lru_cache

# Days and months in any language: "November 3, 2025", "3 novembre 2025", "3. November 2025", ISO.
_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{1,2}(?:\.|er|º|ª|°|st|nd|rd|th)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4})"
)
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_DAY, _MONTH, _YEAR = (
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?",
    rf"(?P<month>{'|'.join(_MONTHS)})",
    r"(?P<year>[12]\d{3})",
)
_ENGLISH = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        rf"{_MONTH} {_DAY},? {_YEAR}",
        rf"{_DAY} {_MONTH},? {_YEAR}",
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
    )
)
# As `_DATE` has it in words.
_OTHER = re.compile(
    r"(?:(?P<before>[^\W\d_]{3,12})\.?\s+)?(?P<day>\d{1,2})(?:\.|er|º|ª|°|st|nd|rd|th)?,?\s+"
    r"(?:de\s+)?(?:(?P<month>[^\W\d_]{3,12})\.?,?\s+(?:de\s+)?)?(?P<year>\d{4})",
    re.IGNORECASE,
)
# Words that make a date the day from which the text applies, wherever they stand.
_APPLIES = (
    r"effective(?:\s+date)?(?:\s+(?:on|as\s+of|from|since|starting|beginning)){0,2}|in\s+(?:force|effect)(?:\s+(?:from|since|as\s+of|on))?"
    r"|takes?\s+effect(?:\s+on)?|apply\s+(?:from|as\s+of)|applies\s+(?:from|as\s+of)"
    r"|en\s+vigueur(?:\s+(?:le|depuis\s+le|au|à\s+compter\s+du|à\s+partir\s+du))?|(?:à\s+(?:compter|partir)|applicables?\s+(?:à\s+compter|à\s+partir))\s+du"
    r"|(?:gültig|wirksam|gelten|gilt)\s+(?:ab|seit)(?:\s+dem)?|mit\s+wirkung\s+(?:vom|zum)|in\s+kraft(?:\s+(?:seit|ab)(?:\s+dem)?)?|tritt\s+am|treten\s+am"
    r"|in\s+vigore(?:\s+(?:dal|il|a\s+partire\s+dal))?|a\s+(?:partire|decorrere)\s+dal"
    r"|(?:van\s+kracht|in\s+werking|geldig|ingang|ingangsdatum|inwerkingtreding|inkrafttreten\w*)(?:\s+(?:met\s+ingang\s+van|vanaf|sinds|per|op|van))?|met\s+ingang\s+van"
    r"|vigentes?\s+(?:desde|a\s+partir\s+de)(?:\s+el)?|entra\w*\s+em\s+vigor(?:\s+(?:em|a))?"
    r"|en\s+vigor(?:\s+(?:el|desde\s+el))?|vigente\s+desde\s+el|a\s+partir\s+d(?:el|e)|em\s+vigor(?:\s+(?:em|desde|a\s+partir\s+de))?"
)
# What a sentence must speak of for its other dates to be about the text: "on 1 May we change
# our partners" is none.
_TEXT = r"(?:agreement|policy|policies|notice|terms|conditions)\b"
_CHANGES = r"(?:updat|chang|revis|amend|mak|tak)\w*"
# The same in French, German, Spanish, Italian, Portuguese and Dutch.
TEXT_ABROAD = (
    r"(?:politique|conditions|contrat|charte|déclaration|richtlinie\w*|bedingungen|nutzungsbedingungen|datenschutz\w*"
    r"|agb|vereinbarung|política\w*|condiciones|términos|acuerdo|aviso|informativa|condizioni|termini|contratto"
    r"|termos|condições|acordo|beleid|privacybeleid|voorwaarden|gebruiksvoorwaarden|overeenkomst|verklaring)\b"
)
NEW_ABROAD = (
    r"(?:met(?:tons|trons)\s+à\s+jour|mise?s?\s+à\s+jour|modifi\w*|chang\w*|évolu\w*|aktualisier\w*|änder\w*"
    r"|geändert\w*|neue\w*|actualiz\w*|cambi\w*|aggiorn\w*|atualiz\w*|alter\w*|wijzig\w*|gewijzigd\w*|bijgewerkt\w*|bijwerk\w*)"
)
_LAST = re.compile(
    r"\b(?:derni[eè]re|letzte\w*|zuletzt|última|ultima|laatste?|last)\b", re.IGNORECASE
)
_SHORTLY = 20  # characters
#: Days before and after a new text is first seen in which it may come into force.
_LONGEST_AGO, _LONGEST_AHEAD = 330, 1100
_HAS_YEAR = re.compile(r"\d{4}")  # as every date has, and few texts
_ANY = re.compile(rf"(?<!\w){_DATE}(?!\w)", re.IGNORECASE)
# A date that names no day, or that may be read in two ways, is a date all the same.
_MONTH_NAME = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[ée]v(?:rier)?|mar(?:ch|s|zo|ço)?|märz|maart|a[pvb]r\w{0,6}"
    r"|may|mai|mayo|maggio|mei|ju[nlií]\w{0,6}|giugno|luglio|gennaio|ao[uû]t|agosto|aug\w{0,5}|se[pt]\w{0,8}"
    r"|o[ck]t\w{0,5}|out(?:ubro)?|ottobre|nov\w{0,6}|d[eéi][czs]\w{0,7}|enero|febrero|janeiro|fevereiro)"
)
_LOOSE = re.compile(
    rf"(?<!\w)(?:{_DATE}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./]\d{{1,2}}[./]\d{{1,2}}"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{_MONTH_NAME}\.?,?\s+(?:de\s+)?(?:\d{{1,2}},?\s+)?\d{{4}})(?!\w)",
    re.IGNORECASE,
)
# In a text where all white space is one space: runs of it could be read in many ways.
_SAID = (
    rf"\b(?:{_APPLIES})\s*[:\-–]?\s*(?P<applies>{_DATE})"
    rf"|\bon\s+(?P<makes>{_DATE}),?\s+we\b[^.]{{0,20}}\bmak\w+\s+(?:some\s+)?(?:changes|updates)\b"
    rf"|\b(?:on|from)\s+(?P<on>{_DATE})(?:\s+on)?,?\s+(?:we|our|these|this|the|an?)\b[^.]{{0,80}}\b(?:{_CHANGES}|new)[^.]{{0,80}}\b{_TEXT}"
    rf"|\b(?:we|our|these|this|the)\b[^.]{{0,80}}\b{_CHANGES}[^.]{{0,80}}\b{_TEXT}[^.]{{0,40}}\bon\s+(?P<later>{_DATE})"
    rf"|\b(?:we|our|these|this|the)\b[^.]{{0,40}}\b{_TEXT}[^.]{{0,40}}\b{_CHANGES}[^.]{{0,40}}\bon\s+(?P<was>{_DATE})"
    rf"|\b(?:le|am|zum|vom|ab|el|il|dal|em|a|op|per)\s+(?:dem\s+)?(?P<jour>{_DATE}),?[^.]{{0,80}}\b{NEW_ABROAD}[^.]{{0,80}}\b{TEXT_ABROAD}"
    rf"|\b{NEW_ABROAD}[^.]{{0,80}}\b{TEXT_ABROAD}[^.]{{0,60}}\b(?:le|am|zum|ab|el|il|dal|em|a|op|per)\s+(?:dem\s+)?(?P<jour2>{_DATE})"
    rf"|\b{TEXT_ABROAD}[^.]{{0,60}}\b{NEW_ABROAD}[^.]{{0,40}}\b(?:le|am|zum|ab|el|il|dal|em|a|op|per)\s+(?:dem\s+)?(?P<jour3>{_DATE})"
    rf"|\b{_TEXT}[^.]{{0,120}}\b(?:from|as\s+of|starting|beginning)\s+(?:on\s+)?(?P<since>{_DATE})"
)
_PHRASE = re.compile(_SAID.replace(r"\s+", " ").replace(r"\s*", " ?"), re.IGNORECASE)


def effective(text: str) -> date | None:
    """Return the first effective date that `text` names, or None."""
    return next(effectives(text), None)


def effectives(text: str) -> Iterator[date]:
    """Yield the effective dates that `text` names, in its order.

    When a text was last updated is another thing, and not taken for it.
    """
    if not _HAS_YEAR.search(text):
        return
    said = " ".join(text.split())
    for match in _PHRASE.finditer(said):
        around = said[max(0, match.start() - _SHORTLY) : match.end()]
        is_past = not match["applies"] and _LAST.search(around)
        if not is_past and (found := parse_date(next(filter(None, match.groups())))):
            yield found


def is_likely(day: date, seen: date) -> bool:
    """Return whether a text first seen on a day may apply from another; a year is easily
    mistyped.
    """
    return -_LONGEST_AGO <= (day - seen).days <= _LONGEST_AHEAD


def with_iso_dates(text: str) -> str:
    """`text` with the dates that are written out in full as ISO dates: a page that is served in
    another locale says 12 January for January 12, and nothing else."""
    if not _HAS_YEAR.search(text):
        return text
    return _ANY.sub(lambda m: str(parse_date(m[0]) or m[0]), text)


def without_dates(text: str) -> str:
    """`text` without its dates, those too that name no day or only numbers."""
    return _LOOSE.sub(" ", text) if _HAS_YEAR.search(text) else text


def names_day(text: str, day: date) -> bool:
    """Return whether `text` has a day as a date, in words or in numbers, wherever on Earth it is
    read.
    """
    days = {day + timedelta(days=n) for n in (-1, 0, 1)}
    return any(days & set(_readings(m[0])) for m in _LOOSE.finditer(text))


def _readings(written: str) -> Iterator[date]:
    """Yield what a date may mean; 03/11/2025 is one of two days."""
    if found := parse_date(written):
        yield found
    parts = [int(part) for part in re.split(r"[./-]", written) if part.isdecimal()]
    if len(parts) == 3:
        first, second, third = parts
        for year, month, day in (
            (first, second, third),
            (third, second, first),
            (third, first, second),
        ):
            with suppress(ValueError):
                yield date(year + 2000 if year < 100 else year, month, day)


def date_line(text: str) -> date | None:
    """Return the date of a line that is a date and nothing else, as stands under many titles."""
    return parse_date(" ".join(text.split())) if re.fullmatch(_DATE, text.strip()) else None


@lru_cache(maxsize=4096)
def parse_date(written: str) -> date | None:
    """Return a date written out in full, in any language; None where it is not one."""
    return _in_english(written) or _in_any_language(written)


def _in_english(written: str) -> date | None:
    """Return a date in one of the ways in which most are written, at no cost; None for all
    others.
    """
    for pattern in _ENGLISH:
        if found := pattern.fullmatch(written):
            month = found["month"].lower()
            number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
            with suppress(ValueError):
                return date(int(found["year"]), number, int(found["day"]))
    return None


def _in_any_language(written: str) -> date | None:
    found = _OTHER.fullmatch(written)
    month = _months().get(_plain(found["before"] or found["month"] or "")) if found else None
    if found is None or month is None:
        return None
    with suppress(ValueError):
        return date(int(found["year"]), month, int(found["day"]))
    return None


@cache
def _months() -> dict[str, int]:
    """Return the names of the months in hundreds of languages, and their numbers.

    Asking dateparser for each date would take a hundredth of a second for one that is none.
    """
    from dateparser.languages.loader import default_loader  # which takes its time to load

    every = [
        (_plain(name), number)
        for language in default_loader.get_locales()
        for number, month in enumerate(_MONTHS, 1)
        for name in language.info.get(month, ())
    ]
    return dict(reversed(every))  # one name for two months: the language that is spoken most


def _plain(name: str) -> str:
    """Return a name without its accents and capitals, and without the point of an abbreviation."""
    letters = unicodedata.normalize("NFKD", name.rstrip("."))
    plain = "".join(c for c in letters if not unicodedata.combining(c)).lower()
    return plain.replace("\u0131", "i")
