import pytest
from tests import cast

from kewei.journal import queries as journal
from kewei.receivables import jobs
from kewei.receivables.models import Item
from kewei.receivables.tests.test_postings import invoice

pytestmark = pytest.mark.django_db


def checks():
    return [detail for _, name, _, detail in journal.facts_since(0) if name == "receivables.ledger_checked"]


def test_every_night_the_ledger_is_checked_and_the_result_noted(caplog):
    staff = cast.assemble()
    entry = invoice(staff, "FP1", 100)
    jobs.check(now=cast.MORNING)
    assert checks() == [{"count": 0, "findings": {}}]
    Item.objects.filter(pk=entry.pk).update(open_fen=99)
    jobs.check(now=cast.MORNING)
    assert checks()[1] == {"count": 2, "findings": {"open_amount": 1, "control_total": 1}}
    assert "kewei check" in caplog.text
