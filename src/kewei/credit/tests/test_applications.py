"""Who must agree, and that nobody agrees to their own (docs/algorithms/approval.md, domain 2.8)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast, trading

from kewei.credit import actions
from kewei.credit.models import Limit, Survey, SurveyReview
from kewei.credit.queries import applications, standing
from kewei.credit.rules import applications as rules
from kewei.credit.rules.applications import AUTHORITY, Asked, Said, Wish, check_wish, doubts, outcome, route
from kewei.credit.rules.terms import STATUTORY, TERMS, statutory_term
from kewei.journal.models import Fact
from kewei.kernel.policies import BadPolicy
from kewei.kernel.refusals import NotAllowed, NotFound, Refused
from kewei.people import actions as people

NOW = cast.MORNING
TODAY = date(2026, 11, 23)
MATRIX = AUTHORITY.read(AUTHORITY.body)
ASKED = Asked("new", "B", 100_000_00, 100_000_00, 100_000_00, exception=False)


# --- the matrix -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        (ASKED, ("credit",)),
        (replace(ASKED, after_fen=200_000_01), ("manager", "credit_manager")),
        (replace(ASKED, after_fen=1_000_000_01), ("manager", "credit_manager", "finance_director")),
        (replace(ASKED, grade="C"), ("manager", "credit_manager", "finance_director")),
        (replace(ASKED, wanted_fen=120_000_00), ("manager", "credit_manager", "finance_director")),
        (replace(ASKED, wanted_fen=120_000_01), ("manager", "credit_manager", "finance_director", "director")),
        (replace(ASKED, after_fen=5_000_000_01), ("manager", "credit_manager", "finance_director", "director")),
        (replace(ASKED, exception=True), ("manager", "credit_manager", "finance_director", "quality", "director")),
        (replace(ASKED, kind="lower"), ("credit",)),
        (replace(ASKED, after_fen=200_000_01, applicant_roles=("manager",)), ("credit_manager",)),
    ],
)
def test_the_matrix_says_who_must_agree(asked, steps):
    assert route(asked, MATRIX) == steps


asked = st.builds(
    Asked,
    kind=st.sampled_from(list(rules.KINDS)),
    grade=st.sampled_from("ABCD"),
    after_fen=st.integers(0, 10**10),
    wanted_fen=st.integers(0, 10**10),
    suggested_fen=st.integers(0, 10**10),
    exception=st.booleans(),
    applicant_roles=st.lists(st.sampled_from(["representative", "manager", "director"]), max_size=2).map(tuple),
)


@given(asked, st.integers(0, 10**10))
def test_every_case_has_a_route_sales_alone_never_suffice_and_more_money_never_asks_fewer(one, more_fen):
    steps = route(one, MATRIX)
    assert set(steps) & {"credit", "credit_manager", "finance_director", "director"}
    assert len(route(replace(one, after_fen=one.after_fen + more_fen), MATRIX)) >= len(steps)


def test_a_matrix_with_a_gap_or_that_sales_can_pass_alone_is_refused():
    assert doubts(MATRIX) == []
    body = AUTHORITY.body
    with pytest.raises(BadPolicy):
        AUTHORITY.read({**body, "cases": body["cases"][:-1]})
    with pytest.raises(BadPolicy):
        AUTHORITY.read({**body, "cases": [*body["cases"][:-1], {"name": "top", "steps": ["manager"]}]})
    with pytest.raises(BadPolicy):
        AUTHORITY.read({**body, "less": ["treasurer"]})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"less": []}, "less"),
        ({"less": ["manager"]}, "less"),
        ({"less": ["credit", "warehouse"]}, "less"),
        ({"less": ["credit", "quality"]}, "less"),
        ({"step_working_days": 0}, "step_working_days"),
        ({"step_working_days": "2"}, "step_working_days"),
    ],
)
def test_a_matrix_by_which_an_application_could_never_end_is_refused(change, why):
    with pytest.raises(BadPolicy, match=why):
        AUTHORITY.read({**AUTHORITY.body, **change})


def test_a_matrix_with_a_case_behind_another_or_an_exception_without_quality_is_refused():
    cases = AUTHORITY.body["cases"]
    behind = {"name": "behind", "most_fen": 50_000_00, "grades": ["A"], "over_bp": 0, "steps": ["credit"]}
    with pytest.raises(BadPolicy, match="behind is never reached"):
        AUTHORITY.read({**AUTHORITY.body, "cases": [*cases[:2], behind, *cases[2:]]})
    with pytest.raises(BadPolicy, match="two cases of one name"):
        AUTHORITY.read(
            {**AUTHORITY.body, "cases": [*cases[:2], {**behind, "name": "small", "grades": None}, *cases[2:]]}
        )
    with pytest.raises(BadPolicy, match="exception without quality"):
        AUTHORITY.read({**AUTHORITY.body, "cases": [{**cases[0], "steps": ["director"]}, *cases[1:]]})


# --- what an application needs ----------------------------------------------------------------------------------------

WISH = Wish("new", 100_00, 30, "B", None, 200_00, 60, 60, True, True, True)
LOWER = replace(
    WISH, kind="lower", limit_fen=100_01, limit_days=30, until=date(2027, 6, 1), limit_until=date(2027, 6, 1)
)


@pytest.mark.parametrize(
    ("wish", "no"),
    [
        (replace(WISH, has_survey=False), rules.SurveyNeeded),
        (replace(WISH, has_score=False), rules.ScoreNeeded),
        (replace(WISH, pledged=False), rules.PledgeNeeded),
        (replace(WISH, limit_fen=1), rules.HasLimitAlready),
        (replace(WISH, kind="raise"), rules.HasNoLimit),
        (replace(WISH, kind="raise", limit_fen=100_00), rules.NotARaise),
        (replace(WISH, kind="lower", limit_fen=100_00), rules.NotALowering),
        (replace(WISH, wanted_fen=200_01), rules.OverReasonNeeded),
        (replace(WISH, term_days=61, lawful_days=None), rules.TermReasonNeeded),
        (replace(WISH, term_days=61, over_reason="x"), rules.TermUnlawful),
        (replace(WISH, kind="temporary", limit_fen=1, group_left_fen=99_99), rules.OverGroupHeadroom),
        (replace(WISH, waives=("licence",)), rules.NotWaivable),
        (replace(WISH, waives=("bill_default",)), rules.NotWaivable),
        (replace(WISH, red_lines=("licence",)), rules.NotWaivable),
        (replace(WISH, red_lines=("overdue_60",)), rules.RedLineNotNamed),
        (replace(WISH, wanted_fen=0), rules.NothingWanted),
        (replace(WISH, for_group=True, group_head=False), rules.GroupLimitAtHead),
        # A short route must not lengthen anything, a change of term must not move the limit.
        (replace(LOWER, term_days=31), rules.NotLess),
        (replace(LOWER, until=date(2027, 6, 2)), rules.NotLess),
        (replace(WISH, kind="term", limit_fen=100_01), rules.TermChangeKeepsLimit),
        # 150 fixed and 100 temporary are more than 200 suggested.
        (replace(WISH, kind="temporary", limit_fen=150_00), rules.OverReasonNeeded),
    ],
)
def test_what_is_missing_is_named(wish, no):
    with pytest.raises(no):
        check_wish(wish)


def test_a_whole_application_passes_and_taking_credit_away_needs_no_survey():
    check_wish(WISH)
    check_wish(replace(WISH, kind="cancel", limit_fen=1, has_survey=False, has_score=False, pledged=False))
    check_wish(LOWER)
    check_wish(replace(WISH, red_lines=("overdue_60",), waives=("overdue_60",)))


# --- the law ----------------------------------------------------------------------------------------------------------

LAW = STATUTORY.read(STATUTORY.body)


@pytest.mark.parametrize(
    ("kind", "size", "province", "changes", "applies", "why", "most"),
    [
        ("public_hospital", "", "湖北省", {}, True, "public", 60),
        ("public_hospital", "", "贵州省", {}, True, "public", 30),
        ("distributor", "large", "湖北省", {}, True, "large", 60),
        ("pharmacy", "small", "湖北省", {}, False, "buyer_small", None),
        ("public_hospital", "", "湖北省", {"seller_size": "large"}, False, "we_are_large", None),
        ("public_hospital", "", "海南省", {"seller_size": "large"}, False, "we_are_large", 60),
        ("public_hospital", "", "湖北省", {"declared": False}, False, "not_declared", None),
    ],
)
def test_the_law_on_paying_small_companies(kind, size, province, changes, applies, why, most):
    found = statutory_term(kind, size, province, replace(LAW, **changes))
    assert (found.applies, found.why, found.most_days) == (applies, why, most)


def test_every_kind_has_a_longest_term_and_d_has_none():
    terms = TERMS.read(TERMS.body)
    assert (terms["A"]["public_hospital"], terms["B"]["chain_hq"], terms["C"]["clinic"]) == (60, 45, 7)
    assert set(terms["D"].values()) == {0}


# --- opinions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db):
    staff = cast.assemble()
    ready(staff)
    return staff


def ready(staff, letter="B"):
    """Wang's hospital surveyed and scored."""
    survey = Survey.objects.create(
        terminal=staff.wangs_hospital,
        how="site",
        surveyed_on=TODAY,
        surveyor=staff.wang,
        started_at=NOW,
        handed_in_at=NOW,
    )
    SurveyReview.objects.create(
        survey=survey, accepted=True, valid_until=date(2027, 11, 1), reviewer=staff.zhao, reviewed_at=NOW
    )
    trading.grade(staff.wangs_hospital, letter, staff.zhao)


