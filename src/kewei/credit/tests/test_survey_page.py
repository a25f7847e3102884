"""Every worked table of docs/algorithms/survey.md."""

from typing import Any

import pytest

from kewei.credit.rules import survey as rules
from kewei.credit.rules.redlines import LISTS, NEVER_WAIVED
from kewei.receivables.tests.rules.worked import day, several, table

PAGE = "survey.md"
SAMPLE: dict[str, Any] = {
    "yes": False, "text": "有", "level": 0, "series": [1, 2, 3],
    "rows": [{"supplier": "甲", "overdue_days": 0}, {"supplier": "乙", "overdue_days": 0}],
}  # fmt: skip


def filled_but(kind: str, left_out: list[str]) -> dict[str, dict[str, Any]]:
    """Answers with every field of a kind's form, but those named as factor.field."""
    answers: dict[str, dict[str, Any]] = {}
    for factor, field in rules.fields_of(kind):
        if f"{factor.code}.{field.code}" not in left_out:
            answers.setdefault(factor.code, {})[field.code] = SAMPLE.get(field.kind, 1)
    return answers


@pytest.mark.parametrize("case", table(PAGE, "kind", "asked"), ids=lambda case: case["kind"])
def test_how_much_is_asked(case):
    kind = case["kind"]
    asked = list(rules.fields_of(kind))
    required = [field for factor, field in asked if rules.required(kind, factor, field)]
    found = (len(asked), len(required), len(required) + len(LISTS))
    assert found == (int(case["asked"]), int(case["required"]), int(case["with lists"]))


@pytest.mark.parametrize("case", table(PAGE, "kind", "without"), ids=lambda case: f"{case['kind']} {case['without']}")
def test_completeness(case):
    left_out = several(case["without"])
    known = {f"{factor.code}.{field.code}" for factor in rules.FACTORS for field in factor.fields}
    assert set(left_out) <= known | {f"red_lines.{line}" for line in LISTS}
    checked = [line for line in LISTS if f"red_lines.{line}" not in left_out]
    found = rules.completeness(case["kind"], filled_but(case["kind"], left_out), dict.fromkeys(checked, True))
    assert found.percent == int(case["percent"])
    assert ".".join(found.missing[0] if found.missing else ()) == case["first missing"]


def test_the_lists_on_the_page_are_all_there_are():
    told = {case["list"]: case["never waived"] == "yes" for case in table(PAGE, "list")}
    assert told == {line: line in NEVER_WAIVED for line in LISTS}


@pytest.mark.parametrize("case", table(PAGE, "surveyed"), ids=lambda case: f"{case['surveyed']} {case['grade']}")
def test_how_long_a_survey_holds(case):
    policy = rules.SURVEY.read(rules.SURVEY.body)
    assert rules.valid_until(day(case["surveyed"]), case["grade"], policy) == day(case["until"])
