"""Which sights of a text are to be believed at once, and which wait for agreement.

On seven real pages 158 of 238 changes of text went back to a text seen shortly before. So a first
sight that is suspicious is held: an upheaval, a wording that was there in the last thirty days, or
anything new on a page that is known to flap. It is believed after three agreeing looks over at
least a day, and forgotten when the text before it is seen again. A page that never flapped does
not wait. An archive stores a page only when it changed. So its text is believed if it stayed for a
day (a returning wording: for a week) before the next record, and dropped if it went within a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from tracker.history.counters import Clauses, Counters
from tracker.history.observations import Alike, Observation
from tracker.policy import AGREEING_OBSERVATIONS, has_agreed

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
#: For so long a wording that comes back is suspected of coming and going, and its page after that.
_MEMORY = timedelta(days=30)
_FLAPPER = timedelta(days=90)
#: An upheaval: less of one side's text than this stands in the other one too.
_UPHEAVAL = 0.5
#: So much of what sets a text apart from the one before may be different from look to look.
_LITTLE = 0.1

#: A page and its transcript, which leaves out this and that, have so much in common at least; and
#: of two such that show a later text this may be different from what was different before.
_TRANSCRIBED, _NO_MORE = 0.75, 0.01
_MOST_OTHERS = 4

UPHEAVAL = "most of the text is another one"
RETURN = "a wording of the last thirty days came back"
FLAPS = "this page is known to come and go"
BRIEF = "it was gone within a day"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text from its first look to its last; `shown` is the look it is read from.

    `others` are the newest looks that showed it on other pages, or as a transcript of the page,
    `nearly` texts that differ from it by next to nothing and counted for it.
    """

    first: Observation
    shown: Observation
    last_seen: datetime
    looks: int = 1
    others: tuple[Observation, ...] = ()
    nearly: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return self.first.text

    def again(self, look: Observation) -> Candidate:
        """Return the same text once more. Where other pages show it now, what comes next is
        compared with those: the move itself is no change, and must not make the next change look
        like one. Sources that take turns move nothing.
        """
        was_there = any(one.pages == look.pages for one in self.others)
        is_alike = self.shown.is_transcript == look.is_transcript
        is_known = all(self.shown.pages) and all(look.pages)
        moved = is_alike and is_known and self.shown.pages != look.pages
        shown = look if moved and not was_there else self.shown
        seen = [*self.others, self.shown, look]
        others = {one.pages: one for one in seen if one.pages != shown.pages}
        return replace(
            self,
            shown=shown,
            last_seen=look.time,
            looks=self.looks + 1,
            others=tuple(others.values())[-_MOST_OTHERS:],
        )

    def nearly_again(self, look: Observation) -> Candidate:
        """Count a look that differs by next to nothing: the text is what came last, since then."""
        if look.text == self.text:
            return self.again(look)
        latest = replace(look, time=self.first.time)
        nearly = self.nearly | {self.text}
        return Candidate(latest, latest, look.time, self.looks + 1, nearly=nearly)

    def beside(self, look: Observation) -> Observation:
        """Return the look at this text to compare another text with: one at the same pages, if
        any.
        """
        return next((o for o in self.others if o.pages == look.pages), self.shown)


def sight(look: Observation) -> Candidate:
    return Candidate(look, look, look.time)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sight that waits, and why."""

    sight: Candidate
    reason: str

    @property
    def has_agreed(self) -> bool:
        return has_agreed(self.sight.looks, self.sight.first.time, self.sight.last_seen)

    def stood_until(self, time: datetime) -> bool:
        """Return whether an archive, which next recorded something at `time`, saw it stand."""
        needed = _WEEK if self.reason in {RETURN, FLAPS} else _DAY
        return self.sight.first.is_import and time - self.sight.first.time >= needed

    def is_last_word(self, before: Candidate) -> bool:
        """Return whether it is the last record of an archive that recorded the text `before` it too
        seldom for agreement to be seen."""
        return self.sight.first.is_import and before.looks < AGREEING_OBSERVATIONS


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The sights that are believed, oldest first, and the one that waits, if one does.

    `counters` is a sentence about what was new at every look of late, empty if nothing was.
    """

    believed: tuple[Candidate, ...] = ()
    held: Pending | None = None
    counters: str = ""


def confirm(
    looks: Iterable[Observation], alike: Alike, clauses: Clauses = lambda _: ()
) -> Confirmed:
    """Return what is to be believed of `looks`, which are in order of time.

    `alike` is the share of the text of two looks that stands in both, 0 to 1, the lesser of the
    two sides; it is asked only of texts that differ. `clauses` are those of a look.
    """
    ordered = tuple(looks)
    told = _Told(alike, Counters(clauses))
    for look, following in zip_longest(ordered, ordered[1:]):
        told.hear(look, following)
    return told.end()


