"""Commands of receivables: ageing, open-items, statement, kpis."""

import json
import sys
import unicodedata
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_, BadValue
from kewei.people.cli import asking, day_typed
from kewei.receivables import queries, rules, shapes
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

SEE = "receivables.see"
ITEMS_AT_ONCE = 5_000


# --- ageing --------------------------------------------------------------------------------------------------------


def arguments_ageing(parser: ArgumentParser) -> None:
    """kewei ageing --as-of D [--by …] [--axis …] [--json]"""
    _common(parser)
    parser.add_argument("--by", default="customer", choices=["customer", *queries.BY], help="group by  分组")
    parser.add_argument(
        "--axis", default="overdue", choices=list(queries.AXES), help="days past due, or age of the invoice  账龄口径"
    )
    parser.add_argument("--order", default="-balance", help="balance, overdue, label, …; a minus for the other way")


def ageing(args: Namespace) -> int:
    """The ageing table; exit 1 where it does not agree with the control total."""
    person, as_of = asking(args, SEE), day_typed(args.as_of)
    table = queries.ageing(person, as_of, args.by, args.axis, args.order)
    agrees = table.totals.balance_fen == table.control_fen
    if args.json:
        rows = (shapes.ageing_row(_named(row, args.by), table.buckets) for row in table.rows)
        _print_json(shapes.ageing_head(table, _), "rows", rows)
        return 0 if agrees else 1
    names = [_(name) for name in table.buckets.names]
    heads = [_("编码"), _(_GROUPS[args.by]), _("余额"), *names, _("未核销款与红字"), _("最早到期"), _("距时效届满")]
    lines = [_line(_named(row, args.by)) for row in [*table.rows, table.totals]]
    lines[-1][1] = _("合计")
    _print_table(heads, lines, left=2)
    control = _("全部单据合计 {amount}").format(amount=yuan(table.control_fen))
    print(f"\n{as_of.isoformat()}  {control}  {'✓ ' + _('相符') if agrees else '✗ ' + _('不符')}")
    return 0 if agrees else 1


def _line(row: rules.AgeingRow) -> list[str]:
    return [
        row.code, row.label, yuan(row.balance_fen), *(yuan(fen) if fen else "" for fen in row.bucket_fen),
        yuan(row.credit_fen) if row.credit_fen else "", shapes.day(row.oldest_due) or "",
        "" if row.days_left is None else str(row.days_left),
    ]  # fmt: skip


def _named(row: rules.AgeingRow, by: str) -> rules.AgeingRow:
    """The row with its group's name in the reader's language."""
    words = terminal_rules.KINDS.get(row.label) if by == "kind" else None
    return replace(row, label=_(words)) if words else row


_GROUPS = {
    "customer": N_("客户"),
    "owner": N_("业务员"),
    "territory": N_("销售区域"),
    "region": N_("地区"),
    "kind": N_("客户类型"),
}


# --- open items ----------------------------------------------------------------------------------------------------


def arguments_open_items(parser: ArgumentParser) -> None:
    """kewei open-items [--as-of D] [--customer C] [--overdue] [--json]"""
    _common(parser)
    parser.add_argument("--customer", default="", metavar="CODE", help="code or exact name  客户编码或全名")
    parser.add_argument("--overdue", action="store_true", help="only what is past due  仅逾期")
    parser.add_argument("--bucket", choices=rules.PAST_DUE.codes, help="only this bucket of days past due")


def open_items(args: Namespace) -> int:
    """Everything that is owed, what fell due first in front."""
    person, as_of = asking(args, SEE), day_typed(args.as_of)
    terminal = terminals.terminal_named(person, args.customer).pk if args.customer else None
    rows = queries.every_open_item(
        person, as_of, terminal=terminal, bucket=args.bucket, overdue=args.overdue or None
    )  # fmt: skip
    if args.json:
        _print_json({"as_of": as_of.isoformat()}, "items", (shapes.item(row) for row in rows))
        return 0
    heads = [_("客户编码"), _("客户"), _("单据号"), _("开票日"), _("到期日"), _("逾期天数"), _("原额"), _("余额")]
    total_fen = 0

    def lines() -> Iterator[list[str]]:
        nonlocal total_fen
        for row in rows:
            total_fen += row.open_fen
            yield [
                row.terminal_code, row.terminal_name, row.number, row.on.isoformat(), shapes.day(row.due_date) or "",
                str(row.overdue_days or ""), yuan(row.total_fen), yuan(row.open_fen),
            ]  # fmt: skip

    _print_table(heads, lines(), left=5)
    print(_("合计 {amount}").format(amount=yuan(total_fen)))
    return 0


# --- statement -----------------------------------------------------------------------------------------------------


def arguments_statement(parser: ArgumentParser) -> None:
    """kewei statement CUSTOMER --from D --to D --out F.pdf|F.xlsx"""
    parser.add_argument("customer", help="code or exact name  客户编码或全名")
    parser.add_argument("--from", dest="first", required=True, metavar="DAY", help="first day  起")
    parser.add_argument("--to", dest="last", required=True, metavar="DAY", help="last day  止")
    parser.add_argument("--out", default="", metavar="FILE", help="write F.pdf or F.xlsx; none: print  写到文件")
    _acting(parser)


