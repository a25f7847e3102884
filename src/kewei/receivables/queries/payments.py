"""Money that came for invoices, by the day it came; for rooms above that judge promises and restart clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from kewei.journal.bulk import among, chunks
from kewei.receivables.models import CREDIT, DEBIT, INVOICE, RECEIPT, RED_LETTER, Allocation, InvoiceDetail, Item


def money_for(entry_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """What receipts have settled of each of these invoices, net of what was taken back: (day the money came, fen).

    The day is the receipt's own, not the one on which it was applied. Whoever asks; one query.
    """
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    paid = Allocation.objects.filter(among("debit_id", list(entry_ids)), credit__kind=RECEIPT)
    for debit, on, fen in paid.values("debit", "credit__on").annotate(fen_=Sum("fen")).values_list(
        "debit", "credit__on", "fen_"
    ):  # fmt: skip
        if fen:
            found[debit].append((on, int(fen)))
    return dict(found)


def money_not_applied(terminal_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """Receipts of these customers nobody has applied yet: (day the money came, fen left), oldest first; one query."""
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    rows = Item.objects.filter(among("terminal_id", list(terminal_ids)), kind=RECEIPT).still_open().of_side(CREDIT)
    for terminal, on, fen in rows.order_by("on", "pk").values_list("terminal", "on", "open_fen"):
        found[terminal].append((on, int(fen)))
    return dict(found)


def red_letters_on(invoice_id: int) -> dict[int, int]:
    """Live red-letter notes written for an invoice: what each of them has settled of it, fen."""
    notes = Item.objects.filter(live=True, entry__invoice_detail__original=invoice_id).values_list("pk", flat=True)
    found = dict.fromkeys(notes, 0)
    settled = Allocation.objects.filter(debit=invoice_id, credit__in=list(found)).values_list("credit", "fen")
    for note, fen in settled:
        found[note] += fen
    return found


def original_of(red_letter_id: int) -> int | None:
    """The invoice a red-letter note was written for; None where it names none, or is none."""
    rows = InvoiceDetail.objects.filter(pk=red_letter_id).values_list("original", flat=True)
    return rows.first()


def number_of(entry_id: int) -> str:
    """The number of a document, '' where there is none of that key."""
    return Item.objects.filter(pk=entry_id).values_list("number", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a document says and what is open of it; fen."""

    pk: int
    terminal_id: int
    number: str
    on: date
    due_date: date | None
    total_fen: int
    open_fen: int


_FACTS = ("entry_id", "terminal_id", "number", "on", "due_date", "total_fen", "open_fen")


def items_by_key(entry_ids: Collection[int]) -> dict[int, ItemFacts]:
    """These documents, whoever asks."""
    found: dict[int, ItemFacts] = {}
    for some in chunks(entry_ids):
        for row in Item.objects.filter(among("entry_id", some)).values_list(*_FACTS):
            found[row[0]] = ItemFacts(*row)
    return found


def owed_by(person: Any, verb: str, terminal_id: int) -> list[ItemFacts]:
    """What one customer owes now, oldest due first, as far as this person sees it for a verb."""
    rows = Item.objects.visible_to(person, verb).filter(terminal=terminal_id).still_open().of_side(DEBIT)
    return [ItemFacts(*row) for row in rows.order_by("due_date", "pk").values_list(*_FACTS)]


def owed_and_due_by(person: Any, verb: str, day: date, most: int, terminal: int | None = None) -> list[ItemFacts]:
    """Open invoices due on or before a day, or without a due day, oldest first, `most` of each at most."""
    rows = Item.objects.visible_to(person, verb).still_open().of_side(DEBIT)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    dated = rows.filter(due_date__lte=day).order_by("due_date", "pk").values_list(*_FACTS)[:most]
    undated = rows.filter(due_date=None).order_by("pk").values_list(*_FACTS)[:most]
    return [ItemFacts(*row) for row in [*dated, *undated]]


def invoices_due_since(terminal_id: int, since: date, most: int) -> list[ItemFacts]:
    """A customer's live invoices due since a day, paid ones too, oldest due first, `most` at most, whoever asks."""
    rows = Item.objects.filter(terminal=terminal_id, kind=INVOICE, live=True, due_date__gte=since)
    return [ItemFacts(*row) for row in rows.order_by("due_date", "pk").values_list(*_FACTS)[:most]]


def noted_on(entry_ids: Collection[int]) -> dict[int, int]:
    """What red-letter notes have taken off each of these invoices, fen, whoever asks; one query."""
    notes = Allocation.objects.filter(among("debit_id", list(entry_ids)), credit__kind=RED_LETTER)
    return {
        pk: int(fen) for pk, fen in notes.values("debit").annotate(fen_=Sum("fen")).values_list("debit", "fen_") if fen
    }


def unapplied_receipts(person: Any, terminal_id: int, most: int = 50) -> list[ItemFacts]:
    """A customer's receipts with money nobody has applied, oldest first, as far as this person sees them."""
    rows = Item.objects.visible_to(person, "receivables.see").filter(terminal=terminal_id, kind=RECEIPT)
    rows = rows.still_open().of_side(CREDIT)
    return [ItemFacts(*row) for row in rows.order_by("on", "pk").values_list(*_FACTS)[:most]]


def is_receipt_of(entry_id: int, terminal_id: int, fen: int, method: str) -> bool:
    """Whether a document is a live receipt of a customer, of that amount, and came in by that method."""
    rows = Item.objects.filter(pk=entry_id, terminal=terminal_id, kind=RECEIPT, live=True, total_fen=fen)
    return rows.filter(entry__receipt_detail__method=method).exists()


def receipts_by(terminal_id: int, method: str, most: int = 50) -> list[ItemFacts]:
    """A customer's live receipts that came in by a method, newest first, whoever asks."""
    rows = Item.objects.filter(terminal=terminal_id, kind=RECEIPT, live=True, entry__receipt_detail__method=method)
    return [ItemFacts(*row) for row in rows.order_by("-on", "-pk").values_list(*_FACTS)[:most]]
