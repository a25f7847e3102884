"""What a terminal buys from us goes into its potential class, every night (docs/algorithms/potential.md)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.sales import actions as sales
from kewei.sales import jobs as sales_jobs
from kewei.sales.rules import SaleRow
from kewei.terminals import actions
from kewei.terminals.models import Potential, Prospect
from kewei.terminals.queries import potential as queries
from kewei.terminals.rules.potential import PotentialFrozen, PotentialWhyMissing

TODAY = date(2026, 11, 23)


@pytest.fixture
def staff(db) -> cast.Cast:
    return cast.assemble()


def sale(terminal, fen, quantity_milli=1000):
    return SaleRow(terminal.pk, None, "甲", date(2026, 11, 20), quantity_milli, None, fen)


def test_the_first_sale_makes_a_prospect_a_customer_and_a_return_does_not(staff):
    actions.make_prospect(terminal=staff.wangs_pharmacy, source="visit", by=staff.wang, now=cast.MORNING)
    given = {"source": "order", "verb": "orders.invoice", "by": staff.qian, "now": cast.MORNING}
    sales.post_lines(rows=[sale(staff.wangs_pharmacy, -100, -1000)], **given)
    assert Prospect.objects.get().stage == "general"
    sales.post_lines(rows=[sale(staff.wangs_pharmacy, 100)], **given)
    assert Prospect.objects.get().stage == "won"


def test_the_night_classifies_and_a_judgement_stands(staff):
    for n, name in enumerate(("甲药房", "乙药房", "丙药房"), 1):
        terminal = actions.register_prospect(
            name=name, kind="pharmacy", city="荆门", source="visit", by=staff.wang, now=cast.MORNING,
            known={"estimate_fen": n * 1_000_000, "estimate_basis": "told"},
        )  # fmt: skip
    sales_jobs.classify(now=cast.MORNING)
    live = dict(Potential.objects.filter(until=None).values_list("terminal__name", "potential"))
    assert live == {"甲药房": "C", "乙药房": "B", "丙药房": "A"}
    with pytest.raises(PotentialWhyMissing):
        actions.judge_potential(terminal=terminal, potential="C", note="", by=staff.wang, now=cast.MORNING)
    actions.judge_potential(terminal=terminal, potential="C", note="医院将搬走", by=staff.wang, now=cast.MORNING)
    with pytest.raises(PotentialFrozen):
        actions.judge_potential(terminal=terminal, potential="A", note="又不搬了", by=staff.wang, now=cast.MORNING)
    sales_jobs.classify(now=cast.MORNING + timedelta(days=1))
    assert Potential.objects.get(terminal=terminal, until=None).potential == "C"
    boxes = {(box.potential, box.share): box.count for box in queries.nine_box(staff.wang, TODAY)}
    assert boxes["C", "none"] == 2
    assert all(box.count == 0 for box in queries.nine_box(staff.sun, TODAY))
