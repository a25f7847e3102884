"""Surveys and applications as JSON."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from tests import cast, trading

from kewei.credit import actions
from kewei.credit.queries import standing
from kewei.credit.rules.redlines import LISTS
from kewei.credit.tests.test_surveys import PHARMACY
from kewei.kernel.ids import new_key
from kewei.people import actions as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db):
    return cast.assemble()


@pytest.fixture
def ask(client):
    def go(person, path, body=None, method="post"):
        client.force_login(person)
        if body is None:
            return client.get(f"/api/credit/{path}")
        key = {"Idempotency-Key": new_key()}
        return getattr(client, method)(
            f"/api/credit/{path}", json.dumps(body), content_type="application/json", headers=key
        )

    return go


def surveyed(ask, staff):
    """A pharmacy's survey through JSON, from the empty draft to its acceptance."""
    day = timezone.localdate().isoformat()
    made = ask(staff.wang, "surveys", {"customer": "T0002", "how": "site", "surveyed_on": day})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert len(made.json()["missing"]) > 10
    assert ask(staff.wang, f"surveys/{pk}/hand-in", {}).status_code == 422
    for line in LISTS:
        looked = ask(staff.wang, "looks", {"customer": "T0002", "list": line, "found": False, "checked_on": day})
        assert looked.status_code == 201, looked.content
    draft = {"answers": PHARMACY, "opinion": "可合作", "suggested_fen": 100_000_00, "suggested_grade": "B"}
    assert ask(staff.wang, f"surveys/{pk}", draft, "patch").json()["percent"] == 100
    assert ask(staff.wang, f"surveys/{pk}/hand-in", {}).json()["state"] == "handed_in"
    return pk


def test_a_survey_from_the_empty_draft_to_its_acceptance(staff, ask):
    asked = ask(staff.wang, "survey-form?kind=pharmacy").json()
    assert {"factor": "bank", "field": "bank", "words": "基本户开户行"}.items() <= next(
        one for one in asked if one["field"] == "bank"
    ).items()
    pk = surveyed(ask, staff)
    assert [row["id"] for row in ask(staff.zhao, "surveys/waiting").json()] == [pk]
    assert ask(staff.zhao, f"surveys/{pk}/review", {"accept": False}).json()["code"] == "review_needs_words"
    done = ask(staff.zhao, f"surveys/{pk}/review", {"accept": True})
    assert (done.status_code, done.json()["state"]) == (201, "accepted")
    assert ask(staff.wang, f"surveys/{pk}", {"opinion": "改"}, "patch").status_code == 409
    rows = ask(staff.wang, "surveys?customer=T0002&state=accepted").json()
    assert (rows["count"], rows["items"][0]["suggested_grade"]) == (1, "B")
    day = timezone.localdate().isoformat()
    second = {"customer": "T0002", "how": "phone", "surveyed_on": day, "copy_last": True}
    again = ask(staff.wang, "surveys", second).json()
    changed = {**PHARMACY, "scale": {**PHARMACY["scale"], "insured": 3}}
    file = ask(staff.wang, f"surveys/{again['id']}", {"answers": changed}, "patch").json()
    assert file["changes"] == [{"factor": "scale", "field": "insured", "before": 8, "after": 3}]
    assert ask(staff.sun, f"surveys/{pk}").status_code == 404
    assert ask(staff.zhou, f"surveys/{pk}").status_code == 403


def test_an_application_goes_its_whole_way_and_nobody_decides_their_own(staff, ask):
    pk = surveyed(ask, staff)
    ask(staff.zhao, f"surveys/{pk}/review", {"accept": True})
    trading.grade(staff.wangs_pharmacy, "B", staff.zhao)
    wanted = {
        "customer": "T0002", "kind": "new", "wanted_fen": 50_000_00, "term_days": 30, "pledged": True,
        "until": (timezone.localdate() + timedelta(days=200)).isoformat(), "over_reason": "新开拓市场",
    }  # fmt: skip
    assert ask(staff.wang, "applications", {**wanted, "wanted_fen": 0}).json()["code"] == "nothing_wanted"
    made = ask(staff.li, "applications", wanted)
    assert made.status_code == 201, made.content
    key, route = made.json()["id"], made.json()["route"]
    assert made.json()["next_roles"] == [route[0]] == ["credit_manager"]
    own = ask(staff.li, f"applications/{key}/opinions", {"word": "agree"})
    assert own.json()["code"] == "own_application"
    assert ask(staff.li, "applications/waiting").json() == []
    assert ask(staff.sun, f"applications/{key}").status_code == 404
    assert ask(staff.zhou, "applications").status_code == 403
    assert ask(staff.li, f"applications/{key}/withdraw", {}).json()["state"] == "withdrawn"
    key = ask(staff.wang, "applications", wanted).json()["id"]
    for who in (staff.li, staff.feng, staff.tao, staff.zheng):
        if [one["id"] for one in ask(who, "applications/waiting").json()] == [key]:
            said = ask(who, f"applications/{key}/opinions", {"word": "agree"})
            assert said.status_code == 201, said.content
    assert ask(staff.zhao, f"applications/{key}").json()["state"] == "granted"
    assert standing.standing(staff.wangs_pharmacy.pk, timezone.localdate()).limit_fen == 50_000_00


def test_a_key_speaks_for_nobody_else(staff, client):
    today, now = timezone.localdate(), timezone.now()
    trading.limit(staff, staff.wangs_hospital, 500_000_00)
    wanted = actions.apply_for_credit(
        terminal=staff.wangs_hospital, kind="cancel", wanted_fen=0, term_days=0, until=today, pledged=False, by=staff.wang,
        now=now,
    )  # fmt: skip
    people.appoint_deputy(taker=staff.qian, since=today, until=today, by=staff.zhao, now=now)
    _token, secret = people.make_token(person=staff.qian, name="k", scopes=["credit.see"], by=staff.qian, now=now)
    answer = client.post(
        f"/api/credit/applications/{wanted.pk}/opinions",
        json.dumps({"word": "agree", "stands_in_for": staff.zhao.pk}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": new_key()},
    )
    assert answer.status_code == 403
