"""Which amounts add up: the table of docs/algorithms/allocation.md, brute force, and the bound on work."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.receivables.rules.subset import BUDGET, Verdict, find_subset
from kewei.receivables.tests.rules.worked import several, table


@pytest.mark.parametrize("case", table("allocation.md", "amounts", "target", "chosen", "verdict"), ids=str)
def test_worked_table(case):
    amounts = [int(amount) for amount in several(case["amounts"])]
    found = find_subset(int(case["target"]), amounts)
    assert [amounts[position] for position in found.positions] == [int(amount) for amount in several(case["chosen"])]
    assert found.verdict == case["verdict"]


def test_the_page_names_every_verdict():
    assert [row["verdict"] for row in table("allocation.md", "verdict", "meaning")] == [
        "none", "only", "fewest", "several", "unknown",
    ]  # fmt: skip
    assert {row["verdict"] for row in table("allocation.md", "verdict", "meaning")} == set(Verdict)


def all_sets(target: int, amounts: list[int]) -> list[tuple[int, ...]]:
    """Every set that adds up, fewest first and then by the oldest: what the search must agree with."""
    positions = [p for p in range(len(amounts)) if amounts[p] > 0]
    return [
        chosen
        for size in range(1, len(positions) + 1)
        for chosen in combinations(positions, size)
        if sum(amounts[p] for p in chosen) == target
    ]


@given(st.lists(st.integers(0, 30), max_size=11), st.integers(-2, 120))
def test_agrees_with_brute_force(amounts, target):
    right, found = all_sets(target, amounts), find_subset(target, amounts)
    if not right:
        assert (found.verdict, found.positions) == (Verdict.NONE, ())
        return
    assert found.positions == right[0]
    same_size = [chosen for chosen in right if len(chosen) == len(right[0])]
    if len(right) == 1:
        assert found.verdict is Verdict.ONLY
    else:
        assert found.verdict is (Verdict.SEVERAL if len(same_size) > 1 else Verdict.FEWEST)


@given(st.lists(st.integers(1, 10**6), min_size=6, max_size=12), st.data())
def test_a_small_budget_never_makes_it_say_what_is_not_so(amounts, data):
    paid = data.draw(st.lists(st.sampled_from(range(len(amounts))), unique=True, min_size=1))
    target = sum(amounts[p] for p in paid)
    right, found = all_sets(target, amounts), find_subset(target, amounts, budget=data.draw(st.integers(4, 24)))
    assert found.verdict is not Verdict.NONE
    if found.verdict is Verdict.UNKNOWN:
        assert found.positions == ()
        return
    assert found.positions in right
    if found.verdict is Verdict.ONLY:
        assert len(right) == 1


def test_a_few_of_fifty_are_found():
    chance = random.Random(7)
    amounts = [chance.randrange(10_000, 10**8) for _ in range(50)]
    paid = (3, 11, 29, 47)
    found = find_subset(sum(amounts[p] for p in paid), amounts)
    assert found.positions == paid
    assert found.verdict is Verdict.FEWEST


def test_all_but_a_few_of_fifty_are_found_leaving_out_the_newest():
    amounts = [5_000 + n * n * 37 for n in range(49)] + [5_000 + 48 * 48 * 37]
    everything_but_the_last = sum(amounts) - amounts[-1]
    found = find_subset(everything_but_the_last, amounts)
    assert found.positions == tuple(range(49))
    assert found.verdict is Verdict.SEVERAL  # the last two are equal: either may be the one left out


@pytest.mark.parametrize("how_many", [10, 34, 35, 50, 200, 2_000])
@pytest.mark.parametrize("largest", [1, 100, 10**9])
@pytest.mark.parametrize("share_of_total", [2, 3, 10])
def test_work_is_bounded(how_many, largest, share_of_total):
    """Never more rows than four halves may hold, however many invoices there are and whatever they come to."""
    chance = random.Random(how_many * largest)
    amounts = [chance.randint(1, largest) for _ in range(how_many)]
    assert find_subset(sum(amounts) // share_of_total, amounts).steps <= 4 * BUDGET


def test_the_same_question_has_the_same_answer():
    amounts = [100 + (n * 7_919) % 1_000 for n in range(45)]
    assert find_subset(2_500, amounts) == find_subset(2_500, list(amounts))
