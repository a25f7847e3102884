"""What a letter says on paper: its text filled in, amounts as texts, nothing left to compute for whoever prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from kewei.collecting.models import Letter
from kewei.collecting.queries import letters
from kewei.collecting.rules.letters import KINDS, Kind, Line
from kewei.collecting.rules.wordings import SHIPPED, Wording, paragraphs
from kewei.kernel.ids import digest
from kewei.kernel.money import yuan, yuan_in_words
from kewei.people import queries as people
from kewei.receivables import queries as receivables

# The most contract numbers named in a sentence; the table has them all by invoice.
FEW = 5


def paper_of(letter: Letter) -> dict[str, Any]:
    """The paper of a letter: as it was sealed, or as it would be now."""
    if letter.paper is not None:
        return letter.paper
    return build(
        kind=KINDS[letter.kind], lines=letters.lines_of_letter(letter.pk),
        wording=letters.wording(letter.kind, letter.wording), terminal=letter.terminal, given=letter.given,
        number=letter.number, day=letter.day, pay_by=letter.pay_by, rate_bp=letter.rate_bp, stamped_at=letter.stamped_at,
    )  # fmt: skip


def build(
    *, kind: Kind, lines: Sequence[Line], wording: Wording, terminal: Any, given: Mapping[str, Any], number: str,
    day: date, pay_by: date, rate_bp: int, stamped_at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Everything a letter of these lines shows, as texts, with the digest `mark` of it."""
    company = people.company()
    contracts = list(dict.fromkeys(receivables.contracts([line.item_id for line in lines]).values()))
    contract = "、".join(contracts[:FEW]) + (f" 等 {len(contracts)} 份" if len(contracts) > FEW else "")
    total_fen, interest_fen = sum(line.fen for line in lines), sum(line.interest_fen for line in lines)
    disputed_fen = sum(line.disputed_fen for line in lines)
    guarantor = str(given.get("counterpart", ""))
    account = "　".join(part for part in (company.name, company.bank, company.account) if part)
    stamped = localtime(stamped_at)
    values = {
        "客户": terminal.name,
        "公司": company.name,
        "合同": contract or "见发票",
        "总额": yuan(total_fen),
        "总额大写": yuan_in_words(total_fen),
        "笔数": str(len(lines)),
        "付款期限": _day(pay_by),
        "截止日": _day(stamped.date()),
        "最早到期": _day(min((line.due_date for line in lines), default=day)),
        "最长逾期": str(max((line.overdue_days for line in lines), default=0)),
        "账户": account,
        "电话": company.phone,
        "保证人": guarantor,
        "保证期间": str(given.get("counterpart_until", "")) or "约定或法定期限",
        "资产": str(given.get("asset", "")),
        "抵偿金额": yuan(int(given["asset_fen"])) if given.get("asset_fen") else "",
        "附注": str(given.get("note", "")),
        "争议额": yuan(disputed_fen) if disputed_fen else "",
        "利息句": interest_sentence(interest_fen, rate_bp, stamped.date()),
    }
    plan = [(date.fromisoformat(on), int(fen)) for on, fen in given.get("plan", [])]
    paper: dict[str, Any] = {
        "kind": kind.code,
        "title": wording.title,
        "number": number,
        "company": asdict(company) | {"set_at": ""},
        "to": guarantor if kind.to_guarantor else terminal.name,
        "customer": terminal.name,
        "code": terminal.code,
        "credit_code": terminal.credit_code or "",
        "address": "" if kind.to_guarantor else terminal.address,
        "paragraphs": paragraphs(wording, values),
        "lines": [
            [
                line.number, line.on.isoformat(), line.due_date.isoformat(), str(line.overdue_days or ""),
                yuan(line.open_fen), yuan(line.fen), yuan(line.interest_fen) if line.interest_fen else "",
            ]
            for line in lines
        ],
        "disputed": yuan(disputed_fen) if disputed_fen else "",
        "total": yuan(total_fen),
        "words": yuan_in_words(total_fen),
        "interest": yuan(interest_fen) if interest_fen else "",
        "plan": [[str(place), _day(on), yuan(fen)] for place, (on, fen) in enumerate(plan, start=1)],
        "pay_by": _day(pay_by),
        "day": _day(day),
        "stamped_at": stamped.strftime("%Y-%m-%d %H:%M"),
        "signs": SIGNS.get(kind.code, "us"),
    }  # fmt: skip
    paper["mark"] = digest(paper)[:16]
    return paper


# Who signs a paper: we, the customer, or both.
SIGNS = {"promise": "them", "instalments": "both", "reconfirm": "both", "offset": "both", "lawyer": "lawyer"}


def interest_sentence(interest_fen: int, rate_bp: int, day: date) -> str:
    """What the contract's rate comes to until a day, with the sum; or that interest follows the law."""
    if not rate_bp:
        return "逾期付款损失依法律规定自到期次日起计算至付清之日止，债权人保留请求的权利。"
    return (
        f"按合同约定每日万分之{rate_bp}计算（各笔本金 × 逾期天数 × {rate_bp}/10000，逐笔去尾至分），截至{_day(day)}"
        f"逾期付款违约金为人民币{yuan(interest_fen)}元，此后继续计算至付清之日止。"
    )


def sample(kind: str, wording: Wording, day: date, now: datetime) -> dict[str, Any]:
    """A paper of a text with invented figures, to see it before it is kept."""
    lines = [
        Line(0, "26420000001234567890", date(day.year, 1, 5), date(day.year, 3, 6), 1_860_000, 0, 1_860_000, 60, 55_800),
        Line(0, "26420000001234567907", date(day.year, 1, 19), date(day.year, 3, 20), 942_050, 100_000, 842_050, 46, 19_367),
    ]  # fmt: skip

    class Terminal:
        name, code, credit_code, address = "示例大药房有限公司", "T0000", "", "示例市示例路 1 号"

    given = {
        "counterpart": "示例担保有限公司", "counterpart_until": f"{day.year}-12-31", "asset": "示例：压片机 1 台",
        "asset_fen": 2_000_000, "plan": [[f"{day.year}-11-30", 1_351_025], [f"{day.year}-12-31", 1_351_025]],
    }  # fmt: skip
    chosen = KINDS[kind]
    return build(
        kind=chosen, lines=lines, wording=wording, terminal=Terminal,
        given={name: value for name, value in given.items() if name.split("_until")[0] in chosen.needs},
        number=f"催字〔{day.year}〕000000号", day=day, pay_by=day, rate_bp=5, stamped_at=now,
    )  # fmt: skip


def shipped(kind: str) -> Wording:
    """The text that comes with the program."""
    return SHIPPED[kind]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
