"""Sample histories of a fictional service, for the tests of what is published.

A text is written as an outline: `#` lines are headings, `-` lines items, `[words](address)` links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from tracker.differ import revise
from tracker.extractor.normalise import enumerator, fold
from tracker.model import (
    Capture,
    Change,
    Clause,
    Correction,
    Document,
    History,
    Kind,
    Link,
    Outage,
    Outcome,
    Pair,
    Question,
    Revision,
    Settings,
    Significance,
    Source,
    Standing,
    State,
    Topic,
    Unit,
    Version,
    digest,
)
from tracker.publisher import Lent, document_output, site_files, status_files
from tracker.publisher.feeds.catalogue import STATUS, catalogue
from tracker.publisher.feeds.channels import (
    UNPUBLISHED,
    document_feed,
    feed_items,
    shared_channels,
    status_feed,
    written,
)
from tracker.publisher.feeds.opml import opml

START = datetime(2025, 3, 1, 8, 30, tzinfo=UTC)
SITE = Settings(site_url="https://terms.example/watch/")
PAGE = "https://heron.example/legal/privacy"
AI = Topic(
    "generative-ai",
    "Generative AI",
    "Training of models.",
    ("generative AI", "AI model*"),
    ((("train", "training"), ("models", "AI")),),
    ("user generated",),
    (),
    (
        Question(
            "training",
            "May it train AI on what walkers record?",
            "it may train AI on walks",
            ("train models",),
            (),
            (),
        ),
        Question("output", "Who answers for its AI?", "", ("answer better",), (), ()),
    ),
)
ADS = Topic(
    "targeted-advertising",
    "Targeted advertising",
    "Advertising chosen by what you do.",
    ("advertis*", "ad partner*"),
    (),
    (),
    (),
    (
        Question(
            "sharing",
            "May it show data to advertisers?",
            "it may show data to advertisers",
            ("advertising partner*",),
            (),
            (),
        ),
    ),
)
TOPICS = (AI, ADS)

#: What the captures of the samples were served as, by digest.
BODIES: dict[str, bytes] = {}

_LINE = re.compile(r"(?P<mark>#+|-)? ?(?P<text>.*)", re.DOTALL)
_LINK = re.compile(r"\[([^]]*)\]\((\S*)\)")


def clauses(outline: str | Sequence[str]) -> tuple[Clause, ...]:
    """The clauses of an outline: its lines, or whatever texts are given."""
    lines = outline.strip().splitlines() if isinstance(outline, str) else outline
    path: tuple[str, ...] = ()
    found = []
    for line in filter(None, lines):
        match = _LINE.fullmatch(line)
        assert match
        mark, text = match["mark"] or "", match["text"]
        level = len(mark) if mark.startswith("#") else 0
        links = tuple(Link(words, target) for words, target in _LINK.findall(text))
        number, words = enumerator(_LINK.sub(r"\1", text))
        path = path[: level - 1] if level else path
        unit = Unit.HEADING if level else Unit.ITEM if mark else Unit.PARAGRAPH
        found.append(Clause(unit, words, fold(words), path, number, links, level))
        if level:
            path = (*path, f"{number} {words}".strip())
    return tuple(found)


def capture(document: str, day: float, body: str, url: str = PAGE) -> Capture:
    """A good look at a page."""
    served = body.encode("utf-8", "surrogatepass")
    BODIES[digest(served)] = served
    return Capture(
        document=document,
        source=Source(url, ("main",)),
        asked_url=url,
        final_url=url,
        time=START + timedelta(days=day),
        status=200,
        headers=(),
        outcome=Outcome.GOOD,
        reason="",
        body=digest(served),
        text=None,
        length=len(body),
        language="en",
        media="text/html",
        via="live",
        archive_url=f"https://archive.example/{day}/{url}",
    )


def history(
    *texts: str | Sequence[str],
    name: str = "heron/privacy-policy@global",
    title: str = "Privacy Policy",
    first_day: float = 0,
    every: float = 10,
    url: str = PAGE,
) -> History:
    """A document whose text was each of `texts` in turn, `every` so many days."""
    versions = []
    for n, text in enumerate(texts):
        look = capture(name, first_day + n * every, str(text), url)
        last = look.time + timedelta(days=every - 1)
        parts = clauses(text)
        versions.append(Version(name, title, look.time, last, parts, (look,), (url,)))
    kind, _, edition = name.partition("/")[2].partition("@")
    document = Document(
        name, "Heron", kind.replace("-", " ").title(), edition, (Source(url, ("main",)),)
    )
    revisions = tuple(revise(a, b, TOPICS) for a, b in pairwise(versions))
    seen = versions[-1].last_seen if versions else None
    standing = Standing(State.OK, seen, seen, Outcome.GOOD, "")
    if not versions:
        standing = Standing(State.NEVER_SEEN, None, None, None, "It has not been visited yet.")
    return History(document, title, tuple(versions), revisions, standing)


def moved(given: History, places: Sequence[int]) -> History:
    """The same texts, where another page than before was read from each of `places` on."""
    versions = []
    for n, version in enumerate(given.versions):
        url = f"{PAGE}/{sum(place <= n for place in places)}"
        looks = tuple(replace(c, source=Source(url, ("main",))) for c in version.captures)
        versions.append(replace(version, urls=(url,), captures=looks))
    revisions = tuple(revise(a, b, TOPICS) for a, b in pairwise(versions))
    return replace(given, versions=tuple(versions), revisions=revisions)


_FIRST = """
# Privacy Policy
Effective 1 February 2025
## 1. What we keep
We keep the walks that you record, and the pictures that you add to them.
- Your name and the town that you walk from
- The [birds](https://heron.example/birds) that you tick off
## 2. What we do with it
We show your walks to the members of your club, and to nobody else.
We use your pictures to tell one heron from another; we do not use them to train models.
## 3. Questions
Write to the keeper of the register, who answers within ten days.
"""
_SECOND = """
# Privacy Policy
Effective 12 March 2025
## 1. What we keep
We keep the walks that you record, and the pictures that you add to them.
- Your name and the town that you walk from
- The [birds](https://heron.example/birds) that you tick off
## 2. What we do with it
We show your walks to the members of your club, and to our advertising partners.
We use your pictures to tell one heron from another; we use them to train models.
## 3. Generative AI
What you write to our assistant is kept, so that generative AI can answer better.
## 4. Questions
Write to the keeper of the register, who answers within ten days.
"""
_THIRD = _SECOND.replace("assistant is kept, so", "assistant is kept so")


def heron() -> History:
    """Three versions: a change of substance about both topics, then a comma."""
    return history(_FIRST, _SECOND, _THIRD)


def heron_eu() -> History:
    """A second document, which changed on neither topic."""
    before = "# European Notice\n## 1. Basis\nWe rely on your consent.\nYou may withdraw it.\n"
    after = before.replace("withdraw it", "withdraw it on any day by post")
    return history(
        before, after, name="heron/privacy-policy@eu", title="European Notice", first_day=3
    )


def every_kind() -> History:
    """One revision with every kind of change."""
    before = """
# Rules
## 1. Boats
A boat that is lent out has a name painted on both of its sides.
The lamp at the landing is lit at dusk and put out at sunrise by whoever is last.
Dogs are welcome on the lower deck of every boat at all hours of the day.
## 2. Landings, if used
Read the [list of landings](https://heron.example/landings) before you set out on the water.
The fee for a mooring is paid in spring. The key is handed out by the keeper in summer.
Nets are dried on the northern wall only.
Nobody sleeps in the boathouse during the winter months.
## 3. Fish
(a) Members may keep two trout in a season.
The ferryman is paid a penny by each passenger who crosses.
"""
    after = """
# Rules
## 1. Boats
A boat that is lent out has a number painted on both of its sides.
Dogs are welcome on the lower deck of every boat at all hours of the day.
Children wear a vest that fits them and is fastened.
## 2. Landings, if used
Read the [list of landings](https://heron.example/all-landings) before you set out on the water.
The fee for a mooring is paid in spring.
The key is handed out by the keeper in summer.
Nets are dried on the northern wall only. Nobody sleeps in the boathouse during the winter months.
The lamp at the landing is lit at dusk and put out at sunrise by whoever is last.
## 3. Fish
(b) Members may keep two trout in a season.
"""
    return history(before, after, name="heron/rules@global", title="Rules")


def never_seen() -> History:
    return history(name="heron/cookies@us", title="Cookies")


def failing() -> History:
    """A text that was seen once and is refused now."""
    found = history("# Terms\nBe kind to the birds.", name="heron/terms@uk", title="Terms")
    later = found.versions[0].last_seen + timedelta(days=2)
    seen, reason = found.versions[0].last_seen, "It answered 999 instead of the page."
    standing = Standing(State.FAILING, seen, later, Outcome.REFUSED, reason)
    began, over = START + timedelta(days=3), START + timedelta(days=4)
    outages = (
        Outage(began, over, Outcome.SERVER_ERROR, "It answered 503.", START),
        Outage(later, None, Outcome.REFUSED, reason, seen),
    )
    return replace(found, standing=standing, outages=outages)


def announced() -> History:
    """A change that applies only long after it was seen."""
    before = "# Terms of Hire\n## 1. Boats\nA boat is hired by the day."
    after = (
        f"{before}\nThe rule that advertising is painted on every boat applies from 1 June 2027."
    )
    return history(before, after, name="heron/hire@eu", title="Terms of Hire", first_day=5)


def everything() -> tuple[History, ...]:
    return (heron(), heron_eu(), every_kind(), never_seen(), failing(), hostile())


def corrections() -> tuple[Correction, ...]:
    """One of a plain revision, one whose words want to be more than words."""
    day = date(2025, 4, 2)
    at = START + timedelta(days=10)
    return (
        Correction("heron/privacy-policy@global", at, day, "The pictures were never sold."),
        Correction("heron/hostile@global", at, day, " ".join(NASTY[:4])),
    )


def previewed() -> History:
    """A text with a banner, and the coming text on a preview page first seen with it."""
    plain = "# Walks\nYou choose who sees your walks.\nWe keep walks for a year.\n"
    banner = f"{plain}On 1 December 2025 we will update these rules.\n"
    coming = plain.replace("for a year", "for as long as we train AI models")
    given = history(plain, banner, name="heron/walks@global", title="Walks")
    last = given.versions[-1]
    text = clauses(f"{coming}Effective 1 December 2025\n")
    shown = replace(last, clauses=text, is_preview=True)
    found = replace(
        revise(last, shown, TOPICS),
        significance=Significance.UPCOMING,
        reason="a preview page shows the text that is to come",
    )
    return replace(given, revisions=(*given.revisions, found))


def samples() -> tuple[History, ...]:
    """Everything, and what is coming."""
    return (*everything(), previewed())


def long_history(revisions: int) -> History:
    """As many small changes of substance, one a day."""
    texts = [f"# Terms\nA walk is {n} miles long and ends at the water." for n in range(revisions)]
    return history(*texts, "# Terms\nA walk ends at the water.", every=1)


def wide_revision(changed: int) -> History:
    """One revision with as many changed clauses."""
    # Put together from small ones: to align so many clauses takes longer than to publish them.
    found = history("# Rules", "# Rules\nTen.")
    steps = [_step(n).changes[0] for n in range(20)]
    changes = tuple(steps[n % 20] for n in range(changed))
    pairs = tuple(Pair((n,), (n,)) for n in range(changed))
    (revision,) = found.revisions
    old = replace(revision.before, clauses=tuple(c for x in changes for c in x.before))
    new = replace(revision.after, clauses=tuple(c for x in changes for c in x.after))
    wide = replace(revision, before=old, after=new, changes=changes, pairs=pairs)
    return replace(found, versions=(old, new), revisions=(wide,))


def _step(number: int) -> Revision:
    line = f"Landing {number} is kept by its oldest member for one year."
    return history([line], [line.replace("one year", "two advertising years")]).revisions[0]


def again(given: History, times: int) -> History:
    """The last revision of a history over and over, a day later each time."""
    last = given.revisions[-1]
    later = [last.first_seen + timedelta(days=n) for n in range(times)]
    revisions = tuple(replace(last, after=replace(last.after, first_seen=t)) for t in later)
    return replace(given, revisions=revisions)


# ── text that wants to be more than text ──────────────────────────────────────────

NASTY = (
    "<script>alert('heron')</script>",
    '<img src=x onerror="alert(1)">',
    "&lt;img src=x onerror=alert(2)&gt; &#60;script&#62;alert(3)&#60;/script&#62;",
    "]]> <b>out of the section</b> <!-- --><![CDATA[",
    "\x00\x07\x08\x0b\x1b[31mred\x1b]0;title\x07\x7f\x9b2J",
    "lone \ud800 surrogates \udfff and \ufffe \uffff \ufdd0",
    "bidi \u202egnp.exe\u202c \u2066isolated\u2069",
    "{{ 7 * 7 }} {% raw %} {# none #} ${7*7} <%= 7*7 %>",
    "W" * 3000,
    "\" onmouseover=alert(4) x='",
    "[+forged+] [−forged−] [-forged-] {+forged+} +] not ours",
)
EVIL_LINKS = (
    "javascript:alert(5)",
    "data:text/html,<script>alert(6)</script>",
    'https://heron.example/"><script>alert(7)</script>',
    "vbscript:x",
)


def hostile() -> History:
    """Every nasty text as clause, heading, title, number, link and reason, on both sides."""
    name, title = "heron/hostile@global", " ".join(NASTY[:8])
    links = [f"Read [all {n} about it]({url})." for n, url in enumerate(EVIL_LINKS)]
    before = ["# A plain title", *(f"Once: {text}" for text in NASTY), "The same words follow."]
    after = ["# A plain title", f"## {NASTY[0]}", *NASTY, *(f"### {text}" for text in NASTY)]
    after += [*links, f"Advertising {NASTY[1]}", *NASTY[8:], "The same words follow."]
    found = history(before, after, name=name, title=title, url="javascript:alert(8)")
    evil = [replace(c, archive_url="javascript:alert(9)", via=NASTY[1]) for c in _captures(found)]
    return replace(
        found,
        document=replace(found.document, service=NASTY[0], type=NASTY[1]),
        versions=tuple(replace(v, captures=tuple(evil)) for v in found.versions),
        revisions=tuple(
            replace(
                r,
                reason=f"reason {NASTY[0]} {NASTY[4]}",
                after=replace(r.after, captures=tuple(evil)),
                changes=(
                    *r.changes,
                    _numbered(r.changes[0]),
                ),
            )
            for r in found.revisions
        ),
        standing=replace(found.standing, state=State.FAILING, reason=" ".join(NASTY)),
    )


def _captures(found: History) -> list[Capture]:
    return [c for v in found.versions for c in v.captures]


def _numbered(change: Change) -> Change:
    """The same words under a number and headings that no enumerator would have found."""
    clause = (change.after or change.before)[0]
    found = replace(clause, number=f"{NASTY[0]}\u202e1.", path=(NASTY[1], NASTY[4]))
    return replace(change, kind=Kind.ADDED, before=(), after=(found,))


def publish(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    lent: Lent | None = None,
) -> dict[str, bytes]:
    """Make everything that is published of these histories, by path.

    `lent` lends what a pure function cannot have; the site is whole without it.
    """
    parts = [document_output(history, topics, settings, corrections, lent) for history in histories]
    files = {path: data for p in parts for path, data in p.files.items()}
    for group in site_files([p.abstract for p in parts], topics, settings, corrections, lent):
        files |= dict(group.make())
    return files | dict(status_files(histories, topics, settings, lent))


def feeds_of(
    *histories: History,
    topics: Sequence[Topic] = TOPICS,
    settings: Settings = SITE,
    corrections: Sequence[Correction] = (),
) -> dict[str, bytes]:
    """All feeds of these histories, by file name."""
    base = settings.site_url or UNPUBLISHED
    items = feed_items(histories, topics, settings, corrections)
    told = [item for item in items if STATUS in item.feeds]
    found = dict(status_feed(told, base))
    for channel in shared_channels(histories, items, topics, base):
        found |= dict(written(channel))
    for history in histories:
        name = history.document.id
        mine = [item for item in items if name in item.feeds]
        found |= dict(document_feed(history, mine, base))
    return found | {"feeds.opml": opml(catalogue(histories, topics), base)}
