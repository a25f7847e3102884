"""The company that is measured, drawn from a seed: terminals, invoices open and paid, receipts. Pure; days and fen.

A book like a wholesaler's: some customers buy fifty times as much as others, most open items are young and a few are
years old, paid ones were paid late rather than on time, a few receipts leave something over and a few pay in part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from kewei.kernel.ids import make_credit_code

EDITION = 2  # of this file: a company kept from another edition is drawn anew
SEED = 20260630
TODAY = date(2026, 6, 30)  # the day after which nothing has happened yet; fixed, so that every run has the same book
OLDEST_DAYS = 1400
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    """How big a company is; `customers` of its `terminals` trade."""

    name: str
    terminals: int
    customers: int
    open_invoices: int
    paid_invoices: int

    @property
    def invoices(self) -> int:
        """Open and paid."""
        return self.open_invoices + self.paid_invoices


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 300, 200, 30_000, 9_000),  # to try the bench itself
        Size("small", 2_000, 2_000, 200_000, 100_000),
        Size("large", 200_000, 20_000, 2_000_000, 1_000_000),
    )
}

PLACES = [
    ("湖北省", ("武汉市", "荆门市", "宜昌市", "襄阳市")),
    ("湖南省", ("长沙市", "岳阳市", "衡阳市")),
    ("河南省", ("郑州市", "洛阳市", "南阳市")),
    ("江西省", ("南昌市", "九江市", "赣州市")),
    ("安徽省", ("合肥市", "芜湖市", "安庆市")),
    ("江苏省", ("南京市", "苏州市", "无锡市", "徐州市")),
    ("浙江省", ("杭州市", "宁波市", "温州市")),
    ("广东省", ("广州市", "深圳市", "佛山市", "东莞市")),
    ("四川省", ("成都市", "绵阳市", "南充市")),
    ("山东省", ("济南市", "青岛市", "烟台市")),
]
# kind, its share of a hundred terminals, what such places are called
KINDS = [
    ("public_hospital", 9, "人民医院"),
    ("private_hospital", 8, "康复医院"),
    ("primary_care", 18, "社区卫生服务中心"),
    ("clinic", 22, "诊所"),
    ("pharmacy", 20, "大药房"),
    ("chain_store", 20, "连锁药店"),
    ("distributor", 3, "医药有限公司"),
]
FIRST = "安宝昌诚德东福广国海和恒宏华惠吉佳嘉健金京康乐利民明宁平庆仁瑞三升盛顺泰天同万祥信兴阳益永友裕源云长正中众"
SECOND = "安邦宝辰春达德丰福光贵海和恒华辉惠济嘉健杰康乐丽林民宁鹏平泉仁荣润生盛寿顺泰堂天通旺祥欣兴阳义益盈裕源泽志"


def people_of(size: Size) -> list[tuple[str, str, str]]:
    """(login, province, city) of the representatives: one for every 400 terminals, at least one in a city."""
    cities = [(province, city) for province, found in PLACES for city in found]
    count = max(len(cities), size.terminals // 400)
    return [(f"rep{number:04d}", *cities[number % len(cities)]) for number in range(count)]


def terminals(size: Size) -> Iterator[dict[str, str]]:
    """Rows of the file of customers, in the order of their codes."""
    rng = np.random.default_rng([SEED, 1])
    owners = people_of(size)
    kinds = rng.choice(len(KINDS), size.terminals, p=[share / 100 for _, share, _ in KINDS]).tolist()
    owner = rng.integers(0, len(owners), size.terminals).tolist()
    letters = rng.integers(0, len(FIRST), (size.terminals, 3)).tolist()
    for number in range(size.terminals):
        login, province, city = owners[owner[number]]
        kind, _, ending = KINDS[kinds[number]]
        a, b, c = letters[number]
        yield {
            "code": f"K{number:06d}",
            "name": f"{city[:-1]}{FIRST[a]}{SECOND[b % len(SECOND)]}{FIRST[c]}{ending}{number % 97 + 1}",
            "kind": kind,
            "credit_code": make_credit_code(f"91420100{number:09d}"),
            "province": province,
            "city": city,
            "owner": login,
        }


@dataclass(frozen=True)
class Invoices:
    """Columns, ordered by day: the place of the customer among those who trade, days as ordinals, fen."""

    customer: Ints
    on: Ints
    due: Ints
    fen: Ints
    paid: npt.NDArray[np.bool_]

    def number(self, place: int) -> str:
        """The invoice's number: twenty digits, as fully digital invoices have."""
        return f"26422{place:015d}"


@dataclass(frozen=True)
class Receipt:
    """Money from a customer for invoices given by their places; fen."""

    customer: int
    number: str
    on: date
    fen: int
    invoices: tuple[int, ...]


def invoices(size: Size) -> Invoices:
    """Every invoice of the company."""
    rng = np.random.default_rng([SEED, 2])
    weight = rng.lognormal(0, 1, size.customers)
    term = rng.choice([30, 60, 90, 120, 180], size.customers, p=[0.25, 0.3, 0.25, 0.1, 0.1])
    paid = np.zeros(size.invoices, dtype=bool)
    paid[: size.paid_invoices] = True
    customer = rng.choice(size.customers, size.invoices, p=weight / weight.sum())
    age = np.where(paid, 60 + rng.exponential(300, size.invoices), rng.exponential(120, size.invoices))
    on = TODAY.toordinal() - np.minimum(age, OLDEST_DAYS).astype(np.int64)
    fen = np.maximum(rng.lognormal(np.log(500_000), 1.1, size.invoices), 100).astype(np.int64)
    order = np.argsort(on, kind="stable")
    return Invoices(customer[order], on[order], (on + term[customer])[order], fen[order], paid[order])


def receipts(size: Size, book: Invoices) -> list[Receipt]:
    """Receipts for all that is paid, one for one to five invoices, and part payments of one open invoice in thirty."""
    rng = np.random.default_rng([SEED, 3])
    paid = np.flatnonzero(book.paid)
    paid = paid[np.argsort(book.customer[paid], kind="stable")]
    late = np.maximum(rng.normal(25, 40, len(paid)), -20).astype(np.int64).tolist()
    takes = rng.integers(1, 6, len(paid)).tolist()
    more = (rng.random(len(paid)) < 0.01).tolist()
    customer, due, on, fen = (column.tolist() for column in (book.customer, book.due, book.on, book.fen))
    places, today, found, start = paid.tolist(), TODAY.toordinal(), [], 0
    while start < len(places):
        debtor, end = customer[places[start]], start + 1
        while end < len(places) and end < start + takes[start] and customer[places[end]] == debtor:
            end += 1
        settled = places[start:end]
        day = min(max(max(on[p] for p in settled) + 1, due[settled[-1]] + late[start]), today)
        over = fen[settled[0]] // 3 if more[start] else 0
        found.append(
            Receipt(
                debtor, f"S{len(found):09d}", date.fromordinal(day), sum(fen[p] for p in settled) + over, tuple(settled)
            )
        )
        start = end
    for place in np.flatnonzero(~book.paid)[::30].tolist():
        day = min(max(on[place] + 1, due[place]), today)
        part = max(fen[place] * 2 // 5, 1)
        found.append(Receipt(customer[place], f"S{len(found):09d}", date.fromordinal(day), part, (place,)))
    return sorted(found, key=lambda receipt: (receipt.on, receipt.number))
