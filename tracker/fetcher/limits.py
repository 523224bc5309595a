"""Limits of time and memory for one visit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one visit. Times are seconds, sizes bytes.

    `total_seconds` covers every attempt of a visit with its redirects, from the first connection
    to the last byte; waiting out of politeness does not count. `decoded_bytes` is the size of a
    page after decompression. `polite_seconds` is the pause between two requests to one host (none
    on loopback), `longest_wait` the longest `Retry-After` that is waited for.
    """

    total_seconds: float = 60.0
    decoded_bytes: int = 8 * 1024 * 1024
    redirects: int = 5
    attempts: int = 3
    polite_seconds: float = 2.0
    longest_wait: float = 30.0
