"""The demo's trust: surveys, scores, limits, applications on their way, orders in every state; by the cast's own hands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from kewei.config.demo.cards import SEED
from kewei.credit import actions as credit
from kewei.credit import jobs as credit_jobs
from kewei.credit.models import Limit, RedLineCheck, Survey, SurveyReview
from kewei.credit.queries import files, scores, standing
from kewei.credit.rules.redlines import LISTS
from kewei.kernel.refusals import Refused
from kewei.orders import actions as orders
from kewei.orders.models import Order
from kewei.orders.rules.lines import LineWanted, SentBack, Shipped
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.products.models import Product
from kewei.receivables import actions as receivables
from kewei.receivables.rules.bills import BillGiven
from kewei.terminals import actions as terminals
from kewei.terminals.models import Authorised, Terminal

SURVEYED = 110
STARTED, ORDERED_BY_CUSTOMER = 36, 2


def fill(*, ids: list[int], goods: list[int], today: date) -> None:
    """Everything about trust, up to this morning."""
    random = Random(SEED + 9)  # noqa: S311
    who = {login: person for login in _CAST if (person := people.person_by_login(login))}
    _authorise(random, ids, today)
    chosen = [pk for n, pk in enumerate(ids) if n % 5 != 4][:SURVEYED]
    _survey(random, chosen, who, today)
    credit.score_many(terminal_ids=ids, as_of=today - timedelta(days=30), by=who["zhao"], now=_at(today, -30, 9))
    _grant(chosen, who, today)
    _price(goods, who, today)
    _veto(ids, who, today)
    _order(random, chosen, goods, who, today)
    _apply(chosen, who, today)
    _bills(chosen, who, today)
    credit_jobs.keep_holds(now=_at(today, 0, 4))
    credit_jobs.keep_findings(now=_at(today, 0, 4))


_CAST = ("wang", "chen", "sun", "li", "zhao", "feng", "tao", "zheng", "qian", "wu", "chu")


def _at(today: date, days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour)))


def _authorise(random: Random, ids: list[int], today: date) -> None:
    """Nearly everybody has somebody who may buy and receive; some letters have expired."""
    names = ("何采", "吕收", "施药", "张库", "孔验", "曹签")
    Authorised.objects.bulk_create(
        Authorised(
            terminal_id=pk, name=random.choice(names), kinds=["buy", "receive", "reconcile"], id_masked="4208**********13",
            valid_to=today + timedelta(days=random.choice((-20, 200, 300, 400, 500))), added_at=_at(today, -200, 9),
        )
        for n, pk in enumerate(ids)
        if n % 12
    )  # fmt: skip


def _survey(random: Random, chosen: list[int], who: dict[str, Person], today: date) -> None:
    """Accepted surveys with plausible figures, and recent looks into the lists."""
    for n, row in enumerate(Terminal.objects.filter(pk__in=chosen).order_by("pk")):
        on, owner = today - timedelta(days=random.randint(35, 300)), row.owner or who["wang"]
        survey = Survey.objects.create(
            terminal=row, how=random.choice(("site", "phone")), surveyed_on=on, surveyor=owner, answers=_answers(random, row),
            opinion="往来正常，建议给予授信。", suggested_grade="B", started_at=_at(on, 0, 9), handed_in_at=_at(on, 0, 17),
        )  # fmt: skip
        if n % 15 == 14:
            continue  # waits for review
        SurveyReview.objects.create(
            survey=survey, accepted=True, valid_until=on + timedelta(days=365), reviewer=who["zhao"],
            reviewed_at=_at(on, 1, 10),
        )  # fmt: skip
        RedLineCheck.objects.bulk_create(
            RedLineCheck(
                terminal=row, survey=survey, line=line, found=False, checked_on=today - timedelta(days=random.randint(32, 110)),
                checked_by=owner, checked_at=_at(on, 0, 15),
            )
            for line in LISTS
        )  # fmt: skip


def _answers(random: Random, row: Terminal) -> dict[str, Any]:
    """What a surveyor might have found: mostly good, some poor."""
    poor = random.random() < 0.15
    worth = random.randint(50, 900) * 1_000_000
    found: dict[str, Any] = {
        "principal": {
            "name": "负责人", "experience": random.randint(3, 20), "dishonest": False, "lawsuits": int(poor), "share": 60,
        },
        "scale": {
            "open_months": random.randint(30, 240), "shell": False, "insured": random.randint(3, 800),
            "registered_fen": worth, **({"hospital_level": random.randint(1, 3)} if row.kind == "public_hospital" else {}),
        },
        "selling": {
            "turnover_fen": worth * 4, "sell_through": not poor, "district_rank": random.randint(40, 95),
        },
        "management": {"penalty": int(poor), "penalty_free": 120, "suspended": False, "erp": not poor},
        "references": {
            "suppliers": [
                {"supplier": name, "term_days": 60, "highest_fen": worth // 5, "overdue_days": random.choice((0, 0, 0, 12, 40))}
                for name in ("九州医药", "楚天医药", "长江药业")
            ],
            "sued_by_supplier": False,
        },
        "bank": {"bank": "建设银行", "account": True, "bank_line": not poor, "bill_state": 0, "guarantees": poor},
        "staff": {"wage_arrears": False, "arbitrations": 0, "steady_staff": not poor},
        "peers": {"opinions": [{"peer": "同行甲", "opinion": 2 + (not poor)}, {"peer": "同行乙", "opinion": 2}]},
    }  # fmt: skip
    if row.kind in ("public_hospital", "primary_care"):
        found["hospital"] = {"over_legal_days": random.choice((0, 20, 45, 90)), "funded": random.randint(50, 90)}
    else:
        growth = random.choice((90, 104, 112))
        found["capital"] = {"net_assets_fen": [worth, worth * growth // 100, worth * growth * growth // 10_000]}
        profit = worth // 20 * (-1 if poor else 1)
        found["profit"] = {"net_profit_fen": [profit, worth // 18, worth // 17], "cash_flow_fen": [worth // 30] * 3}
    return found


def _grant(chosen: list[int], who: dict[str, Person], today: date) -> None:
    """Limits granted a month ago, as suggested or at what was owed anyway; D gets none, nor do a few who never asked."""
    graded, owing = scores.latest(chosen), standing.exposures(chosen, today - timedelta(days=1))
    for n, pk in enumerate(chosen):
        grade = graded[pk].grade if pk in graded else "D"
        suggested = files.suggestion(pk, 60, today - timedelta(days=30))
        if grade == "D" or n % 9 == 8 or suggested.fen < 100_000:
            continue
        carried = owing[pk].total_fen * 5 // 4 // 1_000_000 * 1_000_000 if n % 6 else 0
        longest, law = files.terms_of(pk, grade, today)
        days = longest if law.most_days is None else min(longest, law.most_days)
        Limit.objects.create(
            terminal_id=pk, fen=max(suggested.fen, carried), term_days=days, since=today - timedelta(days=29),
            until=today + timedelta(days=30 + 11 * (n % 29)), method=suggested.policy, granted_by=who["feng"],
            granted_at=_at(today, -29, 11),
        )  # fmt: skip


def _price(goods: list[int], who: dict[str, Person], today: date) -> None:
    """A price and a floor for everything, and one for hospitals."""
    for row in Product.objects.filter(pk__in=goods).order_by("pk"):
        fen = row.listed_price_fen or 1000
        given = {"product": row, "since": today - timedelta(days=200), "by": who["qian"], "now": _at(today, -200, 9)}
        orders.set_price(price_fen=fen, floor_fen=fen * 92 // 100, source="年度价格表", **given)
        orders.set_price(
            price_fen=fen * 97 // 100,
            floor_fen=fen * 90 // 100,
            customer_kind="public_hospital",
            source="挂网价",
            **given,
        )


def _veto(ids: list[int], who: dict[str, Person], today: date) -> None:
    terminal = Terminal.objects.filter(pk__in=ids, owner=who["wang"], kind="pharmacy").order_by("pk").first()
    if terminal is not None:
        terminals.place_veto(
            terminal=terminal,
            scope_class="biological",
            reason="冷藏柜温度记录缺失，待整改",
            by=who["wu"],
            now=_at(today, -3, 10),
        )


def _order(random: Random, chosen: list[int], goods: list[int], who: dict[str, Person], today: date) -> None:
    """A fortnight of orders: released, held, waiting, delivered in part, received, invoiced, returned, cancelled."""
    number = 0
    granted = list(
        Limit.objects.filter(terminal__in=chosen, ended_at=None).order_by("pk").values_list("terminal", flat=True)
    )
    for step in range(STARTED * ORDERED_BY_CUSTOMER):
        buyers = granted if step % 5 else chosen
        terminal = Terminal.objects.select_related("owner").get(pk=buyers[(step * 7) % len(buyers)])
        by, day = terminal.owner or who["wang"], -13 + step * 13 // (STARTED * ORDERED_BY_CUSTOMER)
        lines = [
            LineWanted(pk, random.randint(2, 60) * (8 if step % 11 == 0 else 1) * 1000)
            for pk in random.sample(goods, random.randint(1, 4))
        ]
        payment = "prepaid" if step % 8 == 7 else "credit"
        now = _at(today, day, 9 + step % 8)
        order = orders.place_order(terminal=terminal, lines=lines, payment=payment, by=by, now=now)
        if order.state == "waiting" and step % 3 == 0:
            try_to(orders.release_order, order=order, by=who["zhao"], now=now)
        if order.state == "held" and step % 5 == 0:
            try_to(
                orders.release_specially, order=order, reason="客户承诺月底回款，先保供", expires_on=now.date() + timedelta(days=20),
                by=who["feng"], now=now,
            )  # fmt: skip
        order = Order.objects.get(pk=order.pk)
        if order.state == "released" and step % 4:
            number = _deliver(order, step, number, who, now)
        elif order.state == "held" and step % 7 == 3:
            orders.cancel_order(order=order, reason="客户改向其他渠道采购", by=by, now=now)


def _deliver(order: Order, step: int, number: int, who: dict[str, Person], now: datetime) -> int:
    """Goods leave, mostly all of them; some are received, invoiced, and a few come back."""
    lines = list(order.lines.order_by("place"))
    part = lines[:1] if step % 6 == 1 else lines
    shipped = [
        Shipped(line.pk, line.quantity_milli, f"B26{step:04}", now.date() + timedelta(days=500)) for line in part
    ]
    on = now.date()
    delivery = try_to(
        orders.deliver, order=order, lines=shipped, on=on, carrier="楚运冷链", waybill=f"CY{step:08}", temperature="4.2℃",
        address=order.terminal.address, by=who["chu"], now=now + timedelta(hours=2),
    )  # fmt: skip
    if delivery is None:
        return number
    receiver = Authorised.objects.filter(terminal=order.terminal, valid_to__gte=on, ended_at=None).first()
    if receiver is not None and step % 5:
        orders.hand_over(
            delivery=delivery,
            receiver=receiver.pk,
            on=on,
            temperature="4.8℃",
            by=who["chu"],
            now=now + timedelta(hours=6),
        )
    if step % 3:
        number += 1
        orders.invoice_delivery(
            delivery=delivery,
            number=f"{on:%y}4220088{number:011d}",
            on=on,
            by=who["qian"],
            now=now + timedelta(hours=7),
        )
        if step % 13 == 0:
            back = delivery.lines.order_by("pk").first()
            orders.take_back(
                delivery=delivery, lines=[SentBack(back.pk, 1000)], reason="外包装破损", on=on,
                red_letter_number=f"HZ{on:%y%m%d}{number:04}", by=who["qian"], now=now + timedelta(hours=8),
            )  # fmt: skip
    return number


def _apply(chosen: list[int], who: dict[str, Person], today: date) -> None:
    """Applications in several stages: just handed in, on their way, refused, granted through all their approvers."""
    approvers = ("li", "feng", "tao", "zheng")
    limits = Limit.objects.filter(terminal__in=chosen, ended_at=None).select_related("terminal__owner").order_by("pk")
    for n, live in enumerate(limits[:: max(1, len(limits) // 9)][:9]):
        application = try_to(
            credit.apply_for_credit, terminal=live.terminal, kind="raise", wanted_fen=live.fen * 3 // 2,
            term_days=live.term_days, until=today + timedelta(days=300), pledged=True,
            over_reason="新增两个科室用药，预计月采购增长一半", by=live.terminal.owner or who["wang"], now=_at(today, -6, 9),
        )  # fmt: skip
        steps = 0 if application is None else (4 if n % 3 == 0 else n % 3)
        for step, login in enumerate(approvers[:steps]):
            if application.state != "waiting":
                break
            word, more = ("agree", {})
            if step == 1:
                word, more = "reduce", {"fen": live.fen * 5 // 4, "reason": "先增四分之一"}
            elif n == 5:
                word, more = "reject", {"reason": "上季度回款仍有逾期，下季度再议"}
            given = try_to(
                credit.give_opinion,
                application=application,
                word=word,
                by=who[login],
                now=_at(today, -5 + step, 10),
                **more,
            )
            application = given or application


def _bills(chosen: list[int], who: dict[str, Person], today: date) -> None:
    """Two commercial bills on their way, and one that was not honoured."""
    rows = list(Terminal.objects.filter(pk__in=chosen, kind__in=("distributor", "chain_hq")).order_by("pk")[:3])
    for n, terminal in enumerate(rows):
        entry = receivables.receive_payment(
            terminal=terminal, number=f"PJ{today:%y%m}{n:04}", received_on=today - timedelta(days=60), fen=80_000_00,
            method="bill", bill=BillGiven("commercial", today + timedelta(days=30 * n - 5), f"6{n:029}", "某某集团财务公司"),
            how="oldest", by=who["qian"], now=_at(today, -60, 10),
        )  # fmt: skip
        if n == 0:
            receivables.dishonour_bill(
                bill=entry.bill,
                on=today - timedelta(days=2),
                reason="承兑人账户余额不足",
                by=who["qian"],
                now=_at(today, -2, 15),
            )


def try_to(do: Callable[..., Any], **given: Any) -> Any:
    """Do it; what the house refuses in the demo's own course of things is left out."""
    try:
        return do(**given)
    except Refused:
        return None
