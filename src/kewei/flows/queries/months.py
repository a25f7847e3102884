"""Months: what their lines come to per terminal and product, what was posted, what does not balance, what alarms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from kewei.flows.lake import questions
from kewei.flows.lake.engine import engine
from kewei.flows.lake.parts import Table
from kewei.flows.models import File, Goods, MonthState, Name, NameAlias, Usage
from kewei.flows.queries import lake
from kewei.flows.queries.files import SEE, live_files
from kewei.flows.queries.names import month_rules, unplaced
from kewei.flows.rules import balance
from kewei.flows.rules.balance import Diverted, Rolled, Sold, in_products_unit
from kewei.flows.rules.months import Amount, Place, last_day, words_of
from kewei.flows.rules.words import OPEN, PURCHASES, SALES, STOCK
from kewei.kernel.calendar import month_before
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.sales.rules import reckon_fen
from kewei.terminals import queries as terminals


@dataclass(frozen=True)
class StateRow:
    """A month's state, who brought it about and when."""

    state: str
    note: str
    told: dict[str, Any]
    by: str
    at: datetime


def states_of(month: date) -> list[StateRow]:
    """Every state a month was brought into, newest first."""
    rows = MonthState.objects.filter(month=month).order_by("-pk")
    return [StateRow(*row) for row in rows.values_list("state", "note", "told", "by__name", "at")]


def state_of(month: date) -> str:
    """The state a month is in: open where nobody froze it."""
    found = MonthState.objects.filter(month=month).order_by("-pk").values_list("state", flat=True).first()
    return found or OPEN


def months_known(person: Person, most: int = 24) -> list[date]:
    """Months with files of distributors the person may see, newest first."""
    rows = File.objects.visible_to(person, SEE).order_by("-month").values_list("month", flat=True).distinct()
    return list(rows[:most])


def touched(name: int, months: Sequence[date]) -> dict[str, Any]:
    """What a changed alias re-states: how many lines, in which open months, and which frozen months stay as they are."""
    lines: Counter[date] = Counter(dict.fromkeys(months, 0))
    for there in lake.lines_naming([name]):
        lines[there.month] += there.lines
    return _restated(lines)


def touched_by_goods(goods: Goods) -> dict[str, Any]:
    """What goods taken for another product re-state, as `touched` tells it of a name."""
    return _restated(lake.months_with(goods))


def _restated(lines: Mapping[date, int]) -> dict[str, Any]:
    frozen = [month for month in sorted(lines) if state_of(month) != OPEN]
    return {
        "lines": sum(count for month, count in lines.items() if month not in frozen),
        "restated": [words_of(month) for month in sorted(lines) if month not in frozen],
        "kept": [words_of(month) for month in frozen],
    }


# --- usage ------------------------------------------------------------------------------------------------------------


def wanted(month: date) -> dict[Place, Amount]:
    """What each terminal took of each product through each distributor in a month, by the aliases that hold now.

    Money as the files say; lines without money at the product's listed price. A merged card gives the one that stands for
    it. Five queries and one question of the lake.
    """
    files = lake.in_lake(live_files(month, kind=SALES))
    rows = engine().ask(questions.TAKEN, lake.clean_paths(files), _standing(files))
    stands = terminals.merged_into({terminal for _, terminal, *_ in rows})
    prices = listed_prices({product for _, _, product, *_, bare in rows if bare})
    found: dict[Place, Amount] = {}
    for distributor, terminal, product, times, per, milli, fen, bare in rows:
        place = (distributor, stands.get(terminal, terminal), product)
        worth = fen or 0
        if bare:
            worth += reckon_fen(in_products_unit(bare, times, per), prices.get(product, 0))
        before = found.get(place, Amount(0, 0))
        found[place] = Amount(before.quantity_milli + in_products_unit(milli, times, per), before.fen + worth)
    return found


