"""The evaluation counts right, and its floors only ever rise."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus import needs_corpus
from tests.evaluation import floors, services
from tests.evaluation.clauses import Row, score, teachers, without
from tests.evaluation.figures import figures
from tests.evaluation.revisions import contained, homes
from tests.evaluation.scores import Score, interval, judged, wilson
from tracker.model import Topic

ROOT = Path(__file__).parents[2]
#: What the project promises at least, whatever is pinned.
PROMISED = {
    "clauses/generative-ai": 0.93,
    "clauses/targeted-advertising": 0.93,
    "changes/generative-ai": 0.95,
    "changes/targeted-advertising": 0.95,
    "significance/news": 0.98,
    "answers/sentences": 0.88,
    "answers/presence": 0.94,
    "answers/changes": 0.94,
}


# ── counting ──────────────────────────────────────────────────────────────────────


def test_a_score_counts_what_was_said_and_what_is_so() -> None:
    found = judged([(True, True), (True, True), (True, False), (False, True), (False, False)])
    assert found == Score(right=2, false=1, missed=1)
    assert (found.precision, found.recall) == (2 / 3, 2 / 3)
    assert found.f1 == pytest.approx(2 / 3)
    assert "2/3" in str(found)


def test_what_was_judged_of_services_is_counted_and_named() -> None:
    found = [(True, True, "a"), (True, False, "b"), (False, True, "c"), (False, False, "d")]
    assert services.score(found) == Score(right=1, false=1, missed=1)
    assert list(services.wrong(found)) == ["false alarm | b", "missed | c"]


def test_nothing_said_of_nothing_is_right_and_certain_of_nothing() -> None:
    assert (Score().precision, Score().recall, Score().f1) == (1.0, 1.0, 1.0)
    assert interval(0, 0) == "0.00–1.00"


def test_the_interval_is_wilsons() -> None:
    # Newcombe (1998), table I: 81 of 263 and 0 of 20.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share(right: int, wrong: int) -> None:
    whole = right + wrong
    low, high = wilson(right, whole)
    assert 0 <= low <= (right / whole if whole else 0.5) <= high <= 1


# ── clauses ───────────────────────────────────────────────────────────────────────

ZOO = frozenset({"zoo"})
ROWS = (
    Row("Ape", (), "The lion sleeps.", ZOO, False),
    Row("Ape", (), "The zebra runs.", ZOO, False),
    Row("Bee", (), "The zebra stands.", ZOO, False),
    Row("Bee", (), "The house stands.", frozenset(), False),
)
ANIMALS = Topic("zoo", "Zoo", "", ("lion", "zebra"), ((("lion",), ("sleep*",)),), (), ("cage",))


def test_what_only_one_service_taught_is_left_out_for_it() -> None:
    taught = teachers(ANIMALS, ROWS)
    assert taught["lion"] == {"Ape"}
    assert taught["zebra"] == {"Ape", "Bee"}
    unseen = without(ANIMALS, "Ape", taught)
    assert unseen.words == ("zebra",)
    assert unseen.near == ()
    assert unseen.headings == ("cage",)
    assert without(ANIMALS, "Bee", taught) == ANIMALS
    assert score(unseen, ROWS[:2]) == Score(right=1, missed=1)
    assert score(ANIMALS, ROWS) == Score(right=3)


# ── matching ──────────────────────────────────────────────────────────────────────


def clause(text: str, unit: str = "P", path: str = "Terms") -> dict[str, str]:
    return {"before": "", "after": text, "unit": unit, "heading_path": path}


def record(text: str, *path: str) -> dict[str, object]:
    return {"before": None, "after": text, "path": list(path)}


def test_a_change_belongs_to_the_clause_that_holds_its_words() -> None:
    labelled = [clause("We keep your posts."), clause("We sell hats | We keep your posts.", "TR")]
    assert homes(record("We keep your posts."), labelled) == {0}
    assert homes(record("We keep your posts.", "We sell hats"), labelled[1:]) == {0}
    assert homes(record("We keep your posts.", "Another row"), labelled[1:]) == set()
    assert homes(record("Something else entirely is said"), labelled) == set()


def test_a_rewrite_may_be_two_labelled_clauses_where_none_holds_both_sides() -> None:
    went = {**clause(""), "before": "We keep your posts."}
    came = clause("You choose what is kept.")
    rewritten = {**record("You choose what is kept."), "before": "We keep your posts."}
    assert homes(rewritten, [went, came]) == {0, 1}
    assert homes(rewritten, [went, came, {**came, "before": "We keep your posts."}]) == {2}


def test_words_are_counted_with_repetition() -> None:
    assert contained("a a b", "a b c") == pytest.approx(2 / 3)
    assert contained("", "a") == 0.0


# ── floors ────────────────────────────────────────────────────────────────────────


def test_a_figure_under_its_floor_is_named() -> None:
    pinned = {"x": {"recall": 0.9}, "y": {"recall": 0.5}}
    assert floors.below({"x": {"recall": 0.9}, "y": {"recall": 0.7}}, pinned) == []
    assert "x: recall 0.8 is under" in floors.below({"x": {"recall": 0.8}}, pinned)[0]
    assert len(floors.below({}, pinned)) == 2


def test_no_floor_was_ever_lowered() -> None:
    """Compares the floors with every version of them in the history that is at hand."""
    now = json.loads(floors.FILE.read_text(encoding="utf-8"))
    name = floors.FILE.relative_to(ROOT).as_posix()

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone, so there is no history of the floors")
    for commit in git("log", "--format=%H", "--diff-filter=AM", "--", name).split():
        for labels, then in json.loads(git("show", f"{commit}:{name}")).items():
            assert floors.below(now.get(labels, {}), then) == [], commit


@pytest.mark.corpus
@needs_corpus
def test_the_figures_are_above_their_floors_and_what_is_promised(tmp_path: Path) -> None:
    found = {figure.name: figure for figure in figures(tmp_path)}
    assert floors.pinned(), "these labels have no floors: python -m tests.evaluation --raise-floors"
    ours = {n: f for n, f in floors.pinned().items() if not n.startswith("services/")}
    assert floors.below(floors.measured(found.values()), ours) == []
    for name, least in PROMISED.items():
        assert found[name].score.precision >= least, found[name].wrong
        assert found[name].score.recall >= least, found[name].wrong
