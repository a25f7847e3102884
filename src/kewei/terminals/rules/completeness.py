"""How complete a card is: a share of weights, by a dated policy (domain 2.2; the weights are our own judgement)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kewei.kernel.refusals import N_

ITEMS: dict[str, str] = {
    "credit_code": N_("统一社会信用代码"),
    "kind": N_("终端类型"),
    "division": N_("省市区县"),
    "address": N_("地址"),
    "owner": N_("负责人"),
    "ownership": N_("企业性质"),
    "size": N_("企业规模"),
    "contact": N_("业务联系人"),
    "notice": N_("个人信息告知"),
    "licence": N_("必备证照"),
    "settlement": N_("结算日历"),
    "authorised": N_("授权人员"),
}


@dataclass(frozen=True)
class CompletenessPolicy:
    """What each part of the card weighs; the version is remembered with every score."""

    version: str
    source: str
    weights: Mapping[str, int]


COMPLETENESS = CompletenessPolicy(
    version="2026-11",
    source="domain 2.2 (required fields); weights inferred",
    weights={
        "credit_code": 15, "kind": 5, "division": 10, "address": 5, "owner": 10, "ownership": 5, "size": 5,
        "contact": 10, "notice": 5, "licence": 15, "settlement": 10, "authorised": 5,
    },
)  # fmt: skip


@dataclass(frozen=True)
class Score:
    """A completeness score in whole per cent, what is still missing (heaviest first), and the policy's version."""

    per_cent: int
    missing: tuple[str, ...]
    version: str


def completeness(has: Mapping[str, bool], policy: CompletenessPolicy = COMPLETENESS) -> Score:
    """Score a card by what it has; items not named in `has` count as missing. Rounded down: 100 means everything."""
    total = sum(policy.weights.values())
    got = sum(weight for item, weight in policy.weights.items() if has.get(item))
    missing = sorted((item for item in policy.weights if not has.get(item)), key=lambda item: -policy.weights[item])
    return Score(got * 100 // total, tuple(missing), policy.version)
