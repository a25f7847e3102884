"""评分依据: what a survey's evidence comes down to, one measure per thing that was found out (domain 2.6, 2.7).

A measure says which way it is better, and belongs to one factor. A measure nobody found out is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kewei.kernel.refusals import N_

MORE, LESS = 1, -1

# The eleven factors of the survey, and the two that stand in for capital and profit with public hospitals.
FACTORS: dict[str, str] = {
    "principal": N_("负责人评信"),
    "scale": N_("企业规模及性质"),
    "selling": N_("销售能力"),
    "management": N_("经营技术"),
    "capital": N_("近三年资本增长"),
    "profit": N_("近三年赢利情况"),
    "staff": N_("员工抱怨"),
    "references": N_("供料客户评价"),
    "bank": N_("银行往来信用"),
    "peers": N_("同业信用评价"),
    "sector": N_("行业景气"),
    "pay_days": N_("历史回款天数与法定账期"),
    "funding": N_("医保与财政回款占比"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: its factor, what people read, whether more or less of it is better, and its unit.

    Units: yes (1 or 0), count, years, months, days, percent, fen, level (a place in `levels`, worst or least first).
    """

    code: str
    factor: str
    words: str
    better: int
    unit: str
    levels: tuple[str, ...] = ()


_SECTOR = (N_("危机"), N_("收缩"), N_("偏弱"), N_("平稳"), N_("向好"), N_("扩张"))
_OPINION = (N_("差"), N_("中"), N_("良"), N_("优"))

MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure("dishonest", "principal", N_("失信被执行人"), LESS, "yes"),
        Measure("lawsuits", "principal", N_("作为被告的涉诉"), LESS, "count"),
        Measure("experience", "principal", N_("从业年限"), MORE, "years"),
        Measure("share", "principal", N_("负责人股权"), MORE, "percent"),
        Measure("shell", "scale", N_("空壳或无实际经营"), LESS, "yes"),
        Measure("open_months", "scale", N_("成立月数"), MORE, "months"),
        Measure("listed", "scale", N_("上市公司或全国连锁"), MORE, "yes"),
        Measure(
            "hospital_level", "scale", N_("公立医院等级"), MORE, "level",
            (N_("非公立医院"), N_("一级或基层"), N_("二级或县级"), N_("三级")),
        ),
        Measure("outlets", "scale", N_("门店数"), MORE, "count"),
        Measure("insured", "scale", N_("参保人数"), MORE, "count"),
        Measure("sell_through", "selling", N_("有动销数据"), MORE, "yes"),
        Measure("district_rank", "selling", N_("销售额在同区域的百分位"), MORE, "percent"),
        Measure("suspended", "management", N_("证照被暂停或吊销"), LESS, "yes"),
        Measure("penalty_free", "management", N_("最近一次处罚距今月数"), MORE, "months"),
        Measure("penalty", "management", N_("最重的检查结果"), LESS, "level", (N_("无缺陷"), N_("一般缺陷整改"), N_("行政处罚"))),
        Measure("erp", "management", N_("有 ERP 并联网"), MORE, "yes"),
        Measure("net_worth", "capital", N_("净资产"), MORE, "fen"),
        Measure("growth", "capital", N_("净资产三年复合增长率"), MORE, "percent"),
        Measure("profit_years", "profit", N_("三年中赢利年数"), MORE, "years"),
        Measure("cash_flow", "profit", N_("经营现金流为正"), MORE, "yes"),
        Measure("wage_arrears", "staff", N_("欠薪"), LESS, "yes"),
        Measure("arbitrations", "staff", N_("劳动仲裁"), LESS, "count"),
        Measure("steady_staff", "staff", N_("人员稳定"), MORE, "yes"),
        Measure("sued_by_supplier", "references", N_("拒绝提供或被供应商起诉"), LESS, "yes"),
        Measure("references", "references", N_("供应商评价份数"), MORE, "count"),
        Measure("reference_overdue", "references", N_("对供应商最长逾期"), LESS, "days"),
        Measure("bill_state", "bank", N_("票据信用"), LESS, "level", (N_("无逾期"), N_("曾逾期"), N_("列入持续逾期名单"))),
        Measure("bank_line", "bank", N_("有银行授信"), MORE, "yes"),
        Measure("account", "bank", N_("基本户正常"), MORE, "yes"),
        Measure("guarantees", "bank", N_("对外担保压力"), LESS, "yes"),
        Measure("peers", "peers", N_("同业评价份数"), MORE, "count"),
        Measure("peers_worst", "peers", N_("同业最差评价"), MORE, "level", _OPINION),
        Measure("peers_best", "peers", N_("同业最好评价"), MORE, "level", _OPINION),
        Measure("sector", "sector", N_("行业景气指数"), MORE, "level", _SECTOR),
        Measure("over_legal_days", "pay_days", N_("历史回款天数超出法定账期"), LESS, "days"),
        Measure("funded", "funding", N_("医保与财政回款占比"), MORE, "percent"),
    )
}  # fmt: skip


