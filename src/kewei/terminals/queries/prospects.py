"""Prospects: the card's own part, stages, next actions, the pool, who holds how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import (
    Closure,
    Link,
    NextAction,
    PoolReturn,
    Potential,
    Prospect,
    Stage,
    Terminal,
)
from kewei.terminals.queries.cards import card as whole_card
from kewei.terminals.queries.searching import matching
from kewei.terminals.rules.prospects import (
    IDLE,
    LEFT,
    OPEN_STAGES,
    POOL,
    PROSPECT_FIELDS,
    STAGE_RULES,
    PoolRules,
    StageRules,
    Standing,
    days_over,
    idle_left,
    size_known,
)

PROSPECT = "terminals.prospect"
NOUN = N_("潜在客户")


@dataclass(frozen=True)
class ProspectRow:
    """A prospect as lists and boards show it.

    `days` in its stage, `over` days beyond what the stage allows; `idle_left` days until it goes back to the pool,
    None where nobody holds it or no rule says so; `late` days by which its next action is overdue.
    """

    pk: int
    code: str
    name: str
    kind: str
    grade: str
    province: str
    city: str
    district: str
    stage: str
    stage_since: datetime
    potential: str
    source: str
    owner: int | None
    owner_name: str
    next_what: str
    next_on: date | None
    next_person: str
    estimate_fen: int | None
    first_order_fen: int | None
    first_order_on: date | None
    days: int
    over: int
    idle_left: int | None
    late: int


@dataclass(frozen=True)
class StageRow:
    """One stage of a prospect's history, newest first; `until` None is the live one."""

    stage: str
    since: datetime
    until: datetime | None
    days: int
    why: str
    note: str
    holder: str
    set_by: str
    policy: str


@dataclass(frozen=True)
class ActionRow:
    """A next action: live where `ended_at` is None."""

    pk: int
    what: str
    due_on: date
    person: int
    person_name: str
    set_by: str
    set_at: datetime
    ended_at: datetime | None
    done: bool
    outcome: str


@dataclass(frozen=True)
class Held:
    """Who had the prospect from when to when, and how that ended: '' while it lasts or where it was handed over."""

    person: int
    name: str
    since: datetime
    until: datetime | None
    why: str
    note: str


@dataclass(frozen=True)
class PotentialRow:
    """A potential class with its basis."""

    potential: str
    third: int | None
    demand_fen: int | None
    share_bp: int | None
    basis: str
    among: str
    peers: int
    barrier: bool
    judged: bool
    note: str
    policy: str
    since: date
    until: date | None


@dataclass(frozen=True)
class ProspectCard:
    """The prospect's part of a card, with what each further stage still needs."""

    terminal: int
    stage: str
    stage_since: datetime
    days: int
    over: int
    idle_left: int | None
    registered_by: str
    registered_at: datetime
    touched_at: datetime
    fields: dict[str, Any]
    next_action: ActionRow | None
    actions: tuple[ActionRow, ...]
    stages: tuple[StageRow, ...]
    holders: tuple[Held, ...]
    potential: PotentialRow | None
    potentials: tuple[PotentialRow, ...]
    missing: dict[str, tuple[str, ...]]
    in_pool: bool


@dataclass(frozen=True)
class Due:
    """Something due about a prospect, for plans of visits: plain values, whoever asks."""

    terminal: int
    owner: int | None
    due_on: date
    what: str


def prospect_for(person: Person, pk: int) -> Prospect:
    """The prospect of a terminal this person may work on. Raises NotFound."""
    found = Prospect.objects.visible_to(person, PROSPECT).select_related("terminal").filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def is_prospect(pk: int) -> bool:
    """Whether a terminal has a prospect's part, won or dropped ones included."""
    return Prospect.objects.filter(pk=pk).exists()


