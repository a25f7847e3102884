"""The worklist through its other doors: JSON, the desk's tile, the card, the command; and what clocks and curves change."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests import cast

from kewei.collecting import actions, cli
from kewei.collecting.models import Contact, Letter, Study
from kewei.collecting.queries import contacts, learning, worklist
from kewei.collecting.tests.test_worklist import NOW, TODAY, owe, rank, reader
from kewei.kernel.refusals import NotAllowed
from kewei.receivables import actions as receivables


@pytest.fixture
def staff(db):
    return cast.assemble()


@pytest.fixture
def today_book(staff):
    day, now = timezone.localdate(), timezone.now()
    owe(staff, staff.wangs_pharmacy, "FP-A", 40, 60_000_00, day, now)
    owe(staff, staff.suns_clinic, "FP-B", 20, 30_000_00, day, now)
    rank(staff, day, now)
    return staff


def ask(client, path, body=None, key=""):
    """An answer of the API as JSON."""
    headers = {"Idempotency-Key": key} if key else {}
    told = (
        client.post(path, body, content_type="application/json", headers=headers)
        if body is not None
        else client.get(path)
    )
    return told.status_code, told.json()


def test_the_worklist_as_json(today_book):
    staff, day = today_book, timezone.localdate()
    wang, zhao, li = reader(staff.wang), reader(staff.zhao), reader(staff.li)
    status, told = ask(wang, "/api/collecting/worklist")
    assert (status, told["count"]) == (200, 1)
    line = told["items"][0] if "items" in told else told["rows"][0]
    assert line["worth_fen"] == line["gain_fen"] + line["stake_fen"] - line["cost_fen"]
    status, now = ask(wang, f"/api/collecting/worklist/{staff.wangs_pharmacy.pk}")
    assert now["choices"][0]["technique"] == line["technique"]
    assert now["choices"][0]["worth_fen"] == line["worth_fen"]
    assert ask(wang, f"/api/collecting/worklist/{staff.suns_clinic.pk}")[0] == 404
    assert len(ask(wang, "/api/collecting/techniques")[1]) > 30
    given = {
        "customer_code": staff.wangs_pharmacy.code,
        "technique": "say_it",
        "due_on": day.isoformat(),
        "person": "wang",
    }
    status, task = ask(wang, "/api/collecting/tasks", given)
    assert (status, task["person"], task["done"]) == (201, "王", None)
    assert ask(wang, "/api/collecting/tasks", given)[1]["code"] == "task_exists"
    closed = {"done": True, "outcome": "答应付", "minutes": 10}
    assert ask(wang, f"/api/collecting/tasks/{task['id']}/close", closed)[1]["code"] == "key_missing"
    assert ask(wang, f"/api/collecting/tasks/{task['id']}/close", closed, "k1")[1]["done"] is True
    cost = {"customer_code": staff.wangs_pharmacy.code, "kind": "travel", "fen": 2_000, "on": day.isoformat()}
    assert ask(wang, "/api/collecting/costs", cost, "k2")[0] == 201
    assert ask(wang, "/api/collecting/costs", cost, "k2")[0] == 201
    assert ask(zhao, "/api/collecting/costs")[1]["count"] == 2
    leaving = {"customer_code": staff.wangs_pharmacy.code, "steps": ["stop"], "why": "不再供货"}
    assert ask(wang, "/api/collecting/exits", leaving, "k3")[0] == 403
    status, made = ask(li, "/api/collecting/exits", leaving, "k3")
    assert (status, made["state"]) == (201, "waiting")
    status, told = ask(reader(staff.feng), f"/api/collecting/exits/{made['id']}/decide", {"agree": True}, "k4")
    assert (status, told["state"]) == (200, "agreed")
    assert ask(reader(staff.zhou), "/api/collecting/worklist")[0] == 403


def test_the_desk_and_the_card_say_what_to_do(today_book):
    staff, day = today_book, timezone.localdate()
    actions.set_task(
        terminal=staff.wangs_pharmacy, technique="written_promise", due_on=day, person=staff.wang, by=staff.wang,
        now=timezone.now(),
    )  # fmt: skip
    for person in (staff.wang, staff.zhao):
        desk = reader(person).get(reverse("desk:today")).content.decode()
        assert ("项催收任务今天到期" in desk) is (person == staff.wang)
    roles = {row.role for row in worklist.list_lines(staff.zheng, day)[0]}
    shown = [
        person for person in (staff.wang, staff.li, staff.zhao, staff.feng, staff.zheng)
        if "家客户今天值得您去催" in reader(person).get(reverse("desk:today")).content.decode()
    ]  # fmt: skip
    assert {held.role for person in shown for held in person.held} <= roles
    assert shown
    card = reader(staff.wang).get(reverse("desk:terminal", args=[staff.wangs_pharmacy.pk])).content.decode()
    assert reverse("collecting:act", args=[staff.wangs_pharmacy.pk]) in card
    assert "期望收益" in card
    other = reader(staff.zhou).get(reverse("desk:terminal", args=[staff.wangs_pharmacy.pk]))
    assert reverse("collecting:act", args=[staff.wangs_pharmacy.pk]) not in other.content.decode()


def test_letters_of_a_stage_for_many_and_exits_in_the_inbox(today_book):
    staff, day = today_book, timezone.localdate()
    client = reader(staff.zhao)
    pressed = client.post(
        reverse("collecting:write_many"), {"id": [str(staff.wangs_pharmacy.pk), str(staff.suns_clinic.pk)]}
    )
    assert pressed.url == reverse("collecting:letters")
    # Forty days: the first demand; twenty: a visit, which has no letter.
    assert list(Letter.objects.values_list("terminal", "kind")) == [(staff.wangs_pharmacy.pk, "demand")]
    again = client.post(reverse("collecting:write_many"), {"id": [str(staff.wangs_pharmacy.pk)]})
    assert again.status_code == 302
    assert Letter.objects.count() == 1
    actions.run_day(day=day, by=staff.system, now=timezone.now())
    act = client.get(reverse("collecting:act", args=[staff.wangs_pharmacy.pk])).content.decode()
    assert "授信责任人" in act
    actions.propose_exit(
        terminal=staff.wangs_pharmacy, steps=["stop"], write_off_fen=0, limitation_checked=False, why="不再供货", by=staff.zhao,
        now=timezone.now(),
    )  # fmt: skip
    assert "不再供货" in reader(staff.feng).get(reverse("desk:inbox")).content.decode()
    assert "不再供货" not in client.get(reverse("desk:inbox")).content.decode()


def test_a_proved_demand_takes_the_stake_away(staff):
    owe(staff, staff.wangs_pharmacy, "FP-OLD", 1_090, 50_000_00)
    assert worklist.judged(staff.wang, staff.wangs_pharmacy.pk, TODAY).weighed.stake_fen > 0
    receipt = NOW - timedelta(days=20)
    receivables.receive_payment(
        terminal=staff.wangs_pharmacy, number="SK-1", received_on=receipt.date(), fen=1_00, how="oldest", by=staff.qian,
        now=NOW,
    )  # fmt: skip
    found = worklist.judged(staff.wang, staff.wangs_pharmacy.pk, TODAY)
    assert found.weighed.stake_fen == 0
    assert "limitation" not in {code for code, _numbers in found.why}


def test_what_the_company_has_learnt_takes_the_place_of_the_chances(staff):
    owe(staff, staff.wangs_pharmacy, "FP-1", 40, 50_000_00)
    before = worklist.judged(staff.wang, staff.wangs_pharmacy.pk, TODAY)
    assert all(not label.startswith("study:") for label in worklist.policies(TODAY).labels)
    study = Study.objects.create(
        kind=learning.CURVE, as_of=TODAY, policy="collecting.curves@0", inputs={}, told={"months": 0, "curves": []},
        made_by=staff.system, made_at=NOW,
    )  # fmt: skip
    assert f"study:{study.pk}" in worklist.policies(TODAY).labels
    after = worklist.judged(staff.wang, staff.wangs_pharmacy.pk, TODAY)
    assert after.weighed.fen == before.weighed.fen
    assert 0 < after.weighed.movable_fen < after.weighed.fen


def test_the_command_prints_the_list(today_book, capsys):
    given = {"order": "worth", "limit": 1, "rank": False, "as_login": "zhao", "json": False}
    assert cli.worklist(Namespace(**given)) == 0
    assert "期望收益" in capsys.readouterr().out
    assert cli.worklist(Namespace(**given | {"json": True, "rank": True, "limit": 9})) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["count"], told["day"]) == (2, timezone.localdate().isoformat())
    assert told["lines"][0]["worth_fen"] >= told["lines"][1]["worth_fen"]
    with pytest.raises(NotAllowed):
        cli.worklist(Namespace(**given | {"as_login": "zhou"}))


def test_nobody_is_spoken_to_out_of_hours_or_beyond_the_cap(staff):
    pk = staff.wangs_pharmacy.pk
    made = Contact(
        terminal_id=pk, at=NOW, channel="phone", stage=1, made_by=staff.wang, standing="finance", asked_fen=1, words="请付款",
        outcome="refused", reason="G1", effect="none", next_on=TODAY, recorded_by=staff.wang, recorded_at=NOW,
    )  # fmt: skip
    late = NOW + timedelta(hours=13)  # 22:00 in Shanghai
    assert contacts.refused_now(pk, "phone", NOW) is None
    assert contacts.refused_now(pk, "phone", late).code == "contact_outside_hours"
    assert contacts.refused_now(pk, "letter", late) is None
    made.save()
    assert contacts.refused_now(pk, "phone", NOW + timedelta(hours=1)) is not None
    owe(staff, staff.wangs_pharmacy, "FP-1", 20, 10_000_00)
    found = worklist.judged(staff.wang, pk, TODAY)
    assert found.sight.moment.since_contact == 0
