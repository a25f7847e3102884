"""今日催收: what of every debtor matters today, and the list as it was last ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.timezone import localdate, make_aware

from kewei.collecting.models import Case, Contact, Line, Member, Promise, PromiseItem, Ranking, Reason, Task
from kewei.collecting.queries import clocks, disputes, evidence, learning, promises, techniques
from kewei.collecting.rules.ladder import LADDER, Ladder
from kewei.collecting.rules.promises import BROKEN
from kewei.collecting.rules.reasons import OURS
from kewei.collecting.rules.recovery import InForce
from kewei.collecting.rules.segments import segment_of
from kewei.collecting.rules.techniques import Situation, Technique, suits
from kewei.collecting.rules.value import (
    FIRST_DAY,
    LAST_DAY,
    MONTH_DAYS,
    VALUE,
    Moment,
    Owed,
    Tables,
    ValuePolicy,
    Weighed,
    Worth,
    basis_of,
    ranked,
    run_days,
    weigh,
)
from kewei.credit.queries import securities
from kewei.credit.rules.terms import STATUTORY, statutory_term
from kewei.journal import queries_policies
from kewei.journal.bulk import among
from kewei.kernel.policies import Versioned
from kewei.kernel.refusals import N_
from kewei.people.models import Person
from kewei.receivables.rules.limitation import POLICY as LIMITATION
from kewei.terminals import queries as terminals

SEE = "collecting.see"
WORTH, OLDEST, LARGEST = "worth", "days", "overdue"
ORDERS = {WORTH: "worth_fen", OLDEST: "days", LARGEST: "overdue_fen"}
TODO, PLANNED = "todo", "planned"
STATES: dict[str, str] = {TODO: N_("今天可做"), PLANNED: N_("已排到以后")}
# Limitation is looked at from so many days before its end; a contact longer ago says nothing.
NEAR_DAYS, CONTACT_DAYS = 180, 365
FIRST_LINES = 20
AT_ONCE = 2_000

_OWED = """
SELECT terminal_id, entry_id, due_date, open_fen FROM receivables_item
 WHERE open_fen > 0 AND side = 1 AND due_date <= %s {among} ORDER BY terminal_id, entry_id
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """One debtor as it is looked at today; fen and days."""

    terminal_id: int
    kind: str
    segment: str
    stage: int
    days: int
    items: int
    overdue_fen: int
    soon_fen: int
    disputed_fen: int
    promised_fen: int
    promised_today_fen: int
    broken: bool
    oldest: date
    near_days: int | None
    owed: tuple[Owed, ...]
    reasons: tuple[str, ...]
    has: frozenset[str]
    moment: Moment
    # How many of the items the model of late payment spoke of; the others go by curve.
    modelled: int = 0

    @property
    def about(self) -> Situation:
        """What techniques are chosen by."""
        return Situation(self.segment, self.stage, self.days, self.reasons, self.has)


@dataclass(frozen=True)
class Judged:
    """A debtor with everything that may be done, the most worth first, and why it is on the list."""

    sight: Sight
    weighed: Weighed
    choices: tuple[tuple[Technique, Worth], ...]
    why: tuple[tuple[str, dict[str, int]], ...]

    basis: str = ""

    @property
    def best(self) -> tuple[Technique, Worth] | None:
        """The next best action."""
        return self.choices[0] if self.choices else None


@dataclass(frozen=True)
class LineRow:
    """A line as listed; fen. `planned_on` is the day of the next open task, None where there is none."""

    terminal_id: int
    terminal_code: str
    terminal_name: str
    segment: str
    stage: int
    days: int
    items: int
    overdue_fen: int
    asked_fen: int
    worth_fen: int
    gain_fen: int
    stake_fen: int
    cost_fen: int
    technique: str
    role: str
    reasons: list[str]
    why: list[Any]
    basis: str = ""
    technique_name: str = ""
    planned_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """Policies a ranking is made by."""

    value: Versioned[ValuePolicy]
    ladder: Versioned[Ladder]
    library: dict[str, Technique]
    labels: tuple[str, ...]
    curves: dict[str, InForce] = field(default_factory=dict)
    tables: dict[str, Tables] = field(default_factory=dict)
    model: bool = False
    likely: dict[tuple[Any, ...], tuple[Technique, ...]] = field(default_factory=dict)

    def candidates(self, about: Situation) -> tuple[Technique, ...]:
        """Techniques that suit a situation on some day at least; many debtors are alike in everything but age."""
        key = (about.segment, about.stage, about.reasons, about.has)
        if key not in self.likely:
            every = self.library.values()
            self.likely[key] = tuple(row for row in every if suits(row, replace(about, days=row.days[0])))
        return self.likely[key]

    def of(self, segment: str) -> Tables:
        """A segment's curves, worked out once."""
        if segment not in self.tables:
            curve, policy = self.curves.get(segment), self.value.value
            self.tables[segment] = Tables.of(segment, policy) if curve is None else _learnt(curve, policy)
        return self.tables[segment]


