"""One document's page: what it says, what it settled or was settled by, and who posted it."""

from datetime import date
from typing import Any

from kewei.kernel.refusals import N_, NotFound
from kewei.receivables import rules
from kewei.receivables.models import DEBIT, Allocation, Entry
from kewei.receivables.queries.scope import SEE
from kewei.terminals import queries as terminals


def entry(person: Any, pk: int, today: date | None = None) -> rules.EntryCard:
    """A document with its detail and allocations; ages as of `today` (not counted where not given). Raises NotFound."""
    row = (
        Entry.objects.visible_to(person, SEE)
        .select_related("posting__by", "item", "invoice_detail__original", "receipt_detail")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise NotFound(noun=N_("单据"))
    code, name = terminals.named([row.terminal_id])[row.terminal_id]
    invoice, receipt = getattr(row, "invoice_detail", None), getattr(row, "receipt_detail", None)
    original = invoice.original if invoice else None
    due = row.due_date or row.on
    owed = row.side == DEBIT and row.item.open_fen > 0 and today is not None
    return rules.EntryCard(
        pk=row.pk, posting_id=row.posting_id, terminal_id=row.terminal_id, terminal_code=code, terminal_name=name,
        kind=row.kind, side=row.side, number=row.number, on=row.on, due_date=row.due_date, total_fen=row.total_fen,
        open_fen=row.item.open_fen, live=row.item.live,
        overdue_days=max(0, (today - due).days) if owed and today else 0,
        days_left=(rules.limitation.last_day(due) - today).days if owed and today else None,
        method=receipt.method if receipt else "", payer_name=receipt.payer_name if receipt else "",
        payer_id=receipt.payer_id if receipt else None, reference=receipt.reference if receipt else "",
        memo=receipt.memo if receipt else "", reason=row.posting.reason or (invoice.reason if invoice else ""),
        original_id=original.pk if original else None, original_number=original.number if original else "",
        reverses_id=row.reverses_id,
        reversed_by_id=Entry.objects.filter(reverses=row.pk).values_list("pk", flat=True).first(),
        posted_by=row.posting.by.name, posted_at=row.posting.at,
        fields=(invoice.fields if invoice else receipt.fields if receipt else {}), allocations=_allocations(row),
    )  # fmt: skip


def _allocations(row: Entry) -> tuple[rules.AllocationRow, ...]:
    mine, other = ("debit", "credit") if row.side == DEBIT else ("credit", "debit")
    made = Allocation.objects.filter(**{mine: row.pk}).order_by("pk")
    fields = ("pk", "posting_id", f"{other}_id", f"{other}__kind", f"{other}__number", "fen", "on", "reverses_id")
    rows: list[tuple] = list(made.values_list(*fields))
    reversed_ones = {values[-1] for values in rows}
    return tuple(rules.AllocationRow(*(*row[:7], row[5] > 0 and row[0] not in reversed_ones)) for row in rows)
