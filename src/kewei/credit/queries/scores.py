"""Scores: what a customer is judged by on a day, the newest grade of each, and how grades moved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from kewei.credit.models import Account, RedLineCheck, Score, SurveyReview
from kewei.credit.queries import conduct
from kewei.credit.rules import scoring
from kewei.credit.rules.conduct import Record
from kewei.credit.rules.evidence import measures_of
from kewei.credit.rules.scoring import Case, Line, Result, SheetBook
from kewei.credit.rules.sheets import GRADING, SHEETS, Grading
from kewei.credit.rules.survey import OUTLOOK
from kewei.journal import queries_policies
from kewei.journal.bulk import Among, among, chunks
from kewei.journal.rules import Finding
from kewei.kernel.policies import Policy, UnknownPolicy
from kewei.kernel.refusals import N_, NotFound
from kewei.receivables.queries import sign_backs
from kewei.receivables.queries.behaviour import Behaviour, behaviour
from kewei.terminals import queries as terminals
from kewei.terminals.rules.papers import paper_findings

SEE = "credit.see"
# The policies that make a score: each score remembers the version of every one of them.
MADE_BY: tuple[Policy[Any], ...] = (*SHEETS.values(), GRADING, OUTLOOK)


@dataclass(frozen=True)
class ScoreRow:
    """A score as shown. Points in hundredths; `made_by` a name."""

    pk: int
    terminal: int
    as_of: date
    sheet: str
    points_c: int
    grade: str
    red_lines: tuple[str, ...]
    capped_by: tuple[str, ...]
    made_by: str
    made_at: datetime
    survey: int | None = None


@dataclass(frozen=True)
class FullScore:
    """A score with its lines, the case it was made of, and the labels of the policies that made it."""

    row: ScoreRow
    lines: tuple[Line, ...]
    case: Case
    labels: dict[str, str]


@dataclass(frozen=True)
class Gathered:
    """What one customer is judged by: the case, and the survey it comes from."""

    case: Case
    survey: int | None


# --- the newest grade ----------------------------------------------------------------------------------------------------


def latest(terminal_ids: Collection[int]) -> dict[int, ScoreRow]:
    """The newest score of each of these customers, whoever asks; those without one are left out. One query."""
    in_force = Account.objects.filter(terminal__in=list(terminal_ids)).values("score")
    return {row.terminal: row for row in _rows(Score.objects.filter(pk__in=in_force))}


def score_of(terminal_id: int, pk: int | None = None) -> FullScore | None:
    """A customer's newest score, or the one asked for, with everything it was made of; None where there is none."""
    scores = Score.objects.filter(terminal=terminal_id).select_related("made_by")
    found = scores.filter(pk=pk).first() if pk else scores.order_by("-as_of", "-pk").first()
    return _full(found) if found else None


def history(terminal_id: int, limit: int = 100) -> list[ScoreRow]:
    """A customer's scores, newest first, whoever asks."""
    return _rows(Score.objects.filter(terminal=terminal_id).order_by("-as_of", "-pk")[:limit])


