from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from tests.strategies import clause, clauses, edited, version
from tracker.differ import revise
from tracker.differ import similarity as likeness
from tracker.differ.align import align
from tracker.differ.order import heaviest_increasing
from tracker.differ.similarity import MOST_CELLS, cells, similarity
from tracker.model import Clause, Kind, Pair, Revision, Unit

LINES = (
    "We collect the data that you give us when you register",
    "Members may close their account whenever they want to",
    "Partners receive hashed addresses to measure campaigns",
    "The service is provided as it is and without warranty",
    "Disputes are heard by the courts of the capital city",
)


def text(*lines: str) -> tuple[Clause, ...]:
    """Clauses of lines; a line that begins with # is a heading."""
    return tuple(
        clause(line.lstrip("# "), Unit.HEADING if line.startswith("#") else Unit.PARAGRAPH)
        for line in lines
    )


def steps(before: Iterable[str], after: Iterable[str]) -> list[tuple[tuple[int, ...], ...]]:
    """The alignment without what stayed as it was."""
    pairs = align(text(*before), text(*after))
    return [
        (p.before, p.after) for p in pairs if p.moved or len(p.before) != 1 or len(p.after) != 1
    ]


def moved(before: Iterable[str], after: Iterable[str]) -> list[int]:
    return [i for p in align(text(*before), text(*after)) if p.moved for i in p.before]


def kinds(revision: Revision) -> list[Kind]:
    return [c.kind for c in revision.changes]


# ── laws ──────────────────────────────────────────────────────────────────────────


@given(st.one_of(edited(), st.tuples(clauses, clauses)))
def test_every_clause_is_paired_exactly_once(
    pair: tuple[Sequence[Clause], Sequence[Clause]],
) -> None:
    pairs = align(*pair)
    assert sorted(i for p in pairs for i in p.before) == list(range(len(pair[0])))
    assert [j for p in pairs for j in p.after] == list(range(len(pair[1])))
    assert all(p.before or p.after for p in pairs)
    assert all(1 in (len(p.before), len(p.after)) for p in pairs if p.before and p.after)
    assert not any(p.moved for p in pairs if not (p.before and p.after))


@given(clauses)
def test_a_text_is_aligned_with_itself_one_to_one(text: Sequence[Clause]) -> None:
    assert align(text, text) == tuple(Pair((n,), (n,)) for n in range(len(text)))


@given(edited())
def test_an_alignment_is_the_same_every_time(pair: tuple[Sequence[Clause], ...]) -> None:
    assert align(*pair) == align(tuple(pair[0]), tuple(pair[1]))


@given(st.lists(st.sampled_from(LINES), unique=True), st.lists(st.sampled_from(LINES), unique=True))
def test_equal_clauses_find_each_other_wherever_they_stand(a: list[str], b: list[str]) -> None:
    found = {
        a[p.before[0]]: b[p.after[0]] for p in align(text(*a), text(*b)) if p.before and p.after
    }
    for line in set(a) & set(b):
        assert found[line] == line


@given(st.permutations(range(6)), st.lists(st.integers(1, 9), min_size=6, max_size=6))
def test_the_heaviest_increasing_subsequence(values: list[int], weights: list[int]) -> None:
    kept = heaviest_increasing(values, weights)
    assert [values[k] for k in kept] == sorted(values[k] for k in kept)
    best = max(
        sum(weights[k] for k in some)
        for size in range(7)
        for some in combinations(range(6), size)
        if all(values[a] < values[b] for a, b in combinations(some, 2))
    )
    assert sum(weights[k] for k in kept) == best


# ── order ─────────────────────────────────────────────────────────────────────────


def test_a_section_that_moved_is_moved_and_nothing_else() -> None:
    section = ["# Advertising", LINES[2], "Campaigns are measured by others."]
    rest = ["# Data", LINES[0], LINES[1], "# Courts", LINES[4], LINES[3]]
    assert moved([*section, *rest], [*rest, *section]) == [0, 1, 2]
    assert steps([*section, *rest], [*rest, *section]) == [((n,), (n + 6,)) for n in range(3)]


def test_of_two_items_that_changed_places_the_lighter_has_moved() -> None:
    assert moved(["short item here", LINES[0]], [LINES[0], "short item here"]) == [0]


def test_repeated_short_clauses_do_not_count_as_moved() -> None:
    before = ["# Ads", "Learn more", LINES[0], "# Data", "Learn more", LINES[1], "Learn more"]
    after = ["# Ads", LINES[0], "Learn more", "# Data", LINES[1], "Learn more"]
    assert moved(before, after) == []


@pytest.mark.parametrize("section", [[LINES[2], "Learn more"], ["Learn more", LINES[2]]])
def test_a_repeated_line_moves_with_its_neighbour(section: list[str]) -> None:
    rest = [LINES[0], LINES[1], "Learn more", LINES[3], LINES[4]]
    assert moved([*section, *rest], [*rest, *section]) == [0, 1]


