"""Do two bodies read alike? A quick yes that is never wrong, so that an unchanged page is cheap.

Real pages carry a new nonce for every visitor: their bytes always differ. Mostly that can be seen
in their characters (`skeleton`), and otherwise in their elements (`elements`).
Where this says yes the clauses, the title and the language are equal; a no means nothing.
"""

from __future__ import annotations

from tracker._support.budget import limited
from tracker.extractor.decode import Undecodable, decode, decoded, is_guessed
from tracker.extractor.formats import is_pdf
from tracker.extractor.mhtml import is_mhtml
from tracker.extractor.unchanged.skeleton import same_but_for_nonces
from tracker.model import Source


@limited("Looking at the page")
def reads_alike(one: bytes, other: bytes, media: tuple[str, str], source: Source | None) -> bool:
    """Return whether two bodies, of these media types, surely have the same reading.

    False where they differ, where either is not HTML or not decodable, and where in doubt.
    Raises TooCostly.
    """
    is_html = (
        all(m.startswith("text/html") for m in media) and not is_pdf(one) and not is_mhtml(one)
    )
    if not is_html or is_guessed(one, media[0]):
        return False
    try:
        if decoded(one, media[0]).broken:  # said at each look
            return False
        if same_but_for_nonces(decode(one, media[0]), decode(other, media[1]), source):
            return True
    except Undecodable:
        return False
    from tracker.extractor.unchanged.elements import (
        same_elements,  # the parser is loaded where it is needed
    )

    return same_elements(one, other, media, source)