def policies(day: date) -> Standing:
    """The policies in force on a day; where the company's own ledger has taught curves, they take the place of the chances.

    Where a model of late payment was trained, it says of single invoices how likely they are paid without us.
    """
    study, trained = learning.latest(learning.CURVE, day), learning.latest(learning.PREDICTION, day)
    found = queries_policies.in_force_all([VALUE, LADDER, techniques.TECHNIQUES], day)
    library = found[techniques.TECHNIQUES.name]
    labels = [*sorted(one.label for one in found.values()), *(f"study:{one.pk}" for one in (study, trained) if one)]
    curves = learning.curves_in_force(day, study) if study else {}
    return Standing(
        found[VALUE.name], found[LADDER.name], library.value, tuple(labels), curves, model=trained is not None
    )


def _learnt(curve: InForce, policy: ValuePolicy) -> Tables:
    """A segment's chances by the curve learnt of it; what is not due yet has only the rest of the horizon."""
    days = np.arange(FIRST_DAY, LAST_DAY + MONTH_DAYS + 1)
    left: Any = np.clip(policy.horizon_days + np.minimum(days, 0), 0, policy.horizon_days)
    ever = np.array(curve.to_come_bp, dtype=np.int64)[np.clip(days, 0, len(curve.to_come_bp) - 1)]
    return Tables(ever.tolist(), curve.paid_within(days, left).tolist())


# --- what is looked at -----------------------------------------------------------------------------------------------


def sights(day: date, by: Standing, terminal_ids: Sequence[int] | None = None) -> Iterator[Sight]:
    """Every debtor with something overdue or due soon (or those of the given ones), whoever asks, by key.

    A dozen statements whatever the number of debtors; the items come in one more.
    """
    policy = by.value.value
    owed = _owed(day + timedelta(days=policy.ahead_days), terminal_ids)
    around = _Around(day, by, terminal_ids, owed)
    for pk, rows in groupby(owed, key=itemgetter(0)):
        if (sight := around.sight(pk, list(rows))) is not None:
            yield sight


def _owed(last: date, terminal_ids: Sequence[int] | None) -> list[tuple[int, int, date, int]]:
    """(customer, item, due day, open fen) of open items due by a day, in the order of customers."""
    keys = (
        ""
        if terminal_ids is None
        else f"AND terminal_id IN ({','.join(str(int(pk)) for pk in terminal_ids) or 'NULL'})"
    )
    with connection.cursor() as cursor:
        cursor.execute(_OWED.format(among=keys), [last])
        rows = cursor.fetchall()
    if rows and isinstance(rows[0][2], str):
        read = cache(date.fromisoformat)
        return [(terminal, entry, read(due), fen) for terminal, entry, due, fen in rows]
    return rows


