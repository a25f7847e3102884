"""The survey form: what it asks, who writes it and who reviews it (docs/algorithms/survey.md, domain 2.6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.credit import actions
from kewei.credit.models import Survey
from kewei.credit.queries import surveys
from kewei.credit.rules import survey as rules
from kewei.credit.rules.redlines import LISTS
from kewei.journal import actions as journal_actions
from kewei.kernel.refusals import NotAllowed, NotFound

NOW = cast.MORNING
TODAY = date(2026, 11, 23)

PHARMACY = {
    "principal": {"name": "许正", "share": 80, "experience": 12, "dishonest": False, "lawsuits": 0},
    "scale": {"open_months": 90, "shell": False, "registered_fen": 50_000_000, "insured": 8},
    "selling": {"turnover_fen": 300_000_000, "sell_through": True, "district_rank": 60},
    "management": {"penalty": 0, "penalty_free": 120, "suspended": False, "erp": True},
    "capital": {"net_assets_fen": [80_000_000, 90_000_000, 100_000_000]},
    "profit": {"net_profit_fen": [5_000_000, 6_000_000, 7_000_000], "cash_flow_fen": [1, 2, 3]},
    "references": {
        "suppliers": [{"supplier": "甲", "overdue_days": 0}, {"supplier": "乙", "overdue_days": 10}],
        "sued_by_supplier": False,
    },
    "bank": {"bank": "建行", "account": True, "bank_line": True, "bill_state": 0, "guarantees": False},
}


# --- rules ------------------------------------------------------------------------------------------------------------


def test_the_form_has_the_decks_eleven_factors_in_its_order():
    assert [factor.words for factor in rules.FACTORS if factor.number <= 11] == [
        "负责人评信", "企业规模及性质", "销售能力", "经营技术", "近三年资本增长", "近三年赢利情况", "员工抱怨", "供料客户评价",
        "银行往来信用", "同业信用评价", "行业景气",
    ]  # fmt: skip


def test_a_full_survey_is_complete_and_each_missing_field_is_named():
    assert rules.completeness("pharmacy", PHARMACY, LISTS) == rules.Completeness(100, ())
    without = {**PHARMACY, "bank": {key: value for key, value in PHARMACY["bank"].items() if key != "account"}}
    assert rules.completeness("pharmacy", without, LISTS).missing == (("bank", "account"),)
    one_supplier = {
        **PHARMACY,
        "references": {**PHARMACY["references"], "suppliers": [{"supplier": "甲", "overdue_days": 1}]},
    }
    assert rules.completeness("pharmacy", one_supplier, LISTS).missing == (("references", "suppliers"),)
    assert ("red_lines", "bill_default") in rules.completeness("pharmacy", PHARMACY, {}).missing


def test_a_public_hospital_is_asked_about_its_payments_and_not_its_profit():
    asked = {(factor.code, field.code) for factor, field in rules.fields_of("public_hospital")}
    assert ("hospital", "over_legal_days") in asked
    assert not {factor for factor, _field in asked} & {"capital", "profit"}
    assert ("profit", "net_profit_fen") in {(f.code, field.code) for f, field in rules.fields_of("pharmacy")}


answers = st.dictionaries(
    st.sampled_from([factor.code for factor in rules.FACTORS if factor.fields]),
    st.dictionaries(
        st.sampled_from(["name", "dishonest", "insured", "erp", "account", "bank"]), st.integers(0, 1), max_size=4
    ),
    max_size=6,
)


@given(answers, st.sampled_from(sorted(PHARMACY)), st.sampled_from(["pharmacy", "public_hospital", "distributor"]))
def test_more_evidence_never_lowers_completeness(given_answers, factor, kind):
    less = rules.completeness(kind, given_answers, {})
    more = rules.completeness(
        kind, {**given_answers, factor: {**given_answers.get(factor, {}), **PHARMACY[factor]}}, {}
    )
    assert more.percent >= less.percent
    assert 0 <= less.percent <= 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"scale": {"insured": -1}},
        {"scale": {"insured": "八"}},
        {"scale": {"insured": True}},
        {"principal": {"dishonest": "是"}},
        {"management": {"penalty": 3}},
        {"capital": {"net_assets_fen": [1, 2]}},
        {"references": {"suppliers": "甲"}},
        {"bank": []},
    ],
)
def test_answers_of_the_wrong_kind_are_refused(wrong):
    with pytest.raises(rules.BadAnswer):
        rules.clean({**PHARMACY, **wrong})


def test_unknown_fields_are_not_kept():
    assert rules.clean({"principal": {"hobby": "钓鱼", "name": "许正"}, "family": {"x": 1}}) == {
        "principal": {"name": "许正"}
    }


def test_what_changed_is_listed_in_the_order_of_the_form():
    after = {**PHARMACY, "scale": {**PHARMACY["scale"], "insured": 3}, "bank": {**PHARMACY["bank"], "bill_state": 1}}
    assert rules.differences(PHARMACY, after) == [
        rules.Difference("scale", "insured", 8, 3),
        rules.Difference("bank", "bill_state", 0, 1),
    ]


@pytest.mark.parametrize(
    ("grade", "until"), [("A", date(2027, 11, 23)), ("", date(2027, 11, 23)), ("C", date(2027, 5, 25))]
)
def test_a_survey_holds_a_year_or_half(grade, until):
    assert rules.valid_until(TODAY, grade, rules.SURVEY.read(rules.SURVEY.body)) == until


# --- actions ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db):
    return cast.assemble()


def check_lists(staff, terminal, by=None, found=()):
    for line in LISTS:
        actions.check_list(
            terminal=terminal, line=line, found=line in found, checked_on=TODAY, by=by or staff.wang, now=NOW
        )


def handed_in(staff, terminal=None, by=None) -> Survey:
    terminal, by = terminal or staff.wangs_pharmacy, by or staff.wang
    survey = actions.start_survey(terminal=terminal, how="site", surveyed_on=TODAY, by=by, now=NOW)
    actions.save_survey(survey=survey, answers=PHARMACY, opinion="可合作", by=by, now=NOW)
    check_lists(staff, terminal, by)
    return actions.hand_in_survey(survey=survey, by=by, now=NOW)


def test_a_survey_is_written_handed_in_reviewed_by_another_and_then_valid(staff):
    survey = handed_in(staff)
    assert [row.pk for row in surveys.waiting_for_review(staff.zhao, TODAY)] == [survey.pk]
    review = actions.review_survey(survey=survey, accept=True, by=staff.zhao, now=NOW)
    assert review.valid_until == date(2027, 11, 23)
    found = surveys.accepted(staff.wangs_pharmacy.pk, TODAY)
    assert found.answers["principal"]["name"] == "许正"
    assert surveys.accepted(staff.wangs_pharmacy.pk, date(2027, 11, 24)) is None
    assert surveys.accepted(staff.wangs_pharmacy.pk, TODAY - timedelta(days=1)) is None
    with pytest.raises(rules.SurveyReviewed):
        actions.review_survey(survey=survey, accept=False, opinion="x", by=staff.feng, now=NOW)


def test_nobody_reviews_their_own_survey(staff):
    survey = handed_in(staff, by=staff.zhao)
    with pytest.raises(rules.OwnSurvey):
        actions.review_survey(survey=survey, accept=True, by=staff.zhao, now=NOW)
    assert surveys.waiting_for_review(staff.zhao, TODAY) == []


def test_only_its_surveyor_changes_a_draft_and_nobody_what_is_handed_in(staff):
    survey = actions.start_survey(terminal=staff.wangs_pharmacy, how="site", surveyed_on=TODAY, by=staff.wang, now=NOW)
    with pytest.raises(rules.NotYourSurvey):
        actions.save_survey(survey=survey, opinion="改", by=staff.li, now=NOW)
    with pytest.raises(rules.SurveyIncomplete):
        actions.hand_in_survey(survey=survey, by=staff.wang, now=NOW)
    survey = handed_in(staff)
    with pytest.raises(rules.SurveyHandedIn):
        actions.save_survey(survey=survey, opinion="改", by=staff.wang, now=NOW)


def test_a_look_into_a_list_counts_for_the_days_of_the_policy_and_then_as_none(staff):
    survey = actions.start_survey(terminal=staff.wangs_pharmacy, how="site", surveyed_on=TODAY, by=staff.wang, now=NOW)
    actions.save_survey(survey=survey, answers=PHARMACY, by=staff.wang, now=NOW)
    check_lists(staff, staff.wangs_pharmacy)
    assert surveys.survey(staff.wang, survey.pk, TODAY + timedelta(days=90)).complete.percent == 100
    card = surveys.survey(staff.wang, survey.pk, TODAY + timedelta(days=91))
    assert (set(card.stale), card.complete.missing[0]) == (set(LISTS), ("red_lines", next(iter(LISTS))))
    with pytest.raises(rules.SurveyIncomplete) as refused:
        actions.hand_in_survey(survey=survey, by=staff.wang, now=NOW + timedelta(days=91))
    assert refused.value.numbers["count"] == len(LISTS)
    strict = {**rules.SURVEY.body, "list_days": 30}
    given = {"name": rules.SURVEY.name, "body": strict, "since": TODAY, "source": "测试"}
    proposed = journal_actions.propose_policy(**given, by=staff.feng, now=NOW)
    journal_actions.decide_policy(pk=proposed.pk, approve=True, by=staff.zheng, now=NOW)
    with pytest.raises(rules.SurveyIncomplete):
        actions.hand_in_survey(survey=survey, by=staff.wang, now=NOW + timedelta(days=31))
    actions.hand_in_survey(survey=survey, by=staff.wang, now=NOW + timedelta(days=30))
    read_later = surveys.survey(staff.wang, survey.pk, TODAY + timedelta(days=200))
    assert (read_later.stale, read_later.complete.percent) == ((), 100)


def test_what_is_sent_back_can_be_written_on(staff):
    survey = handed_in(staff)
    with pytest.raises(rules.ReviewNeedsWords):
        actions.review_survey(survey=survey, accept=False, by=staff.zhao, now=NOW)
    actions.review_survey(survey=survey, accept=False, opinion="补报表", by=staff.zhao, now=NOW)
    actions.save_survey(survey=survey, opinion="已补", by=staff.wang, now=NOW)
    assert surveys.survey(staff.wang, survey.pk, TODAY).row.state == "draft"


def test_a_second_survey_starts_from_the_first_and_shows_what_changed(staff):
    first = handed_in(staff)
    actions.review_survey(survey=first, accept=True, by=staff.zhao, now=NOW)
    second = actions.start_survey(
        terminal=staff.wangs_pharmacy, how="phone", surveyed_on=TODAY, copy_of=first, by=staff.wang, now=NOW
    )
    changed = {**PHARMACY, "scale": {**PHARMACY["scale"], "insured": 3}}
    actions.save_survey(survey=second, answers=changed, by=staff.wang, now=NOW)
    card = surveys.survey(staff.wang, second.pk, TODAY)
    assert card.former.pk == first.pk
    assert [d.field for d in rules.differences(card.former.answers, card.answers)] == ["insured"]


def test_the_medical_representative_and_the_stranger_can_do_none_of_it(staff):
    survey = handed_in(staff)
    for who in (staff.zhou, staff.sun):
        for attempt in (
            lambda who=who: actions.start_survey(
                terminal=staff.wangs_pharmacy, how="site", surveyed_on=TODAY, by=who, now=NOW
            ),
            lambda who=who: actions.save_survey(survey=survey, opinion="x", by=who, now=NOW),
            lambda who=who: actions.hand_in_survey(survey=survey, by=who, now=NOW),
            lambda who=who: actions.review_survey(survey=survey, accept=True, by=who, now=NOW),
            lambda who=who: check_lists(staff, staff.wangs_pharmacy, who),
            lambda who=who: surveys.survey(who, survey.pk, TODAY),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                attempt()
        assert surveys.list_surveys(who, TODAY) == ([], 0)
