"""A statement of account 对账单: opening + movements = closing (docs/algorithms/statement.md, domain 2.12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kewei.kernel.money import yuan_in_words
from kewei.kernel.refusals import N_
from kewei.receivables.rules.ageing import days_past_due
from kewei.receivables.rules.allocation import OpenItem, by_age
from kewei.receivables.rules.refusals import OutsidePeriod, PeriodReversed, StatementDoesNotAdd

# A statement that fixes principal and interest can override the contract's penalty; this keeps it (domain 2.12).
DECLARATION = N_("本对账不视为对逾期付款违约责任、利息及担保权利的放弃。")
# This one makes a demand of a mere reconciliation. Fill in with a day and yuan.
REQUEST = N_("请于 {pay_by} 前支付已到期款项 {due_fen} 元。")

# Sections in the order in which they are totalled; a movement is positive where it raises what the customer owes.
SECTIONS: dict[str, str] = {
    "invoice": N_("本期开票"),
    "red_letter": N_("本期退货与红字"),
    "receipt": N_("本期收款"),
    "allowance": N_("本期折让"),
    # The books give it up, nobody else does: the words say so to whoever signs.
    "write_off": N_("本期账务核销（债权不消灭，仍请支付）"),
    "reversal": N_("本期冲销"),
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One posted row of the customer's account; `fen` is positive where it raises what the customer owes."""

    section: str
    on: date
    number: str
    fen: int
    due_date: date | None = None
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A movement with the balance after it, in fen."""

    movement: Movement
    balance_fen: int


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An invoice still open at the end of the period, and how many days it is past due (0 where it is not)."""

    item: OpenItem
    overdue_days: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose arithmetic has been checked; all amounts in fen."""

    first: date
    last: date
    opening_fen: int
    lines: tuple[Line, ...]
    section_fen: dict[str, int]
    closing_fen: int
    closing_in_words: str
    open_lines: tuple[OpenLine, ...]
    unapplied_fen: int
    due_fen: int
    overdue_fen: int


def build_statement(
    *,
    first: date,
    last: date,
    opening_fen: int,
    movements: Iterable[Movement],
    open_items: Sequence[OpenItem],
    unapplied_fen: int,
) -> Statement:
    """Put a statement together for `first` to `last`, both included, and check that it adds up.

    `opening_fen` is the balance at the end of the day before `first`; `open_items` and `unapplied_fen` (≥ 0: money and
    red-letter notes not yet allocated) are as of the end of `last`. Due is what fell due by `last`, overdue what did so
    before it. Raises PeriodReversed, OutsidePeriod(number, on, first, last), or StatementDoesNotAdd(opening_fen,
    moved_fen, closing_fen) where opening + movements is not open items − unapplied money.
    """
    if last < first:
        raise PeriodReversed(first=first, last=last)
    lines, section_fen, balance_fen = [], dict.fromkeys(SECTIONS, 0), opening_fen
    for movement in sorted(movements, key=_reading_order):
        if not first <= movement.on <= last:
            raise OutsidePeriod(number=movement.number, on=movement.on, first=first, last=last)
        balance_fen += movement.fen
        section_fen[movement.section] += movement.fen
        lines.append(Line(movement, balance_fen))
    owed = by_age(open_items)
    closing_fen = sum(item.open_fen for item in owed) - unapplied_fen
    moved_fen = sum(section_fen.values())
    if opening_fen + moved_fen != closing_fen:
        raise StatementDoesNotAdd(opening_fen=opening_fen, moved_fen=moved_fen, closing_fen=closing_fen)
    return Statement(
        first=first,
        last=last,
        opening_fen=opening_fen,
        lines=tuple(lines),
        section_fen=section_fen,
        closing_fen=closing_fen,
        closing_in_words=yuan_in_words(closing_fen),
        open_lines=tuple(OpenLine(item, max(0, days_past_due(item.due_date, last))) for item in owed),
        unapplied_fen=unapplied_fen,
        due_fen=sum(item.open_fen for item in owed if item.due_date <= last),
        overdue_fen=sum(item.open_fen for item in owed if item.due_date < last),
    )


def _reading_order(movement: Movement) -> tuple[date, int, str]:
    return movement.on, list(SECTIONS).index(movement.section), movement.number
