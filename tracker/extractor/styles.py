"""What an element's own style says, as far as it changes what is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

#: The properties that hide text, strike it out, raise it, turn it, cut it or number it.
READ = frozenset(
    """
    display visibility content-visibility text-decoration text-decoration-line white-space
    vertical-align unicode-bidi direction list-style list-style-type
    """.split()
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BLOCKS = frozenset("block flex grid table list-item flow-root table-cell table-row".split())
_ROWS = frozenset("flex grid inline-flex inline-grid".split())


@lru_cache(maxsize=4096)  # a page has few styles, each many times
def declared(style: str) -> Mapping[str, str]:
    """Return the values of the properties that are read: the last, or the last important one."""
    found: dict[str, tuple[bool, str]] = {}
    for part in _COMMENT.sub(" ", style).lower().split(";"):
        name, _, value = part.partition(":")
        if (name := name.strip()) in READ:
            value, _, mark = value.partition("!")
            is_important = mark.strip() == "important"
            if is_important or not found.get(name, (False, ""))[0]:
                found[name] = is_important, " ".join(value.split())
    return {name: value for name, (_, value) in found.items()}


def style_of(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """Return what an element with these attributes says of the properties that are read."""
    style = attributes.get("style")
    return declared(style) if style else {}


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Return whether an element with these attributes is not shown, by what it says itself."""
    return is_gone(attributes) or style_of(attributes).get("visibility") in {"hidden", "collapse"}


def is_gone(attributes: Mapping[str, str]) -> bool:
    """Return whether neither an element nor anything in it can be shown."""
    style = style_of(attributes)
    shown = style.get("display", "none" if "hidden" in attributes else "")
    return shown == "none" or style.get("content-visibility") == "hidden"


def is_struck(attributes: Mapping[str, str]) -> bool:
    """Return whether an element's style strikes out its text."""
    style = style_of(attributes)
    lines = f"{style.get('text-decoration', '')} {style.get('text-decoration-line', '')}"
    return "line-through" in lines.split()


def is_block(attributes: Mapping[str, str]) -> bool | None:
    """Return whether an element's style makes a block of it; None where it does not say."""
    shown = style_of(attributes).get("display", "").split()
    if not shown:
        return None
    return True if shown[0] in _BLOCKS else False if shown[0] == "inline" else None


def is_row(attributes: Mapping[str, str]) -> bool:
    """Return whether an element shows what is in it side by side."""
    return style_of(attributes).get("display") in _ROWS
