"""Points, bands, red lines and caps (docs/algorithms/scoring.md, domain 2.7)."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kewei.credit.rules import scoring, sheets
from kewei.credit.rules.evidence import MEASURES, compound_growth, measures_of
from kewei.credit.rules.scoring import Case, SheetBook
from kewei.credit.rules.sheets import GRADES, read_grading, read_sheet
from kewei.credit.rules.survey import OUTLOOK
from kewei.kernel.policies import BadPolicy

BOOK = SheetBook(
    {name: read_sheet(policy.body) for name, policy in sheets.SHEETS.items()},
    read_grading(sheets.GRADING.body),
    OUTLOOK.body,
)
# Nothing speaks against this customer: no red line, no cap.
CLEAN = Case(kind="pharmacy", months_traded=24, checks_age=10, since_order=5)
# What a full behaviour looks like with everything that may ever be known.
PERFECT = {
    "due_fen": 100_00, "on_time_fen": 100_00, "weighed_fen": 100_00, "months_bought": 12, "months_possible": 12,
    "promises_due": 4, "promises_kept": 4, "statements_sent": 4, "statements_signed": 4, "disputes": 2, "disputes_valid": 2,
}  # fmt: skip
NO_CAPS = replace(BOOK.grading, caps=())


def best(factor) -> dict[str, int]:
    return dict(factor.rungs[0][1][0])


def worst(factor) -> dict[str, int]:
    return dict(factor.zero[:1])


@pytest.mark.parametrize("name", sheets.SHEETS)
def test_points_of_every_shipped_sheet_sum_to_one_hundred(name):
    sheet = BOOK.sheets[name]
    assert sum(factor.weight for factor in sheet.factors) == 100
    assert sum(part.weight for part in sheet.parts) == 100
    assert len(sheet.factors) == 11
    case = replace(
        CLEAN, kind="public_hospital" if name == "hospital" else "pharmacy", months_traded=3 if name == "new" else 24,
        measures={code: value for factor in sheet.factors for code, value in best(factor).items()}, **PERFECT,
    )  # fmt: skip
    result = scoring.score(case, BOOK)
    assert (result.sheet, result.points_c, result.own_grade) == (name, 100_00, "A")
    assert sum(line.points_c for line in result.lines) == 100_00


@pytest.mark.parametrize("name", sheets.SHEETS)
def test_bands_and_red_lines_over_every_extreme_of_the_factors(name):
    sheet = BOOK.sheets[name]
    book = replace(BOOK, grading=replace(NO_CAPS, red_measures=()))
    kind = "public_hospital" if name == "hospital" else "pharmacy"
    base = replace(CLEAN, kind=kind, months_traded=3)
    extremes = [((best(f), 5 * f.weight), (worst(f), 0 if f.zero else f.weight)) for f in sheet.factors]
    for chosen in product(*extremes):
        case = replace(base, measures={code: value for told, _points in chosen for code, value in told.items()})
        result = scoring.score(case, book)
        points_c = sum(points for _told, points in chosen) * 20
        assert result.points_c == points_c
        expected = "A" if points_c >= 8500 else "B" if points_c >= 7000 else "C" if points_c >= 5500 else "D"
        assert result.grade == expected
        assert scoring.score(replace(case, overdue_days=61), book).grade == "D"


RED = [
    {"red_lists": ("dishonest_debtor",)}, {"red_lists": ("serious_illegal",)}, {"red_lists": ("bill_default",)},
    {"red_lists": ("restructuring",)}, {"red_lists": ("licence",)}, {"papers_bad": True}, {"overdue_days": 61},
    {"promises_broken": 3}, {"measures": {"dishonest": 1}}, {"measures": {"suspended": 1}}, {"measures": {"bill_state": 2}},
]  # fmt: skip


def perfect(**more) -> Case:
    sheet = BOOK.sheets["existing"]
    measures = {code: value for factor in sheet.factors for code, value in best(factor).items()}
    return replace(CLEAN, **PERFECT, **(more | {"measures": measures | more.get("measures", {})}))


@pytest.mark.parametrize("red", RED, ids=str)
def test_a_red_line_makes_a_d_of_the_best_customer(red):
    assert scoring.score(perfect(), BOOK).grade == "A"
    result = scoring.score(perfect(**red), BOOK)
    assert result.grade == "D"
    assert result.red_lines


def test_just_within_the_red_lines_is_no_red_line():
    for near in ({"overdue_days": 60}, {"promises_broken": 2}, {"red_lists": ("abnormal_operation",)}):
        assert not scoring.score(perfect(**near), BOOK).red_lines


# As the table of caps in docs/algorithms/scoring.md: what is seen, and the best grade it allows.
CAPPED = [
    ({"months_traded": 2}, "C"), ({"months_traded": 3}, "B"), ({"months_traded": 5}, "B"), ({"months_traded": 6}, "A"),
    ({"worst_late": 15}, "A"), ({"worst_late": 16}, "B"), ({"worst_late": 30}, "B"), ({"worst_late": 31}, "C"),
    ({"checks_age": None}, "C"), ({"checks_age": 91}, "C"), ({"checks_age": 90}, "A"),
    ({"since_order": 91}, "C"), ({"since_order": 90}, "A"), ({"papers_missing": True}, "C"), ({"pressed": True}, "B"),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "grade"), CAPPED, ids=str)
def test_a_cap_holds_the_best_customer_down(seen, grade):
    result = scoring.score(perfect(**seen), BOOK)
    assert result.grade == grade
    assert bool(result.capped_by) == (grade != "A")


def test_missing_evidence_scores_one_and_a_weight_without_data_is_told():
    result = scoring.score(
        replace(CLEAN, due_fen=100, on_time_fen=100, weighed_fen=100, months_possible=12, months_bought=12), BOOK
    )
    got = {line.code: line for line in result.lines}
    assert (got["principal"].got, got["principal"].missing) == (1, True)
    assert (got["promises"].points_c, got["promises"].moved) == (0, True)
    assert got["on_time"].points_c == 60_00 * 25 // 65
    without = scoring.score(CLEAN, BOOK)
    got = {line.code: line for line in without.lines}
    assert got["on_time"].got == BOOK.sheets["existing"].missing_bp
    assert sum(line.points_c for line in without.lines if line.family == "behaviour") == 12_00


def values(code):
    measure = MEASURES[code]
    top = len(measure.levels) - 1 if measure.levels else {"yes": 1, "percent": 100}.get(measure.unit, 600)
    return st.none() | st.integers(-20 if measure.unit in ("fen", "percent") else 0, top)


MEASURED = st.fixed_dictionaries({code: values(code) for code in MEASURES})
LEDGER = st.fixed_dictionaries(
    {
        "months_traded": st.none() | st.integers(0, 30), "due_fen": st.integers(0, 1000), "on_time_fen": st.integers(0, 1000),
        "late_fen_days": st.integers(0, 100_000), "months_bought": st.integers(0, 12), "overdue_days": st.integers(0, 90),
        "worst_late": st.integers(0, 90), "since_order": st.none() | st.integers(0, 200), "promises_due": st.integers(0, 6),
        "promises_kept": st.integers(0, 6), "promises_broken": st.integers(0, 5), "statements_sent": st.integers(0, 6),
        "statements_signed": st.integers(0, 6), "disputes": st.integers(0, 4), "disputes_valid": st.integers(0, 4),
        "checks_age": st.none() | st.integers(0, 200), "papers_bad": st.booleans(), "papers_missing": st.booleans(),
        "red_lists": st.sampled_from([(), ("bill_default",), ("abnormal_operation",)]),
    }
)  # fmt: skip


@st.composite
def cases(draw):
    told = draw(LEDGER)
    measures = {code: value for code, value in draw(MEASURED).items() if value is not None}
    kind = draw(st.sampled_from(["pharmacy", "public_hospital", "distributor"]))
    return Case(kind=kind, measures=measures, weighed_fen=told["due_fen"], months_possible=12, **told)


@given(cases(), st.data())
@settings(max_examples=1500, deadline=None)
def test_better_evidence_never_lowers_a_grade(case, data):
    before = scoring.score(case, BOOK)
    code = data.draw(st.sampled_from(sorted(case.measures) or ["sector"]))
    if code in case.measures:
        more = data.draw(st.integers(0, 700)) * MEASURES[code].better
        after = scoring.score(replace(case, measures={**case.measures, code: case.measures[code] + more}), BOOK)
        assert after.points_c >= before.points_c
        assert not scoring.worse(after.grade, before.grade)
    name, way = data.draw(st.sampled_from(_BETTER))
    value = getattr(case, name)
    if value is not None:
        by = data.draw(st.integers(0, 1000))
        better = max(0, value + way * by)
        better = min(better, getattr(case, _WITHIN[name])) if name in _WITHIN else better
        if name in _WITHIN and better < value:
            return
        after = scoring.score(replace(case, **{name: better}), BOOK)
        assert after.points_c >= before.points_c
        assert not scoring.worse(after.grade, before.grade)


_BETTER = [
    ("on_time_fen", 1), ("late_fen_days", -1), ("months_bought", 1), ("overdue_days", -1), ("worst_late", -1),
    ("since_order", -1), ("promises_kept", 1), ("promises_broken", -1), ("statements_signed", 1), ("disputes_valid", 1),
    ("checks_age", -1), ("papers_bad", -1), ("papers_missing", -1),
]  # fmt: skip
_WITHIN = {
    "on_time_fen": "due_fen", "months_bought": "months_possible", "promises_kept": "promises_due",
    "statements_signed": "statements_sent", "disputes_valid": "disputes",
}  # fmt: skip


@given(cases(), st.sampled_from(sorted(MEASURES)))
@settings(max_examples=800, deadline=None)
def test_finding_out_something_that_is_not_the_worst_never_lowers_the_points(case, code):
    unknown = {name: value for name, value in case.measures.items() if name != code}
    zero = {name: bad for sheet in BOOK.sheets.values() for factor in sheet.factors for name, bad in factor.zero}
    value = zero[code] + MEASURES[code].better if code in zero else 0
    before = scoring.score(replace(case, measures=unknown), BOOK)
    after = scoring.score(replace(case, measures={**unknown, code: value}), BOOK)
    assert after.points_c >= before.points_c


@given(cases())
@settings(max_examples=800, deadline=None)
def test_what_would_lift_it_does_lift_it_one_band(case):
    before = scoring.score(case, BOOK)
    changes = scoring.lift(case, BOOK)
    if before.grade == "A":
        assert changes == ()
        return
    for change in changes:
        case = scoring.apply(case, change)
    target = GRADES[GRADES.index(before.grade) - 1]
    if changes:
        assert not scoring.worse(scoring.score(case, BOOK).grade, target)
    else:
        assert _beyond_reach(case)


def _beyond_reach(case) -> bool:
    """Only what no change of the customer's could mend: no data on its behaviour, or a whole sector in crisis."""
    return case.due_fen == 0 or case.measures.get("sector", 1) < 5


