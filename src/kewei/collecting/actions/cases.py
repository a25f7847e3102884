"""The daily run: cases open and close by rule, items climb the ladder; and who works on a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.utils.timezone import localdate

from kewei.collecting import facts
from kewei.collecting.actions.letters import draft_letters
from kewei.collecting.models import Case, Level, Member, Run, Stage
from kewei.collecting.queries import cases, contacts, positions, promises, write_offs
from kewei.collecting.rules.cases import (
    AlreadyMember,
    CaseClosed,
    NotAMember,
    RunAhead,
    check_member,
)
from kewei.collecting.rules.contacting import CONTACT, Made, next_day
from kewei.collecting.rules.ladder import LADDER, Climb, Ladder, stage_for, stage_of
from kewei.collecting.rules.letters import KIND_OF_STAGE, LetterWanted
from kewei.credit import actions as credit
from kewei.credit.queries import limits
from kewei.journal import bulk, queries_policies
from kewei.journal.actions import action, record
from kewei.people.models import Person
from kewei.terminals import queries as terminals

ESCALATE = "collecting.escalate"
AT_ONCE = 1_000
PAID, WRITTEN_OFF = "paid", "written_off"
LADDER_LETTERS = frozenset(KIND_OF_STAGE.values())


@dataclass
class Counted:
    """What a run, or a part of it, did."""

    opened: int = 0
    stepped: int = 0
    closed: int = 0

    def add(self, other: Counted) -> None:
        """Add another part."""
        self.opened, self.stepped, self.closed = (
            self.opened + other.opened, self.stepped + other.stepped, self.closed + other.closed,
        )  # fmt: skip


def run_day(
    *, day: date, by: Person, now: datetime, progress: Callable[[int, int], None] = lambda done, total: None
) -> Counted:
    """催收日程  Open and close cases and let items climb, as of a day, in parts of one transaction each.

    Once or twice is the same, and a run that was cut off goes on where it stopped: what was done is in the rows. A day
    nobody ran is caught up by the next. Raises RunAhead for a day that has not come.
    """
    by.must(ESCALATE)
    if day > localdate(now):
        raise RunAhead(on=day)
    begin_run(day=day, by=by, now=now)
    ladder = queries_policies.in_force(LADDER, day).value
    done, counted = 0, Counted()
    todo = _todo(day, ladder)
    for part in bulk.chunks(todo, AT_ONCE):
        counted.add(look_at(terminal_ids=part, day=day, by=by, now=now))
        done += len(part)
        progress(done, len(todo))
    finish_run(day=day, counted=counted, by=by, now=now)
    return counted


@action
def begin_run(*, day: date, by: Person, now: datetime) -> None:
    """开始日程  Make the row of a day's run, once."""
    by.must(ESCALATE)
    Run.objects.get_or_create(day=day, defaults={"begun_at": now})


@action
def finish_run(*, day: date, counted: Counted, by: Person, now: datetime) -> None:
    """完成日程  Say what the run did; a second run that found nothing to do says nothing."""
    by.must(ESCALATE)
    run = Run.objects.select_for_update().get(day=day)
    first, worked = run.done_at is None, counted.opened + counted.stepped + counted.closed > 0
    if not first and not worked:
        return
    run.done_at = now
    run.opened, run.stepped, run.closed = (
        run.opened + counted.opened, run.stepped + counted.stepped, run.closed + counted.closed,
    )  # fmt: skip
    run.save()
    record(facts.DAY_RUN, run, by=by, at=now, day=day.isoformat(), **vars(counted))


