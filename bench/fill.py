"""Write a company of a size into an empty house: through the product's own actions wherever a person would use them.

    python -m bench.fill SIZE

Licences, contacts and settlement calendars, of which no file is imported, are written in bulk. At the end every
integrity finding of the product is asked for; there must be none.
"""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench import houses, trade  # noqa: E402
from kewei.config import checking  # noqa: E402
from kewei.journal import bulk  # noqa: E402
from kewei.journal.actions.intake import take_in  # noqa: E402
from kewei.kernel.ids import digest  # noqa: E402
from kewei.people import actions as people  # noqa: E402
from kewei.people import queries as persons  # noqa: E402
from kewei.products import actions as products  # noqa: E402
from kewei.receivables import actions as receivables  # noqa: E402
from kewei.receivables.rules import InvoiceRow, ReceiptRow  # noqa: E402
from kewei.sales import actions as sales  # noqa: E402
from kewei.sales.rules import SaleRow  # noqa: E402
from kewei.terminals import actions as terminals  # noqa: E402
from kewei.terminals.models import Contact, Licence, Settlement  # noqa: E402
from kewei.terminals.queries import by_codes  # noqa: E402
from kewei.terminals.rules.papers import REQUIRED  # noqa: E402

NOW = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)
AT_ONCE = 300_000
Took = dict[str, float]


def fill(size: trade.Size) -> Took:
    """Everything; answers the seconds each part took and the number of findings, which is nought."""
    took: Took = {}
    call_command("migrate", verbosity=0, interactive=False)
    by = found(size)
    with _Clock(took, "terminals"):
        ids = open_terminals(size, by)
    with _Clock(took, "cards"), transaction.atomic():
        write_papers(size, ids, by)
    book = trade.invoices(size)
    with _Clock(took, "invoices"):
        post_invoices(book, ids, by)
    with _Clock(took, "receipts"):
        post_receipts(trade.receipts(size, book), book, ids, by)
    with _Clock(took, "sales"):
        post_sales(book, ids, by)
    _settle_down()
    with _Clock(took, "check"):
        findings = list(checking.findings(10))
    if findings:
        raise SystemExit(f"the company that was drawn is not sound: {findings}")
    return took


def found(size: trade.Size):
    """The company, its territories and its people; answers the director."""
    by = people.found_company(
        company="楚康医药有限公司", login=houses.DIRECTOR, name="郑重", password=houses.PASSWORD, now=NOW
    )
    china = persons.territory_by_code("CN")
    places = {}
    for number, (province, cities) in enumerate(trade.PLACES):
        region = people.draw_territory(code=f"R{number:02d}", name=province, parent=china, by=by, now=NOW)
        places[province] = region
        for step, city in enumerate(cities):
            places[city] = people.draw_territory(code=f"R{number:02d}{step}", name=city, parent=region, by=by, now=NOW)
    people.hire(login="qian", name="钱细", role="accountant", by=by, now=NOW)
    people.hire(login="li", name="李岚", role="manager", territory=places["湖北省"], by=by, now=NOW)
    for login, _province, city in trade.people_of(size):
        people.hire(login=login, name=f"业务{login[3:]}", role="representative", territory=places[city], by=by, now=NOW)
    return persons.person_by_login(houses.DIRECTOR)


def open_terminals(size: trade.Size, by) -> list[int]:
    """Their keys, in the order of their codes."""
    rows = list(trade.terminals(size))
    _take_in(
        "customers", "terminals.create", by,
        lambda intake: terminals.import_terminals(rows=rows, intake=intake, by=by, now=NOW),
    )  # fmt: skip
    known = by_codes(by, [row["code"] for row in rows])
    return [known[row["code"]] for row in rows]