def statement(args: Namespace) -> int:
    """A customer's statement as a file, or printed."""
    person = asking(args, "receivables.statement")
    terminal = terminals.terminal_named(person, args.customer)
    first, last = day_typed(args.first), day_typed(args.last)
    if args.out:
        kind = Path(args.out).suffix.lower().removeprefix(".")
        if kind not in ("pdf", "xlsx"):
            raise BadValue(field=N_("文件名"), value=args.out, reason=N_("应以 .pdf 或 .xlsx 结尾"))
        from kewei.receivables.web.files import statement_file

        content, _name = statement_file(person, terminal, first, last, kind)
        Path(args.out).write_bytes(content)
        made = {"file": args.out, "customer_code": terminal.code, "bytes": len(content)}
        print(json.dumps(made, ensure_ascii=False) if args.json else _("已写到 {file}").format(file=args.out))
        return 0
    made_out = queries.statement(person, terminal, first, last)
    if args.json:
        print(json.dumps({"customer_code": terminal.code} | shapes.statement(made_out), ensure_ascii=False))
        return 0
    heads = [_("日期"), _("摘要"), _("单据号"), _("增加"), _("减少"), _("余额")]
    opening = [first.isoformat(), _("期初余额"), "", "", "", yuan(made_out.opening_fen)]
    closing = [last.isoformat(), _("期末余额"), "", "", "", yuan(made_out.closing_fen)]
    _print_table(heads, [opening, *(_movement(line) for line in made_out.lines), closing], left=3)
    print(f"\n{terminal.code} {terminal.name}  {made_out.closing_in_words}")
    return 0


def _movement(line: Any) -> list[str]:
    moved = line.movement
    return [
        moved.on.isoformat(), _(rules.KINDS.get(moved.section, moved.section)), moved.number,
        yuan(moved.fen) if moved.fen > 0 else "", yuan(-moved.fen) if moved.fen < 0 else "", yuan(line.balance_fen),
    ]  # fmt: skip


# --- figures -------------------------------------------------------------------------------------------------------


def arguments_kpis(parser: ArgumentParser) -> None:
    """kewei kpis [--as-of D] [--months N] [--json]"""
    _common(parser)
    parser.add_argument("--months", type=int, default=3, choices=range(1, 25), metavar="N", help="months of the period")


def kpis(args: Namespace) -> int:
    """Every figure of receivables with the numbers it was made of."""
    person, as_of = asking(args, SEE), day_typed(args.as_of)
    found = queries.kpis(person, as_of, args.months)
    if args.json:
        figures = [shapes.kpi(figure, _) for figure in found]
        told = {"as_of": as_of.isoformat(), "months": args.months, "figures": figures}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    _print_table(
        [_("指标"), _("数值"), _("单位"), _("公式")],
        [[_(f.definition.name), *_value(f), _(f.definition.formula)] for f in found],
        left=1, left_from=2,
    )  # fmt: skip
    return 0


def _value(figure: rules.KpiFigure) -> list[str]:
    unit = figure.definition.unit
    value = shapes.rounded(unit, figure.value)
    if value is None:
        return ["–", ""]
    if unit == "fen":
        return [yuan(value), _("元")]
    sign, whole = ("-" if value < 0 else ""), abs(value)
    if unit == "days":
        return [f"{sign}{whole // 10}.{whole % 10}", _("天")]
    return [f"{sign}{whole // 100}.{whole % 100:02}", "%"]


# --- helpers -------------------------------------------------------------------------------------------------------


def _common(parser: ArgumentParser) -> None:
    parser.add_argument("--as-of", dest="as_of", default="", metavar="DAY", help="end of this day; none: today  截至")
    _acting(parser)


def _acting(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--as", dest="as_login", default="", metavar="LOGIN",
        help="act as this person; else KEWEI_USER; else the first director  以谁的名义",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="answer as JSON, money in whole fen")


def _print_json(head: dict[str, Any], name: str, rows: Iterable[Any]) -> None:
    """One object whose last member is a long list, written as it comes: two million items fit into no memory."""
    out = sys.stdout
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + f', "{name}": [')
    for place, row in enumerate(rows):
        out.write((",\n " if place else "\n ") + json.dumps(row, ensure_ascii=False))
    out.write("\n]}\n")


def _print_table(
    heads: Sequence[str], lines: Iterable[Sequence[str]], *, left: int, left_from: int | None = None
) -> None:
    """Columns aligned as a terminal shows them, where a Han character is two wide; the first `left` to the left.

    Widths are those of the first lines; a wider cell further down moves only its own line.
    """
    lines = iter(lines)
    first = [list(line) for _place, line in zip(range(ITEMS_AT_ONCE), lines, strict=False)]
    widths = [max(_width(line[n]) for line in [heads, *first]) for n in range(len(heads))]
    to_left = [n < left or (left_from is not None and n >= left_from) for n in range(len(heads))]

    def show(line: Sequence[str]) -> str:
        padded = (
            text + " " * (width - _width(text)) if at_left else " " * (width - _width(text)) + text
            for text, width, at_left in zip(line, widths, to_left, strict=True)
        )
        return "  ".join(padded).rstrip()

    print(show(heads))
    print("  ".join("─" * width for width in widths))
    for line in chain(first, lines):
        print(show(line))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
