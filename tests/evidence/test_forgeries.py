"""Forgeries by somebody who also writes SHA256SUMS anew: whoever follows VERIFY.txt finds them."""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence.test_bundle import followed_to_the_letter
from tests.factories import TOPICS, every_kind, heron
from tests.samples import ADS, DOCUMENT, followed, terms, tracker
from tests.strategies import clause, edited
from tracker import evidence
from tracker._support.merkle import frontier_of, inclusion, leaf_hash, root_of
from tracker.archive.rows import to_row
from tracker.differ import revise
from tracker.evidence import verify
from tracker.evidence.bundle import redlines
from tracker.extractor import text_digest
from tracker.extractor.normalise import display, fold, without_counters
from tracker.model import Clause, Link, Revision, Unit, Version

Forgery = Callable[[Path], None]
WORD, OTHER = "with advertisers", "with nobody else"
PARTS = ("body.html.txt", "capture.json", "headers.txt", "proof.json", "text.json")


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of a change that was seen third of seven looks."""
    root = tmp_path_factory.mktemp("forgeries")
    followed(root, terms(nonce=1), terms(nonce=2), *(terms(ADS, n) for n in range(3, 8)))
    done = tracker(root, "evidence", DOCUMENT, "--output", str(root / "bundle"))
    assert done.exit_code == 0, done.output
    return root / "bundle"


# ── how one forges ────────────────────────────────────────────────────────────────


def put(name: str, old: str, new: str) -> Forgery:
    """Write `new` for the first `old` in a file."""

    def forge(bundle: Path) -> None:
        data = (bundle / name).read_bytes()
        assert old.encode() in data, f"{name} has no {old!r}"
        (bundle / name).write_bytes(data.replace(old.encode(), new.encode(), 1))

    return forge


def proof(**facts: object) -> Forgery:
    def forge(bundle: Path) -> None:
        file = bundle / "after" / "1" / "proof.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | facts, indent=1) + "\n")

    return forge


def longer_path(bundle: Path) -> None:
    path = json.loads((bundle / "after" / "1" / "proof.json").read_text())["path"]
    proof(path=[*path, "00" * 32])(bundle)


def without(*names: str) -> Forgery:
    def forge(bundle: Path) -> None:
        for name in names:
            path = bundle / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return forge


def swapped(*names: str) -> Forgery:
    def forge(bundle: Path) -> None:
        for name in names:
            one, two = (bundle / side / "1" / name for side in ("before", "after"))
            kept = one.read_bytes()
            one.write_bytes(two.read_bytes())
            two.write_bytes(kept)

    return forge


def before_twice(bundle: Path) -> None:
    for name in PARTS:
        shutil.copy(bundle / "before" / "1" / name, bundle / "after" / "1" / name)


def hidden_body(bundle: Path) -> None:
    """Another page, under a name that is no body's."""
    body = bundle / "after" / "1" / "body.html.txt"
    body.rename(body.with_name("page.html.txt"))
    put("after/1/page.html.txt", WORD, OTHER)(bundle)


def second_body(bundle: Path) -> None:
    (bundle / "after" / "1" / "body.md.txt").write_text("Another page.")


def with_its_digest(bundle: Path) -> None:
    """Another page, whose digest capture.json names."""
    body = bundle / "after" / "1" / "body.html.txt"
    old = sha256(body.read_bytes()).hexdigest()
    put("after/1/body.html.txt", WORD, OTHER)(bundle)
    put("after/1/capture.json", old, sha256(body.read_bytes()).hexdigest())(bundle)


def root_line(bundle: Path) -> str:
    return (bundle / "signed.txt").read_text().splitlines()[2]


