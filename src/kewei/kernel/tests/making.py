"""Making the files people upload, the good ones with XlsxWriter, the bad ones by hand."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
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


# --- .xls by hand: records after [MS-XLS] in a container after [MS-CFB] --------------------------

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, data: bytes = b"") -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(data)) + data


def wide(text: str) -> bytes:
    """A text as BIFF8 holds it: length, sixteen-bit mark, characters."""
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def old_cells(rows: Sequence[Sequence[Any]]) -> bytes:
    """Cell records: texts as labels, numbers, truth values; a day uses cell format 1."""
    cells = b""
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                cells += record(0x204, struct.pack("<HHH", r, c, 0) + wide(value))
            elif isinstance(value, bool):
                cells += record(0x205, struct.pack("<HHHBB", r, c, 0, value, 0))
            elif isinstance(value, date):
                cells += record(0x203, struct.pack("<HHHd", r, c, 1, (value - date(1899, 12, 30)).days))
            elif value is not None:
                cells += record(0x203, struct.pack("<HHHd", r, c, 0, value))
    return cells


def old_stream(sheets: dict[str, bytes], *, extra: bytes = b"", hidden: Sequence[str] = ()) -> bytes:
    """A workbook stream: `extra` records among the globals, then each sheet's records."""
    formats = record(0xE0, bytes(20)) + record(0xE0, struct.pack("<HH", 0, 14) + bytes(16))
    begin, end = record(0x809, struct.pack("<HHHHLL", 0x600, 5, 0, 1997, 0, 0)), record(0x0A)
    names = {
        name: struct.pack("<BBB", int(name in hidden), 0, len(name)) + b"\1" + name.encode("utf-16-le")
        for name in sheets
    }
    at = len(begin) + len(extra) + len(formats) + sum(8 + len(rest) for rest in names.values()) + len(end)
    table, bodies = b"", b""
    for name, cells in sheets.items():
        body = record(0x809, struct.pack("<HHHHLL", 0x600, 0x10, 0, 1997, 0, 0)) + cells + end
        table += record(0x85, struct.pack("<L", at + len(bodies)) + names[name])
        bodies += body
    return begin + extra + formats + table + end + bodies


def container(stream: bytes, name: str = "Workbook") -> bytes:
    """A container of 512-byte sectors; a stream under 4,096 bytes goes to the mini stream, as the format asks."""
    sectors: list[bytes] = []
    table: list[int] = []

    def add(content: bytes) -> int:
        first = len(sectors)
        count = -(-len(content) // 512)
        sectors.extend(content[i * 512 : i * 512 + 512].ljust(512, b"\0") for i in range(count))
        table.extend([*range(first + 1, first + count), END])
        return first

    def entry(words: str, kind: int, child: int, start: int, size: int) -> bytes:
        coded = (words + "\0").encode("utf-16-le")
        return struct.pack("<64sHBBLLL36xLQ", coded, len(coded), kind, 1, FREE, FREE, child, start, size)

    mini_table, minis, root = END, 0, (END, 0)
    if len(stream) < 4096:
        minis = -(-len(stream) // 64)
        root = add(stream.ljust(minis * 64, b"\0")), minis * 64
        mini_table = add(struct.pack(f"<{minis}L", *range(1, minis), END).ljust(512, b"\xff"))
        start = 0
    else:
        start = add(stream)
    directory = add(entry("Root Entry", 5, 1, *root) + entry(name, 2, FREE, start, len(stream)) + bytes(256))
    tables = next(n for n in range(1, 200) if n * 128 >= len(sectors) + n)
    numbers = [len(sectors) + i for i in range(tables)]
    table += [TABLE] * tables
    table += [FREE] * (tables * 128 - len(table))
    allocation = struct.pack(f"<{len(table)}L", *table)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16x5H6x3L4x5L", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, directory, 4096, mini_table, int(minis > 0), END, 0
    )
    listed = struct.pack("<109L", *numbers, *[FREE] * (109 - tables))
    return header + listed + b"".join(sectors) + allocation


def xls(rows: Sequence[Sequence[Any]], more: bytes = b"", **options: Any) -> bytes:
    """An .xls of one sheet with these rows, and `more` records in the sheet."""
    return container(old_stream({"发票": old_cells(rows) + more}, **options))


def python(program: str, *arguments: str, **variables: str) -> str:
    """What a program prints, run in a Python of its own that finds the house; fails as the program fails."""
    source = Path(__file__).resolve().parents[3]
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONUTF8": "1", **variables},
    ).stdout
