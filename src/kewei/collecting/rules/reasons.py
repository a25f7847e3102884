"""逾期原因: why money is late, whose doing it is, who sees to it and within how many days (domain 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

# Families by their letter.
FAMILIES: dict[str, str] = {
    "A": N_("单据"),
    "B": N_("货物"),
    "C": N_("价格与返利"),
    "D": N_("账务"),
    "E": N_("付款流程"),
    "F": N_("付款能力"),
    "G": N_("付款意愿"),
    "H": N_("我方内部"),
    "I": N_("证照与监管"),
    "J": N_("票据"),
}
NAMES: dict[str, str] = {
    "A1": N_("未收到发票"),
    "A2": N_("抬头、税号或账户错误"),
    "A3": N_("票货不符（品规、批号、数量）"),
    "A4": N_("税率或金额错误，待红冲"),
    "A5": N_("缺签收单或随货同行单"),
    "A6": N_("缺合同或订单号"),
    "A7": N_("采购平台未点收、验收未确认"),
    "B1": N_("短少"),
    "B2": N_("破损、冷链超温"),
    "B3": N_("近效期、效期不符"),
    "B4": N_("质量疑问、召回"),
    "B5": N_("错发"),
    "B6": N_("退货未冲账"),
    "C1": N_("单价与合同、挂网价不符"),
    "C2": N_("集采、国谈调价补差"),
    "C3": N_("返利、折让未兑现"),
    "C4": N_("客户自行扣款（促销、陈列、罚款）"),
    "D1": N_("余额不符"),
    "D2": N_("已付未核销、付款未注明"),
    "D3": N_("代付主体不符"),
    "E1": N_("内部审批中"),
    "E2": N_("未到付款批次"),
    "E3": N_("经办人或负责人变动"),
    "E4": N_("财政、预算未到"),
    "E5": N_("医保未拨付"),
    "E6": N_("医保直接结算在途"),
    "E7": N_("要求改付承兑、电子凭证"),
    "F1": N_("资金紧张"),
    "F2": N_("停业、歇业、搬迁"),
    "F3": N_("涉诉、被执行、查封"),
    "F4": N_("破产、重整（申报债权有期限）"),
    "F5": N_("主体变更、注销、转让"),
    "G1": N_("无理由拖延"),
    "G2": N_("承诺失约"),
    "G3": N_("失联"),
    "G4": N_("以停止合作要挟"),
    "H1": N_("我方未及时催收"),
    "H2": N_("疑似业务员截留、挪用"),
    "H3": N_("政策外口头承诺"),
    "H4": N_("超额、超范围发货"),
    "I1": N_("客户证照过期冻结"),
    "I2": N_("监管检查、反腐调查冻结付款"),
    "J1": N_("票据拒付"),
    "J2": N_("票据到期提示中"),
    "J3": N_("票据瑕疵退票"),
}
OWNERS: dict[str, str] = {
    "invoicing": N_("开票"),
    "logistics": N_("物流"),
    "tax": N_("税务"),
    "commerce": N_("商务"),
    "quality": N_("质量"),
    "finance": N_("财务"),
    "key_accounts": N_("大客户"),
    "compliance": N_("合规"),
    "sales": N_("业务"),
    "manager": N_("经理"),
    "credit": N_("信用"),
    "legal": N_("法务"),
    "audit": N_("审计"),
    "treasury": N_("资金"),
}
OURS, THEIRS, EITHER, SYSTEM = "ours", "theirs", "either", "system"
SIDES: dict[str, str] = {OURS: N_("我方"), THEIRS: N_("对方"), EITHER: N_("待定"), SYSTEM: N_("制度")}


@refusal
class UnknownReasonCode(Refused):
    code = "unknown_reason_code"
    says = N_("没有「{text}」这个原因码")


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: who sees to it (the first leads), within how many days (None: no target), and whose doing it is."""

    code: str
    owners: tuple[str, ...]
    days: int | None
    side: str

    @property
    def name(self) -> str:
        """What people read (a msgid)."""
        return NAMES[self.code]