def another_log(bundle: Path) -> str:
    """Everything of a false page and time in a log of its own; the root of that log."""
    with_its_digest(bundle)
    for name in ("after/1/text.json", "redline.json", "redline.html", "redline.txt"):
        put(name, WORD, OTHER)(bundle)
    old = json.loads((bundle / "after" / "1" / "capture.json").read_text())["text"]
    clauses = json.loads((bundle / "after" / "1" / "text.json").read_text())
    put("after/1/capture.json", old, verify.text_digest(clauses))(bundle)
    entries = [b"entry %d" % n for n in range(7)]
    places = {
        side: json.loads((bundle / side / "1" / "proof.json").read_text())["index"]
        for side in ("before", "after")
    }
    for side, index in places.items():
        entries[index] = (bundle / side / "1" / "capture.json").read_bytes()
    leaves = [leaf_hash(entry) for entry in entries]
    for side, index in places.items():
        packed = verify.proof(index, 7, inclusion(leaves, index))
        (bundle / side / "1" / "proof.json").write_bytes(packed)
    warc_anew(bundle)
    return base64.b64encode(root_of(frontier_of(leaves))).decode()


def warc_anew(bundle: Path) -> None:
    """captures.warc as the false captures have it."""
    folders = [bundle / side / "1" for side in ("before", "after")]
    entries = [(folder / "capture.json").read_bytes() for folder in folders]
    bodies = [(folder / "body.html.txt").read_bytes() for folder in folders]
    found = [(json.loads(entry), entry, body) for entry, body in zip(entries, bodies, strict=True)]
    (bundle / "captures.warc").write_bytes(verify.warc(found))


def beside_the_genuine_signature(bundle: Path) -> None:
    """What the signature covers and its key stay as they are, and so does VERIFY.txt."""
    put("checkpoint.txt", root_line(bundle), another_log(bundle))(bundle)


def under_the_genuine_key(bundle: Path) -> None:
    """As before, with the false root in signed.txt too: only the signature is not of it."""
    old, new = root_line(bundle), another_log(bundle)
    for name in ("checkpoint.txt", "signed.txt"):
        put(name, old, new)(bundle)


def signed_by_another(bundle: Path) -> None:
    under_the_genuine_key(bundle)
    key = evidence.make_key(bundle.parent / "other.key")
    body = (bundle / "signed.txt").read_text()
    spki = bytes.fromhex("302a300506032b6570032100") + key.public
    pem = base64.b64encode(spki).decode()
    (bundle / "public-key.pem").write_text(
        f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n"
    )
    (bundle / "signature.bin").write_bytes(key.sign(body.encode()))
    (bundle / "checkpoint.txt").write_text(evidence.signed(body, key))


def one_fewer_change(bundle: Path) -> None:
    (bundle / "redline.json").write_text("[]")
    page = (bundle / "redline.html").read_text()
    (bundle / "redline.html").write_text(page.split("<h2>")[0])
    (bundle / "redline.txt").write_text("Nothing changed.\n")


def two_keys(bundle: Path) -> None:
    """The genuine key for whoever reads the file so, another for whoever reads it otherwise."""
    other = base64.b64encode(verify_key_of_another()).decode()
    genuine = (bundle / "public-key.pem").read_text().splitlines()[1]
    (bundle / "public-key.pem").write_text(
        f"{genuine}\n-----BEGIN PUBLIC KEY-----\n{other}\n-----END PUBLIC KEY-----\n"
    )


def verify_key_of_another() -> bytes:
    return bytes.fromhex("302a300506032b6570032100") + bytes(32)


def module(name: str) -> Forgery:
    """What stands in for the library of whoever runs Python in the folder."""

    def forge(bundle: Path) -> None:
        (bundle / name).parent.mkdir(exist_ok=True)
        (bundle / name).write_text("print('VERIFIED: 2 captures'); raise SystemExit")
        put("after/1/body.html.txt", WORD, OTHER)(bundle)

    return forge


def added(name: str) -> Forgery:
    return lambda bundle: void((bundle / name).write_text("It was otherwise."))


