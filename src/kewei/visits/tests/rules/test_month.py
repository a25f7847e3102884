"""A month as a problem: norms and reasons of one terminal are met together (docs/algorithms/wishes.md)."""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import comb

import pytest

from kewei.kernel.plain import as_json
from kewei.visits.rules import month as months
from kewei.visits.rules.month import Agreed, Asked, Work, build, stops_of
from kewei.visits.rules.plain import plain_schedule
from kewei.visits.rules.planning.checking import findings
from kewei.visits.rules.planning.values import Window, after_rounds
from kewei.visits.rules.plans import Doors, Pattern, working_days
from kewei.visits.rules.solving import solve

OCTOBER = date(2026, 10, 1)
DAYS = tuple(working_days(OCTOBER, (1, 2, 3, 4, 5)))
HOME, NEAR, FAR = (30_590_000, 114_300_000), (30_600_000, 114_310_000), (30_900_000, 114_900_000)


def norm(terminal, times, least=1, most=None, weight=40, pk=None):
    return Asked(
        pk or terminal * 10,
        terminal,
        "norm",
        "order",
        weight * times,
        False,
        OCTOBER,
        date(2026, 10, 31),
        30,
        times,
        least,
        most,
    )


def reason(pk, terminal, first, last, purpose="collect", must=False, weight=80):
    return Asked(pk, terminal, "overdue", purpose, weight, must, date(2026, 10, first), date(2026, 10, last), 40)


def work(*asked, **more):
    given = {
        "person": "7", "pattern": Pattern(start=HOME, end=HOME), "days": DAYS, "asked": asked,
        "places": {1: NEAR, 2: FAR},
    }  # fmt: skip
    return Work(**(given | more))


def only(one):
    assert len(one.problem.wanted) == 1
    return one.problem.wanted[0]


def test_a_norm_alone_is_times_and_days_apart():
    wanted = only(build(work(norm(1, 2, 9, 24))))
    assert (wanted.times, wanted.apart_least, wanted.apart_most, wanted.patterns) == (2, 9, 24, ())
    assert (wanted.prize, wanted.must, wanted.minutes) == (400_000, False, 30)


def test_a_reason_falls_on_one_of_the_norms_visits():
    built = build(work(norm(1, 2, 9, 24), reason(5, 1, 19, 23, must=True)))
    wanted = only(built)
    assert (wanted.times, wanted.must, wanted.minutes) == (2, True, 50)
    within = {n for n, day in enumerate(DAYS) if date(2026, 10, 19) <= day <= date(2026, 10, 23)}
    assert wanted.patterns
    for pattern in wanted.patterns:
        assert within & set(pattern)
        assert all(9 <= (DAYS[b] - DAYS[a]).days <= 24 for a, b in pairwise(pattern))
    assert {len(pattern) for pattern in wanted.patterns} == {1, 2}


@pytest.mark.parametrize("times", [3, 8, len(DAYS) - 1])
def test_many_visits_still_fall_on_the_days_of_every_reason(times):
    """Beginnings that could not lead on crowded out the sets that keep every reason."""
    given = work(norm(1, times), reason(5, 1, 27, 27), reason(6, 1, 29, 29), reason(7, 1, 30, 30))
    wanted = only(build(given))
    days = [DAYS.index(date(2026, 10, day)) for day in (27, 29, 30)]
    whole = [one for one in wanted.patterns if len(one) == times]
    assert len(whole) == min(months.MOST_PATTERNS, comb(len(DAYS) - 3, times - 3))
    assert all(set(days) <= set(one) for one in wanted.patterns)
    # Thinned out evenly: every other open day is in some of them.
    assert set().union(*whole) == (set(days) if times == 3 else set(range(len(DAYS))))


def test_fewer_visits_than_the_norm_still_meet_every_reason():
    wanted = only(build(work(norm(1, 3, 5, 14), reason(5, 1, 19, 20, must=True))))
    within = {DAYS.index(date(2026, 10, day)) for day in (19, 20)}
    assert wanted.at_least == 1
    assert {len(one) for one in wanted.patterns} == {1, 2, 3}
    assert all(within & set(one) for one in wanted.patterns)


def test_who_all_want_the_same_few_days_are_all_visited():
    """Nine terminals, three stops a day, three days: no day may stay empty, however much road that takes."""
    asked = [norm(t, 2, 3) for t in range(1, 10)] + [reason(500 + t, t, 19, 21, must=True) for t in range(1, 10)]
    places = {t: (HOME[0] + (t % 3) * 40_000, HOME[1] + t * 9_000) for t in range(1, 10)}
    given = work(*asked, places=places, pattern=Pattern(start=HOME, end=HOME, stops=3))
    built = build(given)
    plan = solve(built.problem, after_rounds(30), 1).plan
    assert findings(built.problem, plan) == []
    stops = stops_of(plan, built, given.days)
    assert sorted(one for stop in stops for one in stop.wishes if one > 500) == [501 + n for n in range(9)]


def test_two_reasons_on_other_days_ask_for_two_visits_where_the_norm_is_one():
    wanted = only(build(work(norm(1, 1), reason(5, 1, 9, 12), reason(6, 1, 26, 28))))
    assert wanted.times == 2
    assert only(build(work(norm(1, 1), reason(5, 1, 9, 20), reason(6, 1, 19, 28)))).times == 1