@given(cases())
def test_a_case_comes_back_from_json_as_it_was(case):
    assert Case.from_json(case.as_json()) == case


def test_a_survey_is_summed_up():
    answers = {
        "principal": {"lawsuits": 0, "experience": 12, "share": 60, "dishonest": False, "name": "王"},
        "capital": {"net_assets_fen": [100_00, 110_00, 125_00]},
        "profit": {"net_profit_fen": [1, -1, 5], "cash_flow_fen": [1, 1, -5]},
        "references": {"suppliers": [{"overdue_days": 0}, {"overdue_days": 12}]},
        "peers": {"opinions": [{"opinion": 2}, {"opinion": 3}]},
    }
    assert measures_of(answers) == {
        "lawsuits": 0, "experience": 12, "share": 60, "dishonest": 0, "net_worth": 125_00, "growth": 11, "profit_years": 2,
        "cash_flow": 0, "references": 2, "reference_overdue": 12, "peers": 2, "peers_worst": 2, "peers_best": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("worth", "rate"),
    [([100, 110, 121], 10), ([100, 121], 21), ([100, 100], 0), ([100, 90, 80], -11), ([0, 5], None), ([5], None)],
)
def test_compound_growth_is_exact(worth, rate):
    assert compound_growth(worth) == rate


def changed(body, *path, to):
    copy = dict(body)
    if len(path) == 1:
        copy[path[0]] = to
    else:
        copy[path[0]] = changed(body[path[0]], *path[1:], to=to)
    return copy


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("factors", "principal", "weight"), 11), (("factors", "principal", "zero"), {"sector": 1}),
        (("factors", "principal", "rungs"), {"6": [{"lawsuits": 0}]}), (("behaviour", "on_time", "weight"), 30),
        (("behaviour", "promises", "without"), "full"), (("behaviour_share",), 120), (("factors", "principal", "rungs"), {"5": []}),
        (("behaviour", "days_late"), {"weight": 20, "without": "missing"}), (("missing_bp",), "x"),
    ],
)  # fmt: skip
def test_a_sheet_that_does_not_add_up_is_refused(path, to):
    with pytest.raises(BadPolicy):
        read_sheet(changed(sheets.EXISTING.body, *path, to=to))


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("bands", "A"), 6000), (("bands", "C"), 0), (("caps",), {"unknown": {"grade": "C"}}), (("red_lines", "lists"), ["x"]),
        (("red_lines", "measures"), [["x", 1, "licence"]]), (("reasons", "lowering"), ["A1"]), (("bands", "A"), 10_001),
    ],
)  # fmt: skip
def test_a_grading_that_contradicts_itself_is_refused(path, to):
    with pytest.raises(BadPolicy):
        read_grading(changed(sheets.GRADING.body, *path, to=to))


def test_our_own_faults_never_lower_and_delay_without_reason_does():
    grading = BOOK.grading
    assert {"A1", "A4", "B5", "H1"} <= grading.not_ours
    assert {"G1", "G2", "G3", "G4"} == grading.lowering
