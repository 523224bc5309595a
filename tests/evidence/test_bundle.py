"""Evidence bundles: whoever holds one needs nothing of ours to check it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.test_store import capture
from tests.samples import ADS, DOCUMENT, alter, declare, followed, terms, tracker
from tests.servers import Reply, Server, answer, page
from tracker import evidence
from tracker._support import cache
from tracker.archive.rows import to_row
from tracker.archive.store import Archive
from tracker.errors import ArchiveError
from tracker.evidence import verify

warcio = pytest.importorskip("warcio.archiveiterator", reason="warcio is not installed")
FIRST, SECOND = "20250903T120000Z", "20250905T120000Z"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Terms that change on the 3rd and return on the 5th; the second look at each is another."""
    root = tmp_path_factory.mktemp("evidence")
    changed = [terms(nonce=n) for n in (1, 2)] + [terms(ADS, n) for n in (3, 4)]
    followed(root, *changed, *(terms(nonce=n) for n in (5, 6, 7)))
    return root


@pytest.fixture
def bundle(root: Path, tmp_path: Path) -> Path:
    """The bundle of the change of the 3rd."""
    path = tmp_path / "bundle"
    done = tracker(root, "evidence", f"{DOCUMENT}/2025-09-03", "--output", str(path))
    assert done.exit_code == 0, done.output
    return path


# ── the page that says how to verify ──────────────────────────────────────────────


def steps(folder: Path) -> list[str]:
    """The commands of VERIFY.txt, to the letter: what stands between two rules."""
    text = (folder / "VERIFY.txt").read_text()
    return re.findall(r"^-{72}\n(.*?)\n-{72}$", text, re.MULTILINE | re.DOTALL)


def followed_to_the_letter(folder: Path) -> list[subprocess.CompletedProcess[str]]:
    """Each step in a shell that knows nothing but the system's own programs."""
    needed = ["sha256sum", "python3", "openssl"]
    for program in needed:
        if shutil.which(program, path="/usr/local/bin:/usr/bin:/bin") is None:
            pytest.skip(f"there is no {program} on this system")
    clean = ["env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", "sh", "-c"]
    return [
        subprocess.run([*clean, step], cwd=folder, capture_output=True, text=True, check=False)
        for step in steps(folder)
    ]


def test_a_reviewer_who_follows_the_page_finds_it_verified(bundle: Path) -> None:
    sums, log, signature = followed_to_the_letter(bundle)
    assert (sums.returncode, log.returncode, signature.returncode) == (0, 0, 0), log.stderr
    assert "FAILED" not in sums.stdout
    lines = log.stdout.splitlines()
    for folder, line, body in (("before/1", 0, terms(nonce=1)), ("after/1", 4, terms(ADS, 3))):
        facts = json.loads((bundle / folder / "capture.json").read_bytes())
        assert lines[line].startswith(f"{folder}: {DOCUMENT}, {facts['time']}")
        assert lines[line + 1].strip() == facts["final_url"]
        assert lines[line + 2].strip() == f"body SHA-256 {hashlib.sha256(body).hexdigest()}"
    assert [lines[n].strip() for n in (3, 7)] == ["entry 1 of 7", "entry 3 of 7"]
    root, key = (line.split()[1] for line in lines[-3:-1])
    assert (bundle / "checkpoint.txt").read_text().splitlines()[2] == root
    assert key in (bundle / "VERIFY.txt").read_text()
    assert lines[-1].startswith("VERIFIED: 2 captures stand in this log")
    assert "Verified Successfully" in signature.stdout


def test_whatever_is_altered_fails_a_step(bundle: Path) -> None:
    files = sorted(p for p in bundle.rglob("*") if p.is_file() and p.name != "VERIFY.txt")
    for file in files:
        kept = file.read_bytes()
        file.write_bytes(kept[:-2] + bytes([kept[-2] ^ 1]) + kept[-1:])
        results = followed_to_the_letter(bundle)
        assert any(r.returncode for r in results), file
        file.write_bytes(kept)


