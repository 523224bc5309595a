"""A sample service to try the tracker on: Harbour, a professional network that does not exist.

Its three legal pages are built like those of real networks (expandable key terms, agreements
inside list items, tables with long cells) and stand as they were on three dates. Between the
first and the second a banner announces coming changes on two of them, and much changes that no
reader sees; on the third the changes are in force. Every sentence was written for this package.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from datetime import UTC, datetime
from zlib import crc32

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

STATES = (
    datetime(2025, 9, 1, 8, tzinfo=UTC),
    datetime(2025, 9, 18, 8, tzinfo=UTC),  # announced: a banner, and noise
    datetime(2025, 11, 4, 8, tzinfo=UTC),  # in force
)

_AGREEMENT = "/legal/user-agreement"
_POLICY = "/legal/privacy-policy"
_NOTICE = "/legal/privacy/eu"
PATHS = {_AGREEMENT: "user-agreement", _POLICY: "privacy-policy", _NOTICE: "privacy-eu"}


def declarations(base_url: str) -> dict[str, str]:
    """Return the declarations that watch the sample: file name in the folder → JSON text.

    `base_url` is where the pages are served, without a slash at its end.
    """
    editions = {
        "global": {"Terms of Service": _AGREEMENT, "Privacy Policy": _POLICY},
        "eu": {"Privacy Policy": _NOTICE},
    }
    return {
        f"{edition}/Harbour.json": _declaration(base_url, pages)
        for edition, pages in editions.items()
    }


def _declaration(base_url: str, pages: dict[str, str]) -> str:
    terms = {
        type_: {"fetch": base_url + path, "select": "#legal-content", "remove": ".table-summary"}
        for type_, path in pages.items()
    }
    return json.dumps({"name": "Harbour", "terms": terms}, indent=2) + "\n"


def page(path: str, at: datetime, nonce: str) -> str | None:
    """Return the HTML of the page at `path` as it stood at a time, None where there is none.

    `nonce` is what the service draws anew for every request.
    """
    if path not in PATHS:
        return None
    stage = max(1, bisect_right(STATES, at))
    return _pages.get_template(f"{PATHS[path]}.html").render(
        page=PATHS[path],
        path=path,
        announced=stage > 1,
        in_force=stage > 2,
        state=stage,
        nonce=nonce,
        serial=crc32(nonce.encode()),
    )


def _typeset(html: str, typographic: bool) -> Markup:
    """Do what the service's editors do between the first two dates, and no reader sees."""
    if not typographic:
        return Markup(html)  # noqa: S704 - our own templates, whose variables were escaped
    html = re.sub(r"&quot;(.+?)&quot;", r"“\1”", html).replace("'", "’")
    return Markup(re.sub(r"\b([Ss]ection|years of) ", r"\1&nbsp;", html))  # noqa: S704


_pages = Environment(
    loader=PackageLoader("tracker.demo", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["typeset"] = _typeset
