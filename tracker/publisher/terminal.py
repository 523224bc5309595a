"""Histories as text for a terminal, with colour or with marks that survive without it.

Nothing of a page can act on the terminal: see `words.safe`.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

from tracker.model import (
    Capture,
    Change,
    Clause,
    Document,
    History,
    Kind,
    Op,
    Outcome,
    Question,
    Revision,
    Span,
    Standing,
    State,
    Tag,
    Topic,
    Unit,
    Version,
)
from tracker.publisher import answers as replies
from tracker.publisher import words
from tracker.publisher.answers import Quote, Reply
from tracker.publisher.redlines import Row, changed
from tracker.publisher.redlines import whole as all_rows

harmless = words.safe

_RESET, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
# Blue and orange are told apart by people who cannot tell green from red.
_INSERTED, _DELETED, _ALERT = "\x1b[34;4m", "\x1b[33;9m", "\x1b[33m"
_OPEN = {Op.DELETE: "[-", Op.INSERT: "{+"}
_CLOSE = {Op.DELETE: "-]", Op.INSERT: "+}"}
# Where a colour begins and ends while lines are broken; no text of a page can hold these.
_PAINT = {"\x01": _DELETED, "\x02": _INSERTED, "\x03": _RESET}
_BEGIN = {Op.DELETE: "\x01", Op.INSERT: "\x02"}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_AHEAD = timedelta(days=1)  # clocks may differ by so much
_STALE = 3  # days; a timer visits twice a day
_FINE = {Outcome.GOOD, Outcome.ANSWERED, None}
#: Judgements on what a page says, which may be mistaken.
_ACCEPTABLE = {
    *(Outcome.WALL, Outcome.CHALLENGE, Outcome.EMPTY, Outcome.SELECTOR),
    *(Outcome.COLLAPSED, Outcome.LANGUAGE),
}
_ACCEPT = (
    "If this is the document all the same, say so in data/corrections.toml "
    "(`tracker guide publish`: accepted)."
)
_CONTEXT = 160  # characters kept on either side of a change


def _style(text: str, code: str, colour: bool) -> str:
    return f"{code}{text}{_RESET}" if colour and text else text


def _styled(line: str, code: str, colour: bool) -> str:
    """Return a line in a style that leaves its indent alone."""
    text = line.lstrip()
    return line[: len(line) - len(text)] + _style(text, code, colour)


# ── log, status ───────────────────────────────────────────────────────────────────


def log(histories: Sequence[History], topics: Sequence[Topic], *, colour: bool, width: int) -> str:
    """Return every revision, newest first: when, what, and how much it matters."""
    rows = [(r, h) for h in histories for r in h.revisions]
    rows.sort(key=lambda row: row[0].order, reverse=True)
    if not rows:
        return "No revision yet."
    lines = (line for r, h in rows for line in _log_entry(h, r, topics, colour, width))
    return "\n".join(lines)


def _log_entry(
    history: History, revision: Revision, topics: Sequence[Topic], colour: bool, width: int
) -> Iterator[str]:
    label = words.significance_label(revision.significance).lower()
    from tracker.publisher.headlines import headline  # what compares texts; no visit needs it

    title = headline(history, revision, topics)
    code = _BOLD if revision.significance.is_news else _DIM
    dated = f"{revision.first_seen.date()}  "
    first, *rest = _wrapped(title, width, " " * 12, dated)
    yield dated + _style(first.removeprefix(dated), code, colour)
    yield from (_styled(line, code, colour) for line in rest)
    detail = f"{label} · {revision.document} · {words.summary(revision, topics)}"
    yield from (_styled(line, _DIM, colour) for line in _wrapped(detail, width, " " * 12))


def status(histories: Sequence[History], now: datetime, *, colour: bool, width: int) -> str:
    """Return how every document stands at `now`, and what stands in the way."""
    if not histories:
        return "No document is declared."
    ordered = sorted(histories, key=lambda h: h.document.id)
    return "\n".join(line for h in ordered for line in _standing(h, now, colour, width))


def _state(history: History, now: datetime) -> str:
    """In a word how a document stands: one that nobody looks at any more is not well."""
    standing, became = history.standing, history.document.became
    if became:
        return f"goes on as {became}"
    if history.document.ended:
        return "no longer declared"
    if standing.last_seen and standing.last_seen > now and standing.last_seen - now > _AHEAD:
        return "SEEN IN THE FUTURE, as was recorded"
    if standing.state is State.IMPORTED:
        return standing.state.value
    if standing.state is not State.OK:
        outcome = standing.outcome if standing.outcome not in _FINE else None
        told = f": {outcome.value}" if outcome else ""
        return f"{standing.state.value.upper()}{told}"
    days = (now - standing.last_visit).days if standing.last_visit else 0
    return f"STALE for {words.count(days, 'day')}" if days > _STALE else "ok"


def _standing(history: History, now: datetime, colour: bool, width: int) -> Iterator[str]:
    standing = history.standing
    seen = f"seen {words.minute(standing.last_seen)}" if standing.last_seen else "never seen"
    state = _state(history, now)
    state = _style(state, _ALERT, colour and state[:1].isupper())
    through = f", {words.through(standing)}" if words.through(standing) else ""
    yield f"{_style(history.document.id, _BOLD, colour)}  {seen}{through}  {state}"
    versions = words.count(len(history.versions), "version")
    changed = (
        f", last changed {history.revisions[-1].first_seen.date()}" if history.revisions else ""
    )
    yield f"    {words.line(history.title)}: {versions}{changed}"
    answered = [
        f"{words.source_name(source.name, source.title)} answered {words.minute(source.answered)}"
        for source in standing.sources
        if source.answered and source.name != "page"
    ]
    if answered:
        yield from _wrapped("; ".join(answered), width, "    ")
    dated = None if standing.sources else standing.last_visit
    when = f"{words.minute(dated)}: " if dated else ""
    for sentence in words.hindrances(standing, advice=True):
        yield from _wrapped(f"{when}{harmless(sentence)}", width, "    ")
    if standing.outcome in _ACCEPTABLE:
        yield from _wrapped(_ACCEPT, width, "    ")


def visit(
    document: Document,
    captures: Iterable[Capture],
    skipped: str,
    told: MutableMapping[str, str] | None = None,
    standing: Standing | None = None,
) -> str:
    """Say in one line how the visit to a document went, and in others what stands in the way.

    `told` are the reasons that were given before, each with the document it was given of; of
    those only the document is named. `standing` is how the document stands then, where its own
    pages were not read.
    """
    told = {} if told is None else told
    if standing and any(source.name != "page" for source in standing.sources):
        return _read_by_others(document, standing, told)
    looked = [c for c in captures if not c.is_preview]  # mostly there is none to be seen
    bad = next((c for c in looked if c.outcome is not Outcome.GOOD), None)
    if skipped:
        state = words.line(f"not asked for: {skipped}", 1000)
        return f"{document.id}  {state}" + (f"; {bad.outcome.value}" if bad else "")
    if bad is None:
        return f"{document.id}  good"
    return f"{document.id}  {bad.outcome.value.upper()}: {_once(bad.reason, document, told)}"


def _once(reason: str, document: Document, told: MutableMapping[str, str]) -> str:
    """Give a reason the first time, and later on the document of which it was given."""
    line = words.line(reason, 1000)
    first = told.setdefault(line, document.id)
    return line if first == document.id else f"{_SAME}{first}"


def _read_by_others(document: Document, standing: Standing, told: MutableMapping[str, str]) -> str:
    """Say how a document stands that is not read at its own page, and what stands in the way."""
    through = f"read {words.through(standing)}" if words.through(standing) else "last read"
    seen = f"{through}, as of {words.minute(standing.last_seen)}" if standing.last_seen else ""
    state = standing.state.value.upper() if standing.is_alarming or not seen else ""
    first = f"{document.id}  {': '.join(filter(None, [state, seen]))}"
    reasons = (_once(one, document, told) for one in words.hindrances(standing, advice=not seen))
    return "\n".join([first, *(f"  {one}" for one in reasons if not one.startswith(_SAME))])


_SAME = "the same as "


def import_summary(captures: Iterable[Capture | None]) -> str:
    """Return what an import brought, and what it recorded without believing."""
    found = Counter(c.outcome if c else None for c in captures)
    there = found.pop(None, 0)
    lines = [f"{words.count(found.total(), 'capture')} imported, {there} were there."]
    lines += [
        f"{number} recorded as {outcome.value}, never a version."
        for outcome, number in found.items()
        if outcome and outcome is not Outcome.GOOD
    ]
    return "\n".join(lines)


def sentence(text: str, width: int) -> str:
    """Return a sentence on lines of its own."""
    return "\n".join(_wrapped(harmless(text), width, "  "))


# ── now ───────────────────────────────────────────────────────────────────────────


def now(found: Sequence[Reply], topics: Sequence[Topic], *, colour: bool, width: int) -> str:
    """Return what the texts in force say on each question: their own sentences, since when, and
    where.
    """
    lines: list[str] = []
    for topic in topics:
        if topic.questions:
            lines += ["", _style(words.line(topic.title).upper(), _BOLD, colour)]
        for question in topic.questions:
            mine = replies.asked(found, topic, question)
            lines += ["", *_asked(question, mine, colour, width)]
    return "\n".join(lines).strip("\n") or "No question is asked in topics.toml."


def _asked(question: Question, found: Sequence[Reply], colour: bool, width: int) -> Iterator[str]:
    yield from (_style(line, _BOLD, colour) for line in _wrapped(question.ask, width, ""))
    for reply in (reply for reply in found if reply.quotes):
        name = words.document_name(reply.history)
        yield from _wrapped(f"{name}  {reply.history.document.id}", width, "    ", "  ")
        for quote in reply.quotes:
            yield from _quoted(quote, colour, width)
    silent = [reply for reply in found if not reply.quotes]
    if silence := replies.silence(silent):
        yield from (_styled(line, _DIM, colour) for line in _wrapped(silence, width, "  "))


def _quoted(quote: Quote, colour: bool, width: int) -> Iterator[str]:
    lead = f"{words.line(quote.lead)} […] " if quote.lead else ""
    yield from _wrapped(f"{lead}“{harmless(quote.text)}”", width, "    ")
    place = words.unforged(words.heading(quote.path)) or "top of the page"
    for told in (f"§ {place}", replies.since(quote)):
        yield from (_styled(line, _DIM, colour) for line in _wrapped(told, width, "      ", "    "))
    yield from (f"    → {words.line(link.target, 1000)}" for link in quote.links)


# ── show, diff ────────────────────────────────────────────────────────────────────


def show(version: Version, *, colour: bool, width: int) -> str:
    """Return a text as it stood."""
    first, last = words.sight(version), words.moment(version.last_seen)
    lines = _wrapped(f"First seen {first}, last seen {last}", width, "")
    lines += [f"Read from {words.line(url)}" for url in version.urls]
    for origin in words.origins(version):
        lines += _wrapped(f"Read through {origin}", width, "")
    for clause in version.clauses:
        lines += ["", *_clause(clause, colour, width)]
    return "\n".join(lines)


def _clause(clause: Clause, colour: bool, width: int) -> Iterator[str]:
    text = _numbered(clause)
    if clause.unit is Unit.HEADING:
        yield from (_styled(line, _BOLD, colour) for line in _wrapped(text, width, ""))
    else:
        bullet = {Unit.ITEM: "  • ", Unit.CELL: "  | "}.get(clause.unit, "")
        yield from _wrapped(text, width, " " * len(bullet), bullet)


def _numbered(clause: Clause) -> str:
    return harmless(f"{clause.number} {clause.text}".strip())


def diff(revision: Revision, topics: Sequence[Topic], *, colour: bool, width: int) -> str:
    """Return what changed, clause by clause: [-what went-] {+what came+}."""
    lines = [
        revision.document,
        *_wrapped(_side(revision.before), width, " " * 8, "Before: "),
        *_wrapped(_side(revision.after), width, " " * 8, "After:  "),
        *_wrapped(
            f"{words.significance_label(revision.significance)}: {harmless(revision.reason)}.",
            width,
            "  ",
            "",
        ),
    ]
    if revision.effective:
        lines.append(f"In force from {words.day(revision.effective)}.")
    if not revision.changes:
        lines.append("Nothing changed.")
    titles = {t.id: t.title for t in topics}
    for change in _topics_first(revision.changes):
        lines += ["", *_change(change, titles, colour, width)]
    return "\n".join(lines)


def _topics_first(changes: Iterable[Change]) -> list[Change]:
    """Order changes by what they are worth: about a topic, other news, the rest; as they stand."""
    return sorted(changes, key=lambda c: (not c.significance.is_news, not c.tags))


# ── compare ───────────────────────────────────────────────────────────────────────

_GAP = " │ "
_NARROWEST = 2 * 40 + len(_GAP)  # narrower than this, two columns are harder to read than one


def compare(
    revision: Revision, topics: Sequence[Topic], *, whole: bool, colour: bool, width: int
) -> str:
    """Two texts side by side: what only the left has in [-…-], only the right in {+…+}.

    Where they agree is left out unless the `whole` of both is wanted. On a narrow terminal both
    stand in one column.
    """
    column = (width - len(_GAP)) // 2 if width >= _NARROWEST else 0
    titles = {t.id: t.title for t in topics}
    first, second = (f"{v.document} {_side(v)}" for v in (revision.before, revision.after))
    if column:
        lines = list(_beside(_wrapped(first, column, ""), _wrapped(second, column, ""), column))
    else:
        lines = _wrapped(first, width, "  ", "[- -] ") + _wrapped(second, width, "  ", "{+ +} ")
    if not revision.changes:
        lines.append("They say the same.")
    for row in all_rows(revision) if whole else _changed(revision):
        lines += ["", *_row(row, titles, colour, width, column)]
    return "\n".join(lines)


def _changed(revision: Revision) -> list[Row]:
    """Return what differs, about a topic first."""
    return sorted(changed(revision), key=lambda row: not (row.change and row.change.tags))


def _row(row: Row, titles: dict[str, str], colour: bool, width: int, column: int) -> Iterator[str]:
    change = row.change
    if change:
        yield from _label(change, words.compared(change), titles, colour, width)
        if column:
            yield from _columns(change.redline, colour, column)
        else:
            yield from _redline(change.redline, colour, width)
    elif row.clause and column:
        text = _wrapped(_numbered(row.clause), column, "", breaks=True)
        yield from _beside(text, text, column)
    elif row.clause:
        yield from _wrapped(_numbered(row.clause), width, "  ")


def _columns(redline: Sequence[Span], colour: bool, column: int) -> Iterator[str]:
    """Yield what each of two texts says; a colour or a mark is on what the other does not have."""
    sides = (
        [Span(s.op, s.before, s.before) for s in redline if s.op is not Op.INSERT],
        [s for s in redline if s.op is not Op.DELETE],
    )
    texts = (_spans(side, colour) for side in sides)
    left, right = (_wrapped(t, column, "", breaks=True) if t else [] for t in texts)
    yield from _beside(list(_painted(left)), list(_painted(right)), column)


def _beside(left: Sequence[str], right: Sequence[str], column: int) -> Iterator[str]:
    for a, b in zip_longest(left, right, fillvalue=""):
        room = column - len(_ESCAPE.sub("", a))
        yield f"{a}{' ' * room}{_GAP}{b}".rstrip()


def _side(version: Version) -> str:
    return f"{words.sight(version)} {words.line(version.title)}"


def _change(change: Change, titles: dict[str, str], colour: bool, width: int) -> Iterator[str]:
    yield from _label(change, words.kind(change), titles, colour, width)
    yield from _redline(change.redline, colour, width)
    yield from (f"  - link {words.line(link.target, 1000)}" for link in change.links_removed)
    yield from (f"  + link {words.line(link.target, 1000)}" for link in change.links_added)


def _redline(redline: Sequence[Span], colour: bool, width: int) -> Iterator[str]:
    yield from _painted(_wrapped(_spans(redline, colour), width, "  "))


def _label(
    change: Change, kind: str, titles: dict[str, str], colour: bool, width: int
) -> Iterator[str]:
    """Yield where a change stands, what it is, and the topics it is about with their words."""
    path = _wrapped(
        words.unforged(words.clause_path(change)) or "top of the page", width, "  ", "§ "
    )
    yield from (_styled(line, _BOLD, colour) for line in path)
    turns = "".join(f" · {words.turn(note)}" for note in change.notes)
    what = f"{kind}{''.join(_tag(t, titles) for t in change.tags)}{turns}"
    yield from _wrapped(what, width, "    ", "  ")
    if change.kind is Kind.RENUMBERED:
        yield f"  {change.before[0].number or '(none)'} → {change.after[0].number or '(none)'}"


def _tag(tag: Tag, titles: dict[str, str]) -> str:
    evidence = ", ".join(harmless(word) for word in tag.words)
    return f" · {titles.get(tag.topic, tag.topic)} ({evidence})"


def _spans(redline: Sequence[Span], colour: bool) -> str:
    last = len(redline) - 1
    return "".join(_span(s, n > 0, n < last, colour) for n, s in enumerate(redline))


def _span(span: Span, follows: bool, goes_on: bool, colour: bool) -> str:
    if span.op is Op.SAME:
        return words.unforged(words.excerpt(harmless(span.after), follows, goes_on, _CONTEXT))
    # A colour alone is lost where the text is copied to, and with it what went and what came.
    marked = (
        f"{_OPEN[span.op]}{words.unforged(harmless(span.before or span.after))}{_CLOSE[span.op]}"
    )
    return f"{_BEGIN[span.op]}{marked}\x03" if colour else marked


def _painted(lines: Iterable[str]) -> Iterator[str]:
    """Lines in colour; a colour that goes on in the next line leaves the indent alone."""
    current = ""
    for line in lines:
        text = line.lstrip(" ")
        indent = line[: len(line) - len(text)]
        marks = re.findall(r"[\x01-\x03]", text)
        shown = current + re.sub(r"[\x01-\x03]", lambda mark: _PAINT[mark[0]], text)
        if marks:
            current = _PAINT[marks[-1]].replace(_RESET, "")
        yield f"{indent}{shown}{_RESET if current else ''}"


def _wrapped(
    text: str, width: int, indent: str, first: str | None = None, *, breaks: bool = False
) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=breaks,
        break_on_hyphens=False,
    ) or [""]
