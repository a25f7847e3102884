"""Files out."""

NOUNS: dict = {}
