"""信用评分: from evidence to points to a grade, every step kept, and what would lift it (domain 2.7; docs/algorithms/scoring.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from kewei.credit.rules.evidence import MEASURES, as_bad, as_good
from kewei.credit.rules.sheets import FULL_BP, GRADES, MISSING, MOST, Cap, Factor, Grading, Part, Sheet
from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class NotScored(Refused):
    code = "not_scored"
    says = N_("客户还没有评分")
    status = 404


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a score looks at, as it was known on a day; fen, days, months.

    `measures` are those of the survey in force; `on_time_fen` of `due_fen` was paid by its due date; `late_fen_days` is Σ
    fen × days late over `weighed_fen`; `months_bought` of the last `months_possible` had an invoice; `worst_late` is the
    longest delay within the window of the caps; `since_order` days since the last invoice. `red_lists` are official
    lists with a hit; `checks_age` the days since the oldest of the public checks, None where one is missing. `pressed`: it is
    asked for money at a stage of collecting that caps its grade.
    """

    kind: str = ""
    measures: Mapping[str, int] = field(default_factory=dict)
    months_traded: int | None = None
    due_fen: int = 0
    on_time_fen: int = 0
    weighed_fen: int = 0
    late_fen_days: int = 0
    months_bought: int = 0
    months_possible: int = 0
    overdue_days: int = 0
    worst_late: int = 0
    since_order: int | None = None
    promises_due: int = 0
    promises_kept: int = 0
    promises_broken: int = 0
    statements_sent: int = 0
    statements_signed: int = 0
    disputes: int = 0
    disputes_valid: int = 0
    red_lists: tuple[str, ...] = ()
    checks_age: int | None = None
    papers_bad: bool = False
    papers_missing: bool = False
    pressed: bool = False

    def as_json(self) -> dict[str, Any]:
        """What JSON holds of it; what is as it is without evidence is left out."""
        told = {name: value for name in _FIELDS if (value := getattr(self, name)) != _EMPTY[name]}
        if "measures" in told:
            told["measures"] = dict(self.measures)
        if "red_lists" in told:
            told["red_lists"] = list(self.red_lists)
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Case:
        """The case a score remembers."""
        known = {name: told[name] for name in _FIELDS if name in told}
        if "red_lists" in known:
            known["red_lists"] = tuple(known["red_lists"])
        return cls(**known)


_FIELDS = tuple(one.name for one in fields(Case))
_EMPTY = {name: getattr(Case(), name) for name in _FIELDS}


