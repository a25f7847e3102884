"""信用等级评分项目表: the versioned sheets that turn evidence into points, and points into grades (domain 2.7).

A sheet is policy, and says so in its source: the weights and thresholds are a judgement, not a measurement. What the
company's own customers say about them is shown by `kewei score calibrate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.credit.rules.evidence import FACTORS, MEASURES
from kewei.credit.rules.redlines import RED_LINES
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_

GRADES = ("A", "B", "C", "D")
FULL_BP = 10_000
MOST = 5
MISSING = 1

# What the ledger says about a customer's behaviour, and what the collecting room will say (domain 2.7).
BEHAVIOUR: dict[str, str] = {
    "on_time": N_("准时付款率"),
    "days_late": N_("加权迟付天数"),
    "promises": N_("承诺兑现率"),
    "continuity": N_("采购连续性"),
    "sign_back": N_("对账单回签率"),
    "disputes": N_("争议有效率"),
}
# What happens to the weight of a part nobody has data for.
WITHOUT_DATA: dict[str, str] = {
    "redistribute": N_("权重按比例分给有数据的各项"),
    "missing": N_("按缺失证据计分"),
}
CAPS: dict[str, str] = {
    "traded_short": N_("交易不满 {months} 个月"),
    "traded_young": N_("交易不满 {months} 个月"),
    "late_some": N_("近 {window} 天内有逾期超过 {days} 天"),
    "late_much": N_("近 {window} 天内有逾期超过 {days} 天"),
    "unchecked": N_("公开信息查询缺失或已超过 {days} 天"),
    "order_gap": N_("超过 {days} 天没有采购"),
    "pressed": N_("催收已发付款提示函"),
    "documents": N_("资料不全"),
}


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a sheet. `rungs` give for points 5…2 the ways to reach them, each a set of (measure, threshold) that
    must all be met; `zero` are those of which one alone gives nought. In between, and without evidence: 1. `codes` are
    all measures it looks at."""

    code: str
    weight: int
    rungs: tuple[tuple[int, tuple[tuple[tuple[str, int], ...], ...]], ...]
    zero: tuple[tuple[str, int], ...]
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of behaviour: its weight, what happens without data, and, for days late, the days that give nought."""

    code: str
    weight: int
    without: str
    nought_at: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A score sheet: factors and parts of behaviour sum to 100 each; `behaviour_share` of the score, in percent, is
    behaviour once the customer has traded `behaviour_months`."""

    factors: tuple[Factor, ...]
    parts: tuple[Part, ...]
    behaviour_share: int
    behaviour_months: int
    missing_bp: int


@dataclass(frozen=True, slots=True)
class Cap:
    """At best this grade, where its condition holds: `limit` is in months or days, `window` in days."""

    code: str
    grade: str
    limit: int = 0
    window: int = 0


@dataclass(frozen=True, slots=True)
class Grading:
    """How points become a grade: bands in hundredths, red lines, caps, and how often each grade is looked at again."""

    bands: tuple[tuple[str, int], ...]
    red_lists: frozenset[str]
    red_measures: tuple[tuple[str, int, str], ...]
    overdue_days: int
    promises_broken: int
    caps: tuple[Cap, ...]
    review_months: dict[str, int]
    hospital_kinds: frozenset[str]
    public_checks: frozenset[str]
    not_ours: frozenset[str]
    lowering: frozenset[str]


def read_sheet(body: Any) -> Sheet:
    """Read a sheet. Raises BadPolicy: weights must sum to 100, thresholds must stand on measures of their own factor."""
    factors = tuple(_factor(code, told) for code, told in body["factors"].items())
    parts = tuple(
        Part(code, _whole(told["weight"]), told["without"], told.get("nought_at", 0))
        for code, told in body["behaviour"].items()
    )
    sheet = Sheet(
        factors,
        parts,
        _whole(body["behaviour_share"]),
        _whole(body["behaviour_months"]),
        _whole(body["missing_bp"]),
    )
    _check_sheet(sheet)
    return sheet


