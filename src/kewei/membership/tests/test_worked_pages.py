"""Every line of docs/algorithms/points.md and usage.md."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests import cast

from kewei.kernel.money import fen_from_text
from kewei.membership import actions
from kewei.membership.models import Enrolment, Lot
from kewei.membership.papers.usage import units
from kewei.membership.queries import findings
from kewei.membership.rules.usage import USAGE, Counted, reckon
from kewei.membership.tests import joining
from kewei.receivables import actions as receivables
from kewei.receivables.tests.rules.worked import table

STEPS = table("points.md", "step", "day")


@pytest.mark.django_db
def test_points_step_by_step():
    staff = cast.assemble()
    member = joining.member(staff)
    joining.bought(member.terminal, date(2026, 9, 5), 5_000_00)
    joining.bought(member.terminal, date(2026, 10, 5), 12_345_00)
    for step in STEPS:
        now = datetime.fromisoformat(step["day"]).replace(hour=9, tzinfo=ZoneInfo("Asia/Shanghai"))
        _take(step, staff, member, now)
        row = Enrolment.objects.get(pk=member.pk)
        left = Lot.objects.filter(unit="points", left__gt=0).order_by("expires_on")
        lots = "; ".join(f"{ends}: {count}" for ends, count in left.values_list("expires_on", "left")) or "–"
        found = (str(row.points), str(row.fen), lots)
        assert found == (step["points"], step["coupons fen"], step["lots of points left"]), step["step"]
        assert list(findings()) == []


def _take(step, staff, member, now):
    by = {"by": staff.qian, "now": now}
    if step["step"].startswith("earn"):
        month = {"earn September": 9, "earn October": 10}[step["step"]]
        actions.earn_month(programme=member.programme_id, month=date(2026, month, 1), **by)
    elif step["step"] == "coupon":
        actions.issue_coupon(enrolment=member.pk, points=int(step["amount"]), **by)
    elif step["step"] == "use":
        day = now.date()
        invoice = receivables.post_invoice(
            terminal=member.terminal,
            number="FP1",
            invoice_date=day,
            due_date=day + timedelta(30),
            total_fen=500_00,
            **by,
        )
        actions.use_coupon(
            coupon=Lot.objects.get(unit="fen").pk, fen=fen_from_text(step["amount"]), channel="red_letter", number="HZ1",
            on=day, invoice=invoice, **by,
        )  # fmt: skip
    elif step["step"].startswith("return"):
        joining.bought(member.terminal, date(2026, 10, 20), -fen_from_text(step["amount"]))
        actions.earn_month(programme=member.programme_id, month=date(2026, 10, 1), **by)
    else:
        actions.expire(enrolments=[member.pk], **by)


def _dated(text: str) -> list[tuple[date, int]]:
    parts = [] if text == "–" else [part.split(": ") for part in text.split(", ")]
    return [(date.fromisoformat(day), int(number) * 1000) for day, number in parts]


@pytest.mark.parametrize("case", table("usage.md", "case", "purchases"), ids=lambda case: case["case"])
def test_use_stock_and_next_order(case):
    counted = [Counted(*one) for one in _dated(case["count"])]
    use = reckon(_dated(case["purchases"]), counted[0] if counted else None, date(2026, 11, 23), USAGE.read(USAGE.body))
    said = {
        "use a day": units(use.a_day_milli),
        "stock": "–" if use.stock_milli is None else units(use.stock_milli),
        "days left": "–" if use.days_left is None else str(use.days_left),
        "next order": "–" if use.next_on is None else use.next_on.isoformat(),
    }
    assert said == {name: case[name] for name in said}