@dataclass(frozen=True, slots=True)
class SheetBook:
    """The sheets, the grading and the sectors' outlook (by kind) a case is judged by, with their labels."""

    sheets: Mapping[str, Sheet]
    grading: Grading
    outlook: Mapping[str, int]
    labels: Mapping[str, str] = field(default_factory=dict)

    def sheet_of(self, case: Case) -> str:
        """Which sheet a customer is scored on: a public hospital's, else by how long it has traded."""
        if case.kind in self.grading.hospital_kinds:
            return "hospital"
        return "existing" if (case.months_traded or 0) >= self.sheets["existing"].behaviour_months else "new"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a score. `got` is 0–5 for a factor, basis points for a part of behaviour; `points_c` hundredths of the
    whole score; `missing` where there was no evidence, `moved` where its weight went to the other parts."""

    family: str
    code: str
    weight: int
    got: int
    points_c: int
    missing: bool = False
    moved: bool = False

    def as_json(self) -> list[Any]:
        """As a list, which is shorter in two hundred thousand rows."""
        return [self.family, self.code, self.weight, self.got, self.points_c, int(self.missing), int(self.moved)]

    @classmethod
    def from_json(cls, told: list[Any]) -> Line:
        """The line a score remembers."""
        family, code, weight, got, points_c, missing, moved = told
        return cls(family, code, weight, got, points_c, bool(missing), bool(moved))


@dataclass(frozen=True, slots=True)
class Result:
    """What came out: points in hundredths, the grade those alone would give, red lines and caps, the grade."""

    sheet: str
    points_c: int
    own_grade: str
    grade: str
    red_lines: tuple[str, ...]
    capped_by: tuple[str, ...]
    lines: tuple[Line, ...]


def score(case: Case, book: SheetBook) -> Result:
    """Points by the sheet, the band they fall into, then caps, then red lines (domain 2.7)."""
    name = book.sheet_of(case)
    sheet = book.sheets[name]
    behaved = sheet.behaviour_share > 0 and (case.months_traded or 0) >= sheet.behaviour_months
    share = sheet.behaviour_share if behaved else 0
    lines = _factor_lines(case, sheet, 100 - share)
    if share:
        lines += _behaviour_lines(case, sheet, share)
    points_c = sum(line.points_c for line in lines)
    own = band(points_c, book.grading)
    red, caps = red_lines(case, book.grading), caps_of(case, book.grading)
    capped_by = tuple(cap.code for cap in caps if worse(cap.grade, own))
    grade = "D" if red else max([own, *(cap.grade for cap in caps)], key=GRADES.index)
    return Result(name, points_c, own, grade, red, capped_by, tuple(lines))


def band(points_c: int, grading: Grading) -> str:
    """The band points in hundredths fall into."""
    return next((grade for grade, least in grading.bands if points_c >= least), "D")


def worse(grade: str, other: str) -> bool:
    """Whether a grade is worse than another."""
    return GRADES.index(grade) > GRADES.index(other)


def factor_score(measures: Mapping[str, int], factor: Factor) -> tuple[int, bool]:
    """0–5 for a factor, and whether nothing was known of it: the best rung whose conditions are all met, else 1."""
    if factor.codes.isdisjoint(measures):
        return MISSING, True
    if any(as_bad(code, measures.get(code), threshold) for code, threshold in factor.zero):
        return 0, False
    for points, ways in factor.rungs:
        if any(all(as_good(code, measures.get(code), least) for code, least in way) for way in ways):
            return points, False
    known = any(code in measures for _points, ways in factor.rungs for way in ways for code, _least in way)
    return MISSING, not known


def _factor_lines(case: Case, sheet: Sheet, share: int) -> list[Line]:
    lines, sum_before = [], 0
    for factor in sheet.factors:
        got, missing = factor_score(case.measures, factor)
        # Each line is what it adds to the sum rounded down, so that the lines sum to the score and full marks to 100.
        sum_after = sum_before + factor.weight * got * share
        lines.append(Line("factor", factor.code, factor.weight, got, sum_after // MOST - sum_before // MOST, missing))
        sum_before = sum_after
    return lines


def shares(case: Case, sheet: Sheet) -> list[tuple[Part, int | None]]:
    """For each part of behaviour the share of its weight it earns, basis points rounded down; None without data."""
    found: dict[str, int | None] = {
        "on_time": _ratio_bp(case.on_time_fen, case.due_fen),
        "promises": _ratio_bp(case.promises_kept, case.promises_due),
        "continuity": _ratio_bp(case.months_bought, case.months_possible),
        "sign_back": _ratio_bp(case.statements_signed, case.statements_sent),
        "disputes": _ratio_bp(case.disputes_valid, case.disputes),
    }
    late = [(part, _promptness_bp(case, part.nought_at)) for part in sheet.parts if part.code == "days_late"]
    found.update({part.code: share for part, share in late})
    return [(part, found[part.code]) for part in sheet.parts]


def _ratio_bp(part: int, whole: int) -> int | None:
    return min(part, whole) * FULL_BP // whole if whole > 0 else None


def _promptness_bp(case: Case, nought_at: int) -> int | None:
    """Full marks at nought days late, none from `nought_at` days on, in proportion in between."""
    whole = case.weighed_fen * nought_at
    return max(0, whole - case.late_fen_days) * FULL_BP // whole if whole > 0 else None


def _behaviour_lines(case: Case, sheet: Sheet, share: int) -> list[Line]:
    parts = shares(case, sheet)
    moved = {part.code for part, got in parts if got is None and part.without == "redistribute"}
    whole = sum(part.weight for part, _got in parts if part.code not in moved)
    lines, sum_before = [], 0
    for part, got in parts:
        if part.code in moved or not whole:
            lines.append(Line("behaviour", part.code, part.weight, 0, 0, True, part.code in moved))
            continue
        earned = sheet.missing_bp if got is None else got
        sum_after = sum_before + part.weight * earned * share
        points_c = sum_after // (100 * whole) - sum_before // (100 * whole)
        lines.append(Line("behaviour", part.code, part.weight, earned, points_c, got is None))
        sum_before = sum_after
    return lines


def red_lines(case: Case, grading: Grading) -> tuple[str, ...]:
    """Why a customer is a D whatever its points."""
    found = {line for line in case.red_lists if line in grading.red_lists}
    found |= {line for code, bad, line in grading.red_measures if as_bad(code, case.measures.get(code), bad)}
    if case.papers_bad:
        found.add("licence")
    if case.overdue_days > grading.overdue_days:
        found.add("overdue_60")
    if grading.promises_broken and case.promises_broken >= grading.promises_broken:
        found.add("promises_broken")
    return tuple(sorted(found))


def caps_of(case: Case, grading: Grading) -> list[Cap]:
    """The caps whose condition holds, as the policy orders them."""
    return [cap for cap in grading.caps if _holds(cap, case)]


def _holds(cap: Cap, case: Case) -> bool:
    months = case.months_traded or 0
    if cap.code in ("traded_short", "traded_young"):
        return months < cap.limit
    if cap.code in ("late_some", "late_much"):
        return case.worst_late > cap.limit
    if cap.code == "unchecked":
        return case.checks_age is None or case.checks_age > cap.limit
    if cap.code == "pressed":
        return case.pressed
    if cap.code == "order_gap":
        return case.since_order is not None and case.since_order > cap.limit
    return case.papers_missing


# --- what would lift it one band ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would have to be otherwise: its family (red, cap, factor, behaviour), its code, and the fields or
    measures with the values they would then have."""

    family: str
    code: str
    to: tuple[tuple[str, Any], ...]