def _standing(files: Sequence[lake.InLake]) -> dict[str, Table]:
    """What is handed over beside the lines of files: whose they are, what their names and goods stand for now."""
    return {"files": lake.files_table(files), "names": lake.names_table(files), "goods": lake.goods_table(files)}


def lines_of_names(month: date) -> dict[int, int]:
    """How many lines of a month's sales each name has, whoever asks."""
    files = lake.in_lake(live_files(month, kind=SALES))
    return dict(engine().ask(questions.LINES_OF_NAMES, lake.clean_paths(files)))


def listed_prices(pks: Iterable[int]) -> dict[int, int]:
    """Listed prices in fen of those of these products that have one."""
    found = products.facts_of(pks)
    return {pk: facts.listed_price_fen for pk, facts in found.items() if facts.listed_price_fen}


def posted(month: date, *, appeals: bool = True) -> dict[Place, Amount]:
    """What was posted to sales of a month, differences and adjustments together (or without appeals, as it was frozen),
    whoever asks; one query."""
    kept = Usage.objects.filter(month=month)
    rows = (
        (kept if appeals else kept.filter(appeal=""))
        .values("distributor", "terminal", "product")
        .annotate(milli=Sum("quantity_milli"), sum_fen=Sum("fen"))
        .order_by()
    )
    return {
        (row["distributor"], row["terminal"], row["product"]): Amount(int(row["milli"]), int(row["sum_fen"]))
        for row in rows
    }


@dataclass(frozen=True)
class UsageRow:
    """What a terminal took of a product through a distributor in a month: thousandths of the product's unit, fen."""

    month: date
    distributor: int
    distributor_name: str
    terminal: int
    terminal_code: str
    terminal_name: str
    product: int
    product_code: str
    product_name: str
    quantity_milli: int
    fen: int


def usage(
    person: Person, *, month: date | None = None, distributor: int | None = None, terminal: int | None = None
) -> list[UsageRow]:
    """Posted usage of the distributors the person may see, by month, distributor, terminal and product."""
    asked = {"month": month, "distributor": distributor, "terminal": terminal}
    rows = Usage.objects.visible_to(person, SEE).filter(**{k: v for k, v in asked.items() if v is not None})
    return _usage(rows)


def usage_of_terminal(person: Person, terminal: int, since: date) -> list[UsageRow]:
    """What one terminal took through distributors since a month, for whoever may see its sales."""
    rows = Usage.by_terminal.visible_to(person, "sales.see").filter(terminal=terminal, month__gte=since)
    return _usage(rows)


def _usage(rows: QuerySet[Usage]) -> list[UsageRow]:
    sums = (
        rows.values(
            "month", "distributor", "distributor__name", "terminal", "terminal__code", "terminal__name", "product",
            "product__code", "product__name", "product__spec",
        )
        .annotate(milli=Sum("quantity_milli"), sum_fen=Sum("fen"))
        .order_by("-month", "distributor__name", "terminal__code", "product__code")
    )  # fmt: skip
    return [
        UsageRow(
            r["month"], r["distributor"], r["distributor__name"], r["terminal"], r["terminal__code"],
            r["terminal__name"], r["product"], r["product__code"],
            f"{r['product__name']} {r['product__spec']}".strip(), int(r["milli"]), int(r["sum_fen"]),
        )
        for r in sums
        if r["milli"] or r["sum_fen"]
    ]  # fmt: skip


