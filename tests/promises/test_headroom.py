"""Exposure is what the ledger and the movements say on any path, and headroom is never taken twice (issue 3)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from tests import cast
from tests.promises.conftest import counts

from kewei.credit import actions as credit
from kewei.credit.models import Account, HeadroomMove, Security
from kewei.credit.queries import checks, headroom
from kewei.credit.queries import standing as asking
from kewei.credit.rules.exposure import Exposure
from kewei.credit.rules.headroom import MoreThanReserved
from kewei.journal.actions import action
from kewei.receivables import actions as receivables
from kewei.receivables import queries as ledger
from kewei.receivables.models import Allocation, Bill, Entry
from kewei.receivables.rules.bills import BillGiven

NOW, DAY = cast.MORNING, date(2026, 11, 23)
PLACE, DELIVER = "orders.place", "orders.deliver"


def recomputed(terminal_id: int) -> Exposure:
    """The exposure from the append-only rows alone: entries, allocations, bills, movements; no summary is read."""
    settled: dict[int, int] = {}
    for debit, kredit, fen in Allocation.objects.values_list("debit", "credit", "fen"):
        settled[debit] = settled.get(debit, 0) + fen
        settled[kredit] = settled.get(kredit, 0) + fen
    invoiced = unapplied = 0
    reversed_ones = set(Entry.objects.exclude(reverses=None).values_list("reverses", flat=True))
    for pk, side, total in Entry.objects.filter(terminal=terminal_id).values_list("pk", "side", "total_fen"):
        left = total - settled.get(pk, 0)
        if side > 0:
            invoiced += left
        else:
            unapplied += left
    bills = sum(
        fen
        for receipt, kind, fen in Bill.objects.filter(outcome=None).values_list("receipt", "kind", "fen")
        if receipt not in reversed_ones and kind in ("commercial", "finance_company", "supply_chain")
    )
    moved = {"ordered": 0, "delivered": 0}
    for part, fen in HeadroomMove.objects.filter(terminal=terminal_id).values_list("part", "fen"):
        moved[part] += fen
    deposits = sum(Security.objects.filter(kind="deposit", ended_at=None).values_list("fen", flat=True))
    return Exposure(moved["ordered"], moved["delivered"], invoiced, bills, unapplied, deposits)


class Path:
    """A random path of one customer: every step with what it must do to total exposure, fen."""

    def __init__(self, staff: cast.Cast, random: Random) -> None:
        self.staff, self.random, self.made = staff, random, 0
        self.open_bills: list[tuple[int, str, int]] = []
        self.receipts: list[int] = []
        self.deposits: list[tuple[int, int]] = []

    def number(self) -> str:
        self.made += 1
        return f"N{self.made}"

    def step(self) -> int | None:
        """One step; the change of total exposure it must make, None where it was refused and must change nothing."""
        do = self.random.choice(
            (self.reserve, self.reserve, self.deliver, self.cancel, self.invoice, self.red_letter, self.pay, self.bill,
             self.clear, self.dishonour, self.reverse, self.deposit, self.give_deposit_back, self.apply)
        )  # fmt: skip
        return do(self.random.randint(1, 400) * 100)

    def reference(self) -> str:
        return f"orders.order:{self.random.randint(1, 4)}"

    def owed(self) -> int:
        pk = self.staff.wangs_hospital.pk
        figures = ledger.figures(self.staff.qian, [pk], DAY)[pk]
        return figures.balance_fen + figures.unapplied_fen

    def reserve(self, fen: int) -> int:
        credit.reserve_headroom(
            terminal=self.staff.wangs_hospital, reference=self.reference(), fen=fen, until=NOW + timedelta(days=7),
            verb=PLACE, by=self.staff.wang, now=NOW,
        )  # fmt: skip
        return fen

    def _moved(self, do: Any, changes: int, **given: Any) -> int:
        try:
            do(verb=DELIVER, by=self.staff.chu, now=NOW, **given)
        except MoreThanReserved:
            return 0
        return changes

    def deliver(self, fen: int) -> int:
        return self._moved(credit.deliver_reserved, 0, reference=self.reference(), fen=fen)

    def cancel(self, fen: int) -> int:
        part = self.random.choice(("ordered", "delivered"))
        given = {"reference": self.reference(), "part": part, "fen": fen, "why": "cancelled"}
        return self._moved(credit.give_back_headroom, -fen, **given)

    def invoice(self, fen: int) -> int:
        """Out of a delivery where there is one: then exposure stays what it was."""
        reference = self.reference()
        held = headroom.held(reference).delivered_fen
        fen = held or fen
        receivables.post_invoice(
            terminal=self.staff.wangs_hospital, number=self.number(), invoice_date=DAY, due_date=DAY, total_fen=fen,
            by=self.staff.qian, now=NOW,
        )  # fmt: skip
        if not held:
            return fen
        given = {"reference": reference, "part": "delivered", "fen": held, "why": "invoiced"}
        return self._moved(credit.give_back_headroom, 0, **given)

    def red_letter(self, fen: int) -> int:
        receivables.post_red_letter(
            terminal=self.staff.wangs_hospital, number=self.number(), on=DAY, total_fen=fen, reason="退货",
            by=self.staff.qian, now=NOW,
        )  # fmt: skip
        return -fen

    def _pay(self, fen: int, **more: Any) -> Entry:
        how = self.random.choice(("none", "oldest")) if self.owed() else "none"
        return receivables.receive_payment(
            terminal=self.staff.wangs_hospital, number=self.number(), received_on=DAY, fen=fen, how=how,
            by=self.staff.qian, now=NOW, **more,
        )  # fmt: skip

    def pay(self, fen: int) -> int:
        self.receipts.append(self._pay(fen).pk)
        return -fen

    def bill(self, fen: int) -> int:
        kind = self.random.choice(("bank", "commercial", "supply_chain"))
        bill = self._pay(fen, method="bill", bill=BillGiven(kind, DAY))
        self.open_bills.append((bill.pk, kind, fen))
        return -fen if kind == "bank" else 0

    def _take_bill(self) -> tuple[int, str, int] | None:
        if not self.open_bills:
            return None
        return self.open_bills.pop(self.random.randrange(len(self.open_bills)))

    def clear(self, _fen: int) -> int:
        if (taken := self._take_bill()) is None:
            return 0
        receivables.clear_bill(bill=taken[0], on=DAY, by=self.staff.qian, now=NOW)
        return 0 if taken[1] == "bank" else -taken[2]

    def dishonour(self, _fen: int) -> int:
        if (taken := self._take_bill()) is None:
            return 0
        receivables.dishonour_bill(bill=taken[0], on=DAY, reason="余额不足", by=self.staff.qian, now=NOW)
        return taken[2] if taken[1] == "bank" else 0

    def reverse(self, _fen: int) -> int:
        if not self.receipts:
            return 0
        receipt = self.receipts.pop(self.random.randrange(len(self.receipts)))
        total = Entry.objects.get(pk=receipt).total_fen
        receivables.reverse_entry(entry=receipt, reason="登错", by=self.staff.qian, now=NOW)
        return total

    def deposit(self, fen: int) -> int:
        kept = credit.record_security(
            terminal=self.staff.wangs_hospital, kind="deposit", fen=fen, since=DAY, by=self.staff.zhao, now=NOW
        )
        self.deposits.append((kept.pk, fen))
        return -fen

    def give_deposit_back(self, _fen: int) -> int:
        if not self.deposits:
            return 0
        pk, fen = self.deposits.pop()
        credit.end_security(security=pk, why="退还", by=self.staff.zhao, now=NOW)
        return fen

    def apply(self, _fen: int) -> int:
        """Money waiting is applied: exposure stays, its parts change."""
        rows, _count = ledger.unmatched(self.staff.qian, 0, 1, self.staff.wangs_hospital.pk)
        if rows and self.owed():
            receivables.allocate_by(credit=rows[0].entry_id, how="oldest", by=self.staff.qian, now=NOW)
        return 0


STEPS = 18


@pytest.mark.django_db
@counts(25, 1_000)
def test_on_any_path_exposure_is_what_the_rows_say(times: int) -> None:
    from django.db import transaction

    for seed in range(times):
        with transaction.atomic():
            staff = cast.assemble()
            path = Path(staff, Random(seed))
            pk = staff.wangs_hospital.pk
            before = 0
            for _step in range(STEPS):
                change = path.step()
                now = asking.standing(pk, DAY).exposure
                assert now == recomputed(pk), f"seed {seed}"
                assert now.total_fen == before + (change or 0), f"seed {seed}"
                before = now.total_fen
            assert list(checks.findings()) == []
            assert list(ledger.findings()) == []
            transaction.set_rollback(True)


@action
def order(*, terminal: Any, reference: str, fen: int, by: Any, now: Any) -> bool:
    """What an order does: lock, ask, decide, take."""
    credit.lock_headroom(terminal=terminal, verb=PLACE, by=by, now=now)
    if asking.standing(terminal.pk, DAY).headroom_fen < fen:
        return False
    credit.reserve_headroom(
        terminal=terminal, reference=reference, fen=fen, until=now + timedelta(days=7), verb=PLACE, by=by, now=now
    )
    return True


def lend(staff: cast.Cast, terminal: Any, fen: int, **more: Any) -> None:
    """A limit in force."""
    credit.grant_limit(
        terminal=terminal, fen=fen, term_days=60, since=DAY, until=date(2027, 5, 1), application=None, by=staff.feng,
        now=NOW, **more,
    )  # fmt: skip


RACERS, ORDERS = 8, 12


@pytest.mark.django_db(transaction=True)
@counts(2, 20)
def test_racing_orders_never_exceed_the_limit(times: int, at_once: Any) -> None:
    """Eight at once on one customer: what is taken stays within the limit, and what is left fits no refused order."""
    staff = cast.assemble()
    for run in range(times):
        hospital = cast.open_terminal(f"R{run}", f"并发{run}医院", "public_hospital", staff.wang, staff.hubei)
        lend(staff, hospital, 10_000_00)
        refused: list[int] = []

        def race(place: int, run: int = run, hospital: Any = hospital, refused: list[int] = refused) -> int:
            random, taken = Random(f"{run}:{place}"), 0
            for n in range(ORDERS):
                fen = random.randint(20, 400) * 100
                reference = f"orders.order:{run}-{place}-{n}"
                if order(terminal=hospital, reference=reference, fen=fen, by=staff.wang, now=NOW):
                    taken += fen
                else:
                    refused.append(fen)
            return taken

        answers = at_once(RACERS, race)
        assert all(isinstance(answer, int) for answer in answers), answers
        stands = asking.standing(hospital.pk, DAY)
        assert stands.exposure.ordered_fen == sum(answers) == Account.objects.get(pk=hospital.pk).ordered_fen
        assert stands.headroom_fen >= 0
        assert refused
        assert stands.headroom_fen < min(refused)
    assert list(checks.findings()) == []


@pytest.mark.django_db(transaction=True)
@counts(1, 10)
def test_racing_members_never_exceed_the_limit_of_their_group(times: int, at_once: Any) -> None:
    staff = cast.assemble()
    head = staff.wangs_hospital
    for run in range(times):
        members = [
            cast.open_terminal(f"G{run}-{n}", f"集团{run}成员{n}", "pharmacy", staff.wang, staff.hubei, group=head)
            for n in range(4)
        ]
        for member in members:
            lend(staff, member, 50_000_00)
        taken_before = asking.standing(members[0].pk, DAY).group_exposure_fen
        lend(staff, head, taken_before + 10_000_00, for_group=True)

        def race(place: int, run: int = run, members: list[Any] = members) -> int:
            random, taken = Random(f"{run}:{place}"), 0
            for n in range(ORDERS):
                fen = random.randint(20, 400) * 100
                reference = f"orders.order:g{run}-{place}-{n}"
                mine = members[place % len(members)]
                taken += fen * order(terminal=mine, reference=reference, fen=fen, by=staff.wang, now=NOW)
            return taken

        answers = at_once(RACERS, race)
        assert all(isinstance(answer, int) for answer in answers), answers
        stands = asking.standing(members[0].pk, DAY)
        assert stands.group_exposure_fen == taken_before + sum(answers)
        assert stands.group_exposure_fen <= (stands.group_limit_fen or 0)
    assert connection.vendor in ("sqlite", "postgresql")
