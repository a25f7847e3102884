"""`kewei flows rebuild`: lines made again from the rows as they stood, the same to the byte, or it is said."""

from __future__ import annotations

import json

import pytest
from tests import cast
from tests.journeys.test_flows_journey import ugly_workbook

from kewei.config.cli import main
from kewei.flows import actions, excel
from kewei.flows.lake import keeping
from kewei.flows.lake.parts import CLEAN
from kewei.flows.models import File
from kewei.flows.queries import lake
from kewei.flows.rules import files as rules
from kewei.flows.tests.selling import OCTOBER, SALES_HEAD, csv, open_distributor, open_product, sold, take_in

pytestmark = pytest.mark.django_db
PLAIN = csv(
    sold("荆门市第一人民医院", 10), sold("荆门市第一人民医院", -3), sold("荆门市第一人民医院", "十"), sold("合计", 7)
)


@pytest.fixture
def root(tmp_path, settings):
    settings.LAKE_ROOT = tmp_path / "lake"
    return settings.LAKE_ROOT


@pytest.fixture
def staff(root) -> cast.Cast:
    found = cast.assemble()
    open_product()
    return found


def test_a_months_lines_are_made_again_from_its_raw_rows_to_the_byte(staff, capsys):
    """A workbook with days and numbers of its own, a corrected file, a part beside it with a row told twice."""
    distributor, other = open_distributor(staff), open_distributor(staff, "D0002", "武汉同心医药有限公司")
    take_in(other, ugly_workbook(), staff.qian, name="十月.xlsx")
    rows = [sold("荆门市第一人民医院", n, batch=f"B{n}", price="") for n in range(1, 7)]
    take_in(distributor, PLAIN, staff.qian)
    take_in(distributor, csv(*rows), staff.qian, name="b.csv")
    take_in(distributor, csv(*rows[:5], sold("益丰大药房", 9)), staff.qian, name="c.csv")
    head = ["单据日期", *SALES_HEAD[1:]]
    american = [[f"10/{day:02d}/2026", *sold("荆门一医", 1)[1:]] for day in range(1, 4)]
    sent = excel.read_file(csv(*american, head=head), "d.csv", order="mdy")
    actions.take_in_file(distributor=distributor, sent=sent, mode="add", by=staff.qian, now=cast.MORNING)
    assert File.objects.exclude(replaces=None).count() == 1
    damaged = lake.in_lake(File.objects.all())[1]
    place = keeping.place_of(CLEAN, OCTOBER, damaged.clean_digest)
    content = place.read_bytes()
    place.write_bytes(b"")
    assert main(["flows", "rebuild", "2026-10", "--as", "qian", "--json"]) == 0
    assert {one["same"] for one in json.loads(capsys.readouterr().out)["files"]} == {True}
    assert place.read_bytes() == content
    assert list(lake.findings()) == []


def test_lines_that_come_out_otherwise_are_told_and_nothing_is_changed(staff, root, capsys, monkeypatch):
    take_in(open_distributor(staff), PLAIN, staff.qian)
    before = sorted(root.rglob("*"))
    monkeypatch.setattr(rules, "flagged", lambda lines, _before=(): [line._replace(flags="?") for line in lines])
    assert main(["flows", "rebuild", "2026-10", "--as", "qian"]) == 1
    assert "十月.csv" in capsys.readouterr().out
    assert sorted(root.rglob("*")) == before
