"""Open items: lists, sums of a few customers, the unmatched queue, documents by number."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Q

from kewei.journal.bulk import among, chunks
from kewei.receivables import rules
from kewei.receivables.models import CREDIT, DEBIT, INVOICE, RECEIPT, RED_LETTER, WRITE_OFF, InvoiceDetail, Item
from kewei.receivables.queries import book as books
from kewei.receivables.queries.ageing import BY
from kewei.receivables.queries.book import Book
from kewei.receivables.queries.scope import SEE, seen_among, visible_terminals
from kewei.terminals import queries as terminals

# Orders of the list of open items, and the column of the book that gives each.
ORDERS = ("due_date", "on", "open", "total", "customer")
# The key of customers whom an attribute does not place anywhere: without an owner, a territory, a region.
NOBODY = "-"
_INDEXED = {"due_date": "due_date", "open": "open_fen"}
COUNTED = 1_000_000
_FIELDS = ("entry_id", "terminal_id", "kind", "side", "number", "on", "due_date", "total_fen", "open_fen")


def open_items(
    person: Any,
    as_of: date | None = None,
    terminal: int | None = None,
    bucket: int | str | None = None,
    owner: int | None = None,
    kind: str | None = None,
    region: str | None = None,
    order: str = "due_date",
    start: int = 0,
    limit: int | None = 50,
    *,
    territory: int | None = None,
    age: int | str | None = None,
    overdue: bool = False,
) -> tuple[list[rules.ItemRow], int]:
    """One page of what is owed at the end of `as_of` (the last day in the book where not given), and the count of all.

    `bucket` is a bucket of PAST_DUE, `age` one of INVOICE_AGE (index or code); the other filters are keys of the ageing
    table's rows. `overdue`: only what is past due. `order` is one of ORDERS, with a minus for the other way round.
    Without a limit, everything from `start` on.
    """
    visible = _visible(person, terminal)
    groups = {"owner": owner, "kind": kind, "region": region, "territory": territory}
    groups = {name: key for name, key in groups.items() if key is not None}
    plain = visible is None and not groups and bucket is None and age is None and not overdue
    with books.current() as book:
        as_of = as_of or date.fromordinal(max(book.last_day, 1))
        indexed = limit is not None and order.removeprefix("-") in _INDEXED and as_of.toordinal() >= book.last_day
        if plain and indexed:
            count, page = int(book.aged(as_of).items.sum()), None
        else:
            chosen = _Chosen(book, as_of, visible)
            chosen.narrow(groups, bucket, age, overdue)
            count, page = len(chosen.rows), chosen.page(order, start, limit)
    # The database is asked when others may use the book again.
    rows = _page_by_index(order, start, limit or 0) if page is None else _by_keys(dict(zip(*page, strict=True)))
    return _described(rows, as_of), count


def every_open_item(
    person: Any, as_of: date, terminal: int | None = None, order: str = "due_date", **filters: Any
) -> Iterator[rules.ItemRow]:
    """All of what open_items would page through, streamed, for exports; filters as there."""
    narrowed = {name: filters.pop(name, None) for name in ("bucket", "age", "overdue")}
    with books.current() as book:
        chosen = _Chosen(book, as_of, _visible(person, terminal))
        chosen.narrow({name: key for name, key in filters.items() if key is not None}, **narrowed)
        ids, open_fen = chosen.page(order, 0, None)
    for start in range(0, len(ids), 5_000):
        part = slice(start, start + 5_000)
        yield from _described(_by_keys(dict(zip(ids[part], open_fen[part], strict=True))), as_of)


def open_fen_of(entry_id: int) -> int:
    """What is open of one document now, whoever asks, fen."""
    return Item.objects.filter(pk=entry_id).values_list("open_fen", flat=True).first() or 0


def debtors() -> set[int]:
    """Terminals that owe something now, whoever asks."""
    return set(Item.objects.filter(open_fen__gt=0, side=DEBIT).values_list("terminal", flat=True).distinct())


def open_items_of(person: Any, terminal_id: int, as_of: date) -> list[rules.OpenItem]:
    """What one customer owes at the end of `as_of`, oldest first, as the rules see it; empty where not visible."""
    rows, _ = open_items(person, as_of, terminal=terminal_id, limit=None)
    return rules.by_age(
        rules.OpenItem(row.entry_id, row.number, row.due_date or row.on, row.on, row.open_fen) for row in rows
    )


def figures(person: Any, terminal_ids: Collection[int], today: date) -> dict[int, rules.Figures]:
    """Balance, overdue, open count, oldest due date and unapplied money of these customers; one query, an index alone.

    Customers the person may not see are left out; those without anything open have Figures of nought.
    """
    seen = seen_among(person, terminal_ids, SEE)
    if not seen:
        return {}
    found = {pk: rules.Figures() for pk in seen}
    keys = ",".join(str(int(pk)) for pk in seen)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT terminal_id, SUM(side * open_fen),"  # noqa: S608
            " SUM(CASE WHEN side = 1 AND due_date < %s THEN open_fen ELSE 0 END),"
            " SUM(CASE WHEN side = 1 THEN 1 ELSE 0 END), MIN(CASE WHEN side = 1 THEN due_date END),"
            " SUM(CASE WHEN side = -1 THEN open_fen ELSE 0 END)"
            f" FROM receivables_item WHERE open_fen > 0 AND terminal_id IN ({keys}) GROUP BY terminal_id",
            [today],
        )
        for pk, balance_fen, overdue_fen, count, oldest, unapplied_fen in cursor.fetchall():
            oldest_due = date.fromisoformat(oldest) if isinstance(oldest, str) else oldest
            found[pk] = rules.Figures(int(balance_fen), int(overdue_fen), int(count), oldest_due, int(unapplied_fen))
    return found


def unmatched(
    person: Any, start: int = 0, limit: int | None = 50, terminal: int | None = None
) -> tuple[list[rules.Unmatched], int]:
    """One page of money and notes not yet applied, oldest first, and how many there are."""
    # What is reversed has nothing open, so `live` need not be asked for and an index alone can count.
    waiting = Item.objects.visible_to(person, SEE).still_open().of_side(CREDIT)
    if terminal is not None:
        waiting = waiting.filter(terminal=terminal)
    detail = "entry__receipt_detail__"
    fields = (
        "entry_id", "terminal_id", "terminal__code", "terminal__name", "kind", "number", "on", "total_fen", "open_fen",
        f"{detail}method", f"{detail}payer_name", f"{detail}reference", f"{detail}memo",
    )  # fmt: skip
    waiting = waiting.order_by("on", "entry_id")
    page = waiting.values_list(*fields)
    page = page[start : start + limit] if limit is not None else page[start:]
    rows = [rules.Unmatched(*row[:9], *(text or "" for text in row[9:])) for row in page]
    # In order and with a limit, because SQLite would rather count through the wider index of all that is open.
    return rows, waiting.values("pk")[:COUNTED].count()


def _visible(person: Any, terminal: int | None) -> list[int] | None:
    """Terminals to look at: those the person may see, of them the one asked for; None for all."""
    if terminal is not None:
        return seen_among(person, [terminal], SEE)
    return visible_terminals(person, SEE)


def find_documents(person: Any, text: str, limit: int = 20) -> list[rules.KnownDocument]:
    """Documents whose number begins so, reversed ones too, live ones first."""
    if len(text.strip()) < 2:
        return []
    seen = Item.objects.visible_to(person, SEE).order_by("number", "entry_id")
    parts = [*(Q(kind=kind, live=True) for kind in (INVOICE, RECEIPT, RED_LETTER, WRITE_OFF)), Q(live=False)]
    found: list[Any] = []
    # One way of writing it at a time: asked for both at once, SQLite reads every number in order until it has enough.
    for part, start in product(parts, sorted({text.strip(), rules.tidy_number(text)})):
        rows = seen.filter(part, _begins_with(start))[: limit - len(found)]
        found += [rules.KnownDocument(*row) for row in rows.values_list(*_KNOWN, "terminal__name")]
    return found


def _begins_with(start: str) -> Q:
    if connection.vendor == "postgresql":
        return Q(number__startswith=start)
    # LIKE ignores case on SQLite and therefore the index; a range does not.
    return Q(number__gte=start, number__lt=start[:-1] + chr(ord(start[-1]) + 1))


def known_documents(kind: str, numbers: Iterable[str]) -> list[rules.KnownDocument]:
    """Live documents of a kind with these numbers, as written or tidied, whoever asks: for an import's dry run."""
    found: list[rules.KnownDocument] = []
    wanted = dict.fromkeys(form for number in numbers for form in (number.strip(), rules.tidy_number(number)))
    for part in chunks(wanted):
        rows = Item.objects.filter(kind=kind, live=True, number__in=part).values_list(*_KNOWN)
        found += [rules.KnownDocument(*row) for row in rows]
    return found


