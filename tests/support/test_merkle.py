"""The Merkle tree against the known answers of Certificate Transparency and its own laws."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker._support.merkle import (
    EMPTY_ROOT,
    frontier_from,
    frontier_of,
    frontier_text,
    inclusion,
    leaf_hash,
    node_hash,
    root_of,
)


def root_by(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes:
    """Return the root that an audit path leads to from a leaf hash (RFC 9162, section 2.1.3.2).

    Raises:
        ValueError: It cannot be a path in a tree of `size` leaves.
    """
    last, found = size - 1, leaf
    if not 0 <= index <= last:
        raise ValueError("the leaf is not in the tree")
    for node in path:
        if last == 0:
            raise ValueError("the path is too long")
        if index & 1 or index == last:
            found = node_hash(node, found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, node)
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return found


# The test vectors of the reference implementation of RFC 6962 (certificate-transparency-go).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
#: leaf, size, audit path (known answers of the same suite)
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def test_the_empty_tree() -> None:
    assert root_of(()) == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    assert root_of(frontier_of(LEAVES[:size])).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_known_audit_paths(index: int, size: int, path: list[str]) -> None:
    assert [node.hex() for node in inclusion(LEAVES[:size], index)] == path
    found = root_by(LEAVES[index], index, size, map(bytes.fromhex, path))
    assert found.hex() == ROOTS[size - 1]


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


sizes = st.integers(1, 70)


@given(sizes)
def test_the_root_is_that_of_the_definition(size: int) -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    assert root_of(frontier_of(leaves)) == by_definition(leaves)


@given(sizes, st.data())
def test_a_path_proves_its_leaf_at_its_place_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion(leaves, index), root_of(frontier_of(leaves))
    assert root_by(leaves[index], index, size, path) == root
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert proves(leaves[other], index, size, path, root) is False
        assert proves(leaves[index], other, size, path, root) is False
    if path:
        place = data.draw(st.integers(0, len(path) * 32 - 1))
        flipped = bytearray(b"".join(path))
        flipped[place] ^= 1 << data.draw(st.integers(0, 7))
        wrong = [bytes(flipped[n : n + 32]) for n in range(0, len(flipped), 32)]
        assert proves(leaves[index], index, size, wrong, root) is False
    assert proves(leaves[index], index, size, [*path, root], root) is False
    assert proves(leaves[index], index, size, path[:-1], root) is (size == 1)


def proves(leaf: bytes, index: int, size: int, path: object, root: bytes) -> bool:
    try:
        return root_by(leaf, index, size, path) == root  # type: ignore[arg-type]
    except ValueError:
        return False


def test_no_place_outside_the_tree() -> None:
    with pytest.raises(IndexError):
        inclusion(LEAVES, 8)
    with pytest.raises(ValueError, match="not in the tree"):
        root_by(LEAVES[0], 3, 3, ())


@given(st.lists(st.binary(max_size=8).map(leaf_hash), max_size=40))
def test_a_frontier_comes_back_from_its_text(leaves: list[bytes]) -> None:
    frontier = frontier_of(leaves)
    assert frontier_from(frontier_text(frontier)) == frontier


@pytest.mark.parametrize("text", ["x", "0", "00", "00" * 31, "00" * 33])
def test_a_text_of_no_whole_hashes_is_no_frontier(text: str) -> None:
    with pytest.raises(ValueError, match=r"frontier|hexadecimal"):
        frontier_from(text)
