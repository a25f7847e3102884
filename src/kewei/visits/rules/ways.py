"""行程表: how far it really is from a terminal to the next, from a file, where the road factor is not good enough."""

from __future__ import annotations

from collections.abc import Mapping
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


class Way(NamedTuple):
    """From a terminal (None: where the day begins) to a terminal (None: where it ends), for one person's days."""

    person: int
    origin: int | None
    target: int | None
    metres: int
    minutes: int


def check_way(values: Mapping[str, Any]) -> None:
    """Refuse what is no way. Raises WayToItself."""
    if values.get("origin", "") == values.get("target", ""):
        raise WayToItself
