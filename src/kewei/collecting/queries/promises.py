"""承诺付款: what is promised and open, what came for it, and how customers kept what they had promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import localdate

from kewei.collecting.models import Promise, PromiseItem, PromisePart
from kewei.collecting.rules.promises import (
    BROKEN,
    KEPT,
    LIVE,
    PROMISES,
    Part,
    PromisePolicy,
    breaks_in_row,
    deadline,
    extra_stages,
)
from kewei.journal import queries_policies
from kewei.journal.bulk import among, chunks
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.receivables import queries as receivables

SEE = "collecting.see"
OPEN, DUE_NOW = "open", "due"
# What the list can be narrowed to, beside the states themselves.
SHOWN: dict[str, str] = {OPEN: N_("待履行（含部分）"), DUE_NOW: N_("今天及以前到期")}


@dataclass(frozen=True)
class OpenPromise:
    """The live promise an item stands in: its next instalment that has not come, and the whole of it; fen."""

    promise: int
    next_on: date
    judged_after: date
    due_on: date
    fen: int
    paid_fen: int


@dataclass(frozen=True)
class PromiseRow:
    """A promise as listed; fen."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    fen: int
    paid_fen: int
    made_on: date
    due_on: date
    promiser: str
    job: str
    authority: str
    form: str
    method: str
    condition: str
    note: str
    paper: int | None
    replaces: int | None
    moved: int
    state: str
    state_at: datetime
    policy: str
    recorded_by: str
    recorded_at: datetime
    parts: tuple[Part, ...] = ()

    @property
    def left_fen(self) -> int:
        """What has not come of it yet."""
        return max(0, self.fen - self.paid_fen)

    @property
    def next_on(self) -> date:
        """The day of the first instalment that has not come whole."""
        return next_part(self.parts, self.paid_fen).due_on if self.parts else self.due_on


@dataclass(frozen=True)
class PromisedItem:
    """An invoice of a promise: what was open when it was promised, and what is open now; fen."""

    entry: int
    number: str
    due_date: date | None
    promised_open_fen: int
    open_fen: int


@dataclass(frozen=True)
class StateRow:
    """A state a promise or dispute came into."""

    state: str
    fen: int
    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class FullPromise:
    """A promise with its invoices, its states, and the ones it was moved from and to."""

    row: PromiseRow
    items: tuple[PromisedItem, ...]
    states: tuple[StateRow, ...]
    replaced_by: int | None


@dataclass(frozen=True)
class ToJudge:
    """What judging a promise needs: its instalments, the money that came from the day it was made on, and the policy it
    was made under.
    """

    pk: int
    terminal_id: int
    state: str
    paid_fen: int
    policy: PromisePolicy
    parts: tuple[Part, ...]
    received: tuple[tuple[date, int], ...]


def next_part(parts: Iterable[Part], paid_fen: int) -> Part:
    """The first instalment that what was paid does not reach; the last where it reaches all."""
    total, part = 0, Part(date.min, 0)
    for part in parts:
        total += part.fen
        if paid_fen < total:
            break
    return part


def promise_for(person: Person, pk: int, verb: str = SEE) -> Promise:
    """The promise where this person may see it for a verb. Raises NotFound."""
    found = Promise.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "paper").first()
    if found is None:
        raise NotFound(noun=N_("承诺"))
    return found


def promise(person: Person, pk: int) -> FullPromise:
    """One promise with everything about it. Raises NotFound."""
    kept = promise_for(person, pk)
    row = _rows(Promise.objects.filter(pk=pk))[0]
    fields = ("entry", "entry__number", "entry__due_date", "open_fen", "entry__item__open_fen")
    items = tuple(PromisedItem(*values) for values in kept.items.order_by("pk").values_list(*fields))
    states = kept.states.order_by("pk").values_list("state", "paid_fen", "why", "by__name", "at")
    later = Promise.objects.filter(replaces=pk).values_list("pk", flat=True).first()
    return FullPromise(row, items, tuple(StateRow(*values) for values in states), later)


