from __future__ import annotations

import json
import re
import tarfile
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus import CORPUS, needs_corpus
from tracker.config.declarations import Declared, document_id, find, load, parse
from tracker.config.validation import MAX_BYTES
from tracker.errors import UsageError
from tracker.model import Document, Range, Source

SHIPPED = Path(__file__).parents[2] / "data" / "declarations"
URL = "https://example.org/terms"


def declaration(terms: object, type_: str = "Privacy Policy", name: str = "Harbour") -> str:
    return json.dumps({"name": name, "terms": {type_: terms}})


def read(text: str, edition: str = "global") -> Declared:
    return parse("global/Harbour.json", text, edition=edition)


def only(terms: object) -> Document:
    (document,) = read(declaration(terms)).documents
    return document


def refusal(text: str, edition: str = "global") -> str:
    (refusal,) = read(text, edition).refusals
    message = refusal.sentence
    assert message.startswith("global/Harbour.json: ")
    assert message.isprintable()
    return message


# ── what is accepted ──────────────────────────────────────────────────────────────


def test_a_document_is_named_after_service_type_and_edition() -> None:
    document = only({"fetch": URL, "select": ".text"})
    assert document == Document(
        "harbour/privacy-policy@global",
        "Harbour",
        "Privacy Policy",
        "global",
        (Source(URL, (".text",), ()),),
    )


def test_the_language_of_a_document_may_be_declared() -> None:
    assert only({"fetch": URL, "language": "fr"}).language == "fr"
    said = refusal(declaration({"fetch": URL, "language": "French"}))
    assert 'must be a code of two letters (ISO 639-1), such as "en"' in said


def test_the_older_key_documents_and_importedfrom_are_known() -> None:
    text = {"name": "A", "importedFrom": "b", "documents": {"Terms of Service": {"fetch": URL}}}
    assert read(json.dumps(text)).documents[0].id == "a/terms-of-service@global"


def test_without_select_a_page_is_read_by_its_structure() -> None:
    assert only({"fetch": URL, "executeClientScripts": False}).sources == (Source(URL),)


def test_range_selectors_know_which_ends_belong_to_them() -> None:
    chosen = {"startBefore": "h1", "endBefore": "#footer"}
    left_out = [{"startAfter": ".a", "endAfter": ".b > i"}, "nav "]
    (source,) = only({"fetch": URL, "select": ["main", chosen], "remove": left_out}).sources
    assert source.select == ("main", Range("h1", "#footer", True, False))
    assert source.remove == (Range(".a", ".b > i", False, True), "nav")


def test_combined_pages_inherit_what_they_do_not_say() -> None:
    pages = [{"fetch": URL}, {"fetch": URL + "/2", "select": "article", "remove": []}]
    document = only({"combine": pages, "select": "main", "remove": ".ad"})
    assert document.sources == (
        Source(URL, ("main",), (".ad",)),
        Source(URL + "/2", ("article",), ()),
    )


def test_filters_are_accepted_and_remarked_on() -> None:
    filters = ["removeQueryParams", {"removeQueryParams": ["utm_source"]}, {"cleanUrls": [1]}]
    pages = [{"fetch": URL, "filter": ["convertSpacesToStandard", "mask"]}, {"fetch": URL + "/2"}]
    remarks = read(declaration({"combine": pages, "filter": filters})).remarks
    assert [re.findall("removeQueryParams|convertSpacesToStandard|cleanUrls|mask", r)
            for r in remarks] == [
        ["removeQueryParams"], ["convertSpacesToStandard"], ["cleanUrls", "mask"],
    ]  # fmt: skip
    assert all(r.startswith('global/Harbour.json: "Privacy Policy" ') for r in remarks)


def test_pages_that_scripts_fill_are_accepted_and_remarked_on() -> None:
    pages = [{"fetch": URL}, {"fetch": URL + "/2", "executeClientScripts": True}]
    declared = read(declaration({"combine": pages, "executeClientScripts": False}))
    ((first, second), (remark,)) = declared.documents[0].sources, declared.remarks
    assert (first.scripts, second.scripts) == (False, True)
    assert '"Privacy Policy" asks for a browser' in remark
    plain = Source(URL + "/2")
    assert (second, second.key) == (plain, plain.key)  # it is the same page


