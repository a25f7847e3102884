"""Quiet weeks and what is put into them, as docs/algorithms/quiet.md has it; the page for a person, empty and full."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from kewei.insight.queries import quiet
from kewei.insight.rules.quiet import (
    CARDS,
    KINDS,
    LICENCES,
    PLANS,
    POTENTIAL,
    QUIET,
    SURVEYS,
    TWINS,
    Week,
    monday_of,
    schedule,
    seasons,
    weeks_ahead,
    working_days,
)
from kewei.kernel.calendar import is_working_day
from kewei.kernel.policies import BadPolicy
from kewei.keyaccounts.tests import accounts
from kewei.sales.models import SaleLine
from kewei.terminals.models import Licence, TwinPair

TODAY = date(2026, 11, 23)
BY = QUIET.read(QUIET.body)
PAGE = Path(__file__).resolve().parents[4] / "docs/algorithms/quiet.md"
FIVE, TWO = date(2026, 12, 7), date(2026, 12, 14)


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the page."""
    part = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip().strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


# --- rules ------------------------------------------------------------------------------------------------------------


def steady(years: int, today: date = TODAY, quiet_months: tuple[int, ...] = (1, 2), grown: int = 0) -> dict[date, int]:
    """A hundred yuan on every working day, sixty in the quiet months; more each year where grown."""
    found = {}
    for back in range(1, years * 366 + 14):
        day = today - timedelta(days=back)
        if is_working_day(day):
            usual = 100_00 + grown * (day.year - 2024)
            found[day] = usual * 6 // 10 if day.month in quiet_months else usual
    return found


def test_kinds_and_minutes_as_on_the_page():
    assert {kind: int(minutes) for kind, _whose, minutes in table("What waits")} == dict(BY.minutes)
    assert set(BY.minutes) == set(KINDS)


def test_a_season_is_seen_through_growth_and_one_large_order():
    sold = steady(2, grown=20_00)
    sold[date(2026, 1, 20)] += 5_000_00
    index = seasons(sold, TODAY, 2)
    # Weeks 3 to 7 lie in January and February, weeks 20 to 40 do not; holidays make no week quiet.
    assert max(index[week] for week in (3, 4, 5)) <= 85
    assert min(index[week] for week in range(20, 40)) >= 95


def test_without_a_year_of_sales_no_season_is_known():
    assert seasons({}, TODAY, 2) == {}
    assert seasons({TODAY - timedelta(days=100): 100}, TODAY, 2) == {}
    weeks = weeks_ahead({}, TODAY, BY)
    assert len(weeks) == 13
    assert all(week.quiet == (week.days > 0) and week.percent is None for week in weeks)


def test_the_quietest_few_are_taken_where_none_is_quiet():
    weeks = weeks_ahead(dict.fromkeys(range(1, 53), 100) | {51: 90, 52: 95, 2: 92}, TODAY, BY)
    assert [week.percent for week in weeks if week.quiet] == [90, 95, 92]
    quiet_weeks = weeks_ahead(dict.fromkeys(range(1, 53), 100) | dict.fromkeys(range(1, 8), 60), TODAY, BY)
    assert {week.percent for week in quiet_weeks if week.quiet} == {60}
    assert monday_of(TODAY) + timedelta(days=7) == weeks[0].monday
    # The Spring Festival of 2026 took a whole week of working days.
    assert working_days(date(2026, 2, 16)) == 0


def test_work_is_put_into_weeks_as_on_the_page():
    rows = table("Into the weeks")
    counts = {kind: int(waiting) for kind, waiting, *_ in rows}
    found = schedule(counts, [Week(FIVE, 5, 60, True), Week(TWO, 2, 60, True), Week(TODAY, 5, 100, False)], BY)
    done = {(block.kind, block.monday): block.count for block in found.blocks}
    for kind, _waiting, first, second, left in rows:
        assert (done.get((kind, FIVE), 0), done.get((kind, TWO), 0)) == (int(first), int(second)), kind
        assert dict(found.left).get(kind, 0) == int(left), kind


