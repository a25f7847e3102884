"""Promise 2: on every day of any ledger, buckets = balance = control total, and nothing booked for later changes a day.

A state machine does bookkeeping of every sort on random days; the ledger is recomputed from its rows by plain loops
that share nothing with the program but the law of docs/algorithms/ledger.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from tests import cast
from tests.promises.conftest import counts

from kewei.kernel.refusals import Refused
from kewei.receivables import actions, queries, rules
from kewei.receivables.models import Allocation, Entry, Item

NOW = cast.MORNING
TODAY = date(2026, 11, 23)
SPAN_DAYS = 120
DAYS_CHECKED = 50
STEPS = 14

pytestmark = pytest.mark.django_db

ago = st.integers(0, SPAN_DAYS).map(lambda days: TODAY - timedelta(days=days))
fen = st.one_of(st.integers(1, 400), st.integers(1, 10**11))
how = st.sampled_from(["none", "oldest", "exact", "subset"])


@dataclass
class Recomputed:
    """A day's book from nothing but rows: per customer what is in each bucket, credits, and the control total."""

    buckets: dict[int, list[int]] = field(default_factory=dict)
    credit: dict[int, int] = field(default_factory=dict)
    control: dict[int, int] = field(default_factory=dict)


def recompute(day: date, entries: list[tuple], allocations: list[tuple]) -> Recomputed:
    """Age the ledger on a day by loops over its rows."""
    book = Recomputed()
    left = {pk: total for pk, _, _, on, _, total in entries if on <= day}
    for debit, credit, amount, on in allocations:
        if on <= day:
            left[debit] -= amount
            left[credit] -= amount
    for pk, terminal, side, on, due, total in entries:
        if on > day:
            continue
        assert 0 <= left[pk] <= total, f"open {left[pk]} of {total} on {day}"
        book.control[terminal] = book.control.get(terminal, 0) + side * total
        buckets = book.buckets.setdefault(terminal, [0] * len(rules.PAST_DUE))
        if side < 0:
            book.credit[terminal] = book.credit.get(terminal, 0) - left[pk]
        else:
            late = (day - (due or on)).days
            buckets[sum(late > edge for edge in (0, 30, 60, 90, 180, 365, 730, 1095))] += left[pk]
    return book


