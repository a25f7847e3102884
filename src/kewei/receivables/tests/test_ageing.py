from datetime import date, timedelta

import pytest
from django.db import transaction
from tests import cast

from kewei.receivables import actions, queries, rules
from kewei.receivables.queries import book as books
from kewei.receivables.queries import shelf, streaming

pytestmark = pytest.mark.django_db

NOW = cast.MORNING
TODAY = date(2026, 11, 23)


@pytest.fixture
def staff():
    return cast.assemble()


def invoice(staff, number, fen, due, terminal):
    return actions.post_invoice(
        terminal=terminal,
        number=number,
        invoice_date=due - timedelta(days=60),
        due_date=due,
        total_fen=fen,
        by=staff.qian,
        now=NOW,
    )


def receipt(staff, number, fen, on, terminal, **more):
    return actions.receive_payment(
        terminal=terminal, number=number, received_on=on, fen=fen, by=staff.qian, now=NOW, **more
    )


@pytest.fixture
def book(staff):
    """Two customers of Wang and one of Sun: not due, 1–30, over a year; money unapplied."""
    hospital, pharmacy, clinic = staff.wangs_hospital, staff.wangs_pharmacy, staff.suns_clinic
    invoice(staff, "FP1", 1_000, TODAY + timedelta(days=5), hospital)
    invoice(staff, "FP2", 2_000, TODAY - timedelta(days=5), hospital)
    invoice(staff, "FP3", 4_000, TODAY - timedelta(days=400), pharmacy)
    invoice(staff, "FP4", 8_000, TODAY - timedelta(days=1), clinic)
    receipt(staff, "SK1", 500, TODAY - timedelta(days=3), hospital, how="named", invoices=("FP2",))
    receipt(staff, "SK2", 100, TODAY - timedelta(days=2), hospital)
    return staff


def buckets(row):
    return {code: fen for code, fen in zip(rules.PAST_DUE.codes, row.bucket_fen, strict=True) if fen}


def test_the_whole_book_by_customer(book):
    table = queries.ageing(book.qian, TODAY)
    rows = {row.code: row for row in table.rows}
    assert buckets(rows["T0001"]) == {"not_due": 1_000, "1_30": 1_500}
    assert (rows["T0001"].credit_fen, rows["T0001"].balance_fen, rows["T0001"].items) == (-100, 2_400, 2)
    assert rows["T0001"].oldest_due == TODAY - timedelta(days=5)
    assert buckets(rows["T0002"]) == {"1_2y": 4_000}
    assert buckets(table.totals) == {"not_due": 1_000, "1_30": 9_500, "1_2y": 4_000}
    assert table.control_fen == table.totals.balance_fen == 14_400
    assert table.unapplied_fen == 100
    assert [row.code for row in table.rows] == ["T0003", "T0002", "T0001"]
    assert [row.code for row in queries.ageing(book.qian, TODAY, order="code").rows[:2]] == ["T0001", "T0002"]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("owner", {"王": 6_400, "孙": 8_000}),
        ("territory", {"湖北区": 6_400, "四川区": 8_000}),
        ("region", {"荆门市": 2_400, "武汉市": 4_000, "成都市": 8_000}),
        ("kind", {"public_hospital": 2_400, "pharmacy": 4_000, "clinic": 8_000}),
    ],
)
def test_the_same_book_grouped(book, by, expected):
    table = queries.ageing(book.qian, TODAY, by=by)
    assert {row.label: row.balance_fen for row in table.rows} == expected
    assert table.totals.balance_fen == table.control_fen == 14_400


def test_by_the_age_of_the_invoice(book):
    table = queries.ageing(book.qian, TODAY, axis="invoice")
    found = dict(zip(table.buckets.codes, table.totals.bucket_fen, strict=True))
    assert {code: fen for code, fen in found.items() if fen} == {"31_60": 1_000, "61_90": 9_500, "1_2y": 4_000}


def test_a_past_day_is_as_it_was(book):
    table = queries.ageing(book.qian, TODAY - timedelta(days=4))
    assert buckets(table.totals) == {"not_due": 9_000, "1_30": 2_000, "1_2y": 4_000}
    assert (table.unapplied_fen, table.control_fen) == (0, 15_000)


def test_each_sees_only_their_own(book):
    assert queries.ageing(book.wang, TODAY).control_fen == 6_400
    assert queries.ageing(book.li, TODAY).control_fen == 6_400
    assert [row.code for row in queries.ageing(book.sun, TODAY).rows] == ["T0003"]
    assert queries.ageing(book.sun, TODAY).totals.balance_fen == 8_000
    nothing = queries.ageing(book.wu, TODAY)
    assert (len(nothing.rows), nothing.totals.balance_fen, nothing.control_fen) == (0, 0, 0)


def test_the_book_keeps_up_with_the_ledger(book):
    earlier, later = TODAY - timedelta(days=4), TODAY
    before = queries.ageing(book.qian, earlier).totals
    queries.ageing(book.qian, later)
    money = receipt(book, "SK3", 1_000, TODAY, book.suns_clinic, how="oldest")
    assert queries.ageing(book.qian, later).totals.owed_fen == 13_500
    assert queries.ageing(book.qian, earlier).totals == before
    actions.reverse_entry(entry=money, reason="退票", by=book.qian, now=NOW)
    table = queries.ageing(book.qian, later)
    assert (table.totals.owed_fen, table.control_fen, table.unapplied_fen) == (14_500, 14_400, 100)


def test_a_warm_book_asks_the_journal_once(book, django_assert_num_queries):
    queries.ageing(book.qian, TODAY)
    with django_assert_num_queries(1):
        list(queries.ageing(book.qian, TODAY).rows)


def test_a_book_on_disk_is_taken_up_where_the_journal_still_knows_it(book, settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    monkeypatch.setattr(shelf, "WORTH_KEEPING", 1)
    books.forget()
    before = queries.ageing(book.qian, TODAY)
    assert (tmp_path / "cache" / "book").stat().st_mode & 0o077 == 0

    receipt(book, "SK3", 1_000, TODAY, book.suns_clinic, how="oldest")
    monkeypatch.setattr(streaming, "entries", lambda postings=None, real=streaming.entries: real(postings or []))
    books.forget()
    after = queries.ageing(book.qian, TODAY)
    assert (after.totals.owed_fen, before.totals.owed_fen) == (13_500, 14_500)
    assert [row.code for row in after.rows] == ["T0003", "T0002", "T0001"]
    assert after.control_fen == after.totals.balance_fen


@pytest.mark.parametrize(
    "spoil", [b"", b"{}", b'{"layout": 1, "seq": 1, "hash": "x", "columns": {"on": ["<i4", 9]}}\n']
)
def test_a_book_on_disk_that_cannot_be_read_is_left_alone(book, settings, tmp_path, spoil):
    settings.HOME = tmp_path
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "book").write_bytes(spoil)
    books.forget()
    assert queries.ageing(book.qian, TODAY).control_fen == 14_400


def test_a_ledger_of_another_history_is_read_anew(book):
    queries.ageing(book.qian, TODAY)
    with transaction.atomic():
        invoice(book, "FP5", 50, TODAY, book.suns_clinic)
        assert queries.ageing(book.qian, TODAY).control_fen == 14_450
        transaction.set_rollback(True)
    invoice(book, "FP6", 70, TODAY, book.suns_clinic)
    assert queries.ageing(book.qian, TODAY).control_fen == 14_470
