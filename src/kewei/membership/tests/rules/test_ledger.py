"""The ledger's rules: oldest first, sums of nought, replay (docs/algorithms/points.md)."""

from collections import Counter, deque
from datetime import date
from random import Random

import pytest

from kewei.membership.rules import ledger
from kewei.membership.rules.ledger import Lot, Share

DAY = date(2026, 11, 23)


def test_what_ends_first_goes_first_whenever_it_was_earned():
    lots = [Lot(1, date(2027, 12, 31), 50), Lot(2, date(2026, 12, 31), 30), Lot(3, date(2026, 12, 31), 5)]
    assert ledger.take_oldest_first(40, lots, DAY) == [Share(2, 30), Share(3, 5), Share(1, 5)]


def test_what_has_ended_cannot_be_used_though_nobody_swept_it():
    lots = [Lot(1, date(2026, 11, 22), 50), Lot(2, DAY, 3)]
    assert ledger.usable(lots, DAY) == 3
    with pytest.raises(ledger.NotEnough) as no:
        ledger.take_oldest_first(4, lots, DAY)
    assert (no.value.left, no.value.wanted) == (3, 4)
    assert ledger.ended(lots, DAY) == [Share(1, 50)]


def test_taking_back_takes_what_there_is():
    assert ledger.take_up_to(9, [Lot(1, DAY, 4)], DAY) == [Share(1, 4)]
    assert ledger.take_up_to(9, [], DAY) == []


@pytest.mark.parametrize(("wanted"), [0, -1, ledger.MOST + 1])
def test_amounts_have_bounds(wanted):
    with pytest.raises(ledger.BadAmount):
        ledger.take_oldest_first(wanted, [Lot(1, DAY, 5)], DAY)


@pytest.mark.parametrize(
    ("earned", "months", "end"),
    [
        (date(2026, 10, 31), 12, date(2027, 10, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 1), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
    ],
)
def test_points_end_with_a_month(earned, months, end):
    assert ledger.end_of(earned, months) == end


def test_legs_sum_to_nought_and_turn_round():
    legs = [*ledger.promised("points", 1, 40), *ledger.given_up("points", [Share(1, 15)], ledger.REDEEMED)]
    assert ledger.balanced(legs)
    accounts, lots = ledger.replay(legs)
    assert accounts[ledger.LIABILITY, "points"] == lots[1] == 25
    none, empty = ledger.replay([*legs, *ledger.turned_round(legs)])
    assert not any(none.values())
    assert not any(empty.values())
    assert not ledger.balanced(legs[:1])


# So many of the newest uses may still be reversed: lots nobody can return to are let go, and the profile stays linear.
KEPT = 20


def check_profile(operations: int, seed: int) -> None:
    """Random earnings, uses, ends and reversals: never below nought, oldest ends first, replay is what the lots hold."""
    random = Random(seed)
    lots: dict[int, Lot] = {}
    used: deque[list[Share]] = deque(maxlen=KEPT)
    accounts: Counter[str] = Counter()
    replayed: Counter[int] = Counter()
    today = DAY.toordinal()

    def post(legs: list[ledger.Leg]) -> None:
        assert ledger.balanced(legs)
        sums, left = ledger.replay(legs)
        accounts.update({account: amount for (account, _unit), amount in sums.items()})
        replayed.update(left)

    for number in range(operations):
        today += random.random() < 0.1
        day = date.fromordinal(today)
        kind = random.choice("eeuuuxr")
        if kind == "e":
            amount = random.randrange(1, 200)
            lots[number] = Lot(number, date.fromordinal(today + random.randrange(0, 60)), amount)
            post(ledger.promised("points", number, amount))
            continue
        account = ledger.REDEEMED
        if kind == "u":
            shares = ledger.take_up_to(random.randrange(1, 150), list(lots.values()), day)
            taken = {share.lot for share in shares}
            last = max((lots[pk].expires_on for pk in taken), default=date.min)
            rest = [lot for lot in lots.values() if lot.left and lot.expires_on >= day and lot.pk not in taken]
            assert all(lot.expires_on >= last for lot in rest)
            used.append(shares)
        elif kind == "x":
            shares, account = ledger.ended(lots.values(), day), ledger.EXPIRED
        else:
            shares = [Share(share.lot, -share.amount) for share in (used.pop() if used else [])]
        if shares:
            post(ledger.given_up("points", shares, account))
        for share in shares:
            lot = lots[share.lot]
            lots[share.lot] = Lot(lot.pk, lot.expires_on, lot.left - share.amount)
            assert lots[share.lot].left >= 0
        assert accounts[ledger.LIABILITY] == sum(lot.left for lot in lots.values()) >= 0
        if number % 50 == 0:
            wanted = {share.lot for shares in used for share in shares}
            for pk in [pk for pk, lot in lots.items() if not lot.left and pk not in wanted]:
                assert replayed.pop(pk) == lots.pop(pk).left
    assert sum(accounts.values()) == 0
    assert all(replayed[pk] == lot.left for pk, lot in lots.items())


def test_a_random_profile():
    check_profile(1_500, 7)
