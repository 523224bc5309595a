"""Which language a text is in, from its script and its commonest words.

Enough to notice that a page was served in another language than the day before; a page's own
`lang` attribute is not trusted (it often names the site's language, not the text's).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import islice

_SCRIPTS = {
    "DEVANAGARI": "hi",
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "BENGALI": "bn",
    "TAMIL": "ta",
}
# Words that are common in one of these languages and rare in the others.
_COMMON = {
    "en": "the and of to you your we with that this for are our not may or any",
    "fr": "les des vous nous votre nos dans que pour sont avec pas sur une cette aux ou",
    "de": "der die und das sie wir ihre nicht mit von ist für werden oder auf den dem",
    "es": "los las usted sus nuestro que para con una por puede del como se nuestros su",
    "it": "gli che per di non con una dei delle della nel sono questo nostri tuoi il",
    "pt": "você os nossos seus para com uma não ou dos das que em nosso sua ao",
    "nl": "het een van en wij uw niet met zijn voor onze deze wordt dat je",
    "sv": "och att som det för med vi är inte din våra du eller på av",
    "da": "og at som det for med vi er ikke din vores du eller på af kan",
    "pl": "nie się na do jest oraz przez że są lub w z twoje nasze",
}
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4000  # words; more would not change the answer
_FEWEST = 20


def language(text: str) -> str | None:
    """The ISO 639-1 code of the language `text` is mostly in, or None where it is not clear."""
    words = [found[0].casefold() for found in islice(_WORD.finditer(text), _SAMPLE)]
    if len(words) < _FEWEST:
        return None
    scripts = Counter(_script(word[0]) for word in words)
    script, count = scripts.most_common(1)[0]
    if scripts["HIRAGANA"]:  # Japanese mixes three scripts, Chinese has but one
        script, count = "HIRAGANA", scripts["HIRAGANA"] + scripts["KATAKANA"] + scripts["CJK"]
    if script != "LATIN":
        return _SCRIPTS.get(script) if count * 2 > len(words) else None
    counts = Counter(words)
    scores = {code: sum(counts[w] for w in set(common.split())) for code, common in _COMMON.items()}
    best, second = sorted(scores, key=lambda code: -scores[code])[:2]
    clear = scores[best] > 0.08 * len(words) and scores[best] > 1.3 * scores[second]
    return best if clear else None


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split()[0].split("-")[0]
