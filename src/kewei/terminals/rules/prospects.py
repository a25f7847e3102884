"""潜在客户: stages with what each needs and how long it may last, the pool and its rules (domain 2.1, 5.2, 5.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.terminals.rules.words import Words

GENERAL, GOOD, INTENT, READY, WON, DROPPED = "general", "good", "intent", "ready", "won", "dropped"
STAGES: Words = {
    GENERAL: N_("一般潜在"),
    GOOD: N_("优质潜在"),
    INTENT: N_("意向"),
    READY: N_("准客户"),
    WON: N_("已转正"),
    DROPPED: N_("放弃"),
}
# The ladder upwards; a prospect that was dropped or won has left it.
OPEN_STAGES = (GENERAL, GOOD, INTENT, READY)
LADDER = (*OPEN_STAGES, WON)

SOURCES: Words = {
    "visit": N_("走访"),
    "introduced": N_("介绍"),
    "fair": N_("展会"),
    "platform": N_("平台"),
    "flow": N_("流向发现"),
    "public_list": N_("公开名录"),
    "tender": N_("招标公告"),
}

PAPER_CHECKS: Words = {
    "valid": N_("有效"),
    "pending": N_("待补"),
    "expired": N_("失效"),
    "none": N_("无"),
}

ESTIMATE_BASES: Words = {
    "told": N_("自报"),
    "computed": N_("测算"),
    "flow": N_("流向"),
}

PAYS_BY: Words = {
    "cash": N_("现款"),
    "prepaid": N_("预付"),
    "term": N_("账期"),
    "vbp": N_("集采结算"),
}

DROP_REASONS: Words = {
    "unfit": N_("资质不符"),
    "no_need": N_("无需求"),
    "credit": N_("信用不符"),
    "locked": N_("竞品锁定"),
    "twin": N_("重复"),
    "other": N_("其他"),
}

RETURN_REASONS: Words = {
    "no_time": N_("顾不过来"),
    "no_progress": N_("长期没有进展"),
    "wrong_area": N_("不在我的区域"),
    "wrong_person": N_("应由别人跟进"),
    "idle": N_("超过期限没有跟进"),
    "left": N_("负责人离任"),
    "other": N_("其他"),
}
# Told by the clock, never chosen.
IDLE, LEFT = "idle", "left"

# Fields of the prospect's own table that people fill in.
PROSPECT_FIELDS = (
    "source", "licence_number", "scope_text", "paper_check", "outpatients", "floor_area", "stores", "yearly_fen",
    "estimate_fen", "estimate_units", "estimate_basis", "estimate_on", "rivals", "buying_process", "pays_by",
    "pays_after_days", "first_order_fen", "first_order_on", "obstacles",
)  # fmt: skip

# What a stage may ask for, in the words of what is missing.
NEEDS: Words = {
    "place": N_("省市区"),
    "contact": N_("至少一位业务联系人"),
    "notice": N_("联系人的个人信息告知"),
    "code": N_("统一社会信用代码或执业许可登记号"),
    "paper_check": N_("证照初查"),
    "papers_good": N_("证照初查结果为有效"),
    "estimate": N_("月需求估计及依据"),
    "scale": N_("规模指标"),
    "potential": N_("潜力级别"),
    "next_action": N_("下次行动及日期"),
    "first_order": N_("预计首单金额和日期"),
    "process": N_("决策与采购流程"),
    "licences": N_("必备证照"),
    "credit_code": N_("统一社会信用代码"),
}


# --- refusals ---------------------------------------------------------------------------------------------------------


@refusal
class StageNeedsMore(Refused):
    code = "stage_needs_more"
    says = N_("还不能进入「{kind}」，还缺：{lines}")
    next_step = N_("补齐资料后再推进")


@refusal
class NoSuchStage(Refused):
    code = "no_such_stage"
    says = N_("没有「{text}」这个阶段")


@refusal
class SameStage(Refused):
    code = "same_stage"
    says = N_("已经在「{kind}」")


@refusal
class StageWhyMissing(Refused):
    code = "stage_why_missing"
    says = N_("放弃或退回要写明原因")


@refusal
class AlreadyWon(Refused):
    code = "already_won"
    says = N_("已转正的客户不能再改开发阶段")
    next_step = N_("不再往来的客户请停用")
    status = 409


@refusal
class NotAProspect(Refused):
    code = "not_a_prospect"
    says = N_("这家终端没有潜在客户资料")
    status = 409


@refusal
class AlreadyAProspect(Refused):
    code = "already_a_prospect"
    says = N_("这家终端已经是潜在客户")
    status = 409


@refusal
class AlreadyClaimed(Refused):
    code = "already_claimed"
    says = N_("{name} 已有人跟进，不在公海")
    status = 409


@refusal
class PoolFull(Refused):
    code = "pool_capacity"
    says = N_("您已跟进 {held} 家潜在客户，上限 {most} 家，还想领取 {wanted} 家")
    next_step = N_("先推进、放弃或退回一些，再来领取")


@refusal
class CoolingOff(Refused):
    code = "pool_cooling"
    says = N_("{name} 是您 {given_back} 退回的，{free_on} 起才能再领取")


@refusal
class ReturnWhyMissing(Refused):
    code = "return_why_missing"
    says = N_("退回公海要选原因；选「其他」要写明")


@refusal
class NobodysProspect(Refused):
    code = "nobodys_prospect"
    says = N_("{name} 已经在公海")
    status = 409


@refusal
class ActionInThePast(Refused):
    code = "next_action_in_the_past"
    says = N_("下次行动的日期 {due_on} 已过去")


@refusal
class NoNextAction(Refused):
    code = "no_next_action"
    says = N_("没有待办的下次行动")
    status = 409


# --- policies ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StageRule:
    """What a stage needs to be entered, and after how many days in it somebody should ask why (None: never)."""

    needs: tuple[str, ...]
    most_days: int | None


@dataclass(frozen=True, slots=True)
class StageRules:
    """The rule of every stage of the ladder."""

    of: Mapping[str, StageRule]

    def needed_for(self, stage: str) -> tuple[str, ...]:
        """Everything needed to stand in a stage: its own needs and those of all below it."""
        if stage not in LADDER:
            return ()
        below = LADDER[: LADDER.index(stage) + 1]
        return tuple(dict.fromkeys(need for one in below for need in self.of[one].needs))


def read_stages(body: Any) -> StageRules:
    """Read a version. Raises BadPolicy for a stage or a need there is not, or days below one."""
    rules = {}
    for stage in LADDER:
        row = body["stages"][stage]
        if unknown := [need for need in row["needs"] if need not in NEEDS]:
            raise BadPolicy(reason=", ".join(unknown))
        days = row.get("most_days")
        if days is not None and days < 1:
            raise BadPolicy(reason=f"{stage}: most_days {days}")
        rules[stage] = StageRule(tuple(row["needs"]), days)
    if strange := set(body["stages"]) - set(LADDER):
        raise BadPolicy(reason=", ".join(sorted(strange)))
    return StageRules(rules)


STAGE_RULES = Policy(
    name="terminals.stages",
    title=N_("潜在客户阶段的进入条件与停留天数"),
    keeper="terminals.growth",
    since=date(2026, 11, 1),
    source="domain 2.1 (R before 意向, C for 准客户) [S57], 4.11 (customer activation); days inferred [INF]",
    body={
        "stages": {
            GENERAL: {"needs": ["place"], "most_days": 90},
            GOOD: {"needs": ["contact", "notice", "next_action"], "most_days": 60},
            INTENT: {"needs": ["code", "paper_check", "estimate"], "most_days": 60},
            READY: {"needs": ["papers_good", "first_order", "process"], "most_days": 30},
            WON: {"needs": ["credit_code", "licences"], "most_days": None},
        }
    },
    read=read_stages,
)


@dataclass(frozen=True, slots=True)
class PoolRules:
    """How many prospects one person may hold, after how many idle days each stage goes back, when one may claim again."""

    most_held: int
    idle_days: Mapping[str, int]
    warn_days: int
    cooling_days: int


def read_pool(body: Any) -> PoolRules:
    """Read a version. Raises BadPolicy where a stage has no days, or a number is below what makes sense."""
    idle = {stage: body["idle_days"][stage] for stage in OPEN_STAGES}
    if body["most_held"] < 1 or min(idle.values()) < 1 or body["warn_days"] < 0 or body["cooling_days"] < 0:
        raise BadPolicy(reason="most_held ≥ 1, idle_days ≥ 1, warn_days ≥ 0, cooling_days ≥ 0")
    return PoolRules(body["most_held"], idle, body["warn_days"], body["cooling_days"])


POOL = Policy(
    name="terminals.pool",
    title=N_("公海：持有上限、闲置退回与再领取间隔"),
    keeper="terminals.growth",
    since=date(2026, 11, 1),
    source="domain 5.3: a workable territory is 60–80 targets [S52]; idle and cooling days inferred [INF]",
    body={
        "most_held": 80,
        "idle_days": {GENERAL: 60, GOOD: 45, INTENT: 30, READY: 30},
        "warn_days": 7,
        "cooling_days": 30,
    },
    read=read_pool,
)


# --- stages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What there is of a prospect, in the words of NEEDS, for one stage to be entered."""

    has: Mapping[str, bool]

    def missing(self, stage: str, rules: StageRules) -> tuple[str, ...]:
        """What a stage still needs, lowest stage first."""
        return tuple(need for need in rules.needed_for(stage) if not self.has.get(need))


