"""Prospects through the API: the same doors as the pages."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from tests import cast

from kewei.terminals.models import Prospect, Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


def ask(client, method, path, body=None, **headers):
    answer = getattr(client, method)(
        f"/api/terminals{path}", data=json.dumps(body) if body is not None else None, content_type="application/json",
        headers=headers,
    )  # fmt: skip
    return answer.status_code, json.loads(answer.content) if answer.content else None


def test_registered_once_per_key_moved_given_back_and_claimed(client, staff):
    client.force_login(staff.wang)
    day = timezone.localdate()
    body = {
        "name": "京山市人民医院", "kind": "公立医院", "city": "荆门", "source": "展会", "next_what": "约见院长",
        "next_on": day.isoformat(), "known": {"estimate_fen": 8_000_000, "estimate_basis": "自报"},
        "contact": {"name": "刘主任", "notice_given_on": day.isoformat()},
    }  # fmt: skip
    status, made = ask(client, "post", "/prospects", body, **{"Idempotency-Key": "k1"})
    again, same = ask(client, "post", "/prospects", body, **{"Idempotency-Key": "k1"})
    assert (status, again, same["terminal"]) == (201, 201, made["terminal"])
    pk = made["terminal"]
    assert (made["stage"], made["fields"]["estimate_basis"], made["next_action"]["what"]) == (
        "general",
        "told",
        "约见院长",
    )
    assert ask(client, "post", f"/{pk}/prospect/stage", {"stage": "good"})[1]["stage"] == "good"
    status, no = ask(client, "post", f"/{pk}/prospect/stage", {"stage": "intent"})
    assert (status, no["code"]) == (422, "stage_needs_more")
    assert ask(client, "patch", f"/{pk}/prospect", {"paper_check": "有效"})[1]["fields"]["paper_check"] == "valid"
    assert ask(client, "post", f"/{pk}/prospect/next-action/done", {"outcome": "好"})[1]["next_action"] is None
    later = (day + timedelta(days=2)).isoformat()
    assert ask(client, "post", f"/{pk}/prospect/next-action", {"what": "报会", "due_on": later})[0] == 200
    assert ask(client, "get", "/prospects")[1]["items"][0]["next_what"] == "报会"
    assert ask(client, "post", f"/{pk}/prospect/return", {"why": "no_time"})[0] == 204
    assert [row["id"] for row in ask(client, "get", "/prospects/pool")[1]["items"]] == [pk]
    assert ask(client, "post", "/prospects/claims", {"terminals": [pk]})[1]["code"] == "pool_cooling"
    client.force_login(cast.hire("ma", "马", "representative", staff.hubei))
    assert ask(client, "post", "/prospects/claims", {"terminals": [pk]}) == (201, {"claimed": 1})
    assert Terminal.objects.get(pk=pk).owner.login == "ma"


def test_sun_and_zhou_get_nothing(client, staff):
    client.force_login(staff.wang)
    pk = ask(client, "post", "/prospects", {"name": "甲医院", "city": "荆门", "source": "visit"})[1]["terminal"]
    for name, status in (("sun", 404), ("zhou", 403), ("zhao", 403)):
        client.force_login(getattr(staff, name))
        assert ask(client, "get", f"/{pk}/prospect")[0] == status
        assert ask(client, "post", f"/{pk}/prospect/stage", {"stage": "dropped", "why": "no_need"})[0] == status
    assert Prospect.objects.get(pk=pk).stage == "general"


def test_near_and_coverage_answer(client, staff):
    client.force_login(staff.li)
    Terminal.objects.filter(pk=staff.wangs_hospital.pk).update(lat_e6=31_035_000, lon_e6=112_199_000)
    status, rows = ask(client, "get", "/prospects/near?latitude=31.03&longitude=112.2&metres=5000")
    assert (status, [row["id"] for row in rows], rows[0]["state"]) == (200, [staff.wangs_hospital.pk], "customer")
    status, rows = ask(client, "get", "/prospects/coverage")
    assert (status, [row["login"] for row in rows]) == (200, ["wang"])


def test_merge_and_undo(client, staff):
    client.force_login(staff.li)
    twin = cast.open_terminal("T0091", "荆门第一人民医院", "public_hospital", staff.wang, staff.hubei, city="荆门市")
    body = {"kept": staff.wangs_hospital.pk, "merged": twin.pk, "why": "证照一致"}
    status, made = ask(client, "post", "/merges", body)
    assert status == 201
    assert ask(client, "post", f"/merges/{made['id']}/undo")[0] == 204
    client.force_login(staff.wang)
    assert ask(client, "post", "/merges", body)[0] == 403
