"""客户信用状况调查表: the eleven factors, what each asks for, and what a survey lacks (domain 2.6; docs/algorithms/survey.md).

A field named as a measure of rules.evidence makes points; all others are evidence for people. Money is whole fen,
series are three years, oldest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kewei.credit.rules.redlines import LISTS
from kewei.kernel.calendar import add_years
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

HOW: dict[str, str] = {
    "site": N_("实地"),
    "phone": N_("电话"),
    "public": N_("公开查询"),
    "report": N_("第三方报告"),
}
LEVELS: dict[str, tuple[str, ...]] = {
    "hospital_level": (N_("非公立医院"), N_("一级或基层"), N_("二级或县级"), N_("三级")),
    "penalty": (N_("无缺陷"), N_("一般缺陷整改"), N_("行政处罚")),
    "bill_state": (N_("无逾期"), N_("曾逾期"), N_("列入持续逾期名单")),
    "opinion": (N_("差"), N_("中"), N_("良"), N_("优")),
}
YEARS = 3
ALWAYS, PRIVATE, OPTIONAL, PUBLIC = "always", "private", "optional", "public"


@dataclass(frozen=True, slots=True)
class Field:
    """Something a factor asks for. Kinds: yes, count, years, months, days, percent, level, text, fen, series, rows.

    `needed`: always, private (only of bodies that keep accounts for profit), public (only of public hospitals), optional.
    `columns` are the fields of each row of a list. `source` says where one looks.
    """

    code: str
    words: str
    kind: str
    needed: str = ALWAYS
    levels: tuple[str, ...] = ()
    columns: tuple[Field, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of the paper form, in its order."""

    number: int
    code: str
    words: str
    fields: tuple[Field, ...]
    needed: str = ALWAYS


def _f(code: str, words: str, kind: str, needed: str = ALWAYS, source: str = "", levels: str = "") -> Field:
    return Field(code, words, kind, needed, LEVELS[levels or code] if kind == "level" else (), (), source)


_COURTS = N_("法院与登记网站")
_ACCOUNTS = N_("财务报表或年报")

