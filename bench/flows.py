"""A month of sell-through from upload to posted usage: files taken in, matched, posted; on a copy, which it fills and changes.

    python -m bench.flows [--rows 1000000] [--rows-a-file 3333] [--masters 50000]

Distributors' files are drawn from a seed: every tenth a workbook, the others CSV; 200 customers each, their names dirty, the
aliases of those that make four rows of five known from before. Only what the goal names is timed: reading the files, taking
them in, placing names, posting. The goal: a million rows in 300 files in five minutes.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import django

django.setup()

import xlsxwriter  # noqa: E402
from django.db import transaction  # noqa: E402

from bench import clock, matching  # noqa: E402
from kewei.flows import actions, excel  # noqa: E402
from kewei.flows.models import File, Goods, GoodsAlias, Name, NameAlias  # noqa: E402
from kewei.flows.queries import months  # noqa: E402
from kewei.flows.rules import files  # noqa: E402
from kewei.flows.rules.matching import Master  # noqa: E402
from kewei.journal import bulk  # noqa: E402
from kewei.people.models import Person  # noqa: E402
from kewei.people.queries import person_by_login  # noqa: E402
from kewei.products.models import Product  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

NOW, MONTH = datetime(2026, 11, 3, 1, 0, tzinfo=UTC), date(2026, 10, 1)
HEAD = [
    "销售日期",
    "单据号",
    "客户名称",
    "客户省份",
    "客户城市",
    "产品名称",
    "产品规格",
    "批号",
    "数量(盒)",
    "单位",
    "单价",
]
CUSTOMERS, PRODUCTS, KNOWN = 200, 40, 160
SEED = 20261128


def measure(rows: int, rows_a_file: int, masters: int) -> dict[str, Any]:
    """Seconds of wall and of processor for taking in and for posting; how many rows, files, names and places there were."""
    drawn, by = random.Random(SEED), person_by_login("zheng")
    assert by is not None
    count = -(-rows // rows_a_file)
    with transaction.atomic():
        known, products, distributors = _terminals(drawn, masters), _products(), _distributors(count)
        sent = list(_files(drawn, distributors, known, products, rows, rows_a_file, by))
    told: dict[str, Any] = {"rows": rows, "files": count, "masters": masters}
    begun, used = time.perf_counter(), matching._used()
    waiting = 0
    for distributor, name, content in sent:
        taken = excel.bring(distributor, content, name, by=by, now=NOW)
        assert taken.clean == taken.rows, taken
        waiting += taken.waiting
    told["take_in"], told["take_in_cpu"] = time.perf_counter() - begun, matching._used() - used
    begun, used = time.perf_counter(), matching._used()
    posted = actions.post_month(month=MONTH, by=by, now=NOW)
    told["post"], told["post_cpu"] = time.perf_counter() - begun, matching._used() - used
    begun = time.perf_counter()
    figures = months.figures(by, MONTH)
    told["figures"] = time.perf_counter() - begun
    assert figures.rows == rows == sum(File.objects.values_list("rows", flat=True))
    assert figures.raw_milli == figures.clean_milli + figures.aside_milli
    told |= {"places": posted["places"], "waiting": waiting, "whole": told["take_in"] + told["post"]}
    return told | {"mb": clock.peak_mb()}


def _terminals(drawn: random.Random, count: int) -> list[Terminal]:
    """Masters as the bench of matching draws them."""
    made = matching._masters(drawn, count)
    empty = ("short_name", "ownership", "size", "grade", "division", "address", "note")
    bulk.insert(
        Terminal,
        ("code", "name", "kind", "province", "city", "district", "extra", "added_at", *empty),
        (
            (f"LX{one.key:07}", one.name, "other", one.province, one.city, one.county, {}, NOW, *([""] * len(empty)))
            for one in made
        ),
    )
    return list(Terminal.objects.filter(code__startswith="LX").order_by("pk"))


def _products() -> list[Product]:
    made = [
        Product(
            code=f"LX{n:03}",
            name=f"测试药品{n}",
            spec=f"{n + 1}mg×24片",
            unit="盒",
            listed_price_fen=1_000,
            added_at=NOW,
        )
        for n in range(PRODUCTS)
    ]
    Product.objects.bulk_create(made)
    return list(Product.objects.filter(code__startswith="LX").order_by("pk"))


def _distributors(count: int) -> list[Terminal]:
    made = [Terminal(code=f"JX{n:04}", name=f"测试经销商{n}", kind="distributor", added_at=NOW) for n in range(count)]
    Terminal.objects.bulk_create(made)
    return list(Terminal.objects.filter(code__startswith="JX").order_by("pk"))


def _files(
    drawn: random.Random,
    distributors: list[Terminal],
    known: list[Terminal],
    products: list[Product],
    rows: int,
    rows_a_file: int,
    by: Person,
) -> Iterator[tuple[Terminal, str, bytes]]:
    """Every distributor's file; the aliases of most of its customers, and its goods, are placed beforehand."""
    for at, distributor in enumerate(distributors):
        customers = [(one, _typed(drawn, one)) for one in drawn.sample(known, CUSTOMERS)]
        table = [
            _row(drawn, n, *customers[drawn.randrange(CUSTOMERS)], drawn.choice(products))
            for n in range(min(rows_a_file, rows - at * rows_a_file))
        ]
        _remember(distributor, customers[:KNOWN], products, by)
        name, content = (f"{distributor.code}.xlsx", _workbook(table)) if at % 10 == 9 else (
            f"{distributor.code}.csv", "\n".join(",".join(map(str, row)) for row in [HEAD, *table]).encode(),
        )  # fmt: skip
        yield distributor, name, content


