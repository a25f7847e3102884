"""Commands of collecting: collect, collecting, worklist."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.collecting import actions
from kewei.collecting.queries import cases, clocks, disputes, promises
from kewei.collecting.queries import worklist as ranked
from kewei.collecting.rules.disputes import STATES as DISPUTE_STATES
from kewei.collecting.rules.promises import STATES as PROMISE_STATES
from kewei.collecting.web.worklist import why_words
from kewei.kernel.money import yuan
from kewei.people import queries as people
from kewei.people.cli import bar, day_typed
from kewei.terminals import queries as terminals


def arguments_collect(parser: ArgumentParser) -> None:
    """kewei collect [--day D] [--json]"""
    parser.add_argument("--day", default="", metavar="DAY", help="run as of this day; none: today  日期")
    parser.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def collect(args: Namespace) -> int:
    """The daily run of collecting: cases open and close, overdue items climb, letters are drafted, today's list is ranked."""
    login = args.as_login or os.environ.get("KEWEI_USER", "")
    person = people.acting(login)
    day = day_typed(args.day)
    began = time.monotonic()
    counted = actions.run_day(day=day, by=person, now=timezone.now(), progress=bar(args.json))
    if day == timezone.localdate():
        actions.rank_worklist(day=day, by=person, now=timezone.now())
    told = {"day": day.isoformat(), **vars(counted), "seconds": round(time.monotonic() - began, 1)}
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(
        _("{day}：立案 {opened}，进阶 {stepped}，结案 {closed}，用时 {seconds} 秒").format(
            **{name: f"{value:,}" if isinstance(value, int) else value for name, value in told.items()}
        )
    )
    return 0


def arguments_worklist(parser: ArgumentParser) -> None:
    """kewei worklist [--order worth|days|overdue] [--limit N] [--rank] [--json]"""
    parser.add_argument("--order", default="worth", choices=list(ranked.ORDERS), help="worth, oldest or largest  顺序")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many  至多")
    parser.add_argument("--rank", action="store_true", help="rank anew from the ledger first  先重新排序")
    parser.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def worklist(args: Namespace) -> int:
    """The worklist: debtors by what acting today is worth, with the next step and why."""
    person, day = people.acting(args.as_login or os.environ.get("KEWEI_USER", "")), timezone.localdate()
    person.must("collecting.see")
    if args.rank:
        actions.rank_worklist(day=day, by=person, now=timezone.now())
    rows, count = ranked.list_lines(person, day, order=f"-{args.order}", limit=max(1, args.limit))
    if args.json:
        fields = (
            "terminal_code",
            "terminal_name",
            "worth_fen",
            "overdue_fen",
            "days",
            "stage",
            "technique",
            "role",
            "why",
        )
        told = [{name: getattr(row, name) for name in fields} for row in rows]
        print(json.dumps({"day": day.isoformat(), "count": count, "lines": told}, ensure_ascii=False))
        return 0
    print(f"{_('期望收益'):>14} {_('逾期'):>14} {_('逾期天数'):>6}  {_('客户')}")
    for row in rows:
        print(
            f"{yuan(row.worth_fen):>16} {yuan(row.overdue_fen):>16} {row.days:>8}  {row.terminal_code} {row.terminal_name}"
        )
        print(f"{'':>42}  {_(row.technique_name)} · {why_words(row.why, 2)}")
    return 0


def arguments_collecting(parser: ArgumentParser) -> None:
    """kewei collecting cases|promises|disputes|clocks [--customer CODE] [--state S] [--limit N] [--json]"""
    parser.add_argument("what", choices=list(_LISTS), help="what to list  列出什么")
    parser.add_argument("--customer", default="", metavar="CODE", help="of one customer, by code or exact name  客户")
    parser.add_argument("--state", default=None, metavar="STATE", help="a state, or all; none: what stands  状态")
    parser.add_argument("--within", type=int, default=365, metavar="DAYS", help="clocks: last days this near  天数以内")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many  至多")
    parser.add_argument("--as", dest="as_login", default="", metavar="LOGIN", help="act as this person  以谁的名义")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def collecting(args: Namespace) -> int:
    """Lists of collecting: open cases, promises, disputes, and the clocks that run out."""
    person = people.acting(args.as_login or os.environ.get("KEWEI_USER", ""))
    person.must("collecting.see")
    terminal = terminals.terminal_named(person, args.customer).pk if args.customer else None
    rows, count, head, line = _LISTS[args.what](person, terminal, args)
    if args.json:
        print(json.dumps({"count": count, args.what: rows}, ensure_ascii=False, default=str))
        return 0
    print(head)
    for row in rows:
        print(line(row))
    if count > len(rows):
        print(_("另有 {count} 行，见 --limit").format(count=f"{count - len(rows):,}"))
    return 0