def test_blanks_in_an_address_are_escaped_as_browsers_do() -> None:
    (source,) = only({"fetch": " https://a.org/a b.pdf "}).sources
    assert source.url == "https://a.org/a%20b.pdf"


def test_a_file_without_documents_is_remarked_on() -> None:
    declared = read('{"name": "A", "terms": {}}')
    assert not declared.refusals
    assert "declares no document" in declared.remarks[0]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("豆包", "cjk-f64660ef/"),
        ("Яндекс", "cyrillic-"),
        ("사용 약관", "hangul-"),
        ("a" * 65, "a" * 55 + "-"),
    ],
)
def test_names_of_any_script_and_length_have_an_address_for_ever(name: str, part: str) -> None:
    for form in ("NFC", "NFD", "NFKC"):
        given_ = unicodedata.normalize(form, name)
        (document,) = read(declaration({"fetch": URL}, name=given_)).documents
        assert document.id.startswith(part)
        assert document.service == given_
    other = read(declaration({"fetch": URL}, name=f"{name}{name[-1]}")).documents[0]
    assert other.id != document.id
    assert find([document, other], document.id) == document
    assert find([document], name) == document or len(name) > 64


@needs_corpus
def test_declarations_of_others_are_accepted_as_they_are() -> None:
    accepted, all_ = Counter[str](), Counter[str]()
    with tarfile.open(CORPUS / "declarations.tar.gz") as files:
        for member in (one for one in files if one.name.endswith(".json")):
            file = files.extractfile(member)
            assert file
            text, collection = file.read().decode(), member.name.split("/")[-2]
            terms = json.loads(text)
            all_[collection] += len(terms.get("terms") or terms.get("documents") or {})
            accepted[collection] += len(parse(member.name, text, edition="global").documents)
    assert all_.total() > 1000
    assert all(accepted[name] >= 0.97 * number for name, number in all_.items()), accepted


# ── what is refused, each with its place and a way out ────────────────────────────

