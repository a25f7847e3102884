"""Reasons and promises come in by the command line, go out to a workbook, and are the same."""

from datetime import timedelta

import pytest
from tests import cast

from kewei.collecting import actions
from kewei.collecting.models import Promise, Reason
from kewei.collecting.tests.test_worklist import NOW, TODAY, owe
from kewei.config.cli import main


@pytest.fixture
def staff(db, time_machine):
    time_machine.move_to(NOW, tick=False)
    found = cast.assemble()
    owe(found, found.wangs_pharmacy, "FP-A", 40, 60_000_00)
    owe(found, found.wangs_pharmacy, "FP-B", 10, 20_000_00)
    return found


def test_reasons_and_promises_go_there_and_back(staff, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh-hans")

    def kewei(*argv, by):
        capsys.readouterr()
        code = main([*map(str, argv), "--json", "--as", by])
        return code, capsys.readouterr().out

    sheet = tmp_path / "reasons.csv"
    sheet.write_text(
        f"客户编码,发票号,逾期原因,备注\n{staff.wangs_pharmacy.code},FP-A,A1,\n{staff.wangs_pharmacy.code},FP-B,E2,等回款\n",
        encoding="utf-8",
    )
    assert kewei("import", "reasons", sheet, "--dry-run", by="wang")[0] == 0
    assert reasons() == {}
    assert kewei("import", "reasons", sheet, by="wang")[0] == 0
    assert reasons() == {"FP-A": "A1", "FP-B": "E2"}
    due = (TODAY + timedelta(days=5)).isoformat()
    sheet = tmp_path / "promises.csv"
    sheet.write_text(
        f"客户编码,发票号,承诺金额,承诺付款日,承诺人\n{staff.wangs_pharmacy.code},FP-A,100.00,{due},刘会计\n",
        encoding="utf-8",
    )
    assert kewei("import", "promises", sheet, by="wang")[0] == 0
    assert Promise.objects.get().fen == 100_00
    for noun in ("reasons", "promises"):
        assert kewei("export", noun, "--out", tmp_path / f"{noun}.xlsx", by="zhao")[0] == 0
        code, told = kewei("import", noun, tmp_path / f"{noun}.xlsx", "--dry-run", by="wang")
        assert (code, '"new": 0' in told) == (0, True), told
    # What only goes out: cases, disputes, clocks.
    owe(staff, staff.wangs_pharmacy, "FP-OLD", 1_090, 5_000_00)
    actions.run_day(day=TODAY, by=staff.system, now=NOW)
    disputed = Reason.objects.get(item__number="FP-B", ended_at=None).item_id
    actions.raise_dispute(
        item=disputed, reason="B1", fen=12_345_00, words="少货", raised_on=TODAY, by=staff.wang, now=NOW
    )
    told = {"cases": "85000.00", "disputes": "12345.00", "clocks": "FP-OLD"}
    for noun, holds in told.items():
        out = tmp_path / f"{noun}.csv"
        assert kewei("export", noun, "--customer", staff.wangs_pharmacy.code, "--out", out, by="zhao")[0] == 0
        assert holds in out.read_text(encoding="utf-8-sig")
        assert kewei("export", noun, "--out", out, by="zhou")[0] == 1


def reasons():
    """The reasons that stand, by invoice."""
    return dict(Reason.objects.filter(ended_at=None).values_list("item__number", "code"))
