"""The command `kewei membership`: programmes, members, statements, what is owed, tiers, usage, and benefits proposed."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.flows.rules.months import month_of
from kewei.journal.actions import note_export
from kewei.kernel.columns import money_or_nought
from kewei.kernel.money import yuan
from kewei.membership import actions
from kewei.membership.papers.usage import units, usage_letter
from kewei.membership.queries import ledger, members, programmes
from kewei.membership.queries.usage import usage_card
from kewei.membership.rules.conduct import CHANNELS, EVIDENCE, FORBIDDEN, KINDS
from kewei.membership.rules.ledger import MOVEMENTS
from kewei.membership.rules.programmes import STATES
from kewei.people import queries as people
from kewei.people.cli import day_typed
from kewei.terminals import queries as terminals

SEE = "membership.see"


def arguments_membership(parser: ArgumentParser) -> None:
    """kewei membership programmes|members|statement|liability|tiers|usage|benefit|use|earn … [--json]"""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="WHAT")
    _of(verbs, "programmes", "programmes and their budgets  会员计划")
    _programme(_of(verbs, "members", "members, their tiers and balances  会员"))
    told = _member(_of(verbs, "statement", "a member's statement  会员对账"))
    told.add_argument("--from", dest="first", default="", metavar="DAY", help="from this day  自")
    told.add_argument("--to", dest="last", default="", metavar="DAY", help="to this day  至")
    _programme(_of(verbs, "liability", "what a programme owes  应付权益"))
    _programme(_of(verbs, "tiers", "what a review would change today  等级预览"))
    usage = _of(verbs, "usage", "a terminal's usage card  用量卡")
    usage.add_argument("customer", metavar="CODE", help="customer, by code or exact name  客户")
    usage.add_argument("--pdf", type=Path, metavar="FILE", help="write the letter instead  写出用量分析信")
    want = _member(_of(verbs, "benefit", "propose a benefit; what is forbidden is refused by name  提出权益"))
    want.add_argument("--kind", required=True, metavar="KIND", help=" ".join([*KINDS, *FORBIDDEN]))
    want.add_argument("--words", required=True, metavar="WORDS", help="what it is  内容")
    want.add_argument("--ground", required=True, metavar="WORDS", help="its legal ground  法律依据")
    want.add_argument("--amount", default="0", metavar="YUAN", help="its value  金额")
    want.add_argument("--by", dest="channel", default="in_kind", metavar="WAY", help=" ".join(CHANNELS))
    want.add_argument("--recipient", default="", metavar="WHO", help="the member itself, or nobody  受益者")
    want.add_argument("--tied", action="store_true", help="tied to orders  与采购挂钩")
    want.add_argument("--evidence", default="", metavar="A,B", help=" ".join(EVIDENCE))
    use = _of(verbs, "use", "put a coupon on a red-letter note  价格券入票")
    use.add_argument("coupon", type=int, metavar="COUPON", help="the coupon's key  券")
    use.add_argument("amount", metavar="YUAN")
    use.add_argument("--by", dest="channel", default="red_letter", metavar="WAY", help="red_letter or invoice  方式")
    use.add_argument("--number", required=True, metavar="NO", help="number of the document  票号")
    use.add_argument("--on", default="", metavar="DAY", help="its day  日期")
    use.add_argument("--invoice", type=int, metavar="KEY", help="the invoice it corrects  原发票")
    earn = _programme(_of(verbs, "earn", "reckon a month's points  结算积分"))
    earn.add_argument("month", metavar="YYYY-MM")


def _of(verbs: Any, name: str, words: str) -> ArgumentParser:
    parser: ArgumentParser = verbs.add_parser(name, help=words)
    parser.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    return parser


def _programme(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("programme", metavar="PROGRAMME", help="code of the programme  计划编码")
    return parser


def _member(parser: ArgumentParser) -> ArgumentParser:
    _programme(parser).add_argument("customer", metavar="CODE", help="customer, by code or exact name  客户")
    return parser


def membership(args: Namespace) -> int:
    """What was asked for, as lines or as JSON."""
    person = people.acting(args.as_login or os.environ.get("KEWEI_USER", ""))
    person.must(SEE)
    told, lines = _VERBS[args.verb](person, args)
    print(json.dumps(told, ensure_ascii=False, default=str) if args.json else "\n".join(lines))
    return 0


_Told = tuple[Any, list[str]]


def _programmes(person: Any, args: Namespace) -> _Told:
    rows, _count = programmes.list_programmes(person, limit=None)
    return [vars(row) for row in rows], [
        f"{row.code:<12} {_(STATES[row.state])}  {row.members:>5}  {yuan(row.budget_fen):>16}  {row.name}"
        for row in rows
    ]


def _members(person: Any, args: Namespace) -> _Told:
    kept = programmes.programme_named(person, args.programme)
    rows, _count, _sums = members.list_members(person, programme=kept.pk, limit=None)
    return [vars(row) for row in rows], [
        f"{row.terminal_code:<12} {row.tier:<8} {row.points:>10} {yuan(row.fen):>14}  {row.terminal_name}"
        for row in rows
    ]


def _statement(person: Any, args: Namespace) -> _Told:
    kept = members.member_named(person, programmes.programme_named(person, args.programme), args.customer)
    last = day_typed(args.last)
    first = day_typed(args.first) if args.first else last.replace(month=1, day=1)
    told = ledger.statement(person, kept, first, last)
    rows = [vars(one) for one in told.moves]
    ends = {
        "first": first, "last": last, "opening_points": told.opening_points, "opening_fen": told.opening_fen,
        "closing_points": told.closing_points, "closing_fen": told.closing_fen,
    }  # fmt: skip
    lines = [
        f"{one.on} {one.points:>+10} {yuan(one.fen):>12} {one.points_after:>10}  {_(MOVEMENTS[one.kind])} {one.words}"
        for one in told.moves
    ]
    lines.append(_("期末 {points} 分，价格券 {fen} 元").format(points=told.closing_points, fen=yuan(told.closing_fen)))
    return ends | {"moves": rows, "lots": [vars(lot) for lot in told.lots]}, lines


def _liability(person: Any, args: Namespace) -> _Told:
    kept = programmes.programme_named(person, args.programme)
    owed = ledger.liability(person, kept, programmes.in_force(kept, timezone.localdate()).rules)
    told = {
        "points": owed.points, "coupon_fen": owed.coupon_fen, "fen": owed.fen, "point_fen": owed.point_fen,
        "accounts": [{"account": name, "points": points, "fen": fen} for name, points, fen in owed.account_rows()],
        "members": [vars(one) for one in owed.members], "months": [vars(one) for one in owed.months],
    }  # fmt: skip
    lines = [f"{one.month:%Y-%m} {one.points:>10} {yuan(one.coupon_fen):>14}" for one in owed.months]
    return told, [*lines, _("应付 {points} 分，连同价格券共 {fen} 元").format(points=owed.points, fen=yuan(owed.fen))]


def _tiers(person: Any, args: Namespace) -> _Told:
    kept = programmes.programme_named(person, args.programme)
    lines, version = members.tier_preview(person, kept, timezone.localdate())
    rows: list[dict[str, Any]] = [
        {
            "customer_code": one.terminal_code, "customer": one.terminal_name, "before": one.judged.before.code,
            "after": one.judged.after.code, "basis_fen": one.judged.basis_fen, "missing_fen": one.judged.missing_fen,
        }
        for one in lines
    ]  # fmt: skip
    return {"rules": version.number, "members": rows}, [
        f"{row['customer_code']:<12} {row['before']:<8} -> {row['after']:<8} {yuan(row['basis_fen']):>16}  {row['customer']}"
        for row in rows
    ]


def _usage(person: Any, args: Namespace) -> _Told:
    terminal = terminals.terminal_named(person, args.customer)
    card = usage_card(person, terminal.pk, timezone.localdate())
    if args.pdf:
        letter = usage_letter(card)
        note_export(noun="membership.usage", rows=len(card.products), verb=SEE, by=person, now=timezone.now())
        args.pdf.write_bytes(letter)
    rows: list[dict[str, Any]] = [
        {
            "product_code": row.code, "product": row.name, "total_milli": row.total_milli,
            "a_day_milli": row.use.a_day_milli, "stock_milli": row.use.stock_milli, "days_left": row.use.days_left,
            "next_on": row.use.next_on, "months_milli": row.months, "through_milli": row.through,
        }
        for row in card.products
    ]  # fmt: skip
    near = [vars(one) for one in card.near]
    lines = [
        f"{row['product_code']:<12} {units(row['total_milli']):>10} {row['days_left'] if row['days_left'] is not None else '–':>6} "
        f"{row['next_on'] or '–'!s:<10}  {row['product']}"
        for row in rows
    ]
    return {"customer_code": card.code, "customer": card.name, "products": rows, "near": near}, lines


def _benefit(person: Any, args: Namespace) -> _Told:
    kept = members.member_named(person, programmes.programme_named(person, args.programme), args.customer)
    made = actions.want_benefit(
        enrolment=kept.pk, kind=args.kind, words=args.words, ground=args.ground, fen=money_or_nought(args.amount),
        channel=args.channel, recipient=args.recipient, tied=args.tied,
        evidence=[one for one in args.evidence.split(",") if one], by=person, now=timezone.now(),
    )  # fmt: skip
    return {"id": made.pk, "outcome": made.outcome, "sides": made.sides}, [
        _("权益 {number} 已提出，等待审批").format(number=made.pk)
    ]


def _use(person: Any, args: Namespace) -> _Told:
    made = actions.use_coupon(
        coupon=args.coupon, fen=money_or_nought(args.amount), channel=args.channel, number=args.number,
        on=day_typed(args.on), invoice=args.invoice, by=person, now=timezone.now(),
    )  # fmt: skip
    return {"id": made.pk, "document": made.document_id}, [_("价格优惠已入票")]


def _earn(person: Any, args: Namespace) -> _Told:
    kept = programmes.programme_named(person, args.programme)
    counts = actions.earn_month(programme=kept.pk, month=month_of(args.month), by=person, now=timezone.now())
    return counts, [_("{members} 家，入账 {earned} 分，扣回 {taken_back} 分，待扣 {short} 分").format(**counts)]


_VERBS: dict[str, Callable[[Any, Namespace], _Told]] = {
    "programmes": _programmes,
    "members": _members,
    "statement": _statement,
    "liability": _liability,
    "tiers": _tiers,
    "usage": _usage,
    "benefit": _benefit,
    "use": _use,
    "earn": _earn,
}
