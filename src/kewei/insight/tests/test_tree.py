"""The growth tree: to the fen for any data, as worked in docs/algorithms/growth.md, on two real sets, and on its page."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from kewei.flows.models import Usage
from kewei.insight.queries import tree as queries
from kewei.insight.rules import periods, trading
from kewei.insight.rules.tree import KEPT, LOST, NEW, PARTS, REACTIVATED, Sold, Trade, effects, grow
from kewei.kernel.sheets import read_sheet
from kewei.products.models import Product
from kewei.receivables.tests.rules.worked import fen, table
from kewei.sales import actions as sales_actions
from kewei.sales.models import SaleLine
from kewei.terminals import actions as terminals_actions
from kewei.terminals.models import Terminal

BEGAN = date(2026, 1, 1)
SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
RETAIL = SHARED / "online_retail" / "online_retail_II_2009_2010.csv.gz"
ARCOS = SHARED / "arcos" / "arcos_suffolk_ma_itemized_2006_2014.csv.gz"

FEN, MILLI = st.integers(-(10**9), 10**9), st.integers(-(10**7), 10**7)
SOLD = st.builds(Sold, st.integers(1, 5), FEN, FEN, MILLI, MILLI)
TRADE = st.builds(
    Trade, st.integers(1, 99), st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(0, 9), st.integers(0, 9),
    st.lists(SOLD, max_size=6),
)  # fmt: skip


@given(st.lists(TRADE, max_size=12))
@settings(max_examples=10_000 if os.environ.get("KEWEI_NIGHTLY") else 120)
def test_the_branches_add_up_for_any_data(trades):
    found = grow(trades, BEGAN)
    assert sum(one.fen for one in found.branches) == found.change_fen
    assert found.change_fen == sum(one.now_fen - one.before_fen for one in trades)
    # So they do for every slice of it: the tree of a part is the same rule over fewer terminals.
    for parts in (trades[::2], trades[1::2]):
        assert sum(one.fen for one in grow(parts, BEGAN).branches) == grow(parts, BEGAN).change_fen


def columns_of(rows) -> list[trading.Month]:
    """Months of rows (period, month, terminal, good, days as bits, thousandths, fen)."""
    months = defaultdict(list)
    for period, month, *row in rows:
        months[period, month].append(row)
    return [
        trading.Month(period, *np.array(told, dtype=np.int64).reshape(-1, 5).T)
        for (period, _month), told in sorted(months.items())
    ]


def one_by_one(rows, earlier) -> dict[int, dict[str, int]]:
    """The same rows, terminal by terminal, by `effects`."""
    sums = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    days = defaultdict(lambda: (set(), set()))
    for period, month, terminal, good, bits, milli, money in rows:
        sums[terminal][good][period] += money
        sums[terminal][good][2 + period] += milli
        days[terminal][period].update((month, bit) for bit in range(31) if bits >> bit & 1)
    return {
        terminal: effects(
            Trade(
                terminal, BEGAN - timedelta(days=terminal in earlier), *(len(one) for one in days[terminal]),
                [Sold(good, *told) for good, told in goods.items()],
            ),
            BEGAN,
        )
        for terminal, goods in sums.items()
    }  # fmt: skip


MONTH_ROW = st.tuples(
    st.integers(0, 1), st.integers(0, 2), st.integers(1, 4), st.integers(-2, 3), st.integers(0, 2**31 - 1),
    st.integers(-(10**7), 10**7), st.integers(-(10**9), 10**9) | st.integers(-(10**15), 10**15),
)  # fmt: skip


DATA_SETS = (st.lists(MONTH_ROW, max_size=24), st.sets(st.integers(1, 4)), st.sampled_from([1, 5, 1_000]))


@given(*DATA_SETS)
@settings(max_examples=120)
def test_columns_say_what_the_rule_says_of_each_terminal(rows, earlier, at_once):
    check_that_parts_sum(rows, earlier, at_once)


@pytest.mark.nightly
@given(*DATA_SETS)
@settings(max_examples=10_000)
def test_promise_one_on_ten_thousand_data_sets(rows, earlier, at_once):
    check_that_parts_sum(rows, earlier, at_once)


def check_that_parts_sum(rows, earlier, at_once):
    """Promise 1: the parts of random data sum to the change, however they are cut, and are those of each terminal."""
    told = trading.moves_of(columns_of(rows), at_once)
    told = told.known(np.isin(told.terminal, list(earlier)))
    singly = one_by_one(rows, earlier)
    assert told.terminal.tolist() == sorted(singly)
    for n, terminal in enumerate(told.terminal.tolist()):
        assert {part: fen for part, fen in zip(PARTS, told.parts[n].tolist(), strict=True) if fen} == {
            part: fen for part, fen in singly[terminal].items() if fen
        }
    found = trading.tree_of(told)
    assert (
        sum(one.fen for one in found.branches)
        == found.change_fen
        == sum(row[-1] * (1 if row[0] else -1) for row in rows)
    )


def test_as_worked():
    sold = [
        Sold(int(row["product"]), fen(row["before"]), fen(row["now"]), *(int(row[f"boxes {when}"]) * 1000 for when in ("before", "now")))
        for row in table("growth.md", "product")
    ]  # fmt: skip
    told = effects(Trade(1, date(2025, 1, 1), 4, 5, sold), BEGAN)
    assert told == {"orders": 245_00, "volume": -45_00, "products": -200_00, "price": 240_00}
    assert told["price"] == sum(fen(row["price"]) for row in table("growth.md", "product"))
    assert told["products"] == sum(fen(row["products"]) for row in table("growth.md", "product"))


def test_who_is_new_who_came_back_and_who_left():
    def one(first, before, now):
        sold = [Sold(1, before, now, before * 10, now * 10)]
        return effects(Trade(1, first, before > 0, now > 0, sold), BEGAN)

    assert one(date(2026, 5, 1), 0, 700) == {NEW: 700}
    assert one(date(2024, 5, 1), 0, 700) == {REACTIVATED: 700}
    assert one(date(2024, 5, 1), 700, 0) == {LOST: -700}
    assert set(one(date(2024, 5, 1), 700, 900)) == set(KEPT)


def real(rows, first: date, middle: date, last: date) -> list[tuple[str, Trade]]:
    """Trades of real lines (slice, terminal, product, day, milli, fen), the periods being up to `middle` and after it."""
    sums = defaultdict(lambda: [0, 0, 0, 0])
    days = defaultdict(lambda: (set(), set()))
    began: dict[str, date] = {}
    slices: dict[str, str] = {}
    for part, terminal, product, day, milli, money in rows:
        slices[terminal] = part
        began[terminal] = min(day, began.get(terminal, day))
        if first <= day <= last:
            now = day > middle
            sums[terminal, product][now] += money
            sums[terminal, product][2 + now] += milli
            days[terminal][now].add(day)
    sold = defaultdict(list)
    for (terminal, product), (before, now, before_milli, now_milli) in sums.items():
        sold[terminal].append(Sold(hash(product), before, now, before_milli, now_milli))
    return [
        (slices[name], Trade(n, began[name], len(days[name][0]), len(days[name][1]), items))
        for n, (name, items) in enumerate(sorted(sold.items()))
    ]


def by_columns(trades, began: date):
    """The branches of these trades, reckoned as columns."""
    rows = [one for trade in trades for one in trade.sold]
    told = trading.Trades(
        np.array([trade.terminal for trade in trades]), np.array([trade.orders_before for trade in trades]),
        np.array([trade.orders_now for trade in trades]), np.cumsum([0, *(len(trade.sold) for trade in trades[:-1])]),
        np.array([one.product for one in rows]),
        *(np.array([getattr(one, name) for one in rows]) for name in ("before_fen", "now_fen", "before_milli", "now_milli")),
    )  # fmt: skip
    earlier = np.array([trade.first_day < began for trade in trades])
    return trading.tree_of(trading.moves_in(told).known(earlier)).branches


def retail():
    with gzip.open(RETAIL, "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            if customer := (row.get("Customer ID") or row.get("CustomerID")):
                day = datetime.fromisoformat(row["InvoiceDate"]).date()
                quantity, cents = int(row["Quantity"]), round(float(row.get("Price") or row.get("UnitPrice")) * 100)
                code = row["StockCode"]
                yield row["Country"], customer, code, day, quantity * 1000, quantity * cents


def arcos():
    with gzip.open(ARCOS, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = datetime.strptime(row["TRANSACTION_DATE"].zfill(8), "%m%d%Y").date()
            units = int(float(row["DOSAGE_UNIT"] or 0))
            yield row["BUYER_BUS_ACT"], row["BUYER_DEA_NO"], row["NDC_NO"], day, units * 1000, units * 7


@pytest.mark.parametrize(
    ("file", "rows", "first", "middle", "last"),
    [
        (RETAIL, retail, date(2010, 3, 1), date(2010, 7, 31), date(2010, 11, 30)),
        (ARCOS, arcos, date(2011, 1, 1), date(2012, 12, 31), date(2014, 12, 31)),
    ],
    ids=["online_retail", "arcos"],
)
def test_two_real_sets_add_up_in_every_slice(file, rows, first, middle, last):
    if not file.exists():
        pytest.skip(f"{file.name} is not here: ../shared/data")
    trades = real(rows(), first, middle, last)
    assert len(trades) > 100
    for part in {"", *(one for one, _trade in trades)}:
        mine = [trade for one, trade in trades if part in ("", one)]
        found = grow(mine, first)
        assert sum(one.fen for one in found.branches) == found.change_fen
        assert found.change_fen == sum(one.now_fen - one.before_fen for one in mine)
        assert [(one.part, one.terminals, one.fen) for one in by_columns(mine, first)] == [
            (one.part, one.terminals, one.fen) for one in found.branches
        ]
    every = {one.part: one.terminals for one in grow([trade for _part, trade in trades], first).branches}
    assert all(every[part] > 0 for part in (NEW, LOST, *KEPT) if part != "price" or file == RETAIL)


# --- on the page ------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db):
    staff = cast.assemble()
    today = date(2026, 11, 23)
    staff.periods = queries.periods_of("quarter", today)

    def sell(terminal, day, milli, money, product="甲"):
        SaleLine.objects.create(
            terminal=terminal, product_text=product, day=day, quantity_milli=milli, fen=money, source="import"
        )

    for month in (5, 6, 7):
        sell(staff.wangs_hospital, date(2026, month, 9), 10_000, 100_00)
        sell(staff.wangs_pharmacy, date(2026, month, 9), 10_000, 50_00)
    for month in (8, 9, 10):
        sell(staff.wangs_hospital, date(2026, month, 9), 12_000, 144_00)
        sell(staff.wangs_hospital, date(2026, month, 9), 1_000, 30_00, "乙")
    sell(staff.suns_clinic, date(2026, 9, 9), 1_000, 77_00)
    return staff


def test_periods_are_whole_months_before_todays_own():
    told = {span: queries.periods_of(span, date(2026, 3, 15)) for span in queries.SPANS}
    assert told["month"] == queries.Periods(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28))
    assert told["quarter"] == queries.Periods(
        date(2025, 9, 1), date(2025, 11, 30), date(2025, 12, 1), date(2026, 2, 28)
    )
    assert told["year_ago"] == queries.Periods(
        date(2024, 12, 1), date(2025, 2, 28), date(2025, 12, 1), date(2026, 2, 28)
    )
    for one in told.values():
        assert one.before_last < one.now_first


def test_one_sees_the_tree_of_what_one_sees(staff):
    mine = queries.tree_of(staff.wang, staff.periods)
    assert (mine.tree.before_fen, mine.tree.now_fen) == (450_00, 522_00)
    told = {one.part: one.fen for one in mine.tree.branches}
    assert told == {
        NEW: 0,
        REACTIVATED: 0,
        "orders": 0,
        "volume": 60_00,
        "products": 90_00,
        "price": 72_00,
        LOST: -150_00,
    }
    rows, count = queries.behind(staff.wang, mine, LOST)
    assert ([row.code for row in rows], count) == ([staff.wangs_pharmacy.code], 1)
    every = queries.tree_of(staff.zheng, staff.periods)
    assert {one.part: one.fen for one in every.tree.branches}[NEW] == 77_00
    kinds = queries.tree_of(staff.zheng, staff.periods, queries.Slice(kind="clinic"))
    assert (kinds.tree.change_fen, kinds.count) == (77_00, 1)


def test_a_return_is_no_order_and_a_name_written_anew_no_other_product(staff):
    product = Product.objects.create(
        code="P1", name="丙", unit="盒", scope_class="general", search="丙", added_at=cast.MORNING
    )
    for month, milli, text in ((6, 10_000, "丙"), (9, 12_000, "丙（新包装）")):
        SaleLine.objects.create(
            terminal=staff.suns_clinic, product=product, product_text=text, day=date(2026, month, 9), quantity_milli=milli,
            fen=milli, source="import",
        )  # fmt: skip
    SaleLine.objects.create(
        terminal=staff.wangs_pharmacy, product_text="甲", day=date(2026, 8, 3), quantity_milli=-2_000, fen=-10_00, source="import"
    )  # fmt: skip
    suns = queries.tree_of(staff.sun, staff.periods)
    told = {one.part: one.fen for one in suns.tree.branches}
    assert (told["products"], told["volume"]) == (77_00, 20_00)
    lost = {one.part: one.fen for one in queries.tree_of(staff.wang, staff.periods).tree.branches}[LOST]
    assert lost == -160_00


def test_the_page_draws_it_and_opens_what_is_behind_each_bar(staff, client, django_assert_max_num_queries):
    client.force_login(staff.zheng)
    address = reverse("insight:tree")
    with django_assert_max_num_queries(45):
        page = client.get(f"{address}?span=year&branch={LOST}")
    assert page.status_code == 200
    grown = page.context["found"].tree
    assert sum(one.fen for one in grown.branches) == grown.change_fen
    assert [one.part for one, *_more in page.context["parts"]] == list(PARTS)
    assert client.get(f"{address}?span=never&owner=x&kind=nobody").status_code == 200
    client.force_login(staff.zhou)
    assert client.get(address).status_code == 403


def test_chosen_months_and_what_is_wrong_with_them(staff, client):
    assert periods.chosen("2026-08", "2026-10") == staff.periods
    assert periods.chosen("2026-10", "", "2025-10") == periods.Periods(
        date(2025, 10, 1), date(2025, 10, 31), date(2026, 10, 1), date(2026, 10, 31)
    )
    for wrong, months in (
        (periods.PeriodBackwards, ("2026-10", "2026-09")),
        (periods.PeriodsOverlap, ("2026-09", "2026-10", "2026-08", "2026-09")),
        (periods.PeriodTooLong, ("2019-01", "2026-10")),
        (periods.BadMonth, ("2026-13", "")),
        (periods.BadMonth, ("0001-01", "")),
    ):
        with pytest.raises(wrong):
            periods.chosen(*months)
    client.force_login(staff.wang)
    page = client.get(reverse("insight:tree") + "?span=custom&first=2026-08&last=2026-10")
    assert page.context["found"].periods == staff.periods
    page = client.get(reverse("insight:tree") + "?span=custom&first=2026-10&last=2026-08&product=nirgends")
    assert page.status_code == 200
    assert "没有找到产品" in page.context["wrong"]
    assert "2026-08" in page.context["wrong"]


def test_prepared_months_say_the_same_and_a_line_after_them_counts(staff):
    before = queries.tree_of(staff.zheng, staff.periods).tree
    sales_actions.prepare_months(by=staff.zheng, now=cast.MORNING)
    assert queries.tree_of(staff.zheng, staff.periods).tree == before
    # Bought long ago: comes back rather than new, whether prepared or not.
    SaleLine.objects.create(
        terminal=staff.suns_clinic, product_text="甲", day=date(2024, 9, 9), quantity_milli=1_000, fen=1_00, source="import"
    )  # fmt: skip
    for _again in range(2):
        told = {one.part: one.fen for one in queries.tree_of(staff.zheng, staff.periods).tree.branches}
        assert (told[NEW], told[REACTIVATED]) == (0, 77_00)
        sales_actions.prepare_months(by=staff.zheng, now=cast.MORNING)


def test_usage_through_distributors_is_a_tree_of_its_own_with_their_depth(staff, client):
    seller = Terminal.objects.create(code="D1", name="九州通", kind="distributor", added_at=cast.MORNING)
    product = Product.objects.create(
        code="P1", name="丙", unit="盒", scope_class="general", search="丙", added_at=cast.MORNING
    )
    for month, money in ((date(2026, 7, 1), 20_00), (date(2026, 9, 1), 50_00)):
        Usage.objects.create(
            distributor=seller, month=month, terminal=staff.wangs_hospital, product=product, quantity_milli=5_000,
            fen=money, posted_by=staff.zheng, posted_at=cast.MORNING,
        )  # fmt: skip
        SaleLine.objects.create(
            terminal=staff.wangs_hospital, product=product, day=month.replace(day=30), quantity_milli=5_000, fen=money,
            source="flow",
        )  # fmt: skip
    SaleLine.objects.create(
        terminal=seller, product=product, day=date(2026, 9, 2), quantity_milli=9_000, fen=70_00, source="import"
    )
    through = queries.tree_of(staff.wang, staff.periods, queries.Slice(source=queries.THROUGH))
    assert (through.tree.before_fen, through.tree.now_fen) == (20_00, 50_00)
    assert queries.tree_of(staff.wang, staff.periods).tree.now_fen == 522_00
    (depth,) = queries.depths(staff.zheng, staff.periods)
    assert (depth.taken_before_fen, depth.per_terminal_now_fen, depth.bought_now_fen) == (20_00, 50_00, 70_00)
    assert (depth.terminals_before, depth.terminals_now, depth.products_now) == (1, 1, 1)
    assert queries.depths(staff.sun, staff.periods) == []
    client.force_login(staff.zheng)
    page = client.get(reverse("insight:tree") + "?source=through")
    assert page.status_code == 200
    assert seller.name in page.content.decode()


def test_whoever_changed_kind_or_owner_is_said(staff):
    now = datetime(2026, 7, 1, 9, tzinfo=cast.MORNING.tzinfo)
    terminals_actions.change_terminal(terminal=staff.wangs_pharmacy, kind="clinic", by=staff.wang, now=now)
    terminals_actions.assign_owner(terminal=staff.wangs_hospital, owner=staff.sun, by=staff.zheng, now=now)
    moved = queries.tree_of(staff.zheng, staff.periods).moved
    assert moved == queries.Moved(1, 222_00, 1, -150_00)


def test_a_product_is_meant_by_code_name_or_key(staff):
    for n in range(3):
        Product.objects.create(
            code=f"P{n}", name=f"丙{n}", unit="盒", scope_class="general", search=f"p{n} 丙{n}", added_at=cast.MORNING
        )
    second = Product.objects.get(code="P1")
    for text in ("P1", "P1 丙1", "丙1", str(second.pk)):
        assert queries.product_meant(staff.wang, text)[0] == second.pk, text
    assert queries.product_meant(staff.wang, "没有这样的药") is None


def test_the_tree_as_json_and_as_a_file(staff, client):
    client.force_login(staff.zheng)
    told = client.get("/api/insight/tree?first=2026-08&last=2026-10").json()
    assert sum(one["fen"] for one in told["branches"]) == told["now_fen"] - told["before_fen"]
    rows = client.get("/api/insight/tree/lost?first=2026-08&last=2026-10").json()
    assert [row["code"] for row in rows["items"]] == [staff.wangs_pharmacy.code]
    wrong = client.get("/api/insight/tree?first=2026-08&last=2026-07")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "period_backwards")
    page = client.get(reverse("insight:tree") + "?span=custom&first=2026-08&last=2026-10&file=xlsx")
    rows = read_sheet(b"".join(page.streaming_content), "增长树.xlsx").rows
    assert len(list(rows)) == 5
    client.force_login(staff.wang)
    assert client.get(reverse("insight:tree") + "?file=xlsx").status_code == 403


def test_a_day_more_makes_no_difference_to_whole_months():
    first = queries.periods_of("half", date(2026, 11, 1))
    assert first == queries.periods_of("half", date(2026, 11, 1) + timedelta(days=29))
