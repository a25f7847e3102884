"""The pages about limits, exposure, holds, warnings, securities and reviews, as people press them."""

from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import cast

from kewei.credit import actions
from kewei.credit.models import Account, Finding, Hold, Limit, Security, Survey, SurveyReview
from kewei.credit.queries import reviews
from kewei.kernel.ids import new_key
from kewei.receivables import actions as receivables
from kewei.receivables.models import Bill
from kewei.receivables.rules.bills import BillGiven

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db, client):
    staff = cast.assemble()
    now = timezone.now()
    today = timezone.localdate(now)
    hospital = staff.wangs_hospital
    given = {"terminal": hospital, "by": staff.feng, "now": now, "application": None, "term_days": 60}
    actions.grant_limit(
        fen=1_000_000_00, since=today, until=today + timedelta(days=200), parts={"bills": 500_00}, **given
    )
    actions.grant_limit(fen=100_000_00, since=today, until=today + timedelta(days=60), temporary=True, **given)
    actions.grant_limit(fen=3_000_000_00, since=today, until=today + timedelta(days=200), for_group=True, **given)
    receivables.post_invoice(
        terminal=hospital, number="FP1", invoice_date=today - timedelta(days=90), due_date=today - timedelta(days=20),
        total_fen=400_000_00, by=staff.qian, now=now,
    )  # fmt: skip
    bill = receivables.receive_payment(
        terminal=hospital, number="SK1", received_on=today, fen=1_000_00, method="bill", how="oldest",
        bill=BillGiven("commercial", today + timedelta(days=90), "6" + "3" * 29), by=staff.qian, now=now,
    )  # fmt: skip
    actions.reserve_headroom(
        terminal=hospital, reference="orders.order:7", fen=5_000_00, until=now + timedelta(days=7),
        verb="orders.place", by=staff.wang, now=now,
    )  # fmt: skip
    hold = actions.place_hold(terminal=hospital, reason="dispute", note="对账争议", by=staff.zhao, now=now)
    finding = actions.note_finding(terminal=hospital, kind="registry", note="法人变更", by=staff.zhao, now=now)
    security = actions.record_security(
        terminal=hospital, kind="guarantee_joint", fen=200_000_00, guarantor="荆门医药", since=today,
        until=today + timedelta(days=20), by=staff.zhao, now=now,
    )  # fmt: skip
    return SimpleNamespace(
        staff=staff, hospital=hospital, today=today, bill=bill.pk, hold=hold.pk, finding=finding.pk,
        security=security.pk, now=now,
    )  # fmt: skip


def open_as(client, person):
    client.force_login(person)
    return client


def form(**fields):
    return {"form_key": new_key(), **fields}


def pages(world):
    pk = world.hospital.pk
    return {
        "/credit/limits/": "益",
        f"/credit/terminals/{pk}/limit/": "建议额度及计算明细",
        f"/credit/terminals/{pk}/limit/?term=90": "90 天",
        f"/credit/terminals/{pk}/exposure/": "未发货订单",
        "/credit/limits/?order=-used": "荆门市第一人民医院",
        "/credit/limits/?state=held": "荆门市第一人民医院",
        "/credit/holds/": "对账争议",
        f"/credit/holds/{world.hold}/": "对账争议",
        "/credit/watch/": "法人变更",
        f"/credit/watch/{world.finding}/": "法人变更",
        "/credit/securities/": "荆门医药",
        f"/credit/securities/{world.security}/": "连带保证",
        "/credit/reviews/": "重新调查",
        "/receivables/bills/": "商业承兑汇票",
        f"/receivables/bills/{world.bill}/": "最晚提示付款",
    }


def test_every_page_shows_what_it_is_for_and_a_stranger_sees_none_of_it(world, client):
    for path, words in pages(world).items():
        answer = open_as(client, world.staff.zhao).get(path)
        assert answer.status_code == 200, path
        assert words == "益" or words in answer.content.decode(), path
        theirs = open_as(client, world.staff.sun).get(path)
        assert "荆门" not in theirs.content.decode(), path
        assert open_as(client, world.staff.zhou).get(path).status_code in (403, 404), path


def test_pages_speak_english_too(world, client):
    client.cookies["django_language"] = "en"
    for path in pages(world):
        answer = open_as(client, world.staff.zhao).get(path)
        assert answer.status_code == 200, path
    assert "Suggested limit" in client.get(f"/credit/terminals/{world.hospital.pk}/limit/").content.decode()


def test_empty_pages_say_what_to_do(client):
    staff = cast.assemble()
    for path in ("/credit/limits/", "/credit/holds/", "/credit/watch/", "/credit/securities/", "/credit/reviews/",
                 "/receivables/bills/", f"/credit/terminals/{staff.suns_clinic.pk}/limit/",
                 f"/credit/terminals/{staff.suns_clinic.pk}/exposure/"):  # fmt: skip
        assert open_as(client, staff.zhao).get(path).status_code == 200, path


