"""Checking in and reporting: what is kept, what is refused, and to whom (domain 2.4, 4.4, 4.8)."""

from datetime import timedelta

import pytest
from tests import cast

from kewei.collecting.models import Promise
from kewei.collecting.tests.owing import invoice
from kewei.journal.models import Fact
from kewei.kernel.refusals import KeyReused, NotAllowed, NotFound
from kewei.visits import actions
from kewei.visits.models import AdverseHint, Checklist, Report, Visit, Wish
from kewei.visits.queries import visits as queries
from kewei.visits.rules import photos
from kewei.visits.rules import reporting as rules
from kewei.visits.rules.checklist import ChecklistBlocked, ChecklistOpen
from kewei.visits.rules.purposes import NoPurpose, PurposeNotForMedical, UnknownPurpose
from kewei.visits.tests.going import (
    HOUR,
    NOW,
    PIXEL,
    SEEN,
    TODAY,
    WORDS,
    arrive,
    plan_stop,
    product,
    sign,
    tell,
)


@pytest.fixture
def staff(db):
    return cast.assemble()


# --- checking in ------------------------------------------------------------------------------------------------------


def test_a_visit_begins_with_one_point_and_both_clocks(staff):
    visit = arrive(
        staff.wang, staff.wangs_hospital, lat_e6=31_000_000, lon_e6=112_000_000, accuracy_m=20, consented=True,
        now=NOW + HOUR, said_at=NOW,
    )  # fmt: skip
    kept = Visit.objects.get(pk=visit.pk)
    assert (kept.arrived_at, kept.heard_at, kept.late, kept.role, kept.day) == (
        NOW, NOW + HOUR, False, "representative", TODAY,
    )  # fmt: skip
    assert (kept.lat_e6, kept.away_m, kept.policy) == (31_000_000, None, "visits.report@0")
    assert Fact.objects.filter(name="visits.checked_in", terminal=staff.wangs_hospital.pk).count() == 1


def test_how_far_away_is_kept_where_the_terminal_has_a_place(staff):
    type(staff.wangs_hospital).objects.filter(pk=staff.wangs_hospital.pk).update(lat_e6=31_000_000, lon_e6=112_000_000)
    visit = arrive(staff.wang, staff.wangs_hospital, lat_e6=31_010_000, lon_e6=112_000_000, consented=True)
    assert visit.away_m == 1112


def test_no_place_without_consent(staff):
    with pytest.raises(rules.PlaceWithoutConsent):
        arrive(staff.wang, staff.wangs_hospital, lat_e6=31_000_000, lon_e6=112_000_000)


def test_an_unplanned_visit_needs_a_reason_and_a_planned_one_finds_its_stop(staff):
    with pytest.raises(rules.UnplannedWithoutReason):
        arrive(staff.wang, staff.wangs_hospital, unplanned_why=" ")
    stop = plan_stop(staff.wang, staff.wangs_hospital, purposes=("reconcile",))
    visit = arrive(staff.wang, staff.wangs_hospital, unplanned_why="", purposes=[])
    assert (visit.stop_id, visit.purposes, visit.unplanned_why) == (stop.pk, ["reconcile"], "")


def test_another_ones_stop_is_not_there(staff):
    stop = plan_stop(staff.li, staff.wangs_hospital)
    with pytest.raises(NotFound):
        arrive(staff.wang, staff.wangs_hospital, stop=stop.pk)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"how": "telepathy"}, rules.UnknownWay),
        ({"purposes": []}, NoPurpose),
        ({"purposes": ["golf"]}, UnknownPurpose),
        ({"at": NOW + HOUR, "now": NOW}, rules.CheckInAhead),
        ({"at": NOW - timedelta(days=11), "now": NOW}, rules.CheckInTooLate),
    ],
)
def test_a_check_in_that_cannot_be_is_refused(staff, given, refused):
    with pytest.raises(refused):
        arrive(staff.wang, staff.wangs_hospital, **given)


