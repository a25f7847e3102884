"""Carrying out an agreed write-off: who may, on what evidence, what follows, what comes back (domain 3.7, 4.11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast

from kewei.collecting import actions, reactions
from kewei.collecting.models import Case, WriteOff
from kewei.collecting.queries import history, write_offs
from kewei.collecting.rules.write_offs import POLICY, Decided, check_posting
from kewei.credit.queries import holds
from kewei.journal.models import Fact
from kewei.kernel.ids import new_key
from kewei.kernel.refusals import NotAllowed, NotFound, Refused
from kewei.receivables import actions as receivables
from kewei.receivables import queries

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
JUDGED = [("enforcement", "(2026)鄂0103执1号")]


def code_of(ask) -> str:
    try:
        ask()
    except Refused as no:
        return no.code
    return ""


DECIDED = Decided(True, ("write_off",), frozenset({7}), 10, 90_000_00, 1_200)


@pytest.mark.parametrize(
    ("change", "poster", "evidence", "code"),
    [
        ({}, 8, JUDGED, ""),
        ({"agreed": False}, 8, JUDGED, "not_to_be_written_off"),
        ({"steps": ("sue",)}, 8, JUDGED, "not_to_be_written_off"),
        ({"waited_days": 91}, 8, JUDGED, "write_off_decision_too_old"),
        ({"waited_days": 90}, 8, JUDGED, ""),
        ({}, 7, JUDGED, "write_off_poster_decided"),
        ({}, 8, [], "write_off_no_evidence"),
        ({}, 8, [("magic", "")], "write_off_evidence_does_not_fit"),
        ({}, 8, [("overdue_old", "")], ""),
        ({"days": 1_094}, 8, [("overdue_old", "")], "write_off_evidence_does_not_fit"),
        ({}, 8, [("small", "")], "write_off_evidence_does_not_fit"),
        ({"fen": 50_000_00}, 8, [("small", "")], ""),
        ({"fen": 50_000_00, "days": 364}, 8, [("small", "")], "write_off_evidence_does_not_fit"),
        ({"fen": 0}, 8, JUDGED, "nothing_left_to_write_off"),
    ],
)
def test_what_must_be_there_before_a_write_off_is_posted(change, poster, evidence, code):
    policy = POLICY.read(POLICY.body)
    assert code_of(lambda: check_posting(replace(DECIDED, **change), poster, evidence, policy)) == code


@pytest.fixture
def staff(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return cast.assemble()


def agreed(staff, fen=700_00, steps=("write_off", "off_ledger"), now=NOW):
    made = actions.propose_exit(
        terminal=staff.wangs_pharmacy, steps=list(steps), write_off_fen=fen, limitation_checked=True, why="执行无财产",
        by=staff.zhao, now=now,
    )  # fmt: skip
    return actions.decide_exit(decision=made, agree=True, why="", by=staff.feng, now=now)


def owe(staff, number="FP1", fen=600_00, days=1_000, today=TODAY, now=NOW):
    due = today - timedelta(days=days)
    return receivables.post_invoice(
        terminal=staff.wangs_pharmacy, number=number, invoice_date=due - timedelta(days=30), due_date=due, total_fen=fen,
        by=staff.qian, now=now,
    )  # fmt: skip


def pay(staff, number, fen, today=TODAY, now=NOW):
    return receivables.receive_payment(
        terminal=staff.wangs_pharmacy, number=number, received_on=today, fen=fen, how="none", by=staff.qian, now=now
    )


def post(staff, decision, by=None, evidence=JUDGED, now=NOW):
    return actions.post_write_off(decision=decision, evidence=evidence, by=by or staff.qian, now=now)


def follow(name):
    for fact in Fact.objects.filter(name=name):
        reactions.FOLLOWS[name](fact, now=NOW)


def test_an_agreed_write_off_is_posted_once_by_a_third_person_and_credit_is_held(staff):
    old, young = owe(staff), owe(staff, "FP2", 400_00, 500)
    actions.run_day(day=TODAY, by=staff.system, now=NOW)
    decision = agreed(staff)
    with pytest.raises(NotAllowed):
        post(staff, decision, by=staff.wang)
    made = post(staff, decision)
    assert made.items == [[old.pk, 600_00], [young.pk, 100_00]]
    assert (made.fen, made.pursued, made.entry.kind) == (700_00, True, "write_off")
    assert [one[:2] for one in made.findings] == [["warn", "no_papers"], ["record", "claim_goes_on"]]
    assert holds.live_holds([staff.wangs_pharmacy.pk])[staff.wangs_pharmacy.pk][0].reason == "legal"
    assert code_of(lambda: post(staff, decision)) == "write_off_already_posted"
    follow("receivables.written_off")
    assert Case.objects.get().overdue_fen == 300_00
    assert list(queries.findings()) == []


def test_a_case_whose_debt_was_written_off_closes_for_that_reason(staff):
    owe(staff, fen=700_00)
    actions.run_day(day=TODAY, by=staff.system, now=NOW)
    post(staff, agreed(staff))
    follow("receivables.written_off")
    case = Case.objects.get()
    assert (case.closed_on, case.why) == (TODAY, "written_off")


def test_money_after_all_pays_what_was_written_off_and_the_list_tells(staff):
    old = owe(staff, fen=700_00)
    kept = post(staff, agreed(staff))
    first = actions.recover_write_off(write_off=kept, receipt=pay(staff, "SK1", 200_00), by=staff.qian, now=NOW)
    assert (first.fen, first.rest.total_fen) == (200_00, 500_00)
    row = write_offs.list_write_offs(staff.zhao, TODAY)[0][0]
    assert (row.recovered_fen, row.left_fen, row.state, row.number) == (200_00, 500_00, "open", first.rest.number)
    # The payment restarts limitation (规定 14): the claim lives on.
    assert row.last_day == date(2029, 11, 23)
    pay(staff, "SK2", 800_00)
    assert write_offs.list_write_offs(staff.zhao, TODAY)[0][0].money_fen == 800_00
    last = actions.recover_write_off(
        write_off=kept,
        receipt=queries.unapplied_receipts(staff.qian, staff.wangs_pharmacy.pk)[0].pk,
        by=staff.qian,
        now=NOW,
    )
    assert (last.fen, last.rest) == (500_00, None)
    row = write_offs.write_off(staff.zhao, kept.pk, TODAY)
    assert (row.left_fen, row.state) == (0, "recovered")
    assert (
        code_of(
            lambda: actions.recover_write_off(write_off=kept, receipt=pay(staff, "SK3", 1_00), by=staff.qian, now=NOW)
        )
        == "not_a_write_off"
    )
    assert queries.documents([old.pk])[old.pk].open_fen == 0
    assert list(queries.findings()) == []


def test_sun_sees_none_of_it_and_zhou_the_medical_representative_may_not(staff):
    owe(staff, fen=700_00)
    kept = post(staff, agreed(staff))
    assert write_offs.list_write_offs(staff.sun, TODAY)[:2] == ([], 0)
    with pytest.raises(NotFound):
        write_offs.write_off(staff.sun, kept.pk, TODAY)
    with pytest.raises(NotAllowed):
        actions.recover_write_off(write_off=kept, receipt=1, by=staff.zhou, now=NOW)


def test_the_pages_of_a_write_off(staff):
    day, now = timezone.localdate(), timezone.now()
    owe(staff, fen=700_00, today=day, now=now)
    decision = agreed(staff, now=now)
    client = Client()
    client.force_login(staff.qian)
    shown = client.get(reverse("collecting:exit", args=[decision.pk]))
    assert shown.context["may_post"]
    url = reverse("collecting:post_write_off", args=[decision.pk])
    assert client.post(url, {"form_key": new_key(), "evidence": ["overdue_old"]}).status_code == 422
    scan = SimpleUploadedFile("裁定.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "image/png")
    body = {"form_key": new_key(), "evidence": ["enforcement"], "note": "执1号", "paper": scan}
    page = client.post(url, body)
    assert page.status_code == 302
    kept = WriteOff.objects.get()
    assert client.get(page["Location"]).context["row"].left_fen == 700_00
    assert client.get(reverse("collecting:write_off_paper", args=[kept.pk, kept.papers[0]])).status_code == 200
    assert client.get(reverse("collecting:write_off_slip", args=[kept.pk])).content.startswith(b"%PDF")
    money = pay(staff, "SK1", 300_00, day, now)
    back = {"form_key": new_key(), "receipt": money.pk, "amount": ""}
    assert client.post(reverse("collecting:recover_write_off", args=[kept.pk]), back).status_code == 302
    assert client.get(reverse("collecting:write_off", args=[kept.pk])).context["row"].left_fen == 400_00
    listed = client.get(reverse("collecting:write_offs"))
    assert kept.terminal.name in listed.content.decode()
    assert "没有账务核销" not in listed.content.decode()


def test_the_api_posts_lists_and_recovers_a_write_off_as_the_pages_do(staff, client):
    today = timezone.localdate()
    now = timezone.now()
    owe(staff, fen=700_00, today=today, now=now)
    decision, receipt = agreed(staff, now=now), pay(staff, "SK1", 200_00, today, now)

    def ask(who, path, body=None):
        client.force_login(who)
        if body is None:
            return client.get(f"/api/collecting/{path}")
        head = {"HTTP_IDEMPOTENCY_KEY": str(new_key())}
        return client.post(f"/api/collecting/{path}", body, content_type="application/json", **head)

    given = {"decision": decision.pk, "evidence": [{"kind": "enforcement", "note": "(2026)鄂0103执1号"}]}
    assert ask(staff.wang, "write-offs", given).status_code == 403
    made = ask(staff.qian, "write-offs", given)
    assert (made.status_code, made.json()["fen"], made.json()["evidence"][0][0]) == (201, 700_00, "enforcement")
    came = ask(staff.qian, f"write-offs/{made.json()['id']}/recoveries", {"receipt": receipt.pk, "fen": 200_00}).json()
    assert (came["left_fen"], came["recoveries"][0]["receipt_number"]) == (500_00, "SK1")
    listed = ask(staff.zhao, "write-offs").json()
    assert [one["left_fen"] for one in listed["items"]] == [500_00]
    assert ask(staff.sun, "write-offs").json()["items"] == []


def test_the_api_tells_lawful_interest_as_the_page_does(staff, client):
    client.force_login(staff.zhao)
    told = client.get(f"/api/collecting/interest?customer={staff.wangs_pharmacy.code}").json()
    assert (told["customer_code"], told["applies"], told["lines"]) == (staff.wangs_pharmacy.code, False, [])
    client.force_login(staff.sun)
    assert client.get(f"/api/collecting/interest?customer={staff.wangs_pharmacy.code}").status_code == 404


def test_what_is_off_the_books_is_no_loss_to_come_and_no_cash_to_expect(staff):
    owe(staff), owe(staff, "FP2", 400_00, 500)
    actions.run_day(day=TODAY, by=staff.system, now=NOW)
    post(staff, agreed(staff))
    there = history.past(TODAY)
    assert (there.open_fen.tolist(), there.on_books_fen.tolist()) == ([600_00, 400_00], [0, 300_00])
    assert history.seen(there).left.sum() == 300_00
    assert history.earlier(there, TODAY.toordinal() - 1).on_books_fen.tolist() == [600_00, 400_00]
    told = actions.reckon_loss(as_of=TODAY, by=staff.system, now=NOW).told
    assert [owed for _customer, (owed, _loss) in told["customers"]] == [300_00]
