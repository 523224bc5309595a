"""What a hostile page costs: seconds of processor time and memory, in a process of its own."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.attacks.vectors import Vector
from tests.factories import TOPICS
from tracker.differ import judge, read
from tracker.history import history
from tracker.model import Capture, Document, Outcome, Settings, Source, digest
from tracker.publisher import publish, terminal

_START = datetime(2025, 9, 1, tzinfo=UTC)
_SOURCE = Source("https://harbour.example/terms")
_DOCUMENT = Document("harbour/terms@global", "Harbour", "Terms", "global", (_SOURCE,))
_MEDIA = "text/html; charset=utf-8"
_MEMORY = 6 * 1024**3


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds of judging and of all the rest, the peak of memory, and how it ended."""

    reading: float
    whole: float
    mebibytes: float
    ended: str

    def __str__(self) -> str:
        ended = "" if self.ended == "well" else f" {self.ended}"
        return f"{self.reading:6.2f} {self.whole:7.2f} s {self.mebibytes:6.0f} MiB{ended}"


def cost(vector: Vector, size: int, seconds: int) -> Cost:
    """Take two pages all the way to what is published; stopped after `seconds`."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        try:
            said = _all_the_way(vector, size, tell)
        except BaseException as error:  # noqa: BLE001 - it is what is looked for
            said = f"{type(error).__name__}: {error}"[:60].replace("\n", " ")
        os.write(tell, f"end {said}\n".encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as lines:
        facts = dict(line.rstrip("\n").partition(" ")[::2] for line in lines)
    _, status, usage = os.wait4(child, 0)
    ended = facts.get("end", "stopped" if os.WIFSIGNALED(status) else "gone")
    whole = usage.ru_utime + usage.ru_stime
    return Cost(float(facts.get("read", whole)), whole, usage.ru_maxrss / 1024, ended)


def _all_the_way(vector: Vector, size: int, tell: int) -> str:
    bodies = [page.encode("utf-8", "surrogatepass") for page in vector(size)]
    start = time.process_time()
    looks = [_look(body, n) for n, body in enumerate(bodies)]
    os.write(tell, f"read {time.process_time() - start}\n".encode())
    known = {look.body: body for look, body in zip(looks, bodies, strict=True)}
    found = history(_DOCUMENT, looks, lambda c: read(known[c.body], c.media, c.source), TOPICS)
    publish([found], TOPICS, Settings())
    for revision in found.revisions:
        terminal.diff(revision, TOPICS, colour=False, width=100)
    return "well"


def _look(body: bytes, day: int) -> Capture:
    time_ = _START + timedelta(days=day)
    said = judge(body, _MEDIA, _SOURCE, (), time_)
    good = Outcome.GOOD if said.text else said.outcome
    return Capture(
        document=_DOCUMENT.id, source=_SOURCE, asked_url=_SOURCE.url, final_url=_SOURCE.url,
        time=time_, status=200, headers=(), outcome=good, reason=said.reason, body=digest(body),
        text=said.text, length=said.length, language=said.language, media=_MEDIA, via="live",
        archive_url=None,
    )  # fmt: skip
