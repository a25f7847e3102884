"""出发前检核: eighteen lines that fill themselves, and when each of them passes (domain 2.5; docs/algorithms/checklist.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, Translate, in_chinese, refusal
from kewei.kernel.yuan_text import yuan
from kewei.visits.rules.purposes import COLLECT, ORDER, RECONCILE
from kewei.visits.rules.roles import MEDICAL

# What a line wants of the person: nothing, to have looked, to tick, to acknowledge, to write, to sign.
ITSELF, LOOK, TICK, ACKNOWLEDGE, WRITE, SIGN = "itself", "look", "tick", "acknowledge", "write", "sign"
# How a line stands: it passes, is still open, does not apply to this visit, or forbids it.
PASS, OPEN, OFF, BLOCK = "pass", "open", "off", "block"
STATES: dict[str, str] = {PASS: N_("通过"), OPEN: N_("待办"), OFF: N_("不适用"), BLOCK: N_("不得拜访")}
TONES: dict[str, str] = {PASS: "ok", OPEN: "warn", OFF: "quiet", BLOCK: "bad"}


@dataclass(frozen=True)
class Line:
    """A line of the form: its number there, its code, its words, what it wants, whether it is about selling (4.4)."""

    number: int
    code: str
    title: str
    wants: str
    trade: bool = False


LINES: tuple[Line, ...] = (
    Line(1, "purpose", N_("拜访目的明确且与岗位相符"), ITSELF),
    Line(2, "consent", N_("已预约、已获机构同意"), WRITE),
    Line(3, "card", N_("客户档案已看：证照、联系人、最近三次拜访"), LOOK),
    Line(4, "promises", N_("上次承诺（我方与对方）逐条有答复"), WRITE),
    Line(5, "money", N_("应收余额、逾期、账龄、可用额度"), LOOK, trade=True),
    Line(6, "statement", N_("对账单已打印或已发送"), ITSELF, trade=True),
    Line(7, "evidence", N_("发票、随货同行单、签收单齐"), ITSELF, trade=True),
    Line(8, "calendar", N_("结算日历：今天能推动哪一步"), LOOK, trade=True),
    Line(9, "orders", N_("客户在途订单、缺货、投诉"), LOOK, trade=True),
    Line(10, "materials", N_("重点产品资料（现行版本）、检验报告、资质"), WRITE),
    Line(11, "prices", N_("报价、合同、政策版本有效"), ITSELF, trade=True),
    Line(12, "papers", N_("证件：工牌、授权委托书、身份证"), TICK),
    Line(13, "payment", N_("收款方式提醒：只收对公转账或票据"), ACKNOWLEDGE, trade=True),
    Line(14, "objections", N_("预期异议及应对"), WRITE),
    Line(15, "aims", N_("目标：最好和最低可接受结果"), WRITE),
    Line(16, "compliance", N_("合规提醒：无礼品、无现金、无统方"), ACKNOWLEDGE),
    Line(17, "self", N_("仪容、车辆、电量、路线"), TICK),
    Line(18, "signature", N_("检核人、时间"), SIGN),
)
BY_CODE = {line.code: line for line in LINES}

# What an entry of a line says; the values are named as in its numbers.
SAYS: dict[str, str] = {
    "purpose": N_("目的：{purpose}"),
    "purpose_blocked": N_("医药代表不得以此为目的：{purpose}"),
    "purpose_none": N_("还没有写明目的"),
    "aim": N_("计划目标：{aim}"),
    "wish": N_("拜访理由：{words}"),
    "consent_paper": N_("计划里附有机构同意的凭证"),
    "consent_needed": N_("医药代表拜访医疗机构须先取得机构同意"),
    "licence": N_("{licence} {number}，{state}，至 {until}"),
    "licence_missing": N_("缺 {licence}"),
    "contact": N_("{name} {job}，{phone}"),
    "contact_none": N_("没有联系人"),
    "visit": N_("{day} {person}：{achieved}，{words}"),
    "visit_none": N_("没有拜访过"),
    "theirs": N_("对方承诺 {next_on} 前付，共 {fen} 元，已付 {paid_fen} 元"),
    "theirs_broken": N_("对方承诺 {due_on} 前付 {fen} 元，已失约，只付 {paid_fen} 元"),
    "ours": N_("我方承诺 {due_on} 前：{words}（{owner}）"),
    "next_step": N_("上次约定 {next_on}：{words}（{owner}）"),
    "balance": N_("应收余额 {balance_fen} 元，逾期 {overdue_fen} 元，{open_count} 张未清，未核销 {unapplied_fen} 元"),
    "bucket": N_("{bucket} {fen} 元"),
    "invoice": N_("发票 {number}，{due_date} 到期，未付 {open_fen} 元，逾期 {days} 天"),
    "credit": N_("等级 {grade}，额度 {limit_fen} 元，可用 {headroom_fen} 元，有效至 {until}"),
    "credit_none": N_("没有授信额度，已占用 {exposure_fen} 元"),
    "hold": N_("停止赊销：{reason} {words}"),
    "case": N_("催收案件 {stage}，逾期 {overdue_fen} 元，{items} 张"),
    "letter": N_("{day} {letter}，请求 {total_fen} 元"),
    "dispute": N_("争议：发票 {number}，{fen} 元，{reason}"),
    "statement_sent": N_("对账单至 {last}，余额 {closing_fen} 元，{state}"),
    "statement_none": N_("没有发出过对账单"),
    "thin": N_("发票 {number} 证据不足（{points} 分）"),
    "evidence_whole": N_("逾期发票的证据齐全"),
    "step": N_("{step}：每月 {day_of_month} 日，{days} 天后"),
    "pay_day": N_("付款日：{pay_day}；签字链：{chain}"),
    "calendar_none": N_("没有填结算日历"),
    "order": N_("订单 {number}，{total_fen} 元，{state}"),
    "order_refused": N_("订单 {number}，{total_fen} 元，被拦截：{rules}"),
    "order_none": N_("没有未完订单"),
    "bought": N_("近十二个月购进 {fen} 元，最近一次 {last_day}"),
    "bought_none": N_("近十二个月没有购进"),
    "product": N_("{name}：{fen} 元，最近 {last_day}"),
    "unpriced": N_("{name} 没有有效价格"),
    "priced": N_("常购品种都有有效价格"),
    "only_transfer": N_("只收对公转账或票据；不收现金，不入个人账户"),
    "no_gifts": N_("无礼品、无现金、无统方；不记医生处方、个人生活"),
}


@refusal
class ChecklistOpen(Refused):
    code = "checklist_open"
    says = N_("出发前检核还有 {count} 项未完成：{found}")


@refusal
class ChecklistBlocked(Refused):
    code = "checklist_blocked"
    says = N_("不得出发：{found}")


@dataclass(frozen=True)
class Entry:
    """Something a line shows: what, its numbers, the record it comes from, and the day it is from; `good` where it decides."""

    what: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    record: str = ""
    on: date | None = None
    good: bool | None = None

    def days(self, day: date) -> int | None:
        """How old it is on a day; None where it has no age."""
        return None if self.on is None else (day - self.on).days


@dataclass(frozen=True)
class Answers:
    """What the person did about the lines: looked at, ticked and acknowledged ones, and words by line or by record."""

    seen: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)

    def says(self, key: str) -> bool:
        """Whether something is written for a line or a record."""
        return bool(self.words.get(key, "").strip())


@dataclass(frozen=True)
class Facts:
    """What the rules look at beside the answers: role, purposes, whether the institution must have agreed."""

    role: str
    purposes: Sequence[str]
    consent_needed: bool
    entries: Mapping[str, Sequence[Entry]]


@dataclass(frozen=True)
class Judged:
    """A line as it stands, with what it shows."""

    line: Line
    state: str
    entries: tuple[Entry, ...]
    words: str = ""


@dataclass(frozen=True)
class ChecklistPolicy:
    """For which purposes a conditional line applies, and how old a statement may be, days."""

    only_for: Mapping[str, tuple[str, ...]]
    statement_days: int

    def applies(self, code: str, purposes: Collection[str]) -> bool:
        """Whether a line applies to a visit with these purposes."""
        wanted = self.only_for.get(code)
        return wanted is None or bool(set(wanted) & set(purposes))


def read_checklist(body: Mapping[str, Any]) -> ChecklistPolicy:
    """Read a version. Raises BadPolicy."""
    only_for = {code: tuple(purposes) for code, purposes in body["only_for"].items()}
    if unknown := set(only_for) - set(BY_CODE):
        raise BadPolicy(reason=f"only_for: {', '.join(sorted(unknown))}")
    if body["statement_days"] < 1:
        raise BadPolicy(reason="statement_days > 0")
    return ChecklistPolicy(only_for, body["statement_days"])


CHECKLIST = Policy(
    name="visits.checklist",
    title=N_("出发前检核"),
    keeper="visits.policy",
    since=date(2026, 11, 1),
    source="domain 2.5: the eighteen lines, C where the purpose asks for it [INF]; a statement of this or last month [INF]",
    body={
        "only_for": {"statement": [RECONCILE], "evidence": [COLLECT], "prices": [ORDER], "payment": [COLLECT, ORDER, RECONCILE]},
        "statement_days": 62,
    },
    read=read_checklist,
)  # fmt: skip


def lines_for(role: str) -> tuple[Line, ...]:
    """The lines of the form for a role: a medical representative has none of those about selling (domain 4.4)."""
    return tuple(line for line in LINES if not (line.trade and role == MEDICAL))


def judge(facts: Facts, answers: Answers, policy: ChecklistPolicy) -> list[Judged]:
    """Every line of the form for this visit with its state; the signature passes when nothing else is open."""
    judged = []
    for line in lines_for(facts.role):
        entries = tuple(facts.entries.get(line.code, ()))
        words = answers.words.get(line.code, "").strip()
        state = PASS_RULES[line.code](line, entries, facts, answers)
        if not policy.applies(line.code, facts.purposes) and state != BLOCK:
            state = OFF
        judged.append(Judged(line, state, entries, words))
    done = all(one.state in (PASS, OFF) for one in judged if one.line.code != "signature")
    return [
        Judged(one.line, PASS if done else OPEN, one.entries) if one.line.code == "signature" else one for one in judged
    ]


def check_checklist(judged: Sequence[Judged]) -> None:
    """Refuse to sign what is not done. Raises ChecklistBlocked, ChecklistOpen."""
    if blocked := [one.line.title for one in judged if one.state == BLOCK]:
        raise ChecklistBlocked(found=tuple(blocked))
    lacking = [one.line.title for one in judged if one.state == OPEN and one.line.code != "signature"]
    if lacking:
        raise ChecklistOpen(count=len(lacking), found=tuple(lacking))


def say(what: str, numbers: Mapping[str, Any], translate: Translate = in_chinese) -> str:
    """What an entry says, in the reader's language; codes of ours are translated, amounts become yuan."""
    words = {name: _in_words(name, value, translate) for name, value in numbers.items()}
    return translate(SAYS[what]).format(**words)


