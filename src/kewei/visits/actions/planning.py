"""Long work of planning: asked for by a person, done by the worker person by person, kept as drafts or as moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import override

from kewei.journal.actions import action, record
from kewei.kernel.refusals import in_chinese
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.visits import facts
from kewei.visits.actions.plans import _drop, _state
from kewei.visits.models import Plan, Planning, PlanState, Stop
from kewei.visits.queries import planning as questions
from kewei.visits.queries import plans, wishes
from kewei.visits.queries.plans import PLAN, RELEASE
from kewei.visits.rules import plans as rules
from kewei.visits.rules.month import Built, Planned, Work, appointments_of, build, nights_of, stops_of, work_as_json
from kewei.visits.rules.planning.values import Plan as Solution
from kewei.visits.rules.solving import Solved
from kewei.visits.rules.wishes import AIMS, words

LEAST_SECONDS, MOST_SECONDS, MOST_PEOPLE = 1, 120, 100


@action
def ask_planning(
    *,
    people_ids: Collection[int],
    month: date,
    seconds: int = 10,
    seed: int = 1,
    keep: bool = False,
    by: Person,
    now: datetime,
) -> int:
    """要求排计划  Plans of a month for several people; the worker makes them. Answers the planning's key.

    With `keep` the plans in force are planned anew, moving as little as possible. Raises NotFound, NobodyToPlan, MonthOver.
    """
    by.must(PLAN)
    chosen = list(dict.fromkeys(people_ids))[:MOST_PEOPLE]
    if not chosen:
        raise rules.NobodyToPlan
    for pk in chosen:
        plans.whose(by, pk, RELEASE)
    first, today = rules.month_of(month), localdate(now)
    if questions.since_of(first, today) > rules.days_of_month(first)[-1]:
        raise rules.MonthOver(month=first.strftime("%Y-%m"))
    made = Planning.objects.create(
        month=first, people=chosen, seconds=min(max(seconds, LEAST_SECONDS), MOST_SECONDS), seed=seed, keep=keep,
        asked_by=by, asked_at=now,
    )  # fmt: skip
    record(facts.PLANNING_ASKED, made, by=by, at=now, month=first, people=len(chosen), keep=keep)
    return made.pk


@action
def take_best(*, planning: int, by: Person, now: datetime) -> None:
    """取当前最好  The plan at hand is taken as it is now; whoever waits behind it is planned in the shortest time. Raises NotFound."""
    by.must(PLAN)
    kept = questions.planning_for(by, planning)
    Planning.objects.filter(pk=kept.pk, enough_at=None, finished_at=None).update(enough_at=now)


@action
def note_progress(*, planning: int, at_hand: Mapping[str, Any], by: Person, now: datetime) -> None:
    """How far the plan at hand has come: of whom, its cost so far."""
    by.must(PLAN)
    Planning.objects.filter(pk=planning, finished_at=None).update(at_hand=dict(at_hand))


@action
def keep_planned(*, planning: int, person: int, work: Work, solved: Solved, by: Person, now: datetime) -> Plan | None:
    """生成拜访计划  What the planner found for one person, as a new draft or as moves of the plan in force."""
    by.must(PLAN)
    asked = Planning.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=planning)
    whom, doer = people.colleague(person), asked.asked_by
    plans.whose(doer, person, RELEASE)
    built = build(work)
    in_force = plans.open_draft(person, asked.month)
    if asked.keep and in_force is not None:
        plan = _apply(in_force, work, built, solved, doer, now)
    else:
        plan = _draft(asked, whom, work, built, solved, doer, now)
    _one_done(asked, now)
    return plan


@action
def fail_planned(*, planning: int, person: int, why: str, by: Person, now: datetime) -> None:
    """Nothing was found for one person; the others go on."""
    by.must(PLAN)
    asked = Planning.objects.select_for_update().get(pk=planning)
    asked.failed = [*asked.failed, [person, why[:300]]]
    _one_done(asked, now)


def _one_done(asked: Planning, now: datetime) -> None:
    asked.done += 1
    asked.at_hand = {}
    if asked.done >= len(asked.people):
        asked.finished_at = now
    asked.save(update_fields=["failed", "done", "at_hand", "finished_at"])


def _draft(asked: Planning, whom: Person, work: Work, built: Built, solved: Solved, by: Person, now: datetime) -> Plan:
    """A new draft; drafts before it for the same month are dropped, a released plan stays in force until this is released."""
    for other in Plan.objects.filter(person=whom, month=asked.month):
        if _state(other) != rules.RELEASED:
            _drop(other, by, now)
    since = questions.since_of(asked.month, localdate(now))
    away, guessed = questions.unplaced(work)
    plan = Plan.objects.create(
        person=whom, month=asked.month, planning=asked, made_by=by, made_at=now,
        given={"since": since.isoformat(), "work": work_as_json(work), "unplaced": away, "guessed": guessed},
        found=_found(asked, work, built, solved), policy=",".join(wishes.policies(localdate(now)).labels)[:40],
    )  # fmt: skip
    PlanState.objects.create(plan=plan, state=rules.DRAFT, by=by, at=now)
    planned = stops_of(solved.plan, built, work.days)
    aims = _aims(planned)
    Stop.objects.bulk_create([_stop(plan, whom, one, aims, by, now) for one in planned])
    _copy_agreed(plan, solved.plan, work, by, now)
    record(
        facts.PLAN_MADE,
        plan,
        by=by,
        at=now,
        month=asked.month,
        person=whom.name,
        stops=len(planned),
        cost=solved.plan.cost,
    )
    return plan


def _found(asked: Planning, work: Work, built: Built, solved: Solved) -> dict[str, Any]:
    plan, plain, nights = solved.plan, solved.plain, _nights(work, built, solved)
    return {
        "cost": plan.cost, "metres": plan.metres, "nights": plan.nights, "nights_at": nights, "plain_cost": plain.cost,
        "plain_metres": plain.metres, "plain_left_out": sum(one.missing for one in plain.unplanned),
        "left_out": [[int(one.key), one.missing, one.reason] for one in plan.unplanned],
        "met": list(built.met), "shut": list(built.shut), "seconds": asked.seconds, "seed": asked.seed,
    }  # fmt: skip


def _nights(work: Work, built: Built, solved: Solved) -> list[list[Any]]:
    return [[day.isoformat(), terminal] for day, terminal in nights_of(solved.plan, built, work.days)]


def _stop(plan: Plan, whom: Person, one: Planned, aims: Mapping[int, str], by: Person, now: datetime) -> Stop:
    aim = next((aims[pk] for pk in reversed(one.wishes) if aims.get(pk)), "")
    return Stop(
        plan=plan, person=whom, terminal_id=one.terminal, day=one.day, place=one.place, arrives=one.arrives,
        minutes=one.minutes, metres=one.metres, purposes=list(one.purposes), aim=aim[:200], wishes=list(one.wishes),
        set_by=by, set_at=now,
    )  # fmt: skip


def _aims(planned: list[Planned]) -> dict[int, str]:
    """What each wish's visit should bring, in the language the house is written in; '' where a norm says nothing."""
    with override("zh-hans"):
        return {
            pk: words(AIMS[row.source], row.numbers, in_chinese) if row.source in AIMS else ""
            for pk, row in wishes.wishes_by_key({pk for one in planned for pk in one.wishes}).items()
        }