def test_what_is_entered_hours_later_is_marked_late(staff):
    visit = arrive(staff.wang, staff.wangs_hospital, now=NOW + timedelta(minutes=91))
    assert visit.late


def test_the_same_key_is_done_once_and_no_other_body_takes_it(staff):
    first = arrive(staff.wang, staff.wangs_hospital, key="phone-1")
    again = arrive(staff.wang, staff.wangs_hospital, key="phone-1", now=NOW + HOUR)
    assert first.pk == again.pk
    assert Visit.objects.count() == 1
    with pytest.raises(KeyReused):
        arrive(staff.wang, staff.wangs_hospital, key="phone-1", purposes=["collect"])


def test_sun_visits_none_of_wangs_terminals_and_the_accountant_visits_nobody(staff):
    with pytest.raises(NotFound):
        arrive(staff.sun, staff.wangs_hospital)
    with pytest.raises(NotAllowed):
        arrive(staff.qian, staff.wangs_hospital)


def test_companions_are_written_down_once(staff):
    visit = arrive(staff.wang, staff.wangs_hospital, companions=[staff.li.pk, staff.li.pk])
    actions.join_visit(visit=visit.pk, person=staff.li.pk, by=staff.wang, now=NOW)
    assert queries.visit(staff.li, visit.pk).companions == ("李",)


def test_a_place_is_forgotten_after_ninety_days(staff):
    visit = arrive(
        staff.wang, staff.wangs_hospital, lat_e6=31_000_000, lon_e6=112_000_000, accuracy_m=9, consented=True
    )
    assert actions.forget_places(by=staff.system, now=NOW + timedelta(days=90)) == 0
    assert actions.forget_places(by=staff.system, now=NOW + timedelta(days=91)) == 1
    kept = Visit.objects.get(pk=visit.pk)
    assert (kept.lat_e6, kept.lon_e6, kept.accuracy_m, kept.consented) == (None, None, None, True)
    with pytest.raises(NotAllowed):
        actions.forget_places(by=staff.zheng, now=NOW)


# --- medical representatives ------------------------------------------------------------------------------------------


def test_a_medical_representative_needs_the_hospitals_consent(staff):
    with pytest.raises(rules.HospitalConsentMissing):
        arrive(staff.zhou, staff.wangs_hospital, purposes=["academic"])
    sign(staff.zhou, staff.wangs_hospital, purposes=["academic"])
    visit = arrive(staff.zhou, staff.wangs_hospital, purposes=["academic"])
    assert (visit.role, visit.checklist_id) == ("medical", Checklist.objects.get().pk)


def test_speaking_on_the_phone_needs_no_consent_of_the_house(staff):
    assert arrive(staff.zhou, staff.wangs_hospital, purposes=["academic"], how="phone").role == "medical"


@pytest.mark.parametrize("purpose", ["order", "reconcile", "collect"])
def test_a_medical_representative_never_comes_for_orders_statements_or_money(staff, purpose):
    with pytest.raises(PurposeNotForMedical):
        arrive(staff.zhou, staff.wangs_hospital, purposes=["academic", purpose], how="phone")
    with pytest.raises((ChecklistBlocked, PurposeNotForMedical)):
        sign(staff.zhou, staff.wangs_hospital, purposes=["academic", purpose])


@pytest.mark.parametrize("part", ["stock", "intents", "promise"])
def test_a_medical_representatives_report_holds_no_trade(staff, part):
    drug = product()
    visit = arrive(staff.zhou, staff.wangs_hospital, purposes=["academic"], how="phone")
    lines = {
        "stock": [{"product": drug.pk, "units": 3}], "intents": [{"product": drug.pk, "units": 3}],
        "promise": {"items": [1], "parts": [], "promiser": "何平"},
    }  # fmt: skip
    shown = [{"product": drug.pk, "material": "2026-09 版"}]
    with pytest.raises(rules.MedicalMayNotTrade):
        tell(visit, mentions=shown, **{part: lines[part]})
    tell(visit, mentions=shown)


