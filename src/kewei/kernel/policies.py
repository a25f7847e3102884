"""A policy is a value with a version (design §4.5): what it is called, who keeps it, what we ship, how its body is read.

A room offers its policies in `rules.POLICIES`. The journal keeps the versions a company made itself; where there is
none for a day, the shipped one is in force. Results remember the label of the version that made them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Generic, TypeVar

from kewei.kernel.refusals import N_, Refused, refusal

_Value = TypeVar("_Value")

# The number of the version that comes with the program.
SHIPPED = 0


@refusal
class BadPolicy(Refused):
    code = "bad_policy"
    says = N_("政策内容不对：{reason}")


@refusal
class UnknownPolicy(Refused):
    code = "unknown_policy"
    says = N_("没有「{name}」这项政策")
    status = 404


@dataclass(frozen=True)
class Policy(Generic[_Value]):
    """One policy of a room.

    `name` is `room.word`; `title` what people read (a msgid); `keeper` the verb needed to propose a new version;
    `since` and `source` those of the shipped `body`, which holds only what JSON holds; `read` turns a body into the
    frozen value the rules take, and raises BadPolicy where what it says makes no sense. A body of other sorts, or one
    that lacks something, is a BadPolicy too: no reader need look for that itself.
    """

    name: str
    title: str
    keeper: str
    since: date
    source: str
    body: Any
    read: Callable[[Any], _Value]

    def __post_init__(self) -> None:
        object.__setattr__(self, "read", _or_bad_policy(self.read))


def _or_bad_policy(read: Callable[[Any], _Value]) -> Callable[[Any], _Value]:
    """`read`, where what it stumbles over in a body is refused by name."""

    @wraps(read)
    def read_body(body: Any) -> _Value:
        try:
            return read(body)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as wrong:
            raise BadPolicy(reason=str(wrong)) from wrong

    return read_body


@dataclass(frozen=True)
class Versioned(Generic[_Value]):
    """A policy's value with the version it comes from."""

    value: _Value
    name: str
    number: int
    since: date
    source: str

    @property
    def label(self) -> str:
        """What a result remembers: `credit.limit@3`; @0 is the shipped one."""
        return f"{self.name}@{self.number}"


def read_label(label: str) -> tuple[str, int]:
    """`credit.limit@3` -> ("credit.limit", 3). Raises UnknownPolicy."""
    name, _at, number = label.partition("@")
    if not number.isdigit():
        raise UnknownPolicy(name=label)
    return name, int(number)


def check_shape(body: Any, shipped: Any) -> None:
    """A proposed body holds the same sorts of values in the same places as the shipped one: whole numbers stay whole.

    A name the shipped body does not have is measured by its neighbours. What the values mean is for `read` to say.
    Raises BadPolicy with the place, as in `k_bp.A` or `rows[].level`.
    """
    _check_sort(body, [shipped], "")


def _check_sort(value: Any, samples: list[Any], place: str) -> None:
    sorts = {_sort(sample) for sample in samples}
    if _sort(value) not in (sorts or _SORTS):
        raise BadPolicy(reason=f"{place or '–'}: {_sort(value)} ≠ {' / '.join(sorted(sorts or _SORTS))}")
    if isinstance(value, list):
        known = [one for sample in samples if isinstance(sample, list) for one in sample]
        for one in value:
            _check_sort(one, known, f"{place}[]")
    elif isinstance(value, dict):
        objects = [sample for sample in samples if isinstance(sample, dict)]
        for name, one in value.items():
            known = [sample[name] for sample in objects if name in sample]
            neighbours = [neighbour for sample in objects for neighbour in sample.values()]
            if one is None or all(sample is None for sample in known):
                known = known + neighbours
            _check_sort(one, known, f"{place}.{name}".lstrip("."))


_SORTS = {"null", "bool", "int", "str", "list", "dict"}


def _sort(value: Any) -> str:
    return "null" if value is None else type(value).__name__
