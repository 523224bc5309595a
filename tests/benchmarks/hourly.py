"""What it costs to look at pages once more, after they were looked at every hour for long.

All but the last number of looks is a matter of the past: keeping current should not pay for it.
"""

from __future__ import annotations

from datetime import timedelta

from tests.benchmarks.measure import Cost, cost, median, table, tracker
from tests.benchmarks.pages import Site
from tests.benchmarks.simulated import Looking, simulated, small

DOCUMENTS, EDITIONS = 10, 4
LOOKS = (500, 2000, 8000)
_ROUNDS = 3


def main() -> str:
    rows = [_row(looks) for looks in LOOKS]
    head = [
        "looks at each", "years of hours", "fetch", "publish, nothing new",
        "publish, one text new", "peak MB",
    ]  # fmt: skip
    title = f"{DOCUMENTS} documents looked at every hour: ms CPU a document"
    return table(title, head, rows)


def _row(looks: int) -> list[str]:
    looking = Looking(looks, timedelta(hours=1), EDITIONS)
    with Site(small, EDITIONS - 1) as site, simulated(site, DOCUMENTS, looking) as root:
        times = (looking.time(looks + n).isoformat() for n in range(99))

        def run(name: str) -> Cost:
            more = ("--allow-host", site.entry) if name == "fetch" else ()
            return cost(tracker(root, name, *more, now=next(times)))

        run("publish")
        pairs = [(run("fetch"), run("publish")) for _ in range(_ROUNDS)]
        site.changed, site.edition = 1, EDITIONS
        run("fetch")
        costs = [*(median(kind) for kind in zip(*pairs, strict=True)), run("publish")]
    shown = [f"{1000 * c.seconds / DOCUMENTS:.0f}" for c in costs]
    peak = max(c.megabytes for c in costs)
    return [f"{looks:,}", f"{looks / 8766:.1f}", *shown, f"{peak:.0f}"]
