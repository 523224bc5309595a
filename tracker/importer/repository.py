"""Open Terms Archive git repositories → records, oldest first.

A *versions* repository holds the extracted texts as Markdown, a *snapshots* repository the pages
as served. Both keep one file a document, `SERVICE/TYPE.md` or `SERVICE/TYPE[ #PAGE].html`, and
one commit a recorded version, whose own date is when it was seen. The repository may be a
path, a bundle file or a URL; `git` is run without a shell and without any hook.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tracker.errors import ImportFailed

_MEDIA = {".md": "text/markdown; charset=utf-8", ".html": "text/html"}
_SNAPSHOT = re.compile(r"https://\S{1,300}/commit/[0-9a-f]{7,64}")
_LOCATION = re.compile(r"^X-source-document-location:\s*(https?://\S+)$", re.MULTILINE)
_HEADER = re.compile(r"\x1e([0-9a-f]{40,64})\x1f(\d+)\x1f(.*?)\x1f\n*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of one commit: where it stands and what its commit says of it."""

    commit: str
    blob: str
    service: str
    type: str
    time: datetime
    media: str
    archive_url: str | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Repository:
    """An opened repository; `entries` in order of time."""

    path: Path
    entries: tuple[Entry, ...]

    def bodies(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """The entries with their bytes, through one `git cat-file --batch`."""
        with _git(self.path, "cat-file", "--batch") as process:
            assert process.stdin and process.stdout  # noqa: S101 - pipes were asked for
            for entry in entries:
                process.stdin.write(f"{entry.blob}\n".encode())
                process.stdin.flush()
                header = process.stdout.readline().split()
                if len(header) != 3:
                    raise ImportFailed(
                        f"{self.path}: object {entry.blob} cannot be read; is the clone complete?"
                    )
                body = process.stdout.read(int(header[2]))
                process.stdout.read(1)
                yield entry, body


@contextmanager
def opened(place: str) -> Iterator[Repository]:
    """Open the repository at `place`; a bundle or URL is cloned for as long as it is open."""
    with tempfile.TemporaryDirectory(prefix="tracker-import-") as folder:
        path = Path(place)
        if not path.is_dir():
            if not path.exists() and "://" not in place:
                raise ImportFailed(
                    f"{place}: no such repository; give a folder, a bundle file or a URL."
                )
            path = Path(folder) / "clone"
            _run(None, "clone", "--quiet", "--bare", "--", place, str(path))
        yield Repository(path, tuple(_entries(path)))


def _entries(path: Path) -> list[Entry]:
    log = _run(
        path, "-c", "core.quotePath=false", "log", "--reverse", "--no-renames", "--raw", "-z",
        "--no-abbrev", "--diff-filter=AMR", "--format=%x1e%H%x1f%ct%x1f%B%x1f", _tip(path), "--",
    )  # fmt: skip
    text = log.decode("utf-8", "replace")
    found = [entry for part in text.split("\x1e")[1:] for entry in _of_commit("\x1e" + part)]
    return sorted(found, key=lambda e: e.time)


def _tip(path: Path) -> str:
    """HEAD, or every branch of a bundle that was made without one."""
    return "HEAD" if _try(path, "rev-parse", "--verify", "--quiet", "HEAD").stdout else "--branches"


def _of_commit(part: str) -> Iterator[Entry]:
    match = _HEADER.match(part)
    if match is None:
        return
    commit, seconds, message, raw = match.groups()
    snapshots, location = _SNAPSHOT.findall(message), _LOCATION.search(message)
    fields = [f for f in raw.replace("\n", "\0").split("\0") if f]
    for facts, name in zip(fields[::2], fields[1::2], strict=False):
        place = _placed(name)
        if facts.startswith(":") and place:
            service, kind, media = place
            yield Entry(
                commit=commit,
                blob=facts.split()[3],
                service=service,
                type=kind,
                time=datetime.fromtimestamp(int(seconds), UTC),
                media=media,
                archive_url=snapshots[0] if len(snapshots) == 1 else None,
                location=location[1] if location else None,
            )


def _placed(name: str) -> tuple[str, str, str] | None:
    """Service, document type and media type of a file; None for files that are no record."""
    service, _, file = name.partition("/")
    stem, suffix = os.path.splitext(file)  # noqa: PTH122 - a git path, not one of this machine
    if not stem or "/" in file or suffix not in _MEDIA:
        return None
    return service, stem, _MEDIA[suffix]


_SAFE = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}


def _run(path: Path | None, *arguments: str) -> bytes:
    done = _try(path, *arguments)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise ImportFailed(f"git could not read {path or arguments[-2]}: {said[-1]}")
    return done.stdout


def _try(path: Path | None, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = _command(path, arguments)
    try:
        return subprocess.run(command, capture_output=True, check=False, env=os.environ | _SAFE)
    except FileNotFoundError as error:
        problem = "git is not installed; it is needed to read such a repository."
        raise ImportFailed(problem) from error


def _command(path: Path | None, arguments: Sequence[str]) -> list[str]:
    here = ["-C", str(path)] if path else []
    return [
        "git",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "protocol.ext.allow=never",
        *here,
        *arguments,
    ]


@contextmanager
def _git(path: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        _command(path, arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | _SAFE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
