"""`kewei flows`: files in, one refused file stops no other; a month's figures."""

from __future__ import annotations

import json

import pytest
from tests import cast

from kewei.config.cli import main
from kewei.flows.tests.selling import csv, open_distributor, open_product, sold

pytestmark = pytest.mark.django_db


def test_the_command_takes_files_in_and_tells_a_month(tmp_path, capsys):
    staff = cast.assemble()
    open_product()
    open_distributor(staff)
    good, bad = tmp_path / "D0001_2026-10.csv", tmp_path / "nobody.csv"
    good.write_bytes(csv(sold("荆门市第一人民医院", 10), sold("荆门一医", "x")))
    bad.write_bytes(csv(sold("荆门一医", 1)))
    assert main(["flows", "take-in", str(good), str(bad), "--as", "qian", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["status"] for one in told] == ["taken", "refused"]
    assert (told[0]["clean"], told[0]["aside"]) == (1, 1)
    assert main(["flows", "take-in", str(good), "--as", "qian", "--json"]) == 0
    (again,) = json.loads(capsys.readouterr().out)
    assert (again["status"], again["pk"], again["file"]) == ("recognised", told[0]["pk"], good.name)
    assert main(["flows", "take-in", str(good), "--as", "qian"]) == 0
    assert good.name in capsys.readouterr().out
    assert main(["flows", "month", "2026-10", "--post", "--as", "qian", "--json"]) == 0
    month = json.loads(capsys.readouterr().out)
    assert (month["state"], month["posted"]["places"]) == ("open", 1)
    assert main(["flows", "month", "2026-10", "--as", "qian"]) == 0
    assert "D0001" in capsys.readouterr().out
