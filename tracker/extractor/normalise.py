"""What no reader sees, hidden from comparison; what a reader sees, never.

`fold` gives the key by which texts are compared. It hides the kind of space, zero-width
characters, the shape of quotation marks and the composition of accents. It keeps case,
dashes, punctuation and every letter.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

#: The shapes of an apostrophe (the last two become the two before them under NFC).
APOSTROPHES = "'‘’‚‛′ʼ`´\u1fef\u1ffd"
#: What no reader sees, as the inside of a character class: soft hyphen, zero-width space and
#: joiners, marks of direction, word joiner, byte order mark, selectors of a letter's variant,
#: annotations, musical and shorthand formats, tags.
INVISIBLE = (
    "\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FOLDED = {**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys("“”„‟″", '"')}
_TO_FOLD = re.compile(f"[{''.join(_FOLDED)}{INVISIBLE}]")
# An enumerator counts as one only with its punctuation: "3 months" is not item 3, and
# "1.5 million" is not section 1.5.
_NUMBER = re.compile(
    r"^(?:§\s?|article\s|section\s|part\s)?"
    r"(?:\d{1,3}(?:\.\d{1,3})+\.?|\d{1,3}[.)]|\((?:\d{1,3}|[a-z]|[ivx]{1,5})\)|(?:[a-z]|[ivx]{1,5})\)|[A-Z]\.)"
    r"(?=\s|$)(?!\s+(?:%|(?:(?i:per\s?cent|thousand|[mb]illion|[kmgt]b)"
    r"|(?-i:year|month|week|day|hour|minute|second|time|point)s?)\b))\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[•·▪◦‣●○–—\-*]\s+")

# "Updated 3 days ago": a counter, not a statement of the terms.
_RELATIVE = re.compile(
    r"(?P<lead>^|\b(?:updated|modified|revised|edited|posted|published|changed|reviewed)\b\W*)"
    r"(?:(?:\d+|an?|one|few|several)\s+(?:second|minute|hour|day|week|month|year)s?\s+ago|yesterday|today)\b",
    re.IGNORECASE,
)

_TRACKING = re.compile(
    r"^(?:trk.*|utm_.*|hcppcid|lipi|licu|fbclid|gclid|msclkid|mc_[ce]id|_ga|sjid|lang|openaicom.*|__cft__.*|__tn__)$",
    re.IGNORECASE,
)
# Redirectors that wrap the true target in a parameter: (host suffix, path prefix, parameter).
_REDIRECTORS = (
    ("safelinks.protection.outlook.com", "/", "url"),
    ("l.facebook.com", "/l.php", "u"),
    ("www.google.com", "/url", "q"),
    ("www.linkedin.com", "/redir/", "url"),
)
_PLAIN = re.compile(r"[A-Za-z0-9_-]*")
_SAFE_SCHEMES = {"http", "https", "mailto", "tel"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@lru_cache(maxsize=2048)  # the clauses of a page come back on the next visit
def fold(text: str) -> str:
    """`text` as compared: equal for two texts exactly when no reader could tell them apart."""
    if not text.isascii() or "`" in text:
        # What is invisible may stand between a letter and its accent, so it goes first.
        text = unicodedata.normalize("NFC", _TO_FOLD.sub(lambda m: _FOLDED.get(m[0], ""), text))
    return " ".join(text.split())


@lru_cache(maxsize=8192)  # most clauses stand in one version after the other
def without_counters(text: str) -> str:
    """`text` without the words that change by themselves: "Updated 3 days ago"."""
    said = text.casefold()
    if not any(word in said for word in ("ago", "today", "yesterday")):
        return text  # far cheaper than the pattern, and so it is nearly always
    return _RELATIVE.sub(r"\g<lead>", text)


def display(text: str) -> str:
    """`text` as shown and quoted: runs of white space become one space, nothing else changes."""
    return " ".join(text.split()) if text.isascii() else _display(text)


def _display(text: str) -> str:
    # str.split() would also eat no-break spaces, which belong to the quotation; a pattern, which
    # stops at every space, is many times as dear as these.
    text = text.replace("\ufeff", "")
    for space in "\t\n\r\f\v":
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" \u00a0\u202f\u200b")


def enumerator(text: str) -> tuple[str, str]:
    """Return the leading enumerator of `text` ("2.1", "(a)") and the rest; bullets are dropped."""
    plain = fold(text)
    rest = _BULLET.sub("", plain, count=1)
    match = _NUMBER.match(rest)
    number = match.group().strip() if match and match.end() < len(rest) else ""
    rest = rest[match.end() :] if match and number else rest
    if rest == plain:
        return "", text
    # The rest as displayed: what is left of the text once so much is taken that it reads so. It is
    # sought by halves, since no end of invisible characters may stand in front of it; taking
    # the first letter of a Hangul syllable makes the rest longer, hence the step back.
    after = bisect_left(range(len(text)), True, key=lambda n: len(fold(text[n:])) <= len(rest))
    near = range(max(0, after - 4), len(text))
    return number, next(display(text[n:]) for n in near if fold(text[n:]) == rest)


@lru_cache(maxsize=2048)
def clean_target(href: str, base: str) -> str:
    """Return the link target a reader would reach: absolute, unwrapped, without tracking
    parameters.

    Empty for targets that are not safe to publish (`javascript:`, `data:`) or not readable.
    """
    try:
        # Browsers pass over control characters here, so a scheme must not hide behind them.
        parts = urlsplit(_unwrap(urljoin(base, _CONTROL.sub("", href).strip())))
    except ValueError:
        return ""
    if parts.path == "/cdn-cgi/l/email-protection" and parts.fragment:
        return f"mailto:{decode_email(parts.fragment)}"
    if parts.scheme and parts.scheme.lower() not in _SAFE_SCHEMES:
        return ""
    kept = [
        (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)
    ]
    query = (
        urlencode(kept) if len(kept) != parts.query.count("&") + bool(parts.query) else parts.query
    )
    return urlunsplit(parts._replace(query=query))


def differ_in_tracking(one: str, other: str) -> bool:
    """Return whether two addresses surely have one target, seen without taking them apart.

    They have when they are alike up to the values of tracking parameters. False is no answer.
    """
    (path, _, query), (way, _, question) = one.partition("?"), other.partition("?")
    if path != way or "#" in path:  # A question mark after the hash opens no query.
        return False
    return _differ_in_tracking(query, question)


@lru_cache(maxsize=256)  # a nonce stands in the same parameter of every link
def _differ_in_tracking(query: str, question: str) -> bool:
    ours, theirs = query.split("&"), question.split("&")
    return len(ours) == len(theirs) and all(map(_is_tracked_alike, ours, theirs))


def _is_tracked_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    (name, _, value), (same, _, changed) = one.partition("="), other.partition("=")
    plain = name == same and _PLAIN.fullmatch(f"{name}{value}{changed}") is not None
    return plain and _TRACKING.match(name) is not None


def _unwrap(url: str) -> str:
    parts = urlsplit(url)
    there = parts.hostname or ""
    for host, path, parameter in _REDIRECTORS:
        if there.endswith(host) and parts.path.startswith(path):
            return dict(parse_qsl(parts.query)).get(parameter, url)
    return url


def decode_email(code: str) -> str:
    """Return the address hidden by Cloudflare's `data-cfemail` (each byte XORed with the first)."""
    try:
        key, *rest = bytes.fromhex(code)
    except ValueError:
        return ""
    return unquote(bytes(b ^ key for b in rest).decode("utf-8", "replace"))
