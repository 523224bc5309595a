"""Fetching a git repository over HTTP, by git's smart protocol, which dulwich speaks.

The given client decides which hosts are connected to, and how long we wait. This module limits a
server's redirects (few, and of the first request only) and the size of its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from dulwich.client import AbstractHttpGitClient
from dulwich.errors import GitProtocolError, HangupException
from dulwich.object_store import ObjectStoreGraphWalker
from dulwich.objects import ObjectID
from dulwich.refs import Ref

from tracker.errors import ImportFailed
from tracker.importer.git.objects import index_pack, said_by
from tracker.importer.git.refs import Refs, is_object_name, object_format, shown, tips

#: How an address is asked for: a client to ask with, which turns every fault of the network into
#: ImportFailed.
Asking = Callable[[str], AbstractContextManager[httpx.Client]]

_LONGEST_ANSWER = 64 * 1024 * 1024  # bytes, of one that is no pack
_LONGEST_PACK = 8 * 1024 * 1024 * 1024
_REDIRECTS = 5
_ASKED_FOR = (b"HEAD", b"refs/heads/")
_WITHOUT_FILES = b"blob:none"  # commits and folders only, where the server can leave out the rest

# What dulwich raises where a server does not speak as it should.
_BROKEN = (GitProtocolError, HangupException, AssertionError, ValueError, LookupError, TypeError)


def fetch(
    url: str,
    objects: Path,
    asking: Asking,
    known: Collection[str] = (),
    told: Callable[[int], None] = lambda _: None,
    *,
    files: bool = True,
) -> Refs:
    """Fetch the history of the branches at `url`, beyond `known` commits, into `objects`.

    Without `files` only commits and folders are fetched, where the server can leave out the rest.
    Returns HEAD and the branches there. `told` is called with the number of bytes received.

    Raises:
        ImportFailed: It could not be fetched; nothing was added.
    """

    def wanted(refs: Refs) -> list[str]:
        return [tip for tip in tips(refs) if tip not in known]

    return _added(url, objects, asking, told, _Request(wanted, known, files=files))


def fetch_files(
    url: str,
    objects: Path,
    asking: Asking,
    names: Sequence[str],
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Fetch files, by the names of their objects, into `objects`. Raises as `fetch` does."""
    _added(url, objects, asking, told, _Request(lambda _: list(names)))


@dataclass(frozen=True, slots=True)
class _Request:
    """What to ask for: the objects that are `wanted` of some refs, beyond what is `known`."""

    wanted: Callable[[Refs], list[str]]
    known: Collection[str] = ()
    files: bool = True


def _added(
    url: str, objects: Path, asking: Asking, told: Callable[[int], None], request: _Request
) -> Refs:
    folder = objects / "pack"
    folder.mkdir(parents=True, exist_ok=True)
    pack = folder / f"pack-{len(list(folder.glob('*.pack')))}.pack"
    try:
        with asking(url) as client:
            refs = _fetched(_Client(url, client, told), pack, request)
        if pack.exists():
            index_pack(pack, object_format(refs), shown(url))
    except BaseException:
        pack.unlink(missing_ok=True)
        raise
    return refs


def _fetched(client: _Client, pack: Path, request: _Request) -> Refs:
    found: dict[str, str] = {}

    def wanted(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
        del depth
        found.update((n.decode("utf-8", "replace"), o.decode()) for n, o in refs.items())
        client.longest = _LONGEST_PACK
        return [ObjectID(name.encode()) for name in request.wanted(found) if is_object_name(name)]

    haves = ObjectStoreGraphWalker([ObjectID(k.encode()) for k in request.known], lambda _: [])
    less = None if request.files else _WITHOUT_FILES
    try:
        with pack.open("xb") as file:
            client.fetch_pack(
                "", wanted, haves, file.write, ref_prefix=_ASKED_FOR, filter_spec=less
            )
            size = file.tell()
    except _BROKEN as error:
        said = said_by(error)
        raise ImportFailed(f"{client.shown}: does not speak as git does ({said}).") from error
    if not size:
        pack.unlink()
    return found


@dataclass(slots=True)
class _Answer:
    """A response with the attributes that dulwich uses."""

    response: httpx.Response
    redirect_location: str
    content_type: str

    def close(self) -> None:
        self.response.close()


class _Client(AbstractHttpGitClient):
    """Client of dulwich over ours: no configuration, no passwords, no other address."""

    def __init__(self, url: str, client: httpx.Client, told: Callable[[int], None]) -> None:
        super().__init__(url, thin_packs=False)
        self.shown = shown(url)
        self.longest = _LONGEST_ANSWER
        self._client = client
        self._told = told

    @staticmethod
    def _warn_filter_objects() -> None:
        """Take all where a server cannot leave out files; that is only more to fetch."""

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,  # noqa: ARG002 - dulwich's signature
    ) -> tuple[Any, Callable[[int], bytes]]:
        content = data if data is None or isinstance(data, bytes) else b"".join(data)
        response = self._asked(url, headers or {}, content)
        kind = response.headers.get("Content-Type", "")
        if response.status_code != 200 or not kind.startswith("application/x-git-upload-pack-"):
            response.close()
            what = "is no git repository that can be read there"
            raise ImportFailed(f"{self.shown}: {what} (answer {response.status_code}).")
        final = str(response.url)
        return _Answer(response, final if final != url else "", kind), self._reader(response)

    def _asked(self, url: str, headers: dict[str, str], content: bytes | None) -> httpx.Response:
        """Send a request; redirects of the first one are followed, never to a less safe place."""
        headers = {"Accept-Encoding": "identity", **headers}
        for _ in range(_REDIRECTS):
            how = "GET" if content is None else "POST"
            request = self._client.build_request(how, url, headers=headers, content=content)
            response = self._client.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            following = response.next_request.url
            if content is not None or following.scheme not in {"https", request.url.scheme}:
                break
            url = str(following)
        raise ImportFailed(f"{self.shown}: redirects to where it is not followed; look it up.")

    def _reader(self, response: httpx.Response) -> Callable[[int], bytes]:
        """Return a reader that gives as many bytes as requested, fewer only at the end."""
        chunks, held, seen = response.iter_bytes(), bytearray(), 0

        def read(size: int) -> bytes:
            nonlocal seen
            while len(held) < size:
                chunk = next(chunks, b"")
                if not chunk:
                    break
                held.extend(chunk)
                seen += len(chunk)
                self._told(seen)
                if seen > self.longest:
                    raise ImportFailed(f"{self.shown}: sends more than any collection of texts.")
            found = bytes(held[:size])
            del held[:size]
            return found

        return read
