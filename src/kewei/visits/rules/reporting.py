"""拜访记录: how a visit begins, what its report must say by kind of terminal and role, until when (domain 2.4, 4.4, 4.8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kewei.kernel.names import fold
from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.visits.rules.roles import MEDICAL

# One point, a printed code, or a conversation without going there; a track is not kept (domain 2.4, 4.8).
POINT, CODE, PHONE, ONLINE = "point", "code", "phone", "online"
WAYS: dict[str, str] = {POINT: N_("定位点"), CODE: N_("二维码"), PHONE: N_("电话"), ONLINE: N_("线上")}
THERE = (POINT, CODE)

DONE, PARTLY, MISSED = "done", "partly", "missed"
ACHIEVED: dict[str, str] = {DONE: N_("达成"), PARTLY: N_("部分达成"), MISSED: N_("未达成")}
ACHIEVED_TONES: dict[str, str] = {DONE: "ok", PARTLY: "warn", MISSED: "bad"}
FEEDBACK: dict[str, str] = {
    "approves": N_("认可"),
    "price": N_("价格"),
    "rival": N_("竞品"),
    "effect": N_("疗效疑问"),
    "adverse": N_("不良反应"),
    "supply": N_("供货"),
    "payment": N_("付款"),
    "other": N_("其他"),
}
# Benefits to a person have no kind here, so they cannot be booked (domain 4.5).
EXPENSES: dict[str, str] = {
    "meal": N_("工作餐"),
    "transport": N_("交通"),
    "materials": N_("资料印制"),
    "venue": N_("会议场地"),
}
# Parts of a report that a policy may require.
PARTS: dict[str, str] = {
    "met": N_("见到的人"),
    "feedback": N_("反馈"),
    "mentions": N_("谈及品种及资料版本"),
    "stock": N_("库存与近效期"),
    "competition": N_("竞品信息"),
    "photos": N_("照片"),
}
ANYBODY, MEDICAL_ONLY, TRADE_ONLY = "any", "medical", "trade"
_WHO = (ANYBODY, MEDICAL_ONLY, TRADE_ONLY)
BLOCK, WARN = "block", "warn"


@refusal
class UnplannedWithoutReason(Refused):
    code = "unplanned_without_reason"
    says = N_("计划里没有这次拜访：请写明临时拜访的原因")


@refusal
class UnknownWay(Refused):
    code = "unknown_check_in"
    says = N_("没有「{text}」这种签到方式")


@refusal
class PlaceWithoutConsent(Refused):
    code = "place_without_consent"
    says = N_("没有本人同意，不得记录位置")
    next_step = N_("请同意只记录这一个点（保留 {days} 天），或不带位置签到")


@refusal
class CheckInAhead(Refused):
    code = "check_in_ahead"
    says = N_("到达时间 {at} 晚于现在：请核对手机时间")


@refusal
class CheckInTooLate(Refused):
    code = "check_in_too_late"
    says = N_("到达时间距今超过 {days} 天，不能再补记")
    next_step = N_("请由经理说明情况")


@refusal
class HospitalConsentMissing(Refused):
    code = "hospital_consent_missing"
    says = N_("医药代表拜访医疗机构须先取得机构同意：请在计划里附上凭证，或在出发前检核里写明")


@refusal
class ReportLocked(Refused):
    code = "report_locked"
    says = N_("这份记录已锁定（提交 {hours} 小时后不能更正）")
    next_step = N_("请由经理更正，或写在点评里")


@refusal
class ReportedAlready(Refused):
    code = "reported_already"
    says = N_("这次拜访已有记录，请用更正")
    status = 409


@refusal
class ReportIncomplete(Refused):
    code = "report_incomplete"
    says = N_("记录还缺：{found}")


@refusal
class ReportTimes(Refused):
    code = "report_times"
    says = N_("离开时间须在到达 {arrived} 之后，且不晚于现在")


@refusal
class UnknownAnswer(Refused):
    code = "unknown_report_answer"
    says = N_("没有「{text}」这个选项")


@refusal
class MedicalMayNotTrade(Refused):
    code = "medical_may_not_trade"
    says = N_("医药代表的拜访不得登记订单意向、库存或付款承诺")
    next_step = N_("请由该终端的业务员办理")


@refusal
class NextStepMissing(Refused):
    code = "next_step_missing"
    says = N_("请写明下一步、日期和负责人；日期不早于拜访当天")


@refusal
class ForbiddenWords(Refused):
    code = "report_forbidden_words"
    says = N_("记录里不得写：{words}")
    next_step = N_("处方统计、患者信息、给个人的好处一律不记")


@refusal
class PrivateWords(Refused):
    code = "report_private_words"
    says = N_("「{words}」涉及个人生活，与业务无关；确有业务需要的请写明理由")


@refusal
class ExpenseOverCap(Refused):
    code = "expense_over_cap"
    says = N_("{found}每次至多 {most_fen} 元，现为 {asked_fen} 元：请写明理由和参加人")


@refusal
class AdverseWithoutWords(Refused):
    code = "adverse_without_words"
    says = N_("有不良反应线索时请写明品种和情况，不写患者姓名")


@refusal
class RemarkOneself(Refused):
    code = "remark_oneself"
    says = N_("不能点评自己的拜访")


@refusal
class WordsMissing(Refused):
    code = "remark_without_words"
    says = N_("请写点评")


@refusal
class AdverseDone(Refused):
    code = "adverse_done"
    says = N_("这条线索已经上报")
    status = 409


@refusal
class AdverseNumberMissing(Refused):
    code = "adverse_number_missing"
    says = N_("请填写不良反应报告的编号")


@refusal
class CorrectionWhyMissing(Refused):
    code = "correction_why_missing"
    says = N_("请写明更正的原因")


@dataclass(frozen=True)
class Required:
    """A part of the report and where it is needed: kinds of terminal (none: all) and who visits."""

    part: str
    kinds: tuple[str, ...] = ()
    who: str = ANYBODY

    def binds(self, kind: str, role: str) -> bool:
        """Whether a visit of this role to this kind of terminal needs the part."""
        wanted = {ANYBODY: True, MEDICAL_ONLY: role == MEDICAL, TRADE_ONLY: role != MEDICAL}[self.who]
        return wanted and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True)
class ReportPolicy:
    """Limits of check-in and report; minutes, hours, days, metres, fen."""

    late_minutes: int
    lock_hours: int
    backdated_days: int
    clock_minutes: int
    away_metres: int
    place_days: int
    photos: int
    safety_hours: int
    consent_kinds: tuple[str, ...]
    required: tuple[Required, ...]
    caps: Mapping[str, int]
    words: Mapping[str, tuple[str, ...]]


def read_report(body: Mapping[str, Any]) -> ReportPolicy:
    """Read a version. Raises BadPolicy."""
    required = tuple(Required(one["part"], tuple(one["kinds"]), one["who"]) for one in body["required"])
    if any(one.part not in PARTS or one.who not in _WHO for one in required):
        raise BadPolicy(reason="required: part, who")
    if unknown := set(body["caps_fen"]) - set(EXPENSES):
        raise BadPolicy(reason=f"caps_fen: {', '.join(sorted(unknown))}")
    limits = {name: body[name] for name in _LIMITS}
    if any(value < 1 for value in limits.values()):
        raise BadPolicy(reason="> 0")
    words = {level: tuple(fold(word) for word in body["words"][level]) for level in (BLOCK, WARN)}
    return ReportPolicy(
        consent_kinds=tuple(body["consent_kinds"]),
        required=required,
        caps=dict(body["caps_fen"]),
        words=words,
        **limits,
    )


_LIMITS = (
    "late_minutes", "lock_hours", "backdated_days", "clock_minutes", "away_metres", "place_days", "photos",
    "safety_hours",
)  # fmt: skip
_HOSPITALS = ["public_hospital", "private_hospital", "primary_care", "military"]
_SHOPS = ["pharmacy", "chain_hq", "chain_store", "distributor"]

REPORT = Policy(
    name="visits.report",
    title=N_("拜访签到与记录"),
    keeper="visits.policy",
    since=date(2026, 11, 1),
    source="domain 2.4: 90-minute submit window [S54], check-in point not track, required fields by terminal and role; "
    "2.3, 4.4 consent of institutions; 4.5 caps [INF]; 4.8 place kept 90 days [INF], banned words; lock, distance [INF]",
    body={
        "late_minutes": 90,
        "lock_hours": 24,
        # A phone may be without network for a week; longer than this nobody remembers what was said.
        "backdated_days": 10,
        # Clocks of phones differ a little.
        "clock_minutes": 10,
        "away_metres": 500,
        "place_days": 90,
        "photos": 20,
        "safety_hours": 24,
        "consent_kinds": _HOSPITALS,
        "required": [
            {"part": "met", "kinds": [], "who": "any"},
            {"part": "mentions", "kinds": [], "who": "medical"},
            {"part": "stock", "kinds": _SHOPS, "who": "trade"},
        ],
        "caps_fen": {"meal": 300_00, "transport": 500_00, "materials": 300_00, "venue": 2_000_00},
        "words": {
            "block": [
                "统方", "处方量", "处方数", "开方量", "回扣", "红包", "好处费", "身份证号", "病历", "患者姓名", "kickback",
            ],
            "warn": [
                "生日", "爱好", "喜好", "嗜好", "配偶", "妻子", "丈夫", "老婆", "老公", "儿子", "女儿", "小孩", "子女", "孩子",
                "家庭住址", "家庭成员", "家里", "婚姻", "离婚", "情人", "宗教", "信仰", "籍贯", "属相", "星座", "私人电话",
                "私人微信", "礼品", "购物卡", "birthday", "hobby", "wife", "husband", "religion", "home address",
            ],
        },
    },
    read=read_report,
)  # fmt: skip


# --- checking in ------------------------------------------------------------------------------------------------------


def check_check_in(
    how: str, arrived_at: datetime, now: datetime, placed: bool, consented: bool, policy: ReportPolicy
) -> None:
    """Refuse a check-in that cannot be. Raises UnknownWay, PlaceWithoutConsent, CheckInAhead, CheckInTooLate."""
    if how not in WAYS:
        raise UnknownWay(text=how[:20])
    if placed and not consented:
        raise PlaceWithoutConsent(days=policy.place_days)
    if arrived_at > now + timedelta(minutes=policy.clock_minutes):
        raise CheckInAhead(at=f"{arrived_at:%Y-%m-%d %H:%M}")
    if arrived_at < now - timedelta(days=policy.backdated_days):
        raise CheckInTooLate(days=policy.backdated_days)


def is_late(moment: datetime, said_at: datetime, policy: ReportPolicy) -> bool:
    """Whether something was written down later after it happened than the policy allows."""
    return said_at - moment > timedelta(minutes=policy.late_minutes)


def needs_consent(kind: str, role: str, policy: ReportPolicy) -> bool:
    """Whether the institution must have agreed before this role comes (domain 2.3, 4.4)."""
    return role == MEDICAL and kind in policy.consent_kinds


# --- the report -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Met:
    """Somebody who was there, with their post; nothing about them as a person."""

    name: str
    job: str = ""


@dataclass(frozen=True)
class Said:
    """What a report says, as far as rules look at it; fen."""

    achieved: str
    met: Sequence[Met] = ()
    feedback: Sequence[str] = ()
    mentions: int = 0
    unversioned: int = 0
    stock: int = 0
    photos: int = 0
    trades: bool = False
    adverse: bool = False
    adverse_note: str = ""
    competition: str = ""
    expense_fen: int = 0
    expense_kind: str = ""
    expense_why: str = ""
    next_step: str = ""
    next_on: date | None = None
    texts: Sequence[str] = ()
    why_words: str = ""

    def has(self, part: str) -> bool:
        """Whether a part that may be required is there."""
        found = {
            "met": bool(self.met), "feedback": bool(self.feedback), "mentions": self.mentions > 0, "stock": self.stock > 0,
            "competition": bool(self.competition.strip()), "photos": self.photos > 0,
        }  # fmt: skip
        return found[part]


def required_parts(kind: str, role: str, policy: ReportPolicy) -> list[str]:
    """Parts a report of this role about this kind of terminal needs, in the order of the policy."""
    return [one.part for one in policy.required if one.binds(kind, role)]


def missing_parts(said: Said, kind: str, role: str, policy: ReportPolicy) -> list[str]:
    """What a report still lacks; nobody need have been met, nor anything counted, where the visit came to nothing."""
    excused = said.achieved == MISSED and not said.met
    return [part for part in required_parts(kind, role, policy) if not said.has(part) and not excused]


def check_report(said: Said, kind: str, role: str, day: date, policy: ReportPolicy) -> list[str]:
    """Refuse an incomplete or unlawful report; the words that need their reason, which is given, come back.

    Raises UnknownAnswer, MedicalMayNotTrade, ReportIncomplete, NextStepMissing, AdverseWithoutWords, ExpenseOverCap,
    ForbiddenWords, PrivateWords.
    """
    _check_answers(said)
    if said.trades and role == MEDICAL:
        raise MedicalMayNotTrade
    missing = [PARTS[part] for part in missing_parts(said, kind, role, policy)]
    # What a medical representative shows must be approved material, so its version is written down (domain 2.4).
    if role == MEDICAL and said.unversioned:
        missing.append(N_("所示资料的版本"))
    if missing:
        raise ReportIncomplete(found=tuple(missing))
    if not said.next_step.strip() or said.next_on is None or said.next_on < day:
        raise NextStepMissing
    if said.adverse and not said.adverse_note.strip():
        raise AdverseWithoutWords
    cap = policy.caps.get(said.expense_kind)
    if cap is not None and said.expense_fen > cap and not said.expense_why.strip():
        raise ExpenseOverCap(found=EXPENSES[said.expense_kind], most_fen=cap, asked_fen=said.expense_fen)
    return check_words(said.texts, said.why_words, policy)


def _check_answers(said: Said) -> None:
    if said.achieved not in ACHIEVED:
        raise UnknownAnswer(text=said.achieved[:20])
    for one in said.feedback:
        if one not in FEEDBACK:
            raise UnknownAnswer(text=one[:20])
    if said.expense_fen and said.expense_kind not in EXPENSES:
        raise UnknownAnswer(text=said.expense_kind[:20])


def words_found(texts: Collection[str], level: str, policy: ReportPolicy) -> list[str]:
    """Words of a level (block, warn) in any of the texts, in the order of the policy."""
    folded = " ".join(fold(text) for text in texts)
    return [word for word in policy.words[level] if word in folded]


def check_words(texts: Collection[str], why: str, policy: ReportPolicy) -> list[str]:
    """Refuse what may never be written down, and private life without a reason. Raises ForbiddenWords, PrivateWords."""
    if blocked := words_found(texts, BLOCK, policy):
        raise ForbiddenWords(words=tuple(blocked))
    warned = words_found(texts, WARN, policy)
    if warned and not why.strip():
        raise PrivateWords(words=tuple(warned))
    return warned


def check_times(arrived_at: datetime, left_at: datetime, now: datetime, policy: ReportPolicy) -> None:
    """One leaves after one has come, and not in the future. Raises ReportTimes."""
    if left_at < arrived_at or left_at > now + timedelta(minutes=policy.clock_minutes):
        raise ReportTimes(arrived=f"{arrived_at:%Y-%m-%d %H:%M}")


def check_unlocked(first_reported_at: datetime, now: datetime, leads: bool, policy: ReportPolicy) -> None:
    """A report is corrected by who made it within some hours, later only by who leads. Raises ReportLocked."""
    if not leads and now - first_reported_at > timedelta(hours=policy.lock_hours):
        raise ReportLocked(hours=policy.lock_hours)
