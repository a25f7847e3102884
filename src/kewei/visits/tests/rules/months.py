"""Made-up months of visits, every kind of wish in them; the same for the same seed."""

from random import Random

from kewei.visits.rules.planning.travel import by_road
from kewei.visits.rules.planning.values import Appointment, Problem, Representative, Wanted, Window

HOME = (31_230_000, 121_470_000)
OPEN_ALL_DAY: tuple[Window, ...] = ()
MORNING_AND_AFTERNOON = (Window(8 * 60 + 30, 11 * 60), Window(14 * 60, 16 * 60 + 30))
MORNING = (Window(9 * 60, 11 * 60),)


def month(seed: int, terminals: int = 12, days: int = 8, people: int = 1) -> Problem:
    """A month of `days` working days (five a week) with every kind of wish, loose or tight by chance."""
    r = Random(seed)
    calendar = tuple(day for day in range(2 * days) if day % 7 < 5)[:days]
    spread = r.choice((20_000, 60_000, 150_000))
    points = [_somewhere(r, 10_000) for _ in range(people)]
    points += [_somewhere(r, spread) for _ in range(terminals)]
    names = tuple(f"person{n}" for n in range(people))
    wanted = tuple(_wanted(r, f"terminal{n}", people + n, days, names) for n in range(terminals))
    who = tuple(_person(r, name, n, days) for n, name in enumerate(names))
    return Problem(calendar, by_road(points, r.choice((120, 150)), r.choice((350, 600))), wanted, who)


def _somewhere(r: Random, spread: int) -> tuple[int, int]:
    return HOME[0] + int(r.gauss(0, spread)), HOME[1] + int(r.gauss(0, spread))


def _wanted(r: Random, key: str, place: int, days: int, names: tuple[str, ...]) -> Wanted:
    times = min(r.choice((1, 1, 2, 3)), days)
    some = tuple(sorted(r.sample(range(days), r.randint(1, days)))) if r.random() < 0.3 else None
    patterns: tuple[tuple[int, ...], ...] = ()
    if r.random() < 0.2:
        patterns = tuple(tuple(sorted(r.sample(range(days), times))) for _ in range(r.randint(1, 3)))
    windows = r.choice((OPEN_ALL_DAY, MORNING, MORNING_AND_AFTERNOON))
    on_one_day = {r.randrange(days): MORNING} if r.random() < 0.2 else {}
    return Wanted(
        key,
        place,
        r.choice((20, 30, 45)),
        times=times,
        patterns=patterns,
        days=None if patterns else some,
        apart_least=r.choice((1, 2, 3)),
        apart_most=r.choice((None, None, 8)),
        windows=windows,
        day_windows=on_one_day,
        must=r.random() < 0.3,
        prize=r.choice((5_000, 40_000, 90_000)),
        at_least=1 if r.random() < 0.3 else None,
        load=r.randint(0, 3),
        persons=tuple(sorted(r.sample(names, r.randint(1, len(names))))) if r.random() < 0.5 else (),
    )


def _person(r: Random, name: str, home: int, days: int) -> Representative:
    working = tuple(day for day in range(days) if r.random() < 0.9) or (0,)
    day = r.choice(working)
    meeting = Appointment(f"meeting of {name}", day, home, 10 * 60, 45)
    return Representative(
        name,
        home if r.random() < 0.9 else None,
        home if r.random() < 0.9 else None,
        working,
        begins=8 * 60 + 30,
        minutes=r.choice((300, 540)),
        stops=r.choice((3, 5, 9)),
        day_stops={working[-1]: 2} if r.random() < 0.3 else {},
        capacity=r.choice((None, 6)),
        overnight=r.random() < 0.3,
        night_metres=20_000,
        appointments=(meeting,) if r.random() < 0.4 else (),
    )
