"""Spreading received money over open invoices (docs/algorithms/allocation.md)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kewei.kernel.refusals import N_
from kewei.receivables.rules.numbers import tidy_number
from kewei.receivables.rules.refusals import (
    AlreadySettled,
    AmbiguousSum,
    MoreThanOpen,
    MoreThanUnapplied,
    NamedTwice,
    NoExactSum,
    NoSubset,
    NothingToAllocate,
    SearchTooLarge,
    ShareNotPositive,
    UnknownInvoice,
)
from kewei.receivables.rules.subset import BUDGET, Verdict, find_subset


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice as allocation sees it: what is still open on it, in fen, and since when."""

    item_id: int
    number: str
    due_date: date
    on: date
    open_fen: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many fen of a receipt settle one item."""

    item_id: int
    fen: int


Shares = tuple[list[Share], int]


def by_age(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Oldest first: by due date, then document date, then id; items with nothing open are left out."""
    return sorted((i for i in items if i.open_fen > 0), key=lambda i: (i.due_date, i.on, i.item_id))


def oldest_first(received_fen: int, items: Sequence[OpenItem]) -> Shares:
    """Spread `received_fen` over `items` by due date; return the shares and the fen left over.

    Raises NothingToAllocate where there is no money or nothing open.
    """
    return _spread(received_fen, by_age(items))


def by_number(received_fen: int, items: Sequence[OpenItem], numbers: Sequence[str]) -> Shares:
    """Settle the named invoices in the order named; return the shares and the fen left over.

    A number named twice counts once. Raises UnknownInvoice(invoice_numbers) where the customer has no such invoice,
    AlreadySettled(invoice_numbers) where nothing is open on it, NothingToAllocate where nothing is named or there is no
    money.
    """
    named: dict[str, list[OpenItem]] = {tidy_number(number): [] for number in numbers if tidy_number(number)}
    for item in sorted(items, key=lambda i: (i.due_date, i.on, i.item_id)):
        if (key := tidy_number(item.number)) in named:
            named[key].append(item)
    if unknown := [number for number, found in named.items() if not found]:
        raise UnknownInvoice(invoice_numbers=unknown)
    if settled := [number for number, found in named.items() if not any(i.open_fen > 0 for i in found)]:
        raise AlreadySettled(invoice_numbers=settled)
    return _spread(received_fen, [i for found in named.values() for i in found if i.open_fen > 0])


def exact_sum(received_fen: int, items: Sequence[OpenItem]) -> Shares:
    """Settle the one invoice whose open amount equals `received_fen`, else all of them if they add up to it.

    Raises NoExactSum(wanted_fen) where neither fits, AmbiguousSum(wanted_fen, invoice_numbers) where several invoices
    are of that amount.
    """
    open_items = _something(received_fen, by_age(items))
    same = [i for i in open_items if i.open_fen == received_fen]
    if len(same) > 1:
        raise AmbiguousSum(wanted_fen=received_fen, invoice_numbers=[i.number for i in same])
    if same:
        return _spread(received_fen, same)
    if sum(i.open_fen for i in open_items) == received_fen:
        return _spread(received_fen, open_items)
    raise NoExactSum(wanted_fen=received_fen)


def subset_sum(received_fen: int, items: Sequence[OpenItem], budget: int = BUDGET) -> Shares:
    """Settle the only set of open invoices that adds up to exactly `received_fen`.

    Raises NoSubset where there is none, AmbiguousSum with the preferred set's numbers where it is not proven to be the
    only one, SearchTooLarge where nothing could be found or excluded within `budget` steps.
    """
    open_items = _something(received_fen, by_age(items))
    found = find_subset(received_fen, [i.open_fen for i in open_items], budget)
    if found.verdict is Verdict.NONE:
        raise NoSubset(wanted_fen=received_fen)
    if found.verdict is Verdict.UNKNOWN:
        raise SearchTooLarge(wanted_fen=received_fen, items=len(open_items))
    chosen = [open_items[position] for position in found.positions]
    if found.verdict is not Verdict.ONLY:
        raise AmbiguousSum(wanted_fen=received_fen, invoice_numbers=[i.number for i in chosen])
    return _spread(received_fen, chosen)


@dataclass(frozen=True, slots=True)
class Method:
    """A way to allocate: its code, its name on screens (a msgid), and whether it needs invoice numbers."""

    code: str
    name: str
    spread: Callable[..., Shares]
    needs_numbers: bool = False


METHODS: dict[str, Method] = {
    method.code: method
    for method in (
        Method("by_number", N_("按指定发票"), by_number, needs_numbers=True),
        Method("exact_sum", N_("按金额相等"), exact_sum),
        Method("subset_sum", N_("按发票组合相等"), subset_sum),
        Method("oldest_first", N_("按到期先后"), oldest_first),
    )
}


def allocate(method: str, received_fen: int, items: Sequence[OpenItem], numbers: Sequence[str] = ()) -> Shares:
    """Spread `received_fen` over `items` by the method of that code in METHODS; raises what the method raises."""
    chosen = METHODS[method]
    return chosen.spread(received_fen, items, numbers) if chosen.needs_numbers else chosen.spread(received_fen, items)


def check_shares(shares: Sequence[Share], items: Sequence[OpenItem], available_fen: int) -> int:
    """Check shares a person typed or a proposal made against what is open now; return the fen left over.

    Raises NothingToAllocate, ShareNotPositive, NamedTwice, UnknownInvoice, MoreThanOpen(number, open_fen, wanted_fen)
    or MoreThanUnapplied(left_fen, wanted_fen).
    """
    if not shares or available_fen <= 0:
        raise NothingToAllocate
    known = {item.item_id: item for item in items}
    seen: set[int] = set()
    for share in shares:
        item = known.get(share.item_id)
        if item is None:
            raise UnknownInvoice(invoice_numbers=[f"#{share.item_id}"])
        if share.item_id in seen:
            raise NamedTwice(number=item.number)
        if share.fen <= 0:
            raise ShareNotPositive(wanted_fen=share.fen)
        if share.fen > item.open_fen:
            raise MoreThanOpen(number=item.number, open_fen=item.open_fen, wanted_fen=share.fen)
        seen.add(share.item_id)
    wanted_fen = sum(share.fen for share in shares)
    if wanted_fen > available_fen:
        raise MoreThanUnapplied(left_fen=available_fen, wanted_fen=wanted_fen)
    return available_fen - wanted_fen


def _something(received_fen: int, open_items: list[OpenItem]) -> list[OpenItem]:
    if received_fen <= 0 or not open_items:
        raise NothingToAllocate
    return open_items


def _spread(received_fen: int, ordered: list[OpenItem]) -> Shares:
    shares, left_fen = [], received_fen
    for item in _something(received_fen, ordered):
        if left_fen == 0:
            break
        taken_fen = min(left_fen, item.open_fen)
        shares.append(Share(item.item_id, taken_fen))
        left_fen -= taken_fen
    assert left_fen >= 0
    assert sum(share.fen for share in shares) + left_fen == received_fen  # money is neither made nor lost
    return shares, left_fen
