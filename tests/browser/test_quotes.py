"""Every quotation that a page offers, against the texts that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from lxml import html

from tests.browsing import BROWSER, served
from tests.factories import (
    BODIES,
    SITE,
    TOPICS,
    every_kind,
    heron,
    heron_eu,
    history,
    moved,
    previewed,
    publish,
)
from tracker.model import Kind, Revision, digest
from tracker.publisher import Lent
from tracker.publisher.urls import revision_page, version_page

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = BROWSER

_TERMS = """
# Terms
## {number}. Boats
1.1 Boats are “hired” by the\u00a0day, and nobody else’s.
{first}
## 3. Nets
Nets are dried on the northern wall only.
{last}
"""
_KEPT = "Whoever finds an oar brings it to the keeper of the landing within a week."
HISTORIES = (
    heron(),
    every_kind(),
    heron_eu(),
    previewed(),
    moved(heron(), [1]),
    history(
        _TERMS.format(number=2, first=_KEPT, last="A lamp burns by night."),
        _TERMS.format(number=4, first="A new rule about oars.", last=_KEPT.replace("week", "day")),
        _TERMS.format(number=4, first=_KEPT, last="A lamp burns by night and in fog."),
        name="heron/hire@global",
        title="Terms",
    ),
)
_COPIED = """async () => {
    const said = [];
    navigator.clipboard.writeText = (text) => { said.push(text); return Promise.resolve(); };
    for (const button of document.querySelectorAll('article.change .copy')) {
        button.click();
        said.push([said.pop(), button.closest('article').id, button.textContent]);
    }
    return said;
}"""
_QUOTE = re.compile(
    r"(?P<words>(?:“.*”\n)+)\((?P<place>.*)\) “.*”, version first seen (?P<seen>\S+), "
    r"(?P<rest>.*)\n(?P<address>\S+)",
    re.DOTALL,
)

_FORMER = re.compile("(?:by|not in) the (?:version|preview) first seen")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quotes")
    for n, given in enumerate(HISTORIES):
        for name, data in publish([given], TOPICS, SITE, (), Lent(body)).items():
            file = folder / str(n) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    return folder


def body(capture: object) -> bytes | None:
    return BODIES.get(getattr(capture, "body", None) or "")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield address


def revisions() -> Iterator[tuple[int, Revision]]:
    for n, given in enumerate(HISTORIES):
        yield from ((n, revision) for revision in given.revisions)


def quoted(context: BrowserContext, page: str) -> Sequence[tuple[str, str, str]]:
    opened = context.new_page()
    opened.goto(page)
    found: Sequence[tuple[str, str, str]] = opened.evaluate(_COPIED)
    opened.close()
    return found


def is_true(folder: Path, quote: str) -> re.Match[str]:
    """Hold a quotation against what is published of the version that it cites."""
    found = _QUOTE.fullmatch(quote)
    assert found, quote
    parts = urlsplit(found["address"])
    cited = folder / parts.path.strip("/")
    text = (cited / "text.txt").read_text(encoding="utf-8")
    tree = html.fromstring((cited / "index.html").read_text(encoding="utf-8"))
    clauses = [clause.removeprefix("“").removesuffix("”") for clause in _lines(found["words"])]
    assert all(clause in text for clause in clauses), quote
    (there,) = tree.xpath("//*[@id=$name]", name=parts.fragment)
    assert clauses[0] in there.text_content(), quote
    digests = set(re.findall(r"SHA-256 ([0-9a-f]{64})", found["rest"]))
    assert digests == {digest(file.read_bytes()) for file in cited.glob("capture*.txt")}, quote
    assert re.sub(r"[-:]", "", found["seen"]) == cited.name.removesuffix("-preview")
    headings = tree.xpath("//div[@class='law text']//*[self::h2 or self::h3 or self::h4]/text()")
    place = found["place"].split(" › ")[-1]
    assert place == "Top of the page" or place in [" ".join(h.split()) for h in headings], quote
    return found


def _lines(words: str) -> list[str]:
    return re.findall(r"^“.*”$", words, re.MULTILINE)


def test_every_quotation_stands_in_the_version_that_it_cites(
    context: BrowserContext, folder: Path, address: str
) -> None:
    kinds = set()
    for n, revision in revisions():
        found = quoted(context, f"{address}{n}/{revision_page(revision)}")
        sides = [(c.kind, bool(c.before), bool(c.after)) for c in revision.changes]
        assert len({anchor for _, anchor, _ in found}) == len(sides)
        older, newer = (version_page(v) for v in (revision.before, revision.after))
        for quote, _, label in found:
            cited = is_true(folder, quote)["address"].partition("#")[0]
            assert cited.endswith(older if _FORMER.search(quote) else newer)
            assert ("former" in label) <= cited.endswith(older)
        kinds |= {kind for kind, *_ in sides}
    assert kinds >= set(Kind)


def test_words_that_were_removed_are_cited_from_the_version_that_had_them(
    context: BrowserContext, folder: Path, address: str
) -> None:
    (revision,) = every_kind().revisions
    found = quoted(context, f"{address}1/{revision_page(revision)}")
    (quote,) = (q for q, _, _ in found if q.startswith("“The ferryman is paid"))
    before, after = revision.before, revision.after
    assert f"SHA-256 {before.captures[0].body}, removed by the version first seen" in quote
    assert f"{after.first_seen:removed by the version first seen %Y-%m-%dT%H:%M:%SZ}, " in quote
    assert str(after.captures[0].body) not in quote
    assert quote.splitlines()[-1].startswith(f"{address}1/{version_page(before)}#p")


def test_the_former_wording_is_cited_as_such(
    context: BrowserContext, folder: Path, address: str
) -> None:
    (revision,) = every_kind().revisions
    found = quoted(context, f"{address}1/{revision_page(revision)}")
    (quote,) = (q for q, _, _ in found if "lent out has a name" in q)
    assert "reworded by the version first seen 2025-03-11T08:30:00Z" in quote
    split = next(q for q, _, label in found if "fee for a mooring" in q and "former" not in label)
    assert split.splitlines()[:2] == [
        "“The fee for a mooring is paid in spring.”",
        "“The key is handed out by the keeper in summer.”",
    ]
    merged = next(q for q, _, label in found if "Nets are dried" in q and "former" in label)
    assert merged.splitlines()[1] == "“Nobody sleeps in the boathouse during the winter months.”"


def test_a_coming_text_removes_nothing_yet(context: BrowserContext, address: str) -> None:
    revision = previewed().revisions[-1]
    found = quoted(context, f"{address}3/{revision_page(revision)}")
    former = [quote for quote, _, label in found if "former" in label]
    assert former
    assert all("would be reworded by the preview first seen" in quote for quote in former)
