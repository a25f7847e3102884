"""What a terminal is found by, and which hits come first."""

from __future__ import annotations

from collections.abc import Iterable

from kewei.kernel.names import fold, pinyin_initials

# Stands before and after every name, so that "begins with" and "is exactly" are substrings of the one text too.
SEPARATOR = "|"


def search_text(code: str, credit_code: str | None, names: Iterable[str]) -> str:
    """Everything a terminal is found by in one folded text: code, credit code, names and their pinyin initials.

    `names` are the name, the short name and the live aliases; blanks and repeats are dropped.
    Example: |t0001|荆门市第一人民医院|jmsdyrmyy|
    """
    folded = [fold(name).replace(SEPARATOR, " ") for name in names if name]
    words = [fold(code), fold(credit_code or ""), *folded, *(pinyin_initials(name) for name in folded)]
    kept = dict.fromkeys(word for word in words if word)
    return SEPARATOR + SEPARATOR.join(kept) + SEPARATOR


def rank(wanted: str, text: str) -> int:
    """How good a hit is: 0 one of the words exactly, 1 a word begins with it, 2 anywhere inside. `wanted` is folded."""
    if f"{SEPARATOR}{wanted}{SEPARATOR}" in text:
        return 0
    return 1 if f"{SEPARATOR}{wanted}" in text else 2
