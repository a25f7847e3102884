"""联系规则: when, how often and with whom a customer may be spoken to about money (domain 4.7; docs/algorithms/contacting.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from kewei.collecting.rules.ladder import CHANNELS
from kewei.kernel.calendar import is_working_day
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

# Whom one may speak with: the debtor's own business posts (domain 2.11). Nobody else is offered.
STANDINGS: dict[str, str] = {
    "legal_rep": N_("法定代表人"),
    "in_charge": N_("负责人"),
    "finance": N_("财务部门"),
    "authorised": N_("经书面授权"),
    "mail_room": N_("收发部门"),
    "buyer": N_("采购或药剂部门"),
    "unknown": N_("身份不明"),
}
# People a creditor has no business with; named, so that writing them down is refused with the reason.
PRIVATE: dict[str, str] = {
    "relative": N_("亲属"),
    "friend": N_("朋友"),
    "neighbour": N_("邻居"),
    "patient": N_("患者"),
    "colleague": N_("无关同事"),
}
OUTCOMES: dict[str, str] = {
    "promised": N_("承诺付款"),
    "part_paid": N_("部分付款"),
    "disputed": N_("提出争议"),
    "refused": N_("拒绝付款"),
    "unreachable": N_("联系不上"),
    "passed_on": N_("转给他人办理"),
    "paid": N_("称已付，款未到"),
    "informed": N_("已告知"),
}
# What a contact does to limitation (domain 2.11, 4.6): proof makes the difference.
ARRIVED, AGREED, UNPROVED, NONE = "arrived", "agreed", "unproved", "none"
EFFECTS: dict[str, str] = {
    ARRIVED: N_("有：请求已到达"),
    AGREED: N_("有：对方同意履行"),
    UNPROVED: N_("待证"),
    NONE: N_("无"),
}

# What a channel binds to: hours, working days, the count of contacts.
_TRAITS = ("hours", "working_days", "counted")


@refusal
class OutsideHours(Refused):
    code = "contact_outside_hours"
    says = N_("{at} 不在可联系时间 {first}–{last} 内")
    next_step = N_("请改到可联系时间；客户主动来电请选「客户联系我们」")


@refusal
class OnDayOff(Refused):
    code = "contact_on_day_off"
    says = N_("{on} 不是工作日，不得电话或上门催收")
    next_step = N_("下一个可联系的日子是 {next}")


@refusal
class TooManyToday(Refused):
    code = "too_many_contacts_today"
    says = N_("{on} 已联系该客户 {made} 次，每天至多 {most} 次")
    next_step = N_("下一个可联系的日子是 {next}")


@refusal
class TooManyThisWeek(Refused):
    code = "too_many_contacts_this_week"
    says = N_("七天内已联系该客户 {made} 次，至多 {most} 次")
    next_step = N_("下一个可联系的日子是 {next}")


@refusal
class PrivatePerson(Refused):
    code = "private_person"
    says = N_("不得就债务联系{found}，只能联系该单位的业务联系人")


@refusal
class UnknownStanding(Refused):
    code = "unknown_standing"
    says = N_("没有「{text}」这种身份")


@refusal
class UnknownChannel(Refused):
    code = "unknown_channel"
    says = N_("没有「{text}」这种联系方式")


@refusal
class SystemCannotSpeak(Refused):
    code = "system_cannot_speak"
    says = N_("电话、上门等联系只能由人做出并登记")


@refusal
class UnknownOutcome(Refused):
    code = "unknown_contact_outcome"
    says = N_("没有「{text}」这种结果")


@refusal
class ContactNeedsWords(Refused):
    code = "contact_needs_words"
    says = N_("请写明向对方说了什么")
    next_step = N_("例如：请求贵单位在某日前支付某发票的货款若干元")


@refusal
class ContactNeedsItems(Refused):
    code = "contact_needs_items"
    says = N_("请选择这次催收所指的发票：须为该客户尚未付清的发票")


@refusal
class NoDemandSaid(Refused):
    code = "no_demand_said"
    says = N_("要产生时效中断的效力，必须写明请求付款")
    next_step = N_("请写明「请求支付……元」，或将效力选为「无」")


@refusal
class EffectNeedsProof(Refused):
    code = "effect_needs_proof"
    says = N_("没有证据，时效中断的效力只能是「待证」或「无」")
    next_step = N_("请附上录音、聊天截图、快递底单或签收单")


@refusal
class ContactAhead(Refused):
    code = "contact_ahead"
    says = N_("{at} 还没有到，联系发生之后再登记")


@refusal
class NextBeforeContact(Refused):
    code = "next_before_contact"
    says = N_("下次跟进 {next} 早于这次联系 {on}")


@refusal
class AlreadyCorrected(Refused):
    code = "contact_already_corrected"
    says = N_("这条记录已经更正过，请更正最新的一条")
    status = 409


@refusal
class TooManyReasons(Refused):
    code = "too_many_reasons"
    says = N_("除主要原因外，至多再选两个不同的原因")


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """Hours of the local day, caps per day and in any seven days, and what each channel is bound to."""

    first: time
    last: time
    per_day: int
    per_week: int
    channels: Mapping[str, frozenset[str]]

    def binds(self, channel: str, trait: str) -> bool:
        """Whether a channel is bound to hours, working_days or is counted."""
        return trait in self.channels[channel]


@dataclass(frozen=True, slots=True)
class Plan:
    """A contact meant or made: the moment as the customer's clock shows it. `ours`: we spoke first."""

    channel: str
    at: datetime
    standing: str = "unknown"
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """A contact there has been, or another that is planned."""

    channel: str
    on: date


