"""Pages from WARC files and from a browser's "save as": they go to the document they belong to."""

from __future__ import annotations

import io
import json
import quopri
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.importer.test_wayback import PAGE, bring, captures, declare, kept, terms, tracker
from tests.public_archive import PublicArchive
from tests.repositories import commit, start
from tracker.importer import same_page
from tracker.model import Outcome

AT = "2020-03-04T05:06:07Z"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return declare(tmp_path / "root", "https://archive.example")


# ── WARC ──────────────────────────────────────────────────────────────────────────


def warc(file: Path, *answers: tuple[str, str, bytes, str], gzip: bool = True) -> Path:
    """A WARC file with an answer (address, time, body, status) a record."""
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=gzip)
        for url, time, body, status in answers:
            lines = [("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "id=secret")]
            headers = StatusAndHeaders(status, lines, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url, "response", io.BytesIO(body), http_headers=headers,
                warc_headers_dict={"WARC-Date": time},
            )  # fmt: skip
            writer.write_record(record)
            if status == "200 OK" and time == AT:
                again = writer.create_revisit_record(
                    url, record.rec_headers["WARC-Payload-Digest"], url, AT,
                    warc_headers_dict={"WARC-Date": "2021-01-01T00:00:00Z"},
                )  # fmt: skip
                writer.write_record(again)
    return file


@pytest.mark.parametrize("gzip", [True, False])
def test_the_pages_of_declared_documents_are_taken_from_a_warc_file(
    root: Path, tmp_path: Path, gzip: bool
) -> None:
    file = warc(
        tmp_path / "crawl.warc.gz",
        ("https://elsewhere.example/", "2020-01-01T00:00:00Z", terms(7), "200 OK"),
        (PAGE, "2019-01-01T00:00:00Z", b"gone", "404 Not Found"),
        ("http://harbour.example:80/legal/terms/", AT, terms(0), "200 OK"),
        (PAGE, "2022-01-01T00:00:00Z", terms(1), "200 OK"),
        gzip=gzip,
    )
    done = tracker(root, "import", "warc", str(file))
    assert done.exit_code == 0, done.output
    assert "3 captures imported, 0 were there." in done.output
    found = captures(root)
    assert [c.time.year for c in found] == [2020, 2021, 2022]
    assert {c.source.url for c in found if c.source} == {PAGE}
    assert found[0].via.startswith("WARC file crawl.warc.gz, record <urn:uuid:")
    assert found[0].body == found[1].body
    assert "secret" not in str(found)
    assert len(json.loads(tracker(root, "log", "--json").stdout)) == 1
    assert "0 captures imported, 3 were there" in tracker(root, "import", "warc", str(file)).output


def test_days_and_a_document_narrow_a_warc_import(root: Path, tmp_path: Path) -> None:
    file = warc(tmp_path / "a.warc", (PAGE, AT, terms(0), "200 OK"))
    narrow = ("--since", "2021-01-01", "--document", "harbour")
    assert tracker(root, "import", "warc", str(file), *narrow).exit_code == 0
    assert [c.time.year for c in captures(root)] == [2021]
    assert tracker(root, "import", "warc", str(file), "--until", "2001-01-01").exit_code == 1


def test_a_damaged_record_is_refused(root: Path, tmp_path: Path) -> None:
    file = warc(tmp_path / "a.warc", (PAGE, AT, terms(0), "200 OK"), gzip=False)
    file.write_bytes(file.read_bytes().replace(b"3 shells", b"9 shells"))
    done = tracker(root, "import", "warc", str(file))
    assert (done.exit_code, captures(root)) == (1, [])
    assert "a.warc: is not whole" in done.output


@pytest.mark.parametrize("content", [b"", b"<html>no", b"WARC/1.0\r\nWARC-Type: response\r\n\r\n"])
def test_what_is_no_warc_file_is_refused(root: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(content)
    done = tracker(root, "import", "warc", str(file))
    assert done.exit_code == 1
    assert done.output.count("Error") == 1


hosts = st.sampled_from(["a.example", "A.example", "a.example:443", "b.example"])


@given(hosts, st.sampled_from(["", "/", "/x", "/x/"]), hosts, st.sampled_from(["", "/", "/x"]))
def test_addresses_name_one_page_or_two(one: str, path: str, other: str, way: str) -> None:
    same = (one[0].lower() == other[0].lower()) and path.rstrip("/") == way.rstrip("/")
    assert same_page(f"https://{one}{path}", f"http://{other}{way}#top") is same


# ── saved pages ───────────────────────────────────────────────────────────────────


def saved(folder: Path, body: bytes, name: str = "Harbour terms.html") -> str:
    (folder / name).write_bytes(body)
    return str(folder / name)


@pytest.mark.parametrize(
    "says",
    [
        b"<!-- saved from url=(0034)https://harbour.example/legal/terms -->",
        b'<link rel="canonical" href="https://harbour.example/legal/terms">',
        b"<link href='https://harbour.example/legal/terms' rel=canonical>",
    ],
)
def test_a_saved_page_that_names_its_address_finds_its_document(
    root: Path, tmp_path: Path, says: bytes
) -> None:
    file = saved(tmp_path, says + terms(0))
    assert tracker(root, "import", "file", file, "--at", AT).exit_code == 0
    (capture,) = captures(root)
    assert capture.time == datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert (capture.via, capture.outcome) == ("saved page Harbour terms.html", Outcome.GOOD)
    assert "A berth costs 3 shells" in tracker(root, "show", "harbour").output


def test_a_saved_page_that_names_none_needs_the_document(root: Path, tmp_path: Path) -> None:
    file = saved(tmp_path, terms(0))
    assert tracker(root, "import", "file", file, "--at", AT).exit_code == 2
    assert tracker(root, "import", "file", file, "harbour", "--at", AT).exit_code == 0
    assert [c.source.url for c in captures(root) if c.source] == [PAGE]


def test_a_page_saved_as_mhtml_is_the_page_in_it(root: Path, tmp_path: Path) -> None:
    page = quopri.encodestring(b"<meta charset=utf-8>" + terms(0)).replace(b"\n", b"\r\n")
    message = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://harbour.example/legal/terms"
        b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=cut\r\n\r\n"
        b"--cut\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + page + b"\r\n--cut\r\nContent-Type: image/png\r\n\r\nx\r\n--cut--\r\n"
    )  # fmt: skip
    done = tracker(root, "import", "file", saved(tmp_path, message, "terms.mhtml"), "--at", AT)
    assert done.exit_code == 0
    (capture,) = captures(root)
    assert (capture.via, capture.outcome) == ("saved page terms.mhtml", Outcome.GOOD)
    shown = tracker(root, "show", "harbour")
    assert "=20" not in shown.stdout
    assert "=3D" not in shown.stdout


_NESTED = b"Content-Type: multipart/related; boundary=b0\r\n\r\n" + b"".join(
    b"--b%d\r\nContent-Type: multipart/related; boundary=b%d\r\n\r\n" % (n, n + 1)
    for n in range(2000)
)


@pytest.mark.parametrize(
    ("body", "name"),
    [(b"{\\rtf1 Terms}", "RTF"), (b"PK\3\4..word/", "DOCX"), (_NESTED, "MHTML")],
)
def test_a_saved_file_that_is_no_page_is_wrong_use(
    root: Path, tmp_path: Path, body: bytes, name: str
) -> None:
    done = tracker(root, "import", "file", saved(tmp_path, body), "harbour", "--at", AT)
    assert done.exit_code == 2
    assert name in done.stderr
    assert not captures(root)


def test_a_saved_wall_is_no_version(root: Path, tmp_path: Path) -> None:
    file = saved(tmp_path, b"<title>Sign in</title><h1>Sign in to continue</h1>")
    assert tracker(root, "import", "file", file, "harbour", "--at", AT).exit_code == 0
    assert [c.outcome for c in captures(root)] == [Outcome.WALL]


@pytest.mark.parametrize(
    ("body", "at"), [(b"", AT), (b" ", AT), (terms(0), "2031-01-01"), (terms(0), "soon")]
)
def test_what_cannot_be_a_saved_page_is_wrong_use(
    root: Path, tmp_path: Path, body: bytes, at: str
) -> None:
    done = tracker(root, "import", "file", saved(tmp_path, body), "harbour", "--at", at)
    assert (done.exit_code, captures(root)) == (2, [])


# ── several archives, one history ─────────────────────────────────────────────────


def markdown(edition: int) -> str:
    """The same text as another archive's extractor writes it: marks, escapes, other links."""
    rules = "\n\n".join(
        f"Rule {n}: every boat keeps to its own side of the pier." for n in range(9)
    )
    price = f"A **berth** costs {edition + 3} [shells](https://harbour.example/shells) a night\\."
    return f"Harbour terms\n=============\n\n{price}\n\n{rules}\n"


def test_the_views_of_several_archives_are_one_history(tmp_path: Path) -> None:
    """Edition 1 is first seen by the transcripts, edition 2 by the pages, hours apart."""
    repository = start(tmp_path / "versions")
    # The captures of the pages are at 06:30 on 1, 13 and 25 January, 6 and 18 February, 2 March.
    for edition, at in ((0, "2015-01-02"), (1, "2015-01-20"), (2, "2015-02-18")):
        commit(repository, {"Harbour/Terms of Service.md": markdown(edition)}, f"{at}T15:00:00Z")
    pages = [kept(n, terms(edition, nonce=n)) for n, edition in enumerate((0, 0, 1, 1, 2, 2))]
    live = saved(tmp_path, terms(2, nonce="live"))
    with PublicArchive(pages) as archive:
        root = declare(tmp_path / "root", archive.url)
        assert tracker(root, "import", "versions", str(repository)).exit_code == 0
        assert bring(root, archive).exit_code == 0
    assert tracker(root, "import", "file", live, "harbour", "--at", "2015-04-01").exit_code == 0
    assert len(captures(root)) == 10
    log = json.loads(tracker(root, "log", "--json").stdout)
    assert [(row["significance"], row["first_seen"]) for row in log] == [
        ("substantive", "2015-02-18T06:30:00Z"),
        ("substantive", "2015-01-20T15:00:00Z"),
    ]