def prospect_card(person: Person, pk: int, today: date) -> ProspectCard:
    """The prospect's part of a card. Raises NotFound."""
    kept = prospect_for(person, pk)
    policies = queries_policies.in_force_all([STAGE_RULES, POOL], today)
    stages: StageRules = policies[STAGE_RULES.name].value
    pool: PoolRules = policies[POOL.name].value
    days = _days(kept.stage_since, today)
    actions = _actions(pk)
    potentials = _potentials(pk)
    standing = standing_of(person, kept, today)
    owner = kept.terminal.owner_id
    return ProspectCard(
        terminal=pk,
        stage=kept.stage,
        stage_since=kept.stage_since,
        days=days,
        over=days_over(kept.stage, days, stages),
        idle_left=idle_left(kept.stage, _days(kept.touched_at, today), pool) if owner else None,
        registered_by=kept.registered_by.name,
        registered_at=kept.registered_at,
        touched_at=kept.touched_at,
        fields={name: getattr(kept, name) for name in PROSPECT_FIELDS},
        next_action=next((one for one in actions if one.ended_at is None), None),
        actions=actions,
        stages=_stages(pk, today),
        holders=_holders(pk),
        potential=next((one for one in potentials if one.until is None), None),
        potentials=potentials,
        missing={stage: standing.missing(stage, stages) for stage in rules.LADDER if stage != kept.stage},
        in_pool=owner is None and kept.stage in OPEN_STAGES,
    )


def standing_of(person: Person, prospect: Prospect, today: date) -> Standing:
    """What there is of a prospect, in the words of NEEDS."""
    card = whole_card(person, prospect.pk, today)
    sizes = {
        "beds": card.beds, "outpatients": prospect.outpatients, "floor_area": prospect.floor_area,
        "stores": prospect.stores, "yearly_fen": prospect.yearly_fen,
    }  # fmt: skip
    return Standing(
        {
            "place": bool(card.division or card.city),
            "contact": bool(card.contacts),
            "notice": bool(card.contacts) and all(contact.notice_given_on for contact in card.contacts),
            "code": bool(card.credit_code or prospect.licence_number or card.licences),
            "paper_check": bool(prospect.paper_check),
            "papers_good": prospect.paper_check == "valid",
            "estimate": bool((prospect.estimate_fen or prospect.estimate_units) and prospect.estimate_basis),
            "scale": size_known(card.kind, sizes),
            "potential": Potential.objects.filter(terminal=prospect.pk, until=None).exists(),
            "next_action": NextAction.objects.filter(terminal=prospect.pk, ended_at=None).exists(),
            "first_order": prospect.first_order_fen is not None and prospect.first_order_on is not None,
            "process": bool(prospect.buying_process.strip()),
            "licences": not card.missing_licences,
            "credit_code": bool(card.credit_code),
        }
    )


# --- lists ------------------------------------------------------------------------------------------------------------

ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("terminal__name", "pk"),
    "stage_since": ("stage_since", "pk"),
    "touched_at": ("touched_at", "pk"),
    "next_on": ("next_on", "pk"),
    "estimate_fen": ("estimate_fen", "pk"),
    "code": ("terminal__code", "pk"),
    "city": ("terminal__city", "pk"),
}
_FIELDS = (
    "pk", "terminal__code", "terminal__name", "terminal__kind", "terminal__grade", "terminal__province",
    "terminal__city", "terminal__district", "stage", "stage_since", "touched_at", "source", "terminal__owner",
    "terminal__owner__name", "estimate_fen", "first_order_fen", "first_order_on",
)  # fmt: skip


def prospects(
    person: Person,
    today: date,
    *,
    text: str = "",
    stage: str = "",
    kind: str = "",
    potential: str = "",
    city: str = "",
    owner: int | None = None,
    alarm: str = "",
    order: str = "next_on",
    start: int = 0,
    limit: int = 50,
) -> tuple[list[ProspectRow], int]:
    """One page of the prospects somebody looks after that this person may see, and how many there are.

    `stage` "open" (also without) leaves out won and dropped ones. `alarm` is late (the next action), over (too long
    in its stage), idle (soon back in the pool) or plain (without a next action).
    """
    rows = Prospect.objects.visible_to(person, PROSPECT).exclude(terminal__owner=None)
    rows = rows.filter(stage=stage) if stage and stage != "open" else rows.filter(stage__in=OPEN_STAGES)
    rows = _narrowed(person, rows, text, kind, potential, city)
    if owner:
        rows = rows.filter(terminal__owner=owner)
    if alarm:
        rows = _alarmed(rows, alarm, today)
    return _page(rows, today, order, start, limit)


