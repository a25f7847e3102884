"""Late payment on real invoices: the honest protocol, and docs/algorithms/prediction.md says what comes out."""

import csv
import os
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from kewei.collecting.rules import prediction
from kewei.receivables.tests.rules.worked import fen, table

SHARED = Path(os.environ.get("KEWEI_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
AR_IBM = SHARED / "ar_ibm" / "WA_Fn-UseC_-Accounts-Receivable.csv"
# Another processor may round a fit differently.
NEAR = 10


@pytest.mark.skipif(not AR_IBM.exists(), reason="needs ../shared/data/ar_ibm")
def test_the_honest_protocol():
    with AR_IBM.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    _names, customer = np.unique([row["customerID"] for row in rows], return_inverse=True)
    days = [
        np.array([datetime.strptime(row[name], "%m/%d/%Y").toordinal() for row in rows])
        for name in ("InvoiceDate", "DueDate", "SettledDate")
    ]
    amount = np.array([round(float(row["InvoiceAmount"]) * 100) for row in rows])
    paper = np.array([int(row["PaperlessBill"] == "Paper") for row in rows])
    found = prediction.back_test(
        prediction.Invoices(customer.astype(np.int64), *days, amount, paper), date(2013, 7, 12).toordinal()
    )
    assert (found.trained, found.asked, found.late) == (1_885, 500, 142)
    assert found.way("model").auc_bp >= 8_800
    assert found.way("model").brier_bp <= 1_220
    assert found.days_off < found.median_off
    for row in table("prediction.md", "way"):
        way = found.way(row["way"])
        assert [row["auc"] == "", row["brier"] == ""] == [way.auc_bp is None, way.brier_bp is None]
        assert abs(int(row["auc"] or 0) - (way.auc_bp or 0)) <= NEAR
        assert abs(int(row["brier"] or 0) - (way.brier_bp or 0)) <= NEAR
        assert abs(fen(row["first fifth %"]) - way.top_fifth_bp) <= 10 * NEAR
