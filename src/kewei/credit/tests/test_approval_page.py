"""Every worked table of docs/algorithms/approval.md."""

import pytest

from kewei.credit.rules import applications as rules
from kewei.credit.rules.applications import AUTHORITY, Asked, Outcome, Said, Wish
from kewei.kernel.calendar import add_working_days
from kewei.kernel.refusals import Refused
from kewei.receivables.tests.rules.worked import day, fen, several, table

PAGE = "approval.md"
MATRIX = AUTHORITY.read(AUTHORITY.body)
STEPS = ("manager", "credit_manager", "finance_director", "director")
PEOPLE = {"Ada": 1, "Bo": 2, "Cy": 3, "Di": 4}


def code_of(ask) -> str:
    """The code a call is refused with, '' where it is not."""
    try:
        ask()
    except Refused as no:
        return no.code
    return ""


@pytest.mark.parametrize("case", table(PAGE, "kind", "grade"), ids=lambda case: " ".join(list(case.values())[:4]))
def test_the_route(case):
    asked = Asked(
        case["kind"], case["grade"], fen(case["after"]), fen(case["wanted"]), fen(case["suggested"]),
        case["exception"] == "yes", (case["applicant"],),
    )  # fmt: skip
    assert list(rules.route(asked, MATRIX)) == several(case["steps"])


def wish_of(case) -> Wish:
    """The application a line of the page describes."""
    lacks = several(case["lacks"])
    return Wish(
        kind=case["kind"], wanted_fen=fen(case["wanted"]), term_days=int(case["term"]), grade="B",
        limit_fen=fen(case["limit"]) if case["limit"] else None, suggested_fen=fen(case["suggested"]),
        longest_term_days=int(case["longest"]), lawful_days=int(case["lawful"]) if case["lawful"] else None,
        has_survey="survey" not in lacks, has_score="score" not in lacks, pledged="pledge" not in lacks,
        over_reason=case["reason"],
    )  # fmt: skip


@pytest.mark.parametrize("case", table(PAGE, "kind", "limit"), ids=lambda case: f"{case['kind']} {case['refused']}")
def test_what_an_application_needs(case):
    assert code_of(lambda: rules.check_wish(wish_of(case))) == case["refused"]


def said_in_turn(cell: str) -> list[Said]:
    """Opinions of a line, each by somebody new; those that agree move on to the next step."""
    said: list[Said] = []
    for part in (part.strip() for part in cell.split(";") if part.strip()):
        word, _space, number = part.partition(" ")
        step = sum(one.word in rules.AGREEING for one in said)
        days = int(number[:-1]) if number.endswith("d") else None
        amount = fen(number) if number and days is None else None
        said.append(Said(step, word, len(said) + 1, None, amount, days))
    return said


@pytest.mark.parametrize("case", table(PAGE, "said in turn"), ids=lambda case: case["said in turn"] or "nothing")
def test_what_opinions_come_to(case):
    found = rules.outcome(STEPS, 1_000_000_00, 60, said_in_turn(case["said in turn"]))
    assert found == Outcome(case["state"], int(case["step"]), fen(case["yuan"]), int(case["days"]))


@pytest.mark.parametrize("case", table(PAGE, "began"), ids=lambda case: case["began"])
def test_how_long_a_step_has(case):
    assert add_working_days(day(case["began"]), MATRIX.step_working_days) == day(case["until"])


@pytest.mark.parametrize("case", table(PAGE, "step of"), ids=lambda case: f"{case['step of']} {case['run out']}")
def test_who_may_speak_after_time_ran_out(case):
    said = [Said(0, "escalate", 9)] * int(case["run out"])
    assert list(rules.roles_now([case["step of"]], 0, said, MATRIX.superiors)) == several(case["may speak"])


def earlier(cell: str) -> list[Said]:
    """Who agreed before, for themselves or for somebody."""
    if not cell:
        return []
    who, _for, whom = cell.partition(" for ")
    return [Said(0, "agree", PEOPLE[who], PEOPLE.get(whom))]


@pytest.mark.parametrize("case", table(PAGE, "speaker"), ids=lambda case: " ".join(case.values()))
def test_four_eyes(case):
    refused = code_of(
        lambda: rules.check_opinion(
            number="S1", state="waiting", applicant=PEOPLE["Ada"], speaker=PEOPLE[case["speaker"]],
            stands_in_for=PEOPLE.get(case["for"]), speaker_roles=[case["role"]], roles=["manager"],
            said=earlier(case["spoke"]), word="agree", reason="", fen=None, term_days=None,
            so_far=Outcome("waiting", 0, 100, 30),
        )
    )  # fmt: skip
    assert refused == case["refused"]