def _check_sheet(sheet: Sheet) -> None:
    for name, weights in (
        ("factors", [f.weight for f in sheet.factors]),
        ("behaviour", [p.weight for p in sheet.parts]),
    ):
        if any(weight <= 0 for weight in weights) or (weights and sum(weights) != 100):
            raise BadPolicy(reason=f"{name}: Σ {sum(weights)} ≠ 100")
    if not 0 <= sheet.behaviour_share <= 100 or not 0 <= sheet.missing_bp <= FULL_BP or not sheet.factors:
        raise BadPolicy(reason="behaviour_share 0–100, missing_bp 0–10000")
    if sheet.behaviour_share and not sheet.parts:
        raise BadPolicy(reason="behaviour")
    for part in sheet.parts:
        if part.code not in BEHAVIOUR or part.without not in WITHOUT_DATA:
            raise BadPolicy(reason=f"{part.code}: {part.without}")
        if part.code == "days_late" and part.nought_at <= 0:
            raise BadPolicy(reason="days_late: nought_at > 0")


def _factor(code: str, told: Mapping[str, Any]) -> Factor:
    if code not in FACTORS:
        raise BadPolicy(reason=code)
    rungs = []
    for points in sorted(told["rungs"], key=int, reverse=True):
        if int(points) not in (2, 3, 4, 5):
            raise BadPolicy(reason=f"{code}: {points}")
        ways = tuple(tuple(sorted(_thresholds(code, way).items())) for way in told["rungs"][points])
        if not ways or not all(ways):
            raise BadPolicy(reason=f"{code}: {points}")
        rungs.append((int(points), ways))
    zero = tuple(sorted(_thresholds(code, told.get("zero", {})).items()))
    codes = {name for _points, ways in rungs for way in ways for name, _least in way} | {name for name, _bad in zero}
    return Factor(code, _whole(told["weight"]), tuple(rungs), zero, frozenset(codes))


def _thresholds(factor: str, told: Mapping[str, Any]) -> dict[str, int]:
    for code, value in told.items():
        if code not in MEASURES or MEASURES[code].factor != factor:
            raise BadPolicy(reason=f"{factor}: {code}")
        _whole(value)
    return dict(told)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadPolicy(reason=str(value))
    return value


def read_grading(body: Any) -> Grading:
    """Read how points become grades. Raises BadPolicy: bands must fall from A to D, caps and red lines be known ones."""
    bands = tuple((grade, _whole(body["bands"][grade])) for grade in GRADES[:-1])
    red = body["red_lines"]
    grading = Grading(
        bands=bands,
        red_lists=frozenset(red["lists"]),
        red_measures=tuple((code, _whole(value), line) for code, value, line in red["measures"]),
        overdue_days=_whole(red["overdue_days"]),
        promises_broken=_whole(red["promises_broken"]),
        caps=tuple(
            Cap(code, told["grade"], told.get("limit", 0), told.get("window", 0)) for code, told in body["caps"].items()
        ),
        review_months={grade: _whole(body["review_months"][grade]) for grade in GRADES},
        hospital_kinds=frozenset(body["hospital_kinds"]),
        public_checks=frozenset(body["public_checks"]),
        not_ours=frozenset(body["reasons"]["ours"]),
        lowering=frozenset(body["reasons"]["lowering"]),
    )
    _check_grading(grading)
    return grading


def _check_grading(grading: Grading) -> None:
    borders = [points for _grade, points in grading.bands]
    if borders != sorted(borders, reverse=True) or len(set(borders)) != len(borders) or borders[-1] <= 0:
        raise BadPolicy(reason="A > B > C > 0")
    if borders[0] > 100 * 100:
        raise BadPolicy(reason="A ≤ 100")
    lines = grading.red_lists | grading.public_checks | {line for _code, _bad, line in grading.red_measures}
    unknown = lines - RED_LINES.keys()
    unknown |= {code for code, _bad, _line in grading.red_measures} - MEASURES.keys()
    unknown |= {cap.code for cap in grading.caps} - CAPS.keys()
    unknown |= {cap.grade for cap in grading.caps} - set(GRADES)
    if unknown:
        raise BadPolicy(reason=", ".join(sorted(unknown)))
    if grading.not_ours & grading.lowering:
        raise BadPolicy(reason=", ".join(sorted(grading.not_ours & grading.lowering)))


# --- what we ship ------------------------------------------------------------------------------------------------------

SINCE = date(2026, 11, 1)
_SOURCE = "domain 2.7 [INF]: weights and anchors of the recommended default; 4 and 2 in between are our own [INF]"