def test_a_medical_representative_says_which_material_was_shown(staff):
    drug = product()
    visit = arrive(staff.zhou, staff.wangs_hospital, purposes=["academic"], how="phone")
    with pytest.raises(rules.ReportIncomplete):
        tell(visit)
    with pytest.raises(rules.ReportIncomplete):
        tell(visit, mentions=[{"product": drug.pk, "material": ""}])


def test_medical_and_sales_visits_are_kept_apart(staff):
    medical = arrive(staff.zhou, staff.wangs_hospital, purposes=["academic"], how="phone")
    sales = arrive(staff.wang, staff.wangs_hospital)
    seen = {
        name: {row.pk for row in queries.list_visits(getattr(staff, name))[0]} for name in ("wang", "zhou", "li", "sun")
    }
    assert seen == {"wang": {sales.pk}, "zhou": {medical.pk}, "li": {medical.pk, sales.pk}, "sun": set()}
    with pytest.raises(NotFound):
        queries.visit(staff.zhou, sales.pk)


# --- the report -------------------------------------------------------------------------------------------------------


def test_a_report_keeps_everything_and_its_next_step_becomes_a_wish(staff):
    drug = product()
    visit = arrive(staff.wang, staff.wangs_pharmacy)
    report = tell(
        visit, feedback=["price", "supply"], mentions=[{"product": drug.pk, "feedback": "price"}],
        stock=[{"product": drug.pk, "units": 40, "near_units": 5, "near_on": TODAY + timedelta(days=60), "batch": "B1"}],
        intents=[{"product": drug.pk, "units": 100, "by_day": TODAY + timedelta(days=3)}], competition="某厂降价",
        note="货架靠里", expense_fen=30_00, expense_kind="transport", signature=PIXEL,
    )  # fmt: skip
    file = queries.visit(staff.wang, visit.pk)
    told = file.reports[0]
    assert (file.row.achieved, told.feedback, told.stock[0].near_units, told.intents[0].units) == (
        "done", ("price", "supply"), 5, 100,
    )  # fmt: skip
    assert (told.expense_fen, told.signature is not None, told.met[0]["name"]) == (30_00, True, "何平")
    wish = Wish.objects.get(key=f"visits:report:{report.pk}:next", ended_at=None)
    assert (wish.says, wish.role, wish.first_on <= report.next_on <= wish.last_on) == ("送样品检验报告", "", True)


def test_a_shop_needs_its_stock_counted_unless_the_visit_came_to_nothing(staff):
    with pytest.raises(rules.ReportIncomplete) as no:
        tell(arrive(staff.wang, staff.wangs_pharmacy))
    assert "库存" in no.value.sentence()
    tell(arrive(staff.wang, staff.wangs_pharmacy), achieved="missed", met=[])


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"achieved": "perhaps"}, rules.UnknownAnswer),
        ({"feedback": ["bored"]}, rules.UnknownAnswer),
        ({"met": []}, rules.ReportIncomplete),
        ({"next_step": " "}, rules.NextStepMissing),
        ({"next_on": TODAY - timedelta(days=1)}, rules.NextStepMissing),
        ({"left_at": NOW - HOUR}, rules.ReportTimes),
        ({"adverse": True}, rules.AdverseWithoutWords),
        ({"note": "王主任处方量每月三十"}, rules.ForbiddenWords),
        ({"note": "王主任下周生日"}, rules.PrivateWords),
        ({"expense_fen": 400_00, "expense_kind": "meal"}, rules.ExpenseOverCap),
        ({"expense_fen": 400_00, "expense_kind": "gift"}, rules.UnknownAnswer),
        ({"intents": [{"product": 999, "units": 1}]}, rules.UnknownAnswer),
    ],
)
def test_a_report_that_lacks_or_says_too_much_is_refused(staff, given, refused):
    with pytest.raises(refused):
        tell(arrive(staff.wang, staff.wangs_hospital), **given)
    assert not Report.objects.exists()