class _Around:
    """What is known of debtors beside their items, read at once for many."""

    def __init__(
        self, day: date, by: Standing, ids: Sequence[int] | None, owed: Sequence[tuple[int, int, date, int]]
    ) -> None:
        self.day, self.by, self.policy = day, by, by.value.value

        def mine(rows: QuerySet[Any], column: str = "terminal_id") -> QuerySet[Any]:
            return rows if ids is None else rows.filter(among(column, ids))

        self.known = terminals.dimensions(ids)
        self.handin = terminals.handin_days(ids)
        self.stages = dict(mine(Case.objects.filter(closed_on=None)).values_list("terminal", "stage"))
        self.disputed = (
            disputes.every_disputed_fen() if ids is None else disputes.disputed_fen([row[1] for row in owed])
        )
        live = PromiseItem.objects.filter(live=True)
        self.promised = promises.open_by_item(list(mine(live, "promise__terminal_id").values_list("entry", flat=True)))
        broken = mine(Promise.objects.filter(state=BROKEN)).values_list("terminal", flat=True).distinct()
        self.broken = set(promises.broken_in_row(list(broken)))
        self.reasons: dict[int, list[str]] = defaultdict(list)
        self.ours: set[int] = set()
        for pk, code, side in mine(Reason.objects.filter(ended_at=None)).values_list("terminal", "code", "side"):
            if code not in self.reasons[pk]:
                self.reasons[pk].append(code)
            if side == OURS:
                self.ours.add(pk)
        since = make_aware(datetime.combine(day - timedelta(days=CONTACT_DAYS), time()))
        contacts = mine(Contact.objects.filter(ours=True, at__gte=since, corrected_by=None))
        newest = contacts.values("terminal").annotate(at=Max("at")).values_list("terminal", "at")
        self.contact = {pk: localdate(at) for pk, at in newest}
        done_since = make_aware(datetime.combine(day - timedelta(days=self.policy.again_days), time()))
        self.done: dict[int, set[str]] = defaultdict(set)
        for pk, code in mine(Task.objects.filter(done=True, closed_at__gte=done_since)).values_list(
            "terminal", "technique"
        ):
            self.done[pk].add(code)
        self.guaranteed = set(securities.guaranteed(ids, day))
        # Three years cannot be nearly over before two years and a half: most items need no calendar.
        near = day - timedelta(days=365 * LIMITATION.years - NEAR_DAYS - 5)
        self.clocks = clocks.limitation_of([entry for _pk, entry, due, _fen in owed if due < near], day)
        self.modelled: dict[int, int] = {}
        if by.model:
            keys = [row[1] for row in owed]
            self.modelled = learning.Chances(day, keys).modelled(keys, self.policy.horizon_days)
        late: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for pk, entry, due, fen in owed:
            if due < day:
                late[pk].append((entry, (day - due).days, fen))
        self.thin = evidence.thin(late, day)
        self.statutory = queries_policies.in_force(STATUTORY, day).value
        self.sme: dict[tuple[str, str], bool] = {}

    def sight(self, pk: int, rows: list[tuple]) -> Sight | None:
        """One debtor; None where it is no longer known."""
        about = self.known.get(pk)
        if about is None:
            return None
        owed, sums = [], _Sums()
        for _pk, entry, due, open_fen in rows:
            owed.append(self._item(entry, due, open_fen, sums))
        segment = segment_of(about.kind)
        return Sight(
            terminal_id=pk, kind=about.kind, segment=segment, stage=self._stage(pk, about.kind, sums.days), days=sums.days,
            items=len(rows), overdue_fen=sums.overdue_fen, soon_fen=sums.soon_fen, disputed_fen=sums.disputed_fen,
            promised_fen=sums.promised_fen, promised_today_fen=sums.today_fen, broken=pk in self.broken,
            oldest=self.day - timedelta(days=sums.days), near_days=sums.near_days,
            owed=tuple(one for one in owed if one.fen > 0), reasons=tuple(self.reasons.get(pk, ())),
            has=self._has(pk, about, sums), moment=self._moment(pk), modelled=sums.modelled,
        )  # fmt: skip

    def _item(self, entry: int, due: date, open_fen: int, sums: _Sums) -> Owed:
        days = (self.day - due).days
        disputed = min(open_fen, self.disputed.get(entry, 0))
        asked, promise = open_fen - disputed, self.promised.get(entry)
        if promise is not None and promise.next_on == self.day:
            sums.today_fen += asked
        elif promise is not None and promise.judged_after >= self.day:
            sums.promised_fen += asked
            asked = 0
        clock = self.clocks.get(entry)
        left = clock.days_left if clock is not None else None
        left = left if left is not None and left <= NEAR_DAYS else None
        sums.add(days, open_fen, disputed, asked, left)
        alone = self.modelled.get(entry)
        sums.modelled += alone is not None
        return Owed(asked, days, left, alone)

    def _stage(self, pk: int, kind: str, days: int) -> int:
        """The case's stage; before there is one, the rung the oldest item stands on."""
        if pk in self.stages:
            return self.stages[pk]
        return max((rung.stage for rung in self.by.ladder.value.rungs(kind) if rung.days <= days), default=0)

    def _has(self, pk: int, about: terminals.Dimension, sums: _Sums) -> frozenset[str]:
        place = (about.kind, about.province)
        if place not in self.sme:
            self.sme[place] = statutory_term(about.kind, "", about.province, self.statutory).applies
        met = {
            "calendar": pk in self.handin, "sme": self.sme[place], "ours": pk in self.ours,
            "thin": pk in self.thin, "guaranteed": pk in self.guaranteed, "barred": sums.barred, "alive": sums.alive,
        }  # fmt: skip
        return frozenset(need for need, so in met.items() if so)

    def _moment(self, pk: int) -> Moment:
        run_in, run_ago = run_days(self.day, self.handin[pk]) if pk in self.handin else (None, None)
        last = self.contact.get(pk)
        since = None if last is None else max(0, (self.day - last).days)
        return Moment(run_in, run_ago, since, frozenset(self.done.get(pk, ())))