def check_move(stage: str, wanted: str, standing: Standing, rules: StageRules, why: str, note: str) -> None:
    """Whether a prospect may go from one stage to another.

    Upwards it needs what the stage and all below it need; stages may be passed over, their needs not. Down, and out,
    it needs a reason. A dropped one may come back to any stage it has the needs for. Raises NoSuchStage, SameStage,
    AlreadyWon, StageWhyMissing, StageNeedsMore.
    """
    if wanted not in STAGES:
        raise NoSuchStage(text=wanted[:20])
    if stage == WON:
        raise AlreadyWon
    if stage == wanted:
        raise SameStage(kind=STAGES[stage])
    if wanted == DROPPED:
        if why not in DROP_REASONS or (why == "other" and not note.strip()):
            raise StageWhyMissing
        return
    if stage != DROPPED and LADDER.index(wanted) < LADDER.index(stage):
        if not note.strip():
            raise StageWhyMissing
        return
    if missing := standing.missing(wanted, rules):
        raise StageNeedsMore(kind=STAGES[wanted], lines=[NEEDS[need] for need in missing])


def days_over(stage: str, days: int, rules: StageRules) -> int:
    """By how many days a prospect has been too long in its stage; 0 while it has not, or where no end is set."""
    most = rules.of[stage].most_days if stage in rules.of else None
    return max(0, days - most) if most is not None else 0


