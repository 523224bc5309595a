"""The data of the site: whole, the same each time, and harmless where it is opened."""

from __future__ import annotations

import csv
import io
import json
import random
import sqlite3
from contextlib import closing

import pytest
from jsonschema import Draft202012Validator

from tests.factories import SITE, TOPICS, history, publish, samples
from tracker.publisher import Lent, Table
from tracker.publisher.data import records
from tracker.publisher.data.exports import as_csv, export, tables
from tracker.publisher.data.sqlite import sqlite_file

FILES = publish(samples(), TOPICS, SITE, (), Lent(database=sqlite_file))
CHANGES = sum(len(r.changes) for h in samples() for r in h.revisions)


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(FILES["data/changes.csv"].decode(), newline="")))


def opened() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(FILES["data/changes.sqlite"])
    return connection


def test_csv_json_lines_and_sqlite_hold_the_same_changes() -> None:
    lines = [json.loads(line) for line in FILES["data/changes.jsonl"].decode().splitlines()]
    assert len(lines) == len(rows()) == CHANGES
    with closing(opened()) as data:
        stored = data.execute("select document, kind, [to], topics from changes order by id")
        assert stored.fetchall() == [
            (x["document"], x["kind"], x["to"], " ".join(x["topics"])) for x in lines
        ]
    for row, line in zip(rows(), lines, strict=True):
        assert (row["document"], row["kind"], row["to"]) == (
            line["document"],
            line["kind"],
            line["to"],
        )


def test_json_lines_keep_the_schema() -> None:
    check = Draft202012Validator(json.loads(FILES["changes.schema.json"]))
    for line in FILES["data/changes.jsonl"].decode().splitlines():
        check.validate(json.loads(line))
    assert FILES["data/changes.jsonl"].isascii()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋"])
def test_no_cell_of_the_csv_is_a_formula(start: str) -> None:
    table = Table("t", (("a", ""), ("b", "")), ((f"{start}HYPERLINK(1)", 7), ("plain", None)))
    text = as_csv(table).decode()
    (cell, number), plain = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert cell == f"'{start}HYPERLINK(1)"
    assert number == "7"
    assert plain == ["plain", ""]


def test_a_formula_in_a_clause_is_tamed_in_csv_and_kept_in_json_lines() -> None:
    given = history("# T\nWe walk by the water.", '# T\n=HYPERLINK("https://x.example")')
    files = publish([given], TOPICS, SITE)
    assert b'"=HYPERLINK' not in files["data/changes.csv"]
    assert b"\"'=HYPERLINK" in files["data/changes.csv"]
    lines = [json.loads(line) for line in files["data/changes.jsonl"].splitlines()]
    assert '=HYPERLINK("https://x.example")' in [line["after"] for line in lines]


def test_no_character_of_the_csv_acts_on_its_reader() -> None:
    text = FILES["data/changes.csv"].decode()
    assert not set(text) & set("\x00\x07\x08\x1b\x7f\u202e\u2066")


def test_every_column_is_described_in_the_page_and_in_the_database() -> None:
    page = FILES["data/index.html"].decode()
    with closing(opened()) as data:
        for table in tables([export(h) for h in samples()]):
            names = [row[1] for row in data.execute(f'pragma table_info("{table.name}")')]
            assert names == [name for name, _ in table.columns]
            about = data.execute(
                'select name, about from "columns" where "table" = ?', [table.name]
            )
            assert about.fetchall() == list(table.columns)
            assert all(f"<code>{name}</code>" in page for name, _ in table.columns)


def test_the_pages_a_row_names_are_published() -> None:
    assert all(f"{row['page']}index.html" in FILES for row in rows())
    with closing(opened()) as data:
        for (page,) in data.execute("select page from versions union select page from revisions"):
            assert f"{page}index.html" in FILES


def test_the_database_is_sound_and_its_bytes_are_the_same_in_any_order() -> None:
    with closing(opened()) as data:
        assert data.execute("pragma integrity_check").fetchall() == [("ok",)]
    for seed in range(3):
        given = list(samples())
        random.Random(seed).shuffle(given)
        assert publish(given, TOPICS, SITE, (), Lent(database=sqlite_file)) == FILES


def test_the_database_can_be_written_to_by_its_owner() -> None:
    with closing(opened()) as data:
        data.execute("insert into changes (document) values ('mine')")
        data.commit()
        assert data.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_a_site_without_a_database_names_none() -> None:
    files = publish(samples(), TOPICS, SITE)
    assert "data/changes.sqlite" not in files
    assert b"sqlite" not in files["data/index.html"]


def test_what_is_exported_is_what_the_command_prints() -> None:
    lines = [json.loads(line) for line in FILES["data/changes.jsonl"].decode().splitlines()]
    assert lines == list(records.changes(sorted(samples(), key=lambda h: h.document.id)))


def test_every_line_has_the_address_of_its_clause() -> None:
    lines = [json.loads(line) for line in FILES["data/changes.jsonl"].decode().splitlines()]
    places = json.loads(FILES["data/changes.places.json"])
    assert len(places) == len(lines)
    for line, place in zip(lines, places, strict=True):
        page, _, anchor = place.partition("#")
        assert page.startswith(f"changes/{line['document']}/")
        assert f'id="{anchor}"' in FILES[page].decode()
