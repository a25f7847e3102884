"""The ledger as actions need it: documents, and their items locked until the transaction ends."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from kewei.kernel.refusals import N_, NotFound
from kewei.receivables import rules
from kewei.receivables.models import DEBIT, INVOICE, WRITE_OFF, Allocation, Entry, Item, Posting
from kewei.receivables.rules import vouching


def local_day(now: datetime) -> date:
    """The calendar day of a moment where the company is."""
    return timezone.localtime(now).date()


def key_of(thing: Any) -> int:
    """The primary key of a row, a plain row with `pk`, or a number."""
    return thing if isinstance(thing, int) else thing.pk


def visible_entry(person, pk: int, verb: str) -> Entry:
    """The document, where this person may see it for a verb. Raises NotFound."""
    found = Entry.objects.visible_to(person, verb).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("单据"))
    return found


def visible_allocation(person, pk: int, verb: str) -> Allocation:
    """The allocation, where this person may see its documents for a verb. Raises NotFound."""
    found = Allocation.objects.filter(pk=pk, debit__in=Entry.objects.visible_to(person, verb)).first()
    if found is None:
        raise NotFound(noun=N_("核销"))
    return found


def posting(pk: int) -> Posting:
    """The posting. Raises NotFound."""
    found = Posting.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("凭证"))
    return found


def lock_items(person, verb: str, ids: Collection[int]) -> dict[int, Item]:
    """Items by entry, locked in the order of their keys so that two bookings never wait for each other crosswise.

    On SQLite the transaction holds the only write lock from its beginning. Raises NotFound where one is not visible.
    """
    items = {item.pk: item for item in _locked(Item.objects.visible_to(person, verb).filter(pk__in=set(ids)))}
    if len(items) < len(set(ids)):
        raise NotFound(noun=N_("单据"))
    return items


def lock_open_invoices(terminal_id: int) -> list[Item]:
    """Everything a customer still owes, locked."""
    owed = Item.objects.still_open().of_side(DEBIT)
    return _locked(owed.filter(terminal=terminal_id, live=True, kind=INVOICE))


def lock_named_invoices(terminal_id: int, numbers: Iterable[str]) -> list[Item]:
    """A customer's live invoices of these numbers, locked; settled ones too."""
    wanted = {rules.tidy_number(number) for number in numbers}
    live = Item.objects.filter(terminal=terminal_id, kind=INVOICE, live=True)
    found = _locked(live.filter(number__in=wanted | {number.strip() for number in numbers}))
    if wanted <= {rules.tidy_number(item.number) for item in found}:
        return found
    # Somebody wrote a number in another width or case than it was posted in: compare them all.
    alike = [pk for pk, number in live.values_list("pk", "number") if rules.tidy_number(number) in wanted]
    return _locked(Item.objects.filter(pk__in=alike))


def lock_invoices_by_number(numbers: Iterable[str]) -> dict[str, Item]:
    """Live invoices by tidied number, locked; numbers of which there is none are left out."""
    asked = set(numbers)
    wanted = {rules.tidy_number(number) for number in asked}
    found = _locked(Item.objects.filter(kind=INVOICE, live=True, number__in=wanted | {n.strip() for n in asked}))
    return {rules.tidy_number(item.number): item for item in found}


def as_open_items(items: Iterable[Item]) -> list[rules.OpenItem]:
    """Items as the allocation rules see them; what has no due date counts as due on its own day."""
    return [rules.OpenItem(i.pk, i.number, i.due_date or i.on, i.on, i.open_fen) for i in items]


def live_allocations(entry_ids: Collection[int]) -> list[Allocation]:
    """Allocations from or to these entries that nobody has reversed, in the order of their keys."""
    from_them = Allocation.objects.filter(credit__in=entry_ids, fen__gt=0, reversed_by=None)
    to_them = Allocation.objects.filter(debit__in=entry_ids, fen__gt=0, reversed_by=None)
    return sorted({a.pk: a for a in [*from_them, *to_them]}.values(), key=lambda a: a.pk)


def is_reversal(posting: Posting) -> bool:
    """Whether a posting itself reverses something."""
    return (
        Entry.objects.filter(posting=posting, reverses__isnull=False).exists()
        or Allocation.objects.filter(posting=posting, reverses__isnull=False).exists()
    )


def unreversed_entries(posting: Posting, most: int) -> list[Entry]:
    """Documents of a posting that nobody has reversed, in the order of their keys."""
    return list(Entry.objects.filter(posting=posting, reversed_by=None).order_by("pk")[:most])


def unreversed_allocations(posting: Posting, most: int) -> list[Allocation]:
    """Allocations of a posting that nobody has reversed, in the order of their keys."""
    return list(Allocation.objects.filter(posting=posting, fen__gt=0, reversed_by=None).order_by("pk")[:most])


def lock_whole(entry_ids: Collection[int]) -> dict[int, Item]:
    """Items of these entries and of everything they are allocated with, locked in the order of their keys."""
    partners = {key for a in live_allocations(entry_ids) for key in (a.debit_id, a.credit_id)}
    return {item.pk: item for item in _locked(Item.objects.filter(pk__in=partners | set(entry_ids)))}


def lock_for_release(allocations: Iterable[Allocation]) -> None:
    """Lock the items on both sides of allocations."""
    _locked(Item.objects.filter(pk__in={key for a in allocations for key in (a.debit_id, a.credit_id)}))


def write_off_among(allocations: Iterable[Allocation], beside: int) -> str:
    """The number of a write-off, of another posting than this one, that one of these allocations comes from, or ''."""
    credits = {a.credit_id for a in allocations}
    rows = Entry.objects.filter(pk__in=credits, kind=WRITE_OFF).exclude(posting=beside)
    return rows.order_by("pk").values_list("number", flat=True).first() or ""


def live_numbers(kind: str, numbers: Sequence[str]) -> list[str]:
    """Which of these numbers a live document of the kind already has."""
    given: Any
    among, given = ("= ANY(%s)", list(numbers))
    if connection.vendor == "sqlite":
        among, given = ("IN (SELECT value FROM json_each(%s))", json.dumps(list(numbers)))
    with connection.cursor() as cursor:
        # As one parameter: thousands of them take longer to write into the statement than to look up.
        cursor.execute(
            f"SELECT number FROM receivables_item WHERE kind = %s AND live AND number {among} ORDER BY number",  # noqa: S608
            [kind, given],
        )
        return [number for (number,) in cursor.fetchall()]


def posting_line(posting: Posting) -> str:
    """A posting's row as its digest takes it."""
    at = posting.at.astimezone(UTC).isoformat(timespec="microseconds")
    return vouching.posting_line(posting.pk, posting.verb, posting.by_id, at, posting.reason, posting.intake_id)


def _locked(items: QuerySet[Item]) -> list[Item]:
    return list(items.select_for_update(of=("self",)).order_by("pk"))
