"""Standing, limits, holds, warnings and bills as JSON and on the command line."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from tests import cast

from kewei.config import cli
from kewei.credit import actions
from kewei.kernel.ids import new_key
from kewei.receivables import actions as receivables
from kewei.receivables.rules.bills import BillGiven

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db):
    staff, now = cast.assemble(), timezone.now()
    today = timezone.localdate(now)
    actions.grant_limit(
        terminal=staff.wangs_hospital, fen=1_000_000_00, term_days=60, since=today, until=today + timedelta(days=90),
        application=None, by=staff.feng, now=now,
    )  # fmt: skip
    receivables.post_invoice(
        terminal=staff.wangs_hospital, number="FP1", invoice_date=today - timedelta(days=90),
        due_date=today - timedelta(days=20), total_fen=400_000_00, by=staff.qian, now=now,
    )  # fmt: skip
    receivables.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=today, fen=50_000_00, method="bill",
        bill=BillGiven("commercial", today), by=staff.qian, now=now,
    )  # fmt: skip
    return staff


def ask(client, person, path):
    client.force_login(person)
    return client.get(f"/api/{path}")


def send(client, person, path, body):
    client.force_login(person)
    return client.post(
        f"/api/{path}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": new_key()}
    )


def test_a_standing_tells_every_part(staff, client):
    told = ask(client, staff.wang, "credit/standing/T0001").json()
    assert {part["part"]: part["fen"] for part in told["exposure"]["parts"]} == {
        "ordered": 0, "delivered": 0, "invoiced": 400_000_00, "bills": 50_000_00, "unapplied": 50_000_00, "deposits": 0,
    }  # fmt: skip
    assert (told["headroom_fen"], told["overdue_days"]) == (600_000_00, 20)
    assert ask(client, staff.sun, "credit/standing/T0001").status_code == 404
    assert ask(client, staff.zhou, "credit/standing/T0001").status_code == 403
    assert ask(client, staff.sun, "credit/standing/T0003").json()["limit_fen"] is None


def test_a_suggestion_comes_line_by_line(staff, client):
    told = ask(client, staff.wang, "credit/standing/T0001/suggestion?term_days=60").json()
    assert told["policy"].startswith("credit.limit@")
    assert len(told["alternatives"]) == 9


def test_limits_and_holds_are_listed_placed_and_lifted(staff, client):
    rows = ask(client, staff.zhao, "credit/limits?order=-used").json()["items"]
    assert [(row["customer_code"], row["used_bp"]) for row in rows] == [("T0001", 4_000)]
    assert ask(client, staff.sun, "credit/limits").json()["items"] == []
    made = send(client, staff.zhao, "credit/holds", {"customer": "T0001", "reason": "legal", "note": "被起诉"})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert send(client, staff.wang, f"credit/holds/{pk}/lift", {"why": "x"}).status_code == 403
    assert send(client, staff.zhao, f"credit/holds/{pk}/lift", {"why": "撤诉"}).json()["state"] == "lifted"
    assert ask(client, staff.zhao, "credit/holds").json()["items"] == []


def test_warnings_are_told_and_closed(staff, client):
    made = send(client, staff.zhao, "credit/watch", {"customer": "T0001", "kind": "registry", "note": "法人变更"})
    pk = made.json()["id"]
    assert ask(client, staff.wang, "credit/watch").json()["items"][0]["detail"] == {"note": "法人变更"}
    assert send(client, staff.zhao, f"credit/watch/{pk}/close", {"why": "已重新调查"}).json()["outcome"] == "已重新调查"


def test_bills_are_listed_and_decided(staff, client):
    (row,) = ask(client, staff.wang, "receivables/bills?state=open").json()["items"]
    body = {"cleared": False, "on": row["due_on"], "reason": "余额不足"}
    assert send(client, staff.wang, f"receivables/bills/{row['id']}/outcome", body).status_code == 403
    assert send(client, staff.qian, f"receivables/bills/{row['id']}/outcome", body).json()["state"] == "dishonoured"
    assert ask(client, staff.wang, "credit/standing/T0001").json()["exposure"]["total_fen"] == 400_000_00


def test_the_command_prints_a_standing(staff, capsys):
    assert cli.main(["credit", "standing", "T0001", "--json", "--as", "zhao"]) == 0
    assert json.loads(capsys.readouterr().out)["headroom_fen"] == 600_000_00
    assert cli.main(["credit", "standing", "T0003", "--as", "zhao"]) == 1
    assert "T0003 成都李刚诊所" in capsys.readouterr().out
    assert cli.main(["credit", "standing", "T0001", "--as", "zhou"]) == 1
