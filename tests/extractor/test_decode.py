from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extractor.decode import Undecodable, decode, decoded, is_guessed

LABELS = (
    "utf-8 UTF8 utf-16 utf-16le utf-7 latin1 iso-8859-1 iso-8859-9 windows-1252 gb2312 gbk "
    "shift_jis euc-kr big5 koi8-r rot13 idna punycode hex zlib unicode_escape undefined mbcs .. x"
).split()
heads = st.sampled_from(LABELS).map(lambda n: f'<meta charset="{n}">'.encode())


@given(
    st.tuples(st.one_of(st.just(b""), heads), st.binary()).map(b"".join),
    st.one_of(st.text(max_size=40), st.sampled_from(LABELS).map("text/html; charset={}".format)),
)
def test_any_bytes_are_text_or_undecodable(body: bytes, content_type: str) -> None:
    try:
        text = decode(body, content_type)
    except Undecodable as error:
        assert "the page " in str(error)
    else:
        text.encode("utf-8")  # no half of a surrogate pair comes out


@given(st.text())
def test_utf8_comes_back_as_it_was(text: str) -> None:
    if not text.startswith(("\ufeff", "\ufffe")):
        assert decode(text.encode(), "text/html; charset=utf-8") == text


@pytest.mark.parametrize(
    ("text", "codec", "content_type"),
    [
        ("Größe", "utf-8", "text/html"),
        ("Größe “x”", "cp1252", "text/html"),
        ("Größe “x”", "cp1252", "text/html; charset=ISO-8859-1"),
        ("Größe", "cp1252", "text/html; charset=us-ascii"),
        ("Größe", "utf-16-le", "text/html; charset=utf-16"),
        ("隐私政策", "gbk", "text/html; charset=gb2312"),
        ("規約①", "cp932", "text/html; charset=Shift_JIS"),
        ("약관", "euc_kr", 'text/html; charset="euc-kr"'),
        ("Koşullar ş", "cp1254", "text/html;charset=iso-8859-9"),
        ("Условия", "koi8-r", "text/html; charset = koi8-r"),
    ],
)
def test_a_charset_is_read_as_a_browser_reads_it(text: str, codec: str, content_type: str) -> None:
    assert decode(text.encode(codec), content_type) == text


def test_the_order_is_byte_order_mark_header_meta() -> None:
    meta = b'<meta charset="koi8-r">'
    text = "Größe".encode()
    assert decode(codecs.BOM_UTF8 + text, "text/html; charset=koi8-r") == "Größe"
    assert decode(codecs.BOM_UTF16_BE + "Größe".encode("utf-16-be"), "text/html") == "Größe"
    assert decode(meta + text, "text/html; charset=utf-8").endswith("Größe")
    assert decode(meta + "Да".encode("koi8-r"), "text/html").endswith("Да")
    http = b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
    assert decode(http + "Да".encode("cp1251"), "text/html").endswith("Да")


def test_an_unknown_label_is_passed_over_for_utf8_and_never_guessed_at() -> None:
    body, media = b'<meta charset="nonsense">', "text/html; charset=rot13"
    assert decode(body + "é".encode(), media)[-1] == "é"
    with pytest.raises(Undecodable, match="says it is rot13, which no browser knows"):
        decode(body + b"\xe9", media)
    known = b'<meta charset="nonsense"><meta charset="koi8-r">' + "Да".encode("koi8-r")
    assert decode(known, media).endswith("Да")


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("x-sjis", "規約".encode("cp932"), "規約"),
        ("windows-31j", "①".encode("cp932"), "①"),
        ("x-x-big5", b"\xf9\xd8", "裏"),
        ("big5-hkscs", b"\x87\xdf\xfe\xdd\xa3\xe1", "鿋砉€"),
        ("big5", b"\xc6\xa1", "①"),
        ("gb_2312-80", b"20\x80", "20€"),
        ("x-gbk", "㐂记".encode("gb18030"), "㐂记"),
        ("gb18030", b"\xa6\xd9\xfe\x59", "︐龴"),
        ("x-euc-jp", b"\xad\xa1\xf9\xa1\x8f\xb0\xa1", "①纊丂"),
        ("euc-jp", b"\xa1\xc1", "～"),
        ("iso-2022-jp", b"a\x1b$B5,Ls-!\x1b(J\x5c~\x1b(I1\x1b(Bz", "a規約①¥‾ｱz"),
        ("ks_c_5601-1987", "똠".encode("cp949"), "똠"),
        ("windows-949", "약관".encode("cp949"), "약관"),
        ("iso-8859-8-i", "תנאי".encode("cp1255"), "תנאי"),
        ("logical", "תנאי".encode("cp1255"), "תנאי"),
        ("windows-1255", b"\xca", "\u05ba"),
        ("koi", "Да".encode("koi8-r"), "Да"),
        ("koi8-ru", b"\xae\xbe", "ўЎ"),
        ("x-cp1251", "Да".encode("cp1251"), "Да"),
        ("x-mac-ukrainian", b"\xff", "€"),
        ("dos-874", "ไทย".encode("cp874"), "ไทย"),
        ("macintosh", b"\xdb", "€"),
        ("x-user-defined", b"a\x80", "a\uf780"),
        ("latin1", b"\x81\x80", "\x81€"),
        ("unicode-1-1-utf-8", "é".encode(), "é"),
        ("unicodefffe", "é".encode("utf-16-be"), "é"),
    ],
)
def test_labels_and_letters_are_those_of_the_standard(label: str, body: bytes, text: str) -> None:
    assert decode(body, f"text/html; charset={label}") == text


