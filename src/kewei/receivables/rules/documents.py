"""What must hold before a document is posted: amounts, days, numbers; each check refuses with a name."""

from dataclasses import dataclass
from datetime import date, timedelta

from kewei.kernel.calendar import add_years
from kewei.kernel.money import MAX_FEN
from kewei.receivables.rules.numbers import tidy_number
from kewei.receivables.rules.refusals import (
    AllocationBeforeDocument,
    AlreadyReversed,
    AmountOutOfRange,
    BadDocumentNumber,
    DateTooFarAhead,
    DateTooOld,
    DueBeforeInvoice,
    DueTooFar,
    RedLetterBeforeInvoice,
    RedLetterMoreThanOpen,
    ReversalBeforeOriginal,
    StillAllocated,
)


@dataclass(frozen=True, slots=True)
class DocumentPolicy:
    """How far days may lie from today and from each other, and how long a number may be."""

    ahead_days: int
    earliest: date
    due_years: int
    longest_number: int
    version: str
    source: str


# A day ahead, because offices in other time zones close the same books; ten years, because no credit term is longer.
POLICY = DocumentPolicy(
    ahead_days=1, earliest=date(1990, 1, 1), due_years=10, longest_number=60, version="2026-1", source="house rule"
)

# A list of invoice numbers in one cell is split at these.
SEPARATORS = ";；,，、"
# The plain blank is the only blank that counts as printable.
_UNFIT = frozenset(SEPARATORS) | {" "}


def check_amount(fen: int) -> None:
    """Refuse amounts outside 0 < fen ≤ MAX_FEN. Raises AmountOutOfRange(max_fen, wanted_fen)."""
    if not 0 < fen <= MAX_FEN:
        raise AmountOutOfRange(max_fen=MAX_FEN, wanted_fen=fen)


def check_number(number: str, policy: DocumentPolicy = POLICY) -> str:
    """The number without surrounding blanks. Raises BadDocumentNumber(number, longest).

    Refused are empty and too long numbers, blanks inside, and the signs that separate numbers in a list: a receipt
    could not name such an invoice.
    """
    bare = number.strip()
    unfit = not bare.isprintable() or not _UNFIT.isdisjoint(bare)
    if unfit or not 0 < len(bare) <= policy.longest_number:
        raise BadDocumentNumber(number=number[:60], longest=policy.longest_number)
    return bare


def check_day(on: date, today: date, policy: DocumentPolicy = POLICY) -> None:
    """Refuse days that can only be slips. Raises DateTooFarAhead(on, today, days) or DateTooOld(on, earliest)."""
    if on > today + timedelta(days=policy.ahead_days):
        raise DateTooFarAhead(on=on, today=today, days=policy.ahead_days)
    if on < policy.earliest:
        raise DateTooOld(on=on, earliest=policy.earliest)


def check_invoice(
    *, number: str, total_fen: int, invoice_date: date, due_date: date, today: date, policy: DocumentPolicy = POLICY
) -> None:
    """Refuse an invoice with a bad number, amount or day, due before it was issued or more than ten years after.

    Raises BadDocumentNumber, AmountOutOfRange, DateTooFarAhead, DateTooOld, DueBeforeInvoice(due_date, invoice_date) or
    DueTooFar(due_date, years, latest).
    """
    check_number(number, policy)
    check_amount(total_fen)
    check_day(invoice_date, today, policy)
    if due_date < invoice_date:
        raise DueBeforeInvoice(due_date=due_date, invoice_date=invoice_date)
    if due_date > (latest := add_years(invoice_date, policy.due_years)):
        raise DueTooFar(due_date=due_date, years=policy.due_years, latest=latest)


def check_receipt(*, number: str, fen: int, received_on: date, today: date, policy: DocumentPolicy = POLICY) -> None:
    """Refuse a receipt with a bad number, amount or day.

    Raises BadDocumentNumber, AmountOutOfRange, DateTooFarAhead or DateTooOld.
    """
    check_number(number, policy)
    check_amount(fen)
    check_day(received_on, today, policy)


def check_red_letter(
    *,
    number: str,
    fen: int,
    on: date,
    original_number: str,
    original_on: date,
    original_open_fen: int,
    today: date,
    policy: DocumentPolicy = POLICY,
) -> None:
    """Refuse a red-letter note 红字发票 larger than what is open on its original, or older than it. `fen` is positive.

    Raises what check_receipt raises, RedLetterMoreThanOpen(number, open_fen, wanted_fen), RedLetterBeforeInvoice, or
    BadDocumentNumber where it reuses the original's number (domain 4.9).
    """
    check_receipt(number=number, fen=fen, received_on=on, today=today, policy=policy)
    if tidy_number(number) == tidy_number(original_number):
        raise BadDocumentNumber(number=number, longest=policy.longest_number)
    if on < original_on:
        raise RedLetterBeforeInvoice(on=on, invoice_date=original_on)
    if fen > original_open_fen:
        raise RedLetterMoreThanOpen(number=original_number, open_fen=original_open_fen, wanted_fen=fen)


def check_allocation_day(on: date, *documents_on: date, today: date, policy: DocumentPolicy = POLICY) -> None:
    """Refuse an effective day before either document exists, or in the future.

    Raises AllocationBeforeDocument(on, earliest), DateTooFarAhead or DateTooOld.
    """
    if on < (earliest := max(documents_on)):
        raise AllocationBeforeDocument(on=on, earliest=earliest)
    check_day(on, today, policy)


def check_reversal(
    *, number: str, on: date, original_on: date, already_reversed: bool, allocated_fen: int, today: date
) -> None:
    """Refuse to reverse 冲销 a document twice, before it existed, or while money is still allocated to or from it.

    Raises AlreadyReversed(number), ReversalBeforeOriginal(on, original_on), StillAllocated(number, allocated_fen),
    DateTooFarAhead.
    """
    if already_reversed:
        raise AlreadyReversed(number=number)
    if on < original_on:
        raise ReversalBeforeOriginal(on=on, original_on=original_on)
    if allocated_fen:
        raise StillAllocated(number=number, allocated_fen=allocated_fen)
    check_day(on, today)
