"""Three distributors' October, one file ugly, to a frozen month: five names reviewed, a new prospect, a diversion alarm."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests import cast

from kewei.flows.models import Asking, File, MonthState, NameAlias
from kewei.flows.queries import files, months, samples
from kewei.flows.tests.selling import OCTOBER, csv, open_distributor, open_product, sold
from kewei.kernel import ids
from kewei.membership.queries.usage import usage_card
from kewei.sales import queries as sales
from kewei.terminals.models import Prospect

pytestmark = pytest.mark.django_db


def ugly_workbook() -> bytes:
    """A title over the headings, another order and other words, days as text and as days, a total, a row gone wrong."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("十月出库")
    day = book.add_format({"num_format": "yyyy/mm/dd"})
    rows = [
        ["武汉同心医药有限公司 2026年10月出库明细"],
        ["出库日期", "购货单位", "品名", "规格", "生产批号", "出库数量", "计量单位", "含税单价"],
        ["20261003", "益丰大药房（中山路店）", "阿莫西林胶囊", "0.25g*24粒", "A2", 40, "盒", 12.8],
        [date(2026, 10, 9), "荆门市一医院", "阿莫西林胶囊", "0.25g×24粒", "A1", 3, "箱", 1280],
        ["2026/10/11", "荆门市一医院", "阿莫西林胶囊", "0.25g×24粒", "A1", -20, "盒", 12.8],
        ["2026-10-12", "成都李刚诊所", "阿莫西林胶囊", "0.25g×24粒", "A2", 6, "盒", 12.8],
        ["十月十五", "荆门市一医院", "阿莫西林胶囊", "0.25g×24粒", "A1", 9, "盒", 12.8],
        ["2026-09-30", "荆门市一医院", "阿莫西林胶囊", "0.25g×24粒", "A1", 5, "盒", 12.8],
        ["合计", None, None, None, None, 58, None, None],
    ]
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)  # type: ignore[arg-type]
            elif cell is not None:
                sheet.write(at, column, cell)
    book.close()
    return out.getvalue()


class House:
    """The cast at their pages."""

    def __init__(self, client) -> None:
        self.client, self.staff = client, cast.assemble()
        self.product = open_product()
        self.jiuzhou = open_distributor(self.staff)
        self.tongxin = open_distributor(self.staff, "D0002", "武汉同心医药有限公司")
        self.yikang = open_distributor(self.staff, "D0003", "襄阳益康医药有限公司")

    def enter(self, person) -> None:
        self.client.force_login(person)

    def post(self, page: str, *args, **given):
        address = reverse(f"flows:{page}", args=args)
        return self.client.post(address, {"form_key": ids.new_key(), **given})

    def upload(self, *sent: SimpleUploadedFile) -> str:
        return self.post("upload", sent=list(sent), mode="auto").content.decode()

    def decide(self, typed: str, **given) -> None:
        self.post("decide", Asking.objects.get(name__name=typed, closed_at=None).pk, **given)

    def excuse(self, distributor, kind: str, reason: str) -> None:
        address = f"{reverse('flows:tell_absence', args=[distributor.pk])}?kind={kind}&month=2026-10"
        self.client.post(address, {"form_key": ids.new_key(), "reason": reason, "month": "2026-10"})