_ELEVEN: dict[str, Any] = {
    "principal": {
        "weight": 10,
        "rungs": {
            "5": [{"dishonest": 0, "lawsuits": 0, "experience": 10, "share": 50}],
            "4": [{"dishonest": 0, "lawsuits": 0, "experience": 5}],
            "3": [{"dishonest": 0, "lawsuits": 0, "experience": 3}],
            "2": [{"dishonest": 0, "lawsuits": 0}],
        },
        "zero": {"dishonest": 1},
    },
    "scale": {
        "weight": 8,
        "rungs": {
            "5": [{"hospital_level": 3}, {"listed": 1}, {"outlets": 500}],
            "4": [{"outlets": 200}, {"hospital_level": 2, "insured": 500}],
            "3": [{"hospital_level": 2}, {"outlets": 50}],
            "2": [{"hospital_level": 1}, {"outlets": 5}, {"insured": 20}],
        },
        "zero": {"shell": 1, "open_months": 11},
    },
    "selling": {
        "weight": 10,
        "rungs": {
            "5": [{"district_rank": 90}], "4": [{"district_rank": 70}], "3": [{"district_rank": 50}],
            "2": [{"district_rank": 25}],
        },
        "zero": {"sell_through": 0},
    },
    "management": {
        "weight": 8,
        "rungs": {
            "5": [{"suspended": 0, "penalty_free": 60, "erp": 1}],
            "4": [{"suspended": 0, "penalty_free": 60}],
            "3": [{"suspended": 0, "penalty_free": 24, "erp": 1}, {"suspended": 0, "penalty": 1}],
            "2": [{"suspended": 0, "penalty_free": 24}],
        },
        "zero": {"suspended": 1},
    },
    "capital": {
        "weight": 8,
        "rungs": {"5": [{"growth": 10}], "4": [{"growth": 5}], "3": [{"growth": 0}], "2": [{"growth": -5}]},
        "zero": {"net_worth": -1},
    },
    "profit": {
        "weight": 10,
        "rungs": {
            "5": [{"profit_years": 3, "cash_flow": 1}], "4": [{"profit_years": 3}], "3": [{"profit_years": 2}],
            "2": [{"profit_years": 1, "cash_flow": 1}],
        },
        "zero": {"profit_years": 0},
    },
    "staff": {
        "weight": 5,
        "rungs": {
            "5": [{"wage_arrears": 0, "arbitrations": 0, "steady_staff": 1}],
            "4": [{"wage_arrears": 0, "arbitrations": 0}],
            "3": [{"wage_arrears": 0, "arbitrations": 1}],
            "2": [{"wage_arrears": 0, "arbitrations": 2}],
        },
        "zero": {"wage_arrears": 1},
    },
    "references": {
        "weight": 12,
        "rungs": {
            "5": [{"references": 3, "reference_overdue": 0, "sued_by_supplier": 0}],
            "4": [{"references": 2, "reference_overdue": 0, "sued_by_supplier": 0}],
            "3": [{"references": 2, "reference_overdue": 15, "sued_by_supplier": 0}],
            "2": [{"references": 2, "reference_overdue": 30, "sued_by_supplier": 0}],
        },
        "zero": {"sued_by_supplier": 1},
    },
    "bank": {
        "weight": 12,
        "rungs": {
            "5": [{"bank_line": 1, "bill_state": 0, "guarantees": 0}],
            "4": [{"bank_line": 1, "bill_state": 0}],
            "3": [{"account": 1, "bill_state": 0, "guarantees": 0}],
            "2": [{"account": 1, "bill_state": 0}],
        },
        "zero": {"bill_state": 2},
    },
    "peers": {
        "weight": 9,
        "rungs": {
            "5": [{"peers": 2, "peers_worst": 2}],
            "4": [{"peers": 2, "peers_worst": 1, "peers_best": 2}],
            "3": [{"peers": 2, "peers_best": 2}],
            "2": [{"peers": 1, "peers_best": 1}],
        },
        "zero": {"peers": 0},
    },
    "sector": {
        "weight": 8,
        "rungs": {"5": [{"sector": 5}], "4": [{"sector": 4}], "3": [{"sector": 3}], "2": [{"sector": 2}]},
        "zero": {"sector": 0},
    },
}  # fmt: skip

