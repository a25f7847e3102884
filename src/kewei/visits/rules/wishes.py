"""拜访理由: why a terminal deserves a visit, how much, within which days, by whom (domain 5.3, 2.3, 4.4; docs/algorithms/wishes.md).

A weight is worth road: a visit is left out where reaching it costs more metres than its wishes weigh. Windows and keys
follow from the reason alone, never from the day of gathering: the same reason gathered tomorrow is the same wish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kewei.kernel.calendar import add_working_days, month_end
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, as_words, refusal
from kewei.keyaccounts.rules.plans import COLLECTION as GOAL_COLLECTION
from kewei.keyaccounts.rules.plans import OVERDUE as GOAL_OVERDUE
from kewei.terminals.rules import KINDS
from kewei.visits.rules.plans import MOST_FREQUENCY, MOST_MINUTES, month_of
from kewei.visits.rules.purposes import (
    ACADEMIC,
    COLLECT,
    LICENCE,
    MONEY,
    ORDER,
    PROSPECT,
    PURPOSES,
    RECONCILE,
    UnknownPurpose,
)

NORM, MONTH_END, LAPSE, OVERDUE, PROMISED = "norm", "month_end", "lapse", "overdue", "promise"
RECONCILING, RENEWAL, NEXT = "reconcile", "licence", "next_action"
CAMPAIGN, KEY_ACCOUNT, SELL_THROUGH, BY_HAND = "campaign", "key_account", "sell_through", "by_hand"
# What the last visit's report agreed.
AGREED = "next_step"
SOURCES: dict[str, str] = {
    NORM: N_("拜访频率"),
    MONTH_END: N_("月末走访"),
    LAPSE: N_("进货中断"),
    OVERDUE: N_("逾期催收"),
    PROMISED: N_("承诺到期"),
    RECONCILING: N_("对账交单日"),
    RENEWAL: N_("证照到期"),
    NEXT: N_("下次行动"),
    CAMPAIGN: N_("推广活动"),
    KEY_ACCOUNT: N_("大客户计划"),
    SELL_THROUGH: N_("流向新终端"),
    BY_HAND: N_("手工提出"),
    AGREED: N_("上次拜访约定"),
}
# What the morning gathers, and therefore ends when the reason is gone; the others end by whoever wished.
GATHERED = (NORM, MONTH_END, LAPSE, OVERDUE, PROMISED, RECONCILING, RENEWAL, NEXT, CAMPAIGN, KEY_ACCOUNT)
PURPOSE_OF: dict[str, str] = {
    NORM: ORDER, MONTH_END: ORDER, LAPSE: ORDER, OVERDUE: COLLECT, PROMISED: COLLECT, RECONCILING: RECONCILE,
    RENEWAL: LICENCE, NEXT: PROSPECT, CAMPAIGN: ORDER, KEY_ACCOUNT: ORDER,
}  # fmt: skip
# What a key account's action comes for, by the goal it serves; the goals of selling are PURPOSE_OF's.
PURPOSE_OF_GOAL: dict[str, str] = {GOAL_COLLECTION: RECONCILE, GOAL_OVERDUE: COLLECT}
# Why, and what the visit should bring (domain 2.3 目标结果), with the numbers of the wish.
SAYS: dict[str, str] = {
    NORM: N_("{klass} 级，每月 {times} 次"),
    MONTH_END: N_("每月最后 {days} 个工作日走访一次"),
    LAPSE: N_("{last} 以来没有进货，平常约 {usual} 天一次"),
    OVERDUE: N_("逾期 {overdue_fen} 元，已到 ST{stage}"),
    PROMISED: N_("承诺 {on} 付款 {left_fen} 元"),
    RECONCILING: N_("每月 {day} 日交单，之前要对好账"),
    RENEWAL: N_("{paper} {number} {on} 到期"),
    NEXT: N_("约定 {on}：{what}"),
    KEY_ACCOUNT: N_("大客户计划 {on} 前：{what}"),
    CAMPAIGN: N_("重点产品 {product}：{what}"),
}
AIMS: dict[str, str] = {
    MONTH_END: N_("核对库存，谈妥下月订货量"),
    LAPSE: N_("问清停购原因，约定下次订货日"),
    OVERDUE: N_("拿到书面付款日期，或收回 {overdue_fen} 元"),
    PROMISED: N_("收到承诺的 {left_fen} 元"),
    RECONCILING: N_("签回对账单"),
    RENEWAL: N_("取回新的{paper}"),
    NEXT: N_("{what}"),
    KEY_ACCOUNT: N_("{what}"),
    CAMPAIGN: N_("谈妥 {product} 的订货量"),
}
MEDICAL = "medical"


@refusal
class WishNotForMedical(Refused):
    code = "wish_not_for_medical"
    says = N_("不能要求医药代表以「{note}」为目的拜访：不得经手订单、对账与催收")


@refusal
class BadWish(Refused):
    code = "bad_wish"
    says = N_("拜访理由不对：{reason}")


@dataclass(frozen=True, slots=True)
class Norm:
    """How often a class is visited in a month, and how many days apart at least and at most; its weight per visit, km."""

    per_month: int
    least_days: int
    most_days: int
    weight: int


@dataclass(frozen=True, slots=True)
class Frequency:
    """Norms by class (5.3); the class and the minutes of a kind of terminal where nobody judged its potential."""

    norms: Mapping[str, Norm]
    class_of_kind: Mapping[str, str]
    minutes_of_kind: Mapping[str, int]
    month_end_kinds: tuple[str, ...]
    academic_per_month: int

    def norm_of(self, potential: str, kind: str) -> tuple[str, Norm | None]:
        """The class and its norm; no norm where the kind is not visited at all."""
        klass = potential or self.class_of_kind.get(kind, self.class_of_kind["other"])
        return klass, self.norms.get(klass)

    def minutes(self, kind: str) -> int:
        """How long a visit takes."""
        return self.minutes_of_kind.get(kind, self.minutes_of_kind["other"])


def read_frequency(body: Any) -> Frequency:
    """The policy's value. Raises BadPolicy."""
    norms = {klass: Norm(**row) for klass, row in body["norms"].items()}
    for klass, norm in norms.items():
        if not (1 <= norm.per_month <= MOST_FREQUENCY and 1 <= norm.least_days <= norm.most_days and norm.weight >= 0):
            raise BadPolicy(reason=f"norms.{klass}")
    if unknown := {*body["class_of_kind"], *body["minutes_of_kind"], *body["month_end_kinds"]} - set(KINDS):
        raise BadPolicy(reason=f"kinds: {min(unknown)}")
    if missing := {klass for klass in body["class_of_kind"].values() if klass} - set(norms):
        raise BadPolicy(reason=f"class_of_kind: {min(missing)}")
    if any(not 0 < minutes <= MOST_MINUTES for minutes in body["minutes_of_kind"].values()):
        raise BadPolicy(reason="minutes_of_kind")
    return Frequency(
        norms,
        body["class_of_kind"],
        body["minutes_of_kind"],
        tuple(body["month_end_kinds"]),
        body["academic_per_month"],
    )


