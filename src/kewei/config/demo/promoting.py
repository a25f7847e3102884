"""Key products of the demo company: one campaign closed with its result, one running this month with its wishes and costs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from kewei.campaigns import actions
from kewei.campaigns.queries import lists
from kewei.campaigns.queries.candidates import sold_a_month
from kewei.campaigns.rules.holding_out import TREATED
from kewei.campaigns.rules.states import CHECKS, Given
from kewei.config.demo.cards import SEED
from kewei.journal.actions.intake import take_in
from kewei.kernel.calendar import month_before, month_end
from kewei.kernel.ids import digest
from kewei.people import queries as persons
from kewei.people.models import Person
from kewei.sales import actions as sales
from kewei.sales.rules import SaleRow

# Places in the list of products: what was pushed two months ago, what is pushed now.
LAST, NOW = 10, 7
LISTED = 60
# Whoever was visited bought no less than usual, four in five some boxes more: enough to be told from chance.
TOOK_IN, OF, BOXES, PRICE_FEN = 4, 5, (200, 380), 2390


def fill(*, goods: list[int], today: date) -> None:
    """Li picks, legal agrees; the older one is closed three weeks after its month."""
    li, he = persons.person_by_login("li"), persons.person_by_login("he")
    hubei = persons.territory_by_code("HB")
    if li is None or he is None or hubei is None:
        return
    month = month_before(today.replace(day=1), 2)
    closed = _run(goods[LAST], "氨溴索口服溶液", month, 200_000, hubei.pk, li, he)
    _sell_more(closed, goods[LAST], month)
    middle = _at(month + timedelta(days=14), 15)
    actions.note_cost(
        campaign=closed,
        kind="meeting",
        fen=186_000,
        on=middle.date(),
        note="科室说明会两场，场地与资料",
        by=li,
        now=middle,
    )
    after = _at(month_end(month) + timedelta(days=21), 10)
    if after.date() < today:
        actions.close_campaign(campaign=closed, note="按期完结", by=li, now=after)
    running = _run(goods[NOW], "布洛芬缓释胶囊", today.replace(day=1), 300_000, hubei.pk, li, he)
    early = _at(today.replace(day=1), 14)
    actions.note_cost(
        campaign=running, kind="material", fen=86_000, on=early.date(), note="说明折页 400 份", by=li, now=early
    )
    waiting = month_before(today.replace(day=1), -1)
    _propose(goods[8], "复方丹参滴丸", waiting, 200_000, hubei.pk, li, _at(today - timedelta(days=1), 16))


def _propose(product: int, name: str, month: date, goal_milli: int, territory: int, li: Person, now: datetime) -> int:
    given = Given(
        f"{month.month} 月重点：{name}", month, month, month_end(month), "会用的终端都用起来", goal_milli,
        cap_fen=500_000,
    )  # fmt: skip
    return actions.propose_campaign(product=product, given=given, territory=territory, by=li, now=now).pk


def _run(product: int, name: str, month: date, goal_milli: int, territory: int, li: Person, he: Person) -> int:
    """Proposed, drawn, agreed to and started in the week before its month."""
    now = _at(month - timedelta(days=6), 9)
    pk = _propose(product, name, month, goal_milli, territory, li, now)
    shown = actions.make_material(
        name=f"{name}说明折页", product=product, says="适应症、用法用量、不良反应与禁忌，摘自现行说明书",
        valid_until=month + timedelta(days=365), by=li, now=now,
    )  # fmt: skip
    actions.judge_version(version=shown.pk, agreed=True, note="与说明书一致", by=he, now=now + timedelta(hours=3))
    actions.use_material(campaign=pk, version=shown.pk, by=li, now=now)
    actions.compose_list(campaign=pk, size=LISTED, seed=SEED % 100_000 + month.month, by=li, now=now)
    actions.hand_in(campaign=pk, by=li, now=now)
    actions.give_opinion(campaign=pk, agreed=True, checks=list(CHECKS), by=he, now=now + timedelta(days=1))
    actions.start_campaign(campaign=pk, by=li, now=now + timedelta(days=2))
    return pk


def _sell_more(campaign: int, product: int, month: date) -> None:
    """What the visits brought: through distributors, who reported it at the month's end."""
    random, qian = Random(SEED + campaign), persons.person_by_login("qian")  # noqa: S311
    rows: list[Any] = []
    worked_on = [one for one in lists.drawn(campaign) if one.arm == TREATED]
    sold = sold_a_month(product, month, month_end(month), [one.terminal_id for one in worked_on])
    for one in worked_on:
        usual = -(-max(0, one.baseline_milli - sold.get(one.terminal_id, 0)) // 1000)
        more = random.randrange(*BOXES) if random.randrange(OF) < TOOK_IN else 0
        if boxes := usual + more:
            day = month + timedelta(days=random.randrange(5, 28))
            rows.append(SaleRow(one.terminal_id, product, "", day, boxes * 1000, PRICE_FEN, boxes * PRICE_FEN, ""))
    now = _at(month_end(month), 17)
    mark = digest(["sales", f"重点产品 {month:%Y-%m}"])
    take_in(
        noun="sales", filename=f"重点产品经销商销售 {month:%Y-%m}.xlsx", file_digest=mark, layout="generic", mark=mark,
        verb="sales.import", do=lambda intake: sales.import_sales(rows=rows, intake=intake, by=qian, now=now), by=qian, now=now,
    )  # fmt: skip


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
