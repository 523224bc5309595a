"""Which sights of a text are to be believed at once, and which wait for agreement.

On seven real pages 158 of 238 changes of text went back to a text seen shortly before. So a first
sight that is suspicious is held: an upheaval, a wording that was there in the last thirty days, or
anything new on a page that is known to flap. It is believed after three agreeing looks over at
least a day, and forgotten when the text before it is seen again. A page that never flapped does
not wait. An archive records nothing while a page stays the same, so what it saw is believed when
it stood for a day (a returning wording: a week) before the archive recorded another; and since
its records are read in hindsight, what it saw come and go within a day is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from tracker.history.observations import Observation
from tracker.policy import AGREEING_OBSERVATIONS, has_agreed

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
#: For so long a wording that comes back is suspected of coming and going, and its page after that.
_MEMORY = timedelta(days=30)
_FLAPPER = timedelta(days=90)
#: An upheaval: less of one side's text than this stands in the other one too.
_UPHEAVAL = 0.5

_MOST_OTHERS = 4

UPHEAVAL = "most of the text is another one"
RETURN = "a wording of the last thirty days came back"
FLAPS = "this page is known to come and go"
BRIEF = "it was gone within a day"

Alike = Callable[[Observation, Observation], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text from its first look to its last; `shown` is the look it is read from.

    `others` are the newest looks that showed it on other pages, or as a transcript of the page.
    """

    first: Observation
    shown: Observation
    last_seen: datetime
    looks: int = 1
    others: tuple[Observation, ...] = ()

    @property
    def text(self) -> str:
        return self.first.text

    def again(self, look: Observation) -> Candidate:
        """The same text once more. Where other pages show it now, what comes next is compared
        with those: the move itself is no change, and must not make the next change look like one.
        """
        moved = all(self.shown.pages) and all(look.pages) and self.shown.pages != look.pages
        shown = look if moved else self.shown
        others = tuple(o for o in (*self.others, self.shown) if o.pages != shown.pages)
        return Candidate(self.first, shown, look.time, self.looks + 1, others[-_MOST_OTHERS:])

    def beside(self, look: Observation) -> Observation:
        """The look at this text to compare another text with: one at the same pages, if any."""
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
        """Whether an archive, which next recorded something at `time`, saw it stand."""
        needed = _WEEK if self.reason in {RETURN, FLAPS} else _DAY
        return self.sight.first.is_import and time - self.sight.first.time >= needed

    def is_last_word(self, before: Candidate) -> bool:
        """Whether it is the last record of an archive that recorded the text `before` it too
        seldom for agreement to be seen."""
        return self.sight.first.is_import and before.looks < AGREEING_OBSERVATIONS


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The sights that are believed, oldest first, and the one that waits, if one does."""

    believed: tuple[Candidate, ...] = ()
    held: Pending | None = None


def confirm(looks: Iterable[Observation], alike: Alike) -> Confirmed:
    """What is to be believed of `looks`, which are in order of time.

    `alike` is the share of the text of two looks that stands in both, 0 to 1, the lesser of the
    two sides; it is asked only of texts that differ.
    """
    ordered = tuple(looks)
    told = _Told(alike)
    for look, following in zip_longest(ordered, ordered[1:]):
        told.hear(look, following)
    return told.end()


class _Told:
    """The state of one telling; it lives as long as one history is derived."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike
        self._believed: list[Candidate] = []
        self._held: Pending | None = None
        self._seen: dict[str, datetime] = {}
        self._flapped: datetime | None = None

    def hear(self, look: Observation, following: Observation | None) -> None:
        if self._held and self._held.stood_until(look.time) and look.text != self._held.sight.text:
            self._believe(self._held.sight)
        if not self._believed:
            self._believe(sight(look))
        elif look.text == self._believed[-1].text:
            self._stands(look)
        elif self._held and look.text == self._held.sight.text:
            self._agrees(replace(self._held, sight=self._held.sight.again(look)))
        else:
            self._is_new(look, following)
        self._seen[look.text] = look.time

    def end(self) -> Confirmed:
        if self._held and self._held.is_last_word(self._believed[-1]):
            self._believe(self._held.sight)
        return Confirmed(tuple(self._believed), self._held)

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
    """Whether an archive saw the text before it again within a day."""
    return (
        following is not None
        and look.is_import
        and following.is_import
        and following.text == before
        and following.time - look.time < _DAY
    )


def waiting(held: Pending) -> str:
    """What waits and why, as a sentence."""
    seen = held.sight
    return (
        f"A new wording, first seen {seen.first.time:%Y-%m-%d %H:%M} UTC, waits for agreement "
        f"({seen.looks} of {AGREEING_OBSERVATIONS} looks, over a day at least): {held.reason}."
    )