REFUSED = {
    "unknown key": ({"fetch": URL, "selct": "main"}, '"selct".*perhaps select is meant'),
    "terms are no object": (URL, "must hold keys and values, not text"),
    "no page": ({"select": "main"}, 'no "fetch"; add'),
    "fetch and combine": ({"fetch": URL, "combine": [{"fetch": URL}]}, "keep one"),
    "nothing to combine": ({"combine": []}, '"combine" must be a list of at least one page'),
    "combine in combine": ({"combine": [{"combine": []}]}, '"combine" › "1" › "combine" is not'),
    "combined page without address": ({"combine": [{"select": "p"}]}, '"1" has no "fetch"'),
    "address of a wrong type": ({"fetch": 3}, '"fetch" must be text in quotation marks, not a num'),
    "file address": ({"fetch": "file:///etc/passwd"}, "begins with https://"),
    "relative address": ({"fetch": "/legal"}, "begins with https://"),
    "address without host": ({"fetch": "https:///legal"}, "begins with https://"),
    "strange host": ({"fetch": "https://a\\b/"}, "begins with https://"),
    "port out of range": ({"fetch": "https://a:99999/"}, "cannot be read"),
    "broken host": ({"fetch": "https://[::1/"}, "cannot be read"),
    "label too long": ({"fetch": f"https://{'a' * 70}.org/"}, "cannot be read"),
    "password": ({"fetch": "https://me:secret@example.org/"}, "password in its address; leave it"),
    "line break in address": ({"fetch": "https://a.org/a\nb"}, "%20"),
    "unreadable selector": ({"fetch": URL, "select": "div["}, '"select" is not a CSS selector'),
    "pseudo-element": ({"fetch": URL, "remove": ["p::before"]}, '"remove" › "1" is not a CSS'),
    "deprecated selector": ({"fetch": URL, "select": "p:contains('a')"}, "-soup-contains"),
    "deep selector": ({"fetch": URL, "select": ":not(" * 390 + "p"}, '"select" is'),
    "long selector": ({"fetch": URL, "select": "p," * 1001 + "p"}, "between 1 and 2000"),
    "empty selector": ({"fetch": URL, "select": " "}, "between 1 and 2000"),
    "selector of a wrong type": ({"fetch": URL, "select": None}, "not nothing"),
    "half a pair": ({"fetch": URL, "select": "p\ud800"}, "invisible characters"),
    "range with one end": ({"fetch": URL, "select": {"startBefore": "h1"}}, "one of endBefore and"),
    "range with two starts": (
        {"fetch": URL, "select": {"startBefore": "a", "startAfter": "b", "endAfter": "c"}},
        "exactly one of startBefore and startAfter",
    ),
    "range with a strange key": ({"fetch": URL, "select": {"from": "h1"}}, "known are startBefore"),
    "range with a bad selector": (
        {"fetch": URL, "remove": {"startBefore": "a", "endAfter": "{"}},
        '"remove" › "endAfter" is not a CSS selector',
    ),
    "client scripts of a wrong type": ({"fetch": URL, "executeClientScripts": "no"}, "true or fal"),
    "filters of a wrong type": ({"fetch": URL, "filter": "removeQueryParams"}, "list of names"),
    "filter of a wrong type": ({"fetch": URL, "filter": [1]}, "must list names"),
    "filter with two names": ({"fetch": URL, "filter": [{"a": 1, "b": 2}]}, "must list names"),
    "filter parameters": (
        {"fetch": URL, "filter": [{"removeQueryParams": [1]}]},
        "list of parameter names",
    ),
}


@pytest.mark.parametrize(("terms", "says"), REFUSED.values(), ids=REFUSED)
def test_a_declaration_we_cannot_follow_is_refused(terms: object, says: str) -> None:
    message = refusal(declaration(terms))
    assert '"Privacy Policy"' in message
    assert re.search(says, message), message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "must hold keys and values, not a list"),
        ("9" * 9000, "is not JSON|not a number"),
        ("[" * 100_000, "nested too deeply"),
        (" " * (MAX_BYTES + 1), "larger than 256 KiB"),
        ('{"name": "a", "name": "b", "terms": {}}', '"name" twice'),
        ('{"name": "a", "terms": {"b": {"fetch": "c", "fetch": "d"}}}', '"fetch" twice'),
        ('{"terms": {"a": {}}}', 'no "name"'),
        ('{"name": "a"}', 'either "terms" or'),
        ('{"name": "a", "terms": {}, "documents": {}}', 'either "terms" or'),
        ('{"name": "a", "terms": [1]}', '"terms" must hold keys and values, not a list'),
        ('{"name": "a", "term": {}}', '"term" is not known here; perhaps terms'),
        ('{"name": 1, "terms": {"a": {}}}', '"name" must be text'),
    ],
)
def test_a_file_that_is_no_declaration_is_refused(text: str, says: str) -> None:
    assert re.search(says, refusal(text))


