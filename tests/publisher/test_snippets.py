"""A glimpse shows the change that says most about a topic, around the words that say so."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import history
from tracker.publisher.site.snippets import snippet
from tracker.publisher.templating import Run

FILL = "The keeper of the register writes every walk into the book beside the door. "


def seen(before: str, after: str) -> tuple[Run, ...]:
    (revision,) = history(f"# T\n{before}", f"# T\n{after}").revisions
    return snippet(revision)


def shown(before: str, after: str) -> str:
    return "".join(run.text for run in seen(before, after))


def test_own_words_go_before_those_of_a_heading() -> None:
    before = "## Advertising\nWe count the boats at dusk."
    after = f"{before}\nWe count the herons beside every landing.\n## Walks\nOld."
    own = "Whoever walks with us is shown to advertisers beside the lake."
    assert shown(f"{before}\n## Walks\nOld.", f"{after}\n{own}") == own


def test_what_came_goes_before_what_went() -> None:
    went = "Our advertisers never learn where you walk at night."
    came = "Our advertisers learn whom you meet beside the lake."
    before, after = f"## 1. A\n{went}\n## 2. B\nOld.", f"## 1. A\n## 2. B\nOld.\n{came}"
    assert shown(before, after) == came
    assert shown(f"## 1. A\n{went}\nOld.", "## 1. A\nOld.") == went


def test_a_long_clause_is_cut_around_its_evidence() -> None:
    long = f"{FILL * 8}We lend your pictures to advertisers in spring. {FILL * 8}".strip()
    found = shown("Old.", f"Old.\n{long}")
    assert "We lend your pictures to advertisers in spring." in found
    assert found.startswith("[…] ")
    assert found.endswith(" […]")
    assert len(found) <= 310
    place = found.index("advertisers")
    assert abs(2 * place - len(found)) < 80, "it stands in the middle"


def test_of_headings_alone_the_first_change_is_shown() -> None:
    before = f"## Advertising\n{FILL * 6}The lamp is lit at dusk."
    found = seen(before, f"{before} It is put out again by whoever leaves last at night.")
    assert found[-1].op == "insert"


@given(st.integers(0, 12), st.integers(0, 12), st.sampled_from(["advertisers", "AI models"]))
@settings(max_examples=60, deadline=None)
def test_evidence_is_never_cut(ahead: int, behind: int, word: str) -> None:
    pad = "heron " * ahead
    long = f"{FILL * ahead}{pad}We lend them to {word} and {word}. {FILL * behind}{word}".strip()
    found = shown("Old.", f"Old.\n{long}")
    for part in word.split():
        assert found.count(part) == found.count(word)
    assert word in found
    assert found.removeprefix("[…] ").removesuffix(" […]") in long
