"""Orders and prices from files and back again: what is one order, what is there already, faults, undo, and who may not."""

from datetime import date

import pytest
from tests import trading

from kewei.desk.intake.engine import MustBeWhole
from kewei.journal.models import Intake
from kewei.kernel.refusals import NotAllowed
from kewei.orders import actions, queries
from kewei.orders.models import Order, Price, Verdict
from kewei.orders.rules.files import FilesFault, ImportedOrderMoved

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(time_machine):
    time_machine.move_to(trading.NOW, tick=False)
    return trading.open_shop()


def file(trade, noun="orders", by=None):
    return Intake.objects.create(
        noun=noun, filename="订单.xlsx", file_digest="0" * 64, taken_by=by or trade.staff.wang, taken_at=trading.NOW
    )


def line(trade, product="P1", milli=5_000, ref="CG1", **more):
    code = trade.hospital.code
    return {"customer_code": code, "product_code": product, "quantity": milli, "customer_ref": ref, **more}


def take(trade, *rows, by=None):
    return actions.import_orders(rows=rows, intake=file(trade), by=by or trade.staff.wang, now=trading.NOW)


def plan(person, *rows):
    return queries.plan_orders(person, enumerate(rows, 1))


def codes(found):
    return [(row, column, why.code) for row, column, why in found.faults]


def test_rows_of_one_reference_are_one_order_and_the_gate_looks_at_each(trade):
    made = take(
        trade,
        line(trade),
        line(trade, "P2", 1_000, price=39_00, line_note="冷链"),
        line(trade, milli=200_000, ref="CG2"),
    )
    first, second = Order.objects.filter(pk__in=made["order_ids"]).order_by("customer_ref")
    assert [(one.place, one.fen, one.note) for one in first.lines.order_by("place")] == [
        (1, 50_00, ""),
        (2, 39_00, "冷链"),
    ]
    assert (first.source, first.state, second.state) == ("file", "released", "held")
    assert made["states"] == {"released": 1, "held": 1}
    assert Verdict.objects.count() == 2
    assert plan(trade.staff.wang, line(trade), line(trade, "P2", 1_000)).same == 1


def test_a_dry_run_says_what_the_gate_would_make_of_each_row_and_writes_nothing(trade):
    rows = [
        line(trade, milli=60_000),
        line(trade, milli=60_000, ref="CG2"),
        line(trade, milli=2_000, ref="CG3"),
        line(trade, "P3", 1_000, ref="CG3"),
    ]
    found = queries.foresee(plan(trade.staff.wang, *rows).drafts, trading.TODAY)
    assert not Order.objects.exists()
    told = [(one.row, one.state, [(row, why.code) for row, why in one.says]) for one in found]
    made = take(trade, *rows)
    kept = Order.objects.filter(pk__in=made["order_ids"]).order_by("customer_ref")
    # What was foreseen is what came: the second order finds the headroom the first has taken.
    assert [state for _row, state, _says in told] == [one.state for one in kept]
    assert told == [(1, "released", []), (2, "held", [(2, "gate_over_limit")]), (3, "held", [(4, "gate_scope_paper")])]


def test_what_is_wrong_with_a_file_of_orders(trade):
    take(trade, line(trade))
    found = plan(
        trade.staff.wang,
        line(trade, milli=6_000),
        line(trade, "P9", ref="X"),
        line(trade, milli=-1_000, ref="X"),
        line(trade, ref="X"),
        line(trade, ref="X", payment="prepaid"),
        line(trade, ref="Y") | {"customer_code": "nobody"},
    )
    assert sorted(codes(found)) == [
        (1, "customer_ref", "order_file_other_than_placed"),
        (2, "product_code", "order_file_unknown_product"),
        (3, "quantity", "bad_order_quantity"),
        (5, "customer_ref", "order_file_head_differs"),
        (6, "customer_code", "unknown_customer"),
    ]
    with pytest.raises(FilesFault):
        take(trade, line(trade, ref="Z"), line(trade, "P9", ref="Z"))
    assert Order.objects.count() == 1


def test_undo_cancels_what_has_not_left_and_refuses_where_goods_have(trade):
    made = take(trade, line(trade), line(trade, ref="CG2"))
    given = {"intake": Intake.objects.get(), "order_ids": made["order_ids"], "by": trade.staff.wang, "now": trading.NOW}
    actions.cancel_order(order=Order.objects.get(customer_ref="CG2"), by=trade.staff.wang, now=trading.NOW)
    assert actions.undo_import_orders(**given) == {"cancelled": 1, "left": 1}
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    # What was cancelled may come again, by the same number.
    again = take(trade, line(trade))
    trade.ship(Order.objects.get(pk=again["order_ids"][0]))
    with pytest.raises(ImportedOrderMoved):
        actions.undo_import_orders(**{**given, "order_ids": again["order_ids"]})


