from datetime import date, datetime
from io import BytesIO

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from kewei.receivables import papers
from kewei.receivables.rules.allocation import OpenItem
from kewei.receivables.rules.statement import Movement, Statement, build_statement

FIRST, LAST, MADE = date(2026, 10, 1), date(2026, 10, 31), datetime(2026, 11, 2, 9, 30)


@pytest.fixture
def october():
    """An invoice, a part payment and a reversal after an opening balance of 5,000 yuan."""
    movements = [
        Movement("invoice", date(2026, 10, 8), "26322000001000000001", 123_456, date(2026, 12, 7)),
        Movement("receipt", date(2026, 10, 20), "SK20261020", -100_000),
        Movement("reversal", date(2026, 10, 21), "CX1", -123_456, None, "26322000001000000001"),
    ]
    items = [OpenItem(1, "26322000000900000009", date(2026, 10, 1), date(2026, 8, 2), 400_000)]
    return statement(500_000, movements, items)


def statement(opening_fen, movements, items) -> Statement:
    return build_statement(
        first=FIRST, last=LAST, opening_fen=opening_fen, movements=movements, open_items=items, unapplied_fen=0
    )


def paper_of(made: Statement, name: str = "荆门市第一人民医院") -> dict:
    company = papers.Party("楚康医药有限公司", bank="招商银行", account="1279")
    return papers.as_paper(
        made, customer=papers.Party(name, "T0001"), company=company, made_at=MADE, translate=lambda text: text
    )


def test_the_pdf_says_every_amount_in_chinese(october):
    reader = pypdf.PdfReader(BytesIO(papers.statement_pdf(paper_of(october))))
    text = "".join(page.extract_text() for page in reader.pages).replace(" ", "").replace("\n", "")
    for words in ("荆门市第一人民医院", "5,000.00", "1,234.56", "4,000.00", "肆仟元整", "26322000000900000009"):
        assert words in text, words
    assert "请于2026-11-09前支付" in text


def test_the_workbook_adds_up_from_opening_to_closing(october):
    book = papers.statement_xlsx(october, paper_of(october), lambda text: text)
    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert amounts_beside("期初余额", rows)[-1] == 5000
    assert amounts_beside("期末余额", rows)[-1] == 4000


def amounts_beside(words, rows):
    return [cell for cell in next(row for row in rows if words in row) if isinstance(cell, int | float)]


def test_two_copies_bear_one_mark_and_another_customer_another(october):
    assert paper_of(october)["mark"] == paper_of(october)["mark"]
    assert paper_of(october)["mark"] != paper_of(october, "别的客户")["mark"]


def test_without_anything_due_the_paper_makes_no_demand():
    assert paper_of(statement(0, [], []))["request"] == ""
