"""Objects of a git repository, read from its packs and loose files and from nowhere else.

A repository to import is foreign: of all that is in it, only objects count. Nothing borrows them
from elsewhere (alternates, links, promised ones), each is compared with its name, and none may
take more memory than is set here, whatever a pack says of its sizes. All of them together may make
only so many bytes of those that are stored, so that reading takes time in proportion. dulwich knows
the formats.
"""

from __future__ import annotations

import mmap
import re
import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dulwich.errors import ApplyDeltaError
from dulwich.object_format import ObjectFormat
from dulwich.objects import ObjectID
from dulwich.pack import (
    DELTA_TYPES,
    OFS_DELTA,
    UnpackedObject,
    apply_delta,
    load_pack_index,
    read_pack_header_at,
    unpack_object_at,
    write_pack_index_v2,
)

from tracker.errors import ImportFailed

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
_KINDS = {b"commit": COMMIT, b"tree": TREE, b"blob": BLOB, b"tag": TAG}
_WORDS = {kind: word for word, kind in _KINDS.items()}
_NAME = re.compile(rb"[0-9a-f]+")
_HEAD = 12  # bytes before the first object of a pack

LARGEST = 64 * 1024 * 1024  # bytes of one object, and of all that is unpacked to make it
_DEEPEST = 5000  # deltas upon deltas; git itself makes 4095 at most
_REMEMBERED = 32 * 1024 * 1024  # bytes of objects that others may be deltas of
_SWELL = 2000  # bytes that a byte of a pack may become; texts of terms come to about 50
#: Bytes that may be made in all of a byte that is stored, however often that is asked for; texts
#: of terms come to about 15.
_EFFORT = 10_000
#: The same for a row of a folder that is compared: few bytes may name very many files.
_ROW = 10_000

# What dulwich, zlib and Python raise over bytes that are not as they should be.
_BROKEN = (
    *(ApplyDeltaError, zlib.error, struct.error, AssertionError, ValueError, LookupError),
    *(OSError, OverflowError, MemoryError, TypeError, BufferError),
)


class TooLarge(ImportFailed):
    """An object is larger than anything that is read."""


