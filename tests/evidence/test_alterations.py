"""Whatever is altered in a bundle, by somebody who also writes SHA256SUMS anew, is named.

Two things can be altered unseen, and VERIFY.txt says so: VERIFY.txt itself, and a signature that
is taken away in whole.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.evidence.test_forgeries import summed_anew
from tests.samples import ADS, DOCUMENT, followed, terms, tracker
from tracker.evidence import verify

_SCRIPT = str(Path(verify.__file__))
_SIGNS = {
    "a letter": "x",
    "a homoglyph": "а",
    "a stroke through the letter before": "\u0336",
    "an accent": "\u0301",
    "a reversal": "\u202e",
    "a mark of direction": "\u200f",
    "nothing to see": "\u200b",
    "a mark of order": "\ufeff",
    "an escape": "\x1b[8m",
    "a return": "\r",
    "a line": "\n",
    "a blank": " ",
    "a tab": "\t",
    "a full stop": ".",
    "a zero": "\0",
    "an element": "<p>It was otherwise.</p>",
    "a comment": "<!-- -->",
    "a paragraph": "\n\nIt was otherwise.\n",
    "bytes that are no text": "\udcff",
}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One with all that a bundle can have but a timestamp; in the other a body is not kept."""
    root = tmp_path_factory.mktemp("altered")
    strange = "<p>We “keep” <a href='https://harbour.example/x'>walks</a> caf\u00e9 \u202e.</p>"
    looks = [terms(nonce=1), terms(nonce=2), terms(ADS + strange, 3), terms(ADS + strange, 4)]
    followed(root, *looks, *(terms(nonce=n) for n in (5, 6, 7)))
    found = {}
    for name, day in (("whole", "2025-09-03"), ("in part", "2025-09-05")):
        found[name] = root / name
        path = str(root / name)
        done = tracker(root, "evidence", f"{DOCUMENT}/{day}", "--output", path)
        assert done.exit_code == 0, done.output
    return found


def verified(bundle: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", _SCRIPT], cwd=bundle, capture_output=True, text=True, check=False
    )