@given(
    st.dictionaries(st.sampled_from(sorted(KINDS)), st.integers(0, 200)),
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=13),
)
def test_nothing_is_lost_and_no_week_is_overfull(counts, days):
    weeks = [Week(FIVE + timedelta(days=7 * n), many, None, taken) for n, (many, taken) in enumerate(days)]
    found = schedule(counts, weeks, BY)
    for kind, many in counts.items():
        assert sum(one.count for one in found.blocks if one.kind == kind) + dict(found.left).get(kind, 0) == many
    for week in weeks:
        spent = sum(one.minutes for one in found.blocks if one.monday == week.monday)
        assert spent <= (week.days * 60 if week.quiet else 0)


def test_a_policy_that_makes_no_sense_is_refused():
    for wrong in ({"minutes": [["twins", 10]]}, {"years": 0}, {"quiet_percent": 101}, {"least_weeks": 14}):
        with pytest.raises(BadPolicy):
            QUIET.read(QUIET.body | wrong)


# --- for a person -----------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db, time_machine):
    time_machine.move_to(cast.MORNING, tick=False)
    return cast.assemble()


def kinds_of(person):
    return sorted({(one.kind, one.terminal) for one in quiet.things(person, TODAY)}, key=str)


def test_what_waits_is_ones_own(staff):
    hospital, pharmacy = staff.wangs_hospital, staff.wangs_pharmacy
    Licence.objects.create(terminal=hospital, kind="medical", number="PDY-9", recorded_at=cast.MORNING)
    TwinPair.objects.create(
        low=min(hospital, pharmacy, key=lambda t: t.pk), high=max(hospital, pharmacy, key=lambda t: t.pk), score=80,
        found_at=cast.MORNING,
    )  # fmt: skip
    accounts.live(staff)
    wang = {kind for kind, _pk in kinds_of(staff.wang)}
    assert wang == {CARDS, LICENCES, PLANS, POTENTIAL}
    assert {kind for kind, _pk in kinds_of(staff.li)} == {CARDS, LICENCES, PLANS, POTENTIAL, TWINS}
    assert {pk for _kind, pk in kinds_of(staff.sun)} == {staff.suns_clinic.pk}
    (card,) = [one for one in quiet.things(staff.wang, TODAY, CARDS) if one.terminal == hospital.pk]
    assert card.words == ("统一社会信用代码", "地址", "联系人", "结算方式")
    assert SURVEYS not in wang


def test_the_page_and_its_lists(staff):
    for n in range(1, 750):
        day = TODAY - timedelta(days=n)
        if day.weekday() == 2:
            SaleLine.objects.create(
                terminal=staff.wangs_hospital, day=day, quantity_milli=1000, fen=100_00 if day.month > 2 else 50_00,
                source="import",
            )  # fmt: skip
    client = Client()
    client.force_login(staff.wang)
    shown = client.get(reverse("insight:quiet")).content.decode()
    assert "不完整的客户资料卡" in shown
    assert "还看不出淡旺季" not in shown
    listed = client.get(reverse("insight:quiet_kind", args=[CARDS]) + f"?owner={staff.wang.pk}").content.decode()
    assert "荆门市第一人民医院" in listed
    assert "统一社会信用代码" in listed
    assert client.get(reverse("insight:quiet_kind", args=["nothing"])).status_code == 404
    client.force_login(staff.zhou)
    assert client.get(reverse("insight:quiet")).status_code == 403
    client.force_login(staff.chu)
    assert client.get(reverse("insight:quiet")).status_code == 403


def test_useful_when_empty_and_as_dear_with_more(staff):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            quiet.work(staff.li, TODAY)
        return len(asked)

    client = Client()
    client.force_login(staff.qian)
    assert "还看不出淡旺季" in client.get(reverse("insight:quiet")).content.decode()
    cost()  # what a person may do is asked once
    before = cost()
    for n in range(8):
        cast.open_terminal(f"Z{n}", f"诊所{n}", "clinic", staff.wang, staff.hubei)
    assert cost() == before <= 30