def test_pages_ask_a_constant_number_of_queries(world, client):
    open_as(client, world.staff.zhao)
    paths = [path for path in pages(world) if "?" not in path]
    client.get("/credit/limits/")

    def asked(path):
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        return len(seen)

    before = {path: asked(path) for path in paths}
    for n in range(12):
        other = cast.open_terminal(f"X{n}", f"诊所{n}", "clinic", world.staff.wang, world.staff.hubei)
        given = {"terminal": other, "by": world.staff.feng, "now": world.now}
        actions.grant_limit(
            fen=100 + n,
            since=world.today,
            until=world.today + timedelta(days=9),
            application=None,
            term_days=9,
            **given,
        )
        actions.place_hold(reason="other", note="x", **given)
        actions.note_finding(kind="other", note="y", **given)
        actions.record_security(kind="deposit", fen=7, since=world.today, **given)
        receivables.receive_payment(
            number=f"B{n}", received_on=world.today, fen=9, method="bill", terminal=other, by=world.staff.qian,
            now=world.now,
        )  # fmt: skip
    assert {path: asked(path) for path in paths} == before


def test_lists_become_files(world, client):
    open_as(client, world.staff.zhao)
    for path in ("/credit/limits/", "/credit/holds/", "/credit/watch/", "/credit/securities/", "/credit/reviews/",
                 "/receivables/bills/"):  # fmt: skip
        answer = client.get(f"{path}?format=xlsx")
        assert b"".join(answer.streaming_content if answer.streaming else [answer.content])[:2] == b"PK", path
    calendar = client.get("/credit/reviews/calendar.ics")
    text = calendar.content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert f"DTSTART;VALUE=DATE:{world.today:%Y%m%d}" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_hold_is_placed_and_lifted_on_the_page(world, client):
    open_as(client, world.staff.zhao)
    pharmacy = world.staff.wangs_pharmacy
    assert client.get(f"/credit/holds/new/?terminal={pharmacy.pk}").status_code == 200
    sent = form(terminal=pharmacy.pk, reason="legal", note="被起诉")
    answer = client.post("/credit/holds/new/", sent)
    hold = Hold.objects.get(terminal=pharmacy)
    assert answer.headers["Location"] == f"/credit/holds/{hold.pk}/"
    assert client.post("/credit/holds/new/", form(terminal=pharmacy.pk, reason="legal", note="又")).status_code == 422
    assert client.post(f"/credit/holds/{hold.pk}/lift/", form(why="")).status_code == 422
    client.post(f"/credit/holds/{hold.pk}/lift/", form(why="撤诉"))
    assert Hold.objects.get(pk=hold.pk).lifted_why == "撤诉"


def test_many_are_held_and_lifted_at_once(world, client):
    open_as(client, world.staff.zhao)
    ids = [world.hospital.pk, world.staff.wangs_pharmacy.pk]
    assert "荆门市第一人民医院" in client.post("/credit/holds/many/", {"id": ids}).content.decode()
    client.post("/credit/holds/many/", form(id=ids, reason="dispute", note="统一暂停"))
    live = Hold.objects.filter(lifted_at=None)
    assert live.count() == 2  # the hospital was held for it already
    client.post("/credit/holds/lift/", form(id=[one.pk for one in live], why="已解决"))
    assert not Hold.objects.filter(lifted_at=None).exists()
    assert client.post("/credit/holds/lift/", {}).headers["Location"] == "/credit/holds/"


def test_a_warning_is_told_and_closed_on_the_page(world, client):
    open_as(client, world.staff.zhao)
    pharmacy = world.staff.wangs_pharmacy
    client.post("/credit/watch/new/", form(terminal=pharmacy.pk, kind="lawsuit", note="被告", grave="on"))
    told = Finding.objects.get(terminal=pharmacy)
    assert (told.kind, told.grave) == ("lawsuit", True)
    client.post(f"/credit/watch/{told.pk}/close/", form(outcome="已核实无关"))
    client.post("/credit/watch/close/", form(id=[world.finding], outcome="已重新调查"))
    assert not Finding.objects.filter(closed_at=None).exists()


