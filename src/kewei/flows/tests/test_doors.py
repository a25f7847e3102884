"""Pages, JSON and commands of sell-through: useful when empty, a constant number of questions, shut to others."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast

from kewei.flows.models import Absence, Asking, File, NameAlias
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold, take_in
from kewei.kernel import ids

pytestmark = pytest.mark.django_db

PAGES = ["calendar", "files", "upload", "queue", "aliases", "goods", "month", "usage", "appeal"]


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


def posted(client, name, *args, **given):
    return client.post(reverse(f"flows:{name}", args=args), {"form_key": ids.new_key(), **given})


@pytest.mark.parametrize("name", PAGES)
def test_pages_stand_when_there_is_nothing(qian, name):
    assert qian.get(reverse(f"flows:{name}")).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_shut_to_those_who_have_no_business_there(client, staff, name):
    client.force_login(staff.zhou)
    assert client.get(reverse(f"flows:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["calendar", "files", "queue", "aliases", "goods", "month", "usage"])
def test_pages_ask_as_often_for_many_rows_as_for_one(qian, staff, distributor, name):
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert qian.get(reverse(f"flows:{name}") + "?month=2026-10").status_code == 200
        return len(asked)

    take_in(
        distributor, csv(sold("荆门市第一人民医院", 1), sold("荆门一医", 1), sold("x", 1, product="怪")), staff.qian
    )
    ask()
    one = ask()
    for n in range(2, 5):
        other = open_distributor(staff, f"D000{n}", f"武汉第{n}医药有限公司")
        rows = [sold("荆门市第一人民医院", n), sold(f"荆门{n}医", n), sold("x", n, product=f"怪{n}")]
        take_in(other, csv(*rows), staff.qian)
    assert ask() == one


def test_several_files_are_uploaded_at_once_and_each_is_answered(qian, distributor):
    good = SimpleUploadedFile("D0001_十月.csv", csv(sold("荆门市第一人民医院", 1), sold("", 2)))
    bad = SimpleUploadedFile("D0001_坏.csv", b"\x00\x01")
    answer = qian.post(reverse("flows:upload"), {"form_key": ids.new_key(), "sent": [good, bad], "mode": "auto"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "进入 1 行，搁置 1 行" in page
    assert File.objects.get().distributor == distributor


def test_one_file_leads_to_its_page_with_its_balance(qian, distributor):
    good = SimpleUploadedFile("十月.csv", csv(sold("荆门市第一人民医院", 1), sold("", 2)))
    given = {"form_key": ids.new_key(), "sent": [good], "mode": "auto", "distributor": distributor.pk}
    answer = qian.post(reverse("flows:upload"), given, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain
    assert "数量平衡" in page
    assert "客户名称：必填，不能为空" in page
    aside = qian.get(answer.redirect_chain[-1][0] + "?only=aside").content.decode()
    assert "必填，不能为空" in aside


def test_the_raw_rows_come_back_as_they_stood(qian, staff, distributor):
    content = csv(sold("荆门市第一人民医院", 1), sold("", 2))
    taken = take_in(distributor, content, staff.qian)
    answer = qian.get(reverse("flows:raw", args=[taken.file]))
    assert answer.content.decode("utf-8-sig").replace("\r\n", "\n").strip().encode() == content


def test_the_queue_is_answered_by_place_or_by_code(qian, staff, distributor):
    take_in(distributor, csv(sold("李刚诊所", 1, city=""), sold("荆门一医", 1), sold("某某", 1)), staff.qian)
    asking = Asking.objects.get(name__name="李刚诊所")
    page = qian.get(reverse("flows:queue")).content.decode()
    assert f'value="1:{staff.suns_clinic.pk}" data-choice="1"' in page
    assert "<mark>" in page
    posted(qian, "decide", asking.pk, pick=f"1:{staff.suns_clinic.pk}")
    posted(qian, "decide", Asking.objects.get(name__name="荆门一医").pk, code="T0001", pick="")
    posted(qian, "decide", Asking.objects.get(name__name="某某").pk, pick="0")
    assert dict(NameAlias.objects.values_list("name__name", "terminal")) == {
        "李刚诊所": staff.suns_clinic.pk, "荆门一医": staff.wangs_hospital.pk, "某某": None,
    }  # fmt: skip


def test_an_alias_is_ended_and_a_reason_told_on_pages(qian, staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 1)), staff.qian)
    assert qian.get(reverse("flows:end_alias", args=[NameAlias.objects.get().pk])).status_code == 200
    posted(qian, "end_alias", NameAlias.objects.get().pk, why="看错了")
    assert NameAlias.objects.get().ended_by == staff.qian
    address = reverse("flows:tell_absence", args=[distributor.pk]) + "?kind=stock&month=2026-10"
    assert qian.get(address).status_code == 200
    qian.post(address, {"form_key": ids.new_key(), "reason": "ftp_error", "month": "2026-10"})
    told = Absence.objects.get()
    assert (told.kind, told.month, told.reason) == ("stock", OCTOBER, "ftp_error")


def test_goods_are_placed_on_their_page(qian, staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 1, product="怪")), staff.qian)
    from kewei.flows.models import Goods, GoodsAlias

    goods = Goods.objects.get()
    assert qian.get(reverse("flows:place_goods", args=[goods.pk])).status_code == 200
    assert posted(qian, "place_goods", goods.pk, product="NIX", times=1, per=1).status_code == 422
    posted(qian, "place_goods", goods.pk, product="P0001", times=10, per=1)
    assert GoodsAlias.objects.get().times == 10


def test_a_month_is_posted_frozen_and_adjusted_on_its_page(qian, staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 10)), staff.qian)
    posted(qian, "post_month", month="2026-10")
    assert posted(qian, "freeze_month", month="2026-10").status_code == 422
    for kind in ("purchases", "stock"):
        qian.post(
            reverse("flows:tell_absence", args=[distributor.pk]) + f"?kind={kind}&month=2026-10",
            {"form_key": ids.new_key(), "reason": "refuses", "month": "2026-10"},
        )
    posted(qian, "freeze_month", month="2026-10")
    page = qian.get(reverse("flows:month") + "?month=2026-10").content.decode()
    assert "已冻结" in page
    posted(
        qian, "appeal", month="2026-10", distributor="D0001", terminal="T0001", product="P0001", quantity="-2",
        appeal="branch", why="两盒是分院的",
    )  # fmt: skip
    rows = qian.get("/api/flows/usage?month=2026-10").json()["items"]
    assert [row["quantity_milli"] for row in rows] == [8_000]


def test_the_same_by_json(qian, staff, distributor):
    other = open_distributor(staff, "D0002", "武汉同心医药有限公司")
    upload = {
        "file": SimpleUploadedFile("x.csv", csv(sold("荆门市第一人民医院", 10), sold("荆门一医", 1))),
        "distributor": "D0001",
    }
    taken = qian.post("/api/flows/files", upload).json()
    assert (taken["status"], taken["clean"], taken["waiting"], taken["month"]) == ("taken", 2, 1, "2026-10")
    assert qian.get(f"/api/flows/files/{taken['file']}/rows").json()["count"] == 2
    (asking,) = qian.get("/api/flows/review").json()["items"]
    body = json.dumps({"choice": "other", "terminal": staff.wangs_hospital.pk})
    made = qian.post(f"/api/flows/review/{asking['pk']}", body, content_type="application/json").json()
    assert made["terminal"] == staff.wangs_hospital.pk
    assert qian.post("/api/flows/months/2026-10/post").json()["quantity_milli"] == 11_000
    no = qian.post("/api/flows/months/2026-10/freeze", "{}", content_type="application/json")
    assert (no.status_code, no.json()["code"]) == (422, "flows_month_unfinished")
    told = {"distributor": other.pk, "month": "2026-10", "kind": "sales", "reason": "refuses"}
    line = qian.post("/api/flows/absences", json.dumps(told), content_type="application/json").json()
    assert line["missing"] == ["purchases", "stock"]
    assert {row["code"] for row in qian.get("/api/flows/calendar?month=2026-10").json()} == {"D0001", "D0002"}
    ended = qian.post(
        f"/api/flows/aliases/{made['alias']}/end", json.dumps({"why": "错"}), content_type="application/json"
    )
    assert ended.json()["restated"] == ["2026-10"]
    assert qian.get("/api/flows/goods").json()["count"] == 1
    for path in ("stock", "diversion"):
        assert qian.get(f"/api/flows/{path}?month=2026-10").status_code == 200


def test_usage_leaves_as_a_workbook(qian, staff, distributor):
    take_in(distributor, csv(sold("荆门市第一人民医院", 10)), staff.qian)
    posted(qian, "post_month", month="2026-10")
    answer = qian.get(reverse("flows:usage") + "?format=xlsx")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content]).startswith(b"PK")
