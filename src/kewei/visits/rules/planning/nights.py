"""Nights away: where spending the night at the far end saves more than it costs (Representative.overnight)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kewei.visits.rules.planning.ground import Ground, Task
from kewei.visits.rules.planning.laying import Laid
from kewei.visits.rules.planning.search import Search
from kewei.visits.rules.planning.values import Plan, Problem, Representative, Route

TRIED_PER_PAIR = 3


def worth_it(laid: Laid, search: Search, problem: Problem) -> dict[int, int]:
    """Nights (day → place) that pay for the best solution found, the largest savings first, none on two nights in a row."""
    savings = sorted(_savings(laid, search, problem), reverse=True)
    chosen: dict[int, int] = {}
    for saving, day, place in savings:
        if saving > laid.person.night_metres and not {day - 1, day, day + 1} & set(chosen):
            chosen[day] = place
    return chosen


def of_plan(plan: Plan, person: Representative) -> dict[int, int]:
    """The nights away of a plan in force."""
    return {
        route.day: route.end
        for route in plan.routes
        if route.person == person.key and route.end is not None and route.end != person.end
    }


def idle(laid: Laid, search: Search) -> set[int]:
    """The nights away of the best solution with no visit on the day before or on the day after them."""
    tours = search.best.tours if search.best else ()
    busy = {laid.ground.shifts[tour.shift].day for tour in tours if tour.visits}
    return {day for day in laid.nights if not {day, day + 1} <= busy}


def count(person: Representative, routes: Iterable[Route]) -> int:
    """How many nights a person spends away: days that end elsewhere than at home."""
    return sum(route.person == person.key and route.end != person.end for route in routes)


def _savings(laid: Laid, search: Search, problem: Problem) -> Iterable[tuple[int, int, int]]:
    """What every night away would save in metres, with both its days put in order anew."""
    best = search.best
    if best is None or laid.person.start is None or laid.person.end is None:
        return
    by_day = {laid.ground.shifts[tour.shift].day: tour for tour in best.tours}
    metres = problem.travel.metres
    for day, tour in by_day.items():
        following = by_day.get(day + 1)
        if following is None or problem.days[day + 1] - problem.days[day] != 1:
            continue
        places = {laid.ground.tasks[search.task_of[v]].place for v in (*tour.visits, *following.visits)}
        home = laid.person.end
        for place in sorted(places, key=lambda p: -metres[home][p])[:TRIED_PER_PAIR]:
            after = _two_days(laid, search, day, place)
            if after is not None:
                yield tour.metres + following.metres - after, day, place


def _two_days(laid: Laid, search: Search, day: int, place: int) -> int | None:
    """Metres of two days with the night between them at a place; None where a limit would be exceeded."""
    best = search.best
    assert best is not None
    ground, shifts = laid.ground, []
    for shift in ground.shifts:
        if shift.day == day:
            shifts.append(replace(shift, end=place))
        elif shift.day == day + 1:
            shifts.append(replace(shift, start=place))
    tasks: list[Task] = []
    for tour in best.tours:
        on = ground.shifts[tour.shift].day
        if on in (day, day + 1):
            for v in tour.visits:
                task = ground.tasks[search.task_of[v]]
                tasks.append(Task(task.place, task.service, task.loads, ((on,),), (0,), _only(task.windows, on)))
    small = Search(Ground(ground.days, ground.metres, ground.minutes, tuple(tasks), tuple(shifts)), 1)
    small.begin([0] * len(tasks), [(0,)] * len(tasks))
    return small.best.metres if small.best else None


def _only(windows: Mapping[int, tuple[tuple[int, int], ...]], day: int) -> dict[int, tuple[tuple[int, int], ...]]:
    return {day: windows[day]} if day in windows else {}
