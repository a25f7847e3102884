"""复审日历: which customers' credit is to be looked at again, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from kewei.credit.models import Account, Limit, SurveyReview
from kewei.credit.queries import surveys
from kewei.credit.rules.reviews import REVIEWS, STATES, last_before, refresh_due, review_due, state_of
from kewei.journal import queries_policies
from kewei.journal.bulk import chunks
from kewei.people.models import Person

SEE = "credit.see"
__all__ = ["STATES", "ReviewRow", "list_reviews", "overdue_reviews"]


@dataclass(frozen=True)
class ReviewRow:
    """A customer with credit in force: when it was granted, when it is reviewed, when the survey is made anew."""

    terminal_id: int
    terminal_code: str
    terminal_name: str
    owner: str
    grade: str
    fen: int
    since: date
    until: date
    surveyed_on: date | None
    review_due: date
    refresh_due: date
    due: date
    what: str
    state: str


def list_reviews(
    person: Person,
    today: date,
    *,
    state: str = "",
    grade: str = "",
    owner: int | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[ReviewRow], int]:
    """One page of customers with credit in force by the day they are next looked at, and how many.

    Every limit in force that the person sees is put in order here: there are as many as there are credit customers.
    """
    rows = _rows(person, today, owner, text)
    found = [row for row in rows if (not state or row.state == state) and (not grade or row.grade == grade)]
    found.sort(key=lambda row: (row.due, row.terminal_code))
    return found[start : start + limit] if limit is not None else found[start:], len(found)


def overdue_reviews(person: Person, today: date) -> int:
    """How many reviews are overdue, as far as this person sees: one statement, as `list_reviews` counts them."""
    policy = queries_policies.in_force(REVIEWS, today).value
    rows = Limit.objects.visible_to(person, SEE).filter(ended_at=None, for_group=False, temporary=False)
    valid = SurveyReview.objects.filter(
        accepted=True, valid_until__gte=today, survey__surveyed_on__lte=today, survey__terminal=OuterRef("terminal")
    )
    fresh = valid.filter(survey__surveyed_on__gt=last_before(today, policy.refresh_months))
    due = Q(until__lt=today) | ~Exists(fresh) & (Q(since__lt=today) | Exists(valid))
    for grade, months in policy.months.items():
        if months:
            due |= Q(grade=grade, since__lte=last_before(today, months))
    graded = Account.objects.filter(pk=OuterRef("terminal")).values("grade")
    return rows.annotate(grade=Coalesce(Subquery(graded), Value(""))).filter(due).count()


def _rows(person: Person, today: date, owner: int | None, text: str) -> list[ReviewRow]:
    policy = queries_policies.in_force(REVIEWS, today).value
    rows = Limit.objects.visible_to(person, SEE).filter(ended_at=None, for_group=False, temporary=False)
    if owner is not None:
        rows = rows.filter(terminal__owner=owner)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    fields = ("terminal_id", "terminal__code", "terminal__name", "terminal__owner__name", "fen", "since", "until")
    limits = list(rows.values_list(*fields))
    ids = [values[0] for values in limits]
    grades: dict[int, str] = {}
    surveyed: dict[int, Any] = {}
    for part in chunks(ids):
        grades.update(Account.objects.filter(pk__in=part).values_list("pk", "grade"))
        surveyed.update(surveys.accepted_all(part, today))
    found = []
    for pk, code, name, seller, fen, since, until in limits:
        survey, grade = surveyed.get(pk), grades.get(pk, "")
        review = review_due(since, grade, until, policy)
        refresh = refresh_due(
            survey.surveyed_on if survey else None, survey.valid_until if survey else None, since, policy
        )
        due = min(review, refresh)
        found.append(
            ReviewRow(
                pk, code, name, seller or "", grade, fen, since, until, survey.surveyed_on if survey else None, review,
                refresh, due, "review" if review <= refresh else "refresh", state_of(due, today, policy),
            )
        )  # fmt: skip
    return found
