"""Scoring customers: one, or all of them in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from kewei.credit import facts
from kewei.credit.models import Account, Score
from kewei.credit.queries import scores
from kewei.credit.rules import scoring
from kewei.credit.rules.scoring import Result, SheetBook
from kewei.credit.rules.sheets import SHEETS
from kewei.journal.actions import action, record
from kewei.journal.bulk import Among, chunks, insert, next_ids
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SCORE = "credit.score"
AT_ONCE = 5_000
_FIELDS = (
    "id", "terminal_id", "as_of", "sheet", "survey_id", "points_c", "grade", "red_lines", "capped_by", "lines",
    "inputs", "made_by_id", "made_at",
)  # fmt: skip


@action
def score_customer(*, terminal: Any, by: Person, now: datetime, as_of: date | None = None) -> Score:
    """信用评分  Score a customer on a day (none: today) by the sheets in force then, and set its grade.

    A score of a day before that of the grade in force is kept, but changes no grade. Raises NotFound.
    """
    by.must(SCORE, terminal)
    day = as_of or localdate(now)
    book = scores.book_on(day)
    gathered = scores.gather([terminal.pk], day, book).get(terminal.pk)
    if gathered is None:
        raise NotFound(noun=N_("终端"))
    result = scoring.score(gathered.case, book)
    values = _values(terminal.pk, gathered, result, book, day, by.pk, now)
    score = Score.objects.create(**dict(zip(_FIELDS[1:], values, strict=True)))
    former = _set_grades([(terminal.pk, score.pk, result.grade)], day).get(terminal.pk, "")
    record(
        facts.SCORED, score, by=by, at=now, terminal=terminal.pk, grade=result.grade, former=former,
        points_c=result.points_c, sheet=values[2], as_of=day,
    )  # fmt: skip
    return score


@action
def score_many(
    *, terminal_ids: Sequence[int], as_of: date, only_news: bool = False, by: Person, now: datetime
) -> dict[str, int]:
    """批量信用评分  Score these customers on a day; answers how many went from which grade to which ("B>C").

    With `only_news` a score is kept only where it says something new, or its review is due.
    """
    by.must(SCORE)
    book = scores.book_on(as_of)
    found = scores.gather(terminal_ids, as_of, book)
    judged = [(terminal, gathered, scoring.score(gathered.case, book)) for terminal, gathered in found.items()]
    if only_news:
        newest = scores.newest([terminal for terminal, _gathered, _result in judged])
        judged = [
            (terminal, gathered, result)
            for terminal, gathered, result in judged
            if scores.worth_keeping(result, newest.get(terminal), as_of, book.grading)
        ]
    keys = next_ids(Score, len(judged))
    rows, grades = [], []
    for pk, (terminal, gathered, result) in zip(keys, judged, strict=True):
        rows.append((pk, *_values(terminal, gathered, result, book, as_of, by.pk, now)))
        grades.append((terminal, pk, result.grade))
    insert(Score, _FIELDS, rows)
    former = _set_grades(grades, as_of)
    moved = Counter(f"{former.get(terminal, '') or '-'}>{grade}" for terminal, _pk, grade in grades)
    for terminal, pk, grade in grades:
        was = former.get(terminal, "")
        if was and was != grade:
            record(
                facts.SCORED,
                f"credit.score:{pk}",
                by=by,
                at=now,
                terminal=terminal,
                grade=grade,
                former=was,
                as_of=as_of,
            )
    record(facts.GRADES_MADE, by=by, at=now, as_of=as_of, scored=len(grades), moved=dict(sorted(moved.items())))
    return dict(moved)


def regrade(
    *, terminal_ids: Sequence[int], as_of: date, only_news: bool = False, by: Person, now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Counter[str]:  # fmt: skip
    """重新评分  Score any number of customers, in parts of one transaction each; says how far it is. Answers as score_many."""
    by.must(SCORE)
    moved: Counter[str] = Counter()
    done, total = 0, len(terminal_ids)
    for part in chunks(terminal_ids, AT_ONCE):
        moved.update(score_many(terminal_ids=part, as_of=as_of, only_news=only_news, by=by, now=now))
        done += len(part)
        progress(done, total)
    return moved


def _values(
    terminal: int, gathered: scores.Gathered, result: Result, book: SheetBook, day: date, by: int, now: datetime
) -> tuple[Any, ...]:
    """What a score keeps, in the order of _FIELDS after its key."""
    inputs = {"case": gathered.case.as_json(), "labels": dict(book.labels)}
    lines = [line.as_json() for line in result.lines]
    return (
        terminal, day, book.labels[SHEETS[result.sheet].name], gathered.survey, result.points_c, result.grade,
        list(result.red_lines), list(result.capped_by), lines, inputs, by, now,
    )  # fmt: skip


# Accounts take over the grade of these scores, unless theirs is of a later day.
_TAKE_OVER = """
INSERT INTO credit_account (terminal_id, ordered_fen, delivered_fen, grade, score_id)
SELECT c.terminal_id, 0, 0, c.grade, c.id FROM credit_score c
 WHERE c.id BETWEEN %s AND %s AND c.as_of = %s AND NOT EXISTS (
  SELECT 1 FROM credit_account a JOIN credit_score s ON s.id = a.score_id
   WHERE a.terminal_id = c.terminal_id AND (s.as_of > c.as_of OR s.id > c.id))
ON CONFLICT (terminal_id) DO UPDATE SET grade = excluded.grade, score_id = excluded.score_id
"""


def _set_grades(grades: Sequence[tuple[int, int, str]], day: date) -> dict[int, str]:
    """Set the grade of each account whose newest score is not of a later day; answers with the grades before."""
    former: dict[int, str] = {}
    for part in chunks([terminal for terminal, _pk, _grade in grades]):
        former.update(Account.objects.filter(Among("terminal_id", part)).values_list("terminal", "grade"))
    if grades:
        keys = [pk for _terminal, pk, _grade in grades]
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_OVER, [min(keys), max(keys), day])
    return former