class _Sums:
    """What a debtor's items come to while they are read."""

    def __init__(self) -> None:
        self.days = -CONTACT_DAYS
        self.near_days: int | None = None
        self.overdue_fen = self.soon_fen = self.disputed_fen = self.promised_fen = self.today_fen = 0
        self.barred = self.alive = False
        self.modelled = 0

    def add(self, days: int, open_fen: int, disputed: int, asked: int, left: int | None) -> None:
        """Take one item in."""
        self.days = max(self.days, days)
        self.disputed_fen += disputed
        if days > 0:
            self.overdue_fen += open_fen
        else:
            self.soon_fen += open_fen
        if left is not None and left < 0:
            self.barred = True
            return
        self.alive = True
        if left is not None and asked and (self.near_days is None or left < self.near_days):
            self.near_days = left


# --- judging ----------------------------------------------------------------------------------------------------------


def judge(sight: Sight, by: Standing) -> Judged:
    """What may be done about a debtor and what it is worth."""
    weighed = weigh(sight.owed, by.of(sight.segment), by.value.value)
    choices = ranked(weighed, sight.about, sight.moment, by.candidates(sight.about), by.value.value)
    basis = basis_of(sight.modelled, sight.items, bool(by.curves))
    return Judged(sight, weighed, tuple(choices), tuple(why(sight, weighed, by.value.value)), basis)


def why(sight: Sight, weighed: Weighed, policy: ValuePolicy) -> Iterator[tuple[str, dict[str, int]]]:
    """Why a debtor is on the list, the most telling first: codes of rules.value.WHY with their numbers."""
    if weighed.stake_fen and sight.near_days is not None:
        near = sum(one.fen for one in sight.owed if one.days_left is not None and one.days_left >= 0)
        yield "limitation", {"stake_fen": near, "days": sight.near_days}
    if sight.promised_today_fen:
        yield "promise_today", {"promised_fen": sight.promised_today_fen}
    if sight.broken:
        yield "promise_broken", {}
    run_in, run_ago = sight.moment.run_in, sight.moment.run_ago
    if run_in == 0:
        yield "run_today", {}
    elif run_in is not None and run_in <= policy.run_days:
        yield "pay_run", {"days": run_in}
    if "ours" in sight.has:
        yield "ours", {}
    if sight.overdue_fen:
        yield "overdue", {"overdue_fen": sight.overdue_fen, "days": sight.days}
    if sight.soon_fen:
        yield "due_soon", {"soon_fen": sight.soon_fen, "days": policy.ahead_days}
    if weighed.barred_fen:
        yield "barred", {"barred_fen": weighed.barred_fen}
    if sight.overdue_fen and weighed.fading_fen:
        yield "fading", {"fading_fen": weighed.fading_fen}
    if run_in is not None and run_ago is not None and run_in > policy.run_days >= run_ago:
        yield "run_missed", {"days": run_in}
    if sight.promised_fen:
        yield "promised", {"promised_fen": sight.promised_fen}
    if sight.disputed_fen:
        yield "disputed", {"disputed_fen": sight.disputed_fen}
    quiet = sight.moment.since_contact
    if sight.overdue_fen and quiet is not None and quiet >= policy.quiet_days:
        yield "quiet", {"days": quiet}


def judged(person: Person, terminal_id: int, day: date) -> Judged | None:
    """One debtor as it stands now; None where nothing is overdue or due soon. Raises NotFound."""
    terminals.terminal_for(person, terminal_id, SEE)
    by = policies(day)
    return next((judge(sight, by) for sight in sights(day, by, [terminal_id])), None)


# --- the list ---------------------------------------------------------------------------------------------------------


def ranking() -> Ranking | None:
    """The newest ranking, whoever asks."""
    return Ranking.objects.order_by("-day").first()


def list_lines(
    person: Person,
    today: date,
    *,
    order: str = f"-{WORTH}",
    state: str = TODO,
    segment: str = "",
    stage: int | None = None,
    technique: str = "",
    roles: Collection[str] = (),
    terminal: int | None = None,
    text: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[LineRow], int]:
    """One page of the list and how many lines; `state` todo (nothing planned for a later day), planned, or '' for all."""
    rows = _filtered(person, today, state, text)
    for name, value in (("segment", segment), ("technique", technique), ("stage", stage), ("terminal", terminal)):
        if value not in ("", None):
            rows = rows.filter(**{name: value})
    if roles:
        rows = rows.filter(role__in=list(roles))
    minus = "-" if order.startswith("-") else ""
    ordered = rows.order_by(f"{minus}{ORDERS[order.removeprefix('-')]}", "terminal")
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return _rows(page, today), rows.count()


