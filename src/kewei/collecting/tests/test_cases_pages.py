"""Pages of cases, contacts and reasons: what they show, what they do, how many queries they take, and who sees nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import cast

from kewei.collecting import actions
from kewei.collecting.models import Case, Contact, Member, Reason
from kewei.collecting.tests.test_cases import invoice, run

DAY = date(2026, 11, 23)


@pytest.fixture
def staff(db, monkeypatch):
    people = cast.assemble()
    monkeypatch.setattr(timezone, "now", lambda: cast.MORNING)
    people.items = [invoice(people, "A", 31), invoice(people, "B", 8, fen=500_00)]
    run(people)
    people.case = Case.objects.get()
    return people


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def key(page):
    return page.context["form"]["form_key"].value()


def test_the_list_and_the_case(staff):
    client = client_of(staff.wang)
    listed = client.get(reverse("collecting:cases")).content.decode()
    assert "益丰大药房中山路店" in listed
    assert "1,500.00" in listed
    assert "ST4" in listed
    page = client.get(reverse("collecting:case", args=[staff.case.pk]))
    text = page.content.decode()
    assert [row["row"].number for row in page.context["items"]] == ["A", "B"]
    assert "第一次催款函" in text
    assert "登记原因" in text
    assert client_of(staff.sun).get(reverse("collecting:case", args=[staff.case.pk])).status_code == 404
    assert client_of(staff.zhou).get(reverse("collecting:cases")).status_code == 403
    assert "没有未结的案件" in client_of(staff.sun).get(reverse("collecting:cases")).content.decode()


def test_a_contact_from_the_form(staff):
    client = client_of(staff.wang)
    address = f"{reverse('collecting:record_contact')}?terminal={staff.wangs_pharmacy.pk}"
    page = client.get(address)
    assert [one["ticked"] for one in page.context["items"]] == [True, True]
    given = {
        "form_key": key(page), "terminal": staff.wangs_pharmacy.pk, "item": [staff.items[0].pk], "channel": "phone",
        "at": "2026-11-23T08:45", "standing": "finance", "spoke_with": "刘会计", "words": "请求本周五前支付发票 A 1,000.00 元",
        "outcome": "promised", "reason": "E2", "effect": "unproved", "next_on": "2026-11-27",
    }  # fmt: skip
    refused = client.post(address, given | {"at": "2026-11-22T10:00"})
    assert refused.status_code == 422
    assert "不是工作日" in refused.content.decode()
    answer = client.post(address, given)
    assert answer.status_code == 302
    assert answer.url == reverse("collecting:case", args=[staff.case.pk])
    contact = Contact.objects.get()
    assert (contact.asked_fen, contact.spoke_with) == (1_000_00, "刘会计")
    text = client.get(answer.url).content.decode()
    assert "刘会计" in text
    correct = client.get(f"{address}&corrects={contact.pk}")
    assert correct.context["form"]["words"].value() == contact.words
    again = given | {"form_key": key(correct), "outcome": "refused"}
    assert client.post(f"{address}&corrects={contact.pk}", again).status_code == 302
    assert Contact.objects.get(corrects=contact).outcome == "refused"


def test_reasons_on_the_board(staff):
    client = client_of(staff.wang)
    board = client.get(reverse("collecting:reasons"))
    assert (board.context["board"].missing, len(board.context["missing"])) == (2, 2)
    address = f"{reverse('collecting:note_reason')}?terminal={staff.wangs_pharmacy.pk}&item={staff.items[0].pk}"
    page = client.get(address)
    assert [one["ticked"] for one in page.context["items"]] == [True, False]
    given = {
        "form_key": key(page), "terminal": staff.wangs_pharmacy.pk, "item": [one.pk for one in staff.items],
        "code": "A5", "second": "E1", "owner": staff.qian.pk,
    }  # fmt: skip
    assert client.post(address, given | {"third": "A5"}).status_code == 422
    assert client.post(address, given).status_code == 302
    assert Reason.objects.filter(code="A5", owner=staff.qian).count() == 2
    board = client.get(reverse("collecting:reasons"))
    assert [(row["row"].code, row["row"].fen) for row in board.context["rows"]] == [("A5", 1_500_00)]
    listed = client.get(reverse("collecting:reason_list"), {"code": "A5"}).content.decode()
    assert "缺签收单" in listed


def test_the_team_of_a_case(staff):
    client = client_of(staff.li)
    address = reverse("collecting:case", args=[staff.case.pk])
    given = {"form_key": key(client.get(address)), "person": staff.he.pk, "role": "legal"}
    assert client.post(reverse("collecting:join_case", args=[staff.case.pk]), given).status_code == 302
    member = Member.objects.get()
    assert "何" in client.get(address).content.decode()
    assert client.post(reverse("collecting:leave_case", args=[member.pk])).status_code == 302
    assert Member.objects.get().until == cast.MORNING


def test_pages_take_as_many_queries_however_many_invoices(staff):
    client = client_of(staff.wang)
    case = reverse("collecting:case", args=[staff.case.pk])

    def queries():
        counts = []
        for address in (case, reverse("collecting:cases"), reverse("collecting:reasons")):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
        return counts

    few = queries()
    for n in range(12):
        invoice(staff, f"C{n}", 40 + n)
    run(staff, DAY)
    actions.note_reason(
        terminal=staff.wangs_pharmacy, items=[one.pk for one in staff.items], code="E2", by=staff.wang,
        now=cast.MORNING + timedelta(minutes=1),
    )  # fmt: skip
    assert queries() == few
