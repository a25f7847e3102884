"""升级: rung by rung, inside the customer and inside the house (domain 1G rows 93, 96; 2.13; docs/algorithms/exit.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.collecting.rules.segments import SEGMENTS
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.people.rules import APART_FROM_MEDICAL

CUSTOMER, HOUSE = "customer", "house"
SIDES: dict[str, str] = {CUSTOMER: N_("客户内部"), HOUSE: N_("我方内部")}
RUNGS: dict[str, str] = {
    "clerk": N_("对方经办人"),
    "finance_head": N_("对方财务负责人"),
    "in_charge": N_("对方分管领导"),
    "head": N_("对方法定代表人或院长"),
    "supervisor": N_("主管部门或投诉平台"),
    "representative": N_("业务员"),
    "manager": N_("销售经理"),
    "credit_manager": N_("信用经理"),
    "finance_director": N_("财务总监"),
    "director": N_("总经理"),
}


@refusal
class UnknownRung(Refused):
    code = "unknown_rung"
    says = N_("没有「{text}」这一级")


@refusal
class RungTooEarly(Refused):
    code = "rung_too_early"
    says = N_("现在是 ST{stage}，到 ST{least} 才升级到这一级")


@refusal
class RungSkipped(Refused):
    code = "rung_skipped"
    says = N_("还没有找过「{note}」，不要越级")
    next_step = N_("时效将届满时可以越级")


@refusal
class NoSupervisor(Refused):
    code = "no_supervisor"
    says = N_("只有公立机构、且适用中小企业款项支付条例时，才向主管部门或投诉平台反映")


@refusal
class EscalationNeedsWords(Refused):
    code = "escalation_needs_words"
    says = N_("请写明找谁、为什么")


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of one side: from which stage on, for which segments (none: all), and whether the SME regulation must apply."""

    side: str
    code: str
    stage: int
    segments: tuple[str, ...]
    sme: bool


def read_rungs(body: Any) -> tuple[Rung, ...]:
    """Read a version: rungs of a side stand in order and their stages do not fall. Raises BadPolicy."""
    rungs = tuple(Rung(**{**row, "segments": tuple(row["segments"])}) for row in body["rungs"])
    for side in SIDES:
        stages = [rung.stage for rung in rungs if rung.side == side]
        if not stages or stages != sorted(stages):
            raise BadPolicy(reason=f"{side}: {stages}")
    for rung in rungs:
        known = rung.side in SIDES and rung.code in RUNGS and set(rung.segments) <= set(SEGMENTS)
        # Inside the house a rung is a role, and never the medical representative's (domain 4.4).
        if not known or (rung.side == HOUSE and rung.code not in APART_FROM_MEDICAL):
            raise BadPolicy(reason=f"{rung.side}.{rung.code}")
    return rungs


def _rung(side: str, code: str, stage: int, *segments: str, sme: bool = False) -> dict[str, Any]:
    return {"side": side, "code": code, "stage": stage, "segments": list(segments), "sme": sme}


ESCALATION = Policy(
    name="collecting.escalation",
    title=N_("升级阶梯"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 1G rows 93, 96 (who); 4.3 (complaint platform for public bodies); stages after 2.13 [INF]",
    body={
        "rungs": [
            _rung(CUSTOMER, "clerk", 0),
            _rung(CUSTOMER, "finance_head", 3),
            _rung(CUSTOMER, "in_charge", 4),
            _rung(CUSTOMER, "head", 5),
            _rung(CUSTOMER, "supervisor", 6, "public", sme=True),
            _rung(HOUSE, "representative", 0),
            _rung(HOUSE, "manager", 3),
            _rung(HOUSE, "credit_manager", 4),
            _rung(HOUSE, "finance_director", 5),
            _rung(HOUSE, "director", 5),
        ]
    },
    read=read_rungs,
)


def rungs_of(side: str, rungs: Collection[Rung]) -> list[Rung]:
    """The rungs of a side, lowest first."""
    return [rung for rung in rungs if rung.side == side]


def check_rung(
    side: str,
    code: str,
    *,
    done: Collection[str],
    stage: int,
    segment: str,
    sme: bool,
    pressed: bool,
    rungs: Collection[Rung],
) -> Rung:
    """The rung, where a debt may be taken to it now: far enough along, and every rung below was tried.

    With limitation near (`pressed`) rungs may be skipped, and the stage does not matter. Raises UnknownRung,
    NoSupervisor, RungTooEarly, RungSkipped.
    """
    ladder = rungs_of(side, rungs)
    rung = next((one for one in ladder if one.code == code), None)
    if rung is None:
        raise UnknownRung(text=code[:40])
    if (rung.segments and segment not in rung.segments) or (rung.sme and not sme):
        raise NoSupervisor
    if pressed:
        return rung
    if stage < rung.stage:
        raise RungTooEarly(stage=stage, least=rung.stage)
    # The lowest rung is where everybody begins: it needs no record of its own.
    for lower in ladder[1 : ladder.index(rung)]:
        if lower.code not in done:
            raise RungSkipped(note=RUNGS[lower.code])
    return rung


def next_rung(
    side: str, *, done: Collection[str], stage: int, segment: str, sme: bool, pressed: bool, rungs: Collection[Rung]
) -> Rung | None:
    """The next rung a debt may be taken to on a side; None where there is none yet, or none any more."""
    for rung in rungs_of(side, rungs)[1:]:
        if rung.code in done:
            continue
        try:
            return check_rung(
                side, rung.code, done=done, stage=stage, segment=segment, sme=sme, pressed=pressed, rungs=rungs
            )
        except Refused:
            return None
    return None