_Listed = tuple[list[dict[str, Any]], int, str, Callable[[dict[str, Any]], str]]


def _state(args: Namespace, usual: str) -> str:
    return usual if args.state is None else "" if args.state == "all" else args.state


def _plain(row: Any, *names: str) -> dict[str, Any]:
    return {"customer_code": row.terminal_code, "customer": row.terminal_name} | {n: getattr(row, n) for n in names}


def _who(row: dict[str, Any]) -> str:
    return f"{row['customer_code']} {row['customer']}"


def _cases(person: Any, terminal: int | None, args: Namespace) -> _Listed:
    found, count, _fen = cases.list_cases(
        person, state=_state(args, cases.OPEN), terminal=terminal, limit=max(1, args.limit)
    )
    names = ("pk", "stage", "overdue_fen", "items", "oldest_due", "opened_on", "closed_on", "owner")
    head = f"{_('阶段'):>4} {_('逾期'):>14} {_('最早到期'):>8}  {_('客户')}"
    return (
        [_plain(row, *names) for row in found], count, head,
        lambda row: f"   ST{row['stage']} {yuan(row['overdue_fen']):>16}   {row['oldest_due']}  {_who(row)}",
    )  # fmt: skip


def _promises(person: Any, terminal: int | None, args: Namespace) -> _Listed:
    found, count, _fen = promises.list_promises(
        person, timezone.localdate(), state=_state(args, promises.OPEN), terminal=terminal, limit=max(1, args.limit)
    )
    names = ("pk", "fen", "paid_fen", "made_on", "next_on", "due_on", "promiser", "state", "moved")
    head = f"{_('下一期'):>7} {_('承诺'):>15} {_('已付'):>14} {_('状态')}  {_('客户')}"
    return (
        [_plain(row, *names) for row in found], count, head,
        lambda row: f"{row['next_on']} {yuan(row['fen']):>16} {yuan(row['paid_fen']):>16} {_(PROMISE_STATES[row['state']])}  {_who(row)}",
    )  # fmt: skip


def _disputes(person: Any, terminal: int | None, args: Namespace) -> _Listed:
    found, count, _fen = disputes.list_disputes(
        person, timezone.localdate(), state=_state(args, disputes.OPEN), terminal=terminal, limit=max(1, args.limit)
    )
    names = ("pk", "number", "reason", "fen", "paused_fen", "words", "raised_on", "answer_by", "state")
    head = f"{_('答复期'):>7} {_('争议'):>15} {_('原因')} {_('状态')}  {_('客户')}"
    return (
        [_plain(row, *names) for row in found], count, head,
        lambda row: (
            f"{row['answer_by'] or '–'!s:<10} {yuan(row['fen']):>16} {row['reason']} {_(DISPUTE_STATES[row['state']])}  "
            f"{_who(row)} {row['number']}"
        ),
    )  # fmt: skip


def _clocks(person: Any, terminal: int | None, args: Namespace) -> _Listed:
    found = clocks.running_out(person, timezone.localdate(), terminal=terminal, within_days=max(0, args.within))
    shown = found[: max(1, args.limit)]
    who = terminals.named({one.item.terminal_id for one in shown})
    rows = [
        {
            "customer_code": who[one.item.terminal_id][0], "customer": who[one.item.terminal_id][1],
            "number": one.item.number, "open_fen": one.item.open_fen, "due_date": one.item.due_date,
            "last_day": one.last_day, "days_left": one.days_left, "hoped_day": one.hoped_day, "stopped": one.stopped,
            "set_by": one.set_by.kind if one.set_by else "",
        }
        for one in shown
    ]  # fmt: skip
    head = f"{_('届满日'):>7} {_('剩余天数'):>4} {_('未付'):>14}  {_('客户')}"
    return (
        rows, len(found), head,
        lambda row: (
            f"{row['last_day'] or '–'!s:<10} {'–' if row['days_left'] is None else row['days_left']:>8} "
            f"{yuan(row['open_fen']):>16}  {_who(row)} {row['number']}"
        ),
    )  # fmt: skip


_LISTS: dict[str, Callable[[Any, int | None, Namespace], _Listed]] = {
    "cases": _cases,
    "promises": _promises,
    "disputes": _disputes,
    "clocks": _clocks,
}
