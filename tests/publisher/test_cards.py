"""The picture of a revision: of the right size, the same each time, and whatever it is told."""

from __future__ import annotations

import io
import struct

import pytest

from tests.factories import NASTY

pytest.importorskip("PIL", reason="the extra `pictures` is not installed")

from PIL import Image

from tracker.publisher.site.cards import draw

CARD = (
    "Heron Privacy Policy",
    "generative AI and targeted advertising, 44 clauses changed, in force 18 September 2024",
    "Generative AI · Targeted advertising",
    "First seen 19 September 2024",
)


def ink(data: bytes, box: tuple[int, int, int, int]) -> int:
    """How many pixels of a part of the picture are not paper."""
    part = Image.open(io.BytesIO(data)).convert("RGB").crop(box)
    paper = (250, 248, 243)
    return sum(pixel != paper for pixel in part.get_flattened_data())


def test_a_card_is_a_png_of_the_size_that_others_ask_for() -> None:
    data = draw(CARD)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
    assert len(data) < 60_000


def test_the_same_lines_give_the_same_bytes_and_others_do_not() -> None:
    assert draw(CARD) == draw(CARD)
    assert draw(CARD) != draw(("Another", *CARD[1:]))


def test_nothing_is_drawn_over_the_edge() -> None:
    data = draw(CARD)
    for box in ((0, 0, 70, 630), (1130, 0, 1200, 630), (0, 600, 1200, 630)):
        assert ink(data, box) == 0
    assert ink(data, (80, 240, 1120, 480)) > 5_000, "the event is there"


def test_a_long_event_is_cut_and_stays_above_the_last_line() -> None:
    data = draw((CARD[0], "many words " * 80, *CARD[2:]))
    assert ink(data, (0, 525, 1200, 538)) == 0


@pytest.mark.parametrize("text", [*NASTY[:8], "", "one\u3000\u4e8c"])
def test_any_text_can_be_drawn(text: str) -> None:
    assert draw((text or "x", text or "x", text, text)).startswith(b"\x89PNG")
