"""Cases, contacts, reasons, promises, disputes, clocks and deals in kind through JSON, the command line and the search."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests import cast

from kewei.collecting import actions, cli
from kewei.collecting.actions.offsets import Offered
from kewei.collecting.models import Contact, Dispute, Promise
from kewei.collecting.tests.test_worklist import NOW, TODAY, owe, reader
from kewei.collecting.tests.test_worklist_doors import ask
from kewei.credit import actions as credit
from kewei.journal.actions import keep_attachment
from kewei.receivables.queries.items import known_documents

API = "/api/collecting"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def staff(db, time_machine):
    """Wang's pharmacy and Sun's clinic owe, and the day's collecting has been run."""
    time_machine.move_to(NOW, tick=False)
    found = cast.assemble()
    owe(found, found.wangs_pharmacy, "FP-A", 40, 60_000_00)
    owe(found, found.wangs_pharmacy, "FP-B", 10, 20_000_00)
    owe(found, found.wangs_pharmacy, "FP-OLD", 1_090, 5_000_00)
    owe(found, found.suns_clinic, "FP-C", 20, 30_000_00)
    actions.run_day(day=TODAY, by=found.system, now=NOW)
    return found


def test_a_telephone_records_contacts_reasons_and_promises_once(staff):
    wang, sun = reader(staff.wang), reader(staff.sun)
    status, told = ask(wang, f"{API}/cases")
    assert (status, told["count"]) == (200, 1)
    case = told["items"][0]
    assert (case["customer_code"], case["overdue_fen"]) == (staff.wangs_pharmacy.code, 85_000_00)
    whole = ask(wang, f"{API}/cases/{case['id']}")[1]
    assert {one["number"] for one in whole["invoices"]} == {"FP-A", "FP-B", "FP-OLD"}
    assert ask(sun, f"{API}/cases/{case['id']}")[0] == 404

    said = {
        "customer_code": staff.wangs_pharmacy.code, "invoices": ["FP-A", "FP-B"], "channel": "phone",
        "at": NOW.isoformat(), "words": "请求贵单位付清货款", "outcome": "promised", "reason": "E2",
        "next_on": (TODAY + timedelta(days=4)).isoformat(), "standing": "finance", "spoke_with": "刘会计",
    }  # fmt: skip
    assert ask(wang, f"{API}/contacts", said)[1]["code"] == "key_missing"
    assert (
        ask(wang, f"{API}/contacts", said | {"words": "不付款就曝光你们，请求付款"}, "k4")[1]["code"]
        == "forbidden_words"
    )
    status, made = ask(wang, f"{API}/contacts", said, "call-1")
    assert (status, made["invoices"], made["asked_fen"]) == (201, ["FP-A", "FP-B"], 80_000_00)
    assert ask(wang, f"{API}/contacts", said, "call-1") == (201, made)
    assert Contact.objects.count() == 1
    # A naive moment is none; nobody private is spoken to at this door either.
    assert ask(wang, f"{API}/contacts", said | {"at": "2026-11-23T10:00:00"}, "k2")[0] == 422
    assert ask(wang, f"{API}/contacts", said | {"standing": "relative"}, "k3")[1]["code"] == "private_person"
    assert ask(sun, f"{API}/contacts", said, "k5")[0] == 404
    assert ask(reader(staff.zhou), f"{API}/contacts", said, "k6")[0] == 403
    listed = ask(wang, f"{API}/contacts?customer={staff.wangs_pharmacy.code}")[1]
    assert [one["id"] for one in listed] == [made["id"]]

    why = {"customer_code": staff.wangs_pharmacy.code, "invoices": ["FP-A"], "code": "A1", "owner": "wang"}
    assert ask(wang, f"{API}/reasons", why, "why-1") == (200, {"changed": 1})
    assert ask(wang, f"{API}/reasons", why, "why-1") == (200, {"changed": 1})
    found = ask(wang, f"{API}/reasons?code=A1")[1]["items"]
    assert [(one["number"], one["side"], one["owner"]) for one in found] == [("FP-A", "ours", "王")]
    assert ask(wang, f"{API}/reasons", why | {"invoices": ["FP-C"]}, "why-2")[0] in (400, 404, 409, 422)
    assert any(one["code"] == "A1" for one in ask(wang, f"{API}/reasons/kinds")[1])

    promised = {
        "customer_code": staff.wangs_pharmacy.code, "invoices": ["FP-A"], "promiser": "刘会计", "authority": "finance",
        "made_on": TODAY.isoformat(),
        "parts": [
            {"due_on": (TODAY + timedelta(days=7)).isoformat(), "fen": 20_000_00},
            {"due_on": (TODAY + timedelta(days=14)).isoformat(), "fen": 40_000_00},
        ],
    }  # fmt: skip
    status, made = ask(wang, f"{API}/promises", promised, "promise-1")
    assert (status, made["fen"], made["state"], len(made["parts"])) == (201, 60_000_00, "pending", 2)
    assert ask(wang, f"{API}/promises", promised, "promise-1")[1]["id"] == made["id"]
    assert ask(wang, f"{API}/promises", promised, "promise-2")[1]["code"] == "already_promised"
    assert Promise.objects.count() == 1
    later = {"parts": [{"due_on": (TODAY + timedelta(days=20)).isoformat(), "fen": 60_000_00}], "why": "财务出差"}
    status, moved = ask(wang, f"{API}/promises/{made['id']}/move", later, "move-1")
    assert (status, moved["replaces"], moved["moved"]) == (201, made["id"], 1)
    whole = ask(wang, f"{API}/promises/{made['id']}")[1]
    assert (whole["state"], whole["replaced_by"], whole["invoices"][0]["number"]) == (
        "rescheduled",
        moved["id"],
        "FP-A",
    )
    assert ask(wang, f"{API}/promises/{moved['id']}/cancel", {"why": "记错了"}, "cancel-1")[1]["state"] == "cancelled"
    assert ask(wang, f"{API}/promises?state=cancelled")[1]["count"] == 1
    assert ask(sun, f"{API}/promises?state=")[1]["count"] == 0
    assert ask(sun, f"{API}/promises/{made['id']}")[0] == 404


