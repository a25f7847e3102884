"""函件: what is written to a debtor, when it counts, and what it may ask for (domain 2.13, 4.6; docs/algorithms/letters.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from kewei.kernel.calendar import add_working_days
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

DEMAND, AGREED = "demand", "agreed"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter: its stage, what its arrival does to limitation (DEMAND | AGREED | ""), what else it is made of.

    `needs` names what a person must give beside the items; what is due is the claim only where `past_due`.
    """

    code: str
    title: str
    stage: str
    effect: str
    past_due: bool = True
    needs: tuple[str, ...] = ()
    to_guarantor: bool = False


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("due_notice", N_("到期提示"), "ST0", "", past_due=False),
        Kind("reminder", N_("付款提示函"), "ST2", DEMAND),
        Kind("demand", N_("第一次催款函"), "ST4", DEMAND),
        Kind("final", N_("第二次催款函（最后通知）"), "ST5", DEMAND),
        Kind("lawyer", N_("律师函（稿）"), "ST6", DEMAND),
        Kind("hold", N_("暂停赊销通知函"), "", DEMAND),
        Kind("guarantee", N_("保证责任通知函"), "ST5", "", needs=("counterpart",), to_guarantor=True),
        Kind("promise", N_("付款承诺书"), "", AGREED, needs=("plan",)),
        Kind("instalments", N_("分期还款协议"), "", AGREED, needs=("plan",)),
        Kind("reconfirm", N_("重新确认及还款协议"), "", AGREED, needs=("plan",)),
        Kind("offset", N_("以物抵债协议"), "", AGREED, needs=("asset", "asset_fen")),
    )
}
# What the ladder sends by itself; ST1, ST3 and ST7 are spoken, visited and sued (domain 2.13).
KIND_OF_STAGE: dict[str, str] = {
    "ST0": "due_notice",
    "ST2": "reminder",
    "ST4": "demand",
    "ST5": "final",
    "ST6": "lawyer",
}

DRAFT, READY, SENT, ARRIVED, RETURNED, DROPPED = "draft", "ready", "sent", "arrived", "returned", "dropped"
STATES: dict[str, str] = {
    DRAFT: N_("待用印"),
    READY: N_("待发出"),
    SENT: N_("已发出"),
    ARRIVED: N_("已送达"),
    RETURNED: N_("退回或拒收"),
    DROPPED: N_("已作废"),
}
# Which state follows which; nothing else moves a letter.
MOVES: dict[str, frozenset[str]] = {
    DRAFT: frozenset({READY, DROPPED}),
    READY: frozenset({DRAFT, SENT, DROPPED}),
    SENT: frozenset({ARRIVED, RETURNED}),
    RETURNED: frozenset({ARRIVED}),
    ARRIVED: frozenset(),
    DROPPED: frozenset(),
}

CHANNELS: dict[str, str] = {
    "ems": N_("EMS 特快专递"),
    "express": N_("其他快递"),
    "hand": N_("当面送交"),
    "email": N_("电子邮件"),
    "wecom": N_("企业微信"),
}
# By post: the waybill names what is inside, or courts do not take it for a demand (domain 2.13 [S34]).
POSTED = ("ems", "express")
# Who signs for a customer such that the paper has reached it (诉讼时效规定 8).
SIGNERS: dict[str, str] = {
    "legal_rep": N_("法定代表人"),
    "in_charge": N_("主要负责人"),
    "mailroom": N_("收发部门"),
    "authorised": N_("被授权人"),
    "unknown": N_("身份不明"),
}
STRONG, FAIR, WEAK = "strong", "fair", "weak"
STRENGTHS: dict[str, str] = {STRONG: N_("强"), FAIR: N_("中"), WEAK: N_("待证")}


@dataclass(frozen=True, slots=True)
class LetterWanted:
    """A letter somebody, or the ladder, wants: one customer, one kind, these items of its account."""

    terminal_id: int
    kind: str
    stage: str
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One item as the ledger has it at this moment; `disputed_fen` is in dispute and not asked for (domain 2.17)."""

    item_id: int
    number: str
    on: date
    due_date: date
    open_fen: int
    disputed_fen: int = 0

    @property
    def fen(self) -> int:
        """What may be asked for."""
        return max(0, self.open_fen - self.disputed_fen)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a letter: what is asked for of one item, and the interest the contract's rate gives until the day."""

    item_id: int
    number: str
    on: date
    due_date: date
    open_fen: int
    disputed_fen: int
    fen: int
    overdue_days: int
    interest_fen: int