@dataclass(frozen=True)
class Team:
    """Who is on a debtor's open case: who sells to it, who asked for the credit and stays on it, members by part."""

    case: int
    opened_on: date
    owner: str
    decided_by: str
    members: tuple[tuple[str, str], ...]


def team_of(terminal_id: int) -> Team | None:
    """The people of a debtor's open case, whoever asks; None where there is no case."""
    found = Case.objects.filter(terminal=terminal_id, closed_on=None).select_related("owner", "decided_by").first()
    if found is None:
        return None
    members = Member.objects.filter(case=found, until=None).order_by("pk").values_list("role", "person__name")
    named = [one.name if one else "" for one in (found.owner, found.decided_by)]
    return Team(found.pk, found.opened_on, named[0], named[1], tuple(members))


def overdue_items(terminal_ids: Sequence[int], day: date) -> dict[int, tuple[int, list[int]]]:
    """(stage, overdue items) of these customers, whoever asks; those without an overdue item are left out."""
    by = policies(day)
    items: dict[int, list[int]] = defaultdict(list)
    for pk, entry, _due, _fen in _owed(day - timedelta(days=1), terminal_ids):
        items[pk].append(entry)
    return {sight.terminal_id: (sight.stage, items[sight.terminal_id]) for sight in sights(day, by, list(items))}


def overdue_of(terminal_id: int, day: date) -> list[int]:
    """A customer's overdue items, whoever asks."""
    return [entry for _pk, entry, _due, _fen in _owed(day - timedelta(days=1), [terminal_id])]


def line_of(person: Person, terminal_id: int, today: date) -> LineRow | None:
    """A customer's line, None where it has none or may not be seen."""
    found = _rows(Line.objects.visible_to(person, SEE).filter(terminal=terminal_id), today)
    return found[0] if found else None


def first_lines(person: Person, today: date, count: int = FIRST_LINES) -> dict[str, tuple[int, int]]:
    """(worth, overdue) of the first lines in each order, fen: what working down the list wins against plain orders."""
    found = {}
    for order, column in ORDERS.items():
        rows = _filtered(person, today, TODO, "").order_by(f"-{column}", "terminal")[:count]
        sums = list(rows.values_list("worth_fen", "overdue_fen"))
        found[order] = (sum(max(0, worth) for worth, _fen in sums), sum(fen for _worth, fen in sums))
    return found


def counted(person: Person, today: date, roles: Collection[str]) -> tuple[int, int]:
    """How many lines wait for somebody of these roles today, and how many tasks of this person are due; the desk's tile."""
    lines = _filtered(person, today, TODO, "").filter(role__in=list(roles), worth_fen__gt=0)[:1_000].count()
    mine = Task.objects.visible_to(person, SEE).filter(closed_at=None, due_on__lte=today, person=person).count()
    return lines, mine


def _filtered(person: Person, today: date, state: str, text: str) -> QuerySet[Line]:
    rows = Line.objects.visible_to(person, SEE)
    later = Task.objects.filter(terminal=OuterRef("terminal"), closed_at=None, due_on__gt=today)
    if state == TODO:
        rows = rows.filter(~Exists(later))
    elif state == PLANNED:
        rows = rows.filter(Exists(later))
    if text := text.strip():
        rows = rows.filter(Q(terminal__code__startswith=text) | Q(terminal__name__icontains=text))
    return rows


_FIELDS = (
    "terminal_id", "terminal__code", "terminal__name", "segment", "stage", "days", "items", "overdue_fen", "asked_fen",
    "worth_fen", "gain_fen", "stake_fen", "cost_fen", "technique", "role", "reasons", "why",
    "basis",
)  # fmt: skip
_TECHNIQUE = _FIELDS.index("technique")


def _rows(lines: QuerySet[Line], today: date) -> list[LineRow]:
    rows: list[Any] = list(lines.values_list(*_FIELDS))
    if not rows:
        return []
    tasks = Task.objects.filter(among("terminal_id", [row[0] for row in rows]), closed_at=None).order_by("-due_on")
    planned, library = dict(tasks.values_list("terminal", "due_on")), techniques.library(today)
    names = {code: row.name for code, row in library.items()}
    return [LineRow(*(*row, names.get(row[_TECHNIQUE], row[_TECHNIQUE]), planned.get(row[0]))) for row in rows]