def applied(staff, by=None, **more):
    given = {
        "terminal": staff.wangs_hospital, "kind": "new", "wanted_fen": 1_000_000_00, "term_days": 60,
        "until": date(2027, 10, 1), "pledged": True, "over_reason": "新院区开业", "first_order_fen": 10_000_00,
    } | more  # fmt: skip
    return actions.apply_for_credit(by=by or staff.wang, now=NOW, **given)


def say(application, by, word="agree", **more):
    return actions.give_opinion(application=application, word=word, by=by, now=NOW, **more)


def test_a_raise_goes_through_four_approvers_and_the_least_counts(staff):
    trading.limit(staff, staff.wangs_hospital, 500_000_00)
    wanted = applied(staff, kind="raise")
    assert wanted.route == ["manager", "credit_manager", "finance_director", "director"]
    say(wanted, staff.li)
    say(wanted, staff.feng, "reduce", fen=900_000_00, reason="先增到 90 万")
    say(wanted, staff.tao, "condition", term_days=45, reason="账期 45 天")
    assert standing.standing(staff.wangs_hospital.pk, TODAY).limit_fen == 500_000_00
    done = say(wanted, staff.zheng)
    assert done.state == "granted"
    stands = standing.standing(staff.wangs_hospital.pk, TODAY)
    assert (stands.limit_fen, stands.term_days) == (900_000_00, 45)
    assert Limit.objects.filter(ended_at=None).count() == 1