@dataclass(frozen=True, slots=True)
class LetterPolicy:
    """Days a letter leaves to pay in, counted in working days for some kinds; which kinds go out under the seal."""

    days: Mapping[str, int]
    working: frozenset[str]
    seal: frozenset[str]
    unsigned_days: int


def read_letters(body: Any) -> LetterPolicy:
    """The policy's body as the rules take it. Raises BadPolicy."""
    days, working, seal = body["days"], body["working"], body["seal"]
    for code in {*days, *working, *seal}:
        if code not in KINDS:
            raise BadPolicy(reason=f"{code}?")
    if set(days) != set(KINDS):
        raise BadPolicy(reason=f"days: {'、'.join(sorted(set(KINDS) - set(days)))}")
    if any(not 0 <= number <= 90 for number in days.values()) or not 1 <= body["unsigned_days"] <= 365:
        raise BadPolicy(reason="days: 0–90, unsigned_days: 1–365")
    return LetterPolicy(dict(days), frozenset(working), frozenset(seal), body["unsigned_days"])


LETTERS: Policy[LetterPolicy] = Policy(
    name="collecting.letters",
    title=N_("函件期限与用印"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 2.13 [S47][INF], 4.11",
    body={
        "days": {
            "due_notice": 0, "reminder": 5, "demand": 7, "final": 7, "lawyer": 7, "hold": 7, "guarantee": 7,
            "promise": 7, "instalments": 7, "reconfirm": 7, "offset": 7,
        },
        "working": ["reminder"],
        "seal": [
            "demand", "final", "lawyer", "hold", "guarantee", "promise", "instalments", "reconfirm", "offset",
        ],
        "unsigned_days": 30,
    },
    read=read_letters,
)  # fmt: skip


# --- refusals -------------------------------------------------------------------------------------------------------


@refusal
class UnknownLetter(Refused):
    code = "unknown_letter"
    says = N_("没有「{kind}」这种函件")


@refusal
class NothingToAskFor(Refused):
    code = "nothing_to_ask_for"
    says = N_("没有可以请求支付的款项：所选单据已付清、全部有争议，或尚未到期")


@refusal
class LetterNeeds(Refused):
    code = "letter_needs"
    says = N_("{kind}还缺：{field}")


@refusal
class NotItsGuarantor(Refused):
    code = "not_its_guarantor"
    says = N_("该客户登记有保证：请从担保登记中选择保证人")
    next_step = N_("登记不对的，请先在「担保」里更正")


@refusal
class LetterMoved(Refused):
    code = "letter_moved"
    says = N_("函件现在是「{found}」，不能这样做")


@refusal
class LetterStale(Refused):
    code = "letter_stale"
    says = N_("函件上 {number} 请求 {letter_fen} 元，账上可请求的只剩 {now_fen} 元")
    next_step = N_("请先按账面重新起草（更新金额），或作废这份函件")
    status = 409


@refusal
class SealOwnLetter(Refused):
    code = "seal_own_letter"
    says = N_("起草人不能批准自己函件的用印")


@refusal
class RefusalNeedsWords(Refused):
    code = "letter_refusal_needs_words"
    says = N_("请写明理由")


@refusal
class WaybillMissing(Refused):
    code = "waybill_missing"
    says = N_("邮寄须登记快递单号，内件品名写「{content}」")


@refusal
class SealedGoesOnPaper(Refused):
    code = "sealed_goes_on_paper"
    says = N_("盖章函件须以邮寄或当面送交方式发出，不能只用电子方式")


@refusal
class LetterDay(Refused):
    code = "letter_day"
    says = N_("日期 {on} 不对：不能早于 {first}，也不能晚于今天")


@refusal
class PlanDoesNotAdd(Refused):
    code = "plan_does_not_add"
    says = N_("分期合计 {plan_fen} 元，与请求的本金 {total_fen} 元不一致")


@refusal
class PlanOutOfOrder(Refused):
    code = "plan_out_of_order"
    says = N_("分期的日期须在今天之后，一期晚于一期，每期金额大于零")


@refusal
class NotYetDue(Refused):
    code = "offset_not_yet_due"
    says = N_("{number} 尚未到期：抵债协议只能在债务到期之后订立")
    next_step = N_("到期前约定资产归债权人所有的条款无效；请只选已到期的单据")


# --- what is asked for ----------------------------------------------------------------------------------------------


def kind_named(code: str) -> Kind:
    """The kind of letter of a code. Raises UnknownLetter."""
    if code not in KINDS:
        raise UnknownLetter(kind=code)
    return KINDS[code]


def lines_of(kind: Kind, claims: Iterable[Claim], day: date, rate_bp: int = 0) -> list[Line]:
    """What a letter asks for on a day, earliest due first: open less disputed, never more than the ledger has.

    Paid and wholly disputed items are left out; so are those not yet due where the letter is about overdue money.
    Interest is each line's amount × days overdue × the contract's rate (in hundredths of a per cent a day), whole fen,
    rounded down: it is stated, and never part of the principal asked for.
    """
    lines = []
    for claim in sorted(claims, key=lambda c: (c.due_date, c.on, c.number)):
        overdue = (day - claim.due_date).days
        if claim.fen == 0 or (kind.past_due and overdue <= 0):
            continue
        interest_fen = claim.fen * max(0, overdue) * rate_bp // 10_000
        lines.append(
            Line(
                claim.item_id, claim.number, claim.on, claim.due_date, claim.open_fen, claim.disputed_fen, claim.fen,
                max(0, overdue), interest_fen,
            )
        )  # fmt: skip
    return lines


def pay_by(kind: Kind, lines: Sequence[Line], day: date, policy: LetterPolicy) -> date:
    """The last day the letter leaves to pay: so many (working) days on; of a notice before the due date, that date."""
    if not kind.past_due and lines:
        return max(day, min(line.due_date for line in lines))
    days = policy.days[kind.code]
    return add_working_days(day, days) if kind.code in policy.working else day + timedelta(days=days)


def check_fresh(asked: Iterable[tuple[int, str, int]], claims: Mapping[int, Claim]) -> None:
    """A letter goes out only while each (item, number, fen) on it is still open and undisputed. Raises LetterStale."""
    for item_id, number, fen in asked:
        now_fen = claims[item_id].fen if item_id in claims else 0
        if now_fen < fen:
            raise LetterStale(number=number, letter_fen=fen, now_fen=now_fen)


def check_move(state: str, following: str) -> None:
    """Raises LetterMoved where a letter in `state` cannot become `following`."""
    if following not in MOVES[state]:
        raise LetterMoved(found=STATES[state])


def check_needs(kind: Kind, given: Mapping[str, Any]) -> None:
    """Everything the kind is made of beside the items is there. Raises LetterNeeds."""
    for name in kind.needs:
        if not given.get(name):
            raise LetterNeeds(kind=kind.title, field=NEEDS[name])


NEEDS: dict[str, str] = {
    "counterpart": N_("保证人"),
    "plan": N_("付款计划"),
    "asset": N_("抵债资产"),
    "asset_fen": N_("抵偿金额"),
}


def to_guarantor(given: Mapping[str, Any], recorded: Mapping[int, tuple[str, date | None]]) -> dict[str, Any]:
    """What a notice to a guarantor is made of: the guarantee chosen from those `recorded`, {key: (name, last day)}.

    The name and the last day are the register's; they are typed only where nothing is recorded. Raises NotItsGuarantor.
    """
    kept = dict(given)
    if not recorded:
        kept.pop("security", None)
        return kept
    if kept.get("security") not in recorded:
        raise NotItsGuarantor
    name, until = recorded[kept["security"]]
    return kept | {"counterpart": name, "counterpart_until": until.isoformat() if until else ""}


def check_plan(plan: Sequence[tuple[date, int]], total_fen: int, day: date) -> None:
    """Instalments follow each other after `day` and add up to the principal. Raises PlanOutOfOrder, PlanDoesNotAdd."""
    days = [day, *(on for on, _fen in plan)]
    if any(later <= earlier for earlier, later in pairwise(days)) or any(f <= 0 for _d, f in plan):
        raise PlanOutOfOrder
    plan_fen = sum(fen for _day, fen in plan)
    if plan_fen != total_fen:
        raise PlanDoesNotAdd(plan_fen=plan_fen, total_fen=total_fen)


def check_offset(lines: Iterable[Line], day: date) -> None:
    """A settlement in kind is agreed only after the debt fell due (domain 2.15, 合同编通则解释 27–28). Raises NotYetDue."""
    for line in lines:
        if line.due_date >= day:
            raise NotYetDue(number=line.number)


def content_of(title: str, contract: str) -> str:
    """What the waybill names as its content 内件品名 (domain 2.13 [S34])."""
    return f"{title}（合同号 {contract}）" if contract else title


def strength(channel: str, signer_role: str, has_proof: bool, content_named: bool) -> str:
    """How well an arrival can be proved (domain 4.6): proof and a signer whose signature is the customer's, or less.

    Without proof, or posted under a waybill that does not say what was inside, it proves nothing yet.
    """
    if not has_proof or (channel in POSTED and not content_named):
        return WEAK
    return STRONG if signer_role in SIGNERS and signer_role != "unknown" else FAIR