def _todo(day: date, ladder: Ladder) -> list[int]:
    """Customers about whom anything may have changed since the last run, in the order of their keys."""
    found = positions.debts(day, ladder.ahead_days)
    owing = positions.overdue(found)
    late = owing.terminal.tolist()
    wanted = set(positions.guarantees_ending(day, ladder.guarantee_days)) & set(late)
    wanted |= promises.pushed_up(late, day).keys()
    segments = positions.segments_of(terminals.dimensions(np.unique(found.terminal).tolist()), ladder)
    left = positions.limitation_left(found, ladder)
    climbing = found.part(np.flatnonzero(positions.may_climb(found, segments, ladder, left)))
    reminded = positions.reminded_since(day, ladder.remind_days)
    wanted |= set(climbing.terminal[climbing.late > 0].tolist())
    wanted |= set(climbing.terminal[climbing.late <= 0].tolist()) - reminded
    kept = cases.open_figures()
    figures = zip(*(column.tolist() for column in (owing.terminal, owing.fen, owing.oldest, owing.items)), strict=True)
    for terminal, fen, oldest, items in figures:
        if kept.get(terminal) != (fen, oldest, items):
            wanted.add(terminal)
    return sorted(wanted | (kept.keys() - set(late)))


@action
def look_at(*, terminal_ids: Sequence[int], day: date, by: Person, now: datetime, climb: bool = True) -> Counted:
    """查看客户  Bring the cases of some customers to a day: open, climb one step, close. For the run and after money came.

    Without `climb`, figures and ends only.
    """
    by.must(ESCALATE)
    # One at a time, so that two runs at once do what one does.
    Run.objects.select_for_update().filter(day=day).first()
    policies = queries_policies.in_force_all([LADDER, CONTACT], day)
    ladder = policies[LADDER.name].value
    found = positions.debts(day, ladder.ahead_days, terminal_ids)
    owing = positions.overdue(found)
    open_cases = {
        case.terminal_id: case
        for case in Case.objects.select_for_update()
        .filter(bulk.among("terminal_id", terminal_ids), closed_on=None)
        .order_by("pk")
    }
    places = dict(zip(found.item.tolist(), found.reached.tolist(), strict=True))
    climbs = _climbs(found, terminal_ids, day, ladder) if climb else {}
    for steps in climbs.values():
        places.update({item: place for step in steps for item, place, _fen in step.items})
    highest = _highest(found, places)
    counted = Counted()
    counted.closed = _close(open_cases, set(owing.terminal.tolist()), day, by, now)
    counted.opened = (
        _keep(open_cases, owing, highest, day, by, now) if climb else _refigure(open_cases, owing, highest, day)
    )
    _follow_in_credit(open_cases, terminal_ids, ladder, by, now)
    counted.stepped = _step(climbs, open_cases, day, policies, by, now)
    draft_letters(wanted=_letters(climbs), day=day, by=by, now=now)
    return counted


def _follow_in_credit(
    open_cases: dict[int, Case], terminal_ids: Sequence[int], ladder: Ladder, by: Person, now: datetime
) -> None:
    """What the stage each case stands at asks of the customer's credit, and the end of it where no case is left."""
    stood = dict(Case.objects.filter(pk__in=[case.pk for case in open_cases.values()]).values_list("terminal", "stage"))
    kinds = {pk: one.kind for pk, one in terminals.dimensions(list(stood)).items()} if stood else {}
    stages = {}
    for pk, stage in stood.items():
        effects = ladder.effects_at(kinds[pk], stage)
        strength = "firm" if "hold" in effects else "soft" if "hold_soft" in effects else ""
        stages[pk] = (f"ST{stage}", strength, "cap" in effects)
    over = [pk for pk in terminal_ids if pk not in stages]
    credit.follow_stages(stages=stages, over=over, verb=ESCALATE, by=by, now=now)


def _letters(climbs: dict[int, list[Climb]]) -> list[LetterWanted]:
    """The papers that belong to the steps."""
    return [
        LetterWanted(terminal, step.rung.document, step.rung.code, tuple(item for item, _place, _fen in step.items))
        for terminal, steps in climbs.items()
        for step in steps
        if step.rung.document in LADDER_LETTERS
    ]