def pool(
    person: Person,
    today: date,
    *,
    text: str = "",
    kind: str = "",
    potential: str = "",
    province: str = "",
    city: str = "",
    grade: str = "",
    order: str = "code",
    start: int = 0,
    limit: int = 50,
) -> tuple[list[ProspectRow], int]:
    """公海  One page of the prospects nobody looks after where this person wins customers, and how many there are."""
    rows = Prospect.objects.filter(terminal__in=open_pool(person).values("pk"))
    for field, value in (("province", province), ("grade", grade)):
        if value:
            rows = rows.filter(**{f"terminal__{field}": value})
    if kind:
        rows = rows.filter(terminal__kind=kind)
    if city:
        rows = rows.filter(terminal__city=city)
    if potential:
        rows = rows.filter(terminal__in=_classed(potential))
    for word in fold(text).split():
        rows = rows.filter(terminal__search_line__text__contains=word)
    return _page(rows, today, order, start, limit)


def open_pool(person: Person) -> QuerySet[Terminal]:
    """The pool of this person without closed and merged terminals."""
    shut = Closure.objects.filter(lifted_at=None).values("terminal")
    return Terminal.objects.in_pool_of(person).exclude(pk__in=shut)


def pool_terminal(person: Person, pk: int) -> Terminal:
    """A terminal of this person's pool. Raises NotFound."""
    found = Terminal.objects.in_pool_of(person).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


@dataclass(frozen=True)
class Column:
    """A column of the board: its key, a name where the key is a person, how many, and the first cards."""

    key: str
    name: str
    count: int
    cards: tuple[ProspectRow, ...]


def board(person: Person, today: date, by: str, *, owner: int | None = None, most: int = 30) -> list[Column]:
    """看板  The prospects somebody looks after, in columns by stage, potential, kind, due or owner.

    `most` cards a column, those due first in front; `count` says how many there are. Two queries for any number of
    columns.
    """
    rows = Prospect.objects.visible_to(person, PROSPECT).exclude(terminal__owner=None)
    stages = (*OPEN_STAGES, rules.WON, rules.DROPPED) if by == "stage" else OPEN_STAGES
    rows = rows.filter(stage__in=stages)
    if owner:
        rows = rows.filter(terminal__owner=owner)
    # Won and dropped ones only pile up: the board shows the newest of them.
    newest = today - timedelta(days=90)
    rows = rows.filter(Q(stage__in=OPEN_STAGES) | Q(stage_since__date__gte=newest))
    found = _rows(rows, today)
    found.sort(key=lambda row: (row.next_on or date.max, row.name))
    columns: dict[str, list[ProspectRow]] = {key: [] for key in _COLUMNS.get(by, ())}
    for row in found:
        columns.setdefault(_column(row, by, today), []).append(row)
    names = {str(row.owner): row.owner_name for row in found} if by == "owner" else {}
    return [Column(key, names.get(key, ""), len(cards), tuple(cards[:most])) for key, cards in columns.items()]


DUE_COLUMNS = ("late", "today", "week", "later", "none")
_COLUMNS: dict[str, Sequence[str]] = {
    "stage": (*OPEN_STAGES, rules.WON, rules.DROPPED),
    "potential": ("A", "B", "C", ""),
    "due": DUE_COLUMNS,
}


def _column(row: ProspectRow, by: str, today: date) -> str:
    if by == "due":
        if row.next_on is None:
            return "none"
        days = (row.next_on - today).days
        return "late" if days < 0 else "today" if days == 0 else "week" if days < 7 else "later"
    return str(getattr(row, by) or "")


def _narrowed(person: Person, rows: QuerySet[Prospect], text: str, kind: str, potential: str, city: str) -> QuerySet:
    if text:
        rows = rows.filter(pk__in=matching(person, text))
    if kind:
        rows = rows.filter(terminal__kind=kind)
    if city:
        rows = rows.filter(terminal__city=city)
    if potential:
        rows = rows.filter(terminal__in=_classed(potential))
    return rows


def _classed(potential: str) -> QuerySet:
    return Potential.objects.filter(potential=potential, until=None).values("terminal")


ALARMS = ("late", "over", "idle", "plain")


def _alarmed(rows: QuerySet[Prospect], alarm: str, today: date) -> QuerySet[Prospect]:
    """The prospects an alarm is about; none for one there is not."""
    return rows.filter(_alarm_conditions(today).get(alarm, Q(pk__in=[])))


