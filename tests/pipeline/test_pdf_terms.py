"""Terms served as a PDF go the whole way: by visits, files, WARC files and repositories."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests import pdfs
from tests.importer.test_wayback import captures, declare, tracker
from tests.servers import Server, answer
from tracker.model import Outcome

PAGE = "https://harbour.example/legal/terms"
OLD = pdfs.text(5, sections=3)
MORE = ("p", f"We may train a generative AI model with it. {OLD.blocks[3][1]}")
NEW = pdfs.Text((*OLD.blocks[:3], MORE, *OLD.blocks[4:]))


def brought(root: Path, folder: Path, way: str, body: bytes, at: str) -> None:
    file = folder / f"{at}.bin"
    if way == "file":
        file.write_bytes(body)
        done = tracker(root, "import", "file", str(file), "harbour", "--at", at)
    else:
        with file.open("wb") as out:
            headers = StatusAndHeaders(
                "200 OK", [("Content-Type", "application/pdf")], protocol="HTTP/1.1"
            )
            writer = WARCWriter(out, gzip=False)
            writer.write_record(
                writer.create_warc_record(
                    PAGE, "response", io.BytesIO(body), http_headers=headers,
                    warc_headers_dict={"WARC-Date": at},
                )
            )  # fmt: skip
        done = tracker(root, "import", "warc", str(file))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("way", ["file", "warc"])
def test_one_sentence_more_is_one_change(tmp_path: Path, way: str) -> None:
    root = declare(tmp_path / "root", "https://archive.example")
    brought(root, tmp_path, way, pdfs.fpdf(OLD), "2020-01-01T00:00:00Z")
    brought(root, tmp_path, way, pdfs.fpdf(NEW), "2020-03-01T00:00:00Z")
    assert [c.outcome for c in captures(root)] == [Outcome.GOOD] * 2
    (change,) = map(json.loads, tracker(root, "changes", "--json").stdout.splitlines())
    assert (change["kind"], change["topics"]) == ("reworded", ["generative-ai"])
    assert change["before"] == pdfs.latin(OLD.blocks[3][1])
    assert change["after"] == pdfs.latin(NEW.blocks[3][1])


def test_a_visit_reads_a_pdf(tmp_path: Path) -> None:
    served = answer(200, pdfs.fpdf(OLD), "Content-Type: application/pdf")
    with Server({"/robots.txt": [answer(404)], "/terms.pdf": [served]}) as server:
        root = declare(tmp_path / "root", "https://archive.example", server.url("/terms.pdf"))
        done = tracker(root, "fetch", "--allow-host", server.entry)
    assert done.exit_code == 0, done.output
    (capture,) = captures(root)
    assert (capture.outcome, capture.media) == (Outcome.GOOD, "application/pdf")
    assert "Rules about matter B" in tracker(root, "show", "harbour").stdout
    assert tracker(root, "publish").exit_code == 0