def _typed(drawn: random.Random, one: Terminal) -> str:
    master = Master(one.pk, one.name, one.province, one.city, one.district)
    return " ".join(matching._dirty(drawn, master)[0].name.split())


def _row(drawn: random.Random, number: int, one: Terminal, typed: str, product: Product) -> list[Any]:
    day = f"2026-10-{drawn.randrange(1, 32):02}"
    return [
        day, f"XS{number:07}", typed, one.province, one.city, product.name, product.spec, f"B{drawn.randrange(90)}",
        drawn.randrange(1, 60), "盒", "10.00",
    ]  # fmt: skip


def _remember(
    distributor: Terminal, customers: list[tuple[Terminal, str]], products: list[Product], by: Person
) -> None:
    """What people have said of this distributor's names and goods in months before."""
    names = {
        files.name_key(_line(name=typed, province=one.province, city=one.city)): (typed, one) for one, typed in customers
    }  # fmt: skip
    empty = ("code", "credit_code", "licence", "county")
    bulk.insert(
        Name,
        ("distributor_id", "key", "name", "province", "city", "first_at", *empty),
        (
            (distributor.pk, key, typed, one.province, one.city, NOW, "", "", "", "")
            for key, (typed, one) in names.items()
        ),
    )
    keys = dict(Name.objects.filter(distributor=distributor).values_list("key", "pk"))
    bulk.insert(
        NameAlias,
        ("name_id", "terminal_id", "how", "why", "model", "made_by_id", "made_at", "ended_why"),
        ((keys[key], one.pk, "review", "", "", by.pk, NOW, "") for key, (_typed, one) in names.items()),
    )
    goods = {files.goods_key(_line(product=one.name, spec=one.spec, unit="盒")): one for one in products}
    bulk.insert(
        Goods,
        ("distributor_id", "key", "product", "spec", "unit", "code", "first_at"),
        ((distributor.pk, key, one.name, one.spec, "盒", "", NOW) for key, one in goods.items()),
    )
    keys = dict(Goods.objects.filter(distributor=distributor).values_list("key", "pk"))
    bulk.insert(
        GoodsAlias,
        ("goods_id", "product_id", "times", "per", "how", "made_by_id", "made_at"),
        ((keys[key], one.pk, 1, 1, "review", by.pk, NOW) for key, one in goods.items()),
    )


def _line(**given: str) -> files.Clean:
    bare = {"name": "", "product": "", "spec": "", "unit": "", "batch": "", "document": ""}
    return files.Clean(number=0, day=MONTH, quantity_milli=0, price_fen=None, fen=None, **(bare | given))


def _workbook(table: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("十月")
        for at, row in enumerate([HEAD, *table]):
            sheet.write_row(at, 0, row)
    return out.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rows-a-file", type=int, default=3_334)
    parser.add_argument("--masters", type=int, default=50_000)
    args = parser.parse_args()
    print(json.dumps(measure(args.rows, args.rows_a_file, args.masters)))
