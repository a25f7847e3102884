"""Licences: which papers a terminal must hold, when they end, and how loudly to say so (domain 2.2, 4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kewei.kernel.refusals import N_, Refused, refusal

LICENCE_KINDS: dict[str, str] = {
    "business": N_("营业执照"),
    "drug_wholesale": N_("药品经营许可证（批发）"),
    "drug_chain": N_("药品经营许可证（零售连锁）"),
    "drug_retail": N_("药品经营许可证（零售）"),
    "medical": N_("医疗机构执业许可证"),
    "clinic_filing": N_("诊所备案凭证"),
    "device_2": N_("第二类医疗器械经营备案"),
    "device_3": N_("医疗器械经营许可证"),
    "narcotic_card": N_("麻醉药品、第一类精神药品购用印鉴卡"),
    "production": N_("药品生产许可证"),
    "authority_letter": N_("法人授权委托书"),
    "body_proof": N_("事业单位法人证书或主体证明"),
    "special_use": N_("科研教学特殊用药申请批件"),
    "superior_permit": N_("军队武警上级卫生部门许可"),
    "other": N_("其他证照"),
}

# Classes of products that need a permission of their own (domain 4.1). The catalogue uses the same codes.
SCOPE_CLASSES: dict[str, str] = {
    "general": N_("普通药品"),
    "biological": N_("生物制品"),
    "cold_chain": N_("冷链药品"),
    "narcotic_1": N_("麻醉药品、第一类精神药品"),
    "psychotropic_2": N_("第二类精神药品"),
    "toxic": N_("医疗用毒性药品"),
    "vaccine": N_("疫苗"),
    "hormone": N_("蛋白同化制剂、肽类激素"),
    "abortion": N_("终止妊娠药品"),
    "precursor": N_("药品类易制毒化学品"),
    "radioactive": N_("放射性药品"),
    "device": N_("医疗器械"),
    "other": N_("其他品类"),
}

# What a licence may name: every class, and for shops whether prescription drugs are among what they sell.
SCOPE_CODES: dict[str, str] = {**SCOPE_CLASSES, "prescription": N_("处方药")}

VERIFIED_HOW: dict[str, str] = {
    "official_site": N_("官网核验"),
    "original": N_("原件"),
    "sealed_copy": N_("复印件盖公章"),
}

LICENCE_STATES: dict[str, str] = {
    "valid": N_("有效"),
    "ending": N_("即将到期"),
    "expired": N_("已过期"),
    "undated": N_("未填有效期"),
}


@refusal
class LicenceDatesCross(Refused):
    code = "licence_dates_cross"
    says = N_("有效期至 {valid_to} 早于有效期起 {valid_from}")


@refusal
class LicenceEndUnclear(Refused):
    code = "licence_end_unclear"
    says = N_("长期有效的证照不能再填有效期至")


@refusal
class InspectedInFuture(Refused):
    code = "licence_inspected_in_future"
    says = N_("上次校验日 {inspected_on} 在今天之后")


@dataclass(frozen=True)
class Ladder:
    """How many days before its end a licence is spoken of, and on which of these rungs an order warns of it.

    Versions of the policy terminals.licence_ladder; from the day after the end orders are blocked.
    """

    days: tuple[int, ...]
    warns: tuple[int, ...]


@dataclass(frozen=True)
class LicenceDates:
    """The dates of one paper: end of validity, or for ever, and the yearly or three-yearly verification of hospitals."""

    kind: str
    valid_to: date | None = None
    long_term: bool = False
    verify_by: date | None = None


def ends_on(paper: LicenceDates) -> date | None:
    """The day on which the paper stops being enough: the earlier of its end and its due verification."""
    ends = [day for day in (None if paper.long_term else paper.valid_to, paper.verify_by) if day is not None]
    return min(ends) if ends else None


def days_left(paper: LicenceDates, today: date) -> int | None:
    """Days until the paper stops being enough; nought on its last day, negative after it; None without an end."""
    end = ends_on(paper)
    return None if end is None else (end - today).days


def has_ended(paper: LicenceDates, today: date) -> bool:
    """Whether the paper is no longer enough: its last day still counts."""
    left = days_left(paper, today)
    return left is not None and left < 0


def licence_state(paper: LicenceDates, today: date, ladder: Ladder) -> tuple[str, int | None]:
    """(state, rung): valid, ending, expired or undated; for `ending` the step of the ladder reached, in days.

    The last day of validity still counts: a licence to 31 March is expired on 1 April.
    """
    left = days_left(paper, today)
    if left is None:
        return ("valid" if paper.long_term else "undated"), None
    if left < 0:
        return "expired", None
    reached = [rung for rung in ladder.days if left <= rung]
    return ("ending", min(reached)) if reached else ("valid", None)


def missing_licences(
    required: Iterable[tuple[str, ...]], papers: Iterable[LicenceDates], today: date
) -> list[tuple[str, ...]]:
    """The groups of required papers (rules.papers.REQUIRED) of which none is held that is still good today."""
    good = {paper.kind for paper in papers if not has_ended(paper, today)}
    return [group for group in required if not good & set(group)]


def check_licence_dates(valid_from: date | None, valid_to: date | None, long_term: bool) -> None:
    """A paper ends after it begins, or never. Raises LicenceDatesCross, LicenceEndUnclear."""
    if valid_from and valid_to and valid_to < valid_from:
        raise LicenceDatesCross(valid_to=valid_to, valid_from=valid_from)
    if long_term and valid_to:
        raise LicenceEndUnclear


def check_inspected(inspected_on: date | None, today: date) -> None:
    """The authority's last inspection has taken place. Raises InspectedInFuture."""
    if inspected_on and inspected_on > today:
        raise InspectedInFuture(inspected_on=inspected_on)
