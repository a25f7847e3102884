"""Rows of a distributor's file: good ones go on, bad ones are set aside with their reason, none is lost (domain 5.4-5.6)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from kewei.flows.rules.months import words_of
from kewei.flows.rules.words import CHANGED, DUPLICATE, NEGATIVE, NEW, PURCHASES, SALES, SAME, STOCK
from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, Refused, refusal

_TOTALS = {
    "合计",
    "总计",
    "小计",
    "本页合计",
    "累计",
    "合 计",
    "总 计",
    "小 计",
    "total",
    "subtotal",
    "sum",
    "grand total",
}


@refusal
class TotalRow(Refused):
    code = "flows_total_row"
    says = N_("合计行，不是明细")


@refusal
class OutOfWindow(Refused):
    code = "flows_out_of_window"
    says = N_("日期 {day} 不在 {month} 内")


@refusal
class KindUnclear(Refused):
    code = "flows_kind_unclear"
    says = N_("看不出是销售、采购还是库存，标题有：{headings}")
    next_step = N_("请指明文件类型，或说明哪一列是什么")


@refusal
class MonthUnclear(Refused):
    code = "flows_month_unclear"
    says = N_("没有一行读得出日期，不知道是哪个月")
    next_step = N_("请指明月份")


class RawLine(NamedTuple):
    """A row as it stood: its number, every cell as text by heading, its quantity where one can be read (thousandths),
    the values read from it by column name, and the first thing wrong with it: (letter, heading, refusal)."""

    number: int
    cells: dict[str, str]
    quantity_milli: int | None
    values: dict[str, Any]
    problem: tuple[str, str, Refused] | None


@dataclass(frozen=True)
class Sent:
    """A file as it was read: what it is, what each of its headings was taken for, and every row."""

    kind: str
    filename: str
    digest: str
    sheet: str
    headings: list[str]
    mapping: dict[str, str | None]
    order: str
    lines: list[RawLine]


class Clean(NamedTuple):
    """A row that goes on; quantity in thousandths of the unit it was written in, money in fen."""

    number: int
    day: date
    name: str
    product: str
    spec: str
    unit: str
    batch: str
    quantity_milli: int
    price_fen: int | None
    fen: int | None
    document: str
    code: str = ""
    credit_code: str = ""
    licence: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    product_code: str = ""
    flags: str = ""


class Aside(NamedTuple):
    """A row set aside: where in it the reason stands, the reason, and its quantity where one can be read."""

    number: int
    column: str
    heading: str
    why: Refused
    quantity_milli: int | None


@dataclass
class Sorted:
    """Every row of a file, on one of two heaps."""

    clean: list[Clean] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)


def mark_of(cells: Mapping[str, str]) -> str:
    """The digest of a row's cells, by which it is recognised in a later file."""
    text = json.dumps([[heading, cell] for heading, cell in cells.items() if cell], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def month_most_named(lines: Iterable[RawLine]) -> date:
    """The month most rows lie in, the later of two. Raises MonthUnclear."""
    months = Counter(day.replace(day=1) for line in lines if (day := line.values.get("day")))
    if not months:
        raise MonthUnclear
    return max(months, key=lambda month: (months[month], month))


def sort_rows(lines: Iterable[RawLine], kind: str, month: date) -> Sorted:
    """Good rows and rows set aside; duplicates and returns are good rows with a flag.

    A stock file counts at a moment: its rows without a day belong to the month they are handed in for.
    """
    found = Sorted()
    for line in lines:
        if why := _fault(line, kind, month):
            found.aside.append(Aside(line.number, *why, line.quantity_milli))
        else:
            found.clean.append(_clean(line, month))
    found.clean = flagged(found.clean)
    return found


def _fault(line: RawLine, kind: str, month: date) -> tuple[str, str, Refused] | None:
    if is_total(line.cells.values()):
        return "", "", TotalRow()
    if line.problem:
        return line.problem
    day = line.values.get("day")
    if kind != STOCK and day and day.replace(day=1) != month:
        return "", "", OutOfWindow(day=day, month=words_of(month))
    return None


def is_total(cells: Iterable[str]) -> bool:
    """Whether a row sums up others: one of its cells is a word for a total."""
    return any(fold(cell).rstrip(":：") in _TOTALS for cell in cells)


def _clean(line: RawLine, month: date) -> Clean:
    read = line.values
    given = {name: read.get(name) or "" for name in _TEXTS}
    quantity = line.quantity_milli or 0
    price, fen = read.get("price"), read.get("amount")
    return Clean(
        number=line.number,
        day=read.get("day") or month,
        name=read.get("customer") or "",
        quantity_milli=quantity,
        price_fen=price,
        fen=fen,
        **given,
    )


_TEXTS = (
    "product", "spec", "unit", "batch", "document", "code", "credit_code", "licence", "province", "city", "county",
    "product_code",
)  # fmt: skip


def flagged(lines: Sequence[Clean], before: Iterable[tuple] = ()) -> list[Clean]:
    """The same lines, all of them, with what people should look at: equal to an earlier one, or a return.

    `before` are the marks (`same_line`) of lines in other files of the month.
    """
    seen: Counter[tuple] = Counter(before)
    found = []
    for line in lines:
        key = same_line(line)
        flags = [DUPLICATE] * (seen[key] > 0) + [NEGATIVE] * (line.quantity_milli < 0)
        seen[key] += 1
        found.append(line._replace(flags=",".join(flags)))
    return found


def same_line(line: Clean) -> tuple:
    """What two lines have in common that may be one line told twice (domain 5.5): day, customer, product, spec, batch, quantity."""
    texts = (line.name, line.product, line.spec, line.batch)
    return (line.day, *map(fold, texts), line.quantity_milli)


def name_key(line: Clean) -> str:
    """What makes two customers in a distributor's files one name: the text, the codes and the place beside it."""
    return _digest((line.name, line.code, line.credit_code, line.licence, line.province, line.city, line.county))


def goods_key(line: Clean) -> str:
    """What makes two products in a distributor's files one: name, spec, unit, its own code."""
    return _digest((line.product, line.spec, line.unit, line.product_code))


@lru_cache(maxsize=1 << 16)
def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(map(fold, parts)).encode()).hexdigest()[:32]