def read_contact(body: Any) -> ContactPolicy:
    """Read a version. Raises BadPolicy."""
    first, last = time.fromisoformat(body["first"]), time.fromisoformat(body["last"])
    channels = {channel: frozenset(traits) for channel, traits in body["channels"].items()}
    policy = ContactPolicy(first, last, body["per_day"], body["per_week"], channels)
    if set(channels) != set(CHANNELS) or not all(traits <= set(_TRAITS) for traits in channels.values()):
        raise BadPolicy(reason=f"channels: {', '.join(sorted(set(channels) ^ set(CHANNELS)))}")
    if not first < last or not 1 <= policy.per_day <= policy.per_week:
        raise BadPolicy(reason="first < last, 1 ≤ per_day ≤ per_week")
    return policy


_SPEAKING = ["hours", "working_days", "counted"]

CONTACT = Policy(
    name="collecting.contact",
    title=N_("联系时间与次数"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 4.7: 08:30–20:00 local, no calls on days off [INF]; caps per day and week [INF]",
    body={
        "first": "08:30",
        "last": "20:00",
        "per_day": 1,
        "per_week": 3,
        "channels": {
            "message": _SPEAKING,
            "phone": _SPEAKING,
            "visit": _SPEAKING,
            "executive": _SPEAKING,
            "other": _SPEAKING,
            # What lies in a mailbox disturbs nobody; what arrives by post comes when the post comes.
            "email": ["counted"],
            "statement": [],
            "letter": [],
            "lawyer": [],
            "court": [],
        },
    },
    read=read_contact,
)


def may_contact(plan: Plan, history: Iterable[Made], policy: ContactPolicy) -> Refused | None:
    """Why a contact may not be, or None. `history` is every other contact of the customer within a week either way.

    A customer that speaks first may do so at any hour; with private persons nobody speaks at all.
    """
    if plan.channel not in policy.channels:
        return UnknownChannel(text=plan.channel[:20])
    if plan.standing in PRIVATE:
        return PrivatePerson(found=PRIVATE[plan.standing])
    if plan.standing not in STANDINGS:
        return UnknownStanding(text=plan.standing[:20])
    if not plan.ours:
        return None
    made = [one for one in history if one.channel in policy.channels and policy.binds(one.channel, "counted")]
    on = plan.at.date()
    if policy.binds(plan.channel, "hours") and not policy.first <= plan.at.time() <= policy.last:
        return OutsideHours(at=f"{plan.at:%H:%M}", first=f"{policy.first:%H:%M}", last=f"{policy.last:%H:%M}")
    return _why_not_on(plan.channel, on, made, policy)


def _why_not_on(channel: str, on: date, made: Sequence[Made], policy: ContactPolicy) -> Refused | None:
    """Why a channel may not be used on a day, with the next day on which it may."""
    if policy.binds(channel, "working_days") and not is_working_day(on):
        return OnDayOff(on=on, next=next_day(channel, on, made, policy))
    if not policy.binds(channel, "counted"):
        return None
    today = sum(one.on == on for one in made)
    if today >= policy.per_day:
        return TooManyToday(on=on, made=today, most=policy.per_day, next=next_day(channel, on, made, policy))
    week = _fullest_week(on, made)
    if week >= policy.per_week:
        return TooManyThisWeek(made=week, most=policy.per_week, next=next_day(channel, on, made, policy))
    return None


def next_day(channel: str, day: date, made: Sequence[Made], policy: ContactPolicy) -> date:
    """The first day from `day` on when a channel may be used, with the contacts there are."""
    counted = [one for one in made if one.channel in policy.channels and policy.binds(one.channel, "counted")]
    while not _free(channel, day, counted, policy):
        day += timedelta(days=1)
    return day


def _free(channel: str, day: date, counted: Sequence[Made], policy: ContactPolicy) -> bool:
    if policy.binds(channel, "working_days") and not is_working_day(day):
        return False
    if not policy.binds(channel, "counted"):
        return True
    within_day = sum(one.on == day for one in counted) < policy.per_day
    return within_day and _fullest_week(day, counted) < policy.per_week


def _fullest_week(day: date, made: Sequence[Made]) -> int:
    """The most contacts there are in any seven days that hold the day."""
    near = [(one.on - day).days for one in made if abs((one.on - day).days) < 7]
    return max((sum(start <= away < start + 7 for away in near) for start in range(-6, 1)), default=0)


def check_contact(plan: Plan, history: Iterable[Made], policy: ContactPolicy) -> None:
    """Refuse an unlawful contact.

    Raises UnknownChannel, PrivatePerson, UnknownStanding, OutsideHours, OnDayOff, TooManyToday, TooManyThisWeek.
    """
    if (why := may_contact(plan, history, policy)) is not None:
        raise why


def check_words(words: str, outcome: str, effect: str, proved: bool) -> None:
    """Refuse a record that claims more than it says (domain 2.11, 4.6).

    Raises UnknownOutcome, ContactNeedsWords, NoDemandSaid, EffectNeedsProof.
    """
    if outcome not in OUTCOMES or effect not in EFFECTS:
        raise UnknownOutcome(text=(outcome if outcome not in OUTCOMES else effect)[:20])
    if not words.strip():
        raise ContactNeedsWords
    if effect == ARRIVED and not ("请" in words and "付" in words):
        raise NoDemandSaid
    if effect in (ARRIVED, AGREED) and not proved:
        raise EffectNeedsProof


def check_reasons(code: str, also: Sequence[str]) -> None:
    """Refuse more than two further reasons, or the same one twice. Raises TooManyReasons."""
    if len(also) > 2 or len({code, *also}) != 1 + len(also):
        raise TooManyReasons