# --- the pool ---------------------------------------------------------------------------------------------------------


def check_capacity(held: int, wanted: int, rules: PoolRules) -> None:
    """Refuse a claim beyond what one person may hold. Raises PoolFull."""
    if held + wanted > rules.most_held:
        raise PoolFull(held=held, most=rules.most_held, wanted=wanted)


def check_return(why: str, note: str) -> None:
    """A prospect goes back with a reason somebody chose. Raises ReturnWhyMissing."""
    if why not in RETURN_REASONS or why in (IDLE, LEFT) or (why == "other" and not note.strip()):
        raise ReturnWhyMissing


def idle_left(stage: str, idle: int, rules: PoolRules) -> int | None:
    """In how many days an untouched prospect goes back to the pool: 0 or less means now; None outside the ladder."""
    days = rules.idle_days.get(stage)
    return None if days is None else days - idle


def size_known(kind: str, sizes: Mapping[str, Any]) -> bool:
    """Whether the measure of size that suits a kind of terminal is known: beds of a hospital, floor of a pharmacy …"""
    wanted: Collection[str] = _SIZE_OF.get(kind, ("yearly_fen",))
    return any(sizes.get(name) not in (None, 0) for name in wanted)


_SIZE_OF: dict[str, tuple[str, ...]] = {
    "public_hospital": ("beds", "outpatients"),
    "private_hospital": ("beds", "outpatients"),
    "primary_care": ("beds", "outpatients"),
    "clinic": ("outpatients",),
    "pharmacy": ("floor_area", "yearly_fen"),
    "chain_store": ("floor_area", "yearly_fen"),
    "chain_hq": ("stores", "yearly_fen"),
}
