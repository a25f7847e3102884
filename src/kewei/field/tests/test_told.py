"""What a day's commands become: visits by the pages' actions, references between commands, the plan that changed meanwhile."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from PIL import Image
from tests import cast
from tests.phones import Phone

from kewei.field.models import Command
from kewei.receivables import actions as receivables
from kewei.terminals.models import Terminal
from kewei.visits.models import Checklist, Plan, PlanState, Stop, Visit

pytestmark = pytest.mark.django_db
FEN = 731_913_77


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def staff():
    return cast.assemble()


def planned(staff, person, terminal, now, purposes=("licence",)) -> Stop:
    plan = Plan.objects.create(person=person, month=timezone.localdate(now).replace(day=1), made_by=person, made_at=now)
    PlanState.objects.create(plan=plan, state="released", by=staff.li, at=now)
    return Stop.objects.create(
        plan=plan, person=person, terminal=terminal, day=timezone.localdate(now), place=1, arrives=540, minutes=30, metres=0,
        purposes=list(purposes), set_by=person, set_at=now,
    )  # fmt: skip


def owed(staff, now):
    return receivables.post_invoice(
        terminal=staff.wangs_hospital, number="26420000000000000001", invoice_date=now.date() - timedelta(days=90),
        due_date=now.date() - timedelta(days=30), total_fen=FEN, by=staff.qian, now=now,
    )  # fmt: skip


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "JPEG")
    return made.getvalue()


def arrive(phone, terminal, now, **more) -> str:
    said = {"arrived_at": (now + phone.off).isoformat(), "how": "phone", "purposes": ["licence"], **more}
    return phone.say("check_in", now, terminal=terminal, **said)


def report(phone, visit, now, **more) -> str:
    next_on = (now.date() + timedelta(days=9)).isoformat()
    said = {
        "achieved": "done",
        "met": [{"name": "欧阳", "job": "主任"}],
        "next_step": "送资料",
        "next_on": next_on,
        **more,
    }
    return phone.say("report", now, visit=visit, left_at=(now + phone.off).isoformat(), **said)


def test_a_day_told_in_one_round_checklist_visit_report_with_a_promise_and_a_photo(client, staff, now):
    stop, invoice = planned(staff, staff.wang, staff.wangs_hospital, now), owed(staff, now)
    phone = Phone.enrolled(staff.wang, now)
    phone.sync(client, now)
    sheet = phone.rows["checklists"][f"{stop.terminal_id}@{stop.day}"]
    assert phone.rows["invoices"][str(stop.terminal_id)]["rows"][0]["fen"] == FEN
    lines = {line["code"]: line for line in sheet["lines"]}
    seen = [code for code, line in lines.items() if line["wants"] in {"look", "tick", "acknowledge"}]
    words = {code: "有" for code, line in lines.items() if line["wants"] in {"write", "itself"}}
    words |= {"best": "换发新证", "least": "约好日期"}
    signed = phone.say(
        "sign_checklist", now, terminal=stop.terminal_id, stop=stop.pk, day=stop.day.isoformat(),
        purposes=sheet["purposes"], seen=seen, words=words, as_of=now.isoformat(),
    )  # fmt: skip
    visit = arrive(phone, stop.terminal_id, now, stop=stop.pk, checklist=signed, how="point", consented=True,
                   lat_e6=31_000_000, lon_e6=112_200_000, accuracy_m=20)  # fmt: skip
    due_on = (now.date() + timedelta(days=20)).isoformat()
    told = report(
        phone,
        visit,
        now,
        promise={"items": [invoice.pk], "parts": [{"due_on": due_on, "fen": FEN}], "promiser": "欧阳"},
    )
    phone.sync(client, now)
    assert [phone.told[key]["state"] for key in (signed, visit, told)] == ["done"] * 3, phone.told
    kept = Visit.objects.get()
    assert (kept.stop, kept.checklist, kept.lat_e6) == (stop, Checklist.objects.get(), 31_000_000)
    assert kept.report.promise
    answer = phone.send_photo(client, picture(), now, visit=visit, says="门头", cleared=True)
    assert answer.json()["state"] == "done", answer.json()
    assert kept.photos.count() == 1


def test_a_photo_cut_off_on_the_way_or_before_its_visit_comes_again(client, staff, now):
    phone = Phone.enrolled(staff.wang, now)
    visit = arrive(phone, staff.wangs_hospital.pk, now, unplanned_why="顺路")
    early = phone.send_photo(client, picture(), now, visit=visit, cleared=True)
    assert (early.json()["state"], early.json()["code"]) == ("later", "needs_earlier")
    phone.sync(client, now)
    assert phone.send_photo(client, picture(), now, visit=visit, cleared=True).json()["state"] == "done"
    assert not Command.objects.filter(done=False).exists()


def test_a_report_waits_for_its_visit_and_goes_on_once_that_is_corrected(client, staff, now):
    phone = Phone.enrolled(staff.wang, now)
    wrong = arrive(phone, staff.wangs_hospital.pk, now)  # no stop, no reason
    told = report(phone, wrong, now)
    phone.sync(client, now)
    assert phone.told[wrong]["state"] == "refused"
    assert [one["key"] for one in phone.waiting] == [told]
    arrive(phone, staff.wangs_hospital.pk, now, corrects=wrong, unplanned_why="顺路")
    phone.sync(client, now)
    phone.sync(client, now)
    assert phone.told[told]["state"] == "done"
    assert Visit.objects.get().report is not None


def test_a_stop_that_was_moved_meanwhile_is_visited_all_the_same(client, staff, now):
    stop = planned(staff, staff.wang, staff.wangs_hospital, now)
    phone = Phone.enrolled(staff.wang, now)
    phone.sync(client, now)
    assert str(stop.pk) in phone.rows["stops"]
    Stop.objects.filter(pk=stop.pk).update(ended_at=now, ended_why="改期")
    key = arrive(phone, stop.terminal_id, now, stop=stop.pk)
    phone.sync(client, now)
    assert phone.told[key]["state"] == "done"
    assert (Visit.objects.get().stop, Visit.objects.get().unplanned_why) == (None, "手机离线期间计划已改期或取消")
    assert str(stop.pk) not in phone.rows["stops"]


@pytest.mark.parametrize("off", [timedelta(days=2), timedelta(hours=-9)])
def test_a_clock_that_is_wrong_is_set_right_and_both_times_are_kept(client, staff, now, off):
    phone = Phone.enrolled(staff.wang, now, off=off)
    earlier = now - timedelta(hours=3)
    key = arrive(phone, staff.wangs_hospital.pk, earlier, unplanned_why="顺路")
    phone.sync(client, now)
    assert phone.told[key]["state"] == "done", phone.told
    assert abs(Visit.objects.get().arrived_at - earlier) < timedelta(minutes=2)
    kept = Command.objects.get()
    assert (kept.said_at, abs(kept.meant_at - earlier) < timedelta(minutes=2)) == (earlier + off, True)


@pytest.mark.parametrize(("hung", "state"), [(100, "done"), (400, "refused")])
def test_two_rounds_that_set_the_clock_right_differently_do_not_turn_a_visit_round(client, staff, now, hung, state):
    phone = Phone.enrolled(staff.wang, now, off=timedelta(hours=3))
    visit = arrive(phone, staff.wangs_hospital.pk, now - timedelta(minutes=30), unplanned_why="顺路")
    text, mark = phone.round(now)
    phone.hear(phone.deliver(text, mark, now + timedelta(seconds=hung)))  # the request hung: 3 h less that
    told = report(phone, visit, now - timedelta(minutes=29, seconds=50))
    phone.sync(client, now + timedelta(seconds=hung))
    assert phone.told[told]["state"] == state
    if state == "done":
        assert Visit.objects.get().arrived_at == Visit.objects.get().report.left_at


def test_a_visit_with_somebody_is_signed_on_the_screen(client, staff, now):
    phone = Phone.enrolled(staff.wang, now)
    phone.sync(client, now)
    choices = phone.rows["choices"]["choices"]
    colleagues = {pk for pk, _name in choices["colleagues"]}
    assert staff.li.pk in colleagues
    assert staff.wang.pk not in colleagues
    assert choices["needed"]["pharmacy"] == ["met", "stock"]
    assert choices["needed"]["public_hospital"] == ["met"]
    visit = arrive(phone, staff.wangs_hospital.pk, now, unplanned_why="顺路", companions=[staff.li.pk])
    told = report(phone, visit, now, signature=b64encode(picture()).decode())
    phone.sync(client, now)
    assert [phone.told[key]["state"] for key in (visit, told)] == ["done", "done"], phone.told
    kept = Visit.objects.get()
    assert kept.companions.get().person == staff.li
    assert kept.report.signature.mime == "image/jpeg"


@pytest.mark.parametrize("signature", ["x", b64encode(b"no picture").decode(), "A" * 12_001])
def test_what_is_no_signature_is_refused(client, staff, now, signature):
    phone = Phone.enrolled(staff.wang, now)
    visit = arrive(phone, staff.wangs_hospital.pk, now, unplanned_why="顺路")
    told = report(phone, visit, now, signature=signature)
    phone.sync(client, now)
    assert phone.told[told]["state"] == "refused"
    assert Visit.objects.get().report is None


def test_a_week_without_network_is_told_as_it_was(client, staff, now):
    phone = Phone.enrolled(staff.wang, now - timedelta(days=7))
    phone.sync(client, now - timedelta(days=7))
    told = []
    for days in range(7, 0, -1):
        came = now - timedelta(days=days)
        visit = arrive(phone, staff.wangs_hospital.pk, came, unplanned_why="顺路")
        told += [visit, report(phone, visit, came + timedelta(minutes=20))]
    phone.sync(client, now)
    assert {phone.told[key]["state"] for key in told} == {"done"}, phone.told
    days = list(Visit.objects.order_by("arrived_at").values_list("late", "report__late", "day"))
    # Written down on the spot, so nothing is late, whenever the house heard of it.
    assert [(late, report_late) for late, report_late, _day in days] == [(False, False)] * 7
    assert len({day for _late, _report_late, day in days}) == 7


def test_a_prospect_made_on_the_phone_can_be_visited_before_the_house_knew_it(client, staff, now):
    phone = Phone.enrolled(staff.wang, now)
    prospect = phone.say("prospect", now, name="钟祥市柴湖镇卫生院", kind="primary_care", source="visit", city="荆门市")
    visit = arrive(phone, prospect, now, unplanned_why="新开发")
    phone.sync(client, now)
    assert [phone.told[key]["state"] for key in (prospect, visit)] == ["done", "done"], phone.told
    assert Visit.objects.get().terminal == Terminal.objects.get(name="钟祥市柴湖镇卫生院")


def test_a_medical_representative_has_no_money_on_the_phone_and_promises_nothing(client, staff, now):
    planned(staff, staff.zhou, staff.wangs_hospital, now, ["academic"])
    invoice = owed(staff, now)
    phone = Phone.enrolled(staff.zhou, now)
    answer = phone.sync(client, now).content.decode()
    assert phone.rows["checklists"]
    assert not phone.rows.get("invoices")
    assert invoice.number not in answer
    assert str(FEN) not in answer
    assert "731,913.77" not in answer
    choices = phone.rows["choices"]["choices"]
    assert (choices["trade"], choices["medical"]) == (False, True)
    assert not {"order", "reconcile", "collect"} & {code for code, _words in choices["purposes"]}
    key = phone.say("promise", now, terminal=staff.wangs_hospital.pk, items=[invoice.pk], parts=[], promiser="欧阳")
    phone.sync(client, now)
    assert phone.told[key]["code"] == "not_allowed"


def test_nothing_of_anothers_stop_terminal_or_visit_is_taken(client, staff, now):
    stop = planned(staff, staff.wang, staff.wangs_hospital, now)
    wangs, suns = Phone.enrolled(staff.wang, now), Phone.enrolled(staff.sun, now, place=90)
    visit = arrive(wangs, stop.terminal_id, now, stop=stop.pk)
    wangs.sync(client, now)
    made = wangs.told[visit]["made"]["visit"]
    keys = [arrive(suns, stop.terminal_id, now, stop=stop.pk), report(suns, made, now), report(suns, visit, now)]
    answer = suns.sync(client, now)
    assert [suns.told.get(key, {}).get("code") for key in keys] == ["not_found", "not_found", None]
    assert [one["key"] for one in suns.waiting] == [keys[2]]  # never a word about whether such a key exists
    assert staff.wangs_hospital.name not in answer.content.decode()


def test_what_lies_on_a_phone_asks_the_same_however_many_stops(client, staff, now, django_assert_max_num_queries):
    first = planned(staff, staff.wang, staff.wangs_hospital, now)
    phone = Phone.enrolled(staff.wang, now)
    phone.sync(client, now)
    for n, terminal in enumerate([staff.wangs_pharmacy]):
        Stop.objects.create(
            plan=first.plan, person=staff.wang, terminal=terminal, day=first.day, place=2 + n, arrives=600, minutes=30,
            metres=0, purposes=["display"], set_by=staff.wang, set_at=now,
        )  # fmt: skip
    with django_assert_max_num_queries(90):
        phone.sync(client, now)
    assert len(phone.rows["stops"]) == 2


def test_the_app_holds_nothing_of_anybodys_and_is_small(client, staff):
    page = client.get("/field/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-cache"
    assert "geolocation=(self)" in page["Permissions-Policy"]
    assert staff.wangs_hospital.name not in page.content.decode()
    worker = client.get("/field/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    kept = json.loads(worker.content.decode().split("const KEPT = ")[1].split(";\n")[0])
    size = len(worker.content)
    for url in kept:
        found = finders.find(url.removeprefix("/static/")) if url.startswith("/static/") else None
        size += Path(found).stat().st_size if found else len(client.get(url).content)
    assert size <= 150_000, size
    manifest = client.get("/field/manifest.webmanifest").json()
    assert (manifest["scope"], manifest["display"]) == ("/field/", "standalone")
    for icon in manifest["icons"]:
        assert Image.open(BytesIO(client.get(icon["src"]).content)).size == tuple(map(int, icon["sizes"].split("x")))
    assert client.get("/field/icon-7.png").status_code == 404
