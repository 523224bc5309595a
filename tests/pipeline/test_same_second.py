"""Versions first seen in the same second: in the order of the log, and each under its own name."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importer.test_files import warc
from tests.markup import guids
from tests.samples import DOCUMENT, bytes_of, declare, terms, tracker
from tests.servers import Server
from tests.servers import page as served
from tests.strategies import PAGE, capture
from tracker.history import in_order
from tracker.history.observations import each_look, nths
from tracker.model import Capture, Document, Source
from tracker.publisher.urls import as_stamp

AT = "2021-05-06T07:08:09Z"
STAMP = "20210506T070809Z"
URL = "https://harbour.example/terms"
WORDS = [f"<p>Boats of rank {n} may stay for {n} nights in all.</p>" for n in range(6)]


def recorded(root: Path, *seen: tuple[str, int]) -> None:
    """Import a look at `WORDS[n]` for each (time, n), one after the other, and publish."""
    declare(root, {"Terms": URL})
    for time, n in seen:
        file = warc(
            root / f"{len(list(root.glob('*.warc')))}.warc", (URL, time, _page(n), "200 OK")
        )
        done = tracker(root, "import", "warc", str(file))
        assert done.exit_code == 0, done.output
    done = tracker(root, "publish")
    assert done.exit_code == 0, done.output


def _page(n: int) -> bytes:
    return terms("".join(WORDS[: n + 1]))


def texts(root: Path) -> dict[str, str]:
    """The published text of each version, by the name of its folder."""
    folder = root / "feeds" / "documents" / DOCUMENT
    return {path.parent.name: path.read_text() for path in folder.glob("*/text.txt")}


def last_words(root: Path) -> dict[str, int]:
    """How many of `WORDS` each version has, less one."""
    return {name: text.count("nights") - 1 for name, text in texts(root).items()}


BEFORE, AFTER = ("2021-01-01T00:00:00Z", 0), ("2022-01-01T00:00:00Z", 4)


def test_three_versions_of_one_second_are_published_each_by_itself(tmp_path: Path) -> None:
    recorded(tmp_path, BEFORE, (AT, 1), (AT, 2), (AT, 3), AFTER)
    names = [STAMP, f"{STAMP}-2", f"{STAMP}-3"]
    assert last_words(tmp_path) == {
        "20210101T000000Z": 0, names[0]: 1, names[1]: 2, names[2]: 3, "20220101T000000Z": 4,
    }  # fmt: skip
    feeds = bytes_of(tmp_path / "feeds")
    for name, n in zip(names, (1, 2, 3), strict=True):
        page = feeds[f"changes/{DOCUMENT}/{name}/index.html"].decode()
        assert f"stay for {n} nights" in page
        assert f"embed/{DOCUMENT}/{name}/index.html" in feeds
        assert f"-{name},".encode() in feeds[f"changes/{DOCUMENT}/{name}/citation.bib"]
    ids = guids(feeds["all.xml"])
    order = [f"{DOCUMENT}/{AT}-3", f"{DOCUMENT}/{AT}-2", f"{DOCUMENT}/{AT}"]
    assert [one.partition(":")[2].partition(":")[2] for one in ids[1:]] == order
    links = set(re.findall(rb"<link>([^<]*changes/[^<]*)</link>", feeds["all.xml"]))
    assert len(links) == len(ids) == 4
    options = re.findall(
        r'<option value="([^"]*)" data-text[^>]*>([^<]*)', feeds["compare/index.html"].decode()
    )
    assert len({value for value, _ in options}) == len({label for _, label in options}) == 5
    rows = [json.loads(line) for line in feeds["data/changes.jsonl"].splitlines()]
    told = [(r["from"], r.get("from_nth"), r["to"], r.get("to_nth")) for r in rows]
    assert told[1:3] == [(AT, None, AT, 2), (AT, 2, AT, 3)]
    verified = tracker(tmp_path, "verify")
    assert verified.exit_code == 0, verified.output


def test_no_link_of_the_site_leads_nowhere(tmp_path: Path) -> None:
    recorded(tmp_path, BEFORE, (AT, 1), (AT, 2), (AT, 3), AFTER)
    root = (tmp_path / "feeds").resolve()
    for page in root.rglob("*.html"):
        for href in re.findall(
            r'href="([^"#?:]+\.(?:html|txt|diff|json|bib))[#"]', page.read_text()
        ):
            base = root if page.name == "404.html" else page.parent
            assert (base / href.lstrip("/")).exists(), (page, href)


def test_each_can_be_named_to_the_commands(tmp_path: Path) -> None:
    recorded(tmp_path, BEFORE, (AT, 1), (AT, 2), (AT, 3), AFTER)
    for n, name in ((1, AT), (1, f"{STAMP}-1"), (2, f"{AT}-2"), (3, f"{STAMP}-3")):
        shown = tracker(tmp_path, "show", "harbour", name)
        assert shown.output.count("nights") == n + 1, name
    assert tracker(tmp_path, "show", "harbour", "2021-05-06").output.count("nights") == 4
    told = tracker(tmp_path, "diff", "harbour", f"{AT}-2", f"{AT}-3").output
    assert "no. 2 of that second" in told
    assert "stay for 3 nights" in told
    assert "stay for 2 nights" not in told
    first = json.loads(tracker(tmp_path, "log", "--json").output)[1:4]
    assert [row.get("nth") for row in first] == [3, 2, None]
    for n, name in ((1, STAMP), (2, f"{STAMP}-2"), (3, f"{AT}-3")):
        folder = tmp_path / f"bundle-{n}"
        reference = f"changes/{DOCUMENT}/{name}/"
        done = tracker(tmp_path, "evidence", reference, "--output", str(folder))
        assert done.exit_code == 0, done.output
        assert f"stay for {n} nights" in (folder / "redline.txt").read_text()
        script = re.findall(
            r"^-{72}\n(.*?)\n-{72}$", (folder / "VERIFY.txt").read_text(), re.MULTILINE | re.DOTALL
        )
        step = subprocess.run(["sh", "-c", script[1]], cwd=folder, capture_output=True, text=True)
        assert step.returncode == 0, step.stderr
        assert "VERIFIED" in step.stdout
    several = tracker(tmp_path, "evidence", "harbour/2021-05-06", "--output", str(tmp_path / "x"))
    assert several.exit_code == 2
    assert f"{STAMP}-2, {STAMP}-3" in several.output
    none = tracker(tmp_path, "evidence", f"harbour/{STAMP}-4", "--output", str(tmp_path / "x"))
    assert none.exit_code == 2


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_the_order_is_that_of_the_log(tmp_path: Path, order: tuple[int, int, int]) -> None:
    recorded(tmp_path, *((AT, n) for n in order))
    names = [STAMP, f"{STAMP}-2", f"{STAMP}-3"]
    assert last_words(tmp_path) == dict(zip(names, order, strict=True))


def test_what_comes_later_leaves_every_address_as_it_was(tmp_path: Path) -> None:
    """Also a part of a second earlier, and where the others were derived before."""
    recorded(tmp_path, BEFORE, ("2021-05-06T07:08:09.600000Z", 1))
    assert set(last_words(tmp_path)) == {"20210101T000000Z", STAMP}
    recorded(tmp_path, ("2021-05-06T07:08:09.600000Z", 2))
    known = texts(tmp_path)
    recorded(tmp_path, ("2021-05-06T07:08:09.100000Z", 3), AFTER)
    assert known.items() <= texts(tmp_path).items()
    assert last_words(tmp_path)[f"{STAMP}-3"] == 3
    assert tracker(tmp_path, "verify").exit_code == 0


def test_two_visits_and_two_saved_pages_of_one_moment_are_four_versions(tmp_path: Path) -> None:
    with Server({"/terms": [served(_page(0)), served(_page(1))]}) as server:
        declare(tmp_path, {"Terms": server.url()})
        for _ in range(2):
            done = tracker(tmp_path, "--now", AT, "run", "--force", "--allow-host", server.entry)
            assert done.exit_code == 0, done.output
    for n in (2, 3):
        (tmp_path / "page.html").write_bytes(_page(n))
        saved = ("import", "file", str(tmp_path / "page.html"), "harbour", "--at", AT)
        assert tracker(tmp_path, *saved).exit_code == 0
    assert tracker(tmp_path, "publish").exit_code == 0
    names = [STAMP, *(f"{STAMP}-{n}" for n in (2, 3, 4))]
    assert last_words(tmp_path) == {name: n for n, name in enumerate(names)}
    assert tracker(tmp_path, "verify").exit_code == 0


def test_two_visits_at_one_moment_are_two_looks() -> None:
    """By the same clock and way, as two commands with one `--now` make them."""
    one, other = Source(PAGE), Source(f"{PAGE}/2")
    document = Document("d", "Harbour", "Terms", "global", (one, other))
    seen = [
        capture(0, body, source=source)
        for body, source in (("a", other), ("b", one), ("c", one), ("d", other))
    ]
    ordered = in_order(_logged(seen), document)
    bodies = [[c.number for c in look] for look in each_look(ordered)]
    assert bodies == [[2, 1], [3, 4]]
    assert in_order(reversed(ordered), document) == in_order(ordered, document) == ordered


def _logged(captures: list[Capture]) -> list[Capture]:
    return [replace(c, number=n) for n, c in enumerate(captures, 1)]


seconds = st.sampled_from([0, 0.25, 0.5, 1, 61])


@given(st.lists(seconds, max_size=12))
def test_names_within_a_second_stand_whatever_is_recorded_later(times: list[float]) -> None:
    looks = [(c,) for c in _logged([capture(time / 86400, str(time)) for time in times])]
    whole = nths(looks)
    for n in range(len(looks)):
        known = sorted(looks[:n], key=lambda look: look[0].time)
        assert all(nth == whole[c.number - 1] for (c,), nth in zip(known, nths(known), strict=True))
    names = {(c.time.replace(microsecond=0), nth) for (c,), nth in zip(looks, whole, strict=True)}
    assert len(names) == len(looks)


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        (AT, STAMP),
        ("2021-05-06T09:08:09.5+02:00", STAMP),
        (f"{AT}-1", STAMP),
        (f"{AT}-11", f"{STAMP}-11"),
        (f"{AT}/preview", f"{STAMP}-preview"),
        (f"{STAMP}-preview-2", f"{STAMP}-preview-2"),
        ("2021-05-06", ""),
        ("2021-13-06T07:08:09Z", ""),
        ("0001-01-01T00:00:00+10:00", ""),
        ("2021-05-06T07:08:09Z-0", ""),
        ("", ""),
    ],
)
def test_a_version_has_one_name_however_it_is_written(name: str, stamp: str) -> None:
    assert as_stamp(name) == stamp
