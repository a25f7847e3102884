"""Making the files people upload, the good ones with XlsxWriter, the bad ones by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

HEADINGS = ["发票号", "客户编码", "开票日", "价税合计"]


def workbook(fill: Callable[[xlsxwriter.Workbook], None], **options: Any) -> bytes:
    """An .xlsx filled by a function."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, **options})
    fill(book)
    book.close()
    return content.getvalue()


def xlsx(rows: Sequence[Sequence[Any]], **options: Any) -> bytes:
    """An .xlsx of one sheet with these rows; None leaves a cell out."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("发票")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(r, c, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(r, c, value, day)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)

    return workbook(fill, **options)


def sheet_xml(data: str, after: str = "", prolog: str = "") -> str:
    """The XML of a sheet around its rows."""
    return f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData>{after}</worksheet>'


def text_row(number: int, *cells: str) -> str:
    """A row of inline strings from column A."""
    inside = "".join(
        f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for i, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inside}</row>'


def raw_xlsx(
    sheet: str | bytes,
    *,
    more: dict[str, str | bytes] | None = None,
    leave_out: Sequence[str] = (),
    workbook_xml: str | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """An .xlsx written part by part, so that any part can be wrong."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": workbook_xml
        or f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="发票" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        f'Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for path, text in parts.items():
            if path not in leave_out:
                archive.writestr(path, text)
    return content.getvalue()


def csv(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """Lines as a text file."""
    return (end.join(lines) + end).encode(encoding)
