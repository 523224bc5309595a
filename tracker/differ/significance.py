"""What a change, and a revision, is worth to a reader: rules, each with its reason in words.

Only the newer and the older wording decide; where either came from decides nothing here except
that two known and different page sets are never news about the text (`page set`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.differ import sense
from tracker.differ.choice_links import lost_choice
from tracker.differ.effective_dates import NEW_ABROAD, TEXT_ABROAD
from tracker.differ.redline import read_back, words_of
from tracker.extractor.normalise import fold, without_counters
from tracker.model import MOVED, Change, Clause, Kind, Op, Significance, Span, Unit, Version

# How a sentence that was complete goes on; one that was broken off may go on in any way.
_GOES_ON = re.compile(
    r"\s*(?:[^\w\s]|(?:and|or|but|nor|including|except|unless|until|to|for|with|without|as|if|when"
    r"|where|which|who|that|because|so|by|in|on|at|from|of|through|than|provided|subject)\b)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?:;)\]\"'”’…]\s*$")
_OURS = (
    r"(?:nous|notre|nos|ces|wir|unsere?[rnms]?|diese|nuestr[oa]s?|estas|nostr[aeio]|queste|noss[oa]s?|estes|wij|we"
    r"|onze|deze)"
)
_NOTICE = re.compile(
    r"\b(?:we|our|these|this|the)\b[^.]{0,60}\b(?:are|is|were|have|has|will(?:\s+be)?)?\s*"
    r"(?:updat|chang|revis|amend|mak(?:e|ing)\s+(?:some\s+)?(?:update|change))\w*[^.]{0,80}"
    r"\b(?:notice|policy|policies|agreement|terms|conditions|legal\s+basis)\b"
    r"|\bupdates?\s+to\s+(?:our|the|this|these)\b[^.]{0,40}\b(?:notice|policy|policies|agreement|terms)\b"
    r"|\bpreview\b[^.]{0,60}\b(?:notice|policy|agreement|terms)\b"
    # in French, German, Spanish, Italian, Portuguese and Dutch
    rf"|\b{_OURS}\b[^.]{{0,60}}\b{NEW_ABROAD}[^.]{{0,80}}\b{TEXT_ABROAD}"
    rf"|\b{NEW_ABROAD}[^.]{{0,30}}\b{_OURS}\b[^.]{{0,40}}\b{TEXT_ABROAD}"
    rf"|\b{_OURS}\b[^.]{{0,40}}\b{TEXT_ABROAD}[^.]{{0,40}}\b{NEW_ABROAD}",
    re.IGNORECASE,
)
# "We may update these terms from time to time" announces nothing.
_PERMISSION = re.compile(
    r"\b(?:may|can|might|reserve\w*|from\s+time\s+to\s+time)\b[^.]{0,40}\b(?:updat|chang|revis|amend|modif)"
    r"|\bfrom\s+time\s+to\s+time\b"
    r"|\b(?:pou[vr]\w+|peu[tv]\w*|können|kann|behalten\s+uns|pod(?:emos|r\w+)|pued\w+|possiamo|può|potr\w+|reserv\w*"
    r"|riserv\w*|réserv\w*|kunnen|mogen)\b[^.]{0,60}"
    rf"\b{NEW_ABROAD}"
    r"|\b(?:de\s+temps\s+(?:à\s+autre|en\s+temps)|von\s+zeit\s+zu\s+zeit|de\s+vez\s+en\s+cuando|periodicamente"
    r"|di\s+tanto\s+in\s+tanto|de\s+tempos\s+em\s+tempos|van\s+tijd\s+tot\s+tijd)\b",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 900
_LONGEST_NAME = 200  # characters, of a name wherever it was lost in a clause
_LETTERS = re.compile(r"[^\W_]+")
#: A banner stands at the very top: among the first clauses, above any section.
_BANNER_DEPTH = 1
#: Share of a text's clauses that must be gone, under another title, for a page swap.
_SWAP = 0.7
REPLACED = "the whole text was replaced"
#: Shares of the words (each counted once) that a rewritten text has in common with the older: of
#: the shorter one's, and of all.
_WORDS_KEPT = 0.65
_WORDS_ALIKE = 0.35
#: An archive's page set is wider when the text has so many times the clauses.
_WIDENED = 2.5
#: Substantive changes that do not hide that a revision is, above all, an announcement.
_FEW = 0.03


@dataclass(frozen=True, slots=True)
class Place:
    """What a change's surroundings say: `is_top` of the page, `has_strayed` under another label,
    `is_furniture` beside the text.

    `known` are the keys of the clauses of all earlier versions, `service` is who writes the text.
    """

    is_top: bool = False
    has_strayed: bool = False
    known: frozenset[str] = frozenset()
    is_furniture: bool = False
    service: str = ""


def of_change(
    kind: Kind,
    before: Sequence[Clause],
    after: Sequence[Clause],
    redline: Sequence[Span],
    place: Place,
) -> Significance:
    """Return the significance of one change on its own."""
    if kind is Kind.LINKS:
        return Significance.SUBSTANTIVE if lost_choice(before, after) else Significance.LINKS
    if kind in {Kind.MOVED, Kind.RENUMBERED}:
        return Significance.SUBSTANTIVE if place.has_strayed else Significance.EDITORIAL
    if place.is_furniture:
        return Significance.EDITORIAL
    if not place.has_strayed and _is_editorial(redline, before, after, place):
        return Significance.EDITORIAL
    if place.is_top and is_notice([*before, *after]):
        return Significance.ANNOUNCEMENT
    return Significance.SUBSTANTIVE


def is_notice(clauses: Sequence[Clause]) -> bool:
    """Return whether the clauses say that the text itself changes; that it may change is no
    notice.
    """
    return all(
        len(c.path) <= _BANNER_DEPTH
        and len(c.text) <= _LONGEST_NOTICE
        and bool(_NOTICE.search(c.text))
        and not _PERMISSION.search(c.text)
        for c in clauses
    )


def _is_editorial(
    redline: Sequence[Span],
    before: Sequence[Clause],
    after: Sequence[Clause],
    place: Place,
) -> bool:
    shown = read_back(redline)
    if sense.is_same(*shown) or sense.is_redated(*shown) or _is_named(redline, place.service):
        return True
    if not before or not after or any(c.unit is Unit.HEADING for c in (*before, *after)):
        return False
    old, new = (without_counters(fold(side)) for side in shown)
    # That a clause is longer than before is a slip mended only where its words stood before.
    returned = all(c.key in place.known for c in after)
    return _is_cut_short(new, old) or (returned and _is_cut_short(old, new))


def _is_named(redline: Sequence[Span], service: str) -> bool:
    """Return whether a page only lost the name of its own service somewhere, or found it again."""
    edits = [span for span in redline if span.op is not Op.SAME]
    if len({span.op for span in edits}) != 1 or len(edits) == len(redline):
        return False
    said = " ".join(span.before + span.after for span in edits)
    words = _LETTERS.findall(said.casefold()) if len(said) <= _LONGEST_NAME else []
    return bool(words) and {*_LETTERS.findall(service.casefold())}.issuperset(words)


def _is_cut_short(short: str, long: str) -> bool:
    """Return whether `short` is `long` broken off in the middle of a sentence: a slip of the
    page.
    """
    if len(short) <= 20 or not long.startswith(short) or _SENTENCE_END.search(short):
        return False
    return bool(_SENTENCE_END.search(long)) and not _GOES_ON.match(long[len(short) :])


def of_revision(
    before: Version, after: Version, changes: Sequence[Change], paired: int
) -> tuple[Significance, str]:
    """Return the significance of a revision and the reason for it, in words.

    `paired` counts the clauses of the newer version that stand in the older one too.
    """
    technical = "" if after.is_preview else _technical(before, after, paired)
    if technical:
        return Significance.TECHNICAL, technical
    ranks = [c.significance for c in changes]
    substantive = ranks.count(Significance.SUBSTANTIVE)
    notices = ranks.count(Significance.ANNOUNCEMENT)
    if notices and substantive <= min(notices, _FEW * len(after.clauses)):
        return Significance.ANNOUNCEMENT, "a notice about changes to the text came, changed or went"
    if substantive:
        is_whole = paired < (1 - _SWAP) * max(len(before.clauses), len(after.clauses))
        return Significance.SUBSTANTIVE, REPLACED if is_whole else "the wording changed"
    if Significance.EDITORIAL in ranks and _is_redated(changes):
        return Significance.EDITORIAL, "only its date changed"
    if Significance.EDITORIAL in ranks:
        return Significance.EDITORIAL, "only punctuation, order, numbering or obvious slips changed"
    if Significance.LINKS in ranks:
        return Significance.LINKS, "only link targets changed"
    return Significance.TECHNICAL, "no clause changed"


def _is_redated(changes: Sequence[Change]) -> bool:
    """Return whether all that changed are days that a text has of itself."""
    edits = [c for c in changes if c.kind not in {Kind.MOVED, Kind.RENUMBERED, Kind.LINKS}]
    shown = (read_back(change.redline) for change in edits)
    return bool(edits) and all(sense.is_redated(*both) for both in shown)


def _technical(before: Version, after: Version, paired: int) -> str:
    """Return why the two texts are not two wordings of one page, or nothing."""
    if before.urls and after.urls and _has_moved(before) == _has_moved(after):
        if before.urls != after.urls:
            return "the text is read from other pages than before"
        # A transcript was selected by whoever made it.
        is_alike = _is_transcript(before) == _is_transcript(after)
        if is_alike and _sources(before) != _sources(after):
            return "the text is selected from the page in another way than before"
        return ""
    if _is_page_swap(before, after, paired) and not _is_rewritten(before, after):
        return f"another page took its place: {after.title}"
    if _is_widened(before, after, paired):
        return "other pages were added to the text"
    if _is_widened(after, before, paired):
        return "some of the pages it was made of were left out"
    return ""


def _has_moved(version: Version) -> bool:
    """Return whether it was read where the text was before, as the operator says."""
    return any(capture.fact(MOVED) for capture in version.captures)


def _is_transcript(version: Version) -> bool:
    return all(capture.is_transcript for capture in version.captures)


def _sources(version: Version) -> list[str]:
    return [c.source.key for c in version.captures if c.source]


def _is_widened(small: Version, large: Version, paired: int) -> bool:
    """Nearly all that was there is kept, beside much more: an archive joined several pages.

    A page that has no other title than before only grew.
    """
    kept = paired / len(small.clauses) if small.clauses else 0.0
    titles = _titles(small)
    if titles and titles == _titles(large):
        return False
    return kept >= _SWAP and len(large.clauses) >= _WIDENED * len(small.clauses)


def _titles(version: Version) -> list[str]:
    return [clause.key for clause in version.clauses if clause.level == 1]


def _is_rewritten(before: Version, after: Version) -> bool:
    """Return whether most words of both texts are the same: one text told in another way."""
    old, new = (
        {w.casefold() for c in version.clauses for w in words_of(c.text) if w.isalpha()}
        for version in (before, after)
    )
    shared = len(old & new)
    return shared > _WORDS_KEPT * min(len(old), len(new)) and shared > _WORDS_ALIKE * len(old | new)


def _is_page_swap(before: Version, after: Version, paired: int) -> bool:
    """Most clauses replaced and the title another: the maintainers point at another page."""
    smaller = min(len(before.clauses), len(after.clauses))
    gone = 1 - paired / smaller if smaller else 1.0
    return gone >= _SWAP and fold(before.title).casefold() != fold(after.title).casefold()
