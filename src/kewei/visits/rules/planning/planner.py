"""`plan_visits`: many terminals, several people, a month of days; the best plan that a search finds in its time."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from kewei.visits.rules.planning import nights as nights_away
from kewei.visits.rules.planning.ground import Habits, State, Tour
from kewei.visits.rules.planning.laying import Laid, lay, routes_of
from kewei.visits.rules.planning.patterns import patterns_of, possible_days
from kewei.visits.rules.planning.search import Search
from kewei.visits.rules.planning.values import (
    Plan,
    Problem,
    Progress,
    Representative,
    Route,
    StopRule,
    Unplanned,
    Wanted,
    after_rounds,
)

# Metres that moving a visit to another day costs when a plan is made again from one in force.
MOVE_METRES = 30_000
# A person makes one tour a day: moving all of it moves a whole day, which spacing and opening hours hardly ever allow.
ONE_TOUR_A_DAY = Habits(large=0)
# A plan made again starts near its goal: it need not be shaken as much, nor whole days moved.
CALM = Habits(ruin_most=6, large=0, noise=0.2, hot=0.0002, cold=0.00002)


def plan_visits(
    problem: Problem,
    stop: StopRule,
    seed: int,
    keep: Plan | None = None,
    progress: Callable[[Progress], None] | None = None,
    move_metres: int = MOVE_METRES,
) -> Plan:
    """The best plan found until `stop` ends the search; the same plan for the same rounds and seed.

    Terminals of several persons are given to one of them first (`assigned`); then every person's days are searched on
    their own, each with an equal part of the allowance. `keep` is a plan in force: every visit on another day than
    there costs `move_metres`, so that few move. `progress` is called whenever something better is found.
    """
    shares = assigned(problem, keep)
    done: dict[str, tuple[list[Route], list[Unplanned]]] = {}
    people = problem.representatives
    rounds = 0
    for turn, person in enumerate(people):
        one = _Person(problem, person, shares[person.key], seed, keep, move_metres)
        part = _part(stop, turn, len(people), rounds)
        told = _told(progress, problem, done, one, rounds) if progress else None
        done[person.key] = one.planned(part, told)
        rounds += one.rounds
    return _put_together(problem, done, _nobody(problem, shares))


def assigned(problem: Problem, keep: Plan | None = None) -> dict[str, tuple[Wanted, ...]]:
    """Who visits which terminal: whoever did in the plan kept, else the allowed person with the least driving to it.

    Persons take turns by how much of their time is already given away, so that nobody drowns in near terminals.
    """
    time = {p.key: sum(p.minutes_on(day) for day in p.days) for p in problem.representatives}
    given: dict[str, list[Wanted]] = {p.key: [] for p in problem.representatives}
    busy = dict.fromkeys(time, 0)
    was = {stop.key: route.person for route in keep.routes for stop in route.stops} if keep else {}
    for w in sorted(problem.wanted, key=lambda w: (len(w.persons) != 1, -w.times * w.minutes, w.key)):
        able = [p for p in problem.representatives if not w.persons or p.key in w.persons]
        if not able:
            continue
        fit = [p for p in able if possible_days(w, problem, p)] or able
        best = min(fit, key=lambda p: (p.key != was.get(w.key, p.key), _strain(problem, p, w, busy, time), p.key))
        given[best.key].append(w)
        busy[best.key] += w.times * w.minutes
    order = {w.key: n for n, w in enumerate(problem.wanted)}
    return {key: tuple(sorted(some, key=lambda w: order[w.key])) for key, some in given.items()}


def _strain(
    problem: Problem, person: Representative, w: Wanted, busy: Mapping[str, int], time: Mapping[str, int]
) -> int:
    """Minutes there and back per visit, dearer the fuller the person's days are (whole numbers: parts of 1,000)."""
    there = 0 if person.start is None else problem.travel.minutes[person.start][w.place]
    back = 0 if person.end is None else problem.travel.minutes[w.place][person.end]
    full = 1000 * (busy[person.key] + w.times * w.minutes) // max(time[person.key], 1)
    return (there + back + w.minutes) * (1000 + max(0, full - 500) * 4)


# Rounds to settle in after a night away was given up.
AFTERWARDS = 100


