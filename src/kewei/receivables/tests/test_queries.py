from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import cast

from kewei.kernel.refusals import NotFound
from kewei.receivables import actions, queries, rules
from kewei.receivables.models import Item

pytestmark = pytest.mark.django_db

NOW = cast.MORNING
TODAY = date(2026, 11, 23)


def ago(days):
    return TODAY - timedelta(days=days)


@pytest.fixture
def ledger():
    """Invoices of three customers, due in 5 days, 5, 400 and 1 days ago.

    A part payment, money unapplied, a red letter.
    """
    staff = cast.assemble()
    hospital, pharmacy, clinic = staff.wangs_hospital.pk, staff.wangs_pharmacy.pk, staff.suns_clinic.pk
    rows = [
        rules.InvoiceRow(hospital, "FP1", ago(55), ago(-5), 1_000),
        rules.InvoiceRow(hospital, "FP2", ago(65), ago(5), 2_000),
        rules.InvoiceRow(pharmacy, "FP3", ago(460), ago(400), 4_000),
        rules.InvoiceRow(clinic, "FP4", ago(61), ago(1), 8_000),
    ]
    actions.import_invoices(rows=rows, by=staff.qian, now=NOW)
    receipts = [
        rules.ReceiptRow(hospital, "SK1", ago(3), 500, "transfer", ("FP2",), "荆门一医", "货款"),
        rules.ReceiptRow(hospital, "SK2", ago(2), 100, "insurance", (), "医保中心"),
    ]
    actions.import_receipts(rows=receipts, by=staff.qian, now=NOW)
    notes = [rules.RedLetterRow(clinic, "HZ1", ago(1), 300, "FP4", "退货")]
    actions.import_red_letters(rows=notes, by=staff.qian, now=NOW)
    return staff


def numbers(found):
    return [row.number for row in found[0]]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("due_date", ["FP3", "FP2", "FP4", "FP1"]),
        ("-due_date", ["FP1", "FP4", "FP2", "FP3"]),
        ("open", ["FP1", "FP2", "FP3", "FP4"]),
        ("-on", ["FP1", "FP4", "FP2", "FP3"]),
        ("customer", ["FP1", "FP2", "FP3", "FP4"]),
    ],
)
def test_open_items_in_any_order_page_by_page(ledger, order, expected):
    assert numbers(queries.open_items(ledger.qian, TODAY, order=order)) == expected
    page, count = queries.open_items(ledger.qian, TODAY, order=order, start=1, limit=2)
    assert ([row.number for row in page], count) == (expected[1:3], 4)
    assert [row.number for row in queries.every_open_item(ledger.qian, TODAY, order=order)] == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"bucket": "1_30"}, ["FP2", "FP4"]),
        ({"bucket": 0}, ["FP1"]),
        ({"age": "61_90"}, ["FP2", "FP4"]),
        ({"overdue": True}, ["FP3", "FP2", "FP4"]),
        ({"kind": "pharmacy"}, ["FP3"]),
        ({"region": "成都市"}, ["FP4"]),
        ({"region": "上海市"}, []),
        ({"kind": "clinic", "bucket": "over_3y"}, []),
    ],
)
def test_open_items_filtered(ledger, wanted, expected):
    assert numbers(queries.open_items(ledger.qian, TODAY, **wanted)) == expected


def test_open_items_of_an_owner_and_of_a_customer(ledger):
    assert numbers(queries.open_items(ledger.qian, TODAY, owner=ledger.sun.pk)) == ["FP4"]
    assert numbers(queries.open_items(ledger.qian, TODAY, terminal=ledger.wangs_hospital.pk)) == ["FP2", "FP1"]
    items = queries.open_items_of(ledger.qian, ledger.wangs_hospital.pk, TODAY)
    assert [(item.number, item.open_fen) for item in items] == [("FP2", 1_500), ("FP1", 1_000)]


def test_an_item_says_both_ages_and_the_days_to_limitation(ledger):
    row = queries.open_items(ledger.qian, TODAY)[0][1]
    assert (row.number, row.total_fen, row.open_fen, row.terminal_name) == ("FP2", 2_000, 1_500, "荆门市第一人民医院")
    assert (row.overdue_days, row.age_days, rules.PAST_DUE.codes[row.bucket]) == (5, 65, "1_30")
    assert row.days_left == (rules.limitation.last_day(ago(5)) - TODAY).days


