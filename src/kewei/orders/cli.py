"""Commands of orders: orders, order-check."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.kernel import columns
from kewei.kernel.calendar import day_from_text
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_, NotFound, Refused, refusal
from kewei.orders import queries, shapes
from kewei.orders.rules.gate import PASS, PAYMENTS
from kewei.orders.rules.lines import LineWanted
from kewei.orders.rules.says import NAMES
from kewei.orders.rules.states import STATES
from kewei.orders.web import words
from kewei.people.cli import asking
from kewei.products import queries as products
from kewei.sales.excel import quantity
from kewei.terminals import queries as terminals

SEE = "orders.see"


@refusal
class NotALine(Refused):
    code = "order_check_not_a_line"
    says = N_("「{text}」应写成 产品编码=数量 或 产品编码=数量@单价 的样子")


# --- orders --------------------------------------------------------------------------------------------------------


def arguments_orders(parser: ArgumentParser) -> None:
    """kewei orders [--state S] [--customer C] [--from D] [--to D] [--limit N] [--json]"""
    parser.add_argument("--state", default="", choices=["", "open", *STATES], help="a state, or open  状态")
    parser.add_argument("--customer", default="", metavar="CODE", help="code or exact name  客户编码或全名")
    parser.add_argument("--from", dest="first", default="", metavar="DAY", help="placed on or after  起")
    parser.add_argument("--to", dest="last", default="", metavar="DAY", help="placed on or before  止")
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="at most so many, newest first  至多")
    _acting(parser)


def orders(args: Namespace) -> int:
    """Orders, newest first, with what the gate blocked them by."""
    person = asking(args, SEE)
    terminal = terminals.terminal_named(person, args.customer).pk if args.customer else None
    rows, count = queries.list_orders(
        person, state=args.state, terminal=terminal, first=_day(args.first), last=_day(args.last),
        limit=max(1, args.limit),
    )  # fmt: skip
    if args.json:
        print(json.dumps({"count": count, "orders": [shapes.order(row) for row in rows]}, ensure_ascii=False))
        return 0
    for row in rows:
        blocked = "、".join(_(NAMES.get(rule, rule)) for rule in row.blocked_by)
        state = _(STATES[row.state])
        print(f"{row.number}  {state}  {yuan(row.total_fen):>14}  {row.terminal_code} {row.terminal_name}  {blocked}")
    print(_("共 {count} 张订单").format(count=count))
    return 0


# --- the gate ------------------------------------------------------------------------------------------------------


def arguments_order_check(parser: ArgumentParser) -> None:
    """kewei order-check CUSTOMER PRODUCT=QUANTITY[@PRICE]… [--payment credit|prepaid|cash] [--json]"""
    parser.add_argument("customer", metavar="CUSTOMER", help="code or exact name  客户编码或全名")
    parser.add_argument(
        "lines", metavar="LINE", nargs="+", help="product=quantity or product=quantity@price  产品=数量"
    )
    parser.add_argument("--payment", default="credit", choices=list(PAYMENTS), help="how it is paid  付款方式")
    _acting(parser)


def order_check(args: Namespace) -> int:
    """What the gate would say of an order, placing none; exit 1 where somebody would have to do something first."""
    person = asking(args, SEE)
    terminal = terminals.terminal_named(person, args.customer)
    lines = _lines(person, args.lines)
    decision, case = queries.try_order(person, terminal, lines, args.payment, timezone.now())
    passes = 0 if decision.outcome == PASS else 1
    if args.json:
        print(json.dumps(shapes.checked(decision, case, _), ensure_ascii=False))
        return passes
    outcome, _tone = words.outcome(decision.outcome)
    print(f"{terminal.code} {terminal.name}  {yuan(case.wanted_fen)}  {outcome}")
    for one in words.said(decision.lines):
        place = f"  {_('第 {place} 行').format(place=one.place)}" if one.place else ""
        print(f"  {one.level}{place}  {one.sentence}")
    return passes


def _lines(person: Any, texts: list[str]) -> list[LineWanted]:
    parts = [_parts(text) for text in texts]
    known = products.by_codes(person, {code for code, _quantity, _price in parts})
    if missing := next((code for code, _quantity, _price in parts if code not in known), ""):
        raise NotFound(noun=_("产品 {code}").format(code=missing))
    return [LineWanted(known[code], milli, price_fen) for code, milli, price_fen in parts]


def _parts(text: str) -> tuple[str, int, int | None]:
    """A product's code, thousandths, and fen where a price was given. Raises NotALine, and what the readers raise."""
    code, equals, rest = text.partition("=")
    count, at, price = rest.partition("@")
    if not (code.strip() and equals and count.strip()) or (at and not price.strip()):
        raise NotALine(text=text[:60])
    return code.strip(), quantity(count), columns.money_or_nought(price) if at else None


# --- helpers -------------------------------------------------------------------------------------------------------


def _acting(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--as", dest="as_login", default="", metavar="LOGIN",
        help="act as this person; else KEWEI_USER; else the first director  以谁的名义",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="answer as JSON, money in whole fen")


def _day(text: str) -> date | None:
    return day_from_text(text) if text else None