class Former(NamedTuple):
    """A row of the file that was sent before: its mark, and what it is recognised by where its mark changed."""

    mark: str
    key: str


def key_of(values: Mapping[str, Any]) -> str:
    """What a row is recognised by after somebody changed it: document or day, customer, product, batch."""
    parts = (values.get("document") or values.get("day"), values.get("customer"), values.get("product"))
    return "|".join(fold(str(part or "")) for part in (*parts, values.get("spec"), values.get("batch")))


@dataclass(frozen=True)
class Compared:
    """What became of each row since the file sent before: tags in the order of the rows, and how many rows are gone."""

    tags: list[str]
    gone: int

    @property
    def shared(self) -> int:
        """How many rows stand in both files, changed or not."""
        return sum(tag != NEW for tag in self.tags)


def compare(rows: Sequence[Former], former: Sequence[Former]) -> Compared:
    """Tag each row: the same as one before, a changed one, or new. Every former row answers for one row at the most."""
    left = Counter(row.mark for row in former)
    keys: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in former:
        keys[row.key][row.mark] += 1
    tags: list[str] = []
    for row in rows:
        if left[row.mark]:
            left[row.mark] -= 1
            keys[row.key][row.mark] -= 1
            tags.append(SAME)
        else:
            tags.append(NEW)
    for at, row in enumerate(rows):
        if tags[at] == NEW and (mark := next((m for m, n in keys[row.key].items() if n > 0), None)):
            keys[row.key][mark] -= 1
            left[mark] -= 1
            tags[at] = CHANGED
    return Compared(tags, sum(count for count in left.values() if count > 0))


def is_sent_again(compared: Compared, former: int) -> bool:
    """Whether a file takes the place of an earlier one: half of either's rows, or more, stand in both.

    Otherwise it is another part of the month and stands beside it.
    """
    return 2 * compared.shared >= min(len(compared.tags), former) > 0


# Words in headings that only a count of stock has.
_STOCK_WORDS = ("存", "盘点", "stock", "inventory")


def guess_kind(mapping: Mapping[str, str | None]) -> str:
    """The kind of a file by its headings (each with the column it stands for): who bought, who supplied, or words of stock.

    A file whose customers stand under a heading nobody knows must not pass for one of stock. Raises KindUnclear.
    """
    there = {name for name in mapping.values() if name}
    if "customer" in there and "supplier" not in there:
        return SALES
    if "supplier" in there and "customer" not in there:
        return PURCHASES
    stock = any(word in fold(heading) for heading in mapping for word in _STOCK_WORDS)
    if "product" in there and stock and not there & {"customer", "supplier"}:
        return STOCK
    raise KindUnclear(headings=list(mapping))


def drift_of(headings: Sequence[str], former: Sequence[str]) -> dict[str, list[str]]:
    """What has changed in the headings since the layout was learned: those that came, those that went; {} for nothing."""
    came = [heading for heading in headings if heading not in former]
    went = [heading for heading in former if heading not in headings]
    return {"came": came, "went": went} if came or went else {}


def kind_by_layout(headings: Collection[str], mappings: Mapping[str, Mapping[str, str | None]]) -> str:
    """The kind whose learned layout these headings have, all that mean anything in it; "" where none has, or more than one.

    `mappings` says by kind what each heading means. What came or went beside them is drift, not another layout.
    """
    meant = {kind: {heading for heading, name in one.items() if name} for kind, one in mappings.items()}
    fits = [kind for kind, some in meant.items() if some and some <= set(headings)]
    return fits[0] if len(fits) == 1 else ""