def score_for(person: Any, pk: int) -> FullScore:
    """A score this person may see. Raises NotFound."""
    found = Score.objects.visible_to(person, SEE).select_related("made_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("信用评分"))
    return _full(found)


def _rows(scores: QuerySet[Any]) -> list[ScoreRow]:
    fields = (
        "pk", "terminal", "as_of", "sheet", "points_c", "grade", "red_lines", "capped_by", "made_by__name", "made_at",
        "survey",
    )  # fmt: skip
    return [
        ScoreRow(pk, terminal, as_of, sheet, points_c, grade, tuple(red), tuple(capped), by, at, survey)
        for pk, terminal, as_of, sheet, points_c, grade, red, capped, by, at, survey in scores.values_list(*fields)
    ]


def _full(score: Score) -> FullScore:
    row = ScoreRow(
        score.pk, score.terminal_id, score.as_of, score.sheet, score.points_c, score.grade, tuple(score.red_lines),
        tuple(score.capped_by), score.made_by.name, score.made_at, score.survey_id,
    )  # fmt: skip
    inputs = score.inputs
    lines = tuple(Line.from_json(line) for line in score.lines)
    return FullScore(row, lines, Case.from_json(inputs.get("case", {})), dict(inputs.get("labels", {})))


# --- what a customer is judged by ------------------------------------------------------------------------------------------


def book_on(day: date) -> SheetBook:
    """The sheets, grading and sectors' outlook in force on a day. One query."""
    found = queries_policies.in_force_all(MADE_BY, day)
    return SheetBook(
        {name: found[policy.name].value for name, policy in SHEETS.items()},
        found[GRADING.name].value,
        found[OUTLOOK.name].value,
        {name: one.label for name, one in found.items()},
    )


def book_of(labels: Mapping[str, str]) -> SheetBook:
    """The sheets a score remembers by their labels, whatever is in force now; the shipped one where it remembers none."""
    kept = {
        policy.name: queries_policies.version(policy, labels.get(policy.name, f"{policy.name}@0")).value
        for policy in MADE_BY
    }
    sheets = {name: kept[policy.name] for name, policy in SHEETS.items()}
    return SheetBook(sheets, kept[GRADING.name], kept[OUTLOOK.name], dict(labels))


def gather(
    terminal_ids: Collection[int], day: date, book: SheetBook, *, hindsight: bool = False
) -> dict[int, Gathered]:
    """What these customers are judged by, as known at the end of a day, whoever asks; a few queries for all of them.

    Surveys and checks count from when they were accepted or made, papers from when they were recorded and until they
    were ended. With `hindsight` the ledger counts by its business days and papers as they are kept now.
    """
    ids = list(terminal_ids)
    window = max((cap.window for cap in book.grading.caps), default=182)
    behaved = behaviour(day, ids, window_days=window, hindsight=hindsight)
    surveys, checks = _surveys(ids, day), _checks(ids, day, book.grading)
    seen, returned = conduct.records(ids, day), sign_backs.returned(ids, day)
    policies, _labels = terminals.paper_policies(day)
    papers = terminals.papers_of(ids, day, policies.verification, None if hindsight else _end_of(day))
    found = {}
    for pk, paper in papers.items():
        survey, answers = surveys.get(pk, (None, {}))
        rules = {finding.rule for finding in paper_findings(paper, day, policies)}
        red, age = checks.get(pk, ((), None))
        measures = _measures(answers, paper.kind, behaved.get(pk), book)
        case = Case(
            kind=paper.kind, measures=measures, red_lists=red, checks_age=age,
            papers_bad=bool(rules & {"paper_expired", "paper_suspended"}), papers_missing="paper_missing" in rules,
            **_ledger(behaved.get(pk), day), **_conduct(seen.get(pk)), **_signed(returned.get(pk)),
        )  # fmt: skip
        found[pk] = Gathered(case, survey)
    return found


def _measures(answers: Mapping[str, Any], kind: str, behaved: Behaviour | None, book: SheetBook) -> dict[str, int]:
    """The survey's measures, the sector's index, and, for a public hospital nobody asked, how late the ledger says."""
    found = measures_of(answers)
    sector = book.outlook.get(kind)
    if sector is not None:
        found["sector"] = sector
    if kind in book.grading.hospital_kinds and "over_legal_days" not in found and behaved and behaved.due_fen > 0:
        found["over_legal_days"] = behaved.late_fen_days // behaved.due_fen
    return found


def _ledger(behaved: Behaviour | None, day: date) -> dict[str, Any]:
    if behaved is None:
        return {}
    return {
        "months_traded": months_between(behaved.first_on, day),
        "due_fen": behaved.due_fen,
        "on_time_fen": behaved.on_time_fen,
        "weighed_fen": behaved.due_fen,
        "late_fen_days": behaved.late_fen_days,
        "months_bought": behaved.months_bought,
        "months_possible": behaved.months_possible,
        "overdue_days": behaved.overdue_days,
        "worst_late": behaved.worst_late,
        "since_order": behaved.since_order,
    }


def _conduct(seen: Record | None) -> dict[str, Any]:
    if seen is None:
        return {}
    return {
        "promises_due": seen.due,
        "promises_kept": seen.kept,
        "promises_broken": seen.broken,
        "disputes": seen.disputes,
        "disputes_valid": seen.valid,
        "pressed": seen.pressed,
    }


def _signed(returned: tuple[int, int] | None) -> dict[str, Any]:
    return {"statements_sent": returned[0], "statements_signed": returned[1]} if returned else {}


def months_between(first: date, day: date) -> int:
    """Whole months from one day to another."""
    return max(0, (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def _surveys(ids: list[int], day: date) -> dict[int, tuple[int, dict[str, Any]]]:
    """(key, answers) of the accepted survey of each customer that is valid on a day and was known by its end."""
    rows = SurveyReview.objects.filter(
        among("survey__terminal_id", ids), accepted=True, valid_until__gte=day, reviewed_at__lt=_end_of(day),
        survey__surveyed_on__lte=day,
    )  # fmt: skip
    fields = ("survey__terminal", "survey", "survey__answers")
    ordered = rows.order_by("survey__surveyed_on", "pk").values_list(*fields)
    return {terminal: (survey, answers) for terminal, survey, answers in ordered}


def _checks(ids: list[int], day: date, grading: Grading) -> dict[int, tuple[tuple[str, ...], int | None]]:
    """(lists with a hit, days since the oldest of the public checks) by customer."""
    rows = RedLineCheck.objects.filter(among("terminal_id", ids), checked_on__lte=day, checked_at__lt=_end_of(day))
    newest: dict[int, dict[str, tuple[bool, date]]] = {}
    for pk, line, hit, on in rows.order_by("checked_on", "pk").values_list("terminal", "line", "found", "checked_on"):
        newest.setdefault(pk, {})[line] = (hit, on)
    found = {}
    for pk, lines in newest.items():
        days = [(day - lines[line][1]).days for line in grading.public_checks if line in lines]
        age = max(days) if len(days) == len(grading.public_checks) and days else None
        found[pk] = (tuple(sorted(line for line, (hit, _on) in lines.items() if hit)), age)
    return found


# --- replay ----------------------------------------------------------------------------------------------------------------


def replay(score: FullScore) -> Result:
    """The score made again from what it remembers, with the versions of the policies it remembers."""
    return scoring.score(score.case, book_of(score.labels))


def replays(score: FullScore) -> bool:
    """Whether it comes out bit-equal: points, grade, red lines, caps and every line; not without its policies."""
    return remembers(score) and _same(score, replay(score))


def remembers(score: FullScore) -> bool:
    """Whether it names the version of every policy that made it."""
    return all(policy.name in score.labels for policy in MADE_BY)


def _same(score: FullScore, again: Result) -> bool:
    return (again.points_c, again.grade, again.red_lines, again.capped_by, again.lines) == (
        score.row.points_c, score.row.grade, score.row.red_lines, score.row.capped_by, score.lines,
    )  # fmt: skip


def scores_kept(after: int = 0) -> Iterator[FullScore]:
    """Every score, oldest first."""
    for score in Score.objects.filter(pk__gt=after).select_related("made_by").order_by("pk").iterator(chunk_size=2_000):
        yield _full(score)


def grade_counts(person: Any) -> dict[str, int]:
    """How many of the customers this person may see stand at each grade."""
    rows = Account.objects.visible_to(person, SEE).exclude(grade="").values("grade").annotate(n=Count("pk"))
    return {row["grade"]: row["n"] for row in rows.order_by()}


@dataclass(frozen=True)
class Standing:
    """What an account's newest score says, for comparing."""

    grade: str
    as_of: date
    red_lines: tuple[str, ...]
    capped_by: tuple[str, ...]


def newest(terminal_ids: Collection[int]) -> dict[int, Standing]:
    """Grade, day, red lines and caps of each of these customers' newest score, whoever asks."""
    fields = ("terminal", "grade", "score__as_of", "score__red_lines", "score__capped_by")
    found: dict[int, Standing] = {}
    for part in chunks(terminal_ids):
        for pk, grade, as_of, red, capped in Account.objects.filter(Among("terminal_id", part)).values_list(*fields):
            if as_of is not None:
                found[pk] = Standing(grade, as_of, tuple(red), tuple(capped))
    return found


def worth_keeping(result: Result, former: Standing | None, day: date, grading: Grading) -> bool:
    """Whether a score says anything new: another grade, red line or cap, or the review of its grade is due."""
    if former is None or (result.grade, result.red_lines, result.capped_by) != (
        former.grade, former.red_lines, former.capped_by,
    ):  # fmt: skip
        return True
    return months_between(former.as_of, day) >= grading.review_months[former.grade]


def every_customer() -> list[int]:
    """Keys of all customers, whoever asks."""
    return terminals.every_key()


def _again(score: FullScore) -> Result | None:
    try:
        return replay(score) if remembers(score) else None
    except UnknownPolicy:
        return None


# --- what can be wrong -----------------------------------------------------------------------------------------------------


def findings() -> Iterator[Finding]:
    """Scores that do not come out again as they were kept or no longer know by which policies they were made, and
    accounts whose grade is not their newest score's."""
    for score in scores_kept():
        again = _again(score)
        if again is None:
            labels = ", ".join(sorted(score.labels.values()))
            about = {"terminal": score.row.terminal, "versions": labels}
            yield Finding("score_without_policy", f"credit.score:{score.row.pk}", about)
        elif not _same(score, again):
            numbers = {
                "points_c": score.row.points_c,
                "again_c": again.points_c,
                "grade": score.row.grade,
                "again": again.grade,
            }
            yield Finding("score_replay", f"credit.score:{score.row.pk}", {"terminal": score.row.terminal, **numbers})
    for terminal, grade, scored in (
        Account.objects.exclude(score=None)
        .exclude(grade=F("score__grade"))
        .values_list("terminal", "grade", "score__grade")
    ):
        yield Finding(
            "account_grade", f"credit.account:{terminal}", {"terminal": terminal, "grade": grade, "scored": scored}
        )