def clause_in_a_number(bundle: Path) -> None:
    """Two clauses as one, whose number ends with what parts them in the digest."""
    file = bundle / "after" / "1" / "text.json"
    first, second, *rest = json.loads(file.read_text())
    swallowed = "\x1f".join([first["number"], first["text"], *first["links"]])
    file.write_text(json.dumps([{**second, "number": f"{swallowed}\x1e{second['number']}"}, *rest]))


def twice_in_the_redline(bundle: Path) -> None:
    changes = json.loads((bundle / "redline.json").read_text())
    (bundle / "redline.json").write_text(json.dumps([*changes, changes[-1]]))


def length_twice(bundle: Path) -> None:
    """A WARC that another program reads otherwise."""
    data = (bundle / "captures.warc").read_bytes()
    (bundle / "captures.warc").write_bytes(
        data.replace(b"Content-Length:", b"Content-Length:61\r\nContent-Length:", 1)
    )


def one_capture_for_two(bundle: Path) -> None:
    shutil.copytree(bundle / "before" / "1", bundle / "before" / "2")


FORGERIES: dict[str, Forgery] = {
    "two keys in one file": two_keys,
    "a module beside the script": module("base64.py"),
    "a package beside the script": module("html/__init__.py"),
    "a file that is none of a bundle": added("SUMMARY.html"),
    "a picture beside a capture": added("after/1/screenshot.html"),
    "a link": lambda b: (b / "after" / "1" / "body.md.txt").symlink_to("body.html.txt"),
    "a clause hidden in a number": clause_in_a_number,
    "a clause twice in the redline": twice_in_the_redline,
    "wordings in a comment": put("redline.html", "<h2>", "<!-- --><h2>"),
    "a style of one's own": put("redline.html", "</style>", "ins{display:none}</style>"),
    "a wording in other marks": put("redline.html", "<h2>", "<p class='wording'>x</p>\n<h2>"),
    "marks above the redline": put("redline.txt", "\n\n", " {+invented+}\n\n"),
    "two lengths in the WARC": length_twice,
    "one capture for two": one_capture_for_two,
    "a word of a body": put("after/1/body.html.txt", WORD, OTHER),
    "a body and its digest": with_its_digest,
    "a body under another name": hidden_body,
    "a second body": second_body,
    "the recorded time in headers.txt": put("before/1/headers.txt", "2025-09-01", "2025-09-11"),
    "an address in headers.txt": put("after/1/headers.txt", "127.0.0.1", "harbour.example"),
    "a header of headers.txt": put("after/1/headers.txt", "text/html", "text/plain"),
    "the time in capture.json": put("after/1/capture.json", "2025-09-03T", "2025-08-03T"),
    "an index beyond the log": proof(index=7),
    "an index far beyond": proof(index=2 + 16),
    "an index below 0": proof(index=-6),
    "an index that is another": proof(index=3),
    "an index that is no number": proof(index="2"),
    "the size of a proof": proof(size=700),
    "a node of a path": proof(path=["00" * 32] * 3),
    "a path that is too long": longer_path,
    "an empty path": proof(path=[]),
    "the size in checkpoint.txt": put("checkpoint.txt", "\n7\n", "\n8\n"),
    "the origin in checkpoint.txt": put("checkpoint.txt", "terms-tracker", "web-archive"),
    "a line of checkpoint.txt": put("checkpoint.txt", "documents 1", "documents 2"),
    "the name in the signature line": put("checkpoint.txt", "— terms", "— other"),
    "the signature in checkpoint.txt": put("checkpoint.txt", "invalid ", "invalid A"),
    "the size in signed.txt": put("signed.txt", "\n7\n", "\n8\n"),
    "another signature": lambda b: void((b / "signature.bin").write_bytes(bytes(64))),
    "no signature at all": without("signed.txt", "signature.bin", "public-key.pem"),
    "no key": without("public-key.pem"),
    "captures swapped": swapped(*PARTS),
    "bodies swapped": swapped("body.html.txt"),
    "proofs swapped": swapped("proof.json"),
    "texts swapped": swapped("text.json"),
    "headers swapped": swapped("headers.txt"),
    "before in place of after": before_twice,
    "no after": without("after"),
    "no before": without("before"),
    "an empty after": without("after/1"),
    "no proof": without("after/1/proof.json"),
    "no proofs": without("before/1/proof.json", "after/1/proof.json"),
    "no body": without("after/1/body.html.txt"),
    "no text": without("after/1/text.json"),
    "no WARC": without("captures.warc"),
    "a body in the WARC": put("captures.warc", WORD, OTHER),
    "a date in the WARC": put("captures.warc", "Date: 2025-09-01", "Date: 2025-09-11"),
    "an entry in the WARC": put("captures.warc", '"status":200', '"status":201'),
    "a word of a text": put("after/1/text.json", WORD, OTHER),
    "a word of redline.json": put("redline.json", WORD, OTHER),
    "a word of redline.html": put("redline.html", WORD, OTHER),
    "a word of redline.txt": put("redline.txt", WORD, OTHER),
    "a change left out of every redline": one_fewer_change,
    "false captures beside the genuine signature": beside_the_genuine_signature,
    "false captures, false root, genuine key": under_the_genuine_key,
}


