"""A guarantee has an end of its own; a deposit lowers exposure (docs/algorithms/exposure.md, domain 4.6)."""

from datetime import date

import pytest
from tests import cast

from kewei.credit import actions
from kewei.credit.queries import limits, securities
from kewei.credit.queries import standing as asking
from kewei.credit.rules import securities as rules
from kewei.kernel.policies import BadPolicy
from kewei.kernel.refusals import NotAllowed, NotFound

NOW, DAY = cast.MORNING, date(2026, 11, 23)
POLICY = rules.SECURITIES.read(rules.SECURITIES.body)


@pytest.fixture
def staff(db):
    return cast.assemble()


def secure(staff, kind="guarantee_joint", fen=300_000_00, **more):
    given = {"guarantor": "荆门医药集团", "since": DAY, "terminal": staff.wangs_hospital} | more
    return actions.record_security(kind=kind, fen=fen, by=staff.zhao, now=NOW, **given)


@pytest.mark.parametrize(
    ("kind", "until", "due", "end"),
    [
        ("guarantee_general", None, date(2026, 8, 31), date(2027, 2, 28)),
        ("guarantee_joint", None, date(2026, 11, 23), date(2027, 5, 23)),
        ("guarantee_joint", date(2028, 1, 1), date(2026, 11, 23), date(2028, 1, 1)),
        ("pledge", None, None, None),
        ("deposit", None, None, None),
    ],
)
def test_an_unstated_guarantee_ends_six_calendar_months_after_its_debt_is_due(kind, until, due, end):
    assert rules.end_of(kind, until, due, POLICY) == end


def test_a_guarantee_needs_an_end():
    with pytest.raises(rules.GuaranteeNeedsEnd):
        rules.end_of("guarantee_general", None, None, POLICY)


@pytest.mark.parametrize(("days", "rung"), [(-1, None), (0, 7), (7, 7), (8, 30), (31, 60), (60, 60), (61, None)])
def test_the_ladder(days, rung):
    assert rules.rung(date.fromordinal(DAY.toordinal() + days), DAY, POLICY.ladder) == rung


def test_a_policy_names_every_kind_but_the_deposit():
    with pytest.raises(BadPolicy):
        rules.read_security_policy({"default_months": 6, "ladder": [7], "share_bp": {"pledge": 10_000}})


@pytest.mark.django_db
def test_a_security_counts_in_its_days_only(staff):
    secure(staff, until=date(2026, 12, 31))
    assert limits.secured_fen(staff.wangs_hospital.pk, DAY) == 300_000_00
    assert limits.secured_fen(staff.wangs_hospital.pk, date(2027, 1, 1)) == 0
    assert securities.secured([staff.wangs_hospital.pk], DAY) == {staff.wangs_hospital.pk: 300_000_00}


@pytest.mark.django_db
def test_a_deposit_lowers_exposure_and_secures_nothing_until_it_is_ended(staff):
    deposit = secure(staff, "deposit", 50_000_00, guarantor="")
    assert asking.standing(staff.wangs_hospital.pk, DAY).exposure.deposits_fen == 50_000_00
    assert securities.secured([staff.wangs_hospital.pk], DAY) == {}
    with pytest.raises(rules.EndNeedsWords):
        actions.end_security(security=deposit, why="", by=staff.zhao, now=NOW)
    actions.end_security(security=deposit, why="退还", by=staff.zhao, now=NOW)
    assert asking.standing(staff.wangs_hospital.pk, DAY).exposure.deposits_fen == 0
    with pytest.raises(rules.SecurityEnded):
        actions.end_security(security=deposit.pk, why="再退", by=staff.zhao, now=NOW)


@pytest.mark.django_db
def test_what_is_wrong_is_refused(staff):
    for no, given in (
        (rules.UnknownSecurity, {"kind": "promise"}),
        (rules.SecurityAmount, {"fen": 0}),
        (rules.GuarantorMissing, {"guarantor": " ", "until": DAY}),
        (rules.SecurityEndsBefore, {"until": date(2026, 11, 22)}),
        (rules.GuaranteeNeedsEnd, {}),
    ):
        with pytest.raises(no):
            secure(staff, **given)


@pytest.mark.django_db
def test_the_register_lists_what_ends_first_and_only_to_those_who_see_the_customer(staff):
    secure(staff, until=date(2027, 6, 1))
    secure(staff, "pledge", until=date(2026, 12, 10))
    rows, count, fen = securities.list_securities(staff.wang, DAY)
    assert [row.rung for row in rows] == [30, None]
    assert (count, fen) == (2, 600_000_00)
    assert securities.list_securities(staff.wang, DAY, state="ending")[1] == 1
    assert securities.list_securities(staff.sun, DAY)[1] == 0
    with pytest.raises(NotFound):
        securities.security(staff.sun, rows[0].pk, DAY)
    for person in (staff.zhou, staff.wang, staff.qian):
        with pytest.raises(NotAllowed):
            actions.end_security(security=rows[0].pk, why="x", by=person, now=NOW)
