"""The pages of learning: empty and full, for whom, at a constant cost; invoices of a file."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast

from kewei.collecting import jobs
from kewei.collecting.models import Study
from kewei.collecting.tests.test_learning import book
from kewei.insight.excel import DaysAmbiguous, RowsUnread, read_invoices

PAGES = ("forecast", "recovery", "late", "loss")
pytestmark = pytest.mark.django_db


def see(client, person, name, query=""):
    client.force_login(person)
    return client.get(reverse(f"insight:{name}") + query)


def test_the_pages_empty_and_full(client, time_machine):
    time_machine.move_to(cast.MORNING, tick=False)
    staff = cast.assemble()
    for name in PAGES:
        empty = see(client, staff.zheng, name)
        assert empty.status_code == 200
        assert "重新学习" in empty.content.decode()
        assert see(client, staff.zhou, name).status_code == 403
    book(staff)
    client.force_login(staff.zheng)
    for kind in ("curves", "loss", "prediction", "forecast"):
        asked = client.post(reverse("collecting:learn", args=[kind])).url
        assert "等后台开始" in client.get(asked).content.decode()
        # Asked twice is asked once; nothing is made in the request.
        assert client.post(reverse("collecting:learn", args=[kind])).url == asked
        assert not Study.objects.filter(kind=kind).exists()
        jobs.go_on_learning(now=cast.MORNING)
        assert client.get(f"{asked}progress").headers["HX-Redirect"] == asked
        assert "已完成" in client.get(asked).content.decode()
    assert client.post(reverse("collecting:learn", args=["nothing"])).status_code == 404
    assert Study.objects.count() == 4
    client.force_login(staff.wang)
    assert client.post(reverse("collecting:learn", args=["curves"])).status_code == 403

    costs = {}
    for name, words in zip(PAGES, ("回看", "课件", "诚实回测", "坏账等值销售额"), strict=True):
        see(client, staff.zheng, name)
        with CaptureQueriesContext(connection) as asked:
            page = see(client, staff.zheng, name)
        costs[name] = len(asked)
        assert page.status_code == 200
        assert words in page.content.decode()
    assert max(costs.values()) <= 25, costs
    age = see(client, staff.zheng, "recovery", "?clock=credit_age&segment=pharmacy").content.decode()
    assert "仅培训" in age
    # Wang sees the curves and his own customers, not the sums of the company.
    assert "只对看得到全公司应收的人显示" in see(client, staff.wang, "forecast").content.decode()
    burdens = see(client, staff.wang, "loss").content.decode()
    assert staff.wangs_hospital.name in burdens
    assert staff.suns_clinic.name not in burdens
    mine = see(client, staff.wang, "late", f"?terminal={staff.wangs_pharmacy.pk}").content.decode()
    assert "八成在" in mine
    assert see(client, staff.wang, "late", f"?terminal={staff.suns_clinic.pk}").status_code == 404


def write(path, rows, form="%m/%d/%Y"):
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["customerID", "InvoiceDate", "DueDate", "SettledDate", "InvoiceAmount", "PaperlessBill"])
        for customer, on, days, paper in rows:
            dates = [on, on + timedelta(days=30), on + timedelta(days=days)]
            out.writerow([customer, *(one.strftime(form) for one in dates), "120.50", paper])


def test_reading_a_file(tmp_path):
    file = tmp_path / "invoices.csv"
    first = date(2024, 1, 5)
    rows = [
        (f"C{n % 7}", first + timedelta(days=n), 20 + 3 * (n % 7) + n % 4, ("Paper", "Electronic")[n % 2])
        for n in range(400)
    ]
    write(file, rows)
    invoices = read_invoices(file)
    assert len(invoices) == 400
    assert (invoices.settled - invoices.on)[0] == 20
    assert invoices.paper[:4].tolist() == [1, 0, 1, 0]
    write(file, [("C1", date(2024, 3, 4), 3, "Paper")])
    with pytest.raises(DaysAmbiguous):
        read_invoices(file)
    assert read_invoices(file, "dmy").on[0] == date(2024, 4, 3).toordinal()
    write(file, [("C1", date(2024, 3, 4), 3, "Pigeon")])
    with pytest.raises(RowsUnread):
        read_invoices(file)
