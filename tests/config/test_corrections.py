"""`data/corrections.toml`: read as meant, refused with a way out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.factories import TOPICS, corrections, heron
from tracker.config import corrections as module
from tracker.config.corrections import Corrected, load, parse, with_earlier
from tracker.model import Correction, Verdict
from tracker.publisher.site.listing import entries

GOOD = """
[[correction]]
document = "heron/privacy-policy@eu"
first_seen = 2025-11-04T08:00:00Z
date = 2026-01-05
sentence = "The clause about maps had not changed."
"""


def test_a_correction_is_read() -> None:
    assert parse("corrections.toml", GOOD).corrections == (
        Correction(
            "heron/privacy-policy@eu",
            datetime(2025, 11, 4, 8, 0, tzinfo=UTC),
            date(2026, 1, 5),
            "The clause about maps had not changed.",
        ),
    )


@pytest.mark.parametrize("verdict", Verdict)
def test_a_capture_is_revoked_or_accepted_by_one_line(verdict: Verdict) -> None:
    given = (
        f'correction = [{{ document = "heron/terms@eu", {verdict} = 2025-09-06T21:13:25Z, '
        'date = 2025-11-20, sentence = "Of another page." }]'
    )
    (found,) = parse("f", given).corrections
    assert (found.verdict, found.first_seen) == (
        verdict,
        datetime(2025, 9, 6, 21, 13, 25, tzinfo=UTC),
    )
    assert not any(found.is_of(revision) for revision in heron().revisions)


def test_a_correction_is_about_one_thing() -> None:
    given = GOOD.replace("date =", "revoked = 2025-11-04T08:00:00Z\ndate =")
    (reason,) = parse("f", given).refusal.reasons  # type: ignore[union-attr]
    assert "or else one of revoked and accepted" in reason


@pytest.mark.parametrize(
    "time",
    [
        '"2025-11-04T08:00:00Z"',
        "2025-11-04T09:00:00+01:00",
        "2025-11-04T08:00:00",
        '"20251104T080000Z"',
    ],
)
def test_a_time_may_be_written_as_pages_and_records_write_it(time: str) -> None:
    given = GOOD.replace("2025-11-04T08:00:00Z", time, 1)
    assert parse("f", given).corrections[0].first_seen == datetime(2025, 11, 4, 8, 0, tzinfo=UTC)


def test_corrections_come_oldest_first() -> None:
    later = GOOD.replace("2026-01-05", "2026-03-01")
    assert [c.date.month for c in parse("f", later + GOOD).corrections] == [1, 3]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("sentence =", "sentense ="), "perhaps sentence is meant"),
        (("date = 2026-01-05\n", ""), "has no date"),
        (("2026-01-05", '"soon"'), "must be a day such as 2026-01-05"),
        (("2026-01-05", "2026-01-05T10:00:00Z"), "must be a day"),
        (("2025-11-04T08:00:00Z", '"then"'), "must be a time such as"),
        (("2025-11-04T08:00:00Z", "2025-11-04"), "must be a time such as"),
        (("2025-11-04T08:00:00Z", '"0001-01-01T00:00:00+05:00"'), "must be a time such as"),
        (("2025-11-04T08:00:00Z", "7"), "must be a time such as"),
        (("heron/privacy-policy@eu", "heron"), "write a whole id"),
        (("The clause about maps had not changed.", " "), "between 1 and"),
        (("The clause about", "The \\u202eclause about"), "invisible"),
        (("[[correction]]", "[correction]"), "must be written [[correction]]"),
        (("[[correction]]", "[[corrections]]"), "perhaps correction is meant"),
        (("[[correction]]", "[[correction"), "is not TOML"),
        (("[[correction]]", "correction = [7]\n[more]"), "is not known here"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(change: tuple[str, str], said: str) -> None:
    found = parse("corrections.toml", GOOD.replace(*change))
    assert not found.corrections
    assert found.refusal
    assert said in found.refusal.sentence
    assert found.refusal.sentence.startswith("corrections.toml: ")


def test_all_that_cannot_be_read_is_named_and_the_others_apply() -> None:
    bad = GOOD.replace("2026-01-05", '"soon"')
    found = parse("corrections.toml", bad + GOOD + bad.replace("heron/", "") + "[more]\n")
    assert len(found.corrections) == 1
    assert found.refusal
    assert len(found.refusal.reasons) == 4, "an unknown key, a day, and a document and a day"


def test_what_was_published_is_not_taken_back_while_something_cannot_be_read() -> None:
    (published,) = parse("f", GOOD).corrections
    other = GOOD.replace("privacy-policy", "terms")
    assert with_earlier(parse("f", other), [published]) == parse("f", other).corrections
    assert len(with_earlier(parse("f", other + GOOD.replace("date", "dat")), [published])) == 2
    rewritten = GOOD.replace("maps", "charts")
    (still,) = with_earlier(parse("f", rewritten + "[more]\n"), [published])
    assert still.sentence == "The clause about charts had not changed."


def test_a_folder_without_the_file_has_none(tmp_path: Path) -> None:
    assert load(tmp_path) == Corrected()
    (tmp_path / module.FILE).write_text(GOOD, encoding="utf-8")
    assert len(load(tmp_path).corrections) == 1


def test_a_correction_finds_its_revision_to_the_second() -> None:
    found = {e.revision.first_seen: e.corrections for e in entries(heron(), TOPICS, corrections())}
    first, second = (r.first_seen for r in heron().revisions)
    assert [c.sentence for c in found[first]] == ["The pictures were never sold."]
    assert found[second] == ()