@dataclass(frozen=True, slots=True)
class ReasonPolicy:
    """Every reason by its code, and after how many days an unchanged one is itself an alert."""

    codes: Mapping[str, Reason]
    stale_days: int


def read_reasons(body: Any) -> ReasonPolicy:
    """Read a version. Raises BadPolicy."""
    rows = {code: Reason(code, tuple(owners), days, side) for code, (owners, days, side) in body["codes"].items()}
    stale = int(body["stale_days"])
    if set(rows) != set(NAMES):
        raise BadPolicy(reason=f"codes: {', '.join(sorted(set(rows) ^ set(NAMES)))}")
    for row in rows.values():
        known = row.side in SIDES and row.owners and set(row.owners) <= set(OWNERS)
        if not known or (row.days is not None and not 0 < row.days <= 366):
            raise BadPolicy(reason=f"codes.{row.code}")
    return ReasonPolicy(rows, stale)


REASONS = Policy(
    name="collecting.reasons",
    title=N_("逾期原因码：责任部门与时限"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 3.2 [INF]; families cross-checked with [S61][S62]; E1, E3 are no lawful excuse: 款项条例 14 [S18]",
    body={
        "codes": {
            "A1": [["invoicing"], 1, OURS],
            "A2": [["invoicing"], 2, OURS],
            "A3": [["invoicing", "logistics"], 3, OURS],
            "A4": [["tax"], 5, OURS],
            "A5": [["logistics"], 3, OURS],
            "A6": [["commerce"], 3, OURS],
            "A7": [["commerce"], 5, THEIRS],
            "B1": [["logistics"], 5, EITHER],
            "B2": [["quality", "logistics"], 7, EITHER],
            "B3": [["quality"], 7, OURS],
            "B4": [["quality"], 10, OURS],
            "B5": [["logistics"], 3, OURS],
            "B6": [["finance"], 5, OURS],
            "C1": [["commerce"], 4, OURS],
            "C2": [["commerce", "finance"], 10, SYSTEM],
            "C3": [["commerce"], 10, OURS],
            "C4": [["key_accounts"], 10, THEIRS],
            "D1": [["finance"], 5, EITHER],
            "D2": [["finance"], 2, OURS],
            "D3": [["finance", "compliance"], 5, THEIRS],
            "E1": [["sales"], 7, THEIRS],
            "E2": [["sales"], None, THEIRS],
            "E3": [["sales"], 7, THEIRS],
            "E4": [["key_accounts"], 30, THEIRS],
            "E5": [["key_accounts"], 30, THEIRS],
            "E6": [["finance"], 15, SYSTEM],
            "E7": [["finance"], 5, THEIRS],
            "F1": [["credit"], None, THEIRS],
            "F2": [["credit"], 1, THEIRS],
            "F3": [["legal"], 1, THEIRS],
            "F4": [["legal"], 1, THEIRS],
            "F5": [["legal"], 1, THEIRS],
            "G1": [["sales"], None, THEIRS],
            "G2": [["sales"], None, THEIRS],
            "G3": [["credit"], 3, THEIRS],
            "G4": [["manager"], 5, THEIRS],
            "H1": [["manager"], None, OURS],
            "H2": [["audit"], 1, OURS],
            "H3": [["manager"], 5, OURS],
            "H4": [["credit", "quality"], 1, OURS],
            "I1": [["quality"], 7, THEIRS],
            "I2": [["compliance"], 10, SYSTEM],
            "J1": [["treasury"], 1, THEIRS],
            "J2": [["treasury"], 10, SYSTEM],
            "J3": [["treasury"], 3, EITHER],
        },
        "stale_days": 30,
    },
    read=read_reasons,
)


def reason_of(policy: ReasonPolicy, code: str) -> Reason:
    """The reason of a code. Raises UnknownReasonCode."""
    if code not in policy.codes:
        raise UnknownReasonCode(text=code[:10])
    return policy.codes[code]