def test_open_items_on_a_past_day(ledger):
    rows, count = queries.open_items(ledger.qian, ago(4))
    assert [(row.number, row.open_fen, row.overdue_days) for row in rows] == [
        ("FP3", 4_000, 396), ("FP2", 2_000, 1), ("FP4", 8_000, 0), ("FP1", 1_000, 0),
    ]  # fmt: skip
    assert count == 4
    assert numbers(queries.open_items(ledger.qian, ago(100))) == ["FP3"]


def test_figures_of_some_customers(ledger, django_assert_num_queries):
    keys = [ledger.wangs_hospital.pk, ledger.wangs_pharmacy.pk, ledger.suns_clinic.pk]
    with django_assert_num_queries(1):
        found = queries.figures(ledger.qian, keys, TODAY)
    assert found[keys[0]] == rules.Figures(2_400, 1_500, 2, ago(5), 100)
    assert found[keys[2]] == rules.Figures(7_700, 7_700, 1, ago(1), 0)
    assert set(queries.figures(ledger.sun, keys, TODAY)) == {keys[2]}


def test_the_unmatched_queue(ledger):
    rows, count = queries.unmatched(ledger.qian)
    assert count == 1
    assert (rows[0].number, rows[0].open_fen, rows[0].method, rows[0].payer_name) == (
        "SK2",
        100,
        "insurance",
        "医保中心",
    )


def test_documents_are_found_by_the_beginning_of_their_number(ledger):
    found = queries.find_documents(ledger.qian, "fp")
    assert [hit.number for hit in found] == ["FP1", "FP2", "FP3", "FP4"]
    assert found[0].terminal_name == "荆门市第一人民医院"
    assert queries.find_documents(ledger.qian, "F") == []
    assert [hit.number for hit in queries.find_documents(ledger.sun, "FP")] == ["FP4"]


def test_a_document_says_what_settled_it(ledger):
    paid = queries.entry(ledger.qian, Item.objects.get(number="FP2").pk, TODAY)
    assert (paid.open_fen, paid.overdue_days, paid.posted_by, paid.terminal_code) == (1_500, 5, "钱", "T0001")
    assert [(a.other_number, a.fen, a.on, a.live) for a in paid.allocations] == [("SK1", 500, ago(3), True)]
    note = queries.entry(ledger.qian, Item.objects.get(number="HZ1").pk, TODAY)
    assert (note.original_number, note.reason, note.open_fen) == ("FP4", "退货", 0)
    money = queries.entry(ledger.qian, Item.objects.get(number="SK1").pk)
    assert (money.method, money.payer_name, money.memo) == ("transfer", "荆门一医", "货款")


def test_a_statement_adds_up(ledger):
    made = queries.statement(ledger.wang, ledger.wangs_hospital, ago(60), TODAY)
    assert (made.opening_fen, made.closing_fen, made.unapplied_fen) == (2_000, 2_400, 100)
    assert [(line.movement.number, line.movement.fen, line.balance_fen) for line in made.lines] == [
        ("FP1", 1_000, 3_000), ("SK1", -500, 2_500), ("SK2", -100, 2_400),
    ]  # fmt: skip
    assert [(line.item.number, line.item.open_fen) for line in made.open_lines] == [("FP2", 1_500), ("FP1", 1_000)]
    earlier = queries.statement(ledger.wang, ledger.wangs_hospital.pk, ago(60), ago(3))
    assert (earlier.closing_fen, earlier.unapplied_fen) == (2_500, 0)


def test_many_statements_are_those_of_each_in_four_queries(ledger, django_assert_num_queries):
    mine = [ledger.wangs_hospital, ledger.wangs_pharmacy, ledger.suns_clinic, ledger.wangs_hospital]
    for last in (TODAY, ago(3), ago(20)):
        with django_assert_num_queries(4):
            made = queries.statements(ledger.qian, mine, ago(60), last)
        assert made == [queries.statement(ledger.qian, terminal, ago(60), last) for terminal in mine]
    assert queries.statements(ledger.qian, [], ago(60), TODAY) == []
    with pytest.raises(NotFound):
        queries.statements(ledger.sun, mine, ago(60), TODAY)


def test_known_documents_for_an_imports_dry_run(ledger):
    found = {known.number: known for known in queries.known_documents("invoice", ["fp2", "FP9", "FP4"])}
    assert set(found) == {"FP2", "FP4"}
    assert (found["FP2"].open_fen, found["FP2"].due_date) == (1_500, ago(5))