def list_promises(
    person: Person,
    today: date,
    *,
    terminal: int | None = None,
    state: str = OPEN,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[PromiseRow], int, int]:
    """One page of promises, what falls due first in front, how many, and their sum in fen.

    `state` is a state, one of SHOWN, or '' for all.
    """
    rows = Promise.objects.visible_to(person, SEE)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if text := text.strip():
        rows = rows.filter(
            Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text) | Q(promiser__icontains=text)
        )
    if state == OPEN:
        rows = rows.filter(state__in=LIVE)
    elif state == DUE_NOW:
        rows = rows.filter(state__in=LIVE, parts__due_on__lte=today).distinct()
    elif state:
        rows = rows.filter(state=state)
    order = ("due_on", "pk") if state in SHOWN else ("-made_on", "-pk")
    total = rows.aggregate(fen=Sum("fen"))["fen"] or 0 if state != DUE_NOW else None
    if total is None:
        total = Promise.objects.filter(pk__in=rows.values("pk")).aggregate(fen=Sum("fen"))["fen"] or 0
    ordered = rows.order_by(*order)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page), rows.count(), int(total)


def promises_of(person: Person, terminal_id: int, most: int = 50) -> list[PromiseRow]:
    """A customer's promises, live ones first, then newest first; none where not visible."""
    rows = _rows(
        Promise.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-made_on", "-pk")[:most]
    )
    return sorted(rows, key=lambda row: row.state not in LIVE)


def open_by_item(ids: Collection[int]) -> dict[int, OpenPromise]:
    """The live promise each of these items stands in, whoever asks; those without one are left out."""
    stands: dict[int, int] = {}
    for part in chunks(ids):
        stands.update(PromiseItem.objects.filter(among("entry_id", part), live=True).values_list("entry", "promise"))
    open_ones = _open(sorted(set(stands.values())))
    return {item: open_ones[pk] for item, pk in stands.items() if pk in open_ones}


def _open(pks: list[int]) -> dict[int, OpenPromise]:
    found: dict[int, OpenPromise] = {}
    for some in chunks(pks):
        parts = parts_of(some)
        rows = Promise.objects.filter(among("pk", some)).values_list("pk", "due_on", "fen", "paid_fen", "policy")
        for pk, due_on, fen, paid_fen, label in rows:
            on = next_part(parts[pk], paid_fen).due_on
            policy = queries_policies.version(PROMISES, label).value
            found[pk] = OpenPromise(pk, on, deadline(on, policy), due_on, fen, paid_fen)
    return found


def parts_of(pks: Collection[int]) -> dict[int, tuple[Part, ...]]:
    """The instalments of these promises, in order; one query."""
    found: dict[int, list[Part]] = defaultdict(list)
    rows = PromisePart.objects.filter(among("promise_id", list(pks))).order_by("promise", "place")
    for pk, due_on, fen in rows.values_list("promise", "due_on", "fen"):
        found[pk].append(Part(due_on, fen))
    return {pk: tuple(parts) for pk, parts in found.items()}


def parts_by_item(ids: Collection[int]) -> dict[int, tuple[Part, ...]]:
    """The instalments of the live promise each of these items stands in, whoever asks; those without one are left out."""
    stands: dict[int, int] = {}
    for some in chunks(ids):
        stands.update(PromiseItem.objects.filter(among("entry_id", some), live=True).values_list("entry", "promise"))
    parts = parts_of(set(stands.values()))
    return {item: parts[pk] for item, pk in stands.items()}


def only_invoices(pks: Collection[int]) -> dict[int, str]:
    """The number of the invoice of each of these promises that is about one only, whoever asks."""
    found: dict[int, list[str]] = defaultdict(list)
    for some in chunks(pks):
        for pk, number in PromiseItem.objects.filter(among("promise_id", some)).values_list("promise", "entry__number"):
            found[pk].append(number)
    return {pk: numbers[0] for pk, numbers in found.items() if len(numbers) == 1}