def test_private_words_need_their_reason_and_are_marked(staff):
    report = tell(arrive(staff.wang, staff.wangs_hospital), note="儿子药店也在辖区", why_words="指连锁名「儿子药店」")
    assert report.warned == ["儿子"]


def test_a_promise_to_pay_goes_to_collecting(staff):
    owed = invoice(staff, "I1", TODAY - timedelta(days=40), 1_000_00)
    visit = arrive(staff.wang, staff.wangs_hospital, purposes=["collect"])
    parts = [{"due_on": TODAY + timedelta(days=10), "fen": 1_000_00}]
    report = tell(visit, promise={"items": [owed.pk], "parts": parts, "promiser": "何平", "authority": "finance"})
    kept = Promise.objects.get(pk=report.promise)
    assert (kept.fen, kept.made_on, kept.promiser, kept.recorded_by) == (1_000_00, TODAY, "何平", staff.wang)


def test_nobody_reports_anothers_visit_and_nobody_twice(staff):
    visit = arrive(staff.wang, staff.wangs_hospital)
    with pytest.raises(NotFound):
        tell(visit, by=staff.li)
    tell(visit)
    with pytest.raises(rules.ReportedAlready):
        tell(visit)


def test_a_late_report_is_marked(staff):
    assert tell(arrive(staff.wang, staff.wangs_hospital), at=NOW + 4 * HOUR).late
    assert not tell(arrive(staff.wang, staff.wangs_hospital), at=NOW + 4 * HOUR, said_at=NOW + HOUR).late


# --- correcting -------------------------------------------------------------------------------------------------------


def correct(report, by, at, **more):
    """The whole report again, with another next step."""
    given = {
        "left_at": report.left_at, "achieved": "partly", "met": [{"name": "何平", "job": "采购"}], "next_step": "改送报价单",
        "next_on": TODAY + timedelta(days=8), "why": "写错了下一步",
    } | more  # fmt: skip
    return actions.correct_report(report=report.pk, by=by, now=at, **given)


def test_a_correction_stands_beside_what_it_corrects(staff):
    visit = arrive(staff.wang, staff.wangs_hospital)
    first = tell(visit)
    second = correct(first, staff.wang, NOW + 2 * HOUR)
    assert [(row.pk, row.corrects) for row in queries.visit(staff.wang, visit.pk).reports] == [
        (second.pk, first.pk), (first.pk, None),
    ]  # fmt: skip
    assert [wish.says for wish in Wish.objects.filter(ended_at=None, source="next_step")] == ["改送报价单"]
    with pytest.raises(rules.ReportedAlready):
        correct(first, staff.wang, NOW + 2 * HOUR)


def test_after_a_day_only_who_leads_corrects(staff):
    first = tell(arrive(staff.wang, staff.wangs_hospital))
    later = NOW + timedelta(hours=26)
    with pytest.raises(rules.ReportLocked):
        correct(first, staff.wang, later)
    with pytest.raises(rules.CorrectionWhyMissing):
        correct(first, staff.li, later, why=" ")
    assert correct(first, staff.li, later).reported_by == staff.li
    with pytest.raises(rules.ReportLocked):
        correct(Report.objects.latest("pk"), staff.zhao, NOW + HOUR)


# --- what is added ----------------------------------------------------------------------------------------------------


def test_a_hint_of_an_adverse_reaction_becomes_a_task_until_its_number_is_entered(staff):
    visit = arrive(staff.wang, staff.wangs_hospital)
    tell(visit, adverse=True, adverse_note="服阿莫西林后皮疹一例")
    [hint] = queries.open_hints(staff.wu, NOW)
    assert (hint.visit, hint.words, hint.due_at - hint.heard_at) == (
        visit.pk,
        "服阿莫西林后皮疹一例",
        timedelta(hours=24),
    )
    with pytest.raises(NotAllowed):
        actions.report_adverse(hint=hint.pk, number="ADR-1", by=staff.wang, now=NOW)
    with pytest.raises(rules.AdverseNumberMissing):
        actions.report_adverse(hint=hint.pk, number=" ", by=staff.wu, now=NOW)
    actions.report_adverse(hint=hint.pk, number="ADR-2026-001", by=staff.wu, now=NOW)
    assert queries.open_hints(staff.wu, NOW) == []
    with pytest.raises(rules.AdverseDone):
        actions.report_adverse(hint=hint.pk, number="ADR-2", by=staff.wu, now=NOW)
    assert AdverseHint.objects.get().done_by == staff.wu


