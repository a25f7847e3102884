"""Every table of docs/algorithms/flows.md; and what must hold for any rows whatever."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.flows.rules import balance, files, months
from kewei.flows.rules.balance import Rolled, Sold
from kewei.flows.rules.files import Former, RawLine
from kewei.flows.rules.goods import GoodsAsked, Known, place_goods_alike
from kewei.flows.rules.months import Amount
from kewei.flows.tests.worked import table
from kewei.kernel.calendar import month_before
from kewei.kernel.columns import MissingValue

PAGE = "flows.md"


def units(cell: str) -> list[int | None]:
    return [None if one.strip() == "?" else int(one) * 1000 for one in cell.split(",") if one.strip()]


def milli(cell: str) -> int | None:
    return None if not cell else round(float(cell) * 1000)


@pytest.mark.parametrize("row", table(PAGE, "raw rows"), ids=lambda row: row["raw rows"])
def test_a_file_adds_up_or_does_not(row):
    found = balance.balance_of(units(row["raw rows"]), units(row["clean rows"]), units(row["aside rows"]))
    sums = (found.raw_milli, found.clean_milli, found.aside_milli)
    assert sums == tuple(milli(row[name]) for name in ("raw", "clean", "aside"))
    assert found.holds == (row["holds"] == "yes")
    if not found.holds:
        with pytest.raises(balance.MassLost):
            found.check()


@pytest.mark.parametrize("row", table(PAGE, "rows before"), ids=lambda row: row["rows now"])
def test_a_file_sent_again(row):
    before, now = ([Former(one, one[0]) for one in row[name].split()] for name in ("rows before", "rows now"))
    found = files.compare(now, before)
    assert [found.tags.count(tag) for tag in ("same", "changed", "new")] == [
        int(row[tag]) for tag in ("same", "changed", "new")
    ]
    assert found.gone == int(row["gone"])
    assert files.is_sent_again(found, len(before)) == (row["takes its place"] == "yes")


@pytest.mark.parametrize("row", table(PAGE, "opening"), ids=lambda row: "/".join(row.values()))
def test_stock_rolls(row):
    found = Rolled(milli(row["opening"]), milli(row["in"]), milli(row["out"]), milli(row["counted"]))
    assert found.expected_milli == milli(row["expected"])
    assert found.difference_milli == milli(row["difference"])
    assert found.closing_milli == milli(row["closes with"])
    assert found.holds == (row["difference"] == "0")


@pytest.mark.parametrize("row", table(PAGE, "closing", "sold in the months"), ids=lambda row: row["closing"])
def test_months_of_stock(row):
    closing, outs = milli(row["closing"]), units(row["sold in the months"])
    months_pct = balance.months_of_stock_pct(closing, outs)
    assert (None if months_pct is None else f"{months_pct // 100}.{months_pct % 100:02}") == (row["months"] or None)
    assert balance.stock_alarms(closing, outs, 300) == (row["alarms above 3"] == "yes")


@pytest.mark.parametrize("row", table(PAGE, "distributor's territory"), ids=lambda row: "/".join(row.values()))
def test_diversion(row):
    owners = {"own": 1, "other": 9}
    bought = {owners[one.strip()] for one in row["batch bought by"].split(",") if one.strip() in owners}
    line = Sold(77, 1, 2, 3, "B1", int(row["quantity"]) * 1000)
    paths = {1: row["distributor's territory"], 2: row["terminal's territory"]}
    found = balance.diversions([line], paths, {(3, "B1"): bought} if bought else {})
    assert ", ".join(one.why for one in found) == (row["alarm"] if row["alarm"] != "none" else "")


@pytest.mark.parametrize("row", table(PAGE, "written"), ids=lambda row: row["written"])
def test_units(row):
    found = balance.in_products_unit(milli(row["written"]), int(row["times"]), int(row["per"]))
    assert found == milli(row["in the product's unit"])


def places(cell: str) -> dict[tuple[int, int, int], Amount]:
    pairs = [one.split() for one in cell.split(",") if one.strip()]
    return {(1, ord(letter), 1): Amount(int(n) * 1000, int(n) * 128) for letter, n in pairs}


@pytest.mark.parametrize("row", table(PAGE, "wanted"), ids=lambda row: row["wanted"])
def test_what_is_left_to_post(row):
    wanted, posted = places(row["wanted"]), places(row["posted"])
    assert months.left_to_post(wanted, posted) == places(row["left"])


AMOUNTS = st.dictionaries(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2)),
    st.builds(Amount, st.integers(-9, 9), st.integers(-9, 9)),
    max_size=6,
)


@given(AMOUNTS, AMOUNTS)
def test_posting_what_is_left_leaves_nothing(wanted, posted):
    left = months.left_to_post(wanted, posted)
    after = {
        place: Amount(
            posted.get(place, months.NOTHING).quantity_milli + left.get(place, months.NOTHING).quantity_milli,
            posted.get(place, months.NOTHING).fen + left.get(place, months.NOTHING).fen,
        )
        for place in {*posted, *left}
    }
    assert months.left_to_post(wanted, after) == {}


ROWS = st.lists(
    st.builds(
        lambda quantity, day, name, bad: (quantity, day, name, bad),
        st.none() | st.integers(-(10**9), 10**9),
        st.dates(date(2026, 8, 1), date(2026, 12, 31)),
        st.sampled_from(["荆门一医", "合计", "", "李刚诊所"]),
        st.booleans(),
    ),
    max_size=30,
)


@given(ROWS, st.sampled_from(["sales", "purchases", "stock"]))
def test_mass_is_kept_for_any_rows(rows, kind):
    lines = [
        RawLine(
            at, {"客户": name, "数量": str(quantity)}, quantity, {"customer": name, "day": day},
            ("A", "客户", MissingValue()) if bad or quantity is None else None,
        )
        for at, (quantity, day, name, bad) in enumerate(rows, 2)
    ]  # fmt: skip
    found = files.sort_rows(lines, kind, date(2026, 10, 1))
    assert sorted([*(row.number for row in found.clean), *(row.number for row in found.aside)]) == [
        line.number for line in lines
    ]
    balance.balance_of(
        [line.quantity_milli for line in lines],
        [line.quantity_milli for line in found.clean],
        [row.quantity_milli for row in found.aside],
    ).check()


@given(st.dictionaries(st.integers(1, 9), st.integers(-99, 99)), st.dictionaries(st.integers(1, 9), st.integers(1, 9)))
def test_attributed_usage_is_moved_never_copied(usage, stands_for):
    assert sum(balance.attributed(usage, stands_for).values()) == sum(usage.values())


def test_an_off_site_pharmacy_is_shown_at_its_hospital():
    assert balance.attributed({1: 10, 2: 5, 3: 1}, {2: 1}) == {1: 15, 3: 1}


AMOXICILLIN = Known(1, "P1", "阿莫西林胶囊", "阿莫仙", "0.25g×24粒", "盒", 100)
TWENTY = Known(2, "P2", "阿莫西林胶囊", "", "0.25g×20粒", "盒", None)


def test_of_two_products_of_one_name_our_own_code_tells_which():
    twins = [AMOXICILLIN, AMOXICILLIN._replace(pk=9, code="P9")]
    asked = [GoodsAsked("阿莫西林胶囊", "0.25g×24粒", "盒", code) for code in ("P9", "")]
    assert place_goods_alike(asked, twins) == [(9, 1, 1), None]


@pytest.mark.parametrize(
    ("goods", "placed"),
    [
        (GoodsAsked("阿莫西林胶囊", "0.25G*24粒", "盒", ""), (1, 1, 1)),
        (GoodsAsked("阿莫仙", "0.25g × 24粒", "", ""), (1, 1, 1)),
        (GoodsAsked("阿莫西林胶囊0.25g×20粒", "", "盒", ""), (2, 1, 1)),
        (GoodsAsked("阿莫西林胶囊", "0.25g×24粒", "箱", ""), (1, 100, 1)),
        (GoodsAsked("阿莫西林胶囊", "0.25g×20粒", "箱", ""), None),
        (GoodsAsked("阿莫西林胶囊", "0.25g×24粒", "粒", ""), None),
        (GoodsAsked("阿莫西林胶囊", "0.5g×24粒", "盒", ""), None),
        (GoodsAsked("阿莫西林胶囊", "", "盒", "p1"), (1, 1, 1)),
        (GoodsAsked("头孢", "", "盒", "P1"), None),
    ],
)
def test_goods_are_placed_only_where_nothing_is_in_doubt(goods, placed):
    assert place_goods_alike([goods], [AMOXICILLIN, TWENTY]) == [placed]


@pytest.mark.parametrize(
    ("mapping", "kind"),
    [
        ({"日期": "day", "客户名称": "customer", "品名": "product", "数量": "quantity"}, "sales"),
        ({"日期": "day", "供应商": "supplier", "品名": "product", "数量": "quantity"}, "purchases"),
        ({"品名": "product", "库存数量": "quantity"}, "stock"),
        ({"品名": "product", "谁买的": None, "数量": "quantity"}, None),
        ({"客户名称": "customer", "供应商": "supplier", "品名": "product"}, None),
        ({"数量": "quantity"}, None),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_headings_or_asked(mapping, kind):
    if kind is None:
        with pytest.raises(files.KindUnclear):
            files.guess_kind(mapping)
    else:
        assert files.guess_kind(mapping) == kind


@pytest.mark.parametrize("text", ["2026-10", "202610", "2026/10", "2026年10月", "2026.10"])
def test_months_as_people_write_them(text):
    assert months.month_of(text) == date(2026, 10, 1)


@pytest.mark.parametrize("text", ["2026-13", "十月", "2026-10-01", ""])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(months.BadMonth):
        months.month_of(text)


def test_months_before_and_after():
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1)
    assert month_before(date(2026, 3, 1), 14) == date(2025, 1, 1)
    assert months.last_day(date(2024, 2, 1)) == date(2024, 2, 29)
    assert months.next_month(date(2026, 12, 1)) == date(2027, 1, 1)
