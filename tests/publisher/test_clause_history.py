"""Every clause of every version belongs to one life, and a life tells its story in order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Template

from tests.factories import SITE, TOPICS, every_kind, everything, heron, history, moved, publish
from tracker.model import Clause, History, Kind
from tracker.publisher import document_output
from tracker.publisher.continuity import is_break, texts
from tracker.publisher.site import clause_history
from tracker.publisher.site.clause_history import ClauseHistories, ClauseHistory, clause_histories
from tracker.publisher.templating import ENVIRONMENT

WORDS = st.sampled_from(
    [
        "The boat is lent to members for one day.",
        "The boat is lent to members for two whole days.",
        "The key hangs beside the door. The lamp is put out at night.",
        "The key hangs beside the door.",
        "The lamp is put out at night.",
        "## Boats",
        "## Lamps",
        "Nobody sleeps here in winter, and nobody cooks here in summer.",
    ]
)
TEXTS = st.lists(
    st.lists(WORDS, max_size=6).map(lambda lines: ["# Rules", *lines]), min_size=1, max_size=5
)


def story(text: str, given: History) -> ClauseHistory:
    """The life of the clause that has `text` in the latest version that has it."""
    found = clause_histories(given)
    return next(life for life in reversed(list(found.lives.values())) if life.last.text == text)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_every_clause_of_every_version_has_exactly_one_life(texts: list[list[str]]) -> None:
    made = history(*texts)
    found = clause_histories(made)
    assert [len(ids) for ids in found.ids] == [len(v.clauses) for v in made.versions]
    for ids in found.ids:
        assert len(set(ids)) == len(ids), "no life twice in one version"
    assert {name for ids in found.ids for name in ids} == set(found.lives)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_a_life_is_unbroken_and_begins_and_ends_where_it_says(texts: list[list[str]]) -> None:
    made = history(*texts)
    found = clause_histories(made)
    for name, life in found.lives.items():
        places = [n for n, ids in enumerate(found.ids) if name in ids]
        assert places == list(range(places[0], places[-1] + 1))
        assert made.versions[places[0]] == life.born
        assert life.is_alive == (places[-1] == len(made.versions) - 1)
        assert clause(made, found, places[0], name) == life.first
        assert clause(made, found, places[-1], name) == life.last
        times = [step.revision.first_seen for step in life.steps]
        assert times == sorted(set(times))


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_between_two_steps_a_clause_reads_the_same(texts: list[list[str]]) -> None:
    made = history(*texts)
    found = clause_histories(made)
    for name, life in found.lives.items():
        changed = {step.revision.first_seen for step in life.steps}
        for n in range(1, len(made.versions)):
            both = name in found.ids[n - 1] and name in found.ids[n]
            if both and made.versions[n].first_seen not in changed:
                assert clause(made, found, n - 1, name).key == clause(made, found, n, name).key


def clause(made: History, found: ClauseHistories, version: int, name: str) -> Clause:
    return made.versions[version].clauses[found.ids[version].index(name)]


def test_a_reworded_clause_keeps_its_life() -> None:
    given = heron()
    life = next(
        x for x in clause_histories(given).lives.values() if "members of your club" in x.first.text
    )
    assert [s.change.kind for s in life.steps] == [Kind.REWORDED]
    assert life.last.text.endswith("and to our advertising partners.")
    assert life.born == given.versions[0]
    assert life.is_alive
    assert life.has_changed
    assert not life.was_born_of_a_change


def test_an_added_clause_that_stands_has_no_more_to_tell() -> None:
    life = story("Children wear a vest that fits them and is fastened.", every_kind())
    assert life.was_born_of_a_change
    assert not life.has_changed


def test_in_a_text_of_thousands_of_clauses_none_has_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lives = clause_histories(heron()).lives.values()
    assert all(life.has_page is (life.has_changed or life.is_alive) for life in lives)
    assert any(life.has_page for life in lives)
    monkeypatch.setattr(clause_history, "_MOST_CLAUSES", 0)
    assert not any(life.has_page for life in lives)


def test_of_a_split_the_first_part_goes_on_and_the_other_is_born() -> None:
    first = story("The fee for a mooring is paid in spring.", every_kind())
    other = story("The key is handed out by the keeper in summer.", every_kind())
    assert (first.born, other.born) == every_kind().versions
    (step,) = other.steps
    assert step.kin == first.id
    assert step.is_birth


def test_of_a_merger_the_first_goes_on_and_the_other_ends() -> None:
    given = every_kind()
    other = story("Nobody sleeps in the boathouse during the winter months.", given)
    assert not other.is_alive
    (step,) = other.steps
    assert not step.is_birth
    heir = clause_histories(given).lives[step.kin]
    assert heir.is_alive
    assert heir.first.text == "Nets are dried on the northern wall only."


@st.composite
def readings(draw: st.DrawFn) -> History:
    """A history of which some versions were read from another page than the one before."""
    made = history(*draw(TEXTS))
    pages = draw(st.lists(st.booleans(), min_size=len(made.versions), max_size=len(made.versions)))
    return moved(made, [n for n, is_moved in enumerate(pages) if n and is_moved])


@given(readings())
@settings(max_examples=150, deadline=None)
def test_nothing_is_told_across_a_change_of_page(made: History) -> None:
    found = clause_histories(made)
    broken = {r.first_seen for r in made.revisions if is_break(r)}
    for name, life in found.lives.items():
        places = [n for n, ids in enumerate(found.ids) if name in ids]
        assert places == list(range(places[0], places[-1] + 1))
        assert (life.born, life.seen) == (made.versions[places[0]], made.versions[places[-1]])
        assert not broken & {step.revision.first_seen for step in life.steps}
        after = made.versions[places[-1] + 1 :]
        assert life.is_alive == (not after)
        assert (life.left is not None) == bool(after and after[0].first_seen in broken)
        assert life.is_original == (places[0] == 0 or life.born.first_seen in broken)
        for n in places[1:]:
            if made.versions[n].first_seen in broken:
                assert clause(made, found, n - 1, name).key == clause(made, found, n, name).key


@given(readings())
@settings(max_examples=100, deadline=None)
def test_the_texts_of_a_document_are_its_versions_cut_at_every_break(made: History) -> None:
    cut = list(texts(made))
    assert tuple(version for text in cut for version in text) == made.versions
    assert all(cut)
    assert len(cut) == 1 + sum(map(is_break, made.revisions))


RIVERS = "# Rivers\nThe river is low.\nThe weir is shut at night."
BOATS = "# Boats\nA boat is lent for a day.\nThe oars are kept dry by the lender."


def test_a_clause_of_another_page_is_not_followed_and_never_removed() -> None:
    changed = RIVERS.replace("low", "high and wide")
    given = moved(history(RIVERS, changed, BOATS, f"{BOATS}\nThe end."), [2])
    gone = story("The river is high and wide.", given)
    assert gone.left is given.revisions[1]
    assert [step.revision for step in gone.steps] == [given.revisions[0]]
    boat = story("A boat is lent for a day.", given)
    assert (boat.is_original, boat.is_alive, boat.steps) == (True, True, ())
    files = publish([given], TOPICS, SITE)
    page = files[f"documents/{given.document.id}/clauses/{gone.id}/index.html"].decode()
    assert "Not followed after 21 March 2025: another page was read from then on" in page
    assert "Gone" not in page
    assert ">Removed" not in page
    home = files[f"documents/{given.document.id}/index.html"].decode()
    assert "<title>21 March 2025: another page was read from then on</title>" in home
    version = files[f"documents/{given.document.id}/20250331T083000Z/index.html"].decode()
    assert version.count("</a> since ") == 1, "only what came after the other page was read"


def test_a_text_that_carries_on_under_another_address_keeps_its_lives() -> None:
    given = moved(history(BOATS, f"{BOATS}\nThe end."), [1])
    assert story("A boat is lent for a day.", given).born == given.versions[0]
    end = story("The end.", given)
    assert (end.is_original, end.steps) == (True, ())


def test_the_same_words_twice_are_two_lives() -> None:
    given = history(["# T", "We walk.", "We walk."], ["# T", "We walk.", "We walk.", "We run."])
    names = clause_histories(given).ids[0]
    assert len(set(names)) == 3
    assert clause_histories(given).ids[1][:3] == names


def test_a_life_is_told_from_today_backwards() -> None:
    files = publish(everything(), TOPICS, SITE)
    given = heron()
    life = next(
        x for x in clause_histories(given).lives.values() if "members of your club" in x.first.text
    )
    page = files[f"documents/{given.document.id}/clauses/{life.id}/index.html"].decode()
    assert page.index("Reads today") < page.index("11 March 2025", page.index("How it came"))
    assert page.index("How it came to this") < page.rindex("In this text when it was first read")


def test_every_clause_in_force_has_a_history_and_the_newest_text_leads_to_it() -> None:
    files = publish([heron()], TOPICS, SITE)
    folder = "documents/heron/privacy-policy@global/"
    living = {x.id for x in clause_histories(heron()).lives.values() if x.is_alive}
    assert all(f"{folder}clauses/{name}/index.html" in files for name in living)
    newest = files[f"{folder}20250321T083000Z/index.html"].decode()
    assert all(f'href="../clauses/{name}/index.html"' in newest for name in living)


def test_what_stands_around_a_page_is_set_once_for_all_clauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    get = ENVIRONMENT.get_template

    def counted(name: str, parent: str | None = None) -> Template:
        said.append(name)
        return get(name, parent)

    monkeypatch.setattr(ENVIRONMENT, "get_template", counted)
    lines = [f"The boat numbered {n} has one name." for n in range(40)]
    told = history(lines, [f"{line[:-1]} and two sides." for line in lines])
    document_output(told, TOPICS, SITE)
    assert said.count("clause.html") == 40
    assert max(said.count(part) for part in ("head.html", "masthead.html", "colophon.html")) < 10