FACTORS: tuple[Factor, ...] = (
    Factor(1, "principal", N_("负责人评信"), (
        _f("name", N_("负责人姓名"), "text"),
        _f("share", N_("股权比例 %"), "percent", PRIVATE, N_("登记网站")),
        _f("experience", N_("从业年限"), "years", ALWAYS, N_("访谈")),
        _f("other_posts", N_("其他任职"), "text", OPTIONAL, N_("登记网站")),
        _f("dishonest", N_("被列失信被执行人或限制高消费"), "yes", ALWAYS, _COURTS),
        _f("lawsuits", N_("作为被告的涉诉件数"), "count", ALWAYS, _COURTS),
        _f("repute", N_("口碑"), "text", OPTIONAL, N_("访谈")),
    )),
    Factor(2, "scale", N_("企业规模及性质"), (
        _f("open_months", N_("成立月数"), "months", ALWAYS, N_("登记网站")),
        _f("hospital_level", N_("公立医院等级"), "level", PUBLIC),
        _f("listed", N_("上市公司或全国连锁"), "yes", OPTIONAL),
        _f("shell", N_("空壳或无实际经营"), "yes", ALWAYS, N_("实地")),
        _f("registered_fen", N_("注册资本（元）"), "fen", PRIVATE, N_("登记网站")),
        _f("paid_in_fen", N_("实缴资本（元）"), "fen", OPTIONAL, N_("登记网站")),
        _f("insured", N_("参保人数"), "count", ALWAYS, N_("登记网站")),
        _f("outlets", N_("门店数"), "count", OPTIONAL),
        _f("premises", N_("场地自有或租赁"), "text", OPTIONAL, N_("实地")),
    )),
    Factor(3, "selling", N_("销售能力"), (
        _f("turnover_fen", N_("年销售额（元）"), "fen", ALWAYS, N_("访谈")),
        _f("category_fen", N_("本品类年销售额（元）"), "fen", OPTIONAL, N_("流向")),
        _f("sell_through", N_("有动销数据"), "yes", ALWAYS, N_("流向")),
        _f("district_rank", N_("销售额在同区域的百分位"), "percent", ALWAYS, N_("流向")),
        _f("downstream", N_("下游客户数"), "count", OPTIONAL),
        _f("insurance", N_("有医保资格"), "yes", OPTIONAL),
    )),
    Factor(4, "management", N_("经营技术"), (
        _f("penalty", N_("最重的检查结果"), "level", ALWAYS, N_("药监公告")),
        _f("penalty_free", N_("最近一次处罚距今月数（从无填 120）"), "months", ALWAYS, N_("药监公告")),
        _f("suspended", N_("证照被暂停或吊销"), "yes", ALWAYS, N_("药监公告")),
        _f("erp", N_("有 ERP 并联网"), "yes"),
        _f("quality_head", N_("有质量负责人"), "yes", OPTIONAL),
        _f("managed_years", N_("管理年限"), "years", OPTIONAL),
    )),
    Factor(5, "capital", N_("近三年资本增长"), (
        _f("net_assets_fen", N_("净资产（三年，元）"), "series", ALWAYS, _ACCOUNTS),
        _f("working_capital_fen", N_("营运资金（元）"), "fen", OPTIONAL, _ACCOUNTS),
    ), PRIVATE),
    Factor(6, "profit", N_("近三年赢利情况"), (
        _f("net_profit_fen", N_("净利润（三年，元）"), "series", ALWAYS, _ACCOUNTS),
        _f("cash_flow_fen", N_("经营现金流（三年，元）"), "series", ALWAYS, _ACCOUNTS),
        _f("debt_percent", N_("资产负债率 %"), "percent", OPTIONAL, _ACCOUNTS),
    ), PRIVATE),
    Factor(7, "staff", N_("员工抱怨"), (
        _f("wage_arrears", N_("欠薪"), "yes", OPTIONAL, N_("法院与访谈")),
        _f("arbitrations", N_("劳动仲裁件数"), "count", OPTIONAL, _COURTS),
        _f("steady_staff", N_("人员稳定"), "yes", OPTIONAL, N_("招聘网站与访谈")),
    ), OPTIONAL),
    Factor(8, "references", N_("供料客户评价"), (
        Field("suppliers", N_("供应商评价（至少两家）"), "rows", ALWAYS, (), (
            _f("supplier", N_("供应商"), "text"),
            _f("term_days", N_("账期（天）"), "days", OPTIONAL),
            _f("highest_fen", N_("最高余额或额度（元）"), "fen", OPTIONAL),
            _f("overdue_days", N_("最长逾期（天）"), "days"),
        ), N_("致电供应商")),
        _f("sued_by_supplier", N_("拒绝提供或被供应商起诉"), "yes", ALWAYS, _COURTS),
    )),
    Factor(9, "bank", N_("银行往来信用"), (
        _f("bank", N_("基本户开户行"), "text"),
        _f("account", N_("基本户正常"), "yes"),
        _f("bank_line", N_("有银行授信"), "yes"),
        _f("bill_state", N_("票据信用"), "level", ALWAYS, N_("票据信息披露平台")),
        _f("guarantees", N_("对外担保压力"), "yes"),
    )),
    Factor(10, "peers", N_("同业信用评价"), (
        Field("opinions", N_("同业评价（至少两家）"), "rows", OPTIONAL, (), (
            _f("peer", N_("同业"), "text"),
            _f("opinion", N_("评价"), "level", ALWAYS, "", "opinion"),
        ), N_("同业与协会")),
    ), OPTIONAL),
    Factor(11, "sector", N_("行业景气"), ()),
    Factor(12, "hospital", N_("公立医院回款"), (
        _f("over_legal_days", N_("历史回款天数超出法定账期（天）"), "days", PUBLIC),
        _f("funded", N_("医保与财政回款占比 %"), "percent", PUBLIC),
    ), PUBLIC),
)  # fmt: skip


@refusal
class OwnSurvey(Refused):
    code = "own_survey"
    says = N_("调查人不能复核自己的调查表：请由信用部门的另一人复核")


@refusal
class NotYourSurvey(Refused):
    code = "not_your_survey"
    says = N_("这份调查表由 {name} 填写，只有调查人能修改")


@refusal
class SurveyHandedIn(Refused):
    code = "survey_handed_in"
    says = N_("调查表已经提交，不能再改；有变化请新做一份")
    status = 409


@refusal
class SurveyNotHandedIn(Refused):
    code = "survey_not_handed_in"
    says = N_("调查表还没有提交，不能复核")
    status = 409


@refusal
class SurveyReviewed(Refused):
    code = "survey_reviewed"
    says = N_("调查表已经复核")
    status = 409


@refusal
class SurveyIncomplete(Refused):
    code = "survey_incomplete"
    says = N_("调查表还缺 {count} 项必填：{first}")
    next_step = N_("请补齐后再提交；可以先保存")


@refusal
class BadAnswer(Refused):
    code = "bad_answer"
    says = N_("「{field}」的内容不对：{text}")


@refusal
class ReviewNeedsWords(Refused):
    code = "review_needs_words"
    says = N_("退回时请写明要补什么")


