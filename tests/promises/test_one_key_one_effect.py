"""Promise 4: the same key has one effect and the same answer, however many ask at once; another body is refused."""

from datetime import date

import pytest
from tests import cast
from tests.promises.conftest import counts

from kewei.journal.actions import once
from kewei.journal.models import Key
from kewei.kernel.refusals import KeyReused
from kewei.receivables import actions, queries
from kewei.receivables.models import Entry, Item, Posting

NOW = cast.MORNING
DAY = date(2026, 11, 1)
THREADS = 50

pytestmark = pytest.mark.django_db(transaction=True)


@counts(20, 200)
def test_fifty_threads_and_one_key(times, at_once):
    staff = cast.assemble()

    def ask(key, fen):
        def post():
            entry = actions.post_invoice(
                terminal=staff.wangs_hospital, number=key, invoice_date=DAY, due_date=DAY, total_fen=fen, by=staff.qian,
                now=NOW,
            )  # fmt: skip
            return {"entry": entry.pk}

        return once(key=key, verb="receivables.post_invoice", body={"fen": fen}, by=staff.qian, now=NOW, do=post)

    # Each thread asks for every key; the threads meet at each of them because all go through them in one order.
    answers = at_once(THREADS, lambda _: [ask(f"K{n}", 100 + n) for n in range(times)])
    assert all(answer == answers[0] for answer in answers), next(a for a in answers if isinstance(a, Exception))
    assert len({row["entry"] for row in answers[0]}) == times
    assert Entry.objects.count() == Posting.objects.count() == Key.objects.count() == times
    assert dict(Item.objects.values_list("number", "open_fen")) == {f"K{n}": 100 + n for n in range(times)}
    with pytest.raises(KeyReused):
        ask("K0", 101)
    assert Entry.objects.count() == times
    assert list(queries.findings()) == []
