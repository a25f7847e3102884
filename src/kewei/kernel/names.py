"""Names of people, places and things, made comparable for search."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """The text as search compares it: NFKC, lower case, trimmed, runs of white space as one space."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", lowered).split())


def pinyin_initials(text: str) -> str:
    """First letters of the pinyin of each character: 杭州市第一医院 -> hzsdyyy.

    Letters and digits stay as they are (folded); everything else is left out.
    """
    # pypinyin costs a fifth of a second to load, which every command would pay.
    from pypinyin import Style, lazy_pinyin

    initials = lazy_pinyin(fold(text), style=Style.FIRST_LETTER, errors=_keep_ascii)
    return "".join(initials)


def _keep_ascii(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isalnum())
