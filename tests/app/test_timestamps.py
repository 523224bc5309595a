"""Timestamps of the log: asked for, kept, checked, shown, and proved without this program."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.app.test_verify import FLIPS
from tests.authority import NAME, Authority
from tests.evidence.test_bundle import followed_to_the_letter
from tests.evidence.test_forgeries import summed_anew
from tests.samples import ADS, DOCUMENT, bytes_of, followed, terms, tracker
from tests.servers import Server, page
from tracker import evidence
from tracker.errors import NotStamped

pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
DAY = "2025-09-{:02}T12:00Z"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with Authority(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture(scope="module")
def unstamped(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """Terms that change on the 2nd of September, with an authority in the settings."""
    root = tmp_path_factory.mktemp("unstamped")
    followed(root, terms(), terms(ADS))
    settings = f'timestamp_url = "{authority.url}"\nallow_hosts = ["{authority.entry}"]\n'
    (root / "data" / "settings.toml").write_text(settings)
    return root


@pytest.fixture(scope="module")
def once_stamped(unstamped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, stamped and published on the 3rd."""
    root = Path(shutil.copytree(unstamped, tmp_path_factory.mktemp("stamped") / "root"))
    done = tracker(root, "--now", DAY.format(3), "timestamp")
    assert done.exit_code == 0, done.output
    assert tracker(root, "publish").exit_code == 0
    return root


@pytest.fixture
def bare(unstamped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(unstamped, tmp_path / "bare"))


@pytest.fixture
def root(once_stamped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(once_stamped, tmp_path / "root"))


def kept(root: Path) -> list[Path]:
    folder = root / "data" / "timestamps"
    return sorted(folder.iterdir()) if folder.exists() else []


def look(root: Path, authority: Authority, day: int, body: bytes, *more: str) -> Result:
    """A run on a day of September that finds `body`."""
    with Server({"/terms": page(body)}) as server:
        file = root / "data" / "declarations" / "global" / "Harbour.json"
        text = '{"name": "Harbour", "terms": {"Terms": {"fetch": "%s"}}}'
        file.write_text(text % server.url())
        hosts = ("--allow-host", server.entry)
        return tracker(root, "--now", DAY.format(day), "run", *hosts, *more)


# ── asking ────────────────────────────────────────────────────────────────────────


def test_the_checkpoint_that_is_published_is_what_is_stamped(
    root: Path, authority: Authority
) -> None:
    (folder,) = kept(root)
    text = (folder / "checkpoint.txt").read_bytes()
    assert text == (root / "feeds" / "status" / "checkpoint").read_bytes()
    seal = evidence.sealed(text, (folder / "token.tsr").read_bytes(), authority.root.read_bytes())
    assert seal.authority == NAME
    path, media, _ = authority.asked[0]
    assert (path, media) == ("/tsr", "application/timestamp-query")


def test_it_is_asked_once_a_day_and_only_for_news(root: Path, authority: Authority) -> None:
    before = len(authority.asked)
    assert "nothing was recorded since" in tracker(root, "timestamp").stdout
    done = look(root, authority, 3, terms(ADS, 3))
    assert "of today, once a day is enough" in done.stdout
    assert len(authority.asked) == before
    assert "4 captures stamped at" in look(root, authority, 4, terms(ADS, 4)).stdout


def test_a_run_stamps_what_it_fetched_and_shows_it(bare: Path, authority: Authority) -> None:
    done = look(bare, authority, 5, terms(ADS, 5))
    assert done.exit_code == 0, done.output
    assert "3 captures stamped at" in done.stdout
    (folder,) = kept(bare)
    status = bare / "feeds" / "status"
    for name, file in (("txt", "checkpoint.txt"), ("tsr", "token.tsr")):
        shown = status / f"checkpoint-stamped.{name}"
        assert shown.read_bytes() == (folder / file).read_bytes()
    shown_page = (status / "index.html").read_text()
    assert "Time &lt;b&gt;1&lt;/b&gt;, Harbour Trust stamped the log" in shown_page
    assert tracker(bare, "verify").exit_code == 0


def _other(authority: Authority) -> bytes:
    return authority.stamp(evidence.question(b"something else").data)


LIES: dict[str, tuple[Callable[[Authority, bytes], tuple[int, bytes]], str]] = {
    "nonsense": (lambda a, asked: (200, b"<html>"), "is no timestamp"),
    "nothing": (lambda a, asked: (200, b""), "is no timestamp"),
    "something else": (lambda a, asked: (200, _other(a)), "is a timestamp of something else"),
    "a refusal": (lambda a, asked: (200, a.stamp(asked[:-3])), "is a refusal"),
    "an error": (lambda a, asked: (404, b"no"), "answered 404 to what was asked"),
    "too much": (lambda a, asked: (200, b"0" * (17 << 20)), "is no timestamp"),
    "a cut": (lambda a, asked: (200, a.stamp(asked)[:-9]), "is no timestamp"),
}


