"""Files in: every row kept as it stood, good rows on, bad rows aside with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kewei.flows import facts
from kewei.flows.actions.names import match_names
from kewei.flows.lake.keeping import keep, put_back
from kewei.flows.lake.parts import CLEAN, RAW
from kewei.flows.lake.rows import clean_rows, raw_rows
from kewei.flows.models import Absence, File, Goods, Layout, Name
from kewei.flows.queries import files as queries
from kewei.flows.queries.months import state_of
from kewei.flows.rules import files as rules
from kewei.flows.rules.balance import balance_of
from kewei.flows.rules.files import Clean, RawLine, Sent
from kewei.flows.rules.months import MonthFrozen, words_of
from kewei.flows.rules.words import ABSENCES, KINDS, OPEN, SALES, read_word
from kewei.journal.actions import action, record
from kewei.journal.bulk import insert, next_ids
from kewei.people.models import Person
from kewei.terminals.models import Terminal

TAKE_IN = "flows.take_in"
# How a file stands to what was sent before for the month.
AUTO, REPLACE, ADD = "auto", "replace", "add"


@dataclass(frozen=True)
class Taken:
    """What came of a file: `status` is taken or recognised; how many rows of each sort; names matched and left for people;
    which headings came and went since its layout was learned."""

    status: str
    file: int
    month: date
    kind: str
    rows: int
    clean: int
    aside: int
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    replaces: int | None = None
    matched: int = 0
    waiting: int = 0
    goods_waiting: int = 0
    drift: dict[str, list[str]] = field(default_factory=dict)


@action
def take_in_file(
    *, distributor: Terminal, sent: Sent, by: Person, now: datetime, month: date | None = None, mode: str = AUTO
) -> Taken:
    """接收流向文件  Keep every row of a distributor's file, let the good ones go on, match what they name.

    Without a month it is the one most rows lie in. The same bytes again change nothing. A file with half of an earlier one's
    rows takes its place (`mode` auto), every row tagged new, same or changed; another stands beside it; `mode` replace or
    add says so by hand. Raises MonthFrozen, MonthUnclear, MassLost.
    """
    by.must(TAKE_IN, distributor)
    read_word(KINDS, sent.kind)
    month = month or rules.month_most_named(sent.lines)
    known = queries.file_with(distributor.pk, month, sent.kind, sent.digest)
    if known:
        return Taken("recognised", known.pk, month, sent.kind, known.rows, known.clean_rows, known.aside_rows)
    if state_of(month) != OPEN:
        raise MonthFrozen(month=words_of(month))
    former, compared = _compared(distributor, sent, month, mode)
    beside = queries.live_files(month, distributor.pk, sent.kind).exclude(pk=former.pk if former else 0)
    found = rules.sort_rows(sent.lines, sent.kind, month)
    if others := list(beside.values_list("pk", flat=True)):
        found.clean = rules.flagged(found.clean, queries.same_lines_of(others))
    layout, drift = _learn(distributor, sent, by, now)
    file = _keep(distributor, sent, month, found, former, compared, layout, drift, by, now)
    placed = match_names(file=file, by=by, now=now)
    tags = {tag: compared.tags.count(tag) for tag in (rules.NEW, rules.CHANGED, rules.SAME)}
    taken = Taken(
        "taken", file.pk, month, sent.kind, file.rows, file.clean_rows, file.aside_rows, **tags, gone=file.gone,
        replaces=former.pk if former else None, drift=drift, **placed,
    )  # fmt: skip
    record(
        facts.FILE_TAKEN_IN, file, by=by, at=now, terminal=distributor.pk, month=words_of(month), kind=sent.kind,
        digest=sent.digest, rows=file.rows, aside=file.aside_rows, raw_milli=file.raw_milli,
        replaces=former.pk if former else None,
    )  # fmt: skip
    return taken


@action
def make_again(*, file: File, lines: Sequence[RawLine], by: Person, now: datetime) -> bool:
    """重新清洗  Sort a file's rows, read once more from the lake, as they were sorted when it was taken in.

    Answers whether the rows that go on are the same to the byte; if so they are put back where their file was lost.
    """
    by.must(TAKE_IN, file.distributor)
    found = rules.sort_rows(lines, file.kind, file.month)
    beside = queries.same_lines_of(queries.beside_when_taken_in(file))
    names = (
        dict(Name.objects.filter(distributor=file.distributor).values_list("key", "pk")) if file.kind == SALES else {}
    )
    goods = dict(Goods.objects.filter(distributor=file.distributor).values_list("key", "pk"))
    try:
        rows = clean_rows(file.pk, rules.flagged(found.clean, beside), names, goods)
        same = put_back(CLEAN, file.month, file.clean_digest, rows)
    except KeyError:  # a name or goods nobody met when it was taken in
        same = False
    record(facts.ROWS_MADE_AGAIN, file, by=by, at=now, terminal=file.distributor_id, rows=len(found.clean), same=same)
    return same


@action
def tell_absence(
    *, distributor: Terminal, month: date, kind: str, reason: str, by: Person, now: datetime, note: str = ""
) -> Absence:
    """说明缺报原因  Why a distributor's file of a month is missing, one of nineteen reasons. Raises NoSuchWord, MonthFrozen."""
    by.must(TAKE_IN, distributor)
    read_word(KINDS, kind)
    read_word(ABSENCES, reason)
    if state_of(month) != OPEN:
        raise MonthFrozen(month=words_of(month))
    told = Absence.objects.create(
        distributor=distributor, month=month, kind=kind, reason=reason, note=note, told_by=by, told_at=now
    )
    record(
        facts.ABSENCE_TOLD, told, by=by, at=now, terminal=distributor.pk, month=words_of(month), kind=kind, reason=reason
    )  # fmt: skip
    return told


