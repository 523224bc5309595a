"""Draws the curves of growth: JSON on standard input, the picture to the file named.

Run by the Python of an environment that has matplotlib; nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none", "font.size": 9})
import matplotlib.pyplot as plt  # noqa: E402

_PANELS = (
    (
        "CPU seconds",
        (
            ("first publish", "first.seconds"),
            ("run, 1 % new", "some.seconds"),
            ("run, nothing new", "same.seconds"),
            ("publish, nothing new", "again.seconds"),
        ),
    ),
    (
        "on disk, MB",
        (("feeds/", "feeds"), ("archive", "archive")),
    ),
    (
        "peak memory, MB",
        (
            ("first publish", "first.megabytes"),
            ("run, 1 % new", "some.megabytes"),
            ("run, nothing new", "same.megabytes"),
        ),
    ),
)
_COLOURS = ("#97310f", "#0d4786", "#3d6b35", "#7a5c00")


def main(path: str) -> None:
    found = json.load(sys.stdin)
    documents = [m["documents"] for m in found]
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
    for axis, (title, lines) in zip(axes, _PANELS, strict=True):
        for (name, value), colour in zip(lines, _COLOURS, strict=False):
            values = [_at(m, value) for m in found]
            axis.plot(documents, values, marker="o", markersize=4, color=colour, label=name)
        axis.set(xscale="log", yscale="log", xlabel="documents", title=title)
        axis.grid(True, which="major", color="#dddddd", linewidth=0.6)
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


def _at(measured: Any, path: str) -> float:
    """The figure at a path such as `first.seconds`."""
    for name in path.split("."):
        measured = measured[name]
    return float(measured)


main(sys.argv[1])