def test_photos_are_pictures_looked_at_and_lose_what_the_camera_wrote(staff):
    visit = arrive(staff.wang, staff.wangs_hospital)
    noted = PIXEL[:33] + b"\x00\x00\x00\x09tEXtGPS\x0031.0N" + b"\x00\x00\x00\x00" + PIXEL[33:]
    with pytest.raises(photos.NotAPicture):
        actions.add_photo(visit=visit.pk, filename="a.pdf", content=b"%PDF-1.7 x", cleared=True, by=staff.wang, now=NOW)
    with pytest.raises(photos.NotAPicture):
        actions.add_photo(visit=visit.pk, filename="a.png", content=PIXEL[:40], cleared=True, by=staff.wang, now=NOW)
    with pytest.raises(photos.PictureNotCleared):
        actions.add_photo(visit=visit.pk, filename="a.png", content=PIXEL, by=staff.wang, now=NOW)
    with pytest.raises(NotFound):
        actions.add_photo(visit=visit.pk, filename="a.png", content=PIXEL, cleared=True, by=staff.sun, now=NOW)
    photo = actions.add_photo(
        visit=visit.pk, filename="门头.png", content=noted, says="门头", cleared=True, by=staff.wang, now=NOW
    )
    assert photo.attachment.size_bytes < len(noted)
    assert [row.says for row in queries.visit(staff.li, visit.pk).photos] == ["门头"]


def test_who_leads_remarks_on_others_only(staff):
    visit = arrive(staff.wang, staff.wangs_hospital)
    actions.remark(visit=visit.pk, words="下次带财务一起", by=staff.li, now=NOW)
    assert queries.visit(staff.wang, visit.pk).remarks[0][:2] == ("下次带财务一起", "李")
    with pytest.raises(NotAllowed):
        actions.remark(visit=visit.pk, words="好", by=staff.wang, now=NOW)
    own = arrive(staff.li, staff.wangs_hospital)
    with pytest.raises(rules.RemarkOneself):
        actions.remark(visit=own.pk, words="好", by=staff.li, now=NOW)
    with pytest.raises(rules.WordsMissing):
        actions.remark(visit=visit.pk, words=" ", by=staff.li, now=NOW)


# --- the checklist ----------------------------------------------------------------------------------------------------


def test_a_checklist_is_signed_when_every_line_passes(staff):
    stop = plan_stop(staff.wang, staff.wangs_hospital)
    made = sign(staff.wang, staff.wangs_hospital)
    assert (made.stop_id, made.best, made.policy) == (stop.pk, "签回对账单", "visits.checklist@0")
    assert [line["number"] for line in made.lines] == list(range(1, 19))
    assert {line["state"] for line in made.lines} <= {"pass", "off"}
    assert arrive(staff.wang, staff.wangs_hospital).checklist_id == made.pk


@pytest.mark.parametrize("left_out", [*SEEN, *(code for code in WORDS if code not in ("consent", "best", "least"))])
def test_an_open_line_keeps_one_from_leaving(staff, left_out):
    with pytest.raises(ChecklistOpen):
        sign(
            staff.wang, staff.wangs_hospital, seen=[code for code in SEEN if code != left_out],
            words={code: text for code, text in WORDS.items() if code != left_out},
        )  # fmt: skip
    assert not Checklist.objects.exists()


def test_the_medical_form_has_no_line_about_money(staff):
    made = sign(staff.zhou, staff.wangs_hospital, purposes=["academic"])
    codes = {line["code"] for line in made.lines}
    assert not codes & {"money", "statement", "evidence", "calendar", "orders", "prices", "payment"}
