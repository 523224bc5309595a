from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection
from itertools import pairwise
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
import soupsieve
from bs4 import BeautifulSoup, Tag

from tracker.config.declarations import parse
from tracker.demo import PATHS, STATES, declarations, page
from tracker.demo.server import DemoService

START, ANNOUNCED, IN_FORCE = STATES
AGREEMENT, POLICY, NOTICE = PATHS
PIECES = ("h1", "h2", "h3", "h4", "p", "li", "td", "th", "button")


@pytest.fixture(scope="module")
def service() -> Iterator[DemoService]:
    with DemoService() as running:
        yield running


def get(service: DemoService, path: str) -> str:
    with urlopen(service.url + path) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        return str(answer.read().decode())


def pieces(html: str) -> list[str]:
    """The legal text, piece by piece, as a reader sees it but for the shape of quotation marks."""
    content = BeautifulSoup(html, "lxml").select_one("#legal-content")
    assert content is not None
    found = [t for t in content.find_all(PIECES) if not t.find(PIECES[:-2])]
    return [piece for tag in found if (piece := plain(tag))]


def plain(tag: Tag) -> str:
    words = " ".join(tag.get_text(" ").split())
    return words.translate({0x201C: '"', 0x201D: '"', 0x2019: "'"})


def steps(service: DemoService, path: str) -> list[list[str]]:
    texts = []
    for service.state in STATES:
        texts.append(pieces(get(service, path)))
    return texts