@pytest.mark.parametrize(("lie", "sentence"), LIES.values(), ids=LIES)
def test_an_authority_that_fails_fails_no_run(
    bare: Path,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    lie: Callable[[Authority, bytes], tuple[int, bytes]],
    sentence: str,
) -> None:
    before = bytes_of(bare / "feeds")
    monkeypatch.setattr(authority, "reply", lambda asked: lie(authority, asked))
    done = tracker(bare, "--now", DAY.format(3), "timestamp")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: The log was not stamped: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert kept(bare) == []
    assert tracker(bare, "publish").exit_code == 0
    assert bytes_of(bare / "feeds") == before
    ran = look(bare, authority, 3, terms(ADS, 3))
    assert ran.exit_code == 0, ran.output
    assert "Note: The log was not stamped" in ran.stderr
    monkeypatch.undo()
    assert "captures stamped at" in tracker(bare, "--now", DAY.format(3), "timestamp").stdout


def test_an_answer_to_another_question_is_none(authority: Authority) -> None:
    first, second = (evidence.question(b"the same text") for _ in range(2))
    token = authority.stamp(first.data)
    assert evidence.answered(first, token, None).authority == NAME
    with pytest.raises(NotStamped, match="another question"):
        evidence.answered(second, token, None)


def test_a_private_address_is_asked_only_where_that_is_allowed(
    bare: Path, authority: Authority
) -> None:
    (bare / "data" / "settings.toml").write_text(f'timestamp_url = "{authority.url}"\n')
    before = len(authority.asked)
    done = tracker(bare, "timestamp")
    assert done.exit_code == 1
    assert f"add `--allow-host {authority.entry}`" in done.stderr
    assert len(authority.asked) == before
    assert tracker(bare, "timestamp", "--allow-host", authority.entry).exit_code == 0


def test_without_the_setting_or_the_extra_a_sentence_says_so(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "can_stamp", lambda: False)
    done = tracker(bare, "timestamp")
    assert done.exit_code == 1
    assert "pip install 'terms-tracker[timestamp]'" in done.stderr
    (bare / "data" / "settings.toml").write_text("")
    done = tracker(bare, "timestamp")
    assert done.exit_code == 2
    assert "names no timestamp_url" in done.stderr


def test_a_stamp_by_somebody_else_is_not_taken(
    bare: Path, authority: Authority, tmp_path: Path
) -> None:
    with Authority(tmp_path / "other") as other:
        shutil.copy(other.root, bare / "data" / "timestamp-ca.pem")
    done = tracker(bare, "timestamp")
    assert done.exit_code == 1
    assert "is not signed under a certificate in data/timestamp-ca.pem" in done.stderr
    (bare / "data" / "timestamp-ca.pem").write_text("no certificate")
    assert "holds no certificates in PEM" in tracker(bare, "timestamp").stderr
    shutil.copy(authority.root, bare / "data" / "timestamp-ca.pem")
    assert tracker(bare, "timestamp").exit_code == 0


# ── keeping ───────────────────────────────────────────────────────────────────────


def test_what_is_whole_is_said_to_be(root: Path, authority: Authority) -> None:
    done = tracker(root, "verify")
    assert done.exit_code == 0, done.output
    assert "1 timestamp by the certificates in them" in done.stdout
    shutil.copy(authority.root, root / "data" / "timestamp-ca.pem")
    assert "1 timestamp by data/timestamp-ca.pem" in tracker(root, "verify").stdout


def amiss(root: Path, name: str) -> None:
    done = tracker(root, "verify")
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    assert name in done.output


