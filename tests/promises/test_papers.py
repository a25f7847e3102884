"""Every amount on every paper is the ledger's at the moment it was stamped (issue 4, promise 4).

Random ledgers (invoices, red-letter notes, receipts with and without invoices named, disputes raised and turned down) are
written down in bulk. What letters and statements print is then compared with amounts worked out here from the append-only
rows alone, and again after the ledger has moved on: what was sealed stays as it was, and what asks for more than is open
does not go out.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from tests import cast
from tests.journeys.doors import text_in
from tests.promises.conftest import counts

from kewei.collecting import actions, papers
from kewei.collecting.models import Dispute, Letter
from kewei.collecting.queries import letter_paper
from kewei.collecting.rules.letters import LetterStale, LetterWanted
from kewei.collecting.tests.owing import our_company
from kewei.kernel.ids import digest
from kewei.receivables import actions as receivables
from kewei.receivables import papers as receivables_papers
from kewei.receivables import queries as ledger
from kewei.receivables import rules
from kewei.receivables.models import Allocation, Entry
from kewei.receivables.web.files import paper_of
from kewei.terminals.models import Settlement, Terminal

NOW, TODAY = cast.MORNING, date(2026, 11, 23)
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
AT_ONCE = 150


class Ledgers:
    """So many customers with random accounts; `seed` makes them the same again."""

    def __init__(self, staff: cast.Cast, seed: int, count: int) -> None:
        self.staff, self.random, self.seed = staff, Random(seed), seed
        owner = staff.wang.pk
        Terminal.objects.bulk_create(
            Terminal(code=f"L{seed}-{n}", name=f"账本药房{seed}-{n}", kind="pharmacy", owner_id=owner, added_at=NOW)
            for n in range(count)
        )
        self.terminals = list(Terminal.objects.filter(code__startswith=f"L{seed}-").order_by("pk"))
        Settlement.objects.bulk_create(
            Settlement(terminal=t, late_rate_bp=self.random.choice([3, 5, 20]), set_by=staff.wang, set_at=NOW)
            for t in self.terminals
            if self.random.random() < 0.5
        )
        self.move(10)

    def move(self, most: int) -> None:
        """Up to `most` more documents for each customer."""
        chance, tag = self.random, f"{self.seed}-{self.random.randrange(10**9)}"
        invoices, notes, receipts = [], [], []
        for terminal in self.terminals:
            mine = []
            for n in range(chance.randint(0, most)):
                on = date(2026, 3, 1) + timedelta(days=chance.randrange(250))
                number = f"F{tag}-{terminal.pk}-{n}"
                fen = chance.choice([1, chance.randrange(1, 10**4), chance.randrange(1, 10**9)])
                invoices.append(
                    rules.InvoiceRow(terminal.pk, number, on, on + timedelta(days=chance.choice([0, 7, 30, 90])), fen)
                )
                mine.append((number, on, fen))
            for n, (number, on, fen) in enumerate(mine):
                if chance.random() < 0.2:
                    notes.append(
                        rules.RedLetterRow(terminal.pk, f"R{tag}-{terminal.pk}-{n}", on, chance.randint(1, fen), number)
                    )
                if chance.random() < 0.4:
                    named = (number,) if chance.random() < 0.8 else ()
                    later = min(TODAY, on + timedelta(days=chance.randrange(120)))
                    part = chance.choice([fen, chance.randint(1, fen), fen + 1])
                    receipts.append(
                        rules.ReceiptRow(terminal.pk, f"S{tag}-{terminal.pk}-{n}", later, part, invoices=named)
                    )
        by = {"by": self.staff.qian, "now": NOW}
        for do, rows in (
            (receivables.import_invoices, invoices),
            (receivables.import_red_letters, notes),
            (receivables.import_receipts, receipts),
        ):
            if rows:
                do(rows=rows, **by)

    def dispute(self) -> None:
        """Some of what is open is disputed, and some of that is turned down."""
        mine = Entry.objects.filter(terminal__in=self.terminals, kind="invoice").values_list("pk", flat=True)
        open_fen = settled_from_scratch(mine, self.terminals)
        for pk in self.random.sample(sorted(open_fen), len(open_fen) // 12):
            if open_fen[pk] < 1:
                continue
            dispute = actions.raise_dispute(
                item=pk, reason="A1", fen=self.random.randint(1, open_fen[pk]), words="短少", raised_on=TODAY,
                by=self.staff.zhao, now=NOW,
            )  # fmt: skip
            if self.random.random() < 0.3:
                actions.reject_dispute(dispute=dispute, words="签收齐全", by=self.staff.zhao, now=NOW)


def settled_from_scratch(ids: Any, terminals: list[Any]) -> dict[int, int]:
    """What is open of documents of these customers by the append-only rows alone: total less every allocation."""
    left = dict(Entry.objects.filter(pk__in=ids).values_list("pk", "total_fen"))
    mine = Allocation.objects.filter(debit__terminal__in=terminals)
    for debit, kredit, fen in mine.values_list("debit", "credit", "fen"):
        for side in (debit, kredit):
            if side in left:
                left[side] -= fen
    return left


def fen_of(text: str) -> int:
    """An amount on paper, in fen; an empty place is nought."""
    return int(text.replace(",", "").replace(".", "")) if text else 0


def expected_lines(terminal: int, rate_bp: int) -> list[tuple[str, int, int, int]]:
    """(number, open, asked for, interest) a demand of today must have, from scratch."""
    mine = Entry.objects.filter(terminal=terminal, kind="invoice", due_date__lt=TODAY)
    open_fen = settled_from_scratch(mine.values_list("pk", flat=True), [terminal])
    disputed: dict[int, int] = defaultdict(int)
    for pk, fen in (
        Dispute.objects.filter(entry__in=list(open_fen)).exclude(state="rejected").values_list("entry", "fen")
    ):
        disputed[pk] += fen
    found = []
    for pk, number, due in mine.order_by("due_date", "on", "number").values_list("pk", "number", "due_date"):
        asked = max(0, open_fen[pk] - disputed[pk])
        if asked:
            found.append((number, open_fen[pk], asked, asked * (TODAY - due).days * rate_bp // 10_000))
    return found


def check_letter(paper: dict[str, Any], lines: list[tuple[str, int, int, int]]) -> None:
    """What a letter prints against what it must."""
    printed = [(line[0], fen_of(line[4]), fen_of(line[5]), fen_of(line[6])) for line in paper["lines"]]
    assert printed == lines
    total, interest = sum(line[2] for line in lines), sum(line[3] for line in lines)
    assert (fen_of(paper["total"]), fen_of(paper["interest"])) == (total, interest)
    assert f"本金人民币{paper['total']}元（大写：{paper['words']}）" in "".join(paper["paragraphs"])
    assert all(asked <= opened for _number, opened, asked, _interest in lines)


def check_statement(paper: dict[str, Any], terminal: int) -> None:
    """What a statement prints against entries and allocations of its period."""
    rows = list(Entry.objects.filter(terminal=terminal).values_list("pk", "side", "total_fen", "on", "due_date"))
    opening = sum(side * fen for _pk, side, fen, on, _due in rows if on < FIRST)
    closing = sum(side * fen for _pk, side, fen, on, _due in rows if on <= LAST)
    left = {pk: fen for pk, _side, fen, on, _due in rows if on <= LAST}
    for debit, kredit, fen in Allocation.objects.filter(on__lte=LAST, debit__terminal=terminal).values_list(
        "debit", "credit", "fen"
    ):
        left[debit] -= fen
        left[kredit] -= fen
    due = sum(left[pk] for pk, side, _fen, on, due in rows if on <= LAST and side > 0 and (due or on) <= LAST)
    owed = sum(left[pk] for pk, side, _fen, on, _due in rows if on <= LAST and side > 0)
    spare = sum(left[pk] for pk, side, _fen, on, _due in rows if on <= LAST and side < 0)
    assert (fen_of(paper["opening"]), fen_of(paper["closing"])) == (opening, closing)
    assert (fen_of(paper["open_total"]), fen_of(paper["unapplied"]), fen_of(paper["due"])) == (owed, spare, due)
    assert fen_of(paper["opening"]) + sum(fen_of(fen) for _name, fen in paper["sections"]) == closing
    balance = opening
    for line in paper["lines"]:
        balance += fen_of(line[4]) - fen_of(line[5])
        assert fen_of(line[6]) == balance
    assert balance == closing
    assert closing == owed - spare
    assert sum(fen_of(line[4]) for line in paper["open_lines"]) == owed


@counts(300, 10_000)
def test_every_amount_on_every_paper_is_the_ledgers(db, times):
    staff = cast.assemble()
    our_company(staff)
    for seed in range(0, times, AT_ONCE):
        book = Ledgers(staff, seed, min(AT_ONCE, times - seed))
        book.dispute()
        wanted = []
        for terminal in book.terminals:
            items = Entry.objects.filter(terminal=terminal, kind="invoice").values_list("pk", flat=True)
            wanted.append(LetterWanted(terminal.pk, "demand", "ST4", tuple(items)))
        made = actions.draft_letters(wanted=wanted, day=TODAY, by=staff.zhao, now=NOW)
        letters = {
            letter.terminal_id: letter for letter in Letter.objects.filter(pk__in=made).select_related("terminal")
        }
        rates = dict(Settlement.objects.values_list("terminal", "late_rate_bp"))
        sealed: dict[int, dict[str, Any]] = {}
        for place, terminal in enumerate(book.terminals):
            lines = expected_lines(terminal.pk, rates.get(terminal.pk, 0))
            assert (terminal.pk in letters) == bool(lines)
            if lines:
                letter = letters[terminal.pk]
                check_letter(letter_paper.paper_of(letter), lines)
            if lines and place % 3 == 0:
                kept = actions.approve_letter(letter=letter, by=staff.he, now=NOW)
                sealed[letter.pk] = kept.paper
            statement = ledger.statement(staff.qian, terminal, FIRST, LAST)
            check_statement(paper_of(staff.qian, terminal, statement), terminal.pk)
        book.move(3)
        moved_on(staff, sealed, book)
    print_some(sealed, staff, book)


def moved_on(staff: cast.Cast, sealed: dict[int, dict[str, Any]], book: Ledgers) -> None:
    """Payments come in: sealed papers stay what they were; those over what is open do not go out."""
    paid = []
    for n, letter in enumerate(Letter.objects.filter(pk__in=sealed).prefetch_related("lines__entry")):
        first = letter.lines.all()[0]
        if n % 2 == 0:
            paid.append(
                rules.ReceiptRow(
                    letter.terminal_id, f"P{letter.pk}", TODAY, first.open_fen, invoices=(first.entry.number,)
                )
            )
    if paid:
        receivables.import_receipts(rows=paid, by=staff.qian, now=NOW)
    covered = {row.terminal_id for row in paid}
    for letter in Letter.objects.filter(pk__in=sealed):
        if letter.terminal_id in covered:
            with pytest.raises(LetterStale):
                actions.note_sent(letter=letter, channel="hand", on=TODAY, by=staff.zhao, now=NOW)
        elif letter.pk % 10 == 0:
            actions.note_sent(letter=letter, channel="hand", on=TODAY, by=staff.zhao, now=NOW)
        letter.refresh_from_db()
        assert letter.paper == sealed[letter.pk]
        assert digest({name: value for name, value in letter.paper.items() if name != "mark"})[:16] == letter.mark


def print_some(sealed: dict[int, dict[str, Any]], staff: cast.Cast, book: Ledgers) -> None:
    """What the PDF says is what the paper says."""
    for pk in list(sealed)[:3]:
        text = text_in(papers.letter_pdf(sealed[pk]))
        assert sealed[pk]["total"] in text
        assert all(line[5] in text for line in sealed[pk]["lines"])
    terminal = book.terminals[0]
    paper = paper_of(staff.qian, terminal, ledger.statement(staff.qian, terminal, FIRST, LAST))
    text = text_in(receivables_papers.statement_pdf(paper))
    assert paper["closing"].replace("-", "") in text.replace("−", "")
