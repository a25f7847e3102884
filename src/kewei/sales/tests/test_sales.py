"""Sale lines: reckoning, reading, posting a file, reversing it, and asking by terminal."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.journal.models import Intake
from kewei.kernel.columns import match_headings, read_rows
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.kernel.sheets import read_sheet
from kewei.products import actions as product_actions
from kewei.sales import actions, excel, queries, rules
from kewei.sales.models import SaleLine

OCTOBER, NOVEMBER = date(2026, 10, 15), date(2026, 11, 3)


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("milli", "price", "fen"),
    [(1000, 1280, 1280), (1500, 33, 50), (-1500, 33, -50), (1, 499, 0), (1, 500, 1), (0, 7, 0)],
)
def test_quantity_times_price_rounds_half_a_fen_away_from_nought(milli, price, fen):
    assert rules.reckon_fen(milli, price) == fen


@given(st.integers(-(10**9), 10**9), st.integers(-(10**7), 10**7))
def test_reckoning_is_within_half_a_fen_and_a_return_mirrors_the_sale(milli, price):
    fen = rules.reckon_fen(milli, price)
    assert abs(fen * 1000 - milli * price) * 2 <= 1000
    assert rules.reckon_fen(-milli, price) == -fen


def test_an_amount_may_differ_from_a_rounded_price_but_not_more():
    assert rules.amount_of(30_000, 333, 10_000) == 10_000  # 30 × 3.33 = 99.90, invoiced 100.00
    with pytest.raises(rules.AmountDisagrees):
        rules.amount_of(30_000, 333, 20_000)
    with pytest.raises(rules.AmountMissing):
        rules.amount_of(30_000, None, None)


@pytest.mark.parametrize(
    ("cell", "milli"), [("20", 20_000), (-3, -3000), (1.5, 1500), ("1,200", 1_200_000), (0.1, 100)]
)
def test_quantities_are_read_in_thousandths(cell, milli):
    assert excel.quantity(cell) == milli
    assert excel.quantity(excel.show_quantity(milli)) == milli


@pytest.mark.parametrize("cell", ["x", "", "1.2345", "NaN", "Infinity", 1e18, 0])
def test_what_is_no_quantity_is_refused(cell):
    with pytest.raises(rules.BadQuantity):
        excel.quantity(cell)


def test_a_file_of_sales_is_read_by_its_usual_headings():
    text = "终端编码,产品编码,产品名称,日期,数量,单价,金额,单据号\nT0001,P1,甲,2026/10/15,-2,12.8,-25.6,XS-1\n"
    sheet = read_sheet(text.encode(), "销售.csv")
    ((_, values, problems),) = read_rows(sheet, excel.COLUMNS, match_headings(sheet.headings, excel.COLUMNS))
    assert problems == []
    assert (values["quantity"], values["unit_price"], values["amount"], values["day"]) == (-2000, 1280, -2560, OCTOBER)


# --- posting ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db) -> cast.Cast:
    return cast.assemble()


def intake_of(person) -> Intake:
    return Intake.objects.create(
        noun="sales", filename="销售.csv", file_digest="0" * 64, taken_by=person, taken_at=cast.MORNING
    )


def line(terminal, fen=1000, day=OCTOBER, product=None, text="甲", milli=1000) -> rules.SaleRow:
    return rules.SaleRow(terminal.pk, product, text, day, milli, None, fen, "XS-1")


def post(person, *rows):
    intake = intake_of(person)
    return intake, actions.import_sales(rows=list(rows), intake=intake, by=person, now=cast.MORNING)


def test_lines_are_posted_and_summed_by_month(staff):
    hospital = staff.wangs_hospital
    _, made = post(
        staff.qian, line(hospital), line(hospital, 500, NOVEMBER), line(hospital, -200, NOVEMBER, milli=-1000)
    )
    assert made == {"lines": 3, "total_fen": 1300}
    months = queries.by_month(staff.wang, hospital.pk, date(2026, 1, 1), date(2026, 12, 31))
    assert [(m.month, m.lines, m.quantity_milli, m.fen) for m in months] == [
        (date(2026, 10, 1), 1, 1000, 1000),
        (date(2026, 11, 1), 2, 0, 300),
    ]
    assert queries.total_fen(staff.wang, hospital.pk, NOVEMBER, NOVEMBER) == 300


def test_top_products_know_the_catalogue_and_keep_unknown_texts_apart(staff):
    known = product_actions.add_product(code="P1", name="阿莫西林", spec="24粒", by=staff.wu, now=cast.MORNING)
    hospital = staff.wangs_hospital
    post(
        staff.qian,
        line(hospital, 900, product=known.pk, text="随便"),
        line(hospital, 200, product=known.pk, text="随便写"),
        line(hospital, 500, text="没见过的"),
    )
    best = queries.top_products(staff.wang, hospital.pk, OCTOBER, NOVEMBER)
    assert [(p.code, p.name, p.lines, p.fen) for p in best] == [
        ("P1", "阿莫西林 24粒", 2, 1100),
        ("", "没见过的", 1, 500),
    ]


def test_undo_posts_opposite_lines_once(staff):
    intake, _ = post(staff.qian, line(staff.wangs_hospital), line(staff.wangs_pharmacy, -300, milli=-1000))
    assert actions.reverse_sales(intake=intake, by=staff.qian, now=cast.MORNING) == {"lines": 2, "total_fen": 700}
    assert queries.total_fen(staff.wang, staff.wangs_hospital.pk, OCTOBER, OCTOBER) == 0
    assert SaleLine.objects.count() == 4
    with pytest.raises(rules.AlreadyReversed):
        actions.reverse_sales(intake=intake, by=staff.qian, now=cast.MORNING)
    assert SaleLine.objects.count() == 4


def test_the_database_refuses_to_change_a_line(staff):
    post(staff.qian, line(staff.wangs_hospital))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SaleLine.objects.update(fen=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SaleLine.objects.all()._raw_delete("default")


def test_sun_sees_no_line_of_wangs_and_nobody_sells_without_the_verb(staff):
    post(staff.qian, line(staff.wangs_hospital), line(staff.suns_clinic))
    assert [row.terminal_code for row in queries.list_sales(staff.sun)[0]] == ["T0003"]
    assert [row.terminal_code for row in queries.export_rows(staff.sun)] == ["T0003"]
    assert queries.by_month(staff.sun, staff.wangs_hospital.pk, OCTOBER, NOVEMBER) == []
    assert queries.top_products(staff.sun, staff.wangs_hospital.pk, OCTOBER, NOVEMBER) == []
    assert queries.list_sales(staff.zhou) == ([], 0)  # an MR sees no sales (domain 4.4)
    for person in (staff.sun, staff.wang, staff.zhou):
        with pytest.raises(NotAllowed):
            post(person, line(staff.suns_clinic))
        with pytest.raises(NotAllowed):
            actions.reverse_sales(intake=Intake.objects.first(), by=person, now=cast.MORNING)
    assert SaleLine.objects.count() == 2


def test_an_accountant_of_one_territory_posts_nothing_elsewhere(staff):
    hubei_accountant = cast.hire("chen", "陈", "accountant", staff.hubei)
    with pytest.raises(NotFound):
        post(hubei_accountant, line(staff.wangs_hospital), line(staff.suns_clinic))
    assert SaleLine.objects.count() == 0


def test_a_page_of_lines_takes_two_queries(staff, django_assert_num_queries):
    post(staff.qian, *(line(staff.wangs_hospital, n + 1) for n in range(120)))
    staff.qian.held  # noqa: B018 - posts are read once per request
    with django_assert_num_queries(2):
        rows, count = queries.list_sales(staff.qian, start=50, limit=50)
    assert (count, len(rows)) == (120, 50)