def said_inside(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the script ends with, run in this process, which is faster; empty where it verifies."""
    monkeypatch.chdir(bundle)
    try:
        verify.checked()
    except SystemExit as end:
        return str(end.code)
    return ""


def files_of(bundle: Path) -> list[Path]:
    return sorted(path for path in bundle.rglob("*") if path.is_file())


def test_the_bundles_are_verified(bundles: dict[str, Path]) -> None:
    for name, last in (("whole", "VERIFIED: "), ("in part", "VERIFIED IN PART: ")):
        done = verified(bundles[name])
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].startswith(last)


def places(size: int, chance: random.Random) -> list[int]:
    """The ends of a file, what is beside them, and a few places between."""
    return sorted({0, 1, size - 1, size, *(chance.randrange(size) for _ in range(4))})


def alterations(data: bytes, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    for place in places(len(data), chance):
        for what, sign in _SIGNS.items():
            put = sign.encode("utf-8", "surrogateescape")
            yield f"{what} at {place}", data[:place] + put + data[place:]
        if place < len(data):
            yield f"no byte at {place}", data[:place] + data[place + 1 :]
            other = bytes([data[place] ^ 1 << chance.randrange(8)])
            yield f"another byte at {place}", data[:place] + other + data[place + 1 :]
    rows = data.splitlines(keepends=True)
    yield "no last line", b"".join(rows[:-1])
    yield "no first line", b"".join(rows[1:])
    yield "the last line twice", b"".join([*rows, rows[-1]])
    yield "lines in reverse", b"".join(reversed(rows))
    yield "other ends of lines", data.replace(b"\n", b"\r\n")
    yield "empty", b""
    yield "dates", data.replace(b"2025", b"2024")
    yield "capitals", data.upper()
    yield "twice", data + data


@pytest.mark.parametrize("name", ["whole", "in part"])
def test_every_file_is_checked_to_the_byte(
    bundles: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = Path(shutil.copytree(bundles[name], tmp_path / "bundle"))
    chance, passed, tried = random.Random(1), [], 0
    for file in files_of(bundle):
        kept = file.read_bytes()
        if file.name == "VERIFY.txt":
            continue
        for what, altered in alterations(kept, chance):
            if altered == kept:
                continue
            file.write_bytes(altered)
            if file.name != "SHA256SUMS":
                summed_anew(bundle)
            said = said_inside(bundle, monkeypatch)
            tried += 1
            if not said.startswith("NOT VERIFIED: "):
                passed.append((file.relative_to(bundle).as_posix(), what, said))
        file.write_bytes(kept)
        summed_anew(bundle)
    capsys.readouterr()
    assert said_inside(bundle, monkeypatch) == ""
    assert passed == []
    assert tried > 1500


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_edit_of_any_file_passes(
    bundles: dict[str, Path], monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    bundle = bundles["whole"]
    known = [f for f in files_of(bundle) if f.name not in {"VERIFY.txt", "SHA256SUMS"}]
    file = data.draw(st.sampled_from(known))
    kept = file.read_bytes()
    start = data.draw(st.integers(0, len(kept)))
    end = data.draw(st.integers(start, min(len(kept), start + 40)))
    put = data.draw(st.binary(max_size=4) | st.text(max_size=6).map(_encoded))
    altered = kept[:start] + put + kept[end:]
    assume(altered != kept)
    try:
        file.write_bytes(altered)
        summed_anew(bundle)
        assert said_inside(bundle, monkeypatch).startswith("NOT VERIFIED: ")
    finally:
        file.write_bytes(kept)
        summed_anew(bundle)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def put(name: str, data: bytes = b"It was otherwise.") -> Callable[[Path], Any]:
    return lambda bundle: (bundle / name).write_bytes(data)


def linked(name: str, target: str) -> Callable[[Path], Any]:
    def forge(bundle: Path) -> None:
        shutil.move(bundle / name, bundle.parent / "elsewhere")
        (bundle / name).symlink_to(target or bundle.parent / "elsewhere")

    return forge


def renamed(old: str, new: str) -> Callable[[Path], Any]:
    return lambda bundle: (bundle / old).rename(bundle / new)


FORGERIES: dict[str, Callable[[Path], Any]] = {
    "a file that looks like another": put("rеdline.html"),
    "a file in capitals": put("REDLINE.HTML"),
    "a hidden file": put(".note"),
    "a file in another form of Unicode": put("redline\u0301.txt"),
    "a name with a line in it": put("redline.txt\nx"),
    "a name that turns around": put("\u202etxt.enilder"),
    "a folder": lambda bundle: (bundle / "more").mkdir(),
    "a folder in place of a file": lambda bundle: (bundle / "after/1/x.txt").mkdir(),
    "an empty part": lambda bundle: (bundle / "after/2").mkdir(),
    "a part numbered otherwise": lambda bundle: (bundle / "after/01").mkdir(),
    "a part numbered in another script": lambda bundle: (bundle / "after/\u0662").mkdir(),
    "a link to the file": linked("redline.txt", ""),
    "a link to nothing": linked("redline.txt", "nowhere"),
    "a pipe": lambda bundle: os.mkfifo(bundle / "signed.txt.new"),
    "a second text": put("after/1/text-read-anew.json", b"[\n\n]\n"),
    "a word that the body is not kept": put("after/1/body-not-kept.txt"),
    "another body beside the body": put("after/1/another-body-with-the-same-text.html.txt"),
    "another capture beside the capture": put("after/1/another-capture.json"),
    "a body of another kind": renamed("after/1/body.html.txt", "after/1/body.md.txt"),
    "a timestamp without authority": put("timestamp.tsr", b"0\x00"),
    "an authority without timestamp": put("timestamp-ca.pem"),
    "two files swapped": lambda bundle: (
        (bundle / "redline.txt").rename(bundle / "x"),
        (bundle / "redline.html").rename(bundle / "redline.txt"),
        (bundle / "x").rename(bundle / "redline.html"),
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_file_too_many_or_in_another_place_is_named(
    bundles: dict[str, Path], tmp_path: Path, name: str
) -> None:
    bundle = Path(shutil.copytree(bundles["whole"], tmp_path / "bundle"))
    FORGERIES[name](bundle)
    summed_anew(bundle)
    done = verified(bundle)
    assert done.returncode == 1
    assert done.stderr.startswith("NOT VERIFIED: "), done.stderr


def test_a_body_of_another_text_is_none_of_the_same(
    bundles: dict[str, Path], tmp_path: Path
) -> None:
    """What stands in for a body that was not kept is in the log with its text, or it is refused."""
    bundle = Path(shutil.copytree(bundles["in part"], tmp_path / "bundle"))
    folder = bundle / "after" / "1"
    for name in ("capture.json", "proof.json"):
        shutil.copy(bundle / "before" / "1" / name, folder / f"another-{name}")
    (body,) = folder.glob("another-body*")
    shutil.copy(bundle / "before" / "1" / "body.html.txt", body)
    summed_anew(bundle)
    done = verified(bundle)
    assert "NOT VERIFIED: after/1: the other body is not one of the same text" in done.stderr


# ── the verifier of the program ───────────────────────────────────────────────────


def zipped(bundle: Path, file: Path) -> zipfile.ZipFile:
    packed = zipfile.ZipFile(file, "w")
    for path in files_of(bundle):
        packed.write(path, path.relative_to(bundle).as_posix())
    return packed


def test_a_bundle_is_checked_by_a_verifier_that_is_not_its_own(
    bundles: dict[str, Path], tmp_path: Path
) -> None:
    bundle = Path(shutil.copytree(bundles["whole"], tmp_path / "bundle"))
    zipped(bundle, tmp_path / "b.zip").close()
    for path in (bundle, tmp_path / "b.zip"):
        done = tracker(tmp_path, "evidence", "--check", str(path))
        assert (done.exit_code, done.output) == (0, "")
    page = bundle / "VERIFY.txt"
    page.write_bytes(page.read_bytes().replace(b"def main() -> None:", b"def main() -> object:"))
    summed_anew(bundle)
    assert "another script" in tracker(tmp_path, "evidence", "--check", str(bundle)).output
    (bundle / "redline.txt").write_text("It was otherwise.\n")
    summed_anew(bundle)
    assert tracker(tmp_path, "evidence", "--check", str(bundle)).exit_code == 1


def test_what_is_no_bundle_is_said_in_a_sentence(bundles: dict[str, Path], tmp_path: Path) -> None:
    twice, other = tmp_path / "twice.zip", tmp_path / "other.zip"
    with zipped(bundles["whole"], twice) as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("redline.txt", "It was otherwise.")
    other.write_bytes(b"PK")
    for path in (twice, other, tmp_path / "none.zip"):
        done = tracker(tmp_path, "evidence", "--check", str(path))
        assert done.exit_code == 2
        assert path.name in done.stderr
