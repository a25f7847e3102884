"""What an import's dry run needs to know of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kewei.journal.bulk import chunks
from kewei.receivables import rules
from kewei.receivables.models import Item


def known_documents(kind: str, numbers: Collection[str]) -> Iterator[rules.KnownDocument]:
    """Live documents of a kind that have one of these numbers, written like that or tidied, whosever they are."""
    wanted = dict.fromkeys(numbers) | dict.fromkeys(map(rules.tidy_number, numbers))
    fields = ("entry_id", "kind", "number", "terminal_id", "on", "total_fen", "open_fen", "due_date")
    for chunk in chunks(wanted):
        rows = Item.objects.filter(kind=kind, live=True, number__in=chunk)
        for row in rows.values_list(*fields):
            yield rules.KnownDocument(*row)
