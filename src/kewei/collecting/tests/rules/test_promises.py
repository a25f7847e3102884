"""Every line of docs/algorithms/promises.md, and no forbidden move on any path of eight steps."""

from datetime import date

import pytest

from kewei.collecting.rules import disputes, ours, promises
from kewei.collecting.rules.promises import PROMISES, Part, judge, strength_of
from kewei.collecting.rules.reasons import NAMES, REASONS, read_reasons
from kewei.kernel.money import fen_from_text
from kewei.kernel.policies import BadPolicy
from kewei.receivables.tests.rules.worked import several, table

PAGE = "promises.md"
POLICY = PROMISES.read(PROMISES.body)
DEPTH = 8
MACHINES = {
    "promise": (promises.MOVES, promises.check_move, promises.WrongPromiseState, promises.PENDING),
    "dispute": (disputes.MOVES, disputes.check_move, disputes.WrongDisputeState, disputes.OPEN),
    "ours": (ours.MOVES, ours.check_move, ours.WrongOwnPromiseState, ours.OPEN),
}


def day(text):
    return date.fromisoformat(f"2026-{text}")


def amounts(text):
    return [(day(on), fen_from_text(fen)) for on, fen in (one.split() for one in several(text))]


@pytest.mark.parametrize(
    "case", table(PAGE, "parts", "received"), ids=lambda case: f"{case['received']} {case['today']}"
)
def test_a_promise_is_judged(case):
    parts = [Part(on, fen) for on, fen in amounts(case["parts"])]
    found = judge(parts, amounts(case["received"]), day(case["today"]), POLICY)
    failed = int(case["failed"]) if case["failed"] else None
    assert (found.state, found.paid_fen, found.failed) == (case["state"], fen_from_text(case["paid"]), failed)


@pytest.mark.parametrize("case", table(PAGE, "form"), ids=lambda case: f"{case['form']} {case['authority']}")
def test_what_a_promise_proves(case):
    assert strength_of(case["form"], case["authority"], case["paper"] == "yes") == case["strength"]


@pytest.mark.parametrize("case", table(PAGE, "open", "disputes"), ids=lambda case: case["disputes"])
def test_a_dispute_pauses_its_own_amount_only(case):
    paused = []
    for one in several(case["disputes"]):
        state, fen, upheld = one.split()
        paused.append(disputes.paused_fen(state, fen_from_text(fen), fen_from_text(upheld)))
    assert disputes.undisputed_fen(fen_from_text(case["open"]), paused) == fen_from_text(case["asked for"])


def test_the_page_names_every_move():
    written = {
        (row[name], tuple(sorted(several(row["from"]))), row["to"])
        for name in ("verb", "answer")
        for row in table(PAGE, name)
    }
    known = {
        (verb, tuple(sorted(begins)), ends)
        for moves in (promises.MOVES, disputes.MOVES)
        for verb, (begins, ends) in moves.items()
    }
    assert written == known


@pytest.mark.parametrize("machine", MACHINES)
def test_no_path_of_eight_steps_leaves_the_table(machine):
    """Every sequence of verbs: what is allowed leads where the table says, what is refused changes nothing."""
    moves, check, refused, first = MACHINES[machine]
    # Written again from the table, so that `check` is not compared with itself.
    allowed = {(begin, verb): ends for verb, (begins, ends) in moves.items() for begin in begins}
    states = {first} | {ends for _begins, ends in moves.values()}
    reached, frontier = {first}, [(first, 0)]
    paths = 0
    while frontier:
        state, depth = frontier.pop()
        for verb in moves:
            paths += 1
            if (state, verb) in allowed:
                assert check(verb, state) == allowed[state, verb]
                reached.add(allowed[state, verb])
                if depth + 1 < DEPTH:
                    frontier.append((allowed[state, verb], depth + 1))
            else:
                with pytest.raises(refused):
                    check(verb, state)
    assert reached == states
    assert paths >= len(moves) * len(states)


def test_what_is_over_stays_over():
    for over in (promises.KEPT, promises.RESCHEDULED, promises.CANCELLED):
        assert not [verb for verb, (begins, _ends) in promises.MOVES.items() if over in begins]
    for over in (disputes.CREDITED, disputes.REJECTED, disputes.WITHDRAWN):
        assert not [verb for verb, (begins, _ends) in disputes.MOVES.items() if over in begins]


@pytest.mark.parametrize(
    ("outcomes", "in_row", "stages"),
    [((), 0, 0), (("broken",), 1, 0), (("broken", "broken"), 2, 1), (("kept", "broken", "broken"), 0, 0),
     (("broken", "broken", "broken", "kept", "broken"), 3, 1), (("broken",) * 4, 4, 2)],
)  # fmt: skip
def test_two_breaks_in_a_row_push_up_one_stage(outcomes, in_row, stages):
    assert promises.breaks_in_row(outcomes) == in_row
    assert promises.extra_stages(in_row, POLICY) == stages


def test_a_policy_of_reasons_names_every_code():
    policy = REASONS.read(REASONS.body)
    assert set(policy.codes) == set(NAMES)
    assert (policy.codes["B2"].owners, policy.codes["B2"].days) == (("quality", "logistics"), 7)
    short = {"stale_days": 30, "codes": {"A1": [["invoicing"], 1, "ours"]}}
    with pytest.raises(BadPolicy):
        read_reasons(short)