def test_sun_sees_no_customer_of_wangs_and_zhou_the_mr_may_not(trade):
    assert codes(plan(trade.staff.sun, line(trade))) == [(1, "customer_code", "unknown_customer")]
    with pytest.raises(NotAllowed):
        take(trade, line(trade), by=trade.staff.zhou)
    with pytest.raises(NotAllowed):
        actions.import_prices(rows=[], intake=file(trade), by=trade.staff.zhou, now=trading.NOW)


def test_a_plan_asks_as_often_for_many_rows_as_for_few(trade, django_assert_max_num_queries):
    rows = [line(trade, ref=f"R{n % 40}") for n in range(300)]
    with django_assert_max_num_queries(8):
        assert plan(trade.staff.wang, *rows).new == 40


PRICE = {"product_code": "P1", "price": 9_00, "floor": 8_00, "since": date(2026, 11, 20)}


def set_prices(trade, *rows):
    return actions.import_prices(rows=rows, intake=file(trade, "prices"), by=trade.staff.qian, now=trading.NOW)


def live():
    return list(Price.objects.filter(ended_at=None).order_by("since").values_list("price_fen", "since"))


def test_prices_are_set_replaced_counted_and_undone(trade):
    set_prices(trade, PRICE | {"price": 10_00, "since": date(2026, 12, 1)}, PRICE)
    assert live() == [(9_00, date(2026, 11, 20)), (10_00, date(2026, 12, 1))]
    wish = PRICE | {"price": 9_50}
    found = queries.plan_prices(trade.staff.qian, enumerate([PRICE, PRICE | {"customer_kind": "public_hospital"}], 1))
    assert (found.same, found.new, found.changed) == (1, 1, 0)
    made = set_prices(trade, wish)
    assert (len(made["replaced_ids"]), live()) == (2, [(9_50, date(2026, 11, 20))])
    order = trade.order(1)
    assert order.total_fen == 9_50
    undone = actions.undo_import_prices(intake=Intake.objects.first(), by=trade.staff.qian, now=trading.NOW, **made)
    assert undone == {"ended": 1, "restored": 2, "left": 0}
    assert live() == [(9_00, date(2026, 11, 20)), (10_00, date(2026, 12, 1))]


def test_what_is_wrong_with_a_file_of_prices(trade):
    rows = [
        PRICE,
        PRICE | {"price": 8_50},
        PRICE | {"floor": 9_50, "since": date(2026, 11, 21)},
        PRICE | {"until": date(2026, 1, 1), "since": date(2026, 11, 22)},
        PRICE | {"customer_kind": "public_hospital", "customer_code": trade.hospital.code},
        PRICE | {"product_code": "P9"},
        PRICE | {"customer_code": "nobody"},
    ]
    assert codes(queries.plan_prices(trade.staff.qian, enumerate(rows, 1))) == [
        (2, "product_code", "repeated_in_file"),
        (3, "floor", "floor_above_price"),
        (4, "until", "bad_price_days"),
        (5, "customer_kind", "price_for_one_or_kind"),
        (6, "product_code", "order_file_unknown_product"),
        (7, "customer_code", "unknown_customer"),
    ]


def test_files_come_in_by_command_go_out_and_are_the_same(trade, tmp_path, capsys, monkeypatch):
    from kewei.config import cli

    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")

    def kewei(*argv, by):
        capsys.readouterr()
        code = cli.main([*map(str, argv), "--json", "--as", by])
        return code, capsys.readouterr().out

    orders = tmp_path / "orders.csv"
    head = "客户编码,客户单号,产品编码,数量,含税单价\n"
    orders.write_text(f"{head}{trade.hospital.code},CG7,P1,3,\n{trade.hospital.code},CG7,P9,1,\n", encoding="utf-8")
    code, told = kewei("import", "orders", orders, "--good-rows", by="wang")
    assert (code, MustBeWhole.code in told, Order.objects.count()) == (1, True, 0)
    orders.write_text(
        f"{head}{trade.hospital.code},CG7,P1,3,\n{trade.hospital.code},CG7,P2,1,39.50\n", encoding="utf-8"
    )
    code, told = kewei("import", "orders", orders, by="wang")
    assert (code, Order.objects.get().total_fen) == (0, 69_50)
    prices = tmp_path / "prices.csv"
    prices.write_text("产品编码,含税单价,底价,起始日,终端类型\nP1,9.80,9,2026-11-20,公立医院\n", encoding="utf-8")
    assert kewei("import", "prices", prices, by="qian")[0] == 0
    assert (Price.objects.get().customer_kind, Price.objects.get().floor_fen) == ("public_hospital", 9_00)
    for noun, by, reader in (("orders", "feng", "wang"), ("prices", "feng", "qian")):
        assert kewei("export", noun, "--out", tmp_path / f"{noun}.xlsx", by=by)[0] == 0
        code, told = kewei("import", noun, tmp_path / f"{noun}.xlsx", "--dry-run", by=reader)
        assert (code, '"same": 1' in told) == (0, True), told
