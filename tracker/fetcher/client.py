"""The visit: robots.txt, politeness, redirects, retries, and one answer at the end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import httpx

from tracker.fetcher import browser
from tracker.fetcher.body import decoded, read_body, take
from tracker.fetcher.browser import Asking
from tracker.fetcher.host_memory import HostMemory
from tracker.fetcher.limits import Limits
from tracker.fetcher.politeness import HostThrottle, delay
from tracker.fetcher.redirects import by_itself, next_stop, redirects, web_address
from tracker.fetcher.request import (
    FinalResponse,
    RequestPlan,
    exchange,
    refused_directly,
    refused_on_the_way,
    standing_headers,
)
from tracker.fetcher.response_check import (
    ResponseHead,
    Verdict,
    host_of,
    judge_data,
    judge_page,
    judge_reply,
    plain,
)
from tracker.fetcher.retry import explained, next_wait, retry_after
from tracker.fetcher.robots import (
    LONGEST,
    RobotsFile,
    RobotsVerdict,
    address_of,
    permission,
    robots_file,
)
from tracker.fetcher.ssrf_guard import Refused, allowed_hosts
from tracker.fetcher.transport import Deadline, GuardedBackend, GuardedTransport
from tracker.model import Answer, Outcome, Source

_LONGEST_TO_MIND = 7 * 86_400.0  # seconds; a host that means for ever is asked once a week
_ROBOTS_SHARE = 0.25  # of a visit's time, so that a robots.txt that hangs leaves some for the page
_OPEN = RobotsVerdict(True, "robots.txt has nothing to say about this.", Outcome.GOOD)
_SENDABLE = re.compile(r"[\x20-\x7e]+")


class Fetcher:
    """Asks for pages, one at a time. A context manager; not for several threads.

    `user_agent` is the whole header (see `tracker.fetcher.user_agent`). `allow_hosts` are
    `HOST` or `HOST:PORT` that may be on loopback or a private network; UsageError when one is
    neither. `pause` and `monotonic` are the clock of waits and deadlines, in seconds. `memory` is
    what hosts asked of us before.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_hosts: Collection[str] = (),
        obey_robots: bool = True,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        pause: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        memory: HostMemory | None = None,
    ) -> None:
        self._asking = Asking(user_agent, tuple(allow_hosts), obey_robots, limits)
        self._memory = memory or HostMemory()
        self._begun = monotonic()
        self._obey = obey_robots
        self._limits = limits
        self._pause = pause
        self._monotonic = monotonic
        self._turns = HostThrottle(pause, monotonic)
        self._robots: dict[str, RobotsFile] = {}
        self._backend = GuardedBackend(allowed_hosts(allow_hosts))
        self._headers = standing_headers(user_agent)
        self._transport = GuardedTransport(self._backend)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of all connections."""
        self._transport.close()

    def fetch(
        self,
        source: Source,
        *,
        now: datetime,
        etag: str | None = None,
        modified: str | None = None,
    ) -> Answer:
        """Visits a source. Never raises for anything a server or the network does.

        `etag` and `modified` are the `ETag` and `Last-Modified` of the capture we have; only
        when one is given can the answer be a 304. `final_url` is the last address that was
        asked for, or whose redirect was not followed. `body` is empty unless all went well.
        """
        is_shown = source.scripts and browser.is_installed()
        # What the server knows is not what its page shows.
        validators = {} if is_shown else _validators(etag, modified)
        judge = partial(judge_page, asked=source.url, conditional=bool(validators))
        answer = self._answer(source, now, judge, validators, is_page=True)
        return browser.shown(answer, self._asking) if is_shown else answer

    def part(
        self, url: str, *, now: datetime, headers: Mapping[str, str], content: bytes | None = None
    ) -> Answer:
        """Asks for a part of a page that a browser shows, under the rules of every visit."""
        return self._answer(Source(url), now, judge_data, dict(headers), content, is_part=True)

    def ask(self, url: str, *, now: datetime) -> Answer:
        """Asks a service for data of any media type, under the rules of every visit."""
        return self._answer(Source(url), now, judge_data, {})

    def post(self, url: str, content: bytes, media: str, *, now: datetime) -> Answer:
        """Puts a question of type `media` to a service that the operator chose.

        robots.txt is about reading pages, so it is not asked; all other rules hold.
        """
        headers = {"Content-Type": media, "Accept": "*/*"}
        return self._answer(Source(url), now, judge_reply, headers, content)

    def _answer(
        self,
        source: Source,
        now: datetime,
        judge: Callable[[ResponseHead], Verdict | None],
        headers: dict[str, str],
        content: bytes | None = None,
        *,
        is_page: bool = False,
        is_part: bool = False,
    ) -> Answer:
        url = web_address(source.url)
        if url is None:
            reason = f"{plain(source.url)} is no web address; correct it in the declaration."
            visit = FinalResponse(ResponseHead(source.url), Verdict(Outcome.UNREACHABLE, reason))
        else:
            visit = self._page(url, now, judge, headers, content, is_page, is_part)
        return Answer(
            source=source,
            requested_at=now,
            final_url=visit.head.url,
            status=visit.head.status,
            headers=visit.head.headers,
            body=visit.body,
            outcome=visit.verdict.outcome,
            reason=visit.verdict.reason,
        )

    def robots(self, url: str, *, now: datetime | None = None) -> RobotsVerdict:
        """Return what the host's robots.txt says about a page; read at most once per host.

        Without `now`, a Retry-After given as a date is ignored.
        """
        address = web_address(url)
        if address is None:
            return RobotsVerdict(False, f"{plain(url)} is no web address.", Outcome.UNREACHABLE)
        try:
            return self._permission(now, str(address))
        except Refused as refused:
            verdict = refused_directly(refused)
            return RobotsVerdict(False, verdict.reason, verdict.outcome)

    def _page(
        self,
        url: httpx.URL,
        now: datetime,
        judge: Callable[[ResponseHead], Verdict | None],
        headers: dict[str, str],
        content: bytes | None,
        is_page: bool,
        is_part: bool,
    ) -> FinalResponse:
        whole = partial(read_body, longest=self._limits.decoded_bytes)
        is_asked = content is None or is_part  # for a page or a part of one, and so of robots.txt
        ask = RequestPlan(
            judge=judge,
            read=whole if is_asked else _beginning,
            permit=partial(self._permission, now) if is_asked else lambda _: _OPEN,
            headers=self._headers | headers,
            content=content,
            is_page=is_page,
        )
        try:
            return self._series(url, ask, now, self._limits.total_seconds)
        except Refused as refused:
            return FinalResponse(ResponseHead(str(url)), refused_directly(refused))

    def _permission(self, now: datetime | None, url: str) -> RobotsVerdict:
        """Return what robots.txt says about `url`; raises Refused where its host may not be
        contacted.
        """
        address = address_of(url)
        if address not in self._robots:
            ask = RequestPlan(
                judge=judge_data,
                read=_beginning,
                permit=lambda _: _OPEN,
                headers=self._headers,
            )
            known = self._memory.robots(address, now) if now else None
            self._robots[address] = known or self._robots_file(url, address, ask, now)
        return permission(self._robots[address], url)

    def _robots_file(
        self, url: str, address: str, ask: RequestPlan, now: datetime | None
    ) -> RobotsFile:
        seconds = self._limits.total_seconds * _ROBOTS_SHARE
        visit = self._series(httpx.URL(address), ask, now, seconds)
        file = robots_file(url, visit.head, visit.verdict, visit.body)
        if now:
            self._memory.keep_robots(address, file, now)
        return file

    def _series(
        self, url: httpx.URL, ask: RequestPlan, now: datetime | None, seconds: float
    ) -> FinalResponse:
        """Asks until something lasting comes back or the attempts or seconds are used up."""
        outer = self._backend.deadline
        with self._backend.until(Deadline(seconds, self._monotonic, outer)) as deadline:
            for attempt in count(1):
                if now and (verdict := self._left_alone(url, now)):
                    return FinalResponse(ResponseHead(str(url)), verdict)
                visit = self._walk(url, ask, deadline)
                asked_for = retry_after(visit.head.get("retry-after"), now)
                wait = next_wait(visit.verdict, attempt, asked_for, deadline.left(), self._limits)
                if wait is None:
                    self._mind(visit, asked_for, now)
                    break
                self._pause(wait)
        told = explained(visit.verdict, attempt, asked_for, now, self._limits)
        return replace(visit, verdict=told)

    def _left_alone(self, url: httpx.URL, now: datetime) -> Verdict | None:
        """Refuse to ask a host before the time that it named; a short wait is waited for."""
        host, clock = host_of(str(url)), self._clock(now)
        until = self._memory.free_from(host, clock)
        if until is None:
            return None
        wait = (until - clock).total_seconds()
        if wait <= self._limits.longest_wait:
            self._pause(wait)
            return None
        asked = f"{host} asks not to come back before {until:%Y-%m-%d %H:%M} UTC"
        return Verdict(Outcome.REFUSED, f"{asked}; the next run tries again.")

    def _mind(self, visit: FinalResponse, asked_for: float | None, now: datetime | None) -> None:
        """Remember for all pages of a host how long it asks to be left alone."""
        if now and asked_for and visit.verdict.again:
            until = self._clock(now) + timedelta(seconds=min(asked_for, _LONGEST_TO_MIND))
            self._memory.leave_alone(visit.head.host, until)

    def _clock(self, now: datetime) -> datetime:
        """Return the time by a command's clock, which stopped at `now` when it began."""
        return now + timedelta(seconds=self._monotonic() - self._begun)

    def _walk(self, url: httpx.URL, ask: RequestPlan, deadline: Deadline) -> FinalResponse:
        """Asks for `url` and follows its redirects, each checked like the first address."""
        visited: list[str] = []
        before: ResponseHead | None = None
        while True:
            try:
                visit = self._step(url, ask, deadline)
            except Refused as refused:
                if before is None:
                    raise
                return FinalResponse(before, refused_on_the_way(refused, before))
            sent = visit.head if redirects(visit.head) else _sent_on(visit, ask)
            if sent is None:
                return visit
            visited.append(str(url))
            onward = next_stop(sent, visited, self._limits.redirects)
            if isinstance(onward, Verdict):
                return replace(visit, verdict=onward, body=b"")
            url, before = onward, visit.head

    def _step(self, url: httpx.URL, ask: RequestPlan, deadline: Deadline) -> FinalResponse:
        """Make one request when it is our turn, if robots.txt permits it."""
        robots = ask.permit(str(url))
        if self._obey and not robots.allowed:
            return FinalResponse(ResponseHead(str(url)), Verdict(robots.outcome, robots.reason))
        seconds = delay(url.host, self._limits.polite_seconds, robots.crawl_delay)
        deadline.extend(self._turns.take(str(url), seconds))
        return exchange(self._transport, url, ask, deadline)


def _sent_on(visit: FinalResponse, ask: RequestPlan) -> ResponseHead | None:
    """Return a page as the redirect that it amounts to; None if it is only a page."""
    is_page = ask.is_page and visit.body and visit.verdict.outcome is Outcome.GOOD
    return by_itself(visit.head, visit.body) if is_page else None


def _beginning(head: ResponseHead, chunks: Iterable[bytes]) -> bytes:
    """Return as much of a body as a robots.txt may have; a service's answer has less."""
    return b"".join(take(decoded(head, chunks), LONGEST)[0])


def _validators(etag: str | None, modified: str | None) -> dict[str, str]:
    """Return the headers of a conditional request; values that cannot be sent are left out.

    They are a server's own words of last time, which need not be fit for a header.
    """
    given = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {
        name: value.strip()
        for name, value in given.items()
        if value and value.strip() and _SENDABLE.fullmatch(value)
    }