def as_good(code: str, value: int | None, threshold: int) -> bool:
    """Whether a measure is at least as good as a threshold; what nobody found out is not."""
    return value is not None and (value - threshold) * MEASURES[code].better >= 0


def as_bad(code: str, value: int | None, threshold: int) -> bool:
    """Whether a measure is known to be as bad as a threshold, or worse."""
    return value is not None and (value - threshold) * MEASURES[code].better <= 0


def measures_of(answers: Mapping[str, Any]) -> dict[str, int]:
    """The measures a survey's answers come down to.

    `answers` holds, by factor, fields: those named as a measure are taken as they are (whole numbers, yes or no), and
    three-year series and lists of references are summed up. Anything else is evidence for people, not for points.
    """
    found: dict[str, int] = {}
    for fields in answers.values():
        if isinstance(fields, Mapping):
            for code, value in fields.items():
                if code in MEASURES and isinstance(value, (bool, int)):
                    found[code] = int(value)
            found = {**_summed_up(fields), **found}
    return found


def _summed_up(fields: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    worth = _whole(fields.get("net_assets_fen"))
    if worth:
        found["net_worth"] = worth[-1]
        rate = compound_growth(worth)
        if rate is not None:
            found["growth"] = rate
    if profits := _whole(fields.get("net_profit_fen")):
        found["profit_years"] = sum(fen > 0 for fen in profits)
    if flows := _whole(fields.get("cash_flow_fen")):
        found["cash_flow"] = int(sum(flows) > 0)
    if isinstance(told := fields.get("suppliers"), Sequence) and not isinstance(told, str):
        found["references"] = len(told)
        late = [one["overdue_days"] for one in told if isinstance(one.get("overdue_days"), int)]
        if late and len(late) == len(told):
            found["reference_overdue"] = max(late)
    if isinstance(said := fields.get("opinions"), Sequence) and not isinstance(said, str):
        found["peers"] = len(said)
        grades = [one["opinion"] for one in said if isinstance(one.get("opinion"), int)]
        if grades:
            found["peers_worst"], found["peers_best"] = min(grades), max(grades)
    return found


def _whole(values: Any) -> list[int]:
    """A series of whole numbers, oldest first; empty where one is missing."""
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, int) for value in values):
        return []
    return list(values)


def compound_growth(worth_fen: Sequence[int]) -> int | None:
    """Compound growth a year over a series, whole percent rounded down; None where it cannot be said.

    The largest whole g with first × (100 + g)^n ≤ last × 100^n: exact, without roots.
    """
    years = len(worth_fen) - 1
    if years < 1 or worth_fen[0] <= 0 or worth_fen[-1] <= 0:
        return None
    low, high = -100, 1_000
    while low < high:
        middle = (low + high + 1) // 2
        if worth_fen[0] * (100 + middle) ** years <= worth_fen[-1] * 100**years:
            low = middle
        else:
            high = middle - 1
    return low
