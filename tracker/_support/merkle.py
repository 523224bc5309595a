"""The Merkle tree of RFC 6962, section 2.1: one hash for an ordered list, short proofs for parts.

A tree is given by the hashes of its leaves, or by its *frontier*: the roots of its complete
subtrees, largest first, one for every bit that is set in its size. A frontier grows by a leaf
without anyone reading the leaves before it. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256().digest()
_HASH = len(EMPTY_ROOT)  # bytes of each hash


def leaf_hash(data: bytes) -> bytes:
    """Hash an entry; the prefix keeps an entry from passing for an inner node."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[bytes, ...]:
    """Return the frontier of a tree of `size` leaves after one more leaf hash."""
    nodes = list(frontier)
    while size & 1:
        leaf = node_hash(nodes.pop(), leaf)
        size >>= 1
    return (*nodes, leaf)


def frontier_of(leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the frontier of the tree over these leaf hashes."""
    frontier: tuple[bytes, ...] = ()
    for size, leaf in enumerate(leaves):
        frontier = grown(frontier, size, leaf)
    return frontier


def frontier_text(frontier: Iterable[bytes]) -> str:
    """Return a frontier in hexadecimal, its hashes one behind the other."""
    return b"".join(frontier).hex()


def frontier_from(text: str) -> tuple[bytes, ...]:
    """Return the frontier that a text holds. Raises ValueError if it holds none."""
    joined = bytes.fromhex(text)
    if len(joined) % _HASH:
        raise ValueError("is no frontier")
    return tuple(joined[n : n + _HASH] for n in range(0, len(joined), _HASH))


def root_of(frontier: Sequence[bytes]) -> bytes:
    """Return the root of the tree with this frontier."""
    if not frontier:
        return EMPTY_ROOT
    *rest, found = frontier
    for node in reversed(rest):
        found = node_hash(node, found)
    return found


def inclusion(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of leaf `index` (RFC 6962, section 2.1.1), from the leaf upwards."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    path: list[bytes] = []
    first, last = 0, len(leaves)
    while last - first > 1:
        middle = first + _left(last - first)
        if index < middle:
            path.append(root_of(frontier_of(leaves[middle:last])))
            last = middle
        else:
            path.append(root_of(frontier_of(leaves[first:middle])))
            first = middle
    return tuple(reversed(path))


def _left(size: int) -> int:
    """Return the number of leaves in the left subtree: the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
