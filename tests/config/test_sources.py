from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config.sources import (
    COLLECTIONS,
    INTERNET_ARCHIVE,
    PAGE,
    CollectedFile,
    Collection,
    DocumentSources,
    Given,
    Sources,
    load,
    parse,
    read,
)
from tracker.errors import DeclarationError

SHIPPED = Path(__file__).parents[2] / "data"
FULL = """
    read = ["internet-archive", "page"]
    expect = "2 weeks"
    [collections.harbours]
    url = "https://git.example/harbours.git"
    title = "The harbours' archive"
    licence = "ODbL-1.0"
    [collections.local]
    url = "file:///srv/local.git"
    [documents."harbour/terms@global"]
    preview = "https://harbour.example/preview"
    expect = "36 hours"
    files = [
      { collection = "harbours", file = "Harbour/Terms.md", until = 2025-06-09 },
      { collection = "local", file = "Harbour/Rules.md", since = 2025-06-10T08:00:00Z },
    ]
    [documents."harbour/terms@eu"]
    read = ["collections"]
"""


def test_an_absent_or_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Given()
    assert parse("sources.toml", "") == Sources()
    assert Sources().of("a/b@c").read == (PAGE, INTERNET_ARCHIVE, COLLECTIONS)


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(FULL)
    ranks, weeks = (INTERNET_ARCHIVE, PAGE), timedelta(weeks=2)
    files = (
        CollectedFile(
            "harbours",
            "Harbour/Terms.md",
            None,
            datetime(2025, 6, 9, 23, 59, 59, 999999, tzinfo=UTC),
        ),
        CollectedFile("local", "Harbour/Rules.md", datetime(2025, 6, 10, 8, tzinfo=UTC)),
    )
    url = "https://harbour.example/preview"
    assert load(tmp_path) == Given(
        Sources(
            DocumentSources(ranks, expect=weeks),
            (
                ("harbour/terms@eu", DocumentSources((COLLECTIONS,), expect=weeks)),
                (
                    "harbour/terms@global",
                    DocumentSources(ranks, url, files, timedelta(hours=36)),
                ),
            ),
            (
                Collection(
                    "harbours",
                    "https://git.example/harbours.git",
                    "The harbours' archive",
                    "ODbL-1.0",
                ),
                Collection("local", "file:///srv/local.git", "local"),
            ),
        )
    )


def test_the_days_of_a_file_are_both_included() -> None:
    until, since = parse("sources.toml", FULL).of("harbour/terms@global").files
    assert until.covers(datetime(2025, 6, 9, 23, 59, tzinfo=UTC))
    assert not until.covers(datetime(2025, 6, 10, tzinfo=UTC))
    assert not since.covers(datetime(2025, 6, 10, 7, 59, tzinfo=UTC))
    assert since.covers(datetime(2025, 6, 10, 8, tzinfo=UTC))


def test_what_ships_gives_each_period_of_a_file_to_one_document() -> None:
    found = load(SHIPPED)
    assert found.refusal is None
    periods: dict[tuple[str, str], list[CollectedFile]] = {}
    for _, one in found.sources.documents:
        for file in one.files:
            periods.setdefault((file.collection, file.file), []).append(file)
    for files in periods.values():
        for day in range(2000):
            moment = datetime(2022, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
            assert sum(file.covers(moment) for file in files) <= 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("raed = []", "perhaps read is meant"),
        ('read = "page"', "must be a list of kinds of sources, not text"),
        ('read = ["pages"]', 'has "pages"; known are page, internet-archive, collections'),
        ('read = ["page", "page"]', "names a kind of source twice"),
        ('expect = "soon"', 'such as "4 days"'),
        ("expect = 4", "must be text in quotation marks"),
        ("collections = 1", "must hold keys and values"),
        ("[collections.A]\nurl = 'https://a.org'", "is no name"),
        ("[collections.a]", 'has no "url"'),
        ("[collections.a]\nurl = 'ssh://a.org'", "must be an https://, http:// or file://"),
        ("[collections.a]\nurl = '--upload-pack=x'", "or a folder"),
        ("[documents.privacy]", "write its whole id"),
        ('[documents."a/b@c"]\npreview = "a.org"', '"preview" must be an address'),
        ('[documents."a/b@c"]\nfiles = 1', "must be a list of files of collections"),
        (
            '[documents."a/b@c"]\nfiles = [{collection = "x", file = "a.md"}]',
            "is not declared here; declared are: none",
        ),
        (
            '[collections.a]\nurl = "a.git"\n'
            '[documents."a/b@c"]\nfiles = [{collection = "a", file = "../a.md"}]',
            "must be a path inside the collection",
        ),
        (
            '[collections.a]\nurl = "a.git"\n'
            '[documents."a/b@c"]\nfiles = [{collection = "a", file = "a.md", since = "x"}]',
            "must be a day such as 2025-06-10",
        ),
        (
            '[collections.a]\nurl = "a.git"\n[documents."a/b@c"]\n'
            'files = [{collection = "a", file = "a.md", since = 2025-02-01, until = 2025-01-01}]',
            "ends before it begins",
        ),
    ],
)
def test_what_cannot_be_accepted_is_named_with_a_way_out(text: str, problem: str) -> None:
    with pytest.raises(DeclarationError, match=r"^sources\.toml: ") as refused:
        parse("sources.toml", text)
    assert problem in str(refused.value)


def test_a_faulty_document_stays_as_it_was_and_the_others_go_on() -> None:
    earlier = parse("sources.toml", FULL)
    text = FULL.replace('"36 hours"', '"never"').replace('["collections"]', '["page"]')
    found = read("sources.toml", text, earlier)
    assert found.refusal is not None
    assert found.sources.of("harbour/terms@global") == earlier.of("harbour/terms@global")
    assert found.sources.of("harbour/terms@eu").read == (PAGE,)


@given(st.text())
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        parse("sources.toml", text)
    except DeclarationError as error:
        assert str(error).startswith("sources.toml: ")