def test_a_removed_clause_stands_where_it_stood() -> None:
    pairs = align(text("a", LINES[0], LINES[1]), text("a", LINES[1]))
    assert pairs == (Pair((0,), (0,)), Pair((1,), ()), Pair((2,), (1,)))


def test_moved_and_edited_at_once_is_still_one_clause() -> None:
    before = [LINES[2], "# A", LINES[0], LINES[1], "# B", LINES[3], LINES[4]]
    after = [*before[1:], LINES[2].replace("addresses", "numbers")]
    (change,) = revise(
        version("".join(f"<p>{x}</p>" for x in before)),
        version("".join(f"<p>{x}</p>" for x in after)),
        (),
    ).changes
    assert (change.kind, change.moved) == (Kind.REWORDED, True)


# ── similarity ────────────────────────────────────────────────────────────────────


def test_unrelated_clauses_are_removed_and_added() -> None:
    assert steps([LINES[0]], [LINES[4]]) == [((0,), ()), ((), (0,))]


def test_letters_tell_of_short_lines_only() -> None:
    """Of a "word" with a million letters they would cost too much."""
    for length, paired in ((40, True), (4000, False)):
        before, after = text("a" * length + "b" * length), text("a" * length + "c" * length)
        assert any(p.before and p.after for p in align(before, after)) is paired


def test_near_duplicates_keep_to_their_own() -> None:
    before = [
        f"Members in {place} may object to the use of their data" for place in ("Peru", "Chile")
    ]
    after = [line.replace("may object", "can object at any time") for line in before]
    pairs = align(text(*before), text(*after))
    assert pairs == (Pair((0,), (0,)), Pair((1,), (1,)))
    new = "Members in Cuba may object to the use of their data"
    assert steps(before, [before[0], new, before[1]]) == [((), (1,))]


def test_a_short_line_replaced_in_its_place_is_the_same_line() -> None:
    before, after = (
        ["# Terms", "Effective 1 May 2024", LINES[0]],
        ["# Terms", "Effective 3 June 2025", LINES[0]],
    )
    assert steps(before, after) == []


def test_a_heading_is_never_a_reworded_paragraph() -> None:
    before, after = ["# How we use your data today"], ["How we use your data tomorrow"]
    assert len(steps(before, after)) == 2


def test_words_in_scripts_without_spaces_are_compared_too() -> None:
    before, after = (
        "当社は広告のためにお客様の情報を利用します。",
        "当社は広告のためにお客様の個人情報を利用します。",
    )
    assert steps([before], [after]) == []
    assert similarity(("a", "b"), ("a", "b")) == 1.0
    assert similarity(("a",), ("b",)) == 0.0


def test_a_thousand_unrelated_clauses_a_side_are_aligned() -> None:
    before = [f"old{n} alpha{n * 7} beta{n * 3} gamma{n} delta{n} epsilon{n}" for n in range(1000)]
    after = [f"new{n} eins{n * 7} zwei{n * 3} drei{n} vier{n} sechs{n}" for n in range(1000)]
    pairs = align(text(*before), text(*after))
    assert sum(bool(p.before) for p in pairs) == sum(bool(p.after) for p in pairs) == 1000
    assert not any(p.before and p.after for p in pairs)


# ── splits and mergers ────────────────────────────────────────────────────────────

ONE = "We share your profile with partners so that they can measure their campaigns"
TWO = "You may object to this at any time by changing the settings of your account"


def test_a_paragraph_cut_in_two_is_a_split() -> None:
    assert steps(
        [LINES[0], f"{ONE}. {TWO}.", LINES[1]], [LINES[0], f"{ONE}.", f"{TWO}.", LINES[1]]
    ) == [((1,), (1, 2))]


def test_two_paragraphs_joined_are_a_merger() -> None:
    assert steps([LINES[0], f"{ONE}.", f"{TWO}."], [LINES[0], f"{ONE}. {TWO}."]) == [((1, 2), (1,))]


@pytest.mark.parametrize(("parts", "joined"), [(100, True), (101, False)])
def test_no_merger_is_of_hundreds(parts: int, *, joined: bool) -> None:
    """Every part has a page that shows the whole: thousands of long pages for one change."""
    lines = [f"Rule {n} says that boat {n} keeps to side {n} of the quay" for n in range(parts)]
    found = steps(lines, [" ".join(lines)])
    assert any(len(before) == parts for before, _ in found) is joined


def test_an_addition_beside_an_unchanged_clause_is_no_split() -> None:
    assert steps([ONE], [ONE, TWO]) == [((), (1,))]


def test_an_addition_in_words_of_an_edited_neighbour_is_no_split() -> None:
    whole = f"{ONE}. {TWO}."
    edited_whole = whole.replace("profile", "address")
    assert steps([whole], [edited_whole, "You may object to this at any time"]) == [((), (1,))]


