"""Figures of receivables (docs/algorithms/kpis.md, domain 3.6): exact fractions in, rounded only where they are shown.

Receivables and sales must stand on the same basis: both with VAT. None means there is nothing to divide by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kewei.kernel.refusals import N_

YEAR_DAYS = 365
AT_RISK_DAYS = 180


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means, as its page shows it: name, formula and caution are msgids; unit is days, percent or fen."""

    code: str
    name: str
    formula: str
    unit: str
    caution: str = ""


DEFINITIONS: dict[str, Definition] = {
    definition.code: definition
    for definition in (
        Definition(
            "dso",
            N_("应收账款周转天数（简单法）"),
            N_("期末应收 ÷ 本期赊销额 × 本期天数"),
            "days",
            N_("应收与销售须同为含税口径；销售起伏大时与倒推法可能方向相反，须并列看。"),
        ),
        Definition(
            "dso_count_back",
            N_("应收账款周转天数（倒推法）"),
            N_("从最近一月起逐月减去赊销额并累加当月天数，最后一月按比例"),
            "days",
            N_("期末应收大于所给各月销售之和时，只能说至少这些天。"),
        ),
        Definition(
            "best_possible_dso",
            N_("最佳可能周转天数"),
            N_("期末未到期应收 ÷ 本期赊销额 × 本期天数"),
            "days",
        ),
        Definition("average_days_delinquent", N_("平均逾期天数"), N_("周转天数（简单法）− 最佳可能周转天数"), "days"),
        Definition(
            "weighted_days_late",
            N_("加权迟付天数"),
            N_("Σ（金额 × 迟付天数）÷ Σ 金额，已付与未付合计；提前付款按 0 天"),
            "days",
        ),
        Definition(
            "collection_effectiveness",
            N_("回款有效率 CEI"),
            N_("（期初应收 + 赊销额 ÷ 月数 − 期末应收）÷（期初应收 + 赊销额 ÷ 月数 − 期末未到期应收）"),
            "percent",
            N_("80% 以上良好，50% 以下薄弱。"),
        ),
        Definition("overdue_ratio", N_("逾期率"), N_("逾期应收 ÷ 应收合计"), "percent"),
        Definition("over_one_year_ratio", N_("一年以上占比"), N_("开票超过 365 天的应收 ÷ 应收合计"), "percent"),
        Definition(
            "bad_debt_equivalent_sales",
            N_("坏账等价销售额"),
            N_("坏账损失 ÷ 净利率：要多卖多少才补得回来"),
            "fen",
        ),
        Definition("cost_of_credit", N_("资金占用成本"), N_("应收 × 年利率 × 天数 ÷ 365"), "fen"),
        Definition("late_interest", N_("法定逾期利息"), N_("逾期金额 × 日利率 × 逾期天数"), "fen"),
        Definition(
            "limitation_at_risk",
            N_("时效风险金额"),
            N_("自到期日起算，距诉讼时效届满不超过 180 天的应收；有中断证据的看催收的时效时钟"),
            "fen",
        ),
        Definition("cash_productivity", N_("回款率"), N_("本期回款 ÷ 本期开票"), "percent"),
    )
}


def dso(receivable_fen: int, sales_fen: int, days: int) -> Fraction | None:
    """Days sales outstanding, simple: end receivables ÷ credit sales of the period × its days. None without sales."""
    return Fraction(receivable_fen * days, sales_fen) if sales_fen > 0 else None


@dataclass(frozen=True, slots=True)
class CountBack:
    """Days counted back, and the fen no month given was left to explain (then the days are a lower bound)."""

    days: Fraction
    unexplained_fen: int


def dso_count_back(receivable_fen: int, months: Sequence[tuple[int, int]]) -> CountBack:
    """Days sales outstanding by counting back: `months` are (sales_fen, days), the latest first.

    Whole months are taken off while receivables last, the month in which they run out counts pro rata. A month with
    more returns than sales adds its days and takes nothing off.
    """
    left_fen, counted = max(receivable_fen, 0), Fraction(0)
    for sales_fen, days in months:
        if left_fen == 0:
            break
        if sales_fen >= left_fen:
            return CountBack(counted + Fraction(left_fen * days, sales_fen), 0)
        counted += days
        left_fen -= max(sales_fen, 0)
    return CountBack(counted, left_fen)


def best_possible_dso(current_fen: int, sales_fen: int, days: int) -> Fraction | None:
    """The DSO if nothing were overdue: current (not overdue) receivables ÷ credit sales × days. None without sales."""
    return dso(current_fen, sales_fen, days)


def average_days_delinquent(receivable_fen: int, current_fen: int, sales_fen: int, days: int) -> Fraction | None:
    """Delinquent DSO: simple DSO less the best possible one. None without sales."""
    return dso(receivable_fen - current_fen, sales_fen, days)


def weighted_days_late(items: Iterable[tuple[int, int]]) -> Fraction | None:
    """Days late weighted by amount over (fen, days_late) of paid and open items; early counts as 0. None if empty."""
    weighted = total_fen = 0
    for fen, days_late in items:
        weighted += fen * max(days_late, 0)
        total_fen += fen
    return Fraction(weighted, total_fen) if total_fen > 0 else None


def collection_effectiveness(
    begin_fen: int, sales_fen: int, end_fen: int, end_current_fen: int, months: int = 1
) -> Fraction | None:
    """Collection effectiveness index as a fraction of 1: what was collected of what could have been.

    For a period of several months the sales are those of the whole period; one month's average enters.
    """
    in_play = begin_fen + Fraction(sales_fen, months)
    collectable = in_play - end_current_fen
    return (in_play - end_fen) / collectable if collectable > 0 else None


def ratio(part_fen: int, whole_fen: int) -> Fraction | None:
    """A part of a whole as a fraction of 1: overdue ratio, over-one-year ratio, collected ÷ billed. None of nothing."""
    return Fraction(part_fen, whole_fen) if whole_fen > 0 else None


def bad_debt_equivalent_sales(loss_fen: int, margin_bp: int) -> int | None:
    """Sales needed to earn back a loss at a net margin in basis points, fen. None without a margin."""
    return nearest(Fraction(loss_fen * 10_000, margin_bp)) if margin_bp > 0 else None


def cost_of_credit(receivable_fen: int, annual_rate_bp: int, days: int) -> int:
    """What it costs to carry receivables for `days` at a yearly rate in basis points, fen."""
    return nearest(Fraction(receivable_fen * annual_rate_bp * days, 10_000 * YEAR_DAYS))


def late_interest(overdue_fen: int, daily_rate_bp: int, days: int) -> int:
    """Interest on an overdue amount at a daily rate in basis points (5 = 0.05 %), fen, without compounding."""
    return nearest(Fraction(overdue_fen * daily_rate_bp * days, 10_000))


def limitation_at_risk(items: Iterable[tuple[int, int, bool]], within_days: int = AT_RISK_DAYS) -> int:
    """Fen of (open_fen, days_left, interrupted) that expire within `within_days` with no proof of interruption.

    Claims already past their last day are lost rather than at risk and do not count.
    """
    return sum(fen for fen, days_left, interrupted in items if 0 <= days_left <= within_days and not interrupted)


def nearest(value: Fraction) -> int:
    """The nearest whole number, halves away from zero."""
    whole = (abs(value.numerator) * 2 + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


def tenths(value: Fraction) -> int:
    """A value in whole tenths, for showing days: 76.32 → 763."""
    return nearest(value * 10)


def basis_points(value: Fraction) -> int:
    """A fraction of 1 in basis points, for showing percent: 0.6364 → 6364."""
    return nearest(value * 10_000)