def documents(ids: Iterable[int]) -> dict[int, rules.KnownDocument]:
    """Documents by key with what is open of them now, whoever asks."""
    found: dict[int, rules.KnownDocument] = {}
    for part in chunks(ids):
        for row in Item.objects.filter(among("entry_id", part)).values_list(*_KNOWN):
            found[row[0]] = rules.KnownDocument(*row)
    return found


def contracts(ids: Collection[int]) -> dict[int, str]:
    """Contract numbers written on these invoices, where there is one, whoever asks."""
    rows = InvoiceDetail.objects.filter(among("entry_id", list(ids))).values_list("entry_id", "fields")
    return {pk: str(fields["contract"]) for pk, fields in rows if fields.get("contract")}


_KNOWN = ("entry_id", "kind", "number", "terminal_id", "on", "total_fen", "open_fen", "due_date", "live")


class _Chosen:
    """Rows of the book that make up a list, narrowed step by step."""

    def __init__(self, book: Book, as_of: date, visible: Sequence[int] | None) -> None:
        self.book, self.as_of = book, as_of
        open_fen = book.open_on(as_of)
        mask = (open_fen > 0) & (book.side.all == DEBIT)
        if visible is not None:
            mask &= book.flags(visible)[book.terminal.all]
        self.rows = np.flatnonzero(mask)
        self.open_fen = open_fen[self.rows]

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Keep the rows where the mask holds."""
        self.rows, self.open_fen = self.rows[mask], self.open_fen[mask]

    def keep_group(self, name: str, key: Any) -> None:
        """Keep items of customers of one group, or of those in none (NOBODY); unknown keys keep nothing."""
        keys, codes = self.book.grouped(name, BY[name])
        if key == NOBODY:
            key = None if None in keys else ""
        code = keys.index(key) if key in keys else -1
        self.keep(codes[self.book.terminal.all[self.rows]] == code)

    def keep_bucket(self, days: npt.NDArray[np.int32], buckets: rules.Buckets, bucket: int | str) -> None:
        """Keep items whose day lies in a bucket."""
        place = buckets.codes.index(bucket) if isinstance(bucket, str) else bucket
        since = self.as_of.toordinal() - days[self.rows]
        mask = np.ones(len(since), dtype=bool)
        if place > 0:
            mask &= since > buckets.edges[place - 1]
        if place < len(buckets.edges):
            mask &= since <= buckets.edges[place]
        self.keep(mask)

    def narrow(
        self, groups: dict[str, Any], bucket: int | str | None, age: int | str | None, overdue: bool | None
    ) -> None:
        """Keep what all filters let through; see open_items."""
        for name, key in groups.items():
            self.keep_group(name, key)
        if bucket is not None:
            self.keep_bucket(self.book.due.all, rules.PAST_DUE, bucket)
        if age is not None:
            self.keep_bucket(self.book.on.all, rules.INVOICE_AGE, age)
        if overdue:
            self.keep(self.book.due.all[self.rows] < self.as_of.toordinal())

    def page(self, order: str, start: int, limit: int | None) -> tuple[list[int], list[int]]:
        """Entries and open fen of one page in the order asked for; equals keep the order in which they were posted."""
        places = self._places(order, start, limit)
        return self.book.entry_id.all[self.rows[places]].tolist(), self.open_fen[places].tolist()

    def _places(self, order: str, start: int, limit: int | None) -> npt.NDArray:
        values = self._values(order.removeprefix("-"))
        values = -values if order.startswith("-") else values
        end = len(values) if limit is None else min(start + limit, len(values))
        if end < len(values) // 4:
            # Everything up to the last value of the page, of which there are few, instead of sorting all.
            last = np.partition(values, end)[end]
            front = np.flatnonzero(values <= last)
            return front[np.argsort(values[front], kind="stable")][start:end]
        return np.argsort(values, kind="stable")[start:end]

    def _values(self, order: str) -> npt.NDArray:
        if order == "open":
            return self.open_fen
        if order == "customer":
            return self.book.code_ranks()[self.book.terminal.all[self.rows]]
        column = {"due_date": self.book.due, "on": self.book.on, "total": self.book.total_fen}.get(order)
        if column is None:
            raise ValueError(f"order must be one of {ORDERS}, not {order!r}")
        return column.all[self.rows]


def _page_by_index(order: str, start: int, limit: int) -> list[tuple]:
    """A page of the whole book, off the index that is made for the order."""
    minus = "-" if order.startswith("-") else ""
    owed = Item.objects.still_open().of_side(DEBIT)
    keys = owed.order_by(minus + _INDEXED[order.removeprefix("-")], f"{minus}entry_id")[start : start + limit]
    ids = list(keys.values_list("entry_id", flat=True))
    return _by_keys(dict.fromkeys(ids))


def _by_keys(open_fen_of: dict[int, int | None]) -> list[tuple]:
    """Items by key, in the order of the keys given, with the open amounts given (or today's where None)."""
    found: dict[int, tuple] = {}
    for part in chunks(open_fen_of):
        found.update((row[0], row) for row in Item.objects.filter(pk__in=part).values_list(*_FIELDS))
    return [
        (*found[key][:-1], found[key][-1] if open_fen is None else open_fen) for key, open_fen in open_fen_of.items()
    ]


def _described(rows: Sequence[tuple], as_of: date) -> list[rules.ItemRow]:
    """Items with their customers' names, both ages and the days to limitation."""
    named = terminals.named({row[1] for row in rows})
    return [_row(row, *named[row[1]], as_of) for row in rows]


def _row(row: tuple, code: str, name: str, as_of: date) -> rules.ItemRow:
    entry_id, terminal_id, kind, side, number, on, due_date, total_fen, open_fen = row
    due = due_date or on
    past_due = rules.days_past_due(due, as_of)
    return rules.ItemRow(
        entry_id=entry_id, terminal_id=terminal_id, terminal_code=code, terminal_name=name, kind=kind, side=side,
        number=number, on=on, due_date=due_date, total_fen=total_fen, open_fen=open_fen, overdue_days=max(0, past_due),
        age_days=(as_of - on).days, bucket=rules.PAST_DUE.place(past_due),
        days_left=(rules.limitation.last_day(due) - as_of).days,
    )  # fmt: skip
