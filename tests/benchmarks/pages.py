"""Made-up legal pages in our own words, and a server that never sends the same bytes twice."""

from __future__ import annotations

import random
import secrets
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from tests.servers import Loopback, send

_WHO = "We Members Visitors Partners Affiliates Advertisers Guests Moderators".split()
_MAY = "may will shall must cannot should".split()
_DO = "keep share process review delete publish moderate measure restrict store".split()
_WHAT = (
    "berth records|the harbour log|messages to the pier|mooring data|account details|signals from "
    "your boat|photographs|inferences about your journeys|payment facts|the list of crew"
).split("|")
_WHY = (
    "to run the harbour|to train a model|for advertising that fits you|when the law asks|to keep "
    "everyone safe|with your consent|as long as you are a member|under section 4.2"
).split("|")
_NOISE = "".join(f"var setting{n} = {{on: {n % 2}, name: 'part{n}'}};\n" for n in range(900))


def sentences(seed: object, count: int) -> list[str]:
    """So many sentences, the same for the same seed."""
    chance = random.Random(str(seed))
    parts = (_WHO, _MAY, _DO, _WHAT, _WHY)
    return [" ".join(chance.choice(part) for part in parts) + "." for _ in range(count)]


def page(
    number: int, edition: int = 0, paragraphs: int = 120, nonce: str = "", noise: int = 100_000
) -> bytes:
    """A page of terms of 90 kB, a third of it text; each edition rewords three paragraphs.

    `noise` is how many characters of its scripts it has at most.
    """
    words = sentences(number, paragraphs * 3)
    for one in range(1, edition + 1):
        for place in random.Random(f"{number}/{one}").sample(range(len(words)), 3):
            words[place] = sentences(f"{number}/{one}/{place}", 1)[0]
    blocks = [
        f"<h2>{n // 10 + 1}. Part {n // 10 + 1} of the terms</h2>" * (n % 10 == 0)
        + f'<p id="s{n}-{nonce}">{" ".join(words[n * 3 : n * 3 + 3])} '
        + f'<a href="/help/{n}?trk={nonce}">More</a></p>'
        for n in range(paragraphs)
    ]
    menu = "".join(f'<li><a href="/m{n}">Menu entry {n}</a></li>' for n in range(60))
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>Terms of service {number}</title>'
        f'<script nonce="{nonce}">{_NOISE[:noise]}</script></head><body><nav><ul>{menu}</ul></nav>'
        f'<main id="terms"><h1>Terms of service {number}</h1>{"".join(blocks)}</main>'
        f'<footer>{menu}<script nonce="{nonce}">{_NOISE[: min(noise, 20000)]}</script>'
        f"</footer></body></html>"
    ).encode()


class Site(Loopback):
    """Serves page N at /N, with a new nonce for every answer; the first `changed` are reworded.

    They are of the `edition`, all others of edition `settled`; `make` gives a page of an edition.
    """

    def __init__(self, make: Callable[..., bytes] = page, settled: int = 0) -> None:
        super().__init__()
        self.changed = 0
        self.edition = self._settled = settled
        self._make = make
        self._plain: dict[tuple[int, int], bytes] = {}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.strip("/")
        found = name.isdecimal()
        body = self.body(int(name)) if found else b"none"
        send(handler, 200 if found else 404, {"Content-Type": "text/html; charset=utf-8"}, body)

    def body(self, number: int) -> bytes:
        key = number, self.edition if number < self.changed else self._settled
        if key not in self._plain:
            self._plain[key] = self._make(*key, nonce="NONCE")
        return self._plain[key].replace(b"NONCE", secrets.token_hex(8).encode())

    def url(self, number: int) -> str:
        return f"http://{self.entry}/{number}"


if __name__ == "__main__":
    sys.stdout.buffer.write(page(1))
