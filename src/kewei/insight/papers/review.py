"""月度回顾 as PDF and Excel: the same tables in both, texts and amounts as the page says them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from kewei.insight.queries.review import Review
from kewei.insight.rules.tree import NAMES, PARTS
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_
from kewei.kernel.typesetting import compiled
from kewei.people import queries as people
from kewei.sales.rules.habits import WORDS
from kewei.sales.rules.losses import REASONS

TEMPLATE = Path(__file__).resolve().parent / "review.typ"
Say = Callable[[str], str]


class Fen(int):
    """An amount in whole fen: printed as yuan, written into a cell as a number."""


def tables(found: Review, say: Say) -> list[tuple[str, list[str], list[list[Any]]]]:
    """(title, heads, rows) of every table of a review."""
    before, year = found.against_before.tree, found.against_year.tree
    in_year = {one.part: one for one in year.branches}
    moved: list[list[Any]] = [
        [say(NAMES[one.part]), one.terminals, Fen(one.fen), in_year[one.part].terminals, Fen(in_year[one.part].fen)]
        for one in before.branches
    ]
    moved += [
        [say(N_("变化")), "", Fen(before.change_fen), "", Fen(year.change_fen)],
        [say(N_("前期")), "", Fen(before.before_fen), "", Fen(year.before_fen)],
        [say(N_("本期")), "", Fen(before.now_fen), "", Fen(year.now_fen)],
    ]
    return [
        (
            say(N_("变化来自哪里")),
            [
                say(N_("来源")), say(N_("客户数（上月）")), say(N_("对比上月")), say(N_("客户数（去年）")),
                say(N_("对比去年同月")),
            ],
            moved,
        ),
        (
            say(N_("变化最大的客户（对比上月）")),
            [say(N_("来源")), say(N_("客户")), say(N_("负责人")), say(N_("前期")), say(N_("本期")), say(N_("其中"))],
            [
                [say(NAMES[part]), row.name, row.owner, Fen(row.before_fen), Fen(row.now_fen), Fen(row.fen)]
                for part in PARTS
                for row in found.moves[part][:5]
            ],
        ),
        (
            say(N_("各负责人")),
            [
                say(N_("负责人")), say(N_("近十二个月")), say(N_("前十二个月")), say(N_("在买的客户")),
                say(N_("留存率")), say(N_("沉默过久")),
            ],
            [
                [one.name, Fen(one.year_fen), Fen(one.before_fen), one.buying, percent(one.kept_bp), one.lapsed]
                for one in found.owners
            ],
        ),
        (
            say(N_("留存")),
            [say(N_("截至")), say(N_("前十二个月买过")), say(N_("还在买")), say(N_("留存率")), say(N_("重新购买")), say(N_("新客户"))],
            [
                [f"{one.month:%Y-%m}", one.before, one.kept, percent(one.kept_bp), one.back, one.new]
                for one in reversed(found.kept.months)
            ],
        ),
        (
            say(N_("分群")),
            [say(N_("分群")), say(N_("客户数")), say(N_("近十二个月"))],
            [[say(WORDS[one.code]), one.terminals, Fen(one.year_fen)] for one in found.kept.segments],
        ),
        (
            say(N_("沉默过久的客户")),
            [say(N_("客户")), say(N_("负责人")), say(N_("最近一次")), say(N_("自己的间隔（天）")), say(N_("一年买多少")), say(N_("原因"))],
            [
                [
                    row.name, row.owner, row.last_day.isoformat(), row.usual_days or "", Fen(row.worth_fen),
                    say(REASONS[row.reason]) if row.reason else say(N_("还没有问")),
                ]
                for row in found.lapsed
            ],
        ),
        (
            say(N_("为什么流失")),
            [say(N_("原因")), say(N_("客户数")), say(N_("一年买多少"))],
            [
                [say(REASONS[one.reason]) if one.reason else say(N_("还没有问")), one.terminals, Fen(one.fen)]
                for one in found.losses
            ],
        ),
    ]  # fmt: skip


def percent(bp: int | None) -> str:
    """Basis points as a percentage with one decimal; a dash where not known."""
    return "–" if bp is None else f"{bp / 100:.1f} %"


def notes(found: Review, say: Say) -> list[str]:
    """How the figures are made and how old they are, as sentences."""
    said = [
        say(N_("各部分之和等于变化，一分不差；只算我们自己卖出的，每家客户算在现在的负责人名下。")),
        say(N_("留存、分群和沉默的客户按夜里的计算，不是按这个月末。")),
    ]
    if found.age.as_of:
        said.append(say(N_("按 {day} 的销售计算")).format(day=found.age.as_of.isoformat()))
    return said


def review_pdf(found: Review, say: Say) -> bytes:
    """The review as a PDF. Raises NoChineseFont."""
    paper = {
        "company": people.company().name,
        "title": say(N_("月度回顾")),
        "month": f"{found.month:%Y-%m}",
        "notes": notes(found, say),
        "tables": [
            {"title": title, "heads": heads, "rows": [[_printed(cell) for cell in row] for row in rows]}
            for title, heads, rows in tables(found, say)
        ],
        "none": say(N_("没有")),
    }
    return compiled(TEMPLATE, paper)


def _printed(cell: Any) -> str:
    return yuan(cell) if isinstance(cell, Fen) else str(cell)


def review_xlsx(found: Review, say: Say) -> bytes:
    """The review as .xlsx, a sheet for each table; amounts are numbers. Nothing in it is a formula."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        head, money = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "#,##0.00"})
        for number, (title, heads, rows) in enumerate(tables(found, say), start=1):
            sheet = book.add_worksheet(f"{number} {_sheet_name(title)}")
            sheet.set_column(0, len(heads), 18)
            sheet.freeze_panes(1, 0)
            for place, words in enumerate(heads):
                sheet.write_string(0, place, words, head)
            _write(sheet, rows, money)
        last = book.add_worksheet(say(N_("说明"))[:31])
        for line, words in enumerate(notes(found, say)):
            last.write_string(line, 0, words)
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:28]


def _write(sheet: Any, rows: Sequence[Sequence[Any]], money: Any) -> None:
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, Fen):
                sheet.write_number(line, place, Decimal(int(cell)).scaleb(-2), money)
            elif isinstance(cell, int):
                sheet.write_number(line, place, cell)
            elif cell:
                sheet.write_string(line, place, cell)