def apply(case: Case, change: Change) -> Case:
    """The case as it would be after the change."""
    measures = {name: value for name, value in change.to if name in MEASURES}
    others = {name: value for name, value in change.to if name not in MEASURES}
    return replace(case, measures={**case.measures, **measures} if measures else case.measures, **others)


def lift(case: Case, book: SheetBook) -> tuple[Change, ...]:
    """The fewest changes found that lift the grade by one band or more; nothing for the best grade.

    First what forbids the next grade (red lines, caps), then, where points are wanting, one factor or part that alone
    makes up for them, the smallest such step, else the largest steps until they do.
    """
    now = score(case, book)
    if now.grade == GRADES[0]:
        return ()
    target = GRADES[GRADES.index(now.grade) - 1]
    changes: list[Change] = []
    for change in _forbidding(case, book.grading, target):
        changes.append(change)
        case = apply(case, change)
    while worse(score(case, book).grade, target):
        steps = [(step, score(apply(case, step), book)) for step in _steps(case, book)]
        reaching = [(after.points_c, n) for n, (_s, after) in enumerate(steps) if not worse(after.grade, target)]
        if reaching:
            chosen = steps[min(reaching)[1]][0]
        else:
            best, place = max(((after.points_c, -n) for n, (_s, after) in enumerate(steps)), default=(0, 0))
            if not steps or best <= score(case, book).points_c:
                return ()
            chosen = steps[-place][0]
        changes.append(chosen)
        case = apply(case, chosen)
    return tuple(changes)