def test_three_distributors_october_from_upload_to_a_frozen_month(client):
    house = House(client)
    staff = house.staff
    house.enter(staff.qian)

    # Files come in: one neat, one ugly, one with a high-value name nobody has heard of; their names say whose they are.
    neat = csv(
        sold("荆门市第一人民医院", 100, batch="A1"),
        sold("荆门一医", 60, batch="A1"),
        sold("荆门市掇刀新城医院", 30, batch="A1"),
    )
    rare = csv(sold("荆门市第一医院（总院区）", 4_500, batch="A3"), sold("益丰中山路", 8, city="武汉市", batch="A3"))
    bought = csv(
        ["2026-10-01", "客维", "阿莫西林胶囊", "0.25g×24粒", "A1", 1000, "盒"],
        head=["购进日期", "供应商名称", "产品名称", "产品规格", "批号", "数量", "单位"],
    )
    page = house.upload(
        SimpleUploadedFile("D0001_十月销售.csv", neat),
        SimpleUploadedFile("D0001_十月采购.csv", bought),
        SimpleUploadedFile("D0002_十月.xlsx", ugly_workbook()),
        SimpleUploadedFile("D0003_十月.csv", rare),
    )
    assert page.count("2026-10") >= 4
    ugly = File.objects.get(distributor=house.tongxin)
    assert (ugly.rows, ugly.clean_rows, ugly.aside_rows) == (7, 4, 3)
    assert files.file_row(staff.qian, ugly.pk).balance.holds
    assert all(one.balance.holds for one in files.list_files(staff.qian)[0])
    assert house.client.get(reverse("flows:file", args=[ugly.pk])).status_code == 200

    # What matching was sure of needs nobody; the rest is reviewed by keys, the large one by two persons.
    hospital, shop = staff.wangs_hospital, staff.wangs_pharmacy
    waiting = set(Asking.objects.filter(closed_at=None).values_list("name__name", flat=True))
    assert waiting >= {"荆门一医", "荆门市掇刀新城医院", "荆门市第一医院（总院区）", "益丰中山路"}
    reviewed = {
        "荆门一医": hospital.code, "荆门市一医院": hospital.code, "益丰中山路": shop.code, "成都李刚诊所": staff.suns_clinic.code,
        "益丰大药房（中山路店）": shop.code,
    }  # fmt: skip
    for typed, code in reviewed.items():
        if typed in waiting:
            house.decide(typed, code=code)
    house.decide("荆门市第一医院（总院区）", code=hospital.code)
    house.decide("荆门市掇刀新城医院", pick="0")
    assert Asking.objects.filter(closed_at=None).count() == 1  # one voice is not enough for 57,600 yuan
    house.enter(staff.zheng)
    house.decide("荆门市第一医院（总院区）", code=hospital.code)
    assert not Asking.objects.filter(closed_at=None).exists()

    # The one nobody has a card for becomes a prospect in Hubei.
    house.enter(staff.li)
    (found,) = months.prospects(staff.li, OCTOBER)
    house.post("propose", found.alias, name=found.name, kind="public_hospital")
    prospect = Prospect.objects.get(source="flow")
    assert prospect.terminal.name == "荆门市掇刀新城医院"

    # Tongxin sold A1, which only Jiuzhou had bought, and sold into Sichuan: both alarm.
    alarms = months.diversion(staff.qian, OCTOBER)
    assert {(one.distributor, one.why) for one in alarms} == {
        (house.tongxin.pk, "territory"), (house.tongxin.pk, "batch"),
    }  # fmt: skip

    # Not before everybody has sent or said why not.
    house.enter(staff.qian)
    assert house.post("freeze_month", month="2026-10").status_code == 422
    owing = {one.distributor: one.missing for one in files.calendar(staff.qian, OCTOBER)}
    for distributor in (house.jiuzhou, house.tongxin, house.yikang):
        for kind in owing[distributor.pk]:
            house.excuse(distributor, kind, "no_agreement")
    house.post("freeze_month", month="2026-10")
    state = MonthState.objects.get()
    assert (state.state, state.told["names_waiting"], state.told["raw_milli"]) == (
        "frozen", 0, state.told["clean_milli"] + state.told["aside_milli"],
    )  # fmt: skip

    # What each used is in sales, to the box: 100 + 60 + 3 cases − 20 + 4,500; the prospect is still to be won.
    bought_ = sales.bought_among([hospital.pk, shop.pk, prospect.pk], OCTOBER, date(2026, 10, 31))
    boxes = {pk: sum(one.quantity_milli for one in row.products) for pk, row in bought_.items()}
    assert boxes == {hospital.pk: 4_940_000, shop.pk: 48_000, prospect.pk: 30_000}
    prospect.refresh_from_db()
    assert prospect.stage != "won"
    page = house.client.get(reverse("flows:month") + "?month=2026-10").content.decode()
    assert "已冻结" in page
    assert NameAlias.objects.filter(how="review").count() >= 5

    # So it stands on the usage card as bought through distributors, and in what campaigns take for use of the product.
    card = usage_card(staff.zheng, hospital.pk, date(2026, 11, 3))
    (used,) = card.products
    assert (sum(used.months), sum(used.through)) == (4_940_000, 4_940_000)
    assert sales.used_of_product(house.product.pk, OCTOBER, date(2026, 10, 31))[hospital.pk] == 4_940_000

    # The names nobody looked at are drawn for judging.
    told = samples.figures_of(staff.qian, OCTOBER)
    assert (told.rows, told.precision, told.warns) == (told.population, None, False)
