"""Terminals as JSON."""

import json

import pytest
from tests import cast

from kewei.kernel.ids import make_credit_code
from kewei.terminals.models import Terminal

pytestmark = pytest.mark.django_db

CREDIT_CODE = make_credit_code("91420800MA0000001")


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def ask(client):
    def asked(person, method, path, body=None, **headers):
        client.force_login(person)
        answer = getattr(client, method)(
            f"/api/terminals{path}",
            *([json.dumps(body)] if body is not None else []),
            **({"content_type": "application/json"} if body is not None else {}),
            headers=headers,
        )
        return answer.status_code, (answer.json() if answer.content else None)

    return asked


def test_the_list_filters_orders_and_pages(staff, ask):
    status, body = ask(staff.qian, "get", "?order=-code&limit=2")
    assert (status, body["count"], [row["code"] for row in body["items"]]) == (200, 3, ["T0003", "T0002"])
    assert "start=2" in body["next"]
    assert [row["code"] for row in ask(staff.qian, "get", "?kind=clinic")[1]["items"]] == ["T0003"]
    assert [row["code"] for row in ask(staff.qian, "get", "?owner=wang")[1]["items"]] == ["T0001", "T0002"]
    assert ask(staff.qian, "get", "?owner=nobody")[1]["items"] == []


def test_opening_once_for_a_key(staff, ask):
    body = {
        "name": "荆门市康复医院",
        "kind": "民营医院",
        "province": "湖北",
        "city": "荆门",
        "credit_code": CREDIT_CODE,
    }
    first = ask(staff.wang, "post", "", body, **{"Idempotency-Key": "k1"})
    again = ask(staff.wang, "post", "", body, **{"Idempotency-Key": "k1"})
    assert first == again
    status, card = first
    assert status == 201
    assert (card["kind"], card["division"], card["owner_login"]) == ("private_hospital", "420800", "wang")
    assert Terminal.objects.filter(name="荆门市康复医院").count() == 1
    status, refusal = ask(staff.wang, "post", "", body | {"name": "x"}, **{"Idempotency-Key": "k2"})
    assert (status, refusal["code"]) == (409, "credit_code_taken")


def test_only_given_fields_change(staff, ask):
    path = f"/{staff.wangs_hospital.pk}"
    status, card = ask(staff.wang, "patch", path, {"beds": 800, "grade": "三甲"})
    assert (status, card["beds"], card["grade"], card["city"]) == (200, 800, "3A", "荆门市")
    status, card = ask(staff.wang, "patch", path, {"beds": None, "short_name": "一医"})
    assert (card["beds"], card["short_name"], card["grade"]) == (None, "一医", "3A")
    status, refusal = ask(staff.wang, "patch", path, {"kind": "飞机场"})
    assert (status, refusal["code"]) == (422, "not_a_choice")


def test_everything_that_hangs_on_a_card(staff, ask):
    path = f"/{staff.wangs_hospital.pk}"
    ask(staff.wang, "post", f"{path}/aliases", {"name": "荆门一医", "kind": "俗称"})
    ask(staff.wang, "post", f"{path}/contacts", {"name": "张三", "duty": "采购"})
    ask(staff.wang, "post", f"{path}/licences", {"kind": "medical", "number": "P1", "valid_to": "2027-01-01"})
    ask(
        staff.wang, "post", f"{path}/authorised", {"name": "李四", "kinds": ["采购"], "id_number": "420802199001011234"}
    )
    status, card = ask(staff.wang, "put", f"{path}/settlement", {"term_days": 60, "account": "6222020012345678"})
    assert status == 200
    assert (card["settlement"]["term_days"], card["settlement"]["account_masked"]) == (60, "****5678")
    assert card["authorised"][0]["id_masked"] == "420***********1234"
    assert (card["aliases"][0]["kind"], card["contacts"][0]["duty"]) == ("common", "purchasing")
    licence = card["licences"][0]["id"]
    assert ask(staff.wang, "post", f"/licences/{licence}/verification", {"how": "original"})[0] == 403
    assert ask(staff.wu, "post", f"/licences/{licence}/verification", {"how": "original"})[0] == 204
    for part in ("aliases", "contacts", "licences", "authorised"):
        assert ask(staff.wang, "delete", f"/{part}/{card[part][0]['id']}")[0] == 204
    card = ask(staff.wang, "get", path)[1]
    assert [card[part] for part in ("aliases", "contacts", "licences", "authorised")] == [[], [], [], []]
    names = [moment["name"] for moment in ask(staff.wang, "get", f"{path}/timeline")[1]]
    assert "terminals.licence_verified" in names


def test_links_and_closures(staff, ask):
    path = f"/{staff.wangs_hospital.pk}"
    assert ask(staff.li, "put", f"{path}/links", {"login": "zhou", "role": "owner"})[1]["code"] == "medical_cannot_own"
    assert ask(staff.li, "put", f"{path}/links", {"login": "zhao", "role": "信用专员"})[0] == 200
    assert ask(staff.li, "delete", f"{path}/links/credit")[0] == 204
    assert ask(staff.wang, "post", f"{path}/closure", {"reason": "歇业"})[1]["closure"]["closed_by"] == "王"
    assert ask(staff.wang, "get", "?closed=true")[1]["count"] == 1
    assert ask(staff.wang, "delete", f"{path}/closure")[0] == 204


def test_for_sun_it_does_not_exist(staff, ask):
    path = f"/{staff.wangs_hospital.pk}"
    for method, suffix, body in [
        ("get", "", None), ("patch", "", {"beds": 1}), ("get", "/timeline", None), ("post", "/closure", {"reason": "x"}),
        ("post", "/aliases", {"name": "x"}), ("post", "/contacts", {"name": "x"}),
        ("post", "/licences", {"kind": "medical", "number": "1"}), ("put", "/settlement", {}),
        ("post", "/authorised", {"name": "x", "kinds": ["buy"]}),
    ]:  # fmt: skip
        status, refusal = ask(staff.sun, method, path + suffix, body)
        assert (status, refusal["code"]) == (404, "not_found"), suffix
    assert ask(staff.sun, "get", "/search?text=荆门")[1] == []
    assert [row["code"] for row in ask(staff.sun, "get", "")[1]["items"]] == ["T0003"]


def test_places_by_name_and_code(staff, ask):
    assert {"code": "420000", "name": "湖北省"} in ask(staff.wang, "get", "/places")[1]
    assert {"code": "429004", "name": "仙桃市"} in ask(staff.wang, "get", "/places?province=湖北")[1]
    assert {"code": "420802", "name": "东宝区"} in ask(staff.wang, "get", "/places?province=420000&city=荆门")[1]
