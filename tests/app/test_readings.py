"""Kept bodies are read by today's code, whatever an older version made of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies import capture
from tracker.app.readings import read_anew


@pytest.mark.parametrize("charset", ["hz-gb-2312", "x-nobody-knows", "iso-2022-kr"])
def test_what_can_be_decoded_no_more_is_still_read(charset: str) -> None:
    body = (
        b"<main><h1>Terms</h1><p>Each boat keeps to its side \xff\xfe of the pier.</p></main>" * 3
    )
    media = f"text/html; charset={charset}"
    found = read_anew(replace(capture(), source=None, media=media), body, media)
    assert any("Each boat keeps to its side" in clause.text for clause in found.clauses)
