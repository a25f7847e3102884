"""拜访理由: what every room wishes for this morning, and the wishes that live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from kewei.campaigns import queries as campaigns
from kewei.campaigns.rules import reasons as campaign_rules
from kewei.collecting.queries import cases, promises
from kewei.journal import queries_policies
from kewei.journal.bulk import among, chunks
from kewei.kernel.calendar import month_end
from kewei.kernel.refusals import N_, NotFound
from kewei.keyaccounts import queries as keyaccounts
from kewei.people.models import Person
from kewei.receivables.queries import items
from kewei.sales import queries as sales
from kewei.terminals import queries as terminals
from kewei.terminals.queries import summaries
from kewei.terminals.rules import LICENCE_KINDS
from kewei.visits.models import Rhythm, Visit, Wish
from kewei.visits.rules import wishes as rules
from kewei.visits.rules.wishes import FREQUENCY, GATHERED, REASONS, Frequency, Reasons, Seen, WishGiven

SEE = "visits.see"
# Why a wish ended.
ENDED: dict[str, str] = {
    "gone": N_("理由已消失"),
    "visited": N_("已拜访"),
    "changed": N_("内容有变"),
    "past": N_("已过期"),
    "withdrawn": N_("已撤回"),
}


@dataclass(frozen=True)
class WishRow:
    """A wish as listed; `says` with its numbers is put into words by rules.wishes.words."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    source: str
    says: str
    numbers: dict[str, Any]
    purpose: str
    weight: int
    must: bool
    first_on: date
    last_on: date
    role: str
    minutes: int


@dataclass(frozen=True)
class Policies:
    """The policies wishes are gathered by, and their labels."""

    frequency: Frequency
    reasons: Reasons
    labels: tuple[str, ...]


def policies(day: date) -> Policies:
    """Those in force on a day."""
    found = queries_policies.in_force_all([FREQUENCY, REASONS], day)
    return Policies(
        found[FREQUENCY.name].value, found[REASONS.name].value, tuple(sorted(one.label for one in found.values()))
    )


# --- what is wished for -----------------------------------------------------------------------------------------------


def desired(asker: Person, today: date, by: Policies) -> dict[str, WishGiven]:
    """Every wish the rooms have cause for this morning, by key; a wish met by a visit within its days is left out."""
    found = {one.key: one for one in _all(asker, today, by)}
    done = _visited({one.terminal for one in found.values() if one.source != rules.NORM}, found.values())
    return {key: one for key, one in found.items() if one.source == rules.NORM or not _met(one, done)}


def _all(asker: Person, today: date, by: Policies) -> Iterator[WishGiven]:
    about, gone = terminals.dimensions(), summaries.closed()
    owned = {pk for pk, one in about.items() if one.owner is not None and pk not in gone}
    medical = set(summaries.linked(rules.MEDICAL)) - gone
    seen = _seen(about, owned, medical)
    months = rules.months_ahead(today)
    for one in seen:
        yield from rules.norm_wishes(one, months, by.frequency)
        yield from rules.month_end_wishes(one, months, by.frequency, by.reasons)
    minutes = {one.pk: one.minutes or by.frequency.minutes(one.kind) for one in seen}
    yield from _lapsed(today, by.reasons, minutes, owned)
    yield from _overdue(today, by.reasons, minutes, owned)
    yield from _promised(asker, today, by.reasons, minutes, owned)
    yield from _reconciling(today, by.reasons, minutes, owned)
    yield from _renewals(asker, today, by.reasons, minutes, owned)
    yield from _next_actions(today, by.reasons, minutes, owned)
    yield from _key_accounts(today, by.reasons, minutes, owned)
    yield from _campaigns(today, by.reasons, minutes, owned)


def _seen(about: dict[int, Any], owned: set[int], medical: set[int]) -> list[Seen]:
    keys = sorted(owned | medical)
    classes: dict[int, str] = {}
    for part in chunks(keys, 2_000):
        classes.update(terminals.potential_classes(part))
    rows = Rhythm.objects.filter(ended_at=None).values_list("terminal", "per_month", "minutes")
    rhythms = {pk: (per_month, minutes) for pk, per_month, minutes in rows}
    return [
        Seen(pk, about[pk].kind, pk in owned, classes.get(pk, ""), pk in medical, *rhythms.get(pk, (None, None)))
        for pk in keys
        if pk in about
    ]


