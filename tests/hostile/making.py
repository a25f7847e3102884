"""Bad files, made fresh each time."""

from __future__ import annotations

import io
import zipfile

import xlsxwriter

from kewei.kernel.tests import making as kernel

HEADINGS = ["发票号", "客户编码", "开票日", "到期日", "价税合计"]
TRADITIONAL = "發票號,客戶編碼,開票日期,到期日期,價稅合計,備註說明"
JAPANESE = "請求書番号,お客様コード,発行年月日,支払期限日,税込合計金額,ご利用の備考"
GERMAN = "Rechnung,Kunde,Ausgestellt,Fällig am,Bruttobetrag für Käufer\nFP1,Müßiggänger Öl,2026-10-08,2027-01-06,100"
ROW = "FP1,T0001,2026-10-08,2027-01-06,100"
EMPTY = 200_000


def text(encoding: str, headings: str = ",".join(HEADINGS)) -> bytes:
    """Invoices in an encoding nobody announced."""
    return f"{headings}\n{ROW}\n".encode(encoding)


def broken_text() -> bytes:
    """Text that lost characters on its way through another programme."""
    return f"{','.join(HEADINGS)},备注\n{ROW},好\n{ROW.replace('1,', '2,', 1)},坏\ufffd\ufffd\n".encode()


def doubled_heading() -> bytes:
    """One heading over two columns."""
    return f"{','.join(HEADINGS)},发票号\n{ROW},FP9\n".encode()


def formulas() -> bytes:
    """Formulas no programme has ever computed."""
    cells = "".join(
        f'<c r="{c}3" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in zip("ABCD", ROW.split(","), strict=False)
    )
    bare = f'<row r="3">{cells}<c r="E3"><f>SUM(A1:A2)</f></c></row>'
    data = kernel.text_row(1, *HEADINGS) + kernel.text_row(2, *ROW.split(",")) + bare
    return kernel.raw_xlsx(kernel.sheet_xml(data))


def merged() -> bytes:
    """One customer code merged over two rows."""

    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADINGS)
        for line, number in enumerate(("FP1", "FP2", "FP3"), 1):
            page.write_row(line, 0, [number, "T0001", "2026-10-08", "2027-01-06", 100])
        page.merge_range(2, 1, 3, 1, "T0001")

    return kernel.workbook(fill)


def bomb(megabytes: int = 400) -> bytes:
    """A sheet that unpacks to far more than it weighs."""
    content = io.BytesIO(kernel.raw_xlsx("x", leave_out=["xl/worksheets/sheet1.xml"]))
    with (
        zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        part.write(f'<worksheet xmlns="{kernel.MAIN}"><sheetData>'.encode())
        for _ in range(megabytes):
            part.write(b" " * (1 << 20))
        part.write(b"</sheetData></worksheet>")
    return content.getvalue()


def empty_rows(last: str = "") -> bytes:
    """Headings over 200,000 rows that hold nothing but a format."""
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="E{n}" s="0"/></row>' for n in range(2, EMPTY + 2))
    return kernel.raw_xlsx(kernel.sheet_xml(kernel.text_row(1, *HEADINGS) + blank + last))


def far_below() -> bytes:
    """A good row, 200,000 empty ones, and one with an amount that is none."""
    lines = [",".join(HEADINGS), ROW, *[",,,,"] * EMPTY, "FP2,T0001,2026-10-08,2027-01-06,一百"]
    return "\n".join(lines).encode()


def sheet_of(content: bytes) -> bytes:
    """The XML of a workbook's first sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def wide_rows() -> bytes:
    """A row of a hundred thousand cells."""
    return f"{','.join(HEADINGS)}\n{ROW}{',x' * 100_000}\n".encode()