@refusal
class UnknownList(Refused):
    code = "unknown_red_line"
    says = N_("没有「{text}」这份名单")


@refusal
class CheckInFuture(Refused):
    code = "check_in_future"
    says = N_("查询日 {checked_on} 在将来")


@dataclass(frozen=True, slots=True)
class SurveyPolicy:
    """How long a survey holds, by grade, and how old a look into a list may be."""

    months: dict[str, int]
    list_days: int


def read_survey_policy(body: Any) -> SurveyPolicy:
    """Read a version. Raises BadPolicy."""
    return SurveyPolicy(**body)


SURVEY = Policy(
    name="credit.survey",
    title=N_("信用调查表有效期"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="domain 2.6: validity 12 months (C/D: 6) [INF]; 2.7: public records older than 90 days count as missing [S38]",
    body={"months": {"A": 12, "B": 12, "C": 6, "D": 6, "": 12}, "list_days": 90},
    read=read_survey_policy,
)


def read_outlook(body: Any) -> dict[str, int]:
    """Read a version: kind of customer -> 0 (crisis) … 5 (expanding). Raises BadPolicy."""
    if not isinstance(body, dict) or not all(isinstance(v, int) and 0 <= v <= 5 for v in body.values()):
        raise BadPolicy(reason="0–5")
    return dict(body)


OUTLOOK = Policy(
    name="credit.sector_outlook",
    title=N_("行业景气（由财务维护）"),
    keeper="credit.policy",
    since=date(2026, 11, 1),
    source="[INF]: domain 2.6 factor 11: a segment table kept by finance, never typed per customer; 5.1 market drift [S51]",
    body={
        "public_hospital": 3, "private_hospital": 2, "primary_care": 4, "clinic": 3, "pharmacy": 3, "chain_hq": 4,
        "chain_store": 3, "distributor": 2, "cdc": 3, "research": 3, "military": 3, "maker": 3, "other": 3,
    },
    read=read_outlook,
)  # fmt: skip


# --- what a survey asks of a kind of customer -------------------------------------------------------------------------

# Bodies that keep accounts for profit; public ones are asked about their payments instead (domain 2.7).
_NOT_FOR_PROFIT = ("public_hospital", "primary_care", "cdc", "military", "research")


def asked(kind: str, factor: Factor) -> bool:
    """Whether a factor is asked of a kind of customer."""
    return {PRIVATE: kind not in _NOT_FOR_PROFIT, PUBLIC: kind in ("public_hospital", "primary_care")}.get(
        factor.needed, True
    )


def required(kind: str, factor: Factor, field: Field) -> bool:
    """Whether a field must be filled for a kind of customer."""
    if not asked(kind, factor) or OPTIONAL in (field.needed, factor.needed):
        return False
    if field.needed == PRIVATE:
        return kind not in _NOT_FOR_PROFIT
    return field.needed != PUBLIC or kind in ("public_hospital", "primary_care")


def fields_of(kind: str) -> Iterator[tuple[Factor, Field]]:
    """Every field asked of a kind of customer, in the order of the form."""
    for factor in FACTORS:
        if asked(kind, factor):
            for field in factor.fields:
                if field.needed != PUBLIC or kind in ("public_hospital", "primary_care"):
                    yield factor, field


def filled(value: Any) -> bool:
    """Whether a field says something: a full series, at least one row, a text, a number or a yes or no."""
    if isinstance(value, list):
        return bool(value) and all(one is not None for one in value)
    return value is not None and value != ""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what is required is there, in percent, and what is missing: (factor, field)."""

    percent: int
    missing: tuple[tuple[str, str], ...]


# A survey hears at least so many suppliers (domain 2.6: ≥ 2 references).
LEAST_SUPPLIERS = 2


def completeness(kind: str, answers: Mapping[str, Any], checked: Mapping[str, Any]) -> Completeness:
    """What of the required evidence is there; `checked` are the lists looked into (line -> anything)."""
    wanted: list[tuple[str, str]] = []
    missing: list[tuple[str, str]] = []
    for factor, field in fields_of(kind):
        if required(kind, factor, field):
            wanted.append((factor.code, field.code))
            value = answers.get(factor.code, {}).get(field.code)
            enough = filled(value) and (field.code != "suppliers" or len(value) >= LEAST_SUPPLIERS)
            if not enough:
                missing.append((factor.code, field.code))
    for line in LISTS:
        wanted.append(("red_lines", line))
        if line not in checked:
            missing.append(("red_lines", line))
    return Completeness(100 * (len(wanted) - len(missing)) // len(wanted), tuple(missing))


def words_of(factor_code: str, field_code: str) -> str:
    """What people call a field."""
    if factor_code == "red_lines":
        return LISTS[field_code]
    factor = next(factor for factor in FACTORS if factor.code == factor_code)
    return next(field.words for field in factor.fields if field.code == field_code)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that says something else than in the survey before."""

    factor: str
    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changed between two surveys' answers, in the order of the form."""
    found = []
    for factor in FACTORS:
        for field in factor.fields:
            old, new = before.get(factor.code, {}).get(field.code), after.get(factor.code, {}).get(field.code)
            if old != new and (filled(old) or filled(new)):
                found.append(Difference(factor.code, field.code, old, new))
    return found


# --- reading answers --------------------------------------------------------------------------------------------------

_MOST_FEN = 10**15
_MOST = {"count": 10**7, "years": 150, "months": 2_400, "days": 3_650, "percent": 1_000}


def clean(answers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Answers with only the known fields, each of its kind; blanks are left out. Raises BadAnswer."""
    found: dict[str, dict[str, Any]] = {}
    for factor in FACTORS:
        given = answers.get(factor.code, {})
        if not isinstance(given, Mapping):
            raise BadAnswer(field=factor.words, text=str(given)[:40])
        kept = {}
        for field in factor.fields:
            value = _clean(field, given.get(field.code))
            if filled(value):
                kept[field.code] = value
        if kept:
            found[factor.code] = kept
    return found


def _clean(field: Field, value: Any) -> Any:
    if value is None or value == "":
        return None
    if field.kind == "rows":
        return _clean_rows(field, value)
    if field.kind == "series":
        if not isinstance(value, list | tuple) or len(value) != YEARS:
            raise BadAnswer(field=field.words, text=str(value)[:40])
        years = [_whole(field, one, _MOST_FEN, True) if one not in (None, "") else None for one in value]
        return years if any(one is not None for one in years) else None
    if field.kind == "text":
        return str(value).strip()[:200]
    if field.kind == "yes":
        if not isinstance(value, bool) and value not in (0, 1):
            raise BadAnswer(field=field.words, text=str(value)[:40])
        return bool(value)
    if field.kind == "level":
        return _whole(field, value, len(field.levels) - 1, False)
    if field.kind == "fen":
        return _whole(field, value, _MOST_FEN, True)
    return _whole(field, value, _MOST[field.kind], False)


def _clean_rows(field: Field, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple) or len(value) > 20:
        raise BadAnswer(field=field.words, text=str(value)[:40])
    rows = []
    for one in value:
        if not isinstance(one, Mapping):
            raise BadAnswer(field=field.words, text=str(one)[:40])
        row = {column.code: _clean(column, one.get(column.code)) for column in field.columns}
        if any(filled(cell) for cell in row.values()):
            rows.append({code: cell for code, cell in row.items() if filled(cell)})
    return rows


def _whole(field: Field, value: Any, most: int, signed: bool) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > most or (value < 0 and not signed):
        raise BadAnswer(field=field.words, text=str(value)[:40])
    return value


# --- validity ---------------------------------------------------------------------------------------------------------


def valid_until(surveyed_on: date, grade: str, policy: SurveyPolicy) -> date:
    """Until when a survey holds, by the grade its customer has (domain 2.6)."""
    months = policy.months.get(grade, policy.months.get("", 12))
    years, rest = divmod(months, 12)
    day = add_years(surveyed_on, years)
    return day if not rest else day + timedelta(days=rest * 61 // 2)


def fresh_lists(found: Mapping[str, tuple[bool, date]], day: date, policy: SurveyPolicy) -> dict[str, bool]:
    """Lists looked into recently enough: line -> whether the customer stands in it."""
    return {line: hit for line, (hit, on) in found.items() if (day - on).days <= policy.list_days}


def check_hand_in(complete: Completeness) -> None:
    """Raises SurveyIncomplete with how many required fields are missing and the first of them."""
    if complete.missing:
        raise SurveyIncomplete(count=len(complete.missing), first=words_of(*complete.missing[0]))


def check_review(
    surveyor: int, reviewer: int, handed_in: bool, accepted_before: bool, accept: bool, opinion: str
) -> None:
    """A survey is reviewed once, by somebody else. Raises OwnSurvey, SurveyNotHandedIn, SurveyReviewed, ReviewNeedsWords."""
    if surveyor == reviewer:
        raise OwnSurvey
    if not handed_in:
        raise SurveyNotHandedIn
    if accepted_before:
        raise SurveyReviewed
    if not accept and not opinion.strip():
        raise ReviewNeedsWords
