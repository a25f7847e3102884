"""The worked tables of docs/algorithms/coverage.md and potential.md."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import cast

from kewei.kernel.refusals import NotFound
from kewei.terminals import actions
from kewei.terminals.models import Prospect, Stage
from kewei.terminals.queries import potential as queries
from kewei.terminals.rules.coverage import (
    COVERAGE,
    Passage,
    Rate,
    conversion,
    coverage,
    leaning,
    rate_of,
    read_coverage,
)
from kewei.terminals.rules.potential import (
    POTENTIAL,
    Demand,
    class_of,
    read_potential,
    share_bp,
    share_column,
    thirds,
)

PAGES = Path(__file__).resolve().parents[4] / "docs" / "algorithms"
RULES, CLASSES = read_coverage(COVERAGE.body), read_potential(POTENTIAL.body)
Z = RULES.z_thousandths / 1000
TODAY = date(2026, 11, 23)


def rows(page: str, first: str) -> list[list[str]]:
    """The rows of the table whose head begins with `first`."""
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} |")) + 2
    found = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def percent(bp: int) -> str:
    return f"{bp / 100:.1f}%"


@pytest.mark.parametrize("row", rows("coverage.md", "Won"), ids=lambda row: "/".join(row[:2]))
def test_the_interval(row):
    rate = rate_of(int(row[0]), int(row[1]), Z)
    assert [percent(rate.rate_bp), percent(rate.low_bp), percent(rate.high_bp)] == row[2:]


@pytest.mark.parametrize("row", rows("coverage.md", "Held by stage"), ids=lambda row: row[0])
def test_the_month(row):
    stages = ("general", "good", "intent", "ready")
    rates = {stage: Rate(0, 0, bp, bp, bp) for stage, bp in zip(stages, (1000, 2000, 4000, 8000), strict=True)}
    held = dict(zip(stages, map(int, row[0].split(" / ")), strict=True))
    found = coverage(4, 1, held, rates, RULES)
    assert [
        f"{found.expected_milli / 1000:.1f}", str(found.needed), str(found.missing), f"{found.covered_bp // 100}%",
        "yes" if found.alarm else "no",
    ] == row[1:]  # fmt: skip


def test_conversion_counts_who_ended_and_every_stage_below():
    passages = [
        Passage(1, ("general", "good", "intent", "won"), "won"),
        Passage(1, ("general", "won"), "won"),
        Passage(2, ("general", "good", "dropped"), "dropped"),
        Passage(2, ("general",), "general"),
    ]
    rates = conversion(passages, Z)
    assert {stage: (rate.won, rate.tried) for stage, rate in rates.items()} == {
        "general": (2, 3), "good": (2, 3), "intent": (2, 2), "ready": (2, 2),
    }  # fmt: skip


def test_a_new_representative_has_the_companys_rate_and_an_old_one_their_own():
    house = rate_of(50, 200, Z)
    assert leaning((0, 0), house, RULES.lean, Z).rate_bp == house.rate_bp
    assert abs(leaning((500, 1000), house, RULES.lean, Z).rate_bp - 5000) < 50


@pytest.mark.parametrize("row", rows("potential.md", "Terminal"), ids=lambda row: row[0])
def test_the_classes(row):
    table = rows("potential.md", "Terminal")
    ranks = thirds(
        [Demand(int(r[0]), "pharmacy", "湖北省", "荆门市", int(r[1]) * 100, "told") for r in table],
        CLASSES.fewest_peers,
    )
    rank, share = ranks[int(row[0])], share_bp(int(row[2]), int(row[1]))
    assert [
        str(rank.third), f"{share // 100}%", class_of(rank.third, share, False), share_column(share, CLASSES),
    ] == row[3:]  # fmt: skip
    assert rank.peers == 6


def test_too_few_of_a_city_are_ranked_with_the_province_or_everywhere():
    demands = [Demand(n, "clinic", "湖北省", f"市{n % 3}", n * 100, "told") for n in range(1, 7)]
    demands.append(Demand(99, "pharmacy", "四川省", "成都市", 100, "told"))
    ranks = thirds(demands, 6)
    assert (ranks[6].third, ranks[6].among, ranks[1].third) == (1, "clinic/湖北省", 3)
    assert (ranks[99].third, ranks[99].peers) == (1, 1)


# --- in the house -----------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db) -> cast.Cast:
    return cast.assemble()


def test_the_pipeline_of_a_team(staff):
    for n in range(6):
        terminal = actions.register_prospect(
            name=f"第{n}诊所", city="荆门", source="visit", by=staff.wang, now=cast.MORNING
        )
        if n < 4:
            actions.set_stage(
                terminal=terminal, stage="dropped", why="no_need", by=staff.wang, now=cast.MORNING + timedelta(hours=1)
            )
    won = Prospect.objects.get(terminal__name="第4诊所")
    actions.win_by_first_sale(terminal_ids=[won.pk], verb="sales.import", by=staff.qian, now=cast.MORNING)
    actions.set_target(person=staff.wang, month=TODAY, customers=3, by=staff.li, now=cast.MORNING)
    page = queries.pipeline(staff.li, TODAY.replace(day=1), TODAY)
    (row,) = page.rows
    assert (row.name, dict(row.held), row.figures.won, row.figures.target) == ("王", {"general": 1}, 1, 3)
    assert (page.house["general"].won, page.house["general"].tried) == (1, 5)
    assert row.figures.alarm
    assert [row.name for row in queries.pipeline(staff.wang, TODAY.replace(day=1), TODAY).rows] == ["王"]
    assert queries.pipeline(staff.zhou, TODAY.replace(day=1), TODAY).rows == ()
    assert Stage.objects.filter(holder=staff.wang, stage="won").count() == 1
    with pytest.raises(NotFound):
        actions.set_target(person=staff.sun, month=TODAY, customers=3, by=staff.li, now=cast.MORNING)
