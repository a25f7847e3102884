"""Grades of many customers: the list, who moved, what an edited sheet would change, what came of old scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import F, QuerySet, Window
from django.db.models.functions import Lag

from kewei.credit.models import Account, Score
from kewei.credit.queries import scores
from kewei.credit.rules import calibration, scoring
from kewei.credit.rules.scoring import Result, SheetBook
from kewei.credit.rules.sheets import GRADING, SHEETS
from kewei.credit.rules.survey import OUTLOOK
from kewei.journal.bulk import chunks
from kewei.journal.queries_policies import policy_named
from kewei.receivables.queries.behaviour import reaching
from kewei.terminals import queries as terminals
from kewei.terminals.queries.searching import matching

SEE = "credit.see"
LATE_DAYS = 60


@dataclass(frozen=True)
class GradeRow:
    """A customer in the list of grades; points in hundredths."""

    terminal: int
    code: str
    name: str
    kind: str
    grade: str
    points_c: int
    sheet: str
    as_of: date
    capped_by: tuple[str, ...]
    red_lines: tuple[str, ...]


@dataclass(frozen=True)
class Mover:
    """A customer whose grade changed: the score that changed it, from and to."""

    score: int
    terminal: int
    code: str
    name: str
    former: str
    grade: str
    former_points_c: int
    points_c: int
    as_of: date


ORDERS = {
    "grade": ("grade", "terminal__code"), "-grade": ("-grade", "terminal__code"), "points": ("score__points_c", "pk"),
    "-points": ("-score__points_c", "pk"), "code": ("terminal__code",), "-code": ("-terminal__code",),
    "as_of": ("score__as_of", "pk"), "-as_of": ("-score__as_of", "-pk"),
}  # fmt: skip


def list_grades(
    person: Any, *, grade: str = "", kind: str = "", text: str = "", order: str = "grade", start: int = 0,
    limit: int | None = 50,
) -> tuple[list[GradeRow], int]:  # fmt: skip
    """Customers this person may see with their newest grade, and how many there are."""
    rows = _graded(person, grade, kind, text)
    return _grade_rows(rows, order, start, limit), rows.count()


def every_grade(person: Any, order: str = "grade", **filters: Any) -> Iterator[GradeRow]:
    """All of them, for files."""
    rows = _graded(person, filters.get("grade", ""), filters.get("kind", ""), filters.get("text", ""))
    start = 0
    while part := _grade_rows(rows, order, start, 5_000):
        yield from part
        start += len(part)


def _graded(person: Any, grade: str, kind: str, text: str) -> QuerySet[Any]:
    rows = Account.objects.visible_to(person, SEE).exclude(score=None)
    if grade:
        rows = rows.filter(grade=grade)
    if kind:
        rows = rows.filter(terminal__kind=kind)
    if text.strip():
        rows = rows.filter(terminal__in=matching(person, text))
    return rows


def _grade_rows(rows: QuerySet[Any], order: str, start: int, limit: int | None) -> list[GradeRow]:
    fields = (
        "terminal", "terminal__code", "terminal__name", "terminal__kind", "grade", "score__points_c", "score__sheet",
        "score__as_of", "score__capped_by", "score__red_lines",
    )  # fmt: skip
    ordered = rows.order_by(*ORDERS.get(order, ORDERS["grade"])).values_list(*fields)
    page = ordered[start:] if limit is None else ordered[start : start + limit]
    return [
        GradeRow(pk, code, name, kind, grade, points_c, sheet, as_of, tuple(capped), tuple(red))
        for pk, code, name, kind, grade, points_c, sheet, as_of, capped, red in page
    ]


def movers(person: Any, first: date, last: date, *, start: int = 0, limit: int | None = 50) -> tuple[list[Mover], int]:
    """Grades that changed by a score of a day from `first` to `last`, newest first; the last change of each customer."""
    seen = Score.objects.visible_to(person, SEE).filter(as_of__lte=last)
    told = seen.annotate(former=_before("grade"), former_points=_before("points_c")).values_list(
        "pk", "terminal", "former", "grade", "former_points", "points_c", "as_of"
    )
    touched = set(seen.filter(as_of__gte=first).values_list("terminal", flat=True))
    changes: dict[int, tuple] = {}
    for part in chunks(sorted(touched)):
        for row in told.filter(terminal__in=part).order_by("as_of", "pk"):
            if row[6] >= first and row[2] and row[2] != row[3]:
                changes[row[1]] = row
    ordered = sorted(changes.values(), key=lambda row: (row[6], row[0]), reverse=True)
    page = ordered[start:] if limit is None else ordered[start : start + limit]
    names = terminals.named([row[1] for row in page])
    return [
        Mover(pk, terminal, *names[terminal], former, grade, former_points, points, as_of)
        for pk, terminal, former, grade, former_points, points, as_of in page
    ], len(ordered)


def _before(field: str) -> Window:
    """A field of the score before, of the same customer."""
    return Window(Lag(field), partition_by=F("terminal"), order_by=[F("as_of").asc(), F("pk").asc()])


# --- what an edited sheet would change -----------------------------------------------------------------------------------


def to_preview(person: Any) -> int:
    """How many customers with a score this person may see."""
    return Account.objects.visible_to(person, SEE).exclude(score=None).count()


def preview_part(
    person: Any, name: str, body: Any, day: date, after: int = 0, limit: int = 10_000
) -> tuple[Counter[str], list[Mover], list[int]]:
    """How the newest scores of the next customers after a key would move if a policy read like this.

    Answers how many go from which grade to which ("B>C"), who moves, and whom it looked at. The cases are those the
    scores remember, so the change is the sheet's alone. Raises UnknownPolicy, BadPolicy.
    """
    book = scores.book_on(day)
    changed = _with(book, name, policy_named(name).read(body))
    seen = Account.objects.visible_to(person, SEE).exclude(score=None).filter(terminal__gt=after).order_by("terminal")
    told = list(seen.values_list("terminal", "score", "score__as_of", "score__inputs")[:limit])
    counts: Counter[str] = Counter()
    moved: list[tuple[int, int, Result, Result, date]] = []
    for terminal, pk, as_of, inputs in told:
        case = scoring.Case.from_json(inputs.get("case", {}))
        before = scoring.score(case, book)
        if name == OUTLOOK.name and (sector := changed.outlook.get(case.kind)) is not None:
            case = replace(case, measures={**case.measures, "sector": sector})
        after_it = scoring.score(case, changed)
        counts[f"{before.grade}>{after_it.grade}"] += 1
        if before.grade != after_it.grade:
            moved.append((pk, terminal, before, after_it, as_of))
    names = terminals.named([terminal for _pk, terminal, *_rest in moved])
    movers = [
        Mover(pk, terminal, *names[terminal], before.grade, then.grade, before.points_c, then.points_c, as_of)
        for pk, terminal, before, then, as_of in moved
    ]
    return counts, movers, [terminal for terminal, *_rest in told]


def _with(book: SheetBook, name: str, value: Any) -> SheetBook:
    if name == GRADING.name:
        return replace(book, grading=value)
    if name == OUTLOOK.name:
        return replace(book, outlook=value)
    key = next(key for key, policy in SHEETS.items() if policy.name == name)
    return replace(book, sheets={**book.sheets, key: value})


# --- what came of old scores ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Calibrated:
    """A calibration with what it was made of: `already` were late on the day, `idle` had nothing fall due."""

    first: date
    last: date
    months: int
    already: int
    idle: int
    result: calibration.Calibration


def calibrated(person: Any, first: date, last: date, months: int, today: date) -> Calibrated:
    """The first score of each customer from `first` to `last` beside what happened in the months after it.

    Only scores whose months are over by `today`. Raises NothingToCalibrate.
    """
    last = min(last, today - timedelta(days=months * 61 // 2))
    told = Score.objects.visible_to(person, SEE).filter(as_of__gte=first, as_of__lte=last).order_by("as_of", "pk")
    firsts: dict[int, tuple[date, int, str, bool]] = {}
    fields = ("terminal", "as_of", "points_c", "grade", "red_lines")
    for terminal, as_of, points_c, grade, red in told.values_list(*fields):
        firsts.setdefault(terminal, (as_of, points_c, grade, "overdue_60" in red))
    seen, already, idle = _outcomes(firsts, months, today)
    if not seen:
        raise calibration.NothingToCalibrate(first=first, last=last, months=months)
    return Calibrated(first, last, months, already, idle, calibration.calibrate(seen))


def _outcomes(
    firsts: dict[int, tuple[date, int, str, bool]], months: int, today: date
) -> tuple[list[calibration.Seen], int, int]:
    found = reaching(LATE_DAYS, today)
    order = np.argsort(found.terminal, kind="stable")
    terminal, day, late = found.terminal[order], found.day[order], found.late[order]
    seen, already, idle = [], 0, 0
    for pk, (as_of, points_c, grade, late_already) in firsts.items():
        low, high = np.searchsorted(terminal, [pk, pk + 1])
        start = as_of.toordinal()
        days, lates = day[low:high], late[low:high]
        inside = (days > start) & (days <= start + months * 61 // 2)
        if late_already:
            already += 1
        elif not inside.any():
            idle += 1
        else:
            seen.append(calibration.Seen(pk, points_c, grade, bool((lates & inside).any())))
    return seen, already, idle
