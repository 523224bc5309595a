from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extractor.decode import Undecodable, decode, is_guessed

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
        assert "says it is" in str(error)
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


def test_an_unknown_label_is_passed_over() -> None:
    assert (
        decode(b'<meta charset="nonsense">' + "é".encode(), "text/html; charset=rot13")[-1] == "é"
    )


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
