"""The picture of a revision that a link to it shows elsewhere: a PNG of 1200 × 630 pixels.

Needs Pillow (the extra `pictures`), drawn with the site's own fonts; the same lines give the
same bytes with the same Pillow.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache

from PIL import Image, ImageColor, ImageDraw, ImageFont

from tracker.publisher.site.context import file

_SIZE = (1200, 630)
_EDGE = 80
_PAPER, _INK, _SOFT, _MARK, _INSERTED = "#faf8f3", "#1b1a17", "#5d584e", "#97310f", "#0d4786"
_MOST_LINES = 4
#: How hard a picture is packed: a tenth larger than by default, for two thirds of the time.
_PACKED = 4

Font = ImageFont.FreeTypeFont


def draw(lines: Sequence[str]) -> bytes:
    """Return the card of four lines: whose text, what happened, its topics, and when it was
    seen.
    """
    name, event, topics, seen = lines
    picture = _blank().copy()
    pen = ImageDraw.Draw(picture)
    y = _block(pen, 178, name, _sans(36), _SOFT, 1)
    _block(pen, y + 14, event[:1].upper() + event[1:], _serif(58), _INK, _MOST_LINES)
    pen.text((_EDGE, 540), seen, font=_sans(34), fill=_SOFT)
    width = pen.textlength(topics, font=_sans(34))
    pen.text((_SIZE[0] - _EDGE - width, 540), topics, font=_sans(34), fill=_INSERTED)
    out = io.BytesIO()
    picture.quantize(palette=_palette(), dither=Image.Dither.NONE).save(
        out, "PNG", compress_level=_PACKED
    )
    return out.getvalue()


@cache
def _blank() -> Image.Image:
    """Return what all cards have in common."""
    picture = Image.new("RGB", _SIZE, _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((_EDGE, 62), "¶", font=_serif(44), fill=_MARK)
    pen.text((_EDGE + 36, 62), "Terms Tracker", font=_serif(44), fill=_INK)
    pen.line([(_EDGE, 138), (_SIZE[0] - _EDGE, 138)], fill=_INK, width=3)
    return picture


@cache
def _palette() -> Image.Image:
    """Our colours and their soft edges on the paper: the same picture in a third of the bytes."""
    paper = ImageColor.getrgb(_PAPER)
    inks = [ImageColor.getrgb(name) for name in (_INK, _SOFT, _MARK, _INSERTED)]
    steps = [(ink, n / 15) for ink in inks for n in range(1, 16)]
    blends = [[round(p + (i - p) * t) for p, i in zip(paper, ink, strict=True)] for ink, t in steps]
    found = Image.new("P", (1, 1))
    found.putpalette([*paper, *(value for blend in blends for value in blend)])
    return found


def _block(pen: ImageDraw.ImageDraw, y: int, text: str, font: Font, fill: str, most: int) -> int:
    """Text broken into lines from `y` down; where the next block may begin."""
    step = round(font.size * 1.2)
    rows = list(_broken(pen, text, font))
    if len(rows) > most:
        rows = [*rows[: most - 1], f"{rows[most - 1].rsplit(' ', 1)[0]} …"]
    for row in rows:
        pen.text((_EDGE, y), row, font=font, fill=fill)
        y += step
    return y


def _broken(pen: ImageDraw.ImageDraw, text: str, font: Font) -> Iterator[str]:
    room = _SIZE[0] - 2 * _EDGE
    row = ""
    for word in text.split():
        longer = f"{row} {word}".strip()
        if row and pen.textlength(longer, font=font) > room:
            yield row
            longer = word
        row = longer
    yield row


@cache
def _serif(size: int) -> Font:
    font = _font("source-serif-4.woff2", size)
    font.set_variation_by_axes([600])
    return font


@cache
def _sans(size: int) -> Font:
    return _font("plex-sans-condensed-400.woff2", size)


def _font(name: str, size: int) -> Font:
    # The plain engine: what Raqm does depends on what else is installed.
    data = io.BytesIO(file(f"assets/fonts/{name}"))
    return ImageFont.truetype(data, size, layout_engine=ImageFont.Layout.BASIC)