FREQUENCY = Policy(
    name="visits.frequency",
    title=N_("拜访频率"),
    keeper="visits.policy",
    since=date(2026, 11, 1),
    source="domain 5.3 [S52][INF]",
    body={
        "norms": {
            "A": {"per_month": 4, "least_days": 4, "most_days": 14, "weight": 60},
            "B": {"per_month": 2, "least_days": 9, "most_days": 24, "weight": 40},
            "C": {"per_month": 1, "least_days": 15, "most_days": 45, "weight": 20},
        },
        "class_of_kind": {
            "public_hospital": "B", "private_hospital": "B", "primary_care": "C", "clinic": "C", "pharmacy": "C",
            "chain_hq": "B", "chain_store": "C", "distributor": "B", "cdc": "C", "research": "C", "military": "C",
            "maker": "", "other": "C",
        },
        "minutes_of_kind": {
            "public_hospital": 45, "private_hospital": 40, "primary_care": 30, "clinic": 20, "pharmacy": 25,
            "chain_hq": 60, "chain_store": 20, "distributor": 60, "other": 30,
        },
        "month_end_kinds": ["distributor"],
        "academic_per_month": 2,
    },
    read=read_frequency,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanting:
    """How one source wishes: its weight, whether it must be, minutes beyond the usual visit, days before and after its day."""

    weight: int
    must: bool
    minutes: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """Rows by source; what a point of weight, a night away and a visit moved to another day are worth in metres of road; from
    which stage of the ladder one goes there, and from which it must be; how a rhythm breaks."""

    rows: Mapping[str, Wanting]
    weight_metres: int
    night_metres: int
    move_metres: int
    visit_stage: int
    must_stage: int
    licence_days: int


def read_reasons(body: Any) -> Reasons:
    """The policy's value. Raises BadPolicy."""
    rows = {source: Wanting(**row) for source, row in body["rows"].items()}
    if unknown := set(rows) - set(SOURCES):
        raise BadPolicy(reason=f"rows: {min(unknown)}")
    if missing := set(GATHERED) - {NORM} - set(rows):
        raise BadPolicy(reason=f"rows: {min(missing)}")
    for source, row in rows.items():
        if row.weight < 0 or row.minutes < 0 or row.before < 0 or row.after < 0:
            raise BadPolicy(reason=f"rows.{source}")
    numbers = {**USUAL_METRES, **{name: value for name, value in body.items() if name != "rows"}}
    for name in ("weight_metres", *USUAL_METRES):
        if numbers[name] < (name == "weight_metres"):
            raise BadPolicy(reason=name)
    return Reasons(rows, **numbers)


# Where a version of the policy does not say: a hotel for one, and what a customer who was told another day minds.
USUAL_METRES = {"night_metres": 100_000, "move_metres": 30_000}

REASONS = Policy(
    name="visits.wishes",
    title=N_("拜访理由的权重与时间"),
    keeper="visits.policy",
    since=date(2026, 11, 1),
    source="domain 2.3, 5.3 [INF]",
    body={
        "rows": {
            MONTH_END: {"weight": 40, "must": False, "minutes": 0, "before": 3, "after": 0},
            LAPSE: {"weight": 50, "must": False, "minutes": 10, "before": 0, "after": 21},
            OVERDUE: {"weight": 80, "must": False, "minutes": 20, "before": 0, "after": 10},
            PROMISED: {"weight": 90, "must": True, "minutes": 10, "before": 0, "after": 2},
            RECONCILING: {"weight": 60, "must": False, "minutes": 15, "before": 3, "after": 0},
            RENEWAL: {"weight": 50, "must": False, "minutes": 10, "before": 30, "after": 0},
            NEXT: {"weight": 50, "must": False, "minutes": 0, "before": 3, "after": 4},
            CAMPAIGN: {"weight": 40, "must": False, "minutes": 10, "before": 0, "after": 20},
            KEY_ACCOUNT: {"weight": 80, "must": False, "minutes": 20, "before": 15, "after": 0},
            SELL_THROUGH: {"weight": 40, "must": False, "minutes": 10, "before": 0, "after": 14},
            BY_HAND: {"weight": 50, "must": False, "minutes": 0, "before": 0, "after": 14},
        },
        # Days are paid for whether or not somebody drives: filling them comes before saving road.
        "weight_metres": 10_000,
        **USUAL_METRES,
        "visit_stage": 3,
        "must_stage": 4,
        "licence_days": 30,
    },
    read=read_reasons,
)

POLICIES: tuple[Policy[Any], ...] = (FREQUENCY, REASONS)


@dataclass(frozen=True, slots=True)
class WishGiven:
    """A wish as it is to be kept; the fields of its table."""

    terminal: int
    key: str
    source: str
    says: str
    purpose: str
    weight: int
    first_on: date
    last_on: date
    minutes: int
    must: bool = False
    role: str = ""
    numbers: dict[str, Any] = field(default_factory=dict, hash=False)


def check_wish(given: WishGiven) -> None:
    """A wish that can be planned. Raises UnknownPurpose, WishNotForMedical, BadWish."""
    if given.purpose not in PURPOSES:
        raise UnknownPurpose(purpose=given.purpose)
    if given.role == MEDICAL and given.purpose in MONEY:
        raise WishNotForMedical(note=PURPOSES[given.purpose])
    if given.source not in SOURCES:
        raise BadWish(reason=N_("没有这种来源"))
    if given.last_on < given.first_on:
        raise BadWish(reason=N_("最后一天不能早于第一天"))
    if not 0 < given.minutes <= MOST_MINUTES or given.weight < 0:
        raise BadWish(reason=N_("分钟数须在 1 至 960 之间，权重不能为负"))
    if not given.key.strip() or len(given.key) > 80:
        raise BadWish(reason=N_("缺少区分理由的键"))


def months_ahead(today: date) -> tuple[date, date]:
    """The month of a day and the next: what is planned now or soon."""
    this = month_of(today)
    return this, month_of(month_end(this) + timedelta(days=1))


def window(on: date, row: Wanting, today: date) -> tuple[date, date]:
    """The days a reason about a day wants a visit in; once they are over, the rest of the month of today."""
    first, last = add_working_days(on, -row.before) if row.before else on, on + timedelta(days=row.after)
    if last < today:
        return month_of(today), month_end(today)
    return first, last


@dataclass(frozen=True, slots=True)
class Seen:
    """A terminal as the morning sees it."""

    pk: int
    kind: str
    owned: bool
    potential: str = ""
    medical: bool = False
    per_month: int | None = None
    minutes: int | None = None


def norm_wishes(seen: Seen, months: Iterable[date], by: Frequency) -> list[WishGiven]:
    """拜访频率: the norm of the class, or what its own rhythm says, once a month; of sales and of the MR each their own."""
    found = []
    klass, norm = by.norm_of(seen.potential, seen.kind)
    minutes = seen.minutes or by.minutes(seen.kind)
    for month in months:
        last = month_end(month)
        if seen.owned and norm is not None:
            times = norm.per_month if seen.per_month is None else seen.per_month
            if times:
                numbers = {"klass": klass, "times": times, **_apart(times, norm)}
                found.append(_norm(seen, month, last, "", ORDER, norm.weight * times, minutes, numbers))
        if seen.medical and norm is not None:
            times = min(by.academic_per_month, norm.per_month) if seen.per_month is None else seen.per_month
            if times:
                numbers = {"klass": klass, "times": times, **_apart(times, norm)}
                found.append(_norm(seen, month, last, MEDICAL, ACADEMIC, norm.weight * times, minutes, numbers))
    return found


def _norm(
    seen: Seen, first: date, last: date, role: str, purpose: str, weight: int, minutes: int, numbers: dict[str, Any]
) -> WishGiven:
    key = f"visits:norm:{role or 'sales'}:{seen.pk}:{first:%Y-%m}"
    return WishGiven(seen.pk, key, NORM, SAYS[NORM], purpose, weight, first, last, minutes, role=role, numbers=numbers)


def _apart(times: int, norm: Norm) -> dict[str, int]:
    """Days apart for a frequency that need not be the norm's own: a month's days shared out in the norm's proportion."""
    if times == norm.per_month:
        return {"least": norm.least_days, "most": norm.most_days}
    scale = max(1, times)
    return {
        "least": max(1, norm.least_days * norm.per_month // scale),
        "most": max(2, norm.most_days * norm.per_month // scale),
    }


def month_end_wishes(seen: Seen, months: Iterable[date], by: Frequency, rows: Reasons) -> list[WishGiven]:
    """月末走访: kinds that are seen once more in the last working days of a month (5.3, distributors)."""
    if not seen.owned or seen.kind not in by.month_end_kinds:
        return []
    row, found = rows.rows[MONTH_END], []
    for month in months:
        last = add_working_days(month_end(month) + timedelta(days=1), -1)
        first = add_working_days(last, 1 - row.before) if row.before > 1 else last
        found.append(
            WishGiven(
                seen.pk, f"visits:month_end:{seen.pk}:{month:%Y-%m}", MONTH_END, SAYS[MONTH_END], ORDER, row.weight, first,
                last, by.minutes(seen.kind) + row.minutes, row.must, numbers={"days": row.before},
            )
        )  # fmt: skip
    return found


def dated(
    source: str, terminal: int, key: str, on: date, minutes: int, today: date, by: Reasons, numbers: dict[str, Any],
    *, must: bool | None = None, purpose: str = "", role: str = "",
) -> WishGiven:  # fmt: skip
    """A wish about a day: its window by the policy; its key names the window it stands in."""
    row = by.rows[source]
    first, last = window(on, row, today)
    return WishGiven(
        terminal, f"{key}:{first:%Y%m%d}"[:80], source, SAYS[source], purpose or PURPOSE_OF[source], row.weight, first, last,
        minutes + row.minutes, row.must if must is None else must, role, numbers,
    )  # fmt: skip


def account_key(plan: int, number: int) -> str:
    """How the wish for an action of a key-account plan begins."""
    return f"keyaccounts:action:{plan}:{number}"


def account_action(key: str) -> tuple[int, int]:
    """(plan, number of the action) a wish of a key account is about."""
    _room, _what, plan, number, *_window = key.split(":")
    return int(plan), int(number)


def words(says: str, numbers: Mapping[str, Any], translate: Any) -> str:
    """A wish's sentence in the reader's language; what another room wrote is shown as it is."""
    shown = {name: _shown(name, value, translate) for name, value in numbers.items()}
    try:
        return translate(says).format(**shown)
    except (KeyError, IndexError, ValueError):
        return translate(says)


def _shown(name: str, value: Any, translate: Any) -> str:
    return translate(value) if name in ("paper", "what") and value else as_words(name, value, translate)
