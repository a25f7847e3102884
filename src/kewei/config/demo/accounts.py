"""Key accounts of the demo company: a hospital planned some months ago with its first quarter reviewed, a chain whose plan
waits for approval, and what went into visiting everybody."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from kewei.kernel.calendar import month_before, month_end
from kewei.keyaccounts import actions
from kewei.keyaccounts.queries.earning import Candidate, identified
from kewei.keyaccounts.rules.plans import ActionGiven, Content, GoalGiven, RiskGiven, RoleGiven, quarters_of
from kewei.people import queries as persons
from kewei.people.models import Person
from kewei.terminals import actions as cards
from kewei.terminals import queries as terminals
from kewei.visits import jobs

# How many months before today the hospital's plan began: one quarter is over, the next is running.
BEGAN = 5
ALLIED = 4
HOSPITALS = ("public_hospital", "private_hospital")


def fill(*, today: date) -> None:
    """The plans, before visits are planned: what they want done is among the reasons to go."""
    wang, chen, li = (persons.person_by_login(login) for login in ("wang", "chen", "li"))
    if wang is None or chen is None or li is None:
        return
    first = month_before(today, BEGAN)
    found = _largest(wang, first, HOSPITALS)
    if found is not None:
        _alliance(found, wang, first)
        _hospital(found, wang, li, first, today)
    chain = _largest(li, today, ("chain_hq",)) or _largest(chen, today, ())
    if chain is not None and (found is None or chain.key != found.key):
        owner = terminals.terminal_for(li, chain.key).owner
        _waiting(chain, owner or chen, today)
    sun = persons.person_by_login("sun")
    if sun is not None and (begun := _largest(sun, today, ())) is not None:
        _draft(begun, sun, today)


def tell_efforts(*, today: date) -> None:
    """What this morning's job would tell, after a month of visits."""
    jobs.tell_efforts(now=_at(today, 4))


def _largest(person: Person, day: date, kinds: tuple[str, ...]) -> Candidate | None:
    """The largest customer of some kinds, or of any, that this person looks after."""
    rows = [row for row in identified(person, day, grouped=False).rows if not kinds or row.kind in kinds]
    return rows[0] if rows else None


def _alliance(found: Candidate, wang: Person, first: date) -> None:
    """医共体: the hospital heads some of the health centres around it, which buy through it."""
    head = terminals.terminal_for(wang, found.key)
    for pk, _code, _name in terminals.of_kind(wang, "primary_care")[:ALLIED]:
        member = terminals.terminal_for(wang, pk)
        cards.change_terminal(terminal=member, group=head, by=wang, now=_at(first, 8))


def _hospital(found: Candidate, wang: Person, li: Person, first: date, today: date) -> None:
    """Written and approved in its first days, worked on, the first quarter reviewed a week after its end."""
    began = _at(first, 9)
    plan = actions.start_plan(
        terminal=terminals.terminal_for(wang, found.key), first_on=first, last_on=month_end(month_before(first, -11)),
        owner=wang, for_group=True, by=wang, now=began,
    ).pk  # fmt: skip
    actions.write_plan(plan=plan, content=_content(found, wang, first, today), by=wang, now=began)
    actions.hand_in_plan(plan=plan, by=wang, now=began)
    actions.approve_plan(plan=plan, note="按季看回款，不只看销售", by=li, now=_at(first + timedelta(days=1), 9))
    settled = _at(first + timedelta(days=40), 10)
    actions.note_progress(
        plan=plan, number=1, state="done", words="药学部、财务、采购三方定了交单日", by=wang, now=settled
    )
    last = quarters_of(first, month_end(month_before(first, -11)))[0][1]
    reviewed = _at(last + timedelta(days=7), 9)
    if reviewed.date() < today:
        actions.keep_review(
            plan=plan, quarter=1, reasons="新品种进院排队；财政拨款晚，财务按批付款",
            adjust="下季起随结算资料同交对账单；两个非集采品种先做学术拜访", told_share_bp=2600, by=wang, now=reviewed,
        )  # fmt: skip


