"""Surveying a customer: drafts by the surveyor, a review by somebody else, looks into official lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.models import RedLineCheck, Survey, SurveyReview
from kewei.credit.queries import surveys
from kewei.credit.rules.redlines import LISTS
from kewei.credit.rules.survey import (
    HOW,
    SURVEY,
    BadAnswer,
    CheckInFuture,
    NotYourSurvey,
    SurveyHandedIn,
    UnknownList,
    check_hand_in,
    check_review,
    clean,
    completeness,
    fresh_lists,
    valid_until,
)
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person

SURVEYING, REVIEW = "credit.survey", "credit.review"


@action
def start_survey(
    *, terminal: Any, how: str, surveyed_on: date, copy_of: Survey | None = None, by: Person, now: datetime
) -> Survey:
    """开始调查  A draft that only its surveyor changes, empty or with the answers of an earlier survey. Raises BadAnswer."""
    by.must(SURVEYING, terminal)
    if how not in HOW or surveyed_on > localdate(now):
        raise BadAnswer(field="how", text=how)
    survey = Survey.objects.create(
        terminal=terminal, how=how, surveyed_on=surveyed_on, surveyor=by, started_at=now,
        answers=copy_of.answers if copy_of is not None and copy_of.terminal_id == terminal.pk else {},
    )  # fmt: skip
    record(facts.SURVEY_STARTED, survey, by=by, at=now, terminal=terminal.pk, how=how)
    return survey


@action
def save_survey(*, survey: Survey, by: Person, now: datetime, **changes: Any) -> Survey:
    """保存调查表  Change a draft: answers, how, surveyed_on, opinion, suggested_grade, suggested_fen, suggested_term_days.

    Raises NotYourSurvey, SurveyHandedIn, BadAnswer.
    """
    by.must(SURVEYING, survey.terminal)
    kept = _draft(survey, by)
    if "answers" in changes:
        changes["answers"] = clean(changes["answers"])
    for name, value in changes.items():
        if name not in _CHANGEABLE:
            raise BadAnswer(field=name, text=str(value)[:40])
        setattr(kept, name, value)
    kept.save(update_fields=list(changes))
    return kept


@action
def hand_in_survey(*, survey: Survey, by: Person, now: datetime) -> Survey:
    """提交调查表  From now on it is read, not written; lists looked into too long ago count as not looked into.

    Raises NotYourSurvey, SurveyHandedIn, SurveyIncomplete.
    """
    by.must(SURVEYING, survey.terminal)
    kept = _draft(survey, by)
    day = localdate(now)
    looks = surveys.red_lines_of([kept.terminal_id]).get(kept.terminal_id, {})
    checked = fresh_lists(looks, day, queries_policies.in_force(SURVEY, day).value)
    complete = completeness(kept.terminal.kind, kept.answers, checked)
    check_hand_in(complete)
    kept.handed_in_at = now
    kept.save(update_fields=["handed_in_at"])
    record(facts.SURVEY_HANDED_IN, kept, by=by, at=now, terminal=kept.terminal_id, surveyed_on=kept.surveyed_on)
    return kept


@action
def review_survey(*, survey: Survey, accept: bool, opinion: str = "", by: Person, now: datetime) -> SurveyReview:
    """复核调查表  Accept it, which makes it valid, or send it back; never one's own.

    Raises OwnSurvey, SurveyNotHandedIn, SurveyReviewed, ReviewNeedsWords.
    """
    by.must(REVIEW, survey.terminal)
    kept = Survey.objects.select_for_update().get(pk=survey.pk)
    done = kept.reviews.filter(accepted=True).exists()
    check_review(kept.surveyor_id, by.pk, kept.handed_in_at is not None, done, accept, opinion)
    policy = queries_policies.in_force(SURVEY, localdate(now)).value
    grade = surveys.grade_of(kept.terminal_id)
    review = SurveyReview.objects.create(
        survey=kept, accepted=accept, opinion=opinion.strip()[:500], reviewer=by, reviewed_at=now,
        valid_until=valid_until(kept.surveyed_on, grade, policy) if accept else None,
    )  # fmt: skip
    if not accept:
        kept.handed_in_at = None
        kept.save(update_fields=["handed_in_at"])
    record(
        facts.SURVEY_REVIEWED, kept, by=by, at=now, terminal=kept.terminal_id, accepted=accept, opinion=opinion,
        valid_until=review.valid_until,
    )  # fmt: skip
    return review


@action
def check_list(
    *,
    terminal: Any,
    line: str,
    found: bool,
    checked_on: date,
    note: str = "",
    picture: Any = None,
    survey: Survey | None = None,
    by: Person,
    now: datetime,
) -> RedLineCheck:
    """红线查询  Note that an official list was looked into, with a picture of what it said.

    Raises UnknownList, CheckInFuture.
    """
    by.must(SURVEYING, terminal)
    if line not in LISTS:
        raise UnknownList(text=line)
    if checked_on > localdate(now):
        raise CheckInFuture(checked_on=checked_on)
    row = RedLineCheck.objects.create(
        terminal=terminal, survey=survey, line=line, found=found, note=note[:200], checked_on=checked_on,
        picture=picture, checked_by=by, checked_at=now,
    )  # fmt: skip
    record(
        facts.LIST_CHECKED, row, by=by, at=now, terminal=terminal.pk, line=line, found=found, checked_on=checked_on,
        picture=picture.digest if picture else "",
    )  # fmt: skip
    return row


_CHANGEABLE = {
    "answers", "how", "surveyed_on", "opinion", "suggested_grade", "suggested_fen", "suggested_term_days",
}  # fmt: skip


def _draft(survey: Survey, by: Person) -> Survey:
    kept = Survey.objects.select_for_update(of=("self",)).select_related("surveyor", "terminal").get(pk=survey.pk)
    if kept.surveyor_id != by.pk:
        raise NotYourSurvey(name=kept.surveyor.name)
    if kept.handed_in_at is not None:
        raise SurveyHandedIn
    return kept