def _alarm_conditions(today: date) -> dict[str, Q]:
    """What each alarm is about, by the policies in force."""
    policies = queries_policies.in_force_all([STAGE_RULES, POOL], today)
    of, pool_rules = policies[STAGE_RULES.name].value.of, policies[POOL.name].value
    live = NextAction.objects.filter(ended_at=None)
    over, idle = Q(pk__in=[]), Q(pk__in=[])
    for stage in OPEN_STAGES:
        if (most := of[stage].most_days) is not None:
            over |= Q(stage=stage, stage_since__date__lt=today - timedelta(days=most))
        warned = max(pool_rules.idle_days[stage] - pool_rules.warn_days, 0)
        idle |= Q(stage=stage, touched_at__date__lte=today - timedelta(days=warned))
    late = Q(terminal__in=live.filter(due_on__lt=today).values("terminal"))
    return {"late": late, "over": over, "idle": idle, "plain": ~Q(terminal__in=live.values("terminal"))}


def _page(rows: QuerySet[Prospect], today: date, order: str, start: int, limit: int) -> tuple[list[ProspectRow], int]:
    count = rows.count()
    if not count:
        return [], 0
    sign, name = (True, order[1:]) if order.startswith("-") else (False, order)
    fields = ORDERS.get(name, ORDERS["code"])
    if name == "next_on":
        rows = rows.annotate(
            next_on=NextAction.objects.filter(terminal=OuterRef("pk"), ended_at=None).values("due_on")[:1]
        )
    by = [F(field).desc(nulls_last=True) if sign else F(field).asc(nulls_last=True) for field in fields]
    return _rows(rows.order_by(*by)[start : start + limit], today), count


def _rows(rows: QuerySet[Prospect], today: date) -> list[ProspectRow]:
    """Rows in the order asked for; four queries, one of them for the policies."""
    values: list[Any] = list(rows.values_list(*_FIELDS))
    keys = [one[0] for one in values]
    policies = queries_policies.in_force_all([STAGE_RULES, POOL], today)
    stages, pool_rules = policies[STAGE_RULES.name].value, policies[POOL.name].value
    upcoming = {
        pk: (what, due_on, name)
        for pk, what, due_on, name in NextAction.objects.filter(terminal__in=keys, ended_at=None).values_list(
            "terminal", "what", "due_on", "person__name"
        )
    }
    classes = potential_classes(keys)
    made = []
    for (
        pk, code, name, kind, grade, province, city, district, stage, since, touched, source, owner, owner_name,
        estimate, first_fen, first_on,
    ) in values:  # fmt: skip
        what, due_on, who = upcoming.get(pk, ("", None, ""))
        days = _days(since, today)
        made.append(
            ProspectRow(
                pk, code, name, kind, grade, province, city, district, stage, since, classes.get(pk, ""), source, owner,
                owner_name or "", what, due_on, who, estimate, first_fen, first_on, days, days_over(stage, days, stages),
                idle_left(stage, _days(touched, today), pool_rules) if owner else None,
                max(0, (today - due_on).days) if due_on else 0,
            )
        )  # fmt: skip
    return made


# --- counts, alarms, what is due --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Alarms:
    """How many prospects of a person's sight need something today."""

    late: int
    over: int
    idle: int
    plain: int
    pool: int


def alarms(person: Person, today: date, *, pool: bool = True) -> Alarms:
    """Overdue next actions, stages too long, prospects about to go back, those without a next action; the pool if asked.

    Two queries, three with the pool.
    """
    rows = Prospect.objects.visible_to(person, PROSPECT).exclude(terminal__owner=None).filter(stage__in=OPEN_STAGES)
    conditions = _alarm_conditions(today)
    counts = rows.aggregate(**{alarm: Count("pk", filter=conditions[alarm]) for alarm in ALARMS})
    return Alarms(**counts, pool=open_pool(person).count() if pool else 0)


def held_by(people: Iterable[int]) -> Counter[int]:
    """How many open prospects each of these persons looks after."""
    rows = Prospect.objects.filter(stage__in=OPEN_STAGES, terminal__owner__in=list(people)).values("terminal__owner")
    return Counter({one["terminal__owner"]: one["n"] for one in rows.annotate(n=Count("pk"))})


def next_actions_due(day: date) -> list[Due]:
    """Every live next action due by a day, earliest first: its terminal, who is to do it, when and what."""
    rows = NextAction.objects.filter(ended_at=None, due_on__lte=day).order_by("due_on", "pk")
    return [Due(*values) for values in rows.values_list("terminal", "person", "due_on", "what")]


