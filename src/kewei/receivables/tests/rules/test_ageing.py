"""Every line of docs/algorithms/ageing.md; the whole book against one item at a time; the past against the future."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.receivables import rules
from kewei.receivables.rules import INVOICE_AGE, PAST_DUE
from kewei.receivables.tests.rules.worked import day, fen, table

PAGE = "ageing.md"
BASE = date(2026, 1, 1)


@pytest.mark.parametrize(("buckets", "heading"), [(PAST_DUE, "bucket"), (INVOICE_AGE, "age")])
def test_buckets_are_those_of_the_page(buckets, heading):
    rows = table(PAGE, heading, "中文")
    assert [row[heading] for row in rows] == list(buckets.codes)
    assert [row["中文"] for row in rows] == list(buckets.names)
    for place, row in enumerate(rows):
        first = int(row["from day"] or -4_000)
        last = int(row["to day"] or 9_999)
        assert buckets.place(first) == buckets.place(last) == place


@pytest.mark.parametrize("case", table(PAGE, "due date"), ids=lambda case: case["as of"])
def test_worked_days(case):
    due_date, as_of = day(case["due date"]), day(case["as of"])
    assert rules.days_past_due(due_date, as_of) == int(case["days past due"])
    assert PAST_DUE.codes[rules.bucket_of(due_date, as_of)] == case["falls into"]


ENTRIES = table(PAGE, "entry", "customer", "on", "due", "total")
MOVES = table(PAGE, "allocated to")
PLACE = {row["entry"]: place for place, row in enumerate(ENTRIES)}


def ordinals(days: list[date]) -> np.ndarray:
    return np.array([d.toordinal() for d in days], dtype=np.int32)


def the_page_as_of(as_of: date) -> rules.AgedBook:
    open_fen = rules.open_as_of(
        np.array([fen(row["total"]) for row in ENTRIES], dtype=np.int64),
        ordinals([day(row["on"]) for row in ENTRIES]),
        np.array([PLACE[row["allocated to"]] for row in MOVES]),
        np.array([fen(row["fen"]) for row in MOVES], dtype=np.int64),
        ordinals([day(row["effective"]) for row in MOVES]),
        as_of=as_of,
    )
    return rules.age_book(
        np.array(["AB".index(row["customer"]) for row in ENTRIES]),
        ordinals([day(row["due"]) for row in ENTRIES]),
        ordinals([day(row["on"]) for row in ENTRIES]),
        open_fen,
        as_of=as_of,
        groups=2,
    )


@pytest.mark.parametrize("case", table(PAGE, "day", "owed by A not due"), ids=lambda case: case["day"])
def test_worked_book(case):
    book = the_page_as_of(day(case["day"]))
    assert list(book.past_due[0, :3]) == [fen(case[f"owed by A {name}"]) for name in ("not due", "1–30", "31–60")]
    assert book.past_due[0, 3:].sum() == 0
    assert book.credit_fen[0] == fen(case["credit of A"])
    assert list(book.balance_fen) == [fen(case["balance of A"]), fen(case["balance of B"])]


amount = st.integers(-(10**12), 10**12)
a_day = st.integers(-1_500, 400).map(lambda n: BASE + timedelta(days=n))
book_rows = st.lists(st.tuples(st.integers(0, 4), a_day, a_day, amount), max_size=30)


@given(book_rows, a_day)
def test_the_whole_book_agrees_with_one_item_at_a_time(rows, as_of):
    groups, due, on, open_fen = ([row[column] for row in rows] for column in range(4))
    book = rules.age_book(
        np.array(groups, dtype=np.int32),
        ordinals(due),
        ordinals(on),
        np.array(open_fen, dtype=np.int64),
        as_of=as_of,
        groups=5,
    )
    for group in range(5):
        past_due, invoice_age, credit_fen = [0] * len(PAST_DUE), [0] * len(INVOICE_AGE), 0
        for row_group, due_date, document_date, fen_open in rows:
            if row_group == group and fen_open < 0:
                credit_fen += fen_open
            elif row_group == group:
                past_due[rules.bucket_of(due_date, as_of)] += fen_open
                invoice_age[rules.bucket_of(document_date, as_of, INVOICE_AGE)] += fen_open
        assert book.past_due[group].tolist() == past_due
        assert book.invoice_age[group].tolist() == invoice_age
        assert book.credit_fen[group] == credit_fen
    control_fen = sum(open_fen)
    assert book.balance_fen.sum() == book.past_due.sum() + book.credit_fen.sum() == control_fen
    assert book.invoice_age.sum() + book.credit_fen.sum() == control_fen


entries = st.lists(st.tuples(st.integers(1, 10**12), a_day), min_size=1, max_size=8)
moves = st.lists(st.tuples(st.integers(0, 7), st.integers(-(10**6), 10**6), a_day), max_size=20)


def open_on(as_of, entry_rows, move_rows):
    kept = [move for move in move_rows if move[0] < len(entry_rows)]
    return rules.open_as_of(
        np.array([total for total, _ in entry_rows], dtype=np.int64),
        ordinals([on for _, on in entry_rows]),
        np.array([entry for entry, _, _ in kept], dtype=np.int32),
        np.array([moved for _, moved, _ in kept], dtype=np.int64),
        ordinals([on for _, _, on in kept]),
        as_of=as_of,
    ).tolist()


@given(entries, moves, moves, entries, a_day)
def test_a_later_day_never_changes_an_earlier_one(entry_rows, move_rows, more_moves, more_entries, as_of):
    before = open_on(as_of, entry_rows, move_rows)
    booked_later = [move for move in more_moves if move[2] > as_of]
    dated_later = [(total, as_of + timedelta(days=1 + n)) for n, (total, _) in enumerate(more_entries)]
    after = open_on(as_of, entry_rows + dated_later, move_rows + booked_later)
    touched = {entry for entry, _, on in move_rows if entry >= len(entry_rows) and on <= as_of}
    assert after[: len(entry_rows)] == before
    assert all(after[n] == 0 for n in range(len(entry_rows), len(after)) if n not in touched)


@given(entries, moves, a_day)
def test_open_as_of_agrees_with_adding_up_one_entry_at_a_time(entry_rows, move_rows, as_of):
    assert open_on(as_of, entry_rows, move_rows) == [
        (total if on <= as_of else 0) - sum(moved for entry, moved, at in move_rows if entry == n and at <= as_of)
        for n, (total, on) in enumerate(entry_rows)
    ]


def test_sums_beyond_the_precision_of_floating_point_are_exact():
    """2⁵³ + 1 fen, which no float can hold, in one bucket."""
    amounts = np.array([2**53, 1], dtype=np.int64)
    due = ordinals([BASE, BASE])
    book = rules.age_book(np.zeros(2, dtype=np.int32), due, due, amounts, as_of=BASE, groups=1)
    assert book.past_due[0, 0] == 2**53 + 1


def test_an_empty_book_has_empty_buckets():
    nothing, no_days = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    book = rules.age_book(nothing, no_days, no_days, nothing, as_of=BASE, groups=3)
    assert book.past_due.shape == (3, len(PAST_DUE))
    assert book.balance_fen.tolist() == [0, 0, 0]


def test_amounts_that_are_not_int64_are_a_programming_error():
    due = ordinals([BASE])
    with pytest.raises(AssertionError):
        rules.age_book(np.zeros(1, dtype=np.int32), due, due, np.array([0.3]), as_of=BASE, groups=1)


@given(st.lists(a_day, max_size=20), a_day)
def test_days_to_limitation_of_a_book_are_those_of_each_item(starts, as_of):
    days_left = rules.days_to_limitation(ordinals(starts), as_of=as_of)
    assert days_left.tolist() == [rules.limitation.limitation(start).days_left(as_of) for start in starts]
