"""What a change turns: duties, legal bases, recipients and choices, each with its own words.

Only words that changed count, and only where both sides are plain: a deletion that says "will
not" beside an insertion that says "may" is a turn; two of each are left to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tracker.differ.choice_links import is_choice
from tracker.differ.redline import read_back
from tracker.model import Link, Note, Op, Span, Turn

_NOT = r"(?:not|n't|n’t|never|no longer)"
_MODAL = r"(?:will|would|shall|must|may|might|can|could|should|do|does|are|is)"
# Longest first: "will not" is one duty and not a "will" with a "not".
_DUTY = re.compile(
    rf"\b(?:{_MODAL}\s?{_NOT}|can(?:not|'t|’t)|won['’]t|(?:may|might) only"
    r"|will|shall|must|may|might|can|should|not|never|only|always"
    # in French, German, Spanish, Italian, Portuguese and Dutch
    r"|pouvons|peut|peuvent|pouvez|pourrons|pourra|devons|doit|doivent|devez|pas|jamais|uniquement"
    r"|(?:werden|dürfen|können|müssen|kann|darf|muss|wird) (?:nicht|nie)"
    r"|werden|dürfen|können|müssen|kann|darf|muss|nicht|nie|niemals|nur|immer"
    r"|no (?:podemos|podremos|puede|pueden|debe|deben)"
    r"|podemos|podremos|puede|pueden|podrá|debe|deben|nunca|siempre"
    r"|non (?:possiamo|può|possono|deve|devono)|possiamo|potremo|può|possono|deve|devono|sempre"
    r"|não (?:podemos|pode|podem|deve|devem)|poderemos|pode|podem|devem|apenas"
    r"|(?:zullen|kunnen|mogen|moeten|kan|mag|moet) (?:niet|nooit)"
    r"|zullen|kunnen|mogen|moeten|mag|moet|niet|nooit|altijd)\b",
    re.IGNORECASE,
)
# The month of a date is no permission.
_MONTH = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\s+May\b|\bMay\s+\d")
_BASIS = re.compile(
    r"\b(?:consent|legitimate interests?|performance of (?:the|our|a) contract|legal obligations?"
    r"|opt(?:ing)?[\s-]in|opt(?:ing)?[\s-]out|on by default|off by default"
    r"|consentement|intérêts? légitimes?|obligations? légales?|par défaut|Einwilligung"
    r"|berechtigte[sn]? Interessen?"
    r"|rechtliche Verpflichtung|standardmäßig|consentimiento|intereses? legítimos?|por defecto"
    r"|consenso"
    r"|interess[ei] legittim[io]|consentimento|interesses? legítimos?|por predefinição|toestemming"
    r"|gerechtvaardigde? belang(?:en)?|standaard)\b",
    re.IGNORECASE,
)
# Kinds of recipients, and companies that others' terms name; a service's own name is none.
_RECIPIENT = re.compile(
    r"\b(?:(?i:affiliates?|subsidiar(?:y|ies)|parent compan(?:y|ies)|advertisers?"
    r"|ad(?:vertising)? (?:partners?|networks?|providers?)|(?:business|data|marketing) partners?"
    r"|data brokers?|service providers?|vendors?|publishers?|third part(?:y|ies)|law enforcement"
    r"|research(?:ers| partners?)|annonceurs?|partenaires? (?:publicitaires?|commerciaux)"
    r"|sous-traitants?|tiers"
    r"|Werbetreibenden?|Werbepartnern?|Dienstleistern?|Dritten?|anunciantes?|socios"
    r"|proveedores de servicios|terceros"
    r"|inserzionisti|fornitori di servizi|terze parti|terzi|parceiros|prestadores de serviços"
    r"|terceiros"
    r"|adverteerders|dienstverleners|derden)|Microsoft|Bing|GitHub|Oracle|Salesforce|ByteDance)\b"
)
#: How many words an edit may have for its one duty to be what it is about; a basis carries more.
_SHORT, _LONGER = 8, 30
#: And where nothing stands against it: a "not" that came, or an "only" that went.
_ALONE = 3
_SHARES = re.compile(
    r"\b(?:shar(?:e|es|ed|ing)|disclos\w+|transfer\w*|sell(?:s|ing)?|sold|send(?:s|ing)?|sent"
    r"|giv(?:e|es|en|ing)"
    r"|provid(?:e|es|ed|ing)|make available|receiv(?:e|es|ed|ing)|access(?:ed|ible)?|affiliates"
    r"|partag\w+|transmet\w*|communiqu\w+|vend(?:re|ons|ez|ent|emos|er|iamo|ere)|fourni\w*"
    r"|weitergeb\w*|geben|teilen"
    r"|übermitt\w+|verkauf\w*|offenleg\w*"
    r"|compart\w+|comunic\w+|ced\w+|condivid\w+|fornia\w*|partilh\w+|compartilh\w+|delen"
    r"|verstrekken|verkopen|doorgeven)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?;\n]+")


def notes(
    redline: Sequence[Span], links_added: Sequence[Link], links_removed: Sequence[Link]
) -> tuple[Note, ...]:
    """Return what the change turns, in the order of the text; each said once."""
    found = [
        *_turned(redline, Turn.DUTY, _DUTY, _SHORT),
        *_turned(redline, Turn.BASIS, _BASIS, _LONGER),
        *_recipients(redline),
        *(Note(Turn.CHOICE, "", _shown(link)) for link in links_added if is_choice(link)),
        *(Note(Turn.CHOICE, _shown(link), "") for link in links_removed if is_choice(link)),
    ]
    return tuple(dict.fromkeys(found))


def speaks(text: str) -> list[str]:
    """Return the words of `text` that say what somebody must, may or must not do."""
    return [m[0] for m in _DUTY.finditer(_MONTH.sub("", text))]


def _shown(link: Link) -> str:
    return f"{link.words} ({link.target})"


# ── duties and bases ──────────────────────────────────────────────────────────────


def _turned(
    redline: Sequence[Span], turn: Turn, pattern: re.Pattern[str], longest: int
) -> Iterator[Note]:
    """Yield where one plain word of its kind gave way to another, or came or went by itself."""
    if not any(span.op is Op.SAME for span in redline):
        return
    for old, new in _edits(redline):
        before, after = (_only(pattern, _MONTH.sub("", side)) for side in (old, new))
        if before is None or after is None or before.casefold() == after.casefold():
            continue
        most = longest if before and after else _ALONE
        if max(len(old.split()), len(new.split())) <= most:
            yield Note(turn, before, after)


def _edits(redline: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Yield each deletion with the insertion that stands at its place; either may be empty."""
    spans = [Span(Op.SAME, "", ""), *redline, Span(Op.SAME, "", "")]
    for before, span in pairwise(spans):
        if span.op is Op.INSERT:
            yield (before.before if before.op is Op.DELETE else "", span.after)
        elif before.op is Op.DELETE:
            yield before.before, ""


