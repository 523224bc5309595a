"""Every count that the pages print, counted once more from the data files beside them."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from lxml import html

from tests.factories import SITE, TOPICS, everything, publish
from tracker.publisher.data import records

FILES = publish(everything(), TOPICS, SITE)
ROWS = list(csv.DictReader(io.StringIO(FILES["data/changes.csv"].decode(), newline="")))
ANSWERS = [json.loads(line) for line in FILES["data/now.jsonl"].decode().splitlines()]
REVISIONS = sorted(
    name.removesuffix("index.html") for name in FILES if re.match(r"changes/.+/index\.html", name)
)
#: What a column `significance` has for a change that counts.
NEWS = {"substantive", "announcement"}
TITLES = {topic.id: topic.title[:1].lower() + topic.title[1:] for topic in TOPICS}
each_revision = pytest.mark.parametrize("page", REVISIONS)


def read(name: str) -> Any:
    return html.fromstring(FILES[name].decode())


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def rows_of(page: str) -> list[dict[str, str]]:
    return [row for row in ROWS if row["page"] == page]


def of_substance(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["significance"] in NEWS]


def about(rows: list[dict[str, str]], topic: str) -> int:
    return sum(topic in row["topics"].split() for row in of_substance(rows))


@each_revision
def test_the_tabs_of_a_revision(page: str) -> None:
    rows = rows_of(page)
    tabs = {words(label) for label in read(f"{page}index.html").xpath("//fieldset[1]/label")}
    both = sum(bool(row["topics"]) for row in of_substance(rows))
    expected = {f"{len(of_substance(rows))} of substance"}
    expected |= {f"{all_}{n} change{'s' * (n != 1)}" for n in [len(rows)] for all_ in ("", "all ")}
    expected |= {f"{about(rows, topic)} on {TITLES[topic]}" for topic in TITLES}
    expected |= {f"{both} on these topics", "the whole text"}
    assert tabs <= expected


@each_revision
def test_the_sentence_over_a_revision(page: str) -> None:
    rows, text = rows_of(page), words(read(f"{page}index.html").find_class("intro")[0])
    if found := re.match(r"(\d+) clauses?(?: of its notice)? (?:would )?change", text):
        assert int(found[1]) == len(of_substance(rows))
    for number, topic in re.findall(r"(\d+) about ([^,.]+?)(?= and \d|\.)", text):
        assert int(number) == about(rows, next(t for t in TITLES if TITLES[t] == topic))


@pytest.mark.parametrize(
    "name", ["index.html", "changes/index.html", "topics/generative-ai/index.html"]
)
def test_the_remarks_of_a_list(name: str) -> None:
    for entry in read(name).find_class("entry"):
        (way,) = entry.xpath(".//h3/a/@href")
        rows = rows_of(re.sub(r"^(\.\./)*|index\.html$", "", way))
        for remark in map(words, entry.find_class("remark")):
            if found := re.match(r"Of (\d+) clauses, (.*?)\.", remark):
                assert int(found[1]) == len(of_substance(rows))
                for number, topic in re.findall(r"(\d+) on (.+?)(?= and \d|$)", found[2]):
                    assert int(number) == about(rows, next(t for t in TITLES if TITLES[t] == topic))
        if more := re.search(r"and (\d+) more changes?\)", words(entry.xpath(".//h3")[0])):
            assert int(more[1]) == len(of_substance(rows)) - 1


def test_the_bars_of_a_document() -> None:
    bars = read("documents/heron/privacy-policy@global/index.html").xpath("//figure//a")
    told = 0
    for bar in bars:
        rows = rows_of(bar.get("href").lstrip("./").removesuffix("index.html"))
        (style,) = bar.xpath("./*/@class")
        number = int(re.search(r": (\d+) clause", words(bar))[1])  # type: ignore[index]
        for n, topic in enumerate(TITLES):
            if f"topic-{n}" in style.split():
                assert number == about(rows, topic)
                told += 1
    assert told


def test_versions_and_revisions() -> None:
    front = read("index.html")
    for row in front.xpath("//table//tr[td]"):
        name = row.xpath("./th/a/@href")[0].removeprefix("documents/").removesuffix("/index.html")
        versions = {n.split("/")[3] for n in FILES if n.startswith(f"documents/{name}/2")}
        previews = {v for v in versions if v.endswith("-preview")}
        assert int(words(row.find_class("number")[0])) == len(versions - previews)
    tables = [words(h) for h in read("data/index.html").xpath("//h2")]
    assert f"changes: {len(ROWS)} rows" in tables
    assert f"revisions: {len(REVISIONS)} rows" in tables


def of_readers(edition: str) -> set[str]:
    """The texts of an edition, and those for everybody of which it has none of its own."""
    every = {answer["document"] for answer in ANSWERS}
    own = {name for name in every if name.endswith(f"@{edition}")}
    kinds = {name.partition("@")[0] for name in own}
    return own | {n for n in every if n.endswith("@global") and n.partition("@")[0] not in kinds}


@pytest.mark.parametrize("topic", TITLES)
def test_the_sentences_of_an_answer(topic: str) -> None:
    """A cell has its quotations, and how many more there are."""
    (table,) = read(f"topics/{topic}/index.html").find_class("glance")
    counted = 0
    for row in table.xpath(".//tbody/tr"):
        for cell in row.xpath("./td"):
            reader = words(cell.find_class("side")[0]).rpartition(", ")[2].lower()
            edition = "global" if reader == "everywhere else" else reader
            more = re.findall(r"(\d+) more sentence", words(cell))
            shown = len(cell.find_class("law")) + sum(map(int, more))
            assert shown == sum(
                len(answer["statements"])
                for answer in ANSWERS
                if answer["topic"] == topic
                and answer["ask"] == words(row.xpath("./th")[0])
                and answer["document"] in of_readers(edition)
            )
            counted += shown
    assert counted


def test_the_log_counts_as_pages_do() -> None:
    for row in records.log(everything()):
        mine = [r for r in ROWS if (r["document"], r["to"]) == (row["document"], row["first_seen"])]
        assert row["changes"] == len(mine)
        assert row["of_substance"] == len(of_substance(mine))
