"""Import and first publish of LinkedIn's real versions, then one more version and a publish."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import cost, table, tracker
from tests.corpus import CORPUS


def main() -> str:
    if not CORPUS.is_dir():
        return "\nimporting: skipped, the reference corpus is not there (set TRACKER_CORPUS)."
    bundle = str(CORPUS / "linkedin-versions.bundle")
    with TemporaryDirectory() as folder:
        root = Path(folder)
        brought = cost(tracker(root, "import", "versions", bundle, "--until", "2026-07-31"))
        first = cost(tracker(root, "publish"))
        again = cost(tracker(root, "publish"))
        more = cost(tracker(root, "import", "versions", bundle))
        second = cost(tracker(root, "publish"))
        # Importing the module is paid by every command, whatever it does.
        start = cost(tracker(root, "--version"))
    rows = [
        [name, f"{c.seconds:.2f}", f"{100 * c.seconds / first.seconds:.0f} %", f"{c.megabytes:.0f}"]
        for name, c in (
            ("import, all but the newest", brought),
            ("first publish", first),
            ("publish, nothing new", again),
            ("import of what is new", more),
            ("publish after it", second),
            ("(starting the program)", start),
        )
    ]
    head = ["LinkedIn, 2022 to 2026", "CPU s", "of the first publish", "peak MB"]
    return table("Import and publish", head, rows)
