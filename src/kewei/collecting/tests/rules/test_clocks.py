"""Every line of docs/algorithms/clocks.md, and a slow, independent implementation that must agree (issue 4, promise 2)."""

import calendar
from datetime import date, timedelta
from functools import cache

import pytest
from chinese_calendar import constants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kewei.collecting.rules import clocks as rules
from kewei.credit.rules.securities import SECURITIES, end_of
from kewei.kernel.money import fen_from_text
from kewei.receivables.rules.limitation import Event, limitation
from kewei.receivables.tests.rules.worked import day, several, table

PAGE = "clocks.md"
GUARANTEE = SECURITIES.read(SECURITIES.body)


def maybe(text):
    return day(text) if text else None


def shown(value):
    return "" if value is None else value.isoformat()


def read(text):
    """`kind day`, `kind day > day`, `kind day > ?`."""
    kind, on, *then = text.split()
    pending = then[1:] == ["?"]
    return Event(day(on), kind, None if pending or not then else day(then[1]), pending)


CLAIMS = table(PAGE, "claim due")


@pytest.mark.parametrize("case", CLAIMS, ids=lambda case: f"{case['claim due']} {case['events']}"[:60])
def test_a_claim(case):
    events = [read(text) for text in several(case["events"])]
    clock = limitation(maybe(case["claim due"]), reversed(events))
    assert shown(clock.last_day) == case["last day"]
    assert (len(clock.counted), len(clock.too_late)) == (int(case["counted"]), int(case["too late"]))
    assert slow(maybe(case["claim due"]), events) == clock.last_day


@pytest.mark.parametrize("case", table(PAGE, "guarantee"), ids=lambda case: f"{case['guarantee']} {case['claims']}")
def test_a_guarantee(case):
    ends = end_of(case["guarantee"], maybe(case["agreed until"]), day(case["debt due"]), GUARANTEE)
    claims = [(day(on), how) for how, on in (one.split() for one in several(case["claims"]))]
    clock = rules.guarantee_clock(case["guarantee"], ends, claims, day(case["today"]))
    assert (shown(ends), clock.state) == (case["ends"], case["state"])
    assert (shown(clock.claimed_on), shown(clock.last_day)) == (case["claimed"], case["last day"])


@pytest.mark.parametrize("case", table(PAGE, "bill due"), ids=lambda case: f"{case['bill due']} {case['refused']}")
def test_a_bill(case):
    clocks = rules.bill_clocks(
        day(case["bill due"]), cleared=case["cleared"] == "yes", dishonoured_on=maybe(case["refused"]),
        paid_on=maybe(case["paid on"]),
    )  # fmt: skip
    found = {clock.code: shown(clock.last_day) for clock in clocks}
    assert {code: found.get(code, "") for code in rules.BILL_CLOCKS} == {code: case[code] for code in rules.BILL_CLOCKS}


@pytest.mark.parametrize("case", table(PAGE, "received"), ids=lambda case: f"{case['received']} {case['agreed']}")
def test_paying_a_small_company_late(case):
    agreed = int(case["agreed"]) if case["agreed"] else None
    due = rules.lawful_due(day(case["received"]), agreed, int(case["default"]), int(case["most"]))
    late = rules.late_days(due, day(case["today"]))
    interest = rules.interest_fen(fen_from_text(case["owed"]) * late, 5)
    assert (shown(due), late, interest) == (case["lawful due"], int(case["late days"]), fen_from_text(case["interest"]))


@pytest.mark.parametrize("case", table(PAGE, "kind", "how"), ids=lambda case: f"{case['how']} {case['signer']}")
def test_what_proves_an_event(case):
    found = rules.strength_of(
        case["kind"], case["how"], case["signer"], case["paper"] == "yes", case["waybill names it"] == "yes"
    )
    assert found == case["strength"]


def test_sixty_dates_are_worked():
    assert sum(len(table(PAGE, first)) for first in ("claim due", "guarantee", "bill due", "received")) >= 60


def test_tasks_around_the_day_a_bill_falls_due():
    assert rules.present_tasks(date(2026, 11, 10)) == (date(2026, 11, 7), date(2026, 11, 10), date(2026, 11, 15))


# --- the slow implementation ---------------------------------------------------------------------------------------------
# It shares nothing with the code under test: it steps day by day, and asks the published lists of days off itself.

REVIVING = {"agreed", "part_payment"}
PUBLISHED = {one.year for one in constants.holidays}


def off(one):
    if one in constants.holidays:
        return True
    return one not in constants.workdays and one.weekday() >= 5


@cache
def period_end(start, years):
    """Walk on until the same day so many years later, or the last of that month, and then until people work."""
    target = (start.year + years, start.month, start.day)
    length = calendar.monthrange(target[0], target[1])[1]
    wanted = (target[0], target[1], min(target[2], length))
    one = start
    while (one.year, one.month, one.day) != wanted:
        one += timedelta(days=1)
    while off(one):
        one += timedelta(days=1)
    return one


def slow(due, events):
    """The last day, by living through every day on which something happens; None while nothing runs."""
    begun, runs_from, ends = due, due, None
    if due is not None:
        ends = period_end(due, 3)
    for event in sorted(events, key=lambda e: (e.on, e.kind)):
        restarts_on = event.runs_from if event.runs_from and event.runs_from > event.on else event.on
        if begun is None:
            begun = runs_from = restarts_on
            if event.pending:
                return None
            ends = period_end(restarts_on, 3)
            continue
        cap = period_end(begun, 20)
        if event.on > min(ends, cap) and event.kind not in REVIVING:
            continue
        if event.pending:
            return None
        if restarts_on > runs_from:
            runs_from, ends = restarts_on, period_end(restarts_on, 3)
    return None if begun is None else min(ends, period_end(begun, 20))


days = st.dates(date(2003, 1, 1), date(2032, 12, 31))


@st.composite
def chains(draw):
    due = draw(st.none() | st.dates(date(2003, 1, 1), date(2026, 12, 31)))
    events = []
    for _ in range(draw(st.integers(0, 6))):
        near = draw(st.booleans()) and due is not None
        # Half of them around the day on which something ends, where mistakes live.
        on = due + timedelta(days=draw(st.integers(1080, 1110))) if near else draw(days)
        kind = draw(st.sampled_from(["demand", "acknowledged", "agreed", "part_payment", "suit"]))
        runs_from = None
        if kind in ("agreed", "suit") and draw(st.booleans()):
            runs_from = on + timedelta(days=draw(st.integers(-30, 900)))
        events.append(Event(on, kind, runs_from, kind == "suit" and draw(st.integers(0, 5)) == 0))
    return due, events


@pytest.mark.parametrize("many", [100, pytest.param(4_000, marks=pytest.mark.nightly)])
def test_the_slow_implementation_agrees(many):
    @settings(max_examples=many, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(chains())
    def agrees(chain):
        due, events = chain
        assert limitation(due, events).last_day == slow(due, events)

    agrees()
