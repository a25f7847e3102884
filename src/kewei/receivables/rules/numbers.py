"""Document numbers as people write them, and the ones a payment memo mentions."""

import re
import unicodedata
from collections.abc import Iterable

# An e-invoice number has 20 digits; people quote its last eight, which was the length of the old number.
_TAIL = 8
# Shorter numbers would be found in dates and amounts.
_SHORTEST = 4
_LONGEST_RANGE = 200

_WORD = re.compile(r"[0-9A-Z]+(?:[-_./#][0-9A-Z]+)*")
_PART = re.compile(r"[0-9A-Z]+")
_RANGE = re.compile(r"(\d{4,})\s*(?:-|~|至|到)\s*(\d{2,})")
_SERIES = re.compile(r"(\d{4,})((?:\s*[/、,和与]\s*\d{2,})+)")

_NOT_A_NUMBER = re.compile(
    r"(?<![0-9A-Z.,])\d[\d,]*\.\d{1,2}(?![0-9.])"  # 1,200.00
    r"|(?<![0-9A-Z])\d[\d,]*(?=\s*(?:元|圆|万|年))"  # 1200元, 2026年
    r"|(?<![0-9A-Z-])(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?![0-9A-Z-])"  # 2026-03-31
)


def tidy_number(text: str) -> str:
    """A document number for comparing: full-width made half-width, upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def numbers_in_memo(memo: str, known: Iterable[str]) -> list[str]:
    """Which of the `known` invoice numbers a payment memo mentions, in the order of `known`.

    Understands a number written whole, the last eight digits of an e-invoice number where only one ends so, a range
    (08812301-08812305, 08812301-05), and a series (08812301/02/05). Amounts, years and days are not taken for numbers,
    and numbers of fewer than four signs are not looked for.
    """
    text = unicodedata.normalize("NFKC", memo).upper().replace("—", "-").replace("–", "-")
    text = _NOT_A_NUMBER.sub(" ", text)
    mentioned = _mentioned(text)
    known = list(known)
    by_tidy = {number: tidy_number(number) for number in known}
    tails: dict[str, int] = {}
    for tidy in set(by_tidy.values()):
        if len(tidy) == 20 and tidy.isdigit():
            tails[tidy[-_TAIL:]] = tails.get(tidy[-_TAIL:], 0) + 1

    def is_mentioned(tidy: str) -> bool:
        by_tail = len(tidy) == 20 and tails.get(tidy[-_TAIL:]) == 1 and tidy[-_TAIL:] in mentioned
        return len(tidy) >= _SHORTEST and (tidy in mentioned or by_tail or _stands_alone(tidy, text))

    return [number for number in known if is_mentioned(by_tidy[number])]


def _mentioned(text: str) -> set[str]:
    found = set(_WORD.findall(text)) | set(_PART.findall(text))
    for first, last in _RANGE.findall(text):
        low, high = int(first), int(_completed(first, last))
        if len(last) <= len(first) and low < high <= low + _LONGEST_RANGE:
            found |= {str(number).zfill(len(first)) for number in range(low, high + 1)}
    for first, rest in _SERIES.findall(text):
        found |= {_completed(first, part) for part in re.findall(r"\d+", rest) if len(part) < len(first)}
    return found


def _completed(first: str, tail: str) -> str:
    return first[: len(first) - len(tail)] + tail if len(tail) < len(first) else tail


def _stands_alone(tidy: str, text: str) -> bool:
    """For numbers with signs the patterns do not know, such as Chinese ones: found, and not inside a longer number."""
    if _WORD.fullmatch(tidy):
        return False
    return re.search(rf"(?<![0-9A-Z]){re.escape(tidy)}(?![0-9A-Z])", "".join(text.split())) is not None
