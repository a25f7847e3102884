"""`kewei plan solve` and `kewei plan check` on a problem in the format of the literature."""

import json

import pytest

from kewei.config.cli import main
from kewei.visits.rules.planning import cordeau

# Four customers around a depot, two days, one vehicle; the outer two are visited on one day, 2 on both; 5 sits on the
# depot with a full load and drives nowhere.
SMALL = """1 1 5 2
0 10
0 10
0 0 0 0 0 0 0
1 0 10 0 4 1 2 1 2
2 10 0 0 2 2 1 3
3 0 -10 0 4 1 2 1 2
4 -10 0 0 4 1 2 1 2
5 0 0 0 10 1 1 2
"""
# Day 1: 1 and 2 (34.14), day 2: 2 and 3 (34.14); 4 joins one of them: 1-4 would be 34.14, so two of three share a day.
GOOD = "0\n1 1 0 0 0 4 1 2 0\n2 1 0 0 0 3 2 0\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "small.txt").write_text(SMALL, encoding="utf-8")
    (tmp_path / "good.sol").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_solve_writes_what_check_finds_good(files, capsys):
    problem, out = str(files / "small.txt"), str(files / "out.sol")
    assert main(["plan", "solve", problem, "--seconds", "0.3", "--seed", "1", "--processes", "1", "--out", out]) == 0
    assert main(["plan", "check", problem, out, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    best = 20 + 10 * 2**0.5 + 20 + 2 * 10 * 2**0.5
    assert answer["broken"] == []
    assert answer["cost"] == pytest.approx(best, abs=1e-3)


def test_check_tells_cost_and_gap(files, capsys):
    assert main(["plan", "check", str(files / "small.txt"), str(files / "good.sol"), "--bks", "80", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["cost"] == pytest.approx(82.4264, abs=1e-4)
    assert answer["gap_percent"] == pytest.approx(3.033)


@pytest.mark.parametrize(
    ("solution", "said"),
    [
        ("0\n1 1 0 0 0 4 1 2 0\n2 1 0 0 0 3 0\n", "customer 2: days [1] are no pattern of it"),
        ("0\n1 1 0 0 0 4 1 3 0\n2 1 0 0 0 2 0\n", "day 1 vehicle 1: load 12 > 10"),
        ("0\n1 1 0 0 0 4 1 0\n1 2 0 0 0 2 0\n2 1 0 0 0 3 2 0\n", "day 1: 2 vehicles > 1"),
        ("0\n1 1 0 0 0 9 0\n", "day 1 vehicle 1: unknown customers [9] or day"),
    ],
)
def test_check_finds_what_a_solution_breaks(files, capsys, solution, said):
    (files / "bad.sol").write_text(solution, encoding="utf-8")
    assert main(["plan", "check", str(files / "small.txt"), str(files / "bad.sol")]) == 1
    assert said in capsys.readouterr().out


def test_windows_and_lengths_are_checked():
    text = "5 1 2 1\n40 0\n0 0 0 0 0 0 0 0 100\n1 10 0 5 1 1 1 1 30 50\n2 20 0 5 1 1 1 1 0 20\n"
    instance = cordeau.read_problem(text)
    assert cordeau.broken(instance, [cordeau.Driven(1, 1, (1, 2))]) == [
        "day 1 vehicle 1: customer 2 at 45.00 > 20.00",
        "day 1 vehicle 1: length 70.00 > 40.00",
    ]


@pytest.mark.parametrize("text", ["", "a b c", "1 1 1 2\n0 5\n", "1 1 1 1\n0 5\n0 0 0 0 0 0 0\n1 x", "1 1 1 1\n0 5\n"])
def test_what_is_no_problem_is_refused(files, capsys, text):
    (files / "bad.txt").write_text(text, encoding="utf-8")
    assert main(["plan", "solve", str(files / "bad.txt")]) == 1
    assert "Cordeau" in capsys.readouterr().err


def test_a_file_that_is_not_there_or_no_solution_is_refused(files, capsys):
    assert main(["plan", "check", str(files / "none.txt"), str(files / "good.sol")]) == 1
    (files / "bad.sol").write_text("0\n1 1 x\n", encoding="utf-8")
    assert main(["plan", "check", str(files / "small.txt"), str(files / "bad.sol")]) == 1
    assert "none.txt" in capsys.readouterr().err
