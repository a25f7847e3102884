"""Every line of docs/algorithms/allocation.md, and the promise that no allocation makes or loses a fen."""

import random
from datetime import date

import pytest

from kewei.kernel.money import split_fen
from kewei.kernel.refusals import Refused
from kewei.receivables import rules
from kewei.receivables.rules import OpenItem, Share, refusals
from kewei.receivables.tests.rules.worked import day, fen, several, table

PAGE = "allocation.md"
FIVE = [
    OpenItem(place, row["number"], day(row["due"]), day(row["on"]), fen(row["open"]))
    for place, row in enumerate(table(PAGE, "number", "on", "due", "open"))
]
BY_ID = {item.item_id: item for item in FIVE}
CASES = table(PAGE, "method", "received", "named", "settles", "left", "refused")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['method']} {case['received']} {case['named']}".strip())
def test_worked_table(case):
    received_fen, named = fen(case["received"]), several(case["named"])
    if case["refused"]:
        with pytest.raises(Refused) as refused:
            rules.allocate(case["method"], received_fen, FIVE, named)
        assert refused.value.code == case["refused"]
        return
    shares, left_fen = rules.allocate(case["method"], received_fen, FIVE, named)
    settles = [(part.split()[0], fen(part.split()[1])) for part in several(case["settles"])]
    assert [(BY_ID[share.item_id].number, share.fen) for share in shares] == settles
    assert left_fen == fen(case["left"])


def test_the_page_names_every_method_and_no_other():
    named = [row["method"] for row in table(PAGE, "method", "中文")]
    assert named == list(rules.METHODS)
    assert [row["中文"] for row in table(PAGE, "method", "中文")] == [method.name for method in rules.METHODS.values()]


def test_unknown_numbers_are_all_named_in_the_refusal():
    with pytest.raises(refusals.UnknownInvoice) as refused:
        rules.by_number(100, FIVE, ["F998", "F101", "F999"])
    assert refused.value.invoice_numbers == ["F998", "F999"]
    assert str(refused.value) == "该客户没有这些发票：F998、F999"


def test_a_settled_invoice_is_not_unknown():
    settled = OpenItem(9, "F100", date(2026, 1, 1), date(2026, 1, 1), 0)
    with pytest.raises(refusals.AlreadySettled):
        rules.by_number(100, [*FIVE, settled], ["F100"])
    assert rules.oldest_first(100, [settled, *FIVE])[0] == [Share(0, 100)]


def test_an_ambiguous_sum_names_the_preferred_set():
    with pytest.raises(refusals.AmbiguousSum) as refused:
        rules.subset_sum(fen("750.50"), FIVE)
    assert refused.value.invoice_numbers == ["F101", "F102"]


def test_too_many_invoices_are_refused_rather_than_guessed():
    many = [OpenItem(n, f"G{n}", date(2026, 1, 1), date(2026, 1, 1), 10_000 + n) for n in range(80)]
    with pytest.raises(refusals.SearchTooLarge) as refused:
        rules.subset_sum(sum(item.open_fen for item in many) // 2, many)
    assert refused.value.items == 80


SHARES = [
    ([], 100, refusals.NothingToAllocate),
    ([Share(0, 1)], 0, refusals.NothingToAllocate),
    ([Share(7, 1)], 100, refusals.UnknownInvoice),
    ([Share(0, 1), Share(0, 1)], 100, refusals.NamedTwice),
    ([Share(0, 0)], 100, refusals.ShareNotPositive),
    ([Share(0, -1), Share(1, 2)], 100, refusals.ShareNotPositive),
    ([Share(0, 30_001)], 40_000, refusals.MoreThanOpen),
    ([Share(0, 30_000), Share(2, 10_001)], 40_000, refusals.MoreThanUnapplied),
]


@pytest.mark.parametrize(("shares", "available_fen", "refusal"), SHARES)
def test_shares_a_person_types_are_checked(shares, available_fen, refusal):
    with pytest.raises(refusal):
        rules.check_shares(shares, FIVE, available_fen)


def test_refusals_of_shares_carry_the_numbers():
    with pytest.raises(refusals.MoreThanOpen) as too_much:
        rules.check_shares([Share(0, 30_001)], FIVE, 40_000)
    assert too_much.value.numbers == {"number": "F101", "open_fen": 30_000, "wanted_fen": 30_001}
    with pytest.raises(refusals.MoreThanUnapplied) as too_little:
        rules.check_shares([Share(0, 30_000), Share(2, 10_001)], FIVE, 40_000)
    assert (too_little.value.left_fen, too_little.value.wanted_fen) == (40_000, 40_001)


def test_good_shares_say_what_is_left():
    assert rules.check_shares([Share(0, 30_000), Share(2, 9_999)], FIVE, 40_000) == 1


def test_a_hundred_thousand_allocations_with_three_way_splits_are_exact():
    """Promise 1: receipts split three ways by weight, each part allocated by a random method, to the fen."""
    chance = random.Random(20_261_123)
    start, allocations, left_over = date(2024, 1, 1).toordinal(), 0, 0
    while allocations < 100_000:
        open_fen = {n: chance.choice((1, 3, 100, chance.randrange(1, 10**9))) for n in range(chance.randrange(1, 9))}
        due = {n: date.fromordinal(start + chance.randrange(900)) for n in open_fen}
        total_fen = sum(open_fen.values())
        received_fen = chance.choice((total_fen, chance.randrange(3, 2 * total_fen + 4)))
        parts = split_fen(received_fen, [chance.randrange(1, 8) for _ in range(3)])
        assert sum(parts) == received_fen
        settled_fen = unapplied_fen = 0
        for part_fen in parts:
            items = [OpenItem(n, f"N{n}", due[n], due[n], fen) for n, fen in open_fen.items()]
            live = [item.number for item in items if item.open_fen]
            allocations += 1
            if part_fen == 0 or not live:
                unapplied_fen += part_fen
                continue
            if chance.random() < 0.3:
                shares, left_fen = rules.by_number(part_fen, items, chance.sample(live, chance.randint(1, len(live))))
            else:
                shares, left_fen = rules.oldest_first(part_fen, items)
            assert rules.check_shares(shares, items, part_fen) == left_fen
            for share in shares:
                open_fen[share.item_id] -= share.fen
                assert open_fen[share.item_id] >= 0
                settled_fen += share.fen
            unapplied_fen += left_fen
        assert settled_fen + unapplied_fen == received_fen
        assert sum(open_fen.values()) + settled_fen == total_fen
        left_over += unapplied_fen > 0
    assert 0 < left_over < allocations