BAD_NAMES = [
    "",
    " ",
    "../etc",
    "a/b",
    "a\\b",
    "a..b",
    "a\nb",
    "a\x00b",
    "a\u202eb",
    "!",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_could_be_paths_or_deceive_are_refused(name: str) -> None:
    page = {"fetch": URL}
    for text, edition in (
        (declaration(page, name=name), "global"),
        (declaration(page, type_=name), "global"),
        (declaration(page), name),
    ):
        refusal(text, edition)


@pytest.mark.parametrize("twin", ["privacy policy", "Privacy  Policy", "Prívacy Policy"])
def test_types_that_share_an_id_are_refused(twin: str) -> None:
    text = json.dumps(
        {"name": "A", "terms": {"Privacy Policy": {"fetch": URL}, twin: {"fetch": URL}}}
    )
    assert "a/privacy-policy@global; rename one" in refusal(text)


# ── laws ──────────────────────────────────────────────────────────────────────────


@given(st.text(), st.text(), st.text())
def test_an_id_fits_a_path_and_an_address_or_is_refused(a: str, b: str, c: str) -> None:
    try:
        name = document_id(a, b, c)
    except ValueError:
        return
    part = "[a-z0-9][a-z0-9-]{0,63}"
    assert re.fullmatch(f"{part}/{part}@{part}", name)
    assert document_id(*re.split("[/@]", name)) == name
    decomposed = (unicodedata.normalize("NFD", part.upper()) for part in (a, b, c))
    assert all(map(str.isascii, (a, b, c))) <= (document_id(*decomposed) == name)


TERMS_KEYS = ["fetch", "select", "remove", "filter", "combine", "executeClientScripts"]
KEYS = st.sampled_from(["name", "terms", "startBefore", "endAfter", "removeQueryParams"]) | (
    st.sampled_from(TERMS_KEYS)
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(URL) | KEYS
JUNK = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.text() | JUNK.map(json.dumps) | JUNK.map(declaration))
def test_junk_is_accepted_or_refused_and_nothing_else(text: str) -> None:
    declared = read(text)
    assert declared.documents or declared.refusals or declared.remarks
    assert all(refusal.sentence.isprintable() for refusal in declared.refusals)
    assert all(document.sources for document in declared.documents)
    assert all(source.key for document in declared.documents for source in document.sources)


@given(st.text())
def test_any_text_as_a_selector_or_an_address_is_accepted_or_refused(text: str) -> None:
    for terms in ({"fetch": text}, {"fetch": "https://" + text}, {"fetch": URL, "select": text}):
        declared = read(declaration(terms))
        assert len(declared.documents) + len(declared.refusals) == 1
        assert all(refusal.sentence.isprintable() for refusal in declared.refusals)


def test_everything_that_is_wrong_is_said_at_once_and_no_other_document_is_refused() -> None:
    wrong = {"fetch": "/legal", "selct": "main", "remove": ["p", "{", "}"], "filter": [1]}
    terms = {kind: {"fetch": URL} for kind in ("Terms", "Cookies", "Imprint", "Rules")}
    declared = read(json.dumps({"name": "A", "terms": {"Privacy": wrong, **terms}}))
    assert [d.type for d in declared.documents] == list(terms)
    (refusal,) = declared.refusals
    assert refusal.document == Document("a/privacy@global", "A", "Privacy", "global", ())
    said = [re.findall('"Privacy" › "(\\w+)"(?: › "(.)")?', r)[0] for r in refusal.reasons]
    keys = "selct fetch remove remove filter".split()
    assert said == list(zip(keys, ["", "", "2", "3", ""], strict=True))


def test_a_file_that_cannot_be_read_stands_for_all_it_may_have_declared(tmp_path: Path) -> None:
    write(tmp_path / "eu" / "Big Harbour.json", "{")
    write(tmp_path / "eu" / "Heron.json", declaration({"fetch": URL}, name="Heron"))
    write(tmp_path / "eu" / "豆包.json", "[]")
    (tmp_path / "eu" / "Gone.json").symlink_to("nowhere")
    (tmp_path / "eu" / "Folder.json").mkdir()
    declared = load(tmp_path)
    assert [d.id for d in declared.documents] == ["heron/privacy-policy@eu"]
    concerned = [r.file for r in declared.refusals if r.concerns("big-harbour/terms@eu")]
    assert [name.rpartition("/")[2] for name in concerned] == ["Big Harbour.json"]
    assert len(declared.refusals) == 4


# ── files ─────────────────────────────────────────────────────────────────────────


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_load_reads_every_edition_sorted_and_passes_over_history(tmp_path: Path) -> None:
    write(tmp_path / "us" / "B.json", declaration({"fetch": URL}, name="B"))
    write(tmp_path / "global" / "A.json", "\ufeff" + declaration({"fetch": URL}, name="A"))
    write(tmp_path / "eu" / "B.json", declaration({"fetch": URL}, name="B"))
    write(tmp_path / "eu" / "B.history.json", "{}")
    write(tmp_path / "eu" / "B.filters.js", "nothing we run")
    write(tmp_path / "eu" / "._B.json", b"\x00")
    ids = [document.id for document in load(tmp_path).documents]
    assert ids == ["a/privacy-policy@global", "b/privacy-policy@eu", "b/privacy-policy@us"]


def test_where_nothing_is_declared_there_is_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "absent") == Declared(())


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"A.json": "{}"}, r"A.json: is not in an edition; move it"),
        ({"eu/A.json": b"\xff"}, "eu/A.json: is not UTF-8"),
        ({"eu/A.json": b" " * (MAX_BYTES + 1)}, "larger than 256 KiB"),
        ({"eu/A.json/x": b""}, "not a file"),
        ({"eu x/A.json": declaration({"fetch": URL}), "eu-x/B.json": declaration({"fetch": URL})},
         "eu-x/B.json: declares harbour/privacy-policy@eu-x, as .*eu x/A.json does; keep one"),
        ({"eu/A.json": declaration({"fetch": URL}), "eu/B.json": declaration({"fetch": URL})},
         "eu/B.json: declares harbour/privacy-policy@eu, as .*eu/A.json does; keep one"),
        ({"eu/É.json": "{}", "eu/e\u0301.json": "{}"}, "in case only; rename one"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_are_refused(
    tmp_path: Path, files: dict[str, str | bytes], says: str
) -> None:
    for name, content in files.items():
        write(tmp_path / name, content)
    said = [refusal.sentence for refusal in load(tmp_path).refusals]
    assert [one for one in said if re.search(says, one)]


def test_the_declarations_that_ship_are_accepted_as_they_are() -> None:
    declared = load(SHIPPED)
    assert declared.remarks == ()
    assert {document.id: document.sources[0].url for document in declared.documents} == {
        "linkedin/privacy-policy@eu": "https://www.linkedin.com/legal/privacy/eu",
        "linkedin/privacy-policy@global": "https://www.linkedin.com/legal/privacy-policy",
        "linkedin/privacy-policy@us": "https://www.linkedin.com/legal/privacy/usa",
        "linkedin/terms-of-service@global": "https://www.linkedin.com/legal/user-agreement",
        "linkedin/trackers-policy@global": "https://www.linkedin.com/legal/cookie-policy",
    }


# ── finding one ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("linkedin/privacy-policy@eu", "linkedin/privacy-policy@eu"),
        ("LinkedIn/Privacy-Policy@EU", "linkedin/privacy-policy@eu"),
        ("@us", "linkedin/privacy-policy@us"),
        ("terms", "linkedin/terms-of-service@global"),
    ],
)
def test_any_unambiguous_part_of_the_id_does(name: str, found: str) -> None:
    assert find(load(SHIPPED).documents, name).id == found


def test_an_exact_id_wins_over_a_part() -> None:
    documents = [Document(i, "", "", "", ()) for i in ("ab/c@eu", "b/c@eu")]
    assert find(documents, "b/c@eu").id == "b/c@eu"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("policy", "could be any of linkedin/privacy-policy@eu, linkedin/privacy-policy@global, "),
        ("\x1b[31m", r'called "\\x1b\[31m"; there are linkedin/privacy-policy@eu, '),
    ],
)
def test_a_name_for_none_or_several_lists_the_candidates(name: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(load(SHIPPED).documents, name)
    assert re.search(says, str(caught.value))


def test_a_long_list_of_candidates_is_cut() -> None:
    documents = [Document(f"a{n}/b@eu", "", "", "", ()) for n in range(30)]
    with pytest.raises(UsageError, match="and 10 more; give more of the name"):
        find(documents, "b@eu")
    with pytest.raises(UsageError, match="none is declared"):
        find([], "b@eu")
