"""Revisions of LinkedIn: is each news, about which topics, from when? By the ordinary commands."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tests.corpus import CORPUS
from tests.evaluation.clauses import TOPICS
from tests.evaluation.scores import Score, judged
from tracker.cli import main

FILE = CORPUS / "gold" / "revisions.jsonl"
BUNDLE = CORPUS / "linkedin-versions.bundle"
NEWS = {"substantive", "announcement", "reverted"}
#: What a person's label may be called here; "" is no revision at all.
ACCEPTED = {
    "substantive": {"substantive", "reverted"},
    "announcement": {"announcement"},
    "cosmetic": {"editorial", "links", "technical", ""},
    "technical": {"technical", ""},
}
#: Changes of form alone, which need bear no topic: a stray space, a capital, a number.
FORM = {"cosmetic"}
_WORD = re.compile(r"\w+")
_SIDES = ("before", "after")
_ENOUGH = 0.75  # of a change's words that must stand in the labelled clause it belongs to

Label = dict[str, Any]
Record = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Matched:
    """A labelled revision, its row of the log if there is one, and its clauses with ours."""

    label: Label
    row: Record | None
    clauses: tuple[tuple[Label, tuple[Record, ...]], ...]
    orphans: tuple[Record, ...]

    @property
    def name(self) -> str:
        return f"{self.label['document']} {self.label['new_date'][:10]}"

    @property
    def significance(self) -> str:
        return str(self.row["significance"]) if self.row else ""

    @property
    def effective(self) -> str | None:
        return self.row["effective"] if self.row else None


def matched(root: Path) -> tuple[Matched, ...]:
    """Imports LinkedIn's versions into `root` and matches what is said with the labels."""
    _tracker(root, "import", "versions", str(BUNDLE), "--service", "LinkedIn")
    log = {_key(r, "first_seen"): r for r in json.loads(_tracker(root, "log", "--json"))}
    changes: dict[Key, list[Record]] = defaultdict(list)
    for line in _tracker(root, "changes", "--json").splitlines():
        record = json.loads(line)
        changes[_key(record, "to")].append(record)
    labels = (json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines())
    return tuple(_matched(label, log, changes) for label in labels)


def _tracker(root: Path, *arguments: str) -> str:
    command = ["--root", str(root), *arguments]
    return CliRunner().invoke(main, command, catch_exceptions=False).stdout


def _key(record: Record, time: str) -> Key:
    return record["document"], record[time][:10]


def _matched(label: Label, log: dict[Key, Record], changes: dict[Key, list[Record]]) -> Matched:
    kind = label["document"].lower().replace(" ", "-")
    key = (f"linkedin/{kind}@global", label["new_date"][:10])
    clauses = label["clauses"]
    found: dict[int | None, list[Record]] = defaultdict(list)
    for record in changes.get(key, ()):
        places: list[int | None] = [*homes(record, clauses)]
        for place in places or [None]:
            found[place].append(record)
    pairs = tuple((clause, tuple(found[n])) for n, clause in enumerate(clauses))
    return Matched(label, log.get(key), pairs, tuple(found[None]))


# ── which labelled clause a change of ours belongs to ─────────────────────────────


def homes(record: Record, clauses: Sequence[Label]) -> set[int]:
    """The labelled clauses (whole table rows, often) that hold the words of a change of ours.

    Mostly one; two where we say that a clause was rewritten, and the labels that one went and
    another came. Nearly always the one that holds both sides is the best for each.
    """
    both = [c for c in clauses if all(_fits(record, c, s) for s in _SIDES if record[s])]
    pool = both or clauses
    found = {_home(record, clauses, pool, side) for side in _SIDES if record[side]}
    return {place for place in found if place is not None}


def _home(record: Record, clauses: Sequence[Label], pool: Sequence[Label], side: str) -> int | None:
    """Of several, the one in whose row or under whose heading the change stands, the shortest."""
    ranked = [
        (_closeness(record, clause, side), _stands_in(record, clause), -_length(clause), -n)
        for n, clause in enumerate(clauses)
        if clause in pool and _fits(record, clause, side) and _may_stand_in(record, clause)
    ]
    return -max(ranked)[3] if ranked else None