def _only(pattern: re.Pattern[str], text: str) -> str | None:
    """Return the one match in `text`, "" where there is none, None where there are several."""
    found = {m[0].casefold(): m[0] for m in pattern.finditer(text)}
    return None if len(found) > 1 else next(iter(found.values()), "")


# ── recipients ────────────────────────────────────────────────────────────────────


def _recipients(redline: Sequence[Span]) -> Iterator[Note]:
    """Yield who is named in a sentence about sharing on one side and nowhere on the other."""
    old, new = read_back(redline)
    if old == new:
        return
    before, after = _stems(old), _stems(new)
    yield from (Note(Turn.RECIPIENT, "", name) for name in _told(new, after - before))
    yield from (Note(Turn.RECIPIENT, name, "") for name in _told(old, before - after))


def _stems(text: str) -> set[str]:
    return {_stem(m[0]) for m in _RECIPIENT.finditer(text)}


def _told(text: str, stems: set[str]) -> list[str]:
    """Return the names with one of `stems` that stand in a sentence about sharing, each said
    once.
    """
    if not stems:
        return []
    told = (m[0] for m in _SENTENCE.finditer(text) if _SHARES.search(m[0]))
    names = {_stem(m[0]): m[0] for sentence in told for m in _RECIPIENT.finditer(sentence)}
    return [name for stem, name in names.items() if stem in stems]


def _stem(name: str) -> str:
    plain = name.casefold()
    return re.sub(r"(?:ies|y|s)$", "", plain)