# Values of entries that are words of ours rather than what somebody typed.
_OURS = {"purpose", "licence", "state", "achieved", "bucket", "reason", "stage", "letter", "step", "rules"}


def _in_words(name: str, value: Any, translate: Translate) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list | tuple):
        return "、".join(_in_words(name, one, translate) for one in value)
    if name in _OURS:
        return translate(str(value))
    if isinstance(value, int) and (name == "fen" or name.endswith("_fen")):
        return yuan(value)
    return str(value)


# --- when a line passes -----------------------------------------------------------------------------------------------

Passes = Callable[[Line, Sequence[Entry], Facts, Answers], str]


def _state(passes: bool) -> str:
    return PASS if passes else OPEN


def _not_blocked(_line: Line, entries: Sequence[Entry], facts: Facts, _answers: Answers) -> str:
    if any(entry.good is False and entry.what == "purpose_blocked" for entry in entries):
        return BLOCK
    return _state(bool(facts.purposes))


def _agreed(line: Line, entries: Sequence[Entry], facts: Facts, answers: Answers) -> str:
    """The institution's consent on paper or in words where it is needed; who to see and when, by nobody's rule, elsewhere."""
    if any(entry.what == "consent_paper" for entry in entries):
        return PASS
    return _state(answers.says(line.code)) if facts.consent_needed else PASS


