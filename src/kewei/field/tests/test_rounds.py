"""A round of a phone through its door: taken once, refused with a sentence, kept as evidence, wiped when stopped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests import cast
from tests.phones import Phone

from kewei.field import actions, queries
from kewei.field.models import Bookmark, Command, Device, Stopped, Tampering
from kewei.field.rules import mark_of
from kewei.field.rules.devices import COMMAND, ROUND
from kewei.journal.models import Fact
from kewei.people import actions as people_actions
from kewei.receivables import actions as receivables

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture
def phone(staff):
    return Phone.enrolled(staff.wang, NOW)


@pytest.fixture
def invoice(staff):
    return receivables.post_invoice(
        terminal=staff.wangs_hospital, number="26420000000000000001", invoice_date=NOW.date() - timedelta(days=90),
        due_date=NOW.date() - timedelta(days=30), total_fen=100_000_00, by=staff.qian, now=NOW,
    )  # fmt: skip


def promised(phone: Phone, terminal, invoice, **more) -> str:
    due_on = (NOW.date() + timedelta(days=20)).isoformat()
    return phone.say(
        "promise", NOW, terminal=terminal.pk, items=[invoice.pk], parts=[{"due_on": due_on, "fen": 100_000_00}],
        promiser="欧阳", form="oral", **more,
    )  # fmt: skip


def test_a_command_is_done_by_the_pages_action_and_the_same_key_does_it_once(client, staff, phone, invoice):
    key = promised(phone, staff.wangs_hospital, invoice)
    sent = list(phone.waiting)
    answer = phone.sync(client, NOW)
    assert answer.status_code == 200, answer.content
    assert phone.told[key]["state"] == "done"
    assert phone.told[key]["made"]["promise"]
    phone.waiting = sent  # the answer got lost: the phone sends it again
    assert phone.sync(client, NOW).json()["told"] == [phone.told[key]]
    kept = Command.objects.get()
    assert (kept.done, kept.verb, kept.said_at) == (True, "promise", NOW)
    assert Fact.objects.filter(name="collecting.promise_made").count() == 1


def test_a_refusal_is_said_kept_and_corrected_under_a_new_key(client, staff, phone, invoice):
    key = phone.say("promise", NOW, terminal=staff.wangs_hospital.pk, items=[invoice.pk], parts=[], promiser="欧阳")
    phone.sync(client, NOW)
    assert phone.told[key]["state"] == "refused"
    assert phone.told[key]["sentence"]
    assert not Command.objects.get(key=key).done
    better = promised(phone, staff.wangs_hospital, invoice)
    phone.sync(client, NOW)
    assert phone.told[better]["state"] == "done"


def test_nothing_of_somebody_elses_terminal_is_taken_or_given(client, staff, invoice):
    suns = Phone.enrolled(staff.sun, NOW)
    key = promised(suns, staff.wangs_hospital, invoice)
    answer = suns.sync(client, NOW)
    assert suns.told[key]["code"] == "not_found"
    assert set(suns.rows["terminals"]) == {str(staff.suns_clinic.pk)}
    assert staff.wangs_hospital.name not in answer.content.decode()


def test_a_phone_hears_only_what_changed_since_its_bookmark(client, staff, phone):
    first = phone.sync(client, NOW).json()
    assert first["whole"] is True
    assert set(phone.rows["terminals"]) == {str(staff.wangs_hospital.pk), str(staff.wangs_pharmacy.pk)}
    second = phone.sync(client, NOW).json()
    assert (second["whole"], second["rows"], second["gone"]) == (False, {}, [])
    staff.wangs_pharmacy.links.update(until=NOW)
    third = phone.sync(client, NOW).json()
    assert third["gone"] == [["terminals", str(staff.wangs_pharmacy.pk)]]
    assert Bookmark.objects.filter(device=phone.device).count() == 3


def test_a_round_that_comes_late_or_again_is_refused(client, phone):
    text, mark = phone.round(NOW)
    phone.sync(client, NOW)
    answer = client.post("/field/sync", text, content_type="application/json", headers=phone.headers(mark))
    assert (answer.status_code, answer.json()["code"]) == (409, "round_over")


def test_a_tampered_command_is_refused_and_kept(client, staff, phone, invoice):
    key = promised(phone, staff.wangs_hospital, invoice)
    phone.waiting[0]["said"] = phone.waiting[0]["said"].replace("10000000", "90000000")
    phone.sync(client, NOW)
    assert phone.told[key]["code"] == "command_tampered"
    kept = Tampering.objects.get()
    assert (kept.why, "90000000" in kept.text) == ("command", True)
    assert not Command.objects.exists()
    assert Fact.objects.filter(name="field.command_tampered").exists()


def test_a_key_with_another_body_or_from_another_phone_is_kept_as_evidence(client, staff, phone, invoice):
    key = promised(phone, staff.wangs_hospital, invoice)
    phone.sync(client, NOW)
    other = json.loads(json.dumps({"device": phone.device.pk, "key": key, "place": 9, "verb": "promise"}))
    text = json.dumps(other | {"at": NOW.isoformat(), "corrects": "", "body": {"terminal": 1}})
    phone.waiting = [{"key": key, "said": text, "mark": mark_of(phone.secret, COMMAND, text)}]
    assert phone.sync(client, NOW).json()["told"][0]["code"] == "command_key_used"
    second = Phone.enrolled(staff.wang, NOW, place=50)
    promised(second, staff.wangs_hospital, invoice)
    text = second.waiting[0]["said"]
    phone.waiting = [{"key": "x", "said": text, "mark": mark_of(phone.secret, COMMAND, text)}]
    assert phone.sync(client, NOW).json()["told"][0]["code"] == "command_tampered"
    assert sorted(Tampering.objects.values_list("why", flat=True)) == ["device", "key"]


def test_a_round_whose_mark_is_wrong_gets_nothing_and_is_kept(client, staff, phone):
    text, _mark = phone.round(NOW)
    forged = phone.headers(mark_of("0" * 64, ROUND, text))
    answer = client.post("/field/sync", text, content_type="application/json", headers=forged)
    assert (answer.status_code, answer.json()["code"], answer.json()["wipe"]) == (401, "bad_mark", False)
    assert Tampering.objects.get().why == "round"
    assert staff.wangs_hospital.name not in answer.content.decode()


def test_a_stopped_phone_gets_nothing_and_is_told_to_wipe(client, staff, phone, invoice):
    phone.sync(client, NOW)
    actions.stop_device(device=phone.device, why="lost", by=staff.li, now=NOW)
    promised(phone, staff.wangs_hospital, invoice)
    answer = phone.sync(client, NOW)
    assert (answer.status_code, answer.json()["wipe"]) == (403, True)
    assert staff.wangs_hospital.name not in answer.content.decode()
    assert phone.wiped
    assert not Command.objects.exists()
    assert Stopped.objects.get().told_at is not None


def test_somebody_who_has_left_gets_nothing_even_before_their_phone_is_stopped(client, staff, phone):
    people_actions.person_leaves(person=staff.wang, by=staff.zheng, now=NOW)
    answer = phone.sync(client, NOW)
    assert (answer.status_code, answer.json()["wipe"]) == (403, True)
    assert actions.stop_devices_of(person=staff.wang.pk, by=staff.system, now=NOW) == 1


def test_a_phone_signs_itself_off_also_when_it_was_stopped_before(client, staff, phone):
    for _again in range(2):
        text, mark = phone.round(NOW)
        answer = client.post("/field/leave", text, content_type="application/json", headers=phone.headers(mark))
        assert answer.json() == {"left": True}
    assert Stopped.objects.get().why == "left"


def test_a_changed_key_of_the_house_is_not_blamed_on_the_phone(client, phone, settings):
    settings.SECRET_KEY = "another"
    assert phone.sync(client, NOW).status_code == 401
    assert not Tampering.objects.exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xfe", "bad_command"),
        (b"[]", "bad_command"),
        (b'{"number": 1}', "bad_command"),
        (b'{"number": "x", "sent_at": "2026-11-28T00:00:00Z"}', "bad_command"),
        (b'{"number": 99999999999, "sent_at": "2026-11-28T00:00:00Z"}', "round_over"),
    ],
)
def test_what_cannot_be_read_is_refused(client, phone, body, said):
    mark = mark_of(phone.secret, ROUND, body.decode("utf-8", "ignore"))
    answer = client.post("/field/sync", body, content_type="application/json", headers=phone.headers(mark))
    assert (answer.status_code in {409, 422}, answer.json()["code"]) == (True, said)


@pytest.mark.parametrize("device", ["", "0", "-1", "x", "9" * 30, "²"])
def test_a_phone_nobody_enrolled_is_refused(client, db, device):
    answer = client.post(
        "/field/sync",
        "{}",
        content_type="application/json",
        headers={"X-Kewei-Device": device.encode("utf-8").decode("latin-1")},
    )
    assert answer.status_code == 401


def test_what_a_phone_told_and_what_was_forged_is_never_changed(client, staff, phone, invoice):
    promised(phone, staff.wangs_hospital, invoice)
    phone.sync(client, NOW)
    for change in (lambda: Command.objects.update(done=False, code="x"), Command.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_sees_and_stops_which_phones(client, staff, phone):
    pages = {staff.wang: 200, staff.li: 200, staff.zheng: 200, staff.sun: 404, staff.zhou: 404, staff.qian: 403}
    for person, status in pages.items():
        client.force_login(person)
        assert client.get(f"/field/devices/{phone.device.pk}/").status_code == status, person.login
    client.force_login(staff.sun)
    assert client.post(f"/field/devices/{phone.device.pk}/stop/", {"why": "lost"}).status_code == 404
    client.force_login(staff.wang)
    assert client.post(f"/field/devices/{phone.device.pk}/stop/", {"why": "lost"}).status_code == 302
    assert client.post(f"/field/devices/{phone.device.pk}/stop/", {"why": "lost"}).status_code == 409
    assert "已停用" in client.get("/field/devices/").content.decode()


def test_the_list_of_phones_asks_the_same_however_many_there_are(client, staff, django_assert_max_num_queries):
    client.force_login(staff.li)
    assert "还没有登记手机" in client.get("/field/devices/").content.decode()
    Device.objects.bulk_create(
        Device(person=staff.wang, name=f"手机 {n}", salt=f"{n:032}", digest="0" * 64, enrolled_at=NOW)
        for n in range(40)
    )
    with django_assert_max_num_queries(12):
        assert client.get("/field/devices/").content.decode().count("手机 ") >= 40
    assert len(queries.devices(staff.sun)) == 0
