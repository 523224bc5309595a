"""The child that reads a PDF: bytes on standard input, its lines as JSON on standard output."""

from __future__ import annotations

from tracker._support.isolated import answer
from tracker.extractor.pdf.glyphs import lines_of

if __name__ == "__main__":
    answer(lines_of)