# --- figures of a month -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """A month in numbers, over the distributors one may see: rows and quantities of sales files, what waits, what is known
    to have no card. Quantities in thousandths of the units written in."""

    files: int
    rows: int
    raw_milli: int
    clean_milli: int
    aside_rows: int
    aside_milli: int
    duplicates: int
    names_waiting: int
    goods_waiting: int
    unknown_names: int
    unknown_milli: int


def figures(person: Person, month: date) -> Figures:
    """The month's figures; a fixed number of queries."""
    files = live_files(month, kind=SALES).filter(pk__in=_seen(person, month))
    sums = files.aggregate(
        files=Count("pk"), rows=Sum("rows"), raw=Sum("raw_milli"), clean=Sum("clean_milli"), asides=Sum("aside_rows"),
        aside=Sum("aside_milli"),
    )  # fmt: skip
    there = lake.in_lake(files)
    duplicates = sum(lines for _, lines in engine().ask(questions.DOUBLED, lake.clean_paths(there)))
    names, goods = unplaced(month)
    seen = {one.pk for one in there}
    unknown = [one for one in lake.lines_naming(_unknown(there), month, engine()) if one.file in seen]
    return Figures(
        sums["files"], int(sums["rows"] or 0), int(sums["raw"] or 0), int(sums["clean"] or 0),
        int(sums["asides"] or 0), int(sums["aside"] or 0), duplicates, names, goods,
        len({one.name for one in unknown}), sum(one.milli for one in unknown),
    )  # fmt: skip


def _unknown(files: Sequence[lake.InLake]) -> list[int]:
    """Names of these files' distributors that are known to have no card."""
    whose = {one.distributor for one in files}
    rows = NameAlias.objects.filter(ended_at=None, terminal=None, name__distributor__in=whose)
    return list(rows.values_list("name", flat=True))


def _seen(person: Person, month: date) -> Any:
    return File.objects.visible_to(person, SEE).filter(month=month).values("pk")


# --- stock ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StockRow:
    """A distributor's month of one product: what rolled, how long the stock lasts (hundredths of a month), and whether that
    alarms. Thousandths of the product's unit."""

    distributor: int
    distributor_name: str
    product: int
    product_code: str
    product_name: str
    rolled: Rolled
    months_pct: int | None
    never_sold: bool
    alarm: bool


