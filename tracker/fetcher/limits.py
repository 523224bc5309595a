"""How much of a server's time and of our memory one visit may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one visit. Times are seconds, sizes bytes.

    `total_seconds` covers every attempt of a visit with its redirects, from the first connection
    to the last byte; waiting our turn out of politeness does not count. `decoded_bytes` is the
    size of a page after decompression. `polite_seconds` lie between two requests to one host
    (none on loopback), `longest_wait` is the longest `Retry-After` that is sat out.
    """

    total_seconds: float = 60.0
    decoded_bytes: int = 8 * 1024 * 1024
    redirects: int = 5
    attempts: int = 3
    polite_seconds: float = 2.0
    longest_wait: float = 30.0