def _compared(distributor: Terminal, sent: Sent, month: date, mode: str) -> tuple[File | None, rules.Compared]:
    """The earlier file this one takes the place of, and what became of each row since."""
    fresh = rules.Compared([rules.NEW] * len(sent.lines), 0)
    live = [] if mode == ADD else list(queries.live_files(month, distributor.pk, sent.kind).order_by("pk"))
    if not live:
        return None, fresh
    rows = [rules.Former(rules.mark_of(line.cells), rules.key_of(line.values)) for line in sent.lines]
    best: tuple[File | None, rules.Compared] = (None, fresh)
    for file in live:
        compared = rules.compare(rows, queries.formers_of(file))
        if (mode == REPLACE or rules.is_sent_again(compared, file.rows)) and (
            best[0] is None or compared.shared >= best[1].shared
        ):
            best = (file, compared)
    return best


def _learn(distributor: Terminal, sent: Sent, by: Person, now: datetime) -> tuple[Layout, dict[str, list[str]]]:
    """The layout a file was read by, remembered where it is new or has changed, and what has changed."""
    former = queries.layout_of(distributor.pk, sent.kind)
    drift = rules.drift_of(sent.headings, former.headings) if former else {}
    if former and not drift and former.mapping == sent.mapping and former.order == sent.order:
        return former, drift
    made = Layout.objects.create(
        distributor=distributor, kind=sent.kind, headings=sent.headings, mapping=sent.mapping, order=sent.order,
        learned_by=by, learned_at=now,
    )  # fmt: skip
    return made, drift


def _keep(
    distributor: Terminal,
    sent: Sent,
    month: date,
    found: rules.Sorted,
    former: File | None,
    compared: rules.Compared,
    layout: Layout,
    drift: dict[str, Any],
    by: Person,
    now: datetime,
) -> File:
    """The rows into the lake first, then the row that names them: whatever is named is there."""
    balance = balance_of(
        [line.quantity_milli for line in sent.lines],
        [line.quantity_milli for line in found.clean],
        [row.quantity_milli for row in found.aside],
    ).check()
    (pk,) = next_ids(File, 1)
    names = _names(distributor, found.clean, now) if sent.kind == SALES else {}
    goods = _goods(distributor, found.clean, now)
    raw_digest = keep(RAW, month, raw_rows(pk, sent.lines, compared.tags, found.aside))
    clean_digest = keep(CLEAN, month, clean_rows(pk, found.clean, names, goods))
    return File.objects.create(
        pk=pk, distributor=distributor, month=month, kind=sent.kind, filename=sent.filename, digest=sent.digest,
        sheet=sent.sheet, headings=sent.headings, rows=balance.rows, clean_rows=balance.clean_rows,
        aside_rows=balance.aside_rows, unreadable=balance.unreadable, raw_milli=balance.raw_milli,
        clean_milli=balance.clean_milli, aside_milli=balance.aside_milli, replaces=former, gone=compared.gone,
        drift=drift, layout=layout, raw_digest=raw_digest, clean_digest=clean_digest, taken_by=by, taken_at=now,
    )  # fmt: skip


def _names(distributor: Terminal, lines: list[Clean], now: datetime) -> dict[str, int]:
    """Keys of the names of these lines, those not met before added."""
    wanted = {rules.name_key(line): line for line in lines}
    known = dict(Name.objects.filter(distributor=distributor).values_list("key", "pk"))
    fields = ("code", "credit_code", "licence", "province", "city", "county")
    fresh = [
        (distributor.pk, key, line.name, *(getattr(line, one) for one in fields), now)
        for key, line in wanted.items()
        if key not in known
    ]
    insert(Name, ("distributor_id", "key", "name", *fields, "first_at"), fresh)
    return dict(Name.objects.filter(distributor=distributor).values_list("key", "pk")) if fresh else known


def _goods(distributor: Terminal, lines: list[Clean], now: datetime) -> dict[str, int]:
    """Keys of the goods of these lines, those not met before added."""
    wanted = {rules.goods_key(line): line for line in lines}
    known = dict(Goods.objects.filter(distributor=distributor).values_list("key", "pk"))
    fresh = [
        (distributor.pk, key, line.product, line.spec, line.unit, line.product_code, now)
        for key, line in wanted.items()
        if key not in known
    ]
    insert(Goods, ("distributor_id", "key", "product", "spec", "unit", "code", "first_at"), fresh)
    return dict(Goods.objects.filter(distributor=distributor).values_list("key", "pk")) if fresh else known