def _climbs(found: positions.Debts, terminal_ids: Sequence[int], day: date, ladder: Ladder) -> dict[int, list[Climb]]:
    """What each customer is asked for today."""
    about = terminals.dimensions(terminal_ids)
    kinds = {pk: one.kind for pk, one in about.items()}
    found, told = positions.judged(found, positions.segments_of(about, ladder), ladder)
    unapplied = positions.unapplied(terminal_ids)
    reminded = positions.reminded_since(day, ladder.remind_days)
    climbs = {}
    for terminal, debts in positions.as_debts(found, told).items():
        steps = stage_for(
            debts, kinds[terminal], ladder, unapplied_fen=unapplied.get(terminal, 0), reminded=terminal in reminded
        )
        if steps:
            climbs[terminal] = steps
    return climbs


def _highest(found: positions.Debts, places: dict[int, int]) -> dict[int, int]:
    """The stage of each customer: the highest any of its overdue items has reached."""
    highest: dict[int, int] = {}
    late = found.part(np.flatnonzero(found.late > 0))
    for item, terminal in zip(late.item.tolist(), late.terminal.tolist(), strict=True):
        highest[terminal] = max(highest.get(terminal, 0), stage_of(max(places[item], 0)))
    return highest


def _close(open_cases: dict[int, Case], owing: set[int], day: date, by: Person, now: datetime) -> int:
    """Close the cases of customers with nothing overdue any more."""
    gone = [pk for pk in open_cases if pk not in owing]
    off = write_offs.lately(gone, min((open_cases[pk].opened_on for pk in gone), default=day))
    why = {pk: WRITTEN_OFF if pk in off else PAID for pk in gone}
    rows = [(day, why[pk], 0, 0, open_cases[pk].pk) for pk in gone]
    bulk.update(Case, ["closed_on", "why", "overdue_fen", "items"], rows)
    for pk in gone:
        case = open_cases.pop(pk)
        record(facts.CASE_CLOSED, case, by=by, at=now, terminal=pk, why=why[pk], days=(day - case.opened_on).days)
    return len(gone)


def _keep(
    open_cases: dict[int, Case], owing: positions.Overdue, highest: dict[int, int], day: date, by: Person, now: datetime
) -> int:
    """Open a case for every customer that has something overdue and none; bring the others up to date."""
    _refigure(open_cases, owing, highest, day)
    figures = {row[0]: row[1:] for row in _rows(owing)}
    fresh = [pk for pk in figures if pk not in open_cases]
    if not fresh:
        return 0
    owners = {pk: one.owner for pk, one in terminals.dimensions(fresh).items()}
    deciders = limits.answerable(fresh)
    fields = (
        "terminal_id", "opened_on", "why", "stage", "stage_on", "overdue_fen", "oldest_due", "items", "owner_id",
        "decided_by_id",
    )  # fmt: skip
    rows = [
        (pk, day, "", highest[pk], day, fen, date.fromordinal(oldest), items, owners[pk], deciders.get(pk))
        for pk in fresh
        for fen, oldest, items in [figures[pk]]
    ]
    for pk, key, row in zip(fresh, bulk.insert_numbered(Case, fields, rows), rows, strict=True):
        open_cases[pk] = Case(pk=key, terminal_id=pk, opened_on=day, stage=row[3], stage_on=day)
        record(facts.CASE_OPENED, open_cases[pk], by=by, at=now, terminal=pk, overdue_fen=row[5])
    return len(fresh)


def _refigure(open_cases: dict[int, Case], owing: positions.Overdue, highest: dict[int, int], day: date) -> int:
    """Write new figures where the ledger or the ladder moved; opens none."""
    rows = []
    for terminal, fen, oldest, items in _rows(owing):
        case, due = open_cases.get(terminal), date.fromordinal(oldest)
        if case is None:
            continue
        stage = highest[terminal]
        on = day if stage != case.stage else case.stage_on
        if (case.overdue_fen, case.oldest_due, case.items, case.stage) != (fen, due, items, stage):
            rows.append((fen, due, items, stage, on, case.pk))
    bulk.update(Case, ["overdue_fen", "oldest_due", "items", "stage", "stage_on"], rows)
    return 0