def _seen(line: Line, _entries: Sequence[Entry], _facts: Facts, answers: Answers) -> str:
    return _state(line.code in answers.seen)


def _each_answered(_line: Line, entries: Sequence[Entry], _facts: Facts, answers: Answers) -> str:
    """Every promise that is open has an answer of its own."""
    return _state(all(answers.says(entry.record) for entry in entries if entry.good is False))


def _good_or_explained(line: Line, entries: Sequence[Entry], _facts: Facts, answers: Answers) -> str:
    """Nothing that is not good, or why one goes nevertheless."""
    return _state(all(entry.good is not False for entry in entries) or answers.says(line.code))


def _written(line: Line, _entries: Sequence[Entry], _facts: Facts, answers: Answers) -> str:
    return _state(answers.says(line.code))


def _both_written(_line: Line, _entries: Sequence[Entry], _facts: Facts, answers: Answers) -> str:
    return _state(answers.says("best") and answers.says("least"))


def _later(_line: Line, _entries: Sequence[Entry], _facts: Facts, _answers: Answers) -> str:
    return OPEN


PASS_RULES: dict[str, Passes] = {
    "purpose": _not_blocked,
    "consent": _agreed,
    "card": _seen,
    "promises": _each_answered,
    "money": _seen,
    "statement": _good_or_explained,
    "evidence": _good_or_explained,
    "calendar": _seen,
    "orders": _seen,
    "materials": _written,
    "prices": _good_or_explained,
    "papers": _seen,
    "payment": _seen,
    "objections": _written,
    "aims": _both_written,
    "compliance": _seen,
    "self": _seen,
    "signature": _later,
}
