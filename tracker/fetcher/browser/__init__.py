"""A page that its scripts fill → what a browser shows of it.

process     a child with bounds of time and memory
__main__    the child: Chromium, driven by Playwright, without a network of its own
parts       what the page asks for, asked for by our own client under the rules of every visit
scripts     what is done in the page: opening it up, and writing down what is there

It is honest: one name for all requests, no cookies, no credentials, robots.txt obeyed, and a page
that turns us away has done so. Only documents are shown that are declared so.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from tracker.fetcher.limits import Limits
from tracker.fetcher.response_check import host_of, plain
from tracker.model import Answer, Outcome, Selector

EXTRA = "terms-tracker[browser]"
#: Headers of what was served that are not true of what is shown.
_SERVED = {"content-type", "content-length", "etag", "last-modified"}
_HTML = ("", "text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Asking:
    """How requests are made, for the child to make them alike."""

    user_agent: str
    allow_hosts: tuple[str, ...]
    obey_robots: bool
    limits: Limits


def is_installed() -> bool:
    """Return whether the extra is there."""
    return find_spec("playwright") is not None


def shown(answer: Answer, asking: Asking) -> Answer:
    """Return what a browser shows of a page that was served, or why it shows nothing."""
    from tracker.fetcher.browser.process import Ended, run  # most pages are as they are served

    media = dict(answer.headers).get("content-type", "").partition(";")[0].strip().lower()
    if answer.outcome is not Outcome.GOOD or media not in _HTML:
        return answer
    try:
        told = json.loads(run(json.dumps(_order(answer, asking)).encode()))
    except (Ended, ValueError) as error:
        reason = f"A browser could not show the page of {host_of(answer.final_url)}: {error}."
        return replace(answer, body=b"", outcome=Outcome.TOO_SLOW, reason=reason)
    if problem := told.get("problem"):
        reason = f"A browser could not show the page of {host_of(answer.final_url)}: {problem}."
        return replace(answer, body=b"", outcome=Outcome(told["outcome"]), reason=reason)
    return _as_shown(answer, told)


def _order(answer: Answer, asking: Asking) -> dict[str, Any]:
    return {
        "url": answer.final_url,
        "headers": answer.headers,
        "body": base64.b64encode(answer.body).decode(),
        "selectors": [*map(_first, answer.source.select)],
        "user_agent": asking.user_agent,
        "allow_hosts": asking.allow_hosts,
        "obey_robots": asking.obey_robots,
        "longest": asking.limits.decoded_bytes,
    }


def _first(selector: Selector) -> str:
    return selector if isinstance(selector, str) else selector.start


def _as_shown(answer: Answer, told: dict[str, Any]) -> Answer:
    kept = tuple((name, value) for name, value in answer.headers if name not in _SERVED)
    facts = (
        ("rendered", plain(f"Chromium {told['version']}")),
        ("rendered parts", _parts(told["asked"], told["refused"])),
    )
    return replace(
        answer,
        headers=(*kept, ("content-type", "text/html; charset=utf-8")),
        body=told["html"].encode("utf-8", "surrogatepass"),
        facts=facts,
    )


def _parts(asked: int, refused: Sequence[str]) -> str:
    said = f"{asked} requests"
    return f"{said}, {len(refused)} refused: {'; '.join(refused[:5])}" if refused else said
