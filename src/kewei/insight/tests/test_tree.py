"""The growth tree: to the fen for any data, as worked in docs/algorithms/growth.md, on two real sets, and on its page."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from kewei.insight.queries import tree as queries
from kewei.insight.rules.tree import KEPT, LOST, NEW, PARTS, REACTIVATED, Sold, Trade, effects, grow
from kewei.products.models import Product
from kewei.receivables.tests.rules.worked import fen, table
from kewei.sales.models import SaleLine

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
    assert (kinds.tree.change_fen, len(kinds.trades)) == (77_00, 1)


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


def test_a_day_more_makes_no_difference_to_whole_months():
    first = queries.periods_of("half", date(2026, 11, 1))
    assert first == queries.periods_of("half", date(2026, 11, 1) + timedelta(days=29))