def test_the_bundle_names_every_file_it_has(bundle: Path) -> None:
    listed = {line.split("  ")[1] for line in (bundle / "SHA256SUMS").read_text().splitlines()} | {
        "SHA256SUMS"
    }
    assert listed == {str(p.relative_to(bundle)) for p in bundle.rglob("*") if p.is_file()}


def test_the_checkpoint_is_the_one_on_the_site(root: Path, bundle: Path) -> None:
    published = (root / "feeds" / "status" / "checkpoint").read_bytes()
    assert (bundle / "checkpoint.txt").read_bytes() == published
    note = published.decode().strip().splitlines()
    page = (root / "feeds" / "status" / "index.html").read_text()
    assert note[2].replace("+", "&#43;") in page or note[2] in page
    assert note[2] in (bundle / "VERIFY.txt").read_text()


def test_the_same_log_gives_the_same_bundle(root: Path, bundle: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "a.zip", tmp_path / "b.zip"]
    for path in paths:
        reference = f"https://terms.example/changes/{DOCUMENT}/{FIRST}/"
        assert tracker(root, "evidence", reference, "--output", str(path)).exit_code == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with zipfile.ZipFile(paths[0]) as packed:
        assert packed.testzip() is None
        for name in packed.namelist():
            assert packed.read(name) == (bundle / name).read_bytes()


def test_a_body_that_was_not_kept_is_said_plainly(root: Path, tmp_path: Path) -> None:
    """The text of the 5th had been seen on the 1st and was seen again on the 7th."""
    path = tmp_path / "returned"
    assert tracker(root, "evidence", f"{DOCUMENT}/{SECOND}", "--output", str(path)).exit_code == 0
    page = (path / "VERIFY.txt").read_text()
    assert "The body that was served then is NOT kept" in page
    entry = json.loads((path / "after" / "1" / "capture.json").read_bytes())
    assert entry["body"] == hashlib.sha256(terms(nonce=5)).hexdigest()
    assert entry["body"] in page
    (stand_in,) = (path / "after" / "1").glob("another-body*")
    assert stand_in.read_bytes() == terms(nonce=1)
    assert not list((path / "after" / "1").glob("body.*"))
    results = followed_to_the_letter(path)
    assert all(r.returncode == 0 for r in results), results[1].stderr
    assert "2 captures stand in this log, 1 WITHOUT the body" in results[1].stdout


def test_a_document_of_two_pages_is_proved_in_whole(tmp_path: Path) -> None:
    """One of the pages does not change; its clauses stand in both texts."""
    other = [page(terms("<p>One “rule” of café boats.</p>")), page(terms(ADS))]
    with Server({"/a": [page(terms(nonce=n)) for n in (1, 2)], "/b": other}) as server:
        declare(tmp_path, {"Terms": server.url("/a")})
        declared = tmp_path / "data" / "declarations" / "global" / "Harbour.json"
        parts = [{"fetch": server.url(path), "select": "main"} for path in ("/a", "/b")]
        terms_of = {"name": "Harbour", "terms": {"Terms": {"combine": parts}}}
        declared.write_text(json.dumps(terms_of))
        for day in (1, 3):
            now = f"2025-09-0{day}T12:00Z"
            tracker(tmp_path, "--now", now, "fetch", "--allow-host", server.entry)
    path = tmp_path / "bundle"
    assert tracker(tmp_path, "evidence", DOCUMENT, "--output", str(path)).exit_code == 0
    results = followed_to_the_letter(path)
    assert [r.returncode for r in results] == [0, 0, 0], results[1].stderr
    assert "VERIFIED: 4 captures" in results[1].stdout
    assert "read as the text: main; removed: nothing" in (path / "VERIFY.txt").read_text()


def test_without_a_signature_the_page_says_so(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "can_sign", lambda: False)
    path = tmp_path / "unsigned"
    assert tracker(root, "evidence", DOCUMENT, "--output", str(path)).exit_code == 0
    assert "The log is NOT signed" in (path / "VERIFY.txt").read_text()
    sums, log = followed_to_the_letter(path)
    assert (sums.returncode, log.returncode) == (0, 0), log.stderr
    assert "NOTHING IS SIGNED" in log.stdout
    assert "nothing is signed" in log.stdout.splitlines()[-1]


