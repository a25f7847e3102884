"""A statement that went out waits to be signed; signed as agreeing it acknowledges what was open (domain 2.12, 4.11)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests import cast

from kewei.journal.models import Fact
from kewei.kernel.ids import new_key
from kewei.kernel.refusals import NotFound
from kewei.receivables import actions
from kewei.receivables.models import StatementIssued
from kewei.receivables.queries import sign_backs
from kewei.receivables.rules import sign_backs as rules

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def staff(db):
    return cast.assemble()


def issue(staff, now=NOW, last=LAST):
    return actions.make_statement(
        terminal=staff.wangs_hospital, first=FIRST, last=last, closing_fen=12_345_67, mark="abc", form="pdf", by=staff.qian,
        now=now,
    )  # fmt: skip


def sign(staff, statement, by=None, **more):
    given = {"agrees": True, "signer": "欧阳", "job": "会计", "seal": "finance", "on": TODAY} | more
    return actions.sign_back(statement=statement, by=by or staff.qian, now=NOW, **given)


def test_a_statement_is_late_signed_or_differs(staff):
    old, fresh = issue(staff, NOW - timedelta(days=31)), issue(staff)
    states = {row.pk: row.state for row in sign_backs.list_issued(staff.qian, TODAY)[0]}
    assert states == {old.pk: "late", fresh.pk: "waiting"}
    assert [row.pk for row in sign_backs.list_issued(staff.qian, TODAY, state="late")[0]] == [old.pk]
    sign(staff, old)
    sign(staff, fresh, agrees=False, difference_fen=-3_00, reason="未达账项")
    assert sign_backs.signed_of([staff.wangs_hospital.pk])[staff.wangs_hospital.pk][0].statement == old.pk
    assert [row.state for row in sign_backs.list_issued(staff.qian, TODAY)[0]] == ["differs", "agreed"]
    sign(staff, fresh)
    row, backs = sign_backs.issued(staff.qian, fresh.pk, TODAY)
    assert (row.state, [back.agrees for back in backs]) == ("agreed", [True, False])
    assert sign_backs.sign_back_rate(staff.qian, FIRST, TODAY) == (2, 2)
    names = ["receivables.statement_signed", "receivables.statement_differs", "receivables.statement_signed"]
    assert list(Fact.objects.filter(name__in=names).order_by("seq").values_list("name", flat=True)) == names


def test_what_came_back_is_counted_by_period_as_known_on_a_day(staff):
    """A period counts once; what went out lately and waits counts neither way; what was signed later was not known."""
    here = staff.wangs_hospital.pk
    pdf, excel = issue(staff, NOW - timedelta(days=40)), issue(staff, NOW - timedelta(days=39))
    issue(staff, NOW - timedelta(days=70), date(2026, 8, 31))
    issue(staff, NOW - timedelta(days=3), date(2026, 11, 20))
    issue(staff, NOW - timedelta(days=500), date(2025, 6, 30))
    assert sign_backs.returned([here], TODAY) == {here: (2, 0)}
    sign(staff, excel, agrees=False, difference_fen=1_00, reason="未达")
    assert sign_backs.returned([here, staff.suns_clinic.pk], TODAY) == {here: (2, 1)}
    assert sign_backs.returned([here], TODAY - timedelta(days=1)) == {here: (2, 0)}
    assert sign_backs.returned([here], TODAY - timedelta(days=20)) == {here: (1, 0)}
    assert pdf.pk != excel.pk


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"on": LAST - timedelta(1)}, rules.SignBackDay),
        ({"on": TODAY + timedelta(1)}, rules.SignBackDay),
        ({"signer": " "}, rules.SignBackNeedsSigner),
        ({"agrees": False}, rules.SignBackNeedsDifference),
        ({"agrees": False, "difference_fen": 5}, rules.SignBackNeedsDifference),
        ({"difference_fen": 5}, rules.SignBackNeedsDifference),
    ],
)
def test_a_sign_back_has_to_be_whole(staff, given, why):
    with pytest.raises(why):
        sign(staff, issue(staff), **given)


def test_through_its_pages(staff, client):
    client.force_login(staff.qian)
    assert "还没有出具对账单" in client.get(reverse("receivables:sign_backs")).content.decode()
    made = client.post(
        reverse("receivables:make_statement", args=[staff.wangs_hospital.pk]),
        {"first": "2026-10-01", "last": "2026-10-31", "format": "xlsx"},
    )
    assert made.status_code == 200
    kept = StatementIssued.objects.get()
    assert kept.mark in client.get(reverse("receivables:issued", args=[kept.pk])).content.decode()
    where = reverse("receivables:sign_back", args=[kept.pk])
    given = {
        "form_key": new_key(),
        "outcome": "differs",
        "signer": "欧阳",
        "job": "会计",
        "seal": "company",
        "on": "2026-11-01",
    }
    assert client.post(where, given).status_code == 422
    assert (
        client.post(where, given | {"form_key": new_key(), "difference": "-3.00", "reason": "未达"}).status_code == 302
    )
    assert "-3.00" in client.get(reverse("receivables:issued", args=[kept.pk])).content.decode()
    with pytest.raises(NotFound):
        sign_backs.issued_for(staff.sun, kept.pk)
