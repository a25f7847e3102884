"""What the house knows of the codes and numbers in a file, asked in sets; and what earlier parts of it will add."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.receivables.queries import known_documents
from kewei.receivables.rules import tidy_number
from kewei.terminals import queries as terminals
from kewei.terminals.queries.terms import settlement_terms


@dataclass(slots=True)
class Document:
    """A live document, or one that this file is about to make; rows of the file take from its open amount."""

    terminal_id: int
    on: date
    total_fen: int
    open_fen: int
    due_date: date | None = None

    def take(self, fen: int) -> int:
        """Settle up to so much of it; answers how much there was to settle."""
        part = min(fen, self.open_fen)
        self.open_fen -= part
        return part


class World:
    """Answers for one dry run; `several` where the file feeds more than one noun.

    Customers the file itself brings get negative stand-ins until they exist.
    """

    def __init__(self, person: Any, today: date, several: bool = False) -> None:
        self.person = person
        self.today = today
        self.several = several
        self._terminals: dict[str, int] = {}
        self._coming: dict[str, int] = {}
        self._invoices: dict[str, Document] = {}

    def terminals(self, codes: Collection[str]) -> dict[str, int]:
        """Keys of the customers with these codes whom the person may see, by code."""
        new = [code for code in codes if code not in self._terminals and code not in self._coming]
        self._terminals.update(terminals.by_codes(self.person, new))
        return {**self._terminals, **self._coming}

    def bring_terminal(self, code: str) -> None:
        """A customer this file will add."""
        self._coming.setdefault(code, -1 - len(self._coming))

    def resolved(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Rows with the keys of customers that exist by now in place of their stand-ins."""
        if not self._coming:
            return rows
        keys = terminals.by_codes(self.person, self._coming)
        real = {stand_in: keys[code] for code, stand_in in self._coming.items()}
        return [row if row.terminal_id > 0 else row._replace(terminal_id=real[row.terminal_id]) for row in rows]

    def documents(self, kind: str, numbers: Collection[str]) -> dict[str, Document]:
        """Live documents of a kind with just these numbers, of whatever customer."""
        return {
            known.number: Document(known.terminal_id, known.on, known.total_fen, known.open_fen, known.due_date)
            for known in known_documents(kind, numbers)
        }

    def bring_invoice(self, number: str, invoice: Document) -> None:
        """An invoice this file will add; remembered only where another part of the file may name it."""
        if self.several:
            self._invoices[tidy_number(number)] = invoice

    def ask_invoices(self, numbers: Collection[str]) -> None:
        """Look up invoices that rows are going to name."""
        new = [number for number in numbers if tidy_number(number) not in self._invoices]
        for number, invoice in self.documents("invoice", new).items():
            self._invoices[tidy_number(number)] = invoice

    def invoice(self, number: str) -> Document | None:
        """A live invoice asked for before, or one this file will add."""
        return self._invoices.get(tidy_number(number))

    def due_dates(self, wanted: Iterable[tuple[int, date]]) -> dict[tuple[int, date], date | None]:
        """Due dates by (customer, invoice date) from the customers' settlement terms; None where there is no term."""
        wanted = set(wanted)
        terms = settlement_terms({pk for pk, _ in wanted if pk > 0})
        return {(pk, on): terms[pk].due_date(on) if pk in terms else None for pk, on in wanted}
