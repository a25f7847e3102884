"""Each forbidden way of giving somebody something is refused by name through every door: page, API, file, command
(domain 4.5). Nothing is kept of it but the note that it was tried."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast

from kewei.config import cli
from kewei.kernel.ids import new_key
from kewei.membership.models import Benefit, Movement
from kewei.membership.rules.conduct import CHANNELS, FORBIDDEN, KINDS
from kewei.membership.tests import joining
from kewei.membership.tests.joining import GROUND, NOW
from kewei.receivables.models import Entry

EVERYTHING = ("purpose", "agenda", "attendees", "invoice", "need", "fair_value", "deliverable", "tax", "contract")


@dataclass(frozen=True)
class Way:
    """A way there must not be: what is changed in an honest benefit, and the code by which it is refused."""

    name: str
    change: dict = field(default_factory=dict)
    code: str = ""


WAYS = [
    *(Way(kind, {"kind": kind}, "personal_benefit") for kind in FORBIDDEN),
    Way("to a doctor", {"recipient": "张医生"}, "benefit_to_person"),
    Way("to a shop assistant", {"recipient": "店员小李"}, "benefit_to_person"),
    Way("to another institution", {"recipient": "成都李刚诊所"}, "benefit_to_person"),
    Way("a coupon to a person", {"kind": "coupon", "fen": 100_00, "channel": "red_letter", "recipient": "何采"}, "benefit_to_person"),
    Way("a rebate in cash", {"kind": "rebate", "fen": 100_00, "channel": "cash"}, "price_off_the_books"),
    Way("a rebate by transfer", {"kind": "rebate", "fen": 100_00, "channel": "transfer"}, "price_off_the_books"),
    Way("a rebate in kind", {"kind": "rebate", "fen": 100_00, "channel": "in_kind"}, "price_off_the_books"),
    Way("a coupon by transfer", {"kind": "coupon", "fen": 100_00, "channel": "transfer"}, "price_off_the_books"),
    Way("a fee in cash", {"kind": "fee", "fen": 100_00, "channel": "cash"}, "benefit_paid_in_cash"),
    Way("sponsorship tied to orders", {"kind": "academic", "tied": True}, "benefit_tied_to_orders"),
    Way("training tied to orders", {"kind": "training", "tied": True}, "benefit_tied_to_orders"),
    Way("a fee tied to orders", {"kind": "fee", "tied": True, "channel": "transfer"}, "benefit_tied_to_orders"),
    Way("a staff incentive without contract", {"kind": "staff_incentive", "evidence": ()}, "benefit_evidence_missing"),
    Way("a fee without deliverable", {"kind": "fee", "evidence": ("need",)}, "benefit_evidence_missing"),
    Way("a meal without attendees", {"kind": "meal", "evidence": ("purpose",)}, "benefit_evidence_missing"),
    Way("a shopping card by another name", {"words": "店长购物卡 500 元"}, "personal_words"),
    Way("a kickback by another name", {"words": "处方回扣"}, "personal_words"),
]  # fmt: skip
HONEST = {
    "kind": "service", "words": "近效期盘点与调换", "ground": GROUND, "fen": 0, "channel": "in_kind", "recipient": "",
    "tied": False, "evidence": EVERYTHING,
}  # fmt: skip


@pytest.fixture
def member(db, time_machine):
    time_machine.move_to(NOW, tick=False)
    return joining.member(cast.assemble())


@pytest.fixture
def wang(member):
    return member.enrolled_by.__class__.objects.get(login="wang")


@pytest.fixture
def visitor(wang):
    made = Client()
    made.force_login(wang)
    return made


def nothing_was_given():
    assert not Benefit.objects.exists()
    assert not Movement.objects.exists()
    assert not Entry.objects.exists()


def by_page(visitor, member, given, **_more):
    form = {name: given[name] for name in ("kind", "words", "ground", "channel", "recipient")}
    form |= {"amount": f"{given['fen'] // 100}", "evidence": list(given["evidence"]), "form_key": new_key()}
    if given["tied"]:
        form["tied"] = "on"
    answer = visitor.post(reverse("membership:want", args=[member.pk]), form)
    return answer.status_code, answer.content.decode()


def by_api(visitor, member, given, **_more):
    body = given | {"evidence": list(given["evidence"])}
    answer = visitor.post(
        f"/api/membership/members/{member.pk}/benefits", json.dumps(body), content_type="application/json",
        headers={"Idempotency-Key": new_key()},
    )  # fmt: skip
    return answer.status_code, answer.json().get("code", "")


def by_command(member, given, capsys):
    argv = [
        "membership", "benefit", "LS26", "T0002", "--kind", given["kind"], "--words", given["words"], "--ground",
        given["ground"], "--amount", f"{given['fen'] // 100}", "--by", given["channel"], "--recipient",
        given["recipient"], "--evidence", ",".join(given["evidence"]), "--as", "wang", "--json",
    ]  # fmt: skip
    if given["tied"]:
        argv.append("--tied")
    capsys.readouterr()
    code = cli.main(argv)
    return code, json.loads(capsys.readouterr().out).get("code", "")


def by_file(member, given, capsys, folder):
    names = KINDS | FORBIDDEN
    row = {
        "客户编码": "T0002", "计划编码": "LS26", "权益种类": names[given["kind"]], "内容": given["words"],
        "法律依据": given["ground"], "金额": given["fen"] // 100, "给付方式": CHANNELS[given["channel"]],
        "受益人": given["recipient"], "与采购挂钩": "是" if given["tied"] else "否", "证据": "、".join(given["evidence"]),
    }  # fmt: skip
    file = folder / "benefits.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        writer.writerow(row)
    capsys.readouterr()
    code = cli.main(["import", "benefits", str(file), "--as", "wang", "--json"])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_by_page(way, visitor, member):
    from kewei.kernel.refusals import all_refusals

    status, page = by_page(visitor, member, HONEST | way.change)
    assert status == 422
    said = all_refusals()[way.code].says
    assert max(said.replace("{", "}").split("}")[::2], key=len) in page
    nothing_was_given()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_by_api(way, visitor, member):
    assert by_api(visitor, member, HONEST | way.change) == (422, way.code)
    nothing_was_given()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_by_command(way, member, capsys, monkeypatch):
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")
    assert by_command(member, HONEST | way.change, capsys) == (1, way.code)
    nothing_was_given()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_by_file(way, member, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")
    code, told = by_file(member, HONEST | way.change, capsys, tmp_path)
    assert code == 1
    assert way.code in told
    nothing_was_given()


def test_what_is_honest_passes_every_door(visitor, member, capsys, tmp_path, monkeypatch):
    """Else the tests above would pass for doors that are merely closed."""
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")
    assert by_page(visitor, member, HONEST)[0] == 302
    assert by_api(visitor, member, HONEST)[0] == 201
    assert by_command(member, HONEST, capsys)[0] == 0
    assert by_file(member, HONEST, capsys, tmp_path)[0] == 0
    assert Benefit.objects.filter(state="waiting").count() == 4


@pytest.mark.parametrize("channel", ["cash", "transfer", "in_kind", "gift"])
def test_a_coupon_leaves_by_no_other_way(channel, member, visitor, capsys, monkeypatch):
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")
    person = type(member.enrolled_by).objects
    qian = person.get(login="qian")
    from kewei.membership import actions

    actions.adjust_points(enrolment=member.pk, points=100, why="补", by=qian, now=NOW)
    coupon = actions.issue_coupon(enrolment=member.pk, points=100, by=qian, now=NOW)
    visitor.force_login(qian)
    form = {"amount": "50", "channel": channel, "number": "X1", "on": "2026-11-23", "form_key": new_key()}
    page = visitor.post(reverse("membership:use_coupon", args=[coupon.pk]), form)
    assert page.status_code == 422
    assert "价格优惠只能是发票上的一行或红字发票" in page.content.decode()
    body = {"fen": 50_00, "channel": channel, "number": "X1", "on": "2026-11-23"}
    answer = visitor.post(
        f"/api/membership/coupons/{coupon.pk}/use", json.dumps(body), content_type="application/json",
        headers={"Idempotency-Key": new_key()},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (422, "price_off_the_books")
    capsys.readouterr()
    argv = ["membership", "use", str(coupon.pk), "50", "--by", channel, "--number", "X1", "--as", "qian", "--json"]
    assert cli.main(argv) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "price_off_the_books"
    assert not Entry.objects.exists()
