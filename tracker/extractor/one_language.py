"""Which of many looks at a document are in its own language. Pure.

A site may serve any language to anybody, and an archive keeps what it was served, so no single look
decides. A language is the document's once looks in a row agree on it, three over at least a day;
from the first of them on, until another one is agreed on in the same way. What came before the
first agreement is judged by it; where there is none yet, by most of the looks there are.

Captures of others come from anywhere: three that agree by chance are no rarity. So by them alone a
language is left that was met with for a month only after a week; and one that they showed for less
than that, at the beginning, was not the document's if another is agreed on afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from tracker.model import COUNTED, LIVE, PREVIEW, Capture, Outcome
from tracker.policy import has_agreed

#: So many of the newest looks say in which language a document is when another one is judged.
MANY = 100
_WEEK = timedelta(days=7)
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The languages that one look met with, none where they are not clear; ours or others'."""

    languages: frozenset[str]
    time: datetime
    is_ours: bool = True


def own_languages(looks: Sequence[Spoken], declared: str = "") -> list[frozenset[str]]:
    """Find the language of the document at each of its looks, which are in order of time."""
    if declared:
        return [frozenset({declared})] * len(looks)
    clear = [(n, look) for n, look in enumerate(looks) if look.languages]
    begun = dict(_agreed(clear)) or {0: _commonest(clear)}
    own = begun[min(begun)]
    found = []
    for n in range(len(looks)):
        own = begun.get(n, own)
        found.append(own)
    return found


def is_own(met: frozenset[str], own: frozenset[str]) -> bool:
    """Say whether a look that `met` with these languages may be the document."""
    return not met or not own or met == own


def refusal(met: frozenset[str], own: frozenset[str], *, is_declared: bool = False) -> str:
    """Say why a look in another language is not the document, and what would make it so."""
    way_out = (
        'if the document changed its language, change "language" in its declaration'
        if is_declared
        else "it counts once later looks agree on it"
    )
    return (
        f"The page came in another language ({_named(met)}) than the document's ({_named(own)}); "
        f"{way_out}."
    )


def _named(languages: frozenset[str]) -> str:
    return ", ".join(sorted(languages))


@dataclass(frozen=True, slots=True)
class _Agreement:
    """Looks in a row, from number `begin` on, that met with the same languages."""

    begin: int
    looks: tuple[Spoken, ...]

    @property
    def span(self) -> timedelta:
        return self.looks[-1].time - self.looks[0].time

    @property
    def is_brief(self) -> bool:
        """Return whether it may be chance: others alone saw it, for less than a month."""
        return self.span < _MONTH and not any(look.is_ours for look in self.looks)

    def counts(self, before: _Agreement | None) -> bool:
        """Return whether it makes a language the document's after the agreement `before`."""
        if _have_agreed([look for look in self.looks if look.is_ours]):
            return True
        is_settled = before is not None and not before.is_brief
        return _have_agreed(self.looks) and (self.span >= _WEEK or not is_settled)

    def further(self, later: _Agreement) -> _Agreement:
        return replace(self, looks=(*self.looks, *later.looks))


def _have_agreed(looks: Sequence[Spoken]) -> bool:
    return bool(looks) and has_agreed(len(looks), looks[0].time, looks[-1].time)


def _agreed(clear: Sequence[tuple[int, Spoken]]) -> list[tuple[int, frozenset[str]]]:
    """Return from which look on a language was agreed on, and which."""
    found: list[_Agreement] = []
    for languages, group in groupby(clear, key=lambda one: one[1].languages):
        seen = tuple(group)
        one = _Agreement(seen[0][0], tuple(look for _, look in seen))
        last = found[-1] if found else None
        if last and last.looks[0].languages == languages:
            found[-1] = last.further(one)
        elif one.counts(last):
            found = [one] if len(found) == 1 and found[0].is_brief else [*found, one]
    return [(one.begin, one.looks[0].languages) for one in found]


def _commonest(clear: Sequence[tuple[int, Spoken]]) -> frozenset[str]:
    """Return the language of most looks; of several the one that was met with first."""
    counts = Counter(look.languages for _, look in clear)
    return max(counts, key=lambda one: counts[one], default=frozenset())


# ── judged in hindsight ───────────────────────────────────────────────────────────

_READABLE = {Outcome.GOOD, Outcome.LANGUAGE}


def in_one_language(
    looks: Sequence[tuple[Capture, ...]], declared: str = ""
) -> Iterator[tuple[Capture, ...]]:
    """Yield looks at a document, in order of time, of which only those in its language are good.

    A preview is judged by the language that the document had at the time.
    """
    usual = [look for look in looks if is_readable(look) and not look[0].is_preview]
    found = own_languages([spoken(look) for look in usual], declared)
    own = {id(look): languages for look, languages in zip(usual, found, strict=True)}
    now = found[0] if found else frozenset({declared} - {""})
    for look in looks:
        now = own.get(id(look), now)
        yield tuple(_in_hindsight(look, now, declared)) if is_readable(look) else look


def _in_hindsight(look: Sequence[Capture], own: frozenset[str], declared: str) -> Iterator[Capture]:
    met = spoken(look).languages
    for capture in look:
        if not is_own(met, own):
            reason = refusal(met, own, is_declared=bool(declared))
            counted = ((COUNTED, "yes"),) if capture.outcome is Outcome.GOOD else ()
            facts = (*capture.facts, *counted)
            yield replace(capture, outcome=Outcome.LANGUAGE, reason=reason, facts=facts)
        elif capture.outcome is Outcome.LANGUAGE and met:
            yield replace(capture, outcome=Outcome.GOOD, reason="")
        else:
            yield capture


def is_readable(look: Sequence[Capture]) -> bool:
    """Say whether the pages of a look came well, in whatever language."""
    return all(c.outcome in _READABLE and c.text for c in look)


def spoken(look: Sequence[Capture]) -> Spoken:
    """Return the languages of the pages of a look."""
    languages = frozenset(c.language for c in look if c.language)
    return Spoken(languages, look[-1].time, is_ours=look[0].via in {LIVE, PREVIEW})
