"""A representative's October: from reasons to a released plan, a cancelled day, and the month planned anew around it."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from tests import cast

from kewei.kernel.ids import new_key
from kewei.receivables import actions as receivables
from kewei.terminals.models import Settlement
from kewei.visits import actions, jobs
from kewei.visits.models import Planning
from kewei.visits.queries import planning, plans, wishes
from kewei.visits.rules.plans import RELEASED, Doors, Pattern

# The last working days of September, before the National Day holiday.
NOW = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)
WUHAN = (30_592_800, 114_305_500)


@pytest.fixture
def staff(db, time_machine, monkeypatch):
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(jobs, "PROCESSES", 1)
    staff = cast.assemble()
    staff.others = [
        cast.open_terminal(
            f"C{n:02d}", f"武昌第{n}诊所", "clinic", staff.wang, staff.hubei, province="湖北省", city="武汉市",
            lat_e6=WUHAN[0] + (n % 5) * 9_000, lon_e6=WUHAN[1] + (n // 5) * 12_000,
        )
        for n in range(15)
    ]  # fmt: skip
    return staff


def test_october(staff, client):
    hospital, pharmacy = staff.wangs_hospital, staff.wangs_pharmacy
    # How Wang works; the hospital receives visitors on Tuesdays and Thursdays and takes papers in on the 23rd.
    actions.set_work_pattern(
        person=staff.wang, pattern=Pattern(start_name="武汉", start=WUHAN, end=WUHAN, stops=4), by=staff.wang, now=NOW
    )
    actions.set_rhythm(terminal=hospital, doors=Doors(weekdays=(2, 4), opens=540, closes=690), by=staff.wang, now=NOW)
    Settlement.objects.create(terminal=hospital, handin_day=23, set_by=staff.wang, set_at=NOW)
    receivables.post_invoice(
        terminal=hospital, number="26420000000000000009", invoice_date=date(2026, 8, 1), due_date=date(2026, 11, 30),
        total_fen=80_000_00, by=staff.qian, now=NOW,
    )  # fmt: skip

    # The morning: every room says why.
    jobs.gather_wishes(now=NOW)
    seen, count = wishes.list_wishes(staff.wang, first=OCTOBER, last=date(2026, 10, 31), limit=None)
    assert count == len(seen) == 19
    assert [row.terminal_id for row in seen if row.source == "reconcile"] == [hospital.pk]

    # Wang asks for a plan on the page; the worker makes it.
    client.force_login(staff.wang)
    client.post(
        reverse("visits:plan_ask"), {"form_key": new_key(), "people": [staff.wang.pk], "month": "2026-10", "seconds": 2}
    )
    asked = Planning.objects.get()
    jobs.go_on_planning(now=NOW)
    plan = planning.planning(staff.wang, asked.pk).plans[0][0]
    file = plans.plan_file(staff.wang, plan)
    assert len(file.stops) == 18
    assert not {stop.day for stop in file.stops} & set(file.off)
    # Golden Week is free, and nothing is planned on it.
    assert min(stop.day for stop in file.stops) >= date(2026, 10, 8)
    at_hospital = [stop for stop in file.stops if stop.terminal_id == hospital.pk]
    assert {stop.day.isoweekday() for stop in at_hospital} <= {2, 4}
    assert all(540 <= stop.arrives <= 690 for stop in at_hospital)
    reconciling = next(stop for stop in at_hospital if "reconcile" in stop.purposes)
    assert date(2026, 10, 20) <= reconciling.day <= date(2026, 10, 23)
    assert reconciling.aim == "签回对账单"
    assert file.found["cost"] <= file.found["plain_cost"]

    # Handed in and released.
    client.post(reverse("visits:plan_to", args=[plan, "hand-in"]))
    client.force_login(staff.li)
    client.post(reverse("visits:plan_to", args=[plan, "release"]))
    assert plans.plan_for(staff.wang, plan).state == RELEASED
    first_day = min(stop.day for stop in file.stops)
    today = plans.day_of(staff.wang, first_day)
    assert (today.plan, today.state, len(today.stops) > 0) == (plan, RELEASED, True)
    assert client.get(reverse("visits:plan_day", args=[plan, first_day.isoformat()])).context["map"] is not None

    # A day falls out: a meeting. The month is planned anew around it and little else moves.
    lost = max({stop.day for stop in file.stops}, key=lambda day: (sum(stop.day == day for stop in file.stops), day))
    hit = sum(stop.day == lost for stop in file.stops)
    actions.note_absence(person=staff.wang, first_on=lost, last_on=lost, reason="会议", by=staff.wang, now=NOW)
    client.force_login(staff.wang)
    client.post(reverse("visits:replan", args=[plan]))
    jobs.go_on_planning(now=NOW)
    again = plans.plan_file(staff.wang, plan)
    told = again.found["again"][0]
    assert not any(stop.day == lost for stop in again.stops)
    assert told["stayed"] + told["moved"] + told["gone"] == 18
    assert told["gone"] == 0
    assert told["moved"] - hit <= 3
    assert again.row.state == RELEASED

    # Only Wang and those above see it.
    client.force_login(staff.sun)
    assert client.get(reverse("visits:plan", args=[plan])).status_code == 404
    assert pharmacy.pk in {stop.terminal_id for stop in again.stops}