def test_scraps_that_give_back_little_of_the_whole_are_no_split() -> None:
    scraps = ["We share your profile", "measure their campaigns"]
    assert len(steps([f"{ONE}. {TWO}."], scraps)) == 3


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("<p>2. Same text</p>", "<p>3. Same text</p>", [Kind.RENUMBERED]),
        ("<p>Same <a href=/a>text</a></p>", "<p>Same <a href=/b>text</a></p>", [Kind.LINKS]),
        ("<p>Same text</p>", "<ul><li>Same\u00a0text</li></ul>", []),
        ("<p>a</p>", "<p>a</p><p>b</p>", [Kind.ADDED]),
        ("<p>a</p><p>b</p>", "<p>a</p>", [Kind.REMOVED]),
        ("<p>Old text here</p>", "<p>New text here</p>", [Kind.REWORDED]),
        (f"<p>{ONE}. {TWO}.</p>", f"<p>{ONE}.</p><p>{TWO}.</p>", [Kind.SPLIT]),
        (f"<p>{ONE}.</p><p>{TWO}.</p>", f"<p>{ONE}. {TWO}.</p>", [Kind.MERGED]),
        (f"<p>{ONE}</p><p>x y</p>", f"<p>x y</p><p>{ONE}</p>", [Kind.MOVED]),
    ],
)
def test_each_kind_of_change(before: str, after: str, expected: list[Kind]) -> None:
    assert kinds(revise(version(before), version(after), ())) == expected


def test_renumbering_a_whole_text_changes_no_wording() -> None:
    before = "".join(f"<p>{n}. {line}</p>" for n, line in enumerate(LINES, 1))
    after = "".join(f"<p>{n}. {line}</p>" for n, line in enumerate(LINES, 2))
    assert kinds(revise(version(before), version(after), ())) == [Kind.RENUMBERED] * len(LINES)


def test_links_that_came_and_went_are_named() -> None:
    (change,) = revise(
        version("<p>See <a href='https://a.example/'>help</a> now</p>"),
        version("<p>See <a href='https://b.example/'>help</a> now</p>"),
        (),
    ).changes
    assert [link.target for link in change.links_removed] == ["https://a.example/"]
    assert [link.target for link in change.links_added] == ["https://b.example/"]


@given(edited())
def test_a_version_against_itself_has_no_changes(pair: tuple[Sequence[Clause], ...]) -> None:
    some = version("<p>x</p>")
    for side in pair:
        same = type(some)("d", "t", some.first_seen, some.last_seen, tuple(side), (), ())
        assert revise(same, same, ()).changes == ()


# ── what it costs ─────────────────────────────────────────────────────────────────


def _numbers(lot: Random) -> list[str]:
    return [" ".join(str(lot.randrange(500)) for _ in range(12)) for _ in range(3000)]


def _alike_but_for_two_words(lot: Random) -> list[str]:
    every = [f"{n} boats of ours have a name on {lot.randrange(99)} sides" for n in range(3000)]
    lot.shuffle(every)
    return every


def _of_the_same_words(lot: Random) -> list[str]:
    words = [f"w{n}" for n in range(400)]
    return [" ".join(lot.sample(words, 12)) for _ in range(3000)]


def _long(lot: Random) -> list[str]:
    return [" ".join(lot.choice("abcdefgh") for _ in range(800)) for _ in range(300)]


def _few_huge(lot: Random) -> list[str]:
    return [" ".join(lot.choice("abcdefgh") for _ in range(24_000)) for _ in range(10)]


@pytest.mark.parametrize(
    "made", [_numbers, _alike_but_for_two_words, _of_the_same_words, _long, _few_huge]
)
def test_no_text_makes_an_alignment_dear(
    made: Callable[[Random], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = 0

    class Counting:
        @staticmethod
        def normalized_similarity(
            a: Sequence[str], b: Sequence[str], score_cutoff: float | None = None
        ) -> float:
            nonlocal spent
            spent += cells(len(a), len(b))
            return float(Indel.normalized_similarity(a, b, score_cutoff=score_cutoff))

    monkeypatch.setattr(likeness, "Indel", Counting)
    align(text(*made(Random(1))), text(*made(Random(2))))
    # Two passes in place and two elsewhere; a clause may go over what it has by one comparison.
    assert spent < 5 * MOST_CELLS


def test_equal_clauses_of_a_large_text_have_moved_however_much_alike() -> None:
    before = [clause(f"the boat has one name and two sides here {i}") for i in range(600)]
    after = before[::-1]
    pairs = align(before, after)
    assert {(*p.before, *p.after) for p in pairs} == {(i, 599 - i) for i in range(600)}
    assert sum(pair.moved for pair in pairs) == 599


def test_no_more_places_are_looked_up_than_are_compared() -> None:
    """Not of each word that a clause shares with many, where room for one is left."""
    text = [[*"abcdefg", f"x{i}"] for i in range(100)]
    asked: list[str] = []

    class Counted(dict[str, list[int]]):
        def __getitem__(self, word: str) -> list[int]:
            asked.append(word)
            return super().__getitem__(word)

    holders = Counted({word: list(range(100)) for word in "abcdefg"})
    first = next(iter(likeness._holding_rare(text[50], holders, 50)))
    looked_up = asked[len("abcdefg") :]  # each is asked once how rare it is
    assert (first, looked_up) == (50 - 32, ["a"])
