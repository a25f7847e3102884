"""Receivables on the command line."""

import json
import unicodedata
from datetime import timedelta

import pytest
from django.utils import translation

from kewei.config import cli
from kewei.receivables import queries


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch):
    monkeypatch.setenv("KEWEI_LANGUAGE", "zh")
    monkeypatch.delenv("KEWEI_USER", raising=False)
    yield
    translation.activate("zh-hans")


def kewei(capsys, *words):
    code = cli.main(list(words))
    return code, capsys.readouterr().out


def wide(line):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


@pytest.mark.parametrize("by", ["customer", "owner", "territory", "region", "kind"])
def test_ageing_as_json_has_the_figures_of_the_query(ledger, capsys, by):
    code, out = kewei(capsys, "ageing", "--by", by, "--json")
    told, table = json.loads(out), queries.ageing(ledger.staff.qian, ledger.today, by)
    assert code == 0
    assert told["agrees"] is True
    assert told["control_fen"] == table.control_fen
    assert [row["balance_fen"] for row in told["rows"]] == [row.balance_fen for row in table.rows]
    assert set(told) == {
        "as_of", "by", "axis", "buckets", "totals", "control_fen", "unapplied_fen", "agrees", "rows",
    }  # fmt: skip


def test_the_table_lines_up_where_han_characters_are_two_wide(ledger, capsys):
    code, out = kewei(capsys, "ageing")
    head, rule, *rows = [line for line in out.splitlines() if line.strip()][:6]
    assert code == 0
    end = wide(head[: head.index("余额") + 2])
    for row in rows[:4]:
        assert wide(row[: row.index(".") + 3]) == end, (row, rule)
    assert "相符" in out
    assert "14,400.00" in out


def test_a_past_day_another_axis_and_somebody_elses_eyes(ledger, capsys, monkeypatch):
    day = (ledger.today - timedelta(days=4)).isoformat()
    told = json.loads(kewei(capsys, "ageing", "--as-of", day, "--axis", "invoice", "--json")[1])
    assert (told["as_of"], told["control_fen"]) == (day, 15_000_00)
    assert json.loads(kewei(capsys, "ageing", "--json", "--as", "sun")[1])["control_fen"] == 8_000_00
    monkeypatch.setenv("KEWEI_USER", "wang")
    assert json.loads(kewei(capsys, "ageing", "--json")[1])["control_fen"] == 6_400_00
    assert kewei(capsys, "ageing", "--as", "zhou")[0] == 1
    assert kewei(capsys, "ageing", "--as", "nobody")[0] == 1
    assert kewei(capsys, "ageing", "--as-of", "2026-02-30")[0] == 1


def test_open_items(ledger, capsys):
    told = json.loads(kewei(capsys, "open-items", "--json")[1])
    assert [item["number"] for item in told["items"]] == ["FP3", "FP2", "FP4", "FP1"]
    one = json.loads(kewei(capsys, "open-items", "--customer", "T0001", "--overdue", "--json")[1])
    assert [(item["number"], item["open_fen"]) for item in one["items"]] == [("FP2", 1_500_00)]
    assert "14,500.00" in kewei(capsys, "open-items")[1]
    assert kewei(capsys, "open-items", "--customer", "T0003", "--as", "wang")[0] == 1


def test_statement_to_a_file_and_to_the_screen(ledger, capsys, tmp_path):
    words = ["statement", "T0001", "--from", "2024-01-01", "--to", ledger.today.isoformat()]
    for name, begins in (("s.pdf", b"%PDF"), ("s.xlsx", b"PK")):
        out = tmp_path / name
        assert kewei(capsys, *words, "--out", str(out))[0] == 0
        assert out.read_bytes().startswith(begins)
    assert json.loads(kewei(capsys, *words, "--json")[1])["closing_fen"] == 2_400_00
    assert "期末余额" in kewei(capsys, *words)[1]
    assert kewei(capsys, *words, "--out", str(tmp_path / "s.doc"))[0] == 1
    assert kewei(capsys, *words, "--as", "sun")[0] == 1


def test_kpis(ledger, capsys):
    told = json.loads(kewei(capsys, "kpis", "--json", "--months", "6")[1])
    assert told["months"] == 6
    assert {figure["unit"] for figure in told["figures"]} == {"tenths_of_a_day", "basis_points", "fen"}
    assert "回款有效率" in kewei(capsys, "kpis")[1]
