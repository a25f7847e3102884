"""Months are the lines: whatever is posted, taken back or comes late, before and after it is prepared."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from tests import cast
from tests.promises.conftest import counts

from kewei.journal.models import Fact
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.products.models import Product
from kewei.sales import actions, queries, rules
from kewei.sales.models import MonthOfTerminal, PreparedMonth, SaleLine
from kewei.sales.queries.months import Columns, last_line
from kewei.sales.rules import losses
from kewei.sales.rules.lapse import LAPSE
from kewei.sales.rules.months import good_of
from kewei.sales.tests.test_sales import intake_of

FIRST, LAST = date(2026, 5, 1), date(2026, 9, 30)


@pytest.fixture
def staff(db) -> cast.Cast:
    return cast.assemble()


def from_lines() -> dict[tuple, tuple]:
    """The same months, counted one line after the other."""
    sums: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0])
    days: dict[tuple, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for line in SaleLine.objects.filter(day__range=(FIRST, LAST)):
        through = line.source == "flow"
        key = (line.terminal_id, good_of(line.product_id, line.product_text), through, line.day.replace(day=1))
        sums[key] = [a + b for a, b in zip(sums[key], (1, line.quantity_milli, line.fen), strict=True)]
        if through:
            days[key][line.day] += line.quantity_milli
        elif line.reverses_id is None:
            days[key][line.day] += line.quantity_milli > 0
        else:
            days[key][line.day] -= line.quantity_milli < 0
    return {key: (*told, sum(n > 0 for n in days[key].values())) for key, told in sums.items()}


def from_months() -> dict[tuple, tuple]:
    return {
        (row.terminal, good_of(row.product, row.written), row.through, row.month): (
            row.lines, row.quantity_milli, row.fen, row.orders,
        )
        for row in queries.sold_by_month(None, None, FIRST, LAST)
    }  # fmt: skip


def from_columns() -> tuple[int, int]:
    found = queries.columns(FIRST, LAST)
    milli = fen = 0
    for one in found:
        values = memoryview(one.body).cast("q")
        size = len(values) // Columns.WIDTH
        milli += sum(values[3 * size : 4 * size])
        fen += sum(values[4 * size :])
    return milli, fen


@counts(6, 200)
def test_months_equal_the_lines_through_posting_taking_back_and_coming_late(times, staff):
    chance = random.Random(20261128)
    product = Product.objects.create(
        code="P1", name="丙", unit="盒", scope_class="general", search="丙", added_at=cast.MORNING
    )
    terminals = [staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic]

    def some() -> list[rules.SaleRow]:
        return [
            rules.SaleRow(
                chance.choice(terminals).pk, chance.choice((product.pk, None)), chance.choice(("甲", "乙", "")),
                FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)), chance.randrange(-3, 9) * 1000 or 1000,
                None, chance.randrange(-9_999, 99_999), "",
            )
            for _n in range(chance.randrange(1, 12))
        ]  # fmt: skip

    intakes = []
    for _round in range(times):
        intakes.append(intake_of(staff.zheng))
        actions.import_sales(rows=some(), intake=intakes[-1], by=staff.zheng, now=cast.MORNING)
        if chance.random() < 0.5:
            actions.post_lines(
                rows=some(), source="flow", verb="sales.import", by=staff.zheng, now=cast.MORNING, wins=False
            )
        if chance.random() < 0.4:
            actions.reverse_sales(intake=intakes.pop(chance.randrange(len(intakes))), by=staff.zheng, now=cast.MORNING)
        for again in range(2):
            assert from_months() == from_lines(), again
            lines = SaleLine.objects.filter(day__range=(FIRST, LAST))
            assert from_columns() == (sum(one.quantity_milli for one in lines), sum(one.fen for one in lines))
            if again == 0:
                actions.prepare_months(by=staff.zheng, now=cast.MORNING)
                assert queries.freshness().lines_since == 0


def test_only_months_touched_are_counted_again(staff):
    def sell(day):
        SaleLine.objects.create(
            terminal=staff.wangs_hospital, product_text="甲", day=day, quantity_milli=1000, fen=100, source="import"
        )

    sell(date(2026, 5, 9))
    sell(date(2026, 6, 9))
    assert queries.freshness() == queries.Freshness(None, 2)
    assert actions.prepare_months(by=staff.zheng, now=cast.MORNING) == 2
    assert actions.prepare_months(by=staff.zheng, now=cast.MORNING) == 0
    later = cast.MORNING + timedelta(days=1)
    sell(date(2026, 5, 30))
    assert queries.freshness() == queries.Freshness(cast.MORNING, 1)
    assert actions.prepare_months(by=staff.zheng, now=later) == 1
    told = dict(PreparedMonth.objects.values_list("month", "prepared_at"))
    assert told == {date(2026, 5, 1): later, date(2026, 6, 1): cast.MORNING}
    assert Fact.objects.filter(name="sales.months_prepared").count() == 2
    assert MonthOfTerminal.objects.get(month=date(2026, 5, 1)).orders == 2
    assert last_line() == SaleLine.objects.latest("pk").pk
    with pytest.raises(NotAllowed):
        actions.prepare_months(by=staff.wang, now=later)


def test_a_sale_taken_back_is_no_order_and_sell_through_has_no_rhythm(staff):
    intake = intake_of(staff.zheng)
    what = Product.objects.create(code="P1", name="甲", unit="盒", added_at=cast.MORNING)
    rows = [rules.SaleRow(staff.wangs_hospital.pk, what.pk, "", date(2026, 5, 9), 1000, None, 100)]
    actions.import_sales(rows=rows, intake=intake, by=staff.zheng, now=cast.MORNING)
    actions.reverse_sales(intake=intake, by=staff.zheng, now=cast.MORNING)
    flows = [row._replace(day=date(2026, 5, 31)) for row in rows]
    actions.post_lines(rows=flows, source="flow", verb="sales.import", by=staff.zheng, now=cast.MORNING, wins=False)
    told = {row.through: row.orders for row in queries.sold_by_month(None, None, FIRST, LAST)}
    assert told == {False: 0, True: 1}
    assert queries.habits_of_product(what.pk, LAST, LAPSE.read(LAPSE.body)) == {}
    actions.post_lines(rows=rows, source="order", verb="sales.import", by=staff.zheng, now=cast.MORNING)
    (habit,) = queries.habits_of_product(what.pk, LAST, LAPSE.read(LAPSE.body)).values()
    assert habit == (date(2026, 5, 9), 0, None, 1, 1000)


# --- why a customer was lost ------------------------------------------------------------------------------------------


def test_why_a_customer_was_lost_is_kept_with_the_purchase_it_followed(staff):
    with pytest.raises(losses.NeverBought):
        actions.tell_loss(terminal=staff.wangs_hospital, reason="price", by=staff.wang, now=cast.MORNING)
    SaleLine.objects.create(
        terminal=staff.wangs_hospital, product_text="甲", day=date(2026, 5, 9), quantity_milli=1000, fen=100, source="import"
    )  # fmt: skip
    row = actions.tell_loss(
        terminal=staff.wangs_hospital, reason="price", note=" 便宜三成 ", by=staff.wang, now=cast.MORNING
    )
    assert (row.last_day, row.note) == (date(2026, 5, 9), "便宜三成")
    with pytest.raises(losses.NoSuchReason):
        actions.tell_loss(terminal=staff.wangs_hospital, reason="weather", by=staff.wang, now=cast.MORNING)
    with pytest.raises(losses.OtherNeedsWords):
        actions.tell_loss(terminal=staff.wangs_hospital, reason="other", note=" ", by=staff.wang, now=cast.MORNING)
    with pytest.raises(NotFound):
        actions.tell_loss(terminal=staff.wangs_hospital, reason="price", by=staff.sun, now=cast.MORNING)
    with pytest.raises(NotAllowed):
        actions.tell_loss(terminal=staff.wangs_hospital, reason="price", by=staff.zhou, now=cast.MORNING)
