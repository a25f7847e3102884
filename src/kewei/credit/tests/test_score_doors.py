"""The doors of scoring: pages, files, API and command, for those who may and nobody else."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast

from kewei.credit import actions, jobs
from kewei.credit.actions import runs as run_actions
from kewei.credit.models import Account, Score
from kewei.credit.queries import findings, grades, runs, scores
from kewei.credit.rules import calibration, sheets
from kewei.credit.rules.calibration import Seen
from kewei.journal import queries_policies
from kewei.receivables import actions as receivables

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
NOW = cast.MORNING


@pytest.fixture
def staff(db):
    queries_policies.forget_read()
    staff = cast.assemble()
    for number, on in (("FP1", date(2026, 2, 1)), ("FP2", date(2026, 11, 1))):
        receivables.post_invoice(
            terminal=staff.wangs_hospital, number=number, invoice_date=on, due_date=on + timedelta(30), total_fen=100_00,
            by=staff.qian, now=NOW,
        )  # fmt: skip
    everybody = [staff.wangs_hospital.pk, staff.wangs_pharmacy.pk, staff.suns_clinic.pk]
    actions.regrade(terminal_ids=everybody, as_of=DAY, by=staff.zhao, now=NOW)
    return staff


def pages(staff):
    hospital = staff.wangs_hospital.pk
    return [
        reverse("credit:scores"), reverse("credit:movers"), reverse("credit:calibration"), reverse("credit:sheets"),
        reverse("credit:score", args=[hospital]),
    ]  # fmt: skip


def test_pages_open_for_those_who_may_see_credit(staff, client):
    for who in (staff.wang, staff.li, staff.zhao, staff.zheng):
        client.force_login(who)
        for page in pages(staff):
            assert client.get(page).status_code == 200, page


def test_the_medical_representative_and_a_stranger_see_none_of_it(staff, client):
    client.force_login(staff.zhou)
    for page in pages(staff):
        assert client.get(page).status_code in (403, 404), page
    client.force_login(staff.sun)
    assert client.get(reverse("credit:score", args=[staff.wangs_hospital.pk])).status_code == 404
    assert staff.wangs_hospital.name not in client.get(reverse("credit:scores")).content.decode()
    assert staff.wangs_hospital.name not in client.get(reverse("credit:movers")).content.decode()


def test_the_page_says_why_and_what_would_lift_it(staff, client):
    client.force_login(staff.wang)
    text = client.get(reverse("credit:score", args=[staff.wangs_hospital.pk])).content.decode()
    for words in (
        "当前逾期超过 60 天",
        "准时付款率",
        "怎样提高一级",
        "解除红线",
        "缺证据",
        "权重按比例分给有数据的各项",
    ):
        assert words in text


def test_each_score_has_a_page_that_names_its_versions(staff, client):
    first = Score.objects.get(terminal=staff.wangs_hospital)
    actions.score_customer(terminal=staff.wangs_hospital, as_of=DAY + timedelta(1), by=staff.zhao, now=NOW)
    client.force_login(staff.wang)
    page = client.get(reverse("credit:one_score", args=[first.pk])).content.decode()
    for words in ("这是一次过去的评分", "credit.sheet.hospital@0", "credit.grading@0", "一致", "解除红线"):
        assert words in page
    newest = client.get(reverse("credit:score", args=[staff.wangs_hospital.pk])).content.decode()
    assert "这是一次过去的评分" not in newest
    assert reverse("credit:one_score", args=[first.pk]) in newest
    told = client.get(f"/api/credit/scores/{first.pk}").json()
    assert (told["id"], told["versions"]["credit.grading"], told["replays"]) == (first.pk, "credit.grading@0", True)
    client.force_login(staff.sun)
    assert client.get(reverse("credit:one_score", args=[first.pk])).status_code == 404


def test_credit_scores_one_and_all_from_the_page(staff, client):
    before = Score.objects.count()
    client.force_login(staff.zhao)
    assert client.post(reverse("credit:score_now", args=[staff.wangs_pharmacy.pk])).status_code == 302
    assert Score.objects.count() == before + 1
    asked = client.post(reverse("credit:regrade")).url
    assert "等后台开始" in client.get(asked).content.decode()
    assert client.get(reverse("credit:regrade")).url == client.post(reverse("credit:regrade")).url == asked
    assert worker_goes_on() == 1
    assert client.get(f"{asked}progress").headers["HX-Redirect"] == asked
    page = client.get(asked).content.decode()
    assert "已评 3 个客户" in page
    client.force_login(staff.wang)
    assert client.post(reverse("credit:score_now", args=[staff.wangs_pharmacy.pk])).status_code == 403
    assert client.post(reverse("credit:regrade")).status_code == 403
    assert client.get(asked).status_code == 404
    assert Score.objects.count() == before + 4


def test_pages_ask_a_constant_number_of_queries(staff, client):
    client.force_login(staff.zhao)
    for page in pages(staff):
        client.get(page)
        with CaptureQueriesContext(connection) as first:
            client.get(page)
        for _ in range(3):
            actions.score_customer(terminal=staff.wangs_hospital, by=staff.zhao, now=NOW)
        with CaptureQueriesContext(connection) as then:
            client.get(page)
        assert len(then) <= len(first), page
        assert len(then) < 30


def worker_goes_on():
    """How many turns the worker takes until nobody asks for anything."""
    turns = 0
    while jobs.WhenAsked().is_due(None, None, NOW):
        jobs.go_on(now=NOW)
        turns += 1
    return turns


def test_a_run_that_breaks_is_ended_with_the_reason(staff, client, monkeypatch):
    run = actions.ask_regrade(by=staff.zhao, now=NOW)

    def breaks(**_given):
        raise RuntimeError("disk full")

    monkeypatch.setattr(run_actions, "score_many", breaks)
    assert worker_goes_on() == 1
    client.force_login(staff.zhao)
    assert "disk full" in client.get(reverse("credit:run", args=[run])).content.decode()
    assert not jobs.WhenAsked().is_due(NOW, None, NOW + timedelta(seconds=1))


def test_an_edited_sheet_shows_who_would_move_and_waits_for_somebody_else(staff, client, monkeypatch):
    client.force_login(staff.feng)
    page = reverse("credit:sheet", args=["credit.grading"])
    body = sheets.GRADING.body | {
        "red_lines": sheets.GRADING.body["red_lines"] | {"overdue_days": 999},
        "bands": {"A": 90, "B": 60, "C": 1},
    }
    monkeypatch.setattr(run_actions, "AT_ONCE", 2)
    run = client.post(page, {"text": json.dumps(body)}).url
    turns = worker_goes_on()
    told = client.get(run).content.decode()
    assert turns == 2, told
    assert staff.wangs_hospital.name in told
    found = runs.run_for(staff.feng, int(run.rstrip("/").rpartition("/")[2]))
    assert {(one.former, one.grade) for one in found.moved} == {("D", "C")}
    assert sum(count for _f, _t, count in found.counts) == found.done == found.total == 3
    made = client.post(run, {"since": "2099-01-01", "source": "董事会"})
    assert made.status_code == 302
    assert queries_policies.in_force(sheets.GRADING, date(2099, 1, 2)).number == 0
    assert client.post(page, {"text": "{"}).status_code == 422
    client.force_login(staff.zhao)
    assert client.get(run).status_code == 404
    client.force_login(staff.wang)
    assert client.get(page).status_code == 403


def test_movers_are_those_whose_grade_changed(staff):
    assert grades.movers(staff.zhao, DAY, DAY + timedelta(9)) == ([], 0)
    score = Score.objects.get(terminal=staff.wangs_hospital)
    Score.objects.create(
        terminal=staff.wangs_hospital,
        as_of=DAY + timedelta(1),
        sheet=score.sheet,
        points_c=60_00,
        grade="C",
        made_by=staff.zhao,
        made_at=NOW,
    )
    rows, count = grades.movers(staff.zhao, DAY, DAY + timedelta(9))
    assert (count, rows[0].former, rows[0].grade, rows[0].code) == (1, "D", "C", "T0001")
    assert grades.movers(staff.sun, DAY, DAY + timedelta(9)) == ([], 0)


def test_a_score_that_does_not_replay_is_a_finding(staff):
    assert list(findings()) == []
    score = Score.objects.get(terminal=staff.wangs_hospital)
    Score.objects.create(
        terminal=staff.wangs_hospital, as_of=DAY, sheet=score.sheet, points_c=score.points_c + 1, grade=score.grade,
        red_lines=score.red_lines, capped_by=score.capped_by, lines=score.lines, inputs=score.inputs, made_by=staff.zhao, made_at=NOW,
    )  # fmt: skip
    Account.objects.filter(pk=staff.suns_clinic.pk).update(grade="A")
    assert [finding.code for finding in findings()] == ["score_replay", "account_grade"]


def test_a_score_without_its_policies_stops_neither_the_check_nor_its_page(staff, client):
    old = Score.objects.create(
        terminal=staff.wangs_hospital, as_of=DAY + timedelta(1), sheet="credit.sheet.hospital@0", points_c=60_00,
        grade="C", made_by=staff.zhao, made_at=NOW,
    )  # fmt: skip
    gone = {"case": {}, "labels": {policy.name: f"{policy.name}@99" for policy in scores.MADE_BY}}
    Score.objects.create(
        terminal=staff.wangs_hospital, as_of=DAY, sheet="credit.sheet.hospital@99", points_c=60_00, grade="C",
        inputs=gone, made_by=staff.zhao, made_at=NOW,
    )  # fmt: skip
    assert [finding.code for finding in findings()] == ["score_without_policy"] * 2
    client.force_login(staff.zhao)
    page = client.get(reverse("credit:one_score", args=[old.pk])).content.decode()
    assert "没有记下" in page
    assert "不一致" in page


def test_nightly_only_news_is_kept(staff):
    before = Score.objects.count()
    jobs.regrade(now=NOW)
    assert Score.objects.count() == before
    later = NOW + timedelta(days=100)
    jobs.regrade(now=later)
    assert Score.objects.count() == before + 3


# --- calibration -------------------------------------------------------------------------------------------------------


def test_brier_and_auc_worked():
    seen = [
        Seen(n, points, "B", late)
        for n, (points, late) in enumerate([(90, False), (80, False), (70, True), (60, False), (50, True)])
    ]
    assert calibration.auc([(one.points_c, one.late) for one in seen]) == calibration.Fraction(5, 6)
    assert calibration.brier(
        [(calibration.Fraction(1, 2), True), (calibration.Fraction(0), False)]
    ) == calibration.Fraction(1, 8)
    assert calibration.auc([(1, True)]) is None
    assert calibration.wilson_bp(0, 10) == (0, 2775)
    assert calibration.wilson_bp(5, 10) == (2366, 7634)
    steps = calibration.never_rising([(1, True), (2, False), (3, True), (4, False)])
    assert [chance for _points, chance in steps] == [1, calibration.Fraction(1, 2), 0]
    made = calibration.calibrate(seen)
    assert (made.cases, made.late, sum(one.cases for one in made.groups)) == (5, 2, 5)


def test_scores_are_compared_with_what_happened(staff):
    early = date(2026, 2, 10)
    for customer in (staff.wangs_hospital, staff.wangs_pharmacy):
        actions.score_customer(terminal=customer, as_of=early, by=staff.zhao, now=NOW)
    found = grades.calibrated(staff.zhao, date(2026, 1, 1), DAY, 6, DAY)
    assert (found.result.cases, found.result.late, found.idle, found.already) == (1, 1, 1, 0)
    with pytest.raises(calibration.NothingToCalibrate):
        grades.calibrated(staff.sun, date(2026, 1, 1), DAY, 6, DAY)


def test_the_command_scores_calibrates_and_draws(staff, capsys, tmp_path):
    from kewei.config.cli import main

    assert main(["score", "T0001", "--as", "zhao", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["grade"], told["replays"]) == ("D", True)
    assert main(["score", "all", "--as", "zhao", "--json", "--as-of", "2026-02-10"]) == 0
    assert json.loads(capsys.readouterr().out)["scored"] == 3
    plot = tmp_path / "plot.svg"
    assert main(["score", "calibrate", "--as", "zhao", "--json", "--from", "2026-01-01", "--out", str(plot)]) == 0
    assert json.loads(capsys.readouterr().out)["late"] == 1
    assert plot.read_text(encoding="utf-8").startswith("<svg")
    assert main(["score", "T0001", "--as", "wang"]) == 1
    assert scores.score_of(staff.wangs_hospital.pk) is not None
