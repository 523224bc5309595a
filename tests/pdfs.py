"""PDFs of known texts, in the layouts of several programs."""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random
from typing import Any

from fpdf import FPDF
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    ListFlowable,
    PageTemplate,
    Paragraph,
    Table,
)

from tests.browsing import CHROMIUM, FLAGS
from tests.edits.prose import paragraph, sentence

_COMPOUNDS = (
    "We work with third-party partners and long-term suppliers. Each third-party contract is "
    "reviewed, and so is every opt-out. A well-known opt-out is honoured by every long-term "
    "supplier; each third party is told, and a well-known one twice. The term is long."
)


@dataclass(frozen=True)
class Text:
    """A text as it was written: each block with its kind (h1, h2, p, li, or a row of cells)."""

    blocks: tuple[tuple[str, Any], ...]

    @property
    def clauses(self) -> list[str]:
        """The wording of all clauses in order."""
        found: list[str] = []
        for kind, said in self.blocks:
            found += said if kind == "row" else [said]
        return found


def text(seed: int, sections: int = 8) -> Text:
    """An invented text with headings, paragraphs, points and tables."""
    random = Random(seed)
    blocks: list[tuple[str, Any]] = [("h1", "Terms of the Heron Service")]
    for section in range(sections):
        blocks.append(("h2", f"Rules about matter {'ABCDEFGHIJKLMNOP'[section]}"))
        blocks += [("p", paragraph(random)) for _ in range(random.randint(2, 5))]
        if section % 3 == 0:
            blocks.append(("p", _COMPOUNDS))
        if section % 2:
            blocks += [("li", sentence(random)) for _ in range(3)]
        else:
            blocks.append(("row", ["Category", "Purpose", "Kept for"]))
            for n in range(3):
                blocks.append(("row", [f"Kind {n}", sentence(random), f"{n + 2} months"]))
    return Text(tuple(blocks))


def _grouped(made: Text) -> list[tuple[str, list[Any]]]:
    """Rows, and points, that follow each other, together."""
    groups: list[tuple[str, list[Any]]] = []
    for kind, said in made.blocks:
        if groups and groups[-1][0] == kind and kind in ("row", "li"):
            groups[-1][1].append(said)
        else:
            groups.append((kind, [said]))
    return groups


# ── a typesetter's ────────────────────────────────────────────────────────────────


def reportlab(made: Text, columns: int = 1, *, justified: bool = False) -> bytes:
    """With a running header, page numbers, bullets and ruled tables."""
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, invariant=1)
    width = (A4[0] - 144 - 18 * (columns - 1)) / columns
    frames = [Frame(72 + n * (width + 18), 72, width, 700, 0, 0, 0, 0) for n in range(columns)]
    document.addPageTemplates(PageTemplate(frames=frames, onPage=_edges))
    styles = getSampleStyleSheet()
    plain = ParagraphStyle("plain", parent=styles["BodyText"], alignment=4 if justified else 0)
    story: list[Any] = []
    for kind, said in _grouped(made):
        if kind == "row":
            cells = [[Paragraph(escape(c), plain) for c in row] for row in said]
            story.append(Table(cells, style=[("GRID", (0, 0), (-1, -1), 1, "black")]))
        elif kind == "li":
            points = [Paragraph(escape(point), plain) for point in said]
            story.append(ListFlowable(points, bulletType="bullet"))
        else:
            style = {"h1": styles["Title"], "h2": styles["Heading2"]}.get(kind, plain)
            story.append(Paragraph(escape(said[0]), style))
    document.build(story)
    return out.getvalue()


def _edges(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 805, "Heron Limited, Terms of Service")
    canvas.drawCentredString(300, 30, f"Page {document.page} of 9")


# ── a program's ───────────────────────────────────────────────────────────────────


class _Sheet(FPDF):
    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, "Terms of Heron", align="R", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, f"{self.page_no()}/{{nb}}", align="C")


def fpdf(made: Text, *, hyphens: bool = False) -> bytes:
    """Plain paragraphs from edge to edge, justified, with divided words if `hyphens`."""
    sheet = _Sheet()
    sheet.add_page()
    for kind, said in _grouped(made):
        if kind == "row":
            sheet.set_font("Times", size=11)
            with sheet.table() as table:
                for row in said:
                    line = table.row()
                    for cell in row:
                        line.cell(latin(cell))
            sheet.ln(4)
            continue
        size, high = {"h1": (20, 10), "h2": (14, 9)}.get(kind, (11, 5))
        sheet.set_font("Times", style="B" if kind in ("h1", "h2") else "", size=size)
        for one in said:
            words = _divided(one) if hyphens and kind == "p" else one
            mark = "- " if kind == "li" else ""
            sheet.multi_cell(0, high, latin(mark + words), new_x="LMARGIN", new_y="NEXT")
            sheet.ln(2)
    return bytes(sheet.output())


def latin(said: str) -> str:
    """In the letters that a PDF has without a font of its own."""
    for one, other in zip("“”’–", '""\'-', strict=True):
        said = said.replace(one, other)
    return said


def _divided(said: str) -> str:
    """With soft hyphens in the longer words."""
    words = said.split(" ")
    return " ".join(f"{w[:4]}\u00ad{w[4:]}" if len(w) > 7 and w.isalpha() else w for w in words)


# ── a browser's ───────────────────────────────────────────────────────────────────


def html(made: Text, style: str = "", *, hyphens: bool = False) -> str:
    """The page that is printed."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>x</title>",
        f"<style>td{{border:1px solid;padding:4px}}{style}</style>",
    ]
    for kind, said in _grouped(made):
        if kind == "row":
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in said)
            parts.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
        elif kind == "li":
            parts.append(f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in said)}</ul>")
        else:
            words = _divided(said[0]) if hyphens and kind == "p" else said[0]
            parts.append(f"<{kind}>{escape(words)}</{kind}>")
    return "".join(parts)


def printed(page: str, folder: Path) -> bytes:
    """A page of HTML as Chromium prints it, with its header and footer."""
    source, out = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    command = [str(CHROMIUM), "--headless", *FLAGS, f"--user-data-dir={folder / 'profile'}"]
    subprocess.run(
        [*command, f"--print-to-pdf={out}", str(source)], capture_output=True, check=True
    )
    return out.read_bytes()
