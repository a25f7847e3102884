"""Membership of the demo company: a programme for pharmacies and chains since some months ago, its points, a council that was
held and one that waits, a club, services, and benefits in every state."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from kewei.kernel.calendar import month_before
from kewei.kernel.refusals import Refused
from kewei.membership import actions
from kewei.membership.queries import ledger, members
from kewei.people import queries as persons
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals

BEGAN, MOST = 9, 24
KINDS = ("chain_hq", "chain_store", "pharmacy")
GROUND = "反不正当竞争法第七条：以明示方式给予折扣并如实入账"


def fill(*, goods: list[int], today: date) -> None:
    """From the programme's proposal to this morning."""
    cast = [persons.person_by_login(login) for login in ("li", "he", "qian", "wang", "chen")]
    if any(person is None for person in cast):
        return
    li, he, qian, wang, chen = (person for person in cast if person is not None)
    began = month_before(today, BEGAN)
    programme = actions.propose_programme(
        code="LS", name="连锁与药店会员", purpose="稳定供货，帮助药店管好效期与库存", ground=GROUND, since=began,
        until=began.replace(year=began.year + 2) - timedelta(days=1), budget_fen=600_000_00, kinds=KINDS,
        provinces=("湖北省",), by=li, now=_at(began, 9),
    ).pk  # fmt: skip
    actions.decide_programme(programme=programme, agree=True, why="", by=he, now=_at(began, 15))
    joined = _enrol(programme, li, began)
    _months(programme, began, today)
    if joined:
        _use(joined, qian, today)
        _benefits(joined, li, he, today)
        _services(joined, goods, wang, chen, today)
    _meetings(programme, joined, li, he, today)


def _enrol(programme: int, li: Person, began: date) -> list[Any]:
    joined: list[Any] = []
    for kind in KINDS:
        rows, _count = terminals.list_terminals(li, kind=kind, limit=60)
        for row in rows:
            if len(joined) < MOST:
                with suppress(Refused):  # a paper is missing, or the credit code: those do not become members
                    terminal = terminals.terminal_for(li, row.pk, "membership.enrol")
                    joined.append(actions.enrol(programme=programme, terminal=terminal, by=li, now=_at(began, 16)))
    return joined


def _months(programme: int, began: date, today: date) -> None:
    """Each month earned on the third of the next, and tiers reviewed, as the jobs do."""
    by = persons.system()
    for many in range(BEGAN - 1, -1, -1):
        day = month_before(today, many).replace(day=3)
        if day > today:
            continue
        now = _at(day, 1)
        actions.earn_month(programme=programme, month=month_before(day), by=by, now=now)
        actions.review_tiers(programme=programme, by=by, now=now)
        if keys := ledger.with_ended_lots(day):
            actions.expire(enrolments=keys, by=by, now=now)