def test_one_visit_for_reasons_that_overlap():
    wanted = only(build(work(reason(5, 1, 9, 20), reason(6, 1, 19, 28, purpose="reconcile"))))
    assert [DAYS[n].day for n in wanted.days] == [19, 20]


def test_what_is_met_or_shut_asks_for_nothing():
    made = Agreed("visit:1", 1, date(2026, 10, 9), 0, 1, ("collect",))
    built = build(work(norm(1, 1), reason(5, 1, 9, 10), agreed=(made,)))
    assert (built.problem.wanted, sorted(built.met), built.shut) == ((), [5, 10], ())
    # 2026-10-10 is a make-up Saturday; on Tuesdays only there is no day for 9 and 10 October.
    shut = build(work(reason(5, 1, 9, 10), doors={1: Doors(weekdays=(2,))}))
    assert (shut.problem.wanted, shut.shut) == ((), (5,))


def test_doors_and_appointments():
    agreed = Agreed("stop:3", 2, DAYS[2], 600, 60)
    built = build(work(norm(1, 2), doors={1: Doors(weekdays=(2, 4), opens=540, closes=660)}, agreed=(agreed,)))
    wanted, person = built.problem.wanted[0], built.problem.representatives[0]
    assert {DAYS[n].isoweekday() for n in wanted.days} == {2, 4}
    assert wanted.windows == (Window(540, 660),)
    assert (person.appointments[0].minute, person.stops_on(2), person.stops_on(3)) == (600, 9, 10)


def test_a_place_not_known_is_where_one_already_is():
    built = build(work(norm(9, 1)))
    assert only(built).place == 0


def many():
    asked = [norm(t, 2, 5, 24) for t in range(1, 13)]
    asked += [reason(500, 3, 12, 14, must=True), reason(501, 4, 20, 23, "reconcile")]
    places = {t: (HOME[0] + t * 4_000, HOME[1] + (t % 4) * 9_000) for t in range(1, 13)}
    return work(*asked, places=places)


def test_a_plan_keeps_what_the_month_asks_and_is_no_dearer_than_the_plain_schedule():
    given = many()
    built = build(given)
    solved = solve(built.problem, after_rounds(60), 1)
    assert solved.plan.cost <= solved.plain.cost
    stops = stops_of(solved.plan, built, given.days)
    days = {}
    for stop in stops:
        days.setdefault(stop.terminal, []).append(stop.day)
    assert all(len(of) == 2 and (of[1] - of[0]).days >= 5 for of in days.values())
    must = next(stop for stop in stops if 500 in stop.wishes)
    assert date(2026, 10, 12) <= must.day <= date(2026, 10, 14)
    assert must.purposes == ("order", "collect")
    for day in given.days:
        of = [stop for stop in stops if stop.day == day]
        assert len(of) <= 10
        assert [stop.place for stop in of] == sorted(stop.place for stop in of)
        assert all(a.arrives + a.minutes <= b.arrives for a, b in pairwise(of))


def test_the_plain_schedule_keeps_the_rules_and_appointments():
    given = replace(many(), agreed=(Agreed("stop:3", 12, DAYS[0], 600, 60),))
    plain = plain_schedule(build(given).problem)
    first = plain.routes[0]
    assert [stop.begins for stop in first.stops if stop.appointment] == [600]
    for a, b in pairwise(first.stops):
        assert a.leaves <= b.begins


def test_a_kept_plan_moves_little():
    given = many()
    built = build(given)
    plan = solve(built.problem, after_rounds(60), 1).plan
    stops = [(s.terminal, s.day, s.arrives, s.minutes) for s in stops_of(plan, built, given.days)]
    keep = months.kept_plan("7", stops, built, given.days)
    again = solve(built.problem, after_rounds(30), 2, keep).plan
    before = {(s[0], s[1]) for s in stops}
    after = {(s.terminal, s.day) for s in stops_of(again, built, given.days)}
    assert len(before - after) <= 3


def test_work_is_kept_as_json_and_read_again():
    given = replace(
        many(),
        doors={1: Doors(weekdays=(2, 4), opens=540)},
        agreed=(Agreed("stop:3", 2, DAYS[2], 600, 60, ("order",)),),
    )
    kept = json.loads(json.dumps(as_json(months.work_as_json(given))))
    assert months.work_from_json(kept) == given


@pytest.mark.parametrize(
    ("more", "minutes", "stops"), [({"minutes": 60}, 540, 10), ({"stops": 3}, 480, 13), ({"minutes": 5000}, 930, 10)]
)
def test_what_if_days_were_longer(more, minutes, stops):
    pattern = months.with_more(many(), **more).pattern
    assert (pattern.minutes, pattern.stops) == (minutes, stops)


def test_what_if_one_more_came():
    mine, other = months.shared(many())
    terminals = [{one.terminal for one in part.asked} for part in (mine, other)]
    assert terminals[0] | terminals[1] == set(range(1, 13))
    assert not terminals[0] & terminals[1]
    assert abs(len(terminals[0]) - len(terminals[1])) <= 1