def test_sun_sees_none_of_wangs_account(ledger):
    hospital, bill = ledger.wangs_hospital, Item.objects.get(number="FP2").pk
    assert numbers(queries.open_items(ledger.sun, TODAY)) == ["FP4"]
    assert queries.open_items(ledger.sun, TODAY, terminal=hospital.pk) == ([], 0)
    assert queries.unmatched(ledger.sun) == ([], 0)
    assert queries.figures(ledger.sun, [hospital.pk], TODAY) == {}
    for ask in (
        lambda: queries.entry(ledger.sun, bill),
        lambda: queries.statement(ledger.sun, hospital, ago(60), TODAY),
        lambda: queries.entry(ledger.zhou, bill),
    ):
        with pytest.raises(NotFound):
            ask()


HOT = {
    "a page by due date": lambda: Item.objects.still_open().of_side(1).order_by("due_date", "entry_id")[:50],
    "a page by amount": lambda: Item.objects.still_open().of_side(1).order_by("-open_fen", "-entry_id")[:50],
    "a customer's debts": lambda: Item.objects.still_open().of_side(1).filter(terminal=1, live=True, kind="invoice"),
    "the beginning of a number": lambda: Item.objects.filter(
        kind="invoice",
        live=True,
        **(
            {"number__startswith": "A"}
            if connection.vendor == "postgresql"
            else {"number__gte": "A", "number__lt": "B"}
        ),
    ).order_by("number", "entry_id"),
    "a number": lambda: Item.objects.filter(kind="invoice", live=True, number__in=["A", "B"]),
    "unmatched money": lambda: Item.objects.still_open().of_side(-1).filter(live=True).order_by("on", "entry_id")[:50],
}


@pytest.mark.parametrize("what", HOT)
def test_hot_questions_go_by_an_index(what):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = HOT[what]().explain()
    assert "index" in plan.lower(), plan
    assert "seq scan" not in plan.lower(), plan
    assert "SCAN receivables_item USING" in plan or "SCAN receivables_item\n" not in plan + "\n", plan
    assert "TEMP B-TREE" not in plan, plan


def queries_for(ask):
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_questions_cost_the_same_however_much_there_is(ledger):
    """A page, a card, a document: a fixed number of queries, whatever they show."""
    hospital = ledger.wangs_hospital.pk
    asked = {
        "page": lambda: queries.open_items(ledger.qian, TODAY),
        "page of a customer": lambda: queries.open_items(ledger.qian, TODAY, terminal=hospital),
        "statement": lambda: queries.statement(ledger.qian, hospital, ago(60), TODAY),
        "document": lambda: queries.entry(ledger.qian, Item.objects.get(number="FP2").pk),
        "queue": lambda: queries.unmatched(ledger.qian),
        "figures": lambda: queries.kpis(ledger.qian, TODAY),
    }
    for ask in asked.values():
        ask()
    few = {what: queries_for(ask) for what, ask in asked.items()}
    rows = [rules.InvoiceRow(hospital, f"M{n}", ago(20), ago(-5), 100) for n in range(60)]
    actions.import_invoices(rows=rows, by=ledger.qian, now=NOW)
    money = [rules.ReceiptRow(hospital, f"N{n}", ago(3), 60, "transfer", (f"M{n}", "FP2")) for n in range(60)]
    actions.import_receipts(rows=money, by=ledger.qian, now=NOW)
    queries.ageing(ledger.qian, TODAY)
    assert {what: queries_for(ask) for what, ask in asked.items()} == few
    assert few["page"] <= 4


def test_a_receipt_over_many_invoices_costs_no_more_statements_than_over_two(ledger):
    hospital = ledger.wangs_hospital
    rows = [rules.InvoiceRow(hospital.pk, f"M{n}", ago(20), ago(-5), 100) for n in range(52)]
    actions.import_invoices(rows=rows, by=ledger.qian, now=NOW)

    def receive(number, names):
        actions.receive_payment(
            terminal=hospital, number=number, received_on=TODAY, fen=100 * len(names), how="named", invoices=names,
            by=ledger.qian, now=NOW,
        )  # fmt: skip

    over_two = queries_for(lambda: receive("R1", ["M0", "M1"]))
    assert queries_for(lambda: receive("R2", [f"M{n}" for n in range(2, 52)])) == over_two