def test_nobody_agrees_to_their_own_application_by_any_way(staff):
    lis = applied(staff, by=staff.li)
    assert lis.route[0] == "credit_manager"
    with pytest.raises(rules.OwnApplication):
        say(lis, staff.li)
    people.appoint_deputy(taker=staff.tao, since=TODAY, until=TODAY + timedelta(days=5), by=staff.li, now=NOW)
    with pytest.raises(rules.OwnApplication):
        say(lis, staff.tao, stands_in_for=staff.li)
    people.appoint_deputy(taker=staff.li, since=TODAY, until=TODAY + timedelta(days=5), by=staff.feng, now=NOW)
    with pytest.raises(rules.OwnApplication):
        say(lis, staff.li, stands_in_for=staff.feng)
    assert applications.inbox(staff.li, NOW) == []
    boss = applied(staff, by=staff.zheng, terminal=staff.wangs_hospital, kind="new", for_group=True)
    with pytest.raises((rules.OwnApplication, rules.NotYourStep)):
        say(boss, staff.zheng)


def test_a_deputy_speaks_for_the_absent_and_nobody_speaks_twice(staff):
    wanted = applied(staff)
    with pytest.raises(NotAllowed):
        say(wanted, staff.tao, stands_in_for=staff.li)
    people.appoint_deputy(taker=staff.tao, since=TODAY, until=TODAY + timedelta(days=5), by=staff.li, now=NOW)
    assert [one.for_whom_name for one in applications.inbox(staff.tao, NOW)] == ["李"]
    say(wanted, staff.tao, stands_in_for=staff.li)
    say(wanted, staff.feng)
    with pytest.raises(rules.SecondOpinion):
        say(wanted, staff.tao)