def _use(joined: list[Any], qian: Person, today: date) -> None:
    """The richest member turns half of its points into a coupon and uses some of it; another keeps its coupon."""
    when = today - timedelta(days=12)
    rich = sorted((members.member(qian, one.pk) for one in joined), key=lambda row: -row.points)[:2]
    for place, row in enumerate(rich):
        if row.points < 20:
            continue
        coupon = actions.issue_coupon(enrolment=row.pk, points=row.points // 2, by=qian, now=_at(when, 10))
        items = [one for one in ledger.open_invoices(qian, row.terminal_id) if one.on <= when]
        if place == 0 and items:
            fen = min(coupon.amount, items[0].open_fen)
            actions.use_coupon(
                coupon=coupon.pk, fen=fen, channel="red_letter", number=f"HY{when:%Y%m%d}01", on=when, invoice=items[0].pk,
                by=qian, now=_at(when, 11),
            )  # fmt: skip


def _benefits(joined: list[Any], li: Person, he: Person, today: date) -> None:
    wanted = (
        ("service", "近效期盘点与调换", 0, "in_kind", ("purpose",), "granted"),
        ("training", "慢病用药药师培训一场", 3_000_00, "in_kind", ("purpose", "agenda"), "granted"),
        ("free_goods", "阴凉柜借用一台", 4_800_00, "in_kind", ("need", "contract"), "waiting"),
        ("rebate", "三季度折让", 2_600_00, "red_letter", (), "waiting"),
        ("staff_incentive", "陈列服务（与公司签约）", 6_000_00, "transfer", ("contract", "deliverable"), "refused"),
    )
    for place, (kind, words, fen, channel, evidence, state) in enumerate(wanted):
        day = today - timedelta(days=20 - 3 * place)
        made = actions.want_benefit(
            enrolment=joined[place % len(joined)].pk, kind=kind, words=words, ground=GROUND, fen=fen, channel=channel,
            evidence=evidence, tied=kind == "rebate", by=li, now=_at(day, 10),
        )  # fmt: skip
        if state != "waiting":
            actions.decide_benefit(
                benefit=made.pk, agree=state == "granted", why="" if state == "granted" else "成果无法核验",
                by=he, now=_at(day + timedelta(days=1), 11),
            )  # fmt: skip


def _services(joined: list[Any], goods: list[int], wang: Person, chen: Person, today: date) -> None:
    rows = (
        ("licence_help", "药品经营许可证换证材料", "新证已取，副本已存档"),
        ("training", "处方审核要点（非推广）", "到场药师 4 人"),
        ("expiry_help", "清点六个月内到期品种", ""),
        ("recall_help", "协助退回召回批次", ""),
    )
    for place, (kind, words, outcome) in enumerate(rows):
        one = joined[place % len(joined)]
        by = chen if chen.pk == one.terminal.owner_id else wang if wang.pk == one.terminal.owner_id else None
        if by is None:
            continue
        day = today - timedelta(days=15 - 4 * place)
        made = actions.ask_service(
            terminal=one.terminal, kind=kind, words=words, due_on=day + timedelta(days=14), by=by, now=_at(day, 10)
        )
        if outcome:
            actions.finish_service(service=made.pk, outcome=outcome, by=by, now=_at(day + timedelta(days=5), 10))
        for pk in goods[:3]:
            actions.tell_stock(
                terminal=one.terminal, product=products.product_for(by, pk), units=20 + 7 * place, near_units=3 * place,
                near_on=today + timedelta(days=90), by=by, now=_at(today - timedelta(days=2), 10),
            )  # fmt: skip


def _meetings(programme: int, joined: list[Any], li: Person, he: Person, today: date) -> None:
    held = today - timedelta(days=25)
    council = actions.propose_meeting(
        kind="council", title="连锁药房秋季座谈会", purpose="听取供货、近效期与对账的意见",
        agenda=("上次意见的落实", "近效期调换", "对账与回款"), on=held, place="武汉办事处会议室", cost_cap_fen=3_000_00,
        programme=programme, by=li, now=_at(held - timedelta(days=20), 10),
    ).pk  # fmt: skip
    actions.decide_meeting(meeting=council, agree=True, by=he, now=_at(held - timedelta(days=18), 10))
    by: dict[str, Any] = {"by": li, "now": _at(held, 17)}
    for place, one in enumerate(joined[:8]):
        job = ("pharmacy", "purchasing", "store")[place % 3]
        actions.note_attendance(meeting=council, terminal=one.terminal, job=job, people=1 + place % 2, **by)
    if joined:
        actions.note_cost(
            meeting=council,
            kind="room",
            fen=800_00,
            invoice="26420000000000880011",
            payee="武汉江汉会议服务有限公司",
            **by,
        )
        actions.note_cost(
            meeting=council,
            kind="meal",
            fen=620_00,
            invoice="26420000000000880012",
            payee="武汉江汉会议服务有限公司",
            **by,
        )
        actions.keep_minutes(
            meeting=council,
            words="近效期六个月内希望可调换；对账单希望每月 5 日前送达；冷链到货时间希望提前通知。",
            **by,
        )
        todo = actions.set_action(
            meeting=council, what="拟定近效期调换办法", owner=li, due_on=held + timedelta(days=14), **by
        )
        actions.set_action(
            meeting=council, what="对账单改为每月 3 日出具", owner=li, due_on=held + timedelta(days=40), **by
        )
        actions.close_meeting(meeting=council, **by)
        actions.finish_action(item=todo.pk, words="办法已发会员", by=li, now=_at(held + timedelta(days=12), 10))
    club = actions.found_club(
        name="江城药店友会", purpose="慢病用药与门店管理经验交流", programme=programme, by=li, now=_at(held, 9)
    )
    for one in joined[:6]:
        actions.join_club(club=club.pk, terminal=one.terminal, by=li, now=_at(held, 10))
    actions.propose_meeting(
        kind="club", title="门店近效期管理交流", purpose="交流近效期管理做法", agenda=("两家门店介绍做法", "讨论"),
        on=today + timedelta(days=20), place="荆门", cost_cap_fen=1_500_00, club=club.pk, programme=programme, by=li,
        now=_at(today - timedelta(days=1), 10),
    )  # fmt: skip


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
