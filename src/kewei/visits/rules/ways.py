"""行程表: how far it really is from a terminal to the next, from a file, where the road factor is not good enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal

MOST_METRES = 2_000_000  # the longest way a file may hold


@refusal
class UnknownVisitor(Refused):
    code = "way_unknown_person"
    says = N_("没有账号为 {text} 的拜访人员，或不归您管")


@refusal
class WayToItself(Refused):
    code = "way_to_itself"
    says = N_("从和到须是两个地方；出发地、结束地留空，但不能两个都空")


@refusal
class WaysFault(Refused):
    code = "ways_file_has_faults"
    says = N_("文件有 {count} 处问题，未导入。第 {row} 行：{first}")


Fault = tuple[int, str, Refused]


class Way(NamedTuple):
    """From a terminal (None: where the day begins) to a terminal (None: where it ends), for one person's days."""

    person: int
    origin: int | None
    target: int | None
    metres: int
    minutes: int


@dataclass
class WaysPlan:
    """What a file would set: ways, faults by row and column, how many are new, different, just so."""

    ways: list[Way] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0


def check_way(values: Mapping[str, Any]) -> None:
    """Refuse what is no way. Raises WayToItself."""
    if values.get("origin", "") == values.get("target", ""):
        raise WayToItself


def check_ways(faults: list[Fault]) -> None:
    """Refuse a file with faults. Raises WaysFault."""
    if faults:
        row, _column, why = faults[0]
        raise WaysFault(count=len(faults), row=row, first=why.says)
