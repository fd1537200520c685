"""Pinyin of names, so that a person can be found without a Chinese keyboard's candidates."""

import os
import re
from itertools import islice, product

# A name is no phrase. Without phrases the dictionary takes 13 MB, not 57, and loads in a quarter of the time.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

# A name whose characters have many readings is found by the first of their combinations.
MOST_READINGS = 48
BETWEEN_SYLLABLES = re.compile(r"[\s'’·•-]+")


def readings(name: str) -> str:
    """Return each way to read a name and its initials: ``lvbu lb``, each word once."""
    from pypinyin import Style, pinyin  # even so it takes a tenth of what a server needs to start

    parts = pinyin(name, style=Style.NORMAL, heteronym=True)
    words: dict[str, None] = {}
    for syllables in islice(product(*parts), MOST_READINGS):
        words[typed("".join(syllables))] = None
        words[typed("".join(syllable[:1] for syllable in syllables))] = None
    return " ".join(words)


def typed(text: str) -> str:
    """Return letters as they are compared: small, nothing between the syllables, ü as v."""
    return BETWEEN_SYLLABLES.sub("", text.casefold().replace("ü", "v"))


def is_typed_in_letters(text: str) -> bool:
    """Whether a name was typed as pinyin or initials."""
    return bool(re.fullmatch(r"[a-züü'’\s-]+", text.casefold()))