def overdue_stages(day: date) -> list[Due]:
    """Every prospect somebody holds that has been too long in its stage by a day; `due_on` is the last day allowed."""
    of = queries_policies.in_force(STAGE_RULES, day).value.of
    rows = Prospect.objects.filter(stage__in=OPEN_STAGES).exclude(terminal__owner=None).order_by("stage_since", "pk")
    found = []
    for pk, owner, stage, since in rows.values_list("pk", "terminal__owner", "stage", "stage_since"):
        most = of[stage].most_days
        if most is not None and (last := localdate(since) + timedelta(days=most)) < day:
            found.append(Due(pk, owner, last, stage))
    return found


def idle_prospects(day: date) -> list[tuple[int, str, str, int]]:
    """(terminal, stage, why, idle days) of every prospect the rule takes back to the pool on a day, longest idle first.

    `why` is idle, or left where its owner works here no more: then no day is waited for.
    """
    idle_days = queries_policies.in_force(POOL, day).value.idle_days
    rows = Prospect.objects.filter(stage__in=OPEN_STAGES).exclude(terminal__owner=None).order_by("touched_at", "pk")
    found = []
    for pk, left_at, stage, touched in rows.values_list("pk", "terminal__owner__left_at", "stage", "touched_at"):
        idle = _days(touched, day)
        if left_at is not None or idle >= idle_days[stage]:
            found.append((pk, stage, IDLE if left_at is None else LEFT, idle))
    return found


def potential_classes(pks: Collection[int]) -> dict[int, str]:
    """The potential class (A, B or C) of these terminals; without one they are left out."""
    rows = Potential.objects.filter(terminal__in=list(pks), until=None)
    return dict(rows.values_list("terminal", "potential"))


def coordinates(pks: Collection[int]) -> dict[int, tuple[int, int]]:
    """(latitude, longitude) in millionths of a degree of these terminals, where known."""
    rows = Terminal.objects.filter(pk__in=list(pks)).exclude(lat_e6=None).exclude(lon_e6=None)
    found: list[Any] = list(rows.values_list("pk", "lat_e6", "lon_e6"))
    return {pk: (lat, lon) for pk, lat, lon in found}


def last_return(terminal: int, person: int) -> PoolReturn | None:
    """When this person last gave this prospect back, or lost it to the rule."""
    return PoolReturn.objects.filter(terminal=terminal, person=person).order_by("-at").first()


# --- the parts of a card ----------------------------------------------------------------------------------------------


def _stages(pk: int, today: date) -> tuple[StageRow, ...]:
    fields = ("stage", "since", "until", "why", "note", "holder__name", "set_by__name", "policy")
    rows = Stage.objects.filter(terminal=pk).order_by("-since", "-pk").values_list(*fields)
    return tuple(
        StageRow(
            stage, since, until, _days(since, localdate(until) if until else today), why, note, holder or "", by, policy
        )
        for stage, since, until, why, note, holder, by, policy in rows
    )


def _actions(pk: int) -> tuple[ActionRow, ...]:
    fields = (
        "pk", "what", "due_on", "person", "person__name", "set_by__name", "set_at", "ended_at", "done", "outcome",
    )  # fmt: skip
    rows = NextAction.objects.filter(terminal=pk).order_by("-set_at", "-pk").values_list(*fields)
    return tuple(ActionRow(*values) for values in rows[:20])


def _holders(pk: int) -> tuple[Held, ...]:
    """Owners' links with how each ended, newest first."""
    links = Link.objects.filter(terminal=pk, role=rules.OWNER).order_by("-since", "-pk")
    returns = {
        (person, at): (why, note)
        for person, at, why, note in PoolReturn.objects.filter(terminal=pk).values_list("person", "at", "why", "note")
    }
    found = []
    for person, name, since, until in links.values_list("person", "person__name", "since", "until"):
        why, note = returns.get((person, until), ("", "")) if until else ("", "")
        found.append(Held(person, name, since, until, why, note))
    return tuple(found)


def _potentials(pk: int) -> tuple[PotentialRow, ...]:
    fields = tuple(PotentialRow.__dataclass_fields__)
    rows = Potential.objects.filter(terminal=pk).order_by("-since", "-pk").values_list(*fields)
    return tuple(PotentialRow(*values) for values in rows[:12])


def _days(since: datetime, today: date) -> int:
    return max(0, (today - localdate(since)).days)


def pool_rules(day: date) -> PoolRules:
    """The rules of the pool in force on a day."""
    return queries_policies.in_force(POOL, day).value