def promised(entry_ids: Collection[int]) -> dict[int, str]:
    """Numbers of those of these items that stand in a live promise already."""
    rows = PromiseItem.objects.filter(among("entry_id", list(entry_ids)), live=True)
    return dict(rows.values_list("entry", "entry__number"))


# --- judging ---------------------------------------------------------------------------------------------------------


def to_look_at(now: datetime, terminal_ids: Collection[int] | None = None) -> list[int]:
    """Keys of the promises to judge, of these customers or of all: what is still to be performed, and what was broken
    so lately that money booked late may correct it.
    """
    since = now - timedelta(days=queries_policies.in_force(PROMISES, localdate(now)).value.correct_days)
    rows = Promise.objects.filter(Q(state__in=LIVE) | Q(state=BROKEN, state_at__gte=since))
    if terminal_ids is not None:
        rows = rows.filter(terminal__in=list(terminal_ids))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def to_judge(pks: Collection[int]) -> list[ToJudge]:
    """What is needed to judge these promises, by the day of their last instalment; six queries for any number of them.

    Money that came counts once: what settled their own invoices first, then, oldest promise first, what a customer
    paid since and nobody has applied to anything yet.
    """
    keys = list(pks)
    parts = parts_of(keys)
    items: dict[int, list[int]] = defaultdict(list)
    for pk, entry in PromiseItem.objects.filter(among("promise_id", keys)).values_list("promise", "entry"):
        items[pk].append(entry)
    rows = list(
        Promise.objects.filter(among("pk", keys))
        .order_by("due_on", "pk")
        .values_list("pk", "terminal_id", "state", "paid_fen", "policy", "made_on", "fen")
    )
    money = receivables.money_for({entry for entries in items.values() for entry in entries})
    loose = receivables.money_not_applied({row[1] for row in rows})
    found = []
    for pk, terminal, state, paid_fen, label, made_on, fen in rows:
        came = [(on, sum_) for entry in items[pk] for on, sum_ in money.get(entry, ()) if on >= made_on]
        wanting = fen - sum(sum_ for _on, sum_ in came)
        rest = []
        for on, left in loose.get(terminal, ()):
            taken = min(left, wanting) if on >= made_on and wanting > 0 else 0
            if taken:
                came.append((on, taken))
                wanting -= taken
            if left > taken:
                rest.append((on, left - taken))
        loose[terminal] = rest
        policy = queries_policies.version(PROMISES, label).value
        found.append(ToJudge(pk, terminal, state, paid_fen, policy, parts[pk], tuple(came)))
    return found


# --- how customers keep what they promise ----------------------------------------------------------------------------


def broken_in_row(terminal_ids: Collection[int]) -> dict[int, int]:
    """How many promises in a row each of these customers has broken last, whoever asks; nought is left out."""
    judged: dict[int, list[str]] = defaultdict(list)
    for some in chunks(terminal_ids):
        rows = Promise.objects.filter(among("terminal_id", some), state__in=(KEPT, BROKEN))
        for terminal, state in rows.order_by("-due_on", "-pk").values_list("terminal", "state"):
            judged[terminal].append(state)
    return {pk: count for pk, states in judged.items() if (count := breaks_in_row(states))}


def pushed_up(terminal_ids: Collection[int], today: date) -> dict[int, int]:
    """By how many stages broken promises push each of these customers' cases up; nought is left out (domain 2.14)."""
    policy = queries_policies.in_force(PROMISES, today).value
    found = broken_in_row(terminal_ids)
    return {pk: more for pk, in_row in found.items() if (more := extra_stages(in_row, policy))}


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "fen", "paid_fen", "made_on", "due_on", "promiser", "job",
    "authority", "form", "method", "condition", "note", "paper_id", "replaces_id", "moved", "state", "state_at",
    "policy", "recorded_by__name", "recorded_at",
)  # fmt: skip


def _rows(promises: QuerySet[Promise]) -> list[PromiseRow]:
    rows: list[Any] = list(promises.values_list(*_FIELDS))
    parts = parts_of([row[0] for row in rows])
    return [PromiseRow(*(*row, parts.get(row[0], ()))) for row in rows]
