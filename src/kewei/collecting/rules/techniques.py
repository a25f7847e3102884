"""催收办法: what may be done about an overdue account, when it suits and what it leaves behind (domain 1E–1G, 2.13, 4.7).

The rows are policy data (rules/library.py). What the deck names and the law forbids is not among them: it is listed
with its lawful substitute, and no version of the policy can bring it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from kewei.collecting.rules.library import NOT_DONE, ROWS
from kewei.collecting.rules.segments import SEGMENTS
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.people.rules import APART_FROM_MEDICAL, ROLES, VERB_WORDS

CHANNELS: dict[str, str] = {
    "message": N_("消息"),
    "phone": N_("电话"),
    "visit": N_("上门"),
    "letter": N_("函件"),
    "house": N_("内部"),
    "court": N_("法律程序"),
}
# What must be so before a technique suits, beyond segment, stage, age and reason.
NEEDS: dict[str, str] = {
    "calendar": N_("已知客户的结算日历"),
    "sme": N_("适用中小企业款项支付条例"),
    "barred": N_("时效已届满"),
    "alive": N_("时效未届满"),
    "thin": N_("证据不齐"),
    "guaranteed": N_("有担保"),
    "ours": N_("原因在我方"),
}
LAST_STAGE, OLDEST = 7, 100_000
# The paper that belongs to a technique, in the words of rules.letters; a statement is receivables' own.
PAPERS: dict[str, str] = {
    "statement": N_("对账单"),
    "reminder": N_("付款提示函"),
    "demand": N_("第一次催款函"),
    "final": N_("第二次催款函（最后通知）"),
    "lawyer": N_("律师函"),
    "hold": N_("停止赊销通知"),
    "guarantee": N_("向保证人主张通知"),
    "promise": N_("付款承诺书"),
    "instalments": N_("分期付款协议"),
    "reconfirm": N_("重新确认及还款协议"),
    "offset": N_("抵债协议"),
}
# Their arrival, or the debtor's signature on them, restarts limitation; a claim on the guarantor does not.
RESTARTING = frozenset(PAPERS) - {"guarantee", "offset"}
# What a script may name; filled from the customer's own figures.
BLANKS: dict[str, str] = {
    "customer": N_("客户"),
    "amount": N_("金额"),
    "count": N_("张数"),
    "oldest": N_("最早到期日"),
    "days": N_("逾期天数"),
    "deadline": N_("付款期限"),
    "run_day": N_("交单日"),
}


@refusal
class UnknownTechnique(Refused):
    code = "unknown_technique"
    says = N_("没有「{text}」这种催收办法")
    status = 404


@dataclass(frozen=True, slots=True)
class Technique:
    """One row of the library. Empty segments or reasons mean any; a reason may be a family (`A`) or a code (`A1`).

    `effect_bp` is the share of what could still be had, and would not come by itself, that doing it once brings in
    [INF until learnt]; `minutes` and `fen` are what it costs us.
    """

    code: str
    name: str
    rows: tuple[int, ...]
    channel: str
    stages: tuple[int, int]
    days: tuple[int, int]
    verb: str
    role: str
    minutes: int
    fen: int
    effect_bp: int
    script: str
    evidence: tuple[str, ...]
    segments: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    paper: str = ""

    @property
    def restarts(self) -> bool:
        """Whether done properly it stops a claim from lapsing: a demand that arrives, an agreement, a suit (domain 4.6)."""
        return self.channel == "court" or self.paper in RESTARTING

    def answers(self, reasons: Collection[str]) -> bool:
        """Whether it is made for one of these reasons in particular."""
        return any(code in self.reasons or code[:1] in self.reasons for code in reasons)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a customer's debt looks like when a technique is chosen for it. `has` are the NEEDS that are met."""

    segment: str
    stage: int
    days: int
    reasons: tuple[str, ...] = ()
    has: frozenset[str] = field(default_factory=frozenset)


def suits(technique: Technique, about: Situation) -> bool:
    """Whether a technique may be used: its segment, stage, age, reason and every need."""
    return (
        technique.stages[0] <= about.stage <= technique.stages[1]
        and technique.days[0] <= about.days <= technique.days[1]
        and (not technique.segments or about.segment in technique.segments)
        and (not technique.reasons or technique.answers(about.reasons))
        and about.has.issuperset(technique.needs)
    )


def read_techniques(body: Any) -> dict[str, Technique]:
    """Read a version, by code. Raises BadPolicy: for codes used twice, unknown words, what is forbidden, or an MR's role."""
    rows = [_read_row(row) for row in body["rows"]]
    found = {row.code: row for row in rows}
    if len(found) != len(rows):
        raise BadPolicy(reason=N_("同一个代码出现两次"))
    for row in rows:
        _check_row(row)
    return found


def _read_row(row: Mapping[str, Any]) -> Technique:
    lists = {"rows", "stages", "days", "evidence", "segments", "reasons", "needs"}
    values: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in row.items()}
    return Technique(**values)


def _check_row(row: Technique) -> None:
    faults = {
        "segments": set(row.segments) - set(SEGMENTS),
        "channel": {row.channel} - set(CHANNELS),
        "needs": set(row.needs) - set(NEEDS),
        "verb": {row.verb} - set(VERB_WORDS),
        # Never the medical representative (domain 4.4).
        "role": {row.role} - APART_FROM_MEDICAL,
        "script": {name for _text, name, *_rest in Formatter().parse(row.script) if name} - set(BLANKS),
        "paper": {row.paper} - {"", *PAPERS},
        "code": {row.code} & set(NOT_DONE),
    }
    for name, wrong in faults.items():
        if wrong:
            raise BadPolicy(reason=f"{row.code}.{name}: {', '.join(sorted(wrong))}")
    if row.verb not in ROLES[row.role].verbs:
        raise BadPolicy(reason=f"{row.code}: {row.role} × {row.verb}")
    if not (0 <= row.effect_bp <= 10_000 and row.minutes >= 0 and row.fen >= 0):
        raise BadPolicy(reason=f"{row.code}: 0 ≤ effect_bp ≤ 10000, minutes ≥ 0, fen ≥ 0")
    if not (len(row.stages) == len(row.days) == 2 and row.stages[0] <= row.stages[1] and row.days[0] <= row.days[1]):
        raise BadPolicy(reason=f"{row.code}: stages, days")


TECHNIQUES = Policy(
    name="collecting.techniques",
    title=N_("催收办法库"),
    keeper="collecting.policy",
    since=ROWS.since,
    source=ROWS.source,
    body={"rows": [dict(row) for row in ROWS.rows]},
    read=read_techniques,
)
