"""Commands of collecting: collect, worklist."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser, Namespace

from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.collecting import actions
from kewei.collecting.queries import worklist as ranked
from kewei.collecting.web.worklist import why_words
from kewei.kernel.money import yuan
from kewei.people import queries as people
from kewei.people.cli import bar, day_typed


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
