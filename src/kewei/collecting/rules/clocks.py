"""时钟: until when a claim, a guarantee, a bill can be enforced, and what late payment costs (domain 2.16, 4.3, 4.6).

Worked dates: docs/algorithms/clocks.md. The parties cannot agree other periods (民法典 197): none of them is a policy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kewei.collecting.rules.promises import DOUBTFUL, NO_EFFECT, PROVED
from kewei.kernel.calendar import next_working_day
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.receivables.rules.bills import add_months, last_to_present
from kewei.receivables.rules.limitation import last_day

DEMAND, ACKNOWLEDGED, AGREED, SUIT, PART_PAYMENT = "demand", "acknowledged", "agreed", "suit", "part_payment"
# What people write down; part payments are read off the ledger.
BY_HAND = (DEMAND, ACKNOWLEDGED, AGREED, SUIT)
# How each is done (domain 2.11, 诉讼时效规定 8, 10–13).
HOWS: dict[str, dict[str, str]] = {
    DEMAND: {
        "post": N_("快递函件"),
        "by_hand": N_("当面送达"),
        "email": N_("电子邮件"),
        "message": N_("微信、短信"),
        "notary": N_("公证送达"),
        "notice": N_("报纸公告"),
    },
    ACKNOWLEDGED: {"statement": N_("对账单回签"), "inquiry": N_("询证函回函"), "minutes": N_("会议纪要、邮件确认")},
    AGREED: {
        "plan": N_("分期还款协议"),
        "extension": N_("申请延期"),
        "security": N_("提供担保"),
        "reconfirmed": N_("重新确认及还款协议"),
    },
    SUIT: {
        "suit": N_("起诉"),
        "arbitration": N_("申请仲裁"),
        "payment_order": N_("申请支付令"),
        "bankruptcy": N_("申报破产债权"),
        "preservation": N_("申请诉前保全"),
        "joinder": N_("申请追加当事人"),
        "set_off": N_("诉讼中主张抵销"),
        "mediation": N_("请求调解"),
        "police": N_("报案、控告"),
    },
}
# Who received or signed it (规定 8).
SIGNERS: dict[str, str] = {
    "legal_rep": N_("法定代表人"),
    "in_charge": N_("主要负责人"),
    "mail_room": N_("收发部门"),
    "authorised": N_("经书面授权"),
    "finance": N_("财务部门"),
    "unknown": N_("不明"),
}
# Those whose signature binds the debtor by itself.
BINDING = ("legal_rep", "in_charge", "mail_room", "authorised")


@refusal
class UnknownClockEvent(Refused):
    code = "unknown_clock_event"
    says = N_("没有「{text}」这种时效事件")


@refusal
class ClockEventInFuture(Refused):
    code = "clock_event_in_future"
    says = N_("事件日期 {on} 晚于今天")


@refusal
class RunsFromEarlier(Refused):
    code = "runs_from_earlier"
    says = N_("程序终结或最后一期 {runs_from} 早于事件日期 {on}")


@refusal
class ClockEventTakenBack(Refused):
    code = "clock_event_taken_back"
    says = N_("这项时效事件已经更正")
    status = 409


@refusal
class NoSuchProceedings(Refused):
    code = "no_such_proceedings"
    says = N_("只有尚未终结的诉讼、仲裁或同等程序才能登记终结")
    status = 409


@refusal
class ClockWordsMissing(Refused):
    code = "clock_words_missing"
    says = N_("请写明更正的原因")


def check_event(kind: str, how: str, on: date, runs_from: date | None, today: date) -> None:
    """Raises UnknownClockEvent, ClockEventInFuture, RunsFromEarlier."""
    if kind not in BY_HAND or how not in HOWS[kind]:
        raise UnknownClockEvent(text=f"{kind} {how}"[:60])
    if on > today:
        raise ClockEventInFuture(on=on)
    if runs_from is not None and runs_from < on:
        raise RunsFromEarlier(on=on, runs_from=runs_from)


def strength_of(kind: str, how: str, signer: str, has_proof: bool, names_content: bool) -> str:
    """How well an event is proved, and so whether the clock may be counted from it (domain 4.6, 2.11).

    A letter counts once it was signed for by somebody who binds the debtor, or its waybill names what was in it: a
    waybill that does not is the classic reason why courts reject it [S34]. Proceedings are proved by their paper. Without
    paper nothing is proved.
    """
    if not has_proof:
        return NO_EFFECT
    if kind == SUIT:
        return PROVED
    if kind == DEMAND and how == "post":
        return PROVED if names_content else DOUBTFUL
    if kind == DEMAND and how in ("notary", "notice"):
        return PROVED
    return PROVED if signer in BINDING or (kind != DEMAND and signer == "finance") else DOUBTFUL


# --- guarantee -----------------------------------------------------------------------------------------------------------

GENERAL, JOINT = "guarantee_general", "guarantee_joint"
RUNNING, CLAIMED, LAPSED = "running", "claimed", "lapsed"
GUARANTEE_STATES: dict[str, str] = {
    RUNNING: N_("保证期间内"),
    CLAIMED: N_("已在期间内主张"),
    LAPSED: N_("保证责任已消灭"),
}


@dataclass(frozen=True, slots=True)
class GuaranteeClock:
    """Until when a guarantor must be asked, whether that was done in time, and until when it can then be enforced."""

    ends_on: date
    state: str
    claimed_on: date | None
    last_day: date | None

    def days_left(self, today: date) -> int:
        """Days until the period ends: 0 on its last day, negative after."""
        return (self.ends_on - today).days


def guarantee_clock(kind: str, ends_on: date, claims: Iterable[tuple[date, str]], today: date) -> GuaranteeClock:
    """The clock of a guarantee whose period ends on a day; reminders of the debtor never extend it (民法典 692).

    A joint guarantor must be asked within it, by any demand; with a general one the debtor must be sued or taken to
    arbitration within it (693). Once asked in time, a joint guarantee is enforceable for three years from that day; a general
    one from the end of enforcement against the debtor, which no calendar knows (694).
    """
    good = sorted(on for on, how in claims if on <= ends_on and (kind == JOINT or how in ("suit", "arbitration")))
    if good:
        return GuaranteeClock(ends_on, CLAIMED, good[0], last_day(good[0]) if kind == JOINT else None)
    return GuaranteeClock(ends_on, LAPSED if today > ends_on else RUNNING, None, None)


# --- bills ---------------------------------------------------------------------------------------------------------------

NOTICE_DAYS, RECOURSE_MONTHS, ONWARD_MONTHS, MAKER_MONTHS = 3, 6, 3, 24
BILL_CLOCKS: dict[str, tuple[str, str]] = {
    "present": (N_("提示付款"), N_("票据法 53：到期日起 10 日内")),
    "notice": (N_("将拒付通知前手"), N_("票据法 66：收到拒付证明之日起 3 日内")),
    "recourse": (N_("向前手追索"), N_("票据法 17（三）：被拒付之日起 6 个月")),
    "onward": (N_("清偿后再追索"), N_("票据法 17（四）：清偿或被诉之日起 3 个月")),
    "maker": (N_("向出票人、承兑人主张"), N_("票据法 17（一）：到期日起 2 年")),
}
# Tasks around the day a bill falls due, in days from it [INF].
PRESENT_TASKS = (-3, 0, 5)


@dataclass(frozen=True, slots=True)
class BillClock:
    """One clock of a bill: which (a key of BILL_CLOCKS), from which day it runs, and its last day."""

    code: str
    runs_from: date
    last_day: date

    def days_left(self, today: date) -> int:
        """Days until its last day: 0 on it, negative after."""
        return (self.last_day - today).days


def bill_clocks(
    due_on: date, *, cleared: bool = False, dishonoured_on: date | None = None, paid_on: date | None = None
) -> tuple[BillClock, ...]:
    """The clocks that run for a bill: to present it, and once it was refused, to go back to those before us.

    Months end on the same day of the month, or its last; a last day off work moves to the next working day (票据法 107).
    """
    if cleared:
        return ()
    clocks = []
    if dishonoured_on is None:
        clocks.append(BillClock("present", due_on, next_working_day(last_to_present(due_on))))
    else:
        notice = next_working_day(dishonoured_on + timedelta(days=NOTICE_DAYS))
        clocks.append(BillClock("notice", dishonoured_on, notice))
        clocks.append(BillClock("recourse", dishonoured_on, _months(dishonoured_on, RECOURSE_MONTHS)))
    if paid_on is not None:
        clocks.append(BillClock("onward", paid_on, _months(paid_on, ONWARD_MONTHS)))
    clocks.append(BillClock("maker", due_on, _months(due_on, MAKER_MONTHS)))
    return tuple(clocks)


def present_tasks(due_on: date) -> tuple[date, ...]:
    """The days on which somebody looks after a bill that falls due: three before, on it, five after."""
    return tuple(due_on + timedelta(days=days) for days in PRESENT_TASKS)


def _months(day: date, months: int) -> date:
    return next_working_day(add_months(day, months))


# --- what the law on paying small companies adds ---------------------------------------------------------------------------


def lawful_due(received_on: date, agreed_days: int | None, default_days: int, most_days: int) -> date:
    """The day by which the regulation lets a buyer pay at the latest (款项条例 8–9): the agreed term as far as it is lawful,
    else the default, from delivery or the end of inspection; a day off moves on.
    """
    days = default_days if agreed_days is None else min(agreed_days, most_days)
    return next_working_day(received_on + timedelta(days=days))


def interest_fen(fen_days: int, daily_bp: int) -> int:
    """Interest for late payment: what was owed summed over the days × the daily rate, rounded half up, fen."""
    return (2 * fen_days * daily_bp + 10_000) // 20_000


def late_days(due_on: date, today: date) -> int:
    """Days of interest: the day after the due day is the first."""
    return max(0, (today - due_on).days)
