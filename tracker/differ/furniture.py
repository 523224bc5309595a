"""What stands on a page beside its text: labels, buttons, breadcrumbs, widgets, lost headings.

It is known by what it is: no sentence, no rule, under no list; or a widget by the name it bears.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from tracker.differ.redline import read_back
from tracker.differ.sense import sense
from tracker.extractor.normalise import enumerator
from tracker.model import Change, Clause, Kind, Significance, Unit, Version

_MOST_WORDS = 6
_FARTHEST = 40  # clauses a list is followed to where it begins
_LONGEST_GROUP = 6
_SENTENCE_ENDS = frozenset(".!;:,。！")
# Who speaks to whom, or says what is, may or must be: a sentence, however short. Where letters are
# of another script, or a number is named, nothing short is taken for a label.
_SPEAKS = re.compile(
    r"[^\x00-\u024f\u2000-\u206f]|\d|\b(?:we|us|our|you|your|they|their|it|this|these|may|must|will|can|shall|should"
    r"|not|no|never|is|are|was|has|have|do|does|sell|share|use|keep|collect|train"
    r"|nous|notre|nos|vous|votre|vos|est|sont|peut|pouvez|wir|unsere?|sie|ihre?|ist|sind|kann|darf"
    r"|usted|nuestr[oa]s?|puede|es|son|noi|nostr[oaie]|può|è|sono|nós|noss[oa]s?|pode|são"
    r"|wij|onze|uw|kunnen|mag)\b",
    re.IGNORECASE,
)
_WIDGET = re.compile(
    r"(?:do you )?(?:still )?(?:need|want|have) (?:more |any )?(?:help|questions)"
    r"|(?:was|did|is) this (?:page|article|answer|information)?\s?(?:help\w*|useful)(?: you)?"
    r"|related (?:articles?|links?|topics?|pages?|content)|(?:on|in) this (?:page|article)"
    r"|(?:recently viewed|popular|see also|more) articles?|share this (?:page|article)|follow us"
    r"|can['’]?t find what you(?:['’]?re| are) looking for"
    r"|(?:on this page )?(?:expand|collapse)(?: all| table of contents)?"
    r"|sign in(?: ?/ ?register)?|log in|search(?: suggestions)?|(?:send|give)(?: us)? feedback",
    re.IGNORECASE,
)
# Where an earlier version of the text can be read, and whose the page is.
_VERSIONS = (
    r"\b(?:versions?|versión|versiones|vers[ãõ]o|versões|versione|versioni|versies?"
    r"|fassung(?:en)?)\b"
)
_FORMER = (
    r"\b(?:previous|prior|earlier|past|older|archived|former|précéd|antérieur|archivé|vorherig|vorig|früher"
    r"|ältere|anterior|precedent|eerder|en vigueur (?:du|avant)|in force (?:from|until)|gültig bis)"
)
_EARLIER = re.compile(
    rf"{_VERSIONS}[^.:;]{{0,80}}{_FORMER}|{_FORMER}[^.:;]{{0,60}}{_VERSIONS}", re.IGNORECASE
)
_READ = re.compile(
    r"\b(?:click|see|view|read|find|access|available|here|download|consult\w*|cliquez|ici|voir|lire|hier|finden"
    r"|einsehen|ansehen|abrufen|aquí|ver|consulta\w*|qui|clicca|aqui|clique|bekijk\w*|lezen)\b",
    re.IGNORECASE,
)
_FULL_STOP = re.compile(r"[.!?](?=\s|$)")
_OWNER = re.compile(r"(?:©|\(c\)\s|copyright\s).{0,20}\d{4}", re.IGNORECASE)
_LONGEST_ASIDE = 40  # words
#: What a text may be, by the words that name one.
_KINDS = {
    "privacy": re.compile(r"privacy (?:notice|policy|statement)|privacy-policy|data protection"),
    "cookies": re.compile(r"cookies? (?:notice|policy)|trackers-policy"),
    "terms": re.compile(r"\bterms\b|terms-of|-terms|agreement|conditions"),
    "rules": re.compile(r"guidelines|community|acceptable[- ]use|usage polic"),
}
_UPDATED = re.compile(r"updat|chang|revis|amend|refresh")
_BANNER = 8  # clauses
_LETTERS = re.compile(r"[^\W\d_]+")
#: So many clauses do not lose their links at once by anybody's will.
_MANY_LINKS = 5
_CAME_OR_WENT = (Kind.ADDED, Kind.REMOVED)
_EDITS = (*_CAME_OR_WENT, Kind.REWORDED, Kind.SPLIT, Kind.MERGED)


def is_label(clauses: Sequence[Clause], place: int) -> bool:
    """Return whether a clause of a text is a few words outside every sentence and list."""
    clause = clauses[place]
    if not _is_short(clause):
        return False
    if clause.unit is Unit.ITEM:
        return not clause.path  # a breadcrumb or a menu above the text
    return clause.unit is Unit.PARAGRAPH and not _is_listed(clauses, place)


def _is_short(clause: Clause) -> bool:
    words = clause.text.split()
    if len(words) > _MOST_WORDS or _ends_as_sentence(clause.text):
        return False
    return not _SPEAKS.search(clause.text)


def _ends_as_sentence(text: str) -> bool:
    """Return whether what follows the last letter or digit of a text ends a sentence."""
    tail = takewhile(lambda sign: not sign.isalnum(), reversed(text))
    return not _SENTENCE_ENDS.isdisjoint(tail)


def _is_listed(clauses: Sequence[Clause], place: int) -> bool:
    """Return whether short lines go on from one that announces them: "We share it with:"."""
    for clause in reversed(clauses[max(0, place - _FARTHEST) : place]):
        if clause.text.rstrip().endswith(":"):
            return True
        if clause.unit is Unit.HEADING or len(clause.text.split()) > 2 * _MOST_WORDS:
            return False
    return False


def is_widget(clause: Clause) -> bool:
    """Return whether a clause is, or stands under, the heading of a widget."""
    names = (clause.text, *clause.path[-1:])
    return any(_WIDGET.fullmatch(name.strip(" ?!.:")) for name in names)


def lead(version: Version) -> int:
    """Return how many clauses stand before the text's own title, under the title of something else.

    A page has its dialogues in front: "Sign in", with a heading as large as the text's.
    """
    wanted = set(_LETTERS.findall(version.document.partition("/")[2].partition("@")[0]))
    titles = [n for n, c in enumerate(version.clauses) if c.level == 1 and c.unit is Unit.HEADING]
    own = (n for n in titles if wanted <= set(_LETTERS.findall(version.clauses[n].key.casefold())))
    place = next(own, 0)
    return place if titles and titles[0] < place else 0


def is_aside(clause: Clause) -> bool:
    """Return whether a clause only says where earlier versions are, or whose the page is."""
    text = clause.text
    if len(text.split()) > _LONGEST_ASIDE:
        return False
    is_one = len(_FULL_STOP.findall(text)) <= 1
    leads_back = is_one and _EARLIER.search(text) and _READ.search(text)
    return bool(leads_back or _OWNER.match(text))


def without_slips(changes: Sequence[Change], before: Version, after: Version) -> tuple[Change, ...]:
    """`changes`, where those that say nothing of the text are of no weight.

    So it is with what a page only cut in another way, headings that came or went alone, the
    site's banner about another text, and links that a capture lost by the dozen.
    """
    kept = list(changes)
    edits = [n for n, change in enumerate(kept) if change.kind in _EDITS]
    for n in _recut([kept[n] for n in edits]):
        kept[edits[n]] = _editorial(kept[edits[n]])
    if sum(c.kind is Kind.LINKS and not c.links_added for c in kept) >= _MANY_LINKS:
        kept = [
            replace(c, significance=Significance.LINKS) if c.kind is Kind.LINKS else c for c in kept
        ]
    return _without_lost_headings(_without_banner(kept, before, after))


def _without_banner(changes: Sequence[Change], before: Version, after: Version) -> Sequence[Change]:
    """`changes`, where a banner above the text that names another text only is no news."""
    own = " ".join(
        (after.document, *(v.title for v in (before, after)), *_first_headings(after))
    ).casefold()
    above = [n for n, c in enumerate(changes) if _is_above(c, before, after)]
    said = " ".join(part for n in above for part in read_back(changes[n].redline)).casefold()
    named = {kind for kind, words in _KINDS.items() if words.search(said)}
    mine = {kind for kind, words in _KINDS.items() if words.search(own)}
    if not mine or not named or named & mine or not _UPDATED.search(said):
        return changes
    return [_editorial(c) if n in above else c for n, c in enumerate(changes)]


def _first_headings(version: Version) -> list[str]:
    return [c.text for c in version.clauses[:_BANNER] if c.unit is Unit.HEADING]


def _is_above(change: Change, before: Version, after: Version) -> bool:
    """Return whether what came or went is among the first paragraphs, above every heading."""
    if change.kind not in _CAME_OR_WENT or change.path:
        return False
    version = after if change.after else before
    return change.clause in version.clauses[:_BANNER] and change.significance.is_news


def _recut(changes: Sequence[Change]) -> list[int]:
    """Places of neighbours under one heading that together say the same before and after."""
    found: list[int] = []
    start = 0
    while start < len(changes):
        end = _end_of_group(changes, start)
        found += range(start, end)
        start = max(end, start + 1)
    return found


def _end_of_group(changes: Sequence[Change], start: int) -> int:
    """Return where the shortest run from `start` ends that is the same on both sides; `start` if
    none.
    """
    group = changes[start : start + _LONGEST_GROUP]
    if group[0].moved or not (any(c.before for c in group) and any(c.after for c in group)):
        return start
    path, old, new = group[0].path, "", ""
    for end, change in enumerate(group, start + 1):
        shared = min(len(change.path), len(path))  # a cell stands under the first of its row
        if change.path[:shared] != path[:shared]:
            break
        before, after = read_back(change.redline)
        old, new = old + sense(before), new + sense(after)
        if old == new and end > start + 1:
            return end
        if not (old.startswith(new) or new.startswith(old)):
            break
    return start


def _without_lost_headings(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return whether a heading is news: only with prose under it that came or went."""
    said = {
        (change.kind, enumerator(title)[1])
        for change in changes
        if change.significance.is_news and change.clause.unit is not Unit.HEADING
        for title in change.path
    }
    return tuple(
        _editorial(change)
        if change.kind in _CAME_OR_WENT
        and change.significance is Significance.SUBSTANTIVE
        and change.clause.unit is Unit.HEADING
        and (change.kind, enumerator(change.clause.text)[1]) not in said
        else change
        for change in changes
    )


def _editorial(change: Change) -> Change:
    return replace(change, significance=Significance.EDITORIAL)