# Growth and profit say nothing about a public hospital: how it pays, and out of which purse, does.
_HOSPITAL = {code: told for code, told in _ELEVEN.items() if code not in ("capital", "profit")} | {
    "pay_days": {
        "weight": 8,
        "rungs": {
            "5": [{"over_legal_days": 0}], "4": [{"over_legal_days": 30}], "3": [{"over_legal_days": 60}],
            "2": [{"over_legal_days": 90}],
        },
        "zero": {"over_legal_days": 271},
    },
    "funding": {
        "weight": 10,
        "rungs": {"5": [{"funded": 70}], "4": [{"funded": 50}], "3": [{"funded": 30}], "2": [{"funded": 15}]},
        "zero": {},
    },
}  # fmt: skip

# Who has promised nothing, disputed nothing and was sent no statement gets no points for it and loses none: the weight
# goes to the parts that the ledger does show.
_BEHAVIOUR: dict[str, Any] = {
    "on_time": {"weight": 25, "without": "missing"},
    "days_late": {"weight": 20, "without": "missing", "nought_at": 60},
    "promises": {"weight": 20, "without": "redistribute"},
    "continuity": {"weight": 20, "without": "missing"},
    "sign_back": {"weight": 10, "without": "redistribute"},
    "disputes": {"weight": 5, "without": "redistribute"},
}


def _body(factors: dict[str, Any], share: int) -> dict[str, Any]:
    return {
        "factors": factors,
        "behaviour": _BEHAVIOUR,
        "behaviour_share": share,
        "behaviour_months": 6,
        "missing_bp": 2_000,
    }


NEW = Policy(
    name="credit.sheet.new",
    title=N_("信用等级评分项目表：新客户"),
    keeper="credit.policy",
    since=SINCE,
    source=_SOURCE,
    body=_body(_ELEVEN, 0),
    read=read_sheet,
)
EXISTING = Policy(
    name="credit.sheet.existing",
    title=N_("信用等级评分项目表：老客户"),
    keeper="credit.policy",
    since=SINCE,
    source=f"{_SOURCE}; 40 % factors, 60 % behaviour [INF]; days late nought at 60 [INF]",
    body=_body(_ELEVEN, 60),
    read=read_sheet,
)
HOSPITAL = Policy(
    name="credit.sheet.hospital",
    title=N_("信用等级评分项目表：公立医院"),
    keeper="credit.policy",
    since=SINCE,
    source=f"{_SOURCE}; factors 5 and 6 replaced by days to pay against the legal term and by funding [INF]",
    body=_body(_HOSPITAL, 60),
    read=read_sheet,
)
GRADING = Policy(
    name="credit.grading",
    title=N_("信用等级：分数线、红线与封顶"),
    keeper="credit.policy",
    since=SINCE,
    source="domain 2.7 [INF]; red lines and caps adapted from [S38][S39]; reason codes: domain 3.2 [INF]",
    body={
        "bands": {"A": 8_500, "B": 7_000, "C": 5_500},
        "red_lines": {
            "lists": ["dishonest_debtor", "serious_illegal", "bill_default", "licence", "restructuring", "scope"],
            "measures": [
                ["dishonest", 1, "dishonest_debtor"], ["suspended", 1, "licence"], ["bill_state", 2, "bill_default"],
            ],
            "overdue_days": 60,
            "promises_broken": 3,
        },
        "caps": {
            "traded_short": {"grade": "C", "limit": 3},
            "traded_young": {"grade": "B", "limit": 6},
            "late_some": {"grade": "B", "limit": 15, "window": 182},
            "late_much": {"grade": "C", "limit": 30, "window": 182},
            "unchecked": {"grade": "C", "limit": 90},
            "order_gap": {"grade": "C", "limit": 90},
            "pressed": {"grade": "B"},
            "documents": {"grade": "C"},
        },
        "review_months": {"A": 12, "B": 6, "C": 3, "D": 3},
        "hospital_kinds": ["public_hospital"],
        "public_checks": ["dishonest_debtor", "serious_illegal", "abnormal_operation", "bill_default", "licence"],
        "reasons": {
            "ours": ["A1", "A2", "A3", "A4", "A5", "A6", "B3", "B4", "B5", "B6", "C1", "C3", "D2", "H1", "H2", "H3", "H4"],
            "lowering": ["G1", "G2", "G3", "G4"],
        },
    },
    read=read_grading,
)  # fmt: skip
SHEETS = {"new": NEW, "existing": EXISTING, "hospital": HOSPITAL}
POLICIES = (NEW, EXISTING, HOSPITAL, GRADING)