def test_encodings_that_no_browser_reads_are_named_as_such() -> None:
    for label in ("iso-2022-kr", "hz-gb-2312", "replacement"):
        with pytest.raises(Undecodable, match="no browser reads"):
            decode(b"plain", f"text/html; charset={label}")


@pytest.mark.parametrize(
    ("head", "media"),
    [
        (b"<head><script>" + b"x" * 6000 + b"</script><meta charset=koi8-r></head>", "text/html"),
        (b"<!-- <meta charset=utf-8> --><title><meta charset=utf-8></title><meta charset=koi8-r>",
         "text/html"),
        (b"<meta name=description content='charset=utf-8'><meta charset='koi8-r'>", "text/html"),
        (b"<META CONTENT='text/html; charset=koi8-r' HTTP-EQUIV=content-type>", "text/html"),
        (b"<meta data-charset=utf-8 charset = koi8-r>", "text/html"),
        (b"<?xml version='1.0' encoding='koi8-r'?>", "text/html"),
        (b"<?xml version='1.0' encoding='utf-8'?><meta charset=koi8-r>", "text/html"),
        (b"<?xml version='1.0' encoding='koi8-r'?><meta charset=utf-8>", "application/xhtml+xml"),
    ],
)  # fmt: skip
def test_the_page_says_its_encoding_where_a_browser_looks(head: bytes, media: str) -> None:
    assert decode(head + "<body>Да".encode("koi8-r"), media).endswith("Да")


def test_a_meta_outside_the_head_says_nothing() -> None:
    assert decode("<body>Да<meta charset=koi8-r>".encode("koi8-r"), "text/html").startswith(
        "<body>Да"
    )


def test_a_broken_byte_in_a_long_text_is_shown_and_said() -> None:
    long = "A café keeps what you wrote. ".encode() * 100
    found = decoded(long + b"We\x92ll", "text/html; charset=utf-8")
    assert found.text.endswith("We\ufffdll")
    assert found.note == "One place is no letter of utf-8 and shown as “\ufffd”."
    assert decoded(long + b"We\x92ll", "text/html").note == found.note
    assert not decoded(long + "\ufffd".encode(), "text/html").note
    with pytest.raises(Undecodable):  # another encoding than it says
        decode(("Größe und Maß, " * 200).encode("latin-1"), "text/html; charset=utf-8")


def test_a_page_whose_meta_is_ascii_is_not_utf16() -> None:
    assert decode(b'<meta charset="utf-16"><p>plain</p>', "text/html").endswith("<p>plain</p>")


def test_bytes_that_contradict_the_label_say_where() -> None:
    with pytest.raises(Undecodable, match=r"says it is utf-8, but byte 2 is not"):
        decode(b"ab\xff", "text/html; charset=utf-8")


def test_only_unlabelled_bytes_that_are_not_utf8_are_guessed() -> None:
    assert is_guessed(b"Gr\xf6\xdfe", "text/html")
    assert not is_guessed(b"Gr\xf6\xdfe", "text/html; charset=latin1")
    assert not is_guessed("Größe".encode(), "text/html")
    assert not is_guessed(codecs.BOM_UTF8 + b"\xff", "text/html")


@pytest.mark.parametrize(
    ("label", "code"),
    [("euc-jp", b"\xa2\xaf"), ("shift_jis", b"\xa0"), ("shift_jis", b"\xff")],
)
def test_what_is_no_letter_of_an_encoding_is_shown_as_none(label: str, code: bytes) -> None:
    text = decode(b"x" * 2000 + code, f"text/html; charset={label}")
    assert text.strip("x").strip("\ufffd") == "" != text.strip("x")


@pytest.mark.parametrize(
    "meta",
    [
        "<noscript><meta charset=koi8-r></noscript>",
        """<meta data-x="a>b" charset='koi8-r' />""",
        """<meta data-x='">' http-equiv=Content-Type content="text/html; charset=koi8-r">""",
    ],
)
def test_a_meta_counts_however_it_is_written(meta: str) -> None:
    assert decode(f"{meta}Да".encode("koi8-r"), "text/html").endswith("Да")
