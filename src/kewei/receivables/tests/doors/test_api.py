"""Receivables over the API: the same figures, the same refusals, once per key."""

import json
from datetime import timedelta

import pytest

from kewei.receivables import queries
from kewei.receivables.models import Allocation, Entry, Item

API = "/api/receivables/"


def get(client, path, **asked):
    answer = client.get(API + path, asked)
    return answer.status_code, json.loads(answer.content)


def post(client, path, body, key="k1"):
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(API + path, json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def an_invoice(ledger, **changed):
    on, due = ledger.today.isoformat(), (ledger.today + timedelta(days=30)).isoformat()
    return {"customer": "T0001", "number": "API1", "invoice_date": on, "due_date": due, "total_fen": 500_00} | changed


@pytest.mark.parametrize("by", ["customer", "owner", "territory", "region", "kind"])
def test_ageing_is_that_of_the_query(ledger, by):
    status, told = get(ledger.client("qian"), "ageing", by=by)
    table = queries.ageing(ledger.staff.qian, ledger.today, by)
    assert status == 200
    assert told["agrees"] is True
    assert told["control_fen"] == table.control_fen == told["totals"]["balance_fen"]
    assert [row["balance_fen"] for row in told["rows"]] == [row.balance_fen for row in table.rows]
    assert sum(sum(row["bucket_fen"].values()) + row["credit_fen"] for row in told["rows"]) == table.control_fen


def test_lists_are_paged(ledger):
    client = ledger.client("qian")
    _status, first = get(client, "open-items", limit=3)
    assert (first["count"], len(first["items"])) == (4, 3)
    rest = json.loads(client.get(first["next"]).content)
    assert [row["number"] for row in first["items"] + rest["items"]] == ["FP3", "FP2", "FP4", "FP1"]
    assert rest["next"] is None
    _status, register = get(client, "documents", limit=4)
    assert len(register["items"]) == 4
    assert json.loads(client.get(register["next"]).content)["next"] is None
    assert get(client, "open-items", bucket="nonsense")[0] == 422


def test_posting_takes_a_key_and_counts_once(ledger):
    client = ledger.client("qian")
    assert post(client, "invoices", an_invoice(ledger), key="")[1]["code"] == "key_missing"
    first, again = post(client, "invoices", an_invoice(ledger)), post(client, "invoices", an_invoice(ledger))
    assert first == again
    assert first[0] == 201
    assert Entry.objects.filter(number="API1").count() == 1
    assert post(client, "invoices", an_invoice(ledger, total_fen=1))[1]["code"] == "key_reused"
    status, told = post(client, "invoices", an_invoice(ledger), key="k2")
    assert (status, told["code"]) == (409, "document_exists")


def test_receipts_notes_allocations_and_reversals(ledger):
    client, today = ledger.client("qian"), ledger.today.isoformat()
    body = {"customer": "T0001", "number": "APISK", "received_on": today, "total_fen": 1_600_00, "how": "oldest"}
    status, told = post(client, "receipts", body)
    assert status == 201
    assert {a["other_number"]: a["fen"] for a in told["entry"]["allocations"]} == {"FP2": 1_500_00, "FP1": 100_00}
    note = {
        "customer": "T0002",
        "number": "APIHZ",
        "on": today,
        "total_fen": 100_00,
        "original": "FP3",
        "reason": "退货",
    }
    assert post(client, "red-letters", note, key="n1")[1]["entry"]["open_fen"] == 0
    assert (
        post(client, "red-letters", note | {"number": "H2", "original": "FP1"}, key="n2")[1]["code"]
        == "unknown_original"
    )
    receipt, invoice = ledger.entries["SK2"], ledger.entries["FP1"]
    shares = {"credit": receipt.pk, "shares": [{"debit": invoice.pk, "fen": 100_00}]}
    status, told = post(client, "allocations", shares, key="a1")
    assert (status, told["entry"]["open_fen"]) == (201, 0)
    allocation = Allocation.objects.get(credit=receipt)
    assert post(client, "reversals", {"allocation": allocation.pk, "reason": "错"}, key="r1")[0] == 201
    assert Item.objects.get(entry=receipt).open_fen == 100_00
    assert post(client, "reversals", {"entry": receipt.pk, "reason": "错"}, key="r2")[0] == 201
    assert not Item.objects.get(entry=receipt).live
    assert post(client, "reversals", {"reason": "错"}, key="r3")[0] == 422


def test_a_proposal_is_applied_as_it_was_shown(ledger):
    client, receipt = ledger.client("qian"), ledger.entries["SK2"]
    _status, told = get(client, f"unmatched/{receipt.pk}/proposals")
    shares = [{"debit": s["debit"], "fen": s["fen"]} for s in told[0]["shares"]]
    wrong = [{"debit": shares[0]["debit"], "fen": shares[0]["fen"] + 1}]
    assert post(client, f"unmatched/{receipt.pk}/apply", {"place": 0, "shares": wrong})[0] == 422
    assert post(client, f"unmatched/{receipt.pk}/apply", {"place": 9}, key="k9")[0] == 422
    status, told = post(client, f"unmatched/{receipt.pk}/apply", {"place": 0, "shares": shares}, key="k3")
    assert (status, told["entry"]["open_fen"]) == (201, 0)


def test_statement_figures_and_queue(ledger):
    client = ledger.client("wang")
    first = ledger.today.replace(year=ledger.today.year - 2, day=1).isoformat()
    period = {"first": first, "last": ledger.today.isoformat()}
    _status, told = get(client, "statements/T0001", **period)
    assert told["opening_fen"] + sum(m["fen"] for m in told["movements"]) == told["closing_fen"] == 2_400_00
    assert client.get(f"{API}statements/T0001/pdf", period).content.startswith(b"%PDF")
    assert client.get(f"{API}statements/T0001/xlsx", period).content.startswith(b"PK")
    assert get(client, "statements/T0001", first=period["last"], last=first)[1]["code"] == "period_reversed"
    assert {figure["code"] for figure in get(client, "kpis")[1]["figures"]} >= {"dso", "dso_count_back"}
    assert [row["number"] for row in get(client, "unmatched")[1]["items"]] == ["SK2"]


@pytest.mark.parametrize("path", ["ageing", "open-items", "documents", "unmatched", "kpis"])
def test_zhou_is_refused(ledger, path):
    status, told = get(ledger.client("zhou"), path)
    assert (status, told["code"]) == (403, "not_allowed")


def test_sun_finds_nothing_of_wangs(ledger):
    sun = ledger.client("sun")
    assert get(sun, f"documents/{ledger.entries['FP1'].pk}")[0] == 404
    assert get(sun, "open-items", customer="T0001")[0] == 404
    assert get(sun, "ageing")[1]["control_fen"] == 8_000_00
    assert post(sun, "invoices", an_invoice(ledger))[0] in (403, 404)
    assert not Entry.objects.filter(number="API1").exists()