def test_a_dispute_is_opened_taken_and_closed_once(staff):
    wang = reader(staff.wang)
    given = {
        "customer_code": staff.wangs_pharmacy.code, "invoice": "FP-A", "reason": "B1", "fen": 5_000_00, "words": "少货两件",
        "raised_on": TODAY.isoformat(), "told_by": "刘会计",
    }  # fmt: skip
    status, made = ask(wang, f"{API}/disputes", given, "d1")
    assert (status, made["state"], made["paused_fen"]) == (201, "open", 5_000_00)
    assert ask(wang, f"{API}/disputes", given, "d1")[1]["id"] == made["id"]
    assert Dispute.objects.count() == 1
    where = f"{API}/disputes/{made['id']}"
    assert ask(wang, where)[1]["undisputed_fen"] == 55_000_00
    assert ask(wang, f"{where}/take", {}, "d2")[1]["responsible"] == "王"
    end = {"outcome": "upheld", "upheld_fen": 2_000_00, "words": "核对少一件"}
    status, told = ask(wang, f"{where}/close", end, "d3")
    assert (status, told["state"], told["paused_fen"]) == (200, "upheld", 2_000_00)
    assert ask(wang, f"{where}/close", {"outcome": "rejected", "words": "x"}, "d4")[0] == 409
    assert ask(wang, f"{API}/disputes")[1]["count"] == 1
    assert ask(reader(staff.sun), where)[0] == 404
    assert len(ask(wang, where)[1]["states"]) == 3