def _copy_agreed(plan: Plan, solution: Solution, work: Work, by: Person, now: datetime) -> None:
    """What was agreed with customers stands in the new draft too, at its time."""
    places = appointments_of(solution, work.days)
    keys = {int(one.key.split(":")[1]): one.key for one in work.agreed if one.key.startswith("stop:")}
    for old in Stop.objects.filter(pk__in=list(keys)):
        place, arrives, metres = places.get(keys[old.pk], (0, old.arrives, 0))
        Stop.objects.create(
            plan=plan, person_id=old.person_id, terminal_id=old.terminal_id, day=old.day, place=place, arrives=arrives,
            minutes=old.minutes, metres=metres, purposes=old.purposes, aim=old.aim, wishes=old.wishes, fixed=True,
            consent_id=old.consent_id, with_person_id=old.with_person_id, set_by=by, set_at=now,
        )  # fmt: skip


def _apply(plan: Plan, work: Work, built: Built, solved: Solved, by: Person, now: datetime) -> Plan:
    """The plan in force changed to what was found: stops that stay get their times, others move, vanish or are added."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    since = questions.since_of(plan.month, localdate(now))
    live: dict[int, list[Stop]] = defaultdict(list)
    for stop in plan.stops.filter(ended_at=None, fixed=False, day__gte=since, visits=None).order_by("day"):
        live[stop.terminal_id].append(stop)
    planned = stops_of(solved.plan, built, work.days)
    aims = _aims(planned)
    wanted: dict[int, list[Planned]] = defaultdict(list)
    for one in planned:
        wanted[one.terminal].append(one)
    moved = added = gone = stayed = 0
    for terminal in sorted({*live, *wanted}):
        old, new = live.get(terminal, []), wanted.get(terminal, [])
        days = {stop.day for stop in old} & {one.day for one in new}
        for one in (one for one in new if one.day in days):
            stop = next(stop for stop in old if stop.day == one.day)
            Stop.objects.filter(pk=stop.pk).update(place=one.place, arrives=one.arrives, metres=one.metres)
            stayed += 1
        leaving = [stop for stop in old if stop.day not in days]
        for one in (one for one in new if one.day not in days):
            made = _stop(plan, plan.person, one, aims, by, now)
            if leaving:
                before = leaving.pop(0)
                _end(before, "replanned", now)
                made.moved_from, made.aim, moved = before, before.aim or made.aim, moved + 1
            else:
                added += 1
            made.save()
        for stop in leaving:
            _end(stop, "no_room", now)
            gone += 1
    for key, (place, begins, metres) in appointments_of(solved.plan, work.days).items():
        if key.startswith("stop:"):
            Stop.objects.filter(pk=int(key.split(":")[1])).update(place=place, arrives=begins, metres=metres)
    done = {
        "at": now.isoformat(), "stayed": stayed, "moved": moved, "added": added, "gone": gone, "cost": solved.plan.cost,
        "metres": solved.plan.metres,
    }  # fmt: skip
    passed = [one for one in plan.found.get("nights_at", []) if date.fromisoformat(one[0]) < since]
    nights = [*passed, *_nights(work, built, solved)]
    plan.found = {**plan.found, "nights_at": nights, "again": [*plan.found.get("again", []), done][-20:]}
    plan.save(update_fields=["found"])
    record(
        facts.PLAN_REPLANNED, plan, by=by, at=now, month=plan.month, moved=moved, added=added, gone=gone, stayed=stayed
    )
    return plan


def _end(stop: Stop, why: str, now: datetime) -> None:
    Stop.objects.filter(pk=stop.pk).update(ended_at=now, ended_why=why)
