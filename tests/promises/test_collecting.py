"""A dunning run twice is once; outages omit nothing; nothing paid or disputed is dunned (issue 4, promise 1).

No step is planned for a day on which its channel may not be used (promise 3).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import connection, transaction
from tests import cast
from tests.promises.conftest import counts

from kewei.collecting import actions as collecting
from kewei.collecting.models import Case, Dispute, Letter, LetterLine, Level, Stage
from kewei.collecting.rules.ladder import LADDER, NOT_YET, REMIND, Debt, read_ladder, stage_for
from kewei.journal.models import Fact
from kewei.receivables import actions as receivables
from kewei.receivables.models import Item

POLICY = read_ladder(LADDER.body)
DAYS, KINDS = 200, ("public_hospital", "pharmacy", "clinic", "distributor")


def stands_slowly(kind: str, late: int) -> int:
    """The rung of an item, walked one by one: an independent reading of the ladder."""
    place = NOT_YET
    for rung in POLICY.rungs(kind):
        if late >= rung.days and (rung.stage > REMIND or late <= 0):
            place = rung.place
        elif late > 0 and rung.stage == REMIND:
            place = NOT_YET
    return place


def calendar(random: Random) -> None:
    """One customer over half a year: outages, payments, disputes; every climb is compared with what must be."""
    kind = random.choice(KINDS)
    due = {n: random.randint(0, DAYS) for n in range(random.randint(1, 8))}
    open_fen = {n: random.randint(1, 500) * 100 for n in due}
    disputed: dict[int, int] = dict.fromkeys(due, 0)
    reached: dict[int, int] = dict.fromkeys(due, NOT_YET)
    seen: set[tuple[int, int]] = set()
    for day in range(DAYS + 60):
        for n in due:
            if random.random() < 0.01:
                open_fen[n] -= random.randint(0, open_fen[n])
            if random.random() < 0.01:
                disputed[n] = random.choice((0, open_fen[n], open_fen[n] // 2))
        if random.random() < 0.3:
            continue  # an outage
        debts = [Debt(n, day - due[n], open_fen[n], disputed[n], reached=reached[n]) for n in due]
        steps = stage_for(debts, kind, POLICY)
        assert len(steps) <= 2
        assert len([step for step in steps if step.rung.stage > REMIND]) <= 1
        for step in steps:
            for n, place, fen in step.items:
                assert (n, place) not in seen, "a rung reached twice"
                assert 0 < fen <= open_fen[n] - disputed[n], "more than may be asked for"
                assert place <= step.rung.place
                seen.add((n, place))
                reached[n] = place
        again = [replace(debt, reached=reached[debt.item]) for debt in debts]
        assert stage_for(again, kind, POLICY) == [], "twice is not once"
        for n in due:
            stands = stands_slowly(kind, day - due[n])
            if open_fen[n] > disputed[n] and stands != NOT_YET:
                assert reached[n] >= stands, "omitted"


@counts(60, 500)
def test_calendars_with_outages(times):
    for seed in range(times):
        calendar(Random(seed))


@pytest.mark.django_db
@counts(2, 500)
def test_a_company_with_outages(times):
    """The same through the database, each calendar with an account of its own that is taken back afterwards."""
    staff = cast.assemble()
    for seed in range(times):
        with transaction.atomic():
            company_calendar(Random(seed), staff)
            transaction.set_rollback(True)
        # Nothing outlives its calendar: what waits for a commit belongs to rows that are gone.
        connection.run_on_commit.clear()


FIRST = date(2026, 11, 23)


def company_calendar(random: Random, staff: cast.Cast) -> None:
    """A month of three customers: outages, payments, disputes raised and turned down; each run is compared with what must be."""
    terminals = (staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic)
    for n in range(10):
        due = FIRST + timedelta(days=random.randint(-200, 20))
        receivables.post_invoice(
            terminal=random.choice(terminals), number=f"F{n}", invoice_date=due - timedelta(days=30), due_date=due,
            total_fen=random.randint(1, 500) * 100, by=staff.qian, now=cast.MORNING,
        )  # fmt: skip
    for ahead in range(0, 30, 3):
        day, now = FIRST + timedelta(days=ahead), cast.MORNING + timedelta(days=ahead)
        if random.random() < 0.4:
            payer = random.choice(terminals)
            owes = Item.objects.filter(terminal=payer, side=1, open_fen__gt=0).exists()
            receivables.receive_payment(
                terminal=payer, number=f"P{ahead}", received_on=day, fen=random.randint(1, 300) * 100,
                how="oldest" if owes else "none", by=staff.qian, now=now,
            )  # fmt: skip
        if random.random() < 0.4:
            quarrel(random, staff, day, now)
        if random.random() < 0.4:
            continue  # an outage
        stood = dict(Level.objects.values_list("item", "place"))
        collecting.run_day(day=day, by=staff.system, now=now)
        asked = may_be_asked()
        check_letters(day, asked)
        check_each_climbed(day, stood)
        check_nothing_omitted(day, asked)
        before = written()
        collecting.run_day(day=day, by=staff.system, now=now)
        assert before == written(), "twice is not once"


def quarrel(random: Random, staff: cast.Cast, day: date, now: datetime) -> None:
    """A customer disputes part of an invoice or all of it, or a dispute is turned down."""
    live = list(Dispute.objects.exclude(state="rejected").order_by("pk"))
    if live and random.random() < 0.4:
        collecting.reject_dispute(dispute=random.choice(live), words="签收齐全", by=staff.zhao, now=now)
        return
    free = {item: fen for item, (fen, _kind, _due, _terminal) in may_be_asked().items() if fen > 0}
    if free:
        item = random.choice(sorted(free))
        collecting.raise_dispute(
            item=item, reason="A1", fen=random.choice((free[item], random.randint(1, free[item]))), words="短少",
            raised_on=day, by=staff.zhao, now=now,
        )  # fmt: skip


def may_be_asked() -> dict[int, tuple[int, str, date, int]]:
    """(fen open and not disputed, kind of customer, due, customer) of every invoice with something open."""
    quarrelled: Counter[int] = Counter()
    for item, fen in Dispute.objects.exclude(state="rejected").values_list("entry", "fen"):
        quarrelled[item] += fen
    rows = Item.objects.filter(side=1, open_fen__gt=0).values_list(
        "entry", "open_fen", "terminal__kind", "due_date", "terminal"
    )
    return {item: (fen - quarrelled[item], kind, due, terminal) for item, fen, kind, due, terminal in rows}


def check_letters(day: date, asked: dict[int, tuple[int, str, date, int]]) -> None:
    """Letters of a day ask for nothing paid or disputed, and a customer has one of them for what is overdue."""
    for item, fen in LetterLine.objects.filter(letter__day=day).values_list("entry", "fen"):
        assert 0 < fen <= asked[item][0]
    for items in Stage.objects.filter(on=day).values_list("items", flat=True):
        assert all(0 < fen <= asked[item][0] for item, fen in items)
    demands = Letter.objects.filter(day=day).exclude(kind="due_notice").values_list("terminal", flat=True)
    assert len(demands) == len(set(demands))


def check_each_climbed(day: date, stood: dict[int, int]) -> None:
    """Nobody is asked twice for an invoice at one rung: whatever a step of the day asks for stands higher than before."""
    stands = dict(Level.objects.values_list("item", "place"))
    steps = [item for items in Stage.objects.filter(on=day).values_list("items", flat=True) for item, _fen in items]
    assert len(steps) == len(set(steps))
    assert all(stands[item] > stood.get(item, NOT_YET) for item in steps)


def check_nothing_omitted(day: date, asked: dict[int, tuple[int, str, date, int]]) -> None:
    """Every overdue invoice stands as high as it must, except where money of the customer waits to be applied."""
    reached = dict(Level.objects.values_list("item", "place"))
    waiting = set(Item.objects.filter(side=-1, open_fen__gt=0).values_list("terminal", flat=True))
    for item, (fen, kind, due, terminal) in asked.items():
        if fen > 0 and due < day and terminal not in waiting:
            assert reached.get(item, NOT_YET) >= stands_slowly(kind, (day - due).days), "omitted"


def written() -> tuple[int, ...]:
    """How many rows there are of whatever a run writes."""
    return tuple(model.objects.count() for model in (Case, Stage, Letter, Level, Fact))
