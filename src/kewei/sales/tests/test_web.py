"""The page of sale lines."""

from datetime import date

import pytest
from django.urls import reverse
from tests import cast

from kewei.journal.models import Intake
from kewei.sales import actions, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    staff = cast.assemble()
    intake = Intake.objects.create(
        noun="sales", filename="销售.csv", file_digest="0" * 64, taken_by=staff.qian, taken_at=cast.MORNING
    )
    rows = [
        rules.SaleRow(staff.wangs_hospital.pk, None, "阿莫西林", date(2026, 10, 1), 1500, None, 7_731_913, "XS-1"),
        rules.SaleRow(staff.suns_clinic.pk, None, "板蓝根", date(2026, 11, 1), -1000, None, -200, "XS-2"),
    ]
    actions.import_sales(rows=rows, intake=intake, by=staff.qian, now=cast.MORNING)
    return staff


@pytest.mark.parametrize(
    ("query", "shown"),
    [({}, {"阿莫西林", "板蓝根"}), ({"customer": "T0001"}, {"阿莫西林"}), ({"first": "2026-10-15"}, {"板蓝根"}),
     ({"customer": "没有"}, set()), ({"last": "2026-09-30"}, set())],
)  # fmt: skip
def test_lines_are_filtered_by_customer_and_days(staff, client, query, shown):
    client.force_login(staff.qian)
    text = client.get(reverse("sales:lines"), query).content.decode()
    assert {name for name in ("阿莫西林", "板蓝根") if name in text} == shown


def test_the_lines_of_one_terminal_have_their_page(staff, client):
    client.force_login(staff.wang)
    text = client.get(reverse("sales:lines", args=[staff.wangs_hospital.pk])).content.decode()
    assert "77,319.13" in text
    assert "1.5" in text


def test_sun_and_zhou_see_none_of_it(staff, client):
    client.force_login(staff.sun)
    assert "阿莫西林" not in client.get(reverse("sales:lines")).content.decode()
    assert "阿莫西林" not in client.get(reverse("sales:lines"), {"customer": "T0001"}).content.decode()
    assert client.get(reverse("sales:lines", args=[staff.wangs_hospital.pk])).status_code == 404
    client.force_login(staff.zhou)
    assert client.get(reverse("sales:lines")).status_code == 403


def test_the_file_holds_what_the_list_shows(staff, client):
    client.force_login(staff.qian)
    answer = client.get(reverse("sales:lines"), {"format": "xlsx"})
    assert answer.status_code == 200
    assert "spreadsheet" in answer["Content-Type"]
