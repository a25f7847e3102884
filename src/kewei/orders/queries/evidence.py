"""What orders can prove of an invoice: the order, the delivery and who took it (domain 4.6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from kewei.journal.bulk import among, chunks
from kewei.orders.models import OrderInvoice, SignedReceipt


@dataclass(frozen=True)
class Delivered:
    """The delivery an invoice was made from; `receiver` is a person the customer authorised, None where it was not one."""

    delivery: int
    number: str
    on: date
    order: int
    order_number: str
    customer_ref: str
    received_on: date | None
    receiver: int | None
    receiver_name: str
    paper: int | None


def delivered_of(entry_ids: Collection[int]) -> dict[int, Delivered]:
    """The delivery of each of these invoices that was made from one, whoever asks."""
    found: dict[int, Delivered] = {}
    fields = (
        "entry_id", "delivery_id", "delivery__number", "delivery__on", "delivery__order_id", "delivery__order__number",
        "delivery__order__customer_ref", "delivery__handover__on", "delivery__handover__receiver_id",
        "delivery__handover__receiver_name", "signed",
    )  # fmt: skip
    later = SignedReceipt.objects.filter(delivery=OuterRef("delivery")).order_by("-pk").values("paper")[:1]
    signed = Coalesce(Subquery(later), "delivery__handover__paper_id", output_field=BigIntegerField())
    for part in chunks(entry_ids):
        rows: Any = OrderInvoice.objects.filter(among("entry_id", part)).annotate(signed=signed).values_list(*fields)
        for entry, *values, name, paper in rows:
            found[entry] = Delivered(*(*values, name or "", paper))
    return found
