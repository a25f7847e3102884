"""Live documents for files that import reads back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from kewei.receivables.models import INVOICE, RECEIPT, RED_LETTER, Allocation, Item
from kewei.receivables.queries.scope import SEE

_INVOICE_FIELDS = ("invoice_type", "contract", "order", "memo")


def export_invoices(person: Any, **filters: Any) -> Iterator[dict[str, Any]]:
    """Every live invoice the person may see, by the names of the columns of a file of invoices; money in fen.

    Filters: `first` and `last` day of the documents, `customer` code.
    """
    detail = "entry__invoice_detail__fields"
    for number, code, on, due_date, total_fen, fields in _rows(
        person, INVOICE, filters, "due_date", "total_fen", detail
    ):
        fields = fields or {}
        yield {
            "invoice_no": number,
            "customer_code": code,
            "invoice_date": on,
            "due_date": due_date,
            "amount": total_fen,
            "tax": fields.get("tax_fen"),
            "net": fields.get("net_fen"),
            **{name: fields.get(name) for name in _INVOICE_FIELDS},
            "extra": fields.get("extra") or {},
        }


def export_receipts(person: Any, **filters: Any) -> Iterator[dict[str, Any]]:
    """Every live receipt the person may see, with the invoices it settles; filters as for invoices."""
    detail = "entry__receipt_detail__"
    names = (
        "entry_id", "total_fen", f"{detail}method", f"{detail}payer_name", f"{detail}memo", f"{detail}fields",
        "entry__bill__kind", "entry__bill__number", "entry__bill__due_on", "entry__bill__acceptor",
    )  # fmt: skip
    rows = _rows(person, RECEIPT, filters, *names)
    while chunk := list(islice(rows, 5_000)):
        settled = _settled([row[3] for row in chunk])
        for number, code, on, pk, total_fen, method, payer, memo, fields, kind, bill_no, due_on, acceptor in chunk:
            yield {
                "receipt_no": number,
                "customer_code": code,
                "received_on": on,
                "amount": total_fen,
                "method": method,
                "invoice_no": settled.get(pk, []),
                "payer": payer,
                "bill_kind": None if kind == "unnamed" else kind,
                "bill_no": bill_no,
                "bill_due": due_on,
                "acceptor": acceptor,
                "memo": memo,
                "extra": (fields or {}).get("extra") or {},
            }


def export_red_letters(person: Any, **filters: Any) -> Iterator[dict[str, Any]]:
    """Every live red-letter note the person may see, with a negative amount; filters as for invoices."""
    detail = "entry__invoice_detail__"
    names = ("total_fen", f"{detail}original__number", f"{detail}reason", f"{detail}fields")
    for number, code, on, total_fen, original, reason, fields in _rows(person, RED_LETTER, filters, *names):
        yield {
            "red_letter_no": number,
            "customer_code": code,
            "issued_on": on,
            "amount": -total_fen,
            "original_no": original,
            "reason": reason,
            "extra": (fields or {}).get("extra") or {},
        }


def _rows(person: Any, kind: str, filters: dict[str, Any], *names: str) -> Iterator[tuple]:
    rows = Item.objects.visible_to(person, SEE).filter(kind=kind, live=True)
    first: date | None = filters.get("first")
    last: date | None = filters.get("last")
    if first:
        rows = rows.filter(on__gte=first)
    if last:
        rows = rows.filter(on__lte=last)
    if customer := filters.get("customer"):
        rows = rows.filter(terminal__code=customer)
    fields = ("number", "terminal__code", "on", *names)
    return rows.order_by("on", "entry_id").values_list(*fields).iterator(chunk_size=5_000)


def _settled(receipts: list[int]) -> dict[int, list[str]]:
    """Numbers of the invoices each receipt settles, in the order in which it did."""
    live = Allocation.objects.filter(credit__in=receipts, fen__gt=0, reversed_by=None).order_by("pk")
    found: dict[int, list[str]] = {}
    for receipt, number in live.values_list("credit", "debit__number"):
        found.setdefault(receipt, []).append(number)
    return found
