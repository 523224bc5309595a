"""The encodings of the web: their labels and their letters, as the WHATWG's standard has them.

Labels are webencodings'. Python's codecs of the same names have fewer letters, or others here and
there; the differences from the standard's indexes are what this module holds.
"""

from __future__ import annotations

import codecs
import re
from functools import cache, partial

from webencodings.labels import LABELS

REPLACEMENT = "\ufffd"

#: Encodings by the standard's names, where Python's codec has another one.
_CODECS = {
    "ibm866": "cp866",
    "iso-8859-8-i": "iso8859-8",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
_KANJI = {0x301C: "～", 0x2016: "∥", 0x2212: "－", 0xA2: "￠", 0xA3: "￡", 0xAC: "￢"}
_VERTICAL = dict(zip(range(0xE78D, 0xE797), "︐︒︑︓︔︕︖︗︘︙", strict=True))
_CHINESE = {
    **_VERTICAL,
    0xE5E5: "\u3000",
    0xE7C7: "ḿ",
    0xE81E: "龴",
    0xE826: "龵",
    0xE82B: "龶",
    0xE82C: "龷",
    0xE832: "龸",
    0xE843: "龹",
    0xE854: "龺",
    0xE864: "龻",
}
#: Letters that Python's codec gives where the standard has another one.
_OTHERS: dict[str, dict[int, str]] = {
    "koi8-u": {0x255D: "ў", 0x256C: "Ў"},
    "gbk": _CHINESE,
    "gb18030": _CHINESE,
    "euc-jp": _KANJI,
    "shift_jis": dict.fromkeys(range(0xF8F0, 0xF8F4), REPLACEMENT),
    "big5": dict(
        zip(map(ord, "•､‾∼♁☉¥¢£"), "‧﹑¯～⊕⊙￥￠￡", strict=True),
    ),
}
#: What big5hkscs lacks of the standard's index: each code in hexadecimal digits, then its letter.
_BIG5 = """
    9244蔃 9447浧 9644靝 877a㡵 877b𡵓 877c𣚞 877d𦀡 877e㻬 87a1𥣞 87a2㫵 87a3竼 87a4龗 87a5𤅡
    87a6𨤍 87a7𣇪 87a8𠪊 87a9𣉞 87aa䌊 87ab蒄 87ac龖 87ad鐯 87ae䤰 87af蘓 87b0墖 87b1靊 87b2鈘
    87b3秐 87b4稲 87b5晠 87b6権 87b7袝 87b8瑌 87b9篅 87ba枂 87bb稬 87bc剏 87bd遆 87be㓦 87bf珄
    87c0𥶹 87c1瓆 87c2鿇 87c3垳 87c4䤯 87c5呌 87c6䄱 87c7𣚎 87c8堘 87c9穲 87ca𧭥 87cb讏 87cc䚮
    87cd𦺈 87ce䆁 87cf𥶙 87d0箮 87d1𢒼 87d2鿈 87d3𢓁 87d4𢓉 87d5𢓌 87d6鿉 87d7蔄 87d8𣖻 87d9䂴
    87da鿊 87db䓡 87dc𪷿 87dd拁 87de灮 87df鿋 8e69箸 8e6f簆 8e7e糎 8eab緒 8eb4縝 8ecd者 8ed0耨
    8f57菁 8f69蒨 8f6e萏 8fcb覦 8fcc覩 8ffe起 906d都 907a銹 90dc靜 90f1響 91bf鼖 92af兙 92b0兛
    92b1兝 92b2兞 92c8鍮 92d1瑹 94ca禛 95d9邗 96ed瀞 96fc嬨 9b76爁 9b78矗 9b7b纇 9bc6駖 9bde釔
    9bec惞 9bf6澶 9c42輶 9c53侻 9c62營 9c68鄄 9c6b鷰 9c77菏 9cbc尐 9cbd秣 9cd0婧 9d57輋 9d5a筑
    9dc4拐 9ea9恢 9eef痹 9efd汊 9f60鬮 9f66鼗 9fcb僭 9fd8弌 a063蠏 a077拎 a0d5瑨 a0df煢 a0e4牐
    c6cf廴 c6d3无 c6d5癶 c6d7隶 c6de〃 c6df仝 fa5f倩 fa66偽 fabd包 fac5卄 fad5卿 fb48嘅 fbb8婷
    fbf3幵 fbf9廐 fc4f彘 fc6c悤 fcb9撐 fce2晴 fcf1杞 fdb7沜 fdb8渝 fdbb港 fdf1煮 fe52猪 fe6f瑜
    feaa瓩 fedd砉
"""
_ESCAPE = re.compile(rb"\x1b(\([BJI]|\$[@B])")


def encoding(label: str) -> str | None:
    """Return the standard's name of the encoding that a page means by `label`; None for no
    label.
    """
    return LABELS.get(label.strip("\t\n\f\r ").lower())


def letters(body: bytes, name: str) -> str:
    """Return the characters of `body` in the encoding of this name; U+FFFD for what is none in
    it.
    """
    if name == "x-user-defined":
        return body.decode("latin-1").translate({n: chr(0xF700 + n) for n in range(0x80, 0x100)})
    if name == "iso-2022-jp":
        return _iso_2022_jp(body)
    found = body.decode(_CODECS.get(name, name), f"tracker.{name}")
    return found.translate(_OTHERS[name]) if name in _OTHERS else found


def _iso_2022_jp(body: bytes) -> str:
    """Return the characters of parts that are each in one of four sets, which an escape chooses."""
    first, *rest = _ESCAPE.split(body)
    parts = [_ascii(first)]
    for escape, part in zip(rest[::2], rest[1::2], strict=True):
        if escape.startswith(b"$"):
            parts.append(letters(bytes(c | 0x80 if c > 0x20 else c for c in part), "euc-jp"))
        elif escape == b"(I":
            parts.append(
                letters(bytes(c | 0x80 if 0x21 <= c < 0x60 else c for c in part), "shift_jis")
            )
        else:
            text = _ascii(part)
            parts.append(text.replace("\\", "¥").replace("~", "‾") if escape == b"(J" else text)
    return "".join(parts)


def _ascii(part: bytes) -> str:
    return part.decode("ascii", "replace")


# ── what Python's codecs lack ─────────────────────────────────────────────────────


def _lacking(name: str, code: bytes) -> str | None:
    """Return the letter that the standard has at the beginning of `code`, which Python's codec
    refused.
    """
    if name.startswith("windows-") and 0x80 <= code[0] < 0xA0:
        return chr(code[0])
    if name == "windows-1255" and code[0] == 0xCA:
        return "\u05ba"
    if name in {"gbk", "gb18030"} and code[0] == 0x80:
        return "€"
    if name == "big5":
        return _big5().get(code[:2])
    return _jis(code[:2]) if name == "euc-jp" else None


@cache
def _big5() -> dict[bytes, str]:
    known = {bytes.fromhex(word[:4]): word[4:] for word in _BIG5.split()}
    known |= {bytes((0xA3, 0xC0 + n)): chr(0x2400 + n) for n in range(0x20)} | {
        b"\xa3\xe0": "␡",
        b"\xa3\xe1": "€",
    }
    for lead in (0xC6, 0xC7, 0xF9):  # what ETEN added
        for trail in range(0x40, 0xFF):
            code = bytes((lead, trail))
            letter = code.decode("cp950", "ignore")
            if len(letter) == 1 and not "\ue000" <= letter <= "\uf8ff":
                known.setdefault(code, letter)
    return known


def _jis(code: bytes) -> str | None:
    """Return a letter of the standard's index of JIS X 0208, which EUC-JP shares with Shift_JIS."""
    if len(code) < 2 or not (0xA1 <= code[0] < 0xFF and 0xA1 <= code[1] < 0xFF):
        return None
    lead, trail = divmod((code[0] - 0xA1) * 94 + code[1] - 0xA1, 188)
    shifted = bytes(
        (lead + (0x81 if lead < 0x1F else 0xC1), trail + (0x40 if trail < 0x3F else 0x41))
    )
    letter = shifted.decode("cp932", "ignore")
    # Of a code that is no letter its second half may be one.
    return letter if len(letter) == 1 and len(letter.encode("cp932")) == 2 else None


def _mend(error: UnicodeError, name: str) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    letter = _lacking(name, error.object[error.start : error.start + 2])
    if letter is None:
        return REPLACEMENT, error.end
    return letter, error.start + (2 if name in {"big5", "euc-jp"} else 1)


for _name in set(LABELS.values()):
    codecs.register_error(f"tracker.{_name}", partial(_mend, name=_name))
