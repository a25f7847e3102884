"""信用行为: kept and broken promises, valid and invalid disputes, and what they make of a customer (domain 2.7, 2.14, 2.17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal

KEPT, BROKEN = "promise_kept", "promise_broken"
RAISED, VALID, INVALID, WITHDRAWN = "dispute_raised", "dispute_valid", "dispute_invalid", "dispute_withdrawn"
PRESSED, PRESSED_NO_MORE = "case_pressed", "case_over"
KINDS: dict[str, str] = {
    KEPT: N_("承诺已履行"),
    BROKEN: N_("承诺失约"),
    RAISED: N_("登记争议"),
    VALID: N_("争议成立"),
    INVALID: N_("争议不成立"),
    WITHDRAWN: N_("争议撤回"),
    PRESSED: N_("催收到封顶阶段"),
    PRESSED_NO_MORE: N_("催收阶段已过"),
}


@refusal
class UnknownConduct(Refused):
    code = "unknown_conduct"
    says = N_("没有「{text}」这种信用行为")


class Seen(NamedTuple):
    """One thing seen: its kind, what it is about, an amount in fen, and the day it counts from."""

    kind: str
    subject: str
    fen: int
    on: date


@dataclass(frozen=True, slots=True)
class Record:
    """What a customer's conduct over a window comes to; fen.

    `in_row` promises were broken last, one after the other, the newest on `broken_on`. `open_disputes` wait for our
    answer, over `disputed_fen`. `pressed`: it is being asked for money at a stage that caps its grade.
    """

    kept: int = 0
    broken: int = 0
    in_row: int = 0
    broken_on: date | None = None
    disputes: int = 0
    valid: int = 0
    open_disputes: int = 0
    disputed_fen: int = 0
    pressed: bool = False

    @property
    def due(self) -> int:
        """Promises that were judged."""
        return self.kept + self.broken


NOTHING_SEEN = Record()


def record_of(seen: Iterable[Seen]) -> Record:
    """What things seen come to, given in the order in which they were noted: about one subject the newest counts."""
    newest = {one.subject: one for one in seen}
    told = sorted(newest.values(), key=lambda one: (one.on, one.subject))
    kinds = [one.kind for one in told]
    judged = [one for one in told if one.kind in (KEPT, BROKEN)]
    in_row = 0
    for one in reversed(judged):
        if one.kind == KEPT:
            break
        in_row += 1
    waiting = [one for one in told if one.kind == RAISED]
    return Record(
        kept=kinds.count(KEPT), broken=kinds.count(BROKEN), in_row=in_row,
        broken_on=max((one.on for one in judged if one.kind == BROKEN), default=None),
        disputes=kinds.count(VALID) + kinds.count(INVALID), valid=kinds.count(VALID), open_disputes=len(waiting),
        disputed_fen=sum(one.fen for one in waiting), pressed=PRESSED in kinds,
    )  # fmt: skip


def check_conduct(kind: str) -> None:
    """Raises UnknownConduct."""
    if kind not in KINDS:
        raise UnknownConduct(text=kind[:40])
