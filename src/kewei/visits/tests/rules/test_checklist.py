"""When each line of the checklist passes, by the table of docs/algorithms/checklist.md."""

import re
from datetime import date
from pathlib import Path

import pytest

from kewei.kernel.policies import BadPolicy
from kewei.visits.rules import checklist as rules
from kewei.visits.rules.checklist import BLOCK, CHECKLIST, OFF, OPEN, PASS, Answers, Entry, Facts

DOC = Path(__file__).resolve().parents[5] / "docs" / "algorithms" / "checklist.md"
POLICY = CHECKLIST.read(CHECKLIST.body)
EVERY = ("order", "reconcile", "collect")


def state(code, entries=(), seen=(), words=None, purposes=EVERY, role="representative", needed=False):
    """How one line stands."""
    facts = Facts(role, purposes, needed, {code: entries})
    judged = rules.judge(facts, Answers(frozenset(seen), words or {}), POLICY)
    return next(one.state for one in judged if one.line.code == code)


def test_the_page_names_every_line_and_what_it_wants():
    rows = re.findall(r"^\| (\w+) \| (\w+) \|", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows[1:] == [(line.code, line.wants) for line in rules.LINES]


@pytest.mark.parametrize("code", ["card", "money", "calendar", "orders", "papers", "payment", "compliance", "self"])
def test_what_is_looked_at_or_ticked_passes(code):
    assert (state(code), state(code, seen=[code])) == (OPEN, PASS)


@pytest.mark.parametrize("code", ["materials", "objections"])
def test_what_is_written_passes(code):
    assert (state(code, words={code: " "}), state(code, words={code: "写了"})) == (OPEN, PASS)


def test_both_aims_are_needed():
    assert state("aims", words={"best": "签回"}) == OPEN
    assert state("aims", words={"best": "签回", "least": "约定"}) == PASS


@pytest.mark.parametrize(
    ("code", "purpose"), [("statement", "reconcile"), ("evidence", "collect"), ("prices", "order")]
)
def test_conditional_lines_apply_to_their_purpose_and_take_a_reason(code, purpose):
    bad = [Entry("statement_none", good=False)]
    assert state(code, bad, purposes=("academic",)) == OFF
    assert state(code, bad, purposes=(purpose,)) == OPEN
    assert state(code, bad, purposes=(purpose,), words={code: "带去补办"}) == PASS
    assert state(code, [Entry("priced", good=True)], purposes=(purpose,)) == PASS


def test_every_promise_that_is_due_wants_its_own_answer():
    due = [
        Entry("theirs", record="collecting.promise:1", good=False),
        Entry("ours", record="collecting.ourpromise:2", good=False),
    ]
    later = Entry("theirs", record="collecting.promise:3", good=True)
    assert state("promises", [*due, later], words={"collecting.promise:1": "已催"}) == OPEN
    answers = {"collecting.promise:1": "已催", "collecting.ourpromise:2": "红字已开"}
    assert state("promises", [*due, later], words=answers) == PASS


def test_consent_is_needed_of_institutions_by_medical_representatives_only():
    assert state("consent", needed=False) == PASS
    assert state("consent", needed=True, role="medical") == OPEN
    assert state("consent", needed=True, role="medical", words={"consent": "何主任电话同意"}) == PASS
    assert state("consent", [Entry("consent_paper", good=True)], needed=True, role="medical") == PASS


def test_a_purpose_the_role_may_not_have_blocks():
    wrong = [Entry("purpose_blocked", {"purpose": "催收"}, good=False)]
    assert state("purpose", wrong, role="medical") == BLOCK
    assert state("purpose", purposes=()) == OPEN


def test_a_policy_that_makes_no_sense_is_refused():
    with pytest.raises(BadPolicy):
        CHECKLIST.read(CHECKLIST.body | {"only_for": {"golf": ["order"]}})
    with pytest.raises(BadPolicy):
        CHECKLIST.read(CHECKLIST.body | {"statement_days": 0})


def test_entries_say_their_numbers_and_their_age():
    entry = Entry("theirs", {"next_on": date(2026, 12, 1), "fen": 123_456, "paid_fen": 0}, on=date(2026, 11, 1))
    assert rules.say(entry.what, entry.numbers) == "对方承诺 2026-12-01 前付，共 1,234.56 元，已付 0.00 元"
    assert entry.days(date(2026, 11, 23)) == 22
