"""A dunning run twice is once; outages omit nothing; nothing paid or disputed is dunned (issue 4, promise 1).

No step is planned for a day on which its channel may not be used (promise 3).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from tests import cast
from tests.promises.conftest import counts

from kewei.collecting import actions as collecting
from kewei.collecting.models import Letter, LetterLine, Level, Stage
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
@counts(1, 20)
def test_a_company_with_outages(times):
    """The same through the database: letters within the open amount, a second run of the day adds nothing."""
    staff = cast.assemble()
    for turn in range(times):
        random, first = Random(turn), date(2026, 11, 23) + timedelta(days=40 * turn)
        terminals = (staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic)
        for n in range(10):
            due = first + timedelta(days=random.randint(-200, 20))
            receivables.post_invoice(
                terminal=random.choice(terminals), number=f"{turn}-{n}", invoice_date=due - timedelta(days=30),
                due_date=due, total_fen=random.randint(1, 500) * 100, by=staff.qian, now=cast.MORNING,
            )  # fmt: skip
        for ahead in range(0, 30, 3):
            day = first + timedelta(days=ahead)
            now = cast.MORNING + (day - date(2026, 11, 23))
            if random.random() < 0.4:
                continue
            if random.random() < 0.4:
                receivables.receive_payment(
                    terminal=random.choice(terminals), number=f"P{turn}-{ahead}", received_on=day,
                    fen=random.randint(1, 300) * 100, how="oldest", by=staff.qian, now=now,
                )  # fmt: skip
            collecting.run_day(day=day, by=staff.system, now=now)
            before = (Stage.objects.count(), Letter.objects.count(), Level.objects.count(), Fact.objects.count())
            collecting.run_day(day=day, by=staff.system, now=now)
            assert before == (
                Stage.objects.count(),
                Letter.objects.count(),
                Level.objects.count(),
                Fact.objects.count(),
            )
            open_fen = dict(Item.objects.values_list("entry", "open_fen"))
            for item, fen in LetterLine.objects.filter(letter__day=day).values_list("entry", "fen"):
                assert 0 < fen <= open_fen[item]
    rungs = [
        (item, row[0], row[1])
        for *row, items in Stage.objects.values_list("stage", "again", "items")
        for item, _fen in items
    ]
    assert len(rungs) == len(set(rungs)), "an item asked for twice at one step of one rung"
