"""What a hostile page costs: seconds of processor time and memory, in a process of its own."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.attacks.vectors import MARKDOWN, Vector
from tests.factories import TOPICS, publish
from tracker.app.readings import read_anew, reader_of
from tracker.extractor import classify, limits, read
from tracker.extractor.extract import page_text, simple_parts
from tracker.extractor.limits import TooLarge
from tracker.fetcher import Limits
from tracker.history import history
from tracker.model import Capture, Document, Outcome, Settings, Source, digest
from tracker.publisher import terminal

_START = datetime(2025, 9, 1, tzinfo=UTC)
_SOURCE = Source("https://harbour.example/terms")
_DOCUMENT = Document("harbour/terms@global", "Harbour", "Terms", "global", (_SOURCE,))
#: The largest body that the fetcher takes, less what a vector puts around.
LARGEST = Limits().decoded_bytes - 200
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


def bound(letters: int) -> None:
    """Accept no text of more letters, nor of more clauses and tags than go with so many."""
    limits.LETTERS = limits.LONGEST = letters
    limits.CLAUSES, limits.TAGS = letters // 30, letters // 6


def largest_accepted(vector: Vector) -> int:
    """The largest size, to a hundredth, that nothing refuses; counted down from the fetcher's."""
    # Not in this process: what is measured later begins with the memory of its parent.
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(tell, str(_largest_accepted(vector)).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as said:
        found = int(said.read())
    os.waitpid(child, 0)
    return found


def _largest_accepted(vector: Vector) -> int:
    size = refused = LARGEST
    while size > 100 and _is_any_refused(vector, size):
        size, refused = size * 3 // 4, size
    while refused - size > size // 100:
        middle = (size + refused) // 2
        if _is_any_refused(vector, middle):
            refused = middle
        else:
            size = middle
    return size


def _is_any_refused(vector: Vector, size: int) -> bool:
    return any(_is_refused(vector, page) for page in vector(size))


def _is_refused(vector: Vector, page: str) -> bool:
    try:
        read(_bytes(page), _media(vector), _SOURCE, bounded=True)
    except TooLarge:
        return True
    return len(_bytes(page)) > LARGEST + 200


def _bytes(page: str) -> bytes:
    return page.encode("utf-8", "surrogatepass")


def _media(vector: Vector) -> str:
    kind = "markdown" if vector in MARKDOWN.values() else "html"
    return f"text/{kind}; charset=utf-8"


def _all_the_way(vector: Vector, size: int, tell: int) -> str:
    bodies, media = [_bytes(page) for page in vector(size)], _media(vector)
    if max(map(len, bodies)) > LARGEST + 200:
        return "not fetched"
    page_text.cache_clear()  # nothing of what the search for the size has read
    simple_parts.cache_clear()
    start = time.process_time()
    looks = [_look(body, media, n) for n, body in enumerate(bodies)]
    os.write(tell, f"read {time.process_time() - start}\n".encode())
    known = {look.body: body for look, body in zip(looks, bodies, strict=True)}
    reader = reader_of(lambda c: (known[c.body], c.media), read_anew)  # as every command does
    found = history(_DOCUMENT, looks, reader, TOPICS)
    publish([found], TOPICS, Settings())
    for revision in found.revisions:
        terminal.diff(revision, TOPICS, colour=False, width=100)
    refused = any(look.outcome is Outcome.TOO_LARGE for look in looks)
    return "refused" if refused else "well"


def _look(body: bytes, media: str, day: int) -> Capture:
    time_ = _START + timedelta(days=day)
    said = classify(body, media, _SOURCE, (), time_)
    good = Outcome.GOOD if said.text else said.outcome
    return Capture(
        document=_DOCUMENT.id, source=_SOURCE, asked_url=_SOURCE.url, final_url=_SOURCE.url,
        time=time_, status=200, headers=(), outcome=good, reason=said.reason, body=digest(body),
        text=said.text, length=said.length, language=said.language, media=media, via="live",
        archive_url=None,
    )  # fmt: skip
