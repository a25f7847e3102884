"""What can be done with sales: post lines and reverse them, count their months, tell why a terminal stopped buying."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from kewei.journal.actions import action, record
from kewei.journal.bulk import insert
from kewei.journal.models import Intake
from kewei.kernel.refusals import NotFound
from kewei.people.models import Person
from kewei.sales import facts, queries, rules
from kewei.sales.models import Habit, Loss, MonthOfTerminal, Preparation, PreparedMonth, Reckoning, SaleLine
from kewei.sales.queries import months
from kewei.sales.rules import habits, losses
from kewei.terminals import actions as terminals_actions
from kewei.terminals import queries as terminals
from kewei.terminals.models import Terminal
from kewei.terminals.queries.cards import NOUN

_EVERY = 20_000


@action
def import_sales(
    *,
    rows: Iterable[rules.SaleRow],
    intake: Intake,
    by: Person,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """导入销售明细 Post every line; returns have negative quantities.

    `rows` must be something that can be iterated again (a list, or an object with __iter__): the action may be tried
    again. Answers {"lines", "total_fen"}. Raises NotFound for a line of a terminal this person may not see.
    """
    by.must("sales.import")
    seen = _Seen(rows, progress)
    fields = ("intake_id", "source", "reverses_id", *rules.SaleRow._fields)
    insert(SaleLine, fields, ((intake.pk, "import", None, *row) for row in seen))
    if len(terminals.visible_among(by, seen.terminals, "sales.import")) < len(seen.terminals):
        raise NotFound(noun=NOUN)
    terminals_actions.win_by_first_sale(terminal_ids=seen.terminals, verb="sales.import", by=by, now=now)
    made = {"lines": seen.count, "total_fen": seen.fen}
    record(facts.SALES_POSTED, intake, by=by, at=now, **made, rows=seen.mark.hexdigest())
    return made


@action
def post_lines(
    *, rows: Sequence[rules.SaleRow], source: str, verb: str, by: Person, now: datetime, wins: bool = True
) -> int:
    """登记销售明细  Post lines another room knows of (an order's invoice, a return with negative quantities).

    `verb` is what the caller may do; `wins` is False where somebody else sold: a prospect that buys from a distributor is
    still to be won. Answers how many.
    """
    by.must(verb)
    fields = ("source", "intake_id", "reverses_id", *rules.SaleRow._fields)
    count = insert(SaleLine, fields, ((source, None, None, *row) for row in rows))
    fen = sum(row.fen for row in rows)
    sold_to = {row.terminal_id for row in rows if row.quantity_milli > 0}
    if wins:
        terminals_actions.win_by_first_sale(terminal_ids=sold_to, verb=verb, by=by, now=now)
    about = {row.terminal_id for row in rows}
    terminal = about.pop() if len(about) == 1 else None
    record(facts.SALES_POSTED, source, by=by, at=now, terminal=terminal, lines=count, total_fen=fen)
    return count


@action
def reverse_sales(*, intake: Intake, by: Person, now: datetime) -> dict[str, int]:
    """冲回销售明细 Take an import's lines back by lines of the same days with the opposite sign.

    Answers {"lines", "total_fen"} of what was taken back. Raises AlreadyReversed.
    """
    by.must("sales.import")
    lines = SaleLine.objects.filter(intake=intake, reverses=None)
    if lines.filter(reversed_by__isnull=False).exists():
        raise rules.AlreadyReversed(intake=intake.pk)
    back = _post_opposites(intake)
    record(facts.SALES_REVERSED, intake, by=by, at=now, **back)
    return back


def prepare_months(*, by: Person, now: datetime) -> int:
    """汇总月度销售  Count again the months whose lines have changed, each in a transaction of its own; answers how many.

    Lines that come meanwhile have higher keys than the one remembered, so their months are read from the lines until the
    next time.
    """
    by.must("sales.prepare")
    before = months.last_line()
    stale = months.stale_months()
    for month in stale:
        prepare_month(month=month, by=by, now=now)
    note_prepared(last_line=before, months=len(stale), by=by, now=now)
    return len(stale)


@action
def prepare_month(*, month: date, by: Person, now: datetime) -> int:
    """汇总一个月  Write a month's rows anew from its lines; answers from how many lines."""
    by.must("sales.prepare")
    rows = list(months.count_month(month))
    MonthOfTerminal.objects.filter(month=month).delete()
    fields = (
        "terminal_id", "product_id", "written", "through", "month", "days", "lines", "quantity_milli", "fen", "orders",
    )  # fmt: skip
    insert(MonthOfTerminal, fields, ((*row, row.orders) for row in rows))
    lines = sum(row.lines for row in rows)
    fen = sum(row.fen for row in rows if not row.through)
    PreparedMonth.objects.update_or_create(
        month=month, defaults={"lines": lines, "fen": fen, "columns": months.pack(rows), "prepared_at": now}
    )
    return lines


@action
def note_prepared(*, last_line: int, months: int, by: Person, now: datetime) -> Preparation:
    """记下汇总时间  Remember up to which line months are counted; a fact only where some were."""
    by.must("sales.prepare")
    row = Preparation.objects.create(last_line=last_line, months=months, by=by, at=now)
    if months:
        record(facts.MONTHS_PREPARED, row, by=by, at=now, months=months)
    return row


@action
def keep_habits(
    *, rows: Sequence[Sequence[Any]], as_of: date, told: Mapping[str, Any], by: Person, now: datetime
) -> Reckoning:
    """记下购买习惯  Write every terminal's habit anew; `rows` in the order of rules.habits.FIELDS."""
    by.must("sales.prepare")
    Habit.objects.all().delete()
    insert(Habit, habits.FIELDS, rows)
    row = Reckoning.objects.create(as_of=as_of, terminals=len(rows), told=dict(told), by=by, at=now)
    record(facts.HABITS_RECKONED, row, by=by, at=now, as_of=as_of.isoformat(), terminals=len(rows))
    return row


@action
def tell_loss(*, terminal: Terminal, reason: str, by: Person, now: datetime, note: str = "") -> Loss:
    """登记流失原因  Why a terminal stopped buying, as it was told; about the silence after its last purchase.

    Raises NotFound, NoSuchReason, OtherNeedsWords, NeverBought.
    """
    by.must("sales.loss", terminal)
    losses.check_reason(reason, note)
    last_day = queries.last_purchase(terminal.pk)
    if last_day is None:
        raise losses.NeverBought
    row = Loss.objects.create(
        terminal=terminal, reason=reason, note=note.strip()[:200], last_day=last_day, told_by=by, told_at=now
    )
    record(facts.LOSS_TOLD, row, by=by, at=now, terminal=terminal.pk, reason=reason, note=row.note)
    return row


def _post_opposites(intake: Intake) -> dict[str, int]:
    """One statement for any number of lines; the database itself refuses a second reversal of a line."""
    table = connection.ops.quote_name(SaleLine._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (terminal_id, product_id, product_text, day, quantity_milli, unit_price_fen, fen,"  # noqa: S608
            " document, source, intake_id, reverses_id)"
            " SELECT terminal_id, product_id, product_text, day, -quantity_milli, unit_price_fen, -fen,"
            f" document, source, intake_id, id FROM {table} WHERE intake_id = %s AND reverses_id IS NULL ORDER BY id",
            [intake.pk],
        )
        cursor.execute(
            f"SELECT COUNT(*), COALESCE(SUM(fen), 0) FROM {table} WHERE intake_id = %s AND reverses_id IS NULL",  # noqa: S608
            [intake.pk],
        )
        count, fen = cursor.fetchone()
    return {"lines": int(count), "total_fen": int(fen)}


class _Seen:
    """Rows passing by on their way into the table: counted, summed, digested, their terminals noted."""

    def __init__(self, rows: Iterable[rules.SaleRow], progress: Callable[[int, int], None] | None) -> None:
        self.rows, self.progress = rows, progress
        self.count, self.fen = 0, 0
        self.terminals: set[int] = set()
        self.mark = hashlib.sha256()

    def __iter__(self) -> Iterator[rules.SaleRow]:
        of = len(self.rows) if hasattr(self.rows, "__len__") else 0  # type: ignore[arg-type]
        for row in self.rows:
            self.count += 1
            self.fen += row.fen
            self.terminals.add(row.terminal_id)
            self.mark.update(repr(tuple(row)).encode())
            if self.progress and self.count % _EVERY == 0:
                self.progress(self.count, of)
            yield row