def gone_and_new(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    return [p for p in before if p not in after], [p for p in after if p not in before]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("state", STATES)
def test_a_page_is_as_long_and_as_tangled_as_a_real_one(
    service: DemoService, path: str, state: datetime
) -> None:
    service.state = state
    html = get(service, path)
    assert 11_500 < len(html.encode()) < 25_000
    soup = BeautifulSoup(html, "lxml")
    for selector in (
        "body > noscript > iframe",
        "header nav li a",
        "footer li a",
        "main#main #legal-content h1",
        "button[aria-expanded=false][aria-controls] ~ [aria-hidden=true] p",
    ):
        assert soupsieve.select(selector, soup), selector
    assert "legal-content" not in (soup.title or soup).get_text()


def test_the_agreement_lives_in_list_items_and_the_notice_in_table_cells(
    service: DemoService,
) -> None:
    agreement = BeautifulSoup(get(service, AGREEMENT), "lxml")
    assert len(agreement.select("ol > li h2")) == 9
    assert not [h for h in agreement.select("#legal-content h3") if not h.find_parent("li")]
    notice = BeautifulSoup(get(service, NOTICE), "lxml")
    cells = [td for td in notice.select("td") if len(td.find_all("br")) >= 2]
    assert len(cells) > 15
    assert notice.select_one(".table-summary") is not None


@pytest.mark.parametrize("path", PATHS)
def test_two_visits_differ_in_bytes_and_not_in_words(service: DemoService, path: str) -> None:
    service.state = ANNOUNCED
    first, second = get(service, path), get(service, path)
    assert first != second
    assert pieces(first) == pieces(second)


# ── what changes, and nothing else ────────────────────────────────────────────────


def test_the_agreement_only_looks_different_on_the_second_date(service: DemoService) -> None:
    before, after, _ = steps(service, AGREEMENT)
    assert gone_and_new(before, after) == (
        ["3.4. Intellectual property", "3.5. Automated features"],
        ["3.5. Intellectual property", "3.6. Automated features"],
    )
    assert len(before) == len(after)
    start, announced = (page(AGREEMENT, state, "nonce") or "" for state in (START, ANNOUNCED))
    noise = ["’", "“", "section&nbsp;", "years of&nbsp;age", "utm_source"]
    assert not [mark for mark in noise if mark in start]
    assert [mark for mark in noise if mark in announced] == noise


def test_the_agreement_then_changes_in_ways_that_touch_no_topic(service: DemoService) -> None:
    _, before, after = steps(service, AGREEMENT)
    gone, new = gone_and_new(before, after)
    assert (gone[0], new[0]) == ("Effective 20 May 2024", "Effective 3 November 2025")
    assert [new[1]] == [gone[1].replace("16 years", "18 years")]
    assert gone[2] == f"{new[2]} {new[3]}"  # split
    assert (len(gone), len(new)) == (3, 4)
    (licence,) = [piece for piece in before if piece.startswith("You end this licence")]
    places = [text.index(licence) for text in (before, after)]
    headings = [
        next(p for p in reversed(text[:place]) if re.match(r"\d\.", p))
        for text, place in zip((before, after), places, strict=True)
    ]
    assert headings == ["3.1. Your licence to Harbour", "5. Ending this contract"]
    assert not re.search(r"\bAI\b|artificial|advert", " ".join([*gone, *new, licence]))


def test_the_policy_announces_its_changes_and_then_makes_them(service: DemoService) -> None:
    start, announced, in_force = steps(service, POLICY)
    gone, new = gone_and_new(start, announced)
    assert not gone
    (banner,) = new
    assert banner.startswith("We are updating our Privacy Policy, with effect from 3 November 2025")

    gone, new = gone_and_new(start, in_force)
    assert [words[:30] for words in gone] == [
        "Effective 3 June 2024",
        "We show you personalised adver",
    ]
    assert [words[:30] for words in new] == [
        "Effective 3 November 2025",
        "We show you personalised adver",
        "2.5. Generative AI",
        "We and our affiliates use your",
        "You may opt out at any time un",
    ]
    assert "We do not share this data with anybody" in gone[1]
    assert "We share this data with our affiliates" in new[1]
    html = page(POLICY, IN_FORCE, "nonce") or ""
    assert 'href="/settings/data-for-ai-training' in html


def test_the_notice_announces_a_row_and_then_has_it(service: DemoService) -> None:
    start, announced, in_force = steps(service, NOTICE)
    gone, new = gone_and_new(start, announced)
    assert not gone
    (banner,) = new
    assert banner.startswith("We are updating this notice, with effect from 3 November 2025")
    gone, new = gone_and_new(start, in_force)
    assert gone == ["Effective 3 June 2024"]
    assert new[:2] == ["Effective 3 November 2025", "To train our generative AI models"]
    assert len(new) == 4  # the date, and the three cells of one row
    soup = BeautifulSoup(page(NOTICE, IN_FORCE, "nonce") or "", "lxml")
    assert len(soup.select("tr#row-ai > td")) == 3


def test_between_two_dates_the_earlier_pages_stand() -> None:
    for state, later in pairwise(STATES):
        almost = later - timedelta(seconds=1)
        assert page(POLICY, almost, "n") == page(POLICY, state, "n")
        assert page(POLICY, later, "n") != page(POLICY, state, "n")
    assert page(POLICY, START - timedelta(days=365), "n") == page(POLICY, START, "n")


# ── the service ───────────────────────────────────────────────────────────────────


def test_the_declarations_point_at_the_pages_and_select_the_text(service: DemoService) -> None:
    seen = {}
    for file, text in declarations(service.url).items():
        edition, name = file.split("/")
        assert name == "Harbour.json"
        for document in parse(file, text, edition=edition).documents:
            (source,) = document.sources
            seen[document.id] = source.url.removeprefix(service.url)
            soup = BeautifulSoup(get(service, seen[document.id]), "lxml")
            assert len(soup.select(str(source.select[0]))) == 1
    assert seen == {
        "harbour/terms-of-service@global": AGREEMENT,
        "harbour/privacy-policy@global": POLICY,
        "harbour/privacy-policy@eu": NOTICE,
    }
    assert all(json.loads(text) for text in declarations("http://x").values())


def test_robots_allow_the_legal_pages_and_nothing_else_is_there(
    service: DemoService, capfd: pytest.CaptureFixture[str]
) -> None:
    with urlopen(service.url + "/robots.txt") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "Allow: /legal/" in answer.read().decode()
    connection = HTTPConnection(urlsplit(service.url).netloc)
    connection.request("GET", "/legal/elsewhere")
    assert connection.getresponse().status == 404
    connection.close()
    assert capfd.readouterr() == ("", "")


def test_a_link_with_tracking_parameters_leads_to_the_same_page(service: DemoService) -> None:
    service.state = START
    assert pieces(get(service, f"{POLICY}?trk=x&utm_source=y")) == pieces(get(service, POLICY))


def test_after_leaving_nothing_listens() -> None:
    with DemoService() as service:
        host = urlsplit(service.url).netloc
        assert service.url.startswith("http://127.0.0.1:")
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(host).connect()


def test_no_real_network_is_named() -> None:
    pages = [page(path, state, "n") or "" for path in PATHS for state in STATES]
    assert not re.search("linkedin|microsoft|facebook", " ".join(pages), re.IGNORECASE)
    assert page("/legal/elsewhere", START, "n") is None
