"""A statement as words on paper: amounts as texts, headings in the reader's language, so that no paper computes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from kewei.kernel.calendar import add_working_days
from kewei.kernel.ids import digest
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_
from kewei.receivables.rules.policies import rates_on
from kewei.receivables.rules.rows import KINDS
from kewei.receivables.rules.statement import DECLARATION, REQUEST, SECTIONS, Line, Movement, OpenLine, Statement

HEADINGS: dict[str, str] = {
    "title": N_("对账单"),
    "from": N_("出具单位"),
    "to": N_("客户"),
    "credit_code": N_("统一社会信用代码"),
    "period": N_("对账期间"),
    "until": N_("至"),
    "opening": N_("期初余额"),
    "closing": N_("期末余额"),
    "in_words": N_("大写"),
    "movements": N_("本期明细"),
    "open_items": N_("期末未结清单据"),
    "day": N_("日期"),
    "kind": N_("摘要"),
    "number": N_("单据号"),
    "due": N_("到期日"),
    "increase": N_("增加"),
    "decrease": N_("减少"),
    "balance": N_("余额"),
    "open": N_("未结金额"),
    "overdue_days": N_("逾期天数"),
    "unapplied": N_("未核销款项"),
    "due_total": N_("已到期款项"),
    "overdue_total": N_("其中逾期"),
    "total": N_("合计"),
    "bank": N_("开户行"),
    "account": N_("账号"),
    "phone": N_("电话"),
    "address": N_("地址"),
    "answer": N_("客户回签"),
    "agrees": N_("以上余额相符"),
    "differs": N_("不符，差额及原因："),
    "handler": N_("经办人"),
    "job": N_("职务"),
    "seal": N_("公章或财务章"),
    "on": N_("日期"),
    "made": N_("出具时间"),
    "mark": N_("校验码"),
    "none": N_("本期没有发生额。"),
    "nothing_open": N_("期末没有未结清的单据。"),
    "reversal_of": N_("冲销 {number}"),
    "page": N_("页"),
    "unit": N_("金额单位：人民币元"),
}


@dataclass(frozen=True)
class Party:
    """Who issues or receives a paper; texts may be empty."""

    name: str
    code: str = ""
    credit_code: str = ""
    address: str = ""
    bank: str = ""
    account: str = ""
    phone: str = ""


def as_paper(
    statement: Statement, *, customer: Party, company: Party, made_at: datetime, translate: Callable[[str], str]
) -> dict[str, Any]:
    """Everything the paper shows, as texts; `mark` is a digest of it, so that two copies can be compared.

    `made_at` is local; the day to pay by is counted from it in working days.
    """
    words = {name: translate(text) for name, text in HEADINGS.items()}
    pay_by = add_working_days(made_at.date(), rates_on(made_at.date()).pay_within_working_days)
    paper: dict[str, Any] = {
        "words": words,
        "company": asdict(company),
        "customer": asdict(customer),
        "first": statement.first.isoformat(),
        "last": statement.last.isoformat(),
        "made_at": made_at.strftime("%Y-%m-%d %H:%M"),
        "opening": yuan(statement.opening_fen),
        "closing": yuan(statement.closing_fen),
        "closing_in_words": statement.closing_in_words,
        "sections": [[translate(SECTIONS[name]), yuan(fen)] for name, fen in statement.section_fen.items() if fen],
        "lines": [_line(line, words, translate) for line in statement.lines],
        "open_lines": [_open_line(line) for line in statement.open_lines],
        "open_total": yuan(sum(line.item.open_fen for line in statement.open_lines)),
        "unapplied": yuan(statement.unapplied_fen) if statement.unapplied_fen else "",
        "due": yuan(statement.due_fen),
        "overdue": yuan(statement.overdue_fen) if statement.overdue_fen else "",
        "declaration": translate(DECLARATION),
        "request": translate(REQUEST).format(pay_by=pay_by.isoformat(), due_fen=yuan(statement.due_fen))
        if statement.due_fen > 0
        else "",
    }
    paper["mark"] = digest({name: value for name, value in paper.items() if name != "words"})[:16]
    return paper


def _line(line: Line, words: dict[str, str], translate: Callable[[str], str]) -> list[str]:
    moved = line.movement
    return [
        moved.on.isoformat(),
        what_moved(moved, words, translate),
        moved.number,
        _day(moved.due_date),
        yuan(moved.fen) if moved.fen > 0 else "",
        yuan(-moved.fen) if moved.fen < 0 else "",
        yuan(line.balance_fen),
    ]


def what_moved(moved: Movement, words: dict[str, str], translate: Callable[[str], str]) -> str:
    """What a movement is called on paper: its kind, or the document it reverses."""
    if moved.reverses:
        return words["reversal_of"].format(number=moved.reverses)
    return translate(KINDS.get(moved.section, SECTIONS[moved.section]))


def _open_line(line: OpenLine) -> list[str]:
    item = line.item
    return [
        item.number,
        item.on.isoformat(),
        item.due_date.isoformat(),
        str(line.overdue_days or ""),
        yuan(item.open_fen),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
