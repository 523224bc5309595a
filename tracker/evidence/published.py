"""What stands in feeds/ against what follows from data/. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paths by what is wrong with them; `foreign` are files that others put there."""

    altered: tuple[str, ...]
    missing: tuple[str, ...]
    foreign: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not self.altered and not self.missing


def compare(
    found: Mapping[str, bytes | None], derived: Mapping[str, bytes], ours: Set[str]
) -> Comparison:
    """Compare the files `found` (None for what is no plain file) with those `derived`.

    `ours` are the paths that the last publication says it wrote; one that does not follow from
    the data is altered, any other file is foreign.
    """
    extra = found.keys() - derived.keys()
    altered = {path for path in found.keys() & derived.keys() if found[path] != derived[path]}
    return Comparison(
        altered=tuple(sorted(altered | (extra & ours))),
        missing=tuple(sorted(derived.keys() - found.keys())),
        foreign=tuple(sorted(extra - ours)),
    )