def write_papers(size: trade.Size, ids: Sequence[int], by) -> None:
    """The licences its kind needs, a contact and a settlement calendar for each terminal."""
    ends = [trade.TODAY + timedelta(days=days) for days in range(-30, 1700)]
    none = (None, None, NOW, None)
    bulk.insert(
        Licence,
        (
            "terminal_id", "kind", "number", "issuer", "issued_on", "valid_from", "valid_to", "long_term", "scope",
            "warehouse", "verified_how", "verified_by_id", "verified_on", "recorded_at", "ended_at",
        ),
        (
            (pk, kind, f"鄂{pk}{step}", "市场监督管理局", None, None, ends[(pk * 7 + step) % len(ends)], False,
             ["general"], "", "sealed_copy", *none)
            for pk, row in zip(ids, trade.terminals(size), strict=True)
            for step, (kind, *_) in enumerate(REQUIRED.read(REQUIRED.body).of(row["kind"]))
        ),
    )  # fmt: skip
    bulk.insert(
        Contact,
        (
            "terminal_id", "name", "job", "department", "work_phone", "work_email", "duty", "notice_given_on", "source",
            "added_by_id", "added_at", "ended_at",
        ),
        ((pk, "张采购", "采购", "", "027-88880000", "", "purchasing", None, "走访", by.pk, NOW, None) for pk in ids),
    )  # fmt: skip
    bulk.insert(
        Settlement,
        (
            "terminal_id", "bank", "account_masked", "account_name", "payers", "method", "term_days", "term_start",
            "cutoff_day", "handin_day", "pay_day", "signing_chain", "late_rate_bp", "set_by_id", "set_at", "ended_at",
        ),
        (
            (pk, "", "", "", [], "transfer", 60, "invoice", 25, 28, "每月 15 日", "", None, by.pk, NOW, None)
            for pk in ids
        ),
    )  # fmt: skip


def post_invoices(book: trade.Invoices, ids: Sequence[int], by) -> None:
    """In files of 300,000."""
    for places in _slices(len(book.fen)):
        columns = zip(
            *(column[places].tolist() for column in (book.customer, book.on, book.due, book.fen)), strict=True
        )
        rows = [
            InvoiceRow(ids[customer], book.number(place), _day(on), _day(due), fen)
            for place, (customer, on, due, fen) in enumerate(columns, places.start)
        ]
        receivables.import_invoices(rows=rows, by=by, now=NOW)


def post_receipts(receipts: Sequence[trade.Receipt], book: trade.Invoices, ids: Sequence[int], by) -> None:
    """Each settles the invoices it names."""
    for places in _slices(len(receipts)):
        rows = [
            ReceiptRow(ids[r.customer], r.number, r.on, r.fen, "transfer", tuple(map(book.number, r.invoices)))
            for r in receipts[places]
        ]
        receivables.import_receipts(rows=rows, by=by, now=NOW)


def post_sales(book: trade.Invoices, ids: Sequence[int], by) -> None:
    """A line for every sixth invoice."""
    pks = [
        products.add_product(code=f"P{n:03d}", name=f"药品{n:03d}", spec="24 粒", unit="盒", by=by, now=NOW).pk
        for n in range(40)
    ]
    places = range(0, len(book.fen), 6)
    columns = zip(*(column[::6].tolist() for column in (book.customer, book.on, book.fen)), strict=True)
    rows = [
        SaleRow(
            ids[customer],
            pks[place % 40],
            f"药品{place % 40:03d}",
            _day(on),
            10_000,
            fen // 10,
            fen,
            book.number(place),
        )
        for place, (customer, on, fen) in zip(places, columns, strict=True)
    ]
    _take_in("sales", "sales.import", by, lambda intake: sales.import_sales(rows=rows, intake=intake, by=by, now=NOW))


class _Clock:
    """Notes the seconds a block takes."""

    def __init__(self, took: Took, name: str) -> None:
        self.took, self.name = took, name

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *_failure: object) -> None:
        self.took[self.name] = round(time.perf_counter() - self.start, 3)
        print(f"    {self.name} {self.took[self.name]:.1f} s", file=sys.stderr, flush=True)


def _take_in(noun: str, verb: str, by, do) -> None:
    mark = digest(["bench", noun])
    take_in(
        noun=noun,
        filename=f"{noun}.csv",
        file_digest=mark,
        layout="generic",
        mark=mark,
        verb=verb,
        do=do,
        by=by,
        now=NOW,
    )


def _rows(*columns: Any) -> Iterable[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def _slices(count: int) -> Iterable[slice]:
    return (slice(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE))


_days = {n: date.fromordinal(n) for n in range(trade.TODAY.toordinal() - 2000, trade.TODAY.toordinal() + 400)}
_day = _days.__getitem__


def _settle_down() -> None:
    """What the database does by itself sooner or later, so that every run measures the same state."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    print(json.dumps(fill(trade.SIZES[sys.argv[1]])))
