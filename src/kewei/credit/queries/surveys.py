"""Surveys and looks into official lists, as plain values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils.timezone import localdate

from kewei.credit.models import Account, RedLineCheck, Survey, SurveyReview
from kewei.credit.rules.survey import SURVEY, Completeness, completeness, fresh_lists
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "credit.see"
DRAFT, HANDED_IN, ACCEPTED, EXPIRED = "draft", "handed_in", "accepted", "expired"
STATES: dict[str, str] = {
    DRAFT: N_("草稿"),
    HANDED_IN: N_("待复核"),
    ACCEPTED: N_("有效"),
    EXPIRED: N_("已过期"),
}
RedLines = dict[str, tuple[bool, date]]


@dataclass(frozen=True)
class AcceptedSurvey:
    """A survey that was accepted: what points are made from."""

    pk: int
    surveyed_on: date
    valid_until: date
    answers: dict[str, Any]


@dataclass(frozen=True)
class SurveyRow:
    """A survey in a list."""

    pk: int
    terminal: int
    terminal_code: str
    terminal_name: str
    kind: str
    how: str
    surveyed_on: date
    surveyor: str
    state: str
    valid_until: date | None
    suggested_grade: str


@dataclass(frozen=True)
class ReviewRow:
    """What a reviewer said."""

    accepted: bool
    opinion: str
    valid_until: date | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ListRow:
    """A look into an official list; `picture` is the key of its attachment."""

    pk: int
    line: str
    found: bool
    checked_on: date
    note: str
    picture: int | None
    by: str


@dataclass(frozen=True)
class SurveyCard:
    """Everything about one survey; `former` is the accepted one before it, for what changed.

    `stale` are the lists whose newest look was too old when the survey was handed in, or is today for a draft.
    """

    row: SurveyRow
    surveyor_id: int
    answers: dict[str, Any]
    opinion: str
    suggested_fen: int | None
    suggested_term_days: int | None
    complete: Completeness
    lists: dict[str, ListRow]
    stale: tuple[str, ...]
    reviews: tuple[ReviewRow, ...]
    former: AcceptedSurvey | None


def survey_for(person: Person, pk: int, verb: str = SEE) -> Survey:
    """The survey where this person may see it for a verb. Raises NotFound."""
    found = Survey.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "surveyor").first()
    if found is None:
        raise NotFound(noun=N_("调查表"))
    return found


def accepted(terminal_id: int, day: date) -> AcceptedSurvey | None:
    """The newest survey of a customer accepted and still valid on a day, whoever asks."""
    return accepted_all([terminal_id], day).get(terminal_id)


def accepted_all(terminal_ids: Collection[int] | None, day: date) -> dict[int, AcceptedSurvey]:
    """The newest valid survey of each of these customers (None: of all), whoever asks; one query."""
    rows = SurveyReview.objects.filter(accepted=True, valid_until__gte=day, survey__surveyed_on__lte=day)
    if terminal_ids is not None:
        rows = rows.filter(survey__terminal__in=list(terminal_ids))
    fields = ("survey__terminal", "survey", "survey__surveyed_on", "valid_until", "survey__answers")
    ordered = rows.order_by("survey__surveyed_on", "survey").values_list(*fields)
    return {
        pk: AcceptedSurvey(survey, on, until, answers)
        for pk, survey, on, until, answers in ordered
        if until is not None
    }


def red_lines_of(terminal_ids: Collection[int] | None, day: date | None = None) -> dict[int, RedLines]:
    """The newest look into each list, by customer (None: all): line -> (found, day); whoever asks."""
    rows = RedLineCheck.objects.order_by("checked_on", "pk")
    if terminal_ids is not None:
        rows = rows.filter(terminal__in=list(terminal_ids))
    if day is not None:
        rows = rows.filter(checked_on__lte=day)
    found: dict[int, RedLines] = {}
    for pk, line, hit, on in rows.values_list("terminal", "line", "found", "checked_on"):
        found.setdefault(pk, {})[line] = (hit, on)
    return found


def grade_of(terminal_id: int) -> str:
    """The grade of a customer's newest score, '' without one."""
    return Account.objects.filter(pk=terminal_id).values_list("grade", flat=True).first() or ""


def score_of(terminal_id: int) -> int | None:
    """The key of a customer's newest score, None without one."""
    return Account.objects.filter(pk=terminal_id).values_list("score", flat=True).first()