def test_clocks_deals_and_what_we_promised_are_read(staff):
    wang, day = reader(staff.wang), TODAY
    told = ask(wang, f"{API}/clocks?within=90")[1]
    assert [one["number"] for one in told["items"]] == ["FP-OLD"]
    clock = told["items"][0]
    assert (clock["last_day"], clock["days_left"] > 0, clock["set_by"]) == (clock["last_day"], True, None)
    before = date.fromisoformat(clock["last_day"])
    paper = keep_attachment(filename="签收.pdf", content=PDF, verb="collecting.contact", by=staff.wang, now=NOW)
    actions.record_clock_event(
        terminal=staff.wangs_pharmacy, kind="demand", how="by_hand", on=day, items=[clock["invoice"]], signer="mail_room",
        proof=paper, by=staff.wang, now=NOW,
    )  # fmt: skip
    whole = ask(wang, f"{API}/clocks/items/{clock['invoice']}")[1]
    assert date.fromisoformat(whole["last_day"]) > before
    assert (whole["set_by"]["kind"], whole["happenings"][0]["effect"]) == ("demand", "counted")
    assert ask(reader(staff.sun), f"{API}/clocks/items/{clock['invoice']}")[0] == 404
    assert ask(wang, f"{API}/clocks/items/{10**24}")[0] == 404
    credit.record_security(
        terminal=staff.wangs_pharmacy, kind="guarantee_joint", fen=100_00, guarantor="荆门医药集团", since=day,
        until=day + timedelta(days=30), by=staff.zhao, now=NOW,
    )  # fmt: skip
    assert ask(wang, f"{API}/clocks/guarantees")[1][0]["guarantor"] == "荆门医药集团"
    assert ask(wang, f"{API}/clocks/bills") == (200, [])

    deal = actions.propose_offset(
        terminal=staff.wangs_pharmacy, items=[clock["invoice"]],
        offered=Offered("equipment", "冷柜两台", day, 60_00, 100_00, day, title=paper), by=staff.zhao, now=NOW,
    )  # fmt: skip
    row = ask(wang, f"{API}/offsets")[1]["items"][0]
    assert (row["id"], row["offset_fen"], row["state"], row["letter"]) == (deal.pk, 60_00, "proposed", None)
    assert ["no_invoice", "warn"] in ask(wang, f"{API}/offsets/{deal.pk}")[1]["verdicts"]
    ours = actions.note_our_promise(
        terminal=staff.wangs_pharmacy, kind="rebate", words="返利两百元", fen=200_00, made_on=day,
        due_on=day + timedelta(days=9), promised_by=staff.wang, owner=staff.wang, by=staff.wang, now=NOW,
    )  # fmt: skip
    assert ask(wang, f"{API}/ours")[1]["items"][0]["fen"] == 200_00
    assert ask(wang, f"{API}/ours/{ours.pk}")[1]["owner"] == "王"
    for one in (f"offsets/{deal.pk}", f"ours/{ours.pk}"):
        assert ask(reader(staff.sun), f"{API}/{one}")[0] == 404
    for one in (
        "cases",
        "reasons",
        "promises",
        "disputes",
        "ours",
        "clocks",
        "clocks/guarantees",
        "clocks/bills",
        "offsets",
    ):
        assert ask(reader(staff.zhou), f"{API}/{one}")[0] == 403


def _item(number):
    """The key of an invoice by its number."""
    return known_documents("invoice", [number])[0].entry_id


def run(capsys, *words):
    """What the command prints, as JSON where asked for."""
    parser = ArgumentParser()
    cli.arguments_collecting(parser)
    assert cli.collecting(parser.parse_args(list(words))) == 0
    return capsys.readouterr().out


def test_the_command_lists_what_stands(staff, capsys):
    told = json.loads(run(capsys, "cases", "--as", "wang", "--json"))
    assert (told["count"], told["cases"][0]["overdue_fen"]) == (1, 85_000_00)
    assert json.loads(run(capsys, "cases", "--json"))["count"] == 2
    assert "85,000.00" in run(capsys, "cases", "--as", "wang")
    assert "FP-OLD" in run(capsys, "clocks", "--within", "60")
    actions.raise_dispute(
        item=_item("FP-A"), reason="B1", fen=5_00, words="少",
        raised_on=TODAY, by=staff.wang, now=NOW,
    )  # fmt: skip
    assert "FP-A" in run(capsys, "disputes", "--customer", staff.wangs_pharmacy.code)
    assert json.loads(run(capsys, "promises", "--state", "all", "--json")) == {"count": 0, "promises": []}


def test_the_search_finds_cases_and_letters(staff):
    letter = actions.draft_letter(
        terminal=staff.wangs_pharmacy, kind="demand", item_ids=[_item("FP-A")], by=staff.zhao, now=NOW
    )

    def found(person, text):
        return reader(person).get(reverse("desk:search"), {"q": text}, headers={"HX-Request": "true"}).content.decode()

    by_number = found(staff.wang, letter.number)
    assert reverse("collecting:letter", args=[letter.pk]) in by_number
    assert "/collecting/cases/" in found(staff.wang, staff.wangs_pharmacy.code)
    for stranger in (staff.sun, staff.zhou):
        assert reverse("collecting:letter", args=[letter.pk]) not in found(stranger, letter.number)
        assert "/collecting/cases/" not in found(stranger, staff.wangs_pharmacy.code)