def test_a_deputy_grants_in_their_own_name_by_the_right_of_the_other(staff):
    trading.limit(staff, staff.wangs_hospital, 500_000_00)
    lower = applied(staff, kind="lower", wanted_fen=100_000_00, until=date(2027, 6, 1))
    people.appoint_deputy(taker=staff.qian, since=TODAY, until=TODAY, by=staff.zhao, now=NOW)
    say(lower, staff.qian, stands_in_for=staff.zhao)
    limit = Limit.objects.get(ended_at=None)
    assert (limit.fen, limit.granted_by) == (100_000_00, staff.qian)
    fact = Fact.objects.filter(name="credit.limit_granted").latest("seq")
    assert (fact.by, json.loads(fact.detail)["stands_in_for"]) == (staff.qian, staff.zhao.login)
    with pytest.raises(NotAllowed):
        actions.end_limit(terminal=staff.wangs_hospital, why="x", stands_in_for=staff.feng, by=staff.qian, now=NOW)


def test_sales_judge_nothing_in_the_name_of_those_who_judge(staff):
    lis = applied(staff, by=staff.li)
    people.appoint_deputy(taker=staff.wang, since=TODAY, until=TODAY, by=staff.feng, now=NOW)
    with pytest.raises(rules.SalesForJudges):
        say(lis, staff.wang, stands_in_for=staff.feng)
    assert applications.inbox(staff.wang, NOW) == []


def test_a_change_of_term_goes_the_way_of_its_limit_and_keeps_to_what_was_agreed(staff):
    trading.limit(staff, staff.wangs_hospital, 5_000_000_00, term_days=30)
    with pytest.raises(rules.TermChangeKeepsLimit):
        applied(staff, kind="term", wanted_fen=1_00)
    wanted = applied(staff, kind="term", wanted_fen=5_000_000_00)
    assert wanted.route == ["manager", "credit_manager", "finance_director", "director"]
    say(wanted, staff.li)
    say(wanted, staff.feng, "reduce", fen=4_000_000_00, reason="同时收一收")
    say(wanted, staff.tao)
    say(wanted, staff.zheng)
    limit = Limit.objects.get(ended_at=None)
    assert (limit.fen, limit.term_days) == (4_000_000_00, 60)


def test_no_opinion_gives_less_than_something_or_less_without_a_word(staff):
    wanted = applied(staff)
    for more in ({"fen": 0}, {"fen": -1}, {"fen": 1_000_000_01}):
        with pytest.raises(rules.ReduceNeedsAmount):
            say(wanted, staff.li, **more)
    for days in (-1, 61):
        with pytest.raises(rules.TermAboveAsked):
            say(wanted, staff.li, term_days=days)
    for more in ({"fen": 1_00}, {"term_days": 59}):
        with pytest.raises(rules.OpinionNeedsWords):
            say(wanted, staff.li, **more)


def test_a_red_line_nobody_may_waive_stops_agreement_though_it_came_later(staff):
    wanted = applied(staff)
    actions.check_list(
        terminal=staff.wangs_hospital,
        line="bill_default",
        found=True,
        checked_on=TODAY,
        note="",
        by=staff.zhao,
        now=NOW,
    )
    with pytest.raises(rules.NotWaivable):
        say(wanted, staff.li)
    with pytest.raises(rules.AlreadyWaiting):
        applied(staff)
    say(wanted, staff.li, "reject", reason="票据逾期")
    with pytest.raises(rules.NotWaivable):
        applied(staff)


