"""Files that are not what they seem: a clear refusal with row and column, little time, little memory."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import time
import zipfile

import pytest

from kewei.kernel.sheets import BadSheet, Limits, read_sheet
from kewei.kernel.sheets import stumbles as s
from kewei.kernel.tests.making import HEADINGS, container, csv, python, raw_xlsx, sheet_xml, text_row, workbook, xlsx

GOOD = text_row(1, "编码", "金额") + text_row(2, "C1", "5")


def refusal_of(content: bytes, filename: str = "x.xlsx", **options) -> BadSheet:
    with pytest.raises(BadSheet) as refused:
        read_sheet(content, filename, **options)
    assert refused.value.sentence()
    assert refused.value.numbers is not None
    return refused.value


# --- not a sheet at all --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n%...", "PDF 文件"),
        (b"MZ\x90\x00\x03" + bytes(60), "可执行程序"),
        (b"\x7fELF\x02\x01", "可执行程序"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\xff\xd8\xff\xe0", "图片"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"\x1f\x8b\x08\x00", "压缩包"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "改了扩展名的网页"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html>", "改了扩展名的网页"),
        (b"  <table border=1><tr><td>a", "改了扩展名的网页"),
        ("<html>".encode("utf-16"), "改了扩展名的网页"),
        (b'<?xml version="1.0"?><html xmlns="x"><table>', "改了扩展名的网页"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "XML 文件"),
        (b'{"a": 1}', "JSON 文件"),
        (b"a,b\n\x01\x02\x03,\x05\n", "无法识别的二进制文件"),
    ],
)
def test_other_files_under_a_spreadsheets_name(content, found):
    refused = refusal_of(content, "发票.xls")
    assert isinstance(refused, s.NotASheet)
    assert refused.found == found
    assert "发票.xls" in refused.sentence()


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"readme.txt": "x"}, "压缩包"),
        ({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}, "文档或幻灯片"),
        ({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}, "不支持的表格格式（.ods 或 .xlsb）"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "不支持的表格格式（.ods 或 .xlsb）"),
    ],
)
def test_other_things_that_come_in_archives(parts, found):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
    assert refusal_of(content.getvalue()).found == found


def test_an_encrypted_workbook_asks_for_one_without_password():
    assert isinstance(refusal_of(container(bytes(5000), "EncryptedPackage")), s.SheetEncrypted)


def test_an_archive_with_a_password():
    content = bytearray(raw_xlsx(sheet_xml(GOOD), compression=zipfile.ZIP_STORED))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    assert isinstance(refusal_of(bytes(content)), s.SheetEncrypted)


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b",,,\n,,,\n", b"a,b,c\n", b"a,b\n,\n \n"])
def test_nothing_in_it(content):
    assert isinstance(refusal_of(content, "x.csv"), s.NoRows)


@pytest.mark.parametrize("rows", [[], [["编码", "金额"]], [["编码"], [" "], ["\u3000"]]])
def test_a_workbook_with_nothing_in_it(rows):
    assert isinstance(refusal_of(xlsx(rows)), s.NoRows)


def test_a_file_beyond_the_limit_is_not_even_opened():
    refused = refusal_of(b"a,b\n" * 1_000_000, limits=Limits(max_bytes=1 << 20))
    assert isinstance(refused, s.FileTooLarge)
    assert refused.numbers == {"size_mb": 4, "limit_mb": 1}


# --- encodings -----------------------------------------------------------------------------------

LINES = ["customer_code,name"] + [f"C{i:04d},a" for i in range(200)]


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("big5", "C9999,臺北榮民總醫院藥局，統一編號"),
        ("shift_jis", "C9999,東京都立病院ひらがなカタカナ薬局"),
        ("latin-1", "C9999,Müller Straße Crédit été à Zürich Apothéke ñandú"),
        ("utf-16-le", "C9999,杭州医院"),
        ("utf-16-be", "C9999,杭州医院"),
        ("utf-32", "C9999,杭州医院"),
        ("utf-32-be", "C9999,杭州医院"),
        ("mac_roman", "C9999,Müller Straße Crédit"),
        ("cp1251", "C9999,Городская больница номер один"),
        ("koi8-r", "C9999,Городская больница номер один"),
    ],
)
def test_wrong_encodings_are_refused_with_the_line(encoding, line):
    refused = refusal_of(csv(*LINES, line, encoding=encoding), "x.csv")
    assert isinstance(refused, s.WrongEncoding)
    assert refused.row == (1 if encoding.startswith("utf") else 202)


def test_one_foreign_line_in_a_utf_8_file_is_named():
    content = csv(*LINES[:100], "C1,杭州市第一人民医院") + "C2,杭州市第二人民医院\r\n".encode("gb18030") + csv("C3,x")
    refused = refusal_of(content, "x.csv")
    assert isinstance(refused, s.WrongEncoding)
    assert refused.row == 102


def test_a_foreign_line_deep_in_a_large_file_is_named():
    content = csv(*(f"C{i:07d},杭州市第一人民医院" for i in range(100_000)))
    content += b"C9,\xff\xff\xff\n"
    assert refusal_of(content, "x.csv").row == 100_001


def test_a_mark_that_lies():
    assert isinstance(refusal_of(b"\xef\xbb\xbf" + csv("编码,名称", "C1,医院", encoding="gb18030")), s.WrongEncoding)
    assert isinstance(refusal_of(b"\xff\xfe" + csv("a,b", "C1,x") + b"z"), BadSheet)


def test_text_that_was_broken_before_it_came_here():
    refused = refusal_of(csv("编码,名称", "C1,医院", "C2,���医院"), "x.csv")
    assert isinstance(refused, s.BrokenText)
    assert refused.row == 3


def test_bytes_no_text_has_in_the_middle_of_a_large_file():
    content = csv(*LINES) * 50 + b"C1,\x00\x00\n"
    assert isinstance(refusal_of(content, "x.csv"), s.WrongEncoding)


@pytest.mark.parametrize("broken", ['C1,"a', 'C1,"a"b'])
def test_quotes_that_do_not_match(broken):
    refused = refusal_of(csv("编码,名称", "C0,x", broken, "C2,b"), "x.csv")
    assert isinstance(refused, s.BrokenQuotes)
    assert refused.row == 3


def test_an_unclosed_quote_in_a_large_file_costs_little():
    content = csv("编码,名称", 'C0,"x', *(f"C{i},abc" for i in range(200_000)))
    assert refusal_of(content, "x.csv").row == 2


# --- headings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda rows: xlsx(rows), lambda rows: csv(*(",".join(row) for row in rows))])
def test_duplicated_headings(make):
    refused = refusal_of(make([["编码", "金额", " 编码 "], ["C1", "5", "x"]]))
    assert isinstance(refused, s.DuplicateHeading)
    assert refused.numbers == {"row": 1, "column": "C", "heading": "编码", "other_column": "A"}
    assert isinstance(refusal_of(make([["Code", "ＣＯＤＥ"], ["1", "2"]])), s.DuplicateHeading)


@pytest.mark.parametrize("make", [lambda rows: xlsx(rows), lambda rows: csv(*(",".join(row) for row in rows))])
def test_content_without_heading(make):
    refused = refusal_of(make([["编码", "", "金额"], ["C1", "", "5"], ["C2", "x", "5"]]))
    assert isinstance(refused, s.EmptyHeading)
    assert refused.numbers == {"column": "B", "row": 3}
    beyond = refusal_of(make([["编码", "金额"], ["C1", "5"], ["C2", "5", "", "x"]]))
    assert beyond.numbers == {"column": "D", "row": 3}


# --- cells that mislead --------------------------------------------------------------------------


def test_merged_cells_in_the_data():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ["F1", "C1", "2024-01-31", 5])
        sheet.merge_range(2, 1, 4, 1, "C2")
        sheet.write_row(2, 2, ["2024-01-31", 5])

    refused = refusal_of(workbook(fill))
    assert isinstance(refused, s.MergedCells)
    assert refused.numbers == {"row": 3, "column": "B", "area": "B3:B5"}


def test_merged_headings():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 1, "客户")
        sheet.write(0, 2, "金额")
        sheet.write_row(1, 0, ["C1", "a", 5])

    assert refusal_of(workbook(fill)).row == 1


def test_merged_cells_below_the_data_do_no_harm():
    after = '<mergeCells count="1"><mergeCell ref="A9:B9"/></mergeCells>'
    assert len(read_sheet(raw_xlsx(sheet_xml(GOOD, after)), "x.xlsx").rows) == 1


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>", "\n<v>\n</v>\n"])
def test_formulas_that_were_never_calculated(value):
    row = f'<row r="3"><c r="A3"><v>1</v></c><c r="B3"><f>A3*2</f>{value}</c></row>'
    last = f'<row r="4"><c r="A4"><v>1</v></c><c r="B4"><f>A4*2</f>{value}</c></row>'
    refused = refusal_of(raw_xlsx(sheet_xml(GOOD + row + last)))
    assert isinstance(refused, s.FormulaWithoutValue)
    assert refused.numbers == {"row": 3, "column": "B", "count": 2}


def test_a_formula_in_the_very_last_cell():
    row = '<row r="3"><c r="A3"><v>1</v></c><c r="B3"><f>A3*2</f></c></row>'
    assert refusal_of(raw_xlsx(f"<worksheet><sheetData>{GOOD}{row}</sheetData></worksheet>")).row == 3


# --- size ----------------------------------------------------------------------------------------


def test_too_many_rows_and_columns():
    limits = Limits(max_rows=100, max_columns=10)
    many_rows = [["编码"], *([f"C{i}"] for i in range(100))]
    refused = refusal_of(xlsx(many_rows), limits=limits)
    assert isinstance(refused, s.TooManyRows)
    assert refused.numbers == {"row": 101, "limit": 100}
    assert refusal_of(csv(*(row[0] for row in many_rows)), limits=limits).numbers == {"row": 101, "limit": 100}
    wide = [[f"列{i}" for i in range(11)], ["x"] * 11]
    refused = refusal_of(xlsx(wide), limits=limits)
    assert isinstance(refused, s.TooManyColumns)
    assert refused.numbers == {"row": 1, "column": "K", "limit": 10}
    assert refusal_of(csv(*(",".join(row) for row in wide)), limits=limits).column == "K"


def test_one_stray_cell_at_the_far_corner_does_not_make_a_rectangle_of_seventeen_thousand_million():
    stray = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    started = time.process_time()
    assert isinstance(refusal_of(raw_xlsx(sheet_xml(GOOD + stray))), s.TooManyRows)
    stray = '<row r="900000"><c r="GR900000"><v>1</v></c></row>'
    refused = refusal_of(raw_xlsx(sheet_xml(GOOD + stray)))
    assert isinstance(refused, s.TooManyCells)
    assert (refused.row, refused.column) == (900_000, "GR")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "address",
    [
        "A0",
        "A1048577",
        "XFE1",
        "AAAA1",
        "1",
        "A",
        "A-1",
        "$A$1",
        "A1B",
        "Ａ1",
        "A١",
        "A" * 5000 + "1",
        "A" + "9" * 5000,
    ],
)
def test_addresses_no_spreadsheet_has(address):
    stray = f'<row r="3"><c r="{address}"><v>1</v></c></row>'
    assert isinstance(refusal_of(raw_xlsx(sheet_xml(GOOD + stray))), BadSheet)


@pytest.mark.parametrize("styled", [False, True])
def test_two_hundred_thousand_empty_rows_cost_little(styled):
    cells = '<c r="A{0}" s="0"/><c r="B{0}" s="0"/><c r="C{0}" s="0"/>' if styled else ""
    rows = "".join(f'<row r="{i}">{cells.format(i)}</row>' for i in range(3, 200_003))
    content = raw_xlsx(sheet_xml(GOOD + rows))
    started = time.process_time()
    sheet = read_sheet(content, "x.xlsx")
    assert [row.cells for row in sheet.rows] == [["C1", "5"]]
    assert time.process_time() - started < 4
    assert len(read_sheet(csv("编码,金额", "C1,5", *[","] * 200_000), "x.csv").rows) == 1


def bomb(size: int) -> bytes:
    return raw_xlsx(sheet_xml(GOOD, after="<x>" + " " * size + "</x>"))


def test_a_bomb_in_the_sheet():
    content = bomb(40 << 20)
    assert len(content) < 60_000
    assert isinstance(refusal_of(content), s.SheetUnsafe)


def test_a_bomb_in_the_texts():
    texts = f'<sst xmlns="x"><si><t>{"a" * (40 << 20)}</t></si></sst>'
    content = raw_xlsx(sheet_xml(GOOD), more={"xl/sharedStrings.xml": texts})
    assert isinstance(refusal_of(content), s.SheetUnsafe)


def test_millions_of_empty_texts():
    texts = f"<sst>{'<si/>' * 2_000_000}</sst>"
    content = raw_xlsx(sheet_xml(GOOD), more={"xl/sharedStrings.xml": texts}, compression=zipfile.ZIP_STORED)
    assert isinstance(refusal_of(content, limits=Limits(max_cells=1_000_000)), s.SheetUnsafe)


def test_what_the_archive_claims_about_sizes_is_not_believed():
    """The directory says 100 bytes; the stream holds 40 MB."""
    content = bytearray(bomb(40 << 20))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        name_length = struct.unpack_from("<H", content, at + 28)[0]
        if content[at + 46 : at + 46 + name_length] == b"xl/worksheets/sheet1.xml":
            struct.pack_into("<L", content, at + 24, 100)
        at = content.find(b"PK\x01\x02", at + 4)
    assert isinstance(refusal_of(bytes(content)), BadSheet)


def test_an_archive_of_a_hundred_thousand_files_is_refused_before_it_is_listed():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for i in range(60_000):
            archive.writestr(f"f{i}", b"")
    started = time.process_time()
    assert isinstance(refusal_of(content.getvalue()), s.SheetUnsafe)
    assert time.process_time() - started < 0.5


def test_two_parts_of_one_name():
    content = raw_xlsx(sheet_xml(GOOD), more={"XL/worksheets/SHEET1.xml": sheet_xml(GOOD)})
    assert isinstance(refusal_of(content), s.SheetDamaged)


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_xml_that_declares_entities():
    assert isinstance(refusal_of(raw_xlsx(sheet_xml(GOOD, prolog=LAUGHS))), s.SheetUnsafe)
    texts = LAUGHS + "<sst><si><t>&b;</t></si></sst>"
    assert isinstance(refusal_of(raw_xlsx(sheet_xml(GOOD), more={"xl/sharedStrings.xml": texts})), s.SheetUnsafe)
    outside = '<!DOCTYPE w SYSTEM "file:///etc/passwd">'
    assert isinstance(refusal_of(raw_xlsx(sheet_xml(GOOD, prolog=outside))), s.SheetUnsafe)
    assert isinstance(refusal_of(raw_xlsx(sheet_xml(GOOD), workbook_xml=LAUGHS + "<workbook/>")), s.SheetUnsafe)


def test_relations_that_lead_outside_are_not_followed():
    relations = (
        '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="../../../../etc/passwd"/>'
        '<Relationship Id="r1" Type="x/worksheet" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    content = raw_xlsx(
        sheet_xml(GOOD),
        more={"xl/_rels/workbook.xml.rels": relations},
    )
    assert isinstance(refusal_of(content), BadSheet)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:-30],
        lambda content: content[:200] + b"\x00" * 200 + content[400:],
        lambda content: b"PK\x03\x04" + b"\x00" * 500,
        lambda content: content[:-22] + b"PK\x05\x06" + b"\xff" * 18,
        lambda content: b"PK\x03\x04",
    ],
)
def test_damaged_archives(change):
    assert isinstance(refusal_of(change(xlsx([HEADINGS, ["F1", "C1", "2024-01-31", 5]]))), BadSheet)


@pytest.mark.parametrize(
    "sheet",
    [
        b"",
        b"<worksheet><sheetData>",
        b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>-1</v></c></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1'><c r='A1'><v>abc</v></c></row></sheetData></worksheet>",
        b"\xff\xfe<\x00w\x00/\x00>\x00",
        b"<worksheet>&nosuch;</worksheet>",
        b"<worksheet><sheetData><row r='1'><c r='A1' r='A2'><v>1</v></c></row></sheetData></worksheet>",
    ],
)
def test_damaged_sheets(sheet):
    assert isinstance(refusal_of(raw_xlsx(sheet)), BadSheet)


def test_missing_parts():
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"):
        assert isinstance(refusal_of(raw_xlsx(sheet_xml(GOOD), leave_out=[part])), BadSheet)


def test_days_beyond_any_calendar_do_not_crash():
    styles = '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    relations_with_styles = (
        '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Type="x/styles" Target="styles.xml"/></Relationships>'
    )
    for value in ("1e18", "-5", "1e308", "NaN", "inf", "2958466", "0", "60", "99999999999"):
        row = f'<row r="3"><c r="A3" s="1"><v>{value}</v></c></row>'
        content = raw_xlsx(
            sheet_xml(GOOD + row), more={"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": relations_with_styles}
        )
        with contextlib.suppress(BadSheet):
            assert len(read_sheet(content, "x.xlsx").rows) == 2


def test_a_thousand_random_injuries_are_refused_or_read_but_never_crash():
    chance = random.Random(20240131)
    whole = {
        "xlsx": xlsx([HEADINGS, *([f"F{i}", f"C{i}", "2024-01-31", i] for i in range(20))]),
        "stored": raw_xlsx(sheet_xml(GOOD), compression=zipfile.ZIP_STORED),
        "csv": csv("编码,名称", *(f"C{i},医院{i}" for i in range(20)), encoding="gb18030"),
    }
    for _ in range(1000):
        content = bytearray(chance.choice(list(whole.values())))
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(BadSheet):
            sheet = read_sheet(bytes(content), "x.xlsx")
            assert all(len(row.cells) == len(sheet.headings) for row in sheet.rows)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sheet", "texts", "corner", "entities"])
def test_memory_stays_bounded_whatever_the_file_holds(kind, tmp_path):
    """In a process of its own, 50 MB at most beyond what the interpreter and the libraries take."""
    contents = {
        "sheet": lambda: bomb(300 << 20),
        "texts": lambda: raw_xlsx(
            sheet_xml(GOOD), more={"xl/sharedStrings.xml": f"<sst><si><t>{'a' * (300 << 20)}</t></si></sst>"}
        ),
        "corner": lambda: raw_xlsx(
            sheet_xml(GOOD + '<row r="1000000"><c r="A1000000"><v>1</v></c><c r="Z1000000"><v>1</v></c></row>')
        ),
        "entities": lambda: raw_xlsx(sheet_xml(GOOD, prolog=LAUGHS)),
    }
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(contents[kind]())
    answer = python(
        """
        import resource, sys
        from kewei.kernel.sheets import BadSheet, read_sheet
        import python_calamine, zipfile
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            read_sheet(sys.argv[1], "bomb.xlsx")
        except BadSheet as refused:
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(refused.code, (after - before) // 1024)
        """,
        str(path),
    ).split()
    assert answer, "the file was read"
    assert int(answer[1]) < 50
