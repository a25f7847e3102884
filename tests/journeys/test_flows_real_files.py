"""A month of real shipments, end to end: what pharmacies used by our books is what the sellers' rows say."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from tests import cast

from kewei.flows import actions, excel
from kewei.flows.models import File, NameAlias
from kewei.flows.queries import files, months
from kewei.products.models import Product
from kewei.sales.models import SaleLine
from kewei.terminals.models import Licence, Terminal

ARCOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "arcos" / "arcos_suffolk_ma_itemized_2006_2014.csv.gz"
JUNE = date(2009, 6, 1)
# What its headings mean to us: buyers are told by their registration number, days are written month first.
MAPPING = {
    "TRANSACTION_DATE": "day", "BUYER_NAME": "customer", "BUYER_DEA_NO": "licence", "Product_Name": "product",
    "NDC_NO": "product_code", "QUANTITY": "quantity", "DRUG_NAME": None, "STRENGTH": None, "UNIT": None,
}  # fmt: skip

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not ARCOS.exists(), reason=f"needs the shared data file {ARCOS.name}, which is not here"),
]


def shipments() -> list[dict[str, str]]:
    with gzip.open(ARCOS, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["TRANSACTION_CODE"] == "S"]
    return [row for row in rows if row["TRANSACTION_DATE"][:2] == "06" and row["TRANSACTION_DATE"][4:] == "2009"]


def by_seller(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["REPORTER_DEA_NO"]].append(row)
    return found


def as_file(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def settle(staff: cast.Cast, rows: list[dict[str, str]]) -> None:
    """Cards of sellers and buyers, and the products they trade."""
    for seller, some in by_seller(rows).items():
        Terminal.objects.create(code=seller, name=some[0]["REPORTER_NAME"], kind="distributor", added_at=cast.MORNING)
    for buyer, name in {row["BUYER_DEA_NO"]: row["BUYER_NAME"] for row in rows}.items():
        card = Terminal.objects.create(code=f"B{buyer}", name=name, kind="pharmacy", added_at=cast.MORNING)
        Licence.objects.create(terminal=card, kind="drug_retail", number=buyer, recorded_at=cast.MORNING)
    for ndc, name in {row["NDC_NO"]: row["Product_Name"] for row in rows}.items():
        Product.objects.create(code=ndc, name=name[:120], listed_price_fen=10_00, added_at=cast.MORNING)


def test_usage_per_pharmacy_of_a_month_of_shipments_is_what_the_rows_say():
    staff, rows = cast.assemble(), shipments()
    assert len(rows) == 324
    settle(staff, rows)
    for seller, some in by_seller(rows).items():
        card = Terminal.objects.get(code=seller)
        sent = excel.read_file(as_file(some), f"{seller}.csv", kind="sales", remembered=MAPPING, order="mdy")
        taken = actions.take_in_file(distributor=card, sent=sent, by=staff.qian, now=cast.MORNING)
        assert (taken.clean, taken.aside, taken.waiting, taken.goods_waiting) == (len(some), 0, 0, 0), seller
        assert taken.month == JUNE
        assert files.file_row(staff.qian, taken.file).balance.holds
        for kind in ("purchases", "stock"):
            actions.tell_absence(
                distributor=card, month=JUNE, kind=kind, reason="no_agreement", by=staff.qian, now=cast.MORNING
            )
    assert set(NameAlias.objects.values_list("how", flat=True)) == {"key"}
    actions.freeze_month(month=JUNE, by=staff.qian, now=cast.MORNING)

    by_hand: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        by_hand[(f"B{row['BUYER_DEA_NO']}", row["NDC_NO"])] += int(float(row["QUANTITY"]) * 1000)
    used: dict[tuple[str, str], int] = defaultdict(int)
    for row in months.usage(staff.qian, month=JUNE):
        used[(row.terminal_code, row.product_code)] += row.quantity_milli
    assert used == {place: milli for place, milli in by_hand.items() if milli}
    sold = SaleLine.objects.filter(source="flow")
    assert sum(sold.values_list("quantity_milli", flat=True)) == sum(by_hand.values())
    assert sum(File.objects.values_list("raw_milli", flat=True)) == sum(by_hand.values())