def is_file(path: Path) -> bool:
    """Return whether a file itself is there: no link, no pipe, nothing that would make us wait."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Return whether a folder itself is there, and no link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


@dataclass(slots=True)
class Objects:
    """The objects in a folder as git keeps them. A context manager; `shown` names it to people."""

    folder: Path
    format: ObjectFormat
    shown: str
    _packs: list[_Pack] = field(default_factory=list)
    _effort: _Effort = field(default_factory=lambda: _Effort(LARGEST))
    _seen: set[str] = field(default_factory=set)

    def __enter__(self) -> Objects:
        packs = self.folder / "pack"
        found = sorted(packs.glob("*.idx")) if is_folder(packs) else []
        pairs = [(i, i.with_suffix(".pack")) for i in found if is_file(i)]
        try:
            self._packs = [
                _indexed(i, p, self.format, self._effort) for i, p in pairs if is_file(p)
            ]
        except _BROKEN as error:
            raise ImportFailed(
                f"{self.shown}: a pack of it is damaged ({said_by(error)})."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        for pack in self._packs:
            pack.close()
        self._packs = []

    def read(self, name: bytes, kind: int) -> bytes:
        """Return the object of a kind with this name, in hexadecimal. Raises as `look` does."""
        found, data = self.look(name, _WORDS[kind].decode())
        if found != kind:
            raise ImportFailed(f"{self.shown}: {_shown(name)} is no {_WORDS[kind].decode()}.")
        return data

    def look(self, name: bytes, what: str = "object") -> tuple[int, bytes]:
        """Return kind and bytes of the object with this name; messages call it `what`.

        Raises TooLarge, and ImportFailed if it is not there or not what its name says.
        """
        what = f"{self.shown}: {what} {_shown(name)}"
        if not _NAME.fullmatch(name) or len(name) != self.format.hex_length:
            raise ImportFailed(f"{what} has no name of an object.")
        try:
            found = self._found(name)
            self._effort.take(len(found[1]) if found else 0)  # to compare it with its name
        except TooLarge as error:
            raise TooLarge(f"{what}: {error}") from error
        except _BROKEN as error:
            raise ImportFailed(f"{what} is damaged ({said_by(error)}).") from error
        if found is None:
            raise ImportFailed(
                f"{what} is not in it; a clone that is shallow or partial, or that borrows from "
                "another, has to be made whole first."
            )
        if _name(*found, self.format) != name:
            raise ImportFailed(f"{what} is not what its name says.")
        return found

    def weigh(self, rows: int) -> None:
        """Account for so many rows of folders. Raises TooLarge where they are too many."""
        try:
            self._effort.take(_ROW * rows)
        except TooLarge as error:
            raise TooLarge(f"{self.shown}: {error}") from error

    def has(self, name: str) -> bool:
        """Return whether an object with this name is there, whatever it is worth."""
        return is_file(self.folder / name[:2] / name[2:]) or any(
            pack.has(name.encode()) for pack in self._packs
        )

    def _found(self, name: bytes) -> tuple[int, bytes] | None:
        for place, pack in enumerate(self._packs):
            try:
                at = pack.offset(name)
            except KeyError:
                continue
            # What is asked for next is mostly in the same pack.
            self._packs.insert(0, self._packs.pop(place))
            return pack.read(at)
        return self._loose(name.decode())

    def _loose(self, name: str) -> tuple[int, bytes] | None:
        folder = self.folder / name[:2]
        if not is_folder(folder) or not is_file(folder / name[2:]):
            return None
        with (folder / name[2:]).open("rb") as file:
            inflated, stored = zlib.decompressobj(), file.read(LARGEST)
        if name not in self._seen:
            self._seen.add(name)
            self._effort.grow(len(stored))
        self._effort.take(0)
        data = inflated.decompress(stored, LARGEST + 64)
        self._effort.take(len(data))
        head, _, body = data.partition(b"\0")
        word, size = head.split()
        if int(size) > LARGEST:
            raise _too_large(int(size))
        if len(body) != int(size) or not inflated.eof:
            raise ValueError("its length is not what it says")
        return _KINDS[word], body


def index_pack(path: Path, format_: ObjectFormat, shown: str) -> None:
    """Write the index beside a pack that came without one.

    Every object is unpacked once, within bounds. Raises ImportFailed where the pack is damaged or
    not whole.
    """
    try:
        contents = _mapped(path)
        try:
            entries = _listed(contents, format_)
            with path.with_suffix(".idx").open("wb") as file:
                write_pack_index_v2(file, entries, contents[-format_.oid_length :])
        finally:
            _let_go(contents)
    except TooLarge as error:
        raise TooLarge(f"{shown}: {error}") from error
    except _BROKEN as error:
        raise ImportFailed(f"{shown}: is damaged or not whole ({said_by(error)}).") from error


def _listed(contents: mmap.mmap, format_: ObjectFormat) -> list[tuple[bytes, int, int | None]]:
    """Return name, place and checksum of every object of a pack, ordered by name."""
    with memoryview(contents) as view:
        said, body = view[-format_.oid_length :], view[: -format_.oid_length]
        with said, body:
            whole = format_.new_hash()
            whole.update(body)
            if whole.digest() != said:
                raise ValueError("its checksum is another")
    where: dict[bytes, int] = {}
    pack = _Pack(contents, format_, lambda name: where[bytes.fromhex(name.decode())])
    entries: dict[int, tuple[bytes, int, int | None]] = {}
    pack.effort.grow(len(contents))
    left, swell = list(pack.objects()), LARGEST + _SWELL * len(contents)
    while left:
        waiting = []
        for at, crc in left:
            try:
                kind, data = pack.read(at)
            except KeyError:  # a delta of what comes later in the pack
                waiting.append((at, crc))
                continue
            swell -= len(data)
            if swell < 0:
                raise _too_large(len(data))
            name = bytes.fromhex(_name(kind, data, format_).decode())
            where[name] = at
            entries[at] = (name, at, crc)
        if len(waiting) == len(left):
            raise ValueError(f"{len(waiting)} objects need others that are not in it")
        left = waiting
    return sorted(entries.values())


@dataclass(slots=True)
class _Effort:
    """The number of bytes that may still be made of those that are stored."""

    left: int

    def grow(self, stored: int) -> None:
        self.left += _EFFORT * stored

    def take(self, made: int) -> None:
        """Use up some bytes. Raises TooLarge if not so many are left."""
        self.left -= made
        if self.left < 0:
            raise TooLarge("it takes far more work to read than any collection of texts.")


@dataclass(slots=True)
class _Pack:
    """A pack; `offset` gives the place of an object by its hexadecimal name, or KeyError."""

    contents: mmap.mmap
    format: ObjectFormat
    offset: Callable[[bytes], int]
    close: Callable[[], None] = lambda: None
    effort: _Effort = field(default_factory=lambda: _Effort(LARGEST))
    _known: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    _held: int = 0

    def read(self, at: int) -> tuple[int, bytes]:
        """Return kind and bytes of the object at a place, made from its deltas."""
        deltas: list[tuple[int, bytes]] = []
        held = 0
        while (found := self._known.get(at)) is None:
            size = self._size(at)
            held += size
            if held > LARGEST or len(deltas) > _DEEPEST:
                raise _too_large(held)
            self.effort.take(size)
            part, _ = unpack_object_at(self.contents, at, self.format.hash_func)
            data = b"".join(part.decomp_chunks)
            if part.pack_type_num not in DELTA_TYPES:
                found = self._remember(at, part.pack_type_num, data)
                break
            deltas.append((at, data))
            at = self._base(at, part)
        for place, delta in reversed(deltas):
            if (size := _result_size(delta)) > LARGEST:
                raise _too_large(size)
            self.effort.take(size)
            made = b"".join(apply_delta(found[1], delta))
            found = self._remember(place, found[0], made)
        return found

    def has(self, name: bytes) -> bool:
        try:
            return self.offset(name) >= 0
        except KeyError:
            return False

    def objects(self) -> Iterator[tuple[int, int | None]]:
        """Yield place and checksum of each object, in the order of the pack."""
        at = _HEAD
        for _ in range(read_pack_header_at(self.contents)[1]):
            if (size := self._size(at)) > LARGEST:
                raise _too_large(size)
            part, end = unpack_object_at(
                self.contents, at, self.format.hash_func, compute_crc32=True
            )
            yield at, part.crc32
            at = end

    def _remember(self, at: int, kind: int, data: bytes) -> tuple[int, bytes]:
        self._held += len(data)
        if self._held > _REMEMBERED:
            self._known.clear()
            self._held = len(data)
        self._known[at] = kind, data
        return kind, data

    def _base(self, at: int, part: UnpackedObject) -> int:
        if part.pack_type_num != OFS_DELTA:
            assert isinstance(part.delta_base, bytes)  # noqa: S101 - a name, as its kind says
            return self.offset(part.delta_base.hex().encode())
        assert isinstance(part.delta_base, int)  # noqa: S101 - a distance, as its kind says
        if not 0 < part.delta_base <= at - _HEAD:
            raise ValueError("a delta of nothing")
        return at - part.delta_base

    def _size(self, at: int) -> int:
        """Return the size that the object at a place says it has, before deltas are applied."""
        if not _HEAD <= at < len(self.contents):
            raise ValueError("its index points outside")
        first, *more = number = _number(self.contents, at)
        if (first >> 4) & 7 == OFS_DELTA:
            _number(self.contents, at + len(number))
        return (first & 15) + sum((byte & 127) << (4 + 7 * n) for n, byte in enumerate(more))


def _indexed(index: Path, path: Path, format_: ObjectFormat, effort: _Effort) -> _Pack:
    contents = _mapped(path)
    effort.grow(len(contents))
    read_pack_header_at(contents)
    found = load_pack_index(index, format_)

    def offset(name: bytes) -> int:
        return found.object_offset(ObjectID(name))

    def close() -> None:
        found.close()
        _let_go(contents)

    return _Pack(contents, format_, offset, close, effort)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _let_go(contents: mmap.mmap) -> None:
    with suppress(BufferError):  # an error on its way still holds a view; it ends with that
        contents.close()


def _result_size(delta: bytes) -> int:
    """Return the size of the result of a delta: the second of the two numbers it begins with."""
    made = _number(delta, len(_number(delta, 0)))
    return sum((byte & 127) << (7 * n) for n, byte in enumerate(made))


def _number(contents: bytes | mmap.mmap, at: int) -> bytes:
    """Return the bytes of a number in a pack: all but the last have the highest bit set."""
    for end in range(at, min(at + 10, len(contents))):
        if contents[end] < 128:
            return contents[at : end + 1]
    raise ValueError("a number without an end")


def _name(kind: int, data: bytes, format_: ObjectFormat) -> bytes:
    found = format_.new_hash()
    found.update(b"%s %d\0" % (_WORDS.get(kind, b"?"), len(data)))
    found.update(data)
    return found.hexdigest().encode()


def _shown(name: bytes) -> str:
    return name[:64].decode("ascii", "backslashreplace")


def _too_large(size: int) -> TooLarge:
    return TooLarge(f"an object of {size:,} bytes or more is larger than any page of terms.")


def said_by(error: BaseException) -> str:
    """Return the words of an error on one line, shortened; its kind if it has none."""
    return " ".join(str(error).split())[:200] or type(error).__name__
