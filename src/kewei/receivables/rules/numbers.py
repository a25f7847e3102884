"""Document numbers as people write them, and the ones a payment memo mentions."""

import unicodedata


def tidy_number(text: str) -> str:
    """A document number for comparing: full-width made half-width, upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())
