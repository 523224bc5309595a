"""Characters that belong to the one before them. To look for them all takes its time."""

from __future__ import annotations

import re
import unicodedata

from tracker.extractor.normalise import INVISIBLE

# Where Unicode has marks; what is left out is Han, Hangul, cuneiform and for private use.
_BLOCKS = (
    *((0x300, 0x3400), (0xA000, 0xAC00), (0xFB00, 0x12000), (0x13400, 0x14000)),
    *((0x16000, 0x17000), (0x1B000, 0x20000), (0xE0100, 0xE01F0)),
)


def _marks(first: int, end: int) -> str:
    """Return the marks (category M) between two code points, as ranges of a character class."""
    # Two letters each, of which only the first is a capital.
    kinds = "".join(map(unicodedata.category, map(chr, range(first, end))))
    runs = (found.span() for found in re.finditer("(?:M.)+", kinds))
    return "".join(f"{chr(first + a // 2)}-{chr(first + b // 2 - 1)}" for a, b in runs)


#: What belongs to the character before it, as the inside of a character class: accents and vowel
#: signs (to `\w` no part of a word, yet half of every Hindi one), and what no reader sees.
ATTACHED = "".join(_marks(*block) for block in _BLOCKS) + INVISIBLE
#: One such character, as a pattern: the class is long, and of most characters a glance is enough.
ATTACHED_ONE = rf"(?![\x00-\xac])[{ATTACHED}]"