def test_the_status_page_links_to_a_key_only_where_one_signed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = 'status/key"'
    assert link in (root / "feeds" / "status" / "index.html").read_text()
    shutil.copytree(root / "data", tmp_path / "data", ignore=shutil.ignore_patterns("*.key"))
    monkeypatch.setattr(evidence, "can_sign", lambda: False)
    assert tracker(tmp_path, "publish").exit_code == 0
    page = (tmp_path / "feeds" / "status" / "index.html").read_text()
    assert 'status/checkpoint"' in page
    assert link not in page
    assert not (tmp_path / "feeds" / "status" / "key").exists()
    assert tracker(tmp_path, "verify").exit_code == 0


def test_what_is_named_for_nobody_sees_it_is_proved_as_well(tmp_path: Path) -> None:
    unseen = "We may \u200esell\u202a your \ufff9profile\U000e0041 to those who \u061cask for it."
    with Server({"/terms": [page(terms()), page(terms(f"<p>{unseen}</p>"))]}) as server:
        declare(tmp_path, {"Terms": server.url()})
        for now in ("2025-10-08T12:00Z", "2025-10-10T12:00Z"):
            tracker(tmp_path, "--now", now, "fetch", "--allow-host", server.entry)
    path = tmp_path / "bundle"
    assert tracker(tmp_path, "evidence", DOCUMENT, "--output", str(path)).exit_code == 0
    for name in ("redline.html", "redline.txt"):
        assert "We may sell your profile to those who ask for it." in (path / name).read_text()
    results = followed_to_the_letter(path)
    assert [r.returncode for r in results[:2]] == [0, 0], results[1].stderr
    assert "VERIFIED: 2 captures" in results[1].stdout


def test_a_page_that_was_served_by_another_clock_is_said_plainly(tmp_path: Path) -> None:
    headers = ("Content-Type: text/html", "Date: Fri, 10 Oct 2025 12:00:00 GMT")
    replies: list[Reply] = [answer(200, terms(extra), *headers) for extra in ("", ADS)]
    with Server({"/terms": replies}) as server:
        declare(tmp_path, {"Terms": server.url()})
        for now in ("2025-10-08T12:00Z", "2025-10-10T12:00Z"):
            tracker(tmp_path, "--now", now, "fetch", "--allow-host", server.entry)
    path = tmp_path / "bundle"
    assert tracker(tmp_path, "evidence", DOCUMENT, "--output", str(path)).exit_code == 0
    said = (
        "the Date header that was served says 2025-10-10 12:00:00 +0000, 2.0 days later than the "
        "recorded time 2025-10-08 12:00:00 +0000"
    )
    assert (path / "VERIFY.txt").read_text().count("the two clocks do not agree.") == 1
    assert said in (path / "VERIFY.txt").read_text()
    assert said in followed_to_the_letter(path)[1].stdout


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("Wed, 03 Sep 2025 12:04:59 GMT", ""),
        ("Wed, 03 Sep 2025 11:55:01 GMT", ""),
        ("Wed, 03 Sep 2025 12:06:00 GMT", "6 minutes later"),
        ("Wed, 03 Sep 2025 11:00:00 GMT", "60 minutes earlier"),
        ("Mon, 01 Sep 2025 12:00:00 GMT", "2.0 days earlier"),
        ("\x1b[2Jnow", "cannot be read"),
    ],
)
def test_two_clocks_are_compared(date: str, said: str) -> None:
    headers = json.dumps([["server", "x"], ["Date", date]])
    found = verify.clock({"headers": headers, "time": "2025-09-03T12:00:00.000000+00:00"})
    assert said in found if said else not found
    assert found.isprintable()


