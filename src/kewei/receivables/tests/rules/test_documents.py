"""What must hold before a document is posted, border by border."""

from datetime import date

import pytest

from kewei.kernel.money import MAX_FEN
from kewei.receivables import rules
from kewei.receivables.rules import refusals

TODAY = date(2026, 11, 23)
INVOICE = {
    "number": "F1",
    "total_fen": 100,
    "invoice_date": date(2026, 11, 1),
    "due_date": date(2026, 12, 31),
    "today": TODAY,
}
RED_LETTER = {
    "number": "H1",
    "fen": 100,
    "on": date(2026, 11, 2),
    "original_number": "F1",
    "original_on": date(2026, 11, 1),
    "original_open_fen": 100,
    "today": TODAY,
}
REVERSAL = {
    "number": "F1",
    "on": date(2026, 11, 2),
    "original_on": date(2026, 11, 1),
    "already_reversed": False,
    "allocated_fen": 0,
    "today": TODAY,
}


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"total_fen": 1},
        {"total_fen": MAX_FEN},
        {"due_date": date(2026, 11, 1)},
        {"due_date": date(2036, 11, 1)},
        {"invoice_date": date(2026, 11, 24)},
        {"invoice_date": date(1990, 1, 1), "due_date": date(2000, 1, 1)},
        {"number": "25312000000012345678"},
        {"number": " 京A-001/2 "},
        {"number": "9" * 60},
    ],
)
def test_an_invoice_within_the_borders_is_posted(good):
    rules.check_invoice(**{**INVOICE, **good})


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        ({"total_fen": 0}, refusals.AmountOutOfRange),
        ({"total_fen": -1}, refusals.AmountOutOfRange),
        ({"total_fen": MAX_FEN + 1}, refusals.AmountOutOfRange),
        ({"due_date": date(2026, 10, 31)}, refusals.DueBeforeInvoice),
        ({"due_date": date(2036, 11, 2)}, refusals.DueTooFar),
        ({"invoice_date": date(2026, 11, 25)}, refusals.DateTooFarAhead),
        ({"invoice_date": date(1989, 12, 31)}, refusals.DateTooOld),
        ({"number": ""}, refusals.BadDocumentNumber),
        ({"number": "  "}, refusals.BadDocumentNumber),
        ({"number": "9" * 61}, refusals.BadDocumentNumber),
        ({"number": "F 1"}, refusals.BadDocumentNumber),
        ({"number": "F1;F2"}, refusals.BadDocumentNumber),
        ({"number": "F1、F2"}, refusals.BadDocumentNumber),
        ({"number": "F1\x00"}, refusals.BadDocumentNumber),
        ({"number": "F1\u200b"}, refusals.BadDocumentNumber),
    ],
)
def test_an_invoice_beyond_a_border_is_refused(bad, refusal):
    with pytest.raises(refusal):
        rules.check_invoice(**{**INVOICE, **bad})


def test_a_leap_day_falls_due_ten_years_on_at_the_latest_on_28_february():
    leap = {**INVOICE, "invoice_date": date(2024, 2, 29)}
    rules.check_invoice(**{**leap, "due_date": date(2034, 2, 28)})
    with pytest.raises(refusals.DueTooFar) as refused:
        rules.check_invoice(**{**leap, "due_date": date(2034, 3, 1)})
    assert refused.value.numbers["latest"] == "2034-02-28"


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        ({"fen": 101}, refusals.RedLetterMoreThanOpen),
        ({"fen": 0}, refusals.AmountOutOfRange),
        ({"on": date(2026, 10, 31)}, refusals.RedLetterBeforeInvoice),
        ({"on": date(2026, 11, 25)}, refusals.DateTooFarAhead),
        ({"number": "F1"}, refusals.BadDocumentNumber),
        ({"number": "ｆ１"}, refusals.BadDocumentNumber),
    ],
)
def test_a_red_letter_note_that_does_not_fit_its_original_is_refused(bad, refusal):
    rules.check_red_letter(**RED_LETTER)
    with pytest.raises(refusal):
        rules.check_red_letter(**{**RED_LETTER, **bad})


def test_a_receipt_is_checked_like_an_invoice_without_due_date():
    rules.check_receipt(number="S1", fen=1, received_on=TODAY, today=TODAY)
    with pytest.raises(refusals.AmountOutOfRange):
        rules.check_receipt(number="S1", fen=-1, received_on=TODAY, today=TODAY)
    with pytest.raises(refusals.DateTooFarAhead):
        rules.check_receipt(number="S1", fen=1, received_on=date(2026, 11, 25), today=TODAY)


def test_an_allocation_counts_from_the_later_document_at_the_earliest():
    invoiced_on, received_on = date(2026, 11, 1), date(2026, 11, 5)
    rules.check_allocation_day(received_on, invoiced_on, received_on, today=TODAY)
    with pytest.raises(refusals.AllocationBeforeDocument) as refused:
        rules.check_allocation_day(date(2026, 11, 4), invoiced_on, received_on, today=TODAY)
    assert refused.value.earliest == received_on
    with pytest.raises(refusals.DateTooFarAhead):
        rules.check_allocation_day(date(2026, 11, 25), invoiced_on, received_on, today=TODAY)


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        ({"already_reversed": True}, refusals.AlreadyReversed),
        ({"on": date(2026, 10, 31)}, refusals.ReversalBeforeOriginal),
        ({"allocated_fen": 1}, refusals.StillAllocated),
        ({"on": date(2026, 11, 25)}, refusals.DateTooFarAhead),
    ],
)
def test_a_reversal_that_cannot_be_is_refused(bad, refusal):
    rules.check_reversal(**REVERSAL)
    with pytest.raises(refusal):
        rules.check_reversal(**{**REVERSAL, **bad})


def test_a_checked_number_has_no_blanks_around_it():
    assert rules.check_number(" F1 ") == "F1"
