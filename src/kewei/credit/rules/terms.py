"""账期: the longest term a grade and kind may have, and what the law on paying small companies caps (domain 2.7, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_
from kewei.terminals.rules.words import KINDS

SMALL = ("medium", "small", "micro")
PUBLIC_BODIES = ("public_hospital", "primary_care", "cdc", "military")


def read_terms(body: Any) -> dict[str, dict[str, int]]:
    """Read a version: grade -> kind -> days. Raises BadPolicy for a kind without days."""
    terms = {grade: {kind: int(days) for kind, days in row.items()} for grade, row in body.items()}
    missing = [f"{grade} × {kind}" for grade in "ABCD" for kind in KINDS if kind not in terms.get(grade, {})]
    if missing:
        raise BadPolicy(reason=", ".join(missing[:5]))
    return terms


def _row(public: int, chain: int, pharmacy: int, clinic: int, distributor: int) -> dict[str, int]:
    return {
        "public_hospital": public, "primary_care": public, "cdc": public, "military": public,
        "private_hospital": distributor, "chain_hq": chain, "chain_store": chain, "pharmacy": pharmacy,
        "clinic": clinic, "distributor": distributor, "maker": distributor, "research": clinic, "other": clinic,
    }  # fmt: skip


TERMS = Policy(
    name="credit.terms",
    title=N_("各等级最长账期"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 2.7 [INF]; kinds the table does not name take the nearest column [INF]",
    body={
        "A": _row(60, 60, 30, 30, 60),
        "B": _row(60, 45, 30, 21, 45),
        "C": _row(30, 30, 15, 7, 15),
        "D": _row(0, 0, 0, 0, 0),
    },
    read=read_terms,
)


@dataclass(frozen=True, slots=True)
class StatutoryPolicy:
    """Who we are under the SME payment regulation, and its clocks; provinces may be stricter: (province, days, source)."""

    seller_size: str
    declared: bool
    days: int
    contract_days: int
    large_days: int
    daily_bp: int
    provinces: tuple[tuple[str, int, str], ...]


def read_statutory(body: Any) -> StatutoryPolicy:
    """Read a version. Raises BadPolicy."""
    provinces = tuple((row["province"], row["days"], row["source"]) for row in body["provinces"])
    return StatutoryPolicy(**{**body, "provinces": provinces})


STATUTORY = Policy(
    name="credit.statutory",
    title=N_("中小企业款项支付条例"),
    keeper="credit.policy",
    since=date(2025, 6, 1),
    source="domain 4.3: State Council 802, in force 2025-06-01 [S18][S19]; provinces [S16][S15]; our own size is [INF]: set it",
    body={
        "seller_size": "medium",
        "declared": True,
        "days": 30,
        "contract_days": 60,
        "large_days": 60,
        "daily_bp": 5,
        "provinces": [
            {"province": "贵州省", "days": 30, "source": "Guizhou 2020 [S16]"},
            {"province": "海南省", "days": 60, "source": "Hainan [S15]"},
        ],
    },
    read=read_statutory,
)

# Why the regulation applies or not.
WHY: dict[str, str] = {
    "public": N_("适用：我方为中小企业并已声明，对方为机关事业单位"),
    "large": N_("适用：我方为中小企业并已声明，对方为大型企业"),
    "we_are_large": N_("不适用：我方不是中小企业"),
    "not_declared": N_("不适用：订立合同时我方没有声明为中小企业"),
    "buyer_small": N_("不适用：对方不是机关事业单位或大型企业"),
}


@dataclass(frozen=True, slots=True)
class Statutory:
    """Whether the regulation applies, why, and the longest lawful term in days (None: no cap)."""

    applies: bool
    why: str
    most_days: int | None
    default_days: int | None
    province_days: int | None
    daily_bp: int
    policy: str = ""


def statutory_term(kind: str, size: str, province: str, policy: StatutoryPolicy, label: str = "") -> Statutory:
    """The applicability test and the caps of domain 4.3 for a buyer of this kind, size and province.

    Public bodies pay within 30 days, a contract may say up to 60; large enterprises within 60 or a reasonable agreed
    term. A province's rule for drug purchases caps a public buyer in any case.
    """
    public = kind in PUBLIC_BODIES
    local = next((days for name, days, _source in policy.provinces if name == province and public), None)
    if policy.seller_size not in SMALL:
        return Statutory(False, "we_are_large", local, None, local, policy.daily_bp, label)
    if not policy.declared:
        return Statutory(False, "not_declared", local, None, local, policy.daily_bp, label)
    if public:
        most = policy.contract_days if local is None else min(local, policy.contract_days)
        return Statutory(True, "public", most, policy.days, local, policy.daily_bp, label)
    if size == "large":
        return Statutory(True, "large", policy.large_days, policy.large_days, None, policy.daily_bp, label)
    return Statutory(False, "buyer_small", None, None, None, policy.daily_bp, label)
