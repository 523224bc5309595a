"""All changes as tables for other programs: CSV, JSON Lines, and the rows of a database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.model import History, Revision, Version
from tracker.publisher import urls, words
from tracker.publisher.data import records
from tracker.publisher.data.records import Record
from tracker.publisher.redlines import anchored
from tracker.publisher.site.context import Table

Cell = str | int | None

_CHANGES = (
    ("id", "Number of the row: the oldest revision first, in it the order of the text."),
    ("document", "The document, as service/type@edition."),
    ("source_url", "The page the newer version was read from; empty where it is not known."),
    ("from", "When the older version was first seen (ISO 8601, UTC)."),
    ("to", "When the newer version was first seen; with document, it names the revision (where one "
           "second has several, page does)."),
    ("revision", "The significance of the revision: substantive, announcement, reverted, upcoming "
                 "(the news), editorial, links or technical."),
    ("significance", "The significance of this change alone: substantive, announcement, editorial "
                     "or links."),
    ("kind", "What happened to the clause: added, removed, reworded, moved, split, merged, "
             "renumbered or links."),
    ("path", "The headings above the clause, outermost first, joined by “ › ”."),
    ("before", "The older wording in full; empty where there was none."),
    ("after", "The newer wording in full; empty where there is none."),
    ("topics", "The watched topics it is about, joined by a space."),
    ("evidence", "The words that gave each topic, as JSON."),
    ("questions", "The questions it answers in other words, as topic/question, joined by a space."),
    ("effective", "The day from which the text says it applies; empty where it says none."),
    ("links_added", "Links that came, as JSON: words and target."),
    ("links_removed", "Links that went, as JSON."),
    ("page", "The page of the revision, under the address of this site."),
)  # fmt: skip
_REVISIONS = (
    ("document", "The document, as service/type@edition."),
    ("to", "When the newer version was first seen; with document, it names the revision."),
    ("from", "When the older version was first seen."),
    ("title", "What the page called itself."),
    ("significance", "The significance of the revision, as `revision` above."),
    ("reason", "Why it has this significance, in words."),
    ("topics", "The watched topics it is about, joined by a space."),
    ("effective", "The day from which the text says it applies."),
    ("changes", "How many clauses changed."),
    ("of_substance", "How many of them count on pages, in feeds and in headlines: those with the "
                     "significance substantive or announcement. Of these, the ones about a topic "
                     "have it in `topics`."),
    ("page", "The page of the revision."),
)  # fmt: skip
_VERSIONS = (
    ("document", "The document, as service/type@edition."),
    ("first_seen", "When the version was first seen."),
    ("title", "What the page called itself."),
    ("clauses", "How many clauses it has."),
    ("digests", "SHA-256 of what was served, joined by a space."),
    ("page", "The page that shows it in full."),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A revision as data: its place in the order, its row, and a JSON line for each change.

    `anchors` are the addresses of the lines under the root, `page` is that of the revision.
    """

    order: tuple[datetime, str, int]
    row: tuple[Cell, ...]
    lines: tuple[str, ...]
    anchors: tuple[str, ...]
    page: str


@dataclass(frozen=True, slots=True)
class Export:
    """A document as data; `versions` are rows with their place in the order before them."""

    told: tuple[Told, ...]
    versions: tuple[tuple[tuple[datetime, str, int], tuple[Cell, ...]], ...]


def export(history: History) -> Export:
    """Return all that the tables hold of a document."""
    versions = tuple(((v.first_seen, v.document, v.nth), _version(v)) for v in history.versions)
    return Export(tuple(map(_told, history.revisions)), versions)


def _told(revision: Revision) -> Told:
    page = urls.revision_page(revision)
    return Told(
        order=revision.order,
        row=_revision(revision),
        lines=tuple(json_line(record) for record in records.of(revision)),
        anchors=tuple(f"{page}index.html#{row.anchor}" for row in anchored(revision)),
        page=page,
    )


def ordered(exports: Iterable[Export]) -> list[Told]:
    """Return all revisions, oldest first."""
    return sorted((t for export in exports for t in export.told), key=lambda t: t.order)


def tables(exports: Sequence[Export]) -> tuple[Table, ...]:
    """Return the tables of the database; the first, `changes`, is what CSV holds too."""
    told = ordered(exports)
    versions = sorted((v for export in exports for v in export.versions), key=lambda v: v[0])
    return (
        Table("changes", _CHANGES, tuple(_changes(told))),
        Table("revisions", _REVISIONS, tuple(t.row for t in told)),
        Table("versions", _VERSIONS, tuple(row for _, row in versions)),
    )


def _changes(told: Sequence[Told]) -> Iterator[tuple[Cell, ...]]:
    lines = ((line, t.page) for t in told for line in t.lines)
    for number, (line, page) in enumerate(lines, 1):
        row = {**json.loads(line), "id": number, "page": page}
        row |= {"path": words.heading(row["path"])}
        row |= {name: " ".join(row[name]) for name in ("topics", "questions")}
        yield tuple(_cell(row[name]) for name, _ in _CHANGES)


def _cell(value: object) -> Cell:
    """Return a value as one cell: text without what acts on a machine, lists and tables as JSON."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return words.safe(value)
    return json.dumps(value, ensure_ascii=True) if value else None


def _revision(revision: Revision) -> tuple[Cell, ...]:
    return (
        revision.document,
        words.iso(revision.first_seen),
        words.iso(revision.before.first_seen),
        words.safe(revision.after.title),
        revision.significance.value,
        words.safe(revision.reason),
        " ".join(revision.topics),
        revision.effective.isoformat() if revision.effective else None,
        len(revision.changes),
        len(words.news(revision)),
        urls.revision_page(revision),
    )


def _version(version: Version) -> tuple[Cell, ...]:
    return (
        version.document,
        words.iso(version.first_seen),
        words.safe(version.title),
        len(version.clauses),
        " ".join(c.body for c in version.captures if c.body),
        urls.version_page(version),
    )


def as_csv(table: Table) -> bytes:
    """RFC 4180 with a header, UTF-8, every text in quotation marks.

    A text that a spreadsheet would take for a formula has an apostrophe before it (OWASP's rule
    for CSV injection).
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([name for name, _ in table.columns])
    writer.writerows([_tame(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8", "replace")


def _tame(cell: Cell) -> Cell:
    if cell is None:
        return ""
    # Spreadsheets trim blanks, and some read full-width signs as their plain likeness.
    formula = isinstance(cell, str) and cell.lstrip().startswith(tuple("=+-@\t\r\n＝＋－＠"))
    return f"'{cell}" if formula else cell


def as_json_lines(lines: Iterable[str]) -> bytes:
    """Return a file of one JSON object a line."""
    return "".join(lines).encode()


def json_line(record: Record) -> str:
    """Return a record as a line of a JSON Lines file."""
    return f"{json.dumps(record, ensure_ascii=True)}\n"


def addresses(told: Iterable[Told]) -> bytes:
    """Return where each line of the JSON Lines is shown: the address of its clause under the
    root.
    """
    found = [anchor for t in told for anchor in t.anchors]
    return f"{json.dumps(found, ensure_ascii=True, indent=0)}\n".encode()
