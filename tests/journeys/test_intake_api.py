"""Files through the API: the same engine, the same refusals, a key."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import cast

from kewei.desk.intake import kept
from kewei.people import actions as people_actions
from kewei.receivables.models import Item

pytestmark = pytest.mark.django_db

HEAD = "发票号,客户编码,开票日,到期日,价税合计\n"
GOOD = f"{HEAD}FP1,T0001,2026-10-08,2027-01-06,100\n"
BAD = f"{GOOD}FP2,T9999,2026-02-30,2027-01-06,100\n"


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture
def api(staff):
    """POST a file with a person's token; gives (status, answer)."""

    def post(text: str, noun: str = "invoices", by=staff.qian, key: str = "", **said):
        scopes = sorted({verb for held in by.held for verb in _verbs(held.role)})
        _, secret = people_actions.make_token(
            person=by, name="t", scopes=scopes, by=staff.zheng, now=cast.MORNING
        )  # fmt: skip
        headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
        file = SimpleUploadedFile("a.csv", text.encode())
        answer = Client().post(f"/api/intake/{noun}", {"file": file, **said}, headers=headers)
        return answer.status_code, answer.json()

    return post


def _verbs(role: str):
    from kewei.people.rules import ROLES

    return ROLES[role].verbs


def test_a_file_is_taken_once(api):
    status, told = api(GOOD)
    assert (status, told["status"], told["parts"][0]["total_fen"]) == (200, "taken", 10_000)
    status, again = api(GOOD)
    assert (status, again["status"], again["intake"]) == (200, "recognised", told["intake"])
    assert Item.objects.count() == 1


def test_problems_come_with_row_and_column_and_nothing_is_written(api):
    status, told = api(BAD)
    assert (status, told["status"]) == (422, "problems")
    assert [(p["row"], p["column"], p["code"]) for p in told["problems"]] == [(3, "C", "bad_day")]
    assert Item.objects.count() == 0
    assert api(BAD, dry_run="true")[1]["status"] == "dry_run"
    assert api(BAD, good_rows="true")[1]["left_out"] == 1
    assert Item.objects.count() == 1


def test_a_key_is_kept(api):
    first = api(GOOD, key="k1")[1]
    assert api(GOOD, key="k1")[1]["intake"] == first["intake"]
    status, told = api(GOOD.replace("FP1", "FP9"), key="k1")
    assert (status, told["code"]) == (409, "key_reused")


def test_a_file_that_is_none_and_a_person_who_may_not(api, staff):
    uploads = set(kept.home().glob("*"))
    assert api("%PDF-1.7")[1]["code"] == "sheet_not_a_sheet"
    assert api(GOOD, noun="elephants")[0] == 404
    assert api(GOOD, by=staff.sun)[0] == 403
    assert api(GOOD, by=staff.zhou)[0] == 403
    assert Item.objects.count() == 0
    assert set(kept.home().glob("*")) == uploads