class _Person:
    """The search of one representative: first at home every night, then with nights away where they pay."""

    def __init__(
        self,
        problem: Problem,
        person: Representative,
        wanted: Sequence[Wanted],
        seed: int,
        keep: Plan | None,
        move_metres: int,
    ):
        self.problem, self.person, self.wanted, self.seed = problem, person, wanted, seed
        self.keep, self.move_metres = keep, move_metres
        self.kept = {w.key: keep.days_of(w.key) for w in wanted} if keep else {}
        self.rounds = 0
        self.open(nights_away.of_plan(keep, person) if keep else {})

    def open(self, nights: Mapping[int, int]) -> None:
        """Lay out the ground with these nights away and a search over it."""
        kept = {key: days for key, days in self.kept.items() if days}
        self.laid = lay(self.problem, self.person, self.wanted, nights, kept, self.move_metres)
        self.search = Search(self.laid.ground, self.seed, CALM if self.keep else ONE_TOUR_A_DAY)
        if self.laid.ground.tasks and self.laid.ground.shifts:
            self.search.begin_from(*starting(self.laid, self.search, self.keep))

    def planned(self, stop: StopRule, told: Callable[[], None] | None) -> tuple[list[Route], list[Unplanned]]:
        """Routes and what is left out, after searching until `stop` ends it."""
        if not self.laid.wanted:
            return self.now()
        away = self.person.overnight
        self.run(_part(stop, 0, 2, 0) if away else stop, told)
        if away:
            cost = self.cost()
            nights = nights_away.worth_it(self.laid, self.search, self.problem)
            if nights:
                before, laid = self.search, self.laid
                self.open(nights)
                self.run(_part(stop, 1, 2, before.rounds), told)
                if self.cost() > cost:
                    self.search, self.laid = before, laid
            else:
                self.run(_part(stop, 1, 2, 0), told)
        self.go_home(told)
        return self.now()

    def go_home(self, told: Callable[[], None] | None) -> None:
        """Give up nights with no visit on the day before or after: whoever has nothing to do there sleeps at home."""
        while idle := nights_away.idle(self.laid, self.search):
            self.open({day: place for day, place in self.laid.nights.items() if day not in idle})
            self.run(after_rounds(AFTERWARDS), told)

    def run(self, stop: StopRule, told: Callable[[], None] | None) -> None:
        before = self.search.rounds
        self.search.run(stop, (lambda _: told()) if told else None)
        self.rounds += self.search.rounds - before

    def cost(self) -> int:
        best = self.search.best
        return (best.worth if best else 10**15) + len(self.laid.nights) * self.person.night_metres

    def now(self) -> tuple[list[Route], list[Unplanned]]:
        """The best plan so far."""
        best = self.search.best
        if best is None:
            return [], [self._left_out(w, w.times) for w in self.wanted]
        routes = routes_of(self.laid, best, self.search.first, self.search.task_of, self.problem.travel)
        missing = [self._left_out(w, w.times) for w in self.laid.hopeless]
        for i, w in enumerate(self.laid.wanted):
            made = len(self.laid.ground.tasks[i].patterns[best.patterns[i]])
            if made < w.times:
                missing.append(self._left_out(w, w.times - made))
        return routes, missing

    def _left_out(self, w: Wanted, missing: int) -> Unplanned:
        return Unplanned(w.key, missing, why_left_out(self.problem, self.person, w))


def starting(laid: Laid, search: Search, keep: Plan | None) -> tuple[State, list[int]]:
    """Where a search starts: appointments, and the visits of the plan kept that are still allowed; and who needs days.

    Whoever needs days gets them in order of weight: what must be first.
    """
    tasks, wanted = laid.ground.tasks, laid.wanted
    days = {w.key: keep.days_of(w.key) for w in wanted} if keep else {}
    wishes = [days.get(w.key, ()) for w in wanted]
    patterns = [t.patterns.index(d if d in t.patterns else ()) for t, d in zip(tasks, wishes, strict=False)]
    patterns += [0] * len(laid.appointments)
    waiting = [i for i, wish in enumerate(wishes) if not wish or wish not in tasks[i].patterns]
    windows = [tuple(_window(keep, laid, i, day) for day in tasks[i].patterns[p]) for i, p in enumerate(patterns)]
    order = _order_kept(laid, keep)
    on_day: dict[int, list[tuple[int, int]]] = {}
    for i, p in enumerate(patterns):
        for k, day in enumerate(tasks[i].patterns[p]):
            on_day.setdefault(day, []).append((order.get((i, day), 0), search.first[i] + k))
    shift_on = {shift.day: n for n, shift in enumerate(laid.ground.shifts)}
    tours = [Tour(shift_on[day], tuple(v for _, v in sorted(some)), 0, (), 0) for day, some in on_day.items()]
    waiting.sort(key=lambda i: (not wanted[i].must, -wanted[i].prize))
    return State(patterns, windows, tours, 0), waiting