def _rows(owing: positions.Overdue) -> Any:
    return zip(*(column.tolist() for column in (owing.terminal, owing.fen, owing.oldest, owing.items)), strict=True)


def _step(
    climbs: dict[int, list[Climb]], open_cases: dict[int, Case], day: date, policies: dict[str, Any], by: Person,
    now: datetime,
) -> int:  # fmt: skip
    """Keep what customers are asked for, how far their items climbed, and the first day each channel may be used."""
    if not climbs:
        return 0
    contacting, label = policies[CONTACT.name].value, policies[LADDER.name].label
    history = contacts.history(list(climbs), day)
    free: dict[str, date] = {}
    rows, levels = [], []
    for terminal, steps in climbs.items():
        made = history.get(terminal, [])
        for step in steps:
            channel = step.rung.channel
            if made:
                act_on = next_day(channel, day, made, contacting)
            else:
                act_on = free.setdefault(channel, next_day(channel, day, [], contacting))
            made = [*made, Made(channel, act_on)]
            case = open_cases.get(terminal) if step.rung.stage else None
            rows.append((
                terminal, case and case.pk, step.rung.stage, step.rung.again, day,
                [[item, fen] for item, _place, fen in step.items], step.asked_fen, channel, step.rung.document, act_on,
                label,
            ))  # fmt: skip
            levels += [(place, day, item) for item, place, _fen in step.items]
    keys = bulk.insert_numbered(Stage, _STAGE_FIELDS, rows)
    _climbed(levels)
    for key, row in zip(keys, rows, strict=True):
        if row[1] is not None:
            about = f"collecting.stage:{key}"
            record(facts.STAGE_REACHED, about, by=by, at=now, terminal=row[0], stage=row[2], asked_fen=row[6])
    return len(rows)


_STAGE_FIELDS = (
    "terminal_id", "case_id", "stage", "again", "on", "items", "asked_fen", "channel", "document", "act_on", "policy",
)  # fmt: skip


def _climbed(levels: Sequence[tuple[int, date, int]]) -> None:
    """Remember how far items climbed: new rows for those below the first rung, the others raised."""
    known: set[int] = set()
    for part in bulk.chunks([item for _place, _on, item in levels]):
        known.update(Level.objects.filter(bulk.among("pk", part)).values_list("pk", flat=True))
    fresh = [(item, place, on) for place, on, item in levels if item not in known]
    bulk.insert(Level, ("item_id", "place", "on"), fresh)
    bulk.update(Level, ["place", "on"], [row for row in levels if row[2] in known])


# --- who works on a case --------------------------------------------------------------------------------------------------


@action
def join_case(*, case: Any, person: Person, role: str, by: Person, now: datetime) -> Member:
    """加入案件  Give somebody a part in a case. Raises NotFound, CaseClosed, UnknownCaseRole, CannotCollect, AlreadyMember."""
    by.must(ESCALATE)
    kept = cases.case_for(by, case if isinstance(case, int) else case.pk, ESCALATE)
    if kept.closed_on is not None:
        raise CaseClosed
    check_member(role, person.name, person.may("collecting.contact"))
    if Member.objects.filter(case=kept, person=person, role=role, until=None).exists():
        raise AlreadyMember(name=person.name)
    member = Member.objects.create(case=kept, person=person, role=role, since=now, added_by=by)
    record(facts.MEMBER_ADDED, member, by=by, at=now, terminal=kept.terminal_id, person=person.pk, role=role)
    return member


@action
def leave_case(*, member: int, by: Person, now: datetime) -> Member:
    """退出案件  End somebody's part in a case. Raises NotFound, NotAMember."""
    by.must(ESCALATE)
    kept = cases.member_for(by, member, ESCALATE)
    if kept.until is not None:
        raise NotAMember
    kept.until = now
    kept.save(update_fields=["until"])
    record(facts.MEMBER_LEFT, kept, by=by, at=now, terminal=kept.case.terminal_id, person=kept.person_id)
    return kept