def list_surveys(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    state: str = "",
    surveyor: int | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[SurveyRow], int]:
    """One page of surveys, newest first, and how many; two queries. `state` is one of STATES."""
    rows = _with_validity(Survey.objects.visible_to(person, SEE))
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if surveyor is not None:
        rows = rows.filter(surveyor=surveyor)
    if text := text.strip():
        rows = rows.filter(Q(terminal__name__icontains=text) | Q(terminal__code__istartswith=text))
    if state == DRAFT:
        rows = rows.filter(handed_in_at=None)
    elif state == HANDED_IN:
        rows = rows.filter(handed_in_at__isnull=False, until=None)
    elif state == ACCEPTED:
        rows = rows.filter(until__gte=today)
    elif state == EXPIRED:
        rows = rows.filter(until__lt=today)
    count = rows.count()
    ordered = rows.order_by("-surveyed_on", "-pk").values_list(*_FIELDS)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_row(values, today) for values in page], count


def waiting_for_review(person: Person, today: date, limit: int = 100) -> list[SurveyRow]:
    """Surveys handed in by somebody else that this person may review, oldest first."""
    rows = _with_validity(Survey.objects.visible_to(person, "credit.review"))
    rows = rows.filter(handed_in_at__isnull=False, until=None).exclude(surveyor=person).order_by("handed_in_at", "pk")
    return [_row(values, today) for values in rows.values_list(*_FIELDS)[:limit]]


def survey(person: Person, pk: int, today: date) -> SurveyCard:
    """Everything about one survey. Raises NotFound."""
    kept = survey_for(person, pk)
    values = _with_validity(Survey.objects.filter(pk=pk)).values_list(*_FIELDS).get()
    lists = lists_of(kept.terminal_id)
    day = localdate(kept.handed_in_at) if kept.handed_in_at else today
    looks = {line: (one.found, one.checked_on) for line, one in lists.items()}
    fresh = fresh_lists(looks, day, queries_policies.in_force(SURVEY, day).value)
    before = SurveyReview.objects.filter(
        accepted=True, survey__terminal=kept.terminal_id, survey__surveyed_on__lte=kept.surveyed_on
    ).exclude(survey=pk)
    former: Any = (
        before.order_by("-survey__surveyed_on", "-survey")
        .values_list("survey", "survey__surveyed_on", "valid_until", "survey__answers")
        .first()
    )
    reviews = kept.reviews.order_by("-pk").values_list(
        "accepted", "opinion", "valid_until", "reviewer__name", "reviewed_at"
    )
    return SurveyCard(
        row=_row(values, today),
        surveyor_id=kept.surveyor_id,
        answers=kept.answers,
        opinion=kept.opinion,
        suggested_fen=kept.suggested_fen,
        suggested_term_days=kept.suggested_term_days,
        complete=completeness(kept.terminal.kind, kept.answers, fresh),
        lists=lists,
        stale=tuple(line for line in lists if line not in fresh),
        reviews=tuple(ReviewRow(*row) for row in reviews),
        former=AcceptedSurvey(*former) if former and former[2] else None,
    )


def lists_of(terminal_id: int) -> dict[str, ListRow]:
    """The newest look into each list, with who looked and the picture, by line."""
    rows = RedLineCheck.objects.filter(terminal=terminal_id).order_by("checked_on", "pk")
    fields = ("pk", "line", "found", "checked_on", "note", "picture", "checked_by__name")
    return {values[1]: ListRow(*values) for values in rows.values_list(*fields)}


def picture_of(person: Person, check_pk: int) -> Any:
    """The attachment of a look into a list, where this person may see the survey. Raises NotFound."""
    row = RedLineCheck.objects.visible_to(person, SEE).filter(pk=check_pk, picture__isnull=False).first()
    if row is None:
        raise NotFound(noun=N_("截图"))
    return row.picture


def expiring(person: Person, today: date, until: date) -> int:
    """How many customers' newest surveys this person sees that end by `until` or have ended."""
    newest = Survey.objects.visible_to(person, SEE).filter(reviews__accepted=True).values("terminal")
    return newest.annotate(until=Max("reviews__valid_until")).filter(until__lte=until).count()


_FIELDS = (
    "pk", "terminal", "terminal__code", "terminal__name", "terminal__kind", "how", "surveyed_on", "surveyor__name",
    "handed_in_at", "until", "suggested_grade",
)  # fmt: skip


def _with_validity(rows: QuerySet[Survey]) -> QuerySet[Any]:
    return rows.annotate(until=Max("reviews__valid_until", filter=Q(reviews__accepted=True)))


def _row(values: Any, today: date) -> SurveyRow:
    handed_in, until = values[8], values[9]
    state = (EXPIRED if until < today else ACCEPTED) if until else HANDED_IN if handed_in else DRAFT
    shown: list[Any] = [*values[:8], state, until, values[10]]
    return SurveyRow(*shown)
