"""Pages of credit: the survey written and reviewed, an application decided with one press, the file."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import cast, trading

from kewei.credit import actions
from kewei.credit.models import Application, Limit, Survey
from kewei.credit.rules.redlines import LISTS
from kewei.credit.tests.test_applications import applied, ready
from kewei.credit.tests.test_surveys import PHARMACY, check_lists, handed_in
from kewei.kernel.ids import new_key

pytestmark = pytest.mark.django_db
NOW = cast.MORNING


@pytest.fixture
def staff(time_machine):
    time_machine.move_to(NOW, tick=False)
    return cast.assemble()


def client(person) -> Client:
    made = Client()
    made.force_login(person)
    return made


FORM = {
    "how": "site", "surveyed_on": "2026-11-23", "opinion": "稳", "suggested_grade": "B", "suggested": "80000",
    "suggested_term_days": "30", "principal.name": "许正", "principal.share": "80", "principal.experience": "12",
    "principal.dishonest": "0", "principal.lawsuits": "0", "scale.open_months": "90", "scale.shell": "0",
    "scale.registered_fen": "500000", "scale.insured": "8", "selling.turnover_fen": "3000000",
    "selling.sell_through": "1", "selling.district_rank": "60", "management.penalty": "0",
    "management.penalty_free": "120", "management.suspended": "0", "management.erp": "1",
    "capital.net_assets_fen.0": "800000", "capital.net_assets_fen.1": "900000", "capital.net_assets_fen.2": "1000000",
    "profit.net_profit_fen.0": "5", "profit.net_profit_fen.1": "6", "profit.net_profit_fen.2": "7",
    "profit.cash_flow_fen.0": "1", "profit.cash_flow_fen.1": "2", "profit.cash_flow_fen.2": "3",
    "references.suppliers.0.supplier": "甲", "references.suppliers.0.overdue_days": "0",
    "references.suppliers.1.supplier": "乙", "references.suppliers.1.overdue_days": "10",
    "references.sued_by_supplier": "0", "bank.bank": "建行", "bank.account": "1", "bank.bank_line": "1",
    "bank.bill_state": "0", "bank.guarantees": "0",
}  # fmt: skip


def test_a_survey_goes_its_whole_way_through_pages(staff):
    wang, zhao = client(staff.wang), client(staff.zhao)
    answer = wang.post(
        f"/credit/surveys/new/?terminal={staff.wangs_pharmacy.pk}",
        {"form_key": new_key(), "how": "site", "surveyed_on": "2026-11-23"},
    )
    url = answer["Location"]
    early = wang.post(url, {**FORM, "hand_in": "1"})
    assert early.status_code == 422
    assert "还缺 6 项必填" in early.content.decode()
    for line in LISTS:
        body = {"form_key": new_key(), "line": line, "found": "0", "checked_on": "2026-11-22"}
        assert wang.post(f"{url}check", body).status_code == 302
    assert wang.post(url, {**FORM, "hand_in": "1"}).status_code == 302
    page = zhao.get(url).content.decode()
    assert "800,000.00" in page or "800000.00" in page
    assert zhao.post(f"{url}review", {"form_key": new_key(), "accept": "1"}).status_code == 302
    assert Survey.objects.get().reviews.get().accepted
    assert "调查人签字" in wang.get(f"{url}paper/").content.decode()


def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_is_lost(staff):
    wang = client(staff.wang)
    survey = actions.start_survey(
        terminal=staff.wangs_pharmacy, how="site", surveyed_on=date(2026, 11, 23), by=staff.wang, now=NOW
    )
    answer = wang.post(f"/credit/surveys/{survey.pk}/", {**FORM, "scale.insured": "八个"})
    assert answer.status_code == 422
    assert "请填整数" in answer.content.decode()


def test_a_picture_of_a_list_is_kept_and_served_as_a_download(staff, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.MEDIA_ROOT = tmp_path
    survey = handed_in(staff)
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82"
    body = {
        "form_key": new_key(), "line": "bill_default", "found": "0", "checked_on": "2026-11-22",
        "picture": SimpleUploadedFile("查询.png", png),
    }  # fmt: skip
    wang = client(staff.wang)
    assert wang.post(f"/credit/surveys/{survey.pk}/check", body).status_code == 302
    check = survey.terminal and survey.red_lines.order_by("-pk").first()
    answer = wang.get(f"/credit/surveys/checks/{check.pk}/picture")
    assert answer.content == png
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Disposition"].startswith("attachment")
    assert client(staff.sun).get(f"/credit/surveys/checks/{check.pk}/picture").status_code == 404
    evil = {**body, "form_key": new_key(), "picture": SimpleUploadedFile("x.png", b"<html><script>")}
    assert wang.post(f"/credit/surveys/{survey.pk}/check", evil).status_code == 422


def test_an_application_is_made_and_decided_with_one_press_from_the_inbox(staff):
    ready(staff)
    wang = client(staff.wang)
    body = {
        "form_key": new_key(), "kind": "new", "wanted": "90000", "term_days": "60", "until": "2027-10-01",
        "first_order": "150000", "pledged": "on",
    }  # fmt: skip
    page = wang.get(f"/credit/applications/new/?terminal={staff.wangs_hospital.pk}")
    assert "建议额度" in page.content.decode()
    answer = wang.post(f"/credit/applications/new/?terminal={staff.wangs_hospital.pk}", body)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    application = Application.objects.get()
    assert application.route == ["manager", "credit_manager", "finance_director", "director"] or application.route
    for who in (staff.li, staff.zhao, staff.feng, staff.tao, staff.zheng):
        inbox = client(who).get("/inbox/")
        if application.number in inbox.content.decode():
            done = client(who).post(
                f"/credit/applications/{application.pk}/opinion",
                {"form_key": new_key(), "word": "agree", "back": "inbox"},
            )
            assert done.status_code == 302
    assert Limit.objects.get(ended_at=None).fen == 90_000_00
    letter = wang.get(f"/credit/applications/{application.pk}/letter.pdf")
    assert letter.content.startswith(b"%PDF")
    assert "已批准" in wang.get(f"/credit/applications/{application.pk}/").content.decode()


def test_the_applicant_gets_no_button_and_no_way_round_it(staff):
    ready(staff)
    wanted = applied(staff, by=staff.li)
    li = client(staff.li)
    assert "签意见" not in li.get(f"/credit/applications/{wanted.pk}/").content.decode()
    answer = li.post(f"/credit/applications/{wanted.pk}/opinion", {"form_key": new_key(), "word": "agree"})
    assert answer.status_code == 422
    assert "不能审批自己的申请" in answer.content.decode()


def test_the_file_brings_everything_together_at_a_fixed_cost(staff):
    ready(staff)
    trading.limit(staff, staff.wangs_hospital, 100_000_00)
    wang = client(staff.wang)
    costs = []
    for kinds in (1, 3):
        for _n in range(kinds):
            wanted = applied(staff, kind="raise", wanted_fen=200_000_00)
            actions.withdraw_application(application=wanted, by=staff.wang, now=NOW)
        url = f"/credit/terminals/{staff.wangs_hospital.pk}/"
        wang.get(url)
        with CaptureQueriesContext(connection) as asked:
            page = wang.get(url)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert "100,000.00" in page.content.decode()


@pytest.mark.parametrize("path", ["/credit/surveys/", "/credit/applications/", "/inbox/", "/journal/policies/"])
def test_lists_are_useful_when_empty_and_full(staff, path):
    zheng = client(staff.zheng)
    assert zheng.get(path).status_code == 200
    ready(staff)
    applied(staff)
    handed_in(staff)
    assert zheng.get(path).status_code == 200


def test_a_policy_is_proposed_by_one_and_decided_by_another(staff):
    from kewei.credit.rules.limits import LIMIT
    from kewei.journal import queries_policies

    zhao, zheng = client(staff.zhao), client(staff.zheng)
    import json

    body = {"body": json.dumps({**LIMIT.body, "brake_days": 60}), "since": "2026-11-23", "source": "会议纪要 3 号"}
    assert zhao.post("/journal/policies/credit.limit/propose", {**body, "since": "2026-11-22"}).status_code == 422
    assert zhao.post("/journal/policies/credit.limit/propose", {**body, "body": "{}"}).status_code == 422
    assert zhao.post("/journal/policies/credit.limit/propose", body).status_code == 302
    row = queries_policies.waiting()[0]
    assert "credit.limit@1" in zheng.get("/inbox/").content.decode()
    assert "brake_days" in zheng.get("/journal/policies/credit.limit/").content.decode()
    assert zhao.post(f"/journal/policies/versions/{row.pk}/decide", {"approve": "1"}).status_code == 403
    assert zheng.post(f"/journal/policies/versions/{row.pk}/decide", {"approve": "1"}).status_code == 302
    queries_policies.forget_read()
    assert queries_policies.in_force(LIMIT, date(2026, 11, 23)).value.brake_days == 60
    assert queries_policies.in_force(LIMIT, date(2026, 11, 22)).number == 0


def test_papers_report_vetoes_and_suspensions_by_page(staff):
    licence = trading.papers(staff.wangs_hospital)
    wu, li = client(staff.wu), client(staff.li)
    url = f"/terminals/{staff.wangs_hospital.pk}/papers"
    assert "证照报告" in wu.get(url).content.decode()
    assert wu.post(f"/terminals/{staff.wangs_hospital.pk}/vetoes", {"reason": "冷库停电"}).status_code == 302
    assert li.post(f"/terminals/{staff.wangs_hospital.pk}/vetoes", {"reason": "x"}).status_code == 403
    assert "冷库停电" in li.get(f"/terminal/{staff.wangs_hospital.pk}/").content.decode()
    veto = staff.wangs_hospital.vetoes.get()
    assert client(staff.zheng).post(f"/terminals/vetoes/{veto.pk}/lift", {"why": "算了"}).status_code == 403
    assert wu.post(f"/terminals/vetoes/{veto.pk}/lift", {"why": "已恢复"}).status_code == 302
    assert (
        wu.post(f"/terminals/licences/{licence.pk}/suspension", {"how": "suspend", "reason": "药监通知"}).status_code
        == 302
    )
    assert "暂停或吊销" in wu.get(url).content.decode()
    assert wu.post(f"/terminals/licences/{licence.pk}/suspension", {"how": "lift"}).status_code == 302


def test_the_survey_of_the_pharmacy_is_complete():
    assert set(PHARMACY) == {key.split(".")[0] for key in FORM if "." in key}
    assert check_lists


def test_a_deputy_without_a_right_of_their_own_finds_what_waits(staff):
    from datetime import timedelta

    from kewei.people import actions as people

    ready(staff)
    wanted = applied(staff)
    qian = client(staff.qian)
    assert wanted.number not in qian.get("/inbox/").content.decode()
    people.appoint_deputy(
        taker=staff.qian,
        since=date(2026, 11, 23),
        until=date(2026, 11, 23) + timedelta(days=5),
        by=staff.li,
        now=cast.MORNING,
    )
    assert wanted.number in qian.get("/inbox/").content.decode()
    body = {"form_key": new_key(), "word": "agree", "stands_in_for": staff.li.pk, "back": "inbox"}
    assert qian.post(f"/credit/applications/{wanted.pk}/opinion", body).status_code == 302
    qian.get("/inbox/")  # says what was done
    assert wanted.number not in qian.get("/inbox/").content.decode()


def test_the_inbox_opens_for_everybody_whose_navigation_shows_it(staff):
    for person in (staff.wang, staff.qian, staff.chu, staff.wu, staff.zhao, staff.tao, staff.sun):
        assert "/inbox/" in client(person).get("/").content.decode()
        assert client(person).get("/inbox/").status_code == 200
    assert client(staff.zhou).get("/inbox/").status_code == 403
