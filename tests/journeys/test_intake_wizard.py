"""The import wizard, step by step, in several threads as it runs in the house."""

from __future__ import annotations

import io
import os
import stat

import pytest
import xlsxwriter
from django.conf import settings
from django.urls import reverse
from tests import cast
from tests.journeys.wizard import Wizard

from kewei.desk.intake import kept
from kewei.desk.intake.nouns import NOUNS
from kewei.journal.models import Intake
from kewei.kernel.sheets import read_sheet
from kewei.receivables.models import InvoiceDetail, Item

pytestmark = pytest.mark.django_db(transaction=True)

CSV = "单号,客户编码,开票日,到期日,价税合计,制单人\n{rows}"
GOOD = CSV.format(rows="FP1,T0001,2026-10-08,2027-01-06,100,小刘\nFP2,T0002,2026-10-09,2027-01-06,50.5,小刘\n").encode()
BAD = CSV.format(rows="FP1,T0001,2026-10-08,2027-01-06,100,小刘\nFP2,T9999,2026-02-30,2027-01-06,-1,小刘\n").encode()


@pytest.fixture
def staff():
    return cast.assemble()


def test_from_upload_to_undo(staff):
    wizard = Wizard(staff.qian).upload("invoices", "十月.csv", GOOD)
    assert wizard.mapping() == {
        "单号": "extra", "客户编码": "customer_code", "开票日": "invoice_date", "到期日": "due_date",
        "价税合计": "amount", "制单人": "extra",
    }  # fmt: skip
    assert "FP1" in wizard.text  # samples stand beside the headings
    assert "还没有对应的必填列：发票号" in wizard.text
    wizard.try_out({"单号": "invoice_no"})
    assert "没有问题，可以导入" in wizard.text
    assert "150.50" in wizard.text
    assert Item.objects.count() == 0
    wizard.take()
    intake = Intake.objects.get()
    assert f"已导入，编号 {intake.pk}" in wizard.text
    assert dict(Item.objects.values_list("number", "open_fen")) == {"FP1": 10_000, "FP2": 5_050}
    assert InvoiceDetail.objects.get(entry__number="FP1").fields == {"extra": {"制单人": "小刘"}}
    past = wizard.client.get(reverse("desk:intake"))
    assert "十月.csv" in past.content.decode()
    answer = wizard.client.post(reverse("desk:intake_undo", args=[intake.pk]), follow=True)
    assert "已撤销" in answer.content.decode()
    assert not Item.objects.filter(live=True).exists()
    assert f"第 {intake.pk} 号导入已经撤销" in wizard.look().text


def test_the_mapping_is_remembered(staff):
    Wizard(staff.qian).upload("invoices", "a.csv", GOOD).try_out({"单号": "invoice_no", "制单人": ""}).take()
    again = GOOD.replace(b"FP", b"FQ")
    wizard = Wizard(staff.zheng).upload("invoices", "b.csv", again)
    assert wizard.mapping()["单号"] == "invoice_no"
    assert wizard.mapping()["制单人"] == ""


def test_problems_stop_everything_until_one_says_otherwise(staff):
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", BAD).try_out({"单号": "invoice_no"})
    assert "1 行里有 2 处问题，还没有写入任何内容" in wizard.text
    assert "3 C 开票日 2026-02-30 「2026-02-30」不能作为日期：日历上没有这一天" in wizard.text
    assert "3 E 价税合计 -1 金额必须大于零" in wizard.text
    book = wizard.client.get(wizard.url("problems"))
    sheet = read_sheet(b"".join(book.streaming_content), "problems.xlsx")
    assert sheet.headings[-2:] == ["原行号", "问题"]
    rows = list(sheet.rows)
    assert [row.cells[:3] for row in rows] == [["FP2", "T9999", "2026-02-30"]]
    assert rows[0].cells[-2] == 3
    assert "开票日：「2026-02-30」不能作为日期" in rows[0].cells[-1]
    wizard.take()  # without the tick
    assert "什么都没有写入" in wizard.text
    assert (Item.objects.count(), Intake.objects.count()) == (0, 0)
    wizard.client.post(wizard.url("again"))
    wizard.look().try_out({"单号": "invoice_no"}).take(good_rows="1")
    assert "有 1 行因问题没有导入" in wizard.text
    assert list(Item.objects.values_list("number", flat=True)) == ["FP1"]


def test_a_corrected_workbook_of_problems_can_be_uploaded(staff):
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", BAD).try_out({"单号": "invoice_no"})
    sheet = read_sheet(b"".join(wizard.client.get(wizard.url("problems")).streaming_content), "p.xlsx")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write_row(0, 0, sheet.headings)
    page.write_row(1, 0, ["FP2", "T0001", "2026-02-28", "2027-01-06", "1", "小刘", 3, "改好了"])
    book.close()
    fixed = Wizard(staff.qian).upload("invoices", "p.xlsx", out.getvalue())
    assert {h: c for h, c in fixed.mapping().items() if h in ("原行号", "问题")} == {"原行号": "", "问题": ""}
    fixed.try_out({"单号": "invoice_no"}).take()
    assert list(Item.objects.values_list("number", flat=True)) == ["FP2"]


def test_the_same_file_again_is_recognised(staff):
    said = {"单号": "invoice_no"}
    Wizard(staff.qian).upload("invoices", "a.csv", GOOD).try_out(said).take()
    wizard = Wizard(staff.zheng).upload("invoices", "a.csv", GOOD).try_out(said)
    assert "这个文件已经导入过" in wizard.text
    assert (Intake.objects.count(), Item.objects.count()) == (1, 2)


