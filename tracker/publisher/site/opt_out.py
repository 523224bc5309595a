"""The ways out that terms name: links to settings, opt-outs and objection forms, and since when.

Precision before recall: a link counts only where its address, its own words or (for a form or a
"here") its sentence say that a choice is made there. What leads back into the text itself never
counts, nor does closing an account, which is no choice about data.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from tracker.model import Clause, History, Link, Revision, Tag, Topic, Version
from tracker.publisher import words
from tracker.publisher.continuity import breaks, carries_on
from tracker.publisher.site.clause_history import ClauseHistories
from tracker.publisher.site.context import Tagger

# One part of a path, whole: "settings" counts, "settingsun" does not.
_SETTINGS = re.compile(
    r"(?:my|p|ad|ads|user|account|privacy|cookie|cookies|email|notification|guest|data)?[-_]?"
    r"(?:settings|preferences|controls|choices)"
)
_NO = re.compile(
    r"(?:.*[-_])?(?:opt[-_]?outs?|unsubscribe|do[-_]not[-_]sell(?:[-_].*)?|objections?)"
    r"|data-for-ai-improvement",
    re.DOTALL,
)
_OTHER = re.compile(r"(?:close|delete)[-_]accounts?|sign-in-and-security|password|contact-?info")
_NO_WORDS = re.compile(
    r"\bopt(?:ing|ed)?[ -]?outs?\b|\bobject(?:ing)? to\b|\bobjection\b|\bunsubscribe\b"
    r"|\bturn(?:ing)? off\b"
    r"|\b(?:withdraw|revoke)(?:ing)?\b(?:.{0,20}\bconsent\b|$)|\bdo not sell\b",
    re.IGNORECASE,
)
_SETTING_WORDS = re.compile(
    r"\bsettings?\b|\b(?:privacy|ad|advertising|cookie|your) (?:choices|preferences|controls)\b"
    r"|\bamend your choices\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"(?:this |the |a |our |online )?(?:form|here|link|page)\.?", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"“(]?[^\W\d_a-z])")
_Tags = Callable[[str, tuple[str, ...]], tuple[Tag, ...]]
_LONGEST = 420  # characters of a sentence that the directory shows


@dataclass(frozen=True, slots=True)
class OptOut:
    """A link by which a reader can choose, as one document names it.

    `says_no` tells an opt-out or objection from a setting; `topic` is what its sentence or the
    headings above are about; `since` is the version that brought it, `is_original` where the text
    was first read then; `gone` the first version without it, if any, `is_left` where that was
    read from another page; `life` is the clause that named it in its `last` version.
    """

    history: History
    target: str
    words: str
    sentence: str
    path: tuple[str, ...]
    topic: str
    says_no: bool
    since: Version
    is_original: bool
    last: Version
    gone: Version | None
    is_left: bool
    life: str

    @property
    def name(self) -> str:
        """The words of the link; its address where they only point ("here")."""
        said = words.line(self.words)
        return self.target if not said or _POINTING.fullmatch(said) else said


@dataclass(frozen=True, slots=True)
class Service:
    """What the texts of one service name, by topic; what they named once; and what a text named
    that is not read any more.
    """

    name: str
    today: tuple[tuple[str, tuple[OptOut, ...]], ...]
    gone: tuple[OptOut, ...]
    left: tuple[OptOut, ...]


@dataclass(frozen=True, slots=True)
class _Mention:
    link: Link
    sentence: str
    path: tuple[str, ...]
    says_no: bool
    life: str


def directory(given: Iterable[OptOut], topics: Sequence[Topic] = ()) -> list[Service]:
    """Return the services with at least one way out, in the order of their names."""
    found: dict[str, list[OptOut]] = {}
    for way in given:
        found.setdefault(way.history.document.service, []).append(way)
    return [_service(name, found[name], topics) for name in sorted(found)]


def _service(name: str, found: Sequence[OptOut], topics: Sequence[Topic]) -> Service:
    ordered = sorted(found, key=lambda w: (not w.says_no, w.history.document.id, w.target))
    today = [w for w in ordered if not w.gone]
    ended = sorted((w for w in ordered if w.gone), key=_when_gone, reverse=True)
    return Service(
        name,
        tuple(_by_topic(today, topics)),
        tuple(w for w in ended if not w.is_left),
        tuple(w for w in ended if w.is_left),
    )


def _by_topic(
    found: Sequence[OptOut], topics: Sequence[Topic]
) -> Iterator[tuple[str, tuple[OptOut, ...]]]:
    for topic, title in [*((t.id, t.title) for t in topics), ("", "Other")]:
        mine = tuple(w for w in found if w.topic == topic)
        if mine:
            yield title, mine


def _when_gone(way: OptOut) -> datetime:
    return (way.gone or way.last).first_seen


def opt_outs(
    history: History,
    lives: ClauseHistories,
    topics: Sequence[Topic] = (),
    tagger: Tagger | None = None,
) -> Iterator[OptOut]:
    """Yield the ways out of one document, those it names today and those it named once."""
    named = [_named(version, lives.ids[n]) for n, version in enumerate(history.versions)]
    broken = breaks(history)

    @cache  # many links may stand in one sentence
    def tags(text: str, path: tuple[str, ...]) -> tuple[Tag, ...]:
        return tagger(topics, text, path[1:]) if tagger else ()

    for target in sorted(set().union(*named)) if named else ():
        yield _way(history, target, named, broken, tags)


def _way(
    history: History,
    target: str,
    named: Sequence[Mapping[str, Sequence[_Mention]]],
    broken: Sequence[Revision | None],
    tags: _Tags,
) -> OptOut:
    """Return the latest unbroken run of versions that name a target."""
    versions = history.versions
    last = max(n for n, names in enumerate(named) if target in names)
    first = last
    while first and target in named[first - 1] and _is_one_text(broken[first]):
        first -= 1
    mention, topic = _clearest(named[last][target], tags)
    has_ended = last + 1 < len(versions)
    return OptOut(
        history=history,
        target=mention.link.target,
        words=mention.link.words,
        sentence=_shown(mention.sentence),
        path=mention.path[1:] or mention.path,
        topic=topic,
        says_no=mention.says_no,
        since=versions[first],
        is_original=first == 0 or broken[first] is not None,
        last=versions[last],
        gone=versions[last + 1] if has_ended else None,
        is_left=has_ended and broken[last + 1] is not None,
        life=mention.life,
    )


def _is_one_text(broken: Revision | None) -> bool:
    return broken is None or carries_on(broken)


def _clearest(mentions: Sequence[_Mention], tags: _Tags) -> tuple[_Mention, str]:
    """Return the mention that says most about a topic, and which; one that says no goes first."""
    weighed = [(m, *_topic(m, tags)) for m in mentions]
    mention, _, topic = max(weighed, key=lambda row: (row[0].says_no, row[1]))
    return mention, topic


def _topic(mention: _Mention, tags: _Tags) -> tuple[tuple[int, int], str]:
    """Return the topic with most words in the sentence, else in the headings above, and how
    many.
    """
    own = {t.topic: len(t.words) for t in tags(mention.sentence, ())}
    every = {t.topic: len(t.words) for t in tags(mention.sentence, mention.path)}
    weights = {topic: (own.get(topic, 0), number) for topic, number in every.items()}
    topic = max(weights, key=lambda topic: weights[topic], default="")
    return weights.get(topic, (0, 0)), topic


def _named(version: Version, ids: Sequence[str]) -> dict[str, list[_Mention]]:
    """Return the mentions of the ways out of one version, by target."""
    found: dict[str, list[_Mention]] = {}
    for clause, life in zip(version.clauses, ids, strict=True):
        for mention in _mentions(clause, life):
            found.setdefault(mention.link.target.rstrip("/").casefold(), []).append(mention)
    return found


@lru_cache(maxsize=64)
def _shown(sentence: str) -> str:
    return words.line(sentence, _LONGEST)


def _mentions(clause: Clause, life: str) -> Iterator[_Mention]:
    place = 0
    starts, sentences = _sentences(clause.text) if clause.links else ([], [])
    for link in clause.links:
        # Links come in the order of their words, so "here" is each time the next one.
        found = clause.text.find(link.words, place)
        place = found + len(link.words) if found >= 0 else place
        if _is_candidate(link):
            sentence = sentences[bisect_right(starts, max(found, 0)) - 1]
            says_no = _is_no(link, sentence)
            if says_no or _is_setting(link):
                yield _Mention(link, sentence, clause.path, says_no, life)


def _sentences(text: str) -> tuple[list[int], list[str]]:
    """Split a clause into sentences: where each begins, and its words."""
    starts = [0, *(match.end() for match in _SENTENCE.finditer(text))]
    return starts, [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _parts(target: str) -> list[str]:
    return [unquote(part).lower() for part in urlsplit(target).path.split("/") if part]


def _is_candidate(link: Link) -> bool:
    if not words.is_web(link.target):
        return False
    try:
        parts = _parts(link.target)
    except ValueError:  # an address that is none
        return False
    return not any(_OTHER.fullmatch(part) for part in parts)


def _is_setting(link: Link) -> bool:
    slug = any(_SETTINGS.fullmatch(part) for part in _parts(link.target))
    return slug or bool(_SETTING_WORDS.search(link.words))


def _is_no(link: Link, sentence: str) -> bool:
    if any(_NO.fullmatch(part) for part in _parts(link.target)) or _NO_WORDS.search(link.words):
        return True
    points = bool(_POINTING.fullmatch(link.words.strip())) or _is_setting(link)
    return points and _says_no(sentence)


@lru_cache(maxsize=64)  # many links may stand in one sentence
def _says_no(sentence: str) -> bool:
    return bool(_NO_WORDS.search(sentence))