def test_a_temporary_limit_counts_on_top_and_ends_with_the_fixed_one(staff):
    trading.limit(staff, staff.wangs_hospital, 900_000_00)
    soon = TODAY + timedelta(days=60)
    wanted = applied(staff, kind="temporary", wanted_fen=100_000_00, until=soon)
    assert wanted.route[-1] == "director", "900,000 and 100,000 are far above what is suggested"
    with pytest.raises(rules.AlreadyWaiting):
        applied(staff, kind="temporary", wanted_fen=1_00, until=soon)
    for who in (staff.li, staff.feng, staff.tao, staff.zheng):
        say(wanted, who)
    assert standing.standing(staff.wangs_hospital.pk, TODAY).temporary_fen == 100_000_00
    cancel = applied(staff, kind="cancel", wanted_fen=0)
    say(cancel, staff.zhao)
    assert not Limit.objects.filter(ended_at=None).exists()


def test_the_inbox_is_not_crowded_out_by_what_waits_for_others(staff):
    older = applied(staff)
    trading.limit(staff, staff.wangs_hospital, 500_000_00, for_group=True)
    mine = applied(staff, kind="lower", wanted_fen=1_00, until=date(2027, 6, 1), for_group=True)
    assert older.pk < mine.pk
    assert [one.row.pk for one in applications.inbox(staff.zhao, NOW, limit=1)] == [mine.pk]


def test_silence_lets_the_next_superior_speak_and_never_approves(staff):
    from kewei.credit import jobs

    wanted = applied(staff)
    jobs.escalate(now=NOW + timedelta(days=1))
    assert applications.application(staff.wang, wanted.pk).next_roles == ("manager",)
    jobs.escalate(now=NOW + timedelta(days=4))
    card = applications.application(staff.wang, wanted.pk)
    assert card.next_roles == ("manager", "credit_manager")
    assert card.row.state == "waiting"
    assert [one.role for one in applications.inbox(staff.feng, NOW)] == ["credit_manager"]
    for day in range(8, 60, 4):
        jobs.escalate(now=NOW + timedelta(days=day))
    assert applications.application(staff.wang, wanted.pk).row.state == "waiting"


def test_return_reject_and_withdraw_end_it(staff):
    for word, state in (("return", "returned"), ("reject", "rejected")):
        wanted = applied(staff)
        with pytest.raises(rules.OpinionNeedsWords):
            say(wanted, staff.li, word)
        assert say(wanted, staff.li, word, reason="报表不全").state == state
        with pytest.raises(rules.NotWaiting):
            say(wanted, staff.feng)
    wanted = applied(staff)
    with pytest.raises((rules.OnlyApplicantWithdraws, NotFound, NotAllowed)):
        actions.withdraw_application(application=wanted, by=staff.li, now=NOW)
    assert actions.withdraw_application(application=wanted, by=staff.wang, now=NOW).state == "withdrawn"
    assert not Limit.objects.exists()


def test_one_application_of_a_sort_at_a_time(staff):
    applied(staff)
    with pytest.raises(rules.AlreadyWaiting):
        applied(staff)


def test_lowering_and_cancelling_take_the_short_way(staff):
    trading.limit(staff, staff.wangs_hospital, 500_000_00)
    lower = applied(staff, kind="lower", wanted_fen=100_000_00, until=date(2027, 6, 1))
    say(lower, staff.zhao)
    assert standing.standing(staff.wangs_hospital.pk, TODAY).limit_fen == 100_000_00
    cancel = applied(staff, kind="cancel", wanted_fen=0)
    say(cancel, staff.zhao)
    assert standing.standing(staff.wangs_hospital.pk, TODAY).limit_fen is None


