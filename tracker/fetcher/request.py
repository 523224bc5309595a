"""One request and what came of it. Whatever the network does ends in a verdict here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import httpx

from tracker.fetcher.body import cut
from tracker.fetcher.response_check import (
    GOOD,
    ResponseHead,
    Stopped,
    Verdict,
    plain,
    public_headers,
)
from tracker.fetcher.robots import RobotsVerdict
from tracker.fetcher.ssrf_guard import Refused
from tracker.fetcher.transport import Deadline, GuardedTransport
from tracker.model import Outcome


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """What is asked for: how to judge the head of an answer and read its body.

    `permit` says for every address on the way whether it may be asked for at all.
    """

    judge: Callable[[ResponseHead], Verdict | None]
    read: Callable[[ResponseHead, Iterable[bytes]], bytes]
    permit: Callable[[str], RobotsVerdict]
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None  # what is posted; None asks with a GET
    is_page: bool = False  # such may send its readers on by itself


@dataclass(frozen=True, slots=True)
class FinalResponse:
    """Where a request ended. The body is empty unless the verdict is good."""

    head: ResponseHead
    verdict: Verdict
    body: bytes = b""


def standing_headers(agent: str) -> dict[str, str]:
    """Return what every request says."""
    return {
        "User-Agent": agent,
        "Accept": "text/html, application/xhtml+xml, text/*;q=0.9, */*;q=0.1",
        "Accept-Encoding": "gzip, identity",
        "Accept-Language": "en",
        "Connection": "keep-alive",
    }


def exchange(
    transport: GuardedTransport, url: httpx.URL, ask: RequestPlan, deadline: Deadline
) -> FinalResponse:
    """Asks once, follows nothing. Raises only Refused, before anything was sent.

    A client of httpx's around the transport would only bring what must not be: cookies,
    redirects, proxies and passwords.
    """
    head = ResponseHead(str(url))
    try:
        how = "GET" if ask.content is None else "POST"
        request = httpx.Request(how, url, headers=ask.headers, content=ask.content)
        with closing(transport.handle_request(request)) as response:
            kept = public_headers(response.headers.multi_items())
            head = ResponseHead(str(url), response.status_code, kept)
            if (verdict := ask.judge(head)) is not None:
                return FinalResponse(head, verdict)
            return FinalResponse(head, GOOD, ask.read(head, response.iter_raw()))
    except Stopped as stopped:
        return FinalResponse(head, stopped.verdict)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return FinalResponse(head, _failure(error, head, deadline))


def refused_directly(refused: Refused) -> Verdict:
    """For a declared address inside our own network."""
    reason = (
        f"{plain(refused.host)} is at {refused.address}, which is not on the public internet, so "
        f"it was not contacted; if you mean it, add `--allow-host {plain(refused.entry)}`."
    )
    return Verdict(Outcome.UNREACHABLE, reason)


def refused_on_the_way(refused: Refused, source: ResponseHead) -> Verdict:
    """For a redirect into our own network."""
    reason = (
        f"{source.host} redirects to {plain(refused.entry)} ({refused.address}), which is not on "
        "the public internet, so it was not followed; look up the document's address and correct "
        "it in the declaration."
    )
    return Verdict(Outcome.REDIRECTED, reason)


def _failure(error: Exception, head: ResponseHead, deadline: Deadline) -> Verdict:
    """Return what an error of the network means, and whether it may pass."""
    if deadline.left() <= 0 or isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout):
        reason = (
            f"{head.host} had not sent the whole page when the time for a visit was over; "
            "the next run tries again."
        )
        return Verdict(Outcome.TOO_SLOW, reason)
    if head.status is not None:
        return cut(head).verdict
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        what = f"could not be reached ({plain(str(error)) or 'no connection'})"
    else:
        what = "broke off or did not speak HTTP"
    reason = f"{head.host} {what}; the next run tries again."
    return Verdict(Outcome.UNREACHABLE, reason, again=isinstance(error, httpx.TransportError))