def _lapsed(today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    for one in sales.lapsed(today):
        if (pk := one.terminal) in owned:
            numbers = {"last": one.last_day.isoformat(), "usual": one.usual_days}
            key = f"sales:lapse:{pk}:{one.last_day:%Y%m%d}"
            yield rules.dated(rules.LAPSE, pk, key, one.alarm_day, minutes[pk], today, by, numbers)


def _overdue(today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    for case, pk, stage, on, fen in cases.open_stages(by.visit_stage):
        if pk in owned:
            numbers = {"stage": stage, "overdue_fen": fen}
            must = stage >= by.must_stage
            key = f"collecting:case:{case}:ST{stage}"
            yield rules.dated(rules.OVERDUE, pk, key, on, minutes[pk], today, by, numbers, must=must)


def _promised(asker: Person, today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    last = month_end(rules.months_ahead(today)[1])
    for row in promises.list_promises(asker, today, limit=None)[0]:
        if row.terminal_id in owned and row.next_on <= last:
            numbers = {"on": row.next_on.isoformat(), "left_fen": row.left_fen}
            key = f"collecting:promise:{row.pk}"
            yield rules.dated(
                rules.PROMISED, row.terminal_id, key, row.next_on, minutes[row.terminal_id], today, by, numbers
            )


def _reconciling(today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    owing = items.debtors()
    for pk, day in terminals.handin_days().items():
        if pk not in owned or pk not in owing:
            continue
        for month in rules.months_ahead(today):
            on = month.replace(day=min(day, month_end(month).day))
            if on >= today:
                key = f"terminals:handin:{pk}:{month:%Y-%m}"
                yield rules.dated(rules.RECONCILING, pk, key, on, minutes[pk], today, by, {"day": day})


def _renewals(asker: Person, today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    for row in terminals.licences_ending(asker, today, by.licence_days, limit=None)[0]:
        if row.terminal in owned:
            paper = LICENCE_KINDS.get(row.kind, row.kind)
            numbers = {"paper": paper, "number": row.number, "on": row.ends_on.isoformat()}
            key = f"terminals:licence:{row.pk}"
            yield rules.dated(rules.RENEWAL, row.terminal, key, row.ends_on, minutes[row.terminal], today, by, numbers)


def _next_actions(today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    for row in terminals.next_actions_due(month_end(rules.months_ahead(today)[1])):
        if row.terminal in owned:
            numbers = {"on": row.due_on.isoformat(), "what": row.what[:100]}
            key = f"terminals:next:{row.terminal}:{row.due_on:%Y%m%d}"
            yield rules.dated(rules.NEXT, row.terminal, key, row.due_on, minutes[row.terminal], today, by, numbers)


def _key_accounts(today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    last = month_end(rules.months_ahead(today)[1])
    for one in keyaccounts.wished(today):
        if one.terminal in owned and one.due_on <= last:
            numbers = {"on": one.due_on.isoformat(), "what": one.words[:100]}
            yield rules.dated(
                rules.KEY_ACCOUNT, one.terminal, rules.account_key(one.plan, one.number), one.due_on,
                minutes[one.terminal], today, by, numbers, purpose=rules.PURPOSE_OF_GOAL.get(one.serves, ""),
            )  # fmt: skip


def _campaigns(today: date, by: Reasons, minutes: dict[int, int], owned: set[int]) -> Iterator[WishGiven]:
    """重点产品: once within the days of a running campaign, unless somebody is left alone (campaigns.rules.holding_out)."""
    row = by.rows[rules.CAMPAIGN]
    for one in campaigns.wished(today):
        if one.terminal in owned:
            what = campaign_rules.CODES[one.reasons[0][0]] if one.reasons else campaign_rules.BY_HAND
            numbers = {
                "product": one.product[:60],
                "what": what,
                "product_id": one.product_id,
                "campaign": one.campaign,
            }
            yield WishGiven(
                one.terminal, f"campaigns:{one.campaign}:{one.terminal}", rules.CAMPAIGN, rules.SAYS[rules.CAMPAIGN],
                rules.PURPOSE_OF[rules.CAMPAIGN], row.weight, one.first_on, one.last_on, minutes[one.terminal] + row.minutes,
                row.must, numbers=numbers,
            )  # fmt: skip


def _visited(ids: set[int], wished: Iterable[WishGiven]) -> dict[int, list[tuple[date, frozenset[str]]]]:
    """Visits made at these terminals since the first day anything is wished for: day and purposes."""
    since = min((one.first_on for one in wished), default=None)
    found: dict[int, list[tuple[date, frozenset[str]]]] = defaultdict(list)
    if since is None:
        return found
    rows = (
        Visit.objects.filter(day__gte=since, terminal__in=ids)
        if len(ids) < 500
        else Visit.objects.filter(day__gte=since)
    )
    for terminal, day, purposes in rows.values_list("terminal", "day", "purposes"):
        found[terminal].append((day, frozenset(purposes)))
    return found


def _met(wish: WishGiven, done: dict[int, list[tuple[date, frozenset[str]]]]) -> bool:
    return any(
        wish.first_on <= day <= wish.last_on and wish.purpose in purposes
        for day, purposes in done.get(wish.terminal, ())
    )


# --- what lives -------------------------------------------------------------------------------------------------------


def live_gathered() -> dict[str, Wish]:
    """Live wishes of the sources the morning gathers, by key, whoever asks."""
    return {
        wish.key: wish for wish in Wish.objects.filter(ended_at=None, source__in=GATHERED).iterator(chunk_size=5_000)
    }


def wish_for(person: Person, pk: int, verb: str = SEE) -> Wish:
    """A wish for a terminal this person may see for a verb. Raises NotFound."""
    rows = _of_their_kind(person, Wish.objects.visible_to(person, verb))
    found = rows.filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("拜访理由"))
    return found


def _of_their_kind(person: Person, rows: QuerySet[Wish]) -> QuerySet[Wish]:
    """Reasons of money are neither for the eyes nor for the hands of a medical representative (4.4)."""
    apart = not person.may("visits.trade") and not person.reach(SEE).everything
    return rows.filter(role=rules.MEDICAL) if apart else rows


def list_wishes(
    person: Person,
    *,
    source: str = "",
    terminal: int | None = None,
    whom: int | None = None,
    text: str = "",
    must: bool = False,
    first: date | None = None,
    last: date | None = None,
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[WishRow], int]:
    """One page of live wishes that touch a span of days, what must be and weighs most in front, and how many."""
    rows = Wish.objects.visible_to(person, SEE).filter(ended_at=None)
    rows = _of_their_kind(person, rows)
    if source:
        rows = rows.filter(source=source)
    if terminal is not None:
        rows = rows.filter(terminal=terminal)
    if whom is not None:
        rows = rows.filter(terminal__owner=whom)
    if must:
        rows = rows.filter(must=True)
    if first is not None:
        rows = rows.filter(last_on__gte=first)
    if last is not None:
        rows = rows.filter(first_on__lte=last)
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    ordered = rows.order_by("-must", "last_on", "-weight", "pk")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page), rows.count()


def wishes_by_key(pks: Collection[int]) -> dict[int, WishRow]:
    """Wishes by key, ended ones too, whoever asks: the caller has asked for the plan they stand in."""
    return {row.pk: row for row in _rows(Wish.objects.filter(among("pk", list(pks))))}


def for_planning(terminal_ids: Collection[int], roles: Collection[str], first: date, last: date) -> list[WishRow]:
    """Live wishes of these terminals for these roles that touch a span of days, whoever asks."""
    found: list[WishRow] = []
    for part in chunks(sorted(terminal_ids), 2_000):
        rows = Wish.objects.filter(
            among("terminal_id", part), ended_at=None, role__in=list(roles), first_on__lte=last, last_on__gte=first
        )
        found += _rows(rows.order_by("terminal", "pk"))
    return found


def norms_of(terminal_ids: Collection[int], first: date, last: date) -> dict[tuple[int, str], tuple[str, int]]:
    """(class, times) of the norms of a month, by terminal and role; wishes of a month gone by count too, whoever asks."""
    rows = Wish.objects.filter(
        among("terminal_id", list(terminal_ids)), source=rules.NORM, first_on=first, last_on=last
    )
    rows = rows.filter(Q(ended_at=None) | Q(ended_why="past")).order_by("pk")
    return {
        (terminal, role): (str(numbers.get("klass", "")), int(numbers.get("times", 0)))
        for terminal, role, numbers in rows.values_list("terminal", "role", "numbers")
    }


_FIELDS = (
    "pk", "terminal_id", "terminal__code", "terminal__name", "source", "says", "numbers", "purpose", "weight", "must",
    "first_on", "last_on", "role", "minutes",
)  # fmt: skip


def _rows(wishes: QuerySet[Wish]) -> list[WishRow]:
    return [WishRow(*row) for row in wishes.values_list(*_FIELDS)]
