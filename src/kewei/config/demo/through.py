"""Sell-through of the demo company: last month's files of three distributors, names as people type them, some of them to review."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from kewei.config.demo.cards import PRODUCTS, SEED
from kewei.flows import actions
from kewei.flows.excel import read_file
from kewei.people import queries as persons
from kewei.terminals.models import Terminal

HEAD = ["销售日期", "客户名称", "客户城市", "产品名称", "产品规格", "批号", "数量", "单位", "单价"]
# Another distributor's own words and order.
OTHER_HEAD = ["出库日期", "购货单位", "城市", "品名", "规格", "生产批号", "出库数量", "计量单位", "含税单价"]
BUYERS, LINES = 12, 40
UNKNOWN = ("康宁新村诊所", "惠民大药房", "同济门诊部")
KINDS = ("clinic", "pharmacy", "chain_store", "primary_care")


def fill(*, today: date) -> None:
    """Three distributors send what they sold last month; one of them sells outside its territory, one row is wrong."""
    last = today.replace(day=1) - timedelta(days=1)
    month, now = (
        last.replace(day=1),
        timezone.make_aware(datetime.combine(min(today, last + timedelta(days=3)), time(9))),
    )
    by = persons.person_by_login("qian")
    if by is None:
        return
    sellers = list(Terminal.objects.filter(kind="distributor").order_by("code")[:3])
    for turn, seller in enumerate(sellers):
        random = Random(SEED + turn)  # noqa: S311
        content = _file(seller, month, OTHER_HEAD if turn == 1 else HEAD, random)
        sent = read_file(content, f"{seller.code}_{month:%Y%m}_销售.csv", kind="sales")
        actions.take_in_file(distributor=seller, sent=sent, month=month, by=by, now=now)
        if turn < 2:
            actions.tell_absence(distributor=seller, month=month, kind="stock", reason="no_agreement", by=by, now=now)


def _file(seller: Terminal, month: date, head: list[str], random: Random) -> bytes:
    """A month of sales to customers of the same city, their names more or less as they are written."""
    near = list(Terminal.objects.filter(city=seller.city, kind__in=KINDS).order_by("code")[:BUYERS])
    far = Terminal.objects.exclude(province=seller.province).filter(kind="clinic").order_by("code").first()
    out = io.StringIO()
    book = csv.writer(out)
    book.writerow(head)
    for n in range(LINES):
        buyer = far if far is not None and n == LINES - 1 else random.choice(near)
        _code, name, spec, unit, _class, fen = random.choice(PRODUCTS)
        day: Any = month + timedelta(days=random.randrange(27))
        if n == LINES - 2:
            day = "月底"
        price = f"{fen // 100}.{fen % 100:02d}"
        batch = f"B{month:%y%m}{random.randrange(1, 4)}"
        # Nobody has a card for these: they wait for somebody to say so, and may become prospects.
        strange = f"{seller.city}开发区{random.choice(UNKNOWN)}"
        typed = strange if n % 15 == 7 else _typed(buyer.name, random)
        book.writerow([day, typed, buyer.city, name, spec, batch, random.randrange(2, 40), unit, price])
    return out.getvalue().encode()


def _typed(name: str, random: Random) -> str:
    """A name as somebody types it: whole, without its city, in short, or with a department behind."""
    short = name.replace("市", "", 1) if "市" in name else name
    return random.choice((name, name, short, name.replace("有限公司", ""), f"{name}（药房）", short[-6:]))
