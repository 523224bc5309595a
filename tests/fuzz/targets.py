"""What is fuzzed, and the law that each target keeps. Every target takes any bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lxml import etree

from tests.factories import SITE, TOPICS, publish
from tests.factories import history as made
from tracker.config import declarations, settings, topics
from tracker.differ import read_back
from tracker.differ.align import align
from tracker.differ.redline import redline
from tracker.errors import DeclarationError
from tracker.evidence import parse_note
from tracker.extractor import Undecodable, classify, read
from tracker.model import Source

_SOURCE = Source("https://harbour.example/terms")
_TIME = datetime(2025, 9, 1, tzinfo=UTC)


def extract(data: bytes) -> None:
    """Any body is read, or refused with a sentence; what was read can be read again the same."""
    for media in ("text/html", "text/html; charset=utf-8", "text/markdown; charset=utf-8"):
        said = classify(data, media, _SOURCE, (), _TIME + timedelta(days=1))
        assert said.reason or said.text
        try:
            first = read(data, media, _SOURCE)
        except Undecodable:
            continue
        assert read(data, media, _SOURCE) == first


def aligned(data: bytes) -> None:
    """Every clause of both versions is paired exactly once."""
    before, after = _two_texts(data)
    old, new = (made([text]).versions[0].clauses for text in (before, after))
    pairs = align(old, new)
    assert sorted(i for p in pairs for i in p.before) == list(range(len(old)))
    assert sorted(j for p in pairs for j in p.after) == list(range(len(new)))


def redlined(data: bytes) -> None:
    """A redline gives both texts back to the letter."""
    before, after = _two_texts(data)
    assert read_back(redline(before, after)) == (before, after)


def declared(data: bytes) -> None:
    """Any file of the operator's is accepted, or refused with its name in the sentence."""
    text = data.decode("utf-8", "replace")
    for refusal in declarations.parse("F.json", text, edition="global").refusals:
        assert refusal.sentence.startswith("F.")
    for parse in (
        lambda: topics.parse("F.toml", text),
        lambda: settings.parse("F.toml", text),
    ):
        try:
            parse()
        except DeclarationError as error:
            assert str(error).startswith("F.")


def feeds(data: bytes) -> None:
    """Any two texts make feeds that are well-formed."""
    before, after = _two_texts(data)
    if not before.strip() or not after.strip():
        return
    files = publish([made([before], [after])], TOPICS, SITE)
    for name, content in files.items():
        if name.endswith(".xml"):
            etree.fromstring(content)


def notes(data: bytes) -> None:
    """Any bytes are a checkpoint, or are refused with a sentence."""
    try:
        note = parse_note(data.decode("utf-8", "replace"))
    except ValueError:
        return
    assert note.body
    assert note.size >= 0


def _two_texts(data: bytes) -> tuple[str, str]:
    before, _, after = data.decode("utf-8", "replace").partition("\n\n")
    return before, after


TARGETS: dict[str, Callable[[bytes], None]] = {
    "extract": extract,
    "align": aligned,
    "redline": redlined,
    "declarations": declared,
    "feeds": feeds,
    "notes": notes,
}