@pytest.mark.parametrize("name", ["checkpoint.txt", "token.tsr"])
def test_every_bit_that_is_altered_is_named(root: Path, name: str) -> None:
    (folder,) = kept(root)
    file = folder / name
    whole, chance = file.read_bytes(), random.Random(name)
    for _ in range(FLIPS // 10):
        place = chance.randrange(len(whole))
        file.write_bytes(
            whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        )
        amiss(root, folder.name)


def test_what_is_renamed_removed_or_put_in_is_named(root: Path) -> None:
    (folder,) = kept(root)
    other = folder.with_name(folder.name.replace("20250903", "20240903"))
    folder.rename(other)
    amiss(root, "the name was altered")
    other.rename(folder)
    (folder / "more").write_text("x")
    amiss(root, "nothing else")
    (folder / "more").unlink()
    (folder / "token.tsr").unlink()
    amiss(root, folder.name)
    shutil.rmtree(folder)
    amiss(root, "feeds/status/checkpoint-stamped.tsr")


def test_a_log_that_was_written_anew_is_told_by_its_timestamp(root: Path, tmp_path: Path) -> None:
    """The one forgery that neither the chain nor the key can show: whoever holds both made it."""
    (folder,) = kept(root)
    followed(tmp_path / "other", terms(), terms("<p>We never said so.</p>"))
    shutil.rmtree(root / "feeds")
    for name in ("data/archive.db", "data/checkpoint"):
        shutil.copy(tmp_path / "other" / name, root / name)
    amiss(root, f"{folder.name} is of another log")
    for command in ("publish", "run", "timestamp", "evidence terms"):
        done = tracker(root, *command.split())
        assert done.exit_code == 65, done.output
        assert f"2 captures in data/timestamps/{folder.name}" in done.stderr


def test_a_timestamp_of_a_log_that_was_given_up_stands_in_the_way_of_nothing(
    root: Path, authority: Authority, tmp_path: Path
) -> None:
    look(root, authority, 4, terms(ADS, 4))
    followed(tmp_path / "other", terms(), terms("<p>We never said so.</p>"))
    shutil.copy(tmp_path / "other" / "data" / "archive.db", root / "data" / "archive.db")
    assert tracker(root, "publish", "--accept-fork").exit_code == 0
    assert not (root / "feeds" / "status" / "checkpoint-stamped.tsr").exists()
    assert tracker(root, "verify").exit_code == 0
    done = look(root, authority, 5, terms("<p>We never said so.</p>", 5))
    assert done.exit_code == 0, done.output
    assert "3 captures stamped at" in done.stdout
    assert tracker(root, "verify").exit_code == 0


def test_a_token_of_something_else_is_named_though_its_name_fits(
    root: Path, authority: Authority
) -> None:
    (folder,) = kept(root)
    (stamp,) = evidence.load_stamps(folder.parent).kept
    forged = evidence.KeptTimestamp(stamp.asked, stamp.note, stamp.text, _other(authority))
    shutil.rmtree(folder)
    evidence.keep_stamp(folder.parent, forged)
    amiss(root, "token.tsr is a timestamp of something else")


def test_a_token_is_bound_to_its_certificate_in_every_signed_bit(authority: Authority) -> None:
    """Flipped bits outside the signature are told by the name; none may pass for another time."""
    asked = evidence.question(b"text")
    token = authority.stamp(asked.data)
    whole, chance = evidence.sealed(b"text", token), random.Random(3)
    for _ in range(FLIPS * 5):
        place = chance.randrange(len(token))
        flipped = bytes([token[place] ^ 1 << chance.randrange(8)])
        try:
            found = evidence.sealed(b"text", token[:place] + flipped + token[place + 1 :])
        except evidence.Unsound:
            continue
        assert (found.time, found.nonce) == (whole.time, whole.nonce)


def test_a_kept_timestamp_that_was_cut_short_is_cleared_away(root: Path) -> None:
    left = root / "data" / "timestamps" / ".half"
    left.mkdir()
    assert tracker(root, "verify").exit_code == 0
    (stamp,) = evidence.load_stamps(left.parent).kept
    shutil.rmtree(left.parent / stamp.name)
    evidence.keep_stamp(left.parent, stamp)
    assert [p.name for p in kept(root)] == [stamp.name]


def test_a_timestamp_that_came_after_the_publication_is_no_fault(bare: Path) -> None:
    assert tracker(bare, "timestamp").exit_code == 0
    assert tracker(bare, "verify").exit_code == 0


def test_publishing_with_timestamps_needs_no_network_and_no_clock(root: Path) -> None:
    before = bytes_of(root / "feeds")
    assert tracker(root, "--now", "2031-01-01", "publish").exit_code == 0
    assert bytes_of(root / "feeds") == before


def test_the_doctor_knows_timestamps(
    root: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(authority.root, root / "data" / "timestamp-ca.pem")
    said = tracker(root, "--now", "2031-01-01", "doctor").stdout
    assert "no file of this program" not in said
    assert "Nothing to mend" in said
    assert look(root, authority, 3, terms(ADS, 3)).exit_code == 0
    said = tracker(root, "--now", "2031-01-01", "doctor").stdout
    assert "1 captures are not stamped (the last timestamp is of 2025-09-03 12:00 UTC)" in said
    monkeypatch.setattr("tracker.app.doctor.can_stamp", lambda: False)
    assert "nothing is stamped without an extra" in tracker(root, "doctor").stdout


def test_a_backup_of_earlier_days_contradicts_later_timestamps(
    bare: Path, authority: Authority, tmp_path: Path
) -> None:
    assert tracker(bare, "--now", DAY.format(3), "timestamp").exit_code == 0
    assert tracker(bare, "backup", str(tmp_path / "copy.db")).exit_code == 0
    assert look(bare, authority, 4, terms(ADS, 4)).exit_code == 0
    both = kept(bare)
    shutil.rmtree(bare / "feeds")
    (bare / "data" / "checkpoint").unlink()
    done = tracker(bare, "--now", DAY.format(5), "restore", str(tmp_path / "copy.db"))
    assert done.exit_code == 0
    assert (
        f"does not go on from the checkpoint of 3 captures in data/timestamps/{both[1].name}"
        in (done.stdout)
    )
    assert kept(bare) == both
    assert tracker(bare, "publish").exit_code == 65
    assert tracker(bare, "publish", "--accept-fork").exit_code == 0
    assert tracker(bare, "verify").exit_code == 0
    assert tracker(bare, "doctor").exit_code == 0
    # The first one still stands, and the archive that came back whole needs no acceptance.
    assert (bare / "feeds" / "status" / "checkpoint-stamped.tsr").read_bytes() == (
        both[0] / "token.tsr"
    ).read_bytes()


# ── proving ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("with_root", [False, True])
def test_a_bundle_is_checked_with_nothing_but_openssl(
    root: Path, authority: Authority, tmp_path: Path, *, with_root: bool
) -> None:
    if with_root:
        shutil.copy(authority.root, root / "data" / "timestamp-ca.pem")
    assert look(root, authority, 6, terms(ADS, 6)).exit_code == 0
    assert len(kept(root)) == 2
    path = tmp_path / "bundle"
    assert tracker(root, "evidence", DOCUMENT, "--output", str(path)).exit_code == 0
    # The earliest timestamp that covers both captures says the most.
    assert (path / "checkpoint.txt").read_bytes() == (kept(root)[0] / "checkpoint.txt").read_bytes()
    results = followed_to_the_letter(path)
    assert [r.returncode for r in results] == [0, 0, 0, 0], results[-1].stderr
    assert "VERIFIED: 2 captures" in results[1].stdout
    assert "Verification: OK" in results[3].stdout
    assert "Time stamp: " in results[3].stdout
    assert NAME in (path / "VERIFY.txt").read_text()
    for name in ("checkpoint.txt", "timestamp.tsr"):
        whole = (path / name).read_bytes()
        (path / name).write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        assert followed_to_the_letter(path)[3].returncode, name
        (path / name).write_bytes(whole)


def test_what_is_newer_than_every_timestamp_has_none(
    root: Path, authority: Authority, tmp_path: Path
) -> None:
    assert look(root, authority, 3, terms(ADS * 2)).exit_code == 0  # it had one that day
    path = tmp_path / "bundle"
    assert tracker(root, "evidence", DOCUMENT, "--output", str(path)).exit_code == 0
    assert not (path / "timestamp.tsr").exists()
    assert "openssl ts" not in (path / "VERIFY.txt").read_text()
    assert [r.returncode for r in followed_to_the_letter(path)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("name", "before", "behind"),
    [
        ("timestamp.tsr", b"", b"\0"),
        ("timestamp.tsr", b"\n", b""),
        ("timestamp.tsr", b"", b"It was otherwise."),
        ("timestamp-ca.pem", b"Stamped in 2019.\n", b""),
        ("timestamp-ca.pem", b"", b"\n"),
        ("timestamp-ca.pem", b"\xef\xbb\xbf", b""),
        ("timestamp-ca.pem", b"", b"Stamped in 2019.\n"),
    ],
)
def test_nothing_is_written_around_a_timestamp(
    root: Path, authority: Authority, tmp_path: Path, name: str, before: bytes, behind: bytes
) -> None:
    ca = root / "data" / "timestamp-ca.pem"
    ca.write_bytes(b"# The operator's own remark.\n" + authority.root.read_bytes())
    path = tmp_path / "bundle"
    assert tracker(root, "evidence", DOCUMENT, "--output", str(path)).exit_code == 0
    assert b"remark" not in (path / "timestamp-ca.pem").read_bytes()
    assert [r.returncode for r in followed_to_the_letter(path)] == [0, 0, 0, 0]
    file = path / name
    file.write_bytes(before + file.read_bytes() + behind)
    summed_anew(path)
    assert f"NOT VERIFIED: {name}" in followed_to_the_letter(path)[1].stderr
