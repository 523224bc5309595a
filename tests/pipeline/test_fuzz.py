"""The targets of the fuzzer on what hypothesis and the corpus of attacks give, without coverage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacks.corpus import PAYLOADS
from tests.fuzz.targets import TARGETS

PIECES = [
    *[p.encode("utf-8", "replace") for p in PAYLOADS if len(p) < 200],
    *b'<p> <li> <table> <td> </ul> 1. (a) \xe2\x80\x8b \xc2\xa0 \xff\xfe \x00 { [ " = \n\n'.split(
        b" "
    ),
    b"\n\n",
    b" ",
    b"We train AI models. ",
]
some_bytes = st.one_of(
    st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)
)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=60, deadline=None)
@given(data=some_bytes)
def test_no_bytes_break_a_law(target: str, data: bytes) -> None:
    TARGETS[target](data)
