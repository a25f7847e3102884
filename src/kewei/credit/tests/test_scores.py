"""Scores as they are made and kept: grades set, versions remembered, replayed bit-equal."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.credit import actions
from kewei.credit.models import Account, Score, Survey, SurveyReview
from kewei.credit.queries import scores
from kewei.journal import queries_policies
from kewei.journal.actions import policies as keeping
from kewei.kernel.refusals import NotAllowed
from kewei.receivables import actions as receivables

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
NOW = cast.MORNING


@pytest.fixture
def staff(db):
    queries_policies.forget_read()
    return cast.assemble()


def survey(staff, terminal, answers, on=DAY, until=DAY + timedelta(days=365)):
    kept = Survey.objects.create(
        terminal=terminal,
        how="visit",
        surveyed_on=on,
        surveyor=staff.wang,
        answers=answers,
        started_at=NOW,
        handed_in_at=NOW,
    )
    SurveyReview.objects.create(survey=kept, accepted=True, valid_until=until, reviewer=staff.zhao, reviewed_at=NOW)
    return kept


def trade(staff, terminal, number="FP1", on=date(2025, 10, 1)):
    receivables.post_invoice(
        terminal=terminal,
        number=number,
        invoice_date=on,
        due_date=on + timedelta(30),
        total_fen=100_00,
        by=staff.qian,
        now=NOW,
    )


def rescore(staff, terminal, **more):
    return actions.score_customer(terminal=terminal, by=staff.zhao, now=NOW, **more)


def test_statements_that_came_back_signed_count_towards_behaviour(staff):
    """Of two statements sent one came back: half the points of sign-back; who was sent none loses nothing."""
    terminal = staff.wangs_pharmacy

    def case():
        return scores.gather([terminal.pk], DAY, scores.book_on(DAY))[terminal.pk].case

    assert (case().statements_sent, case().statements_signed) == (0, 0)
    for month in (8, 9):
        made = receivables.make_statement(
            terminal=terminal, first=date(2026, month, 1), last=date(2026, month, 28), closing_fen=1, mark="m", form="pdf",
            by=staff.qian, now=NOW - timedelta(days=40),
        )  # fmt: skip
    receivables.sign_back(
        statement=made, agrees=True, signer="何", job="会计", seal="finance", on=DAY, by=staff.qian, now=NOW
    )
    assert (case().statements_sent, case().statements_signed) == (2, 1)


def test_a_score_keeps_everything_and_sets_the_grade(staff):
    kept = survey(
        staff, staff.wangs_pharmacy, {"principal": {"dishonest": 0, "lawsuits": 0, "experience": 12, "share": 60}}
    )
    made = rescore(staff, staff.wangs_pharmacy)
    full = scores.score_of(staff.wangs_pharmacy.pk)
    assert (full.row.pk, full.row.sheet, full.row.survey) == (made.pk, "credit.sheet.new@0", kept.pk)
    assert full.row.grade == "D"
    assert next(line for line in full.lines if line.code == "principal").points_c == 10_00
    assert Account.objects.get(pk=staff.wangs_pharmacy.pk).grade == "D"
    assert scores.latest([staff.wangs_pharmacy.pk, staff.suns_clinic.pk]) == {staff.wangs_pharmacy.pk: full.row}


def test_the_sheet_follows_the_customer(staff):
    trade(staff, staff.wangs_pharmacy)
    assert rescore(staff, staff.wangs_pharmacy).sheet == "credit.sheet.existing@0"
    assert rescore(staff, staff.wangs_hospital).sheet == "credit.sheet.hospital@0"
    assert rescore(staff, staff.suns_clinic).sheet == "credit.sheet.new@0"


def test_many_at_once_come_out_as_one_by_one(staff):
    trade(staff, staff.wangs_hospital)
    customers = [staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic]
    alone = [rescore(staff, customer) for customer in customers]
    told = []
    moved = actions.regrade(
        terminal_ids=[customer.pk for customer in customers], as_of=DAY, by=staff.system, now=NOW,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert sum(moved.values()) == 3
    assert told == [(3, 3)]
    for one in alone:
        again = Score.objects.filter(terminal=one.terminal_id).latest("pk")
        assert again.pk != one.pk
        assert (again.points_c, again.grade, again.lines, again.inputs) == (
            one.points_c,
            one.grade,
            one.lines,
            one.inputs,
        )
        assert Account.objects.get(pk=one.terminal_id).score_id == again.pk


def test_a_score_of_a_past_day_changes_no_grade(staff):
    now = rescore(staff, staff.wangs_hospital)
    rescore(staff, staff.wangs_hospital, as_of=DAY - timedelta(days=100))
    assert Account.objects.get(pk=staff.wangs_hospital.pk).score_id == now.pk


def test_a_survey_accepted_later_or_expired_does_not_count(staff):
    survey(staff, staff.wangs_pharmacy, {"principal": {"lawsuits": 0}}, until=DAY + timedelta(days=10))
    book = scores.book_on(DAY)
    for day, counts in ((DAY, True), (DAY - timedelta(days=1), False), (DAY + timedelta(days=11), False)):
        found = scores.gather([staff.wangs_pharmacy.pk], day, book)[staff.wangs_pharmacy.pk]
        assert (found.survey is not None) == counts


def test_old_scores_replay_with_their_version_of_the_sheet(staff):
    trade(staff, staff.wangs_pharmacy)
    old = rescore(staff, staff.wangs_pharmacy)
    policy = queries_policies.policy_named("credit.sheet.existing")
    body = policy.body | {"behaviour_share": 30}
    proposed = keeping.propose_policy(name=policy.name, body=body, since=DAY, source="测试", by=staff.feng, now=NOW)
    keeping.decide_policy(pk=proposed.pk, approve=True, by=staff.zheng, now=NOW)
    new = rescore(staff, staff.wangs_pharmacy)
    assert (old.sheet, new.sheet) == ("credit.sheet.existing@0", "credit.sheet.existing@1")
    assert new.points_c != old.points_c
    assert all(scores.replays(score) for score in scores.scores_kept())


@pytest.mark.parametrize("who", ["wang", "zhou", "li", "qian", "wu", "chu", "tao", "sun"])
def test_only_credit_scores(staff, who):
    with pytest.raises(NotAllowed):
        actions.score_customer(terminal=staff.wangs_hospital, by=getattr(staff, who), now=NOW)
    with pytest.raises(NotAllowed):
        actions.regrade(terminal_ids=[staff.wangs_hospital.pk], as_of=DAY, by=getattr(staff, who), now=NOW)
    assert not Score.objects.exists()