def test_pressed_twice_it_is_taken_once(staff):
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", GOOD).try_out({"单号": "invoice_no"})
    wizard.client.post(wizard.url("take"))
    wizard.client.post(wizard.url("take"))
    wizard.wait()
    assert (Intake.objects.count(), Item.objects.count()) == (1, 2)


def test_two_uploads_of_one_file_at_once_are_taken_once(staff):
    said = {"单号": "invoice_no"}
    wizards = [Wizard(p).upload("invoices", "a.csv", GOOD).try_out(said) for p in (staff.qian, staff.zheng)]
    for wizard in wizards:
        wizard.client.post(wizard.url("take"))
    for wizard in wizards:
        wizard.wait()
    assert (Intake.objects.count(), Item.objects.count()) == (1, 2)


def test_work_that_was_interrupted_says_so_and_can_be_done_again(staff):
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", GOOD).try_out({"单号": "invoice_no"})
    upload = kept.find(wizard.token, staff.qian)
    kept.save(upload, status=kept.TAKING, pid=2**22 + 1)  # a process that is gone
    assert "导入被中断，什么都没有写入" in wizard.look().text
    wizard.client.post(wizard.url("again"))
    wizard.look().try_out({"单号": "invoice_no"}).take()
    assert Item.objects.count() == 2


def test_options_change_how_the_file_is_read(staff):
    text = "发票号,客户编码,开票日,到期日,价税合计\nFP1,T0001,10/8/2026,1/6/2027,1.5\n".encode()
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", text).try_out()
    assert "分不清月和日" in wizard.text
    wizard.client.post(wizard.url("again"))
    wizard.look().try_out(order="mdy", unit="wan").take()
    assert list(Item.objects.values_list("number", "total_fen")) == [("FP1", 1_500_000)]


def test_a_missing_column_is_said_on_the_page_of_columns(staff):
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", GOOD).try_out()
    assert wizard.answer.status_code == 422
    assert "表中缺少必需的列" in wizard.text
    assert wizard.mapping()["开票日"] == "invoice_date"


@pytest.mark.parametrize("noun", NOUNS)
def test_templates_have_headings_an_example_and_notes(staff, noun):
    client = Wizard(staff.zheng).client
    answer = client.get(reverse("desk:intake_template", args=[noun]))
    content = b"".join(answer.streaming_content)
    sheet = read_sheet(content, "t.xlsx")
    columns = NOUNS[noun].columns
    assert sheet.headings == [c.zh + ("*" if c.required else "") for c in columns]
    assert len(sheet.rows) == 1
    notes = read_sheet(content, "t.xlsx", sheet=1)
    assert [row.cells[0] for row in notes.rows] == [c.zh for c in columns]
    assert answer["Content-Disposition"].startswith("attachment")


def test_an_upload_belongs_to_the_one_who_brought_it(staff):
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", GOOD)
    stranger = Wizard(staff.sun)
    for name in ("upload", "progress", "problems"):
        assert stranger.client.get(wizard.url(name)).status_code == 404, name
    for name in ("try", "take", "again"):
        assert stranger.client.post(wizard.url(name)).status_code == 404, name
    folder = kept.home() / wizard.token
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert not any(os.access(file, os.X_OK) for file in folder.iterdir() if os.getuid() != 0)
    assert str(folder).startswith(str(settings.MEDIA_ROOT))


def test_who_may_not_import_is_offered_nothing(staff):
    page = Wizard(staff.wang).client.get(reverse("desk:intake"))
    assert [noun["name"] for noun in page.context["nouns"]] == [
        "customers",
        "licences",
        "orders",
        "ways",
        "reasons",
        "promises",
        "benefits",
        "stock",
    ]
    uploads = set(kept.home().glob("*"))
    wizard = Wizard(staff.wang).upload("invoices", "a.csv", GOOD)
    assert wizard.answer.status_code == 403
    assert set(kept.home().glob("*")) == uploads


def test_a_file_that_is_too_large_is_refused_before_it_is_read(staff, monkeypatch):
    monkeypatch.setattr(kept, "MAX_FILE_MB", 0)
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", GOOD)
    assert wizard.answer.status_code == 422
    assert "超过上限 0 MB" in wizard.text


def test_a_long_undo_runs_beside_the_request(staff, monkeypatch):
    from kewei.desk.web import intake as web

    monkeypatch.setattr(web, "LONG_WORK", 1)
    wizard = Wizard(staff.qian).upload("invoices", "a.csv", GOOD).try_out({"单号": "invoice_no"}).take()
    intake = Intake.objects.get()
    answer = wizard.client.post(reverse("desk:intake_undo", args=[intake.pk]))
    wizard.token = answer.url.rstrip("/").rpartition("/")[2]
    assert f"第 {intake.pk} 号导入已经撤销" in wizard.wait().text
    assert not Item.objects.filter(live=True).exists()


def test_an_unfinished_upload_waits_on_the_front_page(staff):
    wizard = Wizard(staff.qian).upload("invoices", "半截.csv", GOOD)
    wizard.answer = wizard.client.get(reverse("desk:intake"))
    assert "半截.csv 发票 等着对应列" in wizard.text
    discard = reverse("desk:intake_discard", args=[wizard.token])
    assert Wizard(staff.sun).client.post(discard).status_code == 404
    assert wizard.client.post(discard).status_code == 302
    assert wizard.client.get(wizard.url("upload")).status_code == 404
    Wizard(staff.qian).upload("invoices", "半截.csv", GOOD)
    stranger = Wizard(staff.zheng)
    stranger.answer = stranger.client.get(reverse("desk:intake"))
    assert "半截.csv" not in stranger.text
