"""Characters that nobody sees: which of them belong to a script, and how the others are shown."""

from __future__ import annotations

import re

# Controls, halves of a surrogate pair and what is no character: XML forbids most of them.
_FORBIDDEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
# What Unicode calls format characters or ignorable by default: all but the selectors, those that
# show (the signs of Arabic numbers) and those that only say where a line may break.
_FORMAT = (
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2061-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINERS = "\u034f\u200c\u200d"
_DIRECTIONS = "\u061c\u200e\u200f"

#: A character that is seen, of a script that may need unseen ones.
_SEEN = rf"[^\x00-\x7f\s{_FORMAT}{_SELECTORS}]"
_TO_THE_LEFT = (
    "\u0590-\u05ff\u0608\u060b\u060d\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_NEAR = 9  # figures, brackets and stops between a mark of direction and its letter
_FLAGS = "|".join(
    "".join(chr(0xE0000 + ord(letter)) for letter in name) for name in ("gbeng", "gbsct", "gbwls")
)
#: Unseen ones that belong to what is written: Persian, Hindi and emoji are joined or not, a letter
#: has a variant, what is read to the left has marks of direction, and three flags are tags.
_WRITTEN = (
    rf"(?<={_SEEN})[{_JOINERS}{_SELECTORS}]|(?<=[0-9#*])\ufe0f|(?<=[{_SELECTORS}])\u200d",
    rf"[\u200c\u200d](?={_SEEN})",
    "(?<=[\u1800-\u18aa])[\u180b-\u180f]",
    *(rf"(?<=[{_TO_THE_LEFT}][\W\d]{{{n}}})[{_DIRECTIONS}]" for n in range(_NEAR)),
    rf"[{_DIRECTIONS}](?=[\W\d]{{0,{_NEAR}}}[{_TO_THE_LEFT}])",
    f"(?<=\U0001f3f4)(?:{_FLAGS})\U000e007f",
)
_FOUND = re.compile(
    f"(?=[{_FORBIDDEN}{_FORMAT}{_SELECTORS}])"
    f"(?:(?P<written>{'|'.join(_WRITTEN)})|(?P<forbidden>[{_FORBIDDEN}])|.)",
    re.DOTALL,
)


def shown(text: str) -> str:
    """Replace what acts unseen in `text`: by its number, as ‹U+202E›, or by U+FFFD."""
    return _FOUND.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    if found["forbidden"]:
        return "\ufffd"
    return found["written"] or f"‹U+{ord(found[0]):04X}›"