class _Told:
    """The state of one telling; it lives as long as one history is derived."""

    def __init__(self, alike: Alike, counters: Counters) -> None:
        self._alike = alike
        self._counters = counters
        self._believed: list[Candidate] = []
        self._held: Pending | None = None
        self._seen: dict[str, datetime] = {}
        self._flapped: datetime | None = None
        self._shares: dict[frozenset[object], float] = {}

    def hear(self, look: Observation, following: Observation | None) -> None:
        self._counters.hear(look)
        if self._held and self._held.stood_until(look.time) and look.text != self._held.sight.text:
            self._believe(self._held.sight)
        if not self._believed:
            self._believe(sight(look))
        elif self._is_same(self._believed[-1], look):
            self._stands(look)
        elif self._is_transcribed(self._believed[-1], look):
            self._stands(look)
            nearly = self._believed[-1].nearly | {look.text}
            self._believed[-1] = replace(self._believed[-1], nearly=nearly)
        elif self._held and self._is_once_more(self._held, look):
            self._agrees(replace(self._held, sight=self._held.sight.nearly_again(look)))
        elif self._counters.stopped:
            self._is_no_counter(look, *self._counters.stopped)
        else:
            self._is_new(look, following)
        self._seen[look.text] = look.time

    def end(self) -> Confirmed:
        if self._held and self._held.is_last_word(self._believed[-1]):
            self._believe(self._held.sight)
        return Confirmed(tuple(self._believed), self._held, self._counters.said())

    def _is_same(self, seen: Candidate, look: Observation) -> bool:
        is_known = look.text == seen.text or look.text in seen.nearly
        return is_known or self._counters.alone(seen.shown, look)

    def _is_transcribed(self, seen: Candidate, look: Observation) -> bool:
        """Return whether it is the same text on a page and in a transcript, which are never quite
        alike.

        Once each of them was seen, what is different in either is another text.
        """
        shown = seen.shown
        if shown.is_transcript == look.is_transcript or not (all(shown.pages) and all(look.pages)):
            return False
        if any(way.pages == look.pages for way in seen.others):
            return False
        pair, share = frozenset((shown.pages, look.pages)), self._alike(shown, look)
        if share < self._shares.get(pair, _TRANSCRIBED + _NO_MORE) - _NO_MORE:
            return False
        self._shares[pair] = share
        return True

    def _is_once_more(self, held: Pending, look: Observation) -> bool:
        shown, before = held.sight.shown, self._believed[-1].shown
        if self._is_same(held.sight, look):
            return True
        if look.is_import or shown.pages != look.pages:
            return False  # an archive records what differs, and each record has its own time
        if held.reason == UPHEAVAL and self._counters.varies(shown, look):
            return True
        return 1 - self._alike(shown, look) <= _LITTLE * (1 - self._alike(before, look))

    def _believe(self, seen: Candidate) -> None:
        self._believed.append(seen)
        self._held = None

    def _stands(self, look: Observation) -> None:
        if self._held:
            self._flapped = look.time
            self._held = None
        self._believed[-1] = self._believed[-1].again(look)

    def _agrees(self, held: Pending) -> None:
        self._held = held
        if held.has_agreed:
            self._believe(held.sight)

    def _is_no_counter(self, look: Observation, first: Observation, until: datetime) -> None:
        """What was taken for a counter has stayed as it was since the look `first`."""
        before = self._believed[-1]
        self._believed[-1] = replace(before, last_seen=min(before.last_seen, until))
        self._believe(Candidate(first, first, look.time, AGREEING_OBSERVATIONS))

    def _is_new(self, look: Observation, following: Observation | None) -> None:
        reason = self._why_wait(look, following)
        if reason == RETURN:
            self._flapped = look.time
        self._held = Pending(sight(look), reason) if reason else None
        if not reason:
            self._believe(sight(look))

    def _why_wait(self, look: Observation, following: Observation | None) -> str:
        stands = self._believed[-1]
        if self._since(look, self._seen.get(look.text)) <= _MEMORY:
            return RETURN
        if self._since(look, self._flapped) <= _FLAPPER:
            return FLAPS
        if _is_brief(look, following, stands.text):
            return BRIEF
        before = stands.beside(look)
        if before.pages == look.pages and self._alike(before, look) < _UPHEAVAL:
            return UPHEAVAL
        return ""

    @staticmethod
    def _since(look: Observation, time: datetime | None) -> timedelta:
        return look.time - time if time else timedelta.max


def _is_brief(look: Observation, following: Observation | None, before: str) -> bool:
    """Return whether an archive saw the text before it again within a day."""
    return (
        following is not None
        and look.is_import
        and following.is_import
        and following.text == before
        and following.time - look.time < _DAY
    )


def waiting(held: Pending) -> str:
    """Return what waits and why, as a sentence."""
    seen = held.sight
    return (
        f"A new wording, first seen {seen.first.time:%Y-%m-%d %H:%M} UTC, waits for agreement "
        f"({seen.looks} of {AGREEING_OBSERVATIONS} looks, over a day at least): {held.reason}."
    )
