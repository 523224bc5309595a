"""A small service on loopback whose terms change, and a root folder that has followed it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner, Result

from tests.servers import Reply, Server, page
from tracker.archive.integrity import heads
from tracker.archive.store import Archive
from tracker.cli import main

RULES = "".join(f"<p>Rule {n}: each boat has a name and keeps to its side.</p>" for n in range(9))
ADS = "<p>We share what you like with advertisers, so that you see personalised ads.</p>"
DOCUMENT = "harbour/terms@global"
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: Everything people read about the program, by file: the README, the manual, and for contributors.
PAPERS = {
    path: path.read_text(encoding="utf-8")
    for path in (
        ROOT / "README.md",
        *sorted((ROOT / "tracker" / "guide").glob("*.md")),
        *sorted((ROOT / ".github").glob("*.md")),
    )
}


def terms(extra: str = "", nonce: object = "") -> bytes:
    """A page of terms; `nonce` changes nothing that a reader sees."""
    main_ = f"<main><h1>Terms</h1>{RULES}{extra}</main>"
    return f"<html lang=en><!--{nonce}-->{main_}</html>".encode()


def tracker(root: Path, *arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, ["--root", str(root), *arguments])


def declare(root: Path, pages: dict[str, str]) -> None:
    """Declare the document types of `pages` at their addresses."""
    file = root / "data" / "declarations" / "global" / "Harbour.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    declared = {kind: {"fetch": url} for kind, url in pages.items()}
    file.write_text(json.dumps({"name": "Harbour", "terms": declared}))


def followed(root: Path, *bodies: bytes) -> None:
    """Make `root` as it is after a visit a day, from 1 September 2025 on, that found `bodies`."""
    replies: list[Reply] = [page(body) for body in bodies]
    with Server({"/terms": replies}) as server:
        declare(root, {"Terms": server.url()})
        for day in range(1, len(bodies) + 1):
            now = f"2025-09-{day:02}T12:00Z"
            done = tracker(root, "--now", now, "fetch", "--allow-host", server.entry)
            assert done.exit_code == 0, done.output
    done = tracker(root, "publish")
    assert done.exit_code == 0, done.output


def imported(root: Path, day: int, body: bytes) -> None:
    """Import a page that was saved on a day of September."""
    file = root / "page.html"
    file.write_bytes(body)
    at = f"2025-09-{day:02}T12:00:00Z"
    done = tracker(root, "--now", at, "import", "file", str(file), DOCUMENT, "--at", at)
    assert done.exit_code == 0, done.output


def published_alike(root: Path, other: Path) -> bool:
    """Publish two roots with one signing key; whether feeds/ is the same to the byte."""
    for one in (root, other):
        done = tracker(one, "publish")
        assert done.exit_code == 0, done.output
        if one == root and (key := root / "data" / "signing.key").exists():
            shutil.copy2(key, other / "data" / "signing.key")
    return bytes_of(root / "feeds") == bytes_of(other / "feeds")


def bytes_of(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by their path in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def alter(database: Path, script: str) -> None:
    """Do to a database what none of our commands would."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(script)


def rewrite_log(database: Path, log: str, script: str) -> None:
    """Alter rows of a log, and everything in the archive that follows from them."""
    alter(database, script)
    with Archive(database) as archive:
        _, *found = heads(log, archive.rows(log))
    chains = [
        f"update {log} set chain = '{head.chain}' where rowid = {n};"
        for n, head in enumerate(found, 1)
    ]
    joined = b"".join(found[-1].frontier).hex()
    last = f"set chain = '{found[-1].chain}', frontier = '{joined}' where log = '{log}'"
    alter(database, f"{''.join(chains)} update heads {last}")


def example(language: str, holding: str) -> str:
    """Return the first block of code in the papers in `language` that has `holding` in it."""
    return next(text for text in examples(language) if holding in text)


def examples(language: str) -> list[str]:
    """Return all blocks of code in the papers in `language`."""
    papers = "\n".join(PAPERS.values())
    return re.findall(rf"^```{language}\n(.*?)^```$", papers, re.DOTALL | re.MULTILINE)


def said_on(terminal: int) -> bytes:
    """All that is written to a terminal until its other end closes; `terminal` is our end."""
    output = b""
    while True:
        try:
            output += os.read(terminal, 65536)
        except OSError:
            break
    os.close(terminal)
    return output
