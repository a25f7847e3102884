"""Promise 7: with 30 % of commits failing as PostgreSQL's serialization failures do, every retry is pure and nothing is lost."""

from datetime import date

import pytest
from django.db import connection
from tests import cast
from tests.promises.conftest import counts

from kewei.journal import queries as journal
from kewei.receivables import actions, queries, rules
from kewei.receivables.models import Allocation, Entry, Item

NOW = cast.MORNING
DAY = date(2026, 11, 1)
THREADS = 4

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

# A sequence counts outside transactions, so that the failures are counted although they are undone.
FLAKY = """
CREATE SEQUENCE forced_failures;
CREATE FUNCTION fail_sometimes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF random() < {rate} THEN
        PERFORM nextval('forced_failures');
        RAISE EXCEPTION 'could not serialize access (forced)' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON journal_fact DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION fail_sometimes();
CREATE TRIGGER fail_in_between AFTER INSERT OR UPDATE ON receivables_item
FOR EACH STATEMENT EXECUTE FUNCTION fail_sometimes();
"""


@counts(60, 500)
def test_no_match_is_lost(times, at_once):
    staff = cast.assemble()
    hospital, who = staff.wangs_hospital, {"by": staff.qian, "now": NOW}
    rows = [rules.InvoiceRow(hospital.pk, f"FP{t}-{n}", DAY, DAY, 100) for t in range(THREADS) for n in range(times)]
    actions.import_invoices(rows=rows, **who)
    with connection.cursor() as cursor:
        # Each of the three places fails so often that three in ten receipts do.
        cursor.execute(FLAKY.format(rate="0.1121"))

    def work(thread):
        for n in range(times):
            money = actions.receive_payment(
                terminal=hospital, number=f"SK{thread}-{n}", received_on=DAY, fen=100, how="named",
                invoices=[f"FP{thread}-{n}"], **who,
            )  # fmt: skip
            if n % 5 == 0:
                made = Allocation.objects.filter(credit=money).get()
                actions.reverse_allocation(allocation=made, reason="试", **who)
                actions.allocate_by(credit=money, how="named", invoices=[f"FP{thread}-{n}"], **who)
            if n % 10 == 0:
                file = [rules.ReceiptRow(hospital.pk, f"EX{thread}-{n}-{row}", DAY, 5) for row in range(3)]
                actions.import_receipts(rows=file, **who)

    assert at_once(THREADS, work) == [None] * THREADS
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM forced_failures")
        failures = cursor.fetchone()[0]
    assert failures > times * THREADS // 5, "the failures were forced, and retried"
    assert Entry.objects.filter(number__startswith="SK").count() == times * THREADS
    assert Entry.objects.filter(number__startswith="EX").count() == times * THREADS // 10 * 3
    assert set(Item.objects.exclude(number__startswith="EX").values_list("open_fen", flat=True)) == {0}
    assert list(queries.findings()) == []
    assert list(journal.findings()) == []