def test_the_page_says_where_others_saw_the_log(root: Path, bundle: Path, tmp_path: Path) -> None:
    assert "no address where its log is published" in (bundle / "VERIFY.txt").read_text()
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    (copy / "data" / "settings.toml").write_text('site_url = "https://terms.example/watch/"\n')
    assert tracker(copy, "evidence", DOCUMENT, "--output", str(tmp_path / "b")).exit_code == 0
    assert (
        "published at https://terms.example/watch/status/"
        in (tmp_path / "b" / "VERIFY.txt").read_text()
    )
    assert [r.returncode for r in followed_to_the_letter(tmp_path / "b")] == [0, 0, 0]


# ── which revision ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "reference",
    [
        DOCUMENT,
        "terms",
        f"terms/{SECOND}",
        "terms/2025-09-05",
        "terms/2025-09-05T12:00:00Z",
        f"changes/{DOCUMENT}/{SECOND}/",
        f"https://terms.example/x/changes/{DOCUMENT}/{SECOND}/index.html#c123",
        f"tag:terms-tracker.invalid,2025:{DOCUMENT}/2025-09-05T12:00:00Z",
    ],
)
def test_a_revision_may_be_named_as_people_find_it(
    root: Path, tmp_path: Path, reference: str
) -> None:
    path = tmp_path / "bundle"
    done = tracker(root, "evidence", reference, "--output", str(path))
    assert done.exit_code == 0, done.output
    assert "recorded 2025-09-05T12:00:00Z" in (path / "VERIFY.txt").read_text()


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("", "names no revision"),
        ("nothing-like-it", "nothing-like-it"),
        ("terms/2025-09-04", "no revision first seen 2025-09-04"),
        ("terms/2025", "terms/2025"),
        ("terms/2025-09", "terms/2025-09"),
    ],
)
def test_what_is_no_revision_is_named(
    root: Path, tmp_path: Path, reference: str, problem: str
) -> None:
    done = tracker(root, "evidence", reference, "--output", str(tmp_path / "x"))
    assert done.exit_code == 2
    assert problem in done.stderr
    assert not (tmp_path / "x").exists()


def test_what_stands_there_is_never_replaced(root: Path, bundle: Path) -> None:
    before = sorted(bundle.rglob("*"))
    done = tracker(root, "evidence", DOCUMENT, "--output", str(bundle))
    assert done.exit_code == 2
    assert "exists" in done.stderr
    assert sorted(bundle.rglob("*")) == before


