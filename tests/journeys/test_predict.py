"""Late payment on real invoices: the honest protocol, and docs/algorithms/prediction.md says what comes out."""

import json
import os
from pathlib import Path

import pytest

from kewei.config.cli import main
from kewei.receivables.tests.rules.worked import fen, table

SHARED = Path(os.environ.get("KEWEI_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
AR_IBM = SHARED / "ar_ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
# Another processor may round a fit differently.
NEAR = 10


@pytest.mark.skipif(not AR_IBM.exists(), reason="needs ../shared/data/ar_ibm")
def test_the_honest_protocol(capsys):
    assert main(["predict", "backtest", "--data", str(AR_IBM), "--cut", "2013-07-12", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    ways = {way["name"]: way for way in found["ways"]}
    assert (found["trained"], found["asked"], found["late"]) == (1_885, 500, 142)
    assert ways["model"]["auc_bp"] >= 8_800
    assert ways["model"]["brier_bp"] <= 1_220
    assert found["days_off"] < found["median_off"]
    for row in table("prediction.md", "way"):
        way = ways[row["way"]]
        assert [row["auc"] == "", row["brier"] == ""] == [way["auc_bp"] is None, way["brier_bp"] is None]
        assert abs(int(row["auc"] or 0) - (way["auc_bp"] or 0)) <= NEAR
        assert abs(int(row["brier"] or 0) - (way["brier_bp"] or 0)) <= NEAR
        assert abs(fen(row["first fifth %"]) - way["top_fifth_bp"]) <= 10 * NEAR


def test_a_file_that_is_not_there(tmp_path):
    assert main(["predict", "backtest", "--data", str(tmp_path / "none.csv")]) == 1