class Bookkeeping(RuleBasedStateMachine):
    """What an accountant can do to two customers' accounts, in any order, on any day."""

    staff: cast.Cast
    invoices, credits, offs = Bundle("invoices"), Bundle("credits"), Bundle("offs")

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.numbers: Iterator[int] = iter(range(10**6))
        self.known: dict[date, tuple] = {}

    def teardown(self) -> None:
        """Everything holds on fifty days; then the ledger is forgotten."""
        try:
            self.check_every_day()
            assert list(queries.findings()) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        """Two customers, nothing booked."""
        self.customers = [self.staff.wangs_hospital, self.staff.suns_clinic]

    def ask(self, do: Any, **given: Any) -> Any:
        """Book something, or be refused: a refusal leaves everything as it was."""
        before = self.rows()
        try:
            with transaction.atomic():
                done = do(by=self.staff.qian, now=NOW, **given)
        except Refused:
            assert self.rows() == before
            return None
        self.check_earlier_days(before)
        return done

    @rule(target=invoices, who=st.integers(0, 1), on=ago, due=st.integers(0, 90), amount=fen)
    def post_invoice(self, who: int, on: date, due: int, amount: int) -> Any:
        """An invoice."""
        return self.ask(
            actions.post_invoice, terminal=self.customers[who], number=f"FP{next(self.numbers)}", invoice_date=on,
            due_date=on + timedelta(days=due), total_fen=amount,
        )  # fmt: skip

    @rule(target=credits, who=st.integers(0, 1), on=ago, amount=fen, how=how)
    def receive(self, who: int, on: date, amount: int, how: str) -> Any:
        """Money of any amount, spread in any way."""
        return self.ask(
            actions.receive_payment, terminal=self.customers[who], number=f"SK{next(self.numbers)}", received_on=on,
            fen=amount, how=how,
        )  # fmt: skip

    @rule(target=credits, invoice=invoices, on=ago, part=st.integers(1, 4), named=st.booleans())
    def pay(self, invoice: Any, on: date, part: int, named: bool) -> Any:
        """Money for one invoice, the whole or a part of it, named or not."""
        if invoice is None:
            return None
        return self.ask(
            actions.receive_payment, terminal=self.of(invoice), number=f"SK{next(self.numbers)}", received_on=on,
            fen=max(1, invoice.total_fen // part), how="named" if named else "exact", invoices=[invoice.number],
        )  # fmt: skip

    @rule(target=credits, invoice=invoices, on=ago, part=st.integers(1, 4), allocate=st.booleans())
    def give_credit(self, invoice: Any, on: date, part: int, allocate: bool) -> Any:
        """A red-letter note."""
        if invoice is None:
            return None
        return self.ask(
            actions.post_red_letter, terminal=self.of(invoice), number=f"HZ{next(self.numbers)}", on=on,
            total_fen=max(1, invoice.total_fen // part), original=invoice, allocate=allocate,
        )  # fmt: skip

    @rule(credit=credits, invoice=invoices, amount=fen, on=st.none() | ago)
    def allocate(self, credit: Any, invoice: Any, amount: int, on: date | None) -> None:
        """By hand, possibly too much or across customers."""
        if credit is not None and invoice is not None:
            self.ask(actions.allocate, credit=credit, shares=[(invoice.pk, amount)], on=on)

    @rule(credit=credits, how=how.filter(lambda way: way != "none"))
    def allocate_by(self, credit: Any, how: str) -> None:
        """By a rule."""
        if credit is not None:
            self.ask(actions.allocate_by, credit=credit, how=how)

    @rule(target=offs, invoice=invoices, part=st.integers(1, 4))
    def write_off(self, invoice: Any, part: int) -> Any:
        """Some of an invoice will not come."""
        if invoice is None:
            return None
        shares = [(invoice.pk, max(1, invoice.total_fen // part))]
        return self.ask(actions.write_off, terminal=self.of(invoice), shares=shares, reason="试")

    @rule(off=offs, credit=credits, amount=st.none() | fen)
    def recover(self, off: Any, credit: Any, amount: int | None) -> None:
        """Money pays what had been written off, possibly of another customer or too much."""
        if off is not None and credit is not None:
            self.ask(actions.recover_written_off, write_off=off, receipt=credit, fen=amount)

    @precondition(lambda self: Allocation.objects.exists())
    @rule(place=st.integers(0, 30), on=st.none() | ago)
    def take_back(self, place: int, on: date | None) -> None:
        """Any allocation, live or not."""
        made = list(Allocation.objects.order_by("pk").values_list("pk", flat=True))
        self.ask(actions.reverse_allocation, allocation=made[place % len(made)], on=on, reason="试")

    @rule(entry=st.one_of(invoices, credits, offs), on=st.none() | ago)
    def reverse(self, entry: Any, on: date | None) -> None:
        """Any document."""
        if entry is not None:
            self.ask(actions.reverse_entry, entry=entry, on=on, reason="试")

    @rule(entry=st.one_of(invoices, credits, offs))
    def undo(self, entry: Any) -> None:
        """A whole posting, from its own days."""
        if entry is not None:
            self.ask(actions.reverse_posting, posting=entry.posting_id, reason="试")

    # --- what holds ---------------------------------------------------------------------------------------------------

    def of(self, entry: Any) -> Any:
        """The customer of a document."""
        return next(customer for customer in self.customers if customer.pk == entry.terminal_id)

    def rows(self) -> tuple[list[tuple], list[tuple]]:
        """The ledger's rows, which are all that counts."""
        entries = Entry.objects.order_by("pk").values_list("pk", "terminal_id", "side", "on", "due_date", "total_fen")
        allocations = Allocation.objects.order_by("pk").values_list("debit_id", "credit_id", "fen", "on")
        return list(entries), list(allocations)

    def check_earlier_days(self, before: tuple[list[tuple], list[tuple]]) -> None:
        """What was booked changes no day before the earliest day that it says it counts from."""
        entries, allocations = self.rows()
        fresh = [row[3] for row in entries[len(before[0]) :]] + [row[3] for row in allocations[len(before[1]) :]]
        assert fresh
        day = min(fresh) - timedelta(days=1)
        assert recompute(day, entries, allocations) == recompute(day, *before)

    def check_every_day(self) -> None:
        """The program's book on fifty days against the recomputed one; sums of every receipt and invoice today."""
        entries, allocations = self.rows()
        step = (SPAN_DAYS + 10) // DAYS_CHECKED
        for number in range(DAYS_CHECKED):
            day = TODAY + timedelta(days=1 - number * step)
            table, book = queries.ageing(self.staff.qian, day), recompute(day, entries, allocations)
            found = {row.key: row for row in table.rows}
            for terminal, buckets in book.buckets.items():
                credit = book.credit.get(terminal, 0)
                row = found.pop(terminal, None)
                assert (
                    (list(row.bucket_fen), row.credit_fen) == (buckets, credit) if row else not any([*buckets, credit])
                )
                assert sum(buckets) + credit == book.control[terminal]
            assert not found
            assert table.totals.balance_fen == table.control_fen == sum(book.control.values())
        for pk, open_fen, total in Item.objects.values_list("pk", "open_fen", "total_fen"):
            allocated = sum(amount for debit, credit, amount, _ in allocations if pk in (debit, credit))
            assert allocated + open_fen == total


@counts(60, 1_000)
def test_any_ledger_on_any_day(times):
    machine = type("Bookkeeping", (Bookkeeping,), {"staff": cast.assemble()})
    wanted = settings(
        max_examples=times, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        derandomize=times == 60,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=wanted)