def _closeness(record: Record, clause: Label, side: str) -> float:
    return round(contained(record[side], clause[side] or ""), 1)


def _fits(record: Record, clause: Label, side: str) -> bool:
    return contained(record[side], clause[side] or "") >= _ENOUGH


def contained(part: str, whole: str) -> float:
    """Share of the words of `part` that stand in `whole`, counted with repetition."""
    words, room = _words(part), _words(whole)
    return sum((words & room).values()) / sum(words.values()) if words else 0.0


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def _length(clause: Label) -> int:
    return len(clause["before"] or "") + len(clause["after"] or "")


def _stands_in(record: Record, clause: Label) -> bool:
    last = record["path"][-1] if record["path"] else ""
    return bool(last) and clause["heading_path"].endswith(last)


def _may_stand_in(record: Record, clause: Label) -> bool:
    """Rows of a table repeat each other's words: a cell belongs to the row that names it."""
    if clause["unit"] != "TR":
        return True
    names = {(clause[s] or "").split(" | ")[0].replace(" ⏎ ", " ") for s in ("before", "after")}
    own = {record["before"], record["after"], *record["path"]}
    return any(name and name in own for name in names) or any(
        text and any(text in name for name in names) for text in own if text
    )


# ── figures ───────────────────────────────────────────────────────────────────────


def topic_score(topic: str, found: Iterable[Matched]) -> Score:
    """Whether a change of a clause is about a topic; an unlabelled change counts as negative."""
    return judged((said, so) for said, so, _ in _topic_rows(topic, found))


def topic_wrong(topic: str, found: Iterable[Matched]) -> Iterator[str]:
    for said, so, text in _topic_rows(topic, found):
        if said != so:
            yield f"{'false alarm' if said else 'missed'} | {text}"


def _topic_rows(topic: str, found: Iterable[Matched]) -> Iterator[tuple[bool, bool, str]]:
    for revision in found:
        for clause, ours in revision.clauses:
            said = any(topic in r["topics"] for r in ours)
            what = clause["after"] or clause["before"] or ""
            if said or not _is_of_form(clause):
                yield said, TOPICS[topic] in clause["topics"], f"{revision.name} | {what[:160]}"
        for record in revision.orphans:
            what = record["after"] or record["before"] or ""
            yield topic in record["topics"], False, f"{revision.name} | unlabelled: {what[:160]}"


def _is_of_form(clause: Label) -> bool:
    """Whether only the form changed: the label names the clause's topic, and asks for no tag."""
    return clause["clause_class"] in FORM


def revision_topic_score(topic: str, found: Iterable[Matched]) -> Score:
    """Whether a revision is about a topic: what a subscriber of the topic's feed is told."""
    return judged(
        (
            topic in (r.row["topics"] if r.row else ()),
            any(TOPICS[topic] in clause["topics"] for clause, _ in r.clauses),
        )
        for r in found
    )


def news_score(found: Iterable[Matched]) -> Score:
    """Whether a revision is news."""
    return judged((r.significance in NEWS, r.label["pair_kind"] in NEWS) for r in found)


def significance_wrong(found: Iterable[Matched]) -> Iterator[str]:
    """The revisions that are called something else than a person called them."""
    for r in found:
        if r.significance not in ACCEPTED[r.label["pair_kind"]]:
            said = r.significance or "no revision"
            yield f"{r.name} | {said}, labelled {r.label['pair_kind']} | {r.label['note'][:120]}"


def effective_score(found: Iterable[Matched]) -> Score:
    """The date from which a revision says it applies; a wrong date is both false and missed."""
    return sum((_date(r) for r in found), Score())


def _date(revision: Matched) -> Score:
    said, so = revision.effective, revision.label["effective_date"]
    right = said == so and so is not None
    return Score(int(right), int(said is not None and not right), int(so is not None and not right))


def effective_wrong(found: Iterable[Matched]) -> Iterator[str]:
    for r in found:
        if r.effective != r.label["effective_date"]:
            yield f"{r.name} | {r.effective}, labelled {r.label['effective_date']}"
