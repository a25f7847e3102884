"""Versions of policies: who proposes, who decides, what never comes into force, and who reads them (decision 0009)."""

import copy
import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast

from kewei.journal import queries_policies as versions
from kewei.journal.actions import decide_policy, propose_policy
from kewei.journal.models import Fact
from kewei.journal.rules_policies import AlreadyDecided, NoSource, OwnProposal, PolicyInThePast, TooLateToApprove
from kewei.journal.web_policies import ROOM_WORDS
from kewei.kernel.policies import BadPolicy, UnknownPolicy, check_shape
from kewei.kernel.refusals import NotAllowed, NotFound

NOW = cast.MORNING
TODAY = date(2026, 11, 23)
LIMIT = "credit.limit"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(time_machine):
    time_machine.move_to(NOW, tick=False)
    versions.forget_read()
    yield cast.assemble()
    versions.forget_read()


def client(person):
    reader = Client()
    reader.force_login(person)
    return reader


def proposed(staff, since=TODAY, body=None, name=LIMIT, **given):
    body = versions.policy_named(name).body if body is None else body
    given = {"source": "会议纪要 3 号", "by": staff.feng, "now": NOW, **given}
    return propose_policy(name=name, body=body, since=since, **given)


def label(day, name=LIMIT):
    return versions.in_force(versions.policy_named(name), day).label


def test_a_version_is_in_force_from_its_day_once_somebody_else_approves_it(staff):
    version = proposed(staff, since=TODAY + timedelta(days=7))
    assert label(TODAY + timedelta(days=7)) == "credit.limit@0"
    decide_policy(pk=version.pk, approve=True, by=staff.zheng, now=NOW)
    assert label(TODAY + timedelta(days=6)) == "credit.limit@0"
    assert label(TODAY + timedelta(days=7)) == label(date(2099, 1, 1)) == "credit.limit@1"
    told = Fact.objects.filter(name__startswith="journal.policy").order_by("seq").values_list("name", flat=True)
    assert list(told) == ["journal.policy_proposed", "journal.policy_decided"]


def test_a_version_that_is_turned_down_never_comes_into_force(staff):
    version = proposed(staff)
    decide_policy(pk=version.pk, approve=False, why="先试算", by=staff.zheng, now=NOW)
    assert label(TODAY) == "credit.limit@0"
    assert versions.waiting() == []
    with pytest.raises(AlreadyDecided):
        decide_policy(pk=version.pk, approve=True, by=staff.tao, now=NOW)


def test_nothing_is_proposed_for_yesterday_nor_without_a_source_nor_under_a_foreign_name(staff):
    with pytest.raises(PolicyInThePast):
        proposed(staff, since=TODAY - timedelta(days=1))
    with pytest.raises(NoSource):
        proposed(staff, source="  ")
    with pytest.raises(UnknownPolicy):
        propose_policy(name="credit.luck", body={}, since=TODAY, source="x", by=staff.feng, now=NOW)
    with pytest.raises(NotAllowed):
        proposed(staff, by=staff.wang)


def test_nobody_decides_on_their_own_proposal_nor_without_the_right(staff):
    version = proposed(staff, by=staff.zheng)
    with pytest.raises(OwnProposal):
        decide_policy(pk=version.pk, approve=True, by=staff.zheng, now=NOW)
    for person in (staff.wang, staff.zhou, staff.zhao, staff.wu):
        with pytest.raises(NotAllowed):
            decide_policy(pk=version.pk, approve=True, by=person, now=NOW)
    with pytest.raises(NotFound):
        decide_policy(pk=version.pk + 1, approve=True, by=staff.tao, now=NOW)


def test_an_approval_that_comes_late_changes_no_day_that_has_passed(staff):
    version = proposed(staff, since=TODAY + timedelta(days=1))
    late = NOW + timedelta(days=2)
    with pytest.raises(TooLateToApprove):
        decide_policy(pk=version.pk, approve=True, by=staff.zheng, now=late)
    assert label(TODAY + timedelta(days=1)) == "credit.limit@0"
    assert decide_policy(pk=version.pk, approve=False, by=staff.zheng, now=late).approved is False


WRONG = (None, "x", 1.5, float("nan"), True, [], {}, [None])


def places(body, at=()):
    """Every place of a body: in lists of the first three."""
    if at:
        yield at
    parts = body.items() if isinstance(body, dict) else enumerate(body[:3]) if isinstance(body, list) else ()
    for name, part in parts:
        for deeper in places(part, ()):
            yield (*at, name, *deeper)
        yield (*at, name)


@pytest.mark.parametrize("name", sorted(versions.offered()))
def test_a_body_of_other_sorts_is_refused_and_never_a_fault(name):
    """Whatever stands in whichever place: refused by name, or a body that reads; whole numbers stay whole numbers."""
    policy = versions.policy_named(name)
    check_shape(policy.body, policy.body)
    for place in set(places(policy.body)):
        for wrong in WRONG:
            body = copy.deepcopy(policy.body)
            parent = body
            for part in place[:-1]:
                parent = parent[part]
            before, parent[place[-1]] = parent[place[-1]], wrong
            try:
                check_shape(body, policy.body)
                policy.read(body)
            except BadPolicy:
                continue
            assert not isinstance(wrong, float), (place, wrong)
            assert type(wrong) is type(before) or before is None or wrong is None, (place, before, wrong)


@pytest.mark.parametrize("body", [None, [], 1, "x", {"days": None}, {"days": ["180"]}])
def test_a_body_that_does_not_fit_is_said_beside_the_form(staff, body):
    given = {"body": json.dumps(body), "since": "2026-11-23", "source": "x"}
    assert client(staff.wu).post("/journal/policies/orders.gate/propose", given).status_code == 422
    assert versions.waiting() == []


def test_a_namesake_of_the_proposer_still_decides(staff):
    type(staff.tao).objects.filter(pk=staff.tao.pk).update(name=staff.feng.name)
    version = proposed(staff)
    tao = client(staff.tao)
    assert "credit.limit@1" in tao.get("/inbox/").content.decode()
    assert f"versions/{version.pk}/decide" in tao.get("/journal/policies/credit.limit/").content.decode()
    assert (
        f"versions/{version.pk}/decide"
        not in client(staff.feng).get("/journal/policies/credit.limit/").content.decode()
    )


def test_a_policy_is_read_by_whoever_sees_its_room(staff):
    version = proposed(staff)
    mr = client(staff.zhou)
    listed = mr.get("/journal/policies/").content.decode()
    assert "terminals.scope" in listed
    assert "credit." not in listed
    assert "orders.gate" not in listed
    for path in ("credit.limit/", "orders.gate/", f"versions/{version.pk}"):
        assert mr.get(f"/journal/policies/{path}").status_code == 404
    assert client(staff.wang).get("/journal/policies/credit.limit/").status_code == 200


def test_every_policy_stands_on_the_page_under_the_name_of_its_room(staff, client):
    client.force_login(staff.zheng)
    page = client.get(reverse("journal:policies")).content.decode()
    assert [name for name in versions.offered() if reverse("journal:policy", args=[name]) not in page] == []
    assert {name.partition(".")[0] for name in versions.offered()} <= ROOM_WORDS.keys()