def test_a_security_is_registered_and_ended_on_the_page(world, client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    open_as(client, world.staff.zhao)
    pharmacy = world.staff.wangs_pharmacy
    given = {"terminal": pharmacy.pk, "kind": "guarantee_general", "amount": "50,000", "since": "2026-11-01"}
    assert client.post("/credit/securities/new/", form(guarantor="李四", **given)).status_code == 422
    client.post("/credit/securities/new/", form(guarantor="李四", debt_due="2026-12-31", **given))
    kept = Security.objects.get(terminal=pharmacy)
    assert (kept.fen, kept.until) == (50_000_00, date(2027, 6, 30))
    scan = SimpleUploadedFile("保证合同.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    add = f"/credit/securities/{kept.pk}/paper/add"
    assert client.post(add, form()).status_code == 422
    assert client.post(add, form(paper=scan)).status_code == 302
    got = client.get(f"/credit/securities/{kept.pk}/paper/")
    assert (got.content[:5], got["Content-Disposition"][:10]) == (b"%PDF-", "attachment")
    assert client.get(f"/credit/securities/{world.security}/paper/").status_code == 404
    scan.seek(0)
    given |= {"kind": "pledge", "terminal": world.hospital.pk, "guarantor": "张三"}
    assert client.post("/credit/securities/new/", form(paper=scan, **given)).status_code == 302
    assert Security.objects.get(guarantor="张三").paper == Security.objects.get(pk=kept.pk).paper
    assert open_as(client, world.staff.sun).get(f"/credit/securities/{kept.pk}/paper/").status_code == 404
    open_as(client, world.staff.zhao)
    client.post(f"/credit/securities/{kept.pk}/end/", form(why="已解除"))
    assert Security.objects.get(pk=kept.pk).ended_why == "已解除"


def accepted(world, day):
    """A survey of the hospital on a day, valid for 400."""
    survey = actions.start_survey(
        terminal=world.hospital, how="site", surveyed_on=world.today, by=world.staff.wang, now=world.now
    )
    Survey.objects.filter(pk=survey.pk).update(surveyed_on=day)
    SurveyReview.objects.create(
        survey=survey, accepted=True, valid_until=day + timedelta(days=400), reviewer=world.staff.zhao,
        reviewed_at=world.now,
    )  # fmt: skip


def test_reviews_overdue_stand_among_today_s_reminders_as_the_calendar_counts_them(world, client):
    for surveyed, days in ((None, (-1, 0, 1)), (0, (0, 89, 93, 200, 364, 365, 366)), (60, (366, 400, 424, 426, 470))):
        if surveyed is not None:
            accepted(world, world.today + timedelta(days=surveyed))
        for today in (world.today + timedelta(days=n) for n in days):
            for letter, who in product(("", "A", "D"), (world.staff.wang, world.staff.sun)):
                Account.objects.update_or_create(terminal=world.hospital, defaults={"grade": letter})
                counted = reviews.list_reviews(who, today, state="overdue")[1]
                assert reviews.overdue_reviews(who, today) == counted, (today, letter)
    Account.objects.update(grade="A")
    Limit.objects.filter(for_group=False).update(since=world.today - timedelta(days=400))
    assert "个客户的信用该复审" in open_as(client, world.staff.wang).get("/").content.decode()


def test_a_limit_is_ended_on_the_page_by_who_may_approve(world, client):
    path = f"/credit/terminals/{world.hospital.pk}/limit/end/"
    assert open_as(client, world.staff.wang).post(path, form(why="x")).status_code == 403
    open_as(client, world.staff.feng).post(path, form(why="先停临时额度", temporary="1"))
    assert set(Limit.objects.filter(ended_at=None, for_group=False).values_list("temporary", flat=True)) == {False}
    client.post(path, form(why="合作结束"))
    assert not Limit.objects.filter(ended_at=None, for_group=False).exists()


def test_a_bill_comes_in_on_the_receipt_form_and_its_outcome_on_its_page(world, client):
    open_as(client, world.staff.qian)
    sent = {
        "terminal": world.hospital.pk, "receipt_no": "SK9", "received_on": world.today.isoformat(), "amount": "100",
        "method": "承兑汇票", "how": "oldest",
    }  # fmt: skip
    assert client.post("/receivables/receipts/new/", form(**sent)).status_code == 422
    due = (world.today + timedelta(days=30)).isoformat()
    seen = {
        "seen-sub_range": "0", "seen-acceptor_exact": "on", "seen-complete": "on", "seen-chain_unbroken": "on",
        "seen-restriction": "none", "seen-before_us_pays": "on", "seen-contract": "HT-1", "seen-invoice": "FP1",
    }  # fmt: skip
    sent |= seen
    client.post("/receivables/receipts/new/", form(bill_kind="商业承兑汇票", bill_due=due, bill_no="6" * 30, **sent))
    bill = Bill.objects.get(number="6" * 30)
    assert (bill.kind, bill.due_on.isoformat(), bill.fen) == ("commercial", due, 100_00)
    path = f"/receivables/bills/{bill.pk}/"
    assert client.post(f"{path}clear/", form(on=world.today.isoformat())).status_code == 422
    client.post(f"{path}dishonour/", form(on=world.today.isoformat(), reason="余额不足"))
    assert "已拒付" in client.get(path).content.decode()
