"""Campaigns as JSON: the whole way by requests, refusals as codes, keys that do it once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from kewei.campaigns.models import Campaign, Cost
from kewei.campaigns.queries import lists
from kewei.campaigns.rules.states import CHECKS
from kewei.campaigns.tests import selling
from kewei.campaigns.tests.selling import NOW
from kewei.kernel.ids import new_key


@pytest.fixture
def here(db, time_machine):
    time_machine.move_to(NOW, tick=False)
    return selling.county()


def ask(client, person, path, given=None, key=""):
    client.force_login(person)
    if given is None:
        answer = client.get(f"/api/campaigns{path}")
    else:
        answer = client.post(
            f"/api/campaigns{path}", json.dumps(given), content_type="application/json",
            headers={"Idempotency-Key": key or new_key()},
        )  # fmt: skip
    return answer.status_code, answer.json() if answer.content else None


BODY = {
    "name": "十二月重点", "product": "P001", "first_on": "2026-12-01", "last_on": "2026-12-31", "goal": "多用", "goal_milli": 10_000,
    "cap_fen": 500_000,
}  # fmt: skip


def test_the_whole_way(here, client, time_machine):
    li, he = here.staff.li, here.staff.he
    status, made = ask(client, li, "", BODY | {"territory": here.hubei})
    assert (status, made["state"], made["month"]) == (201, "draft", "2026-12-01")
    pk = made["id"]
    status, found = ask(client, li, f"/{pk}/candidates?most=5")
    assert (status, len(found["items"]), found["ranked"]) == (200, 5, 30)
    assert found["items"][0]["reasons"][0]["code"] == "potential"
    assert ask(client, li, f"/{pk}/list", {"size": 20, "held": 12})[1]["code"] == "campaign_bad_hold_out"
    status, composed = ask(client, li, f"/{pk}/list", {"size": 20, "held": 10, "seed": 7})
    assert (status, composed["held"], composed["seed"]) == (201, 10, 7)
    status, version = ask(
        client, li, "/materials", {"name": "折页", "product": "P001", "says": "用法", "valid_until": "2027-06-30"}
    )
    assert status == 201
    assert ask(client, li, f"/{pk}/materials", {"version": version["id"]})[0] == 200
    assert ask(client, he, f"/materials/versions/{version['id']}/opinion", {"agreed": True})[1]["agreed"] is True
    assert (
        ask(client, li, f"/materials/{version['material']}/versions", {"says": "新", "valid_until": "2027-06-30"})[1][
            "number"
        ]
        == 2
    )
    assert ask(client, li, "/materials?waiting=true")[1]["count"] == 1
    assert ask(client, li, f"/{pk}/hand-in", {})[1]["state"] == "handed_in"
    assert ask(client, he, f"/{pk}/opinion", {"agreed": True, "checks": []})[1]["code"] == "campaign_checks_missing"
    assert ask(client, he, f"/{pk}/opinion", {"agreed": True, "checks": list(CHECKS)})[1]["state"] == "approved"
    assert ask(client, li, f"/{pk}/start", {})[1]["state"] == "running"
    status, added = ask(client, li, f"/{pk}/focus", {"customer": "C0005", "why": "店长要"})
    assert (status, added["arm"]) == (201, "added")
    assert ask(client, li, f"/focus/{added['id']}/take-off", {"why": "不要了"}) == (204, None)
    assert ask(client, li, f"/{pk}/focus")[1]["count"] == 20
    assert ask(client, here.staff.wang, f"/{pk}/focus?arm=held_out")[1]["count"] == 0
    assert ask(client, li, f"/{pk}/costs", {"kind": "material", "fen": 1000, "on": "2026-11-20"})[0] == 201
    assert ask(client, li, f"/{pk}/costs")[1][0]["fen"] == 1000
    assert ask(client, here.staff.wang, f"/{pk}/costs")[1] == []
    assert ask(client, li, f"/{pk}/result") == (200, None)
    for one in lists.drawn(pk):
        selling.sell(one.terminal, here.product, date(2026, 12, 9), 30 if one.arm == "treated" else 4 + one.place % 3)
    assert ask(client, li, f"/{pk}/close", {})[1]["code"] == "campaign_not_over_yet"
    time_machine.move_to(datetime(2027, 1, 15, 2, 0, tzinfo=UTC), tick=False)
    assert ask(client, li, f"/{pk}/close", {})[1]["verdict"] == "worked"
    status, result = ask(client, li, f"/{pk}/result")
    assert (result["verdict"], result["kept"], result["compared"]["treated"], result["noted_fen"]) == (
        "worked",
        True,
        10,
        1000,
    )


def test_a_key_does_it_once(here, client):
    key, body = new_key(), BODY | {"territory": here.hubei}
    first, again = (ask(client, here.staff.li, "", body, key) for _twice in range(2))
    assert first == again
    pk = Campaign.objects.get().pk
    assert ask(client, here.staff.li, f"/{pk}/withdraw", {"why": "换产品"})[1]["state"] == "withdrawn"


def test_no_gift_by_any_name_through_the_api(here, client):
    li = here.staff.li
    body = BODY | {"territory": here.hubei, "benefit": "gift_card", "benefit_words": "购物卡"}
    assert ask(client, li, "", body)[1]["code"] == "bad_campaign"
    campaign = selling.running(here)
    for kind in ("gift", "cash", "dinner", "travel"):
        asked = {"kind": kind, "fen": 1000, "on": "2026-11-20"}
        assert ask(client, li, f"/{campaign.pk}/costs", asked)[1]["code"] == "bad_campaign"
    cash_back = {"kind": "discount", "fen": 1000, "on": "2026-11-20", "document": "返现"}
    assert ask(client, li, f"/{campaign.pk}/costs", cash_back)[1]["code"] == "campaign_document_missing"
    assert not Cost.objects.exists()


def test_strangers(here, client):
    campaign = selling.running(here)
    for path in ("", "/focus", "/result", "/costs"):
        assert ask(client, here.staff.sun, f"/{campaign.pk}{path}")[0] == 404, path
        assert ask(client, here.staff.zhou, f"/{campaign.pk}{path}")[0] == 403, path
    assert ask(client, here.staff.sun, f"/{campaign.pk}/candidates")[0] == 403
    assert ask(client, here.staff.li, "", BODY | {"product": "NONE", "territory": here.hubei})[0] == 404
