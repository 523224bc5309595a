"""A revision as a Word file with tracked changes (ECMA-376): accept all of them for the newer text,
reject all of them for the older.

What moved is deleted where it was and inserted where it is: so both texts come back whole, in their
own order.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from tracker.model import Change, Clause, Op, Pair, Revision, Span, Unit
from tracker.publisher import words
from tracker.publisher.redlines import id_of

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    "</Relationships>",
    "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
}
_SIZES = (36, 32, 28, 26, 24, 24)  # half points of the headings


def word_file(revision: Revision, author: str) -> bytes:
    """Return the file; the same revision always gives the same bytes. `author` made the changes."""
    made = _Tracked(author, words.iso(revision.first_seen))
    body = "".join(made.paragraphs(revision))
    document = f'<w:document xmlns:w="{_MAIN}"><w:body>{body}</w:body></w:document>'
    parts = _PARTS | {"word/document.xml": document, "word/styles.xml": _styles()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts:
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, (_HEAD + parts[name]).encode("utf-8", "replace"))
    return packed.getvalue()


def _styles() -> str:
    headings = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/>'
        f'<w:pPr><w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="{n - 1}"/></w:pPr>'
        f'<w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr></w:style>'
        for n, size in enumerate(_SIZES, 1)
    )
    plain = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
    plain += '<w:name w:val="Normal"/></w:style>'
    return f'<w:styles xmlns:w="{_MAIN}">{plain}{headings}</w:styles>'


class _Tracked:
    """The paragraphs of a file, each change with a number of its own."""

    def __init__(self, author: str, time: str) -> None:
        self._made = f" w:author={quoteattr(words.line(author))} w:date={quoteattr(time)}"
        self._number = 0

    def paragraphs(self, revision: Revision) -> Iterator[str]:
        changes = {(id_of(c.before), id_of(c.after)): c for c in revision.changes}
        old, new = revision.before.clauses, revision.after.clauses
        told = 0  # how many of the old clauses
        for pair in revision.pairs:
            after = tuple(new[n] for n in pair.after)
            if not _is_in_place(pair, told):
                yield from (self._whole(clause, Op.INSERT) for clause in after)
                continue
            yield from (self._whole(clause, Op.DELETE) for clause in old[told : pair.before[0]])
            before = tuple(old[n] for n in pair.before)
            yield from self._pair(changes.get((id_of(before), id_of(after))), before, after)
            told = pair.before[-1] + 1
        yield from (self._whole(clause, Op.DELETE) for clause in old[told:])

    def _pair(
        self, change: Change | None, before: Sequence[Clause], after: Sequence[Clause]
    ) -> Iterator[str]:
        if len(before) == len(after) == 1:
            spans = change.redline if change else [_span(before[0].text, after[0].text)]
            yield self._paragraph(after[0], [*_numbers(before[0], after[0]), *spans], "")
            return
        yield from (self._whole(clause, Op.DELETE) for clause in before)
        yield from (self._whole(clause, Op.INSERT) for clause in after)

    def _whole(self, clause: Clause, op: Op) -> str:
        """Return a clause that came or went with its paragraph."""
        mark = f"<w:rPr>{self._change('del' if op is Op.DELETE else 'ins', '')}</w:rPr>"
        text = f"{_number(clause)}{clause.text}"
        span = Span(op, text, "") if op is Op.DELETE else Span(op, "", text)
        return self._paragraph(clause, [span], mark)

    def _paragraph(self, clause: Clause, spans: Iterable[Span], mark: str) -> str:
        style = f'<w:pStyle w:val="Heading{min(max(clause.level, 1), 6)}"/>'
        indent = '<w:ind w:left="400"/>' if clause.unit is Unit.ITEM else ""
        look = style if clause.unit is Unit.HEADING else indent
        runs = "".join(run for span in spans for run in self._runs(span))
        return f"<w:p><w:pPr>{look}{mark}</w:pPr>{runs}</w:p>"

    def _runs(self, span: Span) -> Iterator[str]:
        if span.op is Op.SAME and span.before == span.after:
            yield f"<w:r>{_text('t', span.after)}</w:r>"
            return
        if span.before:
            yield self._change("del", f"<w:r>{_text('delText', span.before)}</w:r>")
        if span.after:
            yield self._change("ins", f"<w:r>{_text('t', span.after)}</w:r>")

    def _change(self, tag: str, inside: str) -> str:
        self._number += 1
        return f'<w:{tag} w:id="{self._number}"{self._made}>{inside}</w:{tag}>'


def _is_in_place(pair: Pair, told: int) -> bool:
    """Return whether the old clauses of a pair follow those that were told, and are neighbours."""
    first = pair.before[0] if pair.before else -1
    run = tuple(range(first, first + len(pair.before)))
    return bool(pair.after) and first >= told and pair.before == run and not pair.moved


def _span(before: str, after: str) -> Span:
    return Span(Op.SAME, before, after)


def _number(clause: Clause) -> str:
    return f"{clause.number} " if clause.number else ""


def _numbers(before: Clause, after: Clause) -> list[Span]:
    return [_span(_number(before), _number(after))] if before.number or after.number else []


def _text(tag: str, text: str) -> str:
    return f'<w:{tag} xml:space="preserve">{escape(words.safe(text))}</w:{tag}>'
