"""The comparison in the browser gives the verdicts of the program, clause by clause."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import BROWSER, opened, served
from tests.factories import SITE, TOPICS, history, publish
from tracker.differ import revise
from tracker.extractor.folds import folds
from tracker.model import History
from tracker.publisher import Lent

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = BROWSER

#: Two wordings of a clause, and whether a reader could tell them apart.
CASES = [
    ("kept for 10² days", "kept for 102 days", True),
    ("Part Ⅳ applies to boats", "Part IV applies to boats", True),
    ("a co\u2011branded landing", "a co-branded landing", True),
    ("open Monday–Friday", "open Monday-Friday", True),
    ("a dash — here", "a dash – here", True),
    ("the ﬁshing ground", "the fishing ground", True),
    ("the ＦＵＬＬ width", "the FULL width", True),
    ("five ｋｍ², ㎞ away", "five km², km away", True),
    ("half ½ of it", "half 1/2 of it", True),
    ("and so on…", "and so on...", True),
    ("May we fish", "may we fish", True),
    ("the straße there", "the strasse there", True),
    ("no, thank you", "no thank you", True),
    ("a to\u00adken of it", "a token of it", False),
    ("cafe\u0301 on the pier", "café on the pier", False),
    ("e\u00ad\u0301tape of it", "étape of it", False),
    ("300 \u212a at noon", "300 K at noon", False),
    ("a\u0323\u0307 b of it", "a\u0307\u0323 b of it", False),
    ("한국어 배 여기", "한국어 배 여기", False),
    ("three\u00a0boats of it", "three boats of it", False),
    ("three \u00a0 boats of it", "three boats of it", False),
    ("three\u3000boats\u2003of\u202fit", "three boats of it", False),
    ("zero\u200bwidth of it", "zerowidth of it", False),
    ("zero\u200b width of it", "zero width of it", False),
    ("zero \u200b width of it", "zero width of it", False),
    ("zero\u200bwidth of it", "zero width of it", True),
    ("right\u200eto\u202eleft of it", "righttoleft of it", False),
    ("word\u2060joiner\ufeff of it", "wordjoiner of it", False),
    ("“water” of it", '"water" of it', False),
    ("don’t ‘do’ it", "don't 'do' it", False),
    ("don`t do it", "don´t do it", False),
    ("«water» of it", '"water" of it', True),
    ("5′ of it", "5' of it", False),
    ("not\u0338 < \u0338of it", "not < of it", True),
    ("a bell\x07 of it", "a bell\x08 of it", True),
    ("a half \ud800 of it", "a half \udc00 of it", True),
    ("a lone \ufffd of it", "a lone \x07 of it", True),
    ("the \U0001f6a3 of it", "the \U0001f6a3\ufe0f of it", False),
    ("the same of it", "the same of it", False),
]

_VERDICTS = """() => [...document.querySelectorAll('#comparison .group')].flatMap(group =>
    [...group.querySelectorAll('.line')].map(line => [
        group.querySelector('h3').textContent, line.classList.contains('change'),
        !!line.querySelector('.law :is(ins, del)'),
        line.querySelector('.kind')?.textContent.trim() === 'Link targets changed']))"""


def beside(pairs: Sequence[tuple[str, str]]) -> History:
    """A text of two versions, each pair a clause under a heading of its own."""
    sides = (
        [line for n, pair in enumerate(pairs) for line in (f"# Case {n}", f"keeper {n}: {pair[i]}")]
        for i in (0, 1)
    )
    return history(*sides)


def shown(context: BrowserContext, folder: Path, given: History) -> dict[str, bool]:
    """Whether the page of comparisons shows a change under each heading."""
    for name, data in publish([given], TOPICS, SITE, (), Lent(folds=folds)).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    stamps = [f"{v.first_seen:%Y%m%dT%H%M%SZ}" for v in given.versions]
    one, two = (f"{given.document.id}/{stamp}" for stamp in stamps)
    with served(folder) as address:
        found = opened(context, f"{address}compare/?from={one}&to={two}")
        found.page.wait_for_selector("#comparison .group", state="attached")
        rows = found.page.evaluate(_VERDICTS)
        found.page.close()
    assert found.said == []
    assert all(changed == (marked or relinked) for _, changed, marked, relinked in rows)
    verdicts: dict[str, bool] = {}
    for heading, changed, *_ in rows:
        verdicts[heading] = verdicts.get(heading, False) or changed
    return {name: changed for name, changed in verdicts.items() if name.startswith("Case")}


def decided(given: History) -> dict[str, bool]:
    """What `tracker compare` says of the same two versions."""
    before, after = given.versions
    changed = {change.path[-1] for change in revise(before, after, TOPICS).changes if change.path}
    return {f"Case {n}": f"Case {n}" in changed for n in range(len(given.versions[0].clauses) // 2)}


def test_what_no_reader_can_tell_apart_is_no_change_and_all_else_is(
    context: BrowserContext, tmp_path: Path
) -> None:
    given = beside([(old, new) for old, new, _ in CASES])
    told_apart = {f"Case {n}": changed for n, (_, _, changed) in enumerate(CASES)}
    assert decided(given) == told_apart
    assert shown(context, tmp_path, given) == told_apart


_SIGNS = (
    "aé中かबिกि한ﬁ½Ⅳ²ẞıİǅＡ\u1100\u1161\u0301\u0323\u3099\u0338\u20e3\ufe0f\u200b\u200d\u00ad\u2060"
    "\u00a0\u202f\u2028\u3000\ufeff\u202e\u2066‘’“”′″`´ʼ—–\u2010\u2011-−\x00\x07\x1c\x1f\x85\ud800\udfff"
    "\U0001f600\U00020000\U000e0041\u212a\u2126\u1fef<>&.,'\" "
)


@pytest.mark.parametrize("seed", range(4))
def test_any_two_wordings_get_one_verdict(
    context: BrowserContext, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)

    def altered(text: str) -> str:
        place, size = chance.randrange(len(text) + 1), chance.randrange(2)
        put = "".join(chance.choices(_SIGNS, k=chance.randrange(3)))
        return text[:place] + put + text[place + size :]

    words = ["the boat", "and heron", "of it", "cafe\u0301", "10²", "“water”", "don’t", "船着場"]
    lines = [" ".join(chance.choices(words, k=5)) for _ in range(150)]
    old = [altered(altered(line)) if chance.random() < 0.5 else line for line in lines]
    given = beside([(a, altered(b)) for a, b in zip(old, lines, strict=True)])
    verdicts = decided(given)
    assert shown(context, tmp_path, given) == verdicts
    assert {True, False} == set(verdicts.values())


_NUMBERED = """
# Case 0
1.1 A boat is lent by the day to whoever asks for it.
# Case 1
1.1 The key is handed out by the keeper of the landing.
# Case 2
Read the [rules](https://heron.example/{a}) and the [list](https://heron.example/{b}) first.
# Case 3
Ask the [keeper](https://heron.example/{c}) before you set out on the water.
# Case 4
The [{d}](https://heron.example/lamp) is lit at dusk and put out at sunrise.
# Case 5
(a) Members keep two trout in a season, and no pike.
"""


def test_numbers_and_links_get_one_verdict(context: BrowserContext, tmp_path: Path) -> None:
    before = _NUMBERED.format(a="x", b="y", c="keeper", d="lamp")
    after = _NUMBERED.format(a="y", b="x", c="ferryman", d="big lamp")
    after = after.replace("1.1 A boat", "1.2 A boat").replace("(a) Members", "Members")
    given = history(before, after.replace("big lamp", "lamp"))
    verdicts = decided(given)
    assert [changed for _, changed in sorted(verdicts.items())] == [
        *(True, False, True, True, False, True),
    ]
    assert shown(context, tmp_path, given) == verdicts
