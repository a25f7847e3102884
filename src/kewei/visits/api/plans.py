"""Plans of visits as JSON: plans, their stops, what is planned for a day, wishes, and asking for plans. Metres, minutes after midnight."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kewei.journal.api import KEY_WELCOME, Key, KeyInPath, Limit, Page, Pk, Start, keyed, page
from kewei.visits import actions
from kewei.visits.queries import planning, plans, wishes

router = Router(tags=["visits"])
SEE, PLAN, RELEASE = "visits.see", "visits.plan", "visits.release"

Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="2026-12")]


class PlanOut(Schema):
    """A plan: whose month, its state, visits planned and made, metres of road."""

    pk: int
    person_id: int
    person: str
    month: date
    state: str
    stops: int
    visited: int
    metres: int


class StopOut(Schema):
    """A planned visit; `arrives` in minutes after midnight, `visit` the newest visit made on it."""

    pk: int
    plan_id: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    day: date
    place: int
    arrives: int
    minutes: int
    metres: int
    purposes: list[str]
    aim: str
    fixed: bool
    visit: int | None


class DayOut(Schema):
    """What one has before one on a day; `off` says why there is nothing."""

    day: date
    plan: int | None
    state: str
    stops: list[StopOut]
    off: str
    metres: int


class WishOut(Schema):
    """Why a terminal deserves a visit, within which days; `says` with its numbers makes the sentence."""

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


class PlanningOut(Schema):
    """How far a planning is, and the plans it made."""

    pk: int
    month: date
    people: list[int]
    done: int
    finished: bool
    plans: list[int]


class AskIn(Schema):
    """For whom, for which month, how many seconds each; `keep` changes the plans in force as little as possible."""

    people: Annotated[list[Key], Field(min_length=1, max_length=100)]
    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    seconds: Annotated[int, Field(ge=1, le=120)] = 10
    keep: bool = False


class MoveIn(Schema):
    """The day a visit moves to, and why."""

    day: date
    why: Annotated[str, Field(max_length=100)] = ""


class WhyIn(Schema):
    """Why a visit is called off, or what is to be changed in a plan."""

    why: Annotated[str, Field(min_length=1, max_length=100)]


@router.get("plans", response=Page[PlanOut])
def list_plans(request, month: Month | None = None, person: Pk | None = None, start: Start = 0, limit: Limit = 50):
    """Plans one may see, the newest month first; those dropped are left out."""
    request.user.must(SEE)
    of = date.fromisoformat(f"{month}-01") if month else None
    rows, count = plans.list_plans(request.user, month=of, whom=person, start=start, limit=limit)
    return page(request, rows, count, start, limit)


@router.get("plans/{pk}/stops", response=list[StopOut])
def list_stops(request, pk: KeyInPath):
    """The stops of a plan by day and order."""
    request.user.must(SEE)
    return plans.plan_file(request.user, pk).stops


@router.get("today", response=DayOut)
def day_of(request, day: date | None = None):
    """One's own day in its order."""
    request.user.must(SEE)
    return plans.day_of(request.user, day or timezone.localdate())


@router.get("wishes", response=Page[WishOut])
def list_wishes(request, terminal: Pk | None = None, start: Start = 0, limit: Limit = 50):
    """Why terminals deserve a visit, what must be in front."""
    request.user.must(SEE)
    rows, count = wishes.list_wishes(request.user, terminal=terminal, start=start, limit=limit)
    return page(request, rows, count, start, limit)


@router.post("plans/ask", response={202: PlanningOut}, openapi_extra=KEY_WELCOME)
def ask(request, asked: AskIn):
    """Ask for plans; the worker makes them."""
    request.user.must(PLAN)

    def do() -> int:
        return actions.ask_planning(
            people_ids=asked.people, month=date.fromisoformat(f"{asked.month}-01"), seconds=asked.seconds, keep=asked.keep,
            by=request.user, now=timezone.now(),
        )  # fmt: skip

    pk = keyed(request, "visits.ask_planning", asked.dict(), do, required=False)
    return Status(202, _planning(request, pk))


@router.get("planning/{pk}", response=PlanningOut)
def planning_of(request, pk: KeyInPath):
    """How far a planning is."""
    request.user.must(SEE)
    return _planning(request, pk)


@router.post("stops/{pk}/move", response=StopOut, openapi_extra=KEY_WELCOME)
def move(request, pk: KeyInPath, asked: MoveIn):
    """Move a planned visit to another day."""
    request.user.must(PLAN)

    def do() -> int:
        return actions.move_stop(stop=pk, day=asked.day, why=asked.why, by=request.user, now=timezone.now()).pk

    body = {"stop": pk, "day": asked.day.isoformat(), "why": asked.why}
    return plans.stop_row(request.user, keyed(request, "visits.move_stop", body, do, required=False))


@router.post("stops/{pk}/cancel", response=StopOut, openapi_extra=KEY_WELCOME)
def cancel(request, pk: KeyInPath, asked: WhyIn):
    """Call a planned visit off."""
    request.user.must(PLAN)

    def do() -> int:
        return actions.cancel_stop(stop=pk, why=asked.why, by=request.user, now=timezone.now()).pk

    return plans.stop_row(
        request.user, keyed(request, "visits.cancel_stop", {"stop": pk, "why": asked.why}, do, required=False)
    )


@router.post("plans/{pk}/hand-in", response=PlanOut, openapi_extra=KEY_WELCOME)
def hand_in(request, pk: KeyInPath):
    """Hand a plan in."""
    request.user.must(PLAN)
    return _moved(
        request, pk, "visits.hand_in", lambda: actions.hand_in(plan=pk, by=request.user, now=timezone.now()).pk
    )


@router.post("plans/{pk}/release", response=PlanOut, openapi_extra=KEY_WELCOME)
def release(request, pk: KeyInPath):
    """Release a plan that was handed in."""
    request.user.must(RELEASE)
    return _moved(
        request,
        pk,
        "visits.release_plan",
        lambda: actions.release_plan(plan=pk, by=request.user, now=timezone.now()).pk,
    )


def _moved(request, pk: int, verb: str, do: Any):
    keyed(request, verb, {"plan": pk}, do, required=False)
    return plans.plan_file(request.user, pk).row


def _planning(request, pk: int) -> PlanningOut:
    row = planning.planning(request.user, pk)
    return PlanningOut(
        pk=row.pk, month=row.month, people=list(row.people), done=row.done, finished=row.finished_at is not None,
        plans=[key for key, _name in row.plans],
    )  # fmt: skip
