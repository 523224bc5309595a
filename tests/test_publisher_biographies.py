"""Every clause of every version belongs to one life, and a life tells its story in order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import SITE, TOPICS, every_kind, everything, heron, history
from tracker.model import Clause, History, Kind
from tracker.publisher import publish
from tracker.publisher.biographies import Life, Lives, lives

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


def story(text: str, given: History) -> Life:
    """The life of the clause that has `text` in the latest version that has it."""
    found = lives(given)
    return next(life for life in reversed(list(found.lives.values())) if life.last.text == text)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_every_clause_of_every_version_has_exactly_one_life(texts: list[list[str]]) -> None:
    made = history(*texts)
    found = lives(made)
    assert [len(ids) for ids in found.ids] == [len(v.clauses) for v in made.versions]
    for ids in found.ids:
        assert len(set(ids)) == len(ids), "no life twice in one version"
    assert {name for ids in found.ids for name in ids} == set(found.lives)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_a_life_is_unbroken_and_begins_and_ends_where_it_says(texts: list[list[str]]) -> None:
    made = history(*texts)
    found = lives(made)
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
    found = lives(made)
    for name, life in found.lives.items():
        changed = {step.revision.first_seen for step in life.steps}
        for n in range(1, len(made.versions)):
            both = name in found.ids[n - 1] and name in found.ids[n]
            if both and made.versions[n].first_seen not in changed:
                assert clause(made, found, n - 1, name).key == clause(made, found, n, name).key


def clause(made: History, found: Lives, version: int, name: str) -> Clause:
    return made.versions[version].clauses[found.ids[version].index(name)]


def test_a_reworded_clause_keeps_its_life() -> None:
    given = heron()
    life = next(x for x in lives(given).lives.values() if "members of your club" in x.first.text)
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
    heir = lives(given).lives[step.kin]
    assert heir.is_alive
    assert heir.first.text == "Nets are dried on the northern wall only."


def test_the_same_words_twice_are_two_lives() -> None:
    given = history(["# T", "We walk.", "We walk."], ["# T", "We walk.", "We walk.", "We run."])
    names = lives(given).ids[0]
    assert len(set(names)) == 3
    assert lives(given).ids[1][:3] == names


def test_a_life_is_told_from_today_backwards() -> None:
    files = publish(everything(), TOPICS, SITE)
    given = heron()
    life = next(x for x in lives(given).lives.values() if "members of your club" in x.first.text)
    page = files[f"documents/{given.document.id}/clauses/{life.id}/index.html"].decode()
    assert page.index("Reads today") < page.index("11 March 2025", page.index("How it came"))
    assert page.index("How it came to this") < page.rindex("First seen")
    untouched = {x.id for x in lives(given).lives.values() if not x.has_changed}
    assert not [n for n in files if any(f"clauses/{name}/" in n for name in untouched)]