def _order_kept(laid: Laid, keep: Plan | None) -> dict[tuple[int, int], int]:
    """The minute at which the plan kept begins what, by task and day."""
    number = {(w.key, False): i for i, w in enumerate(laid.wanted)}
    number |= {(a.key, True): len(laid.wanted) + n for n, a in enumerate(laid.appointments)}
    return {
        (number[stop.key, stop.appointment], route.day): stop.begins
        for route in (keep.routes if keep else ())
        if route.person == laid.person.key
        for stop in route.stops
        if (stop.key, stop.appointment) in number
    }


def _window(keep: Plan | None, laid: Laid, i: int, day: int) -> int:
    """The window in which the plan kept begins the visit of that day, else the first."""
    windows = laid.ground.tasks[i].windows.get(day, ())
    if keep is None or len(windows) < 2 or i >= len(laid.wanted):
        return 0
    key = laid.wanted[i].key
    begins = [s.begins for r in keep.routes if r.day == day for s in r.stops if s.key == key and not s.appointment]
    return next((n for n, (a, b) in enumerate(windows) if begins and a <= begins[0] <= b), 0)


def why_left_out(problem: Problem, person: Representative, w: Wanted) -> str:
    """The first of REASONS that holds for a terminal that this person's plan leaves out."""
    days = [d for d in person.days if w.days is None or d in w.days]
    if not days:
        return "no_person"
    possible = possible_days(w, problem, person)
    if not possible:
        return "closed"
    if all(len(days) < w.times for days in patterns_of(w, problem, person) if days) and w.at_least is None:
        return "no_pattern"
    if not any(_fits_alone(problem, person, w, day) for day in possible):
        return "too_far"
    return "full" if w.must or _detour(problem, person, w) <= w.prize else "not_worth"


def _fits_alone(problem: Problem, person: Representative, w: Wanted, day: int) -> bool:
    minutes = problem.travel.minutes
    there = 0 if person.start is None else minutes[person.start][w.place]
    back = 0 if person.end is None else minutes[w.place][person.end]
    finish = person.begins + person.minutes_on(day)
    arrives = person.begins + there
    return person.stops_on(day) > 0 and any(
        max(arrives, window.opens) <= window.closes and max(arrives, window.opens) + w.minutes + back <= finish
        for window in w.windows_on(day)
    )


def _detour(problem: Problem, person: Representative, w: Wanted) -> int:
    """Metres there and back, the most that a visit costs."""
    metres = problem.travel.metres
    there = 0 if person.start is None else metres[person.start][w.place]
    return there + (0 if person.end is None else metres[w.place][person.end])


def _nobody(problem: Problem, shares: Mapping[str, Iterable[Wanted]]) -> list[Unplanned]:
    given = {w.key for some in shares.values() for w in some}
    return [Unplanned(w.key, w.times, "no_person") for w in problem.wanted if w.key not in given]


def _put_together(
    problem: Problem, done: Mapping[str, tuple[Sequence[Route], Sequence[Unplanned]]], nobody: Sequence[Unplanned]
) -> Plan:
    routes = tuple(r for some, _ in done.values() for r in some)
    unplanned = (*(u for _, some in done.values() for u in some), *nobody)
    each = {w.key: w.missing_costs for w in problem.wanted}
    metres = sum(route.metres for route in routes)
    away = {p.key: nights_away.count(p, routes) for p in problem.representatives}
    nights = sum(away.values())
    price = sum(p.night_metres * away[p.key] for p in problem.representatives)
    return Plan(routes, unplanned, metres, nights, metres + price + sum(each[u.key] * u.missing for u in unplanned))


def _part(stop: StopRule, turn: int, turns: int, before: int) -> StopRule:
    """The turn-th of equal parts of an allowance, itself told from 0.0 to 1.0."""
    return lambda rounds: max(0.0, stop(rounds + before) * turns - turn)


def _told(
    progress: Callable[[Progress], None],
    problem: Problem,
    done: Mapping[str, tuple[list[Route], list[Unplanned]]],
    one: _Person,
    before: int,
) -> Callable[[], None]:
    def tell() -> None:
        def plan() -> Plan:
            return _put_together(problem, {**done, one.person.key: one.now()}, [])

        progress(Progress(before + one.search.rounds, one.cost(), plan))

    return tell
