"""院外药房: usage shown at the hospital it serves, moved and never counted twice."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse
from tests import cast

from kewei.flows import actions
from kewei.flows.models import OffSite
from kewei.flows.queries import months, offsite
from kewei.flows.rules.names import OffSiteItself, OffSiteKnown
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold, take_in
from kewei.kernel import ids
from kewei.kernel.refusals import NotAllowed
from kewei.sales.models import SaleLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    found = cast.assemble()
    open_product()
    rows = [sold("荆门市第一人民医院", 10), sold("益丰大药房中山路店", 5, city="武汉市")]
    take_in(open_distributor(found), csv(*rows), found.qian)
    actions.post_month(month=OCTOBER, by=found.qian, now=cast.MORNING)
    return found


def tell(staff, since=OCTOBER, by=None):
    return actions.tell_off_site(
        pharmacy=staff.wangs_pharmacy, hospital=staff.wangs_hospital, since=since, by=by or staff.qian, now=cast.MORNING
    )


def shown(staff):
    rows = offsite.at_hospitals(staff.qian, months.usage(staff.qian, month=OCTOBER))
    return {row.terminal: row.quantity_milli for row in rows}


def test_usage_is_moved_to_the_hospital_and_sales_stay(staff):
    tell(staff)
    assert shown(staff) == {staff.wangs_hospital.pk: 15_000}
    assert set(SaleLine.objects.values_list("terminal", "quantity_milli")) == {
        (staff.wangs_hospital.pk, 10_000), (staff.wangs_pharmacy.pk, 5_000),
    }  # fmt: skip


def test_only_from_its_month_on_and_up_to_the_one_it_ends_with(staff):
    apart = {staff.wangs_hospital.pk: 10_000, staff.wangs_pharmacy.pk: 5_000}
    told = tell(staff, since=date(2026, 11, 1))
    assert shown(staff) == apart
    actions.end_off_site(off_site=told, until=date(2026, 11, 1), by=staff.qian, now=cast.MORNING)
    told = tell(staff)
    actions.end_off_site(off_site=told, until=date(2026, 11, 9), by=staff.qian, now=cast.MORNING)
    assert shown(staff) == {staff.wangs_hospital.pk: 15_000}


def test_a_pharmacy_serves_one_hospital_and_none_serves_itself(staff):
    tell(staff)
    with pytest.raises(OffSiteKnown):
        tell(staff)
    with pytest.raises(OffSiteItself):
        actions.tell_off_site(
            pharmacy=staff.wangs_hospital, hospital=staff.wangs_hospital, since=OCTOBER, by=staff.qian, now=cast.MORNING
        )
    with pytest.raises(NotAllowed):
        tell(staff, by=staff.wang)


def test_told_shown_and_ended_on_pages_and_by_json(client, staff):
    client.force_login(staff.qian)
    given = {"pharmacy": staff.wangs_pharmacy.code, "hospital": staff.wangs_hospital.code, "since": "2026-10"}
    client.post(reverse("flows:off_sites"), {"form_key": ids.new_key(), **given})
    assert staff.wangs_pharmacy.name in client.get(reverse("flows:off_sites")).content.decode()
    page = client.get(reverse("flows:usage") + "?attributed=yes").content.decode()
    assert staff.wangs_pharmacy.name not in page
    (row,) = client.get("/api/flows/usage?month=2026-10&attributed=true").json()["items"]
    assert (row["terminal"], row["quantity_milli"]) == (staff.wangs_hospital.pk, 15_000)
    client.post(reverse("flows:end_off_site", args=[OffSite.objects.get().pk]))
    body = {"pharmacy": staff.wangs_pharmacy.pk, "hospital": staff.wangs_hospital.pk, "since": "2026-10"}
    made = client.post("/api/flows/off-sites", json.dumps(body), content_type="application/json").json()
    assert client.get("/api/flows/off-sites").json()["count"] == 2
    until = json.dumps({"until": "2026-12"})
    assert (
        client.post(f"/api/flows/off-sites/{made['pk']}/end", until, content_type="application/json").status_code == 200
    )
