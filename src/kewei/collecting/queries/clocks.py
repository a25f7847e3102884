"""时钟: until when each claim, guarantee and bill can be enforced, by which rule, and which event set it.

Events come from where they are kept: payments from the ledger, promises and letters from their papers, the rest from what
people wrote down. Only what is proved moves the clock; what may be proved yet makes a second date beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from kewei.collecting.models import ClockEvent, ClockEventItem, GuaranteeClaim, PromiseItem
from kewei.collecting.queries import letters, promises
from kewei.collecting.rules import clocks as rules
from kewei.collecting.rules.clocks import BillClock, GuaranteeClock, bill_clocks, guarantee_clock
from kewei.collecting.rules.letters import FAIR, STRONG
from kewei.collecting.rules.promises import CANCELLED, DOUBTFUL, PROVED
from kewei.collecting.rules.promises import strength_of as strength_of_promise
from kewei.credit.queries import securities
from kewei.credit.rules.securities import GUARANTEES
from kewei.journal.bulk import among, chunks
from kewei.kernel.calendar import add_years
from kewei.kernel.ids import LARGEST_KEY
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.receivables.queries import ItemFacts, sign_backs
from kewei.receivables.rules.bills import OPEN
from kewei.receivables.rules.limitation import POLICY, WARNING_DAYS, Event, Limitation, limitation, warning_of

SEE = "collecting.see"
LEDGER, LETTER, PROMISE, STATEMENT, WRITTEN = "ledger", "letter", "promise", "statement", "event"
SOURCES: dict[str, str] = {
    LEDGER: N_("收款"),
    LETTER: N_("函件"),
    PROMISE: N_("承诺付款"),
    STATEMENT: N_("回签对账单"),
    WRITTEN: N_("时效事件"),
}
# More than these running out at once is a matter for a report, not for a page.
MOST = 5_000


@dataclass(frozen=True)
class Happening:
    """Something that may restart a clock, where it is kept, and how well it is proved."""

    on: date
    kind: str
    strength: str
    source: str
    key: int
    runs_from: date | None = None
    pending: bool = False

    @property
    def event(self) -> Event:
        """As the rule of limitation takes it."""
        return Event(self.on, self.kind, self.runs_from, self.pending)


@dataclass(frozen=True)
class ItemClock:
    """The limitation clock of an invoice on a day; fen, days.

    `last_day` counts what is proved. `hoped_day` is what it would be if everything doubtful could be proved, where that
    is another day. `set_by` is the happening that set it, None where the due day did.
    """

    item: ItemFacts
    clock: Limitation
    today: date
    set_by: Happening | None
    hoped_day: date | None
    happenings: tuple[Happening, ...]

    @property
    def last_day(self) -> date | None:
        """The last day on which the claim can be enforced; None while the clock does not run."""
        return self.clock.last_day

    @property
    def days_left(self) -> int | None:
        """Days until the last day: 0 on it, negative after; None while the clock does not run."""
        return self.clock.days_left(self.today)

    @property
    def band(self) -> int | None:
        """The warning band: 365, 180 or 90 days, 0 once expired, None while there is time."""
        return None if self.days_left is None else warning_of(self.days_left)

    @property
    def stopped(self) -> bool:
        """Whether proceedings hold it."""
        return self.clock.stopped_by is not None

    def counted(self, happening: Happening) -> str:
        """What became of a happening: counted, late, or of no effect."""
        if happening.strength != PROVED:
            return "unproved"
        if happening.event in self.clock.counted:
            return "counted"
        return "late" if happening.event in self.clock.too_late else "idle"


EFFECTS: dict[str, str] = {
    "counted": N_("重新起算"),
    "late": N_("已过时效，无效"),
    "idle": N_("不改变时效"),
    "unproved": N_("证据不足，未计"),
}


def limitation_of(item_ids: Collection[int], today: date) -> dict[int, ItemClock]:
    """The limitation clock of each of these invoices, whoever asks; a handful of queries for any number of them."""
    items = receivables.items_by_key(item_ids)
    happened = _happenings(items)
    return {pk: _clock(item, happened.get(pk, []), today) for pk, item in items.items()}


def clock_of(person: Person, item_id: int, today: date) -> ItemClock:
    """The clock of one invoice this person may see. Raises NotFound."""
    # No key is longer than the database's integers, whatever an address holds.
    item = next(iter(limitation_of([item_id], today).values()), None) if item_id <= LARGEST_KEY else None
    if item is None or not receivables.seen_among(person, [item.item.terminal_id], SEE):
        raise NotFound(noun=N_("发票"))
    return item


def running_out(
    person: Person, today: date, *, terminal: int | None = None, within_days: int = max(WARNING_DAYS)
) -> list[ItemClock]:
    """Open invoices whose clock ends within so many days, has ended, or does not run; nearest first.

    An invoice due less than three years less `within_days` ago cannot be among them: only the older ones are counted.
    """
    oldest = add_years(today + timedelta(days=within_days), -POLICY.years)
    found = receivables.owed_and_due_by(person, SEE, oldest, MOST, terminal)
    items = {item.pk: item for item in found}
    happened = _happenings(items)
    clocks = [_clock(item, happened.get(pk, []), today) for pk, item in items.items()]
    near = [one for one in clocks if one.days_left is None or one.days_left <= within_days]
    return sorted(near, key=lambda one: (one.days_left is not None, one.days_left or 0, one.item.pk))


def _clock(item: ItemFacts, happened: list[Happening], today: date) -> ItemClock:
    known = sorted((one for one in happened if one.on <= today), key=lambda one: (one.on, one.kind))
    clock = limitation(item.due_date, [one.event for one in known if one.strength == PROVED])
    hoped = limitation(item.due_date, [one.event for one in known if one.strength in (PROVED, DOUBTFUL)])
    last = clock.counted[-1] if clock.counted else None
    set_by = next((one for one in known if one.event == last and one.strength == PROVED), None)
    hoped_day = hoped.last_day if hoped.last_day != clock.last_day else None
    return ItemClock(item, clock, today, set_by, hoped_day, tuple(known))


def _happenings(items: dict[int, ItemFacts]) -> dict[int, list[Happening]]:
    ids = list(items)
    found: dict[int, list[Happening]] = defaultdict(list)
    for pk, came in receivables.money_for(ids).items():
        found[pk] += [Happening(on, rules.PART_PAYMENT, PROVED, LEDGER, 0) for on, fen in came if fen > 0]
    for pk, arrived in letters.arrived_demands(ids).items():
        for one in arrived:
            strength = PROVED if one.strength in (STRONG, FAIR) else DOUBTFUL
            found[pk].append(Happening(one.on, one.effect, strength, LETTER, one.letter_id))
    for pk, happening in _signed(items):
        found[pk].append(happening)
    for pk, happening in _promised(ids):
        found[pk].append(happening)
    for pk, happening in _written(items):
        found[pk].append(happening)
    return found


def _signed(items: dict[int, ItemFacts]) -> Iterable[tuple[int, Happening]]:
    """Statements signed as agreeing acknowledge what was open at the end of their period (domain 2.12, 4.6).

    What is open today was open then. Without the signed paper it may be proved yet.
    """
    signed = sign_backs.signed_of({item.terminal_id for item in items.values()})
    for item in items.values():
        for one in signed.get(item.terminal_id, ()):
            if item.on <= one.last:
                strength = PROVED if one.paper is not None and one.seal != "none" else DOUBTFUL
                yield item.pk, Happening(one.on, "acknowledged", strength, STATEMENT, one.statement)


def _promised(ids: list[int]) -> Iterable[tuple[int, Happening]]:
    """Promises as agreements to pay; a plan of instalments runs from its last one (民法典 189)."""
    fields = (
        "entry",
        "promise",
        "promise__made_on",
        "promise__due_on",
        "promise__form",
        "promise__authority",
        "promise__paper",
    )
    rows: list[tuple[Any, ...]] = []
    for some in chunks(ids):
        stands = PromiseItem.objects.filter(among("entry_id", some)).exclude(promise__state=CANCELLED)
        rows += stands.values_list(*fields)
    parts = promises.parts_of({row[1] for row in rows}) if rows else {}
    for entry, pk, made_on, due_on, form, authority, paper in rows:
        strength = strength_of_promise(form, authority, paper is not None)
        runs_from = due_on if len(parts.get(pk, ())) > 1 else None
        yield entry, Happening(made_on, rules.AGREED, strength, PROMISE, pk, runs_from)


def _written(items: dict[int, ItemFacts]) -> Iterable[tuple[int, Happening]]:
    """What people wrote down, of the invoices named, or of every one written by the day where none is."""
    of_terminal: dict[int, list[ItemFacts]] = defaultdict(list)
    for item in items.values():
        of_terminal[item.terminal_id].append(item)
    for some in chunks(of_terminal):
        events = list(ClockEvent.objects.filter(among("terminal_id", some), taken_back_at=None).order_by("on", "pk"))
        named: dict[int, set[int]] = defaultdict(set)
        rows = ClockEventItem.objects.filter(among("event_id", [event.pk for event in events]))
        for key, entry in rows.values_list("event", "entry"):
            named[key].add(entry)
        for event in events:
            happening = Happening(
                event.on, event.kind, event.strength, WRITTEN, event.pk, event.runs_from, event.pending
            )
            for item in of_terminal[event.terminal_id]:
                whole = event.pk not in named and item.on <= event.on
                if whole or item.pk in named.get(event.pk, ()):
                    yield item.pk, happening


# --- what people wrote down ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EventRow:
    """An event as written down."""

    pk: int
    terminal_id: int
    kind: str
    how: str
    on: date
    runs_from: date | None
    pending: bool
    signer: str
    names_content: bool
    proof: int | None
    strength: str
    words: str
    recorded_by: str
    recorded_at: datetime
    taken_back_by: str
    taken_back_at: datetime | None
    taken_back_why: str
    numbers: tuple[str, ...] = ()


def event_for(person: Person, pk: int, verb: str = SEE) -> ClockEvent:
    """The event where this person may see it for a verb. Raises NotFound."""
    found = ClockEvent.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "proof").first()
    if found is None:
        raise NotFound(noun=N_("时效事件"))
    return found


_EVENT = (
    "pk", "terminal_id", "kind", "how", "on", "runs_from", "pending", "signer", "names_content", "proof_id", "strength",
    "words", "recorded_by__name", "recorded_at", "taken_back_by__name", "taken_back_at", "taken_back_why",
)  # fmt: skip


def events_of(person: Person, terminal_id: int, item: int | None = None, most: int = 100) -> list[EventRow]:
    """What was written down about a customer, or about one invoice, newest first; none where not visible."""
    rows = ClockEvent.objects.visible_to(person, SEE).filter(terminal=terminal_id)
    if item is not None:
        named = ClockEventItem.objects.values("event")
        rows = rows.filter(Q(items__entry=item) | ~Q(pk__in=named)).distinct()
    found = list(rows.order_by("-on", "-pk").values_list(*_EVENT)[:most])
    numbers: dict[int, list[str]] = defaultdict(list)
    of = ClockEventItem.objects.filter(event__in=[row[0] for row in found])
    for event, number in of.order_by("pk").values_list("event", "entry__number"):
        numbers[event].append(number)
    return [EventRow(*(*row[:14], row[14] or "", *row[15:], tuple(numbers[row[0]]))) for row in found]


# --- guarantees and bills ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GuaranteeRow:
    """A guarantee with its clock; fen."""

    security: securities.SecurityRow
    clock: GuaranteeClock


def guarantee_for(person: Person, pk: int, verb: str = SEE) -> Any:
    """The guarantee where this person may see it for a verb. Raises NotFound."""
    found = securities.security_for(person, pk, verb)
    if found.kind not in GUARANTEES:
        raise NotFound(noun=N_("担保"))
    return found


def guarantees(person: Person, today: date, *, terminal: int | None = None, most: int = 200) -> list[GuaranteeRow]:
    """Guarantees nobody has ended, what ends first in front, each with its clock and the claims made on it."""
    rows, _count, _fen = securities.list_securities(person, today, terminal=terminal, state="", limit=None)
    kept = [row for row in rows if row.kind in GUARANTEES and row.ended_at is None and row.until is not None][:most]
    claims: dict[int, list[tuple[date, str]]] = defaultdict(list)
    of = GuaranteeClaim.objects.filter(among("security_id", [row.pk for row in kept]))
    for pk, on, how in of.values_list("security", "on", "how"):
        claims[pk].append((on, how))
    return [GuaranteeRow(row, guarantee_clock(row.kind, row.until, claims[row.pk], today)) for row in kept if row.until]


@dataclass(frozen=True)
class BillRow:
    """A bill with the clocks that run for it."""

    bill: receivables.BillRow
    clocks: tuple[BillClock, ...]

    @property
    def next(self) -> BillClock:
        """The clock that ends first."""
        return min(self.clocks, key=lambda clock: clock.last_day)


def bills(
    person: Person, today: date, *, terminal: int | None = None, days: int = 30, most: int = 200
) -> list[BillRow]:
    """Bills in hand that fall due within so many days or should have been presented, and those refused."""
    near, _count, _fen = receivables.list_bills(
        person, today, terminal=terminal, state=OPEN, due_by=today + timedelta(days=days), limit=most
    )
    refused, _count, _fen = receivables.list_bills(person, today, terminal=terminal, state="dishonoured", limit=most)
    found = [BillRow(bill, bill_clocks(bill.due_on)) for bill in near]
    found += [
        BillRow(bill, bill_clocks(bill.due_on, dishonoured_on=bill.outcome_on or bill.due_on)) for bill in refused
    ]
    return sorted(found, key=lambda row: (row.next.last_day, row.bill.pk))
