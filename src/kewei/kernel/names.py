"""Names of people, places and things, made comparable for search."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any


# A file says the same few hundred things on thousands of rows.
@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The text as search compares it: NFKC, lower case, trimmed, runs of white space as one space."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", lowered).split())


def pinyin_initials(text: str) -> str:
    """First letters of the pinyin of each character: 杭州市第一医院 -> hzsdyyy.

    Letters and digits stay as they are (folded); everything else is left out.
    """
    return "".join(map(_initials_of_word, _speller().seg(fold(text))))


@cache
def _speller() -> Any:
    # pypinyin costs a fifth of a second to load, which every command would pay.
    from pypinyin.core import Pinyin

    return Pinyin()


@lru_cache(maxsize=1 << 16)
def _initials_of_word(word: str) -> str:
    """Words come back in name after name (人民, 医院): an import of 200,000 names spells each of them once."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER, errors=_keep_ascii))


def _keep_ascii(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isalnum())
