"""Files whose columns nobody knows: kept, said on a page what is what, known from then on, drift told."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests import cast

from kewei.flows import actions, excel
from kewei.flows.models import File, Unread
from kewei.flows.queries import files, unread
from kewei.flows.rules import layouts
from kewei.flows.tests.selling import csv, open_distributor, open_product
from kewei.kernel import ids
from kewei.kernel.refusals import NotFound

pytestmark = pytest.mark.django_db

HEAD = ["出单时间", "送到哪", "货", "几盒", "经手人"]


def odd(*rows, head=HEAD) -> bytes:
    given = rows or (["2026-10-05", "荆门市第一人民医院", "阿莫西林胶囊", 12, "甲"],)
    return csv(*map(list, given), head=head)


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def distributor(staff):
    open_product()
    return open_distributor(staff)


@pytest.fixture
def qian(client, staff):
    client.force_login(staff.qian)
    return client


def upload(client, content, name="D0001_十月.csv", **given):
    sent = SimpleUploadedFile(name, content)
    return client.post(
        reverse("flows:upload"), {"form_key": ids.new_key(), "sent": [sent], "mode": "auto", **given}, follow=True
    )


def bring(distributor, content, by, name="十月.csv"):
    return excel.bring(distributor, content, name, by=by, now=cast.MORNING)


def learn(distributor, by):
    meant = dict(zip(HEAD, ("day", "customer", "product", "quantity"), strict=False))
    sent = excel.read_file(odd(), "x.csv", kind="sales", remembered=meant)
    actions.take_in_file(distributor=distributor, sent=sent, by=by, now=cast.MORNING)


def test_columns_are_offered_by_words_and_by_what_stands_in_them():
    cells = {
        "出单时间": ["2026-10-05", "2026-10-06"], "送到哪": ["荆门市第一人民医院", "李刚诊所"], "货": ["阿莫西林胶囊", "维C"],
        "几盒": ["12", "3"], "客户的城市": ["荆门市", "荆门市"], "经手人": ["甲", "乙"],
    }  # fmt: skip
    found = layouts.suggest(list(cells), cells, excel.COLUMNS, {"货": "product"})
    assert found == {
        "出单时间": "day", "送到哪": "customer", "货": "product", "几盒": "quantity", "客户的城市": "city", "经手人": None,
    }  # fmt: skip


def test_an_unknown_layout_is_asked_about_on_a_page_and_known_afterwards(qian, staff, distributor):
    page = upload(qian, odd())
    kept = Unread.objects.get()
    assert page.redirect_chain[-1][0] == reverse("flows:unread", args=[kept.pk])
    shown = page.content.decode()
    assert "荆门市第一人民医院" in shown
    assert '<option value="customer" selected>' in shown
    assert File.objects.count() == 0
    said = {"kind": "sales", "order": "ymd", "col0": "day", "col1": "customer", "col2": "product", "col3": "quantity"}
    address = reverse("flows:unread", args=[kept.pk])
    wrong = qian.post(address, {"form_key": ids.new_key(), **said, "col3": ""})
    assert wrong.status_code == 422
    assert "缺少必需的列" in wrong.content.decode()
    qian.post(address, {"form_key": ids.new_key(), **said})
    kept.refresh_from_db()
    assert (kept.file, kept.closed_at is not None, bytes(kept.content)) == (File.objects.get(), True, b"")
    assert files.layout_of(distributor.pk, "sales").mapping["送到哪"] == "customer"
    again = odd(["2026-11-05", "荆门市第一人民医院", "阿莫西林胶囊", 3, "甲"])
    assert upload(qian, again).redirect_chain[-1][0] == reverse("flows:file", args=[File.objects.latest("pk").pk])


def test_what_came_and_went_beside_a_known_layout_is_drift_and_said(qian, staff, distributor):
    sent = excel.read_file(
        odd(),
        "x.csv",
        kind="sales",
        remembered=dict(zip(HEAD, ("day", "customer", "product", "quantity"), strict=False)),
    )
    actions.take_in_file(distributor=distributor, sent=sent, by=staff.qian, now=cast.MORNING)
    row = ["2026-11-05", "荆门市第一人民医院", "阿莫西林胶囊", 3, "x"]
    taken = bring(distributor, odd(row, head=[*HEAD[:4], "备注"]), staff.qian)
    assert taken.drift == {"came": ["备注"], "went": ["经手人"]}
    page = upload(qian, odd(row, head=[*HEAD[:4], "摘要"])).content.decode()
    assert "标题与上次不同" in page


def test_a_layout_that_lost_a_column_it_needs_is_asked_about_with_what_is_known(staff, distributor):
    sent = excel.read_file(
        odd(),
        "x.csv",
        kind="sales",
        remembered=dict(zip(HEAD, ("day", "customer", "product", "quantity"), strict=False)),
    )
    actions.take_in_file(distributor=distributor, sent=sent, by=staff.qian, now=cast.MORNING)
    with pytest.raises(excel.UNKNOWN_LAYOUT):
        bring(distributor, odd(head=["出单时间", "送到哪", "货", "个数儿", "经手人"]), staff.qian)
    found = excel.preview(Unread.objects.get()).suggested
    assert (found["送到哪"], found["货"], found["个数儿"]) == ("customer", "product", "quantity")


def test_the_same_file_waits_once_and_may_be_set_aside(qian, staff, distributor):
    for _n in range(2):
        with pytest.raises(excel.UNKNOWN_LAYOUT):
            bring(distributor, odd(), staff.qian)
    kept = Unread.objects.get()
    assert "十月.csv" in qian.get(reverse("flows:unreads")).content.decode()
    qian.post(reverse("flows:close_unread", args=[kept.pk]))
    assert unread.list_unread(staff.qian) == ([], 0)
    with pytest.raises(NotFound):
        unread.unread_for(staff.qian, kept.pk)


def test_a_file_of_another_persons_distributor_does_not_exist(staff, distributor):
    with pytest.raises(excel.UNKNOWN_LAYOUT):
        bring(distributor, odd(), staff.qian)
    with pytest.raises(NotFound):
        unread.unread_for(staff.sun, Unread.objects.get().pk)


def test_the_same_by_json(qian, distributor):
    given = {"file": SimpleUploadedFile("x.csv", odd()), "distributor": "D0001"}
    assert qian.post("/api/flows/files", given).json()["code"] == "flows_kind_unclear"
    (row,) = qian.get("/api/flows/unread").json()["items"]
    shown = qian.get(f"/api/flows/unread/{row['pk']}").json()
    assert shown["headings"] == HEAD
    said = {"kind": "sales", "mapping": dict(zip(HEAD, ("day", "customer", "product", "quantity", None), strict=True))}
    body = json.dumps(said)
    taken = qian.post(f"/api/flows/unread/{row['pk']}", body, content_type="application/json").json()
    assert (taken["status"], taken["clean"]) == ("taken", 1)
    assert qian.get("/api/flows/unread").json()["count"] == 0