@pytest.mark.parametrize("command", ["evidence", "verify"])
def test_what_is_proved_is_derived_anew(
    root: Path, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever can write into the cache must not be able to forge a redline."""

    def asked(*_: object) -> None:
        raise AssertionError("the cache was asked")

    monkeypatch.setattr(cache, "_unpacked", asked)
    arguments = [DOCUMENT, "--output", str(tmp_path / "b.zip")] if command == "evidence" else []
    done = tracker(root, command, *arguments)
    assert done.exit_code == 0, done.output


def test_a_damaged_archive_gives_no_evidence(root: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    alter(copy / "data" / "archive.db", "update captures set headers = '[]' where id = 2")
    done = tracker(copy, "evidence", DOCUMENT, "--output", str(tmp_path / "x"))
    assert done.exit_code == 1
    assert "is not whole" in done.stderr


# ── WARC ──────────────────────────────────────────────────────────────────────────


def records(data: bytes) -> Iterator[tuple[str, dict[str, str], bytes, Any]]:
    """What another tool reads, its digests checked by that tool."""
    for record in warcio.ArchiveIterator(BytesIO(data), check_digests="raise"):
        content = record.content_stream().read()
        fields = dict(record.rec_headers.headers)
        yield record.rec_type, fields, content, record.http_headers


def test_the_warc_is_read_by_other_tools(bundle: Path) -> None:
    found = list(records((bundle / "captures.warc").read_bytes()))
    assert [kind for kind, *_ in found] == ["warcinfo", *["response", "metadata"] * 2]
    responses = [(f, content, http) for kind, f, content, http in found if kind == "response"]
    assert [content for _, content, _ in responses] == [terms(nonce=1), terms(ADS, 3)]
    fields, _, http = responses[1]
    assert http.get_header("content-type") == "text/html; charset=utf-8"
    assert http.get_statuscode() == "200"
    assert fields["WARC-Date"].startswith("2025-09-03T12:00:00")
    assert fields["WARC-Target-URI"].startswith("http://127.0.0.1:")
    entries = [content for kind, _, content, _ in found if kind == "metadata"]
    assert entries[1] == (bundle / "after" / "1" / "capture.json").read_bytes()


def test_the_wacz_is_accepted_by_the_tool_for_such_files(bundle: Path) -> None:
    validate = pytest.importorskip("wacz.validate", reason="wacz is not installed")
    found = validate.Validation(str(bundle / "captures.wacz"))
    assert found.check_required_contents() == 0
    for check in (
        found.frictionless_validate,
        found.check_file_paths,
        found.check_file_hashes,
        found.check_data_package_hash_and_sig,
    ):
        assert check(), check.__name__


def test_the_wacz_leads_to_each_capture_at_its_place(bundle: Path) -> None:
    with zipfile.ZipFile(bundle / "captures.wacz") as packed:
        warc = packed.read("archive/captures.warc")
        index = gzip.decompress(packed.read("indexes/index.cdx.gz")).decode()
        pages = packed.read("pages/pages.jsonl").decode().splitlines()
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in packed.infolist())
    assert warc == (bundle / "captures.warc").read_bytes()
    rows = [json.loads(line.split(" ", 2)[2]) for line in index.splitlines()]
    assert len(rows) == len(pages) - 1 == 2
    for row in rows:
        start, size = int(row["offset"]), int(row["length"])
        ((kind, fields, body, _),) = records(warc[start : start + size])
        assert kind == "response"
        assert fields["WARC-Target-URI"] == row["url"]
        assert body in (terms(nonce=1), terms(ADS, 3))


def test_the_proof_is_read_by_the_rules_of_such_logs(bundle: Path) -> None:
    """C2SP tlog-proof, by RFC 6962: computed in another way than by the program and VERIFY.txt."""
    for side in ("before", "after"):
        text = (bundle / side / "1" / "capture.tlog-proof").read_text()
        head, note = text.split("\n\n", 1)
        first, place, *nodes = head.split("\n")
        assert first == "c2sp.org/tlog-proof@v1"
        assert note == (bundle / "checkpoint.txt").read_text()
        _, size, root, *_ = note.split("\n")
        index = int(place.removeprefix("index "))
        entry = (bundle / side / "1" / "capture.json").read_bytes()
        path = [base64.b64decode(node) for node in nodes]
        found = _root(hashlib.sha256(b"\0" + entry).digest(), index, int(size), path)
        assert base64.b64encode(found).decode() == root


def test_another_program_for_such_logs_accepts_signature_and_proof(
    root: Path, bundle: Path
) -> None:
    """aics-tlog, written by others after the same rules. It asks for Python 3.12 or later."""
    tlog = pytest.importorskip("aics_tlog", reason="aics-tlog is not installed")
    key = tlog.parse_vkey((root / "feeds" / "status" / "key").read_text().strip())
    for side in ("before", "after"):
        head, _, note = (bundle / side / "1" / "capture.tlog-proof").read_text().partition("\n\n")
        found = tlog.verify_checkpoint(tlog.parse_note(note), key)
        assert found.ok, found
        _, place, *nodes = head.split("\n")
        path, index = [base64.b64decode(node) for node in nodes], int(place.split()[1])
        entry = (bundle / side / "1" / "capture.json").read_bytes()
        size, top = found.size, found.root
        assert tlog.verify_leaf_inclusion(entry, index, size, path, top)
        assert not tlog.verify_leaf_inclusion(entry + b" ", index, size, path, top)


def _root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root by recursion over the tree, as section 2.1.1 of RFC 6962 defines it."""
    if size == 1:
        assert not path
        return leaf
    half = 1 << ((size - 1).bit_length() - 1)
    *below, other = path
    if index < half:
        return hashlib.sha256(b"\1" + _root(leaf, index, half, below) + other).digest()
    return hashlib.sha256(b"\1" + other + _root(leaf, index - half, size - half, below)).digest()


def test_another_tool_finds_a_flipped_bit(bundle: Path) -> None:
    data = bytearray((bundle / "captures.warc").read_bytes())
    done = subprocess.run(
        ["python", "-m", "warcio", "check", str(bundle / "captures.warc")],
        capture_output=True,
        text=True,
        check=False,
        executable=shutil.which("python") or "python3",
    )
    assert "mismatch" not in done.stdout + done.stderr
    place = data.index(b"personalised ads")
    data[place] ^= 1
    with pytest.raises(Exception, match="digest"):
        list(records(bytes(data)))


def test_transfer_headers_do_not_lie_about_the_stored_body(tmp_path: Path) -> None:
    body = terms(ADS)
    packed = answer(200, gzip.compress(body), "Content-Type: text/html", "Content-Encoding: gzip")
    with Server({"/terms": packed}) as server:
        declare(tmp_path, {"Terms": server.url()})
        tracker(tmp_path, "fetch", "--allow-host", server.entry)
    with Archive(tmp_path / "data" / "archive.db") as archive:
        ((found, entry),) = archive.entries()
    (response,) = [
        r for r in records(verify.warc([(to_row(found), entry, body)])) if r[0] == "response"
    ]
    _, _, content, http = response
    assert content == body
    assert http.get_header("content-encoding") is None
    assert http.get_header("x-archive-orig-content-encoding") == "gzip"


hostile = st.text(alphabet=st.sampled_from('ab:\r\n\0\x1b \u202eé日\ud800/%<>"'), max_size=40)


@settings(max_examples=150, deadline=None)
@given(hostile, hostile, hostile, st.binary(min_size=1, max_size=60))
def test_nothing_of_a_page_forges_a_record(name: str, value: str, url: str, body: bytes) -> None:
    seen = replace(
        capture(),
        headers=((name, value), ("x", f"y\r\n\r\nWARC/1.1\r\n{value}")),
        final_url=f"http://harbour.example/{url}",
        media=value,
        body=hashlib.sha256(body).hexdigest(),
    )
    for status in (200, None):
        data = verify.warc([(to_row(replace(seen, status=status)), b"{}", body)])
        kinds = [(kind, content) for kind, _, content, _ in records(data)]
        assert [kind for kind, _ in kinds] == [
            "warcinfo",
            "response" if status else "resource",
            "metadata",
        ]
        assert kinds[1][1] == body


# ── the key ───────────────────────────────────────────────────────────────────────


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "signing.key"
    assert evidence.load_key(path) is None
    key = evidence.make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert evidence.load_key(path) == key
    assert [p.name for p in path.parent.iterdir()] == ["signing.key"]
    with pytest.raises(ArchiveError):
        evidence.make_key(path)
    assert evidence.load_key(path) == key


@pytest.mark.parametrize("content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "signing.key"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"signing\.key: is not an Ed25519"):
        evidence.load_key(path)
    assert path.read_bytes() == content


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl on this system")
    path = tmp_path / "signing.key"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "X25519", "-out", str(path)],
        check=True,
        capture_output=True,
    )
    with pytest.raises(ArchiveError, match="is not an Ed25519"):
        evidence.load_key(path)


def test_an_address_names_the_log() -> None:
    assert evidence.origin_of("https://terms.example/watch/") == "terms.example/watch"
    assert evidence.origin_of("") == "terms-tracker.invalid"


def test_a_key_that_is_there_counts_though_its_other_name_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a checkpoint would be published unsigned beside the key that should have signed."""

    def fails(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    path = tmp_path / "signing.key"
    monkeypatch.setattr("tracker.evidence.keys.os.link", _linked_then(monkeypatch, fails))
    key = evidence.make_key(path)
    monkeypatch.undo()
    assert evidence.load_key(path) == key
    assert (tmp_path / ".signing.key.new").exists()


def _linked_then(monkeypatch: pytest.MonkeyPatch, fails: Any) -> Any:
    real = os.link

    def link(*arguments: Any) -> None:
        real(*arguments)
        monkeypatch.setattr(Path, "unlink", fails)

    return link