def test_the_medical_representative_and_the_stranger_can_do_none_of_it(staff):
    wanted = applied(staff)
    for who in (staff.zhou, staff.sun):
        for attempt in (
            lambda who=who: applied(staff, by=who),
            lambda who=who: say(wanted, who),
            lambda who=who: actions.withdraw_application(application=wanted, by=who, now=NOW),
            lambda who=who: applications.application(who, wanted.pk),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                attempt()
        assert applications.list_applications(who) == ([], 0)
        assert applications.inbox(who, NOW) == []


# --- any path ---------------------------------------------------------------------------------------------------------

PEOPLE = ("wang", "li", "zhao", "feng", "tao", "wu", "zheng", "qian", "sun", "zhou", "chu", "system")
LOGINS = {
    "王": "wang", "李": "li", "赵": "zhao", "冯": "feng", "陶": "tao", "吴": "wu", "郑": "zheng", "钱": "qian",
    "孙": "sun", "周": "zhou", "储": "chu",
}  # fmt: skip
steps = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from([*rules.DECIDING, "escalate", "withdraw"]),
        st.integers(-1, 1_200_000_00) | st.none(),
        st.sampled_from([None, "li", "feng", "tao", "zheng"]),
    ),
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=60)
@given(st.sampled_from(["wang", "li", "zheng"]), steps)
def test_no_sequence_of_opinions_grants_what_the_right_people_did_not_agree_to(applicant, path):
    with transaction.atomic():
        staff = cast.assemble()
        ready(staff)
        wanted = applied(staff, by=getattr(staff, applicant))
        for giver in ("li", "feng", "tao", "zheng"):
            for taker in ("zhao", "tao", "wang"):
                if giver != taker:
                    people.appoint_deputy(
                        taker=getattr(staff, taker), since=TODAY, until=TODAY, by=getattr(staff, giver), now=NOW
                    )
        for who, word, fen, whom in path:
            person = getattr(staff, who)
            try:
                if word == "escalate":
                    actions.escalate_application(application=wanted, by=person, now=NOW)
                elif word == "withdraw":
                    actions.withdraw_application(application=wanted, by=person, now=NOW)
                else:
                    giver = getattr(staff, whom) if whom else None
                    say(wanted, person, word, fen=fen, reason="说明", stands_in_for=giver)
            except Refused:
                pass
        card = applications.application(staff.zheng, wanted.pk)
        agreed = [one for one in card.opinions if one.word in rules.AGREEING]
        speakers = [one.by for one in agreed]
        assert getattr(staff, applicant).name not in speakers
        assert getattr(staff, applicant).name not in [one.stands_in_for for one in agreed]
        for one in agreed:
            holder = getattr(staff, LOGINS[one.stands_in_for or one.by])
            assert one.role in {held.role for held in holder.held}
            assert one.role == "manager" or one.by not in (staff.wang.name, staff.li.name)
        assert len(set(speakers)) == len(speakers)
        assert (card.row.state == "granted") == (len(agreed) == len(wanted.route))
        limits = Limit.objects.filter(ended_at=None)
        assert limits.exists() == (card.row.state == "granted")
        if limits.exists():
            assert limits.get().fen == min([wanted.wanted_fen, *(one.fen for one in agreed if one.fen is not None)])
        transaction.set_rollback(True)


@given(
    st.lists(
        st.builds(
            Said,
            st.integers(0, 3),
            st.sampled_from(list(rules.WORDS)),
            st.integers(1, 5),
            st.none(),
            st.none() | st.integers(1, 100),
            st.none(),
        ),
        max_size=8,
    )
)
def test_an_outcome_never_gives_more_than_was_asked(said):
    found = outcome(("manager", "credit_manager"), 50, 30, said)
    assert found.fen <= 50
    assert found.term_days <= 30
    if found.state == "granted":
        assert sum(one.word in rules.AGREEING for one in said) >= 2


def test_a_deputy_who_becomes_a_medical_representative_speaks_for_nobody(staff):
    wanted = applied(staff)
    people.appoint_deputy(taker=staff.qian, since=TODAY, until=TODAY + timedelta(days=5), by=staff.li, now=NOW)
    assert [one.for_whom_name for one in applications.inbox(staff.qian, NOW)] == ["李"]
    people.end_post(post=staff.qian.posts.get(), by=staff.zheng, now=NOW)
    people.give_post(person=staff.qian, role="medical", territory=staff.hubei, by=staff.zheng, now=NOW)
    moved = type(staff.qian).objects.get(pk=staff.qian.pk)
    assert applications.inbox(moved, NOW) == []
    with pytest.raises(NotAllowed):
        say(wanted, moved, stands_in_for=staff.li)
