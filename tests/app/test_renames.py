"""A document that took another name: its history goes on where the operator says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.samples import tracker
from tests.servers import Server, page
from tracker.config.declarations import Declared, load

RULES = "".join(f"<p>Rule {n}: each boat has a name and keeps to its side.</p>" for n in range(9))
OLD, NEW, LATER = "Letters are never read.", "Letters may be read by us.", "Letters are sold."


def terms(extra: str) -> bytes:
    return page(f"<html lang=en><main><h1>Terms</h1>{RULES}<p>{extra}</p></main></html>".encode())


def declare(root: Path, service: str, document: dict[str, object], **more: object) -> None:
    folder = root / "data" / "declarations" / "global"
    folder.mkdir(parents=True, exist_ok=True)
    said = {"name": service, "terms": {"Terms": document}, **more}
    (folder / f"{service}.json").write_text(json.dumps(said))


def look(root: Path, server: Server, day: int) -> str:
    now = f"2026-05-{day:02}T08:00Z"
    done = tracker(root, "--now", now, "run", "--force", "--allow-host", server.entry)
    assert done.exit_code == 0, done.output
    return done.output


def told(root: Path, name: str) -> list[str]:
    found = tracker(root, "changes", name, "--json").stdout.splitlines()
    return [json.loads(line)["after"] for line in found]


def states(root: Path) -> dict[str, str]:
    lines = tracker(root, "status").stdout.splitlines()
    return {line.split()[0]: line for line in lines if line[:1].strip()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.mark.parametrize("was", [{"was": "Chirper"}, {}])
def test_a_service_of_another_name_goes_on(root: Path, was: dict[str, str]) -> None:
    replies = [terms(text) for text in (OLD, NEW, LATER, LATER)]
    with Server({"/terms": replies}) as server:
        document: dict[str, object] = {"fetch": server.url()}
        declare(root, "Chirper", document)
        look(root, server, 1)
        look(root, server, 2)
        (root / "data/declarations/global/Chirper.json").unlink()
        document |= {} if was else {"was": "chirper/terms@global"}
        declare(root, "Zed", document, **was)
        assert "is read where" not in look(root, server, 3)
    assert told(root, "zed") == [LATER]
    assert told(root, "chirper") == [NEW]  # which stays where it was published
    assert "goes on as zed/terms@global" in states(root)["chirper/terms@global"]
    feeds = root / "feeds"
    assert (feeds / "zed" / "terms@global.xml").read_text().count("<guid") == 1
    old = (feeds / "chirper" / "terms@global.xml").read_text()
    assert "goes on as zed/terms@global" in old
    assert "chirper/terms@global" in (feeds / "documents/zed/terms@global/index.html").read_text()
    assert (feeds / "all.xml").read_text().count("<guid") == 2
    done = tracker(root, "verify")
    assert done.exit_code == 0, done.output
    proof = tracker(root, "evidence", "zed", "--output", str(root / "proof.zip"))
    assert proof.exit_code == 0, proof.output


def test_without_a_word_it_is_named_and_nothing_is_called_imported(root: Path) -> None:
    with Server({"/terms": [terms(OLD), terms(NEW)], "/other": terms(OLD)}) as server:
        declare(root, "Chirper", {"fetch": server.url()})
        look(root, server, 1)
        (root / "data/declarations/global/Chirper.json").unlink()
        declare(root, "Zed", {"fetch": server.url()})
        declare(root, "Other", {"fetch": server.url("/other")})
        said = "zed/terms@global is read where chirper/terms@global was"
        assert said in look(root, server, 2)
        assert said not in look(root, server, 3)  # only at first
    assert said in tracker(root, "doctor").output
    assert "no longer declared" in states(root)["chirper/terms@global"]


def test_an_address_that_moved_is_the_same_text(root: Path) -> None:
    with Server({"/terms": terms(OLD), "/legal": terms(NEW)}) as server:
        declare(root, "Zed", {"fetch": server.url(), "select": "main"})
        look(root, server, 1)
        declare(root, "Zed", {"fetch": server.url("/legal")})
        look(root, server, 2)
        assert '"technical"' in tracker(root, "log", "zed", "--json").stdout
        declare(root, "Zed", {"fetch": server.url("/legal"), "was": server.url()})
        look(root, server, 3)
    assert '"substantive"' in tracker(root, "log", "zed", "--json").stdout
    assert told(root, "zed") == [NEW]


def loaded(root: Path) -> Declared:
    return load(root / "data" / "declarations")


def test_names_that_documents_had_are_read(root: Path) -> None:
    url = "https://zed.example/terms"
    declare(root, "Zed", {"fetch": url, "was": ["Rules", f"{url}/old"]}, was=["Chirper", "Tweeter"])
    (document,) = loaded(root).documents
    assert document.moved == (f"{url}/old",)
    assert set(document.was) == {
        f"{service}/{kind}@global"
        for service in ("chirper", "tweeter", "zed")
        for kind in ("rules", "terms")
    } - {"zed/terms@global"}


def test_what_is_declared_itself_is_nobody_elses_past(root: Path) -> None:
    declare(root, "Chirper", {"fetch": "https://chirper.example/"})
    declare(root, "Zed", {"fetch": "https://zed.example/"}, was="Chirper")
    declare(root, "Yak", {"fetch": "https://yak.example/"}, was="Tweeter")
    declare(root, "Gnu", {"fetch": "https://gnu.example/"}, was="Tweeter")
    declared = loaded(root)
    assert {document.was for document in declared.documents} == {()}
    assert len(declared.remarks) == 3


@pytest.mark.parametrize("was", [3, {"a": 1}, "", "../x", "!"])
def test_names_that_are_none_are_refused(root: Path, was: object) -> None:
    declare(root, "Zed", {"fetch": "https://zed.example/", "was": was})
    (refusal,) = loaded(root).refusals
    assert '"was"' in refusal.sentence