def _forbidding(case: Case, grading: Grading, target: str) -> Iterator[Change]:
    red = red_lines(case, grading)
    for line in red:
        yield Change("red", line, tuple(_without(line, case, grading).items()))
    for cap in caps_of(case, grading):
        if worse(cap.grade, target):
            yield Change("cap", cap.code, _CURES[cap.code](cap))


def _without(line: str, case: Case, grading: Grading) -> dict[str, Any]:
    """The fields a red line stands on, as they would be without it."""
    cured: dict[str, Any] = {}
    if line in case.red_lists:
        cured["red_lists"] = tuple(one for one in case.red_lists if one != line)
    for code, bad, of in grading.red_measures:
        if of == line and as_bad(code, case.measures.get(code), bad):
            cured[code] = bad + MEASURES[code].better
    if line == "licence" and case.papers_bad:
        cured["papers_bad"] = False
    if line == "overdue_60":
        cured["overdue_days"] = 0
    if line == "promises_broken":
        cured["promises_broken"] = 0
    return cured


_CURES: dict[str, Any] = {
    "traded_short": lambda cap: (("months_traded", cap.limit),),
    "traded_young": lambda cap: (("months_traded", cap.limit),),
    "late_some": lambda cap: (("worst_late", cap.limit),),
    "late_much": lambda cap: (("worst_late", cap.limit),),
    "unchecked": lambda _cap: (("checks_age", 0),),
    "order_gap": lambda _cap: (("since_order", 0),),
    "pressed": lambda _cap: (("pressed", False),),
    "documents": lambda _cap: (("papers_missing", False),),
}


def _steps(case: Case, book: SheetBook) -> list[Change]:
    """Every single improvement of a factor or a part of behaviour, small and large."""
    sheet = book.sheets[book.sheet_of(case)]
    steps = [step for factor in sheet.factors for step in _climbs(case, factor)]
    if sheet.behaviour_share and (case.months_traded or 0) >= sheet.behaviour_months:
        steps += _behaves(case)
    return steps


def _climbs(case: Case, factor: Factor) -> Iterator[Change]:
    got, _missing = factor_score(case.measures, factor)
    out_of_zero = {
        code: threshold + MEASURES[code].better
        for code, threshold in factor.zero
        if as_bad(code, case.measures.get(code), threshold)
    }
    if factor.code == "sector":
        return  # nothing the customer can change
    for points, ways in factor.rungs:
        if points <= got:
            continue
        fewest = min((_needed(case, way, out_of_zero) for way in ways), key=len)
        yield Change("factor", factor.code, tuple(sorted(fewest.items())))


def _needed(case: Case, way: tuple[tuple[str, int], ...], out_of_zero: Mapping[str, int]) -> dict[str, int]:
    """The measures that would have to be otherwise for a way to be met, with the values that suffice."""
    wanted = dict(out_of_zero)
    for code, least in way:
        if not as_good(code, case.measures.get(code), least):
            former = wanted.get(code, least)
            wanted[code] = former if as_good(code, former, least) else least
        elif code in wanted and not as_good(code, wanted[code], least):
            wanted[code] = least
    return wanted


def _behaves(case: Case) -> Iterator[Change]:
    for percent in (50, 60, 70, 80, 90, 95, 100):
        if case.on_time_fen * 100 < case.due_fen * percent:
            yield Change("behaviour", "on_time", (("on_time_fen", -(-case.due_fen * percent // 100)),))
    for days in (45, 30, 20, 15, 10, 5, 0):
        if case.late_fen_days > case.weighed_fen * days:
            yield Change("behaviour", "days_late", (("late_fen_days", case.weighed_fen * days),))
    for months in range(case.months_bought + 1, case.months_possible + 1):
        yield Change("behaviour", "continuity", (("months_bought", months),))
    for code, got, of in (
        ("promises", "promises_kept", "promises_due"),
        ("sign_back", "statements_signed", "statements_sent"),
        ("disputes", "disputes_valid", "disputes"),
    ):
        if getattr(case, got) < getattr(case, of):
            yield Change("behaviour", code, ((got, getattr(case, of)),))
