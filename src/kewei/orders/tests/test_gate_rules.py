"""The gate's table has no gap and no overlap; each row of docs/algorithms/gate.md (domain 4.11)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.credit.rules.exposure import Exposure, Standing
from kewei.kernel.plain import as_json, from_json
from kewei.orders.rules.gate import GATE, TABLE, Case, CaseLine, GatePolicies, decide, doubts
from kewei.orders.rules.says import KINDS_OF_NO, NAMES, SAYS, refusal_of
from kewei.terminals.rules import papers as rules
from kewei.terminals.rules.licences import SCOPE_CLASSES
from kewei.terminals.rules.papers import AuthorisedPerson, Paper, PaperPolicies, Papers
from kewei.terminals.rules.words import KINDS

DAY = date(2026, 11, 23)
POLICIES = GatePolicies(GATE.read(GATE.body), PaperPolicies(*(policy.read(policy.body) for policy in rules.POLICIES)))
GOOD = Papers(
    kind="public_hospital",
    licences=(Paper("medical", "PDY1", date(2028, 1, 1), verified_on=date(2026, 1, 1)),),
    authorised=(AuthorisedPerson(1, ("buy", "receive"), date(2027, 1, 1)),),
)
LINE = CaseLine(1, 1, "P1", "阿莫西林胶囊", "general", "rx", False, "live", "", 10_000, 10_00, 9_00, 100_00)
STANDS = Standing(grade="B", limit_fen=1_000_00, months_traded=12)
CASE = Case("entry", DAY, 1, "credit", GOOD, (LINE,), STANDS, 100_00)


def rules_of(case: Case, level: str = "block") -> set[str]:
    return {line.rule for line in decide(case, POLICIES).lines if line.level == level}


def stands(**changes) -> Case:
    return replace(CASE, standing=replace(STANDS, **changes))


def line(**changes) -> Case:
    return replace(CASE, lines=(replace(LINE, **changes),))


def test_the_table_has_neither_gaps_nor_overlaps():
    assert doubts() == []


def test_a_missing_row_and_a_double_row_are_found():
    assert doubts(TABLE[1:])
    assert doubts([*TABLE, TABLE[0]])


def test_every_rule_has_a_sentence_and_a_name():
    used = {row.rule for row in TABLE if row.rule} | set(rules.SAYS)
    assert used == set(KINDS_OF_NO) == set(NAMES)
    assert set(SAYS) == {row.rule for row in TABLE if row.rule}


def test_an_order_that_fits_passes():
    assert decide(CASE, POLICIES).outcome == "pass"


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        (stands(limit_fen=None), "no_limit"),
        (stands(grade="D"), "grade_d"),
        (stands(exposure=Exposure(invoiced_fen=900_01)), "over_limit"),
        (stands(group_limit_fen=500_00, group_exposure_fen=400_01), "over_group_limit"),
        (stands(part_limits=(("ordered", 99_99),)), "over_part_limit"),
        (stands(overdue_days=8), "overdue"),
        (stands(grade="C", overdue_days=1), "overdue"),
        (stands(holds=(("overdue", ""),)), "on_hold"),
        (stands(red_lines=("dishonest_debtor",)), "red_line"),
        (stands(months_traded=2), "new_customer"),
        (stands(months_traded=None), "new_customer"),
        (replace(CASE, payment="cash", lines=(replace(LINE, scope_class="narcotic_1"),)), "special_for_cash"),
        (line(lifecycle="ended"), "product_ended"),
        (line(price_fen=None), "price_unknown"),
        (line(scope_class="vaccine"), "scope_class"),
        (line(scope_class="narcotic_1"), "scope_paper"),
        (line(scope_class="toxic"), "scope_code"),
        (replace(CASE, papers=replace(GOOD, closed=True)), "closed"),
        (replace(CASE, papers=replace(GOOD, licences=())), "paper_missing"),
        (replace(CASE, papers=replace(GOOD, vetoes=(rules.VetoOf("", "查"),))), "veto"),
        (replace(CASE, papers=replace(GOOD, vetoes=(rules.VetoOf("general", "查"),))), "veto_class"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_stands_in_the_way_is_named(case, rule):
    decision = decide(case, POLICIES)
    assert decision.outcome == "block"
    assert rule in rules_of(case)
    said = refusal_of(next(one for one in decision.lines if one.rule == rule))
    assert said.sentence()
    assert "{" not in said.sentence()


def test_the_sentences_name_the_numbers():
    over = decide(stands(exposure=Exposure(invoiced_fen=988_00)), POLICIES).blocking[0]
    assert refusal_of(over).sentence() == "授信额度还剩 12.00 元，此单 100.00 元（额度 1,000.00 元）"
    assert refusal_of(over).numbers == {"left_fen": 12_00, "wanted_fen": 100_00, "limit_fen": 1_000_00}
    gone = replace(GOOD, licences=(replace(GOOD.licences[0], valid_to=date(2026, 11, 22)),))
    expired = decide(replace(CASE, papers=gone), POLICIES).blocking[0]
    assert refusal_of(expired).sentence() == "医疗机构执业许可证 PDY1 已于 2026-11-22 到期"


def test_the_last_day_still_counts_and_the_day_after_does_not():
    papers = replace(GOOD, licences=(replace(GOOD.licences[0], valid_to=DAY),))
    assert "paper_expired" not in rules_of(replace(CASE, papers=papers))
    assert "paper_expired" in rules_of(replace(CASE, papers=papers, day=date(2026, 11, 24)))


@pytest.mark.parametrize(("grade", "days"), [("A", 15), ("B", 7), ("C", 0)])
def test_overdue_within_tolerance_passes(grade, days):
    assert "overdue" not in rules_of(stands(grade=grade, overdue_days=days))
    assert "overdue" in rules_of(stands(grade=grade, overdue_days=days + 1))


def test_grade_a_may_touch_the_limit_by_five_percent():
    over = {"grade": "A", "exposure": Exposure(invoiced_fen=950_00)}
    assert decide(stands(**over), POLICIES).outcome == "pass"
    assert rules_of(stands(**over), "warn") >= {"limit_touched"}
    assert "over_limit" in rules_of(stands(grade="A", exposure=Exposure(invoiced_fen=950_01)))


def test_drugs_that_must_be_supplied_turn_a_credit_block_into_a_question():
    supplied = replace(stands(limit_fen=None, overdue_days=90), lines=(replace(LINE, supply="vbp"),))
    decision = decide(supplied, POLICIES)
    assert decision.outcome == "warn"
    assert {one.rule for one in decision.asking} >= {"no_limit", "overdue"}
    mixed = replace(supplied, lines=(replace(LINE, supply="vbp"), replace(LINE, place=2)))
    assert decide(mixed, POLICIES).outcome == "block"
    unlicensed = replace(supplied, papers=replace(GOOD, licences=()))
    assert decide(unlicensed, POLICIES).outcome == "block"


def test_once_goods_are_out_nothing_blocks_their_invoice():
    bad = replace(
        stands(limit_fen=None, overdue_days=90, grade="D"), moment="invoice", papers=replace(GOOD, licences=())
    )
    assert decide(bad, POLICIES).outcome == "pass"
    assert rules_of(bad, "record") >= {"no_limit", "overdue", "paper_missing"}


def test_a_special_release_lets_pass_what_may_be_waived_and_nothing_else():
    case = replace(stands(overdue_days=30), waived=("overdue", "paper_expired", "no_limit"), waived_fen=0)
    assert decide(case, POLICIES).outcome == "pass"
    gone = replace(GOOD, licences=(replace(GOOD.licences[0], valid_to=date(2026, 11, 22)),))
    assert decide(replace(case, papers=gone), POLICIES).outcome == "block"
    over = replace(stands(exposure=Exposure(invoiced_fen=950_00)), waived=("over_limit",), waived_fen=50_00)
    assert decide(over, POLICIES).outcome == "pass"
    assert decide(replace(over, waived_fen=49_99), POLICIES).outcome == "block"


def test_final_holds_and_red_lines_are_waived_by_nobody():
    for case in (stands(holds=(("legal", ""),)), stands(red_lines=("bill_default",))):
        assert decide(case, POLICIES).final


def test_paying_ahead_needs_no_credit_but_needs_papers():
    ahead = replace(stands(limit_fen=None, grade="D", overdue_days=99, holds=(("legal", ""),)), payment="prepaid")
    assert decide(ahead, POLICIES).outcome == "pass"
    assert decide(replace(ahead, papers=replace(GOOD, licences=())), POLICIES).outcome == "block"


# --- any case ---------------------------------------------------------------------------------------------------------

lines = st.builds(
    CaseLine,
    place=st.integers(1, 3),
    product=st.just(1),
    code=st.just("P"),
    name=st.just("药"),
    scope_class=st.sampled_from(["", *SCOPE_CLASSES]),
    prescription=st.sampled_from(["rx", "otc_a", ""]),
    cold_chain=st.booleans(),
    lifecycle=st.sampled_from(["", "new", "live", "fading", "ended"]),
    supply=st.sampled_from(["", "vbp", "essential", "emergency", "negotiated"]),
    quantity_milli=st.integers(1, 10**6),
    price_fen=st.none() | st.integers(0, 10**5),
    floor_fen=st.none() | st.integers(0, 10**5),
    fen=st.integers(0, 10**8),
)
standings = st.builds(
    Standing,
    grade=st.sampled_from(["", "A", "B", "C", "D"]),
    limit_fen=st.none() | st.integers(0, 10**8),
    temporary_fen=st.integers(0, 10**6),
    exposure=st.builds(Exposure, *[st.integers(0, 10**8)] * 6),
    group_limit_fen=st.none() | st.integers(0, 10**8),
    group_exposure_fen=st.integers(-(10**8), 10**8),
    part_limits=st.lists(st.tuples(st.sampled_from(["ordered", "bills"]), st.integers(0, 10**8)), max_size=2).map(
        tuple
    ),
    overdue_days=st.integers(0, 400),
    holds=st.lists(st.tuples(st.sampled_from(["overdue", "legal"]), st.just("")), max_size=2).map(tuple),
    red_lines=st.lists(st.sampled_from(["licence", "dishonest_debtor"]), max_size=2).map(tuple),
    months_traded=st.none() | st.integers(0, 24),
    orders_paid=st.integers(0, 5),
)
papers = st.builds(
    Papers,
    kind=st.sampled_from(list(KINDS)),
    closed=st.booleans(),
    licences=st.lists(
        st.builds(
            Paper,
            kind=st.sampled_from(["medical", "business", "drug_retail", "narcotic_card"]),
            number=st.just("N"),
            valid_to=st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)),
            long_term=st.booleans(),
            scope=st.lists(st.sampled_from(list(SCOPE_CLASSES)), max_size=3).map(tuple),
            suspended=st.booleans(),
            verified_on=st.none() | st.dates(date(2025, 1, 1), DAY),
        ),
        max_size=3,
    ).map(tuple),
    vetoes=st.lists(st.builds(rules.VetoOf, st.sampled_from(["", "general"]), st.just("v")), max_size=1).map(tuple),
    authorised=st.just(()),
)
cases = st.builds(
    Case,
    moment=st.sampled_from(["entry", "release", "delivery", "invoice"]),
    day=st.just(DAY),
    terminal=st.just(1),
    payment=st.sampled_from(["credit", "prepaid", "cash"]),
    papers=papers,
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
    standing=standings,
    wanted_fen=st.integers(0, 10**8),
    waived=st.lists(st.sampled_from(["overdue", "over_limit", "paper_expired"]), max_size=2).map(tuple),
    waived_fen=st.integers(0, 10**8),
)


@given(cases)
def test_any_case_is_decided_and_decided_the_same_when_read_back(case):
    decision = decide(case, POLICIES)
    again = decide(from_json(Case, as_json(case)), POLICIES)
    assert again == decision
    assert (decision.outcome == "block") == bool(decision.blocking)
    for one in decision.lines:
        assert "{" not in refusal_of(one).sentence()
        if one.rule.startswith(("paper_", "scope_", "veto", "closed")):
            assert not one.waived


@given(cases, st.integers(0, 10**7))
def test_less_exposure_never_turns_a_pass_into_a_block(case, less_fen):
    easier = replace(
        case, standing=replace(case.standing, exposure=case.standing.exposure + Exposure(unapplied_fen=less_fen))
    )
    rank = ["pass", "warn", "block"].index
    assert rank(decide(easier, POLICIES).outcome) <= rank(decide(case, POLICIES).outcome)