def void(_: object) -> None:
    """A forgery gives nothing back."""


def summed_anew(bundle: Path) -> None:
    files = sorted(p for p in bundle.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    sums = (f"{sha256(p.read_bytes()).hexdigest()}  {p.relative_to(bundle)}\n" for p in files)
    (bundle / "SHA256SUMS").write_text("".join(sums))


@pytest.mark.parametrize("name", FORGERIES)
def test_a_careful_forger_is_found(genuine: Path, tmp_path: Path, name: str) -> None:
    bundle = Path(shutil.copytree(genuine, tmp_path / "bundle"))
    FORGERIES[name](bundle)
    summed_anew(bundle)
    sums, log, signature = followed_to_the_letter(bundle)
    assert sums.returncode == 0, "SHA256SUMS finds no forger"
    assert log.returncode or signature.returncode
    assert not log.returncode or log.stderr.startswith("NOT VERIFIED: "), log.stderr
    assert ("VERIFIED: 2 captures" in log.stdout) == (log.returncode == 0)


def test_the_genuine_one_is_not(genuine: Path) -> None:
    assert [r.returncode for r in followed_to_the_letter(genuine)] == [0, 0, 0]


def test_a_log_and_key_of_ones_own_are_found_by_comparison_alone(
    genuine: Path, tmp_path: Path
) -> None:
    """No arithmetic can find it; what step 2 prints is not what VERIFY.txt and the others say."""
    bundle = Path(shutil.copytree(genuine, tmp_path / "bundle"))
    signed_by_another(bundle)
    for told in (bundle / "captures.wacz", *bundle.rglob("*.tlog-proof")):
        told.unlink()  # they say the same in other forms, and may be left out
    summed_anew(bundle)
    results = followed_to_the_letter(bundle)
    assert [r.returncode for r in results] == [0, 0, 0], results[1].stderr
    printed = [line.split()[1] for line in results[1].stdout.splitlines()[-3:-1]]
    page = (bundle / "VERIFY.txt").read_text()
    assert not any(value in page for value in printed)
    assert "compare the root AND the key" in page


def test_what_is_passed_off_as_not_covered_is_said_in_the_last_line(
    genuine: Path, tmp_path: Path
) -> None:
    """A false text under the name of one that was read anew."""
    bundle = Path(shutil.copytree(genuine, tmp_path / "bundle"))
    for name in ("after/1/text.json", "redline.json", "redline.html", "redline.txt"):
        put(name, WORD, OTHER)(bundle)
    text = bundle / "after" / "1" / "text.json"
    text.rename(text.with_name("text-read-anew.json"))
    summed_anew(bundle)
    _, log, _ = followed_to_the_letter(bundle)
    assert "but NOT the text that was read anew" in log.stdout.splitlines()[-1]
    assert "read anew, by a later program" not in (bundle / "VERIFY.txt").read_text()


# ── what the script has of its own is what the program has ────────────────────────

texts = st.text(alphabet=st.sampled_from("aé`’'“\u00a0\u200b\u0301\u0344 \n-2daysgoU\ud800\ufeff"))
clauses = st.builds(
    lambda text, number, target: Clause(
        Unit.PARAGRAPH, text, fold(text), (), number, (Link("x", target),) if target else ()
    ),
    texts,
    st.sampled_from(["", "1.", "(a)"]),
    st.sampled_from(["", "https://harbour.example/"]),
)


@given(st.lists(clauses))
def test_a_text_has_the_digest_of_the_log(found: Sequence[Clause]) -> None:
    as_data = [
        {
            "number": c.number,
            "text": without_counters(c.key),
            "links": [link.target for link in c.links],
        }
        for c in found
    ]
    assert verify.text_digest(as_data) == text_digest(found)


# ── the redline, tested mechanically ──────────────────────────────────────────────


def written(folder: Path, revision: Revision) -> tuple[list[dict[str, Any]], ...]:
    """The three redlines of a revision, as a bundle has them; the clauses of both its texts."""
    for name, data in redlines(revision, facts(revision)):
        (folder / name).write_bytes(data)
    return tuple(
        [
            {
                "number": c.number,
                "text": without_counters(c.key),
                "links": [link.target for link in c.links],
            }
            for c in version.clauses
        ]
        for version in (revision.before, revision.after)
    )


def facts(revision: Revision) -> dict[str, Sequence[dict[str, Any]]]:
    """What the log has of the captures of both sides."""
    sides = (("before", revision.before), ("after", revision.after))
    return {side: [to_row(capture) for capture in version.captures] for side, version in sides}


def is_read_back(revision: Revision) -> None:
    with TemporaryDirectory() as folder, chdir(folder):
        assert verify.redline(facts(revision), *written(Path(), revision)) <= len(revision.changes)


def test_every_kind_of_change_is_read_back() -> None:
    for revision in (*every_kind().revisions, *heron().revisions):
        is_read_back(revision)


@settings(max_examples=30, deadline=None)
@given(edited())
def test_every_redline_is_read_back(texts: tuple[tuple[Clause, ...], tuple[Clause, ...]]) -> None:
    before, after = (replace(v, clauses=c) for v, c in zip(_sides(), texts, strict=True))
    is_read_back(revise(before, after, TOPICS))


marks = st.text(alphabet=st.sampled_from("ab []{}-+<>&\u202e\x07é\n"), min_size=1, max_size=30)


@settings(max_examples=30, deadline=None)
@given(st.lists(marks, min_size=1, max_size=4), st.lists(marks, min_size=1, max_size=4))
def test_marks_of_a_page_hide_no_change(old: list[str], new: list[str]) -> None:
    texts = (tuple(map(clause, map(display, side))) for side in (old, new))
    before, after = (replace(v, clauses=c) for v, c in zip(_sides(), texts, strict=True))
    is_read_back(revise(before, after, TOPICS))


def _sides() -> tuple[Version, Version]:
    (revision, *_) = heron().revisions
    return revision.before, revision.after


def test_both_redlines_say_the_same() -> None:
    """Line for line, with the same pieces of each wording."""
    for revision in (*every_kind().revisions, *heron().revisions):
        made = {name: data.decode() for name, data in redlines(revision, facts(revision))}
        page = made["redline.html"].partition("</head>")[2]
        for mark, tag in (("-", "del"), ("+", "ins")):
            pieces = re.compile(f"<{tag}>(.*?)</{tag}>", re.DOTALL)
            page = pieces.sub(partial(_marked, mark), page)
        shown = html.unescape(re.sub(r"<[^>]*>", "", page))
        assert shown.split() == made["redline.txt"].split()


def _marked(mark: str, found: re.Match[str]) -> str:
    return "".join(f"\n  {mark} {line}" for line in found[1].split("\n")) + "\n    "
