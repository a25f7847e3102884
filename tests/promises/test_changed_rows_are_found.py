"""Promise 3: posted rows are never changed or deleted, by order of the database.

And if somebody does it, it is found.
"""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests import cast

from kewei.journal import queries as journal
from kewei.receivables import actions, queries, rules
from kewei.receivables.queries.checks import APPEND_ONLY
from kewei.receivables.rules.bill_checks import Sheet
from kewei.receivables.rules.bills import BillGiven

NOW = cast.MORNING
DAY = date(2026, 3, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger():
    """Two postings of every sort: single and imported invoices, receipts, a red letter, allocations, reversals."""
    staff = cast.assemble()
    hospital, who = staff.wangs_hospital, {"by": staff.qian, "now": NOW}
    rows = [rules.InvoiceRow(hospital.pk, f"FP{n}", DAY, DAY + timedelta(30), 100 + n, {"n": n}) for n in range(4)]
    actions.import_invoices(rows=rows, **who)
    single = actions.post_invoice(
        terminal=hospital, number="FP9", invoice_date=DAY, due_date=DAY, total_fen=500, fields={"备注": "急"}, **who
    )
    actions.receive_payment(terminal=hospital, number="SK1", received_on=DAY, fen=150, how="oldest", memo="货款", **who)
    money = actions.receive_payment(terminal=hospital, number="SK2", received_on=DAY, fen=90, **who)
    actions.allocate(credit=money, shares=[(single.pk, 60)], **who)
    actions.post_red_letter(
        terminal=hospital, number="HZ1", on=DAY, total_fen=20, original=single, reason="退货", **who
    )
    actions.reverse_entry(entry=money, reason="退票", **who)
    for n in range(2):
        paper = BillGiven("commercial", DAY + timedelta(90), f"6{n:029}", "某某集团财务公司")
        given = {"terminal": hospital, "number": f"PJ{n}", "received_on": DAY, "fen": 30, "method": "bill"}
        receipt = actions.receive_payment(bill=paper, **given, **who)
        actions.check_bill_sheet(bill=receipt.pk, sheet=seen(paper), **who)
        actions.clear_bill(bill=receipt.bill, on=DAY + timedelta(90), **who | {"now": NOW + timedelta(days=90)})
    return staff


def seen(paper):
    """A sheet about a bill with nothing against it."""
    return Sheet(
        kind=paper.kind, number=paper.number, sub_range="0", acceptor=paper.acceptor, issued_on=DAY, due_on=paper.due_on,
        acceptor_exact=True, acceptor_listed=False, searched_on=DAY, complete=True, chain_unbroken=True, restriction="none",
        before_us_pays=True, paid_by_another="", contract="HT1", invoice="FP1", refused=False, paper=False,
    )  # fmt: skip


def codes():
    return {finding.code for finding in queries.findings()} | {finding.code for finding in journal.findings()}


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def triggers_dropped():
    """What somebody with the keys of the database can do: take the triggers away, change rows, put them back."""
    if connection.vendor == "postgresql":
        # Deferred key checks stand in the way of ALTER TABLE within one transaction.
        run("SET CONSTRAINTS ALL IMMEDIATE")
        for table in (*APPEND_ONLY, "journal_fact"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield
        for table in (*APPEND_ONLY, "journal_fact"):
            run(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = dict(cursor.fetchall())
    run(*(f"DROP TRIGGER {name}" for name in kept))
    yield
    run(*kept.values())


def test_a_sound_ledger_has_no_findings(ledger):
    assert list(queries.findings()) == []
    assert list(journal.findings()) == []


# A column of each table that any row may be set to itself; the others have posting_id.
KEYS = {
    "journal_fact": "detail", "receivables_posting": "id", "receivables_bill": "receipt_id",
    "receivables_billcheck": "bill_id",
    "receivables_billoutcome": "bill_id", "receivables_invoicedetail": "entry_id", "receivables_receiptdetail": "entry_id",
}  # fmt: skip


@pytest.mark.parametrize("table", [*APPEND_ONLY, "journal_fact"])
@pytest.mark.parametrize("verb", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_the_database_itself_refuses(ledger, table, verb):
    column = KEYS.get(table, "posting_id")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(verb.format(table=table, column=column))


CHANGES = {
    "an amount": "UPDATE receivables_entry SET total_fen = total_fen + 1 WHERE number = 'FP2'",
    "an amount and its item": (
        "UPDATE receivables_entry SET total_fen = total_fen + 1 WHERE number = 'FP3'",
        "UPDATE receivables_item SET total_fen = total_fen + 1, open_fen = open_fen + 1 WHERE number = 'FP3'",
    ),
    "a due date": "UPDATE receivables_entry SET due_date = '2027-01-01' WHERE number = 'FP3'",
    "a day": "UPDATE receivables_entry SET \"on\" = '2026-02-01' WHERE number = 'FP3'",
    "a number": "UPDATE receivables_entry SET number = 'FPX' WHERE number = 'FP3'",
    "a memo": "UPDATE receivables_receiptdetail SET memo = 'x' WHERE memo <> ''",
    "a field": "UPDATE receivables_invoicedetail SET fields = '{}' WHERE reason = ''",
    "who posted": "UPDATE receivables_posting SET reason = 'y' WHERE verb = 'allocate'",
    "a deleted allocation": "DELETE FROM receivables_allocation WHERE fen = 150",
    "a deleted detail": "DELETE FROM receivables_invoicedetail WHERE reason = '退货'",
    "an inserted allocation": (
        'INSERT INTO receivables_allocation (posting_id, debit_id, credit_id, fen, "on")'
        ' SELECT posting_id, debit_id, credit_id, 1, "on" FROM receivables_allocation WHERE fen = 60'
    ),
    "swapped amounts": (
        "UPDATE receivables_entry SET total_fen = CASE number WHEN 'FP2' THEN 103 ELSE 102 END"
        " WHERE number IN ('FP2', 'FP3')"
    ),
    "swapped amounts with their items": (
        "UPDATE receivables_entry SET total_fen = CASE number WHEN 'FP2' THEN 103 ELSE 102 END"
        " WHERE number IN ('FP2', 'FP3')",
        "UPDATE receivables_item SET total_fen = CASE number WHEN 'FP2' THEN 103 ELSE 102 END,"
        " open_fen = CASE number WHEN 'FP2' THEN 103 ELSE 102 END WHERE number IN ('FP2', 'FP3')",
    ),
    "a fact's detail": "UPDATE journal_fact SET detail = '{}' WHERE seq = 2",
    "a deleted fact": "DELETE FROM journal_fact WHERE seq = 2",
    "the last fact cut off": "DELETE FROM journal_fact WHERE seq = (SELECT MAX(seq) FROM journal_fact)",
    "swapped facts": (
        "UPDATE journal_fact SET seq = -seq WHERE seq IN (2, 3)",
        "UPDATE journal_fact SET seq = 5 + seq WHERE seq IN (-2, -3)",
    ),
    "an item's open amount": "UPDATE receivables_item SET open_fen = open_fen - 1 WHERE number = 'FP3'",
    "a deleted item": "DELETE FROM receivables_item WHERE number = 'FP3'",
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_changed_behind_our_back_is_found(ledger, what):
    statements = CHANGES[what] if isinstance(CHANGES[what], tuple) else (CHANGES[what],)
    with triggers_dropped():
        run(*statements)
    assert codes()


def test_missing_triggers_are_found(ledger):
    table = "receivables_allocation"
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE", f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
    else:
        run(f"DROP TRIGGER {table}_no_delete")
    assert "trigger_missing" in codes()
