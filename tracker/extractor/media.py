"""Media types by the names under which they are served."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(
    r"\s*+(?:text|application)/(?:x-|vnd\.|prs\.)?"
    r"(?:(?:[a-z]{1,20}[-.])?markdown|md|mdown|mkdn?|gfm|commonmark)(?![\w.+-])",
    re.IGNORECASE,
)


def is_markdown(media: str) -> bool:
    """Return whether a media type is Markdown, under whatever name."""
    return _MARKDOWN.match(media) is not None


def is_plain(media: str) -> bool:
    """Return whether a media type is text without markup."""
    return media.strip().lower().startswith("text/plain")
