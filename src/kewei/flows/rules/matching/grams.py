"""Names as n-grams of one and two characters, weighed by how rare they are in the master; all names at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

_SHIFT = 21  # a character has at most 21 bits
_END = "\n"


class Bags(NamedTuple):
    """The distinct n-grams of each name: those of name i are [first[i], first[i + 1]) of `gram` and `weight`.

    `gram` is a place in the vocabulary, or beyond it where the master has no such n-gram; `weight` is of a vector of length
    one over those it has.
    """

    first: Any
    gram: Any
    weight: Any


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a master in order of their code; `rarity` is 1 for one that no name holds and near 0 for one in all."""

    codes: Any
    idf: Any
    rarity: Any

    @classmethod
    def of(cls, texts: Sequence[str]) -> tuple[Grams, Bags]:
        """The n-grams of a master's names, and the names by them."""
        owner, code = _spelled(texts)
        codes, gram = np.unique(code, return_inverse=True)
        name, gram, count = _counted(owner, gram, len(codes))
        names = len(texts)
        held = np.bincount(gram, minlength=len(codes))
        idf = (np.log((1 + names) / (1 + held)) + 1).astype(np.float32)
        rarity = (np.log((1 + names) / (1 + held)) / np.log(1 + max(names, 1))).astype(np.float32)
        made = cls(codes, idf, rarity)
        return made, made._bags(name, gram, count, names)

    def bags(self, texts: Sequence[str]) -> Bags:
        """Other names by the same n-grams."""
        owner, code = _spelled(texts)
        if not len(self.codes):
            gram = np.zeros(len(code), dtype=np.int64)
            known = np.zeros(len(code), dtype=bool)
        else:
            gram = np.minimum(np.searchsorted(self.codes, code), len(self.codes) - 1)
            known = self.codes[gram] == code
        if not known.all():
            # Those the master lacks keep apart from each other: they are counted among what is missing.
            _new, others = np.unique(code[~known], return_inverse=True)
            gram[~known] = len(self.codes) + others
        return self._bags(*_counted(owner, gram, len(self.codes) + len(code)), len(texts))

    def rarity_of(self, gram: Any) -> Any:
        """The rarity of n-grams, 1 of those the master lacks."""
        return np.append(self.rarity, np.float32(1))[np.minimum(gram, len(self.codes))]

    def _bags(self, name: Any, gram: Any, count: Any, names: int) -> Bags:
        weight = count * np.append(self.idf, np.float32(0))[np.minimum(gram, len(self.codes))]
        length = np.sqrt(np.bincount(name, weight.astype(np.float64) ** 2, minlength=names))
        length[length == 0] = 1
        first = np.zeros(names + 1, dtype=np.int64)
        np.cumsum(np.bincount(name, minlength=names), out=first[1:])
        return Bags(first, gram.astype(np.int32), (weight / length[name]).astype(np.float32))


def _spelled(texts: Sequence[str]) -> tuple[Any, Any]:
    """The name and the code of every n-gram, in the order of the text."""
    letters = np.frombuffer((_END.join(texts) + _END).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(
        np.int64
    )
    end = letters == ord(_END)
    owner = np.cumsum(end) - end
    one = ~end
    two = one[:-1] & one[1:]
    pairs = (letters[:-1][two] << _SHIFT) | letters[1:][two]
    return np.concatenate([owner[one], owner[:-1][two]]), np.concatenate([letters[one], pairs])


def _counted(owner: Any, gram: Any, width: int) -> tuple[Any, Any, Any]:
    """The distinct n-grams of each name, names in order, and how often it holds each."""
    both, count = np.unique(owner * np.int64(width + 1) + gram, return_counts=True)
    name, gram = np.divmod(both, np.int64(width + 1))
    return name, gram, count