def stock(person: Person, month: date) -> list[StockRow]:
    """Opening + in − out beside the count, per distributor and product the person may see; alarms first.

    The opening is the count of the month before. A fixed number of queries.
    """
    rules = month_rules(last_day(month))
    seen = {pk for pk, _code, _name in terminals.of_kind(person, "distributor", SEE)}
    opening, counted, came, *outs = _sums(
        [(month_before(month), STOCK), (month, STOCK), (month, PURCHASES)]
        + [(month_before(month, back), SALES) for back in range(rules.averaged_months)]
    )
    places = sorted({p for sums in (opening, counted, came, outs[0]) for p in sums if p[0] in seen})
    distributors = terminals.named({d for d, _ in places})
    names = products.named({p for _, p in places})
    rows = []
    for place in places:
        rolled = Rolled(opening.get(place), came.get(place, 0), outs[0].get(place, 0), counted.get(place))
        told = [out[place] for out in outs if place in out]
        rows.append(
            StockRow(
                place[0], distributors[place[0]][1], place[1], *names[place[1]], rolled,
                balance.months_of_stock_pct(rolled.closing_milli, told),
                balance.never_sold(rolled.closing_milli, told),
                balance.stock_alarms(rolled.closing_milli, told, rules.stock_months_pct),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (not row.alarm, row.distributor_name, row.product_code))


def _sums(wanted: Sequence[tuple[date, str]]) -> list[dict[tuple[int, int], int]]:
    """For each (month, kind) the quantities per distributor and product in the product's unit; goods nobody has placed are
    left out. Two queries and one question of the lake for any number of them."""
    places = {one: place for place, one in enumerate(wanted)}
    rows = File.objects.filter(replaced_by=None, month__in={month for month, _ in wanted})
    files = [one for one in lake.in_lake(rows) if (one.month, one.kind) in places]
    beside = {
        "files": lake.files_table(files, [places[one.month, one.kind] for one in files]),
        "goods": lake.goods_table(files),
    }
    found: list[dict[tuple[int, int], int]] = [{} for _ in wanted]
    for place, distributor, product, times, per, milli in engine().ask(
        questions.MOVED, lake.clean_paths(files), beside
    ):
        sums, one = found[place], (distributor, product)
        sums[one] = sums.get(one, 0) + in_products_unit(milli, times, per)
    return found


# --- diversion --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DiversionRow:
    """窜货: a line that left its territory, or of a batch that went to others; quantity in thousandths as written."""

    file: int
    row: int
    why: str
    distributor: int
    distributor_name: str
    terminal: int
    terminal_name: str
    product_name: str
    batch: str
    day: date
    quantity_milli: int
    whose: tuple[str, ...]


def diversion(person: Person, month: date) -> list[DiversionRow]:
    """Lines of a month that alarm, of distributors the person may see; a fixed number of queries.

    Batches are looked up in the purchases of every distributor up to that month.
    """
    seen = {pk for pk, _code, _name in terminals.of_kind(person, "distributor", SEE)}
    files = [one for one in lake.in_lake(live_files(month, kind=SALES)) if one.distributor in seen]
    paths, standing = lake.clean_paths(files), _standing(files)
    rows = engine().ask(questions.SOLD, paths, standing)
    sold = [
        Sold(at, distributor, terminal, product, batch, 1)
        for at, (distributor, terminal, product, batch) in enumerate(rows)
    ]
    places = terminals.dimensions({key for one in sold for key in (one.distributor, one.terminal)})
    territories = people.territory_paths()
    where = {pk: territories.get(one.territory or 0, "") for pk, one in places.items()}
    found = balance.diversions(sold, where, _supplied(month))
    if not found:
        return []
    alarms = [(at, *sold[one.line][1:5]) for at, one in enumerate(found)]
    standing["alarms"] = Table(questions.ALARMS, alarms)
    rows = engine().ask(questions.ALARMED, paths, standing)
    names = products.named({one[3] for one in alarms})
    others = terminals.named({one for alarm in found for one in alarm.whose})
    return [
        _diverted(found[alarm], sold[found[alarm].line], line, places, names, others) for alarm, *line in rows
    ]  # fmt: skip


def _diverted(
    alarm: Diverted, one: Sold, line: Sequence[Any], places: dict, names: dict, others: dict
) -> DiversionRow:  # fmt: skip
    file, number, day, milli = line
    return DiversionRow(
        file, number, alarm.why, one.distributor, places[one.distributor].name, one.terminal, places[one.terminal].name,
        names[one.product][1], one.batch, day, milli, tuple(others[pk][1] for pk in alarm.whose),
    )  # fmt: skip


def _supplied(month: date) -> dict[tuple[int, str], set[int]]:
    files = lake.in_lake(File.objects.filter(kind=PURCHASES, replaced_by=None, month__lte=month))
    beside = {"files": lake.files_table(files), "goods": lake.goods_table(files)}
    found: dict[tuple[int, str], set[int]] = {}
    for product, batch, distributor in engine().ask(questions.SUPPLIED, lake.clean_paths(files), beside):
        found.setdefault((product, batch), set()).add(distributor)
    return found


@dataclass(frozen=True)
class PosedProspect:
    """A name known to have no card: a prospect to register; its worth in the month in fen."""

    alias: int
    name: str
    province: str
    city: str
    county: str
    distributor_name: str
    fen: int


def prospects(person: Person, month: date) -> list[PosedProspect]:
    """Names of a month that are known to have no card, those worth most first."""
    known = Name.objects.visible_to(person, SEE).filter(
        aliases__ended_at=None, aliases__isnull=False, aliases__terminal=None
    )
    fields = ("aliases", "name", "province", "city", "county", "distributor__name")
    rows = {pk: told for pk, *told in known.values_list("pk", *fields)}
    worth: Counter[int] = Counter()
    for there in lake.lines_naming(rows, month, engine()):
        worth[there.name] += there.fen or 0
    return [
        PosedProspect(alias, name, province, city, county, distributor, fen)
        for pk, fen in sorted(worth.items(), key=lambda one: (-one[1], one[0]))
        for alias, name, province, city, county, distributor in [rows[pk]]
    ]
