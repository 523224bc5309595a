"""Comparison of the files in feeds/ with those derived from data/. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paths by their fault; `foreign` are files that others put there.

    `derived` are all paths that follow from the data.
    """

    altered: tuple[str, ...]
    missing: tuple[str, ...]
    foreign: tuple[str, ...]
    derived: frozenset[str]

    def but_for(self, is_open: Callable[[str], bool]) -> Comparison:
        """Leave out files of which the correct content is not known."""
        altered, missing = (
            tuple(path for path in paths if not is_open(path))
            for paths in (self.altered, self.missing)
        )
        return replace(self, altered=altered, missing=missing)

    @property
    def is_whole(self) -> bool:
        return not self.altered and not self.missing


def compare(
    derived: Iterable[tuple[str, bytes]],
    names: Set[str],
    content: Callable[[str], bytes | None],
    ours: Set[str],
) -> Comparison:
    """Compare the files of these `names` with those `derived`, one after the other.

    `content` gives the bytes of a file, None for anything but a plain file. `ours` are the paths
    that the last publication listed: one that does not follow from the data is altered, any other
    file is foreign.
    """
    altered, missing, known = [], [], set[str]()
    for path, data in derived:
        known.add(path)
        if path not in names:
            missing.append(path)
        elif content(path) != data:
            altered.append(path)
    extra = names - known
    return Comparison(
        altered=tuple(sorted({*altered, *(extra & ours)})),
        missing=tuple(sorted(missing)),
        foreign=tuple(sorted(extra - ours)),
        derived=frozenset(known),
    )
