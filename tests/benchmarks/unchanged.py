"""What it costs to find 200 pages unchanged whose bytes all differ, and 10 of them reworded.

All take turns, so that a busy moment of the machine falls on each of them alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import Cost, cost, median, peer, table, tracker
from tests.benchmarks.pages import Site

PAGES = 200
_ROUNDS = 5
_START = datetime(2025, 1, 1, tzinfo=UTC)


def main() -> str:
    with TemporaryDirectory() as folder, Site() as site:
        checks = {
            "tracker fetch": _ours(Path(folder) / "ours", site, "fetch"),
            "tracker run": _ours(Path(folder) / "run", site, "run"),
            "urlwatch": _urlwatch(Path(folder) / "urlwatch", site),
            "webchanges": _webchanges(Path(folder) / "webchanges", site),
        }
        found = _measured(checks, site)
    base_same, base_some = found["urlwatch"]
    shown = [
        [
            name,
            *(f"{1000 * c.seconds / PAGES:.1f}" for c in (same, some)),
            f"{max(same.megabytes, some.megabytes):.0f}",
            f"{same.seconds / base_same.seconds:.2f}, {some.seconds / base_some.seconds:.2f}",
        ]
        for name, (same, some) in found.items()
    ]
    head = ["", "ms CPU a page, none changed", "10 changed", "peak MB", "of urlwatch's"]
    return table(f"Check of {PAGES} pages with a nonce in every answer", head, shown)


def _measured(checks: Mapping[str, Callable[[], Cost]], site: Site) -> dict[str, tuple[Cost, Cost]]:
    """What each check costs with nothing changed, and with ten pages."""
    site.changed = 0
    _round(checks)  # the first visit
    same = [_round(checks) for _ in range(_ROUNDS)]
    some = []
    for site.edition in range(1, _ROUNDS + 1):
        site.changed = 10
        some.append(_round(checks))
    return {name: (_of(name, same), _of(name, some)) for name in checks}


def _of(name: str, rounds: Sequence[Mapping[str, Cost]]) -> Cost:
    return median([costs[name] for costs in rounds])


def _round(checks: Mapping[str, Callable[[], Cost]]) -> dict[str, Cost]:
    return {name: check() for name, check in checks.items()}


def _ours(root: Path, site: Site, command: str) -> Callable[[], Cost]:
    folder = root / "data" / "declarations" / "global"
    folder.mkdir(parents=True)
    for n in range(PAGES):
        terms = {"Terms of Service": {"fetch": site.url(n), "select": "main"}}
        (folder / f"S{n}.json").write_text(json.dumps({"name": f"S{n}", "terms": terms}))
    days = iter(range(1000))

    def check() -> Cost:
        now = (_START + timedelta(days=next(days))).isoformat()
        return cost(tracker(root, command, "--allow-host", site.entry, now=now))

    return check


def _urlwatch(root: Path, site: Site) -> Callable[[], Cost]:
    root.mkdir()
    _jobs(root / "urls.yaml", site)
    (root / "config.yaml").write_text("report: {stdout: {enabled: true}}\n")
    arguments = [
        "--urls", "urls.yaml", "--config", "config.yaml", "--cache", "cache.db",
        "--hooks", "none.py",
    ]  # fmt: skip
    command = [str(peer("urlwatch") / "urlwatch"), *arguments]
    return lambda: cost(command, root)


def _webchanges(root: Path, site: Site) -> Callable[[], Cost]:
    root.mkdir()
    _jobs(root / "jobs.yaml", site)
    (root / "config.yaml").write_text("report: {text: {}, stdout: {enabled: true}}\n")
    arguments = ["--jobs", "jobs.yaml", "--config", "config.yaml", "--database", "snapshots.db"]
    command = [str(peer("webchanges") / "webchanges"), *arguments]
    return lambda: cost(command, root)


def _jobs(file: Path, site: Site) -> None:
    job = "name: s{n}\nurl: {url}\nfilter:\n  - css: main\n  - html2text\n"
    file.write_text("---\n".join(job.format(n=n, url=site.url(n)) for n in range(PAGES)))