def _content(found: Candidate, wang: Person, first: date, today: date) -> Content:
    """The form as Wang filled it in, with goals that lie a little above what the year before was."""
    year_fen = max(found.earned.sales_fen, 100_000_00)
    soon = today + timedelta(days=12)
    return Content(
        reasons=("sales", "showcase"),
        reason_words="县域医共体牵头医院，带动乡镇卫生院用药",
        roles=(
            RoleGiven("pharmacy", "药学部主任", "decides", "supports", "稳定供货、效期半年以上"),
            RoleGiven("buying", "采购中心", "carries_out", "neutral", "挂网价与发票一致"),
            RoleGiven("finance", "财务科", "carries_out", "neutral", "月底前交齐结算资料"),
            RoleGiven("insurance", "医保办", "influences", "unknown", "集采约定量按期完成"),
            RoleGiven("clinical", "相关科室", "uses", "supports", "说明书与不良反应资料"),
        ),
        situation={
            "covered": "常用八个品种，抗感染与慢病为主", "share_bp": 2500, "share_basis": "药学部年度采购计划估计",
            "competition": "同城两家配送商", "price_agreement": "执行省平台挂网价", "procurement": "两个品种中选，约定量已过半",
            "term_days": 90, "paid_days": 118,
        },
        swot={
            "strengths": "当日配送，冷链自有", "weaknesses": "新品进院慢", "opportunities": "医共体统一采购",
            "threats": "集采续约可能换配送",
        },
        goals=(
            GoalGiven("sales", year_fen, year_fen * 11 // 10 // 100 * 100),
            GoalGiven("products", 6, 9),
            GoalGiven("share", 2500, 3000),
            GoalGiven("collection_days", 118, 85),
            GoalGiven("overdue_rate", 3500, 1500),
        ),
        actions=(
            ActionGiven("与药学部、财务、采购定每月交单日", wang.pk, first + timedelta(days=45), serves="collection_days"),
            ActionGiven("每月交单前对清发票与入库", wang.pk, soon, serves="collection_days", visit=True),
            ActionGiven("两个非集采品种的进院资料", wang.pk, today - timedelta(days=6), serves="products", visit=True),
            ActionGiven(
                "医共体集中供应会谈", wang.pk, soon + timedelta(days=30), kind="executive", budget_fen=1_200_00,
                compliance="HG-2026-018", ours="总经理", theirs="分管副院长",
            ),
        ),
        risks=(
            RiskGiven("concentration", "占荆门区销售过高", "middle", "同县再开发两家二级医院"),
            RiskGiven("policy", "集采续约落标", "high", "约定量外品种提前进院"),
            RiskGiven("limit", "年末额度不够", "middle", "十一月前申请临时额度"),
            RiskGiven("people", "药学部换届", "low", "采购、财务、医保办都建立对接"),
        ),
    )  # fmt: skip


def _waiting(found: Candidate, chen: Person, today: date) -> None:
    """Next months' plan of another of the largest, handed in yesterday."""
    first = month_before(today, -1)
    yesterday = _at(today - timedelta(days=1), 15)
    plan = actions.start_plan(
        terminal=terminals.terminal_for(chen, found.key), first_on=first, last_on=month_end(month_before(first, -5)),
        owner=chen, by=chen, now=yesterday,
    ).pk  # fmt: skip
    whole = _content(found, chen, first, first)
    actions.write_plan(plan=plan, content=_of_a_chain(whole, chen, first), by=chen, now=yesterday)
    actions.hand_in_plan(plan=plan, by=chen, now=yesterday)


def _draft(found: Candidate, sun: Person, today: date) -> None:
    """Begun this week: who decides stands there, the goals do not yet."""
    first = month_before(today, -1)
    now = _at(today - timedelta(days=2), 10)
    plan = actions.start_plan(
        terminal=terminals.terminal_for(sun, found.key), first_on=first, last_on=month_end(month_before(first, -11)),
        owner=sun, by=sun, now=now,
    ).pk  # fmt: skip
    whole = _content(found, sun, first, first)
    begun = Content(reasons=whole.reasons, roles=whole.roles[:2], situation=whole.situation, goals=whole.goals[:1])
    actions.write_plan(plan=plan, content=begun, by=sun, now=now)


def _of_a_chain(whole: Content, chen: Person, first: date) -> Content:
    """A chain buys at its head office: other posts, other actions."""
    given: dict[str, Any] = {
        "reasons": ("sales", "strategic"),
        "reason_words": "门店覆盖城区，一处谈妥处处上架",
        "roles": (
            RoleGiven("head_buying", "商采总监", "decides", "neutral", "年度返利写进合同并开红字发票"),
            RoleGiven("quality", "质量负责人", "influences", "supports", "首营资料齐全"),
            RoleGiven("stores", "门店运营", "uses", "supports", "近效期可退换"),
        ),
        "actions": (
            ActionGiven("年度供货合同与付款日", chen.pk, first + timedelta(days=20), serves="sales", visit=True),
            ActionGiven("门店近效期清单每月一次", chen.pk, first + timedelta(days=50), serves="products", visit=True),
        ),
    }
    return Content(**{name: given.get(name, getattr(whole, name)) for name in Content.__dataclass_fields__})


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
